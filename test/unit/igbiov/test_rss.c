/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) the igbiov authors
 */

/* igbiov_rss.c: what is hashed, and where a hash leads. */

#include <errno.h>
#include <string.h>

#include "port.h"

static struct igbiov_rss rss;

static int
set(struct chip *c, uint64_t types, uint8_t *key, uint8_t len)
{
	const struct rte_eth_rss_conf conf = { .rss_hf = types,
					       .rss_key = key,
					       .rss_key_len = len };

	return igbiov_rss_set(&c->hw, &rss, &conf);
}

static int
setup(void **state)
{
	memset(&rss, 0, sizeof(rss));
	return chip_setup(state);
}

static uint8_t
reta_entry(const struct model *m, unsigned int i)
{
	return model_peek(m, REGN(RETA, i / 4)) >> (8 * (i % 4));
}

static void
each_type_has_its_bit(void **state)
{
	static const struct {
		uint64_t type;
		unsigned int bit;
	} rows[] = {
		{ RTE_ETH_RSS_NONFRAG_IPV4_TCP, 16 },
		{ RTE_ETH_RSS_IPV4, 17 },
		{ RTE_ETH_RSS_IPV6_TCP_EX, 18 },
		{ RTE_ETH_RSS_IPV6_EX, 19 },
		{ RTE_ETH_RSS_IPV6, 20 },
		{ RTE_ETH_RSS_NONFRAG_IPV6_TCP, 21 },
		{ RTE_ETH_RSS_NONFRAG_IPV4_UDP, 22 },
		{ RTE_ETH_RSS_NONFRAG_IPV6_UDP, 23 },
		{ RTE_ETH_RSS_IPV6_UDP_EX, 24 },
	};
	struct chip *c = *state;
	uint64_t all = 0;

	for (unsigned int i = 0; i < RTE_DIM(rows); i++) {
		all |= rows[i].type;
		assert_int_equal(set(c, rows[i].type, NULL, 0), 0);
		igbiov_rss_apply(&c->hw, &rss, 4);
		assert_int_equal(model_peek(c->m, REG(MRQC)), MRQC_RSS_16Q | 1u << rows[i].bit);
	}
	assert_int_equal(all, IGBIOV_RSS_TYPES);
}

static void
types_the_chip_lacks_are_refused_and_change_nothing(void **state)
{
	struct chip *c = *state;

	assert_int_equal(set(c, RTE_ETH_RSS_IPV4, NULL, 0), 0);
	assert_int_equal(set(c, RTE_ETH_RSS_IPV4 | RTE_ETH_RSS_NONFRAG_IPV4_SCTP, NULL, 0),
			 -ENOTSUP);
	assert_int_equal(rss.types, RTE_ETH_RSS_IPV4);
}

static void
no_types_switch_it_off(void **state)
{
	struct chip *c = *state;

	assert_int_equal(set(c, RTE_ETH_RSS_IPV4, NULL, 0), 0);
	igbiov_rss_apply(&c->hw, &rss, 4);
	assert_int_equal(set(c, 0, NULL, 0), 0);
	igbiov_rss_apply(&c->hw, &rss, 4);
	assert_int_equal(model_peek(c->m, REG(MRQC)), 0);
}

static void
the_key_reaches_the_chip_octet_by_octet(void **state)
{
	struct chip *c = *state;
	uint8_t key[IGBIOV_RSS_KEY_LEN];

	for (unsigned int i = 0; i < sizeof(key); i++)
		key[i] = 0x80 + i;
	assert_int_equal(set(c, RTE_ETH_RSS_IPV4, key, sizeof(key)), 0);
	igbiov_rss_apply(&c->hw, &rss, 4);
	for (unsigned int i = 0; i < sizeof(key); i++)
		assert_int_equal((uint8_t)(model_peek(c->m, REGN(RSSRK, i / 4)) >> 8 * (i % 4)),
				 key[i]);
	/* Kept when only the types change. */
	assert_int_equal(set(c, RTE_ETH_RSS_IPV6, NULL, 0), 0);
	assert_memory_equal(rss.key, key, sizeof(key));
}

static void
a_key_of_another_length_is_refused(void **state)
{
	struct chip *c = *state;
	uint8_t key[52] = { 1 };

	assert_int_equal(set(c, RTE_ETH_RSS_IPV4, key, 39), -EINVAL);
	assert_int_equal(set(c, RTE_ETH_RSS_IPV4, key, 52), -EINVAL);
}

static void
the_table_spreads_evenly_unless_the_application_set_it(void **state)
{
	struct chip *c = *state;

	assert_int_equal(set(c, RTE_ETH_RSS_IPV4, NULL, 0), 0);
	for (uint16_t nb = 1; nb <= 16; nb++) {
		igbiov_rss_apply(&c->hw, &rss, nb);
		for (unsigned int i = 0; i < IGBIOV_RETA_SIZE; i++)
			assert_int_equal(reta_entry(c->m, i), i % nb);
	}
	memset(rss.reta, 3, sizeof(rss.reta));
	rss.reta[5] = 1;
	rss.reta_set = true;
	igbiov_rss_apply(&c->hw, &rss, 4);
	for (unsigned int i = 0; i < IGBIOV_RETA_SIZE; i++)
		assert_int_equal(reta_entry(c->m, i), i == 5 ? 1 : 3);
}

#define T(f) cmocka_unit_test_setup_teardown(f, setup, chip_teardown)

int
main(void)
{
	const struct CMUnitTest tests[] = {
		T(each_type_has_its_bit),
		T(types_the_chip_lacks_are_refused_and_change_nothing),
		T(no_types_switch_it_off),
		T(the_key_reaches_the_chip_octet_by_octet),
		T(a_key_of_another_length_is_refused),
		T(the_table_spreads_evenly_unless_the_application_set_it),
	};

	return cmocka_run_group_tests_name("igbiov_rss", tests, NULL, NULL);
}
