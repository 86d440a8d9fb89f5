/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) the igbiov authors
 */

/*
 * igbiov_filter.c: who gets which frame. Where it can, a test sends frames
 * through the model's switch instead of looking at registers.
 */

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "port.h"

#define VFS	7
#define PF_POOL 7

struct switched {
	struct chip chip;
	struct igbiov_filter f;
};

static struct rte_ether_addr
addr(uint8_t n)
{
	return (struct rte_ether_addr){ { 0x02, 0, 0, 0, 1, n } };
}

/* A group whose hash is `n`, 12 bits. */
static struct rte_ether_addr
group(uint16_t n)
{
	return (struct rte_ether_addr){ { 0x01, 0, 0x5E, 0, n << 4, n >> 4 } };
}

/* As start leaves the chip: pools on, all VFs running. */
static int
setup_vfs(void **state)
{
	struct switched *s = calloc(1, sizeof(*s));

	s->chip.m = model_new();
	hw_open(&s->chip.hw, s->chip.m, PF_DEVICE, MODEL_PF);
	s->chip.m->nb_vfs = VFS;
	model_poke(s->chip.m, REG(RCTL), RCTL_RXEN | RCTL_BAM);
	model_poke(s->chip.m, REG(MRQC), MRQC_VMDQ);
	model_poke(s->chip.m, REG(VT_CTL), PF_POOL << VT_CTL_DEF_PL_SHIFT | VT_CTL_REPLEN);
	igbiov_filter_init(&s->chip.hw, &s->f, VFS, PF_POOL);
	model_counts_clear(s->chip.m);
	*state = s;
	return 0;
}

static int
setup_alone(void **state)
{
	struct switched *s = calloc(1, sizeof(*s));

	s->chip.m = model_new();
	hw_open(&s->chip.hw, s->chip.m, PF_DEVICE, MODEL_PF);
	model_poke(s->chip.m, REG(RCTL), RCTL_RXEN | RCTL_BAM);
	igbiov_filter_init(&s->chip.hw, &s->f, 0, 0);
	model_counts_clear(s->chip.m);
	*state = s;
	return 0;
}

/* Pools that get a frame to `dst` from the wire, in VLAN `vid` (negative: no tag). */
static uint32_t
pools_of(struct switched *s, const struct rte_ether_addr *dst, int vid)
{
	uint8_t frame[64] = { 0 };

	memcpy(frame, dst, RTE_ETHER_ADDR_LEN);
	frame[6] = 2;
	if (vid >= 0) {
		frame[12] = 0x81;
		frame[14] = vid >> 8;
		frame[15] = vid;
	}
	return model_rx_wire(s->chip.m, frame, sizeof(frame));
}

static int
mac_add(struct switched *s, uint16_t pool, uint8_t n)
{
	struct rte_ether_addr a = addr(n);

	return igbiov_filter_mac_add(&s->chip.hw, &s->f, pool, &a);
}

static int
mac_remove(struct switched *s, uint16_t pool, uint8_t n)
{
	struct rte_ether_addr a = addr(n);

	return igbiov_filter_mac_remove(&s->chip.hw, &s->f, pool, &a);
}

static int
vlan(struct switched *s, uint16_t pool, uint16_t vid, bool on)
{
	return igbiov_filter_vlan_set(&s->chip.hw, &s->f, pool, vid, on);
}

static uint32_t
to_addr(struct switched *s, uint8_t n, int vid)
{
	struct rte_ether_addr a = addr(n);

	return pools_of(s, &a, vid);
}

/* Nothing of a former driver or guest is left in any table. */
static void
init_empties_every_table(void **state)
{
	static const uint32_t tables[][3] = {
		{ REG(MTA), 128, 0 },
		{ REG(VLVF), 32, 0 },
		{ REG(UTA), 128, 0 },
		{ REG(VMVIR), 8, 0 },
	};
	struct switched *s = *state;
	struct model *m = s->chip.m;

	for (unsigned int t = 0; t < RTE_DIM(tables); t++)
		for (unsigned int i = 0; i < tables[t][1]; i++)
			model_poke(m, tables[t][0] + 4 * i, UINT32_MAX);
	for (unsigned int i = 0; i < 16; i++)
		model_poke(m, REGN(RAH, i), UINT32_MAX);
	for (unsigned int i = 0; i < 8; i++) {
		model_poke(m, REGN(RAH16, i), UINT32_MAX);
		model_poke(m, REGN(VMOLR, i), VMOLR_ROPE | VMOLR_MPME | VMOLR_ROMPE);
	}
	igbiov_filter_init(&s->chip.hw, &s->f, VFS, PF_POOL);
	for (unsigned int t = 0; t < RTE_DIM(tables); t++)
		for (unsigned int i = 0; i < tables[t][1]; i++)
			assert_int_equal(model_peek(m, tables[t][0] + 4 * i), 0);
	for (unsigned int i = 0; i < 16; i++)
		assert_false(model_peek(m, REGN(RAH, i)) & RAH_AV);
	for (unsigned int i = 0; i < 8; i++) {
		assert_false(model_peek(m, REGN(RAH16, i)) & RAH_AV);
		assert_false(model_peek(m, REGN(VMOLR, i)) &
			     (VMOLR_ROPE | VMOLR_MPME | VMOLR_ROMPE));
		assert_true(model_peek(m, REGN(VMOLR, i)) & VMOLR_STRCRC);
	}
}

static void
a_frame_goes_to_its_owner_alone(void **state)
{
	struct switched *s = *state;

	for (uint16_t pool = 0; pool < IGBIOV_POOLS; pool++)
		assert_int_equal(mac_add(s, pool, pool), 0);
	for (uint16_t pool = 0; pool < IGBIOV_POOLS; pool++)
		assert_int_equal(to_addr(s, pool, -1), 1u << pool);
	/* Nobody's: the default pool, the PF. */
	assert_int_equal(to_addr(s, 99, -1), 1u << PF_POOL);
}

static void
an_address_has_one_owner(void **state)
{
	struct switched *s = *state;
	struct rte_ether_addr a = addr(5);

	assert_int_equal(mac_add(s, 1, 5), 0);
	assert_int_equal(mac_add(s, 1, 5), 0);
	assert_int_equal(mac_add(s, 2, 5), -EADDRINUSE);
	assert_int_equal(mac_add(s, PF_POOL, 5), -EADDRINUSE);
	assert_int_equal(igbiov_filter_mac_owner(&s->f, &a), 1);
	assert_int_equal(mac_remove(s, 2, 5), -ENOENT);
	assert_int_equal(to_addr(s, 5, -1), 1u << 1);
	assert_int_equal(mac_remove(s, 1, 5), 0);
	assert_int_equal(igbiov_filter_mac_owner(&s->f, &a), -ENOENT);
	assert_int_equal(mac_remove(s, 1, 5), -ENOENT);
	assert_int_equal(to_addr(s, 5, -1), 1u << PF_POOL);
	assert_int_equal(mac_add(s, 2, 5), 0);
	assert_int_equal(to_addr(s, 5, -1), 1u << 2);
}

/* The second half of the filters lies at other offsets. */
static void
all_24_filters_work_and_the_25th_is_refused(void **state)
{
	struct switched *s = *state;

	for (uint8_t i = 0; i < IGBIOV_RAR_MAX; i++)
		assert_int_equal(mac_add(s, i % VFS, i), 0);
	assert_int_equal(mac_add(s, 0, 100), -ENOSPC);
	for (uint8_t i = 0; i < IGBIOV_RAR_MAX; i++)
		assert_int_equal(to_addr(s, i, -1), 1u << i % VFS);
	assert_int_equal(mac_remove(s, 20 % VFS, 20), 0);
	assert_int_equal(to_addr(s, 20, -1), 1u << PF_POOL);
	assert_int_equal(mac_add(s, 3, 100), 0);
	assert_int_equal(to_addr(s, 100, -1), 1u << 3);
}

/* A pool's bit and half an address would deliver another's frames for a moment. */
static void
no_half_address_ever_wrote(struct model *m, unsigned int fn, uint32_t reg, uint32_t value)
{
	(void)value;
	if (fn != MODEL_PF || reg < REG(RAL) || reg >= REG(RAL) + 24 * 8)
		return;
	if (reg % 8 == 0 && (model_peek(m, reg + 4) & RAH_AV))
		model_misuse(m, "RAL written under a valid RAH");
}

static void
an_address_is_never_valid_by_halves(void **state)
{
	struct switched *s = *state;

	s->chip.m->on_write = no_half_address_ever_wrote;
	for (unsigned int round = 0; round < 3; round++) {
		for (uint8_t i = 0; i < IGBIOV_RAR_MAX; i++)
			assert_int_equal(mac_add(s, 1, i), 0);
		for (uint8_t i = 0; i < IGBIOV_RAR_MAX; i++)
			assert_int_equal(mac_remove(s, 1, i), 0);
	}
}

static void
a_pool_sees_only_its_vlans(void **state)
{
	struct switched *s = *state;

	assert_int_equal(mac_add(s, 1, 1), 0);
	assert_int_equal(mac_add(s, 2, 2), 0);
	assert_int_equal(vlan(s, 1, 100, true), 0);
	assert_int_equal(to_addr(s, 1, 100), 1u << 1);
	/* Neither the other pool nor the other VLAN. */
	assert_false(to_addr(s, 2, 100) & 1u << 2);
	assert_false(to_addr(s, 1, 101) & 1u << 1);
	assert_int_equal(to_addr(s, 1, -1), 1u << 1);
}

/* The in-tree PF's bug: one VF's leaving emptied the VLAN for all. */
static void
one_leaving_a_vlan_does_not_cut_the_others_off(void **state)
{
	struct switched *s = *state;

	for (uint16_t pool = 0; pool < 3; pool++) {
		assert_int_equal(mac_add(s, pool, pool), 0);
		assert_int_equal(vlan(s, pool, 100, true), 0);
	}
	assert_int_equal(vlan(s, 1, 100, false), 0);
	assert_int_equal(to_addr(s, 0, 100), 1u << 0);
	assert_false(to_addr(s, 1, 100) & 1u << 1);
	assert_int_equal(to_addr(s, 2, 100), 1u << 2);
	assert_int_equal(vlan(s, 0, 100, false), 0);
	assert_int_equal(to_addr(s, 2, 100), 1u << 2);
}

static void
joining_and_leaving_twice_is_no_error(void **state)
{
	struct switched *s = *state;

	assert_int_equal(vlan(s, 1, 100, false), 0);
	assert_int_equal(vlan(s, 1, 100, true), 0);
	assert_int_equal(vlan(s, 1, 100, true), 0);
	assert_int_equal(vlan(s, 1, 100, false), 0);
	assert_int_equal(vlan(s, 1, 100, false), 0);
	for (unsigned int i = 0; i < IGBIOV_VLVF_MAX; i++)
		assert_int_equal(model_peek(s->chip.m, REGN(VLVF, i)), 0);
}

static void
vlan_entries_run_out_and_come_back(void **state)
{
	struct switched *s = *state;

	assert_int_equal(mac_add(s, 2, 2), 0);
	for (uint16_t i = 0; i < IGBIOV_VLVF_MAX; i++)
		assert_int_equal(vlan(s, 1, 100 + i, true), 0);
	assert_int_equal(vlan(s, 2, 500, true), -ENOSPC);
	/* One that exists has room for another member. */
	assert_int_equal(vlan(s, 2, 131, true), 0);
	assert_int_equal(to_addr(s, 2, 131), 1u << 2);
	assert_int_equal(vlan(s, 2, 500, false), 0);
	assert_int_equal(vlan(s, 1, 110, false), 0);
	assert_int_equal(vlan(s, 2, 500, true), 0);
	assert_int_equal(to_addr(s, 2, 500), 1u << 2);
}

static void
vlan_ids_are_checked(void **state)
{
	struct switched *s = *state;

	assert_int_equal(vlan(s, 1, 4095, true), 0);
	assert_int_equal(vlan(s, 1, 0, true), 0);
	assert_int_equal(vlan(s, 1, 4096, true), -EINVAL);
	assert_int_equal(vlan(s, 1, UINT16_MAX, true), -EINVAL);
}

/* A port's table has one bit a VLAN: it stays while anyone, VF or PF, has the VLAN. */
static void
the_ports_table_is_the_union(void **state)
{
	struct switched *s = *state;
	const uint32_t *bits = &s->chip.m->pf[REGN(VFTA, 100 / 32) / 4];

	igbiov_filter_vlan_enable(&s->chip.hw, &s->f, true);
	assert_int_equal(*bits, 0);
	assert_int_equal(vlan(s, PF_POOL, 100, true), 0);
	assert_int_equal(vlan(s, 1, 100, true), 0);
	assert_int_equal(vlan(s, 1, 101, true), 0);
	assert_int_equal(*bits, 3u << 100 % 32);
	assert_int_equal(vlan(s, PF_POOL, 100, false), 0);
	assert_int_equal(*bits, 3u << 100 % 32);
	assert_int_equal(vlan(s, 1, 100, false), 0);
	assert_int_equal(*bits, 1u << 101 % 32);
	igbiov_filter_vlan_enable(&s->chip.hw, &s->f, false);
	igbiov_filter_vlan_enable(&s->chip.hw, &s->f, true);
	assert_int_equal(*bits, 1u << 101 % 32);
}

/* 51 accesses in the in-tree PF. */
static void
a_vlan_costs_few_accesses(void **state)
{
	struct switched *s = *state;

	for (uint16_t pool = 0; pool < VFS; pool++)
		for (uint16_t i = 0; i < 4; i++)
			assert_int_equal(vlan(s, pool, pool * 4 + i, true), 0);
	model_counts_clear(s->chip.m);
	assert_int_equal(vlan(s, 3, 1000, true), 0);
	assert_in_range(s->chip.m->reads + s->chip.m->writes, 1, 4);
	model_counts_clear(s->chip.m);
	assert_int_equal(vlan(s, 3, 1000, false), 0);
	assert_in_range(s->chip.m->reads + s->chip.m->writes, 1, 4);
}

static int
multicast(struct switched *s, uint16_t pool, uint16_t first, uint16_t nb)
{
	uint16_t hash[64];

	for (uint16_t i = 0; i < nb; i++) {
		struct rte_ether_addr a = group(first + i);

		hash[i] = igbiov_filter_mc_hash(&a);
	}
	return igbiov_filter_vf_multicast(&s->chip.hw, &s->f, pool, hash, nb);
}

static uint32_t
to_group(struct switched *s, uint16_t n)
{
	struct rte_ether_addr a = group(n);

	return pools_of(s, &a, -1);
}

static void
multicast_reaches_those_who_listed_it(void **state)
{
	struct switched *s = *state;

	assert_int_equal(to_group(s, 0x100), 0);
	assert_int_equal(multicast(s, 2, 0x100, 4), 0);
	for (uint16_t i = 0; i < 4; i++)
		assert_int_equal(to_group(s, 0x100 + i), 1u << 2);
	assert_int_equal(to_group(s, 0xABC), 0);
}

/* The in-tree PF never cleared a bit. */
static void
a_replaced_list_leaves_no_bits(void **state)
{
	struct switched *s = *state;

	assert_int_equal(multicast(s, 2, 0x100, 30), 0);
	assert_int_equal(multicast(s, 2, 0x900, 2), 0);
	assert_int_equal(to_group(s, 0x100), 0);
	assert_int_equal(to_group(s, 0x900), 1u << 2);
	assert_int_equal(multicast(s, 2, 0, 0), 0);
	for (unsigned int i = 0; i < IGBIOV_MTA_WORDS; i++)
		assert_int_equal(model_peek(s->chip.m, REGN(MTA, i)), 0);
	assert_int_equal(to_group(s, 0x900), 0);
}

/* The in-tree PF kept one list for all VFs. */
static void
lists_of_different_pools_do_not_replace_each_other(void **state)
{
	struct switched *s = *state;
	struct rte_ether_addr pf = group(0x500);

	assert_int_equal(multicast(s, 1, 0x100, 1), 0);
	assert_int_equal(multicast(s, 2, 0x900, 1), 0);
	assert_int_equal(igbiov_filter_pf_multicast(&s->chip.hw, &s->f, &pf, 1), 0);
	assert_true(to_group(s, 0x100) & 1u << 1);
	assert_true(to_group(s, 0x900) & 1u << 2);
	assert_true(to_group(s, 0x500) & 1u << PF_POOL);
	assert_int_equal(multicast(s, 2, 0, 0), 0);
	assert_true(to_group(s, 0x100) & 1u << 1);
	assert_true(to_group(s, 0x500) & 1u << PF_POOL);
}

static void
too_many_hashes_are_refused_and_change_nothing(void **state)
{
	struct switched *s = *state;

	assert_int_equal(multicast(s, 1, 0x100, 1), 0);
	assert_int_equal(multicast(s, 1, 0x200, IGBIOV_VF_MC_MAX + 1), -EINVAL);
	assert_int_equal(to_group(s, 0x100), 1u << 1);
}

/* A VF sends hashes, not addresses: any 16 bits. */
static void
hostile_hashes_stay_inside_the_table(void **state)
{
	struct switched *s = *state;
	const uint16_t hash[] = { 0xFFFF, 0x1000, 0xF000, 0x0FFF };

	assert_int_equal(igbiov_filter_vf_multicast(&s->chip.hw, &s->f, 1, hash, 4), 0);
	for (unsigned int i = 1; i < IGBIOV_MTA_WORDS - 1; i++)
		assert_int_equal(model_peek(s->chip.m, REGN(MTA, i)), 0);
}

static void
promiscuity_is_the_pools_own(void **state)
{
	struct switched *s = *state;

	igbiov_filter_accept(&s->chip.hw, &s->f, 1,
			     IGBIOV_ACCEPT_DEFAULT | IGBIOV_ACCEPT_UNICAST |
				     IGBIOV_ACCEPT_MULTICAST);
	assert_int_equal(mac_add(s, 2, 2), 0);
	assert_true(to_addr(s, 99, -1) & 1u << 1);
	assert_int_equal(to_group(s, 0x777), 1u << 1);
	/* Another's address stays the other's alone. */
	assert_int_equal(to_addr(s, 2, -1), 1u << 2);
	/* A VF's wish doesn't open the port. */
	assert_false(model_peek(s->chip.m, REG(RCTL)) & (RCTL_UPE | RCTL_MPE));
	igbiov_filter_accept(&s->chip.hw, &s->f, 1, IGBIOV_ACCEPT_DEFAULT);
	assert_int_equal(to_addr(s, 99, -1), 1u << PF_POOL);
	assert_int_equal(to_group(s, 0x777), 0);
}

static void
promiscuity_of_one_outlives_that_of_another(void **state)
{
	struct switched *s = *state;

	igbiov_filter_accept(&s->chip.hw, &s->f, 1, IGBIOV_ACCEPT_DEFAULT | IGBIOV_ACCEPT_UNICAST);
	igbiov_filter_accept(&s->chip.hw, &s->f, 2, IGBIOV_ACCEPT_DEFAULT | IGBIOV_ACCEPT_UNICAST);
	igbiov_filter_accept(&s->chip.hw, &s->f, 1, IGBIOV_ACCEPT_DEFAULT);
	assert_int_equal(to_addr(s, 99, -1) & ~(1u << PF_POOL), 1u << 2);
}

/* Everything a VF can own, then its reset: nothing of it in any register. */
static void
clearing_a_pool_leaves_nothing_and_spares_the_others(void **state)
{
	struct switched *s = *state;
	struct model *m = s->chip.m;
	uint32_t before[MODEL_PF_WINDOW / 4];

	assert_int_equal(mac_add(s, 2, 2), 0);
	assert_int_equal(vlan(s, 2, 100, true), 0);
	assert_int_equal(vlan(s, 2, 200, true), 0);
	assert_int_equal(multicast(s, 2, 0x100, 5), 0);
	igbiov_filter_vlan_strip(&s->chip.hw, &s->f, 2, true);
	memcpy(before, m->pf, sizeof(before));

	for (uint8_t i = 10; i < 25; i++)
		assert_int_equal(mac_add(s, 1, i), 0);
	assert_int_equal(vlan(s, 1, 100, true), 0);
	assert_int_equal(vlan(s, 1, 300, true), 0);
	assert_int_equal(multicast(s, 1, 0x100, 30), 0);
	igbiov_filter_accept(&s->chip.hw, &s->f, 1,
			     IGBIOV_ACCEPT_DEFAULT | IGBIOV_ACCEPT_UNICAST |
				     IGBIOV_ACCEPT_MULTICAST);
	igbiov_filter_max_frame(&s->chip.hw, &s->f, 1, 9000);
	igbiov_filter_vlan_strip(&s->chip.hw, &s->f, 1, true);
	model_poke(m, REGN(VMVIR, 1), 1u << 30 | 77);

	igbiov_filter_pool_clear(&s->chip.hw, &s->f, 1);
	for (uint32_t reg = 0; reg < MODEL_PF_WINDOW; reg += 4) {
		/* An address that isn't valid may stay in the low half. */
		if (reg >= REG(RAL) && reg < REG(RAL) + 24 * 8 && reg % 8 == 0)
			continue;
		if (m->pf[reg / 4] != before[reg / 4])
			fail_msg("register 0x%x: 0x%08x, was 0x%08x", reg, m->pf[reg / 4],
				 before[reg / 4]);
	}
}

static void
frame_limits_are_the_pools_own(void **state)
{
	struct switched *s = *state;
	struct model *m = s->chip.m;

	igbiov_filter_max_frame(&s->chip.hw, &s->f, 1, 9022);
	assert_int_equal(model_peek(m, REGN(VMOLR, 1)) & VMOLR_RLPML_MASK, 9022);
	assert_true(model_peek(m, REGN(VMOLR, 1)) & VMOLR_LPE);
	assert_int_equal(model_peek(m, REGN(VMOLR, 2)) & VMOLR_RLPML_MASK, 1522);
	assert_false(model_peek(m, REGN(VMOLR, 2)) & VMOLR_LPE);
	/* More than the chip takes is cut, also where it would reach the next field. */
	igbiov_filter_max_frame(&s->chip.hw, &s->f, 1, UINT32_MAX);
	assert_int_equal(model_peek(m, REGN(VMOLR, 1)) & VMOLR_RLPML_MASK, 9728);
	assert_true(model_peek(m, REGN(VMOLR, 1)) & VMOLR_AUPE);
	igbiov_filter_max_frame(&s->chip.hw, &s->f, 1, 1518);
	assert_false(model_peek(m, REGN(VMOLR, 1)) & VMOLR_LPE);
}

/* Copies have one setting for all: who has a port VLAN must get them without its tag. */
static void
copies_are_stripped_while_any_pool_wants_it(void **state)
{
	struct switched *s = *state;
	struct model *m = s->chip.m;

	model_poke(m, REG(RPLOLR), RPLOLR_STRCRC);
	igbiov_filter_vlan_strip(&s->chip.hw, &s->f, 1, true);
	assert_true(model_peek(m, REGN(VMOLR, 1)) & VMOLR_STRVLAN);
	assert_false(model_peek(m, REGN(VMOLR, 2)) & VMOLR_STRVLAN);
	assert_false(model_peek(m, REG(CTRL)) & CTRL_VME);
	assert_int_equal(model_peek(m, REG(RPLOLR)), RPLOLR_STRCRC | RPLOLR_STRVLAN);
	igbiov_filter_vlan_strip(&s->chip.hw, &s->f, PF_POOL, true);
	assert_true(model_peek(m, REG(CTRL)) & CTRL_VME);
	igbiov_filter_vlan_strip(&s->chip.hw, &s->f, PF_POOL, false);
	assert_int_equal(model_peek(m, REG(RPLOLR)), RPLOLR_STRCRC | RPLOLR_STRVLAN);
	igbiov_filter_pool_clear(&s->chip.hw, &s->f, 1);
	assert_int_equal(model_peek(m, REG(RPLOLR)), RPLOLR_STRCRC);
}

static void
broadcast_and_untagged_frames_can_be_kept_from_a_pool(void **state)
{
	static const struct rte_ether_addr all = { { 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF } };
	struct switched *s = *state;

	assert_int_equal(vlan(s, 1, 100, true), 0);
	assert_int_equal(vlan(s, 2, 100, true), 0);
	assert_int_equal(mac_add(s, 1, 1), 0);
	assert_true(pools_of(s, &all, -1) & 1u << 1);
	igbiov_filter_accept(&s->chip.hw, &s->f, 1, IGBIOV_ACCEPT_UNTAGGED);
	assert_int_equal(pools_of(s, &all, -1) & 6, 1u << 2);
	assert_int_equal(to_addr(s, 1, -1), 1u << 1);
	igbiov_filter_accept(&s->chip.hw, &s->f, 1, IGBIOV_ACCEPT_BROADCAST);
	assert_int_equal(pools_of(s, &all, -1) & 6, 1u << 2);
	assert_int_equal(pools_of(s, &all, 100) & 6, 6);
	assert_false(to_addr(s, 1, -1) & 1u << 1);
	/* A reset opens it again. */
	igbiov_filter_pool_clear(&s->chip.hw, &s->f, 1);
	assert_true(pools_of(s, &all, -1) & 1u << 1);
}

static void
a_pool_can_be_given_a_tag_for_all_that_it_sends(void **state)
{
	struct switched *s = *state;
	struct model *m = s->chip.m;

	igbiov_filter_vlan_insert(&s->chip.hw, 1, 100, 5);
	assert_int_equal(model_peek(m, REGN(VMVIR, 1)), 1u << 30 | 5u << 13 | 100);
	assert_int_equal(model_peek(m, REGN(VMVIR, 2)), 0);
	igbiov_filter_vlan_insert(&s->chip.hw, 1, 0, 5);
	assert_int_equal(model_peek(m, REGN(VMVIR, 1)), 0);
}

static void
the_hash_is_the_chips(void **state)
{
	/* Bits 47:36 of an address, the last octet first: worked out by hand. */
	static const struct rte_ether_addr a = { { 0x01, 0x00, 0x5E, 0x00, 0x34, 0x56 } };

	(void)state;
	assert_int_equal(igbiov_filter_mc_hash(&a), 0x563);
}

/* --- a PF without VFs --- */

static void
alone_the_port_filters(void **state)
{
	struct switched *s = *state;
	struct rte_ether_addr mc = group(0x100);

	assert_int_equal(mac_add(s, 0, 1), 0);
	assert_int_equal(to_addr(s, 1, -1), 1);
	assert_int_equal(to_addr(s, 2, -1), 0);
	assert_int_equal(to_group(s, 0x100), 0);
	assert_int_equal(igbiov_filter_pf_multicast(&s->chip.hw, &s->f, &mc, 1), 0);
	assert_int_equal(to_group(s, 0x100), 1);
	igbiov_filter_accept(&s->chip.hw, &s->f, 0, IGBIOV_ACCEPT_DEFAULT | IGBIOV_ACCEPT_UNICAST);
	assert_int_equal(to_addr(s, 2, -1), 1);
	assert_int_equal(to_group(s, 0x200), 0);
	igbiov_filter_accept(&s->chip.hw, &s->f, 0,
			     IGBIOV_ACCEPT_DEFAULT | IGBIOV_ACCEPT_MULTICAST);
	assert_int_equal(to_addr(s, 2, -1), 0);
	assert_int_equal(to_group(s, 0x200), 1);
}

static void
alone_the_vlan_filter_can_be_off(void **state)
{
	struct switched *s = *state;

	assert_int_equal(mac_add(s, 0, 1), 0);
	assert_int_equal(to_addr(s, 1, 77), 1);
	igbiov_filter_vlan_enable(&s->chip.hw, &s->f, true);
	assert_int_equal(to_addr(s, 1, 77), 0);
	assert_int_equal(vlan(s, 0, 77, true), 0);
	assert_int_equal(to_addr(s, 1, 77), 1);
	assert_int_equal(to_addr(s, 1, 78), 0);
	/* More than the pools' 32 entries: without pools there is a bit for each. */
	for (uint16_t vid = 0; vid < 4096; vid++)
		assert_int_equal(vlan(s, 0, vid, true), 0);
}

static void
too_many_multicast_addresses_are_refused(void **state)
{
	struct switched *s = *state;
	static struct rte_ether_addr list[IGBIOV_PF_MC_MAX + 1];

	assert_int_equal(igbiov_filter_pf_multicast(&s->chip.hw, &s->f, list, IGBIOV_PF_MC_MAX), 0);
	assert_int_equal(igbiov_filter_pf_multicast(&s->chip.hw, &s->f, list, IGBIOV_PF_MC_MAX + 1),
			 -ENOSPC);
}

#define V(f) cmocka_unit_test_setup_teardown(f, setup_vfs, chip_teardown)
#define A(f) cmocka_unit_test_setup_teardown(f, setup_alone, chip_teardown)

int
main(void)
{
	const struct CMUnitTest tests[] = {
		V(init_empties_every_table),
		V(a_frame_goes_to_its_owner_alone),
		V(an_address_has_one_owner),
		V(all_24_filters_work_and_the_25th_is_refused),
		V(an_address_is_never_valid_by_halves),
		V(a_pool_sees_only_its_vlans),
		V(one_leaving_a_vlan_does_not_cut_the_others_off),
		V(joining_and_leaving_twice_is_no_error),
		V(vlan_entries_run_out_and_come_back),
		V(vlan_ids_are_checked),
		V(the_ports_table_is_the_union),
		V(a_vlan_costs_few_accesses),
		V(multicast_reaches_those_who_listed_it),
		V(a_replaced_list_leaves_no_bits),
		V(lists_of_different_pools_do_not_replace_each_other),
		V(too_many_hashes_are_refused_and_change_nothing),
		V(hostile_hashes_stay_inside_the_table),
		V(promiscuity_is_the_pools_own),
		V(promiscuity_of_one_outlives_that_of_another),
		V(clearing_a_pool_leaves_nothing_and_spares_the_others),
		V(frame_limits_are_the_pools_own),
		V(copies_are_stripped_while_any_pool_wants_it),
		V(broadcast_and_untagged_frames_can_be_kept_from_a_pool),
		V(a_pool_can_be_given_a_tag_for_all_that_it_sends),
		V(the_hash_is_the_chips),
		A(alone_the_port_filters),
		A(alone_the_vlan_filter_can_be_off),
		A(too_many_multicast_addresses_are_refused),
	};

	return cmocka_run_group_tests_name("igbiov_filter", tests, NULL, NULL);
}
