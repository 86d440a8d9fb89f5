/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) the igbiov authors
 */

#ifndef PERF_ARM_H
#define PERF_ARM_H

/**
 * @file
 * What is compared: a driver's burst functions on a port of their own, or the mempool alone.
 * Each arm moves frames from its RX to its TX, over one lane or over several in turn.
 */

#include <rte_ethdev.h>
#include <rte_ip.h>
#include <rte_mempool.h>

#include "nic.h"

#define ARM_RING      512 /* descriptors */
#define ARM_LANES_MAX 14
#define ARM_FRAME     60

/** One queue pair. */
struct lane {
	uint16_t port, queue;
	struct nic *nic;	/**< NULL: a virtual port, which needs no device. */
	struct nic_queue *nicq; /**< NULL likewise. */
};

struct arm {
	const char *name;
	const struct nic_kind *kind; /**< NULL: a virtual port, or the mempool. */
	const char *devargs; /**< Of the PCI function; the virtual device's name and args. */
	const char *path;    /**< RX burst mode that it must report, or it is skipped. */
	const char *again;   /**< Name of the arm that this one is once more. */
	bool offload;	     /**< RX flags written back, TX offloads asked for. */
	bool lockfree;	     /**< TX fit for several threads, of which there is one. */
	bool seeded;	     /**< Only gives what was put in. */
	bool polled_only;    /**< Never gives a frame: what a poll costs above the driver. */
	uint16_t ports, queues, ring; /**< 0: 1, 1, ARM_RING. */

	char why[128]; /**< Not empty: it can't run, and why. */
	char rx_mode[RTE_ETH_BURST_MODE_INFO_SIZE], tx_mode[RTE_ETH_BURST_MODE_INFO_SIZE];
	struct rte_mempool *pool;
	union igbiov_rx_desc frame; /**< What the device writes back for each frame. */
	uint16_t nb_lanes;
	struct lane lane[ARM_LANES_MAX];
};

extern struct arm arms[];
extern const unsigned int nb_arms;

/**
 * Sets up arms; one that can't be says why.
 * @param wanted Their names, with commas, or NULL for all.
 */
void arms_start(const char *wanted);

static inline bool
arm_runs(const struct arm *arm)
{
	return arm->why[0] == '\0';
}

/** Has a device below, to which the driver writes tails. */
static inline bool
arm_has_nic(const struct arm *arm)
{
	return arm->kind != NULL;
}

/** Can be found empty. */
static inline bool
arm_polls(const struct arm *arm)
{
	return arm_has_nic(arm) || arm->polled_only;
}

static inline bool
arm_is_mempool(const struct arm *arm)
{
	return arm->kind == NULL && arm->devargs == NULL;
}

/** What an application writes into mbufs before it sends them: what the chip is to do with them. */
static inline void
arm_prepare(const struct arm *arm, struct rte_mbuf **pkts, uint16_t n)
{
	for (uint16_t i = 0; i < n; i++) {
		pkts[i]->ol_flags = 0;
		if (!arm->offload)
			continue;
		pkts[i]->ol_flags = RTE_MBUF_F_TX_IPV4 | RTE_MBUF_F_TX_IP_CKSUM |
				    RTE_MBUF_F_TX_TCP_CKSUM | RTE_MBUF_F_TX_VLAN;
		pkts[i]->l2_len = RTE_ETHER_HDR_LEN;
		pkts[i]->l3_len = sizeof(struct rte_ipv4_hdr);
		pkts[i]->vlan_tci = 100;
	}
}

/** Bursts until all n are there: some drivers give 32 at most. */
static inline uint16_t
arm_receive(const struct arm *arm, const struct lane *lane, struct rte_mbuf **pkts, uint16_t n)
{
	uint16_t got = 0, more;

	if (arm_is_mempool(arm))
		return rte_mempool_get_bulk(arm->pool, (void **)pkts, n) == 0 ? n : 0;
	do {
		more = rte_eth_rx_burst(lane->port, lane->queue, pkts + got, n - got);
		got += more;
	} while (got < n && more != 0);
	return got;
}

static inline uint16_t
arm_transmit(const struct arm *arm, const struct lane *lane, struct rte_mbuf **pkts, uint16_t n)
{
	if (!arm_is_mempool(arm))
		return rte_eth_tx_burst(lane->port, lane->queue, pkts, n);
	rte_mempool_put_bulk(arm->pool, (void **)pkts, n);
	return n;
}

#endif /* PERF_ARM_H */
