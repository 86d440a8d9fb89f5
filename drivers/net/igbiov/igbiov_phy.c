/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) the igbiov authors
 */

#include <errno.h>
#include <string.h>

#include "igbiov_phy.h"

#define MDIC_TIMEOUT_US 5000

#define SPEEDS_COPPER \
	(RTE_ETH_LINK_SPEED_10M_HD | RTE_ETH_LINK_SPEED_10M | RTE_ETH_LINK_SPEED_100M_HD | \
	 RTE_ETH_LINK_SPEED_100M | RTE_ETH_LINK_SPEED_1G)

static bool
is_copper(const struct igbiov_hw *hw)
{
	return CTRL_EXT_LINK_MODE(hw_rd(hw, REG(CTRL_EXT))) == LINK_MODE_COPPER;
}

/* One MDIC transaction; the caller holds the PHY's semaphore. */
static int
mdic(const struct igbiov_hw *hw, uint32_t command, uint16_t *data)
{
	uint32_t done;
	int ret;

	hw_wr(hw, REG(MDIC), command | MDIC_PHYADD(hw->chip.phy_addr));
	ret = igbiov_hw_wait(hw, REG(MDIC), MDIC_READY, MDIC_READY, MDIC_TIMEOUT_US);
	if (ret != 0)
		return ret;
	done = hw_rd(hw, REG(MDIC));
	if (done & MDIC_ERROR)
		return -EIO;
	if (data != NULL)
		*data = done & MDIC_DATA;
	return 0;
}

static int
phy_read(const struct igbiov_hw *hw, uint32_t reg, uint16_t *data)
{
	return mdic(hw, MDIC_OP_READ | MDIC_REGADD(reg), data);
}

static int
phy_write(const struct igbiov_hw *hw, uint32_t reg, uint16_t data)
{
	return mdic(hw, MDIC_OP_WRITE | MDIC_REGADD(reg) | data, NULL);
}

static int
phy_advertise(const struct igbiov_hw *hw, uint32_t speeds)
{
	uint16_t anar, gbcr;
	int ret;

	ret = phy_read(hw, PHY_ANAR, &anar);
	if (ret == 0)
		ret = phy_read(hw, PHY_GBCR, &gbcr);
	if (ret != 0)
		return ret;

	anar &= ~ANAR_SPEEDS;
	gbcr &= ~(GBCR_1000_FULL | GBCR_1000_HALF);
	/* PAUSE is neither sent nor heeded: with VFs one guest could stop them all. */
	anar &= ~ANAR_PAUSES;
	anar |= ANAR_SELECTOR;
	if (speeds & RTE_ETH_LINK_SPEED_10M_HD)
		anar |= ANAR_10_HALF;
	if (speeds & RTE_ETH_LINK_SPEED_10M)
		anar |= ANAR_10_FULL;
	if (speeds & RTE_ETH_LINK_SPEED_100M_HD)
		anar |= ANAR_100_HALF;
	if (speeds & RTE_ETH_LINK_SPEED_100M)
		anar |= ANAR_100_FULL;
	if (speeds & RTE_ETH_LINK_SPEED_1G)
		gbcr |= GBCR_1000_FULL;

	ret = phy_write(hw, PHY_ANAR, anar);
	if (ret == 0)
		ret = phy_write(hw, PHY_GBCR, gbcr);
	if (ret == 0)
		ret = phy_write(hw, PHY_BMCR, BMCR_AN_ENABLE | BMCR_AN_RESTART);
	return ret;
}

/* Runs one of the above under the semaphore that firmware shares. */
static int
phy_locked(const struct igbiov_hw *hw, int (*step)(const struct igbiov_hw *hw, uint32_t arg),
	   uint32_t arg)
{
	uint32_t resource = SW_FW_PHY(hw->lan_id & 1);
	int ret = igbiov_hw_semaphore_take(hw, resource);

	if (ret == 0) {
		ret = step(hw, arg);
		igbiov_hw_semaphore_give(hw, resource);
	}
	if (ret != 0)
		IGBIOV_LOG(hw, ERR, "PHY at address %u doesn't answer: %s", hw->chip.phy_addr,
			   strerror(-ret));
	return ret;
}

static int
phy_power_step(const struct igbiov_hw *hw, uint32_t on)
{
	return phy_write(hw, PHY_BMCR,
			 on ? BMCR_AN_ENABLE | BMCR_AN_RESTART : BMCR_AN_ENABLE | BMCR_POWER_DOWN);
}

/* SerDes: no PHY to ask; the PCS negotiates duplex and pause at 1 Gb/s. */
static void
pcs_setup(const struct igbiov_hw *hw)
{
	hw_rmw(hw, REG(PCS_CFG), 0, PCS_CFG_PCS_EN);
	hw_rmw(hw, REG(PCS_LCTL), 0, PCS_LCTL_AN_ENABLE | PCS_LCTL_AN_RESTART);
}

uint32_t
igbiov_phy_speed_capa(const struct igbiov_hw *hw)
{
	return is_copper(hw) ? SPEEDS_COPPER : RTE_ETH_LINK_SPEED_1G;
}

int
igbiov_phy_link_setup(const struct igbiov_hw *hw, uint32_t speeds)
{
	uint32_t capa = igbiov_phy_speed_capa(hw);

	if (speeds & RTE_ETH_LINK_SPEED_FIXED) {
		IGBIOV_LOG(hw, ERR,
			   "link_speeds 0x%x: no fixed speed; offer that speed alone instead",
			   speeds);
		return -ENOTSUP;
	}
	if (speeds & ~capa) {
		IGBIOV_LOG(hw, ERR, "link_speeds 0x%x: this medium has only 0x%x", speeds, capa);
		return -ENOTSUP;
	}

	/* The MAC follows what the PHY resolves. */
	hw_rmw(hw, REG(CTRL), CTRL_FRCSPD | CTRL_FRCDPX, CTRL_SLU);
	if (!is_copper(hw)) {
		pcs_setup(hw);
		return 0;
	}
	return phy_locked(hw, phy_advertise, speeds == 0 ? capa : speeds);
}

int
igbiov_phy_power(const struct igbiov_hw *hw, bool on)
{
	if (!is_copper(hw)) {
		hw_rmw(hw, REG(CTRL), on ? 0 : CTRL_SLU, on ? CTRL_SLU : 0);
		return 0;
	}
	return phy_locked(hw, phy_power_step, on);
}

struct rte_eth_link
igbiov_link_decode(uint32_t status)
{
	static const uint32_t speed[] = { RTE_ETH_SPEED_NUM_10M, RTE_ETH_SPEED_NUM_100M,
					  RTE_ETH_SPEED_NUM_1G, RTE_ETH_SPEED_NUM_1G };
	struct rte_eth_link link = {
		.link_speed = RTE_ETH_SPEED_NUM_NONE,
		.link_duplex = RTE_ETH_LINK_HALF_DUPLEX,
		.link_autoneg = RTE_ETH_LINK_AUTONEG,
		.link_status = RTE_ETH_LINK_DOWN,
	};

	/* All ones: the function is gone, and so is its link. */
	if (status == UINT32_MAX || !(status & STATUS_LU))
		return link;
	link.link_status = RTE_ETH_LINK_UP;
	link.link_speed = speed[STATUS_SPEED(status)];
	link.link_duplex = status & STATUS_FD ? RTE_ETH_LINK_FULL_DUPLEX : RTE_ETH_LINK_HALF_DUPLEX;
	return link;
}
