/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) the igbiov authors
 */

/* An operator changes what a VF may have while the VF runs. */

#include <errno.h>

#include "fake.h"

static struct fake fake;
static struct vfctl_settings want;

static int
setup(void **state)
{
	struct rte_ether_addr extra[2] = { fake_mac(1), fake_mac(2) };
	uint16_t vid;

	(void)state;
	fake_init(&fake);
	fake_start(&fake);
	fake.port->vf[1].settings.promisc_allowed = VFCTL_PROMISC_ALL;
	fake_ask_reset(&fake, 1);
	fake_ask_mac(&fake, 1, VFCTL_REQ_MAC_ADD, &extra[0]);
	fake_ask_mac(&fake, 1, VFCTL_REQ_MAC_ADD, &extra[1]);
	for (vid = 10; vid < 14; vid++)
		fake_ask_vlan(&fake, 1, vid, true);
	fake_ask_promisc(&fake, 1, VFCTL_PROMISC_ALL);
	fake_ask_max_frame(&fake, 1, 9018);
	fake_check(&fake);
	return vfctl_vf_settings_get(fake.port, 1, &want);
}

static int
teardown(void **state)
{
	(void)state;
	fake_stop(&fake);
	return 0;
}

static void
set(int rc)
{
	struct vfctl_settings got;

	assert_int_equal(vfctl_vf_settings_set(fake.port, 1, &want), rc);
	if (rc == 0) {
		assert_int_equal(vfctl_vf_settings_get(fake.port, 1, &got), 0);
		assert_memory_equal(&got, &want, sizeof(got));
	}
	fake_check(&fake);
}

static void
same_settings_cost_no_operation(void **state)
{
	unsigned int ops = fake.ops;

	(void)state;
	set(0);
	assert_int_equal(fake.ops, ops);
	assert_true(fake.row[1].enabled);
}

static void
wider_settings_do_not_disturb_the_vf(void **state)
{
	unsigned int ops;

	(void)state;
	want.extra_macs = 1;
	want.max_frame = 9018;
	set(0);
	ops = fake.ops;
	want.extra_macs = 2;
	want.max_frame = 9728;
	set(0);
	assert_int_equal(fake.ops, ops);
}

static void
quota_below_what_it_holds_takes_back_the_surplus(void **state)
{
	(void)state;
	want.extra_macs = 1;
	want.vlans = 3;
	set(0);
	assert_int_equal(fake_nb_macs(&fake, 1), 2);
	assert_int_equal(fake.row[1].nb_vlans, 3);
	assert_true(fake.row[1].enabled);
}

static void
forbidden_vlans_are_left(void **state)
{
	(void)state;
	want.vlan_any = false;
	set(0);
	assert_int_equal(fake.row[1].nb_vlans, 0);
	assert_int_equal(fake_ask_vlan(&fake, 1, 10, true), VFCTL_VLAN_DENIED);
}

static void
forbidden_promiscuity_ends(void **state)
{
	(void)state;
	want.promisc_allowed = VFCTL_PROMISC_MULTICAST;
	set(0);
	assert_int_equal(fake.row[1].promisc, VFCTL_PROMISC_MULTICAST);
}

static void
frame_limit_sinks_at_once(void **state)
{
	(void)state;
	want.max_frame = 1000;
	set(0);
	assert_int_equal(fake.row[1].max_frame, 1000);
	/* and a reset doesn't lift it to the driver's default */
	fake_ask_reset(&fake, 1);
	fake_check(&fake);
	assert_int_equal(fake.row[1].max_frame, 1000);
}

static void
spoof_checks_change_apart(void **state)
{
	(void)state;
	want.spoofchk_mac = false;
	set(0);
	assert_false(fake.row[1].spoofchk_mac);
	assert_true(fake.row[1].spoofchk_vlan);
	fake_ask_reset(&fake, 1);
	fake_check(&fake);
	assert_false(fake.row[1].spoofchk_mac);
}

static void
new_address_makes_the_vf_reset_itself(void **state)
{
	unsigned int notices = fake.vf[1].nb_notices;

	(void)state;
	want.mac = fake_mac(50);
	set(0);
	assert_false(fake.row[1].enabled);
	assert_int_equal(fake_owner(&fake, &want.mac), 1);
	vfctl_serve_round(fake.port);
	assert_int_equal(fake.vf[1].nb_notices, notices + 1);
	assert_false(fake.vf[1].notice_cts);
	assert_int_equal(fake_ask_reset(&fake, 1), VFCTL_GRANTED);
	assert_true(rte_is_same_ether_addr(&fake.vf[1].mac, &want.mac));
	assert_int_equal(fake_nb_macs(&fake, 1), 1);
}

static void
lock_takes_back_a_foreign_address(void **state)
{
	struct rte_ether_addr foreign = fake_mac(60);

	(void)state;
	assert_int_equal(fake_ask_mac(&fake, 1, VFCTL_REQ_MAC_SET, &foreign), VFCTL_GRANTED);
	want.mac_locked = true;
	set(0);
	assert_int_equal(fake_owner(&fake, &foreign), -1);
	assert_false(fake.row[1].enabled);
	assert_int_equal(fake_ask_reset(&fake, 1), VFCTL_GRANTED);
	assert_int_equal(fake_ask_mac(&fake, 1, VFCTL_REQ_MAC_SET, &foreign), VFCTL_MAC_LOCKED);
	assert_int_equal(fake_ask_mac(&fake, 1, VFCTL_REQ_MAC_SET, &want.mac), VFCTL_GRANTED);
	fake_check(&fake);
}

static void
lock_drops_extra_addresses_only_if_the_own_one_is_right(void **state)
{
	(void)state;
	want.mac_locked = true;
	set(0);
	assert_int_equal(fake_nb_macs(&fake, 1), 1);
	assert_true(fake.row[1].enabled);
}

static void
address_of_another_is_refused(void **state)
{
	struct rte_ether_addr used = fake_mac(70);
	struct rte_ether_addr old = want.mac;

	(void)state;
	fake_ask_reset(&fake, 2);
	assert_int_equal(fake_ask_mac(&fake, 2, VFCTL_REQ_MAC_ADD, &used), VFCTL_GRANTED);
	want.mac = used;
	set(-EADDRINUSE);
	want.mac = fake.pf_mac;
	set(-EADDRINUSE);
	want.mac = fake.port->vf[5].settings.mac;
	set(-EADDRINUSE);
	want.mac = fake_mac(1); /* its own extra one */
	set(0);
	assert_int_equal(vfctl_mac_owner(fake.port, &old), -ENOENT);
}

static void
bad_values_change_nothing(void **state)
{
	unsigned int ops = fake.ops;

	(void)state;
	want.max_frame = 9729;
	set(-EINVAL);
	assert_int_equal(vfctl_vf_settings_set(fake.port, FAKE_VFS, &want), -EINVAL);
	assert_int_equal(vfctl_vf_settings_set(NULL, 0, &want), -EINVAL);
	assert_int_equal(vfctl_vf_settings_set(fake.port, 1, NULL), -EINVAL);
	assert_int_equal(vfctl_vf_settings_get(fake.port, 1, NULL), -EINVAL);
	assert_int_equal(fake.ops, ops);
	assert_true(fake.row[1].enabled);
}

/* Better no VF than one that keeps what the operator has forbidden. */
static void
what_cannot_be_taken_back_stops_the_vf(void **state)
{
	(void)state;
	fake.failing = RTE_BIT32(FAKE_PROMISC) | RTE_BIT32(FAKE_DEFAULTS);
	want.promisc_allowed = 0;
	want.vlan_any = false;
	set(-EIO);
	assert_false(fake.row[1].enabled);
	assert_int_equal(fake.row[1].nb_vlans, 0);
	assert_int_equal(fake_ask_reset(&fake, 1), VFCTL_DRIVER_FAILED);
	assert_false(fake.row[1].enabled);
	fake.failing = 0;
	assert_int_equal(fake_ask_reset(&fake, 1), VFCTL_GRANTED);
	assert_int_equal(fake.row[1].promisc, 0);
	fake_check(&fake);
}

static void
settings_before_start_are_applied_by_start(void **state)
{
	(void)state;
	vfctl_stop(fake.port);
	fake_wipe(&fake);
	want.mac = fake_mac(80);
	want.spoofchk_vlan = false;
	assert_int_equal(vfctl_vf_settings_set(fake.port, 1, &want), 0);
	assert_int_equal(vfctl_start(fake.port), 0);
	assert_int_equal(fake_owner(&fake, &want.mac), 1);
	assert_false(fake.row[1].spoofchk_vlan);
	assert_int_equal(fake_ask_reset(&fake, 1), VFCTL_GRANTED);
	fake_check(&fake);
}

#define TEST(fn) cmocka_unit_test_setup_teardown(fn, setup, teardown)

int
main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(same_settings_cost_no_operation),
		TEST(wider_settings_do_not_disturb_the_vf),
		TEST(quota_below_what_it_holds_takes_back_the_surplus),
		TEST(forbidden_vlans_are_left),
		TEST(forbidden_promiscuity_ends),
		TEST(frame_limit_sinks_at_once),
		TEST(spoof_checks_change_apart),
		TEST(new_address_makes_the_vf_reset_itself),
		TEST(lock_takes_back_a_foreign_address),
		TEST(lock_drops_extra_addresses_only_if_the_own_one_is_right),
		TEST(address_of_another_is_refused),
		TEST(bad_values_change_nothing),
		TEST(what_cannot_be_taken_back_stops_the_vf),
		TEST(settings_before_start_are_applied_by_start),
	};

	return cmocka_run_group_tests_name("vfctl_settings", tests, NULL, NULL);
}
