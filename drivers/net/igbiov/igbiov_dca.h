/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) the igbiov authors
 */

#ifndef IGBIOV_DCA_H
#define IGBIOV_DCA_H

/**
 * @file
 * Direct cache access: a queue's writes carry a tag by which the chipset brings them
 * into the cache of a CPU. Tags come from the devarg dca=; what number stands for which
 * CPU is the platform's.
 */

#include "igbiov_ethdev.h"

/**
 * PF, after a reset: tags on for all functions where dca= was given, else off, so that
 * no VF fills caches unasked.
 */
void igbiov_dca_mode_set(const struct igbiov_adapter *ad);

/** A queue's tag, by its block of registers; before the queue is enabled. */
void igbiov_dca_rxq_set(const struct igbiov_adapter *ad, uint32_t reg_base, uint16_t queue_id);
void igbiov_dca_txq_set(const struct igbiov_adapter *ad, uint32_t reg_base, uint16_t queue_id);

#endif /* IGBIOV_DCA_H */
