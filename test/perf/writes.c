/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) the igbiov authors
 */

#include <signal.h>
#include <sys/mman.h>
#include <ucontext.h>

#include "device.h"
#include "slice.h"
#include "steps.h"
#include "writes.h"

#define WARM_UP	     64
#define BURSTS	     256
#define FAULT_WRITES 0x2

static const struct lane *watched;
static struct writes found;

static void
doors(int protection)
{
	mprotect(watched->nic->bar, NIC_BAR_LEN, protection);
}

static void
note(const void *address, bool write)
{
	if (!write)
		found.reads++;
	else if (address == watched->nicq->rx_tail)
		found.rx_tail++;
	else if (address == watched->nicq->tx_tail)
		found.tx_tail++;
	else
		found.other++;
}

static void
on_touch(int signal_number, siginfo_t *info, void *arg)
{
	ucontext_t *context = arg;
	const uint8_t *address = info->si_addr;

	if (address < watched->nic->bar || address >= watched->nic->bar + NIC_BAR_LEN) {
		/* Not ours: it happens again, and ends the process as it would have. */
		signal(signal_number, SIG_DFL);
		return;
	}
	note(address, context->uc_mcontext.gregs[REG_ERR] & FAULT_WRITES);
	doors(PROT_READ | PROT_WRITE);
	context->uc_mcontext.gregs[REG_EFL] |= TRAP_FLAG;
}

static void
on_step(int signal_number, siginfo_t *info, void *arg)
{
	ucontext_t *context = arg;

	(void)signal_number;
	(void)info;
	doors(PROT_NONE);
	context->uc_mcontext.gregs[REG_EFL] &= ~TRAP_FLAG;
}

/* A poll that asks for frames when there are none, as every lcore's loop does most of the time. */
static void
nothing(const struct lane *lane, struct rte_mbuf **pkts)
{
	doors(PROT_NONE);
	rte_eth_rx_burst(lane->port, lane->queue, pkts, BURST_MAX);
	rte_eth_tx_burst(lane->port, lane->queue, pkts, 0);
	doors(PROT_READ | PROT_WRITE);
}

static void
something(const struct arm *arm, const struct lane *lane, struct rte_mbuf **pkts, uint16_t burst)
{
	uint16_t got;

	device_step(lane, &arm->frame, burst, false);
	doors(PROT_NONE);
	got = arm_receive(arm, lane, pkts, burst);
	doors(PROT_READ | PROT_WRITE);
	arm_prepare(arm, pkts, got);
	doors(PROT_NONE);
	found.frames += arm_transmit(arm, lane, pkts, got);
	doors(PROT_READ | PROT_WRITE);
}

static void
bursts(const struct arm *arm, uint16_t burst, unsigned int n)
{
	struct rte_mbuf *pkts[BURST_MAX];

	for (unsigned int i = 0; i < n; i++) {
		if (burst == 0)
			nothing(watched, pkts);
		else
			something(arm, watched, pkts, burst);
	}
	found.bursts += n;
}

struct writes
writes_count(const struct arm *arm, uint16_t burst)
{
	const struct sigaction touch = { .sa_sigaction = on_touch, .sa_flags = SA_SIGINFO };
	const struct sigaction step = { .sa_sigaction = on_step, .sa_flags = SA_SIGINFO };
	struct sigaction touch_before, step_before;
	uint64_t completions;

	watched = &arm->lane[0];
	sigaction(SIGSEGV, &touch, &touch_before);
	sigaction(SIGTRAP, &step, &step_before);
	bursts(arm, burst, WARM_UP);
	device_step(watched, &arm->frame, 0, false);
	found = (struct writes){ 0 };
	completions = watched->nicq->completions;
	bursts(arm, burst, BURSTS);
	device_step(watched, &arm->frame, 0, false);
	found.completions = watched->nicq->completions - completions;
	sigaction(SIGSEGV, &touch_before, NULL);
	sigaction(SIGTRAP, &step_before, NULL);
	return found;
}
