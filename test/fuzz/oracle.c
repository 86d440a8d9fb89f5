/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) the igbiov authors
 */

/*
 * What must hold of the chip's registers, whatever came before. It is said here
 * once more, and not asked of the library that is under test: of that only the
 * operator's settings are looked at.
 */

#include <string.h>

#include "evil_vfs.h"
#include "igbiov_hw.h"
#include "igbiov_mbx.h"

#define MTU_OVERHEAD 26u /* header, CRC, two tags */

void
chip_look(const struct model *m, struct chip_view *view)
{
	memset(view, 0, sizeof(*view));
	for (unsigned int i = 0; i < RTE_DIM(view->rar); i++) {
		uint32_t low = model_peek(m, i < 16 ? REGN(RAL, i) : REGN(RAL16, i - 16));
		uint32_t high = model_peek(m, i < 16 ? REGN(RAH, i) : REGN(RAH16, i - 16));

		if (!(high & RAH_AV))
			continue;
		view->rar[i].used = true;
		view->rar[i].pools = high >> RAH_POOLSEL_SHIFT & 0xFF;
		memcpy(&view->rar[i].addr.addr_bytes[0], &low, 4);
		memcpy(&view->rar[i].addr.addr_bytes[4], &high, 2);
	}
	for (unsigned int i = 0; i < RTE_DIM(view->vlvf); i++) {
		uint32_t value = model_peek(m, REGN(VLVF, i));

		if (!(value & VLVF_VI_EN))
			continue;
		view->vlvf[i].used = true;
		view->vlvf[i].vid = value & 0xFFF;
		view->vlvf[i].pools = value >> VLVF_POOLSEL_SHIFT & 0xFF;
	}
	for (unsigned int i = 0; i < 8; i++) {
		view->vmolr[i] = model_peek(m, REGN(VMOLR, i));
		view->vmvir[i] = model_peek(m, REGN(VMVIR, i));
	}
	view->vfre = model_peek(m, REG(VFRE));
	view->vfte = model_peek(m, REG(VFTE));
	view->dtxswc = model_peek(m, REG(DTXSWC));
	view->qde = model_peek(m, REG(QDE));
}

/* --- membership --- */

static bool
pool_has_mac(const struct chip_view *view, unsigned int pool, const struct rte_ether_addr *mac)
{
	for (unsigned int i = 0; i < RTE_DIM(view->rar); i++)
		if (view->rar[i].used && view->rar[i].pools & 1u << pool &&
		    rte_is_same_ether_addr(&view->rar[i].addr, mac))
			return true;
	return false;
}

static bool
pool_has_vlan(const struct chip_view *view, unsigned int pool, uint16_t vid)
{
	for (unsigned int i = 0; i < RTE_DIM(view->vlvf); i++)
		if (view->vlvf[i].used && view->vlvf[i].vid == vid)
			return view->vlvf[i].pools & 1u << pool;
	return false;
}

static bool
has_all_of(const struct chip_view *a, const struct chip_view *b, unsigned int pool)
{
	for (unsigned int i = 0; i < RTE_DIM(b->rar); i++)
		if (b->rar[i].used && b->rar[i].pools & 1u << pool &&
		    !pool_has_mac(a, pool, &b->rar[i].addr))
			return false;
	/* The PF is in every VLAN that somebody has, unless it filters for itself. */
	for (unsigned int i = 0; i < RTE_DIM(b->vlvf) && pool < EVIL_VFS; i++)
		if (b->vlvf[i].used && b->vlvf[i].pools & 1u << pool &&
		    !pool_has_vlan(a, pool, b->vlvf[i].vid))
			return false;
	return true;
}

void
chip_check_same(const struct chip_view *a, const struct chip_view *b, unsigned int pool)
{
	const uint32_t bit = 1u << pool, spoof = DTXSWC_MACAS(pool) | DTXSWC_VLANAS(pool);

	HOLDS(has_all_of(a, b, pool) && has_all_of(b, a, pool),
	      "pool %u: another's addresses or VLANs changed", pool);
	HOLDS(a->vmolr[pool] == b->vmolr[pool], "pool %u: VMOLR 0x%x, was 0x%x", pool,
	      b->vmolr[pool], a->vmolr[pool]);
	HOLDS(a->vmvir[pool] == b->vmvir[pool], "pool %u", pool);
	HOLDS((a->vfre & bit) == (b->vfre & bit) && (a->vfte & bit) == (b->vfte & bit), "pool %u",
	      pool);
	HOLDS(((a->dtxswc ^ b->dtxswc) & (spoof | DTXSWC_LOOPBACK_EN)) == 0, "pool %u", pool);
}

/* --- owners --- */

static bool
list_has(const struct vfctl_mac_list *list, const struct rte_ether_addr *mac)
{
	for (unsigned int i = 0; i < list->nb; i++)
		if (rte_is_same_ether_addr(&list->mac[i], mac))
			return true;
	return false;
}

static bool
asked_for_mac(const struct evil_vf *vf, const struct rte_ether_addr *mac)
{
	for (unsigned int i = 0; i < vf->nb_macs; i++)
		if (rte_is_same_ether_addr(&vf->mac[i], mac))
			return true;
	return rte_is_same_ether_addr(&vf->own, mac);
}

static bool
asked_for_vlan(const struct evil_vf *vf, uint16_t vid)
{
	for (unsigned int i = 0; i < vf->nb_vlans; i++)
		if (vf->vlan[i] == vid)
			return true;
	return false;
}

static bool
may_have_mac(const struct vfctl_settings *s, const struct evil_vf *vf,
	     const struct rte_ether_addr *mac)
{
	if (rte_is_same_ether_addr(&s->mac, mac) || list_has(&s->macs, mac))
		return true;
	return asked_for_mac(vf, mac) && !s->mac_locked &&
	       (s->allow_macs.nb == 0 || list_has(&s->allow_macs, mac));
}

static bool
may_have_vlan(const struct vfctl_settings *s, const struct evil_vf *vf, uint16_t vid)
{
	if (vid == 0)
		return true;
	if (s->vlan != 0)
		return vid == s->vlan;
	if (vid == s->insert)
		return true;
	return asked_for_vlan(vf, vid) && s->trunk[vid / 64] >> vid % 64 & 1;
}

static void
check_address(const struct chip_view *view, unsigned int i, const struct vfctl_port *port,
	      const struct rte_eth_dev_data *pf, unsigned int pf_pool)
{
	const struct rte_ether_addr *mac = &view->rar[i].addr;
	unsigned int pool = (unsigned int)__builtin_ctz(view->rar[i].pools | 0x100);

	HOLDS(rte_is_valid_assigned_ether_addr(mac), "filter %u has no unicast address", i);
	HOLDS(view->rar[i].pools == 1u << pool, "filter %u: pools 0x%x", i, view->rar[i].pools);
	for (unsigned int k = i + 1; k < RTE_DIM(view->rar); k++)
		HOLDS(!view->rar[k].used || !rte_is_same_ether_addr(mac, &view->rar[k].addr),
		      "filters %u and %u have one address", i, k);
	if (pool == pf_pool) {
		bool own = false;

		for (unsigned int k = 0; k < RTE_DIM(view->rar); k++)
			own |= rte_is_same_ether_addr(mac, &pf->mac_addrs[k]);
		HOLDS(own, "filter %u: not the PF's address", i);
		return;
	}
	HOLDS(pool < EVIL_VFS, "filter %u: there is no VF %u", i, pool);
	HOLDS(!rte_is_same_ether_addr(mac, &pf->mac_addrs[0]), "VF %u has the PF's address", pool);
	HOLDS(may_have_mac(&port->vf[pool].settings, &evil_vfs.vf[pool], mac),
	      "VF %u may not have the address in filter %u", pool, i);
	for (unsigned int k = 0; k < EVIL_VFS; k++)
		HOLDS(k == pool || !(rte_is_same_ether_addr(mac, &port->vf[k].settings.mac) ||
				     list_has(&port->vf[k].settings.macs, mac)),
		      "VF %u has VF %u's address", pool, k);
}

/* Frames of a VLAN are told apart by its entry, whether it has members or not. */
static bool
is_mirrored(const struct vfctl_port *port, uint16_t vid)
{
	for (unsigned int vf = 0; vf < EVIL_VFS; vf++)
		if (port->vf[vf].settings.mirror.what & VFCTL_MIRROR_VLAN &&
		    port->vf[vf].settings.mirror.vlan == vid)
			return true;
	return false;
}

static void
check_vlan(const struct chip_view *view, unsigned int i, const struct vfctl_port *port,
	   unsigned int pf_pool)
{
	uint16_t vid = view->vlvf[i].vid;

	HOLDS(view->vlvf[i].pools != 0 || is_mirrored(port, vid), "VLAN %u is nobody's", vid);
	HOLDS((view->vlvf[i].pools & ~(RTE_BIT32(EVIL_VFS) - 1) & ~(1u << pf_pool)) == 0,
	      "VLAN %u: pools 0x%x", vid, view->vlvf[i].pools);
	for (unsigned int k = i + 1; k < RTE_DIM(view->vlvf); k++)
		HOLDS(!view->vlvf[k].used || view->vlvf[k].vid != vid, "VLAN %u twice", vid);
	for (unsigned int pool = 0; pool < EVIL_VFS; pool++)
		HOLDS(!(view->vlvf[i].pools & 1u << pool) ||
			      may_have_vlan(&port->vf[pool].settings, &evil_vfs.vf[pool], vid),
		      "VF %u may not be in VLAN %u", pool, vid);
}

/* Quotas, and what isn't in a table of its own. */
static void
check_pool(const struct chip_view *view, unsigned int pool, const struct vfctl_port *port)
{
	const struct vfctl_settings *s = &port->vf[pool].settings;
	const struct evil_vf *vf = &evil_vfs.vf[pool];
	uint32_t vmolr = view->vmolr[pool], tag = 0;
	unsigned int macs = 0, vlans = 0;

	for (unsigned int i = 0; i < RTE_DIM(view->rar); i++)
		macs += view->rar[i].used && view->rar[i].pools & 1u << pool;
	HOLDS(macs <= 1u + s->macs.nb + s->max_macs && macs <= 1u + port->caps.extra_macs,
	      "VF %u has %u addresses", pool, macs);
	for (unsigned int i = 0; i < RTE_DIM(view->vlvf); i++)
		vlans += view->vlvf[i].used && view->vlvf[i].vid != 0 &&
			 view->vlvf[i].pools & 1u << pool;
	HOLDS(vlans <= s->max_vlans + 1u * (s->vlan != 0 || s->insert != 0), "VF %u is in %u VLANs",
	      pool, vlans);

	HOLDS(!(vmolr & VMOLR_ROPE) || s->unknown_unicast ||
		      (vf->promisc & MSG_PROMISC_UC && (s->trust || s->allow_promisc)),
	      "VF %u takes all unicast", pool);
	HOLDS(!(vmolr & VMOLR_MPME) || s->all_multicast ||
		      (vf->promisc & MSG_PROMISC_MC && (s->trust || s->allow_allmulti)),
	      "VF %u takes all multicast", pool);
	HOLDS(!(vmolr & VMOLR_ROMPE) || vf->nb_hashes != 0, "VF %u listed no multicast", pool);
	HOLDS(!(vmolr & VMOLR_BAM) == !s->broadcast, "VF %u: broadcast", pool);
	HOLDS(!(vmolr & VMOLR_AUPE) == !(s->untagged && s->vlan == 0), "VF %u: untagged", pool);
	HOLDS(!(vmolr & VMOLR_STRVLAN) == !(s->strip || s->vlan != 0), "VF %u: strip", pool);
	HOLDS((vmolr & VMOLR_RLPML_MASK) <=
		      RTE_MIN(s->max_mtu + MTU_OVERHEAD + RTE_VLAN_HLEN, port->caps.max_frame),
	      "VF %u: frames of %u", pool, vmolr & VMOLR_RLPML_MASK);

	if (s->vlan != 0 || s->insert != 0)
		tag = VMVIR_ALWAYS | (uint32_t)s->qos << VMVIR_PRIO_SHIFT |
		      (s->vlan != 0 ? s->vlan : s->insert);
	HOLDS(view->vmvir[pool] == tag, "VF %u: VMVIR 0x%x, not 0x%x", pool, view->vmvir[pool],
	      tag);
	HOLDS(!(view->dtxswc & DTXSWC_MACAS(pool)) == !s->spoofchk_mac, "VF %u: spoofing", pool);
	HOLDS(!(view->dtxswc & DTXSWC_VLANAS(pool)) == !s->spoofchk_vlan, "VF %u: spoofing", pool);
	HOLDS(!(view->vfre & 1u << pool) || (vf->clear && s->rx && s->state != VFCTL_LINK_OFF),
	      "VF %u receives", pool);
	HOLDS(!(view->vfte & 1u << pool) || (vf->clear && s->tx && s->state != VFCTL_LINK_OFF),
	      "VF %u sends", pool);
}

/* --- what all share --- */

static void
mta_add(uint32_t *mta, uint16_t hash)
{
	mta[hash >> 5 & 127] |= RTE_BIT32(hash & 31);
}

static void
check_multicast(const struct model *m)
{
	uint32_t mta[128] = { 0 };

	for (unsigned int i = 0; i < evil_vfs.pf_nb_hashes; i++)
		mta_add(mta, evil_vfs.pf_hash[i]);
	for (unsigned int vf = 0; vf < EVIL_VFS; vf++)
		for (unsigned int i = 0; i < evil_vfs.vf[vf].nb_hashes; i++)
			mta_add(mta, evil_vfs.vf[vf].hash[i]);
	for (unsigned int i = 0; i < RTE_DIM(mta); i++)
		HOLDS((model_peek(m, REGN(MTA, i)) & ~mta[i]) == 0,
		      "MTA %u: 0x%x is nobody's multicast", i,
		      model_peek(m, REGN(MTA, i)) & ~mta[i]);
}

/* A VLAN that has members passes the port, one that nobody has doesn't. */
static void
check_vfta(const struct model *m, const struct chip_view *view, const struct rte_eth_dev_data *pf)
{
	bool filter = pf->dev_conf.rxmode.offloads & RTE_ETH_RX_OFFLOAD_VLAN_FILTER;
	uint32_t vfta[128] = { 0 };

	for (unsigned int i = 0; i < RTE_DIM(view->vlvf); i++)
		if (view->vlvf[i].used)
			vfta[view->vlvf[i].vid / 32] |= RTE_BIT32(view->vlvf[i].vid % 32);
	for (unsigned int i = 0; i < RTE_DIM(vfta); i++) {
		uint32_t own = (uint32_t)(pf->vlan_filter_conf.ids[i / 2] >> 32 * (i % 2));
		uint32_t now = model_peek(m, REGN(VFTA, i));

		HOLDS((vfta[i] & ~now) == 0, "VFTA %u lacks 0x%x", i, vfta[i] & ~now);
		HOLDS(!filter || (now & ~(vfta[i] | own)) == 0, "VFTA %u has 0x%x", i,
		      now & ~(vfta[i] | own));
	}
}

void
chip_check_owners(const struct model *m, const struct chip_view *view,
		  const struct vfctl_port *port, const struct rte_eth_dev_data *pf,
		  unsigned int pf_pool)
{
	for (unsigned int i = 0; i < RTE_DIM(view->rar); i++)
		if (view->rar[i].used)
			check_address(view, i, port, pf, pf_pool);
	for (unsigned int i = 0; i < RTE_DIM(view->vlvf); i++)
		if (view->vlvf[i].used)
			check_vlan(view, i, port, pf_pool);
	for (unsigned int pool = 0; pool < EVIL_VFS; pool++)
		check_pool(view, pool, port);
	check_vfta(m, view, pf);
	check_multicast(m);
	HOLDS((view->qde & 0xFFFF) == (port->settings.drop_enable ? 0xFFFF : 0), "QDE 0x%x",
	      view->qde);
	HOLDS(!(view->dtxswc & DTXSWC_LOOPBACK_EN) == !port->settings.loopback);
}

/* --- what was granted --- */

static void
check_macs(const struct chip_view *before, const struct chip_view *now, unsigned int pool,
	   const struct vfctl_settings *s)
{
	const struct evil_vf *vf = &evil_vfs.vf[pool];
	struct rte_ether_addr mac;

	memcpy(mac.addr_bytes, &vf->words[1], RTE_ETHER_ADDR_LEN);
	HOLDS(pool_has_mac(now, pool, &vf->own), "VF %u lost its own address", pool);
	switch (MSG_INFO(vf->words[0])) {
	case MSG_MAC_ADD:
		HOLDS(pool_has_mac(now, pool, &mac), "VF %u was granted an address", pool);
		HOLDS(has_all_of(now, before, pool), "VF %u lost one by adding one", pool);
		break;
	case MSG_MAC_CLEAR:
		for (unsigned int i = 0; i < RTE_DIM(now->rar); i++)
			HOLDS(!now->rar[i].used || !(now->rar[i].pools & 1u << pool) ||
				      rte_is_same_ether_addr(&now->rar[i].addr, &vf->own) ||
				      list_has(&s->macs, &now->rar[i].addr),
			      "VF %u kept an address", pool);
		break;
	}
}

static void
check_list(const struct model *m, const struct chip_view *now, unsigned int pool)
{
	const struct evil_vf *vf = &evil_vfs.vf[pool];

	HOLDS(!(now->vmolr[pool] & VMOLR_ROMPE) == !vf->nb_hashes, "VF %u", pool);
	for (unsigned int i = 0; i < vf->nb_hashes; i++)
		HOLDS(model_peek(m, REGN(MTA, vf->hash[i] >> 5)) & RTE_BIT32(vf->hash[i] & 31),
		      "VF %u: hash 0x%x isn't there", pool, vf->hash[i]);
}

static void
check_joined(const struct chip_view *now, unsigned int pool, const struct vfctl_settings *s)
{
	const struct evil_vf *vf = &evil_vfs.vf[pool];
	uint16_t vid = (uint16_t)vf->words[1];

	if (vid != 0 && vid != s->vlan && vid != s->insert)
		HOLDS(pool_has_vlan(now, pool, vid) == (MSG_INFO(vf->words[0]) == MSG_VLAN_ADD),
		      "VF %u, VLAN %u", pool, vid);
}

void
chip_check_granted(const struct model *m, const struct chip_view *before,
		   const struct chip_view *now, const struct vfctl_port *port)
{
	for (unsigned int pool = 0; pool < EVIL_VFS; pool++) {
		const struct vfctl_settings *s = &port->vf[pool].settings;
		const struct evil_vf *vf = &evil_vfs.vf[pool];
		uint32_t vmolr = now->vmolr[pool];

		if (!vf->granted)
			continue;
		switch (vf->words[0] & MSG_ID_MASK) {
		case MSG_SET_MAC:
			check_macs(before, now, pool, s);
			break;
		case MSG_SET_MULTICAST:
			check_list(m, now, pool);
			break;
		case MSG_SET_VLAN:
			check_joined(now, pool, s);
			break;
		case MSG_SET_LPE:
			HOLDS((vmolr & VMOLR_RLPML_MASK) ==
				      RTE_MIN(vf->words[1] + RTE_VLAN_HLEN, port->caps.max_frame),
			      "VF %u: %u, not %u", pool, vmolr & VMOLR_RLPML_MASK, vf->words[1]);
			break;
		case MSG_SET_PROMISC:
			HOLDS(!(vmolr & VMOLR_ROPE) ==
			      !(s->unknown_unicast || vf->promisc & MSG_PROMISC_UC));
			HOLDS(!(vmolr & VMOLR_MPME) ==
			      !(s->all_multicast || vf->promisc & MSG_PROMISC_MC));
			break;
		}
	}
}
