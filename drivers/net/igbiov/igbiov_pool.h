/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) the igbiov authors
 */

#ifndef IGBIOV_POOL_H
#define IGBIOV_POOL_H

/**
 * @file
 * What the chip does for a VF's pool beside filtering: its transmit rate, its
 * queues, its mirror rule, its counters; and the storm control of all pools.
 * Written by the control thread alone after start.
 *
 * QEMU's model has none of it but the counters: rate, mirror and storm control
 * are shown on the project's register model only.
 */

#include <stdbool.h>
#include <stdint.h>

#include <vfctl_driver.h>

#include "igbiov_filter.h"
#include "igbiov_hw.h"

#define IGBIOV_MIRROR_RULES 4
#define IGBIOV_NO_VF	    0xFF

/** What the chip counts for a VF. */
enum igbiov_pool_count {
	IGBIOV_COUNT_RX_PACKETS,
	IGBIOV_COUNT_RX_BYTES,
	IGBIOV_COUNT_RX_MULTICAST,
	IGBIOV_COUNT_TX_PACKETS,
	IGBIOV_COUNT_TX_BYTES,
	IGBIOV_COUNT_NB
};

struct igbiov_pool_counts {
	uint32_t last[IGBIOV_COUNT_NB]; /**< The chip's, when it was read last. */
	bool restarted;			/**< The chip may have begun at 0 again since then. */
};

struct igbiov_pools {
	uint32_t rate[IGBIOV_POOLS];  /**< Mb/s, 0: no limit. */
	uint8_t queues[IGBIOV_POOLS]; /**< 1 or 2. */
	struct {
		uint8_t vf;    /**< Whose rule it is, or IGBIOV_NO_VF. */
		uint16_t vlan; /**< Held in the filter for it; 0: none. */
	} mirror[IGBIOV_MIRROR_RULES];
	uint32_t storm_broadcast, storm_multicast; /**< Mb/s, 0: no limit. */
	struct igbiov_pool_counts counts[IGBIOV_POOLS];
};

/** Starts anew with a chip that was reset: no limits, one queue each, no mirroring. */
void igbiov_pool_init(const struct igbiov_hw *hw, struct igbiov_pools *p);

/**
 * The rate scheduler's setting for a queue (RTTBCNRC): the link's speed over the
 * queue's, as a binary fraction of 14 bits, rounded so that no queue gets more
 * than its part. Pure.
 * @param link Mb/s; 0: down.
 * @param mbps Of all the pool's queues together; 0: no limit.
 * @param queue 0 or 1, of `nb_queues`. With two each gets half. With one the
 *   first gets all but the least that the chip can give, and the second that:
 *   a VF may send by it all the same.
 * @return the register's value; 0: no limit.
 */
uint32_t igbiov_pool_rate_factor(uint32_t link, uint32_t mbps, uint16_t queue, uint16_t nb_queues);

/** Limits what a pool sends, in a link of `link` Mb/s. */
void igbiov_pool_rate_set(const struct igbiov_hw *hw, struct igbiov_pools *p, uint16_t pool,
			  uint32_t mbps, uint32_t link);

/** Takes the pool's rule away, and gives it another unless `mirror` has nothing in it. */
int igbiov_pool_mirror_set(const struct igbiov_hw *hw, struct igbiov_pools *p,
			   struct igbiov_filter *f, uint16_t pool,
			   const struct vfctl_mirror *mirror);

/** Broadcast and multicast from wire and pools, Mb/s each, 0: no limit. */
void igbiov_pool_storm_set(const struct igbiov_hw *hw, struct igbiov_pools *p, uint32_t link);

/** What the chip has counted up to now is nobody's. After its reset. */
void igbiov_pool_counts_rebase(const struct igbiov_hw *hw, struct igbiov_pools *p, uint16_t pool);

/** Gives what the chip has counted since the last call. */
void igbiov_pool_counts_take(const struct igbiov_hw *hw, struct igbiov_pools *p, uint16_t pool,
			     struct vfctl_hw_stats *stats);

/** Pools whose frames anti-spoofing has dropped since the last call, as a mask. */
uint32_t igbiov_pool_spoofs_take(const struct igbiov_hw *hw);

#endif /* IGBIOV_POOL_H */
