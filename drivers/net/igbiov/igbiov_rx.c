/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) the igbiov authors
 */

#include <string.h>

#include <emmintrin.h>

#include <rte_ethdev.h>

#include "igbiov_queue.h"
#include "igbiov_rx.h"

/* Packet type by bits 10:4 of the descriptor's info: IPv4, +ext, IPv6, +ext, TCP, UDP, SCTP. */
static uint32_t ptype_of[RXD_INFO_PTYPE_MASK + 1];
/* Flags by VP, UDPCS, L4CS, IPCS (status 6:3) and L4E, IPE (30:29). */
static uint64_t flags_of[64];

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

RTE_INIT(igbiov_rx_tables_fill)
{
	for (unsigned int i = 0; i < RTE_DIM(ptype_of); i++)
		ptype_of[i] = ptype_make(i);
	for (unsigned int i = 0; i < RTE_DIM(flags_of); i++) {
		uint64_t flags = 0;

		/* VP says that a tag was taken out: without stripping it stays 0. */
		if (i & 1)
			flags |= RTE_MBUF_F_RX_VLAN | RTE_MBUF_F_RX_VLAN_STRIPPED;
		if (i & 8)
			flags |= i & 32 ? RTE_MBUF_F_RX_IP_CKSUM_BAD : RTE_MBUF_F_RX_IP_CKSUM_GOOD;
		if (i & 6)
			flags |= i & 16 ? RTE_MBUF_F_RX_L4_CKSUM_BAD : RTE_MBUF_F_RX_L4_CKSUM_GOOD;
		flags_of[i] = flags;
	}
}

/* A descriptor that is written back, by halves. */
struct rx_wb {
	uint64_t low;  /* info, header length, hash */
	uint64_t high; /* status, length, VLAN tag */
};

static inline uint64_t
rx_high(const volatile union igbiov_rx_desc *desc)
{
	return rte_le_to_cpu_64(((const volatile uint64_t *)desc)[1]);
}

/* After DD was seen set in the other half. */
static inline uint64_t
rx_low(const volatile union igbiov_rx_desc *desc)
{
	rte_io_rmb();
	return rte_le_to_cpu_64(*(const volatile uint64_t *)desc);
}

/* False while the chip hasn't written it back. */
static inline bool
rx_read(const volatile union igbiov_rx_desc *desc, struct rx_wb *wb)
{
	wb->high = rx_high(desc);
	if (!(wb->high & RXD_STAT_DD))
		return false;
	wb->low = rx_low(desc);
	return true;
}

static inline uint16_t
rx_len(const struct rx_wb *wb)
{
	return wb->high >> 32;
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
	uint64_t flags = flags_of[(status >> 3 & 0xF) | (status >> 25 & 0x30)];

	return info & RXD_INFO_RSS_TYPE ? flags | RTE_MBUF_F_RX_RSS_HASH : flags;
}

/* What the descriptor of a frame's last buffer says of the whole frame. */
static inline void
rx_describe(const struct igbiov_rxq *rxq, struct rte_mbuf *m, const struct rx_wb *wb)
{
	m->ol_flags = rxq->flags_init | rx_flags(wb->low, wb->high);
	m->packet_type = rx_ptype(wb->low);
	m->vlan_tci = wb->high >> 48;
	m->hash.rss = wb->low >> 32;
}

static_assert(offsetof(struct rte_mbuf, pkt_len) == offsetof(struct rte_mbuf, packet_type) + 4 &&
		      offsetof(struct rte_mbuf, vlan_tci) ==
			      offsetof(struct rte_mbuf, data_len) + 2,
	      "two fields are one store");

/* The same of a frame in one buffer, with its lengths. */
static inline void
rx_describe_all(const struct igbiov_rxq *rxq, struct rte_mbuf *m, const struct rx_wb *wb)
{
	const uint64_t type_len = rx_ptype(wb->low) | (uint64_t)rx_len(wb) << 32;
	const uint32_t len_tag = wb->high >> 32;

	m->ol_flags = rxq->flags_init | rx_flags(wb->low, wb->high);
	memcpy(&m->packet_type, &type_len, sizeof(type_len));
	memcpy(&m->data_len, &len_tag, sizeof(len_tag));
	m->hash.rss = wb->low >> 32;
}

void
igbiov_rx_describe(const struct igbiov_rxq *rxq, struct rte_mbuf *m,
		   const volatile union igbiov_rx_desc *desc)
{
	struct rx_wb wb;

	if (rx_read(desc, &wb))
		rx_describe(rxq, m, &wb);
}

/* Arms two descriptors: where the frames of their mbufs begin, then a header address of 0. */
static inline void
rx_arm_pair(union igbiov_rx_desc *desc, struct rte_mbuf **slot, struct rte_mbuf *const *from,
	    __m128i distance)
{
	const __m128i two = _mm_loadu_si128((const __m128i *)from);
	const __m128i addresses = _mm_add_epi64(two, distance);

	_mm_storeu_si128((__m128i *)slot, two);
	_mm_store_si128((__m128i *)&desc[0], _mm_unpacklo_epi64(addresses, _mm_setzero_si128()));
	_mm_store_si128((__m128i *)&desc[1], _mm_unpackhi_epi64(addresses, _mm_setzero_si128()));
}

/* Puts n mbufs that lie at `from`, which may be their place already, behind the next descriptors. */
static void
rx_arm(struct igbiov_rxq *rxq, struct rte_mbuf *const *from, unsigned int n)
{
	/* The stores are plain: igbiov_wr_tail() orders them before the chip hears of them. */
	union igbiov_rx_desc *desc = (union igbiov_rx_desc *)(uintptr_t)&rxq->ring[rxq->refill];
	struct rte_mbuf **slot = &rxq->sw_ring[rxq->refill];
	const __m128i distance = _mm_set1_epi64x(rxq->data_distance);
	unsigned int i = 0;

	if (likely(rxq->data_distance != 0)) {
		for (; i + 4 <= n; i += 4) {
			rx_arm_pair(&desc[i], &slot[i], &from[i], distance);
			rx_arm_pair(&desc[i + 2], &slot[i + 2], &from[i + 2], distance);
		}
	}
	for (; i < n; i++) {
		slot[i] = from[i];
		desc[i].read.addr = rte_cpu_to_le_64(rte_mbuf_data_iova_default(slot[i]));
		desc[i].read.hdr_addr = 0;
	}
}

void
igbiov_rxq_refill(struct igbiov_rxq *rxq)
{
	bool moved = false;

	while (rxq->nb_hold >= rxq->free_thresh) {
		/* Recycled mbufs may have left it anywhere. */
		const uint16_t n = RTE_MIN(rxq->free_thresh, rxq->nb_desc - rxq->refill);
		struct rte_mbuf **from = rx_take_cached(rxq, n);

		if (unlikely(from == NULL)) {
			from = &rxq->sw_ring[rxq->refill];
			if (rte_mempool_get_bulk(rxq->pool, (void **)from, n) != 0) {
				/* Nothing is lost: the chip stops at the tail, and the next poll tries again. */
				rxq->alloc_failed += n;
				break;
			}
		}
		rx_arm(rxq, from, n);
		rxq->refill += n;
		if (rxq->refill == rxq->nb_desc)
			rxq->refill = 0;
		rxq->nb_hold -= n;
		moved = true;
	}
	/* One short of the first empty one, so that a full ring doesn't look empty. */
	if (moved)
		igbiov_wr_tail(rxq->tail_reg, (rxq->refill == 0 ? rxq->nb_desc : rxq->refill) - 1);
}

static inline uint32_t
rx_status(const volatile union igbiov_rx_desc *desc)
{
	return rte_le_to_cpu_32(desc->wb.status);
}

/* Longer than a buffer, which start ruled out: a peer broke the limit, or a descriptor lies. Or what follows. */
static __rte_noinline void
rx_drop(struct igbiov_rxq *rxq, struct rte_mbuf *m, const struct rx_wb *wb)
{
	rxq->stats.errors += !rxq->drop_rest;
	rxq->drop_rest = !(wb->high & RXD_STAT_EOP);
	rte_pktmbuf_free_seg(m);
}

#define WHOLE (RXD_STAT_DD | RXD_STAT_EOP)

/* What a whole frame's status has of WHOLE; none has it while a frame's rest is dropped. */
static inline uint32_t
rx_whole(const struct igbiov_rxq *rxq)
{
	return rxq->drop_rest ? UINT32_MAX : WHOLE;
}

static __rte_noinline uint16_t
rx_some(struct igbiov_rxq *rxq, struct rte_mbuf **pkts, uint16_t nb_pkts)
{
	const volatile union igbiov_rx_desc *ring = rxq->ring;
	struct rte_mbuf **sw_ring = rxq->sw_ring;
	const unsigned int nb_desc = rxq->nb_desc, filled = nb_desc - rxq->nb_hold;
	const uint64_t init = rxq->mbuf_init;
	const uint32_t max_len = rxq->max_len[0];
	unsigned int next = rxq->next, limit = RTE_MIN(nb_pkts, filled);
	unsigned int nb_rx = 0, dropped = 0;
	uint32_t whole = rx_whole(rxq);
	uint64_t bytes = 0;
	struct rx_wb wb;

	while (nb_rx < limit) {
		struct rte_mbuf *m = sw_ring[next];

		wb.high = rx_high(&ring[next]);
		if (unlikely((wb.high & WHOLE) != whole || rx_len(&wb) > max_len)) {
			if (!(wb.high & RXD_STAT_DD))
				break;
			m->rearm_data[0] = init;
			rx_drop(rxq, m, &wb);
			whole = rx_whole(rxq);
			dropped++;
			limit = RTE_MIN(nb_pkts, filled - dropped);
		} else {
			wb.low = rx_low(&ring[next]);
			m->rearm_data[0] = init;
			rx_describe_all(rxq, m, &wb);
			bytes += rx_len(&wb);
			pkts[nb_rx++] = m;
		}
		if (++next == nb_desc)
			next = 0;
	}
	rxq->next = next;
	rxq->nb_hold += nb_rx + dropped;
	rxq->stats.packets += nb_rx;
	rxq->stats.bytes += bytes;
	if (rxq->nb_hold >= rxq->free_thresh)
		igbiov_rxq_refill(rxq);
	return nb_rx;
}

unsigned int
igbiov_rx_expel(struct igbiov_rxq *rxq, struct rte_mbuf **pkts, unsigned int n)
{
	unsigned int kept = 0;

	for (unsigned int i = 0; i < n; i++) {
		struct rte_mbuf *m = pkts[i];

		if (m->data_len <= rxq->max_len[0]) {
			pkts[kept++] = m;
			continue;
		}
		rxq->stats.errors++;
		rxq->stats.bytes -= m->data_len;
		rte_pktmbuf_free_seg(m);
	}
	return kept;
}

/* An empty poll has little to do, and does it without a frame on the stack. */
uint16_t
igbiov_rx_burst(void *queue, struct rte_mbuf **pkts, uint16_t nb_pkts)
{
	struct igbiov_rxq *rxq = queue;

	if (rx_high(&rxq->ring[rxq->next]) & RXD_STAT_DD)
		return rx_some(rxq, pkts, nb_pkts);
	if (unlikely(rxq->nb_hold >= rxq->free_thresh))
		igbiov_rxq_refill(rxq);
	return 0;
}

/* Takes the mbuf behind the next descriptor. */
static inline struct rte_mbuf *
rx_take(struct igbiov_rxq *rxq)
{
	struct rte_mbuf *m = rxq->sw_ring[rxq->next];

	if (++rxq->next == rxq->nb_desc)
		rxq->next = 0;
	rxq->nb_hold++;
	return m;
}

/*
 * Appends a buffer to the frame under way; true when the frame is whole. One that goes on
 * beyond what any frame needs is dropped: then no descriptor can make nb_segs wrap.
 */
static inline bool
rx_gather(struct igbiov_rxq *rxq, struct rte_mbuf *m, uint64_t status)
{
	if (rxq->first == NULL) {
		rxq->first = m;
	} else if (likely(rxq->first->nb_segs < IGBIOV_RX_MAX_SEGS)) {
		rxq->first->nb_segs++;
		rxq->first->pkt_len += m->data_len;
		rxq->last->next = m;
	} else {
		rte_pktmbuf_free(rxq->first);
		rte_pktmbuf_free_seg(m);
		rxq->first = NULL;
		rxq->stats.errors++;
		rxq->drop_rest = !(status & RXD_STAT_EOP);
		return false;
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
	struct rx_wb wb;

	while (nb_rx < nb_pkts && rxq->nb_hold < rxq->nb_desc &&
	       rx_read(&rxq->ring[rxq->next], &wb)) {
		struct rte_mbuf *m = rx_take(rxq);

		m->rearm_data[0] = rxq->mbuf_init;
		m->pkt_len = rx_len(&wb);
		m->data_len = rx_len(&wb);
		if (unlikely(rxq->drop_rest)) {
			rxq->drop_rest = !(wb.high & RXD_STAT_EOP);
			rte_pktmbuf_free_seg(m);
			continue;
		}
		if (unlikely(rx_len(&wb) > rxq->max_len[0])) {
			rte_pktmbuf_free(rxq->first);
			rxq->first = NULL;
			rx_drop(rxq, m, &wb);
			continue;
		}
		if (!rx_gather(rxq, m, wb.high))
			continue;
		m = rxq->first;
		rxq->first = NULL;
		rx_describe(rxq, m, &wb);
		bytes += m->pkt_len;
		pkts[nb_rx++] = m;
	}
	rxq->stats.packets += nb_rx;
	rxq->stats.bytes += bytes;
	if (rxq->nb_hold >= rxq->free_thresh)
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
