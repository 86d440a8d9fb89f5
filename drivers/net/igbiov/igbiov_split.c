/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) the igbiov authors
 */

/* Header split: what can be asked for, and what the chip is told of it. */

#include <errno.h>
#include <string.h>

#include <rte_malloc.h>

#include "igbiov_ethdev.h"
#include "igbiov_queue.h"

#define HDR_UNIT 64
#define HDR_MAX	 960 /* BSIZEHEADER has four bits */

#define ETHER_IPV4 (RTE_PTYPE_L2_ETHER | RTE_PTYPE_L3_IPV4_EXT_UNKNOWN)
#define ETHER_IPV6 (RTE_PTYPE_L2_ETHER | RTE_PTYPE_L3_IPV6_EXT_UNKNOWN)

/*
 * What the tables of packet types for header split say plainly; the family's have one numbering
 * (82575: 5.3.4.6; I210: appendix A.1). Types that end with IP are for fragments alone, and not
 * what asking for IP headers means; IPv6 in IPv4 and NFS have no name in ethdev.
 */
static const uint32_t ptypes[] = {
	ETHER_IPV4 | RTE_PTYPE_L4_TCP,
	ETHER_IPV4 | RTE_PTYPE_L4_UDP,
	ETHER_IPV6 | RTE_PTYPE_L4_TCP,
	ETHER_IPV6 | RTE_PTYPE_L4_UDP,
};
static const uint32_t psrtypes[RTE_DIM(ptypes)] = {
	PSRTYPE_IPV4_TCP,
	PSRTYPE_IPV4_UDP,
	PSRTYPE_IPV6_TCP,
	PSRTYPE_IPV6_UDP,
};

const uint32_t *
igbiov_split_ptypes(struct rte_eth_dev *dev, size_t *nb)
{
	RTE_SET_USED(dev);
	*nb = RTE_DIM(ptypes);
	return ptypes;
}

/* 0: the chip can't. */
static uint32_t
psrtype_of(uint32_t ptype)
{
	for (unsigned int i = 0; i < RTE_DIM(ptypes); i++)
		if (ptypes[i] == ptype)
			return psrtypes[i];
	return 0;
}

/* Of headers that the chip may write into an mbuf; below one unit: none. */
static uint32_t
hdr_size(struct rte_mempool *pool)
{
	uint32_t room = rte_pktmbuf_data_room_size(pool);

	room = room <= RTE_PKTMBUF_HEADROOM ? 0 : room - RTE_PKTMBUF_HEADROOM;
	return RTE_MIN(RTE_ALIGN_FLOOR(room, HDR_UNIT), (uint32_t)HDR_MAX);
}

static void
odd_check(struct rte_mempool *pool, void *arg, void *obj, unsigned int i)
{
	bool *odd = arg;

	RTE_SET_USED(pool);
	RTE_SET_USED(i);
	*odd |= rte_mbuf_data_iova_default(obj) & 1;
}

/* A header address's bit 0 is where the chip says "done". Rooms outside the pool may begin anywhere. */
static bool
any_odd(struct rte_mempool *pool)
{
	bool odd = false;

	rte_mempool_obj_iter(pool, odd_check, &odd);
	return odd;
}

int
igbiov_split_check(const struct igbiov_adapter *ad, uint16_t queue_id,
		   const struct rte_eth_rxconf *conf, uint16_t nb_desc)
{
	const struct rte_eth_rxseg_split *head = &conf->rx_seg[0].split;
	const struct rte_eth_rxseg_split *rest = &conf->rx_seg[1].split;

	if (conf->rx_nseg != 2) {
		IGBIOV_LOG(&ad->hw, ERR,
			   "RX queue %u: %u segments; 2 please: headers, and all that follows",
			   queue_id, conf->rx_nseg);
		return -EINVAL;
	}
	if (head->offset != 0 || rest->offset != 0) {
		IGBIOV_LOG(&ad->hw, ERR, "RX queue %u: segments with offsets %u and %u; 0 please",
			   queue_id, head->offset, rest->offset);
		return -EINVAL;
	}
	if (psrtype_of(head->proto_hdr) == 0 || head->length != 0 || rest->proto_hdr != 0) {
		IGBIOV_LOG(
			&ad->hw, ERR,
			"RX queue %u: headers 0x%x, length %u, then headers 0x%x; the chip splits "
			"once, behind TCP or UDP over IPv4 or IPv6: proto_hdr 0x%x, 0x%x, 0x%x or "
			"0x%x, not at a length",
			queue_id, head->proto_hdr, head->length, rest->proto_hdr, ptypes[0],
			ptypes[1], ptypes[2], ptypes[3]);
		return -EINVAL;
	}
	if (rest->length != 0 && rest->length < 1u << SRRCTL_BSIZEPKT_SHIFT) {
		IGBIOV_LOG(
			&ad->hw, ERR,
			"RX queue %u: %u octets of what follows the headers; %u please, or 0 for "
			"all that an mbuf holds",
			queue_id, rest->length, 1u << SRRCTL_BSIZEPKT_SHIFT);
		return -EINVAL;
	}
	if (hdr_size(head->mp) < HDR_UNIT || any_odd(head->mp)) {
		IGBIOV_LOG(
			&ad->hw, ERR,
			"RX queue %u: mempool %s, for headers, has rooms of %u octets; need %u and "
			"headroom, at even addresses",
			queue_id, head->mp->name, rte_pktmbuf_data_room_size(head->mp), HDR_UNIT);
		return -EINVAL;
	}
	if (head->mp->size < (head->mp == rest->mp ? 2u : 1u) * nb_desc) {
		IGBIOV_LOG(
			&ad->hw, ERR,
			"RX queue %u: mempool %s has %u mbufs for the headers%s of %u descriptors; "
			"each needs its own",
			queue_id, head->mp->name, head->mp->size,
			head->mp == rest->mp ? " and the rest" : "", nb_desc);
		return -EINVAL;
	}
	return 0;
}

int
igbiov_split_make(struct igbiov_rxq *rxq, const struct rte_eth_rxconf *conf, uint16_t nb_desc,
		  unsigned int socket_id)
{
	rxq->hdr_ring = rte_zmalloc_socket("igbiov rx headers", nb_desc * sizeof(rxq->hdr_ring[0]),
					   RTE_CACHE_LINE_SIZE, socket_id);
	if (rxq->hdr_ring == NULL)
		return -ENOMEM;
	memcpy(rxq->segs, conf->rx_seg, sizeof(rxq->segs));
	rxq->hdr_size = hdr_size(rxq->segs[0].split.mp);
	rxq->psrtype = psrtype_of(rxq->segs[0].split.proto_hdr);
	return 0;
}

bool
igbiov_split_any(const struct rte_eth_dev *dev)
{
	for (uint16_t i = 0; i < dev->data->nb_rx_queues; i++) {
		const struct igbiov_rxq *rxq = dev->data->rx_queues[i];

		if (rxq != NULL && rxq->hdr_ring != NULL)
			return true;
	}
	return false;
}

/* One for each pool, and of a chip without pools the first is everybody's. */
static uint32_t
psrtype_reg(const struct igbiov_adapter *ad)
{
	return ad->hw.chip.is_vf ? REG(VFPSRTYPE) : REGN(PSRTYPE, ad->pf_pool);
}

int
igbiov_split_start(const struct rte_eth_dev *dev)
{
	const struct igbiov_adapter *ad = dev->data->dev_private;
	const struct igbiov_rxq *first = NULL;

	for (uint16_t i = 0; i < dev->data->nb_rx_queues; i++) {
		const struct igbiov_rxq *rxq = dev->data->rx_queues[i];

		if (rxq->hdr_ring == NULL)
			continue;
		if (first == NULL)
			first = rxq;
		if (rxq->psrtype != first->psrtype) {
			IGBIOV_LOG(&ad->hw, ERR,
				   "RX queues %u and %u split behind other headers, 0x%x and 0x%x: "
				   "a port's queues have to agree",
				   first->queue_id, i, first->segs[0].split.proto_hdr,
				   rxq->segs[0].split.proto_hdr);
			return -EINVAL;
		}
	}
	if (first != NULL)
		hw_wr(&ad->hw, psrtype_reg(ad), first->psrtype);
	return 0;
}

void
igbiov_split_drain(struct igbiov_rxq *rxq)
{
	for (uint16_t i = 0; i < rxq->nb_desc; i++) {
		if (rxq->hdr_ring[i] != NULL)
			rte_mbuf_raw_free(rxq->hdr_ring[i]);
		if (rxq->sw_ring[i] != NULL)
			rte_mbuf_raw_free(rxq->sw_ring[i]);
		rxq->hdr_ring[i] = NULL;
		rxq->sw_ring[i] = NULL;
	}
}
