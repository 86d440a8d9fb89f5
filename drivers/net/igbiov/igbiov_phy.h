/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) the igbiov authors
 */

#ifndef IGBIOV_PHY_H
#define IGBIOV_PHY_H

/**
 * @file
 * The PF's link: copper through the PHY, SerDes through the PCS.
 */

#include <rte_ethdev.h>

#include "igbiov_hw.h"

/**
 * Begins auto-negotiation.
 *
 * @param speeds RTE_ETH_LINK_SPEED_ bits to offer, 0 for all that the medium has.
 * @return 0; -ENOTSUP for speeds that the medium lacks or a fixed speed, with a
 *   log line; -ETIMEDOUT, -EBUSY from the PHY's bus.
 */
int igbiov_phy_link_setup(const struct igbiov_hw *hw, uint32_t speeds);

/** Powers the PHY up (and negotiates anew) or down. Errors as above. */
int igbiov_phy_power(const struct igbiov_hw *hw, bool on);

/** Speeds that the medium can offer, RTE_ETH_LINK_SPEED_ bits. */
uint32_t igbiov_phy_speed_capa(const struct igbiov_hw *hw);

/** What a STATUS register says of the link; PF and VF have the same fields. */
struct rte_eth_link igbiov_link_decode(uint32_t status);

#endif /* IGBIOV_PHY_H */
