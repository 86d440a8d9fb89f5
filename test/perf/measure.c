/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) the igbiov authors
 */

#include <math.h>
#include <stdio.h>
#include <stdlib.h>

#include <rte_cycles.h>

#include "device.h"
#include "machine.h"
#include "measure.h"
#include "slice.h"

/* The middle one first: a quick run takes it alone. */
static const uint16_t bursts[] = { 32, 4, 64 };

/* One arm under one condition, and its figures so far. */
struct cell {
	struct arm *arm;
	const char *mode;
	uint16_t burst;
	unsigned int dropped;
	json_t *rx, *tx;
};

struct cells {
	struct cell *cell;
	unsigned int nb;
};

static void
cell_add(struct cells *cells, struct arm *arm, const char *mode, uint16_t burst)
{
	cells->cell = realloc(cells->cell, (cells->nb + 1) * sizeof(cells->cell[0]));
	cells->cell[cells->nb++] = (struct cell){ arm, mode, burst, 0, json_array(), json_array() };
}

/* Without a device there is nothing to come from another core. */
static bool
is_timed(const struct arm *arm, bool cold)
{
	return arm_runs(arm) && !arm->polled_only && (arm_has_nic(arm) || !cold);
}

/* Arms under one condition stand together, so that those that are compared run close in time. */
static struct cells
cells_all(bool quick)
{
	struct cells cells = { 0 };

	for (unsigned int cold = 0; cold <= (machine.device_lcore >= 0); cold++)
		for (unsigned int b = 0; b < (quick ? 1 : RTE_DIM(bursts)); b++)
			for (unsigned int i = 0; i < nb_arms; i++)
				if (is_timed(&arms[i], cold))
					cell_add(&cells, &arms[i], cold ? "cold" : "warm",
						 bursts[b]);
	for (unsigned int i = 0; i < nb_arms; i++)
		if (arm_runs(&arms[i]) && arm_polls(&arms[i]))
			cell_add(&cells, &arms[i], "empty", 0);
	return cells;
}

/* From then on it doesn't run: its rounds must stay those of the others. */
static void
give_up(const struct cell *cell)
{
	snprintf(cell->arm->why, sizeof(cell->arm->why), "lost frames or time, %s, burst %u",
		 cell->mode, cell->burst);
}

static void
cell_poll(struct cell *cell)
{
	double cycles = slice_empty_polls(cell->arm);

	if (isnan(cycles))
		give_up(cell);
	else
		json_array_append_new(cell->rx, json_real(cycles));
}

static void
cell_run(struct cell *cell)
{
	struct slice slice;

	if (cell->burst == 0) {
		cell_poll(cell);
		return;
	}
	slice = slice_run(cell->arm, cell->burst, cell->mode[0] == 'c');
	cell->dropped += slice.dropped;
	if (slice.failed) {
		give_up(cell);
		return;
	}
	json_array_append_new(cell->rx, json_real(slice.rx));
	json_array_append_new(cell->tx, json_real(slice.tx));
}

static bool
same_condition(const struct cell *a, const struct cell *b)
{
	return a->mode == b->mode && a->burst == b->burst;
}

/* Another order each round: who runs after whom must not favour anyone. */
static void
shuffle(unsigned int *order, unsigned int n)
{
	for (unsigned int i = n; i > 1; i--) {
		unsigned int k = rand() % i, kept = order[i - 1];

		order[i - 1] = order[k];
		order[k] = kept;
	}
}

static void
round_run(const struct cells *cells)
{
	unsigned int order[cells->nb];

	for (unsigned int first = 0, n; first < cells->nb; first += n) {
		for (n = 0; first + n < cells->nb &&
			    same_condition(&cells->cell[first], &cells->cell[first + n]);
		     n++)
			order[n] = first + n;
		shuffle(order, n);
		for (unsigned int i = 0; i < n; i++)
			if (arm_runs(cells->cell[order[i]].arm))
				cell_run(&cells->cell[order[i]]);
	}
}

static json_t *
result(struct cells *cells)
{
	json_t *list = json_array();

	for (unsigned int i = 0; i < cells->nb; i++) {
		struct cell *c = &cells->cell[i];

		json_array_append_new(list,
				      json_pack("{s:s, s:s, s:i, s:i, s:o, s:o}", "arm",
						c->arm->name, "mode", c->mode, "burst", c->burst,
						"dropped", c->dropped, "rx", c->rx, "tx", c->tx));
	}
	free(cells->cell);
	return list;
}

json_t *
measure(double seconds, bool quick)
{
	uint64_t end = rte_get_tsc_cycles() + (uint64_t)(seconds * rte_get_tsc_hz());
	struct cells cells = cells_all(quick);

	if (machine.device_lcore >= 0)
		device_start(machine.device_lcore);
	do
		round_run(&cells);
	while (rte_get_tsc_cycles() < end);
	if (machine.device_lcore >= 0)
		device_stop();
	return result(&cells);
}
