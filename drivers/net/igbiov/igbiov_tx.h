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
/** Packets of one kind agree in these; with the last two an mbuf isn't plain. */
#define TX_KIND_FLAGS \
	(TX_CTX_FLAGS | RTE_MBUF_F_TX_IPV6 | RTE_MBUF_F_INDIRECT | RTE_MBUF_F_EXTERNAL)
/** And in these lengths of headers, l2_len and l3_len. */
#define TX_KIND_LENS RTE_GENMASK64(RTE_MBUF_L2_LEN_BITS + RTE_MBUF_L3_LEN_BITS - 1, 0)
/** Always looked at, one by one. */
#define TX_ODD_FLAGS (RTE_MBUF_F_TX_TCP_SEG | RTE_MBUF_F_INDIRECT | RTE_MBUF_F_EXTERNAL)
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

/** Frees what the chip is done with while fewer descriptors than wished are free. */
void igbiov_tx_clean(struct igbiov_txq *txq);

/*
 * May it go back to its pool without a look? An mbuf of one reference, handed to us,
 * is nobody else's: that can't change until we free it.
 */
static inline bool
tx_is_plain(const struct rte_mbuf *m)
{
	return (m->rearm_data[0] & TX_SINGLE_MASK) == TX_SINGLE &&
	       !(m->ol_flags & (RTE_MBUF_F_INDIRECT | RTE_MBUF_F_EXTERNAL));
}

/* Does a packet ask for what the last one asked for, and has it all of the headers? */
static inline bool
tx_is_of_last_kind(const struct igbiov_txq *txq, const struct rte_mbuf *m)
{
	if ((m->rearm_data[0] & TX_SINGLE_MASK) != TX_SINGLE || m->pkt_len != m->data_len ||
	    m->pkt_len - txq->last_min_len > (uint32_t)(IGBIOV_TX_MAX_LEN - txq->last_min_len) ||
	    (m->ol_flags & TX_KIND_FLAGS) != txq->last_flags)
		return false;
	return txq->last_flags == 0 || ((m->tx_offload & txq->last_lens_mask) == txq->last_lens &&
					(m->vlan_tci & txq->last_vlan_mask) == txq->last_vlan);
}

/* The pool of a block's mbufs so far; with none yet, that of the first to come. */
static inline struct rte_mempool *
tx_pool(const struct igbiov_txq *txq, const struct rte_mbuf *m)
{
	return txq->open.nb_mbufs == 0 ? m->pool : txq->open.pool;
}

/* n descriptors have been written, and as many mbufs; both rings had them side by side. */
static inline void
tx_wrote(struct igbiov_txq *txq, uint16_t n)
{
	txq->sw_next += n;
	if (txq->sw_next == txq->nb_desc)
		txq->sw_next = 0;
	txq->next += n;
	if (txq->next == txq->nb_desc)
		txq->next = 0;
	txq->nb_free -= n;
	txq->open.nb_descs += n;
	txq->open.nb_mbufs += n;
}

/* Ends a block: the chip tells when it is done with its last descriptor, a packet's end. */
static inline void
tx_close(struct igbiov_txq *txq)
{
	uint16_t last = (txq->next == 0 ? txq->nb_desc : txq->next) - 1;

	txq->ring[last].data.cmd_len |= rte_cpu_to_le_32(TXD_CMD_RS);
	txq->blocks[txq->block_tail++ & txq->block_mask] = txq->open;
	txq->open.nb_descs = 0;
	txq->open.nb_mbufs = 0;
}

#endif /* IGBIOV_TX_H */
