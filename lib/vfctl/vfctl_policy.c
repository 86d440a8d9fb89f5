/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) the igbiov authors
 */

/*
 * Whether a VF may have what it asks for. Pure: the same arguments give the
 * same verdict, and nothing else is read or written.
 */

#include <inttypes.h>
#include <stdio.h>

#include "vfctl_internal.h"

static enum vfctl_verdict
policy_mac_set(const struct vfctl_settings *settings, const struct vfctl_facts *facts,
	       const struct vfctl_request *req)
{
	if (!rte_is_valid_assigned_ether_addr(&req->mac))
		return VFCTL_MAC_INVALID;
	if (facts->mac_own)
		return VFCTL_GRANTED;
	if (settings->mac_locked)
		return VFCTL_MAC_LOCKED;
	return facts->mac_taken ? VFCTL_MAC_TAKEN : VFCTL_GRANTED;
}

static enum vfctl_verdict
policy_mac_add(const struct vfctl_settings *settings, const struct vfctl_facts *facts,
	       const struct vfctl_request *req)
{
	if (!rte_is_valid_assigned_ether_addr(&req->mac))
		return VFCTL_MAC_INVALID;
	if (facts->mac_held)
		return VFCTL_GRANTED;
	if (settings->mac_locked)
		return VFCTL_MAC_LOCKED;
	if (facts->mac_taken)
		return VFCTL_MAC_TAKEN;
	return facts->nb_extras < settings->extra_macs ? VFCTL_GRANTED : VFCTL_QUOTA;
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
	if (!settings->vlan_any)
		return VFCTL_VLAN_DENIED;
	return facts->nb_vlans < settings->vlans ? VFCTL_GRANTED : VFCTL_QUOTA;
}

static enum vfctl_verdict
policy_max_frame(const struct vfctl_settings *settings, const struct vfctl_request *req)
{
	if (req->max_frame < VFCTL_MIN_FRAME || req->max_frame > settings->max_frame)
		return VFCTL_BAD_REQUEST;
	return VFCTL_GRANTED;
}

static enum vfctl_verdict
policy_promisc(const struct vfctl_settings *settings, const struct vfctl_request *req)
{
	if (req->promisc & ~VFCTL_PROMISC_ALL)
		return VFCTL_BAD_REQUEST;
	if (req->promisc & ~settings->promisc_allowed)
		return VFCTL_PROMISC_DENIED;
	return VFCTL_GRANTED;
}

enum vfctl_verdict
vfctl_policy(const struct vfctl_settings *settings, const struct vfctl_facts *facts,
	     const struct vfctl_request *req)
{
	if (req->type == VFCTL_REQ_RESET)
		return VFCTL_GRANTED;
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

static bool
in_range(const char *name, uint32_t value, uint32_t min, uint32_t max, char *why, size_t size)
{
	if (value >= min && value <= max)
		return true;
	snprintf(why, size, "%s %" PRIu32 " is not in %" PRIu32 " to %" PRIu32, name, value, min,
		 max);
	return false;
}

bool
vfctl_policy_settings(const struct vfctl_settings *settings, const struct vfctl_caps *caps,
		      char *why, size_t size)
{
	if (!rte_is_valid_assigned_ether_addr(&settings->mac)) {
		snprintf(why, size, "mac " RTE_ETHER_ADDR_PRT_FMT " is no unicast address",
			 RTE_ETHER_ADDR_BYTES(&settings->mac));
		return false;
	}
	return in_range("promisc_allowed", settings->promisc_allowed, 0, VFCTL_PROMISC_ALL, why,
			size) &&
	       in_range("extra_macs", settings->extra_macs, 0, caps->extra_macs, why, size) &&
	       in_range("vlans", settings->vlans, 0, caps->vlans, why, size) &&
	       in_range("max_frame", settings->max_frame, VFCTL_MIN_FRAME, caps->max_frame, why,
			size);
}
