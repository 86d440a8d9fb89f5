/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) the igbiov authors
 */

#ifndef PERF_DEVICE_H
#define PERF_DEVICE_H

/**
 * @file
 * The device's step between two bursts: on this core, or by a thread on another one, whose caches
 * the descriptors then have to come from, as they do from a NIC without direct cache access.
 */

#include "arm.h"

/** Starts the thread on an lcore. @return 0, or what EAL says. */
int device_start(unsigned int lcore);
void device_stop(void);

/** n frames arrive, and all that the driver has given is sent. @return false: too few buffers. */
bool device_step(const struct lane *lane, const union igbiov_rx_desc *wb, uint16_t n, bool cold);

#endif /* PERF_DEVICE_H */
