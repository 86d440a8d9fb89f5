/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) the igbiov authors
 */

#ifndef VFCTL_DRIVER_H
#define VFCTL_DRIVER_H

/**
 * @file
 * What a PF driver gives to lib/vfctl, and what it gets for it.
 *
 * The library knows VFs, addresses, VLANs, rates and verdicts. It never sees a
 * register, a mailbox word or a chip's name: those stay behind `struct
 * vfctl_ops`. The driver in turn never decides what a VF may do.
 *
 * One control thread per PF runs every operation in this file. The data plane
 * neither calls nor waits for it.
 */

#include "vfctl.h"

#ifdef __cplusplus
extern "C" {
#endif

/** Multicast hashes that one request can carry, and one VF can hold. */
#define VFCTL_MC_HASH_MAX 30

/** What a VF asks for. */
enum vfctl_request_type {
	VFCTL_REQ_RESET,     /**< Start anew: forget all that it asked for. */
	VFCTL_REQ_MAC_SET,   /**< Make `mac` its own address. */
	VFCTL_REQ_MAC_ADD,   /**< Receive `mac` too. */
	VFCTL_REQ_MAC_CLEAR, /**< Drop all addresses added. */
	VFCTL_REQ_MULTICAST, /**< Replace its multicast hashes by `mc`. */
	VFCTL_REQ_VLAN,	     /**< Join or leave `vlan`. */
	VFCTL_REQ_MAX_FRAME, /**< Receive frames up to `max_frame`. */
	VFCTL_REQ_PROMISC,   /**< Exactly the promiscuity in `promisc`. */
	VFCTL_REQ_NONSENSE,  /**< Not understood by the driver; always refused. */
	VFCTL_REQ_NB
};

/** Promiscuity that a VF can ask for, as a set. */
#define VFCTL_PROMISC_UNICAST	(1u << 0)
#define VFCTL_PROMISC_MULTICAST (1u << 1)

/** What a VF's pool accepts beyond its own addresses, as a set. */
#define VFCTL_ACCEPT_UNICAST   (1u << 0) /**< Unicast that no filter claims. */
#define VFCTL_ACCEPT_MULTICAST (1u << 1) /**< All multicast. */
#define VFCTL_ACCEPT_BROADCAST (1u << 2)
#define VFCTL_ACCEPT_UNTAGGED  (1u << 3)
/** What a pool has after vf_defaults(). */
#define VFCTL_ACCEPT_DEFAULT (VFCTL_ACCEPT_BROADCAST | VFCTL_ACCEPT_UNTAGGED)

/** One request of a VF: already copied out of memory that the VF can write. */
struct vfctl_request {
	enum vfctl_request_type type;
	union {
		struct rte_ether_addr mac;
		struct {
			uint16_t nb_hashes; /**< At most VFCTL_MC_HASH_MAX. */
			bool overflow;	    /**< The VF has more than it could list. */
			uint16_t hash[VFCTL_MC_HASH_MAX]; /**< Chip's own hash. */
		} mc;
		struct {
			uint16_t vid; /**< 0 to 4095. */
			bool on;
		} vlan;
		uint32_t max_frame; /**< Octets, header and CRC included. */
		uint32_t promisc;   /**< VFCTL_PROMISC_ bits. */
	};
};

/** How a VF's frames are tagged; all 0 after vf_defaults(). */
struct vfctl_tagging {
	uint16_t insert; /**< VLAN that its frames get, 1 to 4094; 0: none. */
	uint8_t qos;	 /**< With that priority. */
	/** Its frames get the tag whatever they have; else only those that have none. */
	bool always;
	bool strip; /**< Tags of frames that it receives are taken off. */
};

/** What a driver is able to hold. */
struct vfctl_caps {
	uint16_t nb_vfs;	/**< VFs that exist now; 0 is a PF alone. */
	uint16_t max_vfs;	/**< That can exist, at most VFCTL_VF_MAX. */
	uint16_t extra_macs;	/**< Extra addresses per VF, given or asked for. */
	uint16_t vlans;		/**< VLANs per VF; VLAN 0 isn't counted. */
	uint32_t max_frame;	/**< Largest frame, octets with CRC. */
	uint32_t default_frame; /**< Frame limit after a VF's reset. */
	uint16_t max_queues;	/**< Queues that a VF's frames can be spread over. */
	uint32_t max_rate;	/**< Mb/s of the fastest link. */
};

/**
 * Operations of a PF driver. All run on the port's control thread (or, while
 * no thread runs yet, on the caller's); each is bounded in time and never
 * waits for a VF. Those that return int give 0 or a negative errno; a failed
 * one has changed nothing. Those marked optional may be NULL: what they would
 * do is then refused by -ENOTSUP.
 */
struct vfctl_ops {
	/** VFs whose function was reset since the last call, as a mask; clears it. */
	uint64_t (*resets_take)(void *priv);
	/** VFs that have a message waiting, as a mask; clears it. */
	uint64_t (*requests_take)(void *priv);
	/**
	 * Copies the VF's message once and makes a request of it. What can't
	 * be understood becomes VFCTL_REQ_NONSENSE. Fails with -EAGAIN when
	 * the VF holds its mailbox: the library tries again on a later turn.
	 * After any other error the message counts as lost.
	 */
	int (*request_get)(void *priv, uint16_t vf_id, struct vfctl_request *req);
	/**
	 * Answers the message that the last request_get() of this VF read.
	 * `mac` is the VF's own address, for the answer to a reset.
	 */
	int (*request_answer)(void *priv, uint16_t vf_id, const struct vfctl_request *req,
			      enum vfctl_verdict verdict, const struct rte_ether_addr *mac,
			      bool clear_to_send);
	/**
	 * Tells the VF that the PF's state changed (link, reset), and what link
	 * state the operator has set for it, as far as the VF's driver can hear
	 * that. Fails with -EAGAIN when the VF holds its mailbox, or when a
	 * message of it is still to be read there: the library tries again on a
	 * later turn.
	 */
	int (*vf_notify)(void *priv, uint16_t vf_id, bool clear_to_send,
			 enum vfctl_link_state state);
	/**
	 * Whether messages and resets of these VFs, a mask, raise interrupts. What
	 * comes from others waits for the library's next look. Optional.
	 */
	void (*vf_listen)(void *priv, uint64_t vfs);
	/** The application's word on a request that policy has granted. Optional. */
	enum vfctl_verdict (*vf_ask_app)(void *priv, uint16_t vf_id,
					 const struct vfctl_request *req);

	/** Lets the VF's queues receive and transmit, or stops them. */
	int (*vf_enable)(void *priv, uint16_t vf_id, bool rx, bool tx);
	/**
	 * Brings the VF's pool to its secure defaults: takes out every
	 * address, VLAN and multicast hash that it holds, its own address
	 * included; VFCTL_ACCEPT_DEFAULT, anti-spoofing on, no tagging, one
	 * queue; what it was mirrored to goes too. The rate limit stays. What stays
	 * otherwise would reach the VF's next owner. Clears its mailbox memory,
	 * unless a message lies there that request_get() has not read yet: a
	 * VF asks for its reset right after it has reset its function, and
	 * both may be seen in one turn, the function reset first.
	 */
	int (*vf_defaults)(void *priv, uint16_t vf_id);
	int (*vf_mac_add)(void *priv, uint16_t vf_id, const struct rte_ether_addr *mac);
	int (*vf_mac_remove)(void *priv, uint16_t vf_id, const struct rte_ether_addr *mac);
	int (*vf_multicast_set)(void *priv, uint16_t vf_id, const uint16_t *hash, uint16_t nb);
	int (*vf_vlan_set)(void *priv, uint16_t vf_id, uint16_t vid, bool on);
	int (*vf_max_frame_set)(void *priv, uint16_t vf_id, uint32_t octets);
	/** VFCTL_ACCEPT_ bits. */
	int (*vf_accept_set)(void *priv, uint16_t vf_id, uint32_t accept);
	int (*vf_spoofchk_set)(void *priv, uint16_t vf_id, bool mac, bool vlan);
	int (*vf_tagging_set)(void *priv, uint16_t vf_id, const struct vfctl_tagging *tagging);
	/**
	 * All the VF's queues together send at most so many Mb/s; 0: no limit.
	 * Called again after each link change, for the chip may count in parts of
	 * the link's speed. Optional.
	 */
	int (*vf_rate_set)(void *priv, uint16_t vf_id, uint32_t mbps);
	/** Spreads what it receives over so many queues, 1 to caps.max_queues. */
	int (*vf_queues_set)(void *priv, uint16_t vf_id, uint16_t queues);
	/** Optional. -ENOSPC when the chip has no mirror rule left. */
	int (*vf_mirror_set)(void *priv, uint16_t vf_id, const struct vfctl_mirror *mirror);
	/** What the chip counted for the VF since the last call; clears it. Optional. */
	void (*vf_stats_take)(void *priv, uint16_t vf_id, struct vfctl_hw_stats *stats);
	/** VFs whose frames anti-spoofing has dropped since the last call. Optional. */
	uint64_t (*spoofs_take)(void *priv);

	/**
	 * Pure: can the chip do these settings, which are in the library's ranges?
	 * 0, -ENOTSUP or -EINVAL with one line in `why`. Optional.
	 */
	int (*vf_settings_check)(void *priv, uint16_t vf_id, const struct vfctl_settings *settings,
				 char *why, size_t size);
	int (*port_settings_check)(void *priv, const struct vfctl_port_settings *settings,
				   char *why, size_t size);
	/** Brings the whole port to these settings; not before vfctl_start(). Optional. */
	int (*port_settings_set)(void *priv, const struct vfctl_port_settings *settings);
	/**
	 * Can num_vfs_set() do that now? Asked before VFs are stopped for it, on the
	 * caller's thread. Gives `why` with any error. Optional.
	 */
	int (*num_vfs_check)(void *priv, uint16_t nb_vfs, char *why, size_t size);
	/**
	 * Makes so many VFs exist; on the caller's thread, not the control thread,
	 * while no VF is served. Gives `why` with any error. Optional.
	 */
	int (*num_vfs_set)(void *priv, uint16_t nb_vfs, char *why, size_t size);
	/** How many exist now; asked whenever num_vfs_set() has returned. Given with it. */
	uint16_t (*num_vfs_get)(void *priv);
	/**
	 * Tells one life of the VFs from the next: kept settings with another number
	 * are another tenant's, and are dropped. Any thread. Optional.
	 */
	uint64_t (*life_get)(void *priv);

	/** Is this one of the PF's own addresses? From vfctl_create() on. */
	bool (*pf_owns_mac)(void *priv, const struct rte_ether_addr *mac);
	/**
	 * The link may have changed: the driver reads it and tells the
	 * application, which may call vfctl_stop() and vfctl_start() in turn.
	 */
	void (*link_changed)(void *priv);
};

struct vfctl_port;

/** How to create a port. Strings and tables must outlive it. */
struct vfctl_conf {
	const char *name;		     /**< PCI address, for logs and the thread's name. */
	uint16_t port_id;		     /**< ethdev's, by which operators name it. */
	const struct rte_ether_addr *pf_mac; /**< From it the VFs' addresses are derived. */
	const struct vfctl_ops *ops;
	void *priv; /**< Handed to each operation. */
	struct vfctl_caps caps;
	/**
	 * Where the settings are kept while the VFs live, so that the next process
	 * finds them should this one die; NULL: nowhere.
	 */
	const char *state_file;
	/** Policy to begin with, a file; NULL: defaults. */
	const char *policy_file;
	/** Settings to begin with, as text for all VFs; NULL: none. */
	const char *settings;
};

/** Events for vfctl_wake(), as a set. */
#define VFCTL_EV_VF   (1u << 0) /**< A VF sent, acknowledged or was reset. */
#define VFCTL_EV_LINK (1u << 1) /**< The link may have changed. */

/**
 * Creates a port and its control thread, and makes it known to operators. No VF
 * is served before vfctl_start().
 *
 * @return 0; -EINVAL for a bad configuration, policy or settings (nb_vfs above
 *   max_vfs, max_vfs above VFCTL_VF_MAX, extra_macs above VFCTL_MAC_LIST_MAX,
 *   vlans above 4094, default_frame below 64 or above max_frame); -EEXIST for a
 *   port_id that is in use; -ENOMEM; or what reading a file or the creation of
 *   the thread gave. One log line says what.
 */
int vfctl_create(const struct vfctl_conf *conf, struct vfctl_port **port);

/**
 * Ends the thread and frees the port. Call vfctl_stop() first. Not from the
 * control thread. Calls that wait for the thread return -ESHUTDOWN; new ones
 * by `port` must not begin, those by port_id find none. NULL is allowed.
 */
void vfctl_destroy(struct vfctl_port *port);

/**
 * Puts every VF's settings into the hardware, then begins to serve VFs, and
 * tells each that the PF is back so that it resets itself. Last step of a PF's
 * start: before it, no VF gets an answer. The driver's filters must be empty.
 *
 * @return 0; -EALREADY if VFs are served already; -ETIMEDOUT; or the first
 *   operation's error: then no VF is served. 0 for a `port` that is NULL.
 */
int vfctl_start(struct vfctl_port *port);

/**
 * Stops serving, disables every VF's queues and tells each VF. Addresses and
 * VLANs stay in the hardware; the library forgets them, see vfctl_start().
 * Idempotent. NULL is allowed.
 */
void vfctl_stop(struct vfctl_port *port);

/**
 * Wakes the control thread. Takes no lock, never blocks: for interrupt handlers.
 * NULL is allowed. A wake-up that gets lost costs VFs a delay of 500 ms at most.
 */
void vfctl_wake(struct vfctl_port *port, uint32_t events);

/**
 * Runs fn(arg) on the control thread and returns what it returned; inline when
 * called from that thread itself. `port` may be NULL (the thread doesn't exist yet
 * or any more): then fn runs at once on the caller's.
 *
 * @return fn's result, or -ETIMEDOUT when the thread didn't begin to run it
 *   within the bound (5 s), -ESHUTDOWN when the port is being destroyed; then
 *   fn will not run.
 */
int vfctl_call(struct vfctl_port *port, int (*fn)(void *arg), void *arg);

/**
 * Who owns an address among the VFs: by using it, or by vfctl_settings.mac.
 *
 * Control thread only (inside vfctl_call()).
 * @return the VF's number, or -ENOENT.
 */
int vfctl_mac_owner(const struct vfctl_port *port, const struct rte_ether_addr *mac);

#ifdef __cplusplus
}
#endif

#endif /* VFCTL_DRIVER_H */
