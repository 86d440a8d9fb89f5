/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) the igbiov authors
 */

#ifndef IGBIOV_STATS_H
#define IGBIOV_STATS_H

/**
 * @file
 * Statistics. Port and queue counts are what the application's own queues
 * received and sent; extended ones add what the chip's MAC counted for all
 * functions of the port, and why frames were lost.
 */

#include <ethdev_driver.h>
#include <rte_spinlock.h>

#include "igbiov_hw.h"

/** Counters of the chip that a driver has to widen to 64 bits. */
#define IGBIOV_HW_COUNTERS_MAX 64

struct igbiov_stats {
	rte_spinlock_t lock; /**< Reading clears: two readers must not split a count. */
	uint64_t hw[IGBIOV_HW_COUNTERS_MAX];   /**< Sums since the last reset. */
	uint32_t last[IGBIOV_HW_COUNTERS_MAX]; /**< VF: the chip's counts run on. */
};

int igbiov_stats_get(struct rte_eth_dev *dev, struct rte_eth_stats *stats);
int igbiov_stats_reset(struct rte_eth_dev *dev);
int igbiov_xstats_get(struct rte_eth_dev *dev, struct rte_eth_xstat *xstats, unsigned int n);
int igbiov_xstats_names(struct rte_eth_dev *dev, struct rte_eth_xstat_name *names, unsigned int n);
int igbiov_xstats_reset(struct rte_eth_dev *dev);

/** Takes the chip's counts before a reset forgets them. Primary process, any thread. */
void igbiov_stats_sync(struct rte_eth_dev *dev);
/** After a reset: counts of the chip start anew. */
void igbiov_stats_rebase(struct rte_eth_dev *dev);

#endif /* IGBIOV_STATS_H */
