/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) the igbiov authors
 */

/* igbiov_hw.c: reset, NVM, semaphores; each on a chip that behaves, one that doesn't, and none. */

#include <errno.h>
#include <string.h>

#include "port.h"

#define SECOND 1000000u

static bool
nobody_holds_a_semaphore(const struct model *m)
{
	return (model_peek(m, REG(SWSM)) & (SWSM_SMBI | SWSM_SWESMBI)) == 0 &&
	       (model_peek(m, REG(SW_FW_SYNC)) & 0xFFFF) == 0;
}

/* --- the table --- */

static void
ids_find_their_chip(void **state)
{
	(void)state;
	assert_false(igbiov_chip_find(0x10C9)->is_vf);
	assert_true(igbiov_chip_find(0x10CA)->is_vf);
	assert_null(igbiov_chip_find(0x1521));
	assert_null(igbiov_chip_find(0));
}

/* --- reset --- */

static void
dma_and_interrupts_rest_before_the_reset(void **state)
{
	struct chip *c = *state;

	model_poke(c->m, REG(RCTL), RCTL_RXEN);
	model_poke(c->m, REG(TCTL), TCTL_EN);
	model_poke(c->m, REG(IMS), ICR_LSC);
	model_poke(c->m, REG(EIMS), 1);
	assert_int_equal(igbiov_hw_reset(&c->hw), 0);
	assert_int_equal(c->m->nb_resets, 1);
	assert_true(c->m->at_reset.masked);
	assert_true(c->m->at_reset.rx_off);
	assert_true(c->m->at_reset.tx_off);
	assert_true(c->m->at_reset.dma_off);
}

static void
a_reset_leaves_everything_masked_and_no_cause(void **state)
{
	struct chip *c = *state;

	model_poke(c->m, REG(ICR), ICR_LSC);
	assert_int_equal(igbiov_hw_reset(&c->hw), 0);
	assert_int_equal(model_peek(c->m, REG(IMS)), 0);
	assert_int_equal(model_peek(c->m, REG(EIMS)), 0);
	assert_int_equal(model_peek(c->m, REG(ICR)), 0);
	assert_true(model_peek(c->m, REG(CTRL_EXT)) & CTRL_EXT_DRV_LOAD);
	/* VFs aren't let in by a reset alone. */
	assert_false(model_peek(c->m, REG(CTRL_EXT)) & CTRL_EXT_PFRSTD);
}

static void
dma_that_never_stops_delays_the_reset_but_does_not_prevent_it(void **state)
{
	struct chip *c = *state;

	model_stick(c->m, MODEL_PF, REG(STATUS), STATUS_GIO_MASTER_EN, STATUS_GIO_MASTER_EN);
	assert_int_equal(igbiov_hw_reset(&c->hw), 0);
	assert_int_equal(c->m->nb_resets, 1);
}

static void
stay_in_reset(struct model *m, unsigned int fn, uint32_t reg, uint32_t value)
{
	if (fn == MODEL_PF && reg == REG(CTRL) && (value & CTRL_RST))
		model_stick(m, fn, reg, CTRL_RST, CTRL_RST);
}

static void
a_reset_that_never_ends_is_an_error(void **state)
{
	struct chip *c = *state;

	c->m->on_write = stay_in_reset;
	assert_int_equal(igbiov_hw_reset(&c->hw), -ETIMEDOUT);
}

/* QEMU's model, and a blank NVM. */
static void
a_load_that_never_ends_is_not_waited_for_long(void **state)
{
	struct chip *c = *state;

	model_stick(c->m, MODEL_PF, REG(EECD), EECD_AUTO_RD, 0);
	model_bound(c->m, 100000);
	assert_int_equal(igbiov_hw_reset(&c->hw), 0);
}

/* Unplugged at any moment: each access in turn is the first that fails. */
static void
removal_at_any_access_ends_the_reset(void **state)
{
	struct chip *c = *state;
	unsigned int after;

	for (after = 1; after < 60; after++) {
		int ret;

		c->m->removed = false;
		c->m->removed_after = after;
		model_bound(c->m, SECOND / 4);
		ret = igbiov_hw_reset(&c->hw);
		if (ret == 0)
			break;
		assert_int_equal(ret, -ENODEV);
		assert_true(igbiov_hw_removed(&c->hw));
	}
	/* The last few accesses aren't looked at any more. */
	assert_in_range(after, 8, 59);
}

static void
removal_is_told_from_a_register_full_of_ones(void **state)
{
	struct chip *c = *state;

	model_stick(c->m, MODEL_PF, REG(EECD), UINT32_MAX, UINT32_MAX);
	assert_false(igbiov_hw_removed(&c->hw));
	assert_int_equal(igbiov_hw_wait(&c->hw, REG(EECD), 1, 1, 100), 0);
	assert_int_equal(igbiov_hw_wait(&c->hw, REG(EECD), 1, 0, 100), -ETIMEDOUT);
	c->m->removed = true;
	assert_int_equal(igbiov_hw_wait(&c->hw, REG(EECD), 1, 1, 100), -ENODEV);
}

static void
a_wait_takes_as_long_as_it_says(void **state)
{
	struct chip *c = *state;
	uint64_t start = c->m->now_us;

	assert_int_equal(igbiov_hw_wait(&c->hw, REG(CTRL), CTRL_RST, CTRL_RST, 5000), -ETIMEDOUT);
	assert_in_range(c->m->now_us - start, 5000, 7000);
}

/* --- NVM --- */

static void
address_comes_from_the_nvm(void **state)
{
	static const struct rte_ether_addr want = { { 0x00, 0x1b, 0x21, 0x00, 0x34, 0x56 } };
	struct chip *c = *state;

	assert_int_equal(igbiov_hw_nvm_load(&c->hw), 0);
	assert_memory_equal(&c->hw.perm_addr, &want, sizeof(want));
	assert_true(nobody_holds_a_semaphore(c->m));
}

static void
a_wrong_checksum_is_refused(void **state)
{
	struct chip *c = *state;

	for (unsigned int word = 0; word < MODEL_NVM_WORDS; word++) {
		c->m->nvm[word] ^= 0x100;
		model_bound(c->m, 2 * SECOND);
		assert_int_equal(igbiov_hw_nvm_load(&c->hw), -EIO);
		c->m->nvm[word] ^= 0x100;
	}
	assert_int_equal(igbiov_hw_nvm_load(&c->hw), 0);
}

static void
an_nvm_without_a_valid_address_is_refused(void **state)
{
	static const uint16_t bad[][3] = {
		{ 0, 0, 0 },
		{ 0xFFFF, 0xFFFF, 0xFFFF },
		{ 0x0001, 0x0000, 0x0100 }, /* group address 01:00:00:00:00:01 */
	};
	struct chip *c = *state;

	for (unsigned int i = 0; i < RTE_DIM(bad); i++) {
		memcpy(c->m->nvm, bad[i], sizeof(bad[i]));
		model_nvm_checksum(c->m);
		model_power_on(c->m);
		assert_int_equal(igbiov_hw_nvm_load(&c->hw), -EADDRNOTAVAIL);
	}
}

static void
words_are_read_one_by_one(void **state)
{
	struct chip *c = *state;
	uint16_t value;

	for (uint16_t word = 0; word < MODEL_NVM_WORDS; word++) {
		assert_int_equal(igbiov_hw_nvm_read(&c->hw, word, &value), 0);
		assert_int_equal(value, c->m->nvm[word]);
	}
	assert_true(nobody_holds_a_semaphore(c->m));
}

static void
an_nvm_that_never_answers_times_out_and_frees_its_semaphore(void **state)
{
	struct chip *c = *state;
	uint16_t value;

	model_stick(c->m, MODEL_PF, REG(EERD), EERD_DONE, 0);
	assert_int_equal(igbiov_hw_nvm_read(&c->hw, 0, &value), -ETIMEDOUT);
	assert_true(nobody_holds_a_semaphore(c->m));
	assert_int_equal(igbiov_hw_nvm_load(&c->hw), -ETIMEDOUT);
	assert_true(nobody_holds_a_semaphore(c->m));
}

static void
a_removed_nvm_is_told(void **state)
{
	struct chip *c = *state;

	c->m->removed = true;
	assert_true(igbiov_hw_nvm_load(&c->hw) < 0);
}

/* --- semaphores --- */

static void
a_semaphore_is_taken_and_given(void **state)
{
	struct chip *c = *state;

	assert_int_equal(igbiov_hw_semaphore_take(&c->hw, SW_FW_PHY(0)), 0);
	assert_int_equal(model_peek(c->m, REG(SW_FW_SYNC)), SW_FW_PHY(0));
	assert_int_equal(model_peek(c->m, REG(SWSM)) & (SWSM_SMBI | SWSM_SWESMBI), 0);
	igbiov_hw_semaphore_give(&c->hw, SW_FW_PHY(0));
	assert_true(nobody_holds_a_semaphore(c->m));
}

static void
giving_one_keeps_the_others(void **state)
{
	struct chip *c = *state;

	assert_int_equal(igbiov_hw_semaphore_take(&c->hw, SW_FW_PHY(0)), 0);
	assert_int_equal(igbiov_hw_semaphore_take(&c->hw, SW_FW_EEP), 0);
	igbiov_hw_semaphore_give(&c->hw, SW_FW_PHY(0));
	assert_int_equal(model_peek(c->m, REG(SW_FW_SYNC)), SW_FW_EEP);
	igbiov_hw_semaphore_give(&c->hw, SW_FW_EEP);
}

/* kill -9 between take and give. */
static void
smbi_left_by_a_killed_driver_is_recovered(void **state)
{
	struct chip *c = *state;

	model_poke(c->m, REG(SWSM), SWSM_SMBI);
	assert_int_equal(igbiov_hw_semaphore_take(&c->hw, SW_FW_EEP), 0);
	igbiov_hw_semaphore_give(&c->hw, SW_FW_EEP);
	assert_true(nobody_holds_a_semaphore(c->m));
}

static void
sync_left_by_a_killed_driver_does_not_stop_the_next_for_good(void **state)
{
	struct chip *c = *state;
	uint16_t value;

	model_poke(c->m, REG(SW_FW_SYNC), SW_FW_EEP);
	/* A chip reset precedes the NVM's first read. */
	assert_int_equal(igbiov_hw_reset(&c->hw), 0);
	assert_int_equal(igbiov_hw_nvm_read(&c->hw, 0, &value), 0);
}

static void
what_firmware_holds_is_left_to_it(void **state)
{
	struct chip *c = *state;

	model_poke(c->m, REG(SW_FW_SYNC), SW_FW_EEP << SW_FW_FW_SHIFT);
	assert_int_equal(igbiov_hw_semaphore_take(&c->hw, SW_FW_EEP), -EBUSY);
	assert_int_equal(model_peek(c->m, REG(SW_FW_SYNC)), SW_FW_EEP << SW_FW_FW_SHIFT);
	assert_int_equal(model_peek(c->m, REG(SWSM)) & (SWSM_SMBI | SWSM_SWESMBI), 0);
	/* Another resource isn't in the way. */
	assert_int_equal(igbiov_hw_semaphore_take(&c->hw, SW_FW_PHY(0)), 0);
}

static void
firmware_that_holds_swsm_ends_in_an_error_without_a_leak(void **state)
{
	struct chip *c = *state;

	c->m->fw_holds_swesmbi = true;
	assert_int_equal(igbiov_hw_semaphore_take(&c->hw, SW_FW_EEP), -EBUSY);
	assert_int_equal(model_peek(c->m, REG(SWSM)) & SWSM_SMBI, 0);
}

static void
smbi_stuck_for_good_ends_in_an_error(void **state)
{
	struct chip *c = *state;

	model_stick(c->m, MODEL_PF, REG(SWSM), SWSM_SMBI, SWSM_SMBI);
	assert_int_equal(igbiov_hw_semaphore_take(&c->hw, SW_FW_EEP), -EBUSY);
}

#define T(f) cmocka_unit_test_setup_teardown(f, chip_setup, chip_teardown)

int
main(void)
{
	const struct CMUnitTest tests[] = {
		T(ids_find_their_chip),
		T(dma_and_interrupts_rest_before_the_reset),
		T(a_reset_leaves_everything_masked_and_no_cause),
		T(dma_that_never_stops_delays_the_reset_but_does_not_prevent_it),
		T(a_reset_that_never_ends_is_an_error),
		T(a_load_that_never_ends_is_not_waited_for_long),
		T(removal_at_any_access_ends_the_reset),
		T(removal_is_told_from_a_register_full_of_ones),
		T(a_wait_takes_as_long_as_it_says),
		T(address_comes_from_the_nvm),
		T(a_wrong_checksum_is_refused),
		T(an_nvm_without_a_valid_address_is_refused),
		T(words_are_read_one_by_one),
		T(an_nvm_that_never_answers_times_out_and_frees_its_semaphore),
		T(a_removed_nvm_is_told),
		T(a_semaphore_is_taken_and_given),
		T(giving_one_keeps_the_others),
		T(smbi_left_by_a_killed_driver_is_recovered),
		T(sync_left_by_a_killed_driver_does_not_stop_the_next_for_good),
		T(what_firmware_holds_is_left_to_it),
		T(firmware_that_holds_swsm_ends_in_an_error_without_a_leak),
		T(smbi_stuck_for_good_ends_in_an_error),
	};

	return cmocka_run_group_tests_name("igbiov_hw", tests, NULL, NULL);
}
