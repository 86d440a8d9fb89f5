/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) the igbiov authors
 */

/* The policy as tables: one row a case, one column a fact that matters to it. */

#include <errno.h>
#include <string.h>

#include "fake.h"

static const struct rte_ether_addr unicast = { { 0x02, 0, 0, 0, 0, 1 } };
static const struct rte_ether_addr multicast = { { 0x01, 0, 0x5e, 0, 0, 1 } };
static const struct rte_ether_addr broadcast = { { 0xff, 0xff, 0xff, 0xff, 0xff, 0xff } };
static const struct rte_ether_addr zero = { { 0 } };

static const struct rte_ether_addr listed = { { 0x02, 0, 0, 0, 0, 2 } };

static const struct vfctl_caps caps = {
	.nb_vfs = 2,
	.max_vfs = 7,
	.extra_macs = 2,
	.vlans = 3,
	.max_frame = 9728,
	.default_frame = 1522,
	.max_queues = 2,
	.max_rate = 1000,
};

static struct vfctl_settings defaults;

static int
setup(void **state)
{
	(void)state;
	defaults = (struct vfctl_settings){
		.mac = { { 0x02, 0, 0, 0, 0, 9 } },
		.max_macs = 2,
		.vlan_proto = RTE_ETHER_TYPE_VLAN,
		.max_vlans = 3,
		.spoofchk_mac = true,
		.spoofchk_vlan = true,
		.broadcast = true,
		.untagged = true,
		.rx = true,
		.tx = true,
		.max_mtu = 1522 - VFCTL_FRAME_OVERHEAD,
		.queues = 1,
		.mirror.to = VFCTL_PF,
		.budget = 50,
		.burst = 128,
		.quarantine_after = 1000,
	};
	memset(defaults.trunk, 0xff, sizeof(defaults.trunk));
	defaults.trunk[0] &= ~RTE_BIT64(0);
	defaults.trunk[VFCTL_VLAN_WORDS - 1] &= ~RTE_BIT64(63);
	return 0;
}

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
	{ VFCTL_PROMISC_UNICAST, VFCTL_PROMISC_UNICAST, VFCTL_GRANTED },
	{ VFCTL_PROMISC_UNICAST, VFCTL_PROMISC_MULTICAST, VFCTL_PROMISC_DENIED },
	{ VFCTL_PROMISC_ALL, VFCTL_PROMISC_ALL, VFCTL_GRANTED },
	{ VFCTL_PROMISC_ALL, 0, VFCTL_GRANTED },
	{ VFCTL_PROMISC_ALL, 4, VFCTL_BAD_REQUEST },
	{ VFCTL_PROMISC_ALL, UINT32_MAX, VFCTL_BAD_REQUEST },
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
			.room_macs = 2,
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

		if (!c->any)
			memset(settings.trunk, 0, sizeof(settings.trunk));
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

		settings.allow_promisc = promisc_cases[i].allowed & VFCTL_PROMISC_UNICAST;
		settings.allow_allmulti = promisc_cases[i].allowed & VFCTL_PROMISC_MULTICAST;
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
set_vid(struct vfctl_settings *settings, uint16_t vid)
{
	settings->trunk[vid / 64] |= RTE_BIT64(vid % 64);
}

static enum vfctl_verdict
ask_mac(const struct vfctl_settings *settings, enum vfctl_request_type type,
	const struct rte_ether_addr *mac, const struct vfctl_facts *facts)
{
	struct vfctl_request req = { .type = type, .mac = *mac };

	return vfctl_policy(settings, facts, &req);
}

/* Its own and those that it was given are allowed by themselves. */
static void
allow_list_lets_in_only_whom_it_names(void **state)
{
	static const enum vfctl_request_type types[] = { VFCTL_REQ_MAC_SET, VFCTL_REQ_MAC_ADD };
	struct vfctl_facts facts = { .clear_to_send = true, .room_macs = 2 };
	struct vfctl_settings settings = defaults;
	unsigned int i;

	(void)state;
	settings.allow_macs = (struct vfctl_mac_list){ .nb = 1, .mac = { listed } };
	for (i = 0; i < RTE_DIM(types); i++) {
		settings.mac_locked = false;
		settings.macs.nb = 0;
		expect("listed", ask_mac(&settings, types[i], &listed, &facts), VFCTL_GRANTED);
		expect("own", ask_mac(&settings, types[i], &settings.mac, &facts), VFCTL_GRANTED);
		expect("other", ask_mac(&settings, types[i], &unicast, &facts), VFCTL_MAC_DENIED);
		settings.macs = (struct vfctl_mac_list){ .nb = 1, .mac = { unicast } };
		expect("given", ask_mac(&settings, types[i], &unicast, &facts), VFCTL_GRANTED);
		/* the lock is the stronger word */
		settings.mac_locked = true;
		expect("locked", ask_mac(&settings, types[i], &listed, &facts), VFCTL_MAC_LOCKED);
		expect("given, locked", ask_mac(&settings, types[i], &unicast, &facts),
		       VFCTL_GRANTED);
		expect("own, locked", ask_mac(&settings, types[i], &settings.mac, &facts),
		       VFCTL_GRANTED);
	}
}

static void
given_addresses_leave_less_room_for_those_asked_for(void **state)
{
	struct vfctl_facts facts = { .clear_to_send = true, .room_macs = 1, .nb_extras = 1 };

	(void)state;
	expect("no room", ask_mac(&defaults, VFCTL_REQ_MAC_ADD, &unicast, &facts), VFCTL_QUOTA);
	expect("own", ask_mac(&defaults, VFCTL_REQ_MAC_SET, &unicast, &facts), VFCTL_GRANTED);
	facts.nb_extras = 0;
	expect("room", ask_mac(&defaults, VFCTL_REQ_MAC_ADD, &unicast, &facts), VFCTL_GRANTED);
	facts.room_macs = 0;
	expect("none", ask_mac(&defaults, VFCTL_REQ_MAC_ADD, &unicast, &facts), VFCTL_QUOTA);
}

static enum vfctl_verdict
ask_vlan(const struct vfctl_settings *settings, uint16_t vid, bool on, bool held)
{
	struct vfctl_facts facts = { .clear_to_send = true, .vlan_held = held };
	struct vfctl_request req = { .type = VFCTL_REQ_VLAN, .vlan = { vid, on } };

	return vfctl_policy(settings, &facts, &req);
}

static void
attack_vlan_hopping_out_of_a_port_vlan(void **state)
{
	struct vfctl_settings settings = defaults;
	uint16_t vid;

	(void)state;
	settings.vlan = 100;
	for (vid = 1; vid < VFCTL_VLAN_NB - 1; vid++)
		expect("other", ask_vlan(&settings, vid, true, false),
		       vid == 100 ? VFCTL_GRANTED : VFCTL_VLAN_DENIED);
	expect("priority", ask_vlan(&settings, 0, true, false), VFCTL_GRANTED);
}

static void
trunk_lets_in_only_its_vlans_and_the_inserted_one(void **state)
{
	struct vfctl_settings settings = defaults;
	uint16_t vid;

	(void)state;
	memset(settings.trunk, 0, sizeof(settings.trunk));
	set_vid(&settings, 63);
	set_vid(&settings, 64);
	set_vid(&settings, 4094);
	settings.insert = 7;
	for (vid = 1; vid < VFCTL_VLAN_NB - 1; vid++)
		expect("trunk", ask_vlan(&settings, vid, true, false),
		       vid == 7 || vid == 63 || vid == 64 || vid == 4094 ? VFCTL_GRANTED
									 : VFCTL_VLAN_DENIED);
}

static void
link_set_off_refuses_resets(void **state)
{
	struct vfctl_facts facts = { 0 };
	struct vfctl_settings settings = defaults;
	struct vfctl_request req = { .type = VFCTL_REQ_RESET };

	(void)state;
	settings.state = VFCTL_LINK_OFF;
	expect("off", vfctl_policy(&settings, &facts, &req), VFCTL_LINK_DENIED);
	settings.state = VFCTL_LINK_ON;
	expect("on", vfctl_policy(&settings, &facts, &req), VFCTL_GRANTED);
	settings.state = VFCTL_LINK_AUTO;
	expect("auto", vfctl_policy(&settings, &facts, &req), VFCTL_GRANTED);
}

static void
trust_is_both_kinds_of_promiscuity(void **state)
{
	struct vfctl_settings settings = defaults;

	(void)state;
	assert_int_equal(vfctl_policy_promisc(&settings), 0);
	settings.allow_promisc = true;
	assert_int_equal(vfctl_policy_promisc(&settings), VFCTL_PROMISC_UNICAST);
	settings.allow_promisc = false;
	settings.allow_allmulti = true;
	assert_int_equal(vfctl_policy_promisc(&settings), VFCTL_PROMISC_MULTICAST);
	settings.allow_allmulti = false;
	settings.trust = true;
	assert_int_equal(vfctl_policy_promisc(&settings), VFCTL_PROMISC_ALL);
}

static void
what_a_pool_accepts_follows_from_settings_and_promiscuity(void **state)
{
	struct vfctl_settings settings = defaults;

	(void)state;
	assert_int_equal(vfctl_policy_accept(&settings, 0), VFCTL_ACCEPT_DEFAULT);
	assert_int_equal(vfctl_policy_accept(&settings, VFCTL_PROMISC_UNICAST),
			 VFCTL_ACCEPT_DEFAULT | VFCTL_ACCEPT_UNICAST);
	assert_int_equal(vfctl_policy_accept(&settings, VFCTL_PROMISC_MULTICAST),
			 VFCTL_ACCEPT_DEFAULT | VFCTL_ACCEPT_MULTICAST);
	settings.broadcast = false;
	assert_int_equal(vfctl_policy_accept(&settings, 0), VFCTL_ACCEPT_UNTAGGED);
	settings.untagged = false;
	assert_int_equal(vfctl_policy_accept(&settings, 0), 0);
	settings.unknown_unicast = true;
	assert_int_equal(vfctl_policy_accept(&settings, 0), VFCTL_ACCEPT_UNICAST);
	settings.unknown_unicast = false;
	settings.all_multicast = true;
	assert_int_equal(vfctl_policy_accept(&settings, 0), VFCTL_ACCEPT_MULTICAST);
	/* no untagged frames into a port VLAN, whatever `untagged` says */
	settings = defaults;
	settings.vlan = 100;
	assert_int_equal(vfctl_policy_accept(&settings, 0), VFCTL_ACCEPT_BROADCAST);
}

static void
tagging_follows_from_port_vlan_insert_and_strip(void **state)
{
	struct vfctl_settings settings = defaults;
	struct vfctl_tagging tagging;

	(void)state;
	/* a priority alone tags nothing */
	settings.qos = 5;
	tagging = vfctl_policy_tagging(&settings);
	assert_true(tagging.insert == 0 && tagging.qos == 0 && !tagging.always && !tagging.strip);
	assert_int_equal(vfctl_policy_given_vlan(&settings), 0);
	settings.strip = true;
	assert_true(vfctl_policy_tagging(&settings).strip);
	settings.strip = false;
	settings.insert = 8;
	tagging = vfctl_policy_tagging(&settings);
	assert_true(tagging.insert == 8 && tagging.qos == 5 && !tagging.always && !tagging.strip);
	assert_int_equal(vfctl_policy_given_vlan(&settings), 8);
	settings.insert = 0;
	settings.vlan = 9;
	tagging = vfctl_policy_tagging(&settings);
	assert_true(tagging.insert == 9 && tagging.qos == 5 && tagging.always && tagging.strip);
	assert_int_equal(vfctl_policy_given_vlan(&settings), 9);
}

static void
largest_frame_follows_from_mtu_and_chip(void **state)
{
	struct vfctl_settings settings = defaults;

	(void)state;
	assert_int_equal(vfctl_policy_max_frame(&settings, &caps), 1522);
	settings.max_mtu = UINT16_MAX;
	assert_int_equal(vfctl_policy_max_frame(&settings, &caps), caps.max_frame);
}

/* What drivers of honest VFs do too, or what isn't the VF's fault, brings none nearer to quarantine. */
static void
only_refusals_for_the_vfs_own_sake_are_violations(void **state)
{
	int verdict;

	(void)state;
	for (verdict = 0; verdict < VFCTL_VERDICT_NB; verdict++)
		assert_int_equal(vfctl_policy_violation((enum vfctl_verdict)verdict),
				 verdict != VFCTL_GRANTED && verdict != VFCTL_LINK_DENIED &&
					 verdict != VFCTL_VETOED && verdict != VFCTL_DRIVER_FAILED);
}

/* --- operators --- */

/* Refused with a line that begins with `want`, and without overrunning a small `why`. */
static void
expect_refused(const struct vfctl_settings *bad, const char *want)
{
	char why[VFCTL_WHY_LEN], shorter[8];

	assert_int_equal(vfctl_policy_settings(1, bad, &caps, why, sizeof(why)), -EINVAL);
	if (strncmp(why, want, strlen(want)) != 0)
		fail_msg("'%s' doesn't begin with '%s'", why, want);
	assert_int_equal(vfctl_policy_settings(1, bad, &caps, shorter, sizeof(shorter)), -EINVAL);
	assert_true(strlen(shorter) < sizeof(shorter));
}

static void
expect_accepted(const struct vfctl_settings *good)
{
	char why[VFCTL_WHY_LEN] = "";

	if (vfctl_policy_settings(1, good, &caps, why, sizeof(why)) != 0)
		fail_msg("%s", why);
}

/* Each field at both ends of its range, and one step beyond. */
static void
settings_out_of_range_are_named(void **state)
{
	(void)state;
	expect_accepted(&defaults);
#define BAD(name, field, value) \
	do { \
		struct vfctl_settings bad = defaults; \
\
		bad.field = value; \
		expect_refused(&bad, name); \
	} while (0)
#define GOOD(field, value) \
	do { \
		struct vfctl_settings good = defaults; \
\
		good.field = value; \
		expect_accepted(&good); \
	} while (0)
	BAD("mac: 00:", mac, zero);
	BAD("mac: 01:", mac, multicast);
	BAD("mac: FF:", mac, broadcast);
	GOOD(max_macs, 2);
	BAD("max_macs: 3 is not in 0 to 2", max_macs, 3);
	BAD("macs: 3", macs.nb, 3);
	BAD("macs: 65535", macs.nb, UINT16_MAX);
	BAD("allow_macs: 17", allow_macs.nb, VFCTL_MAC_LIST_MAX + 1);
	BAD("allow_macs: 65535", allow_macs.nb, UINT16_MAX);
	GOOD(vlan, 4094);
	BAD("vlan: 4095", vlan, 4095);
	BAD("vlan: 65535", vlan, UINT16_MAX);
	GOOD(qos, 7);
	BAD("qos: 8", qos, 8);
	GOOD(vlan_proto, RTE_ETHER_TYPE_QINQ);
	BAD("vlan_proto: 0x9100", vlan_proto, 0x9100);
	BAD("vlan_proto: 0x0", vlan_proto, 0);
	GOOD(max_vlans, 3);
	BAD("max_vlans: 4", max_vlans, 4);
	GOOD(insert, 4094);
	BAD("insert: 4095", insert, 4095);
	BAD("trunk", trunk[0], 1);
	BAD("trunk", trunk[VFCTL_VLAN_WORDS - 1], RTE_BIT64(63));
	GOOD(max_tx_rate, 1000);
	BAD("max_tx_rate: 1001", max_tx_rate, 1001);
	BAD("max_tx_rate: 4294967295", max_tx_rate, UINT32_MAX);
	GOOD(state, VFCTL_LINK_OFF);
	BAD("state: 3", state, (enum vfctl_link_state)(VFCTL_LINK_OFF + 1));
	GOOD(max_mtu, 68);
	BAD("max_mtu: 67", max_mtu, 67);
	GOOD(max_mtu, 9728 - VFCTL_FRAME_OVERHEAD);
	BAD("max_mtu", max_mtu, 9728 - VFCTL_FRAME_OVERHEAD + 1);
	GOOD(queues, 2);
	BAD("queues: 0", queues, 0);
	BAD("queues: 3", queues, 3);
	GOOD(budget, 1);
	BAD("budget: 0", budget, 0);
	BAD("budget: 1000001", budget, 1000001);
	GOOD(burst, 1);
	BAD("burst: 0", burst, 0);
	BAD("burst: 1000001", burst, 1000001);
	GOOD(quarantine_after, 0);
	GOOD(quarantine_after, UINT32_MAX);
}

static void
lists_of_addresses_hold_unicast_that_is_not_the_own_one(void **state)
{
	struct vfctl_settings settings = defaults;

	(void)state;
	settings.macs = (struct vfctl_mac_list){ .nb = 2, .mac = { unicast, listed } };
	settings.allow_macs = settings.macs;
	expect_accepted(&settings);
	settings.macs.mac[1] = multicast;
	expect_refused(&settings, "macs: 01:");
	settings.macs.mac[1] = settings.mac;
	expect_refused(&settings, "macs: has the VF's own address");
	settings.macs.nb = 1;
	expect_accepted(&settings);
	settings.allow_macs.mac[1] = zero;
	expect_refused(&settings, "allow_macs: 00:");
}

static void
port_vlan_and_insertion_exclude_one_another(void **state)
{
	struct vfctl_settings settings = defaults;

	(void)state;
	settings.vlan = 5;
	settings.insert = 6;
	expect_refused(&settings, "insert: 6");
}

static void
mirrors_go_to_another_vf_or_the_pf(void **state)
{
	struct vfctl_settings settings = defaults;

	(void)state;
	/* without anything to mirror, the rest says nothing */
	settings.mirror = (struct vfctl_mirror){ 0, 4095, 99 };
	expect_accepted(&settings);
	settings.mirror = (struct vfctl_mirror){ VFCTL_MIRROR_RX, 0, VFCTL_PF };
	expect_accepted(&settings);
	settings.mirror.to = 6;
	expect_accepted(&settings);
	settings.mirror.to = 7;
	expect_refused(&settings, "mirror: there is no VF 7; at most 6");
	settings.mirror.to = VFCTL_NOBODY;
	expect_refused(&settings, "mirror: there is no VF");
	settings.mirror.to = 1;
	expect_refused(&settings, "mirror: to the VF itself");
	settings.mirror = (struct vfctl_mirror){ 8, 0, VFCTL_PF };
	expect_refused(&settings, "mirror: what 0x8");
	settings.mirror = (struct vfctl_mirror){ VFCTL_MIRROR_TX, 5, VFCTL_PF };
	expect_refused(&settings, "mirror: VLAN 5");
	settings.mirror = (struct vfctl_mirror){ VFCTL_MIRROR_VLAN, 0, VFCTL_PF };
	expect_refused(&settings, "mirror: VLAN 0");
	settings.mirror.vlan = 4095;
	expect_refused(&settings, "mirror: VLAN 4095");
	settings.mirror.vlan = 4094;
	expect_accepted(&settings);
}

static void
port_settings_out_of_range_are_named(void **state)
{
	struct vfctl_port_settings settings = { .default_pool = VFCTL_NOBODY };
	char why[VFCTL_WHY_LEN];

	(void)state;
	assert_int_equal(vfctl_policy_port_settings(&settings, &caps, why, sizeof(why)), 0);
	settings.default_pool = VFCTL_PF;
	assert_int_equal(vfctl_policy_port_settings(&settings, &caps, why, sizeof(why)), 0);
	settings.default_pool = 6;
	settings.storm_broadcast = settings.storm_multicast = 1000;
	assert_int_equal(vfctl_policy_port_settings(&settings, &caps, why, sizeof(why)), 0);
	settings.storm_broadcast = 1001;
	assert_int_equal(vfctl_policy_port_settings(&settings, &caps, why, sizeof(why)), -EINVAL);
	assert_string_equal(why, "storm_broadcast: 1001 is not in 0 to 1000");
	settings.storm_broadcast = 0;
	settings.storm_multicast = UINT32_MAX;
	assert_int_equal(vfctl_policy_port_settings(&settings, &caps, why, sizeof(why)), -EINVAL);
	assert_non_null(strstr(why, "storm_multicast"));
	settings.storm_multicast = 0;
	settings.default_pool = 7;
	assert_int_equal(vfctl_policy_port_settings(&settings, &caps, why, sizeof(why)), -EINVAL);
	assert_string_equal(why, "default_pool: there is no VF 7; at most 6");
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
		cmocka_unit_test(allow_list_lets_in_only_whom_it_names),
		cmocka_unit_test(given_addresses_leave_less_room_for_those_asked_for),
		cmocka_unit_test(attack_vlan_hopping_out_of_a_port_vlan),
		cmocka_unit_test(trunk_lets_in_only_its_vlans_and_the_inserted_one),
		cmocka_unit_test(link_set_off_refuses_resets),
		cmocka_unit_test(trust_is_both_kinds_of_promiscuity),
		cmocka_unit_test(what_a_pool_accepts_follows_from_settings_and_promiscuity),
		cmocka_unit_test(tagging_follows_from_port_vlan_insert_and_strip),
		cmocka_unit_test(largest_frame_follows_from_mtu_and_chip),
		cmocka_unit_test(only_refusals_for_the_vfs_own_sake_are_violations),
		cmocka_unit_test(settings_out_of_range_are_named),
		cmocka_unit_test(lists_of_addresses_hold_unicast_that_is_not_the_own_one),
		cmocka_unit_test(port_vlan_and_insertion_exclude_one_another),
		cmocka_unit_test(mirrors_go_to_another_vf_or_the_pf),
		cmocka_unit_test(port_settings_out_of_range_are_named),
	};

	return cmocka_run_group_tests_name("vfctl_policy", tests, setup, NULL);
}
