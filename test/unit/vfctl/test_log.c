/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) the igbiov authors
 */

/* Names, and the rate of lines that VFs can cause. */

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "fake.h"

#define SECOND UINT64_C(1000000000)

static void
every_verdict_has_a_name_of_its_own(void **state)
{
	int i, k;

	(void)state;
	for (i = 0; i < VFCTL_VERDICT_NB; i++) {
		const char *name = vfctl_verdict_name((enum vfctl_verdict)i);

		assert_string_not_equal(name, "unknown");
		for (k = 0; k < i; k++)
			assert_string_not_equal(name, vfctl_verdict_name((enum vfctl_verdict)k));
	}
	assert_string_equal(vfctl_verdict_name(VFCTL_VERDICT_NB), "unknown");
	assert_string_equal(vfctl_verdict_name((enum vfctl_verdict) - 1), "unknown");
}

static void
one_line_a_second_that_counts_the_silent_ones(void **state)
{
	struct vfctl_refusals refusals = { 0 };
	uint64_t silent = 77;
	unsigned int i;

	(void)state;
	assert_true(vfctl_refusal_due(&refusals, 5 * SECOND, &silent));
	assert_int_equal(silent, 0);
	for (i = 0; i < 1000; i++)
		assert_false(vfctl_refusal_due(&refusals, 5 * SECOND + i, &silent));
	assert_false(vfctl_refusal_due(&refusals, 6 * SECOND - 1, &silent));
	assert_true(vfctl_refusal_due(&refusals, 6 * SECOND, &silent));
	assert_int_equal(silent, 1001);
	assert_true(vfctl_refusal_due(&refusals, 60 * SECOND, &silent));
	assert_int_equal(silent, 0);
}

static unsigned int
count_lines(const char *text)
{
	unsigned int nb = 0;

	for (; *text != '\0'; text++)
		nb += *text == '\n';
	return nb;
}

/* One line a VF, with the port, the VF, the value and the reason. */
static void
attack_refusal_flood_does_not_fill_the_log(void **state)
{
	struct rte_ether_addr mac = { { 0x02, 0, 0xde, 0xad, 0xbe, 0xef } };
	struct fake fake;
	char *text = NULL;
	size_t size = 0;
	FILE *stream = open_memstream(&text, &size);
	unsigned int i;

	(void)state;
	assert_non_null(stream);
	fake_init(&fake);
	fake_start(&fake);
	rte_openlog_stream(stream);
	assert_int_equal(fake_ask_mac(&fake, 3, VFCTL_REQ_MAC_SET, &mac), VFCTL_NOT_CLEAR);
	fflush(stream);
	assert_non_null(
		strstr(text, "0000:01:00.0: VF 3: refused mac-set 02:00:de:ad:be:ef: not-clear"));
	/* no further line for this VF, however long the loop takes */
	fake.port->vf[3].refusals.next_ns = UINT64_MAX;
	for (i = 0; i < 1000; i++)
		fake_ask_vlan(&fake, 3, 1, true);
	fake_ask_vlan(&fake, 4, 1, true);
	rte_openlog_stream(NULL);
	fclose(stream);
	assert_int_equal(count_lines(text), 2);
	assert_non_null(strstr(text, "VF 4: refused vlan 1 on: not-clear"));
	assert_int_equal(fake.port->vf[3].refusals.silent, 1000);
	assert_int_equal(fake.port->vf[3].stats.verdict[VFCTL_NOT_CLEAR], 1001);
	free(text);
	fake_stop(&fake);
}

/* Each kind of request has a form in the log, types out of range included. */
static void
every_request_can_be_logged(void **state)
{
	struct vfctl_request req;
	struct fake fake;
	char *text = NULL;
	size_t size = 0;
	FILE *stream = open_memstream(&text, &size);
	int type;

	(void)state;
	assert_non_null(stream);
	fake_init(&fake);
	fake_start(&fake);
	rte_openlog_stream(stream);
	memset(&req, 1, sizeof(req));
	for (type = 0; type <= VFCTL_REQ_NB + 1; type++) {
		req.type = (enum vfctl_request_type)type;
		fake.port->vf[0].refusals.next_ns = 0;
		vfctl_refusal_log(fake.port, 0, &req, VFCTL_BAD_REQUEST);
	}
	rte_openlog_stream(NULL);
	fclose(stream);
	assert_int_equal(count_lines(text), VFCTL_REQ_NB + 2);
	assert_null(strstr(text, "null"));
	free(text);
	fake_stop(&fake);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(every_verdict_has_a_name_of_its_own),
		cmocka_unit_test(one_line_a_second_that_counts_the_silent_ones),
		cmocka_unit_test(attack_refusal_flood_does_not_fill_the_log),
		cmocka_unit_test(every_request_can_be_logged),
	};

	return cmocka_run_group_tests_name("vfctl_log", tests, NULL, NULL);
}
