/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) the igbiov authors
 */

#ifndef BURSTS_H
#define BURSTS_H

/*
 * What every burst path has to do alike: each behaviour is run over each path,
 * so that a new path is tested by adding a line to a table of paths.
 */

#include <ethdev_driver.h>

#include "port.h"

/* What a path can do beyond single buffers; behaviours name what they need. */
#define SCATTERED RTE_BIT32(0) /* RX: frames over several buffers; without it they are dropped */
#define OFFLOADS  RTE_BIT32(1) /* TX: contexts, several segments, mbufs of any pool and kind */
#define CUTS	  RTE_BIT32(2) /* TX: cuts a TCP packet into frames */
#define SPLITS	  RTE_BIT32(3) /* RX: has buffers for headers, and looks at lengths */

#define HEAD_WB RTE_BIT32(3) /* TX: takes the chip's head for what is sent */

struct path {
	const char *name;
	uint16_t (*burst)(void *queue, struct rte_mbuf **pkts, uint16_t nb_pkts);
	bool (*cpu_has)(void); /* what it takes; NULL: any CPU will do */
	unsigned int can;
	uint64_t offloads; /* the queue is set up with these */
};

struct behaviour {
	const char *name;
	void (*check)(struct port *port, const struct path *path);
	unsigned int needs;
};

#define BEHAVIOUR(f, needs) { #f, f, (needs) }

/* Packets of a burst that has no divisor in common with a ring's size; few for a large ring. */
#define ODD_BURST(nb_desc) ((nb_desc) > 512 ? 17 : 35)

bool cpu_has_sse42(void);
bool cpu_has_avx2(void);
bool cpu_has_avx512(void);

/* Each behaviour over each path that can be expected to show it; gives main()'s result. */
int bursts_run(const char *group, const struct path *paths, unsigned int nb_paths,
	       const struct behaviour *behaviours, unsigned int nb_behaviours);

/* Called once after a behaviour, if set: ends what a failed one would leave running. */
extern void (*behaviour_end)(void);

/* The same sequence on each run: a failure repeats. */
static inline uint32_t
rnd(uint64_t *seed)
{
	*seed = *seed * 6364136223846793005u + 1442695040888963407u;
	return *seed >> 32;
}

/* How mbufs come by their rooms, and what lies between. */
enum pool_kind {
	POOL_PLAIN,
	POOL_CACHED,  /* the last mbuf back is the first out */
	POOL_PRIVATE, /* 64 octets for the application in each mbuf */
	POOL_PINNED,  /* rooms are elsewhere, and each stays with its mbuf */
	POOL_KINDS
};

/*
 * A pool for so many mbufs whose fields carry another life's values. Each mbuf's
 * image lies in its headroom, for mbuf_rest_check().
 */
struct rte_mempool *pool_soiled(enum pool_kind kind, unsigned int nb, uint16_t room);
/* All mbufs are in the pool, each once and fit for use. */
void pool_check_whole(struct rte_mempool *pool);
/* All pools are whole; frees them. */
void pools_end(void);
/* What a path has no business with is as it was: all but what describes a packet. */
void mbuf_rest_check(const struct rte_mbuf *m);

#endif /* BURSTS_H */
