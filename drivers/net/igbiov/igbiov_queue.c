/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) the igbiov authors
 */

/* Rings made and freed: what is accepted, and what is told of it. */

#include <errno.h>
#include <string.h>

#include <rte_malloc.h>

#include "igbiov_ethdev.h"
#include "igbiov_queue.h"
#include "igbiov_tx_mt.h"

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
	info->rx_queue_offload_capa = RTE_ETH_RX_OFFLOAD_BUFFER_SPLIT;
	/* No offsets: a long frame's further buffers would begin there, too, and mustn't. */
	info->rx_seg_capa = (struct rte_eth_rxseg_capa){
		.multi_pools = 1,
		.max_nseg = 2,
	};
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

/*
 * Buffer that the chip may fill, in whole KiB, or 0 when the pool's rooms, or the length that is
 * asked for, are too small.
 */
static uint32_t
rx_buf_size(struct rte_mempool *pool, const struct rte_eth_rxconf *conf)
{
	uint32_t room = rte_pktmbuf_data_room_size(pool);
	uint32_t kib = room <= RTE_PKTMBUF_HEADROOM ? 0 : (room - RTE_PKTMBUF_HEADROOM) >> 10;

	if (conf->rx_nseg != 0 && conf->rx_seg[1].split.length != 0)
		kib = RTE_MIN(kib, (uint32_t)conf->rx_seg[1].split.length >> 10);
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
	rte_free(rxq->hdr_ring);
	rte_free(rxq);
}

int
igbiov_rxq_setup(struct rte_eth_dev *dev, uint16_t queue_id, uint16_t nb_desc,
		 unsigned int socket_id, const struct rte_eth_rxconf *conf,
		 struct rte_mempool *pool)
{
	struct igbiov_adapter *ad = dev->data->dev_private;
	uint16_t wish = conf->rx_free_thresh != 0 ? conf->rx_free_thresh : IGBIOV_RX_FREE_THRESH;
	struct igbiov_rxq *rxq;
	uint32_t buf_size;
	size_t len;

	if (ring_size_check(ad, "RX", queue_id, nb_desc) != 0 ||
	    thresh_check(ad, "RX", queue_id, &conf->rx_thresh) != 0)
		return -EINVAL;
	if (conf->rx_nseg != 0) {
		if (igbiov_split_check(ad, queue_id, conf, nb_desc) != 0)
			return -EINVAL;
		pool = conf->rx_seg[1].split.mp;
	}
	buf_size = rx_buf_size(pool, conf);
	if (buf_size == 0) {
		IGBIOV_LOG(&ad->hw, ERR,
			   "RX queue %u: mempool %s has rooms of %u octets; need %u and headroom",
			   queue_id, pool->name, rte_pktmbuf_data_room_size(pool), 1024);
		return -EINVAL;
	}
	if (pool->size < nb_desc) {
		IGBIOV_LOG(
			&ad->hw, ERR,
			"RX queue %u: mempool %s has %u mbufs for %u descriptors; each needs one",
			queue_id, pool->name, pool->size, nb_desc);
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
	if (rxq->mz == NULL || rxq->sw_ring == NULL ||
	    (conf->rx_nseg != 0 && igbiov_split_make(rxq, conf, nb_desc, socket_id) != 0)) {
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
	if (rte_pktmbuf_priv_flags(pool) & RTE_PKTMBUF_POOL_F_PINNED_EXT_BUF)
		rxq->flags_init = RTE_MBUF_F_EXTERNAL;
	rxq->free_thresh = free_thresh_fit(nb_desc, wish);
	rxq->nb_desc = nb_desc;
	rxq->offloads = conf->offloads | dev->data->dev_conf.rxmode.offloads;
	rxq->buf_size = buf_size;
	for (unsigned int i = 0; i < RTE_DIM(rxq->max_len); i++)
		rxq->max_len[i] = RTE_MIN(buf_size, (uint32_t)UINT16_MAX);
	rxq->queue_id = queue_id;
	rxq->port_id = dev->data->port_id;
	rxq->pthresh = conf->rx_thresh.pthresh;
	rxq->hthresh = conf->rx_thresh.hthresh;
	rxq->wthresh = RTE_MIN(conf->rx_thresh.wthresh, WTHRESH_MAX);
	rxq->drop_en = conf->rx_drop_en;
	rxq->deferred = conf->rx_deferred_start;
	igbiov_rxq_rest(rxq);
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
	/* The place for the head is behind the descriptors, on a line of its own. */
	len = nb_desc * sizeof(union igbiov_tx_desc) + RTE_CACHE_LINE_SIZE;
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
	    (igbiov_tx_mt_asked(dev) && igbiov_tx_mt_create(txq, socket_id) != 0)) {
		IGBIOV_LOG(&ad->hw, ERR, "TX queue %u: no memory for %u descriptors on node %u",
			   queue_id, nb_desc, socket_id);
		txq_free(txq);
		return -ENOMEM;
	}

	txq->ring = txq->mz->addr;
	txq->ring_iova = txq->mz->iova;
	if (ad->args.tx_head_wb)
		txq->head = (volatile uint32_t *)&txq->ring[nb_desc];
	txq->reg_base = ad->hw.chip.txq_base +
			igbiov_hw_queue(ad, queue_id) * ad->hw.chip.txq_stride;
	txq->tail_reg = ad->hw.bar + txq->reg_base + REG(TDT);
	txq->block_mask = nb_blocks - 1;
	txq->rs_thresh = rs_thresh;
	txq->one_pool = txq->offloads & RTE_ETH_TX_OFFLOAD_MBUF_FAST_FREE;
	txq->free_thresh = free_thresh;
	txq->queue_id = queue_id;
	txq->port_id = dev->data->port_id;
	txq->pthresh = conf->tx_thresh.pthresh;
	txq->hthresh = conf->tx_thresh.hthresh;
	txq->wthresh = RTE_MIN(conf->tx_thresh.wthresh, WTHRESH_MAX);
	txq->deferred = conf->tx_deferred_start;
	igbiov_txq_rest(txq);
	dev->data->tx_queues[queue_id] = txq;
	return 0;
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

void
igbiov_rxq_info_get(struct rte_eth_dev *dev, uint16_t queue_id, struct rte_eth_rxq_info *info)
{
	struct igbiov_rxq *rxq = dev->data->rx_queues[queue_id];

	info->mp = rxq->pool;
	info->scattered_rx = dev->data->scattered_rx;
	info->nb_desc = rxq->nb_desc;
	info->rx_buf_size = rxq->buf_size;
	if (rxq->hdr_ring != NULL) {
		info->conf.rx_seg = rxq->segs;
		info->conf.rx_nseg = RTE_DIM(rxq->segs);
	}
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
