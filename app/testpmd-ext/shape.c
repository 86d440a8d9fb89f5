/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) the igbiov authors
 */

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include <cmdline_parse.h>
#include <cmdline_parse_etheraddr.h>
#include <cmdline_parse_num.h>
#include <cmdline_parse_string.h>
#include <rte_common.h>

#include "shape.h"

/* --- words --- */

static const struct {
	const char *text;
	enum shape_kind kind;
} kinds[] = {
	{ "<port>", SHAPE_PORT }, { "<vf>", SHAPE_VF },	    { "<num>", SHAPE_NUM },
	{ "<mac>", SHAPE_MAC },	  { "<text>", SHAPE_TEXT }, { "<rest>", SHAPE_REST },
};

static enum shape_kind
kind_of(const char *text)
{
	unsigned int i;

	for (i = 0; i < RTE_DIM(kinds); i++)
		if (strcmp(text, kinds[i].text) == 0)
			return kinds[i].kind;
	return SHAPE_CHOICE;
}

static bool
is_number(enum shape_kind kind)
{
	return kind == SHAPE_PORT || kind == SHAPE_VF || kind == SHAPE_NUM;
}

int
shape_init(struct shape *shape, const char *words)
{
	char *text, *save = NULL;

	memset(shape, 0, sizeof(*shape));
	shape->text = strdup(words);
	if (shape->text == NULL)
		return -ENOMEM;
	for (text = strtok_r(shape->text, " ", &save); text != NULL;
	     text = strtok_r(NULL, " ", &save)) {
		if (shape->nb == SHAPE_WORDS_MAX) {
			shape_free(shape);
			return -E2BIG;
		}
		shape->word[shape->nb].kind = kind_of(text);
		shape->word[shape->nb].choices = text;
		shape->nb++;
	}
	return 0;
}

void
shape_free(struct shape *shape)
{
	free(shape->text);
	memset(shape, 0, sizeof(*shape));
}

bool
shape_has(const struct shape *shape, enum shape_kind kind)
{
	unsigned int i;

	for (i = 0; i < shape->nb; i++)
		if (shape->word[i].kind == kind)
			return true;
	return false;
}

/* --- choices --- */

static size_t
choice_len(const char *choices)
{
	return strcspn(choices, "#");
}

static const char *
next_choice(const char *choices)
{
	choices += choice_len(choices);
	return *choices == '#' ? choices + 1 : NULL;
}

static bool
has_choice(const char *choices, const char *choice, size_t len)
{
	for (; choices != NULL; choices = next_choice(choices))
		if (choice_len(choices) == len && memcmp(choices, choice, len) == 0)
			return true;
	return false;
}

/* Of a's choices, those that b has: all of them, or any. */
static bool
has_choices(const char *a, const char *b, bool all)
{
	for (; a != NULL; a = next_choice(a))
		if (has_choice(b, a, choice_len(a)) != all)
			return !all;
	return all;
}

/* --- tokens --- */

/* A token's own idea of itself, in our terms; a number is SHAPE_NUM here. */
static struct shape_word
word_of(const cmdline_parse_token_hdr_t *token)
{
	struct shape_word word = { .kind = SHAPE_UNKNOWN };

	if (token->ops == &cmdline_token_string_ops) {
		word.choices = ((const struct cmdline_token_string *)token)->string_data.str;
		if (word.choices == NULL)
			word.kind = SHAPE_TEXT;
		else if (word.choices[0] == '\0')
			word.kind = SHAPE_REST;
		else
			word.kind = SHAPE_CHOICE;
	} else if (token->ops == &cmdline_token_num_ops) {
		if (((const struct cmdline_token_num *)token)->num_data.type <= RTE_UINT64)
			word.kind = SHAPE_NUM;
	} else if (token->ops == &cmdline_token_etheraddr_ops) {
		word.kind = SHAPE_MAC;
	}
	return word;
}

/* Octets of a number token's value; their type is one of the unsigned ones. */
static unsigned int
number_size(const cmdline_parse_token_hdr_t *token)
{
	return 1u << ((const struct cmdline_token_num *)token)->num_data.type;
}

/* Octets that a word's value takes in a result at most. */
static unsigned int
room(enum shape_kind kind)
{
	switch (kind) {
	case SHAPE_CHOICE:
	case SHAPE_TEXT:
		return STR_TOKEN_SIZE;
	case SHAPE_REST:
		return STR_MULTI_TOKEN_SIZE;
	default:
		return sizeof(uint64_t);
	}
}

static bool
word_is(const struct shape_word *word, const cmdline_parse_token_hdr_t *token)
{
	struct shape_word other = word_of(token);

	if (token->offset > CMDLINE_PARSE_RESULT_BUFSIZE - room(other.kind))
		return false;
	if (is_number(word->kind))
		return other.kind == SHAPE_NUM;
	if (word->kind != SHAPE_CHOICE)
		return other.kind == word->kind;
	return other.kind == SHAPE_CHOICE && has_choices(word->choices, other.choices, true) &&
	       has_choices(other.choices, word->choices, true);
}

bool
shape_is(const struct shape *shape, const cmdline_parse_inst_t *inst)
{
	unsigned int i;

	for (i = 0; i < shape->nb; i++)
		if (inst->tokens[i] == NULL || !word_is(&shape->word[i], inst->tokens[i]))
			return false;
	return inst->tokens[shape->nb] == NULL;
}

static bool
word_meets(const struct shape_word *word, const struct shape_word *other)
{
	if (word->kind == SHAPE_TEXT || other->kind == SHAPE_TEXT)
		return true;
	if (word->kind == SHAPE_CHOICE && other->kind == SHAPE_CHOICE)
		return has_choices(word->choices, other->choices, false);
	if (word->kind == SHAPE_CHOICE || other->kind == SHAPE_CHOICE)
		return false;
	return other->kind == SHAPE_UNKNOWN || is_number(word->kind) == is_number(other->kind);
}

bool
shape_meets(const struct shape *shape, const cmdline_parse_inst_t *inst)
{
	struct shape_word other;
	unsigned int i;

	for (i = 0; i < shape->nb && inst->tokens[i] != NULL; i++) {
		other = word_of(inst->tokens[i]);
		if (shape->word[i].kind == SHAPE_REST || other.kind == SHAPE_REST)
			return true;
		if (!word_meets(&shape->word[i], &other))
			return false;
	}
	return i == shape->nb && inst->tokens[i] == NULL;
}

/* --- commands --- */

union token {
	cmdline_parse_token_hdr_t hdr;
	struct cmdline_token_string string;
	struct cmdline_token_num num;
	struct cmdline_token_etheraddr mac;
};

/* Tokens of our own lie behind the list of them. */
static cmdline_parse_inst_t *
inst_alloc(unsigned int nb, bool with_tokens)
{
	size_t size = sizeof(cmdline_parse_inst_t) + (nb + 1) * sizeof(cmdline_parse_token_hdr_t *);

	return calloc(1, size + (with_tokens ? nb * sizeof(union token) : 0));
}

static void
token_init(union token *token, const struct shape_word *word, unsigned int offset)
{
	token->hdr.offset = offset;
	switch (word->kind) {
	case SHAPE_PORT:
	case SHAPE_VF:
	case SHAPE_NUM:
		token->hdr.ops = &cmdline_token_num_ops;
		/* Out of range is for the command to say, with a reason. */
		token->num.num_data.type = RTE_UINT64;
		break;
	case SHAPE_MAC:
		token->hdr.ops = &cmdline_token_etheraddr_ops;
		break;
	default:
		token->hdr.ops = &cmdline_token_string_ops;
		token->string.string_data.str = word->choices;
		if (word->kind == SHAPE_TEXT)
			token->string.string_data.str = NULL;
		else if (word->kind == SHAPE_REST)
			token->string.string_data.str = TOKEN_STRING_MULTI;
	}
}

cmdline_parse_inst_t *
shape_inst_create(const struct shape *shape)
{
	cmdline_parse_inst_t *inst = inst_alloc(shape->nb, true);
	unsigned int i, offset = 0;
	union token *tokens;

	if (inst == NULL)
		return NULL;
	tokens = (union token *)&inst->tokens[shape->nb + 1];
	for (i = 0; i < shape->nb; i++) {
		token_init(&tokens[i], &shape->word[i], offset);
		inst->tokens[i] = &tokens[i].hdr;
		offset += room(shape->word[i].kind);
	}
	return inst;
}

cmdline_parse_inst_t *
shape_inst_copy(const cmdline_parse_inst_t *inst)
{
	cmdline_parse_inst_t *copy;
	unsigned int nb = 0;

	while (inst->tokens[nb] != NULL)
		nb++;
	copy = inst_alloc(nb, false);
	if (copy != NULL)
		memcpy(copy, inst, sizeof(*inst) + nb * sizeof(inst->tokens[0]));
	return copy;
}

void
shape_inst_free(cmdline_parse_inst_t *inst)
{
	free(inst);
}

/* --- values --- */

static uint64_t
number(const cmdline_parse_token_hdr_t *token, const char *value)
{
	uint64_t number = 0;

	/* Unsigned and little-endian, as all machines that this chip is put into. */
	memcpy(&number, value, number_size(token));
	return number;
}

void
shape_fetch(const struct shape *shape, const cmdline_parse_inst_t *inst, const void *result,
	    struct shape_args *args)
{
	unsigned int i, nb_nums = 0, nb_words = 0;

	memset(args, 0, sizeof(*args));
	for (i = 0; i < shape->nb; i++) {
		const struct shape_word *word = &shape->word[i];
		const char *value = (const char *)result + inst->tokens[i]->offset;

		if (word->kind == SHAPE_PORT)
			args->port = number(inst->tokens[i], value);
		else if (word->kind == SHAPE_VF)
			args->vf = number(inst->tokens[i], value);
		else if (word->kind == SHAPE_NUM && nb_nums < SHAPE_VALUES_MAX)
			args->num[nb_nums++] = number(inst->tokens[i], value);
		else if (word->kind == SHAPE_MAC && (args->has_mac = true))
			memcpy(&args->mac, value, sizeof(args->mac));
		else if (word->kind == SHAPE_CHOICE && next_choice(word->choices) == NULL)
			continue;
		else if (!is_number(word->kind) && nb_words < SHAPE_VALUES_MAX)
			args->word[nb_words++] = value;
	}
}
