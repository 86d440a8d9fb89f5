/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) the igbiov authors
 */

/* Ports as wholes: their settings, statistics, events and watchers, and the number of their VFs. */

#include <errno.h>
#include <pthread.h>
#include <sched.h>
#include <stdio.h>
#include <string.h>

#include "fake.h"

static struct fake fake;
static char why[VFCTL_WHY_LEN];

static int
setup(void **state)
{
	(void)state;
	fake_init(&fake);
	fake_start(&fake);
	fake_ask_reset(&fake, 1);
	return 0;
}

static int
teardown(void **state)
{
	(void)state;
	fake_stop(&fake);
	return 0;
}

static uint64_t
last_event(uint16_t port_id)
{
	struct vfctl_port_info info;

	assert_int_equal(vfctl_port_info(port_id, &info), 0);
	return info.last_event;
}

/* --- settings of a port --- */

static void
port_settings_reach_the_chip_and_come_back_with_each_start(void **state)
{
	struct vfctl_port_settings set = { .default_pool = 3, .storm_broadcast = 10 }, got;

	(void)state;
	assert_int_equal(vfctl_port_set(FAKE_PORT_ID,
					VFCTL_FIELD(VFCTL_P_DEFAULT_POOL) |
						VFCTL_FIELD(VFCTL_P_STORM_BROADCAST),
					&set, why, sizeof(why)),
			 0);
	assert_int_equal(vfctl_port_get(FAKE_PORT_ID, &got), 0);
	/* what wasn't named stays */
	assert_true(got.loopback && got.drop_enable);
	assert_true(got.default_pool == 3 && got.storm_broadcast == 10);
	assert_memory_equal(&fake.settings, &got, sizeof(got));
	vfctl_stop(fake.port);
	fake.settings = (struct vfctl_port_settings){ 0 };
	fake_wipe(&fake);
	assert_int_equal(vfctl_start(fake.port), 0);
	assert_memory_equal(&fake.settings, &got, sizeof(got));
}

static void
port_settings_that_fail_are_as_before(void **state)
{
	struct vfctl_port_settings set = { .loopback = false }, got;
	uint64_t events = last_event(FAKE_PORT_ID);

	(void)state;
	fake.failing = RTE_BIT32(FAKE_PORT);
	assert_int_equal(
		vfctl_port_set(FAKE_PORT_ID, VFCTL_FIELD(VFCTL_P_LOOPBACK), &set, why, sizeof(why)),
		-EIO);
	assert_true(strlen(why) > 0);
	fake.failing = 0;
	assert_int_equal(vfctl_port_get(FAKE_PORT_ID, &got), 0);
	assert_true(got.loopback && fake.settings.loopback);
	set.storm_multicast = 1001;
	assert_int_equal(
		vfctl_port_set(FAKE_PORT_ID, VFCTL_PORT_FIELDS_ALL, &set, why, sizeof(why)),
		-EINVAL);
	assert_string_equal(why, "storm_multicast: 1001 is not in 0 to 1000");
	assert_int_equal(last_event(FAKE_PORT_ID), events);
	/* not started: kept for the start, without an operation */
	vfctl_stop(fake.port);
	fake_wipe(&fake);
	set.storm_multicast = 0;
	fake.failing = RTE_BIT32(FAKE_PORT);
	assert_int_equal(
		vfctl_port_set(FAKE_PORT_ID, VFCTL_FIELD(VFCTL_P_LOOPBACK), &set, why, sizeof(why)),
		0);
	assert_int_equal(vfctl_start(fake.port), -EIO);
	fake.failing = 0;
	assert_int_equal(vfctl_start(fake.port), 0);
	assert_false(fake.settings.loopback);
}

static void
port_says_what_it_is(void **state)
{
	struct vfctl_port_info info;

	(void)state;
	assert_int_equal(vfctl_port_info(FAKE_PORT_ID, &info), 0);
	assert_string_equal(info.name, "0000:01:00.0");
	assert_true(info.nb_vfs == FAKE_VFS && info.max_vfs == FAKE_VFS && info.serving);
	vfctl_stop(fake.port);
	assert_int_equal(vfctl_port_info(FAKE_PORT_ID, &info), 0);
	assert_false(info.serving);
}

static void
vf_says_what_it_has(void **state)
{
	struct rte_ether_addr own = fake_mac(1), extra = fake_mac(2);
	struct vfctl_vf_info info;

	(void)state;
	fake.port->vf[1].settings.trust = true;
	fake_ask_mac(&fake, 1, VFCTL_REQ_MAC_SET, &own);
	fake_ask_mac(&fake, 1, VFCTL_REQ_MAC_ADD, &extra);
	fake_ask_vlan(&fake, 1, 100, true);
	fake_ask_multicast(&fake, 1, 4);
	fake_ask_promisc(&fake, 1, VFCTL_PROMISC_MULTICAST);
	assert_int_equal(vfctl_vf_info(FAKE_PORT_ID, 1, &info), 0);
	assert_true(info.exists && info.clear_to_send && !info.quarantined);
	assert_true(rte_is_same_ether_addr(&info.mac, &own));
	assert_int_equal(info.macs.nb, 1);
	assert_true(rte_is_same_ether_addr(&info.macs.mac[0], &extra));
	assert_int_equal(info.vlan[1], RTE_BIT64(100 - 64));
	assert_int_equal(info.nb_hashes, 4);
	assert_true(!info.promisc && info.allmulti);
	assert_int_equal(info.max_frame, 1522);
	fake_ask_promisc(&fake, 1, VFCTL_PROMISC_UNICAST);
	vfctl_vf_info(FAKE_PORT_ID, 1, &info);
	assert_true(info.promisc && !info.allmulti);
	vfctl_port_num_vfs(fake.port, 1);
	vfctl_vf_info(FAKE_PORT_ID, 1, &info);
	assert_false(info.exists);
	vfctl_port_num_vfs(fake.port, FAKE_VFS);
}

/* --- statistics --- */

static struct vfctl_vf_stats
stats_of(uint16_t vf_id)
{
	struct vfctl_vf_stats stats;

	assert_int_equal(vfctl_vf_stats_get(FAKE_PORT_ID, vf_id, &stats), 0);
	return stats;
}

static void
what_the_chip_counted_adds_up_until_reset(void **state)
{
	const struct vfctl_hw_stats some = { 1, 2, 3, 4, 5, 0 };
	struct vfctl_vf_stats stats;

	(void)state;
	for (uint16_t i = 1; i < 3; i++) {
		fake.vf[1].counted = some;
		stats = stats_of(1);
		assert_int_equal(stats.hw.rx_packets, i);
		assert_int_equal(stats.hw.rx_bytes, 2 * i);
		assert_int_equal(stats.hw.rx_multicast, 3 * i);
		assert_int_equal(stats.hw.tx_packets, 4 * i);
		assert_int_equal(stats.hw.tx_bytes, 5 * i);
	}
	assert_int_equal(stats.granted, 1);
	assert_int_equal(stats_of(2).hw.rx_packets, 0);
	/* what was counted before the reset is gone with it */
	fake.vf[1].counted = some;
	assert_int_equal(vfctl_vf_stats_reset(FAKE_PORT_ID, 1), 0);
	stats = stats_of(1);
	assert_memory_equal(&stats, &(struct vfctl_vf_stats){ 0 }, sizeof(stats));
	/* and what is counted at a stop is kept */
	fake.vf[1].counted = some;
	vfctl_stop(fake.port);
	assert_int_equal(stats_of(1).hw.tx_bytes, 5);
}

static void
counters_are_taken_before_they_can_wrap(void **state)
{
	(void)state;
	fake.vf[1].counted.rx_bytes = 9;
	for (unsigned int i = 0; i < 12; i++) {
		fake.now_ns += VFCTL_NS_PER_S / 2;
		vfctl_serve_round(fake.port);
	}
	assert_int_equal(fake.port->vf[1].stats.hw.rx_bytes, 9);
}

static void
dropped_spoofs_are_events_of_their_vf(void **state)
{
	struct vfctl_event event;
	unsigned int nb = 1;

	(void)state;
	fake.spoofs = RTE_BIT64(1) | RTE_BIT64(40);
	fake.now_ns += VFCTL_NS_PER_S;
	vfctl_serve_round(fake.port);
	assert_int_equal(stats_of(1).hw.spoofed, 1);
	assert_int_equal(stats_of(2).hw.spoofed, 0);
	assert_int_equal(vfctl_events_get(FAKE_PORT_ID, last_event(FAKE_PORT_ID) - 1, &event, &nb),
			 0);
	assert_true(nb == 1 && event.type == VFCTL_EVENT_SPOOF && event.vf_id == 1);
}

/* --- events --- */

static void
every_event_has_a_name_of_its_own(void **state)
{
	(void)state;
	for (int i = 0; i < VFCTL_EVENT_NB; i++)
		for (int k = 0; k < i; k++)
			assert_string_not_equal(vfctl_event_name((enum vfctl_event_type)i),
						vfctl_event_name((enum vfctl_event_type)k));
	assert_string_equal(vfctl_event_name(VFCTL_EVENT_NB), "unknown");
}

static void
ring_keeps_the_last_256_and_shows_the_gap(void **state)
{
	struct vfctl_event events[300];
	unsigned int nb = 300;

	(void)state;
	for (unsigned int i = 0; i < 300; i++)
		fake_ask_vlan(&fake, 1, 0, true);
	assert_int_equal(last_event(FAKE_PORT_ID), 301);
	assert_int_equal(vfctl_events_get(FAKE_PORT_ID, 0, events, &nb), 0);
	assert_int_equal(nb, 256);
	for (unsigned int i = 0; i < nb; i++)
		assert_int_equal(events[i].number, 46 + i);
	assert_int_equal(events[255].type, VFCTL_EVENT_REQUEST);
	assert_string_equal(events[255].text, "vlan 0 on: granted");
	/* bit by bit */
	nb = 10;
	assert_int_equal(vfctl_events_get(FAKE_PORT_ID, 100, events, &nb), 0);
	assert_true(nb == 10 && events[0].number == 101 && events[9].number == 110);
	nb = 10;
	assert_int_equal(vfctl_events_get(FAKE_PORT_ID, 299, events, &nb), 0);
	assert_int_equal(nb, 2);
	nb = 10;
	assert_int_equal(vfctl_events_get(FAKE_PORT_ID, 301, events, &nb), 0);
	assert_int_equal(nb, 0);
	nb = 10;
	assert_int_equal(vfctl_events_get(FAKE_PORT_ID, UINT64_MAX - 1, events, &nb), 0);
	assert_int_equal(nb, 0);
	assert_int_equal(vfctl_events_get(FAKE_PORT_ID, UINT64_MAX, events, &nb), -EINVAL);
	assert_int_equal(vfctl_events_get(FAKE_PORT_ID, 0, NULL, &nb), -EINVAL);
	assert_int_equal(vfctl_events_get(FAKE_PORT_ID, 0, events, NULL), -EINVAL);
}

static struct vfctl_event seen;
static unsigned int nb_seen;

static void
watch(uint16_t port_id, const struct vfctl_event *event, void *arg)
{
	assert_int_equal(port_id, FAKE_PORT_ID);
	seen = *event;
	nb_seen++;
	if (arg != NULL)
		++*(unsigned int *)arg;
}

static void
settings_resets_and_links_are_events(void **state)
{
	const struct vfctl_settings set = { .qos = 3, .strip = true };

	(void)state;
	nb_seen = 0;
	assert_int_equal(vfctl_watch(FAKE_PORT_ID, watch, NULL), 0);
	vfctl_vf_set(FAKE_PORT_ID, 4, VFCTL_FIELD(VFCTL_F_QOS), &set, NULL, 0);
	assert_true(seen.type == VFCTL_EVENT_SETTINGS && seen.vf_id == 4);
	assert_string_equal(seen.text, "qos changed");
	vfctl_vf_set(FAKE_PORT_ID, 5, VFCTL_FIELD(VFCTL_F_QOS) | VFCTL_FIELD(VFCTL_F_STRIP), &set,
		     NULL, 0);
	assert_string_equal(seen.text, "qos and more changed");
	/* nothing changed */
	vfctl_vf_set(FAKE_PORT_ID, 5, VFCTL_FIELD(VFCTL_F_QOS), &set, NULL, 0);
	assert_int_equal(nb_seen, 2);
	vfctl_port_set(FAKE_PORT_ID, VFCTL_FIELD(VFCTL_P_LOOPBACK),
		       &(struct vfctl_port_settings){ 0 }, NULL, 0);
	assert_true(seen.type == VFCTL_EVENT_SETTINGS && seen.vf_id == VFCTL_PF);
	fake_flr(&fake, 1);
	assert_true(seen.type == VFCTL_EVENT_RESET && seen.vf_id == 1);
	vfctl_serve_link(fake.port);
	assert_true(seen.type == VFCTL_EVENT_LINK && seen.vf_id == VFCTL_PF);
	fake_ask_vlan(&fake, 1, 5, true);
	assert_true(seen.type == VFCTL_EVENT_REQUEST && seen.verdict == VFCTL_NOT_CLEAR);
	assert_int_equal(seen.number, last_event(FAKE_PORT_ID));
	assert_int_equal(vfctl_unwatch(FAKE_PORT_ID, watch, NULL), 0);
	nb_seen = 0;
	fake_flr(&fake, 1);
	assert_int_equal(nb_seen, 0);
}

static void
eight_watchers_and_no_more(void **state)
{
	unsigned int calls[VFCTL_WATCHERS + 1] = { 0 };

	(void)state;
	for (unsigned int i = 0; i < VFCTL_WATCHERS; i++)
		assert_int_equal(vfctl_watch(FAKE_PORT_ID, watch, &calls[i]), 0);
	assert_int_equal(vfctl_watch(FAKE_PORT_ID, watch, &calls[3]), -EEXIST);
	assert_int_equal(vfctl_watch(FAKE_PORT_ID, watch, &calls[8]), -ENOSPC);
	assert_int_equal(vfctl_unwatch(FAKE_PORT_ID, watch, &calls[8]), -ENOENT);
	assert_int_equal(vfctl_watch(FAKE_PORT_ID, NULL, NULL), -EINVAL);
	assert_int_equal(vfctl_unwatch(FAKE_PORT_ID, NULL, NULL), -EINVAL);
	assert_int_equal(vfctl_watch(FAKE_PORT_ID + 1, watch, NULL), -ENODEV);
	assert_int_equal(vfctl_unwatch(FAKE_PORT_ID, watch, &calls[3]), 0);
	assert_int_equal(vfctl_watch(FAKE_PORT_ID, watch, &calls[8]), 0);
	fake_flr(&fake, 1);
	for (unsigned int i = 0; i <= VFCTL_WATCHERS; i++)
		assert_int_equal(calls[i], i != 3);
}

static unsigned int nb_inner;

static void
inner_watch(uint16_t port_id, const struct vfctl_event *event, void *arg)
{
	(void)port_id;
	(void)event;
	(void)arg;
	nb_inner++;
}

static void
swapping_watch(uint16_t port_id, const struct vfctl_event *event, void *arg)
{
	struct vfctl_vf_info info;

	(void)event;
	(void)arg;
	assert_int_equal(vfctl_unwatch(port_id, swapping_watch, NULL), 0);
	assert_int_equal(vfctl_watch(port_id, inner_watch, NULL), 0);
	assert_int_equal(vfctl_vf_info(port_id, 1, &info), 0);
}

static void
watchers_come_and_go_inside_a_watcher(void **state)
{
	(void)state;
	nb_inner = 0;
	assert_int_equal(vfctl_watch(FAKE_PORT_ID, swapping_watch, NULL), 0);
	fake_flr(&fake, 1);
	fake_flr(&fake, 1);
	assert_in_range(nb_inner, 1, 2);
	assert_int_equal(vfctl_unwatch(FAKE_PORT_ID, inner_watch, NULL), 0);
}

#define TEST(fn) cmocka_unit_test_setup_teardown(fn, setup, teardown)

/* --- the number of VFs --- */

static int
set_num(uint16_t nb)
{
	return vfctl_num_vfs_set(FAKE_PORT_ID, nb, why, sizeof(why));
}

static void
number_of_vfs_grows_and_shrinks_while_serving(void **state)
{
	static const uint16_t numbers[] = { 3, 7, 0, 5, 7 };
	const struct vfctl_settings set = { .vlan = 9, .max_tx_rate = 50 };
	struct vfctl_port_info info;

	(void)state;
	assert_int_equal(vfctl_vf_set(FAKE_PORT_ID, 4,
				      VFCTL_FIELD(VFCTL_F_VLAN) | VFCTL_FIELD(VFCTL_F_MAX_TX_RATE),
				      &set, NULL, 0),
			 0);
	fake_ask_reset(&fake, 4);
	for (unsigned int i = 0; i < RTE_DIM(numbers); i++) {
		assert_int_equal(set_num(numbers[i]), 0);
		vfctl_port_info(FAKE_PORT_ID, &info);
		assert_int_equal(info.nb_vfs, numbers[i]);
		assert_true(info.serving);
		for (uint16_t k = 0; k < FAKE_VFS; k++) {
			/* those that stay in number are new ones too */
			assert_false(fake.row[k].enabled);
			assert_int_equal(fake_nb_macs(&fake, k), k < numbers[i]);
		}
		assert_int_equal(fake.row[4].rate, numbers[i] > 4 ? 50 : 0);
		assert_int_equal(fake.row[4].nb_vlans, numbers[i] > 4);
		fake_check(&fake);
	}
	vfctl_serve_round(fake.port);
	fake_ask_reset(&fake, 4);
	fake_check(&fake);
}

static void
number_of_vfs_of_a_stopped_port(void **state)
{
	struct vfctl_port_info info;

	(void)state;
	vfctl_stop(fake.port);
	fake_wipe(&fake);
	assert_int_equal(set_num(2), 0);
	vfctl_port_info(FAKE_PORT_ID, &info);
	assert_true(info.nb_vfs == 2 && !info.serving);
	assert_int_equal(vfctl_start(fake.port), 0);
	fake_ask_reset(&fake, 1);
	fake_check(&fake);
}

static void
refused_number_of_vfs_leaves_those_that_the_kernel_has(void **state)
{
	struct vfctl_port_info info;

	(void)state;
	fake.num_vfs_error = -EBUSY;
	assert_int_equal(set_num(2), -EBUSY);
	assert_string_equal(why, "VF 2 is held by process 1234");
	vfctl_port_info(FAKE_PORT_ID, &info);
	assert_true(info.nb_vfs == FAKE_VFS && info.serving);
	/* it went down to 0 and no further */
	fake.nb_vfs = 0;
	assert_int_equal(set_num(2), -EBUSY);
	vfctl_port_info(FAKE_PORT_ID, &info);
	assert_int_equal(info.nb_vfs, 0);
	fake.num_vfs_error = 0;
	/* a driver that is wrong about it */
	fake.num_vfs_error = -EIO;
	fake.nb_vfs = 200;
	assert_int_equal(set_num(2), -EIO);
	vfctl_port_info(FAKE_PORT_ID, &info);
	assert_int_equal(info.nb_vfs, FAKE_VFS);
}

static void
vfs_that_cannot_be_served_afterwards_are_an_error(void **state)
{
	(void)state;
	fake.failing = RTE_BIT32(FAKE_MAX_FRAME);
	assert_int_equal(set_num(2), -EIO);
	assert_non_null(strstr(why, "there are 2 VFs, but none is served"));
	fake.failing = 0;
	assert_false(fake.port->serving);
	assert_int_equal(vfctl_start(fake.port), 0);
	fake_check(&fake);
}

static void
new_vfs_come_without_the_old_ones_quarantine(void **state)
{
	struct vfctl_vf_info info;

	(void)state;
	fake.port->vf[1].budget.quarantined = true;
	assert_int_equal(set_num(FAKE_VFS), 0);
	vfctl_vf_info(FAKE_PORT_ID, 1, &info);
	assert_false(info.quarantined);
	assert_true(fake.listening & RTE_BIT64(1));
}

static void
use_in_between(struct fake *f)
{
	const struct vfctl_settings set = { .qos = 6 };
	char text[VFCTL_WHY_LEN];

	f->on_num_vfs = NULL;
	assert_int_equal(vfctl_num_vfs_set(FAKE_PORT_ID, 1, text, sizeof(text)), -EBUSY);
	assert_non_null(strstr(text, "being changed already"));
	assert_int_equal(vfctl_start(f->port), -EBUSY);
	/* settings are kept for the VFs to come */
	assert_int_equal(vfctl_vf_set(FAKE_PORT_ID, 1, VFCTL_FIELD(VFCTL_F_QOS), &set, NULL, 0), 0);
	fake_send(f, 1, &(struct vfctl_request){ .type = VFCTL_REQ_RESET });
}

static void
calls_while_the_number_of_vfs_changes(void **state)
{
	unsigned int before = fake.vf[1].nb_answers;
	struct vfctl_settings got;

	(void)state;
	fake.on_num_vfs = use_in_between;
	assert_int_equal(set_num(3), 0);
	assert_int_equal(fake.vf[1].nb_answers, before);
	vfctl_vf_get(FAKE_PORT_ID, 1, &got);
	assert_int_equal(got.qos, 6);
	fake_check(&fake);
}

static void
stop_in_between(struct fake *f)
{
	f->on_num_vfs = NULL;
	vfctl_stop(f->port);
}

static void
stop_while_the_number_of_vfs_changes_is_the_last_word(void **state)
{
	(void)state;
	fake.on_num_vfs = stop_in_between;
	assert_int_equal(set_num(3), 0);
	assert_false(fake.port->serving);
	fake_wipe(&fake);
	assert_int_equal(vfctl_start(fake.port), 0);
	fake_check(&fake);
}

/* --- with control threads --- */

static struct fake fakes[2];

static void
create(unsigned int i)
{
	struct vfctl_conf conf;

	fake_init(&fakes[i]);
	conf = fake_conf(&fakes[i]);
	conf.port_id = (uint16_t)(20 + i);
	assert_int_equal(vfctl_create(&conf, &fakes[i].port), 0);
	assert_int_equal(vfctl_start(fakes[i].port), 0);
}

static void
two_ports_know_nothing_of_each_other(void **state)
{
	const struct vfctl_settings set = { .mac = fake_mac(1), .qos = 2 };
	struct vfctl_settings got;
	struct vfctl_conf conf;
	struct vfctl_port *third = NULL;

	(void)state;
	create(0);
	create(1);
	for (uint16_t i = 20; i < 22; i++)
		assert_int_equal(vfctl_vf_set(i, 1, VFCTL_FIELD(VFCTL_F_MAC), &set, NULL, 0), 0);
	assert_int_equal(vfctl_vf_set(21, 1, VFCTL_FIELD(VFCTL_F_QOS), &set, NULL, 0), 0);
	assert_int_equal(vfctl_vf_get(20, 1, &got), 0);
	assert_int_equal(got.qos, 0);
	assert_int_equal(vfctl_num_vfs_set(20, 2, why, sizeof(why)), 0);
	assert_int_equal(fakes[1].nb_vfs, FAKE_VFS);
	conf = fake_conf(&fakes[0]);
	conf.port_id = 21;
	assert_int_equal(vfctl_create(&conf, &third), -EEXIST);
	assert_null(third);
	vfctl_stop(fakes[0].port);
	vfctl_destroy(fakes[0].port);
	assert_int_equal(vfctl_vf_get(20, 1, &got), -ENODEV);
	assert_int_equal(vfctl_vf_get(21, 1, &got), 0);
	vfctl_destroy(fakes[1].port);
}

static void
watch_from_thread(uint16_t port_id, const struct vfctl_event *event, void *arg)
{
	(void)event;
	*(int *)arg = vfctl_num_vfs_set(port_id, 1, why, sizeof(why));
}

static void
number_of_vfs_cannot_change_from_a_callback(void **state)
{
	const struct vfctl_settings set = { .qos = 2 };
	int rc = 0;

	(void)state;
	create(0);
	assert_int_equal(vfctl_watch(20, watch_from_thread, &rc), 0);
	assert_int_equal(vfctl_vf_set(20, 1, VFCTL_FIELD(VFCTL_F_QOS), &set, NULL, 0), 0);
	assert_int_equal(rc, -EDEADLK);
	assert_non_null(strstr(why, "callback"));
	vfctl_destroy(fakes[0].port);
}

static unsigned int going, wrong, served;

static void *
operator(void *arg)
{
	const struct vfctl_settings set[2] = { { .qos = 1 }, { .qos = 2 } };
	unsigned int i = 0;
	int rc = 0;

	(void)arg;
	while (rc != -ENODEV && __atomic_load_n(&going, __ATOMIC_ACQUIRE)) {
		rc = i++ % 16 == 0 ? vfctl_num_vfs_set(20, (uint16_t)(i % 8), NULL, 0)
				   : vfctl_vf_set(20, (uint16_t)(i % FAKE_VFS),
						  VFCTL_FIELD(VFCTL_F_QOS), &set[i % 2], NULL, 0);
		if (rc == 0)
			__atomic_fetch_add(&served, 1, __ATOMIC_RELAXED);
		else if (rc != -ENODEV && rc != -ESHUTDOWN && rc != -EBUSY)
			__atomic_fetch_add(&wrong, 1, __ATOMIC_RELAXED);
	}
	return NULL;
}

/* The port goes under their hands; none may touch what is freed (see it under sanitizers). */
static void
destroy_while_operators_call(void **state)
{
	pthread_t threads[4];

	(void)state;
	rte_log_set_level_pattern("lib.vfctl", RTE_LOG_EMERG);
	for (unsigned int round = 0; round < 50; round++) {
		create(0);
		going = 1;
		served = 0;
		for (unsigned int i = 0; i < RTE_DIM(threads); i++)
			assert_int_equal(pthread_create(&threads[i], NULL, operator, NULL), 0);
		while (__atomic_load_n(&served, __ATOMIC_RELAXED) < 10 + round)
			sched_yield();
		vfctl_destroy(fakes[0].port);
		__atomic_store_n(&going, 0, __ATOMIC_RELEASE);
		for (unsigned int i = 0; i < RTE_DIM(threads); i++)
			pthread_join(threads[i], NULL);
	}
	assert_int_equal(wrong, 0);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(port_settings_reach_the_chip_and_come_back_with_each_start),
		TEST(port_settings_that_fail_are_as_before),
		TEST(port_says_what_it_is),
		TEST(vf_says_what_it_has),
		TEST(what_the_chip_counted_adds_up_until_reset),
		TEST(counters_are_taken_before_they_can_wrap),
		TEST(dropped_spoofs_are_events_of_their_vf),
		TEST(every_event_has_a_name_of_its_own),
		TEST(ring_keeps_the_last_256_and_shows_the_gap),
		TEST(settings_resets_and_links_are_events),
		TEST(eight_watchers_and_no_more),
		TEST(watchers_come_and_go_inside_a_watcher),
		TEST(number_of_vfs_grows_and_shrinks_while_serving),
		TEST(number_of_vfs_of_a_stopped_port),
		TEST(refused_number_of_vfs_leaves_those_that_the_kernel_has),
		TEST(vfs_that_cannot_be_served_afterwards_are_an_error),
		TEST(new_vfs_come_without_the_old_ones_quarantine),
		TEST(calls_while_the_number_of_vfs_changes),
		TEST(stop_while_the_number_of_vfs_changes_is_the_last_word),
		cmocka_unit_test(two_ports_know_nothing_of_each_other),
		cmocka_unit_test(number_of_vfs_cannot_change_from_a_callback),
		cmocka_unit_test(destroy_while_operators_call),
	};

	return cmocka_run_group_tests_name("vfctl_port", tests, NULL, NULL);
}
