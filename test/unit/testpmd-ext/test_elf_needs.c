/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) the igbiov authors
 */

/* This program's own file, whole and in pieces. */

#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#include "elf_needs.h"

/* File header, program headers and more. */
#define HEADERS 2048

static char path[] = "/tmp/test_elf_needs.XXXXXX";
static char name[64];
static char *whole;
static size_t size;
static int file;

static int
look(void)
{
	return elf_needs(path, "libcmocka.so.", name, sizeof(name));
}

static void
put(size_t offset, const void *data, size_t len)
{
	assert_int_equal(pwrite(file, data, len, offset), len);
}

static void
a_library_is_found_by_the_beginning_of_its_name(void **state)
{
	(void)state;
	assert_int_equal(look(), 1);
	assert_string_equal(name, "libcmocka.so.0");
	assert_int_equal(elf_needs(path, "libcmocka.so.1", name, sizeof(name)), 0);
	assert_int_equal(elf_needs(path, "cmocka", name, sizeof(name)), 0);
	/* A name that doesn't fit is cut. */
	assert_int_equal(elf_needs(path, "libcmocka.so.", name, 4), 1);
	assert_string_equal(name, "lib");
}

static void
what_is_no_program_is_refused(void **state)
{
	(void)state;
	assert_int_equal(elf_needs("/nowhere", "", name, sizeof(name)), -ENOENT);
	assert_int_equal(elf_needs("/dev/null", "", name, sizeof(name)), -ENOEXEC);
	put(0, "#!/bin/sh\n", 10);
	assert_int_equal(look(), -ENOEXEC);
	put(0, whole, 10);
	/* Of the other word size. */
	put(4, "\1", 1);
	assert_int_equal(look(), -ENOEXEC);
	put(4, whole + 4, 1);
	assert_int_equal(look(), 1);
}

static void
any_two_octets_may_be_nonsense(void **state)
{
	static const uint16_t values[] = { 0, 0x7ff8, 0xfff8, 0xffff };
	size_t offset;
	unsigned int i;
	int rc;

	(void)state;
	for (offset = 0; offset < HEADERS; offset++)
		for (i = 0; i < 4; i++) {
			put(offset, &values[i], 2);
			rc = look();
			assert_true(rc == 1 || rc == 0 || rc == -ENOEXEC);
			put(offset, whole + offset, 2);
		}
	assert_int_equal(look(), 1);
}

static void
it_may_end_anywhere(void **state)
{
	size_t len;

	(void)state;
	for (len = size; len > 0; len -= len < HEADERS || len < 509 ? 1 : 509) {
		assert_int_equal(ftruncate(file, len), 0);
		look();
	}
}

static int
copy_self(void **state)
{
	FILE *self = fopen("/proc/self/exe", "r");

	(void)state;
	assert_non_null(self);
	fseek(self, 0, SEEK_END);
	size = ftell(self);
	rewind(self);
	whole = malloc(size);
	assert_non_null(whole);
	assert_int_equal(fread(whole, 1, size, self), size);
	fclose(self);
	file = mkstemp(path);
	assert_true(file >= 0);
	put(0, whole, size);
	return 0;
}

static int
remove_copy(void **state)
{
	(void)state;
	close(file);
	unlink(path);
	free(whole);
	return 0;
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_library_is_found_by_the_beginning_of_its_name),
		cmocka_unit_test(what_is_no_program_is_refused),
		cmocka_unit_test(any_two_octets_may_be_nonsense),
		cmocka_unit_test(it_may_end_anywhere),
	};

	return cmocka_run_group_tests(tests, copy_self, remove_copy);
}
