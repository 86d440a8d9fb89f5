/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) the igbiov authors
 */

#include <errno.h>
#include <string.h>

#include <rte_errno.h>
#include <rte_ethdev.h>
#include <rte_net.h>

#include "igbiov_queue.h"

/* What an mbuf may ask of the chip; and which of it needs a context descriptor. */
#define TX_CTX_FLAGS   (RTE_MBUF_F_TX_VLAN | RTE_MBUF_F_TX_IP_CKSUM | RTE_MBUF_F_TX_L4_MASK)
#define TX_INFO_FLAGS  (RTE_MBUF_F_TX_IPV4 | RTE_MBUF_F_TX_IPV6)
#define TX_KNOWN_FLAGS (TX_CTX_FLAGS | TX_INFO_FLAGS)

/* Below this many free descriptors each burst ends with RS, or the ring might never drain. */
#define TX_LOW_WATER(txq) ((txq)->rs_thresh + IGBIOV_TX_MAX_SEGS + 1)

/* Descriptors that the oldest RS mark covers, or 0 if the chip hasn't got there. */
static uint16_t
tx_done(const struct igbiov_txq *txq)
{
	uint16_t last;

	if (txq->rs_head == txq->rs_tail)
		return 0;
	last = txq->rs_fifo[txq->rs_head & txq->rs_mask];
	if (!(rte_le_to_cpu_32(txq->ring[last].wb.status) & TXD_STAT_DD))
		return 0;
	return last >= txq->clean ? last - txq->clean + 1 : txq->nb_desc - txq->clean + last + 1;
}

/* Frees what the oldest RS mark covers; false if there is nothing yet. */
static bool
tx_clean_one(struct igbiov_txq *txq)
{
	uint16_t n = tx_done(txq);

	if (n == 0)
		return false;
	txq->rs_head++;
	txq->nb_free += n;
	while (n-- > 0) {
		struct rte_mbuf **slot = &txq->sw_ring[txq->clean];

		if (*slot != NULL) {
			rte_pktmbuf_free_seg(*slot);
			*slot = NULL;
		}
		if (++txq->clean == txq->nb_desc)
			txq->clean = 0;
	}
	return true;
}

static inline uint16_t
tx_advance(struct igbiov_txq *txq)
{
	uint16_t index = txq->next;

	txq->next = index + 1 == txq->nb_desc ? 0 : index + 1;
	txq->nb_free--;
	txq->since_rs++;
	return index;
}

/* A context for this packet's headers, unless the chip holds just that one already. */
static inline void
tx_context(struct igbiov_txq *txq, const struct rte_mbuf *m)
{
	uint32_t vlan_macip = 0, type_cmd = TXD_CMD_DEXT | TXD_DTYP_CTX;
	volatile union igbiov_tx_desc *desc;

	if (m->ol_flags & RTE_MBUF_F_TX_VLAN)
		vlan_macip |= (uint32_t)m->vlan_tci << TXD_CTX_VLAN_SHIFT;
	if (m->ol_flags & (RTE_MBUF_F_TX_IP_CKSUM | RTE_MBUF_F_TX_L4_MASK)) {
		vlan_macip |= (uint32_t)m->l2_len << TXD_CTX_MACLEN_SHIFT | m->l3_len;
		if (!(m->ol_flags & RTE_MBUF_F_TX_IPV6))
			type_cmd |= TXD_CTX_IPV4;
	}
	switch (m->ol_flags & RTE_MBUF_F_TX_L4_MASK) {
	case RTE_MBUF_F_TX_TCP_CKSUM:
		type_cmd |= TXD_CTX_L4T_TCP;
		break;
	case RTE_MBUF_F_TX_SCTP_CKSUM:
		type_cmd |= TXD_CTX_L4T_SCTP;
		break;
	default:
		type_cmd |= TXD_CTX_L4T_UDP;
		break;
	}
	if (txq->ctx_valid && txq->ctx_vlan_macip == vlan_macip && txq->ctx_type_cmd == type_cmd)
		return;

	desc = &txq->ring[tx_advance(txq)];
	desc->ctx.vlan_macip = rte_cpu_to_le_32(vlan_macip);
	desc->ctx.reserved = 0;
	desc->ctx.type_cmd = rte_cpu_to_le_32(type_cmd);
	desc->ctx.mss_idx = 0;
	txq->ctx_vlan_macip = vlan_macip;
	txq->ctx_type_cmd = type_cmd;
	txq->ctx_valid = true;
}

static inline uint32_t
tx_olinfo(const struct rte_mbuf *m)
{
	uint32_t olinfo = (uint32_t)m->pkt_len << TXD_PAYLEN_SHIFT;

	if (m->ol_flags & RTE_MBUF_F_TX_IP_CKSUM)
		olinfo |= TXD_POPTS_IXSM;
	if (m->ol_flags & RTE_MBUF_F_TX_L4_MASK)
		olinfo |= TXD_POPTS_TXSM;
	return olinfo;
}

/* A PAYLEN that isn't the segments' sum hangs the chip's DMA. */
static bool
tx_lengths_agree(const struct rte_mbuf *m)
{
	uint32_t octets = m->pkt_len, segs = m->nb_segs;

	for (; m != NULL && segs > 0; m = m->next, segs--)
		octets -= m->data_len;
	return m == NULL && segs == 0 && octets == 0;
}

/*
 * Shapes that the chip drops without a word, or sends wrong. Short frames it
 * can't pad are padded here when the mbuf lets us.
 */
static bool
tx_odd_packet_ok(struct rte_mbuf *m)
{
	if (m->nb_segs > IGBIOV_TX_MAX_SEGS || m->pkt_len > IGBIOV_TX_MAX_LEN ||
	    !tx_lengths_agree(m))
		return false;
	if (m->pkt_len < IGBIOV_TX_MIN_LEN) {
		uint16_t pad = IGBIOV_TX_MIN_LEN - m->pkt_len;
		char *end;

		if (m->pkt_len == 0 || m->nb_segs != 1 || rte_mbuf_refcnt_read(m) != 1)
			return false;
		end = rte_pktmbuf_append(m, pad);
		if (end == NULL)
			return false;
		memset(end, 0, pad);
	}
	return true;
}

/* Writes a packet's descriptors; gives the last one's index. */
static inline uint16_t
tx_write(struct igbiov_txq *txq, struct rte_mbuf *m)
{
	uint32_t olinfo = tx_olinfo(m);
	uint32_t cmd = TXD_DTYP_DATA | TXD_CMD_DEXT | TXD_CMD_IFCS;
	volatile union igbiov_tx_desc *desc = NULL;
	uint16_t index = 0;

	if (m->ol_flags & RTE_MBUF_F_TX_VLAN)
		cmd |= TXD_CMD_VLE;
	do {
		struct rte_mbuf *next = m->next;

		/* A zero-length descriptor hangs or kills the packet: leave it out. */
		if (unlikely(m->data_len == 0)) {
			rte_pktmbuf_free_seg(m);
			m = next;
			continue;
		}
		index = tx_advance(txq);
		desc = &txq->ring[index];
		desc->data.addr = rte_cpu_to_le_64(rte_mbuf_data_iova(m));
		desc->data.cmd_len = rte_cpu_to_le_32(cmd | m->data_len);
		desc->data.olinfo = rte_cpu_to_le_32(olinfo);
		txq->sw_ring[index] = m;
		m = next;
	} while (m != NULL);
	desc->data.cmd_len |= rte_cpu_to_le_32(TXD_CMD_EOP);
	return index;
}

/* Asks the chip to tell when it is done with this descriptor, the end of a packet. */
static inline void
tx_mark_rs(struct igbiov_txq *txq, uint16_t index)
{
	txq->ring[index].data.cmd_len |= rte_cpu_to_le_32(TXD_CMD_RS);
	txq->rs_fifo[txq->rs_tail++ & txq->rs_mask] = index;
	txq->since_rs = 0;
}

uint16_t
igbiov_tx_burst(void *queue, struct rte_mbuf **pkts, uint16_t nb_pkts)
{
	struct igbiov_txq *txq = queue;
	uint64_t bytes = 0, sent = 0;
	uint16_t nb_tx, last = 0;
	const uint16_t first = txq->next;

	if (txq->nb_free < txq->free_thresh)
		tx_clean_one(txq);

	for (nb_tx = 0; nb_tx < nb_pkts; nb_tx++) {
		struct rte_mbuf *m = pkts[nb_tx];

		/* One compare finds both several segments and lengths that disagree. */
		if (unlikely((m->pkt_len != m->data_len || m->pkt_len < IGBIOV_TX_MIN_LEN) &&
			     !tx_odd_packet_ok(m))) {
			txq->stats.errors++;
			rte_pktmbuf_free(m);
			continue;
		}
		/* One more than the segments, for a context; one never used. */
		while (unlikely(txq->nb_free < m->nb_segs + 2))
			if (!tx_clean_one(txq))
				goto full;
		if (m->ol_flags & TX_CTX_FLAGS)
			tx_context(txq, m);
		bytes += m->pkt_len;
		sent++;
		last = tx_write(txq, m);
		if (txq->since_rs >= txq->rs_thresh)
			tx_mark_rs(txq, last);
	}
full:
	if (txq->next == first)
		return nb_tx;
	if (txq->nb_free < TX_LOW_WATER(txq) && txq->since_rs != 0)
		tx_mark_rs(txq, last);
	igbiov_wr_tail(txq->tail_reg, txq->next);
	txq->stats.packets += sent;
	txq->stats.bytes += bytes;
	return nb_tx;
}

uint16_t
igbiov_tx_prepare(void *queue, struct rte_mbuf **pkts, uint16_t nb_pkts)
{
	RTE_SET_USED(queue);
	for (uint16_t i = 0; i < nb_pkts; i++) {
		struct rte_mbuf *m = pkts[i];
		int ret;

		if (m->nb_segs > IGBIOV_TX_MAX_SEGS || m->pkt_len == 0 ||
		    m->pkt_len > IGBIOV_TX_MAX_LEN || !tx_lengths_agree(m)) {
			rte_errno = EINVAL;
			return i;
		}
		if (m->ol_flags & RTE_MBUF_F_TX_OFFLOAD_MASK & ~TX_KNOWN_FLAGS) {
			rte_errno = ENOTSUP;
			return i;
		}
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
	uint32_t pos; /* counted from the oldest descriptor in use */

	if (offset >= txq->nb_desc)
		return -EINVAL;
	pos = (txq->next + offset + txq->nb_desc - txq->clean) % txq->nb_desc;
	if (pos >= used)
		return RTE_ETH_TX_DESC_DONE;
	/* Only marks are written back: one that is done vouches for all before it. */
	for (uint16_t i = txq->rs_head; i != txq->rs_tail; i++) {
		uint16_t mark = txq->rs_fifo[i & txq->rs_mask];

		if (pos <= (uint32_t)(mark + txq->nb_desc - txq->clean) % txq->nb_desc)
			return rte_le_to_cpu_32(txq->ring[mark].wb.status) & TXD_STAT_DD
				       ? RTE_ETH_TX_DESC_DONE
				       : RTE_ETH_TX_DESC_FULL;
	}
	return RTE_ETH_TX_DESC_FULL;
}

/* Packets that end within the next n descriptors to be freed. */
static uint32_t
tx_packets(const struct igbiov_txq *txq, uint16_t n)
{
	uint32_t packets = 0;

	for (uint16_t i = 0; i < n; i++) {
		const struct rte_mbuf *m = txq->sw_ring[(txq->clean + i) % txq->nb_desc];

		packets += m != NULL && m->next == NULL;
	}
	return packets;
}

int
igbiov_tx_done_cleanup(void *queue, uint32_t free_cnt)
{
	struct igbiov_txq *txq = queue;
	uint32_t freed = 0;

	/* Marks are freed whole, so one that would go beyond free_cnt stays. */
	for (uint16_t n = tx_done(txq); n != 0; n = tx_done(txq)) {
		uint32_t packets = tx_packets(txq, n);

		if (free_cnt != 0 && freed + packets > free_cnt)
			break;
		freed += packets;
		tx_clean_one(txq);
	}
	return freed;
}
