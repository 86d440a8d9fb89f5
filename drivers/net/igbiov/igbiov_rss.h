/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) the igbiov authors
 */

#ifndef IGBIOV_RSS_H
#define IGBIOV_RSS_H

/**
 * @file
 * Receive side scaling: for a PF without pools over all queues as its
 * application wants, with pools over the two of each VF that may.
 */

#include <rte_ethdev.h>

#include "igbiov_hw.h"

#define IGBIOV_RSS_KEY_LEN 40
#define IGBIOV_RETA_SIZE   128

/** What the PF's application wants; kept over stop and start. */
struct igbiov_rss {
	uint8_t key[IGBIOV_RSS_KEY_LEN];
	uint8_t reta[IGBIOV_RETA_SIZE]; /**< Queue by the hash's low 7 bits. */
	uint64_t types;			/**< RTE_ETH_RSS_ bits. */
	bool reta_set;			/**< By the application; else spread evenly at start. */
};

/** Header fields that the chip can hash. */
#define IGBIOV_RSS_TYPES \
	(RTE_ETH_RSS_IPV4 | RTE_ETH_RSS_NONFRAG_IPV4_TCP | RTE_ETH_RSS_NONFRAG_IPV4_UDP | \
	 RTE_ETH_RSS_IPV6 | RTE_ETH_RSS_NONFRAG_IPV6_TCP | RTE_ETH_RSS_NONFRAG_IPV6_UDP | \
	 RTE_ETH_RSS_IPV6_EX | RTE_ETH_RSS_IPV6_TCP_EX | RTE_ETH_RSS_IPV6_UDP_EX)

/** Takes key and types; NULL key: keep, or the default at first. -EINVAL, -ENOTSUP with a log. */
int igbiov_rss_set(const struct igbiov_hw *hw, struct igbiov_rss *rss,
		   const struct rte_eth_rss_conf *conf);

/** Writes all of it for `nb_queues` queues; types 0 switches RSS off. */
void igbiov_rss_apply(const struct igbiov_hw *hw, struct igbiov_rss *rss, uint16_t nb_queues);

/**
 * With pools: hashing for those that spread over their two queues (VMOLR.RSSE),
 * with the default key and evenly. The others' frames stay on the first one.
 * QEMU's model never hashes then.
 */
void igbiov_rss_apply_pools(const struct igbiov_hw *hw);

#endif /* IGBIOV_RSS_H */
