/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) the igbiov authors
 */

#ifndef IGBIOV_TX_H
#define IGBIOV_TX_H

/**
 * @file
 * What the transmit bursts share: the scalar one and those by vectors.
 *
 * Nearly all packets are plain, single mbufs that ask for just what the one before
 * asked for. These are written at once; all others go through igbiov_tx_other().
 */

#include <string.h>

#include "igbiov_queue.h"

/** What makes the chip need a context. */
#define TX_CTX_FLAGS \
	(RTE_MBUF_F_TX_VLAN | RTE_MBUF_F_TX_IP_CKSUM | RTE_MBUF_F_TX_L4_MASK | \
	 RTE_MBUF_F_TX_TCP_SEG)
/** What it can't do. */
#define TX_UNKNOWN_FLAGS \
	(RTE_MBUF_F_TX_OFFLOAD_MASK & ~(TX_CTX_FLAGS | RTE_MBUF_F_TX_IPV4 | RTE_MBUF_F_TX_IPV6))
/** Packets of one kind agree in these; with the last two an mbuf isn't plain. */
#define TX_KIND_FLAGS \
	(TX_CTX_FLAGS | TX_UNKNOWN_FLAGS | RTE_MBUF_F_TX_IPV6 | RTE_MBUF_F_INDIRECT | \
	 RTE_MBUF_F_EXTERNAL)
/** And in these lengths of headers, l2_len and l3_len. */
#define TX_KIND_LENS RTE_GENMASK64(RTE_MBUF_L2_LEN_BITS + RTE_MBUF_L3_LEN_BITS - 1, 0)
/** A tag where vlan_tci is in its quarter of the mbuf, the latter half of that. */
#define TX_VLAN(tci) ((uint64_t)(tci) << 16)
static_assert(offsetof(struct rte_mbuf, vlan_tci) == offsetof(struct rte_mbuf, packet_type) + 10,
	      "TX_VLAN");
/** Always looked at, one by one. */
#define TX_ODD_FLAGS (RTE_MBUF_F_TX_TCP_SEG | RTE_MBUF_F_INDIRECT | RTE_MBUF_F_EXTERNAL)
/** Second half of a whole packet's descriptor that asks for nothing, lengths left out. */
#define TX_PLAIN_CMD (TXD_DTYP_DATA | TXD_CMD_DEXT | TXD_CMD_IFCS | TXD_CMD_EOP)
/** No mbuf's flags: after an odd packet nothing is of the last one's kind. */
#define TX_NO_KIND UINT64_MAX

/** rearm_data of an mbuf that nobody else holds and that is a whole packet. */
#define TX_SINGLE_MASK 0x0000FFFFFFFF0000ull
#define TX_SINGLE      0x0000000100010000ull
static_assert(offsetof(struct rte_mbuf, refcnt) == offsetof(struct rte_mbuf, rearm_data) + 2 &&
		      offsetof(struct rte_mbuf, nb_segs) ==
			      offsetof(struct rte_mbuf, rearm_data) + 4,
	      "refcnt and nb_segs are the middle of rearm_data");

enum igbiov_tx_verdict {
	IGBIOV_TX_WRITTEN,
	IGBIOV_TX_REFUSED, /**< Freed and counted: the chip can't send it. */
	IGBIOV_TX_FULL,	   /**< No room. */
};

/** Writes a packet of any kind, with a context if it needs one. */
enum igbiov_tx_verdict igbiov_tx_other(struct igbiov_txq *txq, struct rte_mbuf *m);

/* One segment, and one reference: as the vectors look at TX_SINGLE, in one comparison. */
static inline bool
tx_is_single(const struct rte_mbuf *m)
{
	uint32_t refcnt_segs;

	memcpy(&refcnt_segs, RTE_PTR_ADD(m, offsetof(struct rte_mbuf, refcnt)),
	       sizeof(refcnt_segs));
	return refcnt_segs == (uint32_t)(TX_SINGLE >> 16);
}

/*
 * May it go back to its pool without a look? An mbuf of one reference, handed to us,
 * is nobody else's: that can't change until we free it.
 */
static inline bool
tx_is_plain(const struct rte_mbuf *m)
{
	return tx_is_single(m) && !(m->ol_flags & (RTE_MBUF_F_INDIRECT | RTE_MBUF_F_EXTERNAL));
}

/* Does a packet ask for what the last one asked for, and has it all of the headers? */
static inline bool
tx_is_of_last_kind(const struct igbiov_txq *txq, const struct rte_mbuf *m)
{
	const struct igbiov_tx_kind *last = &txq->last;

	if (!tx_is_single(m) || m->pkt_len != m->data_len ||
	    m->pkt_len - last->min_len > last->more || (m->ol_flags & TX_KIND_FLAGS) != last->flags)
		return false;
	return last->flags == 0 || ((m->tx_offload & last->lens_mask) == last->lens &&
				    (TX_VLAN(m->vlan_tci) & last->vlan_mask) == last->vlan);
}

/* A new block, at the tail. */
static inline void
tx_open(struct igbiov_txq *txq)
{
	struct igbiov_tx_block *open = &txq->blocks[txq->block_tail & txq->block_mask];

	txq->open = open;
	open->nb_descs = 0;
	open->nb_mbufs = 0;
	open->nb_packets = 0;
}

/* The pool of a block's mbufs so far; with none yet, that of the first to come. */
static inline struct rte_mempool *
tx_pool(const struct igbiov_txq *txq, const struct rte_mbuf *m)
{
	return txq->open->nb_mbufs == 0 ? m->pool : txq->open->pool;
}

/* Ends a block: the chip tells when it is done with its last descriptor, a packet's end. */
static inline void
tx_close(struct igbiov_txq *txq)
{
	uint16_t last = (txq->next == 0 ? txq->nb_desc : txq->next) - 1;

	txq->ring[last].data.cmd_len |= rte_cpu_to_le_32(TXD_CMD_RS);
	txq->block_tail++;
	tx_open(txq);
}

/*
 * n packets have been written, a descriptor each, and as many mbufs, which may go back to the pool as
 * they are or have none; both rings had them side by side. Blocks end wherever they must.
 */
static inline void
tx_wrote(struct igbiov_txq *txq, struct rte_mempool *pool, unsigned int n)
{
	txq->nb_free -= n;
	txq->sw_next += n;
	if (txq->sw_next == txq->nb_desc)
		txq->sw_next = 0;
	do {
		struct igbiov_tx_block *open = txq->open;
		const unsigned int part = RTE_MIN(n, (unsigned int)txq->rs_thresh - open->nb_descs);

		open->pool = pool;
		open->nb_descs += part;
		open->nb_mbufs += part;
		open->nb_packets += part;
		txq->next += part;
		if (txq->next == txq->nb_desc)
			txq->next = 0;
		n -= part;
		if (open->nb_descs == txq->rs_thresh)
			tx_close(txq);
	} while (n != 0);
}

/** As tx_sent(), for a queue with head write-back. */
bool igbiov_tx_sent_by_head(const struct igbiov_txq *txq, uint32_t nb_descs);

/* Has the chip sent the oldest so many descriptors, at whose end there is an RS? */
static inline bool
tx_sent(const struct igbiov_txq *txq, uint32_t nb_descs)
{
	uint32_t last = txq->clean + nb_descs - 1;

	if (unlikely(txq->head != NULL))
		return igbiov_tx_sent_by_head(txq, nb_descs);
	if (last >= txq->nb_desc)
		last -= txq->nb_desc;
	return rte_le_to_cpu_32(txq->ring[last].wb.status) & TXD_STAT_DD;
}

/* As rte_mempool_put_bulk(), which knows neither our numbers nor this file's vectors. */
static inline void
tx_put(struct rte_mempool *pool, struct rte_mbuf *const *mbufs, unsigned int n)
{
	struct rte_mempool_cache *cache = rte_mempool_default_cache(pool, rte_lcore_id());
	void **place;

	if (unlikely(cache == NULL || cache->len + n > cache->flushthresh)) {
		rte_mempool_put_bulk(pool, (void *const *)mbufs, n);
		return;
	}
	place = &cache->objs[cache->len];
	cache->len += n;
	for (; n >= 16; n -= 16, mbufs += 16, place += 16)
		memcpy(place, mbufs, 16 * sizeof(*mbufs));
	for (unsigned int i = 0; i < n; i++)
		place[i] = mbufs[i];
}

/* Gives back n mbufs that lie side by side; to their pool as they are, if they may. */
static inline void
tx_free(struct rte_mempool *pool, struct rte_mbuf **mbufs, unsigned int n)
{
	if (likely(pool != NULL)) {
		tx_put(pool, mbufs, n);
		return;
	}
	for (unsigned int i = 0; i < n; i++)
		rte_pktmbuf_free_seg(mbufs[i]);
}

/* Frees the oldest block; false if the chip isn't done with it. */
static inline bool
tx_clean_one(struct igbiov_txq *txq)
{
	const struct igbiov_tx_block *block = &txq->blocks[txq->block_head & txq->block_mask];
	const unsigned int descs = block->nb_descs, mbufs = block->nb_mbufs;
	struct rte_mempool *pool = block->pool;
	unsigned int place = txq->sw_clean, clean = txq->clean + descs;

	if (txq->block_head == txq->block_tail || !tx_sent(txq, descs))
		return false;
	txq->block_head++;
	txq->clean = clean >= txq->nb_desc ? clean - txq->nb_desc : clean;
	txq->nb_free += descs;
	if (likely(place + mbufs < txq->nb_desc)) {
		txq->sw_clean = place + mbufs;
		tx_free(pool, &txq->sw_ring[place], mbufs);
		return true;
	}
	txq->sw_clean = place + mbufs - txq->nb_desc;
	tx_free(pool, &txq->sw_ring[place], txq->nb_desc - place);
	tx_free(pool, txq->sw_ring, txq->sw_clean);
	return true;
}

/* Frees what the chip is done with while fewer descriptors than so many are free. */
static inline void
tx_clean(struct igbiov_txq *txq, int least)
{
	while (txq->nb_free < least && tx_clean_one(txq))
		;
}

#endif /* IGBIOV_TX_H */
