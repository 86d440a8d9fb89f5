/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) the igbiov authors
 */

/*
 * What a DPDK process with VF control is to those outside: DPDK's telemetry, VF
 * control on its thread, the fake driver beneath. For tests in Python.
 *
 *   telemetry_server FOLDER [PORTS]
 *
 * The socket is made in FOLDER. Lines on standard input let a VF of the first port
 * do something, and are answered when it is done:
 *   reset VF | vlan VF VID | nonsense VF | spoof VF | count VF PACKETS
 * It ends with its input.
 */

#define _GNU_SOURCE
#include <pthread.h>
#include <sched.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <rte_os.h>

#include "fake.h"

#define PORTS_MAX 2u

/* Of DPDK's own headers that aren't installed; EAL calls it. */
int32_t rte_telemetry_init(const char *runtime_dir, const char *rte_version, rte_cpuset_t *cpuset);

static struct fake fake[PORTS_MAX];

static void
open_port(unsigned int number)
{
	struct vfctl_conf conf;

	fake_init(&fake[number]);
	fake[number].pf_mac.addr_bytes[4] += number;
	conf = fake_conf(&fake[number]);
	conf.port_id = (uint16_t)number;
	conf.name = number == 0 ? "0000:01:00.0" : "0000:01:00.1";
	conf.caps.nb_vfs = 2;
	fake[number].nb_vfs = 2;
	if (vfctl_create(&conf, &fake[number].port) != 0 || vfctl_start(fake[number].port) != 0)
		abort();
}

/* Sends a VF's message and waits until it is answered; bounded by the test's own patience. */
static void
ask(uint16_t vf_id, const struct vfctl_request *req)
{
	unsigned int before = __atomic_load_n(&fake[0].vf[vf_id].nb_answers, __ATOMIC_ACQUIRE);

	fake_send(&fake[0], vf_id, req);
	vfctl_wake(fake[0].port, VFCTL_EV_VF);
	while (__atomic_load_n(&fake[0].vf[vf_id].nb_answers, __ATOMIC_ACQUIRE) == before)
		usleep(1000);
}

static int
count(void *arg)
{
	unsigned int *number = arg;

	fake[0].vf[number[0]].counted = (struct vfctl_hw_stats){
		.rx_packets = number[1],
		.rx_bytes = number[1] * 64ull,
		.tx_packets = number[1] + 1,
		.tx_bytes = (number[1] + 1) * 64ull,
	};
	return 0;
}

static int
spoof(void *arg)
{
	const unsigned int *number = arg;

	fake[0].spoofs |= RTE_BIT64(number[0]);
	return 0;
}

static bool
act(const char *line)
{
	struct vfctl_request req = { .type = VFCTL_REQ_RESET };
	unsigned int number[2] = { 0 };
	char word[16];

	if (sscanf(line, "%15s %u %u", word, &number[0], &number[1]) < 2 || number[0] >= FAKE_VFS)
		return false;
	if (strcmp(word, "count") == 0)
		return vfctl_call(fake[0].port, count, number) == 0;
	if (strcmp(word, "spoof") == 0)
		return vfctl_call(fake[0].port, spoof, number) == 0;
	if (strcmp(word, "vlan") == 0) {
		req.type = VFCTL_REQ_VLAN;
		req.vlan.vid = (uint16_t)number[1];
		req.vlan.on = true;
	} else if (strcmp(word, "nonsense") == 0) {
		req.type = VFCTL_REQ_NONSENSE;
	} else if (strcmp(word, "reset") != 0) {
		return false;
	}
	ask((uint16_t)number[0], &req);
	return true;
}

int
main(int argc, char **argv)
{
	unsigned int i, nb = argc > 2 ? (unsigned int)atoi(argv[2]) : 1;
	rte_cpuset_t cpus;
	char line[80];

	if (argc < 2)
		return 2;
	pthread_getaffinity_np(pthread_self(), sizeof(cpus), &cpus);
	for (i = 0; i < RTE_MIN(nb, PORTS_MAX); i++)
		open_port(i);
	if (rte_telemetry_init(argv[1], "telemetry_server", &cpus) != 0)
		return 1;
	setvbuf(stdout, NULL, _IOLBF, 0);
	puts("ready");
	while (fgets(line, sizeof(line), stdin) != NULL)
		puts(act(line) ? "done" : "what?");
	for (i = 0; i < RTE_MIN(nb, PORTS_MAX); i++) {
		vfctl_stop(fake[i].port);
		vfctl_destroy(fake[i].port);
	}
	return 0;
}
