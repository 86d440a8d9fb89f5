/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) the igbiov authors
 */

#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "igbiov_ethdev.h"
#include "igbiov_regs.h"

enum access {
	RW,
	RO,
	RC,
	WO,
	W1C
};

struct row {
	const char *name;
	uint32_t offset, stride;
	uint16_t count;
	uint8_t access;
};

#define ROW(name, offset, stride, count, access, group) { #name, offset, stride, count, access },

static const struct row pf_rows[] = { IGBIOV_REGS(ROW) };
static const struct row vf_rows[] = { IGBIOV_VF_REGS(ROW) };
static const struct row queue_rows[] = { IGBIOV_QUEUE_REGS(ROW) };

struct dump {
	const struct igbiov_hw *hw;
	const char *filter;
	uint32_t *data;
	struct rte_eth_reg_name *names;
	uint32_t len;
};

static void
dump_one(struct dump *d, const struct row *row, uint32_t reg, int index)
{
	char name[RTE_ETH_REG_NAME_SIZE];

	/* What a read would clear is a statistic or a cause somebody waits for. */
	if (row->access == RC || row->access == WO)
		return;
	if (index < 0)
		strlcpy(name, row->name, sizeof(name));
	else
		snprintf(name, sizeof(name), "%s%d", row->name, index);
	if (d->filter != NULL && strstr(name, d->filter) == NULL)
		return;
	if (d->names != NULL)
		strlcpy(d->names[d->len].name, name, sizeof(d->names[0].name));
	if (d->data != NULL)
		d->data[d->len] = hw_rd(d->hw, reg);
	d->len++;
}

static void
dump_rows(struct dump *d, const struct row *rows, unsigned int nb)
{
	for (unsigned int i = 0; i < nb; i++)
		for (unsigned int k = 0; k < rows[i].count; k++)
			dump_one(d, &rows[i], rows[i].offset + k * rows[i].stride,
				 rows[i].count == 1 ? -1 : (int)k);
}

static void
dump_queues(struct dump *d)
{
	const struct igbiov_chip *chip = &d->hw->chip;

	for (unsigned int i = 0; i < RTE_DIM(queue_rows); i++) {
		/* The transmit rows follow the receive rows. */
		bool tx = queue_rows[i].name[0] == 'T';
		uint32_t base = tx ? chip->txq_base : chip->rxq_base;
		uint32_t stride = tx ? chip->txq_stride : chip->rxq_stride;

		for (unsigned int q = 0; q < chip->nb_queues; q++)
			dump_one(d, &queue_rows[i], base + q * stride + queue_rows[i].offset, q);
	}
}

int
igbiov_reg_get(struct rte_eth_dev *dev, struct rte_dev_reg_info *info)
{
	const struct igbiov_adapter *ad = dev->data->dev_private;
	struct dump d = {
		.hw = &ad->hw,
		.filter = info->filter,
		.data = info->data,
		.names = info->names,
	};
	bool is_vf = ad->hw.chip.is_vf;

	if (info->offset != 0) {
		IGBIOV_LOG(&ad->hw, ERR, "register dump from %u: only whole, from 0", info->offset);
		return -ENOTSUP;
	}
	if (info->data != NULL && igbiov_hw_removed(&ad->hw))
		return -ENODEV;
	dump_rows(&d, is_vf ? vf_rows : pf_rows, is_vf ? RTE_DIM(vf_rows) : RTE_DIM(pf_rows));
	dump_queues(&d);
	info->length = d.len;
	info->width = sizeof(uint32_t);
	info->version = 1;
	return 0;
}
