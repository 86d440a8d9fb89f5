/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) the igbiov authors
 */

/* Names of requests and verdicts, and refusals in the log at a bounded rate. */

#include <inttypes.h>
#include <stdio.h>

#include "vfctl_internal.h"

RTE_LOG_REGISTER_DEFAULT(vfctl_logtype, NOTICE)

#define REFUSAL_INTERVAL_NS VFCTL_NS_PER_S

/* clang-format off */
static const char *const request_name[VFCTL_REQ_NB] = {
	[VFCTL_REQ_RESET]     = "reset",
	[VFCTL_REQ_MAC_SET]   = "mac-set",
	[VFCTL_REQ_MAC_ADD]   = "mac-add",
	[VFCTL_REQ_MAC_CLEAR] = "mac-clear",
	[VFCTL_REQ_MULTICAST] = "multicast",
	[VFCTL_REQ_VLAN]      = "vlan",
	[VFCTL_REQ_MAX_FRAME] = "max-frame",
	[VFCTL_REQ_PROMISC]   = "promisc",
	[VFCTL_REQ_NONSENSE]  = "nonsense",
};

/* What an operator reads, and what to do about it. */
static const struct {
	const char *name;
	const char *remedy;
} verdict_text[VFCTL_VERDICT_NB] = {
	[VFCTL_GRANTED]        = { "granted",        "nothing to do" },
	[VFCTL_NOT_CLEAR]      = { "not-clear",      "the VF must send a reset first" },
	[VFCTL_BAD_REQUEST]    = { "bad-request",    "the VF's driver is broken or hostile" },
	[VFCTL_MAC_LOCKED]     = { "mac-locked",     "unlock its address to allow it" },
	[VFCTL_MAC_INVALID]    = { "mac-invalid",    "the VF must use a unicast address" },
	[VFCTL_MAC_TAKEN]      = { "mac-taken",      "the VF must use another address" },
	[VFCTL_MAC_DENIED]     = { "mac-denied",     "add the address to its list to allow it" },
	[VFCTL_QUOTA]          = { "quota",          "raise its quota to allow it" },
	[VFCTL_VLAN_DENIED]    = { "vlan-denied",    "add the VLAN to its trunk to allow it" },
	[VFCTL_PROMISC_DENIED] = { "promisc-denied", "allow it this promiscuity, if you trust it" },
	[VFCTL_LINK_DENIED]    = { "link-denied",    "set its link state to auto or on" },
	[VFCTL_VETOED]         = { "vetoed",         "the application refused it" },
	[VFCTL_DRIVER_FAILED]  = { "driver-failed",  "see the driver's log" },
};
/* clang-format on */

const char *
vfctl_verdict_name(enum vfctl_verdict verdict)
{
	return (unsigned int)verdict < VFCTL_VERDICT_NB ? verdict_text[verdict].name : "unknown";
}

void
vfctl_request_format(const struct vfctl_request *req, char *text, size_t size)
{
	const uint8_t *mac = req->mac.addr_bytes;
	unsigned int type = req->type < VFCTL_REQ_NB ? req->type : VFCTL_REQ_NONSENSE;
	const char *name = request_name[type];

	switch (type) {
	case VFCTL_REQ_MAC_SET:
	case VFCTL_REQ_MAC_ADD:
		snprintf(text, size, "%s %02x:%02x:%02x:%02x:%02x:%02x", name, mac[0], mac[1],
			 mac[2], mac[3], mac[4], mac[5]);
		break;
	case VFCTL_REQ_MULTICAST:
		snprintf(text, size, "%s of %u hashes", name, req->mc.nb_hashes);
		break;
	case VFCTL_REQ_VLAN:
		snprintf(text, size, "%s %u %s", name, req->vlan.vid, req->vlan.on ? "on" : "off");
		break;
	case VFCTL_REQ_MAX_FRAME:
		snprintf(text, size, "%s %" PRIu32, name, req->max_frame);
		break;
	case VFCTL_REQ_PROMISC:
		snprintf(text, size, "%s 0x%" PRIx32, name, req->promisc);
		break;
	default:
		snprintf(text, size, "%s", name);
	}
}

bool
vfctl_refusal_due(struct vfctl_refusals *refusals, uint64_t now_ns, uint64_t *silent)
{
	if (now_ns < refusals->next_ns) {
		refusals->silent++;
		return false;
	}
	*silent = refusals->silent;
	refusals->silent = 0;
	refusals->next_ns = now_ns + REFUSAL_INTERVAL_NS;
	return true;
}

void
vfctl_refusal_log(struct vfctl_port *port, uint16_t vf_id, const struct vfctl_request *req,
		  enum vfctl_verdict verdict)
{
	uint64_t silent;
	char text[48];

	if (!vfctl_refusal_due(&port->vf[vf_id].refusals, port->now_ns(), &silent))
		return;
	vfctl_request_format(req, text, sizeof(text));
	VFCTL_LOG(NOTICE,
		  "%s: VF %u: refused %s: %s, %s; %" PRIu64 " more since the last such line",
		  port->name, vf_id, text, vfctl_verdict_name(verdict),
		  verdict_text[verdict].remedy, silent);
}
