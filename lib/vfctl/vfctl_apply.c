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

/* Removes the youngest of those that it asked for, until only nb are left. */
static int
extras_trim(struct vfctl_port *port, uint16_t vf_id, uint16_t nb)
{
	const struct vfctl_settings *settings = &port->vf[vf_id].settings;
	struct vfctl_held *held = &port->vf[vf_id].held;
	uint16_t left = vfctl_held_extras(held, settings);
	int first = 0;
	int i;

	for (i = held->nb_filter - 1; i >= 0 && left > nb; i--) {
		if (rte_is_same_ether_addr(&held->filter[i], &held->mac) ||
		    vfctl_mac_list_has(&settings->macs, &held->filter[i]))
			continue;
		keep_first(&first, filter_remove(port, vf_id, &held->filter[i]));
		left--;
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
	/* One that it was given isn't its own to give up. */
	if (rc == -ENOSPC && filter_find(held, &old) >= 0 &&
	    !vfctl_mac_list_has(&port->vf[vf_id].settings.macs, &old))
		return mac_replace(port, vf_id, mac);
	if (rc != 0 || rte_is_same_ether_addr(mac, &old))
		return rc;
	if (!vfctl_mac_list_has(&port->vf[vf_id].settings.macs, &old))
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

/* Leaves VLANs that it may not have, and of the others the highest until only nb are left. */
static int
vlans_restrict(struct vfctl_port *port, uint16_t vf_id, uint16_t nb)
{
	const struct vfctl_settings *settings = &port->vf[vf_id].settings;
	const uint16_t given = vfctl_policy_given_vlan(settings);
	struct vfctl_held *held = &port->vf[vf_id].held;
	uint16_t kept = 0;
	int first = 0;
	uint16_t vid;

	for (vid = 1; vid < VFCTL_VLAN_NB; vid++) {
		if (!vfctl_held_vlan(held, vid) || vid == given)
			continue;
		if (kept < nb && vfctl_policy_vlan_allowed(settings, vid))
			kept++;
		else
			keep_first(&first, vlan_set(port, vf_id, vid, false));
	}
	return first;
}

static int
vlan_given(struct vfctl_port *port, uint16_t vf_id)
{
	return vlan_set(port, vf_id, vfctl_policy_given_vlan(&port->vf[vf_id].settings), true);
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
accept_apply(struct vfctl_port *port, uint16_t vf_id, uint32_t promisc)
{
	struct vfctl_held *held = &port->vf[vf_id].held;
	uint32_t accept = vfctl_policy_accept(&port->vf[vf_id].settings, promisc);
	int rc = 0;

	if (accept != held->accept)
		rc = port->ops->vf_accept_set(port->priv, vf_id, accept);
	if (rc == 0) {
		held->accept = accept;
		held->promisc = promisc;
	}
	return rc;
}

/* What it asked for, or as much of that as it may have. */
static int
max_frame_apply(struct vfctl_port *port, uint16_t vf_id, uint32_t asked)
{
	struct vfctl_held *held = &port->vf[vf_id].held;
	uint32_t octets = RTE_MIN(asked,
				  vfctl_policy_max_frame(&port->vf[vf_id].settings, &port->caps));
	int rc = 0;

	if (octets != held->max_frame)
		rc = port->ops->vf_max_frame_set(port->priv, vf_id, octets);
	if (rc == 0) {
		held->max_frame = octets;
		held->asked_frame = asked;
	}
	return rc;
}

/* --- what the settings alone decide --- */

static int
spoofchk_apply(struct vfctl_port *port, uint16_t vf_id)
{
	const struct vfctl_settings *settings = &port->vf[vf_id].settings;
	struct vfctl_held *held = &port->vf[vf_id].held;
	int rc;

	if (settings->spoofchk_mac == held->spoofchk_mac &&
	    settings->spoofchk_vlan == held->spoofchk_vlan)
		return 0;
	rc = port->ops->vf_spoofchk_set(port->priv, vf_id, settings->spoofchk_mac,
					settings->spoofchk_vlan);
	if (rc == 0) {
		held->spoofchk_mac = settings->spoofchk_mac;
		held->spoofchk_vlan = settings->spoofchk_vlan;
	}
	return rc;
}

static bool
same_tagging(const struct vfctl_tagging *a, const struct vfctl_tagging *b)
{
	return a->insert == b->insert && a->qos == b->qos && a->always == b->always &&
	       a->strip == b->strip;
}

static int
tagging_apply(struct vfctl_port *port, uint16_t vf_id)
{
	const struct vfctl_tagging tagging = vfctl_policy_tagging(&port->vf[vf_id].settings);
	struct vfctl_held *held = &port->vf[vf_id].held;
	int rc;

	if (same_tagging(&tagging, &held->tagging))
		return 0;
	rc = port->ops->vf_tagging_set(port->priv, vf_id, &tagging);
	if (rc == 0)
		held->tagging = tagging;
	return rc;
}

static int
queues_apply(struct vfctl_port *port, uint16_t vf_id)
{
	uint16_t queues = port->vf[vf_id].settings.queues;
	struct vfctl_held *held = &port->vf[vf_id].held;
	int rc;

	if (queues == held->queues)
		return 0;
	rc = port->ops->vf_queues_set(port->priv, vf_id, queues);
	if (rc == 0)
		held->queues = queues;
	return rc;
}

static int
mirror_apply(struct vfctl_port *port, uint16_t vf_id)
{
	const struct vfctl_mirror *mirror = &port->vf[vf_id].settings.mirror;
	struct vfctl_held *held = &port->vf[vf_id].held;
	int rc;

	if (mirror->what == held->mirror.what &&
	    (mirror->what == 0 ||
	     (mirror->vlan == held->mirror.vlan && mirror->to == held->mirror.to)))
		return 0;
	if (port->ops->vf_mirror_set == NULL)
		return -ENOTSUP;
	rc = port->ops->vf_mirror_set(port->priv, vf_id, mirror);
	if (rc == 0)
		held->mirror = *mirror;
	return rc;
}

static int
rate_set(struct vfctl_port *port, uint16_t vf_id)
{
	struct vfctl_vf *vf = &port->vf[vf_id];
	int rc;

	if (port->ops->vf_rate_set == NULL)
		return -ENOTSUP;
	rc = port->ops->vf_rate_set(port->priv, vf_id, vf->settings.max_tx_rate);
	if (rc == 0)
		vf->max_tx_rate = vf->settings.max_tx_rate;
	return rc;
}

static int
rate_apply(struct vfctl_port *port, uint16_t vf_id)
{
	const struct vfctl_vf *vf = &port->vf[vf_id];

	return vf->settings.max_tx_rate == vf->max_tx_rate ? 0 : rate_set(port, vf_id);
}

void
vfctl_apply_link(struct vfctl_port *port, uint16_t vf_id)
{
	struct vfctl_vf *vf = &port->vf[vf_id];

	if (vf->settings.max_tx_rate != 0 && rate_set(port, vf_id) != 0) {
		VFCTL_LOG(ERR,
			  "%s: VF %u: can't keep it to %u Mb/s at the link's new speed; stopped",
			  port->name, vf_id, vf->settings.max_tx_rate);
		/* Its reset tries again, instead of finding that all is well. */
		vf->max_tx_rate = VFCTL_RATE_UNKNOWN;
		vfctl_apply_fence(port, vf_id);
	}
}

/* Each brings the hardware to what is wanted, and does nothing where it is so already. */
static int
settings_apply(struct vfctl_port *port, uint16_t vf_id)
{
	int first = 0;

	keep_first(&first, vlan_given(port, vf_id));
	keep_first(&first, tagging_apply(port, vf_id));
	keep_first(&first, accept_apply(port, vf_id, port->vf[vf_id].held.promisc));
	keep_first(&first, spoofchk_apply(port, vf_id));
	keep_first(&first, queues_apply(port, vf_id));
	keep_first(&first, mirror_apply(port, vf_id));
	keep_first(&first, rate_apply(port, vf_id));
	return first;
}

/* --- whole VFs --- */

static int
macs_given(struct vfctl_port *port, uint16_t vf_id)
{
	const struct vfctl_settings *settings = &port->vf[vf_id].settings;
	int first = 0;

	for (uint16_t i = 0; i < settings->macs.nb; i++)
		keep_first(&first, filter_add(port, vf_id, &settings->macs.mac[i]));
	return first;
}

static int
running_set(struct vfctl_port *port, uint16_t vf_id, bool on)
{
	const struct vfctl_settings *settings = &port->vf[vf_id].settings;

	return port->ops->vf_enable(port->priv, vf_id, on && settings->rx, on && settings->tx);
}

int
vfctl_apply_fresh(struct vfctl_port *port, uint16_t vf_id)
{
	const struct vfctl_ops *ops = port->ops;
	struct vfctl_vf *vf = &port->vf[vf_id];
	const struct vfctl_settings *settings = &vf->settings;
	int first, rc;

	vf->held.clear_to_send = false;
	first = running_set(port, vf_id, false);
	/* What one tenant asked for must not reach the next one. */
	rc = ops->vf_defaults(port->priv, vf_id);
	keep_first(&first, rc);
	if (rc != 0)
		return first;
	vfctl_held_clear(&vf->held, settings);
	keep_first(&first, max_frame_apply(port, vf_id, port->caps.default_frame));
	keep_first(&first, filter_add(port, vf_id, &settings->mac));
	keep_first(&first, macs_given(port, vf_id));
	keep_first(&first, settings_apply(port, vf_id));
	return first;
}

static int
reset(struct vfctl_port *port, uint16_t vf_id)
{
	int rc = vfctl_apply_fresh(port, vf_id);

	if (rc == 0)
		rc = running_set(port, vf_id, true);
	port->vf[vf_id].held.clear_to_send = rc == 0;
	return rc;
}

int
vfctl_apply_yield(struct vfctl_port *port, uint16_t vf_id, const struct rte_ether_addr *mac)
{
	return filter_remove(port, vf_id, mac);
}

void
vfctl_apply_stop(struct vfctl_port *port, uint16_t vf_id)
{
	port->vf[vf_id].held.clear_to_send = false;
	if (running_set(port, vf_id, false) != 0)
		VFCTL_LOG(ERR, "%s: VF %u: can't stop its queues; stop the port to be safe",
			  port->name, vf_id);
}

void
vfctl_apply_fence(struct vfctl_port *port, uint16_t vf_id)
{
	port->untold |= RTE_BIT64(vf_id);
	vfctl_apply_stop(port, vf_id);
}

void
vfctl_apply_unfence(struct vfctl_port *port, uint16_t vf_id)
{
	port->vf[vf_id].held.clear_to_send = true;
	if (running_set(port, vf_id, true) != 0)
		vfctl_apply_fence(port, vf_id);
}

static int
vlan_request(struct vfctl_port *port, uint16_t vf_id, const struct vfctl_request *req)
{
	/* Not its own to leave. */
	if (req->vlan.vid == vfctl_policy_given_vlan(&port->vf[vf_id].settings))
		return 0;
	return vlan_set(port, vf_id, req->vlan.vid, req->vlan.on);
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
		return extras_trim(port, vf_id, 0);
	case VFCTL_REQ_MULTICAST:
		return multicast_set(port, vf_id, req->mc.hash, req->mc.nb_hashes);
	case VFCTL_REQ_VLAN:
		return vlan_request(port, vf_id, req);
	case VFCTL_REQ_MAX_FRAME:
		return max_frame_apply(port, vf_id, req->max_frame);
	case VFCTL_REQ_PROMISC:
		return accept_apply(port, vf_id, req->promisc);
	default:
		return -EINVAL;
	}
}

/* Addresses that it was given or asked for, and may not have any more. */
static int
macs_restrict(struct vfctl_port *port, uint16_t vf_id)
{
	const struct vfctl_settings *settings = &port->vf[vf_id].settings;
	struct vfctl_held *held = &port->vf[vf_id].held;
	uint16_t room = port->caps.extra_macs - settings->macs.nb;
	int first = 0;
	int i;

	for (i = held->nb_filter - 1; i >= 0; i--)
		if (!rte_is_same_ether_addr(&held->filter[i], &held->mac) &&
		    !vfctl_policy_mac_allowed(settings, &held->filter[i]))
			keep_first(&first, filter_remove(port, vf_id, &held->filter[i]));
	keep_first(&first, extras_trim(port, vf_id, RTE_MIN(settings->max_macs, room)));
	return first;
}

/* Those of `old` that it has no longer are taken out, as it never asked for them. */
static int
macs_regive(struct vfctl_port *port, uint16_t vf_id, const struct vfctl_settings *old)
{
	const struct vfctl_settings *settings = &port->vf[vf_id].settings;
	int first = 0;

	for (uint16_t i = 0; i < old->macs.nb; i++)
		if (!vfctl_mac_list_has(&settings->macs, &old->macs.mac[i]) &&
		    !rte_is_same_ether_addr(&port->vf[vf_id].held.mac, &old->macs.mac[i]))
			keep_first(&first, filter_remove(port, vf_id, &old->macs.mac[i]));
	return first;
}

/* Takes back what the settings no longer allow. */
static int
restrict_held(struct vfctl_port *port, uint16_t vf_id, const struct vfctl_settings *old)
{
	const struct vfctl_settings *settings = &port->vf[vf_id].settings;
	struct vfctl_held *held = &port->vf[vf_id].held;
	int first;

	first = macs_regive(port, vf_id, old);
	keep_first(&first, macs_restrict(port, vf_id));
	if (vfctl_policy_given_vlan(old) != vfctl_policy_given_vlan(settings))
		keep_first(&first, vlan_set(port, vf_id, vfctl_policy_given_vlan(old), false));
	keep_first(&first, vlans_restrict(port, vf_id, settings->max_vlans));
	keep_first(&first,
		   accept_apply(port, vf_id, held->promisc & vfctl_policy_promisc(settings)));
	keep_first(&first, max_frame_apply(port, vf_id, held->asked_frame));
	return first;
}

/* A VF learns its address from the answer to a reset only. */
static bool
needs_reset(const struct vfctl_vf *vf, const struct vfctl_settings *old)
{
	return !rte_is_same_ether_addr(&vf->settings.mac, &old->mac) ||
	       !vfctl_policy_mac_allowed(&vf->settings, &vf->held.mac);
}

int
vfctl_apply_settings(struct vfctl_port *port, uint16_t vf_id, const struct vfctl_settings *old)
{
	struct vfctl_vf *vf = &port->vf[vf_id];
	const struct vfctl_settings *settings = &vf->settings;
	int rc;

	if (needs_reset(vf, old)) {
		rc = vfctl_apply_fresh(port, vf_id);
		port->untold |= RTE_BIT64(vf_id);
		return rc;
	}
	rc = restrict_held(port, vf_id, old);
	keep_first(&rc, macs_given(port, vf_id));
	keep_first(&rc, settings_apply(port, vf_id));
	if (rc == 0 && vf->held.clear_to_send &&
	    (settings->rx != old->rx || settings->tx != old->tx))
		rc = running_set(port, vf_id, true);
	/* It may hold more than it should: it runs again once a reset has put that right. */
	if (rc != 0 || (settings->state == VFCTL_LINK_OFF && old->state != VFCTL_LINK_OFF))
		vfctl_apply_fence(port, vf_id);
	else if (settings->state != old->state)
		port->untold |= RTE_BIT64(vf_id);
	return rc;
}
