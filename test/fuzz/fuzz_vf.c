/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) the igbiov authors
 */

/*
 * Our VF against a hostile PF. The input says what the application does with
 * the port, and in between what the PF answers (evil_pf.c). Whatever that is:
 * no operation waits beyond its bound, a success was one on the wire too, an
 * address that the PF gave is a unicast one, and a link is only up while the PF
 * lets the VF send.
 */

#include <string.h>

#include <rte_alarm.h>
#include <rte_bus_pci.h>

#include "evil_pf.h"
#include "igbiov_ethdev.h"
#include "igbiov_intr.h"
#include "igbiov_vf.h"

#define VF_DEVICE 0x10CA
#define MACS_MAX  64
#define STEPS_MAX 64

/* What igbiov_mbx.h promises, with 1 us for each access on top. */
#define REQUEST_US 10800000
#define RESET_US   5400000
/* A port's link is waited for as long as ethdev's users expect. */
#define LINK_US 9500000

static struct igbiov_adapter adapter;
static struct rte_eth_dev_data data;
static struct rte_eth_dev dev;
static struct rte_pci_device pci;
static struct rte_ether_addr macs[MACS_MAX];
static unsigned int nb_macs; /* that the driver has room for */
static rte_eal_alarm_callback alarm_fn;
static bool reset_told; /* since the last start */

/* --- what EAL, bus and VFIO would do --- */

int __wrap_rte_vfio_noiommu_is_enabled(void);
int __wrap_rte_pci_set_bus_master(const struct rte_pci_device *device, bool enable);
int __wrap_igbiov_intr_init(struct rte_eth_dev *port);
void __wrap_igbiov_intr_fini(struct rte_eth_dev *port);
int __wrap_rte_eal_alarm_set(uint64_t us, rte_eal_alarm_callback cb, void *arg);
int __wrap_rte_eal_alarm_cancel(rte_eal_alarm_callback cb, void *arg);
void __wrap_rte_delay_us_sleep(unsigned int us);
int __wrap_rte_eth_dev_callback_process(struct rte_eth_dev *port, enum rte_eth_event_type event,
					void *ret);

int
__wrap_rte_vfio_noiommu_is_enabled(void)
{
	return 0;
}

int
__wrap_rte_pci_set_bus_master(const struct rte_pci_device *device, bool enable)
{
	(void)device;
	(void)enable;
	return 0;
}

int
__wrap_igbiov_intr_init(struct rte_eth_dev *port)
{
	(void)port;
	return 0;
}

void
__wrap_igbiov_intr_fini(struct rte_eth_dev *port)
{
	(void)port;
}

int
__wrap_rte_eal_alarm_set(uint64_t us, rte_eal_alarm_callback cb, void *arg)
{
	(void)us;
	HOLDS(arg == &dev);
	alarm_fn = cb;
	return 0;
}

int
__wrap_rte_eal_alarm_cancel(rte_eal_alarm_callback cb, void *arg)
{
	(void)cb;
	(void)arg;
	alarm_fn = NULL;
	return 0;
}

void
__wrap_rte_delay_us_sleep(unsigned int us)
{
	evil_pf.now_us += us;
}

int
__wrap_rte_eth_dev_callback_process(struct rte_eth_dev *port, enum rte_eth_event_type event,
				    void *ret)
{
	(void)ret;
	HOLDS(port == &dev);
	/* Once is enough: the application's answer to it is a reset. */
	if (event == RTE_ETH_EVENT_INTR_RESET)
		HOLDS(!reset_told, "told twice");
	reset_told |= event == RTE_ETH_EVENT_INTR_RESET;
	return 0;
}

/* --- properties --- */

static unsigned int
vlans_wanted(void)
{
	unsigned int nb = 0;

	for (unsigned int i = 0; i < RTE_DIM(data.vlan_filter_conf.ids); i++)
		nb += (unsigned int)__builtin_popcountll(data.vlan_filter_conf.ids[i]);
	return nb;
}

static void
check_state(void)
{
	HOLDS(!adapter.mbx.busy, "an exchange was left open");
	HOLDS((adapter.mbx.seen & ~V2P_READ_TO_CLEAR) == 0, "seen 0x%x", adapter.mbx.seen);
	HOLDS(adapter.vf_mc_nb <= IGBIOV_VF_MC_MAX);
	HOLDS((adapter.vf_promisc & ~(MSG_PROMISC_UC | MSG_PROMISC_MC)) == 0);
	HOLDS(rte_is_valid_assigned_ether_addr(&macs[0]), "port's address");
	HOLDS(rte_is_valid_assigned_ether_addr(&adapter.mac), "address on record");
}

/* A request that succeeded was granted on the wire, by its own answer. */
static void
check_granted(void)
{
	HOLDS(evil_pf.read_answer, "another's answer 0x%x", evil_pf.read[0]);
	HOLDS((evil_pf.read[0] & (MSG_ACK | MSG_NACK | MSG_CTS)) == (MSG_ACK | MSG_CTS),
	      "answer 0x%x", evil_pf.read[0]);
	/* Told to reset itself meanwhile, it will be at the next look. */
	HOLDS(adapter.mbx.clear_to_send || adapter.mbx.control_lost);
}

static void
check_link(void)
{
	HOLDS(adapter.mbx.clear_to_send || data.dev_link.link_status == RTE_ETH_LINK_DOWN,
	      "up, and may not send");
}

/* --- the application --- */

static void
mailbox_reset(void)
{
	struct rte_ether_addr mac;
	int ret = igbiov_mbx_vf_reset(&adapter.hw, &adapter.mbx, &mac);

	if (ret == 0) {
		HOLDS(rte_is_valid_assigned_ether_addr(&mac));
		HOLDS(memcmp(mac.addr_bytes, &evil_pf.read[1], RTE_ETHER_ADDR_LEN) == 0);
		HOLDS(evil_pf.read_answer && evil_pf.read[0] & MSG_ACK);
	}
	HOLDS(adapter.mbx.clear_to_send == (ret == 0 || ret == -EADDRNOTAVAIL), "%d", ret);
	HOLDS(ret == 0 || ret == -EADDRNOTAVAIL || ret == -EAGAIN || ret == -ENODEV ||
		      ret == -ENETDOWN,
	      "%d", ret);
}

static int
mailbox_request(struct input *in)
{
	uint32_t words[IGBIOV_MBX_WORDS];
	uint16_t nb = 1 + input_u8(in) % IGBIOV_MBX_WORDS;

	for (uint16_t i = 0; i < nb; i++)
		words[i] = i < 3 ? input_u32(in) : i;
	/* The driver sends no id that is the PF's own. */
	words[0] = 2 + words[0] % 5;
	return igbiov_mbx_vf_request(&adapter.hw, &adapter.mbx, words, nb);
}

static struct rte_ether_addr
some_mac(struct input *in)
{
	return (struct rte_ether_addr){ { 0x02, 0xbb, 0, 0, 0, input_u8(in) } };
}

/* As ethdev does, which keeps the list itself. */
static void
mac_change(struct input *in)
{
	unsigned int i = 1 + input_u8(in) % (nb_macs - 1);
	struct rte_ether_addr mac = some_mac(in);

	if (!rte_is_zero_ether_addr(&macs[i])) {
		igbiov_vf_ops.mac_addr_remove(&dev, i);
		memset(&macs[i], 0, sizeof(macs[i]));
	} else if (igbiov_vf_ops.mac_addr_add(&dev, &mac, i, 0) == 0) {
		macs[i] = mac;
		if (data.dev_started)
			check_granted();
	}
}

static void
mac_set(struct input *in)
{
	struct rte_ether_addr mac = some_mac(in);

	if (igbiov_vf_ops.mac_addr_set(&dev, &mac) == 0)
		macs[0] = mac;
}

static void
vlan_change(struct input *in)
{
	uint16_t vid = input_u16(in) % RTE_ETHER_MAX_VLAN_ID;
	uint64_t *word = &data.vlan_filter_conf.ids[vid / 64], bit = RTE_BIT64(vid % 64);
	bool on = !(*word & bit);

	if (igbiov_vf_ops.vlan_filter_set(&dev, vid, on) != 0)
		return;
	*word ^= bit;
	if (data.dev_started)
		check_granted();
}

static void
multicast_list(struct input *in)
{
	struct rte_ether_addr list[IGBIOV_VF_MC_MAX + 2];
	uint32_t nb = input_u8(in) % (RTE_DIM(list) + 1);
	int ret;

	memset(list, 1, sizeof(list));
	ret = igbiov_vf_ops.set_mc_addr_list(&dev, list, nb);
	HOLDS(ret != 0 || nb <= IGBIOV_VF_MC_MAX);
	if (ret == 0 && data.dev_started)
		check_granted();
}

static void
promisc_change(struct input *in)
{
	uint8_t what = input_u8(in);

	if (!data.dev_started)
		return;
	switch (what & 3) {
	case 0:
		if (igbiov_vf_ops.promiscuous_enable(&dev) == 0)
			data.promiscuous = 1;
		break;
	case 1:
		if (igbiov_vf_ops.promiscuous_disable(&dev) == 0)
			data.promiscuous = 0;
		break;
	case 2:
		if (igbiov_vf_ops.allmulticast_enable(&dev) == 0)
			data.all_multicast = 1;
		break;
	default:
		if (igbiov_vf_ops.allmulticast_disable(&dev) == 0)
			data.all_multicast = 0;
	}
}

static void
mtu_change(struct input *in)
{
	uint16_t mtu = input_u16(in);

	if (igbiov_vf_ops.mtu_set(&dev, mtu) == 0)
		data.mtu = mtu;
}

static void
start(void)
{
	if (data.dev_started)
		return;
	if (igbiov_vf_ops.dev_start(&dev) != 0)
		return;
	data.dev_started = 1;
	reset_told = false;
	/* Without a PF it has none yet. */
	if (adapter.mbx.clear_to_send)
		HOLDS(rte_is_same_ether_addr(&adapter.mac, &macs[0]),
		      "the port has another address");
	check_link();
}

static void
stop(void)
{
	if (!data.dev_started)
		return;
	igbiov_vf_ops.dev_stop(&dev);
	data.dev_started = 0;
	HOLDS(data.dev_link.link_status == RTE_ETH_LINK_DOWN);
}

static void
link_update(struct input *in)
{
	igbiov_vf_ops.link_update(&dev, input_u8(in) == 1);
	check_link();
}

static void
timer(void)
{
	rte_eal_alarm_callback fn = alarm_fn;

	alarm_fn = NULL;
	if (fn != NULL)
		fn(&dev);
}

/* What the driver has to be done with by then. */
static uint64_t
bound_us(unsigned int op)
{
	switch (op) {
	case 0: /* start: reset, address, MTU, VLANs, multicast */
		return RESET_US + REQUEST_US * (uint64_t)(3 + vlans_wanted());
	case 3:
	case 4:
		return RESET_US;
	case 5:
		return REQUEST_US * nb_macs;
	case 11:
		return LINK_US;
	case 1:
	case 12:
	case 13:
		return 10000;
	default:
		return REQUEST_US;
	}
}

static void
step(struct input *in)
{
	unsigned int op = input_u8(in) % 15;
	uint64_t end = evil_pf.now_us + bound_us(op);

	switch (op) {
	case 0:
		start();
		break;
	case 1:
		stop();
		break;
	case 2:
		if (mailbox_request(in) == 0)
			check_granted();
		break;
	case 3:
		mailbox_reset();
		break;
	case 4:
		stop();
		igbiov_vf_ops.dev_reset(&dev);
		memset(&macs[1], 0, (nb_macs - 1) * sizeof(macs[0]));
		break;
	case 5:
		mac_change(in);
		break;
	case 6:
		mac_set(in);
		break;
	case 7:
		vlan_change(in);
		break;
	case 8:
		multicast_list(in);
		break;
	case 9:
		promisc_change(in);
		break;
	case 10:
		mtu_change(in);
		break;
	case 11:
		link_update(in);
		break;
	case 12:
		igbiov_vf_mailbox_look(&dev);
		break;
	case 13:
		timer();
		break;
	default:
		/* Time for the PF to move in. */
		igbiov_mmio_read(evil_pf_bar() + REG(V2PMAILBOX));
	}
	HOLDS(evil_pf.now_us <= end, "step %u takes %lu us too long", op,
	      (unsigned long)(evil_pf.now_us - end));
	check_state();
}

static void
port_begin(void)
{
	struct rte_eth_dev_info info = { 0 };

	memset(&adapter, 0, sizeof(adapter));
	memset(&data, 0, sizeof(data));
	memset(&dev, 0, sizeof(dev));
	memset(macs, 0, sizeof(macs));
	alarm_fn = NULL;
	reset_told = false;
	dev.data = &data;
	dev.device = &pci.device;
	data.dev_private = &adapter;
	data.mac_addrs = macs;
	data.mtu = RTE_ETHER_MTU;
	adapter.hw.bar = evil_pf_bar();
	adapter.hw.chip = *igbiov_chip_find(VF_DEVICE);
	igbiov_vf_ops.dev_infos_get(&dev, &info);
	nb_macs = info.max_mac_addrs;
	HOLDS(nb_macs > 1 && nb_macs <= MACS_MAX);
}

int LLVMFuzzerInitialize(int *argc, char ***argv);
int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size);

int
LLVMFuzzerInitialize(int *argc, char ***argv)
{
	(void)argc;
	(void)argv;
	/* Millions of refusals, a line each. */
	rte_log_set_global_level(RTE_LOG_EMERG);
	return 0;
}

int
LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size)
{
	struct input in = { bytes, size };

	evil_pf_begin(&in);
	port_begin();
	if (igbiov_vf_init(&dev) != 0)
		return 0;
	check_state();
	for (unsigned int i = 0; i < STEPS_MAX && !input_ended(&in); i++)
		step(&in);
	return 0;
}
