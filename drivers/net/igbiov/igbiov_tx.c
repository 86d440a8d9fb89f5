/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) the igbiov authors
 */

#include <errno.h>
#include <string.h>

#include <rte_errno.h>
#include <rte_ethdev.h>
#include <rte_net.h>
#include <rte_sctp.h>
#include <rte_tcp.h>
#include <rte_udp.h>

#include "igbiov_queue.h"
#include "igbiov_tx.h"

bool
igbiov_tx_sent_by_head(const struct igbiov_txq *txq, uint32_t nb_descs)
{
	const uint32_t head = rte_le_to_cpu_32(*txq->head);
	const uint32_t sent = head - txq->clean + (head < txq->clean ? txq->nb_desc : 0);

	/* A head that isn't on the ring says nothing. */
	return head < txq->nb_desc && sent >= nb_descs;
}

/* The next descriptor, which is taken. */
static inline volatile union igbiov_tx_desc *
tx_next(struct igbiov_txq *txq)
{
	volatile union igbiov_tx_desc *desc = &txq->ring[txq->next];

	if (++txq->next == txq->nb_desc)
		txq->next = 0;
	txq->nb_free--;
	txq->open->nb_descs++;
	return desc;
}

/* What this packet needs the chip to hold. */
static inline struct igbiov_tx_context
tx_context_make(const struct rte_mbuf *m)
{
	struct igbiov_tx_context ctx = { .type_cmd = TXD_CMD_DEXT | TXD_DTYP_CTX };

	if (m->ol_flags & RTE_MBUF_F_TX_VLAN)
		ctx.vlan_macip |= (uint32_t)m->vlan_tci << TXD_CTX_VLAN_SHIFT;
	if (m->ol_flags &
	    (RTE_MBUF_F_TX_IP_CKSUM | RTE_MBUF_F_TX_L4_MASK | RTE_MBUF_F_TX_TCP_SEG)) {
		ctx.vlan_macip |= (uint32_t)m->l2_len << TXD_CTX_MACLEN_SHIFT | m->l3_len;
		if (!(m->ol_flags & RTE_MBUF_F_TX_IPV6))
			ctx.type_cmd |= TXD_CTX_IPV4;
	}
	if (m->ol_flags & RTE_MBUF_F_TX_TCP_SEG) {
		ctx.type_cmd |= TXD_CTX_L4T_TCP;
		ctx.mss_idx = (uint32_t)m->tso_segsz << TXD_CTX_MSS_SHIFT |
			      (uint32_t)m->l4_len << TXD_CTX_L4LEN_SHIFT;
		return ctx;
	}
	switch (m->ol_flags & RTE_MBUF_F_TX_L4_MASK) {
	case RTE_MBUF_F_TX_TCP_CKSUM:
		ctx.type_cmd |= TXD_CTX_L4T_TCP;
		break;
	case RTE_MBUF_F_TX_SCTP_CKSUM:
		ctx.type_cmd |= TXD_CTX_L4T_SCTP;
		break;
	default:
		ctx.type_cmd |= TXD_CTX_L4T_UDP;
		break;
	}
	return ctx;
}

/* A context descriptor, unless the chip holds just that one already. */
static inline void
tx_context(struct igbiov_txq *txq, const struct rte_mbuf *m)
{
	const struct igbiov_tx_context ctx = tx_context_make(m);
	volatile union igbiov_tx_desc *desc;

	if (txq->ctx_valid && memcmp(&txq->ctx, &ctx, sizeof(ctx)) == 0)
		return;
	desc = tx_next(txq);
	desc->ctx.vlan_macip = rte_cpu_to_le_32(ctx.vlan_macip);
	desc->ctx.reserved = 0;
	desc->ctx.type_cmd = rte_cpu_to_le_32(ctx.type_cmd);
	desc->ctx.mss_idx = rte_cpu_to_le_32(ctx.mss_idx);
	txq->ctx = ctx;
	txq->ctx_valid = true;
}

/* Second half of a data descriptor, lengths left out. */
static inline uint64_t
tx_cmd(uint64_t ol_flags)
{
	uint32_t cmd = TX_PLAIN_CMD;
	uint32_t olinfo = 0;

	if (ol_flags & RTE_MBUF_F_TX_VLAN)
		cmd |= TXD_CMD_VLE;
	if (ol_flags & RTE_MBUF_F_TX_TCP_SEG)
		cmd |= TXD_CMD_TSE;
	if (ol_flags & RTE_MBUF_F_TX_IP_CKSUM)
		olinfo |= TXD_POPTS_IXSM;
	if (ol_flags & (RTE_MBUF_F_TX_L4_MASK | RTE_MBUF_F_TX_TCP_SEG))
		olinfo |= TXD_POPTS_TXSM;
	return cmd | (uint64_t)olinfo << 32;
}

/* A PAYLEN that isn't the segments' sum hangs the chip's DMA. */
static bool
tx_lengths_agree(const struct rte_mbuf *m)
{
	uint32_t octets = m->pkt_len, segs = m->nb_segs;

	for (; m != NULL && segs > 0; m = m->next, segs--) {
		if (m->data_len > IGBIOV_TX_MAX_SEG_LEN)
			return false;
		octets -= m->data_len;
	}
	return m == NULL && segs == 0 && octets == 0;
}

static inline uint32_t
tx_tso_headers(const struct rte_mbuf *m)
{
	return m->l2_len + m->l3_len + m->l4_len;
}

/* Octets from the frame's start that the chip's sums need; 0 where it adds up nothing. */
static uint32_t
tx_summed_headers(const struct rte_mbuf *m)
{
	uint32_t len = m->l2_len + m->l3_len;

	switch (m->ol_flags & RTE_MBUF_F_TX_L4_MASK) {
	case RTE_MBUF_F_TX_TCP_CKSUM:
		return len + sizeof(struct rte_tcp_hdr);
	case RTE_MBUF_F_TX_UDP_CKSUM:
		return len + sizeof(struct rte_udp_hdr);
	case RTE_MBUF_F_TX_SCTP_CKSUM:
		return len + sizeof(struct rte_sctp_hdr);
	default:
		return m->ol_flags & RTE_MBUF_F_TX_IP_CKSUM ? len : 0;
	}
}

static bool
tx_headers_ok(const struct rte_mbuf *m)
{
	uint32_t need = tx_summed_headers(m);

	if (m->ol_flags & RTE_MBUF_F_TX_TCP_SEG) {
		need = tx_tso_headers(m) + 1;
		if (m->tso_segsz == 0 || m->l4_len < sizeof(struct rte_tcp_hdr))
			return false;
	}
	return need == 0 || (m->l2_len != 0 && m->l3_len != 0 && need <= m->pkt_len);
}

/* Octets that a frame may have before the chip puts its tag in. */
static uint32_t
tx_longest(const struct rte_mbuf *m)
{
	return m->ol_flags & RTE_MBUF_F_TX_VLAN ? IGBIOV_TX_MAX_LEN - RTE_VLAN_HLEN
						: IGBIOV_TX_MAX_LEN;
}

/* Can the chip send it, as one frame or cut into several? */
static bool
tx_shape_ok(const struct rte_mbuf *m)
{
	uint32_t frame = m->pkt_len, limit = IGBIOV_TX_MAX_LEN;

	if (m->ol_flags & RTE_MBUF_F_TX_TCP_SEG) {
		frame = tx_tso_headers(m) + m->tso_segsz;
		limit = IGBIOV_TX_MAX_TSO;
	}
	return !(m->ol_flags & TX_UNKNOWN_FLAGS) && m->nb_segs <= IGBIOV_TX_MAX_SEGS &&
	       m->pkt_len != 0 && m->pkt_len <= limit && frame <= tx_longest(m) &&
	       tx_headers_ok(m) && tx_lengths_agree(m);
}

/* Is nobody else looking at its buffer? A clone's own count says nothing of that. */
static bool
tx_owns_buffer(const struct rte_mbuf *m)
{
	if (rte_mbuf_refcnt_read(m) != 1 || RTE_MBUF_CLONED(m))
		return false;
	return !RTE_MBUF_HAS_EXTBUF(m) || rte_mbuf_ext_refcnt_read(m->shinfo) == 1;
}

static bool
tx_can_pad(const struct rte_mbuf *m)
{
	return m->nb_segs == 1 && tx_owns_buffer(m) &&
	       rte_pktmbuf_tailroom(m) >= IGBIOV_TX_MIN_LEN - m->pkt_len;
}

/* Short frames that the chip can't pad are padded here when the mbuf lets us. */
static bool
tx_pad(struct rte_mbuf *m)
{
	uint16_t pad = IGBIOV_TX_MIN_LEN - m->pkt_len;

	if (!tx_can_pad(m))
		return false;
	memset(rte_pktmbuf_append(m, pad), 0, pad);
	return true;
}

/* A data descriptor, and its mbuf. */
static inline volatile union igbiov_tx_desc *
tx_data(struct igbiov_txq *txq, struct rte_mbuf *m, uint64_t cmd_olinfo)
{
	volatile union igbiov_tx_desc *desc = tx_next(txq);

	desc->data.addr = rte_cpu_to_le_64(rte_mbuf_data_iova(m));
	desc->data.cmd_olinfo = rte_cpu_to_le_64(cmd_olinfo);
	txq->sw_ring[txq->sw_next] = m;
	if (++txq->sw_next == txq->nb_desc)
		txq->sw_next = 0;
	txq->open->nb_mbufs++;
	return desc;
}

/* From here on, packets like this one need no look at what they ask for. */
static inline void
tx_remember(struct igbiov_txq *txq, const struct rte_mbuf *m)
{
	uint64_t flags = m->ol_flags & TX_KIND_FLAGS;
	struct igbiov_tx_kind *last = &txq->last;

	last->flags = flags & TX_ODD_FLAGS ? TX_NO_KIND : flags;
	last->lens_mask = flags & (RTE_MBUF_F_TX_IP_CKSUM | RTE_MBUF_F_TX_L4_MASK) ? TX_KIND_LENS
										   : 0;
	last->lens = m->tx_offload & last->lens_mask;
	last->vlan_mask = flags & RTE_MBUF_F_TX_VLAN ? TX_VLAN(UINT16_MAX) : 0;
	last->vlan = TX_VLAN(m->vlan_tci) & last->vlan_mask;
	last->min_len = RTE_MAX(tx_summed_headers(m), (uint32_t)IGBIOV_TX_MIN_LEN);
	last->max_len = tx_longest(m);
	last->more = last->max_len - last->min_len;
	last->cmd = tx_cmd(m->ol_flags);
}

enum igbiov_tx_verdict
igbiov_tx_other(struct igbiov_txq *txq, struct rte_mbuf *m)
{
	volatile union igbiov_tx_desc *desc = NULL;
	uint32_t paylen;
	uint64_t cmd;

	if (!tx_shape_ok(m) || (m->pkt_len < IGBIOV_TX_MIN_LEN && !tx_pad(m))) {
		txq->stats.errors++;
		rte_pktmbuf_free(m);
		return IGBIOV_TX_REFUSED;
	}
	/* One more than the segments, for a context; one never used. */
	while (txq->nb_free < m->nb_segs + 2)
		if (!tx_clean_one(txq))
			return IGBIOV_TX_FULL;

	if (m->ol_flags & TX_CTX_FLAGS)
		tx_context(txq, m);
	tx_remember(txq, m);
	paylen = m->pkt_len;
	if (m->ol_flags & RTE_MBUF_F_TX_TCP_SEG)
		paylen -= tx_tso_headers(m);
	cmd = (txq->last.cmd & ~(uint64_t)TXD_CMD_EOP) | (uint64_t)paylen
								 << (32 + TXD_PAYLEN_SHIFT);
	txq->stats.bytes += m->pkt_len;
	/* A block's mbufs go back together only if all are plain, and of one pool. */
	txq->open->pool = tx_is_plain(m) && m->pool == tx_pool(txq, m) ? m->pool : NULL;
	do {
		struct rte_mbuf *next = m->next;

		/* A zero-length descriptor hangs or kills the packet: leave it out. */
		if (likely(m->data_len != 0))
			desc = tx_data(txq, m, cmd | m->data_len);
		else
			rte_pktmbuf_free_seg(m);
		m = next;
	} while (m != NULL);
	desc->data.cmd_olinfo |= rte_cpu_to_le_64(TXD_CMD_EOP);
	txq->open->nb_packets++;
	return IGBIOV_TX_WRITTEN;
}

#define TX_NAME			 igbiov_tx_burst
#define TX_MT_NAME		 igbiov_tx_burst_mt
#define tx_groups(txq, p, n, pl) 0
#include "igbiov_tx_burst.h"

/* As rte_eth_tx_prepare() answers for one packet. */
static int
tx_prepare_one(struct rte_mbuf *m)
{
	uint32_t headers;
	int ret;

	if (m->ol_flags & TX_UNKNOWN_FLAGS)
		return -ENOTSUP;
	if (!tx_shape_ok(m) || (m->pkt_len < IGBIOV_TX_MIN_LEN && !tx_can_pad(m)))
		return -EINVAL;
	/* IPv4 or IPv6? The chip and whoever writes the pseudo-header's sum must not disagree. */
	ret = rte_validate_tx_offload(m);
	if (ret != 0)
		return ret;
	if ((m->ol_flags & (RTE_MBUF_F_TX_IP_CKSUM | RTE_MBUF_F_TX_IPV4)) == RTE_MBUF_F_TX_IP_CKSUM)
		return -EINVAL;
	/* Sums are written into the first segment. */
	headers = m->ol_flags & RTE_MBUF_F_TX_TCP_SEG ? tx_tso_headers(m) : tx_summed_headers(m);
	if (headers > m->data_len)
		return -ENOTSUP;
	return rte_net_intel_cksum_prepare(m);
}

uint16_t
igbiov_tx_prepare(void *queue, struct rte_mbuf **pkts, uint16_t nb_pkts)
{
	RTE_SET_USED(queue);
	for (uint16_t i = 0; i < nb_pkts; i++) {
		int ret = tx_prepare_one(pkts[i]);

		if (ret != 0) {
			rte_errno = -ret;
			return i;
		}
	}
	return nb_pkts;
}

int
igbiov_tx_descriptor_status(void *queue, uint16_t offset)
{
	struct igbiov_txq *txq = queue;
	uint32_t used = txq->nb_desc - 1 - txq->nb_free;
	uint32_t end = 0;
	uint32_t pos; /* counted from the oldest descriptor in use */

	if (offset >= txq->nb_desc)
		return -EINVAL;
	/* Others move the ring meanwhile. */
	if (txq->mt != NULL)
		return -ENOTSUP;
	pos = (txq->next + offset + txq->nb_desc - txq->clean) % txq->nb_desc;
	if (pos >= used)
		return RTE_ETH_TX_DESC_DONE;
	/* Only a block's last one is written back: done, it vouches for all before it. */
	for (uint16_t i = txq->block_head; i != txq->block_tail; i++) {
		end += txq->blocks[i & txq->block_mask].nb_descs;
		if (pos < end)
			return tx_sent(txq, end) ? RTE_ETH_TX_DESC_DONE : RTE_ETH_TX_DESC_FULL;
	}
	return RTE_ETH_TX_DESC_FULL;
}

int
igbiov_tx_queue_count(void *queue)
{
	const struct igbiov_txq *txq = queue;

	/* Others move the ring meanwhile. */
	if (txq->mt != NULL)
		return -ENOTSUP;
	return (txq->next + txq->nb_desc - txq->clean) % txq->nb_desc;
}

int
igbiov_tx_done_cleanup(void *queue, uint32_t free_cnt)
{
	struct igbiov_txq *txq = queue;
	uint32_t freed = 0;

	/* Each burst that finds no room frees what is done. */
	if (txq->mt != NULL)
		return -ENOTSUP;
	/* Blocks are freed whole, so one that would go beyond free_cnt stays. */
	while (txq->block_head != txq->block_tail) {
		uint32_t packets = txq->blocks[txq->block_head & txq->block_mask].nb_packets;

		if ((free_cnt != 0 && freed + packets > free_cnt) || !tx_clean_one(txq))
			break;
		freed += packets;
	}
	return freed;
}
