/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) the igbiov authors
 */

/* Transmit by AVX2: two packets in a vector. */

#include <string.h>

#include <rte_ethdev.h>
#include <rte_vect.h>

#define TX_NAME	   igbiov_tx_burst_avx2
#define TX_MT_NAME igbiov_tx_burst_avx2_mt
#define LANES	   2
#define V(op)	   _mm256_##op
#define VOP(op)	   _mm256_##op##_si256
#define VZERO	   _mm256_setzero_si256()

#define vec_load(p) _mm256_loadu_si256(p)

typedef __m256i vec;

#define vec_lanes(x)	   _mm256_broadcastsi128_si256(x)
#define vec_blend(a, b, m) _mm256_blend_epi32(a, b, (m) | (m) << 4)
#define vec_any(v)	   !_mm256_testz_si256(v, v)
#define vec_store(p, v)	   _mm256_storeu_si256(p, v)
#define vec_gather(m, at) \
	_mm256_inserti128_si256(_mm256_castsi128_si256(_mm_loadu_si128(RTE_PTR_ADD((m)[0], at))), \
				_mm_loadu_si128(RTE_PTR_ADD((m)[1], at)), 1)

#include "igbiov_tx_vec.h"
