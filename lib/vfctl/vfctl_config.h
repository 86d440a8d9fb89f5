/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) the igbiov authors
 */

#ifndef VFCTL_CONFIG_H
#define VFCTL_CONFIG_H

/**
 * @file
 * The policy file, and the file in which settings are kept while VFs live. Both
 * are JSON of one format:
 *
 *   {
 *     "vfctl": 1,
 *     "port": { "loopback": true },
 *     "num_vfs": 4,
 *     "default": { "spoofchk": true, "trunk": [ 1, "10-20" ] },
 *     "vfs": { "3": { "vlan": 100, "mac": "02:00:00:00:00:03" } }
 *   }
 *
 * All but "vfctl" may be missing. "default" is for all VFs, "vfs" for one each and
 * stronger. Members of "port", "default" and a VF are the fields' names, values what
 * text has (vfctl_field_info()), as bools, numbers, strings or lists of them.
 *
 * A file is taken whole or refused; `why` then begins with "FILE:LINE: " and the
 * member. What only the port's capabilities forbid isn't seen here. Files are read
 * and written on the control thread, or before there is one.
 */

#include "vfctl.h"

struct vfctl_policy_set {
	struct vfctl_port_settings port;
	uint64_t port_fields; /**< Those that the file names. */
	int num_vfs;	      /**< -1: not named. */
	uint16_t nb;	      /**< VFs here: all that the port can have. */
	struct vfctl_settings vf[VFCTL_VF_MAX];
	uint64_t vf_fields[VFCTL_VF_MAX];
	uint64_t hash; /**< Of the file's text. */
};

/**
 * Reads a policy's text; pure. What it doesn't name is as in `defaults`, of which
 * there are max_vfs, and as in vfctl_port_defaults.
 *
 * @param name for `why`.
 * @return 0; -EINVAL, then there may be anything in `set`.
 */
int vfctl_config_parse(const char *text, size_t len, const char *name, uint16_t max_vfs,
		       const struct vfctl_settings *defaults, struct vfctl_policy_set *set,
		       char *why, size_t size);

/** Reads a policy file; also fails as vfctl_file_read(). */
int vfctl_config_load(const char *path, uint16_t max_vfs, const struct vfctl_settings *defaults,
		      struct vfctl_policy_set *set, char *why, size_t size);

/** Writes every field of the port and of each VF, whatever `*_fields` say; as vfctl_file_replace(). */
int vfctl_config_save(const char *path, const struct vfctl_policy_set *set, char *why, size_t size);

/**
 * Says where a policy file names a VF's field, or the port's or its own (VFCTL_PF):
 * "FILE:12: vfs.3.vlan", or as near as it can. For refusals that come after reading.
 */
void vfctl_config_where(const char *path, uint16_t vf_id, const char *field, char *where,
			size_t size);

/**
 * One number for all that an operator gave to begin with: the policy's hash (0: no
 * policy) and settings as text (or NULL). Kept settings with another were made
 * on top of something else.
 */
uint64_t vfctl_config_origin(uint64_t hash, const char *settings);

/**
 * Reads kept settings.
 * @return 0; -ENOENT when there are none; -ESTALE for those of another life of the
 *   VFs, or another origin; -EPERM when others than root or this user could
 *   have made them; -EINVAL when they are damaged; or as vfctl_file_read().
 */
int vfctl_state_load(const char *path, uint64_t life, uint64_t origin, uint16_t max_vfs,
		     const struct vfctl_settings *defaults, struct vfctl_policy_set *set, char *why,
		     size_t size);

/** Keeps settings, in a folder that is created if need be; as vfctl_config_save(). */
int vfctl_state_save(const char *path, uint64_t life, uint64_t origin,
		     const struct vfctl_policy_set *set, char *why, size_t size);

#endif /* VFCTL_CONFIG_H */
