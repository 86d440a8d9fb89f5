/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) the igbiov authors
 */

/* Rings in the chip's hands: start, stop, rest. */

#include <errno.h>
#include <string.h>

#include "igbiov_dca.h"
#include "igbiov_ethdev.h"
#include "igbiov_queue.h"
#include "igbiov_tx.h"
#include "igbiov_tx_mt.h"

#define QUEUE_TIMEOUT_US 10000
/* A frame's DMA may be under way when the enable bit clears: let it land. */
#define SETTLE_US 100
#define RESET_US  1000
/* Free descriptors of a TX ring at rest: one is never used, so bursts find no room. */
#define TX_AT_REST 1

/*
 * A ring that looks full and has nothing done: whoever polls a queue that rests gets
 * nothing, and neither takes mbufs for it nor rings its doorbell. So bursts need no
 * look at the queue's state.
 */
void
igbiov_rxq_rest(struct igbiov_rxq *rxq)
{
	memset((void *)(uintptr_t)rxq->ring, 0,
	       (rxq->nb_desc + IGBIOV_RX_PAD) * sizeof(rxq->ring[0]));
	rxq->next = 0;
	rxq->refill = 0;
	rxq->nb_hold = 0;
}

static void
rxq_drain(struct igbiov_rxq *rxq)
{
	uint16_t used = rxq->nb_desc - rxq->nb_hold;

	if (rxq->hdr_ring != NULL)
		igbiov_split_drain(rxq);
	else
		for (uint16_t i = 0; i < used; i++)
			rte_mbuf_raw_free(rxq->sw_ring[(rxq->next + i) % rxq->nb_desc]);
	rte_pktmbuf_free(rxq->first);
	rxq->first = NULL;
	rxq->last = NULL;
	rxq->drop_rest = false;
	igbiov_rxq_rest(rxq);
}

/* Frees what is in it, and leaves it as a start finds it, or at rest. */
static void
txq_empty(struct igbiov_txq *txq, uint16_t nb_free)
{
	while (txq->sw_clean != txq->sw_next) {
		rte_pktmbuf_free_seg(txq->sw_ring[txq->sw_clean]);
		if (++txq->sw_clean == txq->nb_desc)
			txq->sw_clean = 0;
	}
	txq->sw_next = 0;
	txq->sw_clean = 0;
	txq->block_head = 0;
	txq->block_tail = 0;
	tx_open(txq);
	txq->next = 0;
	txq->clean = 0;
	txq->nb_free = nb_free;
	txq->last = (struct igbiov_tx_kind){
		.single = TX_SINGLE,
		.flags = TX_NO_KIND,
		.no_max = { UINT32_MAX, UINT32_MAX, UINT32_MAX },
	};
	txq->ctx_valid = false;
	if (txq->mt != NULL)
		igbiov_tx_mt_reset(txq);
}

void
igbiov_txq_rest(struct igbiov_txq *txq)
{
	txq_empty(txq, TX_AT_REST);
}

static int
pool_too_small(const struct igbiov_hw *hw, const struct igbiov_rxq *rxq)
{
	const char *name = rxq->pool->name;

	/* The headers' pool is asked first. */
	if (rxq->hdr_ring != NULL && rxq->hdr_ring[rxq->refill] == NULL)
		name = rxq->segs[0].split.mp->name;
	IGBIOV_LOG(hw, ERR, "RX queue %u: mempool %s lacks %u mbufs for the ring: make it larger",
		   rxq->queue_id, name, rxq->nb_hold);
	return -ENOMEM;
}

static int
rxq_start(const struct igbiov_hw *hw, struct igbiov_rxq *rxq)
{
	const uint32_t base = rxq->reg_base;
	uint32_t srrctl = rxq->buf_size >> SRRCTL_BSIZEPKT_SHIFT;
	int ret;

	srrctl |= rxq->hdr_ring != NULL ? SRRCTL_DESC_ADV_SPLIT | SRRCTL_BSIZEHDR(rxq->hdr_size)
					: SRRCTL_DESC_ADV_ONEBUF;
	rxq->nb_hold = rxq->nb_desc;
	if (rxq->drop_en)
		srrctl |= SRRCTL_DROP_EN;
	hw_wr(hw, base + REG(RXDCTL), 0);
	hw_wr(hw, base + REG(RDBAL), (uint32_t)rxq->ring_iova);
	hw_wr(hw, base + REG(RDBAH), rxq->ring_iova >> 32);
	hw_wr(hw, base + REG(RDLEN), rxq->nb_desc * sizeof(rxq->ring[0]));
	hw_wr(hw, base + REG(SRRCTL), srrctl);
	/* A VF's reset leaves the head where the last run ended. */
	hw_wr(hw, base + REG(RDH), 0);
	hw_wr(hw, base + REG(RDT), 0);
	hw_wr(hw, base + REG(RXDCTL),
	      XDCTL_PTHRESH(rxq->pthresh) | XDCTL_HTHRESH(rxq->hthresh) |
		      XDCTL_WTHRESH(rxq->wthresh) | XDCTL_ENABLE);
	ret = igbiov_hw_wait(hw, base + REG(RXDCTL), XDCTL_ENABLE, XDCTL_ENABLE, QUEUE_TIMEOUT_US);
	if (ret != 0) {
		IGBIOV_LOG(hw, ERR, "RX queue %u doesn't come up (%s): reset the port",
			   rxq->queue_id, strerror(-ret));
		return ret;
	}
	/* A tail written to a disabled queue is lost, so buffers are handed over after it. */
	if (rxq->hdr_ring != NULL)
		igbiov_rxq_refill_split(rxq);
	else
		igbiov_rxq_refill(rxq);
	return rxq->nb_hold != 0 ? pool_too_small(hw, rxq) : 0;
}

static int
txq_start(const struct igbiov_hw *hw, struct igbiov_txq *txq)
{
	const uint32_t base = txq->reg_base;
	rte_iova_t head_iova = 0;
	int ret;

	memset((void *)(uintptr_t)txq->ring, 0, txq->nb_desc * sizeof(txq->ring[0]));
	txq_empty(txq, txq->nb_desc - 1);
	hw_wr(hw, base + REG(TXDCTL), 0);
	hw_wr(hw, base + REG(TDBAL), (uint32_t)txq->ring_iova);
	hw_wr(hw, base + REG(TDBAH), txq->ring_iova >> 32);
	hw_wr(hw, base + REG(TDLEN), txq->nb_desc * sizeof(txq->ring[0]));
	if (txq->head != NULL) {
		*txq->head = 0;
		head_iova = txq->ring_iova + txq->nb_desc * sizeof(txq->ring[0]);
	}
	hw_wr(hw, base + REG(TDWBAL),
	      (uint32_t)head_iova | (txq->head != NULL ? TDWBAL_HEAD_WB_EN : 0));
	hw_wr(hw, base + REG(TDWBAH), head_iova >> 32);
	hw_wr(hw, base + REG(TDH), 0);
	hw_wr(hw, base + REG(TDT), 0);
	hw_wr(hw, base + REG(TXDCTL),
	      XDCTL_PTHRESH(txq->pthresh) | XDCTL_HTHRESH(txq->hthresh) |
		      XDCTL_WTHRESH(txq->wthresh) | XDCTL_ENABLE);
	ret = igbiov_hw_wait(hw, base + REG(TXDCTL), XDCTL_ENABLE, XDCTL_ENABLE, QUEUE_TIMEOUT_US);
	if (ret != 0)
		IGBIOV_LOG(hw, ERR, "TX queue %u doesn't come up (%s): reset the port",
			   txq->queue_id, strerror(-ret));
	return ret;
}

/* Takes a ring from the chip: RXDCTL or TXDCTL. 0, -ETIMEDOUT, -ENODEV. */
static int
disable(const struct igbiov_hw *hw, uint32_t ctl)
{
	hw_wr(hw, ctl, 0);
	return igbiov_hw_wait(hw, ctl, XDCTL_ENABLE, 0, QUEUE_TIMEOUT_US);
}

/* The same for one of several; what has gone is as stopped as can be. */
static int
disable_one(const struct igbiov_hw *hw, const char *kind, uint16_t queue_id, uint32_t ctl)
{
	if (disable(hw, ctl) == -ETIMEDOUT) {
		/* Its mbufs stay the chip's, which may still write to them. */
		IGBIOV_LOG(hw, ERR, "%s queue %u doesn't stop: stop the port, which resets it",
			   kind, queue_id);
		return -ETIMEDOUT;
	}
	igbiov_delay_us(SETTLE_US);
	return 0;
}

int
igbiov_rx_queue_start(struct rte_eth_dev *dev, uint16_t queue_id)
{
	const struct igbiov_adapter *ad = dev->data->dev_private;
	struct igbiov_rxq *rxq = dev->data->rx_queues[queue_id];
	int ret;

	igbiov_dca_rxq_set(ad, rxq->reg_base, queue_id);
	ret = rxq_start(&ad->hw, rxq);
	/* So that the stop below finds what a failed start has left. */
	dev->data->rx_queue_state[queue_id] = RTE_ETH_QUEUE_STATE_STARTED;
	if (ret != 0)
		igbiov_rx_queue_stop(dev, queue_id);
	return ret;
}

int
igbiov_rx_queue_stop(struct rte_eth_dev *dev, uint16_t queue_id)
{
	const struct igbiov_adapter *ad = dev->data->dev_private;
	struct igbiov_rxq *rxq = dev->data->rx_queues[queue_id];
	int ret = disable_one(&ad->hw, "RX", queue_id, rxq->reg_base + REG(RXDCTL));

	if (ret != 0)
		return ret;
	rxq_drain(rxq);
	dev->data->rx_queue_state[queue_id] = RTE_ETH_QUEUE_STATE_STOPPED;
	return 0;
}

int
igbiov_tx_queue_start(struct rte_eth_dev *dev, uint16_t queue_id)
{
	const struct igbiov_adapter *ad = dev->data->dev_private;
	struct igbiov_txq *txq = dev->data->tx_queues[queue_id];
	int ret;

	igbiov_dca_txq_set(ad, txq->reg_base, queue_id);
	ret = txq_start(&ad->hw, txq);
	dev->data->tx_queue_state[queue_id] = RTE_ETH_QUEUE_STATE_STARTED;
	if (ret != 0)
		igbiov_tx_queue_stop(dev, queue_id);
	return ret;
}

int
igbiov_tx_queue_stop(struct rte_eth_dev *dev, uint16_t queue_id)
{
	const struct igbiov_adapter *ad = dev->data->dev_private;
	struct igbiov_txq *txq = dev->data->tx_queues[queue_id];
	const uint32_t base = txq->reg_base;
	int ret;

	/* What was handed over before goes out, as long as the wire takes it. */
	ret = igbiov_hw_wait(&ad->hw, base + REG(TDH), UINT16_MAX,
			     hw_rd(&ad->hw, base + REG(TDT)) & UINT16_MAX, QUEUE_TIMEOUT_US);
	if (ret == -ETIMEDOUT)
		IGBIOV_LOG(&ad->hw, NOTICE,
			   "TX queue %u stops with packets unsent: is the link down?", queue_id);
	ret = disable_one(&ad->hw, "TX", queue_id, base + REG(TXDCTL));
	if (ret != 0)
		return ret;
	igbiov_txq_rest(txq);
	dev->data->tx_queue_state[queue_id] = RTE_ETH_QUEUE_STATE_STOPPED;
	return 0;
}

bool
igbiov_queues_need_scatter(const struct rte_eth_dev *dev, uint16_t mtu)
{
	uint32_t frame = mtu + IGBIOV_FRAME_OVERHEAD;

	if (dev->data->dev_conf.rxmode.offloads & RTE_ETH_RX_OFFLOAD_SCATTER)
		return true;
	for (uint16_t i = 0; i < dev->data->nb_rx_queues; i++) {
		const struct igbiov_rxq *rxq = dev->data->rx_queues[i];

		if (rxq->buf_size < frame || rxq->hdr_ring != NULL)
			return true;
	}
	return false;
}

bool
igbiov_queues_running(const struct rte_eth_dev *dev)
{
	for (uint16_t i = 0; i < dev->data->nb_rx_queues; i++)
		if (dev->data->rx_queue_state[i] == RTE_ETH_QUEUE_STATE_STARTED)
			return true;
	for (uint16_t i = 0; i < dev->data->nb_tx_queues; i++)
		if (dev->data->tx_queue_state[i] == RTE_ETH_QUEUE_STATE_STARTED)
			return true;
	return false;
}

static int
not_set_up(const struct igbiov_adapter *ad, const char *kind, uint16_t queue_id)
{
	IGBIOV_LOG(&ad->hw, ERR, "%s queue %u is configured, but not set up", kind, queue_id);
	return -EINVAL;
}

/* ethdev starts a port whose queues weren't all set up, or not since it was configured anew. */
static int
queues_check(const struct rte_eth_dev *dev)
{
	const struct igbiov_adapter *ad = dev->data->dev_private;

	for (uint16_t i = 0; i < dev->data->nb_rx_queues; i++)
		if (dev->data->rx_queues[i] == NULL)
			return not_set_up(ad, "RX", i);
	for (uint16_t i = 0; i < dev->data->nb_tx_queues; i++) {
		const struct igbiov_txq *txq = dev->data->tx_queues[i];

		if (txq == NULL)
			return not_set_up(ad, "TX", i);
		/* The port's bursts take each queue for what the port was configured to be. */
		if ((txq->mt != NULL) != igbiov_tx_mt_asked(dev)) {
			IGBIOV_LOG(&ad->hw, ERR,
				   "TX queue %u was set up %s MT_LOCKFREE, the port is %s it: "
				   "set the queue up again",
				   i, txq->mt != NULL ? "with" : "without",
				   txq->mt != NULL ? "without" : "with");
			return -EINVAL;
		}
	}
	return 0;
}

int
igbiov_queues_start(struct rte_eth_dev *dev)
{
	int ret = queues_check(dev);

	if (ret != 0)
		return ret;
	ret = igbiov_split_start(dev);
	if (ret != 0)
		return ret;
	dev->data->scattered_rx = igbiov_queues_need_scatter(dev, dev->data->mtu);
	igbiov_bursts_choose(dev);
	for (uint16_t i = 0; i < dev->data->nb_tx_queues && ret == 0; i++) {
		const struct igbiov_txq *txq = dev->data->tx_queues[i];

		ret = txq->deferred ? 0 : igbiov_tx_queue_start(dev, i);
	}
	for (uint16_t i = 0; i < dev->data->nb_rx_queues && ret == 0; i++) {
		const struct igbiov_rxq *rxq = dev->data->rx_queues[i];

		ret = rxq->deferred ? 0 : igbiov_rx_queue_start(dev, i);
	}
	if (ret != 0)
		igbiov_queues_stop(dev);
	return ret;
}

void
igbiov_queues_stop(struct rte_eth_dev *dev)
{
	struct igbiov_adapter *ad = dev->data->dev_private;
	bool stuck = false;

	for (uint16_t i = 0; i < dev->data->nb_rx_queues; i++) {
		struct igbiov_rxq *rxq = dev->data->rx_queues[i];

		if (dev->data->rx_queue_state[i] == RTE_ETH_QUEUE_STATE_STOPPED)
			continue;
		stuck |= disable(&ad->hw, rxq->reg_base + REG(RXDCTL)) == -ETIMEDOUT;
	}
	for (uint16_t i = 0; i < dev->data->nb_tx_queues; i++) {
		struct igbiov_txq *txq = dev->data->tx_queues[i];

		if (dev->data->tx_queue_state[i] == RTE_ETH_QUEUE_STATE_STOPPED)
			continue;
		stuck |= disable(&ad->hw, txq->reg_base + REG(TXDCTL)) == -ETIMEDOUT;
	}
	igbiov_delay_us(SETTLE_US);
	/* Its mbufs are about to be others': the chip must not write to them any more. */
	if (stuck) {
		IGBIOV_LOG(&ad->hw, WARNING, "a queue doesn't stop: the function is reset");
		/* A VF's VTCTRL has it in the same place. */
		hw_rmw(&ad->hw, REG(CTRL), 0, CTRL_RST);
		igbiov_delay_us(RESET_US);
	}
	for (uint16_t i = 0; i < dev->data->nb_rx_queues; i++) {
		if (dev->data->rx_queue_state[i] == RTE_ETH_QUEUE_STATE_STARTED)
			rxq_drain(dev->data->rx_queues[i]);
		dev->data->rx_queue_state[i] = RTE_ETH_QUEUE_STATE_STOPPED;
	}
	for (uint16_t i = 0; i < dev->data->nb_tx_queues; i++) {
		if (dev->data->tx_queue_state[i] == RTE_ETH_QUEUE_STATE_STARTED)
			igbiov_txq_rest(dev->data->tx_queues[i]);
		dev->data->tx_queue_state[i] = RTE_ETH_QUEUE_STATE_STOPPED;
	}
}
