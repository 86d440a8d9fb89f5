/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) the igbiov authors
 */

#ifndef EVIL_VFS_H
#define EVIL_VFS_H

/*
 * What VFs asked our PF for and were granted, as seen from outside: from the words
 * that crossed the mailbox, not from what the PF keeps. With it the oracle tells
 * who may have what the chip's registers say.
 */

#include <ethdev_driver.h>
#include <rte_ether.h>

#include "input.h"
#include "model.h"
#include "vfctl_internal.h"

#define EVIL_VFS 4 /* that exist */

#define ASKED_MACS  64
#define ASKED_VLANS 64

struct evil_vf {
	/* Since its last reset. */
	bool clear;   /* told that it may send */
	bool touched; /* an operator changed its settings, and may have stopped it */
	struct rte_ether_addr own;
	unsigned int nb_macs, nb_vlans;
	struct rte_ether_addr mac[ASKED_MACS]; /* added by asking, own ones of the past too */
	uint16_t vlan[ASKED_VLANS];
	uint16_t nb_hashes;
	uint16_t hash[VFCTL_MC_HASH_MAX];
	uint32_t promisc;

	bool reset; /* its function was, and the PF hasn't taken it yet */
	/* The message that the PF is reading, word by word. */
	bool read;
	uint32_t words[16];
	uint16_t seen;
	/* The one granted in this turn, to be looked for in the chip. */
	bool granted;
	unsigned int answers; /* in this turn */
	/* Since its budget was last changed. */
	uint64_t counted_from_ns;
	uint64_t counted;
	bool anew; /* it was granted a reset in this turn */
};

struct evil_vfs {
	struct evil_vf vf[EVIL_VFS];
	struct input *in;
	unsigned int rewrites; /* so many words are rewritten under the reader */
	bool may_block;	       /* the operator wants no ring to drop */
	/* What the PF's application listed. */
	uint16_t pf_nb_hashes;
	uint16_t pf_hash[8];
};

extern struct evil_vfs evil_vfs;

/* The model's hooks. */
uint32_t evil_vfs_on_read(struct model *m, unsigned int fn, uint32_t reg, uint32_t value);
void evil_vfs_on_write(struct model *m, unsigned int fn, uint32_t reg, uint32_t value);

/* A VF lost all that it had. */
void evil_vf_forget(struct evil_vf *vf);

/* --- oracle.c --- */

/* What the chip holds, by owner. */
struct chip_view {
	struct {
		struct rte_ether_addr addr;
		uint8_t pools;
		bool used;
	} rar[24];
	struct {
		uint16_t vid;
		uint8_t pools;
		bool used;
	} vlvf[32];
	uint32_t vmolr[8], vmvir[8];
	uint32_t vfre, vfte, dtxswc, qde;
};

void chip_look(const struct model *m, struct chip_view *view);
/* The row of one pool is the same in both. */
void chip_check_same(const struct chip_view *a, const struct chip_view *b, unsigned int pool);
/* Every address, VLAN and bit has an owner who may have it. */
void chip_check_owners(const struct model *m, const struct chip_view *view,
		       const struct vfctl_port *port, const struct rte_eth_dev_data *pf,
		       unsigned int pf_pool);
/* What was granted in the last turn is there, and nothing else was lost for it. */
void chip_check_granted(const struct model *m, const struct chip_view *before,
			const struct chip_view *now, const struct vfctl_port *port);

#endif /* EVIL_VFS_H */
