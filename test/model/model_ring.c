/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) the igbiov authors
 */

/* Descriptors: fetched at the tail write, written back as the chip does it. IOVA is VA. */

#include <string.h>

#include <rte_atomic.h>
#include <rte_common.h>
#include <rte_tcp.h>

#include "model.h"

/* The chip is no thread of the program: its accesses to memory are no races. */
#define DMA __attribute__((no_sanitize("thread"), noinline))

#define RXQ(q, name) (0xC000 + (q) * 0x40 + REG(name))
#define TXQ(q, name) (0xE000 + (q) * 0x40 + REG(name))

/* A frame takes more descriptors than any driver here may use: it hangs a chip. */
#define TX_DESCS_MAX 64
/* The shortest that TCTL.PSP pads. */
#define TX_LEN_MIN 17
#define FRAME_MIN  60

void
model_rings_reset(struct model *m)
{
	memset(m->queue, 0, sizeof(m->queue));
}

static void *
ring(const struct model *m, uint32_t bal)
{
	return (void *)((uintptr_t)model_peek(m, bal + 4) << 32 | model_peek(m, bal));
}

static uint32_t
ring_len(const struct model *m, uint32_t len_reg)
{
	return model_peek(m, len_reg) / 16;
}

static void
enable_write(struct model *m, uint32_t head, uint32_t ctl, uint32_t tail, uint32_t value)
{
	/* Nothing but a reset of the whole chip clears them: the driver has to. */
	if (value & ~model_peek(m, ctl) & XDCTL_ENABLE &&
	    (model_peek(m, head) != 0 || model_peek(m, tail) != 0))
		model_misuse(m, "queue enabled at head %u, tail %u of an earlier run",
			     model_peek(m, head), model_peek(m, tail));
	model_poke(m, ctl, value);
}

/* A ring may be moved only while it rests. */
static void
base_write(struct model *m, uint32_t ctl, uint32_t reg, uint32_t value)
{
	if (model_peek(m, ctl) & XDCTL_ENABLE)
		model_misuse(m, "register 0x%x written while its queue is enabled", reg);
	model_poke(m, reg, value);
}

static void
rx_write(struct model *m, unsigned int q, uint32_t reg, uint32_t value)
{
	switch (reg - 0xC000 - q * 0x40) {
	case IGBIOV_RXDCTL:
		enable_write(m, RXQ(q, RDH), reg, RXQ(q, RDT), value);
		return;
	case IGBIOV_RDT:
		m->tail_writes++;
		if (!(model_peek(m, RXQ(q, RXDCTL)) & XDCTL_ENABLE) && value != 0)
			model_misuse(m, "RX queue %u: tail written before the enable", q);
		else if (value >= ring_len(m, RXQ(q, RDLEN)))
			model_misuse(m, "RX queue %u: tail %u is outside the ring", q, value);
		else
			model_poke(m, reg, value);
		return;
	case IGBIOV_RDBAL:
	case IGBIOV_RDBAH:
	case IGBIOV_RDLEN:
	case IGBIOV_SRRCTL:
		base_write(m, RXQ(q, RXDCTL), reg, value);
		return;
	}
	model_poke(m, reg, value);
}

static const union igbiov_tx_desc *
tx_desc(const struct model *m, unsigned int q, uint32_t i)
{
	return (const union igbiov_tx_desc *)ring(m, TXQ(q, TDBAL)) + i;
}

DMA static bool
tx_is_data(const union igbiov_tx_desc *desc)
{
	return (rte_le_to_cpu_32(desc->data.cmd_len) & TXD_DTYP_DATA) == TXD_DTYP_DATA;
}

/* All descriptors of a packet before its doorbell: the chip may fetch up to the tail at once. */
static void
tx_tail_check(struct model *m, unsigned int q, uint32_t value)
{
	uint32_t len = ring_len(m, TXQ(q, TDLEN));
	const union igbiov_tx_desc *last;

	if (value == model_peek(m, TXQ(q, TDT))) {
		model_misuse(m, "TX queue %u: tail write without a descriptor", q);
		return;
	}
	last = tx_desc(m, q, (value + len - 1) % len);
	if (!tx_is_data(last) || !(rte_le_to_cpu_32(last->data.cmd_len) & TXD_CMD_EOP))
		model_misuse(m, "TX queue %u: a packet is split over two tail writes", q);
}

static void
tx_write(struct model *m, unsigned int q, uint32_t reg, uint32_t value)
{
	switch (reg - 0xE000 - q * 0x40) {
	case IGBIOV_TXDCTL:
		if (value & ~model_peek(m, reg) & XDCTL_ENABLE)
			memset(&m->queue[q], 0, sizeof(m->queue[q]));
		enable_write(m, TXQ(q, TDH), reg, TXQ(q, TDT), value);
		return;
	case IGBIOV_TDT:
		if (!(model_peek(m, TXQ(q, TXDCTL)) & XDCTL_ENABLE)) {
			if (value != 0)
				model_misuse(m, "TX queue %u: doorbell on a resting queue", q);
			model_poke(m, reg, 0);
			return;
		}
		m->tail_writes++;
		if (value >= ring_len(m, TXQ(q, TDLEN))) {
			model_misuse(m, "TX queue %u: tail %u is outside the ring", q, value);
			return;
		}
		tx_tail_check(m, q, value);
		model_poke(m, reg, value);
		if (!m->mute_tx)
			model_tx_run(m, q, UINT32_MAX);
		return;
	case IGBIOV_TDBAL:
	case IGBIOV_TDBAH:
	case IGBIOV_TDLEN:
		base_write(m, TXQ(q, TXDCTL), reg, value);
		return;
	}
	model_poke(m, reg, value);
}

void
model_queue_write(struct model *m, unsigned int fn, uint32_t reg, uint32_t value)
{
	RTE_SET_USED(fn);
	if (reg < 0xC400)
		rx_write(m, (reg - 0xC000) / 0x40, reg, value);
	else if (reg >= 0xE000)
		tx_write(m, (reg - 0xE000) / 0x40, reg, value);
	else
		model_poke(m, reg, value);
}

unsigned int
model_rx_room(const struct model *m, unsigned int q)
{
	uint32_t len = ring_len(m, RXQ(q, RDLEN));

	if (len == 0 || !(model_peek(m, RXQ(q, RXDCTL)) & XDCTL_ENABLE))
		return 0;
	return (model_peek(m, RXQ(q, RDT)) + len - model_peek(m, RXQ(q, RDH))) % len;
}

static bool
splits(const struct model *m, unsigned int q)
{
	return (model_peek(m, RXQ(q, SRRCTL)) & SRRCTL_DESC_MASK) == SRRCTL_DESC_ADV_SPLIT;
}

/* One descriptor: hdr_len octets of `data` into the buffer for headers, len into the other one. */
static bool
rx_desc(struct model *m, unsigned int q, const uint8_t *data, uint32_t hdr_len, uint16_t len,
	const struct model_rx_wb *wb, bool eop)
{
	static const struct model_rx_wb plain;
	uint32_t head = model_peek(m, RXQ(q, RDH));
	union igbiov_rx_desc *desc;

	if (model_rx_room(m, q) == 0) {
		m->queue[q].rx_drops++;
		return false;
	}
	if (wb == NULL)
		wb = &plain;
	desc = (union igbiov_rx_desc *)ring(m, RXQ(q, RDBAL)) + head;
	if (desc->read.addr == 0 || (rte_le_to_cpu_64(desc->read.hdr_addr) & 1) ||
	    (desc->read.hdr_addr == 0 && splits(m, q))) {
		model_misuse(m, "RX queue %u: descriptor %u lacks a buffer", q, head);
		return false;
	}
	if (hdr_len != 0)
		memcpy((void *)(uintptr_t)rte_le_to_cpu_64(desc->read.hdr_addr), data, hdr_len);
	if (data != NULL)
		memcpy((void *)(uintptr_t)rte_le_to_cpu_64(desc->read.addr), data + hdr_len, len);
	desc->wb.info = rte_cpu_to_le_16(wb->info);
	desc->wb.hdr = rte_cpu_to_le_16(wb->hdr);
	desc->wb.rss = rte_cpu_to_le_32(wb->rss);
	desc->wb.len = rte_cpu_to_le_16(len);
	desc->wb.vlan = rte_cpu_to_le_16(wb->vlan);
	rte_wmb();
	*(volatile uint32_t *)&desc->wb.status = rte_cpu_to_le_32(wb->status | RXD_STAT_DD |
								  (eop ? RXD_STAT_EOP : 0));
	model_poke(m, RXQ(q, RDH), (head + 1) % ring_len(m, RXQ(q, RDLEN)));
	if (eop)
		model_intr_rx(m, q);
	return true;
}

bool
model_rx_desc(struct model *m, unsigned int q, const void *data, uint16_t len,
	      const struct model_rx_wb *wb, bool eop)
{
	return rx_desc(m, q, data, 0, len, wb, eop);
}

/* What the chip finds of headers, of which at most BSIZEHEADER octets are split off. */
static uint32_t
rx_headers(struct model *m, unsigned int q, const uint8_t *data, uint32_t len)
{
	uint32_t type = model_peek(m, RXQ(q, SRRCTL)) & SRRCTL_DESC_MASK;
	/* Without pools the first one's register is everybody's. */
	unsigned int pool = (model_peek(m, REG(MRQC)) & 1) != 0 ? q % MODEL_POOLS : 0;

	if (type == SRRCTL_DESC_ADV_ONEBUF || model_rx_room(m, q) == 0)
		return 0;
	if (type != SRRCTL_DESC_ADV_SPLIT) {
		model_misuse(m, "RX queue %u: descriptors of type %u", q, type >> 25);
		return 0;
	}
	return model_header_len(data, len, model_peek(m, REGN(PSRTYPE, pool)));
}

bool
model_rx_queue(struct model *m, unsigned int q, const void *data, uint32_t len,
	       const struct model_rx_wb *wb)
{
	uint32_t srrctl = model_peek(m, RXQ(q, SRRCTL));
	uint32_t size = (srrctl & SRRCTL_BSIZEPKT_MASK) << 10;
	uint32_t found = rx_headers(m, q, data, len);
	uint32_t hdr_len = found <= SRRCTL_BSIZEHDR_LEN(srrctl) ? found : 0;
	struct model_rx_wb said = wb != NULL ? *wb : (struct model_rx_wb){ .info = 0 };
	const uint8_t *p = data;

	if (size == 0 || model_rx_room(m, q) < (len - hdr_len + size - 1) / size) {
		m->queue[q].rx_drops++;
		return false;
	}
	/* All descriptors tell of a header, and only the first is right to. */
	if (found != 0)
		said.hdr = found << RXD_HDR_LEN_SHIFT | RXD_HDR_SPH;
	for (; len - hdr_len > size; len -= hdr_len + size, p += hdr_len + size, hdr_len = 0)
		if (!rx_desc(m, q, p, hdr_len, size, &said, false))
			return false;
	/* Errors come with a frame's end. */
	if (found > SRRCTL_BSIZEHDR_LEN(srrctl))
		said.status |= RXD_ERR_HBO;
	return rx_desc(m, q, p, hdr_len, len - hdr_len, &said, true);
}

/* The chip's sum: what lies in the field counts, so a wrong seed gives a wrong sum. */
static void
sum_insert(uint8_t *data, uint32_t start, uint32_t end, uint32_t field, bool udp)
{
	uint32_t sum = 0;

	for (uint32_t i = start; i < end; i++)
		sum += (i - start) % 2 == 0 ? data[i] << 8 : data[i];
	while (sum >> 16)
		sum = (sum & 0xFFFF) + (sum >> 16);
	sum = ~sum & 0xFFFF;
	if (udp && sum == 0)
		sum = 0xFFFF;
	data[field] = sum >> 8;
	data[field + 1] = sum;
}

/* SCTP's: the field is to be 0 before. */
static void
crc_insert(uint8_t *data, uint32_t start, uint32_t end, uint32_t field)
{
	uint32_t crc = UINT32_MAX;

	for (uint32_t i = start; i < end; i++) {
		crc ^= data[i];
		for (unsigned int bit = 0; bit < 8; bit++)
			crc = (crc >> 1) ^ (0x82F63B78 & -(crc & 1));
	}
	for (unsigned int i = 0; i < 4; i++)
		data[field + i] = ~crc >> 8 * i;
}

static void
sums_insert(struct model *m, struct model_frame *f, const struct model_ctx *ctx, uint32_t olinfo)
{
	uint32_t l3 = ctx->vlan_macip >> TXD_CTX_MACLEN_SHIFT & 0x7F;
	uint32_t l4 = l3 + (ctx->vlan_macip & 0x1FF);
	bool tcp = (ctx->type_cmd & 3u << 11) == TXD_CTX_L4T_TCP;

	if (!(olinfo & (TXD_POPTS_IXSM | TXD_POPTS_TXSM)))
		return;
	if (!ctx->valid || l3 < 14 || l4 + 8 > f->len) {
		model_misuse(m, "TX queue %u: checksum asked for without a fitting context",
			     f->queue);
		return;
	}
	if (olinfo & TXD_POPTS_IXSM) {
		if (!(ctx->type_cmd & TXD_CTX_IPV4))
			model_misuse(m, "TX queue %u: IP checksum for IPv6", f->queue);
		sum_insert(f->data, l3, l4, l3 + 10, false);
	}
	if (!(olinfo & TXD_POPTS_TXSM))
		return;
	if ((ctx->type_cmd & 3u << 11) == TXD_CTX_L4T_SCTP)
		crc_insert(f->data, l4, f->len, l4 + 8);
	else
		sum_insert(f->data, l4, f->len, l4 + (tcp ? 16 : 6), !tcp);
}

static void
vlan_insert(struct model_frame *f, uint16_t tci)
{
	const uint8_t tag[] = { 0x81, 0x00, tci >> 8, tci & 0xFF };

	memmove(f->data + 16, f->data + 12, f->len - 12);
	memcpy(f->data + 12, tag, sizeof(tag));
	f->len += sizeof(tag);
}

/* One frame, whole: sums, tag, padding, and away. */
static void
tx_frame_send(struct model *m, struct model_frame *f, uint32_t cmd, uint32_t olinfo)
{
	const struct model_ctx *ctx = &m->queue[f->queue].ctx[olinfo >> 4 & 1];
	uint32_t vmvir = model_peek(m, REGN(VMVIR, f->queue % MODEL_POOLS));

	sums_insert(m, f, ctx, olinfo);
	/* VMVIR 1: always this tag, whatever the VF asks for; 2: never a tag. */
	if (vmvir >> 30 == 1)
		vlan_insert(f, vmvir & 0xFFFF);
	else if (cmd & TXD_CMD_VLE) {
		if (!ctx->valid)
			model_misuse(m, "TX queue %u: VLE without a context", f->queue);
		else if (vmvir >> 30 != 2)
			vlan_insert(f, ctx->vlan_macip >> TXD_CTX_VLAN_SHIFT);
	}
	if (f->len < FRAME_MIN && (model_peek(m, REG(TCTL)) & TCTL_PSP)) {
		memset(f->data + f->len, 0, FRAME_MIN - f->len);
		f->len = FRAME_MIN;
	}
	model_switch_tx(m, f);
}

static void
add_be(uint8_t *field, unsigned int octets, uint32_t n)
{
	for (uint64_t sum = n; octets-- > 0; sum >>= 8) {
		sum += field[octets];
		field[octets] = sum;
	}
}

/* A segment's own lengths, number, flags, and the length in the sum's seed. */
static void
tso_segment(struct model_frame *f, const struct model_ctx *ctx, uint32_t i, uint32_t offset,
	    bool last)
{
	uint32_t l3 = ctx->vlan_macip >> TXD_CTX_MACLEN_SHIFT & 0x7F;
	uint32_t l4 = l3 + (ctx->vlan_macip & 0x1FF);
	uint8_t *ip = f->data + l3, *tcp = f->data + l4;
	uint32_t seed;

	if (ctx->type_cmd & TXD_CTX_IPV4) {
		memset(ip + 2, 0, 2);
		add_be(ip + 2, 2, f->len - l3);
		add_be(ip + 4, 2, i);
	} else {
		memset(ip + 4, 0, 2);
		add_be(ip + 4, 2, f->len - l3 - 40);
	}
	add_be(tcp + 4, 4, offset);
	if (!last)
		tcp[13] &= ~(RTE_TCP_FIN_FLAG | RTE_TCP_PSH_FLAG);
	seed = (tcp[16] << 8 | tcp[17]) + f->len - l4;
	seed = (seed & 0xFFFF) + (seed >> 16);
	tcp[16] = seed >> 8;
	tcp[17] = seed;
}

/* Cuts a TCP packet into frames of at most MSS octets of payload. */
static void
tso_cut(struct model *m, struct model_frame *f, uint32_t cmd, uint32_t olinfo)
{
	const struct model_ctx *ctx = &m->queue[f->queue].ctx[olinfo >> 4 & 1];
	uint32_t headers = (ctx->vlan_macip >> TXD_CTX_MACLEN_SHIFT & 0x7F) +
			   (ctx->vlan_macip & 0x1FF) + (ctx->mss_idx >> TXD_CTX_L4LEN_SHIFT & 0xFF);
	uint32_t mss = ctx->mss_idx >> TXD_CTX_MSS_SHIFT, payload = f->len - headers;
	static struct model_frame part;

	if (!ctx->valid || mss == 0 || headers >= f->len || !(olinfo & TXD_POPTS_TXSM) ||
	    (ctx->type_cmd & 3u << 11) != TXD_CTX_L4T_TCP ||
	    olinfo >> TXD_PAYLEN_SHIFT != payload) {
		model_misuse(m, "TX queue %u: TSE, MSS %u, headers %u, PAYLEN %u of %u octets",
			     f->queue, mss, headers, olinfo >> TXD_PAYLEN_SHIFT, f->len);
		return;
	}
	for (uint32_t i = 0, at = 0; at < payload; i++, at += mss) {
		uint32_t n = RTE_MIN(mss, payload - at);

		part.queue = f->queue;
		part.nb_descs = f->nb_descs;
		part.len = headers + n;
		memcpy(part.data, f->data, headers);
		memcpy(part.data + headers, f->data + headers + at, n);
		tso_segment(&part, ctx, i, at, at + n == payload);
		tx_frame_send(m, &part, cmd, olinfo);
	}
}

static void
tx_frame_end(struct model *m, struct model_frame *f, uint32_t cmd, uint32_t olinfo)
{
	if (f->nb_descs > TX_DESCS_MAX)
		model_misuse(m, "TX queue %u: a frame in %u descriptors", f->queue, f->nb_descs);
	if (!(cmd & TXD_CMD_IFCS))
		model_misuse(m, "TX queue %u: a frame without CRC", f->queue);
	if (cmd & TXD_CMD_TSE) {
		tso_cut(m, f, cmd, olinfo);
		return;
	}
	if (olinfo >> TXD_PAYLEN_SHIFT != f->len)
		model_misuse(m, "TX queue %u: PAYLEN %u of a frame of %u octets", f->queue,
			     olinfo >> TXD_PAYLEN_SHIFT, f->len);
	if (f->len < TX_LEN_MIN)
		model_misuse(m, "TX queue %u: a frame of %u octets hangs the chip", f->queue,
			     f->len);
	tx_frame_send(m, f, cmd, olinfo);
}

DMA static void
tx_context(struct model *m, unsigned int q, const union igbiov_tx_desc *desc)
{
	uint32_t idx = rte_le_to_cpu_32(desc->ctx.mss_idx) >> 4 & 7;

	if (idx > 1) {
		model_misuse(m, "TX queue %u: context %u", q, idx);
		return;
	}
	m->tx_contexts++;
	m->queue[q].ctx[idx].valid = true;
	m->queue[q].ctx[idx].vlan_macip = rte_le_to_cpu_32(desc->ctx.vlan_macip);
	m->queue[q].ctx[idx].type_cmd = rte_le_to_cpu_32(desc->ctx.type_cmd);
	m->queue[q].ctx[idx].mss_idx = rte_le_to_cpu_32(desc->ctx.mss_idx);
}

/* Only marks are written back, and all of the descriptor is, or instead of it the head. */
DMA static void
tx_write_back(struct model *m, unsigned int q, union igbiov_tx_desc *desc, uint32_t head)
{
	uint64_t place = model_peek(m, TXQ(q, TDWBAL)) | (uint64_t)model_peek(m, TXQ(q, TDWBAH))
								 << 32;

	if (place & TDWBAL_HEAD_WB_EN) {
		rte_wmb();
		*(volatile uint32_t *)(uintptr_t)(place & ~(uint64_t)3) = rte_cpu_to_le_32(head);
		return;
	}
	desc->wb.reserved = UINT64_MAX;
	desc->wb.nxtseq = 0;
	rte_wmb();
	*(volatile uint32_t *)&desc->wb.status = rte_cpu_to_le_32(TXD_STAT_DD);
}

static bool
tx_enabled(const struct model *m, unsigned int q)
{
	if (!(model_peek(m, TXQ(q, TXDCTL)) & XDCTL_ENABLE) ||
	    !(model_peek(m, REG(TCTL)) & TCTL_EN))
		return false;
	return m->nb_vfs == 0 || (model_peek(m, REG(VFTE)) & RTE_BIT32(q % MODEL_POOLS));
}

/* One data descriptor; true when the frame is whole. */
DMA static bool
tx_data(struct model *m, struct model_frame *f, const union igbiov_tx_desc *desc)
{
	uint32_t cmd = rte_le_to_cpu_32(desc->data.cmd_len), len = cmd & 0xFFFF;
	uintptr_t addr = rte_le_to_cpu_64(desc->data.addr);

	if (!(cmd & TXD_CMD_DEXT) || !tx_is_data(desc) || len == 0 ||
	    f->len + len > sizeof(f->data) - 64)
		model_misuse(m, "TX queue %u: bad data descriptor 0x%08x", f->queue, cmd);
	else
		memcpy(f->data + f->len, (void *)addr, len);
	f->len += len;
	f->nb_descs++;
	return cmd & TXD_CMD_EOP;
}

DMA unsigned int
model_tx_run(struct model *m, unsigned int q, unsigned int packets)
{
	uint32_t len = ring_len(m, TXQ(q, TDLEN)), head = model_peek(m, TXQ(q, TDH));
	static struct model_frame f;
	unsigned int done = 0;

	if (!tx_enabled(m, q))
		return 0;
	f.len = 0;
	f.nb_descs = 0;
	f.queue = q;
	while (head != model_peek(m, TXQ(q, TDT)) && done < packets) {
		union igbiov_tx_desc *desc = (union igbiov_tx_desc *)(uintptr_t)tx_desc(m, q, head);
		uint32_t cmd = rte_le_to_cpu_32(desc->data.cmd_len);
		uint32_t olinfo = rte_le_to_cpu_32(desc->data.olinfo);

		if (!tx_is_data(desc)) {
			tx_context(m, q, desc);
		} else if (tx_data(m, &f, desc)) {
			tx_frame_end(m, &f, cmd, olinfo);
			f.len = 0;
			f.nb_descs = 0;
			done++;
		}
		head = (head + 1) % len;
		model_poke(m, TXQ(q, TDH), head);
		if (cmd & TXD_CMD_RS) {
			m->tx_marks++;
			tx_write_back(m, q, desc, head);
		}
	}
	return done;
}
