/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) the igbiov authors
 */

/* Transmit by SSE4.2: a packet in a vector. */

#include <string.h>

#include <rte_ethdev.h>
#include <rte_vect.h>

#define TX_NAME	   igbiov_tx_burst_sse
#define TX_MT_NAME igbiov_tx_burst_sse_mt
#define LANES	   1
#define V(op)	   _mm_##op
#define VOP(op)	   _mm_##op##_si128
#define VZERO	   _mm_setzero_si128()

#define vec_load(p) _mm_loadu_si128(p)

typedef __m128i vec;

#define vec_lanes(x) (x)
#define vec_blend(a, b, m) \
	_mm_blend_epi16(a, b, 3 * (((m) & 1) | ((m) & 2) << 1 | ((m) & 4) << 2 | ((m) & 8) << 3))
#define vec_any(v)	  !_mm_testz_si128(v, v)
#define vec_store(p, v)	  _mm_store_si128(p, v)
#define vec_gather(m, at) _mm_loadu_si128(RTE_PTR_ADD((m)[0], at))

#include "igbiov_tx_vec.h"
