/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) the igbiov authors
 */

/* How often a VF is served, and when it has done too much that it may not. */

#include "fake.h"

#define SECOND VFCTL_NS_PER_S
#define START  (UINT64_C(1000) * SECOND)

static struct vfctl_budget budget;
static struct vfctl_settings settings;

static int
setup(void **state)
{
	(void)state;
	budget = (struct vfctl_budget){ 0 };
	settings = (struct vfctl_settings){ .budget = 50, .burst = 8, .quarantine_after = 10 };
	return 0;
}

static unsigned int
take_all(uint64_t now_ns)
{
	unsigned int nb = 0;

	while (nb < 2000000 && vfctl_budget_take(&budget, &settings, now_ns))
		nb++;
	return nb;
}

/* --- messages --- */

static void
burst_is_served_at_once_and_no_more(void **state)
{
	(void)state;
	assert_int_equal(take_all(START), 8);
	assert_int_equal(take_all(START), 0);
}

static void
message_comes_back_after_its_share_of_a_second(void **state)
{
	(void)state;
	take_all(START);
	assert_int_equal(vfctl_budget_next_ns(&budget, &settings), START + SECOND / 50);
	assert_int_equal(take_all(START + SECOND / 50 - 1), 0);
	assert_int_equal(take_all(START + SECOND / 50), 1);
	assert_int_equal(take_all(START + SECOND / 50 * 6), 5);
}

static void
long_silence_saves_no_more_than_a_burst(void **state)
{
	(void)state;
	take_all(START);
	assert_int_equal(take_all(START + 3600 * SECOND), 8);
}

static void
what_was_not_served_costs_nothing(void **state)
{
	unsigned int i;

	(void)state;
	take_all(START);
	for (i = 0; i < 1000; i++)
		assert_false(vfctl_budget_take(&budget, &settings, START));
	assert_int_equal(take_all(START + SECOND / 50), 1);
}

static void
rate_holds_over_a_long_time(void **state)
{
	unsigned int ms, nb = take_all(START) - 8;

	(void)state;
	for (ms = 1; ms <= 100000; ms++)
		nb += take_all(START + ms * VFCTL_NS_PER_MS);
	assert_int_equal(nb, 50 * 100);
}

/* The extremes that an operator may set, and 0, which can't come through the checks. */
static void
extreme_budgets_neither_wrap_nor_divide_by_nothing(void **state)
{
	(void)state;
	settings.budget = 1;
	settings.burst = 1000000;
	assert_int_equal(take_all(START), 1000000);
	assert_int_equal(take_all(START), 0);
	assert_int_equal(vfctl_budget_next_ns(&budget, &settings), START + SECOND);
	setup(NULL);
	settings.budget = 1000000;
	settings.burst = 1;
	assert_int_equal(take_all(START), 1);
	assert_int_equal(take_all(START + 999), 0);
	assert_int_equal(take_all(START + 1000), 1);
	setup(NULL);
	settings.budget = settings.burst = 0;
	assert_int_equal(take_all(START), 1);
	assert_int_equal(take_all(START + SECOND), 1);
}

static void
fresh_vf_may_speak_at_once(void **state)
{
	(void)state;
	assert_int_equal(vfctl_budget_next_ns(&budget, &settings), 0);
	/* the clock may be young */
	assert_int_equal(take_all(0), 8);
}

/* --- violations --- */

static bool
violate(unsigned int nb, uint64_t now_ns)
{
	bool into = false;

	while (nb-- > 0)
		into |= vfctl_budget_violation(&budget, &settings, now_ns);
	return into;
}

static void
quarantine_comes_with_the_last_violation_and_once(void **state)
{
	(void)state;
	assert_false(violate(9, START));
	assert_false(budget.quarantined);
	assert_true(violate(1, START));
	assert_true(budget.quarantined);
	assert_false(violate(100, START));
	assert_true(budget.quarantined);
}

static void
one_violation_a_second_is_forgotten(void **state)
{
	(void)state;
	violate(5, START);
	assert_int_equal(vfctl_budget_violations(&budget, START), 5);
	assert_int_equal(vfctl_budget_violations(&budget, START + SECOND - 1), 5);
	assert_int_equal(vfctl_budget_violations(&budget, START + SECOND), 4);
	assert_int_equal(vfctl_budget_violations(&budget, START + 5 * SECOND), 0);
	assert_int_equal(vfctl_budget_violations(&budget, START + 500 * SECOND), 0);
	/* looking changes nothing */
	assert_int_equal(vfctl_budget_violations(&budget, START), 5);
}

static void
honest_mistake_now_and_then_never_adds_up(void **state)
{
	unsigned int s;

	(void)state;
	for (s = 0; s < 10000; s++)
		assert_false(violate(1, START + s * SECOND));
}

/* More often than whole seconds: what is left of one counts on. */
static void
trickle_of_violations_is_forgiven_at_the_same_rate(void **state)
{
	unsigned int i;

	(void)state;
	settings.quarantine_after = 1000;
	for (i = 0; i < 100; i++)
		violate(1, START + i * (SECOND / 2));
	/* 100 in 49.5 s */
	assert_in_range(vfctl_budget_violations(&budget, START + 99 * (SECOND / 2)), 50, 52);
}

static void
two_a_second_reach_quarantine(void **state)
{
	unsigned int i;
	bool into = false;

	(void)state;
	for (i = 0; i < 40 && !into; i++)
		into = violate(1, START + i * (SECOND / 2));
	assert_true(into);
	assert_in_range(i, 18, 21);
}

static void
without_a_limit_there_is_no_quarantine(void **state)
{
	(void)state;
	settings.quarantine_after = 0;
	assert_false(violate(100000, START));
	assert_false(budget.quarantined);
	assert_int_equal(vfctl_budget_violations(&budget, START), 100000);
}

static void
release_leaves_nothing_to_its_name(void **state)
{
	(void)state;
	take_all(START);
	violate(10, START);
	vfctl_budget_release(&budget);
	assert_false(budget.quarantined);
	assert_int_equal(vfctl_budget_violations(&budget, START), 0);
	assert_int_equal(take_all(START), 8);
	assert_false(violate(9, START));
	assert_true(violate(1, START));
}

#define TEST(fn) cmocka_unit_test_setup(fn, setup)

int
main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(burst_is_served_at_once_and_no_more),
		TEST(message_comes_back_after_its_share_of_a_second),
		TEST(long_silence_saves_no_more_than_a_burst),
		TEST(what_was_not_served_costs_nothing),
		TEST(rate_holds_over_a_long_time),
		TEST(extreme_budgets_neither_wrap_nor_divide_by_nothing),
		TEST(fresh_vf_may_speak_at_once),
		TEST(quarantine_comes_with_the_last_violation_and_once),
		TEST(one_violation_a_second_is_forgotten),
		TEST(honest_mistake_now_and_then_never_adds_up),
		TEST(trickle_of_violations_is_forgiven_at_the_same_rate),
		TEST(two_a_second_reach_quarantine),
		TEST(without_a_limit_there_is_no_quarantine),
		TEST(release_leaves_nothing_to_its_name),
	};

	return cmocka_run_group_tests_name("vfctl_budget", tests, NULL, NULL);
}
