/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) the igbiov authors
 */

#include <errno.h>
#include <stdio.h>
#include <string.h>

#include <rte_common.h>
#include <rte_devargs.h>
#include <rte_kvargs.h>

#include "igbiov_devargs.h"

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
choose(const char *key, const char *value, void *arg)
{
	struct igbiov_devargs *out = arg;
	size_t len = strlen(out->settings);

	for (unsigned int i = 0; i < RTE_DIM(choices); i++) {
		if (strcmp(key, choices[i].key) != 0 || value == NULL ||
		    strcmp(value, choices[i].value) != 0)
			continue;
		/* The last word on a field counts. */
		if (snprintf(out->settings + len, sizeof(out->settings) - len, "%s%s",
			     len != 0 ? " " : "",
			     choices[i].settings) >= (int)(sizeof(out->settings) - len))
			return -E2BIG;
		return 0;
	}
	RTE_LOG(ERR, IGBIOV, "devarg %s=%s: not one of " IGBIOV_PF_PARAMS "\n", key,
		value != NULL ? value : "");
	return -EINVAL;
}

int
igbiov_devargs_parse(const struct igbiov_hw *hw, const struct rte_devargs *devargs,
		     struct igbiov_devargs *out)
{
	static const char *const keys[] = { IGBIOV_ARG_VF_VLAN, IGBIOV_ARG_VF_PROMISC, NULL };
	struct rte_kvargs *kvlist;
	int ret;

	*out = (struct igbiov_devargs){ 0 };
	if (devargs == NULL || devargs->args == NULL || devargs->args[0] == '\0')
		return 0;
	kvlist = rte_kvargs_parse(devargs->args, keys);
	if (kvlist == NULL) {
		IGBIOV_LOG(hw, ERR, "devargs \"%s\": known are " IGBIOV_PF_PARAMS, devargs->args);
		return -EINVAL;
	}
	ret = rte_kvargs_process(kvlist, NULL, choose, out);
	rte_kvargs_free(kvlist);
	return ret == 0 ? 0 : -EINVAL;
}
