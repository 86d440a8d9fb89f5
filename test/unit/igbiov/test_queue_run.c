/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) the igbiov authors
 */

/* Queues started and stopped one by one on a running port, through ethdev's API. */

#include <errno.h>
#include <string.h>

#include <rte_power_intrinsics.h>

#include "machine.h"

#define RING   64
#define QUEUES 2
#define BURST  32

/* Two queues of each kind; bit n of `deferred`: queue n waits for its own start. */
static void
configure(struct function *f, unsigned int deferred)
{
	const struct rte_eth_conf conf = { 0 };
	struct rte_eth_dev_info info;

	if (f->pool == NULL)
		f->pool = mempool_new(512, RTE_PKTMBUF_HEADROOM + 2048);
	assert_int_equal(rte_eth_dev_configure(f->port_id, QUEUES, QUEUES, &conf), 0);
	assert_int_equal(rte_eth_dev_info_get(f->port_id, &info), 0);
	for (uint16_t q = 0; q < QUEUES; q++) {
		info.default_rxconf.rx_deferred_start = deferred >> q & 1;
		info.default_txconf.tx_deferred_start = deferred >> q & 1;
		assert_int_equal(rte_eth_rx_queue_setup(f->port_id, q, RING, SOCKET_ID_ANY,
							&info.default_rxconf, f->pool),
				 0);
		assert_int_equal(rte_eth_tx_queue_setup(f->port_id, q, RING, SOCKET_ID_ANY,
							&info.default_txconf),
				 0);
	}
}

static struct function *
pf_start(struct machine *machine, unsigned int deferred)
{
	struct function *f = machine_pf(machine);

	assert_int_equal(function_probe(machine, MODEL_PF), 0);
	configure(f, deferred);
	assert_int_equal(rte_eth_dev_start(f->port_id), 0);
	return f;
}

static unsigned int
used(const struct function *f)
{
	return rte_mempool_in_use_count(f->pool);
}

static bool
rx_started(const struct function *f, uint16_t q)
{
	struct rte_eth_rxq_info info;

	assert_int_equal(rte_eth_rx_queue_info_get(f->port_id, q, &info), 0);
	return info.queue_state == RTE_ETH_QUEUE_STATE_STARTED;
}

static bool
tx_started(const struct function *f, uint16_t q)
{
	struct rte_eth_txq_info info;

	assert_int_equal(rte_eth_tx_queue_info_get(f->port_id, q, &info), 0);
	return info.queue_state == RTE_ETH_QUEUE_STATE_STARTED;
}

/* Frames that arrive in a queue, of so many sent to it. */
static unsigned int
receive(struct function *f, uint16_t q, unsigned int nb)
{
	struct rte_mbuf *pkts[BURST];
	unsigned int got = 0;
	uint8_t frame[100];

	pattern(frame, sizeof(frame), q);
	for (unsigned int i = 0; i < nb; i++) {
		uint16_t n;

		model_rx_queue(f->machine->m, q, frame, sizeof(frame), NULL);
		n = rte_eth_rx_burst(f->port_id, q, pkts, BURST);
		rte_pktmbuf_free_bulk(pkts, n);
		got += n;
	}
	return got;
}

/* Packets that a queue takes, of so many; the rest is freed. */
static unsigned int
transmit(struct function *f, uint16_t q, unsigned int nb)
{
	const struct rte_ether_addr dst = { { 2, 0, 0, 0, 0, 9 } }, src = function_mac(f);
	unsigned int taken = 0;

	for (unsigned int i = 0; i < nb; i++) {
		struct rte_mbuf *m = frame_new(f, &dst, &src, -1, 100);

		if (rte_eth_tx_burst(f->port_id, q, &m, 1) == 1)
			taken++;
		else
			rte_pktmbuf_free(m);
	}
	return taken;
}

static void
an_rx_queue_stops_and_starts_while_the_other_goes_on(void **state)
{
	struct function *f = pf_start(*state, 0);
	struct model *m = f->machine->m;

	for (unsigned int round = 0; round < 3; round++) {
		assert_int_equal(receive(f, 0, 3 * RING), 3 * RING);
		assert_int_equal(receive(f, 1, RING / 2), RING / 2);
		assert_int_equal(rte_eth_dev_rx_queue_stop(f->port_id, 1), 0);
		assert_false(rx_started(f, 1));
		assert_true(rx_started(f, 0));
		assert_false(model_rxq_peek(m, 1, REG(RXDCTL)) & XDCTL_ENABLE);
		/* What lay in its ring is back, and polling takes nothing out again. */
		model_counts_clear(m);
		assert_int_equal(receive(f, 1, 200), 0);
		assert_in_range(used(f), RING - RING / 2, RING);
		assert_int_equal(m->tail_writes, 0);
		assert_int_equal(rte_eth_rx_queue_count(f->port_id, 1), 0);
		assert_int_equal(receive(f, 0, 3 * RING), 3 * RING);
		assert_int_equal(rte_eth_dev_rx_queue_start(f->port_id, 1), 0);
		assert_true(rx_started(f, 1));
		assert_int_equal(receive(f, 1, 3 * RING), 3 * RING);
	}
}

/* No frame that lay in the ring at the stop comes up after the start. */
static void
a_restarted_rx_queue_has_nothing_old(void **state)
{
	struct function *f = pf_start(*state, 0);
	struct rte_mbuf *pkts[BURST];
	uint8_t frame[100];

	pattern(frame, sizeof(frame), 0);
	for (unsigned int i = 0; i < 20; i++)
		assert_true(model_rx_queue(f->machine->m, 1, frame, sizeof(frame), NULL));
	assert_int_equal(rte_eth_dev_rx_queue_stop(f->port_id, 1), 0);
	assert_int_equal(rte_eth_rx_burst(f->port_id, 1, pkts, BURST), 0);
	assert_int_equal(rte_eth_dev_rx_queue_start(f->port_id, 1), 0);
	assert_int_equal(rte_eth_rx_burst(f->port_id, 1, pkts, BURST), 0);
	assert_int_equal(receive(f, 1, 1), 1);
}

static void
a_tx_queue_stops_and_starts_while_the_other_goes_on(void **state)
{
	struct function *f = pf_start(*state, 0);
	struct model *m = f->machine->m;

	for (unsigned int round = 0; round < 3; round++) {
		unsigned int before;

		assert_int_equal(transmit(f, 0, 10), 10);
		before = used(f);
		assert_int_equal(transmit(f, 1, 10), 10);
		assert_int_equal(rte_eth_dev_tx_queue_stop(f->port_id, 1), 0);
		assert_int_equal(used(f), before);
		assert_false(tx_started(f, 1));
		assert_true(tx_started(f, 0));
		assert_false(model_txq_peek(m, 1, REG(TXDCTL)) & XDCTL_ENABLE);
		model_counts_clear(m);
		assert_int_equal(transmit(f, 1, 200), 0);
		assert_int_equal(m->tail_writes, 0);
		assert_int_equal(rte_eth_tx_done_cleanup(f->port_id, 1, 0), 0);
		assert_int_equal(transmit(f, 0, 200), 200);
		assert_int_equal(rte_eth_dev_tx_queue_start(f->port_id, 1), 0);
		assert_true(tx_started(f, 1));
		assert_int_equal(transmit(f, 1, 200), 200);
		model_wire_clear(m);
		/* The next round begins with none of its packets left. */
		assert_int_equal(rte_eth_dev_tx_queue_stop(f->port_id, 1), 0);
		assert_int_equal(rte_eth_dev_tx_queue_start(f->port_id, 1), 0);
	}
}

/* Each way to make bursts, in the sizes that its vectors are for. */
static void
every_burst_leaves_a_stopped_queue_alone(void **state)
{
	static char names[][32] = { "burst=scalar,state=none", "burst=sse,state=none",
				    "burst=avx2,state=none", "burst=avx512,state=none" };
	struct machine *machine = *state;
	struct function *f = machine_pf(machine);
	const struct rte_ether_addr to = { { 2, 0, 0, 0, 0, 9 } };

	for (unsigned int i = 0; i < RTE_DIM(names); i++) {
		struct rte_mbuf *pkts[BURST];
		struct rte_ether_addr from;

		machine_devargs(f, names[i]);
		/* This CPU can't. */
		if (function_probe(machine, MODEL_PF) == -ENOTSUP)
			continue;
		configure(f, 0);
		assert_int_equal(rte_eth_dev_start(f->port_id), 0);
		from = function_mac(f);
		for (unsigned int k = 0; k < BURST; k++)
			pkts[k] = frame_new(f, &to, &from, -1, 100);
		assert_int_equal(rte_eth_tx_burst(f->port_id, 1, pkts, BURST), BURST);
		assert_int_equal(receive(f, 1, RING), RING);
		assert_int_equal(rte_eth_dev_tx_queue_stop(f->port_id, 1), 0);
		assert_int_equal(rte_eth_dev_rx_queue_stop(f->port_id, 1), 0);
		for (unsigned int k = 0; k < BURST; k++)
			pkts[k] = frame_new(f, &to, &from, -1, 100);
		model_counts_clear(machine->m);
		for (unsigned int k = 0; k < 5; k++) {
			struct rte_mbuf *got[BURST];

			assert_int_equal(rte_eth_tx_burst(f->port_id, 1, pkts, BURST), 0);
			assert_int_equal(rte_eth_rx_burst(f->port_id, 1, got, BURST), 0);
		}
		assert_int_equal(machine->m->tail_writes, 0);
		rte_pktmbuf_free_bulk(pkts, BURST);
		model_wire_clear(machine->m);
		assert_int_equal(function_remove(machine, MODEL_PF), 0);
	}
}

/* Link down: the chip doesn't fetch, and the stop doesn't wait for ever. */
static void
a_tx_queue_stops_with_packets_unsent(void **state)
{
	struct function *f = pf_start(*state, 0);
	unsigned int before = used(f);

	f->machine->m->mute_tx = true;
	assert_int_equal(transmit(f, 1, 20), 20);
	model_bound(f->machine->m, 50000);
	assert_int_equal(rte_eth_dev_tx_queue_stop(f->port_id, 1), 0);
	assert_int_equal(used(f), before);
	f->machine->m->mute_tx = false;
	assert_int_equal(rte_eth_dev_tx_queue_start(f->port_id, 1), 0);
	model_wire_clear(f->machine->m);
	assert_int_equal(transmit(f, 1, 1), 1);
	/* Only that one: the others are gone. */
	assert_int_equal(f->machine->m->nb_wire, 1);
	model_bound(f->machine->m, 10000000);
}

static void
a_deferred_queue_waits_for_its_own_start(void **state)
{
	struct function *f = pf_start(*state, 2);
	struct model *m = f->machine->m;
	struct rte_eth_rxq_info rx;
	struct rte_eth_txq_info tx;

	assert_int_equal(rte_eth_rx_queue_info_get(f->port_id, 1, &rx), 0);
	assert_int_equal(rte_eth_tx_queue_info_get(f->port_id, 1, &tx), 0);
	assert_true(rx.conf.rx_deferred_start && tx.conf.tx_deferred_start);
	for (unsigned int round = 0; round < 2; round++) {
		assert_true(rx_started(f, 0) && tx_started(f, 0));
		assert_false(rx_started(f, 1) || tx_started(f, 1));
		assert_int_equal(used(f), RING);
		assert_false(model_rxq_peek(m, 1, REG(RXDCTL)) & XDCTL_ENABLE);
		assert_false(model_txq_peek(m, 1, REG(TXDCTL)) & XDCTL_ENABLE);
		assert_int_equal(receive(f, 1, 100), 0);
		assert_int_equal(transmit(f, 1, 100), 0);
		assert_int_equal(receive(f, 0, 100), 100);
		assert_int_equal(transmit(f, 0, 100), 100);
		assert_int_equal(rte_eth_dev_rx_queue_start(f->port_id, 1), 0);
		assert_int_equal(rte_eth_dev_tx_queue_start(f->port_id, 1), 0);
		assert_int_equal(receive(f, 1, 100), 100);
		assert_int_equal(transmit(f, 1, 100), 100);
		model_wire_clear(m);
		assert_int_equal(rte_eth_dev_stop(f->port_id), 0);
		assert_int_equal(used(f), 0);
		assert_int_equal(rte_eth_dev_start(f->port_id), 0);
	}
}

static void
a_stopped_queue_starts_with_the_port_again(void **state)
{
	struct function *f = pf_start(*state, 0);

	assert_int_equal(rte_eth_dev_rx_queue_stop(f->port_id, 1), 0);
	assert_int_equal(rte_eth_dev_tx_queue_stop(f->port_id, 1), 0);
	assert_int_equal(rte_eth_dev_stop(f->port_id), 0);
	assert_int_equal(used(f), 0);
	assert_int_equal(rte_eth_dev_start(f->port_id), 0);
	assert_int_equal(receive(f, 1, 10), 10);
	assert_int_equal(transmit(f, 1, 10), 10);
}

static void
a_start_without_mbufs_fails_and_the_queue_stays_stopped(void **state)
{
	struct function *f = pf_start(*state, 0);
	struct rte_mbuf *hoard[512];
	unsigned int n = 0;

	assert_int_equal(rte_eth_dev_rx_queue_stop(f->port_id, 1), 0);
	while (rte_mempool_get(f->pool, (void **)&hoard[n]) == 0)
		n++;
	assert_int_equal(rte_eth_dev_rx_queue_start(f->port_id, 1), -ENOMEM);
	assert_false(rx_started(f, 1));
	assert_false(model_rxq_peek(f->machine->m, 1, REG(RXDCTL)) & XDCTL_ENABLE);
	rte_mempool_put_bulk(f->pool, (void **)hoard, n);
	assert_int_equal(used(f), RING);
	assert_int_equal(rte_eth_dev_rx_queue_start(f->port_id, 1), 0);
	assert_int_equal(receive(f, 1, 10), 10);
}

static void
a_queue_that_does_not_come_up_stays_stopped(void **state)
{
	struct function *f = pf_start(*state, 2);
	struct model *m = f->machine->m;

	model_stick(m, MODEL_PF, 0xC040 + REG(RXDCTL), XDCTL_ENABLE, 0);
	model_stick(m, MODEL_PF, 0xE040 + REG(TXDCTL), XDCTL_ENABLE, 0);
	model_bound(m, 200000);
	assert_int_equal(rte_eth_dev_rx_queue_start(f->port_id, 1), -ETIMEDOUT);
	assert_int_equal(rte_eth_dev_tx_queue_start(f->port_id, 1), -ETIMEDOUT);
	model_unstick(m);
	model_bound(m, 10000000);
	assert_false(rx_started(f, 1) || tx_started(f, 1));
	assert_int_equal(used(f), RING);
	assert_int_equal(receive(f, 1, 10), 0);
	assert_int_equal(transmit(f, 1, 10), 0);
	assert_int_equal(receive(f, 0, 10), 10);
}

/* Its mbufs would be overwritten by the chip: they aren't given back. */
static void
a_queue_that_does_not_let_go_keeps_its_mbufs(void **state)
{
	struct function *f = pf_start(*state, 0);
	struct model *m = f->machine->m;

	model_stick(m, MODEL_PF, 0xC040 + REG(RXDCTL), XDCTL_ENABLE, XDCTL_ENABLE);
	model_stick(m, MODEL_PF, 0xE040 + REG(TXDCTL), XDCTL_ENABLE, XDCTL_ENABLE);
	model_bound(m, 200000);
	assert_int_equal(rte_eth_dev_rx_queue_stop(f->port_id, 1), -ETIMEDOUT);
	assert_int_equal(rte_eth_dev_tx_queue_stop(f->port_id, 1), -ETIMEDOUT);
	assert_true(rx_started(f, 1) && tx_started(f, 1));
	assert_int_equal(used(f), QUEUES * RING);
	model_unstick(m);
	model_bound(m, 10000000);
	assert_int_equal(rte_eth_dev_rx_queue_stop(f->port_id, 1), 0);
	assert_int_equal(rte_eth_dev_tx_queue_stop(f->port_id, 1), 0);
	assert_int_equal(used(f), RING);
}

static void
a_removed_function_stops_its_queues(void **state)
{
	struct function *f = pf_start(*state, 0);

	f->machine->m->removed = true;
	model_bound(f->machine->m, 100000);
	assert_int_equal(rte_eth_dev_rx_queue_stop(f->port_id, 1), 0);
	assert_int_equal(rte_eth_dev_tx_queue_stop(f->port_id, 1), 0);
	assert_int_equal(used(f), RING);
	f->machine->m->removed = false;
	model_bound(f->machine->m, 10000000);
}

/* What a core that sleeps on memory watches: the next descriptor, until it is done. */
static void
the_next_frame_ends_a_sleep_on_memory(void **state)
{
	struct function *f = pf_start(*state, 0);
	const void *first = NULL;
	uint8_t frame[100];

	pattern(frame, sizeof(frame), 0);
	for (unsigned int i = 0; i < 2 * RING; i++) {
		struct rte_power_monitor_cond cond = { 0 };
		struct rte_mbuf *pkt;

		assert_int_equal(rte_eth_get_monitor_addr(f->port_id, 1, &cond), 0);
		assert_int_equal(cond.size, 4);
		if (i == 0)
			first = (const void *)(uintptr_t)cond.addr;
		/* Each descriptor in turn, and the ring's first again. */
		assert_ptr_equal(cond.addr, (const uint8_t *)first + i % RING * 16);
		assert_int_equal(cond.fn(*(volatile uint32_t *)cond.addr, cond.opaque), 0);
		assert_true(model_rx_queue(f->machine->m, 1, frame, sizeof(frame), NULL));
		assert_int_equal(cond.fn(*(volatile uint32_t *)cond.addr, cond.opaque), -1);
		assert_int_equal(rte_eth_rx_burst(f->port_id, 1, &pkt, 1), 1);
		rte_pktmbuf_free(pkt);
	}
}

/* Its mempool is empty: a core that slept would never fill it again. */
static void
a_ring_that_waits_for_mbufs_is_not_slept_on(void **state)
{
	struct function *f = pf_start(*state, 0);
	struct rte_power_monitor_cond cond = { 0 };
	struct rte_mbuf *hoard[512], *pkts[RING];
	unsigned int n = 0, got;
	uint8_t frame[100];

	pattern(frame, sizeof(frame), 0);
	while (rte_mempool_get(f->pool, (void **)&hoard[n]) == 0)
		n++;
	while (model_rx_queue(f->machine->m, 1, frame, sizeof(frame), NULL))
		;
	got = rte_eth_rx_burst(f->port_id, 1, pkts, RING);
	assert_int_equal(got, RING - 1);
	assert_int_equal(rte_eth_get_monitor_addr(f->port_id, 1, &cond), 0);
	assert_int_equal(cond.fn(*(volatile uint32_t *)cond.addr, cond.opaque), -1);
	rte_mempool_put_bulk(f->pool, (void **)hoard, n);
	rte_pktmbuf_free_bulk(pkts, got);
	assert_int_equal(rte_eth_rx_burst(f->port_id, 1, pkts, RING), 0);
	assert_int_equal(rte_eth_get_monitor_addr(f->port_id, 1, &cond), 0);
	assert_int_equal(cond.fn(*(volatile uint32_t *)cond.addr, cond.opaque), 0);
	assert_int_equal(receive(f, 1, 10), 10);
}

#define DCA_BITS (XCTL_TAG(0xFF) | RXCTL_DCA)

/* What a queue's registers say, and that nothing else in them was touched. */
static void
tags_are(const struct model *m, uint16_t hw_q, uint32_t tag)
{
	uint32_t rx = model_rxq_peek(m, hw_q, REG(RXCTL)), tx = model_txq_peek(m, hw_q, REG(TXCTL));

	assert_int_equal(rx & DCA_BITS, tag != 0 ? XCTL_TAG(tag) | RXCTL_DCA : 0);
	assert_int_equal(tx & DCA_BITS, tag != 0 ? XCTL_TAG(tag) | TXCTL_DCA : 0);
	assert_int_equal(rx & ~DCA_BITS, MODEL_RXCTL);
	assert_int_equal(tx & ~DCA_BITS, MODEL_TXCTL & ~TXCTL_WB_RELAXED);
}

static void
writes_carry_their_queues_tag(void **state)
{
	static char args[] = "dca=17:200,state=none";
	struct machine *machine = *state;

	machine_devargs(machine_pf(machine), args);
	pf_start(machine, 0);
	assert_int_equal(model_peek(machine->m, REG(DCA_CTRL)), DCA_CTRL_MODE_1_0);
	tags_are(machine->m, 0, 17);
	tags_are(machine->m, 1, 200);
}

static void
one_tag_serves_all_queues_and_0_none(void **state)
{
	static char one[] = "dca=9,state=none", none[] = "dca=9:0,state=none";
	struct machine *machine = *state;
	struct function *f = machine_pf(machine);

	machine_devargs(f, one);
	pf_start(machine, 0);
	for (uint16_t q = 0; q < QUEUES; q++)
		tags_are(machine->m, q, 9);
	assert_int_equal(function_remove(machine, MODEL_PF), 0);
	machine_devargs(f, none);
	pf_start(machine, 0);
	tags_are(machine->m, 0, 9);
	tags_are(machine->m, 1, 0);
}

/* Caches are the host's: without its word no VF fills them. */
static void
without_dca_there_are_no_tags_for_anybody(void **state)
{
	struct machine *machine = *state;

	pf_start(machine, 0);
	assert_int_equal(model_peek(machine->m, REG(DCA_CTRL)), DCA_CTRL_DIS);
	tags_are(machine->m, 0, 0);
	tags_are(machine->m, 1, 0);
}

static void
a_vf_tags_its_own_queues(void **state)
{
	static char args[] = "dca=33:44";
	struct machine *machine = *state;
	struct function *f = machine_vf(machine, 0);

	machine_start(machine, 0);
	machine_devargs(f, args);
	assert_int_equal(function_probe(machine, 0), 0);
	configure(f, 0);
	assert_int_equal(rte_eth_dev_start(f->port_id), 0);
	tags_are(machine->m, 0, 33);
	tags_are(machine->m, 8, 44);
	tags_are(machine->m, 7, 0);
}

/* The bursts were chosen for the queues at start: another one might not fit them. */
static void
no_queue_is_set_up_while_the_port_runs(void **state)
{
	struct function *f = pf_start(*state, 0);
	struct rte_eth_dev_info info;

	assert_int_equal(rte_eth_dev_rx_queue_stop(f->port_id, 1), 0);
	assert_int_equal(rte_eth_dev_info_get(f->port_id, &info), 0);
	assert_false(info.dev_capa & (RTE_ETH_DEV_CAPA_RUNTIME_RX_QUEUE_SETUP |
				      RTE_ETH_DEV_CAPA_RUNTIME_TX_QUEUE_SETUP));
	assert_int_equal(rte_eth_rx_queue_setup(f->port_id, 1, RING, SOCKET_ID_ANY, NULL, f->pool),
			 -EBUSY);
}

static void
a_vf_does_it_too(void **state)
{
	struct machine *machine = *state;
	struct function *f = machine_vf(machine, 0);
	const uint16_t hw_q = 8; /* VF 0 has queues 0 and 8 */
	uint8_t frame[100];
	struct rte_mbuf *pkts[BURST];

	machine_start(machine, 0);
	assert_int_equal(function_probe(machine, 0), 0);
	configure(f, 2);
	assert_int_equal(rte_eth_dev_start(f->port_id), 0);
	assert_int_equal(used(f), RING);
	pattern(frame, sizeof(frame), 0);
	for (unsigned int round = 0; round < 2; round++) {
		assert_int_equal(transmit(f, 1, 10), 0);
		assert_int_equal(rte_eth_rx_burst(f->port_id, 1, pkts, BURST), 0);
		assert_int_equal(rte_eth_dev_rx_queue_start(f->port_id, 1), 0);
		assert_int_equal(rte_eth_dev_tx_queue_start(f->port_id, 1), 0);
		assert_true(model_rx_queue(machine->m, hw_q, frame, sizeof(frame), NULL));
		assert_int_equal(rte_eth_rx_burst(f->port_id, 1, pkts, BURST), 1);
		rte_pktmbuf_free(pkts[0]);
		assert_int_equal(transmit(f, 1, 10), 10);
		assert_int_equal(rte_eth_dev_rx_queue_stop(f->port_id, 1), 0);
		assert_int_equal(rte_eth_dev_tx_queue_stop(f->port_id, 1), 0);
		assert_int_equal(used(f), RING);
	}
}

#define T(f) ON_MACHINE(f, 0)

int
main(void)
{
	const struct CMUnitTest tests[] = {
		T(an_rx_queue_stops_and_starts_while_the_other_goes_on),
		T(a_restarted_rx_queue_has_nothing_old),
		T(a_tx_queue_stops_and_starts_while_the_other_goes_on),
		T(every_burst_leaves_a_stopped_queue_alone),
		T(a_tx_queue_stops_with_packets_unsent),
		T(a_deferred_queue_waits_for_its_own_start),
		T(a_stopped_queue_starts_with_the_port_again),
		T(a_start_without_mbufs_fails_and_the_queue_stays_stopped),
		T(a_queue_that_does_not_come_up_stays_stopped),
		T(a_queue_that_does_not_let_go_keeps_its_mbufs),
		T(a_removed_function_stops_its_queues),
		T(the_next_frame_ends_a_sleep_on_memory),
		T(a_ring_that_waits_for_mbufs_is_not_slept_on),
		T(writes_carry_their_queues_tag),
		T(one_tag_serves_all_queues_and_0_none),
		T(without_dca_there_are_no_tags_for_anybody),
		ON_MACHINE(a_vf_tags_its_own_queues, 1),
		T(no_queue_is_set_up_while_the_port_runs),
		ON_MACHINE(a_vf_does_it_too, 1),
	};

	return cmocka_run_group_tests_name("igbiov_queue_run", tests, eal_setup, NULL);
}
