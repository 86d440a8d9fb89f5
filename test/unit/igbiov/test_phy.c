/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) the igbiov authors
 */

/* igbiov_phy.c: what is offered to the partner, and what STATUS means. */

#include <errno.h>

#include "igbiov_phy.h"
#include "port.h"

static int
teardown(void **state)
{
	struct chip *c = *state;
	uint32_t held = model_peek(c->m, REG(SW_FW_SYNC));

	chip_teardown(state);
	assert_int_equal(held, 0);
	return 0;
}

static void
all_speeds_are_offered_by_default(void **state)
{
	struct chip *c = *state;

	assert_int_equal(igbiov_phy_link_setup(&c->hw, RTE_ETH_LINK_SPEED_AUTONEG), 0);
	assert_int_equal(c->m->phy[PHY_ANAR] & ANAR_SPEEDS, ANAR_SPEEDS);
	assert_int_equal(c->m->phy[PHY_GBCR] & (GBCR_1000_FULL | GBCR_1000_HALF), GBCR_1000_FULL);
	assert_true(model_peek(c->m, REG(CTRL)) & CTRL_SLU);
	assert_false(model_peek(c->m, REG(CTRL)) & (CTRL_FRCSPD | CTRL_FRCDPX));
	assert_true(model_peek(c->m, REG(STATUS)) & STATUS_LU);
}

static void
only_the_speeds_asked_for_are_offered(void **state)
{
	static const struct {
		uint32_t speeds;
		uint16_t anar, gbcr;
	} rows[] = {
		{ RTE_ETH_LINK_SPEED_10M_HD, ANAR_10_HALF, 0 },
		{ RTE_ETH_LINK_SPEED_10M, ANAR_10_FULL, 0 },
		{ RTE_ETH_LINK_SPEED_100M_HD, ANAR_100_HALF, 0 },
		{ RTE_ETH_LINK_SPEED_100M, ANAR_100_FULL, 0 },
		{ RTE_ETH_LINK_SPEED_1G, 0, GBCR_1000_FULL },
		{ RTE_ETH_LINK_SPEED_1G | RTE_ETH_LINK_SPEED_100M, ANAR_100_FULL, GBCR_1000_FULL },
	};
	struct chip *c = *state;

	for (unsigned int i = 0; i < RTE_DIM(rows); i++) {
		assert_int_equal(igbiov_phy_link_setup(&c->hw, rows[i].speeds), 0);
		assert_int_equal(c->m->phy[PHY_ANAR] & ANAR_SPEEDS, rows[i].anar);
		assert_int_equal(c->m->phy[PHY_GBCR] & (GBCR_1000_FULL | GBCR_1000_HALF),
				 rows[i].gbcr);
		assert_true(c->m->phy[PHY_BMCR] & BMCR_AN_ENABLE);
	}
}

static void
fixed_and_foreign_speeds_are_refused_before_the_phy_is_touched(void **state)
{
	struct chip *c = *state;

	assert_int_equal(
		igbiov_phy_link_setup(&c->hw, RTE_ETH_LINK_SPEED_FIXED | RTE_ETH_LINK_SPEED_1G),
		-ENOTSUP);
	assert_int_equal(igbiov_phy_link_setup(&c->hw, RTE_ETH_LINK_SPEED_10G), -ENOTSUP);
	assert_int_equal(c->m->writes, 0);
}

static void
a_phy_that_errs_is_an_error(void **state)
{
	struct chip *c = *state;

	c->m->phy_mode = MODEL_PHY_ERROR;
	assert_int_equal(igbiov_phy_link_setup(&c->hw, 0), -EIO);
	assert_int_equal(igbiov_phy_power(&c->hw, true), -EIO);
}

static void
a_phy_that_never_answers_is_not_waited_for_long(void **state)
{
	struct chip *c = *state;

	c->m->phy_mode = MODEL_PHY_MUTE;
	model_bound(c->m, 100000);
	assert_int_equal(igbiov_phy_link_setup(&c->hw, 0), -ETIMEDOUT);
}

static void
firmware_that_holds_the_phy_is_respected(void **state)
{
	struct chip *c = *state;

	model_poke(c->m, REG(SW_FW_SYNC), SW_FW_PHY(0) << SW_FW_FW_SHIFT);
	assert_int_equal(igbiov_phy_link_setup(&c->hw, 0), -EBUSY);
	assert_int_equal(c->m->writes_of[REG(MDIC) / 4], 0);
	model_poke(c->m, REG(SW_FW_SYNC), 0);
}

static void
power_goes_down_and_up_again(void **state)
{
	struct chip *c = *state;

	assert_int_equal(igbiov_phy_power(&c->hw, true), 0);
	assert_true(model_peek(c->m, REG(STATUS)) & STATUS_LU);
	assert_int_equal(igbiov_phy_power(&c->hw, false), 0);
	assert_true(c->m->phy[PHY_BMCR] & BMCR_POWER_DOWN);
	assert_false(model_peek(c->m, REG(STATUS)) & STATUS_LU);
	assert_int_equal(igbiov_phy_power(&c->hw, true), 0);
	assert_false(c->m->phy[PHY_BMCR] & BMCR_POWER_DOWN);
	assert_true(model_peek(c->m, REG(STATUS)) & STATUS_LU);
}

static void
serdes_has_one_speed_and_no_phy(void **state)
{
	struct chip *c = *state;

	model_poke(c->m, REG(CTRL_EXT), (uint32_t)LINK_MODE_SERDES << 22);
	assert_int_equal(igbiov_phy_speed_capa(&c->hw), RTE_ETH_LINK_SPEED_1G);
	assert_int_equal(igbiov_phy_link_setup(&c->hw, RTE_ETH_LINK_SPEED_100M), -ENOTSUP);
	assert_int_equal(igbiov_phy_link_setup(&c->hw, 0), 0);
	assert_int_equal(c->m->writes_of[REG(MDIC) / 4], 0);
	assert_true(model_peek(c->m, REG(PCS_LCTL)) & PCS_LCTL_AN_RESTART);
}

static void
status_is_decoded(void **state)
{
	static const uint32_t speeds[] = { RTE_ETH_SPEED_NUM_10M, RTE_ETH_SPEED_NUM_100M,
					   RTE_ETH_SPEED_NUM_1G, RTE_ETH_SPEED_NUM_1G };
	struct rte_eth_link link;

	(void)state;
	for (uint32_t s = 0; s < RTE_DIM(speeds); s++) {
		link = igbiov_link_decode(STATUS_LU | STATUS_FD | s << 6);
		assert_int_equal(link.link_status, RTE_ETH_LINK_UP);
		assert_int_equal(link.link_speed, speeds[s]);
		assert_int_equal(link.link_duplex, RTE_ETH_LINK_FULL_DUPLEX);
		link = igbiov_link_decode(STATUS_LU | s << 6);
		assert_int_equal(link.link_duplex, RTE_ETH_LINK_HALF_DUPLEX);
		/* What a chip says of speed without a link is left over. */
		link = igbiov_link_decode(STATUS_FD | s << 6);
		assert_int_equal(link.link_status, RTE_ETH_LINK_DOWN);
		assert_int_equal(link.link_speed, RTE_ETH_SPEED_NUM_NONE);
	}
}

static void
a_removed_function_has_no_link(void **state)
{
	(void)state;
	assert_int_equal(igbiov_link_decode(UINT32_MAX).link_status, RTE_ETH_LINK_DOWN);
}

#define T(f) cmocka_unit_test_setup_teardown(f, chip_setup, teardown)

int
main(void)
{
	const struct CMUnitTest tests[] = {
		T(all_speeds_are_offered_by_default),
		T(only_the_speeds_asked_for_are_offered),
		T(fixed_and_foreign_speeds_are_refused_before_the_phy_is_touched),
		T(a_phy_that_errs_is_an_error),
		T(a_phy_that_never_answers_is_not_waited_for_long),
		T(firmware_that_holds_the_phy_is_respected),
		T(power_goes_down_and_up_again),
		T(serdes_has_one_speed_and_no_phy),
		T(status_is_decoded),
		T(a_removed_function_has_no_link),
	};

	return cmocka_run_group_tests_name("igbiov_phy", tests, NULL, NULL);
}
