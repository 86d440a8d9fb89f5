/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) the igbiov authors
 */

#ifndef VFCTL_TELEMETRY_H
#define VFCTL_TELEMETRY_H

/*
 * What VF control tells, as telemetry's dictionaries. Names are ours and short; texts
 * may hold anything, and lose what is beyond VFCTL_TEL_TEXT. What finds no memory is
 * missing.
 */

#include <stdint.h>

#include <rte_telemetry.h>

#include "vfctl_field.h"

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

/** All settings of a table's structure as "settings", each typed as its kind is. */
void vfctl_tel_settings(struct rte_tel_data *out, const struct vfctl_table *table,
			const void *settings);
/** What can be set, by a table, under a name. */
void vfctl_tel_fields(struct rte_tel_data *out, const char *name, const struct vfctl_table *table);

void vfctl_tel_port_info(struct rte_tel_data *dict, const struct vfctl_port_info *info);
/** What a VF has as "info". */
void vfctl_tel_vf_info(struct rte_tel_data *out, const struct vfctl_vf_info *info);
/** The settings that have the form of what a VF has: mac, macs, and trunk for its VLANs. */
struct vfctl_settings vfctl_tel_as_settings(const struct vfctl_vf_info *info);
void vfctl_tel_stats(struct rte_tel_data *dict, const struct vfctl_vf_stats *stats);
/** An event under its number: arrays can't hold dictionaries. */
void vfctl_tel_event(struct rte_tel_data *events, const struct vfctl_event *event);

#endif /* VFCTL_TELEMETRY_H */
