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
vfs_take(const char *key, const char *value, struct igbiov_devargs *out)
{
	RTE_SET_USED(key);
	if (value[0] < '0' || value[0] > '7' || value[1] != '\0')
		return -EINVAL;
	out->vfs = value[0] - '0';
	return 0;
}

static int
path_take(const char *key, const char *value, struct igbiov_devargs *out)
{
	char *path = strcmp(key, IGBIOV_ARG_POLICY) == 0 ? out->policy : out->state;

	return value[0] != '\0' && strlcpy(path, value, IGBIOV_ARG_PATH_LEN) < IGBIOV_ARG_PATH_LEN
		       ? 0
		       : -EINVAL;
}

/* Digits only, so that no sign or blank means something; gives what follows them, or NULL. */
static const char *
number_take(const char *text, uint32_t max, uint32_t *number)
{
	const char *p = text;

	for (*number = 0; *p >= '0' && *p <= '9'; p++) {
		*number = *number * 10 + (*p - '0');
		if (*number > max)
			return NULL;
	}
	return p != text ? p : NULL;
}

static int
itr_take(const char *key, const char *value, struct igbiov_devargs *out)
{
	uint32_t us;
	const char *rest = number_take(value, IGBIOV_ITR_US_MAX, &us);

	RTE_SET_USED(key);
	if (rest == NULL || *rest != '\0')
		return -EINVAL;
	out->itr_us = us;
	return 0;
}

static int
burst_take(const char *key, const char *value, struct igbiov_devargs *out)
{
	static const char *const names[] = {
		[IGBIOV_ISA_SCALAR] = "scalar", [IGBIOV_ISA_SSE] = "sse",
		[IGBIOV_ISA_AVX2] = "avx2",	[IGBIOV_ISA_AVX512] = "avx512",
		[IGBIOV_ISA_AUTO] = "auto",
	};

	RTE_SET_USED(key);
	for (unsigned int i = 0; i < RTE_DIM(names); i++) {
		if (strcmp(value, names[i]) == 0) {
			out->burst = i;
			return 0;
		}
	}
	return -EINVAL;
}

static int
dca_take(const char *key, const char *value, struct igbiov_devargs *out)
{
	const char *p = value;

	RTE_SET_USED(key);
	for (out->nb_dca = 0; out->nb_dca < IGBIOV_DCA_MAX; p++) {
		uint32_t tag;

		p = number_take(p, UINT8_MAX, &tag);
		if (p == NULL)
			return -EINVAL;
		out->dca[out->nb_dca++] = tag;
		if (*p != ':')
			return *p == '\0' ? 0 : -EINVAL;
	}
	return -E2BIG;
}

static int
head_wb_take(const char *key, const char *value, struct igbiov_devargs *out)
{
	RTE_SET_USED(key);
	if ((value[0] != '0' && value[0] != '1') || value[1] != '\0')
		return -EINVAL;
	out->tx_head_wb = value[0] == '1';
	return 0;
}

static const struct arg {
	const char *key;
	bool vf_too;
	int (*take)(const char *key, const char *value, struct igbiov_devargs *out);
} args[] = {
	{ IGBIOV_ARG_VF_VLAN, false, setting_take }, { IGBIOV_ARG_VF_PROMISC, false, setting_take },
	{ IGBIOV_ARG_VFS, false, vfs_take },	     { IGBIOV_ARG_POLICY, false, path_take },
	{ IGBIOV_ARG_STATE, false, path_take },	     { IGBIOV_ARG_BURST, true, burst_take },
	{ IGBIOV_ARG_ITR_US, true, itr_take },	     { IGBIOV_ARG_DCA, true, dca_take },
	{ IGBIOV_ARG_HEAD_WB, true, head_wb_take },
};

struct parse {
	const struct igbiov_hw *hw;
	const char *known;
	struct igbiov_devargs *out;
};

static int
take(const char *key, const char *value, void *arg)
{
	const struct parse *parse = arg;
	int ret = -EINVAL;

	for (unsigned int i = 0; i < RTE_DIM(args) && value != NULL; i++)
		if (strcmp(key, args[i].key) == 0)
			ret = args[i].take(key, value, parse->out);
	if (ret != 0)
		IGBIOV_LOG(parse->hw, ERR, "devarg %s=%s: not one of %s", key,
			   value != NULL ? value : "", parse->known);
	return ret;
}

int
igbiov_devargs_parse(const struct igbiov_hw *hw, const struct rte_devargs *devargs,
		     struct igbiov_devargs *out)
{
	struct parse parse = {
		.hw = hw,
		.known = hw->chip.is_vf ? IGBIOV_VF_PARAMS : IGBIOV_PF_PARAMS,
		.out = out,
	};
	const char *keys[RTE_DIM(args) + 1];
	struct rte_kvargs *kvlist;
	unsigned int nb = 0;
	int ret;

	*out = (struct igbiov_devargs){
		.vfs = -1,
		.burst = IGBIOV_ISA_AUTO,
		.itr_us = IGBIOV_ITR_US_DEFAULT,
	};
	snprintf(out->state, sizeof(out->state), STATE_FILE, hw->name);
	if (devargs == NULL || devargs->args == NULL || devargs->args[0] == '\0')
		return 0;
	for (unsigned int i = 0; i < RTE_DIM(args); i++)
		if (args[i].vf_too || !hw->chip.is_vf)
			keys[nb++] = args[i].key;
	keys[nb] = NULL;
	kvlist = rte_kvargs_parse(devargs->args, keys);
	if (kvlist == NULL) {
		IGBIOV_LOG(hw, ERR, "devargs \"%s\": known are %s", devargs->args, parse.known);
		return -EINVAL;
	}
	ret = rte_kvargs_process(kvlist, NULL, take, &parse);
	rte_kvargs_free(kvlist);
	if (out->nb_dca > hw->chip.nb_queues) {
		IGBIOV_LOG(hw, ERR, "dca= has %u tags, and the function %u queues", out->nb_dca,
			   hw->chip.nb_queues);
		return -EINVAL;
	}
	if (strcmp(out->state, "none") == 0)
		out->state[0] = '\0';
	return ret == 0 ? 0 : -EINVAL;
}
