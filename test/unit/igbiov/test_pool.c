/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) the igbiov authors
 */

/*
 * igbiov_pool.c: rates, mirror rules, storm control and counters. QEMU's model
 * has none of the first three: what is shown of them is shown here.
 */

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include <rte_ethdev.h>

#include "igbiov_pool.h"
#include "port.h"

#define PF_POOL 7

struct pooled {
	struct chip chip;
	struct igbiov_filter f;
	struct igbiov_pools p;
};

static int
setup(void **state)
{
	struct pooled *s = calloc(1, sizeof(*s));

	s->chip.m = model_new();
	hw_open(&s->chip.hw, s->chip.m, PF_DEVICE, MODEL_PF);
	model_poke(s->chip.m, REG(RCTL), RCTL_RXEN | RCTL_BAM);
	model_poke(s->chip.m, REG(MRQC), MRQC_VMDQ_RSS);
	igbiov_filter_init(&s->chip.hw, &s->f, true, PF_POOL);
	igbiov_filter_default_pool(&s->chip.hw, &s->f, IGBIOV_NO_POOL);
	igbiov_pool_init(&s->chip.hw, &s->p);
	for (uint16_t pool = 0; pool < IGBIOV_POOLS; pool++) {
		struct rte_ether_addr mac = { { 2, 0, 0, 0, 0, pool } };

		igbiov_filter_mac_add(&s->chip.hw, &s->f, pool, &mac);
	}
	*state = s;
	return 0;
}

/* --- rate --- */

/* What a queue with this setting sends, in Mb/s times 2^28: the chip divides the link by it. */
static double
rate(uint32_t link, uint32_t value)
{
	if (!(value & RTTBCNRC_RS_ENA))
		return link;
	return (double)link * (1 << RTTBCNRC_INT_SHIFT) / (value & RTTBCNRC_FACTOR_MASK);
}

static void
all_queues_together_stay_within_the_limit(void **state)
{
	static const uint32_t links[] = { 10, 100, 1000 };

	(void)state;
	for (unsigned int l = 0; l < RTE_DIM(links); l++) {
		for (uint32_t mbps = 1; mbps < links[l]; mbps++) {
			for (uint16_t nb = 1; nb <= 2; nb++) {
				double q0 = rate(links[l],
						 igbiov_pool_rate_factor(links[l], mbps, 0, nb));
				double q1 = rate(links[l],
						 igbiov_pool_rate_factor(links[l], mbps, 1, nb));

				assert_true(q0 + q1 <= mbps * 1.0000001);
				/* And don't waste more of it than the fraction's last bit. */
				assert_true(q0 + q1 > mbps * 0.93);
			}
		}
	}
}

static void
one_queue_gets_nearly_all_of_it(void **state)
{
	(void)state;
	assert_true(rate(1000, igbiov_pool_rate_factor(1000, 100, 0, 1)) > 99.9);
	assert_true(rate(1000, igbiov_pool_rate_factor(1000, 100, 1, 1)) < 0.07);
	assert_true(rate(1000, igbiov_pool_rate_factor(1000, 100, 0, 2)) <= 50);
	assert_true(rate(1000, igbiov_pool_rate_factor(1000, 100, 1, 2)) > 49.9);
}

static void
no_limit_where_the_link_is_no_faster(void **state)
{
	(void)state;
	for (uint16_t queue = 0; queue < 2; queue++) {
		assert_int_equal(igbiov_pool_rate_factor(1000, 0, queue, 1), 0);
		assert_int_equal(igbiov_pool_rate_factor(1000, 1000, queue, 2), 0);
		assert_int_equal(igbiov_pool_rate_factor(100, 500, queue, 1), 0);
		assert_int_equal(igbiov_pool_rate_factor(0, 5, queue, 1), 0);
	}
}

static void
both_queues_of_the_vf_are_limited_and_no_others(void **state)
{
	struct pooled *s = *state;
	struct model *m = s->chip.m;

	s->p.queues[3] = 2;
	igbiov_pool_rate_set(&s->chip.hw, &s->p, 3, 100, 1000);
	/* 20.0: link over half the limit. */
	assert_int_equal(m->rate_factor[3], RTTBCNRC_RS_ENA | 20u << RTTBCNRC_INT_SHIFT);
	assert_int_equal(m->rate_factor[11], m->rate_factor[3]);
	for (unsigned int q = 0; q < MODEL_QUEUES; q++)
		if (q % 8 != 3)
			assert_int_equal(m->rate_factor[q], 0);
	assert_int_equal(model_peek(m, REG(RTTBCNRM)), 0x14);
	igbiov_pool_rate_set(&s->chip.hw, &s->p, 3, 100, 100);
	assert_int_equal(m->rate_factor[3], 0);
	assert_int_equal(m->rate_factor[11], 0);
}

/* --- mirroring --- */

static int
mirror(struct pooled *s, uint16_t pool, uint32_t what, uint16_t vlan, uint16_t to)
{
	const struct vfctl_mirror m = { .what = what, .vlan = vlan, .to = to };

	return igbiov_pool_mirror_set(&s->chip.hw, &s->p, &s->f, pool, &m);
}

/* Pools that get a frame to a pool's own address from the wire. */
static uint32_t
to_pool(struct pooled *s, uint8_t pool, int vid)
{
	uint8_t frame[64] = { 2, 0, 0, 0, 0, pool, 2 };

	if (vid >= 0) {
		frame[12] = 0x81;
		frame[14] = vid >> 8;
		frame[15] = vid;
	}
	return model_rx_wire(s->chip.m, frame, sizeof(frame));
}

static void
what_a_vf_receives_is_copied(void **state)
{
	struct pooled *s = *state;

	assert_int_equal(to_pool(s, 1, -1), 1u << 1);
	assert_int_equal(mirror(s, 1, VFCTL_MIRROR_RX, 0, 4), 0);
	assert_int_equal(to_pool(s, 1, -1), 1u << 1 | 1u << 4);
	assert_int_equal(to_pool(s, 2, -1), 1u << 2);
	assert_int_equal(mirror(s, 1, VFCTL_MIRROR_RX, 0, VFCTL_PF), 0);
	assert_int_equal(to_pool(s, 1, -1), 1u << 1 | 1u << PF_POOL);
	assert_int_equal(mirror(s, 1, 0, 0, 0), 0);
	assert_int_equal(to_pool(s, 1, -1), 1u << 1);
}

/* Whoever is in it, and also when nobody is. */
static void
a_vlan_is_copied(void **state)
{
	struct pooled *s = *state;

	assert_int_equal(igbiov_filter_vlan_set(&s->chip.hw, &s->f, 2, 100, true), 0);
	igbiov_filter_vlan_enable(&s->chip.hw, &s->f, true);
	assert_int_equal(mirror(s, 0, VFCTL_MIRROR_VLAN, 100, 5), 0);
	assert_int_equal(mirror(s, 1, VFCTL_MIRROR_VLAN, 200, 6), 0);
	assert_int_equal(to_pool(s, 2, 100), 1u << 2 | 1u << 5);
	assert_int_equal(to_pool(s, 2, 200), 1u << 6);
	assert_int_equal(to_pool(s, 2, -1), 1u << 2);
	/* The last member leaves, the rule stays. */
	assert_int_equal(igbiov_filter_vlan_set(&s->chip.hw, &s->f, 2, 100, false), 0);
	assert_int_equal(to_pool(s, 2, 100), 1u << 5);
	/* The rule goes, and the entry with it. */
	assert_int_equal(mirror(s, 0, 0, 0, 0), 0);
	assert_int_equal(to_pool(s, 2, 100), 0);
	assert_int_equal(to_pool(s, 2, 200), 1u << 6);
	for (unsigned int i = 0; i < IGBIOV_VLVF_MAX; i++)
		assert_int_not_equal(model_peek(s->chip.m, REGN(VLVF, i)) & 0xFFF, 100);
}

static void
a_vlan_kept_for_a_rule_lets_its_members_stay(void **state)
{
	struct pooled *s = *state;

	igbiov_filter_vlan_enable(&s->chip.hw, &s->f, true);
	assert_int_equal(mirror(s, 0, VFCTL_MIRROR_VLAN, 100, 5), 0);
	assert_int_equal(igbiov_filter_vlan_set(&s->chip.hw, &s->f, 2, 100, true), 0);
	/* The same VLAN again, and then another. */
	assert_int_equal(mirror(s, 0, VFCTL_MIRROR_VLAN, 100, 4), 0);
	assert_int_equal(to_pool(s, 2, 100), 1u << 2 | 1u << 4);
	assert_int_equal(mirror(s, 0, VFCTL_MIRROR_VLAN | VFCTL_MIRROR_RX, 300, 4), 0);
	assert_int_equal(to_pool(s, 2, 100), 1u << 2);
	assert_int_equal(to_pool(s, 0, -1), 1u << 0 | 1u << 4);
	assert_int_equal(to_pool(s, 2, 300), 1u << 4);
}

static void
there_are_four_rules(void **state)
{
	struct pooled *s = *state;

	for (uint16_t pool = 0; pool < 4; pool++)
		assert_int_equal(mirror(s, pool, VFCTL_MIRROR_RX, 0, 6), 0);
	assert_int_equal(mirror(s, 4, VFCTL_MIRROR_RX, 0, 6), -ENOSPC);
	/* Who has one can change it, and who gives one up makes room. */
	assert_int_equal(mirror(s, 0, VFCTL_MIRROR_RX, 0, 5), 0);
	assert_int_equal(mirror(s, 2, 0, 0, 0), 0);
	assert_int_equal(mirror(s, 4, VFCTL_MIRROR_RX, 0, 6), 0);
	assert_int_equal(to_pool(s, 4, -1), 1u << 4 | 1u << 6);
}

static void
a_refused_rule_changes_nothing(void **state)
{
	struct pooled *s = *state;
	uint32_t before[MODEL_PF_WINDOW / 4];

	assert_int_equal(mirror(s, 0, VFCTL_MIRROR_RX, 0, 5), 0);
	for (uint16_t vid = 1; vid <= IGBIOV_VLVF_MAX; vid++)
		assert_int_equal(igbiov_filter_vlan_set(&s->chip.hw, &s->f, 1, vid, true), 0);
	memcpy(before, s->chip.m->pf, sizeof(before));
	assert_int_equal(mirror(s, 0, VFCTL_MIRROR_VLAN, 100, 5), -ENOSPC);
	assert_int_equal(mirror(s, 0, VFCTL_MIRROR_TX, 0, 5), -ENOTSUP);
	assert_int_equal(mirror(s, 0, VFCTL_MIRROR_RX | VFCTL_MIRROR_TX, 0, 5), -ENOTSUP);
	assert_memory_equal(before, s->chip.m->pf, sizeof(before));
}

/* --- storm control --- */

static void
storms_are_counted_in_blocks_of_a_tenth_of_a_second(void **state)
{
	struct pooled *s = *state;
	struct model *m = s->chip.m;

	s->p.storm_broadcast = 1;
	igbiov_pool_storm_set(&s->chip.hw, &s->p, 1000);
	/* 100 kb, in octets, in blocks of 64. */
	assert_int_equal(model_peek(m, REG(BSCTRH)), 100000 / 8 / 64);
	assert_int_equal(model_peek(m, REG(SCCRL)), 1000u << 8 | 1u << 3);
	s->p.storm_multicast = 1000;
	igbiov_pool_storm_set(&s->chip.hw, &s->p, 100);
	assert_int_equal(model_peek(m, REG(MSCTRH)), 12500000 / 64);
	assert_int_equal(model_peek(m, REG(SCCRL)), 100u << 8 | 1u << 3 | 1u << 1);
	s->p.storm_broadcast = 0;
	s->p.storm_multicast = 0;
	igbiov_pool_storm_set(&s->chip.hw, &s->p, 1000);
	assert_int_equal(model_peek(m, REG(SCCRL)) & 0x1F, 0);
}

/* --- counters --- */

static struct vfctl_hw_stats
take(struct pooled *s, uint16_t pool)
{
	struct vfctl_hw_stats stats;

	igbiov_pool_counts_take(&s->chip.hw, &s->p, pool, &stats);
	return stats;
}

static void
counts_are_given_once(void **state)
{
	struct pooled *s = *state;

	take(s, 1);
	to_pool(s, 1, -1);
	to_pool(s, 1, -1);
	assert_int_equal(take(s, 1).rx_packets, 2);
	assert_int_equal(take(s, 1).rx_packets, 0);
	to_pool(s, 1, -1);
	assert_int_equal(take(s, 1).rx_bytes, 68);
	assert_int_equal(take(s, 2).rx_packets, 0);
}

static void
each_count_is_its_own_register(void **state)
{
	struct pooled *s = *state;
	struct model *m = s->chip.m;
	struct vfctl_hw_stats stats;

	model_poke(m, REGN(PFVFGPRC, 6), 1);
	model_poke(m, REGN(PFVFGORC, 6), 2);
	model_poke(m, REGN(PFVFMPRC, 6), 3);
	model_poke(m, REGN(PFVFGPTC, 6), 4);
	model_poke(m, REGN(PFVFGOTC, 6), 5);
	stats = take(s, 6);
	assert_int_equal(stats.rx_packets, 1);
	assert_int_equal(stats.rx_bytes, 2);
	assert_int_equal(stats.rx_multicast, 3);
	assert_int_equal(stats.tx_packets, 4);
	assert_int_equal(stats.tx_bytes, 5);
}

static void
counters_wrap_without_a_jump(void **state)
{
	struct pooled *s = *state;

	model_poke(s->chip.m, REGN(PFVFGORC, 0), 0xFFFFFFF0);
	take(s, 0);
	model_poke(s->chip.m, REGN(PFVFGORC, 0), 0x10);
	assert_int_equal(take(s, 0).rx_bytes, 0x20);
}

/* A reset of VF or PF, after which some chips begin at 0 and some go on. */
static void
a_reset_never_counts_backwards(void **state)
{
	struct pooled *s = *state;

	model_poke(s->chip.m, REGN(PFVFGPRC, 0), 1000);
	take(s, 0);
	s->p.counts[0].restarted = true;
	model_poke(s->chip.m, REGN(PFVFGPRC, 0), 7);
	assert_int_equal(take(s, 0).rx_packets, 7);
	s->p.counts[0].restarted = true;
	model_poke(s->chip.m, REGN(PFVFGPRC, 0), 9);
	assert_int_equal(take(s, 0).rx_packets, 2);
	/* What a former process' VFs did isn't counted. */
	model_poke(s->chip.m, REGN(PFVFGPRC, 0), 500);
	igbiov_pool_counts_rebase(&s->chip.hw, &s->p, 0);
	assert_int_equal(take(s, 0).rx_packets, 0);
}

static void
a_removed_chip_counts_nothing(void **state)
{
	struct pooled *s = *state;

	take(s, 0);
	s->chip.m->removed = true;
	assert_int_equal(take(s, 0).rx_packets, 0);
	assert_int_equal(igbiov_pool_spoofs_take(&s->chip.hw), 0);
	s->chip.m->removed = false;
}

static void
spoofing_is_told_by_pool_and_once(void **state)
{
	struct pooled *s = *state;

	/* The second queue of VF 2, the first of VF 5. */
	model_poke(s->chip.m, REG(WVBR), 1u << 10 | 1u << 5);
	assert_int_equal(igbiov_pool_spoofs_take(&s->chip.hw), 1u << 2 | 1u << 5);
	assert_int_equal(igbiov_pool_spoofs_take(&s->chip.hw), 0);
}

#define T(f) cmocka_unit_test_setup_teardown(f, setup, chip_teardown)

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(all_queues_together_stay_within_the_limit),
		cmocka_unit_test(one_queue_gets_nearly_all_of_it),
		cmocka_unit_test(no_limit_where_the_link_is_no_faster),
		T(both_queues_of_the_vf_are_limited_and_no_others),
		T(what_a_vf_receives_is_copied),
		T(a_vlan_is_copied),
		T(a_vlan_kept_for_a_rule_lets_its_members_stay),
		T(there_are_four_rules),
		T(a_refused_rule_changes_nothing),
		T(storms_are_counted_in_blocks_of_a_tenth_of_a_second),
		T(counts_are_given_once),
		T(each_count_is_its_own_register),
		T(counters_wrap_without_a_jump),
		T(a_reset_never_counts_backwards),
		T(a_removed_chip_counts_nothing),
		T(spoofing_is_told_by_pool_and_once),
	};

	return cmocka_run_group_tests_name("igbiov_pool", tests, NULL, NULL);
}
