/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) the igbiov authors
 */

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <poll.h>
#include <pthread.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/eventfd.h>
#include <sys/stat.h>
#include <unistd.h>

#include <rte_common.h>
#include <rte_ethdev.h>
#include <rte_string_fns.h>

#include "igbiov_sriov.h"

const char *igbiov_sriov_sysfs = "/sys/bus/pci/devices";
const char *igbiov_sriov_procfs = "/proc";
int igbiov_sriov_bound_ms = IGBIOV_SRIOV_BOUND_MS;

#define VFS_MAX 8

int
igbiov_sriov_count(const char *pf)
{
	char path[PATH_MAX], text[16], *end;
	unsigned long nb;
	size_t len;
	FILE *f;

	snprintf(path, sizeof(path), "%s/%s/sriov_numvfs", igbiov_sriov_sysfs, pf);
	f = fopen(path, "r");
	if (f == NULL)
		return errno == ENOENT ? 0 : -errno;
	len = fread(text, 1, sizeof(text) - 1, f);
	fclose(f);
	text[len] = '\0';
	nb = strtoul(text, &end, 10);
	if (end == text || nb > UINT16_MAX)
		return -EINVAL;
	return nb;
}

uint64_t
igbiov_sriov_life(const char *pf)
{
	uint64_t life = 0;
	char path[PATH_MAX];
	struct stat st;

	/* A directory of sysfs has a number of its own each time that it is made. */
	for (unsigned int vf = 0; vf < VFS_MAX; vf++) {
		snprintf(path, sizeof(path), "%s/%s/virtfn%u", igbiov_sriov_sysfs, pf, vf);
		if (stat(path, &st) != 0)
			break;
		/* FNV's prime: one inode more or other gives another product. */
		life = (life ^ st.st_ino) * UINT64_C(0x100000001B3);
	}
	return life;
}

/* --- who has one open --- */

/* The last part of where a link points to; empty when there is no such link. */
static void
link_base(const char *path, char *base, size_t size)
{
	char target[PATH_MAX];
	ssize_t len = readlink(path, target, sizeof(target) - 1);
	const char *slash;

	base[0] = '\0';
	if (len < 0)
		return;
	target[len] = '\0';
	slash = strrchr(target, '/');
	strlcpy(base, slash != NULL ? slash + 1 : target, size);
}

struct vf_files {
	char name[32]; /* PCI address */
	/* VFIO's files for it, by which users have it open: the older and the newer one. */
	char group[64], device[64];
};

/* The one entry of a folder. */
static void
folder_entry(const char *path, char *name, size_t size)
{
	DIR *dir = opendir(path);
	struct dirent *entry;

	name[0] = '\0';
	if (dir == NULL)
		return;
	while ((entry = readdir(dir)) != NULL)
		if (entry->d_name[0] != '.')
			strlcpy(name, entry->d_name, size);
	closedir(dir);
}

static bool
vf_files(const char *pf, unsigned int vf, struct vf_files *files)
{
	char path[PATH_MAX], name[32];

	snprintf(path, sizeof(path), "%s/%s/virtfn%u", igbiov_sriov_sysfs, pf, vf);
	link_base(path, files->name, sizeof(files->name));
	if (files->name[0] == '\0')
		return false;
	snprintf(path, sizeof(path), "%s/%s/iommu_group", igbiov_sriov_sysfs, files->name);
	link_base(path, name, sizeof(name));
	snprintf(files->group, sizeof(files->group), "/dev/vfio/%s", name);
	snprintf(path, sizeof(path), "%s/%s/vfio-dev", igbiov_sriov_sysfs, files->name);
	folder_entry(path, name, sizeof(name));
	snprintf(files->device, sizeof(files->device), "/dev/vfio/devices/%s", name);
	return true;
}

/* Which of the VFs this process has open, or -1. */
static int
process_holds(const char *pid, const struct vf_files *vf, unsigned int nb)
{
	char path[PATH_MAX], target[PATH_MAX];
	struct dirent *entry;
	int held = -1;
	DIR *dir;

	snprintf(path, sizeof(path), "%s/%s/fd", igbiov_sriov_procfs, pid);
	/* Gone by now, or another user's: root sees them all. */
	dir = opendir(path);
	if (dir == NULL)
		return -1;
	while (held < 0 && (entry = readdir(dir)) != NULL) {
		ssize_t len = readlinkat(dirfd(dir), entry->d_name, target, sizeof(target) - 1);

		target[RTE_MAX(len, 0)] = '\0';
		for (unsigned int i = 0; i < nb && held < 0; i++)
			if (strcmp(target, vf[i].group) == 0 || strcmp(target, vf[i].device) == 0)
				held = i;
	}
	closedir(dir);
	return held;
}

static void
holder_name(long pid, const struct vf_files *vf, char *name, size_t size)
{
	char path[PATH_MAX], comm[17] = "";
	uint16_t port;
	FILE *f;

	if (pid == getpid()) {
		if (rte_eth_dev_get_port_by_name(vf->name, &port) == 0)
			snprintf(name, size, "port %u of this process; close it", port);
		else
			snprintf(name, size, "this process; close it");
		return;
	}
	snprintf(path, sizeof(path), "%s/%ld/comm", igbiov_sriov_procfs, pid);
	f = fopen(path, "r");
	if (f != NULL) {
		if (fgets(comm, sizeof(comm), f) != NULL)
			comm[strcspn(comm, "\n")] = '\0';
		fclose(f);
	}
	snprintf(name, size, "process %ld (%s); end it", pid, comm);
}

int
igbiov_sriov_holder(const char *pf, char *why, size_t size)
{
	struct vf_files vf[VFS_MAX];
	unsigned int nb = 0;
	struct dirent *entry;
	int ret = 0;
	DIR *dir;

	while (nb < VFS_MAX && vf_files(pf, nb, &vf[nb]))
		nb++;
	dir = nb == 0 ? NULL : opendir(igbiov_sriov_procfs);
	if (dir == NULL)
		return 0;
	while (ret == 0 && (entry = readdir(dir)) != NULL) {
		char name[64];
		int i;

		if (entry->d_name[0] < '0' || entry->d_name[0] > '9')
			continue;
		i = process_holds(entry->d_name, vf, nb);
		if (i < 0)
			continue;
		holder_name(strtol(entry->d_name, NULL, 10), &vf[i], name, sizeof(name));
		snprintf(why, size, "VF %d (%s) is open: %s", i, vf[i].name, name);
		ret = -EBUSY;
	}
	closedir(dir);
	return ret;
}

/* --- creation and removal --- */

/* Shared with the thread that writes: whoever is last frees it. */
struct job {
	char path[PATH_MAX];
	uint16_t nb_vfs;
	int result;
	int done_fd;
	bool left; /* Atomic: one of the two is done with it. */
};

/* Atomic: one at a time, for one that the kernel holds up may end at any moment. */
static bool job_running;

static void
job_leave(struct job *job)
{
	if (!__atomic_exchange_n(&job->left, true, __ATOMIC_ACQ_REL))
		return;
	close(job->done_fd);
	free(job);
}

static int
number_write(const char *path, unsigned int number)
{
	char text[16];
	int len = snprintf(text, sizeof(text), "%u", number);
	int fd = open(path, O_WRONLY | O_CLOEXEC);
	int ret = 0;

	if (fd < 0)
		return -errno;
	if (write(fd, text, len) != len)
		ret = errno != 0 ? -errno : -EIO;
	close(fd);
	return ret;
}

static void *
job_run(void *arg)
{
	struct job *job = arg;
	const uint64_t one = 1;

	/* The kernel takes no other way from one number to another. */
	job->result = number_write(job->path, 0);
	if (job->result == 0 && job->nb_vfs != 0)
		job->result = number_write(job->path, job->nb_vfs);
	__atomic_store_n(&job_running, false, __ATOMIC_RELEASE);
	if (write(job->done_fd, &one, sizeof(one)) < 0)
		/* The caller is waiting for its bound then, no longer. */
		job->result = -EIO;
	job_leave(job);
	return NULL;
}

static int
job_start(struct job *job)
{
	pthread_t thread;
	int ret;

	job->done_fd = eventfd(0, EFD_CLOEXEC);
	if (job->done_fd < 0)
		return -errno;
	ret = pthread_create(&thread, NULL, job_run, job);
	if (ret == 0)
		pthread_detach(thread);
	else
		close(job->done_fd);
	return -ret;
}

static int
job_wait(struct job *job)
{
	struct pollfd fd = { .fd = job->done_fd, .events = POLLIN };
	int ret;

	do
		ret = poll(&fd, 1, igbiov_sriov_bound_ms);
	while (ret < 0 && errno == EINTR);
	return ret == 1 ? job->result : -ETIMEDOUT;
}

static void
why_failed(int error, const char *path, char *why, size_t size)
{
	switch (error) {
	case -ETIMEDOUT:
		snprintf(why, size, "the kernel didn't finish within %d s; see its log",
			 igbiov_sriov_bound_ms / 1000);
		break;
	case -ENOENT:
		snprintf(why, size, "%s: refused; load vfio-pci with enable_sriov=1", path);
		break;
	default:
		snprintf(why, size, "%s: %s", path, strerror(-error));
	}
}

int
igbiov_sriov_set(const char *pf, uint16_t nb_vfs, char *why, size_t size)
{
	struct job *job;
	int ret;

	if (__atomic_exchange_n(&job_running, true, __ATOMIC_ACQ_REL)) {
		snprintf(why, size, "the kernel is still at it; try again later");
		return -EBUSY;
	}
	job = calloc(1, sizeof(*job));
	if (job != NULL) {
		snprintf(job->path, sizeof(job->path), "%s/%s/sriov_numvfs", igbiov_sriov_sysfs,
			 pf);
		job->nb_vfs = nb_vfs;
		ret = job_start(job);
	} else {
		ret = -ENOMEM;
	}
	if (ret != 0) {
		free(job);
		__atomic_store_n(&job_running, false, __ATOMIC_RELEASE);
		snprintf(why, size, "can't start a thread for it: %s", strerror(-ret));
		return ret;
	}
	ret = job_wait(job);
	if (ret != 0)
		why_failed(ret, job->path, why, size);
	job_leave(job);
	return ret;
}
