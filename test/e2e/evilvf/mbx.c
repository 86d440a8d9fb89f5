/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) the igbiov authors
 */

#include <unistd.h>

#include <igbiov_regs.h>

#include "mbx.h"

#define LOCK_MS 200

void
mbx_post(struct vf *vf, const uint32_t *words, unsigned int nb)
{
	for (unsigned int i = 0; i < nb; i++)
		vf_wr(vf, REGN(VMBMEM_VF, i), words[i]);
	vf_wr(vf, REG(V2PMAILBOX), V2P_REQ);
}

static uint32_t
look(struct vf *vf)
{
	uint32_t now = vf_rd(vf, REG(V2PMAILBOX));

	vf->seen |= now & V2P_READ_TO_CLEAR;
	return now;
}

uint32_t
mbx_flags(struct vf *vf, struct tally *tally)
{
	uint32_t flags = look(vf) | vf->seen;

	vf->seen = 0;
	for (unsigned int bit = 0; bit < 8; bit++)
		tally->flags[bit] += flags >> bit & 1;
	return flags;
}

static bool
lock(struct vf *vf, struct tally *tally)
{
	const uint64_t end = now_ms() + LOCK_MS;

	do {
		vf_wr(vf, REG(V2PMAILBOX), V2P_VFU);
		if (look(vf) & V2P_VFU)
			return true;
		tally->busy++;
		usleep(100);
	} while (now_ms() < end);
	return false;
}

static bool
wait_message(struct vf *vf, uint64_t end)
{
	while (!(vf->seen & V2P_PFSTS)) {
		if (now_ms() > end)
			return false;
		look(vf);
	}
	vf->seen &= ~(V2P_PFSTS | V2P_PFACK);
	return true;
}

static enum answer
judge(uint32_t word, uint32_t answer)
{
	if ((answer & MSG_ID_MASK) != (word & MSG_ID_MASK))
		return ANSWER_ODD;
	switch (answer & (MSG_ACK | MSG_NACK)) {
	case MSG_ACK:
		return ANSWER_GRANTED;
	case MSG_NACK:
		return ANSWER_REFUSED;
	default:
		return ANSWER_ODD;
	}
}

static enum answer
exchange(struct vf *vf, const uint32_t *words, unsigned int nb, unsigned int ms,
	 struct tally *tally)
{
	const uint64_t end = now_ms() + ms;

	if (!lock(vf, tally))
		return ANSWER_SILENT;
	vf->seen = 0;
	mbx_post(vf, words, nb);
	while (wait_message(vf, end)) {
		if (!lock(vf, tally))
			break;
		for (unsigned int i = 0; i < RTE_DIM(tally->last); i++)
			tally->last[i] = vf_rd(vf, REGN(VMBMEM_VF, i));
		vf_wr(vf, REG(V2PMAILBOX), V2P_ACK);
		/* The PF may have something to say before it answers. */
		if ((tally->last[0] & MSG_ID_MASK) == MSG_PF_CONTROL &&
		    (words[0] & MSG_ID_MASK) != MSG_PF_CONTROL) {
			tally->told++;
			continue;
		}
		return judge(words[0], tally->last[0]);
	}
	return ANSWER_SILENT;
}

enum answer
mbx_ask(struct vf *vf, const uint32_t *words, unsigned int nb, unsigned int ms, struct tally *tally)
{
	uint32_t kind = words[0] & MSG_ID_MASK;
	enum answer answer = exchange(vf, words, nb, ms, tally);

	tally->sent++;
	tally->answer[kind < MSG_KINDS ? kind : 0][answer]++;
	return answer;
}

enum answer
mbx_reset(struct vf *vf, struct tally *tally)
{
	const uint32_t word = MSG_RESET;
	const uint64_t end = now_ms() + PATIENCE_MS;

	vf_wr(vf, REG(VTCTRL), CTRL_RST);
	usleep(1000);
	/* The PF itself may be in reset. */
	while (look(vf) & V2P_RSTI && now_ms() < end)
		usleep(1000);
	return mbx_ask(vf, &word, 1, PATIENCE_MS, tally);
}
