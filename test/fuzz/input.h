/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) the igbiov authors
 */

#ifndef INPUT_H
#define INPUT_H

/* A fuzzer's input as a tape: what is asked of it beyond its end is 0. */

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

struct input {
	const uint8_t *data;
	size_t left;
};

static inline bool
input_ended(const struct input *in)
{
	return in->left == 0;
}

static inline uint8_t
input_u8(struct input *in)
{
	if (in->left == 0)
		return 0;
	in->left--;
	return *in->data++;
}

static inline uint16_t
input_u16(struct input *in)
{
	uint16_t low = input_u8(in);

	return low | (uint16_t)(input_u8(in) << 8);
}

static inline uint32_t
input_u32(struct input *in)
{
	uint32_t low = input_u16(in);

	return low | (uint32_t)input_u16(in) << 16;
}

/* A property that doesn't hold: the fuzzer keeps the input that led here. */
#define HOLDS(condition, ...) \
	do { \
		if (!(condition)) { \
			fprintf(stderr, "%s:%d: not so: %s", __FILE__, __LINE__, #condition); \
			fprintf(stderr, "; " __VA_ARGS__); \
			fputc('\n', stderr); \
			abort(); \
		} \
	} while (0)

#endif /* INPUT_H */
