/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) the igbiov authors
 */

#include <stdio.h>
#include <string.h>

#include "verify.h"

#define BURST  32
#define BURSTS (4 * ARM_RING / BURST)
#define IDXS   8

#define WRONG(arm, ...) \
	(snprintf((arm)->why, sizeof((arm)->why), "frame %u: ", number), \
	 snprintf((arm)->why + strlen((arm)->why), sizeof((arm)->why) - strlen((arm)->why), \
		  __VA_ARGS__), \
	 false)

/* Flags that are either right or wrong; what else a driver says of a frame is left to it. */
#define CHECKED_FLAGS (RTE_MBUF_F_RX_RSS_HASH | RTE_MBUF_F_RX_VLAN | RTE_MBUF_F_RX_VLAN_STRIPPED)

static const struct {
	uint16_t info;
	uint32_t ptype;
	bool ipv4;
} types[] = {
	{ 0x11, RTE_PTYPE_L2_ETHER | RTE_PTYPE_L3_IPV4 | RTE_PTYPE_L4_TCP, true },
	{ 0x21, RTE_PTYPE_L2_ETHER | RTE_PTYPE_L3_IPV4 | RTE_PTYPE_L4_UDP, true },
	{ 0x14, RTE_PTYPE_L2_ETHER | RTE_PTYPE_L3_IPV6 | RTE_PTYPE_L4_TCP, false },
	{ 0x24, RTE_PTYPE_L2_ETHER | RTE_PTYPE_L3_IPV6 | RTE_PTYPE_L4_UDP, false },
};

/* What the chip finds out about frame number n. */
struct facts {
	uint16_t len, vlan;
	uint32_t hash;
	bool hashed, tagged, ip_bad, l4_bad;
	unsigned int type;
};

static struct facts
facts_of(const struct arm *arm, uint32_t n)
{
	struct facts f = {
		.len = ARM_FRAME + n % 1400,
		.type = n % RTE_DIM(types),
	};

	if (!arm->offload)
		return f;
	f.hash = n * 2654435761u;
	f.vlan = n % 4096;
	f.hashed = n % 3 != 0;
	f.tagged = n % 5 != 0;
	f.l4_bad = n % 7 == 0;
	f.ip_bad = types[f.type].ipv4 && n % 11 == 0;
	return f;
}

static union igbiov_rx_desc
describe(const struct arm *arm, const struct facts *f)
{
	union igbiov_rx_desc wb = { .wb = {
					    .info = types[f->type].info << RXD_INFO_PTYPE_SHIFT |
						    f->hashed,
					    .rss = f->hash,
					    .status = RXD_STAT_DD | RXD_STAT_EOP,
					    .len = f->len,
					    .vlan = f->tagged ? f->vlan : 0,
				    } };

	if (!arm->offload)
		return wb;
	wb.wb.status |= RXD_STAT_L4CS;
	if (types[f->type].ipv4)
		wb.wb.status |= RXD_STAT_IPCS;
	if (f->tagged)
		wb.wb.status |= RXD_STAT_VP;
	if (f->ip_bad)
		wb.wb.status |= arm->kind->ip_error;
	if (f->l4_bad)
		wb.wb.status |= arm->kind->l4_error;
	return wb;
}

/* A frame arrives; its number is written where the driver said that the buffer is. */
static bool
arrive(struct arm *arm, struct nic_queue *q, uint32_t number)
{
	struct facts f = facts_of(arm, number);
	union igbiov_rx_desc wb = describe(arm, &f);
	volatile union igbiov_rx_desc *desc = nic_rx_next(q, *q->rx_tail);

	if (desc == NULL)
		return WRONG(arm, "no buffer for it");
	memcpy((void *)(uintptr_t)desc->read.addr, &number, sizeof(number));
	desc->read.addr = wb.read.addr;
	desc->read.hdr_addr = wb.read.hdr_addr;
	return true;
}

static bool
flags_ok(const struct arm *arm, const struct facts *f, uint64_t flags)
{
	uint64_t wanted = 0;
	uint64_t ip = flags & RTE_MBUF_F_RX_IP_CKSUM_MASK, l4 = flags & RTE_MBUF_F_RX_L4_CKSUM_MASK;

	if (f->hashed)
		wanted |= RTE_MBUF_F_RX_RSS_HASH;
	if (f->tagged)
		wanted |= RTE_MBUF_F_RX_VLAN | RTE_MBUF_F_RX_VLAN_STRIPPED;
	if ((flags & CHECKED_FLAGS) != wanted)
		return false;
	/* Nothing was found bad, and good isn't asked for. */
	if (!arm->offload || !types[f->type].ipv4) {
		if (ip == RTE_MBUF_F_RX_IP_CKSUM_BAD)
			return false;
	} else if (ip != (f->ip_bad ? RTE_MBUF_F_RX_IP_CKSUM_BAD : RTE_MBUF_F_RX_IP_CKSUM_GOOD)) {
		return false;
	}
	if (!arm->offload)
		return l4 != RTE_MBUF_F_RX_L4_CKSUM_BAD;
	return l4 == (f->l4_bad ? RTE_MBUF_F_RX_L4_CKSUM_BAD : RTE_MBUF_F_RX_L4_CKSUM_GOOD);
}

static bool
received_ok(struct arm *arm, const struct lane *lane, const struct rte_mbuf *m, uint32_t number)
{
	struct facts f = facts_of(arm, number);
	uint32_t found;

	if (m->data_off != RTE_PKTMBUF_HEADROOM ||
	    m->buf_addr != rte_mbuf_to_baddr((void *)(uintptr_t)m))
		return WRONG(arm, "data_off %u, buffer %p", m->data_off, m->buf_addr);
	memcpy(&found, rte_pktmbuf_mtod(m, void *), sizeof(found));
	if (found != number)
		return WRONG(arm, "is in the place of %u", found);
	if (m->pkt_len != f.len || m->data_len != f.len)
		return WRONG(arm, "lengths %u and %u, not %u", m->pkt_len, m->data_len, f.len);
	if (m->nb_segs != 1 || m->next != NULL || rte_mbuf_refcnt_read(m) != 1)
		return WRONG(arm, "segments %u, next %p, references %u", m->nb_segs,
			     (void *)m->next, rte_mbuf_refcnt_read(m));
	if (m->port != lane->port || m->pool != arm->pool)
		return WRONG(arm, "port %u, mempool %p", m->port, (void *)m->pool);
	if (m->packet_type != types[f.type].ptype)
		return WRONG(arm, "packet type 0x%x, not 0x%x", m->packet_type,
			     types[f.type].ptype);
	if (!flags_ok(arm, &f, m->ol_flags))
		return WRONG(arm, "flags 0x%" PRIx64, m->ol_flags);
	if ((f.hashed && m->hash.rss != f.hash) || (f.tagged && m->vlan_tci != f.vlan))
		return WRONG(arm, "hash 0x%x, VLAN %u", m->hash.rss, m->vlan_tci);
	return true;
}

/* --- TX --- */

/* What was asked for in a burst, since the driver may free an mbuf as soon as it has it. */
struct asked {
	uint64_t iova;
	uint16_t len, vlan;
};

/* The contexts that the chip holds of a queue. */
static union igbiov_tx_desc contexts[IDXS];

static bool
context_ok(uint32_t olinfo, const struct asked *asked)
{
	const union igbiov_tx_desc *c = &contexts[(olinfo >> 4) % IDXS];
	uint32_t wanted = (uint32_t)asked->vlan << TXD_CTX_VLAN_SHIFT |
			  RTE_ETHER_HDR_LEN << TXD_CTX_MACLEN_SHIFT | sizeof(struct rte_ipv4_hdr);

	return c->ctx.vlan_macip == wanted && (c->ctx.type_cmd & (3u << 11)) == TXD_CTX_L4T_TCP &&
	       c->ctx.type_cmd & TXD_CTX_IPV4;
}

static bool
data_ok(struct arm *arm, const volatile union igbiov_tx_desc *desc, const struct asked *asked,
	uint32_t number)
{
	const uint32_t always = TXD_CMD_DEXT | TXD_CMD_IFCS | TXD_CMD_EOP | TXD_DTYP_DATA;
	const uint32_t popts = TXD_POPTS_IXSM | TXD_POPTS_TXSM;
	uint32_t cmd_len = desc->data.cmd_len, olinfo = desc->data.olinfo;

	if (desc->data.addr != asked->iova || (cmd_len & 0xFFFF) != asked->len ||
	    olinfo >> TXD_PAYLEN_SHIFT != asked->len)
		return WRONG(arm, "sent %u octets, in all %u", cmd_len & 0xFFFF,
			     olinfo >> TXD_PAYLEN_SHIFT);
	if ((cmd_len & always) != always || !(cmd_len & TXD_CMD_VLE) != !arm->offload)
		return WRONG(arm, "sent with command 0x%x", cmd_len);
	if ((olinfo & popts) != (arm->offload ? popts : 0) ||
	    (arm->offload && !context_ok(olinfo, asked)))
		return WRONG(arm, "sent without what it asked for, 0x%x", olinfo);
	return true;
}

/* Looks at what is between the chip's head and the tail. */
static bool
sent_ok(struct arm *arm, const struct nic_queue *q, const struct asked *asked, uint32_t number)
{
	unsigned int n = 0;

	for (uint16_t i = q->tx_head; i != *q->tx_tail; i = (i + 1) % q->tx_size) {
		const volatile union igbiov_tx_desc *desc = &q->tx_ring[i];

		if ((desc->data.cmd_len & (0xFu << 20)) == TXD_DTYP_CTX) {
			contexts[(desc->ctx.mss_idx >> 4) % IDXS] = *desc;
			continue;
		}
		if (n == BURST)
			return WRONG(arm, "sent more than there were");
		if (!data_ok(arm, desc, &asked[n], number))
			return false;
		n++, number++;
	}
	return n == BURST || WRONG(arm, "%u sent of %u", n, BURST);
}

static void
prepare(const struct arm *arm, struct rte_mbuf **pkts, struct asked *asked, uint32_t number)
{
	arm_prepare(arm, pkts, BURST);
	for (unsigned int i = 0; i < BURST; i++) {
		/* Some share a context with the frame before, some don't. */
		pkts[i]->vlan_tci = (number + i) / 3 % 4096;
		asked[i] = (struct asked){ rte_mbuf_data_iova(pkts[i]), pkts[i]->data_len,
					   pkts[i]->vlan_tci };
	}
}

static bool
round_ok(struct arm *arm, const struct lane *lane, uint32_t number)
{
	struct rte_mbuf *pkts[BURST];
	struct asked asked[BURST];
	uint16_t n;

	for (uint32_t i = 0; i < BURST; i++)
		if (!arrive(arm, lane->nicq, number + i))
			return false;
	n = arm_receive(arm, lane, pkts, BURST);
	if (n != BURST)
		return WRONG(arm, "%u received of %u", n, BURST);
	for (uint32_t i = 0; i < BURST; i++)
		if (!received_ok(arm, lane, pkts[i], number + i))
			return false;
	prepare(arm, pkts, asked, number);
	n = arm_transmit(arm, lane, pkts, BURST);
	if (n != BURST)
		return WRONG(arm, "%u of %u taken to be sent", n, BURST);
	if (!sent_ok(arm, lane->nicq, asked, number))
		return false;
	nic_transmit(lane->nicq, *lane->nicq->tx_tail);
	return true;
}

void
verify(struct arm *arm)
{
	const unsigned int rings = 2 * arm->ring * arm->nb_lanes;
	unsigned int in_use;

	for (uint16_t i = 0; i < arm->nb_lanes; i++)
		for (uint32_t burst = 0; burst < BURSTS; burst++)
			if (!round_ok(arm, &arm->lane[i], burst * BURST))
				return;
	in_use = rte_mempool_in_use_count(arm->pool);
	if (in_use > rings)
		snprintf(arm->why, sizeof(arm->why), "%u mbufs are gone, rings hold %u at most",
			 in_use, rings);
}
