/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) the igbiov authors
 */

#include <string.h>

#include <rte_common.h>

#include "igbiov_mbx.h"

/*
 * The protocol has no length field: each message has the words that its kind
 * needs, and what follows is undefined. Bits of word 0 that a kind doesn't use
 * make it nonsense, so that a later meaning can't be missed.
 */

uint16_t
igbiov_mbx_msg_words(uint32_t word0)
{
	uint32_t nb;

	switch (word0 & MSG_ID_MASK) {
	case MSG_SET_MAC:
		return 3;
	case MSG_SET_VLAN:
	case MSG_SET_LPE:
		return 2;
	case MSG_SET_MULTICAST:
		nb = MSG_INFO(word0) & ~MSG_MC_OVERFLOW;
		return 1 + (RTE_MIN(nb, (uint32_t)VFCTL_MC_HASH_MAX) + 1) / 2;
	default:
		return 1;
	}
}

static void
parse_mac(const uint32_t *words, struct vfctl_request *req)
{
	memcpy(req->mac.addr_bytes, &words[1], RTE_ETHER_ADDR_LEN);
	switch (MSG_INFO(words[0])) {
	case MSG_MAC_SET:
		req->type = VFCTL_REQ_MAC_SET;
		break;
	case MSG_MAC_CLEAR:
		req->type = VFCTL_REQ_MAC_CLEAR;
		break;
	case MSG_MAC_ADD:
		req->type = VFCTL_REQ_MAC_ADD;
		break;
	}
}

static void
parse_multicast(const uint32_t *words, struct vfctl_request *req)
{
	uint32_t info = MSG_INFO(words[0]);
	uint32_t nb = info & ~MSG_MC_OVERFLOW;

	if (nb > VFCTL_MC_HASH_MAX)
		return;
	req->type = VFCTL_REQ_MULTICAST;
	req->mc.nb_hashes = nb;
	req->mc.overflow = info & MSG_MC_OVERFLOW;
	/* Two 16-bit hashes a word. */
	for (uint32_t i = 0; i < nb; i++)
		req->mc.hash[i] = words[1 + i / 2] >> (16 * (i % 2));
}

static void
parse_vlan(const uint32_t *words, struct vfctl_request *req)
{
	if (MSG_INFO(words[0]) > MSG_VLAN_ADD || words[1] > RTE_ETHER_MAX_VLAN_ID)
		return;
	req->type = VFCTL_REQ_VLAN;
	req->vlan.vid = words[1];
	req->vlan.on = MSG_INFO(words[0]) == MSG_VLAN_ADD;
}

static void
parse_promisc(const uint32_t *words, struct vfctl_request *req)
{
	uint32_t info = MSG_INFO(words[0]);

	if (info & ~(MSG_PROMISC_UC | MSG_PROMISC_MC))
		return;
	req->type = VFCTL_REQ_PROMISC;
	if (info & MSG_PROMISC_UC)
		req->promisc |= VFCTL_PROMISC_UNICAST;
	if (info & MSG_PROMISC_MC)
		req->promisc |= VFCTL_PROMISC_MULTICAST;
}

void
igbiov_mbx_msg_parse(const uint32_t *words, struct vfctl_request *req)
{
	const uint32_t spare = ~(MSG_ID_MASK | 0xFFu << MSG_INFO_SHIFT | MSG_CTS);

	memset(req, 0, sizeof(*req));
	req->type = VFCTL_REQ_NONSENSE;
	/* Some VFs echo CTS; acknowledgement flags are the PF's alone. */
	if (words[0] & spare)
		return;

	switch (words[0] & MSG_ID_MASK) {
	case MSG_RESET:
		if (MSG_INFO(words[0]) == 0)
			req->type = VFCTL_REQ_RESET;
		break;
	case MSG_SET_MAC:
		parse_mac(words, req);
		break;
	case MSG_SET_MULTICAST:
		parse_multicast(words, req);
		break;
	case MSG_SET_VLAN:
		parse_vlan(words, req);
		break;
	case MSG_SET_LPE:
		if (MSG_INFO(words[0]) == 0) {
			req->type = VFCTL_REQ_MAX_FRAME;
			req->max_frame = words[1];
		}
		break;
	case MSG_SET_PROMISC:
		parse_promisc(words, req);
		break;
	}
}

uint16_t
igbiov_mbx_msg_answer(uint32_t *words, enum vfctl_request_type type, enum vfctl_verdict verdict,
		      bool clear_to_send, const struct rte_ether_addr *mac)
{
	const uint32_t flag = verdict == VFCTL_GRANTED ? MSG_ACK : MSG_NACK;

	if (type == VFCTL_REQ_RESET) {
		/* Three words, and no CTS: what older VFs compare with to the bit. */
		words[0] = MSG_RESET | flag;
		/* A bare NACK means "no address", with which some VFs go on. */
		if (verdict == VFCTL_LINK_DENIED)
			words[0] |= MSG_LINK_OFF << MSG_INFO_SHIFT;
		words[1] = 0;
		words[2] = 0;
		memcpy(&words[1], mac->addr_bytes, RTE_ETHER_ADDR_LEN);
		return 3;
	}
	words[0] = (words[0] & ~(MSG_ACK | MSG_NACK | MSG_CTS)) | flag;
	if (clear_to_send)
		words[0] |= MSG_CTS;
	return 1;
}

uint32_t
igbiov_mbx_msg_control(bool clear_to_send, enum vfctl_link_state state)
{
	uint32_t info = state == VFCTL_LINK_ON	  ? MSG_LINK_ON
			: state == VFCTL_LINK_OFF ? MSG_LINK_OFF
						  : 0;

	/* DPDK's own VF takes exactly the bare id for a reset. */
	return clear_to_send ? MSG_PF_CONTROL | MSG_CTS | info << MSG_INFO_SHIFT : MSG_PF_CONTROL;
}
