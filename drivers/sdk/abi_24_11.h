/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) the igbiov authors
 */

#ifndef IGBIOV_SDK_ABI_24_11_H
#define IGBIOV_SDK_ABI_24_11_H

/**
 * @file
 * The layout of DPDK 24.11's driver-side structures on 64-bit x86: figures, read from the debug
 * information of that release. M(structure, member, offset, size) a member, in bytes, reserved
 * space included, and last S(structure, size).
 */

#include <rte_build_config.h>

#if !defined(RTE_ARCH_X86_64) || RTE_VER_YEAR != 24 || RTE_VER_MONTH != 11
#error "drivers/sdk is for DPDK 24.11 on x86-64: use that, or a DPDK that was built with -Denable_driver_sdk=true"
#endif

/* clang-format off */
#define ABI_RTE_DEVICE(M, S) \
	M(rte_device, next, 0, 16) \
	M(rte_device, name, 16, 8) \
	M(rte_device, bus_info, 24, 8) \
	M(rte_device, driver, 32, 8) \
	M(rte_device, bus, 40, 8) \
	M(rte_device, numa_node, 48, 4) \
	M(rte_device, devargs, 56, 8) \
	S(rte_device, 64)

#define ABI_RTE_DRIVER(M, S) \
	M(rte_driver, next, 0, 16) \
	M(rte_driver, name, 16, 8) \
	M(rte_driver, alias, 24, 8) \
	S(rte_driver, 32)

#define ABI_RTE_MEM_RESOURCE(M, S) \
	M(rte_mem_resource, phys_addr, 0, 8) \
	M(rte_mem_resource, len, 8, 8) \
	M(rte_mem_resource, addr, 16, 8) \
	S(rte_mem_resource, 24)

#define ABI_RTE_PCI_ADDR(M, S) \
	M(rte_pci_addr, domain, 0, 4) \
	M(rte_pci_addr, bus, 4, 1) \
	M(rte_pci_addr, devid, 5, 1) \
	M(rte_pci_addr, function, 6, 1) \
	S(rte_pci_addr, 8)

#define ABI_RTE_PCI_ID(M, S) \
	M(rte_pci_id, class_id, 0, 4) \
	M(rte_pci_id, vendor_id, 4, 2) \
	M(rte_pci_id, device_id, 6, 2) \
	M(rte_pci_id, subsystem_vendor_id, 8, 2) \
	M(rte_pci_id, subsystem_device_id, 10, 2) \
	S(rte_pci_id, 12)

#define ABI_RTE_PCI_DEVICE(M, S) \
	M(rte_pci_device, next, 0, 16) \
	M(rte_pci_device, device, 16, 64) \
	M(rte_pci_device, addr, 80, 8) \
	M(rte_pci_device, id, 88, 12) \
	M(rte_pci_device, mem_resource, 104, 144) \
	M(rte_pci_device, intr_handle, 248, 8) \
	M(rte_pci_device, driver, 256, 8) \
	M(rte_pci_device, max_vfs, 264, 2) \
	M(rte_pci_device, kdrv, 268, 4) \
	M(rte_pci_device, name, 272, 18) \
	M(rte_pci_device, bus_info, 296, 8) \
	M(rte_pci_device, vfio_req_intr_handle, 304, 8) \
	S(rte_pci_device, 312)

#define ABI_RTE_PCI_DRIVER(M, S) \
	M(rte_pci_driver, next, 0, 16) \
	M(rte_pci_driver, driver, 16, 32) \
	M(rte_pci_driver, probe, 48, 8) \
	M(rte_pci_driver, remove, 56, 8) \
	M(rte_pci_driver, dma_map, 64, 8) \
	M(rte_pci_driver, dma_unmap, 72, 8) \
	M(rte_pci_driver, id_table, 80, 8) \
	M(rte_pci_driver, drv_flags, 88, 4) \
	S(rte_pci_driver, 96)

#define ABI_RTE_ETH_DEV_SRIOV(M, S) \
	M(rte_eth_dev_sriov, active, 0, 1) \
	M(rte_eth_dev_sriov, nb_q_per_pool, 1, 1) \
	M(rte_eth_dev_sriov, def_vmdq_idx, 2, 2) \
	M(rte_eth_dev_sriov, def_pool_q_idx, 4, 2) \
	S(rte_eth_dev_sriov, 6)

#define ABI_RTE_ETH_DEV_OWNER(M, S) \
	M(rte_eth_dev_owner, id, 0, 8) \
	M(rte_eth_dev_owner, name, 8, 64) \
	S(rte_eth_dev_owner, 72)

#define ABI_RTE_ETH_DEV_DATA(M, S) \
	M(rte_eth_dev_data, name, 0, 64) \
	M(rte_eth_dev_data, rx_queues, 64, 8) \
	M(rte_eth_dev_data, tx_queues, 72, 8) \
	M(rte_eth_dev_data, nb_rx_queues, 80, 2) \
	M(rte_eth_dev_data, nb_tx_queues, 82, 2) \
	M(rte_eth_dev_data, sriov, 84, 6) \
	M(rte_eth_dev_data, dev_private, 96, 8) \
	M(rte_eth_dev_data, dev_link, 104, 8) \
	M(rte_eth_dev_data, dev_conf, 112, 2280) \
	M(rte_eth_dev_data, mtu, 2392, 2) \
	M(rte_eth_dev_data, min_rx_buf_size, 2396, 4) \
	M(rte_eth_dev_data, rx_mbuf_alloc_failed, 2400, 8) \
	M(rte_eth_dev_data, mac_addrs, 2408, 8) \
	M(rte_eth_dev_data, mac_pool_sel, 2416, 1024) \
	M(rte_eth_dev_data, hash_mac_addrs, 3440, 8) \
	M(rte_eth_dev_data, port_id, 3448, 2) \
	M(rte_eth_dev_data, mode_bits, 3450, 1) \
	M(rte_eth_dev_data, rx_queue_state, 3451, 1024) \
	M(rte_eth_dev_data, tx_queue_state, 4475, 1024) \
	M(rte_eth_dev_data, dev_flags, 5500, 4) \
	M(rte_eth_dev_data, numa_node, 5504, 4) \
	M(rte_eth_dev_data, vlan_filter_conf, 5512, 512) \
	M(rte_eth_dev_data, owner, 6024, 72) \
	M(rte_eth_dev_data, representor_id, 6096, 2) \
	M(rte_eth_dev_data, backer_port_id, 6098, 2) \
	M(rte_eth_dev_data, unused_flow_ops_mutex, 6104, 40) \
	S(rte_eth_dev_data, 6144)

#define ABI_RTE_ETH_DEV(M, S) \
	M(rte_eth_dev, rx_pkt_burst, 0, 8) \
	M(rte_eth_dev, tx_pkt_burst, 8, 8) \
	M(rte_eth_dev, tx_pkt_prepare, 16, 8) \
	M(rte_eth_dev, rx_queue_count, 24, 8) \
	M(rte_eth_dev, rx_descriptor_status, 32, 8) \
	M(rte_eth_dev, tx_queue_count, 40, 8) \
	M(rte_eth_dev, tx_descriptor_status, 48, 8) \
	M(rte_eth_dev, recycle_tx_mbufs_reuse, 56, 8) \
	M(rte_eth_dev, recycle_rx_descriptors_refill, 64, 8) \
	M(rte_eth_dev, data, 72, 8) \
	M(rte_eth_dev, process_private, 80, 8) \
	M(rte_eth_dev, dev_ops, 88, 8) \
	M(rte_eth_dev, unused_flow_fp_ops, 96, 8) \
	M(rte_eth_dev, device, 104, 8) \
	M(rte_eth_dev, intr_handle, 112, 8) \
	M(rte_eth_dev, unused_link_intr_cbs, 120, 16) \
	M(rte_eth_dev, unused_post_rx_burst_cbs, 136, 8192) \
	M(rte_eth_dev, unused_pre_tx_burst_cbs, 8328, 8192) \
	M(rte_eth_dev, state, 16520, 4) \
	M(rte_eth_dev, unused_tail, 16528, 48) \
	S(rte_eth_dev, 16576)

#define ABI_ETH_DEV_OPS(M, S) \
	M(eth_dev_ops, dev_configure, 0, 8) \
	M(eth_dev_ops, dev_start, 8, 8) \
	M(eth_dev_ops, dev_stop, 16, 8) \
	M(eth_dev_ops, dev_set_link_up, 24, 8) \
	M(eth_dev_ops, dev_set_link_down, 32, 8) \
	M(eth_dev_ops, dev_close, 40, 8) \
	M(eth_dev_ops, dev_reset, 48, 8) \
	M(eth_dev_ops, link_update, 56, 8) \
	M(eth_dev_ops, unused_speed_lanes, 64, 24) \
	M(eth_dev_ops, is_removed, 88, 8) \
	M(eth_dev_ops, promiscuous_enable, 96, 8) \
	M(eth_dev_ops, promiscuous_disable, 104, 8) \
	M(eth_dev_ops, allmulticast_enable, 112, 8) \
	M(eth_dev_ops, allmulticast_disable, 120, 8) \
	M(eth_dev_ops, mac_addr_remove, 128, 8) \
	M(eth_dev_ops, mac_addr_add, 136, 8) \
	M(eth_dev_ops, mac_addr_set, 144, 8) \
	M(eth_dev_ops, set_mc_addr_list, 152, 8) \
	M(eth_dev_ops, mtu_set, 160, 8) \
	M(eth_dev_ops, stats_get, 168, 8) \
	M(eth_dev_ops, stats_reset, 176, 8) \
	M(eth_dev_ops, xstats_get, 184, 8) \
	M(eth_dev_ops, xstats_reset, 192, 8) \
	M(eth_dev_ops, xstats_get_names, 200, 8) \
	M(eth_dev_ops, queue_stats_mapping_set, 208, 8) \
	M(eth_dev_ops, dev_infos_get, 216, 8) \
	M(eth_dev_ops, rxq_info_get, 224, 8) \
	M(eth_dev_ops, txq_info_get, 232, 8) \
	M(eth_dev_ops, recycle_rxq_info_get, 240, 8) \
	M(eth_dev_ops, rx_burst_mode_get, 248, 8) \
	M(eth_dev_ops, tx_burst_mode_get, 256, 8) \
	M(eth_dev_ops, fw_version_get, 264, 8) \
	M(eth_dev_ops, dev_supported_ptypes_get, 272, 8) \
	M(eth_dev_ops, unused_dev_ptypes_set, 280, 8) \
	M(eth_dev_ops, vlan_filter_set, 288, 8) \
	M(eth_dev_ops, vlan_tpid_set, 296, 8) \
	M(eth_dev_ops, vlan_strip_queue_set, 304, 8) \
	M(eth_dev_ops, vlan_offload_set, 312, 8) \
	M(eth_dev_ops, unused_vlan_pvid_set, 320, 8) \
	M(eth_dev_ops, rx_queue_start, 328, 8) \
	M(eth_dev_ops, rx_queue_stop, 336, 8) \
	M(eth_dev_ops, tx_queue_start, 344, 8) \
	M(eth_dev_ops, tx_queue_stop, 352, 8) \
	M(eth_dev_ops, rx_queue_setup, 360, 8) \
	M(eth_dev_ops, rx_queue_release, 368, 8) \
	M(eth_dev_ops, rx_queue_intr_enable, 376, 8) \
	M(eth_dev_ops, rx_queue_intr_disable, 384, 8) \
	M(eth_dev_ops, tx_queue_setup, 392, 8) \
	M(eth_dev_ops, tx_queue_release, 400, 8) \
	M(eth_dev_ops, tx_done_cleanup, 408, 8) \
	M(eth_dev_ops, dev_led_on, 416, 8) \
	M(eth_dev_ops, dev_led_off, 424, 8) \
	M(eth_dev_ops, flow_ctrl_get, 432, 8) \
	M(eth_dev_ops, flow_ctrl_set, 440, 8) \
	M(eth_dev_ops, unused_priority_flow_ctrl, 448, 24) \
	M(eth_dev_ops, uc_hash_table_set, 472, 8) \
	M(eth_dev_ops, uc_all_hash_table_set, 480, 8) \
	M(eth_dev_ops, unused_udp_tunnel_port, 488, 16) \
	M(eth_dev_ops, set_queue_rate_limit, 504, 8) \
	M(eth_dev_ops, rss_hash_update, 512, 8) \
	M(eth_dev_ops, rss_hash_conf_get, 520, 8) \
	M(eth_dev_ops, reta_update, 528, 8) \
	M(eth_dev_ops, reta_query, 536, 8) \
	M(eth_dev_ops, get_reg, 544, 8) \
	M(eth_dev_ops, get_eeprom_length, 552, 8) \
	M(eth_dev_ops, get_eeprom, 560, 8) \
	M(eth_dev_ops, set_eeprom, 568, 8) \
	M(eth_dev_ops, get_module_info, 576, 8) \
	M(eth_dev_ops, get_module_eeprom, 584, 8) \
	M(eth_dev_ops, flow_ops_get, 592, 8) \
	M(eth_dev_ops, unused_get_dcb_info, 600, 8) \
	M(eth_dev_ops, timesync_enable, 608, 8) \
	M(eth_dev_ops, timesync_disable, 616, 8) \
	M(eth_dev_ops, timesync_read_rx_timestamp, 624, 8) \
	M(eth_dev_ops, timesync_read_tx_timestamp, 632, 8) \
	M(eth_dev_ops, timesync_adjust_time, 640, 8) \
	M(eth_dev_ops, timesync_adjust_freq, 648, 8) \
	M(eth_dev_ops, timesync_read_time, 656, 8) \
	M(eth_dev_ops, timesync_write_time, 664, 8) \
	M(eth_dev_ops, read_clock, 672, 8) \
	M(eth_dev_ops, xstats_get_by_id, 680, 8) \
	M(eth_dev_ops, xstats_get_names_by_id, 688, 8) \
	M(eth_dev_ops, unused_tm_to_hairpin, 696, 120) \
	M(eth_dev_ops, get_monitor_addr, 816, 8) \
	M(eth_dev_ops, unused_representor_to_reassembly, 824, 40) \
	M(eth_dev_ops, buffer_split_supported_hdr_ptypes_get, 864, 8) \
	M(eth_dev_ops, eth_dev_priv_dump, 872, 8) \
	M(eth_dev_ops, unused_rx_queue_avail_thresh, 880, 16) \
	M(eth_dev_ops, eth_rx_descriptor_dump, 896, 8) \
	M(eth_dev_ops, eth_tx_descriptor_dump, 904, 8) \
	M(eth_dev_ops, unused_cman_to_aggr, 912, 48) \
	M(eth_dev_ops, get_restore_flags, 960, 8) \
	S(eth_dev_ops, 968)

/* clang-format on */

#endif /* IGBIOV_SDK_ABI_24_11_H */
