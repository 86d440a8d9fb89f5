/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) the igbiov authors
 */

/* Attacks by rings and by frames. */

#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <igbiov_desc.h>
#include <igbiov_regs.h>

#include "attack.h"

#define RXQ	   0x2800u
#define TXQ	   0x3800u
#define RING_DESCS 64u
#define PAGE	   4096u
/* Where things lie in the VF's memory. */
#define TX_RING 0u
#define RX_RING PAGE
#define BUFFERS (2 * PAGE)
/* Descriptors for whose end is waited at once. */
#define BURST 32u

static union igbiov_tx_desc *
tx_desc(struct vf *vf, uint32_t i)
{
	return (union igbiov_tx_desc *)(vf->mem + TX_RING) + i % RING_DESCS;
}

static void
queue_start(struct vf *vf, uint32_t base, uint64_t iova, uint32_t octets)
{
	vf_wr(vf, base + REG(RXDCTL), 0);
	vf_wr(vf, base + REG(RDBAL), (uint32_t)iova);
	vf_wr(vf, base + REG(RDBAH), iova >> 32);
	vf_wr(vf, base + REG(RDLEN), octets);
	vf_wr(vf, base + REG(RDH), 0);
	vf_wr(vf, base + REG(RDT), 0);
}

static void
tx_start(struct vf *vf)
{
	memset(vf->mem + TX_RING, 0, PAGE);
	queue_start(vf, TXQ, VF_MEM_IOVA + TX_RING, RING_DESCS * sizeof(union igbiov_tx_desc));
	vf_wr(vf, TXQ + REG(TXDCTL), XDCTL_ENABLE);
}

/* Gives the device `nb` descriptors that lie at the tail, and waits a little for the last. */
static void
tx_kick(struct vf *vf, uint32_t *tail, uint32_t nb, struct tally *tally)
{
	const uint64_t end = now_ms() + 20;
	volatile union igbiov_tx_desc *last = tx_desc(vf, *tail + nb - 1);

	*tail = (*tail + nb) % RING_DESCS;
	vf_wr(vf, TXQ + REG(TDT), *tail);
	while (!(last->wb.status & TXD_STAT_DD)) {
		if (now_ms() > end) {
			tally->faults++;
			return;
		}
		usleep(10);
	}
}

/* One frame in one buffer. */
static void
tx_fill(struct vf *vf, uint32_t i, uint64_t iova, uint32_t len)
{
	tx_desc(vf, i)->data.addr = iova;
	tx_desc(vf, i)->data.olinfo = len << TXD_PAYLEN_SHIFT;
	tx_desc(vf, i)->data.cmd_len = len | TXD_DTYP_DATA | TXD_CMD_DEXT | TXD_CMD_EOP |
				       TXD_CMD_IFCS | TXD_CMD_RS;
}

/* --- frames --- */

static uint32_t
frame_make(uint8_t *frame, const char *to, const char *from, uint32_t vid)
{
	uint32_t at = 12;

	memset(frame, 0, 64);
	mac_read(to, &frame[0]);
	mac_read(from, &frame[6]);
	if (vid != 0) {
		frame[at++] = 0x81;
		frame[at++] = 0x00;
		frame[at++] = vid >> 8;
		frame[at++] = vid;
	}
	/* The EtherType for experiments, and what tests know the frame by. */
	frame[at++] = 0x88;
	frame[at++] = 0xB5;
	memcpy(&frame[at], "evil", 4);
	return 64;
}

static void
send_frames(struct vf *vf, uint32_t len, uint64_t nb, uint64_t end, struct tally *tally)
{
	uint32_t tail = 0;

	tx_start(vf);
	while (tally->sent < nb && now_ms() < end && tally->faults == 0) {
		uint32_t burst = RTE_MIN(nb - tally->sent, (uint64_t)BURST);

		for (uint32_t i = 0; i < burst; i++)
			tx_fill(vf, tail + i, VF_MEM_IOVA + BUFFERS, len);
		tx_kick(vf, &tail, burst, tally);
		tally->sent += burst;
	}
}

static void
play_send(struct vf *vf, char *const *args, struct tally *tally)
{
	uint32_t vid = args[3] != NULL ? strtoul(args[3], NULL, 0) : 0;
	uint32_t len = frame_make(vf->mem + BUFFERS, args[1], args[2], vid);

	send_frames(vf, len, strtoul(args[0], NULL, 0), UINT64_MAX, tally);
}

static void
play_storm(struct vf *vf, char *const *args, struct tally *tally)
{
	uint32_t len = frame_make(vf->mem + BUFFERS, args[1], args[2], 0);

	send_frames(vf, len, UINT64_MAX, now_ms() + strtoul(args[0], NULL, 0), tally);
}

/* --- rings --- */

/* Buffers that the device must not reach, and descriptors that make no sense. */
static void
hostile_descs(struct vf *vf, struct tally *tally)
{
	static const uint64_t elsewhere[] = {
		/* Low memory, the kernel, the local APIC, registers, beyond what there is. */
		0x1000,
		0x1000000,
		0xFEE00000,
		0xFEB00000,
		UINT64_C(0x123456789000),
		UINT64_MAX & ~UINT64_C(0xFFF),
	};
	uint32_t tail = 0;

	for (unsigned int i = 0; i < RTE_DIM(elsewhere); i++) {
		tx_fill(vf, tail, elsewhere[i], 64);
		tx_kick(vf, &tail, 1, tally);
		tally->sent++;
	}
	/* No length; one beyond the longest; across the end of what is mapped. */
	tx_fill(vf, tail, VF_MEM_IOVA + BUFFERS, 0);
	tx_fill(vf, tail + 1, VF_MEM_IOVA + BUFFERS, UINT16_MAX);
	tx_fill(vf, tail + 2, VF_MEM_IOVA + VF_MEM_SIZE - 32, 64);
	tx_kick(vf, &tail, 3, tally);
	/* A packet that never ends, as long as the ring. */
	for (uint32_t i = 0; i < RING_DESCS - 1; i++) {
		tx_fill(vf, tail + i, VF_MEM_IOVA + BUFFERS, PAGE);
		tx_desc(vf, tail + i)->data.cmd_len &= ~TXD_CMD_EOP;
	}
	tx_kick(vf, &tail, RING_DESCS - 1, tally);
	tally->sent += 3 + RING_DESCS - 1;
}

/* Contexts and offloads that contradict the frame. */
static void
hostile_offloads(struct vf *vf, struct tally *tally)
{
	uint32_t tail = 0;

	for (unsigned int i = 0; i < 16; i++) {
		tx_desc(vf, tail)->ctx.vlan_macip = random();
		tx_desc(vf, tail)->ctx.reserved = random();
		tx_desc(vf, tail)->ctx.type_cmd = (random() & 0xFFE00) | TXD_DTYP_CTX |
						  TXD_CMD_DEXT | TXD_CMD_RS;
		tx_desc(vf, tail)->ctx.mss_idx = random();
		tx_fill(vf, tail + 1, VF_MEM_IOVA + BUFFERS, 64);
		/* Segmentation too (bit 31), of a payload that isn't there. */
		tx_desc(vf, tail + 1)->data.cmd_len |= 1u << 31;
		tx_desc(vf, tail + 1)->data.olinfo = TXD_POPTS_IXSM | TXD_POPTS_TXSM |
						     0x3FFFFu << TXD_PAYLEN_SHIFT;
		tx_kick(vf, &tail, 2, tally);
		tally->sent += 2;
	}
}

static void
play_descs(struct vf *vf, char *const *args, struct tally *tally)
{
	RTE_SET_USED(args);
	tx_start(vf);
	hostile_descs(vf, tally);
	tx_start(vf);
	hostile_offloads(vf, tally);
}

/* Rings themselves where the device must not reach; whoever sends to this VF uses them. */
static void
play_rings(struct vf *vf, char *const *args, struct tally *tally)
{
	static const uint64_t elsewhere[] = { 0, 0x1000000, 0xFEE00000, UINT64_C(0x123456789000) };

	RTE_SET_USED(args);
	for (unsigned int i = 0; i < RTE_DIM(elsewhere); i++) {
		queue_start(vf, TXQ, elsewhere[i], PAGE);
		vf_wr(vf, TXQ + REG(TXDCTL), XDCTL_ENABLE);
		vf_wr(vf, TXQ + REG(TDT), 8);
		/* Where the chip would write back its head: bit 0 switches it on. */
		vf_wr(vf, TXQ + REG(TDWBAH), 0);
		vf_wr(vf, TXQ + REG(TDWBAL), 0x1000000 | 1);
		vf_wr(vf, TXQ + REG(TDT), 16);
		vf_wr(vf, TXQ + REG(TDWBAL), 0);
		/* Tails and lengths beyond the ring. */
		vf_wr(vf, TXQ + REG(TDLEN), 0x80);
		vf_wr(vf, TXQ + REG(TDT), 0xFFFF);
		tally->sent++;
	}
	queue_start(vf, RXQ, 0x1000000, PAGE);
	vf_wr(vf, RXQ + REG(SRRCTL), SRRCTL_DESC_ADV_ONEBUF | 2);
	vf_wr(vf, RXQ + REG(RXDCTL), XDCTL_ENABLE);
	vf_wr(vf, RXQ + REG(RDT), 32);
}

/* A receive ring that gets room for so many frames and is never emptied. */
static void
play_starve(struct vf *vf, char *const *args, struct tally *tally)
{
	union igbiov_rx_desc *ring = (void *)(vf->mem + RX_RING);
	uint32_t room = strtoul(args[0], NULL, 0);

	memset(ring, 0, PAGE);
	for (uint32_t i = 0; i < RING_DESCS; i++)
		ring[i].read.addr = VF_MEM_IOVA + BUFFERS + (i + 1) * PAGE;
	queue_start(vf, RXQ, VF_MEM_IOVA + RX_RING, RING_DESCS * sizeof(ring[0]));
	/* The VF doesn't want full rings to drop (SRRCTL.DROP_EN): that is the PF's to force. */
	vf_wr(vf, RXQ + REG(SRRCTL), SRRCTL_DESC_ADV_ONEBUF | 2);
	vf_wr(vf, RXQ + REG(RXDCTL), XDCTL_ENABLE);
	vf_wr(vf, RXQ + REG(RDT), RTE_MIN(room, RING_DESCS - 1));
	tally->sent = room;
}

/* How many frames have come into that ring. */
static void
play_received(struct vf *vf, char *const *args, struct tally *tally)
{
	const union igbiov_rx_desc *ring = (void *)(vf->mem + RX_RING);

	RTE_SET_USED(args);
	for (uint32_t i = 0; i < RING_DESCS; i++)
		tally->sent += ring[i].wb.status & RXD_STAT_DD;
}

const struct attack ring_attacks[] = {
	{ "send", "COUNT TO FROM [VLAN]  frames", 3, play_send },
	{ "storm", "MS TO FROM          frames as fast as they go", 3, play_storm },
	{ "descs", "                    descriptors of all wrong kinds", 0, play_descs },
	{ "rings", "                    rings that aren't the VF's memory", 0, play_rings },
	{ "starve", "ROOM                a receive ring that is never emptied", 1, play_starve },
	{ "received", "                  frames in that ring", 0, play_received },
	{ 0 },
};
