/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) the igbiov authors
 */

#ifndef EVILVF_ATTACK_H
#define EVILVF_ATTACK_H

/**
 * @file
 * Attacks by name. Each is bounded in time or number, and leaves the VF open.
 */

#include "mbx.h"

struct attack {
	const char *name, *usage;
	int nb_args; /**< That it needs at least. */
	/** args ends with a NULL. */
	void (*play)(struct vf *vf, char *const *args, struct tally *tally);
};

/** Tables, each ending with a NULL name. */
extern const struct attack mbx_attacks[];
extern const struct attack chip_attacks[];
extern const struct attack ring_attacks[];

/** Reads "02:…" into six octets; ends the program when it is no address. */
void mac_read(const char *text, uint8_t *mac);

/** Words of a message that carries an address: room for 3. */
void mac_words(uint32_t *words, uint32_t info, const uint8_t *mac);

#endif /* EVILVF_ATTACK_H */
