/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) the igbiov authors
 */

/* Attacks by resets and by registers. */

#include <stdlib.h>

#include <igbiov_regs.h>

#include "attack.h"

/* Each as a driver would: a reset, then a message that the next one cuts off. */
static void
play_flr(struct vf *vf, char *const *args, struct tally *tally)
{
	unsigned int nb = strtoul(args[0], NULL, 0);
	const uint32_t word = MSG_RESET;

	for (unsigned int i = 0; i < nb; i++) {
		if (vf_flr(vf) != 0)
			tally->faults++;
		mbx_post(vf, &word, 1);
		tally->sent++;
	}
	vf_master(vf);
}

static void
play_rst(struct vf *vf, char *const *args, struct tally *tally)
{
	const uint64_t end = now_ms() + strtoul(args[0], NULL, 0);

	/* Once at least: a loaded machine may let the time pass before the first. */
	do {
		vf_wr(vf, REG(VTCTRL), CTRL_RST);
		tally->sent++;
	} while (now_ms() < end);
}

/* Every register of the window, whether there is one or not. */
static void
play_junk(struct vf *vf, char *const *args, struct tally *tally)
{
	const uint64_t end = now_ms() + strtoul(args[0], NULL, 0);

	srandom(strtoul(args[1], NULL, 0));
	while (now_ms() < end) {
		for (uint32_t reg = 0; reg < vf->bar_size && now_ms() < end; reg += 4) {
			vf_wr(vf, reg, random() ^ (uint32_t)random() << 16);
			tally->sent++;
		}
	}
}

const struct attack chip_attacks[] = {
	{ "flr", "COUNT               function resets", 1, play_flr },
	{ "rst", "MS                  resets by CTRL.RST", 1, play_rst },
	{ "junk", "MS SEED             junk into every register of the window", 2, play_junk },
	{ 0 },
};
