/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) the igbiov authors
 */

#include <rte_launch.h>
#include <rte_lcore.h>
#include <rte_pause.h>

#include "device.h"

/* One step at a time. The tails come along: the thread leaves the registers' lines where they are. */
static struct {
	const struct lane *lane;
	const union igbiov_rx_desc *wb;
	uint32_t tx_tail;
	uint16_t n;
	RTE_ATOMIC(uint32_t) asked __rte_cache_aligned;
	RTE_ATOMIC(uint32_t) done __rte_cache_aligned;
	RTE_ATOMIC(bool) stop __rte_cache_aligned;
} order;

static unsigned int device_lcore;

static int
device_main(void *arg)
{
	uint32_t done = 0;

	(void)arg;
	while (!rte_atomic_load_explicit(&order.stop, rte_memory_order_relaxed)) {
		if (rte_atomic_load_explicit(&order.asked, rte_memory_order_acquire) == done) {
			rte_pause();
			continue;
		}
		nic_transmit(order.lane->nicq, order.tx_tail);
		nic_receive(order.lane->nicq, order.wb, order.n);
		rte_atomic_store_explicit(&order.done, ++done, rte_memory_order_release);
	}
	return 0;
}

int
device_start(unsigned int lcore)
{
	device_lcore = lcore;
	return rte_eal_remote_launch(device_main, NULL, lcore);
}

void
device_stop(void)
{
	rte_atomic_store_explicit(&order.stop, true, rte_memory_order_relaxed);
	rte_eal_wait_lcore(device_lcore);
}

static void
ask(const struct lane *lane, const union igbiov_rx_desc *wb, uint16_t n, uint32_t tx_tail)
{
	uint32_t number = rte_atomic_load_explicit(&order.asked, rte_memory_order_relaxed) + 1;

	order.lane = lane;
	order.wb = wb;
	order.n = n;
	order.tx_tail = tx_tail;
	rte_atomic_store_explicit(&order.asked, number, rte_memory_order_release);
	while (rte_atomic_load_explicit(&order.done, rte_memory_order_acquire) != number)
		rte_pause();
}

bool
device_step(const struct lane *lane, const union igbiov_rx_desc *wb, uint16_t n, bool cold)
{
	struct nic_queue *q = lane->nicq;

	if (q == NULL)
		return true;
	if ((*q->rx_tail + q->rx_size - q->rx_head) % q->rx_size < n)
		return false;
	if (cold) {
		ask(lane, wb, n, *q->tx_tail);
	} else {
		nic_transmit(q, *q->tx_tail);
		nic_receive(q, wb, n);
	}
	return true;
}
