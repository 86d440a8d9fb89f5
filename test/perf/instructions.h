/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) the igbiov authors
 */

#ifndef PERF_INSTRUCTIONS_H
#define PERF_INSTRUCTIONS_H

/**
 * @file
 * Loops whose instructions are counted, in phases: rx, tx and empty with the bursts between the
 * counter's start and stop, loop with nothing there, so that the counting's own can be taken off.
 * All phases are as long. Under callgrind each leaves a dump named "ARM/PHASE"; else the CPU
 * counts (steps.h).
 */

#include <jansson.h>

#include "arm.h"

/** Built with valgrind's header, and run under callgrind? */
bool instructions_by_callgrind(void);

/**
 * Counts one arm.
 * @return
 *   "frames" of the phases rx and tx, "polls" of the phase empty, and unless callgrind counts
 *   "rx", "tx", "loop" and (with a device) "empty".
 */
json_t *instructions_count(const struct arm *arm);

#endif /* PERF_INSTRUCTIONS_H */
