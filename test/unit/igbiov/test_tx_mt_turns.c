/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) the igbiov authors
 */

/*
 * igbiov_tx_mt.h: all the turns that threads can take, by fibers. Before each
 * atomic access, and in the middle of sending, another may go on; every choice is
 * tried, up to a number of switches. What CPUs may reorder is not shown here.
 */

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>
#include <ucontext.h>
#include <cmocka.h>

#include "igbiov_tx.h"

static void turn(void);

#undef rte_atomic_load_explicit
#undef rte_atomic_store_explicit
#undef rte_atomic_exchange_explicit
#undef rte_atomic_fetch_add_explicit
#undef rte_atomic_compare_exchange_weak_explicit
#define rte_atomic_load_explicit(at, order)	    (turn(), __atomic_load_n(at, order))
#define rte_atomic_store_explicit(at, value, order) (turn(), __atomic_store_n(at, value, order))
#define rte_atomic_exchange_explicit(at, value, order) \
	(turn(), __atomic_exchange_n(at, value, order))
#define rte_atomic_fetch_add_explicit(at, value, order) \
	(turn(), __atomic_fetch_add(at, value, order))
#define rte_atomic_compare_exchange_weak_explicit(at, old, value, order, failed) \
	(turn(), __atomic_compare_exchange_n(at, old, value, 0, order, failed))

#include "igbiov_tx_mt.h"

#define THREADS_MAX 3
#define PACKETS_MAX 2 /* of a thread */
#define PLACES	    16
#define TURNS_MAX   1000
#define STACK	    65536

struct scenario {
	unsigned int threads;
	uint16_t packets; /* that each sends in one burst */
	uint16_t room;	  /* descriptors; a packet takes 2, and needs 1 */
	unsigned int switches;
};

struct fiber {
	ucontext_t at;
	struct rte_mbuf mbufs[PACKETS_MAX], *pkts[PACKETS_MAX];
	uint16_t nb, taken;
	bool over;
};

static struct fiber fibers[THREADS_MAX];
static uint8_t stacks[THREADS_MAX][STACK];
static unsigned int nb_fibers;
static struct fiber *running; /* NULL: the test itself */
static ucontext_t test;

static union {
	struct igbiov_tx_mt mt;
	uint8_t octets[sizeof(struct igbiov_tx_mt) + PLACES * sizeof(void *)];
} line;
/* The chip has sent nothing yet. */
static struct igbiov_tx_block block;
static struct igbiov_txq txq = { .mt = &line.mt, .blocks = &block };
static const struct rte_mbuf *sent[THREADS_MAX * PACKETS_MAX + 1];
static unsigned int nb_sent, turns, switches_left;
static bool sending, both_sent;

/* --- one run after another, each with other choices --- */

static struct {
	uint8_t chosen, of;
} choices[TURNS_MAX];
static unsigned int nb_choices, next_choice;

static unsigned int
choose(unsigned int of)
{
	if (of < 2 || next_choice == TURNS_MAX)
		return 0;
	if (next_choice == nb_choices)
		choices[nb_choices++].chosen = 0;
	choices[next_choice].of = of;
	return choices[next_choice++].chosen;
}

/* The last choice that has another way takes it; what came after is chosen anew. */
static bool
choose_otherwise(void)
{
	next_choice = 0;
	while (nb_choices > 0 && choices[nb_choices - 1].chosen + 1 == choices[nb_choices - 1].of)
		nb_choices--;
	if (nb_choices == 0)
		return false;
	choices[nb_choices - 1].chosen++;
	return true;
}

/* --- threads --- */

/* One of those that have something to do; the first is `first`, if it is given. */
static struct fiber *
any(struct fiber *first)
{
	struct fiber *can[THREADS_MAX + 1] = { first };
	unsigned int n = first != NULL;

	for (unsigned int i = 0; i < nb_fibers; i++)
		if (!fibers[i].over && &fibers[i] != first)
			can[n++] = &fibers[i];
	return can[choose(n)];
}

static void
turn(void)
{
	struct fiber *me = running, *other;

	if (me == NULL)
		return;
	/* Round and round: the test finds it unfinished. */
	if (++turns > TURNS_MAX)
		swapcontext(&me->at, &test);
	if (switches_left == 0)
		return;
	other = any(me);
	if (other == me)
		return;
	switches_left--;
	running = other;
	swapcontext(&me->at, &other->at);
}

/* In place of a burst for one thread. */
static uint16_t
burst(void *queue, struct rte_mbuf **pkts, uint16_t nb_pkts)
{
	both_sent |= sending;
	sending = true;
	turn();
	for (uint16_t i = 0; i < nb_pkts && nb_sent < RTE_DIM(sent); i++)
		sent[nb_sent++] = pkts[i];
	((struct igbiov_txq *)queue)->nb_free -= nb_pkts;
	turn();
	sending = false;
	return nb_pkts;
}

static void
fiber_main(void)
{
	struct fiber *me = running;

	me->taken = tx_mt_burst(&txq, me->pkts, me->nb, burst);
	me->over = true;
	running = NULL;
}

static void
fiber_begin(struct fiber *f, uint8_t *stack, uint16_t packets)
{
	f->nb = packets;
	f->over = false;
	for (uint16_t i = 0; i < PACKETS_MAX; i++) {
		f->mbufs[i].nb_segs = 1;
		f->pkts[i] = &f->mbufs[i];
	}
	getcontext(&f->at);
	f->at.uc_stack.ss_sp = stack;
	f->at.uc_stack.ss_size = STACK;
	f->at.uc_link = &test;
	makecontext(&f->at, fiber_main, 0);
}

/* --- runs --- */

static void
run(const struct scenario *s)
{
	struct fiber *f;

	memset(&line, 0, sizeof(line));
	line.mt.mask = PLACES - 1;
	line.mt.room = s->room;
	txq.nb_free = s->room + 1;
	nb_fibers = s->threads;
	switches_left = s->switches;
	nb_sent = 0;
	turns = 0;
	sending = false;
	both_sent = false;
	for (unsigned int t = 0; t < nb_fibers; t++)
		fiber_begin(&fibers[t], stacks[t], s->packets);
	while (turns <= TURNS_MAX && (f = any(NULL)) != NULL) {
		running = f;
		swapcontext(&test, &f->at);
		running = NULL;
	}
}

/* Each accepted packet was sent once, those of a thread in order; nothing is left, or taken. */
static void
check(const struct scenario *s)
{
	unsigned int seen = 0;

	assert_in_range(turns, 0, TURNS_MAX);
	assert_false(both_sent);
	for (unsigned int t = 0; t < nb_fibers; t++) {
		uint16_t next = 0;

		for (unsigned int i = 0; i < nb_sent; i++)
			if (sent[i] == &fibers[t].mbufs[next] && next < fibers[t].taken)
				next++;
		assert_int_equal(next, fibers[t].taken);
		seen += next;
	}
	assert_int_equal(nb_sent, seen);
	for (unsigned int i = 0; i < PLACES; i++)
		assert_null(txq.mt->line[i]);
	assert_int_equal(txq.mt->busy, 0);
	assert_int_equal(txq.mt->room, s->room - nb_sent);
	assert_int_equal(txq.nb_free, s->room + 1 - nb_sent);
}

static void
every_turn(const struct scenario *s)
{
	unsigned int runs = 0;

	nb_choices = 0;
	next_choice = 0;
	do {
		run(s);
		check(s);
		runs++;
	} while (choose_otherwise());
	assert_in_range(runs, 100, UINT32_MAX);
}

static void
two_threads_with_a_packet(void **state)
{
	RTE_SET_USED(state);
	every_turn(&(struct scenario){ .threads = 2, .packets = 1, .room = 15, .switches = 3 });
}

static void
two_threads_with_two_packets(void **state)
{
	RTE_SET_USED(state);
	every_turn(&(struct scenario){ .threads = 2, .packets = 2, .room = 15, .switches = 2 });
}

static void
three_threads_with_a_packet(void **state)
{
	RTE_SET_USED(state);
	every_turn(&(struct scenario){ .threads = 3, .packets = 1, .room = 15, .switches = 2 });
}

/* Who finds none looks for some, and others may find the queue in its hands. */
static void
three_threads_with_room_for_one(void **state)
{
	RTE_SET_USED(state);
	every_turn(&(struct scenario){ .threads = 3, .packets = 1, .room = 2, .switches = 2 });
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(two_threads_with_a_packet),
		cmocka_unit_test(two_threads_with_two_packets),
		cmocka_unit_test(three_threads_with_a_packet),
		cmocka_unit_test(three_threads_with_room_for_one),
	};

	return cmocka_run_group_tests_name("igbiov_tx_mt_turns", tests, NULL, NULL);
}
