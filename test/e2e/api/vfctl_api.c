/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) the igbiov authors
 */

/*
 * VF control by the C API, line by line from standard input, for the tests in the
 * guest. Each line gets one line of answer, "ok …" or "error ERRNO WHY":
 *   set V NAME=VALUE…    get V NAME        port_set NAME=VALUE…   port_get NAME
 *   info V               stats V           clear V                release V
 *   num_vfs N            events            veto N (requests from now on, of type N; -1: none)
 */

#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <rte_eal.h>
#include <rte_errno.h>
#include <rte_ethdev.h>
#include <rte_mempool.h>

#include <vfctl.h>

#define PORT 0

static char value[20480], why[VFCTL_WHY_LEN];
static int veto = -1;
static unsigned int nb_watched;

static int
on_mbox(uint16_t port_id, enum rte_eth_event_type event, void *arg, void *param)
{
	struct vfctl_mbox_event *mbox = param;

	RTE_SET_USED(port_id);
	RTE_SET_USED(event);
	RTE_SET_USED(arg);
	if (mbox->msg_type == veto)
		mbox->retval = VFCTL_MBOX_NACK;
	return 0;
}

static void
on_event(uint16_t port_id, const struct vfctl_event *event, void *arg)
{
	RTE_SET_USED(port_id);
	RTE_SET_USED(event);
	RTE_SET_USED(arg);
	nb_watched++;
}

static int
port_start(void)
{
	struct rte_eth_conf conf = { 0 };
	struct rte_mempool *pool = rte_pktmbuf_pool_create(
		"api", 2047, 0, 0, RTE_MBUF_DEFAULT_BUF_SIZE, SOCKET_ID_ANY);
	int rc = pool != NULL ? 0 : -rte_errno;

	if (rc == 0)
		rc = rte_eth_dev_configure(PORT, 1, 1, &conf);
	if (rc == 0)
		rc = rte_eth_rx_queue_setup(PORT, 0, 512, SOCKET_ID_ANY, NULL, pool);
	if (rc == 0)
		rc = rte_eth_tx_queue_setup(PORT, 0, 512, SOCKET_ID_ANY, NULL);
	if (rc == 0)
		rc = rte_eth_dev_callback_register(PORT, RTE_ETH_EVENT_VF_MBOX, on_mbox, NULL);
	if (rc == 0)
		rc = vfctl_watch(PORT, on_event, NULL);
	return rc == 0 ? rte_eth_dev_start(PORT) : rc;
}

static int
vf_set(uint16_t vf, const char *text)
{
	struct vfctl_settings settings;
	uint64_t fields;
	int rc = vfctl_vf_parse(text, &fields, &settings, why, sizeof(why));

	return rc != 0 ? rc : vfctl_vf_set(PORT, vf, fields, &settings, why, sizeof(why));
}

static int
port_set(const char *text)
{
	struct vfctl_port_settings settings;
	uint64_t fields;
	int rc = vfctl_port_parse(text, &fields, &settings, why, sizeof(why));

	return rc != 0 ? rc : vfctl_port_set(PORT, fields, &settings, why, sizeof(why));
}

static int
vf_get(uint16_t vf, const char *name)
{
	struct vfctl_settings settings;
	int rc = vfctl_vf_get(PORT, vf, &settings);

	for (unsigned int f = 0; rc == 0 && f < VFCTL_F_NB; f++)
		if (strcmp(vfctl_field_info(f)->name, name) == 0)
			return vfctl_vf_format(f, &settings, value, sizeof(value));
	return rc != 0 ? rc : -ENOENT;
}

static int
port_get(const char *name)
{
	struct vfctl_port_settings settings;
	int rc = vfctl_port_get(PORT, &settings);

	for (unsigned int f = 0; rc == 0 && f < VFCTL_P_NB; f++)
		if (strcmp(vfctl_port_field_info(f)->name, name) == 0)
			return vfctl_port_format(f, &settings, value, sizeof(value));
	return rc != 0 ? rc : -ENOENT;
}

static int
info(uint16_t vf)
{
	struct vfctl_vf_info vf_info;
	struct vfctl_port_info port_info;
	int rc = vfctl_vf_info(PORT, vf, &vf_info);

	if (rc == 0)
		rc = vfctl_port_info(PORT, &port_info);
	snprintf(value, sizeof(value), "vfs=%u exists=%d clear=%d quarantined=%d watched=%u",
		 port_info.nb_vfs, vf_info.exists, vf_info.clear_to_send, vf_info.quarantined,
		 nb_watched);
	return rc;
}

static int
stats(uint16_t vf)
{
	struct vfctl_vf_stats s;
	int rc = vfctl_vf_stats_get(PORT, vf, &s);
	int len = snprintf(value, sizeof(value),
			   "resets=%" PRIu64 " granted=%" PRIu64 " rx=%" PRIu64 " tx=%" PRIu64,
			   s.resets, s.granted, s.hw.rx_packets, s.hw.tx_packets);

	for (unsigned int v = VFCTL_NOT_CLEAR; v < VFCTL_VERDICT_NB; v++)
		len += snprintf(value + len, sizeof(value) - len, " %s=%" PRIu64,
				vfctl_verdict_name(v), s.verdict[v]);
	return rc;
}

static int
events(void)
{
	struct vfctl_event event[8];
	struct vfctl_port_info port_info;
	unsigned int nb = RTE_DIM(event);
	int rc = vfctl_port_info(PORT, &port_info);
	size_t len = 0;

	if (rc == 0)
		rc = vfctl_events_get(PORT,
				      port_info.last_event > nb ? port_info.last_event - nb : 0,
				      event, &nb);
	value[0] = '\0';
	for (unsigned int i = 0; rc == 0 && i < nb; i++)
		len += snprintf(value + len, sizeof(value) - len, "%u %s %s; ", event[i].vf_id,
				vfctl_event_name(event[i].type), event[i].text);
	return rc;
}

static int
run(char *line)
{
	char *verb = strtok(line, " "), *first = strtok(NULL, " "), *rest = strtok(NULL, "");
	uint16_t vf = first != NULL ? (uint16_t)strtoul(first, NULL, 10) : 0;

	value[0] = '\0';
	why[0] = '\0';
	if (verb == NULL)
		return -EINVAL;
	if (strcmp(verb, "events") == 0)
		return events();
	if (first == NULL)
		return -EINVAL;
	if (strcmp(verb, "set") == 0)
		return vf_set(vf, rest != NULL ? rest : "");
	if (strcmp(verb, "get") == 0)
		return vf_get(vf, rest != NULL ? rest : "");
	if (strcmp(verb, "port_set") == 0)
		return port_set(first);
	if (strcmp(verb, "port_get") == 0)
		return port_get(first);
	if (strcmp(verb, "info") == 0)
		return info(vf);
	if (strcmp(verb, "stats") == 0)
		return stats(vf);
	if (strcmp(verb, "clear") == 0)
		return vfctl_vf_stats_reset(PORT, vf);
	if (strcmp(verb, "release") == 0)
		return vfctl_vf_release(PORT, vf);
	if (strcmp(verb, "num_vfs") == 0)
		return vfctl_num_vfs_set(PORT, vf, why, sizeof(why));
	if (strcmp(verb, "veto") == 0) {
		veto = (int)strtol(first, NULL, 10);
		return 0;
	}
	return -EINVAL;
}

int
main(int argc, char **argv)
{
	char line[4096];
	int rc = rte_eal_init(argc, argv);

	if (rc >= 0)
		rc = port_start();
	if (rc < 0) {
		fprintf(stderr, "vfctl_api: %s\n", strerror(-rc));
		return 1;
	}
	puts("ready");
	fflush(stdout);
	while (fgets(line, sizeof(line), stdin) != NULL) {
		line[strcspn(line, "\n")] = '\0';
		rc = run(line);
		if (rc < 0)
			printf("error %d %s\n", -rc, why);
		else
			printf("ok %s\n", value);
		fflush(stdout);
	}
	rte_eth_dev_stop(PORT);
	rte_eth_dev_close(PORT);
	rte_eal_cleanup();
	return 0;
}
