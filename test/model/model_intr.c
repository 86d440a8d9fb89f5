/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) the igbiov authors
 */

/*
 * Interrupts in MSI-X mode: a cause has a vector, by IVAR, and sets its bit in EICR; a bit
 * that isn't masked sends the vector's message. Throttling isn't played: EITR is just kept.
 */

#include "model.h"

static uint32_t *
reg_of(struct model *m, unsigned int fn, uint32_t reg)
{
	return fn == MODEL_PF ? &m->pf[reg / 4] : &m->vf[fn][reg / 4];
}

/* VF and PF have EICR, EIMS, EIAC and EIAM at the same offsets. */
static void
messages_send(struct model *m, unsigned int fn)
{
	uint32_t *eicr = reg_of(m, fn, REG(EICR)), *eims = reg_of(m, fn, REG(EIMS));

	for (unsigned int vector = 0; vector < 25; vector++) {
		const uint32_t bit = RTE_BIT32(vector);

		if (!(*eicr & *eims & bit))
			continue;
		*eicr &= ~(*reg_of(m, fn, REG(EIAC)) & bit);
		if (model_peek(m, REG(GPIE)) & GPIE_EIAME)
			*eims &= ~(*reg_of(m, fn, REG(EIAM)) & bit);
		if (m->on_interrupt != NULL)
			m->on_interrupt(m, fn, vector);
	}
}

static void
cause(struct model *m, unsigned int fn, uint32_t vectors)
{
	/* Frames come from outside the lock. */
	pthread_mutex_lock(&m->lock);
	*reg_of(m, fn, REG(EICR)) |= vectors;
	messages_send(m, fn);
	pthread_mutex_unlock(&m->lock);
}

/* An octet of IVAR, as a bit for its vector. */
static uint32_t
vector_of(uint32_t ivar, unsigned int shift, uint32_t mask)
{
	ivar >>= shift;
	return ivar & IVAR_VALID ? RTE_BIT32(ivar & mask) : 0;
}

static void
other_cause(struct model *m)
{
	cause(m, MODEL_PF, vector_of(model_peek(m, REG(IVAR_MISC)), IVAR_MISC_OTHER_SHIFT, 0x1F));
}

void
model_icr(struct model *m, uint32_t causes)
{
	m->pf[REG(ICR) / 4] |= causes;
	if (m->pf[REG(IMS) / 4] & causes)
		other_cause(m);
}

void
model_intr_mailbox(struct model *m, unsigned int vf)
{
	uint32_t misc = model_vf_peek(m, vf, REG(VTIVAR_MISC));

	if (!m->qemu_vf_intr) {
		cause(m, vf, vector_of(misc, 0, 3));
		return;
	}
	cause(m, vf, misc & IVAR_VALID ? misc & 3 : 0);
}

void
model_intr_rx(struct model *m, unsigned int q)
{
	const unsigned int pool = q % MODEL_POOLS, shift = q < MODEL_POOLS ? 0 : 16;

	if (pool < m->nb_vfs)
		cause(m, pool, vector_of(model_vf_peek(m, pool, REG(VTIVAR)), shift, 3));
	else
		cause(m, MODEL_PF, vector_of(model_peek(m, REGN(IVAR, pool)), shift, 0x1F));
}

static void
pf_mask(struct model *m, uint32_t value)
{
	m->pf[REG(EIMS) / 4] &= ~value;
	/* VF n's three vectors are the PF's bits 22-3n to 24-3n, and masked along. */
	for (unsigned int vf = 0; vf < m->nb_vfs; vf++)
		m->vf[vf][REG(VTEIMS) / 4] &= ~(value >> (22 - 3 * vf) & 7);
}

static bool
pf_write(struct model *m, uint32_t reg, uint32_t value)
{
	switch (reg) {
	case IGBIOV_ICR:
		m->pf[REG(ICR) / 4] &= ~value;
		return true;
	case IGBIOV_ICS:
		model_icr(m, value);
		return true;
	case IGBIOV_IMS:
		m->pf[REG(IMS) / 4] |= value;
		if (model_peek(m, REG(ICR)) & value)
			other_cause(m);
		return true;
	case IGBIOV_IMC:
		m->pf[REG(IMS) / 4] &= ~value;
		return true;
	}
	return false;
}

bool
model_intr_write(struct model *m, unsigned int fn, uint32_t reg, uint32_t value)
{
	if (fn == MODEL_PF && pf_write(m, reg, value))
		return true;
	switch (reg) {
	case IGBIOV_EICR:
		*reg_of(m, fn, REG(EICR)) &= ~value;
		return true;
	case IGBIOV_EICS:
		cause(m, fn, value);
		return true;
	case IGBIOV_EIMS:
		*reg_of(m, fn, REG(EIMS)) |= value;
		messages_send(m, fn);
		return true;
	case IGBIOV_EIMC:
		if (fn == MODEL_PF)
			pf_mask(m, value);
		else
			*reg_of(m, fn, REG(EIMS)) &= ~value;
		return true;
	}
	return false;
}
