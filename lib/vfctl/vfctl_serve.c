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

#define LOOK_NS (VFCTL_NS_PER_S / 2)
/* Longer than VFs' drivers wait for an answer: none is disturbed in that. */
#define REMIND_NS (2 * VFCTL_NS_PER_S)
/* Octets at 1 Gb/s wrap a 32-bit counter in half a minute. */
#define LOOKS_PER_STATS 10

/* Of those that wait, the VFs that have something left of their budget. */
static uint64_t
affordable(const struct vfctl_port *port, uint64_t set)
{
	const uint64_t now_ns = port->now_ns();
	uint64_t can = 0;

	while (set != 0) {
		uint16_t vf_id = next_vf(&set);
		const struct vfctl_vf *vf = &port->vf[vf_id];

		if (vfctl_budget_next_ns(&vf->budget, &vf->settings) <= now_ns)
			can |= RTE_BIT64(vf_id);
	}
	return can;
}

static void
violation(struct vfctl_port *port, uint16_t vf_id)
{
	struct vfctl_vf *vf = &port->vf[vf_id];

	if (!vfctl_budget_violation(&vf->budget, &vf->settings, port->now_ns()))
		return;
	vf->stats.quarantines++;
	VFCTL_LOG(WARNING,
		  "%s: VF %u: in quarantine after %u violations; release it to hear it again",
		  port->name, vf_id, vf->settings.quarantine_after);
	vfctl_event_add(port, VFCTL_EVENT_QUARANTINE, vf_id, VFCTL_GRANTED, "after %u violations",
			vf->settings.quarantine_after);
}

static uint64_t
quarantined(const struct vfctl_port *port)
{
	uint64_t set = 0;

	for (uint16_t i = 0; i < port->caps.nb_vfs; i++)
		if (port->vf[i].budget.quarantined)
			set |= RTE_BIT64(i);
	return set;
}

static void
take_reset(struct vfctl_port *port, uint16_t vf_id)
{
	struct vfctl_vf *vf = &port->vf[vf_id];
	int rc;

	port->resetting &= ~RTE_BIT64(vf_id);
	vf->stats.resets++;
	vf->busy_tries = 0;
	rc = vfctl_apply_fresh(port, vf_id);
	/* Not fatal: the VF has no queues, and its reset request tries again. */
	if (rc != 0)
		VFCTL_LOG(DEBUG, "%s: VF %u: reset left something behind (%d)", port->name, vf_id,
			  rc);
	vfctl_event_add(port, VFCTL_EVENT_RESET, vf_id, VFCTL_GRANTED, "function reset");
}

/*
 * The chip itself takes the queues of a VF that is reset. It is stopped here once more: an
 * operator's change just before may have opened them again, and none shall until the reset is taken.
 */
static void
see_resets(struct vfctl_port *port)
{
	uint64_t seen = port->ops->resets_take(port->priv) & port->all & ~port->resetting;

	port->resetting |= seen;
	while (seen != 0)
		vfctl_apply_stop(port, next_vf(&seen));
}

/*
 * Many resets since the last turn are one, and a storm of them is paid for out
 * of the VF's budget: until then it has no queues.
 */
static void
take_resets(struct vfctl_port *port)
{
	uint64_t set;

	see_resets(port);
	set = affordable(port, port->resetting);
	while (set != 0 && port->serving) {
		uint16_t vf_id = next_vf(&set);
		struct vfctl_vf *vf = &port->vf[vf_id];

		vfctl_budget_take(&vf->budget, &vf->settings, port->now_ns());
		take_reset(port, vf_id);
	}
}

static void
collect_facts(const struct vfctl_port *port, uint16_t vf_id, const struct vfctl_request *req,
	      struct vfctl_facts *facts)
{
	const struct vfctl_settings *settings = &port->vf[vf_id].settings;
	const struct vfctl_held *held = &port->vf[vf_id].held;

	*facts = (struct vfctl_facts){
		.clear_to_send = held->clear_to_send,
		.nb_extras = vfctl_held_extras(held, settings),
		.nb_vlans = vfctl_held_vlans(held, settings),
		.room_macs = port->caps.extra_macs - settings->macs.nb,
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
	if (verdict == VFCTL_GRANTED && port->ops->vf_ask_app != NULL) {
		verdict = port->ops->vf_ask_app(port->priv, vf_id, req);
		if (verdict != VFCTL_GRANTED)
			return verdict;
		/* It may have changed the settings meanwhile, or stopped the port. */
		if (!port->serving)
			return VFCTL_VETOED;
		collect_facts(port, vf_id, req, &facts);
		verdict = vfctl_policy(&port->vf[vf_id].settings, &facts, req);
	}
	if (verdict == VFCTL_GRANTED && vfctl_apply_request(port, vf_id, req) != 0)
		verdict = VFCTL_DRIVER_FAILED;
	return verdict;
}

static void
account(struct vfctl_port *port, uint16_t vf_id, const struct vfctl_request *req,
	enum vfctl_verdict verdict)
{
	struct vfctl_vf_stats *stats = &port->vf[vf_id].stats;
	char text[48];

	stats->verdict[verdict]++;
	if (req->type == VFCTL_REQ_RESET)
		stats->resets++;
	if (verdict == VFCTL_GRANTED)
		stats->granted++;
	else
		vfctl_refusal_log(port, vf_id, req, verdict);
	vfctl_request_format(req, text, sizeof(text));
	vfctl_event_add(port, VFCTL_EVENT_REQUEST, vf_id, verdict, "%s: %s", text,
			vfctl_verdict_name(verdict));
	if (vfctl_policy_violation(verdict))
		violation(port, vf_id);
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
		/* Its doorbell may ring on all the same: no ring is for nothing. */
		if (vf->busy_tries == VFCTL_BUSY_TRIES)
			vfctl_budget_take(&vf->budget, &vf->settings, port->now_ns());
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
	vfctl_budget_take(&vf->budget, &vf->settings, port->now_ns());
	/*
	 * A VF resets its function, then asks for a reset. If that happened
	 * after this turn's look, it must be taken now: taken a turn later, it
	 * would undo the reset that is about to be granted.
	 */
	if (req.type == VFCTL_REQ_RESET) {
		see_resets(port);
		if (port->resetting & RTE_BIT64(vf_id))
			take_reset(port, vf_id);
	}
	verdict = decide(port, vf_id, &req);
	account(port, vf_id, &req, verdict);
	if (port->ops->request_answer(port->priv, vf_id, &req, verdict, &vf->held.mac,
				      vf->held.clear_to_send) != 0)
		vf->stats.answer_failed++;
	/*
	 * Whoever no longer waited for the answer may wait for ever for leave to
	 * send, which is not in a reset's: Linux's igbvf gives up after a second.
	 */
	vf->remind_ns = req.type == VFCTL_REQ_RESET ? port->now_ns() + REMIND_NS : 0;
	/* A reset's answer doesn't say what link the operator has set. */
	if (req.type == VFCTL_REQ_RESET && vf->held.clear_to_send &&
	    vf->settings.state != VFCTL_LINK_AUTO)
		port->untold |= RTE_BIT64(vf_id);
	return true;
}

/* One that sends on while it has nothing left is told so by silence. */
static void
put_off(struct vfctl_port *port, uint64_t set)
{
	while (set != 0) {
		uint16_t vf_id = next_vf(&set);
		struct vfctl_vf *vf = &port->vf[vf_id];

		/* Once for each time that its interrupts are taken away. */
		if (!(port->listening & RTE_BIT64(vf_id)))
			continue;
		vf->stats.over_budget++;
		violation(port, vf_id);
	}
}

/* One message of each VF at most, of those that can pay. */
static bool
serve_requests(struct vfctl_port *port)
{
	uint64_t set, can;
	bool any = false;

	port->waiting |= port->ops->requests_take(port->priv) & port->all;
	/* A reset that is still to be taken comes first. */
	set = port->waiting & ~port->resetting & ~quarantined(port);
	can = affordable(port, set);
	put_off(port, (set & ~can) | port->resetting);
	port->waiting &= ~can;
	while (can != 0 && port->serving)
		any |= serve_vf(port, next_vf(&can));
	return any;
}

static void
listen_to(struct vfctl_port *port, uint64_t vfs)
{
	port->listening = vfs;
	if (port->ops->vf_listen != NULL)
		port->ops->vf_listen(port->priv, vfs);
}

/*
 * Who has used up its budget, or is in quarantine, raises no interrupts: what it
 * sends is seen by the time that it can be served.
 */
static void
listen_to_those_who_can_pay(struct vfctl_port *port)
{
	uint64_t muted = (port->waiting | port->resetting) &
			 ~affordable(port, port->waiting | port->resetting);
	uint64_t listening = port->all & ~muted & ~quarantined(port);

	if (listening != port->listening)
		listen_to(port, listening);
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

		if (port->ops->vf_notify(port->priv, vf_id, vf->held.clear_to_send,
					 vf->settings.state) == -EAGAIN) {
			busy(vf);
			port->untold |= RTE_BIT64(vf_id);
		} else {
			vf->busy_tries = 0;
		}
	}
}

void
vfctl_serve_stats(struct vfctl_port *port, uint16_t vf_id)
{
	struct vfctl_hw_stats *sum = &port->vf[vf_id].stats.hw;
	struct vfctl_hw_stats more = { 0 };

	if (port->ops->vf_stats_take == NULL || !(port->all & RTE_BIT64(vf_id)))
		return;
	port->ops->vf_stats_take(port->priv, vf_id, &more);
	sum->rx_packets += more.rx_packets;
	sum->rx_bytes += more.rx_bytes;
	sum->rx_multicast += more.rx_multicast;
	sum->tx_packets += more.tx_packets;
	sum->tx_bytes += more.tx_bytes;
}

static void
remind(struct vfctl_port *port, uint64_t now_ns)
{
	for (uint16_t i = 0; i < port->caps.nb_vfs; i++) {
		struct vfctl_vf *vf = &port->vf[i];

		/* One that was reset or stopped since has been told so. */
		if (!vf->held.clear_to_send || vf->remind_ns == 0 || vf->remind_ns > now_ns)
			continue;
		vf->remind_ns = 0;
		port->untold |= RTE_BIT64(i);
	}
}

void
vfctl_serve_look(struct vfctl_port *port)
{
	const uint64_t now_ns = port->now_ns();
	uint64_t set;

	if (now_ns < port->next_look_ns)
		return;
	port->next_look_ns = now_ns + LOOK_NS;
	remind(port, now_ns);
	if (port->ops->spoofs_take != NULL) {
		set = port->ops->spoofs_take(port->priv) & port->all;
		while (set != 0) {
			uint16_t vf_id = next_vf(&set);

			port->vf[vf_id].stats.hw.spoofed++;
			vfctl_event_add(port, VFCTL_EVENT_SPOOF, vf_id, VFCTL_GRANTED,
					"frames with a foreign address or VLAN were dropped");
		}
	}
	if (port->nb_looks++ % LOOKS_PER_STATS == 0)
		for (uint16_t i = 0; i < port->caps.nb_vfs; i++)
			vfctl_serve_stats(port, i);
}

static uint64_t
due_ns(const struct vfctl_port *port, uint16_t vf_id)
{
	const struct vfctl_vf *vf = &port->vf[vf_id];
	uint64_t due = vfctl_budget_next_ns(&vf->budget, &vf->settings);

	/* It could be served if only it let go of its mailbox: a few quick tries. */
	if (vf->busy_tries > 0 && vf->busy_tries < VFCTL_BUSY_TRIES)
		due = RTE_MAX(due, port->now_ns() + VFCTL_BUSY_MS * VFCTL_NS_PER_MS);
	else if (vf->busy_tries > 0)
		due = UINT64_MAX;
	return due;
}

/* After how many ms somebody who waits can be served; the tick at the latest. */
static unsigned int
next_turn_ms(const struct vfctl_port *port)
{
	uint64_t set = (port->waiting | port->untold | port->resetting) & ~quarantined(port);
	const uint64_t now_ns = port->now_ns();
	uint64_t next_ns = now_ns + port->thread.tick_ms * VFCTL_NS_PER_MS;

	while (set != 0)
		next_ns = RTE_MIN(next_ns, due_ns(port, next_vf(&set)));
	if (next_ns <= now_ns)
		return VFCTL_BUSY_MS;
	return (unsigned int)((next_ns - now_ns + VFCTL_NS_PER_MS - 1) / VFCTL_NS_PER_MS);
}

unsigned int
vfctl_serve_round(struct vfctl_port *port)
{
	bool any;

	take_resets(port);
	any = port->serving && serve_requests(port);
	/* A watcher or the application may have stopped the port. */
	if (!port->serving)
		return port->thread.tick_ms;
	tell(port);
	listen_to_those_who_can_pay(port);
	vfctl_serve_look(port);
	return any ? 0 : next_turn_ms(port);
}

void
vfctl_serve_link(struct vfctl_port *port)
{
	uint16_t i;

	port->ops->link_changed(port->priv);
	/* asked after the call: the application may have stopped the port in it */
	if (!port->serving)
		return;
	for (i = 0; i < port->caps.nb_vfs; i++) {
		vfctl_apply_link(port, i);
		if (port->vf[i].held.clear_to_send)
			port->untold |= RTE_BIT64(i);
	}
	vfctl_event_add(port, VFCTL_EVENT_LINK, VFCTL_PF, VFCTL_GRANTED, "may have changed");
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
		vfctl_serve_stats(port, i);
		vfctl_held_clear(&port->vf[i].held, &port->vf[i].settings);
		port->vf[i].max_tx_rate = 0;
	}
	port->waiting = 0;
	port->resetting = 0;
	port->untold = 0;
	port->listening = 0;
}

int
vfctl_serve_start(struct vfctl_port *port)
{
	uint16_t i;
	int rc;

	if (port->serving)
		return -EALREADY;
	rc = port->ops->port_settings_set != NULL
		     ? port->ops->port_settings_set(port->priv, &port->settings)
		     : 0;
	if (rc != 0) {
		VFCTL_LOG(ERR, "%s: can't be set up (%d); no VF is served", port->name, rc);
		return rc;
	}
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
	port->next_look_ns = 0;
	/* Said in any case: the driver began anew. */
	listen_to(port, port->all & ~quarantined(port));
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
		port->ops->vf_notify(port->priv, i, false, port->vf[i].settings.state);
}
