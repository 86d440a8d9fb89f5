/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) the igbiov authors
 */

/**
 * @file
 * The transmit burst, written once. Whoever includes this defines:
 *
 *   TX_NAME, TX_MT_NAME         the functions' names, the latter for several threads
 *   tx_groups(txq, p, n, pool)  writes, by vectors, leading ones of n packets while they are
 *                               of the last one's kind and of a pool; says how many these were
 */

#include "igbiov_tx_mt.h"

/*
 * Might the open block keep the next packet waiting for ever? All others will be done
 * by themselves. With a ring of more than rs_thresh and a longest packet it never does.
 */
static inline bool
tx_open_blocks(const struct igbiov_txq *txq)
{
	return txq->open->nb_descs != 0 &&
	       txq->open->nb_descs + IGBIOV_TX_MAX_SEGS + 2 >= txq->nb_desc;
}

/*
 * Of n packets, for so many both rings have places side by side. No more than a block's, nor beyond an
 * open one without a pool: what makes vectors step back shall end with it.
 */
static inline unsigned int
tx_room(const struct igbiov_txq *txq, unsigned int n, const struct rte_mempool *pool)
{
	const unsigned int block = txq->rs_thresh - (pool == NULL ? txq->open->nb_descs : 0);
	const unsigned int descs = txq->nb_desc - txq->next;
	const unsigned int slots = txq->nb_desc - txq->sw_next;
	const unsigned int free = txq->nb_free - 1;

	n = RTE_MIN(n, RTE_MIN(block, free));
	return RTE_MIN(n, RTE_MIN(descs, slots));
}

/* Writes leading packets of the last one's kind, and says how many of n these were. */
static inline unsigned int
tx_run(struct igbiov_txq *txq, struct rte_mbuf **pkts, unsigned int n, struct rte_mempool *pool)
{
	unsigned int done = tx_groups(txq, pkts, n, pool);
	volatile union igbiov_tx_desc *desc = &txq->ring[txq->next];
	struct rte_mbuf **slot = &txq->sw_ring[txq->sw_next];
	uint64_t octets = 0;

	for (; done < n && tx_is_of_last_kind(txq, pkts[done]); done++) {
		struct rte_mbuf *m = pkts[done];
		uint64_t len = m->pkt_len;

		if (unlikely(m->pool != pool))
			pool = NULL;
		desc[done].data.addr = rte_cpu_to_le_64(rte_mbuf_data_iova(m));
		desc[done].data.cmd_olinfo = rte_cpu_to_le_64(txq->last.cmd |
							      len << (32 + TXD_PAYLEN_SHIFT) | len);
		slot[done] = m;
		octets += len;
	}
	txq->stats.bytes += octets;
	if (done != 0)
		tx_wrote(txq, pool, done);
	return done;
}

uint16_t
TX_NAME(void *queue, struct rte_mbuf **pkts, uint16_t nb_pkts)
{
	struct igbiov_txq *txq = queue;
	const uint64_t errors = txq->stats.errors;
	const uint16_t first = txq->next;
	unsigned int nb_tx = 0;

	if (txq->nb_free < txq->free_thresh)
		tx_clean(txq, txq->free_thresh);

	while (nb_tx < nb_pkts) {
		struct rte_mempool *pool = tx_pool(txq, pkts[nb_tx]);
		unsigned int room = tx_room(txq, nb_pkts - nb_tx, pool);
		unsigned int done = room == 0 ? 0 : tx_run(txq, &pkts[nb_tx], room, pool);

		nb_tx += done;
		/* No room at all, or one of another kind. */
		if (room == 0 || done < room) {
			if (igbiov_tx_other(txq, pkts[nb_tx]) == IGBIOV_TX_FULL)
				break;
			nb_tx++;
			if (txq->open->nb_descs >= txq->rs_thresh)
				tx_close(txq);
		}
	}
	if (txq->next == first)
		return nb_tx;
	if (tx_open_blocks(txq))
		tx_close(txq);
	igbiov_wr_tail(txq->tail_reg, txq->next);
	txq->stats.packets += nb_tx - (txq->stats.errors - errors);
	return nb_tx;
}

uint16_t
TX_MT_NAME(void *queue, struct rte_mbuf **pkts, uint16_t nb_pkts)
{
	return tx_mt_burst(queue, pkts, nb_pkts, TX_NAME);
}
