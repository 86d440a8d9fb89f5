/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) the igbiov authors
 */

/* Receive by AVX2: eight descriptors at a time. */

#include <string.h>

#include <rte_ethdev.h>
#include <rte_prefetch.h>
#include <rte_vect.h>

#include "igbiov_rx.h"
#include "igbiov_rx_tables.h"

#define LANES		      2
#define V(op)		      _mm256_##op
#define VBYTES(op)	      _mm256_##op##_si256
#define VAND		      _mm256_and_si256
#define VOR		      _mm256_or_si256
#define VZERO		      _mm256_setzero_si256()
#define RX_NAME		      igbiov_rx_burst_avx2
#define RX_SCATTERED_NAME     igbiov_rx_burst_avx2_scattered
#define rx_narrower	      igbiov_rx_burst_sse
#define rx_narrower_scattered igbiov_rx_burst_sse_scattered

typedef __m256i vec;

#define vec_load(p)	   _mm256_loadu_si256(p)
#define vec_store(p, v)	   _mm256_storeu_si256((vec *)(p), v)
#define vec_spread(v)	   _mm256_permute4x64_epi64(v, 0xD8)
#define vec_lanes(x)	   _mm256_broadcastsi128_si256(x)
#define vec_equal(a, b)	   _mm256_cmpeq_epi32(a, b)
#define vec_blend(a, b, m) _mm256_blend_epi32(a, b, (m) | (m) << 4)
#define vec_has_all(a, b)  _mm256_testc_si256(a, b)
#define vec_upper(a, b)	   _mm256_blend_epi16(a, b, 0xAA)
#define vec_any(v)	   !_mm256_testz_si256(v, v)

static inline uint32_t
vec_sum(vec v)
{
	__m128i half = _mm_add_epi32(_mm256_castsi256_si128(v), _mm256_extracti128_si256(v, 1));

	half = _mm_add_epi32(half, _mm_shuffle_epi32(half, 0x4E));
	return _mm_cvtsi128_si32(half) + _mm_extract_epi32(half, 1);
}

static inline uint16_t
vec_leading(vec v)
{
	v = _mm256_permutevar8x32_epi32(v, _mm256_setr_epi32(0, 4, 1, 5, 2, 6, 3, 7));
	return rte_ctz32(~(uint32_t)_mm256_movemask_ps(_mm256_castsi256_ps(v)));
}

static inline vec
vec_first(uint16_t n)
{
	return _mm256_cmpgt_epi32(_mm256_set1_epi32(n), _mm256_setr_epi32(0, 2, 4, 6, 1, 3, 5, 7));
}

static inline void
vec_store_mbufs(struct rte_mbuf **m, vec front, vec back)
{
	_mm256_storeu_si256((__m256i *)&m[0]->rearm_data,
			    _mm256_permute2x128_si256(front, back, 0x20));
	_mm256_storeu_si256((__m256i *)&m[1]->rearm_data,
			    _mm256_permute2x128_si256(front, back, 0x31));
}

#include "igbiov_rx_vec.h"
