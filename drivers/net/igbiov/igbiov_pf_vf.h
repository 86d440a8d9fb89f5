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

/** Extra addresses that each VF may have: an equal part of what the PF leaves. */
uint16_t igbiov_pf_vf_extra_macs(const struct igbiov_adapter *ad);

/** Creates the PF's control thread, also without VFs. Errors as vfctl_create(). */
int igbiov_pf_vfctl_create(struct rte_eth_dev *dev);

/**
 * Puts the chip into pools with everything closed: loopback on, each queue of a
 * VF drops when full, anti-spoofing on, no VF enabled. Part of start; does
 * nothing without VFs.
 */
void igbiov_pf_pools_setup(struct rte_eth_dev *dev);

/** VFs that the kernel has created now (sysfs), or a negative errno. */
int igbiov_pf_numvfs(const char *pci_name);

#endif /* IGBIOV_PF_VF_H */
