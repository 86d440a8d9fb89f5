/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) the igbiov authors
 */

#ifndef PERF_MEASURE_H
#define PERF_MEASURE_H

/**
 * @file
 * Slices of all arms in turns, over and over. Only what lies in one round is compared: the
 * machine's speed changes from second to second, and all arms of a round have had the same.
 */

#include <stdbool.h>

#include <jansson.h>

/**
 * Measures until the time is up.
 * @param quick Bursts of 32 only.
 * @return
 *   An array with an object for each arm, burst and mode ("warm", "cold"): "rx" and "tx", TSC
 *   cycles a frame, a number each round; and for each arm with a device one of mode "empty", whose
 *   "rx" are cycles a poll.
 */
json_t *measure(double seconds, bool quick);

#endif /* PERF_MEASURE_H */
