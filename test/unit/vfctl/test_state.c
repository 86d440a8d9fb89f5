/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) the igbiov authors
 */

#include <errno.h>
#include <stdlib.h>

#include "fake.h"

static void
derived_addresses_are_local_unicast_and_differ(void **state)
{
	struct rte_ether_addr mac[256];
	struct rte_ether_addr pf = { { 0x00, 0x1b, 0x21, 0xff, 0xee, 0xdd } };
	unsigned int i, k;

	(void)state;
	for (i = 0; i < RTE_DIM(mac); i++) {
		vfctl_mac_derive(&pf, (uint16_t)(i % 64), (uint8_t)(i / 64), &mac[i]);
		assert_int_equal(mac[i].addr_bytes[0], 0x02);
		for (k = 0; k < i; k++)
			assert_false(rte_is_same_ether_addr(&mac[i], &mac[k]));
	}
}

/* A figure, not a comparison with itself: guests keep their addresses over an upgrade. */
static void
derived_addresses_never_change(void **state)
{
	const struct rte_ether_addr pf = { { 0x00, 0x1b, 0x21, 0x01, 0x02, 0x03 } };
	const struct rte_ether_addr want = { { 0x02, 0x2a, 0x47, 0x65, 0x27, 0x62 } };
	struct rte_ether_addr mac;

	(void)state;
	vfctl_mac_derive(&pf, 3, 0, &mac);
	assert_memory_equal(&mac, &want, sizeof(mac));
}

static void
derived_address_evades_another_vf(void **state)
{
	struct fake fake;
	struct vfctl_conf conf;
	struct vfctl_port *port;
	struct rte_ether_addr mac;

	(void)state;
	fake_init(&fake);
	conf = fake_conf(&fake);
	assert_int_equal(vfctl_port_new(&conf, &port), 0);
	vfctl_mac_derive(&fake.pf_mac, 1, 0, &port->vf[0].settings.mac);
	assert_int_equal(vfctl_mac_choose(port, 1, &fake.pf_mac, &mac), 0);
	assert_false(rte_is_same_ether_addr(&mac, &port->vf[0].settings.mac));
	free(port);
}

static void
bad_configurations_are_refused(void **state)
{
	struct fake fake;
	struct vfctl_conf good, bad[13];
	struct vfctl_port *port = NULL;
	unsigned int i;

	(void)state;
	fake_init(&fake);
	good = fake_conf(&fake);
	for (i = 0; i < RTE_DIM(bad); i++)
		bad[i] = good;
	bad[0].name = NULL;
	bad[1].pf_mac = NULL;
	bad[2].ops = NULL;
	bad[3].caps.max_frame = bad[3].caps.default_frame - 1;
	bad[4].caps.max_vfs = VFCTL_VF_MAX + 1;
	bad[5].caps.extra_macs = VFCTL_MAC_LIST_MAX + 1;
	bad[6].caps.vlans = 4095;
	bad[7].caps.default_frame = 63;
	bad[8].caps.default_frame = bad[8].caps.max_frame + 1;
	bad[9].caps.nb_vfs = FAKE_VFS + 1;
	bad[10].caps.max_frame = UINT16_MAX + 1;
	bad[11].caps.max_frame = bad[11].caps.default_frame = 68 + VFCTL_FRAME_OVERHEAD - 1;
	bad[12].caps.max_queues = 0;
	for (i = 0; i < RTE_DIM(bad); i++) {
		assert_int_equal(vfctl_port_new(&bad[i], &port), -EINVAL);
		assert_null(port);
	}
	good.caps.nb_vfs = good.caps.max_vfs = VFCTL_VF_MAX;
	assert_int_equal(vfctl_port_new(&good, &port), 0);
	assert_true(port->all == UINT64_MAX);
	free(port);
	/* a PF alone has a control thread too */
	good.caps.nb_vfs = 0;
	assert_int_equal(vfctl_port_new(&good, &port), 0);
	assert_true(port->all == 0);
	free(port);
}

static void
secure_by_default(void **state)
{
	struct fake fake;
	struct vfctl_settings settings;
	uint16_t i;

	(void)state;
	fake_init(&fake);
	fake_start(&fake);
	for (i = 0; i < FAKE_VFS; i++) {
		assert_int_equal(vfctl_vf_get(FAKE_PORT_ID, i, &settings), 0);
		assert_true(settings.spoofchk_mac && settings.spoofchk_vlan);
		assert_false(settings.trust || settings.allow_promisc || settings.allow_allmulti);
		assert_false(settings.unknown_unicast || settings.all_multicast);
		assert_int_equal(settings.mirror.what, 0);
		assert_int_equal(settings.budget, 50);
		assert_int_equal(settings.burst, 128);
		assert_int_equal(settings.quarantine_after, 1000);
		assert_int_equal(settings.max_macs, 2);
		assert_false(settings.mac_locked);
		assert_true(fake.row[i].spoofchk_mac && fake.row[i].spoofchk_vlan);
		assert_int_equal(fake.row[i].accept, VFCTL_ACCEPT_DEFAULT);
		assert_false(fake.row[i].enabled);
	}
	assert_int_equal(fake.settings.default_pool, VFCTL_NOBODY);
	assert_true(fake.settings.loopback && fake.settings.drop_enable);
	fake_stop(&fake);
}

static void
owner_is_found_by_own_extra_and_reserved_address(void **state)
{
	struct rte_ether_addr own = fake_mac(1), extra = fake_mac(2), nobodys = fake_mac(3);
	struct rte_ether_addr reserved;
	struct fake fake;

	(void)state;
	assert_int_equal(vfctl_mac_owner(NULL, &own), -ENOENT);
	fake_init(&fake);
	fake_start(&fake);
	reserved = fake.port->vf[4].settings.mac;
	assert_int_equal(fake_ask_reset(&fake, 4), VFCTL_GRANTED);
	assert_int_equal(fake_ask_mac(&fake, 4, VFCTL_REQ_MAC_SET, &own), VFCTL_GRANTED);
	assert_int_equal(fake_ask_mac(&fake, 4, VFCTL_REQ_MAC_ADD, &extra), VFCTL_GRANTED);

	assert_int_equal(vfctl_mac_owner(fake.port, &own), 4);
	assert_int_equal(vfctl_mac_owner(fake.port, &extra), 4);
	assert_int_equal(vfctl_mac_owner(fake.port, &reserved), 4);
	assert_int_equal(vfctl_mac_owner(fake.port, &nobodys), -ENOENT);
	assert_int_equal(vfctl_mac_owner(fake.port, &fake.pf_mac), -ENOENT);
	fake_stop(&fake);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(derived_addresses_are_local_unicast_and_differ),
		cmocka_unit_test(derived_addresses_never_change),
		cmocka_unit_test(derived_address_evades_another_vf),
		cmocka_unit_test(bad_configurations_are_refused),
		cmocka_unit_test(secure_by_default),
		cmocka_unit_test(owner_is_found_by_own_extra_and_reserved_address),
	};

	return cmocka_run_group_tests_name("vfctl_state", tests, NULL, NULL);
}
