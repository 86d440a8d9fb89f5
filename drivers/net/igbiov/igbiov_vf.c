/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) the igbiov authors
 */

#include <errno.h>
#include <string.h>

#include <rte_alarm.h>
#include <rte_ethdev.h>
#include <rte_vfio.h>

#include "igbiov_ethdev.h"
#include "igbiov_intr.h"
#include "igbiov_phy.h"
#include "igbiov_queue.h"
#include "igbiov_vf.h"

#define VF_MAX_MACS	  (1 + VFCTL_MAC_LIST_MAX)
#define LINK_WAIT_US	  9000000
#define LINK_WAIT_STEP_US 100000
#define LOOK_US		  1000000

static struct igbiov_adapter *
adapter(const struct rte_eth_dev *dev)
{
	return dev->data->dev_private;
}

static int
request(struct igbiov_adapter *ad, const char *what, const uint32_t *words, uint16_t nb)
{
	int ret = igbiov_mbx_vf_request(&ad->hw, &ad->mbx, words, nb);

	if (ret == -EPERM)
		IGBIOV_LOG(&ad->hw, ERR, "the PF refuses %s: its operator has to allow it", what);
	else if (ret == -EAGAIN)
		IGBIOV_LOG(&ad->hw, ERR,
			   "%s: the PF was reset, or isn't there yet; reset this port", what);
	else if (ret != 0)
		IGBIOV_LOG(&ad->hw, ERR, "%s: no answer from the PF: %s", what, strerror(-ret));
	return ret;
}

static int
request_mac(struct igbiov_adapter *ad, const char *what, uint32_t info,
	    const struct rte_ether_addr *mac)
{
	uint32_t words[3] = { MSG_SET_MAC | info << MSG_INFO_SHIFT };

	memcpy(&words[1], mac->addr_bytes, RTE_ETHER_ADDR_LEN);
	return request(ad, what, words, RTE_DIM(words));
}

static int
request_vlan(struct igbiov_adapter *ad, uint16_t vid, bool on)
{
	const uint32_t words[] = { MSG_SET_VLAN | (on ? MSG_VLAN_ADD << MSG_INFO_SHIFT : 0), vid };

	return request(ad, on ? "to let the VF into a VLAN" : "to take the VF out of a VLAN", words,
		       RTE_DIM(words));
}

static int
request_max_frame(struct igbiov_adapter *ad, uint16_t mtu)
{
	const uint32_t words[] = { MSG_SET_LPE, mtu + IGBIOV_FRAME_OVERHEAD };

	return request(ad, "this MTU", words, RTE_DIM(words));
}

static int
request_promisc(struct igbiov_adapter *ad, const char *what, uint32_t info)
{
	const uint32_t word = MSG_SET_PROMISC | info << MSG_INFO_SHIFT;

	return request(ad, what, &word, 1);
}

static int
request_multicast(struct igbiov_adapter *ad, const struct rte_ether_addr *list, uint32_t nb)
{
	uint32_t words[IGBIOV_MBX_WORDS] = { MSG_SET_MULTICAST | nb << MSG_INFO_SHIFT };

	for (uint32_t i = 0; i < nb; i++)
		words[1 + i / 2] |= (uint32_t)igbiov_filter_mc_hash(&list[i]) << (16 * (i % 2));
	return request(ad, "a multicast list", words, 1 + (nb + 1) / 2);
}

/* --- link and events --- */

static struct rte_eth_link
link_read(const struct igbiov_adapter *ad)
{
	uint32_t status;

	/* Until the PF has answered a reset nothing passes, whatever the wire does. */
	if (!ad->mbx.clear_to_send || ad->mbx.link == MSG_LINK_OFF)
		return igbiov_link_decode(0);
	status = hw_rd(&ad->hw, REG(VTSTATUS));
	/* Up without a cable: the neighbours are reached inside the chip. */
	if (ad->mbx.link == MSG_LINK_ON && status != UINT32_MAX && !(status & STATUS_LU))
		status = STATUS_LU | STATUS_FD | STATUS_SPEED_1G;
	return igbiov_link_decode(status);
}

void
igbiov_vf_mailbox_look(struct rte_eth_dev *dev)
{
	struct igbiov_adapter *ad = adapter(dev);
	enum igbiov_vf_mbx_event event = igbiov_mbx_vf_poll(&ad->hw, &ad->mbx);
	struct rte_eth_link link;

	/* A PF that died says nothing, and its memory may not even answer. */
	if (event == IGBIOV_VF_MBX_NOTHING && dev->data->dev_started && igbiov_vf_intr_lost(dev)) {
		ad->mbx.clear_to_send = false;
		event = IGBIOV_VF_MBX_RESET;
	}
	if (event == IGBIOV_VF_MBX_NOTHING)
		return;
	link = link_read(ad);
	if (rte_eth_linkstatus_set(dev, &link) == 0)
		rte_eth_dev_callback_process(dev, RTE_ETH_EVENT_INTR_LSC, NULL);
	if (event == IGBIOV_VF_MBX_RESET && !ad->reset_told) {
		ad->reset_told = true;
		IGBIOV_LOG(&ad->hw, NOTICE, "the PF was reset: reset this port");
		rte_eth_dev_callback_process(dev, RTE_ETH_EVENT_INTR_RESET, NULL);
	}
}

/*
 * A PF that was killed, or whose driver tells nothing, leaves only its reset to
 * be seen, and interrupts get lost: so the VF looks now and then by itself.
 * Alarms run on the thread of the interrupt handler, one at a time.
 */
static void
look_again(void *arg)
{
	struct rte_eth_dev *dev = arg;

	igbiov_vf_mailbox_look(dev);
	if (dev->data->dev_started)
		rte_eal_alarm_set(LOOK_US, look_again, dev);
}

static int
vf_link_update(struct rte_eth_dev *dev, int wait)
{
	struct igbiov_adapter *ad = adapter(dev);
	struct rte_eth_link link;

	/* An interrupt may have been lost. */
	if (dev->data->dev_started)
		igbiov_vf_mailbox_look(dev);
	link = link_read(ad);
	for (uint32_t us = 0; wait && link.link_status == RTE_ETH_LINK_DOWN && us < LINK_WAIT_US &&
			      ad->mbx.clear_to_send && dev->data->dev_started;
	     us += LINK_WAIT_STEP_US) {
		rte_delay_us_sleep(LINK_WAIT_STEP_US);
		link = link_read(ad);
	}
	return rte_eth_linkstatus_set(dev, &link);
}

/* --- start and stop --- */

/* The application's address where it set one, else the PF's, else the one made up at probe. */
static int
address_settle(struct rte_eth_dev *dev, bool given, const struct rte_ether_addr *mac)
{
	struct igbiov_adapter *ad = adapter(dev);
	struct rte_ether_addr *own = &dev->data->mac_addrs[0];

	if (given && (!ad->mac_by_app || rte_is_same_ether_addr(mac, own))) {
		*own = *mac;
		ad->mac = *mac;
		return 0;
	}
	if (request_mac(ad, "the VF's own address", MSG_MAC_SET, own) == 0) {
		ad->mac = *own;
		return 0;
	}
	if (!given)
		return -EADDRNOTAVAIL;
	IGBIOV_LOG(&ad->hw, WARNING,
		   "using the PF's " RTE_ETHER_ADDR_PRT_FMT " instead of " RTE_ETHER_ADDR_PRT_FMT,
		   RTE_ETHER_ADDR_BYTES(mac), RTE_ETHER_ADDR_BYTES(own));
	*own = *mac;
	ad->mac = *mac;
	ad->mac_by_app = false;
	return 0;
}

static int
settings_replay(struct rte_eth_dev *dev)
{
	struct igbiov_adapter *ad = adapter(dev);
	int ret = request_max_frame(ad, dev->data->mtu);

	/* Every PF takes ordinary frames without being asked. */
	if (ret == -EPERM && dev->data->mtu <= RTE_ETHER_MTU)
		ret = 0;
	for (uint32_t vid = 0; vid <= RTE_ETHER_MAX_VLAN_ID && ret == 0; vid++)
		if (dev->data->vlan_filter_conf.ids[vid / 64] & RTE_BIT64(vid % 64))
			ret = request_vlan(ad, vid, true);
	if (ret == 0 && ad->vf_mc_nb != 0)
		ret = request_multicast(ad, ad->vf_mc, ad->vf_mc_nb);
	return ret;
}

/* A reset and the PF's answer; an answer without an address is one too. */
static int
handshake(struct rte_eth_dev *dev, struct rte_ether_addr *mac, bool *given)
{
	struct igbiov_adapter *ad = adapter(dev);
	int ret;

	/*
	 * A function reset of the PF, when its process died, takes memory and bus
	 * master enable from its VFs. This writes both: VFIO then restores the rest.
	 */
	if (rte_pci_set_bus_master(RTE_ETH_DEV_TO_PCI(dev), true) < 0)
		IGBIOV_LOG(&ad->hw, WARNING, "can't enable bus mastering: frames may not move");
	ret = igbiov_mbx_vf_reset(&ad->hw, &ad->mbx, mac);
	ad->vf_promisc = 0;
	*given = ret == 0;
	return ret == -EADDRNOTAVAIL ? 0 : ret;
}

/* Whether a port starts all the same: as without a cable, until the PF is heard of. */
static bool
starts_without_pf(const struct igbiov_adapter *ad, int ret)
{
	if (ret == -ENETDOWN)
		IGBIOV_LOG(
			&ad->hw, WARNING,
			"the PF's operator has set this VF's link off: no link until it is on again");
	else if (ret == -EAGAIN)
		IGBIOV_LOG(&ad->hw, WARNING,
			   "the PF doesn't answer: no link until its driver has started");
	else
		IGBIOV_LOG(&ad->hw, ERR, "no reset by the PF: %s", strerror(-ret));
	return ret == -ENETDOWN || ret == -EAGAIN;
}

static int
vf_start(struct rte_eth_dev *dev)
{
	struct igbiov_adapter *ad = adapter(dev);
	struct rte_ether_addr mac;
	bool given;
	int ret;

	igbiov_stats_sync(dev);
	ret = handshake(dev, &mac, &given);
	/*
	 * A vswitch starts its ports in any order, and once: a VF's before the PF's must
	 * not be given up. What the PF says first makes this port ask for its reset.
	 */
	if (ret != 0 && !starts_without_pf(ad, ret))
		return ret;
	igbiov_stats_rebase(dev);
	ret = igbiov_intr_rx_open(dev);
	if (ret != 0)
		return ret;
	igbiov_vf_intr_try(dev);
	if (ad->mbx.clear_to_send) {
		ret = address_settle(dev, given, &mac);
		if (ret == 0)
			ret = settings_replay(dev);
	}
	if (ret == 0)
		ret = igbiov_queues_start(dev);
	if (ret != 0) {
		igbiov_intr_rx_close(dev);
		return ret;
	}
	ad->reset_told = false;
	igbiov_vf_intr_enable(dev);
	vf_link_update(dev, 0);
	ret = rte_eal_alarm_set(LOOK_US, look_again, dev);
	if (ret != 0)
		IGBIOV_LOG(&ad->hw, WARNING, "no timer (%s): resets of the PF may go unseen",
			   strerror(-ret));
	return 0;
}

static int
vf_stop(struct rte_eth_dev *dev)
{
	struct rte_eth_link down = { .link_autoneg = RTE_ETH_LINK_AUTONEG };

	dev->data->dev_started = 0;
	/* Waits for a look under way, and so for the application's callback. */
	rte_eal_alarm_cancel(look_again, dev);
	igbiov_intr_disable(dev);
	igbiov_stats_sync(dev);
	igbiov_queues_stop(dev);
	igbiov_intr_rx_close(dev);
	rte_eth_linkstatus_set(dev, &down);
	return 0;
}

static int
vf_configure(struct rte_eth_dev *dev)
{
	struct igbiov_adapter *ad = adapter(dev);
	const struct rte_eth_conf *conf = &dev->data->dev_conf;

	if (igbiov_intr_rx_check(dev) != 0)
		return -ENOTSUP;
	if ((conf->rxmode.mq_mode & ~RTE_ETH_MQ_RX_RSS_FLAG) != 0 ||
	    conf->txmode.mq_mode != RTE_ETH_MQ_TX_NONE || conf->lpbk_mode != 0) {
		IGBIOV_LOG(&ad->hw, ERR,
			   "rxmode.mq_mode 0x%x, txmode.mq_mode %d, lpbk_mode %u: not for a VF",
			   conf->rxmode.mq_mode, conf->txmode.mq_mode, conf->lpbk_mode);
		return -ENOTSUP;
	}
	return 0;
}

/* --- addresses --- */

static int
vf_mac_set(struct rte_eth_dev *dev, struct rte_ether_addr *mac)
{
	struct igbiov_adapter *ad = adapter(dev);
	int ret;

	if (rte_is_same_ether_addr(&ad->mac, mac))
		return 0;
	/* Before start there is nobody to ask: start asks. */
	ret = dev->data->dev_started ? request_mac(ad, "this address", MSG_MAC_SET, mac) : 0;
	if (ret == 0) {
		ad->mac_by_app = true;
		ad->mac = *mac;
	}
	return ret;
}

static int
vf_mac_add(struct rte_eth_dev *dev, struct rte_ether_addr *mac, uint32_t index, uint32_t pool)
{
	RTE_SET_USED(index);
	RTE_SET_USED(pool);
	/* Start asks for all of them. */
	if (!dev->data->dev_started)
		return 0;
	return request_mac(adapter(dev), "another address", MSG_MAC_ADD, mac);
}

/* The protocol can only drop all: the others are added again. */
static void
vf_mac_remove(struct rte_eth_dev *dev, uint32_t index)
{
	struct igbiov_adapter *ad = adapter(dev);
	const struct rte_ether_addr *macs = dev->data->mac_addrs;

	if (!dev->data->dev_started)
		return;
	if (request_mac(ad, "dropping an address", MSG_MAC_CLEAR, &macs[index]) != 0)
		return;
	for (uint32_t i = 1; i < VF_MAX_MACS; i++)
		if (i != index && !rte_is_zero_ether_addr(&macs[i]))
			request_mac(ad, "another address", MSG_MAC_ADD, &macs[i]);
}

static int
vf_mc_list(struct rte_eth_dev *dev, struct rte_ether_addr *list, uint32_t nb)
{
	struct igbiov_adapter *ad = adapter(dev);
	int ret;

	if (nb > IGBIOV_VF_MC_MAX) {
		IGBIOV_LOG(&ad->hw, ERR,
			   "%u multicast addresses; a VF has %u, then ask for all-multicast", nb,
			   IGBIOV_VF_MC_MAX);
		return -ENOSPC;
	}
	ret = dev->data->dev_started ? request_multicast(ad, list, nb) : 0;
	if (ret == 0) {
		if (nb != 0)
			memcpy(ad->vf_mc, list, nb * sizeof(list[0]));
		ad->vf_mc_nb = nb;
	}
	return ret;
}

/* --- promiscuity, VLAN, MTU --- */

/*
 * Linux's PF grants the multicast half of what it refuses for the unicast half,
 * and ignores multicast lists from then on. Who refuses this too granted nothing.
 */
static void
promisc_undo(struct igbiov_adapter *ad)
{
	const uint32_t word = MSG_SET_PROMISC | ad->vf_promisc << MSG_INFO_SHIFT;

	igbiov_mbx_vf_request(&ad->hw, &ad->mbx, &word, 1);
}

/* Only a change is asked for: some PFs refuse even to take away what isn't there. */
static int
promisc_change(struct rte_eth_dev *dev, const char *what, uint32_t info)
{
	struct igbiov_adapter *ad = adapter(dev);
	int ret = 0;

	if (ad->vf_promisc != info)
		ret = request_promisc(ad, what, info);
	if (ret == 0)
		ad->vf_promisc = info;
	else if (ret == -EPERM && info & MSG_PROMISC_UC)
		promisc_undo(ad);
	return ret;
}

static int
vf_promisc_on(struct rte_eth_dev *dev)
{
	return promisc_change(dev, "promiscuous mode", MSG_PROMISC_UC | MSG_PROMISC_MC);
}

static int
vf_promisc_off(struct rte_eth_dev *dev)
{
	return promisc_change(dev, "leaving promiscuous mode",
			      dev->data->all_multicast ? MSG_PROMISC_MC : 0);
}

static int
vf_allmulti_on(struct rte_eth_dev *dev)
{
	if (dev->data->promiscuous)
		return 0;
	return promisc_change(dev, "all-multicast mode", MSG_PROMISC_MC);
}

static int
vf_allmulti_off(struct rte_eth_dev *dev)
{
	if (dev->data->promiscuous)
		return 0;
	return promisc_change(dev, "leaving all-multicast mode", 0);
}

static int
vf_vlan_filter_set(struct rte_eth_dev *dev, uint16_t vid, int on)
{
	return dev->data->dev_started ? request_vlan(adapter(dev), vid, on != 0) : 0;
}

static int
vf_vlan_offload_set(struct rte_eth_dev *dev, int mask)
{
	/* Nothing to do: a VF's filter is always on, and what else there is isn't offered. */
	RTE_SET_USED(dev);
	RTE_SET_USED(mask);
	return 0;
}

static int
vf_mtu_set(struct rte_eth_dev *dev, uint16_t mtu)
{
	int ret = igbiov_mtu_check(dev, mtu);

	if (ret == 0 && dev->data->dev_started)
		ret = request_max_frame(adapter(dev), mtu);
	return ret;
}

/* --- the port --- */

static int
vf_info_get(struct rte_eth_dev *dev, struct rte_eth_dev_info *info)
{
	const struct igbiov_adapter *ad = adapter(dev);

	igbiov_dev_info(ad, info);
	info->max_rx_queues = ad->hw.chip.nb_queues;
	info->max_tx_queues = ad->hw.chip.nb_queues;
	info->max_mac_addrs = VF_MAX_MACS;
	info->speed_capa = RTE_ETH_LINK_SPEED_10M | RTE_ETH_LINK_SPEED_100M | RTE_ETH_LINK_SPEED_1G;
	return 0;
}

static int
vf_close(struct rte_eth_dev *dev)
{
	if (dev->data->dev_started)
		vf_stop(dev);
	igbiov_intr_fini(dev);
	igbiov_queues_release(dev);
	return 0;
}

static int
vf_reset(struct rte_eth_dev *dev)
{
	igbiov_intr_fini(dev);
	igbiov_queues_release(dev);
	return igbiov_vf_init(dev);
}

int
igbiov_vf_init(struct rte_eth_dev *dev)
{
	struct igbiov_adapter *ad = adapter(dev);
	struct rte_ether_addr mac;
	bool given;
	int ret;

	if (rte_vfio_noiommu_is_enabled() == 1) {
		IGBIOV_LOG(&ad->hw, ERR,
			   "no IOMMU: this VF's DMA would reach all memory; enable the IOMMU");
		return -EPERM;
	}
	ret = handshake(dev, &mac, &given);
	if (ret != 0 && !starts_without_pf(ad, ret))
		return ret;

	ret = igbiov_mac_array(dev, VF_MAX_MACS);
	if (ret != 0)
		return ret;
	/* An address that the application chose outlives a reset, and one once made up too. */
	if (ad->mac_by_app || (!given && rte_is_valid_assigned_ether_addr(&ad->mac)))
		mac = ad->mac;
	else if (!given)
		rte_eth_random_addr(mac.addr_bytes);
	dev->data->mac_addrs[0] = mac;
	ad->mac = mac;
	ad->hw.perm_addr = mac;

	ret = igbiov_intr_init(dev);
	if (ret != 0)
		return ret;
	IGBIOV_LOG(&ad->hw, INFO, "%s, " RTE_ETHER_ADDR_PRT_FMT, ad->hw.chip.name,
		   RTE_ETHER_ADDR_BYTES(&mac));
	return 0;
}

const struct eth_dev_ops igbiov_vf_ops = {
	.dev_configure = vf_configure,
	.dev_start = vf_start,
	.dev_stop = vf_stop,
	.dev_close = vf_close,
	.dev_reset = vf_reset,
	.link_update = vf_link_update,
	.is_removed = igbiov_dev_is_removed,
	.promiscuous_enable = vf_promisc_on,
	.promiscuous_disable = vf_promisc_off,
	.allmulticast_enable = vf_allmulti_on,
	.allmulticast_disable = vf_allmulti_off,
	.mac_addr_remove = vf_mac_remove,
	.mac_addr_add = vf_mac_add,
	.mac_addr_set = vf_mac_set,
	.set_mc_addr_list = vf_mc_list,
	.mtu_set = vf_mtu_set,
	.stats_get = igbiov_stats_get,
	.stats_reset = igbiov_stats_reset,
	.xstats_get = igbiov_xstats_get,
	.xstats_reset = igbiov_xstats_reset,
	.xstats_get_names = igbiov_xstats_names,
	.dev_infos_get = vf_info_get,
	.rxq_info_get = igbiov_rxq_info_get,
	.txq_info_get = igbiov_txq_info_get,
	.recycle_rxq_info_get = igbiov_recycle_rxq_info_get,
	.rx_burst_mode_get = igbiov_rx_burst_mode_get,
	.tx_burst_mode_get = igbiov_tx_burst_mode_get,
	.dev_supported_ptypes_get = igbiov_ptypes_get,
	.buffer_split_supported_hdr_ptypes_get = igbiov_split_ptypes,
	.vlan_filter_set = vf_vlan_filter_set,
	.vlan_offload_set = vf_vlan_offload_set,
	.rx_queue_start = igbiov_rx_queue_start,
	.rx_queue_stop = igbiov_rx_queue_stop,
	.tx_queue_start = igbiov_tx_queue_start,
	.tx_queue_stop = igbiov_tx_queue_stop,
	.rx_queue_setup = igbiov_rxq_setup,
	.rx_queue_release = igbiov_rxq_release,
	.rx_queue_intr_enable = igbiov_rx_intr_enable,
	.rx_queue_intr_disable = igbiov_rx_intr_disable,
	.tx_queue_setup = igbiov_txq_setup,
	.tx_queue_release = igbiov_txq_release,
	.tx_done_cleanup = igbiov_tx_done_cleanup,
	.get_reg = igbiov_reg_get,
	.get_monitor_addr = igbiov_monitor_addr,
};
