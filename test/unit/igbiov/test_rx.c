/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) the igbiov authors
 */

/* igbiov_rx.c: what the application sees of each descriptor the chip can write. */

#include <stdlib.h>
#include <string.h>

#include "port.h"

#define RING 128
#define LEN  100

static uint8_t frame[MODEL_FRAME_MAX];

static void
receive(struct port *port, uint8_t seed, uint32_t len, const struct model_rx_wb *wb)
{
	pattern(frame, len, seed);
	assert_true(model_rx_queue(port->m, 0, frame, len, wb));
}

/* No chip does this; a device that lies might, and nb_segs has 16 bits. */
static void
a_frame_without_end_is_dropped_and_counted(void **state)
{
	struct port *port = *state;
	struct rte_mbuf *pkts[4];

	rings_start(port, RING);
	for (unsigned int i = 0; i < 3 * RING; i++) {
		assert_true(model_rx_desc(port->m, 0, frame, LEN, NULL, false));
		assert_int_equal(igbiov_rx_burst_scattered(port_rxq(port), pkts, 4), 0);
	}
	assert_true(model_rx_desc(port->m, 0, frame, LEN, NULL, true));
	assert_int_equal(igbiov_rx_burst_scattered(port_rxq(port), pkts, 4), 0);
	assert_int_equal(port_rxq(port)->stats.errors, 1);
	receive(port, 1, LEN, NULL);
	assert_int_equal(igbiov_rx_burst_scattered(port_rxq(port), pkts, 4), 1);
	packets_check_free(pkts, 1, LEN, 1);
}

static void
scattered_frames_are_chained_in_order(void **state)
{
	static const uint32_t lens[] = { 60, 2047, 2048, 2049, 4096, 4097, 9018, 9724 };
	struct port *port = *state;
	struct rte_mbuf *pkts[4];
	uint64_t bytes = 0;

	rings_start(port, RING);
	for (unsigned int round = 0; round < 20; round++) {
		for (unsigned int i = 0; i < RTE_DIM(lens); i++) {
			receive(port, i, lens[i], NULL);
			assert_int_equal(igbiov_rx_burst_scattered(port_rxq(port), pkts, 4), 1);
			assert_int_equal(pkts[0]->nb_segs, (lens[i] + 2047) / 2048);
			rte_mbuf_sanity_check(pkts[0], 1);
			packets_check_free(pkts, 1, lens[i], i);
			bytes += lens[i];
		}
	}
	assert_int_equal(port_rxq(port)->stats.packets, 20 * RTE_DIM(lens));
	assert_int_equal(port_rxq(port)->stats.bytes, bytes);
	assert_int_equal(port_rxq(port)->stats.errors, 0);
}

static void
descriptor_status_follows_the_ring(void **state)
{
	struct port *port = *state;
	struct igbiov_rxq *rxq;
	struct rte_mbuf *pkts[4];

	rings_start(port, RING);
	rxq = port_rxq(port);
	assert_int_equal(igbiov_rx_descriptor_status(rxq, 0), RTE_ETH_RX_DESC_AVAIL);
	receive(port, 0, LEN, NULL);
	receive(port, 1, LEN, NULL);
	assert_int_equal(igbiov_rx_descriptor_status(rxq, 0), RTE_ETH_RX_DESC_DONE);
	assert_int_equal(igbiov_rx_descriptor_status(rxq, 1), RTE_ETH_RX_DESC_DONE);
	assert_int_equal(igbiov_rx_descriptor_status(rxq, 2), RTE_ETH_RX_DESC_AVAIL);
	assert_int_equal(igbiov_rx_queue_count(rxq), 2);
	assert_int_equal(igbiov_rx_burst(rxq, pkts, 1), 1);
	packets_check_free(pkts, 1, LEN, 0);
	assert_int_equal(igbiov_rx_descriptor_status(rxq, 0), RTE_ETH_RX_DESC_DONE);
	assert_int_equal(igbiov_rx_descriptor_status(rxq, 1), RTE_ETH_RX_DESC_AVAIL);
	/* The one taken has no buffer until the next batch. */
	assert_int_equal(igbiov_rx_descriptor_status(rxq, RING - 1), RTE_ETH_RX_DESC_UNAVAIL);
	assert_int_equal(igbiov_rx_descriptor_status(rxq, RING), -EINVAL);
	assert_int_equal(igbiov_rx_queue_count(rxq), 1);
	assert_int_equal(igbiov_rx_burst(rxq, pkts, 1), 1);
	packets_check_free(pkts, 1, LEN, 1);
}

#define T(f) cmocka_unit_test_setup_teardown(f, port_setup, port_teardown)

int
main(void)
{
	const struct CMUnitTest tests[] = {
		T(a_frame_without_end_is_dropped_and_counted),
		T(scattered_frames_are_chained_in_order),
		T(descriptor_status_follows_the_ring),
	};

	return cmocka_run_group_tests_name("igbiov_rx", tests, eal_setup, NULL);
}
