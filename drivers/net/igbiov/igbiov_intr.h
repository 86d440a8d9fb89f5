/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) the igbiov authors
 */

#ifndef IGBIOV_INTR_H
#define IGBIOV_INTR_H

/**
 * @file
 * Interrupts of PF and VF. Handlers run on EAL's interrupt thread and only
 * acknowledge, look and wake: what follows happens on the control thread (PF)
 * or in the application's callback (VF).
 */

#include <ethdev_driver.h>

/** Registers the handler and opens the vectors, masked in the chip. */
int igbiov_intr_init(struct rte_eth_dev *dev);
/** Undoes it; bounded. */
void igbiov_intr_fini(struct rte_eth_dev *dev);

/** May RX queues have interrupts as configured? -ENOTSUP with a log line. */
int igbiov_intr_rx_check(const struct rte_eth_dev *dev);
/**
 * Opens a vector for each RX queue where intr_conf.rxq asks for it; at start, before the
 * chip may interrupt. 0 or a negative errno with a log line.
 */
int igbiov_intr_rx_open(struct rte_eth_dev *dev);
/** Undoes it; sleepers stay asleep. */
void igbiov_intr_rx_close(struct rte_eth_dev *dev);
/**
 * Lets an RX queue interrupt from its next frame on, one that came since it was polled
 * last included, or not at all. Its interrupt masks itself. From any thread.
 * @return 0; -ENOTSUP when the port has no RX interrupts, with a log line.
 */
int igbiov_rx_intr_enable(struct rte_eth_dev *dev, uint16_t queue_id);
int igbiov_rx_intr_disable(struct rte_eth_dev *dev, uint16_t queue_id);

/** PF: routes causes to vectors, and unmasks link and mailbox. */
void igbiov_pf_intr_enable(struct rte_eth_dev *dev);
/**
 * VF: routes the mailbox so that the PF's next answer shows how the chip reads such a
 * route. Before the first request of a start; nothing is unmasked.
 */
void igbiov_vf_intr_try(struct rte_eth_dev *dev);
/** VF: routes mailbox and queues, and unmasks the mailbox. After that answer. */
void igbiov_vf_intr_enable(struct rte_eth_dev *dev);
/**
 * VF: has the chip forgotten what igbiov_vf_intr_enable() wrote? Then the PF was
 * reset, or even its function, and every ring of ours is gone.
 */
bool igbiov_vf_intr_lost(const struct rte_eth_dev *dev);
/** Masks this function's causes in the chip. */
void igbiov_intr_disable(struct rte_eth_dev *dev);

#endif /* IGBIOV_INTR_H */
