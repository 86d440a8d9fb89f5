/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) the igbiov authors
 */

#ifndef IGBIOV_TX_MT_H
#define IGBIOV_TX_MT_H

/**
 * @file
 * Several threads on one TX queue, without a lock: RTE_ETH_TX_OFFLOAD_MT_LOCKFREE.
 *
 * A thread takes room for its packets, puts them into places of a line that are its own, and then
 * sends whatever stands in front of the line, its own or others', by the burst for one thread;
 * unless somebody is at it already, who then sends these as well. Nobody waits for anybody: a
 * thread that loses its CPU keeps its own packets back and those behind them, until it goes on.
 *
 * Room is counted, not looked up: what has been taken is there when the packets' turn comes, so
 * that a packet that was accepted never has to wait for another call, and a place in the
 * line is empty when it comes round.
 */

#include <rte_stdatomic.h>

#include "igbiov_tx.h"

struct igbiov_tx_mt {
	/** Descriptors that nobody has taken: free ones, without those of accepted packets. */
	RTE_ATOMIC(int32_t) room __rte_cache_aligned;
	/** Places given out. */
	RTE_ATOMIC(uint32_t) head __rte_cache_aligned;
	/** Somebody sends; who does owns what follows, and all of the queue. */
	RTE_ATOMIC(uint32_t) busy __rte_cache_aligned;
	uint32_t tail; /**< Places emptied. */
	uint32_t mask;
	/** Accepted packets; NULL: nobody yet. */
	RTE_ATOMIC(struct rte_mbuf *) line[];
};

/**
 * Makes a queue fit for several threads.
 * @return 0; -ENOMEM.
 */
int igbiov_tx_mt_create(struct igbiov_txq *txq, unsigned int socket_id);
void igbiov_tx_mt_free(struct igbiov_txq *txq);
/** Forgets what was accepted; all of the ring's free descriptors can be taken. */
void igbiov_tx_mt_reset(struct igbiov_txq *txq);

/* Most that a packet can need: its segments and a context. One with more is refused later. */
static inline int32_t
tx_mt_need(const struct rte_mbuf *m)
{
	return RTE_MIN(m->nb_segs, IGBIOV_TX_MAX_SEGS) + 1;
}

static inline bool
tx_mt_begin(struct igbiov_tx_mt *mt)
{
	return rte_atomic_load_explicit(&mt->busy, rte_memory_order_relaxed) == 0 &&
	       rte_atomic_exchange_explicit(&mt->busy, 1, rte_memory_order_seq_cst) == 0;
}

static inline void
tx_mt_end(struct igbiov_tx_mt *mt)
{
	rte_atomic_store_explicit(&mt->busy, 0, rte_memory_order_seq_cst);
}

/* Takes at most n packets from the line's front. */
static inline uint16_t
tx_mt_next(struct igbiov_tx_mt *mt, struct rte_mbuf **pkts, uint16_t n)
{
	for (uint16_t i = 0; i < n; i++) {
		RTE_ATOMIC(struct rte_mbuf *) *place = &mt->line[mt->tail & mt->mask];

		pkts[i] = rte_atomic_load_explicit(place, rte_memory_order_acquire);
		if (pkts[i] == NULL)
			return i;
		/* Seen by whoever takes the room that this packet gives back. */
		rte_atomic_store_explicit(place, NULL, rte_memory_order_relaxed);
		mt->tail++;
	}
	return n;
}

/* Sends what was accepted, by a burst for one thread. */
static __rte_always_inline void
tx_mt_send(struct igbiov_txq *txq, uint16_t (*burst)(void *, struct rte_mbuf **, uint16_t))
{
	struct igbiov_tx_mt *mt = txq->mt;
	struct rte_mbuf *pkts[64];
	uint32_t front;

	do {
		uint16_t n;

		/*
		 * Whoever sends looks again after he has ended, and we have put ours there before
		 * we looked: one of us sees the other. That takes total order on both sides.
		 */
		rte_atomic_thread_fence(rte_memory_order_seq_cst);
		if (!tx_mt_begin(mt))
			return;
		while ((n = tx_mt_next(mt, pkts, RTE_DIM(pkts))) > 0) {
			int32_t change = -(int32_t)txq->nb_free;
			uint16_t sent;

			for (uint16_t i = 0; i < n; i++)
				change += tx_mt_need(pkts[i]);
			sent = burst(txq, pkts, n);
			/* Can't be, with the room that they took; but never silently. */
			if (unlikely(sent < n)) {
				txq->stats.errors += n - sent;
				rte_pktmbuf_free_bulk(&pkts[sent], n - sent);
			}
			rte_atomic_fetch_add_explicit(&mt->room, change + txq->nb_free,
						      rte_memory_order_release);
		}
		front = mt->tail;
		tx_mt_end(mt);
		rte_atomic_thread_fence(rte_memory_order_seq_cst);
	} while (rte_atomic_load_explicit(&mt->line[front & mt->mask], rte_memory_order_relaxed) !=
		 NULL);
}

/* Puts packets, which have room, at the line's end. */
static inline void
tx_mt_line_up(struct igbiov_tx_mt *mt, struct rte_mbuf **pkts, uint16_t n)
{
	uint32_t place = rte_atomic_fetch_add_explicit(&mt->head, n, rte_memory_order_relaxed);

	for (uint16_t i = 0; i < n; i++)
		rte_atomic_store_explicit(&mt->line[(place + i) & mt->mask], pkts[i],
					  rte_memory_order_release);
}

/* Takes room for leading packets; gives how many have it. */
static inline uint16_t
tx_mt_take(struct igbiov_tx_mt *mt, struct rte_mbuf **pkts, uint16_t nb_pkts)
{
	int32_t room = rte_atomic_load_explicit(&mt->room, rte_memory_order_acquire);
	int32_t need;
	uint16_t n;

	do {
		need = 0;
		for (n = 0; n < nb_pkts && need + tx_mt_need(pkts[n]) <= room; n++)
			need += tx_mt_need(pkts[n]);
		if (n == 0)
			return 0;
	} while (!rte_atomic_compare_exchange_weak_explicit(
		&mt->room, &room, room - need, rte_memory_order_acquire, rte_memory_order_acquire));
	return n;
}

/*
 * There is no room for these: what the chip has sent is freed, until they have it where there is
 * so much, unless somebody is at the queue and does it.
 */
static inline void
tx_mt_clean(struct igbiov_txq *txq, struct rte_mbuf **pkts, uint16_t n)
{
	struct igbiov_tx_mt *mt = txq->mt;
	int32_t before, lack;

	if (!tx_mt_begin(mt))
		return;
	before = txq->nb_free;
	lack = -rte_atomic_load_explicit(&mt->room, rte_memory_order_relaxed);
	for (uint16_t i = 0; i < n; i++)
		lack += tx_mt_need(pkts[i]);
	tx_clean(txq, RTE_MAX((int32_t)txq->free_thresh, before + lack));
	rte_atomic_fetch_add_explicit(&mt->room, txq->nb_free - before, rte_memory_order_release);
	tx_mt_end(mt);
}

/** The burst of a thread among several. */
static __rte_always_inline uint16_t
tx_mt_burst(struct igbiov_txq *txq, struct rte_mbuf **pkts, uint16_t nb_pkts,
	    uint16_t (*burst)(void *, struct rte_mbuf **, uint16_t))
{
	struct igbiov_tx_mt *mt = txq->mt;
	uint16_t n = tx_mt_take(mt, pkts, nb_pkts);

	if (unlikely(n < nb_pkts)) {
		tx_mt_clean(txq, &pkts[n], nb_pkts - n);
		n += tx_mt_take(mt, &pkts[n], nb_pkts - n);
	}
	if (n != 0)
		tx_mt_line_up(mt, pkts, n);
	/* Also with nothing of ours: a cleaner may have kept somebody from sending. */
	tx_mt_send(txq, burst);
	return n;
}

#endif /* IGBIOV_TX_MT_H */
