/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) the igbiov authors
 */

/*
 * What operators write: policy files and settings as text, which programs and
 * people make, and which a tenant's wishes may have gone into. Whatever stands
 * there: a refusal is one line and changes nothing, and what was taken can be
 * written and read again.
 */

#include <errno.h>
#include <string.h>

#include <rte_log.h>

#include "input.h"
#include "vfctl_config.h"
#include "vfctl_field.h"

#define VFS 4

static struct vfctl_settings defaults[VFS];

static void
check_why(int rc, const char *why, size_t size)
{
	size_t len = strnlen(why, size);

	HOLDS(len < size);
	HOLDS(rc == 0 || len > 0, "refused without a word");
	HOLDS(memchr(why, '\n', len) == NULL, "more than a line");
}

/* As text and back it is the same. */
static void
check_vf(const struct vfctl_settings *settings)
{
	char text[64 + 6 * VFCTL_VLAN_NB], why[VFCTL_WHY_LEN];
	struct vfctl_settings again = *settings;
	uint64_t fields;
	int len;

	for (unsigned int f = 0; f < VFCTL_F_NB; f++) {
		len = snprintf(text, sizeof(text), "%s=", vfctl_field_info(f)->name);
		HOLDS(vfctl_vf_format(f, settings, text + len, sizeof(text) - (size_t)len) == 0,
		      "can't write %s", text);
		HOLDS(vfctl_vf_parse(text, &fields, &again, why, sizeof(why)) == 0, "%s: %s", text,
		      why);
		HOLDS(fields == VFCTL_FIELD(f), "%s", text);
		HOLDS(vfctl_fields_differ(settings, &again) == 0, "%s", text);
	}
}

static void
check_port(const struct vfctl_port_settings *settings)
{
	char text[VFCTL_TEXT_LEN], why[VFCTL_WHY_LEN];
	struct vfctl_port_settings again = *settings;
	uint64_t fields;
	int len;

	for (unsigned int f = 0; f < VFCTL_P_NB; f++) {
		len = snprintf(text, sizeof(text), "%s=", vfctl_port_field_info(f)->name);
		HOLDS(vfctl_port_format(f, settings, text + len, sizeof(text) - (size_t)len) == 0);
		HOLDS(vfctl_port_parse(text, &fields, &again, why, sizeof(why)) == 0, "%s: %s",
		      text, why);
		HOLDS(vfctl_port_fields_differ(settings, &again) == 0, "%s", text);
	}
}

static void
file(const char *text, size_t len)
{
	static struct vfctl_policy_set set;
	char why[VFCTL_WHY_LEN] = "";
	int rc = vfctl_config_parse(text, len, "policy.json", VFS, defaults, &set, why,
				    sizeof(why));

	check_why(rc, why, sizeof(why));
	if (rc != 0)
		return;
	HOLDS(set.nb == VFS);
	check_port(&set.port);
	for (unsigned int vf = 0; vf < VFS; vf++)
		check_vf(&set.vf[vf]);
}

static void
vf_text(const char *text)
{
	struct vfctl_settings settings = defaults[0];
	char why[VFCTL_WHY_LEN] = "";
	uint64_t fields = 0;
	int rc = vfctl_vf_parse(text, &fields, &settings, why, sizeof(why));

	check_why(rc, why, sizeof(why));
	HOLDS(rc == 0 || vfctl_fields_differ(&settings, &defaults[0]) == 0, "half of it was taken");
	HOLDS((vfctl_fields_differ(&settings, &defaults[0]) & ~fields) == 0, "more than it names");
	if (rc == 0)
		check_vf(&settings);
}

static void
port_text(const char *text)
{
	struct vfctl_port_settings settings = vfctl_port_defaults;
	char why[VFCTL_WHY_LEN] = "";
	uint64_t fields = 0;
	int rc = vfctl_port_parse(text, &fields, &settings, why, sizeof(why));

	check_why(rc, why, sizeof(why));
	if (rc == 0)
		check_port(&settings);
}

int LLVMFuzzerInitialize(int *argc, char ***argv);
int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size);

int
LLVMFuzzerInitialize(int *argc, char ***argv)
{
	(void)argc;
	(void)argv;
	rte_log_set_global_level(RTE_LOG_EMERG);
	for (unsigned int vf = 0; vf < VFS; vf++)
		defaults[vf] = (struct vfctl_settings){
			.mac = { { 2, 0, 0, 0, 0, (uint8_t)(vf + 1) } },
			.vlan_proto = RTE_ETHER_TYPE_VLAN,
			.max_mtu = 1500,
			.queues = 1,
			.mirror.to = VFCTL_PF,
			.budget = 50,
			.burst = 128,
		};
	return 0;
}

int
LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size)
{
	char *text;

	if (size == 0)
		return 0;
	/* Of its exact length, so that a sanitizer sees a read beyond. */
	text = malloc(size);
	HOLDS(text != NULL);
	memcpy(text, bytes + 1, size - 1);
	text[size - 1] = '\0';
	switch (bytes[0] & 3) {
	case 0:
		vf_text(text);
		break;
	case 1:
		port_text(text);
		break;
	default:
		file(text, size - 1);
	}
	free(text);
	return 0;
}
