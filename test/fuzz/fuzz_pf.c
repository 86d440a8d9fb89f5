/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) the igbiov authors
 */

/*
 * Our PF against hostile VFs: the whole way from the mailbox's registers through
 * lib/vfctl to the filters' registers, without its thread. The input says what
 * VFs, operators, the PF's application and time do. After each step the oracle
 * looks at the chip: see evil_vfs.h.
 */

#include <errno.h>
#include <string.h>

#include <rte_bus_pci.h>
#include <rte_ethdev.h>
#include <rte_pci.h>

#include "evil_vfs.h"
#include "igbiov_ethdev.h"
#include "igbiov_filter.h"
#include "igbiov_io.h"
#include "igbiov_mbx.h"

#define PF_DEVICE 0x10C9
#define PORT_ID	  0
#define STEPS_MAX 128
/* A turn in which each VF is reset, or sends what costs most. */
#define TURN_US 20000
/* Registers that a test can change: what lies above is never touched. */
#define PF_WORDS 0x4400
#define VF_WORDS 0x600

static struct model *m;
static struct igbiov_adapter adapter;
static struct rte_eth_dev_data data;
static struct rte_eth_dev dev;
static struct rte_pci_device pci;
static struct rte_ether_addr macs[32];
static struct vfctl_port *port;
static uint64_t now_ns;
static uint32_t acting; /* VFs with something to be served */

/* All of that as it is once the PF runs. */
static struct {
	struct igbiov_adapter adapter;
	struct rte_eth_dev_data data;
	struct rte_ether_addr macs[RTE_DIM(macs)];
	struct vfctl_port *port;
	size_t port_len;
	uint32_t pf[PF_WORDS];
	uint32_t vf[EVIL_VFS][VF_WORDS];
	uint64_t now_us;
} begin;

/* --- what EAL, kernel and threads would do --- */

int __wrap_rte_vfio_noiommu_is_enabled(void);
int __wrap_igbiov_intr_init(struct rte_eth_dev *dev_);
void __wrap_igbiov_intr_fini(struct rte_eth_dev *dev_);
void __wrap_rte_delay_us_sleep(unsigned int us);
int __wrap_rte_eth_dev_callback_process(struct rte_eth_dev *dev_, enum rte_eth_event_type event,
					void *ret);
int __wrap_igbiov_pf_numvfs(const char *name);
int __wrap_igbiov_sriov_count(const char *name);
int __wrap_vfctl_thread_start(struct vfctl_port *port_);
int __wrap_vfctl_state_load(void);
int __wrap_vfctl_state_save(void);

int
__wrap_rte_vfio_noiommu_is_enabled(void)
{
	return 0;
}

int
__wrap_igbiov_intr_init(struct rte_eth_dev *dev_)
{
	(void)dev_;
	return 0;
}

void
__wrap_igbiov_intr_fini(struct rte_eth_dev *dev_)
{
	(void)dev_;
}

void
__wrap_rte_delay_us_sleep(unsigned int us)
{
	m->now_us += us;
}

int
__wrap_rte_eth_dev_callback_process(struct rte_eth_dev *dev_, enum rte_eth_event_type event,
				    void *ret)
{
	(void)dev_;
	(void)event;
	(void)ret;
	return 0;
}

int
__wrap_igbiov_pf_numvfs(const char *name)
{
	(void)name;
	return EVIL_VFS;
}

int
__wrap_igbiov_sriov_count(const char *name)
{
	return __wrap_igbiov_pf_numvfs(name);
}

/* None: calls run at once, and turns when the input says so. */
int
__wrap_vfctl_thread_start(struct vfctl_port *port_)
{
	port_->thread.tick_ms = 500;
	port_->thread.wake_fd = -1;
	return 0;
}

/* No file: each run begins alike. */
int
__wrap_vfctl_state_load(void)
{
	return -ENOENT;
}

int
__wrap_vfctl_state_save(void)
{
	return 0;
}

static uint64_t
now(void)
{
	return now_ns;
}

/* --- turns --- */

static void
misuse_check(void)
{
	HOLDS(m->misuse == 0, "%s", m->misuse_text);
}

static void
look(struct chip_view *view)
{
	chip_look(m, view);
}

static void
check(const struct chip_view *view)
{
	misuse_check();
	if (port->serving)
		chip_check_owners(m, view, port, &data, adapter.pf_pool);
}

/* Nobody's row changes but those of VFs that did something. */
static void
check_others(const struct chip_view *before, const struct chip_view *after, uint32_t vfs)
{
	for (unsigned int vf = 0; vf < EVIL_VFS; vf++)
		if (!(vfs & 1u << vf))
			chip_check_same(before, after, vf);
	chip_check_same(before, after, adapter.pf_pool);
}

static void
count_anew(unsigned int vf)
{
	evil_vfs.vf[vf].counted_from_ns = now_ns;
	evil_vfs.vf[vf].counted = 0;
}

/* No more than it may, and whoever may no longer send is told, or will be. */
static void
check_service(unsigned int i)
{
	const struct vfctl_settings *s = &port->vf[i].settings;
	struct evil_vf *vf = &evil_vfs.vf[i];
	uint64_t ns = now_ns - vf->counted_from_ns;

	vf->counted += vf->answers;
	HOLDS(vf->answers <= 1, "VF %u: %u answers in one turn", i, vf->answers);
	HOLDS(vf->counted <= s->burst + s->budget * (ns / 1000 + 1) / 1000000 + 1,
	      "VF %u: %lu answers in %lu ns", i, (unsigned long)vf->counted, (unsigned long)ns);
	HOLDS(!vf->read, "VF %u has no answer", i);
	HOLDS(!vf->clear || vf->reset || port->vf[i].held.clear_to_send ||
		      port->untold & RTE_BIT64(i),
	      "VF %u was stopped, and not told", i);
}

static void
turn(void)
{
	struct chip_view before, after;
	uint64_t end = m->now_us + TURN_US;
	uint32_t mute = 0;

	look(&before);
	for (unsigned int i = 0; i < EVIL_VFS; i++) {
		struct evil_vf *vf = &evil_vfs.vf[i];

		vf->granted = false;
		vf->answers = 0;
		vf->anew = false;
		if (port->vf[i].budget.quarantined)
			mute |= 1u << i;
	}
	vfctl_serve_round(port);
	evil_vfs.rewrites = 0;
	if (m->removed)
		return;
	HOLDS(m->now_us <= end, "a turn took %lu us", (unsigned long)(m->now_us + TURN_US - end));
	for (unsigned int i = 0; i < EVIL_VFS; i++) {
		struct evil_vf *vf = &evil_vfs.vf[i];

		HOLDS(!(mute & 1u << i) || vf->answers == 0, "VF %u: answered in quarantine", i);
		if (vf->reset && !(port->resetting & 1u << i) &&
		    !(model_peek(m, REG(VFLRE)) & 1u << i)) {
			/* A reset request that came with it was granted after it. */
			vf->reset = false;
			if (!vf->anew)
				evil_vf_forget(vf);
		}
		check_service(i);
	}
	look(&after);
	check(&after);
	check_others(&before, &after, acting);
	chip_check_granted(m, &before, &after, port);
	acting &= (uint32_t)(port->waiting | port->resetting | port->untold) |
		  model_peek(m, REG(MBVFICR)) | model_peek(m, REG(VFLRE)) | mute;
}

/* --- VFs --- */

static void
vf_write(unsigned int vf, uint32_t reg, uint32_t value)
{
	if (!m->removed)
		igbiov_mmio_write(m->vf_bar[vf] + reg, value);
	acting |= 1u << vf;
}

/* Few addresses, so that VFs meet: some are others', some are nobody's to have. */
static struct rte_ether_addr
some_mac(struct input *in)
{
	struct rte_ether_addr mac = { { 0x02, 0xaa, 0, 0, 0, 0 } };
	uint8_t what = input_u8(in) % 24;

	if (what < 12)
		mac.addr_bytes[5] = what;
	else if (what < 12 + EVIL_VFS)
		mac = port->vf[what - 12].settings.mac;
	else if (what == 16)
		mac = macs[0];
	else if (what == 17)
		mac.addr_bytes[0] = 0x03;
	else if (what == 18)
		memset(&mac, 0, sizeof(mac));
	else if (what == 19)
		memset(&mac, 0xFF, sizeof(mac));
	else
		mac = macs[1];
	return mac;
}

static void
send_words(unsigned int vf, const uint32_t *words, unsigned int nb)
{
	for (unsigned int i = 0; i < nb; i++)
		vf_write(vf, REG(VMBMEM_VF) + 4 * i, words[i]);
	vf_write(vf, REG(V2PMAILBOX), V2P_REQ);
}

static void
send_message(unsigned int vf, struct input *in)
{
	uint32_t words[16] = { 0 };
	struct rte_ether_addr mac;
	uint8_t what = input_u8(in);
	uint32_t info = 0;
	unsigned int nb = 1;

	switch (what % 8) {
	case 0:
		words[0] = MSG_RESET;
		break;
	case 1:
	case 2:
		mac = some_mac(in);
		words[0] = MSG_SET_MAC;
		info = what >> 3 & 3;
		memcpy(&words[1], &mac, sizeof(mac));
		nb = 3;
		break;
	case 3:
		info = input_u8(in);
		words[0] = MSG_SET_MULTICAST;
		for (unsigned int i = 0; i < 4; i++)
			words[1 + i] = input_u16(in);
		nb = 5;
		break;
	case 4:
		words[0] = MSG_SET_VLAN;
		info = what >> 3 & 1;
		words[1] = input_u8(in) % 20;
		if (words[1] == 19)
			words[1] = input_u32(in);
		nb = 2;
		break;
	case 5:
		words[0] = MSG_SET_LPE;
		words[1] = input_u16(in);
		nb = 2;
		break;
	case 6:
		words[0] = MSG_SET_PROMISC;
		info = what >> 3 & 7;
		break;
	default:
		nb = 1 + (what >> 3) % 16;
		for (unsigned int i = 0; i < nb; i++)
			words[i] = i < 4 ? input_u32(in) : i;
	}
	words[0] |= info << MSG_INFO_SHIFT;
	if (what & 0x80)
		words[0] ^= input_u32(in);
	send_words(vf, words, nb);
}

static void
flr(unsigned int vf)
{
	/* While the device is gone nobody resets it. */
	if (m->removed)
		return;
	model_vf_flr(m, vf);
	evil_vfs.vf[vf].reset = true;
	acting |= 1u << vf;
}

/* --- operators --- */

static struct vfctl_mac_list
some_list(struct input *in)
{
	struct vfctl_mac_list list = { .nb = input_u8(in) % 4 };

	for (unsigned int i = 0; i < list.nb; i++)
		list.mac[i] = some_mac(in);
	return list;
}

static void
some_setting(struct input *in, enum vfctl_field field, struct vfctl_settings *s)
{
	uint8_t value = 0;

	if (field != VFCTL_F_MAC && field != VFCTL_F_MACS && field != VFCTL_F_ALLOW_MACS)
		value = input_u8(in);
	switch (field) {
	case VFCTL_F_MAC:
		s->mac = some_mac(in);
		break;
	case VFCTL_F_MAC_LOCKED:
		s->mac_locked = value & 1;
		break;
	case VFCTL_F_MAX_MACS:
		s->max_macs = value % 8;
		break;
	case VFCTL_F_MACS:
		s->macs = some_list(in);
		break;
	case VFCTL_F_ALLOW_MACS:
		s->allow_macs = some_list(in);
		break;
	case VFCTL_F_VLAN:
		s->vlan = value % 20;
		break;
	case VFCTL_F_QOS:
		s->qos = value % 9;
		break;
	case VFCTL_F_VLAN_PROTO:
		s->vlan_proto = value & 1 ? 0x88A8 : 0x8100;
		break;
	case VFCTL_F_TRUNK:
		memset(s->trunk, value & 1 ? 0xFF : 0, sizeof(s->trunk));
		s->trunk[0] = (uint64_t)value << 1;
		s->trunk[VFCTL_VLAN_WORDS - 1] &= ~RTE_BIT64(63);
		break;
	case VFCTL_F_MAX_VLANS:
		s->max_vlans = value % 8;
		break;
	case VFCTL_F_STRIP:
		s->strip = value & 1;
		break;
	case VFCTL_F_INSERT:
		s->insert = value % 20;
		break;
	case VFCTL_F_MAX_TX_RATE:
		s->max_tx_rate = value * 8u;
		break;
	case VFCTL_F_SPOOFCHK_MAC:
		s->spoofchk_mac = value & 1;
		break;
	case VFCTL_F_SPOOFCHK_VLAN:
		s->spoofchk_vlan = value & 1;
		break;
	case VFCTL_F_TRUST:
		s->trust = value & 1;
		break;
	case VFCTL_F_ALLOW_PROMISC:
		s->allow_promisc = value & 1;
		break;
	case VFCTL_F_ALLOW_ALLMULTI:
		s->allow_allmulti = value & 1;
		break;
	case VFCTL_F_BROADCAST:
		s->broadcast = value & 1;
		break;
	case VFCTL_F_UNTAGGED:
		s->untagged = value & 1;
		break;
	case VFCTL_F_UNKNOWN_UNICAST:
		s->unknown_unicast = value & 1;
		break;
	case VFCTL_F_ALL_MULTICAST:
		s->all_multicast = value & 1;
		break;
	case VFCTL_F_STATE:
		s->state = value % 4;
		break;
	case VFCTL_F_RX:
		s->rx = value & 1;
		break;
	case VFCTL_F_TX:
		s->tx = value & 1;
		break;
	case VFCTL_F_MAX_MTU:
		s->max_mtu = input_u16(in);
		break;
	case VFCTL_F_QUEUES:
		s->queues = value % 4;
		break;
	case VFCTL_F_MIRROR:
		s->mirror.what = value % 10;
		s->mirror.vlan = value & 4 ? input_u8(in) : 0;
		s->mirror.to = value & 0x80 ? VFCTL_PF : value >> 4 & 7;
		break;
	case VFCTL_F_BUDGET:
		s->budget = value;
		break;
	case VFCTL_F_BURST:
		s->burst = value;
		break;
	case VFCTL_F_QUARANTINE_AFTER:
		s->quarantine_after = value;
		break;
	default:
		break;
	}
}

static void
operator_sets(unsigned int vf, struct input *in)
{
	struct vfctl_settings before, after, wanted;
	struct chip_view was, is;
	uint64_t fields = 0;
	unsigned int nb = 1 + input_u8(in) % 3;

	HOLDS(vfctl_vf_get(PORT_ID, (uint16_t)vf, &before) == 0);
	wanted = before;
	for (unsigned int i = 0; i < nb; i++) {
		enum vfctl_field field = input_u8(in) % VFCTL_F_NB;

		some_setting(in, field, &wanted);
		fields |= VFCTL_FIELD(field);
	}
	look(&was);
	evil_vfs.vf[vf].touched = true;
	if (vfctl_vf_set(PORT_ID, (uint16_t)vf, fields, &wanted, NULL, 0) != 0) {
		HOLDS(vfctl_vf_get(PORT_ID, (uint16_t)vf, &after) == 0);
		HOLDS(memcmp(&before, &after, sizeof(before)) == 0, "half a change");
	}
	if (m->removed)
		return;
	look(&is);
	check_others(&was, &is, 1u << vf);
	count_anew(vf);
	acting |= 1u << vf;
}

static void
release(unsigned int vf)
{
	HOLDS(vfctl_vf_release(PORT_ID, (uint16_t)vf) == 0);
	count_anew(vf);
}

static void
operator_port(struct input *in)
{
	struct vfctl_port_settings settings;
	uint8_t value = input_u8(in);

	HOLDS(vfctl_port_get(PORT_ID, &settings) == 0);
	settings.loopback = value & 1;
	settings.drop_enable = value & 2;
	settings.default_pool = value & 4 ? VFCTL_NOBODY : value & 8 ? VFCTL_PF : value >> 4;
	settings.storm_broadcast = value & 0xF0;
	vfctl_port_set(PORT_ID, VFCTL_PORT_FIELDS_ALL, &settings, NULL, 0);
}

/* --- the PF's application --- */

static void
pf_address(struct input *in)
{
	unsigned int i = 1 + input_u8(in) % 3;
	struct rte_ether_addr mac = some_mac(in);

	/* ethdev refuses these before the driver sees them. */
	if (!rte_is_valid_assigned_ether_addr(&mac))
		return;
	if (!rte_is_zero_ether_addr(&macs[i])) {
		igbiov_pf_ops.mac_addr_remove(&dev, i);
		memset(&macs[i], 0, sizeof(macs[i]));
	} else if (igbiov_pf_ops.mac_addr_add(&dev, &mac, i, 0) == 0) {
		macs[i] = mac;
	}
}

static void
pf_vlan(struct input *in)
{
	uint16_t vid = input_u8(in) % 20;
	uint64_t bit = RTE_BIT64(vid);

	if (igbiov_pf_ops.vlan_filter_set(&dev, vid, !(data.vlan_filter_conf.ids[0] & bit)) == 0)
		data.vlan_filter_conf.ids[0] ^= bit;
}

static void
pf_multicast(struct input *in)
{
	struct rte_ether_addr list[RTE_DIM(evil_vfs.pf_hash)];
	uint32_t nb = input_u8(in) % (RTE_DIM(list) + 1);

	for (uint32_t i = 0; i < nb; i++) {
		uint8_t octet = input_u8(in);

		list[i] = (struct rte_ether_addr){ { 1, 0, 0x5E, 0, octet, octet } };
	}
	if (igbiov_pf_ops.set_mc_addr_list(&dev, list, nb) != 0)
		return;
	evil_vfs.pf_nb_hashes = (uint16_t)nb;
	for (uint32_t i = 0; i < nb; i++)
		evil_vfs.pf_hash[i] = igbiov_filter_mc_hash(&list[i]);
}

static void
restart(void)
{
	evil_vfs.may_block = !port->settings.drop_enable;
	igbiov_pf_ops.dev_stop(&dev);
	data.dev_started = 0;
	for (unsigned int i = 0; i < EVIL_VFS; i++) {
		evil_vf_forget(&evil_vfs.vf[i]);
		evil_vfs.vf[i].reset = false;
	}
	/* ethdev replays extra addresses after start: here they are gone. */
	memset(&macs[1], 0, sizeof(macs) - sizeof(macs[0]));
	HOLDS(igbiov_pf_ops.dev_start(&dev) == 0 || m->removed, "doesn't start again");
	data.dev_started = 1;
	acting = RTE_BIT32(EVIL_VFS) - 1;
}

static void
application(struct input *in)
{
	struct chip_view before, after;
	uint8_t what = input_u8(in);

	look(&before);
	switch (what % 6) {
	case 0:
		pf_address(in);
		break;
	case 1:
		pf_vlan(in);
		break;
	case 2:
		pf_multicast(in);
		break;
	case 3:
		if (what & 0x80)
			igbiov_pf_ops.promiscuous_enable(&dev);
		else
			igbiov_pf_ops.promiscuous_disable(&dev);
		break;
	case 4:
		vfctl_serve_link(port);
		for (unsigned int i = 0; i < EVIL_VFS; i++)
			evil_vfs.vf[i].touched = true;
		acting = RTE_BIT32(EVIL_VFS) - 1;
		break;
	default:
		/* Dear: a whole chip is set up anew. */
		if (what == 0x5F)
			restart();
		return;
	}
	if (m->removed)
		return;
	look(&after);
	for (unsigned int vf = 0; vf < EVIL_VFS && what % 6 != 4; vf++)
		chip_check_same(&before, &after, vf);
}

/* --- steps --- */

static void
pass_time(uint8_t how)
{
	static const uint64_t ms[] = { 1, 10, 100, 1000, 10000, 500, 20, 60000 };

	now_ns += ms[how % RTE_DIM(ms)] * VFCTL_NS_PER_MS;
}

static void
step(struct input *in)
{
	uint8_t what = input_u8(in);
	unsigned int vf = what >> 6 & 3;
	struct chip_view view;

	switch (what & 0x0F) {
	case 0:
	case 1:
	case 2:
	case 3:
	case 4:
		send_message(vf, in);
		break;
	case 5:
		vf_write(vf, REG(V2PMAILBOX), V2P_ACK);
		break;
	case 6:
		/* Takes the memory, or gives it back. */
		vf_write(vf, REG(V2PMAILBOX), input_u8(in));
		break;
	case 7:
		flr(vf);
		break;
	case 8:
		vf_write(vf, REG(VMBMEM_VF) + 4 * (input_u8(in) % 16u), input_u32(in));
		break;
	case 9:
		evil_vfs.rewrites = 1 + input_u8(in) % 32;
		break;
	case 10:
		pass_time(input_u8(in));
		break;
	case 11:
	case 12:
		operator_sets(vf, in);
		break;
	case 13:
		if (input_u8(in) & 1)
			operator_port(in);
		else
			release(vf);
		break;
	case 14:
		application(in);
		break;
	default:
		/* Hot unplug, and back: then the PF's state is another's, so no more is asked of it. */
		if (input_u8(in) == 0xAD)
			m->removed = true;
	}
	/* More often than not at once, so that most turns have one VF to serve. */
	if (!(what & 0x10))
		turn();
	if (m->removed)
		return;
	look(&view);
	check(&view);
}

/* --- begin --- */

static void
save(void)
{
	begin.adapter = adapter;
	begin.data = data;
	memcpy(begin.macs, macs, sizeof(macs));
	begin.port_len = sizeof(*port) + port->caps.max_vfs * sizeof(port->vf[0]);
	begin.port = malloc(begin.port_len);
	memcpy(begin.port, port, begin.port_len);
	memcpy(begin.pf, m->pf, sizeof(begin.pf));
	for (unsigned int i = 0; i < EVIL_VFS; i++)
		memcpy(begin.vf[i], m->vf[i], sizeof(begin.vf[i]));
	begin.now_us = m->now_us;
}

static void
restore(struct input *in)
{
	adapter = begin.adapter;
	data = begin.data;
	memcpy(macs, begin.macs, sizeof(macs));
	memcpy(port, begin.port, begin.port_len);
	memcpy(m->pf, begin.pf, sizeof(begin.pf));
	for (unsigned int i = 0; i < EVIL_VFS; i++)
		memcpy(m->vf[i], begin.vf[i], sizeof(begin.vf[i]));
	m->now_us = begin.now_us;
	m->removed = false;
	m->vfu_held = 0;
	m->misuse = 0;
	now_ns = 1000 * VFCTL_NS_PER_S;
	acting = RTE_BIT32(EVIL_VFS) - 1;
	memset(&evil_vfs, 0, sizeof(evil_vfs));
	evil_vfs.in = in;
	for (unsigned int i = 0; i < EVIL_VFS; i++)
		count_anew(i);
}

int LLVMFuzzerInitialize(int *argc, char ***argv);
int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size);

int
LLVMFuzzerInitialize(int *argc, char ***argv)
{
	(void)argc;
	(void)argv;
	rte_log_set_global_level(RTE_LOG_EMERG);
	m = model_new();
	m->nb_vfs = EVIL_VFS;
	dev.data = &data;
	dev.device = &pci.device;
	dev.dev_ops = &igbiov_pf_ops;
	data.port_id = PORT_ID;
	data.dev_private = &adapter;
	data.mac_addrs = macs;
	data.mtu = RTE_ETHER_MTU;
	data.dev_conf.rxmode.offloads = RTE_ETH_RX_OFFLOAD_VLAN_FILTER;
	adapter.hw.bar = m->pf_bar;
	adapter.hw.chip = *igbiov_chip_find(PF_DEVICE);
	snprintf(adapter.hw.name, sizeof(adapter.hw.name), "model");
	m->on_write = evil_vfs_on_write;
	m->on_read = evil_vfs_on_read;
	HOLDS(igbiov_pf_init(&dev) == 0);
	HOLDS(igbiov_pf_ops.dev_configure(&dev) == 0);
	port = adapter.vfctl;
	port->now_ns = now;
	HOLDS(igbiov_pf_ops.dev_start(&dev) == 0);
	data.dev_started = 1;
	save();
	return 0;
}

int
LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size)
{
	struct input in = { bytes, size };

	restore(&in);
	for (unsigned int i = 0; i < STEPS_MAX && !input_ended(&in); i++)
		step(&in);
	misuse_check();
	return 0;
}
