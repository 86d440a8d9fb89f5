/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) the igbiov authors
 */

#ifndef EVIL_PF_H
#define EVIL_PF_H

/*
 * A VF's window with a hostile PF behind it, in place of the chip: each look of
 * the driver at its mailbox takes the PF's next move from the input. Much less
 * than test/model, and an order of magnitude faster.
 */

#include "igbiov_regs.h"
#include "input.h"

struct evil_pf {
	struct input *in;
	uint64_t now_us;     /* virtual: 1 for an access, and what delays say */
	unsigned int silent; /* looks for which the PF does nothing */
	unsigned int silence_left;
	uint32_t flags; /* of V2PMAILBOX; VFU apart */
	bool vfu;
	bool garbles; /* words differ at each reading */
	bool removed; /* all ones */
	uint32_t mem[16];
	uint32_t request; /* first word of the last one */
	uint32_t read[3]; /* what the driver was given last as words 0 to 2 */
	bool read_answer; /* it was an answer to `request` */
};

extern struct evil_pf evil_pf;

/* The window: an address that faults when it isn't reached through igbiov_io.h. */
volatile uint8_t *evil_pf_bar(void);
/* A chip as after a reset, and a PF that plays `in`. */
void evil_pf_begin(struct input *in);

#endif /* EVIL_PF_H */
