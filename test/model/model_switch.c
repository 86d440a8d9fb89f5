/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) the igbiov authors
 */

/*
 * Which pool gets a frame, and who may send it: the datasheet's chapter on
 * virtualization, in its order of steps.
 */

#include <stddef.h>
#include <string.h>

#include <rte_common.h>
#include <rte_ether.h>

#include "model.h"

#define ALL_POOLS	0xFFu
#define NO_DEFAULT_POOL RTE_BIT32(29) /* in VT_CTL */

struct l2 {
	const uint8_t *dst, *src;
	bool multicast, broadcast, tagged;
	uint16_t vid;
};

static struct l2
l2_parse(const uint8_t *data)
{
	struct l2 l2 = {
		.dst = data,
		.src = data + RTE_ETHER_ADDR_LEN,
		.multicast = data[0] & 1,
		.broadcast = rte_is_broadcast_ether_addr((const void *)data),
		.tagged = data[12] == 0x81 && data[13] == 0x00,
	};

	if (l2.tagged)
		l2.vid = (data[14] << 8 | data[15]) & 0xFFF;
	return l2;
}

static bool
vmdq(const struct model *m)
{
	uint32_t mode = model_peek(m, REG(MRQC)) & 7;

	return mode == MRQC_VMDQ || mode == MRQC_VMDQ_RSS;
}

/* Pools of the filter with this address; bit 31 says that there is one. */
static uint32_t
rar_match(const struct model *m, const uint8_t *addr)
{
	uint32_t low = addr[0] | addr[1] << 8 | addr[2] << 16 | (uint32_t)addr[3] << 24;
	uint32_t high = addr[4] | addr[5] << 8;

	for (unsigned int i = 0; i < 24; i++) {
		uint32_t ral = i < 16 ? REGN(RAL, i) : REGN(RAL16, i - 16);
		uint32_t rah = i < 16 ? REGN(RAH, i) : REGN(RAH16, i - 16);

		if ((model_peek(m, rah) & RAH_AV) && model_peek(m, ral) == low &&
		    (model_peek(m, rah) & 0xFFFF) == high)
			return RAH_AV | (model_peek(m, rah) >> RAH_POOLSEL_SHIFT & ALL_POOLS);
	}
	return 0;
}

static bool
hash_match(const struct model *m, uint32_t table, const uint8_t *addr)
{
	unsigned int hash = (addr[4] >> 4 | addr[5] << 4) & 0xFFF;

	return model_peek(m, table + 4 * (hash >> 5)) & RTE_BIT32(hash & 31);
}

static uint32_t
pools_with(const struct model *m, uint32_t vmolr_bit)
{
	uint32_t pools = 0;

	for (unsigned int p = 0; p < MODEL_POOLS; p++)
		if (model_peek(m, REGN(VMOLR, p)) & vmolr_bit)
			pools |= RTE_BIT32(p);
	return pools;
}

static uint32_t
vlan_pools(const struct model *m, uint16_t vid)
{
	uint32_t pools = 0;

	for (unsigned int i = 0; i < IGBIOV_VLVF_COUNT; i++) {
		uint32_t vlvf = model_peek(m, REGN(VLVF, i));

		if ((vlvf & VLVF_VI_EN) && (vlvf & 0xFFF) == vid)
			pools |= (vlvf & VLVF_POOLSEL_MASK) >> VLVF_POOLSEL_SHIFT;
	}
	return pools;
}

static bool
vfta_passes(const struct model *m, const struct l2 *l2)
{
	if (!l2->tagged || !(model_peek(m, REG(RCTL)) & RCTL_VFE))
		return true;
	return model_peek(m, REGN(VFTA, l2->vid / 32)) & RTE_BIT32(l2->vid % 32);
}

/* Pools by address alone. */
static uint32_t
pools_by_address(const struct model *m, const struct l2 *l2)
{
	uint32_t pools = rar_match(m, l2->dst) & ALL_POOLS;

	if (l2->broadcast)
		return pools | pools_with(m, VMOLR_BAM);
	if (!l2->multicast) {
		if (pools == 0 && hash_match(m, REG(UTA), l2->dst))
			pools = pools_with(m, VMOLR_ROPE);
		return pools;
	}
	if (hash_match(m, REG(MTA), l2->dst))
		pools |= pools_with(m, VMOLR_ROMPE);
	return pools | pools_with(m, VMOLR_MPME);
}

/* Pools that get a copy of what others get, or of a VLAN's frames. */
static uint32_t
mirrors(const struct model *m, const struct l2 *l2, uint32_t pools)
{
	uint32_t copies = 0;

	for (unsigned int i = 0; i < IGBIOV_VMRCTL_COUNT; i++) {
		uint32_t ctl = model_peek(m, REGN(VMRCTL, i));
		bool hit = (ctl & VMRCTL_VPME) && (model_peek(m, REGN(VMRVM, i)) & pools);

		for (unsigned int k = 0; k < IGBIOV_VLVF_COUNT && (ctl & VMRCTL_VLME); k++) {
			uint32_t vlvf = model_peek(m, REGN(VLVF, k));

			hit |= (model_peek(m, REGN(VMRVLAN, i)) & RTE_BIT32(k)) && l2->tagged &&
			       (vlvf & VLVF_VI_EN) && (vlvf & 0xFFF) == l2->vid;
		}
		if (hit)
			copies |= RTE_BIT32(ctl >> VMRCTL_MP_SHIFT & 7);
	}
	return copies & model_peek(m, REG(VFRE));
}

static uint32_t
pools_select(const struct model *m, const struct l2 *l2, bool from_wire)
{
	uint32_t pools = pools_by_address(m, l2);
	uint32_t vt_ctl = model_peek(m, REG(VT_CTL));

	if (model_peek(m, REG(RCTL)) & RCTL_VFE)
		pools &= l2->tagged ? vlan_pools(m, l2->vid) : pools_with(m, VMOLR_AUPE);
	if (pools == 0 && !l2->multicast && from_wire && !(vt_ctl & NO_DEFAULT_POOL))
		pools = RTE_BIT32(vt_ctl >> VT_CTL_DEF_PL_SHIFT & 7);
	return pools & model_peek(m, REG(VFRE));
}

/* Without pools: the port's own filter. */
static bool
port_accepts(const struct model *m, const struct l2 *l2)
{
	uint32_t rctl = model_peek(m, REG(RCTL));

	if (l2->broadcast)
		return rctl & (RCTL_BAM | RCTL_MPE);
	if (rar_match(m, l2->dst))
		return true;
	if (l2->multicast)
		return (rctl & RCTL_MPE) || hash_match(m, REG(MTA), l2->dst);
	return rctl & RCTL_UPE;
}

/* Octets with CRC. */
static bool
length_fits(const struct model *m, unsigned int pool, uint32_t len)
{
	uint32_t vmolr = model_peek(m, REGN(VMOLR, pool));
	bool lpe = model_peek(m, REG(RCTL)) & RCTL_LPE;

	if (!vmdq(m))
		return len <= (lpe ? model_peek(m, REG(RLPML)) : 1522);
	return len <= (lpe && (vmolr & VMOLR_LPE) ? vmolr & VMOLR_RLPML_MASK : 1522);
}

/* A copy for several pools follows RPLOLR, one for a single pool that pool's VMOLR. */
static void
deliver(struct model *m, unsigned int pool, const uint8_t *data, uint32_t len, uint32_t status,
	bool copy_of_many)
{
	uint32_t vmolr = model_peek(m, copy_of_many ? REG(RPLOLR) : REGN(VMOLR, pool));
	struct model_rx_wb wb = { .status = status };
	uint8_t copy[MODEL_FRAME_MAX + 4];
	const struct l2 l2 = l2_parse(data);
	bool strip = vmdq(m) ? vmolr & VMOLR_STRVLAN : model_peek(m, REG(CTRL)) & CTRL_VME;
	bool no_crc = vmdq(m) ? vmolr & VMOLR_STRCRC : model_peek(m, REG(RCTL)) & RCTL_SECRC;

	if (!length_fits(m, pool, len + 4)) {
		m->pf[REG(ROC) / 4]++;
		return;
	}
	memcpy(copy, data, len);
	if (l2.tagged && strip) {
		wb.status |= RXD_STAT_VP;
		wb.vlan = data[14] << 8 | data[15];
		memmove(copy + 12, copy + 16, len - 16);
		len -= 4;
	}
	if (!no_crc) {
		memset(copy + len, 0xEE, 4);
		len += 4;
	}
	if (vmdq(m)) {
		m->pf[REGN(PFVFGPRC, pool) / 4]++;
		m->pf[REGN(PFVFGORC, pool) / 4] += len + 4;
		m->pf[REGN(PFVFMPRC, pool) / 4] += l2.multicast;
	}
	model_rx_queue(m, vmdq(m) ? pool : 0, copy, len, &wb);
}

static void
deliver_all(struct model *m, uint32_t pools, const uint8_t *data, uint32_t len, uint32_t status)
{
	for (unsigned int p = 0; p < MODEL_POOLS; p++)
		if (pools & RTE_BIT32(p))
			deliver(m, p, data, len, status, vmdq(m) && (data[0] & 1));
}

uint32_t
model_rx_wire(struct model *m, const void *data, uint32_t len)
{
	const struct l2 l2 = l2_parse(data);
	uint32_t pools;

	if (!(model_peek(m, REG(RCTL)) & RCTL_RXEN) || !vfta_passes(m, &l2))
		return 0;
	pools = vmdq(m) ? pools_select(m, &l2, true) : port_accepts(m, &l2);
	if (vmdq(m))
		pools |= mirrors(m, &l2, pools);
	m->pf[REG(TPR) / 4]++;
	if (pools != 0)
		m->pf[REG(GPRC) / 4]++;
	deliver_all(m, pools, data, len, 0);
	return pools;
}

void
model_wire_clear(struct model *m)
{
	m->nb_wire = 0;
}

static bool
spoofed(struct model *m, const struct model_frame *f, const struct l2 *l2)
{
	unsigned int pool = f->queue % MODEL_POOLS;
	uint32_t dtxswc = model_peek(m, REG(DTXSWC));
	bool foreign_mac = !(rar_match(m, l2->src) & RTE_BIT32(pool));
	bool foreign_vlan = l2->tagged && !(vlan_pools(m, l2->vid) & RTE_BIT32(pool));

	if (!((dtxswc & DTXSWC_MACAS(pool)) && foreign_mac) &&
	    !((dtxswc & DTXSWC_VLANAS(pool)) && foreign_vlan))
		return false;
	m->pf[REG(WVBR) / 4] |= RTE_BIT32(f->queue);
	m->spoofed++;
	return true;
}

static void
to_wire(struct model *m, const struct model_frame *f)
{
	m->pf[REG(TPT) / 4]++;
	if (m->nb_wire < MODEL_WIRE_MAX)
		memcpy(&m->wire[m->nb_wire++], f, offsetof(struct model_frame, data) + f->len);
}

void
model_switch_tx(struct model *m, struct model_frame *f)
{
	const struct l2 l2 = l2_parse(f->data);
	bool loopback = model_peek(m, REG(DTXSWC)) & DTXSWC_LOOPBACK_EN;
	uint32_t pools = 0;

	if (!vmdq(m)) {
		to_wire(m, f);
		return;
	}
	if (spoofed(m, f, &l2))
		return;
	m->pf[REGN(PFVFGPTC, f->queue % MODEL_POOLS) / 4]++;
	m->pf[REGN(PFVFGOTC, f->queue % MODEL_POOLS) / 4] += f->len + 4;
	if (loopback && vfta_passes(m, &l2)) {
		pools = pools_select(m, &l2, false);
		pools &= ~RTE_BIT32(f->queue % MODEL_POOLS);
		pools |= mirrors(m, &l2, pools);
		deliver_all(m, pools, f->data, f->len, RXD_STAT_LB);
	}
	/* Known unicast stays inside. */
	if (pools == 0 || l2.multicast)
		to_wire(m, f);
}
