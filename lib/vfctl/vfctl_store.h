/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) the igbiov authors
 */

#ifndef VFCTL_STORE_H
#define VFCTL_STORE_H

/**
 * @file
 * Where a port's settings come from and where they are kept: text and a policy
 * file at its creation, a file that outlives the process, files that operators
 * name. On the control thread, or before there is one.
 */

#include "vfctl_internal.h"

/* The settings that a new port begins with; `why` for any error. */
int vfctl_store_begin(struct vfctl_port *port, const struct vfctl_conf *conf, char *why,
		      size_t size);

/* Keeps what is wanted now for the next process. What fails is logged: the settings are in force. */
void vfctl_store_save(struct vfctl_port *port);

/*
 * An operator's policy: its settings are checked, and with `commit` in force
 * afterwards. `num_vfs` is the number of VFs that it wants, or -1 when that is so.
 */
int vfctl_store_apply(struct vfctl_port *port, const char *path, bool commit, int *num_vfs,
		      char *why, size_t size);
/* Writes what is in force into an operator's file. */
int vfctl_store_write(struct vfctl_port *port, const char *path, char *why, size_t size);

#endif /* VFCTL_STORE_H */
