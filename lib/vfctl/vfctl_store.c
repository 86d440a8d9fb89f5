/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) the igbiov authors
 */

#include <errno.h>
#include <stdio.h>

#include "vfctl_field.h"
#include "vfctl_store.h"

/* What the driver's arguments say of all VFs. */
static int
text_take(const char *text, uint16_t nb, struct vfctl_wanted *wanted, char *why, size_t size)
{
	struct vfctl_settings settings;
	uint64_t fields;
	int rc = vfctl_vf_parse(text, &fields, &settings, why, size);

	for (uint16_t i = 0; i < nb && rc == 0; i++)
		vfctl_fields_copy(&wanted->vf[i], &settings, fields);
	return rc;
}

int
vfctl_store_begin(struct vfctl_port *port, const struct vfctl_conf *conf, char *why, size_t size)
{
	struct vfctl_wanted wanted;
	int rc = 0;

	vfctl_wanted_get(port, &wanted);
	if (conf->settings != NULL)
		rc = text_take(conf->settings, port->caps.max_vfs, &wanted, why, size);
	if (rc == 0)
		rc = vfctl_wanted_commit(port, &wanted, why, size);
	return rc;
}

void
vfctl_store_save(struct vfctl_port *port)
{
	RTE_SET_USED(port);
}

int
vfctl_store_apply(struct vfctl_port *port, const char *path, int *num_vfs, char *why, size_t size)
{
	RTE_SET_USED(port);
	RTE_SET_USED(num_vfs);
	snprintf(why, size, "%s: policy files aren't there yet", path);
	return -ENOTSUP;
}

int
vfctl_store_write(struct vfctl_port *port, const char *path, char *why, size_t size)
{
	RTE_SET_USED(port);
	snprintf(why, size, "%s: policy files aren't there yet", path);
	return -ENOTSUP;
}
