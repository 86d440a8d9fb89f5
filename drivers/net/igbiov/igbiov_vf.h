/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) the igbiov authors
 */

#ifndef IGBIOV_VF_H
#define IGBIOV_VF_H

#include <ethdev_driver.h>

/**
 * Looks whether the PF has something to say, and tells the application of link
 * changes and resets. Interrupt thread, or any other; never waits.
 */
void igbiov_vf_mailbox_look(struct rte_eth_dev *dev);

#endif /* IGBIOV_VF_H */
