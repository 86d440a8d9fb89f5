/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) the igbiov authors
 */

/* Receive by SSE4.2: four descriptors at a time. */

#include <string.h>

#include <rte_ethdev.h>
#include <rte_prefetch.h>
#include <rte_vect.h>

#include "igbiov_rx.h"
#include "igbiov_rx_tables.h"

#define LANES		      1
#define V(op)		      _mm_##op
#define VBYTES(op)	      _mm_##op##_si128
#define VAND		      _mm_and_si128
#define VOR		      _mm_or_si128
#define VZERO		      _mm_setzero_si128()
#define RX_NAME		      igbiov_rx_burst_sse
#define RX_SCATTERED_NAME     igbiov_rx_burst_sse_scattered
#define rx_narrower	      igbiov_rx_burst
#define rx_narrower_scattered igbiov_rx_burst_scattered

typedef __m128i vec;

#define vec_load(p)	_mm_loadu_si128(p)
#define vec_store(p, v) _mm_storeu_si128((vec *)(p), v)
#define vec_spread(v)	(v)
#define vec_lanes(x)	(x)
#define vec_equal(a, b) _mm_cmpeq_epi32(a, b)
#define vec_blend(a, b, m) \
	_mm_blend_epi16(a, b, 3 * ((m & 1) | (m & 2) << 1 | (m & 4) << 2 | (m & 8) << 3))
#define vec_has_all(a, b) _mm_testc_si128(a, b)
#define vec_upper(a, b)	  _mm_blend_epi16(a, b, 0xAA)
#define vec_any(v)	  !_mm_testz_si128(v, v)

static inline uint32_t
vec_sum(vec v)
{
	v = _mm_add_epi32(v, _mm_shuffle_epi32(v, 0x4E));
	return _mm_cvtsi128_si32(v) + _mm_extract_epi32(v, 1);
}

static inline uint16_t
vec_leading(vec v)
{
	return rte_ctz32(~(uint32_t)_mm_movemask_ps(_mm_castsi128_ps(v)));
}

static inline vec
vec_first(uint16_t n)
{
	return _mm_cmplt_epi32(_mm_setr_epi32(0, 1, 2, 3), _mm_set1_epi32(n));
}

static inline void
vec_store_mbufs(struct rte_mbuf **m, vec front, vec back)
{
	_mm_store_si128((__m128i *)&m[0]->rearm_data, front);
	_mm_store_si128((__m128i *)&m[0]->packet_type, back);
}

#include "igbiov_rx_vec.h"
