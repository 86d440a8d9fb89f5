/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) the igbiov authors
 */

/* In place of libFuzzer where the compiler has none: runs the inputs that it is given. */

#include <dirent.h>
#include <limits.h>
#include <sys/stat.h>

#include "input.h"

int LLVMFuzzerInitialize(int *argc, char ***argv);
int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size);

static unsigned int nb_inputs;

static void
run_file(const char *path)
{
	static uint8_t bytes[65536];
	FILE *f = fopen(path, "rb");
	uint8_t *copy;
	size_t len;

	HOLDS(f != NULL, "can't open %s", path);
	len = fread(bytes, 1, sizeof(bytes), f);
	fclose(f);
	/* Of its exact length, so that a sanitizer sees a read beyond. */
	copy = malloc(len + 1);
	HOLDS(copy != NULL);
	for (size_t i = 0; i < len; i++)
		copy[i] = bytes[i];
	LLVMFuzzerTestOneInput(copy, len);
	free(copy);
	nb_inputs++;
}

static void
run_folder(const char *path)
{
	DIR *folder = opendir(path);
	char file[PATH_MAX];
	struct dirent *entry;

	HOLDS(folder != NULL, "can't open %s", path);
	while ((entry = readdir(folder)) != NULL) {
		if (entry->d_name[0] == '.')
			continue;
		snprintf(file, sizeof(file), "%s/%s", path, entry->d_name);
		run_file(file);
	}
	closedir(folder);
}

int
main(int argc, char **argv)
{
	struct stat st;

	LLVMFuzzerInitialize(&argc, &argv);
	for (int i = 1; i < argc; i++) {
		/* libFuzzer's options. */
		if (argv[i][0] == '-')
			continue;
		if (stat(argv[i], &st) == 0 && S_ISDIR(st.st_mode))
			run_folder(argv[i]);
		else
			run_file(argv[i]);
	}
	printf("%u inputs\n", nb_inputs);
	return 0;
}
