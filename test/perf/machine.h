/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) the igbiov authors
 */

#ifndef PERF_MACHINE_H
#define PERF_MACHINE_H

/**
 * @file
 * EAL on this machine: two cores, the best memory there is, our plugin before DPDK's own.
 */

#include <stdbool.h>

/** What this process runs on; valid after machine_start(). */
struct machine {
	char cpu[96];
	bool huge;	    /**< There are enough free huge pages. */
	const char *memory; /**< Pages behind mempools and rings. */
	int device_lcore;   /**< For the device in cold slices; -1: there is no second core. */
	double tsc_mhz;
};

extern struct machine machine;

/** Starts EAL. @return false: EAL said why. */
bool machine_start(const char *plugin);

#endif /* PERF_MACHINE_H */
