/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) the igbiov authors
 */

#ifndef IGBIOV_DESC_H
#define IGBIOV_DESC_H

/**
 * @file
 * Advanced descriptors of the 82576, receive and transmit, as the datasheet's
 * chapter on inline functions lays them out. All fields are little-endian.
 */

#include <assert.h>
#include <stdint.h>

#include <rte_bitops.h>
#include <rte_byteorder.h>

/** One receive descriptor: what software gives, and what the chip writes back. */
union igbiov_rx_desc {
	struct {
		rte_le64_t addr;     /**< Buffer, packet data. */
		rte_le64_t hdr_addr; /**< Buffer, headers; bit 0 becomes DD: keep it 0. */
	} read;
	struct {
		rte_le16_t info;   /**< RSS type 3:0, packet type 14:4, 15 ETQF. */
		rte_le16_t hdr;	   /**< Header length 14:5, 15 SPH. */
		rte_le32_t rss;	   /**< RSS hash. */
		rte_le32_t status; /**< Extended status and errors. */
		rte_le16_t len;	   /**< Octets in this buffer. */
		rte_le16_t vlan;   /**< Tag that was stripped. */
	} wb;
};

static_assert(sizeof(union igbiov_rx_desc) == 16, "the chip's receive descriptor has 16 octets");

#define RXD_INFO_RSS_TYPE    0x000Fu
#define RXD_INFO_PTYPE_SHIFT 4
#define RXD_INFO_PTYPE_MASK  0x7Fu /* IPv4, IPv4e, IPv6, IPv6e, TCP, UDP, SCTP */
#define RXD_INFO_ETQF	     0x8000u

/*
 * Of a frame's first descriptor only; without SPH the length says nothing, and with HBO, or
 * when it is above the header buffer, nothing is in that buffer.
 */
#define RXD_HDR_LEN_SHIFT 5
#define RXD_HDR_LEN_MASK  0x3FFu
#define RXD_HDR_SPH	  0x8000u

#define RXD_STAT_DD    RTE_BIT32(0)
#define RXD_STAT_EOP   RTE_BIT32(1)
#define RXD_STAT_VP    RTE_BIT32(3)
#define RXD_STAT_UDPCS RTE_BIT32(4)
#define RXD_STAT_L4CS  RTE_BIT32(5)
#define RXD_STAT_IPCS  RTE_BIT32(6)
#define RXD_STAT_LB    RTE_BIT32(18)
#define RXD_ERR_HBO    RTE_BIT32(23)
#define RXD_ERR_L4E    RTE_BIT32(29)
#define RXD_ERR_IPE    RTE_BIT32(30)
#define RXD_ERR_RXE    RTE_BIT32(31)

/** One transmit descriptor: data, context, or written back. */
union igbiov_tx_desc {
	struct {
		rte_le64_t addr;
		union {
			struct {
				rte_le32_t cmd_len; /**< Length 15:0, type 23:20, command 31:24. */
				rte_le32_t olinfo;  /**< IDX 6:4, POPTS 13:8, PAYLEN 31:14. */
			};
			rte_le64_t cmd_olinfo; /**< Both at once. */
		};
	} data;
	struct {
		rte_le32_t vlan_macip; /**< IPLEN 8:0, MACLEN 15:9, VLAN 31:16. */
		rte_le32_t reserved;
		rte_le32_t type_cmd; /**< TUCMD 19:9, type 23:20, DEXT 29. */
		rte_le32_t mss_idx;  /**< IDX 6:4, L4LEN 15:8, MSS 31:16. */
	} ctx;
	struct {
		rte_le64_t reserved;
		rte_le32_t nxtseq;
		rte_le32_t status; /**< Bit 0: DD. */
	} wb;
};

static_assert(sizeof(union igbiov_tx_desc) == 16, "the chip's transmit descriptor has 16 octets");

#define TXD_DTYP_CTX	     (2u << 20)
#define TXD_DTYP_DATA	     (3u << 20)
#define TXD_CMD_EOP	     RTE_BIT32(24)
#define TXD_CMD_IFCS	     RTE_BIT32(25)
#define TXD_CMD_RS	     RTE_BIT32(27)
#define TXD_CMD_DEXT	     RTE_BIT32(29)
#define TXD_CMD_VLE	     RTE_BIT32(30)
#define TXD_CMD_TSE	     RTE_BIT32(31)
#define TXD_POPTS_IXSM	     RTE_BIT32(8)
#define TXD_POPTS_TXSM	     RTE_BIT32(9)
#define TXD_PAYLEN_SHIFT     14
#define TXD_STAT_DD	     RTE_BIT32(0)
#define TXD_CTX_IPV4	     RTE_BIT32(10)
#define TXD_CTX_L4T_UDP	     (0u << 11)
#define TXD_CTX_L4T_TCP	     (1u << 11)
#define TXD_CTX_L4T_SCTP     (2u << 11)
#define TXD_CTX_MACLEN_SHIFT 9
#define TXD_CTX_VLAN_SHIFT   16
#define TXD_CTX_L4LEN_SHIFT  8
#define TXD_CTX_MSS_SHIFT    16

/** A ring's length is a multiple of 128 octets: 8 descriptors. */
#define IGBIOV_RING_ALIGN 8
#define IGBIOV_RING_MIN	  64 /* room for a packet of IGBIOV_TX_MAX_SEGS and its context */
#define IGBIOV_RING_MAX	  4096

/** Fewer octets than this the chip can't pad to a whole frame (TCTL.PSP). */
#define IGBIOV_TX_MIN_LEN 17
/** Buffers that the longest frame fills, headers and then 1 KiB each, and then some. */
#define IGBIOV_RX_MAX_SEGS 16
/** Data descriptors of one packet. */
#define IGBIOV_TX_MAX_SEGS 40
/** Longest frame without CRC that the chip sends, a tag that it puts in included. */
#define IGBIOV_TX_MAX_LEN (9728 - 4)
/** Longest packet that the chip cuts into frames: an IP packet's most, and its Ethernet header. */
#define IGBIOV_TX_MAX_TSO (65535 + 18)
/** Octets of one data descriptor, as other drivers of the family keep to. */
#define IGBIOV_TX_MAX_SEG_LEN 32768

#endif /* IGBIOV_DESC_H */
