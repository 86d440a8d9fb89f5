/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) the igbiov authors
 */

#include <err.h>
#include <errno.h>
#include <fcntl.h>
#include <libgen.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <time.h>
#include <unistd.h>

#include <linux/pci_regs.h>
#include <linux/vfio.h>

#include "vf.h"

uint64_t
now_ms(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return (uint64_t)now.tv_sec * 1000 + now.tv_nsec / 1000000;
}

static int
group_open(const char *bdf)
{
	struct vfio_group_status status = { .argsz = sizeof(status) };
	char path[PATH_MAX], link[PATH_MAX];
	ssize_t len;
	int fd;

	snprintf(path, sizeof(path), "/sys/bus/pci/devices/%s/iommu_group", bdf);
	len = readlink(path, link, sizeof(link) - 1);
	if (len < 0)
		err(1, "%s: is it there, with an IOMMU?", path);
	link[len] = '\0';
	snprintf(path, sizeof(path), "/dev/vfio/%s", basename(link));
	fd = open(path, O_RDWR);
	if (fd < 0)
		err(1, "%s: is %s on vfio-pci, and free?", path, bdf);
	if (ioctl(fd, VFIO_GROUP_GET_STATUS, &status) != 0 ||
	    !(status.flags & VFIO_GROUP_FLAGS_VIABLE))
		errx(1, "%s: the group has devices on other drivers", path);
	return fd;
}

static void
memory_map(struct vf *vf)
{
	struct vfio_iommu_type1_dma_map map = {
		.argsz = sizeof(map),
		.flags = VFIO_DMA_MAP_FLAG_READ | VFIO_DMA_MAP_FLAG_WRITE,
		.iova = VF_MEM_IOVA,
		.size = VF_MEM_SIZE,
	};

	vf->mem = mmap(NULL, VF_MEM_SIZE, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1,
		       0);
	if (vf->mem == MAP_FAILED)
		err(1, "memory");
	map.vaddr = (uintptr_t)vf->mem;
	if (ioctl(vf->container, VFIO_IOMMU_MAP_DMA, &map) != 0)
		err(1, "mapping memory for DMA");
}

static struct vfio_region_info
region(const struct vf *vf, uint32_t index)
{
	struct vfio_region_info info = { .argsz = sizeof(info), .index = index };

	if (ioctl(vf->device, VFIO_DEVICE_GET_REGION_INFO, &info) != 0)
		err(1, "region %u", index);
	return info;
}

static void
window_map(struct vf *vf)
{
	struct vfio_region_info info = region(vf, VFIO_PCI_BAR0_REGION_INDEX);
	void *bar = mmap(NULL, info.size, PROT_READ | PROT_WRITE, MAP_SHARED, vf->device,
			 info.offset);

	if (bar == MAP_FAILED)
		err(1, "mapping the register window");
	vf->bar = bar;
	vf->bar_size = info.size;
	vf->config = region(vf, VFIO_PCI_CONFIG_REGION_INDEX).offset;
}

void
vf_master(struct vf *vf)
{
	uint16_t command = PCI_COMMAND_MEMORY | PCI_COMMAND_MASTER;

	if (pwrite(vf->device, &command, sizeof(command), vf->config + PCI_COMMAND) !=
	    sizeof(command))
		err(1, "writing to configuration space");
}

void
vf_open(struct vf *vf, const char *bdf, const char *token)
{
	char name[128];

	vf->seen = 0;
	vf->container = open("/dev/vfio/vfio", O_RDWR);
	if (vf->container < 0)
		err(1, "/dev/vfio/vfio");
	vf->group = group_open(bdf);
	if (ioctl(vf->group, VFIO_GROUP_SET_CONTAINER, &vf->container) != 0 ||
	    ioctl(vf->container, VFIO_SET_IOMMU, VFIO_TYPE1v2_IOMMU) != 0)
		err(1, "%s: the group's IOMMU", bdf);
	memory_map(vf);
	snprintf(name, sizeof(name), token != NULL ? "%s vf_token=%s" : "%s", bdf, token);
	vf->device = ioctl(vf->group, VFIO_GROUP_GET_DEVICE_FD, name);
	if (vf->device < 0)
		err(1, "%s: is the token the PF's?", name);
	window_map(vf);
	vf_master(vf);
}

int
vf_flr(struct vf *vf)
{
	return ioctl(vf->device, VFIO_DEVICE_RESET) == 0 ? 0 : -errno;
}
