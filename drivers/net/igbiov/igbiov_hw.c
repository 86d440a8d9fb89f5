/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) the igbiov authors
 */

#include <errno.h>
#include <string.h>

#include <rte_common.h>

#include "igbiov_hw.h"

RTE_LOG_REGISTER(igbiov_logtype, pmd.net.igbiov, NOTICE);

#define NVM_CHECKSUM_WORDS 0x40
#define NVM_CHECKSUM	   0xBABA
#define RESET_TIMEOUT_US   10000
#define MASTER_DIS_US	   80000
#define NVM_TIMEOUT_US	   100000
#define SEMAPHORE_TRIES	   2000
#define SYNC_TRIES	   200
#define AUTO_RD_US	   10000

static const struct igbiov_chip chip_82576 = {
	.name = "82576",
	.nb_queues = 16,
	.nb_rx_vectors = 9,
	.max_vfs = 7,
	.queues_per_pool = 2,
	.nb_rar = 24,
	.rxq_base = 0xC000,
	.rxq_stride = 0x40,
	.txq_base = 0xE000,
	.txq_stride = 0x40,
	.bar_len = 0x20000,
	.max_frame = 9728,
	.phy_addr = 1,
};

static const struct igbiov_chip chip_82576_vf = {
	.name = "82576 VF",
	.is_vf = true,
	.nb_queues = 2,
	.nb_rx_vectors = 2,
	.queues_per_pool = 2,
	.rxq_base = 0x2800,
	.rxq_stride = 0x100,
	.txq_base = 0x3800,
	.txq_stride = 0x100,
	.bar_len = 0x4000,
	.max_frame = 9728,
};

static const struct {
	uint16_t device_id;
	const struct igbiov_chip *chip;
} chips[] = {
	{ 0x10C9, &chip_82576 },				/* copper */
	{ 0x10E6, &chip_82576 },				/* fiber */
	{ 0x10E7, &chip_82576 },				/* SerDes */
	{ 0x10E8, &chip_82576 },				/* quad copper */
	{ 0x1526, &chip_82576 },				/* quad copper ET2 */
	{ 0x150A, &chip_82576 },				/* NS copper */
	{ 0x1518, &chip_82576 },				/* NS SerDes */
	{ 0x150D, &chip_82576 },				/* quad SerDes */
	{ 0x10CA, &chip_82576_vf }, { 0x152D, &chip_82576_vf }, /* under Hyper-V */
};

const struct igbiov_chip *
igbiov_chip_find(uint16_t device_id)
{
	for (unsigned int i = 0; i < RTE_DIM(chips); i++)
		if (chips[i].device_id == device_id)
			return chips[i].chip;
	return NULL;
}

int
igbiov_hw_wait(const struct igbiov_hw *hw, uint32_t reg, uint32_t mask, uint32_t value,
	       uint32_t timeout_us)
{
	const uint32_t step_us = 10;

	for (uint32_t waited = 0;; waited += step_us) {
		uint32_t now = hw_rd(hw, reg);

		/* All ones is also what a removed function gives, so look twice. */
		if (now == UINT32_MAX && igbiov_hw_removed(hw))
			return -ENODEV;
		if ((now & mask) == value)
			return 0;
		if (waited >= timeout_us)
			return -ETIMEDOUT;
		igbiov_delay_us(step_us);
	}
}

int
igbiov_hw_reset(struct igbiov_hw *hw)
{
	int ret;

	/* No write of the old rings' descriptors may arrive after the reset. */
	hw_wr(hw, REG(IMC), UINT32_MAX);
	hw_wr(hw, REG(EIMC), UINT32_MAX);
	hw_wr(hw, REG(RCTL), 0);
	hw_wr(hw, REG(TCTL), TCTL_PSP);
	hw_rmw(hw, REG(CTRL), 0, CTRL_GIO_MASTER_DIS);
	ret = igbiov_hw_wait(hw, REG(STATUS), STATUS_GIO_MASTER_EN, 0, MASTER_DIS_US);
	if (ret == -ENODEV)
		return ret;
	if (ret != 0)
		IGBIOV_LOG(hw, WARNING, "DMA didn't stop before the reset; going on");

	hw_rmw(hw, REG(CTRL), 0, CTRL_RST);
	/* The chip ignores reads for a millisecond after a reset. */
	igbiov_delay_us(1000);
	ret = igbiov_hw_wait(hw, REG(CTRL), CTRL_RST, 0, RESET_TIMEOUT_US);
	if (ret != 0) {
		IGBIOV_LOG(hw, ERR, "reset doesn't end: %s; power-cycle the device",
			   strerror(-ret));
		return ret;
	}
	/* Blank NVMs and QEMU's model never report the end of the load. */
	if (igbiov_hw_wait(hw, REG(EECD), EECD_AUTO_RD, EECD_AUTO_RD, AUTO_RD_US) == -ENODEV)
		return -ENODEV;

	hw_wr(hw, REG(IMC), UINT32_MAX);
	hw_wr(hw, REG(EIMC), UINT32_MAX);
	hw_rd(hw, REG(ICR));
	hw_rmw(hw, REG(CTRL_EXT), 0, CTRL_EXT_DRV_LOAD);
	return 0;
}

static int
smbi_take(const struct igbiov_hw *hw)
{
	for (unsigned int i = 0; i < SEMAPHORE_TRIES; i++) {
		/* SMBI is set by reading: 0 read means that it is ours now. */
		if (!(hw_rd(hw, REG(SWSM)) & SWSM_SMBI))
			return 0;
		igbiov_delay_us(50);
	}
	return -EBUSY;
}

static void
smbi_give(const struct igbiov_hw *hw)
{
	hw_rmw(hw, REG(SWSM), SWSM_SMBI | SWSM_SWESMBI, 0);
}

static int
swesmbi_take(const struct igbiov_hw *hw)
{
	for (unsigned int i = 0; i < SEMAPHORE_TRIES; i++) {
		hw_rmw(hw, REG(SWSM), 0, SWSM_SWESMBI);
		/* The bit sticks only if the firmware doesn't hold it. */
		if (hw_rd(hw, REG(SWSM)) & SWSM_SWESMBI)
			return 0;
		igbiov_delay_us(50);
	}
	smbi_give(hw);
	return -EBUSY;
}

/* SWSM, which guards SW_FW_SYNC for a moment only. */
static int
swsm_take(const struct igbiov_hw *hw)
{
	int ret = smbi_take(hw);

	if (ret != 0) {
		/* A driver killed inside left it set; nobody else will clear it. */
		smbi_give(hw);
		ret = smbi_take(hw);
	}
	return ret != 0 ? ret : swesmbi_take(hw);
}

/* Takes the resource unless one of the `taken` bits is set; -EAGAIN then. */
static int
sync_try(const struct igbiov_hw *hw, uint32_t resource, uint32_t taken)
{
	int ret = swsm_take(hw);
	uint32_t sync;

	if (ret != 0)
		return ret;
	sync = hw_rd(hw, REG(SW_FW_SYNC));
	if (!(sync & taken))
		hw_wr(hw, REG(SW_FW_SYNC), sync | resource);
	smbi_give(hw);
	return sync & taken ? -EAGAIN : 0;
}

int
igbiov_hw_semaphore_take(const struct igbiov_hw *hw, uint32_t resource)
{
	const uint32_t firmware = resource << SW_FW_FW_SHIFT;
	int ret = -EAGAIN;

	for (unsigned int i = 0; i < SYNC_TRIES && ret == -EAGAIN; i++) {
		if (i != 0)
			igbiov_delay_us(1000);
		ret = sync_try(hw, resource, resource | firmware);
	}
	if (ret == -EAGAIN) {
		/* Longer than any driver needs it: one was killed while it held it. */
		ret = sync_try(hw, resource, firmware);
		if (ret == 0)
			IGBIOV_LOG(hw, WARNING, "took over semaphore 0x%x, left by a dead driver",
				   resource);
	}
	return ret == -EAGAIN ? -EBUSY : ret;
}

void
igbiov_hw_semaphore_give(const struct igbiov_hw *hw, uint32_t resource)
{
	if (smbi_take(hw) != 0 || swesmbi_take(hw) != 0) {
		IGBIOV_LOG(hw, WARNING, "can't give back semaphore 0x%x: firmware holds SWSM",
			   resource);
		return;
	}
	hw_rmw(hw, REG(SW_FW_SYNC), resource, 0);
	smbi_give(hw);
}

/* One word; the caller holds the NVM's semaphore. */
static int
nvm_word(const struct igbiov_hw *hw, uint16_t word, uint16_t *value)
{
	int ret;

	hw_wr(hw, REG(EERD), EERD_ADDR(word) | EERD_START);
	ret = igbiov_hw_wait(hw, REG(EERD), EERD_DONE, EERD_DONE, NVM_TIMEOUT_US);
	if (ret == 0)
		*value = EERD_DATA(hw_rd(hw, REG(EERD)));
	return ret;
}

int
igbiov_hw_nvm_read(const struct igbiov_hw *hw, uint16_t word, uint16_t *value)
{
	int ret = igbiov_hw_semaphore_take(hw, SW_FW_EEP);

	if (ret != 0)
		return ret;
	ret = nvm_word(hw, word, value);
	igbiov_hw_semaphore_give(hw, SW_FW_EEP);
	return ret;
}

static int
nvm_checksum(const struct igbiov_hw *hw, uint16_t *sum)
{
	int ret = igbiov_hw_semaphore_take(hw, SW_FW_EEP);

	*sum = 0;
	if (ret != 0)
		return ret;
	for (uint16_t word = 0; word < NVM_CHECKSUM_WORDS && ret == 0; word++) {
		uint16_t value = 0;

		ret = nvm_word(hw, word, &value);
		*sum += value;
	}
	igbiov_hw_semaphore_give(hw, SW_FW_EEP);
	return ret;
}

int
igbiov_hw_nvm_load(struct igbiov_hw *hw)
{
	uint8_t *addr = hw->perm_addr.addr_bytes;
	uint32_t low, high;
	uint16_t sum;
	int ret;

	ret = nvm_checksum(hw, &sum);
	if (ret != 0) {
		IGBIOV_LOG(hw, ERR, "can't read the NVM: %s", strerror(-ret));
		return ret;
	}
	if (sum != NVM_CHECKSUM) {
		IGBIOV_LOG(hw, ERR, "NVM checksum is 0x%04x, not 0x%04x: repair the NVM", sum,
			   NVM_CHECKSUM);
		return -EIO;
	}

	/* After a reset the chip has put the function's own address here. */
	low = hw_rd(hw, REGN(RAL, 0));
	high = hw_rd(hw, REGN(RAH, 0));
	for (unsigned int i = 0; i < 4; i++)
		addr[i] = low >> (8 * i);
	addr[4] = high;
	addr[5] = high >> 8;
	if (!rte_is_valid_assigned_ether_addr(&hw->perm_addr)) {
		IGBIOV_LOG(hw, ERR, "NVM holds no valid address: " RTE_ETHER_ADDR_PRT_FMT,
			   RTE_ETHER_ADDR_BYTES(&hw->perm_addr));
		return -EADDRNOTAVAIL;
	}
	return 0;
}
