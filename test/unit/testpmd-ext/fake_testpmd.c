/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) the igbiov authors
 */

/* Looks like testpmd to testpmd-ext, and tells what it was started with. */

#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include <cmdline.h>
#include <rte_version.h>

int
main(int argc, char **argv)
{
	const char *preload = getenv("LD_PRELOAD");
	char line[128];
	FILE *maps;
	int i;

	for (i = 0; i < argc; i++)
		printf("%s\n", argv[i]);
	printf("LD_PRELOAD %s\n", preload != NULL ? preload : "not set");
	printf("terminal %d\n", isatty(0));
	if (argc == 0)
		printf("%s %p\n", rte_version(), (void *)cmdline_new(NULL, "", -1, -1));
	maps = popen("tr '\\0' '\\n' < /proc/self/environ; cat /proc/self/maps", "r");
	while (maps != NULL && fgets(line, sizeof(line), maps) != NULL)
		if (line[0] == 'L')
			printf("child %s", line);
	return 7;
}
