/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) the igbiov authors
 */

#include <stdio.h>
#include <string.h>

#include <rte_dev.h>
#include <rte_errno.h>

#include "arm.h"
#include "pool.h"
#include "verify.h"

#define OURS(burst, with) \
	{ \
		.name = "ours " burst with, \
		.kind = &nic_82576_ours, \
		.devargs = "burst=" burst, \
		.path = burst, \
		.offload = sizeof(with) > 1, \
	}

#define WITH " offloads"

/* A stock DPDK has 32 ports for all of them together. */
struct arm arms[] = {
	{ .name = "igbvf", .kind = &nic_82576_in_tree },
	{ .name = "igbvf again", .again = "igbvf" },
	{ .name = "ixgbevf sse", .kind = &nic_82599_in_tree },
	{ .name = "null", .devargs = "net_null0,size=60,copy=0" },
	{ .name = "ring", .devargs = "net_ring0", .seeded = true },
	{ .name = "mempool" },
	{ .name = "ethdev alone", .devargs = "net_null1,no-rx=1", .polled_only = true },
	OURS("scalar", ""),
	OURS("sse", ""),
	OURS("avx2", ""),
	OURS("avx512", ""),
	OURS("auto", ""),
	{ .name = "ours auto head write-back",
	  .kind = &nic_82576_ours,
	  .devargs = "burst=auto,tx_head_wb=1" },
	{ .name = "ours auto lock-free",
	  .kind = &nic_82576_ours,
	  .devargs = "burst=auto",
	  .lockfree = true },
	{ .name = "ours 7 VFs",
	  .kind = &nic_82576_ours,
	  .devargs = "burst=auto",
	  .ports = 7,
	  .queues = 2 },
	{ .name = "ours 7 VFs small",
	  .kind = &nic_82576_ours,
	  .devargs = "burst=auto",
	  .ports = 7,
	  .queues = 2,
	  .ring = 128 },
	{ .name = "igbvf offloads", .kind = &nic_82576_in_tree, .offload = true },
	OURS("scalar", WITH),
	OURS("sse", WITH),
	OURS("avx2", WITH),
	OURS("avx512", WITH),
	OURS("auto", WITH),
};
const unsigned int nb_arms = RTE_DIM(arms);

/* What an application with everything switched on asks for, as far as the port has it. */
#define RX_WANTED (RTE_ETH_RX_OFFLOAD_CHECKSUM | RTE_ETH_RX_OFFLOAD_VLAN_STRIP)
#define TX_WANTED \
	(RTE_ETH_TX_OFFLOAD_IPV4_CKSUM | RTE_ETH_TX_OFFLOAD_TCP_CKSUM | \
	 RTE_ETH_TX_OFFLOAD_VLAN_INSERT)

#define CACHE RTE_MEMPOOL_CACHE_MAX_SIZE

#define REFUSE(arm, ...) snprintf((arm)->why, sizeof((arm)->why), __VA_ARGS__)

static union igbiov_rx_desc
frame(const struct arm *arm)
{
	union igbiov_rx_desc wb = { .wb = {
					    .info = 0x11 << RXD_INFO_PTYPE_SHIFT, /* IPv4, TCP */
					    .status = RXD_STAT_DD | RXD_STAT_EOP,
					    .len = ARM_FRAME,
				    } };

	if (!arm->offload)
		return wb;
	wb.wb.info |= 1; /* hash over IPv4 and TCP */
	wb.wb.rss = 0x12345678;
	wb.wb.status |= RXD_STAT_VP | RXD_STAT_L4CS | RXD_STAT_IPCS;
	wb.wb.vlan = 100;
	return wb;
}

static int
port_start(struct arm *arm, uint16_t port)
{
	struct rte_eth_dev_info info;
	struct rte_eth_conf conf = { 0 };
	int ret = rte_eth_dev_info_get(port, &info);

	if (ret != 0)
		return ret;
	conf.rxmode.offloads = arm->offload ? info.rx_offload_capa & RX_WANTED : 0;
	conf.txmode.offloads = arm->offload ? info.tx_offload_capa & TX_WANTED : 0;
	/* One mempool, no clones: what an application gets for nothing. */
	conf.txmode.offloads |= info.tx_offload_capa & RTE_ETH_TX_OFFLOAD_MBUF_FAST_FREE;
	if (arm->lockfree)
		conf.txmode.offloads |= RTE_ETH_TX_OFFLOAD_MT_LOCKFREE;
	ret = rte_eth_dev_configure(port, arm->queues, arm->queues, &conf);
	for (uint16_t q = 0; ret == 0 && q < arm->queues; q++) {
		ret = rte_eth_rx_queue_setup(port, q, arm->ring, SOCKET_ID_ANY, NULL, arm->pool);
		if (ret == 0)
			ret = rte_eth_tx_queue_setup(port, q, arm->ring, SOCKET_ID_ANY, NULL);
	}
	return ret != 0 ? ret : rte_eth_dev_start(port);
}

/* Under the name of another path, a path's figures would be a lie. */
static void
mode_check(struct arm *arm)
{
	struct rte_eth_burst_mode mode;
	uint16_t port = arm->lane[0].port;

	if (rte_eth_rx_burst_mode_get(port, 0, &mode) == 0)
		snprintf(arm->rx_mode, sizeof(arm->rx_mode), "%s", mode.info);
	if (rte_eth_tx_burst_mode_get(port, 0, &mode) == 0)
		snprintf(arm->tx_mode, sizeof(arm->tx_mode), "%s", mode.info);
	if (arm->path == NULL || strcmp(arm->path, "auto") == 0)
		return;
	if (strcasestr(arm->rx_mode, arm->path) == NULL)
		REFUSE(arm, "the driver took \"%.40s\" for %s", arm->rx_mode, arm->path);
}

static void
nics_open(struct arm *arm)
{
	const char *args = arm->devargs != NULL ? arm->devargs : "";

	for (uint16_t p = 0; p < arm->ports; p++) {
		uint16_t port;
		struct nic *nic = nic_new(arm->kind, args, &port);

		if (nic == NULL) {
			REFUSE(arm, "the driver isn't there, or refuses \"%s\"", args);
			return;
		}
		for (uint16_t q = 0; q < arm->queues; q++)
			arm->lane[arm->nb_lanes++] = (struct lane){ port, q, nic, &nic->queue[q] };
	}
}

static void
vdev_open(struct arm *arm)
{
	char name[32];
	uint16_t port;

	snprintf(name, sizeof(name), "%.*s", (int)strcspn(arm->devargs, ","), arm->devargs);
	if (rte_dev_probe(arm->devargs) != 0 || rte_eth_dev_get_port_by_name(name, &port) != 0) {
		REFUSE(arm, "EAL doesn't make %s", arm->devargs);
		return;
	}
	arm->lane[arm->nb_lanes++] = (struct lane){ .port = port };
}

/* Frames that will go round for ever. */
static void
seed(struct arm *arm)
{
	struct rte_mbuf *pkts[ARM_RING];

	if (rte_pktmbuf_alloc_bulk(arm->pool, pkts, ARM_RING) != 0 ||
	    rte_eth_tx_burst(arm->lane[0].port, 0, pkts, ARM_RING) != ARM_RING)
		REFUSE(arm, "takes no %d mbufs", ARM_RING);
}

static void
arm_open(struct arm *arm, unsigned int number)
{
	char name[32];
	uint16_t lanes;

	arm->ports = RTE_MAX(arm->ports, 1);
	arm->queues = RTE_MAX(arm->queues, 1);
	arm->ring = arm->ring != 0 ? arm->ring : ARM_RING;
	arm->frame = frame(arm);
	lanes = arm->ports * arm->queues;
	snprintf(name, sizeof(name), "arm%u", number);
	/* Both rings full, and what the cache may keep: who has more touches more memory in turn. */
	arm->pool = pool_new(name, lanes * 2 * arm->ring + 2 * CACHE, CACHE);
	if (arm->pool == NULL) {
		REFUSE(arm, "no memory for its mempool: %s", rte_strerror(rte_errno));
		return;
	}
	if (arm->kind != NULL)
		nics_open(arm);
	else if (!arm_is_mempool(arm))
		vdev_open(arm);
	else
		arm->lane[arm->nb_lanes++] = (struct lane){ 0 };
}

static void
arm_start(struct arm *arm)
{
	for (uint16_t i = 0; i < arm->nb_lanes; i += arm->queues) {
		int ret = port_start(arm, arm->lane[i].port);

		if (ret != 0) {
			REFUSE(arm, "the port doesn't start: %s", rte_strerror(-ret));
			return;
		}
		if (arm->lane[i].nic != NULL)
			nic_attach(arm->lane[i].nic, arm->queues);
	}
	mode_check(arm);
	if (arm->seeded)
		seed(arm);
}

static bool
is_wanted(const char *name, const char *wanted)
{
	size_t len = strlen(name);

	for (const char *at = wanted; at != NULL; at = strchr(at, ',')) {
		at += *at == ',';
		if (strncmp(at, name, len) == 0 && (at[len] == ',' || at[len] == '\0'))
			return true;
	}
	return wanted == NULL;
}

/* The same port and mempool: what differs between the two is the measurement's own doing. */
static void
arm_repeat(struct arm *arm)
{
	const struct arm self = *arm;

	for (unsigned int i = 0; i < nb_arms; i++) {
		if (strcmp(arms[i].name, arm->again) != 0)
			continue;
		*arm = arms[i];
		arm->name = self.name;
		arm->again = self.again;
		return;
	}
}

void
arms_start(const char *wanted)
{
	for (unsigned int i = 0; i < nb_arms; i++) {
		struct arm *arm = &arms[i];

		if (!is_wanted(arm->name, wanted)) {
			REFUSE(arm, "not asked for");
			continue;
		}
		if (arm->again != NULL) {
			arm_repeat(arm);
			continue;
		}
		arm_open(arm, i);
		if (arm_runs(arm) && !arm_is_mempool(arm))
			arm_start(arm);
		if (arm_runs(arm) && arm_has_nic(arm))
			verify(arm);
	}
}
