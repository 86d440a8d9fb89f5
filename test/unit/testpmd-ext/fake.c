/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) the igbiov authors
 */

#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "fake.h"

struct fake fake;

void
fake_init(void)
{
	unsigned int i;

	memset(&fake, 0, sizeof(fake));
	fake.refused_vf = -1;
	fake.nb_vfs = 4;
	fake.port.drop_enable = true;
	fake.port.loopback = true;
	fake.port.default_pool = VFCTL_NOBODY;
	for (i = 0; i < FAKE_VFS; i++) {
		fake.vf[i].mac = (struct rte_ether_addr){ { 2, 0, 0, 0, 0, i } };
		fake.vf[i].vlan_proto = 0x8100;
		fake.vf[i].untagged = true;
		fake.vf[i].queues = 1;
		fake.vf[i].max_mtu = 1500;
		fake.vf[i].budget = fake.vf[i].burst = 1;
	}
}

const char *
fake_vf_text(uint16_t vf_id, enum vfctl_field field)
{
	static char text[16384];

	assert_int_equal(vfctl_vf_format(field, &fake.vf[vf_id], text, sizeof(text)), 0);
	return text;
}

static int
check(uint16_t port_id, uint16_t vf_id)
{
	fake.nb_calls++;
	if (port_id != 0)
		return -ENODEV;
	return vf_id < FAKE_VFS ? 0 : -EINVAL;
}

int
vfctl_port_info(uint16_t port_id, struct vfctl_port_info *info)
{
	memset(info, 0, sizeof(*info));
	snprintf(info->name, sizeof(info->name), "0000:01:00.0");
	info->nb_vfs = fake.nb_vfs;
	info->max_vfs = FAKE_VFS;
	return port_id == 0 ? 0 : -ENODEV;
}

int
vfctl_vf_get(uint16_t port_id, uint16_t vf_id, struct vfctl_settings *settings)
{
	int rc = check(port_id, vf_id);

	if (rc == 0)
		*settings = fake.vf[vf_id];
	return rc;
}

int
vfctl_vf_set(uint16_t port_id, uint16_t vf_id, uint64_t fields,
	     const struct vfctl_settings *settings, char *why, size_t size)
{
	char value[16384], text[16500];
	uint64_t one;
	unsigned int i;
	int rc;

	rc = check(port_id, vf_id);
	if (rc == 0 && vf_id == fake.refused_vf) {
		snprintf(why, size, "VF %u is refused", vf_id);
		rc = -EADDRINUSE;
	}
	for (i = 0; rc == 0 && i < VFCTL_F_NB; i++) {
		if ((fields & VFCTL_FIELD(i)) == 0)
			continue;
		assert_int_equal(vfctl_vf_format(i, settings, value, sizeof(value)), 0);
		snprintf(text, sizeof(text), "%s=%s", vfctl_field_info(i)->name, value);
		assert_int_equal(vfctl_vf_parse(text, &one, &fake.vf[vf_id], NULL, 0), 0);
	}
	return rc;
}

int
vfctl_port_get(uint16_t port_id, struct vfctl_port_settings *settings)
{
	*settings = fake.port;
	return check(port_id, 0);
}

int
vfctl_port_set(uint16_t port_id, uint64_t fields, const struct vfctl_port_settings *settings,
	       __rte_unused char *why, __rte_unused size_t size)
{
	char value[VFCTL_TEXT_LEN], text[VFCTL_TEXT_LEN + 64];
	uint64_t one;
	unsigned int i;

	for (i = 0; i < VFCTL_P_NB; i++) {
		if ((fields & VFCTL_FIELD(i)) == 0)
			continue;
		assert_int_equal(vfctl_port_format(i, settings, value, sizeof(value)), 0);
		snprintf(text, sizeof(text), "%s=%s", vfctl_port_field_info(i)->name, value);
		assert_int_equal(vfctl_port_parse(text, &one, &fake.port, NULL, 0), 0);
	}
	return check(port_id, 0);
}

int
vfctl_num_vfs_set(uint16_t port_id, uint16_t nb_vfs, __rte_unused char *why,
		  __rte_unused size_t size)
{
	fake.nb_vfs = nb_vfs;
	return check(port_id, 0);
}

int
vfctl_vf_stats_get(uint16_t port_id, uint16_t vf_id, struct vfctl_vf_stats *stats)
{
	memset(stats, 0, sizeof(*stats));
	stats->hw.rx_packets = 12345;
	stats->verdict[VFCTL_MAC_TAKEN] = 77;
	return check(port_id, vf_id);
}

int
vfctl_vf_stats_reset(uint16_t port_id, uint16_t vf_id)
{
	fake.stats_resets |= 1u << vf_id;
	return check(port_id, vf_id);
}

int
vfctl_vf_info(uint16_t port_id, uint16_t vf_id, struct vfctl_vf_info *info)
{
	memset(info, 0, sizeof(*info));
	info->exists = vf_id < fake.nb_vfs;
	info->mac = fake.vf[vf_id % FAKE_VFS].mac;
	info->vlan[0] = 1u << 5 | 1u << 7;
	return check(port_id, vf_id);
}

int
vfctl_vf_release(uint16_t port_id, uint16_t vf_id)
{
	fake.releases |= 1u << vf_id;
	return check(port_id, vf_id);
}

/* 300 events: more than come at once. */
int
vfctl_events_get(uint16_t port_id, uint64_t after, struct vfctl_event *events, unsigned int *nb)
{
	unsigned int i;

	for (i = 0; i < *nb && after + i < 300; i++)
		events[i] = (struct vfctl_event){ .number = after + i + 1, .text = "event" };
	*nb = i;
	return check(port_id, 0);
}

int
vfctl_apply_file(uint16_t port_id, const char *path, char *why, size_t size)
{
	snprintf(fake.file, sizeof(fake.file), "apply %s", path);
	snprintf(why, size, "%s: line 3: vfs.0.vlan", path);
	return port_id == 0 ? -EINVAL : -ENODEV;
}

int
vfctl_save_file(uint16_t port_id, const char *path, __rte_unused char *why,
		__rte_unused size_t size)
{
	snprintf(fake.file, sizeof(fake.file), "save %s", path);
	return check(port_id, 0);
}
