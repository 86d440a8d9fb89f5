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

/** PF: routes causes to vector 0 and unmasks link and mailbox. */
void igbiov_pf_intr_enable(struct rte_eth_dev *dev);
/** VF: routes the mailbox and unmasks it. */
void igbiov_vf_intr_enable(struct rte_eth_dev *dev);
/**
 * VF: has the chip forgotten what igbiov_vf_intr_enable() wrote? Then the PF was
 * reset, or even its function, and every ring of ours is gone.
 */
bool igbiov_vf_intr_lost(const struct rte_eth_dev *dev);
/** Masks this function's causes in the chip. */
void igbiov_intr_disable(struct rte_eth_dev *dev);

#endif /* IGBIOV_INTR_H */
