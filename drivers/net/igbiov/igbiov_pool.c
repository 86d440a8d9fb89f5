/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) the igbiov authors
 */

#include <errno.h>
#include <string.h>

#include <rte_common.h>
#include <rte_ethdev.h>

#include "igbiov_pool.h"

/* Memory window of the rate scheduler, in KiB: frames of 9.5 KiB fit in twice. */
#define RATE_WINDOW_JUMBO 0x14

void
igbiov_pool_init(const struct igbiov_hw *hw, struct igbiov_pools *p)
{
	memset(p, 0, sizeof(*p));
	for (unsigned int i = 0; i < IGBIOV_MIRROR_RULES; i++) {
		p->mirror[i].vf = IGBIOV_NO_VF;
		hw_wr(hw, REGN(VMRCTL, i), 0);
	}
	for (unsigned int pool = 0; pool < IGBIOV_POOLS; pool++)
		p->queues[pool] = 1;
	hw_wr(hw, REG(RTTBCNRM), RATE_WINDOW_JUMBO);
}

/* --- rate --- */

#define FACTOR_ONE (1u << RTTBCNRC_INT_SHIFT)
#define FACTOR_MAX (RTTBCNRC_FACTOR_MASK)

uint32_t
igbiov_pool_rate_factor(uint32_t link, uint32_t mbps, uint16_t queue, uint16_t nb_queues)
{
	/* In units of link / FACTOR_MAX, which is what the slowest queue gets. */
	uint64_t share, factor;

	if (mbps == 0 || mbps >= link)
		return 0;
	share = (uint64_t)mbps * FACTOR_MAX;
	if (nb_queues > 1)
		share /= nb_queues;
	else
		share = queue == 0 ? share - (uint64_t)link * FACTOR_ONE
				   : (uint64_t)link * FACTOR_ONE;
	/* Rounded up: the larger the factor the slower. */
	factor = ((uint64_t)link * FACTOR_ONE * FACTOR_MAX + share - 1) / share;
	return RTTBCNRC_RS_ENA | (uint32_t)RTE_MIN(factor, (uint64_t)FACTOR_MAX);
}

void
igbiov_pool_rate_set(const struct igbiov_hw *hw, struct igbiov_pools *p, uint16_t pool,
		     uint32_t mbps, uint32_t link)
{
	p->rate[pool] = mbps;
	for (uint16_t q = 0; q < hw->chip.queues_per_pool; q++) {
		hw_wr(hw, REG(RTTDQSEL), pool + q * IGBIOV_POOLS);
		hw_wr(hw, REG(RTTBCNRC), igbiov_pool_rate_factor(link, mbps, q, p->queues[pool]));
	}
}

/* --- mirroring --- */

static void
rule_drop(const struct igbiov_hw *hw, struct igbiov_pools *p, struct igbiov_filter *f,
	  unsigned int i)
{
	hw_wr(hw, REGN(VMRCTL, i), 0);
	if (p->mirror[i].vlan != 0)
		igbiov_filter_vlan_hold(hw, f, p->mirror[i].vlan, false);
	p->mirror[i].vf = IGBIOV_NO_VF;
	p->mirror[i].vlan = 0;
}

static int
rule_of(const struct igbiov_pools *p, uint8_t vf)
{
	for (int i = 0; i < IGBIOV_MIRROR_RULES; i++)
		if (p->mirror[i].vf == vf)
			return i;
	return -ENOSPC;
}

int
igbiov_pool_mirror_set(const struct igbiov_hw *hw, struct igbiov_pools *p, struct igbiov_filter *f,
		       uint16_t pool, const struct vfctl_mirror *mirror)
{
	uint16_t to = mirror->to == VFCTL_PF ? f->pf_pool : mirror->to;
	uint32_t ctl = to << VMRCTL_MP_SHIFT;
	int old = rule_of(p, pool), i = old, entry = 0;

	if (mirror->what == 0) {
		if (old >= 0)
			rule_drop(hw, p, f, old);
		return 0;
	}
	/* Egress of one pool isn't among the chip's kinds of rules: see the check of settings. */
	if (mirror->what & VFCTL_MIRROR_TX)
		return -ENOTSUP;
	if (i < 0)
		i = rule_of(p, IGBIOV_NO_VF);
	if (i < 0)
		return i;
	if (mirror->what & VFCTL_MIRROR_VLAN) {
		entry = igbiov_filter_vlan_hold(hw, f, mirror->vlan, true);
		if (entry < 0)
			return entry;
		ctl |= VMRCTL_VLME;
	}
	if (mirror->what & VFCTL_MIRROR_RX)
		ctl |= VMRCTL_VPME;
	/* The new VLAN is held by now, so that of the old rule can go even if it is the same. */
	if (old >= 0)
		rule_drop(hw, p, f, old);
	p->mirror[i].vf = pool;
	p->mirror[i].vlan = ctl & VMRCTL_VLME ? mirror->vlan : 0;
	hw_wr(hw, REGN(VMRVM, i), ctl & VMRCTL_VPME ? RTE_BIT32(pool) : 0);
	hw_wr(hw, REGN(VMRVLAN, i), ctl & VMRCTL_VLME ? RTE_BIT32(entry) : 0);
	hw_wr(hw, REGN(VMRCTL, i), ctl);
	return 0;
}

/* --- storm control --- */

/*
 * A window of 100 ms at any speed: the chip's basic interval (SCBI's default) is
 * 100 us at 1 Gb/s, and ten times that with each step down in speed. Thresholds
 * are in blocks of 64 octets.
 */
#define STORM_WINDOWS_A_SECOND 10
#define STORM_BLOCK	       64

static uint32_t
storm_threshold(uint32_t mbps)
{
	uint64_t octets = (uint64_t)mbps * 1000000 / 8 / STORM_WINDOWS_A_SECOND;

	return RTE_MIN(octets / STORM_BLOCK, (uint64_t)BSCTRH_MASK);
}

void
igbiov_pool_storm_set(const struct igbiov_hw *hw, struct igbiov_pools *p, uint32_t link)
{
	uint32_t control = link == 0 ? RTE_ETH_SPEED_NUM_1G : link;

	control = control << SCCRL_INTERVAL_SHIFT;
	hw_wr(hw, REG(BSCTRH), storm_threshold(p->storm_broadcast));
	hw_wr(hw, REG(MSCTRH), storm_threshold(p->storm_multicast));
	/* What is over the threshold in its window is dropped to the window's end. */
	if (p->storm_broadcast != 0)
		control |= SCCRL_BDICW;
	if (p->storm_multicast != 0)
		control |= SCCRL_MDICW;
	hw_wr(hw, REG(SCCRL), control);
}

/* --- counters --- */

static uint32_t
count_read(const struct igbiov_hw *hw, uint16_t pool, enum igbiov_pool_count c)
{
	static const uint32_t regs[IGBIOV_COUNT_NB] = {
		[IGBIOV_COUNT_RX_PACKETS] = REG(PFVFGPRC),
		[IGBIOV_COUNT_RX_BYTES] = REG(PFVFGORC),
		[IGBIOV_COUNT_RX_MULTICAST] = REG(PFVFMPRC),
		[IGBIOV_COUNT_TX_PACKETS] = REG(PFVFGPTC),
		[IGBIOV_COUNT_TX_BYTES] = REG(PFVFGOTC),
	};

	return hw_rd(hw, regs[c] + pool * IGBIOV_PFVFGPRC_STRIDE);
}

void
igbiov_pool_counts_rebase(const struct igbiov_hw *hw, struct igbiov_pools *p, uint16_t pool)
{
	for (unsigned int c = 0; c < IGBIOV_COUNT_NB; c++)
		p->counts[pool].last[c] = count_read(hw, pool, c);
	p->counts[pool].restarted = false;
}

void
igbiov_pool_counts_take(const struct igbiov_hw *hw, struct igbiov_pools *p, uint16_t pool,
			struct vfctl_hw_stats *stats)
{
	struct igbiov_pool_counts *counts = &p->counts[pool];
	uint32_t more[IGBIOV_COUNT_NB];

	*stats = (struct vfctl_hw_stats){ 0 };
	/* Ones from a function that has gone aren't counts. */
	if (igbiov_hw_removed(hw))
		return;
	for (unsigned int c = 0; c < IGBIOV_COUNT_NB; c++) {
		uint32_t now = count_read(hw, pool, c);

		/* 32 bits that wrap; smaller after a reset means that it began at 0. */
		if (counts->restarted && now < counts->last[c])
			counts->last[c] = 0;
		more[c] = now - counts->last[c];
		counts->last[c] = now;
	}
	counts->restarted = false;
	stats->rx_packets = more[IGBIOV_COUNT_RX_PACKETS];
	stats->rx_bytes = more[IGBIOV_COUNT_RX_BYTES];
	stats->rx_multicast = more[IGBIOV_COUNT_RX_MULTICAST];
	stats->tx_packets = more[IGBIOV_COUNT_TX_PACKETS];
	stats->tx_bytes = more[IGBIOV_COUNT_TX_BYTES];
}

uint32_t
igbiov_pool_spoofs_take(const struct igbiov_hw *hw)
{
	uint32_t queues = hw_rd(hw, REG(WVBR));

	if (queues == UINT32_MAX)
		return 0;
	/* A bit a queue, and pool n has queues n and n + 8. */
	return (queues | queues >> IGBIOV_POOLS) & (RTE_BIT32(IGBIOV_POOLS) - 1);
}
