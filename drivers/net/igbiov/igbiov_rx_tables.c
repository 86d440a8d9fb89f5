/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) the igbiov authors
 */

#include <rte_mbuf.h>
#include <rte_mbuf_ptype.h>

#include "igbiov_desc.h"
#include "igbiov_rx_tables.h"

#define LANES(...) __VA_ARGS__, __VA_ARGS__, __VA_ARGS__, __VA_ARGS__
#define DWORDS(x)  LANES(x, x, x, x)

static_assert(RTE_MBUF_F_RX_VLAN == 1 && RTE_PTYPE_L2_ETHER == 1, "both are the table's `one`");

#define TAG  (RTE_MBUF_F_RX_VLAN_STRIPPED >> 1)
#define L4   (RTE_MBUF_F_RX_L4_CKSUM_GOOD >> 1)
#define IP   (RTE_MBUF_F_RX_IP_CKSUM_GOOD >> 1)
#define HASH RTE_MBUF_F_RX_RSS_HASH

#define V4   RTE_PTYPE_L3_IPV4
#define V4E  RTE_PTYPE_L3_IPV4_EXT
#define V6   RTE_PTYPE_L3_IPV6
#define V6E  RTE_PTYPE_L3_IPV6_EXT
#define BOTH IGBIOV_RX_TUNNEL
#define TCP  (RTE_PTYPE_L4_TCP >> 8)
#define UDP  (RTE_PTYPE_L4_UDP >> 8)
#define SCTP (RTE_PTYPE_L4_SCTP >> 8)

/* No octet of the descriptor, but 0. */
#define NONE 0x80

const struct igbiov_rx_tables igbiov_rx_tables __rte_cache_aligned = {
	.seen = { LANES(0, TAG, L4, TAG | L4, L4, TAG | L4, L4, TAG | L4, IP, TAG | IP, L4 | IP,
			TAG | L4 | IP, L4 | IP, TAG | L4 | IP, L4 | IP, TAG | L4 | IP) },
	.hashed = { LANES(0, HASH, HASH, HASH, HASH, HASH, HASH, HASH, HASH, HASH, HASH, HASH, HASH,
			  HASH, HASH, HASH) },
	.l3 = { LANES(0, V4, V4E, V4E, V6, BOTH, BOTH, BOTH, V6E, BOTH, BOTH, BOTH, V6E, BOTH, BOTH,
		      BOTH) },
	/* The first of several, as the scalar bursts have it. */
	.l4 = { LANES(0, TCP, UDP, TCP, SCTP, TCP, UDP, TCP, 0, 0, 0, 0, 0, 0, 0, 0) },
	/* packet_type comes later; pkt_len, data_len, vlan_tci, hash. */
	.fields = { LANES(NONE, NONE, NONE, NONE, 12, 13, NONE, NONE, 12, 13, 14, 15, 4, 5, 6, 7) },
	.nibble = { DWORDS(0xF) },
	.one = { DWORDS(1) },
	.l4_bits = { DWORDS(0x7 << 8) },
	.low_half = { DWORDS(0xFFFF) },
	.whole = { DWORDS(RXD_STAT_DD | RXD_STAT_EOP) },
	.odd = { DWORDS(RXD_ERR_L4E | RXD_ERR_IPE | RXD_INFO_ETQF) },
	.tunnel = { DWORDS(IGBIOV_RX_TUNNEL) },
};
