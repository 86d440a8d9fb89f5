/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) the igbiov authors
 */

#ifndef EVILVF_VF_H
#define EVILVF_VF_H

/**
 * @file
 * A VF, raw: its register window, some memory that it can reach, its reset.
 * Nothing here is careful: what a guest can do to its VF, this can.
 */

#include <stddef.h>
#include <stdint.h>

/** What VFIO maps for the device: rings first, then buffers of a page each. */
#define VF_MEM_SIZE (1u << 20)
/** Where the device sees it. All else is unmapped, so the IOMMU stops it. */
#define VF_MEM_IOVA UINT64_C(0x10000000)

struct vf {
	int container, group, device;
	uint64_t config; /**< Configuration space, an offset in `device`. */
	volatile uint32_t *bar;
	size_t bar_size; /**< Octets. */
	uint8_t *mem;	 /**< VF_MEM_SIZE octets, at VF_MEM_IOVA for the device. */
	uint32_t seen;	 /**< Mailbox flags that reading has cleared in the chip. */
};

/**
 * Opens a VF; that resets it. Ends the program with a message when it can't.
 * @param token the UUID of who opened the PF, or NULL.
 */
void vf_open(struct vf *vf, const char *bdf, const char *token);

/** Resets the function as its owner can at any time (FLR). 0 or negative errno. */
int vf_flr(struct vf *vf);

/** Lets the device do DMA; resets take that back. */
void vf_master(struct vf *vf);

static inline uint32_t
vf_rd(const struct vf *vf, uint32_t reg)
{
	return vf->bar[reg / 4];
}

static inline void
vf_wr(const struct vf *vf, uint32_t reg, uint32_t value)
{
	vf->bar[reg / 4] = value;
}

/** Milliseconds of a clock that only goes forward. */
uint64_t now_ms(void);

#endif /* EVILVF_VF_H */
