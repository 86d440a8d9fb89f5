/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) the igbiov authors
 */

#include <assert.h>
#include <errno.h>
#include <stdio.h>
#include <string.h>

#include <rte_cycles.h>
#include <rte_vfio.h>

#include "igbiov_ethdev.h"
#include "igbiov_mbx.h"
#include "igbiov_pf.h"
#include "igbiov_pf_vf.h"
#include "igbiov_phy.h"
#include "igbiov_sriov.h"

/* Tags beyond the MTU's frame are the VF's own affair: it asks for the whole. */
#define VF_DEFAULT_FRAME (RTE_ETHER_MAX_LEN + RTE_VLAN_HLEN)

static struct igbiov_adapter *
adapter(void *priv)
{
	struct rte_eth_dev *dev = priv;

	return dev->data->dev_private;
}

/* --- what each VF may hold: an equal part of what the PF leaves --- */

/* The PF keeps its own address and one more, each VF has one to begin with. */
static uint16_t
extra_macs(const struct igbiov_adapter *ad, uint16_t nb_vfs)
{
	uint16_t spare = ad->hw.chip.nb_rar - 2 - nb_vfs;

	return nb_vfs == 0 ? 0 : RTE_MIN(spare / nb_vfs, VFCTL_MAC_LIST_MAX);
}

/* Entries: one for VLAN 0, the rest in equal parts, one of them the PF's. */
static uint16_t
vlan_quota(uint16_t nb_vfs)
{
	return (IGBIOV_VLVF_MAX - 1) / (nb_vfs + 1);
}

uint16_t
igbiov_pf_max_macs(const struct igbiov_adapter *ad)
{
	uint16_t max_vfs = ad->hw.chip.max_vfs;

	if (!ad->pools)
		return ad->hw.chip.nb_rar;
	return ad->hw.chip.nb_rar - max_vfs * (1 + extra_macs(ad, max_vfs));
}

static uint64_t
op_resets_take(void *priv)
{
	struct igbiov_adapter *ad = adapter(priv);
	uint32_t resets = igbiov_mbx_pf_resets(&ad->hw, &ad->pf_mbx);

	ad->vf_clear &= ~resets;
	for (uint16_t vf_id = 0; vf_id < ad->nb_vfs; vf_id++)
		if (resets & RTE_BIT32(vf_id))
			ad->pool.counts[vf_id].restarted = true;
	return resets;
}

/*
 * Linux's VF driver asks by an acknowledgement whether it still may send, and
 * resets itself only when it reads a NACK without CTS: a PF that restarted
 * would never get it back otherwise. At most one each two seconds and VF.
 */
static void
nack_unclear(struct igbiov_adapter *ad)
{
	const uint64_t now = rte_rdtsc();
	uint32_t unclear = ad->pf_mbx.acks & ~ad->vf_clear;

	ad->pf_mbx.acks = 0;
	for (uint16_t vf_id = 0; vf_id < ad->nb_vfs; vf_id++) {
		if (!(unclear & RTE_BIT32(vf_id)) ||
		    now - ad->vf_nacked[vf_id] < 2 * rte_get_tsc_hz())
			continue;
		if (igbiov_mbx_pf_tell(&ad->hw, &ad->pf_mbx, vf_id, MSG_NACK) == 0)
			ad->vf_nacked[vf_id] = now;
	}
}

static uint64_t
op_requests_take(void *priv)
{
	struct igbiov_adapter *ad = adapter(priv);
	uint64_t requests = igbiov_mbx_pf_pending(&ad->hw, &ad->pf_mbx);

	if (ad->pf_mbx.acks != 0)
		nack_unclear(ad);
	return requests;
}

static void
clear_set(struct igbiov_adapter *ad, uint16_t vf_id, bool clear_to_send)
{
	ad->vf_clear &= ~RTE_BIT32(vf_id);
	if (clear_to_send)
		ad->vf_clear |= RTE_BIT32(vf_id);
}

static int
op_request_get(void *priv, uint16_t vf_id, struct vfctl_request *req)
{
	struct igbiov_adapter *ad = adapter(priv);
	uint32_t words[IGBIOV_MBX_WORDS];
	int ret = igbiov_mbx_pf_read(&ad->hw, &ad->pf_mbx, vf_id, words);

	if (ret != 0)
		return ret;
	ad->msg_word0[vf_id] = words[0];
	igbiov_mbx_msg_parse(words, req);
	return 0;
}

static int
op_request_answer(void *priv, uint16_t vf_id, const struct vfctl_request *req,
		  enum vfctl_verdict verdict, const struct rte_ether_addr *mac, bool clear_to_send)
{
	struct igbiov_adapter *ad = adapter(priv);
	uint32_t words[IGBIOV_MBX_WORDS] = { ad->msg_word0[vf_id] };
	uint16_t nb;

	if (verdict == VFCTL_VETOED && ad->app_answered & RTE_BIT32(vf_id))
		verdict = VFCTL_GRANTED;
	ad->app_answered &= ~RTE_BIT32(vf_id);
	nb = igbiov_mbx_msg_answer(words, req->type, verdict, clear_to_send, mac);

	clear_set(ad, vf_id, clear_to_send);
	igbiov_mbx_pf_answer(&ad->hw, &ad->pf_mbx, vf_id, words, nb);
	return 0;
}

static int
op_vf_notify(void *priv, uint16_t vf_id, bool clear_to_send, enum vfctl_link_state state)
{
	struct igbiov_adapter *ad = adapter(priv);

	clear_set(ad, vf_id, clear_to_send);
	return igbiov_mbx_pf_tell(&ad->hw, &ad->pf_mbx, vf_id,
				  igbiov_mbx_msg_control(clear_to_send, state));
}

static void
op_vf_listen(void *priv, uint64_t vfs)
{
	struct igbiov_adapter *ad = adapter(priv);

	/* QEMU's model takes no notice of it. */
	ad->vf_listen = vfs;
	hw_wr(&ad->hw, REG(MBVFIMR), ad->vf_listen);
}

/*
 * "Done, but don't do it" is a veto to the library, and an acknowledgement to
 * the VF: see op_request_answer().
 */
static enum vfctl_verdict
op_vf_ask_app(void *priv, uint16_t vf_id, const struct vfctl_request *req)
{
	struct rte_eth_dev *dev = priv;
	struct igbiov_adapter *ad = adapter(priv);
	struct vfctl_request copy = *req;
	struct vfctl_mbox_event event = {
		.vf_id = vf_id,
		.msg_type = req->type,
		.retval = VFCTL_MBOX_PROCEED,
		.msg = &copy,
	};

	rte_eth_dev_callback_process(dev, RTE_ETH_EVENT_VF_MBOX, &event);
	if (event.retval == VFCTL_MBOX_PROCEED)
		return VFCTL_GRANTED;
	if (event.retval == VFCTL_MBOX_ACK)
		ad->app_answered |= RTE_BIT32(vf_id);
	return VFCTL_VETOED;
}

static int
op_vf_enable(void *priv, uint16_t vf_id, bool rx, bool tx)
{
	struct igbiov_adapter *ad = adapter(priv);
	const uint32_t bit = RTE_BIT32(vf_id);

	/* The chip clears a VF's bits itself on FLR, so what it holds is read. */
	hw_rmw(&ad->hw, REG(VFTE), bit, tx ? bit : 0);
	hw_rmw(&ad->hw, REG(VFRE), bit, rx ? bit : 0);
	return 0;
}

static int
op_vf_spoofchk_set(void *priv, uint16_t vf_id, bool mac, bool vlan)
{
	struct igbiov_adapter *ad = adapter(priv);
	uint32_t bits = (mac ? DTXSWC_MACAS(vf_id) : 0) | (vlan ? DTXSWC_VLANAS(vf_id) : 0);

	hw_rmw(&ad->hw, REG(DTXSWC), DTXSWC_MACAS(vf_id) | DTXSWC_VLANAS(vf_id), bits);
	return 0;
}

/* Mb/s; 0 while it is down. */
static uint32_t
link_speed(const struct igbiov_adapter *ad)
{
	return igbiov_link_decode(hw_rd(&ad->hw, REG(STATUS))).link_speed;
}

static int
op_vf_rate_set(void *priv, uint16_t vf_id, uint32_t mbps)
{
	struct igbiov_adapter *ad = adapter(priv);
	uint32_t link = link_speed(ad);

	/* Down, the fastest that it may come up with: nobody is to be fast until then. */
	igbiov_pool_rate_set(&ad->hw, &ad->pool, vf_id, mbps,
			     link != 0 ? link : RTE_ETH_SPEED_NUM_1G);
	return 0;
}

static int
op_vf_queues_set(void *priv, uint16_t vf_id, uint16_t queues)
{
	struct igbiov_adapter *ad = adapter(priv);

	igbiov_filter_spread(&ad->hw, &ad->filter, vf_id, queues > 1);
	if (queues == ad->pool.queues[vf_id])
		return 0;
	ad->pool.queues[vf_id] = queues;
	/* Each has a part of the VF's rate. */
	return op_vf_rate_set(priv, vf_id, ad->pool.rate[vf_id]);
}

static int
op_vf_defaults(void *priv, uint16_t vf_id)
{
	static const struct vfctl_mirror no_mirror = { .what = 0 };
	struct igbiov_adapter *ad = adapter(priv);

	igbiov_filter_pool_clear(&ad->hw, &ad->filter, vf_id);
	igbiov_pool_mirror_set(&ad->hw, &ad->pool, &ad->filter, vf_id, &no_mirror);
	op_vf_queues_set(priv, vf_id, 1);
	op_vf_spoofchk_set(priv, vf_id, true, true);
	/* Priority-tagged frames are everybody's: entry 0 never runs out. */
	igbiov_filter_vlan_set(&ad->hw, &ad->filter, vf_id, 0, true);
	igbiov_mbx_pf_clear(&ad->hw, &ad->pf_mbx, vf_id);
	return 0;
}

static int
op_vf_mac_add(void *priv, uint16_t vf_id, const struct rte_ether_addr *mac)
{
	struct igbiov_adapter *ad = adapter(priv);

	/* VFs that came later share with those that were there: each keeps room for one. */
	if (igbiov_filter_mac_count(&ad->filter, vf_id) > extra_macs(ad, ad->nb_vfs))
		return -ENOSPC;
	return igbiov_filter_mac_add(&ad->hw, &ad->filter, vf_id, mac);
}

static int
op_vf_mac_remove(void *priv, uint16_t vf_id, const struct rte_ether_addr *mac)
{
	struct igbiov_adapter *ad = adapter(priv);

	return igbiov_filter_mac_remove(&ad->hw, &ad->filter, vf_id, mac);
}

static int
op_vf_multicast_set(void *priv, uint16_t vf_id, const uint16_t *hash, uint16_t nb)
{
	struct igbiov_adapter *ad = adapter(priv);

	return igbiov_filter_vf_multicast(&ad->hw, &ad->filter, vf_id, hash, nb);
}

static int
op_vf_vlan_set(void *priv, uint16_t vf_id, uint16_t vid, bool on)
{
	struct igbiov_adapter *ad = adapter(priv);

	/* VLAN 0 is among them, and no part of the quota. */
	if (on && igbiov_filter_vlan_count(&ad->filter, vf_id) > vlan_quota(ad->nb_vfs))
		return -ENOSPC;
	return igbiov_filter_vlan_set(&ad->hw, &ad->filter, vf_id, vid, on);
}

static int
op_vf_max_frame_set(void *priv, uint16_t vf_id, uint32_t octets)
{
	struct igbiov_adapter *ad = adapter(priv);

	/* A VF counts header and CRC, not the tag that may come on top. */
	igbiov_filter_max_frame(&ad->hw, &ad->filter, vf_id, octets + RTE_VLAN_HLEN);
	return 0;
}

static int
op_vf_accept_set(void *priv, uint16_t vf_id, uint32_t accept)
{
	static_assert(IGBIOV_ACCEPT_UNICAST == VFCTL_ACCEPT_UNICAST &&
			      IGBIOV_ACCEPT_MULTICAST == VFCTL_ACCEPT_MULTICAST &&
			      IGBIOV_ACCEPT_BROADCAST == VFCTL_ACCEPT_BROADCAST &&
			      IGBIOV_ACCEPT_UNTAGGED == VFCTL_ACCEPT_UNTAGGED,
		      "one set of bits");
	struct igbiov_adapter *ad = adapter(priv);

	igbiov_filter_accept(&ad->hw, &ad->filter, vf_id, accept);
	return 0;
}

static int
op_vf_tagging_set(void *priv, uint16_t vf_id, const struct vfctl_tagging *tagging)
{
	struct igbiov_adapter *ad = adapter(priv);

	igbiov_filter_vlan_strip(&ad->hw, &ad->filter, vf_id, tagging->strip);
	igbiov_filter_vlan_insert(&ad->hw, vf_id, tagging->insert, tagging->qos);
	return 0;
}

static int
op_vf_mirror_set(void *priv, uint16_t vf_id, const struct vfctl_mirror *mirror)
{
	struct igbiov_adapter *ad = adapter(priv);

	return igbiov_pool_mirror_set(&ad->hw, &ad->pool, &ad->filter, vf_id, mirror);
}

static void
op_vf_stats_take(void *priv, uint16_t vf_id, struct vfctl_hw_stats *stats)
{
	struct igbiov_adapter *ad = adapter(priv);

	igbiov_pool_counts_take(&ad->hw, &ad->pool, vf_id, stats);
}

static uint64_t
op_spoofs_take(void *priv)
{
	return igbiov_pool_spoofs_take(&adapter(priv)->hw);
}

/* --- what the chip can't do --- */

static int
op_vf_settings_check(void *priv, uint16_t vf_id, const struct vfctl_settings *settings, char *why,
		     size_t size)
{
	RTE_SET_USED(priv);
	RTE_SET_USED(vf_id);
	if (settings->vlan_proto != RTE_ETHER_TYPE_VLAN) {
		snprintf(why, size, "vlan_proto: this chip can't insert 802.1ad; 802.1q it can");
		return -ENOTSUP;
	}
	if (settings->mirror.what & VFCTL_MIRROR_TX) {
		snprintf(why, size,
			 "mirror: this chip can't copy what one VF sends; rx and vlan it can");
		return -ENOTSUP;
	}
	return 0;
}

static int
op_port_settings_set(void *priv, const struct vfctl_port_settings *settings)
{
	struct igbiov_adapter *ad = adapter(priv);
	uint16_t pool = settings->default_pool;

	/* Nobody to tell apart: the PF without pools has all of it. */
	if (!ad->pools)
		return 0;
	hw_rmw(&ad->hw, REG(DTXSWC), DTXSWC_LOOPBACK_EN,
	       settings->loopback ? DTXSWC_LOOPBACK_EN : 0);
	hw_wr(&ad->hw, REG(QDE), settings->drop_enable ? UINT16_MAX : 0);
	igbiov_filter_default_pool(&ad->hw, &ad->filter,
				   pool == VFCTL_NOBODY ? IGBIOV_NO_POOL
				   : pool == VFCTL_PF	? ad->pf_pool
							: pool);
	ad->pool.storm_broadcast = settings->storm_broadcast;
	ad->pool.storm_multicast = settings->storm_multicast;
	igbiov_pool_storm_set(&ad->hw, &ad->pool, link_speed(ad));
	return 0;
}

/* --- the number of VFs; on the operator's thread --- */

/* May the PF have so many VFs now? */
static int
num_vfs_possible(const struct rte_eth_dev *dev, uint16_t nb_vfs, char *why, size_t size)
{
	const struct igbiov_adapter *ad = dev->data->dev_private;

	if (nb_vfs > ad->hw.chip.max_vfs) {
		snprintf(why, size, "%u VFs leave the PF no pool; %u at most", nb_vfs,
			 ad->hw.chip.max_vfs);
		return -EINVAL;
	}
	if (nb_vfs != 0 && rte_vfio_noiommu_is_enabled() == 1) {
		snprintf(why, size, "no IOMMU: a VF's DMA would reach all memory; enable it");
		return -EPERM;
	}
	/* Pools change the PF's own queues: only a new probe brings them. */
	if (!ad->pools && dev->data->dev_started) {
		snprintf(
			why, size,
			"the port runs without pools; stop it first, or give the devarg " IGBIOV_ARG_VFS
			"=0 at its probe");
		return -EBUSY;
	}
	return igbiov_sriov_holder(ad->hw.name, why, size);
}

static int
op_num_vfs_check(void *priv, uint16_t nb_vfs, char *why, size_t size)
{
	return num_vfs_possible(priv, nb_vfs, why, size);
}

static int
op_num_vfs_set(void *priv, uint16_t nb_vfs, char *why, size_t size)
{
	struct rte_eth_dev *dev = priv;
	struct igbiov_adapter *ad = adapter(priv);
	int now, ret = num_vfs_possible(dev, nb_vfs, why, size);

	if (ret != 0)
		return ret;
	ret = igbiov_sriov_set(ad->hw.name, nb_vfs, why, size);
	now = igbiov_sriov_count(ad->hw.name);
	/* Without pools the next probe counts them: start tells to reset the port. */
	if (now >= 0 && now <= ad->hw.chip.max_vfs && ad->pools)
		ad->nb_vfs = now;
	for (uint16_t vf_id = 0; vf_id < ad->hw.chip.max_vfs; vf_id++)
		ad->pool.counts[vf_id].restarted = true;
	return ret;
}

static uint16_t
op_num_vfs_get(void *priv)
{
	return adapter(priv)->nb_vfs;
}

static uint64_t
op_life_get(void *priv)
{
	return igbiov_sriov_life(adapter(priv)->hw.name);
}

static bool
op_pf_owns_mac(void *priv, const struct rte_ether_addr *mac)
{
	struct igbiov_adapter *ad = adapter(priv);

	/* Before start the filters are empty, and its own address the PF owns always. */
	return rte_is_same_ether_addr(mac, &ad->hw.perm_addr) ||
	       igbiov_filter_mac_owner(&ad->filter, mac) == ad->pf_pool;
}

static void
op_link_changed(void *priv)
{
	struct igbiov_adapter *ad = adapter(priv);

	/* Its windows are as long as the link is slow. */
	if (ad->pools)
		igbiov_pool_storm_set(&ad->hw, &ad->pool, link_speed(ad));
	igbiov_pf_link_changed(priv);
}

const struct vfctl_ops igbiov_pf_vf_ops = {
	.resets_take = op_resets_take,
	.requests_take = op_requests_take,
	.request_get = op_request_get,
	.request_answer = op_request_answer,
	.vf_notify = op_vf_notify,
	.vf_listen = op_vf_listen,
	.vf_ask_app = op_vf_ask_app,
	.vf_enable = op_vf_enable,
	.vf_defaults = op_vf_defaults,
	.vf_mac_add = op_vf_mac_add,
	.vf_mac_remove = op_vf_mac_remove,
	.vf_multicast_set = op_vf_multicast_set,
	.vf_vlan_set = op_vf_vlan_set,
	.vf_max_frame_set = op_vf_max_frame_set,
	.vf_accept_set = op_vf_accept_set,
	.vf_spoofchk_set = op_vf_spoofchk_set,
	.vf_tagging_set = op_vf_tagging_set,
	.vf_rate_set = op_vf_rate_set,
	.vf_queues_set = op_vf_queues_set,
	.vf_mirror_set = op_vf_mirror_set,
	.vf_stats_take = op_vf_stats_take,
	.spoofs_take = op_spoofs_take,
	.vf_settings_check = op_vf_settings_check,
	.port_settings_set = op_port_settings_set,
	.num_vfs_check = op_num_vfs_check,
	.num_vfs_set = op_num_vfs_set,
	.num_vfs_get = op_num_vfs_get,
	.life_get = op_life_get,
	.pf_owns_mac = op_pf_owns_mac,
	.link_changed = op_link_changed,
};

int
igbiov_pf_vfctl_create(struct rte_eth_dev *dev)
{
	struct igbiov_adapter *ad = dev->data->dev_private;
	const struct igbiov_devargs *args = &ad->args;
	/* Where the number may change, for the largest: quotas are the library's for good. */
	uint16_t sharers = args->vfs >= 0 || ad->nb_vfs == 0 ? ad->hw.chip.max_vfs : ad->nb_vfs;
	const struct vfctl_conf conf = {
		.name = ad->hw.name,
		.port_id = dev->data->port_id,
		.pf_mac = &ad->hw.perm_addr,
		.ops = &igbiov_pf_vf_ops,
		.priv = dev,
		.caps = {
			.nb_vfs = ad->nb_vfs,
			.max_vfs = ad->hw.chip.max_vfs,
			.extra_macs = extra_macs(ad, sharers),
			.vlans = vlan_quota(sharers),
			.max_frame = ad->hw.chip.max_frame,
			.default_frame = VF_DEFAULT_FRAME,
			.max_queues = ad->hw.chip.queues_per_pool,
			.max_rate = RTE_ETH_SPEED_NUM_1G,
		},
		.state_file = args->state[0] != '\0' ? args->state : NULL,
		.policy_file = args->policy[0] != '\0' ? args->policy : NULL,
		.settings = args->settings[0] != '\0' ? args->settings : NULL,
	};
	int ret = vfctl_create(&conf, &ad->vfctl);

	if (ret != 0)
		IGBIOV_LOG(&ad->hw, ERR, "can't set up control of %u VFs: %s", ad->nb_vfs,
			   strerror(-ret));
	return ret;
}

void
igbiov_pf_pools_setup(struct rte_eth_dev *dev)
{
	struct igbiov_adapter *ad = dev->data->dev_private;
	const struct igbiov_hw *hw = &ad->hw;
	const uint32_t vfs = RTE_BIT32(hw->chip.max_vfs) - 1;

	if (!ad->pools)
		return;
	/*
	 * No VF runs before every queue drops when full, the PF's own too: one
	 * full ring would otherwise hold up everyone's reception.
	 */
	hw_wr(hw, REG(VFRE), 0);
	hw_wr(hw, REG(VFTE), 0);
	hw_wr(hw, REG(QDE), UINT16_MAX);
	igbiov_pool_init(hw, &ad->pool);
	for (uint16_t vf_id = 0; vf_id < hw->chip.max_vfs; vf_id++)
		igbiov_pool_counts_rebase(hw, &ad->pool, vf_id);
	igbiov_rss_apply_pools(hw);
	igbiov_filter_default_pool(hw, &ad->filter, IGBIOV_NO_POOL);
	hw_wr(hw, REG(DTXSWC), DTXSWC_LOOPBACK_EN | vfs | vfs << IGBIOV_POOLS);
	/* Lengths are counted before the tags that VMVIR adds. */
	hw_rmw(hw, REG(DTXCTL), 0, DTXCTL_VLAN_ADDED);
	hw_wr(hw, REG(RPLOLR), RPLOLR_STRCRC);
	/* The PF itself: its pool's bits count in VFRE and VFTE like a VF's. */
	hw_wr(hw, REG(VFRE), RTE_BIT32(ad->pf_pool));
	hw_wr(hw, REG(VFTE), RTE_BIT32(ad->pf_pool));
}
