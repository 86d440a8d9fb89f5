/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) the igbiov authors
 */

/*
 * What every TX path does with any packets, at any pace of the chip: frames on
 * the wire are those given, in order, and each mbuf goes back once, to its own
 * pool. What has to be on the wire is worked out here.
 */

#include <stdlib.h>
#include <string.h>

#include <rte_ethdev.h>

#include "tx_kinds.h"

#define ALL	 (OFFLOADS | CUTS)
#define ONE_POOL RTE_ETH_TX_OFFLOAD_MBUF_FAST_FREE
#define THREADS	 RTE_ETH_TX_OFFLOAD_MT_LOCKFREE

static const struct path paths[] = {
	{ "scalar", igbiov_tx_burst, NULL, ALL, 0 },
	{ "sse", igbiov_tx_burst_sse, cpu_has_sse42, ALL, 0 },
	{ "avx2", igbiov_tx_burst_avx2, cpu_has_avx2, ALL, 0 },
	{ "avx512", igbiov_tx_burst_avx512, cpu_has_avx512, ALL, 0 },
	{ "scalar, one pool", igbiov_tx_burst, NULL, ALL, ONE_POOL },
	{ "sse, one pool", igbiov_tx_burst_sse, cpu_has_sse42, ALL, ONE_POOL },
	{ "avx2, one pool", igbiov_tx_burst_avx2, cpu_has_avx2, ALL, ONE_POOL },
	{ "avx512, one pool", igbiov_tx_burst_avx512, cpu_has_avx512, ALL, ONE_POOL },
	{ "scalar, head write-back", igbiov_tx_burst, NULL, ALL | HEAD_WB, 0 },
	{ "scalar, lock-free", igbiov_tx_burst_mt, NULL, ALL, THREADS },
	{ "sse, lock-free", igbiov_tx_burst_sse_mt, cpu_has_sse42, ALL, THREADS },
	{ "avx2, lock-free", igbiov_tx_burst_avx2_mt, cpu_has_avx2, ALL, THREADS },
	{ "avx512, lock-free", igbiov_tx_burst_avx512_mt, cpu_has_avx512, ALL, THREADS },
};

#define RING 128
/* Frames that the chip hasn't sent yet: more than a ring. */
#define DUE_MAX	  8192
#define BURST_MAX 256
/* Packets whose frames the wire holds for sure. */
#define RUN_MAX (MODEL_WIRE_MAX / 8)

/* A queue, the path that fills it, and what has to come out of it. */
struct tx {
	struct port *port;
	const struct path *path;
	struct igbiov_txq *txq;
	struct source *src;
	uint16_t nb_desc;
	struct frame *due[DUE_MAX];
	uint32_t accepted, sent; /* free-running */
	struct igbiov_queue_stats want;
	uint64_t context;	   /* the last packet's that needed one */
	unsigned int contexts_max; /* changes of it so far */
};

static struct tx tx_one;

static struct tx *
tx_start(struct port *port, const struct path *path, uint16_t nb_desc, uint16_t rs_thresh,
	 uint16_t free_thresh)
{
	const struct ring_conf conf = { .nb_desc = nb_desc,
					.rs_thresh = rs_thresh,
					.free_thresh = free_thresh,
					.offloads = path->offloads };
	struct tx *tx = &tx_one;

	memset(tx, 0, sizeof(*tx));
	tx->port = port;
	tx->path = path;
	tx->nb_desc = nb_desc;
	tx->src = source_new(path, nb_desc + 1024, nb_desc + rs_thresh);
	port->dev->data->dev_conf.txmode.offloads = path->offloads;
	port->ad->args.tx_head_wb = path->can & HEAD_WB;
	txq_setup(port, 0, &conf);
	tx->txq = port->dev->data->tx_queues[0];
	assert_int_equal(igbiov_queues_start(port->dev), 0);
	model_counts_clear(port->m);
	model_wire_clear(port->m);
	port->m->mute_tx = false;
	return tx;
}

/* --- what leaves --- */

/* What has left is what is due. */
static void
wire_check(struct tx *tx)
{
	struct model *m = tx->port->m;

	assert_true(m->nb_wire < MODEL_WIRE_MAX);
	for (unsigned int i = 0; i < m->nb_wire; i++) {
		struct frame *f = tx->due[tx->sent % DUE_MAX];

		assert_int_not_equal(tx->sent, tx->accepted);
		assert_int_equal(m->wire[i].len, f->len);
		assert_memory_equal(m->wire[i].data, f->data, f->len);
		assert_int_equal(m->wire[i].nb_descs, f->descs);
		tx->sent++;
		free(f);
	}
	model_wire_clear(m);
}

/* The chip sends at most so many more. */
static void
chip_run(struct tx *tx, unsigned int packets)
{
	unsigned int n = 1;

	for (; packets > 0 && n > 0; packets -= n) {
		n = model_tx_run(tx->port->m, 0, RTE_MIN(packets, (unsigned int)RUN_MAX));
		wire_check(tx);
	}
}

/* One burst; gives how many it took. The others are still the caller's. */
static uint16_t
post(struct tx *tx, const struct parcel *parcels, uint16_t n)
{
	struct rte_mbuf *pkts[BURST_MAX + 1], *before[BURST_MAX + 1];
	struct model *m = tx->port->m;
	unsigned int tails = m->tail_writes;
	const struct path *path = tx->path;
	const uint64_t packets = tx->want.packets;
	uint16_t taken;

	for (uint16_t i = 0; i < n; i++)
		pkts[i] = parcels[i].m;
	memcpy(before, pkts, n * sizeof(pkts[0]));
	taken = path->burst(tx->txq, pkts, n);
	assert_in_range(taken, 0, n);
	assert_memory_equal(pkts + taken, before + taken, (n - taken) * sizeof(pkts[0]));
	for (uint16_t i = 0; i < taken; i++) {
		if (parcels[i].frame == NULL) {
			tx->want.errors++;
			continue;
		}
		tx->want.packets++;
		tx->want.bytes += parcels[i].octets;
		for (struct frame *f = parcels[i].frame; f != NULL; f = f->next)
			tx->due[tx->accepted++ % DUE_MAX] = f;
		if (parcels[i].context != 0 && parcels[i].context != tx->context) {
			tx->context = parcels[i].context;
			tx->contexts_max++;
		}
	}
	/* One tail write for all, and none where there is nothing new; of threads', one for 64. */
	assert_in_range(m->tail_writes - tails, tx->want.packets != packets,
			(tx->want.packets != packets) * (path->offloads & THREADS ? 2 : 1));
	assert_int_equal(m->writes, m->tail_writes);
	assert_int_equal(m->reads, 0);
	assert_memory_equal(&tx->txq->stats, &tx->want, sizeof(tx->want));
	if (!m->mute_tx)
		wire_check(tx);
	assert_in_range(m->tx_contexts, 0, tx->contexts_max);
	return taken;
}

/* A chip that keeps up: all goes, at the latest in the bursts that follow. */
static void
post_all(struct tx *tx, const struct parcel *parcels, uint16_t n)
{
	while (n > 0) {
		uint16_t taken = post(tx, parcels, n);

		assert_true(taken > 0);
		parcels += taken;
		n -= taken;
	}
}

/* All goes out, and every mbuf comes back. */
static void
tx_end(struct tx *tx)
{
	tx->port->m->mute_tx = false;
	chip_run(tx, UINT32_MAX);
	assert_int_equal(tx->sent, tx->accepted);
	igbiov_queues_stop(tx->port->dev);
	source_end(tx->src);
	igbiov_queues_release(tx->port->dev);
	pools_end();
}

static void
make(struct tx *tx, struct parcel *parcels, unsigned int n)
{
	for (unsigned int i = 0; i < n; i++)
		parcels[i] = plain(tx->src);
}

/* Sends plain packets until the ring is full; gives how many went. */
static unsigned int
fill(struct tx *tx)
{
	const uint32_t before = tx->accepted;
	struct parcel p = plain(tx->src);

	while (post(tx, &p, 1) == 1)
		p = plain(tx->src);
	parcel_free(&p);
	return tx->accepted - before;
}

/* Room that a packet takes until it is written: among threads nobody knows if it needs a context. */
static unsigned int
reckoned(const struct path *path)
{
	return path->offloads & THREADS ? 2 : 1;
}

/* --- behaviours --- */

static void
an_empty_burst_touches_no_register(struct port *port, const struct path *path)
{
	struct tx *tx = tx_start(port, path, RING, 0, 0);
	struct parcel p[20];

	for (unsigned int i = 0; i < 20; i++) {
		assert_int_equal(post(tx, NULL, 0), 0);
		make(tx, p, i);
		post_all(tx, p, i);
	}
	tx_end(tx);
}

/* With a mark on each packet all room is known: a burst uses it, and no more than it. */
static void
any_number_is_put_into_any_room(struct port *port, const struct path *path)
{
	struct tx *tx = tx_start(port, path, RING, 1, 1);
	struct parcel p[70];

	port->m->mute_tx = true;
	for (uint16_t nb = 0; nb <= 70; nb++) {
		for (unsigned int freed = 0; freed <= 70; freed++) {
			uint32_t held;
			uint16_t n;

			fill(tx);
			chip_run(tx, freed);
			held = tx->accepted - tx->sent;
			make(tx, p, nb);
			n = post(tx, p, nb);
			/* Left free: one for a context, one that is never used, one more. */
			assert_true(n == nb || held + n * reckoned(path) >= RING - 4);
			assert_true(held + n <= RING - 1);
			for (uint16_t i = n; i < nb; i++)
				parcel_free(&p[i]);
		}
	}
	tx_end(tx);
}

static void
a_burst_may_begin_anywhere(struct port *port, const struct path *path)
{
	static const uint16_t sizes[] = { 64, 72, 128, 512, 4096 };
	struct parcel p[ODD_BURST(0)];

	for (unsigned int s = 0; s < RTE_DIM(sizes); s++) {
		struct tx *tx = tx_start(port, path, sizes[s], 0, 0);

		for (unsigned int i = 0; i < sizes[s]; i++) {
			make(tx, p, ODD_BURST(sizes[s]));
			post_all(tx, p, ODD_BURST(sizes[s]));
		}
		tx_end(tx);
	}
}

/* One descriptor at least is never used, or the chip takes a full ring for an empty one. */
static void
a_burst_beyond_the_room_leaves_a_descriptor_free(struct port *port, const struct path *path)
{
	static const uint16_t sizes[] = { 64, 72, 128 };
	static struct parcel p[200];

	for (unsigned int i = 0; i < RTE_DIM(sizes) * 20; i++) {
		uint16_t size = sizes[i % RTE_DIM(sizes)], first = i / RTE_DIM(sizes), n;
		struct tx *tx = tx_start(port, path, size, 0, 0);

		for (unsigned int round = 0; round < 3; round++) {
			port->m->mute_tx = true;
			make(tx, p, RTE_DIM(p));
			for (n = 0; n < first; n++)
				assert_int_equal(post(tx, p + n, 1), 1);
			n += post(tx, p + n, RTE_DIM(p) - n);
			assert_in_range(n, 1, size - 1);
			port->m->mute_tx = false;
			chip_run(tx, UINT32_MAX);
			post_all(tx, p + n, RTE_DIM(p) - n);
		}
		tx_end(tx);
	}
}

/* The chip stands still: the burst takes what fits, and keeps its hands off the rest. */
static void
a_full_ring_takes_no_more_and_recovers(struct port *port, const struct path *path)
{
	static const uint16_t sizes[] = { 64, 72, 128, 512, 4096 };

	for (unsigned int s = 0; s < RTE_DIM(sizes); s++) {
		struct tx *tx = tx_start(port, path, sizes[s], 0, 0);

		port->m->mute_tx = true;
		for (unsigned int round = 0; round < 3; round++) {
			/* Descriptors that wait for a mark. */
			unsigned int waiting = round == 0 ? 0 : IGBIOV_TX_RS_THRESH - 1;
			const unsigned int n = 24 / reckoned(path);
			struct parcel p[24];

			/* A context's descriptor, and one that is never used. */
			assert_in_range(fill(tx), sizes[s] - 4 - waiting, sizes[s] - 1);
			make(tx, p, n);
			for (unsigned int i = 0; i < 10; i++)
				assert_int_equal(post(tx, p, n), 0);
			chip_run(tx, UINT32_MAX);
			assert_int_equal(post(tx, p, n), n);
			chip_run(tx, UINT32_MAX);
			/* The ring's beginning moves on. */
			for (unsigned int i = 0; i < 2 * sizes[s]; i += n) {
				make(tx, p, n);
				post_all(tx, p, n);
				chip_run(tx, UINT32_MAX);
			}
		}
		tx_end(tx);
	}
}

/* However lazy the thresholds and however the chip creeps on. */
static void
a_slow_chip_never_locks_the_ring_up(struct port *port, const struct path *path)
{
	static const uint16_t sizes[] = { 64, 72, 96, 128 };
	static const uint16_t free_threshs[] = { 1, 0, 60 };

	for (unsigned int s = 0; s < RTE_DIM(sizes) * RTE_DIM(free_threshs); s++) {
		uint16_t size = sizes[s % RTE_DIM(sizes)];
		struct tx *tx = tx_start(port, path, size, size - 4,
					 free_threshs[s / RTE_DIM(sizes)]);
		struct parcel p = plain(tx->src);
		unsigned int idle = 0;

		port->m->mute_tx = true;
		while (tx->accepted < 1500) {
			/* As an application does it: the one that was refused comes first. */
			if (post(tx, &p, 1) == 1) {
				idle = 0;
				p = any(tx->src, 5) == 0 ? any_parcel(tx->src) : plain(tx->src);
			}
			assert_true(idle++ < 200);
			if (any(tx->src, 2))
				chip_run(tx, 1);
		}
		parcel_free(&p);
		tx_end(tx);
	}
}

/* Each mark costs a write-back over PCIe. */
static void
a_mark_is_asked_for_once_in_a_threshold(struct port *port, const struct path *path)
{
	static const uint16_t bursts[] = { 1, 4, 7, 32, 64 }, marks[] = { 8, 32, 33, 64 };
	struct parcel p[64];

	for (unsigned int b = 0; b < RTE_DIM(bursts) * RTE_DIM(marks); b++) {
		uint16_t nb = bursts[b % RTE_DIM(bursts)], mark = marks[b / RTE_DIM(bursts)];
		struct tx *tx = tx_start(port, path, 512, mark, 0);

		while (tx->accepted < 1600) {
			make(tx, p, nb);
			post_all(tx, p, nb);
		}
		assert_int_equal(port->m->tx_marks, tx->accepted / mark);
		/* All that is marked is done, and each counts once. */
		if (!(path->offloads & THREADS)) {
			const int marked = igbiov_tx_queue_count(tx->txq) - tx->accepted % mark;

			assert_int_equal(igbiov_tx_done_cleanup(tx->txq, 0), marked);
		}
		tx_end(tx);
	}
}

/* Told when a behaviour fails with it. */
static const struct kind *kind_now;

static void
kind_tell(void)
{
	print_message("with this kind of packet: %s\n", kind_now->name);
}

/* One that is out of the ordinary, at each place of a burst of plain ones, and two of them. */
static void
each_kind_goes_its_way_at_each_place(struct port *port, const struct path *path)
{
	struct tx *tx = tx_start(port, path, 512, 0, 0);
	struct parcel p[40];

	behaviour_end = kind_tell;
	for (unsigned int k = 0; k < nb_tx_kinds; k++) {
		kind_now = &tx_kinds[k];
		for (unsigned int i = 0; i < RTE_DIM(p) && source_has(tx->src, &tx_kinds[k]); i++) {
			make(tx, p, RTE_DIM(p));
			parcel_free(&p[i]);
			p[i] = tx_kinds[k].make(tx->src);
			if (i % 3 == 1) {
				parcel_free(&p[i / 2]);
				p[i / 2] = tx_kinds[k].make(tx->src);
			}
			post_all(tx, p, RTE_DIM(p));
		}
	}
	behaviour_end = NULL;
	tx_end(tx);
}

/* Bursts of one kind alone; with nothing but refused ones there is no news for the chip. */
static void
each_kind_goes_its_way_alone(struct port *port, const struct path *path)
{
	struct tx *tx = tx_start(port, path, 512, 0, 0);
	struct parcel p[17];

	behaviour_end = kind_tell;
	for (unsigned int k = 0; k < nb_tx_kinds; k++) {
		kind_now = &tx_kinds[k];
		for (uint16_t n = 1; n <= RTE_DIM(p) && source_has(tx->src, &tx_kinds[k]); n += 4) {
			for (unsigned int i = 0; i < n; i++)
				p[i] = tx_kinds[k].make(tx->src);
			post_all(tx, p, n);
		}
	}
	behaviour_end = NULL;
	tx_end(tx);
}

static void
every_length_leaves_as_it_is(struct port *port, const struct path *path)
{
	struct tx *tx = tx_start(port, path, RING, 0, 0);

	for (uint32_t len = 18; len <= 1024; len++) {
		uint8_t *octets = octets_new(tx->src, len);
		struct parcel p = { .m = segment(tx->src, octets, len),
				    .frame = tx_frame_new(octets, len, 1, NULL),
				    .octets = len };

		post_all(tx, &p, 1);
	}
	tx_end(tx);
}

static void
any_number_of_segments_leaves_as_one_frame(struct port *port, const struct path *path)
{
	for (uint16_t size = 64; size <= 72; size += 8) {
		struct tx *tx = tx_start(port, path, size, 0, 0);

		for (unsigned int i = 0; i < 5 * IGBIOV_TX_MAX_SEGS; i++) {
			unsigned int segs = 1 + i % IGBIOV_TX_MAX_SEGS;
			uint32_t len = segs * (1 + any(tx->src, 200)) + 60;
			uint8_t *octets = octets_new(tx->src, len);
			struct parcel p[] = { { .m = chain(tx->src, octets, len, segs),
						.frame = tx_frame_new(octets, len, segs, NULL),
						.octets = len },
					      plain(tx->src) };

			post_all(tx, p, RTE_DIM(p));
		}
		tx_end(tx);
	}
}

/* post() holds the number of contexts to the number of changes. */
static void
a_context_is_sent_when_it_changes(struct port *port, const struct path *path)
{
	struct tx *tx = tx_start(port, path, 512, 0, 0);
	struct ip_kind k = any_ip_kind(tx->src);
	struct parcel p[32];

	for (unsigned int round = 0; round < 300; round++) {
		for (unsigned int i = 0; i < RTE_DIM(p); i++) {
			/* From a change with each packet to runs over several bursts. */
			if (any(tx->src, 1 + round % 60) == 0)
				k = another_ip_kind(tx->src, k);
			p[i] = any(tx->src, 6) == 0 ? plain(tx->src) : ip_parcel(tx->src, k);
		}
		post_all(tx, p, RTE_DIM(p));
	}
	assert_in_range(port->m->tx_contexts, 1, tx->contexts_max);
	tx_end(tx);
}

/* A packet and its context, where only one descriptor is left. */
static void
a_context_finds_room_or_waits(struct port *port, const struct path *path)
{
	for (unsigned int first = 0; first < 4; first++) {
		struct tx *tx = tx_start(port, path, 64, 1, 1);
		struct parcel p;

		port->m->mute_tx = true;
		for (unsigned int i = 0; i < first; i++) {
			p = plain(tx->src);
			post_all(tx, &p, 1);
		}
		for (unsigned int i = 0; i < 2000; i++) {
			p = tagged(tx->src);
			if (post(tx, &p, 1) == 1)
				continue;
			parcel_free(&p);
			chip_run(tx, 1 + any(tx->src, 3));
		}
		tx_end(tx);
	}
}

/* The chip forgot it. */
static void
a_context_is_sent_again_after_a_restart(struct port *port, const struct path *path)
{
	struct tx *tx = tx_start(port, path, RING, 0, 0);

	for (unsigned int i = 0; i < 10; i++) {
		struct parcel p = tagged(tx->src);

		tx->context = 0;
		post_all(tx, &p, 1);
		igbiov_queues_stop(port->dev);
		assert_int_equal(igbiov_queues_start(port->dev), 0);
		model_counts_clear(port->m);
	}
	tx_end(tx);
}

/* What the chip hasn't sent is freed at a stop, and never sent. */
static void
a_stop_frees_what_waits(struct port *port, const struct path *path)
{
	struct tx *tx = tx_start(port, path, RING, 0, 0);

	for (unsigned int i = 0; i < 50; i++) {
		port->m->mute_tx = true;
		for (unsigned int n = any(tx->src, 100); n > 0; n--) {
			struct parcel p = any_parcel(tx->src);

			if (post(tx, &p, 1) == 0)
				parcel_free(&p);
		}
		chip_run(tx, any(tx->src, 30));
		igbiov_queues_stop(port->dev);
		while (tx->sent != tx->accepted)
			free(tx->due[tx->sent++ % DUE_MAX]);
		tx->context = 0;
		assert_int_equal(igbiov_queues_start(port->dev), 0);
		model_counts_clear(port->m);
	}
	tx_end(tx);
}

static void
a_stopped_queue_takes_nothing(struct port *port, const struct path *path)
{
	struct parcel p[40];

	for (unsigned int before = 0; before < RING; before += 9) {
		struct tx *tx = tx_start(port, path, RING, 0, 0);

		for (unsigned int i = 0; i < before; i++) {
			p[0] = plain(tx->src);
			post_all(tx, p, 1);
		}
		igbiov_queues_stop(port->dev);
		model_counts_clear(port->m);
		make(tx, p, RTE_DIM(p));
		for (uint16_t n = 0; n <= RTE_DIM(p); n++)
			assert_int_equal(post(tx, p, n), 0);
		for (unsigned int i = 0; i < RTE_DIM(p); i++)
			parcel_free(&p[i]);
		tx_end(tx);
	}
}

/* Any packets, any bursts, any thresholds, a chip of any pace. */
static void
any_packets_leave_in_order_and_mbufs_go_home(struct port *port, const struct path *path)
{
	static const uint16_t sizes[] = { 64, 72, 128, 200 }, threshs[] = { 1, 7, 8, 31, 32, 33 };
	static struct parcel p[70];

	for (unsigned int s = 0; s < RTE_DIM(sizes) * RTE_DIM(threshs); s++) {
		struct tx *tx = tx_start(port, path, sizes[s % RTE_DIM(sizes)],
					 threshs[s % RTE_DIM(threshs)],
					 threshs[s / RTE_DIM(sizes)]);
		unsigned int have = 0, lag = any(tx->src, 5);

		for (unsigned int round = 0; round < 150; round++) {
			unsigned int n = any(tx->src, 71), taken;

			port->m->mute_tx = any(tx->src, 5) < lag;
			while (have < n)
				p[have++] = any_parcel(tx->src);
			taken = post(tx, p, n);
			have -= taken;
			memmove(p, p + taken, have * sizeof(p[0]));
			if (any(tx->src, 3) == 0)
				chip_run(tx, any(tx->src, 70));
		}
		while (have > 0)
			parcel_free(&p[--have]);
		tx_end(tx);
	}
}

int
main(void)
{
	static const struct behaviour behaviours[] = {
		BEHAVIOUR(an_empty_burst_touches_no_register, 0),
		BEHAVIOUR(any_number_is_put_into_any_room, 0),
		BEHAVIOUR(a_burst_may_begin_anywhere, 0),
		BEHAVIOUR(a_burst_beyond_the_room_leaves_a_descriptor_free, 0),
		BEHAVIOUR(a_full_ring_takes_no_more_and_recovers, 0),
		BEHAVIOUR(a_slow_chip_never_locks_the_ring_up, 0),
		BEHAVIOUR(a_mark_is_asked_for_once_in_a_threshold, 0),
		BEHAVIOUR(each_kind_goes_its_way_at_each_place, 0),
		BEHAVIOUR(each_kind_goes_its_way_alone, 0),
		BEHAVIOUR(every_length_leaves_as_it_is, 0),
		BEHAVIOUR(any_number_of_segments_leaves_as_one_frame, OFFLOADS),
		BEHAVIOUR(a_context_is_sent_when_it_changes, OFFLOADS),
		BEHAVIOUR(a_context_finds_room_or_waits, OFFLOADS),
		BEHAVIOUR(a_context_is_sent_again_after_a_restart, OFFLOADS),
		BEHAVIOUR(a_stop_frees_what_waits, 0),
		BEHAVIOUR(a_stopped_queue_takes_nothing, 0),
		BEHAVIOUR(any_packets_leave_in_order_and_mbufs_go_home, 0),
	};

	return bursts_run("igbiov_tx_bursts", paths, RTE_DIM(paths), behaviours,
			  RTE_DIM(behaviours));
}
