/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) the igbiov authors
 */

#include <errno.h>
#include <string.h>

#include <rte_common.h>
#include <rte_devargs.h>
#include <rte_kvargs.h>

#include "igbiov_devargs.h"

static const struct choice {
	const char *key, *value;
	bool vlan_any;
	uint32_t promisc;
} choices[] = {
	{ IGBIOV_ARG_VF_VLAN, "any", .vlan_any = true },
	{ IGBIOV_ARG_VF_VLAN, "none", .vlan_any = false },
	{ IGBIOV_ARG_VF_PROMISC, "none", .promisc = 0 },
	{ IGBIOV_ARG_VF_PROMISC, "multicast", .promisc = VFCTL_PROMISC_MULTICAST },
	{ IGBIOV_ARG_VF_PROMISC, "all",
	  .promisc = VFCTL_PROMISC_MULTICAST | VFCTL_PROMISC_UNICAST },
};

static int
choose(const char *key, const char *value, void *arg)
{
	struct igbiov_devargs *out = arg;

	for (unsigned int i = 0; i < RTE_DIM(choices); i++) {
		if (strcmp(key, choices[i].key) != 0 || value == NULL ||
		    strcmp(value, choices[i].value) != 0)
			continue;
		if (strcmp(key, IGBIOV_ARG_VF_VLAN) == 0)
			out->vlan_any = choices[i].vlan_any;
		else
			out->promisc_allowed = choices[i].promisc;
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

	*out = (struct igbiov_devargs){ .vlan_any = true };
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
