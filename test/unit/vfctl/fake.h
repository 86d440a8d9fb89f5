/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) the igbiov authors
 */

#ifndef FAKE_H
#define FAKE_H

/*
 * A PF driver without a chip: it keeps what each VF was given in a row, plays
 * the VFs' side of the mailbox, fails on demand, and watches its caller.
 */

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "vfctl_internal.h"

#define FAKE_VFS    7
#define FAKE_FILTER 32

enum fake_op {
	FAKE_ENABLE,
	FAKE_DEFAULTS,
	FAKE_MAC_ADD,
	FAKE_MAC_REMOVE,
	FAKE_MULTICAST,
	FAKE_VLAN,
	FAKE_MAX_FRAME,
	FAKE_ACCEPT,
	FAKE_SPOOFCHK,
	FAKE_TAGGING,
	FAKE_RATE,
	FAKE_QUEUES,
	FAKE_MIRROR,
	FAKE_PORT,
	FAKE_OP_NB
};

/* What the hardware would hold for a VF. */
struct fake_row {
	bool enabled; /* one way at least */
	bool rx, tx;
	bool spoofchk_mac, spoofchk_vlan;
	uint16_t nb_hashes;
	uint16_t hash[VFCTL_MC_HASH_MAX];
	uint16_t nb_vlans;
	uint64_t vlan[VFCTL_VLAN_WORDS];
	uint32_t max_frame;
	uint32_t accept;
	struct vfctl_tagging tagging;
	uint32_t rate;
	uint16_t queues;
	struct vfctl_mirror mirror;
};

struct fake_entry {
	struct rte_ether_addr mac;
	int owner; /* -1: free */
};

/* A VF as the PF sees it: its mailbox. */
struct fake_vf {
	struct vfctl_request msg;
	bool holds_mailbox;
	bool lost;   /* reading its message fails for good */
	bool floods; /* sends msg again as soon as it is answered */
	bool deaf;   /* answers can't be delivered */
	unsigned int nb_gets, nb_answers, nb_tells, nb_notices;
	enum vfctl_verdict verdict; /* of the last answer, as the next two */
	struct rte_ether_addr mac;
	bool clear_to_send;
	bool notice_cts;
	enum vfctl_link_state notice_state;
	struct vfctl_hw_stats counted; /* since it was taken */
};

struct fake {
	struct fake_row row[FAKE_VFS];
	struct fake_entry filter[FAKE_FILTER];
	unsigned int filter_size; /* of those, usable */
	struct fake_vf vf[FAKE_VFS];
	struct rte_ether_addr pf_mac;
	uint64_t resets, requests; /* atomic */
	unsigned int nb_ops[FAKE_OP_NB];
	unsigned int nb_links;
	struct vfctl_port_settings settings; /* of the port */
	uint64_t listening;
	uint64_t spoofs;
	enum vfctl_verdict app; /* the application's word; VFCTL_GRANTED to begin with */
	uint16_t nb_vfs;	/* that the kernel has */
	int num_vfs_error;
	bool num_vfs_refused; /* beforehand */
	uint64_t life;
	uint64_t now_ns;      /* a clock for ports without a thread */
	unsigned int ops;     /* all that can fail */
	unsigned int fail_at; /* the op with this number (from 1) fails; 0: none */
	uint32_t failing;     /* ops (1 << enum) that always fail */
	unsigned int misuse;  /* ops that a correct caller would never issue */
	void (*on_get)(struct fake *fake, uint16_t vf_id); /* inside request_get() */
	void (*on_link)(struct fake *fake);
	void (*on_ask)(struct fake *fake);     /* inside vf_ask_app() */
	void (*on_num_vfs)(struct fake *fake); /* inside num_vfs_set() */
	struct vfctl_port *port;
};

extern const struct vfctl_ops fake_ops;

/* The creation of threads, which needs EAL otherwise: fails with this if it isn't 0. */
extern int fake_thread_error;
extern char fake_thread_name[RTE_THREAD_INTERNAL_NAME_SIZE];

void fake_init(struct fake *fake);
/* A configuration for FAKE_VFS VFs. */
struct vfctl_conf fake_conf(struct fake *fake);
/* The port's number. */
#define FAKE_PORT_ID 5
/*
 * A port without a thread, started, that operators find; time stands still unless
 * the test moves fake.now_ns. The first notices are delivered.
 */
void fake_start(struct fake *fake);
void fake_stop(struct fake *fake);
/* What a PF's reset does to the hardware. */
void fake_wipe(struct fake *fake);

/* What a message costs a VF, and how long fake_ask() and fake_flr() let pass before one. */
#define FAKE_MESSAGE_NS (VFCTL_NS_PER_S / 50)

/* A message of a VF: sent, and then served in a turn of its own. */
void fake_send(struct fake *fake, uint16_t vf_id, const struct vfctl_request *req);
enum vfctl_verdict fake_ask(struct fake *fake, uint16_t vf_id, const struct vfctl_request *req);
enum vfctl_verdict fake_ask_reset(struct fake *fake, uint16_t vf_id);
enum vfctl_verdict fake_ask_mac(struct fake *fake, uint16_t vf_id, enum vfctl_request_type type,
				const struct rte_ether_addr *mac);
enum vfctl_verdict fake_ask_vlan(struct fake *fake, uint16_t vf_id, uint16_t vid, bool on);
enum vfctl_verdict fake_ask_promisc(struct fake *fake, uint16_t vf_id, uint32_t promisc);
enum vfctl_verdict fake_ask_max_frame(struct fake *fake, uint16_t vf_id, uint32_t octets);
enum vfctl_verdict fake_ask_multicast(struct fake *fake, uint16_t vf_id, uint16_t nb);
/* A function reset, and the turn that takes it. */
void fake_flr(struct fake *fake, uint16_t vf_id);

/* Whose the address is in the hardware; -1: nobody's. */
int fake_owner(const struct fake *fake, const struct rte_ether_addr *mac);
unsigned int fake_nb_macs(const struct fake *fake, uint16_t vf_id);
/* A unicast address out of a small set. */
struct rte_ether_addr fake_mac(uint8_t n);

/*
 * What must hold after every step: the record agrees with the hardware, an
 * address has one owner, nobody has more than the settings allow, and only
 * cleared VFs run.
 */
void fake_check(const struct fake *fake);

#endif /* FAKE_H */
