/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) the igbiov authors
 */

/*
 * Whether a VF may have what it asks for. Pure: the same arguments give the
 * same verdict, and nothing else is read or written.
 */

#include <errno.h>
#include <inttypes.h>
#include <stdio.h>

#include "vfctl_internal.h"

/* --- what follows from the settings --- */

bool
vfctl_policy_mac_allowed(const struct vfctl_settings *settings, const struct rte_ether_addr *mac)
{
	if (rte_is_same_ether_addr(&settings->mac, mac) || vfctl_mac_list_has(&settings->macs, mac))
		return true;
	return !settings->mac_locked &&
	       (settings->allow_macs.nb == 0 || vfctl_mac_list_has(&settings->allow_macs, mac));
}

uint16_t
vfctl_policy_given_vlan(const struct vfctl_settings *settings)
{
	return settings->vlan != 0 ? settings->vlan : settings->insert;
}

bool
vfctl_policy_vlan_allowed(const struct vfctl_settings *settings, uint16_t vid)
{
	if (vid == vfctl_policy_given_vlan(settings))
		return true;
	return settings->vlan == 0 && (settings->trunk[vid / 64] & RTE_BIT64(vid % 64)) != 0;
}

uint32_t
vfctl_policy_promisc(const struct vfctl_settings *settings)
{
	return (settings->trust || settings->allow_promisc ? VFCTL_PROMISC_UNICAST : 0) |
	       (settings->trust || settings->allow_allmulti ? VFCTL_PROMISC_MULTICAST : 0);
}

uint32_t
vfctl_policy_max_frame(const struct vfctl_settings *settings, const struct vfctl_caps *caps)
{
	return RTE_MIN((uint32_t)settings->max_mtu + VFCTL_FRAME_OVERHEAD, caps->max_frame);
}

struct vfctl_tagging
vfctl_policy_tagging(const struct vfctl_settings *settings)
{
	bool port_vlan = settings->vlan != 0;
	uint16_t insert = vfctl_policy_given_vlan(settings);

	return (struct vfctl_tagging){
		.insert = insert,
		.qos = insert != 0 ? settings->qos : 0,
		.always = port_vlan,
		.strip = settings->strip || port_vlan,
	};
}

uint32_t
vfctl_policy_accept(const struct vfctl_settings *settings, uint32_t promisc)
{
	uint32_t accept = 0;

	if (settings->broadcast)
		accept |= VFCTL_ACCEPT_BROADCAST;
	/* An untagged frame is in no VLAN, so not in the port VLAN either. */
	if (settings->untagged && settings->vlan == 0)
		accept |= VFCTL_ACCEPT_UNTAGGED;
	if (settings->unknown_unicast || promisc & VFCTL_PROMISC_UNICAST)
		accept |= VFCTL_ACCEPT_UNICAST;
	if (settings->all_multicast || promisc & VFCTL_PROMISC_MULTICAST)
		accept |= VFCTL_ACCEPT_MULTICAST;
	return accept;
}

/* --- what a VF asks for --- */

static enum vfctl_verdict
policy_mac(const struct vfctl_settings *settings, const struct vfctl_facts *facts,
	   const struct rte_ether_addr *mac)
{
	if (settings->mac_locked && !vfctl_policy_mac_allowed(settings, mac))
		return VFCTL_MAC_LOCKED;
	if (!vfctl_policy_mac_allowed(settings, mac))
		return VFCTL_MAC_DENIED;
	return facts->mac_taken ? VFCTL_MAC_TAKEN : VFCTL_GRANTED;
}

static enum vfctl_verdict
policy_mac_set(const struct vfctl_settings *settings, const struct vfctl_facts *facts,
	       const struct vfctl_request *req)
{
	if (!rte_is_valid_assigned_ether_addr(&req->mac))
		return VFCTL_MAC_INVALID;
	return facts->mac_own ? VFCTL_GRANTED : policy_mac(settings, facts, &req->mac);
}

static enum vfctl_verdict
policy_mac_add(const struct vfctl_settings *settings, const struct vfctl_facts *facts,
	       const struct vfctl_request *req)
{
	enum vfctl_verdict verdict;

	if (!rte_is_valid_assigned_ether_addr(&req->mac))
		return VFCTL_MAC_INVALID;
	if (facts->mac_held)
		return VFCTL_GRANTED;
	verdict = policy_mac(settings, facts, &req->mac);
	if (verdict != VFCTL_GRANTED)
		return verdict;
	return facts->nb_extras < RTE_MIN(settings->max_macs, facts->room_macs) ? VFCTL_GRANTED
										: VFCTL_QUOTA;
}

static enum vfctl_verdict
policy_vlan(const struct vfctl_settings *settings, const struct vfctl_facts *facts,
	    const struct vfctl_request *req)
{
	/* 4095 is reserved (IEEE 802.1Q table 9-2). */
	if (req->vlan.vid >= VFCTL_VLAN_NB - 1)
		return VFCTL_BAD_REQUEST;
	/*
	 * VLAN 0 means "untagged, with a priority": every VF has that already,
	 * and drivers ask for it and leave it as a matter of course.
	 */
	if (req->vlan.vid == 0)
		return VFCTL_GRANTED;
	if (!req->vlan.on || facts->vlan_held)
		return VFCTL_GRANTED;
	if (!vfctl_policy_vlan_allowed(settings, req->vlan.vid))
		return VFCTL_VLAN_DENIED;
	return facts->nb_vlans < settings->max_vlans ? VFCTL_GRANTED : VFCTL_QUOTA;
}

static enum vfctl_verdict
policy_max_frame(const struct vfctl_settings *settings, const struct vfctl_request *req)
{
	if (req->max_frame < VFCTL_MIN_FRAME ||
	    req->max_frame > (uint32_t)settings->max_mtu + VFCTL_FRAME_OVERHEAD)
		return VFCTL_BAD_REQUEST;
	return VFCTL_GRANTED;
}

static enum vfctl_verdict
policy_promisc(const struct vfctl_settings *settings, const struct vfctl_request *req)
{
	if (req->promisc & ~VFCTL_PROMISC_ALL)
		return VFCTL_BAD_REQUEST;
	if (req->promisc & ~vfctl_policy_promisc(settings))
		return VFCTL_PROMISC_DENIED;
	return VFCTL_GRANTED;
}

enum vfctl_verdict
vfctl_policy(const struct vfctl_settings *settings, const struct vfctl_facts *facts,
	     const struct vfctl_request *req)
{
	if (req->type == VFCTL_REQ_RESET)
		return settings->state == VFCTL_LINK_OFF ? VFCTL_LINK_DENIED : VFCTL_GRANTED;
	if (!facts->clear_to_send)
		return VFCTL_NOT_CLEAR;

	switch (req->type) {
	case VFCTL_REQ_MAC_SET:
		return policy_mac_set(settings, facts, req);
	case VFCTL_REQ_MAC_ADD:
		return policy_mac_add(settings, facts, req);
	case VFCTL_REQ_MAC_CLEAR:
		return VFCTL_GRANTED;
	case VFCTL_REQ_MULTICAST:
		return req->mc.nb_hashes <= VFCTL_MC_HASH_MAX ? VFCTL_GRANTED : VFCTL_BAD_REQUEST;
	case VFCTL_REQ_VLAN:
		return policy_vlan(settings, facts, req);
	case VFCTL_REQ_MAX_FRAME:
		return policy_max_frame(settings, req);
	case VFCTL_REQ_PROMISC:
		return policy_promisc(settings, req);
	default:
		return VFCTL_BAD_REQUEST;
	}
}

bool
vfctl_policy_violation(enum vfctl_verdict verdict)
{
	switch (verdict) {
	case VFCTL_GRANTED:
	case VFCTL_LINK_DENIED:
	case VFCTL_VETOED:
	case VFCTL_DRIVER_FAILED:
		return false;
	default:
		return true;
	}
}

/* --- what an operator asks for --- */

struct range {
	const char *name;
	uint64_t value, min, max;
};

static int
ranges_check(const struct range *range, unsigned int nb, char *why, size_t size)
{
	for (unsigned int i = 0; i < nb; i++) {
		if (range[i].value >= range[i].min && range[i].value <= range[i].max)
			continue;
		snprintf(why, size, "%s: %" PRIu64 " is not in %" PRIu64 " to %" PRIu64,
			 range[i].name, range[i].value, range[i].min, range[i].max);
		return -EINVAL;
	}
	return 0;
}

static int
mac_check(const char *name, const struct rte_ether_addr *mac, char *why, size_t size)
{
	if (rte_is_valid_assigned_ether_addr(mac))
		return 0;
	snprintf(why, size, "%s: " RTE_ETHER_ADDR_PRT_FMT " is no unicast address", name,
		 RTE_ETHER_ADDR_BYTES(mac));
	return -EINVAL;
}

static int
mac_list_check(const char *name, const struct vfctl_mac_list *list, char *why, size_t size)
{
	int rc = 0;

	for (uint16_t i = 0; i < list->nb && rc == 0; i++)
		rc = mac_check(name, &list->mac[i], why, size);
	return rc;
}

static int
macs_check(const struct vfctl_settings *settings, char *why, size_t size)
{
	int rc = mac_check("mac", &settings->mac, why, size);

	if (rc == 0)
		rc = mac_list_check("macs", &settings->macs, why, size);
	if (rc == 0)
		rc = mac_list_check("allow_macs", &settings->allow_macs, why, size);
	if (rc == 0 && vfctl_mac_list_has(&settings->macs, &settings->mac)) {
		snprintf(why, size, "macs: has the VF's own address too; name it once");
		rc = -EINVAL;
	}
	return rc;
}

static int
vlans_check(const struct vfctl_settings *settings, char *why, size_t size)
{
	if (settings->vlan_proto != RTE_ETHER_TYPE_VLAN &&
	    settings->vlan_proto != RTE_ETHER_TYPE_QINQ) {
		snprintf(why, size, "vlan_proto: 0x%x is neither 802.1q nor 802.1ad",
			 settings->vlan_proto);
		return -EINVAL;
	}
	if (settings->vlan != 0 && settings->insert != 0) {
		snprintf(why, size, "insert: %u, but a port VLAN of %u is inserted already",
			 settings->insert, settings->vlan);
		return -EINVAL;
	}
	if (settings->trunk[0] & 1 || settings->trunk[VFCTL_VLAN_WORDS - 1] >> 63) {
		snprintf(why, size, "trunk: VLANs are 1 to 4094");
		return -EINVAL;
	}
	return 0;
}

static int
mirror_check(uint16_t vf_id, const struct vfctl_mirror *mirror, const struct vfctl_caps *caps,
	     char *why, size_t size)
{
	const uint32_t all = VFCTL_MIRROR_RX | VFCTL_MIRROR_TX | VFCTL_MIRROR_VLAN;
	bool vlan = mirror->what & VFCTL_MIRROR_VLAN;

	if (mirror->what == 0)
		return 0;
	if (mirror->what & ~all) {
		snprintf(why, size, "mirror: what 0x%x has unknown bits", mirror->what);
		return -EINVAL;
	}
	if (vlan ? mirror->vlan == 0 || mirror->vlan >= VFCTL_VLAN_NB - 1 : mirror->vlan != 0) {
		snprintf(why, size, "mirror: VLAN %u is not in 1 to 4094", mirror->vlan);
		return -EINVAL;
	}
	if (mirror->to == vf_id) {
		snprintf(why, size, "mirror: to the VF itself; choose another or the PF");
		return -EINVAL;
	}
	if (mirror->to != VFCTL_PF && mirror->to >= caps->max_vfs) {
		snprintf(why, size, "mirror: there is no VF %u; at most %u", mirror->to,
			 caps->max_vfs - 1);
		return -EINVAL;
	}
	return 0;
}

int
vfctl_policy_settings(uint16_t vf_id, const struct vfctl_settings *settings,
		      const struct vfctl_caps *caps, char *why, size_t size)
{
	const struct range ranges[] = {
		{ "max_macs", settings->max_macs, 0, caps->extra_macs },
		{ "macs", settings->macs.nb, 0, caps->extra_macs },
		{ "allow_macs", settings->allow_macs.nb, 0, VFCTL_MAC_LIST_MAX },
		{ "vlan", settings->vlan, 0, VFCTL_VLAN_NB - 2 },
		{ "qos", settings->qos, 0, 7 },
		{ "max_vlans", settings->max_vlans, 0, caps->vlans },
		{ "insert", settings->insert, 0, VFCTL_VLAN_NB - 2 },
		{ "max_tx_rate", settings->max_tx_rate, 0, caps->max_rate },
		{ "state", settings->state, VFCTL_LINK_AUTO, VFCTL_LINK_OFF },
		{ "max_mtu", settings->max_mtu, RTE_ETHER_MIN_MTU,
		  caps->max_frame - VFCTL_FRAME_OVERHEAD },
		{ "queues", settings->queues, 1, caps->max_queues },
		{ "budget", settings->budget, 1, 1000000 },
		{ "burst", settings->burst, 1, 1000000 },
	};
	int rc = ranges_check(ranges, RTE_DIM(ranges), why, size);

	if (rc == 0)
		rc = macs_check(settings, why, size);
	if (rc == 0)
		rc = vlans_check(settings, why, size);
	if (rc == 0)
		rc = mirror_check(vf_id, &settings->mirror, caps, why, size);
	return rc;
}

int
vfctl_policy_port_settings(const struct vfctl_port_settings *settings,
			   const struct vfctl_caps *caps, char *why, size_t size)
{
	const struct range ranges[] = {
		{ "storm_broadcast", settings->storm_broadcast, 0, caps->max_rate },
		{ "storm_multicast", settings->storm_multicast, 0, caps->max_rate },
	};

	if (settings->default_pool != VFCTL_PF && settings->default_pool != VFCTL_NOBODY &&
	    settings->default_pool >= caps->max_vfs) {
		snprintf(why, size, "default_pool: there is no VF %u; at most %u",
			 settings->default_pool, caps->max_vfs - 1);
		return -EINVAL;
	}
	return ranges_check(ranges, RTE_DIM(ranges), why, size);
}
