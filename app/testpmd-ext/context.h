/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) the igbiov authors
 */

#ifndef TESTPMD_EXT_CONTEXT_H
#define TESTPMD_EXT_CONTEXT_H

/**
 * @file
 * Puts the commands into testpmd's list of them.
 */

#include <cmdline_parse.h>

/**
 * A command list with ours in it.
 *
 * A command that testpmd has, too, stays where it is, word by word: on a port with VF
 * control it does what ours does, on any other what it did before, with the result as
 * it was parsed. One that has our words but takes something else stays as it is, and so
 * does everything that isn't ours. A name of a setting that would make a line ambiguous
 * is left out.
 *
 * Is called on one thread. The answer to the same list is the same, and a list that this
 * has made is its own answer. It lives until context_free_all().
 *
 * @return the list; `ctx` itself without memory, or for another release of DPDK than this
 *   was built for.
 */
cmdline_parse_ctx_t *context_extend(cmdline_parse_ctx_t *ctx);

/** Frees all lists, for tests. */
void context_free_all(void);

#endif /* TESTPMD_EXT_CONTEXT_H */
