/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) the igbiov authors
 */

/* An operator changes what a VF may have while the VF runs. */

#include <errno.h>
#include <stdio.h>
#include <string.h>

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
	fake.port->vf[1].settings.trust = true;
	fake_ask_reset(&fake, 1);
	fake_ask_mac(&fake, 1, VFCTL_REQ_MAC_ADD, &extra[0]);
	fake_ask_mac(&fake, 1, VFCTL_REQ_MAC_ADD, &extra[1]);
	for (vid = 10; vid < 14; vid++)
		fake_ask_vlan(&fake, 1, vid, true);
	fake_ask_promisc(&fake, 1, VFCTL_PROMISC_ALL);
	fake_ask_max_frame(&fake, 1, 9018);
	fake_check(&fake);
	return vfctl_vf_get(FAKE_PORT_ID, 1, &want);
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

	assert_int_equal(vfctl_vf_set(FAKE_PORT_ID, 1, VFCTL_FIELDS_ALL, &want, NULL, 0), rc);
	if (rc == 0) {
		assert_int_equal(vfctl_vf_get(FAKE_PORT_ID, 1, &got), 0);
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
	want.max_macs = 1;
	want.max_mtu = 9000;
	set(0);
	ops = fake.ops;
	want.max_macs = 2;
	want.max_mtu = 9700;
	set(0);
	assert_int_equal(fake.ops, ops);
}

static void
quota_below_what_it_holds_takes_back_the_surplus(void **state)
{
	(void)state;
	want.max_macs = 1;
	want.max_vlans = 3;
	set(0);
	assert_int_equal(fake_nb_macs(&fake, 1), 2);
	assert_int_equal(fake.row[1].nb_vlans, 3);
	assert_true(fake.row[1].enabled);
}

static void
forbidden_vlans_are_left(void **state)
{
	(void)state;
	memset(want.trunk, 0, sizeof(want.trunk));
	set(0);
	assert_int_equal(fake.row[1].nb_vlans, 0);
	assert_int_equal(fake_ask_vlan(&fake, 1, 10, true), VFCTL_VLAN_DENIED);
}

static void
forbidden_promiscuity_ends(void **state)
{
	(void)state;
	want.trust = false;
	want.allow_allmulti = true;
	set(0);
	assert_int_equal(fake.row[1].accept, VFCTL_ACCEPT_DEFAULT | VFCTL_ACCEPT_MULTICAST);
	want.allow_allmulti = false;
	set(0);
	assert_int_equal(fake.row[1].accept, VFCTL_ACCEPT_DEFAULT);
}

static void
frame_limit_sinks_at_once(void **state)
{
	(void)state;
	want.max_mtu = 1000;
	set(0);
	assert_int_equal(fake.row[1].max_frame, 1000 + VFCTL_FRAME_OVERHEAD);
	/* what the VF has asked for is not forgotten */
	want.max_mtu = 9500;
	set(0);
	assert_int_equal(fake.row[1].max_frame, 9018);
	want.max_mtu = 1000;
	set(0);
	/* and a reset doesn't lift it to the driver's default */
	fake_ask_reset(&fake, 1);
	fake_check(&fake);
	assert_int_equal(fake.row[1].max_frame, 1000 + VFCTL_FRAME_OVERHEAD);
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
bad_values_change_nothing_and_say_why(void **state)
{
	struct vfctl_settings got = want;
	unsigned int ops = fake.ops;
	char why[VFCTL_WHY_LEN];

	(void)state;
	want.qos = 7; /* a good value beside a bad one */
	want.max_mtu = 9703;
	assert_int_equal(vfctl_vf_set(FAKE_PORT_ID, 1, VFCTL_FIELDS_ALL, &want, why, sizeof(why)),
			 -EINVAL);
	assert_string_equal(why, "VF 1: max_mtu: 9703 is not in 68 to 9702");
	assert_int_equal(vfctl_vf_get(FAKE_PORT_ID, 1, &want), 0);
	assert_memory_equal(&got, &want, sizeof(got));
	assert_int_equal(fake.ops, ops);
	assert_true(fake.row[1].enabled);
}

static void
what_the_chip_cannot_do_is_refused_and_changes_nothing(void **state)
{
	unsigned int ops = fake.ops;
	char why[VFCTL_WHY_LEN];

	(void)state;
	want.vlan = 5;
	want.vlan_proto = RTE_ETHER_TYPE_QINQ;
	assert_int_equal(vfctl_vf_set(FAKE_PORT_ID, 1, VFCTL_FIELDS_ALL, &want, why, sizeof(why)),
			 -ENOTSUP);
	assert_string_equal(why, "VF 1: vlan_proto: this chip has no 802.1ad");
	assert_int_equal(fake.ops, ops);
}

static bool
why_is(const char *why, const char *want_text)
{
	if (strstr(why, want_text) != NULL)
		return true;
	print_message("# '%s' doesn't say '%s'\n", why, want_text);
	return false;
}

/* Each function, each secondary error, each with its line. */
static void
ports_and_vfs_that_there_are_not(void **state)
{
	const uint16_t no_port = FAKE_PORT_ID + 1;
	struct vfctl_port_settings port_settings = { 0 };
	struct vfctl_port_info port_info;
	struct vfctl_vf_stats stats;
	struct vfctl_vf_info info;
	char why[VFCTL_WHY_LEN];

	(void)state;
#define REFUSED(rc, line, call) \
	do { \
		snprintf(why, sizeof(why), "stale"); \
		assert_int_equal(call, rc); \
		assert_true(why_is(why, line)); \
	} while (0)
	REFUSED(-ENODEV, "port 6", vfctl_vf_set(no_port, 1, 0, &want, why, sizeof(why)));
	REFUSED(-ENODEV, "port 6", vfctl_port_set(no_port, 0, &port_settings, why, sizeof(why)));
	REFUSED(-ENODEV, "port 6", vfctl_num_vfs_set(no_port, 1, why, sizeof(why)));
	REFUSED(-ENODEV, "port 6", vfctl_apply_file(no_port, "/nowhere", why, sizeof(why)));
	REFUSED(-ENODEV, "port 6", vfctl_save_file(no_port, "/nowhere", why, sizeof(why)));
	REFUSED(-EINVAL, "no VF 7; VFs are 0 to 6",
		vfctl_vf_set(FAKE_PORT_ID, FAKE_VFS, 0, &want, why, sizeof(why)));
	REFUSED(-EINVAL, "no VF 65535",
		vfctl_vf_set(FAKE_PORT_ID, VFCTL_PF, 0, &want, why, sizeof(why)));
	REFUSED(-EINVAL, "settings", vfctl_vf_set(FAKE_PORT_ID, 1, 0, NULL, why, sizeof(why)));
	REFUSED(-EINVAL, "settings", vfctl_port_set(FAKE_PORT_ID, 0, NULL, why, sizeof(why)));
	REFUSED(-EINVAL, "field",
		vfctl_vf_set(FAKE_PORT_ID, 1, VFCTL_FIELD(VFCTL_F_NB), &want, why, sizeof(why)));
	REFUSED(-EINVAL, "field",
		vfctl_port_set(FAKE_PORT_ID, VFCTL_FIELD(VFCTL_P_NB), &port_settings, why,
			       sizeof(why)));
	REFUSED(-EINVAL, "file", vfctl_apply_file(FAKE_PORT_ID, NULL, why, sizeof(why)));
	REFUSED(-EINVAL, "file", vfctl_save_file(FAKE_PORT_ID, NULL, why, sizeof(why)));
	REFUSED(-EINVAL, "8 VFs: this port can have 7",
		vfctl_num_vfs_set(FAKE_PORT_ID, FAKE_VFS + 1, why, sizeof(why)));
	/* who doesn't want to know gets the error all the same */
	assert_int_equal(vfctl_vf_set(no_port, 1, 0, &want, NULL, 0), -ENODEV);
	assert_int_equal(vfctl_vf_set(FAKE_PORT_ID, 99, 0, &want, NULL, 0), -EINVAL);
	assert_int_equal(vfctl_vf_set(FAKE_PORT_ID, 1, 0, NULL, NULL, 0), -EINVAL);
	assert_int_equal(vfctl_vf_set(FAKE_PORT_ID, 99, 0, &want, why, 0), -EINVAL);

	assert_int_equal(vfctl_vf_get(no_port, 1, &want), -ENODEV);
	assert_int_equal(vfctl_vf_get(FAKE_PORT_ID, FAKE_VFS, &want), -EINVAL);
	assert_int_equal(vfctl_vf_get(FAKE_PORT_ID, 1, NULL), -EINVAL);
	assert_int_equal(vfctl_port_get(no_port, &port_settings), -ENODEV);
	assert_int_equal(vfctl_port_get(FAKE_PORT_ID, NULL), -EINVAL);
	assert_int_equal(vfctl_port_info(no_port, &port_info), -ENODEV);
	assert_int_equal(vfctl_port_info(FAKE_PORT_ID, NULL), -EINVAL);
	assert_int_equal(vfctl_vf_stats_get(no_port, 1, &stats), -ENODEV);
	assert_int_equal(vfctl_vf_stats_get(FAKE_PORT_ID, FAKE_VFS, &stats), -EINVAL);
	assert_int_equal(vfctl_vf_stats_get(FAKE_PORT_ID, 1, NULL), -EINVAL);
	assert_int_equal(vfctl_vf_stats_reset(no_port, 1), -ENODEV);
	assert_int_equal(vfctl_vf_stats_reset(FAKE_PORT_ID, FAKE_VFS), -EINVAL);
	assert_int_equal(vfctl_vf_info(no_port, 1, &info), -ENODEV);
	assert_int_equal(vfctl_vf_info(FAKE_PORT_ID, FAKE_VFS, &info), -EINVAL);
	assert_int_equal(vfctl_vf_info(FAKE_PORT_ID, 1, NULL), -EINVAL);
	assert_int_equal(vfctl_vf_release(no_port, 1), -ENODEV);
	assert_int_equal(vfctl_vf_release(FAKE_PORT_ID, FAKE_VFS), -EINVAL);
}

/* Better no VF than one that keeps what the operator has forbidden. */
static void
what_cannot_be_taken_back_stops_the_vf(void **state)
{
	(void)state;
	fake.failing = RTE_BIT32(FAKE_ACCEPT) | RTE_BIT32(FAKE_DEFAULTS);
	want.trust = false;
	memset(want.trunk, 0, sizeof(want.trunk));
	set(-EIO);
	assert_false(fake.row[1].enabled);
	assert_int_equal(fake.row[1].nb_vlans, 0);
	assert_int_equal(fake_ask_reset(&fake, 1), VFCTL_DRIVER_FAILED);
	assert_false(fake.row[1].enabled);
	fake.failing = 0;
	assert_int_equal(fake_ask_reset(&fake, 1), VFCTL_GRANTED);
	assert_int_equal(fake.row[1].accept, VFCTL_ACCEPT_DEFAULT);
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
	assert_int_equal(vfctl_vf_set(FAKE_PORT_ID, 1, VFCTL_FIELDS_ALL, &want, NULL, 0), 0);
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
		TEST(bad_values_change_nothing_and_say_why),
		TEST(what_the_chip_cannot_do_is_refused_and_changes_nothing),
		TEST(ports_and_vfs_that_there_are_not),
		TEST(what_cannot_be_taken_back_stops_the_vf),
		TEST(settings_before_start_are_applied_by_start),
	};

	return cmocka_run_group_tests_name("vfctl_settings", tests, NULL, NULL);
}
