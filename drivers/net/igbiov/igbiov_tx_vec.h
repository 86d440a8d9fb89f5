/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) the igbiov authors
 */

/**
 * @file
 * The transmit burst by vectors, written once. The file of an instruction set says
 * how wide it is, defines the few operations below, and includes this:
 *
 *   LANES             parts of 16 octets in a vector, a packet each
 *   vec, V(op), VOP(op)  its type; the intrinsics of an operation
 *   vec_lanes(x)      16 octets in each lane
 *   vec_gather(m, at) 16 octets at an offset of as many mbufs
 *   vec_blend(a, b, m)   of each lane dword i from b where bit i of m, else from a
 *   vec_any(v)        is any bit set?
 *   vec_store(p, v)   to an address aligned to 16 octets
 *
 * Packets of the last one's kind become descriptors, eight or four at a time. What decides
 * whether they are of that kind is collected on the way, and looked at once.
 *
 * Loads are of 16 aligned octets: a burst may follow close upon a receive burst, whose
 * stores to the same mbufs end at these borders, and a load across two stores waits.
 */

#include "igbiov_tx.h"
#include "igbiov_tx_tables.h"

#define AT(field) offsetof(struct rte_mbuf, field)
static_assert(AT(buf_iova) == 8 && AT(rearm_data) == 16 && AT(ol_flags) == 24 &&
		      AT(packet_type) == 32 && AT(pkt_len) == 36 && AT(data_len) == 40 &&
		      AT(vlan_tci) == 42 && AT(pool) == 56,
	      "an mbuf's first line is loaded by quarters");

#define T(row)	 vec_load((const vec *)igbiov_tx_tables.row)
#define ROW(row) vec_lanes(_mm_load_si128((const __m128i *)&txq->last.row))

/* Of two qwords, or four dwords, the latter half first. */
#define SWAP 0x4E

/* What vectors needn't look at: no context is needed; there is one pool, as FAST_FREE has it. */
enum tx_known {
	TX_PLAIN = 1,
	TX_ONE_POOL = 2
};

/* What a run's packets have in the quarters of their mbufs, where it matters. */
struct tx_kind {
	vec second, details, details_mask, fourth, cmd, min, max;
};

/* Bits in which they differ from that, and their lengths. */
struct tx_run {
	vec second, details, fourth;
	vec shortest, longest, octets;
};

/* Writes LANES descriptors. */
static __rte_always_inline void
tx_vec_write(volatile union igbiov_tx_desc *desc, struct rte_mbuf **pkts,
	     const struct tx_kind *kind, struct tx_run *run, const unsigned int known)
{
	const vec second = vec_gather(pkts, AT(rearm_data)),
		  third = vec_gather(pkts, AT(packet_type));
	const vec lens = V(shuffle_epi8)(third, T(lens));
	const vec cmd = VOP(or)(V(madd_epi16)(lens, T(places)), kind->cmd);
	const vec iova = V(shuffle_epi32)(vec_gather(pkts, AT(buf_addr)), SWAP);
	const vec address = V(add_epi64)(iova, V(shuffle_epi8)(second, T(data_off)));

	run->second = VOP(or)(run->second, VOP(xor)(second, kind->second));
	if (!(known & TX_ONE_POOL))
		run->fourth = VOP(or)(run->fourth,
				      VOP(xor)(vec_gather(pkts, AT(pool) - 8), kind->fourth));
	if (!(known & TX_PLAIN)) {
		/* The tag, and the lengths of headers. */
		const vec details = V(unpackhi_epi64)(third, vec_gather(pkts, AT(tx_offload) - 8));

		run->details = VOP(or)(run->details, VOP(xor)(details, kind->details));
	}
	run->shortest = V(min_epu16)(run->shortest, lens);
	run->longest = V(max_epu16)(run->longest, lens);
	run->octets = V(add_epi32)(run->octets, lens);
	/* Behind all loads: for what the compiler knows, it might change what they load. */
	vec_store((void *)(uintptr_t)desc, vec_blend(address, cmd, 0xC));
}

/* Is it one kind? */
static __rte_always_inline bool
tx_vec_agrees(const struct tx_kind *kind, const struct tx_run *run, const unsigned int known)
{
	vec odd = VOP(and)(run->second, T(second));

	/*
	 * Sums of pkt_len against those of data_len. Lies that cancel out do no harm: both
	 * lengths of a descriptor are data_len.
	 */
	odd = VOP(or)(odd, VOP(xor)(run->octets, V(shuffle_epi32)(run->octets, SWAP)));
	odd = VOP(or)(odd, V(subs_epu16)(run->longest, kind->max));
	odd = VOP(or)(odd, V(subs_epu16)(kind->min, run->shortest));
	if (!(known & TX_ONE_POOL))
		odd = VOP(or)(odd, VOP(and)(run->fourth, T(fourth)));
	if (!(known & TX_PLAIN))
		odd = VOP(or)(odd, VOP(and)(run->details, kind->details_mask));
	return !vec_any(odd);
}

/* Writes n descriptors, which are as good as not written if this wasn't a run of one kind. */
static __rte_always_inline bool
tx_vec_group(volatile union igbiov_tx_desc *desc, struct rte_mbuf **pkts, const int n,
	     const struct tx_kind *kind, vec *octets, const unsigned int known)
{
	struct tx_run run = { VZERO, VZERO, VZERO, T(ones), VZERO, *octets };

	/* By hand: not every compiler option unrolls a loop. */
#define WRITE(i) \
	if ((i) * LANES < n) \
	tx_vec_write(&desc[(i) * LANES], &pkts[(i) * LANES], kind, &run, known)
	WRITE(0);
	WRITE(1);
	WRITE(2);
	WRITE(3);
	WRITE(4);
	WRITE(5);
	WRITE(6);
	WRITE(7);
#undef WRITE
	if (unlikely(!tx_vec_agrees(kind, &run, known)))
		return false;
	*octets = run.octets;
	return true;
}

static __rte_always_inline unsigned int
tx_vec_groups(struct igbiov_txq *txq, struct rte_mbuf **pkts, unsigned int n,
	      const struct rte_mempool *pool, const unsigned int known)
{
	const struct tx_kind plain = {
		.second = T(single),
		.fourth = vec_lanes(_mm_set_epi64x((uintptr_t)pool, 0)),
		.cmd = T(cmd),
		.min = T(shortest),
		.max = T(longest),
	};
	const struct tx_kind last = {
		.second = ROW(single),
		.details = ROW(vlan),
		.details_mask = ROW(vlan_mask),
		.fourth = plain.fourth,
		.cmd = ROW(address),
		.min = ROW(no_min),
		.max = ROW(no_max),
	};
	const struct tx_kind *kind = known & TX_PLAIN ? &plain : &last;
	volatile union igbiov_tx_desc *desc = &txq->ring[txq->next];
	struct rte_mbuf **slot = &txq->sw_ring[txq->sw_next];
	vec octets = VZERO;
	uint32_t sums[4 * LANES];
	unsigned int done = 0;

	while (n - done >= 8 && tx_vec_group(&desc[done], &pkts[done], 8, kind, &octets, known)) {
		memcpy(&slot[done], &pkts[done], 8 * sizeof(pkts[0]));
		done += 8;
	}
	if (n - done >= 4 && tx_vec_group(&desc[done], &pkts[done], 4, kind, &octets, known)) {
		memcpy(&slot[done], &pkts[done], 4 * sizeof(pkts[0]));
		done += 4;
	}
	memcpy(sums, &octets, sizeof(octets));
	for (int i = 1; i < LANES; i++)
		sums[0] += sums[4 * i];
	txq->stats.bytes += sums[0];
	return done;
}

static __rte_always_inline unsigned int
tx_groups(struct igbiov_txq *txq, struct rte_mbuf **pkts, unsigned int n,
	  const struct rte_mempool *pool)
{
	if (n < 4)
		return 0;
	if (txq->last.flags == 0)
		return txq->one_pool ? tx_vec_groups(txq, pkts, n, pool, TX_PLAIN | TX_ONE_POOL)
				     : tx_vec_groups(txq, pkts, n, pool, TX_PLAIN);
	return txq->one_pool ? tx_vec_groups(txq, pkts, n, pool, TX_ONE_POOL)
			     : tx_vec_groups(txq, pkts, n, pool, 0);
}

#include "igbiov_tx_burst.h"
