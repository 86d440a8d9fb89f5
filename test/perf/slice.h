/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) the igbiov authors
 */

#ifndef PERF_SLICE_H
#define PERF_SLICE_H

/**
 * @file
 * About a millisecond of one arm. Time is taken of the bursts alone, one by one; the device's step
 * lies between them.
 */

#include "arm.h"

#define BURST_MAX 64

/** What a slice found, in TSC cycles a frame, its brackets' own cost taken off. */
struct slice {
	double rx, tx;
	unsigned int dropped; /**< Bursts left out: the machine did something else meanwhile. */
	bool failed;	      /**< Frames were missing, or no burst ran undisturbed. */
};

/** @param cold The device is on the other core (device_start()), else on this one. */
struct slice slice_run(const struct arm *arm, uint16_t burst, bool cold);

/** Cycles of a poll that finds nothing; NaN if none ran undisturbed. */
double slice_empty_polls(const struct arm *arm);

#endif /* PERF_SLICE_H */
