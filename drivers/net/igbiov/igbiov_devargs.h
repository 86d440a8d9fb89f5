/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) the igbiov authors
 */

#ifndef IGBIOV_DEVARGS_H
#define IGBIOV_DEVARGS_H

/**
 * @file
 * Device arguments: of the PF its VFs from the start, and what they may do; of any port
 * how its queues use the chip.
 */

#include <rte_dev.h>

#include "igbiov_hw.h"

#define IGBIOV_ARG_VF_VLAN    "vf_vlan"
#define IGBIOV_ARG_VF_PROMISC "vf_promisc"
#define IGBIOV_ARG_VFS	      "vfs"
#define IGBIOV_ARG_POLICY     "policy"
#define IGBIOV_ARG_STATE      "state"
#define IGBIOV_ARG_BURST      "burst"
#define IGBIOV_ARG_ITR_US     "itr_us"
#define IGBIOV_ARG_DCA	      "dca"
#define IGBIOV_ARG_HEAD_WB    "tx_head_wb"

/** For dpdk-pmdinfo.py. */
#define IGBIOV_VF_PARAMS \
	IGBIOV_ARG_BURST "=<auto|scalar|sse|avx2|avx512> " IGBIOV_ARG_ITR_US \
			 "=<0-8191> " IGBIOV_ARG_DCA "=<0-255>[:<0-255>...] " IGBIOV_ARG_HEAD_WB \
			 "=<0|1>"
#define IGBIOV_PF_PARAMS \
	IGBIOV_ARG_VF_VLAN "=<any|none> " IGBIOV_ARG_VF_PROMISC \
			   "=<none|multicast|all> " IGBIOV_ARG_VFS "=<0-7> " IGBIOV_ARG_POLICY \
			   "=<file> " IGBIOV_ARG_STATE "=<file|none> " IGBIOV_VF_PARAMS

/** Queues of a function, at most. */
#define IGBIOV_DCA_MAX 16
/** EITR's interval has 13 bits of microseconds. */
#define IGBIOV_ITR_US_MAX 8191
/** Few enough wake-ups for a core, and no more delay than waking a thread costs anyway. */
#define IGBIOV_ITR_US_DEFAULT 20
#define IGBIOV_ARG_PATH_LEN   256

/** Instructions that the bursts are made of. */
enum igbiov_isa {
	IGBIOV_ISA_SCALAR,
	IGBIOV_ISA_SSE,
	IGBIOV_ISA_AVX2,
	IGBIOV_ISA_AVX512,
	IGBIOV_ISA_AUTO, /**< The best that the CPU has and EAL's --force-max-simd-bitwidth allows. */
};

/** What the arguments ask for; the defaults for VFs are the library's. */
struct igbiov_devargs {
	char settings[96]; /**< Of every VF, as vfctl_vf_parse() takes it. */
	/**
	 * VFs that must exist, if there are none; 0: the port is ready for those
	 * that come later. -1: not given, and the port takes what it finds.
	 */
	int vfs;
	char policy[IGBIOV_ARG_PATH_LEN]; /**< A file; empty: none. */
	char state[IGBIOV_ARG_PATH_LEN];  /**< A file; empty: nothing is kept. */
	enum igbiov_isa burst;
	uint16_t nb_dca;	     /**< Tags; 0: not given. */
	uint8_t dca[IGBIOV_DCA_MAX]; /**< By queue; 0: no tag. The last serves the others, too. */
	bool tx_head_wb;	     /**< The chip tells in a place of its own what it has sent. */
	uint16_t itr_us; /**< Between two interrupts of an RX queue, at least; 0: no limit. */
};

/**
 * Reads a device's arguments.
 * @return 0; -EINVAL for an unknown key or value, with a log line that names it.
 */
int igbiov_devargs_parse(const struct igbiov_hw *hw, const struct rte_devargs *devargs,
			 struct igbiov_devargs *out);

#endif /* IGBIOV_DEVARGS_H */
