/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) the igbiov authors
 */

#include <stdio.h>

#include "device.h"
#include "instructions.h"
#include "steps.h"

#ifdef HAVE_CALLGRIND
#include <valgrind/callgrind.h>
#else
#define RUNNING_ON_VALGRIND		0
#define CALLGRIND_START_INSTRUMENTATION ((void)0)
#define CALLGRIND_TOGGLE_COLLECT	((void)0)
#define CALLGRIND_ZERO_STATS		((void)0)
#define CALLGRIND_DUMP_STATS_AT(name)	((void)(name))
#endif

#define BURST 32
/* A turn of the ring: refills and clean-ups come as often as ever after. */
#define TURN (ARM_RING / BURST)

enum phase {
	RX,
	TX,
	LOOP,
	EMPTY,
	NOT_COUNTED
};

static const char *const phase_names[] = { "rx", "tx", "loop", "empty" };

static bool callgrind;

static inline void
count(bool on)
{
	if (callgrind)
		CALLGRIND_TOGGLE_COLLECT;
	else if (on)
		steps_on();
	else
		steps_off();
}

#define COUNTED(this_phase, call) \
	do { \
		if (phase == (this_phase)) \
			count(true); \
		call; \
		if (phase == (this_phase)) \
			count(false); \
	} while (0)

bool
instructions_by_callgrind(void)
{
	return RUNNING_ON_VALGRIND;
}

static void
burst(const struct arm *arm, enum phase phase)
{
	const struct lane *lane = &arm->lane[0];
	struct rte_mbuf *pkts[BURST];

	if (phase == EMPTY) {
		COUNTED(EMPTY, rte_eth_rx_burst(lane->port, lane->queue, pkts, BURST));
		return;
	}
	if (arm->polled_only) {
		COUNTED(LOOP, );
		return;
	}
	device_step(lane, &arm->frame, BURST, false);
	COUNTED(RX, arm_receive(arm, lane, pkts, BURST));
	arm_prepare(arm, pkts, BURST);
	COUNTED(LOOP, );
	COUNTED(TX, arm_transmit(arm, lane, pkts, BURST));
}

static void
phase_run(const struct arm *arm, enum phase phase, json_t *result)
{
	char dump[64];

	snprintf(dump, sizeof(dump), "%s/%s", arm->name, phase_names[phase]);
	CALLGRIND_ZERO_STATS;
	if (!callgrind)
		steps_prepare();
	for (unsigned int i = 0; i < TURN; i++)
		burst(arm, phase);
	if (!callgrind)
		json_object_set_new(result, phase_names[phase], json_integer(steps_done()));
	CALLGRIND_DUMP_STATS_AT(dump);
}

json_t *
instructions_count(const struct arm *arm)
{
	json_t *result = json_pack("{s:s, s:i, s:i}", "arm", arm->name, "frames", TURN * BURST,
				   "polls", TURN);

	callgrind = instructions_by_callgrind();
	/* Not from the start: EAL would take a minute. */
	CALLGRIND_START_INSTRUMENTATION;
	for (unsigned int i = 0; i < 2 * TURN; i++)
		burst(arm, NOT_COUNTED);
	phase_run(arm, LOOP, result);
	if (!arm->polled_only) {
		phase_run(arm, RX, result);
		phase_run(arm, TX, result);
	}
	if (arm_polls(arm))
		phase_run(arm, EMPTY, result);
	return result;
}
