/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) the igbiov authors
 */

#ifndef IGBIOV_PF_VF_H
#define IGBIOV_PF_VF_H

/**
 * @file
 * What lib/vfctl asks of this chip: its operations on one PF's VFs.
 */

#include <ethdev_driver.h>

#include "igbiov_ethdev.h"

/** The library's view of this chip; also for tests. `priv` is the port's struct rte_eth_dev. */
extern const struct vfctl_ops igbiov_pf_vf_ops;

/** Addresses that no number of VFs can take away from the PF. */
uint16_t igbiov_pf_max_macs(const struct igbiov_adapter *ad);

/** Creates the PF's control thread, also without VFs. Errors as vfctl_create(). */
int igbiov_pf_vfctl_create(struct rte_eth_dev *dev);

/**
 * Puts the chip into pools with everything closed: loopback on, each queue of a
 * VF drops when full, anti-spoofing on, no VF enabled. Part of start, when the
 * filters have been emptied; does nothing without pools.
 */
void igbiov_pf_pools_setup(struct rte_eth_dev *dev);

#endif /* IGBIOV_PF_VF_H */
