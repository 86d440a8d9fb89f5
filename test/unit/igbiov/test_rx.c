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

/* One frame with this write-back, taken by the plain burst. */
static struct rte_mbuf *
take_one(struct port *port, const struct model_rx_wb *wb)
{
	struct rte_mbuf *pkts[4];

	receive(port, 1, LEN, wb);
	assert_int_equal(igbiov_rx_burst(port_rxq(port), pkts, 4), 1);
	return pkts[0];
}

static void
nothing_is_taken_without_dd(void **state)
{
	struct port *port = *state;
	struct rte_mbuf *pkts[4];

	rings_start(port, RING);
	assert_int_equal(igbiov_rx_burst(port_rxq(port), pkts, 4), 0);
	assert_int_equal(igbiov_rx_burst_scattered(port_rxq(port), pkts, 4), 0);
	assert_int_equal(port->m->reads + port->m->writes, 0);
	assert_int_equal(mempool_used(port), RING);
}

/* Each field of a fresh mbuf, from a pool whose mbufs carry another life's values. */
static void
every_field_is_that_of_a_fresh_mbuf(void **state)
{
	struct port *port = *state;
	struct rte_mbuf *all[1024], *m;

	assert_int_equal(rte_mempool_get_bulk(port->pool, (void **)all, RTE_DIM(all)), 0);
	for (unsigned int i = 0; i < RTE_DIM(all); i++) {
		all[i]->data_off = 7;
		all[i]->port = 77;
		all[i]->ol_flags = RTE_MBUF_F_RX_VLAN | RTE_MBUF_F_RX_FDIR;
		all[i]->packet_type = 0xFFFF;
		all[i]->pkt_len = 9;
		all[i]->data_len = 9;
	}
	rte_mempool_put_bulk(port->pool, (void **)all, RTE_DIM(all));
	rings_start(port, RING);
	m = take_one(port, NULL);
	assert_int_equal(m->data_off, RTE_PKTMBUF_HEADROOM);
	assert_int_equal(m->port, port->dev->data->port_id);
	assert_int_equal(m->nb_segs, 1);
	assert_null(m->next);
	assert_int_equal(rte_mbuf_refcnt_read(m), 1);
	assert_int_equal(m->ol_flags, 0);
	assert_int_equal(m->packet_type, RTE_PTYPE_L2_ETHER);
	assert_int_equal(m->data_len, LEN);
	assert_int_equal(port_rxq(port)->stats.packets, 1);
	assert_int_equal(port_rxq(port)->stats.bytes, LEN);
	packets_check_free(&m, 1, LEN, 1);
}

static void
checksum_verdicts_become_flags(void **state)
{
	static const struct {
		uint32_t status;
		uint64_t flags;
	} rows[] = {
		{ 0, 0 },
		{ RXD_STAT_IPCS, RTE_MBUF_F_RX_IP_CKSUM_GOOD },
		{ RXD_STAT_IPCS | RXD_ERR_IPE, RTE_MBUF_F_RX_IP_CKSUM_BAD },
		{ RXD_STAT_L4CS, RTE_MBUF_F_RX_L4_CKSUM_GOOD },
		{ RXD_STAT_L4CS | RXD_ERR_L4E, RTE_MBUF_F_RX_L4_CKSUM_BAD },
		{ RXD_STAT_UDPCS, RTE_MBUF_F_RX_L4_CKSUM_GOOD },
		{ RXD_STAT_UDPCS | RXD_STAT_L4CS | RXD_ERR_L4E, RTE_MBUF_F_RX_L4_CKSUM_BAD },
		{ RXD_STAT_IPCS | RXD_STAT_L4CS,
		  RTE_MBUF_F_RX_IP_CKSUM_GOOD | RTE_MBUF_F_RX_L4_CKSUM_GOOD },
		{ RXD_STAT_IPCS | RXD_STAT_L4CS | RXD_ERR_L4E,
		  RTE_MBUF_F_RX_IP_CKSUM_GOOD | RTE_MBUF_F_RX_L4_CKSUM_BAD },
		{ RXD_STAT_IPCS | RXD_STAT_L4CS | RXD_ERR_IPE,
		  RTE_MBUF_F_RX_IP_CKSUM_BAD | RTE_MBUF_F_RX_L4_CKSUM_GOOD },
		{ RXD_STAT_IPCS | RXD_STAT_L4CS | RXD_ERR_IPE | RXD_ERR_L4E,
		  RTE_MBUF_F_RX_IP_CKSUM_BAD | RTE_MBUF_F_RX_L4_CKSUM_BAD },
		/* An error without "I checked" means nothing. */
		{ RXD_ERR_IPE | RXD_ERR_L4E, 0 },
		/* Other bits have no say. */
		{ RXD_STAT_LB | RXD_ERR_RXE, 0 },
	};
	struct port *port = *state;

	rings_start(port, RING);
	for (unsigned int i = 0; i < RTE_DIM(rows); i++) {
		const struct model_rx_wb wb = { .status = rows[i].status };
		struct rte_mbuf *m = take_one(port, &wb);

		assert_int_equal(m->ol_flags, rows[i].flags);
		rte_pktmbuf_free(m);
	}
}

static void
a_stripped_tag_is_told_with_its_tci(void **state)
{
	const struct model_rx_wb wb = { .status = RXD_STAT_VP, .vlan = 0xE123 };
	struct port *port = *state;
	struct rte_mbuf *m;

	rings_start(port, RING);
	m = take_one(port, &wb);
	assert_int_equal(m->ol_flags, RTE_MBUF_F_RX_VLAN | RTE_MBUF_F_RX_VLAN_STRIPPED);
	assert_int_equal(m->vlan_tci, 0xE123);
	rte_pktmbuf_free(m);
}

static void
hash_is_told_only_with_an_rss_type(void **state)
{
	struct port *port = *state;

	rings_start(port, RING);
	for (uint16_t type = 0; type < 16; type++) {
		const struct model_rx_wb wb = { .info = type, .rss = 0xCAFE0000u | type };
		struct rte_mbuf *m = take_one(port, &wb);

		assert_int_equal(m->ol_flags, type == 0 ? 0 : RTE_MBUF_F_RX_RSS_HASH);
		if (type != 0)
			assert_int_equal(m->hash.rss, 0xCAFE0000u | type);
		rte_pktmbuf_free(m);
	}
}

static void
packet_types_are_told(void **state)
{
	enum {
		V4 = 1 << 4,
		V4E = 1 << 5,
		V6 = 1 << 6,
		V6E = 1 << 7,
		TCP = 1 << 8,
		UDP = 1 << 9,
		SCTP = 1 << 10
	};
	static const struct {
		uint16_t info;
		uint32_t ptype;
	} rows[] = {
		{ 0, RTE_PTYPE_L2_ETHER },
		{ V4, RTE_PTYPE_L2_ETHER | RTE_PTYPE_L3_IPV4 },
		{ V4 | V4E, RTE_PTYPE_L2_ETHER | RTE_PTYPE_L3_IPV4_EXT },
		{ V4 | TCP, RTE_PTYPE_L2_ETHER | RTE_PTYPE_L3_IPV4 | RTE_PTYPE_L4_TCP },
		{ V4 | UDP, RTE_PTYPE_L2_ETHER | RTE_PTYPE_L3_IPV4 | RTE_PTYPE_L4_UDP },
		{ V4 | SCTP, RTE_PTYPE_L2_ETHER | RTE_PTYPE_L3_IPV4 | RTE_PTYPE_L4_SCTP },
		{ V6, RTE_PTYPE_L2_ETHER | RTE_PTYPE_L3_IPV6 },
		{ V6 | V6E | UDP, RTE_PTYPE_L2_ETHER | RTE_PTYPE_L3_IPV6_EXT | RTE_PTYPE_L4_UDP },
		{ V6 | TCP, RTE_PTYPE_L2_ETHER | RTE_PTYPE_L3_IPV6 | RTE_PTYPE_L4_TCP },
		{ V4 | V6, RTE_PTYPE_L2_ETHER | RTE_PTYPE_L3_IPV4 | RTE_PTYPE_TUNNEL_IP |
				   RTE_PTYPE_INNER_L3_IPV6 },
		{ V4 | V6 | TCP, RTE_PTYPE_L2_ETHER | RTE_PTYPE_L3_IPV4 | RTE_PTYPE_TUNNEL_IP |
					 RTE_PTYPE_INNER_L3_IPV6 | RTE_PTYPE_INNER_L4_TCP },
		/* With ETQF set these bits are a filter's number. */
		{ RXD_INFO_ETQF | V4 | TCP, RTE_PTYPE_L2_ETHER },
	};
	struct port *port = *state;

	rings_start(port, RING);
	for (unsigned int i = 0; i < RTE_DIM(rows); i++) {
		const struct model_rx_wb wb = { .info = rows[i].info };
		struct rte_mbuf *m = take_one(port, &wb);

		assert_int_equal(m->packet_type, rows[i].ptype);
		rte_pktmbuf_free(m);
	}
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

/* Every value of the field, hostile or not, stays inside the table. */
static void
no_info_value_is_out_of_bounds(void **state)
{
	struct port *port = *state;

	rings_start(port, RING);
	for (uint32_t info = 0; info <= UINT16_MAX; info += 0x11) {
		const struct model_rx_wb wb = { .info = info, .status = info << 16 };

		rte_pktmbuf_free(take_one(port, &wb));
	}
}

static void
partial_bursts_keep_order(void **state)
{
	struct port *port = *state;
	struct rte_mbuf *pkts[RING];

	rings_start(port, RING);
	for (uint8_t i = 0; i < 10; i++)
		receive(port, i, LEN, NULL);
	assert_int_equal(igbiov_rx_burst(port_rxq(port), pkts, 4), 4);
	packets_check_free(pkts, 4, LEN, 0);
	assert_int_equal(igbiov_rx_burst(port_rxq(port), pkts, RING), 6);
	packets_check_free(pkts, 6, LEN, 4);
	assert_int_equal(igbiov_rx_burst(port_rxq(port), pkts, RING), 0);
}

static void
ring_wraps_many_times_without_loss(void **state)
{
	struct port *port = *state;
	struct rte_mbuf *pkts[RING];
	uint8_t sent = 0, got = 0;

	rings_start(port, RING);
	for (unsigned int round = 0; round < 200; round++) {
		uint16_t n = 1 + round * 7 % 61;

		for (uint16_t i = 0; i < n; i++)
			receive(port, sent++, LEN, NULL);
		assert_int_equal(igbiov_rx_burst(port_rxq(port), pkts, RING), n);
		packets_check_free(pkts, n, LEN, got);
		got += n;
	}
}

/* The chip fills what it has; the application comes late and finds all of it. */
static void
full_ring_is_emptied_and_goes_on(void **state)
{
	struct port *port = *state;
	struct rte_mbuf *pkts[RING];
	unsigned int filled = 0, total = 0;

	rings_start(port, RING);
	pattern(frame, LEN, 0);
	while (model_rx_queue(port->m, 0, frame, LEN, NULL))
		filled++;
	assert_int_equal(filled, RING - 1);
	assert_int_equal(igbiov_rx_queue_count(port_rxq(port)), filled);
	while (total < filled) {
		uint16_t n = igbiov_rx_burst(port_rxq(port), pkts, 32);

		assert_true(n > 0);
		for (uint16_t i = 0; i < n; i++)
			rte_pktmbuf_free(pkts[i]);
		total += n;
	}
	assert_int_equal(igbiov_rx_burst(port_rxq(port), pkts, 32), 0);
	receive(port, 1, LEN, NULL);
	assert_int_equal(igbiov_rx_burst(port_rxq(port), pkts, 32), 1);
	packets_check_free(pkts, 1, LEN, 1);
}

/* The whole ring in one burst: then not one descriptor is left to look at again. */
static void
a_burst_larger_than_the_ring_takes_each_frame_once(void **state)
{
	struct port *port = *state;
	struct rte_mbuf *pkts[2 * RING];
	uint16_t n, total = 0;

	rings_start(port, RING);
	for (unsigned int i = 0; i < RING - 1; i++)
		receive(port, i, LEN, NULL);
	while ((n = igbiov_rx_burst(port_rxq(port), pkts + total, 2 * RING - total)) > 0)
		total += n;
	assert_int_equal(total, RING - 1);
	packets_check_free(pkts, total, LEN, 0);
}

static void
tail_is_written_once_per_burst(void **state)
{
	struct port *port = *state;
	struct rte_mbuf *pkts[RING];

	rings_start(port, RING);
	for (unsigned int i = 0; i < 96; i++)
		receive(port, i, LEN, NULL);
	assert_int_equal(igbiov_rx_burst(port_rxq(port), pkts, 96), 96);
	assert_int_equal(port->m->tail_writes, 1);
	assert_int_equal(port->m->reads, 0);
	packets_check_free(pkts, 96, LEN, 0);
}

static void
the_tail_never_says_that_a_full_ring_is_empty(void **state)
{
	struct port *port = *state;
	struct rte_mbuf *pkts[RING];

	rings_start(port, RING);
	for (unsigned int i = 0; i < 1000; i++) {
		receive(port, i, LEN, NULL);
		assert_int_equal(igbiov_rx_burst(port_rxq(port), pkts, 32), 1);
		packets_check_free(pkts, 1, LEN, i);
		assert_true(model_rx_room(port->m, 0) >= RING - IGBIOV_RX_FREE_THRESH - 1);
	}
}

static void
empty_mempool_is_counted_and_recovered_from(void **state)
{
	struct port *port = *state;
	struct rte_mbuf *hoard[1024], *pkts[RING];
	unsigned int hoarded = 0, total = 0;

	rings_start(port, RING);
	while (rte_mempool_get(port->pool, (void **)&hoard[hoarded]) == 0)
		hoarded++;
	/* More than the ring has: what the chip can't store it drops. */
	for (unsigned int i = 0; i < 3 * RING; i++) {
		uint16_t n;

		pattern(frame, LEN, i);
		model_rx_queue(port->m, 0, frame, LEN, NULL);
		n = igbiov_rx_burst(port_rxq(port), pkts + total, 1);
		total += n;
	}
	assert_int_equal(total, RING - 1);
	assert_true(port_rxq(port)->alloc_failed > 0);
	packets_check_free(pkts, total, LEN, 0);

	rte_mempool_put_bulk(port->pool, (void **)hoard, hoarded);
	for (unsigned int i = 0; i < 4 * RING; i++) {
		uint16_t n;

		pattern(frame, LEN, i);
		model_rx_queue(port->m, 0, frame, LEN, NULL);
		n = igbiov_rx_burst(port_rxq(port), pkts, 1);
		if (i >= 2)
			assert_int_equal(n, 1);
		if (n == 1)
			rte_pktmbuf_free(pkts[0]);
	}
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

/* A frame's first buffers are seen in one poll, its last in a later one. */
static void
a_frame_may_arrive_over_several_polls(void **state)
{
	const struct model_rx_wb wb = { .status = RXD_STAT_VP, .vlan = 5, .info = 2, .rss = 9 };
	struct port *port = *state;
	struct rte_mbuf *pkts[4];

	rings_start(port, RING);
	pattern(frame, 5000, 3);
	assert_true(model_rx_desc(port->m, 0, frame, 2048, NULL, false));
	assert_int_equal(igbiov_rx_burst_scattered(port_rxq(port), pkts, 4), 0);
	assert_true(model_rx_desc(port->m, 0, frame + 2048, 2048, NULL, false));
	assert_int_equal(igbiov_rx_burst_scattered(port_rxq(port), pkts, 4), 0);
	assert_true(model_rx_desc(port->m, 0, frame + 4096, 904, &wb, true));
	assert_int_equal(igbiov_rx_burst_scattered(port_rxq(port), pkts, 4), 1);
	/* The last descriptor speaks for the frame. */
	assert_true(pkts[0]->ol_flags & RTE_MBUF_F_RX_VLAN_STRIPPED);
	assert_true(pkts[0]->ol_flags & RTE_MBUF_F_RX_RSS_HASH);
	assert_int_equal(pkts[0]->vlan_tci, 5);
	assert_int_equal(pkts[0]->nb_segs, 3);
	packets_check_free(pkts, 1, 5000, 3);
}

static void
half_a_frame_is_freed_at_stop(void **state)
{
	struct port *port = *state;
	struct rte_mbuf *pkts[4];

	rings_start(port, RING);
	pattern(frame, 2048, 3);
	assert_true(model_rx_desc(port->m, 0, frame, 2048, NULL, false));
	assert_true(model_rx_desc(port->m, 0, frame, 2048, NULL, false));
	assert_int_equal(igbiov_rx_burst_scattered(port_rxq(port), pkts, 4), 0);
	igbiov_queues_stop(port->dev);
	assert_int_equal(mempool_used(port), 0);
}

/* A frame beyond a buffer, where none should be: dropped whole, counted once. */
static void
overlong_frame_is_dropped_whole_and_counted(void **state)
{
	struct port *port = *state;
	struct rte_mbuf *pkts[4];

	rings_start(port, RING);
	receive(port, 1, LEN, NULL);
	receive(port, 2, 6000, NULL);
	receive(port, 2, LEN, NULL);
	assert_int_equal(igbiov_rx_burst(port_rxq(port), pkts, 4), 2);
	packets_check_free(pkts, 2, LEN, 1);
	assert_int_equal(port_rxq(port)->stats.errors, 1);
	assert_int_equal(port_rxq(port)->stats.packets, 2);
	receive(port, 2, 6000, NULL);
	receive(port, 2, 4000, NULL);
	assert_int_equal(igbiov_rx_burst(port_rxq(port), pkts, 4), 0);
	assert_int_equal(port_rxq(port)->stats.errors, 3);
}

/* Its buffers come over two polls, and the second begins inside it. */
static void
dropping_an_overlong_frame_survives_the_end_of_a_poll(void **state)
{
	struct port *port = *state;
	struct rte_mbuf *pkts[4];

	rings_start(port, RING);
	assert_true(model_rx_desc(port->m, 0, frame, 2048, NULL, false));
	assert_int_equal(igbiov_rx_burst(port_rxq(port), pkts, 4), 0);
	assert_true(model_rx_desc(port->m, 0, frame, 2048, NULL, false));
	assert_true(model_rx_desc(port->m, 0, frame, 10, NULL, true));
	receive(port, 7, LEN, NULL);
	assert_int_equal(igbiov_rx_burst(port_rxq(port), pkts, 4), 1);
	packets_check_free(pkts, 1, LEN, 7);
	assert_int_equal(port_rxq(port)->stats.errors, 1);
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
		T(nothing_is_taken_without_dd),
		T(every_field_is_that_of_a_fresh_mbuf),
		T(checksum_verdicts_become_flags),
		T(a_stripped_tag_is_told_with_its_tci),
		T(hash_is_told_only_with_an_rss_type),
		T(packet_types_are_told),
		T(a_frame_without_end_is_dropped_and_counted),
		T(no_info_value_is_out_of_bounds),
		T(partial_bursts_keep_order),
		T(ring_wraps_many_times_without_loss),
		T(full_ring_is_emptied_and_goes_on),
		T(a_burst_larger_than_the_ring_takes_each_frame_once),
		T(tail_is_written_once_per_burst),
		T(the_tail_never_says_that_a_full_ring_is_empty),
		T(empty_mempool_is_counted_and_recovered_from),
		T(scattered_frames_are_chained_in_order),
		T(a_frame_may_arrive_over_several_polls),
		T(half_a_frame_is_freed_at_stop),
		T(overlong_frame_is_dropped_whole_and_counted),
		T(dropping_an_overlong_frame_survives_the_end_of_a_poll),
		T(descriptor_status_follows_the_ring),
	};

	return cmocka_run_group_tests_name("igbiov_rx", tests, eal_setup, NULL);
}
