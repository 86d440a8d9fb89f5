/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) the igbiov authors
 */

#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include <time.h>

#include <rte_common.h>
#include <vfctl.h>

#include "commands.h"

#define BORDER "########################"

/* Every second VLAN is the longest list: 2047 numbers and commas. */
#define LIST_LEN (VFCTL_VLAN_NB / 2 * 5)

/* --- settings --- */

static void
print_macs(struct cmdline *cl, const struct vfctl_mac_list *list)
{
	char text[RTE_ETHER_ADDR_FMT_SIZE];
	unsigned int i;

	for (i = 0; i < list->nb; i++) {
		rte_ether_format_addr(text, sizeof(text), &list->mac[i]);
		cmdline_printf(cl, "%s%s", i > 0 ? "," : "", text);
	}
}

static void
print_vlans(struct cmdline *cl, const uint64_t *vlans)
{
	const char *comma = "";
	unsigned int vlan;

	for (vlan = 0; vlan < VFCTL_VLAN_NB; vlan++) {
		if ((vlans[vlan / 64] >> (vlan % 64) & 1) == 0)
			continue;
		cmdline_printf(cl, "%s%u", comma, vlan);
		comma = ",";
	}
}

static const char *
yes_no(bool yes)
{
	return yes ? "yes" : "no";
}

static int
print_settings(struct cmdline *cl, uint16_t port_id, uint16_t vf_id)
{
	struct vfctl_settings settings;
	char text[LIST_LEN];
	unsigned int i;
	int rc;

	rc = vfctl_vf_get(port_id, vf_id, &settings);
	for (i = 0; rc == 0 && i < VFCTL_F_NB; i++) {
		rc = vfctl_vf_format(i, &settings, text, sizeof(text));
		if (rc == 0)
			cmdline_printf(cl, "  %s: %s\n", vfctl_field_info(i)->name, text);
	}
	return rc;
}

int
show_vf(__rte_unused const struct command *command, const struct shape_args *args,
	struct cmdline *cl, __rte_unused char *why)
{
	char mac[RTE_ETHER_ADDR_FMT_SIZE];
	struct vfctl_vf_info info;
	int rc;

	rc = vfctl_vf_info(args->port, args->vf, &info);
	if (rc != 0)
		return rc;
	cmdline_printf(cl, "\n  " BORDER " Port %-2" PRIu64 " VF %-2" PRIu64 " " BORDER "\n",
		       args->port, args->vf);
	cmdline_printf(cl, "  Wanted:\n");
	rc = print_settings(cl, args->port, args->vf);
	if (rc != 0)
		return rc;
	rte_ether_format_addr(mac, sizeof(mac), &info.mac);
	cmdline_printf(cl, "  Now:\n");
	cmdline_printf(cl, "  Exists: %s  Running: %s  Quarantined: %s  Violations: %" PRIu64 "\n",
		       yes_no(info.exists), yes_no(info.clear_to_send), yes_no(info.quarantined),
		       info.violations);
	cmdline_printf(cl, "  Address: %s\n  More addresses: ", mac);
	print_macs(cl, &info.macs);
	cmdline_printf(cl, "\n  Multicast hashes: %u\n  VLANs: ", info.nb_hashes);
	print_vlans(cl, info.vlan);
	cmdline_printf(cl, "\n  Promiscuous: %s  Allmulticast: %s  Longest frame: %u\n",
		       yes_no(info.promisc), yes_no(info.allmulti), info.max_frame);
	return 0;
}

static void
print_vf(struct cmdline *cl, uint16_t port_id, uint16_t vf_id)
{
	char mac[RTE_ETHER_ADDR_FMT_SIZE];
	struct vfctl_settings settings;
	struct vfctl_vf_info info;

	/* One that has just gone. */
	if (vfctl_vf_get(port_id, vf_id, &settings) != 0 ||
	    vfctl_vf_info(port_id, vf_id, &info) != 0)
		return;
	rte_ether_format_addr(mac, sizeof(mac), &info.mac);
	cmdline_printf(
		cl, "  VF %-2u %s  vlan %u  max_tx_rate %u  spoofchk %s/%s  trust %s%s%s%s\n",
		vf_id, mac, settings.vlan, settings.max_tx_rate,
		settings.spoofchk_mac ? "on" : "off", settings.spoofchk_vlan ? "on" : "off",
		settings.trust ? "on" : "off", info.exists ? "" : "  not created",
		info.clear_to_send ? "  running" : "", info.quarantined ? "  quarantined" : "");
}

int
show_port(__rte_unused const struct command *command, const struct shape_args *args,
	  struct cmdline *cl, __rte_unused char *why)
{
	struct vfctl_port_settings settings;
	struct vfctl_port_info info;
	char text[VFCTL_TEXT_LEN];
	unsigned int i;
	int rc;

	rc = vfctl_port_info(args->port, &info);
	if (rc == 0)
		rc = vfctl_port_get(args->port, &settings);
	if (rc != 0)
		return rc;
	cmdline_printf(cl, "\n  " BORDER " Port %-2" PRIu64 " (%s) " BORDER "\n", args->port,
		       info.name);
	cmdline_printf(cl, "  num_vfs: %u of %u\n  Serving: %s\n", info.nb_vfs, info.max_vfs,
		       yes_no(info.serving));
	for (i = 0; i < VFCTL_P_NB; i++)
		if (vfctl_port_format(i, &settings, text, sizeof(text)) == 0)
			cmdline_printf(cl, "  %s: %s\n", vfctl_port_field_info(i)->name, text);
	for (i = 0; i < info.nb_vfs; i++)
		print_vf(cl, args->port, i);
	return 0;
}

/* --- what happened --- */

int
show_stats(__rte_unused const struct command *command, const struct shape_args *args,
	   struct cmdline *cl, __rte_unused char *why)
{
	struct vfctl_vf_stats stats;
	unsigned int i;
	int rc;

	rc = vfctl_vf_stats_get(args->port, args->vf, &stats);
	if (rc != 0)
		return rc;
	/* As testpmd shows other drivers' VFs, as far as there are such counters. */
	cmdline_printf(cl,
		       "\n  " BORDER " NIC statistics for port %-2" PRIu64 " vf %-2" PRIu64
		       " " BORDER "\n",
		       args->port, args->vf);
	cmdline_printf(cl,
		       "  RX-packets: %-10" PRIu64 " RX-multicast: %-10" PRIu64
		       " RX-bytes:  %" PRIu64 "\n",
		       stats.hw.rx_packets, stats.hw.rx_multicast, stats.hw.rx_bytes);
	cmdline_printf(cl,
		       "  TX-packets: %-10" PRIu64 " TX-spoofed: %-10" PRIu64 " TX-bytes:  %" PRIu64
		       "\n",
		       stats.hw.tx_packets, stats.hw.spoofed, stats.hw.tx_bytes);
	cmdline_printf(cl,
		       "  Resets: %" PRIu64 "  Granted: %" PRIu64 "  Mailbox busy: %" PRIu64
		       "  Answers failed: %" PRIu64 "\n",
		       stats.resets, stats.granted, stats.mailbox_busy, stats.answer_failed);
	cmdline_printf(cl, "  Over budget: %" PRIu64 "  Quarantines: %" PRIu64 "\n  Refused:",
		       stats.over_budget, stats.quarantines);
	for (i = VFCTL_GRANTED + 1; i < VFCTL_VERDICT_NB; i++)
		cmdline_printf(cl, " %s=%" PRIu64, vfctl_verdict_name(i), stats.verdict[i]);
	cmdline_printf(cl, "\n  " BORDER "############################" BORDER "\n");
	return 0;
}

static void
print_event(struct cmdline *cl, const struct vfctl_event *event)
{
	time_t seconds = event->time_ns / 1000000000;
	char when[32] = "", who[16] = "port";
	struct tm tm;

	if (localtime_r(&seconds, &tm) != NULL)
		strftime(when, sizeof(when), "%H:%M:%S", &tm);
	if (event->vf_id != VFCTL_PF)
		snprintf(who, sizeof(who), "VF %u", event->vf_id);
	cmdline_printf(cl, "  %" PRIu64 " %s.%03u %s %s", event->number, when,
		       (unsigned int)(event->time_ns / 1000000 % 1000), who,
		       vfctl_event_name(event->type));
	if (event->type == VFCTL_EVENT_REQUEST)
		cmdline_printf(cl, " %s", vfctl_verdict_name(event->verdict));
	cmdline_printf(cl, " %s\n", event->text);
}

int
show_events(__rte_unused const struct command *command, const struct shape_args *args,
	    struct cmdline *cl, __rte_unused char *why)
{
	struct vfctl_event events[32];
	uint64_t last = 0;
	unsigned int nb, i, rounds;
	int rc;

	/* As many as the port keeps: who floods it meanwhile doesn't hold us here. */
	for (rounds = 0; rounds < 256 / RTE_DIM(events); rounds++) {
		nb = RTE_DIM(events);
		rc = vfctl_events_get(args->port, last, events, &nb);
		if (rc != 0)
			return rc;
		for (i = 0; i < nb; i++)
			print_event(cl, &events[i]);
		if (nb < RTE_DIM(events))
			break;
		last = events[nb - 1].number;
	}
	return 0;
}

/* --- help --- */

/* As testpmd's help has it: (port_id) for a number, on|off for a choice. */
static void
print_words(struct cmdline *cl, const char *words)
{
	static const struct {
		const char *word, *text;
	} terms[] = {
		{ "<port>", "(port_id)" },
		{ "<vf>", "(vf_id)" },
		{ "<mac>", "(XX:XX:XX:XX:XX:XX)" },
		{ "<num>", "(number)" },
		{ "<text>", "(text)" },
		{ "<rest>", "(values)" },
		{ COMMAND_FIELD, "(field)" },
		{ COMMAND_PORT_FIELD, "(port_field)" },
	};
	unsigned int i;
	size_t len;

	while (*words != '\0') {
		for (i = 0; i < RTE_DIM(terms); i++) {
			len = strlen(terms[i].word);
			if (strncmp(words, terms[i].word, len) == 0)
				break;
		}
		if (i < RTE_DIM(terms)) {
			cmdline_printf(cl, "%s", terms[i].text);
			words += len;
		} else {
			cmdline_printf(cl, "%c", *words == '#' ? '|' : *words);
			words++;
		}
	}
}

int
show_help(__rte_unused const struct command *command, __rte_unused const struct shape_args *args,
	  struct cmdline *cl, __rte_unused char *why)
{
	const struct vfctl_field_info *field;
	const char *name, *alias;
	unsigned int i;

	cmdline_printf(cl, "\nVirtual functions:\n------------------\n\n");
	for (i = 0; i < nb_commands; i++) {
		if (commands[i].help == NULL)
			continue;
		print_words(cl, commands[i].words);
		cmdline_printf(cl, "\n    %s\n\n", commands[i].help);
	}
	cmdline_printf(cl, "Fields of a VF:\n\n");
	for (i = 0; (field = vfctl_field_info(i)) != NULL; i++)
		cmdline_printf(cl, "  %s: %s\n    %s\n", field->name, field->values, field->help);
	for (i = 0; (alias = command_alias(i, &name)) != NULL; i++)
		cmdline_printf(cl, "  %s: %s\n", alias,
			       strcmp(alias, name) == 0 ? "both kinds of anti-spoofing" : name);
	cmdline_printf(cl, "\nFields of a port:\n\n");
	for (i = 0; (field = vfctl_port_field_info(i)) != NULL; i++)
		cmdline_printf(cl, "  %s: %s\n    %s\n", field->name, field->values, field->help);
	cmdline_printf(cl, "\n");
	return 0;
}
