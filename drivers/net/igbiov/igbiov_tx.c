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

/* What an mbuf may ask of the chip. */
#define TX_INFO_FLAGS  (RTE_MBUF_F_TX_IPV4 | RTE_MBUF_F_TX_IPV6)
#define TX_KNOWN_FLAGS (TX_CTX_FLAGS | TX_INFO_FLAGS)

/* Descriptors of the oldest block, or 0 if the chip isn't done with it. */
static uint16_t
tx_done(const struct igbiov_txq *txq)
{
	uint32_t last;

	if (txq->block_head == txq->block_tail)
		return 0;
	last = txq->clean + txq->blocks[txq->block_head & txq->block_mask].nb_descs - 1;
	if (last >= txq->nb_desc)
		last -= txq->nb_desc;
	if (!(rte_le_to_cpu_32(txq->ring[last].wb.status) & TXD_STAT_DD))
		return 0;
	return txq->blocks[txq->block_head & txq->block_mask].nb_descs;
}

/* Gives back n mbufs that lie side by side; to their pool as they are, if they may. */
static inline void
tx_free(struct rte_mempool *pool, struct rte_mbuf **mbufs, uint16_t n)
{
	if (likely(pool != NULL)) {
		rte_mempool_put_bulk(pool, (void **)mbufs, n);
		return;
	}
	for (uint16_t i = 0; i < n; i++)
		rte_pktmbuf_free_seg(mbufs[i]);
}

/* Frees the oldest block; false if the chip isn't done with it. */
static bool
tx_clean_one(struct igbiov_txq *txq)
{
	const struct igbiov_tx_block *block = &txq->blocks[txq->block_head & txq->block_mask];
	uint16_t n, front;

	if (tx_done(txq) == 0)
		return false;
	n = block->nb_mbufs;
	front = RTE_MIN(n, txq->nb_desc - txq->sw_clean);
	tx_free(block->pool, &txq->sw_ring[txq->sw_clean], front);
	txq->sw_clean += front;
	if (txq->sw_clean == txq->nb_desc) {
		txq->sw_clean = n - front;
		tx_free(block->pool, txq->sw_ring, n - front);
	}
	txq->clean += block->nb_descs;
	if (txq->clean >= txq->nb_desc)
		txq->clean -= txq->nb_desc;
	txq->nb_free += block->nb_descs;
	txq->block_head++;
	return true;
}

void
igbiov_tx_clean(struct igbiov_txq *txq)
{
	while (txq->nb_free < txq->free_thresh && tx_clean_one(txq))
		;
}

/* The next descriptor, which is taken. */
static inline volatile union igbiov_tx_desc *
tx_next(struct igbiov_txq *txq)
{
	volatile union igbiov_tx_desc *desc = &txq->ring[txq->next];

	if (++txq->next == txq->nb_desc)
		txq->next = 0;
	txq->nb_free--;
	txq->open.nb_descs++;
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
	uint32_t cmd = TXD_DTYP_DATA | TXD_CMD_DEXT | TXD_CMD_IFCS | TXD_CMD_EOP;
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

/* Can the chip send it, as one frame or cut into several? */
static bool
tx_shape_ok(const struct rte_mbuf *m)
{
	uint32_t longest = m->pkt_len, limit = IGBIOV_TX_MAX_LEN;

	if (m->ol_flags & RTE_MBUF_F_TX_TCP_SEG) {
		longest = tx_tso_headers(m) + m->tso_segsz;
		limit = IGBIOV_TX_MAX_TSO;
	}
	return m->nb_segs <= IGBIOV_TX_MAX_SEGS && m->pkt_len != 0 && m->pkt_len <= limit &&
	       longest <= IGBIOV_TX_MAX_LEN && tx_headers_ok(m) && tx_lengths_agree(m);
}

/* Short frames that the chip can't pad are padded here when the mbuf lets us. */
static bool
tx_pad(struct rte_mbuf *m)
{
	uint16_t pad = IGBIOV_TX_MIN_LEN - m->pkt_len;
	char *end;

	if (m->nb_segs != 1 || rte_mbuf_refcnt_read(m) != 1)
		return false;
	end = rte_pktmbuf_append(m, pad);
	if (end == NULL)
		return false;
	memset(end, 0, pad);
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
	txq->open.nb_mbufs++;
	return desc;
}

/* From here on, packets like this one need no look at what they ask for. */
static inline void
tx_remember(struct igbiov_txq *txq, const struct rte_mbuf *m)
{
	uint64_t flags = m->ol_flags & TX_KIND_FLAGS;

	txq->last_flags = flags & TX_ODD_FLAGS ? TX_NO_KIND : flags;
	txq->last_lens_mask = flags & (RTE_MBUF_F_TX_IP_CKSUM | RTE_MBUF_F_TX_L4_MASK)
				      ? TX_KIND_LENS
				      : 0;
	txq->last_lens = m->tx_offload & txq->last_lens_mask;
	txq->last_vlan_mask = flags & RTE_MBUF_F_TX_VLAN ? UINT16_MAX : 0;
	txq->last_vlan = m->vlan_tci & txq->last_vlan_mask;
	txq->last_min_len = RTE_MAX(tx_summed_headers(m), (uint32_t)IGBIOV_TX_MIN_LEN);
	txq->last_cmd = tx_cmd(m->ol_flags);
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
	cmd = (txq->last_cmd & ~(uint64_t)TXD_CMD_EOP) | (uint64_t)paylen
								 << (32 + TXD_PAYLEN_SHIFT);
	txq->stats.bytes += m->pkt_len;
	/* A block's mbufs go back together only if all are plain, and of one pool. */
	txq->open.pool = tx_is_plain(m) && m->pool == tx_pool(txq, m) ? m->pool : NULL;
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
	return IGBIOV_TX_WRITTEN;
}

#define TX_NAME			 igbiov_tx_burst
#define TX_MT_NAME		 igbiov_tx_burst_mt
#define tx_groups(txq, p, n, pl) 0
#include "igbiov_tx_burst.h"

uint16_t
igbiov_tx_prepare(void *queue, struct rte_mbuf **pkts, uint16_t nb_pkts)
{
	RTE_SET_USED(queue);
	for (uint16_t i = 0; i < nb_pkts; i++) {
		struct rte_mbuf *m = pkts[i];
		int ret = 0;

		if (m->ol_flags & RTE_MBUF_F_TX_OFFLOAD_MASK & ~TX_KNOWN_FLAGS)
			ret = -ENOTSUP;
		else if (!tx_shape_ok(m))
			ret = -EINVAL;
		else
			ret = rte_net_intel_cksum_prepare(m);
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
		const volatile union igbiov_tx_desc *last;

		end += txq->blocks[i & txq->block_mask].nb_descs;
		if (pos >= end)
			continue;
		last = &txq->ring[(txq->clean + end - 1) % txq->nb_desc];
		return rte_le_to_cpu_32(last->wb.status) & TXD_STAT_DD ? RTE_ETH_TX_DESC_DONE
								       : RTE_ETH_TX_DESC_FULL;
	}
	return RTE_ETH_TX_DESC_FULL;
}

/* Packets that end within the oldest block. */
static uint32_t
tx_packets(const struct igbiov_txq *txq)
{
	const struct igbiov_tx_block *block = &txq->blocks[txq->block_head & txq->block_mask];
	uint32_t packets = 0;

	for (uint16_t i = 0; i < block->nb_mbufs; i++)
		packets += txq->sw_ring[(txq->sw_clean + i) % txq->nb_desc]->next == NULL;
	return packets;
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
	while (tx_done(txq) != 0) {
		uint32_t packets = tx_packets(txq);

		if (free_cnt != 0 && freed + packets > free_cnt)
			break;
		freed += packets;
		tx_clean_one(txq);
	}
	return freed;
}
