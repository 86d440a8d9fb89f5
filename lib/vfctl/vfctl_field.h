/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) the igbiov authors
 */

#ifndef VFCTL_FIELD_H
#define VFCTL_FIELD_H

/**
 * @file
 * Settings by name: what text, files and telemetry know of a structure's fields.
 * One table describes struct vfctl_settings, one struct vfctl_port_settings; a
 * field is its number in there (enum vfctl_field, enum vfctl_port_field), a set of
 * them VFCTL_FIELD() bits. Not installed. Pure, for any thread.
 */

#include "vfctl.h"

struct vfctl_table;

extern const struct vfctl_table vfctl_vf_table;	  /**< Of struct vfctl_settings. */
extern const struct vfctl_table vfctl_port_table; /**< Of struct vfctl_port_settings. */

/** A port's settings when nobody named any. */
extern const struct vfctl_port_settings vfctl_port_defaults;

/** How a field looks in JSON. */
enum vfctl_kind {
	VFCTL_KIND_BOOL,
	VFCTL_KIND_NUMBER,
	VFCTL_KIND_TEXT,
	VFCTL_KIND_LIST, /**< Of texts: as vfctl_table_format(), at its commas; "none" is empty. */
};

/** Octets for any value as text, the longest lists of VLANs included. */
#define VFCTL_VALUE_LEN 20480

unsigned int vfctl_table_nb(const struct vfctl_table *table);

/** What is in there of the fields below vfctl_table_nb(); `settings` is of the table's structure. */
const struct vfctl_field_info *vfctl_table_info(const struct vfctl_table *table,
						unsigned int field);
enum vfctl_kind vfctl_table_kind(const struct vfctl_table *table, unsigned int field);
/** The value of a field that is a bool or a number. */
uint32_t vfctl_table_number(const struct vfctl_table *table, unsigned int field,
			    const void *settings);
/** As vfctl_vf_format(). */
int vfctl_table_format(const struct vfctl_table *table, unsigned int field, const void *settings,
		       char *text, size_t size);

/** The fields that a name stands for; 0 for none. */
uint64_t vfctl_table_find(const struct vfctl_table *table, const char *name, size_t len);
/** The nearest name to one that there isn't; NULL when none is near. */
const char *vfctl_table_nearest(const struct vfctl_table *table, const char *name, size_t len);

/** What is wrong with a value. */
struct vfctl_fault {
	const char *at; /**< The part that is. */
	size_t len;
	char is[80]; /**< "is not in 0 to 4094". */
};

/**
 * Reads a value into `fields`, one or several of one type.
 * @return 0; -EINVAL with `fault`, and `settings` as they were.
 */
int vfctl_table_read(const struct vfctl_table *table, uint64_t fields, const char *value,
		     size_t len, void *settings, struct vfctl_fault *fault);

/** Writes a fault as `"5000" is not in 0 to 4094`, cut to a length that fits into any `why`. */
void vfctl_fault_format(const struct vfctl_fault *fault, bool quoted, char *text, size_t size);

/** Makes one line of plain characters of what came from outside. */
void vfctl_one_line(char *text);

/** Reads decimal digits, nothing else, without leading zeroes. */
bool vfctl_number_read(const char *text, size_t len, uint32_t min, uint32_t max, uint32_t *number);

void vfctl_fields_copy(struct vfctl_settings *to, const struct vfctl_settings *from,
		       uint64_t fields);
/** The fields whose values differ; what a list's room holds beyond its end doesn't count. */
uint64_t vfctl_fields_differ(const struct vfctl_settings *a, const struct vfctl_settings *b);

void vfctl_port_fields_copy(struct vfctl_port_settings *to, const struct vfctl_port_settings *from,
			    uint64_t fields);
uint64_t vfctl_port_fields_differ(const struct vfctl_port_settings *a,
				  const struct vfctl_port_settings *b);

#endif /* VFCTL_FIELD_H */
