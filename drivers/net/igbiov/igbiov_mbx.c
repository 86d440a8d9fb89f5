/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) the igbiov authors
 */

#include <errno.h>
#include <string.h>

#include "igbiov_mbx.h"

#define LOCK_TRIES   5
#define LOCK_STEP_US 20
#define VF_ANSWER_US 1000000
#define VF_STEP_US   20
#define CLAIM_TRIES  100
/* One after another, before a request: more, and the PF means no good. */
#define NOTICES_MAX	   4
#define VF_RSTI_US	   100000
#define VF_RESET_SETTLE_US 1000

/* --- PF's side --- */

static int
pf_lock(const struct igbiov_hw *hw, uint16_t vf_id)
{
	for (unsigned int i = 0; i < LOCK_TRIES; i++) {
		hw_wr(hw, REGN(P2VMAILBOX, vf_id), P2V_PFU);
		if (hw_rd(hw, REGN(P2VMAILBOX, vf_id)) & P2V_PFU)
			return 0;
		igbiov_delay_us(LOCK_STEP_US);
	}
	return -EAGAIN;
}

uint32_t
igbiov_mbx_pf_pending(const struct igbiov_hw *hw, struct igbiov_pf_mbx *mbx)
{
	uint32_t cause = hw_rd(hw, REG(MBVFICR));

	/* All ones: the function is gone and nobody waits. */
	if (cause == 0 || cause == UINT32_MAX)
		return 0;
	hw_wr(hw, REG(MBVFICR), cause);
	mbx->unread |= cause & MBVFICR_REQ_MASK;
	mbx->acks |= cause >> MBVFICR_ACK_SHIFT & MBVFICR_REQ_MASK;
	mbx->unacked &= ~mbx->acks;
	return cause & MBVFICR_REQ_MASK;
}

uint32_t
igbiov_mbx_pf_resets(const struct igbiov_hw *hw, struct igbiov_pf_mbx *mbx)
{
	uint32_t resets = hw_rd(hw, REG(VFLRE));

	if (resets == 0 || resets == UINT32_MAX)
		return 0;
	hw_wr(hw, REG(VFLRE), resets);
	mbx->unacked &= ~resets;
	return resets & MBVFICR_REQ_MASK;
}

int
igbiov_mbx_pf_read(const struct igbiov_hw *hw, struct igbiov_pf_mbx *mbx, uint16_t vf_id,
		   uint32_t *words)
{
	int ret = pf_lock(hw, vf_id);
	uint16_t nb;

	if (ret != 0)
		return ret;
	memset(words, 0, IGBIOV_MBX_WORDS * sizeof(words[0]));
	words[0] = hw_rd(hw, REGN(VMBMEM, vf_id));
	nb = igbiov_mbx_msg_words(words[0]);
	for (uint16_t i = 1; i < nb; i++)
		words[i] = hw_rd(hw, REGN(VMBMEM, vf_id) + 4 * i);
	mbx->unread &= ~RTE_BIT32(vf_id);
	mbx->held |= RTE_BIT32(vf_id);
	return 0;
}

static void
pf_send_held(const struct igbiov_hw *hw, uint16_t vf_id, const uint32_t *words, uint16_t nb,
	     uint32_t ack)
{
	for (uint16_t i = 0; i < nb; i++)
		hw_wr(hw, REGN(VMBMEM, vf_id) + 4 * i, words[i]);
	/* Without PFU: sends and gives the memory back in one write. */
	hw_wr(hw, REGN(P2VMAILBOX, vf_id), P2V_STS | ack);
}

void
igbiov_mbx_pf_answer(const struct igbiov_hw *hw, struct igbiov_pf_mbx *mbx, uint16_t vf_id,
		     const uint32_t *words, uint16_t nb)
{
	/* The acknowledgement comes with the answer: VFs look for the one and then the other. */
	pf_send_held(hw, vf_id, words, nb, P2V_ACK);
	mbx->held &= ~RTE_BIT32(vf_id);
	mbx->unacked |= RTE_BIT32(vf_id);
}

/* One whose cause is still in the chip, or was taken while its words weren't. */
static bool
pf_message_waits(const struct igbiov_hw *hw, const struct igbiov_pf_mbx *mbx, uint16_t vf_id)
{
	return (mbx->unread | hw_rd(hw, REG(MBVFICR))) & RTE_BIT32(vf_id);
}

int
igbiov_mbx_pf_tell(const struct igbiov_hw *hw, struct igbiov_pf_mbx *mbx, uint16_t vf_id,
		   uint32_t word)
{
	int ret;

	/* It would overwrite an answer that the VF still waits for. */
	if (mbx->unacked & RTE_BIT32(vf_id))
		return -EAGAIN;
	ret = pf_lock(hw, vf_id);
	if (ret != 0)
		return ret;
	if (pf_message_waits(hw, mbx, vf_id)) {
		hw_wr(hw, REGN(P2VMAILBOX, vf_id), 0);
		return -EAGAIN;
	}
	pf_send_held(hw, vf_id, &word, 1, 0);
	mbx->unacked |= RTE_BIT32(vf_id);
	return 0;
}

void
igbiov_mbx_pf_clear(const struct igbiov_hw *hw, struct igbiov_pf_mbx *mbx, uint16_t vf_id)
{
	/* The next tenant begins with RESET, which is one word: the others are nobody's. */
	for (unsigned int i = 1; i < IGBIOV_MBX_WORDS; i++)
		hw_wr(hw, REGN(VMBMEM, vf_id) + 4 * i, 0);
	/* Whoever holds the memory may be writing that word. */
	if (pf_lock(hw, vf_id) != 0)
		return;
	if (!pf_message_waits(hw, mbx, vf_id))
		hw_wr(hw, REGN(VMBMEM, vf_id), 0);
	/* Cleared in the middle of serving a reset: the answer is still to be written. */
	if (!(mbx->held & RTE_BIT32(vf_id)))
		hw_wr(hw, REGN(P2VMAILBOX, vf_id), 0);
}

/* --- VF's side --- */

/* A look by the interrupt handler lasts microseconds; another exchange isn't waited for. */
static int
vf_claim(struct igbiov_vf_mbx *mbx, unsigned int tries)
{
	while (__atomic_exchange_n(&mbx->busy, true, __ATOMIC_ACQUIRE)) {
		if (--tries == 0)
			return -EBUSY;
		igbiov_delay_us(LOCK_STEP_US);
	}
	return 0;
}

static void
vf_unclaim(struct igbiov_vf_mbx *mbx)
{
	__atomic_store_n(&mbx->busy, false, __ATOMIC_RELEASE);
}

/* Flags now, with those that earlier reads have cleared in the chip. */
static uint32_t
vf_flags(const struct igbiov_hw *hw, struct igbiov_vf_mbx *mbx)
{
	uint32_t now = hw_rd(hw, REG(V2PMAILBOX));

	if (now == UINT32_MAX)
		return 0;
	mbx->seen |= now & V2P_READ_TO_CLEAR;
	return now | mbx->seen;
}

/* Waits for one of the flags that reading clears, and takes it. */
static int
vf_wait(const struct igbiov_hw *hw, struct igbiov_vf_mbx *mbx, uint32_t flag, uint32_t timeout_us)
{
	for (uint32_t waited = 0; waited <= timeout_us; waited += VF_STEP_US) {
		if (vf_flags(hw, mbx) & flag) {
			mbx->seen &= ~flag;
			return 0;
		}
		igbiov_delay_us(VF_STEP_US);
	}
	return -ETIMEDOUT;
}

static int
vf_lock(const struct igbiov_hw *hw, struct igbiov_vf_mbx *mbx)
{
	/* The PF may be writing a message: it is done within microseconds. */
	for (unsigned int i = 0; i < 10 * LOCK_TRIES; i++) {
		hw_wr(hw, REG(V2PMAILBOX), V2P_VFU);
		if (vf_flags(hw, mbx) & V2P_VFU)
			return 0;
		igbiov_delay_us(LOCK_STEP_US);
	}
	return -EBUSY;
}

/* Copies the PF's message, acknowledges it and gives the memory back. */
static int
vf_receive(const struct igbiov_hw *hw, struct igbiov_vf_mbx *mbx, uint32_t *words, uint16_t nb)
{
	int ret = vf_lock(hw, mbx);

	if (ret != 0)
		return ret;
	for (unsigned int i = 0; i < nb; i++)
		words[i] = hw_rd(hw, REG(VMBMEM_VF) + 4 * i);
	hw_wr(hw, REG(V2PMAILBOX), V2P_ACK);
	return 0;
}

/* The link state that the PF's operator has set; a PF that says nothing of it has set none. */
static void
vf_control(struct igbiov_vf_mbx *mbx, uint32_t word)
{
	if (word & MSG_CTS)
		mbx->link = MSG_INFO(word);
	else
		mbx->clear_to_send = false;
}

/* A word during an exchange; the next look tells the application of a notice. */
static void
vf_hear(struct igbiov_vf_mbx *mbx, uint32_t word)
{
	if ((word & MSG_ID_MASK) != MSG_PF_CONTROL)
		return;
	mbx->control_lost = true;
	vf_control(mbx, word);
}

/* Takes the memory for a request. What the PF has said before is read first: under that it would be lost. */
static int
vf_lock_to_send(const struct igbiov_hw *hw, struct igbiov_vf_mbx *mbx)
{
	for (unsigned int i = 0; i < NOTICES_MAX; i++) {
		uint32_t word;
		int ret = vf_lock(hw, mbx);

		if (ret != 0 || !(mbx->seen & V2P_PFSTS))
			return ret;
		mbx->seen &= ~V2P_PFSTS;
		ret = vf_receive(hw, mbx, &word, 1);
		if (ret != 0)
			return ret;
		vf_hear(mbx, word);
	}
	return -EBUSY;
}

static int
vf_send(const struct igbiov_hw *hw, struct igbiov_vf_mbx *mbx, const uint32_t *words, uint16_t nb)
{
	int ret = vf_lock_to_send(hw, mbx);

	if (ret != 0)
		return ret;
	/* Of something older: it must not be taken for this one's. */
	mbx->seen &= ~V2P_PFACK;
	for (unsigned int i = 0; i < nb; i++)
		hw_wr(hw, REG(VMBMEM_VF) + 4 * i, words[i]);
	hw_wr(hw, REG(V2PMAILBOX), V2P_REQ);
	return vf_wait(hw, mbx, V2P_PFACK, VF_ANSWER_US);
}

/*
 * One exchange. A PF_CONTROL may come between request and answer: it is noted
 * and the wait goes on; with CTS gone there will be no answer.
 */
static int
vf_exchange(const struct igbiov_hw *hw, struct igbiov_vf_mbx *mbx, const uint32_t *words,
	    uint16_t nb, uint32_t *answer, uint16_t nb_answer)
{
	int ret = vf_send(hw, mbx, words, nb);

	for (unsigned int tries = 0; ret == 0 && tries < 4; tries++) {
		ret = vf_wait(hw, mbx, V2P_PFSTS, VF_ANSWER_US);
		if (ret == 0)
			ret = vf_receive(hw, mbx, answer, nb_answer);
		if (ret != 0)
			break;
		if ((answer[0] & MSG_ID_MASK) == (words[0] & MSG_ID_MASK) &&
		    answer[0] & (MSG_ACK | MSG_NACK))
			return 0;
		vf_hear(mbx, answer[0]);
	}
	return ret != 0 ? ret : -ETIMEDOUT;
}

int
igbiov_mbx_vf_reset(const struct igbiov_hw *hw, struct igbiov_vf_mbx *mbx,
		    struct rte_ether_addr *mac)
{
	const uint32_t request = MSG_RESET;
	uint32_t answer[3];
	int ret;

	ret = vf_claim(mbx, CLAIM_TRIES);
	if (ret != 0)
		return ret;
	mbx->clear_to_send = false;
	mbx->link = 0;
	mbx->seen = 0;
	hw_rmw(hw, REG(VTCTRL), 0, CTRL_RST);
	igbiov_delay_us(VF_RESET_SETTLE_US);

	/* RSTI: the PF itself is in reset. RSTD alone passes when read, RSTI stays. */
	ret = igbiov_hw_wait(hw, REG(V2PMAILBOX), V2P_RSTI, 0, VF_RSTI_US);
	if (ret == -ETIMEDOUT)
		ret = -EAGAIN;
	mbx->seen = 0;
	if (ret == 0)
		ret = vf_exchange(hw, mbx, &request, 1, answer, RTE_DIM(answer));
	if (ret == -ETIMEDOUT || ret == -EBUSY)
		ret = -EAGAIN;
	if (ret == 0 && answer[0] & MSG_NACK && MSG_INFO(answer[0]) == MSG_LINK_OFF)
		ret = -ENETDOWN;
	if (ret == 0) {
		mbx->clear_to_send = true;
		mbx->control_lost = false;
		/* Of the reset that this handshake was for. */
		mbx->seen &= ~V2P_RSTD;
		memcpy(mac->addr_bytes, &answer[1], RTE_ETHER_ADDR_LEN);
		if (answer[0] & MSG_NACK || !rte_is_valid_assigned_ether_addr(mac))
			ret = -EADDRNOTAVAIL;
	}
	vf_unclaim(mbx);
	return ret;
}

int
igbiov_mbx_vf_request(const struct igbiov_hw *hw, struct igbiov_vf_mbx *mbx, const uint32_t *words,
		      uint16_t nb)
{
	uint32_t answer = 0;
	int ret = vf_claim(mbx, CLAIM_TRIES);

	if (ret != 0)
		return ret;
	ret = -EAGAIN;
	/* A second try: the PF's own message may have overwritten the first. */
	for (unsigned int tries = 0; tries < 2 && mbx->clear_to_send; tries++) {
		ret = vf_exchange(hw, mbx, words, nb, &answer, 1);
		if (ret != -ETIMEDOUT)
			break;
	}
	if (ret == 0 && !(answer & MSG_CTS)) {
		mbx->clear_to_send = false;
		/* The next look tells the application. */
		mbx->control_lost = true;
		ret = -EAGAIN;
	}
	if (ret == 0 && answer & MSG_NACK)
		ret = -EPERM;
	vf_unclaim(mbx);
	return ret;
}

enum igbiov_vf_mbx_event
igbiov_mbx_vf_poll(const struct igbiov_hw *hw, struct igbiov_vf_mbx *mbx)
{
	enum igbiov_vf_mbx_event event = IGBIOV_VF_MBX_NOTHING;
	uint32_t flags, word = 0;

	/* An exchange is under way on another thread: it notes what it sees. */
	if (vf_claim(mbx, 1) != 0)
		return event;
	flags = vf_flags(hw, mbx);
	mbx->seen &= ~(V2P_PFACK | V2P_RSTD);
	/* RSTD alone: the PF's reset was over before anyone looked. */
	if (flags & (V2P_RSTI | V2P_RSTD) && mbx->clear_to_send) {
		mbx->clear_to_send = false;
		event = IGBIOV_VF_MBX_RESET;
	} else if (flags & V2P_PFSTS && vf_receive(hw, mbx, &word, 1) == 0) {
		mbx->seen &= ~V2P_PFSTS;
		/* The PF's reset may have wiped the word between the flag and the read. */
		if (word == 0 || vf_flags(hw, mbx) & (V2P_RSTI | V2P_RSTD))
			event = IGBIOV_VF_MBX_RESET;
		/* Whatever a PF says that has not answered our reset, a late answer perhaps: now it is there. */
		else if (!mbx->clear_to_send)
			event = IGBIOV_VF_MBX_RESET;
		else if ((word & MSG_ID_MASK) == MSG_PF_CONTROL) {
			vf_control(mbx, word);
			event = word & MSG_CTS ? IGBIOV_VF_MBX_LINK : IGBIOV_VF_MBX_RESET;
		}
		mbx->seen &= ~V2P_RSTD;
		if (event == IGBIOV_VF_MBX_RESET)
			mbx->clear_to_send = false;
	} else if (mbx->control_lost) {
		event = mbx->clear_to_send ? IGBIOV_VF_MBX_LINK : IGBIOV_VF_MBX_RESET;
	}
	mbx->control_lost = false;
	vf_unclaim(mbx);
	return event;
}
