/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) the igbiov authors
 */

/*
 * How a verdict becomes driver operations. The record follows each operation
 * that succeeded, at once: at any failure it still says what the hardware holds.
 */

#include <errno.h>
#include <string.h>

#include "vfctl_internal.h"

/* Keeps the first error of a sequence that goes on regardless. */
static void
keep_first(int *first, int rc)
{
	if (*first == 0)
		*first = rc;
}

/* --- addresses --- */

static int
filter_find(const struct vfctl_held *held, const struct rte_ether_addr *mac)
{
	uint16_t i;

	for (i = 0; i < held->nb_filter; i++)
		if (rte_is_same_ether_addr(&held->filter[i], mac))
			return i;
	return -ENOENT;
}

static int
filter_add(struct vfctl_port *port, uint16_t vf_id, const struct rte_ether_addr *mac)
{
	struct vfctl_held *held = &port->vf[vf_id].held;
	int rc;

	if (filter_find(held, mac) >= 0)
		return 0;
	if (held->nb_filter == VFCTL_FILTER_MAX)
		return -ENOSPC;
	rc = port->ops->vf_mac_add(port->priv, vf_id, mac);
	if (rc == 0)
		held->filter[held->nb_filter++] = *mac;
	return rc;
}

static int
filter_remove(struct vfctl_port *port, uint16_t vf_id, const struct rte_ether_addr *mac)
{
	struct vfctl_held *held = &port->vf[vf_id].held;
	/* a copy: `mac` may be the entry itself */
	struct rte_ether_addr gone = *mac;
	int i = filter_find(held, &gone);
	int rc;

	if (i < 0)
		return 0;
	rc = port->ops->vf_mac_remove(port->priv, vf_id, &gone);
	if (rc == 0)
		held->filter[i] = held->filter[--held->nb_filter];
	return rc;
}

/* Removes the youngest entries except `keep` until only nb are left beside it. */
static int
filter_trim(struct vfctl_port *port, uint16_t vf_id, const struct rte_ether_addr *keep, uint16_t nb)
{
	struct vfctl_held *held = &port->vf[vf_id].held;
	uint16_t others = held->nb_filter - (filter_find(held, keep) >= 0);
	int first = 0;
	int i;

	for (i = held->nb_filter - 1; i >= 0 && others > nb; i--) {
		if (rte_is_same_ether_addr(&held->filter[i], keep))
			continue;
		keep_first(&first, filter_remove(port, vf_id, &held->filter[i]));
		others--;
	}
	return first;
}

/* The filter is full: the old address makes room, and comes back if that was in vain. */
static int
mac_replace(struct vfctl_port *port, uint16_t vf_id, const struct rte_ether_addr *mac)
{
	struct vfctl_held *held = &port->vf[vf_id].held;
	int rc;

	rc = filter_remove(port, vf_id, &held->mac);
	if (rc != 0)
		return rc;
	rc = filter_add(port, vf_id, mac);
	if (rc == 0)
		held->mac = *mac;
	else if (filter_add(port, vf_id, &held->mac) != 0)
		vfctl_apply_fence(port, vf_id);
	return rc;
}

static int
mac_set(struct vfctl_port *port, uint16_t vf_id, const struct rte_ether_addr *mac)
{
	struct vfctl_held *held = &port->vf[vf_id].held;
	struct rte_ether_addr old = held->mac;
	bool was_extra = filter_find(held, mac) >= 0;
	int rc;

	/* The new one first, so that the VF is never without an address. */
	rc = filter_add(port, vf_id, mac);
	if (rc == -ENOSPC && filter_find(held, &old) >= 0)
		return mac_replace(port, vf_id, mac);
	if (rc != 0 || rte_is_same_ether_addr(mac, &old))
		return rc;
	rc = filter_remove(port, vf_id, &old);
	if (rc == 0)
		held->mac = *mac;
	else if (!was_extra)
		/* If this fails too, the address stays on record as an extra one. */
		filter_remove(port, vf_id, mac);
	return rc;
}

/* --- VLANs --- */

static int
vlan_set(struct vfctl_port *port, uint16_t vf_id, uint16_t vid, bool on)
{
	struct vfctl_held *held = &port->vf[vf_id].held;
	int rc;

	/* VLAN 0 is everyone's, and no filter entry. */
	if (vid == 0 || vfctl_held_vlan(held, vid) == on)
		return 0;
	rc = port->ops->vf_vlan_set(port->priv, vf_id, vid, on);
	if (rc != 0)
		return rc;
	held->vlan[vid / 64] ^= RTE_BIT64(vid % 64);
	held->nb_vlans += on ? 1 : -1;
	return 0;
}

/* Leaves the highest VLANs until only nb are left. */
static int
vlan_trim(struct vfctl_port *port, uint16_t vf_id, uint16_t nb)
{
	struct vfctl_held *held = &port->vf[vf_id].held;
	uint16_t left = held->nb_vlans;
	int first = 0;
	int vid;

	for (vid = VFCTL_VLAN_NB - 1; vid > 0 && left > nb; vid--) {
		if (!vfctl_held_vlan(held, (uint16_t)vid))
			continue;
		keep_first(&first, vlan_set(port, vf_id, (uint16_t)vid, false));
		left--;
	}
	return first;
}

/* --- the rest --- */

static int
multicast_set(struct vfctl_port *port, uint16_t vf_id, const uint16_t *hash, uint16_t nb)
{
	struct vfctl_held *held = &port->vf[vf_id].held;
	int rc;

	if (nb == 0 && held->nb_hashes == 0)
		return 0;
	rc = port->ops->vf_multicast_set(port->priv, vf_id, hash, nb);
	if (rc != 0)
		return rc;
	if (nb > 0)
		memcpy(held->hash, hash, nb * sizeof(*hash));
	held->nb_hashes = nb;
	return 0;
}

static int
promisc_set(struct vfctl_port *port, uint16_t vf_id, uint32_t promisc)
{
	struct vfctl_held *held = &port->vf[vf_id].held;
	int rc;

	if (promisc == held->promisc)
		return 0;
	rc = port->ops->vf_promisc_set(port->priv, vf_id, promisc);
	if (rc == 0)
		held->promisc = promisc;
	return rc;
}

static int
max_frame_set(struct vfctl_port *port, uint16_t vf_id, uint32_t octets)
{
	struct vfctl_held *held = &port->vf[vf_id].held;
	int rc;

	if (octets == held->max_frame)
		return 0;
	rc = port->ops->vf_max_frame_set(port->priv, vf_id, octets);
	if (rc == 0)
		held->max_frame = octets;
	return rc;
}

/* --- whole VFs --- */

int
vfctl_apply_fresh(struct vfctl_port *port, uint16_t vf_id)
{
	const struct vfctl_ops *ops = port->ops;
	struct vfctl_vf *vf = &port->vf[vf_id];
	const struct vfctl_settings *settings = &vf->settings;
	int first, rc;

	vf->held.clear_to_send = false;
	first = ops->vf_enable(port->priv, vf_id, false);
	/* What one tenant asked for must not reach the next one. */
	rc = ops->vf_defaults(port->priv, vf_id);
	keep_first(&first, rc);
	if (rc != 0)
		return first;
	vfctl_held_clear(&vf->held, settings);
	keep_first(&first, max_frame_set(port, vf_id,
					 RTE_MIN(port->caps.default_frame, settings->max_frame)));
	keep_first(&first, filter_add(port, vf_id, &settings->mac));
	keep_first(&first, ops->vf_spoofchk_set(port->priv, vf_id, settings->spoofchk_mac,
						settings->spoofchk_vlan));
	return first;
}

static int
reset(struct vfctl_port *port, uint16_t vf_id)
{
	int rc = vfctl_apply_fresh(port, vf_id);

	if (rc == 0)
		rc = port->ops->vf_enable(port->priv, vf_id, true);
	port->vf[vf_id].held.clear_to_send = rc == 0;
	return rc;
}

void
vfctl_apply_fence(struct vfctl_port *port, uint16_t vf_id)
{
	port->vf[vf_id].held.clear_to_send = false;
	port->untold |= RTE_BIT64(vf_id);
	if (port->ops->vf_enable(port->priv, vf_id, false) != 0)
		VFCTL_LOG(ERR, "%s: VF %u: can't stop its queues; stop the port to be safe",
			  port->name, vf_id);
}

int
vfctl_apply_request(struct vfctl_port *port, uint16_t vf_id, const struct vfctl_request *req)
{
	switch (req->type) {
	case VFCTL_REQ_RESET:
		return reset(port, vf_id);
	case VFCTL_REQ_MAC_SET:
		return mac_set(port, vf_id, &req->mac);
	case VFCTL_REQ_MAC_ADD:
		return filter_add(port, vf_id, &req->mac);
	case VFCTL_REQ_MAC_CLEAR:
		return filter_trim(port, vf_id, &port->vf[vf_id].held.mac, 0);
	case VFCTL_REQ_MULTICAST:
		return multicast_set(port, vf_id, req->mc.hash, req->mc.nb_hashes);
	case VFCTL_REQ_VLAN:
		return vlan_set(port, vf_id, req->vlan.vid, req->vlan.on);
	case VFCTL_REQ_MAX_FRAME:
		return max_frame_set(port, vf_id, req->max_frame);
	case VFCTL_REQ_PROMISC:
		return promisc_set(port, vf_id, req->promisc);
	default:
		return -EINVAL;
	}
}

/* Takes back what the settings no longer allow. */
static int
restrict_held(struct vfctl_port *port, uint16_t vf_id)
{
	const struct vfctl_settings *settings = &port->vf[vf_id].settings;
	struct vfctl_held *held = &port->vf[vf_id].held;
	int first;

	first = filter_trim(port, vf_id, &held->mac,
			    settings->mac_locked ? 0 : settings->extra_macs);
	keep_first(&first, vlan_trim(port, vf_id, settings->vlan_any ? settings->vlans : 0));
	keep_first(&first, promisc_set(port, vf_id, held->promisc & settings->promisc_allowed));
	keep_first(&first,
		   max_frame_set(port, vf_id, RTE_MIN(held->max_frame, settings->max_frame)));
	return first;
}

/* A VF learns its address from the answer to a reset only. */
static bool
needs_reset(const struct vfctl_vf *vf, const struct vfctl_settings *old)
{
	return !rte_is_same_ether_addr(&vf->settings.mac, &old->mac) ||
	       (vf->settings.mac_locked &&
		!rte_is_same_ether_addr(&vf->settings.mac, &vf->held.mac));
}

int
vfctl_apply_settings(struct vfctl_port *port, uint16_t vf_id, const struct vfctl_settings *old)
{
	struct vfctl_vf *vf = &port->vf[vf_id];
	int rc;

	if (needs_reset(vf, old)) {
		rc = vfctl_apply_fresh(port, vf_id);
		port->untold |= RTE_BIT64(vf_id);
		return rc;
	}
	rc = restrict_held(port, vf_id);
	if (vf->settings.spoofchk_mac != old->spoofchk_mac ||
	    vf->settings.spoofchk_vlan != old->spoofchk_vlan)
		keep_first(&rc,
			   port->ops->vf_spoofchk_set(port->priv, vf_id, vf->settings.spoofchk_mac,
						      vf->settings.spoofchk_vlan));
	/* It may hold more than it should: it runs again once a reset has put that right. */
	if (rc != 0)
		vfctl_apply_fence(port, vf_id);
	return rc;
}
