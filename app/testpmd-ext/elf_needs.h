/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) the igbiov authors
 */

#ifndef TESTPMD_EXT_ELF_NEEDS_H
#define TESTPMD_EXT_ELF_NEEDS_H

#include <stddef.h>

/**
 * Looks among the shared libraries that an ELF file asks for.
 * @param prefix how the library's name begins: "librte_eal.so."
 * @param name gets the whole name.
 * @return 1 if there is one, 0 if not, -ENOEXEC if that's no executable of this machine's
 *   kind, or what open() and mmap() said.
 */
int elf_needs(const char *path, const char *prefix, char *name, size_t size);

#endif /* TESTPMD_EXT_ELF_NEEDS_H */
