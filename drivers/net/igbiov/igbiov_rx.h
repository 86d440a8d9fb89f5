/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) the igbiov authors
 */

#ifndef IGBIOV_RX_H
#define IGBIOV_RX_H

/**
 * @file
 * What the receive bursts share.
 */

#include "igbiov_queue.h"

/*
 * Takes n mbufs that lie side by side in this lcore's cache of the pool: copied from there they
 * are copied once. They stay what they are until the cache is used again. NULL: ask the pool.
 */
static inline struct rte_mbuf **
rx_take_cached(const struct igbiov_rxq *rxq, unsigned int n)
{
	struct rte_mempool_cache *cache = rte_mempool_default_cache(rxq->pool, rte_lcore_id());

	if (unlikely(cache == NULL || cache->len < n))
		return NULL;
	cache->len -= n;
	return (struct rte_mbuf **)&cache->objs[cache->len];
}

#endif /* IGBIOV_RX_H */
