/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) the igbiov authors
 */

/* igbiov_mbx_msg.c: 16 words that a VF chose, and what is made of them. */

#include <stdlib.h>
#include <string.h>

#include "port.h"

static const uint32_t mac_words[] = { 0x44332202, 0x00006655 };
static const struct rte_ether_addr mac = { { 0x02, 0x22, 0x33, 0x44, 0x55, 0x66 } };

/* Parses word 0 and up to 15 more. */
static struct vfctl_request
parse(uint32_t word0, const uint32_t *rest, unsigned int nb)
{
	uint32_t words[IGBIOV_MBX_WORDS] = { word0 };
	struct vfctl_request req;

	memset(&req, 0xA5, sizeof(req));
	if (nb != 0)
		memcpy(&words[1], rest, nb * sizeof(words[0]));
	igbiov_mbx_msg_parse(words, &req);
	return req;
}

static enum vfctl_request_type
type_of(uint32_t word0, uint32_t word1)
{
	return parse(word0, &word1, 1).type;
}

static void
reset_is_understood(void **state)
{
	(void)state;
	assert_int_equal(type_of(MSG_RESET, 0), VFCTL_REQ_RESET);
	assert_int_equal(igbiov_mbx_msg_words(MSG_RESET), 1);
}

static void
the_three_kinds_of_set_mac_are_told_apart(void **state)
{
	static const enum vfctl_request_type want[] = { VFCTL_REQ_MAC_SET, VFCTL_REQ_MAC_CLEAR,
							VFCTL_REQ_MAC_ADD };

	(void)state;
	for (uint32_t info = 0; info < 256; info++) {
		struct vfctl_request req = parse(MSG_SET_MAC | info << 16, mac_words, 2);

		assert_int_equal(req.type, info < 3 ? want[info] : VFCTL_REQ_NONSENSE);
		if (info == 0 || info == 2)
			assert_memory_equal(&req.mac, &mac, sizeof(mac));
	}
	assert_int_equal(igbiov_mbx_msg_words(MSG_SET_MAC), 3);
}

static void
multicast_lists_up_to_30_are_understood(void **state)
{
	uint32_t words[IGBIOV_MBX_WORDS - 1];

	(void)state;
	for (unsigned int i = 0; i < RTE_DIM(words); i++)
		words[i] = (2 * i + 1) << 16 | 2 * i;
	for (uint32_t nb = 0; nb <= 30; nb++) {
		struct vfctl_request req = parse(MSG_SET_MULTICAST | nb << 16, words, 15);

		assert_int_equal(req.type, VFCTL_REQ_MULTICAST);
		assert_int_equal(req.mc.nb_hashes, nb);
		assert_false(req.mc.overflow);
		for (uint32_t i = 0; i < nb; i++)
			assert_int_equal(req.mc.hash[i], i);
		assert_int_equal(igbiov_mbx_msg_words(MSG_SET_MULTICAST | nb << 16),
				 1 + (nb + 1) / 2);
	}
	assert_true(parse(MSG_SET_MULTICAST | 0x85u << 16, words, 15).mc.overflow);
	assert_int_equal(parse(MSG_SET_MULTICAST | 0x85u << 16, words, 15).mc.nb_hashes, 5);
}

/* An unchecked count read past the 16 words elsewhere (CVE-2019-0145 and its kin). */
static void
a_multicast_count_beyond_the_memory_is_nonsense(void **state)
{
	uint32_t words[IGBIOV_MBX_WORDS - 1];

	(void)state;
	memset(words, 0xFF, sizeof(words));
	for (uint32_t nb = 31; nb < 128; nb++) {
		assert_int_equal(parse(MSG_SET_MULTICAST | nb << 16, words, 15).type,
				 VFCTL_REQ_NONSENSE);
		assert_int_equal(parse(MSG_SET_MULTICAST | (nb | 0x80) << 16, words, 15).type,
				 VFCTL_REQ_NONSENSE);
		assert_in_range(igbiov_mbx_msg_words(MSG_SET_MULTICAST | nb << 16), 1, 16);
	}
}

static void
vlan_ids_beyond_12_bits_are_nonsense(void **state)
{
	const uint32_t add = MSG_SET_VLAN | MSG_VLAN_ADD << 16;
	struct vfctl_request req;
	uint32_t vid = 4095;

	(void)state;
	req = parse(add, &vid, 1);
	assert_int_equal(req.type, VFCTL_REQ_VLAN);
	assert_int_equal(req.vlan.vid, 4095);
	assert_true(req.vlan.on);
	req = parse(MSG_SET_VLAN, &vid, 1);
	assert_int_equal(req.type, VFCTL_REQ_VLAN);
	assert_false(req.vlan.on);
	/* Truncation would make VLAN 0 or 1 of these. */
	assert_int_equal(type_of(add, 4096), VFCTL_REQ_NONSENSE);
	assert_int_equal(type_of(add, 0x10001), VFCTL_REQ_NONSENSE);
	assert_int_equal(type_of(add, UINT32_MAX), VFCTL_REQ_NONSENSE);
	for (uint32_t info = 2; info < 256; info++)
		assert_int_equal(type_of(MSG_SET_VLAN | info << 16, 5), VFCTL_REQ_NONSENSE);
}

static void
a_frame_limit_is_passed_on_in_full(void **state)
{
	uint32_t octets = UINT32_MAX;

	(void)state;
	/* The policy refuses it; cut to 16 bits it would be one that passes. */
	assert_int_equal(parse(MSG_SET_LPE, &octets, 1).max_frame, UINT32_MAX);
	octets = 9018;
	assert_int_equal(parse(MSG_SET_LPE, &octets, 1).type, VFCTL_REQ_MAX_FRAME);
	assert_int_equal(parse(MSG_SET_LPE, &octets, 1).max_frame, 9018);
	assert_int_equal(type_of(MSG_SET_LPE | 1u << 16, 9018), VFCTL_REQ_NONSENSE);
}

static void
promiscuity_has_two_bits(void **state)
{
	static const uint32_t want[] = { 0, VFCTL_PROMISC_UNICAST, VFCTL_PROMISC_MULTICAST,
					 VFCTL_PROMISC_UNICAST | VFCTL_PROMISC_MULTICAST };

	(void)state;
	for (uint32_t info = 0; info < 256; info++) {
		struct vfctl_request req = parse(MSG_SET_PROMISC | info << 16, NULL, 0);

		assert_int_equal(req.type, info < 4 ? VFCTL_REQ_PROMISC : VFCTL_REQ_NONSENSE);
		if (info < 4)
			assert_int_equal(req.promisc, want[info]);
	}
}

static void
unknown_ids_are_nonsense(void **state)
{
	(void)state;
	for (uint32_t id = 0; id <= MSG_ID_MASK; id++)
		if (id == 0 || id > MSG_SET_PROMISC)
			assert_int_equal(type_of(id, 0), VFCTL_REQ_NONSENSE);
	assert_int_equal(type_of(UINT32_MAX, UINT32_MAX), VFCTL_REQ_NONSENSE);
}

/* Verdict flags are the PF's: a VF that sends them isn't speaking the protocol. */
static void
spare_and_verdict_bits_are_nonsense(void **state)
{
	(void)state;
	for (uint32_t id = MSG_RESET; id <= MSG_SET_PROMISC; id++) {
		for (unsigned int bit = 24; bit < 32; bit++) {
			if (1u << bit == MSG_CTS)
				continue;
			assert_int_equal(type_of(id | 1u << bit, 5), VFCTL_REQ_NONSENSE);
		}
		assert_int_not_equal(type_of(id | MSG_CTS, 5), VFCTL_REQ_NONSENSE);
	}
}

/* Random words, and every word 0 pattern: bounded, and a known type comes out. */
static void
nothing_a_vf_writes_is_out_of_bounds(void **state)
{
	uint32_t words[IGBIOV_MBX_WORDS];
	struct vfctl_request req;

	(void)state;
	srandom(82576);
	for (unsigned int round = 0; round < 300000; round++) {
		for (unsigned int i = 0; i < RTE_DIM(words); i++)
			words[i] = (uint32_t)random() << 16 ^ (uint32_t)random();
		if (round % 2)
			words[0] &= 0x20FF0007;
		assert_in_range(igbiov_mbx_msg_words(words[0]), 1, 16);
		igbiov_mbx_msg_parse(words, &req);
		assert_in_range(req.type, 0, VFCTL_REQ_NB - 1);
		if (req.type == VFCTL_REQ_MULTICAST)
			assert_in_range(req.mc.nb_hashes, 0, VFCTL_MC_HASH_MAX);
		if (req.type == VFCTL_REQ_VLAN)
			assert_in_range(req.vlan.vid, 0, 4095);
	}
}

static void
the_answer_to_a_reset_is_the_one_old_vfs_compare_with(void **state)
{
	uint32_t words[3] = { MSG_RESET | MSG_CTS, 7, 7 };

	(void)state;
	assert_int_equal(igbiov_mbx_msg_answer(words, VFCTL_REQ_RESET, VFCTL_GRANTED, true, &mac),
			 3);
	assert_int_equal(words[0], MSG_RESET | MSG_ACK);
	assert_int_equal(words[1], mac_words[0]);
	assert_int_equal(words[2], mac_words[1]);
	assert_int_equal(igbiov_mbx_msg_answer(words, VFCTL_REQ_RESET, VFCTL_QUOTA, false, &mac),
			 3);
	assert_int_equal(words[0], MSG_RESET | MSG_NACK);
}

/* Our VF can say why. Linux's takes the bare NACK for "no address", and goes on with one of its own. */
static void
a_reset_that_the_operator_forbids_says_so(void **state)
{
	uint32_t words[3] = { MSG_RESET };

	(void)state;
	igbiov_mbx_msg_answer(words, VFCTL_REQ_RESET, VFCTL_LINK_DENIED, false, &mac);
	assert_int_equal(words[0], MSG_RESET | MSG_NACK | MSG_LINK_OFF << 16);
}

/* DPDK's VF takes exactly 0x100 for a reset, others look at CTS only. */
static void
the_link_state_is_told_beside_clear_to_send_only(void **state)
{
	(void)state;
	assert_int_equal(igbiov_mbx_msg_control(true, VFCTL_LINK_AUTO), 0x20000100);
	assert_int_equal(igbiov_mbx_msg_control(true, VFCTL_LINK_ON), 0x20010100);
	assert_int_equal(igbiov_mbx_msg_control(true, VFCTL_LINK_OFF), 0x20020100);
	assert_int_equal(igbiov_mbx_msg_control(false, VFCTL_LINK_AUTO), 0x100);
	assert_int_equal(igbiov_mbx_msg_control(false, VFCTL_LINK_ON), 0x100);
	assert_int_equal(igbiov_mbx_msg_control(false, VFCTL_LINK_OFF), 0x100);
}

static void
other_answers_are_the_request_with_a_verdict(void **state)
{
	uint32_t word = MSG_SET_VLAN | 1u << 16;

	(void)state;
	assert_int_equal(igbiov_mbx_msg_answer(&word, VFCTL_REQ_VLAN, VFCTL_GRANTED, true, &mac),
			 1);
	assert_int_equal(word, MSG_SET_VLAN | 1u << 16 | MSG_ACK | MSG_CTS);
	/* Whatever flags the VF put there itself. */
	word = MSG_SET_VLAN | MSG_ACK | MSG_CTS;
	assert_int_equal(
		igbiov_mbx_msg_answer(&word, VFCTL_REQ_NONSENSE, VFCTL_BAD_REQUEST, false, &mac),
		1);
	assert_int_equal(word, MSG_SET_VLAN | MSG_NACK);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(reset_is_understood),
		cmocka_unit_test(the_three_kinds_of_set_mac_are_told_apart),
		cmocka_unit_test(multicast_lists_up_to_30_are_understood),
		cmocka_unit_test(a_multicast_count_beyond_the_memory_is_nonsense),
		cmocka_unit_test(vlan_ids_beyond_12_bits_are_nonsense),
		cmocka_unit_test(a_frame_limit_is_passed_on_in_full),
		cmocka_unit_test(promiscuity_has_two_bits),
		cmocka_unit_test(unknown_ids_are_nonsense),
		cmocka_unit_test(spare_and_verdict_bits_are_nonsense),
		cmocka_unit_test(nothing_a_vf_writes_is_out_of_bounds),
		cmocka_unit_test(the_answer_to_a_reset_is_the_one_old_vfs_compare_with),
		cmocka_unit_test(a_reset_that_the_operator_forbids_says_so),
		cmocka_unit_test(the_link_state_is_told_beside_clear_to_send_only),
		cmocka_unit_test(other_answers_are_the_request_with_a_verdict),
	};

	return cmocka_run_group_tests_name("igbiov_mbx_msg", tests, NULL, NULL);
}
