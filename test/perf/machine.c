/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) the igbiov authors
 */

#include <errno.h>
#include <sched.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <rte_common.h>
#include <rte_cycles.h>
#include <rte_eal.h>
#include <rte_lcore.h>
#include <rte_memory.h>

#include "machine.h"

/* For rings; mbufs have memory of their own. */
#define MEMORY_MB "128"
/* Of 2 MiB: for both. */
#define HUGE_PAGES 256
#define MAX_ARGS   24

struct machine machine = { .device_lcore = -1 };

/*
 * Without huge pages EAL takes its memory from a memfd, for which the kernel gives no transparent
 * huge pages; if there is no memfd it takes anonymous memory, for which it does.
 */
int
memfd_create(const char *name, unsigned int flags)
{
	if (machine.huge)
		return syscall(SYS_memfd_create, name, flags);
	errno = ENOSYS;
	return -1;
}

static unsigned int
huge_pages_free(void)
{
	FILE *f = fopen("/sys/kernel/mm/hugepages/hugepages-2048kB/free_hugepages", "r");
	unsigned int n = 0;

	if (f == NULL)
		return 0;
	if (fscanf(f, "%u", &n) != 1)
		n = 0;
	fclose(f);
	return n;
}

static void
cpu_name(void)
{
	FILE *f = fopen("/proc/cpuinfo", "r");
	char line[256];

	while (f != NULL && fgets(line, sizeof(line), f) != NULL) {
		if (strncmp(line, "model name", 10) != 0)
			continue;
		snprintf(machine.cpu, sizeof(machine.cpu), "%s", strchr(line, ':') + 2);
		machine.cpu[strcspn(machine.cpu, "\n")] = '\0';
		break;
	}
	if (f != NULL)
		fclose(f);
}

/* The first two cores that we may use, as EAL's option. */
static void
cores(char *list, size_t size)
{
	cpu_set_t set;
	int first = -1;

	sched_getaffinity(0, sizeof(set), &set);
	for (int i = 0; i < CPU_SETSIZE; i++) {
		if (!CPU_ISSET(i, &set))
			continue;
		if (first >= 0) {
			machine.device_lcore = i;
			snprintf(list, size, "%d,%d", first, i);
			return;
		}
		first = i;
		snprintf(list, size, "%d", first);
	}
}

static int
ask_huge(const struct rte_memseg_list *msl, void *arg)
{
	bool *given = arg;

	*given = madvise(msl->base_va, msl->len, MADV_HUGEPAGE) == 0;
	return 0;
}

bool
machine_start(const char *plugin)
{
	char list[16], option[] = "--log-level=warning";
	const char *args[MAX_ARGS] = { "bench",		 "-l",	     list,
				       option,		 "--no-pci", "--iova-mode=va",
				       "--no-telemetry", "-d",	     plugin };
	bool transparent = false;
	int n = 9;

	machine.huge = huge_pages_free() >= HUGE_PAGES;
	cores(list, sizeof(list));
	cpu_name();
	if (machine.huge) {
		args[n++] = "--in-memory";
	} else {
		args[n++] = "--no-huge";
		args[n++] = "--no-shconf";
		args[n++] = "-m";
		args[n++] = MEMORY_MB;
	}
	if (rte_eal_init(n, (char **)(uintptr_t)args) < 0)
		return false;
	if (!machine.huge)
		rte_memseg_list_walk(ask_huge, &transparent);
	machine.memory = machine.huge  ? "2 MiB pages"
			 : transparent ? "transparent huge pages"
				       : "4 KiB pages";
	machine.tsc_mhz = rte_get_tsc_hz() / 1e6;
	return true;
}
