/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) the igbiov authors
 */

#ifndef IGBIOV_SDK_BUS_DRIVER_H
#define IGBIOV_SDK_BUS_DRIVER_H

/**
 * @file
 * The bus side of EAL. A PMD registers no bus and looks into none: struct rte_bus stays opaque,
 * and rte_bus_name() says what there is to know.
 */

#include <rte_bus.h>

#include "dev_driver.h"

#endif /* IGBIOV_SDK_BUS_DRIVER_H */
