/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) the igbiov authors
 */

#ifndef TX_KINDS_H
#define TX_KINDS_H

/*
 * Packets of every kind that an application may send, good and bad, and for each
 * what the chip has to make of it. A kind is a row of tx_kinds[].
 */

#include "bursts.h"

/* A frame as it has to leave, and the one behind it where the chip cuts a packet. */
struct frame {
	struct frame *next;
	uint32_t len;
	uint16_t descs;
	uint8_t data[];
};

/* A packet to send. */
struct parcel {
	struct rte_mbuf *m;
	struct frame *frame; /* NULL: it must be refused */
	uint32_t octets;     /* as statistics count them */
	uint64_t context;    /* not 0: it needs one; equal ones are the same */
};

#define SHARED_MAX 64

/* Where packets come from; one at a time. */
struct source {
	const struct path *path;
	struct rte_mempool *pool[POOL_KINDS]; /* a path without OFFLOADS has the first only */
	uint32_t made;
	uint64_t seed;
	/* Mbufs that stay with the application, and buffers of its own. */
	struct rte_mbuf *shared[SHARED_MAX];
	unsigned int nb_shared, nb_ext, nb_ext_freed;
};

struct kind {
	const char *name;
	struct parcel (*make)(struct source *src);
	unsigned int needs;
};

/* What an IP packet is, and what is asked of the chip. */
struct ip_kind {
	bool v6, sum_ip, sum_l4, vlan;
	uint8_t proto;
	uint16_t l2, l3, l4, tci;
};

extern const struct kind tx_kinds[];
extern const unsigned int nb_tx_kinds;

/* Pools of so many mbufs. */
struct source *source_new(const struct path *path, unsigned int nb_mbufs, uint64_t seed);
/* What was shared is the application's again, and whole. */
void source_end(struct source *src);
/* May the path get packets of this kind? */
bool source_has(const struct source *src, const struct kind *k);
uint32_t any(struct source *src, uint32_t below);

/* Most are plain, so that a path's fast way is gone too. */
struct parcel any_parcel(struct source *src);
struct parcel plain(struct source *src);
struct parcel tagged(struct source *src);
struct parcel ip_parcel(struct source *src, struct ip_kind k);
struct ip_kind any_ip_kind(struct source *src);
/* Often different in one thing alone, which a path may miss. */
struct ip_kind another_ip_kind(struct source *src, struct ip_kind k);
void parcel_free(struct parcel *p);

/* For packets of one's own. Octets lie in a buffer that the next call uses again. */
uint8_t *octets_new(struct source *src, uint32_t len);
struct rte_mbuf *segment(struct source *src, const uint8_t *octets, uint16_t len);
struct rte_mbuf *chain(struct source *src, const uint8_t *octets, uint32_t len, unsigned int segs);
/* As the chip sends it: with this mbuf's tag, if not NULL, and padded. */
struct frame *tx_frame_new(const uint8_t *octets, uint32_t len, unsigned int descs,
			   const struct rte_mbuf *tagged);

#endif /* TX_KINDS_H */
