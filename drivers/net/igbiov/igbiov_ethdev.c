/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) the igbiov authors
 */

#include <errno.h>
#include <stdio.h>
#include <string.h>

#include <ethdev_pci.h>
#include <rte_malloc.h>
#include <rte_version.h>

#include "igbiov_devargs.h"
#include "igbiov_ethdev.h"
#include "igbiov_queue.h"

int
igbiov_dev_is_removed(struct rte_eth_dev *dev)
{
	const struct igbiov_adapter *ad = dev->data->dev_private;

	return igbiov_hw_removed(&ad->hw);
}

const uint32_t *
igbiov_ptypes_get(struct rte_eth_dev *dev, size_t *nb)
{
	static const uint32_t ptypes[] = {
		RTE_PTYPE_L2_ETHER,	 RTE_PTYPE_L3_IPV4,	      RTE_PTYPE_L3_IPV4_EXT,
		RTE_PTYPE_L3_IPV6,	 RTE_PTYPE_L3_IPV6_EXT,	      RTE_PTYPE_L4_TCP,
		RTE_PTYPE_L4_UDP,	 RTE_PTYPE_L4_SCTP,	      RTE_PTYPE_TUNNEL_IP,
		RTE_PTYPE_INNER_L3_IPV6, RTE_PTYPE_INNER_L3_IPV6_EXT, RTE_PTYPE_INNER_L4_TCP,
		RTE_PTYPE_INNER_L4_UDP,
	};

	RTE_SET_USED(dev);
	*nb = RTE_DIM(ptypes);
	return ptypes;
}

int
igbiov_mac_array(struct rte_eth_dev *dev, uint32_t nb)
{
	size_t len = nb * RTE_ETHER_ADDR_LEN;

	/* Kept over a reset: a reset that fails leaves a port that others still look at. */
	if (dev->data->mac_addrs == NULL)
		dev->data->mac_addrs = rte_zmalloc("igbiov mac", len, 0);
	else
		memset(dev->data->mac_addrs, 0, len);
	return dev->data->mac_addrs != NULL ? 0 : -ENOMEM;
}

int
igbiov_mtu_check(const struct rte_eth_dev *dev, uint16_t mtu)
{
	const struct igbiov_adapter *ad = dev->data->dev_private;
	uint32_t frame = mtu + IGBIOV_FRAME_OVERHEAD;

	if (mtu < RTE_ETHER_MIN_MTU || frame > ad->hw.chip.max_frame) {
		IGBIOV_LOG(&ad->hw, ERR, "MTU %u; %u to %u please", mtu, RTE_ETHER_MIN_MTU,
			   (uint32_t)(ad->hw.chip.max_frame - IGBIOV_FRAME_OVERHEAD));
		return -EINVAL;
	}
	/* The burst in use takes one buffer a frame, and can't be changed under the lcores. */
	if (dev->data->dev_started && !dev->data->scattered_rx &&
	    igbiov_queues_need_scatter(dev, mtu)) {
		IGBIOV_LOG(&ad->hw, ERR, "MTU %u is more than a buffer: stop the port first", mtu);
		return -EBUSY;
	}
	return 0;
}

void
igbiov_dev_info(const struct igbiov_adapter *ad, struct rte_eth_dev_info *info)
{
	igbiov_queue_dev_info(info);
	info->max_rx_pktlen = ad->hw.chip.max_frame;
	info->max_mtu = ad->hw.chip.max_frame - IGBIOV_FRAME_OVERHEAD;
	info->min_mtu = RTE_ETHER_MIN_MTU;
	info->rx_offload_capa = IGBIOV_RX_OFFLOADS;
	info->tx_offload_capa = IGBIOV_TX_OFFLOADS;
	info->err_handle_mode = RTE_ETH_ERROR_HANDLE_MODE_PASSIVE;
}

/* --- a secondary process: reads and bursts; what changes the chip is the primary's --- */

static int
secondary_close(struct rte_eth_dev *dev)
{
	RTE_SET_USED(dev);
	return 0;
}

static int
secondary_link_update(struct rte_eth_dev *dev, int wait)
{
	/* The primary keeps the shared state up to date. */
	RTE_SET_USED(dev);
	RTE_SET_USED(wait);
	return 0;
}

static int
secondary_info_get(struct rte_eth_dev *dev, struct rte_eth_dev_info *info)
{
	const struct igbiov_adapter *ad = dev->data->dev_private;

	return (ad->hw.chip.is_vf ? igbiov_vf_ops : igbiov_pf_ops).dev_infos_get(dev, info);
}

static const struct eth_dev_ops secondary_ops = {
	.dev_close = secondary_close,
	.link_update = secondary_link_update,
	.is_removed = igbiov_dev_is_removed,
	.stats_get = igbiov_stats_get,
	.xstats_get = igbiov_xstats_get,
	.xstats_get_names = igbiov_xstats_names,
	.dev_infos_get = secondary_info_get,
	.rxq_info_get = igbiov_rxq_info_get,
	.txq_info_get = igbiov_txq_info_get,
	.recycle_rxq_info_get = igbiov_recycle_rxq_info_get,
	.rx_burst_mode_get = igbiov_rx_burst_mode_get,
	.tx_burst_mode_get = igbiov_tx_burst_mode_get,
	.dev_supported_ptypes_get = igbiov_ptypes_get,
	.tx_done_cleanup = igbiov_tx_done_cleanup,
	.get_reg = igbiov_reg_get,
	.get_monitor_addr = igbiov_monitor_addr,
};

/* --- probe and removal --- */

/* What must be true before a register is touched. */
static int
device_check(const struct rte_pci_device *pci, const struct igbiov_chip *chip)
{
	const struct rte_mem_resource *bar = &pci->mem_resource[0];

	if (pci->kdrv != RTE_PCI_KDRV_VFIO) {
		RTE_LOG(ERR, IGBIOV, "%s: needs vfio-pci: dpdk-devbind.py -b vfio-pci %s\n",
			pci->name, pci->name);
		return -ENOTSUP;
	}
	if (bar->addr == NULL || bar->len < chip->bar_len) {
		RTE_LOG(ERR, IGBIOV, "%s: BAR 0 has %" PRIu64 " octets; the %s needs %u\n",
			pci->name, bar->addr == NULL ? 0 : bar->len, chip->name, chip->bar_len);
		return -ENODEV;
	}
	return 0;
}

static int
port_init(struct rte_eth_dev *dev)
{
	struct rte_pci_device *pci = RTE_ETH_DEV_TO_PCI(dev);
	const struct igbiov_chip *chip = igbiov_chip_find(pci->id.device_id);
	struct igbiov_adapter *ad = dev->data->dev_private;
	int ret;

	if (rte_eal_process_type() != RTE_PROC_PRIMARY) {
		dev->dev_ops = &secondary_ops;
		igbiov_bursts_choose(dev);
		return 0;
	}
	ret = device_check(pci, chip);
	if (ret != 0)
		return ret;
	ad->hw.chip = *chip;
	ad->hw.bar = pci->mem_resource[0].addr;
	/* Not the PCI function: ports can be swapped, or given to a guest one by one. */
	ad->hw.lan_id = STATUS_LAN_ID(hw_rd(&ad->hw, REG(STATUS)));
	strlcpy(ad->hw.name, pci->name, sizeof(ad->hw.name));
	rte_spinlock_init(&ad->stats.lock);
	if (igbiov_hw_removed(&ad->hw)) {
		IGBIOV_LOG(&ad->hw, ERR, "reads as all ones: is the function still there?");
		return -ENODEV;
	}

	ret = igbiov_devargs_parse(&ad->hw, dev->device->devargs, &ad->args);
	if (ret == 0)
		ret = igbiov_bursts_check(ad);
	if (ret != 0)
		return ret;
	dev->dev_ops = chip->is_vf ? &igbiov_vf_ops : &igbiov_pf_ops;
	igbiov_bursts_choose(dev);
	dev->data->dev_flags |= RTE_ETH_DEV_AUTOFILL_QUEUE_XSTATS;
	return chip->is_vf ? igbiov_vf_init(dev) : igbiov_pf_init(dev);
}

static int
port_close(struct rte_eth_dev *dev)
{
	if (rte_eal_process_type() != RTE_PROC_PRIMARY || dev->dev_ops == NULL)
		return 0;
	return dev->dev_ops->dev_close(dev);
}

static int
igbiov_pci_probe(struct rte_pci_driver *driver, struct rte_pci_device *pci)
{
	RTE_SET_USED(driver);
	return rte_eth_dev_pci_generic_probe(pci, sizeof(struct igbiov_adapter), port_init);
}

static int
igbiov_pci_remove(struct rte_pci_device *pci)
{
	return rte_eth_dev_pci_generic_remove(pci, port_close);
}

#define INTEL 0x8086

/* The same ids as igbiov_hw.c's table, split by driver; that row decides the rest. */
static const struct rte_pci_id pf_ids[] = {
	{ RTE_PCI_DEVICE(INTEL, 0x10C9) },
	{ RTE_PCI_DEVICE(INTEL, 0x10E6) },
	{ RTE_PCI_DEVICE(INTEL, 0x10E7) },
	{ RTE_PCI_DEVICE(INTEL, 0x10E8) },
	{ RTE_PCI_DEVICE(INTEL, 0x1526) },
	{ RTE_PCI_DEVICE(INTEL, 0x150A) },
	{ RTE_PCI_DEVICE(INTEL, 0x1518) },
	{ RTE_PCI_DEVICE(INTEL, 0x150D) },
	{ .vendor_id = 0 },
};

static const struct rte_pci_id vf_ids[] = {
	{ RTE_PCI_DEVICE(INTEL, 0x10CA) },
	{ RTE_PCI_DEVICE(INTEL, 0x152D) },
	{ .vendor_id = 0 },
};

static struct rte_pci_driver pf_driver = {
	.driver.name = "net_igbiov",
	.id_table = pf_ids,
	.drv_flags = RTE_PCI_DRV_NEED_MAPPING | RTE_PCI_DRV_INTR_LSC,
	.probe = igbiov_pci_probe,
	.remove = igbiov_pci_remove,
};

static struct rte_pci_driver vf_driver = {
	.driver.name = "net_igbiov_vf",
	.id_table = vf_ids,
	.drv_flags = RTE_PCI_DRV_NEED_MAPPING | RTE_PCI_DRV_INTR_LSC,
	.probe = igbiov_pci_probe,
	.remove = igbiov_pci_remove,
};

/*
 * Driver-side structures differ between releases even under one soname: under
 * another one than ours, every access might go astray. So it isn't registered.
 */
RTE_INIT(igbiov_register)
{
	char running[16];

	snprintf(running, sizeof(running), "%02u.%02u", rte_version_year(), rte_version_month());
	if (strcmp(running, IGBIOV_BUILT_FOR) != 0) {
		RTE_LOG(ERR, IGBIOV,
			"built for DPDK " IGBIOV_BUILT_FOR
			", and this is %s: not registered; build it for this release\n",
			running);
		return;
	}
	rte_pci_register(&pf_driver);
	rte_pci_register(&vf_driver);
}

RTE_PMD_EXPORT_NAME(net_igbiov, __COUNTER__);
RTE_PMD_REGISTER_PCI_TABLE(net_igbiov, pf_ids);
RTE_PMD_REGISTER_KMOD_DEP(net_igbiov, "* vfio-pci");
RTE_PMD_REGISTER_PARAM_STRING(net_igbiov, IGBIOV_PF_PARAMS);
RTE_PMD_EXPORT_NAME(net_igbiov_vf, __COUNTER__);
RTE_PMD_REGISTER_PCI_TABLE(net_igbiov_vf, vf_ids);
RTE_PMD_REGISTER_KMOD_DEP(net_igbiov_vf, "* vfio-pci");
RTE_PMD_REGISTER_PARAM_STRING(net_igbiov_vf, IGBIOV_VF_PARAMS);
