/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) the igbiov authors
 */

#ifndef VFCTL_INTERNAL_H
#define VFCTL_INTERNAL_H

/**
 * @file
 * What the rooms of lib/vfctl share. Nothing here is installed.
 *
 *   vfctl_thread.c  when: the control thread, its calls and its wake-ups
 *   vfctl_serve.c   who: resets first, then VFs in turn
 *   vfctl_policy.c  whether: pure
 *   vfctl_apply.c   how: a granted request becomes driver operations
 *   vfctl_state.c   what: the record of all that VFs hold
 *   vfctl_log.c     names, and refusals at a bounded rate
 *   vfctl.c         the operator's API
 *
 * Unless said otherwise all of it runs on the control thread.
 */

#include <pthread.h>
#include <sys/queue.h>

#include <rte_common.h>
#include <rte_log.h>
#include <rte_thread.h>

#include "vfctl.h"

extern int vfctl_logtype;
#define RTE_LOGTYPE_VFCTL     vfctl_logtype
#define VFCTL_LOG(level, ...) RTE_LOG_LINE(level, VFCTL, __VA_ARGS__)

#define VFCTL_VLAN_NB	 4096
#define VFCTL_VLAN_WORDS (VFCTL_VLAN_NB / 64)

#define VFCTL_PROMISC_ALL (VFCTL_PROMISC_UNICAST | VFCTL_PROMISC_MULTICAST)

/* The shortest Ethernet frame; a lower limit would cut a VF off. */
#define VFCTL_MIN_FRAME RTE_ETHER_MIN_LEN

/*
 * Own address and extras, and room for a new own address beside the old one
 * and for an entry that the driver could not take back.
 */
#define VFCTL_FILTER_MAX (1 + VFCTL_EXTRA_MAC_MAX + 2)

/*
 * What a VF holds in the hardware. An entry leaves this record only when the
 * driver has taken it out, so that a failed operation leaves no orphan: its
 * owner stays known, and the VF's next reset tries again.
 */
struct vfctl_held {
	struct rte_ether_addr mac; /* own address; among `filter` while started */
	struct rte_ether_addr filter[VFCTL_FILTER_MAX];
	uint16_t nb_filter;
	uint16_t nb_hashes;
	uint16_t hash[VFCTL_MC_HASH_MAX];
	uint16_t nb_vlans;
	uint64_t vlan[VFCTL_VLAN_WORDS];
	uint32_t max_frame;
	uint32_t promisc;
	bool clear_to_send;
};

/* At most one line a second and VF: a refusal costs the VF nothing, a log line does us. */
struct vfctl_refusals {
	uint64_t next_ns; /* no line before */
	uint64_t silent;  /* refusals without a line since the last one */
};

struct vfctl_vf {
	struct vfctl_settings settings; /* wanted: survives resets, stops and starts */
	struct vfctl_held held;		/* applied */
	struct vfctl_vf_stats stats;
	struct vfctl_refusals refusals;
	uint8_t busy_tries; /* since the VF last gave its mailbox free */
};

enum vfctl_call_state {
	VFCTL_CALL_QUEUED,
	VFCTL_CALL_RUNNING,
	VFCTL_CALL_DONE,
};

struct vfctl_call {
	TAILQ_ENTRY(vfctl_call) entry;
	int (*fn)(void *arg);
	void *arg;
	int result;
	enum vfctl_call_state state;
};

struct vfctl_thread {
	bool exists; /* set before it does; until then calls run on the caller's */
	rte_thread_t id;
	int wake_fd;	      /* eventfd: the one thing that the thread sleeps on */
	uint32_t events;      /* atomic; VFCTL_EV_ bits not yet seen by the thread */
	unsigned int tick_ms; /* VFs are looked at this often, whatever interrupts do */
	unsigned int call_bound_ms;
	pthread_mutex_t lock;	/* guards what follows; never held over an operation */
	pthread_cond_t changed; /* a call began, ended, or its caller left */
	TAILQ_HEAD(vfctl_calls, vfctl_call) calls;
	unsigned int nb_callers; /* inside vfctl_call(): the port outlives them */
	bool ending;
};

struct vfctl_port {
	const char *name;
	const struct vfctl_ops *ops;
	void *priv;
	struct vfctl_caps caps;
	uint64_t all; /* the VFs that exist */
	bool serving;
	uint64_t waiting; /* VFs with a message that is still to be read */
	uint64_t untold;  /* VFs that are still to hear of a change */
	struct vfctl_thread thread;
	struct vfctl_vf vf[]; /* caps.nb_vfs */
};

/* --- vfctl_state.c --- */

/* Checks the configuration and makes a port without a thread. */
int vfctl_port_new(const struct vfctl_conf *conf, struct vfctl_port **port);

/*
 * Pure. A VF's address from the PF's: the same after each restart, without
 * anything stored. A `salt` above 0 gives further candidates.
 */
void vfctl_mac_derive(const struct rte_ether_addr *pf_mac, uint16_t vf_id, uint8_t salt,
		      struct rte_ether_addr *mac);

/* The first candidate that neither the PF nor a VF before vf_id has. */
int vfctl_mac_choose(const struct vfctl_port *port, uint16_t vf_id,
		     const struct rte_ether_addr *pf_mac, struct rte_ether_addr *mac);

/* Does another VF than vf_id, or the PF, own this address? */
bool vfctl_mac_taken(const struct vfctl_port *port, uint16_t vf_id,
		     const struct rte_ether_addr *mac);

bool vfctl_held_mac(const struct vfctl_held *held, const struct rte_ether_addr *mac);
bool vfctl_held_vlan(const struct vfctl_held *held, uint16_t vid);
/* Extra addresses: all but the own one. */
uint16_t vfctl_held_extras(const struct vfctl_held *held);
/* Records that nothing is in the hardware. */
void vfctl_held_clear(struct vfctl_held *held, const struct vfctl_settings *settings);

/* --- vfctl_policy.c: pure, no I/O, no globals --- */

/* What a verdict depends on, beyond the settings and the request. */
struct vfctl_facts {
	bool clear_to_send;
	bool mac_own;	/* the request's address is already the VF's own */
	bool mac_held;	/* own or extra */
	bool mac_taken; /* another VF's or the PF's */
	bool vlan_held;
	uint16_t nb_extras;
	uint16_t nb_vlans;
};

enum vfctl_verdict vfctl_policy(const struct vfctl_settings *settings,
				const struct vfctl_facts *facts, const struct vfctl_request *req);

/* Are all settings in range? If not, `why` names the first that isn't, its value and the range. */
bool vfctl_policy_settings(const struct vfctl_settings *settings, const struct vfctl_caps *caps,
			   char *why, size_t size);

/* --- vfctl_apply.c --- */

/* Does what a granted request asks for; 0 without work if it is so already. */
int vfctl_apply_request(struct vfctl_port *port, uint16_t vf_id, const struct vfctl_request *req);

/*
 * Stops the VF, takes out all that it asked for, and puts in what it has by
 * right. Does as much as it can, and returns the first error.
 */
int vfctl_apply_fresh(struct vfctl_port *port, uint16_t vf_id);

/* Brings a served VF from `old` settings to those in its record. */
int vfctl_apply_settings(struct vfctl_port *port, uint16_t vf_id, const struct vfctl_settings *old);

/* Stops the VF until it resets itself, and sees to it that it hears so. */
void vfctl_apply_fence(struct vfctl_port *port, uint16_t vf_id);

/* --- vfctl_serve.c --- */

#define VFCTL_BUSY_TRIES 8 /* quick ones; then as often as the thread wakes anyway */
#define VFCTL_BUSY_MS	 1 /* between them: a VF's driver needs some µs */

int vfctl_serve_start(struct vfctl_port *port);
void vfctl_serve_stop(struct vfctl_port *port);
void vfctl_serve_link(struct vfctl_port *port);
/*
 * One turn: resets, then at most one message of each VF, then notices.
 * Returns after how many ms the next turn is due.
 */
unsigned int vfctl_serve_round(struct vfctl_port *port);

/* --- vfctl_log.c --- */

/* Pure. Is a line due now? If so, *silent says how many went without. */
bool vfctl_refusal_due(struct vfctl_refusals *refusals, uint64_t now_ns, uint64_t *silent);
void vfctl_refusal_log(struct vfctl_port *port, uint16_t vf_id, const struct vfctl_request *req,
		       enum vfctl_verdict verdict);

/* --- vfctl_thread.c --- */

int vfctl_thread_start(struct vfctl_port *port);
/* Ends the thread; calls that it has not begun get -ESHUTDOWN. */
void vfctl_thread_end(struct vfctl_port *port);

#endif /* VFCTL_INTERNAL_H */
