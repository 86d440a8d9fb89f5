/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) the igbiov authors
 */

/* How far a frame's headers go, for those of PSRTYPE's types that the driver asks for. */

#include "model.h"

#define TYPE_VLAN 0x8100
#define TYPE_IPV4 0x0800
#define TYPE_IPV6 0x86DD
#define PROTO_TCP 6
#define PROTO_UDP 17
#define PORT_NFS  2049

static uint32_t
be16(const uint8_t *p)
{
	return p[0] << 8 | p[1];
}

/* What follows IP at `l4`. NFS has types of its own. */
static uint32_t
l4_end(const uint8_t *frame, uint32_t len, uint32_t l4, uint8_t proto, bool tcp, bool udp)
{
	uint32_t end = 0;

	if (l4 + 8 > len || be16(frame + l4) == PORT_NFS || be16(frame + l4 + 2) == PORT_NFS)
		return 0;
	if (proto == PROTO_UDP && udp)
		end = l4 + 8;
	else if (proto == PROTO_TCP && tcp && l4 + 20 <= len)
		end = l4 + (frame[l4 + 12] >> 4) * 4;
	return end <= len ? end : 0;
}

uint32_t
model_header_len(const uint8_t *frame, uint32_t len, uint32_t psrtype)
{
	uint32_t l3 = 14;

	if (len < 60)
		return 0;
	if (be16(frame + 12) == TYPE_VLAN)
		l3 += 4;
	switch (be16(frame + l3 - 2)) {
	case TYPE_IPV4:
		/* A fragment, or the first of some. */
		if ((be16(frame + l3 + 6) & 0x3FFF) != 0)
			return 0;
		return l4_end(frame, len, l3 + (frame[l3] & 0xF) * 4, frame[l3 + 9],
			      psrtype & PSRTYPE_IPV4_TCP, psrtype & PSRTYPE_IPV4_UDP);
	case TYPE_IPV6:
		return l4_end(frame, len, l3 + 40, frame[l3 + 6], psrtype & PSRTYPE_IPV6_TCP,
			      psrtype & PSRTYPE_IPV6_UDP);
	}
	return 0;
}
