/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) the igbiov authors
 */

#ifndef PERF_WRITES_H
#define PERF_WRITES_H

/**
 * @file
 * Counts, exactly and for any driver, what its bursts do to the chip's registers: they lie on
 * pages that may not be touched, each touch traps, and the one instruction is then run alone.
 */

#include "arm.h"

struct writes {
	unsigned int bursts, frames;
	unsigned int rx_tail, tx_tail, other; /**< Register writes. */
	unsigned int reads;		      /**< Register reads. */
	unsigned int completions;	      /**< TX write-backs that the driver asked for. */
};

/** Bursts on an arm's first lane; 0 frames each: polls that find nothing, and sends of nothing. */
struct writes writes_count(const struct arm *arm, uint16_t burst);

#endif /* PERF_WRITES_H */
