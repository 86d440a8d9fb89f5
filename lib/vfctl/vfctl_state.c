/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) the igbiov authors
 */

/* The record of what operators want and what VFs hold. No driver operation. */

#include <errno.h>
#include <stdlib.h>

#include "vfctl_internal.h"

#define FNV_OFFSET 0xcbf29ce484222325u
#define FNV_PRIME  0x100000001b3u

/* Candidates for a VF's address; 64 VFs and a PF can't use up half of them. */
#define DERIVE_TRIES 256

static uint64_t
fnv1a(uint64_t hash, uint8_t octet)
{
	return (hash ^ octet) * FNV_PRIME;
}

void
vfctl_mac_derive(const struct rte_ether_addr *pf_mac, uint16_t vf_id, uint8_t salt,
		 struct rte_ether_addr *mac)
{
	uint64_t hash = FNV_OFFSET;
	unsigned int i;

	for (i = 0; i < RTE_ETHER_ADDR_LEN; i++)
		hash = fnv1a(hash, pf_mac->addr_bytes[i]);
	hash = fnv1a(hash, (uint8_t)vf_id);
	if (salt > 0)
		hash = fnv1a(hash, salt);

	/* Locally administered unicast: no vendor's range is touched. */
	mac->addr_bytes[0] = RTE_ETHER_LOCAL_ADMIN_ADDR;
	for (i = 1; i < RTE_ETHER_ADDR_LEN; i++)
		mac->addr_bytes[i] = (uint8_t)(hash >> (8 * i));
}

static bool
filter_has(const struct vfctl_held *held, const struct rte_ether_addr *mac)
{
	uint16_t i;

	for (i = 0; i < held->nb_filter; i++)
		if (rte_is_same_ether_addr(&held->filter[i], mac))
			return true;
	return false;
}

bool
vfctl_held_mac(const struct vfctl_held *held, const struct rte_ether_addr *mac)
{
	return rte_is_same_ether_addr(&held->mac, mac) || filter_has(held, mac);
}

bool
vfctl_held_vlan(const struct vfctl_held *held, uint16_t vid)
{
	return vid < VFCTL_VLAN_NB && (held->vlan[vid / 64] & RTE_BIT64(vid % 64)) != 0;
}

uint16_t
vfctl_held_extras(const struct vfctl_held *held)
{
	return held->nb_filter - filter_has(held, &held->mac);
}

void
vfctl_held_clear(struct vfctl_held *held, const struct vfctl_settings *settings)
{
	*held = (struct vfctl_held){ .mac = settings->mac };
}

/*
 * The address of a VF's settings is its own even while it uses another: else
 * a neighbour could take it, and the VF's next reset would fail.
 */
static bool
vf_owns_mac(const struct vfctl_vf *vf, const struct rte_ether_addr *mac)
{
	return rte_is_same_ether_addr(&vf->settings.mac, mac) || vfctl_held_mac(&vf->held, mac);
}

bool
vfctl_mac_taken(const struct vfctl_port *port, uint16_t vf_id, const struct rte_ether_addr *mac)
{
	uint16_t i;

	for (i = 0; i < port->caps.nb_vfs; i++)
		if (i != vf_id && vf_owns_mac(&port->vf[i], mac))
			return true;
	return port->ops->pf_owns_mac(port->priv, mac);
}

int
vfctl_mac_owner(const struct vfctl_port *port, const struct rte_ether_addr *mac)
{
	uint16_t i;

	if (port == NULL)
		return -ENOENT;
	for (i = 0; i < port->caps.nb_vfs; i++)
		if (vf_owns_mac(&port->vf[i], mac))
			return i;
	return -ENOENT;
}

/* The VFs before vf_id have theirs already. */
static bool
derived_is_free(const struct vfctl_port *port, uint16_t vf_id, const struct rte_ether_addr *pf_mac,
		const struct rte_ether_addr *mac)
{
	uint16_t i;

	if (rte_is_same_ether_addr(pf_mac, mac))
		return false;
	for (i = 0; i < vf_id; i++)
		if (rte_is_same_ether_addr(&port->vf[i].settings.mac, mac))
			return false;
	return true;
}

int
vfctl_mac_choose(const struct vfctl_port *port, uint16_t vf_id, const struct rte_ether_addr *pf_mac,
		 struct rte_ether_addr *mac)
{
	unsigned int salt;

	for (salt = 0; salt < DERIVE_TRIES; salt++) {
		vfctl_mac_derive(pf_mac, vf_id, (uint8_t)salt, mac);
		if (derived_is_free(port, vf_id, pf_mac, mac))
			return 0;
	}
	return -EADDRINUSE;
}

static int
vf_init(struct vfctl_port *port, uint16_t vf_id, const struct rte_ether_addr *pf_mac)
{
	struct vfctl_vf *vf = &port->vf[vf_id];
	int rc;

	vf->settings = (struct vfctl_settings){
		.vlan_any = true,
		.spoofchk_mac = true,
		.spoofchk_vlan = true,
		.extra_macs = port->caps.extra_macs,
		.vlans = port->caps.vlans,
		.max_frame = port->caps.max_frame,
	};
	rc = vfctl_mac_choose(port, vf_id, pf_mac, &vf->settings.mac);
	vfctl_held_clear(&vf->held, &vf->settings);
	return rc;
}

static bool
conf_is_valid(const struct vfctl_conf *conf)
{
	const struct vfctl_caps *caps = &conf->caps;

	return conf->name != NULL && conf->pf_mac != NULL && conf->ops != NULL &&
	       caps->nb_vfs <= VFCTL_VF_MAX && caps->extra_macs <= VFCTL_EXTRA_MAC_MAX &&
	       caps->vlans < VFCTL_VLAN_NB - 1 && caps->default_frame >= VFCTL_MIN_FRAME &&
	       caps->default_frame <= caps->max_frame;
}

int
vfctl_port_new(const struct vfctl_conf *conf, struct vfctl_port **out)
{
	struct vfctl_port *port;
	uint16_t i;
	int rc;

	if (!conf_is_valid(conf))
		return -EINVAL;
	port = calloc(1, sizeof(*port) + conf->caps.nb_vfs * sizeof(port->vf[0]));
	if (port == NULL)
		return -ENOMEM;
	port->name = conf->name;
	port->ops = conf->ops;
	port->priv = conf->priv;
	port->caps = conf->caps;
	if (conf->caps.nb_vfs != 0)
		port->all = UINT64_MAX >> (64 - conf->caps.nb_vfs);
	for (i = 0; i < conf->caps.nb_vfs; i++) {
		rc = vf_init(port, i, conf->pf_mac);
		if (rc != 0) {
			free(port);
			return rc;
		}
	}
	*out = port;
	return 0;
}
