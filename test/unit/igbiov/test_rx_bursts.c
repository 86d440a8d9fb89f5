/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) the igbiov authors
 */

/*
 * What every RX path makes of the descriptors that the chip can write. What is
 * expected of each is worked out here, from the datasheet and from what ethdev
 * says of an mbuf's fields, not taken from a path.
 */

#include <pthread.h>
#include <sched.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include <rte_ethdev.h>

#include "bursts.h"

static const struct path paths[] = {
	{ "scalar", igbiov_rx_burst, NULL, 0, 0 },
	{ "scattered", igbiov_rx_burst_scattered, NULL, SCATTERED, 0 },
	{ "split", igbiov_rx_burst_split, NULL, SCATTERED | SPLITS, 0 },
	{ "sse", igbiov_rx_burst_sse, cpu_has_sse42, 0, 0 },
	{ "avx2", igbiov_rx_burst_avx2, cpu_has_avx2, 0, 0 },
	{ "avx512", igbiov_rx_burst_avx512, cpu_has_avx512, 0, 0 },
	{ "sse, scattered", igbiov_rx_burst_sse_scattered, cpu_has_sse42, SCATTERED, 0 },
	{ "avx2, scattered", igbiov_rx_burst_avx2_scattered, cpu_has_avx2, SCATTERED, 0 },
	{ "avx512, scattered", igbiov_rx_burst_avx512_scattered, cpu_has_avx512, SCATTERED, 0 },
};

#define RING 128
#define LEN  100
/* A buffer of 1 KiB: the chip's least. */
#define BUF  1024
#define ROOM (RTE_PKTMBUF_HEADROOM + BUF)
/* Buffers that the chip may have written and no burst has taken: more than a ring. */
#define DUE_MAX	  8192
#define BURST_MAX 9000

/* One buffer as the chip wrote it. */
struct buffer {
	uint32_t serial;
	uint16_t len;
	bool eop, hidden;
	struct model_rx_wb wb;
};

/* A queue, the path that empties it, and what has to come out of it. */
struct rx {
	struct port *port;
	const struct path *path;
	struct igbiov_rxq *rxq;
	struct rte_mempool *pool;
	uint16_t q;
	uint32_t given, taken; /* buffers; free-running */
	uint32_t frame;	       /* first buffer of the frame that `taken` lies in */
	struct igbiov_queue_stats want;
	uint64_t seed;
	struct buffer due[DUE_MAX];
};

static struct rx main_rx, reference_rx;

static struct buffer *
due(struct rx *rx, uint32_t i)
{
	return &rx->due[i % DUE_MAX];
}

static volatile union igbiov_rx_desc *
desc_of(struct rx *rx, uint32_t i)
{
	return &rx->rxq->ring[i % rx->rxq->nb_desc];
}

/* Sets up queue q; its pool has some mbufs more than the ring. */
static void
rx_setup(struct rx *rx, uint16_t q, struct port *port, const struct path *path,
	 const struct ring_conf *conf)
{
	static const enum pool_kind kinds[] = { POOL_CACHED, POOL_PLAIN,  POOL_CACHED, POOL_PRIVATE,
						POOL_CACHED, POOL_PINNED, POOL_PLAIN };
	static unsigned int turn;
	struct ring_conf c = *conf;

	memset(rx, 0, sizeof(*rx));
	rx->port = port;
	rx->path = path;
	rx->q = q;
	rx->seed = c.nb_desc;
	/* Of each kind some time: no path may count on one. */
	rx->pool = pool_soiled(kinds[turn++ % RTE_DIM(kinds)], c.nb_desc + 256, ROOM);
	c.pool = rx->pool;
	c.offloads = path->offloads;
	if (path->can & SPLITS) {
		c.hdr_pool = pool_soiled(POOL_PLAIN, c.nb_desc, RTE_PKTMBUF_HEADROOM + 64);
		c.proto_hdr = RTE_PTYPE_L2_ETHER | RTE_PTYPE_L3_IPV4_EXT_UNKNOWN | RTE_PTYPE_L4_TCP;
	}
	rxq_setup(port, q, &c);
	rx->rxq = port->dev->data->rx_queues[q];
}

static struct rx *
rx_start(struct port *port, const struct path *path, uint16_t nb_desc, uint16_t free_thresh)
{
	const struct ring_conf conf = { .nb_desc = nb_desc, .free_thresh = free_thresh };

	rx_setup(&main_rx, 0, port, path, &conf);
	assert_int_equal(igbiov_queues_start(port->dev), 0);
	model_counts_clear(port->m);
	return &main_rx;
}

static void
rx_end(struct rx *rx)
{
	assert_int_equal(rx->rxq->stats.packets, rx->want.packets);
	assert_int_equal(rx->rxq->stats.bytes, rx->want.bytes);
	assert_int_equal(rx->rxq->stats.errors, rx->want.errors);
	igbiov_queues_stop(rx->port->dev);
	pool_check_whole(rx->pool);
	if (rx->q + 1 == rx->port->dev->data->nb_rx_queues) {
		igbiov_queues_release(rx->port->dev);
		pools_end();
	}
}

/* --- the chip's side --- */

static unsigned int
room(const struct rx *rx)
{
	return model_rx_room(rx->port->m, rx->q);
}

/* The chip writes one buffer and its descriptor. */
static void
give_buffer(struct rx *rx, uint16_t length, const struct model_rx_wb *wb, bool eop)
{
	volatile union igbiov_rx_desc *desc = desc_of(rx, rx->given);
	struct buffer *b = due(rx, rx->given);
	assert_true(room(rx) > 0);
	*b = (struct buffer){ .serial = rnd(&rx->seed), .len = length, .eop = eop, .wb = *wb };
	*(uint32_t *)(uintptr_t)rte_le_to_cpu_64(desc->read.addr) = b->serial;
	assert_true(model_rx_desc(rx->port->m, rx->q, NULL, length, wb, eop));
	rx->given++;
}

/* All that a descriptor can say of a frame, at random. */
static struct model_rx_wb
any_wb(struct rx *rx)
{
	static const uint32_t bits[] = { RXD_STAT_VP, RXD_STAT_UDPCS, RXD_STAT_L4CS, RXD_STAT_IPCS,
					 RXD_STAT_LB, RXD_ERR_L4E,    RXD_ERR_IPE,   RXD_ERR_RXE };
	/* A header's length without "split" means nothing. */
	struct model_rx_wb wb = { .info = rnd(&rx->seed),
				  .hdr = rnd(&rx->seed) & 0x7FFF,
				  .rss = rnd(&rx->seed),
				  .vlan = rnd(&rx->seed) };
	uint32_t pick = rnd(&rx->seed);

	for (unsigned int i = 0; i < RTE_DIM(bits); i++)
		wb.status |= pick & (1u << i) ? bits[i] : 0;
	return wb;
}

/* Frames of one buffer. */
static void
give(struct rx *rx, unsigned int n)
{
	while (n-- > 0) {
		const struct model_rx_wb wb = any_wb(rx);

		give_buffer(rx, 1 + rnd(&rx->seed) % BUF, &wb, true);
	}
}

/* The chip wrote it, but does the CPU see that yet? */
static void
show(struct rx *rx, uint32_t i, bool seen)
{
	volatile union igbiov_rx_desc *desc = desc_of(rx, i);

	due(rx, i)->hidden = !seen;
	if (seen)
		desc->wb.status |= rte_cpu_to_le_32(RXD_STAT_DD);
	else
		desc->wb.status &= ~rte_cpu_to_le_32(RXD_STAT_DD);
}

static void
show_all(struct rx *rx)
{
	for (uint32_t i = rx->taken; i != rx->given; i++)
		show(rx, i, true);
}

/* --- what is expected --- */

static uint64_t
want_flags(const struct model_rx_wb *wb)
{
	uint64_t flags = 0;

	if (wb->info & 0xF)
		flags |= RTE_MBUF_F_RX_RSS_HASH;
	if (wb->status & RXD_STAT_VP)
		flags |= RTE_MBUF_F_RX_VLAN | RTE_MBUF_F_RX_VLAN_STRIPPED;
	/* An error counts only where the chip says that it looked. */
	if ((wb->status & RXD_STAT_IPCS) && (wb->status & RXD_ERR_IPE))
		flags |= RTE_MBUF_F_RX_IP_CKSUM_BAD;
	else if (wb->status & RXD_STAT_IPCS)
		flags |= RTE_MBUF_F_RX_IP_CKSUM_GOOD;
	if (!(wb->status & (RXD_STAT_L4CS | RXD_STAT_UDPCS)))
		return flags;
	return flags | (wb->status & RXD_ERR_L4E ? RTE_MBUF_F_RX_L4_CKSUM_BAD
						 : RTE_MBUF_F_RX_L4_CKSUM_GOOD);
}

static uint32_t
want_ptype(uint16_t info)
{
	bool v4 = info & 0x10, v4_ext = info & 0x20, v6 = info & 0x40, v6_ext = info & 0x80;
	bool tcp = info & 0x100, udp = info & 0x200, sctp = info & 0x400;
	uint32_t outer = v4_ext ? RTE_PTYPE_L3_IPV4_EXT : RTE_PTYPE_L3_IPV4;

	/* With ETQF these bits are a filter's number. */
	if (info & 0x8000)
		return RTE_PTYPE_L2_ETHER;
	if ((v4 || v4_ext) && (v6 || v6_ext))
		return RTE_PTYPE_L2_ETHER | outer | RTE_PTYPE_TUNNEL_IP |
		       (v6_ext ? RTE_PTYPE_INNER_L3_IPV6_EXT : RTE_PTYPE_INNER_L3_IPV6) |
		       (tcp   ? RTE_PTYPE_INNER_L4_TCP
			: udp ? RTE_PTYPE_INNER_L4_UDP
			      : 0);
	return RTE_PTYPE_L2_ETHER |
	       (v6_ext	       ? RTE_PTYPE_L3_IPV6_EXT
		: v6	       ? RTE_PTYPE_L3_IPV6
		: v4 || v4_ext ? outer
			       : 0) |
	       (tcp    ? RTE_PTYPE_L4_TCP
		: udp  ? RTE_PTYPE_L4_UDP
		: sctp ? RTE_PTYPE_L4_SCTP
		       : 0);
}

/* One segment, its octets and the fields that every segment has. */
static void
segment_check(struct rx *rx, const struct rte_mbuf *m, const struct buffer *b)
{
	assert_int_equal(*rte_pktmbuf_mtod(m, uint32_t *), b->serial);
	assert_int_equal(m->data_len, b->len);
	assert_int_equal(m->data_off, RTE_PKTMBUF_HEADROOM);
	assert_int_equal(m->port, rx->port->dev->data->port_id);
	assert_int_equal(rte_mbuf_refcnt_read(m), 1);
	mbuf_rest_check(m);
}

/* A frame in buffers first to last, of which the last speaks for it. */
static bool
is_pinned(const struct rte_mbuf *m)
{
	return rte_pktmbuf_priv_flags(m->pool) & RTE_PKTMBUF_POOL_F_PINNED_EXT_BUF;
}

static void
frame_check(struct rx *rx, const struct rte_mbuf *m, uint32_t first, uint32_t last)
{
	const struct buffer *b = due(rx, last);
	const struct rte_mbuf *seg = m;
	uint32_t len = 0;

	assert_int_equal(m->nb_segs, last - first + 1);
	for (uint32_t i = first; i != last + 1; i++, seg = seg->next) {
		assert_non_null(seg);
		segment_check(rx, seg, due(rx, i));
		len += due(rx, i)->len;
	}
	assert_null(seg);
	assert_int_equal(m->pkt_len, len);
	/* Whoever clones it has to know whose room it is in. */
	assert_int_equal(m->ol_flags,
			 want_flags(&b->wb) | (is_pinned(m) ? RTE_MBUF_F_EXTERNAL : 0));
	assert_int_equal(m->packet_type, want_ptype(b->wb.info));
	if (m->ol_flags & RTE_MBUF_F_RX_VLAN)
		assert_int_equal(m->vlan_tci, b->wb.vlan);
	if (m->ol_flags & RTE_MBUF_F_RX_RSS_HASH)
		assert_int_equal(m->hash.rss, b->wb.rss);
	rx->want.packets++;
	rx->want.bytes += len;
}

/* Do buffers up to an end make a frame that this path gives, or might yet? */
static bool
is_frame(struct rx *rx, uint32_t first, uint32_t end)
{
	for (uint32_t i = first; i != end; i++)
		if (due(rx, i)->len > BUF)
			return false;
	return end - first <= 1 || (rx->path->can & SCATTERED);
}

/* The next frame that the application gets; false if there is none. */
static bool
next_frame(struct rx *rx, uint32_t *first, uint32_t *last)
{
	while (rx->taken != rx->given && !due(rx, rx->taken)->hidden) {
		*last = rx->taken++;
		if (!due(rx, *last)->eop)
			continue;
		*first = rx->frame;
		rx->frame = rx->taken;
		if (is_frame(rx, *first, rx->taken))
			return true;
		rx->want.errors++;
	}
	return false;
}

/* A frame under way counts as dropped as soon as it can't be one: without scattering at once. */
static uint64_t
want_errors(struct rx *rx)
{
	return rx->want.errors + (rx->frame != rx->taken && (!(rx->path->can & SCATTERED) ||
							     !is_frame(rx, rx->frame, rx->taken)));
}

/*
 * One burst: takes what is due, in order, and neither more nor less. Gives what
 * the path gave; the mbufs are the caller's.
 */
static uint16_t
take(struct rx *rx, struct rte_mbuf **pkts, uint16_t nb)
{
	uint16_t n, got = rx->path->burst(rx->rxq, pkts, nb);
	uint32_t first = 0, last = 0;

	for (n = 0; n < nb && next_frame(rx, &first, &last); n++) {
		assert_true(n < got);
		frame_check(rx, pkts[n], first, last);
	}
	assert_int_equal(got, n);
	assert_int_equal(rx->port->m->reads, 0);
	return n;
}

static uint16_t
take_free(struct rx *rx, uint16_t nb)
{
	static struct rte_mbuf *pkts[BURST_MAX + 16];
	static struct rte_mbuf canary;
	uint16_t n;

	/* Up to nb a path may leave what it likes. */
	for (unsigned int i = 0; i < 16; i++)
		pkts[nb + i] = &canary;
	n = take(rx, pkts, nb);
	for (unsigned int i = 0; i < 16; i++)
		assert_ptr_equal(pkts[nb + i], &canary);
	for (uint16_t i = 0; i < n; i++)
		rte_pktmbuf_free(pkts[i]);
	return n;
}

/* Nothing is left, and nothing comes twice. */
static void
take_rest(struct rx *rx)
{
	while (take_free(rx, 64) > 0)
		;
	assert_int_equal(take_free(rx, 64), 0);
	assert_int_equal(rx->taken, rx->given);
	assert_int_equal(rx->rxq->stats.errors, want_errors(rx));
}

/* --- behaviours --- */

static void
an_empty_poll_touches_neither_chip_nor_pool(struct port *port, const struct path *path)
{
	struct rx *rx = rx_start(port, path, RING, 0);

	/* In a new ring, and in one whose descriptors all were written once. */
	for (unsigned int round = 0; round < 20; round++) {
		unsigned int used = rte_mempool_in_use_count(rx->pool);

		model_counts_clear(port->m);
		for (uint16_t nb = 0; nb <= 70; nb++)
			assert_int_equal(take_free(rx, nb), 0);
		assert_int_equal(port->m->reads + port->m->writes, 0);
		assert_int_equal(rte_mempool_in_use_count(rx->pool), used);
		give(rx, 13);
		take_rest(rx);
	}
	rx_end(rx);
}

static void
any_number_is_taken_of_any_number(struct port *port, const struct path *path)
{
	/* Whatever a batch of refilling holds back, there is room for 70. */
	struct rx *rx = rx_start(port, path, 200, 0);

	for (unsigned int fill = 0; fill <= 70; fill++) {
		for (uint16_t nb = 0; nb <= 70; nb++) {
			give(rx, fill);
			assert_int_equal(take_free(rx, nb), RTE_MIN(nb, fill));
			take_rest(rx);
		}
	}
	rx_end(rx);
}

/* Every place in the ring is a burst's first once: ODD_BURST has no divisor in common with it. */
static void
a_burst_may_begin_anywhere(struct port *port, const struct path *path)
{
	static const uint16_t sizes[] = { 64, 72, 128, 512, 4096 };

	for (unsigned int s = 0; s < RTE_DIM(sizes); s++) {
		/* So small that a batch never stands in the way of the next burst. */
		struct rx *rx = rx_start(port, path, sizes[s], 8);
		const uint16_t nb = ODD_BURST(sizes[s]);

		for (unsigned int i = 0; i < sizes[s]; i++) {
			give(rx, nb);
			assert_int_equal(take_free(rx, nb), nb);
		}
		take_rest(rx);
		rx_end(rx);
	}
}

static void
a_full_ring_is_emptied_and_goes_on(struct port *port, const struct path *path)
{
	static const uint16_t sizes[] = { 64, 72, 128, 512, 4096 };

	for (unsigned int s = 0; s < RTE_DIM(sizes); s++) {
		struct rx *rx = rx_start(port, path, sizes[s], 0);

		assert_int_equal(room(rx), sizes[s] - 1);
		for (unsigned int round = 0; round < 3; round++) {
			unsigned int due = room(rx);

			give(rx, due);
			while (due > 0)
				due -= take_free(rx, 32);
			take_rest(rx);
		}
		rx_end(rx);
	}
}

/* The whole ring in one burst: then not one descriptor is left to look at again. */
static void
a_burst_larger_than_the_ring_takes_each_frame_once(struct port *port, const struct path *path)
{
	static const uint16_t sizes[] = { 64, 72, 512 };

	for (unsigned int s = 0; s < RTE_DIM(sizes); s++) {
		struct rx *rx = rx_start(port, path, sizes[s], 0);

		for (unsigned int round = 0; round < 20; round++) {
			uint16_t due = room(rx);

			give(rx, due);
			assert_int_equal(take_free(rx, 2 * sizes[s]), due);
			take_rest(rx);
		}
		rx_end(rx);
	}
}

/* All 2^16 ways in which 16 neighbours can be done or not, at ever other places in the ring. */
static void
a_burst_stops_at_the_first_descriptor_without_DD(struct port *port, const struct path *path)
{
	struct rx *rx = rx_start(port, path, 72, 8);

	for (uint32_t pattern = 0; pattern < 1u << 16; pattern++) {
		/* The last pattern's rest, and as many new ones as it lost. */
		give(rx, 16 - (rx->given - rx->taken));
		for (unsigned int i = 0; i < 16; i++)
			show(rx, rx->taken + i, pattern & (1u << i));
		assert_int_equal(take_free(rx, 32), rte_ctz32(~pattern));
	}
	rx_end(rx);
}

/* All ways in which 12 neighbours can make up frames; what is unfinished goes on in the next. */
static void
buffers_without_EOP_are_part_of_a_frame(struct port *port, const struct path *path)
{
	struct rx *rx = rx_start(port, path, 72, 8);

	for (uint32_t pattern = 0; pattern < 1u << 12; pattern++) {
		for (unsigned int i = 0; i < 12; i++) {
			const struct model_rx_wb wb = any_wb(rx);

			give_buffer(rx, 1 + rnd(&rx->seed) % 1024, &wb, pattern & (1u << i));
		}
		/* Some in one burst and some in several. */
		take_free(rx, 1 + pattern % 13);
		take_rest(rx);
		if (pattern % 5 == 0) {
			give(rx, 1);
			take_rest(rx);
		}
	}
	/* A frame under way is freed at the stop. */
	for (unsigned int i = 0; i < 3; i++) {
		const struct model_rx_wb wb = any_wb(rx);

		give_buffer(rx, LEN, &wb, false);
	}
	take_rest(rx);
	rx->want.errors = want_errors(rx);
	rx_end(rx);
}

/* A chip that lies: no room has so much. At each place of a group, among frames, in their middle. */
static void
what_is_longer_than_its_buffer_is_no_frame(struct port *port, const struct path *path)
{
	static const uint16_t lengths[] = { BUF + 1, 2 * BUF, 32768, UINT16_MAX };
	struct rx *rx = rx_start(port, path, RING, 8);

	for (unsigned int liar = 0; liar < 40; liar++) {
		for (unsigned int i = 0; i < 40; i++) {
			const struct model_rx_wb wb = any_wb(rx);

			give_buffer(rx, i == liar || i == 39 - liar / 3 ? lengths[liar % 4] : 1 + i,
				    &wb, liar % 2 == 0 || i % 5 == 4);
		}
		take_rest(rx);
	}
	rx_end(rx);
}

/* Every value of the first word, every status, each with each over time. */
static void
all_that_a_descriptor_can_say_is_told(struct port *port, const struct path *path)
{
	struct rx *rx = rx_start(port, path, RING, 8);

	for (uint32_t info = 0; info <= UINT16_MAX; info++) {
		struct model_rx_wb wb = any_wb(rx);

		wb.info = info;
		/* Bits without a meaning here have no say. */
		if (info % 3 == 0)
			wb.status |= rnd(&rx->seed) & 0x1FFBFF84;
		give_buffer(rx, 1 + info % BUF, &wb, true);
		if (info % 48 == 47 || info == UINT16_MAX)
			take_rest(rx);
	}
	rx_end(rx);
}

/* Each combination of the bits that matter at each place of a group of 16. */
static void
each_status_is_told_next_to_any_other(struct port *port, const struct path *path)
{
	struct rx *rx = rx_start(port, path, RING, 16);
	const uint32_t spread = RXD_STAT_VP | RXD_STAT_UDPCS | RXD_STAT_L4CS | RXD_STAT_IPCS;

	for (unsigned int i = 0; i < 256 * 17; i++) {
		struct model_rx_wb wb = any_wb(rx);
		unsigned int combination = i % 256;

		/* 17 laps of 256: with a frame more in each, the place in a group moves on. */
		wb.status = ((combination << 3) & spread) | (combination & 0xE0u) << 24;
		wb.status |= combination & 0x10 ? RXD_STAT_LB : 0;
		give_buffer(rx, LEN, &wb, true);
		if (i % 256 == 255)
			give(rx, 1);
		if (i % 32 == 31)
			take_rest(rx);
	}
	rx_end(rx);
}

/* At most one write for 64 packets, whatever the burst; and the chip never runs dry. */
static void
the_tail_is_written_once_in_64_packets(struct port *port, const struct path *path)
{
	static const uint16_t bursts[] = { 1, 4, 7, 32, 64, 200 };

	for (unsigned int b = 0; b < RTE_DIM(bursts); b++) {
		struct rx *rx = rx_start(port, path, 512, 0);

		for (unsigned int total = 0; total < 6400; total += bursts[b]) {
			unsigned int before = port->m->tail_writes;

			give(rx, bursts[b]);
			assert_int_equal(take_free(rx, bursts[b]), bursts[b]);
			assert_true(port->m->tail_writes <= before + 1);
			assert_true(room(rx) >= 511 - IGBIOV_RX_FREE_THRESH);
		}
		assert_int_equal(port->m->writes, port->m->tail_writes);
		assert_true(port->m->tail_writes <= 6400 / 64 + 1);
		rx_end(rx);
	}
}

static void
thresholds_are_kept(struct port *port, const struct path *path)
{
	static const uint16_t thresholds[] = { 1, 7, 8, 31, 32, 33, 63 };
	static const uint16_t sizes[] = { 64, 72, 128 };

	for (unsigned int t = 0; t < RTE_DIM(thresholds) * RTE_DIM(sizes); t++) {
		uint16_t size = sizes[t % RTE_DIM(sizes)];
		struct rx *rx = rx_start(port, path, size, thresholds[t / RTE_DIM(sizes)]);
		struct rte_eth_rxq_info info = { 0 };
		unsigned int total = 0;

		igbiov_rxq_info_get(port->dev, 0, &info);
		for (unsigned int round = 0; round < 200; round++) {
			unsigned int n = RTE_MIN(room(rx), 1 + rnd(&rx->seed) % 40);

			give(rx, n);
			assert_int_equal(take_free(rx, 40), n);
			/* Else nobody gets it anew but by luck. */
			assert_in_range(room(rx), size - info.conf.rx_free_thresh, size - 1);
			total += n;
		}
		assert_true(port->m->tail_writes <= total / info.conf.rx_free_thresh + 1);
		rx_end(rx);
	}
}

/* Takes all mbufs that the pool has. */
static unsigned int
hoard_take(struct rx *rx, struct rte_mbuf **hoard)
{
	unsigned int n = 0;

	while (rte_mempool_get(rx->pool, (void **)&hoard[n]) == 0)
		n++;
	return n;
}

/* The application keeps what it gets: the ring runs dry, is polled on, and comes back by itself. */
static void
an_empty_mempool_is_counted_and_recovered_from(struct port *port, const struct path *path)
{
	static const uint16_t sizes[] = { 72, 128, 512 };
	static struct rte_mbuf *hoard[1024], *kept[1024], image[1024];

	for (unsigned int s = 0; s < RTE_DIM(sizes); s++) {
		struct rx *rx = rx_start(port, path, sizes[s], 0);
		unsigned int hoarded = hoard_take(rx, hoard), n = 0;

		while (room(rx) > 0) {
			give(rx, RTE_MIN(room(rx), 5u));
			for (uint16_t got = take(rx, kept + n, 32); got > 0; got--, n++)
				image[n] = *kept[n];
		}
		assert_int_equal(n, sizes[s] - 1);
		/* Each of these is still done: none may be taken for new. */
		for (unsigned int i = 0; i < 300; i++)
			assert_int_equal(take_free(rx, 1 + i % 70), 0);
		assert_true(rx->rxq->alloc_failed > 0);
		assert_int_equal(room(rx), 0);
		for (unsigned int i = 0; i < n; i++)
			assert_memory_equal(kept[i], &image[i], sizeof(image[i]));

		/* Little by little: some day it is enough for the chip to go on. */
		for (unsigned int i = 0; i < n; i++) {
			rte_pktmbuf_free(kept[i]);
			assert_int_equal(take_free(rx, 32), 0);
		}
		for (unsigned int i = 0; i < 4; i++)
			assert_int_equal(take_free(rx, 32), 0);
		assert_true(room(rx) >= sizes[s] - 1u - IGBIOV_RX_FREE_THRESH);
		rte_mempool_put_bulk(rx->pool, (void **)hoard, hoarded);
		for (unsigned int i = 0; i < 4 * sizes[s]; i++) {
			give(rx, 1);
			assert_int_equal(take_free(rx, 32), 1);
		}
		rx_end(rx);
	}
}

/* Whatever its descriptors say: its ring belongs to nobody. */
static void
a_stopped_queue_gives_nothing_and_takes_no_mbuf(struct port *port, const struct path *path)
{
	for (unsigned int given = 0; given < RING; given += 7) {
		struct rx *rx = rx_start(port, path, RING, 0);
		struct rte_mbuf *pkts[32];

		give(rx, given);
		take_free(rx, given / 2);
		igbiov_queues_stop(port->dev);
		model_counts_clear(port->m);
		for (uint16_t nb = 0; nb <= RTE_DIM(pkts); nb++)
			assert_int_equal(path->burst(rx->rxq, pkts, nb), 0);
		assert_int_equal(port->m->reads + port->m->writes, 0);
		rx_end(rx);
	}
}

static struct {
	pthread_t thread;
	volatile bool stop;
} chip;

#define CHIP_FRAMES 4000

/* Writes frames as long as there is room for them. */
static void *
chip_main(void *arg)
{
	struct rx *rx = arg;

	while (rx->given < CHIP_FRAMES && !chip.stop) {
		pthread_mutex_lock(&rx->port->m->lock);
		if (room(rx) > 0)
			give(rx, 1);
		pthread_mutex_unlock(&rx->port->m->lock);
		if (rx->given % 64 == 0)
			sched_yield();
	}
	return NULL;
}

static void
chip_end(void)
{
	chip.stop = true;
	pthread_join(chip.thread, NULL);
}

/* No descriptor is taken half old, half new. */
static void
the_chip_may_write_while_a_burst_reads(struct port *port, const struct path *path)
{
	struct rx *rx = rx_start(port, path, RING, 8);
	time_t end = time(NULL) + 60;

	chip.stop = false;
	assert_int_equal(pthread_create(&chip.thread, NULL, chip_main, rx), 0);
	behaviour_end = chip_end;
	while (rx->taken < CHIP_FRAMES) {
		struct rte_mbuf *pkts[32];
		uint16_t n = path->burst(rx->rxq, pkts, RTE_DIM(pkts));

		for (uint16_t i = 0; i < n; i++, rx->taken++) {
			frame_check(rx, pkts[i], rx->taken, rx->taken);
			rte_pktmbuf_free(pkts[i]);
		}
		if (n == 0) {
			assert_true(time(NULL) < end);
			sched_yield();
		}
	}
	chip_end();
	behaviour_end = NULL;
	rx->frame = rx->taken;
	take_rest(rx);
	rx_end(rx);
}

/* Any frames, any bursts, DD seen late, an empty pool: beside the scalar path on a second queue. */
static void
what_the_scalar_path_gives_is_given(struct port *port, const struct path *path)
{
	static const struct path scalar = { "", igbiov_rx_burst, NULL, 0, 0 };
	static const struct path scattered = { "", igbiov_rx_burst_scattered, NULL, SCATTERED, 0 };
	static const uint16_t sizes[] = { 64, 72, 128, 200 };
	static struct rte_mbuf *hoard[2][512];

	for (unsigned int s = 0; s < 4 * RTE_DIM(sizes); s++) {
		const struct ring_conf conf = { .nb_desc = sizes[s % RTE_DIM(sizes)],
						.free_thresh = s % 3 == 0 ? 0 : 1 + s };
		struct rx *both[] = { &main_rx, &reference_rx };
		unsigned int hoarded[2] = { 0 };
		uint64_t seed = s;

		rx_setup(both[0], 0, port, path, &conf);
		rx_setup(both[1], 1, port, path->can & SCATTERED ? &scattered : &scalar, &conf);
		assert_int_equal(igbiov_queues_start(port->dev), 0);
		model_counts_clear(port->m);
		for (unsigned int op = 0; op < 500; op++) {
			uint32_t what = rnd(&seed), n = rnd(&seed) % 80, nb = rnd(&seed) % 71;
			uint16_t got[2];

			n = RTE_MIN(n, RTE_MIN(room(both[0]), room(both[1])));
			for (unsigned int r = 0; r < 2; r++) {
				struct rx *rx = both[r];
				uint64_t same = seed;

				for (unsigned int i = 0; i < n; i++) {
					const struct model_rx_wb wb = any_wb(rx);

					give_buffer(rx, 1 + rnd(&same) % (BUF + BUF / 16), &wb,
						    what % 4 == 0 || rnd(&same) % 8 != 0);
				}
				if (what % 3 == 0 && n != 0)
					show(rx, rx->given - 1 - rnd(&same) % n, false);
				if (what % 50 == 7 && hoarded[r] == 0)
					hoarded[r] = hoard_take(rx, hoard[r]);
				got[r] = take_free(rx, nb);
				if (what % 3 == 1)
					show_all(rx);
				if (what % 50 == 8) {
					rte_mempool_put_bulk(rx->pool, (void **)hoard[r],
							     hoarded[r]);
					hoarded[r] = 0;
				}
			}
			seed += what;
			assert_int_equal(got[0], got[1]);
		}
		for (unsigned int r = 0; r < 2; r++) {
			show_all(both[r]);
			take_rest(both[r]);
			both[r]->want.errors = want_errors(both[r]);
			rte_mempool_put_bulk(both[r]->pool, (void **)hoard[r], hoarded[r]);
		}
		assert_memory_equal(&both[0]->rxq->stats, &both[1]->rxq->stats,
				    sizeof(both[0]->rxq->stats));
		rx_end(both[0]);
		rx_end(both[1]);
	}
}

int
main(void)
{
	static const struct behaviour behaviours[] = {
		BEHAVIOUR(an_empty_poll_touches_neither_chip_nor_pool, 0),
		BEHAVIOUR(any_number_is_taken_of_any_number, 0),
		BEHAVIOUR(a_burst_may_begin_anywhere, 0),
		BEHAVIOUR(a_full_ring_is_emptied_and_goes_on, 0),
		BEHAVIOUR(a_burst_larger_than_the_ring_takes_each_frame_once, 0),
		BEHAVIOUR(a_burst_stops_at_the_first_descriptor_without_DD, 0),
		BEHAVIOUR(buffers_without_EOP_are_part_of_a_frame, 0),
		BEHAVIOUR(what_is_longer_than_its_buffer_is_no_frame, 0),
		BEHAVIOUR(all_that_a_descriptor_can_say_is_told, 0),
		BEHAVIOUR(each_status_is_told_next_to_any_other, 0),
		BEHAVIOUR(the_tail_is_written_once_in_64_packets, 0),
		BEHAVIOUR(thresholds_are_kept, 0),
		BEHAVIOUR(an_empty_mempool_is_counted_and_recovered_from, 0),
		BEHAVIOUR(a_stopped_queue_gives_nothing_and_takes_no_mbuf, 0),
		BEHAVIOUR(the_chip_may_write_while_a_burst_reads, 0),
		BEHAVIOUR(what_the_scalar_path_gives_is_given, 0),
	};

	return bursts_run("igbiov_rx_bursts", paths, RTE_DIM(paths), behaviours,
			  RTE_DIM(behaviours));
}
