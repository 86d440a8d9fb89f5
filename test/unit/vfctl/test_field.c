/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) the igbiov authors
 */

/* Settings as text: what is taken, what is refused with which words, and that all of it comes back. */

#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include <rte_common.h>

#include "vfctl_field.h"

/* clang-format off */
/* Texts that are taken, and what is written of them. */
static const struct good {
	const char *text;
	uint64_t fields;
	const char *value; /* NULL: as in `text` */
} vf_good[] = {
	{ "mac=02:00:00:00:0a:ff",  VFCTL_FIELD(VFCTL_F_MAC), NULL },
	{ "mac=02:00:00:00:0A:FF",  VFCTL_FIELD(VFCTL_F_MAC), "02:00:00:00:0a:ff" },
	{ "mac_locked=on",          VFCTL_FIELD(VFCTL_F_MAC_LOCKED), NULL },
	{ "mac_locked=off",         VFCTL_FIELD(VFCTL_F_MAC_LOCKED), NULL },
	{ "mac_locked=true",        VFCTL_FIELD(VFCTL_F_MAC_LOCKED), "on" },
	{ "mac_locked=false",       VFCTL_FIELD(VFCTL_F_MAC_LOCKED), "off" },
	{ "mac_locked=yes",         VFCTL_FIELD(VFCTL_F_MAC_LOCKED), "on" },
	{ "mac_locked=no",          VFCTL_FIELD(VFCTL_F_MAC_LOCKED), "off" },
	{ "mac_locked=1",           VFCTL_FIELD(VFCTL_F_MAC_LOCKED), "on" },
	{ "mac_locked=0",           VFCTL_FIELD(VFCTL_F_MAC_LOCKED), "off" },
	{ "max_macs=0",             VFCTL_FIELD(VFCTL_F_MAX_MACS), NULL },
	{ "max_macs=16",            VFCTL_FIELD(VFCTL_F_MAX_MACS), NULL },
	{ "macs=none",              VFCTL_FIELD(VFCTL_F_MACS), NULL },
	{ "macs=02:00:00:00:00:01,02:00:00:00:00:02", VFCTL_FIELD(VFCTL_F_MACS), NULL },
	{ "allow_macs=02:00:00:00:00:01", VFCTL_FIELD(VFCTL_F_ALLOW_MACS), NULL },
	{ "vlan=0",                 VFCTL_FIELD(VFCTL_F_VLAN), NULL },
	{ "vlan=4094",              VFCTL_FIELD(VFCTL_F_VLAN), NULL },
	{ "qos=7",                  VFCTL_FIELD(VFCTL_F_QOS), NULL },
	{ "vlan_proto=802.1q",      VFCTL_FIELD(VFCTL_F_VLAN_PROTO), NULL },
	{ "vlan_proto=802.1ad",     VFCTL_FIELD(VFCTL_F_VLAN_PROTO), NULL },
	{ "vlan_proto=802.1Q",      VFCTL_FIELD(VFCTL_F_VLAN_PROTO), "802.1q" },
	{ "vlan_proto=802.1AD",     VFCTL_FIELD(VFCTL_F_VLAN_PROTO), "802.1ad" },
	{ "trust=ON",               VFCTL_FIELD(VFCTL_F_TRUST), "on" },
	{ "macs=None",              VFCTL_FIELD(VFCTL_F_MACS), "none" },
	{ "trunk=ALL",              VFCTL_FIELD(VFCTL_F_TRUNK), "all" },
	{ "trunk=None",             VFCTL_FIELD(VFCTL_F_TRUNK), "none" },
	{ "mirror=RX+Tx+VLAN5:PF",  VFCTL_FIELD(VFCTL_F_MIRROR), "rx+tx+vlan5:pf" },
	{ "mirror=None",            VFCTL_FIELD(VFCTL_F_MIRROR), "none" },
	{ "trunk=all",              VFCTL_FIELD(VFCTL_F_TRUNK), NULL },
	{ "trunk=none",             VFCTL_FIELD(VFCTL_F_TRUNK), NULL },
	{ "trunk=1-10,20",          VFCTL_FIELD(VFCTL_F_TRUNK), NULL },
	{ "trunk=20,3,1-2,2",       VFCTL_FIELD(VFCTL_F_TRUNK), "1-3,20" },
	{ "trunk=63-64,127-192",    VFCTL_FIELD(VFCTL_F_TRUNK), NULL },
	{ "trunk=1-4094",           VFCTL_FIELD(VFCTL_F_TRUNK), "all" },
	{ "trunk=2-4094",           VFCTL_FIELD(VFCTL_F_TRUNK), NULL },
	{ "trunk=1-4093",           VFCTL_FIELD(VFCTL_F_TRUNK), NULL },
	{ "max_vlans=32",           VFCTL_FIELD(VFCTL_F_MAX_VLANS), NULL },
	{ "strip=on",               VFCTL_FIELD(VFCTL_F_STRIP), NULL },
	{ "insert=5",               VFCTL_FIELD(VFCTL_F_INSERT), NULL },
	{ "max_tx_rate=4294967295", VFCTL_FIELD(VFCTL_F_MAX_TX_RATE), NULL },
	{ "spoofchk_mac=on",        VFCTL_FIELD(VFCTL_F_SPOOFCHK_MAC), NULL },
	{ "spoofchk_vlan=on",       VFCTL_FIELD(VFCTL_F_SPOOFCHK_VLAN), NULL },
	{ "spoofchk=on",            VFCTL_FIELD(VFCTL_F_SPOOFCHK_MAC) | VFCTL_FIELD(VFCTL_F_SPOOFCHK_VLAN), NULL },
	{ "trust=on",               VFCTL_FIELD(VFCTL_F_TRUST), NULL },
	{ "allow_promisc=on",       VFCTL_FIELD(VFCTL_F_ALLOW_PROMISC), NULL },
	{ "allow_allmulti=on",      VFCTL_FIELD(VFCTL_F_ALLOW_ALLMULTI), NULL },
	{ "broadcast=on",           VFCTL_FIELD(VFCTL_F_BROADCAST), NULL },
	{ "untagged=on",            VFCTL_FIELD(VFCTL_F_UNTAGGED), NULL },
	{ "unknown_unicast=on",     VFCTL_FIELD(VFCTL_F_UNKNOWN_UNICAST), NULL },
	{ "all_multicast=on",       VFCTL_FIELD(VFCTL_F_ALL_MULTICAST), NULL },
	{ "state=auto",             VFCTL_FIELD(VFCTL_F_STATE), NULL },
	{ "state=on",               VFCTL_FIELD(VFCTL_F_STATE), NULL },
	{ "state=off",              VFCTL_FIELD(VFCTL_F_STATE), NULL },
	{ "state=enable",           VFCTL_FIELD(VFCTL_F_STATE), "on" },
	{ "state=disable",          VFCTL_FIELD(VFCTL_F_STATE), "off" },
	{ "rx=on",                  VFCTL_FIELD(VFCTL_F_RX), NULL },
	{ "tx=on",                  VFCTL_FIELD(VFCTL_F_TX), NULL },
	{ "max_mtu=68",             VFCTL_FIELD(VFCTL_F_MAX_MTU), NULL },
	{ "max_mtu=65535",          VFCTL_FIELD(VFCTL_F_MAX_MTU), NULL },
	{ "queues=2",               VFCTL_FIELD(VFCTL_F_QUEUES), NULL },
	{ "mirror=none",            VFCTL_FIELD(VFCTL_F_MIRROR), NULL },
	{ "mirror=rx:pf",           VFCTL_FIELD(VFCTL_F_MIRROR), NULL },
	{ "mirror=tx:63",           VFCTL_FIELD(VFCTL_F_MIRROR), NULL },
	{ "mirror=rx+tx:2",         VFCTL_FIELD(VFCTL_F_MIRROR), NULL },
	{ "mirror=vlan100:pf",      VFCTL_FIELD(VFCTL_F_MIRROR), NULL },
	{ "mirror=vlan4094+tx+rx:0", VFCTL_FIELD(VFCTL_F_MIRROR), "rx+tx+vlan4094:0" },
	{ "budget=1",               VFCTL_FIELD(VFCTL_F_BUDGET), NULL },
	{ "burst=4294967295",       VFCTL_FIELD(VFCTL_F_BURST), NULL },
	{ "quarantine_after=0",     VFCTL_FIELD(VFCTL_F_QUARANTINE_AFTER), NULL },
}, port_good[] = {
	{ "loopback=off",           VFCTL_FIELD(VFCTL_P_LOOPBACK), NULL },
	{ "drop_enable=on",         VFCTL_FIELD(VFCTL_P_DROP_ENABLE), NULL },
	{ "default_pool=none",      VFCTL_FIELD(VFCTL_P_DEFAULT_POOL), NULL },
	{ "default_pool=pf",        VFCTL_FIELD(VFCTL_P_DEFAULT_POOL), NULL },
	{ "default_pool=0",         VFCTL_FIELD(VFCTL_P_DEFAULT_POOL), NULL },
	{ "default_pool=63",        VFCTL_FIELD(VFCTL_P_DEFAULT_POOL), NULL },
	{ "storm_broadcast=10",     VFCTL_FIELD(VFCTL_P_STORM_BROADCAST), NULL },
	{ "storm_multicast=4294967295", VFCTL_FIELD(VFCTL_P_STORM_MULTICAST), NULL },
};

#define STATE_WORDS  "is not one of: auto, on, off"
#define MIRROR_WORDS "is not one of: none, or as rx:pf, tx:3, rx+tx+vlan9:pf"

/* Texts that are refused, by what error and with what words. */
static const struct bad {
	const char *text;
	int error;
	const char *why;
} vf_bad[] = {
	{ "vlam=5",           -ENOENT, "vlam: there is no such setting; did you mean vlan?" },
	{ "spofchk=on",       -ENOENT, "spofchk: there is no such setting; did you mean spoofchk?" },
	{ "VLAN=5",           -ENOENT, "VLAN: there is no such setting" },
	{ "loopback=on",      -ENOENT, "loopback: there is no such setting" },
	{ "zzzzzzzzzz=5",     -ENOENT, "zzzzzzzzzz: there is no such setting" },
	{ "=5",               -ENOENT, ": there is no such setting" },
	{ "vla=",             -ENOENT, "vla: there is no such setting; did you mean vlan?" },
	{ "vlan\r=5",         -ENOENT, "vlan?: there is no such setting; did you mean vlan?" },
	{ "v23456789012345678901234567890123=5", -ENOENT, "v2345678901234567890123456789012...: there is no such setting" },
	{ "vlan",             -EINVAL, "vlan: has no value; write vlan=VALUE" },
	{ "vlan=",            -EINVAL, "vlan: has no value; write vlan=VALUE" },
	{ "vlan= 5",          -EINVAL, "vlan: has no value; write vlan=VALUE" },
	{ "vlan=1 vlan=1",    -EINVAL, "vlan: is set twice" },
	{ "spoofchk=on spoofchk_vlan=off", -EINVAL, "spoofchk_vlan: is set twice" },
	{ "spoofchk_mac=on spoofchk=off",  -EINVAL, "spoofchk: is set twice" },
	{ "vlan=5000",        -EINVAL, "vlan: \"5000\" is not in 0 to 4094" },
	{ "vlan=4095",        -EINVAL, "vlan: \"4095\" is not in 0 to 4094" },
	{ "vlan=65541",       -EINVAL, "vlan: \"65541\" is not in 0 to 4094" },
	{ "vlan=4294967296",  -EINVAL, "vlan: \"4294967296\" is not in 0 to 4094" },
	{ "vlan=18446744073709551617", -EINVAL, "vlan: \"18446744073709551617\" is not in 0 to 4094" },
	{ "vlan=-1",          -EINVAL, "vlan: \"-1\" is not in 0 to 4094" },
	{ "vlan=+1",          -EINVAL, "vlan: \"+1\" is not in 0 to 4094" },
	{ "vlan=0x10",        -EINVAL, "vlan: \"0x10\" is not in 0 to 4094" },
	{ "vlan=010",         -EINVAL, "vlan: \"010\" is not in 0 to 4094" },
	{ "vlan=5x",          -EINVAL, "vlan: \"5x\" is not in 0 to 4094" },
	{ "vlan=5=6",         -EINVAL, "vlan: \"5=6\" is not in 0 to 4094" },
	{ "vlan=5\x1b[31m",   -EINVAL, "vlan: \"5?[31m\" is not in 0 to 4094" },
	{ "vlan=5\x7f",       -EINVAL, "vlan: \"5?\" is not in 0 to 4094" },
	{ "vlan=\xc3\xa9",    -EINVAL, "vlan: \"??\" is not in 0 to 4094" },
	{ "qos=8",            -EINVAL, "qos: \"8\" is not in 0 to 7" },
	{ "max_macs=17",      -EINVAL, "max_macs: \"17\" is not in 0 to 16" },
	{ "max_vlans=4095",   -EINVAL, "max_vlans: \"4095\" is not in 0 to 4094" },
	{ "insert=4095",      -EINVAL, "insert: \"4095\" is not in 0 to 4094" },
	{ "max_tx_rate=4294967296",  -EINVAL, "max_tx_rate: \"4294967296\" is not in 0 to 4294967295" },
	{ "max_tx_rate=42949672950", -EINVAL, "max_tx_rate: \"42949672950\" is not in 0 to 4294967295" },
	{ "max_mtu=67",       -EINVAL, "max_mtu: \"67\" is not in 68 to 65535" },
	{ "max_mtu=65536",    -EINVAL, "max_mtu: \"65536\" is not in 68 to 65535" },
	{ "queues=0",         -EINVAL, "queues: \"0\" is not in 1 to 65535" },
	{ "budget=0",         -EINVAL, "budget: \"0\" is not in 1 to 4294967295" },
	{ "burst=0",          -EINVAL, "burst: \"0\" is not in 1 to 4294967295" },
	{ "trust=maybe",      -EINVAL, "trust: \"maybe\" is not one of: on, off" },
	{ "trust=2",          -EINVAL, "trust: \"2\" is not one of: on, off" },
	{ "trust=onn",        -EINVAL, "trust: \"onn\" is not one of: on, off" },
	{ "trust=o",          -EINVAL, "trust: \"o\" is not one of: on, off" },
	{ "vlan_proto=34984", -EINVAL, "vlan_proto: \"34984\" is not one of: 802.1q, 802.1ad" },
	{ "state=up",         -EINVAL, "state: \"up\" " STATE_WORDS },
	{ "state=0",          -EINVAL, "state: \"0\" " STATE_WORDS },
	{ "mac=02:00:00:00:00",       -EINVAL, "mac: \"02:00:00:00:00\" is not XX:XX:XX:XX:XX:XX" },
	{ "mac=02:00:00:00:00:0",     -EINVAL, "mac: \"02:00:00:00:00:0\" is not XX:XX:XX:XX:XX:XX" },
	{ "mac=02:00:00:00:00:01:",   -EINVAL, "mac: \"02:00:00:00:00:01:\" is not XX:XX:XX:XX:XX:XX" },
	{ "mac=02-00-00-00-00-01",    -EINVAL, "mac: \"02-00-00-00-00-01\" is not XX:XX:XX:XX:XX:XX" },
	{ "mac=02:00:00:00:00:0g",    -EINVAL, "mac: \"02:00:00:00:00:0g\" is not XX:XX:XX:XX:XX:XX" },
	{ "mac=02:00:00:00:00:0G",    -EINVAL, "mac: \"02:00:00:00:00:0G\" is not XX:XX:XX:XX:XX:XX" },
	{ "mac=02:00:00:00:00:0/",    -EINVAL, "mac: \"02:00:00:00:00:0/\" is not XX:XX:XX:XX:XX:XX" },
	{ "mac=02:00:00:00:00:g0",    -EINVAL, "mac: \"02:00:00:00:00:g0\" is not XX:XX:XX:XX:XX:XX" },
	{ "mac=none",                 -EINVAL, "mac: \"none\" is not XX:XX:XX:XX:XX:XX" },
	{ "mac=00:00:00:00:00:00",    -EINVAL, "mac: \"00:00:00:00:00:00\" is no unicast address" },
	{ "mac=01:00:5e:00:00:01",    -EINVAL, "mac: \"01:00:5e:00:00:01\" is no unicast address" },
	{ "mac=ff:ff:ff:ff:ff:ff",    -EINVAL, "mac: \"ff:ff:ff:ff:ff:ff\" is no unicast address" },
	{ "macs=02:00:00:00:00:01,02:00:00:00:00:01", -EINVAL, "macs: \"02:00:00:00:00:01\" is there twice" },
	{ "macs=02:00:00:00:00:01,",  -EINVAL, "macs: \"\" is not XX:XX:XX:XX:XX:XX" },
	{ "macs=none,02:00:00:00:00:01", -EINVAL, "macs: \"none\" is not XX:XX:XX:XX:XX:XX" },
	{ "macs=02:00:00:00:00:01,01:00:00:00:00:01", -EINVAL, "macs: \"01:00:00:00:00:01\" is no unicast address" },
	{ "allow_macs=x",             -EINVAL, "allow_macs: \"x\" is not XX:XX:XX:XX:XX:XX" },
	{ "trunk=0",          -EINVAL, "trunk: \"0\" is not in 1 to 4094" },
	{ "trunk=4095",       -EINVAL, "trunk: \"4095\" is not in 1 to 4094" },
	{ "trunk=1-4095",     -EINVAL, "trunk: \"4095\" is not in 1 to 4094" },
	{ "trunk=0-5",        -EINVAL, "trunk: \"0\" is not in 1 to 4094" },
	{ "trunk=20-10",      -EINVAL, "trunk: \"20-10\" ends before it begins" },
	{ "trunk=5-",         -EINVAL, "trunk: \"\" is not in 1 to 4094" },
	{ "trunk=-5",         -EINVAL, "trunk: \"\" is not in 1 to 4094" },
	{ "trunk=1-2-3",      -EINVAL, "trunk: \"2-3\" is not in 1 to 4094" },
	{ "trunk=1,,2",       -EINVAL, "trunk: \"\" is not in 1 to 4094" },
	{ "trunk=1,all",      -EINVAL, "trunk: \"all\" is not in 1 to 4094" },
	{ "trunk=,",          -EINVAL, "trunk: \"\" is not in 1 to 4094" },
	{ "mirror=rx",        -EINVAL, "mirror: \"rx\" " MIRROR_WORDS },
	{ "mirror=rx:",       -EINVAL, "mirror: \"rx:\" " MIRROR_WORDS },
	{ "mirror=:pf",       -EINVAL, "mirror: \":pf\" " MIRROR_WORDS },
	{ "mirror=rx:64",     -EINVAL, "mirror: \"rx:64\" " MIRROR_WORDS },
	{ "mirror=rx:none",   -EINVAL, "mirror: \"rx:none\" " MIRROR_WORDS },
	{ "mirror=none:pf",   -EINVAL, "mirror: \"none:pf\" " MIRROR_WORDS },
	{ "mirror=rx+rx:pf",  -EINVAL, "mirror: \"rx+rx:pf\" " MIRROR_WORDS },
	{ "mirror=rx+:pf",    -EINVAL, "mirror: \"rx+:pf\" " MIRROR_WORDS },
	{ "mirror=vlan:pf",   -EINVAL, "mirror: \"vlan:pf\" " MIRROR_WORDS },
	{ "mirror=vlxn5:pf",  -EINVAL, "mirror: \"vlxn5:pf\" " MIRROR_WORDS },
	{ "mirror=vlan0:pf",  -EINVAL, "mirror: \"vlan0:pf\" " MIRROR_WORDS },
	{ "mirror=vlan4095:pf", -EINVAL, "mirror: \"vlan4095:pf\" " MIRROR_WORDS },
	{ "mirror=vlan1+vlan2:pf", -EINVAL, "mirror: \"vlan1+vlan2:pf\" " MIRROR_WORDS },
	{ "mirror=rx:pf:1",   -EINVAL, "mirror: \"rx:pf:1\" " MIRROR_WORDS },
	{ "state=abcdefghijklmnopqrstuvwx",  -EINVAL, "state: \"abcdefghijklmnopqrstuvwx\" " STATE_WORDS },
	{ "state=abcdefghijklmnopqrstuvwxy", -EINVAL, "state: \"abcdefghijklmnopqrstuvwx...\" " STATE_WORDS },
}, port_bad[] = {
	{ "default_pool=64",  -EINVAL, "default_pool: \"64\" is not one of: none, pf, 0 to 63" },
	{ "default_pool=65535", -EINVAL, "default_pool: \"65535\" is not one of: none, pf, 0 to 63" },
	{ "default_pool=",    -EINVAL, "default_pool: has no value; write default_pool=VALUE" },
	{ "loopback=on loopback=on", -EINVAL, "loopback: is set twice" },
	{ "loopbakc=on",      -ENOENT, "loopbakc: there is no such setting; did you mean loopback?" },
	{ "vlan=5",           -ENOENT, "vlan: there is no such setting" },
	{ "storm_broadcast=-1", -EINVAL, "storm_broadcast: \"-1\" is not in 0 to 4294967295" },
};
/* clang-format on */

/* Both kinds of settings through the calls that operators have. */
union any {
	struct vfctl_settings vf;
	struct vfctl_port_settings port;
};

static int
any_parse(const struct vfctl_table *table, const char *text, uint64_t *fields, union any *settings,
	  char *why, size_t size)
{
	return table == &vfctl_vf_table
		       ? vfctl_vf_parse(text, fields, &settings->vf, why, size)
		       : vfctl_port_parse(text, fields, &settings->port, why, size);
}

static int
any_format(const struct vfctl_table *table, unsigned int field, const union any *settings,
	   char *text, size_t size)
{
	return table == &vfctl_vf_table
		       ? vfctl_vf_format((enum vfctl_field)field, &settings->vf, text, size)
		       : vfctl_port_format((enum vfctl_port_field)field, &settings->port, text,
					   size);
}

static void
check_good(const struct vfctl_table *table, const struct good *good)
{
	const char *want = good->value != NULL ? good->value : strchr(good->text, '=') + 1;
	char why[VFCTL_WHY_LEN] = "", text[VFCTL_TEXT_LEN];
	union any settings;
	uint64_t fields = UINT64_MAX;
	unsigned int i;

	/* Not zeroes: a value of 0 has to be written, too. */
	memset(&settings, 1, sizeof(settings));
	if (any_parse(table, good->text, &fields, &settings, why, sizeof(why)) != 0)
		fail_msg("%s: %s", good->text, why);
	assert_int_equal(fields, good->fields);
	for (i = 0; i < vfctl_table_nb(table); i++) {
		if (!(fields & VFCTL_FIELD(i)))
			continue;
		assert_int_equal(any_format(table, i, &settings, text, sizeof(text)), 0);
		assert_string_equal(text, want);
		/* Exactly its own length suffices, and one less doesn't. */
		assert_int_equal(any_format(table, i, &settings, text, strlen(want) + 1), 0);
		assert_int_equal(any_format(table, i, &settings, text, strlen(want)), -ENOSPC);
	}
}

static void
what_is_read_is_written(void **state)
{
	unsigned int i;

	(void)state;
	for (i = 0; i < RTE_DIM(vf_good); i++)
		check_good(&vfctl_vf_table, &vf_good[i]);
	for (i = 0; i < RTE_DIM(port_good); i++)
		check_good(&vfctl_port_table, &port_good[i]);
}

static void
check_bad(const struct vfctl_table *table, const struct bad *bad)
{
	union any settings, before;
	char why[VFCTL_WHY_LEN] = "";
	uint64_t fields = 4711;

	memset(&settings, 1, sizeof(settings));
	before = settings;
	if (any_parse(table, bad->text, &fields, &settings, why, sizeof(why)) != bad->error)
		fail_msg("%s: not refused by %d", bad->text, bad->error);
	assert_string_equal(why, bad->why);
	assert_int_equal(fields, 4711);
	assert_memory_equal(&settings, &before, sizeof(before));
	/* Who doesn't want to know why gets the same error. */
	assert_int_equal(any_parse(table, bad->text, &fields, &settings, NULL, 0), bad->error);
}

static void
bad_text_is_refused_with_a_reason(void **state)
{
	unsigned int i;

	(void)state;
	for (i = 0; i < RTE_DIM(vf_bad); i++)
		check_bad(&vfctl_vf_table, &vf_bad[i]);
	for (i = 0; i < RTE_DIM(port_bad); i++)
		check_bad(&vfctl_port_table, &port_bad[i]);
}

static void
several_words_are_read_at_once_or_not_at_all(void **state)
{
	struct vfctl_settings settings = { .vlan = 7 };
	uint64_t fields = 0;

	(void)state;
	assert_int_equal(
		vfctl_vf_parse(" vlan=100\tqos=3\n trust=on  ", &fields, &settings, NULL, 0), 0);
	assert_int_equal(fields, VFCTL_FIELD(VFCTL_F_VLAN) | VFCTL_FIELD(VFCTL_F_QOS) |
					 VFCTL_FIELD(VFCTL_F_TRUST));
	assert_int_equal(settings.vlan, 100);
	assert_int_equal(settings.qos, 3);
	assert_true(settings.trust);

	assert_int_equal(vfctl_vf_parse("vlan=200 qos=8", &fields, &settings, NULL, 0), -EINVAL);
	assert_int_equal(settings.vlan, 100);

	assert_int_equal(vfctl_vf_parse(" ", &fields, &settings, NULL, 0), 0);
	assert_int_equal(fields, 0);
}

static void
values_land_in_their_own_member_only(void **state)
{
	struct vfctl_settings settings, want;
	uint64_t fields;

	(void)state;
	memset(&settings, 0xa5, sizeof(settings));
	want = settings;
	want.vlan_proto = 0x88a8;
	want.state = VFCTL_LINK_OFF;
	want.rx = true;
	want.max_tx_rate = 123456789;
	want.mirror = (struct vfctl_mirror){ VFCTL_MIRROR_TX | VFCTL_MIRROR_VLAN, 9, VFCTL_PF };
	memset(want.trunk, 0, sizeof(want.trunk));
	want.trunk[0] = 1u << 3;
	want.trunk[63] = UINT64_C(1) << 62;
	assert_int_equal(vfctl_vf_parse("vlan_proto=802.1ad state=off rx=on max_tx_rate=123456789 "
					"mirror=tx+vlan9:pf trunk=3,4094",
					&fields, &settings, NULL, 0),
			 0);
	assert_memory_equal(&settings, &want, sizeof(want));
}

static void
missing_arguments_are_refused(void **state)
{
	struct vfctl_settings settings = { 0 };
	struct vfctl_port_settings port = { 0 };
	uint64_t fields;
	char text[8];

	(void)state;
	assert_int_equal(vfctl_vf_parse(NULL, &fields, &settings, NULL, 0), -EINVAL);
	assert_int_equal(vfctl_vf_parse("", NULL, &settings, NULL, 0), -EINVAL);
	assert_int_equal(vfctl_vf_parse("", &fields, NULL, NULL, 0), -EINVAL);
	assert_int_equal(vfctl_port_parse(NULL, &fields, &port, NULL, 0), -EINVAL);
	assert_int_equal(vfctl_port_parse("", NULL, &port, NULL, 0), -EINVAL);
	assert_int_equal(vfctl_port_parse("", &fields, NULL, NULL, 0), -EINVAL);
	assert_int_equal(vfctl_vf_format(VFCTL_F_NB, &settings, text, sizeof(text)), -EINVAL);
	assert_int_equal(vfctl_vf_format(VFCTL_F_VLAN, NULL, text, sizeof(text)), -EINVAL);
	assert_int_equal(vfctl_vf_format(VFCTL_F_VLAN, &settings, NULL, 0), -ENOSPC);
	assert_int_equal(vfctl_port_format(VFCTL_P_NB, &port, text, sizeof(text)), -EINVAL);
}

/* As when an application fills a structure by itself. */
static void
values_that_no_text_gives_are_not_written(void **state)
{
	struct vfctl_settings settings = { .state = (enum vfctl_link_state)3,
					   .vlan = 4095,
					   .macs = { .nb = VFCTL_MAC_LIST_MAX + 1 } };
	char text[VFCTL_TEXT_LEN];

	(void)state;
	assert_int_equal(vfctl_vf_format(VFCTL_F_STATE, &settings, text, sizeof(text)), -EINVAL);
	assert_int_equal(vfctl_vf_format(VFCTL_F_VLAN, &settings, text, sizeof(text)), -EINVAL);
	assert_int_equal(vfctl_vf_format(VFCTL_F_MACS, &settings, text, sizeof(text)), -EINVAL);
	assert_int_equal(vfctl_vf_format(VFCTL_F_VLAN_PROTO, &settings, text, sizeof(text)),
			 -EINVAL);
	/* There is no VLAN 0 and no 4095. */
	memset(settings.trunk, 0xff, sizeof(settings.trunk));
	assert_int_equal(vfctl_vf_format(VFCTL_F_TRUNK, &settings, text, sizeof(text)), 0);
	assert_string_equal(text, "all");
	/* Neither do they lead astray. */
	assert_true(vfctl_fields_differ(&settings, &settings) == 0);
}

static void
lists_hold_what_they_can(void **state)
{
	char text[VFCTL_TEXT_LEN] = "macs=", why[VFCTL_WHY_LEN];
	struct vfctl_settings settings = { 0 };
	uint64_t fields;
	unsigned int i;

	(void)state;
	for (i = 0; i < VFCTL_MAC_LIST_MAX; i++)
		snprintf(text + strlen(text), sizeof(text) - strlen(text), "%s02:00:00:00:00:%02x",
			 i == 0 ? "" : ",", i);
	assert_int_equal(vfctl_vf_parse(text, &fields, &settings, NULL, 0), 0);
	assert_int_equal(settings.macs.nb, VFCTL_MAC_LIST_MAX);
	assert_int_equal(settings.macs.mac[15].addr_bytes[5], 15);

	strcat(text, ",02:00:00:00:00:ff");
	assert_int_equal(vfctl_vf_parse(text, &fields, &settings, why, sizeof(why)), -EINVAL);
	assert_string_equal(why, "macs: \"02:00:00:00:00:ff\" is one more than the 16 that fit");
}

/* Ranges of two VLANs with one between them: no set of VLANs takes more text. */
static void
the_longest_trunk_fits(void **state)
{
	char *text = malloc(VFCTL_VALUE_LEN + 16), *again = malloc(VFCTL_VALUE_LEN);
	struct vfctl_settings settings = { 0 }, copy = { 0 };
	uint64_t fields;
	unsigned int i;

	(void)state;
	for (i = 1; i < VFCTL_VLAN_NB - 1; i++)
		if (i % 3 != 0)
			settings.trunk[i / 64] |= UINT64_C(1) << (i % 64);
	strcpy(text, "trunk=");
	assert_int_equal(vfctl_vf_format(VFCTL_F_TRUNK, &settings, text + 6, VFCTL_VALUE_LEN), 0);
	assert_true(strlen(text) > VFCTL_VALUE_LEN / 2);
	assert_int_equal(vfctl_vf_format(VFCTL_F_TRUNK, &settings, again, VFCTL_TEXT_LEN), -ENOSPC);
	assert_int_equal(vfctl_vf_parse(text, &fields, &copy, NULL, 0), 0);
	assert_memory_equal(copy.trunk, settings.trunk, sizeof(copy.trunk));

	/* Every VLAN by itself is longer than what is written, and still taken. */
	strcpy(text, "trunk=1");
	for (i = 2; i < VFCTL_VLAN_NB - 1; i++)
		sprintf(text + strlen(text), ",%u", i);
	assert_int_equal(vfctl_vf_parse(text, &fields, &copy, NULL, 0), 0);
	assert_int_equal(vfctl_vf_format(VFCTL_F_TRUNK, &copy, again, VFCTL_VALUE_LEN), 0);
	assert_string_equal(again, "all");
	free(text);
	free(again);
}

static void
overlong_values_are_refused(void **state)
{
	char *text = malloc(VFCTL_VALUE_LEN + 16), why[VFCTL_WHY_LEN];
	struct vfctl_settings settings = { 0 };
	uint64_t fields;

	(void)state;
	strcpy(text, "trunk=");
	memset(text + 6, '1', VFCTL_VALUE_LEN + 1);
	text[6 + VFCTL_VALUE_LEN + 1] = '\0';
	assert_int_equal(vfctl_vf_parse(text, &fields, &settings, why, sizeof(why)), -EINVAL);
	assert_string_equal(why, "trunk: \"111111111111111111111111...\" is longer than "
				 "20480 octets");
	free(text);
}

static void
every_reason_fits(void **state)
{
	char text[128], why[VFCTL_WHY_LEN];
	struct vfctl_settings settings = { 0 };
	uint64_t fields;
	unsigned int i;

	(void)state;
	for (i = 0; i < VFCTL_F_NB; i++) {
		snprintf(text, sizeof(text), "%s=%060u", vfctl_field_info(i)->name, 0);
		assert_int_equal(vfctl_vf_parse(text, &fields, &settings, why, sizeof(why)),
				 -EINVAL);
		assert_true(strlen(why) < VFCTL_WHY_LEN - 1);
	}
	/* A short `why` is cut, never overrun. */
	memset(why, 'x', sizeof(why));
	assert_int_equal(vfctl_vf_parse("vlan=5000", &fields, &settings, why, 8), -EINVAL);
	assert_string_equal(why, "vlan: \"");
	assert_int_equal(vfctl_vf_parse("vlan=5000", &fields, &settings, why, 0), -EINVAL);
	assert_int_equal(why[8], 'x');
}

static void
all_fields_are_described(void **state)
{
	const struct vfctl_field_info *info;
	unsigned int i;

	(void)state;
	assert_int_equal(vfctl_table_nb(&vfctl_vf_table), VFCTL_F_NB);
	assert_int_equal(vfctl_table_nb(&vfctl_port_table), VFCTL_P_NB);
	for (i = 0; i < VFCTL_F_NB + VFCTL_P_NB; i++) {
		info = i < VFCTL_F_NB ? vfctl_field_info(i) : vfctl_port_field_info(i - VFCTL_F_NB);
		assert_non_null(info);
		assert_true(strlen(info->name) > 1 && strlen(info->values) > 1);
		assert_true(strlen(info->help) > 1);
	}
	assert_null(vfctl_field_info(VFCTL_F_NB));
	assert_null(vfctl_port_field_info(VFCTL_P_NB));
	assert_null(vfctl_field_info(UINT32_MAX));
	assert_string_equal(vfctl_field_info(VFCTL_F_QOS)->values, "0 to 7");
	assert_string_equal(vfctl_field_info(VFCTL_F_MAX_MACS)->values, "0 to 16");
}

static void
fields_have_a_kind(void **state)
{
	const struct vfctl_settings vf = {
		.trust = true, .qos = 5, .max_mtu = 9000, .burst = 70000
	};
	const struct vfctl_table *t = &vfctl_vf_table;

	(void)state;
	assert_int_equal(vfctl_table_kind(t, VFCTL_F_TRUST), VFCTL_KIND_BOOL);
	assert_int_equal(vfctl_table_kind(t, VFCTL_F_QOS), VFCTL_KIND_NUMBER);
	assert_int_equal(vfctl_table_kind(t, VFCTL_F_STATE), VFCTL_KIND_TEXT);
	assert_int_equal(vfctl_table_kind(t, VFCTL_F_MIRROR), VFCTL_KIND_TEXT);
	assert_int_equal(vfctl_table_kind(t, VFCTL_F_TRUNK), VFCTL_KIND_LIST);
	assert_int_equal(vfctl_table_kind(t, VFCTL_F_MACS), VFCTL_KIND_LIST);
	assert_int_equal(vfctl_table_kind(&vfctl_port_table, VFCTL_P_DEFAULT_POOL),
			 VFCTL_KIND_TEXT);
	assert_int_equal(vfctl_table_number(t, VFCTL_F_TRUST, &vf), 1);
	assert_int_equal(vfctl_table_number(t, VFCTL_F_RX, &vf), 0);
	assert_int_equal(vfctl_table_number(t, VFCTL_F_QOS, &vf), 5);
	assert_int_equal(vfctl_table_number(t, VFCTL_F_MAX_MTU, &vf), 9000);
	assert_int_equal(vfctl_table_number(t, VFCTL_F_BURST, &vf), 70000);
}

/* Each field by itself: neither forgotten nor mixed up with its neighbour. */
static void
fields_are_copied_and_compared_one_by_one(void **state)
{
	struct vfctl_settings a, b;
	struct vfctl_port_settings p, q;
	unsigned int i;

	(void)state;
	memset(&a, 1, sizeof(a));
	memset(&b, 2, sizeof(b));
	assert_true(vfctl_fields_differ(&a, &b) == VFCTL_FIELDS_ALL);
	for (i = 0; i < VFCTL_F_NB; i++) {
		vfctl_fields_copy(&a, &b, VFCTL_FIELD(i));
		assert_true(vfctl_fields_differ(&a, &b) ==
			    (VFCTL_FIELDS_ALL & ~(VFCTL_FIELD(i + 1) - 1)));
	}
	memset(&p, 1, sizeof(p));
	memset(&q, 2, sizeof(q));
	assert_true(vfctl_port_fields_differ(&p, &q) == VFCTL_PORT_FIELDS_ALL);
	for (i = 0; i < VFCTL_P_NB; i++) {
		vfctl_port_fields_copy(&p, &q, VFCTL_FIELD(i));
		assert_true(vfctl_port_fields_differ(&p, &q) ==
			    (VFCTL_PORT_FIELDS_ALL & ~(VFCTL_FIELD(i + 1) - 1)));
	}
}

static void
room_that_says_nothing_is_not_compared(void **state)
{
	struct vfctl_settings a = { .macs.nb = 1, .mirror.to = 3 };
	struct vfctl_settings b = { .macs.nb = 1, .macs.mac[1] = { { 2 } }, .mirror.vlan = 9 };

	(void)state;
	assert_true(vfctl_fields_differ(&a, &b) == 0);
	a.macs.nb = 2;
	assert_true(vfctl_fields_differ(&a, &b) == VFCTL_FIELD(VFCTL_F_MACS));
	b.macs.nb = 2;
	assert_true(vfctl_fields_differ(&a, &b) == VFCTL_FIELD(VFCTL_F_MACS));
	b.macs = a.macs;
	a.mirror.what = b.mirror.what = VFCTL_MIRROR_RX;
	assert_true(vfctl_fields_differ(&a, &b) == VFCTL_FIELD(VFCTL_F_MIRROR));
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(what_is_read_is_written),
		cmocka_unit_test(bad_text_is_refused_with_a_reason),
		cmocka_unit_test(several_words_are_read_at_once_or_not_at_all),
		cmocka_unit_test(values_land_in_their_own_member_only),
		cmocka_unit_test(missing_arguments_are_refused),
		cmocka_unit_test(values_that_no_text_gives_are_not_written),
		cmocka_unit_test(lists_hold_what_they_can),
		cmocka_unit_test(the_longest_trunk_fits),
		cmocka_unit_test(overlong_values_are_refused),
		cmocka_unit_test(every_reason_fits),
		cmocka_unit_test(all_fields_are_described),
		cmocka_unit_test(fields_have_a_kind),
		cmocka_unit_test(fields_are_copied_and_compared_one_by_one),
		cmocka_unit_test(room_that_says_nothing_is_not_compared),
	};

	return cmocka_run_group_tests_name("vfctl_field", tests, NULL, NULL);
}
