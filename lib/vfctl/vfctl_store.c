/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) the igbiov authors
 */

/*
 * Weakest first: defaults, the driver's text, the policy file, and what was kept of
 * the last process if its VFs still live and it began with the same text and policy.
 */

#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "vfctl_config.h"
#include "vfctl_field.h"
#include "vfctl_store.h"

static void
wanted_of_set(const struct vfctl_policy_set *set, struct vfctl_wanted *wanted)
{
	wanted->port = set->port;
	memcpy(wanted->vf, set->vf, set->nb * sizeof(set->vf[0]));
}

static void
set_of_port(const struct vfctl_port *port, struct vfctl_policy_set *set)
{
	memset(set, 0, sizeof(*set));
	set->port = port->settings;
	set->num_vfs = port->caps.nb_vfs;
	set->nb = port->caps.max_vfs;
	for (uint16_t i = 0; i < set->nb; i++)
		set->vf[i] = port->vf[i].settings;
}

static void
initial_get(const struct vfctl_port *port, struct vfctl_settings *initial)
{
	for (uint16_t i = 0; i < port->caps.max_vfs; i++)
		initial[i] = port->vf[i].initial;
}

/* What the driver's arguments say of all VFs. */
static int
text_take(struct vfctl_port *port, const char *text, char *why, size_t size)
{
	struct vfctl_settings settings;
	uint64_t fields;
	int rc = vfctl_vf_parse(text, &fields, &settings, why, size);

	for (uint16_t i = 0; i < port->caps.max_vfs && rc == 0; i++)
		vfctl_fields_copy(&port->vf[i].initial, &settings, fields);
	return rc;
}

static int
policy_load(const struct vfctl_port *port, const char *path, struct vfctl_policy_set *set,
	    char *why, size_t size)
{
	struct vfctl_settings initial[VFCTL_VF_MAX];

	initial_get(port, initial);
	return vfctl_config_load(path, port->caps.max_vfs, initial, set, why, size);
}

/* A refusal that only the port could give says "VF 3: vlan: …"; the file says it its own way. */
static void
why_in_file(const char *path, char *why, size_t size)
{
	char text[VFCTL_WHY_LEN], where[VFCTL_WHY_LEN], field[32];
	unsigned int vf_id;
	int reason = 0;

	snprintf(text, sizeof(text), "%s", why);
	if (sscanf(text, "VF %u: %31[a-z_]: %n", &vf_id, field, &reason) == 2 && reason > 0)
		vfctl_config_where(path, (uint16_t)vf_id, field, where, sizeof(where));
	else if (sscanf(text, "%31[a-z_]: %n", field, &reason) == 1 && reason > 0)
		vfctl_config_where(path, VFCTL_PF, field, where, sizeof(where));
	else
		snprintf(where, sizeof(where), "%s", path);
	snprintf(why, size, "%.90s: %s", where, text + reason);
}

/* In place of `set` when it may be believed; -ENOENT when there is nothing to believe. */
static int
state_load(const struct vfctl_port *port, struct vfctl_policy_set *set)
{
	struct vfctl_settings initial[VFCTL_VF_MAX];
	char why[VFCTL_WHY_LEN] = "";
	int rc;

	if (port->state_file == NULL || port->ops->life_get == NULL || port->caps.nb_vfs == 0)
		return -ENOENT;
	initial_get(port, initial);
	rc = vfctl_state_load(port->state_file, port->ops->life_get(port->priv), port->origin,
			      port->caps.max_vfs, initial, set, why, sizeof(why));
	if (rc == -ESTALE)
		VFCTL_LOG(NOTICE, "%s: settings kept of before are dropped: %s", port->name, why);
	else if (rc != 0 && rc != -ENOENT)
		VFCTL_LOG(ERR, "%s: settings kept of before are dropped: %s", port->name, why);
	return rc;
}

/* The kernel's number of VFs, as the policy has it. */
static int
num_vfs_make(struct vfctl_port *port, int num_vfs, char *why, size_t size)
{
	int rc;

	if (num_vfs < 0 || num_vfs == port->caps.nb_vfs)
		return 0;
	if (num_vfs > port->caps.max_vfs) {
		snprintf(why, size, "num_vfs: %d; this port can have %u", num_vfs,
			 port->caps.max_vfs);
		return -EINVAL;
	}
	if (port->ops->num_vfs_set == NULL) {
		snprintf(why, size, "num_vfs: this port can't create VFs");
		return -ENOTSUP;
	}
	rc = port->ops->num_vfs_set(port->priv, (uint16_t)num_vfs, why, size);
	vfctl_port_num_vfs(port, port->ops->num_vfs_get(port->priv));
	return rc;
}

int
vfctl_store_begin(struct vfctl_port *port, const struct vfctl_conf *conf, char *why, size_t size)
{
	struct vfctl_policy_set set = { .port = vfctl_port_defaults, .num_vfs = -1 };
	struct vfctl_wanted wanted;
	int rc = 0;

	if (conf->settings != NULL)
		rc = text_take(port, conf->settings, why, size);
	if (rc != 0)
		return rc;
	set.nb = port->caps.max_vfs;
	initial_get(port, set.vf);
	if (conf->policy_file != NULL) {
		rc = policy_load(port, conf->policy_file, &set, why, size);
		if (rc == 0)
			rc = num_vfs_make(port, set.num_vfs, why, size);
		if (rc != 0)
			return rc;
	}
	port->origin = vfctl_config_origin(set.hash, conf->settings);
	wanted_of_set(&set, &wanted);
	rc = vfctl_wanted_commit(port, &wanted, why, size);
	if (rc != 0) {
		if (conf->policy_file != NULL)
			why_in_file(conf->policy_file, why, size);
		return rc;
	}
	if (state_load(port, &set) == 0) {
		wanted_of_set(&set, &wanted);
		if (vfctl_wanted_commit(port, &wanted, why, size) == 0)
			VFCTL_LOG(NOTICE, "%s: %u VFs go on with the settings they had", port->name,
				  port->caps.nb_vfs);
		else
			VFCTL_LOG(ERR, "%s: settings kept of before are dropped: %s", port->name,
				  why);
	}
	return 0;
}

void
vfctl_store_save(struct vfctl_port *port)
{
	struct vfctl_policy_set set;
	char why[VFCTL_WHY_LEN] = "";

	if (port->state_file == NULL || port->ops->life_get == NULL)
		return;
	set_of_port(port, &set);
	if (vfctl_state_save(port->state_file, port->ops->life_get(port->priv), port->origin, &set,
			     why, sizeof(why)) != 0)
		VFCTL_LOG(ERR, "%s: %s; should this process die, the next won't know the settings",
			  port->name, why);
}

int
vfctl_store_apply(struct vfctl_port *port, const char *path, bool commit, int *num_vfs, char *why,
		  size_t size)
{
	struct vfctl_policy_set set;
	struct vfctl_wanted wanted;
	int rc = policy_load(port, path, &set, why, size);

	if (rc != 0)
		return rc;
	if (set.num_vfs > port->caps.max_vfs) {
		snprintf(why, size, "num_vfs: %d; this port can have %u", set.num_vfs,
			 port->caps.max_vfs);
		why_in_file(path, why, size);
		return -EINVAL;
	}
	wanted_of_set(&set, &wanted);
	rc = commit ? vfctl_wanted_commit(port, &wanted, why, size)
		    : vfctl_wanted_check(port, &wanted, why, size);
	if (rc != 0) {
		why_in_file(path, why, size);
		return rc;
	}
	*num_vfs = set.num_vfs == port->caps.nb_vfs ? -1 : set.num_vfs;
	if (commit)
		vfctl_store_save(port);
	return 0;
}

int
vfctl_store_write(struct vfctl_port *port, const char *path, char *why, size_t size)
{
	struct vfctl_policy_set set;

	set_of_port(port, &set);
	return vfctl_config_save(path, &set, why, size);
}
