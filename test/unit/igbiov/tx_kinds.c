/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) the igbiov authors
 */

#include <stdlib.h>
#include <string.h>

#include <netinet/in.h>

#include "tx_kinds.h"

#define ROOM (RTE_PKTMBUF_HEADROOM + 1024)
/* Behind a packet that nobody may pad. */
#define BEYOND 0xA5

static struct source only;

struct source *
source_new(const struct path *path, unsigned int nb_mbufs, uint64_t seed)
{
	only = (struct source){ .path = path, .seed = seed };
	for (unsigned int i = 0; i < (path->can & OFFLOADS ? POOL_KINDS : 1); i++)
		only.pool[i] = pool_soiled(i, nb_mbufs, ROOM);
	return &only;
}

void
source_end(struct source *src)
{
	for (unsigned int i = 0; i < src->nb_shared; i++) {
		const struct rte_mbuf *m = src->shared[i];

		assert_int_equal(rte_mbuf_refcnt_read(m), 1);
		if (m->pkt_len < IGBIOV_TX_MIN_LEN)
			assert_int_equal(*rte_pktmbuf_mtod_offset(m, uint8_t *, m->data_len),
					 BEYOND);
		rte_pktmbuf_free(src->shared[i]);
	}
	assert_int_equal(src->nb_ext_freed, src->nb_ext);
}

uint32_t
any(struct source *src, uint32_t below)
{
	return rnd(&src->seed) % below;
}

static void
frames_free(struct frame *f)
{
	while (f != NULL) {
		struct frame *next = f->next;

		free(f);
		f = next;
	}
}

void
parcel_free(struct parcel *p)
{
	rte_pktmbuf_free(p->m);
	frames_free(p->frame);
}

/* --- what the chip just sends --- */

/* Most come from one, as they do; but not so many that a path could count on it. */
static struct rte_mempool *
any_pool(struct source *src)
{
	static const enum pool_kind few[] = { POOL_PRIVATE, POOL_CACHED };

	if (!(src->path->can & OFFLOADS) ||
	    src->path->offloads & RTE_ETH_TX_OFFLOAD_MBUF_FAST_FREE || src->made++ % 256 < 128)
		return src->pool[POOL_PLAIN];
	return src->pool[any(src, 4) == 0 ? few[any(src, 2)] : POOL_CACHED];
}

/* With these octets. */
struct rte_mbuf *
segment(struct source *src, const uint8_t *octets, uint16_t len)
{
	struct rte_mbuf *m = rte_pktmbuf_alloc(any_pool(src));

	assert_non_null(m);
	memcpy(rte_pktmbuf_append(m, len), octets, len);
	return m;
}

struct rte_mbuf *
chain(struct source *src, const uint8_t *octets, uint32_t len, unsigned int segs)
{
	struct rte_mbuf *head = segment(src, octets, len / segs);

	for (unsigned int i = 1; i < segs; i++) {
		uint32_t from = len * i / segs, to = len * (i + 1) / segs;

		assert_int_equal(rte_pktmbuf_chain(head, segment(src, octets + from, to - from)),
				 0);
	}
	return head;
}

struct frame *
tx_frame_new(const uint8_t *octets, uint32_t len, unsigned int descs, const struct rte_mbuf *tagged)
{
	struct frame *f = calloc(1, sizeof(*f) + len + 64);

	f->descs = descs;
	f->len = len;
	memcpy(f->data, octets, len);
	if (tagged != NULL) {
		const uint8_t tag[] = { 0x81, 0, tagged->vlan_tci >> 8, tagged->vlan_tci & 0xFF };

		memcpy(f->data + 12, tag, sizeof(tag));
		memcpy(f->data + 16, octets + 12, len - 12);
		f->len += sizeof(tag);
	}
	f->len = RTE_MAX(f->len, 60u);
	return f;
}

uint8_t *
octets_new(struct source *src, uint32_t len)
{
	static uint8_t octets[MODEL_FRAME_MAX];
	uint32_t serial = rnd(&src->seed);

	pattern(octets, len, serial);
	memcpy(octets + 14, &serial, sizeof(serial));
	return octets;
}

struct parcel
plain(struct source *src)
{
	uint32_t len = 34 + any(src, 90);
	uint8_t *octets = octets_new(src, len);

	return (struct parcel){ .m = segment(src, octets, len),
				.frame = tx_frame_new(octets, len, 1, NULL),
				.octets = len };
}

static struct parcel
large(struct source *src)
{
	uint32_t len = 900 + any(src, 125);
	uint8_t *octets = octets_new(src, len);

	return (struct parcel){ .m = segment(src, octets, len),
				.frame = tx_frame_new(octets, len, 1, NULL),
				.octets = len };
}

/* What the chip can't pad is padded before. */
static struct parcel
runt(struct source *src)
{
	uint32_t len = 1 + any(src, IGBIOV_TX_MIN_LEN - 1);
	uint8_t *octets = octets_new(src, 18);

	return (struct parcel){ .m = segment(src, octets, len),
				.frame = tx_frame_new(octets, len, 1, NULL),
				.octets = IGBIOV_TX_MIN_LEN };
}

static struct parcel
segments(struct source *src)
{
	unsigned int segs = 2 + any(src, IGBIOV_TX_MAX_SEGS - 1);
	uint32_t len = segs + 60 + any(src, 1000);
	uint8_t *octets = octets_new(src, len);

	return (struct parcel){ .m = chain(src, octets, len, segs),
				.frame = tx_frame_new(octets, len, segs, NULL),
				.octets = len };
}

/* The longest that there is. */
static struct parcel
jumbo(struct source *src)
{
	uint8_t *octets = octets_new(src, IGBIOV_TX_MAX_LEN);

	return (struct parcel){ .m = chain(src, octets, IGBIOV_TX_MAX_LEN, 10),
				.frame = tx_frame_new(octets, IGBIOV_TX_MAX_LEN, 10, NULL),
				.octets = IGBIOV_TX_MAX_LEN };
}

/* Empty segments anywhere: in front, in the middle, at the end. */
static struct parcel
holes(struct source *src)
{
	uint8_t *octets = octets_new(src, 300);
	unsigned int where = 1 + any(src, 7), segs = 0;
	struct rte_mbuf *head = NULL;

	for (unsigned int i = 0; i < 3; i++) {
		struct rte_mbuf *m[] = { segment(src, octets, 0), segment(src, octets, 0) };

		if (i < 2)
			memcpy(rte_pktmbuf_append(m[1], 150), octets + 150 * i, 150);
		for (unsigned int k = 0; k < 2; k++) {
			/* Data twice, and the holes that were asked for. */
			if (k == 0 ? !(where & (1u << i)) : i == 2)
				rte_pktmbuf_free(m[k]);
			else if (segs++ == 0)
				head = m[k];
			else
				assert_int_equal(rte_pktmbuf_chain(head, m[k]), 0);
		}
	}
	return (struct parcel){ .m = head,
				.frame = tx_frame_new(octets, 300, 2, NULL),
				.octets = 300 };
}

struct parcel
tagged(struct source *src)
{
	struct parcel p = plain(src);
	struct frame *bare = p.frame;

	p.m->ol_flags |= RTE_MBUF_F_TX_VLAN;
	/* Few values: neighbours are alike now and then. */
	p.m->vlan_tci = 0xE120 + any(src, 3);
	p.context = 1 | (uint64_t)p.m->vlan_tci << 8;
	p.frame = tx_frame_new(bare->data, p.octets, 1, p.m);
	free(bare);
	return p;
}

/* --- packets whose sums the chip makes --- */

static uint32_t
sum16(const uint8_t *data, unsigned int len, uint32_t sum)
{
	for (unsigned int i = 0; i < len; i++)
		sum += i % 2 == 0 ? data[i] << 8 : data[i];
	while (sum > 0xFFFF)
		sum = (sum & 0xFFFF) + (sum >> 16);
	return sum;
}

static void
put16(uint8_t *data, uint32_t value)
{
	data[0] = value >> 8;
	data[1] = value;
}

/* SCTP's sum, bit by bit (RFC 9260, appendix A). */
static void
put_crc32c(uint8_t *field, const uint8_t *data, unsigned int len)
{
	uint32_t crc = UINT32_MAX;

	for (unsigned int i = 0; i < len * 8; i++) {
		uint32_t bit = (crc ^ data[i / 8] >> i % 8) & 1;

		crc = crc >> 1 ^ (bit ? 0x82F63B78 : 0);
	}
	crc = rte_cpu_to_le_32(~crc);
	memcpy(field, &crc, sizeof(crc));
}

struct ip_kind
any_ip_kind(struct source *src)
{
	static const uint8_t protos[] = { IPPROTO_TCP, IPPROTO_UDP, IPPROTO_SCTP };
	struct ip_kind k = { .v6 = any(src, 2), .vlan = any(src, 3) == 0, .tci = any(src, 3) };

	k.proto = protos[any(src, 3)];
	k.sum_l4 = any(src, 4) != 0;
	k.sum_ip = !k.v6 && (!k.sum_l4 || any(src, 2));
	k.sum_l4 |= k.v6;
	k.l2 = any(src, 4) == 0 ? 18 : 14;
	/* With options, or with a header of hop-by-hop options. */
	k.l3 = k.v6 ? (any(src, 4) == 0 ? 48 : 40) : (any(src, 4) == 0 ? 60 : 20);
	k.l4 = k.proto == IPPROTO_TCP ? 20 : k.proto == IPPROTO_UDP ? 8 : 12;
	return k;
}

struct ip_kind
another_ip_kind(struct source *src, struct ip_kind k)
{
	switch (any(src, 4)) {
	case 0:
		k.l2 = k.l2 == 14 ? 18 : 14;
		return k;
	case 1:
		k.l3 = k.v6 ? 40 + 48 - k.l3 : 20 + 60 - k.l3;
		return k;
	case 2:
		k.tci++;
		return k;
	default:
		return any_ip_kind(src);
	}
}

/* The IP header without its sum; gives the sum of the pseudo header. */
static uint32_t
ip_header(uint8_t *ip, const struct ip_kind *k, uint16_t l4_len)
{
	const uint8_t rest[] = { 0, k->proto, l4_len >> 8, l4_len & 0xFF };

	if (!k->v6) {
		ip[0] = 0x40 | k->l3 / 4;
		put16(ip + 2, k->l3 + l4_len);
		ip[9] = k->proto;
		put16(ip + 10, 0);
		return sum16(ip + 12, 8, sum16(rest, sizeof(rest), 0));
	}
	ip[0] = 0x60;
	put16(ip + 4, k->l3 - 40 + l4_len);
	ip[6] = k->l3 == 40 ? k->proto : 0;
	if (k->l3 != 40) {
		ip[40] = k->proto;
		ip[41] = 0;
	}
	return sum16(ip + 8, 32, sum16(rest, sizeof(rest), 0));
}

static uint64_t
ip_flags(const struct ip_kind *k)
{
	uint64_t flags = k->v6 ? RTE_MBUF_F_TX_IPV6 : RTE_MBUF_F_TX_IPV4;

	if (k->vlan)
		flags |= RTE_MBUF_F_TX_VLAN;
	if (k->sum_ip)
		flags |= RTE_MBUF_F_TX_IP_CKSUM;
	if (!k->sum_l4)
		return flags;
	return flags | (k->proto == IPPROTO_TCP	  ? RTE_MBUF_F_TX_TCP_CKSUM
			: k->proto == IPPROTO_UDP ? RTE_MBUF_F_TX_UDP_CKSUM
						  : RTE_MBUF_F_TX_SCTP_CKSUM);
}

/* Octets as they leave, and the sums as the driver gets them: of pseudo headers, or none. */
static void
ip_sums(uint8_t *given, uint8_t *leaving, const struct ip_kind *k, uint32_t len)
{
	const uint16_t l4 = k->l2 + k->l3, l4_len = len - l4;
	const uint16_t field = l4 + (k->proto == IPPROTO_TCP   ? 16
				     : k->proto == IPPROTO_UDP ? 6
							       : 8);
	uint32_t pseudo = ip_header(given + k->l2, k, l4_len), sum;

	memset(given + field, 0, k->proto == IPPROTO_SCTP ? 4 : 2);
	memcpy(leaving, given, len);
	if (k->sum_ip)
		put16(leaving + k->l2 + 10, ~sum16(given + k->l2, k->l3, 0));
	if (!k->sum_l4)
		return;
	if (k->proto == IPPROTO_SCTP) {
		put_crc32c(leaving + field, given + l4, l4_len);
		return;
	}
	sum = ~sum16(given + l4, l4_len, pseudo) & 0xFFFF;
	put16(leaving + field, sum == 0 && k->proto == IPPROTO_UDP ? 0xFFFF : sum);
	put16(given + field, pseudo);
}

struct parcel
ip_parcel(struct source *src, struct ip_kind k)
{
	uint32_t len = k.l2 + k.l3 + k.l4 + any(src, 100);
	uint8_t *given = octets_new(src, len);
	unsigned int segs = any(src, 12) == 0 ? 1 + any(src, 5) : 1;
	static uint8_t leaving[2048];
	struct parcel p = { .octets = len };

	ip_sums(given, leaving, &k, len);
	p.m = chain(src, given, len, segs);
	p.m->ol_flags = ip_flags(&k);
	p.m->vlan_tci = k.tci;
	p.m->l2_len = k.l2;
	p.m->l3_len = k.l3;
	p.m->l4_len = k.l4;
	p.frame = tx_frame_new(leaving, len, segs, k.vlan ? p.m : NULL);
	p.context = 2 | (uint64_t)(k.vlan ? p.m->vlan_tci + 1 : 0) << 8 | (uint64_t)k.l2 << 32 |
		    (uint64_t)k.l3 << 40 | (uint64_t)k.v6 << 48 |
		    (uint64_t)(k.sum_l4 ? k.proto : 0) << 50;
	return p;
}

static struct parcel
ip(struct source *src)
{
	return ip_parcel(src, any_ip_kind(src));
}

/*
 * A TCP packet that the chip cuts into frames of `mss` octets of payload: all
 * with the headers, and in them what is a frame's own (RFC 9293; the IPv4 ID counts).
 */
static struct frame *
cut_frames(const uint8_t *given, uint32_t len, const struct ip_kind *k, uint32_t mss,
	   unsigned int segs)
{
	const uint32_t l4 = k->l2 + k->l3, headers = l4 + k->l4;
	struct frame *first = NULL, **end = &first;
	static uint8_t part[MODEL_FRAME_MAX], leaving[MODEL_FRAME_MAX];
	rte_be32_t seq;

	for (uint32_t at = headers; at < len; at += mss) {
		uint32_t n = RTE_MIN(mss, len - at);

		memcpy(part, given, headers);
		memcpy(part + headers, given + at, n);
		memcpy(&seq, part + l4 + 4, sizeof(seq));
		seq = rte_cpu_to_be_32(rte_be_to_cpu_32(seq) + at - headers);
		memcpy(part + l4 + 4, &seq, sizeof(seq));
		if (!k->v6)
			put16(part + k->l2 + 4,
			      (given[k->l2 + 4] << 8 | given[k->l2 + 5]) + (at - headers) / mss);
		if (at + n != len)
			part[l4 + 13] &= ~(0x01 | 0x08); /* FIN, PSH */
		ip_sums(part, leaving, k, headers + n);
		*end = tx_frame_new(leaving, headers + n, segs, NULL);
		end = &(*end)->next;
	}
	return first;
}

static struct parcel
cut(struct source *src)
{
	struct ip_kind k = any_ip_kind(src);
	uint32_t mss = 100 + any(src, 1000), len, segs;
	struct parcel p = { 0 };
	uint8_t *given;

	k.proto = IPPROTO_TCP;
	k.l4 = 20 + 4 * any(src, 11);
	k.l2 = 14;
	k.vlan = false;
	k.sum_ip = !k.v6;
	k.sum_l4 = true;
	len = k.l2 + k.l3 + k.l4 + 1 + any(src, 5 * mss);
	segs = len / 1000 + 1 + any(src, 3);
	given = octets_new(src, len);
	p.octets = len;
	p.frame = cut_frames(given, len, &k, mss, segs);
	/* The sum's seed is that of a pseudo header without a length. */
	put16(given + k.l2 + k.l3 + 16, ip_header(given + k.l2, &k, 0));
	p.m = chain(src, given, len, segs);
	p.m->ol_flags = RTE_MBUF_F_TX_TCP_SEG |
			(k.v6 ? RTE_MBUF_F_TX_IPV6 : RTE_MBUF_F_TX_IPV4 | RTE_MBUF_F_TX_IP_CKSUM);
	p.m->l2_len = k.l2;
	p.m->l3_len = k.l3;
	p.m->l4_len = k.l4;
	p.m->tso_segsz = mss;
	p.context = 3 | (uint64_t)k.l3 << 8 | (uint64_t)k.l4 << 16 | (uint64_t)mss << 32 |
		    (uint64_t)k.v6 << 60;
	return p;
}

/* --- mbufs that aren't the sender's alone --- */

static struct parcel
shared(struct source *src)
{
	struct parcel p = plain(src);

	/* Enough of these: pools are finite. */
	if (src->nb_shared == SHARED_MAX)
		return p;
	rte_mbuf_refcnt_update(p.m, 1);
	src->shared[src->nb_shared++] = p.m;
	return p;
}

static struct parcel
cloned(struct source *src)
{
	struct parcel p = plain(src);
	struct rte_mbuf *clone = rte_pktmbuf_clone(p.m, any_pool(src));

	assert_non_null(clone);
	rte_pktmbuf_free(p.m);
	p.m = clone;
	return p;
}

static void
ext_free(void *addr, void *arg)
{
	struct source *src = arg;

	src->nb_ext_freed++;
	free(addr);
}

static struct parcel
external(struct source *src)
{
	struct parcel p = plain(src);
	uint16_t room = 1024;
	uint8_t *buffer = malloc(room);
	struct rte_mbuf_ext_shared_info *info = rte_pktmbuf_ext_shinfo_init_helper(buffer, &room,
										   ext_free, src);
	const void *octets = rte_pktmbuf_mtod(p.m, void *);
	struct rte_mbuf *m = rte_pktmbuf_alloc(any_pool(src));

	rte_pktmbuf_attach_extbuf(m, buffer, (uintptr_t)buffer, room, info);
	memcpy(rte_pktmbuf_append(m, p.octets), octets, p.octets);
	rte_pktmbuf_free(p.m);
	p.m = m;
	src->nb_ext++;
	return p;
}

static struct parcel
pinned(struct source *src)
{
	struct parcel p = plain(src);
	struct rte_mbuf *m = rte_pktmbuf_alloc(src->pool[POOL_PINNED]);

	assert_non_null(m);
	memcpy(rte_pktmbuf_append(m, p.octets), rte_pktmbuf_mtod(p.m, void *), p.octets);
	rte_pktmbuf_free(p.m);
	p.m = m;
	return p;
}

/* --- packets that the chip can't take --- */

static struct parcel
bad(struct parcel p)
{
	frames_free(p.frame);
	p.frame = NULL;
	return p;
}

static struct parcel
empty(struct source *src)
{
	return bad((struct parcel){ .m = segment(src, octets_new(src, 18), 0) });
}

static struct parcel
too_long(struct source *src)
{
	struct parcel p = plain(src);

	/* Nobody may read so far. */
	p.m->data_len = IGBIOV_TX_MAX_LEN + 1;
	p.m->pkt_len = IGBIOV_TX_MAX_LEN + 1;
	return bad(p);
}

static struct parcel
longest_lie(struct source *src)
{
	struct parcel p = plain(src);

	p.m->data_len = UINT16_MAX;
	p.m->pkt_len = UINT16_MAX;
	return bad(p);
}

static struct parcel
said_longer(struct source *src)
{
	struct parcel p = plain(src);

	p.m->pkt_len += 1 + any(src, 50);
	return bad(p);
}

static struct parcel
said_shorter(struct source *src)
{
	struct parcel p = plain(src);

	p.m->pkt_len = 17;
	return bad(p);
}

/* Equal in the 16 bits that a segment's length has. */
static struct parcel
said_64k_longer(struct source *src)
{
	struct parcel p = plain(src);

	p.m->pkt_len += 1 << 16;
	return bad(p);
}

static struct parcel
too_many_segments(struct source *src)
{
	uint8_t *octets = octets_new(src, 400);

	return bad((struct parcel){ .m = chain(src, octets, 400, IGBIOV_TX_MAX_SEGS + 1) });
}

static struct parcel
chain_too_long(struct source *src)
{
	uint8_t *octets = octets_new(src, IGBIOV_TX_MAX_LEN + 1);

	return bad((struct parcel){ .m = chain(src, octets, IGBIOV_TX_MAX_LEN + 1, 10) });
}

static struct parcel
fewer_segments_said(struct source *src)
{
	uint8_t *octets = octets_new(src, 300);
	struct parcel p = { .m = chain(src, octets, 300, 3) };

	p.m->nb_segs = 2;
	return bad(p);
}

static struct parcel
more_segments_said(struct source *src)
{
	uint8_t *octets = octets_new(src, 300);
	struct parcel p = { .m = chain(src, octets, 300, 3) };

	p.m->nb_segs = 4;
	return bad(p);
}

/* The first segment's length is the packet's, and yet there is another. */
static struct parcel
said_without_the_second_segment(struct source *src)
{
	uint8_t *octets = octets_new(src, 300);
	struct parcel p = { .m = chain(src, octets, 300, 2) };

	p.m->pkt_len = 150;
	return bad(p);
}

/* Waiting for room for so many would be for ever. */
static struct parcel
one_segment_said_to_be_many(struct source *src)
{
	struct parcel p = plain(src);

	p.m->nb_segs = 60000;
	return bad(p);
}

/* The chip would sum, or look for its field, behind the packet's end. */
static struct parcel
headers_beyond_the_end(struct source *src)
{
	struct parcel p = plain(src);

	p.m->ol_flags |= RTE_MBUF_F_TX_IPV4 | RTE_MBUF_F_TX_IP_CKSUM | RTE_MBUF_F_TX_TCP_CKSUM;
	p.m->l2_len = 14;
	p.m->l3_len = p.octets - 14 - 19;
	return bad(p);
}

/* Padding would write where others read. */
static struct parcel
shared_runt(struct source *src)
{
	struct parcel p = runt(src);

	if (src->nb_shared == SHARED_MAX) {
		parcel_free(&p);
		return empty(src);
	}
	memset(rte_pktmbuf_mtod_offset(p.m, void *, p.m->data_len), BEYOND, IGBIOV_TX_MIN_LEN);
	rte_mbuf_refcnt_update(p.m, 1);
	src->shared[src->nb_shared++] = p.m;
	return bad(p);
}

static struct parcel
cut_into_nothing(struct source *src)
{
	struct parcel p = cut(src);

	p.m->tso_segsz = 0;
	return bad(p);
}

static struct parcel
cut_without_headers(struct source *src)
{
	struct parcel p = cut(src);

	switch (any(src, 3)) {
	case 0:
		p.m->l2_len = 0;
		break;
	case 1:
		p.m->l3_len = 0;
		break;
	default:
		p.m->l4_len = any(src, 20);
		break;
	}
	return bad(p);
}

static struct parcel
cut_too_long(struct source *src)
{
	struct parcel p = cut(src);

	p.m->tso_segsz = IGBIOV_TX_MAX_LEN - any(src, 50);
	return bad(p);
}

const struct kind tx_kinds[] = {
	{ "plain", plain, 0 },
	{ "large", large, 0 },
	{ "runt", runt, 0 },
	{ "empty", empty, 0 },
	{ "too long", too_long, 0 },
	{ "longest lie", longest_lie, 0 },
	{ "said longer", said_longer, 0 },
	{ "said shorter", said_shorter, 0 },
	{ "said 64k longer", said_64k_longer, 0 },
	{ "segments", segments, OFFLOADS },
	{ "jumbo", jumbo, OFFLOADS },
	{ "holes", holes, OFFLOADS },
	{ "tagged", tagged, OFFLOADS },
	{ "ip", ip, OFFLOADS },
	{ "shared", shared, OFFLOADS },
	{ "cloned", cloned, OFFLOADS },
	{ "external", external, OFFLOADS },
	{ "pinned", pinned, OFFLOADS },
	{ "too many segments", too_many_segments, OFFLOADS },
	{ "chain too long", chain_too_long, OFFLOADS },
	{ "fewer segments said", fewer_segments_said, OFFLOADS },
	{ "more segments said", more_segments_said, OFFLOADS },
	{ "said without the second segment", said_without_the_second_segment, OFFLOADS },
	{ "one segment said to be many", one_segment_said_to_be_many, OFFLOADS },
	{ "headers beyond the end", headers_beyond_the_end, OFFLOADS },
	{ "shared runt", shared_runt, OFFLOADS },
	{ "cut", cut, CUTS },
	{ "cut into nothing", cut_into_nothing, CUTS },
	{ "cut without headers", cut_without_headers, CUTS },
	{ "cut too long", cut_too_long, CUTS },
};

const unsigned int nb_tx_kinds = RTE_DIM(tx_kinds);

bool
source_has(const struct source *src, const struct kind *k)
{
	return (src->path->can & k->needs) == k->needs;
}

struct parcel
any_parcel(struct source *src)
{
	const struct kind *k = &tx_kinds[any(src, nb_tx_kinds)];

	return any(src, 3) != 0 || !source_has(src, k) ? plain(src) : k->make(src);
}
