/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) the igbiov authors
 */

/* What the PF's registers do, beyond keeping what is written to them. */

#include <string.h>

#include "model.h"

#define NVM_SUM	    0xBABA
#define RESET_US    1000
#define PHY_ADDRESS 1
#define VMOLR_RESET (VMOLR_STRCRC | 0x2600)

void
model_nvm_checksum(struct model *m)
{
	uint16_t sum = 0;

	for (unsigned int i = 0; i < MODEL_NVM_WORDS - 1; i++)
		sum += m->nvm[i];
	m->nvm[MODEL_NVM_WORDS - 1] = NVM_SUM - sum;
}

void
model_nvm_default(struct model *m)
{
	static const uint16_t mac[] = { 0x1b00, 0x0021, 0x5634 }; /* 00:1b:21:00:34:56 */

	memcpy(m->nvm, mac, sizeof(mac));
	m->nvm[0x0B] = 0x8086;
	model_nvm_checksum(m);
}

/* Registers as a reset leaves them. */
void
model_power_on(struct model *m)
{
	memset(m->pf, 0, sizeof(m->pf));
	memset(m->rate_factor, 0, sizeof(m->rate_factor));
	model_poke(m, REG(STATUS), STATUS_GIO_MASTER_EN);
	model_poke(m, REG(EECD), EECD_EE_PRES | EECD_AUTO_RD);
	model_poke(m, REG(VET), 0x81008100);
	model_poke(m, REG(RLPML), 0x2600);
	model_poke(m, REG(VFRE), 0xFF);
	model_poke(m, REG(VFTE), 0xFF);
	for (unsigned int i = 0; i < MODEL_POOLS; i++)
		model_poke(m, REGN(VMOLR, i), VMOLR_RESET);
	for (unsigned int q = 0; q < MODEL_QUEUES; q++) {
		model_poke(m, 0xC000 + q * 0x40 + REG(RXCTL), MODEL_RXCTL);
		model_poke(m, 0xE000 + q * 0x40 + REG(TXCTL), MODEL_TXCTL);
	}
	model_poke(m, REG(DCA_CTRL), DCA_CTRL_DIS);
	model_poke(m, REG(RPLOLR), RPLOLR_STRCRC);
	model_poke(m, REGN(RAL, 0), m->nvm[0] | (uint32_t)m->nvm[1] << 16);
	model_poke(m, REGN(RAH, 0), m->nvm[2] | RAH_AV);
	m->phy[PHY_BMCR] = BMCR_AN_ENABLE;
	m->phy[PHY_ANAR] = ANAR_SELECTOR;
	model_rings_reset(m);
	model_mbx_pf_reset(m);
}

void
model_link(struct model *m, bool up)
{
	uint32_t status = model_peek(m, REG(STATUS)) & ~(STATUS_LU | STATUS_FD | 3u << 6);

	if (up)
		status |= STATUS_LU | STATUS_FD | m->link_speed << 6;
	model_poke(m, REG(STATUS), status);
	model_icr(m, ICR_LSC);
}

static void
reset(struct model *m)
{
	uint32_t held = model_peek(m, REG(SW_FW_SYNC));

	m->at_reset.masked = model_peek(m, REG(IMS)) == 0 && model_peek(m, REG(EIMS)) == 0;
	m->at_reset.rx_off = !(model_peek(m, REG(RCTL)) & RCTL_RXEN);
	m->at_reset.tx_off = !(model_peek(m, REG(TCTL)) & TCTL_EN);
	m->at_reset.dma_off = !(model_peek(m, REG(STATUS)) & STATUS_GIO_MASTER_EN);
	m->nb_resets++;
	model_power_on(m);
	/* Shared with firmware and the other port, so no port's reset clears it. */
	model_poke(m, REG(SW_FW_SYNC), held);
	m->reset_busy = true;
	m->reset_at = m->now_us;
}

static void
ctrl_write(struct model *m, uint32_t value)
{
	uint32_t status = model_peek(m, REG(STATUS));

	model_poke(m, REG(CTRL), value & ~CTRL_RST);
	if (value & CTRL_GIO_MASTER_DIS)
		model_poke(m, REG(STATUS), status & ~STATUS_GIO_MASTER_EN);
	else
		model_poke(m, REG(STATUS), status | STATUS_GIO_MASTER_EN);
	if (value & CTRL_RST)
		reset(m);
}

static void
eerd_write(struct model *m, uint32_t value)
{
	uint32_t word = value >> 2 & 0x3FFF;

	if (!(model_peek(m, REG(SW_FW_SYNC)) & SW_FW_EEP))
		model_misuse(m, "NVM word 0x%x read without its semaphore", word);
	if (!(value & EERD_START))
		return;
	value = (value & 0xFFFF & ~EERD_START) | EERD_DONE;
	if (word < MODEL_NVM_WORDS)
		value |= (uint32_t)m->nvm[word] << 16;
	model_poke(m, REG(EERD), value);
}

static void
phy_write(struct model *m, unsigned int reg, uint16_t data)
{
	m->phy[reg] = data;
	if (reg != PHY_BMCR)
		return;
	m->phy[reg] &= ~BMCR_AN_RESTART;
	if (data & BMCR_POWER_DOWN)
		model_link(m, false);
	else if (data & BMCR_AN_RESTART)
		model_link(m, m->cable);
}

static void
mdic_write(struct model *m, uint32_t value)
{
	unsigned int reg = value >> 16 & 0x1F, address = value >> 21 & 0x1F;

	if (!(model_peek(m, REG(SW_FW_SYNC)) & SW_FW_PHY(0)))
		model_misuse(m, "PHY register %u touched without its semaphore", reg);
	value &= ~(MDIC_READY | MDIC_ERROR);
	if (m->phy_mode == MODEL_PHY_MUTE) {
		model_poke(m, REG(MDIC), value);
		return;
	}
	if (m->phy_mode == MODEL_PHY_ERROR || address != PHY_ADDRESS) {
		model_poke(m, REG(MDIC), value | MDIC_READY | MDIC_ERROR);
		return;
	}
	if ((value & (MDIC_OP_READ | MDIC_OP_WRITE)) == MDIC_OP_WRITE)
		phy_write(m, reg, value & MDIC_DATA);
	else
		value = (value & ~MDIC_DATA) | m->phy[reg];
	model_poke(m, REG(MDIC), value | MDIC_READY);
}

static void
swsm_write(struct model *m, uint32_t value)
{
	uint32_t now = model_peek(m, REG(SWSM));

	/* SMBI can only be given back by writing; SWESMBI sticks unless firmware holds it. */
	now &= value & SWSM_SMBI ? ~0u : ~SWSM_SMBI;
	now &= ~SWSM_SWESMBI;
	if (!m->fw_holds_swesmbi)
		now |= value & SWSM_SWESMBI;
	model_poke(m, REG(SWSM), now);
}

uint32_t
model_chip_read(struct model *m, uint32_t reg, uint32_t value)
{
	if (m->reset_busy && m->now_us < m->reset_at + RESET_US)
		model_misuse(m, "register 0x%x read within 1 ms of a reset", reg);
	m->reset_busy = false;
	if (reg == REG(SWSM))
		m->pf[REG(SWSM) / 4] |= SWSM_SMBI;
	return value;
}

void
model_chip_write(struct model *m, uint32_t reg, uint32_t value)
{
	switch (reg) {
	case IGBIOV_CTRL:
		ctrl_write(m, value);
		return;
	case IGBIOV_EERD:
		eerd_write(m, value);
		return;
	case IGBIOV_MDIC:
		mdic_write(m, value);
		return;
	case IGBIOV_SWSM:
		swsm_write(m, value);
		return;
	case IGBIOV_SW_FW_SYNC:
		if (!(model_peek(m, REG(SWSM)) & SWSM_SWESMBI))
			model_misuse(m, "SW_FW_SYNC written without SWESMBI");
		break;
	case IGBIOV_RTTBCNRC:
		/* One window on all queues' settings. */
		m->rate_factor[model_peek(m, REG(RTTDQSEL)) % MODEL_QUEUES] = value;
		return;
	}
	model_poke(m, reg, value);
}
