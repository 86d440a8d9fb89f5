/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) the igbiov authors
 */

#include "igbiov_dca.h"

void
igbiov_dca_mode_set(const struct igbiov_adapter *ad)
{
	/* DCA 1.0, where all eight bits of the queue's tag go out, and 0 is none. */
	hw_wr(&ad->hw, REG(DCA_CTRL), ad->args.nb_dca != 0 ? DCA_CTRL_MODE_1_0 : DCA_CTRL_DIS);
}

/* The last tag serves the queues beyond it. */
static uint32_t
tag_of(const struct igbiov_adapter *ad, uint16_t queue_id)
{
	uint16_t nb = ad->args.nb_dca;

	return nb == 0 ? 0 : ad->args.dca[RTE_MIN(queue_id, nb - 1)];
}

void
igbiov_dca_rxq_set(const struct igbiov_adapter *ad, uint32_t reg_base, uint16_t queue_id)
{
	uint32_t tag = tag_of(ad, queue_id);

	/* Descriptors and frames: who polls reads both next. */
	hw_rmw(&ad->hw, reg_base + REG(RXCTL), XCTL_TAG(0xFF) | RXCTL_DCA,
	       tag == 0 ? 0 : XCTL_TAG(tag) | RXCTL_DCA);
}

void
igbiov_dca_txq_set(const struct igbiov_adapter *ad, uint32_t reg_base, uint16_t queue_id)
{
	uint32_t tag = tag_of(ad, queue_id);

	/* Write-backs keep their order: a head that is written back must not go backwards. */
	hw_rmw(&ad->hw, reg_base + REG(TXCTL), XCTL_TAG(0xFF) | TXCTL_DCA | TXCTL_WB_RELAXED,
	       tag == 0 ? 0 : XCTL_TAG(tag) | TXCTL_DCA);
}
