/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) the igbiov authors
 */

#ifndef IGBIOV_HW_H
#define IGBIOV_HW_H

/**
 * @file
 * A function of the chip: what it can do (one table row a chip), its reset, NVM
 * and address. Everything here runs before start, or on the control thread.
 */

#include <stdbool.h>
#include <stdint.h>

#include <rte_ether.h>
#include <rte_log.h>

#include "igbiov_io.h"
#include "igbiov_regs.h"

extern int igbiov_logtype;
#define RTE_LOGTYPE_IGBIOV igbiov_logtype

/** One line: the function's PCI address, then the message. */
#define IGBIOV_LOG(hw, level, fmt, ...) \
	RTE_LOG(level, IGBIOV, "%s: " fmt "\n", (hw)->name, ##__VA_ARGS__)

#define IGBIOV_POOLS	 8
#define IGBIOV_RAR_MAX	 24
#define IGBIOV_VLVF_MAX	 32
#define IGBIOV_MTA_WORDS 128
/** Header, CRC and two tags: what a frame has beyond the MTU. */
#define IGBIOV_FRAME_OVERHEAD (RTE_ETHER_HDR_LEN + RTE_ETHER_CRC_LEN + 2 * RTE_VLAN_HLEN)

/** What differs by chip and function. The drivers ask this row, never a device id. */
struct igbiov_chip {
	char name[16];
	bool is_vf;
	uint16_t nb_queues;	/**< Pairs of RX and TX queues of this function. */
	uint16_t nb_rx_vectors; /**< MSI-X vectors beside that of link and mailbox. */
	uint16_t max_vfs;	/**< VFs that leave the PF a pool. */
	uint16_t queues_per_pool;
	uint16_t nb_rar;	       /**< Unicast address filters. */
	uint32_t rxq_base, rxq_stride; /**< Where queue blocks lie. */
	uint32_t txq_base, txq_stride;
	uint32_t bar_len;   /**< Octets of BAR 0 that the driver uses. */
	uint32_t max_frame; /**< Octets with CRC. */
	uint8_t phy_addr;
};

/** One function, in memory that primary and secondary processes share. */
struct igbiov_hw {
	volatile uint8_t *bar;	 /**< Mapped at the same address in every process. */
	char name[20];		 /**< PCI address, for logs. */
	struct igbiov_chip chip; /**< A copy: the table's address differs by process. */
	uint8_t lan_id;		 /**< Port of the chip, for its semaphores. */
	struct rte_ether_addr perm_addr;
};

static inline uint32_t
hw_rd(const struct igbiov_hw *hw, uint32_t reg)
{
	return igbiov_rd(hw->bar, reg);
}

static inline void
hw_wr(const struct igbiov_hw *hw, uint32_t reg, uint32_t value)
{
	igbiov_wr(hw->bar, reg, value);
}

/** Sets and clears bits by one read and one write. */
static inline void
hw_rmw(const struct igbiov_hw *hw, uint32_t reg, uint32_t clear, uint32_t set)
{
	hw_wr(hw, reg, (hw_rd(hw, reg) & ~clear) | set);
}

/** Has the function gone (hot unplug, dead link)? Then every read gives ones. */
static inline bool
igbiov_hw_removed(const struct igbiov_hw *hw)
{
	return hw_rd(hw, REG(STATUS)) == UINT32_MAX;
}

/**
 * Waits until (register & mask) == value.
 * @return 0, -ETIMEDOUT after `timeout_us`, -ENODEV if the function is gone.
 */
int igbiov_hw_wait(const struct igbiov_hw *hw, uint32_t reg, uint32_t mask, uint32_t value,
		   uint32_t timeout_us);

/** The table's row for a PCI device id, or NULL. */
const struct igbiov_chip *igbiov_chip_find(uint16_t device_id);

/**
 * Stops the PF's DMA and resets it: rings, filters and masks are at their
 * defaults afterwards, and VFs see RSTI until PFRSTD is set again.
 * @return 0, -ETIMEDOUT, -ENODEV.
 */
int igbiov_hw_reset(struct igbiov_hw *hw);

/**
 * Checks the NVM's checksum and learns the function's own address.
 * @return 0; -EIO for a wrong checksum; -EADDRNOTAVAIL without a valid address;
 *   -ETIMEDOUT; each with a log line.
 */
int igbiov_hw_nvm_load(struct igbiov_hw *hw);

/** Reads one NVM word; -ETIMEDOUT or -EBUSY (semaphore). */
int igbiov_hw_nvm_read(const struct igbiov_hw *hw, uint16_t word, uint16_t *value);

/** Takes and gives the semaphore that software and firmware share; bounded. */
int igbiov_hw_semaphore_take(const struct igbiov_hw *hw, uint32_t resource);
void igbiov_hw_semaphore_give(const struct igbiov_hw *hw, uint32_t resource);

#endif /* IGBIOV_HW_H */
