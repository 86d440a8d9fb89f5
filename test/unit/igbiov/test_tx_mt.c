/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) the igbiov authors
 */

/* igbiov_tx_mt.h: more threads than queues, and a chip that takes its time. */

#include <pthread.h>
#include <sched.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <rte_cpuflags.h>
#include <rte_thread.h>

#include "igbiov_tx_mt.h"
#include "port.h"

#define RING	128
#define THREADS 5
#define PACKETS 1500 /* of a thread */
#define LEN	90
#define TRIES	50000 /* 5 s */

typedef uint16_t (*burst_t)(void *queue, struct rte_mbuf **pkts, uint16_t nb_pkts);

/* What a frame tells of itself, behind its Ethernet header. */
struct label {
	uint16_t thread, number;
};

struct stress {
	struct port *port;
	burst_t burst;
	struct sender {
		struct stress *stress;
		struct rte_mbuf *pkts[PACKETS];
		uint16_t id;
		uint16_t seen; /* frames on the wire; also the next one's number */
	} senders[THREADS];
	unsigned int running;
	unsigned int torn, out_of_order;
};

static struct port *
lockfree_port(void)
{
	struct port *port = port_new();

	rte_mempool_free(port->pool);
	port->pool = mempool_new(THREADS * PACKETS * 2, RTE_MBUF_DEFAULT_BUF_SIZE);
	port->dev->data->dev_conf.txmode.offloads = RTE_ETH_TX_OFFLOAD_MT_LOCKFREE;
	rings_start(port, RING);
	model_bound(port->m, UINT64_MAX / 2);
	return port;
}

/* Plain ones, tagged ones, and some in two segments: contexts and rooms of all sizes. */
static struct rte_mbuf *
labelled(struct port *port, uint16_t thread, uint16_t number)
{
	const struct label label = { thread, number };
	struct rte_mbuf *m = packet(port, LEN, number);

	memcpy(rte_pktmbuf_mtod_offset(m, void *, 14), &label, sizeof(label));
	if (number % 3 == 1) {
		m->ol_flags = RTE_MBUF_F_TX_VLAN;
		m->vlan_tci = thread + 1;
	} else if (number % 7 == 2) {
		assert_int_equal(rte_pktmbuf_chain(m, packet(port, LEN, 0)), 0);
	}
	return m;
}

static void
frame_check(struct stress *s, const struct model_frame *f)
{
	bool tagged = f->data[12] == 0x81;
	const uint8_t *rest = f->data + 14 + (tagged ? 4 : 0);
	uint8_t want[LEN];
	struct label label;

	memcpy(&label, rest, sizeof(label));
	pattern(want, LEN, label.number);
	if (label.thread >= THREADS || tagged != (label.number % 3 == 1) ||
	    (tagged && f->data[15] != label.thread + 1) ||
	    memcmp(rest + sizeof(label), want + 14 + sizeof(label), LEN - 14 - sizeof(label)) != 0)
		s->torn++;
	else if (label.number != s->senders[label.thread].seen++)
		s->out_of_order++;
}

/* The chip, in steps of a few packets, beside the senders. */
static void
chip_step(struct stress *s)
{
	struct model *m = s->port->m;

	pthread_mutex_lock(&m->lock);
	model_tx_run(m, 0, 20);
	for (unsigned int i = 0; i < m->nb_wire; i++)
		frame_check(s, &m->wire[i]);
	model_wire_clear(m);
	pthread_mutex_unlock(&m->lock);
}

/* Whoever sends loses its CPU in the middle of it, again and again. */
static void
lose_cpu(struct model *m, unsigned int fn, uint32_t reg, uint32_t value)
{
	RTE_SET_USED(m);
	RTE_SET_USED(fn);
	RTE_SET_USED(reg);
	RTE_SET_USED(value);
	usleep(50);
}

static void *
sender_main(void *arg)
{
	struct sender *me = arg;
	struct stress *s = me->stress;
	unsigned int tries = 0;
	uint16_t sent = 0;

	assert_int_equal(rte_thread_register(), 0);
	/* A queue that has lost its room takes nothing any more: give up, and be found short. */
	while (sent < PACKETS && tries < TRIES) {
		uint16_t n = RTE_MIN(1 + (sent * 7 + me->id * 13) % 40, PACKETS - sent);
		uint16_t taken = s->burst(port_txq(s->port), &me->pkts[sent], n);

		sent += taken;
		tries = taken != 0 ? 0 : tries + 1;
		if (taken == 0)
			usleep(100);
	}
	rte_thread_unregister();
	__atomic_sub_fetch(&s->running, 1, __ATOMIC_ACQ_REL);
	return NULL;
}

static void
stress(burst_t burst)
{
	struct stress *s = calloc(1, sizeof(*s));
	pthread_t threads[THREADS];
	uint64_t packets = 0;

	s->port = lockfree_port();
	s->port->m->mute_tx = true;
	s->port->m->on_write = lose_cpu;
	s->burst = burst;
	s->running = THREADS;
	for (uint16_t t = 0; t < THREADS; t++) {
		s->senders[t].stress = s;
		s->senders[t].id = t;
		for (uint16_t i = 0; i < PACKETS; i++)
			s->senders[t].pkts[i] = labelled(s->port, t, i);
	}
	for (uint16_t t = 0; t < THREADS; t++)
		assert_int_equal(pthread_create(&threads[t], NULL, sender_main, &s->senders[t]), 0);
	while (__atomic_load_n(&s->running, __ATOMIC_ACQUIRE) != 0) {
		chip_step(s);
		sched_yield();
	}
	for (uint16_t t = 0; t < THREADS; t++)
		pthread_join(threads[t], NULL);
	s->port->m->on_write = NULL;
	/* What was accepted is with the chip: no call is needed any more. */
	for (unsigned int i = 0; i < RING; i++)
		chip_step(s);
	assert_int_equal(s->torn, 0);
	assert_int_equal(s->out_of_order, 0);
	for (uint16_t t = 0; t < THREADS; t++) {
		assert_int_equal(s->senders[t].seen, PACKETS);
		packets += s->senders[t].seen;
	}
	assert_int_equal(port_txq(s->port)->stats.packets, packets);
	assert_int_equal(port_txq(s->port)->stats.errors, 0);
	port_free(s->port);
	free(s);
}

static void
threads_lose_double_and_tear_nothing(void **state)
{
	RTE_SET_USED(state);
	stress(igbiov_tx_burst_mt);
}

static void
threads_lose_double_and_tear_nothing_by_vectors(void **state)
{
	RTE_SET_USED(state);
	stress(igbiov_tx_burst_sse_mt);
	if (rte_cpu_get_flag_enabled(RTE_CPUFLAG_AVX2) > 0)
		stress(igbiov_tx_burst_avx2_mt);
	if (rte_cpu_get_flag_enabled(RTE_CPUFLAG_AVX512BW) > 0)
		stress(igbiov_tx_burst_avx512_mt);
}

/* Room is taken for the longest that a packet can need, and what it didn't need comes back. */
static void
a_full_ring_takes_no_more_and_goes_on_when_the_chip_does(void **state)
{
	struct port *port = lockfree_port();
	struct igbiov_txq *txq = port_txq(port);
	unsigned int taken = 0, again = 0;
	struct rte_mbuf *m;

	RTE_SET_USED(state);
	port->m->mute_tx = true;
	for (unsigned int i = 0; i < 3 * RING; i++) {
		m = packet(port, LEN, i);
		if (igbiov_tx_burst_mt(txq, &m, 1) == 1)
			taken++;
		else
			rte_pktmbuf_free(m);
	}
	/* One descriptor stays empty, one is for a context that nobody asked for. */
	assert_int_equal(taken, RING - 3);
	model_tx_run(port->m, 0, UINT32_MAX);
	assert_int_equal(port->m->nb_wire, taken);
	for (unsigned int i = 0; i < RING; i++) {
		m = packet(port, LEN, i);
		if (igbiov_tx_burst_mt(txq, &m, 1) == 1)
			again++;
		else
			rte_pktmbuf_free(m);
	}
	/* All but what waits for an RS. */
	assert_in_range(again, RING - 3 - txq->rs_thresh, RING - 3);
	port_free(port);
}

/* What the chip can't send takes room only until it is refused. */
static void
refused_packets_give_their_room_back(void **state)
{
	struct port *port = lockfree_port();
	struct igbiov_txq *txq = port_txq(port);
	int32_t room = txq->mt->room;
	struct rte_mbuf *m;

	RTE_SET_USED(state);
	for (unsigned int i = 0; i < 3 * RING; i++) {
		m = packet(port, LEN, i);
		m->pkt_len += 1;
		assert_int_equal(igbiov_tx_burst_mt(txq, &m, 1), 1);
	}
	assert_int_equal(txq->stats.errors, 3 * RING);
	assert_int_equal(txq->mt->room, room);
	assert_int_equal(port->m->nb_wire, 0);
	port_free(port);
}

static void
a_stopped_queue_takes_nothing(void **state)
{
	struct port *port = lockfree_port();
	struct rte_mbuf *m = packet(port, LEN, 1);

	RTE_SET_USED(state);
	igbiov_queues_stop(port->dev);
	assert_int_equal(igbiov_tx_burst_mt(port_txq(port), &m, 1), 0);
	assert_int_equal(igbiov_queues_start(port->dev), 0);
	assert_int_equal(igbiov_tx_burst_mt(port_txq(port), &m, 1), 1);
	assert_int_equal(port->m->nb_wire, 1);
	port_free(port);
}

/* A packet for which there is room only when what was sent is freed gets it. */
static void
room_that_the_chip_has_given_back_is_found(void **state)
{
	static const struct {
		uint16_t nb_desc, free_thresh, segs;
	} cases[] = { { 64, 0, 40 }, { 512, 32, 38 }, { 128, 1, 1 }, { 128, 2, 1 } };

	RTE_SET_USED(state);
	for (unsigned int i = 0; i < RTE_DIM(cases); i++) {
		const struct ring_conf conf = { .nb_desc = cases[i].nb_desc,
						.free_thresh = cases[i].free_thresh };
		struct port *port = lockfree_port();
		struct rte_mbuf *m = packet(port, LEN, 0);
		unsigned int tries;

		igbiov_queues_stop(port->dev);
		txq_setup(port, 0, &conf);
		assert_int_equal(igbiov_queues_start(port->dev), 0);
		port->m->mute_tx = true;
		while (igbiov_tx_burst_mt(port_txq(port), &m, 1) == 1)
			m = packet(port, LEN, 0);
		model_tx_run(port->m, 0, UINT32_MAX);
		for (unsigned int n = 1; n < cases[i].segs; n++)
			assert_int_equal(rte_pktmbuf_chain(m, packet(port, LEN, 0)), 0);
		for (tries = 0; igbiov_tx_burst_mt(port_txq(port), &m, 1) == 0; tries++)
			assert_in_range(tries, 0, 2);
		port_free(port);
	}
}

/* Whoever had the queue when these were accepted may have been a cleaner, who sends nothing. */
static void
a_call_sends_what_others_had_accepted(void **state)
{
	struct port *port = lockfree_port();
	struct igbiov_txq *txq = port_txq(port);
	struct rte_mbuf *m = packet(port, LEN, 1);

	RTE_SET_USED(state);
	txq->mt->busy = 1;
	assert_int_equal(igbiov_tx_burst_mt(txq, &m, 1), 1);
	assert_int_equal(port->m->nb_wire, 0);
	txq->mt->busy = 0;
	assert_int_equal(igbiov_tx_burst_mt(txq, NULL, 0), 0);
	assert_int_equal(port->m->nb_wire, 1);
	port_free(port);
}

static void
stop_frees_what_was_accepted_and_not_sent(void **state)
{
	struct port *port = lockfree_port();
	struct igbiov_txq *txq = port_txq(port);
	struct rte_mbuf *m = packet(port, LEN, 1);

	RTE_SET_USED(state);
	txq->mt->busy = 1;
	assert_int_equal(igbiov_tx_burst_mt(txq, &m, 1), 1);
	txq->mt->busy = 0;
	igbiov_queues_stop(port->dev);
	assert_int_equal(mempool_used(port), 0);
	port_free(port);
}

/* Room for so many there never is: a caller who tries again would do so for ever. */
static void
segments_beyond_the_ring_are_refused_at_once(void **state)
{
	struct port *port = lockfree_port();
	struct igbiov_txq *txq = port_txq(port);
	struct rte_mbuf *m = packet(port, LEN, 1);

	RTE_SET_USED(state);
	m->nb_segs = 60000;
	assert_int_equal(igbiov_tx_burst_mt(txq, &m, 1), 1);
	assert_int_equal(txq->stats.errors, 1);
	assert_int_equal(port->m->nb_wire, 0);
	port_free(port);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(threads_lose_double_and_tear_nothing),
		cmocka_unit_test(threads_lose_double_and_tear_nothing_by_vectors),
		cmocka_unit_test(a_full_ring_takes_no_more_and_goes_on_when_the_chip_does),
		cmocka_unit_test(refused_packets_give_their_room_back),
		cmocka_unit_test(room_that_the_chip_has_given_back_is_found),
		cmocka_unit_test(a_stopped_queue_takes_nothing),
		cmocka_unit_test(a_call_sends_what_others_had_accepted),
		cmocka_unit_test(stop_frees_what_was_accepted_and_not_sent),
		cmocka_unit_test(segments_beyond_the_ring_are_refused_at_once),
	};

	return cmocka_run_group_tests_name("igbiov_tx_mt", tests, eal_setup, NULL);
}
