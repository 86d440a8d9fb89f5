/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) the igbiov authors
 */

#include <errno.h>
#include <string.h>

#include <rte_common.h>

#include "igbiov_rss.h"

/* The key of Microsoft's RSS verification suite: what users compare hashes with. */
static const uint8_t default_key[IGBIOV_RSS_KEY_LEN] = {
	0x6d, 0x5a, 0x56, 0xda, 0x25, 0x5b, 0x0e, 0xc2, 0x41, 0x67, 0x25, 0x3d, 0x43, 0xa3,
	0x8f, 0xb0, 0xd0, 0xca, 0x2b, 0xcb, 0xae, 0x7b, 0x30, 0xb4, 0x77, 0xcb, 0x2d, 0xa3,
	0x80, 0x30, 0xf2, 0x0c, 0x6a, 0x42, 0xb7, 0x3b, 0xbe, 0xac, 0x01, 0xfa,
};

static const struct {
	uint64_t type;
	uint32_t mrqc;
} fields[] = {
	{ RTE_ETH_RSS_IPV4, MRQC_IPV4 },
	{ RTE_ETH_RSS_NONFRAG_IPV4_TCP, MRQC_TCPIPV4 },
	{ RTE_ETH_RSS_NONFRAG_IPV4_UDP, MRQC_UDPIPV4 },
	{ RTE_ETH_RSS_IPV6, MRQC_IPV6 },
	{ RTE_ETH_RSS_NONFRAG_IPV6_TCP, MRQC_TCPIPV6 },
	{ RTE_ETH_RSS_NONFRAG_IPV6_UDP, MRQC_UDPIPV6 },
	{ RTE_ETH_RSS_IPV6_EX, MRQC_IPV6_EX },
	{ RTE_ETH_RSS_IPV6_TCP_EX, MRQC_TCPIPV6_EX },
	{ RTE_ETH_RSS_IPV6_UDP_EX, MRQC_UDPIPV6_EX },
};

int
igbiov_rss_set(const struct igbiov_hw *hw, struct igbiov_rss *rss,
	       const struct rte_eth_rss_conf *conf)
{
	static const uint8_t zeroes[IGBIOV_RSS_KEY_LEN];

	if (conf->rss_hf & ~IGBIOV_RSS_TYPES) {
		IGBIOV_LOG(hw, ERR, "RSS types 0x%" PRIx64 ": the chip has only 0x%" PRIx64,
			   conf->rss_hf, IGBIOV_RSS_TYPES);
		return -ENOTSUP;
	}
	if (conf->rss_key != NULL && conf->rss_key_len != 0 &&
	    conf->rss_key_len != IGBIOV_RSS_KEY_LEN) {
		IGBIOV_LOG(hw, ERR, "RSS key of %u octets; need %u", conf->rss_key_len,
			   IGBIOV_RSS_KEY_LEN);
		return -EINVAL;
	}
	if (conf->rss_key != NULL)
		memcpy(rss->key, conf->rss_key, sizeof(rss->key));
	else if (memcmp(rss->key, zeroes, sizeof(rss->key)) == 0)
		memcpy(rss->key, default_key, sizeof(rss->key));
	rss->types = conf->rss_hf;
	return 0;
}

static uint32_t
mrqc_fields(uint64_t types)
{
	uint32_t mrqc = 0;

	for (unsigned int i = 0; i < RTE_DIM(fields); i++)
		if (types & fields[i].type)
			mrqc |= fields[i].mrqc;
	return mrqc;
}

/* Four octets a register, the first lowest. */
static void
octets_write(const struct igbiov_hw *hw, uint32_t reg, const uint8_t *octets, unsigned int nb)
{
	for (unsigned int i = 0; i < nb; i += 4)
		hw_wr(hw, reg + i,
		      octets[i] | octets[i + 1] << 8 | octets[i + 2] << 16 |
			      (uint32_t)octets[i + 3] << 24);
}

void
igbiov_rss_apply(const struct igbiov_hw *hw, struct igbiov_rss *rss, uint16_t nb_queues)
{
	uint32_t mrqc = mrqc_fields(rss->types);

	/* A port may have TX queues alone. */
	if (!rss->reta_set && nb_queues != 0)
		for (unsigned int i = 0; i < IGBIOV_RETA_SIZE; i++)
			rss->reta[i] = i % nb_queues;

	hw_wr(hw, REG(MRQC), 0);
	octets_write(hw, REG(RETA), rss->reta, IGBIOV_RETA_SIZE);
	octets_write(hw, REG(RSSRK), rss->key, IGBIOV_RSS_KEY_LEN);
	if (mrqc != 0)
		hw_wr(hw, REG(MRQC), MRQC_RSS_16Q | mrqc);
}

void
igbiov_rss_apply_pools(const struct igbiov_hw *hw)
{
	uint8_t reta[IGBIOV_RETA_SIZE];

	for (unsigned int i = 0; i < IGBIOV_RETA_SIZE; i++)
		reta[i] = RETA_POOL_QUEUE(i % 2);
	octets_write(hw, REG(RETA), reta, IGBIOV_RETA_SIZE);
	octets_write(hw, REG(RSSRK), default_key, IGBIOV_RSS_KEY_LEN);
	/* Not to be changed while the port receives: what differs by pool is VMOLR's. */
	hw_wr(hw, REG(MRQC), MRQC_VMDQ_RSS | mrqc_fields(IGBIOV_RSS_TYPES));
}
