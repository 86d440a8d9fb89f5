/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) the igbiov authors
 */

#include <stdlib.h>
#include <string.h>

#include <rte_cpuflags.h>

#include "bursts.h"

/* A behaviour over a path; cmocka's state of a test that has yet to begin. */
struct run {
	struct port *port;
	const struct path *path;
	const struct behaviour *behaviour;
	char name[128];
};

bool
cpu_has_sse42(void)
{
	return rte_cpu_get_flag_enabled(RTE_CPUFLAG_SSE4_2) > 0;
}

bool
cpu_has_avx2(void)
{
	return rte_cpu_get_flag_enabled(RTE_CPUFLAG_AVX2) > 0;
}

bool
cpu_has_avx512(void)
{
	return rte_cpu_get_flag_enabled(RTE_CPUFLAG_AVX512BW) > 0 &&
	       rte_cpu_get_flag_enabled(RTE_CPUFLAG_AVX512VL) > 0;
}

/* Those of the behaviour that runs, and rooms that lie outside, if they do. */
#define POOLS_MAX 4
static struct rte_mempool *pools[POOLS_MAX];
static const struct rte_memzone *zones[POOLS_MAX];
static unsigned int nb_pools;

void (*behaviour_end)(void);

static void
pools_free(void)
{
	for (; nb_pools > 0; nb_pools--) {
		rte_mempool_free(pools[nb_pools - 1]);
		rte_memzone_free(zones[nb_pools - 1]);
		zones[nb_pools - 1] = NULL;
	}
}

static bool
runs_here(const struct path *path)
{
	return path->cpu_has == NULL || path->cpu_has();
}

static int
run_setup(void **state)
{
	struct run *run = *state;

	if (runs_here(run->path))
		run->port = port_new();
	return 0;
}

static void
run_check(void **state)
{
	struct run *run = *state;

	if (!runs_here(run->path))
		skip();
	run->behaviour->check(run->port, run->path);
}

static int
run_teardown(void **state)
{
	struct run *run = *state;

	if (run->port == NULL)
		return 0;
	/* What a failed behaviour left behind. */
	if (behaviour_end != NULL)
		behaviour_end();
	behaviour_end = NULL;
	igbiov_queues_stop(run->port->dev);
	pools_free();
	port_free(run->port);
	return 0;
}

/* "sse4: a full ring is emptied" */
static void
run_name(struct run *run)
{
	snprintf(run->name, sizeof(run->name), "%s: %s", run->path->name, run->behaviour->name);
	for (char *c = run->name; *c != '\0'; c++)
		if (*c == '_')
			*c = ' ';
}

/* A first port, so that the one under test isn't number 0, which a path could forget to tell. */
static int
group_setup(void **state)
{
	return eal_setup(state) != 0 || rte_eth_dev_allocate("first") == NULL;
}

int
bursts_run(const char *group, const struct path *paths, unsigned int nb_paths,
	   const struct behaviour *behaviours, unsigned int nb_behaviours)
{
	struct CMUnitTest *tests = calloc((size_t)nb_paths * nb_behaviours, sizeof(*tests));
	struct run *runs = calloc((size_t)nb_paths * nb_behaviours, sizeof(*runs));
	unsigned int nb = 0;
	int ret;

	for (unsigned int i = 0; i < nb_paths * nb_behaviours; i++) {
		const struct path *path = &paths[i / nb_behaviours];
		const struct behaviour *behaviour = &behaviours[i % nb_behaviours];

		if ((path->can & behaviour->needs) != behaviour->needs)
			continue;
		runs[nb].path = path;
		runs[nb].behaviour = behaviour;
		run_name(&runs[nb]);
		tests[nb] = (struct CMUnitTest){ runs[nb].name, run_check, run_setup, run_teardown,
						 &runs[nb] };
		nb++;
	}
	ret = _cmocka_run_group_tests(group, tests, nb, group_setup, NULL);
	free(runs);
	free(tests);
	return ret;
}

/* What a pool's mbufs may count on, and the path too. */
static void
soil(struct rte_mempool *pool, void *arg, void *obj, unsigned int i)
{
	struct rte_mbuf *m = obj;
	const struct rte_mbuf keep = *m;

	(void)arg;
	memset(m, 0xA5 ^ i, sizeof(*m));
	m->buf_addr = keep.buf_addr;
	m->buf_iova = keep.buf_iova;
	m->buf_len = keep.buf_len;
	m->priv_size = keep.priv_size;
	m->pool = pool;
	m->next = NULL;
	m->nb_segs = 1;
	m->shinfo = keep.shinfo;
	m->ol_flags &= ~(RTE_MBUF_F_INDIRECT | RTE_MBUF_F_EXTERNAL);
	m->ol_flags |= keep.ol_flags & RTE_MBUF_F_EXTERNAL;
	rte_mbuf_refcnt_set(m, 1);
	static_assert(sizeof(*m) <= RTE_PKTMBUF_HEADROOM, "the image fits into the headroom");
	memcpy(m->buf_addr, m, sizeof(*m));
}

/* Rooms in one piece of memory, outside the pool. */
static struct rte_mempool *
pinned_pool(const char *name, unsigned int nb, uint16_t room, const struct rte_memzone **zone)
{
	struct rte_pktmbuf_extmem mem = { .elt_size = room, .buf_len = (size_t)nb * room };

	*zone = rte_memzone_reserve(name, mem.buf_len, SOCKET_ID_ANY, 0);
	assert_non_null(*zone);
	mem.buf_ptr = (*zone)->addr;
	mem.buf_iova = (*zone)->iova;
	return rte_pktmbuf_pool_create_extbuf(name, nb, 0, 0, room, SOCKET_ID_ANY, &mem, 1);
}

struct rte_mempool *
pool_soiled(enum pool_kind kind, unsigned int nb, uint16_t room)
{
	static unsigned int serial;
	char name[32];

	assert_true(nb_pools < POOLS_MAX);
	snprintf(name, sizeof(name), "soiled%u", serial++);
	if (kind == POOL_PINNED)
		pools[nb_pools] = pinned_pool(name, nb, room, &zones[nb_pools]);
	else
		pools[nb_pools] = rte_pktmbuf_pool_create(name, nb, kind == POOL_CACHED ? 128 : 0,
							  kind == POOL_PRIVATE ? 64 : 0, room,
							  SOCKET_ID_ANY);
	assert_non_null(pools[nb_pools]);
	rte_mempool_obj_iter(pools[nb_pools], soil, NULL);
	return pools[nb_pools++];
}

static void
part_check(const struct rte_mbuf *m, size_t from, size_t to)
{
	assert_memory_equal((const char *)m + from, (const char *)m->buf_addr + from, to - from);
}

void
mbuf_rest_check(const struct rte_mbuf *m)
{
	part_check(m, 0, offsetof(struct rte_mbuf, rearm_data));
	part_check(m, offsetof(struct rte_mbuf, hash.fdir.hi), offsetof(struct rte_mbuf, next));
	part_check(m, offsetof(struct rte_mbuf, tx_offload), sizeof(*m));
}

void
pool_check_whole(struct rte_mempool *pool)
{
	struct rte_mbuf **all = calloc(pool->size, sizeof(*all));

	assert_int_equal(rte_mempool_in_use_count(pool), 0);
	for (unsigned int i = 0; i < pool->size; i++)
		assert_int_equal(rte_mempool_get(pool, (void **)&all[i]), 0);
	for (unsigned int i = 0; i < pool->size; i++) {
		assert_ptr_equal(all[i]->pool, pool);
		assert_int_equal(rte_mbuf_refcnt_read(all[i]), 1);
		assert_int_equal(all[i]->nb_segs, 1);
		assert_null(all[i]->next);
		/* One that comes twice is found by it. */
		rte_mbuf_refcnt_set(all[i], 0);
	}
	for (unsigned int i = 0; i < pool->size; i++)
		rte_mbuf_refcnt_set(all[i], 1);
	rte_mempool_put_bulk(pool, (void **)all, pool->size);
	free(all);
}

void
pools_end(void)
{
	for (unsigned int i = 0; i < nb_pools; i++)
		pool_check_whole(pools[i]);
	pools_free();
}
