/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) the igbiov authors
 */

#ifndef IGBIOV_DEVARGS_H
#define IGBIOV_DEVARGS_H

/**
 * @file
 * Device arguments of the PF: what all of its VFs may do from the start.
 */

#include <rte_dev.h>

#include <vfctl.h>

#include "igbiov_hw.h"

#define IGBIOV_ARG_VF_VLAN    "vf_vlan"
#define IGBIOV_ARG_VF_PROMISC "vf_promisc"

/** For dpdk-pmdinfo.py. */
#define IGBIOV_PF_PARAMS \
	IGBIOV_ARG_VF_VLAN "=<any|none> " IGBIOV_ARG_VF_PROMISC "=<none|multicast|all>"

/** What the arguments ask for; the defaults are the library's. */
struct igbiov_devargs {
	char settings[64]; /**< Of every VF, as vfctl_vf_parse() takes it. */
};

/**
 * Reads a device's arguments.
 * @return 0; -EINVAL for an unknown key or value, with a log line that names it.
 */
int igbiov_devargs_parse(const struct igbiov_hw *hw, const struct rte_devargs *devargs,
			 struct igbiov_devargs *out);

#endif /* IGBIOV_DEVARGS_H */
