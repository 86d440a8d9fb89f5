/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) the igbiov authors
 */

#ifndef PORT_H
#define PORT_H

/* A port of the driver on the register model, and what tests of several rooms need. */

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "igbiov_ethdev.h"
#include "igbiov_queue.h"
#include "model.h"

#define PF_DEVICE 0x10C9
#define VF_DEVICE 0x10CA

/* A function of a chip and no port over it: for rooms that need only registers. */
struct chip {
	struct model *m;
	struct igbiov_hw hw;
};

/* cmocka set-up and tear-down with the PF of a new chip as *state, and 2 s to spend. */
int chip_setup(void **state);
int chip_teardown(void **state);
/* Frees the model; fails the test when it saw misuse. */
void model_finish(struct model *m);

struct port {
	struct model *m;
	struct rte_eth_dev *dev; /* NULL until queues are needed */
	struct igbiov_adapter *ad;
	struct rte_mempool *pool;
};

/* Starts EAL for the whole program; cmocka group set-up. */
int eal_setup(void **state);

/* A chip and a function's struct igbiov_hw over it, nothing else. */
void hw_open(struct igbiov_hw *hw, struct model *m, uint16_t device_id, unsigned int fn);

/*
 * A PF port with rings in its hands and no ethdev operations run: RX and TX
 * are on in the chip.
 */
struct port *port_new(void);
/* Frees it all; fails the test when the model saw misuse or an mbuf is missing. */
void port_free(struct port *port);
/* cmocka set-up and tear-down with such a port as *state. */
int port_setup(void **state);
int port_teardown(void **state);

struct rte_mempool *mempool_new(unsigned int nb, uint16_t room);
unsigned int mempool_used(const struct port *port);

/* How to set a queue up; 0: the default. */
struct ring_conf {
	uint16_t nb_desc, free_thresh, rs_thresh;
	uint64_t offloads;
	struct rte_mempool *pool;
	struct rte_mempool *hdr_pool; /* for headers, that are split off; NULL: they aren't */
	uint32_t proto_hdr;
};

/* Queues by the driver's own set-up; give them in order of their numbers. */
void rxq_setup(struct port *port, uint16_t q, const struct ring_conf *conf);
void txq_setup(struct port *port, uint16_t q, const struct ring_conf *conf);
/* One RX and one TX queue; default thresholds. */
void rings_setup(struct port *port, uint16_t nb_desc);
/* The same, started, and the model's counts cleared. */
void rings_start(struct port *port, uint16_t nb_desc);
struct igbiov_rxq *port_rxq(struct port *port);
struct igbiov_txq *port_txq(struct port *port);

/* An mbuf of the port's pool with `len` octets: Ethernet, then a pattern by `seed`. */
struct rte_mbuf *packet(struct port *port, uint16_t len, uint8_t seed);
/* The same octets. */
void pattern(uint8_t *data, uint32_t len, uint8_t seed);
/* Frees all and asserts that each holds pattern(first + i) over `len` octets. */
void packets_check_free(struct rte_mbuf **pkts, uint16_t nb, uint32_t len, uint8_t first);

#endif /* PORT_H */
