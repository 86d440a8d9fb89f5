/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) the igbiov authors
 */

#include <errno.h>
#include <string.h>

#include <rte_ethdev.h>
#include <rte_vfio.h>

#include "igbiov_dca.h"
#include "igbiov_ethdev.h"
#include "igbiov_intr.h"
#include "igbiov_pf.h"
#include "igbiov_pf_vf.h"
#include "igbiov_phy.h"
#include "igbiov_queue.h"
#include "igbiov_sriov.h"

#define LINK_WAIT_US	  9000000
#define LINK_WAIT_STEP_US 100000
#define VF_NOTICE_US	  20000

/*
 * After start only the control thread writes filter and VF registers: each
 * operation is a function and its arguments, posted there.
 */
struct pf_call {
	struct rte_eth_dev *dev;
	union {
		const struct rte_ether_addr *mac;
		struct {
			const struct rte_ether_addr *list;
			uint32_t nb;
		} mc;
		struct {
			uint16_t vid;
			bool on;
		} vlan;
		uint32_t set;
	};
	uint32_t clear;
};

static struct igbiov_adapter *
adapter(const struct rte_eth_dev *dev)
{
	return dev->data->dev_private;
}

static int
pf_post(struct pf_call *call, int (*fn)(void *arg))
{
	return vfctl_call(adapter(call->dev)->vfctl, fn, call);
}

/* --- link --- */

static struct rte_eth_link
link_read(const struct igbiov_adapter *ad)
{
	/* A PHY that is off may keep the MAC's last state in STATUS. */
	return igbiov_link_decode(ad->link_off ? 0 : hw_rd(&ad->hw, REG(STATUS)));
}

static int
pf_link_update(struct rte_eth_dev *dev, int wait)
{
	struct rte_eth_link link = link_read(adapter(dev));

	for (uint32_t us = 0; wait && link.link_status == RTE_ETH_LINK_DOWN && us < LINK_WAIT_US &&
			      !adapter(dev)->link_off && dev->data->dev_started;
	     us += LINK_WAIT_STEP_US) {
		rte_delay_us_sleep(LINK_WAIT_STEP_US);
		link = link_read(adapter(dev));
	}
	return rte_eth_linkstatus_set(dev, &link);
}

void
igbiov_pf_link_changed(struct rte_eth_dev *dev)
{
	struct igbiov_adapter *ad = adapter(dev);
	struct rte_eth_link link;

	if (pf_link_update(dev, 0) != 0)
		return;
	rte_eth_linkstatus_get(dev, &link);
	IGBIOV_LOG(&ad->hw, INFO, "link is %s", link.link_status ? "up" : "down");
	rte_eth_dev_callback_process(dev, RTE_ETH_EVENT_INTR_LSC, NULL);
}

static int
call_power(void *arg)
{
	struct pf_call *call = arg;
	struct igbiov_adapter *ad = adapter(call->dev);
	int ret = igbiov_phy_power(&ad->hw, call->set != 0);

	if (ret == 0) {
		ad->link_off = call->set == 0;
		/* The PHY need not interrupt for what it was told to do. */
		vfctl_wake(ad->vfctl, VFCTL_EV_LINK);
	}
	return ret;
}

static int
pf_set_link_up(struct rte_eth_dev *dev)
{
	return pf_post(&(struct pf_call){ .dev = dev, .set = 1 }, call_power);
}

static int
pf_set_link_down(struct rte_eth_dev *dev)
{
	return pf_post(&(struct pf_call){ .dev = dev }, call_power);
}

/* --- start and stop --- */

static void
frame_limit_apply(struct rte_eth_dev *dev)
{
	struct igbiov_adapter *ad = adapter(dev);
	uint32_t frame = dev->data->mtu + IGBIOV_FRAME_OVERHEAD;
	bool jumbo = dev->data->mtu > RTE_ETHER_MTU;

	/* With pools each has its own limit, and the port's is just the chip's. */
	if (ad->pools) {
		igbiov_filter_max_frame(&ad->hw, &ad->filter, ad->pf_pool, frame);
		frame = ad->hw.chip.max_frame;
		jumbo = true;
	}
	hw_wr(&ad->hw, REG(RLPML), frame);
	hw_rmw(&ad->hw, REG(RCTL), RCTL_LPE, jumbo ? RCTL_LPE : 0);
}

static void
vlan_offload_apply(struct rte_eth_dev *dev)
{
	struct igbiov_adapter *ad = adapter(dev);
	uint64_t offloads = dev->data->dev_conf.rxmode.offloads;

	igbiov_filter_vlan_strip(&ad->hw, &ad->filter, ad->pf_pool,
				 offloads & RTE_ETH_RX_OFFLOAD_VLAN_STRIP);
	igbiov_filter_vlan_enable(&ad->hw, &ad->filter, offloads & RTE_ETH_RX_OFFLOAD_VLAN_FILTER);
}

/* ethdev replays extra addresses and promiscuity after start, but not VLANs. */
static int
filters_replay(struct rte_eth_dev *dev)
{
	struct igbiov_adapter *ad = adapter(dev);
	int ret;

	ret = igbiov_filter_mac_add(&ad->hw, &ad->filter, ad->pf_pool, &dev->data->mac_addrs[0]);
	for (uint32_t vid = 0; vid <= RTE_ETHER_MAX_VLAN_ID && ret == 0; vid++)
		if (dev->data->vlan_filter_conf.ids[vid / 64] & RTE_BIT64(vid % 64))
			ret = igbiov_filter_vlan_set(&ad->hw, &ad->filter, ad->pf_pool, vid, true);
	/* Priority-tagged frames are everybody's. */
	if (ret == 0 && ad->pools)
		ret = igbiov_filter_vlan_set(&ad->hw, &ad->filter, ad->pf_pool, 0, true);
	ad->mac = dev->data->mac_addrs[0];
	vlan_offload_apply(dev);
	return ret;
}

static void
receive_setup(struct rte_eth_dev *dev)
{
	struct igbiov_adapter *ad = adapter(dev);
	uint64_t offloads = dev->data->dev_conf.rxmode.offloads;
	uint32_t rxcsum = RXCSUM_CRCOFL;

	/* PCSD: the descriptor's field carries the RSS hash, not the packet's sum. */
	rxcsum |= RXCSUM_PCSD;
	if (offloads & RTE_ETH_RX_OFFLOAD_IPV4_CKSUM)
		rxcsum |= RXCSUM_IPOFLD;
	if (offloads & (RTE_ETH_RX_OFFLOAD_TCP_CKSUM | RTE_ETH_RX_OFFLOAD_UDP_CKSUM))
		rxcsum |= RXCSUM_TUOFLD;
	/* VFs share the switch, and may want what the PF's application doesn't. */
	if (ad->pools)
		rxcsum |= RXCSUM_IPOFLD | RXCSUM_TUOFLD;
	hw_wr(&ad->hw, REG(RXCSUM), rxcsum);
	if (!ad->pools)
		igbiov_rss_apply(&ad->hw, &ad->rss, dev->data->nb_rx_queues);
	frame_limit_apply(dev);
	hw_rmw(&ad->hw, REG(RCTL), 0, RCTL_RXEN | RCTL_BAM | RCTL_SECRC);
}

static int
numvfs_check(const struct igbiov_adapter *ad)
{
	int now = igbiov_sriov_count(ad->hw.name);

	if (now == ad->nb_vfs)
		return 0;
	IGBIOV_LOG(&ad->hw, ERR,
		   "sriov_numvfs is %d, and not %u as this port left it: reset the port first", now,
		   ad->nb_vfs);
	return now < 0 ? now : -EAGAIN;
}

static int
call_start(void *arg)
{
	struct rte_eth_dev *dev = ((struct pf_call *)arg)->dev;
	struct igbiov_adapter *ad = adapter(dev);
	const struct igbiov_hw *hw = &ad->hw;
	int ret;

	igbiov_stats_sync(dev);
	ret = igbiov_hw_reset(&ad->hw);
	if (ret != 0)
		return ret;
	ret = igbiov_phy_link_setup(hw, dev->data->dev_conf.link_speeds);
	if (ret != 0)
		return ret;
	ad->link_off = false;
	igbiov_dca_mode_set(ad);
	/* A received PAUSE could stop all functions' transmission: it is ignored. */
	hw_rmw(hw, REG(CTRL), CTRL_RFCE | CTRL_TFCE, 0);
	igbiov_filter_init(hw, &ad->filter, ad->pools, ad->pf_pool);
	memset(&ad->pf_mbx, 0, sizeof(ad->pf_mbx));
	ad->vf_clear = 0;
	igbiov_pf_pools_setup(dev);
	ret = filters_replay(dev);
	if (ret != 0)
		return ret;
	receive_setup(dev);
	hw_rmw(hw, REG(TCTL), TCTL_CT_MASK, TCTL_EN | TCTL_PSP | TCTL_CT_15 | TCTL_RTLC);
	return igbiov_queues_start(dev);
}

static int
pf_start(struct rte_eth_dev *dev)
{
	struct igbiov_adapter *ad = adapter(dev);
	int ret = numvfs_check(ad);

	if (ret == 0)
		ret = igbiov_intr_rx_open(dev);
	if (ret == 0)
		ret = pf_post(&(struct pf_call){ .dev = dev }, call_start);
	if (ret == 0)
		ret = vfctl_start(ad->vfctl);
	if (ret != 0) {
		IGBIOV_LOG(&ad->hw, ERR, "start failed: %s", strerror(-ret));
		igbiov_queues_stop(dev);
		hw_wr(&ad->hw, REG(RCTL), 0);
		igbiov_intr_rx_close(dev);
		return ret;
	}
	/* Last: only now may VFs talk, for only now is there a policy. */
	if (ad->pools)
		hw_rmw(&ad->hw, REG(CTRL_EXT), 0, CTRL_EXT_PFRSTD);
	igbiov_pf_intr_enable(dev);
	pf_link_update(dev, 0);
	/* It may have come up before its interrupt could: VFs' rates are parts of its speed. */
	vfctl_wake(ad->vfctl, VFCTL_EV_LINK);
	return 0;
}

static int
call_stop(void *arg)
{
	struct rte_eth_dev *dev = ((struct pf_call *)arg)->dev;
	struct igbiov_adapter *ad = adapter(dev);
	int ret;

	igbiov_stats_sync(dev);
	hw_wr(&ad->hw, REG(RCTL), 0);
	igbiov_queues_stop(dev);
	/* Leaves no rings and no filters behind, and shows RSTI to the VFs. */
	ret = igbiov_hw_reset(&ad->hw);
	igbiov_filter_init(&ad->hw, &ad->filter, ad->pools, ad->pf_pool);
	return ret;
}

static int
pf_stop(struct rte_eth_dev *dev)
{
	struct igbiov_adapter *ad = adapter(dev);
	struct rte_eth_link down = { .link_autoneg = RTE_ETH_LINK_AUTONEG };
	int ret;

	vfctl_stop(ad->vfctl);
	/* The reset wipes what the VFs were just told, so they get time to read it. */
	if (ad->pools)
		rte_delay_us_sleep(VF_NOTICE_US);
	igbiov_intr_disable(dev);
	ret = pf_post(&(struct pf_call){ .dev = dev }, call_stop);
	igbiov_intr_rx_close(dev);
	rte_eth_linkstatus_set(dev, &down);
	/* A function that has gone is as stopped as can be. */
	return ret == -ENODEV ? 0 : ret;
}

static int
pf_configure(struct rte_eth_dev *dev)
{
	struct igbiov_adapter *ad = adapter(dev);
	const struct rte_eth_conf *conf = &dev->data->dev_conf;
	struct rte_eth_rss_conf off = { 0 };
	bool rss = conf->rxmode.mq_mode == RTE_ETH_MQ_RX_RSS;

	if (igbiov_intr_rx_check(dev) != 0)
		return -ENOTSUP;
	if (conf->rxmode.mq_mode != RTE_ETH_MQ_RX_NONE && !rss) {
		IGBIOV_LOG(&ad->hw, ERR, "rxmode.mq_mode 0x%x: only none and RSS are there",
			   conf->rxmode.mq_mode);
		return -ENOTSUP;
	}
	if (conf->txmode.mq_mode != RTE_ETH_MQ_TX_NONE || conf->lpbk_mode != 0) {
		IGBIOV_LOG(&ad->hw, ERR, "txmode.mq_mode %d, lpbk_mode %u: not supported",
			   conf->txmode.mq_mode, conf->lpbk_mode);
		return -ENOTSUP;
	}
	if (ad->pools && dev->data->nb_rx_queues > 1)
		IGBIOV_LOG(&ad->hw, NOTICE,
			   "with VFs the PF's frames aren't spread: RX queue 1 stays empty");
	if (ad->pools && !(conf->rxmode.offloads & RTE_ETH_RX_OFFLOAD_VLAN_FILTER))
		IGBIOV_LOG(
			&ad->hw, INFO,
			"with VFs the PF gets tagged frames of VLANs that it or a VF has joined");
	ad->rss.reta_set = false;
	return igbiov_rss_set(&ad->hw, &ad->rss,
			      rss && !ad->pools ? &conf->rx_adv_conf.rss_conf : &off);
}

/* --- addresses --- */

static int
call_mac_set(void *arg)
{
	struct pf_call *call = arg;
	struct igbiov_adapter *ad = adapter(call->dev);
	struct igbiov_filter *f = &ad->filter;
	int ret;

	if (rte_is_same_ether_addr(&ad->mac, call->mac))
		return 0;
	/* Also those that a VF has a right to and doesn't use just now. */
	if (vfctl_mac_owner(ad->vfctl, call->mac) >= 0)
		return -EADDRINUSE;
	ret = igbiov_filter_mac_add(&ad->hw, f, ad->pf_pool, call->mac);
	if (ret == -ENOSPC) {
		/* Full: give up the old one first. It fits again if the new one doesn't. */
		igbiov_filter_mac_remove(&ad->hw, f, ad->pf_pool, &ad->mac);
		ret = igbiov_filter_mac_add(&ad->hw, f, ad->pf_pool, call->mac);
		if (ret != 0)
			igbiov_filter_mac_add(&ad->hw, f, ad->pf_pool, &ad->mac);
	} else if (ret == 0) {
		igbiov_filter_mac_remove(&ad->hw, f, ad->pf_pool, &ad->mac);
	}
	if (ret == 0)
		ad->mac = *call->mac;
	return ret;
}

static void
mac_refused_log(const struct igbiov_adapter *ad, const struct rte_ether_addr *mac, int ret)
{
	IGBIOV_LOG(&ad->hw, ERR, "address " RTE_ETHER_ADDR_PRT_FMT ": %s",
		   RTE_ETHER_ADDR_BYTES(mac),
		   ret == -EADDRINUSE ? "a VF owns it"
		   : ret == -ENOSPC   ? "all filters are taken; remove one first"
				      : strerror(-ret));
}

static int
pf_mac_set(struct rte_eth_dev *dev, struct rte_ether_addr *mac)
{
	int ret = pf_post(&(struct pf_call){ .dev = dev, .mac = mac }, call_mac_set);

	if (ret != 0)
		mac_refused_log(adapter(dev), mac, ret);
	return ret;
}

static int
call_mac_add(void *arg)
{
	struct pf_call *call = arg;
	struct igbiov_adapter *ad = adapter(call->dev);

	if (vfctl_mac_owner(ad->vfctl, call->mac) >= 0)
		return -EADDRINUSE;
	return igbiov_filter_mac_add(&ad->hw, &ad->filter, ad->pf_pool, call->mac);
}

static int
pf_mac_add(struct rte_eth_dev *dev, struct rte_ether_addr *mac, uint32_t index, uint32_t pool)
{
	int ret;

	RTE_SET_USED(index);
	if (pool != 0) {
		IGBIOV_LOG(&adapter(dev)->hw, ERR, "pool %u: the PF has one pool, 0", pool);
		return -ENOTSUP;
	}
	ret = pf_post(&(struct pf_call){ .dev = dev, .mac = mac }, call_mac_add);
	if (ret != 0)
		mac_refused_log(adapter(dev), mac, ret);
	return ret;
}

static int
call_mac_remove(void *arg)
{
	struct pf_call *call = arg;
	struct igbiov_adapter *ad = adapter(call->dev);

	return igbiov_filter_mac_remove(&ad->hw, &ad->filter, ad->pf_pool, call->mac);
}

static void
pf_mac_remove(struct rte_eth_dev *dev, uint32_t index)
{
	pf_post(&(struct pf_call){ .dev = dev, .mac = &dev->data->mac_addrs[index] },
		call_mac_remove);
}

static int
call_mc_list(void *arg)
{
	struct pf_call *call = arg;
	struct igbiov_adapter *ad = adapter(call->dev);

	return igbiov_filter_pf_multicast(&ad->hw, &ad->filter, call->mc.list, call->mc.nb);
}

static int
pf_mc_list(struct rte_eth_dev *dev, struct rte_ether_addr *list, uint32_t nb)
{
	int ret = pf_post(&(struct pf_call){ .dev = dev, .mc = { list, nb } }, call_mc_list);

	if (ret != 0)
		IGBIOV_LOG(&adapter(dev)->hw, ERR, "%u multicast addresses; at most %u", nb,
			   IGBIOV_PF_MC_MAX);
	return ret;
}

/* --- promiscuity --- */

static int
call_accept(void *arg)
{
	struct pf_call *call = arg;
	struct igbiov_adapter *ad = adapter(call->dev);
	uint32_t accept = ad->filter.accept[ad->pf_pool];

	igbiov_filter_accept(&ad->hw, &ad->filter, ad->pf_pool,
			     (accept & ~call->clear) | call->set);
	return 0;
}

static int
pf_promisc_on(struct rte_eth_dev *dev)
{
	return pf_post(&(struct pf_call){ .dev = dev,
					  .set = IGBIOV_ACCEPT_UNICAST | IGBIOV_ACCEPT_MULTICAST },
		       call_accept);
}

static int
pf_promisc_off(struct rte_eth_dev *dev)
{
	struct pf_call call = { .dev = dev, .clear = IGBIOV_ACCEPT_UNICAST };

	if (!dev->data->all_multicast)
		call.clear |= IGBIOV_ACCEPT_MULTICAST;
	return pf_post(&call, call_accept);
}

static int
pf_allmulti_on(struct rte_eth_dev *dev)
{
	return pf_post(&(struct pf_call){ .dev = dev, .set = IGBIOV_ACCEPT_MULTICAST },
		       call_accept);
}

static int
pf_allmulti_off(struct rte_eth_dev *dev)
{
	if (dev->data->promiscuous)
		return 0;
	return pf_post(&(struct pf_call){ .dev = dev, .clear = IGBIOV_ACCEPT_MULTICAST },
		       call_accept);
}

/* --- VLAN, MTU --- */

static int
call_vlan_set(void *arg)
{
	struct pf_call *call = arg;
	struct igbiov_adapter *ad = adapter(call->dev);

	return igbiov_filter_vlan_set(&ad->hw, &ad->filter, ad->pf_pool, call->vlan.vid,
				      call->vlan.on);
}

static int
pf_vlan_filter_set(struct rte_eth_dev *dev, uint16_t vid, int on)
{
	int ret = pf_post(&(struct pf_call){ .dev = dev, .vlan = { vid, on != 0 } }, call_vlan_set);

	if (ret != 0)
		IGBIOV_LOG(&adapter(dev)->hw, ERR, "VLAN %u: %s", vid,
			   ret == -ENOSPC ? "all 32 entries that VFs share are taken"
					  : strerror(-ret));
	return ret;
}

static int
call_vlan_offload(void *arg)
{
	struct pf_call *call = arg;

	vlan_offload_apply(call->dev);
	return 0;
}

static int
pf_vlan_offload_set(struct rte_eth_dev *dev, int mask)
{
	/* All of it is written anew; what the chip lacks isn't offered. */
	RTE_SET_USED(mask);
	return pf_post(&(struct pf_call){ .dev = dev }, call_vlan_offload);
}

static int
call_mtu(void *arg)
{
	frame_limit_apply(((struct pf_call *)arg)->dev);
	return 0;
}

static int
pf_mtu_set(struct rte_eth_dev *dev, uint16_t mtu)
{
	struct igbiov_adapter *ad = adapter(dev);
	uint16_t old = dev->data->mtu;
	int ret = igbiov_mtu_check(dev, mtu);

	if (ret != 0 || !dev->data->dev_started)
		return ret;
	/* ethdev stores it after this returns; the limit is worked out from it before. */
	dev->data->mtu = mtu;
	ret = pf_post(&(struct pf_call){ .dev = dev }, call_mtu);
	if (ret != 0) {
		dev->data->mtu = old;
		IGBIOV_LOG(&ad->hw, ERR, "MTU %u: %s", mtu, strerror(-ret));
	}
	return ret;
}

/* --- RSS --- */

static int
rss_possible(const struct igbiov_adapter *ad)
{
	if (!ad->pools)
		return 0;
	IGBIOV_LOG(&ad->hw, ERR, "no RSS while there are VFs: the pool picks the queue");
	return -ENOTSUP;
}

static int
call_rss(void *arg)
{
	struct rte_eth_dev *dev = ((struct pf_call *)arg)->dev;
	struct igbiov_adapter *ad = adapter(dev);

	if (dev->data->dev_started)
		igbiov_rss_apply(&ad->hw, &ad->rss, dev->data->nb_rx_queues);
	return 0;
}

static int
pf_rss_update(struct rte_eth_dev *dev, struct rte_eth_rss_conf *conf)
{
	struct igbiov_adapter *ad = adapter(dev);
	int ret = rss_possible(ad);

	if (ret == 0)
		ret = igbiov_rss_set(&ad->hw, &ad->rss, conf);
	return ret != 0 ? ret : pf_post(&(struct pf_call){ .dev = dev }, call_rss);
}

static int
pf_rss_get(struct rte_eth_dev *dev, struct rte_eth_rss_conf *conf)
{
	struct igbiov_adapter *ad = adapter(dev);

	if (rss_possible(ad) != 0)
		return -ENOTSUP;
	if (conf->rss_key != NULL && conf->rss_key_len >= IGBIOV_RSS_KEY_LEN)
		memcpy(conf->rss_key, ad->rss.key, IGBIOV_RSS_KEY_LEN);
	conf->rss_key_len = IGBIOV_RSS_KEY_LEN;
	conf->rss_hf = ad->rss.types;
	return 0;
}

static int
reta_size_check(const struct igbiov_adapter *ad, uint16_t size)
{
	if (size == IGBIOV_RETA_SIZE)
		return 0;
	IGBIOV_LOG(&ad->hw, ERR, "redirection table of %u entries; the chip's has %u", size,
		   IGBIOV_RETA_SIZE);
	return -EINVAL;
}

static int
pf_reta_update(struct rte_eth_dev *dev, struct rte_eth_rss_reta_entry64 *conf, uint16_t size)
{
	struct igbiov_adapter *ad = adapter(dev);

	if (rss_possible(ad) != 0)
		return -ENOTSUP;
	if (reta_size_check(ad, size) != 0)
		return -EINVAL;
	for (uint16_t i = 0; i < size; i++)
		if (conf[i / RTE_ETH_RETA_GROUP_SIZE].mask & RTE_BIT64(i % RTE_ETH_RETA_GROUP_SIZE))
			ad->rss.reta[i] = conf[i / RTE_ETH_RETA_GROUP_SIZE]
						  .reta[i % RTE_ETH_RETA_GROUP_SIZE];
	ad->rss.reta_set = true;
	return pf_post(&(struct pf_call){ .dev = dev }, call_rss);
}

static int
pf_reta_query(struct rte_eth_dev *dev, struct rte_eth_rss_reta_entry64 *conf, uint16_t size)
{
	struct igbiov_adapter *ad = adapter(dev);

	if (rss_possible(ad) != 0)
		return -ENOTSUP;
	if (reta_size_check(ad, size) != 0)
		return -EINVAL;
	for (uint16_t i = 0; i < size; i++)
		if (conf[i / RTE_ETH_RETA_GROUP_SIZE].mask & RTE_BIT64(i % RTE_ETH_RETA_GROUP_SIZE))
			conf[i / RTE_ETH_RETA_GROUP_SIZE]
				.reta[i % RTE_ETH_RETA_GROUP_SIZE] = ad->rss.reta[i];
	return 0;
}

/* --- the port --- */

static int
pf_info_get(struct rte_eth_dev *dev, struct rte_eth_dev_info *info)
{
	const struct igbiov_adapter *ad = adapter(dev);
	uint16_t nb = ad->pools ? ad->hw.chip.queues_per_pool : ad->hw.chip.nb_queues;

	igbiov_dev_info(ad, info);
	info->max_rx_queues = nb;
	info->max_tx_queues = nb;
	info->max_mac_addrs = igbiov_pf_max_macs(ad);
	info->max_vfs = ad->hw.chip.max_vfs;
	info->rx_offload_capa |= RTE_ETH_RX_OFFLOAD_VLAN_STRIP;
	info->speed_capa = igbiov_phy_speed_capa(&ad->hw);
	if (!ad->pools) {
		info->rx_offload_capa |= RTE_ETH_RX_OFFLOAD_RSS_HASH;
		info->flow_type_rss_offloads = IGBIOV_RSS_TYPES;
		info->hash_key_size = IGBIOV_RSS_KEY_LEN;
		info->reta_size = IGBIOV_RETA_SIZE;
	}
	return 0;
}

static void
pf_uninit(struct rte_eth_dev *dev)
{
	struct igbiov_adapter *ad = adapter(dev);

	igbiov_intr_fini(dev);
	vfctl_destroy(ad->vfctl);
	ad->vfctl = NULL;
	if (!igbiov_hw_removed(&ad->hw))
		hw_rmw(&ad->hw, REG(CTRL_EXT), CTRL_EXT_DRV_LOAD, 0);
}

/* Ends the port for close and reset; a stop that failed is made good before rings are freed. */
static void
pf_end(struct rte_eth_dev *dev)
{
	struct pf_call call = { .dev = dev };

	pf_uninit(dev);
	if (igbiov_queues_running(dev))
		call_stop(&call);
	igbiov_queues_release(dev);
}

static int
pf_close(struct rte_eth_dev *dev)
{
	int ret = 0;

	if (dev->data->dev_started)
		ret = pf_stop(dev);
	dev->data->dev_started = 0;
	pf_end(dev);
	return ret;
}

static int
pf_reset(struct rte_eth_dev *dev)
{
	pf_end(dev);
	return igbiov_pf_init(dev);
}

/* VFs that the devarg asks for, unless there are some already. */
static int
vfs_create(struct igbiov_adapter *ad, int now)
{
	char why[VFCTL_WHY_LEN];
	int ret;

	if (now != 0 || ad->args.vfs <= 0)
		return now;
	ret = igbiov_sriov_set(ad->hw.name, ad->args.vfs, why, sizeof(why));
	if (ret != 0) {
		IGBIOV_LOG(&ad->hw, ERR, "can't create %d VFs: %s", ad->args.vfs, why);
		return ret;
	}
	return igbiov_sriov_count(ad->hw.name);
}

static int
vfs_setup(struct igbiov_adapter *ad)
{
	int nb = igbiov_sriov_count(ad->hw.name);

	if (RTE_MAX(nb, ad->args.vfs) > 0 && rte_vfio_noiommu_is_enabled() == 1) {
		IGBIOV_LOG(
			&ad->hw, ERR,
			"%d VFs, but no IOMMU: a VF's DMA would reach all memory; enable the IOMMU",
			RTE_MAX(nb, ad->args.vfs));
		return -EPERM;
	}
	if (nb >= 0)
		nb = vfs_create(ad, nb);
	if (nb < 0) {
		IGBIOV_LOG(&ad->hw, ERR, "can't tell how many VFs there are: %s", strerror(-nb));
		return nb;
	}
	if (nb > ad->hw.chip.max_vfs) {
		IGBIOV_LOG(&ad->hw, ERR,
			   "%d VFs leave the PF no pool: write at most %u to sriov_numvfs", nb,
			   ad->hw.chip.max_vfs);
		return -ENOSPC;
	}
	ad->nb_vfs = nb;
	ad->pools = nb != 0 || ad->args.vfs >= 0;
	/* The last pool: queue q's DMA is VF (q mod 8)'s as long as there is such a VF. */
	ad->pf_pool = ad->pools ? IGBIOV_POOLS - 1 : 0;
	ad->vf_listen = RTE_BIT32(ad->hw.chip.max_vfs) - 1;
	return 0;
}

int
igbiov_pf_init(struct rte_eth_dev *dev)
{
	struct igbiov_adapter *ad = adapter(dev);
	int ret;

	ret = vfs_setup(ad);
	if (ret == 0)
		ret = igbiov_hw_reset(&ad->hw);
	if (ret == 0)
		ret = igbiov_hw_nvm_load(&ad->hw);
	if (ret != 0)
		return ret;

	ret = igbiov_mac_array(dev, ad->hw.chip.nb_rar);
	if (ret != 0)
		return ret;
	dev->data->mac_addrs[0] = ad->hw.perm_addr;
	ad->mac = ad->hw.perm_addr;

	ret = igbiov_pf_vfctl_create(dev);
	if (ret != 0)
		return ret;
	ret = igbiov_intr_init(dev);
	if (ret != 0) {
		vfctl_destroy(ad->vfctl);
		ad->vfctl = NULL;
		return ret;
	}
	IGBIOV_LOG(&ad->hw, INFO, "%s, " RTE_ETHER_ADDR_PRT_FMT ", %u VFs", ad->hw.chip.name,
		   RTE_ETHER_ADDR_BYTES(&ad->hw.perm_addr), ad->nb_vfs);
	return 0;
}

const struct eth_dev_ops igbiov_pf_ops = {
	.dev_configure = pf_configure,
	.dev_start = pf_start,
	.dev_stop = pf_stop,
	.dev_set_link_up = pf_set_link_up,
	.dev_set_link_down = pf_set_link_down,
	.dev_close = pf_close,
	.dev_reset = pf_reset,
	.link_update = pf_link_update,
	.is_removed = igbiov_dev_is_removed,
	.promiscuous_enable = pf_promisc_on,
	.promiscuous_disable = pf_promisc_off,
	.allmulticast_enable = pf_allmulti_on,
	.allmulticast_disable = pf_allmulti_off,
	.mac_addr_remove = pf_mac_remove,
	.mac_addr_add = pf_mac_add,
	.mac_addr_set = pf_mac_set,
	.set_mc_addr_list = pf_mc_list,
	.mtu_set = pf_mtu_set,
	.stats_get = igbiov_stats_get,
	.stats_reset = igbiov_stats_reset,
	.xstats_get = igbiov_xstats_get,
	.xstats_reset = igbiov_xstats_reset,
	.xstats_get_names = igbiov_xstats_names,
	.dev_infos_get = pf_info_get,
	.rxq_info_get = igbiov_rxq_info_get,
	.txq_info_get = igbiov_txq_info_get,
	.recycle_rxq_info_get = igbiov_recycle_rxq_info_get,
	.rx_burst_mode_get = igbiov_rx_burst_mode_get,
	.tx_burst_mode_get = igbiov_tx_burst_mode_get,
	.dev_supported_ptypes_get = igbiov_ptypes_get,
	.buffer_split_supported_hdr_ptypes_get = igbiov_split_ptypes,
	.vlan_filter_set = pf_vlan_filter_set,
	.vlan_offload_set = pf_vlan_offload_set,
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
	.rss_hash_update = pf_rss_update,
	.rss_hash_conf_get = pf_rss_get,
	.reta_update = pf_reta_update,
	.reta_query = pf_reta_query,
	.get_reg = igbiov_reg_get,
	.get_monitor_addr = igbiov_monitor_addr,
};
