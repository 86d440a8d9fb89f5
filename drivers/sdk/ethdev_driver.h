/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) the igbiov authors
 */

#ifndef IGBIOV_SDK_ETHDEV_DRIVER_H
#define IGBIOV_SDK_ETHDEV_DRIVER_H

/**
 * @file
 * The driver's side of ethdev: a port, what it shares with other processes, and its operations.
 *
 * Members and operations that no driver here uses are reserved space, named after what DPDK keeps
 * there. A new operation is declared by splitting its reserved space here and its row of figures
 * in abi_24_11.h.
 */

#include <stdio.h>
#include <time.h>

#include <rte_common.h>
#include <rte_compat.h>
#include <rte_config.h>
#include <rte_ethdev.h>
#include <rte_memzone.h>
#include <rte_power_intrinsics.h>
#include <rte_stdatomic.h>

#include "abi.h"
#include "dev_driver.h"

struct eth_dev_ops;
struct rte_flow_ops;

/** A port in shared memory: every process of the application sees it. */
struct __rte_cache_aligned rte_eth_dev_data {
	char name[RTE_ETH_NAME_MAX_LEN];

	void **rx_queues; /**< What the bursts get as their queue, by queue index. */
	void **tx_queues;
	uint16_t nb_rx_queues;
	uint16_t nb_tx_queues;

	struct rte_eth_dev_sriov sriov; /**< ethdev checks queue counts by it where active. */

	void *dev_private; /**< rte_malloc'ed; freed by rte_eth_dev_release_port(). */

	struct rte_eth_link dev_link; /**< Through rte_eth_linkstatus_get() and _set() only. */
	struct rte_eth_conf dev_conf; /**< As given to rte_eth_dev_configure(). */
	uint16_t mtu;		      /**< Bytes of layer 3. */
	uint32_t min_rx_buf_size;     /**< Bytes; the smallest among the RX queues' mbufs. */

	uint64_t rx_mbuf_alloc_failed;

	struct rte_ether_addr *mac_addrs; /**< The first is the default; freed like dev_private. */
	uint64_t mac_pool_sel[RTE_ETH_NUM_RECEIVE_MAC_ADDR];
	struct rte_ether_addr *hash_mac_addrs; /**< Freed like dev_private. */

	uint16_t port_id;

	union {
		uint8_t mode_bits;
		__extension__ struct {
			uint8_t promiscuous : 1;
			uint8_t scattered_rx : 1;
			uint8_t all_multicast : 1;
			uint8_t dev_started : 1;
			uint8_t lro : 1;
			uint8_t dev_configured : 1;
			uint8_t flow_configured : 1;
		};
	};

	uint8_t rx_queue_state[RTE_MAX_QUEUES_PER_PORT]; /**< RTE_ETH_QUEUE_STATE_* */
	uint8_t tx_queue_state[RTE_MAX_QUEUES_PER_PORT];

	uint32_t dev_flags; /**< RTE_ETH_DEV_* */
	int numa_node;

	struct rte_vlan_filter_conf vlan_filter_conf; /**< The VLANs that ethdev was asked for. */

	struct rte_eth_dev_owner owner;

	uint16_t representor_id;
	uint16_t backer_port_id;

	uint64_t unused_flow_ops_mutex[5];
};

/** A port as one process sees it. */
struct __rte_cache_aligned rte_eth_dev {
	eth_rx_burst_t rx_pkt_burst;
	eth_tx_burst_t tx_pkt_burst;
	eth_tx_prep_t tx_pkt_prepare;
	eth_rx_queue_count_t rx_queue_count;
	eth_rx_descriptor_status_t rx_descriptor_status;
	eth_tx_queue_count_t tx_queue_count;
	eth_tx_descriptor_status_t tx_descriptor_status;
	eth_recycle_tx_mbufs_reuse_t recycle_tx_mbufs_reuse;
	eth_recycle_rx_descriptors_refill_t recycle_rx_descriptors_refill;

	struct rte_eth_dev_data *data;
	void *process_private; /**< The driver's own; ethdev neither shares nor frees it. */
	const struct eth_dev_ops *dev_ops;
	void *unused_flow_fp_ops;
	struct rte_device *device;
	struct rte_intr_handle *intr_handle; /**< NULL where the port has no interrupts. */

	void *unused_link_intr_cbs[2];
	void *unused_post_rx_burst_cbs[RTE_MAX_QUEUES_PER_PORT];
	void *unused_pre_tx_burst_cbs[RTE_MAX_QUEUES_PER_PORT];

	enum rte_eth_dev_state state;
	uint64_t unused_tail[6];
};

/** What ethdev did before it restores settings; see get_restore_flags. */
enum rte_eth_dev_operation {
	RTE_ETH_START = 0,
};

#define RTE_ETH_RESTORE_MAC_ADDR RTE_BIT64(0)
#define RTE_ETH_RESTORE_PROMISC	 RTE_BIT64(1)
#define RTE_ETH_RESTORE_ALLMULTI RTE_BIT64(2)
#define RTE_ETH_RESTORE_ALL \
	(RTE_ETH_RESTORE_MAC_ADDR | RTE_ETH_RESTORE_PROMISC | RTE_ETH_RESTORE_ALLMULTI)

/**
 * A driver's operations, in ethdev's order. NULL: not supported, and ethdev says so.
 *
 * Those that return int return 0 or a negative errno, unless stated. ethdev has checked port and
 * queue numbers against what is configured, but serialises nothing: one thread per port at a time
 * is the application's promise.
 */
struct eth_dev_ops {
	int (*dev_configure)(struct rte_eth_dev *dev);
	int (*dev_start)(struct rte_eth_dev *dev);
	int (*dev_stop)(struct rte_eth_dev *dev);
	int (*dev_set_link_up)(struct rte_eth_dev *dev);
	int (*dev_set_link_down)(struct rte_eth_dev *dev);
	int (*dev_close)(struct rte_eth_dev *dev);
	int (*dev_reset)(struct rte_eth_dev *dev);
	/** 0: the status changed; -1: it did not. */
	int (*link_update)(struct rte_eth_dev *dev, int wait_to_complete);
	void *unused_speed_lanes[3];
	int (*is_removed)(struct rte_eth_dev *dev); /**< 1 or 0. */

	int (*promiscuous_enable)(struct rte_eth_dev *dev);
	int (*promiscuous_disable)(struct rte_eth_dev *dev);
	int (*allmulticast_enable)(struct rte_eth_dev *dev);
	int (*allmulticast_disable)(struct rte_eth_dev *dev);

	void (*mac_addr_remove)(struct rte_eth_dev *dev, uint32_t index);
	int (*mac_addr_add)(struct rte_eth_dev *dev, struct rte_ether_addr *addr, uint32_t index,
			    uint32_t pool);
	int (*mac_addr_set)(struct rte_eth_dev *dev, struct rte_ether_addr *addr);
	int (*set_mc_addr_list)(struct rte_eth_dev *dev, struct rte_ether_addr *addrs,
				uint32_t count);
	int (*mtu_set)(struct rte_eth_dev *dev, uint16_t mtu);

	int (*stats_get)(struct rte_eth_dev *dev, struct rte_eth_stats *stats);
	int (*stats_reset)(struct rte_eth_dev *dev);
	/** The number there is; the array is filled where it has room for them all. */
	int (*xstats_get)(struct rte_eth_dev *dev, struct rte_eth_xstat *stats, unsigned int room);
	int (*xstats_reset)(struct rte_eth_dev *dev);
	/** As xstats_get. */
	int (*xstats_get_names)(struct rte_eth_dev *dev, struct rte_eth_xstat_name *names,
				unsigned int room);
	int (*queue_stats_mapping_set)(struct rte_eth_dev *dev, uint16_t queue, uint8_t counter,
				       uint8_t is_rx);

	int (*dev_infos_get)(struct rte_eth_dev *dev, struct rte_eth_dev_info *info);
	void (*rxq_info_get)(struct rte_eth_dev *dev, uint16_t queue,
			     struct rte_eth_rxq_info *info);
	void (*txq_info_get)(struct rte_eth_dev *dev, uint16_t queue,
			     struct rte_eth_txq_info *info);
	/** All of *info is the driver's to fill. */
	void (*recycle_rxq_info_get)(struct rte_eth_dev *dev, uint16_t queue,
				     struct rte_eth_recycle_rxq_info *info);
	int (*rx_burst_mode_get)(struct rte_eth_dev *dev, uint16_t queue,
				 struct rte_eth_burst_mode *mode);
	int (*tx_burst_mode_get)(struct rte_eth_dev *dev, uint16_t queue,
				 struct rte_eth_burst_mode *mode);
	/** Positive: the room, in bytes with the final 0, that the version needs. */
	int (*fw_version_get)(struct rte_eth_dev *dev, char *version, size_t room);
	/** Static; *count is the number of entries. */
	const uint32_t *(*dev_supported_ptypes_get)(struct rte_eth_dev *dev, size_t *count);
	void *unused_dev_ptypes_set;

	int (*vlan_filter_set)(struct rte_eth_dev *dev, uint16_t vlan, int on);
	int (*vlan_tpid_set)(struct rte_eth_dev *dev, enum rte_vlan_type type, uint16_t tpid);
	void (*vlan_strip_queue_set)(struct rte_eth_dev *dev, uint16_t queue, int on);
	/** The mask says what changed; the wanted state is in dev_conf.rxmode.offloads. */
	int (*vlan_offload_set)(struct rte_eth_dev *dev, int mask);
	void *unused_vlan_pvid_set;

	int (*rx_queue_start)(struct rte_eth_dev *dev, uint16_t queue);
	int (*rx_queue_stop)(struct rte_eth_dev *dev, uint16_t queue);
	int (*tx_queue_start)(struct rte_eth_dev *dev, uint16_t queue);
	int (*tx_queue_stop)(struct rte_eth_dev *dev, uint16_t queue);
	int (*rx_queue_setup)(struct rte_eth_dev *dev, uint16_t queue, uint16_t descriptors,
			      unsigned int socket, const struct rte_eth_rxconf *conf,
			      struct rte_mempool *pool);
	void (*rx_queue_release)(struct rte_eth_dev *dev, uint16_t queue);
	int (*rx_queue_intr_enable)(struct rte_eth_dev *dev, uint16_t queue);
	int (*rx_queue_intr_disable)(struct rte_eth_dev *dev, uint16_t queue);
	int (*tx_queue_setup)(struct rte_eth_dev *dev, uint16_t queue, uint16_t descriptors,
			      unsigned int socket, const struct rte_eth_txconf *conf);
	void (*tx_queue_release)(struct rte_eth_dev *dev, uint16_t queue);
	/** Gets the queue itself. limit 0: as many as there are. The number of packets freed. */
	int (*tx_done_cleanup)(void *txq, uint32_t limit);

	int (*dev_led_on)(struct rte_eth_dev *dev);
	int (*dev_led_off)(struct rte_eth_dev *dev);
	int (*flow_ctrl_get)(struct rte_eth_dev *dev, struct rte_eth_fc_conf *conf);
	int (*flow_ctrl_set)(struct rte_eth_dev *dev, struct rte_eth_fc_conf *conf);
	void *unused_priority_flow_ctrl[3];
	int (*uc_hash_table_set)(struct rte_eth_dev *dev, struct rte_ether_addr *addr, uint8_t on);
	int (*uc_all_hash_table_set)(struct rte_eth_dev *dev, uint8_t on);
	void *unused_udp_tunnel_port[2];
	int (*set_queue_rate_limit)(struct rte_eth_dev *dev, uint16_t queue, uint32_t mbps);

	int (*rss_hash_update)(struct rte_eth_dev *dev, struct rte_eth_rss_conf *conf);
	int (*rss_hash_conf_get)(struct rte_eth_dev *dev, struct rte_eth_rss_conf *conf);
	int (*reta_update)(struct rte_eth_dev *dev, struct rte_eth_rss_reta_entry64 *entries,
			   uint16_t size);
	int (*reta_query)(struct rte_eth_dev *dev, struct rte_eth_rss_reta_entry64 *entries,
			  uint16_t size);

	/** data NULL: only length and width are wanted. */
	int (*get_reg)(struct rte_eth_dev *dev, struct rte_dev_reg_info *info);
	int (*get_eeprom_length)(struct rte_eth_dev *dev); /**< Bytes. */
	int (*get_eeprom)(struct rte_eth_dev *dev, struct rte_dev_eeprom_info *info);
	int (*set_eeprom)(struct rte_eth_dev *dev, struct rte_dev_eeprom_info *info);
	int (*get_module_info)(struct rte_eth_dev *dev, struct rte_eth_dev_module_info *info);
	int (*get_module_eeprom)(struct rte_eth_dev *dev, struct rte_dev_eeprom_info *info);

	int (*flow_ops_get)(struct rte_eth_dev *dev, const struct rte_flow_ops **ops);
	void *unused_get_dcb_info;

	int (*timesync_enable)(struct rte_eth_dev *dev);
	int (*timesync_disable)(struct rte_eth_dev *dev);
	int (*timesync_read_rx_timestamp)(struct rte_eth_dev *dev, struct timespec *time,
					  uint32_t flags);
	int (*timesync_read_tx_timestamp)(struct rte_eth_dev *dev, struct timespec *time);
	int (*timesync_adjust_time)(struct rte_eth_dev *dev, int64_t ns);
	int (*timesync_adjust_freq)(struct rte_eth_dev *dev, int64_t ppm_16bit_fraction);
	int (*timesync_read_time)(struct rte_eth_dev *dev, struct timespec *time);
	int (*timesync_write_time)(struct rte_eth_dev *dev, const struct timespec *time);
	int (*read_clock)(struct rte_eth_dev *dev, uint64_t *clock);

	/** The number there is; ids NULL: all of them. */
	int (*xstats_get_by_id)(struct rte_eth_dev *dev, const uint64_t *ids, uint64_t *values,
				unsigned int count);
	int (*xstats_get_names_by_id)(struct rte_eth_dev *dev, const uint64_t *ids,
				      struct rte_eth_xstat_name *names, unsigned int count);
	void *unused_tm_to_hairpin[15];

	/** Gets the queue itself. */
	int (*get_monitor_addr)(void *rxq, struct rte_power_monitor_cond *condition);
	void *unused_representor_to_reassembly[5];
	/** proto_hdr of segments: what the port can split behind. */
	const uint32_t *(*buffer_split_supported_hdr_ptypes_get)(struct rte_eth_dev *dev,
								 size_t *count);
	int (*eth_dev_priv_dump)(struct rte_eth_dev *dev, FILE *file);
	void *unused_rx_queue_avail_thresh[2];
	int (*eth_rx_descriptor_dump)(const struct rte_eth_dev *dev, uint16_t queue, uint16_t first,
				      uint16_t count, FILE *file);
	int (*eth_tx_descriptor_dump)(const struct rte_eth_dev *dev, uint16_t queue, uint16_t first,
				      uint16_t count, FILE *file);
	void *unused_cman_to_aggr[6];
	/** RTE_ETH_RESTORE_*: what ethdev shall set again after op. NULL stands for all of it. */
	uint64_t (*get_restore_flags)(struct rte_eth_dev *dev, enum rte_eth_dev_operation op);
};

ABI_RTE_ETH_DEV_SRIOV(ABI_MEMBER, ABI_SIZE)
ABI_RTE_ETH_DEV_OWNER(ABI_MEMBER, ABI_SIZE)
ABI_RTE_ETH_DEV_DATA(ABI_MEMBER, ABI_SIZE)
ABI_RTE_ETH_DEV(ABI_MEMBER, ABI_SIZE)
ABI_ETH_DEV_OPS(ABI_MEMBER, ABI_SIZE)

/** Finds a port by its device's name in shared memory. NULL: there is none. */
__rte_internal
struct rte_eth_dev *rte_eth_dev_allocated(const char *name);

/** Takes a free port; for the primary process. NULL: no port is free, or the name is taken. */
__rte_internal
struct rte_eth_dev *rte_eth_dev_allocate(const char *name);

/** Attaches a secondary process to the primary's port. NULL: the primary has none. */
__rte_internal
struct rte_eth_dev *rte_eth_dev_attach_secondary(const char *name);

/**
 * Gives a port back. In the primary it frees dev_private, mac_addrs and hash_mac_addrs: set to
 * NULL beforehand what is not rte_malloc's.
 */
__rte_internal
int rte_eth_dev_release_port(struct rte_eth_dev *dev);

/** Announces a port that is ready: RTE_ETH_EVENT_NEW, and applications see it. */
__rte_internal
void rte_eth_dev_probing_finish(struct rte_eth_dev *dev);

/**
 * Calls the application's handlers of an event, in this thread.
 *
 * @param ret_param
 *   For those events that carry one, the data that the handlers get; else NULL.
 */
__rte_internal
int rte_eth_dev_callback_process(struct rte_eth_dev *dev, enum rte_eth_event_type event,
				 void *ret_param);

/**
 * Reserves IOVA-contiguous memory for a queue's ring, or finds the one of that name and queue if
 * it is large and aligned enough.
 *
 * @param align
 *   Bytes, a power of two.
 * @param socket
 *   NUMA node or SOCKET_ID_ANY.
 * @return
 *   NULL, and rte_errno is set.
 */
__rte_internal
const struct rte_memzone *rte_eth_dma_zone_reserve(const struct rte_eth_dev *dev, const char *name,
						   uint16_t queue, size_t size, unsigned int align,
						   int socket);

/** Frees what rte_eth_dma_zone_reserve() gave. 0 or a negative errno. */
__rte_internal
int rte_eth_dma_zone_free(const struct rte_eth_dev *dev, const char *name, uint16_t queue);

/** Takes or gives back an identifier for a set of ports behind one switch; 0 or -errno. */
__rte_internal
int rte_eth_switch_domain_alloc(uint16_t *domain);

__rte_internal
int rte_eth_switch_domain_free(uint16_t domain);

/** A burst that moves nothing, for queues that are stopped while lcores may still poll. */
__rte_internal
uint16_t rte_eth_pkt_burst_dummy(void *queue, struct rte_mbuf **pkts, uint16_t count);

/**
 * Publishes a link state, whole: readers in other threads and processes take no lock.
 *
 * @return
 *   0: up or down changed; -1: it did not.
 */
static inline int
rte_eth_linkstatus_set(struct rte_eth_dev *dev, const struct rte_eth_link *link)
{
	struct rte_eth_link before;

	before.val64 = rte_atomic_exchange_explicit(&dev->data->dev_link.val64, link->val64,
						    rte_memory_order_seq_cst);
	return before.link_status != link->link_status ? 0 : -1;
}

/** Reads the link state that was published last. */
static inline void
rte_eth_linkstatus_get(const struct rte_eth_dev *dev, struct rte_eth_link *link)
{
	link->val64 = rte_atomic_load_explicit(&dev->data->dev_link.val64,
					       rte_memory_order_seq_cst);
}

#endif /* IGBIOV_SDK_ETHDEV_DRIVER_H */
