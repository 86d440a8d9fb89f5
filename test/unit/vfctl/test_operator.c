/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) the igbiov authors
 */

/* Each setting and what it does to a running VF; changes that fail; who owns which address. */

#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "fake.h"
#include "vfctl_field.h"

static struct fake fake;
static char why[VFCTL_WHY_LEN];

static int
setup(void **state)
{
	(void)state;
	fake_init(&fake);
	fake_start(&fake);
	fake_ask_reset(&fake, 1);
	fake_ask_reset(&fake, 2);
	return 0;
}

static int
teardown(void **state)
{
	(void)state;
	fake_stop(&fake);
	return 0;
}

/* Sets fields of a VF, others as they are: SET(1, VLAN, rc, .vlan = 5). */
#define SET(vf, rc, fields_, ...) \
	assert_int_equal(vfctl_vf_set(FAKE_PORT_ID, vf, fields_, \
				      &(struct vfctl_settings){ __VA_ARGS__ }, why, sizeof(why)), \
			 rc)
#define F(name) VFCTL_FIELD(VFCTL_F_##name)

static bool
in_vlan(uint16_t vf_id, uint16_t vid)
{
	return fake.row[vf_id].vlan[vid / 64] & RTE_BIT64(vid % 64);
}

/* --- VLANs --- */

static void
attack_port_vlan_can_be_neither_left_nor_added_to(void **state)
{
	const struct fake_row *row = &fake.row[1];

	(void)state;
	fake_ask_vlan(&fake, 1, 10, true);
	SET(1, 0, F(VLAN) | F(QOS), .vlan = 100, .qos = 5);
	assert_true(in_vlan(1, 100));
	/* what it had joined itself is left */
	assert_int_equal(row->nb_vlans, 1);
	assert_true(row->tagging.insert == 100 && row->tagging.qos == 5 && row->tagging.always &&
		    row->tagging.strip);
	assert_int_equal(row->accept, VFCTL_ACCEPT_BROADCAST);
	assert_int_equal(fake_ask_vlan(&fake, 1, 10, true), VFCTL_VLAN_DENIED);
	/* answered as done, and isn't */
	assert_int_equal(fake_ask_vlan(&fake, 1, 100, false), VFCTL_GRANTED);
	assert_true(in_vlan(1, 100));
	assert_int_equal(fake_ask_vlan(&fake, 1, 100, true), VFCTL_GRANTED);
	fake_ask_reset(&fake, 1);
	assert_true(in_vlan(1, 100));
	assert_true(row->tagging.always);
	fake_check(&fake);
	SET(1, 0, F(VLAN), .vlan = 200);
	assert_true(in_vlan(1, 200) && !in_vlan(1, 100));
	SET(1, 0, F(VLAN), .vlan = 0);
	assert_int_equal(row->nb_vlans, 0);
	assert_true(row->tagging.insert == 0 && !row->tagging.always && !row->tagging.strip);
	assert_int_equal(row->accept, VFCTL_ACCEPT_DEFAULT);
	assert_int_equal(fake_ask_vlan(&fake, 1, 10, true), VFCTL_GRANTED);
	fake_check(&fake);
}

static void
inserted_vlan_is_given_and_others_stay_open(void **state)
{
	(void)state;
	SET(1, 0, F(INSERT) | F(STRIP) | F(QOS), .insert = 7, .strip = true, .qos = 3);
	assert_true(fake.row[1].tagging.insert == 7 && fake.row[1].tagging.qos == 3 &&
		    !fake.row[1].tagging.always && fake.row[1].tagging.strip);
	assert_true(in_vlan(1, 7));
	/* it isn't counted */
	for (uint16_t vid = 10; vid < 14; vid++)
		assert_int_equal(fake_ask_vlan(&fake, 1, vid, true), VFCTL_GRANTED);
	assert_int_equal(fake_ask_vlan(&fake, 1, 14, true), VFCTL_QUOTA);
	assert_int_equal(fake_ask_vlan(&fake, 1, 7, false), VFCTL_GRANTED);
	assert_true(in_vlan(1, 7));
	fake_check(&fake);
	SET(1, 0, F(INSERT), .insert = 0);
	assert_int_equal(fake.row[1].nb_vlans, 4);
	fake_check(&fake);
}

static void
smaller_trunk_keeps_what_is_still_allowed(void **state)
{
	(void)state;
	fake_ask_vlan(&fake, 1, 10, true);
	fake_ask_vlan(&fake, 1, 70, true);
	fake_ask_vlan(&fake, 1, 80, true);
	/* the surplus is counted without what goes anyway */
	SET(1, 0, F(TRUNK) | F(MAX_VLANS), .trunk = { [1] = UINT64_MAX }, .max_vlans = 2);
	assert_true(!in_vlan(1, 10) && in_vlan(1, 70) && in_vlan(1, 80));
	assert_int_equal(fake_ask_vlan(&fake, 1, 10, true), VFCTL_VLAN_DENIED);
	SET(1, 0, F(MAX_VLANS), .max_vlans = 1);
	assert_true(in_vlan(1, 70) && !in_vlan(1, 80));
	fake_check(&fake);
}

/* --- addresses --- */

static const struct vfctl_mac_list *
list_of(uint8_t first, uint16_t nb)
{
	static struct vfctl_mac_list list;

	list.nb = nb;
	for (uint16_t i = 0; i < nb; i++)
		list.mac[i] = fake_mac((uint8_t)(first + i));
	return &list;
}

static void
given_addresses_stay_whatever_the_vf_asks_for(void **state)
{
	struct rte_ether_addr given = fake_mac(1), asked = fake_mac(3), other = fake_mac(4);

	(void)state;
	SET(1, 0, F(MACS), .macs = *list_of(1, 1));
	assert_int_equal(fake_owner(&fake, &given), 1);
	assert_true(fake.row[1].enabled);
	assert_int_equal(fake_ask_mac(&fake, 2, VFCTL_REQ_MAC_SET, &given), VFCTL_MAC_TAKEN);
	/* one of two places is used */
	assert_int_equal(fake_ask_mac(&fake, 1, VFCTL_REQ_MAC_ADD, &asked), VFCTL_GRANTED);
	assert_int_equal(fake_ask_mac(&fake, 1, VFCTL_REQ_MAC_ADD, &other), VFCTL_QUOTA);
	assert_int_equal(fake_ask_mac(&fake, 1, VFCTL_REQ_MAC_CLEAR, &asked), VFCTL_GRANTED);
	assert_int_equal(fake_owner(&fake, &asked), -1);
	assert_int_equal(fake_owner(&fake, &given), 1);
	/* it may be the own one for a while */
	assert_int_equal(fake_ask_mac(&fake, 1, VFCTL_REQ_MAC_SET, &given), VFCTL_GRANTED);
	assert_int_equal(fake_ask_mac(&fake, 1, VFCTL_REQ_MAC_SET, &asked), VFCTL_GRANTED);
	assert_int_equal(fake_owner(&fake, &given), 1);
	fake_ask_reset(&fake, 1);
	assert_int_equal(fake_owner(&fake, &given), 1);
	assert_int_equal(fake_nb_macs(&fake, 1), 2);
	fake_check(&fake);
	/* taken back, though it could have asked for it */
	SET(1, 0, F(MACS), .macs = *list_of(2, 1));
	assert_int_equal(fake_owner(&fake, &given), -1);
	fake_check(&fake);
}

/* The youngest goes first, but not what the VF never asked for. */
static void
given_address_is_not_cleared_for_being_the_youngest(void **state)
{
	struct rte_ether_addr given = fake_mac(1), asked = fake_mac(3);

	(void)state;
	fake_ask_mac(&fake, 1, VFCTL_REQ_MAC_ADD, &asked);
	SET(1, 0, F(MACS), .macs = *list_of(1, 1));
	assert_int_equal(fake_ask_mac(&fake, 1, VFCTL_REQ_MAC_CLEAR, &asked), VFCTL_GRANTED);
	assert_int_equal(fake_owner(&fake, &given), 1);
	assert_int_equal(fake_owner(&fake, &asked), -1);
	fake_check(&fake);
}

static void
given_address_does_not_make_room_for_another(void **state)
{
	struct rte_ether_addr given = fake_mac(1), other = fake_mac(4);

	(void)state;
	SET(1, 0, F(MACS), .macs = *list_of(1, 1));
	fake_ask_mac(&fake, 1, VFCTL_REQ_MAC_SET, &given);
	for (unsigned int i = 0; i < FAKE_FILTER; i++)
		if (fake.filter[i].owner < 0)
			fake.filter[i] = (struct fake_entry){ fake_mac((uint8_t)(100 + i)), 99 };
	assert_int_equal(fake_ask_mac(&fake, 1, VFCTL_REQ_MAC_SET, &other), VFCTL_DRIVER_FAILED);
	assert_int_equal(fake_owner(&fake, &given), 1);
	fake_check(&fake);
}

static void
allow_list_takes_back_what_it_does_not_name(void **state)
{
	struct rte_ether_addr listed = fake_mac(1), foreign = fake_mac(9);

	(void)state;
	fake_ask_mac(&fake, 1, VFCTL_REQ_MAC_ADD, &listed);
	fake_ask_mac(&fake, 1, VFCTL_REQ_MAC_ADD, &foreign);
	SET(1, 0, F(ALLOW_MACS), .allow_macs = *list_of(1, 2));
	assert_int_equal(fake_owner(&fake, &listed), 1);
	assert_int_equal(fake_owner(&fake, &foreign), -1);
	assert_true(fake.row[1].enabled);
	assert_int_equal(fake_ask_mac(&fake, 1, VFCTL_REQ_MAC_SET, &foreign), VFCTL_MAC_DENIED);
	assert_int_equal(fake_ask_mac(&fake, 1, VFCTL_REQ_MAC_SET, &listed), VFCTL_GRANTED);
	/* its own address isn't on the new list: it must reset itself */
	SET(1, 0, F(ALLOW_MACS), .allow_macs = *list_of(2, 1));
	assert_false(fake.row[1].enabled);
	assert_int_equal(fake_owner(&fake, &listed), -1);
	fake_check(&fake);
}

static void
attack_address_of_a_vf_that_does_not_exist_yet(void **state)
{
	struct rte_ether_addr reserved = fake_mac(50), mac;

	(void)state;
	vfctl_stop(fake.port);
	fake_wipe(&fake);
	vfctl_port_num_vfs(fake.port, 3);
	assert_int_equal(vfctl_start(fake.port), 0);
	SET(5, 0, F(MAC) | F(MACS), .mac = reserved, .macs = *list_of(51, 1));
	assert_int_equal(fake_ask_reset(&fake, 1), VFCTL_GRANTED);
	assert_int_equal(fake_ask_mac(&fake, 1, VFCTL_REQ_MAC_SET, &reserved), VFCTL_MAC_TAKEN);
	mac = fake_mac(51);
	assert_int_equal(fake_ask_mac(&fake, 1, VFCTL_REQ_MAC_ADD, &mac), VFCTL_MAC_TAKEN);
	assert_int_equal(vfctl_mac_owner(fake.port, &mac), 5);
	SET(1, -EADDRINUSE, F(MAC), .mac = mac);
	assert_non_null(strstr(why, "is VF 5's"));
	SET(6, -EADDRINUSE, F(MACS), .macs = *list_of(50, 1));
	assert_string_equal(why, "VF 6: 02:AA:00:00:00:32 is VF 5's; choose one that nobody uses");
	/* it owns no register until it exists */
	assert_int_equal(fake_owner(&fake, &reserved), -1);
}

static void
operators_address_clashes_are_named(void **state)
{
	struct rte_ether_addr used = fake_mac(60), derived = fake.port->vf[4].settings.mac;

	(void)state;
	assert_int_equal(fake_ask_mac(&fake, 2, VFCTL_REQ_MAC_ADD, &used), VFCTL_GRANTED);
	SET(1, -EADDRINUSE, F(MACS), .macs = *list_of(60, 1));
	assert_string_equal(why, "VF 1: 02:AA:00:00:00:3C is VF 2's; choose one that nobody uses");
	SET(1, -EADDRINUSE, F(MAC), .mac = derived);
	SET(1, -EADDRINUSE, F(MACS), .macs = { .nb = 1, .mac = { fake.pf_mac } });
	assert_non_null(strstr(why, "the PF's"));
	/* whom it is taken from, it may be given to */
	SET(2, 0, F(MAC_LOCKED), .mac_locked = true);
	SET(1, 0, F(MACS), .macs = *list_of(60, 1));
	fake_check(&fake);
}

/* Of a whole port, as policy files do. */
static void
addresses_change_hands_in_one_change(void **state)
{
	struct vfctl_wanted wanted;
	struct rte_ether_addr first = fake_mac(1), second = fake_mac(2), used = fake_mac(3);

	(void)state;
	SET(1, 0, F(MAC), .mac = first);
	SET(2, 0, F(MAC), .mac = second);
	fake_ask_reset(&fake, 1);
	fake_ask_reset(&fake, 2);
	fake_ask_mac(&fake, 2, VFCTL_REQ_MAC_ADD, &used);
	vfctl_wanted_get(fake.port, &wanted);
	wanted.vf[1].mac = second;
	wanted.vf[2].mac = first;
	assert_int_equal(vfctl_wanted_commit(fake.port, &wanted, why, sizeof(why)), 0);
	assert_int_equal(fake_owner(&fake, &first), 2);
	assert_int_equal(fake_owner(&fake, &second), 1);
	fake_check(&fake);
	/* and one that a VF used by asking, which it may no longer */
	fake_ask_reset(&fake, 2);
	fake_ask_mac(&fake, 2, VFCTL_REQ_MAC_SET, &used);
	vfctl_wanted_get(fake.port, &wanted);
	wanted.vf[2].mac_locked = true;
	wanted.vf[0].macs = *list_of(3, 1);
	assert_int_equal(vfctl_wanted_commit(fake.port, &wanted, why, sizeof(why)), 0);
	assert_int_equal(fake_owner(&fake, &used), 0);
	assert_false(fake.row[2].enabled);
	fake_check(&fake);
}

/* --- what a pool accepts --- */

static void
pool_accepts_as_the_settings_say(void **state)
{
	const uint32_t *accept = &fake.row[1].accept;

	(void)state;
	SET(1, 0, F(BROADCAST), .broadcast = false);
	assert_int_equal(*accept, VFCTL_ACCEPT_UNTAGGED);
	SET(1, 0, F(UNTAGGED) | F(BROADCAST), .broadcast = true);
	assert_int_equal(*accept, VFCTL_ACCEPT_BROADCAST);
	SET(1, 0, F(UNKNOWN_UNICAST), .unknown_unicast = true);
	assert_int_equal(*accept, VFCTL_ACCEPT_BROADCAST | VFCTL_ACCEPT_UNICAST);
	SET(1, 0, F(ALL_MULTICAST) | F(UNKNOWN_UNICAST), .all_multicast = true);
	assert_int_equal(*accept, VFCTL_ACCEPT_BROADCAST | VFCTL_ACCEPT_MULTICAST);
	fake_ask_reset(&fake, 1);
	assert_int_equal(*accept, VFCTL_ACCEPT_BROADCAST | VFCTL_ACCEPT_MULTICAST);
	fake_check(&fake);
}

static void
attack_promiscuity_needs_leave_of_its_kind(void **state)
{
	(void)state;
	assert_int_equal(fake_ask_promisc(&fake, 1, VFCTL_PROMISC_UNICAST), VFCTL_PROMISC_DENIED);
	SET(1, 0, F(ALLOW_PROMISC), .allow_promisc = true);
	assert_int_equal(fake_ask_promisc(&fake, 1, VFCTL_PROMISC_UNICAST), VFCTL_GRANTED);
	assert_int_equal(fake_ask_promisc(&fake, 1, VFCTL_PROMISC_MULTICAST), VFCTL_PROMISC_DENIED);
	SET(1, 0, F(TRUST), .trust = true);
	assert_int_equal(fake_ask_promisc(&fake, 1, VFCTL_PROMISC_ALL), VFCTL_GRANTED);
	assert_int_equal(fake.row[1].accept,
			 VFCTL_ACCEPT_DEFAULT | VFCTL_ACCEPT_UNICAST | VFCTL_ACCEPT_MULTICAST);
	/* leave alone opens nothing */
	assert_int_equal(fake.row[2].accept, VFCTL_ACCEPT_DEFAULT);
	SET(2, 0, F(TRUST), .trust = true);
	assert_int_equal(fake.row[2].accept, VFCTL_ACCEPT_DEFAULT);
	SET(1, 0, F(TRUST), .trust = false);
	assert_int_equal(fake.row[1].accept, VFCTL_ACCEPT_DEFAULT | VFCTL_ACCEPT_UNICAST);
	fake_check(&fake);
}

/* --- link, queues, rates --- */

static void
link_state_off_stops_the_vf_and_auto_lets_it_back(void **state)
{
	unsigned int notices = fake.vf[1].nb_notices;

	(void)state;
	SET(1, 0, F(STATE), .state = VFCTL_LINK_OFF);
	assert_false(fake.row[1].enabled);
	vfctl_serve_round(fake.port);
	assert_int_equal(fake.vf[1].nb_notices, notices + 1);
	assert_int_equal(fake.vf[1].notice_state, VFCTL_LINK_OFF);
	assert_int_equal(fake_ask_reset(&fake, 1), VFCTL_LINK_DENIED);
	assert_false(fake.row[1].enabled);
	/* a link change doesn't wake it */
	vfctl_serve_link(fake.port);
	vfctl_serve_round(fake.port);
	assert_int_equal(fake.vf[1].nb_notices, notices + 1);
	SET(1, 0, F(STATE), .state = VFCTL_LINK_AUTO);
	vfctl_serve_round(fake.port);
	assert_int_equal(fake.vf[1].notice_state, VFCTL_LINK_AUTO);
	assert_false(fake.vf[1].notice_cts);
	assert_int_equal(fake_ask_reset(&fake, 1), VFCTL_GRANTED);
	assert_true(fake.row[1].enabled);
}

static void
link_state_on_is_told_at_once_and_after_each_reset(void **state)
{
	unsigned int notices = fake.vf[1].nb_notices;

	(void)state;
	SET(1, 0, F(STATE), .state = VFCTL_LINK_ON);
	vfctl_serve_round(fake.port);
	assert_int_equal(fake.vf[1].nb_notices, notices + 1);
	assert_true(fake.vf[1].notice_cts);
	assert_int_equal(fake.vf[1].notice_state, VFCTL_LINK_ON);
	assert_true(fake.row[1].enabled);
	/* its driver knows no more after a reset, and an answer doesn't say it */
	fake_ask_reset(&fake, 1);
	vfctl_serve_round(fake.port);
	assert_int_equal(fake.vf[1].nb_notices, notices + 2);
	fake_ask_reset(&fake, 2);
	vfctl_serve_round(fake.port);
	assert_int_equal(fake.vf[2].nb_notices, 1);
}

static void
ways_open_and_close_apart(void **state)
{
	(void)state;
	SET(1, 0, F(RX), .rx = false);
	assert_true(!fake.row[1].rx && fake.row[1].tx);
	fake_ask_reset(&fake, 1);
	assert_true(!fake.row[1].rx && fake.row[1].tx);
	SET(1, 0, F(TX) | F(RX), .rx = true, .tx = false);
	assert_true(fake.row[1].rx && !fake.row[1].tx);
	fake_check(&fake);
	/* not before it has reset itself */
	SET(3, 0, F(TX), .tx = false);
	assert_false(fake.row[3].rx);
	fake_check(&fake);
}

static void
mtu_limit_bounds_what_the_vf_may_ask_for(void **state)
{
	(void)state;
	SET(1, 0, F(MAX_MTU), .max_mtu = 2000);
	assert_int_equal(fake.row[1].max_frame, 1522);
	assert_int_equal(fake_ask_max_frame(&fake, 1, 2027), VFCTL_BAD_REQUEST);
	assert_int_equal(fake_ask_max_frame(&fake, 1, 2026), VFCTL_GRANTED);
	assert_int_equal(fake.row[1].max_frame, 2026);
	SET(1, 0, F(MAX_MTU), .max_mtu = 68);
	assert_int_equal(fake.row[1].max_frame, 94);
	fake_check(&fake);
}

static void
queues_spoofchk_and_mirror_reach_the_chip_and_outlive_resets(void **state)
{
	const struct fake_row *row = &fake.row[1];
	struct vfctl_mirror mirror = { VFCTL_MIRROR_RX | VFCTL_MIRROR_VLAN, 9, 2 };
	unsigned int ops;

	(void)state;
	SET(1, 0, F(QUEUES) | F(MIRROR) | F(SPOOFCHK_VLAN), .queues = 2, .mirror = mirror);
	for (unsigned int i = 0; i < 2; i++) {
		assert_int_equal(row->queues, 2);
		assert_memory_equal(&row->mirror, &mirror, sizeof(mirror));
		assert_true(row->spoofchk_mac && !row->spoofchk_vlan);
		fake_ask_reset(&fake, 1);
	}
	ops = fake.ops;
	SET(1, 0, F(MIRROR), .mirror = mirror);
	assert_int_equal(fake.ops, ops);
	mirror.to = VFCTL_PF;
	SET(1, 0, F(MIRROR), .mirror = mirror);
	assert_int_equal(row->mirror.to, VFCTL_PF);
	mirror.vlan = 10;
	SET(1, 0, F(MIRROR), .mirror = mirror);
	assert_int_equal(row->mirror.vlan, 10);
	SET(1, 0, F(MIRROR), .mirror.what = 0);
	assert_int_equal(row->mirror.what, 0);
	/* nothing to nobody is nothing, wherever it would go */
	ops = fake.ops;
	SET(1, 0, F(MIRROR), .mirror.to = 3);
	assert_int_equal(fake.ops, ops);
	SET(1, -ENOTSUP, F(MIRROR), .mirror = { VFCTL_MIRROR_TX, 0, VFCTL_PF });
	fake_check(&fake);
}

static void
rate_is_worked_out_again_after_each_link_change(void **state)
{
	unsigned int nb;

	(void)state;
	SET(1, 0, F(MAX_TX_RATE), .max_tx_rate = 300);
	assert_int_equal(fake.row[1].rate, 300);
	nb = fake.nb_ops[FAKE_RATE];
	fake_ask_reset(&fake, 1);
	assert_int_equal(fake.nb_ops[FAKE_RATE], nb);
	vfctl_serve_link(fake.port);
	assert_int_equal(fake.nb_ops[FAKE_RATE], nb + 1);
	assert_true(fake.row[1].enabled);
	SET(1, 0, F(MAX_TX_RATE), .max_tx_rate = 0);
	assert_int_equal(fake.row[1].rate, 0);
	vfctl_serve_link(fake.port);
	assert_int_equal(fake.nb_ops[FAKE_RATE], nb + 2);
	fake_check(&fake);
}

static void
rate_that_cannot_be_kept_stops_the_vf_until_it_can(void **state)
{
	(void)state;
	SET(1, 0, F(MAX_TX_RATE), .max_tx_rate = 300);
	fake.failing = RTE_BIT32(FAKE_RATE);
	vfctl_serve_link(fake.port);
	assert_false(fake.row[1].enabled);
	assert_true(fake.row[2].enabled);
	/* a reset alone doesn't lift the limit */
	assert_int_equal(fake_ask_reset(&fake, 1), VFCTL_DRIVER_FAILED);
	assert_false(fake.row[1].enabled);
	fake.failing = 0;
	fake.row[1].rate = 0;
	assert_int_equal(fake_ask_reset(&fake, 1), VFCTL_GRANTED);
	assert_int_equal(fake.row[1].rate, 300);
	fake_check(&fake);
}

static struct vfctl_ops poor_ops;

/* A driver without the optional operations. */
static void
optional_operations_may_be_absent(void **state)
{
	(void)state;
	poor_ops = fake_ops;
	poor_ops.vf_listen = NULL;
	poor_ops.vf_ask_app = NULL;
	poor_ops.vf_rate_set = NULL;
	poor_ops.vf_mirror_set = NULL;
	poor_ops.vf_stats_take = NULL;
	poor_ops.spoofs_take = NULL;
	poor_ops.vf_settings_check = NULL;
	poor_ops.port_settings_check = NULL;
	poor_ops.port_settings_set = NULL;
	poor_ops.num_vfs_set = NULL;
	poor_ops.num_vfs_get = NULL;
	poor_ops.life_get = NULL;
	fake.port->ops = &poor_ops;
	SET(1, -ENOTSUP, F(MAX_TX_RATE), .max_tx_rate = 5);
	assert_string_equal(why, "VF 1: max_tx_rate: this port can't limit rates");
	SET(1, -ENOTSUP, F(MIRROR), .mirror = { VFCTL_MIRROR_RX, 0, VFCTL_PF });
	assert_int_equal(vfctl_port_set(FAKE_PORT_ID, VFCTL_PORT_FIELDS_ALL,
					&(struct vfctl_port_settings){ .loopback = false }, why,
					sizeof(why)),
			 -ENOTSUP);
	assert_int_equal(vfctl_num_vfs_set(FAKE_PORT_ID, 3, why, sizeof(why)), -ENOTSUP);
	SET(1, 0, F(QUEUES), .queues = 2);
	vfctl_stop(fake.port);
	fake_wipe(&fake);
	assert_int_equal(vfctl_start(fake.port), 0);
	fake.now_ns += 100 * VFCTL_NS_PER_S;
	assert_int_equal(fake_ask_reset(&fake, 1), VFCTL_GRANTED);
	vfctl_serve_link(fake.port);
	fake_check(&fake);
}

/* --- the application's word --- */

static void
application_vetoes_what_policy_granted(void **state)
{
	unsigned int ops;

	(void)state;
	fake.app = VFCTL_VETOED;
	ops = fake.ops;
	assert_int_equal(fake_ask_vlan(&fake, 1, 5, true), VFCTL_VETOED);
	assert_int_equal(fake.ops, ops);
	/* what policy refused is refused, whatever it says */
	fake.app = VFCTL_GRANTED;
	assert_int_equal(fake_ask_promisc(&fake, 1, VFCTL_PROMISC_ALL), VFCTL_PROMISC_DENIED);
	fake.app = VFCTL_VETOED;
	assert_int_equal(fake_ask_promisc(&fake, 1, VFCTL_PROMISC_ALL), VFCTL_PROMISC_DENIED);
	assert_int_equal(fake_ask_reset(&fake, 1), VFCTL_VETOED);
	/* as it was: a refused reset resets nothing */
	assert_true(fake.row[1].enabled);
}

static void
stop_in_callback(struct fake *f)
{
	f->on_ask = NULL;
	vfctl_stop(f->port);
}

static void
application_stops_the_port_in_its_request_callback(void **state)
{
	(void)state;
	fake.on_ask = stop_in_callback;
	fake_send(&fake, 1, &(struct vfctl_request){ .type = VFCTL_REQ_RESET });
	fake_send(&fake, 2, &(struct vfctl_request){ .type = VFCTL_REQ_RESET });
	vfctl_serve_round(fake.port);
	assert_false(fake.row[1].enabled);
	assert_false(fake.row[2].enabled);
	assert_false(fake.vf[1].clear_to_send);
	assert_int_equal(fake.port->untold, 0);
	fake_wipe(&fake);
	assert_int_equal(vfctl_start(fake.port), 0);
	fake_ask_reset(&fake, 1);
	fake_check(&fake);
}

static void
lock_in_callback(struct fake *f)
{
	f->on_ask = NULL;
	SET(1, 0, F(MAC_LOCKED), .mac_locked = true);
}

static void
application_forbids_by_settings_in_its_request_callback(void **state)
{
	struct rte_ether_addr mac = fake_mac(9);

	(void)state;
	fake.on_ask = lock_in_callback;
	assert_int_equal(fake_ask_mac(&fake, 1, VFCTL_REQ_MAC_SET, &mac), VFCTL_MAC_LOCKED);
	fake_check(&fake);
}

/* --- all or nothing --- */

/* Changes every operation's setting at once; the address only if asked to. */
static void
change_much(struct vfctl_wanted *wanted, bool mac)
{
	wanted->port.loopback = false;
	for (uint16_t i = 1; i <= 2; i++) {
		struct vfctl_settings *vf = &wanted->vf[i];

		if (mac)
			vf->mac = fake_mac((uint8_t)(40 + i));
		vf->macs.nb = 1;
		vf->macs.mac[0] = fake_mac((uint8_t)(80 + i));
		vf->max_macs = 0;
		vf->insert = 77;
		vf->max_vlans = 1;
		vf->spoofchk_mac = false;
		vf->broadcast = false;
		vf->max_tx_rate = 100;
		vf->queues = 2;
		vf->max_mtu = 1000;
		vf->mirror = (struct vfctl_mirror){ VFCTL_MIRROR_RX, 0, VFCTL_PF };
		vf->tx = false;
	}
}

static void
prepare(void)
{
	struct rte_ether_addr extra;

	for (uint16_t i = 1; i <= 2; i++) {
		extra = fake_mac((uint8_t)(20 + i));
		assert_int_equal(fake_ask_reset(&fake, i), VFCTL_GRANTED);
		fake_ask_mac(&fake, i, VFCTL_REQ_MAC_ADD, &extra);
		fake_ask_vlan(&fake, i, 10, true);
		fake_ask_vlan(&fake, i, 11, true);
	}
}

static bool
same_hold(const struct vfctl_held *a, const struct vfctl_held *b)
{
	return a->nb_filter == b->nb_filter && a->nb_vlans == b->nb_vlans &&
	       memcmp(a->vlan, b->vlan, sizeof(a->vlan)) == 0 && a->max_frame == b->max_frame &&
	       a->promisc == b->promisc;
}

/* Each operation of a change of two VFs fails once: the old settings are in force in the chip too. */
static void
fail_everywhere(bool mac)
{
	unsigned int n, nb_failures = 0;

	for (n = 1; n < 200; n++) {
		struct vfctl_wanted before, now, wanted;
		struct vfctl_held held[3];

		fake.fail_at = 0;
		prepare();
		for (uint16_t i = 1; i <= 2; i++)
			held[i] = fake.port->vf[i].held;
		vfctl_wanted_get(fake.port, &before);
		wanted = before;
		change_much(&wanted, mac);
		fake.fail_at = fake.ops + n;
		if (vfctl_wanted_commit(fake.port, &wanted, why, sizeof(why)) == 0)
			break;
		nb_failures++;
		assert_true(strlen(why) > 0);
		fake.fail_at = 0;
		vfctl_wanted_get(fake.port, &now);
		assert_int_equal(vfctl_port_fields_differ(&now.port, &before.port), 0);
		assert_true(fake.settings.loopback);
		fake_check(&fake);
		for (uint16_t i = 1; i <= 2; i++) {
			assert_int_equal(vfctl_fields_differ(&now.vf[i], &before.vf[i]), 0);
			/* who has lost something must not believe that it has it */
			if (fake.port->vf[i].held.clear_to_send)
				assert_true(same_hold(&fake.port->vf[i].held, &held[i]));
			else
				assert_true(fake.port->untold & RTE_BIT64(i));
		}
	}
	assert_in_range(nb_failures, 20, 199);
	fake.fail_at = 0;
	fake_check(&fake);
	assert_int_equal(fake.row[1].queues, 2);
	assert_int_equal(fake.row[2].max_frame, 1026);
	assert_false(fake.settings.loopback);
}

static void
failed_change_is_undone_at_whatever_operation(void **state)
{
	(void)state;
	fail_everywhere(false);
}

static void
failed_change_of_addresses_is_undone_at_whatever_operation(void **state)
{
	(void)state;
	fail_everywhere(true);
}

/* What failed took nothing from it: there is no reason to stop it. */
static void
failed_change_that_takes_nothing_leaves_the_vf_running(void **state)
{
	static const uint32_t ops[] = { FAKE_TAGGING, FAKE_RATE, FAKE_QUEUES, FAKE_MIRROR,
					FAKE_SPOOFCHK };

	(void)state;
	fake_ask_vlan(&fake, 1, 10, true);
	for (unsigned int i = 0; i < RTE_DIM(ops); i++) {
		fake.failing = RTE_BIT32(ops[i]);
		SET(1, -EIO, F(STRIP) | F(MAX_TX_RATE) | F(QUEUES) | F(MIRROR) | F(SPOOFCHK_MAC),
		    .strip = true, .max_tx_rate = 5, .queues = 2,
		    .mirror = { VFCTL_MIRROR_RX, 0, VFCTL_PF });
		assert_non_null(strstr(why, "VF 1: "));
		fake.failing = 0;
		if (!fake.row[1].enabled)
			fail_msg("stopped by operation %u", (unsigned int)ops[i]);
		fake_check(&fake);
	}
	assert_true(in_vlan(1, 10));
}

/* Then the VF must not run: nobody knows what it has. */
static void
change_that_can_be_neither_done_nor_undone_stops_the_vf(void **state)
{
	(void)state;
	SET(1, 0, F(QUEUES), .queues = 2);
	fake.failing = RTE_BIT32(FAKE_RATE) | RTE_BIT32(FAKE_QUEUES);
	fake.port->vf[1].held.queues = 1; /* so that going back needs the operation */
	fake.row[1].queues = 1;
	SET(1, -EIO, F(MAX_TX_RATE), .max_tx_rate = 7);
	assert_false(fake.row[1].enabled);
	assert_true(fake.row[2].enabled);
	fake.failing = 0;
	assert_int_equal(fake_ask_reset(&fake, 1), VFCTL_GRANTED);
	assert_int_equal(fake.row[1].rate, 0);
	fake_check(&fake);
}

/* --- before a VF exists, and over stops --- */

static void
settings_before_a_vf_exists_and_over_a_stop(void **state)
{
	struct vfctl_settings got;

	(void)state;
	vfctl_stop(fake.port);
	fake_wipe(&fake);
	vfctl_port_num_vfs(fake.port, 3);
	assert_int_equal(vfctl_start(fake.port), 0);
	SET(5, 0, F(VLAN) | F(QUEUES) | F(MAX_TX_RATE) | F(BROADCAST), .vlan = 44, .queues = 2,
	    .max_tx_rate = 70);
	assert_int_equal(vfctl_vf_get(FAKE_PORT_ID, 5, &got), 0);
	assert_int_equal(got.vlan, 44);
	assert_int_equal(fake.row[5].nb_vlans, 0);
	vfctl_stop(fake.port);
	fake_wipe(&fake);
	SET(5, 0, F(QOS), .qos = 6);
	vfctl_port_num_vfs(fake.port, FAKE_VFS);
	assert_int_equal(vfctl_start(fake.port), 0);
	for (unsigned int i = 0; i < 2; i++) {
		assert_true(in_vlan(5, 44));
		assert_true(fake.row[5].tagging.qos == 6 && fake.row[5].queues == 2);
		assert_int_equal(fake.row[5].rate, 70);
		assert_int_equal(fake.row[5].accept, 0);
		assert_int_equal(fake_ask_reset(&fake, 5), VFCTL_GRANTED);
		fake_check(&fake);
		vfctl_stop(fake.port);
		fake_wipe(&fake);
		assert_int_equal(vfctl_start(fake.port), 0);
	}
}

#define TEST(fn) cmocka_unit_test_setup_teardown(fn, setup, teardown)

int
main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(attack_port_vlan_can_be_neither_left_nor_added_to),
		TEST(inserted_vlan_is_given_and_others_stay_open),
		TEST(smaller_trunk_keeps_what_is_still_allowed),
		TEST(given_addresses_stay_whatever_the_vf_asks_for),
		TEST(given_address_is_not_cleared_for_being_the_youngest),
		TEST(given_address_does_not_make_room_for_another),
		TEST(allow_list_takes_back_what_it_does_not_name),
		TEST(attack_address_of_a_vf_that_does_not_exist_yet),
		TEST(operators_address_clashes_are_named),
		TEST(addresses_change_hands_in_one_change),
		TEST(pool_accepts_as_the_settings_say),
		TEST(attack_promiscuity_needs_leave_of_its_kind),
		TEST(link_state_off_stops_the_vf_and_auto_lets_it_back),
		TEST(link_state_on_is_told_at_once_and_after_each_reset),
		TEST(ways_open_and_close_apart),
		TEST(mtu_limit_bounds_what_the_vf_may_ask_for),
		TEST(queues_spoofchk_and_mirror_reach_the_chip_and_outlive_resets),
		TEST(rate_is_worked_out_again_after_each_link_change),
		TEST(rate_that_cannot_be_kept_stops_the_vf_until_it_can),
		TEST(optional_operations_may_be_absent),
		TEST(application_vetoes_what_policy_granted),
		TEST(application_stops_the_port_in_its_request_callback),
		TEST(application_forbids_by_settings_in_its_request_callback),
		TEST(failed_change_is_undone_at_whatever_operation),
		TEST(failed_change_of_addresses_is_undone_at_whatever_operation),
		TEST(failed_change_that_takes_nothing_leaves_the_vf_running),
		TEST(change_that_can_be_neither_done_nor_undone_stops_the_vf),
		TEST(settings_before_a_vf_exists_and_over_a_stop),
	};

	return cmocka_run_group_tests_name("vfctl_operator", tests, NULL, NULL);
}
