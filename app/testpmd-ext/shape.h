/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) the igbiov authors
 */

#ifndef TESTPMD_EXT_SHAPE_H
#define TESTPMD_EXT_SHAPE_H

/**
 * @file
 * The words of a command, written as "set vf mac antispoof <port> <vf> on#off".
 *
 * librte_cmdline keeps a command as a list of tokens, each of which says what it
 * takes and where in a result its value goes. The results' structures are private
 * to testpmd, but for a list of tokens that is like our words they needn't be known:
 * values are fetched token by token.
 *
 * A word is one of
 *   a word, or several to choose from: on#off
 *   <port> <vf> <num>   a number, which isn't negative
 *   <mac>               an Ethernet address
 *   <text>              any word
 *   <rest>              all up to the end of the line; the last
 */

#include <stdbool.h>
#include <stdint.h>

#include <cmdline_parse.h>
#include <rte_ether.h>

#define SHAPE_WORDS_MAX	 12
#define SHAPE_VALUES_MAX 2

enum shape_kind {
	SHAPE_CHOICE,
	SHAPE_PORT,
	SHAPE_VF,
	SHAPE_NUM,
	SHAPE_MAC,
	SHAPE_TEXT,
	SHAPE_REST,
	SHAPE_UNKNOWN, /**< A token that isn't one of these. */
};

struct shape_word {
	enum shape_kind kind;
	const char *choices; /**< Of SHAPE_CHOICE: "on#off". */
};

struct shape {
	unsigned int nb;
	struct shape_word word[SHAPE_WORDS_MAX];
	char *text; /**< Where `choices` point to. */
};

/** The values in a line that was typed, each kind in the order of its words. */
struct shape_args {
	uint64_t port;
	uint64_t vf;
	uint64_t num[SHAPE_VALUES_MAX];
	const char *word[SHAPE_VALUES_MAX]; /**< What was chosen, texts and the rest. */
	struct rte_ether_addr mac;
	bool has_mac;
};

/** Reads the words; -ENOMEM, -E2BIG. shape_free() ends it. */
int shape_init(struct shape *shape, const char *words);
void shape_free(struct shape *shape);

/** Whether there is a word of that kind. */
bool shape_has(const struct shape *shape, enum shape_kind kind);

/** Whether a command's tokens take these words and no others. */
bool shape_is(const struct shape *shape, const cmdline_parse_inst_t *inst);

/**
 * Whether a line could be taken for both. librte_cmdline then refuses it, so such
 * commands can't be in one context. Tokens of a kind that isn't known count as able to
 * take anything but a word.
 */
bool shape_meets(const struct shape *shape, const cmdline_parse_inst_t *inst);

/** Makes a command of the words, without functions and help; NULL without memory. */
cmdline_parse_inst_t *shape_inst_create(const struct shape *shape);
/** Frees one that shape_inst_create() or shape_inst_copy() made. */
void shape_inst_free(cmdline_parse_inst_t *inst);
/** Copies a command that shape_is() knows; its tokens stay shared. NULL without memory. */
cmdline_parse_inst_t *shape_inst_copy(const cmdline_parse_inst_t *inst);

/** Fetches the values of a parsed line. They live as long as the result. */
void shape_fetch(const struct shape *shape, const cmdline_parse_inst_t *inst, const void *result,
		 struct shape_args *args);

#endif /* TESTPMD_EXT_SHAPE_H */
