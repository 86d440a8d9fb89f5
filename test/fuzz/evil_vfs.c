/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) the igbiov authors
 */

#include <string.h>

#include "evil_vfs.h"
#include "igbiov_mbx.h"

struct evil_vfs evil_vfs;

void
evil_vf_forget(struct evil_vf *vf)
{
	vf->clear = false;
	vf->touched = false;
	vf->nb_macs = 0;
	vf->nb_vlans = 0;
	vf->nb_hashes = 0;
	vf->promisc = 0;
	memset(&vf->own, 0, sizeof(vf->own));
}

static bool
locate(uint32_t reg, unsigned int *vf, unsigned int *word)
{
	if (reg < REG(VMBMEM) || reg >= REGN(VMBMEM, EVIL_VFS))
		return false;
	*vf = (reg - REG(VMBMEM)) / 64;
	*word = (reg - REG(VMBMEM)) % 64 / 4;
	return true;
}

/* The owner of the memory writes whenever it likes: right after it was looked at. */
static void
rewrite(struct model *m, unsigned int vf)
{
	struct input *in = evil_vfs.in;
	uint8_t word = input_u8(in);

	evil_vfs.rewrites--;
	model_poke(m, REGN(VMBMEM, vf) + 4 * (word % 16), input_u32(in));
}

uint32_t
evil_vfs_on_read(struct model *m, unsigned int fn, uint32_t reg, uint32_t value)
{
	unsigned int i, word;
	struct evil_vf *vf;

	if (fn != MODEL_PF || !locate(reg, &i, &word))
		return value;
	vf = &evil_vfs.vf[i];
	if (word == 0) {
		HOLDS(!vf->read, "VF %u: message read twice", i);
		vf->read = true;
		vf->seen = 0;
		memset(vf->words, 0, sizeof(vf->words));
	}
	HOLDS(!(vf->seen & 1u << word), "VF %u: word %u read twice", i, word);
	vf->seen |= 1u << word;
	vf->words[word] = value;
	if (evil_vfs.rewrites > 0)
		rewrite(m, i);
	return value;
}

static struct rte_ether_addr
mac_of(const uint32_t *words)
{
	struct rte_ether_addr mac;

	memcpy(mac.addr_bytes, words, sizeof(mac.addr_bytes));
	return mac;
}

static void
asked_mac(struct evil_vf *vf, const struct rte_ether_addr *mac)
{
	for (unsigned int i = 0; i < vf->nb_macs; i++)
		if (rte_is_same_ether_addr(&vf->mac[i], mac))
			return;
	HOLDS(vf->nb_macs < ASKED_MACS);
	vf->mac[vf->nb_macs++] = *mac;
}

static void
granted_mac(struct evil_vf *vf)
{
	struct rte_ether_addr mac = mac_of(&vf->words[1]);

	switch (MSG_INFO(vf->words[0])) {
	case MSG_MAC_SET:
		vf->own = mac;
		break;
	case MSG_MAC_ADD:
		asked_mac(vf, &mac);
		break;
	case MSG_MAC_CLEAR:
		vf->nb_macs = 0;
		break;
	default:
		HOLDS(false, "granted nonsense 0x%x", vf->words[0]);
	}
}

static void
granted_vlan(struct evil_vf *vf)
{
	uint16_t vid = (uint16_t)vf->words[1];
	unsigned int i = 0;

	HOLDS(vf->words[1] < 4095, "VLAN %u granted", vf->words[1]);
	HOLDS(MSG_INFO(vf->words[0]) <= 1);
	while (i < vf->nb_vlans && vf->vlan[i] != vid)
		i++;
	if (MSG_INFO(vf->words[0]) == 0 && i < vf->nb_vlans) {
		vf->vlan[i] = vf->vlan[--vf->nb_vlans];
	} else if (MSG_INFO(vf->words[0]) == 1 && i == vf->nb_vlans) {
		HOLDS(vf->nb_vlans < ASKED_VLANS);
		vf->vlan[vf->nb_vlans++] = vid;
	}
}

static void
granted_multicast(struct evil_vf *vf)
{
	uint32_t nb = MSG_INFO(vf->words[0]) & ~MSG_MC_OVERFLOW;

	HOLDS(nb <= VFCTL_MC_HASH_MAX, "%u hashes", nb);
	vf->nb_hashes = (uint16_t)nb;
	for (uint32_t i = 0; i < nb; i++)
		vf->hash[i] = (uint16_t)(vf->words[1 + i / 2] >> 16 * (i % 2)) & 0xFFF;
}

static void
granted(struct evil_vf *vf)
{
	switch (vf->words[0] & MSG_ID_MASK) {
	case MSG_SET_MAC:
		granted_mac(vf);
		break;
	case MSG_SET_MULTICAST:
		granted_multicast(vf);
		break;
	case MSG_SET_VLAN:
		granted_vlan(vf);
		break;
	case MSG_SET_PROMISC:
		vf->promisc = MSG_INFO(vf->words[0]);
		break;
	case MSG_SET_LPE:
		break;
	default:
		HOLDS(false, "granted nonsense 0x%x", vf->words[0]);
	}
	vf->granted = true;
}

static void
answered(struct model *m, unsigned int i)
{
	struct evil_vf *vf = &evil_vfs.vf[i];
	const uint32_t *mem = &m->pf[REGN(VMBMEM, i) / 4];
	bool ack = mem[0] & MSG_ACK;

	HOLDS(ack == !(mem[0] & MSG_NACK), "VF %u: answer 0x%x", i, mem[0]);
	HOLDS((mem[0] & MSG_ID_MASK) == (vf->words[0] & MSG_ID_MASK), "VF %u: answer 0x%x to 0x%x",
	      i, mem[0], vf->words[0]);
	vf->read = false;
	vf->answers++;
	/* Some VFs echo CTS; any other bit makes it something else. */
	if ((vf->words[0] & ~MSG_CTS) == MSG_RESET) {
		HOLDS(!(mem[0] & MSG_CTS));
		/* Refused, it stands still with what it has. */
		vf->clear = false;
		if (!ack)
			return;
		evil_vf_forget(vf);
		vf->clear = true;
		vf->anew = true;
		vf->own = mac_of(&mem[1]);
		return;
	}
	HOLDS(!ack || vf->clear, "VF %u: granted 0x%x before a reset", i, vf->words[0]);
	HOLDS(!(mem[0] & MSG_CTS) || vf->clear, "VF %u: 0x%x, and wasn't reset", i, mem[0]);
	if (ack)
		granted(vf);
}

static void
told(struct model *m, unsigned int i)
{
	struct evil_vf *vf = &evil_vfs.vf[i];
	uint32_t word = model_peek(m, REGN(VMBMEM, i));

	if (word == MSG_NACK) {
		HOLDS(!vf->clear || vf->reset || vf->touched,
		      "VF %u is clear, and gets a NACK unasked", i);
		vf->clear = false;
		return;
	}
	HOLDS((word & MSG_ID_MASK) == MSG_PF_CONTROL, "VF %u: told 0x%x", i, word);
	HOLDS(!(word & MSG_CTS) || vf->clear || vf->reset, "VF %u: 0x%x, and wasn't reset", i,
	      word);
	if (!(word & MSG_CTS))
		vf->clear = false;
}

/* VFs may talk from here on: everything must be closed already. */
static void
check_first_word(const struct model *m)
{
	uint32_t vfs = RTE_BIT32(EVIL_VFS) - 1;

	HOLDS((model_peek(m, REG(VFRE)) & vfs) == 0 && (model_peek(m, REG(VFTE)) & vfs) == 0,
	      "VFs run before they were reset");
	HOLDS(evil_vfs.may_block || (model_peek(m, REG(QDE)) & 0xFFFF) == 0xFFFF,
	      "a full ring holds up others");
	HOLDS((model_peek(m, REG(MRQC)) & 7) >= MRQC_VMDQ, "no pools");
}

void
evil_vfs_on_write(struct model *m, unsigned int fn, uint32_t reg, uint32_t value)
{
	unsigned int i;

	if (fn != MODEL_PF)
		return;
	if (reg == REG(CTRL_EXT) && value & CTRL_EXT_PFRSTD)
		check_first_word(m);
	if (reg < REG(P2VMAILBOX) || reg >= REGN(P2VMAILBOX, EVIL_VFS) || !(value & P2V_STS))
		return;
	i = (reg - REG(P2VMAILBOX)) / 4;
	if (evil_vfs.vf[i].read)
		answered(m, i);
	else
		told(m, i);
}
