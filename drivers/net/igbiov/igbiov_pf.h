/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) the igbiov authors
 */

#ifndef IGBIOV_PF_H
#define IGBIOV_PF_H

#include <ethdev_driver.h>

/** Control thread: reads the link and tells the application when it changed. */
void igbiov_pf_link_changed(struct rte_eth_dev *dev);

#endif /* IGBIOV_PF_H */
