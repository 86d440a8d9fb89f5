/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) the igbiov authors
 */

/*
 * The commands through librte_cmdline, in the list of an application that has some of
 * them already: results laid out its own way, numbers of other widths than ours.
 */

#include <dlfcn.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmdline.h>
#include <cmdline_parse_etheraddr.h>
#include <cmdline_parse_num.h>
#include <cmdline_parse_string.h>

#include "context.h"
#include "fake.h"

/* --- the application's own commands --- */

/* What the application's function got: the same octets, wherever they came from. */
static struct {
	unsigned int nb;
	const void *data;
	char result[512];
} got;

static void
original(void *result, __rte_unused struct cmdline *cl, void *data)
{
	got.nb++;
	got.data = data;
	memcpy(got.result, result, sizeof(got.result));
}

struct antispoof {
	uint32_t vf_id;
	cmdline_fixed_string_t on_off;
	cmdline_fixed_string_t word;
	uint16_t port_id;
};

static cmdline_parse_token_string_t word_set = TOKEN_STRING_INITIALIZER(struct antispoof, word,
									"set");
static cmdline_parse_token_string_t word_vf = TOKEN_STRING_INITIALIZER(struct antispoof, word,
								       "vf");
static cmdline_parse_token_string_t word_mac = TOKEN_STRING_INITIALIZER(struct antispoof, word,
									"mac");
static cmdline_parse_token_string_t word_vlan = TOKEN_STRING_INITIALIZER(struct antispoof, word,
									 "vlan");
static cmdline_parse_token_string_t word_antispoof = TOKEN_STRING_INITIALIZER(struct antispoof,
									      word, "antispoof");
static cmdline_parse_token_string_t word_stripq = TOKEN_STRING_INITIALIZER(struct antispoof, word,
									   "stripq");
static cmdline_parse_token_string_t word_insert = TOKEN_STRING_INITIALIZER(struct antispoof, word,
									   "insert");
static cmdline_parse_token_string_t word_broadcast = TOKEN_STRING_INITIALIZER(struct antispoof,
									      word, "broadcast");
static cmdline_parse_token_string_t word_help = TOKEN_STRING_INITIALIZER(struct antispoof, word,
									 "help");
static cmdline_parse_token_num_t antispoof_port = TOKEN_NUM_INITIALIZER(struct antispoof, port_id,
									RTE_UINT16);
static cmdline_parse_token_num_t antispoof_vf = TOKEN_NUM_INITIALIZER(struct antispoof, vf_id,
								      RTE_UINT32);
static cmdline_parse_token_num_t antispoof_signed_vf = TOKEN_NUM_INITIALIZER(struct antispoof,
									     vf_id, RTE_INT32);
/* Another order than ours. */
static cmdline_parse_token_string_t antispoof_on_off = TOKEN_STRING_INITIALIZER(struct antispoof,
										on_off, "off#on");
static cmdline_parse_token_string_t antispoof_three = TOKEN_STRING_INITIALIZER(
	struct antispoof, on_off, "on#off#auto");

static cmdline_parse_inst_t antispoof = {
	.f = original,
	.data = &antispoof,
	.help_str = "set vf mac antispoof",
	.tokens = {
		(void *)&word_set,
		(void *)&word_vf,
		(void *)&word_mac,
		(void *)&word_antispoof,
		(void *)&antispoof_port,
		(void *)&antispoof_vf,
		(void *)&antispoof_on_off,
		NULL,
	},
};

/* Ours but for one more choice. */
static cmdline_parse_inst_t stripq = {
	.f = original,
	.data = &stripq,
	.tokens = {
		(void *)&word_set,
		(void *)&word_vf,
		(void *)&word_vlan,
		(void *)&word_stripq,
		(void *)&antispoof_port,
		(void *)&antispoof_vf,
		(void *)&antispoof_three,
		NULL,
	},
};

/* Ours but for numbers that may be negative. */
static cmdline_parse_inst_t insert = {
	.f = original,
	.data = &insert,
	.tokens = {
		(void *)&word_set,
		(void *)&word_vf,
		(void *)&word_vlan,
		(void *)&word_insert,
		(void *)&antispoof_port,
		(void *)&antispoof_signed_vf,
		(void *)&antispoof_vf,
		NULL,
	},
};

static cmdline_parse_inst_t broadcast = {
	.f = original,
	.data = &broadcast,
	.tokens = {
		(void *)&word_set,
		(void *)&word_vf,
		(void *)&word_broadcast,
		(void *)&antispoof_port,
		(void *)&antispoof_vf,
		(void *)&antispoof_on_off,
		NULL,
	},
};

/* Ours, and one word more. */
static cmdline_parse_inst_t longer = {
	.f = original,
	.data = &longer,
	.tokens = {
		(void *)&word_set,
		(void *)&word_vf,
		(void *)&word_vlan,
		(void *)&word_antispoof,
		(void *)&antispoof_port,
		(void *)&antispoof_vf,
		(void *)&antispoof_on_off,
		(void *)&word_vf,
		NULL,
	},
};

static cmdline_parse_inst_t help = {
	.f = original,
	.data = &help,
	.tokens = { (void *)&word_help, NULL },
};

struct rate {
	uint64_t q_msk_val;
	uint32_t rate_num;
	uint8_t vf_num;
	uint16_t port_num;
	cmdline_fixed_string_t word;
};

static cmdline_parse_token_string_t rate_set = TOKEN_STRING_INITIALIZER(struct rate, word, "set");
static cmdline_parse_token_string_t rate_port = TOKEN_STRING_INITIALIZER(struct rate, word, "port");
static cmdline_parse_token_string_t rate_vf = TOKEN_STRING_INITIALIZER(struct rate, word, "vf");
static cmdline_parse_token_string_t rate_rate = TOKEN_STRING_INITIALIZER(struct rate, word, "rate");
static cmdline_parse_token_string_t rate_mask = TOKEN_STRING_INITIALIZER(struct rate, word,
									 "queue_mask");
static cmdline_parse_token_num_t rate_portnum = TOKEN_NUM_INITIALIZER(struct rate, port_num,
								      RTE_UINT16);
static cmdline_parse_token_num_t rate_vfnum = TOKEN_NUM_INITIALIZER(struct rate, vf_num, RTE_UINT8);
static cmdline_parse_token_num_t rate_num = TOKEN_NUM_INITIALIZER(struct rate, rate_num,
								  RTE_UINT32);
static cmdline_parse_token_num_t rate_msk = TOKEN_NUM_INITIALIZER(struct rate, q_msk_val,
								  RTE_UINT64);

static cmdline_parse_inst_t rate = {
	.f = original,
	.data = &rate,
	.tokens = {
		(void *)&rate_set,
		(void *)&rate_port,
		(void *)&rate_portnum,
		(void *)&rate_vf,
		(void *)&rate_vfnum,
		(void *)&rate_rate,
		(void *)&rate_num,
		(void *)&rate_mask,
		(void *)&rate_msk,
		NULL,
	},
};

struct address {
	struct rte_ether_addr address;
	uint8_t vf_num;
	uint16_t port_num;
	cmdline_fixed_string_t word;
};

static cmdline_parse_token_string_t address_cmd = TOKEN_STRING_INITIALIZER(struct address, word,
									   "mac_addr");
static cmdline_parse_token_string_t address_add = TOKEN_STRING_INITIALIZER(struct address, word,
									   "add");
static cmdline_parse_token_string_t address_port = TOKEN_STRING_INITIALIZER(struct address, word,
									    "port");
static cmdline_parse_token_num_t address_portnum = TOKEN_NUM_INITIALIZER(struct address, port_num,
									 RTE_UINT16);
static cmdline_parse_token_string_t address_vf = TOKEN_STRING_INITIALIZER(struct address, word,
									  "vf");
static cmdline_parse_token_num_t address_vfnum = TOKEN_NUM_INITIALIZER(struct address, vf_num,
								       RTE_UINT8);
static cmdline_parse_token_etheraddr_t address_mac = TOKEN_ETHERADDR_INITIALIZER(struct address,
										 address);

static cmdline_parse_inst_t address = {
	.f = original,
	.data = &address,
	.tokens = {
		(void *)&address_cmd,
		(void *)&address_add,
		(void *)&address_port,
		(void *)&address_portnum,
		(void *)&address_vf,
		(void *)&address_vfnum,
		(void *)&address_mac,
		NULL,
	},
};

/* --- an application's prompt --- */

static cmdline_parse_ctx_t full[] = {
	&help, &antispoof, &stripq, &insert, &broadcast, &longer, &rate, &address, NULL,
};
static cmdline_parse_ctx_t bare[] = { NULL };

static struct cmdline *cl;
static int output = -1;
static char printed[1 << 17];

/* Types a line; what was printed is in `printed`. */
static int
type(const char *format, ...)
{
	char line[2048];
	ssize_t len;
	va_list ap;
	int rc;

	va_start(ap, format);
	vsnprintf(line, sizeof(line) - 1, format, ap);
	va_end(ap);
	strcat(line, "\n");
	assert_int_equal(ftruncate(output, 0), 0);
	rc = cmdline_parse(cl, line);
	len = pread(output, printed, sizeof(printed) - 1, 0);
	assert_true(len >= 0);
	printed[len] = '\0';
	return rc;
}

static void
done(const char *line)
{
	if (type("%s", line) < 0)
		fail_msg("not understood: %s", line);
	if (printed[0] != '\0')
		fail_msg("%s: %s", line, printed);
}

static void
refused(const char *line, const char *why)
{
	if (type("%s", line) < 0)
		fail_msg("not understood: %s", line);
	if (strncmp(printed, "error: ", 7) != 0 || strstr(printed, why) == NULL)
		fail_msg("%s: not refused for %s: %s", line, why, printed);
	assert_ptr_equal(strchr(printed, '\n'), printed + strlen(printed) - 1);
}

static void
open_prompt(cmdline_parse_ctx_t *ctx)
{
	char name[] = "/tmp/test_context.XXXXXX";

	output = mkstemp(name);
	assert_true(output >= 0);
	unlink(name);
	/* pread() and O_APPEND: what is printed next is at the end of what is there. */
	assert_int_equal(fcntl(output, F_SETFL, O_APPEND), 0);
	cl = cmdline_new(ctx, "", -1, output);
	assert_non_null(cl);
}

static int
setup_full(void **state)
{
	(void)state;
	memset(&got, 0, sizeof(got));
	fake_init();
	open_prompt(full);
	return 0;
}

static int
setup_bare(void **state)
{
	(void)state;
	memset(&got, 0, sizeof(got));
	fake_init();
	open_prompt(bare);
	return 0;
}

static int
teardown(void **state)
{
	(void)state;
	cmdline_free(cl);
	context_free_all();
	return 0;
}

/* --- commands that the application has, too --- */

static void
on_a_port_with_vf_control_ours_is_done_instead(void **state)
{
	(void)state;
	done("set vf mac antispoof 0 3 on");
	assert_true(fake.vf[3].spoofchk_mac);
	assert_false(fake.vf[2].spoofchk_mac);
	done("set vf mac antispoof 0 3 off");
	assert_false(fake.vf[3].spoofchk_mac);
	done("set port 0 vf 2 rate 100 queue_mask 0x1");
	assert_int_equal(fake.vf[2].max_tx_rate, 100);
	done("mac_addr add port 0 vf 1 02:00:00:00:11:22");
	assert_string_equal(fake_vf_text(1, VFCTL_F_MACS), "02:00:00:00:11:22");
	done("set vf broadcast 0 6 on");
	assert_true(fake.vf[6].broadcast);
	assert_int_equal(got.nb, 0);
}

static void
on_other_ports_the_application_gets_the_same_result(void **state)
{
	struct address *addr = (struct address *)got.result;
	struct antispoof *spoof = (struct antispoof *)got.result;
	struct rate *r = (struct rate *)got.result;

	(void)state;
	done("set vf mac antispoof 1 70000 on");
	assert_int_equal(got.nb, 1);
	assert_ptr_equal(got.data, &antispoof);
	assert_int_equal(spoof->port_id, 1);
	assert_int_equal(spoof->vf_id, 70000);
	assert_string_equal(spoof->on_off, "on");
	done("set port 1 vf 255 rate 4000000000 queue_mask 0xffffffffffffffff");
	assert_int_equal(got.nb, 2);
	assert_ptr_equal(got.data, &rate);
	assert_int_equal(r->port_num, 1);
	assert_int_equal(r->vf_num, 255);
	assert_int_equal(r->rate_num, 4000000000u);
	assert_true(r->q_msk_val == UINT64_MAX);
	done("mac_addr add port 2 vf 9 02:00:00:00:11:22");
	assert_int_equal(got.nb, 3);
	assert_int_equal(addr->port_num, 2);
	assert_int_equal(addr->vf_num, 9);
	assert_int_equal(addr->address.addr_bytes[5], 0x22);
	assert_int_equal(fake.nb_calls, 0);
}

static void
octet_by_octet(void **state)
{
	static const char line[] = "set vf mac antispoof 1 2 off\n";
	struct cmdline *(*real)(cmdline_parse_ctx_t *, const char *, int, int);
	char with[sizeof(got.result)];

	(void)state;
	assert_true(cmdline_parse(cl, line) > 0);
	memcpy(with, got.result, sizeof(with));
	/* As the application alone would have it. */
	*(void **)&real = dlsym(RTLD_NEXT, "cmdline_new");
	cmdline_free(cl);
	cl = real(full, "", -1, -1);
	assert_true(cmdline_parse(cl, line) > 0);
	assert_int_equal(got.nb, 2);
	assert_memory_equal(with, got.result, sizeof(with));
}

static void
a_command_of_another_shape_is_left_alone(void **state)
{
	(void)state;
	done("set vf vlan stripq 0 1 auto");
	assert_int_equal(got.nb, 1);
	done("set vf vlan stripq 0 1 on");
	assert_ptr_equal(got.data, &stripq);
	done("set vf vlan insert 0 -1 5");
	assert_ptr_equal(got.data, &insert);
	done("set vf vlan insert 0 1 5");
	assert_int_equal(got.nb, 4);
	done("set vf vlan antispoof 0 1 on vf");
	assert_ptr_equal(got.data, &longer);
	assert_int_equal(got.nb, 5);
	assert_int_equal(fake.nb_calls, 0);
	/* One word less is ours. */
	done("set vf vlan antispoof 0 1 on");
	assert_true(fake.vf[1].spoofchk_vlan);
	assert_int_equal(got.nb, 5);
}

static void
help_says_where_ours_is(void **state)
{
	(void)state;
	assert_true(type("help") > 0);
	assert_int_equal(got.nb, 1);
	assert_non_null(strstr(printed, "help vf"));
	assert_true(type("help vf") > 0);
	assert_int_equal(got.nb, 1);
	assert_non_null(strstr(printed, "set port (port_id) vf (vf_id) rate (number)"));
	assert_non_null(strstr(printed, "max_tx_rate: "));
	assert_non_null(strstr(printed, "storm_broadcast: "));
}

static void
a_list_is_extended_once(void **state)
{
	cmdline_parse_ctx_t *ctx = context_extend(full);

	(void)state;
	assert_ptr_not_equal(ctx, full);
	assert_ptr_equal(context_extend(full), ctx);
	assert_ptr_equal(context_extend(ctx), ctx);
	assert_ptr_equal(full[1], &antispoof);
	assert_null(context_extend(NULL));
}

/* --- commands that it hasn't --- */

static void
each_of_testpmds_commands_is_there_without_testpmd(void **state)
{
	(void)state;
	done("set vf mac addr 0 2 02:00:00:00:00:99");
	assert_string_equal(fake_vf_text(2, VFCTL_F_MAC), "02:00:00:00:00:99");
	done("set vf mac antispoof 0 2 on");
	assert_true(fake.vf[2].spoofchk_mac);
	done("set vf vlan antispoof 0 2 on");
	assert_true(fake.vf[2].spoofchk_vlan);
	done("set vf vlan stripq 0 2 on");
	assert_true(fake.vf[2].strip);
	done("set vf vlan insert 0 2 77");
	assert_int_equal(fake.vf[2].insert, 77);
	done("set vf vlan insert 0 2 0");
	assert_int_equal(fake.vf[2].insert, 0);
	done("set vf broadcast 0 2 on");
	assert_true(fake.vf[2].broadcast);
	done("set vf promisc 0 2 on");
	assert_true(fake.vf[2].unknown_unicast);
	done("set vf allmulti 0 2 on");
	assert_true(fake.vf[2].all_multicast);
	done("set port 0 vf 2 rxmode AUPE off");
	assert_false(fake.vf[2].untagged);
	done("set port 0 vf 2 rxmode ROPE off");
	assert_false(fake.vf[2].unknown_unicast);
	done("set port 0 vf 2 rxmode BAM off");
	assert_false(fake.vf[2].broadcast);
	done("set port 0 vf 2 rxmode MPE off");
	assert_false(fake.vf[2].all_multicast);
	done("set port 0 vf 2 rx on");
	assert_true(fake.vf[2].rx && !fake.vf[2].tx);
	done("set port 0 vf 2 tx on");
	done("set port 0 vf 2 rx off");
	assert_true(!fake.vf[2].rx && fake.vf[2].tx);
	done("set vf tx max-bandwidth 0 2 55");
	assert_int_equal(fake.vf[2].max_tx_rate, 55);
	done("set all queues drop 0 off");
	assert_false(fake.port.drop_enable);
	done("set tx loopback 0 off");
	assert_false(fake.port.loopback);
	done("clear vf stats 0 2");
	assert_int_equal(fake.stats_resets, 1u << 2);
	assert_true(type("show vf stats 0 2") > 0);
	assert_non_null(strstr(printed, "RX-packets: 12345"));
	assert_non_null(strstr(printed, "=77"));
}

static void
a_rate_is_for_all_queues_of_the_vf(void **state)
{
	(void)state;
	done("set port 0 vf 1 rate 10 queue_mask 3");
	assert_int_equal(fake.vf[1].max_tx_rate, 10);
	fake.vf[1].queues = 2;
	refused("set port 0 vf 1 rate 20 queue_mask 1", "use 0x3");
	refused("set port 0 vf 1 rate 20 queue_mask 2", "use 0x3");
	refused("set port 0 vf 1 rate 20 queue_mask 0", "use 0x3");
	refused("set port 0 vf 1 rate 4294967296 queue_mask 3", "max_tx_rate");
	assert_int_equal(fake.vf[1].max_tx_rate, 10);
	done("set port 0 vf 1 rate 20 queue_mask 3");
	assert_int_equal(fake.vf[1].max_tx_rate, 20);
}

static void
vlans_of_a_mask_of_vfs_are_allowed_and_taken(void **state)
{
	(void)state;
	done("rx_vlan add 100 port 0 vf 0x5");
	done("rx_vlan add 200 port 0 vf 0x4");
	assert_string_equal(fake_vf_text(0, VFCTL_F_TRUNK), "100");
	assert_string_equal(fake_vf_text(1, VFCTL_F_TRUNK), "none");
	assert_string_equal(fake_vf_text(2, VFCTL_F_TRUNK), "100,200");
	done("rx_vlan rm 100 port 0 vf 0x7f");
	assert_string_equal(fake_vf_text(0, VFCTL_F_TRUNK), "none");
	assert_string_equal(fake_vf_text(2, VFCTL_F_TRUNK), "200");
	refused("rx_vlan add 0 port 0 vf 1", "1 to 4094");
	refused("rx_vlan add 4095 port 0 vf 1", "1 to 4094");
	refused("rx_vlan add 65537 port 0 vf 1", "1 to 4094");
	refused("rx_vlan add 5 port 0 vf 0", "VF mask");
	refused("rx_vlan add 5 port 0 vf 0x80", "7 VFs");
	fake.vf[3].vlan = 9;
	refused("rx_vlan add 5 port 0 vf 0x8", "port VLAN 9");
	done("rx_vlan rm 5 port 0 vf 0x8");
}

static void
vlans_are_for_all_vfs_of_a_mask_or_none(void **state)
{
	(void)state;
	fake.refused_vf = 4;
	refused("rx_vlan add 100 port 0 vf 0x7f", "VF 4 is refused");
	assert_string_equal(fake_vf_text(0, VFCTL_F_TRUNK), "none");
	assert_string_equal(fake_vf_text(3, VFCTL_F_TRUNK), "none");
}

static void
tagged_or_untagged(void **state)
{
	(void)state;
	done("set vf vlan tag 0 1 on");
	assert_string_equal(fake_vf_text(1, VFCTL_F_TRUNK), "all");
	assert_false(fake.vf[1].untagged);
	done("set vf vlan tag 0 1 off");
	assert_string_equal(fake_vf_text(1, VFCTL_F_TRUNK), "none");
	assert_true(fake.vf[1].untagged);
	/* What the operator has chosen isn't widened. */
	done("rx_vlan add 7 port 0 vf 2");
	done("set vf vlan tag 0 1 on");
	assert_string_equal(fake_vf_text(1, VFCTL_F_TRUNK), "7");
}

static void
what_the_port_has_once_is_not_set_for_a_vf(void **state)
{
	(void)state;
	done("set vf split drop 0 1 on");
	refused("set vf split drop 0 1 off", "set all queues drop 0 off");
	assert_true(fake.port.drop_enable);
	refused("set vf tc tx max-bandwidth 0 1 0 100", "set vf tx max-bandwidth 0 1");
	refused("set vf tc tx min-bandwidth 0 1 (10,20)", "no traffic classes");
}

static void
addresses_are_added_and_removed(void **state)
{
	unsigned int i;

	(void)state;
	for (i = 0; i < VFCTL_MAC_LIST_MAX; i++)
		assert_true(type("mac_addr add port 0 vf 1 02:00:00:00:11:%02x", i) > 0);
	assert_int_equal(fake.vf[1].macs.nb, VFCTL_MAC_LIST_MAX);
	done("mac_addr add port 0 vf 1 02:00:00:00:11:00");
	refused("mac_addr add port 0 vf 1 02:00:00:00:11:99", "VF 1 has 16 more");
	done("mac_addr remove port 0 vf 1 02:00:00:00:11:03");
	assert_int_equal(fake.vf[1].macs.nb, VFCTL_MAC_LIST_MAX - 1);
	refused("mac_addr remove port 0 vf 1 02:00:00:00:11:03", "isn't one of");
}

static void
every_setting_has_a_command(void **state)
{
	char name[64], line[1024];
	unsigned int i;

	(void)state;
	for (i = 0; i < VFCTL_F_NB; i++) {
		snprintf(name, sizeof(name), "%s", vfctl_field_info(i)->name);
		snprintf(line, sizeof(line), "set vf %s 0 5 %s", name, fake_vf_text(5, i));
		done(line);
		snprintf(line, sizeof(line), "set vf 0 5 %s %s", name, fake_vf_text(5, i));
		done(line);
	}
	done("set vf trust 0 5 on");
	assert_true(fake.vf[5].trust);
	done("set vf link_state 0 5 off");
	assert_int_equal(fake.vf[5].state, VFCTL_LINK_OFF);
	done("set vf spoofchk 0 5 on");
	assert_true(fake.vf[5].spoofchk_mac && fake.vf[5].spoofchk_vlan);
	done("set vf vlan 0 5 100 qos 3 proto 802.1q");
	assert_int_equal(fake.vf[5].vlan, 100);
	assert_int_equal(fake.vf[5].qos, 3);
	done("set vf 0 5 vlan=200  qos 4 max_tx_rate=9 ");
	assert_int_equal(fake.vf[5].vlan, 200);
	assert_int_equal(fake.vf[5].qos, 4);
	assert_int_equal(fake.vf[5].max_tx_rate, 9);
	refused("set vf 0 5 vlan 100 qos", "no value");
	refused("set vf 0 5 nonsense 1", "nonsense");
	refused("set vf vlan 0 5 4095", "4095");
	assert_int_equal(fake.vf[5].vlan, 200);
}

static void
every_setting_of_a_port_has_a_command(void **state)
{
	char text[VFCTL_TEXT_LEN], line[1024];
	unsigned int i;

	(void)state;
	for (i = 0; i < VFCTL_P_NB; i++) {
		assert_int_equal(vfctl_port_format(i, &fake.port, text, sizeof(text)), 0);
		snprintf(line, sizeof(line), "set port 0 %s %s", vfctl_port_field_info(i)->name,
			 text);
		done(line);
	}
	done("set port 0 storm_broadcast 10 storm_multicast 20");
	assert_int_equal(fake.port.storm_broadcast, 10);
	assert_int_equal(fake.port.storm_multicast, 20);
	done("set port 0 num_vfs 6");
	assert_int_equal(fake.nb_vfs, 6);
	refused("set port 0 num_vfs 65536", "no port has more than");
}

static void
the_rest_does_what_it_says(void **state)
{
	(void)state;
	done("release vf 0 3");
	assert_int_equal(fake.releases, 1u << 3);
	refused("vfctl apply 0 /etc/policy.json", "/etc/policy.json: line 3");
	assert_string_equal(fake.file, "apply /etc/policy.json");
	done("vfctl save 0 /etc/policy.json");
	assert_string_equal(fake.file, "save /etc/policy.json");
	done("set vf vlan 0 1 100");
	assert_true(type("show vf 0 1") > 0);
	assert_non_null(strstr(printed, "  vlan: 100\n"));
	assert_non_null(strstr(printed, "  Address: 02:00:00:00:00:01\n"));
	assert_non_null(strstr(printed, "  VLANs: 5,7\n"));
	assert_true(type("show vf 0") > 0);
	assert_non_null(strstr(printed, "num_vfs: 4 of 7"));
	assert_non_null(strstr(printed, "VF 3 "));
	assert_null(strstr(printed, "VF 4 "));
	assert_true(type("show vf events 0") > 0);
	assert_non_null(strstr(printed, "  1 "));
	assert_non_null(strstr(printed, "  256 "));
	assert_null(strstr(printed, "  257 "));
}

static void
numbers_out_of_range_name_nobody(void **state)
{
	(void)state;
	refused("set vf trust 0 7 on", "no VF 7: it can have 7");
	refused("set vf trust 0 65536 on", "no VF 65536");
	refused("set vf trust 0 4294967296 on", "no VF 4294967296");
	refused("set vf trust 65536 0 on", "no driver with VF control is loaded");
	refused("set vf trust 1 0 on", "no driver with VF control is loaded");
	assert_false(fake.vf[0].trust);
	refused("set vf mac addr 0 0 00:00:00:00:00:00", "unicast");
}

#define FULL(test) cmocka_unit_test_setup_teardown(test, setup_full, teardown)
#define BARE(test) cmocka_unit_test_setup_teardown(test, setup_bare, teardown)

int
main(void)
{
	const struct CMUnitTest tests[] = {
		FULL(on_a_port_with_vf_control_ours_is_done_instead),
		FULL(on_other_ports_the_application_gets_the_same_result),
		FULL(octet_by_octet),
		FULL(a_command_of_another_shape_is_left_alone),
		FULL(help_says_where_ours_is),
		FULL(a_list_is_extended_once),
		BARE(each_of_testpmds_commands_is_there_without_testpmd),
		BARE(a_rate_is_for_all_queues_of_the_vf),
		BARE(vlans_of_a_mask_of_vfs_are_allowed_and_taken),
		BARE(vlans_are_for_all_vfs_of_a_mask_or_none),
		BARE(tagged_or_untagged),
		BARE(what_the_port_has_once_is_not_set_for_a_vf),
		BARE(addresses_are_added_and_removed),
		BARE(every_setting_has_a_command),
		BARE(every_setting_of_a_port_has_a_command),
		BARE(the_rest_does_what_it_says),
		BARE(numbers_out_of_range_name_nobody),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
