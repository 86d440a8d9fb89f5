/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) the igbiov authors
 */

#ifndef IGBIOV_ETHDEV_H
#define IGBIOV_ETHDEV_H

/**
 * @file
 * A port: what PF and VF keep in dev_private, shared by primary and secondary
 * processes, and the operations both have.
 */

#include <bus_pci_driver.h>
#include <ethdev_driver.h>
#include <rte_spinlock.h>

#include <vfctl.h>

#include "igbiov_devargs.h"
#include "igbiov_filter.h"
#include "igbiov_hw.h"
#include "igbiov_mbx.h"
#include "igbiov_pool.h"
#include "igbiov_rss.h"
#include "igbiov_stats.h"

struct igbiov_adapter {
	struct igbiov_hw hw;
	struct igbiov_stats stats;
	bool intr_ready;	   /**< Handler registered. */
	uint16_t nb_rx_intr;	   /**< RX queues with a vector of their own. */
	struct rte_ether_addr mac; /**< Own address that the chip, or the PF, has been told. */
	struct igbiov_devargs args;

	/* PF */
	bool pools;	  /**< The chip is in pools, with or without VFs. */
	uint16_t nb_vfs;  /**< That exist. */
	uint16_t pf_pool; /**< 0 without pools. */
	bool link_off;	  /**< Switched off by the application. */
	struct igbiov_filter filter;
	struct igbiov_pools pool;
	struct igbiov_rss rss;
	struct vfctl_port *vfctl; /**< Primary process only. */
	struct igbiov_pf_mbx pf_mbx;
	uint32_t vf_listen;		  /**< VFs that may interrupt, one bit each. */
	uint32_t app_answered;		  /**< The application has done what they asked for. */
	uint32_t vf_clear;		  /**< VFs that are clear to send, one bit each. */
	uint64_t vf_nacked[IGBIOV_POOLS]; /**< TSC of the last NACK to one that wasn't. */
	uint32_t msg_word0[IGBIOV_POOLS]; /**< First word of the message being served, per VF. */

	/* VF */
	struct igbiov_vf_mbx mbx;
	bool mac_by_app;     /**< The application chose the address: it outlives resets. */
	uint32_t ivar_misc;  /**< What the chip should still hold while started. */
	bool reset_told;     /**< The application knows of the PF's reset. */
	uint32_t vf_promisc; /**< MSG_PROMISC_ bits that the PF has granted. */
	uint32_t vf_mc_nb;   /**< Multicast list, asked for again after a reset. */
	struct rte_ether_addr vf_mc[IGBIOV_VF_MC_MAX];
};

extern const struct eth_dev_ops igbiov_pf_ops, igbiov_vf_ops;

/**
 * The chip's queue behind an ethdev's. Without pools they are the same; the queues of
 * the PF's pool are far apart.
 */
static inline uint16_t
igbiov_hw_queue(const struct igbiov_adapter *ad, uint16_t queue_id)
{
	if (!ad->pools || ad->hw.chip.is_vf)
		return queue_id;
	return ad->pf_pool + queue_id * IGBIOV_POOLS;
}

/** Takes a function over, in the primary process: 0 or a negative errno with a log line. */
int igbiov_pf_init(struct rte_eth_dev *dev);
int igbiov_vf_init(struct rte_eth_dev *dev);

/* Operations that PF and VF share, in igbiov_ethdev.c. */

int igbiov_dev_is_removed(struct rte_eth_dev *dev);
const uint32_t *igbiov_ptypes_get(struct rte_eth_dev *dev, size_t *nb);
/** Makes room for so many addresses, once: a port has them to its end. 0 or -ENOMEM. */
int igbiov_mac_array(struct rte_eth_dev *dev, uint32_t nb);
/** Checks an MTU against chip and buffers: -EINVAL with a log line. */
int igbiov_mtu_check(const struct rte_eth_dev *dev, uint16_t mtu);
/** Fills what PF and VF have in common. */
void igbiov_dev_info(const struct igbiov_adapter *ad, struct rte_eth_dev_info *info);

/** Register dump, from the table in igbiov_regs.h: igbiov_regs.c. */
int igbiov_reg_get(struct rte_eth_dev *dev, struct rte_dev_reg_info *info);

#endif /* IGBIOV_ETHDEV_H */
