/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) the igbiov authors
 */

#include <getopt.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <jansson.h>
#include <rte_version.h>

#include "arm.h"
#include "instructions.h"
#include "machine.h"
#include "measure.h"
#include "writes.h"

static const char usage[] =
	"usage: bench --plugin=FILE [--arms=NAME,...] [--seconds=N] [--quick] [--instructions] OUTPUT\n"
	"  writes JSON of what it did:\n"
	"  counts register writes, and times for N seconds (0: not at all)\n"
	"  --quick         with bursts of 32 only\n"
	"  --instructions  counts instructions instead, by callgrind if that runs it\n";

struct options {
	const char *plugin, *arms, *output;
	double seconds;
	bool quick, instructions;
};

static bool
options_parse(int argc, char **argv, struct options *o)
{
	static const struct option known[] = {
		{ "plugin", required_argument, NULL, 'p' },
		{ "arms", required_argument, NULL, 'a' },
		{ "seconds", required_argument, NULL, 's' },
		{ "quick", no_argument, NULL, 'q' },
		{ "instructions", no_argument, NULL, 'i' },
		{ 0 },
	};
	int c;

	while ((c = getopt_long(argc, argv, "", known, NULL)) != -1) {
		if (c == 'p')
			o->plugin = optarg;
		else if (c == 'a')
			o->arms = optarg;
		else if (c == 's')
			o->seconds = strtod(optarg, NULL);
		else if (c == 'q')
			o->quick = true;
		else if (c == 'i')
			o->instructions = true;
		else
			return false;
	}
	if (optind == argc - 1)
		o->output = argv[optind];
	return o->plugin != NULL && o->output != NULL;
}

static json_t *
arms_told(void)
{
	json_t *list = json_array();

	for (unsigned int i = 0; i < nb_arms; i++)
		json_array_append_new(list, json_pack("{s:s, s:b, s:s, s:s, s:s}", "arm",
						      arms[i].name, "offloads", arms[i].offload,
						      "rx_mode", arms[i].rx_mode, "tx_mode",
						      arms[i].tx_mode, "skipped", arms[i].why));
	return list;
}

static json_t *
writes_told(const struct arm *arm, uint16_t burst)
{
	struct writes w = writes_count(arm, burst);

	return json_pack("{s:s, s:i, s:i, s:i, s:i, s:i, s:i, s:i, s:i}", "arm", arm->name, "burst",
			 burst, "bursts", w.bursts, "frames", w.frames, "rdt", w.rx_tail, "tdt",
			 w.tx_tail, "other", w.other, "reads", w.reads, "completions",
			 w.completions);
}

static json_t *
writes_all(void)
{
	static const uint16_t bursts[] = { 0, 4, 32, 64 };
	json_t *list = json_array();

	for (unsigned int i = 0; i < nb_arms; i++)
		for (unsigned int b = 0; b < RTE_DIM(bursts); b++)
			if (arm_runs(&arms[i]) && arm_has_nic(&arms[i]) && arms[i].again == NULL)
				json_array_append_new(list, writes_told(&arms[i], bursts[b]));
	return list;
}

static json_t *
instructions_all(void)
{
	json_t *list = json_array();

	for (unsigned int i = 0; i < nb_arms; i++)
		if (arm_runs(&arms[i]) && arms[i].again == NULL)
			json_array_append_new(list, instructions_count(&arms[i]));
	return list;
}

static json_t *
told(void)
{
	return json_pack("{s:{s:s, s:s, s:f, s:b}, s:{s:s, s:s, s:s, s:s}}", "machine", "cpu",
			 machine.cpu, "memory", machine.memory, "tsc_mhz", machine.tsc_mhz,
			 "second_core", machine.device_lcore >= 0, "versions", "igbiov",
			 IGBIOV_VERSION, "dpdk", rte_version(), "compiler", __VERSION__,
			 "built_with", IGBIOV_FLAGS);
}

static json_t *
work(const struct options *o)
{
	json_t *all = told();

	if (o->instructions) {
		json_object_set_new(all, "instructions", instructions_all());
	} else {
		json_object_set_new(all, "writes", writes_all());
		if (o->seconds > 0)
			json_object_set_new(all, "cells", measure(o->seconds, o->quick));
	}
	/* Last: an arm may have lost frames. */
	json_object_set_new(all, "arms", arms_told());
	return all;
}

int
main(int argc, char **argv)
{
	struct options options = { .seconds = 0 };
	json_t *all;
	int ret;

	if (!options_parse(argc, argv, &options)) {
		fputs(usage, stderr);
		return 2;
	}
	if (!machine_start(options.plugin))
		return 1;
	arms_start(options.arms);
	all = work(&options);
	ret = json_dump_file(all, options.output, JSON_INDENT(1) | JSON_REAL_PRECISION(5));
	json_decref(all);
	if (ret != 0)
		fprintf(stderr, "bench: can't write %s\n", options.output);
	return ret != 0;
}
