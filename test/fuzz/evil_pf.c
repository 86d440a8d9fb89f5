/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) the igbiov authors
 */

#include <string.h>

#include "evil_pf.h"
#include "igbiov_io.h"
#include "igbiov_mbx.h"

#define WINDOW 0x4000u
/*
 * The driver's longest wait is 50 000 looks, which are a hundred times dearer than
 * all the rest. So one input in 256 can have it, and always the same ones.
 */
#define SILENCE_LONG  60000
#define SILENCE_SHORT 600

struct evil_pf evil_pf;

static uint32_t regs[WINDOW / 4];

volatile uint8_t *
evil_pf_bar(void)
{
	return (volatile uint8_t *)(uintptr_t)0x10000;
}

static bool
is_patient(const struct input *in)
{
	uint8_t sum = 0;

	for (size_t i = 0; i < in->left; i++)
		sum = (uint8_t)(sum * 31 + in->data[i]);
	return sum == 0x6A;
}

void
evil_pf_begin(struct input *in)
{
	memset(regs, 0, sizeof(regs));
	memset(&evil_pf, 0, sizeof(evil_pf));
	evil_pf.in = in;
	evil_pf.silence_left = is_patient(in) ? SILENCE_LONG : SILENCE_SHORT;
}

static void
reset(struct evil_pf *pf)
{
	pf->flags = V2P_RSTI;
	pf->vfu = false;
	memset(pf->mem, 0, sizeof(pf->mem));
	regs[REG(VTIVAR_MISC) / 4] = 0;
}

/* As a good PF would, but for what the input adds. */
static void
answer(struct evil_pf *pf)
{
	uint8_t how = input_u8(pf->in);

	pf->mem[0] = (pf->request & MSG_ID_MASK) | (how & 1 ? MSG_NACK : MSG_ACK);
	if (!(how & 2))
		pf->mem[0] |= MSG_CTS;
	if (how & 32)
		pf->mem[0] |= MSG_LINK_OFF << MSG_INFO_SHIFT;
	if (how & 4)
		pf->mem[0] ^= input_u32(pf->in);
	if ((pf->request & MSG_ID_MASK) == MSG_RESET) {
		pf->mem[1] = 0x12345602;
		pf->mem[2] = 0x789A;
		if (how & 8) {
			pf->mem[1] = input_u32(pf->in);
			pf->mem[2] = input_u32(pf->in);
		}
	}
	pf->flags |= V2P_PFSTS | (how & 16 ? 0 : V2P_PFACK);
}

static void
be_silent(struct evil_pf *pf, unsigned int looks)
{
	pf->silent = RTE_MIN(looks, pf->silence_left);
	pf->silence_left -= pf->silent;
}

static void
move(struct evil_pf *pf)
{
	uint8_t what = input_u8(pf->in);
	uint8_t more = what & 0x0F;

	switch (what >> 4) {
	case 0:
		pf->flags |= V2P_PFACK;
		break;
	case 1:
		pf->flags |= V2P_PFSTS;
		break;
	case 2:
	case 3:
	case 4:
		answer(pf);
		break;
	case 5:
		be_silent(pf, 1u << (more & 7));
		break;
	case 6:
		be_silent(pf, SILENCE_LONG);
		break;
	case 7:
		pf->flags ^= V2P_PFU;
		break;
	case 8:
		reset(pf);
		break;
	case 9:
		pf->flags = (pf->flags & ~V2P_RSTI) | V2P_RSTD;
		break;
	case 10:
		pf->mem[0] = MSG_PF_CONTROL | (more & 1 ? MSG_CTS : 0) |
			     (uint32_t)(more >> 1 & 3) << MSG_INFO_SHIFT;
		pf->flags |= V2P_PFSTS;
		break;
	case 11:
		pf->mem[more] = input_u32(pf->in);
		break;
	case 12:
		pf->garbles = !pf->garbles;
		break;
	case 13:
		pf->removed = more == 0xD;
		break;
	case 14:
		pf->flags = input_u8(pf->in);
		break;
	default:
		regs[REG(VTSTATUS) / 4] = input_u8(pf->in);
	}
}

/* At its end the PF says nothing that means anything, but says it at once: waits end. */
static void
end(struct evil_pf *pf)
{
	pf->flags = V2P_PFSTS | V2P_PFACK;
	pf->garbles = false;
	pf->removed = false;
	memset(pf->mem, 0, sizeof(pf->mem));
}

static uint32_t
look(struct evil_pf *pf)
{
	uint32_t value;

	if (pf->silent > 0)
		pf->silent--;
	else if (input_ended(pf->in))
		end(pf);
	else
		move(pf);
	if (pf->removed)
		return UINT32_MAX;
	value = pf->flags | (pf->vfu ? V2P_VFU : 0);
	pf->flags &= ~V2P_READ_TO_CLEAR;
	return value;
}

static uint32_t
word_read(struct evil_pf *pf, unsigned int i)
{
	uint32_t value = pf->removed ? UINT32_MAX : pf->mem[i];

	if (pf->garbles)
		value ^= input_u32(pf->in);
	if (i < RTE_DIM(pf->read))
		pf->read[i] = value;
	if (i == 0)
		pf->read_answer = (value & MSG_ID_MASK) == (pf->request & MSG_ID_MASK);
	return value;
}

static uint32_t
locate(const volatile void *addr)
{
	uintptr_t reg = (uintptr_t)addr - (uintptr_t)evil_pf_bar();

	HOLDS(reg < WINDOW && reg % 4 == 0, "register 0x%zx", (size_t)reg);
	return reg;
}

uint32_t
igbiov_mmio_read(const volatile void *addr)
{
	struct evil_pf *pf = &evil_pf;
	uint32_t reg = locate(addr);

	pf->now_us++;
	if (reg == REG(V2PMAILBOX))
		return look(pf);
	if (reg >= REG(VMBMEM_VF) && reg < REGN(VMBMEM_VF, 16))
		return word_read(pf, (reg - REG(VMBMEM_VF)) / 4);
	return pf->removed ? UINT32_MAX : regs[reg / 4];
}

void
igbiov_mmio_write(volatile void *addr, uint32_t value)
{
	struct evil_pf *pf = &evil_pf;
	uint32_t reg = locate(addr);

	pf->now_us++;
	if (reg >= REG(VMBMEM_VF) && reg < REGN(VMBMEM_VF, 16)) {
		pf->mem[(reg - REG(VMBMEM_VF)) / 4] = value;
		return;
	}
	if (reg != REG(V2PMAILBOX)) {
		regs[reg / 4] = value;
		return;
	}
	if (value & V2P_REQ)
		pf->request = pf->mem[0];
	/* Advisory: who asks while the other has it doesn't get it. */
	if (!(value & V2P_VFU))
		pf->vfu = false;
	else if (!(pf->flags & V2P_PFU))
		pf->vfu = true;
}

void
igbiov_mmio_delay_us(unsigned int us)
{
	evil_pf.now_us += us;
}
