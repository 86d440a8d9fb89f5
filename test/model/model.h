/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) the igbiov authors
 */

#ifndef MODEL_H
#define MODEL_H

/*
 * A model of the 82576 behind igbiov_io.h: PF and VF windows, rings, the switch
 * between pools, and the mailboxes. It follows the datasheet, also where QEMU
 * does not (anti-spoofing, ROPE, MPME, mirroring), and is stricter than a chip: what a
 * chip would answer with silence (a register nobody declared, a packet split
 * over two tail writes, a PAYLEN that lies) it records as misuse.
 *
 * Time is virtual: each access costs one microsecond and a delay what it says,
 * so that unbounded waits end a test instead of hanging it.
 *
 *   model.c        windows, register file, counts, time, hooks
 *   model_chip.c   what registers do: reset, NVM, semaphores, PHY
 *   model_intr.c   causes, their vectors, and the messages these send
 *   model_mbx.c    mailboxes, and resets of VFs
 *   model_ring.c   descriptors in, descriptors out
 *   model_switch.c which pool gets a frame, and who may send it
 */

#include <pthread.h>
#include <stdbool.h>
#include <stdint.h>

#include "igbiov_desc.h"
#include "igbiov_regs.h"

#define MODEL_VFS    8
#define MODEL_PF     MODEL_VFS /* the PF's number among the functions */
#define MODEL_QUEUES 16
#define MODEL_POOLS  8

/* How a queue's DMA is marked after a reset: ordering relaxed here and there, no tag. */
#define MODEL_RXCTL 0x00002200u
#define MODEL_TXCTL 0x00002A00u

#define MODEL_PF_WINDOW 0x20000u
#define MODEL_VF_WINDOW 0x4000u

#define MODEL_FRAME_MAX 16384
#define MODEL_WIRE_MAX	256
#define MODEL_STICKS	8
#define MODEL_NVM_WORDS 0x40

/* A frame that left a queue, as it is on the wire or in the switch (no CRC). */
struct model_frame {
	uint16_t queue;
	uint32_t len;
	uint16_t nb_descs; /* data descriptors it came in */
	uint8_t data[MODEL_FRAME_MAX];
};

/* What a receive descriptor says beside length, DD and EOP. */
struct model_rx_wb {
	uint16_t info, hdr;
	uint32_t rss;
	uint32_t status;
	uint16_t vlan;
};

struct model_ctx {
	bool valid;
	uint32_t vlan_macip, type_cmd, mss_idx;
};

struct model_queue {
	struct model_ctx ctx[2];
	uint64_t rx_drops;
};

struct model {
	/* The windows as the driver sees them: never touched, so that a bypass faults. */
	volatile uint8_t *pf_bar;
	volatile uint8_t *vf_bar[MODEL_VFS];
	uint8_t *windows;
	pthread_mutex_t lock;

	uint32_t pf[MODEL_PF_WINDOW / 4];
	uint32_t vf[MODEL_VFS][MODEL_VF_WINDOW / 4];
	struct model_queue queue[MODEL_QUEUES];
	uint32_t rate_factor[MODEL_QUEUES]; /* RTTBCNRC by RTTDQSEL */
	unsigned int nb_vfs;		    /* enabled in the PF's configuration space */

	/* Counts. */
	unsigned int reads, writes;
	unsigned int reads_of[MODEL_PF_WINDOW / 4], writes_of[MODEL_PF_WINDOW / 4]; /* PF's */
	unsigned int tail_writes; /* any queue's */
	unsigned int tx_contexts; /* context descriptors that came */
	unsigned int tx_marks;	  /* descriptors written back, since they asked for it */

	/* Time. */
	uint64_t now_us;
	uint64_t bound_us;	 /* a test fails when time passes it */
	unsigned int real_sleep; /* sleep this many real us for each delay, for threads */

	/* Switches. */
	bool removed;		/* all ones */
	uint64_t removed_after; /* becomes true after so many accesses; 0: never */
	bool mute_tx;		/* tails move, nothing is fetched until model_tx_run() */
	bool qemu_vf_intr;   /* as QEMU: VTIVAR_MISC is a mask of vectors, VTEICR shows nothing */
	bool cable;	     /* link comes up after negotiation */
	uint32_t link_speed; /* STATUS bits 7:6 */
	bool fw_holds_swesmbi;
	enum {
		MODEL_PHY_OK,
		MODEL_PHY_ERROR,
		MODEL_PHY_MUTE
	} phy_mode;
	struct {
		unsigned int fn;
		uint32_t reg, mask, value;
	} stick[MODEL_STICKS];
	unsigned int nb_sticks;

	/* Hooks, called after the access took effect. */
	uint32_t (*on_read)(struct model *m, unsigned int fn, uint32_t reg, uint32_t value);
	void (*on_write)(struct model *m, unsigned int fn, uint32_t reg, uint32_t value);
	void (*on_delay)(struct model *m, unsigned int us);
	/* An MSI-X message that a function sends. */
	void (*on_interrupt)(struct model *m, unsigned int fn, unsigned int vector);
	void *arg;

	/* Chip. */
	uint16_t nvm[MODEL_NVM_WORDS];
	uint16_t phy[32];
	uint64_t reset_at; /* CTRL.RST written */
	bool reset_busy;
	unsigned int nb_resets;
	struct {
		bool masked, rx_off, tx_off, dma_off;
	} at_reset;	   /* state in which the last reset found the chip */
	uint64_t vfu_held; /* by VF */
	uint64_t nb_flr;

	/* What left the port. */
	struct model_frame *wire;
	unsigned int nb_wire;
	unsigned int spoofed;

	/* Misuse: the first one's text. */
	unsigned int misuse;
	char misuse_text[256];
};

/* One chip at a time: igbiov_io.h's functions find it by address. */
struct model *model_new(void);
void model_free(struct model *m);

/* Registers behind the driver's back: neither counted nor with effects. */
uint32_t model_peek(const struct model *m, uint32_t reg);
void model_poke(struct model *m, uint32_t reg, uint32_t value);
/* A VF's own registers; its queues and mailbox memory are the PF's. */
uint32_t model_vf_peek(const struct model *m, unsigned int vf, uint32_t reg);
void model_vf_poke(struct model *m, unsigned int vf, uint32_t reg, uint32_t value);
uint32_t model_rxq_peek(const struct model *m, unsigned int q, uint32_t reg);
uint32_t model_txq_peek(const struct model *m, unsigned int q, uint32_t reg);

void model_counts_clear(struct model *m);
/* From now on the driver has so much virtual time. */
void model_bound(struct model *m, uint64_t us);
/* Reads of `reg` through function `fn` give `value` in the bits of `mask`. */
void model_stick(struct model *m, unsigned int fn, uint32_t reg, uint32_t mask, uint32_t value);
void model_unstick(struct model *m);
void model_misuse(struct model *m, const char *format, ...) __attribute__((format(printf, 2, 3)));

/* NVM with an address and a checksum that is right. */
void model_nvm_default(struct model *m);
void model_nvm_checksum(struct model *m);
/* Loads what the chip takes from NVM, as a reset does. */
void model_power_on(struct model *m);
void model_link(struct model *m, bool up);

/* A VF's function level reset, as its owner or the kernel does it. */
void model_vf_flr(struct model *m, unsigned int vf);

/* --- rings --- */

/* One descriptor: `len` octets into the queue's next buffer; false if there is none. */
bool model_rx_desc(struct model *m, unsigned int q, const void *data, uint16_t len,
		   const struct model_rx_wb *wb, bool eop);
/* A frame over as many buffers as it needs; all or nothing. */
bool model_rx_queue(struct model *m, unsigned int q, const void *data, uint32_t len,
		    const struct model_rx_wb *wb);
/* Buffers that the queue has. */
unsigned int model_rx_room(const struct model *m, unsigned int q);
/* Fetches at most `packets` of what lies before the tail; gives how many. */
unsigned int model_tx_run(struct model *m, unsigned int q, unsigned int packets);

/* --- the switch --- */

/* A frame from the wire (no CRC); gives the pools (without pools: 1) that took it. */
uint32_t model_rx_wire(struct model *m, const void *data, uint32_t len);
void model_wire_clear(struct model *m);

/* --- for the model's own rooms --- */

uint32_t model_chip_read(struct model *m, uint32_t reg, uint32_t value);
void model_chip_write(struct model *m, uint32_t reg, uint32_t value);
bool model_mbx_read(struct model *m, unsigned int fn, uint32_t reg, uint32_t *value);
bool model_mbx_write(struct model *m, unsigned int fn, uint32_t reg, uint32_t value);
void model_mbx_pf_reset(struct model *m);
void model_queue_write(struct model *m, unsigned int fn, uint32_t reg, uint32_t value);
void model_rings_reset(struct model *m);
/* model_split.c: octets of headers to split off a frame, or 0 when its type isn't in PSRTYPE. */
uint32_t model_header_len(const uint8_t *frame, uint32_t len, uint32_t psrtype);
/* model_intr.c */
bool model_intr_write(struct model *m, unsigned int fn, uint32_t reg, uint32_t value);
void model_icr(struct model *m, uint32_t cause);
void model_intr_mailbox(struct model *m, unsigned int vf);
void model_intr_rx(struct model *m, unsigned int q);
/* A whole frame from a queue: checks, then pools and wire. */
void model_switch_tx(struct model *m, struct model_frame *frame);

#endif /* MODEL_H */
