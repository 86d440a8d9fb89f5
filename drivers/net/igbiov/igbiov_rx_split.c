/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) the igbiov authors
 */

/*
 * The receive burst of ports with header split: a descriptor has two buffers, one for a frame's
 * headers and one for what follows. A frame that the chip doesn't split is in the second alone,
 * and a split one without payload in the first alone.
 */

#include <rte_ethdev.h>

#include "igbiov_queue.h"

/* mbufs that are asked for at once. */
#define CHUNK 64

/* What a descriptor says that was written back. */
struct written {
	uint16_t hdr_len, len; /* octets in its buffers */
	bool eop;
};

/* An mbuf for each place that lacks one. A place that has its own keeps it. */
static bool
fill(struct igbiov_rxq *rxq, struct rte_mempool *pool, struct rte_mbuf **slot, uint16_t n)
{
	struct rte_mbuf *fresh[CHUNK];
	uint16_t lacking = 0;

	for (uint16_t i = 0; i < n; i++)
		lacking += slot[i] == NULL;
	if (lacking == 0)
		return true;
	if (unlikely(rte_mempool_get_bulk(pool, (void **)fresh, lacking) != 0)) {
		rxq->alloc_failed += lacking;
		return false;
	}
	for (uint16_t i = 0; lacking > 0; i++)
		if (slot[i] == NULL)
			slot[i] = fresh[--lacking];
	return true;
}

static void
arm(struct igbiov_rxq *rxq, uint16_t first, uint16_t n)
{
	for (uint16_t i = first; i < first + n; i++) {
		volatile union igbiov_rx_desc *desc = &rxq->ring[i];

		desc->read.addr = rte_cpu_to_le_64(rte_mbuf_data_iova_default(rxq->sw_ring[i]));
		desc->read.hdr_addr = rte_cpu_to_le_64(
			rte_mbuf_data_iova_default(rxq->hdr_ring[i]));
	}
}

void
igbiov_rxq_refill_split(struct igbiov_rxq *rxq)
{
	struct rte_mempool *hdr_pool = rxq->segs[0].split.mp;
	bool moved = false;

	while (rxq->nb_hold > 0) {
		const uint16_t at = rxq->refill;
		const uint16_t most = RTE_MIN(rxq->nb_hold, RTE_MIN(rxq->free_thresh, CHUNK));
		const uint16_t n = RTE_MIN(most, rxq->nb_desc - at);

		/* Nothing is lost: what one pool gave stays in its places, and the next poll tries again. */
		if (!fill(rxq, hdr_pool, &rxq->hdr_ring[at], n) ||
		    !fill(rxq, rxq->pool, &rxq->sw_ring[at], n))
			break;
		arm(rxq, at, n);
		rxq->refill = at + n == rxq->nb_desc ? 0 : at + n;
		rxq->nb_hold -= n;
		moved = true;
	}
	/* One short of the first empty one, so that a full ring doesn't look empty. */
	if (moved)
		igbiov_wr_tail(rxq->tail_reg, (rxq->refill == 0 ? rxq->nb_desc : rxq->refill) - 1);
}

/* Octets of headers that the chip has split off: only a frame's first descriptor tells. */
static inline uint16_t
hdr_len(const struct igbiov_rxq *rxq, uint16_t hdr, uint32_t status)
{
	uint16_t len = hdr >> RXD_HDR_LEN_SHIFT & RXD_HDR_LEN_MASK;

	if (rxq->first != NULL || !(hdr & RXD_HDR_SPH) || status & RXD_ERR_HBO ||
	    len > rxq->hdr_size)
		return 0;
	return len;
}

/* False while the chip hasn't written it back. */
static inline bool
next_read(const struct igbiov_rxq *rxq, struct written *w)
{
	const volatile union igbiov_rx_desc *desc = &rxq->ring[rxq->next];
	uint32_t status = rte_le_to_cpu_32(desc->wb.status);

	if (!(status & RXD_STAT_DD))
		return false;
	/* The rest is read after DD was seen set. */
	rte_io_rmb();
	w->hdr_len = hdr_len(rxq, rte_le_to_cpu_16(desc->wb.hdr), status);
	w->len = rte_le_to_cpu_16(desc->wb.len);
	w->eop = status & RXD_STAT_EOP;
	return true;
}

/* Takes an mbuf to the frame under way; false if that has as many as any frame needs. */
static inline bool
append(struct igbiov_rxq *rxq, struct rte_mbuf **slot, uint16_t len)
{
	struct rte_mbuf *m = *slot;

	if (unlikely(rxq->first != NULL && rxq->first->nb_segs == IGBIOV_RX_MAX_SEGS))
		return false;
	m->rearm_data[0] = rxq->mbuf_init;
	m->data_len = len;
	m->pkt_len = len;
	if (rxq->first == NULL) {
		rxq->first = m;
	} else {
		rxq->first->nb_segs++;
		rxq->first->pkt_len += len;
		rxq->last->next = m;
	}
	rxq->last = m;
	*slot = NULL;
	return true;
}

/* Takes what a descriptor's buffers hold; false if its frame is none, and has been dropped. */
static inline bool
gather(struct igbiov_rxq *rxq, uint16_t i, const struct written *w)
{
	bool fits = w->len <= rxq->buf_size;

	if (fits && w->hdr_len != 0)
		fits = append(rxq, &rxq->hdr_ring[i], w->hdr_len);
	if (fits && w->len != 0)
		fits = append(rxq, &rxq->sw_ring[i], w->len);
	if (likely(fits && rxq->first != NULL))
		return true;
	rte_pktmbuf_free(rxq->first);
	rxq->first = NULL;
	rxq->stats.errors++;
	return false;
}

static inline void
describe(const struct igbiov_rxq *rxq, struct rte_mbuf *m, uint16_t i)
{
	/* Whose room it is in its pool has told, and either pool may have been the one. */
	const uint64_t room = m->ol_flags & RTE_MBUF_F_EXTERNAL;

	igbiov_rx_describe(rxq, m, &rxq->ring[i]);
	m->ol_flags = (m->ol_flags & ~RTE_MBUF_F_EXTERNAL) | room;
}

uint16_t
igbiov_rx_burst_split(void *queue, struct rte_mbuf **pkts, uint16_t nb_pkts)
{
	struct igbiov_rxq *rxq = queue;
	uint64_t bytes = 0;
	uint16_t nb_rx = 0;
	struct written w;

	if (rxq->hdr_ring == NULL)
		return igbiov_rx_burst_scattered(queue, pkts, nb_pkts);
	while (nb_rx < nb_pkts && rxq->nb_hold < rxq->nb_desc && next_read(rxq, &w)) {
		const uint16_t i = rxq->next;
		struct rte_mbuf *m;

		rxq->next = i + 1 == rxq->nb_desc ? 0 : i + 1;
		rxq->nb_hold++;
		if (unlikely(rxq->drop_rest || !gather(rxq, i, &w))) {
			rxq->drop_rest = !w.eop;
			continue;
		}
		if (!w.eop)
			continue;
		m = rxq->first;
		rxq->first = NULL;
		describe(rxq, m, i);
		bytes += m->pkt_len;
		pkts[nb_rx++] = m;
	}
	rxq->stats.packets += nb_rx;
	rxq->stats.bytes += bytes;
	if (rxq->nb_hold >= rxq->free_thresh)
		igbiov_rxq_refill_split(rxq);
	return nb_rx;
}
