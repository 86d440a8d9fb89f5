/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) the igbiov authors
 */

#include <assert.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <rte_cycles.h>

#include <limits.h>

#include "igbiov_devargs.h"
#include "igbiov_ethdev.h"
#include "igbiov_mbx.h"
#include "igbiov_pf.h"
#include "igbiov_pf_vf.h"

/* Tags beyond the MTU's frame are the VF's own affair: it asks for the whole. */
#define VF_DEFAULT_FRAME (RTE_ETHER_MAX_LEN + RTE_VLAN_HLEN)

static struct igbiov_adapter *
adapter(void *priv)
{
	struct rte_eth_dev *dev = priv;

	return dev->data->dev_private;
}

static uint64_t
op_resets_take(void *priv)
{
	struct igbiov_adapter *ad = adapter(priv);
	uint32_t resets = igbiov_mbx_pf_resets(&ad->hw, &ad->pf_mbx);

	ad->vf_clear &= ~resets;
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
	uint16_t nb = igbiov_mbx_msg_answer(words, req->type, verdict, clear_to_send, mac);

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
op_vf_defaults(void *priv, uint16_t vf_id)
{
	struct igbiov_adapter *ad = adapter(priv);

	igbiov_filter_pool_clear(&ad->hw, &ad->filter, vf_id);
	/* Priority-tagged frames are everybody's: entry 0 never runs out. */
	igbiov_filter_vlan_set(&ad->hw, &ad->filter, vf_id, 0, true);
	igbiov_mbx_pf_clear(&ad->hw, &ad->pf_mbx, vf_id);
	return 0;
}

static int
op_vf_mac_add(void *priv, uint16_t vf_id, const struct rte_ether_addr *mac)
{
	struct igbiov_adapter *ad = adapter(priv);

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
op_vf_queues_set(void *priv, uint16_t vf_id, uint16_t queues)
{
	RTE_SET_USED(priv);
	RTE_SET_USED(vf_id);
	return queues == 1 ? 0 : -ENOTSUP;
}

static int
op_vf_spoofchk_set(void *priv, uint16_t vf_id, bool mac, bool vlan)
{
	struct igbiov_adapter *ad = adapter(priv);
	uint32_t bits = (mac ? DTXSWC_MACAS(vf_id) : 0) | (vlan ? DTXSWC_VLANAS(vf_id) : 0);

	hw_rmw(&ad->hw, REG(DTXSWC), DTXSWC_MACAS(vf_id) | DTXSWC_VLANAS(vf_id), bits);
	return 0;
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
	igbiov_pf_link_changed(priv);
}

static const struct vfctl_ops ops = {
	.resets_take = op_resets_take,
	.requests_take = op_requests_take,
	.request_get = op_request_get,
	.request_answer = op_request_answer,
	.vf_notify = op_vf_notify,
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
	.vf_queues_set = op_vf_queues_set,
	.pf_owns_mac = op_pf_owns_mac,
	.link_changed = op_link_changed,
};

uint16_t
igbiov_pf_vf_extra_macs(const struct igbiov_adapter *ad)
{
	/* The PF keeps its own address and one more, each VF has one to begin with. */
	uint16_t spare = ad->hw.chip.nb_rar - 2 - ad->nb_vfs;

	return ad->nb_vfs == 0 ? 0 : RTE_MIN(spare / ad->nb_vfs, VFCTL_MAC_LIST_MAX);
}

/* VLAN entries: one for VLAN 0, the rest in equal parts, one of them the PF's. */
static uint16_t
vlan_quota(const struct igbiov_adapter *ad)
{
	return (IGBIOV_VLVF_MAX - 1) / (ad->nb_vfs + 1);
}

int
igbiov_pf_vfctl_create(struct rte_eth_dev *dev)
{
	struct igbiov_adapter *ad = dev->data->dev_private;
	struct igbiov_devargs args;
	const struct vfctl_conf conf = {
		.name = ad->hw.name,
		.port_id = dev->data->port_id,
		.pf_mac = &ad->hw.perm_addr,
		.ops = &ops,
		.priv = dev,
		.caps = {
			.nb_vfs = ad->nb_vfs,
			.max_vfs = ad->hw.chip.max_vfs,
			.extra_macs = igbiov_pf_vf_extra_macs(ad),
			.vlans = vlan_quota(ad),
			.max_frame = ad->hw.chip.max_frame,
			.default_frame = VF_DEFAULT_FRAME,
			.max_queues = ad->hw.chip.queues_per_pool,
			.max_rate = RTE_ETH_SPEED_NUM_1G,
		},
		.settings = args.settings,
	};
	int ret = igbiov_devargs_parse(&ad->hw, dev->device->devargs, &args);

	if (ret != 0)
		return ret;
	ret = vfctl_create(&conf, &ad->vfctl);
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
	const uint32_t vfs = RTE_BIT32(ad->nb_vfs) - 1;

	if (ad->nb_vfs == 0)
		return;
	/*
	 * No VF runs before every queue drops when full, the PF's own too: one
	 * full ring would otherwise hold up everyone's reception.
	 */
	hw_wr(hw, REG(VFRE), 0);
	hw_wr(hw, REG(VFTE), 0);
	hw_wr(hw, REG(QDE), UINT16_MAX);
	hw_wr(hw, REG(MRQC), MRQC_VMDQ);
	hw_wr(hw, REG(VT_CTL),
	      VT_CTL_REPLEN | VT_CTL_DIS_DEF_POOL | (uint32_t)ad->pf_pool << VT_CTL_DEF_PL_SHIFT);
	hw_wr(hw, REG(DTXSWC), DTXSWC_LOOPBACK_EN | vfs | vfs << IGBIOV_POOLS);
	hw_wr(hw, REG(RPLOLR), RPLOLR_STRCRC);
	/* The PF itself: its pool's bits count in VFRE and VFTE like a VF's. */
	hw_wr(hw, REG(VFRE), RTE_BIT32(ad->pf_pool));
	hw_wr(hw, REG(VFTE), RTE_BIT32(ad->pf_pool));
}

int
igbiov_pf_numvfs(const char *pci_name)
{
	char path[PATH_MAX], text[16], *end;
	unsigned long nb;
	size_t len;
	FILE *f;

	snprintf(path, sizeof(path), "/sys/bus/pci/devices/%s/sriov_numvfs", pci_name);
	f = fopen(path, "r");
	if (f == NULL)
		return errno == ENOENT ? 0 : -errno;
	len = fread(text, 1, sizeof(text) - 1, f);
	fclose(f);
	text[len] = '\0';
	nb = strtoul(text, &end, 10);
	if (end == text || nb > UINT16_MAX)
		return -EINVAL;
	return nb;
}
