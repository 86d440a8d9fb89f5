/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) the igbiov authors
 */

#ifndef IGBIOV_TX_TABLES_H
#define IGBIOV_TX_TABLES_H

/**
 * @file
 * Constants of the transmit bursts by vectors; as those of igbiov_rx_tables.h.
 */

#include <stdint.h>

struct igbiov_tx_tables {
	/** Octets of an mbuf's second quarter: data_off, where the address is. */
	uint8_t data_off[64];
	/** Of its third: pkt_len twice, data_len twice, a dword each. */
	uint8_t lens[64];
	/** Factors that make of these a descriptor's length and PAYLEN. */
	uint16_t places[32];
	/** Bits that matter: refcnt, nb_segs and TX_KIND_FLAGS; the pool. */
	uint64_t second[8], fourth[8];
	/** What a packet without offloads has: of the second quarter; a descriptor's latter half. */
	uint64_t single[8], cmd[8];
	/** By words; in the first half, where pkt_len is, no limit. */
	uint16_t longest[32], shortest[32];
	uint64_t ones[8];
};

/** Hidden, or each use would look its address up first. */
extern __attribute__((visibility("hidden"))) const struct igbiov_tx_tables igbiov_tx_tables;

#endif /* IGBIOV_TX_TABLES_H */
