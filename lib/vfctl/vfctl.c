/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) the igbiov authors
 */

/* The calls of drivers and operators: each posts a step to the control thread. */

#include <errno.h>
#include <stdlib.h>

#include "vfctl_internal.h"

int
vfctl_create(const struct vfctl_conf *conf, struct vfctl_port **out)
{
	struct vfctl_port *port;
	int rc;

	rc = vfctl_port_new(conf, &port);
	if (rc != 0)
		return rc;
	rc = vfctl_thread_start(port);
	if (rc != 0) {
		VFCTL_LOG(ERR, "%s: can't start the control thread (%d); no VF will be served",
			  port->name, rc);
		free(port);
		return rc;
	}
	*out = port;
	return 0;
}

void
vfctl_destroy(struct vfctl_port *port)
{
	if (port == NULL)
		return;
	vfctl_thread_end(port);
	free(port);
}

static int
start_step(void *arg)
{
	return vfctl_serve_start(arg);
}

int
vfctl_start(struct vfctl_port *port)
{
	return port == NULL ? 0 : vfctl_call(port, start_step, port);
}

static int
stop_step(void *arg)
{
	vfctl_serve_stop(arg);
	return 0;
}

void
vfctl_stop(struct vfctl_port *port)
{
	if (port != NULL)
		vfctl_call(port, stop_step, port);
}

/* Arguments of an operator's call, on the caller's stack. */
struct vf_call {
	struct vfctl_port *port;
	uint16_t vf_id;
	struct vfctl_vf_stats *stats;
	struct vfctl_settings *settings;
	const struct vfctl_settings *wanted;
};

static bool
vf_exists(const struct vfctl_port *port, uint16_t vf_id)
{
	return port != NULL && vf_id < port->caps.nb_vfs;
}

static int
stats_get_step(void *arg)
{
	const struct vf_call *call = arg;

	*call->stats = call->port->vf[call->vf_id].stats;
	return 0;
}

int
vfctl_vf_stats_get(struct vfctl_port *port, uint16_t vf_id, struct vfctl_vf_stats *stats)
{
	struct vf_call call = { .port = port, .vf_id = vf_id, .stats = stats };

	if (!vf_exists(port, vf_id) || stats == NULL)
		return -EINVAL;
	return vfctl_call(port, stats_get_step, &call);
}

static int
settings_get_step(void *arg)
{
	const struct vf_call *call = arg;

	*call->settings = call->port->vf[call->vf_id].settings;
	return 0;
}

int
vfctl_vf_settings_get(struct vfctl_port *port, uint16_t vf_id, struct vfctl_settings *settings)
{
	struct vf_call call = { .port = port, .vf_id = vf_id, .settings = settings };

	if (!vf_exists(port, vf_id) || settings == NULL)
		return -EINVAL;
	return vfctl_call(port, settings_get_step, &call);
}

static int
settings_set_step(void *arg)
{
	const struct vf_call *call = arg;
	struct vfctl_port *port = call->port;
	struct vfctl_vf *vf = &port->vf[call->vf_id];
	const struct vfctl_settings old = vf->settings;
	const struct rte_ether_addr *mac = &call->wanted->mac;

	if (!rte_is_same_ether_addr(mac, &old.mac) && vfctl_mac_taken(port, call->vf_id, mac)) {
		VFCTL_LOG(ERR,
			  "%s: VF %u: " RTE_ETHER_ADDR_PRT_FMT " is another's; choose one that "
			  "neither the PF nor a VF uses",
			  port->name, call->vf_id, RTE_ETHER_ADDR_BYTES(mac));
		return -EADDRINUSE;
	}
	vf->settings = *call->wanted;
	if (port->serving)
		return vfctl_apply_settings(port, call->vf_id, &old);
	vfctl_held_clear(&vf->held, &vf->settings);
	return 0;
}

int
vfctl_vf_settings_set(struct vfctl_port *port, uint16_t vf_id,
		      const struct vfctl_settings *settings)
{
	struct vf_call call = { .port = port, .vf_id = vf_id, .wanted = settings };
	char why[80];

	if (!vf_exists(port, vf_id) || settings == NULL)
		return -EINVAL;
	if (!vfctl_policy_settings(settings, &port->caps, why, sizeof(why))) {
		VFCTL_LOG(ERR, "%s: VF %u: %s; nothing was changed", port->name, vf_id, why);
		return -EINVAL;
	}
	return vfctl_call(port, settings_set_step, &call);
}
