/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) the igbiov authors
 */

#ifndef EVILVF_MBX_H
#define EVILVF_MBX_H

/**
 * @file
 * Messages to the PF, and a tally of what it answered.
 */

#include <stdbool.h>

#include <igbiov_mbx.h>

#include "vf.h"

enum answer {
	ANSWER_GRANTED,
	ANSWER_REFUSED,
	ANSWER_SILENT, /**< None within the bound. */
	ANSWER_ODD,    /**< Something that answers no such message. */
	ANSWER_NB
};

/** Kinds of messages: the ids below MSG_KINDS, and 0 for all others. */
#define MSG_KINDS 7

/** What was done and what came of it. */
struct tally {
	uint64_t sent;			       /**< Messages, or whatever the attack is made of. */
	uint64_t answer[MSG_KINDS][ANSWER_NB]; /**< Of messages whose answer was waited for. */
	uint64_t told;			       /**< What the PF said unasked. */
	uint64_t busy;			       /**< Times that the PF held the mailbox. */
	uint64_t flags[32]; /**< How often each mailbox flag was seen, where nobody waits. */
	uint64_t faults;    /**< Resets that failed, descriptors that weren't done. */
	uint32_t last[3];   /**< The last answer's first words. */
};

/** Sends without waiting for anything. */
void mbx_post(struct vf *vf, const uint32_t *words, unsigned int nb);

/** Mailbox flags since they were last taken; takes them. Counts them in `tally`. */
uint32_t mbx_flags(struct vf *vf, struct tally *tally);

/** Sends a message as an honest VF does and waits for its answer, so many ms at most. */
enum answer mbx_ask(struct vf *vf, const uint32_t *words, unsigned int nb, unsigned int ms,
		    struct tally *tally);

/** An honest VF's first words: CTRL.RST, then a RESET message. */
enum answer mbx_reset(struct vf *vf, struct tally *tally);

/** How long an honest VF would wait, generously: emulation is slow. */
#define PATIENCE_MS 5000

#endif /* EVILVF_MBX_H */
