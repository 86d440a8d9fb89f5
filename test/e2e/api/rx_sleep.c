/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) the igbiov authors
 */

/*
 * Receives by interrupts alone, for the tests in the guest: sleeps until one comes, and
 * polls no more than what it announces. After EAL's options: the number of RX queues.
 * Lines: "ready MAC", "link up|down", and after each wake-up "queue Q wakes N frames N".
 */

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <rte_eal.h>
#include <rte_epoll.h>
#include <rte_errno.h>
#include <rte_ethdev.h>
#include <rte_ether.h>

#define PORT  0
#define RING  256
#define BURST 32

static int
on_link(uint16_t port_id, enum rte_eth_event_type event, void *arg, void *param)
{
	struct rte_eth_link link;

	RTE_SET_USED(event);
	RTE_SET_USED(arg);
	RTE_SET_USED(param);
	if (rte_eth_link_get_nowait(port_id, &link) == 0)
		printf("link %s\n", link.link_status ? "up" : "down");
	return 0;
}

static int
port_start(uint16_t queues)
{
	const struct rte_eth_conf conf = {
		.rxmode.mq_mode = queues > 1 ? RTE_ETH_MQ_RX_RSS : RTE_ETH_MQ_RX_NONE,
		.rx_adv_conf.rss_conf.rss_hf = queues > 1 ? RTE_ETH_RSS_NONFRAG_IPV4_UDP : 0,
		.intr_conf = { .lsc = 1, .rxq = 1 },
	};
	struct rte_mempool *pool = rte_pktmbuf_pool_create(
		"sleep", 4095, 0, 0, RTE_MBUF_DEFAULT_BUF_SIZE, SOCKET_ID_ANY);
	int rc = pool != NULL ? 0 : -rte_errno;

	if (rc == 0)
		rc = rte_eth_dev_configure(PORT, queues, 1, &conf);
	for (uint16_t q = 0; q < queues && rc == 0; q++)
		rc = rte_eth_rx_queue_setup(PORT, q, RING, SOCKET_ID_ANY, NULL, pool);
	if (rc == 0)
		rc = rte_eth_tx_queue_setup(PORT, 0, RING, SOCKET_ID_ANY, NULL);
	if (rc == 0)
		rc = rte_eth_dev_callback_register(PORT, RTE_ETH_EVENT_INTR_LSC, on_link, NULL);
	return rc == 0 ? rte_eth_dev_start(PORT) : rc;
}

static int
queues_watch(uint16_t queues)
{
	int rc = 0;

	for (uint16_t q = 0; q < queues && rc == 0; q++) {
		rc = rte_eth_dev_rx_intr_ctl_q(PORT, q, RTE_EPOLL_PER_THREAD, RTE_INTR_EVENT_ADD,
					       (void *)(uintptr_t)q);
		if (rc == 0)
			rc = rte_eth_dev_rx_intr_enable(PORT, q);
	}
	return rc;
}

static unsigned int
queue_empty(uint16_t q)
{
	struct rte_mbuf *pkts[BURST];
	unsigned int total = 0;
	uint16_t n;

	while ((n = rte_eth_rx_burst(PORT, q, pkts, BURST)) > 0) {
		rte_pktmbuf_free_bulk(pkts, n);
		total += n;
	}
	return total;
}

static void
serve(void)
{
	unsigned int wakes = 0, frames = 0;

	for (;;) {
		struct rte_epoll_event event;
		uint16_t q;

		if (rte_epoll_wait(RTE_EPOLL_PER_THREAD, &event, 1, -1) != 1)
			continue;
		q = (uintptr_t)event.epdata.data;
		rte_eth_dev_rx_intr_disable(PORT, q);
		frames += queue_empty(q);
		printf("queue %u wakes %u frames %u\n", q, ++wakes, frames);
		/* A frame may come right here. */
		rte_eth_dev_rx_intr_enable(PORT, q);
	}
}

int
main(int argc, char **argv)
{
	int rc = rte_eal_init(argc, argv);
	uint16_t queues = rc >= 0 && rc + 1 < argc ? (uint16_t)atoi(argv[rc + 1]) : 1;
	struct rte_ether_addr mac;

	setvbuf(stdout, NULL, _IOLBF, 0);
	if (rc >= 0)
		rc = port_start(queues);
	if (rc >= 0)
		rc = queues_watch(queues);
	if (rc >= 0)
		rc = rte_eth_macaddr_get(PORT, &mac);
	if (rc < 0) {
		fprintf(stderr, "rx_sleep: %s\n", strerror(-rc));
		return 1;
	}
	printf("ready " RTE_ETHER_ADDR_PRT_FMT "\n", RTE_ETHER_ADDR_BYTES(&mac));
	serve();
	return 0;
}
