/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) the igbiov authors
 */

#include <errno.h>
#include <string.h>

#include <rte_cpuflags.h>
#include <rte_malloc.h>
#include <rte_vect.h>

#include "igbiov_dca.h"
#include "igbiov_ethdev.h"
#include "igbiov_queue.h"
#include "igbiov_tx.h"
#include "igbiov_tx_mt.h"

#define QUEUE_TIMEOUT_US 10000
/* A frame's DMA may be under way when the enable bit clears: let it land. */
#define SETTLE_US 100
/* Free descriptors of a TX ring at rest: one is never used, so bursts find no room. */
#define TX_AT_REST 1
/* The chip's default prefetch and host thresholds serve both directions. */
#define PTHRESH_DEFAULT 8
#define HTHRESH_DEFAULT 8
/*
 * An erratum of the 82576 leaves write-back thresholds 0 and 1; the in-tree
 * driver keeps to it as well. TX: 0, since otherwise the chip writes back every
 * descriptor whether it carries RS or not.
 */
#define WTHRESH_MAX	   1
#define RX_WTHRESH_DEFAULT 1
#define TX_WTHRESH_DEFAULT 0

void
igbiov_queue_dev_info(struct rte_eth_dev_info *info)
{
	const struct rte_eth_desc_lim lim = {
		.nb_max = IGBIOV_RING_MAX,
		.nb_min = IGBIOV_RING_MIN,
		.nb_align = IGBIOV_RING_ALIGN,
		.nb_seg_max = IGBIOV_TX_MAX_SEGS,
		.nb_mtu_seg_max = IGBIOV_TX_MAX_SEGS,
	};

	info->rx_desc_lim = lim;
	info->tx_desc_lim = lim;
	info->default_rxconf = (struct rte_eth_rxconf){
		.rx_thresh = { PTHRESH_DEFAULT, HTHRESH_DEFAULT, RX_WTHRESH_DEFAULT },
		.rx_free_thresh = IGBIOV_RX_FREE_THRESH,
	};
	info->default_txconf = (struct rte_eth_txconf){
		.tx_thresh = { PTHRESH_DEFAULT, HTHRESH_DEFAULT, TX_WTHRESH_DEFAULT },
		.tx_rs_thresh = IGBIOV_TX_RS_THRESH,
		.tx_free_thresh = 0, /* by the ring's size */
	};
	info->default_rxportconf.ring_size = 512;
	info->default_rxportconf.burst_size = 32;
	info->default_rxportconf.nb_queues = 1;
	info->default_txportconf = info->default_rxportconf;
	info->min_rx_bufsize = 1024;
	info->max_rx_bufsize = SRRCTL_BSIZEPKT_MASK << SRRCTL_BSIZEPKT_SHIFT;
}

static int
ring_size_check(const struct igbiov_adapter *ad, const char *kind, uint16_t queue_id,
		uint16_t nb_desc)
{
	if (nb_desc >= IGBIOV_RING_MIN && nb_desc <= IGBIOV_RING_MAX &&
	    nb_desc % IGBIOV_RING_ALIGN == 0)
		return 0;
	IGBIOV_LOG(&ad->hw, ERR, "%s queue %u: %u descriptors; need %u to %u, a multiple of %u",
		   kind, queue_id, nb_desc, IGBIOV_RING_MIN, IGBIOV_RING_MAX, IGBIOV_RING_ALIGN);
	return -EINVAL;
}

static int
thresh_check(const struct igbiov_adapter *ad, const char *kind, uint16_t queue_id,
	     const struct rte_eth_thresh *t)
{
	if (t->pthresh <= 31 && t->hthresh <= 31 && t->wthresh <= 31)
		return 0;
	IGBIOV_LOG(&ad->hw, ERR, "%s queue %u: thresholds %u/%u/%u; each at most 31", kind,
		   queue_id, t->pthresh, t->hthresh, t->wthresh);
	return -EINVAL;
}

/* Buffer that the chip may fill, in whole KiB, or 0 when the pool's rooms are too small. */
static uint32_t
rx_buf_size(const struct rte_mempool *pool)
{
	uint32_t room = rte_pktmbuf_data_room_size((struct rte_mempool *)(uintptr_t)pool);
	uint32_t kib = room <= RTE_PKTMBUF_HEADROOM ? 0 : (room - RTE_PKTMBUF_HEADROOM) >> 10;

	return RTE_MIN(kib, SRRCTL_BSIZEPKT_MASK) << 10;
}

static uint64_t
mbuf_image(uint16_t port_id)
{
	struct rte_mbuf m = {
		.data_off = RTE_PKTMBUF_HEADROOM,
		.nb_segs = 1,
		.port = port_id,
	};

	rte_mbuf_refcnt_set(&m, 1);
	return m.rearm_data[0];
}

static void
distance_check(struct rte_mempool *pool, void *arg, void *obj, unsigned int i)
{
	const struct rte_mbuf *m = obj;
	uint64_t *distance = arg;

	RTE_SET_USED(pool);
	if (i == 0)
		*distance = rte_mbuf_data_iova_default(m) - (uintptr_t)m;
	else if (*distance != 0 && rte_mbuf_data_iova_default(m) - (uintptr_t)m != *distance)
		*distance = 0;
}

/*
 * How far behind an mbuf its frames begin, for the chip, or 0 when that differs within the pool.
 * With physical addresses, or buffers elsewhere, it does. An mbuf that is attached to another
 * one's buffer just now makes it 0 as well, and costs no more than speed.
 */
static uint64_t
data_distance(struct rte_mempool *pool)
{
	uint64_t distance = 0;

	if (rte_eal_iova_mode() != RTE_IOVA_VA ||
	    rte_pktmbuf_priv_flags(pool) & RTE_PKTMBUF_POOL_F_PINNED_EXT_BUF ||
	    rte_mempool_obj_iter(pool, distance_check, &distance) == 0)
		return 0;
	return distance;
}

/* Largest divisor of the ring that isn't above the wish: refills never wrap. */
static uint16_t
free_thresh_fit(uint16_t nb_desc, uint16_t wish)
{
	uint16_t t = RTE_MIN(wish, nb_desc / 2);

	while (nb_desc % t != 0)
		t--;
	return t;
}

static void
rxq_free(struct igbiov_rxq *rxq)
{
	if (rxq == NULL)
		return;
	rte_memzone_free(rxq->mz);
	rte_free(rxq->sw_ring);
	rte_free(rxq);
}

/*
 * A ring that looks full and has nothing done: whoever polls a queue that rests gets
 * nothing, and neither takes mbufs for it nor rings its doorbell. So bursts need no
 * look at the queue's state.
 */
static void
rxq_rest(struct igbiov_rxq *rxq)
{
	memset((void *)(uintptr_t)rxq->ring, 0,
	       (rxq->nb_desc + IGBIOV_RX_PAD) * sizeof(rxq->ring[0]));
	rxq->next = 0;
	rxq->refill = 0;
	rxq->nb_hold = 0;
}

int
igbiov_rxq_setup(struct rte_eth_dev *dev, uint16_t queue_id, uint16_t nb_desc,
		 unsigned int socket_id, const struct rte_eth_rxconf *conf,
		 struct rte_mempool *pool)
{
	struct igbiov_adapter *ad = dev->data->dev_private;
	uint32_t buf_size = rx_buf_size(pool);
	uint16_t wish = conf->rx_free_thresh != 0 ? conf->rx_free_thresh : IGBIOV_RX_FREE_THRESH;
	struct igbiov_rxq *rxq;
	size_t len;

	if (ring_size_check(ad, "RX", queue_id, nb_desc) != 0 ||
	    thresh_check(ad, "RX", queue_id, &conf->rx_thresh) != 0)
		return -EINVAL;
	if (buf_size == 0) {
		IGBIOV_LOG(&ad->hw, ERR,
			   "RX queue %u: mempool %s has rooms of %u octets; need %u and headroom",
			   queue_id, pool->name, rte_pktmbuf_data_room_size(pool), 1024);
		return -EINVAL;
	}
	/* The default fits itself to a small ring; what somebody chose must fit. */
	if (wish > IGBIOV_RX_FREE_THRESH && wish >= nb_desc) {
		IGBIOV_LOG(&ad->hw, ERR, "RX queue %u: rx_free_thresh %u; below %u please",
			   queue_id, wish, nb_desc);
		return -EINVAL;
	}
	igbiov_rxq_release(dev, queue_id);

	rxq = rte_zmalloc_socket("igbiov rxq", sizeof(*rxq), RTE_CACHE_LINE_SIZE, socket_id);
	if (rxq == NULL)
		return -ENOMEM;
	len = (nb_desc + IGBIOV_RX_PAD) * sizeof(union igbiov_rx_desc);
	rxq->mz = rte_eth_dma_zone_reserve(dev, "rx_ring", queue_id, len, 128, socket_id);
	rxq->sw_ring = rte_zmalloc_socket("igbiov rx",
					  (nb_desc + IGBIOV_RX_PAD) * sizeof(rxq->sw_ring[0]),
					  RTE_CACHE_LINE_SIZE, socket_id);
	if (rxq->mz == NULL || rxq->sw_ring == NULL) {
		IGBIOV_LOG(&ad->hw, ERR, "RX queue %u: no memory for %u descriptors on node %u",
			   queue_id, nb_desc, socket_id);
		rxq_free(rxq);
		return -ENOMEM;
	}

	rxq->ring = rxq->mz->addr;
	rxq->ring_iova = rxq->mz->iova;
	rxq->reg_base = ad->hw.chip.rxq_base +
			igbiov_hw_queue(ad, queue_id) * ad->hw.chip.rxq_stride;
	rxq->tail_reg = ad->hw.bar + rxq->reg_base + REG(RDT);
	rxq->pool = pool;
	rxq->data_distance = data_distance(pool);
	for (uint16_t i = 0; i < IGBIOV_RX_PAD; i++)
		rxq->sw_ring[nb_desc + i] = &rxq->pad_mbuf;
	rxq->mbuf_init = mbuf_image(dev->data->port_id);
	rxq->free_thresh = free_thresh_fit(nb_desc, wish);
	rxq->nb_desc = nb_desc;
	rxq->offloads = conf->offloads | dev->data->dev_conf.rxmode.offloads;
	rxq->buf_size = buf_size;
	rxq->queue_id = queue_id;
	rxq->port_id = dev->data->port_id;
	rxq->pthresh = conf->rx_thresh.pthresh;
	rxq->hthresh = conf->rx_thresh.hthresh;
	rxq->wthresh = RTE_MIN(conf->rx_thresh.wthresh, WTHRESH_MAX);
	rxq->drop_en = conf->rx_drop_en;
	rxq->deferred = conf->rx_deferred_start;
	rxq_rest(rxq);
	dev->data->rx_queues[queue_id] = rxq;
	return 0;
}

static void
txq_free(struct igbiov_txq *txq)
{
	if (txq == NULL)
		return;
	rte_memzone_free(txq->mz);
	rte_free(txq->sw_ring);
	rte_free(txq->blocks);
	igbiov_tx_mt_free(txq);
	rte_free(txq);
}

/*
 * Early: mbufs that go back to their pool soon are still in the CPU's caches when the
 * receiver takes them. A look finds a whole block done as a rule, with two under way.
 */
static uint16_t
tx_free_thresh_default(uint16_t nb_desc, uint16_t rs_thresh)
{
	return nb_desc > 3 * rs_thresh ? nb_desc - 2 * RTE_MAX(rs_thresh, 4)
				       : RTE_MIN(rs_thresh, nb_desc / 2);
}

static int
txq_thresholds(const struct igbiov_adapter *ad, uint16_t queue_id, uint16_t nb_desc,
	       const struct rte_eth_txconf *conf, uint16_t *rs, uint16_t *free_thresh)
{
	*rs = conf->tx_rs_thresh != 0 ? conf->tx_rs_thresh : IGBIOV_TX_RS_THRESH;
	*free_thresh = conf->tx_free_thresh != 0 ? conf->tx_free_thresh
						 : tx_free_thresh_default(nb_desc, *rs);

	if (thresh_check(ad, "TX", queue_id, &conf->tx_thresh) != 0)
		return -EINVAL;
	if (conf->tx_thresh.wthresh != 0 && conf->tx_rs_thresh == 0)
		*rs = 1;
	if (*rs >= nb_desc - 3 || *free_thresh >= nb_desc - 3) {
		IGBIOV_LOG(&ad->hw, ERR,
			   "TX queue %u: tx_rs_thresh %u, tx_free_thresh %u; below %u please",
			   queue_id, *rs, *free_thresh, nb_desc - 3);
		return -EINVAL;
	}
	if (conf->tx_thresh.wthresh != 0 && *rs != 1) {
		IGBIOV_LOG(
			&ad->hw, ERR,
			"TX queue %u: wthresh %u needs tx_rs_thresh 1, not %u: the chip ignores RS then",
			queue_id, conf->tx_thresh.wthresh, *rs);
		return -EINVAL;
	}
	return 0;
}

int
igbiov_txq_setup(struct rte_eth_dev *dev, uint16_t queue_id, uint16_t nb_desc,
		 unsigned int socket_id, const struct rte_eth_txconf *conf)
{
	struct igbiov_adapter *ad = dev->data->dev_private;
	uint16_t rs_thresh, free_thresh, nb_blocks;
	struct igbiov_txq *txq;
	size_t len;

	if (ring_size_check(ad, "TX", queue_id, nb_desc) != 0 ||
	    txq_thresholds(ad, queue_id, nb_desc, conf, &rs_thresh, &free_thresh) != 0)
		return -EINVAL;
	igbiov_txq_release(dev, queue_id);

	txq = rte_zmalloc_socket("igbiov txq", sizeof(*txq), RTE_CACHE_LINE_SIZE, socket_id);
	if (txq == NULL)
		return -ENOMEM;
	len = nb_desc * sizeof(union igbiov_tx_desc);
	/* With an RS on every packet, a block is one descriptor. */
	nb_blocks = rte_align32pow2(nb_desc);
	txq->mz = rte_eth_dma_zone_reserve(dev, "tx_ring", queue_id, len, 128, socket_id);
	txq->sw_ring = rte_zmalloc_socket("igbiov tx", nb_desc * sizeof(txq->sw_ring[0]),
					  RTE_CACHE_LINE_SIZE, socket_id);
	txq->blocks = rte_zmalloc_socket("igbiov tx blocks", nb_blocks * sizeof(txq->blocks[0]),
					 RTE_CACHE_LINE_SIZE, socket_id);
	txq->nb_desc = nb_desc;
	txq->offloads = conf->offloads | dev->data->dev_conf.txmode.offloads;
	if (txq->mz == NULL || txq->sw_ring == NULL || txq->blocks == NULL ||
	    (txq->offloads & RTE_ETH_TX_OFFLOAD_MT_LOCKFREE &&
	     igbiov_tx_mt_create(txq, socket_id) != 0)) {
		IGBIOV_LOG(&ad->hw, ERR, "TX queue %u: no memory for %u descriptors on node %u",
			   queue_id, nb_desc, socket_id);
		txq_free(txq);
		return -ENOMEM;
	}

	txq->ring = txq->mz->addr;
	txq->ring_iova = txq->mz->iova;
	txq->reg_base = ad->hw.chip.txq_base +
			igbiov_hw_queue(ad, queue_id) * ad->hw.chip.txq_stride;
	txq->tail_reg = ad->hw.bar + txq->reg_base + REG(TDT);
	txq->block_mask = nb_blocks - 1;
	txq->rs_thresh = rs_thresh;
	txq->free_thresh = free_thresh;
	txq->queue_id = queue_id;
	txq->port_id = dev->data->port_id;
	txq->pthresh = conf->tx_thresh.pthresh;
	txq->hthresh = conf->tx_thresh.hthresh;
	txq->wthresh = RTE_MIN(conf->tx_thresh.wthresh, WTHRESH_MAX);
	txq->deferred = conf->tx_deferred_start;
	txq->nb_free = TX_AT_REST;
	dev->data->tx_queues[queue_id] = txq;
	return 0;
}

static void
rxq_drain(struct igbiov_rxq *rxq)
{
	uint16_t used = rxq->nb_desc - rxq->nb_hold;

	for (uint16_t i = 0; i < used; i++)
		rte_mbuf_raw_free(rxq->sw_ring[(rxq->next + i) % rxq->nb_desc]);
	rte_pktmbuf_free(rxq->first);
	rxq->first = NULL;
	rxq->last = NULL;
	rxq->drop_rest = false;
	rxq_rest(rxq);
}

static void
txq_drain(struct igbiov_txq *txq)
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
	txq->open = (struct igbiov_tx_block){ .nb_descs = 0 };
	txq->next = 0;
	txq->clean = 0;
	txq->nb_free = TX_AT_REST;
	txq->last_flags = TX_NO_KIND;
	txq->ctx_valid = false;
	if (txq->mt != NULL)
		igbiov_tx_mt_reset(txq);
}

void
igbiov_rxq_release(struct rte_eth_dev *dev, uint16_t queue_id)
{
	rxq_free(dev->data->rx_queues[queue_id]);
	dev->data->rx_queues[queue_id] = NULL;
}

void
igbiov_txq_release(struct rte_eth_dev *dev, uint16_t queue_id)
{
	txq_free(dev->data->tx_queues[queue_id]);
	dev->data->tx_queues[queue_id] = NULL;
}

void
igbiov_queues_release(struct rte_eth_dev *dev)
{
	for (uint16_t i = 0; i < dev->data->nb_rx_queues; i++)
		igbiov_rxq_release(dev, i);
	for (uint16_t i = 0; i < dev->data->nb_tx_queues; i++)
		igbiov_txq_release(dev, i);
	dev->data->nb_rx_queues = 0;
	dev->data->nb_tx_queues = 0;
}

static int
rxq_start(const struct igbiov_hw *hw, struct igbiov_rxq *rxq)
{
	const uint32_t base = rxq->reg_base;
	uint32_t srrctl = SRRCTL_DESC_ADV_ONEBUF | rxq->buf_size >> SRRCTL_BSIZEPKT_SHIFT;
	int ret;

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
	igbiov_rxq_refill(rxq);
	if (rxq->nb_hold != 0) {
		IGBIOV_LOG(hw, ERR,
			   "RX queue %u: mempool %s lacks %u mbufs for the ring: make it larger",
			   rxq->queue_id, rxq->pool->name, rxq->nb_hold);
		return -ENOMEM;
	}
	return 0;
}

static int
txq_start(const struct igbiov_hw *hw, struct igbiov_txq *txq)
{
	const uint32_t base = txq->reg_base;
	int ret;

	memset((void *)(uintptr_t)txq->ring, 0, txq->nb_desc * sizeof(txq->ring[0]));
	txq_drain(txq);
	txq->nb_free = txq->nb_desc - 1;
	if (txq->mt != NULL)
		igbiov_tx_mt_reset(txq);
	hw_wr(hw, base + REG(TXDCTL), 0);
	hw_wr(hw, base + REG(TDBAL), (uint32_t)txq->ring_iova);
	hw_wr(hw, base + REG(TDBAH), txq->ring_iova >> 32);
	hw_wr(hw, base + REG(TDLEN), txq->nb_desc * sizeof(txq->ring[0]));
	hw_wr(hw, base + REG(TDWBAL), 0);
	hw_wr(hw, base + REG(TDWBAH), 0);
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
	txq_drain(txq);
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

		if (rxq->buf_size < frame)
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

/* ethdev starts a port whose queues weren't all set up. */
static int
queues_check(const struct rte_eth_dev *dev)
{
	const struct igbiov_adapter *ad = dev->data->dev_private;
	uint16_t rx = 0, tx = 0;

	while (rx < dev->data->nb_rx_queues && dev->data->rx_queues[rx] != NULL)
		rx++;
	while (tx < dev->data->nb_tx_queues && dev->data->tx_queues[tx] != NULL)
		tx++;
	if (rx == dev->data->nb_rx_queues && tx == dev->data->nb_tx_queues)
		return 0;
	IGBIOV_LOG(&ad->hw, ERR, "%s queue %u is configured, but not set up",
		   rx < dev->data->nb_rx_queues ? "RX" : "TX",
		   rx < dev->data->nb_rx_queues ? rx : tx);
	return -EINVAL;
}

/* Bursts by instructions, in the order of enum igbiov_isa. */
static const struct isa {
	const char *name;
	eth_rx_burst_t rx;
	eth_tx_burst_t tx, tx_mt;
	uint16_t simd_bits;
	enum rte_cpu_flag_t flags[4];
	unsigned int nb_flags;
} isas[] = {
	[IGBIOV_ISA_SCALAR] = {
		.name = "Scalar",
		.rx = igbiov_rx_burst,
		.tx = igbiov_tx_burst,
		.tx_mt = igbiov_tx_burst_mt,
	},
	[IGBIOV_ISA_SSE] = {
		.name = "Vector SSE",
		.rx = igbiov_rx_burst_sse,
		.tx = igbiov_tx_burst_sse,
		.tx_mt = igbiov_tx_burst_sse_mt,
		.simd_bits = RTE_VECT_SIMD_128,
		.flags = { RTE_CPUFLAG_SSE4_2 },
		.nb_flags = 1,
	},
	[IGBIOV_ISA_AVX2] = {
		.name = "Vector AVX2",
		.rx = igbiov_rx_burst_avx2,
		.tx = igbiov_tx_burst_avx2,
		.tx_mt = igbiov_tx_burst_avx2_mt,
		.simd_bits = RTE_VECT_SIMD_256,
		.flags = { RTE_CPUFLAG_AVX2 },
		.nb_flags = 1,
	},
	[IGBIOV_ISA_AVX512] = {
		.name = "Vector AVX512",
		.rx = igbiov_rx_burst_avx512,
		.tx = igbiov_tx_burst_avx512,
		.tx_mt = igbiov_tx_burst_avx512_mt,
		.simd_bits = RTE_VECT_SIMD_512,
		.flags = { RTE_CPUFLAG_AVX512F, RTE_CPUFLAG_AVX512BW, RTE_CPUFLAG_AVX512DQ,
			   RTE_CPUFLAG_AVX512VL },
		.nb_flags = 4,
	},
};

static bool
cpu_has(const struct isa *isa)
{
	for (unsigned int i = 0; i < isa->nb_flags; i++)
		if (rte_cpu_get_flag_enabled(isa->flags[i]) <= 0)
			return false;
	return true;
}

int
igbiov_bursts_check(const struct igbiov_adapter *ad)
{
	if (ad->args.burst == IGBIOV_ISA_AUTO || cpu_has(&isas[ad->args.burst]))
		return 0;
	IGBIOV_LOG(&ad->hw, ERR, "bursts of kind \"%s\": this CPU can't; burst=auto takes the best",
		   isas[ad->args.burst].name);
	return -ENOTSUP;
}

static const struct isa *
isa_choose(const struct rte_eth_dev *dev)
{
	const struct igbiov_adapter *ad = dev->data->dev_private;
	unsigned int i = RTE_DIM(isas) - 1;

	if (ad->args.burst != IGBIOV_ISA_AUTO)
		return &isas[ad->args.burst];
	while (i > 0 &&
	       (isas[i].simd_bits > rte_vect_get_max_simd_bitwidth() || !cpu_has(&isas[i])))
		i--;
	return &isas[i];
}

/* A port's, not a queue's: it has one burst for all of its queues. */
static bool
tx_mt_asked(const struct rte_eth_dev *dev)
{
	return dev->data->dev_conf.txmode.offloads & RTE_ETH_TX_OFFLOAD_MT_LOCKFREE;
}

void
igbiov_bursts_choose(struct rte_eth_dev *dev)
{
	const struct isa *isa = isa_choose(dev);

	dev->rx_pkt_burst = dev->data->scattered_rx ? igbiov_rx_burst_scattered : isa->rx;
	dev->tx_pkt_burst = tx_mt_asked(dev) ? isa->tx_mt : isa->tx;
	dev->tx_pkt_prepare = igbiov_tx_prepare;
	dev->recycle_tx_mbufs_reuse = igbiov_recycle_tx_reuse;
	dev->recycle_rx_descriptors_refill = igbiov_recycle_rx_refill;
	dev->rx_queue_count = igbiov_rx_queue_count;
	dev->rx_descriptor_status = igbiov_rx_descriptor_status;
	dev->tx_descriptor_status = igbiov_tx_descriptor_status;
}

int
igbiov_queues_start(struct rte_eth_dev *dev)
{
	int ret = queues_check(dev);

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

	for (uint16_t i = 0; i < dev->data->nb_rx_queues; i++) {
		struct igbiov_rxq *rxq = dev->data->rx_queues[i];

		if (dev->data->rx_queue_state[i] == RTE_ETH_QUEUE_STATE_STOPPED)
			continue;
		disable(&ad->hw, rxq->reg_base + REG(RXDCTL));
	}
	for (uint16_t i = 0; i < dev->data->nb_tx_queues; i++) {
		struct igbiov_txq *txq = dev->data->tx_queues[i];

		if (dev->data->tx_queue_state[i] == RTE_ETH_QUEUE_STATE_STOPPED)
			continue;
		disable(&ad->hw, txq->reg_base + REG(TXDCTL));
	}
	igbiov_delay_us(SETTLE_US);
	for (uint16_t i = 0; i < dev->data->nb_rx_queues; i++) {
		if (dev->data->rx_queue_state[i] == RTE_ETH_QUEUE_STATE_STARTED)
			rxq_drain(dev->data->rx_queues[i]);
		dev->data->rx_queue_state[i] = RTE_ETH_QUEUE_STATE_STOPPED;
	}
	for (uint16_t i = 0; i < dev->data->nb_tx_queues; i++) {
		if (dev->data->tx_queue_state[i] == RTE_ETH_QUEUE_STATE_STARTED)
			txq_drain(dev->data->tx_queues[i]);
		dev->data->tx_queue_state[i] = RTE_ETH_QUEUE_STATE_STOPPED;
	}
}

void
igbiov_rxq_info_get(struct rte_eth_dev *dev, uint16_t queue_id, struct rte_eth_rxq_info *info)
{
	const struct igbiov_rxq *rxq = dev->data->rx_queues[queue_id];

	info->mp = rxq->pool;
	info->scattered_rx = dev->data->scattered_rx;
	info->nb_desc = rxq->nb_desc;
	info->rx_buf_size = rxq->buf_size;
	info->conf.rx_free_thresh = rxq->free_thresh;
	info->conf.rx_drop_en = rxq->drop_en;
	info->conf.rx_deferred_start = rxq->deferred;
	info->conf.offloads = rxq->offloads;
	info->conf.rx_thresh.pthresh = rxq->pthresh;
	info->conf.rx_thresh.hthresh = rxq->hthresh;
	info->conf.rx_thresh.wthresh = rxq->wthresh;
}

void
igbiov_txq_info_get(struct rte_eth_dev *dev, uint16_t queue_id, struct rte_eth_txq_info *info)
{
	const struct igbiov_txq *txq = dev->data->tx_queues[queue_id];

	info->nb_desc = txq->nb_desc;
	info->conf.tx_rs_thresh = txq->rs_thresh;
	info->conf.tx_free_thresh = txq->free_thresh;
	info->conf.tx_deferred_start = txq->deferred;
	info->conf.offloads = txq->offloads;
	info->conf.tx_thresh.pthresh = txq->pthresh;
	info->conf.tx_thresh.hthresh = txq->hthresh;
	info->conf.tx_thresh.wthresh = txq->wthresh;
}

int
igbiov_rx_burst_mode_get(struct rte_eth_dev *dev, uint16_t queue_id,
			 struct rte_eth_burst_mode *mode)
{
	RTE_SET_USED(queue_id);
	strlcpy(mode->info, dev->data->scattered_rx ? "Scalar Scattered" : isa_choose(dev)->name,
		sizeof(mode->info));
	return 0;
}

int
igbiov_tx_burst_mode_get(struct rte_eth_dev *dev, uint16_t queue_id,
			 struct rte_eth_burst_mode *mode)
{
	RTE_SET_USED(queue_id);
	snprintf(mode->info, sizeof(mode->info), "%s%s", isa_choose(dev)->name,
		 tx_mt_asked(dev) ? " Lock-free" : "");
	return 0;
}
