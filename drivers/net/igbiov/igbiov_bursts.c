/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) the igbiov authors
 */

/* Which bursts a port has: by its CPU, its offloads and the devarg. */

#include <errno.h>
#include <stdio.h>

#include <rte_cpuflags.h>
#include <rte_string_fns.h>
#include <rte_vect.h>

#include "igbiov_ethdev.h"
#include "igbiov_queue.h"

/* Bursts by instructions, in the order of enum igbiov_isa. */
static const struct isa {
	const char *name;
	eth_rx_burst_t rx, rx_scattered;
	eth_tx_burst_t tx, tx_mt;
	uint16_t simd_bits;
	enum rte_cpu_flag_t flags[4];
	unsigned int nb_flags;
} isas[] = {
	[IGBIOV_ISA_SCALAR] = {
		.name = "Scalar",
		.rx = igbiov_rx_burst,
		.rx_scattered = igbiov_rx_burst_scattered,
		.tx = igbiov_tx_burst,
		.tx_mt = igbiov_tx_burst_mt,
	},
	[IGBIOV_ISA_SSE] = {
		.name = "Vector SSE",
		.rx = igbiov_rx_burst_sse,
		.rx_scattered = igbiov_rx_burst_sse_scattered,
		.tx = igbiov_tx_burst_sse,
		.tx_mt = igbiov_tx_burst_sse_mt,
		.simd_bits = RTE_VECT_SIMD_128,
		.flags = { RTE_CPUFLAG_SSE4_2 },
		.nb_flags = 1,
	},
	[IGBIOV_ISA_AVX2] = {
		.name = "Vector AVX2",
		.rx = igbiov_rx_burst_avx2,
		.rx_scattered = igbiov_rx_burst_avx2_scattered,
		.tx = igbiov_tx_burst_avx2,
		.tx_mt = igbiov_tx_burst_avx2_mt,
		.simd_bits = RTE_VECT_SIMD_256,
		.flags = { RTE_CPUFLAG_AVX2 },
		.nb_flags = 1,
	},
	[IGBIOV_ISA_AVX512] = {
		.name = "Vector AVX512",
		.rx = igbiov_rx_burst_avx512,
		.rx_scattered = igbiov_rx_burst_avx512_scattered,
		.tx = igbiov_tx_burst_avx512,
		.tx_mt = igbiov_tx_burst_avx512_mt,
		.simd_bits = RTE_VECT_SIMD_512,
		.flags = { RTE_CPUFLAG_AVX512F, RTE_CPUFLAG_AVX512BW, RTE_CPUFLAG_AVX512DQ,
			   RTE_CPUFLAG_AVX512VL },
		.nb_flags = 4,
	},
};

static bool
cpu_has(const struct isa *isa)
{
	for (unsigned int i = 0; i < isa->nb_flags; i++)
		if (rte_cpu_get_flag_enabled(isa->flags[i]) <= 0)
			return false;
	return true;
}

int
igbiov_bursts_check(const struct igbiov_adapter *ad)
{
	if (ad->args.burst == IGBIOV_ISA_AUTO || cpu_has(&isas[ad->args.burst]))
		return 0;
	IGBIOV_LOG(&ad->hw, ERR, "bursts of kind \"%s\": this CPU can't; burst=auto takes the best",
		   isas[ad->args.burst].name);
	return -ENOTSUP;
}

static const struct isa *
isa_choose(const struct rte_eth_dev *dev)
{
	const struct igbiov_adapter *ad = dev->data->dev_private;
	unsigned int i = RTE_DIM(isas) - 1;

	if (ad->args.burst != IGBIOV_ISA_AUTO)
		return &isas[ad->args.burst];
	while (i > 0 &&
	       (isas[i].simd_bits > rte_vect_get_max_simd_bitwidth() || !cpu_has(&isas[i])))
		i--;
	return &isas[i];
}

bool
igbiov_tx_mt_asked(const struct rte_eth_dev *dev)
{
	return dev->data->dev_conf.txmode.offloads & RTE_ETH_TX_OFFLOAD_MT_LOCKFREE;
}

void
igbiov_bursts_choose(struct rte_eth_dev *dev)
{
	const struct isa *isa = isa_choose(dev);

	dev->rx_pkt_burst = igbiov_split_any(dev)     ? igbiov_rx_burst_split
			    : dev->data->scattered_rx ? isa->rx_scattered
						      : isa->rx;
	dev->tx_pkt_burst = igbiov_tx_mt_asked(dev) ? isa->tx_mt : isa->tx;
	dev->tx_pkt_prepare = igbiov_tx_prepare;
	dev->recycle_tx_mbufs_reuse = igbiov_recycle_tx_reuse;
	dev->recycle_rx_descriptors_refill = igbiov_recycle_rx_refill;
	dev->rx_queue_count = igbiov_rx_queue_count;
	dev->tx_queue_count = igbiov_tx_queue_count;
	dev->rx_descriptor_status = igbiov_rx_descriptor_status;
	dev->tx_descriptor_status = igbiov_tx_descriptor_status;
}

int
igbiov_rx_burst_mode_get(struct rte_eth_dev *dev, uint16_t queue_id,
			 struct rte_eth_burst_mode *mode)
{
	const struct igbiov_rxq *rxq = dev->data->rx_queues[queue_id];

	if (rxq != NULL && rxq->hdr_ring != NULL)
		strlcpy(mode->info, "Scalar Header Split", sizeof(mode->info));
	else if (igbiov_split_any(dev))
		strlcpy(mode->info, "Scalar Scattered", sizeof(mode->info));
	else
		snprintf(mode->info, sizeof(mode->info), "%s%s", isa_choose(dev)->name,
			 dev->data->scattered_rx ? " Scattered" : "");
	return 0;
}

int
igbiov_tx_burst_mode_get(struct rte_eth_dev *dev, uint16_t queue_id,
			 struct rte_eth_burst_mode *mode)
{
	RTE_SET_USED(queue_id);
	snprintf(mode->info, sizeof(mode->info), "%s%s", isa_choose(dev)->name,
		 igbiov_tx_mt_asked(dev) ? " Lock-free" : "");
	return 0;
}
