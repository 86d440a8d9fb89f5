/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) the igbiov authors
 */

#include <errno.h>

#include <rte_malloc.h>

#include "igbiov_tx_mt.h"

int
igbiov_tx_mt_create(struct igbiov_txq *txq, unsigned int socket_id)
{
	/* A packet takes room for two descriptors at least: more can't be accepted. */
	const unsigned int places = rte_align32pow2(txq->nb_desc);
	struct igbiov_tx_mt *mt;

	mt = rte_zmalloc_socket("igbiov tx mt", sizeof(*mt) + places * sizeof(mt->line[0]),
				RTE_CACHE_LINE_SIZE, socket_id);
	if (mt == NULL)
		return -ENOMEM;
	mt->mask = places - 1;
	txq->mt = mt;
	return 0;
}

void
igbiov_tx_mt_free(struct igbiov_txq *txq)
{
	rte_free(txq->mt);
	txq->mt = NULL;
}

void
igbiov_tx_mt_reset(struct igbiov_txq *txq)
{
	struct igbiov_tx_mt *mt = txq->mt;

	/* Left by a thread that was stopped in the middle. */
	for (uint32_t i = 0; i <= mt->mask; i++) {
		rte_pktmbuf_free(rte_atomic_load_explicit(&mt->line[i], rte_memory_order_acquire));
		rte_atomic_store_explicit(&mt->line[i], NULL, rte_memory_order_relaxed);
	}
	mt->tail = 0;
	rte_atomic_store_explicit(&mt->head, 0, rte_memory_order_relaxed);
	rte_atomic_store_explicit(&mt->busy, 0, rte_memory_order_relaxed);
	rte_atomic_store_explicit(&mt->room, txq->nb_free - 1, rte_memory_order_release);
}
