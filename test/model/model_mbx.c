/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) the igbiov authors
 */

/* The mailboxes' flags, seen from both sides, and the resets that go through them. */

#include <string.h>

#include "model.h"

/* MBVFICR or VFLRE changed: both raise the same cause. */
static void
tell_pf(struct model *m)
{
	model_icr(m, ICR_VMMB);
}

/* PF CTRL.RST or power-on: memory is wiped, and VFs see it. */
void
model_mbx_pf_reset(struct model *m)
{
	m->vfu_held = 0;
	for (unsigned int vf = 0; vf < MODEL_VFS; vf++) {
		model_vf_poke(m, vf, REG(V2PMAILBOX), V2P_RSTI);
		model_vf_poke(m, vf, REG(VTEIMS), 0);
		model_vf_poke(m, vf, REG(VTEICR), 0);
		model_vf_poke(m, vf, REG(VTIVAR), 0);
		model_vf_poke(m, vf, REG(VTIVAR_MISC), 0);
		memset(&m->pf[REGN(VMBMEM, vf) / 4], 0, 64);
	}
}

static void
pf_reset_done(struct model *m)
{
	for (unsigned int vf = 0; vf < MODEL_VFS; vf++) {
		uint32_t v2p = model_vf_peek(m, vf, REG(V2PMAILBOX));

		if (v2p & V2P_RSTI)
			model_vf_poke(m, vf, REG(V2PMAILBOX), (v2p & ~V2P_RSTI) | V2P_RSTD);
		model_intr_mailbox(m, vf);
	}
}

void
model_vf_flr(struct model *m, unsigned int vf)
{
	for (unsigned int q = vf; q < MODEL_QUEUES; q += MODEL_POOLS) {
		m->pf[(0xC000 + q * 0x40 + REG(RXDCTL)) / 4] &= ~XDCTL_ENABLE;
		m->pf[(0xE000 + q * 0x40 + REG(TXDCTL)) / 4] &= ~XDCTL_ENABLE;
	}
	m->pf[REG(VFRE) / 4] &= ~RTE_BIT32(vf);
	m->pf[REG(VFTE) / 4] &= ~RTE_BIT32(vf);
	m->pf[REG(VFLRE) / 4] |= RTE_BIT32(vf);
	m->vfu_held &= ~RTE_BIT64(vf);
	m->nb_flr++;
	tell_pf(m);
}

/* Who holds the memory. Advisory: the chip lets both write it all the same. */
static uint32_t
p2v_value(const struct model *m, unsigned int vf)
{
	uint32_t value = model_peek(m, REGN(P2VMAILBOX, vf)) & P2V_PFU;

	return m->vfu_held & RTE_BIT64(vf) ? value | P2V_VFU : value;
}

static void
p2v_write(struct model *m, unsigned int vf, uint32_t value)
{
	uint32_t *v2p = &m->vf[vf][REG(V2PMAILBOX) / 4];

	if (value & P2V_RVFU)
		m->vfu_held &= ~RTE_BIT64(vf);
	if (!(value & P2V_PFU))
		model_poke(m, REGN(P2VMAILBOX, vf), 0);
	else if (!(m->vfu_held & RTE_BIT64(vf)))
		model_poke(m, REGN(P2VMAILBOX, vf), P2V_PFU);
	if (value & P2V_STS)
		*v2p |= V2P_PFSTS;
	if (value & P2V_ACK)
		*v2p |= V2P_PFACK;
	if (value & (P2V_STS | P2V_ACK))
		model_intr_mailbox(m, vf);
}

static uint32_t
v2p_read(struct model *m, unsigned int vf)
{
	uint32_t *reg = &m->vf[vf][REG(V2PMAILBOX) / 4];
	uint32_t value = *reg & (V2P_READ_TO_CLEAR | V2P_RSTI);

	*reg &= ~V2P_READ_TO_CLEAR;
	if (m->vfu_held & RTE_BIT64(vf))
		value |= V2P_VFU;
	if (model_peek(m, REGN(P2VMAILBOX, vf)) & P2V_PFU)
		value |= V2P_PFU;
	return value;
}

static void
v2p_write(struct model *m, unsigned int vf, uint32_t value)
{
	if (!(value & V2P_VFU))
		m->vfu_held &= ~RTE_BIT64(vf);
	else if (!(model_peek(m, REGN(P2VMAILBOX, vf)) & P2V_PFU))
		m->vfu_held |= RTE_BIT64(vf);
	if (value & V2P_REQ)
		m->pf[REG(MBVFICR) / 4] |= RTE_BIT32(vf);
	if (value & V2P_ACK)
		m->pf[REG(MBVFICR) / 4] |= RTE_BIT32(MBVFICR_ACK_SHIFT + vf);
	if (value & (V2P_REQ | V2P_ACK) && model_peek(m, REG(MBVFIMR)) & RTE_BIT32(vf))
		tell_pf(m);
}

bool
model_mbx_read(struct model *m, unsigned int fn, uint32_t reg, uint32_t *value)
{
	if (fn == MODEL_PF && reg >= REG(P2VMAILBOX) && reg < REGN(P2VMAILBOX, MODEL_VFS)) {
		*value = p2v_value(m, (reg - REG(P2VMAILBOX)) / 4);
		return true;
	}
	if (fn == MODEL_PF)
		return false;
	switch (reg) {
	case IGBIOV_V2PMAILBOX:
		*value = v2p_read(m, fn);
		return true;
	case IGBIOV_VTEICR:
		if (m->qemu_vf_intr)
			*value = 0;
		return m->qemu_vf_intr;
	case IGBIOV_VTSTATUS:
		*value = model_peek(m, REG(STATUS)) & ~STATUS_GIO_MASTER_EN;
		return true;
	}
	return false;
}

bool
model_mbx_write(struct model *m, unsigned int fn, uint32_t reg, uint32_t value)
{
	if (fn != MODEL_PF && reg == REG(V2PMAILBOX)) {
		v2p_write(m, fn, value);
		return true;
	}
	if (fn != MODEL_PF && reg == REG(VTCTRL)) {
		if (value & CTRL_RST)
			model_vf_flr(m, fn);
		return true;
	}
	if (fn != MODEL_PF)
		return false;
	if (reg >= REG(P2VMAILBOX) && reg < REGN(P2VMAILBOX, MODEL_VFS)) {
		p2v_write(m, (reg - REG(P2VMAILBOX)) / 4, value);
		return true;
	}
	if (reg == REG(MBVFICR) || reg == REG(VFLRE)) {
		m->pf[reg / 4] &= ~value;
		return true;
	}
	if (reg == REG(CTRL_EXT)) {
		if (value & ~model_peek(m, reg) & CTRL_EXT_PFRSTD)
			pf_reset_done(m);
		model_poke(m, reg, value);
		return true;
	}
	return false;
}
