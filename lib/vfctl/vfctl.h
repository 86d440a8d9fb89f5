/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) the igbiov authors
 */

#ifndef VFCTL_H
#define VFCTL_H

/**
 * @file
 * The operator's side of VF control: what a VF may do, what it does, what it did.
 *
 * Ports are named by their ethdev port number, VFs from 0. Settings may be made
 * before a VF exists; they outlive its resets, and the PF's. Functions that take
 * `port_id` may be called by any thread of the primary process, from callbacks
 * of this library too; they wait for the port's control thread, 5 s at most.
 *
 * All of them return 0 or a negative errno, among which:
 *   -ENODEV no such port, or none of a driver that uses this library;
 *   -EINVAL no such VF, or a value out of range;
 *   -ENOTSUP a value that the chip can't do;
 *   -ETIMEDOUT the control thread didn't begin within its bound: nothing was done;
 *   -ESHUTDOWN the port is being closed.
 * Where there is a `why`, it gets one line that says what was wrong and what
 * would be right; it may be NULL. VFCTL_WHY_LEN octets always suffice.
 */

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <rte_ether.h>

#ifdef __cplusplus
extern "C" {
#endif

/** Upper bound of the number of VFs of any port. */
#define VFCTL_VF_MAX 64

/** Addresses in any of a VF's lists. */
#define VFCTL_MAC_LIST_MAX 16

#define VFCTL_VLAN_NB	 4096
#define VFCTL_VLAN_WORDS (VFCTL_VLAN_NB / 64)

#define VFCTL_WHY_LEN  160 /**< Octets for any `why`. */
#define VFCTL_TEXT_LEN 512 /**< Octets for the text of any setting but long lists of VLANs. */

/** The PF, where a VF's number would stand. */
#define VFCTL_PF 0xFFFFu
/** Neither a VF nor the PF. */
#define VFCTL_NOBODY 0xFFFEu

/* --- settings of a VF --- */

enum vfctl_link_state {
	VFCTL_LINK_AUTO, /**< As the port's. */
	VFCTL_LINK_ON,	 /**< Up whatever the port's is: VFs reach each other without a cable. */
	VFCTL_LINK_OFF,	 /**< Down: the VF is stopped, and its resets are refused. */
};

/** What is mirrored, as a set. */
#define VFCTL_MIRROR_RX	  (1u << 0) /**< What the VF receives. */
#define VFCTL_MIRROR_TX	  (1u << 1) /**< What the VF sends. */
#define VFCTL_MIRROR_VLAN (1u << 2) /**< All frames of `vlan`, whoever's they are. */

struct vfctl_mirror {
	uint32_t what; /**< VFCTL_MIRROR_ bits; 0: nothing. */
	uint16_t vlan; /**< 1 to 4094 with VFCTL_MIRROR_VLAN, else 0. */
	uint16_t to;   /**< A VF's number, or VFCTL_PF. */
};

struct vfctl_mac_list {
	uint16_t nb; /**< At most VFCTL_MAC_LIST_MAX. */
	struct rte_ether_addr mac[VFCTL_MAC_LIST_MAX];
};

/** What the operator wants of a VF. Defaults are the safe ones. */
struct vfctl_settings {
	struct rte_ether_addr mac; /**< Address after a reset. Default: derived from the PF's. */
	bool mac_locked;   /**< It can't change its address, nor add others. Default: false. */
	uint16_t max_macs; /**< Extra addresses that it may add by asking. Default: the driver's. */
	struct vfctl_mac_list
		macs; /**< Extra addresses that it has without asking. Default: none. */
	/** If not empty, it may take no other addresses than these. Default: empty. */
	struct vfctl_mac_list allow_macs;

	/**
	 * Port VLAN, 1 to 4094: its frames get this tag, it receives frames of this
	 * VLAN only, without the tag, and can't join others. Default: 0, none.
	 */
	uint16_t vlan;
	uint8_t qos;	     /**< Priority, 0 to 7, of `vlan` or `insert`. Default: 0. */
	uint16_t vlan_proto; /**< TPID of `vlan`: 0x8100, or 0x88a8. Default: 0x8100. */
	/** VLANs that it may join by asking, a bit each, 1 to 4094. Default: all. */
	uint64_t trunk[VFCTL_VLAN_WORDS];
	uint16_t max_vlans; /**< So many of them at once. Default: the driver's. */
	bool strip;	    /**< Tags of received frames are taken off. Default: false. */
	uint16_t insert;    /**< VLAN for frames that it sends without a tag. Default: 0, none. */

	uint32_t max_tx_rate; /**< Mb/s for all its queues together. Default: 0, no limit. */

	bool spoofchk_mac;  /**< Frames from foreign addresses are dropped. Default: true. */
	bool spoofchk_vlan; /**< Frames into foreign VLANs are dropped. Default: true. */

	bool trust;	     /**< As if both of the next two were set. Default: false. */
	bool allow_promisc;  /**< It may receive all unicast by asking. Default: false. */
	bool allow_allmulti; /**< It may receive all multicast by asking. Default: false. */
	bool broadcast;	     /**< It receives broadcast. Default: true. */
	bool untagged;	     /**< It receives frames without a tag. Default: true. */
	/** It receives unicast that no filter claims, without asking. Default: false. */
	bool unknown_unicast;
	bool all_multicast; /**< It receives all multicast, without asking. Default: false. */

	enum vfctl_link_state state; /**< Default: auto. */
	bool rx;		     /**< It may receive. Default: true. */
	bool tx;		     /**< It may transmit. Default: true. */
	uint16_t max_mtu;	     /**< Octets, 68 or more. Default: the driver's. */
	uint16_t queues;	     /**< Queues that its frames are spread over. Default: 1. */
	struct vfctl_mirror mirror;

	uint32_t budget;	   /**< Messages a second, 1 or more. Default: 50. */
	uint32_t burst;		   /**< Messages at once, 1 or more. Default: 128. */
	uint32_t quarantine_after; /**< Violations; 0: never. Default: 1000. */
};

/** The fields of struct vfctl_settings, in its order. */
enum vfctl_field {
	VFCTL_F_MAC,
	VFCTL_F_MAC_LOCKED,
	VFCTL_F_MAX_MACS,
	VFCTL_F_MACS,
	VFCTL_F_ALLOW_MACS,
	VFCTL_F_VLAN,
	VFCTL_F_QOS,
	VFCTL_F_VLAN_PROTO,
	VFCTL_F_TRUNK,
	VFCTL_F_MAX_VLANS,
	VFCTL_F_STRIP,
	VFCTL_F_INSERT,
	VFCTL_F_MAX_TX_RATE,
	VFCTL_F_SPOOFCHK_MAC,
	VFCTL_F_SPOOFCHK_VLAN,
	VFCTL_F_TRUST,
	VFCTL_F_ALLOW_PROMISC,
	VFCTL_F_ALLOW_ALLMULTI,
	VFCTL_F_BROADCAST,
	VFCTL_F_UNTAGGED,
	VFCTL_F_UNKNOWN_UNICAST,
	VFCTL_F_ALL_MULTICAST,
	VFCTL_F_STATE,
	VFCTL_F_RX,
	VFCTL_F_TX,
	VFCTL_F_MAX_MTU,
	VFCTL_F_QUEUES,
	VFCTL_F_MIRROR,
	VFCTL_F_BUDGET,
	VFCTL_F_BURST,
	VFCTL_F_QUARANTINE_AFTER,
	VFCTL_F_NB
};

#define VFCTL_FIELD(f)	 (UINT64_C(1) << (f))
#define VFCTL_FIELDS_ALL (VFCTL_FIELD(VFCTL_F_NB) - 1)

/** Reads a VF's settings, of VFs that don't exist yet too. */
int vfctl_vf_get(uint16_t port_id, uint16_t vf_id, struct vfctl_settings *settings);

/**
 * Changes some of a VF's settings, all or nothing, and takes back what the VF
 * holds and may no longer have.
 *
 * A VF whose address changes is stopped and told to reset itself, for only a
 * reset's answer brings it a new address.
 *
 * @param fields what to take from `settings`: VFCTL_FIELD() bits.
 * @return 0 when the settings are in force, or will be as soon as the VF exists
 *   and the port is started; -EINVAL, -ENOTSUP; -EADDRINUSE when another owns an
 *   address; -ENOSPC when the chip has no room left; or the driver's error: then
 *   the old settings are in force again.
 */
int vfctl_vf_set(uint16_t port_id, uint16_t vf_id, uint64_t fields,
		 const struct vfctl_settings *settings, char *why, size_t size);

/* --- settings of a port --- */

struct vfctl_port_settings {
	bool loopback;	  /**< VFs reach each other and the PF. Default: true. */
	bool drop_enable; /**< A full ring drops, instead of holding up others. Default: true. */
	uint16_t
		default_pool; /**< Who gets unclaimed unicast: VF, VFCTL_PF, VFCTL_NOBODY (default). */
	uint32_t storm_broadcast; /**< Broadcast to VFs, Mb/s; 0 (default): no limit. */
	uint32_t storm_multicast; /**< Multicast to VFs, Mb/s; 0 (default): no limit. */
};

enum vfctl_port_field {
	VFCTL_P_LOOPBACK,
	VFCTL_P_DROP_ENABLE,
	VFCTL_P_DEFAULT_POOL,
	VFCTL_P_STORM_BROADCAST,
	VFCTL_P_STORM_MULTICAST,
	VFCTL_P_NB
};

#define VFCTL_PORT_FIELDS_ALL (VFCTL_FIELD(VFCTL_P_NB) - 1)

int vfctl_port_get(uint16_t port_id, struct vfctl_port_settings *settings);

/** Changes some of a port's settings, all or nothing; as vfctl_vf_set(). */
int vfctl_port_set(uint16_t port_id, uint64_t fields, const struct vfctl_port_settings *settings,
		   char *why, size_t size);

struct vfctl_port_info {
	char name[32];	 /**< PCI address. */
	uint16_t nb_vfs; /**< VFs that exist. */
	uint16_t max_vfs;
	bool serving;	     /**< VFs get answers: the port is started. */
	uint64_t last_event; /**< Number of the newest event, 0 when there was none. */
};

int vfctl_port_info(uint16_t port_id, struct vfctl_port_info *info);

/**
 * Creates or removes VFs, so that there are `nb_vfs`. Those that stay in number
 * are new ones all the same: the kernel goes from one number to another through 0.
 * Their settings stay.
 *
 * @return 0; -EINVAL for more than the port can have; -EBUSY when somebody has a
 *   VF open (`why` says who), or the port would have to be stopped for it;
 *   -ETIMEDOUT when the kernel didn't finish; or what the kernel said.
 */
int vfctl_num_vfs_set(uint16_t port_id, uint16_t nb_vfs, char *why, size_t size);

/* --- what a VF does and did --- */

/** Why a request was granted or refused. Each has a counter per VF. */
enum vfctl_verdict {
	VFCTL_GRANTED,
	VFCTL_NOT_CLEAR,      /**< The VF sent it before a reset. */
	VFCTL_BAD_REQUEST,    /**< Nonsense, or a value out of range. */
	VFCTL_MAC_LOCKED,     /**< The operator has fixed the address. */
	VFCTL_MAC_INVALID,    /**< Multicast, broadcast or all zeroes. */
	VFCTL_MAC_TAKEN,      /**< Another VF or the PF owns the address. */
	VFCTL_MAC_DENIED,     /**< Not on the operator's list. */
	VFCTL_QUOTA,	      /**< The VF holds as many as it may. */
	VFCTL_VLAN_DENIED,    /**< Policy doesn't let it into this VLAN. */
	VFCTL_PROMISC_DENIED, /**< Policy doesn't let it be promiscuous. */
	VFCTL_LINK_DENIED,    /**< The operator has set its link off. */
	VFCTL_VETOED,	      /**< The application refused it. */
	VFCTL_DRIVER_FAILED,  /**< Allowed, but the driver couldn't do it. */
	VFCTL_VERDICT_NB
};

/** One word for a verdict, for logs and tools; never NULL. */
const char *vfctl_verdict_name(enum vfctl_verdict verdict);

/** Frames and octets that the chip counted for a VF. */
struct vfctl_hw_stats {
	uint64_t rx_packets, rx_bytes, rx_multicast;
	uint64_t tx_packets, tx_bytes;
	uint64_t spoofed; /**< Times that anti-spoofing was seen to drop its frames. */
};

/** What a VF did. Counted since the port's creation or the last reset of them. */
struct vfctl_vf_stats {
	uint64_t resets;		    /**< Function resets and reset requests. */
	uint64_t granted;		    /**< Requests granted. */
	uint64_t verdict[VFCTL_VERDICT_NB]; /**< Requests by verdict. */
	uint64_t mailbox_busy;		    /**< Tries lost because the VF held its mailbox. */
	uint64_t answer_failed;		    /**< Answers that couldn't be delivered. */
	uint64_t over_budget;		    /**< Looks that found a message beyond the budget. */
	uint64_t quarantines;		    /**< Times that it was put in quarantine. */
	struct vfctl_hw_stats hw;
};

int vfctl_vf_stats_get(uint16_t port_id, uint16_t vf_id, struct vfctl_vf_stats *stats);
int vfctl_vf_stats_reset(uint16_t port_id, uint16_t vf_id);

/** What a VF has now. */
struct vfctl_vf_info {
	bool exists;
	bool clear_to_send; /**< It has reset itself, and runs. */
	bool quarantined;
	struct rte_ether_addr mac;	 /**< Its own address. */
	struct vfctl_mac_list macs;	 /**< Beside it. */
	uint16_t nb_hashes;		 /**< Multicast hashes that it listed. */
	uint64_t vlan[VFCTL_VLAN_WORDS]; /**< VLANs that it is in. */
	bool promisc, allmulti;		 /**< That it asked for and got. */
	uint32_t max_frame;		 /**< Octets with CRC. */
	uint64_t violations;		 /**< Towards quarantine. */
};

int vfctl_vf_info(uint16_t port_id, uint16_t vf_id, struct vfctl_vf_info *info);

/** Ends a VF's quarantine; 0 also when it was in none. */
int vfctl_vf_release(uint16_t port_id, uint16_t vf_id);

/* --- events --- */

enum vfctl_event_type {
	VFCTL_EVENT_RESET,    /**< A VF's function was reset. */
	VFCTL_EVENT_REQUEST,  /**< A VF asked for something; see `verdict`. */
	VFCTL_EVENT_SETTINGS, /**< The operator changed a VF's settings, or the port's (VFCTL_PF). */
	VFCTL_EVENT_QUARANTINE, /**< A VF was put in quarantine. */
	VFCTL_EVENT_RELEASE,
	VFCTL_EVENT_SPOOF,   /**< Anti-spoofing dropped frames of a VF. */
	VFCTL_EVENT_LINK,    /**< The port's link changed; `vf_id` is VFCTL_PF. */
	VFCTL_EVENT_NUM_VFS, /**< VFs were created or removed; `vf_id` is VFCTL_PF. */
	VFCTL_EVENT_NB
};

struct vfctl_event {
	uint64_t number;  /**< 1 is the port's first. */
	uint64_t time_ns; /**< Wall clock. */
	enum vfctl_event_type type;
	uint16_t vf_id;
	enum vfctl_verdict verdict; /**< Of VFCTL_EVENT_REQUEST. */
	char text[64];		    /**< What it was, for people. */
};

/** One word for a type; never NULL. */
const char *vfctl_event_name(enum vfctl_event_type type);

/**
 * Reads events in their order, of which the port keeps the last 256.
 * @param after the number of the last one seen; 0 for all that are kept.
 * @param nb room in `events`; on return how many there are.
 */
int vfctl_events_get(uint16_t port_id, uint64_t after, struct vfctl_event *events,
		     unsigned int *nb);

/** Called on the control thread for each event: be short, don't wait. */
typedef void (*vfctl_watch_fn)(uint16_t port_id, const struct vfctl_event *event, void *arg);

/** Adds a watcher; -ENOSPC when there are 8, -EEXIST when this one is there already. */
int vfctl_watch(uint16_t port_id, vfctl_watch_fn fn, void *arg);
/** Removes it: when this returns, it isn't called any more. -ENOENT. */
int vfctl_unwatch(uint16_t port_id, vfctl_watch_fn fn, void *arg);

/**
 * What RTE_ETH_EVENT_VF_MBOX carries to the application's callback, laid out
 * as the mailbox event of DPDK's ixgbe driver. It comes after policy has granted
 * a request and before that is done, on the control thread.
 */
struct vfctl_mbox_event {
	uint16_t vf_id;
	uint16_t msg_type; /**< An enum vfctl_request_type (vfctl_driver.h). */
	uint16_t retval;   /**< Set it: see below. Is VFCTL_MBOX_PROCEED before. */
	void *msg;	   /**< A const struct vfctl_request. */
};

#define VFCTL_MBOX_ACK	   0 /**< Answer that it was done, and don't do it; counted as vetoed. */
#define VFCTL_MBOX_NACK	   1 /**< Refuse it. */
#define VFCTL_MBOX_PROCEED 2 /**< Do it. */

/* --- settings as text and as files --- */

/** What can be said of a field. */
struct vfctl_field_info {
	const char *name;   /**< As in text and files: "max_tx_rate". */
	const char *values; /**< "0 to 7", "on, off", "XX:XX:XX:XX:XX:XX". */
	const char *help;   /**< One line. */
};

/** Describes a field of a VF (enum vfctl_field), or of a port; NULL beyond the last. */
const struct vfctl_field_info *vfctl_field_info(unsigned int field);
const struct vfctl_field_info *vfctl_port_field_info(unsigned int field);

/**
 * Reads "name=value name=value …" into `settings` and sets the bits in `fields`.
 * Lists are separated by commas, ranges are "1-4094"; see vfctl_field_info().
 * "spoofchk=on" stands for both kinds. Pure.
 * @return 0; -EINVAL; -ENOENT for a name that there isn't.
 */
int vfctl_vf_parse(const char *text, uint64_t *fields, struct vfctl_settings *settings, char *why,
		   size_t size);
int vfctl_port_parse(const char *text, uint64_t *fields, struct vfctl_port_settings *settings,
		     char *why, size_t size);

/** Writes a field's value as text, as vfctl_vf_parse() takes it; -ENOSPC. Pure. */
int vfctl_vf_format(enum vfctl_field field, const struct vfctl_settings *settings, char *text,
		    size_t size);
int vfctl_port_format(enum vfctl_port_field field, const struct vfctl_port_settings *settings,
		      char *text, size_t size);

/**
 * Applies a policy file (JSON, see doc), all of it or nothing. `why` names the
 * line and the field. Fields and VFs that it doesn't name get their defaults.
 */
int vfctl_apply_file(uint16_t port_id, const char *path, char *why, size_t size);

/** Writes what is in force as a policy file, atomically: the old file or the new one. */
int vfctl_save_file(uint16_t port_id, const char *path, char *why, size_t size);

#ifdef __cplusplus
}
#endif

#endif /* VFCTL_H */
