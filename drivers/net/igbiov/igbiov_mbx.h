/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) the igbiov authors
 */

#ifndef IGBIOV_MBX_H
#define IGBIOV_MBX_H

/**
 * @file
 * The mailbox between PF and VF: 16 words and a few flags per VF. Transport for
 * both sides, no policy; what the words mean is igbiov_mbx_msg's.
 *
 * The words can be rewritten by the other side at any time: they are copied
 * once and only the copy is looked at. Ownership of the memory is advisory:
 * every try to get it is bounded.
 */

#include <stdbool.h>
#include <stdint.h>

#include <vfctl_driver.h>

#include "igbiov_hw.h"

#define IGBIOV_MBX_WORDS 16

/* Message ids: bits 15:0 of word 0, as 82576 drivers speak them. */
#define MSG_RESET	  0x0001u
#define MSG_SET_MAC	  0x0002u
#define MSG_SET_MULTICAST 0x0003u
#define MSG_SET_VLAN	  0x0004u
#define MSG_SET_LPE	  0x0005u
#define MSG_SET_PROMISC	  0x0006u
#define MSG_PF_CONTROL	  0x0100u
#define MSG_ID_MASK	  0xFFFFu
/* Information: bits 23:16. */
#define MSG_INFO_SHIFT	16
#define MSG_INFO(w)	(((w) >> MSG_INFO_SHIFT) & 0xFF)
#define MSG_MAC_SET	0u
#define MSG_MAC_CLEAR	1u
#define MSG_MAC_ADD	2u
#define MSG_MC_OVERFLOW 0x80u
#define MSG_VLAN_ADD	1u
#define MSG_PROMISC_UC	1u
#define MSG_PROMISC_MC	2u
/*
 * Ours alone: in PF_CONTROL beside CTS, since other VFs look no further than at
 * that, and LINK_OFF in the NACK to a reset.
 */
#define MSG_LINK_ON  1u
#define MSG_LINK_OFF 2u
/* Flags. */
#define MSG_CTS	 RTE_BIT32(29)
#define MSG_NACK RTE_BIT32(30)
#define MSG_ACK	 RTE_BIT32(31)

/* --- PF's side; control thread only --- */

/** What the PF knows of the mailboxes beyond the chip's flags. Bit n: VF n. */
struct igbiov_pf_mbx {
	uint32_t unread;  /**< A message waits whose cause was taken already. */
	uint32_t held;	  /**< The PF has the memory, from reading to answering. */
	uint32_t unacked; /**< Told something, and hasn't acknowledged it yet. */
	uint32_t acks;	  /**< Acknowledged something since they were looked at. */
};

/** VFs with a message since the last call; clears the chip's causes. Bit n: VF n. */
uint32_t igbiov_mbx_pf_pending(const struct igbiov_hw *hw, struct igbiov_pf_mbx *mbx);

/** VFs whose function was reset, and clears it. */
uint32_t igbiov_mbx_pf_resets(const struct igbiov_hw *hw, struct igbiov_pf_mbx *mbx);

/**
 * Copies a VF's message once, as many words as its kind has. The memory stays
 * the PF's until igbiov_mbx_pf_answer().
 * @return 0; -EAGAIN when the VF holds the memory.
 */
int igbiov_mbx_pf_read(const struct igbiov_hw *hw, struct igbiov_pf_mbx *mbx, uint16_t vf_id,
		       uint32_t *words);

/** Acknowledges and answers the message read last, and gives the memory back. */
void igbiov_mbx_pf_answer(const struct igbiov_hw *hw, struct igbiov_pf_mbx *mbx, uint16_t vf_id,
			  const uint32_t *words, uint16_t nb);

/**
 * Tells the VF something unasked.
 * @return 0; -EAGAIN when the VF holds the memory, a message of its waits there,
 *   or it hasn't read the last one of ours.
 */
int igbiov_mbx_pf_tell(const struct igbiov_hw *hw, struct igbiov_pf_mbx *mbx, uint16_t vf_id,
		       uint32_t word);

/**
 * Leaves nothing of one tenant in the memory for the next. A message that waits
 * there is the next tenant's first, and stays.
 */
void igbiov_mbx_pf_clear(const struct igbiov_hw *hw, struct igbiov_pf_mbx *mbx, uint16_t vf_id);

/* --- VF's side --- */

struct igbiov_vf_mbx {
	bool busy;	    /**< Atomic: one exchange at a time, and nobody waits for its end. */
	uint32_t seen;	    /**< Flags that reading has cleared in the chip. */
	bool clear_to_send; /**< The PF has answered a reset and taken nothing back since. */
	uint8_t link;	    /**< MSG_LINK_ON, MSG_LINK_OFF, or else as the wire's. */
	bool control_lost;  /**< A PF_CONTROL came in the middle of an exchange. */
};

/** What a look at the mailbox outside an exchange found. */
enum igbiov_vf_mbx_event {
	IGBIOV_VF_MBX_NOTHING,
	IGBIOV_VF_MBX_LINK,  /**< The PF says: something changed, look at the link. */
	IGBIOV_VF_MBX_RESET, /**< The PF was reset, and this VF with it. */
};

/**
 * Resets the VF's function and does the handshake.
 *
 * @param mac the address that the PF gave, if any (see return).
 * @return 0; -EADDRNOTAVAIL: the PF answered but has no address for this VF;
 *   -ENETDOWN: its operator has set this VF's link off;
 *   -EAGAIN: no answer, the PF isn't up (waits 1.1 s for one that is silent, at
 *   most 5.1 s for one that says other things); -ENODEV.
 */
int igbiov_mbx_vf_reset(const struct igbiov_hw *hw, struct igbiov_vf_mbx *mbx,
			struct rte_ether_addr *mac);

/**
 * Sends a message and waits for its answer: 1 s for the acknowledgement, as long
 * for the answer, twice; at most 10 s for a PF that says other things instead.
 *
 * @return 0 acknowledged; -EPERM refused; -EAGAIN reset first; -ETIMEDOUT;
 *   -EBUSY when the PF holds the memory, or another thread is in an exchange.
 */
int igbiov_mbx_vf_request(const struct igbiov_hw *hw, struct igbiov_vf_mbx *mbx,
			  const uint32_t *words, uint16_t nb);

/** For interrupt and timer: never waits. */
enum igbiov_vf_mbx_event igbiov_mbx_vf_poll(const struct igbiov_hw *hw, struct igbiov_vf_mbx *mbx);

/* --- igbiov_mbx_msg.c: pure --- */

/** Words that a message with this first one has, 1 to 16. */
uint16_t igbiov_mbx_msg_words(uint32_t word0);

/** Makes a request of a VF's message; what it can't understand becomes nonsense. */
void igbiov_mbx_msg_parse(const uint32_t *words, struct vfctl_request *req);

/**
 * The PF's answer to a request: fills `words`.
 * @param words room for 3; the first is the VF's message's.
 * @param clear_to_send the VF has been reset and may ask for more.
 * @return the number of words.
 */
uint16_t igbiov_mbx_msg_answer(uint32_t *words, enum vfctl_request_type type,
			       enum vfctl_verdict verdict, bool clear_to_send,
			       const struct rte_ether_addr *mac);

/** The word of a PF_CONTROL: what the PF says when its state or the link's has changed. */
uint32_t igbiov_mbx_msg_control(bool clear_to_send, enum vfctl_link_state state);

#endif /* IGBIOV_MBX_H */
