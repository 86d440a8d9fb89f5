/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) the igbiov authors
 */

/*
 * Operators' changes, of one field or of a whole port: checked whole, then done
 * whole, or undone.
 */

#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "vfctl_field.h"
#include "vfctl_internal.h"

/* Puts "VF 3: " before what is in `why` already. */
static void
why_of_vf(uint16_t vf_id, char *why, size_t size)
{
	char text[VFCTL_WHY_LEN];

	snprintf(text, sizeof(text), "VF %u: %s", vf_id, why);
	snprintf(why, size, "%s", text);
}

void
vfctl_wanted_get(const struct vfctl_port *port, struct vfctl_wanted *wanted)
{
	wanted->port = port->settings;
	for (uint16_t i = 0; i < port->caps.max_vfs; i++)
		wanted->vf[i] = port->vf[i].settings;
}

/* Another VF than vf_id, or the PF, that wants this address too; or -ENOENT. */
static int
wanted_owner(const struct vfctl_port *port, const struct vfctl_wanted *wanted, uint16_t vf_id,
	     const struct rte_ether_addr *mac)
{
	for (uint16_t i = 0; i < port->caps.max_vfs; i++)
		if (i != vf_id && (rte_is_same_ether_addr(&wanted->vf[i].mac, mac) ||
				   vfctl_mac_list_has(&wanted->vf[i].macs, mac)))
			return i;
	/* What others use by asking stays theirs, as long as they may have it and aren't reset. */
	for (uint16_t i = 0; i < port->caps.max_vfs; i++)
		if (i != vf_id && vfctl_held_mac(&port->vf[i].held, mac) &&
		    rte_is_same_ether_addr(&port->vf[i].settings.mac, &wanted->vf[i].mac) &&
		    vfctl_policy_mac_allowed(&wanted->vf[i], mac))
			return i;
	return port->ops->pf_owns_mac(port->priv, mac) ? (int)VFCTL_PF : -ENOENT;
}

static int
wanted_mac_check(const struct vfctl_port *port, const struct vfctl_wanted *wanted, uint16_t vf_id,
		 const struct rte_ether_addr *mac, char *why, size_t size)
{
	char owner[16] = "the PF";
	int who = wanted_owner(port, wanted, vf_id, mac);

	if (who < 0)
		return 0;
	if (who != (int)VFCTL_PF)
		snprintf(owner, sizeof(owner), "VF %d", who);
	snprintf(why, size, RTE_ETHER_ADDR_PRT_FMT " is %s's; choose one that nobody uses",
		 RTE_ETHER_ADDR_BYTES(mac), owner);
	return -EADDRINUSE;
}

static int
wanted_vf_check(const struct vfctl_port *port, const struct vfctl_wanted *wanted, uint16_t vf_id,
		char *why, size_t size)
{
	const struct vfctl_settings *settings = &wanted->vf[vf_id];
	const uint64_t addresses = VFCTL_FIELD(VFCTL_F_MAC) | VFCTL_FIELD(VFCTL_F_MACS);
	int rc = vfctl_policy_settings(vf_id, settings, &port->caps, why, size);

	if (rc == 0 && settings->max_tx_rate != 0 && port->ops->vf_rate_set == NULL) {
		snprintf(why, size, "max_tx_rate: this port can't limit rates");
		rc = -ENOTSUP;
	}
	if (rc == 0 && settings->mirror.what != 0 && port->ops->vf_mirror_set == NULL) {
		snprintf(why, size, "mirror: this port can't mirror");
		rc = -ENOTSUP;
	}
	if (rc == 0 && port->ops->vf_settings_check != NULL)
		rc = port->ops->vf_settings_check(port->priv, vf_id, settings, why, size);
	/* Whose stay the same is not the one to blame. */
	if (!(vfctl_fields_differ(&port->vf[vf_id].settings, settings) & addresses))
		return rc;
	if (rc == 0)
		rc = wanted_mac_check(port, wanted, vf_id, &settings->mac, why, size);
	for (uint16_t i = 0; i < settings->macs.nb && rc == 0; i++)
		rc = wanted_mac_check(port, wanted, vf_id, &settings->macs.mac[i], why, size);
	return rc;
}

int
vfctl_wanted_check(const struct vfctl_port *port, const struct vfctl_wanted *wanted, char *why,
		   size_t size)
{
	int rc = vfctl_policy_port_settings(&wanted->port, &port->caps, why, size);

	if (rc == 0 && port->ops->port_settings_set == NULL &&
	    vfctl_port_fields_differ(&wanted->port, &port->settings) != 0) {
		snprintf(why, size, "this port has no settings of its own");
		rc = -ENOTSUP;
	}
	if (rc == 0 && port->ops->port_settings_check != NULL)
		rc = port->ops->port_settings_check(port->priv, &wanted->port, why, size);
	if (rc != 0)
		return rc;
	for (uint16_t i = 0; i < port->caps.max_vfs && rc == 0; i++) {
		rc = wanted_vf_check(port, wanted, i, why, size);
		if (rc != 0)
			why_of_vf(i, why, size);
	}
	return rc;
}

/* What one VF holds and may not keep, as wanted_owner() says, another may get. */
static int
address_yield(struct vfctl_port *port, uint16_t vf_id, const struct rte_ether_addr *mac)
{
	int rc = 0;

	for (uint16_t i = 0; i < port->caps.nb_vfs && rc == 0; i++)
		if (i != vf_id)
			rc = vfctl_apply_yield(port, i, mac);
	return rc;
}

/* Before anybody gets an address: else it has two owners until the other's turn comes. */
static int
yield_to(struct vfctl_port *port, uint16_t vf_id, const struct vfctl_settings *settings)
{
	int rc = address_yield(port, vf_id, &settings->mac);

	for (uint16_t i = 0; i < settings->macs.nb && rc == 0; i++)
		rc = address_yield(port, vf_id, &settings->macs.mac[i]);
	return rc;
}

/* One VF, to what is wanted of it. */
static int
vf_commit(struct vfctl_port *port, uint16_t vf_id, const struct vfctl_settings *settings)
{
	struct vfctl_vf *vf = &port->vf[vf_id];
	const struct vfctl_settings old = vf->settings;
	const uint64_t fields = vfctl_fields_differ(&old, settings);

	if (fields == 0)
		return 0;
	vf->settings = *settings;
	/* What it owes was reckoned at the old price, which may be many times the new one. */
	if (fields & (VFCTL_FIELD(VFCTL_F_BUDGET) | VFCTL_FIELD(VFCTL_F_BURST)))
		vf->budget.owed_ns = 0;
	if (port->serving && vf_id < port->caps.nb_vfs)
		return vfctl_apply_settings(port, vf_id, &old);
	vfctl_held_clear(&vf->held, &vf->settings);
	return 0;
}

static int
port_commit(struct vfctl_port *port, const struct vfctl_port_settings *settings)
{
	const struct vfctl_port_settings old = port->settings;
	int rc = 0;

	if (vfctl_port_fields_differ(&old, settings) == 0)
		return 0;
	port->settings = *settings;
	if (port->serving)
		rc = port->ops->port_settings_set(port->priv, settings);
	if (rc != 0)
		port->settings = old;
	return rc;
}

/* What VFs had before a change, for those that lose some of it although the change fails. */
struct had {
	struct vfctl_held vf[VFCTL_VF_MAX];
};

/* Has it less than before? It believes that it has all that it was granted. */
static bool
has_lost(const struct vfctl_held *had, const struct vfctl_held *held)
{
	uint64_t gone = had->promisc & ~held->promisc;

	for (unsigned int i = 0; i < VFCTL_VLAN_WORDS; i++)
		gone |= had->vlan[i] & ~held->vlan[i];
	if (gone != 0 || !rte_is_same_ether_addr(&had->mac, &held->mac) ||
	    had->max_frame > held->max_frame || had->nb_hashes != held->nb_hashes)
		return true;
	for (uint16_t i = 0; i < had->nb_filter; i++)
		if (!vfctl_held_mac(held, &had->filter[i]))
			return true;
	return false;
}

/*
 * Back to what was. A VF for which that fails too, or that has lost what only
 * it can ask for again, is stopped until it resets itself; others run on.
 */
static void
vf_roll_back(struct vfctl_port *port, uint16_t vf_id, const struct vfctl_settings *before,
	     const struct vfctl_held *had)
{
	const struct vfctl_held *held = &port->vf[vf_id].held;
	int rc = vf_commit(port, vf_id, before);
	bool lost = rc != 0 || has_lost(had, held);

	if (rc != 0)
		VFCTL_LOG(ERR, "%s: VF %u: stopped until it resets itself", port->name, vf_id);
	else if (lost && held->clear_to_send)
		vfctl_apply_fence(port, vf_id);
	else if (!lost && had->clear_to_send && !held->clear_to_send)
		vfctl_apply_unfence(port, vf_id);
}

static void
roll_back(struct vfctl_port *port, const struct vfctl_wanted *before, const struct had *had)
{
	for (uint16_t i = 0; i < port->caps.max_vfs; i++)
		vf_roll_back(port, i, &before->vf[i], &had->vf[i]);
	if (port_commit(port, &before->port) != 0)
		VFCTL_LOG(ERR, "%s: can't go back to the old settings; restart the port",
			  port->name);
}

static void
events(struct vfctl_port *port, const struct vfctl_wanted *before)
{
	if (vfctl_port_fields_differ(&before->port, &port->settings) != 0)
		vfctl_event_add(port, VFCTL_EVENT_SETTINGS, VFCTL_PF, VFCTL_GRANTED,
				"settings of the port changed");
	for (uint16_t i = 0; i < port->caps.max_vfs; i++) {
		uint64_t fields = vfctl_fields_differ(&before->vf[i], &port->vf[i].settings);
		const struct vfctl_field_info *info;

		if (fields == 0)
			continue;
		info = vfctl_field_info((unsigned int)__builtin_ctzll(fields));
		vfctl_event_add(port, VFCTL_EVENT_SETTINGS, i, VFCTL_GRANTED, "%s%s changed",
				info->name, fields & (fields - 1) ? " and more" : "");
	}
}

int
vfctl_wanted_commit(struct vfctl_port *port, const struct vfctl_wanted *wanted, char *why,
		    size_t size)
{
	struct vfctl_wanted before;
	struct had had;
	uint16_t i;
	int rc = vfctl_wanted_check(port, wanted, why, size);

	if (rc != 0)
		return rc;
	vfctl_wanted_get(port, &before);
	for (i = 0; i < port->caps.max_vfs; i++)
		had.vf[i] = port->vf[i].held;
	rc = port_commit(port, &wanted->port);
	if (rc != 0) {
		snprintf(why, size, "the driver can't do it: %s", strerror(-rc));
		return rc;
	}
	for (i = 0; i < port->caps.max_vfs && rc == 0; i++)
		rc = yield_to(port, i, &wanted->vf[i]);
	if (rc == 0)
		for (i = 0; i < port->caps.max_vfs && rc == 0; i++)
			rc = vf_commit(port, i, &wanted->vf[i]);
	if (rc != 0) {
		snprintf(why, size, "VF %u: the driver can't do it: %s; nothing was changed", i - 1,
			 strerror(-rc));
		roll_back(port, &before, &had);
		return rc;
	}
	events(port, &before);
	return 0;
}
