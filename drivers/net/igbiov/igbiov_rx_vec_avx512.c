/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) the igbiov authors
 */

/* Receive by AVX-512 (F, BW, VL): sixteen descriptors at a time. */

#include <string.h>

#include <rte_ethdev.h>
#include <rte_prefetch.h>
#include <rte_vect.h>

#include "igbiov_rx.h"
#include "igbiov_rx_tables.h"

#define LANES		      4
#define V(op)		      _mm512_##op
#define VBYTES(op)	      _mm512_b##op##_epi128
#define VAND		      _mm512_and_si512
#define VOR		      _mm512_or_si512
#define VZERO		      _mm512_setzero_si512()
#define RX_NAME		      igbiov_rx_burst_avx512
#define RX_SCATTERED_NAME     igbiov_rx_burst_avx512_scattered
#define rx_narrower	      igbiov_rx_burst_avx2
#define rx_narrower_scattered igbiov_rx_burst_avx2_scattered

typedef __m512i vec;

#define vec_load(p)	   _mm512_loadu_si512(p)
#define vec_store(p, v)	   _mm512_storeu_si512((vec *)(p), v)
#define vec_spread(v)	   _mm512_permutexvar_epi64(_mm512_setr_epi64(0, 4, 1, 5, 2, 6, 3, 7), v)
#define vec_lanes(x)	   _mm512_broadcast_i32x4(x)
#define vec_equal(a, b)	   _mm512_maskz_set1_epi32(_mm512_cmpeq_epi32_mask(a, b), -1)
#define vec_blend(a, b, m) _mm512_mask_blend_epi32((m) * 0x1111, a, b)
#define vec_has_all(a, b)  (_mm512_mask_cmpneq_epi32_mask(0xFFFF, _mm512_and_si512(a, b), b) == 0)
#define vec_upper(a, b)	   _mm512_mask_blend_epi16(0xAAAAAAAA, a, b)
#define vec_any(v)	   (_mm512_test_epi32_mask(v, v) != 0)

static inline uint32_t
vec_sum(vec v)
{
	return _mm512_reduce_add_epi32(v);
}

static inline uint16_t
vec_leading(vec v)
{
	const vec order = _mm512_setr_epi32(0, 4, 8, 12, 1, 5, 9, 13, 2, 6, 10, 14, 3, 7, 11, 15);

	v = _mm512_permutexvar_epi32(order, v);
	return rte_ctz32(~(uint32_t)_mm512_test_epi32_mask(v, v));
}

static inline vec
vec_first(uint16_t n)
{
	const vec order = _mm512_setr_epi32(0, 4, 8, 12, 1, 5, 9, 13, 2, 6, 10, 14, 3, 7, 11, 15);

	return _mm512_maskz_set1_epi32(_mm512_cmplt_epi32_mask(order, _mm512_set1_epi32(n)), -1);
}

/* One mbuf's 32 octets from the same lane of both. */
#define STORE_MBUF(i) \
	_mm256_storeu_si256((__m256i *)&m[i]->rearm_data, \
			    _mm256_inserti128_si256( \
				    _mm256_castsi128_si256(_mm512_extracti32x4_epi32(front, i)), \
				    _mm512_extracti32x4_epi32(back, i), 1))

static inline void
vec_store_mbufs(struct rte_mbuf **m, vec front, vec back)
{
	STORE_MBUF(0);
	STORE_MBUF(1);
	STORE_MBUF(2);
	STORE_MBUF(3);
}

#include "igbiov_rx_vec.h"
