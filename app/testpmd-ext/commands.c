/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) the igbiov authors
 */

#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include <cmdline_parse_string.h>
#include <rte_common.h>
#include <vfctl.h>

#include "commands.h"

#define LINE_LEN 4096

/* Says why not, and returns the error. */
#define refuse(why, error, ...) (snprintf(why, VFCTL_WHY_LEN, __VA_ARGS__), error)

/* --- settings by name --- */

static const struct {
	const char *alias, *field;
} aliases[] = {
	/* Both kinds, as `ip link` has it; vfctl_vf_parse() knows it. */
	{ "spoofchk", "spoofchk" },
	{ "link_state", "state" },
	{ "proto", "vlan_proto" },
};

const char *
command_alias(unsigned int n, const char **field)
{
	if (n >= RTE_DIM(aliases))
		return NULL;
	*field = aliases[n].field;
	return aliases[n].alias;
}

static const char *
field_of(const char *name)
{
	unsigned int i;

	for (i = 0; i < RTE_DIM(aliases); i++)
		if (strcmp(name, aliases[i].alias) == 0)
			return aliases[i].field;
	return name;
}

static int
set_vf(const struct shape_args *args, const char *text, char *why)
{
	struct vfctl_settings settings;
	uint64_t fields = 0;
	int rc;

	memset(&settings, 0, sizeof(settings));
	rc = vfctl_vf_parse(text, &fields, &settings, why, VFCTL_WHY_LEN);
	return rc == 0 ? vfctl_vf_set(args->port, args->vf, fields, &settings, why, VFCTL_WHY_LEN)
		       : rc;
}

static int
set_port(const struct shape_args *args, const char *text, char *why)
{
	struct vfctl_port_settings settings;
	uint64_t fields = 0;
	int rc;

	memset(&settings, 0, sizeof(settings));
	rc = vfctl_port_parse(text, &fields, &settings, why, VFCTL_WHY_LEN);
	return rc == 0 ? vfctl_port_set(args->port, fields, &settings, why, VFCTL_WHY_LEN) : rc;
}

/* The one value of a line, as text. */
static void
value_of(const struct shape_args *args, char *text, size_t size)
{
	if (args->word[0] != NULL)
		snprintf(text, size, "%s", args->word[0]);
	else if (args->has_mac)
		rte_ether_format_addr(text, size, &args->mac);
	else
		snprintf(text, size, "%" PRIu64, args->num[0]);
}

static int
set_field(const struct command *command, const struct shape_args *args, char *why)
{
	char value[STR_TOKEN_SIZE], text[STR_TOKEN_SIZE + 64];

	value_of(args, value, sizeof(value));
	if (command->port_field != NULL) {
		snprintf(text, sizeof(text), "%s=%s", command->port_field, value);
		return set_port(args, text, why);
	}
	snprintf(text, sizeof(text), "%s=%s", command->field, value);
	return set_vf(args, text, why);
}

/*
 * "vlan 100 qos 3", "vlan=100 qos=3", or a mixture, to the latter. `line` may begin
 * with what it continues.
 */
static int
join_pairs(const char *words, char *line, size_t size, char *why)
{
	size_t len = strlen(line);
	char copy[LINE_LEN], *word, *save = NULL;
	bool wants_value = len > 0;

	snprintf(copy, sizeof(copy), "%s", words);
	for (word = strtok_r(copy, " \t", &save); word != NULL;
	     word = strtok_r(NULL, " \t", &save)) {
		if (wants_value || strchr(word, '=') != NULL) {
			len += snprintf(line + len, size - len, "%s ", word);
			wants_value = false;
		} else {
			len += snprintf(line + len, size - len, "%s=", field_of(word));
			wants_value = true;
		}
		if (len >= size)
			return refuse(why, -E2BIG, "the line is too long");
	}
	if (wants_value)
		return refuse(why, -EINVAL,
			      "the last name has no value: NAME VALUE NAME VALUE ...");
	return 0;
}

/* set vf <field> <port> <vf> <rest> */
static int
set_vf_field(__rte_unused const struct command *command, const struct shape_args *args,
	     __rte_unused struct cmdline *cl, char *why)
{
	char line[LINE_LEN + 64];
	int rc;

	snprintf(line, sizeof(line), "%s=", field_of(args->word[0]));
	rc = join_pairs(args->word[1], line, sizeof(line), why);
	return rc == 0 ? set_vf(args, line, why) : rc;
}

/* set vf <port> <vf> <rest> */
static int
set_vf_fields(__rte_unused const struct command *command, const struct shape_args *args,
	      __rte_unused struct cmdline *cl, char *why)
{
	char line[LINE_LEN + 64] = "";
	int rc;

	rc = join_pairs(args->word[0], line, sizeof(line), why);
	return rc == 0 ? set_vf(args, line, why) : rc;
}

/* set port <port> <port-field> <rest> */
static int
set_port_field(__rte_unused const struct command *command, const struct shape_args *args,
	       __rte_unused struct cmdline *cl, char *why)
{
	char line[LINE_LEN + 64];
	int rc;

	snprintf(line, sizeof(line), "%s=", args->word[0]);
	rc = join_pairs(args->word[1], line, sizeof(line), why);
	return rc == 0 ? set_port(args, line, why) : rc;
}

/* --- testpmd's commands that aren't one setting --- */

static bool
is_on(const char *word)
{
	return strcmp(word, "on") == 0;
}

/* set port <port> vf <vf> rxmode <mode> on#off */
static int
set_rxmode(__rte_unused const struct command *command, const struct shape_args *args,
	   __rte_unused struct cmdline *cl, char *why)
{
	/* All that a filter doesn't claim is what a receiver of "overflow" packets gets. */
	static const struct {
		const char *mode, *field;
	} modes[] = {
		{ "AUPE", "untagged" },
		{ "ROPE", "unknown_unicast" },
		{ "BAM", "broadcast" },
		{ "MPE", "all_multicast" },
	};
	char text[64];
	unsigned int i;

	for (i = 0; i < RTE_DIM(modes); i++) {
		if (strcmp(args->word[0], modes[i].mode) != 0)
			continue;
		snprintf(text, sizeof(text), "%s=%s", modes[i].field, args->word[1]);
		return set_vf(args, text, why);
	}
	return -EINVAL;
}

/* set port <port> vf <vf> rx#tx on#off */
static int
set_traffic(__rte_unused const struct command *command, const struct shape_args *args,
	    __rte_unused struct cmdline *cl, char *why)
{
	char text[64];

	snprintf(text, sizeof(text), "%s=%s", args->word[0], args->word[1]);
	return set_vf(args, text, why);
}

/* set port <port> vf <vf> rate <num> queue_mask <num> */
static int
set_rate(__rte_unused const struct command *command, const struct shape_args *args,
	 __rte_unused struct cmdline *cl, char *why)
{
	struct vfctl_settings settings;
	uint64_t queues;
	char text[64];
	int rc;

	rc = vfctl_vf_get(args->port, args->vf, &settings);
	if (rc != 0)
		return rc;
	queues = settings.queues < 64 ? (UINT64_C(1) << settings.queues) - 1 : UINT64_MAX;
	if ((args->num[1] & queues) != queues)
		return refuse(why, -EINVAL,
			      "queue_mask 0x%" PRIx64 " leaves out queues of VF %" PRIu64
			      ", whose rate is one for all of them: use 0x%" PRIx64,
			      args->num[1], args->vf, queues);
	snprintf(text, sizeof(text), "max_tx_rate=%" PRIu64, args->num[0]);
	return set_vf(args, text, why);
}

/* set vf split drop <port> <vf> on#off */
static int
set_split_drop(__rte_unused const struct command *command, const struct shape_args *args,
	       __rte_unused struct cmdline *cl, char *why)
{
	struct vfctl_port_settings settings;
	int rc;

	rc = vfctl_port_get(args->port, &settings);
	if (rc != 0 || settings.drop_enable == is_on(args->word[0]))
		return rc;
	return refuse(why, -ENOTSUP,
		      "drop-enable is one for all VFs of a port: use set all queues drop "
		      "%" PRIu64 " %s",
		      args->port, args->word[0]);
}

/* Traffic classes: there is one, and its bandwidth is the VF's. */
static int
set_tc(__rte_unused const struct command *command, const struct shape_args *args,
       __rte_unused struct cmdline *cl, char *why)
{
	return refuse(why, -ENOTSUP,
		      "a VF has no traffic classes here: use set vf tx max-bandwidth "
		      "%" PRIu64 " %" PRIu64 " MBPS",
		      args->port, args->vf);
}

/* --- addresses --- */

static unsigned int
find_mac(const struct vfctl_mac_list *list, const struct rte_ether_addr *mac)
{
	unsigned int i;

	for (i = 0; i < list->nb; i++)
		if (rte_is_same_ether_addr(&list->mac[i], mac))
			break;
	return i;
}

/* mac_addr add port <port> vf <vf> <mac> */
static int
add_mac(__rte_unused const struct command *command, const struct shape_args *args,
	__rte_unused struct cmdline *cl, char *why)
{
	struct vfctl_settings settings;
	int rc;

	rc = vfctl_vf_get(args->port, args->vf, &settings);
	if (rc != 0 || find_mac(&settings.macs, &args->mac) < settings.macs.nb)
		return rc;
	if (settings.macs.nb == VFCTL_MAC_LIST_MAX)
		return refuse(why, -ENOSPC,
			      "VF %" PRIu64 " has %u more addresses, which is as many as it can: "
			      "use mac_addr remove port",
			      args->vf, VFCTL_MAC_LIST_MAX);
	settings.macs.mac[settings.macs.nb++] = args->mac;
	return vfctl_vf_set(args->port, args->vf, VFCTL_FIELD(VFCTL_F_MACS), &settings, why,
			    VFCTL_WHY_LEN);
}

/* mac_addr remove port <port> vf <vf> <mac> */
static int
remove_mac(__rte_unused const struct command *command, const struct shape_args *args,
	   __rte_unused struct cmdline *cl, char *why)
{
	struct vfctl_settings settings;
	unsigned int i;
	int rc;

	rc = vfctl_vf_get(args->port, args->vf, &settings);
	if (rc != 0)
		return rc;
	i = find_mac(&settings.macs, &args->mac);
	if (i == settings.macs.nb)
		return refuse(why, -ENOENT,
			      "that isn't one of the addresses that VF %" PRIu64 " was given",
			      args->vf);
	settings.macs.mac[i] = settings.macs.mac[--settings.macs.nb];
	return vfctl_vf_set(args->port, args->vf, VFCTL_FIELD(VFCTL_F_MACS), &settings, why,
			    VFCTL_WHY_LEN);
}

/* --- VLANs --- */

static bool
has_vlans(const struct vfctl_settings *settings)
{
	unsigned int i;

	for (i = 0; i < VFCTL_VLAN_WORDS; i++)
		if (settings->trunk[i] != 0)
			return true;
	return false;
}

static void
all_vlans(struct vfctl_settings *settings)
{
	memset(settings->trunk, 0xff, sizeof(settings->trunk));
	settings->trunk[0] &= ~UINT64_C(1);
	settings->trunk[VFCTL_VLAN_WORDS - 1] &= ~(UINT64_C(1) << 63);
}

/*
 * set vf vlan tag <port> <vf> on#off: the VF deals in tagged frames, or in those without a
 * tag. An operator's choice of VLANs stays.
 */
static int
set_vlan_tag(__rte_unused const struct command *command, const struct shape_args *args,
	     __rte_unused struct cmdline *cl, char *why)
{
	struct vfctl_settings settings;
	int rc;

	rc = vfctl_vf_get(args->port, args->vf, &settings);
	if (rc != 0)
		return rc;
	settings.untagged = !is_on(args->word[0]);
	if (settings.untagged)
		memset(settings.trunk, 0, sizeof(settings.trunk));
	else if (!has_vlans(&settings))
		all_vlans(&settings);
	return vfctl_vf_set(args->port, args->vf,
			    VFCTL_FIELD(VFCTL_F_UNTAGGED) | VFCTL_FIELD(VFCTL_F_TRUNK), &settings,
			    why, VFCTL_WHY_LEN);
}

/* Lets a VF join a VLAN, or not any more; `old` gets what it might before. */
static int
allow_vlan(uint16_t port_id, uint16_t vf_id, uint16_t vlan, bool add, struct vfctl_settings *old,
	   char *why)
{
	struct vfctl_settings settings;
	uint64_t bit = UINT64_C(1) << (vlan % 64);
	int rc;

	rc = vfctl_vf_get(port_id, vf_id, old);
	if (rc != 0)
		return rc;
	settings = *old;
	if (add && settings.vlan != 0)
		return refuse(
			why, -EINVAL,
			"VF %u has port VLAN %u and can't join others: set vf vlan %u %u 0 first",
			vf_id, settings.vlan, port_id, vf_id);
	if (add)
		settings.trunk[vlan / 64] |= bit;
	else
		settings.trunk[vlan / 64] &= ~bit;
	return vfctl_vf_set(port_id, vf_id, VFCTL_FIELD(VFCTL_F_TRUNK), &settings, why,
			    VFCTL_WHY_LEN);
}

/* rx_vlan add#rm <num> port <port> vf <num>: all VFs of the mask, or none. */
static int
set_vlan_filter(__rte_unused const struct command *command, const struct shape_args *args,
		__rte_unused struct cmdline *cl, char *why)
{
	static struct vfctl_settings old[VFCTL_VF_MAX];
	uint64_t mask = args->num[1];
	struct vfctl_port_info info;
	uint16_t vf_id;
	int rc;

	if (args->num[0] < 1 || args->num[0] > 4094)
		return refuse(why, -EINVAL, "VLAN %" PRIu64 ": use 1 to 4094", args->num[0]);
	rc = vfctl_port_info(args->port, &info);
	if (rc != 0)
		return rc;
	if (mask == 0 || (info.max_vfs < 64 && mask >> info.max_vfs != 0))
		return refuse(why, -EINVAL,
			      "VF mask 0x%" PRIx64
			      ": use a bit for each VF, 0x1 is VF 0, of %u VFs",
			      mask, info.max_vfs);
	for (vf_id = 0; vf_id < VFCTL_VF_MAX && rc == 0; vf_id++)
		if (mask >> vf_id & 1)
			rc = allow_vlan(args->port, vf_id, args->num[0],
					strcmp(args->word[0], "add") == 0, &old[vf_id], why);
	if (rc == 0)
		return 0;
	/* The last one wasn't done. */
	for (vf_id--; vf_id-- > 0;)
		if (mask >> vf_id & 1)
			vfctl_vf_set(args->port, vf_id, VFCTL_FIELD(VFCTL_F_TRUNK), &old[vf_id],
				     NULL, 0);
	return rc;
}

/* --- the rest --- */

static int
clear_stats(__rte_unused const struct command *command, const struct shape_args *args,
	    __rte_unused struct cmdline *cl, __rte_unused char *why)
{
	return vfctl_vf_stats_reset(args->port, args->vf);
}

static int
release(__rte_unused const struct command *command, const struct shape_args *args,
	__rte_unused struct cmdline *cl, __rte_unused char *why)
{
	return vfctl_vf_release(args->port, args->vf);
}

static int
set_num_vfs(__rte_unused const struct command *command, const struct shape_args *args,
	    __rte_unused struct cmdline *cl, char *why)
{
	if (args->num[0] > VFCTL_VF_MAX)
		return refuse(why, -EINVAL, "%" PRIu64 " VFs: no port has more than %u",
			      args->num[0], VFCTL_VF_MAX);
	return vfctl_num_vfs_set(args->port, args->num[0], why, VFCTL_WHY_LEN);
}

static int
apply(__rte_unused const struct command *command, const struct shape_args *args,
      __rte_unused struct cmdline *cl, char *why)
{
	return vfctl_apply_file(args->port, args->word[0], why, VFCTL_WHY_LEN);
}

static int
save(__rte_unused const struct command *command, const struct shape_args *args,
     __rte_unused struct cmdline *cl, char *why)
{
	return vfctl_save_file(args->port, args->word[0], why, VFCTL_WHY_LEN);
}

static int
hint(__rte_unused const struct command *command, __rte_unused const struct shape_args *args,
     struct cmdline *cl, __rte_unused char *why)
{
	cmdline_printf(
		cl, "    help vf                         : Virtual functions (testpmd-ext).\n\n");
	return 0;
}

/* clang-format off */
const struct command commands[] = {
	/* testpmd's own. */
	{ "set vf mac addr <port> <vf> <mac>", "Address of a VF; it is told to reset itself.", .field = "mac" },
	{ "mac_addr add port <port> vf <vf> <mac>", "One more address for a VF.", .run = add_mac },
	{ "set vf mac antispoof <port> <vf> on#off", "Drop what a VF sends from foreign addresses.", .field = "spoofchk_mac" },
	{ "set vf vlan antispoof <port> <vf> on#off", "Drop what a VF sends into foreign VLANs.", .field = "spoofchk_vlan" },
	{ "set vf vlan stripq <port> <vf> on#off", "Take the tags off what a VF receives.", .field = "strip" },
	{ "set vf vlan insert <port> <vf> <num>", "VLAN tag for what a VF sends without one; 0: none.", .field = "insert" },
	{ "set vf vlan tag <port> <vf> on#off", "A VF deals in tagged frames, or in those without a tag.", .run = set_vlan_tag },
	{ "rx_vlan add#rm <num> port <port> vf <num>", "VFs of a mask may join a VLAN, or no more.", .run = set_vlan_filter },
	{ "set vf broadcast <port> <vf> on#off", "A VF receives broadcast.", .field = "broadcast" },
	{ "set vf promisc <port> <vf> on#off", "A VF receives unicast that nobody claims.", .field = "unknown_unicast" },
	{ "set vf allmulti <port> <vf> on#off", "A VF receives all multicast.", .field = "all_multicast" },
	{ "set port <port> vf <vf> rxmode AUPE#ROPE#BAM#MPE on#off", "A VF receives untagged, unclaimed unicast, broadcast, all multicast.", .run = set_rxmode },
	{ "set port <port> vf <vf> rx#tx on#off", "A VF may receive, or transmit.", .run = set_traffic },
	{ "set port <port> vf <vf> rate <num> queue_mask <num>", "Mb/s for all queues of a VF; 0: no limit.", .run = set_rate },
	{ "set vf tx max-bandwidth <port> <vf> <num>", "Mb/s that a VF may send; 0: no limit.", .field = "max_tx_rate" },
	{ "set vf tc tx max-bandwidth <port> <vf> <num> <num>", "Of other drivers only.", .run = set_tc },
	{ "set vf tc tx min-bandwidth <port> <vf> <text>", "Of other drivers only.", .run = set_tc },
	{ "set vf split drop <port> <vf> on#off", "As set all queues drop, which is for the whole port.", .run = set_split_drop },
	{ "set all queues drop <port> on#off", "Full rings drop frames, instead of holding up others.", .port_field = "drop_enable" },
	{ "set tx loopback <port> on#off", "VFs reach each other and the PF.", .port_field = "loopback" },
	{ "show vf stats <port> <vf>", "What a VF received, sent, asked and was refused.", .run = show_stats },
	{ "clear vf stats <port> <vf>", "Statistics of a VF begin anew.", .run = clear_stats },
	{ "help", NULL, .run = hint, .after = true },

	/* Those that it hasn't. */
	{ "set vf " COMMAND_FIELD " <port> <vf> <rest>", "Sets a field (see below): VALUE, and more NAME VALUE.", .run = set_vf_field },
	{ "set vf <port> <vf> <rest>", "Sets fields, all or none: NAME VALUE NAME VALUE ...", .run = set_vf_fields },
	{ "mac_addr remove port <port> vf <vf> <mac>", "Takes one of a VF's further addresses away.", .run = remove_mac },
	{ "set port <port> num_vfs <num>", "Creates and removes VFs.", .run = set_num_vfs },
	{ "set port <port> " COMMAND_PORT_FIELD " <rest>", "Sets a field of the port: VALUE, and more NAME VALUE.", .run = set_port_field },
	{ "show vf <port> <vf>", "What is wanted of a VF, and what it has.", .run = show_vf },
	{ "show vf <port>", "Settings of a port, and its VFs.", .run = show_port },
	{ "show vf events <port>", "What VFs asked for and got, and what was done to them.", .run = show_events },
	{ "release vf <port> <vf>", "Ends a VF's quarantine.", .run = release },
	{ "vfctl apply <port> <text>", "Applies a policy file, all of it or nothing.", .run = apply },
	{ "vfctl save <port> <text>", "Writes what is in force as a policy file.", .run = save },
	{ "help vf", "This.", .run = show_help },
};
/* clang-format on */

const unsigned int nb_commands = RTE_DIM(commands);

int
command_run(const struct command *command, const struct shape_args *args, struct cmdline *cl,
	    char *why)
{
	return command->run != NULL ? command->run(command, args, cl, why)
				    : set_field(command, args, why);
}
