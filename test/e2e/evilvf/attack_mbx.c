/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) the igbiov authors
 */

/* Attacks by messages. */

#include <pthread.h>
#include <stdlib.h>
#include <string.h>

#include <igbiov_regs.h>

#include "attack.h"

/* A PF that doesn't answer at all must not make a flood last. */
#define FLOOD_MS 10000

static void
play_reset(struct vf *vf, char *const *args, struct tally *tally)
{
	RTE_SET_USED(args);
	mbx_reset(vf, tally);
}

static void
play_say(struct vf *vf, char *const *args, struct tally *tally)
{
	uint32_t words[IGBIOV_MBX_WORDS] = { 0 };
	unsigned int nb = 0;

	for (; args[nb] != NULL && nb < RTE_DIM(words); nb++)
		words[nb] = strtoul(args[nb], NULL, 0);
	mbx_ask(vf, words, nb, PATIENCE_MS, tally);
}

/* --- floods --- */

/* One message of each kind that a VF in its senses sends. */
static unsigned int
sensible(unsigned int i, uint32_t *words)
{
	static const uint8_t mac[] = { 0x02, 0xEE, 0, 0, 0, 1 };

	memset(words, 0, IGBIOV_MBX_WORDS * sizeof(words[0]));
	switch (i % 6) {
	case 0:
		words[0] = MSG_SET_VLAN | MSG_VLAN_ADD << MSG_INFO_SHIFT;
		words[1] = 7;
		return 2;
	case 1:
		words[0] = MSG_SET_MULTICAST | 2u << MSG_INFO_SHIFT;
		words[1] = 0x0ABC0123;
		return 2;
	case 2:
		mac_words(words, MSG_MAC_ADD, mac);
		return 3;
	case 3:
		words[0] = MSG_SET_LPE;
		words[1] = 1522;
		return 2;
	case 4:
		words[0] = MSG_SET_PROMISC;
		return 1;
	default:
		words[0] = MSG_SET_VLAN;
		words[1] = 7;
		return 2;
	}
}

static unsigned int
nonsense(unsigned int i, uint32_t *words)
{
	for (unsigned int k = 0; k < IGBIOV_MBX_WORDS; k++)
		words[k] = random() ^ (uint32_t)random() << 16;
	/* No id that there is, or one with flags that it hasn't. */
	words[0] = i % 2 ? words[0] | MSG_ACK : (words[0] & ~MSG_ID_MASK) | (0x1000 + i % 0xE000);
	return IGBIOV_MBX_WORDS;
}

static void
play_flood(struct vf *vf, char *const *args, struct tally *tally)
{
	const uint64_t end = now_ms() + FLOOD_MS;
	unsigned int count = strtoul(args[0], NULL, 0);
	bool senseless = strcmp(args[1], "nonsense") == 0;
	uint32_t words[IGBIOV_MBX_WORDS];

	for (unsigned int i = 0; i < count && now_ms() < end; i++) {
		unsigned int nb = senseless ? nonsense(i, words) : sensible(i, words);

		mbx_ask(vf, words, nb, 500, tally);
	}
}

/* Faster than anyone could answer, and nobody's turn is waited for. */
static void
play_blind(struct vf *vf, char *const *args, struct tally *tally)
{
	const uint64_t end = now_ms() + strtoul(args[0], NULL, 0);
	uint32_t words[IGBIOV_MBX_WORDS];

	for (unsigned int i = 0; now_ms() < end; i++) {
		mbx_post(vf, words, sensible(i, words));
		mbx_flags(vf, tally);
		tally->sent++;
	}
}

static void
play_acks(struct vf *vf, char *const *args, struct tally *tally)
{
	const uint64_t end = now_ms() + strtoul(args[0], NULL, 0);

	while (now_ms() < end) {
		vf_wr(vf, REG(V2PMAILBOX), V2P_ACK);
		mbx_flags(vf, tally);
		tally->sent++;
	}
}

/* --- what isn't its own --- */

static void
play_early(struct vf *vf, char *const *args, struct tally *tally)
{
	uint32_t words[IGBIOV_MBX_WORDS];

	RTE_SET_USED(args);
	for (unsigned int i = 0; i < 6; i++)
		mbx_ask(vf, words, sensible(i, words), PATIENCE_MS, tally);
}

static void
play_steal(struct vf *vf, char *const *args, struct tally *tally)
{
	uint32_t words[3];
	uint8_t mac[6];

	for (; *args != NULL; args++) {
		mac_read(*args, mac);
		mac_words(words, MSG_MAC_SET, mac);
		mbx_ask(vf, words, RTE_DIM(words), PATIENCE_MS, tally);
		mac_words(words, MSG_MAC_ADD, mac);
		mbx_ask(vf, words, RTE_DIM(words), PATIENCE_MS, tally);
	}
}

/* As many addresses as it can get. */
static void
play_hoard(struct vf *vf, char *const *args, struct tally *tally)
{
	uint8_t mac[6] = { 0x02, 0xAD, 0, 0, 0, 0 };
	unsigned int nb = strtoul(args[0], NULL, 0);
	uint32_t words[3];

	for (unsigned int i = 0; i < nb; i++) {
		mac[4] = i >> 8;
		mac[5] = i;
		mac_words(words, MSG_MAC_ADD, mac);
		mbx_ask(vf, words, RTE_DIM(words), PATIENCE_MS, tally);
	}
}

static void
play_hop(struct vf *vf, char *const *args, struct tally *tally)
{
	unsigned int first = strtoul(args[0], NULL, 0), last = strtoul(args[1], NULL, 0);
	unsigned int step = strtoul(args[2], NULL, 0);

	for (unsigned int vid = first; vid <= last; vid += step) {
		const uint32_t words[] = { MSG_SET_VLAN | MSG_VLAN_ADD << MSG_INFO_SHIFT, vid };

		mbx_ask(vf, words, RTE_DIM(words), PATIENCE_MS, tally);
	}
}

static void
play_promisc(struct vf *vf, char *const *args, struct tally *tally)
{
	RTE_SET_USED(args);
	for (uint32_t info = 1; info <= 0xFF; info = info < 3 ? info + 1 : info * 2 + 1) {
		const uint32_t word = MSG_SET_PROMISC | info << MSG_INFO_SHIFT;

		mbx_ask(vf, &word, 1, PATIENCE_MS, tally);
	}
}

static void
play_frames(struct vf *vf, char *const *args, struct tally *tally)
{
	for (; *args != NULL; args++) {
		const uint32_t words[] = { MSG_SET_LPE, strtoul(*args, NULL, 0) };

		mbx_ask(vf, words, RTE_DIM(words), PATIENCE_MS, tally);
	}
}

/* --- numbers that point beyond what there is --- */

static const uint32_t bad_counts[][2] = {
	/* More hashes than the memory has room for, with and without "there are more". */
	{ MSG_SET_MULTICAST | 31u << MSG_INFO_SHIFT },
	{ MSG_SET_MULTICAST | 0x7Fu << MSG_INFO_SHIFT },
	{ MSG_SET_MULTICAST | 0xFFu << MSG_INFO_SHIFT },
	{ MSG_SET_MULTICAST | (31u | MSG_MC_OVERFLOW) << MSG_INFO_SHIFT },
	/* Kinds of address changes that there are not. */
	{ MSG_SET_MAC | 3u << MSG_INFO_SHIFT, 0x00000002 },
	{ MSG_SET_MAC | 0xFFu << MSG_INFO_SHIFT, 0x00000002 },
	/* VLANs beyond the table, also such that fit once they are cut short. */
	{ MSG_SET_VLAN | MSG_VLAN_ADD << MSG_INFO_SHIFT, 4095 },
	{ MSG_SET_VLAN | MSG_VLAN_ADD << MSG_INFO_SHIFT, 4096 },
	{ MSG_SET_VLAN | MSG_VLAN_ADD << MSG_INFO_SHIFT, 0x00010005 },
	{ MSG_SET_VLAN | MSG_VLAN_ADD << MSG_INFO_SHIFT, UINT32_MAX },
	{ MSG_SET_VLAN, 4096 },
	{ MSG_SET_VLAN | 2u << MSG_INFO_SHIFT, 5 },
	/* A frame size with a sign, or cut short. */
	{ MSG_SET_LPE, 0x80000000 },
	{ MSG_SET_LPE, 0x000105F2 },
	{ MSG_SET_LPE | 1u << MSG_INFO_SHIFT, 1522 },
	{ MSG_SET_PROMISC | 4u << MSG_INFO_SHIFT },
	/* Ids that there are not, and the PF's own. */
	{ 0 },
	{ 7 },
	{ MSG_PF_CONTROL },
	{ MSG_ID_MASK },
	/* An answer's flags in a question. */
	{ MSG_SET_VLAN | MSG_VLAN_ADD << MSG_INFO_SHIFT | MSG_ACK, 5 },
	{ MSG_SET_VLAN | MSG_VLAN_ADD << MSG_INFO_SHIFT | MSG_NACK, 5 },
	{ MSG_SET_VLAN | MSG_VLAN_ADD << MSG_INFO_SHIFT | 1u << 24, 5 },
	{ MSG_RESET | 1u << MSG_INFO_SHIFT },
};

static void
play_counts(struct vf *vf, char *const *args, struct tally *tally)
{
	uint32_t words[IGBIOV_MBX_WORDS];

	RTE_SET_USED(args);
	for (unsigned int i = 0; i < RTE_DIM(bad_counts); i++) {
		memset(words, 0xA5, sizeof(words));
		words[0] = bad_counts[i][0];
		words[1] = bad_counts[i][1];
		mbx_ask(vf, words, RTE_DIM(words), PATIENCE_MS, tally);
	}
}

/* --- the memory as a weapon --- */

struct rewriter {
	const struct vf *vf;
	uint32_t theirs[3]; /**< A message that must be refused. */
	bool stop;	    /**< Atomic. */
	uint64_t turns;
};

/* A good message and a bad one in turns, word by word. */
static void *
rewrite(void *arg)
{
	static const uint8_t own[] = { 0x02, 0xEE, 0, 0, 0, 2 };
	struct rewriter *r = arg;
	uint32_t good[3], many = MSG_SET_MULTICAST | 30u << MSG_INFO_SHIFT;

	mac_words(good, MSG_MAC_ADD, own);
	while (!__atomic_load_n(&r->stop, __ATOMIC_RELAXED)) {
		vf_wr(r->vf, REGN(VMBMEM_VF, 0), good[0]);
		vf_wr(r->vf, REGN(VMBMEM_VF, 1), good[1]);
		vf_wr(r->vf, REGN(VMBMEM_VF, 2), good[2]);
		vf_wr(r->vf, REGN(VMBMEM_VF, 1), r->theirs[1]);
		vf_wr(r->vf, REGN(VMBMEM_VF, 2), r->theirs[2]);
		vf_wr(r->vf, REGN(VMBMEM_VF, 0), many);
		vf_wr(r->vf, REGN(VMBMEM_VF, 0), MSG_SET_MAC);
		vf_wr(r->vf, REGN(VMBMEM_VF, 0), many | 0xFFu << MSG_INFO_SHIFT);
		r->turns++;
	}
	return NULL;
}

static void
play_rewrite(struct vf *vf, char *const *args, struct tally *tally)
{
	const uint64_t end = now_ms() + strtoul(args[0], NULL, 0);
	struct rewriter r = { .vf = vf };
	pthread_t thread;
	uint8_t mac[6];

	mac_read(args[1], mac);
	mac_words(r.theirs, MSG_MAC_ADD, mac);
	if (pthread_create(&thread, NULL, rewrite, &r) != 0) {
		tally->faults++;
		return;
	}
	while (now_ms() < end) {
		uint64_t last = now_ms() + 20;

		vf_wr(vf, REG(V2PMAILBOX), V2P_REQ);
		while (!(mbx_flags(vf, tally) & V2P_PFSTS) && now_ms() < last)
			;
		vf_wr(vf, REG(V2PMAILBOX), V2P_ACK);
		tally->sent++;
	}
	__atomic_store_n(&r.stop, true, __ATOMIC_RELAXED);
	pthread_join(thread, NULL);
	tally->last[0] = r.turns;
}

/* Holds the mailbox, with a request in it that the PF can't read. */
static void
play_hog(struct vf *vf, char *const *args, struct tally *tally)
{
	const uint64_t end = now_ms() + strtoul(args[0], NULL, 0);

	vf_wr(vf, REG(V2PMAILBOX), V2P_VFU);
	vf_wr(vf, REGN(VMBMEM_VF, 0), MSG_SET_PROMISC);
	while (now_ms() < end) {
		vf_wr(vf, REG(V2PMAILBOX), V2P_VFU | V2P_REQ);
		mbx_flags(vf, tally);
		tally->sent++;
	}
}

const struct attack mbx_attacks[] = {
	{ "reset", "                   an honest VF's first words", 0, play_reset },
	{ "say", "WORD...             one message; its answer is in \"last\"", 1, play_say },
	{ "flood", "COUNT valid|nonsense messages as fast as they are answered", 2, play_flood },
	{ "blind", "MS                  messages whose answers aren't waited for", 1, play_blind },
	{ "acks", "MS                  acknowledgements of nothing", 1, play_acks },
	{ "early", "                    all kinds of messages, without a reset", 0, play_early },
	{ "steal", "MAC...              makes each its own, and its second", 1, play_steal },
	{ "hoard", "COUNT               addresses", 1, play_hoard },
	{ "hop", "FIRST LAST STEP     joins these VLANs", 3, play_hop },
	{ "promisc", "                    asks for all kinds of promiscuity", 0, play_promisc },
	{ "frames", "OCTETS...           asks for frames of these sizes", 1, play_frames },
	{ "counts", "                    counts and ids beyond what there is", 0, play_counts },
	{ "rewrite", "MS MAC              rewrites the message while the PF reads", 2,
	  play_rewrite },
	{ "hog", "MS                  holds the mailbox, and still does when it is over", 1,
	  play_hog },
	{ 0 },
};
