/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) the igbiov authors
 */

/* The policy file and the kept state: what is taken, what is refused and where, and what is trusted. */

#define _GNU_SOURCE /* nftw */
#include <errno.h>
#include <ftw.h>
#include <inttypes.h>
#include <limits.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cmocka.h>
#include <jansson.h>

#include <rte_common.h>

#include "vfctl_config.h"
#include "vfctl_field.h"
#include "vfctl_file.h"

#define VFS 8

static char folder[64];
static struct vfctl_settings defaults[VFCTL_VF_MAX];
static struct vfctl_policy_set set, other; /* too large for comfort on a stack */
static char why[VFCTL_WHY_LEN];

/* --- the system, made to fail --- */

enum call {
	CALL_NONE,
	CALL_FSTAT,
	CALL_FSTAT_EARLY, /* doesn't fail: the file has grown since */
	CALL_READ,
	CALL_WRITE,
	CALL_FSYNC,
	CALL_CLOSE,
	CALL_MALLOC,
	CALL_MEMSTREAM,
};

static enum call failing; /* by EIO */
static bool stingy;	  /* reads and writes do a little, or are interrupted */

/* As fstat() is called since meson asks for 64-bit file offsets. */
int __real_fstat64(int fd, struct stat *st);
ssize_t __real_read(int fd, void *data, size_t size);
ssize_t __real_write(int fd, const void *data, size_t size);
int __real_fsync(int fd);
int __real_close(int fd);
void *__real_malloc(size_t size);
FILE *__real_open_memstream(char **text, size_t *size);
int __wrap_fstat64(int fd, struct stat *st);
ssize_t __wrap_read(int fd, void *data, size_t size);
ssize_t __wrap_write(int fd, const void *data, size_t size);
int __wrap_fsync(int fd);
int __wrap_close(int fd);
void *__wrap_malloc(size_t size);
FILE *__wrap_open_memstream(char **text, size_t *size);

static bool
fails(enum call call)
{
	if (failing != call)
		return false;
	errno = EIO;
	return true;
}

/* How much a stingy call does; 0: it is interrupted. */
static size_t
portion(size_t size)
{
	static unsigned int turn;

	if (!stingy || size == 0)
		return size;
	errno = EINTR;
	return turn++ % 2 == 0 ? 0 : RTE_MIN(size, (size_t)7);
}

int
__wrap_fstat64(int fd, struct stat *st)
{
	int rc = fails(CALL_FSTAT) ? -1 : __real_fstat64(fd, st);

	if (failing == CALL_FSTAT_EARLY)
		st->st_size = 0;
	return rc;
}

ssize_t
__wrap_read(int fd, void *data, size_t size)
{
	size_t n = portion(size);

	return fails(CALL_READ) || n < RTE_MIN(size, 1u) ? -1 : __real_read(fd, data, n);
}

ssize_t
__wrap_write(int fd, const void *data, size_t size)
{
	size_t n = portion(size);

	return fails(CALL_WRITE) || n < RTE_MIN(size, 1u) ? -1 : __real_write(fd, data, n);
}

int
__wrap_fsync(int fd)
{
	return fails(CALL_FSYNC) ? -1 : __real_fsync(fd);
}

int
__wrap_close(int fd)
{
	int rc = __real_close(fd);

	return fails(CALL_CLOSE) ? -1 : rc;
}

void *
__wrap_malloc(size_t size)
{
	return fails(CALL_MALLOC) ? NULL : __real_malloc(size);
}

FILE *
__wrap_open_memstream(char **text, size_t *size)
{
	return fails(CALL_MEMSTREAM) ? NULL : __real_open_memstream(text, size);
}

/* --- helpers --- */

static const char *
path_of(const char *name)
{
	static char path[4][128];
	static unsigned int turn;
	char *p = path[turn++ % 4];

	snprintf(p, sizeof(path[0]), "%s/%s", folder, name);
	return p;
}

static void
file_put(const char *path, const char *text)
{
	FILE *f = fopen(path, "w");

	assert_non_null(f);
	fputs(text, f);
	assert_int_equal(fclose(f), 0);
}

static int
entry_remove(const char *path, const struct stat *st, int type, struct FTW *ftw)
{
	(void)st;
	(void)type;
	(void)ftw;
	return remove(path);
}

static int
begin(void **state)
{
	unsigned int i;

	(void)state;
	failing = CALL_NONE;
	stingy = false;
	strcpy(folder, "/tmp/vfctl-config-XXXXXX");
	memset(defaults, 0, sizeof(defaults));
	for (i = 0; i < VFCTL_VF_MAX; i++) {
		defaults[i].mac = (struct rte_ether_addr){ { 2, 0, 0, 0, 0, (uint8_t)i } };
		defaults[i].vlan_proto = 0x8100;
		defaults[i].max_mtu = 1500;
		defaults[i].queues = 1;
		defaults[i].budget = 50;
		defaults[i].burst = 128;
		defaults[i].untagged = true;
	}
	memset(why, 0, sizeof(why));
	return mkdtemp(folder) == NULL;
}

static int
end(void **state)
{
	(void)state;
	failing = CALL_NONE;
	stingy = false;
	return nftw(folder, entry_remove, 8, FTW_DEPTH | FTW_PHYS);
}

static unsigned int files_in_folder;

static int
entry_count(const char *path, const struct stat *st, int type, struct FTW *ftw)
{
	(void)path;
	(void)st;
	(void)ftw;
	files_in_folder += type == FTW_F;
	return 0;
}

static unsigned int
files(void)
{
	files_in_folder = 0;
	nftw(folder, entry_count, 8, FTW_PHYS);
	return files_in_folder;
}

static int
parse(const char *text)
{
	return vfctl_config_parse(text, strlen(text), "p", VFS, defaults, &set, why, sizeof(why));
}

static void
expect_same_settings(const struct vfctl_policy_set *a, const struct vfctl_policy_set *b)
{
	unsigned int i;

	assert_int_equal(a->nb, b->nb);
	assert_true(vfctl_port_fields_differ(&a->port, &b->port) == 0);
	for (i = 0; i < a->nb; i++)
		if (vfctl_fields_differ(&a->vf[i], &b->vf[i]) != 0)
			fail_msg("VF %u: fields %" PRIx64, i,
				 vfctl_fields_differ(&a->vf[i], &b->vf[i]));
}

/* --- reading --- */

static void
an_empty_policy_is_the_defaults(void **state)
{
	unsigned int i;

	(void)state;
	assert_int_equal(parse("{\"vfctl\": 1}"), 0);
	assert_int_equal(set.nb, VFS);
	assert_int_equal(set.num_vfs, -1);
	assert_int_equal(set.port_fields, 0);
	assert_memory_equal(&set.port, &vfctl_port_defaults, sizeof(set.port));
	for (i = 0; i < VFS; i++) {
		assert_int_equal(set.vf_fields[i], 0);
		assert_true(vfctl_fields_differ(&set.vf[i], &defaults[i]) == 0);
	}
	assert_true(set.port.loopback && set.port.drop_enable);
	assert_int_equal(set.port.default_pool, VFCTL_NOBODY);
}

static void
a_port_without_vfs_has_a_policy_too(void **state)
{
	static const char text[] = "{\"vfctl\": 1, \"default\": {\"vlan\": 5}, \"num_vfs\": 0}";
	static const char vf_0[] = "{\"vfctl\": 1, \"vfs\": {\"0\": {}}}";

	(void)state;
	assert_int_equal(
		vfctl_config_parse(text, strlen(text), "p", 0, NULL, &set, why, sizeof(why)), 0);
	assert_int_equal(set.nb, 0);
	assert_int_equal(set.num_vfs, 0);
	assert_int_equal(
		vfctl_config_parse(vf_0, strlen(vf_0), "p", 0, NULL, &set, why, sizeof(why)),
		-EINVAL);
	assert_string_equal(why, "p:1: vfs.0: is no VF; the port can have 0, from 0");
}

static void
a_vf_is_stronger_than_the_default_wherever_it_stands(void **state)
{
	(void)state;
	assert_int_equal(parse("{\"vfs\": {\"3\": {\"vlan\": 100, \"spoofchk_mac\": false}},"
			       " \"default\": {\"vlan\": 7, \"spoofchk\": true, \"qos\": 2},"
			       " \"port\": {\"loopback\": false, \"default_pool\": \"pf\"},"
			       " \"num_vfs\": 8, \"vfctl\": 1}"),
			 0);
	assert_int_equal(set.vf[3].vlan, 100);
	assert_int_equal(set.vf[3].qos, 2);
	assert_false(set.vf[3].spoofchk_mac);
	assert_true(set.vf[3].spoofchk_vlan);
	assert_int_equal(set.vf[7].vlan, 7);
	assert_true(set.vf[7].spoofchk_mac);
	assert_int_equal(set.vf[7].max_mtu, 1500);
	assert_int_equal(set.vf_fields[7], VFCTL_FIELD(VFCTL_F_VLAN) | VFCTL_FIELD(VFCTL_F_QOS) |
						   VFCTL_FIELD(VFCTL_F_SPOOFCHK_MAC) |
						   VFCTL_FIELD(VFCTL_F_SPOOFCHK_VLAN));
	assert_int_equal(set.vf_fields[3], set.vf_fields[7]);
	assert_false(set.port.loopback);
	assert_true(set.port.drop_enable);
	assert_int_equal(set.port.default_pool, VFCTL_PF);
	assert_int_equal(set.port_fields,
			 VFCTL_FIELD(VFCTL_P_LOOPBACK) | VFCTL_FIELD(VFCTL_P_DEFAULT_POOL));
	assert_int_equal(set.num_vfs, 8);
}

/* One value in the ways that JSON has for it. */
static const struct same {
	const char *json;
	unsigned int field;
	const char *text;
} same[] = {
	{ "\"trust\": true", VFCTL_F_TRUST, "on" },
	{ "\"trust\": false", VFCTL_F_TRUST, "off" },
	{ "\"trust\": \"on\"", VFCTL_F_TRUST, "on" },
	{ "\"trust\": 1", VFCTL_F_TRUST, "on" },
	{ "\"vlan\": 100", VFCTL_F_VLAN, "100" },
	{ "\"vlan\": \"100\"", VFCTL_F_VLAN, "100" },
	{ "\"vl\\u0061n\": 100", VFCTL_F_VLAN, "100" },
	{ "\"max_tx_rate\": 4294967295", VFCTL_F_MAX_TX_RATE, "4294967295" },
	{ "\"state\": \"disable\"", VFCTL_F_STATE, "off" },
	{ "\"mirror\": \"rx+tx:2\"", VFCTL_F_MIRROR, "rx+tx:2" },
	{ "\"trunk\": \"1-10,20\"", VFCTL_F_TRUNK, "1-10,20" },
	{ "\"trunk\": [\"1-10\", 20]", VFCTL_F_TRUNK, "1-10,20" },
	{ "\"trunk\": 20", VFCTL_F_TRUNK, "20" },
	{ "\"trunk\": []", VFCTL_F_TRUNK, "none" },
	{ "\"trunk\": [\"all\"]", VFCTL_F_TRUNK, "all" },
	{ "\"macs\": []", VFCTL_F_MACS, "none" },
	{ "\"macs\": \"none\"", VFCTL_F_MACS, "none" },
	{ "\"macs\": [\"02:00:00:00:01:00\", \"02:00:00:00:01:01\"]", VFCTL_F_MACS,
	  "02:00:00:00:01:00,02:00:00:00:01:01" },
};

static void
json_types_are_read_as_text_is(void **state)
{
	char text[256], value[VFCTL_TEXT_LEN];
	unsigned int i;

	(void)state;
	for (i = 0; i < RTE_DIM(same); i++) {
		snprintf(text, sizeof(text), "{\"vfctl\": 1, \"vfs\": {\"0\": {%s}}}",
			 same[i].json);
		if (parse(text) != 0)
			fail_msg("%s: %s", same[i].json, why);
		assert_int_equal(set.vf_fields[0], VFCTL_FIELD(same[i].field));
		assert_int_equal(vfctl_vf_format((enum vfctl_field)same[i].field, &set.vf[0], value,
						 sizeof(value)),
				 0);
		assert_string_equal(value, same[i].text);
	}
}

static void
every_vlan_may_be_listed_by_itself(void **state)
{
	char *text = malloc(65536), value[16];
	unsigned int i;

	(void)state;
	strcpy(text, "{\"vfctl\": 1, \"vfs\": {\"0\": {\"trunk\": [1");
	for (i = 2; i < VFCTL_VLAN_NB - 1; i++)
		sprintf(text + strlen(text), ", %u", i);
	strcat(text, "]}}}");
	assert_int_equal(parse(text), 0);
	assert_int_equal(vfctl_vf_format(VFCTL_F_TRUNK, &set.vf[0], value, sizeof(value)), 0);
	assert_string_equal(value, "all");
	free(text);
}

#define WRAP(fields) "{\"vfctl\": 1,\n\"vfs\": {\n\"3\": {\n" fields "}}}"

static const struct bad {
	const char *text;
	const char *why;
} bad[] = {
	/* no JSON; the words are jansson's */
	{ "", "p:1: column 0: ..." },
	{ "{\"vfctl\": 1,\n}", "p:2: column 1: ..." },
	{ "{\"vfctl\": 1} x", "p:1: column 14: ..." },
	{ "{\"vfctl\": 1, \"vfs\": {\"0\":\n {}, \"0\": {}}}", "p:2: column 8: duplicate ..." },
	{ "{\"vfctl\": 1, \"num_vfs\": 99999999999999999999}", "p:1: column 44: too big ..." },
	{ "{\"vfctl\": 1, \"a\\u0000\": 1}", "p:1: column 22: NUL ..." },
	{ "{\"vfctl\": 1, \"vfs\": \"\x80\"}", "p:1: column ..." },
	/* not a policy's frame */
	{ "[]", "p:1: is no object" },
	{ "{}", "p:1: \"vfctl\": 1 is missing" },
	{ "{\n\"vfctl\": 2}", "p:2: vfctl: is not 1, the only format there is" },
	{ "{\"vfctl\": \"1\"}", "p:1: vfctl: is not 1, the only format there is" },
	{ "{\"vfctl\": 1,\n\n\"ports\": {}}",
	  "p:3: ports: is none of: vfctl, port, num_vfs, default, vfs" },
	{ "{\"vfctl\": 1, \"life\": \"1\"}",
	  "p:1: life: is none of: vfctl, port, num_vfs, default, vfs" },
	{ "{\"vfctl\": 1, \"a\\nb\": 1}",
	  "p:1: a?b: is none of: vfctl, port, num_vfs, default, vfs" },
	{ "{\"vfctl\": 1,\n\"num_vfs\": 9}", "p:2: num_vfs: 9 is not in 0 to 8" },
	{ "{\"vfctl\": 1, \"num_vfs\": -1}", "p:1: num_vfs: -1 is not in 0 to 8" },
	{ "{\"vfctl\": 1, \"num_vfs\": \"4\"}", "p:1: num_vfs: is no integer" },
	{ "{\"vfctl\": 1,\n\"port\": []}", "p:2: port: is no object" },
	{ "{\"vfctl\": 1,\n\"default\": 5}", "p:2: default: is no object" },
	{ "{\"vfctl\": 1,\n\"vfs\": null}", "p:2: vfs: is no object" },
	{ "{\"vfctl\": 1, \"vfs\": {\n\"0\": {},\n\"1\": true}}", "p:3: vfs.1: is no object" },
	{ "{\"vfctl\": 1, \"vfs\": {\n\"8\": {}}}",
	  "p:2: vfs.8: is no VF; the port can have 8, from 0" },
	{ "{\"vfctl\": 1, \"vfs\": {\n\"03\": {}}}",
	  "p:2: vfs.03: is no VF; the port can have 8, from 0" },
	{ "{\"vfctl\": 1, \"vfs\": {\n\"-1\": {}}}",
	  "p:2: vfs.-1: is no VF; the port can have 8, from 0" },
	{ "{\"vfctl\": 1, \"vfs\": {\n\"\": {}}}",
	  "p:2: vfs.: is no VF; the port can have 8, from 0" },
	{ "{\"vfctl\": 1,\n\"default\": {\"qos\": 1,\n\"mac\": \"02:00:00:00:00:01\"}}",
	  "p:3: default.mac: an address is one VF's only; name it under vfs" },
	{ "{\"vfctl\": 1,\n\"default\": {\"qos\": 1,\n\"macs\": []}}",
	  "p:3: default.macs: an address is one VF's only; name it under vfs" },
	/* values */
	{ WRAP("\"vlan\": 5000"), "p:4: vfs.3.vlan: 5000 is not in 0 to 4094" },
	{ WRAP("\"vlan\": -1"), "p:4: vfs.3.vlan: -1 is not in 0 to 4094" },
	{ WRAP("\"vlan\": \"5000\""), "p:4: vfs.3.vlan: \"5000\" is not in 0 to 4094" },
	{ WRAP("\"vlan\": true"), "p:4: vfs.3.vlan: true is not in 0 to 4094" },
	{ WRAP("\"vlan\": 9223372036854775807"),
	  "p:4: vfs.3.vlan: 9223372036854775807 is not in 0 to 4094" },
	{ WRAP("\"vlan\": 5.0"),
	  "p:4: vfs.3.vlan: is neither a bool, an integer, a string nor a list" },
	{ WRAP("\"vlan\": null"),
	  "p:4: vfs.3.vlan: is neither a bool, an integer, a string nor a list" },
	{ WRAP("\"vlan\": {}"),
	  "p:4: vfs.3.vlan: is neither a bool, an integer, a string nor a list" },
	{ WRAP("\"vlan\": [5]"), "p:4: vfs.3.vlan: takes no list" },
	{ WRAP("\"vlan\": \"\""), "p:4: vfs.3.vlan: has no value" },
	{ WRAP("\"trunk\": [\"\"]"), "p:4: vfs.3.trunk: has no value" },
	{ WRAP("\"trunk\": [5, \"\"]"), "p:4: vfs.3.trunk: \"\" is not in 1 to 4094" },
	{ WRAP("\"trunk\": [5, 5.0]"),
	  "p:4: vfs.3.trunk: is too long, or not of strings and integers only" },
	{ WRAP("\"trunk\": [[5]]"),
	  "p:4: vfs.3.trunk: is too long, or not of strings and integers only" },
	{ WRAP("\"trunk\": [true]"),
	  "p:4: vfs.3.trunk: is too long, or not of strings and integers only" },
	{ WRAP("\"trunk\": [1,\n 5000]"), "p:4: vfs.3.trunk: \"5000\" is not in 1 to 4094" },
	{ WRAP("\"trust\": \"a\\nb\""), "p:4: vfs.3.trust: \"a?b\" is not one of: on, off" },
	{ WRAP("\"qos\": 1,\n\n\"vlam\": 5"),
	  "p:6: vfs.3.vlam: there is no such setting; did you mean vlan?" },
	{ WRAP("\"loopback\": true"), "p:4: vfs.3.loopback: there is no such setting" },
	{ WRAP("\"spoofchk\": true,\n\"spoofchk_mac\": true"),
	  "p:5: vfs.3.spoofchk_mac: is set twice" },
	{ "{\"vfctl\": 1, \"default\": {\n\"qos\": 8}}", "p:2: default.qos: 8 is not in 0 to 7" },
	{ "{\"vfctl\": 1, \"port\": {\n\"default_pool\": 64}}",
	  "p:2: port.default_pool: 64 is not one of: none, pf, 0 to 63" },
	/* what could mislead the search for the line: the same keys elsewhere, strings with signs */
	{ "{\"vfctl\": 1, \"default\": {\"vlan\": 5, \"trunk\": [1, \"2\"]},\n"
	  "\"vfs\": {\"0\": {\"state\": \"auto\", \"vlan\": 5},\n"
	  "\"3\": {\"trunk\": [],\n \"vlan\" : 5000}}}",
	  "p:4: vfs.3.vlan: 5000 is not in 0 to 4094" },
	{ "{\"vfctl\": 1, \"vfs\": {\"\\\"3\\\": {\": {}}}",
	  "p:1: vfs.\"3\": {: is no VF; the port can have 8, from 0" },
	{ "{\"vfs\": {\"\\\"\": {}},\n\"vfctl\": 1,\n\"default\": {\"qos\": 8}}",
	  "p:3: default.qos: 8 is not in 0 to 7" },
	{ "{\"vfctl\": 1, \"vfs\":\n{\"4\":\n{\"vl\\u0061n\": 5000}}}",
	  "p:2: vfs.4.vlan: 5000 is not in 0 to 4094" },
};

/* With "..." at its end, what comes then may be anything. */
static void
expect_why(const char *want)
{
	const char *dots = strstr(want, "...");

	if (dots == NULL)
		assert_string_equal(why, want);
	else if (strncmp(why, want, (size_t)(dots - want)) != 0)
		fail_msg("'%s' doesn't begin as '%s'", why, want);
}

static void
what_is_wrong_is_named_with_its_line(void **state)
{
	unsigned int i;

	(void)state;
	for (i = 0; i < RTE_DIM(bad); i++) {
		if (parse(bad[i].text) != -EINVAL)
			fail_msg("%s: taken", bad[i].text);
		expect_why(bad[i].why);
		/* Who doesn't want to know why gets the same error. */
		assert_int_equal(vfctl_config_parse(bad[i].text, strlen(bad[i].text), "p", VFS,
						    defaults, &set, NULL, 0),
				 -EINVAL);
		assert_int_equal(vfctl_config_parse(bad[i].text, strlen(bad[i].text), "p", VFS,
						    defaults, &set, why, 0),
				 -EINVAL);
	}
}

static void
a_nul_ends_nothing(void **state)
{
	static const char text[] = "{\"vfctl\": 1}\0{\"vfctl\": 2}";

	(void)state;
	assert_int_equal(vfctl_config_parse(text, sizeof(text) - 1, "p", VFS, defaults, &set, why,
					    sizeof(why)),
			 -EINVAL);
}

static void
an_overlong_list_is_refused(void **state)
{
	char *text = malloc(65536);
	unsigned int i;

	(void)state;
	strcpy(text, "{\"vfctl\": 1, \"vfs\": {\"0\": {\"trunk\": [1");
	for (i = 0; i < VFCTL_VALUE_LEN / 2; i++)
		strcat(text + i * 2, ",1");
	strcat(text, "]}}}");
	assert_int_equal(parse(text), -EINVAL);
	assert_string_equal(why,
			    "p:1: vfs.0.trunk: is too long, or not of strings and integers only");
	free(text);
}

/* With brackets all the way, a reader that calls itself would leave its stack. */
static void
depth_is_bounded(void **state)
{
	const size_t len = 1 << 20;
	char *text = malloc(len + 1);

	(void)state;
	memset(text, '[', len);
	text[len] = '\0';
	assert_int_equal(parse(text), -EINVAL);
	free(text);
}

/* --- files --- */

static void
files_that_are_none_are_refused(void **state)
{
	const char *path = path_of("p");

	(void)state;
	assert_int_equal(vfctl_config_load(path, VFS, defaults, &set, why, sizeof(why)), -ENOENT);
	assert_non_null(strstr(why, "p: can't be opened: No such file or directory"));
	assert_int_equal(vfctl_config_load(folder, VFS, defaults, &set, why, sizeof(why)), -EINVAL);
	assert_non_null(strstr(why, ": is no regular file"));
	assert_int_equal(mkfifo(path, 0600), 0);
	assert_int_equal(vfctl_config_load(path, VFS, defaults, &set, why, sizeof(why)), -EINVAL);
	assert_non_null(strstr(why, "p: is no regular file"));
	assert_int_equal(vfctl_config_load("/dev/zero", VFS, defaults, &set, NULL, 0), -EINVAL);
}

static void
size_is_bounded(void **state)
{
	const char *path = path_of("p");
	char *text = malloc(VFCTL_FILE_MAX + 2);

	(void)state;
	memset(text, ' ', VFCTL_FILE_MAX + 1);
	memcpy(text, "{\"vfctl\": 1}", 12);
	text[VFCTL_FILE_MAX] = '\0';
	file_put(path, text);
	assert_int_equal(vfctl_config_load(path, VFS, defaults, &set, why, sizeof(why)), 0);
	text[VFCTL_FILE_MAX] = ' ';
	text[VFCTL_FILE_MAX + 1] = '\0';
	file_put(path, text);
	assert_int_equal(vfctl_config_load(path, VFS, defaults, &set, why, sizeof(why)), -EFBIG);
	assert_non_null(strstr(why, "p: has more than 2097152 octets"));
	failing = CALL_FSTAT_EARLY;
	assert_int_equal(vfctl_config_load(path, VFS, defaults, &set, why, sizeof(why)), -EFBIG);
	failing = CALL_NONE;
	assert_int_equal(
		vfctl_file_replace(path, false, text, VFCTL_FILE_MAX + 1, why, sizeof(why)),
		-EFBIG);
	assert_non_null(strstr(why, "p: would have more than 2097152 octets"));
	free(text);
	/* A file whose size isn't what is in there: its end is looked for all the same. */
	assert_int_equal(
		vfctl_config_load("/proc/self/status", VFS, defaults, &set, why, sizeof(why)),
		-EINVAL);
	assert_non_null(strstr(why, "/proc/self/status:1: column"));
}

static void
reading_may_fail(void **state)
{
	static const struct {
		enum call call;
		int error;
		const char *why;
	} row[] = {
		{ CALL_FSTAT, -EIO, "p: can't be looked at: Input/output error" },
		{ CALL_READ, -EIO, "p: can't be read: Input/output error" },
		{ CALL_MALLOC, -ENOMEM, "p: no memory to read it" },
	};
	const char *path = path_of("p");
	unsigned int i;

	(void)state;
	file_put(path, "{\"vfctl\": 1}");
	for (i = 0; i < RTE_DIM(row); i++) {
		failing = row[i].call;
		assert_int_equal(vfctl_config_load(path, VFS, defaults, &set, why, sizeof(why)),
				 row[i].error);
		failing = CALL_NONE;
		assert_non_null(strstr(why, row[i].why));
	}
}

static void
long_paths_leave_room_for_the_reason(void **state)
{
	char path[200] = "/";

	(void)state;
	memset(path + 1, 'a', sizeof(path) - 2);
	strcpy(path + 190, "/p.json");
	assert_int_equal(vfctl_config_parse(WRAP("\"vlan\": 5000"), strlen(WRAP("\"vlan\": 5000")),
					    path, VFS, defaults, &set, why, sizeof(why)),
			 -EINVAL);
	assert_string_equal(why, "...aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa/p.json:4: vfs.3.vlan: "
				 "5000 is not in 0 to 4094");
	/* The longest of them. */
	strcpy(path + 190, "/p.json");
	assert_int_equal(vfctl_config_parse(WRAP("\"mirror\": \"aaaaaaaaaaaaaaaaaaaaaaaaaaaaaa\""),
					    strlen(WRAP("\"mirror\": "
							"\"aaaaaaaaaaaaaaaaaaaaaaaaaaaaaa\"")),
					    path, VFS, defaults, &set, why, sizeof(why)),
			 -EINVAL);
	assert_non_null(strstr(why, "rx+tx+vlan9:pf"));
}

/* --- writing --- */

/* Each field of each VF with a value of its own, the lists as long as they get. */
static void
fill(struct vfctl_policy_set *s)
{
	unsigned int i, j;

	memset(s, 0, sizeof(*s));
	s->nb = VFCTL_VF_MAX;
	s->num_vfs = 7;
	s->port = (struct vfctl_port_settings){ false, true, 63, 4294967295, 1 };
	for (i = 0; i < VFCTL_VF_MAX; i++) {
		struct vfctl_settings *vf = &s->vf[i];
		const uint8_t n = (uint8_t)i;

		vf->mac = (struct rte_ether_addr){ { 2, 1, 1, 1, 1, n } };
		vf->macs.nb = vf->allow_macs.nb = VFCTL_MAC_LIST_MAX;
		for (j = 0; j < VFCTL_MAC_LIST_MAX; j++) {
			vf->macs.mac[j] = (struct rte_ether_addr){ { 2, 2, 2, 2, n, (uint8_t)j } };
			vf->allow_macs.mac[j] = (struct rte_ether_addr){ { 2, 3, 3, 3, n,
									   (uint8_t)j } };
		}
		vf->mac_locked = vf->strip = vf->trust = vf->broadcast = vf->rx = i % 2;
		vf->spoofchk_mac = vf->allow_promisc = vf->untagged = vf->tx = i % 3;
		vf->spoofchk_vlan = vf->allow_allmulti = vf->unknown_unicast = i % 5;
		vf->all_multicast = i % 7;
		vf->max_macs = i % 17;
		vf->vlan = (uint16_t)(4094 - i);
		vf->qos = i % 8;
		vf->vlan_proto = i % 2 ? 0x8100 : 0x88a8;
		for (j = 1; j < VFCTL_VLAN_NB - 1; j++)
			if (j % 3 != 0)
				vf->trunk[j / 64] |= UINT64_C(1) << (j % 64);
		vf->max_vlans = (uint16_t)(4000 + i);
		vf->insert = (uint16_t)i;
		vf->max_tx_rate = vf->budget = vf->burst = vf->quarantine_after = UINT32_MAX - i;
		vf->state = (enum vfctl_link_state)(i % 3);
		vf->max_mtu = (uint16_t)(65535 - i);
		vf->queues = (uint16_t)(1 + i);
		vf->mirror = (struct vfctl_mirror){ 7, (uint16_t)(1 + i), (uint16_t)(63 - i) };
	}
}

static void
the_most_that_is_written_can_be_read(void **state)
{
	const char *path = path_of("p");
	struct stat st;
	unsigned int i;

	(void)state;
	fill(&other);
	assert_int_equal(vfctl_config_save(path, &other, why, sizeof(why)), 0);
	assert_int_equal(stat(path, &st), 0);
	assert_int_equal(st.st_mode & 07777, 0600);
	assert_true(st.st_size > 1 << 20);
	assert_int_equal(vfctl_config_load(path, VFCTL_VF_MAX, defaults, &set, why, sizeof(why)),
			 0);
	expect_same_settings(&set, &other);
	assert_int_equal(set.num_vfs, 7);
	assert_true(set.port_fields == VFCTL_PORT_FIELDS_ALL);
	for (i = 0; i < VFCTL_VF_MAX; i++)
		assert_true(set.vf_fields[i] == VFCTL_FIELDS_ALL);
	assert_int_equal(files(), 1);
}

static void
the_least_that_is_written_can_be_read(void **state)
{
	const char *path = path_of("p");
	size_t len;
	char *text;

	(void)state;
	memset(&other, 0, sizeof(other));
	other.num_vfs = -1;
	other.port = vfctl_port_defaults;
	assert_int_equal(vfctl_config_save(path, &other, why, sizeof(why)), 0);
	assert_int_equal(vfctl_config_load(path, 0, NULL, &set, why, sizeof(why)), 0);
	expect_same_settings(&set, &other);
	assert_int_equal(set.num_vfs, -1);
	/* The defaults as they are, with empty lists. */
	assert_int_equal(parse("{\"vfctl\": 1}"), 0);
	other = set;
	assert_int_equal(vfctl_config_save(path, &other, why, sizeof(why)), 0);
	assert_int_equal(vfctl_file_read(path, false, &text, &len, why, sizeof(why)), 0);
	assert_non_null(strstr(text, "\"macs\": [],"));
	free(text);
	assert_int_equal(vfctl_config_load(path, VFS, defaults, &set, why, sizeof(why)), 0);
	expect_same_settings(&set, &other);
}

static void
short_and_interrupted_calls_go_on(void **state)
{
	const char *path = path_of("p");

	(void)state;
	assert_int_equal(parse("{\"vfctl\": 1}"), 0);
	other = set;
	stingy = true;
	assert_int_equal(vfctl_config_save(path, &other, why, sizeof(why)), 0);
	assert_int_equal(vfctl_config_load(path, VFS, defaults, &set, why, sizeof(why)), 0);
	expect_same_settings(&set, &other);
}

static void
what_no_file_can_say_is_not_written(void **state)
{
	const char *path = path_of("p");

	(void)state;
	assert_int_equal(parse("{\"vfctl\": 1}"), 0);
	set.vf[2].vlan = 4095;
	assert_int_equal(vfctl_config_save(path, &set, why, sizeof(why)), -EINVAL);
	assert_non_null(strstr(why, "p: isn't written: a setting is out of range"));
	assert_int_equal(vfctl_config_save(path, &set, NULL, 0), -EINVAL);
	set.vf[2].vlan = 0;
	set.port.default_pool = 64;
	assert_int_equal(vfctl_config_save(path, &set, why, sizeof(why)), -EINVAL);
	assert_int_equal(files(), 0);
}

static void
a_failed_save_leaves_the_old_file(void **state)
{
	static const struct {
		enum call call;
		int error;
		const char *why;
	} row[] = {
		{ CALL_WRITE, -EIO, "p: can't be written: Input/output error" },
		{ CALL_FSYNC, -EIO, "p: can't be written: Input/output error" },
		{ CALL_CLOSE, -EIO, "p: can't be written: Input/output error" },
		{ CALL_MEMSTREAM, -ENOMEM, "p: no memory to write it" },
	};
	const char *path = path_of("p");
	unsigned int i;

	(void)state;
	assert_int_equal(parse("{\"vfctl\": 1, \"vfs\": {\"0\": {\"vlan\": 9}}}"), 0);
	assert_int_equal(vfctl_config_save(path, &set, why, sizeof(why)), 0);
	set.vf[0].vlan = 10;
	for (i = 0; i < RTE_DIM(row); i++) {
		failing = row[i].call;
		assert_int_equal(vfctl_config_save(path, &set, why, sizeof(why)), row[i].error);
		failing = CALL_NONE;
		assert_non_null(strstr(why, row[i].why));
		assert_int_equal(files(), 1);
	}
	assert_int_equal(vfctl_config_load(path, VFS, defaults, &set, why, sizeof(why)), 0);
	assert_int_equal(set.vf[0].vlan, 9);
}

static void
a_save_where_none_can_be_leaves_nothing(void **state)
{
	char path[PATH_MAX + 8];

	(void)state;
	assert_int_equal(parse("{\"vfctl\": 1}"), 0);
	assert_int_equal(vfctl_config_save(path_of("none/p"), &set, why, sizeof(why)), -ENOENT);
	assert_non_null(strstr(why, "none/p: can't be written: No such file or directory"));
	/* Over a folder: the last step fails. */
	assert_int_equal(mkdir(path_of("d"), 0700), 0);
	assert_int_equal(vfctl_config_save(path_of("d"), &set, why, sizeof(why)), -EISDIR);
	assert_int_equal(files(), 0);
	memset(path, 'a', sizeof(path));
	path[PATH_MAX - 2] = '\0';
	assert_int_equal(vfctl_config_save(path, &set, why, sizeof(why)), -ENAMETOOLONG);
	/* A file in the place of the folder. */
	file_put(path_of("f"), "");
	assert_int_equal(vfctl_state_save(path_of("f/p"), 1, 2, &set, why, sizeof(why)), -ENOTDIR);
	/* Folders above the state's own aren't made. */
	assert_int_equal(vfctl_state_save(path_of("none/d/p"), 1, 2, &set, why, sizeof(why)),
			 -ENOENT);
}

static void
names_without_a_folder_are_here(void **state)
{
	char before[PATH_MAX];

	(void)state;
	assert_non_null(getcwd(before, sizeof(before)));
	assert_int_equal(chdir(folder), 0);
	assert_int_equal(parse("{\"vfctl\": 1}"), 0);
	assert_int_equal(vfctl_state_save("p", 1, 2, &set, why, sizeof(why)), 0);
	assert_int_equal(chdir(before), 0);
	assert_int_equal(
		vfctl_state_load(path_of("p"), 1, 2, VFS, defaults, &set, why, sizeof(why)), 0);
}

/* --- kept settings --- */

static void
kept_settings_come_back(void **state)
{
	const char *path = path_of("run/state");
	struct stat st;

	(void)state;
	fill(&other);
	other.nb = VFS;
	assert_int_equal(vfctl_state_save(path, UINT64_MAX, 5, &other, why, sizeof(why)), 0);
	assert_int_equal(stat(path_of("run"), &st), 0);
	assert_int_equal(st.st_mode & 07777, 0700);
	assert_int_equal(
		vfctl_state_load(path, UINT64_MAX, 5, VFS, defaults, &set, why, sizeof(why)), 0);
	expect_same_settings(&set, &other);
	/* Again, with the folder there. */
	other.vf[0].vlan = 77;
	assert_int_equal(vfctl_state_save(path, 1, 5, &other, why, sizeof(why)), 0);
	assert_int_equal(vfctl_state_load(path, 1, 5, VFS, defaults, &set, why, sizeof(why)), 0);
	assert_int_equal(set.vf[0].vlan, 77);
	assert_int_equal(files(), 1);
}

static void
settings_of_others_are_not_taken(void **state)
{
	const char *path = path_of("state");

	(void)state;
	assert_int_equal(vfctl_state_load(path, 1, 2, VFS, defaults, &set, why, sizeof(why)),
			 -ENOENT);
	assert_int_equal(parse("{\"vfctl\": 1}"), 0);
	assert_int_equal(vfctl_state_save(path, 1, 2, &set, why, sizeof(why)), 0);
	assert_int_equal(vfctl_state_load(path, 2, 2, VFS, defaults, &set, why, sizeof(why)),
			 -ESTALE);
	assert_non_null(strstr(why, "state:3: life: settings kept of VFs that are no more"));
	assert_int_equal(vfctl_state_load(path, 1, 3, VFS, defaults, &set, why, sizeof(why)),
			 -ESTALE);
	assert_non_null(strstr(why, "state:4: origin: settings kept under another policy"));
	/* Fewer VFs than settings. */
	assert_int_equal(vfctl_state_load(path, 1, 2, VFS - 1, defaults, &set, why, sizeof(why)),
			 -EINVAL);
	/* A policy isn't a state, and the other way round. */
	assert_int_equal(vfctl_config_load(path, VFS, defaults, &set, why, sizeof(why)), -EINVAL);
	file_put(path, "{\"vfctl\": 1, \"life\": 1, \"origin\": \"2\"}");
	assert_int_equal(chmod(path, 0600), 0);
	assert_int_equal(vfctl_state_load(path, 1, 2, VFS, defaults, &set, why, sizeof(why)),
			 -EINVAL);
	assert_non_null(strstr(why, "state:1: life or origin is missing"));
	file_put(path, "{\"vfctl\": 1, \"life\": \"1\"}");
	assert_int_equal(vfctl_state_load(path, 1, 2, VFS, defaults, &set, why, sizeof(why)),
			 -EINVAL);
}

static void
what_others_could_have_written_is_not_trusted(void **state)
{
	const char *path = path_of("state"), *link = path_of("link");

	(void)state;
	assert_int_equal(parse("{\"vfctl\": 1}"), 0);
	assert_int_equal(vfctl_state_save(path, 1, 2, &set, why, sizeof(why)), 0);

	assert_int_equal(chmod(path, 0620), 0);
	assert_int_equal(vfctl_state_load(path, 1, 2, VFS, defaults, &set, why, sizeof(why)),
			 -EPERM);
	assert_non_null(strstr(why, "state: isn't trusted: others may write to it (mode 0620); "
				    "remove it"));
	assert_int_equal(chmod(path, 0602), 0);
	assert_int_equal(vfctl_state_load(path, 1, 2, VFS, defaults, &set, why, sizeof(why)),
			 -EPERM);
	assert_int_equal(chmod(path, 0644), 0);
	assert_int_equal(vfctl_state_load(path, 1, 2, VFS, defaults, &set, why, sizeof(why)), 0);

	assert_int_equal(symlink(path, link), 0);
	assert_int_equal(vfctl_state_load(link, 1, 2, VFS, defaults, &set, why, sizeof(why)),
			 -EPERM);
	assert_non_null(strstr(why, "link: isn't trusted: it is a symbolic link; remove it"));
	/* Saving replaces the link and not what it shows to. */
	set.vf[0].vlan = 9;
	assert_int_equal(vfctl_state_save(link, 1, 2, &set, why, sizeof(why)), 0);
	assert_int_equal(vfctl_state_load(path, 1, 2, VFS, defaults, &set, why, sizeof(why)), 0);
	assert_int_equal(set.vf[0].vlan, 0);

	/* Only root can make a file somebody else's. */
	if (chown(path, 4711, (gid_t)-1) != 0)
		skip();
	assert_int_equal(vfctl_state_load(path, 1, 2, VFS, defaults, &set, why, sizeof(why)),
			 -EPERM);
	assert_non_null(strstr(why, "state: isn't trusted: it belongs to user 4711; remove it"));
}

/* An operator's file may be a link, and anybody's: the operator named it. */
static void
a_policy_is_trusted_as_its_operator_is(void **state)
{
	const char *path = path_of("p"), *link = path_of("link");

	(void)state;
	file_put(path, "{\"vfctl\": 1}");
	assert_int_equal(chmod(path, 0666), 0);
	assert_int_equal(symlink(path, link), 0);
	assert_int_equal(vfctl_config_load(link, VFS, defaults, &set, why, sizeof(why)), 0);
}

static void
no_damage_goes_unnoticed(void **state)
{
	const char *path = path_of("state");
	char *text;
	size_t len, i;

	(void)state;
	assert_int_equal(
		vfctl_config_parse("{\"vfctl\": 1}", 12, "p", 2, defaults, &set, why, sizeof(why)),
		0);
	assert_int_equal(vfctl_state_save(path, 1, 2, &set, why, sizeof(why)), 0);
	assert_int_equal(vfctl_file_read(path, true, &text, &len, why, sizeof(why)), 0);
	/* All but the last line's end is needed. */
	for (i = 0; i < len - 1; i++) {
		assert_int_equal(truncate(path, (off_t)(len - 2 - i)), 0);
		assert_int_equal(vfctl_state_load(path, 1, 2, 2, defaults, &set, why, sizeof(why)),
				 -EINVAL);
	}
	free(text);
}

/* --- the rest --- */

static void
members_are_found_after_reading(void **state)
{
	const char *path = path_of("p");
	char where[VFCTL_WHY_LEN];
	unsigned int i;
	static const struct {
		uint16_t vf_id;
		const char *field, *where;
	} row[] = {
		{ 3, "vlan", "/p:5: vfs.3.vlan" },
		{ 3, "qos", "/p:2: default.qos" },
		{ 3, "trust", "/p:4: vfs.3.trust" },
		{ 4, "trust", "/p:3: vfs.4.trust" },
		{ VFCTL_PF, "loopback", "/p:7: port.loopback" },
		{ VFCTL_PF, "drop_enable", "/p:6: port.drop_enable" },
		{ VFCTL_PF, "num_vfs", "/p:8: num_vfs" },
	};

	(void)state;
	file_put(path, "{\"vfctl\": 1,\n"
		       "\"default\": {\"qos\": 5},\n"
		       "\"vfs\": {\n"
		       "  \"3\": {\n"
		       "    \"vlan\": 5}},\n"
		       "\"port\": {\n"
		       "  \"loopback\": true},\n"
		       "\"num_vfs\": 8}\n");
	for (i = 0; i < RTE_DIM(row); i++) {
		vfctl_config_where(path, row[i].vf_id, row[i].field, where, sizeof(where));
		assert_string_equal(where + strlen(where) - strlen(row[i].where), row[i].where);
	}
	/* Neither a file that is gone nor one that isn't JSON any more leads astray. */
	file_put(path, "{\"vfs\": {\"3\\");
	vfctl_config_where(path, 3, "vlan", where, sizeof(where));
	assert_non_null(strstr(where, "/p:1: vfs.3.vlan"));
	file_put(path, "{\"vfs\": {\"3\":");
	vfctl_config_where(path, 3, "vlan", where, sizeof(where));
	assert_int_equal(unlink(path), 0);
	vfctl_config_where(path, 3, "vlan", where, sizeof(where));
	assert_non_null(strstr(where, "/p:1: vfs.3.vlan"));
}

static void
every_origin_is_another(void **state)
{
	uint64_t origin[6];
	unsigned int i, j;

	(void)state;
	assert_int_equal(parse("{\"vfctl\": 1}"), 0);
	origin[0] = vfctl_config_origin(0, NULL);
	origin[1] = vfctl_config_origin(0, "vlan=5");
	origin[2] = vfctl_config_origin(0, "vlan=6");
	origin[3] = vfctl_config_origin(set.hash, NULL);
	origin[4] = vfctl_config_origin(set.hash, "vlan=5");
	assert_int_equal(parse("{\"vfctl\": 1 }"), 0);
	origin[5] = vfctl_config_origin(set.hash, "vlan=5");
	for (i = 0; i < RTE_DIM(origin); i++)
		for (j = 0; j < i; j++)
			assert_true(origin[i] != origin[j]);
	/* The same text gives the same one in each process. */
	assert_true(origin[5] == vfctl_config_origin(set.hash, "vlan=5"));
	assert_int_equal(parse("{\"vfctl\": 1}"), 0);
	assert_true(origin[3] == vfctl_config_origin(set.hash, NULL));
}

static void
expect_described(const json_t *schema, const char *what, const struct vfctl_table *table,
		 unsigned int aliases)
{
	const json_t *properties, *property;
	const struct vfctl_field_info *info;
	char values[32];
	unsigned int i;

	assert_int_equal(json_unpack((json_t *)(uintptr_t)schema, "{s:{s:{s:o}}}", "$defs", what,
				     "properties", &properties),
			 0);
	assert_int_equal(json_object_size(properties), vfctl_table_nb(table) + aliases);
	for (i = 0; i < vfctl_table_nb(table); i++) {
		info = vfctl_table_info(table, i);
		property = json_object_get(properties, info->name);
		if (property == NULL)
			fail_msg("%s isn't there", info->name);
		assert_string_equal(json_string_value(json_object_get(property, "description")),
				    info->help);
		if (vfctl_table_kind(table, i) != VFCTL_KIND_NUMBER)
			continue;
		snprintf(values, sizeof(values), "%lld to %lld",
			 (long long)json_integer_value(json_object_get(property, "minimum")),
			 (long long)json_integer_value(json_object_get(property, "maximum")));
		assert_string_equal(values, info->values);
	}
}

/* The schema is for editors; it must not fall behind the tables. */
static void
the_schema_has_every_field(void **state)
{
	json_error_t error;
	json_t *schema = json_load_file(SCHEMA, JSON_REJECT_DUPLICATES, &error);

	(void)state;
	if (schema == NULL)
		fail_msg("%s:%d: %s", SCHEMA, error.line, error.text);
	expect_described(schema, "vf", &vfctl_vf_table, 1);
	expect_described(schema, "port", &vfctl_port_table, 0);
	json_decref(schema);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, begin, end)

int
main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(an_empty_policy_is_the_defaults),
		TEST(a_port_without_vfs_has_a_policy_too),
		TEST(a_vf_is_stronger_than_the_default_wherever_it_stands),
		TEST(json_types_are_read_as_text_is),
		TEST(every_vlan_may_be_listed_by_itself),
		TEST(what_is_wrong_is_named_with_its_line),
		TEST(a_nul_ends_nothing),
		TEST(an_overlong_list_is_refused),
		TEST(depth_is_bounded),
		TEST(files_that_are_none_are_refused),
		TEST(size_is_bounded),
		TEST(reading_may_fail),
		TEST(long_paths_leave_room_for_the_reason),
		TEST(the_most_that_is_written_can_be_read),
		TEST(the_least_that_is_written_can_be_read),
		TEST(short_and_interrupted_calls_go_on),
		TEST(what_no_file_can_say_is_not_written),
		TEST(a_failed_save_leaves_the_old_file),
		TEST(a_save_where_none_can_be_leaves_nothing),
		TEST(names_without_a_folder_are_here),
		TEST(kept_settings_come_back),
		TEST(settings_of_others_are_not_taken),
		TEST(what_others_could_have_written_is_not_trusted),
		TEST(a_policy_is_trusted_as_its_operator_is),
		TEST(no_damage_goes_unnoticed),
		TEST(members_are_found_after_reading),
		TEST(every_origin_is_another),
		TEST(the_schema_has_every_field),
	};

	return cmocka_run_group_tests_name("vfctl_config", tests, NULL, NULL);
}
