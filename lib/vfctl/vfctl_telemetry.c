/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) the igbiov authors
 */

/*
 * VF control over DPDK telemetry: the operator's API for other processes, in any
 * application that loads the driver. What comes from the socket is checked here or
 * by vfctl_vf_parse(). An error is a dictionary too, never null:
 * {"error": text, "error_more": its rest, "code": errno}.
 *
 * DPDK drops what exceeds its limits without a word: of a request what follows
 * octet 1023, of a text octet 127, of an answer 16 KiB. So long requests are
 * refused, and long lists go in portions.
 */

#include <ctype.h>
#include <errno.h>
#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include <rte_common.h>
#include <rte_ethdev.h>

#include "vfctl_field.h"
#include "vfctl_telemetry.h"

#define REQUEST_MAX   1023
#define EVENT_PORTION 32 /* of 280 octets at most, escapes included */
#define NOTHING_SET   "no setting is named: see vfctl fields"

/* A request, and its answer. */
struct ask {
	uint16_t port_id;
	uint16_t vf_id;
	const char *text; /* parameters that are still to be read; never NULL */
	struct rte_tel_data *out;
	char why[VFCTL_WHY_LEN];
};

/* --- what goes wrong --- */

static int refuse(struct ask *ask, int rc, const char *format, ...) __rte_format_printf(3, 4);

static int
refuse(struct ask *ask, int rc, const char *format, ...)
{
	va_list args;

	va_start(args, format);
	vsnprintf(ask->why, sizeof(ask->why), format, args);
	va_end(args);
	return rc;
}

static void
explain(struct ask *ask, int rc)
{
	switch (rc) {
	case -ENODEV:
		refuse(ask, rc, "port %u has no VF control: vfctl show lists those that have",
		       ask->port_id);
		break;
	case -EINVAL:
		refuse(ask, rc, "port %u can't have VF %u: vfctl show tells how many it can",
		       ask->port_id, ask->vf_id);
		break;
	case -ETIMEDOUT:
		refuse(ask, rc, "port %u was busy for too long, nothing was done: try again",
		       ask->port_id);
		break;
	default:
		refuse(ask, rc, "port %u: %s", ask->port_id, strerror(-rc));
	}
}

/* The answer of a request that failed, in place of what it may have already. */
static void
put_error(struct ask *ask, int rc)
{
	if (ask->why[0] == '\0')
		explain(ask, rc);
	rte_tel_data_start_dict(ask->out);
	vfctl_tel_text(ask->out, "error", ask->why);
	if (strlen(ask->why) > VFCTL_TEL_TEXT)
		vfctl_tel_text(ask->out, "error_more", ask->why + VFCTL_TEL_TEXT);
	vfctl_tel_number(ask->out, "code", (uint64_t)-rc);
}

/* --- parameters --- */

/* Takes the text up to the next comma; false where it is empty or too long. */
static bool
take_word(struct ask *ask, char *word, size_t size)
{
	size_t length = strcspn(ask->text, ",");

	if (length == 0 || length >= size)
		return false;
	memcpy(word, ask->text, length);
	word[length] = '\0';
	ask->text += length;
	if (*ask->text == ',')
		ask->text++;
	return true;
}

static int
take_number(struct ask *ask, const char *what, uint64_t max, uint64_t *number)
{
	char word[24], *end;

	if (take_word(ask, word, sizeof(word)) && isdigit((unsigned char)word[0])) {
		errno = 0;
		*number = strtoull(word, &end, 10);
		if (errno == 0 && *end == '\0' && *number <= max)
			return 0;
	}
	return refuse(ask, -EINVAL, "%s must be a number from 0 to %" PRIu64, what, max);
}

static int
take_vf(struct ask *ask)
{
	uint64_t number = 0;
	int rc = take_number(ask, "VF", VFCTL_VF_MAX - 1, &number);

	ask->vf_id = (uint16_t)number;
	return rc;
}

static int
port_by_name(struct ask *ask, const char *name)
{
	struct vfctl_port_info info;
	uint16_t i;

	for (i = 0; i < RTE_MAX_ETHPORTS; i++) {
		if (vfctl_port_info(i, &info) == 0 && strcasecmp(info.name, name) == 0) {
			ask->port_id = i;
			return 0;
		}
	}
	return refuse(ask, -ENODEV, "no port %s with VF control: vfctl show lists those there are",
		      name);
}

/* An ethdev port number, or a PCI address. */
static int
take_port(struct ask *ask)
{
	struct vfctl_port_info info;
	char word[sizeof(info.name)];
	const char *text = ask->text;
	uint64_t number = 0;
	int rc;

	if (!take_word(ask, word, sizeof(word)))
		return refuse(ask, -EINVAL, "a port comes first, by its number or PCI address");
	if (word[strspn(word, "0123456789")] != '\0')
		return port_by_name(ask, word);
	ask->text = text;
	rc = take_number(ask, "port", RTE_MAX_ETHPORTS - 1, &number);
	ask->port_id = (uint16_t)number;
	return rc;
}

/* --- ports --- */

static void
put_port_info(struct rte_tel_data *dict, const struct vfctl_port_info *info)
{
	vfctl_tel_text(dict, "name", info->name);
	vfctl_tel_number(dict, "nb_vfs", info->nb_vfs);
	vfctl_tel_number(dict, "max_vfs", info->max_vfs);
	vfctl_tel_number(dict, "serving", info->serving);
	vfctl_tel_number(dict, "last_event", info->last_event);
}

static int
tell_ports(struct ask *ask)
{
	struct vfctl_port_info info;
	struct rte_tel_data *dict;
	char number[8];
	uint16_t i;

	for (i = 0; i < RTE_MAX_ETHPORTS; i++) {
		if (vfctl_port_info(i, &info) != 0)
			continue;
		snprintf(number, sizeof(number), "%u", i);
		dict = vfctl_tel_dict(ask->out, number);
		if (dict != NULL)
			put_port_info(dict, &info);
	}
	return 0;
}

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

static void
put_settings(struct rte_tel_data *out, const struct vfctl_table *table, const void *settings)
{
	struct rte_tel_data *dict = vfctl_tel_dict(out, "settings");
	unsigned int i;

	for (i = 0; dict != NULL && i < vfctl_table_nb(table); i++)
		put_setting(dict, vfctl_table_info(table, i)->name, table, i, settings);
}

static int
tell_port(struct ask *ask)
{
	struct vfctl_port_settings settings;
	struct vfctl_port_info info;
	int rc;

	rc = vfctl_port_info(ask->port_id, &info);
	if (rc == 0)
		rc = vfctl_port_get(ask->port_id, &settings);
	if (rc != 0)
		return rc;
	vfctl_tel_number(ask->out, "port", ask->port_id);
	put_port_info(ask->out, &info);
	put_settings(ask->out, &vfctl_port_table, &settings);
	return 0;
}

static int
set_port(struct ask *ask)
{
	struct vfctl_port_settings settings = { 0 };
	uint64_t fields = 0;
	int rc;

	rc = vfctl_port_parse(ask->text, &fields, &settings, ask->why, sizeof(ask->why));
	if (rc == 0 && fields == 0)
		rc = refuse(ask, -EINVAL, NOTHING_SET);
	if (rc != 0)
		return rc;
	return vfctl_port_set(ask->port_id, fields, &settings, ask->why, sizeof(ask->why));
}

static int
create_vfs(struct ask *ask)
{
	uint64_t number = 0;
	int rc = take_number(ask, "the number of VFs", VFCTL_VF_MAX, &number);

	if (rc != 0)
		return rc;
	return vfctl_num_vfs_set(ask->port_id, (uint16_t)number, ask->why, sizeof(ask->why));
}

/* The process has its own working directory, that of whoever asks is another. */
static int
check_path(struct ask *ask)
{
	if (ask->text[0] == '/')
		return 0;
	return refuse(ask, -EINVAL, "the file's path must begin with /");
}

static int
apply_file(struct ask *ask)
{
	int rc = check_path(ask);

	if (rc != 0)
		return rc;
	return vfctl_apply_file(ask->port_id, ask->text, ask->why, sizeof(ask->why));
}

static int
save_file(struct ask *ask)
{
	int rc = check_path(ask);

	if (rc != 0)
		return rc;
	return vfctl_save_file(ask->port_id, ask->text, ask->why, sizeof(ask->why));
}

/* --- VFs --- */

/* What a VF has has no names of its own: the settings of the same type lend it their form. */
static struct vfctl_settings
as_settings(const struct vfctl_vf_info *info)
{
	struct vfctl_settings settings = { .mac = info->mac, .macs = info->macs };

	memcpy(settings.trunk, info->vlan, sizeof(settings.trunk));
	return settings;
}

static void
put_info(struct rte_tel_data *out, const struct vfctl_vf_info *info)
{
	const struct vfctl_settings form = as_settings(info);
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

static void
put_stats(struct rte_tel_data *dict, const struct vfctl_vf_stats *stats)
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

static void
put_names(struct ask *ask)
{
	vfctl_tel_number(ask->out, "port", ask->port_id);
	vfctl_tel_number(ask->out, "vf", ask->vf_id);
}

static int
tell_vf(struct ask *ask)
{
	struct vfctl_settings settings;
	struct vfctl_vf_stats stats;
	struct vfctl_vf_info info;
	struct rte_tel_data *dict;
	int rc;

	rc = vfctl_vf_get(ask->port_id, ask->vf_id, &settings);
	if (rc == 0)
		rc = vfctl_vf_info(ask->port_id, ask->vf_id, &info);
	if (rc == 0)
		rc = vfctl_vf_stats_get(ask->port_id, ask->vf_id, &stats);
	if (rc != 0)
		return rc;
	put_names(ask);
	put_settings(ask->out, &vfctl_vf_table, &settings);
	put_info(ask->out, &info);
	dict = vfctl_tel_dict(ask->out, "stats");
	if (dict != NULL)
		put_stats(dict, &stats);
	return 0;
}

/* A list's text, from a VF's settings, or "vlans" from what it has. */
static int
read_list(struct ask *ask, const char *name, char *text, size_t size)
{
	uint64_t fields = vfctl_table_find(&vfctl_vf_table, name, strlen(name));
	struct vfctl_settings settings;
	struct vfctl_vf_info info;
	int rc;

	if (strcmp(name, "vlans") == 0) {
		fields = VFCTL_FIELD(VFCTL_F_TRUNK);
		rc = vfctl_vf_info(ask->port_id, ask->vf_id, &info);
		if (rc == 0)
			settings = as_settings(&info);
	} else {
		rc = vfctl_vf_get(ask->port_id, ask->vf_id, &settings);
	}
	if (rc != 0)
		return rc;
	if (fields == 0 || vfctl_table_kind(&vfctl_vf_table, rte_ctz64(fields)) != VFCTL_KIND_LIST)
		return refuse(ask, -ENOENT, "there is no list of that name: see vfctl fields");
	return vfctl_table_format(&vfctl_vf_table, rte_ctz64(fields), &settings, text, size);
}

/* The rest of a list that was too long for tell_vf()'s answer. */
static int
tell_list(struct ask *ask)
{
	char name[32], text[VFCTL_VALUE_LEN];
	uint64_t from = 0;
	int rc;

	if (!take_word(ask, name, sizeof(name)))
		return refuse(ask, -EINVAL, "which list? see vfctl fields");
	rc = take_number(ask, "the first entry's number", VFCTL_VLAN_NB, &from);
	if (rc == 0)
		rc = read_list(ask, name, text, sizeof(text));
	if (rc == 0)
		vfctl_tel_list(ask->out, name, text, from);
	return rc;
}

static int
set_vf(struct ask *ask)
{
	struct vfctl_settings settings = { 0 };
	uint64_t fields = 0;
	int rc;

	rc = vfctl_vf_parse(ask->text, &fields, &settings, ask->why, sizeof(ask->why));
	if (rc == 0 && fields == 0)
		rc = refuse(ask, -EINVAL, NOTHING_SET);
	if (rc != 0)
		return rc;
	rc = vfctl_vf_set(ask->port_id, ask->vf_id, fields, &settings, ask->why, sizeof(ask->why));
	if (rc == 0)
		put_names(ask);
	return rc;
}

static int
tell_stats(struct ask *ask)
{
	struct vfctl_vf_stats stats;
	int rc = vfctl_vf_stats_get(ask->port_id, ask->vf_id, &stats);

	if (rc != 0)
		return rc;
	put_names(ask);
	put_stats(ask->out, &stats);
	return 0;
}

static int
reset_stats(struct ask *ask)
{
	put_names(ask);
	return vfctl_vf_stats_reset(ask->port_id, ask->vf_id);
}

static int
release_vf(struct ask *ask)
{
	put_names(ask);
	return vfctl_vf_release(ask->port_id, ask->vf_id);
}

/* --- events --- */

static void
put_event(struct rte_tel_data *events, const struct vfctl_event *event)
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

/* A portion of those after a number, each under its own: dictionaries can't be in an array. */
static int
tell_events(struct ask *ask)
{
	struct vfctl_event event[EVENT_PORTION];
	unsigned int i, nb = RTE_DIM(event);
	struct vfctl_port_info info;
	struct rte_tel_data *dict;
	uint64_t after = 0;
	int rc = 0;

	if (ask->text[0] != '\0')
		rc = take_number(ask, "the last event seen", UINT64_MAX, &after);
	if (rc == 0)
		rc = vfctl_port_info(ask->port_id, &info);
	if (rc == 0)
		rc = vfctl_events_get(ask->port_id, after, event, &nb);
	if (rc != 0)
		return rc;
	vfctl_tel_number(ask->out, "port", ask->port_id);
	vfctl_tel_number(ask->out, "last_event", info.last_event);
	dict = vfctl_tel_dict(ask->out, "events");
	for (i = 0; dict != NULL && i < RTE_MIN(nb, RTE_DIM(event)); i++)
		put_event(dict, &event[i]);
	return 0;
}

/* --- the settings there are --- */

static void
put_fields(struct rte_tel_data *out, const char *name, const struct vfctl_table *table)
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

static int
tell_fields(struct ask *ask)
{
	put_fields(ask->out, "vf", &vfctl_vf_table);
	put_fields(ask->out, "port", &vfctl_port_table);
	return 0;
}

/* --- commands --- */

#define TAKES_PORT RTE_BIT32(0)
#define TAKES_VF   RTE_BIT32(1)
#define TAKES_TEXT RTE_BIT32(2) /* something must follow */
#define MAY_TEXT   RTE_BIT32(3) /* something may follow */

static const struct command {
	const char *name;
	int (*run)(struct ask *ask);
	unsigned int takes;
	const char *help;
} commands[] = {
	{ "/vfctl/ports", tell_ports, 0, "Ports with VF control. Takes no parameters" },
	{ "/vfctl/port", tell_port, TAKES_PORT,
	  "A port and its settings. Parameters: port number or PCI address" },
	{ "/vfctl/port_set", set_port, TAKES_PORT | TAKES_TEXT,
	  "Changes settings of a port, all or nothing. Parameters: port,name=value name=value ..." },
	{ "/vfctl/create", create_vfs, TAKES_PORT | TAKES_TEXT,
	  "Creates or removes VFs, so that there are so many. Parameters: port,number" },
	{ "/vfctl/apply", apply_file, TAKES_PORT | TAKES_TEXT,
	  "Applies a policy file, all of it or nothing. Parameters: port,path" },
	{ "/vfctl/save", save_file, TAKES_PORT | TAKES_TEXT,
	  "Writes what is in force as a policy file. Parameters: port,path" },
	{ "/vfctl/vf", tell_vf, TAKES_PORT | TAKES_VF,
	  "A VF's settings, what it has, and its statistics. Parameters: port,VF" },
	{ "/vfctl/list", tell_list, TAKES_PORT | TAKES_VF | TAKES_TEXT,
	  "The rest of a long list. Parameters: port,VF,name,number of the first entry" },
	{ "/vfctl/set", set_vf, TAKES_PORT | TAKES_VF | TAKES_TEXT,
	  "Changes settings of a VF, all or nothing. Parameters: port,VF,name=value name=value ..." },
	{ "/vfctl/stats", tell_stats, TAKES_PORT | TAKES_VF,
	  "A VF's statistics. Parameters: port,VF" },
	{ "/vfctl/stats_reset", reset_stats, TAKES_PORT | TAKES_VF,
	  "Counts a VF's statistics anew. Parameters: port,VF" },
	{ "/vfctl/release", release_vf, TAKES_PORT | TAKES_VF,
	  "Ends a VF's quarantine. Parameters: port,VF" },
	{ "/vfctl/events", tell_events, TAKES_PORT | MAY_TEXT,
	  "Events after one, or the oldest kept. Parameters: port,number of the last one seen" },
	{ "/vfctl/fields", tell_fields, 0, "The settings there are. Takes no parameters" },
};

static int
run(const struct command *command, struct ask *ask)
{
	int rc = 0;

	/* DPDK may have cut it: half a number would be another number. */
	if (strlen(command->name) + 1 + strlen(ask->text) >= REQUEST_MAX)
		return refuse(ask, -E2BIG, "request of %u octets or more: apply a file instead",
			      REQUEST_MAX);
	if (command->takes & TAKES_PORT)
		rc = take_port(ask);
	if (rc == 0 && (command->takes & TAKES_VF))
		rc = take_vf(ask);
	if (rc != 0)
		return rc;
	if ((command->takes & TAKES_TEXT) && ask->text[0] == '\0')
		return refuse(ask, -EINVAL, "something is missing at the end: see /help,%s",
			      command->name);
	if (!(command->takes & (TAKES_TEXT | MAY_TEXT)) && ask->text[0] != '\0')
		return refuse(ask, -EINVAL, "too much at the end: see /help,%s", command->name);
	return command->run(ask);
}

static int
on_command(const char *name, const char *parameters, struct rte_tel_data *out)
{
	struct ask ask = { .text = parameters != NULL ? parameters : "", .out = out };
	unsigned int i;
	int rc = -ENOENT;

	rte_tel_data_start_dict(out);
	for (i = 0; i < RTE_DIM(commands); i++)
		if (strcmp(commands[i].name, name) == 0)
			rc = run(&commands[i], &ask);
	if (rc != 0)
		put_error(&ask, rc);
	return 0;
}

RTE_INIT(vfctl_telemetry_init)
{
	unsigned int i;

	/* Too early for the log; it fails for want of memory only, and "/" lists what there is. */
	for (i = 0; i < RTE_DIM(commands); i++)
		rte_telemetry_register_cmd(commands[i].name, on_command, commands[i].help);
}
