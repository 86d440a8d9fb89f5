/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) the igbiov authors
 */

/* Who is served, in which order: resets first, then VFs in turn. */

#include <errno.h>

#include "vfctl_internal.h"

/* Takes the lowest VF out of a set. */
static uint16_t
next_vf(uint64_t *set)
{
	uint16_t vf_id = (uint16_t)__builtin_ctzll(*set);

	*set &= *set - 1;
	return vf_id;
}

/* Many resets since the last turn are one: a storm of them costs no more. */
static void
take_resets(struct vfctl_port *port)
{
	uint64_t set = port->ops->resets_take(port->priv) & port->all;

	while (set != 0) {
		uint16_t vf_id = next_vf(&set);
		int rc;

		port->vf[vf_id].stats.resets++;
		port->vf[vf_id].busy_tries = 0;
		rc = vfctl_apply_fresh(port, vf_id);
		/* Not fatal: the VF has no queues, and its reset request tries again. */
		if (rc != 0)
			VFCTL_LOG(DEBUG, "%s: VF %u: reset left something behind (%d)", port->name,
				  vf_id, rc);
	}
}

static void
collect_facts(const struct vfctl_port *port, uint16_t vf_id, const struct vfctl_request *req,
	      struct vfctl_facts *facts)
{
	const struct vfctl_held *held = &port->vf[vf_id].held;

	*facts = (struct vfctl_facts){
		.clear_to_send = held->clear_to_send,
		.nb_extras = vfctl_held_extras(held),
		.nb_vlans = held->nb_vlans,
	};
	if (req->type == VFCTL_REQ_MAC_SET || req->type == VFCTL_REQ_MAC_ADD) {
		facts->mac_own = rte_is_same_ether_addr(&held->mac, &req->mac);
		facts->mac_held = vfctl_held_mac(held, &req->mac);
		facts->mac_taken = vfctl_mac_taken(port, vf_id, &req->mac);
	} else if (req->type == VFCTL_REQ_VLAN) {
		facts->vlan_held = vfctl_held_vlan(held, req->vlan.vid);
	}
}

static enum vfctl_verdict
decide(struct vfctl_port *port, uint16_t vf_id, const struct vfctl_request *req)
{
	struct vfctl_facts facts;
	enum vfctl_verdict verdict;

	collect_facts(port, vf_id, req, &facts);
	verdict = vfctl_policy(&port->vf[vf_id].settings, &facts, req);
	if (verdict == VFCTL_GRANTED && vfctl_apply_request(port, vf_id, req) != 0)
		verdict = VFCTL_DRIVER_FAILED;
	return verdict;
}

static void
account(struct vfctl_port *port, uint16_t vf_id, const struct vfctl_request *req,
	enum vfctl_verdict verdict)
{
	struct vfctl_vf_stats *stats = &port->vf[vf_id].stats;

	stats->verdict[verdict]++;
	if (req->type == VFCTL_REQ_RESET)
		stats->resets++;
	if (verdict == VFCTL_GRANTED)
		stats->granted++;
	else
		vfctl_refusal_log(port, vf_id, req, verdict);
}

/* Tries quickly a few times only: a VF that never lets go costs next to nothing. */
static void
busy(struct vfctl_vf *vf)
{
	vf->stats.mailbox_busy++;
	if (vf->busy_tries < VFCTL_BUSY_TRIES)
		vf->busy_tries++;
}

/* One message of one VF. Returns whether there was one. */
static bool
serve_vf(struct vfctl_port *port, uint16_t vf_id)
{
	struct vfctl_vf *vf = &port->vf[vf_id];
	struct vfctl_request req = { .type = VFCTL_REQ_NONSENSE };
	enum vfctl_verdict verdict;
	int rc;

	rc = port->ops->request_get(port->priv, vf_id, &req);
	if (rc == -EAGAIN) {
		busy(vf);
		port->waiting |= RTE_BIT64(vf_id);
		return false;
	}
	if (rc != 0) {
		/* no message to judge: the device is gone, or the driver is broken */
		vf->stats.verdict[VFCTL_DRIVER_FAILED]++;
		return false;
	}
	vf->busy_tries = 0;
	/*
	 * A VF resets its function, then asks for a reset. If that happened
	 * after this turn's look, it must be taken now: taken a turn later, it
	 * would undo the reset that is about to be granted.
	 */
	if (req.type == VFCTL_REQ_RESET)
		take_resets(port);
	verdict = decide(port, vf_id, &req);
	account(port, vf_id, &req, verdict);
	if (port->ops->request_answer(port->priv, vf_id, &req, verdict, &vf->held.mac,
				      vf->held.clear_to_send) != 0)
		vf->stats.answer_failed++;
	return true;
}

static bool
serve_requests(struct vfctl_port *port)
{
	uint64_t set;
	bool any = false;

	set = port->waiting | (port->ops->requests_take(port->priv) & port->all);
	port->waiting = 0;
	while (set != 0)
		any |= serve_vf(port, next_vf(&set));
	return any;
}

/*
 * A notice lies where the VF's message lay, so it comes after the requests,
 * and not to a VF whose message could not be read yet.
 */
static void
tell(struct vfctl_port *port)
{
	uint64_t set = port->untold & ~port->waiting;

	port->untold &= port->waiting;
	while (set != 0) {
		uint16_t vf_id = next_vf(&set);
		struct vfctl_vf *vf = &port->vf[vf_id];

		if (port->ops->vf_notify(port->priv, vf_id, vf->held.clear_to_send) == -EAGAIN) {
			busy(vf);
			port->untold |= RTE_BIT64(vf_id);
		} else {
			vf->busy_tries = 0;
		}
	}
}

static bool
worth_a_quick_try(const struct vfctl_port *port)
{
	uint64_t set = port->waiting | port->untold;

	while (set != 0)
		if (port->vf[next_vf(&set)].busy_tries < VFCTL_BUSY_TRIES)
			return true;
	return false;
}

unsigned int
vfctl_serve_round(struct vfctl_port *port)
{
	bool any;

	take_resets(port);
	any = serve_requests(port);
	tell(port);
	if (any)
		return 0;
	return worth_a_quick_try(port) ? VFCTL_BUSY_MS : port->thread.tick_ms;
}

void
vfctl_serve_link(struct vfctl_port *port)
{
	uint16_t i;

	port->ops->link_changed(port->priv);
	/* asked after the call: the application may have stopped the port in it */
	if (!port->serving)
		return;
	for (i = 0; i < port->caps.nb_vfs; i++)
		if (port->vf[i].held.clear_to_send)
			port->untold |= RTE_BIT64(i);
}

/*
 * The driver begins its next start with empty filters, so nothing is taken out
 * here: the record only says so.
 */
static void
quiesce(struct vfctl_port *port)
{
	uint16_t i;

	port->serving = false;
	for (i = 0; i < port->caps.nb_vfs; i++) {
		vfctl_apply_fence(port, i);
		vfctl_held_clear(&port->vf[i].held, &port->vf[i].settings);
	}
	port->waiting = 0;
	port->untold = 0;
}

int
vfctl_serve_start(struct vfctl_port *port)
{
	uint16_t i;
	int rc;

	if (port->serving)
		return -EALREADY;
	for (i = 0; i < port->caps.nb_vfs; i++) {
		port->vf[i].busy_tries = 0;
		rc = vfctl_apply_fresh(port, i);
		if (rc != 0) {
			VFCTL_LOG(ERR, "%s: VF %u: can't be set up (%d); no VF is served",
				  port->name, i, rc);
			quiesce(port);
			return rc;
		}
	}
	port->untold = port->all;
	port->serving = true;
	return 0;
}

void
vfctl_serve_stop(struct vfctl_port *port)
{
	uint16_t i;

	if (!port->serving)
		return;
	quiesce(port);
	/* Once: whoever holds its mailbox now learns it from the next start. */
	for (i = 0; i < port->caps.nb_vfs; i++)
		port->ops->vf_notify(port->priv, i, false);
}
