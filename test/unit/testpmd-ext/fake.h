/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) the igbiov authors
 */

#ifndef TEST_TESTPMD_EXT_FAKE_H
#define TEST_TESTPMD_EXT_FAKE_H

/**
 * @file
 * Port 0 has VF control, port 1 has not: VF control's functions that take a port. It
 * keeps what it is told.
 */

/* cmocka.h wants these before it. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <vfctl.h>

#define FAKE_VFS 7

struct fake {
	struct vfctl_settings vf[FAKE_VFS];
	struct vfctl_port_settings port;
	unsigned int nb_calls;
	uint16_t nb_vfs;
	int refused_vf; /**< Whose settings can't be changed; -1 for none. */
	unsigned int stats_resets, releases;
	char file[64]; /**< Applied or saved. */
};

extern struct fake fake;

void fake_init(void);

/** A VF's setting as text. */
const char *fake_vf_text(uint16_t vf_id, enum vfctl_field field);

#endif /* TEST_TESTPMD_EXT_FAKE_H */
