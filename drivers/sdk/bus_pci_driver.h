/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) the igbiov authors
 */

#ifndef IGBIOV_SDK_BUS_PCI_DRIVER_H
#define IGBIOV_SDK_BUS_PCI_DRIVER_H

/**
 * @file
 * The driver's side of the PCI bus: a device, a driver, and registration.
 */

#include <rte_bus_pci.h>
#include <rte_compat.h>
#include <rte_dev.h>
#include <rte_pci.h>

#include "abi.h"
#include "dev_driver.h"

/** The kernel driver that a device was bound to when the bus was scanned. */
enum rte_pci_kernel_driver {
	RTE_PCI_KDRV_UNKNOWN = 0,
	RTE_PCI_KDRV_IGB_UIO = 1,
	RTE_PCI_KDRV_VFIO = 2,
	RTE_PCI_KDRV_UIO_GENERIC = 3,
	RTE_PCI_KDRV_NIC_UIO = 4,
	RTE_PCI_KDRV_NONE = 5,
	RTE_PCI_KDRV_NET_UIO = 6,
};

/** A PCI function. */
struct rte_pci_device {
	RTE_TAILQ_ENTRY(rte_pci_device) next;
	struct rte_device device;
	struct rte_pci_addr addr;
	struct rte_pci_id id;
	struct rte_mem_resource mem_resource[PCI_MAX_RESOURCE]; /**< BARs; addr NULL: unmapped. */
	struct rte_intr_handle *intr_handle;
	struct rte_pci_driver *driver;
	uint16_t max_vfs; /**< VFs that existed at the scan: stale as soon as sysfs is written. */
	enum rte_pci_kernel_driver kdrv;
	char name[PCI_PRI_STR_SIZE + 1];
	char *bus_info;
	struct rte_intr_handle *vfio_req_intr_handle;
};

/**
 * Takes a device.
 *
 * @return
 *   0: it is ours now; positive: not ours, EAL asks the next driver; negative errno: EAL gives
 *   the device up.
 */
typedef int(rte_pci_probe_t)(struct rte_pci_driver *driver, struct rte_pci_device *device);

/** Gives a device back; 0 or a negative errno. */
typedef int(rte_pci_remove_t)(struct rte_pci_device *device);

/** Maps or unmaps memory for a device's DMA, where the driver wants to do so itself. */
typedef int(pci_dma_map_t)(struct rte_pci_device *device, void *addr, uint64_t iova, size_t len);
typedef int(pci_dma_unmap_t)(struct rte_pci_device *device, void *addr, uint64_t iova, size_t len);

/** A PCI driver. EAL keeps the address from registration on. */
struct rte_pci_driver {
	RTE_TAILQ_ENTRY(rte_pci_driver) next;
	struct rte_driver driver;
	rte_pci_probe_t *probe;
	rte_pci_remove_t *remove;
	pci_dma_map_t *dma_map;
	pci_dma_unmap_t *dma_unmap;
	const struct rte_pci_id *id_table; /**< Ends with a row whose vendor_id is 0. */
	uint32_t drv_flags;		   /**< RTE_PCI_DRV_* */
};

ABI_RTE_MEM_RESOURCE(ABI_MEMBER, ABI_SIZE)
ABI_RTE_PCI_ADDR(ABI_MEMBER, ABI_SIZE)
ABI_RTE_PCI_ID(ABI_MEMBER, ABI_SIZE)
ABI_RTE_PCI_DEVICE(ABI_MEMBER, ABI_SIZE)
ABI_RTE_PCI_DRIVER(ABI_MEMBER, ABI_SIZE)

#define RTE_PCI_DRV_NEED_MAPPING    0x0001 /**< EAL maps the BARs before it probes. */
#define RTE_PCI_DRV_WC_ACTIVATE	    0x0002 /**< The mapping is write-combining. */
#define RTE_PCI_DRV_PROBE_AGAIN	    0x0004 /**< A device in use may be probed again. */
#define RTE_PCI_DRV_INTR_LSC	    0x0008 /**< The driver reports link changes. */
#define RTE_PCI_DRV_INTR_RMV	    0x0010 /**< The driver reports removal. */
#define RTE_PCI_DRV_KEEP_MAPPED_RES 0x0020 /**< BARs stay mapped when no driver takes it. */
#define RTE_PCI_DRV_NEED_IOVA_AS_VA 0x0040 /**< The driver can't use physical addresses. */

/** A row of an id table: any class, any subsystem. */
#define RTE_PCI_DEVICE(vendor, dev) \
	.class_id = RTE_CLASS_ANY_ID, .vendor_id = (vendor), .device_id = (dev), \
	.subsystem_vendor_id = RTE_PCI_ANY_ID, .subsystem_device_id = RTE_PCI_ANY_ID

#define RTE_DEV_TO_PCI(dev)	    container_of(dev, struct rte_pci_device, device)
#define RTE_DEV_TO_PCI_CONST(dev)   container_of(dev, const struct rte_pci_device, device)
#define RTE_ETH_DEV_TO_PCI(eth_dev) RTE_DEV_TO_PCI((eth_dev)->device)

/** Adds a driver to the bus, behind those that are there: the first that matches is asked first. */
__rte_internal
void rte_pci_register(struct rte_pci_driver *driver);

/** Takes a driver off the bus. Its devices must be gone. */
__rte_internal
void rte_pci_unregister(struct rte_pci_driver *driver);

/** Registers a driver when the library is loaded, and exports its name to dpdk-pmdinfo.py. */
#define RTE_PMD_REGISTER_PCI(nm, pci_driver) \
	RTE_INIT(pci_register_##nm) \
	{ \
		(pci_driver).driver.name = RTE_STR(nm); \
		rte_pci_register(&(pci_driver)); \
	} \
	RTE_PMD_EXPORT_NAME(nm, __COUNTER__)

#endif /* IGBIOV_SDK_BUS_PCI_DRIVER_H */
