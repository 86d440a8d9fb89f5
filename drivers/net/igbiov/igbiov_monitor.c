/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) the igbiov authors
 */

#include <rte_byteorder.h>
#include <rte_common.h>
#include <rte_power_intrinsics.h>

#include "igbiov_queue.h"

/* -1 lets the core go on: the frame came before it could fall asleep. */
static int
frame_came(const uint64_t status, const uint64_t opaque[RTE_POWER_MONITOR_OPAQUE_SZ])
{
	RTE_SET_USED(opaque);
	return rte_le_to_cpu_32((uint32_t)status) & RXD_STAT_DD ? -1 : 0;
}

/* The chip has no mbuf left: no frame would end the sleep, and only polling gets new ones. */
static int
stay_awake(const uint64_t status, const uint64_t opaque[RTE_POWER_MONITOR_OPAQUE_SZ])
{
	RTE_SET_USED(status);
	RTE_SET_USED(opaque);
	return -1;
}

int
igbiov_monitor_addr(void *queue, struct rte_power_monitor_cond *condition)
{
	struct igbiov_rxq *rxq = queue;

	condition->addr = &rxq->ring[rxq->next].wb.status;
	condition->size = sizeof(rxq->ring[0].wb.status);
	/* One descriptor is never the chip's, or a full ring would look empty. */
	condition->fn = rxq->nb_hold + 1 < rxq->nb_desc ? frame_came : stay_awake;
	return 0;
}
