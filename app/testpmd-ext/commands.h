/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) the igbiov authors
 */

#ifndef TESTPMD_EXT_COMMANDS_H
#define TESTPMD_EXT_COMMANDS_H

/**
 * @file
 * What the VF commands do on a port with VF control: testpmd's own, that it has for
 * other drivers, and those that it hasn't.
 */

#include <cmdline.h>

#include "shape.h"

struct command {
	/**
	 * As shape.h has them, where <field> and <port-field> stand for the names of all
	 * settings of a VF and of a port.
	 */
	const char *words;
	const char *help;	/**< One line. */
	const char *field;	/**< The VF's setting that the line's value is for, if not run(). */
	const char *port_field; /**< The port's. */
	/** See command_run(). */
	int (*run)(const struct command *command, const struct shape_args *args, struct cmdline *cl,
		   char *why);
	/** Is added to what testpmd's command does, instead of taking its place. */
	bool after;
};

extern const struct command commands[];
extern const unsigned int nb_commands;

/**
 * Does what a line says, on testpmd's main thread, with the port's and the VF's number in
 * range.
 * @param why VFCTL_WHY_LEN octets.
 * @return 0 or a negative errno.
 */
int command_run(const struct command *command, const struct shape_args *args, struct cmdline *cl,
		char *why);

/* What stands for a setting's name in `words`. */
#define COMMAND_FIELD	   "<field>"
#define COMMAND_PORT_FIELD "<port-field>"

/** More names for settings of a VF: the n-th and what it stands for, or NULL. */
const char *command_alias(unsigned int n, const char **field);

/** show.c; each as command_run(). */
int show_vf(const struct command *command, const struct shape_args *args, struct cmdline *cl,
	    char *why);
int show_port(const struct command *command, const struct shape_args *args, struct cmdline *cl,
	      char *why);
int show_stats(const struct command *command, const struct shape_args *args, struct cmdline *cl,
	       char *why);
int show_events(const struct command *command, const struct shape_args *args, struct cmdline *cl,
		char *why);
int show_help(const struct command *command, const struct shape_args *args, struct cmdline *cl,
	      char *why);

#endif /* TESTPMD_EXT_COMMANDS_H */
