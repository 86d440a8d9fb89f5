/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) the igbiov authors
 */

#ifndef IGBIOV_SRIOV_H
#define IGBIOV_SRIOV_H

/**
 * @file
 * VFs as the kernel has them: how many there are, who has them open, and their
 * creation and removal, in sysfs and procfs.
 */

#include <stddef.h>
#include <stdint.h>

#define IGBIOV_SRIOV_BOUND_MS 5000

/** VFs that the kernel has created now, or a negative errno. */
int igbiov_sriov_count(const char *pf);

/**
 * A number for the present VFs: those of another creation have another one.
 * @return 0 when there are none.
 */
uint64_t igbiov_sriov_life(const char *pf);

/**
 * Is any of the PF's VFs open in a process? Removing it would wait for that
 * process, for ever if need be.
 * @param why gets one line that names VF and holder.
 * @return 0, or -EBUSY.
 */
int igbiov_sriov_holder(const char *pf, char *why, size_t size);

/**
 * Writes sriov_numvfs, by way of 0, on a thread of its own: the kernel may wait
 * for others, the caller only for IGBIOV_SRIOV_BOUND_MS.
 * @param why gets one line with any error.
 * @return 0; -ETIMEDOUT, and the kernel goes on; -EBUSY while it still does from
 *   a former call; or its error.
 */
int igbiov_sriov_set(const char *pf, uint16_t nb_vfs, char *why, size_t size);

/* Where the kernel's file systems are; tests put their own there. */
extern const char *igbiov_sriov_sysfs; /* "/sys/bus/pci/devices" */
extern const char *igbiov_sriov_procfs;
extern int igbiov_sriov_bound_ms;

#endif /* IGBIOV_SRIOV_H */
