/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) the igbiov authors
 */

#include <errno.h>
#include <inttypes.h>
#include <link.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmdline.h>
#include <rte_ethdev.h>
#include <rte_version.h>
#include <vfctl.h>

#include "commands.h"
#include "context.h"

/* A command of ours in a list, in the place of testpmd's or beside it. */
struct binding {
	const struct command *command;
	struct shape shape;
	const cmdline_parse_inst_t *original; /* NULL where there is none. */
	cmdline_parse_inst_t *inst;
};

struct context {
	cmdline_parse_ctx_t *from, *to;
	struct binding *bindings; /* One per command; `inst` is NULL of those left out. */
	struct context *next;
};

static struct context *contexts;

/* --- running a command --- */

static bool
has_vf_control(uint64_t port_id)
{
	struct vfctl_port_info info;

	return port_id <= UINT16_MAX && vfctl_port_info(port_id, &info) != -ENODEV;
}

static int
is_plugin(struct dl_phdr_info *info, __rte_unused size_t size, __rte_unused void *arg)
{
	const char *name = strrchr(info->dlpi_name, '/');

	return name != NULL && strcmp(name, "/librte_net_igbiov.so") == 0;
}

static void
say_no_vf_control(struct cmdline *cl, uint64_t port_id)
{
	char name[RTE_ETH_NAME_MAX_LEN] = "";

	if (!dl_iterate_phdr(is_plugin, NULL))
		cmdline_printf(cl,
			       "error: no driver with VF control is loaded: start testpmd-ext, or "
			       "dpdk-testpmd with -d librte_net_igbiov.so\n");
	else if (port_id > UINT16_MAX || !rte_eth_dev_is_valid_port(port_id) ||
		 rte_eth_dev_get_name_by_port(port_id, name) != 0)
		cmdline_printf(cl, "error: there is no port %" PRIu64 "\n", port_id);
	else
		cmdline_printf(cl,
			       "error: port %" PRIu64 " (%s) has no VF control: its driver isn't "
			       "net_igbiov\n",
			       port_id, name);
}

/* A number that no VF of the port can have, before it is made to fit into 16 bits. */
static int
check_vf(const struct shape_args *args, char *why)
{
	struct vfctl_port_info info;
	int rc;

	rc = vfctl_port_info(args->port, &info);
	if (rc != 0 || args->vf < info.max_vfs)
		return rc;
	snprintf(why, VFCTL_WHY_LEN,
		 "port %" PRIu64 " has no VF %" PRIu64 ": it can have %u, from 0", args->port,
		 args->vf, info.max_vfs);
	return -EINVAL;
}

static void
do_command(const struct binding *binding, const struct shape_args *args, struct cmdline *cl)
{
	char why[VFCTL_WHY_LEN] = "";
	int rc = 0;

	if (shape_has(&binding->shape, SHAPE_VF))
		rc = check_vf(args, why);
	if (rc == 0)
		rc = command_run(binding->command, args, cl, why);
	if (rc != 0)
		cmdline_printf(cl, "error: %s\n", why[0] != '\0' ? why : strerror(-rc));
}

/* What librte_cmdline calls for a line that was one of ours, or of testpmd's that is ours too. */
static void
on_line(void *result, struct cmdline *cl, void *data)
{
	const struct binding *binding = data;
	const cmdline_parse_inst_t *original = binding->original;
	struct shape_args args;
	bool ours;

	shape_fetch(&binding->shape, binding->inst, result, &args);
	ours = !shape_has(&binding->shape, SHAPE_PORT) || has_vf_control(args.port);
	if (original != NULL && (!ours || binding->command->after))
		original->f(result, cl, original->data);
	if (ours)
		do_command(binding, &args, cl);
	else if (original == NULL)
		say_no_vf_control(cl, args.port);
}

/* --- names of settings --- */

/* The n-th name, and then the aliases. */
static const char *
field_name(unsigned int n)
{
	const char *field;

	if (n < VFCTL_F_NB)
		return vfctl_field_info(n)->name;
	return command_alias(n - VFCTL_F_NB, &field);
}

static const char *
port_field_name(unsigned int n)
{
	return n < VFCTL_P_NB ? vfctl_port_field_info(n)->name : NULL;
}

static bool
meets_any(const struct shape *shape, cmdline_parse_ctx_t *ctx)
{
	for (; *ctx != NULL; ctx++)
		/* Without tokens of its own it makes them up, and begins with words of its own. */
		if ((*ctx)->tokens[0] != NULL && shape_meets(shape, *ctx))
			return true;
	return false;
}

/* Writes `words` with `what` replaced by `with`; NULL without memory. */
static char *
replace(const char *words, const char *what, const char *with)
{
	const char *at = strstr(words, what);
	char *text;

	if (asprintf(&text, "%.*s%s%s", (int)(at - words), words, with, at + strlen(what)) < 0)
		return NULL;
	return text;
}

/* Whether a setting's name in `words` would be taken for a command of the list. */
static bool
is_taken(const char *words, const char *what, const char *name, cmdline_parse_ctx_t *ctx)
{
	char *text = replace(words, what, name);
	bool taken = true;
	struct shape shape;

	if (text != NULL && shape_init(&shape, text) == 0) {
		taken = meets_any(&shape, ctx);
		shape_free(&shape);
	}
	free(text);
	return taken;
}

/* The names to choose from: "mac#vlan#...". */
static void
list_names(const char *words, const char *what, const char *(*name_of)(unsigned int),
	   cmdline_parse_ctx_t *ctx, char *list, size_t size)
{
	size_t len = 0;
	const char *name;
	unsigned int n;

	list[0] = '\0';
	for (n = 0; (name = name_of(n)) != NULL && len < size; n++)
		if (!is_taken(words, what, name, ctx))
			len += snprintf(list + len, size - len, "%s%s", len > 0 ? "#" : "", name);
}

/* A command's words, with its names of settings written out. */
static int
init_shape(struct shape *shape, const char *words, cmdline_parse_ctx_t *ctx)
{
	const char *what = COMMAND_FIELD;
	const char *(*name_of)(unsigned int) = field_name;
	char list[2048], *text;
	int rc;

	if (strstr(words, COMMAND_PORT_FIELD) != NULL) {
		what = COMMAND_PORT_FIELD;
		name_of = port_field_name;
	} else if (strstr(words, COMMAND_FIELD) == NULL) {
		return shape_init(shape, words);
	}
	list_names(words, what, name_of, ctx, list, sizeof(list));
	text = replace(words, what, list);
	rc = text != NULL ? shape_init(shape, text) : -ENOMEM;
	free(text);
	return rc;
}

/* --- making a list --- */

static unsigned int
ctx_len(cmdline_parse_ctx_t *ctx)
{
	unsigned int nb = 0;

	while (ctx[nb] != NULL)
		nb++;
	return nb;
}

static int
bind_inst(struct binding *binding, const cmdline_parse_inst_t *original)
{
	binding->original = original;
	binding->inst = original != NULL ? shape_inst_copy(original)
					 : shape_inst_create(&binding->shape);
	if (binding->inst == NULL)
		return -ENOMEM;
	binding->inst->f = on_line;
	binding->inst->data = binding;
	if (original == NULL)
		binding->inst->help_str = binding->command->help;
	return 0;
}

/* Takes a command's place in the list, or one behind it, or none. */
static int
place(struct binding *binding, cmdline_parse_ctx_t *from, cmdline_parse_ctx_t *to)
{
	unsigned int i;
	int rc;

	rc = init_shape(&binding->shape, binding->command->words, to);
	if (rc != 0)
		return rc;
	for (i = 0; from[i] != NULL; i++) {
		if (!shape_is(&binding->shape, from[i]))
			continue;
		rc = bind_inst(binding, from[i]);
		to[i] = binding->inst;
		return rc;
	}
	if (binding->command->after || meets_any(&binding->shape, to))
		return 0;
	rc = bind_inst(binding, NULL);
	to[ctx_len(to)] = binding->inst;
	return rc;
}

static void
context_free(struct context *context)
{
	unsigned int i;

	for (i = 0; context->bindings != NULL && i < nb_commands; i++) {
		shape_inst_free(context->bindings[i].inst);
		shape_free(&context->bindings[i].shape);
	}
	free(context->bindings);
	free(context->to);
	free(context);
}

static struct context *
context_create(cmdline_parse_ctx_t *from)
{
	struct context *context = calloc(1, sizeof(*context));
	unsigned int i, nb = ctx_len(from);

	if (context == NULL)
		return NULL;
	context->from = from;
	context->bindings = calloc(nb_commands, sizeof(*context->bindings));
	context->to = calloc(nb + nb_commands + 1, sizeof(*context->to));
	if (context->bindings == NULL || context->to == NULL)
		goto failed;
	memcpy(context->to, from, nb * sizeof(*from));
	for (i = 0; i < nb_commands; i++) {
		context->bindings[i].command = &commands[i];
		if (place(&context->bindings[i], from, context->to) != 0)
			goto failed;
	}
	return context;
failed:
	context_free(context);
	return NULL;
}

/* The library's layouts of commands and tokens are of one release. */
static bool
is_built_for_this(void)
{
	char running[16];

	snprintf(running, sizeof(running), "%02u.%02u", rte_version_year(), rte_version_month());
	if (strcmp(running, IGBIOV_BUILT_FOR) == 0)
		return true;
	fprintf(stderr,
		"testpmd-ext: built for DPDK " IGBIOV_BUILT_FOR
		", and this is %s: no VF commands; build it for this release\n",
		running);
	return false;
}

cmdline_parse_ctx_t *
context_extend(cmdline_parse_ctx_t *ctx)
{
	struct context *context;

	if (ctx == NULL)
		return ctx;
	for (context = contexts; context != NULL; context = context->next)
		if (context->from == ctx || context->to == ctx)
			return context->to;
	if (!is_built_for_this())
		return ctx;
	context = context_create(ctx);
	if (context == NULL) {
		fprintf(stderr, "testpmd-ext: no memory for the VF commands\n");
		return ctx;
	}
	context->next = contexts;
	contexts = context;
	return context->to;
}

void
context_free_all(void)
{
	struct context *context;

	while ((context = contexts) != NULL) {
		contexts = context->next;
		context_free(context);
	}
}
