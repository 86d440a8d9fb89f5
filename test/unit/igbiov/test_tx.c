/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) the igbiov authors
 */

/* igbiov_tx.c: what leaves the port, what is freed when, and what is refused. */

#include <stdlib.h>
#include <string.h>

#include <rte_errno.h>
#include <rte_ip.h>
#include <rte_tcp.h>
#include <rte_udp.h>

#include "port.h"

#define RING 128
#define LEN  100

static uint16_t
transmit(struct port *port, struct rte_mbuf **pkts, uint16_t nb)
{
	return igbiov_tx_burst(port_txq(port), pkts, nb);
}

static uint16_t
transmit_one(struct port *port, struct rte_mbuf *m)
{
	return transmit(port, &m, 1);
}

static void
wire_check(const struct port *port, unsigned int i, uint32_t len, uint8_t seed)
{
	static uint8_t want[MODEL_FRAME_MAX];

	pattern(want, len, seed);
	assert_true(i < port->m->nb_wire);
	assert_int_equal(port->m->wire[i].len, len);
	assert_memory_equal(port->m->wire[i].data, want, len);
}

/* `len` octets over segments of `seg` octets. */
static struct rte_mbuf *
chain(struct port *port, uint32_t len, uint16_t seg, uint8_t seed)
{
	static uint8_t data[MODEL_FRAME_MAX];
	struct rte_mbuf *head = NULL;

	pattern(data, len, seed);
	for (uint32_t off = 0; off < len; off += seg) {
		struct rte_mbuf *m = rte_pktmbuf_alloc(port->pool);
		uint16_t n = RTE_MIN((uint32_t)seg, len - off);

		memcpy(rte_pktmbuf_append(m, n), data + off, n);
		if (head == NULL)
			head = m;
		else
			assert_int_equal(rte_pktmbuf_chain(head, m), 0);
	}
	return head;
}

static void
a_packet_leaves_as_it_is(void **state)
{
	struct port *port = *state;

	rings_start(port, RING);
	assert_int_equal(transmit_one(port, packet(port, LEN, 5)), 1);
	wire_check(port, 0, LEN, 5);
	assert_int_equal(port->m->wire[0].nb_descs, 1);
	assert_int_equal(port_txq(port)->stats.packets, 1);
	assert_int_equal(port_txq(port)->stats.bytes, LEN);
}

static void
an_empty_burst_touches_no_register(void **state)
{
	struct port *port = *state;

	rings_start(port, RING);
	assert_int_equal(transmit(port, NULL, 0), 0);
	assert_int_equal(port->m->reads + port->m->writes, 0);
}

static void
one_tail_write_a_burst(void **state)
{
	struct port *port = *state;
	struct rte_mbuf *pkts[64];

	rings_start(port, RING);
	for (unsigned int i = 0; i < RTE_DIM(pkts); i++)
		pkts[i] = packet(port, LEN, i);
	assert_int_equal(transmit(port, pkts, RTE_DIM(pkts)), RTE_DIM(pkts));
	assert_int_equal(port->m->tail_writes, 1);
	assert_int_equal(port->m->writes, 1);
	assert_int_equal(port->m->reads, 0);
	for (unsigned int i = 0; i < RTE_DIM(pkts); i++)
		wire_check(port, i, LEN, i);
}

static void
segments_leave_as_one_frame(void **state)
{
	struct port *port = *state;

	rings_start(port, RING);
	assert_int_equal(transmit_one(port, chain(port, 1000, 300, 1)), 1);
	assert_int_equal(transmit_one(port, chain(port, 9000, 2000, 2)), 1);
	wire_check(port, 0, 1000, 1);
	wire_check(port, 1, 9000, 2);
	assert_int_equal(port->m->wire[0].nb_descs, 4);
	assert_int_equal(port_txq(port)->stats.bytes, 10000);
}

static void
ring_wraps_many_times_without_loss_or_leak(void **state)
{
	struct port *port = *state;
	unsigned int sent = 0;

	rings_start(port, RING);
	for (unsigned int round = 0; round < 300; round++) {
		struct rte_mbuf *pkts[32];
		uint16_t n = 1 + round * 5 % 32;

		model_wire_clear(port->m);
		for (uint16_t i = 0; i < n; i++)
			pkts[i] = i % 3 == 0 ? chain(port, 200, 90, i) : packet(port, LEN, i);
		assert_int_equal(transmit(port, pkts, n), n);
		assert_int_equal(port->m->nb_wire, n);
		for (uint16_t i = 0; i < n; i++)
			wire_check(port, i, i % 3 == 0 ? 200 : LEN, i);
		sent += n;
	}
	assert_int_equal(port_txq(port)->stats.packets, sent);
	/* Only what the ring can hold isn't freed yet. */
	assert_true(mempool_used(port) <= 2 * RING);
}

/* The chip stands still: the burst takes what fits, and keeps its hands off the rest. */
static void
full_ring_refuses_and_recovers(void **state)
{
	struct port *port = *state;
	struct rte_mbuf *pkts[2 * RING];
	uint16_t taken = 0, n;

	rings_start(port, RING);
	port->m->mute_tx = true;
	for (unsigned int i = 0; i < RTE_DIM(pkts); i++)
		pkts[i] = packet(port, LEN, i);
	while ((n = transmit(port, pkts + taken, RTE_DIM(pkts) - taken)) > 0)
		taken += n;
	assert_true(taken >= RING - 4 && taken < RING);
	assert_int_equal(port_txq(port)->stats.packets, taken);
	model_counts_clear(port->m);
	assert_int_equal(transmit(port, pkts + taken, 8), 0);
	assert_int_equal(port->m->tail_writes, 0);

	port->m->mute_tx = false;
	assert_int_equal(model_tx_run(port->m, 0, UINT32_MAX), taken);
	while ((n = transmit(port, pkts + taken, RTE_DIM(pkts) - taken)) > 0)
		taken += n;
	assert_int_equal(taken, RTE_DIM(pkts));
	assert_int_equal(port->m->nb_wire, RTE_DIM(pkts));
	for (unsigned int i = 0; i < RTE_DIM(pkts); i++)
		wire_check(port, i, LEN, i);
}

/* However the chip creeps on, the ring always drains: the last descriptor has RS when it's low. */
static void
a_slow_chip_never_locks_the_ring_up(void **state)
{
	static const uint16_t sizes[] = { 64, 96, 128 };
	struct rte_eth_txconf conf = { .tx_free_thresh = 1 };
	struct port *port = *state;

	for (unsigned int s = 0; s < RTE_DIM(sizes); s++) {
		unsigned int idle = 0, sent = 0;
		struct rte_mbuf *m = NULL;

		/* The laziest that set-up allows: a mark would come after the ring is full. */
		rings_setup(port, sizes[s]);
		conf.tx_rs_thresh = sizes[s] - 4;
		assert_int_equal(igbiov_txq_setup(port->dev, 0, sizes[s], SOCKET_ID_ANY, &conf), 0);
		assert_int_equal(igbiov_queues_start(port->dev), 0);
		port->m->mute_tx = true;
		for (unsigned int round = 0; round < 3000 && idle < 200; round++) {
			/* As an application does it: the one that was refused comes first. */
			if (m == NULL)
				m = round % 5 == 0 ? chain(port, 40 * 20, 20, 0)
						   : packet(port, LEN, round);
			model_wire_clear(port->m);
			if (transmit_one(port, m) == 0) {
				idle++;
			} else {
				m = NULL;
				idle = 0;
				sent++;
			}
			if (round % 2 == 0)
				model_tx_run(port->m, 0, 1);
		}
		rte_pktmbuf_free(m);
		assert_true(idle < 200);
		assert_true(sent > 1000);
		port->m->mute_tx = false;
		model_tx_run(port->m, 0, UINT32_MAX);
		igbiov_queues_stop(port->dev);
		assert_int_equal(mempool_used(port), 0);
	}
}

static unsigned int
marks(const struct port *port)
{
	const union igbiov_tx_desc *ring = (const void *)port_txq((struct port *)(uintptr_t)port)
						   ->ring;
	unsigned int n = 0;

	for (unsigned int i = 0; i < RING; i++)
		n += (ring[i].data.cmd_len & rte_cpu_to_le_32(TXD_CMD_RS)) != 0;
	return n;
}

/* Each mark costs a write-back over PCIe. */
static void
rs_is_asked_for_once_in_a_threshold(void **state)
{
	struct port *port = *state;
	struct rte_mbuf *pkts[64];

	rings_start(port, RING);
	port->m->mute_tx = true;
	for (unsigned int i = 0; i < RTE_DIM(pkts); i++)
		pkts[i] = packet(port, LEN, i);
	assert_int_equal(transmit(port, pkts, 31), 31);
	assert_int_equal(marks(port), 0);
	assert_int_equal(transmit(port, pkts + 31, 1), 1);
	assert_int_equal(marks(port), 1);
	rte_pktmbuf_free_bulk(pkts + 32, 32);
}

static void
mbufs_are_freed_when_their_mark_is_done_and_not_before(void **state)
{
	struct port *port = *state;
	unsigned int base;

	rings_start(port, RING);
	base = mempool_used(port);
	port->m->mute_tx = true;
	for (unsigned int i = 0; i < 64; i++)
		assert_int_equal(transmit_one(port, packet(port, LEN, i)), 1);
	assert_int_equal(igbiov_tx_done_cleanup(port_txq(port), 0), 0);
	assert_int_equal(mempool_used(port) - base, 64);
	assert_int_equal(model_tx_run(port->m, 0, 31), 31);
	assert_int_equal(igbiov_tx_done_cleanup(port_txq(port), 0), 0);
	assert_int_equal(model_tx_run(port->m, 0, 1), 1);
	assert_true(igbiov_tx_done_cleanup(port_txq(port), 0) >= 32);
	assert_int_equal(mempool_used(port) - base, 32);
	model_tx_run(port->m, 0, UINT32_MAX);
	igbiov_tx_done_cleanup(port_txq(port), 0);
	assert_int_equal(mempool_used(port) - base, 0);
}

/* free_cnt is a limit, in packets; marks are freed whole. */
static void
done_cleanup_stops_at_the_count_asked_for(void **state)
{
	struct port *port = *state;

	rings_start(port, RING);
	port->m->mute_tx = true;
	for (unsigned int i = 0; i < 96; i++)
		assert_int_equal(transmit_one(port, packet(port, LEN, i)), 1);
	model_tx_run(port->m, 0, UINT32_MAX);
	assert_int_equal(igbiov_tx_done_cleanup(port_txq(port), 1), 0);
	assert_int_equal(igbiov_tx_done_cleanup(port_txq(port), 40), 32);
	assert_int_equal(igbiov_tx_done_cleanup(port_txq(port), 0), 64);
	assert_int_equal(igbiov_tx_done_cleanup(port_txq(port), 0), 0);
}

/* Not descriptors: segments and contexts aren't packets. */
static void
done_cleanup_counts_packets(void **state)
{
	struct port *port = *state;
	unsigned int sent = 0;

	rings_start(port, RING);
	port->m->mute_tx = true;
	while (sent < 24) {
		struct rte_mbuf *m = chain(port, 300, 100, sent);

		m->ol_flags = RTE_MBUF_F_TX_VLAN;
		m->vlan_tci = sent++;
		assert_int_equal(transmit_one(port, m), 1);
	}
	model_tx_run(port->m, 0, UINT32_MAX);
	assert_int_equal(igbiov_tx_done_cleanup(port_txq(port), 0), sent);
}

static void
empty_segments_are_left_out_and_freed(void **state)
{
	struct port *port = *state;
	struct rte_mbuf *m = packet(port, LEN, 9);
	struct rte_mbuf *hole = rte_pktmbuf_alloc(port->pool);
	struct rte_mbuf *end = rte_pktmbuf_alloc(port->pool);
	struct rte_mbuf *lead = rte_pktmbuf_alloc(port->pool);

	rings_start(port, RING);
	assert_int_equal(rte_pktmbuf_chain(m, hole), 0);
	assert_int_equal(rte_pktmbuf_chain(m, end), 0);
	assert_int_equal(rte_pktmbuf_chain(lead, m), 0);
	assert_int_equal(transmit_one(port, lead), 1);
	wire_check(port, 0, LEN, 9);
	assert_int_equal(port->m->wire[0].nb_descs, 1);
	/* port_free() finds a leak. */
}

static void
runts_are_padded(void **state)
{
	struct port *port = *state;
	uint8_t want[60];

	for (uint16_t len = 1; len < 64; len++) {
		rings_start(port, RING);
		model_wire_clear(port->m);
		assert_int_equal(transmit_one(port, packet(port, len, 3)), 1);
		memset(want, 0, sizeof(want));
		pattern(want, RTE_MIN(len, 60), 3);
		assert_int_equal(port->m->nb_wire, 1);
		assert_int_equal(port->m->wire[0].len, RTE_MAX(60, len));
		assert_memory_equal(port->m->wire[0].data, want, RTE_MIN(len, 60));
		igbiov_queues_stop(port->dev);
	}
}

/* Padding would write into memory that others read: such a runt is refused. */
static void
a_shared_runt_is_never_written_to(void **state)
{
	struct port *port = *state;
	struct rte_mbuf *m = packet(port, 10, 3);
	uint8_t before[32];

	rings_start(port, RING);
	memset(rte_pktmbuf_mtod_offset(m, void *, 10), 0xA5, 22);
	memcpy(before, rte_pktmbuf_mtod(m, void *), sizeof(before));
	rte_mbuf_refcnt_update(m, 1);
	assert_int_equal(transmit_one(port, m), 1);
	assert_int_equal(port->m->nb_wire, 0);
	assert_int_equal(port_txq(port)->stats.errors, 1);
	assert_memory_equal(rte_pktmbuf_mtod(m, void *), before, sizeof(before));
	rte_pktmbuf_free(m);
}

/* What a chip would hang on or drop silently: consumed, freed and counted, the rest goes on. */
static void
impossible_packets_are_dropped_and_counted(void **state)
{
	struct port *port = *state;
	struct rte_mbuf *pkts[7];

	rings_start(port, RING);
	pkts[0] = packet(port, LEN, 1);
	pkts[1] = chain(port, 41 * 30, 30, 2); /* one segment too many */
	pkts[2] = chain(port, IGBIOV_TX_MAX_LEN + 1, 1000, 3);
	pkts[3] = rte_pktmbuf_alloc(port->pool); /* empty */
	pkts[4] = packet(port, LEN, 5);		 /* pkt_len lies */
	pkts[4]->pkt_len = LEN + 7;
	pkts[5] = chain(port, 300, 100, 6); /* nb_segs lies */
	pkts[5]->nb_segs = 2;
	pkts[6] = packet(port, LEN, 7);
	assert_int_equal(transmit(port, pkts, 7), 7);
	assert_int_equal(port->m->nb_wire, 2);
	wire_check(port, 0, LEN, 1);
	wire_check(port, 1, LEN, 7);
	assert_int_equal(port_txq(port)->stats.errors, 5);
	assert_int_equal(port_txq(port)->stats.packets, 2);
}

static void
the_largest_packets_pass(void **state)
{
	struct port *port = *state;

	rings_start(port, 64);
	for (unsigned int i = 0; i < 20; i++) {
		model_wire_clear(port->m);
		assert_int_equal(transmit_one(port, chain(port, 40 * 30, 30, 2)), 1);
		assert_int_equal(transmit_one(port, chain(port, IGBIOV_TX_MAX_LEN, 1000, 3)), 1);
		wire_check(port, 0, 40 * 30, 2);
		wire_check(port, 1, IGBIOV_TX_MAX_LEN, 3);
	}
}

/* A burst of refused packets alone has nothing to tell the chip. */
static void
a_burst_of_refused_packets_writes_no_tail(void **state)
{
	struct port *port = *state;
	struct rte_mbuf *m = rte_pktmbuf_alloc(port->pool);

	rings_start(port, RING);
	assert_int_equal(transmit_one(port, m), 1);
	assert_int_equal(port->m->tail_writes, 0);
}

static struct rte_mbuf *
tagged(struct port *port, uint8_t seed, uint16_t tci)
{
	struct rte_mbuf *m = packet(port, LEN, seed);

	m->ol_flags = RTE_MBUF_F_TX_VLAN;
	m->vlan_tci = tci;
	return m;
}

/* A packet and its context, where only one descriptor is left. */
static void
a_ring_full_to_the_last_descriptor_is_not_overrun(void **state)
{
	struct port *port = *state;
	uint16_t sent = 0;

	for (unsigned int first = 0; first < 2; first++) {
		rings_start(port, RING);
		model_wire_clear(port->m);
		port->m->mute_tx = true;
		/* An odd start, so that both parities meet the end. */
		if (first == 1)
			assert_int_equal(transmit_one(port, packet(port, LEN, 0)), 1);
		for (sent = 0;; sent++) {
			struct rte_mbuf *m = tagged(port, sent, sent + 1);

			if (transmit_one(port, m) == 0) {
				rte_pktmbuf_free(m);
				break;
			}
			assert_in_range(port_txq(port)->nb_free, 0, RING);
		}
		assert_in_range(sent, RING / 2 - 2, RING / 2);
		port->m->mute_tx = false;
		assert_int_equal(model_tx_run(port->m, 0, UINT32_MAX), sent + first);
		for (uint16_t i = 0; i < sent; i++)
			assert_int_equal(port->m->wire[i + first].data[15], i + 1);
		igbiov_queues_stop(port->dev);
	}
}

static unsigned int
contexts(struct port *port)
{
	const union igbiov_tx_desc *ring = (const void *)port_txq(port)->ring;
	unsigned int n = 0;

	for (unsigned int i = 0; i < RING; i++) {
		uint32_t cmd = rte_le_to_cpu_32(ring[i].ctx.type_cmd);

		n += (cmd & TXD_CMD_DEXT) && (cmd & TXD_DTYP_DATA) == TXD_DTYP_CTX;
	}
	return n;
}

static void
vlan_tag_is_inserted(void **state)
{
	struct port *port = *state;
	const uint8_t tag[] = { 0x81, 0x00, 0xE1, 0x23 };
	uint8_t want[LEN];

	rings_start(port, RING);
	assert_int_equal(transmit_one(port, tagged(port, 4, 0xE123)), 1);
	pattern(want, LEN, 4);
	assert_int_equal(port->m->wire[0].len, LEN + 4);
	assert_memory_equal(port->m->wire[0].data, want, 12);
	assert_memory_equal(port->m->wire[0].data + 12, tag, 4);
	assert_memory_equal(port->m->wire[0].data + 16, want + 12, LEN - 12);
}

static void
a_context_is_sent_once_and_again_when_it_changes(void **state)
{
	struct port *port = *state;
	static const uint16_t tci[] = { 5, 5, 5, 6, 6, 5 };

	rings_start(port, RING);
	port->m->mute_tx = true;
	for (unsigned int i = 0; i < RTE_DIM(tci); i++)
		assert_int_equal(transmit_one(port, tagged(port, i, tci[i])), 1);
	/* A packet that needs none in between changes nothing. */
	assert_int_equal(transmit_one(port, packet(port, LEN, 0)), 1);
	assert_int_equal(transmit_one(port, tagged(port, 0, 5)), 1);
	assert_int_equal(contexts(port), 3);
	model_tx_run(port->m, 0, UINT32_MAX);
	for (unsigned int i = 0; i < RTE_DIM(tci); i++)
		assert_int_equal(port->m->wire[i].data[15], tci[i]);
}

/* The chip forgot it. */
static void
a_context_is_sent_again_after_a_restart(void **state)
{
	struct port *port = *state;

	rings_start(port, RING);
	assert_int_equal(transmit_one(port, tagged(port, 1, 5)), 1);
	igbiov_queues_stop(port->dev);
	assert_int_equal(igbiov_queues_start(port->dev), 0);
	assert_int_equal(transmit_one(port, tagged(port, 1, 5)), 1);
	assert_int_equal(port->m->wire[1].data[15], 5);
}

/* A UDP or TCP packet over IPv4 or IPv6, its checksums left to the chip. */
static struct rte_mbuf *
ip_packet(struct port *port, bool v6, bool tcp, uint64_t flags)
{
	uint16_t l3 = v6 ? 40 : 20, l4 = tcp ? 20 : 8, payload = 33;
	struct rte_mbuf *m = packet(port, 14 + l3 + l4 + payload, 8);
	uint8_t *ip = rte_pktmbuf_mtod_offset(m, uint8_t *, 14);

	rte_pktmbuf_mtod(m, uint8_t *)[12] = v6 ? 0x86 : 0x08;
	rte_pktmbuf_mtod(m, uint8_t *)[13] = v6 ? 0xDD : 0x00;
	memset(ip, 0, l3 + l4);
	if (v6) {
		struct rte_ipv6_hdr *h = (void *)ip;

		h->vtc_flow = rte_cpu_to_be_32(6u << 28);
		h->payload_len = rte_cpu_to_be_16(l4 + payload);
		h->proto = tcp ? IPPROTO_TCP : IPPROTO_UDP;
		h->hop_limits = 9;
		ip[8] = 0xFD;
		ip[24] = 0xFE;
	} else {
		struct rte_ipv4_hdr *h = (void *)ip;

		h->version_ihl = 0x45;
		h->total_length = rte_cpu_to_be_16(l3 + l4 + payload);
		h->time_to_live = 7;
		h->next_proto_id = tcp ? IPPROTO_TCP : IPPROTO_UDP;
		h->src_addr = rte_cpu_to_be_32(0x0A000001);
		h->dst_addr = rte_cpu_to_be_32(0x0A000002);
		h->hdr_checksum = 0xBEEF; /* rubbish that prepare has to clear */
	}
	if (tcp)
		((struct rte_tcp_hdr *)(ip + l3))->data_off = 0x50;
	else
		((struct rte_udp_hdr *)(ip + l3))->dgram_len = rte_cpu_to_be_16(l4 + payload);
	m->l2_len = 14;
	m->l3_len = l3;
	m->l4_len = l4;
	m->ol_flags = flags | (v6 ? RTE_MBUF_F_TX_IPV6 : RTE_MBUF_F_TX_IPV4);
	return m;
}

/* The model sums what lies in the checksum's place: a wrong seed gives a wrong sum. */
static void
checksums_on_the_wire_are_right(void **state)
{
	struct port *port = *state;

	rings_start(port, RING);
	for (unsigned int i = 0; i < 4; i++) {
		bool v6 = i & 1, tcp = i & 2;
		struct rte_mbuf *m = ip_packet(
			port, v6, tcp,
			(v6 ? 0 : RTE_MBUF_F_TX_IP_CKSUM) |
				(tcp ? RTE_MBUF_F_TX_TCP_CKSUM : RTE_MBUF_F_TX_UDP_CKSUM));
		const uint8_t *ip = port->m->wire[i].data + 14;

		assert_int_equal(igbiov_tx_prepare(port_txq(port), &m, 1), 1);
		assert_int_equal(transmit_one(port, m), 1);
		assert_int_equal(port->m->nb_wire, i + 1);
		if (v6) {
			assert_int_equal(rte_ipv6_udptcp_cksum_verify((const void *)ip, ip + 40),
					 0);
		} else {
			assert_int_equal(rte_raw_cksum(ip, 20), 0xFFFF);
			assert_int_equal(rte_ipv4_udptcp_cksum_verify((const void *)ip, ip + 20),
					 0);
		}
	}
}

#define TSO_MSS	    1000
#define TSO_PAYLOAD 3500

/* A TCP packet of TSO_PAYLOAD octets in mbufs of at most 1500, which asks to be cut. */
static struct rte_mbuf *
tso_packet(struct port *port, bool v6)
{
	struct rte_mbuf *m = ip_packet(port, v6, true,
				       RTE_MBUF_F_TX_TCP_SEG | (v6 ? 0 : RTE_MBUF_F_TX_IP_CKSUM));
	struct rte_mbuf *last = m;
	struct rte_tcp_hdr *tcp = rte_pktmbuf_mtod_offset(m, void *, m->l2_len + m->l3_len);
	uint32_t headers = m->l2_len + m->l3_len + sizeof(*tcp);

	tcp->sent_seq = rte_cpu_to_be_32(0xFFFFFF00u);
	tcp->tcp_flags = RTE_TCP_FIN_FLAG | RTE_TCP_PSH_FLAG | RTE_TCP_ACK_FLAG;
	tcp->data_off = sizeof(*tcp) / 4 << 4;
	m->l4_len = sizeof(*tcp);
	m->tso_segsz = TSO_MSS;
	rte_pktmbuf_trim(m, m->pkt_len - headers);
	for (uint32_t left = TSO_PAYLOAD; left > 0; left -= last->data_len) {
		last->next = packet(port, RTE_MIN(left, 1500u), left % 251);
		last = last->next;
		m->pkt_len += last->data_len;
		m->nb_segs++;
	}
	return m;
}

static void
a_long_packet_is_cut_into_frames_with_right_sums_and_numbers(void **state)
{
	struct port *port = *state;

	rings_start(port, RING);
	for (unsigned int v6 = 0; v6 < 2; v6++) {
		struct rte_mbuf *m = tso_packet(port, v6);
		uint32_t headers = m->l2_len + m->l3_len + m->l4_len;

		model_wire_clear(port->m);
		assert_int_equal(igbiov_tx_prepare(port_txq(port), &m, 1), 1);
		assert_int_equal(transmit_one(port, m), 1);
		assert_int_equal(port->m->nb_wire, 4);
		for (unsigned int i = 0; i < 4; i++) {
			const struct model_frame *f = &port->m->wire[i];
			const uint8_t *ip = f->data + 14;
			const struct rte_tcp_hdr *tcp = (const void *)(ip + (v6 ? 40 : 20));

			assert_int_equal(f->len, headers + (i < 3 ? 1000 : 500));
			assert_int_equal(rte_be_to_cpu_32(tcp->sent_seq), 0xFFFFFF00u + i * 1000);
			assert_int_equal(tcp->tcp_flags & RTE_TCP_FIN_FLAG, i == 3);
			if (v6) {
				assert_int_equal(
					rte_ipv6_udptcp_cksum_verify((const void *)ip, tcp), 0);
			} else {
				assert_int_equal(rte_raw_cksum(ip, 20), 0xFFFF);
				assert_int_equal(
					rte_ipv4_udptcp_cksum_verify((const void *)ip, tcp), 0);
			}
		}
	}
}

/* Each lie about a packet to be cut: refused by prepare, counted by a burst without it. */
static void
a_cut_that_the_chip_can_not_do_is_refused(void **state)
{
	struct port *port = *state;
	struct igbiov_txq *txq;

	rings_start(port, RING);
	txq = port_txq(port);
	for (unsigned int i = 0; i < 5; i++) {
		struct rte_mbuf *m = tso_packet(port, false);

		switch (i) {
		case 0:
			m->tso_segsz = 0;
			break;
		case 1:
			m->l4_len = 12;
			break;
		case 2:
			m->tso_segsz = IGBIOV_TX_MAX_LEN;
			break;
		case 3:
			m->l2_len = 0;
			break;
		default:
			m->pkt_len--;
			break;
		}
		assert_int_equal(igbiov_tx_prepare(txq, &m, 1), 0);
		assert_int_equal(rte_errno, EINVAL);
		assert_int_equal(transmit_one(port, m), 1);
		assert_int_equal(txq->stats.errors, i + 1);
		assert_int_equal(port->m->nb_wire, 0);
	}
}

static void
prepare_names_the_first_bad_packet_and_why(void **state)
{
	struct port *port = *state;
	struct rte_mbuf *pkts[3];

	rings_start(port, RING);
	pkts[0] = packet(port, LEN, 0);
	pkts[1] = chain(port, 41 * 30, 30, 2);
	pkts[2] = packet(port, LEN, 0);
	assert_int_equal(igbiov_tx_prepare(port_txq(port), pkts, 3), 1);
	assert_int_equal(rte_errno, EINVAL);
	pkts[2]->ol_flags = RTE_MBUF_F_TX_UDP_SEG;
	assert_int_equal(igbiov_tx_prepare(port_txq(port), pkts + 2, 1), 0);
	assert_int_equal(rte_errno, ENOTSUP);
	pkts[2]->ol_flags = 0;
	pkts[2]->pkt_len++;
	assert_int_equal(igbiov_tx_prepare(port_txq(port), pkts + 2, 1), 0);
	assert_int_equal(rte_errno, EINVAL);
	pkts[2]->pkt_len--;
	assert_int_equal(igbiov_tx_prepare(port_txq(port), pkts + 2, 1), 1);
	rte_pktmbuf_free_bulk(pkts, 3);
}

static void
descriptor_status_follows_the_marks(void **state)
{
	struct port *port = *state;
	struct igbiov_txq *txq;

	rings_start(port, RING);
	txq = port_txq(port);
	port->m->mute_tx = true;
	assert_int_equal(igbiov_tx_descriptor_status(txq, 0), RTE_ETH_TX_DESC_DONE);
	assert_int_equal(igbiov_tx_descriptor_status(txq, RING), -EINVAL);
	for (unsigned int i = 0; i < 32; i++)
		assert_int_equal(transmit_one(port, packet(port, LEN, i)), 1);
	/* Offset 0 is the next descriptor to fill; those in use lie at the ring's end. */
	assert_int_equal(igbiov_tx_descriptor_status(txq, 0), RTE_ETH_TX_DESC_DONE);
	assert_int_equal(igbiov_tx_descriptor_status(txq, RING - 32), RTE_ETH_TX_DESC_FULL);
	assert_int_equal(igbiov_tx_descriptor_status(txq, RING - 1), RTE_ETH_TX_DESC_FULL);
	assert_int_equal(igbiov_tx_descriptor_status(txq, RING - 33), RTE_ETH_TX_DESC_DONE);
	model_tx_run(port->m, 0, UINT32_MAX);
	assert_int_equal(igbiov_tx_descriptor_status(txq, RING - 32), RTE_ETH_TX_DESC_DONE);
	assert_int_equal(igbiov_tx_descriptor_status(txq, RING - 1), RTE_ETH_TX_DESC_DONE);
}

/* An indirect mbuf, and one that somebody else still holds, go back to their owners. */
static void
clones_and_shared_mbufs_go_back_to_their_owners(void **state)
{
	struct port *port = *state;
	struct rte_mbuf *m = packet(port, LEN, 3);
	struct rte_mbuf *clone = rte_pktmbuf_clone(m, port->pool);

	rings_start(port, RING);
	rte_mbuf_refcnt_update(m, 1);
	assert_int_equal(transmit_one(port, clone), 1);
	assert_int_equal(transmit_one(port, m), 1);
	wire_check(port, 0, LEN, 3);
	wire_check(port, 1, LEN, 3);
	igbiov_queues_stop(port->dev);
	assert_int_equal(rte_mbuf_refcnt_read(m), 1);
	rte_pktmbuf_free(m);
}

#define T(f) cmocka_unit_test_setup_teardown(f, port_setup, port_teardown)

int
main(void)
{
	const struct CMUnitTest tests[] = {
		T(a_packet_leaves_as_it_is),
		T(an_empty_burst_touches_no_register),
		T(one_tail_write_a_burst),
		T(segments_leave_as_one_frame),
		T(ring_wraps_many_times_without_loss_or_leak),
		T(full_ring_refuses_and_recovers),
		T(a_slow_chip_never_locks_the_ring_up),
		T(rs_is_asked_for_once_in_a_threshold),
		T(mbufs_are_freed_when_their_mark_is_done_and_not_before),
		T(done_cleanup_stops_at_the_count_asked_for),
		T(done_cleanup_counts_packets),
		T(empty_segments_are_left_out_and_freed),
		T(runts_are_padded),
		T(a_shared_runt_is_never_written_to),
		T(impossible_packets_are_dropped_and_counted),
		T(the_largest_packets_pass),
		T(a_burst_of_refused_packets_writes_no_tail),
		T(vlan_tag_is_inserted),
		T(a_ring_full_to_the_last_descriptor_is_not_overrun),
		T(a_context_is_sent_once_and_again_when_it_changes),
		T(a_context_is_sent_again_after_a_restart),
		T(checksums_on_the_wire_are_right),
		T(a_long_packet_is_cut_into_frames_with_right_sums_and_numbers),
		T(a_cut_that_the_chip_can_not_do_is_refused),
		T(prepare_names_the_first_bad_packet_and_why),
		T(descriptor_status_follows_the_marks),
		T(clones_and_shared_mbufs_go_back_to_their_owners),
	};

	return cmocka_run_group_tests_name("igbiov_tx", tests, eal_setup, NULL);
}
