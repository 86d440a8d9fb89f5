/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) the igbiov authors
 */

#ifndef IGBIOV_SDK_ABI_H
#define IGBIOV_SDK_ABI_H

/**
 * @file
 * Holds the structures of this folder to the layout that the installed DPDK was compiled with.
 *
 * The structures are shared with binaries that other people built: a member that is off by one
 * word is a crash in somebody else's code. So each structure is written down twice, as C in the
 * header that declares it and as figures in abi_24_11.h, and no unit compiles unless both agree.
 */

#include <stddef.h>

#include <rte_common.h>

#include "abi_24_11.h"

/** One row of figures: where a member starts, and its size, in bytes. */
#define ABI_MEMBER(type, member, offset, size) \
	static_assert(offsetof(struct type, member) == (offset), \
		      "struct " #type ": " #member " is not at offset " #offset); \
	static_assert(sizeof(((struct type *)0)->member) == (size), \
		      "struct " #type ": " #member " is not of size " #size);

/** The last row of a structure: its size, in bytes. */
#define ABI_SIZE(type, size) \
	static_assert(sizeof(struct type) == (size), "struct " #type " is not of size " #size);

#endif /* IGBIOV_SDK_ABI_H */
