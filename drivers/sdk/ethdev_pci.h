/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) the igbiov authors
 */

#ifndef IGBIOV_SDK_ETHDEV_PCI_H
#define IGBIOV_SDK_ETHDEV_PCI_H

/**
 * @file
 * From a PCI function to an ethdev port and back, for a driver with one port per function.
 * All of it runs in EAL's probe and remove, in the thread that called them.
 */

#include <errno.h>

#include <rte_eal.h>
#include <rte_malloc.h>

#include "bus_pci_driver.h"
#include "ethdev_driver.h"

/** Starts or ends a port in a driver: 0 or a negative errno. */
typedef int (*eth_dev_pci_callback_t)(struct rte_eth_dev *eth_dev);

/**
 * Tells a port what its PCI function knows: interrupt handle, device flags, NUMA node.
 *
 * The flags and the node are in memory shared with other processes, the handle is this process's
 * own: hence a secondary takes the handle alone.
 */
static inline void
rte_eth_copy_pci_info(struct rte_eth_dev *eth_dev, struct rte_pci_device *pci_dev)
{
	uint32_t drv_flags;

	if (eth_dev == NULL || pci_dev == NULL)
		return;

	eth_dev->intr_handle = pci_dev->intr_handle;
	if (rte_eal_process_type() != RTE_PROC_PRIMARY)
		return;

	drv_flags = pci_dev->driver->drv_flags;
	eth_dev->data->dev_flags = (drv_flags & RTE_PCI_DRV_INTR_LSC ? RTE_ETH_DEV_INTR_LSC : 0) |
				   (drv_flags & RTE_PCI_DRV_INTR_RMV ? RTE_ETH_DEV_INTR_RMV : 0);
	eth_dev->data->numa_node = pci_dev->device.numa_node;
}

/**
 * Takes a free port for a function in the primary process, or finds the primary's in a secondary.
 *
 * @param private_size
 *   Bytes of zeroed, shared dev_private, on the function's NUMA node where it has room; 0: none.
 * @return
 *   NULL: no free port, no memory, or (in a secondary) no such port.
 */
static inline struct rte_eth_dev *
rte_eth_dev_pci_allocate(struct rte_pci_device *pci_dev, size_t private_size)
{
	bool primary = rte_eal_process_type() == RTE_PROC_PRIMARY;
	struct rte_eth_dev *eth_dev;
	const char *name;
	void *priv;

	if (pci_dev == NULL)
		return NULL;

	name = pci_dev->device.name;
	eth_dev = primary ? rte_eth_dev_allocate(name) : rte_eth_dev_attach_secondary(name);
	if (eth_dev == NULL)
		return NULL;

	if (primary && private_size != 0) {
		priv = rte_zmalloc_socket(name, private_size, RTE_CACHE_LINE_SIZE,
					  pci_dev->device.numa_node);
		if (priv == NULL)
			priv = rte_zmalloc(name, private_size, RTE_CACHE_LINE_SIZE);
		if (priv == NULL) {
			rte_eth_dev_release_port(eth_dev);
			return NULL;
		}
		eth_dev->data->dev_private = priv;
	}

	eth_dev->device = &pci_dev->device;
	rte_eth_copy_pci_info(eth_dev, pci_dev);
	return eth_dev;
}

/** Makes a port of a function: takes it, has init fill it, announces it; or undoes all that. */
static inline int
rte_eth_dev_pci_generic_probe(struct rte_pci_device *pci_dev, size_t private_size,
			      eth_dev_pci_callback_t init)
{
	struct rte_eth_dev *eth_dev;
	int ret;

	if (init == NULL)
		return -EINVAL;

	eth_dev = rte_eth_dev_pci_allocate(pci_dev, private_size);
	if (eth_dev == NULL)
		return -ENOMEM;

	ret = init(eth_dev);
	if (ret == 0)
		rte_eth_dev_probing_finish(eth_dev);
	else
		rte_eth_dev_release_port(eth_dev);
	return ret;
}

/**
 * Ends a function's port. One that is gone already is no error.
 *
 * A secondary finds the name in shared memory even after it released its own half, which is then
 * UNUSED and must not be ended twice.
 */
static inline int
rte_eth_dev_pci_generic_remove(struct rte_pci_device *pci_dev, eth_dev_pci_callback_t uninit)
{
	struct rte_eth_dev *eth_dev = rte_eth_dev_allocated(pci_dev->device.name);
	int ret;

	if (eth_dev == NULL)
		return 0;
	if (rte_eal_process_type() == RTE_PROC_SECONDARY && eth_dev->state == RTE_ETH_DEV_UNUSED)
		return 0;

	ret = uninit != NULL ? uninit(eth_dev) : 0;
	if (ret != 0)
		return ret;

	rte_eth_dev_release_port(eth_dev);
	return 0;
}

#endif /* IGBIOV_SDK_ETHDEV_PCI_H */
