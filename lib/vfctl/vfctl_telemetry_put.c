/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) the igbiov authors
 */

/* What VF control tells, as telemetry's dictionaries, and within its limits. */

#include <ctype.h>
#include <inttypes.h>
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

/* --- settings --- */

/* A setting under a name, typed as its kind is. */
static void
put_setting(struct rte_tel_data *dict, const char *name, const struct vfctl_table *table,
	    unsigned int field, const void *settings)
{
	const enum vfctl_kind kind = vfctl_table_kind(table, field);
	char text[VFCTL_VALUE_LEN];

	if (kind == VFCTL_KIND_BOOL || kind == VFCTL_KIND_NUMBER)
		vfctl_tel_number(dict, name, vfctl_table_number(table, field, settings));
	else if (vfctl_table_format(table, field, settings, text, sizeof(text)) != 0)
		vfctl_tel_text(dict, name, "?");
	else if (kind == VFCTL_KIND_LIST)
		vfctl_tel_list(dict, name, text, 0);
	else
		vfctl_tel_text(dict, name, text);
}

void
vfctl_tel_settings(struct rte_tel_data *out, const struct vfctl_table *table, const void *settings)
{
	struct rte_tel_data *dict = vfctl_tel_dict(out, "settings");
	unsigned int i;

	for (i = 0; dict != NULL && i < vfctl_table_nb(table); i++)
		put_setting(dict, vfctl_table_info(table, i)->name, table, i, settings);
}

void
vfctl_tel_fields(struct rte_tel_data *out, const char *name, const struct vfctl_table *table)
{
	static const char *const kind[] = {
		[VFCTL_KIND_BOOL] = "bool",
		[VFCTL_KIND_NUMBER] = "number",
		[VFCTL_KIND_TEXT] = "text",
		[VFCTL_KIND_LIST] = "list",
	};
	struct rte_tel_data *fields = vfctl_tel_dict(out, name), *dict;
	const struct vfctl_field_info *info;
	unsigned int i;

	for (i = 0; fields != NULL && i < vfctl_table_nb(table); i++) {
		info = vfctl_table_info(table, i);
		dict = vfctl_tel_dict(fields, info->name);
		if (dict == NULL)
			return;
		vfctl_tel_text(dict, "kind", kind[vfctl_table_kind(table, i)]);
		vfctl_tel_text(dict, "values", info->values);
		vfctl_tel_text(dict, "help", info->help);
	}
}

/* --- ports and VFs --- */

void
vfctl_tel_port_info(struct rte_tel_data *dict, const struct vfctl_port_info *info)
{
	vfctl_tel_text(dict, "name", info->name);
	vfctl_tel_number(dict, "nb_vfs", info->nb_vfs);
	vfctl_tel_number(dict, "max_vfs", info->max_vfs);
	vfctl_tel_number(dict, "serving", info->serving);
	vfctl_tel_number(dict, "last_event", info->last_event);
}

/* What a VF has has no names of its own: the settings of the same type lend it their form. */
struct vfctl_settings
vfctl_tel_as_settings(const struct vfctl_vf_info *info)
{
	struct vfctl_settings settings = { .mac = info->mac, .macs = info->macs };

	memcpy(settings.trunk, info->vlan, sizeof(settings.trunk));
	return settings;
}

void
vfctl_tel_vf_info(struct rte_tel_data *out, const struct vfctl_vf_info *info)
{
	const struct vfctl_settings form = vfctl_tel_as_settings(info);
	struct rte_tel_data *dict = vfctl_tel_dict(out, "info");

	if (dict == NULL)
		return;
	vfctl_tel_number(dict, "exists", info->exists);
	vfctl_tel_number(dict, "clear_to_send", info->clear_to_send);
	vfctl_tel_number(dict, "quarantined", info->quarantined);
	put_setting(dict, "mac", &vfctl_vf_table, VFCTL_F_MAC, &form);
	put_setting(dict, "macs", &vfctl_vf_table, VFCTL_F_MACS, &form);
	vfctl_tel_number(dict, "nb_hashes", info->nb_hashes);
	put_setting(dict, "vlans", &vfctl_vf_table, VFCTL_F_TRUNK, &form);
	vfctl_tel_number(dict, "promisc", info->promisc);
	vfctl_tel_number(dict, "allmulti", info->allmulti);
	vfctl_tel_number(dict, "max_frame", info->max_frame);
	vfctl_tel_number(dict, "violations", info->violations);
}

/* A verdict's word as a name: telemetry drops names with anything but letters, digits and _. */
static void
put_refused(struct rte_tel_data *dict, enum vfctl_verdict verdict, uint64_t number)
{
	char name[32];
	size_t i;

	snprintf(name, sizeof(name), "%s", vfctl_verdict_name(verdict));
	for (i = 0; name[i] != '\0'; i++)
		if (!isalnum((unsigned char)name[i]))
			name[i] = '_';
	vfctl_tel_number(dict, name, number);
}

void
vfctl_tel_stats(struct rte_tel_data *dict, const struct vfctl_vf_stats *stats)
{
	struct rte_tel_data *verdicts;
	unsigned int i;

	vfctl_tel_number(dict, "rx_packets", stats->hw.rx_packets);
	vfctl_tel_number(dict, "rx_bytes", stats->hw.rx_bytes);
	vfctl_tel_number(dict, "rx_multicast", stats->hw.rx_multicast);
	vfctl_tel_number(dict, "tx_packets", stats->hw.tx_packets);
	vfctl_tel_number(dict, "tx_bytes", stats->hw.tx_bytes);
	vfctl_tel_number(dict, "spoofed", stats->hw.spoofed);
	vfctl_tel_number(dict, "resets", stats->resets);
	vfctl_tel_number(dict, "granted", stats->granted);
	verdicts = vfctl_tel_dict(dict, "refused");
	for (i = VFCTL_GRANTED + 1; verdicts != NULL && i < VFCTL_VERDICT_NB; i++)
		put_refused(verdicts, i, stats->verdict[i]);
	vfctl_tel_number(dict, "mailbox_busy", stats->mailbox_busy);
	vfctl_tel_number(dict, "answer_failed", stats->answer_failed);
	vfctl_tel_number(dict, "over_budget", stats->over_budget);
	vfctl_tel_number(dict, "quarantines", stats->quarantines);
}

void
vfctl_tel_event(struct rte_tel_data *events, const struct vfctl_event *event)
{
	struct rte_tel_data *dict;
	char number[24];

	snprintf(number, sizeof(number), "%" PRIu64, event->number);
	dict = vfctl_tel_dict(events, number);
	if (dict == NULL)
		return;
	vfctl_tel_number(dict, "time_ns", event->time_ns);
	vfctl_tel_text(dict, "type", vfctl_event_name(event->type));
	if (event->vf_id < VFCTL_VF_MAX)
		vfctl_tel_number(dict, "vf", event->vf_id);
	if (event->type == VFCTL_EVENT_REQUEST)
		vfctl_tel_text(dict, "verdict", vfctl_verdict_name(event->verdict));
	vfctl_tel_text(dict, "text", event->text);
}
