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

/* A segment without octets gets no descriptor, and its packet is one all the same. */
static void
done_cleanup_counts_packets_that_end_in_nothing(void **state)
{
	struct port *port = *state;

	rings_start(port, RING);
	port->m->mute_tx = true;
	for (unsigned int i = 0; i < 32; i++) {
		struct rte_mbuf *m = packet(port, LEN, i);

		assert_int_equal(rte_pktmbuf_chain(m, packet(port, 0, 0)), 0);
		assert_int_equal(transmit_one(port, m), 1);
	}
	model_tx_run(port->m, 0, UINT32_MAX);
	assert_int_equal(igbiov_tx_done_cleanup(port_txq(port), 31), 0);
	assert_int_equal(igbiov_tx_done_cleanup(port_txq(port), 0), 32);
}

static void
a_short_packet_whose_buffer_is_shared_is_not_padded(void **state)
{
	struct port *port = *state;
	struct rte_mbuf *whole, *head;
	uint8_t before[LEN];

	rings_start(port, RING);
	whole = packet(port, LEN, 5);
	memcpy(before, rte_pktmbuf_mtod(whole, void *), LEN);
	head = rte_pktmbuf_clone(whole, port->pool);
	assert_int_equal(rte_pktmbuf_trim(head, LEN - 14), 0);
	assert_int_equal(transmit_one(port, head), 1);
	assert_int_equal(port_txq(port)->stats.errors, 1);
	assert_memory_equal(rte_pktmbuf_mtod(whole, void *), before, LEN);
	rte_pktmbuf_free(whole);
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

/* What the chip would send with wrong sums, and doesn't notice. */
static void
prepare_refuses_headers_that_it_is_told_too_little_of(void **state)
{
	const uint64_t sums = RTE_MBUF_F_TX_IP_CKSUM | RTE_MBUF_F_TX_TCP_CKSUM;
	struct port *port = *state;
	struct igbiov_txq *txq;

	rings_start(port, RING);
	txq = port_txq(port);
	for (unsigned int i = 0; i < 5; i++) {
		struct rte_mbuf *m = i < 3 ? ip_packet(port, false, true, sums)
					   : tso_packet(port, false);
		int why = EINVAL;

		switch (i) {
		case 0:
			m->ol_flags = sums;
			break;
		case 1:
			m->ol_flags = RTE_MBUF_F_TX_IP_CKSUM;
			break;
		case 2: /* the TCP header in a segment of its own */
			rte_pktmbuf_trim(m, m->pkt_len - 34);
			assert_int_equal(rte_pktmbuf_chain(m, packet(port, 53, 0)), 0);
			why = ENOTSUP;
			break;
		case 3:
			m->ol_flags &= ~RTE_MBUF_F_TX_IP_CKSUM;
			break;
		default:
			m->data_len -= 20;
			m->next->data_len += 20;
			why = ENOTSUP;
			break;
		}
		assert_int_equal(igbiov_tx_prepare(txq, &m, 1), 0);
		assert_int_equal(rte_errno, why);
		rte_pktmbuf_free(m);
	}
}

/* What prepare refuses a burst refuses, too, and counts. */
static void
a_burst_without_prepare_sends_nothing_that_it_would_refuse(void **state)
{
	struct port *port = *state;
	struct igbiov_txq *txq;
	unsigned int refused = 0;

	rings_start(port, RING);
	txq = port_txq(port);
	for (unsigned int i = 0; i < 5; i++) {
		struct rte_mbuf *m = packet(port, LEN, 0);
		int why = ENOTSUP;

		/* A packet of the kind that the bad one might be taken for. */
		assert_int_equal(transmit_one(port, packet(port, LEN, 1)), 1);
		switch (i) {
		case 0:
			m->ol_flags = RTE_MBUF_F_TX_UDP_SEG;
			break;
		case 1:
			m->ol_flags = RTE_MBUF_F_TX_QINQ;
			break;
		case 2:
			m->ol_flags = RTE_MBUF_F_TX_TUNNEL_VXLAN;
			break;
		case 3: /* whole with the tag, but not for the chip */
			rte_pktmbuf_free(m);
			m = chain(port, IGBIOV_TX_MAX_LEN - 3, 1000, 0);
			m->ol_flags = RTE_MBUF_F_TX_VLAN;
			why = EINVAL;
			break;
		default: /* too short, and nobody may lengthen it */
			rte_pktmbuf_trim(m, LEN - 8);
			assert_int_equal(rte_pktmbuf_chain(m, packet(port, 8, 0)), 0);
			why = EINVAL;
			break;
		}
		assert_int_equal(igbiov_tx_prepare(txq, &m, 1), 0);
		assert_int_equal(rte_errno, why);
		assert_int_equal(transmit_one(port, m), 1);
		assert_int_equal(txq->stats.errors, ++refused);
	}
	assert_int_equal(port->m->nb_wire, 5);
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
	assert_int_equal(igbiov_tx_queue_count(txq), 0);
	for (unsigned int i = 0; i < 32; i++)
		assert_int_equal(transmit_one(port, packet(port, LEN, i)), 1);
	assert_int_equal(igbiov_tx_queue_count(txq), 32);
	/* Offset 0 is the next descriptor to fill; those in use lie at the ring's end. */
	assert_int_equal(igbiov_tx_descriptor_status(txq, 0), RTE_ETH_TX_DESC_DONE);
	assert_int_equal(igbiov_tx_descriptor_status(txq, RING - 32), RTE_ETH_TX_DESC_FULL);
	assert_int_equal(igbiov_tx_descriptor_status(txq, RING - 1), RTE_ETH_TX_DESC_FULL);
	assert_int_equal(igbiov_tx_descriptor_status(txq, RING - 33), RTE_ETH_TX_DESC_DONE);
	model_tx_run(port->m, 0, UINT32_MAX);
	assert_int_equal(igbiov_tx_descriptor_status(txq, RING - 32), RTE_ETH_TX_DESC_DONE);
	assert_int_equal(igbiov_tx_descriptor_status(txq, RING - 1), RTE_ETH_TX_DESC_DONE);
	igbiov_queues_stop(port->dev);
	assert_int_equal(igbiov_tx_queue_count(txq), 0);
}

#define T(f) cmocka_unit_test_setup_teardown(f, port_setup, port_teardown)

int
main(void)
{
	const struct CMUnitTest tests[] = {
		T(mbufs_are_freed_when_their_mark_is_done_and_not_before),
		T(done_cleanup_stops_at_the_count_asked_for),
		T(done_cleanup_counts_packets),
		T(done_cleanup_counts_packets_that_end_in_nothing),
		T(a_short_packet_whose_buffer_is_shared_is_not_padded),
		T(checksums_on_the_wire_are_right),
		T(a_long_packet_is_cut_into_frames_with_right_sums_and_numbers),
		T(a_cut_that_the_chip_can_not_do_is_refused),
		T(prepare_refuses_headers_that_it_is_told_too_little_of),
		T(a_burst_without_prepare_sends_nothing_that_it_would_refuse),
		T(prepare_names_the_first_bad_packet_and_why),
		T(descriptor_status_follows_the_marks),
	};

	return cmocka_run_group_tests_name("igbiov_tx", tests, eal_setup, NULL);
}
