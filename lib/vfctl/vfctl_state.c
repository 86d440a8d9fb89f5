/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) the igbiov authors
 */

/* The record of what operators want and what VFs hold. No driver operation. */

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "vfctl_internal.h"

/*
 * A VF's driver sends some ten messages when it starts, and one for each VLAN
 * that a guest joins: a burst lets it do so at once, and who goes on at that
 * rate has no honest reason.
 */
#define DEFAULT_BUDGET		 50
#define DEFAULT_BURST		 128
#define DEFAULT_QUARANTINE_AFTER 1000

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

bool
vfctl_mac_list_has(const struct vfctl_mac_list *list, const struct rte_ether_addr *mac)
{
	for (uint16_t i = 0; i < list->nb; i++)
		if (rte_is_same_ether_addr(&list->mac[i], mac))
			return true;
	return false;
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
vfctl_held_extras(const struct vfctl_held *held, const struct vfctl_settings *settings)
{
	uint16_t nb = 0;

	for (uint16_t i = 0; i < held->nb_filter; i++)
		nb += !rte_is_same_ether_addr(&held->filter[i], &held->mac) &&
		      !vfctl_mac_list_has(&settings->macs, &held->filter[i]);
	return nb;
}

uint16_t
vfctl_held_vlans(const struct vfctl_held *held, const struct vfctl_settings *settings)
{
	uint16_t given = vfctl_policy_given_vlan(settings);

	return held->nb_vlans - (given != 0 && vfctl_held_vlan(held, given));
}

void
vfctl_held_clear(struct vfctl_held *held, const struct vfctl_settings *settings)
{
	*held = (struct vfctl_held){
		.mac = settings->mac,
		.accept = VFCTL_ACCEPT_DEFAULT,
		.spoofchk_mac = true,
		.spoofchk_vlan = true,
		.queues = 1,
	};
}

/*
 * The addresses of a VF's settings are its own even while it uses others: else
 * a neighbour could take them, and the VF's next reset would fail.
 */
static bool
vf_owns_mac(const struct vfctl_vf *vf, const struct rte_ether_addr *mac)
{
	return rte_is_same_ether_addr(&vf->settings.mac, mac) ||
	       vfctl_mac_list_has(&vf->settings.macs, mac) || vfctl_held_mac(&vf->held, mac);
}

bool
vfctl_mac_taken(const struct vfctl_port *port, uint16_t vf_id, const struct rte_ether_addr *mac)
{
	uint16_t i;

	for (i = 0; i < port->caps.max_vfs; i++)
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
	for (i = 0; i < port->caps.max_vfs; i++)
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
		.max_macs = port->caps.extra_macs,
		.vlan_proto = RTE_ETHER_TYPE_VLAN,
		.max_vlans = port->caps.vlans,
		.spoofchk_mac = true,
		.spoofchk_vlan = true,
		.broadcast = true,
		.untagged = true,
		.rx = true,
		.tx = true,
		.max_mtu = port->caps.max_frame - VFCTL_FRAME_OVERHEAD,
		.queues = 1,
		.mirror.to = VFCTL_PF,
		.budget = DEFAULT_BUDGET,
		.burst = DEFAULT_BURST,
		.quarantine_after = DEFAULT_QUARANTINE_AFTER,
	};
	memset(vf->settings.trunk, 0xFF, sizeof(vf->settings.trunk));
	vf->settings.trunk[0] &= ~RTE_BIT64(0);
	vf->settings.trunk[VFCTL_VLAN_WORDS - 1] &= ~RTE_BIT64(63);
	rc = vfctl_mac_choose(port, vf_id, pf_mac, &vf->settings.mac);
	vf->initial = vf->settings;
	vfctl_held_clear(&vf->held, &vf->settings);
	return rc;
}

static bool
conf_is_valid(const struct vfctl_conf *conf)
{
	const struct vfctl_caps *caps = &conf->caps;

	return conf->name != NULL && conf->pf_mac != NULL && conf->ops != NULL &&
	       caps->nb_vfs <= caps->max_vfs && caps->max_vfs <= VFCTL_VF_MAX &&
	       caps->extra_macs <= VFCTL_MAC_LIST_MAX && caps->vlans < VFCTL_VLAN_NB - 1 &&
	       caps->default_frame >= VFCTL_MIN_FRAME && caps->default_frame <= caps->max_frame &&
	       caps->max_frame >= RTE_ETHER_MIN_MTU + VFCTL_FRAME_OVERHEAD &&
	       caps->max_frame <= UINT16_MAX && caps->max_queues >= 1;
}

void
vfctl_port_num_vfs(struct vfctl_port *port, uint16_t nb_vfs)
{
	port->caps.nb_vfs = nb_vfs;
	port->all = nb_vfs == 0 ? 0 : UINT64_MAX >> (64 - nb_vfs);
}

static uint64_t
monotonic_ns(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return (uint64_t)now.tv_sec * VFCTL_NS_PER_S + (uint64_t)now.tv_nsec;
}

int
vfctl_port_new(const struct vfctl_conf *conf, struct vfctl_port **out)
{
	struct vfctl_port *port;
	uint16_t i;
	int rc;

	if (!conf_is_valid(conf))
		return -EINVAL;
	port = calloc(1, sizeof(*port) + conf->caps.max_vfs * sizeof(port->vf[0]));
	if (port == NULL)
		return -ENOMEM;
	port->name = conf->name;
	port->port_id = conf->port_id;
	port->ops = conf->ops;
	port->priv = conf->priv;
	port->state_file = conf->state_file;
	port->now_ns = monotonic_ns;
	port->caps = conf->caps;
	port->settings = (struct vfctl_port_settings){
		.loopback = true,
		.drop_enable = true,
		.default_pool = VFCTL_NOBODY,
	};
	vfctl_port_num_vfs(port, conf->caps.nb_vfs);
	for (i = 0; i < conf->caps.max_vfs; i++) {
		rc = vf_init(port, i, conf->pf_mac);
		if (rc != 0) {
			free(port);
			return rc;
		}
	}
	*out = port;
	return 0;
}
