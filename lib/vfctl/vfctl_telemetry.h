/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) the igbiov authors
 */

#ifndef VFCTL_TELEMETRY_H
#define VFCTL_TELEMETRY_H

/*
 * Values into telemetry's dictionaries. Names are ours and short; texts may hold
 * anything, and lose what is beyond VFCTL_TEL_TEXT. What finds no memory is missing.
 */

#include <stdint.h>

#include <rte_telemetry.h>

/** Octets that a text in a dictionary can have. */
#define VFCTL_TEL_TEXT (RTE_TEL_MAX_STRING_LEN - 1)

/** A dictionary inside another, freed with it; NULL for want of memory. */
struct rte_tel_data *vfctl_tel_dict(struct rte_tel_data *dict, const char *name);

void vfctl_tel_text(struct rte_tel_data *dict, const char *name, const char *text);
void vfctl_tel_number(struct rte_tel_data *dict, const char *name, uint64_t number);

/**
 * A list of texts, from one in which commas part them; "none" is an empty one.
 * An answer has no room for the longest: it begins with number `from`, and where
 * there are more than a portion, NAME_next is the number to go on with.
 */
void vfctl_tel_list(struct rte_tel_data *dict, const char *name, const char *text, uint64_t from);

#endif /* VFCTL_TELEMETRY_H */
