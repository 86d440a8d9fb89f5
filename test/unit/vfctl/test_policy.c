/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) the igbiov authors
 */

/* The policy as tables: one row a case, one column a fact that matters to it. */

#include <string.h>

#include "fake.h"

static const struct rte_ether_addr unicast = { { 0x02, 0, 0, 0, 0, 1 } };
static const struct rte_ether_addr multicast = { { 0x01, 0, 0x5e, 0, 0, 1 } };
static const struct rte_ether_addr broadcast = { { 0xff, 0xff, 0xff, 0xff, 0xff, 0xff } };
static const struct rte_ether_addr zero = { { 0 } };

static const struct vfctl_settings defaults = {
	.mac = { { 0x02, 0, 0, 0, 0, 9 } },
	.vlan_any = true,
	.spoofchk_mac = true,
	.spoofchk_vlan = true,
	.extra_macs = 2,
	.vlans = 3,
	.max_frame = 1522,
};

static void
expect(const char *what, enum vfctl_verdict got, enum vfctl_verdict want)
{
	if (got != want)
		fail_msg("%s: %s, not %s", what, vfctl_verdict_name(got), vfctl_verdict_name(want));
}

static void
before_a_reset_everything_else_is_refused(void **state)
{
	struct vfctl_facts facts = { 0 };
	struct vfctl_request req = { 0 };
	int type;

	(void)state;
	for (type = 0; type < VFCTL_REQ_NB; type++) {
		req.type = (enum vfctl_request_type)type;
		expect("not clear", vfctl_policy(&defaults, &facts, &req),
		       type == VFCTL_REQ_RESET ? VFCTL_GRANTED : VFCTL_NOT_CLEAR);
	}
}

static void
nonsense_and_unknown_types_are_refused(void **state)
{
	static const int types[] = { VFCTL_REQ_NONSENSE, VFCTL_REQ_NB, 4711 };
	struct vfctl_facts facts = { .clear_to_send = true };
	struct vfctl_request req = { 0 };
	unsigned int i;

	(void)state;
	for (i = 0; i < RTE_DIM(types); i++) {
		req.type = (enum vfctl_request_type)types[i];
		expect("nonsense", vfctl_policy(&defaults, &facts, &req), VFCTL_BAD_REQUEST);
	}
}

/* clang-format off */
static const struct mac_case {
	const char *what;
	const struct rte_ether_addr *mac;
	bool locked, own, held, taken;
	uint16_t nb_extras;
	enum vfctl_verdict set, add;
} mac_cases[] = {
	{ "free",            &unicast,   false, false, false, false, 0, VFCTL_GRANTED,     VFCTL_GRANTED },
	{ "multicast",       &multicast, false, false, false, false, 0, VFCTL_MAC_INVALID, VFCTL_MAC_INVALID },
	{ "broadcast",       &broadcast, false, false, false, false, 0, VFCTL_MAC_INVALID, VFCTL_MAC_INVALID },
	{ "zero",            &zero,      false, false, false, false, 0, VFCTL_MAC_INVALID, VFCTL_MAC_INVALID },
	{ "zero, locked",    &zero,      true,  false, false, false, 0, VFCTL_MAC_INVALID, VFCTL_MAC_INVALID },
	{ "locked",          &unicast,   true,  false, false, false, 0, VFCTL_MAC_LOCKED,  VFCTL_MAC_LOCKED },
	{ "own, locked",     &unicast,   true,  true,  true,  false, 0, VFCTL_GRANTED,     VFCTL_GRANTED },
	{ "own",             &unicast,   false, true,  true,  false, 2, VFCTL_GRANTED,     VFCTL_GRANTED },
	{ "taken",           &unicast,   false, false, false, true,  0, VFCTL_MAC_TAKEN,   VFCTL_MAC_TAKEN },
	{ "taken, locked",   &unicast,   true,  false, false, true,  0, VFCTL_MAC_LOCKED,  VFCTL_MAC_LOCKED },
	{ "last of quota",   &unicast,   false, false, false, false, 1, VFCTL_GRANTED,     VFCTL_GRANTED },
	{ "quota used",      &unicast,   false, false, false, false, 2, VFCTL_GRANTED,     VFCTL_QUOTA },
	{ "extra, full",     &unicast,   false, false, true,  false, 2, VFCTL_GRANTED,     VFCTL_GRANTED },
	{ "taken, full",     &unicast,   false, false, false, true,  2, VFCTL_MAC_TAKEN,   VFCTL_MAC_TAKEN },
};

static const struct vlan_case {
	const char *what;
	uint16_t vid;
	bool on, any, held;
	uint16_t nb;
	enum vfctl_verdict want;
} vlan_cases[] = {
	{ "join",               5,     true,  true,  false, 0, VFCTL_GRANTED },
	{ "join the highest",   4094,  true,  true,  false, 0, VFCTL_GRANTED },
	{ "reserved",           4095,  true,  true,  false, 0, VFCTL_BAD_REQUEST },
	{ "leave reserved",     4095,  false, true,  false, 0, VFCTL_BAD_REQUEST },
	{ "beyond the table",   4096,  true,  true,  false, 0, VFCTL_BAD_REQUEST },
	{ "far beyond",         65535, true,  true,  false, 0, VFCTL_BAD_REQUEST },
	{ "zero",               0,     true,  true,  false, 0, VFCTL_GRANTED },
	{ "zero, denied",       0,     true,  false, false, 0, VFCTL_GRANTED },
	{ "zero, full",         0,     true,  true,  false, 3, VFCTL_GRANTED },
	{ "leave zero, denied", 0,     false, false, false, 0, VFCTL_GRANTED },
	{ "denied",             5,     true,  false, false, 0, VFCTL_VLAN_DENIED },
	{ "denied, full",       5,     true,  false, false, 3, VFCTL_VLAN_DENIED },
	{ "last of quota",      5,     true,  true,  false, 2, VFCTL_GRANTED },
	{ "full",               5,     true,  true,  false, 3, VFCTL_QUOTA },
	{ "held, full",         5,     true,  true,  true,  3, VFCTL_GRANTED },
	{ "leave",              5,     false, true,  true,  3, VFCTL_GRANTED },
	{ "leave, denied",      5,     false, false, true,  1, VFCTL_GRANTED },
	{ "leave, not held",    5,     false, true,  false, 0, VFCTL_GRANTED },
};

static const struct frame_case {
	uint32_t octets;
	enum vfctl_verdict want;
} frame_cases[] = {
	{ 0, VFCTL_BAD_REQUEST }, { 63, VFCTL_BAD_REQUEST }, { 64, VFCTL_GRANTED },
	{ 1522, VFCTL_GRANTED }, { 1523, VFCTL_BAD_REQUEST }, { UINT32_MAX, VFCTL_BAD_REQUEST },
};

static const struct promisc_case {
	uint32_t allowed, asked;
	enum vfctl_verdict want;
} promisc_cases[] = {
	{ 0, 0, VFCTL_GRANTED },
	{ 0, VFCTL_PROMISC_UNICAST, VFCTL_PROMISC_DENIED },
	{ 0, VFCTL_PROMISC_MULTICAST, VFCTL_PROMISC_DENIED },
	{ VFCTL_PROMISC_MULTICAST, VFCTL_PROMISC_MULTICAST, VFCTL_GRANTED },
	{ VFCTL_PROMISC_MULTICAST, VFCTL_PROMISC_UNICAST, VFCTL_PROMISC_DENIED },
	{ VFCTL_PROMISC_MULTICAST, VFCTL_PROMISC_ALL, VFCTL_PROMISC_DENIED },
	{ VFCTL_PROMISC_ALL, VFCTL_PROMISC_ALL, VFCTL_GRANTED },
	{ VFCTL_PROMISC_ALL, 0, VFCTL_GRANTED },
	{ VFCTL_PROMISC_ALL, 4, VFCTL_BAD_REQUEST },
	{ UINT32_MAX, UINT32_MAX, VFCTL_BAD_REQUEST },
};
/* clang-format on */

static void
check_macs(enum vfctl_request_type type)
{
	unsigned int i;

	for (i = 0; i < RTE_DIM(mac_cases); i++) {
		const struct mac_case *c = &mac_cases[i];
		struct vfctl_settings settings = defaults;
		struct vfctl_facts facts = {
			.clear_to_send = true,
			.mac_own = c->own,
			.mac_held = c->held,
			.mac_taken = c->taken,
			.nb_extras = c->nb_extras,
		};
		struct vfctl_request req = { .type = type, .mac = *c->mac };

		settings.mac_locked = c->locked;
		expect(c->what, vfctl_policy(&settings, &facts, &req),
		       type == VFCTL_REQ_MAC_SET ? c->set : c->add);
	}
}

static void
own_address(void **state)
{
	(void)state;
	check_macs(VFCTL_REQ_MAC_SET);
}

static void
extra_addresses(void **state)
{
	(void)state;
	check_macs(VFCTL_REQ_MAC_ADD);
}

static void
vlans(void **state)
{
	unsigned int i;

	(void)state;
	for (i = 0; i < RTE_DIM(vlan_cases); i++) {
		const struct vlan_case *c = &vlan_cases[i];
		struct vfctl_settings settings = defaults;
		struct vfctl_facts facts = { .clear_to_send = true,
					     .vlan_held = c->held,
					     .nb_vlans = c->nb };
		struct vfctl_request req = { .type = VFCTL_REQ_VLAN, .vlan = { c->vid, c->on } };

		settings.vlan_any = c->any;
		expect(c->what, vfctl_policy(&settings, &facts, &req), c->want);
	}
}

static void
frame_limits(void **state)
{
	struct vfctl_facts facts = { .clear_to_send = true };
	unsigned int i;

	(void)state;
	for (i = 0; i < RTE_DIM(frame_cases); i++) {
		struct vfctl_request req = { .type = VFCTL_REQ_MAX_FRAME,
					     .max_frame = frame_cases[i].octets };

		expect("frame", vfctl_policy(&defaults, &facts, &req), frame_cases[i].want);
	}
}

static void
promiscuity(void **state)
{
	struct vfctl_facts facts = { .clear_to_send = true };
	unsigned int i;

	(void)state;
	for (i = 0; i < RTE_DIM(promisc_cases); i++) {
		struct vfctl_settings settings = defaults;
		struct vfctl_request req = { .type = VFCTL_REQ_PROMISC,
					     .promisc = promisc_cases[i].asked };

		settings.promisc_allowed = promisc_cases[i].allowed;
		expect("promiscuity", vfctl_policy(&settings, &facts, &req), promisc_cases[i].want);
	}
}

/* CVE-2019-0145, CVE-2025-39968 and their like: a count that the VF chose. */
static void
multicast_count_beyond_the_list_is_refused(void **state)
{
	struct vfctl_facts facts = { .clear_to_send = true };
	struct vfctl_request req = { .type = VFCTL_REQ_MULTICAST };

	(void)state;
	expect("none", vfctl_policy(&defaults, &facts, &req), VFCTL_GRANTED);
	req.mc.nb_hashes = VFCTL_MC_HASH_MAX;
	req.mc.overflow = true;
	expect("full", vfctl_policy(&defaults, &facts, &req), VFCTL_GRANTED);
	req.mc.nb_hashes = VFCTL_MC_HASH_MAX + 1;
	expect("one more", vfctl_policy(&defaults, &facts, &req), VFCTL_BAD_REQUEST);
	req.mc.nb_hashes = UINT16_MAX;
	expect("most", vfctl_policy(&defaults, &facts, &req), VFCTL_BAD_REQUEST);
}

static void
settings_out_of_range_are_named(void **state)
{
	const struct vfctl_caps caps = { .extra_macs = 2, .vlans = 3, .max_frame = 9728 };
	struct vfctl_settings bad[] = { defaults, defaults, defaults, defaults,
					defaults, defaults, defaults, defaults };
	static const char *const want[] = { "mac 00:",	    "mac 01:",	     "mac FF:",
					    "vlans 4",	    "extra_macs",    "promisc_allowed",
					    "max_frame 63", "max_frame 9729" };
	char why[80];
	unsigned int i;

	(void)state;
	bad[0].mac = zero;
	bad[1].mac = multicast;
	bad[2].mac = broadcast;
	bad[3].vlans = 4;
	bad[4].extra_macs = 3;
	bad[5].promisc_allowed = 4;
	bad[6].max_frame = 63;
	bad[7].max_frame = 9729;
	for (i = 0; i < RTE_DIM(bad); i++) {
		assert_false(vfctl_policy_settings(&bad[i], &caps, why, sizeof(why)));
		if (strncmp(why, want[i], strlen(want[i])) != 0)
			fail_msg("'%s' doesn't begin with '%s'", why, want[i]);
	}
	assert_true(vfctl_policy_settings(&defaults, &caps, why, sizeof(why)));
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(before_a_reset_everything_else_is_refused),
		cmocka_unit_test(nonsense_and_unknown_types_are_refused),
		cmocka_unit_test(own_address),
		cmocka_unit_test(extra_addresses),
		cmocka_unit_test(vlans),
		cmocka_unit_test(frame_limits),
		cmocka_unit_test(promiscuity),
		cmocka_unit_test(multicast_count_beyond_the_list_is_refused),
		cmocka_unit_test(settings_out_of_range_are_named),
	};

	return cmocka_run_group_tests_name("vfctl_policy", tests, NULL, NULL);
}
