/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) the igbiov authors
 */

#include <rte_ethdev.h>
#include <rte_prefetch.h>

#include "igbiov_queue.h"

/* Packet type by bits 10:4 of the descriptor's info: IPv4, +ext, IPv6, +ext, TCP, UDP, SCTP. */
static uint32_t ptype_of[RXD_INFO_PTYPE_MASK + 1];
/* Checksum flags by UDPCS, L4CS, IPCS (status 6:4) and L4E, IPE (30:29). */
static uint64_t cksum_flags_of[32];

static uint32_t
ptype_make(unsigned int bits)
{
	uint32_t l3[] = { RTE_PTYPE_L3_IPV4, RTE_PTYPE_L3_IPV4_EXT, RTE_PTYPE_L3_IPV6,
			  RTE_PTYPE_L3_IPV6_EXT };
	uint32_t l4[] = { RTE_PTYPE_L4_TCP, RTE_PTYPE_L4_UDP, RTE_PTYPE_L4_SCTP };
	uint32_t ptype = RTE_PTYPE_L2_ETHER;

	/* Both versions at once: IPv6 in IPv4, and the rest tells of the inner one. */
	if ((bits & 3) && (bits & 12)) {
		ptype |= (bits & 2 ? l3[1] : l3[0]) | RTE_PTYPE_TUNNEL_IP;
		ptype |= bits & 8 ? RTE_PTYPE_INNER_L3_IPV6_EXT : RTE_PTYPE_INNER_L3_IPV6;
		if (bits & 16)
			ptype |= RTE_PTYPE_INNER_L4_TCP;
		else if (bits & 32)
			ptype |= RTE_PTYPE_INNER_L4_UDP;
		return ptype;
	}
	for (int i = 3; i >= 0; i--) {
		if (bits & (1u << i)) {
			ptype |= l3[i];
			break;
		}
	}
	for (int i = 0; i < 3; i++)
		if (bits & (16u << i))
			return ptype | l4[i];
	return ptype;
}

RTE_INIT(igbiov_rx_tables)
{
	for (unsigned int i = 0; i < RTE_DIM(ptype_of); i++)
		ptype_of[i] = ptype_make(i);
	for (unsigned int i = 0; i < RTE_DIM(cksum_flags_of); i++) {
		uint64_t flags = 0;

		if (i & 4)
			flags |= i & 16 ? RTE_MBUF_F_RX_IP_CKSUM_BAD : RTE_MBUF_F_RX_IP_CKSUM_GOOD;
		if (i & 3)
			flags |= i & 8 ? RTE_MBUF_F_RX_L4_CKSUM_BAD : RTE_MBUF_F_RX_L4_CKSUM_GOOD;
		cksum_flags_of[i] = flags;
	}
}

static inline uint32_t
rx_ptype(uint16_t info)
{
	/* The type field is a filter's number then. */
	if (unlikely(info & RXD_INFO_ETQF))
		return RTE_PTYPE_L2_ETHER;
	return ptype_of[(info >> RXD_INFO_PTYPE_SHIFT) & RXD_INFO_PTYPE_MASK];
}

static inline uint64_t
rx_flags(uint16_t info, uint32_t status)
{
	uint64_t flags = cksum_flags_of[((status >> 4) & 7) | ((status >> 26) & 0x18)];

	/* VP says that a tag was taken out: without stripping it stays 0. */
	if (status & RXD_STAT_VP)
		flags |= RTE_MBUF_F_RX_VLAN | RTE_MBUF_F_RX_VLAN_STRIPPED;
	if (info & RXD_INFO_RSS_TYPE)
		flags |= RTE_MBUF_F_RX_RSS_HASH;
	return flags;
}

/* What the descriptor of a frame's last buffer says of the whole frame. */
static inline void
rx_describe(struct rte_mbuf *m, const volatile union igbiov_rx_desc *desc, uint32_t status)
{
	uint16_t info = rte_le_to_cpu_16(desc->wb.info);

	m->packet_type = rx_ptype(info);
	m->ol_flags = rx_flags(info, status);
	m->vlan_tci = rte_le_to_cpu_16(desc->wb.vlan);
	m->hash.rss = rte_le_to_cpu_32(desc->wb.rss);
}

void
igbiov_rxq_refill(struct igbiov_rxq *rxq)
{
	bool moved = false;

	while (rxq->nb_hold >= rxq->free_thresh) {
		struct rte_mbuf **slot = &rxq->sw_ring[rxq->refill];
		volatile union igbiov_rx_desc *desc = &rxq->ring[rxq->refill];

		if (unlikely(rte_mempool_get_bulk(rxq->pool, (void **)slot, rxq->free_thresh) !=
			     0)) {
			/* Nothing is lost: the chip stops at the tail, and the next poll tries again. */
			rxq->alloc_failed += rxq->free_thresh;
			break;
		}
		for (uint16_t i = 0; i < rxq->free_thresh; i++) {
			desc[i].read.addr = rte_cpu_to_le_64(rte_mbuf_data_iova_default(slot[i]));
			desc[i].read.hdr_addr = 0;
		}
		rxq->refill += rxq->free_thresh;
		if (rxq->refill == rxq->nb_desc)
			rxq->refill = 0;
		rxq->nb_hold -= rxq->free_thresh;
		moved = true;
	}
	/* One short of the first empty one, so that a full ring doesn't look empty. */
	if (moved)
		igbiov_wr_tail(rxq->tail_reg, (rxq->refill + rxq->nb_desc - 1) % rxq->nb_desc);
}

static inline uint32_t
rx_status(const volatile union igbiov_rx_desc *desc)
{
	return rte_le_to_cpu_32(desc->wb.status);
}

/* Takes the mbuf behind the next descriptor; its fields are those of a fresh one. */
static inline struct rte_mbuf *
rx_take(struct igbiov_rxq *rxq, uint16_t len)
{
	struct rte_mbuf *m = rxq->sw_ring[rxq->next];

	m->rearm_data[0] = rxq->mbuf_init;
	m->data_len = len;
	m->pkt_len = len;
	if (++rxq->next == rxq->nb_desc)
		rxq->next = 0;
	rxq->nb_hold++;
	return m;
}

uint16_t
igbiov_rx_burst(void *queue, struct rte_mbuf **pkts, uint16_t nb_pkts)
{
	struct igbiov_rxq *rxq = queue;
	uint64_t bytes = 0;
	uint16_t nb_rx = 0;

	while (nb_rx < nb_pkts && rxq->nb_hold < rxq->nb_desc) {
		const volatile union igbiov_rx_desc *desc = &rxq->ring[rxq->next];
		uint32_t status = rx_status(desc);
		struct rte_mbuf *m;

		if (!(status & RXD_STAT_DD))
			break;
		/* The rest of the write-back is read after DD was seen set. */
		rte_io_rmb();
		m = rx_take(rxq, rte_le_to_cpu_16(desc->wb.len));
		if (unlikely(!(status & RXD_STAT_EOP) || rxq->drop_rest)) {
			/* Longer than a buffer, which start ruled out: a peer broke the limit. */
			rxq->stats.errors += !rxq->drop_rest;
			rxq->drop_rest = !(status & RXD_STAT_EOP);
			rte_pktmbuf_free_seg(m);
			continue;
		}
		rx_describe(m, desc, status);
		bytes += m->pkt_len;
		pkts[nb_rx++] = m;
	}
	rxq->stats.packets += nb_rx;
	rxq->stats.bytes += bytes;
	igbiov_rxq_refill(rxq);
	return nb_rx;
}

/* Appends a buffer to the frame under way; true when the frame is whole. */
static inline bool
rx_gather(struct igbiov_rxq *rxq, struct rte_mbuf *m, uint32_t status)
{
	if (rxq->first == NULL) {
		rxq->first = m;
	} else {
		rxq->first->nb_segs++;
		rxq->first->pkt_len += m->data_len;
		rxq->last->next = m;
	}
	rxq->last = m;
	return status & RXD_STAT_EOP;
}

uint16_t
igbiov_rx_burst_scattered(void *queue, struct rte_mbuf **pkts, uint16_t nb_pkts)
{
	struct igbiov_rxq *rxq = queue;
	uint64_t bytes = 0;
	uint16_t nb_rx = 0;

	while (nb_rx < nb_pkts && rxq->nb_hold < rxq->nb_desc) {
		const volatile union igbiov_rx_desc *desc = &rxq->ring[rxq->next];
		uint32_t status = rx_status(desc);
		struct rte_mbuf *m;

		if (!(status & RXD_STAT_DD))
			break;
		rte_io_rmb();
		m = rx_take(rxq, rte_le_to_cpu_16(desc->wb.len));
		if (!rx_gather(rxq, m, status))
			continue;
		m = rxq->first;
		rxq->first = NULL;
		rx_describe(m, desc, status);
		bytes += m->pkt_len;
		pkts[nb_rx++] = m;
	}
	rxq->stats.packets += nb_rx;
	rxq->stats.bytes += bytes;
	igbiov_rxq_refill(rxq);
	return nb_rx;
}

int
igbiov_rx_descriptor_status(void *queue, uint16_t offset)
{
	struct igbiov_rxq *rxq = queue;
	uint32_t index;

	if (offset >= rxq->nb_desc)
		return -EINVAL;
	if (offset >= rxq->nb_desc - rxq->nb_hold)
		return RTE_ETH_RX_DESC_UNAVAIL;
	index = (rxq->next + offset) % rxq->nb_desc;
	return rx_status(&rxq->ring[index]) & RXD_STAT_DD ? RTE_ETH_RX_DESC_DONE
							  : RTE_ETH_RX_DESC_AVAIL;
}

uint32_t
igbiov_rx_queue_count(void *queue)
{
	struct igbiov_rxq *rxq = queue;
	uint32_t limit = rxq->nb_desc - rxq->nb_hold;
	uint32_t count = 0;

	while (count < limit &&
	       (rx_status(&rxq->ring[(rxq->next + count) % rxq->nb_desc]) & RXD_STAT_DD))
		count++;
	return count;
}
