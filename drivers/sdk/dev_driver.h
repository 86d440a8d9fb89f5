/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) the igbiov authors
 */

#ifndef IGBIOV_SDK_DEV_DRIVER_H
#define IGBIOV_SDK_DEV_DRIVER_H

/**
 * @file
 * What every EAL device and every driver start with.
 */

#include <rte_common.h>
#include <rte_dev.h>
#include <rte_os.h>

#include "abi.h"

/** A driver, as its bus lists it. */
struct rte_driver {
	RTE_TAILQ_ENTRY(rte_driver) next;
	const char *name;
	const char *alias;
};

/** A device, as its bus found it. */
struct rte_device {
	RTE_TAILQ_ENTRY(rte_device) next;
	const char *name;
	const char *bus_info;
	const struct rte_driver *driver; /**< NULL until a probe has succeeded. */
	const struct rte_bus *bus;
	int numa_node;		     /**< SOCKET_ID_ANY where the platform does not say. */
	struct rte_devargs *devargs; /**< NULL where the user gave none. */
};

ABI_RTE_DRIVER(ABI_MEMBER, ABI_SIZE)
ABI_RTE_DEVICE(ABI_MEMBER, ABI_SIZE)

#endif /* IGBIOV_SDK_DEV_DRIVER_H */
