/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) the igbiov authors
 */

/* igbiov_queue.c: what is accepted, what the chip is told, and what is given back. */

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "port.h"

#define RING 128

static struct rte_eth_dev_info
defaults(void)
{
	struct rte_eth_dev_info info = { 0 };

	igbiov_queue_dev_info(&info);
	return info;
}

static int
rx_setup(struct port *port, uint16_t nb, const struct rte_eth_rxconf *conf)
{
	return igbiov_rxq_setup(port->dev, 0, nb, SOCKET_ID_ANY, conf, port->pool);
}

static int
tx_setup(struct port *port, uint16_t nb, const struct rte_eth_txconf *conf)
{
	return igbiov_txq_setup(port->dev, 0, nb, SOCKET_ID_ANY, conf);
}

static void
what_is_told_to_ethdev_is_accepted(void **state)
{
	struct port *port = *state;
	struct rte_eth_dev_info info = defaults();
	const uint16_t rings[] = { info.rx_desc_lim.nb_min, info.rx_desc_lim.nb_max,
				   info.rx_desc_lim.nb_min + info.rx_desc_lim.nb_align,
				   info.default_rxportconf.ring_size };

	rte_mempool_free(port->pool);
	port->pool = mempool_new(info.rx_desc_lim.nb_max, RTE_MBUF_DEFAULT_BUF_SIZE);
	for (unsigned int i = 0; i < RTE_DIM(rings); i++) {
		assert_int_equal(rx_setup(port, rings[i], &info.default_rxconf), 0);
		assert_int_equal(tx_setup(port, rings[i], &info.default_txconf), 0);
	}
}

static void
ring_sizes_are_checked(void **state)
{
	static const uint16_t bad[] = { 0, 8, 63, 65, 100, 4097, 4104, UINT16_MAX };
	struct port *port = *state;
	struct rte_eth_dev_info info = defaults();

	for (unsigned int i = 0; i < RTE_DIM(bad); i++) {
		assert_int_equal(rx_setup(port, bad[i], &info.default_rxconf), -EINVAL);
		assert_int_equal(tx_setup(port, bad[i], &info.default_txconf), -EINVAL);
	}
	assert_null(port_rxq(port));
	assert_null(port_txq(port));
}

static void
rx_settings_are_checked(void **state)
{
	struct port *port = *state;
	struct rte_eth_rxconf good = defaults().default_rxconf, bad[5];

	for (unsigned int i = 0; i < RTE_DIM(bad); i++)
		bad[i] = good;
	bad[0].rx_thresh.pthresh = 32;
	bad[1].rx_thresh.hthresh = 32;
	bad[2].rx_thresh.wthresh = 32;
	bad[3].rx_free_thresh = RING;
	bad[4].rx_free_thresh = UINT16_MAX;
	for (unsigned int i = 0; i < RTE_DIM(bad); i++)
		assert_int_equal(rx_setup(port, RING, &bad[i]), -EINVAL);
	assert_int_equal(rx_setup(port, RING, &good), 0);
}

static void
tx_settings_are_checked(void **state)
{
	struct port *port = *state;
	struct rte_eth_txconf good = defaults().default_txconf, bad[7];

	for (unsigned int i = 0; i < RTE_DIM(bad); i++)
		bad[i] = good;
	bad[0].tx_thresh.pthresh = 32;
	bad[1].tx_thresh.hthresh = 32;
	bad[2].tx_thresh.wthresh = 32;
	bad[3].tx_rs_thresh = RING;
	bad[4].tx_free_thresh = RING;
	bad[5].tx_rs_thresh = RING - 3;
	/* The chip writes back every descriptor then, RS or not. */
	bad[6].tx_thresh.wthresh = 4;
	for (unsigned int i = 0; i < RTE_DIM(bad); i++)
		assert_int_equal(tx_setup(port, RING, &bad[i]), -EINVAL);
	bad[0] = good;
	bad[0].tx_thresh.wthresh = 4;
	bad[0].tx_rs_thresh = 1;
	assert_int_equal(tx_setup(port, RING, &bad[0]), 0);
	assert_int_equal(tx_setup(port, RING, &good), 0);
}

/* The chip writes whole KiB: a smaller room would be overrun. */
static void
a_mempool_with_small_rooms_is_refused(void **state)
{
	struct port *port = *state;
	struct rte_eth_rxconf conf = defaults().default_rxconf;
	struct rte_mempool *small = mempool_new(RING, RTE_PKTMBUF_HEADROOM + 1023);
	struct rte_mempool *tiny = mempool_new(RING, RTE_PKTMBUF_HEADROOM);

	assert_int_equal(igbiov_rxq_setup(port->dev, 0, RING, SOCKET_ID_ANY, &conf, small),
			 -EINVAL);
	assert_int_equal(igbiov_rxq_setup(port->dev, 0, RING, SOCKET_ID_ANY, &conf, tiny), -EINVAL);
	rte_mempool_free(small);
	rte_mempool_free(tiny);
}

static void
a_mempool_with_fewer_mbufs_than_descriptors_is_refused(void **state)
{
	struct port *port = *state;
	struct rte_eth_rxconf conf = defaults().default_rxconf;
	struct rte_mempool *few = mempool_new(RING - 1, RTE_MBUF_DEFAULT_BUF_SIZE);

	assert_int_equal(igbiov_rxq_setup(port->dev, 0, RING, SOCKET_ID_ANY, &conf, few), -EINVAL);
	rte_mempool_free(few);
}

static void
the_chip_never_gets_more_room_than_an_mbuf_has(void **state)
{
	static const uint16_t rooms[] = { 1024, 1500, 2047, 2048, 2049, 4000, 65000 };
	struct port *port = *state;
	struct rte_eth_rxconf conf = defaults().default_rxconf;

	for (unsigned int i = 0; i < RTE_DIM(rooms); i++) {
		struct rte_mempool *pool = mempool_new(RING, RTE_PKTMBUF_HEADROOM + rooms[i]);

		assert_int_equal(igbiov_rxq_setup(port->dev, 0, RING, SOCKET_ID_ANY, &conf, pool),
				 0);
		assert_in_range(port_rxq(port)->buf_size, 1024, rooms[i]);
		rte_mempool_free(pool);
	}
}

static void
setting_a_queue_up_again_replaces_it(void **state)
{
	struct port *port = *state;
	struct rte_eth_dev_info info = defaults();

	rte_mempool_free(port->pool);
	port->pool = mempool_new(4096, RTE_MBUF_DEFAULT_BUF_SIZE);
	for (unsigned int i = 0; i < 200; i++) {
		assert_int_equal(rx_setup(port, i % 2 ? 64 : 4096, &info.default_rxconf), 0);
		assert_int_equal(tx_setup(port, i % 2 ? 64 : 4096, &info.default_txconf), 0);
	}
	igbiov_rxq_release(port->dev, 0);
	igbiov_rxq_release(port->dev, 0);
	assert_null(port_rxq(port));
}

static void
the_chip_is_told_the_ring(void **state)
{
	struct port *port = *state;
	const struct igbiov_rxq *rxq;

	rings_start(port, RING);
	rxq = port_rxq(port);
	assert_int_equal(model_rxq_peek(port->m, 0, REG(RDBAL)), (uint32_t)(uintptr_t)rxq->ring);
	assert_int_equal(model_rxq_peek(port->m, 0, REG(RDBAH)), (uintptr_t)rxq->ring >> 32);
	assert_int_equal(model_rxq_peek(port->m, 0, REG(RDLEN)), RING * 16);
	assert_int_equal((uintptr_t)rxq->ring % 128, 0);
	assert_int_equal(model_rxq_peek(port->m, 0, REG(SRRCTL)),
			 SRRCTL_DESC_ADV_ONEBUF | 2048 >> 10);
	assert_int_equal(model_rxq_peek(port->m, 0, REG(RXDCTL)),
			 XDCTL_ENABLE | 1u << 16 | 8 << 8 | 8);
	assert_int_equal(model_rxq_peek(port->m, 0, REG(RDT)), RING - 1);
	assert_int_equal(model_txq_peek(port->m, 0, REG(TDLEN)), RING * 16);
	assert_int_equal(model_txq_peek(port->m, 0, REG(TXDCTL)), XDCTL_ENABLE | 8 << 8 | 8);
	assert_int_equal(model_txq_peek(port->m, 0, REG(TDWBAL)) & 1, 0);
}

/* The ring's place and the head's, which is a dword that nobody else writes to. */
static void
the_chip_is_told_where_its_head_goes(void **state)
{
	struct port *port = *state;
	const struct igbiov_txq *txq;
	uintptr_t head;

	port->ad->args.tx_head_wb = true;
	rings_start(port, RING);
	txq = port_txq(port);
	head = model_txq_peek(port->m, 0, REG(TDWBAL)) |
	       (uintptr_t)model_txq_peek(port->m, 0, REG(TDWBAH)) << 32;
	assert_int_equal(head & 3, TDWBAL_HEAD_WB_EN);
	assert_ptr_equal(head & ~3ul, txq->head);
	assert_true((uintptr_t)txq->head >= (uintptr_t)&txq->ring[RING]);
	assert_true((uintptr_t)(txq->head + 1) <= (uintptr_t)txq->mz->addr + txq->mz->len);
}

/* Nothing is freed by a number that no head can be. */
static void
a_head_beyond_the_ring_says_nothing(void **state)
{
	struct port *port = *state;
	struct igbiov_txq *txq;

	port->ad->args.tx_head_wb = true;
	rings_start(port, RING);
	txq = port_txq(port);
	port->m->mute_tx = true;
	for (unsigned int i = 0; i < 64; i++) {
		struct rte_mbuf *m = packet(port, 100, 0);

		assert_int_equal(igbiov_tx_burst(txq, &m, 1), 1);
	}
	*txq->head = RING;
	assert_int_equal(igbiov_tx_done_cleanup(txq, 0), 0);
	*txq->head = UINT32_MAX;
	assert_int_equal(igbiov_tx_done_cleanup(txq, 0), 0);
	*txq->head = 31;
	assert_int_equal(igbiov_tx_done_cleanup(txq, 0), 0);
	*txq->head = 32;
	assert_int_equal(igbiov_tx_done_cleanup(txq, 0), 32);
}

static void
drop_enable_is_passed_on(void **state)
{
	struct port *port = *state;
	struct rte_eth_rxconf conf = defaults().default_rxconf;

	rings_setup(port, RING);
	conf.rx_drop_en = 1;
	assert_int_equal(rx_setup(port, RING, &conf), 0);
	assert_int_equal(igbiov_queues_start(port->dev), 0);
	assert_true(model_rxq_peek(port->m, 0, REG(SRRCTL)) & SRRCTL_DROP_EN);
}

/* With VFs the PF has its pool's queues: 7 and 15. */
static void
queues_of_the_pfs_pool_are_used_with_vfs(void **state)
{
	struct port *port = *state;
	struct rte_eth_dev_info info = defaults();

	port->ad->nb_vfs = 7;
	port->ad->pools = true;
	port->ad->pf_pool = 7;
	for (uint16_t q = 0; q < 2; q++) {
		const uint16_t hw_q = 7 + 8 * q;

		assert_int_equal(igbiov_rxq_setup(port->dev, q, RING, SOCKET_ID_ANY,
						  &info.default_rxconf, port->pool),
				 0);
		assert_int_equal(
			igbiov_txq_setup(port->dev, q, RING, SOCKET_ID_ANY, &info.default_txconf),
			0);
		port->dev->data->nb_rx_queues = q + 1;
		port->dev->data->nb_tx_queues = q + 1;
		assert_int_equal(igbiov_queues_start(port->dev), 0);
		assert_true(model_rxq_peek(port->m, hw_q, REG(RXDCTL)) & XDCTL_ENABLE);
		assert_true(model_txq_peek(port->m, hw_q, REG(TXDCTL)) & XDCTL_ENABLE);
		igbiov_queues_stop(port->dev);
	}
	/* No VF's queue was touched. */
	for (unsigned int q = 0; q < 7; q++)
		assert_int_equal(model_rxq_peek(port->m, q, REG(RDLEN)), 0);
}

static void
stop_gives_every_mbuf_back_and_start_works_again(void **state)
{
	struct port *port = *state;
	struct rte_mbuf *pkts[40];
	uint8_t frame[100];

	rings_setup(port, RING);
	for (unsigned int round = 0; round < 10; round++) {
		assert_int_equal(igbiov_queues_start(port->dev), 0);
		assert_int_equal(mempool_used(port), RING);
		for (unsigned int i = 0; i < 50; i++) {
			pattern(frame, sizeof(frame), i);
			assert_true(model_rx_queue(port->m, 0, frame, sizeof(frame), NULL));
		}
		assert_int_equal(igbiov_rx_burst(port_rxq(port), pkts, 40), 40);
		/* Left in the TX ring, done and undone; ten left in the RX ring. */
		port->m->mute_tx = round % 2;
		assert_int_equal(igbiov_tx_burst(port_txq(port), pkts, 40), 40);
		igbiov_queues_stop(port->dev);
		assert_int_equal(mempool_used(port), 0);
		assert_false(model_rxq_peek(port->m, 0, REG(RXDCTL)) & XDCTL_ENABLE);
		assert_false(model_txq_peek(port->m, 0, REG(TXDCTL)) & XDCTL_ENABLE);
	}
}

static void
stop_without_start_is_harmless(void **state)
{
	struct port *port = *state;

	rings_setup(port, RING);
	igbiov_queues_stop(port->dev);
	igbiov_queues_stop(port->dev);
	assert_int_equal(igbiov_queues_start(port->dev), 0);
	igbiov_queues_stop(port->dev);
	igbiov_queues_stop(port->dev);
}

static void
an_rx_queue_that_does_not_come_up_is_an_error_without_a_leak(void **state)
{
	struct port *port = *state;

	rings_setup(port, RING);
	model_stick(port->m, MODEL_PF, 0xC000 + REG(RXDCTL), XDCTL_ENABLE, 0);
	model_bound(port->m, 200000);
	assert_int_equal(igbiov_queues_start(port->dev), -ETIMEDOUT);
	assert_int_equal(mempool_used(port), 0);
	assert_false(model_txq_peek(port->m, 0, REG(TXDCTL)) & XDCTL_ENABLE);
	assert_false(model_rxq_peek(port->m, 0, REG(RXDCTL)) & XDCTL_ENABLE);
	model_unstick(port->m);
	assert_int_equal(igbiov_queues_start(port->dev), 0);
}

static void
a_tx_queue_that_does_not_come_up_is_an_error_without_a_leak(void **state)
{
	struct port *port = *state;

	rings_setup(port, RING);
	model_stick(port->m, MODEL_PF, 0xE000 + REG(TXDCTL), XDCTL_ENABLE, 0);
	assert_int_equal(igbiov_queues_start(port->dev), -ETIMEDOUT);
	assert_int_equal(mempool_used(port), 0);
	assert_false(model_txq_peek(port->m, 0, REG(TXDCTL)) & XDCTL_ENABLE);
}

/* Else the chip would write to mbufs that have become others'. */
static void
a_queue_that_does_not_stop_is_taken_by_a_reset(void **state)
{
	struct port *port = *state;

	rings_start(port, RING);
	igbiov_queues_stop(port->dev);
	assert_int_equal(port->m->nb_resets, 0);
	assert_int_equal(igbiov_queues_start(port->dev), 0);
	model_stick(port->m, MODEL_PF, 0xC000 + REG(RXDCTL), XDCTL_ENABLE, XDCTL_ENABLE);
	model_bound(port->m, 200000);
	igbiov_queues_stop(port->dev);
	assert_int_equal(port->m->nb_resets, 1);
	model_unstick(port->m);
}

static void
a_queue_that_does_not_stop_delays_but_does_not_hang(void **state)
{
	struct port *port = *state;

	rings_start(port, RING);
	model_stick(port->m, MODEL_PF, 0xC000 + REG(RXDCTL), XDCTL_ENABLE, XDCTL_ENABLE);
	model_stick(port->m, MODEL_PF, 0xE000 + REG(TXDCTL), XDCTL_ENABLE, XDCTL_ENABLE);
	model_bound(port->m, 200000);
	igbiov_queues_stop(port->dev);
	assert_int_equal(mempool_used(port), 0);
	model_unstick(port->m);
}

static void
a_mempool_too_small_for_the_ring_fails_the_start(void **state)
{
	struct port *port = *state;
	struct rte_mbuf *hoard[1024];
	unsigned int n = 0;

	rings_setup(port, RING);
	while (rte_mempool_get(port->pool, (void **)&hoard[n]) == 0)
		n++;
	rte_mempool_put_bulk(port->pool, (void **)hoard, RING / 2);
	assert_int_equal(igbiov_queues_start(port->dev), -ENOMEM);
	rte_mempool_put_bulk(port->pool, (void **)hoard + RING / 2, n - RING / 2);
	assert_int_equal(mempool_used(port), 0);
	assert_int_equal(igbiov_queues_start(port->dev), 0);
}

static void
stop_of_a_removed_port_gives_every_mbuf_back(void **state)
{
	struct port *port = *state;

	rings_start(port, RING);
	port->m->removed = true;
	model_bound(port->m, 50000);
	igbiov_queues_stop(port->dev);
	assert_int_equal(mempool_used(port), 0);
}

/* Bursts on a removed function: nothing arrives, nothing hangs. */
static void
bursts_on_a_removed_port_end(void **state)
{
	struct port *port = *state;
	struct rte_mbuf *pkts[32];

	rings_start(port, RING);
	port->m->removed = true;
	assert_int_equal(igbiov_rx_burst(port_rxq(port), pkts, 32), 0);
	for (unsigned int i = 0; i < 300; i++) {
		struct rte_mbuf *m = packet(port, 100, 0);

		if (igbiov_tx_burst(port_txq(port), &m, 1) == 0)
			rte_pktmbuf_free(m);
	}
	igbiov_queues_stop(port->dev);
	port->m->removed = false;
}

static void
the_burst_fits_the_mtu(void **state)
{
	struct port *port = *state;

	rings_setup(port, RING);
	assert_int_equal(igbiov_queues_start(port->dev), 0);
	assert_ptr_equal(port->dev->rx_pkt_burst, igbiov_rx_burst);
	igbiov_queues_stop(port->dev);
	port->dev->data->mtu = 9000;
	assert_int_equal(igbiov_queues_start(port->dev), 0);
	assert_ptr_equal(port->dev->rx_pkt_burst, igbiov_rx_burst_scattered);
	igbiov_queues_stop(port->dev);
	port->dev->data->mtu = RTE_ETHER_MTU;
	port->dev->data->dev_conf.rxmode.offloads = RTE_ETH_RX_OFFLOAD_SCATTER;
	assert_int_equal(igbiov_queues_start(port->dev), 0);
	assert_ptr_equal(port->dev->rx_pkt_burst, igbiov_rx_burst_scattered);
	igbiov_queues_stop(port->dev);
	port->ad->args.burst = IGBIOV_ISA_SSE;
	assert_int_equal(igbiov_queues_start(port->dev), 0);
	assert_ptr_equal(port->dev->rx_pkt_burst, igbiov_rx_burst_sse_scattered);
}

static void
a_lock_free_port_gets_the_lock_free_burst(void **state)
{
	struct port *port = *state;
	struct rte_eth_burst_mode mode;

	port->ad->args.burst = IGBIOV_ISA_SCALAR;
	port->dev->data->dev_conf.txmode.offloads = RTE_ETH_TX_OFFLOAD_MT_LOCKFREE;
	rings_setup(port, RING);
	assert_int_equal(igbiov_queues_start(port->dev), 0);
	assert_ptr_equal(port->dev->tx_pkt_burst, igbiov_tx_burst_mt);
	assert_int_equal(igbiov_tx_burst_mode_get(port->dev, 0, &mode), 0);
	assert_string_equal(mode.info, "Scalar Lock-free");
	/* What one thread asks of its queue can't be told, nor taken, beside others. */
	assert_int_equal(igbiov_tx_done_cleanup(port_txq(port), 0), -ENOTSUP);
	assert_int_equal(igbiov_tx_queue_count(port_txq(port)), -ENOTSUP);
	assert_int_equal(igbiov_tx_descriptor_status(port_txq(port), 0), -ENOTSUP);
}

static void
a_lock_free_queue_recycles_nothing(void **state)
{
	struct port *port = *state;
	struct rte_eth_recycle_rxq_info info;
	uint16_t half = RING / 2;

	port->dev->data->dev_conf.txmode.offloads = RTE_ETH_TX_OFFLOAD_MT_LOCKFREE;
	rings_start(port, RING);
	igbiov_recycle_rxq_info_get(port->dev, 0, &info);
	info.receive_tail = &half;
	for (unsigned int i = 0; i < half; i++) {
		struct rte_mbuf *m = packet(port, 100, 0);

		assert_int_equal(igbiov_tx_burst_mt(port_txq(port), &m, 1), 1);
	}
	assert_int_equal(igbiov_recycle_tx_reuse(port_txq(port), &info), 0);
}

/* ethdev keeps queues when a port is configured anew, and the lock-free burst needs its own. */
static void
a_queue_set_up_for_another_kind_of_port_is_not_started(void **state)
{
	struct port *port = *state;
	struct rte_eth_txmode *txmode = &port->dev->data->dev_conf.txmode;

	rings_setup(port, RING);
	txmode->offloads = RTE_ETH_TX_OFFLOAD_MT_LOCKFREE;
	assert_int_equal(igbiov_queues_start(port->dev), -EINVAL);
	txq_setup(port, 0, &(struct ring_conf){ .nb_desc = RING });
	assert_int_equal(igbiov_queues_start(port->dev), 0);
	igbiov_queues_stop(port->dev);
	txmode->offloads = 0;
	assert_int_equal(igbiov_queues_start(port->dev), -EINVAL);
}

static void
info_tells_what_is_in_use(void **state)
{
	struct port *port = *state;
	struct rte_eth_rxq_info rx = { 0 };
	struct rte_eth_txq_info tx = { 0 };
	struct rte_eth_burst_mode mode;

	rings_start(port, RING);
	igbiov_rxq_info_get(port->dev, 0, &rx);
	igbiov_txq_info_get(port->dev, 0, &tx);
	assert_ptr_equal(rx.mp, port->pool);
	assert_int_equal(rx.nb_desc, RING);
	assert_int_equal(rx.rx_buf_size, 2048);
	assert_int_equal(rx.conf.rx_free_thresh, IGBIOV_RX_FREE_THRESH);
	assert_int_equal(tx.nb_desc, RING);
	assert_int_equal(tx.conf.tx_rs_thresh, IGBIOV_TX_RS_THRESH);
	assert_int_equal(igbiov_rx_burst_mode_get(port->dev, 0, &mode), 0);
	assert_true(strlen(mode.info) > 0);
	assert_int_equal(igbiov_tx_burst_mode_get(port->dev, 0, &mode), 0);
	assert_true(strlen(mode.info) > 0);
}

/* Any threshold and ring: the refill neither wraps nor stops. */
static void
every_free_threshold_keeps_the_ring_going(void **state)
{
	static const uint16_t rings[] = { 64, 96, 160, 136, 4096 };
	struct port *port = *state;
	uint8_t frame[64];

	for (unsigned int r = 0; r < RTE_DIM(rings); r++) {
		for (uint16_t t = 1; t < RTE_MIN(rings[r], 100); t += 9) {
			struct rte_eth_rxconf conf = defaults().default_rxconf;
			struct rte_mbuf *pkts[8];

			if (rings[r] > 1000)
				continue;
			rings_setup(port, rings[r]);
			conf.rx_free_thresh = t;
			assert_int_equal(rx_setup(port, rings[r], &conf), 0);
			assert_int_equal(igbiov_queues_start(port->dev), 0);
			for (unsigned int i = 0; i < 3u * rings[r]; i++) {
				pattern(frame, sizeof(frame), i);
				assert_true(model_rx_queue(port->m, 0, frame, 64, NULL));
				assert_int_equal(igbiov_rx_burst(port_rxq(port), pkts, 8), 1);
				packets_check_free(pkts, 1, 64, i);
			}
			igbiov_queues_stop(port->dev);
		}
	}
}

#define T(f) cmocka_unit_test_setup_teardown(f, port_setup, port_teardown)

int
main(void)
{
	const struct CMUnitTest tests[] = {
		T(what_is_told_to_ethdev_is_accepted),
		T(ring_sizes_are_checked),
		T(rx_settings_are_checked),
		T(tx_settings_are_checked),
		T(a_mempool_with_small_rooms_is_refused),
		T(a_mempool_with_fewer_mbufs_than_descriptors_is_refused),
		T(the_chip_never_gets_more_room_than_an_mbuf_has),
		T(setting_a_queue_up_again_replaces_it),
		T(the_chip_is_told_the_ring),
		T(the_chip_is_told_where_its_head_goes),
		T(a_head_beyond_the_ring_says_nothing),
		T(drop_enable_is_passed_on),
		T(queues_of_the_pfs_pool_are_used_with_vfs),
		T(stop_gives_every_mbuf_back_and_start_works_again),
		T(stop_without_start_is_harmless),
		T(an_rx_queue_that_does_not_come_up_is_an_error_without_a_leak),
		T(a_tx_queue_that_does_not_come_up_is_an_error_without_a_leak),
		T(a_queue_that_does_not_stop_is_taken_by_a_reset),
		T(a_queue_that_does_not_stop_delays_but_does_not_hang),
		T(a_mempool_too_small_for_the_ring_fails_the_start),
		T(stop_of_a_removed_port_gives_every_mbuf_back),
		T(bursts_on_a_removed_port_end),
		T(the_burst_fits_the_mtu),
		T(a_lock_free_port_gets_the_lock_free_burst),
		T(a_lock_free_queue_recycles_nothing),
		T(a_queue_set_up_for_another_kind_of_port_is_not_started),
		T(info_tells_what_is_in_use),
		T(every_free_threshold_keeps_the_ring_going),
	};

	return cmocka_run_group_tests_name("igbiov_queue", tests, eal_setup, NULL);
}
