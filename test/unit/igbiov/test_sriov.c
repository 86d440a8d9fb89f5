/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) the igbiov authors
 */

/* igbiov_sriov.c, on folders that look like sysfs and procfs. */

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "igbiov_sriov.h"
#include "port.h"

#define PF	"0000:01:00.0"
#define WHY_LEN 160

struct fs {
	char top[32], sysfs[48], procfs[48];
	const char *sysfs_before, *procfs_before;
	int bound_before;
};

__attribute__((format(printf, 1, 2))) static void
run(const char *format, ...)
{
	char command[PATH_MAX];
	va_list args;

	va_start(args, format);
	vsnprintf(command, sizeof(command), format, args);
	va_end(args);
	assert_int_equal(system(command), 0);
}

static int
setup(void **state)
{
	struct fs *fs = calloc(1, sizeof(*fs));

	strcpy(fs->top, "/tmp/sriovXXXXXX");
	assert_non_null(mkdtemp(fs->top));
	snprintf(fs->sysfs, sizeof(fs->sysfs), "%s/sys", fs->top);
	snprintf(fs->procfs, sizeof(fs->procfs), "%s/proc", fs->top);
	run("mkdir -p %s/%s %s; echo 0 > %s/%s/sriov_numvfs", fs->sysfs, PF, fs->procfs, fs->sysfs,
	    PF);
	fs->sysfs_before = igbiov_sriov_sysfs;
	fs->procfs_before = igbiov_sriov_procfs;
	fs->bound_before = igbiov_sriov_bound_ms;
	igbiov_sriov_sysfs = fs->sysfs;
	igbiov_sriov_procfs = fs->procfs;
	*state = fs;
	return 0;
}

static int
teardown(void **state)
{
	struct fs *fs = *state;

	igbiov_sriov_sysfs = fs->sysfs_before;
	igbiov_sriov_procfs = fs->procfs_before;
	igbiov_sriov_bound_ms = fs->bound_before;
	run("rm -r %s", fs->top);
	free(fs);
	return 0;
}

/* A VF with its folder and its IOMMU group. */
static void
vf_add(const struct fs *fs, unsigned int vf)
{
	run("cd %s; mkdir -p 0000:02:10.%u groups/%u; ln -s ../0000:02:10.%u %s/virtfn%u;"
	    "ln -s ../groups/%u 0000:02:10.%u/iommu_group",
	    fs->sysfs, vf, 40 + vf, vf, PF, vf, 40 + vf, vf);
}

static void
holder_add(const struct fs *fs, long pid, unsigned int vf)
{
	run("cd %s; mkdir -p %ld/fd; echo holder > %ld/comm; ln -s /dev/null %ld/fd/1;"
	    "ln -s /dev/vfio/%u %ld/fd/9",
	    fs->procfs, pid, pid, pid, 40 + vf, pid);
}

static void
the_count_is_the_kernels(void **state)
{
	struct fs *fs = *state;

	assert_int_equal(igbiov_sriov_count(PF), 0);
	run("echo 5 > %s/%s/sriov_numvfs", fs->sysfs, PF);
	assert_int_equal(igbiov_sriov_count(PF), 5);
	run("echo nonsense > %s/%s/sriov_numvfs", fs->sysfs, PF);
	assert_int_equal(igbiov_sriov_count(PF), -EINVAL);
	/* A function without SR-IOV. */
	assert_int_equal(igbiov_sriov_count("0000:09:00.0"), 0);
}

static void
each_creation_is_another_life(void **state)
{
	struct fs *fs = *state;
	uint64_t one, two;

	assert_int_equal(igbiov_sriov_life(PF), 0);
	vf_add(fs, 0);
	one = igbiov_sriov_life(PF);
	assert_int_not_equal(one, 0);
	assert_int_equal(igbiov_sriov_life(PF), one);
	vf_add(fs, 1);
	two = igbiov_sriov_life(PF);
	assert_int_not_equal(two, one);
	/* Removed and made again, with the inode of the old one still taken. */
	run("cd %s; mv 0000:02:10.1 old; mkdir 0000:02:10.1", fs->sysfs);
	assert_int_not_equal(igbiov_sriov_life(PF), two);
}

static void
a_vf_that_is_open_is_named_with_its_holder(void **state)
{
	struct fs *fs = *state;
	char why[WHY_LEN] = "";

	assert_int_equal(igbiov_sriov_holder(PF, why, sizeof(why)), 0);
	vf_add(fs, 0);
	vf_add(fs, 1);
	run("mkdir -p %s/77/fd %s/bus; ln -s /dev/vfio/99 %s/77/fd/3; ln -s /dev/vfio/vfio %s/77/fd/4",
	    fs->procfs, fs->procfs, fs->procfs, fs->procfs);
	assert_int_equal(igbiov_sriov_holder(PF, why, sizeof(why)), 0);
	holder_add(fs, 4711, 1);
	assert_int_equal(igbiov_sriov_holder(PF, why, sizeof(why)), -EBUSY);
	assert_string_equal(why, "VF 1 (0000:02:10.1) is open: process 4711 (holder); end it");
}

/* The kernel's newer way to open a device. */
static void
a_vf_that_is_open_by_its_own_file_is_found_too(void **state)
{
	struct fs *fs = *state;
	char why[WHY_LEN] = "";

	vf_add(fs, 0);
	run("mkdir -p %s/0000:02:10.0/vfio-dev/vfio3 %s/5/fd; echo qemu > %s/5/comm;"
	    "ln -s /dev/vfio/devices/vfio3 %s/5/fd/30",
	    fs->sysfs, fs->procfs, fs->procfs, fs->procfs);
	assert_int_equal(igbiov_sriov_holder(PF, why, sizeof(why)), -EBUSY);
	assert_string_equal(why, "VF 0 (0000:02:10.0) is open: process 5 (qemu); end it");
}

static void
this_process_is_a_holder_like_others(void **state)
{
	struct fs *fs = *state;
	char why[WHY_LEN] = "";

	vf_add(fs, 0);
	holder_add(fs, getpid(), 0);
	assert_int_equal(igbiov_sriov_holder(PF, why, sizeof(why)), -EBUSY);
	assert_string_equal(why, "VF 0 (0000:02:10.0) is open: this process; close it");
}

static void
numbers_go_by_way_of_0(void **state)
{
	struct fs *fs = *state;
	char why[WHY_LEN], path[PATH_MAX], text[16] = "";
	FILE *f;

	/* Two writes, which a plain file keeps one after the other if they append. */
	assert_int_equal(igbiov_sriov_set(PF, 5, why, sizeof(why)), 0);
	assert_int_equal(igbiov_sriov_count(PF), 5);
	assert_int_equal(igbiov_sriov_set(PF, 0, why, sizeof(why)), 0);
	snprintf(path, sizeof(path), "%s/%s/sriov_numvfs", fs->sysfs, PF);
	f = fopen(path, "r");
	assert_non_null(fgets(text, sizeof(text), f));
	fclose(f);
	assert_int_equal(text[0], '0');
}

static void
the_kernels_error_is_passed_on(void **state)
{
	struct fs *fs = *state;
	char why[WHY_LEN];

	run("rm %s/%s/sriov_numvfs", fs->sysfs, PF);
	assert_int_equal(igbiov_sriov_set(PF, 2, why, sizeof(why)), -ENOENT);
	assert_non_null(strstr(why, "enable_sriov"));
	run("mkdir %s/%s/sriov_numvfs", fs->sysfs, PF);
	assert_int_equal(igbiov_sriov_set(PF, 2, why, sizeof(why)), -EISDIR);
	run("rmdir %s/%s/sriov_numvfs", fs->sysfs, PF);
}

/* A FIFO without a reader holds its writer up for good, as the kernel may. */
static void
a_kernel_that_waits_is_not_waited_for(void **state)
{
	struct fs *fs = *state;
	char why[WHY_LEN], path[PATH_MAX];
	int fd, ret = -EBUSY;

	igbiov_sriov_bound_ms = 50;
	snprintf(path, sizeof(path), "%s/%s/sriov_numvfs", fs->sysfs, PF);
	assert_int_equal(unlink(path), 0);
	assert_int_equal(mkfifo(path, 0600), 0);
	assert_int_equal(igbiov_sriov_set(PF, 2, why, sizeof(why)), -ETIMEDOUT);
	assert_int_equal(igbiov_sriov_set(PF, 2, why, sizeof(why)), -EBUSY);
	/* It comes to its end after all, and then the next one may begin. */
	fd = open(path, O_RDWR);
	igbiov_sriov_bound_ms = 5000;
	for (int tries = 0; tries < 5000 && ret == -EBUSY; tries++) {
		usleep(1000);
		ret = igbiov_sriov_set(PF, 0, why, sizeof(why));
	}
	close(fd);
	assert_int_equal(ret, 0);
}

#define T(f) cmocka_unit_test_setup_teardown(f, setup, teardown)

int
main(void)
{
	const struct CMUnitTest tests[] = {
		T(the_count_is_the_kernels),
		T(each_creation_is_another_life),
		T(a_vf_that_is_open_is_named_with_its_holder),
		T(a_vf_that_is_open_by_its_own_file_is_found_too),
		T(this_process_is_a_holder_like_others),
		T(numbers_go_by_way_of_0),
		T(the_kernels_error_is_passed_on),
		T(a_kernel_that_waits_is_not_waited_for),
	};

	return cmocka_run_group_tests_name("igbiov_sriov", tests, NULL, NULL);
}
