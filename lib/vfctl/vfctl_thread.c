/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) the igbiov authors
 */

/*
 * When things are done: the control thread sleeps on one eventfd, and wakes for
 * calls, for interrupts and for its tick. Each pass does what is queued and one
 * turn of the VFs, so neither a flood of messages nor one of calls starves the other.
 */

#include <errno.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/eventfd.h>
#include <time.h>
#include <unistd.h>

#include "vfctl_internal.h"

#define CALL_BOUND_MS 5000
#define TICK_MS	      500

/* Turns without a pause; then others on this CPU get theirs. */
#define BUSY_PASSES   256
#define BUSY_PAUSE_MS 1

/* The port whose control thread this is; tells inline calls from others. */
static __thread const struct vfctl_port *own_port;

bool
vfctl_thread_is_own(const struct vfctl_port *port)
{
	return own_port == port;
}

static void
wake(struct vfctl_thread *thread)
{
	const uint64_t one = 1;
	ssize_t done;

	/* The one error that a non-blocking eventfd has is "woken often enough". */
	done = write(thread->wake_fd, &one, sizeof(one));
	RTE_SET_USED(done);
}

void
vfctl_wake(struct vfctl_port *port, uint32_t events)
{
	if (port == NULL)
		return;
	/* Before the write: the thread reads the eventfd, then takes the bits. */
	__atomic_fetch_or(&port->thread.events, events, __ATOMIC_RELEASE);
	wake(&port->thread);
}

/* A negative timeout sleeps until woken. */
static void
sleep_ms(struct vfctl_thread *thread, int timeout_ms)
{
	struct pollfd fd = { .fd = thread->wake_fd, .events = POLLIN };
	uint64_t count;
	ssize_t done;

	if (poll(&fd, 1, timeout_ms) <= 0)
		return;
	done = read(thread->wake_fd, &count, sizeof(count));
	RTE_SET_USED(done);
}

/* Those that were queued at entry: later ones have woken the thread again. */
static void
run_calls(struct vfctl_thread *thread)
{
	struct vfctl_call *call, *last;

	pthread_mutex_lock(&thread->lock);
	last = TAILQ_LAST(&thread->calls, vfctl_calls);
	while ((call = TAILQ_FIRST(&thread->calls)) != NULL) {
		bool was_last = call == last;

		TAILQ_REMOVE(&thread->calls, call, entry);
		call->state = VFCTL_CALL_RUNNING;
		pthread_mutex_unlock(&thread->lock);
		call->result = call->fn(call->arg);
		pthread_mutex_lock(&thread->lock);
		/* From here on the caller may return, and its stack be gone. */
		call->state = VFCTL_CALL_DONE;
		pthread_cond_broadcast(&thread->changed);
		if (was_last)
			break;
	}
	pthread_mutex_unlock(&thread->lock);
}

static void
refuse_calls(struct vfctl_thread *thread)
{
	struct vfctl_call *call;

	pthread_mutex_lock(&thread->lock);
	while ((call = TAILQ_FIRST(&thread->calls)) != NULL) {
		TAILQ_REMOVE(&thread->calls, call, entry);
		call->result = -ESHUTDOWN;
		call->state = VFCTL_CALL_DONE;
	}
	pthread_cond_broadcast(&thread->changed);
	pthread_mutex_unlock(&thread->lock);
}

static bool
is_ending(struct vfctl_thread *thread)
{
	bool ending;

	pthread_mutex_lock(&thread->lock);
	ending = thread->ending;
	pthread_mutex_unlock(&thread->lock);
	return ending;
}

static uint32_t
thread_main(void *arg)
{
	struct vfctl_port *port = arg;
	struct vfctl_thread *thread = &port->thread;
	unsigned int passes = 0;
	int timeout_ms = -1;

	own_port = port;
	for (;;) {
		sleep_ms(thread, timeout_ms);
		if (is_ending(thread))
			break;
		run_calls(thread);
		if (__atomic_exchange_n(&thread->events, 0, __ATOMIC_ACQUIRE) & VFCTL_EV_LINK)
			vfctl_serve_link(port);
		timeout_ms = port->serving && port->all != 0 ? (int)vfctl_serve_round(port) : -1;
		passes = timeout_ms == 0 ? passes + 1 : 0;
		if (passes == BUSY_PASSES) {
			passes = 0;
			timeout_ms = BUSY_PAUSE_MS;
		}
	}
	refuse_calls(thread);
	return 0;
}

static struct timespec
deadline_after_ms(unsigned int ms)
{
	struct timespec at;

	clock_gettime(CLOCK_MONOTONIC, &at);
	at.tv_sec += ms / 1000;
	at.tv_nsec += (long)(ms % 1000) * 1000000;
	if (at.tv_nsec >= 1000000000) {
		at.tv_sec++;
		at.tv_nsec -= 1000000000;
	}
	return at;
}

/* With the lock held, which it gives free while it sleeps. */
static void
await_call(struct vfctl_thread *thread, struct vfctl_call *call)
{
	struct timespec deadline = deadline_after_ms(thread->call_bound_ms);
	int rc = 0;

	while (call->state == VFCTL_CALL_QUEUED && rc != ETIMEDOUT)
		rc = pthread_cond_timedwait(&thread->changed, &thread->lock, &deadline);
	if (call->state == VFCTL_CALL_QUEUED) {
		TAILQ_REMOVE(&thread->calls, call, entry);
		call->result = -ETIMEDOUT;
		return;
	}
	/* Begun, so it uses the caller's arguments; and each operation is bounded. */
	while (call->state != VFCTL_CALL_DONE)
		pthread_cond_wait(&thread->changed, &thread->lock);
}

int
vfctl_call(struct vfctl_port *port, int (*fn)(void *arg), void *arg)
{
	struct vfctl_call call = { .fn = fn, .arg = arg, .result = -ESHUTDOWN };
	struct vfctl_thread *thread;
	const char *name;

	if (port == NULL || own_port == port || !port->thread.exists)
		return fn(arg);
	thread = &port->thread;
	/* for the log: without the lock, the port may be gone at the end */
	name = port->name;
	pthread_mutex_lock(&thread->lock);
	if (!thread->ending) {
		thread->nb_callers++;
		TAILQ_INSERT_TAIL(&thread->calls, &call, entry);
		wake(thread);
		await_call(thread, &call);
		thread->nb_callers--;
		if (thread->ending)
			pthread_cond_broadcast(&thread->changed);
	}
	pthread_mutex_unlock(&thread->lock);
	if (call.result == -ETIMEDOUT && call.state == VFCTL_CALL_QUEUED)
		VFCTL_LOG(ERR, "%s: the control thread is stuck; nothing was changed, try again",
			  name);
	return call.result;
}

static int
init_waiting(struct vfctl_thread *thread)
{
	pthread_condattr_t attr;
	int rc;

	rc = pthread_condattr_init(&attr);
	if (rc != 0)
		return -rc;
	/* Someone may set the wall clock while a caller waits. */
	rc = pthread_condattr_setclock(&attr, CLOCK_MONOTONIC);
	if (rc == 0)
		rc = pthread_cond_init(&thread->changed, &attr);
	pthread_condattr_destroy(&attr);
	if (rc != 0)
		return -rc;
	rc = pthread_mutex_init(&thread->lock, NULL);
	if (rc != 0)
		pthread_cond_destroy(&thread->changed);
	return -rc;
}

static void
fini_waiting(struct vfctl_thread *thread)
{
	pthread_mutex_destroy(&thread->lock);
	pthread_cond_destroy(&thread->changed);
}

int
vfctl_thread_start(struct vfctl_port *port)
{
	struct vfctl_thread *thread = &port->thread;
	size_t len = strlen(port->name);
	char name[RTE_THREAD_INTERNAL_NAME_SIZE];
	int rc;

	TAILQ_INIT(&thread->calls);
	thread->tick_ms = TICK_MS;
	thread->call_bound_ms = CALL_BOUND_MS;
	thread->wake_fd = eventfd(0, EFD_NONBLOCK | EFD_CLOEXEC);
	if (thread->wake_fd < 0)
		return -errno;
	rc = init_waiting(thread);
	if (rc != 0)
		goto close_fd;
	/* "vf-01:00.0": the end of a PCI address tells ports apart. */
	snprintf(name, sizeof(name), "vf-%s", port->name + (len > 7 ? len - 7 : 0));
	thread->exists = true;
	rc = rte_thread_create_internal_control(&thread->id, name, thread_main, port);
	if (rc == 0)
		return 0;
	fini_waiting(thread);
close_fd:
	close(thread->wake_fd);
	return rc;
}

void
vfctl_thread_end(struct vfctl_port *port)
{
	struct vfctl_thread *thread = &port->thread;

	pthread_mutex_lock(&thread->lock);
	thread->ending = true;
	pthread_mutex_unlock(&thread->lock);
	wake(thread);
	rte_thread_join(thread->id, NULL);

	pthread_mutex_lock(&thread->lock);
	while (thread->nb_callers > 0)
		pthread_cond_wait(&thread->changed, &thread->lock);
	pthread_mutex_unlock(&thread->lock);
}

void
vfctl_thread_free(struct vfctl_port *port)
{
	fini_waiting(&port->thread);
	close(port->thread.wake_fd);
}
