/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) the igbiov authors
 */

/* VFs that send too much, reset too often, or keep asking for what they may not have. */

#include <errno.h>
#include <string.h>

#include "fake.h"

#define BAD  1 /* the hostile VF */
#define GOOD 2

static struct fake fake;

static const struct vfctl_request nonsense = { .type = VFCTL_REQ_NONSENSE };
static const struct vfctl_request reset = { .type = VFCTL_REQ_RESET };
static const struct vfctl_request vlan_zero = { .type = VFCTL_REQ_VLAN, .vlan = { 0, true } };

static int
setup(void **state)
{
	(void)state;
	fake_init(&fake);
	fake_start(&fake);
	fake_ask_reset(&fake, BAD);
	fake_ask_reset(&fake, GOOD);
	fake.now_ns += 100 * VFCTL_NS_PER_S;
	return 0;
}

static int
teardown(void **state)
{
	(void)state;
	fake_stop(&fake);
	return 0;
}

static void
set_limits(uint16_t vf_id, uint32_t budget, uint32_t burst, uint32_t quarantine_after)
{
	const struct vfctl_settings settings = { .budget = budget,
						 .burst = burst,
						 .quarantine_after = quarantine_after };

	assert_int_equal(vfctl_vf_set(FAKE_PORT_ID, vf_id,
				      VFCTL_FIELD(VFCTL_F_BUDGET) | VFCTL_FIELD(VFCTL_F_BURST) |
					      VFCTL_FIELD(VFCTL_F_QUARANTINE_AFTER),
				      &settings, NULL, 0),
			 0);
}

static struct vfctl_vf_stats
stats_of(uint16_t vf_id)
{
	struct vfctl_vf_stats stats;

	assert_int_equal(vfctl_vf_stats_get(FAKE_PORT_ID, vf_id, &stats), 0);
	return stats;
}

static struct vfctl_vf_info
info_of(uint16_t vf_id)
{
	struct vfctl_vf_info info;

	assert_int_equal(vfctl_vf_info(FAKE_PORT_ID, vf_id, &info), 0);
	return info;
}

static bool
hears(uint16_t vf_id)
{
	return fake.listening & RTE_BIT64(vf_id);
}

/* Turns without time between them, until nobody is served at once. */
static unsigned int
turns(void)
{
	unsigned int i, due = 0;

	for (i = 0; i < 100000; i++) {
		due = vfctl_serve_round(fake.port);
		if (due != 0)
			break;
	}
	return due;
}

/* One event of this type of the VF among those that are kept? */
static unsigned int
count_events(enum vfctl_event_type type, uint16_t vf_id)
{
	struct vfctl_event events[VFCTL_EVENTS];
	unsigned int i, found = 0, nb = VFCTL_EVENTS;

	assert_int_equal(vfctl_events_get(FAKE_PORT_ID, 0, events, &nb), 0);
	for (i = 0; i < nb; i++)
		found += events[i].type == type && events[i].vf_id == vf_id;
	return found;
}

/* --- messages --- */

static void
attack_message_flood_is_served_a_burst_then_muted(void **state)
{
	unsigned int before = fake.vf[BAD].nb_answers;
	unsigned int due;

	(void)state;
	fake.vf[BAD].floods = true;
	fake_send(&fake, BAD, &nonsense);
	due = turns();
	assert_int_equal(fake.vf[BAD].nb_answers - before, 128);
	assert_false(hears(BAD));
	assert_true(hears(GOOD));
	/* back when one message is paid for: 1 / 50 s */
	assert_int_equal(due, 20);
	assert_int_equal(stats_of(BAD).over_budget, 1);
	/* told twice, punished once */
	turns();
	assert_int_equal(stats_of(BAD).over_budget, 1);
}

static void
flooder_is_heard_again_as_soon_as_it_can_pay(void **state)
{
	unsigned int before;

	(void)state;
	fake.vf[BAD].floods = true;
	fake_send(&fake, BAD, &nonsense);
	turns();
	fake.vf[BAD].floods = false;
	before = fake.vf[BAD].nb_answers;
	fake.now_ns += 20 * VFCTL_NS_PER_MS - 1;
	turns();
	assert_int_equal(fake.vf[BAD].nb_answers, before);
	assert_false(hears(BAD));
	fake.now_ns++;
	turns();
	assert_int_equal(fake.vf[BAD].nb_answers, before + 1);
	assert_true(hears(BAD));
}

static void
attack_flood_delays_the_flooder_only(void **state)
{
	unsigned int i;

	(void)state;
	for (i = 0; i < FAKE_VFS; i++) {
		if (i == GOOD)
			continue;
		fake.vf[i].floods = true;
		fake_send(&fake, (uint16_t)i, &nonsense);
	}
	turns();
	for (i = 0; i < 100; i++) {
		/* no time passes: only GOOD's own budget counts */
		fake_send(&fake, GOOD, &vlan_zero);
		vfctl_serve_round(fake.port);
		assert_int_equal(fake.vf[GOOD].nb_answers, i + 2);
	}
	assert_int_equal(stats_of(GOOD).over_budget, 0);
	assert_true(hears(GOOD));
}

/* A driver's start, a reset included, and a replay of a hundred VLANs. */
static void
honest_start_fits_into_the_burst(void **state)
{
	unsigned int i;

	(void)state;
	fake.resets = RTE_BIT64(GOOD);
	for (i = 0; i < 120; i++) {
		fake_send(&fake, GOOD, i == 0 ? &reset : &vlan_zero);
		vfctl_serve_round(fake.port);
		assert_int_equal(fake.vf[GOOD].nb_answers, i + 2);
	}
	assert_int_equal(stats_of(GOOD).over_budget, 0);
	assert_int_equal(info_of(GOOD).violations, 0);
}

static void
flood_costs_the_thread_no_more_than_the_budget(void **state)
{
	unsigned int i, before;

	(void)state;
	set_limits(BAD, 50, 128, 0);
	fake.vf[BAD].floods = true;
	fake_send(&fake, BAD, &nonsense);
	turns();
	before = fake.vf[BAD].nb_gets;
	for (i = 0; i < 10000; i++) {
		fake.now_ns += VFCTL_NS_PER_MS;
		vfctl_serve_round(fake.port);
	}
	assert_int_equal(fake.vf[BAD].nb_gets - before, 10 * 50);
}

/* Its doorbell rings on while it holds its mailbox: no message is read, but each ring costs a turn. */
static void
attack_doorbell_flood_behind_a_held_mailbox_is_muted(void **state)
{
	unsigned int i;

	(void)state;
	fake.vf[BAD].holds_mailbox = true;
	for (i = 0; i < 1000 && hears(BAD); i++) {
		fake_send(&fake, BAD, &nonsense);
		vfctl_serve_round(fake.port);
	}
	assert_in_range(i, VFCTL_BUSY_TRIES, 999);
	assert_true(hears(GOOD));
	/* an honest VF may hold it for a while */
	fake.vf[GOOD].holds_mailbox = true;
	for (i = 0; i < VFCTL_BUSY_TRIES; i++) {
		fake_send(&fake, GOOD, &vlan_zero);
		vfctl_serve_round(fake.port);
	}
	fake.vf[GOOD].holds_mailbox = false;
	turns();
	assert_int_equal(fake.vf[GOOD].nb_answers, 2);
	assert_int_equal(stats_of(GOOD).over_budget, 0);
}

/* Who was slow is not slow for ever when the operator gives it more. */
static void
new_budget_forgives_old_debts(void **state)
{
	unsigned int before;

	(void)state;
	set_limits(BAD, 1, 1000, 0);
	fake.vf[BAD].floods = true;
	fake_send(&fake, BAD, &vlan_zero);
	turns();
	fake.vf[BAD].floods = false;
	set_limits(BAD, 1000, 10, 0);
	before = fake.vf[BAD].nb_answers;
	turns();
	assert_int_equal(fake.vf[BAD].nb_answers, before + 1);
	assert_true(hears(BAD));
}

/* --- function resets --- */

static void
attack_flr_storm_is_paid_for(void **state)
{
	unsigned int i, before = fake.nb_ops[FAKE_DEFAULTS];

	(void)state;
	for (i = 0; i < 1000; i++) {
		fake.resets |= RTE_BIT64(BAD);
		vfctl_serve_round(fake.port);
	}
	assert_int_equal(fake.nb_ops[FAKE_DEFAULTS] - before, 128);
	assert_false(hears(BAD));
	assert_true(hears(GOOD));
	/* what waits is one reset, however many there were */
	fake.now_ns += 3 * VFCTL_NS_PER_S;
	turns();
	turns();
	assert_int_equal(fake.nb_ops[FAKE_DEFAULTS] - before, 129);
	assert_true(hears(BAD));
	fake_check(&fake);
}

/* Whoever has it next would send with what the last one held. */
static void
a_vf_whose_reset_waits_runs_by_no_change_of_settings(void **state)
{
	const struct vfctl_settings deaf = { .tx = true };

	(void)state;
	set_limits(BAD, 50, 1, 1000);
	fake_ask_reset(&fake, BAD);
	assert_true(fake.row[BAD].enabled);
	fake.row[BAD].enabled = false; /* by the chip */
	fake.resets |= RTE_BIT64(BAD);
	vfctl_serve_round(fake.port);
	assert_true(fake.port->resetting & RTE_BIT64(BAD));
	assert_int_equal(vfctl_vf_set(FAKE_PORT_ID, BAD, VFCTL_FIELD(VFCTL_F_RX), &deaf, NULL, 0),
			 0);
	assert_false(fake.row[BAD].enabled);

	/* The change came after the reset and before anyone had looked. */
	fake.now_ns += VFCTL_NS_PER_S;
	turns();
	fake.now_ns += VFCTL_NS_PER_S;
	fake_ask_reset(&fake, BAD);
	assert_true(fake.row[BAD].enabled);
	fake.resets |= RTE_BIT64(BAD);
	vfctl_serve_round(fake.port);
	assert_true(fake.port->resetting & RTE_BIT64(BAD));
	assert_false(fake.row[BAD].enabled);
	/* And comes back as it should. */
	fake.now_ns += VFCTL_NS_PER_S;
	turns();
	fake.now_ns += VFCTL_NS_PER_S;
	fake_ask_reset(&fake, BAD);
	assert_true(fake.row[BAD].enabled);
	fake_check(&fake);
}

/* While its reset waits, a message of the VF is the old tenant's, or can't be granted yet. */
static void
message_never_overtakes_a_reset_that_waits(void **state)
{
	unsigned int i, before;

	(void)state;
	for (i = 0; i < 200; i++) {
		fake.resets |= RTE_BIT64(BAD);
		vfctl_serve_round(fake.port);
	}
	before = fake.vf[BAD].nb_answers;
	fake_send(&fake, BAD, &reset);
	turns();
	assert_int_equal(fake.vf[BAD].nb_answers, before);
	fake.now_ns += VFCTL_NS_PER_S;
	turns();
	assert_int_equal(fake.vf[BAD].nb_answers, before + 1);
	assert_true(fake.row[BAD].enabled);
	turns();
	assert_true(fake.row[BAD].enabled);
}

/* --- quarantine --- */

static void
go_into_quarantine(void)
{
	unsigned int i;

	set_limits(BAD, 50, 128, 20);
	for (i = 0; i < 20; i++) {
		assert_false(info_of(BAD).quarantined);
		assert_int_equal(info_of(BAD).violations, i);
		fake_send(&fake, BAD, &nonsense);
		vfctl_serve_round(fake.port);
	}
	assert_true(info_of(BAD).quarantined);
}

static void
violations_lead_into_quarantine(void **state)
{
	unsigned int before;

	(void)state;
	go_into_quarantine();
	assert_false(hears(BAD));
	assert_true(hears(GOOD));
	assert_int_equal(stats_of(BAD).quarantines, 1);
	assert_int_equal(count_events(VFCTL_EVENT_QUARANTINE, BAD), 1);
	assert_int_equal(count_events(VFCTL_EVENT_QUARANTINE, GOOD), 0);
	before = fake.vf[BAD].nb_gets;
	fake_send(&fake, BAD, &reset);
	fake.now_ns += 1000 * VFCTL_NS_PER_S;
	assert_int_equal(turns(), 500);
	assert_int_equal(fake.vf[BAD].nb_gets, before);
	/* its queues run on: quarantine is for messages */
	assert_true(fake.row[BAD].enabled);
	fake_check(&fake);
}

static void
flood_leads_into_quarantine(void **state)
{
	unsigned int i;

	(void)state;
	set_limits(BAD, 50, 128, 100);
	fake.vf[BAD].floods = true;
	fake_send(&fake, BAD, &vlan_zero);
	for (i = 0; i < 10000 && !info_of(BAD).quarantined; i++) {
		fake.now_ns += VFCTL_NS_PER_MS;
		vfctl_serve_round(fake.port);
	}
	assert_true(info_of(BAD).quarantined);
	assert_in_range(i, 1500, 3000);
	assert_int_equal(stats_of(BAD).verdict[VFCTL_BAD_REQUEST], 0);
}

static void
release_lets_it_speak_again(void **state)
{
	unsigned int before;

	(void)state;
	go_into_quarantine();
	fake_send(&fake, BAD, &reset);
	turns();
	before = fake.vf[BAD].nb_answers;
	assert_int_equal(vfctl_vf_release(FAKE_PORT_ID, BAD), 0);
	assert_int_equal(vfctl_vf_release(FAKE_PORT_ID, BAD), 0);
	turns();
	/* what it sent meanwhile is not lost */
	assert_int_equal(fake.vf[BAD].nb_answers, before + 1);
	assert_int_equal(fake.vf[BAD].verdict, VFCTL_GRANTED);
	assert_true(hears(BAD));
	assert_false(info_of(BAD).quarantined);
	assert_int_equal(info_of(BAD).violations, 0);
	/* once: the second release had nothing to end */
	assert_int_equal(count_events(VFCTL_EVENT_RELEASE, BAD), 1);
	assert_int_equal(vfctl_vf_release(FAKE_PORT_ID, GOOD), 0);
	assert_int_equal(count_events(VFCTL_EVENT_RELEASE, GOOD), 0);
}

/* What the last tenant held must not wait for the operator. */
static void
reset_of_a_vf_in_quarantine_is_cleaned_up_all_the_same(void **state)
{
	(void)state;
	assert_int_equal(fake_ask_vlan(&fake, BAD, 100, true), VFCTL_GRANTED);
	go_into_quarantine();
	fake.now_ns += 10 * VFCTL_NS_PER_S;
	fake_flr(&fake, BAD);
	assert_int_equal(fake.row[BAD].nb_vlans, 0);
	assert_false(fake.row[BAD].enabled);
	assert_true(info_of(BAD).quarantined);
	assert_false(hears(BAD));
	fake_check(&fake);
}

static void
restart_does_not_end_a_quarantine(void **state)
{
	uint16_t i;

	(void)state;
	go_into_quarantine();
	vfctl_stop(fake.port);
	fake_wipe(&fake);
	fake.listening = UINT64_MAX; /* a driver's start may hear all */
	assert_int_equal(vfctl_start(fake.port), 0);
	assert_true(info_of(BAD).quarantined);
	assert_false(hears(BAD));
	assert_true(hears(GOOD));
	/* nor if there is nobody else */
	for (i = 0; i < FAKE_VFS; i++)
		fake.port->vf[i].budget.quarantined = true;
	vfctl_stop(fake.port);
	fake_wipe(&fake);
	fake.listening = UINT64_MAX;
	assert_int_equal(vfctl_start(fake.port), 0);
	assert_int_equal(fake.listening, 0);
}

static void
operators_change_settings_of_a_vf_in_quarantine(void **state)
{
	struct vfctl_settings settings = { .mac = fake_mac(33) };

	(void)state;
	go_into_quarantine();
	assert_int_equal(
		vfctl_vf_set(FAKE_PORT_ID, BAD, VFCTL_FIELD(VFCTL_F_MAC), &settings, NULL, 0), 0);
	assert_int_equal(fake_owner(&fake, &settings.mac), BAD);
	assert_false(fake.row[BAD].enabled);
	fake_check(&fake);
}

static void
what_is_not_the_vfs_fault_leads_nobody_into_quarantine(void **state)
{
	struct vfctl_settings off = { .state = VFCTL_LINK_OFF };
	unsigned int i;

	(void)state;
	set_limits(BAD, 50, 128, 5);
	fake.app = VFCTL_VETOED;
	for (i = 0; i < 20; i++)
		assert_int_equal(fake_ask_vlan(&fake, BAD, 100, true), VFCTL_VETOED);
	fake.app = VFCTL_GRANTED;
	fake.failing = RTE_BIT32(FAKE_VLAN);
	for (i = 0; i < 20; i++)
		assert_int_equal(fake_ask_vlan(&fake, BAD, 100, true), VFCTL_DRIVER_FAILED);
	fake.failing = 0;
	assert_int_equal(vfctl_vf_set(FAKE_PORT_ID, BAD, VFCTL_FIELD(VFCTL_F_STATE), &off, NULL, 0),
			 0);
	for (i = 0; i < 20; i++)
		assert_int_equal(fake_ask_reset(&fake, BAD), VFCTL_LINK_DENIED);
	assert_int_equal(info_of(BAD).violations, 0);
	assert_false(info_of(BAD).quarantined);
}

/* A VF whose message waits isn't forgotten when the port stops and starts. */
static void
nothing_is_left_of_a_storm_after_a_restart(void **state)
{
	unsigned int i, before;

	(void)state;
	for (i = 0; i < 200; i++) {
		fake.resets |= RTE_BIT64(BAD);
		vfctl_serve_round(fake.port);
	}
	vfctl_stop(fake.port);
	fake_wipe(&fake);
	assert_int_equal(vfctl_start(fake.port), 0);
	assert_int_equal(fake.port->resetting | fake.port->waiting, 0);
	turns();
	before = fake.vf[BAD].nb_answers;
	fake.now_ns += VFCTL_NS_PER_S;
	assert_int_equal(fake_ask_reset(&fake, BAD), VFCTL_GRANTED);
	assert_int_equal(fake.vf[BAD].nb_answers, before + 1);
	fake_check(&fake);
}

#define TEST(fn) cmocka_unit_test_setup_teardown(fn, setup, teardown)

int
main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(attack_message_flood_is_served_a_burst_then_muted),
		TEST(flooder_is_heard_again_as_soon_as_it_can_pay),
		TEST(attack_flood_delays_the_flooder_only),
		TEST(honest_start_fits_into_the_burst),
		TEST(flood_costs_the_thread_no_more_than_the_budget),
		TEST(attack_doorbell_flood_behind_a_held_mailbox_is_muted),
		TEST(new_budget_forgives_old_debts),
		TEST(attack_flr_storm_is_paid_for),
		TEST(message_never_overtakes_a_reset_that_waits),
		TEST(violations_lead_into_quarantine),
		TEST(flood_leads_into_quarantine),
		TEST(release_lets_it_speak_again),
		TEST(reset_of_a_vf_in_quarantine_is_cleaned_up_all_the_same),
		TEST(restart_does_not_end_a_quarantine),
		TEST(a_vf_whose_reset_waits_runs_by_no_change_of_settings),
		TEST(operators_change_settings_of_a_vf_in_quarantine),
		TEST(what_is_not_the_vfs_fault_leads_nobody_into_quarantine),
		TEST(nothing_is_left_of_a_storm_after_a_restart),
	};

	return cmocka_run_group_tests_name("vfctl_hostile", tests, NULL, NULL);
}
