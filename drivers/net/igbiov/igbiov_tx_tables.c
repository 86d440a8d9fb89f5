/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) the igbiov authors
 */

#include "igbiov_tx.h"
#include "igbiov_tx_tables.h"

#define LANES(...) __VA_ARGS__, __VA_ARGS__, __VA_ARGS__, __VA_ARGS__

/* No octet of the mbuf, but 0. */
#define NONE  0x80
#define NONE6 NONE, NONE, NONE, NONE, NONE, NONE

const struct igbiov_tx_tables igbiov_tx_tables __rte_cache_aligned = {
	.data_off = { LANES(0, 1, NONE6, NONE, NONE, NONE6) },
	.lens = { LANES(4, 5, 6, 7, 4, 5, 6, 7, 8, 9, NONE, NONE, 8, 9, NONE, NONE) },
	.places = { LANES(0, 0, 0, 0, 1, 0, 1 << TXD_PAYLEN_SHIFT, 0) },
	.second = { LANES(TX_SINGLE_MASK, TX_KIND_FLAGS) },
	.fourth = { LANES(0, UINT64_MAX) },
	.single = { LANES(TX_SINGLE, 0) },
	.cmd = { LANES(0, TX_PLAIN_CMD) },
	.shortest = { LANES(0, 0, 0, 0, 0, 0, IGBIOV_TX_MIN_LEN, 0) },
	.longest = { LANES(UINT16_MAX, UINT16_MAX, UINT16_MAX, UINT16_MAX, UINT16_MAX, 0,
			   IGBIOV_TX_MAX_LEN, 0) },
	.ones = { LANES(UINT64_MAX, UINT64_MAX) },
};
