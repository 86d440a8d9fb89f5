/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) the igbiov authors
 */

/*
 * A VF that means ill: opens one by VFIO, reads attacks from standard input, a
 * line each, plays them, and says in one line of JSON what came of each. Holds
 * the VF until its input ends, so that its traces can be looked at before the
 * reset that goes with closing it.
 */

#include <err.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "attack.h"

#define MAX_WORDS 64

static const struct attack *const tables[] = { mbx_attacks, chip_attacks, ring_attacks };

static const struct attack *
find(const char *name)
{
	for (unsigned int i = 0; i < RTE_DIM(tables); i++)
		for (const struct attack *a = tables[i]; a->name != NULL; a++)
			if (strcmp(a->name, name) == 0)
				return a;
	return NULL;
}

static void
usage(void)
{
	fprintf(stderr, "usage: evilvf BDF [TOKEN]; then, a line each on standard input:\n");
	for (unsigned int i = 0; i < RTE_DIM(tables); i++)
		for (const struct attack *a = tables[i]; a->name != NULL; a++)
			fprintf(stderr, "  %-10s %s\n", a->name, a->usage);
	exit(2);
}

static void
print_answers(const struct tally *t)
{
	static const char *const kinds[MSG_KINDS] = {
		"other", "reset", "mac", "multicast", "vlan", "frame", "promisc",
	};
	static const char *const names[ANSWER_NB] = { "granted", "refused", "silent", "odd" };
	const char *between = "";

	printf("\"answers\": {");
	for (unsigned int k = 0; k < MSG_KINDS; k++) {
		uint64_t any = 0;

		for (unsigned int a = 0; a < ANSWER_NB; a++)
			any |= t->answer[k][a];
		if (any == 0)
			continue;
		printf("%s\"%s\": {", between, kinds[k]);
		for (unsigned int a = 0; a < ANSWER_NB; a++)
			printf("%s\"%s\": %" PRIu64, a == 0 ? "" : ", ", names[a], t->answer[k][a]);
		printf("}");
		between = ", ";
	}
	printf("}");
}

static void
print_result(const char *name, uint64_t ms, const struct tally *t)
{
	printf("{\"attack\": \"%s\", \"ms\": %" PRIu64 ", \"sent\": %" PRIu64 ", \"told\": %" PRIu64
	       ", \"busy\": %" PRIu64 ", \"faults\": %" PRIu64 ", ",
	       name, ms, t->sent, t->told, t->busy, t->faults);
	printf("\"pfsts\": %" PRIu64 ", \"pfack\": %" PRIu64 ", ", t->flags[4], t->flags[5]);
	printf("\"last\": [%" PRIu32 ", %" PRIu32 ", %" PRIu32 "], ", t->last[0], t->last[1],
	       t->last[2]);
	print_answers(t);
	printf("}\n");
	fflush(stdout);
}

static void
play(struct vf *vf, char *line)
{
	struct tally tally = { 0 };
	char *args[MAX_WORDS + 1], *rest = NULL;
	const struct attack *attack;
	uint64_t begin;
	int nb = 0;

	for (char *word = strtok_r(line, " \n", &rest); word != NULL && nb < MAX_WORDS;
	     word = strtok_r(NULL, " \n", &rest))
		args[nb++] = word;
	args[nb] = NULL;
	if (nb == 0)
		return;
	attack = find(args[0]);
	if (attack == NULL || nb - 1 < attack->nb_args)
		usage();
	begin = now_ms();
	attack->play(vf, &args[1], &tally);
	print_result(attack->name, now_ms() - begin, &tally);
}

int
main(int argc, char **argv)
{
	char *line = NULL;
	size_t size = 0;
	struct vf vf;

	if (argc != 2 && argc != 3)
		usage();
	vf_open(&vf, argv[1], argc > 2 ? argv[2] : NULL);
	print_result("open", 0, &(struct tally){ 0 });
	while (getline(&line, &size, stdin) > 0)
		play(&vf, line);
	free(line);
	return 0;
}

void
mac_read(const char *text, uint8_t *mac)
{
	if (sscanf(text, "%hhx:%hhx:%hhx:%hhx:%hhx:%hhx", &mac[0], &mac[1], &mac[2], &mac[3],
		   &mac[4], &mac[5]) != 6)
		errx(2, "%s: not an address", text);
}

void
mac_words(uint32_t *words, uint32_t info, const uint8_t *mac)
{
	words[0] = MSG_SET_MAC | info << MSG_INFO_SHIFT;
	words[1] = 0;
	words[2] = 0;
	memcpy(&words[1], mac, RTE_ETHER_ADDR_LEN);
}
