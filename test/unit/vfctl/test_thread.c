/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) the igbiov authors
 */

/*
 * The control thread itself. Nothing here asserts a short time: waits are for
 * a condition, with a bound that only a defect reaches.
 */

#include <errno.h>
#include <pthread.h>
#include <sched.h>
#include <string.h>
#include <time.h>

#include "fake.h"

#define BOUND_S	   60
#define NB_CALLERS 8
#define NB_CALLS   500

static struct fake fake;

static int
setup(void **state)
{
	struct vfctl_conf conf;

	(void)state;
	fake_init(&fake);
	conf = fake_conf(&fake);
	if (vfctl_create(&conf, &fake.port) != 0)
		return -1;
	/* Only tests of the bound itself may meet it, however busy the machine is. */
	fake.port->thread.call_bound_ms = BOUND_S * 1000;
	return 0;
}

static int
teardown(void **state)
{
	(void)state;
	vfctl_stop(fake.port);
	vfctl_destroy(fake.port);
	return 0;
}

static unsigned int
load(const unsigned int *value)
{
	return __atomic_load_n(value, __ATOMIC_ACQUIRE);
}

static void
sleep_ms(unsigned int ms)
{
	const struct timespec pause = { .tv_sec = ms / 1000, .tv_nsec = ms % 1000 * 1000000L };

	nanosleep(&pause, NULL);
}

/* Waits until *value has reached `at_least`. */
static bool
await(const unsigned int *value, unsigned int at_least)
{
	time_t end = time(NULL) + BOUND_S;

	unsigned int tries = 0;

	while (load(value) < at_least) {
		/* Quick at first: what follows then meets the thread on its way to sleep. */
		if (tries++ < 1000) {
			sched_yield();
			continue;
		}
		if (time(NULL) > end)
			return false;
		sleep_ms(1);
	}
	return true;
}

static int
tick_step(void *arg)
{
	fake.port->thread.tick_ms = *(const unsigned int *)arg;
	return 0;
}

/* For tests of the thread: budgets have their own. */
static void
lift_budgets(void)
{
	const struct vfctl_settings rich = { .budget = 1000000, .burst = 1000000 };
	uint16_t i;

	for (i = 0; i < FAKE_VFS; i++)
		assert_int_equal(vfctl_vf_set(FAKE_PORT_ID, i,
					      VFCTL_FIELD(VFCTL_F_BUDGET) |
						      VFCTL_FIELD(VFCTL_F_BURST) |
						      VFCTL_FIELD(VFCTL_F_QUARANTINE_AFTER),
					      &rich, NULL, 0),
				 0);
}

/* On the thread that reads it: no race. */
static void
set_tick(unsigned int tick_ms)
{
	assert_int_equal(vfctl_call(fake.port, tick_step, &tick_ms), 0);
}

/* --- calls --- */

static int
add_one(void *arg)
{
	/* no atomic: calls must exclude one another */
	++*(unsigned int *)arg;
	return 7;
}

static unsigned int counter;

static void *
caller(void *arg)
{
	unsigned int i;
	uintptr_t bad = 0;

	(void)arg;
	for (i = 0; i < NB_CALLS; i++)
		bad += vfctl_call(fake.port, add_one, &counter) != 7;
	return (void *)bad;
}

static void
calls_from_many_threads_exclude_one_another(void **state)
{
	pthread_t thread[NB_CALLERS];
	void *bad;
	unsigned int i;

	(void)state;
	counter = 0;
	for (i = 0; i < NB_CALLERS; i++)
		assert_int_equal(pthread_create(&thread[i], NULL, caller, NULL), 0);
	for (i = 0; i < NB_CALLERS; i++) {
		pthread_join(thread[i], &bad);
		assert_null(bad);
	}
	assert_int_equal(counter, NB_CALLERS * NB_CALLS);
}

static int
call_inside(void *arg)
{
	return vfctl_call(fake.port, add_one, arg) + 1;
}

static void
call_on_the_control_thread_runs_inline(void **state)
{
	unsigned int n = 0;

	(void)state;
	assert_int_equal(vfctl_call(fake.port, call_inside, &n), 8);
	assert_int_equal(n, 1);
}

static void
call_without_a_port_runs_at_once(void **state)
{
	unsigned int n = 0;

	(void)state;
	assert_int_equal(vfctl_call(NULL, add_one, &n), 7);
	assert_int_equal(n, 1);
	assert_int_equal(vfctl_start(NULL), 0);
	vfctl_stop(NULL);
	vfctl_wake(NULL, VFCTL_EV_VF);
	vfctl_destroy(NULL);
}

/* Holds the control thread until it is let go. */
static unsigned int stuck, let_go, came_back;

static int
hold(void *arg)
{
	(void)arg;
	__atomic_store_n(&stuck, 1, __ATOMIC_RELEASE);
	return await(&let_go, 1) ? 0 : -EIO;
}

static void *
holder(void *arg)
{
	int rc = vfctl_call(fake.port, hold, NULL);

	(void)arg;
	__atomic_fetch_add(&came_back, 1, __ATOMIC_RELEASE);
	return (void *)(intptr_t)rc;
}

static void
hold_thread(pthread_t *thread)
{
	stuck = 0;
	let_go = 0;
	came_back = 0;
	assert_int_equal(pthread_create(thread, NULL, holder, NULL), 0);
}

static void
release_thread(pthread_t thread)
{
	void *rc;

	__atomic_store_n(&let_go, 1, __ATOMIC_RELEASE);
	pthread_join(thread, &rc);
	assert_null(rc);
}

static void
call_to_a_stuck_thread_times_out_and_never_runs(void **state)
{
	pthread_t thread;
	unsigned int n = 0;

	(void)state;
	hold_thread(&thread);
	assert_true(await(&stuck, 1));
	fake.port->thread.call_bound_ms = 20;
	assert_int_equal(vfctl_call(fake.port, add_one, &n), -ETIMEDOUT);
	fake.port->thread.call_bound_ms = BOUND_S * 1000;
	release_thread(thread);
	assert_int_equal(vfctl_call(fake.port, call_inside, &(unsigned int){ 0 }), 8);
	assert_int_equal(n, 0);
}

/* Its arguments are on the caller's stack: leaving would be worse than waiting. */
static void
call_that_has_begun_is_waited_for(void **state)
{
	unsigned int bound_ms;
	pthread_t thread;

	(void)state;
	/* On a busy machine even the beginning may take longer than the bound: then again. */
	for (bound_ms = 20;; bound_ms *= 2) {
		fake.port->thread.call_bound_ms = bound_ms;
		hold_thread(&thread);
		while (load(&stuck) + load(&came_back) == 0)
			sleep_ms(1);
		if (load(&stuck) > 0)
			break;
		pthread_join(thread, NULL);
		assert_in_range(bound_ms, 1, BOUND_S * 1000);
	}
	sleep_ms(2 * bound_ms);
	assert_int_equal(load(&came_back), 0);
	release_thread(thread);
}

/* --- wake-ups --- */

static void
no_wake_up_is_lost(void **state)
{
	unsigned int i;

	(void)state;
	assert_int_equal(vfctl_start(fake.port), 0);
	lift_budgets();
	set_tick(BOUND_S * 10000); /* nothing but the wake-up helps */
	for (i = 0; i < 2000; i++) {
		fake_send(&fake, 1, &(struct vfctl_request){ .type = VFCTL_REQ_RESET });
		vfctl_wake(fake.port, VFCTL_EV_VF);
		assert_true(await(&fake.vf[1].nb_answers, i + 1));
		if (i % 50 == 0) {
			unsigned int links = load(&fake.nb_links);

			vfctl_wake(fake.port, VFCTL_EV_LINK);
			assert_true(await(&fake.nb_links, links + 1));
		}
	}
}

static void
lost_mailbox_interrupt_is_repaired_by_the_tick(void **state)
{
	(void)state;
	assert_int_equal(vfctl_start(fake.port), 0);
	set_tick(5);
	fake_send(&fake, 1, &(struct vfctl_request){ .type = VFCTL_REQ_RESET });
	assert_true(await(&fake.vf[1].nb_answers, 1));
}

static void
no_vf_is_served_before_start_or_after_stop(void **state)
{
	unsigned int n = 0;

	(void)state;
	fake_send(&fake, 1, &(struct vfctl_request){ .type = VFCTL_REQ_RESET });
	vfctl_wake(fake.port, VFCTL_EV_VF);
	vfctl_call(fake.port, add_one, &n);
	assert_int_equal(load(&fake.vf[1].nb_answers), 0);
	assert_int_equal(vfctl_start(fake.port), 0);
	assert_true(await(&fake.vf[1].nb_answers, 1));
	vfctl_stop(fake.port);
	fake_send(&fake, 1, &(struct vfctl_request){ .type = VFCTL_REQ_RESET });
	vfctl_wake(fake.port, VFCTL_EV_VF);
	vfctl_call(fake.port, add_one, &n);
	vfctl_call(fake.port, add_one, &n);
	assert_int_equal(load(&fake.vf[1].nb_answers), 1);
}

static int
flood_step(void *arg)
{
	unsigned int i;

	for (i = 0; i < FAKE_VFS; i++)
		fake.vf[i].floods = *(const bool *)arg;
	return 0;
}

static void
attack_flood_starves_no_operator_and_no_link_event(void **state)
{
	struct vfctl_settings settings;
	unsigned int i;

	(void)state;
	assert_int_equal(vfctl_start(fake.port), 0);
	lift_budgets();
	assert_int_equal(vfctl_call(fake.port, flood_step, &(bool){ true }), 0);
	for (i = 0; i < FAKE_VFS; i++)
		fake_send(&fake, (uint16_t)i, &(struct vfctl_request){ .type = VFCTL_REQ_RESET });
	vfctl_wake(fake.port, VFCTL_EV_VF);
	assert_true(await(&fake.vf[0].nb_answers, 1000));
	for (i = 0; i < 200; i++)
		assert_int_equal(vfctl_vf_get(FAKE_PORT_ID, 1, &settings), 0);
	vfctl_wake(fake.port, VFCTL_EV_LINK);
	assert_true(await(&fake.nb_links, 1));
	assert_int_equal(vfctl_call(fake.port, flood_step, &(bool){ false }), 0);
}

/* --- the end --- */

static void *
late_caller(void *arg)
{
	(void)arg;
	return (void *)(intptr_t)vfctl_call(fake.port, add_one, &counter);
}

static void *
destroyer(void *arg)
{
	vfctl_destroy(arg);
	return NULL;
}

/* Waits until so many are inside vfctl_call(), and the end has begun or not. */
static bool
await_callers(unsigned int nb, bool ending)
{
	struct vfctl_thread *thread = &fake.port->thread;
	time_t bound = time(NULL) + BOUND_S;
	bool done = false;

	while (!done && time(NULL) < bound) {
		sleep_ms(1);
		pthread_mutex_lock(&thread->lock);
		done = thread->nb_callers == nb && thread->ending == ending;
		pthread_mutex_unlock(&thread->lock);
	}
	return done;
}

static void
destroy_releases_those_who_wait(void **state)
{
	pthread_t held, late[NB_CALLERS], end;
	unsigned int i;
	void *rc;

	(void)state;
	setup(NULL);
	counter = 0;
	hold_thread(&held);
	assert_true(await(&stuck, 1));
	for (i = 0; i < NB_CALLERS; i++)
		assert_int_equal(pthread_create(&late[i], NULL, late_caller, NULL), 0);
	assert_true(await_callers(NB_CALLERS + 1, false));
	assert_int_equal(pthread_create(&end, NULL, destroyer, fake.port), 0);
	assert_true(await_callers(NB_CALLERS + 1, true));
	release_thread(held);
	for (i = 0; i < NB_CALLERS; i++) {
		pthread_join(late[i], &rc);
		assert_int_equal((intptr_t)rc, -ESHUTDOWN);
	}
	pthread_join(end, NULL);
	assert_int_equal(counter, 0);
}

static void
destroy_while_serving_ends_the_thread(void **state)
{
	(void)state;
	setup(NULL);
	assert_int_equal(vfctl_start(fake.port), 0);
	vfctl_destroy(fake.port);
}

static void
thread_that_cannot_be_created_is_reported(void **state)
{
	struct vfctl_conf conf;
	struct vfctl_port *port = NULL;

	(void)state;
	fake_init(&fake);
	conf = fake_conf(&fake);
	fake_thread_error = -EAGAIN;
	assert_int_equal(vfctl_create(&conf, &port), -EAGAIN);
	assert_null(port);
	fake_thread_error = 0;
	assert_int_equal(vfctl_create(&conf, &port), 0);
	assert_string_equal(fake_thread_name, "vf-01:00.0");
	vfctl_destroy(port);
	conf.name = "x";
	assert_int_equal(vfctl_create(&conf, &port), 0);
	assert_string_equal(fake_thread_name, "vf-x");
	vfctl_destroy(port);
}

#define TEST(fn) cmocka_unit_test_setup_teardown(fn, setup, teardown)

int
main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(calls_from_many_threads_exclude_one_another),
		TEST(call_on_the_control_thread_runs_inline),
		TEST(call_without_a_port_runs_at_once),
		TEST(call_to_a_stuck_thread_times_out_and_never_runs),
		TEST(call_that_has_begun_is_waited_for),
		TEST(no_wake_up_is_lost),
		TEST(lost_mailbox_interrupt_is_repaired_by_the_tick),
		TEST(no_vf_is_served_before_start_or_after_stop),
		TEST(attack_flood_starves_no_operator_and_no_link_event),
		cmocka_unit_test(destroy_releases_those_who_wait),
		cmocka_unit_test(destroy_while_serving_ends_the_thread),
		cmocka_unit_test(thread_that_cannot_be_created_is_reported),
	};

	return cmocka_run_group_tests_name("vfctl_thread", tests, NULL, NULL);
}
