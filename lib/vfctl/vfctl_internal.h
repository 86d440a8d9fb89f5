/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) the igbiov authors
 */

#ifndef VFCTL_INTERNAL_H
#define VFCTL_INTERNAL_H

/**
 * @file
 * What the rooms of lib/vfctl share. Nothing here is installed.
 *
 *   vfctl_thread.c    when: the control thread, its calls and its wake-ups
 *   vfctl_serve.c     who: resets first, then VFs in turn
 *   vfctl_budget.c    how often: pure
 *   vfctl_policy.c    whether: pure
 *   vfctl_apply.c     how: a granted request becomes driver operations
 *   vfctl_state.c     what: the record of all that VFs hold
 *   vfctl_commit.c    operators' changes: all or nothing
 *   vfctl_event.c     what happened, for watchers
 *   vfctl_log.c       names, and refusals at a bounded rate
 *   vfctl_field.c     settings as text
 *   vfctl_config.c    settings as files
 *   vfctl_telemetry.c settings and events over DPDK's telemetry
 *   vfctl.c           the operator's API, and the ports that there are
 *
 * Unless said otherwise all of it runs on the control thread.
 */

#include <pthread.h>
#include <sys/queue.h>

#include <rte_common.h>
#include <rte_log.h>
#include <rte_thread.h>

#include "vfctl_driver.h"

extern int vfctl_logtype;
#define RTE_LOGTYPE_VFCTL     vfctl_logtype
#define VFCTL_LOG(level, ...) RTE_LOG_LINE(level, VFCTL, __VA_ARGS__)

#define VFCTL_PROMISC_ALL (VFCTL_PROMISC_UNICAST | VFCTL_PROMISC_MULTICAST)

/* The shortest Ethernet frame; a lower limit would cut a VF off. */
#define VFCTL_MIN_FRAME RTE_ETHER_MIN_LEN

/*
 * What a frame has beyond its MTU: header, CRC and two tags, which is what
 * VFs' drivers ask for.
 */
#define VFCTL_FRAME_OVERHEAD (RTE_ETHER_HDR_LEN + RTE_ETHER_CRC_LEN + 2 * RTE_VLAN_HLEN)

/*
 * Own address and extras, and room for a new own address beside the old one
 * and for an entry that the driver could not take back.
 */
#define VFCTL_FILTER_MAX (1 + VFCTL_MAC_LIST_MAX + 2)

/* No rate that an operator can set: what the chip does is to be put right. */
#define VFCTL_RATE_UNKNOWN UINT32_MAX

#define VFCTL_EVENTS   256
#define VFCTL_WATCHERS 8

#define VFCTL_NS_PER_S	UINT64_C(1000000000)
#define VFCTL_NS_PER_MS UINT64_C(1000000)

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
	uint32_t asked_frame; /* more than max_frame while it may not have that */
	uint32_t max_frame;
	uint32_t promisc; /* what it asked for and got; `accept` follows from it */
	uint32_t accept;
	bool spoofchk_mac, spoofchk_vlan;
	struct vfctl_tagging tagging;
	uint16_t queues;
	struct vfctl_mirror mirror;
	bool clear_to_send;
};

/* At most one line a second and VF: a refusal costs the VF nothing, a log line does us. */
struct vfctl_refusals {
	uint64_t next_ns; /* no line before */
	uint64_t silent;  /* refusals without a line since the last one */
};

/* A VF's messages and resets, and how often it did what it may not. */
struct vfctl_budget {
	uint64_t owed_ns;     /* when all that it has used will be paid off */
	uint64_t violations;  /* not yet forgotten */
	uint64_t forgiven_ns; /* until when that was reckoned */
	bool quarantined;
};

struct vfctl_vf {
	struct vfctl_settings initial;	/* what a policy says nothing of */
	struct vfctl_settings settings; /* wanted: survives resets, stops and starts */
	struct vfctl_held held;		/* applied */
	uint32_t max_tx_rate; /* applied too, but resets leave it; or VFCTL_RATE_UNKNOWN */
	struct vfctl_vf_stats stats;
	struct vfctl_refusals refusals;
	struct vfctl_budget budget;
	uint8_t busy_tries; /* since the VF last gave its mailbox free */
	uint64_t remind_ns; /* 0, or when it is told once more, silent since its reset */
};

struct vfctl_watcher {
	vfctl_watch_fn fn; /* NULL: free */
	void *arg;
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
	TAILQ_ENTRY(vfctl_port) entry;
	unsigned int nb_users; /* operators' calls by port_id; the list's lock guards it */
	const char *name;
	uint16_t port_id;
	const struct vfctl_ops *ops;
	void *priv;
	const char *state_file;
	uint64_t origin;	/* of what the operator said at the start */
	struct vfctl_caps caps; /* nb_vfs is today's number */
	struct vfctl_port_settings settings;
	uint64_t all; /* the VFs that exist */
	bool serving;
	bool changing;		  /* the number of VFs is: nothing else may start */
	bool resume;		  /* and is served again afterwards */
	uint64_t waiting;	  /* VFs with a message that is still to be read */
	uint64_t resetting;	  /* VFs with a reset that is still to be taken */
	uint64_t untold;	  /* VFs that are still to hear of a change */
	uint64_t listening;	  /* VFs that raise interrupts */
	uint64_t (*now_ns)(void); /* monotonic; tests have their own */
	uint64_t next_look_ns;	  /* at counters, not before */
	unsigned int nb_looks;
	struct vfctl_event event[VFCTL_EVENTS];
	uint64_t nb_events; /* ever */
	struct vfctl_watcher watcher[VFCTL_WATCHERS];
	struct vfctl_thread thread;
	struct vfctl_vf vf[]; /* caps.max_vfs */
};

/* --- vfctl_state.c --- */

/* Checks the configuration and makes a port without a thread, with default settings. */
int vfctl_port_new(const struct vfctl_conf *conf, struct vfctl_port **port);

/* How many VFs there are from now on. */
void vfctl_port_num_vfs(struct vfctl_port *port, uint16_t nb_vfs);

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
/* Extra addresses that it asked for: neither the own one nor those that it was given. */
uint16_t vfctl_held_extras(const struct vfctl_held *held, const struct vfctl_settings *settings);
/* VLANs that it asked for. */
uint16_t vfctl_held_vlans(const struct vfctl_held *held, const struct vfctl_settings *settings);
/* Records that nothing is in the hardware but what vf_defaults() leaves there. */
void vfctl_held_clear(struct vfctl_held *held, const struct vfctl_settings *settings);

bool vfctl_mac_list_has(const struct vfctl_mac_list *list, const struct rte_ether_addr *mac);

/* --- vfctl_policy.c: pure, no I/O, no globals --- */

/* What a verdict depends on, beyond the settings and the request. */
struct vfctl_facts {
	bool clear_to_send;
	bool mac_own;	/* the request's address is already the VF's own */
	bool mac_held;	/* own or extra */
	bool mac_taken; /* another VF's or the PF's */
	bool vlan_held;
	uint16_t nb_extras; /* that it asked for */
	uint16_t nb_vlans;  /* likewise */
	uint16_t room_macs; /* that the chip has for what it asks for */
};

enum vfctl_verdict vfctl_policy(const struct vfctl_settings *settings,
				const struct vfctl_facts *facts, const struct vfctl_request *req);

/* Is that a violation, or something that an honest VF's driver does too? */
bool vfctl_policy_violation(enum vfctl_verdict verdict);

/* What follows from settings: of addresses, VLANs and promiscuity that a VF asks for. */
bool vfctl_policy_mac_allowed(const struct vfctl_settings *settings,
			      const struct rte_ether_addr *mac);
bool vfctl_policy_vlan_allowed(const struct vfctl_settings *settings, uint16_t vid);
uint32_t vfctl_policy_promisc(const struct vfctl_settings *settings);
uint32_t vfctl_policy_max_frame(const struct vfctl_settings *settings,
				const struct vfctl_caps *caps);
/* The VLAN that it is in without asking; 0: none. */
uint16_t vfctl_policy_given_vlan(const struct vfctl_settings *settings);
struct vfctl_tagging vfctl_policy_tagging(const struct vfctl_settings *settings);
/* VFCTL_ACCEPT_ bits, with the promiscuity that it has been granted. */
uint32_t vfctl_policy_accept(const struct vfctl_settings *settings, uint32_t promisc);

/*
 * Are all settings in the port's ranges? 0, -EINVAL or -ENOTSUP; `why` names the
 * first that isn't, its value and the range.
 */
int vfctl_policy_settings(uint16_t vf_id, const struct vfctl_settings *settings,
			  const struct vfctl_caps *caps, char *why, size_t size);
int vfctl_policy_port_settings(const struct vfctl_port_settings *settings,
			       const struct vfctl_caps *caps, char *why, size_t size);

/* --- vfctl_budget.c: pure --- */

/* Takes one message's worth, if there is one. */
bool vfctl_budget_take(struct vfctl_budget *budget, const struct vfctl_settings *settings,
		       uint64_t now_ns);
/* When there will be one; in the past if there is. */
uint64_t vfctl_budget_next_ns(const struct vfctl_budget *budget,
			      const struct vfctl_settings *settings);
/* Counts a violation; one a second is forgotten. True when the VF goes into quarantine by it. */
bool vfctl_budget_violation(struct vfctl_budget *budget, const struct vfctl_settings *settings,
			    uint64_t now_ns);
uint64_t vfctl_budget_violations(const struct vfctl_budget *budget, uint64_t now_ns);
/* Out of quarantine, with nothing to its name. */
void vfctl_budget_release(struct vfctl_budget *budget);

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

/* The link's speed changed: what depends on it is told to the driver once more. */
void vfctl_apply_link(struct vfctl_port *port, uint16_t vf_id);

/* Takes an address out that another VF is about to get. */
int vfctl_apply_yield(struct vfctl_port *port, uint16_t vf_id, const struct rte_ether_addr *mac);

/* Stops the VF until its reset request is granted. */
void vfctl_apply_stop(struct vfctl_port *port, uint16_t vf_id);
/* The same, and sees to it that it hears so. */
void vfctl_apply_fence(struct vfctl_port *port, uint16_t vf_id);
/* Lets it run on: it holds all that it held before it was stopped. */
void vfctl_apply_unfence(struct vfctl_port *port, uint16_t vf_id);

/* --- vfctl_commit.c --- */

/* What operators want of a port: settings of caps.max_vfs VFs. */
struct vfctl_wanted {
	struct vfctl_port_settings port;
	struct vfctl_settings vf[VFCTL_VF_MAX];
};

/* What is wanted now. */
void vfctl_wanted_get(const struct vfctl_port *port, struct vfctl_wanted *wanted);

/*
 * Is that possible, whatever is in force now? 0, -EINVAL, -ENOTSUP, -EADDRINUSE.
 * `why` names the VF.
 */
int vfctl_wanted_check(const struct vfctl_port *port, const struct vfctl_wanted *wanted, char *why,
		       size_t size);

/* Brings a port to what is wanted, or leaves it as it was. */
int vfctl_wanted_commit(struct vfctl_port *port, const struct vfctl_wanted *wanted, char *why,
			size_t size);

/* --- vfctl_event.c --- */

void vfctl_event_add(struct vfctl_port *port, enum vfctl_event_type type, uint16_t vf_id,
		     enum vfctl_verdict verdict, const char *format, ...)
	__attribute__((format(printf, 5, 6)));

/* --- vfctl_serve.c --- */

#define VFCTL_BUSY_TRIES 8 /* quick ones; then as often as the thread wakes anyway */
#define VFCTL_BUSY_MS	 1 /* between them: a VF's driver needs some µs */

/* Both kinds of looks at what the chip counted. */
void vfctl_serve_look(struct vfctl_port *port);
void vfctl_serve_stats(struct vfctl_port *port, uint16_t vf_id);
int vfctl_serve_start(struct vfctl_port *port);
void vfctl_serve_stop(struct vfctl_port *port);
void vfctl_serve_link(struct vfctl_port *port);
/*
 * One turn: resets, then at most one message of each VF, then notices.
 * Returns after how many ms the next turn is due.
 */
unsigned int vfctl_serve_round(struct vfctl_port *port);

/* --- vfctl.c --- */

/* From now on operators find the port; -EEXIST. */
int vfctl_port_list_add(struct vfctl_port *port);
/* Nobody finds it any more; those who have may still be in a call. */
void vfctl_port_list_remove(struct vfctl_port *port);

/* --- vfctl_log.c --- */

/* Pure. Is a line due now? If so, *silent says how many went without. */
bool vfctl_refusal_due(struct vfctl_refusals *refusals, uint64_t now_ns, uint64_t *silent);
/* What a VF asks for, for people. */
void vfctl_request_format(const struct vfctl_request *req, char *text, size_t size);
void vfctl_refusal_log(struct vfctl_port *port, uint16_t vf_id, const struct vfctl_request *req,
		       enum vfctl_verdict verdict);

/* --- vfctl_thread.c --- */

int vfctl_thread_start(struct vfctl_port *port);
/* Is the caller the port's control thread? */
bool vfctl_thread_is_own(const struct vfctl_port *port);
/* Ends the thread; calls that it has not begun, and later ones, get -ESHUTDOWN. */
void vfctl_thread_end(struct vfctl_port *port);
/* Nobody calls any more, by the port's number neither. */
void vfctl_thread_free(struct vfctl_port *port);

#endif /* VFCTL_INTERNAL_H */
