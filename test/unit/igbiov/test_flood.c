/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) the igbiov authors
 */

/*
 * Six VFs that flood the PF, and an honest one. The tests count turns and register
 * accesses, so that a busy machine can't fail them; with "bench" as argument the
 * program prints times: six threads then flood, and the PF's own thread serves.
 */

#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include <time.h>

#include "igbiov_io.h"
#include "machine.h"
#include "vfctl_internal.h"

#define HONEST	    6
#define FLOODERS    6
#define VFS	    (FLOODERS + 1)
#define NONSENSE    0x0000BAD0u
#define MESSAGE_MAX 20 /* accesses that a message may cost, and those of a turn */
#define TURN_MAX    8  /* that a turn may cost in which nobody is served */

static uint64_t now_ns;

static uint64_t
now(void)
{
	return now_ns;
}

/* --- VFs without a driver --- */

static void
vf_wr(struct machine *machine, unsigned int vf, uint32_t reg, uint32_t value)
{
	igbiov_mmio_write(machine->m->vf_bar[vf] + reg, value);
}

static uint32_t
vf_rd(struct machine *machine, unsigned int vf, uint32_t reg)
{
	return igbiov_mmio_read(machine->m->vf_bar[vf] + reg);
}

static void
vf_send(struct machine *machine, unsigned int vf, uint32_t word0, uint32_t word1)
{
	vf_wr(machine, vf, REG(VMBMEM_VF), word0);
	vf_wr(machine, vf, REGN(VMBMEM_VF, 1), word1);
	vf_wr(machine, vf, REG(V2PMAILBOX), V2P_REQ);
}

/* Looks for an answer, and acknowledges it: its first word, or 0. */
static uint32_t
vf_answer(struct machine *machine, unsigned int vf)
{
	uint32_t word;

	if (!(vf_rd(machine, vf, REG(V2PMAILBOX)) & V2P_PFSTS))
		return 0;
	word = vf_rd(machine, vf, REG(VMBMEM_VF));
	vf_wr(machine, vf, REG(V2PMAILBOX), V2P_ACK);
	return word;
}

static void
flood(struct machine *machine)
{
	for (unsigned int vf = 0; vf < FLOODERS; vf++)
		vf_send(machine, vf, NONSENSE, 0);
}

/* --- on the control thread: no turn but those that a test asks for --- */

struct scene {
	struct machine *machine;
	struct vfctl_port *port;
	int (*play)(struct scene *scene);
};

static unsigned int
accesses(const struct scene *scene)
{
	return scene->machine->m->reads + scene->machine->m->writes;
}

/* What the PF spends in a turn. */
static unsigned int
turn(struct scene *scene)
{
	unsigned int before = accesses(scene);

	vfctl_serve_round(scene->port);
	return accesses(scene) - before;
}

static int
play(void *arg)
{
	struct scene *scene = arg;
	uint64_t (*clock)(void) = scene->port->now_ns;
	int ret;

	now_ns = clock();
	scene->port->now_ns = now;
	/* Notices of the start, and whatever they bring. */
	for (unsigned int i = 0; i < 10; i++) {
		for (unsigned int vf = 0; vf < VFS; vf++)
			vf_answer(scene->machine, vf);
		turn(scene);
	}
	ret = scene->play(scene);
	scene->port->now_ns = clock;
	return ret;
}

static void
run(void **state, int (*fn)(struct scene *scene))
{
	struct scene scene = { .machine = *state, .play = fn };

	scene.port = function_adapter(machine_pf(scene.machine))->vfctl;
	assert_int_equal(vfctl_call(scene.port, play, &scene), 0);
}

static int
setup(void **state)
{
	struct machine *machine = machine_new(VFS);

	*state = machine;
	machine_start(machine, 0);
	return 0;
}

static int
teardown(void **state)
{
	machine_free(*state);
	return 0;
}

/* --- tests: asserts would leave the control thread, so steps give a line's number --- */

#define MUST(condition) \
	do { \
		if (!(condition)) \
			return __LINE__; \
	} while (0)

static int
ask(struct scene *scene, uint32_t word0, uint32_t word1, unsigned int *cost)
{
	uint32_t answer;

	vf_send(scene->machine, HONEST, word0, word1);
	*cost = turn(scene);
	answer = vf_answer(scene->machine, HONEST);
	return (answer & MSG_ID_MASK) == (word0 & MSG_ID_MASK) && answer & MSG_ACK ? 0 : -1;
}

/* Lets the honest VF ask now and then, while the others send whenever they can. */
static int
storm(struct scene *scene, unsigned int turns, unsigned int *worst)
{
	uint32_t vlan = MSG_SET_VLAN | MSG_VLAN_ADD << MSG_INFO_SHIFT;
	unsigned int cost;

	MUST(ask(scene, MSG_RESET, 0, &cost) == 0);
	for (unsigned int i = 0; i < turns; i++) {
		now_ns += VFCTL_NS_PER_MS;
		flood(scene->machine);
		/* 40 a second are within everybody's budget. */
		if (i % 25 == 0) {
			MUST(ask(scene, vlan, 7, &cost) == 0);
			*worst = RTE_MAX(*worst, cost);
			vlan ^= MSG_VLAN_ADD << MSG_INFO_SHIFT;
		} else {
			turn(scene);
		}
	}
	return 0;
}

static int
play_flood(struct scene *scene)
{
	unsigned int worst = 0;
	int line = storm(scene, 2000, &worst);

	MUST(worst <= VFS * MESSAGE_MAX);
	MUST(!scene->port->vf[HONEST].budget.quarantined);
	return line;
}

static void
the_honest_vf_is_served_in_the_turn_after_its_request(void **state)
{
	run(state, play_flood);
}

static int
play_quarantine(struct scene *scene)
{
	unsigned int worst = 0, cost;
	int line;

	for (unsigned int vf = 0; vf < FLOODERS; vf++)
		scene->port->vf[vf].settings.quarantine_after = 200;
	line = storm(scene, 6000, &worst);
	for (unsigned int vf = 0; vf < FLOODERS; vf++)
		MUST(scene->port->vf[vf].budget.quarantined);
	/* From here on they cost what nobody costs. */
	worst = 0;
	for (unsigned int i = 0; i < 1000; i++) {
		now_ns += VFCTL_NS_PER_MS;
		flood(scene->machine);
		worst = RTE_MAX(worst, turn(scene));
	}
	MUST(worst <= TURN_MAX);
	MUST(ask(scene, MSG_SET_VLAN, 7, &cost) == 0);
	MUST(cost <= MESSAGE_MAX);
	return line;
}

static void
six_in_quarantine_cost_no_more_than_nobody(void **state)
{
	run(state, play_quarantine);
}

static unsigned int nb_interrupts;

static void
count_interrupt(struct model *m, unsigned int fn, unsigned int vector)
{
	(void)m;
	(void)vector;
	nb_interrupts += fn == MODEL_PF;
}

static int
play_silence(struct scene *scene)
{
	struct model *m = scene->machine->m;
	void (*on_interrupt)(struct model *m, unsigned int fn,
			     unsigned int vector) = m->on_interrupt;

	for (unsigned int vf = 0; vf < FLOODERS; vf++)
		scene->port->vf[vf].budget.quarantined = true;
	turn(scene);
	m->on_interrupt = count_interrupt;
	nb_interrupts = 0;
	for (unsigned int i = 0; i < 1000; i++)
		flood(scene->machine);
	m->on_interrupt = on_interrupt;
	MUST(nb_interrupts == 0);
	return 0;
}

static void
who_is_in_quarantine_cannot_wake_the_pf(void **state)
{
	run(state, play_silence);
}

/* --- bench --- */

static bool bench_ends;

struct flooder {
	struct machine *machine;
	unsigned int vf;
	pthread_t thread;
};

static void *
flooder_main(void *arg)
{
	struct flooder *flooder = arg;

	while (!__atomic_load_n(&bench_ends, __ATOMIC_RELAXED)) {
		vf_send(flooder->machine, flooder->vf, NONSENSE, 0);
		/* A guest's write to its mailbox costs it microseconds; the model's cost none. */
		usleep(50);
	}
	return NULL;
}

static uint64_t
clock_ns(clockid_t clock)
{
	struct timespec at;

	clock_gettime(clock, &at);
	return (uint64_t)at.tv_sec * VFCTL_NS_PER_S + (uint64_t)at.tv_nsec;
}

static int
by_size(const void *a, const void *b)
{
	uint64_t x = *(const uint64_t *)a, y = *(const uint64_t *)b;

	return (x > y) - (x < y);
}

#define ASKS 400

/* One exchange in ns; 0 when there was no answer within a second. */
static uint64_t
exchange(struct machine *machine, uint32_t word0)
{
	uint64_t begin = clock_ns(CLOCK_MONOTONIC);

	vf_send(machine, HONEST, word0, 7);
	while (clock_ns(CLOCK_MONOTONIC) - begin < VFCTL_NS_PER_S) {
		if (vf_answer(machine, HONEST) & (MSG_ACK | MSG_NACK))
			return clock_ns(CLOCK_MONOTONIC) - begin;
		usleep(20);
	}
	return 0;
}

static void
honest_bench(struct machine *machine, clockid_t control, const char *what)
{
	static uint64_t took[ASKS];
	uint64_t cpu = clock_ns(control), begin = clock_ns(CLOCK_MONOTONIC);
	unsigned int lost = 0, nb = 0;

	for (unsigned int i = 0; i < ASKS; i++) {
		uint64_t ns = exchange(machine, MSG_SET_VLAN | (i & 1) << MSG_INFO_SHIFT);

		if (ns == 0)
			lost++;
		else
			took[nb++] = ns;
		usleep(25000);
	}
	cpu = clock_ns(control) - cpu;
	qsort(took, nb, sizeof(took[0]), by_size);
	printf("%s: %u requests, median %" PRIu64 " us, 99th percentile %" PRIu64
	       " us, %u unanswered; control thread %.2f %% of a core\n",
	       what, ASKS, nb == 0 ? 0 : took[nb / 2] / 1000,
	       nb == 0 ? 0 : took[nb * 99 / 100] / 1000, lost,
	       100.0 * (double)cpu / (double)(clock_ns(CLOCK_MONOTONIC) - begin));
}

static void
bench(void **state)
{
	struct machine *machine = *state;
	uint16_t port_id = machine_pf(machine)->port_id;
	struct vfctl_port *port = function_adapter(machine_pf(machine))->vfctl;
	struct flooder flooder[FLOODERS];
	struct vfctl_vf_info info;
	clockid_t control;

	assert_int_equal(pthread_getcpuclockid((pthread_t)port->thread.id.opaque_id, &control), 0);
	vf_answer(machine, HONEST);
	usleep(10000);
	exchange(machine, MSG_RESET);
	honest_bench(machine, control, "nobody floods");
	for (unsigned int vf = 0; vf < FLOODERS; vf++) {
		flooder[vf] = (struct flooder){ .machine = machine, .vf = vf };
		pthread_create(&flooder[vf].thread, NULL, flooder_main, &flooder[vf]);
	}
	honest_bench(machine, control, "six flood");
	/* Until the last is in quarantine: a minute at the default settings. */
	for (unsigned int vf = 0; vf < FLOODERS; vf++)
		for (unsigned int s = 0; s < 120; s++) {
			assert_int_equal(vfctl_vf_info(port_id, vf, &info), 0);
			if (info.quarantined)
				break;
			sleep(1);
		}
	honest_bench(machine, control, "six in quarantine");
	bench_ends = true;
	for (unsigned int vf = 0; vf < FLOODERS; vf++) {
		assert_int_equal(vfctl_vf_info(port_id, vf, &info), 0);
		printf("VF %u: %s, %" PRIu64 " violations\n", vf,
		       info.quarantined ? "in quarantine" : "still heard", info.violations);
		pthread_join(flooder[vf].thread, NULL);
	}
}

int
main(int argc, char **argv)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, teardown)
	const struct CMUnitTest tests[] = {
		TEST(the_honest_vf_is_served_in_the_turn_after_its_request),
		TEST(six_in_quarantine_cost_no_more_than_nobody),
		TEST(who_is_in_quarantine_cannot_wake_the_pf),
	};
	const struct CMUnitTest benches[] = { TEST(bench) };

	if (argc > 1 && strcmp(argv[1], "bench") == 0)
		return cmocka_run_group_tests_name("igbiov_flood_bench", benches, eal_setup, NULL);
	return cmocka_run_group_tests_name("igbiov_flood", tests, eal_setup, NULL);
}
