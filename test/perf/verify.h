/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) the igbiov authors
 */

#ifndef PERF_VERIFY_H
#define PERF_VERIFY_H

/**
 * @file
 * Does an arm do the whole work? Frames that all differ, every field of every mbuf compared with
 * what the descriptor said, every descriptor with what the mbuf asked for. Who skips work is not
 * measured.
 */

#include "arm.h"

/** Arms with a device only. What is wrong is then the arm's reason not to run. */
void verify(struct arm *arm);

#endif /* PERF_VERIFY_H */
