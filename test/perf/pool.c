/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) the igbiov authors
 */

#include <errno.h>
#include <sys/mman.h>

#include <rte_errno.h>
#include <rte_mbuf.h>
#include <rte_mbuf_pool_ops.h>

#include "machine.h"
#include "pool.h"

#define PAGE ((size_t)2 << 20)

/* Whole pages for that many octets; never given back. */
static void *
pages(size_t *len)
{
	int flags = MAP_PRIVATE | MAP_ANONYMOUS | (machine.huge ? MAP_HUGETLB : 0);
	void *memory;

	*len = RTE_ALIGN_CEIL(*len, PAGE);
	memory = mmap(NULL, *len + PAGE, PROT_READ | PROT_WRITE, flags, -1, 0);
	if (memory == MAP_FAILED)
		return NULL;
	memory = RTE_PTR_ALIGN_CEIL(memory, PAGE);
	/* Where it is refused, the report says so for EAL's own memory. */
	madvise(memory, *len, MADV_HUGEPAGE);
	return memory;
}

static int
populate(struct rte_mempool *pool)
{
	size_t object = pool->header_size + pool->elt_size + pool->trailer_size;
	size_t len = object * (pool->size + 1);
	void *memory = pages(&len);

	if (memory == NULL)
		return -ENOMEM;
	/* IOVAs are virtual addresses: all of it is contiguous. */
	return rte_mempool_populate_iova(pool, memory, (uintptr_t)memory, len, NULL, NULL);
}

struct rte_mempool *
pool_new(const char *name, unsigned int nb_mbufs, unsigned int cache)
{
	const unsigned int room = RTE_MBUF_DEFAULT_BUF_SIZE;
	struct rte_pktmbuf_pool_private private = { .mbuf_data_room_size = room };
	struct rte_mempool *pool;
	int ret;

	/* The flag: mbufs may cross what EAL takes for pages. */
	pool = rte_mempool_create_empty(name, nb_mbufs, sizeof(struct rte_mbuf) + room, cache,
					sizeof(private), SOCKET_ID_ANY,
					RTE_MEMPOOL_F_NO_IOVA_CONTIG);
	if (pool == NULL)
		return NULL;
	ret = rte_mempool_set_ops_byname(pool, rte_mbuf_best_mempool_ops(), NULL);
	if (ret == 0) {
		rte_pktmbuf_pool_init(pool, &private);
		ret = populate(pool);
	}
	if (ret < (int)nb_mbufs) {
		rte_mempool_free(pool);
		rte_errno = ret < 0 ? -ret : ENOMEM;
		return NULL;
	}
	rte_mempool_obj_iter(pool, rte_pktmbuf_init, NULL);
	return pool;
}
