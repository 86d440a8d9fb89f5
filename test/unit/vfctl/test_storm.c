/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) the igbiov authors
 */

/*
 * Random interleavings of messages, resets, operators and failures. After each
 * step the record agrees with the hardware, every address has one owner, and an
 * event of one VF has changed no other VF's row.
 */

#include <string.h>

#include "fake.h"

#define NB_RUNS	 100
#define NB_STEPS 1000

static uint64_t seed;

static uint32_t
rnd(uint32_t below)
{
	/* xorshift64 */
	seed ^= seed << 13;
	seed ^= seed >> 7;
	seed ^= seed << 17;
	return (uint32_t)(seed >> 32) % below;
}

/* Few addresses, so that VFs meet. Some are the PF's, some invalid, some reserved for others. */
static struct rte_ether_addr
random_mac(const struct fake *fake)
{
	struct rte_ether_addr mac = fake_mac((uint8_t)rnd(12));

	switch (rnd(16)) {
	case 0:
		return fake->pf_mac;
	case 1:
		mac.addr_bytes[0] = 0xff;
		return mac;
	case 2:
	case 3:
		return fake->port->vf[rnd(FAKE_VFS)].settings.mac;
	default:
		return mac;
	}
}

static struct vfctl_request
random_request(const struct fake *fake)
{
	struct vfctl_request req = { .type = (enum vfctl_request_type)rnd(VFCTL_REQ_NB + 1) };

	switch (req.type) {
	case VFCTL_REQ_MAC_SET:
	case VFCTL_REQ_MAC_ADD:
		req.mac = random_mac(fake);
		break;
	case VFCTL_REQ_MULTICAST:
		req.mc.nb_hashes = (uint16_t)rnd(VFCTL_MC_HASH_MAX + 3);
		req.mc.hash[0] = (uint16_t)rnd(4096);
		break;
	case VFCTL_REQ_VLAN:
		req.vlan.vid = rnd(8) == 0 ? (uint16_t)rnd(65536) : (uint16_t)rnd(8);
		req.vlan.on = rnd(2);
		break;
	case VFCTL_REQ_MAX_FRAME:
		req.max_frame = rnd(10000);
		break;
	case VFCTL_REQ_PROMISC:
		req.promisc = rnd(5);
		break;
	default:
		break;
	}
	return req;
}

static void
random_settings(struct fake *fake, uint16_t vf_id)
{
	struct vfctl_settings settings;
	uint64_t fields = 0;
	unsigned int i;

	vfctl_vf_get(FAKE_PORT_ID, vf_id, &settings);
	if (rnd(2) == 0)
		settings.mac = random_mac(fake);
	settings.mac_locked = rnd(4) == 0;
	settings.max_macs = (uint16_t)rnd(4);
	settings.macs.nb = (uint16_t)(rnd(4) == 0 ? rnd(3) : 0);
	for (i = 0; i < settings.macs.nb; i++)
		settings.macs.mac[i] = random_mac(fake);
	settings.allow_macs.nb = (uint16_t)(rnd(4) == 0 ? rnd(3) : 0);
	for (i = 0; i < settings.allow_macs.nb; i++)
		settings.allow_macs.mac[i] = random_mac(fake);
	settings.vlan = (uint16_t)(rnd(4) == 0 ? rnd(8) : 0);
	settings.insert = (uint16_t)(rnd(4) == 0 ? rnd(8) : 0);
	settings.qos = (uint8_t)rnd(8);
	memset(settings.trunk, rnd(4) == 0 ? 0 : 0xff, sizeof(settings.trunk));
	settings.trunk[0] = rnd(256) & ~1u;
	settings.trunk[VFCTL_VLAN_WORDS - 1] &= INT64_MAX;
	settings.max_vlans = (uint16_t)rnd(6);
	settings.strip = rnd(2);
	settings.max_tx_rate = rnd(3) * 400;
	settings.spoofchk_mac = rnd(2);
	settings.spoofchk_vlan = rnd(2);
	settings.trust = rnd(4) == 0;
	settings.allow_promisc = rnd(2);
	settings.allow_allmulti = rnd(2);
	settings.broadcast = rnd(2);
	settings.untagged = rnd(2);
	settings.unknown_unicast = rnd(2);
	settings.all_multicast = rnd(2);
	settings.state = (enum vfctl_link_state)(rnd(4) == 0 ? rnd(3) : 0);
	settings.rx = rnd(8) != 0;
	settings.tx = rnd(8) != 0;
	settings.max_mtu = (uint16_t)(68 + rnd(9800));
	settings.queues = (uint16_t)(1 + rnd(2));
	settings.mirror = (struct vfctl_mirror){ rnd(4), 0, (uint16_t)rnd(FAKE_VFS) };
	settings.budget = 1 + rnd(100);
	settings.burst = 1 + rnd(100);
	/* not all at once: else hardly any passes the checks */
	for (i = 0; i < 4; i++)
		fields |= VFCTL_FIELD(rnd(VFCTL_F_NB));
	vfctl_vf_set(FAKE_PORT_ID, vf_id, fields, &settings, NULL, 0);
}

/* One VF's row, addresses included, in a form that can be compared. */
struct snapshot {
	struct fake_row row[FAKE_VFS];
	uint32_t macs[FAKE_VFS]; /* the filter entries that are its own */
};

static void
take_snapshot(const struct fake *fake, struct snapshot *snapshot)
{
	unsigned int i;

	memset(snapshot, 0, sizeof(*snapshot));
	memcpy(snapshot->row, fake->row, sizeof(fake->row));
	for (i = 0; i < FAKE_FILTER; i++)
		if (fake->filter[i].owner >= 0)
			snapshot->macs[fake->filter[i].owner] |= RTE_BIT32(i);
}

static void
check_isolation(const struct fake *fake, const struct snapshot *before, uint16_t vf_id)
{
	struct snapshot now;
	unsigned int i;

	take_snapshot(fake, &now);
	for (i = 0; i < FAKE_VFS; i++) {
		if (i == vf_id)
			continue;
		assert_memory_equal(&now.row[i], &before->row[i], sizeof(now.row[i]));
		assert_int_equal(now.macs[i], before->macs[i]);
	}
}

static void
event_of_one_vf(struct fake *fake, uint16_t vf_id)
{
	struct vfctl_request req;

	switch (rnd(20)) {
	case 0:
		fake_flr(fake, vf_id);
		break;
	case 1:
	case 2:
		random_settings(fake, vf_id);
		break;
	case 3:
	case 4:
	case 5:
	case 6:
		fake_ask_reset(fake, vf_id);
		break;
	default:
		req = random_request(fake);
		fake_ask(fake, vf_id, &req);
	}
}

static void
one_vf_at_a_time(struct fake *fake, bool failures)
{
	unsigned int step;

	for (step = 0; step < NB_STEPS; step++) {
		uint16_t vf_id = (uint16_t)rnd(FAKE_VFS);
		struct snapshot before;

		/* whatever the budget, each has paid for its last event */
		fake->now_ns += 4 * VFCTL_NS_PER_S;
		take_snapshot(fake, &before);
		if (failures && rnd(10) == 0)
			fake->fail_at = fake->ops + 1 + rnd(8);
		event_of_one_vf(fake, vf_id);
		check_isolation(fake, &before, vf_id);
		/*
		 * The one thing that can't be repaired from here: queues that
		 * the driver can't stop. The record rightly says "not clear".
		 */
		fake->fail_at = 0;
		if (fake->row[vf_id].enabled && !fake->port->vf[vf_id].held.clear_to_send)
			fake_flr(fake, vf_id);
		fake_check(fake);
	}
}

static void
all_at_once(struct fake *fake)
{
	unsigned int step, i;

	for (step = 0; step < NB_STEPS / 4; step++) {
		for (i = 0; i < FAKE_VFS; i++) {
			struct vfctl_request req = random_request(fake);

			if (rnd(2) == 0)
				fake_send(fake, (uint16_t)i, &req);
			fake->vf[i].holds_mailbox = rnd(8) == 0;
		}
		fake->resets = rnd(4) == 0 ? RTE_BIT64(rnd(64)) : 0;
		if (rnd(50) == 0) {
			vfctl_stop(fake->port);
			fake_wipe(fake);
			assert_int_equal(vfctl_start(fake->port), 0);
		}
		if (rnd(10) == 0)
			vfctl_serve_link(fake->port);
		vfctl_serve_round(fake->port);
		fake_check(fake);
	}
}

static void
run(void (*body)(struct fake *fake, bool failures), bool failures)
{
	unsigned int i;

	for (i = 1; i <= NB_RUNS; i++) {
		struct fake fake;

		seed = i * UINT64_C(0x9e3779b97f4a7c15);
		fake_init(&fake);
		fake_start(&fake);
		/* often full, never so full that a reset finds no room for the own address */
		fake.filter_size = FAKE_VFS + rnd(FAKE_FILTER - FAKE_VFS);
		body(&fake, failures);
		fake_stop(&fake);
	}
}

static void
every_address_has_one_owner_and_no_vf_touches_another(void **state)
{
	(void)state;
	run(one_vf_at_a_time, false);
}

static void
the_same_with_a_driver_that_fails_now_and_then(void **state)
{
	(void)state;
	run(one_vf_at_a_time, true);
}

static void
all_at_once_body(struct fake *fake, bool failures)
{
	(void)failures;
	all_at_once(fake);
}

static void
the_same_with_all_vfs_at_once_and_restarts(void **state)
{
	(void)state;
	run(all_at_once_body, false);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(every_address_has_one_owner_and_no_vf_touches_another),
		cmocka_unit_test(the_same_with_a_driver_that_fails_now_and_then),
		cmocka_unit_test(the_same_with_all_vfs_at_once_and_restarts),
	};

	return cmocka_run_group_tests_name("vfctl_storm", tests, NULL, NULL);
}
