/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) the igbiov authors
 */

/* Transmit by AVX-512 (F, BW): four packets in a vector. */

#include <string.h>

#include <rte_ethdev.h>
#include <rte_vect.h>

#define TX_NAME	   igbiov_tx_burst_avx512
#define TX_MT_NAME igbiov_tx_burst_avx512_mt
#define LANES	   4
#define V(op)	   _mm512_##op
#define VOP(op)	   _mm512_##op##_si512
#define VZERO	   _mm512_setzero_si512()

#define vec_load(p) _mm512_loadu_si512(p)

typedef __m512i vec;

#define vec_lanes(x)	   _mm512_broadcast_i32x4(x)
#define vec_blend(a, b, m) _mm512_mask_blend_epi32((m) * 0x1111, a, b)
#define vec_any(v)	   (_mm512_test_epi32_mask(v, v) != 0)
#define vec_store(p, v)	   _mm512_storeu_si512(p, v)
#define LANE(v, m, at, i)  _mm512_inserti32x4(v, _mm_loadu_si128(RTE_PTR_ADD((m)[i], at)), i)
#define vec_gather(m, at) \
	LANE(LANE(LANE(_mm512_castsi128_si512(_mm_loadu_si128(RTE_PTR_ADD((m)[0], at))), m, at, \
		       1), \
		  m, at, 2), \
	     m, at, 3)

#include "igbiov_tx_vec.h"
