/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) the igbiov authors
 */

/*
 * mbufs that were sent go straight behind an RX ring's descriptors, of this driver or
 * another one: rte_eth_recycle_mbufs(). On the lcore that polls both queues.
 */

#include <string.h>

#include <rte_ethdev.h>

#include "igbiov_ethdev.h"
#include "igbiov_queue.h"
#include "igbiov_tx.h"

/* More than any ring has: others give none. */
#define NO_POWER_OF_2 UINT16_MAX
/* Also more than any ring has, and this driver gives none either. */
#define NONE (UINT16_MAX - 1)

void
igbiov_recycle_rxq_info_get(struct rte_eth_dev *dev, uint16_t queue_id,
			    struct rte_eth_recycle_rxq_info *info)
{
	struct igbiov_rxq *rxq = dev->data->rx_queues[queue_id];

	info->mbuf_ring = rxq->sw_ring;
	info->mp = rxq->pool;
	info->refill_head = &rxq->refill;
	info->receive_tail = &rxq->next;
	info->mbuf_ring_size = rxq->nb_desc;
	/*
	 * Any number, as long as it doesn't go beyond the ring's end. Other drivers reckon a
	 * ring's room by a mask: of one of another size only this driver knows what to think.
	 */
	info->refill_requirement = rte_is_power_of_2(rxq->nb_desc) ? 0 : NO_POWER_OF_2;
	if (rxq->hdr_ring != NULL) {
		const struct igbiov_adapter *ad = dev->data->dev_private;

		info->refill_requirement = NONE;
		IGBIOV_LOG(&ad->hw, NOTICE,
			   "RX queue %u splits headers off: no mbufs are recycled to it", queue_id);
	}
}

/* Descriptors in front of the ring's end that wait for an mbuf. One always has its own. */
static uint16_t
rx_room(const struct rte_eth_recycle_rxq_info *info)
{
	uint16_t size = info->mbuf_ring_size, head = *info->refill_head;
	uint16_t room = (*info->receive_tail + size - head) % size;

	return RTE_MIN(room, size - head);
}

/* Hands over the n oldest mbufs. */
static void
move(struct igbiov_txq *txq, struct rte_mbuf **to, uint16_t n)
{
	uint16_t front = RTE_MIN(n, txq->nb_desc - txq->sw_clean);

	memcpy(to, &txq->sw_ring[txq->sw_clean], front * sizeof(to[0]));
	memcpy(to + front, txq->sw_ring, (n - front) * sizeof(to[0]));
	txq->sw_clean = (txq->sw_clean + n) % txq->nb_desc;
}

uint16_t
igbiov_recycle_tx_reuse(void *queue, struct rte_eth_recycle_rxq_info *info)
{
	struct igbiov_txq *txq = queue;
	const uint16_t room = rx_room(info), asked = info->refill_requirement;
	const uint16_t wish = asked == NO_POWER_OF_2 ? 0 : asked;
	const uint16_t limit = wish != 0 ? wish : room;
	uint16_t nb_mbufs = 0, nb_descs = 0, head = txq->block_head;

	/* Of a queue with several threads nobody knows what lies in it. */
	if (limit > room || txq->mt != NULL)
		return 0;
	/* Whole blocks only, whose mbufs are as they came from the RX queue's own pool. */
	for (; head != txq->block_tail; head++) {
		const struct igbiov_tx_block *block = &txq->blocks[head & txq->block_mask];

		if (block->pool != info->mp || nb_mbufs + block->nb_mbufs > limit ||
		    !tx_sent(txq, nb_descs + block->nb_descs))
			break;
		nb_mbufs += block->nb_mbufs;
		nb_descs += block->nb_descs;
	}
	if (nb_mbufs == 0 || (wish != 0 && nb_mbufs != wish))
		return 0;
	move(txq, &info->mbuf_ring[*info->refill_head], nb_mbufs);
	txq->block_head = head;
	txq->clean = (txq->clean + nb_descs) % txq->nb_desc;
	txq->nb_free += nb_descs;
	return nb_mbufs;
}

void
igbiov_recycle_rx_refill(void *queue, uint16_t n)
{
	struct igbiov_rxq *rxq = queue;
	struct rte_mbuf **slot = &rxq->sw_ring[rxq->refill];
	volatile union igbiov_rx_desc *desc = &rxq->ring[rxq->refill];

	for (uint16_t i = 0; i < n; i++) {
		desc[i].read.addr = rte_cpu_to_le_64(rte_mbuf_data_iova_default(slot[i]));
		desc[i].read.hdr_addr = 0;
	}
	rxq->refill = (rxq->refill + n) % rxq->nb_desc;
	rxq->nb_hold -= n;
	igbiov_wr_tail(rxq->tail_reg, (rxq->refill + rxq->nb_desc - 1) % rxq->nb_desc);
}
