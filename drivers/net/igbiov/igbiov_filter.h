/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) the igbiov authors
 */

#ifndef IGBIOV_FILTER_H
#define IGBIOV_FILTER_H

/**
 * @file
 * Which frame goes to which pool: unicast addresses (RAR), VLANs (VFTA, VLVF),
 * multicast (MTA) and what each pool accepts beyond (VMOLR). Each address has
 * one owner. Written by the control thread alone after start.
 *
 * The chip's registers are written from this state, never read back, so that a
 * request costs few accesses whatever the number of VFs.
 */

#include <stdbool.h>
#include <stdint.h>

#include <rte_ether.h>

#include "igbiov_hw.h"

#define IGBIOV_PF_MC_MAX 256 /**< Multicast addresses that the PF can list. */
#define IGBIOV_VF_MC_MAX 30  /**< Hashes that one VF can list. */

/** What a pool accepts beyond its own addresses. */
#define IGBIOV_ACCEPT_UNICAST	RTE_BIT32(0) /**< All unicast. */
#define IGBIOV_ACCEPT_MULTICAST RTE_BIT32(1) /**< All multicast. */
#define IGBIOV_ACCEPT_BROADCAST RTE_BIT32(2)
#define IGBIOV_ACCEPT_UNTAGGED	RTE_BIT32(3) /**< Frames without a tag. */
#define IGBIOV_ACCEPT_DEFAULT	(IGBIOV_ACCEPT_BROADCAST | IGBIOV_ACCEPT_UNTAGGED)

#define IGBIOV_NO_POOL 0xFF

struct igbiov_filter {
	struct {
		struct rte_ether_addr addr;
		uint8_t pool;
		bool used;
	} rar[IGBIOV_RAR_MAX];
	struct {
		uint16_t vid;
		uint8_t pools; /**< Members. */
		uint8_t holds; /**< Rules that name the entry; without them and members it is free. */
	} vlvf[IGBIOV_VLVF_MAX];
	uint32_t pf_vlan[IGBIOV_MTA_WORDS]; /**< The PF's own VLANs, one bit each. */
	bool vlan_filter;		    /**< The PF takes only its VLANs. */
	struct {
		uint16_t nb;
		uint16_t hash[IGBIOV_VF_MC_MAX];
	} vf_mc[IGBIOV_POOLS];
	uint32_t mta[IGBIOV_MTA_WORDS];	 /**< What the chip holds. */
	uint32_t vfta[IGBIOV_MTA_WORDS]; /**< What the chip holds. */
	uint32_t vmolr[IGBIOV_POOLS];	 /**< What the chip holds. */
	uint32_t accept[IGBIOV_POOLS];	 /**< IGBIOV_ACCEPT_ bits. */
	bool uta_full;			 /**< What the chip holds. */
	bool strip_copies;		 /**< What the chip holds, in RPLOLR. */
	uint8_t default_pool;		 /**< The operator's, or IGBIOV_NO_POOL. */
	bool pools;
	uint8_t pf_pool;
	uint16_t pf_mc_nb; /**< From here on kept by igbiov_filter_init(). */
	uint16_t pf_mc[IGBIOV_PF_MC_MAX];
};

/** Empties tables and state for a PF in `pf_pool`, or without pools. */
void igbiov_filter_init(const struct igbiov_hw *hw, struct igbiov_filter *f, bool pools,
			uint16_t pf_pool);

/**
 * Gives an address to a pool.
 * @return 0, also when the pool has it already; -EADDRINUSE when another pool
 *   has; -ENOSPC when all filters are taken.
 */
int igbiov_filter_mac_add(const struct igbiov_hw *hw, struct igbiov_filter *f, uint16_t pool,
			  const struct rte_ether_addr *addr);

/** Takes it away again; -ENOENT when the pool doesn't have it. */
int igbiov_filter_mac_remove(const struct igbiov_hw *hw, struct igbiov_filter *f, uint16_t pool,
			     const struct rte_ether_addr *addr);

/** The pool that owns an address, or -ENOENT. */
int igbiov_filter_mac_owner(const struct igbiov_filter *f, const struct rte_ether_addr *addr);

/**
 * Lets a pool into a VLAN, or takes it out; repeating is no error.
 * @return 0; -EINVAL for vid above 4095; -ENOSPC when the chip has no entry left.
 */
int igbiov_filter_vlan_set(const struct igbiov_hw *hw, struct igbiov_filter *f, uint16_t pool,
			   uint16_t vid, bool on);

/**
 * Keeps a VLAN in an entry although no pool has joined it, once more or once
 * less: mirror rules name entries.
 * @return the entry's number when on, 0 when off; -ENOSPC when there is none left.
 */
int igbiov_filter_vlan_hold(const struct igbiov_hw *hw, struct igbiov_filter *f, uint16_t vid,
			    bool on);

/** VLANs that a pool is in. */
uint16_t igbiov_filter_vlan_count(const struct igbiov_filter *f, uint16_t pool);

/** Addresses that a pool has. */
uint16_t igbiov_filter_mac_count(const struct igbiov_filter *f, uint16_t pool);

/**
 * The PF's VLAN filter. Off, the PF takes any VLAN where there are no VFs, and
 * else those that some pool has joined; promiscuous, also unicast of the others.
 */
void igbiov_filter_vlan_enable(const struct igbiov_hw *hw, struct igbiov_filter *f, bool on);

/** Strips tags for a pool, or for the port where there are no pools. */
void igbiov_filter_vlan_strip(const struct igbiov_hw *hw, struct igbiov_filter *f, uint16_t pool,
			      bool on);

/**
 * Puts a tag on all that a pool sends; vid 0: on nothing. The chip doesn't look
 * whether there is one already: a tagged frame leaves with two, this one first.
 */
void igbiov_filter_vlan_insert(const struct igbiov_hw *hw, uint16_t pool, uint16_t vid,
			       uint8_t prio);

/** The chip's hash of a multicast address (RCTL.MO 0): bits 47:36 of it. */
uint16_t igbiov_filter_mc_hash(const struct rte_ether_addr *addr);

/** Replaces a VF's multicast hashes; -EINVAL when there are too many. */
int igbiov_filter_vf_multicast(const struct igbiov_hw *hw, struct igbiov_filter *f, uint16_t pool,
			       const uint16_t *hash, uint16_t nb);

/** Replaces the PF's multicast addresses; -ENOSPC when there are too many. */
int igbiov_filter_pf_multicast(const struct igbiov_hw *hw, struct igbiov_filter *f,
			       const struct rte_ether_addr *addr, uint32_t nb);

/** Sets what a pool accepts beyond its addresses, IGBIOV_ACCEPT_ bits. */
void igbiov_filter_accept(const struct igbiov_hw *hw, struct igbiov_filter *f, uint16_t pool,
			  uint32_t accept);

/** Who gets unicast that no filter claims: a pool, or IGBIOV_NO_POOL. */
void igbiov_filter_default_pool(const struct igbiov_hw *hw, struct igbiov_filter *f, uint8_t pool);

/** Spreads what a pool receives over its two queues, or leaves it on the first. */
void igbiov_filter_spread(const struct igbiov_hw *hw, struct igbiov_filter *f, uint16_t pool,
			  bool on);

/** Longest frame of a pool, octets with CRC. */
void igbiov_filter_max_frame(const struct igbiov_hw *hw, struct igbiov_filter *f, uint16_t pool,
			     uint32_t octets);

/** Takes all that a VF's pool has, and leaves it at its defaults. */
void igbiov_filter_pool_clear(const struct igbiov_hw *hw, struct igbiov_filter *f, uint16_t pool);

#endif /* IGBIOV_FILTER_H */
