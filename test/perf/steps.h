/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) the igbiov authors
 */

#ifndef PERF_STEPS_H
#define PERF_STEPS_H

/**
 * @file
 * Instructions counted by the CPU itself, which traps after each: exact, for whatever it can run,
 * and slow.
 */

#include <stdint.h>
#include <x86intrin.h>

/** In the flags register: trap after the next instruction. */
#define TRAP_FLAG 0x100ull

/** Counts from 0 once more, and catches the traps until steps_done(). */
void steps_prepare(void);

/** @return Instructions between all steps_on() and steps_off() since steps_prepare(). */
uint64_t steps_done(void);

/** The way in and out is counted, too: some instructions, each time as many. */
static inline void
steps_on(void)
{
	__writeeflags(__readeflags() | TRAP_FLAG);
}

static inline void
steps_off(void)
{
	__writeeflags(__readeflags() & ~TRAP_FLAG);
}

#endif /* PERF_STEPS_H */
