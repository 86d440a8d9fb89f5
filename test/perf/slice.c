/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) the igbiov authors
 */

#include <math.h>
#include <x86intrin.h>

#include <rte_cycles.h>

#include "device.h"
#include "slice.h"

#define SLICE_FRAMES 16384
/* Uncounted turns of all rings, until the caches hold this arm's again. */
#define WARM_UP_TURNS  2
#define CALIBRATIONS   64
#define EMPTY_POLLS    32
#define EMPTY_BRACKETS 256
/* Longer than any burst takes, shorter than any time slice of the scheduler. */
#define LONGEST_US 20
/* Cycles of a bracket with nothing in it, ten times over. */
#define LONGEST_EMPTY 1000

struct total {
	uint64_t cycles, bursts;
};

static inline uint64_t
bracket_open(void)
{
	uint64_t t;

	/* What the device and the application wrote must not still be in the store buffer. */
	_mm_mfence();
	_mm_lfence();
	t = __rdtsc();
	_mm_lfence();
	return t;
}

static inline uint64_t
bracket_close(uint64_t opened)
{
	unsigned int cpu;
	uint64_t t = __rdtscp(&cpu);

	_mm_lfence();
	return t - opened;
}

static inline bool
add(struct total *total, uint64_t cycles, uint64_t longest)
{
	if (cycles > longest)
		return false;
	total->cycles += cycles;
	total->bursts++;
	return true;
}

static double
bracket_cost(void)
{
	struct total total = { 0 };

	/* An empty one has less room for an interrupt than a burst. */
	for (unsigned int i = 0; i < CALIBRATIONS; i++)
		add(&total, bracket_close(bracket_open()), LONGEST_EMPTY);
	return (double)total.cycles / total.bursts;
}

/* NaN where nothing ran undisturbed. */
static double
per_frame(const struct total *total, double bracket, uint16_t burst)
{
	return ((double)total->cycles / total->bursts - bracket) / burst;
}

struct slice
slice_run(const struct arm *arm, uint16_t burst, bool cold)
{
	const uint64_t longest = rte_get_tsc_hz() / 1000000 * LONGEST_US;
	const unsigned int warm_up = WARM_UP_TURNS * arm->ring * arm->nb_lanes;
	struct rte_mbuf *pkts[BURST_MAX];
	struct total rx = { 0 }, tx = { 0 };
	struct slice slice = { 0 };
	unsigned int lane = 0;
	double bracket;

	for (unsigned int frames = 0; frames < warm_up + SLICE_FRAMES; frames += burst) {
		const struct lane *l = &arm->lane[lane];
		uint64_t opened, rx_cycles, tx_cycles;

		if (!device_step(l, &arm->frame, burst, cold))
			goto failed;
		opened = bracket_open();
		if (arm_receive(arm, l, pkts, burst) != burst)
			goto failed;
		rx_cycles = bracket_close(opened);
		arm_prepare(arm, pkts, burst);
		opened = bracket_open();
		if (arm_transmit(arm, l, pkts, burst) != burst)
			goto failed;
		tx_cycles = bracket_close(opened);
		if (++lane == arm->nb_lanes)
			lane = 0;
		if (frames < warm_up)
			continue;
		slice.dropped += !add(&rx, rx_cycles, longest);
		slice.dropped += !add(&tx, tx_cycles, longest);
	}
	bracket = bracket_cost();
	slice.rx = per_frame(&rx, bracket, burst);
	slice.tx = per_frame(&tx, bracket, burst);
	slice.failed = isnan(slice.rx) || isnan(slice.tx);
	return slice;
failed:
	slice.failed = true;
	return slice;
}

double
slice_empty_polls(const struct arm *arm)
{
	const uint64_t longest = rte_get_tsc_hz() / 1000000 * LONGEST_US;
	struct rte_mbuf *pkts[BURST_MAX];
	struct total total = { 0 };

	for (unsigned int i = 0; i < EMPTY_BRACKETS; i++) {
		uint64_t opened = bracket_open();

		for (unsigned int k = 0; k < EMPTY_POLLS; k++)
			rte_eth_rx_burst(arm->lane[0].port, arm->lane[0].queue, pkts, 32);
		add(&total, bracket_close(opened), longest);
	}
	return per_frame(&total, bracket_cost(), EMPTY_POLLS);
}
