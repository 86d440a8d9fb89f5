/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) the igbiov authors
 */

#ifndef VFCTL_DRIVER_H
#define VFCTL_DRIVER_H

/**
 * @file
 * What a PF driver gives to lib/vfctl, and what it gets for it.
 *
 * The library knows VFs, addresses, VLANs and verdicts. It never sees a
 * register, a mailbox word or a chip's name: those stay behind `struct
 * vfctl_ops`. The driver in turn never decides what a VF may do.
 *
 * One control thread per PF runs every operation in this file. The data plane
 * neither calls nor waits for it.
 */

#include <stdbool.h>
#include <stdint.h>

#include <rte_ether.h>

#ifdef __cplusplus
extern "C" {
#endif

/** Upper bound of `nb_vfs` for any driver: VF sets are 64-bit masks. */
#define VFCTL_VF_MAX 64

/** Multicast hashes that one request can carry, and one VF can hold. */
#define VFCTL_MC_HASH_MAX 30

/** Extra unicast addresses that one VF can hold, whatever its quota says. */
#define VFCTL_EXTRA_MAC_MAX 16

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

/** Promiscuity, as a set. */
#define VFCTL_PROMISC_UNICAST	(1u << 0)
#define VFCTL_PROMISC_MULTICAST (1u << 1)

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

/** Why a request was granted or refused. Each has a counter per VF. */
enum vfctl_verdict {
	VFCTL_GRANTED,
	VFCTL_NOT_CLEAR,      /**< The VF sent it before a reset. */
	VFCTL_BAD_REQUEST,    /**< Nonsense, or a value out of range. */
	VFCTL_MAC_LOCKED,     /**< The operator has fixed the address. */
	VFCTL_MAC_INVALID,    /**< Multicast, broadcast or all zeroes. */
	VFCTL_MAC_TAKEN,      /**< Another VF or the PF owns the address. */
	VFCTL_QUOTA,	      /**< The VF holds as many as it may. */
	VFCTL_VLAN_DENIED,    /**< Policy doesn't let it into this VLAN. */
	VFCTL_PROMISC_DENIED, /**< Policy doesn't let it be promiscuous. */
	VFCTL_DRIVER_FAILED,  /**< Allowed, but the driver couldn't do it. */
	VFCTL_VERDICT_NB
};

/** What a driver is able to hold. */
struct vfctl_caps {
	uint16_t nb_vfs;	/**< VFs that exist, at most VFCTL_VF_MAX; 0 is a PF alone. */
	uint16_t extra_macs;	/**< Quota of extra addresses per VF. */
	uint16_t vlans;		/**< Quota of VLANs per VF; VLAN 0 isn't counted. */
	uint32_t max_frame;	/**< Largest frame, octets with CRC. */
	uint32_t default_frame; /**< Frame limit after a VF's reset. */
};

/**
 * Operations of a PF driver. All run on the port's control thread (or, while
 * no thread runs yet, on the caller's); each is bounded in time and never
 * waits for a VF. Those that return int give 0 or a negative errno; a failed
 * one has changed nothing.
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
	 * Tells the VF that the PF's state changed (link, reset). Fails with
	 * -EAGAIN when the VF holds its mailbox, or when a message of it is
	 * still to be read there: the library tries again on a later turn.
	 */
	int (*vf_notify)(void *priv, uint16_t vf_id, bool clear_to_send);

	/** Lets the VF's queues receive and transmit, or stops them. */
	int (*vf_enable)(void *priv, uint16_t vf_id, bool on);
	/**
	 * Brings the VF's pool to its secure defaults: takes out every
	 * address, VLAN and multicast hash that it holds, its own address
	 * included; no promiscuity, anti-spoofing on. What stays would reach
	 * the VF's next owner. Clears its mailbox memory, unless a message
	 * lies there that request_get() has not read yet: a VF asks for its
	 * reset right after it has reset its function, and both may be seen
	 * in one turn, the function reset first.
	 */
	int (*vf_defaults)(void *priv, uint16_t vf_id);
	int (*vf_mac_add)(void *priv, uint16_t vf_id, const struct rte_ether_addr *mac);
	int (*vf_mac_remove)(void *priv, uint16_t vf_id, const struct rte_ether_addr *mac);
	int (*vf_multicast_set)(void *priv, uint16_t vf_id, const uint16_t *hash, uint16_t nb);
	int (*vf_vlan_set)(void *priv, uint16_t vf_id, uint16_t vid, bool on);
	int (*vf_max_frame_set)(void *priv, uint16_t vf_id, uint32_t octets);
	int (*vf_promisc_set)(void *priv, uint16_t vf_id, uint32_t promisc);
	int (*vf_spoofchk_set)(void *priv, uint16_t vf_id, bool mac, bool vlan);

	/** Is this one of the PF's own addresses? Not called before vfctl_create() has returned. */
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
	const struct rte_ether_addr *pf_mac; /**< From it the VFs' addresses are derived. */
	const struct vfctl_ops *ops;
	void *priv; /**< Handed to each operation. */
	struct vfctl_caps caps;
};

/** Events for vfctl_wake(), as a set. */
#define VFCTL_EV_VF   (1u << 0) /**< A VF sent, acknowledged or was reset. */
#define VFCTL_EV_LINK (1u << 1) /**< The link may have changed. */

/**
 * Creates a port and its control thread. No VF is served before vfctl_start().
 *
 * @return 0; -EINVAL for a bad configuration (nb_vfs above VFCTL_VF_MAX,
 *   extra_macs above VFCTL_EXTRA_MAC_MAX, vlans above 4094, default_frame below
 *   64 or above max_frame), -ENOMEM, or what the creation of the thread gave.
 */
int vfctl_create(const struct vfctl_conf *conf, struct vfctl_port **port);

/**
 * Ends the thread and frees the port. Call vfctl_stop() first. Not from the
 * control thread. Calls that wait for the thread return -ESHUTDOWN; new ones
 * must not begin. NULL is allowed.
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
