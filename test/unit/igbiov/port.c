/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) the igbiov authors
 */

#include <stdlib.h>
#include <string.h>

#include <ethdev_pci.h>
#include <rte_eal.h>
#include <rte_malloc.h>

#include "port.h"

#define MBUFS 1024
#define ROOM  (RTE_PKTMBUF_HEADROOM + 2048)

int
eal_setup(void **state)
{
	char *args[] = { "test", "--no-huge", "--no-pci",	"--no-shconf",	"--iova-mode=va",
			 "-m",	 "64",	      "--no-telemetry", "--log-level=4" };

	(void)state;
	return rte_eal_init(RTE_DIM(args), args) < 0;
}

void
hw_open(struct igbiov_hw *hw, struct model *m, uint16_t device_id, unsigned int fn)
{
	memset(hw, 0, sizeof(*hw));
	hw->bar = fn == MODEL_PF ? m->pf_bar : m->vf_bar[fn];
	hw->chip = *igbiov_chip_find(device_id);
	snprintf(hw->name, sizeof(hw->name), "model:%u", fn);
}

void
model_finish(struct model *m)
{
	unsigned int misuse = m->misuse;
	char text[sizeof(m->misuse_text)];

	memcpy(text, m->misuse_text, sizeof(text));
	model_free(m);
	if (misuse != 0)
		fail_msg("misuse (%u): %s", misuse, text);
}

int
chip_setup(void **state)
{
	struct chip *c = calloc(1, sizeof(*c));

	c->m = model_new();
	hw_open(&c->hw, c->m, PF_DEVICE, MODEL_PF);
	model_bound(c->m, 2000000);
	*state = c;
	return 0;
}

int
chip_teardown(void **state)
{
	struct chip *c = *state;
	struct model *m = c->m;

	free(c);
	model_finish(m);
	return 0;
}

struct rte_mempool *
mempool_new(unsigned int nb, uint16_t room)
{
	static unsigned int serial;
	struct rte_mempool *pool;
	char name[32];

	snprintf(name, sizeof(name), "pool%u", serial++);
	/* No cache: a count of what is missing must be exact. */
	pool = rte_pktmbuf_pool_create(name, nb, 0, 0, room, SOCKET_ID_ANY);
	assert_non_null(pool);
	return pool;
}

unsigned int
mempool_used(const struct port *port)
{
	return rte_mempool_in_use_count(port->pool);
}

struct port *
port_new(void)
{
	static const size_t queues = MODEL_QUEUES * sizeof(void *);
	struct port *port = calloc(1, sizeof(*port));
	struct rte_eth_dev *dev = rte_eth_dev_allocate("model");

	assert_non_null(dev);
	port->m = model_new();
	port->dev = dev;
	port->ad = rte_zmalloc(NULL, sizeof(*port->ad), 0);
	dev->data->dev_private = port->ad;
	dev->data->mtu = RTE_ETHER_MTU;
	hw_open(&port->ad->hw, port->m, PF_DEVICE, MODEL_PF);
	dev->data->rx_queues = rte_zmalloc(NULL, queues, 0);
	dev->data->tx_queues = rte_zmalloc(NULL, queues, 0);
	model_poke(port->m, REG(RCTL), RCTL_RXEN | RCTL_SECRC | RCTL_BAM);
	model_poke(port->m, REG(TCTL), TCTL_EN | TCTL_PSP);
	port->pool = mempool_new(MBUFS, ROOM);
	return port;
}

void
port_free(struct port *port)
{
	struct model *m = port->m;
	unsigned int used;

	model_bound(port->m, 10000000);
	igbiov_queues_stop(port->dev);
	for (uint16_t q = 0; q < MODEL_QUEUES; q++) {
		igbiov_rxq_release(port->dev, q);
		igbiov_txq_release(port->dev, q);
	}
	used = mempool_used(port);
	rte_mempool_free(port->pool);
	rte_eth_dev_release_port(port->dev);
	free(port);
	model_finish(m);
	if (used != 0)
		fail_msg("%u mbufs are missing", used);
}

int
port_setup(void **state)
{
	*state = port_new();
	return 0;
}

int
port_teardown(void **state)
{
	port_free(*state);
	return 0;
}

struct igbiov_rxq *
port_rxq(struct port *port)
{
	return port->dev->data->rx_queues[0];
}

struct igbiov_txq *
port_txq(struct port *port)
{
	return port->dev->data->tx_queues[0];
}

void
rxq_setup(struct port *port, uint16_t q, const struct ring_conf *conf)
{
	struct rte_eth_dev_info info = { 0 };
	struct rte_eth_rxconf *rx = &info.default_rxconf;
	struct rte_mempool *pool = conf->pool != NULL ? conf->pool : port->pool;
	union rte_eth_rxseg segs[] = {
		{ .split = { .mp = conf->hdr_pool, .proto_hdr = conf->proto_hdr } },
		{ .split = { .mp = pool } },
	};

	igbiov_queue_dev_info(&info);
	if (conf->hdr_pool != NULL) {
		rx->rx_seg = segs;
		rx->rx_nseg = RTE_DIM(segs);
		pool = NULL;
	}
	rx->rx_free_thresh = conf->free_thresh != 0 ? conf->free_thresh : rx->rx_free_thresh;
	rx->offloads = conf->offloads;
	assert_int_equal(igbiov_rxq_setup(port->dev, q, conf->nb_desc, SOCKET_ID_ANY, rx, pool), 0);
	port->dev->data->nb_rx_queues = q + 1;
}

void
txq_setup(struct port *port, uint16_t q, const struct ring_conf *conf)
{
	struct rte_eth_dev_info info = { 0 };
	struct rte_eth_txconf *tx = &info.default_txconf;

	igbiov_queue_dev_info(&info);
	tx->tx_free_thresh = conf->free_thresh != 0 ? conf->free_thresh : tx->tx_free_thresh;
	tx->tx_rs_thresh = conf->rs_thresh != 0 ? conf->rs_thresh : tx->tx_rs_thresh;
	tx->offloads = conf->offloads;
	assert_int_equal(igbiov_txq_setup(port->dev, q, conf->nb_desc, SOCKET_ID_ANY, tx), 0);
	port->dev->data->nb_tx_queues = q + 1;
}

void
rings_setup(struct port *port, uint16_t nb_desc)
{
	const struct ring_conf conf = { .nb_desc = nb_desc };

	rxq_setup(port, 0, &conf);
	txq_setup(port, 0, &conf);
}

void
rings_start(struct port *port, uint16_t nb_desc)
{
	rings_setup(port, nb_desc);
	assert_int_equal(igbiov_queues_start(port->dev), 0);
	model_counts_clear(port->m);
}

void
pattern(uint8_t *data, uint32_t len, uint8_t seed)
{
	static const uint8_t head[] = { 2, 0, 0, 0, 0, 1, 2, 0, 0, 0, 0, 2, 0x88, 0xB5 };

	for (uint32_t i = 0; i < len; i++)
		data[i] = i < sizeof(head) ? head[i] : (uint8_t)(seed + i * 7 + i / 256);
}

struct rte_mbuf *
packet(struct port *port, uint16_t len, uint8_t seed)
{
	struct rte_mbuf *m = rte_pktmbuf_alloc(port->pool);

	assert_non_null(m);
	pattern((uint8_t *)rte_pktmbuf_append(m, len), len, seed);
	return m;
}

void
packets_check_free(struct rte_mbuf **pkts, uint16_t nb, uint32_t len, uint8_t first)
{
	static uint8_t want[MODEL_FRAME_MAX], got[MODEL_FRAME_MAX];

	for (uint16_t i = 0; i < nb; i++) {
		const uint8_t *data = rte_pktmbuf_read(pkts[i], 0, len, got);

		pattern(want, len, first + i);
		assert_int_equal(pkts[i]->pkt_len, len);
		assert_non_null(data);
		assert_memory_equal(data, want, len);
		rte_pktmbuf_free(pkts[i]);
	}
}
