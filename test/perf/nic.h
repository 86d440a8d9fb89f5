/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) the igbiov authors
 */

#ifndef PERF_NIC_H
#define PERF_NIC_H

/**
 * @file
 * A NIC on plain memory, for drivers that were built for the real one. Registers are what was
 * last written; nic.c plays bus, PF and interrupt controller while a port is set up, and the
 * chip's DMA engine between two bursts. The rings are found where the driver told the chip.
 */

#include <stdbool.h>
#include <stdint.h>
#include <x86intrin.h>

#include <bus_pci_driver.h>
#include <rte_mbuf.h>

#include "igbiov_desc.h"

#define NIC_BAR_LEN    (128 * 1024)
#define NIC_QUEUES_MAX 2

/** A chip with the 82576's descriptors, and where its VF has what we need. */
struct nic_kind {
	const char *driver; /**< Name under which the driver registers. */
	uint16_t device_id;
	uint32_t mailbox, mailbox_memory;
	uint32_t refused; /**< Message that the PF must not grant, or 0. */
	uint32_t rx, tx;  /**< Blocks of queue 0: base low, high, length. */
	uint32_t stride;
	uint32_t ip_error, l4_error; /**< In a written-back RX status. */
};

extern const struct nic_kind nic_82576_in_tree, nic_82576_ours, nic_82599_in_tree;

/** One queue pair as the chip sees it. */
struct nic_queue {
	volatile union igbiov_rx_desc *rx_ring;
	volatile union igbiov_tx_desc *tx_ring;
	volatile uint32_t *rx_tail, *tx_tail;
	volatile uint32_t *head_wb; /**< TX head write-back, or NULL. */
	uint16_t rx_size, tx_size;
	uint16_t rx_head, tx_head;
	uint64_t completions; /**< TX write-backs done so far. */
};

struct nic {
	const struct nic_kind *kind;
	uint8_t *bar;
	struct rte_pci_device pci;
	struct rte_devargs devargs;
	char args[64];
	struct nic_queue queue[NIC_QUEUES_MAX];
	struct nic *next;
};

/**
 * Makes a NIC and has its driver probe it.
 * @return
 *   NULL when there is no such driver, or it refuses.
 */
struct nic *nic_new(const struct nic_kind *kind, const char *devargs, uint16_t *port_id);

/** Reads from the registers where a started port has its rings. */
void nic_attach(struct nic *nic, uint16_t nb_queues);

/** A frame arrives: takes the next descriptor, or gives NULL if the driver left none. */
volatile union igbiov_rx_desc *nic_rx_next(struct nic_queue *q, uint32_t tail);

/** n frames arrive, all described alike. */
static inline void
nic_receive(struct nic_queue *q, const union igbiov_rx_desc *wb, uint16_t n)
{
	const __m128i value = _mm_loadu_si128((const __m128i *)wb);

	for (uint16_t i = 0; i < n; i++) {
		/* Whole, as DMA does: parts would still be on their way when a wide load comes. */
		_mm_store_si128((__m128i *)(uintptr_t)&q->rx_ring[q->rx_head], value);
		if (++q->rx_head == q->rx_size)
			q->rx_head = 0;
	}
}

/** Sends all up to the tail, and writes back what the driver asked for. */
static inline void
nic_transmit(struct nic_queue *q, uint32_t tail)
{
	while (q->tx_head != tail) {
		volatile union igbiov_tx_desc *desc = &q->tx_ring[q->tx_head];
		bool rs = desc->data.cmd_len & TXD_CMD_RS;

		if (++q->tx_head == q->tx_size)
			q->tx_head = 0;
		if (!rs)
			continue;
		q->completions++;
		if (q->head_wb != NULL)
			*q->head_wb = q->tx_head;
		else
			desc->wb.status = TXD_STAT_DD;
	}
}

#endif /* PERF_NIC_H */
