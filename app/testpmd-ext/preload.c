/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) the igbiov authors
 */

/*
 * testpmd offers no way to add commands, but it gets its prompt from a shared
 * librte_cmdline: loaded before that, this library is asked first.
 */

#include <dlfcn.h>
#include <stdlib.h>
#include <string.h>

#include <cmdline.h>
#include <cmdline_socket.h>
#include <rte_common.h>

#include "context.h"

#define INTERPOSED __attribute__((visibility("default")))

INTERPOSED struct cmdline *
cmdline_new(cmdline_parse_ctx_t *ctx, const char *prompt, int s_in, int s_out)
{
	struct cmdline *(*real)(cmdline_parse_ctx_t *, const char *, int, int);

	*(void **)&real = dlsym(RTLD_NEXT, "cmdline_new");
	return real != NULL ? real(context_extend(ctx), prompt, s_in, s_out) : NULL;
}

INTERPOSED struct cmdline *
cmdline_stdin_new(cmdline_parse_ctx_t *ctx, const char *prompt)
{
	struct cmdline *(*real)(cmdline_parse_ctx_t *, const char *);

	*(void **)&real = dlsym(RTLD_NEXT, "cmdline_stdin_new");
	return real != NULL ? real(context_extend(ctx), prompt) : NULL;
}

/* Takes one entry out of a list like LD_PRELOAD's, in place. */
static void
remove_entry(char *list, const char *entry)
{
	size_t len = strlen(entry);
	char *at = list;

	while ((at = strstr(at, entry)) != NULL) {
		if ((at == list || strchr(": ", at[-1]) != NULL) && strchr(": ", at[len]) != NULL)
			memmove(at, at + len + (at[len] != '\0'),
				strlen(at + len + (at[len] != '\0')) + 1);
		else
			at += len;
	}
}

/* What testpmd starts has no use for this library. */
RTE_INIT(leave_environment)
{
	const char *preload = getenv("LD_PRELOAD");
	Dl_info info;
	char *list;

	if (preload == NULL || dladdr((void *)(uintptr_t)leave_environment, &info) == 0)
		return;
	list = strdup(preload);
	if (list == NULL)
		return;
	remove_entry(list, info.dli_fname);
	if (list[strspn(list, ": ")] == '\0')
		unsetenv("LD_PRELOAD");
	else
		setenv("LD_PRELOAD", list, 1);
	free(list);
}
