/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) the igbiov authors
 */

/* Serving VFs: the handshake, turns, attacks, and drivers that fail. */

#include <errno.h>
#include <string.h>

#include "fake.h"

static struct fake fake;

static int
setup(void **state)
{
	(void)state;
	fake_init(&fake);
	fake_start(&fake);
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
clear(uint16_t vf_id)
{
	assert_int_equal(fake_ask_reset(&fake, vf_id), VFCTL_GRANTED);
	assert_true(fake.row[vf_id].enabled);
}

/* All that a VF can ask for. */
static void
take_all(uint16_t vf_id)
{
	struct rte_ether_addr own = fake_mac((uint8_t)(10 * vf_id + 1));
	struct rte_ether_addr extra = fake_mac((uint8_t)(10 * vf_id + 2));

	fake.port->vf[vf_id].settings.trust = true;
	assert_int_equal(fake_ask_mac(&fake, vf_id, VFCTL_REQ_MAC_SET, &own), VFCTL_GRANTED);
	assert_int_equal(fake_ask_mac(&fake, vf_id, VFCTL_REQ_MAC_ADD, &extra), VFCTL_GRANTED);
	assert_int_equal(fake_ask_multicast(&fake, vf_id, 30), VFCTL_GRANTED);
	assert_int_equal(fake_ask_vlan(&fake, vf_id, 100, true), VFCTL_GRANTED);
	assert_int_equal(fake_ask_vlan(&fake, vf_id, 4094, true), VFCTL_GRANTED);
	assert_int_equal(fake_ask_max_frame(&fake, vf_id, 9018), VFCTL_GRANTED);
	assert_int_equal(fake_ask_promisc(&fake, vf_id, VFCTL_PROMISC_ALL), VFCTL_GRANTED);
	fake_check(&fake);
}

static void
assert_nothing_left(uint16_t vf_id)
{
	const struct fake_row *row = &fake.row[vf_id];
	static const uint64_t no_vlan[VFCTL_VLAN_WORDS];

	assert_int_equal(fake_nb_macs(&fake, vf_id), 1);
	assert_int_equal(fake_owner(&fake, &fake.port->vf[vf_id].settings.mac), vf_id);
	assert_int_equal(row->nb_hashes, 0);
	assert_memory_equal(row->vlan, no_vlan, sizeof(no_vlan));
	assert_int_equal(row->accept, VFCTL_ACCEPT_DEFAULT);
	assert_int_equal(row->max_frame, 1522);
}

/* --- the handshake --- */

static void
start_tells_every_vf_to_reset(void **state)
{
	uint16_t i;

	(void)state;
	for (i = 0; i < FAKE_VFS; i++) {
		assert_int_equal(fake.vf[i].nb_notices, 1);
		assert_false(fake.vf[i].notice_cts);
		assert_nothing_left(i);
	}
}

static void
reset_is_answered_with_the_address(void **state)
{
	(void)state;
	clear(3);
	assert_true(rte_is_same_ether_addr(&fake.vf[3].mac, &fake.port->vf[3].settings.mac));
	assert_true(fake.vf[3].clear_to_send);
	assert_int_equal(fake.port->vf[3].stats.resets, 1);
	assert_int_equal(fake.port->vf[3].stats.granted, 1);
	fake_check(&fake);
}

static void
request_before_reset_is_refused_and_changes_nothing(void **state)
{
	struct rte_ether_addr mac = fake_mac(1);
	unsigned int ops = fake.ops;

	(void)state;
	assert_int_equal(fake_ask_mac(&fake, 2, VFCTL_REQ_MAC_SET, &mac), VFCTL_NOT_CLEAR);
	assert_int_equal(fake_ask_vlan(&fake, 2, 7, true), VFCTL_NOT_CLEAR);
	assert_false(fake.vf[2].clear_to_send);
	assert_int_equal(fake.ops, ops);
	assert_int_equal(fake.port->vf[2].stats.verdict[VFCTL_NOT_CLEAR], 2);
}

static void
what_is_so_already_costs_no_operation(void **state)
{
	struct rte_ether_addr own = fake_mac(11), extra = fake_mac(12);
	unsigned int ops;

	(void)state;
	clear(1);
	take_all(1);
	ops = fake.ops;
	assert_int_equal(fake_ask_mac(&fake, 1, VFCTL_REQ_MAC_SET, &own), VFCTL_GRANTED);
	assert_int_equal(fake_ask_mac(&fake, 1, VFCTL_REQ_MAC_ADD, &own), VFCTL_GRANTED);
	assert_int_equal(fake_ask_mac(&fake, 1, VFCTL_REQ_MAC_ADD, &extra), VFCTL_GRANTED);
	assert_int_equal(fake_ask_vlan(&fake, 1, 100, true), VFCTL_GRANTED);
	assert_int_equal(fake_ask_vlan(&fake, 1, 0, true), VFCTL_GRANTED);
	assert_int_equal(fake_ask_vlan(&fake, 1, 0, false), VFCTL_GRANTED);
	assert_int_equal(fake_ask_vlan(&fake, 1, 55, false), VFCTL_GRANTED);
	assert_int_equal(fake_ask_max_frame(&fake, 1, 9018), VFCTL_GRANTED);
	assert_int_equal(fake_ask_promisc(&fake, 1, VFCTL_PROMISC_ALL), VFCTL_GRANTED);
	assert_int_equal(fake.ops, ops);
}

static void
one_vlan_costs_one_operation(void **state)
{
	unsigned int ops;

	(void)state;
	clear(0);
	ops = fake.ops;
	assert_int_equal(fake_ask_vlan(&fake, 0, 9, true), VFCTL_GRANTED);
	assert_int_equal(fake.ops, ops + 1);
}

/* --- addresses --- */

static void
new_own_address_replaces_the_old_one(void **state)
{
	struct rte_ether_addr first = fake_mac(1), second = fake_mac(2);

	(void)state;
	clear(1);
	assert_int_equal(fake_ask_mac(&fake, 1, VFCTL_REQ_MAC_SET, &first), VFCTL_GRANTED);
	assert_int_equal(fake_ask_mac(&fake, 1, VFCTL_REQ_MAC_SET, &second), VFCTL_GRANTED);
	assert_int_equal(fake_owner(&fake, &first), -1);
	assert_int_equal(fake_owner(&fake, &second), 1);
	assert_int_equal(fake_nb_macs(&fake, 1), 1);
	assert_true(rte_is_same_ether_addr(&fake.vf[1].mac, &second));
	fake_check(&fake);
}

static void
extra_address_can_become_the_own_one(void **state)
{
	struct rte_ether_addr extra = fake_mac(2), third = fake_mac(3), fourth = fake_mac(4);

	(void)state;
	clear(1);
	assert_int_equal(fake_ask_mac(&fake, 1, VFCTL_REQ_MAC_ADD, &extra), VFCTL_GRANTED);
	assert_int_equal(fake_ask_mac(&fake, 1, VFCTL_REQ_MAC_SET, &extra), VFCTL_GRANTED);
	assert_int_equal(fake_nb_macs(&fake, 1), 1);
	/* it is no extra any more: the quota of two is free again */
	assert_int_equal(fake_ask_mac(&fake, 1, VFCTL_REQ_MAC_ADD, &third), VFCTL_GRANTED);
	assert_int_equal(fake_ask_mac(&fake, 1, VFCTL_REQ_MAC_ADD, &fourth), VFCTL_GRANTED);
	assert_int_equal(fake_ask_mac(&fake, 1, VFCTL_REQ_MAC_CLEAR, &fourth), VFCTL_GRANTED);
	assert_int_equal(fake_owner(&fake, &extra), 1);
	assert_int_equal(fake_nb_macs(&fake, 1), 1);
	fake_check(&fake);
}

static void
full_filter_does_not_hinder_a_change_of_address(void **state)
{
	struct rte_ether_addr old = fake_mac(1), new = fake_mac(2);
	unsigned int i;

	(void)state;
	clear(1);
	assert_int_equal(fake_ask_mac(&fake, 1, VFCTL_REQ_MAC_SET, &old), VFCTL_GRANTED);
	for (i = 0; i < FAKE_FILTER; i++)
		if (fake.filter[i].owner < 0)
			fake.filter[i] = (struct fake_entry){ fake_mac((uint8_t)(100 + i)), 99 };
	assert_int_equal(fake_ask_mac(&fake, 1, VFCTL_REQ_MAC_SET, &new), VFCTL_GRANTED);
	assert_int_equal(fake_owner(&fake, &new), 1);
	assert_int_equal(fake_owner(&fake, &old), -1);
	fake_check(&fake);
}

static void
attack_mac_theft(void **state)
{
	struct rte_ether_addr own = fake_mac(1), extra = fake_mac(2);
	const struct rte_ether_addr *stolen[4];
	unsigned int i, ops;

	(void)state;
	stolen[0] = &own;
	stolen[1] = &extra;
	stolen[2] = &fake.pf_mac;
	/* the victim's reserved address, while it uses another */
	stolen[3] = &fake.port->vf[1].settings.mac;
	clear(1);
	clear(2);
	assert_int_equal(fake_ask_mac(&fake, 1, VFCTL_REQ_MAC_SET, &own), VFCTL_GRANTED);
	assert_int_equal(fake_ask_mac(&fake, 1, VFCTL_REQ_MAC_ADD, &extra), VFCTL_GRANTED);
	ops = fake.ops;
	for (i = 0; i < RTE_DIM(stolen); i++) {
		assert_int_equal(fake_ask_mac(&fake, 2, VFCTL_REQ_MAC_SET, stolen[i]),
				 VFCTL_MAC_TAKEN);
		assert_int_equal(fake_ask_mac(&fake, 2, VFCTL_REQ_MAC_ADD, stolen[i]),
				 VFCTL_MAC_TAKEN);
	}
	assert_int_equal(fake.ops, ops);
	fake_check(&fake);
}

static void
attack_filter_exhaustion(void **state)
{
	unsigned int i;

	(void)state;
	clear(1);
	for (i = 0; i < 50; i++) {
		struct rte_ether_addr mac = fake_mac((uint8_t)(i + 1));

		assert_int_equal(fake_ask_mac(&fake, 1, VFCTL_REQ_MAC_ADD, &mac),
				 i < 2 ? VFCTL_GRANTED : VFCTL_QUOTA);
		assert_int_equal(fake_ask_vlan(&fake, 1, (uint16_t)(i + 1), true),
				 i < 4 ? VFCTL_GRANTED : VFCTL_QUOTA);
	}
	assert_int_equal(fake_nb_macs(&fake, 1), 3);
	assert_int_equal(fake.row[1].nb_vlans, 4);
	fake_check(&fake);
}

/* The in-tree PF stores every VF's multicast list as VF 0's. */
static void
multicast_list_is_the_vfs_own(void **state)
{
	(void)state;
	clear(0);
	clear(5);
	assert_int_equal(fake_ask_multicast(&fake, 0, 3), VFCTL_GRANTED);
	assert_int_equal(fake_ask_multicast(&fake, 5, 7), VFCTL_GRANTED);
	assert_int_equal(fake.row[0].nb_hashes, 3);
	assert_int_equal(fake.row[5].nb_hashes, 7);
	assert_int_equal(fake_ask_multicast(&fake, 5, 0), VFCTL_GRANTED);
	assert_int_equal(fake.row[5].nb_hashes, 0);
	fake_check(&fake);
}

/* The in-tree PF has one VLAN table for all: one VF's leaving cuts off the others. */
static void
leaving_a_vlan_leaves_the_others_in_it(void **state)
{
	(void)state;
	clear(1);
	clear(2);
	assert_int_equal(fake_ask_vlan(&fake, 1, 100, true), VFCTL_GRANTED);
	assert_int_equal(fake_ask_vlan(&fake, 2, 100, true), VFCTL_GRANTED);
	assert_int_equal(fake_ask_vlan(&fake, 1, 100, false), VFCTL_GRANTED);
	assert_int_equal(fake.row[1].nb_vlans, 0);
	assert_int_equal(fake.row[2].nb_vlans, 1);
	fake_check(&fake);
}

/* --- resets --- */

static void
residue_between_tenants_after_flr(void **state)
{
	(void)state;
	clear(4);
	take_all(4);
	fake_flr(&fake, 4);
	assert_nothing_left(4);
	assert_false(fake.row[4].enabled);
	assert_int_equal(fake_ask_vlan(&fake, 4, 100, true), VFCTL_NOT_CLEAR);
	clear(4);
	assert_true(rte_is_same_ether_addr(&fake.vf[4].mac, &fake.port->vf[4].settings.mac));
	assert_nothing_left(4);
	fake_check(&fake);
}

static void
residue_after_a_reset_request_alone(void **state)
{
	(void)state;
	clear(4);
	take_all(4);
	clear(4);
	assert_nothing_left(4);
	fake_check(&fake);
}

static void
flr_touches_no_other_vf(void **state)
{
	struct fake_row before;

	(void)state;
	clear(3);
	clear(4);
	take_all(3);
	take_all(4);
	before = fake.row[3];
	fake_flr(&fake, 4);
	assert_memory_equal(&fake.row[3], &before, sizeof(before));
	assert_int_equal(fake_nb_macs(&fake, 3), 2);
}

static void
attack_flr_storm_costs_the_same_each_time(void **state)
{
	unsigned int i, ops, cost;

	(void)state;
	clear(4);
	take_all(4);
	fake_flr(&fake, 4);
	ops = fake.ops;
	fake_flr(&fake, 4);
	cost = fake.ops - ops;
	ops = fake.ops;
	for (i = 0; i < 100; i++)
		fake_flr(&fake, 4);
	assert_int_equal(fake.ops - ops, 100 * cost);
	assert_in_range(cost, 1, 5);
	assert_int_equal(fake.port->vf[4].stats.resets, 103);
}

static void
flr_and_reset_request_seen_in_one_turn(void **state)
{
	(void)state;
	clear(4);
	fake_send(&fake, 4, &(struct vfctl_request){ .type = VFCTL_REQ_RESET });
	fake_flr(&fake, 4);
	vfctl_serve_round(fake.port);
	assert_true(fake.vf[4].clear_to_send);
	assert_true(fake.row[4].enabled);
}

static void
raise_flr(struct fake *f, uint16_t vf_id)
{
	f->on_get = NULL;
	__atomic_fetch_or(&f->resets, RTE_BIT64(vf_id), __ATOMIC_RELEASE);
}

/* The turn has looked for resets already when the VF resets itself and asks. */
static void
flr_in_the_middle_of_a_turn_does_not_undo_the_reset(void **state)
{
	(void)state;
	clear(4);
	fake.on_get = raise_flr;
	clear(4);
	vfctl_serve_round(fake.port);
	vfctl_serve_round(fake.port);
	assert_true(fake.row[4].enabled);
	fake_check(&fake);
}

static void
resets_of_vfs_that_do_not_exist_are_ignored(void **state)
{
	(void)state;
	__atomic_store_n(&fake.resets, UINT64_MAX, __ATOMIC_RELEASE);
	fake.requests = ~RTE_BIT64(0) << (FAKE_VFS - 1);
	vfctl_serve_round(fake.port);
	fake_check(&fake);
}

/* --- turns --- */

static void
attack_flood_does_not_delay_an_honest_vf(void **state)
{
	unsigned int i, rounds, before;

	(void)state;
	for (i = 0; i < FAKE_VFS; i++)
		clear((uint16_t)i);
	for (i = 0; i < FAKE_VFS - 1; i++) {
		fake.vf[i].floods = true;
		fake_send(&fake, (uint16_t)i,
			  &(struct vfctl_request){ .type = VFCTL_REQ_NONSENSE });
	}
	for (rounds = 0; rounds < 100; rounds++) {
		before = fake.vf[0].nb_answers;
		assert_int_equal(fake_ask_vlan(&fake, FAKE_VFS - 1, 1, rounds % 2), VFCTL_GRANTED);
		/* one message each and turn, however many it sends */
		assert_int_equal(fake.vf[0].nb_answers, before + 1);
	}
	assert_int_equal(fake.port->vf[0].stats.verdict[VFCTL_BAD_REQUEST], 100);
	fake_check(&fake);
}

static void
attack_hogged_mailbox_delays_nobody_else_and_is_tried_ever_less(void **state)
{
	unsigned int i, due = 0;

	(void)state;
	clear(1);
	clear(2);
	fake.vf[1].holds_mailbox = true;
	fake_send(&fake, 1, &(struct vfctl_request){ .type = VFCTL_REQ_RESET });
	assert_int_equal(fake_ask_vlan(&fake, 2, 1, true), VFCTL_GRANTED);
	for (i = 0; i < VFCTL_BUSY_TRIES + 2; i++)
		due = vfctl_serve_round(fake.port);
	assert_int_equal(due, 500);
	assert_in_range(fake.port->vf[1].stats.mailbox_busy, VFCTL_BUSY_TRIES, 20);

	/* let go at last: the message is still served, by the tick */
	fake.vf[1].holds_mailbox = false;
	i = fake.vf[1].nb_answers;
	vfctl_serve_round(fake.port);
	assert_int_equal(fake.vf[1].nb_answers, i + 1);
}

static void
briefly_held_mailbox_is_tried_again_soon(void **state)
{
	(void)state;
	fake.vf[1].holds_mailbox = true;
	fake_send(&fake, 1, &(struct vfctl_request){ .type = VFCTL_REQ_RESET });
	assert_int_equal(vfctl_serve_round(fake.port), VFCTL_BUSY_MS);
	fake.vf[1].holds_mailbox = false;
	vfctl_serve_round(fake.port);
	assert_true(fake.vf[1].clear_to_send);
}

static void
lost_message_and_lost_answer_are_counted(void **state)
{
	struct vfctl_vf_stats stats;

	(void)state;
	clear(1);
	fake.vf[1].lost = true;
	fake.requests = RTE_BIT64(1);
	/* a device that is gone shows messages for ever: that must not keep the thread busy */
	assert_int_equal(vfctl_serve_round(fake.port), 500);
	fake.vf[1].lost = false;
	fake.vf[1].deaf = true;
	assert_int_equal(fake_ask_vlan(&fake, 1, 1, true), VFCTL_GRANTED);
	assert_int_equal(vfctl_vf_stats_get(FAKE_PORT_ID, 1, &stats), 0);
	assert_int_equal(stats.verdict[VFCTL_DRIVER_FAILED], 1);
	assert_int_equal(stats.answer_failed, 1);
	assert_int_equal(stats.granted, 2);
}

/* --- link, stop, start --- */

static void
link_change_is_told_to_cleared_vfs(void **state)
{
	(void)state;
	clear(1);
	fake.vf[1].holds_mailbox = true;
	vfctl_serve_link(fake.port);
	vfctl_serve_round(fake.port);
	assert_int_equal(fake.nb_links, 1);
	assert_int_equal(fake.vf[1].nb_notices, 1);
	/* it held its mailbox, and must not miss the news for that */
	fake.vf[1].holds_mailbox = false;
	vfctl_serve_round(fake.port);
	assert_int_equal(fake.vf[1].nb_notices, 2);
	assert_true(fake.vf[1].notice_cts);
	assert_int_equal(fake.vf[2].nb_notices, 1);
}

static void
whoever_missed_the_answer_to_its_reset_is_told_once_more(void **state)
{
	(void)state;
	clear(1);
	clear(2);
	clear(3);
	clear(4);
	fake_ask_vlan(&fake, 2, 7, true);
	fake.now_ns += VFCTL_NS_PER_S;
	vfctl_serve_round(fake.port);
	vfctl_serve_round(fake.port);
	assert_int_equal(fake.vf[1].nb_notices, 1);
	fake_flr(&fake, 3);
	vfctl_apply_fence(fake.port, 4);
	for (unsigned int i = 0; i < 10; i++) {
		fake.now_ns += VFCTL_NS_PER_S;
		vfctl_serve_round(fake.port);
	}
	assert_int_equal(fake.vf[1].nb_notices, 2);
	assert_true(fake.vf[1].notice_cts);
	/* one has said something since, one is about to, one heard that it is stopped */
	assert_int_equal(fake.vf[2].nb_notices, 1);
	assert_int_equal(fake.vf[3].nb_notices, 1);
	assert_int_equal(fake.vf[4].nb_notices, 2);
	assert_false(fake.vf[4].notice_cts);
}

static void
notice_never_lands_on_an_unread_message(void **state)
{
	unsigned int tells;

	(void)state;
	clear(1);
	tells = fake.vf[1].nb_tells;
	fake.vf[1].holds_mailbox = true;
	fake_send(&fake, 1, &(struct vfctl_request){ .type = VFCTL_REQ_RESET });
	vfctl_serve_link(fake.port);
	vfctl_serve_round(fake.port);
	assert_int_equal(fake.vf[1].nb_tells, tells);
	fake.vf[1].holds_mailbox = false;
	vfctl_serve_round(fake.port);
	assert_int_equal(fake.vf[1].nb_tells, tells + 1);
}

static void
stop_in_callback(struct fake *f)
{
	vfctl_stop(f->port);
}

static void
application_stops_the_port_in_its_link_callback(void **state)
{
	(void)state;
	clear(1);
	fake.on_link = stop_in_callback;
	vfctl_serve_link(fake.port);
	assert_false(fake.row[1].enabled);
	assert_int_equal(fake.port->untold, 0);
}

static void
stop_disables_and_tells_every_vf(void **state)
{
	unsigned int ops;

	(void)state;
	clear(1);
	vfctl_stop(fake.port);
	assert_false(fake.row[1].enabled);
	assert_int_equal(fake.vf[1].nb_notices, 2);
	assert_false(fake.vf[1].notice_cts);
	ops = fake.ops;
	vfctl_stop(fake.port);
	assert_int_equal(fake.ops, ops);
	assert_int_equal(fake.vf[1].nb_notices, 2);
}

static void
restart_puts_everything_back_into_empty_filters(void **state)
{
	(void)state;
	clear(1);
	take_all(1);
	vfctl_stop(fake.port);
	fake_wipe(&fake);
	assert_int_equal(vfctl_start(fake.port), 0);
	assert_nothing_left(1);
	assert_int_equal(fake_ask_vlan(&fake, 1, 5, true), VFCTL_NOT_CLEAR);
	clear(1);
	fake_check(&fake);
	assert_int_equal(vfctl_start(fake.port), -EALREADY);
	assert_true(fake.row[1].enabled);
}

static void
failed_start_serves_no_vf(void **state)
{
	unsigned int n, nb_starts = 0;

	(void)state;
	for (n = 1; n < 100; n++) {
		vfctl_stop(fake.port);
		fake_wipe(&fake);
		fake.fail_at = fake.ops + n;
		if (vfctl_start(fake.port) == 0)
			break;
		assert_false(fake.port->serving);
		nb_starts++;
	}
	/* the port, and of each VF: queues, defaults, frame limit, address */
	assert_int_equal(nb_starts, 1 + 4 * FAKE_VFS);
	fake.fail_at = 0;
	clear(1);
	fake_check(&fake);
}

/* --- drivers that fail --- */

/* Each operation of each request fails once: then all is as it was before. */
static void
failed_operation_leaves_nothing_half_done(void **state)
{
	struct rte_ether_addr own = fake_mac(91), extra = fake_mac(92);
	struct vfctl_request reqs[8] = {
		{ .type = VFCTL_REQ_MAC_SET, .mac = own },
		{ .type = VFCTL_REQ_MAC_SET, .mac = fake_mac(12) }, /* from extra to own */
		{ .type = VFCTL_REQ_MAC_ADD, .mac = extra },
		{ .type = VFCTL_REQ_MULTICAST, .mc = { .nb_hashes = 2, .hash = { 8, 9 } } },
		{ .type = VFCTL_REQ_VLAN, .vlan = { 7, true } },
		{ .type = VFCTL_REQ_VLAN, .vlan = { 100, false } },
		{ .type = VFCTL_REQ_MAX_FRAME, .max_frame = 2000 },
		{ .type = VFCTL_REQ_PROMISC, .promisc = 0 },
	};
	unsigned int i, n, nb_failures = 0;

	(void)state;
	for (i = 0; i < RTE_DIM(reqs); i++) {
		for (n = 1; n < 10; n++) {
			struct fake_row before;
			struct vfctl_held held;

			clear(1);
			take_all(1);
			before = fake.row[1];
			held = fake.port->vf[1].held;
			fake.fail_at = fake.ops + n;
			if (fake_ask(&fake, 1, &reqs[i]) == VFCTL_GRANTED)
				break;
			assert_int_equal(fake.vf[1].verdict, VFCTL_DRIVER_FAILED);
			assert_memory_equal(&fake.row[1], &before, sizeof(before));
			assert_true(rte_is_same_ether_addr(&held.mac, &fake.vf[1].mac));
			assert_int_equal(fake_nb_macs(&fake, 1), 2);
			fake_check(&fake);
			nb_failures++;
		}
		fake.fail_at = 0;
	}
	assert_int_equal(nb_failures, 9);
}

static void
failed_reset_leaves_the_vf_disabled_until_one_succeeds(void **state)
{
	unsigned int n, nb_failures = 0;

	(void)state;
	for (n = 1; n < 30; n++) {
		fake.fail_at = 0;
		clear(1);
		take_all(1);
		/* an operation of the reset fails; stopping the queues is the first */
		fake.fail_at = fake.ops + 1 + n;
		if (fake_ask_reset(&fake, 1) == VFCTL_GRANTED)
			break;
		assert_int_equal(fake.vf[1].verdict, VFCTL_DRIVER_FAILED);
		assert_false(fake.vf[1].clear_to_send);
		assert_false(fake.row[1].enabled);
		fake_check(&fake);
		nb_failures++;
	}
	/* defaults, frame limit, address, queues */
	assert_int_equal(nb_failures, 4);
	fake.fail_at = 0;
	clear(1);
	assert_nothing_left(1);
}

/* The old address can't be taken out, and then the new one can't either. */
static void
address_that_cannot_be_removed_keeps_its_owner(void **state)
{
	struct rte_ether_addr mac = fake_mac(1);

	(void)state;
	clear(1);
	clear(2);
	fake.failing = RTE_BIT32(FAKE_MAC_REMOVE);
	assert_int_equal(fake_ask_mac(&fake, 1, VFCTL_REQ_MAC_SET, &mac), VFCTL_DRIVER_FAILED);
	fake_check(&fake);
	assert_int_equal(fake_ask_mac(&fake, 2, VFCTL_REQ_MAC_SET, &mac), VFCTL_MAC_TAKEN);
	fake.failing = 0;
	fake_flr(&fake, 1);
	assert_int_equal(fake_owner(&fake, &mac), -1);
	fake_check(&fake);
}

static void
filter_that_only_grows_is_bounded(void **state)
{
	unsigned int i;

	(void)state;
	clear(1);
	fake.failing = RTE_BIT32(FAKE_MAC_REMOVE);
	for (i = 0; i < 100; i++) {
		struct rte_ether_addr mac = fake_mac((uint8_t)(i + 1));

		assert_int_not_equal(fake_ask_mac(&fake, 1, VFCTL_REQ_MAC_SET, &mac),
				     VFCTL_GRANTED);
	}
	assert_in_range(fake_nb_macs(&fake, 1), 2, VFCTL_FILTER_MAX);
	fake_check(&fake);
}

#define TEST(fn) cmocka_unit_test_setup_teardown(fn, setup, teardown)

int
main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(start_tells_every_vf_to_reset),
		TEST(reset_is_answered_with_the_address),
		TEST(request_before_reset_is_refused_and_changes_nothing),
		TEST(what_is_so_already_costs_no_operation),
		TEST(one_vlan_costs_one_operation),
		TEST(new_own_address_replaces_the_old_one),
		TEST(extra_address_can_become_the_own_one),
		TEST(full_filter_does_not_hinder_a_change_of_address),
		TEST(attack_mac_theft),
		TEST(attack_filter_exhaustion),
		TEST(multicast_list_is_the_vfs_own),
		TEST(leaving_a_vlan_leaves_the_others_in_it),
		TEST(residue_between_tenants_after_flr),
		TEST(residue_after_a_reset_request_alone),
		TEST(flr_touches_no_other_vf),
		TEST(attack_flr_storm_costs_the_same_each_time),
		TEST(flr_and_reset_request_seen_in_one_turn),
		TEST(flr_in_the_middle_of_a_turn_does_not_undo_the_reset),
		TEST(resets_of_vfs_that_do_not_exist_are_ignored),
		TEST(attack_flood_does_not_delay_an_honest_vf),
		TEST(attack_hogged_mailbox_delays_nobody_else_and_is_tried_ever_less),
		TEST(briefly_held_mailbox_is_tried_again_soon),
		TEST(lost_message_and_lost_answer_are_counted),
		TEST(link_change_is_told_to_cleared_vfs),
		TEST(whoever_missed_the_answer_to_its_reset_is_told_once_more),
		TEST(notice_never_lands_on_an_unread_message),
		TEST(application_stops_the_port_in_its_link_callback),
		TEST(stop_disables_and_tells_every_vf),
		TEST(restart_puts_everything_back_into_empty_filters),
		TEST(failed_start_serves_no_vf),
		TEST(failed_operation_leaves_nothing_half_done),
		TEST(failed_reset_leaves_the_vf_disabled_until_one_succeeds),
		TEST(address_that_cannot_be_removed_keeps_its_owner),
		TEST(filter_that_only_grows_is_bounded),
	};

	return cmocka_run_group_tests_name("vfctl_serve", tests, NULL, NULL);
}
