/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) the igbiov authors
 */

#ifndef VFCTL_H
#define VFCTL_H

/**
 * @file
 * The operator's side of VF control: what a VF may do, and what it did.
 */

#include "vfctl_driver.h"

#ifdef __cplusplus
extern "C" {
#endif

/** What the operator wants of a VF. Defaults are the safe ones. */
struct vfctl_settings {
	struct rte_ether_addr mac; /**< Address after a reset. Default: derived from the PF's. */
	bool mac_locked;	   /**< The VF can't change its address. Default: false. */
	bool vlan_any;		   /**< The VF may join VLANs by asking. Default: true. */
	bool spoofchk_mac;	   /**< Frames from foreign addresses are dropped. Default: true. */
	bool spoofchk_vlan;	   /**< Frames into foreign VLANs are dropped. Default: true. */
	uint32_t promisc_allowed;  /**< VFCTL_PROMISC_ bits it may ask for. Default: 0. */
	uint16_t extra_macs;	   /**< Quota of extra addresses. Default: the driver's. */
	uint16_t vlans;		   /**< Quota of VLANs. Default: the driver's. */
	uint32_t max_frame;	   /**< Limit of what it may ask for, octets with CRC. */
};

/** What a VF did. Counted since the port's creation. */
struct vfctl_vf_stats {
	uint64_t resets;		    /**< Function resets and reset requests. */
	uint64_t granted;		    /**< Requests granted. */
	uint64_t verdict[VFCTL_VERDICT_NB]; /**< Requests by verdict. */
	uint64_t mailbox_busy;		    /**< Tries lost because the VF held its mailbox. */
	uint64_t answer_failed;		    /**< Answers that couldn't be delivered. */
};

/**
 * Reads a VF's counters. Any thread; waits for the control thread (bound 5 s).
 * @return 0; -EINVAL if there is no such VF; -ETIMEDOUT.
 */
int vfctl_vf_stats_get(struct vfctl_port *port, uint16_t vf_id, struct vfctl_vf_stats *stats);

/**
 * Reads a VF's settings. Any thread; waits for the control thread (bound 5 s).
 * @return 0; -EINVAL if there is no such VF; -ETIMEDOUT.
 */
int vfctl_vf_settings_get(struct vfctl_port *port, uint16_t vf_id, struct vfctl_settings *settings);

/**
 * Replaces a VF's settings, applies what can be applied at once, and takes back
 * what the VF holds and may no longer have. A VF whose address changes is stopped
 * and told to reset itself: only a reset's answer brings it a new address.
 *
 * Any thread; waits for the control thread (bound 5 s).
 * @return 0; -EINVAL for a value out of range (one log line says which);
 *   -EADDRINUSE when another owns the address; -ETIMEDOUT; or the driver's error:
 *   then the settings are recorded, and the VF is stopped until it resets itself,
 *   when they are applied anew.
 */
int vfctl_vf_settings_set(struct vfctl_port *port, uint16_t vf_id,
			  const struct vfctl_settings *settings);

/** One word for a verdict, for logs and tools; never NULL. */
const char *vfctl_verdict_name(enum vfctl_verdict verdict);

#ifdef __cplusplus
}
#endif

#endif /* VFCTL_H */
