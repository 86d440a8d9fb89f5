/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) the igbiov authors
 */

/*
 * igbiov_mbx.c: both sides of a mailbox. Each side is tested against a partner
 * played here, also against one that lies, sleeps or rewrites.
 */

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "port.h"

#define VF     3
#define SECOND 1000000u

/* What the partner of the side under test does. */
struct partner {
	struct model *m;
	struct igbiov_hw pf, vf;
	struct igbiov_vf_mbx mbx;
	struct igbiov_pf_mbx pf_mbx;
	uint32_t answer[3]; /* the PF's, word 0 without verdict filled in by the test */
	unsigned int nb_answer;
	bool ack;	    /* the PF acknowledges */
	unsigned int mute;  /* requests that the PF ignores at first */
	bool control_first; /* PF_CONTROL between request and answer */
	uint32_t control;
	bool reset_after_ack; /* the PF is reset in the middle */
	unsigned int requests;
	uint32_t got[IGBIOV_MBX_WORDS]; /* the last request */
};

static int
setup(void **state)
{
	struct partner *p = calloc(1, sizeof(*p));

	p->m = model_new();
	p->m->arg = p;
	p->m->nb_vfs = 7;
	hw_open(&p->pf, p->m, PF_DEVICE, MODEL_PF);
	hw_open(&p->vf, p->m, VF_DEVICE, VF);
	p->ack = true;
	/* The PF is up. */
	hw_wr(&p->pf, REG(CTRL_EXT), CTRL_EXT_PFRSTD);
	model_bound(p->m, 5 * SECOND);
	*state = p;
	return 0;
}

static int
teardown(void **state)
{
	struct partner *p = *state;
	struct model *m = p->m;

	free(p);
	model_finish(m);
	return 0;
}

static uint32_t
mem(const struct partner *p, unsigned int i)
{
	return model_peek(p->m, REGN(VMBMEM, VF) + 4 * i);
}

static void
mem_set(struct partner *p, unsigned int i, uint32_t value)
{
	model_poke(p->m, REGN(VMBMEM, VF) + 4 * i, value);
}

/* --- the PF's side --- */

/* A VF's message, put there as a VF does it. */
static void
vf_sends(struct partner *p, const uint32_t *words, unsigned int nb)
{
	hw_wr(&p->vf, REG(V2PMAILBOX), V2P_VFU);
	for (unsigned int i = 0; i < nb; i++)
		mem_set(p, i, words[i]);
	hw_wr(&p->vf, REG(V2PMAILBOX), V2P_REQ);
}

static void
a_message_is_copied_acknowledged_and_answered(void **state)
{
	struct partner *p = *state;
	const uint32_t request[] = { MSG_SET_MAC, 0x11111102, 0x2222 };
	uint32_t words[IGBIOV_MBX_WORDS], answer = MSG_SET_MAC | MSG_ACK | MSG_CTS;

	vf_sends(p, request, 3);
	assert_int_equal(igbiov_mbx_pf_pending(&p->pf, &p->pf_mbx), 1u << VF);
	assert_int_equal(igbiov_mbx_pf_pending(&p->pf, &p->pf_mbx), 0);
	assert_int_equal(igbiov_mbx_pf_read(&p->pf, &p->pf_mbx, VF, words), 0);
	assert_memory_equal(words, request, sizeof(request));
	igbiov_mbx_pf_answer(&p->pf, &p->pf_mbx, VF, &answer, 1);
	/* Both at once: it saves an access, and a VF looks for the one and then the other. */
	assert_true(model_vf_peek(p->m, VF, REG(V2PMAILBOX)) & V2P_PFACK);
	assert_true(model_vf_peek(p->m, VF, REG(V2PMAILBOX)) & V2P_PFSTS);
	assert_int_equal(mem(p, 0), answer);
	assert_int_equal(model_peek(p->m, REGN(P2VMAILBOX, VF)), 0);
}

static uint32_t
change_after_reading(struct model *m, unsigned int fn, uint32_t reg, uint32_t value)
{
	if (fn == MODEL_PF && reg >= REGN(VMBMEM, VF) && reg < REGN(VMBMEM, VF + 1))
		model_poke(m, reg, ~value);
	return value;
}

/* Time of check and of use: the words change as soon as they have been read. */
static void
rewriting_under_the_reader_gains_nothing(void **state)
{
	struct partner *p = *state;
	const uint32_t request[] = { MSG_SET_MULTICAST | 2u << 16, 0x00050004 };
	uint32_t words[IGBIOV_MBX_WORDS];

	vf_sends(p, request, 2);
	p->m->on_read = change_after_reading;
	assert_int_equal(igbiov_mbx_pf_read(&p->pf, &p->pf_mbx, VF, words), 0);
	assert_memory_equal(words, request, sizeof(request));
	for (unsigned int i = 0; i < IGBIOV_MBX_WORDS; i++)
		assert_in_range(p->m->reads_of[(REGN(VMBMEM, VF) + 4 * i) / 4], 0, 1);
}

static void
words_a_message_does_not_have_are_zero(void **state)
{
	struct partner *p = *state;
	uint32_t words[IGBIOV_MBX_WORDS];
	const uint32_t request = MSG_RESET;

	for (unsigned int i = 0; i < IGBIOV_MBX_WORDS; i++)
		mem_set(p, i, 0xDEADBEEF);
	vf_sends(p, &request, 1);
	assert_int_equal(igbiov_mbx_pf_read(&p->pf, &p->pf_mbx, VF, words), 0);
	for (unsigned int i = 1; i < IGBIOV_MBX_WORDS; i++)
		assert_int_equal(words[i], 0);
}

/* It holds its memory and never lets go: bounded tries, and no other VF waits. */
static void
a_hogged_mailbox_costs_the_pf_little(void **state)
{
	struct partner *p = *state;
	uint32_t words[IGBIOV_MBX_WORDS];

	hw_wr(&p->vf, REG(V2PMAILBOX), V2P_REQ | V2P_VFU);
	model_bound(p->m, 300);
	model_counts_clear(p->m);
	assert_int_equal(igbiov_mbx_pf_read(&p->pf, &p->pf_mbx, VF, words), -EAGAIN);
	assert_int_equal(igbiov_mbx_pf_tell(&p->pf, &p->pf_mbx, VF, MSG_PF_CONTROL), -EAGAIN);
	assert_in_range(p->m->reads + p->m->writes, 2, 40);
	/* It was never acknowledged, and the memory never written. */
	assert_false(model_vf_peek(p->m, VF, REG(V2PMAILBOX)) & (V2P_PFACK | V2P_PFSTS));
	assert_int_equal(mem(p, 0), 0);
}

static void
a_message_costs_few_accesses(void **state)
{
	struct partner *p = *state;
	const uint32_t request[] = { MSG_SET_VLAN | 1u << 16, 5 };
	uint32_t words[IGBIOV_MBX_WORDS];

	vf_sends(p, request, 2);
	model_counts_clear(p->m);
	assert_int_equal(igbiov_mbx_pf_pending(&p->pf, &p->pf_mbx), 1u << VF);
	assert_int_equal(igbiov_mbx_pf_read(&p->pf, &p->pf_mbx, VF, words), 0);
	igbiov_mbx_pf_answer(&p->pf, &p->pf_mbx, VF, words, 1);
	assert_in_range(p->m->reads + p->m->writes, 5, 8);
}

static void
several_vfs_are_told_at_once(void **state)
{
	struct partner *p = *state;

	for (unsigned int vf = 0; vf < 7; vf += 2) {
		struct igbiov_hw hw;

		hw_open(&hw, p->m, VF_DEVICE, vf);
		hw_wr(&hw, REG(V2PMAILBOX), V2P_REQ);
		hw_wr(&hw, REG(V2PMAILBOX), V2P_ACK);
	}
	assert_int_equal(igbiov_mbx_pf_pending(&p->pf, &p->pf_mbx), 0x55);
	assert_int_equal(model_peek(p->m, REG(MBVFICR)), 0);
	model_vf_flr(p->m, 1);
	model_vf_flr(p->m, 5);
	assert_int_equal(igbiov_mbx_pf_resets(&p->pf, &p->pf_mbx), 0x22);
	assert_int_equal(igbiov_mbx_pf_resets(&p->pf, &p->pf_mbx), 0);
}

static void
a_removed_pf_sees_no_vfs(void **state)
{
	struct partner *p = *state;

	p->m->removed = true;
	assert_int_equal(igbiov_mbx_pf_pending(&p->pf, &p->pf_mbx), 0);
	assert_int_equal(igbiov_mbx_pf_resets(&p->pf, &p->pf_mbx), 0);
}

static void
a_notice_never_overwrites_a_message(void **state)
{
	struct partner *p = *state;
	const uint32_t request[] = { MSG_SET_VLAN | 1u << 16, 5 };
	uint32_t words[IGBIOV_MBX_WORDS];

	vf_sends(p, request, 2);
	assert_int_equal(igbiov_mbx_pf_tell(&p->pf, &p->pf_mbx, VF, MSG_PF_CONTROL), -EAGAIN);
	assert_int_equal(mem(p, 0), request[0]);
	assert_int_equal(model_peek(p->m, REGN(P2VMAILBOX, VF)), 0);
	/* Nor one whose cause was taken, while its words weren't. */
	igbiov_mbx_pf_pending(&p->pf, &p->pf_mbx);
	assert_int_equal(igbiov_mbx_pf_tell(&p->pf, &p->pf_mbx, VF, MSG_PF_CONTROL), -EAGAIN);
	assert_int_equal(mem(p, 0), request[0]);
	assert_int_equal(igbiov_mbx_pf_read(&p->pf, &p->pf_mbx, VF, words), 0);
	igbiov_mbx_pf_answer(&p->pf, &p->pf_mbx, VF, words, 1);
	/* Nor an answer that the VF hasn't read. */
	assert_int_equal(igbiov_mbx_pf_tell(&p->pf, &p->pf_mbx, VF, MSG_PF_CONTROL), -EAGAIN);
	assert_int_equal(mem(p, 0), words[0]);
	hw_wr(&p->vf, REG(V2PMAILBOX), V2P_ACK);
	igbiov_mbx_pf_pending(&p->pf, &p->pf_mbx);
	assert_int_equal(igbiov_mbx_pf_tell(&p->pf, &p->pf_mbx, VF, MSG_PF_CONTROL), 0);
	assert_int_equal(mem(p, 0), MSG_PF_CONTROL);
}

/* What one tenant left, the next must not read. */
static void
clearing_leaves_no_residue(void **state)
{
	struct partner *p = *state;

	for (unsigned int i = 0; i < IGBIOV_MBX_WORDS; i++)
		mem_set(p, i, 0xDEADBEEF);
	igbiov_mbx_pf_clear(&p->pf, &p->pf_mbx, VF);
	for (unsigned int i = 0; i < IGBIOV_MBX_WORDS; i++)
		assert_int_equal(mem(p, i), 0);
	assert_int_equal(model_peek(p->m, REGN(P2VMAILBOX, VF)), 0);
	/* The neighbours' is theirs. */
	model_poke(p->m, REGN(VMBMEM, VF + 1), 7);
	model_poke(p->m, REGN(VMBMEM, VF) - 4, 9);
	igbiov_mbx_pf_clear(&p->pf, &p->pf_mbx, VF);
	assert_int_equal(model_peek(p->m, REGN(VMBMEM, VF + 1)), 7);
	assert_int_equal(model_peek(p->m, REGN(VMBMEM, VF) - 4), 9);
}

static void
clearing_spares_the_next_tenants_first_message(void **state)
{
	struct partner *p = *state;
	const uint32_t request = MSG_RESET;

	vf_sends(p, &request, 1);
	igbiov_mbx_pf_clear(&p->pf, &p->pf_mbx, VF);
	assert_int_equal(mem(p, 0), MSG_RESET);
}

/* A reset is served: the pool is cleared between the VF's words and the answer. */
static void
clearing_in_the_middle_keeps_the_memory_until_the_answer(void **state)
{
	struct partner *p = *state;
	const uint32_t request = MSG_RESET;
	uint32_t words[IGBIOV_MBX_WORDS];

	vf_sends(p, &request, 1);
	igbiov_mbx_pf_pending(&p->pf, &p->pf_mbx);
	assert_int_equal(igbiov_mbx_pf_read(&p->pf, &p->pf_mbx, VF, words), 0);
	igbiov_mbx_pf_clear(&p->pf, &p->pf_mbx, VF);
	assert_true(model_peek(p->m, REGN(P2VMAILBOX, VF)) & P2V_PFU);
	igbiov_mbx_pf_answer(&p->pf, &p->pf_mbx, VF, words, 1);
	assert_int_equal(model_peek(p->m, REGN(P2VMAILBOX, VF)), 0);
}

/* --- the VF's side; the PF is played at each delay --- */

static void
pf_tells(struct partner *p, const uint32_t *words, unsigned int nb)
{
	for (unsigned int i = 0; i < nb; i++)
		mem_set(p, i, words[i]);
	hw_wr(&p->pf, REGN(P2VMAILBOX, VF), P2V_STS);
}

static void
pf_plays(struct model *m, unsigned int us)
{
	struct partner *p = m->arg;
	uint32_t flags = model_peek(m, REG(MBVFICR));

	(void)us;
	if (m->removed || !(flags & 1u << VF) || (m->vfu_held & 1u << VF))
		return;
	hw_wr(&p->pf, REG(MBVFICR), 1u << VF);
	p->requests++;
	for (unsigned int i = 0; i < IGBIOV_MBX_WORDS; i++)
		p->got[i] = mem(p, i);
	if (p->mute > 0) {
		p->mute--;
		return;
	}
	if (p->ack)
		hw_wr(&p->pf, REGN(P2VMAILBOX, VF), P2V_ACK);
	if (p->reset_after_ack)
		hw_wr(&p->pf, REG(CTRL), CTRL_RST);
	else if (p->control_first) {
		p->control_first = false;
		pf_tells(p, &p->control, 1);
		/* The answer follows when the VF has read this. */
		hw_wr(&p->pf, REG(MBVFICR), 0);
		model_poke(m, REG(MBVFICR), 1u << VF);
	} else if (p->nb_answer != 0) {
		pf_tells(p, p->answer, p->nb_answer);
	}
}

static void
pf_will_answer(struct partner *p, uint32_t word0, unsigned int nb)
{
	p->answer[0] = word0;
	p->answer[1] = 0x44332202;
	p->answer[2] = 0x6655;
	p->nb_answer = nb;
	p->m->on_delay = pf_plays;
}

static int
vf_reset(struct partner *p, struct rte_ether_addr *mac)
{
	memset(mac, 0, sizeof(*mac));
	return igbiov_mbx_vf_reset(&p->vf, &p->mbx, mac);
}

static void
vf_is_clear(struct partner *p)
{
	struct rte_ether_addr mac;

	pf_will_answer(p, MSG_RESET | MSG_ACK, 3);
	assert_int_equal(vf_reset(p, &mac), 0);
}

static int
ask(struct partner *p)
{
	const uint32_t words[] = { MSG_SET_VLAN | 1u << 16, 77 };

	return igbiov_mbx_vf_request(&p->vf, &p->mbx, words, 2);
}

static void
a_reset_brings_the_address(void **state)
{
	static const struct rte_ether_addr want = { { 0x02, 0x22, 0x33, 0x44, 0x55, 0x66 } };
	struct partner *p = *state;
	struct rte_ether_addr mac;

	pf_will_answer(p, MSG_RESET | MSG_ACK, 3);
	assert_int_equal(vf_reset(p, &mac), 0);
	assert_memory_equal(&mac, &want, sizeof(mac));
	assert_int_equal(p->got[0], MSG_RESET);
	assert_true(p->mbx.clear_to_send);
	assert_int_equal(p->m->nb_flr, 1);
	/* Linux's igb sets CTS in it. */
	pf_will_answer(p, MSG_RESET | MSG_ACK | MSG_CTS, 3);
	assert_int_equal(vf_reset(p, &mac), 0);
}

/* Older igbvf fails its probe there. */
static void
a_pf_without_an_address_for_it_is_told_apart(void **state)
{
	struct partner *p = *state;
	struct rte_ether_addr mac;

	pf_will_answer(p, MSG_RESET | MSG_NACK, 3);
	assert_int_equal(vf_reset(p, &mac), -EADDRNOTAVAIL);
	assert_true(p->mbx.clear_to_send);
}

static void
an_address_that_is_none_is_not_taken(void **state)
{
	struct partner *p = *state;
	struct rte_ether_addr mac;

	pf_will_answer(p, MSG_RESET | MSG_ACK, 3);
	p->answer[1] = 0x00000001; /* a group address */
	assert_int_equal(vf_reset(p, &mac), -EADDRNOTAVAIL);
}

static void
no_pf_at_all_is_waited_for_a_bounded_time(void **state)
{
	struct partner *p = *state;
	struct rte_ether_addr mac;

	model_bound(p->m, 3 * SECOND);
	assert_int_equal(vf_reset(p, &mac), -EAGAIN);
	assert_false(p->mbx.clear_to_send);
	assert_false(p->m->vfu_held & 1u << VF);
}

static void
a_pf_in_reset_is_waited_for_a_bounded_time(void **state)
{
	struct partner *p = *state;
	struct rte_ether_addr mac;

	pf_will_answer(p, MSG_RESET | MSG_ACK, 3);
	model_vf_poke(p->m, VF, REG(V2PMAILBOX), V2P_RSTI);
	model_bound(p->m, SECOND);
	assert_int_equal(vf_reset(p, &mac), -EAGAIN);
	assert_int_equal(p->requests, 0);
}

static void
pf_comes_up(struct model *m, unsigned int us)
{
	struct partner *p = m->arg;

	if (m->now_us > 20000 && !(model_peek(m, REG(CTRL_EXT)) & CTRL_EXT_PFRSTD))
		hw_wr(&p->pf, REG(CTRL_EXT), CTRL_EXT_PFRSTD);
	pf_plays(m, us);
}

static void
a_pf_that_comes_up_while_waiting_is_noticed(void **state)
{
	struct partner *p = *state;
	struct rte_ether_addr mac;

	hw_wr(&p->pf, REG(CTRL), CTRL_RST);
	pf_will_answer(p, MSG_RESET | MSG_ACK, 3);
	p->m->on_delay = pf_comes_up;
	assert_int_equal(vf_reset(p, &mac), 0);
}

static void
verdicts_are_told(void **state)
{
	struct partner *p = *state;

	vf_is_clear(p);
	pf_will_answer(p, MSG_SET_VLAN | 1u << 16 | MSG_ACK | MSG_CTS, 1);
	assert_int_equal(ask(p), 0);
	assert_int_equal(p->got[0], MSG_SET_VLAN | 1u << 16);
	assert_int_equal(p->got[1], 77);
	pf_will_answer(p, MSG_SET_VLAN | 1u << 16 | MSG_NACK | MSG_CTS, 1);
	assert_int_equal(ask(p), -EPERM);
	assert_true(p->mbx.clear_to_send);
}

static void
before_a_reset_nothing_is_asked(void **state)
{
	struct partner *p = *state;

	pf_will_answer(p, MSG_SET_VLAN | MSG_ACK | MSG_CTS, 1);
	assert_int_equal(ask(p), -EAGAIN);
	assert_int_equal(p->requests, 0);
}

static void
an_answer_without_cts_means_reset_first(void **state)
{
	struct partner *p = *state;

	vf_is_clear(p);
	pf_will_answer(p, MSG_SET_VLAN | 1u << 16 | MSG_NACK, 1);
	assert_int_equal(ask(p), -EAGAIN);
	assert_int_equal(ask(p), -EAGAIN);
	assert_int_equal(p->requests, 2);
}

static void
a_lost_request_is_sent_once_more(void **state)
{
	struct partner *p = *state;

	vf_is_clear(p);
	p->mute = 1;
	pf_will_answer(p, MSG_SET_VLAN | 1u << 16 | MSG_ACK | MSG_CTS, 1);
	assert_int_equal(ask(p), 0);
	assert_int_equal(p->requests, 3);
}

static void
a_lost_answer_ends_in_an_error(void **state)
{
	struct partner *p = *state;

	vf_is_clear(p);
	p->nb_answer = 0;
	model_bound(p->m, 5 * SECOND);
	assert_int_equal(ask(p), -ETIMEDOUT);
	assert_false(p->m->vfu_held & 1u << VF);
	assert_false(p->mbx.busy);
}

static void
a_pf_that_holds_the_memory_is_not_waited_for(void **state)
{
	struct partner *p = *state;

	vf_is_clear(p);
	hw_wr(&p->pf, REGN(P2VMAILBOX, VF), P2V_PFU);
	model_bound(p->m, 100000);
	assert_int_equal(ask(p), -EBUSY);
	assert_false(p->mbx.busy);
}

/* A link change is told between request and answer. */
static void
a_notice_in_the_middle_is_not_the_answer_and_is_not_lost(void **state)
{
	struct partner *p = *state;

	vf_is_clear(p);
	p->control_first = true;
	p->control = MSG_PF_CONTROL | MSG_CTS;
	pf_will_answer(p, MSG_SET_VLAN | 1u << 16 | MSG_ACK | MSG_CTS, 1);
	assert_int_equal(ask(p), 0);
	assert_int_equal(igbiov_mbx_vf_poll(&p->vf, &p->mbx), IGBIOV_VF_MBX_LINK);
	assert_int_equal(igbiov_mbx_vf_poll(&p->vf, &p->mbx), IGBIOV_VF_MBX_NOTHING);
}

/* The PF speaks when a request is about to be written: nobody has looked yet. */
static void
a_notice_just_before_a_request_is_not_lost(void **state)
{
	struct partner *p = *state;
	uint32_t word = MSG_PF_CONTROL | MSG_CTS | MSG_LINK_ON << MSG_INFO_SHIFT;

	vf_is_clear(p);
	pf_tells(p, &word, 1);
	pf_will_answer(p, MSG_SET_VLAN | 1u << 16 | MSG_ACK | MSG_CTS, 1);
	assert_int_equal(ask(p), 0);
	assert_int_equal(p->got[1], 77);
	assert_int_equal(p->mbx.link, MSG_LINK_ON);
	assert_int_equal(igbiov_mbx_vf_poll(&p->vf, &p->mbx), IGBIOV_VF_MBX_LINK);
	assert_int_equal(igbiov_mbx_vf_poll(&p->vf, &p->mbx), IGBIOV_VF_MBX_NOTHING);
	word = MSG_PF_CONTROL;
	pf_tells(p, &word, 1);
	pf_will_answer(p, MSG_SET_VLAN | 1u << 16 | MSG_NACK, 1);
	assert_int_equal(ask(p), -EAGAIN);
	assert_int_equal(igbiov_mbx_vf_poll(&p->vf, &p->mbx), IGBIOV_VF_MBX_RESET);
}

static void
a_notice_of_a_reset_in_the_middle_ends_it(void **state)
{
	struct partner *p = *state;

	vf_is_clear(p);
	p->control_first = true;
	p->control = MSG_PF_CONTROL;
	pf_will_answer(p, MSG_SET_VLAN | 1u << 16 | MSG_NACK, 1);
	assert_int_not_equal(ask(p), 0);
	assert_int_equal(igbiov_mbx_vf_poll(&p->vf, &p->mbx), IGBIOV_VF_MBX_RESET);
	assert_false(p->mbx.clear_to_send);
}

static void
a_pf_reset_in_the_middle_ends_it_and_is_told(void **state)
{
	struct partner *p = *state;

	vf_is_clear(p);
	p->reset_after_ack = true;
	model_bound(p->m, 5 * SECOND);
	assert_int_not_equal(ask(p), 0);
	assert_int_equal(igbiov_mbx_vf_poll(&p->vf, &p->mbx), IGBIOV_VF_MBX_RESET);
}

static void
polling_tells_notices_by_their_flag(void **state)
{
	struct partner *p = *state;
	uint32_t word = MSG_PF_CONTROL | MSG_CTS;

	vf_is_clear(p);
	assert_int_equal(igbiov_mbx_vf_poll(&p->vf, &p->mbx), IGBIOV_VF_MBX_NOTHING);
	pf_tells(p, &word, 1);
	assert_int_equal(igbiov_mbx_vf_poll(&p->vf, &p->mbx), IGBIOV_VF_MBX_LINK);
	assert_true(p->mbx.clear_to_send);
	word = MSG_PF_CONTROL;
	pf_tells(p, &word, 1);
	assert_int_equal(igbiov_mbx_vf_poll(&p->vf, &p->mbx), IGBIOV_VF_MBX_RESET);
	assert_false(p->mbx.clear_to_send);
	assert_int_equal(igbiov_mbx_vf_poll(&p->vf, &p->mbx), IGBIOV_VF_MBX_NOTHING);
}

/* It answers when nobody waits any more, or reminds: only a new reset gets the VF's settings to it. */
static void
the_first_word_of_a_pf_that_was_not_there_is_told_as_a_reset(void **state)
{
	static const uint32_t first[] = { MSG_RESET | MSG_ACK, MSG_PF_CONTROL | MSG_CTS,
					  MSG_PF_CONTROL };
	struct partner *p = *state;
	struct rte_ether_addr mac;

	for (unsigned int i = 0; i < RTE_DIM(first); i++) {
		p->m->on_delay = NULL;
		assert_int_equal(vf_reset(p, &mac), -EAGAIN);
		assert_int_equal(igbiov_mbx_vf_poll(&p->vf, &p->mbx), IGBIOV_VF_MBX_NOTHING);
		pf_tells(p, &first[i], 1);
		assert_int_equal(igbiov_mbx_vf_poll(&p->vf, &p->mbx), IGBIOV_VF_MBX_RESET);
		assert_int_equal(igbiov_mbx_vf_poll(&p->vf, &p->mbx), IGBIOV_VF_MBX_NOTHING);
		assert_false(p->mbx.clear_to_send);
	}
}

static void
polling_sees_a_pf_reset_once(void **state)
{
	struct partner *p = *state;

	vf_is_clear(p);
	hw_wr(&p->pf, REG(CTRL), CTRL_RST);
	assert_int_equal(igbiov_mbx_vf_poll(&p->vf, &p->mbx), IGBIOV_VF_MBX_RESET);
	assert_int_equal(igbiov_mbx_vf_poll(&p->vf, &p->mbx), IGBIOV_VF_MBX_NOTHING);
}

/* The PF was reset and is back before anyone looked: only RSTD tells, and only once. */
static void
polling_sees_a_pf_reset_that_is_already_over(void **state)
{
	struct partner *p = *state;

	vf_is_clear(p);
	hw_wr(&p->pf, REG(CTRL), CTRL_RST);
	hw_wr(&p->pf, REG(CTRL_EXT), CTRL_EXT_PFRSTD);
	assert_int_equal(igbiov_mbx_vf_poll(&p->vf, &p->mbx), IGBIOV_VF_MBX_RESET);
}

static void
polling_never_waits_and_leaves_an_exchange_alone(void **state)
{
	struct partner *p = *state;
	uint32_t word = MSG_PF_CONTROL | MSG_CTS;

	vf_is_clear(p);
	pf_tells(p, &word, 1);
	p->mbx.busy = true;
	model_counts_clear(p->m);
	assert_int_equal(igbiov_mbx_vf_poll(&p->vf, &p->mbx), IGBIOV_VF_MBX_NOTHING);
	assert_int_equal(p->m->reads + p->m->writes, 0);
	p->mbx.busy = false;
	assert_int_equal(igbiov_mbx_vf_poll(&p->vf, &p->mbx), IGBIOV_VF_MBX_LINK);
	/* The PF holds the memory: later. */
	hw_wr(&p->pf, REGN(P2VMAILBOX, VF), P2V_STS | P2V_PFU);
	model_bound(p->m, 5000);
	igbiov_mbx_vf_poll(&p->vf, &p->mbx);
}

/* Any other word from a PF is nobody's business, and its memory is given back. */
static void
an_unexpected_message_is_dropped(void **state)
{
	struct partner *p = *state;
	uint32_t word = 0x00000055;

	vf_is_clear(p);
	pf_tells(p, &word, 1);
	assert_int_equal(igbiov_mbx_vf_poll(&p->vf, &p->mbx), IGBIOV_VF_MBX_NOTHING);
	assert_true(p->mbx.clear_to_send);
	assert_false(p->m->vfu_held & 1u << VF);
	pf_will_answer(p, MSG_SET_VLAN | 1u << 16 | MSG_ACK | MSG_CTS, 1);
	assert_int_equal(ask(p), 0);
}

static void
removal_at_any_access_ends_every_exchange(void **state)
{
	struct partner *p = *state;

	for (unsigned int after = 1; after < 40; after++) {
		struct rte_ether_addr mac;

		p->m->removed = false;
		p->m->removed_after = 0;
		vf_is_clear(p);
		pf_will_answer(p, MSG_SET_VLAN | 1u << 16 | MSG_ACK | MSG_CTS, 1);
		p->m->removed_after = after;
		model_bound(p->m, 5 * SECOND);
		if (ask(p) == 0)
			assert_true(after > 5);
		assert_false(p->mbx.busy);
		p->m->removed = true;
		model_bound(p->m, 5 * SECOND);
		assert_true(vf_reset(p, &mac) < 0);
		igbiov_mbx_vf_poll(&p->vf, &p->mbx);
	}
}

#define T(f) cmocka_unit_test_setup_teardown(f, setup, teardown)

int
main(void)
{
	const struct CMUnitTest tests[] = {
		T(a_message_is_copied_acknowledged_and_answered),
		T(rewriting_under_the_reader_gains_nothing),
		T(words_a_message_does_not_have_are_zero),
		T(a_hogged_mailbox_costs_the_pf_little),
		T(a_message_costs_few_accesses),
		T(several_vfs_are_told_at_once),
		T(a_removed_pf_sees_no_vfs),
		T(a_notice_never_overwrites_a_message),
		T(clearing_leaves_no_residue),
		T(clearing_spares_the_next_tenants_first_message),
		T(clearing_in_the_middle_keeps_the_memory_until_the_answer),
		T(a_reset_brings_the_address),
		T(a_pf_without_an_address_for_it_is_told_apart),
		T(an_address_that_is_none_is_not_taken),
		T(no_pf_at_all_is_waited_for_a_bounded_time),
		T(a_pf_in_reset_is_waited_for_a_bounded_time),
		T(a_pf_that_comes_up_while_waiting_is_noticed),
		T(verdicts_are_told),
		T(before_a_reset_nothing_is_asked),
		T(an_answer_without_cts_means_reset_first),
		T(a_lost_request_is_sent_once_more),
		T(a_lost_answer_ends_in_an_error),
		T(a_pf_that_holds_the_memory_is_not_waited_for),
		T(a_notice_in_the_middle_is_not_the_answer_and_is_not_lost),
		T(a_notice_just_before_a_request_is_not_lost),
		T(a_notice_of_a_reset_in_the_middle_ends_it),
		T(a_pf_reset_in_the_middle_ends_it_and_is_told),
		T(polling_tells_notices_by_their_flag),
		T(the_first_word_of_a_pf_that_was_not_there_is_told_as_a_reset),
		T(polling_sees_a_pf_reset_once),
		T(polling_sees_a_pf_reset_that_is_already_over),
		T(polling_never_waits_and_leaves_an_exchange_alone),
		T(an_unexpected_message_is_dropped),
		T(removal_at_any_access_ends_every_exchange),
	};

	return cmocka_run_group_tests_name("igbiov_mbx", tests, NULL, NULL);
}
