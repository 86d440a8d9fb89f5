/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) the igbiov authors
 */

#ifndef PERF_POOL_H
#define PERF_POOL_H

#include <rte_mempool.h>

/**
 * A pool of mbufs that lie in large pages, as an application's do. On small pages EAL would put
 * every mbuf at the same place of a page of its own, where they throw each other out of the cache.
 * @return NULL and rte_errno.
 */
struct rte_mempool *pool_new(const char *name, unsigned int nb_mbufs, unsigned int cache);

#endif /* PERF_POOL_H */
