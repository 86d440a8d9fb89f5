/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) the igbiov authors
 */

/* RX interrupts, from a frame to the thread that sleeps, beside those of link and mailbox. */

#include <dirent.h>
#include <errno.h>
#include <string.h>

#include <rte_epoll.h>

#include "machine.h"

#define RING	64
#define TIMEOUT 5000 /* ms, for what must come */

static int
configure(struct function *f, uint16_t queues, bool rxq)
{
	const struct rte_eth_conf conf = { .intr_conf = { .lsc = 1, .rxq = rxq } };
	int ret = rte_eth_dev_configure(f->port_id, queues, 1, &conf);

	if (f->pool == NULL)
		f->pool = mempool_new(1024, RTE_PKTMBUF_HEADROOM + 2048);
	for (uint16_t q = 0; q < queues && ret == 0; q++)
		ret = rte_eth_rx_queue_setup(f->port_id, q, RING, SOCKET_ID_ANY, NULL, f->pool);
	return ret == 0 ? rte_eth_tx_queue_setup(f->port_id, 0, RING, SOCKET_ID_ANY, NULL) : ret;
}

static void
start(struct function *f, uint16_t queues)
{
	assert_int_equal(configure(f, queues, true), 0);
	assert_int_equal(rte_eth_dev_start(f->port_id), 0);
}

static void
listen_to(struct function *f, uint16_t q)
{
	assert_int_equal(rte_eth_dev_rx_intr_ctl_q(f->port_id, q, RTE_EPOLL_PER_THREAD,
						   RTE_INTR_EVENT_ADD, (void *)(uintptr_t)(q + 1)),
			 0);
}

/* Sleeps until a queue's interrupt; gives the queue, or -1. */
static int
woken_by(int timeout)
{
	struct rte_epoll_event event;

	if (rte_epoll_wait(RTE_EPOLL_PER_THREAD, &event, 1, timeout) != 1)
		return -1;
	return (int)(uintptr_t)event.epdata.data - 1;
}

static void
arrive(struct function *f, uint16_t hw_q)
{
	uint8_t frame[100];

	pattern(frame, sizeof(frame), hw_q);
	assert_true(model_rx_queue(f->machine->m, hw_q, frame, sizeof(frame), NULL));
}

/* Polls a queue empty. */
static unsigned int
take(struct function *f, uint16_t q)
{
	struct rte_mbuf *pkts[32];
	unsigned int total = 0;
	uint16_t n;

	while ((n = rte_eth_rx_burst(f->port_id, q, pkts, RTE_DIM(pkts))) > 0) {
		rte_pktmbuf_free_bulk(pkts, n);
		total += n;
	}
	return total;
}

/* An application's life: sleep, mask, poll, unmask. */
static void
sleep_and_wake(struct function *f, uint16_t q, uint16_t hw_q)
{
	for (unsigned int round = 0; round < 5; round++) {
		assert_int_equal(rte_eth_dev_rx_intr_enable(f->port_id, q), 0);
		assert_int_equal(woken_by(0), -1);
		arrive(f, hw_q);
		assert_int_equal(woken_by(TIMEOUT), q);
		assert_int_equal(rte_eth_dev_rx_intr_disable(f->port_id, q), 0);
		assert_int_equal(take(f, q), 1);
	}
}

static void
a_frame_wakes_who_sleeps_on_its_queue(void **state)
{
	struct machine *machine = *state;
	struct function *f = machine_pf(machine);

	assert_int_equal(function_probe(machine, MODEL_PF), 0);
	start(f, 9);
	for (uint16_t q = 0; q < 9; q++)
		listen_to(f, q);
	for (uint16_t q = 0; q < 9; q++)
		sleep_and_wake(f, q, q);
}

/* Between the last poll and the unmasking: nobody may sleep over it. */
static void
a_frame_before_the_unmasking_wakes_too(void **state)
{
	struct machine *machine = *state;
	struct function *f = machine_pf(machine);

	assert_int_equal(function_probe(machine, MODEL_PF), 0);
	start(f, 2);
	listen_to(f, 1);
	for (unsigned int round = 0; round < 5; round++) {
		assert_int_equal(take(f, 1), 0);
		arrive(f, 1);
		assert_int_equal(woken_by(0), -1);
		assert_int_equal(rte_eth_dev_rx_intr_enable(f->port_id, 1), 0);
		assert_int_equal(woken_by(TIMEOUT), 1);
		assert_int_equal(rte_eth_dev_rx_intr_disable(f->port_id, 1), 0);
		assert_int_equal(take(f, 1), 1);
	}
}

static void
a_masked_queue_is_silent(void **state)
{
	struct machine *machine = *state;
	struct function *f = machine_pf(machine);

	assert_int_equal(function_probe(machine, MODEL_PF), 0);
	start(f, 2);
	listen_to(f, 0);
	listen_to(f, 1);
	/* After start, and after disable. */
	for (unsigned int round = 0; round < 2; round++) {
		arrive(f, 0);
		assert_int_equal(woken_by(0), -1);
		assert_int_equal(take(f, 0), 1);
		assert_int_equal(rte_eth_dev_rx_intr_enable(f->port_id, 0), 0);
		assert_int_equal(woken_by(TIMEOUT), 0);
		assert_int_equal(rte_eth_dev_rx_intr_disable(f->port_id, 0), 0);
	}
	/* An interrupt masks itself, so that a flood costs one. */
	assert_int_equal(rte_eth_dev_rx_intr_enable(f->port_id, 1), 0);
	arrive(f, 1);
	assert_int_equal(woken_by(TIMEOUT), 1);
	arrive(f, 1);
	assert_int_equal(woken_by(0), -1);
	assert_int_equal(take(f, 1), 2);
}

static void
the_interval_is_what_was_asked_for(void **state)
{
	static char args[] = "itr_us=100,state=none";
	struct machine *machine = *state;
	struct function *f = machine_pf(machine);

	machine_devargs(f, args);
	assert_int_equal(function_probe(machine, MODEL_PF), 0);
	start(f, 2);
	for (unsigned int v = 1; v <= 2; v++)
		assert_int_equal(model_peek(machine->m, REGN(EITR, v)), EITR_INTERVAL(100));
	/* Link and mailbox have their own. */
	assert_int_not_equal(model_peek(machine->m, REGN(EITR, 0)), EITR_INTERVAL(100));
	assert_int_equal(model_peek(machine->m, REGN(EITR, 3)), 0);
}

static void
without_being_configured_there_are_none(void **state)
{
	struct machine *machine = *state;
	struct function *f = machine_pf(machine);

	assert_int_equal(function_probe(machine, MODEL_PF), 0);
	assert_int_equal(configure(f, 1, false), 0);
	assert_int_equal(rte_eth_dev_start(f->port_id), 0);
	assert_int_equal(rte_eth_dev_rx_intr_enable(f->port_id, 0), -ENOTSUP);
	assert_int_equal(rte_eth_dev_rx_intr_disable(f->port_id, 0), -ENOTSUP);
	assert_int_equal(model_peek(machine->m, REG(EIMS)), 1);
}

static void
more_queues_than_vectors_are_refused(void **state)
{
	struct machine *machine = *state;
	struct function *f = machine_pf(machine);

	assert_int_equal(function_probe(machine, MODEL_PF), 0);
	assert_int_equal(configure(f, 10, true), -ENOTSUP);
	assert_int_equal(configure(f, 10, false), 0);
	assert_int_equal(configure(f, 9, true), 0);
}

static unsigned int
open_files(void)
{
	DIR *dir = opendir("/proc/self/fd");
	unsigned int n = 0;

	assert_non_null(dir);
	while (readdir(dir) != NULL)
		n++;
	closedir(dir);
	return n;
}

static void
a_stop_gives_the_vectors_back(void **state)
{
	struct machine *machine = *state;
	struct function *f = machine_pf(machine);
	unsigned int before;

	assert_int_equal(function_probe(machine, MODEL_PF), 0);
	/* The first wait makes the thread's epoll instance. */
	start(f, 2);
	listen_to(f, 0);
	assert_int_equal(rte_eth_dev_stop(f->port_id), 0);
	before = open_files();
	for (unsigned int round = 0; round < 5; round++) {
		assert_int_equal(rte_eth_dev_start(f->port_id), 0);
		listen_to(f, 0);
		sleep_and_wake(f, 0, 0);
		assert_int_equal(rte_eth_dev_rx_intr_enable(f->port_id, 0), 0);
		assert_int_equal(rte_eth_dev_stop(f->port_id), 0);
		assert_int_equal(open_files(), before);
		assert_int_equal(model_peek(machine->m, REG(EIMS)), 0);
		assert_int_equal(rte_eth_dev_rx_intr_enable(f->port_id, 0), -ENOTSUP);
	}
}

static void
vectors_that_cannot_be_had_fail_the_start(void **state)
{
	struct machine *machine = *state;
	struct function *f = machine_pf(machine);
	unsigned int before;

	assert_int_equal(function_probe(machine, MODEL_PF), 0);
	assert_int_equal(configure(f, 2, true), 0);
	before = open_files();
	machine->intr_fails = true;
	assert_int_equal(rte_eth_dev_start(f->port_id), -EIO);
	assert_int_equal(open_files(), before);
	assert_int_equal(rte_mempool_in_use_count(f->pool), 0);
	machine->intr_fails = false;
	assert_int_equal(rte_eth_dev_start(f->port_id), 0);
	listen_to(f, 1);
	sleep_and_wake(f, 1, 1);
}

/* The PF's queues are 7 and 15 then; the VFs' vectors are theirs. */
static void
a_pf_with_vfs_has_interrupts_beside_its_control_thread(void **state)
{
	struct machine *machine = *state;
	struct function *pf = machine_pf(machine), *vf = machine_vf(machine, 0);
	unsigned int lsc;

	assert_int_equal(function_probe(machine, MODEL_PF), 0);
	start(pf, 2);
	assert_int_equal(function_probe(machine, 0), 0);
	function_start(vf);
	for (uint16_t q = 0; q < 2; q++) {
		listen_to(pf, q);
		sleep_and_wake(pf, q, 7 + 8 * q);
	}
	lsc = pf->nb_lsc;
	model_link(machine->m, false);
	EVENTUALLY(pf->nb_lsc > lsc);
	lsc = vf->nb_lsc;
	model_link(machine->m, true);
	EVENTUALLY(vf->nb_lsc > lsc);
	sleep_and_wake(pf, 1, 15);
	assert_int_equal(rte_eth_dev_stop(pf->port_id), 0);
}

/* The PF's news comes through vector 0 whichever way the chip reads VTIVAR_MISC. */
static void
vf_has_both(struct machine *machine, uint32_t misc)
{
	static char args[] = "itr_us=30";
	struct function *f = machine_vf(machine, 1);
	struct model *m = machine->m;
	unsigned int lsc;

	machine_start(machine, 0);
	machine_devargs(f, args);
	assert_int_equal(function_probe(machine, 1), 0);
	for (unsigned int round = 0; round < 2; round++) {
		start(f, 2);
		assert_int_equal(model_vf_peek(m, 1, REG(VTIVAR_MISC)), misc);
		assert_int_equal(model_vf_peek(m, 1, REG(VTIVAR)), 0x820081);
		assert_int_equal(model_vf_peek(m, 1, REGN(VTEITR, 1)), EITR_INTERVAL(30));
		assert_int_equal(model_vf_peek(m, 1, REGN(VTEITR, 2)), EITR_INTERVAL(30));
		for (uint16_t q = 0; q < 2; q++) {
			listen_to(f, q);
			sleep_and_wake(f, q, 1 + 8 * q);
		}
		for (unsigned int up = 0; up < 2; up++) {
			lsc = f->nb_lsc;
			model_link(m, up);
			EVENTUALLY(f->nb_lsc > lsc);
			assert_int_equal(woken_by(0), -1);
		}
		sleep_and_wake(f, 0, 1);
		assert_int_equal(rte_eth_dev_stop(f->port_id), 0);
		assert_int_equal(model_vf_peek(m, 1, REG(VTEIMS)), 0);
	}
}

static void
a_vf_has_interrupts_beside_its_mailbox(void **state)
{
	vf_has_both(*state, 0x80);
}

static void
a_vf_has_both_on_qemus_model_too(void **state)
{
	struct machine *machine = *state;

	machine->m->qemu_vf_intr = true;
	vf_has_both(machine, 0x81);
}

#define T(f) ON_MACHINE(f, 0)
#define V(f) ON_MACHINE(f, 2)

int
main(void)
{
	const struct CMUnitTest tests[] = {
		T(a_frame_wakes_who_sleeps_on_its_queue),
		T(a_frame_before_the_unmasking_wakes_too),
		T(a_masked_queue_is_silent),
		T(the_interval_is_what_was_asked_for),
		T(without_being_configured_there_are_none),
		T(more_queues_than_vectors_are_refused),
		T(a_stop_gives_the_vectors_back),
		T(vectors_that_cannot_be_had_fail_the_start),
		V(a_pf_with_vfs_has_interrupts_beside_its_control_thread),
		V(a_vf_has_interrupts_beside_its_mailbox),
		V(a_vf_has_both_on_qemus_model_too),
	};

	return cmocka_run_group_tests_name("igbiov_intr", tests, eal_setup, NULL);
}
