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
			vfctl_tel_port_info(dict, &info);
	}
	return 0;
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
	vfctl_tel_port_info(ask->out, &info);
	vfctl_tel_settings(ask->out, &vfctl_port_table, &settings);
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
	vfctl_tel_settings(ask->out, &vfctl_vf_table, &settings);
	vfctl_tel_vf_info(ask->out, &info);
	dict = vfctl_tel_dict(ask->out, "stats");
	if (dict != NULL)
		vfctl_tel_stats(dict, &stats);
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
			settings = vfctl_tel_as_settings(&info);
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
	vfctl_tel_stats(ask->out, &stats);
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

/* --- events, and what can be set --- */

/* A portion of those after a number. */
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
		vfctl_tel_event(dict, &event[i]);
	return 0;
}

static int
tell_fields(struct ask *ask)
{
	vfctl_tel_fields(ask->out, "vf", &vfctl_vf_table);
	vfctl_tel_fields(ask->out, "port", &vfctl_port_table);
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
