/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) the igbiov authors
 */

/* Header split through ethdev's API: igbiov_split.c, igbiov_rx_split.c. */

#include <errno.h>
#include <string.h>

#include "bursts.h"
#include "machine.h"

#define RING	 128
#define HDR_ROOM (RTE_PKTMBUF_HEADROOM + 128)
#define ROOM	 (RTE_PKTMBUF_HEADROOM + 2048)
#define BUF	 2048u
#define BURST	 32

#define IPV4_TCP (RTE_PTYPE_L2_ETHER | RTE_PTYPE_L3_IPV4_EXT_UNKNOWN | RTE_PTYPE_L4_TCP)
#define IPV4_UDP (RTE_PTYPE_L2_ETHER | RTE_PTYPE_L3_IPV4_EXT_UNKNOWN | RTE_PTYPE_L4_UDP)
#define IPV6_TCP (RTE_PTYPE_L2_ETHER | RTE_PTYPE_L3_IPV6_EXT_UNKNOWN | RTE_PTYPE_L4_TCP)
#define IPV6_UDP (RTE_PTYPE_L2_ETHER | RTE_PTYPE_L3_IPV6_EXT_UNKNOWN | RTE_PTYPE_L4_UDP)

/* What is split, and into which mbufs. */
static struct {
	struct machine *machine;
	struct model *m;
	struct function *f;
	uint16_t hw_queue; /* the chip's behind queue 0 */
	struct rte_mempool *hdr_pool, *pool;
	uint64_t seed;
} s;

static uint8_t frame[MODEL_FRAME_MAX];

/* --- frames --- */

static const struct kind {
	uint32_t ptype; /* as proto_hdr asks for it; 0: no header split ever */
	uint16_t type;
	uint8_t ip_words, ip_proto, l4_words; /* of 4 octets */
	uint16_t fragment, port;
	bool tagged;
} kinds[] = {
	{ .ptype = IPV4_TCP, .type = 0x0800, .ip_words = 5, .ip_proto = 6, .l4_words = 5 },
	{ .ptype = IPV4_TCP, .type = 0x0800, .ip_words = 7, .ip_proto = 6, .l4_words = 8 },
	{ .ptype = IPV4_TCP,
	  .type = 0x0800,
	  .ip_words = 5,
	  .ip_proto = 6,
	  .l4_words = 8,
	  .tagged = true },
	{ .ptype = IPV4_UDP, .type = 0x0800, .ip_words = 5, .ip_proto = 17, .l4_words = 2 },
	{ .ptype = IPV6_TCP, .type = 0x86DD, .ip_words = 10, .ip_proto = 6, .l4_words = 5 },
	{ .ptype = IPV6_UDP, .type = 0x86DD, .ip_words = 10, .ip_proto = 17, .l4_words = 2 },
	{ .type = 0x0800, .ip_words = 5, .ip_proto = 6, .l4_words = 5, .fragment = 0x2000 },
	{ .type = 0x0800, .ip_words = 5, .ip_proto = 17, .l4_words = 2, .port = 2049 },
	{ .type = 0x0800, .ip_words = 5, .ip_proto = 1, .l4_words = 2 },
	{ .type = 0x88B5 },
};
static const struct kind *const tcp = &kinds[0], *const tcp_long = &kinds[1],
				*const udp = &kinds[3], *const other = &kinds[9];

static void
put16(uint8_t *at, uint16_t value)
{
	at[0] = value >> 8;
	at[1] = value;
}

static uint32_t
headers_len(const struct kind *k)
{
	return 14 + 4 * (k->tagged + k->ip_words + k->l4_words);
}

/* A frame of that kind in `frame`; gives its length. */
static uint32_t
frame_make(const struct kind *k, uint32_t payload, uint8_t seed)
{
	uint32_t l3 = 14 + 4 * k->tagged, l4 = l3 + 4 * k->ip_words;
	uint32_t len = RTE_MAX(headers_len(k) + payload, 60u);

	pattern(frame, len, seed);
	if (k->tagged)
		put16(frame + 12, 0x8100);
	put16(frame + l3 - 2, k->type);
	if (k->ip_words == 0)
		return len;
	if (k->type == 0x0800) {
		frame[l3] = 0x40 | k->ip_words;
		put16(frame + l3 + 6, k->fragment);
		frame[l3 + 9] = k->ip_proto;
	} else {
		frame[l3] = 0x60;
		frame[l3 + 6] = k->ip_proto;
	}
	put16(frame + l4, 1000);
	put16(frame + l4 + 2, k->port != 0 ? k->port : 2000);
	frame[l4 + 12] = k->l4_words << 4;
	return len;
}

/* --- ports --- */

static int
setup(void **state)
{
	memset(&s, 0, sizeof(s));
	*state = s.machine = machine_new(0);
	s.m = s.machine->m;
	return 0;
}

static int
setup_one_vf(void **state)
{
	memset(&s, 0, sizeof(s));
	*state = s.machine = machine_new(1);
	s.m = s.machine->m;
	return 0;
}

static int
teardown(void **state)
{
	unsigned int missing = 0;

	(void)state;
	machine_free(s.machine);
	if (s.hdr_pool != NULL) {
		missing = rte_mempool_in_use_count(s.hdr_pool);
		rte_mempool_free(s.hdr_pool);
	}
	if (missing != 0)
		fail_msg("%u mbufs for headers are missing", missing);
	return 0;
}

/* What a queue is asked for; tests spoil it. */
struct wish {
	union rte_eth_rxseg segs[3];
	uint16_t nseg;
};

static struct wish
wish_for(uint32_t proto_hdr)
{
	return (struct wish){
		.segs = { { .split = { .mp = s.hdr_pool, .proto_hdr = proto_hdr } },
			  { .split = { .mp = s.pool } },
			  { .split = { .mp = s.pool } } },
		.nseg = 2,
	};
}

static int
queue_setup(uint16_t q, struct wish *wish)
{
	struct rte_eth_dev_info info;

	assert_int_equal(rte_eth_dev_info_get(s.f->port_id, &info), 0);
	info.default_rxconf.offloads = RTE_ETH_RX_OFFLOAD_BUFFER_SPLIT;
	info.default_rxconf.rx_seg = wish->segs;
	info.default_rxconf.rx_nseg = wish->nseg;
	return rte_eth_rx_queue_setup(s.f->port_id, q, RING, SOCKET_ID_ANY, &info.default_rxconf,
				      NULL);
}

/* A function with so many queues that aren't set up yet; pools of so many mbufs. */
static void
port_make(unsigned int fn, uint16_t nb_queues, unsigned int nb_hdrs, unsigned int nb,
	  uint16_t hdr_room)
{
	const struct rte_eth_conf conf = { 0 };

	if (fn != MODEL_PF)
		machine_start(s.machine, 0);
	assert_int_equal(function_probe(s.machine, fn), 0);
	s.f = &s.machine->f[fn];
	s.hw_queue = igbiov_hw_queue(function_adapter(s.f), 0) + (fn == MODEL_PF ? 0 : fn);
	s.hdr_pool = mempool_new(nb_hdrs, hdr_room);
	s.pool = mempool_new(nb, ROOM);
	s.f->pool = s.pool;
	assert_int_equal(rte_eth_dev_configure(s.f->port_id, nb_queues, nb_queues, &conf), 0);
	for (uint16_t q = 0; q < nb_queues; q++)
		assert_int_equal(rte_eth_tx_queue_setup(s.f->port_id, q, RING, SOCKET_ID_ANY, NULL),
				 0);
}

static void
port_start(unsigned int fn, uint32_t proto_hdr, unsigned int nb_hdrs, unsigned int nb,
	   uint16_t hdr_room)
{
	struct wish wish;

	port_make(fn, 1, nb_hdrs, nb, hdr_room);
	wish = wish_for(proto_hdr);
	assert_int_equal(queue_setup(0, &wish), 0);
	assert_int_equal(rte_eth_dev_start(s.f->port_id), 0);
}

/* The same on a port that runs: other headers from now on. */
static void
port_again(uint32_t proto_hdr)
{
	struct wish wish = wish_for(proto_hdr);

	assert_int_equal(rte_eth_dev_stop(s.f->port_id), 0);
	assert_int_equal(queue_setup(0, &wish), 0);
	assert_int_equal(rte_eth_dev_start(s.f->port_id), 0);
}

static struct igbiov_rxq *
rxq(void)
{
	return rte_eth_dev_allocated(s.f->pci.name)->data->rx_queues[0];
}

static uint16_t
receive(struct rte_mbuf **pkts, uint16_t nb)
{
	return rte_eth_rx_burst(s.f->port_id, 0, pkts, nb);
}

/* `frame` arrives. */
static void
arrive(uint32_t len, const struct model_rx_wb *wb)
{
	assert_true(model_rx_queue(s.m, s.hw_queue, frame, len, wb));
}

/* One frame, as `frame` has it, with so many octets in an mbuf for headers. */
static void
packet_check(const struct rte_mbuf *m, uint32_t hdr_len, uint32_t len)
{
	static uint8_t got[MODEL_FRAME_MAX];
	const struct rte_mbuf *rest = m;
	uint32_t payload = len - hdr_len;
	unsigned int nb = (hdr_len != 0) + (payload + BUF - 1) / BUF;

	assert_int_equal(m->pkt_len, len);
	assert_int_equal(m->nb_segs, nb);
	rte_mbuf_sanity_check(m, 1);
	assert_memory_equal(rte_pktmbuf_read(m, 0, len, got), frame, len);
	if (hdr_len != 0) {
		assert_ptr_equal(m->pool, s.hdr_pool);
		assert_int_equal(m->data_len, hdr_len);
		rest = m->next;
	}
	for (; rest != NULL; rest = rest->next, payload -= RTE_MIN(payload, BUF)) {
		assert_ptr_equal(rest->pool, s.pool);
		assert_int_equal(rest->data_len, RTE_MIN(payload, BUF));
		assert_int_equal(rest->data_off, RTE_PKTMBUF_HEADROOM);
		assert_int_equal(rest->port, s.f->port_id);
	}
	assert_int_equal(payload, 0);
}

static void
one_frame(const struct kind *k, uint32_t payload, bool split)
{
	uint32_t len = frame_make(k, payload, s.seed++);
	struct rte_mbuf *pkts[2];

	arrive(len, NULL);
	assert_int_equal(receive(pkts, 2), 1);
	packet_check(pkts[0], split ? headers_len(k) : 0, len);
	rte_pktmbuf_free(pkts[0]);
}

/* --- tests --- */

static void
all_kinds(unsigned int fn)
{
	static const uint32_t asked[] = { IPV4_TCP, IPV4_UDP, IPV6_TCP, IPV6_UDP };
	static const uint32_t payloads[] = { 0, 1, 18, 1000, BUF, BUF + 1, 2 * BUF, 9000 };

	port_start(fn, IPV4_TCP, 256, 512, HDR_ROOM);
	for (unsigned int a = 0; a < RTE_DIM(asked); a++) {
		port_again(asked[a]);
		/* More than once around the ring. */
		for (unsigned int i = 0; i < 3 * RTE_DIM(kinds) * RTE_DIM(payloads); i++) {
			const struct kind *k = &kinds[i % RTE_DIM(kinds)];

			one_frame(k, payloads[i / RTE_DIM(kinds) % RTE_DIM(payloads)],
				  k->ptype == asked[a]);
		}
	}
	assert_int_equal(rxq()->stats.errors, 0);
}

static void
a_pf_splits_what_was_asked_for_and_nothing_else(void **state)
{
	(void)state;
	all_kinds(MODEL_PF);
}

static void
a_vf_splits_what_was_asked_for_and_nothing_else(void **state)
{
	(void)state;
	all_kinds(0);
}

/* Headers longer than their buffer stay with the rest, however many buffers that takes. */
static void
headers_that_do_not_fit_stay_with_the_rest(void **state)
{
	(void)state;
	port_start(MODEL_PF, IPV4_TCP, 256, 512, RTE_PKTMBUF_HEADROOM + 64);
	for (unsigned int i = 0; i < RING; i++) {
		one_frame(tcp_long, 100, false);
		one_frame(tcp, 100, true);
		one_frame(tcp_long, 5000, false);
	}
	assert_int_equal(rxq()->stats.errors, 0);
}

/* No frame's way through the ring takes or frees an mbuf that has no part of it. */
static void
a_buffer_without_octets_costs_no_mbuf(void **state)
{
	static const struct kind bare = {
		.ptype = IPV4_TCP, .type = 0x0800, .ip_words = 6, .ip_proto = 6, .l4_words = 8
	};
	static const struct {
		const struct kind *kind;
		uint32_t payload;
	} frames[] = { { udp, 100 }, { other, 5000 }, { &bare, 0 } };

	(void)state;
	port_start(MODEL_PF, IPV4_TCP, RING, RING, HDR_ROOM);
	for (unsigned int i = 0; i < 3 * RING; i++) {
		const bool split = frames[i / RING].kind == &bare;
		struct rte_mempool *unused = split ? s.pool : s.hdr_pool;

		one_frame(frames[i / RING].kind, frames[i / RING].payload, split);
		/* What the last kind used is refilled by now. */
		if (i % RING >= IGBIOV_RX_FREE_THRESH)
			assert_int_equal(rte_mempool_in_use_count(unused), RING);
	}
}

static uint64_t
nombuf(void)
{
	struct rte_eth_stats stats;

	assert_int_equal(rte_eth_stats_get(s.f->port_id, &stats), 0);
	return stats.rx_nombuf;
}

/* The application keeps all: the ring runs dry, is polled on, and comes back by itself. */
static void
runs_dry(unsigned int nb_hdrs, unsigned int nb)
{
	struct rte_mbuf *kept[4 * RING];
	unsigned int n = 0;

	port_start(MODEL_PF, IPV4_TCP, nb_hdrs, nb, HDR_ROOM);
	while (model_rx_room(s.m, s.hw_queue) > 0) {
		uint32_t len = frame_make(tcp, 500, n);

		arrive(len, NULL);
		assert_int_equal(receive(&kept[n], 4), 1);
		packet_check(kept[n++], headers_len(tcp), len);
	}
	assert_true(n >= RING - 1);
	for (unsigned int i = 0; i < 100; i++)
		assert_int_equal(receive(&kept[n], 4), 0);
	assert_true(nombuf() > 0);
	assert_int_equal(model_rx_room(s.m, s.hw_queue), 0);
	rte_pktmbuf_free_bulk(kept, n);
	assert_int_equal(receive(kept, 4), 0);
	assert_true(model_rx_room(s.m, s.hw_queue) >= RING - 1 - IGBIOV_RX_FREE_THRESH);
	for (unsigned int i = 0; i < 3 * RING; i++)
		one_frame(tcp, 500, true);
}

static void
a_pool_for_headers_that_is_empty_is_recovered_from(void **state)
{
	(void)state;
	runs_dry(RING + 20, 4 * RING);
}

static void
a_pool_for_payload_that_is_empty_is_recovered_from(void **state)
{
	(void)state;
	runs_dry(4 * RING, RING + 20);
}

#define SPH(len) ((len) << RXD_HDR_LEN_SHIFT | RXD_HDR_SPH)

/* The chip writes one descriptor, whatever lies in its buffers. */
static void
say(uint16_t hdr, uint32_t status, uint16_t len, bool eop)
{
	const struct model_rx_wb wb = { .hdr = hdr, .status = status };

	assert_true(model_rx_desc(s.m, s.hw_queue, NULL, len, &wb, eop));
}

/* One packet comes of it, with these octets in its segments; 0 ends them. */
static void
segments_check(const uint16_t *lens)
{
	const struct rte_mbuf *seg;
	struct rte_mbuf *pkts[2];
	uint32_t len = 0;

	assert_int_equal(receive(pkts, 2), 1);
	seg = pkts[0];
	rte_mbuf_sanity_check(seg, 1);
	for (; *lens != 0; lens++, seg = seg->next) {
		assert_non_null(seg);
		assert_int_equal(seg->data_len, *lens);
		len += *lens;
	}
	assert_null(seg);
	assert_int_equal(pkts[0]->pkt_len, len);
	rte_pktmbuf_free(pkts[0]);
}

static void
dropped(void)
{
	struct rte_mbuf *pkts[2];
	uint64_t before = rxq()->stats.errors;

	assert_int_equal(receive(pkts, 2), 0);
	assert_int_equal(rxq()->stats.errors, before + 1);
}

/* No length that a descriptor claims leads out of a buffer. */
static void
lengths_are_not_believed(void **state)
{
	static const struct {
		uint16_t hdr;
		uint32_t status;
		uint16_t len;
		uint16_t want[3]; /* none: dropped */
	} cases[] = {
		{ SPH(128), 0, 100, { 128, 100 } },
		{ SPH(129), 0, 100, { 100 } },
		{ SPH(1023), 0, 100, { 100 } },
		{ SPH(0), 0, 100, { 100 } },
		{ SPH(50), RXD_ERR_HBO, 100, { 100 } },
		{ 50 << RXD_HDR_LEN_SHIFT, 0, 100, { 100 } },
		{ SPH(50) | 0x1F, 0, BUF, { 50, BUF } },
		{ SPH(50), 0, 0, { 50 } },
		{ SPH(50), 0, BUF + 1, { 0 } },
		{ SPH(129), 0, UINT16_MAX, { 0 } },
		{ 0, 0, BUF + 1, { 0 } },
		{ 0, 0, 0, { 0 } },
		{ SPH(129), 0, 0, { 0 } },
	};

	(void)state;
	port_start(MODEL_PF, IPV4_TCP, 256, 512, HDR_ROOM);
	for (unsigned int i = 0; i < 20 * RTE_DIM(cases); i++) {
		unsigned int c = i % RTE_DIM(cases);

		say(cases[c].hdr, cases[c].status, cases[c].len, true);
		if (cases[c].want[0] == 0)
			dropped();
		else
			segments_check(cases[c].want);
	}
}

static void
only_the_first_descriptor_tells_of_headers(void **state)
{
	static const uint16_t want[] = { 50, BUF, BUF, 10, 0 }, no_split[] = { BUF, 10, 0 };

	(void)state;
	port_start(MODEL_PF, IPV4_TCP, 256, 512, HDR_ROOM);
	for (unsigned int i = 0; i < RING; i++) {
		say(SPH(50), 0, BUF, false);
		say(SPH(50), 0, BUF, false);
		say(SPH(60), 0, 10, true);
		segments_check(want);
		say(0, 0, BUF, false);
		say(SPH(60), 0, 10, true);
		segments_check(no_split);
	}
}

/* From where it became impossible to its end, and counted once. */
static void
a_frame_that_cannot_be_is_dropped_whole(void **state)
{
	static const uint16_t want[] = { 40, 100, 0 };
	struct rte_mbuf *pkts[2];

	(void)state;
	port_start(MODEL_PF, IPV4_TCP, 256, 512, HDR_ROOM);
	for (unsigned int i = 0; i < RING; i++) {
		/* A buffer that is too full in the middle; one that is empty at the beginning. */
		say(i % 2 == 0 ? SPH(50) : 0, 0, i % 2 == 0 ? 10 : 0, false);
		say(SPH(50), 0, BUF + 1, false);
		say(SPH(50), 0, 10, true);
		dropped();
		say(SPH(40), 0, 100, true);
		segments_check(want);
	}
	/* Without end. */
	for (unsigned int i = 0; i < 3 * RING; i++) {
		say(SPH(50), 0, 10, false);
		assert_int_equal(receive(pkts, 2), 0);
	}
	assert_int_equal(rxq()->stats.errors, RING + 1);
	say(SPH(50), 0, 10, true);
	assert_int_equal(receive(pkts, 2), 0);
	say(SPH(40), 0, 100, true);
	segments_check(want);
}

/* Not even if a device fills the one descriptor that never is its own. */
static void
each_descriptor_is_taken_once(void **state)
{
	struct rte_mbuf *kept[RING + 1];

	(void)state;
	port_start(MODEL_PF, IPV4_TCP, RING, RING, HDR_ROOM);
	for (unsigned int i = 0; i < RING - 1; i++)
		say(SPH(50), 0, 100, true);
	rxq()->ring[RING - 1].wb.hdr = rte_cpu_to_le_16(SPH(50));
	rxq()->ring[RING - 1].wb.len = rte_cpu_to_le_16(100);
	rxq()->ring[RING - 1].wb.status = rte_cpu_to_le_32(RXD_STAT_DD | RXD_STAT_EOP);
	assert_int_equal(receive(kept, RING + 1), RING);
	assert_int_equal(receive(&kept[RING], 1), 0);
	rte_pktmbuf_free_bulk(kept, RING);
}

static void
a_stop_gives_all_mbufs_back(void **state)
{
	struct rte_mbuf *pkts[BURST];

	(void)state;
	port_start(MODEL_PF, IPV4_TCP, 256, 512, HDR_ROOM);
	for (unsigned int given = 0; given < RING - 4; given += 7) {
		for (unsigned int i = 0; i < given; i++)
			arrive(frame_make(&kinds[i % RTE_DIM(kinds)], 200, i), NULL);
		/* A frame under way, of which the burst has seen a part. */
		say(SPH(50), 0, BUF, false);
		for (unsigned int left = given / 2; left > 0;) {
			uint16_t n = receive(pkts, RTE_MIN(left, (unsigned int)BURST));

			assert_true(n > 0);
			rte_pktmbuf_free_bulk(pkts, n);
			left -= n;
		}
		if (given == 0)
			assert_int_equal(receive(pkts, BURST), 0);
		if (given % 2 == 0) {
			assert_int_equal(rte_eth_dev_stop(s.f->port_id), 0);
		} else {
			assert_int_equal(rte_eth_dev_rx_queue_stop(s.f->port_id, 0), 0);
			assert_int_equal(receive(pkts, BURST), 0);
		}
		assert_int_equal(rte_mempool_in_use_count(s.hdr_pool), 0);
		assert_int_equal(rte_mempool_in_use_count(s.pool), 0);
		if (given % 2 == 0)
			assert_int_equal(rte_eth_dev_start(s.f->port_id), 0);
		else
			assert_int_equal(rte_eth_dev_rx_queue_start(s.f->port_id, 0), 0);
		one_frame(tcp, 100, true);
	}
}

static void
a_pool_that_can_not_fill_the_ring_is_told_at_the_start(void **state)
{
	struct rte_mbuf *away;
	struct wish wish;

	(void)state;
	port_make(MODEL_PF, 1, RING, RING, HDR_ROOM);
	wish = wish_for(IPV4_TCP);
	for (unsigned int i = 0; i < 2; i++) {
		struct rte_mempool *pool = i == 0 ? s.hdr_pool : s.pool;

		assert_int_equal(rte_mempool_get(pool, (void **)&away), 0);
		assert_int_equal(queue_setup(0, &wish), 0);
		assert_int_equal(rte_eth_dev_start(s.f->port_id), -ENOMEM);
		assert_int_equal(rte_mempool_in_use_count(s.hdr_pool), i == 0);
		assert_int_equal(rte_mempool_in_use_count(s.pool), i == 1);
		rte_mempool_put(pool, away);
	}
	assert_int_equal(rte_eth_dev_start(s.f->port_id), 0);
}

/* By the driver itself, too: ethdev's checks aren't the same in every version. */
static void
refused(struct wish wish)
{
	struct rte_eth_dev_info info;

	assert_true(queue_setup(0, &wish) < 0);
	assert_int_equal(rte_eth_dev_info_get(s.f->port_id, &info), 0);
	info.default_rxconf.rx_seg = wish.segs;
	info.default_rxconf.rx_nseg = wish.nseg;
	assert_int_equal(igbiov_rxq_setup(rte_eth_dev_allocated(s.f->pci.name), 0, RING,
					  SOCKET_ID_ANY, &info.default_rxconf, NULL),
			 -EINVAL);
	assert_null(rxq());
}

static void
what_the_chip_can_not_split_is_refused(void **state)
{
	static const uint32_t others[] = { RTE_PTYPE_L2_ETHER,
					   RTE_PTYPE_L2_ETHER | RTE_PTYPE_L3_IPV4_EXT_UNKNOWN,
					   IPV4_TCP ^ RTE_PTYPE_L4_TCP ^ RTE_PTYPE_L4_SCTP,
					   RTE_PTYPE_L4_TCP, IPV4_TCP | RTE_PTYPE_INNER_L2_ETHER };
	struct rte_mempool *tiny, *odd, *few;
	struct wish wish;

	(void)state;
	port_make(MODEL_PF, 1, 256, 512, HDR_ROOM);
	for (unsigned int i = 0; i < RTE_DIM(others); i++)
		refused(wish_for(others[i]));
	/* At a length. */
	wish = wish_for(0);
	wish.segs[0].split.length = 64;
	refused(wish);
	wish = wish_for(IPV4_TCP);
	wish.segs[0].split.length = 64;
	refused(wish);
	/* Once only, and not less. */
	for (wish.nseg = 1; wish.nseg <= 3; wish.nseg += 2) {
		wish.segs[0].split = wish_for(IPV4_TCP).segs[0].split;
		refused(wish);
	}
	wish = wish_for(IPV4_TCP);
	wish.segs[1].split.proto_hdr = RTE_PTYPE_INNER_L2_ETHER;
	refused(wish);
	for (unsigned int seg = 0; seg < 2; seg++) {
		wish = wish_for(IPV4_TCP);
		wish.segs[seg].split.offset = 64;
		refused(wish);
	}
	wish = wish_for(IPV4_TCP);
	wish.segs[1].split.length = 1023;
	refused(wish);
	/* Rooms that the chip can't be told of. */
	tiny = mempool_new(256, RTE_PKTMBUF_HEADROOM + 63);
	odd = pool_soiled(POOL_PINNED, 256, HDR_ROOM + 1);
	wish = wish_for(IPV4_TCP);
	wish.segs[0].split.mp = tiny;
	refused(wish);
	wish.segs[0].split.mp = odd;
	refused(wish);
	wish = wish_for(IPV4_TCP);
	wish.segs[1].split.mp = s.hdr_pool;
	refused(wish);
	rte_mempool_free(tiny);
	/* Too few of them, also if one pool is to serve both. */
	few = mempool_new(RING - 1, HDR_ROOM);
	wish = wish_for(IPV4_TCP);
	wish.segs[0].split.mp = few;
	refused(wish);
	rte_mempool_free(few);
	few = mempool_new(2 * RING - 1, ROOM);
	wish.segs[0].split.mp = few;
	wish.segs[1].split.mp = few;
	refused(wish);
	rte_mempool_free(few);
	pools_end();
	wish = wish_for(IPV4_TCP);
	assert_int_equal(queue_setup(0, &wish), 0);
}

/* The chip has one answer for all of a port. */
static void
queues_that_disagree_do_not_start(void **state)
{
	struct wish wish;

	(void)state;
	port_make(MODEL_PF, 2, 512, 1024, HDR_ROOM);
	wish = wish_for(IPV4_TCP);
	assert_int_equal(queue_setup(0, &wish), 0);
	wish = wish_for(IPV4_UDP);
	assert_int_equal(queue_setup(1, &wish), 0);
	assert_int_equal(rte_eth_dev_start(s.f->port_id), -EINVAL);
	assert_int_equal(queue_setup(0, &wish), 0);
	assert_int_equal(rte_eth_dev_start(s.f->port_id), 0);
	one_frame(udp, 100, true);
	one_frame(tcp, 100, false);
}

/* Only as much as was asked for, and at most what four bits can say. */
static void
buffers_are_as_large_as_was_asked_for(void **state)
{
	struct rte_mempool *large = NULL;
	struct wish wish;

	(void)state;
	port_make(MODEL_PF, 1, 256, 512, HDR_ROOM);
	large = mempool_new(256, RTE_PKTMBUF_HEADROOM + 2048);
	wish = wish_for(IPV4_TCP);
	wish.segs[0].split.mp = large;
	wish.segs[1].split.length = 2047;
	assert_int_equal(queue_setup(0, &wish), 0);
	assert_int_equal(rxq()->hdr_size, 960);
	assert_int_equal(rxq()->buf_size, 1024);
	assert_int_equal(rte_eth_dev_start(s.f->port_id), 0);
	assert_int_equal(model_peek(s.m, 0xC000 + REG(SRRCTL)), 2u << 25 | 15 << 8 | 1);
	assert_int_equal(rte_eth_dev_stop(s.f->port_id), 0);
	rte_mempool_free(large);
}

static void
a_queue_says_what_it_splits(void **state)
{
	struct rte_eth_burst_mode mode;
	struct rte_eth_rxq_info info;
	struct rte_eth_dev_info dev;
	uint32_t ptypes[8];
	bool found = false;
	int nb;

	(void)state;
	port_start(MODEL_PF, IPV6_TCP, 256, 512, HDR_ROOM);
	assert_int_equal(rte_eth_dev_info_get(s.f->port_id, &dev), 0);
	assert_true(dev.rx_offload_capa & RTE_ETH_RX_OFFLOAD_BUFFER_SPLIT);
	assert_true(dev.rx_queue_offload_capa & RTE_ETH_RX_OFFLOAD_BUFFER_SPLIT);
	assert_int_equal(dev.rx_seg_capa.max_nseg, 2);
	assert_true(dev.rx_seg_capa.multi_pools);
	assert_false(dev.rx_seg_capa.offset_allowed);
	nb = rte_eth_buffer_split_get_supported_hdr_ptypes(s.f->port_id, ptypes, RTE_DIM(ptypes));
	assert_int_equal(nb, 4);
	for (int i = 0; i < nb; i++)
		found |= ptypes[i] == IPV6_TCP;
	assert_true(found);
	assert_int_equal(rte_eth_rx_queue_info_get(s.f->port_id, 0, &info), 0);
	assert_int_equal(info.conf.rx_nseg, 2);
	assert_ptr_equal(info.conf.rx_seg[0].split.mp, s.hdr_pool);
	assert_int_equal(info.conf.rx_seg[0].split.proto_hdr, IPV6_TCP);
	assert_ptr_equal(info.conf.rx_seg[1].split.mp, s.pool);
	assert_ptr_equal(info.mp, s.pool);
	assert_true(info.scattered_rx);
	assert_true(info.conf.offloads & RTE_ETH_RX_OFFLOAD_BUFFER_SPLIT);
	assert_int_equal(rte_eth_rx_burst_mode_get(s.f->port_id, 0, &mode), 0);
	assert_string_equal(mode.info, "Scalar Header Split");
}

static void
a_queue_beside_it_need_not_split(void **state)
{
	struct rte_eth_burst_mode mode;
	struct rte_mbuf *pkts[4];
	struct wish wish;
	uint32_t len;

	(void)state;
	port_make(MODEL_PF, 2, 256, 512, HDR_ROOM);
	wish = wish_for(IPV4_TCP);
	assert_int_equal(queue_setup(0, &wish), 0);
	assert_int_equal(rte_eth_rx_queue_setup(s.f->port_id, 1, RING, SOCKET_ID_ANY, NULL, s.pool),
			 0);
	assert_int_equal(rte_eth_dev_start(s.f->port_id), 0);
	assert_int_equal(rte_eth_rx_burst_mode_get(s.f->port_id, 1, &mode), 0);
	assert_string_equal(mode.info, "Scalar Scattered");
	for (unsigned int i = 0; i < 2 * RING; i++) {
		one_frame(tcp, 5000, true);
		len = frame_make(tcp, 5000, i);
		assert_true(model_rx_queue(s.m, 1, frame, len, NULL));
		assert_int_equal(rte_eth_rx_burst(s.f->port_id, 1, pkts, 4), 1);
		packet_check(pkts[0], 0, len);
		rte_pktmbuf_free(pkts[0]);
	}
}

static void
the_ring_can_be_looked_at(void **state)
{
	struct rte_power_monitor_cond cond;
	struct rte_mbuf *pkts[1];

	(void)state;
	port_start(MODEL_PF, IPV4_TCP, 256, 512, HDR_ROOM);
	/* A second time around, where descriptors hold what was armed anew. */
	for (unsigned int i = 0; i < 2 * RING; i++) {
		assert_int_equal(rte_eth_rx_queue_count(s.f->port_id, 0), 0);
		assert_int_equal(rte_eth_rx_descriptor_status(s.f->port_id, 0, 0),
				 RTE_ETH_RX_DESC_AVAIL);
		assert_int_equal(rte_eth_get_monitor_addr(s.f->port_id, 0, &cond), 0);
		assert_int_equal(cond.fn(*(volatile uint32_t *)cond.addr, cond.opaque), 0);
		arrive(frame_make(tcp, 100, i), NULL);
		assert_int_equal(cond.fn(*(volatile uint32_t *)cond.addr, cond.opaque), -1);
		assert_int_equal(rte_eth_rx_queue_count(s.f->port_id, 0), 1);
		assert_int_equal(rte_eth_rx_descriptor_status(s.f->port_id, 0, 0),
				 RTE_ETH_RX_DESC_DONE);
		assert_int_equal(receive(pkts, 1), 1);
		rte_pktmbuf_free(pkts[0]);
	}
}

/* Its ring holds mbufs where another's has room. */
static void
nothing_is_recycled_to_such_a_queue(void **state)
{
	struct rte_eth_recycle_rxq_info info;
	struct rte_mbuf *pkts[BURST];

	(void)state;
	port_start(MODEL_PF, IPV4_TCP, 256, 512, HDR_ROOM);
	assert_int_equal(rte_eth_recycle_rx_queue_info_get(s.f->port_id, 0, &info), 0);
	for (unsigned int round = 0; round < 20; round++) {
		for (unsigned int i = 0; i < BURST; i++)
			arrive(frame_make(udp, 100, i), NULL);
		assert_int_equal(receive(pkts, BURST), BURST);
		assert_int_equal(rte_eth_tx_burst(s.f->port_id, 0, pkts, BURST), BURST);
		assert_int_equal(rte_eth_recycle_mbufs(s.f->port_id, 0, s.f->port_id, 0, &info), 0);
	}
}

/* All flags are those that other bursts give, and speak of the whole frame. */
static void
flags_are_the_first_segments(void **state)
{
	const struct model_rx_wb wb = { .info = 0x11 << 4 | 1,
					.rss = 0x12345678,
					.status = RXD_STAT_VP | RXD_STAT_IPCS | RXD_STAT_L4CS |
						  RXD_ERR_L4E,
					.vlan = 0x123 };
	struct rte_mbuf *pkts[2];
	uint32_t len;

	(void)state;
	port_start(MODEL_PF, IPV4_TCP, 256, 512, HDR_ROOM);
	for (unsigned int i = 0; i < RING; i++) {
		len = frame_make(tcp, i % 2 == 0 ? 100 : 5000, i);
		arrive(len, &wb);
		assert_int_equal(receive(pkts, 2), 1);
		packet_check(pkts[0], headers_len(tcp), len);
		assert_int_equal(pkts[0]->packet_type,
				 RTE_PTYPE_L2_ETHER | RTE_PTYPE_L3_IPV4 | RTE_PTYPE_L4_TCP);
		assert_int_equal(pkts[0]->ol_flags,
				 RTE_MBUF_F_RX_VLAN | RTE_MBUF_F_RX_VLAN_STRIPPED |
					 RTE_MBUF_F_RX_RSS_HASH | RTE_MBUF_F_RX_IP_CKSUM_GOOD |
					 RTE_MBUF_F_RX_L4_CKSUM_BAD);
		assert_int_equal(pkts[0]->vlan_tci, 0x123);
		assert_int_equal(pkts[0]->hash.rss, 0x12345678);
		rte_pktmbuf_free(pkts[0]);
	}
	assert_int_equal(rxq()->stats.packets, RING);
	assert_int_equal(rxq()->stats.bytes,
			 (uint64_t)RING / 2 * (2 * headers_len(tcp) + 100 + 5000));
}

/* Whoever clones a segment has to know whose room it is in. */
static void
an_mbuf_keeps_the_flag_of_its_own_pool(void **state)
{
	(void)state;
	port_make(MODEL_PF, 1, 256, 512, HDR_ROOM);
	for (unsigned int pinned = 0; pinned < 2; pinned++) {
		struct rte_mempool *pool = pool_soiled(POOL_PINNED, 256,
						       pinned == 0 ? HDR_ROOM : ROOM);
		struct wish wish = wish_for(IPV4_TCP);

		wish.segs[pinned].split.mp = pool;
		assert_int_equal(queue_setup(0, &wish), 0);
		assert_int_equal(rte_eth_dev_start(s.f->port_id), 0);
		for (unsigned int i = 0; i < 2 * RING; i++) {
			struct rte_mbuf *pkts[2];

			arrive(frame_make(i % 2 == 0 ? tcp : udp, 100, i), NULL);
			assert_int_equal(receive(pkts, 2), 1);
			for (struct rte_mbuf *m = pkts[0]; m != NULL; m = m->next)
				assert_int_equal((m->ol_flags & RTE_MBUF_F_EXTERNAL) != 0,
						 m->pool == pool);
			rte_pktmbuf_free(pkts[0]);
		}
		assert_int_equal(rte_eth_dev_stop(s.f->port_id), 0);
		pools_end();
	}
}

/* Registers for a VF's queues and a PF's behind pools lie elsewhere. */
static void
a_pf_with_vfs_splits_too(void **state)
{
	(void)state;
	all_kinds(MODEL_PF);
	assert_int_equal(s.hw_queue, function_adapter(s.f)->pf_pool);
	assert_int_not_equal(s.hw_queue, 0);
}

#define T(f)   cmocka_unit_test_setup_teardown(f, setup, teardown)
#define TVF(f) cmocka_unit_test_setup_teardown(f, setup_one_vf, teardown)

int
main(void)
{
	const struct CMUnitTest tests[] = {
		T(a_pf_splits_what_was_asked_for_and_nothing_else),
		TVF(a_vf_splits_what_was_asked_for_and_nothing_else),
		TVF(a_pf_with_vfs_splits_too),
		T(headers_that_do_not_fit_stay_with_the_rest),
		T(a_buffer_without_octets_costs_no_mbuf),
		T(a_pool_for_headers_that_is_empty_is_recovered_from),
		T(a_pool_for_payload_that_is_empty_is_recovered_from),
		T(lengths_are_not_believed),
		T(only_the_first_descriptor_tells_of_headers),
		T(a_frame_that_cannot_be_is_dropped_whole),
		T(each_descriptor_is_taken_once),
		T(a_stop_gives_all_mbufs_back),
		T(a_pool_that_can_not_fill_the_ring_is_told_at_the_start),
		T(what_the_chip_can_not_split_is_refused),
		T(queues_that_disagree_do_not_start),
		T(buffers_are_as_large_as_was_asked_for),
		T(a_queue_says_what_it_splits),
		T(a_queue_beside_it_need_not_split),
		T(the_ring_can_be_looked_at),
		T(nothing_is_recycled_to_such_a_queue),
		T(flags_are_the_first_segments),
		T(an_mbuf_keeps_the_flag_of_its_own_pool),
	};

	return cmocka_run_group_tests_name("igbiov_rx_split", tests, eal_setup, NULL);
}
