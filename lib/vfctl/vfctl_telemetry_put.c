/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) the igbiov authors
 */

/* Values into telemetry's dictionaries, within its limits. */

#include <ctype.h>
#include <stdio.h>
#include <string.h>

#include "vfctl_telemetry.h"

/* Of an answer's 16 KiB an entry takes 20 octets: it is an address or a range of VLANs. */
#define LIST_PORTION 100

/* DPDK's escaping looks beyond its table for octets above 127, and drops those below 32. */
static const char *
printable(const char *text, size_t length, char clean[static RTE_TEL_MAX_STRING_LEN])
{
	size_t i;

	for (i = 0; i < length && i < VFCTL_TEL_TEXT && text[i] != '\0'; i++)
		clean[i] = isprint((unsigned char)text[i]) ? text[i] : '?';
	clean[i] = '\0';
	return clean;
}

/* Puts one container into another; frees it and gives NULL where it finds no place. */
static struct rte_tel_data *
contain(struct rte_tel_data *dict, const char *name, struct rte_tel_data *inner)
{
	if (rte_tel_data_add_dict_container(dict, name, inner, 0) == 0)
		return inner;
	rte_tel_data_free(inner);
	return NULL;
}

struct rte_tel_data *
vfctl_tel_dict(struct rte_tel_data *dict, const char *name)
{
	struct rte_tel_data *inner = rte_tel_data_alloc();

	if (inner == NULL)
		return NULL;
	rte_tel_data_start_dict(inner);
	return contain(dict, name, inner);
}

void
vfctl_tel_text(struct rte_tel_data *dict, const char *name, const char *text)
{
	char clean[RTE_TEL_MAX_STRING_LEN];

	rte_tel_data_add_dict_string(dict, name, printable(text, VFCTL_TEL_TEXT, clean));
}

void
vfctl_tel_number(struct rte_tel_data *dict, const char *name, uint64_t number)
{
	rte_tel_data_add_dict_uint(dict, name, number);
}

void
vfctl_tel_list(struct rte_tel_data *dict, const char *name, const char *text, uint64_t from)
{
	struct rte_tel_data *list = rte_tel_data_alloc();
	char clean[RTE_TEL_MAX_STRING_LEN];
	uint64_t number;
	size_t length;

	if (list == NULL)
		return;
	rte_tel_data_start_array(list, RTE_TEL_STRING_VAL);
	if (contain(dict, name, list) == NULL || strcmp(text, "none") == 0)
		return;
	for (number = 0; *text != '\0'; number++, text += length + (text[length] == ',')) {
		length = strcspn(text, ",");
		if (number < from)
			continue;
		if (number - from == LIST_PORTION) {
			snprintf(clean, sizeof(clean), "%s_next", name);
			vfctl_tel_number(dict, clean, number);
			return;
		}
		rte_tel_data_add_array_string(list, printable(text, length, clean));
	}
}
