/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) the igbiov authors
 */

/* mbufs from a TX queue straight back to an RX queue, through ethdev's API. */

#include <errno.h>
#include <string.h>

#include "machine.h"

#define RING  128
#define BURST 32
#define LEN   100

struct forwarder {
	struct machine *machine;
	struct function *f;
	struct model *m;
	struct rte_eth_recycle_rxq_info info;
	uint8_t seed; /* of the next frame */
};

static struct forwarder
start(struct machine *machine, uint16_t ring, uint16_t rs_thresh)
{
	struct forwarder fw = { .machine = machine, .f = machine_pf(machine), .m = machine->m };
	const struct rte_eth_conf conf = { 0 };
	struct rte_eth_dev_info dev_info;
	struct function *f = fw.f;

	assert_int_equal(function_probe(machine, MODEL_PF), 0);
	/* Vector bursts refill from a mempool's cache. */
	f->pool = rte_pktmbuf_pool_create("recycle", 512, 128, 0, RTE_PKTMBUF_HEADROOM + 2048,
					  SOCKET_ID_ANY);
	assert_non_null(f->pool);
	assert_int_equal(rte_eth_dev_configure(f->port_id, 1, 1, &conf), 0);
	assert_int_equal(rte_eth_dev_info_get(f->port_id, &dev_info), 0);
	dev_info.default_txconf.tx_rs_thresh = rs_thresh;
	/* Bursts leave it to the recycling as long as they can. */
	dev_info.default_txconf.tx_free_thresh = 8;
	assert_int_equal(rte_eth_rx_queue_setup(f->port_id, 0, ring, SOCKET_ID_ANY, NULL, f->pool),
			 0);
	assert_int_equal(rte_eth_tx_queue_setup(f->port_id, 0, ring, SOCKET_ID_ANY,
						&dev_info.default_txconf),
			 0);
	assert_int_equal(rte_eth_dev_start(f->port_id), 0);
	assert_int_equal(rte_eth_recycle_rx_queue_info_get(f->port_id, 0, &fw.info), 0);
	return fw;
}

static uint16_t
recycle(struct forwarder *fw)
{
	return rte_eth_recycle_mbufs(fw->f->port_id, 0, fw->f->port_id, 0, &fw->info);
}

static void
arrive(struct forwarder *fw, unsigned int nb)
{
	uint8_t frame[LEN];

	for (unsigned int i = 0; i < nb; i++) {
		pattern(frame, LEN, fw->seed++);
		assert_true(model_rx_queue(fw->m, 0, frame, LEN, NULL));
	}
}

/* So many frames in and out again, each as it came; mbufs that are recycled afterwards. */
static uint16_t
forward(struct forwarder *fw, unsigned int nb)
{
	struct rte_mbuf *pkts[RING];
	uint8_t first = fw->seed, want[LEN];

	arrive(fw, nb);
	model_wire_clear(fw->m);
	assert_int_equal(rte_eth_rx_burst(fw->f->port_id, 0, pkts, nb), nb);
	assert_int_equal(rte_eth_tx_burst(fw->f->port_id, 0, pkts, nb), nb);
	assert_int_equal(fw->m->nb_wire, nb);
	for (unsigned int i = 0; i < nb; i++) {
		pattern(want, LEN, first + i);
		assert_memory_equal(fw->m->wire[i].data, want, LEN);
	}
	return recycle(fw);
}

static unsigned int
hoard(struct forwarder *fw, struct rte_mbuf **mbufs)
{
	unsigned int n = 0;

	while (rte_mempool_get(fw->f->pool, (void **)&mbufs[n]) == 0)
		n++;
	return n;
}

/* Nothing comes from the pool, for there is nothing in it: it lives on what it sends. */
static void
a_forwarder_lives_on_what_it_sends(void **state)
{
	struct forwarder fw = start(*state, RING, BURST);
	struct rte_mbuf *mbufs[512];
	unsigned int n = hoard(&fw, mbufs);

	for (unsigned int round = 0; round < 200; round++)
		assert_int_equal(forward(&fw, BURST), BURST);
	assert_int_equal(rte_mempool_in_use_count(fw.f->pool), 512);
	rte_mempool_put_bulk(fw.f->pool, (void **)mbufs, n);
}

/* Blocks and rings that don't fit each other: what can't be recycled goes the usual way. */
static void
sizes_go_together(struct machine *machine)
{
	static const struct {
		uint16_t ring, rs_thresh, burst;
	} rows[] = {
		{ 96, 20, 7 }, { 64, 1, 13 }, { 136, 16, 30 }, { 128, 24, 32 }, { 72, 5, 11 }
	};

	for (unsigned int i = 0; i < RTE_DIM(rows); i++) {
		struct forwarder fw = start(machine, rows[i].ring, rows[i].rs_thresh);
		unsigned int recycled = 0;

		for (unsigned int round = 0; round < 300; round++)
			recycled += forward(&fw, rows[i].burst);
		assert_true(recycled > 0);
		assert_true(rte_mempool_in_use_count(fw.f->pool) <= 2u * rows[i].ring);
		assert_int_equal(function_remove(machine, MODEL_PF), 0);
		assert_int_equal(rte_mempool_in_use_count(fw.f->pool), 0);
		rte_mempool_free(fw.f->pool);
		fw.f->pool = NULL;
	}
}

/* With each kind of burst: their refills find the ring where recycling has left it. */
static void
any_sizes_go_together(void **state)
{
	static char names[][32] = { "burst=scalar,state=none", "burst=sse,state=none",
				    "burst=avx2,state=none", "burst=avx512,state=none" };
	struct machine *machine = *state;
	struct function *f = machine_pf(machine);

	for (unsigned int i = 0; i < RTE_DIM(names); i++) {
		machine_devargs(f, names[i]);
		/* This CPU can't. */
		if (function_probe(machine, MODEL_PF) == -ENOTSUP)
			continue;
		assert_int_equal(function_remove(machine, MODEL_PF), 0);
		sizes_go_together(machine);
	}
}

static void
nothing_is_recycled_that_the_chip_still_sends(void **state)
{
	struct forwarder fw = start(*state, RING, BURST);
	struct rte_mbuf *pkts[BURST];

	fw.m->mute_tx = true;
	arrive(&fw, BURST);
	assert_int_equal(rte_eth_rx_burst(fw.f->port_id, 0, pkts, BURST), BURST);
	assert_int_equal(rte_eth_tx_burst(fw.f->port_id, 0, pkts, BURST), BURST);
	assert_int_equal(recycle(&fw), 0);
	model_tx_run(fw.m, 0, BURST - 1);
	assert_int_equal(recycle(&fw), 0);
	model_tx_run(fw.m, 0, 1);
	assert_int_equal(recycle(&fw), BURST);
	assert_int_equal(recycle(&fw), 0);
	fw.m->mute_tx = false;
}

/* The first block is sent, the second isn't. */
static void
each_block_is_asked_for(void **state)
{
	struct forwarder fw = start(*state, RING, BURST / 2);
	struct rte_mbuf *pkts[BURST];

	fw.m->mute_tx = true;
	arrive(&fw, BURST);
	assert_int_equal(rte_eth_rx_burst(fw.f->port_id, 0, pkts, BURST), BURST);
	assert_int_equal(rte_eth_tx_burst(fw.f->port_id, 0, pkts, BURST), BURST);
	model_tx_run(fw.m, 0, BURST / 2);
	assert_int_equal(recycle(&fw), BURST / 2);
	fw.m->mute_tx = false;
}

static void
a_full_rx_ring_takes_nothing(void **state)
{
	struct forwarder fw = start(*state, RING, BURST);
	struct rte_ether_addr to = { { 2, 0, 0, 0, 0, 9 } }, from = function_mac(fw.f);

	for (unsigned int i = 0; i < BURST; i++)
		frame_send(fw.f, &to, &from, -1);
	assert_int_equal(recycle(&fw), 0);
	/* Once there is room, they do. */
	arrive(&fw, BURST);
	assert_int_equal(frames_take(fw.f), BURST);
	assert_int_equal(recycle(&fw), BURST);
}

/* Somebody else's mbuf, a shared one, a part of a packet: none may end in the RX ring. */
static void
only_whole_mbufs_of_the_queues_pool_are_recycled(void **state)
{
	struct forwarder fw = start(*state, RING, 1);
	struct rte_mempool *other = mempool_new(64, RTE_PKTMBUF_HEADROOM + 2048);
	struct rte_ether_addr to = { { 2, 0, 0, 0, 0, 9 } }, from = function_mac(fw.f);
	struct rte_mempool *own = fw.f->pool;
	struct rte_mbuf *m;

	arrive(&fw, BURST);
	assert_int_equal(frames_take(fw.f), BURST);

	fw.f->pool = other;
	m = frame_new(fw.f, &to, &from, -1, LEN);
	fw.f->pool = own;
	assert_int_equal(rte_eth_tx_burst(fw.f->port_id, 0, &m, 1), 1);
	assert_int_equal(recycle(&fw), 0);
	assert_int_equal(rte_eth_tx_done_cleanup(fw.f->port_id, 0, 0), 1);
	assert_int_equal(rte_mempool_in_use_count(other), 0);

	m = frame_new(fw.f, &to, &from, -1, LEN);
	rte_mbuf_refcnt_update(m, 1);
	assert_int_equal(rte_eth_tx_burst(fw.f->port_id, 0, &m, 1), 1);
	assert_int_equal(recycle(&fw), 0);
	assert_int_equal(rte_eth_tx_done_cleanup(fw.f->port_id, 0, 0), 1);
	rte_pktmbuf_free(m);

	m = frame_new(fw.f, &to, &from, -1, LEN);
	assert_int_equal(rte_pktmbuf_chain(m, frame_new(fw.f, &to, &from, -1, LEN)), 0);
	assert_int_equal(rte_eth_tx_burst(fw.f->port_id, 0, &m, 1), 1);
	assert_int_equal(recycle(&fw), 0);
	assert_int_equal(rte_eth_tx_done_cleanup(fw.f->port_id, 0, 0), 1);

	frame_send(fw.f, &to, &from, -1);
	assert_int_equal(recycle(&fw), 1);
	rte_mempool_free(other);
}

/* Other drivers' RX rings take just one number. */
static void
a_number_that_was_asked_for_is_kept(void **state)
{
	struct forwarder fw = start(*state, RING, 16);
	struct rte_ether_addr to = { { 2, 0, 0, 0, 0, 9 } }, from = function_mac(fw.f);

	for (unsigned int i = 0; i < 64; i++)
		frame_send(fw.f, &to, &from, -1);
	arrive(&fw, 48);
	assert_int_equal(frames_take(fw.f), 48);
	fw.info.refill_requirement = 24;
	assert_int_equal(recycle(&fw), 0);
	fw.info.refill_requirement = 64;
	assert_int_equal(recycle(&fw), 0);
	fw.info.refill_requirement = 32;
	assert_int_equal(recycle(&fw), 32);
	/* Room for 16 more. */
	assert_int_equal(recycle(&fw), 0);
	fw.info.refill_requirement = 0;
	assert_int_equal(recycle(&fw), 16);
}

static void
stopped_queues_recycle_nothing(void **state)
{
	struct forwarder fw = start(*state, RING, BURST);

	assert_int_equal(forward(&fw, BURST), BURST);
	arrive(&fw, BURST);
	assert_int_equal(frames_take(fw.f), BURST);
	assert_int_equal(rte_eth_dev_tx_queue_stop(fw.f->port_id, 0), 0);
	assert_int_equal(recycle(&fw), 0);
	assert_int_equal(rte_eth_dev_tx_queue_start(fw.f->port_id, 0), 0);
	assert_int_equal(rte_eth_dev_rx_queue_stop(fw.f->port_id, 0), 0);
	model_counts_clear(fw.m);
	for (unsigned int i = 0; i < BURST; i++)
		frame_send(fw.f, &(struct rte_ether_addr){ { 2 } },
			   &(struct rte_ether_addr){ { 4 } }, -1);
	fw.m->tail_writes = 0;
	assert_int_equal(recycle(&fw), 0);
	assert_int_equal(fw.m->tail_writes, 0);
}

#define T(f) ON_MACHINE(f, 0)

int
main(void)
{
	const struct CMUnitTest tests[] = {
		T(a_forwarder_lives_on_what_it_sends),
		T(any_sizes_go_together),
		T(nothing_is_recycled_that_the_chip_still_sends),
		T(each_block_is_asked_for),
		T(a_full_rx_ring_takes_nothing),
		T(only_whole_mbufs_of_the_queues_pool_are_recycled),
		T(a_number_that_was_asked_for_is_kept),
		T(stopped_queues_recycle_nothing),
	};

	return cmocka_run_group_tests_name("igbiov_recycle", tests, eal_setup, NULL);
}
