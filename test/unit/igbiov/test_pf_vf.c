/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) the igbiov authors
 */

/*
 * igbiov_pf_vf.c: what an operator sets, down to registers, and frames where the
 * model has the effect. VFs are ours unless a test plays one.
 */

#include <errno.h>
#include <string.h>

#include "igbiov_pf_vf.h"
#include "igbiov_phy.h"
#include "machine.h"

static const struct rte_ether_addr stranger = { { 0x02, 0xAA, 0, 0, 0, 9 } };
static const struct rte_ether_addr broadcast = { { 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF } };

static char why[VFCTL_WHY_LEN];

static uint16_t
pf_port(struct machine *machine)
{
	return machine_pf(machine)->port_id;
}

static int
vf_set(struct machine *machine, uint16_t vf, const char *text)
{
	struct vfctl_settings settings;
	uint64_t fields;

	assert_int_equal(vfctl_vf_parse(text, &fields, &settings, why, sizeof(why)), 0);
	return vfctl_vf_set(pf_port(machine), vf, fields, &settings, why, sizeof(why));
}

static int
port_set(struct machine *machine, const char *text)
{
	struct vfctl_port_settings settings;
	uint64_t fields;

	assert_int_equal(vfctl_port_parse(text, &fields, &settings, why, sizeof(why)), 0);
	return vfctl_port_set(pf_port(machine), fields, &settings, why, sizeof(why));
}

static uint32_t
peek(struct machine *machine, uint32_t reg)
{
	return model_peek(machine->m, reg);
}

static void
send_to(struct function *from, const struct rte_ether_addr *dst, int vlan)
{
	struct rte_ether_addr src = function_mac(from);

	frame_send(from, dst, &src, vlan);
}

static void
send_between(struct function *from, struct function *to, int vlan)
{
	struct rte_ether_addr dst = function_mac(to);

	send_to(from, &dst, vlan);
}

/* The one frame that a function has got, its tag as it stands in the buffer or -1. */
static int
tag_received(struct function *f)
{
	struct rte_mbuf *m;
	const uint8_t *data;
	int tag = -1;

	assert_int_equal(rte_eth_rx_burst(f->port_id, 0, &m, 1), 1);
	data = rte_pktmbuf_mtod(m, const uint8_t *);
	if (data[12] == 0x81 && data[13] == 0x00)
		tag = data[14] << 8 | data[15];
	rte_pktmbuf_free(m);
	assert_int_equal(rte_eth_rx_burst(f->port_id, 0, &m, 1), 0);
	return tag;
}

/* --- tags --- */

static void
a_port_vlan_is_put_on_and_taken_off(void **state)
{
	struct machine *machine = *state;
	struct function *vf0, *vf1;

	assert_int_equal(function_probe(machine, MODEL_PF), 0);
	assert_int_equal(vf_set(machine, 0, "vlan=100 qos=5"), 0);
	assert_int_equal(vf_set(machine, 1, "vlan=100"), 0);
	assert_int_equal(vf_set(machine, 2, "vlan=200"), 0);
	function_start(machine_pf(machine));
	for (unsigned int vf = 0; vf < 3; vf++) {
		assert_int_equal(function_probe(machine, vf), 0);
		function_start(machine_vf(machine, vf));
	}
	vf0 = machine_vf(machine, 0);
	vf1 = machine_vf(machine, 1);
	assert_int_equal(peek(machine, REGN(VMVIR, 0)), VMVIR_ALWAYS | 5u << 13 | 100);
	send_between(vf0, vf1, -1);
	assert_int_equal(tag_received(vf1), -1);
	/* Broadcast goes to the wire with the tag, and to those in the VLAN without. */
	send_to(vf0, &broadcast, -1);
	assert_int_equal(tag_received(vf1), -1);
	assert_int_equal(frames_take(machine_vf(machine, 2)), 0);
	assert_int_equal(machine->m->nb_wire, 1);
	assert_int_equal(machine->m->wire[0].data[14], 5u << 5);
	assert_int_equal(machine->m->wire[0].data[15], 100);
	/* Another VLAN is out of reach, with a tag of its own too: that is the second one. */
	send_between(vf0, machine_vf(machine, 2), -1);
	send_between(vf0, machine_vf(machine, 2), 200);
	assert_int_equal(frames_take(machine_vf(machine, 2)), 0);
	assert_int_equal(vf_set(machine, 0, "vlan=0 qos=0"), 0);
	assert_int_equal(peek(machine, REGN(VMVIR, 0)), 0);
	assert_false(peek(machine, REGN(VMOLR, 0)) & VMOLR_STRVLAN);
}

static void
untagged_frames_get_the_tag_that_is_inserted(void **state)
{
	struct machine *machine = *state;

	machine_start(machine, 1);
	assert_int_equal(vf_set(machine, 0, "insert=300 qos=2"), 0);
	send_to(machine_vf(machine, 0), &stranger, -1);
	assert_int_equal(machine->m->nb_wire, 1);
	assert_int_equal(machine->m->wire[0].data[14], 2u << 5 | 300 >> 8);
	assert_int_equal(machine->m->wire[0].data[15], 300 & 0xFF);
}

/* --- rate and queues --- */

static double
mbps(struct machine *machine, unsigned int queue)
{
	uint32_t value = machine->m->rate_factor[queue];
	uint32_t link = igbiov_link_decode(peek(machine, REG(STATUS))).link_speed;

	return value == 0 ? link : (double)link * 16384 / (value & RTTBCNRC_FACTOR_MASK);
}

static void
the_rate_holds_over_both_queues_and_each_link_speed(void **state)
{
	struct machine *machine = *state;

	machine_start(machine, 1);
	assert_int_equal(vf_set(machine, 0, "max_tx_rate=50"), 0);
	assert_true(mbps(machine, 0) + mbps(machine, 8) <= 50);
	assert_true(mbps(machine, 0) > 49.8);
	assert_int_equal(vf_set(machine, 0, "queues=2"), 0);
	assert_true(mbps(machine, 0) <= 25 && mbps(machine, 8) <= 25);
	assert_true(mbps(machine, 0) > 24.9 && mbps(machine, 8) > 24.9);
	/* A slower link: the factor is worked out again, and goes where it has no sense. */
	pthread_mutex_lock(&machine->m->lock);
	machine->m->link_speed = 1;
	model_link(machine->m, true);
	pthread_mutex_unlock(&machine->m->lock);
	EVENTUALLY((machine->m->rate_factor[0] & RTTBCNRC_FACTOR_MASK) == 4u << 14);
	pthread_mutex_lock(&machine->m->lock);
	machine->m->link_speed = 0;
	model_link(machine->m, true);
	pthread_mutex_unlock(&machine->m->lock);
	EVENTUALLY(machine->m->rate_factor[0] == 0);
	assert_int_equal(vf_set(machine, 0, "max_tx_rate=1001"), -EINVAL);
}

/* VFs reach each other without a cable, and a link that comes up is seen a moment later. */
static void
a_rate_holds_without_a_link(void **state)
{
	struct machine *machine = *state;

	machine_start(machine, 1);
	pthread_mutex_lock(&machine->m->lock);
	model_link(machine->m, false);
	pthread_mutex_unlock(&machine->m->lock);
	assert_int_equal(vf_set(machine, 0, "max_tx_rate=50 queues=2"), 0);
	assert_int_equal(machine->m->rate_factor[0], RTTBCNRC_RS_ENA | 40u << 14);
}

static void
a_rate_outlives_stop_and_start_and_the_vfs_reset(void **state)
{
	struct machine *machine = *state;
	uint32_t factor;

	machine_start(machine, 1);
	assert_int_equal(vf_set(machine, 0, "max_tx_rate=50 queues=2"), 0);
	factor = machine->m->rate_factor[0];
	assert_int_not_equal(factor, 0);
	assert_int_equal(rte_eth_dev_stop(machine_vf(machine, 0)->port_id), 0);
	assert_int_equal(rte_eth_dev_start(machine_vf(machine, 0)->port_id), 0);
	assert_int_equal(machine->m->rate_factor[0], factor);
	assert_int_equal(machine->m->rate_factor[8], factor);
	assert_int_equal(rte_eth_dev_stop(pf_port(machine)), 0);
	assert_int_equal(rte_eth_dev_start(pf_port(machine)), 0);
	assert_int_equal(machine->m->rate_factor[8], factor);
}

/* The model doesn't hash: what the chip is told is all there is to see. */
static void
two_queues_are_spread_over_and_one_is_not(void **state)
{
	struct machine *machine = *state;

	machine_start(machine, 2);
	assert_int_equal(peek(machine, REG(MRQC)) & 7, MRQC_VMDQ_RSS);
	assert_int_equal(peek(machine, REG(MRQC)) >> 16, 0x1FF);
	assert_int_equal(peek(machine, REGN(RETA, 0)), 0x08000800);
	assert_int_equal(peek(machine, REGN(RETA, 31)), 0x08000800);
	assert_int_not_equal(peek(machine, REGN(RSSRK, 9)), 0);
	assert_false(peek(machine, REGN(VMOLR, 0)) & VMOLR_RSSE);
	assert_int_equal(vf_set(machine, 0, "queues=2"), 0);
	assert_true(peek(machine, REGN(VMOLR, 0)) & VMOLR_RSSE);
	assert_false(peek(machine, REGN(VMOLR, 1)) & VMOLR_RSSE);
	assert_false(peek(machine, REGN(VMOLR, 7)) & VMOLR_RSSE);
	assert_int_equal(vf_set(machine, 0, "queues=1"), 0);
	assert_false(peek(machine, REGN(VMOLR, 0)) & VMOLR_RSSE);
	assert_int_equal(vf_set(machine, 0, "queues=3"), -EINVAL);
}

/* --- what the chip can't do --- */

static void
what_the_chip_cannot_do_is_refused_with_a_reason(void **state)
{
	struct machine *machine = *state;
	struct vfctl_settings before, after;

	machine_start(machine, 1);
	assert_int_equal(vfctl_vf_get(pf_port(machine), 0, &before), 0);
	assert_int_equal(vf_set(machine, 0, "vlan=100 vlan_proto=802.1ad"), -ENOTSUP);
	assert_non_null(strstr(why, "vlan_proto: this chip can't insert 802.1ad"));
	assert_int_equal(vf_set(machine, 0, "mirror=tx:pf"), -ENOTSUP);
	assert_non_null(strstr(why, "sends"));
	assert_int_equal(vf_set(machine, 0, "mirror=rx:0"), -EINVAL);
	assert_int_equal(port_set(machine, "storm_broadcast=1001"), -EINVAL);
	assert_int_equal(vfctl_vf_get(pf_port(machine), 0, &after), 0);
	assert_memory_equal(&before, &after, sizeof(before));
}

/* --- mirroring --- */

static void
a_vfs_frames_are_mirrored_to_another_and_to_the_pf(void **state)
{
	struct machine *machine = *state;
	struct function *pf = machine_pf(machine), *vf0, *vf1, *vf2;

	machine_start(machine, 3);
	vf0 = machine_vf(machine, 0);
	vf1 = machine_vf(machine, 1);
	vf2 = machine_vf(machine, 2);
	assert_int_equal(vf_set(machine, 0, "mirror=rx:2"), 0);
	send_between(vf1, vf0, -1);
	assert_int_equal(frames_take(vf0), 1);
	assert_int_equal(frames_take(vf2), 1);
	assert_int_equal(vf_set(machine, 0, "mirror=rx:pf"), 0);
	send_between(vf1, vf0, -1);
	assert_int_equal(frames_take(vf0), 1);
	assert_int_equal(frames_take(vf2), 0);
	assert_int_equal(frames_take(pf), 1);
	assert_int_equal(vf_set(machine, 0, "mirror=none"), 0);
	send_between(vf1, vf0, -1);
	assert_int_equal(frames_take(pf), 0);
	/* Five are one too many. */
	for (uint16_t vf = 0; vf < 4; vf++)
		assert_int_equal(vf_set(machine, vf, "mirror=rx:pf"), 0);
	assert_int_equal(vf_set(machine, 4, "mirror=rx:pf"), -ENOSPC);
}

/* --- counters --- */

static void
a_vfs_counts_go_on_over_its_reset_and_the_pfs(void **state)
{
	struct machine *machine = *state;
	struct function *vf0, *vf1;
	struct vfctl_vf_stats stats;

	machine_start(machine, 2);
	vf0 = machine_vf(machine, 0);
	vf1 = machine_vf(machine, 1);
	for (unsigned int i = 0; i < 5; i++)
		send_between(vf0, vf1, -1);
	assert_int_equal(vfctl_vf_stats_get(pf_port(machine), 1, &stats), 0);
	assert_int_equal(stats.hw.rx_packets, 5);
	assert_int_equal(stats.hw.rx_bytes, 5 * 104);
	assert_int_equal(rte_eth_dev_stop(vf1->port_id), 0);
	assert_int_equal(rte_eth_dev_start(vf1->port_id), 0);
	send_between(vf0, vf1, -1);
	/* The model's counters begin anew with the chip. */
	assert_int_equal(rte_eth_dev_stop(pf_port(machine)), 0);
	assert_int_equal(rte_eth_dev_start(pf_port(machine)), 0);
	assert_int_equal(vfctl_vf_stats_get(pf_port(machine), 1, &stats), 0);
	assert_int_equal(stats.hw.rx_packets, 6);
	assert_int_equal(vfctl_vf_stats_get(pf_port(machine), 0, &stats), 0);
	assert_int_equal(stats.hw.tx_packets, 6);
	assert_int_equal(vfctl_vf_stats_reset(pf_port(machine), 0), 0);
	assert_int_equal(vfctl_vf_stats_get(pf_port(machine), 0, &stats), 0);
	assert_int_equal(stats.hw.tx_packets, 0);
}

static void
spoofing_is_counted(void **state)
{
	struct machine *machine = *state;
	struct vfctl_vf_stats stats = { 0 };

	machine_start(machine, 1);
	frame_send(machine_vf(machine, 0), &broadcast, &stranger, -1);
	assert_int_equal(machine->m->spoofed, 1);
	for (int tries = 0; tries < 5000 && stats.hw.spoofed == 0; tries++) {
		usleep(1000);
		assert_int_equal(vfctl_vf_stats_get(pf_port(machine), 0, &stats), 0);
	}
	assert_int_equal(stats.hw.spoofed, 1);
}

/* --- the port --- */

static void
loopback_can_be_closed(void **state)
{
	struct machine *machine = *state;

	machine_start(machine, 2);
	assert_int_equal(port_set(machine, "loopback=off"), 0);
	send_between(machine_vf(machine, 0), machine_vf(machine, 1), -1);
	assert_int_equal(frames_take(machine_vf(machine, 1)), 0);
	assert_int_equal(machine->m->nb_wire, 1);
	assert_int_equal(peek(machine, REG(DTXSWC)) & 0x7F7F, 0x7F7F);
	assert_int_equal(port_set(machine, "loopback=on"), 0);
	send_between(machine_vf(machine, 0), machine_vf(machine, 1), -1);
	assert_int_equal(frames_take(machine_vf(machine, 1)), 1);
}

static uint32_t
from_wire(struct machine *machine, const struct rte_ether_addr *dst)
{
	uint8_t data[64] = { 0 };
	uint32_t pools;

	memcpy(data, dst, RTE_ETHER_ADDR_LEN);
	pthread_mutex_lock(&machine->m->lock);
	pools = model_rx_wire(machine->m, data, sizeof(data));
	pthread_mutex_unlock(&machine->m->lock);
	return pools;
}

static void
unclaimed_frames_go_where_the_operator_says(void **state)
{
	struct machine *machine = *state;

	machine_start(machine, 2);
	assert_int_equal(from_wire(machine, &stranger), 0);
	assert_int_equal(port_set(machine, "default_pool=1"), 0);
	assert_int_equal(from_wire(machine, &stranger), 1u << 1);
	/* A promiscuous PF sees them all the same. */
	assert_int_equal(rte_eth_promiscuous_enable(pf_port(machine)), 0);
	assert_true(from_wire(machine, &stranger) & 1u << 7);
	assert_int_equal(rte_eth_promiscuous_disable(pf_port(machine)), 0);
	assert_int_equal(from_wire(machine, &stranger), 1u << 1);
	assert_int_equal(port_set(machine, "default_pool=pf"), 0);
	assert_int_equal(from_wire(machine, &stranger), 1u << 7);
	/* It comes back with a start. */
	assert_int_equal(rte_eth_dev_stop(pf_port(machine)), 0);
	assert_int_equal(rte_eth_dev_start(pf_port(machine)), 0);
	assert_int_equal(from_wire(machine, &stranger), 1u << 7);
	assert_int_equal(port_set(machine, "default_pool=none"), 0);
	assert_int_equal(from_wire(machine, &stranger), 0);
}

static void
drop_enable_and_storm_control_reach_the_chip(void **state)
{
	struct machine *machine = *state;

	machine_start(machine, 0);
	assert_int_equal(peek(machine, REG(QDE)), 0xFFFF);
	assert_int_equal(port_set(machine, "drop_enable=off storm_broadcast=8"), 0);
	assert_int_equal(peek(machine, REG(QDE)), 0);
	assert_int_equal(peek(machine, REG(BSCTRH)), 100000 / 64);
	assert_int_equal(peek(machine, REG(SCCRL)) & 0x1F, SCCRL_BDICW);
	/* Its window follows the link's speed. */
	pthread_mutex_lock(&machine->m->lock);
	machine->m->link_speed = 1;
	model_link(machine->m, true);
	pthread_mutex_unlock(&machine->m->lock);
	EVENTUALLY(peek(machine, REG(SCCRL)) >> 8 == 100);
}

/* --- one tenant after another --- */

static void
defaults_leave_nothing_of_what_was_set(void **state)
{
	static const struct vfctl_tagging tagging = { .insert = 100, .qos = 3, .strip = true };
	static const struct vfctl_mirror mirror = { .what = VFCTL_MIRROR_RX | VFCTL_MIRROR_VLAN,
						    .vlan = 200,
						    .to = VFCTL_PF };
	const struct vfctl_ops *ops = &igbiov_pf_vf_ops;
	struct machine *machine = *state;
	uint32_t before[MODEL_PF_WINDOW / 4];
	struct rte_eth_dev *dev;
	uint32_t rate;

	machine_start(machine, 0);
	dev = rte_eth_dev_allocated(machine_pf(machine)->pci.name);
	assert_int_equal(rte_eth_dev_stop(dev->data->port_id), 0);
	/* Nobody else writes now. */
	igbiov_filter_init(&function_adapter(machine_pf(machine))->hw,
			   &function_adapter(machine_pf(machine))->filter, true, 7);
	igbiov_pf_pools_setup(dev);
	model_link(machine->m, true);
	/* The rate stays, for it is no tenant's. */
	assert_int_equal(ops->vf_rate_set(dev, 3, 100), 0);
	assert_int_equal(ops->vf_defaults(dev, 3), 0);
	rate = machine->m->rate_factor[3];
	memcpy(before, machine->m->pf, sizeof(before));
	assert_int_equal(ops->vf_tagging_set(dev, 3, &tagging), 0);
	assert_int_equal(ops->vf_queues_set(dev, 3, 2), 0);
	assert_int_not_equal(machine->m->rate_factor[3], rate);
	assert_int_equal(ops->vf_mirror_set(dev, 3, &mirror), 0);
	assert_int_equal(ops->vf_spoofchk_set(dev, 3, false, false), 0);
	assert_int_equal(ops->vf_accept_set(dev, 3, VFCTL_ACCEPT_UNICAST), 0);
	assert_int_equal(ops->vf_vlan_set(dev, 3, 300, true), 0);
	assert_int_equal(ops->vf_max_frame_set(dev, 3, 9000), 0);
	assert_int_equal(ops->vf_mac_add(dev, 3, &stranger), 0);
	assert_int_equal(ops->vf_defaults(dev, 3), 0);
	assert_int_equal(machine->m->rate_factor[3], rate);
	for (uint32_t reg = 0; reg < MODEL_PF_WINDOW; reg += 4) {
		bool idle = (reg >= REG(VMRVM) && reg < REGN(VMRVM, 4)) ||
			    (reg >= REG(VMRVLAN) && reg < REGN(VMRVLAN, 4)) ||
			    (reg >= REG(RAL) && reg < REG(RAL) + 24 * 8 && reg % 8 == 0) ||
			    reg == REG(RTTDQSEL);

		/* An address or a rule that isn't valid may stay in its other half. */
		if (!idle && machine->m->pf[reg / 4] != before[reg / 4])
			fail_msg("register 0x%x: 0x%08x, was 0x%08x", reg, machine->m->pf[reg / 4],
				 before[reg / 4]);
	}
}

/* --- interrupts --- */

static void
mailbox_interrupts_are_throttled_but_soon(void **state)
{
	struct machine *machine = *state;
	uint32_t us;

	machine_start(machine, 0);
	us = peek(machine, REGN(EITR, 0)) >> 2 & 0x1FFF;
	/* QEMU's model takes four times as long: still well below 10 ms. */
	assert_in_range(us, 200, 1000);
	assert_int_equal(peek(machine, REG(MBVFIMR)), 0x7F);
}

static void
who_may_not_interrupt_does_not(void **state)
{
	struct machine *machine = *state;
	struct function *pf = machine_pf(machine);
	struct rte_eth_dev *dev;

	machine_start(machine, 0);
	dev = rte_eth_dev_allocated(pf->pci.name);
	igbiov_pf_vf_ops.vf_listen(dev, 0x7D);
	assert_int_equal(peek(machine, REG(MBVFIMR)), 0x7D);
}

/* --- the application's word --- */

static struct {
	unsigned int asked;
	uint16_t vf_id, type, answer;
	uint16_t vid;
} app;

static int
on_mbox(uint16_t port_id, enum rte_eth_event_type type, void *arg, void *ret)
{
	struct vfctl_mbox_event *event = ret;
	const struct vfctl_request *req = event->msg;

	(void)port_id;
	(void)type;
	(void)arg;
	assert_int_equal(event->retval, VFCTL_MBOX_PROCEED);
	if (event->msg_type != app.type)
		return 0;
	app.asked++;
	app.vf_id = event->vf_id;
	app.vid = req->vlan.vid;
	event->retval = app.answer;
	return 0;
}

static bool
in_vlan(struct machine *machine, unsigned int pool, uint16_t vid)
{
	for (unsigned int i = 0; i < IGBIOV_VLVF_MAX; i++) {
		uint32_t vlvf = peek(machine, REGN(VLVF, i));

		if ((vlvf & VLVF_VI_EN) && (vlvf & 0xFFF) == vid && (vlvf & VLVF_POOLSEL(pool)))
			return true;
	}
	return false;
}

static void
the_application_has_a_say(void **state)
{
	struct machine *machine = *state;
	struct function *vf;

	machine_start(machine, 2);
	vf = machine_vf(machine, 1);
	assert_int_equal(rte_eth_dev_stop(vf->port_id), 0);
	assert_int_equal(function_configure(vf, RTE_ETH_RX_OFFLOAD_VLAN_FILTER, 1500), 0);
	assert_int_equal(rte_eth_dev_start(vf->port_id), 0);
	memset(&app, 0, sizeof(app));
	app.type = VFCTL_REQ_VLAN;
	assert_int_equal(rte_eth_dev_callback_register(pf_port(machine), RTE_ETH_EVENT_VF_MBOX,
						       on_mbox, NULL),
			 0);
	app.answer = VFCTL_MBOX_NACK;
	assert_int_not_equal(rte_eth_dev_vlan_filter(vf->port_id, 100, 1), 0);
	assert_int_equal(app.asked, 1);
	assert_int_equal(app.vf_id, 1);
	assert_int_equal(app.vid, 100);
	assert_false(in_vlan(machine, 1, 100));
	/* Done by the application, in a way of its own. */
	app.answer = VFCTL_MBOX_ACK;
	assert_int_equal(rte_eth_dev_vlan_filter(vf->port_id, 100, 1), 0);
	assert_false(in_vlan(machine, 1, 100));
	app.answer = VFCTL_MBOX_PROCEED;
	assert_int_equal(rte_eth_dev_vlan_filter(vf->port_id, 101, 1), 0);
	assert_true(in_vlan(machine, 1, 101));
	rte_eth_dev_callback_unregister(pf_port(machine), RTE_ETH_EVENT_VF_MBOX, on_mbox, NULL);
}

/* --- link state --- */

static void
a_vfs_link_can_be_up_without_a_cable(void **state)
{
	struct machine *machine = *state;
	struct function *vf0;

	machine_start(machine, 2);
	vf0 = machine_vf(machine, 0);
	pthread_mutex_lock(&machine->m->lock);
	model_link(machine->m, false);
	pthread_mutex_unlock(&machine->m->lock);
	EVENTUALLY(link_is(vf0, RTE_ETH_LINK_DOWN));
	assert_int_equal(vf_set(machine, 0, "state=on"), 0);
	EVENTUALLY(link_is(vf0, RTE_ETH_LINK_UP));
	assert_true(link_is(machine_vf(machine, 1), RTE_ETH_LINK_DOWN));
	/* Also after its reset. */
	assert_int_equal(rte_eth_dev_stop(vf0->port_id), 0);
	assert_int_equal(rte_eth_dev_start(vf0->port_id), 0);
	EVENTUALLY(link_is(vf0, RTE_ETH_LINK_UP));
	assert_int_equal(vf_set(machine, 0, "state=auto"), 0);
	EVENTUALLY(link_is(vf0, RTE_ETH_LINK_DOWN));
}

static void
a_vf_whose_link_is_off_starts_and_asks_for_its_reset_when_it_is_on(void **state)
{
	struct machine *machine = *state;
	struct function *vf0;
	unsigned int resets;

	machine_start(machine, 1);
	vf0 = machine_vf(machine, 0);
	assert_int_equal(vf_set(machine, 0, "state=off"), 0);
	EVENTUALLY(link_is(vf0, RTE_ETH_LINK_DOWN));
	assert_false(peek(machine, REG(VFRE)) & 1);
	assert_false(peek(machine, REG(VFTE)) & 1);
	assert_int_equal(rte_eth_dev_stop(vf0->port_id), 0);
	resets = __atomic_load_n(&vf0->nb_reset, __ATOMIC_RELAXED);
	assert_int_equal(rte_eth_dev_start(vf0->port_id), 0);
	assert_true(link_is(vf0, RTE_ETH_LINK_DOWN));
	assert_false(peek(machine, REG(VFTE)) & 1);
	assert_int_equal(__atomic_load_n(&vf0->nb_reset, __ATOMIC_RELAXED), resets);
	assert_int_equal(vf_set(machine, 0, "state=auto"), 0);
	EVENTUALLY(__atomic_load_n(&vf0->nb_reset, __ATOMIC_RELAXED) == resets + 1);
	assert_int_equal(rte_eth_dev_stop(vf0->port_id), 0);
	assert_int_equal(rte_eth_dev_start(vf0->port_id), 0);
	assert_true(link_is(vf0, RTE_ETH_LINK_UP));
}

/* --- the number of VFs --- */

static int
num_vfs_set(struct machine *machine, uint16_t nb)
{
	return vfctl_num_vfs_set(pf_port(machine), nb, why, sizeof(why));
}

static void
vfs_come_and_go_while_the_pf_runs(void **state)
{
	struct machine *machine = *state;
	struct function *pf = machine_pf(machine), *vf;
	struct rte_ether_addr mac;

	machine_devargs(pf, "vfs=0,state=none");
	machine->m->real_sleep = 20;
	machine_start(machine, 0);
	assert_int_equal(peek(machine, REG(MRQC)) & 7, MRQC_VMDQ_RSS);
	mac = function_mac(pf);
	assert_int_equal(from_wire(machine, &mac), 1u << 7);
	assert_int_equal(frames_take(pf), 1);
	for (unsigned int round = 0; round < 2; round++) {
		assert_int_equal(num_vfs_set(machine, 3), 0);
		assert_int_equal(machine->m->nb_vfs, 3);
		assert_int_equal(from_wire(machine, &mac), 1u << 7);
		assert_int_equal(frames_take(pf), 1);
		assert_int_equal(function_probe(machine, 2), 0);
		vf = machine_vf(machine, 2);
		function_start(vf);
		send_between(pf, vf, -1);
		assert_int_equal(frames_take(vf), 1);
		machine->vfs_held = true;
		assert_int_equal(num_vfs_set(machine, 0), -EBUSY);
		assert_string_equal(why, "VF 0 is open: process 7");
		/* Refused, and the VF goes on as if nobody had asked. */
		assert_int_equal(machine->m->nb_vfs, 3);
		send_between(pf, vf, -1);
		assert_int_equal(frames_take(vf), 1);
		machine->vfs_held = false;
		assert_int_equal(function_remove(machine, 2), 0);
		assert_int_equal(num_vfs_set(machine, 0), 0);
		assert_int_equal(machine->m->nb_vfs, 0);
		assert_int_equal(peek(machine, REG(VFRE)), 0x80);
	}
	/* Nothing of it makes a restart fail. */
	assert_int_equal(num_vfs_set(machine, 7), 0);
	assert_int_equal(rte_eth_dev_stop(pf->port_id), 0);
	assert_int_equal(rte_eth_dev_start(pf->port_id), 0);
	assert_int_equal(num_vfs_set(machine, 8), -EINVAL);
}

static void
the_vfs_of_a_devarg_are_made_at_probe(void **state)
{
	struct machine *machine = *state;

	machine_devargs(machine_pf(machine), "vfs=4,state=none");
	machine_start(machine, 0);
	assert_int_equal(machine->m->nb_vfs, 4);
	assert_int_equal(machine->nb_creations, 1);
	assert_int_equal(function_adapter(machine_pf(machine))->nb_vfs, 4);
}

static void
vfs_that_are_there_are_kept(void **state)
{
	struct machine *machine = *state;

	machine_devargs(machine_pf(machine), "vfs=4,state=none");
	machine_numvfs(machine, 2);
	machine_start(machine, 0);
	assert_int_equal(machine->m->nb_vfs, 2);
	assert_int_equal(machine->nb_creations, 0);
}

static void
a_port_without_pools_says_how_to_get_vfs(void **state)
{
	struct machine *machine = *state;

	machine_start(machine, 0);
	assert_int_equal(num_vfs_set(machine, 2), -EBUSY);
	assert_non_null(strstr(why, "vfs=0"));
	assert_int_equal(machine->m->nb_vfs, 0);
	/* Stopped, it makes them, and wants a reset before its start. */
	assert_int_equal(rte_eth_dev_stop(pf_port(machine)), 0);
	assert_int_equal(num_vfs_set(machine, 2), 0);
	assert_int_equal(rte_eth_dev_start(pf_port(machine)), -EAGAIN);
	assert_int_equal(rte_eth_dev_reset(pf_port(machine)), 0);
	function_start(machine_pf(machine));
	assert_int_equal(function_adapter(machine_pf(machine))->nb_vfs, 2);
}

static void
what_the_kernel_refuses_is_told_and_undone(void **state)
{
	struct machine *machine = *state;
	struct vfctl_port_info info;

	machine_devargs(machine_pf(machine), "vfs=0,state=none");
	machine_start(machine, 0);
	machine->sriov_error = -ETIMEDOUT;
	assert_int_equal(num_vfs_set(machine, 2), -ETIMEDOUT);
	assert_string_equal(why, "the kernel says so");
	assert_int_equal(vfctl_port_info(pf_port(machine), &info), 0);
	assert_int_equal(info.nb_vfs, 0);
	assert_true(info.serving);
	machine->sriov_error = 0;
	machine->no_iommu = true;
	assert_int_equal(num_vfs_set(machine, 2), -EPERM);
	machine->no_iommu = false;
	assert_int_equal(num_vfs_set(machine, 2), 0);
}

/* No VF takes so much that one that comes later has no address. */
static void
every_vf_finds_room_for_its_address(void **state)
{
	struct machine *machine = *state;
	struct igbiov_adapter *ad;
	struct rte_eth_dev *dev;

	machine_numvfs(machine, 1);
	machine_start(machine, 0);
	dev = rte_eth_dev_allocated(machine_pf(machine)->pci.name);
	ad = dev->data->dev_private;
	assert_int_equal(num_vfs_set(machine, 7), 0);
	for (uint16_t vf = 0; vf < 7; vf++) {
		unsigned int n = 0;

		for (uint8_t i = 0; i < 20; i++) {
			struct rte_ether_addr mac = { { 2, 0x77, 0, 0, vf, i } };

			n += igbiov_pf_vf_ops.vf_mac_add(dev, vf, &mac) == 0;
		}
		assert_in_range(n, 2, 3);
		n = 0;
		for (uint16_t vid = 1; vid < 30; vid++)
			n += igbiov_pf_vf_ops.vf_vlan_set(dev, vf, vf * 100 + vid, true) == 0;
		assert_int_equal(n, 3);
	}
	assert_int_equal(ad->nb_vfs, 7);
}

#define T(f) ON_MACHINE(f, 7)
#define A(f) ON_MACHINE(f, 0)

int
main(void)
{
	const struct CMUnitTest tests[] = {
		T(a_port_vlan_is_put_on_and_taken_off),
		T(untagged_frames_get_the_tag_that_is_inserted),
		T(the_rate_holds_over_both_queues_and_each_link_speed),
		T(a_rate_holds_without_a_link),
		T(a_rate_outlives_stop_and_start_and_the_vfs_reset),
		T(two_queues_are_spread_over_and_one_is_not),
		T(what_the_chip_cannot_do_is_refused_with_a_reason),
		T(a_vfs_frames_are_mirrored_to_another_and_to_the_pf),
		T(a_vfs_counts_go_on_over_its_reset_and_the_pfs),
		T(spoofing_is_counted),
		T(loopback_can_be_closed),
		T(unclaimed_frames_go_where_the_operator_says),
		T(drop_enable_and_storm_control_reach_the_chip),
		T(defaults_leave_nothing_of_what_was_set),
		T(mailbox_interrupts_are_throttled_but_soon),
		T(who_may_not_interrupt_does_not),
		T(the_application_has_a_say),
		T(a_vfs_link_can_be_up_without_a_cable),
		T(a_vf_whose_link_is_off_starts_and_asks_for_its_reset_when_it_is_on),
		A(vfs_come_and_go_while_the_pf_runs),
		A(the_vfs_of_a_devarg_are_made_at_probe),
		A(vfs_that_are_there_are_kept),
		A(a_port_without_pools_says_how_to_get_vfs),
		A(what_the_kernel_refuses_is_told_and_undone),
		T(every_vf_finds_room_for_its_address),
	};

	return cmocka_run_group_tests_name("igbiov_pf_vf", tests, eal_setup, NULL);
}
