/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) the igbiov authors
 */

/**
 * @file
 * The receive burst by vectors, written once. The file of an instruction set says
 * how wide it is, defines the few operations below, and includes this:
 *
 *   LANES            parts of 16 octets in a vector; an operation works within each
 *   vec, V(op)       its type; the intrinsic of an operation
 *   vec_lanes(x)     16 octets in each lane
 *   vec_blend(a, b, m)   of each lane dword i from b where bit i of m, else from a
 *   vec_has_all(a, b)    has a all bits that b has?
 *   vec_leading(v)   dwords that are all ones, counted in the descriptors' order
 *   vec_any(v)       is any bit set?
 *   vec_sum(v)       dwords added up
 *   vec_upper(a, b)  of each dword the lower half of a and the upper half of b
 *   vec_store(p, v)  to an address of no alignment
 *   vec_spread(v)    qwords so placed that unpacklo with zeros gives the first half of them
 *                    in their order, and unpackhi the second
 *   vec_store_mbufs(m, front, back)  16 octets at each mbuf's rearm_data, 16 behind them
 *   RX_NAME, RX_SCATTERED_NAME          the functions' names, the latter for frames over several
 *                    buffers, too: those that have one go by vectors all the same
 *   rx_narrower, rx_narrower_scattered  bursts for what is less than a group
 *
 * A group is four vectors of descriptors. What is gathered from them (a dword each)
 * lies in one vector: descriptor k * LANES + j has dword k of lane j.
 *
 * No barrier stands between DD and the rest of a descriptor: they come in one load of
 * 16 aligned octets, which no CPU with these instructions splits. Groups aren't read
 * in order, so what counts is how many leading descriptors are done.
 */

#define GROUP (4 * LANES)

static_assert(offsetof(struct igbiov_rxq, flags_init) == offsetof(struct igbiov_rxq, mbuf_init) + 8,
	      "both are one load");
static_assert(GROUP <= IGBIOV_RX_PAD, "a group is read beyond the ring's end");
static_assert(offsetof(struct rte_mbuf, ol_flags) == offsetof(struct rte_mbuf, rearm_data) + 8,
	      "rearm_data and flags are one store");
static_assert(offsetof(struct rte_mbuf, packet_type) == offsetof(struct rte_mbuf, rearm_data) + 16,
	      "and what comes from the descriptor is the next");

#define T(row) vec_load((const vec *)igbiov_rx_tables.row)

/* ol_flags, a dword each, by the dwords of status and info, errors left out. */
static __rte_always_inline vec
rx_vec_flags(vec status, vec info)
{
	vec seen = V(srli_epi32)(status, 3);
	vec flags = V(slli_epi32)(V(shuffle_epi8)(T(seen), VAND(seen, T(nibble))), 1);
	vec hashed = V(shuffle_epi8)(T(hashed), VAND(info, T(nibble)));

	return VOR(VOR(flags, VAND(seen, T(one))), hashed);
}

/* packet_type, a dword each; tunnels have IGBIOV_RX_TUNNEL. */
static __rte_always_inline vec
rx_vec_ptypes(vec info)
{
	vec l3 = V(shuffle_epi8)(T(l3), VAND(V(srli_epi32)(info, 4), T(nibble)));
	vec l4 = V(shuffle_epi8)(T(l4), VAND(info, T(l4_bits)));

	return VOR(VOR(l3, l4), T(one));
}

/* The same for one frame, and all that vectors leave out: errors, tunnels, filters' numbers. */
static __rte_noinline void
rx_vec_odd(const struct igbiov_rxq *rxq, uint16_t next, struct rte_mbuf **pkts, uint16_t n)
{
	for (uint16_t i = 0; i < n; i++)
		igbiov_rx_describe(rxq, pkts[i], &rxq->ring[next + i]);
}

/*
 * Gives the leading whole frames of the next group; *octets has their lengths added
 * up by dword. Writes a group's pointers and mbufs, whatever the count.
 */
static __rte_always_inline unsigned int
rx_vec_group(const struct igbiov_rxq *rxq, unsigned int next, struct rte_mbuf **pkts, vec init,
	     vec *octets, vec *longest)
{
	const vec *desc = (const vec *)(uintptr_t)&rxq->ring[next];
	struct rte_mbuf **mbufs = &rxq->sw_ring[next];
	const vec d3 = vec_load(&desc[3]), d2 = vec_load(&desc[2]);
	const vec d1 = vec_load(&desc[1]), d0 = vec_load(&desc[0]);
	const vec low0 = V(unpacklo_epi32)(d0, d1), low1 = V(unpacklo_epi32)(d2, d3);
	const vec high0 = V(unpackhi_epi32)(d0, d1), high1 = V(unpackhi_epi32)(d2, d3);
	const vec info = V(unpacklo_epi64)(low0, low1);
	const vec status = V(unpacklo_epi64)(high0, high1);
	const vec flags = rx_vec_flags(status, info), ptypes = rx_vec_ptypes(info);
	vec lengths = VAND(V(unpackhi_epi64)(high0, high1), T(low_half)), odd;
	unsigned int n = GROUP;

	/* The lines that the chip writes meanwhile; beyond the ring's end it does no harm. */
	for (int i = 0; i < LANES; i++)
		rte_prefetch0((const char *)&desc[2 * 4] + i * RTE_CACHE_LINE_SIZE);
	if (unlikely(!vec_has_all(status, T(whole)))) {
		n = vec_leading(vec_equal(VAND(status, T(whole)), T(whole)));
		lengths = VAND(lengths, vec_first(n));
	}
	*octets = V(add_epi32)(*octets, lengths);
	*longest = V(max_epu16)(*longest, lengths);

	memcpy(pkts, mbufs, GROUP * sizeof(pkts[0]));
#define STORE(k, flags_k, ptypes_k) \
	vec_store_mbufs(mbufs + (k) * LANES, vec_blend(init, flags_k, 1 << 2), \
			vec_blend(V(shuffle_epi8)(d##k, T(fields)), ptypes_k, 1 << 0))
	STORE(0, VBYTES(slli)(flags, 8), ptypes);
	STORE(1, VBYTES(slli)(flags, 4), VBYTES(srli)(ptypes, 4));
	STORE(2, flags, VBYTES(srli)(ptypes, 8));
	STORE(3, VBYTES(srli)(flags, 4), VBYTES(srli)(ptypes, 12));
#undef STORE

	/* Errors are in the status's upper half, a filter's mark in info's lower. */
	odd = VAND(vec_upper(info, status), T(odd));
	if (unlikely(vec_any(VOR(odd, VAND(ptypes, T(tunnel))))))
		rx_vec_odd(rxq, next, pkts, n);
	return n;
}

static __rte_always_inline unsigned int
rx_vec_burst(struct igbiov_rxq *rxq, struct rte_mbuf **pkts, unsigned int nb_pkts)
{
	/* Descriptors that wait for an mbuf still say that they are done: no group may reach them. */
	const unsigned int most = RTE_MIN(nb_pkts, (unsigned int)rxq->nb_desc - rxq->nb_hold);
	unsigned int nb_rx = 0, next = rxq->next;
	/* Flags of frames have their place in the lower half of ol_flags. */
	const vec init = vec_lanes(_mm_loadu_si128((const __m128i *)&rxq->mbuf_init));
	const vec most_octets = vec_lanes(_mm_loadu_si128((const __m128i *)rxq->max_len));
	vec octets = VZERO, longest = VZERO;

	while (nb_rx + GROUP <= most) {
		unsigned int n = rx_vec_group(rxq, next, &pkts[nb_rx], init, &octets, &longest);

		nb_rx += n;
		next += n;
		if (next == rxq->nb_desc)
			next = 0;
		else if (n < GROUP)
			break;
	}
	rxq->next = next;
	rxq->nb_hold += nb_rx;
	rxq->stats.bytes += vec_sum(octets);
	if (unlikely(vec_any(V(subs_epu16)(longest, most_octets))))
		nb_rx = igbiov_rx_expel(rxq, pkts, nb_rx);
	rxq->stats.packets += nb_rx;
	return nb_rx;
}

/* Mbufs whose pointers are in a vector. */
#define ARMED (2 * LANES)

/* Arms descriptors, as many as a vector's, with mbufs that lie at `from`. */
static __rte_always_inline void
rx_vec_arm(union igbiov_rx_desc *desc, struct rte_mbuf **slot, struct rte_mbuf *const *from,
	   vec distance)
{
	const vec mbufs = vec_load((const vec *)from);
	const vec addresses = vec_spread(V(add_epi64)(mbufs, distance));

	vec_store(slot, mbufs);
	vec_store(desc, V(unpacklo_epi64)(addresses, VZERO));
	vec_store(desc + LANES, V(unpackhi_epi64)(addresses, VZERO));
}

/*
 * As igbiov_rxq_refill(), when the mempool's cache has enough and one batch is all. Recycled
 * mbufs may have left the ring's place of refill anywhere; the other refill brings it back to
 * whole batches at the ring's end.
 */
static __rte_always_inline void
rx_vec_refill(struct igbiov_rxq *rxq)
{
	const vec distance = vec_lanes(_mm_set1_epi64x(rxq->data_distance));
	const unsigned int n = rxq->free_thresh;
	union igbiov_rx_desc *desc;
	struct rte_mbuf **slot, **from;

	if (unlikely(rxq->data_distance == 0 || n % (2 * ARMED) != 0 ||
		     n > (unsigned int)rxq->nb_desc - rxq->refill || rxq->nb_hold >= 2 * n ||
		     (from = rx_take_cached(rxq, n)) == NULL)) {
		igbiov_rxq_refill(rxq);
		return;
	}
	desc = (union igbiov_rx_desc *)(uintptr_t)&rxq->ring[rxq->refill];
	slot = &rxq->sw_ring[rxq->refill];
	for (unsigned int i = 0; i < n; i += 2 * ARMED) {
		rx_vec_arm(&desc[i], &slot[i], &from[i], distance);
		rx_vec_arm(&desc[i + ARMED], &slot[i + ARMED], &from[i + ARMED], distance);
	}
	rxq->refill += n;
	rxq->nb_hold -= n;
	igbiov_wr_tail(rxq->tail_reg, rxq->refill - 1);
	if (rxq->refill == rxq->nb_desc)
		rxq->refill = 0;
}

/* Whole frames by vectors; the rest, and what is inside or behind another frame, by the narrower burst. */
static __rte_always_inline uint16_t
rx_vec_some(struct igbiov_rxq *rxq, struct rte_mbuf **pkts, uint16_t nb_pkts, const bool scattered)
{
	uint16_t nb_rx = 0;

	if (likely(!rxq->drop_rest && (!scattered || rxq->first == NULL)))
		nb_rx = rx_vec_burst(rxq, pkts, nb_pkts);
	/* Fewer than a group, or a frame that isn't whole. */
	if (nb_rx < nb_pkts && rxq->ring[rxq->next].wb.status & rte_cpu_to_le_32(RXD_STAT_DD))
		return nb_rx + (scattered ? rx_narrower_scattered : rx_narrower)(rxq, &pkts[nb_rx],
										 nb_pkts - nb_rx);
	if (rxq->nb_hold >= rxq->free_thresh)
		rx_vec_refill(rxq);
	return nb_rx;
}

static __rte_noinline uint16_t
rx_vec_single(struct igbiov_rxq *rxq, struct rte_mbuf **pkts, uint16_t nb_pkts)
{
	return rx_vec_some(rxq, pkts, nb_pkts, false);
}

static __rte_noinline uint16_t
rx_vec_scattered(struct igbiov_rxq *rxq, struct rte_mbuf **pkts, uint16_t nb_pkts)
{
	return rx_vec_some(rxq, pkts, nb_pkts, true);
}

/* An empty poll needs no vector's registers saved. */
static __rte_always_inline uint16_t
rx_vec_poll(struct igbiov_rxq *rxq, struct rte_mbuf **pkts, uint16_t nb_pkts, const bool scattered)
{
	if (rxq->ring[rxq->next].wb.status & rte_cpu_to_le_32(RXD_STAT_DD))
		return scattered ? rx_vec_scattered(rxq, pkts, nb_pkts)
				 : rx_vec_single(rxq, pkts, nb_pkts);
	if (unlikely(rxq->nb_hold >= rxq->free_thresh))
		igbiov_rxq_refill(rxq);
	return 0;
}

uint16_t
RX_NAME(void *queue, struct rte_mbuf **pkts, uint16_t nb_pkts)
{
	return rx_vec_poll(queue, pkts, nb_pkts, false);
}

uint16_t
RX_SCATTERED_NAME(void *queue, struct rte_mbuf **pkts, uint16_t nb_pkts)
{
	return rx_vec_poll(queue, pkts, nb_pkts, true);
}
