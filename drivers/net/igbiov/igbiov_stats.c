/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) the igbiov authors
 */

#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "igbiov_ethdev.h"
#include "igbiov_queue.h"

/* A counter of the chip: `high` 0 where it has one register. */
struct hw_counter {
	const char *name;
	uint32_t low, high;
};

static const struct hw_counter pf_counters[] = {
	{ "rx_missed_packets", REG(MPC), 0 },
	{ "rx_crc_errors", REG(CRCERRS), 0 },
	{ "rx_align_errors", REG(ALGNERRC), 0 },
	{ "rx_phy_errors", REG(RXERRC), 0 },
	{ "rx_length_errors", REG(RLEC), 0 },
	{ "rx_undersize_errors", REG(RUC), 0 },
	{ "rx_fragment_errors", REG(RFC), 0 },
	{ "rx_oversize_errors", REG(ROC), 0 },
	{ "rx_jabber_errors", REG(RJC), 0 },
	{ "rx_symbol_errors", REG(SYMERRS), 0 },
	{ "rx_no_buffer", REG(RNBC), 0 },
	{ "rx_xon_packets", REG(XONRXC), 0 },
	{ "rx_xoff_packets", REG(XOFFRXC), 0 },
	{ "rx_flow_control_unsupported", REG(FCRUC), 0 },
	{ "tx_xon_packets", REG(XONTXC), 0 },
	{ "tx_xoff_packets", REG(XOFFTXC), 0 },
	{ "mac_rx_total_packets", REG(TPR), 0 },
	{ "mac_rx_good_packets", REG(GPRC), 0 },
	{ "mac_rx_broadcast_packets", REG(BPRC), 0 },
	{ "mac_rx_multicast_packets", REG(MPRC), 0 },
	{ "mac_rx_good_bytes", REG(GORCL), REG(GORCH) },
	{ "mac_rx_total_bytes", REG(TORL), REG(TORH) },
	{ "mac_rx_size_64_packets", REG(PRC64), 0 },
	{ "mac_rx_size_65_to_127_packets", REG(PRC127), 0 },
	{ "mac_rx_size_128_to_255_packets", REG(PRC255), 0 },
	{ "mac_rx_size_256_to_511_packets", REG(PRC511), 0 },
	{ "mac_rx_size_512_to_1023_packets", REG(PRC1023), 0 },
	{ "mac_rx_size_1024_to_max_packets", REG(PRC1522), 0 },
	{ "mac_tx_total_packets", REG(TPT), 0 },
	{ "mac_tx_good_packets", REG(GPTC), 0 },
	{ "mac_tx_broadcast_packets", REG(BPTC), 0 },
	{ "mac_tx_multicast_packets", REG(MPTC), 0 },
	{ "mac_tx_good_bytes", REG(GOTCL), REG(GOTCH) },
	{ "mac_tx_total_bytes", REG(TOTL), REG(TOTH) },
	{ "mac_tx_size_64_packets", REG(PTC64), 0 },
	{ "mac_tx_size_65_to_127_packets", REG(PTC127), 0 },
	{ "mac_tx_size_128_to_255_packets", REG(PTC255), 0 },
	{ "mac_tx_size_256_to_511_packets", REG(PTC511), 0 },
	{ "mac_tx_size_512_to_1023_packets", REG(PTC1023), 0 },
	{ "mac_tx_size_1024_to_max_packets", REG(PTC1522), 0 },
	{ "tx_single_collisions", REG(SCC), 0 },
	{ "tx_multiple_collisions", REG(MCC), 0 },
	{ "tx_excessive_collisions", REG(ECOL), 0 },
	{ "tx_late_collisions", REG(LATECOL), 0 },
	{ "switch_security_violations", REG(SSVPC), 0 },
};

static const struct hw_counter vf_counters[] = {
	{ "hw_rx_good_packets", REG(VFGPRC), 0 },
	{ "hw_tx_good_packets", REG(VFGPTC), 0 },
	{ "hw_rx_good_bytes", REG(VFGORC), 0 },
	{ "hw_tx_good_bytes", REG(VFGOTC), 0 },
	{ "hw_rx_multicast_packets", REG(VFMPRC), 0 },
	{ "hw_rx_loopback_packets", REG(VFGPRLBC), 0 },
	{ "hw_tx_loopback_packets", REG(VFGPTLBC), 0 },
};

/* Places in pf_counters, for the port's own sums. */
enum {
	C_MISSED,
	C_CRC,
	C_ALIGN,
	C_RXERR,
	C_LENGTH, /* has the undersized and oversized ones too */
	C_RX_ERRORS_END
};

static_assert(RTE_DIM(pf_counters) <= IGBIOV_HW_COUNTERS_MAX, "room for the sums");

static const struct hw_counter *
counters(const struct igbiov_adapter *ad, unsigned int *nb)
{
	*nb = ad->hw.chip.is_vf ? RTE_DIM(vf_counters) : RTE_DIM(pf_counters);
	return ad->hw.chip.is_vf ? vf_counters : pf_counters;
}

/*
 * Only the primary reads what reading clears, and only it locks: a secondary
 * that dies under the lock would stop the control thread for good. A secondary
 * sees the sums of the primary's last look.
 */
static bool
stats_owner(void)
{
	return rte_eal_process_type() == RTE_PROC_PRIMARY;
}

static void
stats_lock(struct igbiov_adapter *ad)
{
	if (stats_owner())
		rte_spinlock_lock(&ad->stats.lock);
}

static void
stats_unlock(struct igbiov_adapter *ad)
{
	if (stats_owner())
		rte_spinlock_unlock(&ad->stats.lock);
}

static void
sync_locked(struct igbiov_adapter *ad)
{
	unsigned int nb;
	const struct hw_counter *c = counters(ad, &nb);

	/* Ones from a function that has gone aren't counts. */
	if (!stats_owner() || igbiov_hw_removed(&ad->hw))
		return;
	for (unsigned int i = 0; i < nb; i++) {
		/* The low half first: reading it latches the high one. */
		uint32_t now = hw_rd(&ad->hw, c[i].low);

		if (ad->hw.chip.is_vf) {
			ad->stats.hw[i] += now - ad->stats.last[i];
			ad->stats.last[i] = now;
			continue;
		}
		ad->stats.hw[i] += now;
		if (c[i].high != 0)
			ad->stats.hw[i] += (uint64_t)hw_rd(&ad->hw, c[i].high) << 32;
	}
}

/* Frames that the PF's queues had no descriptor for. */
static uint64_t
missed_by_queues(struct rte_eth_dev *dev)
{
	struct igbiov_adapter *ad = dev->data->dev_private;
	bool look = stats_owner() && !igbiov_hw_removed(&ad->hw);
	uint64_t missed = 0;

	if (ad->hw.chip.is_vf)
		return 0;
	for (uint16_t i = 0; i < dev->data->nb_rx_queues; i++) {
		struct igbiov_rxq *rxq = dev->data->rx_queues[i];

		if (rxq == NULL)
			continue;
		if (look)
			rxq->missed += hw_rd(&ad->hw, rxq->reg_base + REG(RQDPC));
		missed += rxq->missed;
	}
	return missed;
}

static void
sum_queues(struct rte_eth_dev *dev, struct rte_eth_stats *stats)
{
	for (uint16_t i = 0; i < dev->data->nb_rx_queues; i++) {
		const struct igbiov_rxq *rxq = dev->data->rx_queues[i];

		if (rxq == NULL)
			continue;
		stats->ipackets += rxq->stats.packets;
		stats->ibytes += rxq->stats.bytes;
		stats->ierrors += rxq->stats.errors;
		stats->rx_nombuf += rxq->alloc_failed;
		if (i < RTE_ETHDEV_QUEUE_STAT_CNTRS) {
			stats->q_ipackets[i] = rxq->stats.packets;
			stats->q_ibytes[i] = rxq->stats.bytes;
			stats->q_errors[i] = rxq->stats.errors;
		}
	}
	for (uint16_t i = 0; i < dev->data->nb_tx_queues; i++) {
		const struct igbiov_txq *txq = dev->data->tx_queues[i];

		if (txq == NULL)
			continue;
		stats->opackets += txq->stats.packets;
		stats->obytes += txq->stats.bytes;
		stats->oerrors += txq->stats.errors;
		if (i < RTE_ETHDEV_QUEUE_STAT_CNTRS) {
			stats->q_opackets[i] = txq->stats.packets;
			stats->q_obytes[i] = txq->stats.bytes;
		}
	}
}

int
igbiov_stats_get(struct rte_eth_dev *dev, struct rte_eth_stats *stats)
{
	struct igbiov_adapter *ad = dev->data->dev_private;

	sum_queues(dev, stats);
	stats_lock(ad);
	sync_locked(ad);
	stats->imissed = missed_by_queues(dev);
	if (!ad->hw.chip.is_vf) {
		stats->imissed += ad->stats.hw[C_MISSED];
		for (unsigned int i = C_CRC; i < C_RX_ERRORS_END; i++)
			stats->ierrors += ad->stats.hw[i];
	}
	stats_unlock(ad);
	return 0;
}

static void
queues_clear(struct rte_eth_dev *dev)
{
	for (uint16_t i = 0; i < dev->data->nb_rx_queues; i++) {
		struct igbiov_rxq *rxq = dev->data->rx_queues[i];

		if (rxq == NULL)
			continue;
		memset(&rxq->stats, 0, sizeof(rxq->stats));
		rxq->alloc_failed = 0;
		rxq->missed = 0;
	}
	for (uint16_t i = 0; i < dev->data->nb_tx_queues; i++) {
		struct igbiov_txq *txq = dev->data->tx_queues[i];

		if (txq != NULL)
			memset(&txq->stats, 0, sizeof(txq->stats));
	}
}

int
igbiov_stats_reset(struct rte_eth_dev *dev)
{
	struct igbiov_adapter *ad = dev->data->dev_private;

	stats_lock(ad);
	sync_locked(ad);
	memset(ad->stats.hw, 0, sizeof(ad->stats.hw));
	missed_by_queues(dev);
	queues_clear(dev);
	stats_unlock(ad);
	return 0;
}

void
igbiov_stats_sync(struct rte_eth_dev *dev)
{
	struct igbiov_adapter *ad = dev->data->dev_private;

	stats_lock(ad);
	sync_locked(ad);
	stats_unlock(ad);
}

void
igbiov_stats_rebase(struct rte_eth_dev *dev)
{
	struct igbiov_adapter *ad = dev->data->dev_private;
	unsigned int nb;
	const struct hw_counter *c = counters(ad, &nb);

	stats_lock(ad);
	for (unsigned int i = 0; i < nb; i++)
		ad->stats.last[i] = hw_rd(&ad->hw, c[i].low);
	stats_unlock(ad);
}

/* Extended: the chip's, then three a queue pair's errors. */
#define XSTATS_PER_RXQ 2
#define XSTATS_PER_TXQ 1

static unsigned int
xstats_count(const struct rte_eth_dev *dev)
{
	unsigned int nb;

	counters(dev->data->dev_private, &nb);
	return nb + dev->data->nb_rx_queues * XSTATS_PER_RXQ +
	       dev->data->nb_tx_queues * XSTATS_PER_TXQ;
}

int
igbiov_xstats_get(struct rte_eth_dev *dev, struct rte_eth_xstat *xstats, unsigned int n)
{
	struct igbiov_adapter *ad = dev->data->dev_private;
	unsigned int nb, count = xstats_count(dev), k = 0;

	if (xstats == NULL || n < count)
		return count;
	counters(ad, &nb);
	stats_lock(ad);
	sync_locked(ad);
	for (; k < nb; k++)
		xstats[k].value = ad->stats.hw[k];
	stats_unlock(ad);
	for (uint16_t i = 0; i < dev->data->nb_rx_queues; i++) {
		const struct igbiov_rxq *rxq = dev->data->rx_queues[i];

		xstats[k++].value = rxq != NULL ? rxq->stats.errors : 0;
		xstats[k++].value = rxq != NULL ? rxq->missed : 0;
	}
	for (uint16_t i = 0; i < dev->data->nb_tx_queues; i++) {
		const struct igbiov_txq *txq = dev->data->tx_queues[i];

		xstats[k++].value = txq != NULL ? txq->stats.errors : 0;
	}
	for (unsigned int i = 0; i < k; i++)
		xstats[i].id = i;
	return k;
}

int
igbiov_xstats_names(struct rte_eth_dev *dev, struct rte_eth_xstat_name *names, unsigned int n)
{
	unsigned int nb, count = xstats_count(dev), k = 0;
	const struct hw_counter *c = counters(dev->data->dev_private, &nb);

	if (names == NULL || n < count)
		return count;
	for (; k < nb; k++)
		strlcpy(names[k].name, c[k].name, sizeof(names[k].name));
	for (uint16_t i = 0; i < dev->data->nb_rx_queues; i++) {
		snprintf(names[k++].name, sizeof(names->name), "rx_q%u_malformed_dropped", i);
		snprintf(names[k++].name, sizeof(names->name), "rx_q%u_no_descriptor", i);
	}
	for (uint16_t i = 0; i < dev->data->nb_tx_queues; i++)
		snprintf(names[k++].name, sizeof(names->name), "tx_q%u_refused", i);
	return k;
}

int
igbiov_xstats_reset(struct rte_eth_dev *dev)
{
	return igbiov_stats_reset(dev);
}
