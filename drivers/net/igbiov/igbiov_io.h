/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) the igbiov authors
 */

#ifndef IGBIOV_IO_H
#define IGBIOV_IO_H

/**
 * @file
 * The only door to MMIO. Unit tests compile the driver with IGBIOV_IO_MODEL
 * and stand behind the same four functions.
 */

#include <stdint.h>

#include <rte_byteorder.h>
#include <rte_io.h>

#ifdef IGBIOV_IO_MODEL

uint32_t igbiov_mmio_read(const volatile void *addr);
void igbiov_mmio_write(volatile void *addr, uint32_t value);
void igbiov_mmio_delay_us(unsigned int us);

#else

#include <rte_cycles.h>

static inline uint32_t
igbiov_mmio_read(const volatile void *addr)
{
	return rte_le_to_cpu_32(rte_read32_relaxed(addr));
}

static inline void
igbiov_mmio_write(volatile void *addr, uint32_t value)
{
	rte_write32_relaxed(rte_cpu_to_le_32(value), addr);
}

static inline void
igbiov_mmio_delay_us(unsigned int us)
{
	rte_delay_us_block(us);
}

#endif

/** Reads a register. A removed device gives all ones. */
static inline uint32_t
igbiov_rd(volatile uint8_t *bar, uint32_t reg)
{
	uint32_t value = igbiov_mmio_read(bar + reg);

	/* Later reads of DMA memory must not be hoisted above this one. */
	rte_io_rmb();
	return value;
}

/** Writes a register, after all stores to memory that the chip may then read. */
static inline void
igbiov_wr(volatile uint8_t *bar, uint32_t reg, uint32_t value)
{
	rte_io_wmb();
	igbiov_mmio_write(bar + reg, value);
}

/** Publishes descriptors: their stores are visible before the tail moves. */
static inline void
igbiov_wr_tail(volatile void *tail, uint32_t value)
{
	rte_io_wmb();
	igbiov_mmio_write(tail, value);
}

/** Waits without giving up the core; for the bounded waits of a reset. */
static inline void
igbiov_delay_us(unsigned int us)
{
	igbiov_mmio_delay_us(us);
}

#endif /* IGBIOV_IO_H */
