/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) the igbiov authors
 */

#include <errno.h>
#include <stdio.h>
#include <string.h>

#include <rte_common.h>
#include <rte_devargs.h>
#include <rte_kvargs.h>
#include <rte_string_fns.h>

#include "igbiov_devargs.h"

/* A reboot ends the VFs' life, and clears this folder. */
#define STATE_FILE "/run/vfctl/%s.json"

/* Short names for what an operator may want of all VFs, and the settings they stand for. */
static const struct choice {
	const char *key, *value, *settings;
} choices[] = {
	{ IGBIOV_ARG_VF_VLAN, "any", "trunk=1-4094" },
	{ IGBIOV_ARG_VF_VLAN, "none", "trunk=none" },
	{ IGBIOV_ARG_VF_PROMISC, "none", "allow_promisc=off allow_allmulti=off" },
	{ IGBIOV_ARG_VF_PROMISC, "multicast", "allow_promisc=off allow_allmulti=on" },
	{ IGBIOV_ARG_VF_PROMISC, "all", "allow_promisc=on allow_allmulti=on" },
};

static int
setting_take(const char *key, const char *value, struct igbiov_devargs *out)
{
	size_t len = strlen(out->settings), room = sizeof(out->settings) - len;

	for (unsigned int i = 0; i < RTE_DIM(choices); i++) {
		if (strcmp(key, choices[i].key) != 0 || strcmp(value, choices[i].value) != 0)
			continue;
		/* The last word on a field counts. */
		if (snprintf(out->settings + len, room, "%s%s", len != 0 ? " " : "",
			     choices[i].settings) >= (int)room)
			return -E2BIG;
		return 0;
	}
	return -EINVAL;
}

static int
vfs_take(const char *value, struct igbiov_devargs *out)
{
	if (value[0] < '0' || value[0] > '7' || value[1] != '\0')
		return -EINVAL;
	out->vfs = value[0] - '0';
	return 0;
}

static int
path_take(const char *value, char *path)
{
	return value[0] != '\0' && strlcpy(path, value, IGBIOV_ARG_PATH_LEN) < IGBIOV_ARG_PATH_LEN
		       ? 0
		       : -EINVAL;
}

static int
burst_take(const char *value, struct igbiov_devargs *out)
{
	static const char *const names[] = {
		[IGBIOV_ISA_SCALAR] = "scalar", [IGBIOV_ISA_SSE] = "sse",
		[IGBIOV_ISA_AVX2] = "avx2",	[IGBIOV_ISA_AVX512] = "avx512",
		[IGBIOV_ISA_AUTO] = "auto",
	};

	for (unsigned int i = 0; i < RTE_DIM(names); i++) {
		if (strcmp(value, names[i]) == 0) {
			out->burst = i;
			return 0;
		}
	}
	return -EINVAL;
}

static int
take(const char *key, const char *value, void *arg)
{
	struct igbiov_devargs *out = arg;
	int ret;

	if (value == NULL)
		ret = -EINVAL;
	else if (strcmp(key, IGBIOV_ARG_VFS) == 0)
		ret = vfs_take(value, out);
	else if (strcmp(key, IGBIOV_ARG_POLICY) == 0)
		ret = path_take(value, out->policy);
	else if (strcmp(key, IGBIOV_ARG_STATE) == 0)
		ret = path_take(value, out->state);
	else if (strcmp(key, IGBIOV_ARG_BURST) == 0)
		ret = burst_take(value, out);
	else
		ret = setting_take(key, value, out);
	if (ret != 0)
		RTE_LOG(ERR, IGBIOV, "devarg %s=%s: not one of " IGBIOV_PF_PARAMS "\n", key,
			value != NULL ? value : "");
	return ret;
}

int
igbiov_devargs_parse(const struct igbiov_hw *hw, const struct rte_devargs *devargs,
		     struct igbiov_devargs *out)
{
	static const char *const vf_keys[] = { IGBIOV_ARG_BURST, NULL };
	static const char *const pf_keys[] = { IGBIOV_ARG_VF_VLAN,
					       IGBIOV_ARG_VF_PROMISC,
					       IGBIOV_ARG_VFS,
					       IGBIOV_ARG_POLICY,
					       IGBIOV_ARG_STATE,
					       IGBIOV_ARG_BURST,
					       NULL };
	struct rte_kvargs *kvlist;
	int ret;

	*out = (struct igbiov_devargs){ .vfs = -1, .burst = IGBIOV_ISA_AUTO };
	snprintf(out->state, sizeof(out->state), STATE_FILE, hw->name);
	if (devargs == NULL || devargs->args == NULL || devargs->args[0] == '\0')
		return 0;
	kvlist = rte_kvargs_parse(devargs->args, hw->chip.is_vf ? vf_keys : pf_keys);
	if (kvlist == NULL) {
		IGBIOV_LOG(hw, ERR, "devargs \"%s\": known are %s", devargs->args,
			   hw->chip.is_vf ? IGBIOV_VF_PARAMS : IGBIOV_PF_PARAMS);
		return -EINVAL;
	}
	ret = rte_kvargs_process(kvlist, NULL, take, out);
	rte_kvargs_free(kvlist);
	if (strcmp(out->state, "none") == 0)
		out->state[0] = '\0';
	return ret == 0 ? 0 : -EINVAL;
}
