/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) the igbiov authors
 */

/* The ports that there are, and the calls of drivers and operators: each a step for a control thread. */

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "vfctl_field.h"
#include "vfctl_internal.h"
#include "vfctl_store.h"

#define END_TRIES 6 /* of vfctl_call(), which waits 5 s each */

/* Ports by ethdev's number. The lock is never held over a call. */
static pthread_mutex_t list_lock = PTHREAD_MUTEX_INITIALIZER;
static pthread_cond_t list_changed = PTHREAD_COND_INITIALIZER;
static TAILQ_HEAD(, vfctl_port) list = TAILQ_HEAD_INITIALIZER(list);

static struct vfctl_port *
list_find(uint16_t port_id)
{
	struct vfctl_port *port;

	TAILQ_FOREACH(port, &list, entry)
		if (port->port_id == port_id)
			break;
	return port;
}

int
vfctl_port_list_add(struct vfctl_port *port)
{
	int rc = 0;

	pthread_mutex_lock(&list_lock);
	if (list_find(port->port_id) == NULL)
		TAILQ_INSERT_TAIL(&list, port, entry);
	else
		rc = -EEXIST;
	pthread_mutex_unlock(&list_lock);
	return rc;
}

void
vfctl_port_list_remove(struct vfctl_port *port)
{
	pthread_mutex_lock(&list_lock);
	TAILQ_REMOVE(&list, port, entry);
	pthread_mutex_unlock(&list_lock);
}

/* Their calls end by themselves: the control thread is gone. */
static void
list_drain(struct vfctl_port *port)
{
	pthread_mutex_lock(&list_lock);
	while (port->nb_users > 0)
		pthread_cond_wait(&list_changed, &list_lock);
	pthread_mutex_unlock(&list_lock);
}

/* A port that doesn't go away before port_put(). */
static struct vfctl_port *
port_get(uint16_t port_id)
{
	struct vfctl_port *port;

	pthread_mutex_lock(&list_lock);
	port = list_find(port_id);
	if (port != NULL)
		port->nb_users++;
	pthread_mutex_unlock(&list_lock);
	return port;
}

static void
port_put(struct vfctl_port *port)
{
	pthread_mutex_lock(&list_lock);
	port->nb_users--;
	pthread_cond_broadcast(&list_changed);
	pthread_mutex_unlock(&list_lock);
}

/* --- drivers --- */

int
vfctl_create(const struct vfctl_conf *conf, struct vfctl_port **out)
{
	char why[VFCTL_WHY_LEN] = "";
	struct vfctl_port *port;
	int rc;

	rc = vfctl_port_new(conf, &port);
	if (rc != 0)
		return rc;
	rc = vfctl_store_begin(port, conf, why, sizeof(why));
	if (rc != 0) {
		VFCTL_LOG(ERR, "%s: %s", port->name, why);
		goto free_port;
	}
	rc = vfctl_thread_start(port);
	if (rc != 0) {
		VFCTL_LOG(ERR, "%s: can't start the control thread (%d); no VF will be served",
			  port->name, rc);
		goto free_port;
	}
	rc = vfctl_port_list_add(port);
	if (rc == 0) {
		*out = port;
		return 0;
	}
	VFCTL_LOG(ERR, "%s: there is a port %u already", port->name, port->port_id);
	vfctl_thread_end(port);
	vfctl_thread_free(port);
free_port:
	free(port);
	return rc;
}

void
vfctl_destroy(struct vfctl_port *port)
{
	if (port == NULL)
		return;
	vfctl_port_list_remove(port);
	vfctl_thread_end(port);
	list_drain(port);
	vfctl_thread_free(port);
	free(port);
}

static int
start_step(void *arg)
{
	struct vfctl_port *port = arg;

	return port->changing ? -EBUSY : vfctl_serve_start(port);
}

int
vfctl_start(struct vfctl_port *port)
{
	return port == NULL ? 0 : vfctl_call(port, start_step, port);
}

static int
stop_step(void *arg)
{
	struct vfctl_port *port = arg;

	/* While the number of VFs changes, this is the last word. */
	port->resume = false;
	vfctl_serve_stop(port);
	return 0;
}

void
vfctl_stop(struct vfctl_port *port)
{
	if (port != NULL)
		vfctl_call(port, stop_step, port);
}

/* --- operators --- */

/* Arguments of an operator's call, on the caller's stack. */
struct op_call {
	struct vfctl_port *port;
	uint16_t vf_id;
	uint64_t fields;
	union {
		void *out;
		const void *in;
		unsigned int *nb;
	};
	struct vfctl_event *events;
	uint64_t after;
	vfctl_watch_fn watch;
	void *watch_arg;
	const char *path;
	char *why;
	size_t size;
	char why_room[VFCTL_WHY_LEN];
};

/* What no port is needed for to tell. */
static int
bad_argument(char *why, size_t size, const char *text)
{
	if (why != NULL && size != 0)
		snprintf(why, size, "%s", text);
	return -EINVAL;
}

/* Finds the port, runs the step on its thread, and logs what the operator did wrong. */
static int
op_run(uint16_t port_id, struct op_call *call, int (*step)(void *arg))
{
	struct vfctl_port *port = port_get(port_id);
	int rc;

	if (call->why == NULL || call->size == 0) {
		call->why = call->why_room;
		call->size = sizeof(call->why_room);
	}
	call->why[0] = '\0';
	if (port == NULL) {
		snprintf(call->why, call->size, "port %u has no VF control", port_id);
		return -ENODEV;
	}
	call->port = port;
	rc = vfctl_call(port, step, call);
	if (rc < 0 && call->why[0] == '\0')
		snprintf(call->why, call->size, "%s", strerror(-rc));
	else if (rc < 0)
		VFCTL_LOG(ERR, "%s: %s", port->name, call->why);
	port_put(port);
	return rc;
}

/* The same for a VF, whether it exists or not. */
static int
op_vf_run(uint16_t port_id, struct op_call *call, int (*step)(void *arg))
{
	struct vfctl_port *port = port_get(port_id);
	uint16_t max_vfs;

	if (port == NULL)
		return op_run(port_id, call, step);
	max_vfs = port->caps.max_vfs;
	port_put(port);
	if (call->vf_id < max_vfs)
		return op_run(port_id, call, step);
	if (call->why != NULL && call->size != 0)
		snprintf(call->why, call->size, "port %u has no VF %u; VFs are 0 to %d", port_id,
			 call->vf_id, max_vfs - 1);
	return -EINVAL;
}

static int
vf_get_step(void *arg)
{
	const struct op_call *call = arg;

	*(struct vfctl_settings *)call->out = call->port->vf[call->vf_id].settings;
	return 0;
}

int
vfctl_vf_get(uint16_t port_id, uint16_t vf_id, struct vfctl_settings *settings)
{
	struct op_call call = { .vf_id = vf_id, .out = settings };

	return settings == NULL ? -EINVAL : op_vf_run(port_id, &call, vf_get_step);
}

static int
vf_set_step(void *arg)
{
	struct op_call *call = arg;
	struct vfctl_wanted wanted;
	int rc;

	vfctl_wanted_get(call->port, &wanted);
	vfctl_fields_copy(&wanted.vf[call->vf_id], call->in, call->fields);
	rc = vfctl_wanted_commit(call->port, &wanted, call->why, call->size);
	if (rc == 0)
		vfctl_store_save(call->port);
	return rc;
}

int
vfctl_vf_set(uint16_t port_id, uint16_t vf_id, uint64_t fields,
	     const struct vfctl_settings *settings, char *why, size_t size)
{
	struct op_call call = {
		.vf_id = vf_id, .fields = fields, .in = settings, .why = why, .size = size
	};

	if (settings == NULL)
		return bad_argument(why, size, "no settings were given");
	if (fields & ~VFCTL_FIELDS_ALL)
		return bad_argument(why, size, "a VF has no such field");
	return op_vf_run(port_id, &call, vf_set_step);
}

static int
port_get_step(void *arg)
{
	const struct op_call *call = arg;

	*(struct vfctl_port_settings *)call->out = call->port->settings;
	return 0;
}

int
vfctl_port_get(uint16_t port_id, struct vfctl_port_settings *settings)
{
	struct op_call call = { .out = settings };

	return settings == NULL ? -EINVAL : op_run(port_id, &call, port_get_step);
}

static int
port_set_step(void *arg)
{
	struct op_call *call = arg;
	struct vfctl_wanted wanted;
	int rc;

	vfctl_wanted_get(call->port, &wanted);
	vfctl_port_fields_copy(&wanted.port, call->in, call->fields);
	rc = vfctl_wanted_commit(call->port, &wanted, call->why, call->size);
	if (rc == 0)
		vfctl_store_save(call->port);
	return rc;
}

int
vfctl_port_set(uint16_t port_id, uint64_t fields, const struct vfctl_port_settings *settings,
	       char *why, size_t size)
{
	struct op_call call = { .fields = fields, .in = settings, .why = why, .size = size };

	if (settings == NULL)
		return bad_argument(why, size, "no settings were given");
	if (fields & ~VFCTL_PORT_FIELDS_ALL)
		return bad_argument(why, size, "a port has no such field");
	return op_run(port_id, &call, port_set_step);
}

static int
port_info_step(void *arg)
{
	const struct op_call *call = arg;
	const struct vfctl_port *port = call->port;
	struct vfctl_port_info *info = call->out;

	*info = (struct vfctl_port_info){
		.nb_vfs = port->caps.nb_vfs,
		.max_vfs = port->caps.max_vfs,
		.serving = port->serving,
		.last_event = port->nb_events,
	};
	snprintf(info->name, sizeof(info->name), "%s", port->name);
	return 0;
}

int
vfctl_port_info(uint16_t port_id, struct vfctl_port_info *info)
{
	struct op_call call = { .out = info };

	return info == NULL ? -EINVAL : op_run(port_id, &call, port_info_step);
}

static int
stats_get_step(void *arg)
{
	const struct op_call *call = arg;

	if (call->port->serving)
		vfctl_serve_stats(call->port, call->vf_id);
	*(struct vfctl_vf_stats *)call->out = call->port->vf[call->vf_id].stats;
	return 0;
}

int
vfctl_vf_stats_get(uint16_t port_id, uint16_t vf_id, struct vfctl_vf_stats *stats)
{
	struct op_call call = { .vf_id = vf_id, .out = stats };

	return stats == NULL ? -EINVAL : op_vf_run(port_id, &call, stats_get_step);
}

static int
stats_reset_step(void *arg)
{
	const struct op_call *call = arg;

	if (call->port->serving)
		vfctl_serve_stats(call->port, call->vf_id);
	call->port->vf[call->vf_id].stats = (struct vfctl_vf_stats){ 0 };
	return 0;
}

int
vfctl_vf_stats_reset(uint16_t port_id, uint16_t vf_id)
{
	struct op_call call = { .vf_id = vf_id };

	return op_vf_run(port_id, &call, stats_reset_step);
}

static int
vf_info_step(void *arg)
{
	const struct op_call *call = arg;
	const struct vfctl_port *port = call->port;
	const struct vfctl_vf *vf = &port->vf[call->vf_id];
	const struct vfctl_held *held = &vf->held;
	struct vfctl_vf_info *info = call->out;

	*info = (struct vfctl_vf_info){
		.exists = call->vf_id < port->caps.nb_vfs,
		.clear_to_send = held->clear_to_send,
		.quarantined = vf->budget.quarantined,
		.mac = held->mac,
		.nb_hashes = held->nb_hashes,
		.promisc = held->promisc & VFCTL_PROMISC_UNICAST,
		.allmulti = held->promisc & VFCTL_PROMISC_MULTICAST,
		.max_frame = held->max_frame,
		.violations = vfctl_budget_violations(&vf->budget, port->now_ns()),
	};
	memcpy(info->vlan, held->vlan, sizeof(info->vlan));
	for (uint16_t i = 0; i < held->nb_filter && info->macs.nb < VFCTL_MAC_LIST_MAX; i++)
		if (!rte_is_same_ether_addr(&held->filter[i], &held->mac))
			info->macs.mac[info->macs.nb++] = held->filter[i];
	return 0;
}

int
vfctl_vf_info(uint16_t port_id, uint16_t vf_id, struct vfctl_vf_info *info)
{
	struct op_call call = { .vf_id = vf_id, .out = info };

	return info == NULL ? -EINVAL : op_vf_run(port_id, &call, vf_info_step);
}

static int
release_step(void *arg)
{
	const struct op_call *call = arg;
	struct vfctl_vf *vf = &call->port->vf[call->vf_id];
	bool was = vf->budget.quarantined;

	vfctl_budget_release(&vf->budget);
	if (was)
		vfctl_event_add(call->port, VFCTL_EVENT_RELEASE, call->vf_id, VFCTL_GRANTED,
				"by the operator");
	return 0;
}

int
vfctl_vf_release(uint16_t port_id, uint16_t vf_id)
{
	struct op_call call = { .vf_id = vf_id };

	return op_vf_run(port_id, &call, release_step);
}

/* --- events --- */

static int
events_get_step(void *arg)
{
	struct op_call *call = arg;
	const struct vfctl_port *port = call->port;
	uint64_t oldest = port->nb_events > VFCTL_EVENTS ? port->nb_events - VFCTL_EVENTS + 1 : 1;
	uint64_t number = RTE_MAX(call->after + 1, oldest);
	unsigned int nb = 0;

	for (; number <= port->nb_events && nb < *call->nb; number++)
		call->events[nb++] = port->event[number % VFCTL_EVENTS];
	*call->nb = nb;
	return 0;
}

int
vfctl_events_get(uint16_t port_id, uint64_t after, struct vfctl_event *events, unsigned int *nb)
{
	struct op_call call = { .after = after, .events = events, .nb = nb };

	if (events == NULL || nb == NULL || after == UINT64_MAX)
		return -EINVAL;
	return op_run(port_id, &call, events_get_step);
}

static struct vfctl_watcher *
watcher_find(struct vfctl_port *port, vfctl_watch_fn fn, void *arg)
{
	for (unsigned int i = 0; i < VFCTL_WATCHERS; i++)
		if (port->watcher[i].fn == fn && (fn == NULL || port->watcher[i].arg == arg))
			return &port->watcher[i];
	return NULL;
}

static int
watch_step(void *arg)
{
	struct op_call *call = arg;
	struct vfctl_watcher *free_one = watcher_find(call->port, NULL, NULL);

	if (watcher_find(call->port, call->watch, call->watch_arg) != NULL)
		return -EEXIST;
	if (free_one == NULL)
		return -ENOSPC;
	*free_one = (struct vfctl_watcher){ call->watch, call->watch_arg };
	return 0;
}

int
vfctl_watch(uint16_t port_id, vfctl_watch_fn fn, void *arg)
{
	struct op_call call = { .watch = fn, .watch_arg = arg };

	return fn == NULL ? -EINVAL : op_run(port_id, &call, watch_step);
}

static int
unwatch_step(void *arg)
{
	struct op_call *call = arg;
	struct vfctl_watcher *watcher = watcher_find(call->port, call->watch, call->watch_arg);

	if (watcher == NULL)
		return -ENOENT;
	*watcher = (struct vfctl_watcher){ 0 };
	return 0;
}

int
vfctl_unwatch(uint16_t port_id, vfctl_watch_fn fn, void *arg)
{
	struct op_call call = { .watch = fn, .watch_arg = arg };

	return fn == NULL ? -EINVAL : op_run(port_id, &call, unwatch_step);
}

/* --- the number of VFs --- */

/* Nothing of the VFs that go may be left, and none may be served in between. */
static int
num_vfs_begin_step(void *arg)
{
	struct op_call *call = arg;
	struct vfctl_port *port = call->port;

	if (call->vf_id > port->caps.max_vfs) {
		snprintf(call->why, call->size, "%u VFs: this port can have %u", call->vf_id,
			 port->caps.max_vfs);
		return -EINVAL;
	}
	if (port->ops->num_vfs_set == NULL) {
		snprintf(call->why, call->size,
			 "this port can't change the number of VFs while it runs");
		return -ENOTSUP;
	}
	if (port->changing) {
		snprintf(call->why, call->size, "the number of VFs is being changed already");
		return -EBUSY;
	}
	port->changing = true;
	port->resume = port->serving;
	if (!port->serving)
		return 0;
	vfctl_serve_stop(port);
	for (uint16_t i = 0; i < port->caps.nb_vfs; i++) {
		port->ops->vf_defaults(port->priv, i);
		if (port->ops->vf_rate_set != NULL)
			port->ops->vf_rate_set(port->priv, i, 0);
	}
	return 0;
}

static int
num_vfs_end_step(void *arg)
{
	const struct op_call *call = arg;
	struct vfctl_port *port = call->port;
	uint16_t nb_vfs = port->ops->num_vfs_get(port->priv);
	int rc = 0;

	port->changing = false;
	for (uint16_t i = 0; i < port->caps.max_vfs; i++)
		vfctl_budget_release(&port->vf[i].budget);
	vfctl_port_num_vfs(port, RTE_MIN(nb_vfs, port->caps.max_vfs));
	vfctl_event_add(port, VFCTL_EVENT_NUM_VFS, VFCTL_PF, VFCTL_GRANTED, "%u VFs",
			port->caps.nb_vfs);
	vfctl_store_save(port);
	if (port->resume)
		rc = vfctl_serve_start(port);
	port->resume = false;
	return rc;
}

/* What can be known before shouldn't cost VFs their connection. */
static int
num_vfs_check(struct vfctl_port *port, uint16_t nb_vfs, char *why, size_t size)
{
	int rc = 0;

	if (vfctl_thread_is_own(port)) {
		snprintf(why, size, "the number of VFs can't be changed from a callback");
		return -EDEADLK;
	}
	if (port->ops->num_vfs_check != NULL)
		rc = port->ops->num_vfs_check(port->priv, nb_vfs, why, size);
	if (rc != 0)
		VFCTL_LOG(ERR, "%s: %u VFs: %s", port->name, nb_vfs, why);
	return rc;
}

int
vfctl_num_vfs_set(uint16_t port_id, uint16_t nb_vfs, char *why, size_t size)
{
	struct vfctl_port *port = port_get(port_id);
	struct op_call call = { .port = port, .vf_id = nb_vfs, .why = why, .size = size };
	int rc, end = 0;

	if (port == NULL)
		return op_run(port_id, &call, num_vfs_begin_step);
	if (call.why == NULL || call.size == 0) {
		call.why = call.why_room;
		call.size = sizeof(call.why_room);
	}
	rc = num_vfs_check(port, nb_vfs, call.why, call.size);
	if (rc == 0)
		rc = op_run(port_id, &call, num_vfs_begin_step);
	if (rc == 0) {
		rc = port->ops->num_vfs_set(port->priv, nb_vfs, call.why, call.size);
		/* Without this step nothing could start any more: a busy thread is waited for. */
		for (unsigned int i = 0; i < END_TRIES; i++) {
			end = vfctl_call(port, num_vfs_end_step, &call);
			if (end != -ETIMEDOUT)
				break;
		}
		if (rc >= 0 && end < 0) {
			snprintf(call.why, call.size, "there are %u VFs, but none is served: %s",
				 nb_vfs, strerror(-end));
			rc = end;
		}
		if (rc < 0)
			VFCTL_LOG(ERR, "%s: %u VFs: %s", port->name, nb_vfs, call.why);
	}
	port_put(port);
	return rc;
}

/* --- files --- */

static int
apply_file_step(void *arg)
{
	struct op_call *call = arg;

	return vfctl_store_apply(call->port, call->path, true, call->out, call->why, call->size);
}

static int
check_file_step(void *arg)
{
	struct op_call *call = arg;

	return vfctl_store_apply(call->port, call->path, false, call->out, call->why, call->size);
}

int
vfctl_apply_file(uint16_t port_id, const char *path, char *why, size_t size)
{
	int num_vfs = -1;
	struct op_call call = { .path = path, .out = &num_vfs, .why = why, .size = size };
	struct vfctl_port *port;
	int rc;

	if (path == NULL)
		return bad_argument(why, size, "no file was named");
	rc = op_run(port_id, &call, check_file_step);
	/* All of the file or nothing: the number of VFs is the part that others may be against. */
	if (rc == 0 && num_vfs >= 0) {
		port = port_get(port_id);
		if (port == NULL)
			return -ENODEV;
		rc = num_vfs_check(port, (uint16_t)num_vfs, call.why, call.size);
		port_put(port);
	}
	if (rc == 0)
		rc = op_run(port_id, &call, apply_file_step);
	return rc == 0 && num_vfs >= 0 ? vfctl_num_vfs_set(port_id, (uint16_t)num_vfs, why, size)
				       : rc;
}

static int
save_file_step(void *arg)
{
	struct op_call *call = arg;

	return vfctl_store_write(call->port, call->path, call->why, call->size);
}

int
vfctl_save_file(uint16_t port_id, const char *path, char *why, size_t size)
{
	struct op_call call = { .path = path, .why = why, .size = size };

	return path == NULL ? bad_argument(why, size, "no file was named")
			    : op_run(port_id, &call, save_file_step);
}
