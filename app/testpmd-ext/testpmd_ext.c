/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) the igbiov authors
 */

/*
 * Starts the testpmd that is installed with our driver and our VF commands.
 */

#include <dlfcn.h>
#include <errno.h>
#include <limits.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "elf_needs.h"

#define TESTPMD "dpdk-testpmd"

static const char usage[] = "usage: testpmd-ext [EAL OPTIONS] [-- TESTPMD OPTIONS]\n"
			    "Starts " TESTPMD
			    " with the igbiov driver and its VF commands. All options are\n"
			    "testpmd's; -d with the driver is put in front of them.\n"
			    "  testpmd-ext -a 0000:01:00.0 -- -i\n"
			    "In testpmd, `help vf` lists the VF commands. See testpmd-ext(1).\n"
			    "environment:\n"
			    "  TESTPMD   the testpmd to start (default: " TESTPMD " in PATH)\n";

__attribute__((format(printf, 1, 2), noreturn)) static void
die(const char *format, ...)
{
	va_list args;

	va_start(args, format);
	fprintf(stderr, "testpmd-ext: ");
	vfprintf(stderr, format, args);
	fprintf(stderr, "\n");
	va_end(args);
	exit(EXIT_FAILURE);
}

/* --- finding things --- */

/* Where `name` is in PATH, or what TESTPMD says. */
static void
find_testpmd(char *path, size_t size)
{
	const char *chosen = getenv("TESTPMD"), *folders = getenv("PATH");
	size_t len;

	if (chosen != NULL && chosen[0] != '\0') {
		snprintf(path, size, "%s", chosen);
		if (access(path, X_OK) != 0)
			die("TESTPMD=%s: %s", chosen, strerror(errno));
		return;
	}
	for (; folders != NULL; folders = folders[len] == ':' ? folders + len + 1 : NULL) {
		len = strcspn(folders, ":");
		snprintf(path, size, "%.*s/" TESTPMD, (int)len, folders);
		if (len > 0 && access(path, X_OK) == 0)
			return;
	}
	die("no " TESTPMD
	    " in PATH: install it (Debian: package dpdk), or set TESTPMD to its path");
}

/* A file of the build folder that this program is in, or else the installed one. */
static void
find_file(const char *built, const char *installed, char *path)
{
	char self[PATH_MAX], file[2 * PATH_MAX];
	ssize_t len;

	len = readlink("/proc/self/exe", self, sizeof(self) - 1);
	if (len > 0) {
		self[len] = '\0';
		*strrchr(self, '/') = '\0';
		snprintf(file, sizeof(file), "%s/%s", self, built);
		if (realpath(file, path) != NULL)
			return;
	}
	if (realpath(installed, path) == NULL)
		die("%s: %s: install igbiov, or run testpmd-ext from its build folder", installed,
		    strerror(errno));
}

/* --- checking testpmd --- */

static void
check_release(const char *testpmd, const char *eal)
{
	int (*number[2])(void);
	char running[16];
	void *library;

	library = dlopen(eal, RTLD_LAZY | RTLD_LOCAL);
	if (library == NULL)
		die("%s needs %s: %s", testpmd, eal, dlerror());
	*(void **)&number[0] = dlsym(library, "rte_version_year");
	*(void **)&number[1] = dlsym(library, "rte_version_month");
	if (number[0] == NULL || number[1] == NULL)
		die("%s has no version", eal);
	snprintf(running, sizeof(running), "%02u.%02u", number[0](), number[1]());
	if (strcmp(running, IGBIOV_BUILT_FOR) != 0)
		die("%s is of DPDK %s, and this is built for " IGBIOV_BUILT_FOR
		    ": build it for that release",
		    testpmd, running);
}

static void
check_testpmd(const char *testpmd)
{
	char name[NAME_MAX];
	int rc;

	rc = elf_needs(testpmd, "librte_cmdline.so.", name, sizeof(name));
	if (rc < 0)
		die("%s: %s", testpmd, strerror(-rc));
	if (rc == 0)
		die("%s doesn't use DPDK's shared libraries: its commands can't be added to; "
		    "use one that does, as Debian's",
		    testpmd);
	if (elf_needs(testpmd, "librte_eal.so.", name, sizeof(name)) != 1)
		die("%s isn't a DPDK application", testpmd);
	check_release(testpmd, name);
}

/* --- starting it --- */

static void
preload(const char *library)
{
	const char *others = getenv("LD_PRELOAD");
	char list[2 * PATH_MAX];

	/* ld.so takes both for the end of a name, and has no way to say otherwise. */
	if (strpbrk(library, ": ") != NULL)
		die("%s: LD_PRELOAD takes no path with a space or a colon: move it", library);
	if (snprintf(list, sizeof(list), "%s%s%s", library, others != NULL ? ":" : "",
		     others != NULL ? others : "") >= (int)sizeof(list))
		die("LD_PRELOAD is too long");
	if (setenv("LD_PRELOAD", list, 1) != 0)
		die("LD_PRELOAD: %s", strerror(errno));
}

int
main(int argc, char **argv)
{
	char testpmd[PATH_MAX], library[PATH_MAX], plugin[PATH_MAX];
	char **args;

	if (argc == 2 && (strcmp(argv[1], "--help") == 0 || strcmp(argv[1], "-h") == 0)) {
		fputs(usage, stdout);
		return EXIT_SUCCESS;
	}
	find_testpmd(testpmd, sizeof(testpmd));
	check_testpmd(testpmd);
	find_file(LIBRARY_BUILT, LIBRARY_INSTALLED, library);
	find_file(PLUGIN_BUILT, PLUGIN_INSTALLED, plugin);
	preload(library);
	args = calloc(argc + 3, sizeof(*args));
	if (args == NULL)
		die("%s", strerror(ENOMEM));
	args[0] = testpmd;
	args[1] = (char[]){ "-d" };
	args[2] = plugin;
	/* The list's end, too. */
	memcpy(&args[3], &argv[1], argc * sizeof(*args));
	execv(testpmd, args);
	die("%s: %s", testpmd, strerror(errno));
}
