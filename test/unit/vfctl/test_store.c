/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) the igbiov authors
 */

/* Where settings come from and what is kept of them: policy files, and the state of a process that died. */

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "fake.h"
#include "vfctl_store.h"

static struct fake fake;
static char folder[] = "/tmp/vfctl-store-XXXXXX", policy[64], state_file[64], saved[64];
static char why[VFCTL_WHY_LEN];

static int
setup(void **state)
{
	(void)state;
	fake_init(&fake);
	fake.life = 7;
	unlink(policy);
	unlink(state_file);
	unlink(saved);
	return 0;
}

static void
write_policy(const char *text)
{
	FILE *file = fopen(policy, "w");

	assert_non_null(file);
	fputs(text, file);
	fclose(file);
}

/* A process begins; its threads don't matter here. */
static int
begin(const char *settings, bool with_policy)
{
	struct vfctl_conf conf = fake_conf(&fake);
	int rc;

	conf.state_file = state_file;
	conf.settings = settings;
	conf.policy_file = with_policy ? policy : NULL;
	rc = vfctl_port_new(&conf, &fake.port);
	assert_int_equal(rc, 0);
	why[0] = '\0';
	rc = vfctl_store_begin(fake.port, &conf, why, sizeof(why));
	if (rc == 0)
		assert_int_equal(vfctl_port_list_add(fake.port), 0);
	else
		free(fake.port);
	return rc;
}

/* It dies: nobody stops anything. */
static void
die(void)
{
	vfctl_port_list_remove(fake.port);
	free(fake.port);
	fake_wipe(&fake);
}

static struct vfctl_settings
settings_of(uint16_t vf_id)
{
	struct vfctl_settings settings;

	assert_int_equal(vfctl_vf_get(FAKE_PORT_ID, vf_id, &settings), 0);
	return settings;
}

static void
set(uint16_t vf_id, const char *text)
{
	struct vfctl_settings settings;
	uint64_t fields;

	assert_int_equal(vfctl_vf_parse(text, &fields, &settings, why, sizeof(why)), 0);
	assert_int_equal(vfctl_vf_set(FAKE_PORT_ID, vf_id, fields, &settings, why, sizeof(why)), 0);
}

static void
a_port_begins_with_text_and_then_the_policy(void **state)
{
	(void)state;
	write_policy("{\"vfctl\":1, \"port\":{\"loopback\":false}, \"default\":{\"max_vlans\":3},\n"
		     "\"vfs\":{\"2\":{\"vlan\":100}}}");
	assert_int_equal(begin("trust=on max_vlans=2", true), 0);
	assert_true(settings_of(0).trust && settings_of(2).trust);
	assert_int_equal(settings_of(0).max_vlans, 3);
	assert_int_equal(settings_of(2).vlan, 100);
	assert_int_equal(settings_of(1).vlan, 0);
	assert_false(fake.port->settings.loopback);
	die();
}

static void
a_bad_beginning_is_refused_with_line_and_field(void **state)
{
	char expected[160];

	(void)state;
	assert_int_equal(begin("trust=perhaps", false), -EINVAL);
	assert_non_null(strstr(why, "trust"));
	assert_int_equal(begin(NULL, true), -ENOENT);
	assert_non_null(strstr(why, policy));
	/* what the file itself can't know */
	write_policy("{\"vfctl\":1,\n \"vfs\":{\n\"3\":{\"vlan\":9,\n\"max_macs\":3}}}");
	assert_int_equal(begin(NULL, true), -EINVAL);
	snprintf(expected, sizeof(expected), "%s:4: vfs.3.max_macs: 3 is not in 0 to 2", policy);
	assert_string_equal(why, expected);
}

static void
a_policy_creates_its_number_of_vfs(void **state)
{
	(void)state;
	write_policy("{\"vfctl\":1, \"num_vfs\":2}");
	assert_int_equal(begin(NULL, true), 0);
	assert_int_equal(fake.nb_vfs, 2);
	assert_int_equal(fake.port->caps.nb_vfs, 2);
	die();
	write_policy("{\"vfctl\":1, \"num_vfs\":8}");
	assert_int_equal(begin(NULL, true), -EINVAL);
	assert_non_null(strstr(why, "num_vfs"));
}

static void
the_next_process_goes_on_with_what_was_set(void **state)
{
	struct vfctl_port_settings port = { .storm_broadcast = 5 };

	(void)state;
	assert_int_equal(begin("trust=on", false), 0);
	set(1, "vlan=100 max_tx_rate=50 mac=02:00:00:00:00:77");
	assert_int_equal(vfctl_port_set(FAKE_PORT_ID, VFCTL_FIELD(VFCTL_P_STORM_BROADCAST), &port,
					why, sizeof(why)),
			 0);
	die();
	assert_int_equal(begin("trust=on", false), 0);
	assert_int_equal(settings_of(1).vlan, 100);
	assert_int_equal(settings_of(1).max_tx_rate, 50);
	assert_int_equal(settings_of(1).mac.addr_bytes[5], 0x77);
	assert_true(settings_of(0).trust);
	assert_int_equal(fake.port->settings.storm_broadcast, 5);
	die();
}

static void
another_tenant_does_not_inherit(void **state)
{
	(void)state;
	assert_int_equal(begin(NULL, false), 0);
	set(1, "trust=on");
	die();
	fake.life++;
	assert_int_equal(begin(NULL, false), 0);
	assert_false(settings_of(1).trust);
	die();
}

static void
a_changed_policy_or_text_comes_before_what_was_kept(void **state)
{
	(void)state;
	write_policy("{\"vfctl\":1, \"default\":{\"max_vlans\":3}}");
	assert_int_equal(begin(NULL, true), 0);
	set(1, "trust=on");
	die();
	write_policy("{\"vfctl\":1, \"default\":{\"max_vlans\":2}}");
	assert_int_equal(begin(NULL, true), 0);
	assert_false(settings_of(1).trust);
	assert_int_equal(settings_of(1).max_vlans, 2);
	set(1, "trust=on");
	die();
	assert_int_equal(begin("qos=1", true), 0);
	assert_false(settings_of(1).trust);
	die();
}

static void
what_others_could_have_written_is_not_believed(void **state)
{
	(void)state;
	assert_int_equal(begin(NULL, false), 0);
	set(1, "trust=on");
	die();
	assert_int_equal(chmod(state_file, 0666), 0);
	assert_int_equal(begin(NULL, false), 0);
	assert_false(settings_of(1).trust);
	die();
}

static void
a_damaged_state_is_dropped(void **state)
{
	(void)state;
	assert_int_equal(begin(NULL, false), 0);
	set(1, "trust=on");
	die();
	assert_int_equal(truncate(state_file, 40), 0);
	assert_int_equal(begin(NULL, false), 0);
	assert_false(settings_of(1).trust);
	die();
}

static int
apply(const char *text)
{
	write_policy(text);
	return vfctl_apply_file(FAKE_PORT_ID, policy, why, sizeof(why));
}

static void
a_file_is_applied_whole_or_not_at_all(void **state)
{
	const struct vfctl_settings before = (begin(NULL, false), settings_of(1));
	struct vfctl_settings after;

	(void)state;
	set(0, "trust=on");
	assert_int_equal(
		apply("{\"vfctl\":1, \"vfs\":{\"1\":{\"vlan\":5}, \"2\":{\"vlan\":5000}}}"),
		-EINVAL);
	assert_int_equal(
		apply("{\"vfctl\":1, \"vfs\":{\"1\":{\"vlan\":5}, \"2\":{\"max_macs\":9}}}"),
		-EINVAL);
	assert_int_equal(apply("{\"vfctl\":1, \"vfs\":{\"1\":{\"vlan\":5}}, \"num_vfs\":9}"),
			 -EINVAL);
	/* somebody has a VF open: nothing of the file is done */
	fake.num_vfs_refused = true;
	assert_int_equal(apply("{\"vfctl\":1, \"vfs\":{\"1\":{\"vlan\":5}}, \"num_vfs\":3}"),
			 -EBUSY);
	assert_string_equal(why, "VF 1 is open: process 99");
	fake.num_vfs_refused = false;
	after = settings_of(1);
	assert_memory_equal(&before, &after, sizeof(before));
	assert_true(settings_of(0).trust);

	assert_int_equal(apply("{\"vfctl\":1, \"vfs\":{\"1\":{\"vlan\":5}}, \"num_vfs\":3}"), 0);
	assert_int_equal(settings_of(1).vlan, 5);
	assert_int_equal(fake.nb_vfs, 3);
	/* what it doesn't name has its default */
	assert_false(settings_of(0).trust);
	die();
}

static void
what_is_saved_can_be_applied_again(void **state)
{
	struct vfctl_settings before, after;

	(void)state;
	assert_int_equal(begin("allow_promisc=on", false), 0);
	set(1, "vlan=100 qos=2 macs=02:00:00:00:00:21 quarantine_after=9 mirror=rx:pf state=on");
	set(2, "trunk=1-5,77 insert=0 budget=3 spoofchk=off untagged=off");
	before = settings_of(1);
	assert_int_equal(vfctl_save_file(FAKE_PORT_ID, saved, why, sizeof(why)), 0);
	assert_int_equal(apply("{\"vfctl\":1}"), 0);
	assert_int_equal(settings_of(1).vlan, 0);
	assert_int_equal(vfctl_apply_file(FAKE_PORT_ID, saved, why, sizeof(why)), 0);
	after = settings_of(1);
	assert_memory_equal(&before, &after, sizeof(before));
	assert_int_equal(settings_of(2).trunk[1], RTE_BIT64(13));
	assert_false(settings_of(2).untagged);
	assert_int_equal(vfctl_save_file(FAKE_PORT_ID, "/nowhere/at/all", why, sizeof(why)),
			 -ENOENT);
	die();
}

#define TEST(fn) cmocka_unit_test_setup(fn, setup)

int
main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(a_port_begins_with_text_and_then_the_policy),
		TEST(a_bad_beginning_is_refused_with_line_and_field),
		TEST(a_policy_creates_its_number_of_vfs),
		TEST(the_next_process_goes_on_with_what_was_set),
		TEST(another_tenant_does_not_inherit),
		TEST(a_changed_policy_or_text_comes_before_what_was_kept),
		TEST(what_others_could_have_written_is_not_believed),
		TEST(a_damaged_state_is_dropped),
		TEST(a_file_is_applied_whole_or_not_at_all),
		TEST(what_is_saved_can_be_applied_again),
	};
	int failed;

	if (mkdtemp(folder) == NULL)
		return 1;
	snprintf(policy, sizeof(policy), "%s/policy.json", folder);
	snprintf(state_file, sizeof(state_file), "%s/state.json", folder);
	snprintf(saved, sizeof(saved), "%s/saved.json", folder);
	failed = cmocka_run_group_tests_name("vfctl_store", tests, NULL, NULL);
	setup(NULL);
	rmdir(folder);
	return failed;
}
