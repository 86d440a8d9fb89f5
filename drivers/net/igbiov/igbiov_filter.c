/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) the igbiov authors
 */

#include <errno.h>
#include <stddef.h>
#include <string.h>

#include <rte_common.h>

#include "igbiov_filter.h"

/* A pool at rest: broadcast and untagged frames of ordinary length, CRC stripped. */
#define VMOLR_DEFAULT		     (VMOLR_STRCRC | VMOLR_BAM | VMOLR_AUPE | RTE_ETHER_MAX_VLAN_FRAME_LEN)
#define RTE_ETHER_MAX_VLAN_FRAME_LEN (RTE_ETHER_MAX_LEN + RTE_VLAN_HLEN)

static void
rar_write(const struct igbiov_hw *hw, const struct igbiov_filter *f, unsigned int i)
{
	const uint8_t *a = f->rar[i].addr.addr_bytes;
	uint32_t low = 0, high = 0;
	/* The second half of the array lies elsewhere. */
	uint32_t ral = i < IGBIOV_RAL_COUNT ? REGN(RAL, i) : REGN(RAL16, i - IGBIOV_RAL_COUNT);
	uint32_t rah = i < IGBIOV_RAL_COUNT ? REGN(RAH, i) : REGN(RAH16, i - IGBIOV_RAL_COUNT);

	if (f->rar[i].used) {
		low = (uint32_t)a[0] | (uint32_t)a[1] << 8 | (uint32_t)a[2] << 16 |
		      (uint32_t)a[3] << 24;
		high = (uint32_t)a[4] | (uint32_t)a[5] << 8 | RAH_AV;
		if (f->pools)
			high |= RAH_POOLSEL(f->rar[i].pool);
	}
	/* Never valid with half an address. */
	hw_wr(hw, rah, 0);
	if (f->rar[i].used) {
		hw_wr(hw, ral, low);
		hw_wr(hw, rah, high);
	}
}

static int
rar_find(const struct igbiov_filter *f, const struct rte_ether_addr *addr)
{
	for (int i = 0; i < IGBIOV_RAR_MAX; i++)
		if (f->rar[i].used && rte_is_same_ether_addr(&f->rar[i].addr, addr))
			return i;
	return -ENOENT;
}

int
igbiov_filter_mac_owner(const struct igbiov_filter *f, const struct rte_ether_addr *addr)
{
	int i = rar_find(f, addr);

	return i < 0 ? i : f->rar[i].pool;
}

int
igbiov_filter_mac_add(const struct igbiov_hw *hw, struct igbiov_filter *f, uint16_t pool,
		      const struct rte_ether_addr *addr)
{
	int owner = igbiov_filter_mac_owner(f, addr);

	if (owner >= 0)
		return owner == pool ? 0 : -EADDRINUSE;
	for (unsigned int i = 0; i < hw->chip.nb_rar; i++) {
		if (f->rar[i].used)
			continue;
		f->rar[i].addr = *addr;
		f->rar[i].pool = pool;
		f->rar[i].used = true;
		rar_write(hw, f, i);
		return 0;
	}
	return -ENOSPC;
}

int
igbiov_filter_mac_remove(const struct igbiov_hw *hw, struct igbiov_filter *f, uint16_t pool,
			 const struct rte_ether_addr *addr)
{
	int i = rar_find(f, addr);

	if (i < 0 || f->rar[i].pool != pool)
		return -ENOENT;
	f->rar[i].used = false;
	rar_write(hw, f, i);
	return 0;
}

static bool
vlvf_used(const struct igbiov_filter *f, unsigned int i)
{
	return f->vlvf[i].pools != 0 || f->vlvf[i].holds != 0;
}

static void
vfta_write(const struct igbiov_hw *hw, struct igbiov_filter *f, unsigned int word)
{
	uint32_t bits = f->pf_vlan[word];

	/* The port takes any VLAN, but pools only see those that VLVF gives them. */
	if (!f->vlan_filter)
		bits = UINT32_MAX;
	for (unsigned int i = 0; i < IGBIOV_VLVF_MAX; i++)
		if (vlvf_used(f, i) && f->vlvf[i].vid / 32u == word)
			bits |= RTE_BIT32(f->vlvf[i].vid % 32);
	if (bits == f->vfta[word])
		return;
	f->vfta[word] = bits;
	hw_wr(hw, REGN(VFTA, word), bits);
}

static void
vlvf_write(const struct igbiov_hw *hw, const struct igbiov_filter *f, unsigned int i)
{
	uint32_t pools = f->vlvf[i].pools;
	uint32_t value = 0;

	/* Without a filter of its own the PF is in every VLAN that there is. */
	if (vlvf_used(f, i) && !f->vlan_filter)
		pools |= 1u << f->pf_pool;
	if (vlvf_used(f, i))
		value = VLVF_VI_EN | f->vlvf[i].vid | pools << VLVF_POOLSEL_SHIFT;
	hw_wr(hw, REGN(VLVF, i), value);
}

/* The entry of a VLAN, or else a free one, or else -ENOSPC. */
static int
vlvf_find(const struct igbiov_filter *f, uint16_t vid)
{
	int free_entry = -ENOSPC;

	for (int i = IGBIOV_VLVF_MAX - 1; i >= 0; i--) {
		if (!vlvf_used(f, i))
			free_entry = i;
		else if (f->vlvf[i].vid == vid)
			return i;
	}
	return free_entry;
}

static int
vlvf_set(const struct igbiov_hw *hw, struct igbiov_filter *f, uint16_t pool, uint16_t vid, bool on)
{
	int i = vlvf_find(f, vid);
	uint8_t pools;

	if (i < 0)
		return on ? i : 0;
	f->vlvf[i].vid = vid;
	pools = on ? f->vlvf[i].pools | 1u << pool : f->vlvf[i].pools & ~(1u << pool);
	if (pools != f->vlvf[i].pools) {
		f->vlvf[i].pools = pools;
		vlvf_write(hw, f, i);
	}
	return 0;
}

int
igbiov_filter_vlan_set(const struct igbiov_hw *hw, struct igbiov_filter *f, uint16_t pool,
		       uint16_t vid, bool on)
{
	const uint32_t bit = RTE_BIT32(vid % 32);
	int ret = 0;

	if (vid > RTE_ETHER_MAX_VLAN_ID)
		return -EINVAL;
	if (f->pools)
		ret = vlvf_set(hw, f, pool, vid, on);
	if (ret != 0)
		return ret;
	if (pool == f->pf_pool) {
		if (on)
			f->pf_vlan[vid / 32] |= bit;
		else
			f->pf_vlan[vid / 32] &= ~bit;
	}
	vfta_write(hw, f, vid / 32);
	return 0;
}

int
igbiov_filter_vlan_hold(const struct igbiov_hw *hw, struct igbiov_filter *f, uint16_t vid, bool on)
{
	int i = vlvf_find(f, vid);

	if (i < 0)
		return i;
	f->vlvf[i].vid = vid;
	f->vlvf[i].holds += on ? 1 : -1;
	vlvf_write(hw, f, i);
	vfta_write(hw, f, vid / 32);
	return on ? i : 0;
}

uint16_t
igbiov_filter_vlan_count(const struct igbiov_filter *f, uint16_t pool)
{
	uint16_t nb = 0;

	for (unsigned int i = 0; i < IGBIOV_VLVF_MAX; i++)
		nb += (f->vlvf[i].pools >> pool & 1) != 0;
	return nb;
}

uint16_t
igbiov_filter_mac_count(const struct igbiov_filter *f, uint16_t pool)
{
	uint16_t nb = 0;

	for (unsigned int i = 0; i < IGBIOV_RAR_MAX; i++)
		nb += f->rar[i].used && f->rar[i].pool == pool;
	return nb;
}

void
igbiov_filter_vlan_enable(const struct igbiov_hw *hw, struct igbiov_filter *f, bool on)
{
	/* With pools the filter stays on: it is what keeps them out of each other's VLANs. */
	bool vfe = on || f->pools;

	f->vlan_filter = on;
	for (unsigned int word = 0; word < IGBIOV_MTA_WORDS; word++)
		vfta_write(hw, f, word);
	for (unsigned int i = 0; i < IGBIOV_VLVF_MAX; i++)
		if (vlvf_used(f, i))
			vlvf_write(hw, f, i);
	hw_rmw(hw, REG(RCTL), vfe ? 0 : RCTL_VFE, vfe ? RCTL_VFE : 0);
}

static void
vmolr_write(const struct igbiov_hw *hw, struct igbiov_filter *f, uint16_t pool, uint32_t value)
{
	if (f->vmolr[pool] == value)
		return;
	f->vmolr[pool] = value;
	hw_wr(hw, REGN(VMOLR, pool), value);
}

/*
 * Frames that go to several pools follow one setting for all of them. Who wants
 * tags stripped may know of none (a port VLAN); for the others the descriptor
 * still says which tag there was.
 */
static void
rplolr_update(const struct igbiov_hw *hw, struct igbiov_filter *f)
{
	bool strip = false;

	for (unsigned int pool = 0; pool < IGBIOV_POOLS; pool++)
		strip |= (f->vmolr[pool] & VMOLR_STRVLAN) != 0;
	if (strip == f->strip_copies || !f->pools)
		return;
	f->strip_copies = strip;
	hw_wr(hw, REG(RPLOLR), RPLOLR_STRCRC | (strip ? RPLOLR_STRVLAN : 0));
}

void
igbiov_filter_vlan_strip(const struct igbiov_hw *hw, struct igbiov_filter *f, uint16_t pool,
			 bool on)
{
	uint32_t set = on ? VMOLR_STRVLAN : 0;

	vmolr_write(hw, f, pool, (f->vmolr[pool] & ~VMOLR_STRVLAN) | set);
	rplolr_update(hw, f);
	/* With pools VMOLR alone decides; VME still has to let senders' tags in. */
	if (pool == f->pf_pool)
		hw_rmw(hw, REG(CTRL), CTRL_VME, on || f->pools ? CTRL_VME : 0);
}

void
igbiov_filter_vlan_insert(const struct igbiov_hw *hw, uint16_t pool, uint16_t vid, uint8_t prio)
{
	uint32_t tag = vid == 0 ? 0 : VMVIR_ALWAYS | (uint32_t)prio << VMVIR_PRIO_SHIFT | vid;

	hw_wr(hw, REGN(VMVIR, pool), tag);
}

uint16_t
igbiov_filter_mc_hash(const struct rte_ether_addr *addr)
{
	return (addr->addr_bytes[4] >> 4 | (uint16_t)addr->addr_bytes[5] << 4) & 0xFFF;
}

static void
mta_add(uint32_t *mta, uint16_t hash)
{
	mta[(hash >> 5) & (IGBIOV_MTA_WORDS - 1)] |= RTE_BIT32(hash & 31);
}

/* Bits are shared by all pools, so they are worked out anew from all lists. */
static void
mta_update(const struct igbiov_hw *hw, struct igbiov_filter *f)
{
	uint32_t mta[IGBIOV_MTA_WORDS] = { 0 };

	for (unsigned int i = 0; i < f->pf_mc_nb; i++)
		mta_add(mta, f->pf_mc[i]);
	for (unsigned int pool = 0; pool < IGBIOV_POOLS; pool++)
		for (unsigned int i = 0; i < f->vf_mc[pool].nb; i++)
			mta_add(mta, f->vf_mc[pool].hash[i]);
	for (unsigned int i = 0; i < IGBIOV_MTA_WORDS; i++) {
		if (mta[i] == f->mta[i])
			continue;
		f->mta[i] = mta[i];
		hw_wr(hw, REGN(MTA, i), mta[i]);
	}
}

/* A pool looks at MTA only while it has multicast of its own. */
static void
vmolr_update(const struct igbiov_hw *hw, struct igbiov_filter *f, uint16_t pool)
{
	uint32_t value = f->vmolr[pool] &
			 ~(VMOLR_ROMPE | VMOLR_ROPE | VMOLR_MPME | VMOLR_BAM | VMOLR_AUPE);
	uint16_t nb_mc = pool == f->pf_pool ? f->pf_mc_nb : f->vf_mc[pool].nb;

	if (nb_mc != 0)
		value |= VMOLR_ROMPE;
	if (f->accept[pool] & IGBIOV_ACCEPT_MULTICAST)
		value |= VMOLR_MPME;
	if (f->accept[pool] & IGBIOV_ACCEPT_UNICAST)
		value |= VMOLR_ROPE;
	if (f->accept[pool] & IGBIOV_ACCEPT_BROADCAST)
		value |= VMOLR_BAM;
	if (f->accept[pool] & IGBIOV_ACCEPT_UNTAGGED)
		value |= VMOLR_AUPE;
	vmolr_write(hw, f, pool, value);
}

void
igbiov_filter_init(const struct igbiov_hw *hw, struct igbiov_filter *f, bool pools,
		   uint16_t pf_pool)
{
	/* All but the PF's multicast list, which nobody replays for us. */
	memset(f, 0, offsetof(struct igbiov_filter, pf_mc_nb));
	f->pools = pools;
	f->default_pool = IGBIOV_NO_POOL;
	f->pf_pool = pf_pool;
	for (unsigned int i = 0; i < hw->chip.nb_rar; i++)
		rar_write(hw, f, i);
	for (unsigned int i = 0; i < IGBIOV_VLVF_MAX; i++)
		hw_wr(hw, REGN(VLVF, i), 0);
	for (unsigned int i = 0; i < IGBIOV_MTA_WORDS; i++) {
		hw_wr(hw, REGN(MTA, i), 0);
		hw_wr(hw, REGN(VFTA, i), 0);
		hw_wr(hw, REGN(UTA, i), 0);
	}
	for (unsigned int pool = 0; pool < IGBIOV_POOLS; pool++) {
		f->accept[pool] = IGBIOV_ACCEPT_DEFAULT;
		f->vmolr[pool] = VMOLR_DEFAULT;
		hw_wr(hw, REGN(VMOLR, pool), f->vmolr[pool]);
		hw_wr(hw, REGN(VMVIR, pool), 0);
	}
	mta_update(hw, f);
	vmolr_update(hw, f, f->pf_pool);
	igbiov_filter_vlan_enable(hw, f, false);
}

int
igbiov_filter_vf_multicast(const struct igbiov_hw *hw, struct igbiov_filter *f, uint16_t pool,
			   const uint16_t *hash, uint16_t nb)
{
	if (nb > IGBIOV_VF_MC_MAX)
		return -EINVAL;
	f->vf_mc[pool].nb = nb;
	for (uint16_t i = 0; i < nb; i++)
		f->vf_mc[pool].hash[i] = hash[i] & 0xFFF;
	mta_update(hw, f);
	vmolr_update(hw, f, pool);
	return 0;
}

int
igbiov_filter_pf_multicast(const struct igbiov_hw *hw, struct igbiov_filter *f,
			   const struct rte_ether_addr *addr, uint32_t nb)
{
	if (nb > IGBIOV_PF_MC_MAX)
		return -ENOSPC;
	f->pf_mc_nb = nb;
	for (uint32_t i = 0; i < nb; i++)
		f->pf_mc[i] = igbiov_filter_mc_hash(&addr[i]);
	mta_update(hw, f);
	vmolr_update(hw, f, f->pf_pool);
	return 0;
}

/* ROPE goes by UTA: full while any pool takes all unicast by it. */
static void
uta_update(const struct igbiov_hw *hw, struct igbiov_filter *f)
{
	bool full = false;

	/*
	 * The PF's unknown unicast comes by the default pool, unless that is a
	 * VF's. UTA would open it to more: QEMU's model gives its hits to every
	 * pool with multicast.
	 */
	for (unsigned int pool = 0; pool < IGBIOV_POOLS; pool++)
		if (pool != f->pf_pool || f->default_pool != IGBIOV_NO_POOL)
			full |= (f->accept[pool] & IGBIOV_ACCEPT_UNICAST) != 0;
	if (full == f->uta_full || !f->pools)
		return;
	f->uta_full = full;
	for (unsigned int i = 0; i < IGBIOV_MTA_WORDS; i++)
		hw_wr(hw, REGN(UTA, i), full ? UINT32_MAX : 0);
}

/* The default pool is where frames go that no pool claims: whole only to who takes all. */
static void
vt_ctl_write(const struct igbiov_hw *hw, const struct igbiov_filter *f)
{
	uint32_t pool = f->default_pool != IGBIOV_NO_POOL ? f->default_pool : f->pf_pool;
	bool on = f->default_pool != IGBIOV_NO_POOL ||
		  (f->accept[f->pf_pool] & IGBIOV_ACCEPT_UNICAST) != 0;

	if (f->pools)
		hw_wr(hw, REG(VT_CTL),
		      VT_CTL_REPLEN | pool << VT_CTL_DEF_PL_SHIFT | (on ? 0 : VT_CTL_DIS_DEF_POOL));
}

void
igbiov_filter_default_pool(const struct igbiov_hw *hw, struct igbiov_filter *f, uint8_t pool)
{
	f->default_pool = pool;
	uta_update(hw, f);
	vt_ctl_write(hw, f);
}

void
igbiov_filter_accept(const struct igbiov_hw *hw, struct igbiov_filter *f, uint16_t pool,
		     uint32_t accept)
{
	uint32_t rctl = 0;

	f->accept[pool] = accept;
	uta_update(hw, f);
	vmolr_update(hw, f, pool);
	/* The port as a whole opens for the PF alone: pools are narrowed by VMOLR. */
	if (pool != f->pf_pool)
		return;
	vt_ctl_write(hw, f);
	if (accept & IGBIOV_ACCEPT_UNICAST)
		rctl |= RCTL_UPE;
	if (accept & IGBIOV_ACCEPT_MULTICAST)
		rctl |= RCTL_MPE;
	hw_rmw(hw, REG(RCTL), RCTL_UPE | RCTL_MPE, rctl);
}

void
igbiov_filter_spread(const struct igbiov_hw *hw, struct igbiov_filter *f, uint16_t pool, bool on)
{
	vmolr_write(hw, f, pool, (f->vmolr[pool] & ~VMOLR_RSSE) | (on ? VMOLR_RSSE : 0));
}

void
igbiov_filter_max_frame(const struct igbiov_hw *hw, struct igbiov_filter *f, uint16_t pool,
			uint32_t octets)
{
	uint32_t value = f->vmolr[pool] & ~(VMOLR_RLPML_MASK | VMOLR_LPE);

	octets = RTE_MIN(octets, hw->chip.max_frame);
	value |= octets;
	if (octets > RTE_ETHER_MAX_VLAN_FRAME_LEN)
		value |= VMOLR_LPE;
	vmolr_write(hw, f, pool, value);
}

void
igbiov_filter_pool_clear(const struct igbiov_hw *hw, struct igbiov_filter *f, uint16_t pool)
{
	for (unsigned int i = 0; i < hw->chip.nb_rar; i++) {
		if (!f->rar[i].used || f->rar[i].pool != pool)
			continue;
		f->rar[i].used = false;
		rar_write(hw, f, i);
	}
	for (unsigned int i = 0; i < IGBIOV_VLVF_MAX; i++)
		if (f->vlvf[i].pools & (1u << pool))
			igbiov_filter_vlan_set(hw, f, pool, f->vlvf[i].vid, false);
	igbiov_filter_vf_multicast(hw, f, pool, NULL, 0);
	igbiov_filter_accept(hw, f, pool, IGBIOV_ACCEPT_DEFAULT);
	vmolr_write(hw, f, pool, VMOLR_DEFAULT);
	rplolr_update(hw, f);
	igbiov_filter_vlan_insert(hw, pool, 0, 0);
}
