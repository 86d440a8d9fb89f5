/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) the igbiov authors
 */

/* igbiov_pf.c through ethdev's API: a PF without VFs. */

#include <errno.h>
#include <string.h>

#include "machine.h"

static const struct rte_ether_addr own = { { 0x00, 0x1b, 0x21, 0x00, 0x34, 0x56 } };
static const struct rte_ether_addr other = { { 0x02, 0, 0, 0, 0, 9 } };
static const struct rte_ether_addr group = { { 0x01, 0, 0x5E, 0, 0, 0x77 } };

/* From the wire to the PF's application: how many frames came through. */
static unsigned int
receive(struct machine *machine, const struct rte_ether_addr *dst, int vlan, uint16_t len)
{
	uint8_t data[MODEL_FRAME_MAX] = { 0 };

	memcpy(data, dst, RTE_ETHER_ADDR_LEN);
	memcpy(data + 6, &other, RTE_ETHER_ADDR_LEN);
	if (vlan >= 0) {
		data[12] = 0x81;
		data[14] = vlan >> 8;
		data[15] = vlan;
	}
	model_rx_wire(machine->m, data, len);
	return frames_take(machine_pf(machine));
}

static void
probe_learns_the_address_and_starts_nothing(void **state)
{
	struct machine *machine = *state;
	struct rte_ether_addr mac;

	assert_int_equal(function_probe(machine, MODEL_PF), 0);
	assert_int_equal(rte_eth_macaddr_get(machine_pf(machine)->port_id, &mac), 0);
	assert_memory_equal(&mac, &own, sizeof(own));
	assert_int_equal(model_peek(machine->m, REG(RCTL)) & RCTL_RXEN, 0);
	assert_int_equal(model_peek(machine->m, REG(IMS)), 0);
	assert_int_equal(model_peek(machine->m, REG(CTRL_EXT)) & CTRL_EXT_PFRSTD, 0);
}

static void
what_cannot_be_driven_is_refused_without_a_leak(void **state)
{
	struct machine *machine = *state;
	struct rte_pci_device *pci = &machine_pf(machine)->pci;

	pci->kdrv = RTE_PCI_KDRV_UIO_GENERIC;
	assert_int_equal(function_probe(machine, MODEL_PF), -ENOTSUP);
	pci->kdrv = RTE_PCI_KDRV_VFIO;
	pci->mem_resource[0].len = 0x4000;
	assert_int_equal(function_probe(machine, MODEL_PF), -ENODEV);
	pci->mem_resource[0].len = MODEL_PF_WINDOW;
	machine->m->removed = true;
	assert_int_equal(function_probe(machine, MODEL_PF), -ENODEV);
	machine->m->removed = false;
	machine->m->nvm[7] ^= 1;
	assert_int_equal(function_probe(machine, MODEL_PF), -EIO);
	machine->m->nvm[7] ^= 1;
	machine->intr_fails = true;
	assert_true(function_probe(machine, MODEL_PF) < 0);
	machine->intr_fails = false;
	rte_intr_type_set(pci->intr_handle, RTE_INTR_HANDLE_VFIO_LEGACY);
	assert_int_equal(function_probe(machine, MODEL_PF), -ENOTSUP);
	rte_intr_type_set(pci->intr_handle, RTE_INTR_HANDLE_VFIO_MSIX);
	assert_int_equal(rte_eth_dev_count_avail(), 0);
	assert_int_equal(function_probe(machine, MODEL_PF), 0);
}

static void
a_started_port_sends_and_receives(void **state)
{
	struct machine *machine = *state;
	struct function *pf = machine_pf(machine);
	struct rte_eth_stats stats;

	machine_start(machine, 0);
	assert_int_equal(receive(machine, &own, -1, 100), 1);
	assert_int_equal(receive(machine, &other, -1, 100), 0);
	frame_send(pf, &other, &own, -1);
	assert_int_equal(machine->m->nb_wire, 1);
	assert_int_equal(machine->m->wire[0].len, 100);
	assert_int_equal(rte_eth_stats_get(pf->port_id, &stats), 0);
	assert_int_equal(stats.ipackets, 1);
	/* No CRC in it. */
	assert_int_equal(stats.ibytes, 100);
	assert_int_equal(stats.opackets, 1);
	assert_int_equal(stats.q_ipackets[0], 1);
}

static void
stop_and_start_again_and_again(void **state)
{
	struct machine *machine = *state;
	uint16_t port = 0;

	machine_start(machine, 0);
	port = machine_pf(machine)->port_id;
	for (unsigned int i = 0; i < 5; i++) {
		assert_int_equal(rte_eth_dev_stop(port), 0);
		assert_int_equal(model_peek(machine->m, REG(RCTL)) & RCTL_RXEN, 0);
		assert_int_equal(rte_mempool_in_use_count(machine_pf(machine)->pool), 0);
		assert_int_equal(rte_eth_dev_start(port), 0);
		assert_int_equal(receive(machine, &own, -1, 100), 1);
	}
}

/* All that the application asked for once. */
static void
settings_outlive_stop_and_start(void **state)
{
	struct machine *machine = *state;
	struct rte_ether_addr mac = other, mc = group;
	uint16_t port;

	assert_int_equal(function_probe(machine, MODEL_PF), 0);
	port = machine_pf(machine)->port_id;
	assert_int_equal(
		function_configure(machine_pf(machine), RTE_ETH_RX_OFFLOAD_VLAN_FILTER, 1500), 0);
	assert_int_equal(rte_eth_dev_start(port), 0);
	assert_int_equal(rte_eth_dev_mac_addr_add(port, &mac, 0), 0);
	assert_int_equal(rte_eth_dev_vlan_filter(port, 100, 1), 0);
	assert_int_equal(rte_eth_dev_set_mc_addr_list(port, &mc, 1), 0);
	for (unsigned int i = 0; i < 2; i++) {
		assert_int_equal(receive(machine, &other, -1, 100), 1);
		assert_int_equal(receive(machine, &own, 100, 100), 1);
		assert_int_equal(receive(machine, &own, 101, 100), 0);
		assert_int_equal(receive(machine, &group, -1, 100), 1);
		assert_int_equal(rte_eth_dev_stop(port), 0);
		assert_int_equal(rte_eth_dev_start(port), 0);
	}
}

static void
promiscuity_opens_and_closes(void **state)
{
	struct machine *machine = *state;
	uint16_t port;

	machine_start(machine, 0);
	port = machine_pf(machine)->port_id;
	assert_int_equal(rte_eth_promiscuous_enable(port), 0);
	assert_int_equal(receive(machine, &other, -1, 100), 1);
	assert_int_equal(receive(machine, &group, -1, 100), 1);
	assert_int_equal(rte_eth_allmulticast_enable(port), 0);
	assert_int_equal(rte_eth_promiscuous_disable(port), 0);
	assert_int_equal(receive(machine, &other, -1, 100), 0);
	assert_int_equal(receive(machine, &group, -1, 100), 1);
	assert_int_equal(rte_eth_promiscuous_enable(port), 0);
	assert_int_equal(rte_eth_allmulticast_disable(port), 0);
	assert_int_equal(receive(machine, &group, -1, 100), 1);
	assert_int_equal(rte_eth_promiscuous_disable(port), 0);
	assert_int_equal(receive(machine, &group, -1, 100), 0);
}

static void
the_mtu_is_a_limit(void **state)
{
	struct machine *machine = *state;
	uint16_t port;

	machine_start(machine, 0);
	port = machine_pf(machine)->port_id;
	assert_int_equal(receive(machine, &own, -1, 1514), 1);
	assert_int_equal(receive(machine, &own, -1, 9014), 0);
	/* Two tags on top of a full MTU still fit, and more doesn't. */
	assert_int_equal(receive(machine, &own, 5, 1518), 1);
	assert_int_equal(rte_eth_dev_set_mtu(port, 67), -EINVAL);
	assert_int_equal(rte_eth_dev_set_mtu(port, 9728), -EINVAL);
	/* One buffer a frame: not under the lcores' feet. */
	assert_int_equal(rte_eth_dev_set_mtu(port, 9000), -EBUSY);
	assert_int_equal(rte_eth_dev_stop(port), 0);
	assert_int_equal(rte_eth_dev_set_mtu(port, 9000), 0);
	assert_int_equal(rte_eth_dev_start(port), 0);
	assert_int_equal(receive(machine, &own, -1, 9014), 1);
	assert_int_equal(receive(machine, &own, -1, 9100), 0);
}

static void
stripping_follows_the_offload(void **state)
{
	struct machine *machine = *state;
	struct rte_mbuf *m;
	uint8_t data[100] = { 0 };
	uint16_t port;

	assert_int_equal(function_probe(machine, MODEL_PF), 0);
	port = machine_pf(machine)->port_id;
	assert_int_equal(
		function_configure(machine_pf(machine), RTE_ETH_RX_OFFLOAD_VLAN_STRIP, 1500), 0);
	assert_int_equal(rte_eth_dev_start(port), 0);
	memcpy(data, &own, 6);
	data[12] = 0x81;
	data[15] = 9;
	model_rx_wire(machine->m, data, sizeof(data));
	assert_int_equal(rte_eth_rx_burst(port, 0, &m, 1), 1);
	assert_int_equal(m->pkt_len, 96);
	assert_int_equal(m->vlan_tci, 9);
	rte_pktmbuf_free(m);
	assert_int_equal(rte_eth_dev_set_vlan_offload(port, 0), 0);
	model_rx_wire(machine->m, data, sizeof(data));
	assert_int_equal(rte_eth_rx_burst(port, 0, &m, 1), 1);
	assert_int_equal(m->pkt_len, 100);
	rte_pktmbuf_free(m);
}

static void
the_own_address_can_change(void **state)
{
	struct machine *machine = *state;
	struct rte_ether_addr mac = other;
	uint16_t port;

	machine_start(machine, 0);
	port = machine_pf(machine)->port_id;
	assert_int_equal(rte_eth_dev_default_mac_addr_set(port, &mac), 0);
	assert_int_equal(receive(machine, &other, -1, 100), 1);
	assert_int_equal(receive(machine, &own, -1, 100), 0);
	assert_int_equal(rte_eth_dev_stop(port), 0);
	assert_int_equal(rte_eth_dev_start(port), 0);
	assert_int_equal(receive(machine, &other, -1, 100), 1);
	assert_int_equal(receive(machine, &own, -1, 100), 0);
}

static void
addresses_run_out_with_an_error(void **state)
{
	struct machine *machine = *state;
	struct rte_ether_addr mac = other;
	struct rte_eth_dev_info info;
	uint16_t port;
	unsigned int n;

	machine_start(machine, 0);
	port = machine_pf(machine)->port_id;
	assert_int_equal(rte_eth_dev_info_get(port, &info), 0);
	for (n = 0; n < 100; n++) {
		mac.addr_bytes[4] = 1;
		mac.addr_bytes[5] = n;
		if (rte_eth_dev_mac_addr_add(port, &mac, 0) != 0)
			break;
	}
	assert_int_equal(n, info.max_mac_addrs - 1);
	assert_int_equal(receive(machine, &own, -1, 100), 1);
	mac.addr_bytes[5] = 3;
	assert_int_equal(receive(machine, &mac, -1, 100), 1);
	assert_int_equal(rte_eth_dev_mac_addr_remove(port, &mac), 0);
	assert_int_equal(receive(machine, &mac, -1, 100), 0);
}

static void
link_changes_are_told(void **state)
{
	struct machine *machine = *state;
	struct function *pf = machine_pf(machine);
	struct rte_eth_link link;

	machine_start(machine, 0);
	assert_int_equal(rte_eth_link_get_nowait(pf->port_id, &link), 0);
	assert_int_equal(link.link_status, RTE_ETH_LINK_UP);
	assert_int_equal(link.link_speed, RTE_ETH_SPEED_NUM_1G);
	pthread_mutex_lock(&machine->m->lock);
	model_link(machine->m, false);
	pthread_mutex_unlock(&machine->m->lock);
	EVENTUALLY(__atomic_load_n(&pf->nb_lsc, __ATOMIC_RELAXED) > 0);
	assert_int_equal(rte_eth_link_get_nowait(pf->port_id, &link), 0);
	assert_int_equal(link.link_status, RTE_ETH_LINK_DOWN);
}

static void
link_can_be_switched_off_and_on(void **state)
{
	struct machine *machine = *state;
	struct function *pf = machine_pf(machine);

	machine_start(machine, 0);
	assert_int_equal(rte_eth_dev_set_link_down(pf->port_id), 0);
	assert_true(machine->m->phy[PHY_BMCR] & BMCR_POWER_DOWN);
	EVENTUALLY(link_is(pf, RTE_ETH_LINK_DOWN));
	assert_int_equal(rte_eth_dev_set_link_up(pf->port_id), 0);
	EVENTUALLY(link_is(pf, RTE_ETH_LINK_UP));
}

static uint64_t
xstat(uint16_t port, const char *name)
{
	uint64_t id, value = UINT64_MAX;

	assert_int_equal(rte_eth_xstats_get_id_by_name(port, name, &id), 0);
	assert_int_equal(rte_eth_xstats_get_by_id(port, &id, &value, 1), 1);
	return value;
}

/* The chip forgets when it is read, and has 32 or 36 bits. */
static void
the_chips_counts_add_up_over_64_bits(void **state)
{
	struct machine *machine = *state;
	struct rte_eth_stats stats;
	uint16_t port;

	machine_start(machine, 0);
	port = machine_pf(machine)->port_id;
	assert_int_equal(rte_eth_stats_reset(port), 0);
	for (unsigned int i = 1; i <= 3; i++) {
		model_poke(machine->m, REG(GPRC), 0xF0000000);
		model_poke(machine->m, REG(GORCL), 0xF0000000);
		model_poke(machine->m, REG(GORCH), 1);
		model_poke(machine->m, REG(MPC), 5);
		model_poke(machine->m, REG(CRCERRS), 2);
		model_poke(machine->m, 0xC000 + REG(RQDPC), 10);
		assert_int_equal(xstat(port, "mac_rx_good_packets"), i * UINT64_C(0xF0000000));
		assert_int_equal(xstat(port, "mac_rx_good_bytes"), i * UINT64_C(0x1F0000000));
		assert_int_equal(rte_eth_stats_get(port, &stats), 0);
		assert_int_equal(stats.imissed, i * 15);
		assert_int_equal(stats.ierrors, i * 2);
	}
	/* They outlive the reset that stop does. */
	model_poke(machine->m, REG(GPRC), 1);
	assert_int_equal(rte_eth_dev_stop(port), 0);
	assert_int_equal(xstat(port, "mac_rx_good_packets"), 3 * UINT64_C(0xF0000000) + 1);
	assert_int_equal(rte_eth_dev_start(port), 0);
	assert_int_equal(xstat(port, "mac_rx_good_packets"), 3 * UINT64_C(0xF0000000) + 1);
	assert_int_equal(rte_eth_stats_reset(port), 0);
	assert_int_equal(xstat(port, "mac_rx_good_packets"), 0);
	assert_int_equal(rte_eth_stats_get(port, &stats), 0);
	assert_int_equal(stats.imissed, 0);
}

static void
a_removed_ports_counts_do_not_jump(void **state)
{
	struct machine *machine = *state;
	struct rte_eth_stats stats;

	machine_start(machine, 0);
	machine->m->removed = true;
	assert_int_equal(rte_eth_stats_get(machine_pf(machine)->port_id, &stats), 0);
	assert_int_equal(stats.imissed, 0);
	assert_int_equal(stats.ierrors, 0);
	machine->m->removed = false;
}

/* Reading some registers acts; a dump must not. */
static void
a_register_dump_changes_nothing(void **state)
{
	struct machine *machine = *state;
	struct rte_dev_reg_info info = { 0 };
	uint32_t before[MODEL_PF_WINDOW / 4];
	uint16_t port;

	machine_start(machine, 0);
	port = machine_pf(machine)->port_id;
	model_poke(machine->m, REG(GPRC), 77);
	model_poke(machine->m, REG(ICR), ICR_LSC);
	assert_int_equal(rte_eth_dev_get_reg_info(port, &info), 0);
	assert_in_range(info.length, 500, 5000);
	info.data = calloc(info.length, info.width);
	memcpy(before, machine->m->pf, sizeof(before));
	assert_int_equal(rte_eth_dev_get_reg_info(port, &info), 0);
	free(info.data);
	for (uint32_t reg = 0; reg < MODEL_PF_WINDOW; reg += 4)
		if (machine->m->pf[reg / 4] != before[reg / 4])
			fail_msg("register 0x%x changed", reg);
}

static void
unplugged_while_running(void **state)
{
	struct machine *machine = *state;
	struct function *pf = machine_pf(machine);

	machine_start(machine, 0);
	machine->m->removed = true;
	model_bound(machine->m, 2000000);
	assert_int_equal(rte_eth_dev_is_removed(pf->port_id), 1);
	rte_eth_promiscuous_enable(pf->port_id);
	assert_int_equal(frames_take(pf), 0);
	assert_int_equal(rte_eth_dev_stop(pf->port_id), 0);
	assert_int_equal(rte_eth_dev_close(pf->port_id), 0);
	pf->probed = false;
	assert_int_equal(rte_mempool_in_use_count(pf->pool), 0);
	assert_null(pf->handler);
}

/* Unplugged at any moment of start: an error, and nothing is left behind. */
static void
unplugged_at_any_access_of_start(void **state)
{
	struct machine *machine = *state;
	struct function *pf = machine_pf(machine);
	int ret = -1;

	assert_int_equal(function_probe(machine, MODEL_PF), 0);
	for (unsigned int after = 1; after < 3000 && ret != 0; after += after < 60 ? 1 : 37) {
		assert_int_equal(function_configure(pf, 0, 1500), 0);
		machine->m->removed_after = after;
		model_bound(machine->m, 3000000);
		ret = rte_eth_dev_start(pf->port_id);
		machine->m->removed_after = 0;
		machine->m->removed = false;
		if (ret != 0)
			assert_int_equal(rte_mempool_in_use_count(pf->pool), 0);
	}
}

static void
reset_brings_a_fresh_port(void **state)
{
	struct machine *machine = *state;
	struct function *pf = machine_pf(machine);

	machine_start(machine, 0);
	assert_int_equal(rte_eth_dev_stop(pf->port_id), 0);
	assert_int_equal(rte_eth_dev_reset(pf->port_id), 0);
	function_start(pf);
	assert_int_equal(receive(machine, &own, -1, 100), 1);
}

static void
a_failed_start_can_be_repeated(void **state)
{
	struct machine *machine = *state;
	struct function *pf = machine_pf(machine);

	assert_int_equal(function_probe(machine, MODEL_PF), 0);
	assert_int_equal(function_configure(pf, 0, 1500), 0);
	machine->m->phy_mode = MODEL_PHY_MUTE;
	assert_int_equal(rte_eth_dev_start(pf->port_id), -ETIMEDOUT);
	machine->m->phy_mode = MODEL_PHY_OK;
	model_stick(machine->m, MODEL_PF, 0xC000 + REG(RXDCTL), XDCTL_ENABLE, 0);
	assert_int_equal(rte_eth_dev_start(pf->port_id), -ETIMEDOUT);
	assert_int_equal(model_peek(machine->m, REG(RCTL)) & RCTL_RXEN, 0);
	assert_int_equal(rte_mempool_in_use_count(pf->pool), 0);
	model_unstick(machine->m);
	assert_int_equal(rte_eth_dev_start(pf->port_id), 0);
	assert_int_equal(receive(machine, &own, -1, 100), 1);
}

static void
pause_frames_are_not_obeyed(void **state)
{
	struct machine *machine = *state;

	machine_start(machine, 0);
	assert_false(model_peek(machine->m, REG(CTRL)) & (CTRL_RFCE | CTRL_TFCE));
}

#define T(f) ON_MACHINE(f, 0)

int
main(void)
{
	const struct CMUnitTest tests[] = {
		T(probe_learns_the_address_and_starts_nothing),
		T(what_cannot_be_driven_is_refused_without_a_leak),
		T(a_started_port_sends_and_receives),
		T(stop_and_start_again_and_again),
		T(settings_outlive_stop_and_start),
		T(promiscuity_opens_and_closes),
		T(the_mtu_is_a_limit),
		T(stripping_follows_the_offload),
		T(the_own_address_can_change),
		T(addresses_run_out_with_an_error),
		T(link_changes_are_told),
		T(link_can_be_switched_off_and_on),
		T(the_chips_counts_add_up_over_64_bits),
		T(a_removed_ports_counts_do_not_jump),
		T(a_register_dump_changes_nothing),
		T(unplugged_while_running),
		T(unplugged_at_any_access_of_start),
		T(reset_brings_a_fresh_port),
		T(a_failed_start_can_be_repeated),
		T(pause_frames_are_not_obeyed),
	};

	return cmocka_run_group_tests_name("igbiov_pf", tests, eal_setup, NULL);
}
