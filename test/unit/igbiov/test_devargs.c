/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) the igbiov authors
 */

#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include <rte_common.h>
#include <rte_devargs.h>

#include "igbiov_devargs.h"

static const struct igbiov_hw hw = { .name = "devargs", .chip.nb_queues = 16 };
static const struct igbiov_hw vf = { .name = "devargs", .chip = { .is_vf = true, .nb_queues = 2 } };

static int
parse_of(const struct igbiov_hw *function, const char *text, struct igbiov_devargs *out)
{
	struct rte_devargs devargs = { .args = text };

	memset(out, 0xA5, sizeof(*out));
	return igbiov_devargs_parse(function, &devargs, out);
}

static int
parse(const char *text, struct igbiov_devargs *out)
{
	return parse_of(&hw, text, out);
}

static void
without_arguments_the_safe_defaults_hold(void **state)
{
	struct igbiov_devargs out;

	(void)state;
	assert_int_equal(igbiov_devargs_parse(&hw, NULL, &out), 0);
	assert_string_equal(out.settings, "");
	assert_int_equal(parse("", &out), 0);
	assert_string_equal(out.settings, "");
}

static void
each_value_means_what_it_says(void **state)
{
	static const struct {
		const char *args, *settings;
	} rows[] = {
		{ "vf_vlan=none", "trunk=none" },
		{ "vf_vlan=any", "trunk=1-4094" },
		{ "vf_promisc=none", "allow_promisc=off allow_allmulti=off" },
		{ "vf_promisc=multicast", "allow_promisc=off allow_allmulti=on" },
		{ "vf_promisc=all,vf_vlan=none", "allow_promisc=on allow_allmulti=on trunk=none" },
	};
	struct igbiov_devargs out;

	(void)state;
	for (unsigned int i = 0; i < RTE_DIM(rows); i++) {
		assert_int_equal(parse(rows[i].args, &out), 0);
		assert_string_equal(out.settings, rows[i].settings);
	}
}

static void
vfs_and_files_are_taken_as_given(void **state)
{
	struct igbiov_devargs out;

	(void)state;
	assert_int_equal(parse("", &out), 0);
	assert_int_equal(out.vfs, -1);
	assert_string_equal(out.policy, "");
	assert_string_equal(out.state, "/run/vfctl/devargs.json");
	assert_int_equal(parse("vfs=0,policy=/etc/a.json,state=/tmp/b.json", &out), 0);
	assert_int_equal(out.vfs, 0);
	assert_string_equal(out.policy, "/etc/a.json");
	assert_string_equal(out.state, "/tmp/b.json");
	assert_int_equal(parse("vfs=7,state=none", &out), 0);
	assert_int_equal(out.vfs, 7);
	assert_string_equal(out.state, "");
}

static void
paths_that_do_not_fit_are_refused(void **state)
{
	struct igbiov_devargs out;
	char text[IGBIOV_ARG_PATH_LEN + 16] = "policy=";

	(void)state;
	memset(text + strlen(text), 'a', IGBIOV_ARG_PATH_LEN);
	assert_int_equal(parse(text, &out), -EINVAL);
}

static void
what_isnt_known_is_refused(void **state)
{
	static const char *const bad[] = {
		"vf_vlan=",
		"vf_vlan=all",
		"vf_vlan=anyway",
		"vf_promisc=yes",
		"vf_promisc=any",
		"vf_trust=1",
		"vf_vlan=any,colour=red",
		"vf_vlan",
		"vfs=8",
		"vfs=-1",
		"vfs=1x",
		"vfs=",
		"policy=",
		"state=",
		"vfs=10",
		"policy",
		"dca=",
		"dca=256",
		"dca=1:",
		"dca=:1",
		"dca=1:256",
		"dca=1;2",
		"dca=1::2",
		"dca=-1",
		"dca=0x10",
		"dca=1:2:3:4:5:6:7:8:9:10:11:12:13:14:15:16:17",
		"tx_head_wb=",
		"tx_head_wb=2",
		"tx_head_wb=10",
		"tx_head_wb=yes",
		"itr_us=",
		"itr_us=8192",
		"itr_us=-1",
		"itr_us=+1",
		"itr_us= 1",
		"itr_us=1us",
		"itr_us=4294967297",
		"itr_us=18446744073709551617",
	};
	struct igbiov_devargs out;

	(void)state;
	for (unsigned int i = 0; i < RTE_DIM(bad); i++)
		assert_int_equal(parse(bad[i], &out), -EINVAL);
}

static void
an_interval_is_taken_by_every_port(void **state)
{
	struct igbiov_devargs out;

	(void)state;
	assert_int_equal(parse("", &out), 0);
	assert_int_equal(out.itr_us, IGBIOV_ITR_US_DEFAULT);
	assert_int_equal(parse_of(&vf, "", &out), 0);
	assert_int_equal(out.itr_us, IGBIOV_ITR_US_DEFAULT);
	assert_int_equal(parse("itr_us=0,vfs=2", &out), 0);
	assert_int_equal(out.itr_us, 0);
	assert_int_equal(out.vfs, 2);
	assert_int_equal(parse_of(&vf, "itr_us=8191", &out), 0);
	assert_int_equal(out.itr_us, 8191);
}

static void
tags_are_taken_queue_by_queue(void **state)
{
	struct igbiov_devargs out;

	(void)state;
	assert_int_equal(parse("", &out), 0);
	assert_int_equal(out.nb_dca, 0);
	assert_int_equal(parse("dca=255", &out), 0);
	assert_int_equal(out.nb_dca, 1);
	assert_int_equal(out.dca[0], 255);
	assert_int_equal(parse("dca=1:2:3:4:5:6:7:8:9:10:11:12:13:14:15:16", &out), 0);
	assert_int_equal(out.nb_dca, 16);
	for (unsigned int i = 0; i < 16; i++)
		assert_int_equal(out.dca[i], i + 1);
	assert_int_equal(parse_of(&vf, "dca=0:7", &out), 0);
	assert_int_equal(out.nb_dca, 2);
	assert_int_equal(out.dca[0], 0);
	assert_int_equal(out.dca[1], 7);
	assert_int_equal(parse_of(&vf, "dca=1:2:3", &out), -EINVAL);
}

static void
what_is_the_pfs_is_refused_on_a_vf(void **state)
{
	static const char *const bad[] = { "vfs=1", "policy=/etc/a", "state=none", "vf_vlan=any",
					   "vf_promisc=all" };
	struct igbiov_devargs out;

	(void)state;
	for (unsigned int i = 0; i < RTE_DIM(bad); i++)
		assert_int_equal(parse_of(&vf, bad[i], &out), -EINVAL);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(without_arguments_the_safe_defaults_hold),
		cmocka_unit_test(each_value_means_what_it_says),
		cmocka_unit_test(vfs_and_files_are_taken_as_given),
		cmocka_unit_test(paths_that_do_not_fit_are_refused),
		cmocka_unit_test(what_isnt_known_is_refused),
		cmocka_unit_test(tags_are_taken_queue_by_queue),
		cmocka_unit_test(an_interval_is_taken_by_every_port),
		cmocka_unit_test(what_is_the_pfs_is_refused_on_a_vf),
	};

	return cmocka_run_group_tests_name("igbiov_devargs", tests, NULL, NULL);
}
