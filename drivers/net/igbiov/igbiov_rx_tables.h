/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) the igbiov authors
 */

#ifndef IGBIOV_RX_TABLES_H
#define IGBIOV_RX_TABLES_H

/**
 * @file
 * Constants of the receive bursts by vectors, a row as wide as the widest vector: the
 * same 16 octets four times. They lie in memory, in another file than their users: a
 * compiler that knows them builds them anew in each turn of a loop.
 */

#include <stdint.h>

#include <rte_common.h>

/** Mark in packet_type of frames with both versions of IP. */
#define IGBIOV_RX_TUNNEL 2

struct igbiov_rx_tables {
	/** ol_flags / 2, without VLAN, by the bits VP, UDPCS, L4CS, IPCS of the status. */
	uint8_t seen[64];
	/** RTE_MBUF_F_RX_RSS_HASH by RSS type. */
	uint8_t hashed[64];
	/** Octet 0 of packet_type, without L2, by IPv4, IPv4e, IPv6, IPv6e. */
	uint8_t l3[64];
	/** Octet 1 of packet_type by TCP, UDP, SCTP. */
	uint8_t l4[64];
	/** Octets of a descriptor by position from an mbuf's packet_type on. */
	uint8_t fields[64];
	uint32_t nibble[16], one[16], l4_bits[16], low_half[16], whole[16], odd[16], tunnel[16];
};

/** Hidden, or each use would look its address up first. */
extern __attribute__((visibility("hidden"))) const struct igbiov_rx_tables igbiov_rx_tables;

#endif /* IGBIOV_RX_TABLES_H */
