/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) the igbiov authors
 */

/*
 * Settings by name. The two tables say all that text, files and telemetry know of
 * a field; a field's type says how its value is read and written.
 */

#include <assert.h>
#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <strings.h>

#include <rte_common.h>

#include "vfctl_field.h"

#define VLAN_LAST    4094 /* 4095 is reserved (IEEE 802.1Q table 9-2) */
#define NAME_MAX_LEN 32

struct span {
	const char *at;
	size_t len;
};

/* Text under construction. */
struct sink {
	char *text;
	size_t size, len;
};

/* A word that stands for a value; of several, the first is written. */
struct word {
	const char *word;
	uint32_t value;
};

struct field;

struct type {
	bool (*read)(const struct field *field, struct span text, void *value,
		     struct vfctl_fault *fault);
	bool (*write)(const struct field *field, const void *value, struct sink *sink);
	/* How many octets of a value say something. */
	size_t (*used)(const struct field *field, const void *value);
};

struct field {
	struct vfctl_field_info info;
	enum vfctl_kind kind;
	const struct type *type;
	size_t offset, size;
	const struct word *words; /* ends with one that is NULL */
	uint32_t min, max;	  /* of numbers; none if min is above max */
};

struct alias {
	const char *name;
	uint64_t fields;
};

struct vfctl_table {
	const struct field *fields;
	unsigned int nb;
	size_t size; /* of the structure */
	struct alias alias;
};

/* --- helpers --- */

static bool
is(struct span text, const char *word)
{
	return text.len == strlen(word) && memcmp(text.at, word, text.len) == 0;
}

/* Values in any case: `ip link` has 802.1Q. */
static bool
says(struct span text, const char *word)
{
	return text.len == strlen(word) && strncasecmp(text.at, word, text.len) == 0;
}

/* Takes what is before the first `separator` off `rest`; false once nothing is left. */
static bool
cut(struct span *rest, char separator, struct span *piece)
{
	const char *end;

	if (rest->at == NULL)
		return false;
	*piece = *rest;
	end = memchr(rest->at, separator, rest->len);
	if (end == NULL) {
		rest->at = NULL;
		return true;
	}
	piece->len = (size_t)(end - rest->at);
	rest->len -= piece->len + 1;
	rest->at = end + 1;
	return true;
}

static bool faulty(struct vfctl_fault *fault, struct span text, const char *is_what, ...)
	__attribute__((format(printf, 3, 4)));

static bool
faulty(struct vfctl_fault *fault, struct span text, const char *is_what, ...)
{
	va_list ap;

	fault->at = text.at;
	fault->len = text.len;
	va_start(ap, is_what);
	vsnprintf(fault->is, sizeof(fault->is), is_what, ap);
	va_end(ap);
	return false;
}

static void put(struct sink *sink, const char *format, ...) __attribute__((format(printf, 2, 3)));

static void
put(struct sink *sink, const char *format, ...)
{
	size_t room = sink->len < sink->size ? sink->size - sink->len : 0;
	va_list ap;

	va_start(ap, format);
	sink->len += (size_t)vsnprintf(room != 0 ? sink->text + sink->len : NULL, room, format, ap);
	va_end(ap);
}

bool
vfctl_number_read(const char *text, size_t len, uint32_t min, uint32_t max, uint32_t *number)
{
	uint64_t n = 0;
	size_t i;

	/* No number has more digits than UINT32_MAX, so that n can't wrap. */
	if (len == 0 || len > strlen("4294967295") || (len > 1 && text[0] == '0'))
		return false;
	for (i = 0; i < len; i++) {
		if (text[i] < '0' || text[i] > '9')
			return false;
		n = n * 10 + (uint64_t)(text[i] - '0');
	}
	if (n < min || n > max)
		return false;
	*number = (uint32_t)n;
	return true;
}

/* --- bools, words, numbers --- */

static uint32_t
scalar_get(const struct field *field, const void *value)
{
	uint8_t u8;
	uint16_t u16;
	uint32_t u32;

	switch (field->size) {
	case sizeof(u8):
		memcpy(&u8, value, sizeof(u8));
		return u8;
	case sizeof(u16):
		memcpy(&u16, value, sizeof(u16));
		return u16;
	default:
		memcpy(&u32, value, sizeof(u32));
		return u32;
	}
}

static void
scalar_set(const struct field *field, void *value, uint32_t number)
{
	uint8_t u8 = (uint8_t)number;
	uint16_t u16 = (uint16_t)number;

	switch (field->size) {
	case sizeof(u8):
		memcpy(value, &u8, sizeof(u8));
		break;
	case sizeof(u16):
		memcpy(value, &u16, sizeof(u16));
		break;
	default:
		memcpy(value, &number, sizeof(number));
	}
}

static bool
scalar_read(const struct field *field, struct span text, void *value, struct vfctl_fault *fault)
{
	const struct word *word;
	uint32_t number;

	for (word = field->words; word != NULL && word->word != NULL; word++)
		if (says(text, word->word)) {
			scalar_set(field, value, word->value);
			return true;
		}
	if (!vfctl_number_read(text.at, text.len, field->min, field->max, &number))
		return faulty(fault, text,
			      field->words == NULL ? "is not in %s" : "is not one of: %s",
			      field->info.values);
	scalar_set(field, value, number);
	return true;
}

static bool
scalar_write(const struct field *field, const void *value, struct sink *sink)
{
	uint32_t number = scalar_get(field, value);
	const struct word *word;

	for (word = field->words; word != NULL && word->word != NULL; word++)
		if (word->value == number) {
			put(sink, "%s", word->word);
			return true;
		}
	put(sink, "%u", number);
	return number >= field->min && number <= field->max;
}

static size_t
whole_used(const struct field *field, const void *value)
{
	(void)value;
	return field->size;
}

static const struct type scalar = { scalar_read, scalar_write, whole_used };

/* --- addresses --- */

static int
hex_digit(char c)
{
	if (c >= '0' && c <= '9')
		return c - '0';
	if (c >= 'a' && c <= 'f')
		return c - 'a' + 10;
	return c >= 'A' && c <= 'F' ? c - 'A' + 10 : -1;
}

static bool
mac_parse(struct span text, struct rte_ether_addr *mac)
{
	unsigned int i;

	if (text.len != RTE_ETHER_ADDR_LEN * 3 - 1)
		return false;
	for (i = 0; i < RTE_ETHER_ADDR_LEN; i++) {
		int high = hex_digit(text.at[i * 3]), low = hex_digit(text.at[i * 3 + 1]);

		if (high < 0 || low < 0)
			return false;
		if (i + 1 < RTE_ETHER_ADDR_LEN && text.at[i * 3 + 2] != ':')
			return false;
		mac->addr_bytes[i] = (uint8_t)(high << 4 | low);
	}
	return true;
}

static bool
mac_read(const struct field *field, struct span text, void *value, struct vfctl_fault *fault)
{
	struct rte_ether_addr mac;

	(void)field;
	if (!mac_parse(text, &mac))
		return faulty(fault, text, "is not XX:XX:XX:XX:XX:XX");
	if (!rte_is_valid_assigned_ether_addr(&mac))
		return faulty(fault, text, "is no unicast address");
	memcpy(value, &mac, sizeof(mac));
	return true;
}

static void
mac_put(struct sink *sink, const struct rte_ether_addr *mac)
{
	const uint8_t *b = mac->addr_bytes;

	put(sink, "%02x:%02x:%02x:%02x:%02x:%02x", b[0], b[1], b[2], b[3], b[4], b[5]);
}

static bool
mac_write(const struct field *field, const void *value, struct sink *sink)
{
	(void)field;
	mac_put(sink, value);
	return true;
}

static const struct type mac_type = { mac_read, mac_write, whole_used };

static bool
mac_listed(const struct vfctl_mac_list *list, const struct rte_ether_addr *mac)
{
	unsigned int i;

	for (i = 0; i < list->nb; i++)
		if (rte_is_same_ether_addr(&list->mac[i], mac))
			return true;
	return false;
}

static bool
macs_read(const struct field *field, struct span text, void *value, struct vfctl_fault *fault)
{
	struct vfctl_mac_list list = { 0 };
	struct rte_ether_addr mac;
	struct span piece;

	if (says(text, "none"))
		text.at = NULL;
	while (cut(&text, ',', &piece)) {
		if (!mac_read(field, piece, &mac, fault))
			return false;
		if (mac_listed(&list, &mac))
			return faulty(fault, piece, "is there twice");
		if (list.nb == VFCTL_MAC_LIST_MAX)
			return faulty(fault, piece, "is one more than the %u that fit",
				      VFCTL_MAC_LIST_MAX);
		list.mac[list.nb++] = mac;
	}
	memcpy(value, &list, sizeof(list));
	return true;
}

static bool
macs_write(const struct field *field, const void *value, struct sink *sink)
{
	const struct vfctl_mac_list *list = value;
	unsigned int i;

	(void)field;
	if (list->nb > VFCTL_MAC_LIST_MAX)
		return false;
	if (list->nb == 0)
		put(sink, "none");
	for (i = 0; i < list->nb; i++) {
		put(sink, i == 0 ? "" : ",");
		mac_put(sink, &list->mac[i]);
	}
	return true;
}

static size_t
macs_used(const struct field *field, const void *value)
{
	const struct vfctl_mac_list *list = value;

	(void)field;
	return offsetof(struct vfctl_mac_list, mac) +
	       RTE_MIN(list->nb, VFCTL_MAC_LIST_MAX) * sizeof(list->mac[0]);
}

static const struct type macs_type = { macs_read, macs_write, macs_used };

/* --- sets of VLANs --- */

static bool
in_trunk(const uint64_t *trunk, uint32_t vlan)
{
	return trunk[vlan / 64] >> (vlan % 64) & 1;
}

static void
trunk_add(uint64_t *trunk, uint32_t first, uint32_t last)
{
	uint32_t vlan;

	for (vlan = first; vlan <= last; vlan++)
		trunk[vlan / 64] |= UINT64_C(1) << (vlan % 64);
}

static bool
trunk_read(const struct field *field, struct span text, void *value, struct vfctl_fault *fault)
{
	uint64_t trunk[VFCTL_VLAN_WORDS] = { 0 };
	struct span piece, part, rest;
	uint32_t first, last;

	(void)field;
	if (says(text, "all"))
		trunk_add(trunk, 1, VLAN_LAST);
	if (says(text, "all") || says(text, "none"))
		text.at = NULL;
	while (cut(&text, ',', &piece)) {
		rest = piece;
		cut(&rest, '-', &part);
		if (!vfctl_number_read(part.at, part.len, 1, VLAN_LAST, &first))
			return faulty(fault, part, "is not in 1 to %u", VLAN_LAST);
		last = first;
		if (rest.at != NULL && !vfctl_number_read(rest.at, rest.len, 1, VLAN_LAST, &last))
			return faulty(fault, rest, "is not in 1 to %u", VLAN_LAST);
		if (last < first)
			return faulty(fault, piece, "ends before it begins");
		trunk_add(trunk, first, last);
	}
	memcpy(value, trunk, sizeof(trunk));
	return true;
}

static bool
trunk_write(const struct field *field, const void *value, struct sink *sink)
{
	const uint64_t *trunk = value;
	const size_t begin = sink->len;
	uint32_t first, last;

	(void)field;
	for (first = 1; first <= VLAN_LAST; first = last + 1) {
		last = first;
		if (!in_trunk(trunk, first))
			continue;
		while (last < VLAN_LAST && in_trunk(trunk, last + 1))
			last++;
		if (first == 1 && last == VLAN_LAST) {
			put(sink, "all");
			return true;
		}
		put(sink, sink->len == begin ? "%u" : ",%u", first);
		if (last > first)
			put(sink, "-%u", last);
	}
	if (sink->len == begin)
		put(sink, "none");
	return true;
}

static const struct type trunk_type = { trunk_read, trunk_write, whole_used };

/* --- mirrors --- */

static bool
mirror_what(struct span text, struct vfctl_mirror *mirror)
{
	const size_t prefix = strlen("vlan");
	uint32_t bit, vlan = 0;

	if (says(text, "rx"))
		bit = VFCTL_MIRROR_RX;
	else if (says(text, "tx"))
		bit = VFCTL_MIRROR_TX;
	else if (text.len > prefix && strncasecmp(text.at, "vlan", prefix) == 0 &&
		 vfctl_number_read(text.at + prefix, text.len - prefix, 1, VLAN_LAST, &vlan))
		bit = VFCTL_MIRROR_VLAN;
	else
		return false;
	if (mirror->what & bit)
		return false;
	mirror->what |= bit;
	mirror->vlan |= (uint16_t)vlan;
	return true;
}

static bool
mirror_to(struct span text, struct vfctl_mirror *mirror)
{
	uint32_t vf_id = VFCTL_PF;

	if (!says(text, "pf") && !vfctl_number_read(text.at, text.len, 0, VFCTL_VF_MAX - 1, &vf_id))
		return false;
	mirror->to = (uint16_t)vf_id;
	return true;
}

static bool
mirror_read(const struct field *field, struct span text, void *value, struct vfctl_fault *fault)
{
	struct vfctl_mirror mirror = { 0 };
	struct span to = text, whats, what;

	if (says(text, "none")) {
		memcpy(value, &mirror, sizeof(mirror));
		return true;
	}
	cut(&to, ':', &whats);
	if (to.at == NULL || !mirror_to(to, &mirror))
		return faulty(fault, text, "is not one of: %s", field->info.values);
	while (cut(&whats, '+', &what))
		if (!mirror_what(what, &mirror))
			return faulty(fault, text, "is not one of: %s", field->info.values);
	memcpy(value, &mirror, sizeof(mirror));
	return true;
}

static bool
mirror_write(const struct field *field, const void *value, struct sink *sink)
{
	const struct vfctl_mirror *mirror = value;
	const char *plus = "";

	(void)field;
	if (mirror->what == 0) {
		put(sink, "none");
		return true;
	}
	if (mirror->what & VFCTL_MIRROR_RX) {
		put(sink, "rx");
		plus = "+";
	}
	if (mirror->what & VFCTL_MIRROR_TX) {
		put(sink, "%stx", plus);
		plus = "+";
	}
	if (mirror->what & VFCTL_MIRROR_VLAN)
		put(sink, "%svlan%u", plus, mirror->vlan);
	if (mirror->to == VFCTL_PF)
		put(sink, ":pf");
	else
		put(sink, ":%u", mirror->to);
	return true;
}

static size_t
mirror_used(const struct field *field, const void *value)
{
	const struct vfctl_mirror *mirror = value;

	return mirror->what == 0 ? offsetof(struct vfctl_mirror, vlan) : field->size;
}

static const struct type mirror_type = { mirror_read, mirror_write, mirror_used };

/* --- the tables --- */

static const struct word bools[] = {
	{ "on", 1 }, { "off", 0 }, { "true", 1 }, { "false", 0 }, { "yes", 1 },
	{ "no", 0 }, { "1", 1 },   { "0", 0 },	  { NULL, 0 },
};
/* "enable" and "disable" as `ip link` spells them. */
static const struct word states[] = {
	{ "auto", VFCTL_LINK_AUTO }, { "on", VFCTL_LINK_ON },	    { "off", VFCTL_LINK_OFF },
	{ "enable", VFCTL_LINK_ON }, { "disable", VFCTL_LINK_OFF }, { NULL, 0 },
};
static const struct word protos[] = { { "802.1q", 0x8100 }, { "802.1ad", 0x88a8 }, { NULL, 0 } };
static const struct word pools[] = { { "none", VFCTL_NOBODY }, { "pf", VFCTL_PF }, { NULL, 0 } };

#define MEMBER(structure, member) \
	.offset = offsetof(struct structure, member), \
	.size = sizeof(((struct structure *)0)->member)
#define BOOL(structure, member, text) \
	{ .info = { #member, "on, off", text }, \
	  .kind = VFCTL_KIND_BOOL, \
	  .type = &scalar, \
	  MEMBER(structure, member), \
	  .words = bools, \
	  .min = 1, \
	  .max = 0 }
#define WORD(structure, member, list, value, text) \
	{ .info = { #member, value, text }, \
	  .kind = VFCTL_KIND_TEXT, \
	  .type = &scalar, \
	  MEMBER(structure, member), \
	  .words = list, \
	  .min = 1, \
	  .max = 0 }
#define NUMBER(structure, member, low, high, text) \
	{ .info = { #member, RTE_STR(low) " to " RTE_STR(high), text }, \
	  .kind = VFCTL_KIND_NUMBER, \
	  .type = &scalar, \
	  MEMBER(structure, member), \
	  .min = low, \
	  .max = high }
#define OTHER(structure, member, how, which, value, text) \
	{ .info = { #member, value, text }, .kind = which, .type = how, MEMBER(structure, member) }

#define VF(macro, ...)	 macro(vfctl_settings, __VA_ARGS__)
#define PORT(macro, ...) macro(vfctl_port_settings, __VA_ARGS__)
#define ANY_U32		 4294967295

/* clang-format off */
static const struct field vf_fields[] = {
	[VFCTL_F_MAC]              = VF(OTHER, mac, &mac_type, VFCTL_KIND_TEXT, "XX:XX:XX:XX:XX:XX",
					"its address after a reset"),
	[VFCTL_F_MAC_LOCKED]       = VF(BOOL, mac_locked, "it can't change its address, nor add others"),
	[VFCTL_F_MAX_MACS]         = VF(NUMBER, max_macs, 0, VFCTL_MAC_LIST_MAX, "extra addresses that it may add by asking"),
	[VFCTL_F_MACS]             = VF(OTHER, macs, &macs_type, VFCTL_KIND_LIST, "none, or XX:XX:XX:XX:XX:XX,...",
					"extra addresses that it has without asking"),
	[VFCTL_F_ALLOW_MACS]       = VF(OTHER, allow_macs, &macs_type, VFCTL_KIND_LIST, "none, or XX:XX:XX:XX:XX:XX,...",
					"if there are any: it may take no other addresses"),
	[VFCTL_F_VLAN]             = VF(NUMBER, vlan, 0, 4094, "port VLAN; 0: none"),
	[VFCTL_F_QOS]              = VF(NUMBER, qos, 0, 7, "priority of vlan or insert"),
	[VFCTL_F_VLAN_PROTO]       = VF(WORD, vlan_proto, protos, "802.1q, 802.1ad", "kind of the port VLAN's tag"),
	[VFCTL_F_TRUNK]            = VF(OTHER, trunk, &trunk_type, VFCTL_KIND_LIST, "all, none, or 1-10,20,...",
					"VLANs that it may join by asking"),
	[VFCTL_F_MAX_VLANS]        = VF(NUMBER, max_vlans, 0, 4094, "so many of them at once"),
	[VFCTL_F_STRIP]            = VF(BOOL, strip, "tags of received frames are taken off"),
	[VFCTL_F_INSERT]           = VF(NUMBER, insert, 0, 4094, "VLAN for frames that it sends without a tag; 0: none"),
	[VFCTL_F_MAX_TX_RATE]      = VF(NUMBER, max_tx_rate, 0, ANY_U32, "Mb/s that it may send; 0: no limit"),
	[VFCTL_F_SPOOFCHK_MAC]     = VF(BOOL, spoofchk_mac, "frames from foreign addresses are dropped"),
	[VFCTL_F_SPOOFCHK_VLAN]    = VF(BOOL, spoofchk_vlan, "frames into foreign VLANs are dropped"),
	[VFCTL_F_TRUST]            = VF(BOOL, trust, "as allow_promisc and allow_allmulti"),
	[VFCTL_F_ALLOW_PROMISC]    = VF(BOOL, allow_promisc, "it may receive all unicast by asking"),
	[VFCTL_F_ALLOW_ALLMULTI]   = VF(BOOL, allow_allmulti, "it may receive all multicast by asking"),
	[VFCTL_F_BROADCAST]        = VF(BOOL, broadcast, "it receives broadcast"),
	[VFCTL_F_UNTAGGED]         = VF(BOOL, untagged, "it receives frames without a tag"),
	[VFCTL_F_UNKNOWN_UNICAST]  = VF(BOOL, unknown_unicast, "it receives unicast that no filter claims"),
	[VFCTL_F_ALL_MULTICAST]    = VF(BOOL, all_multicast, "it receives all multicast without asking"),
	[VFCTL_F_STATE]            = VF(WORD, state, states, "auto, on, off", "its link: as the port's, up, or down"),
	[VFCTL_F_RX]               = VF(BOOL, rx, "it may receive"),
	[VFCTL_F_TX]               = VF(BOOL, tx, "it may transmit"),
	[VFCTL_F_MAX_MTU]          = VF(NUMBER, max_mtu, 68, 65535, "largest MTU that it may set, octets"),
	[VFCTL_F_QUEUES]           = VF(NUMBER, queues, 1, 65535, "queues that its frames are spread over"),
	[VFCTL_F_MIRROR]           = VF(OTHER, mirror, &mirror_type, VFCTL_KIND_TEXT, "none, or as rx:pf, tx:3, rx+tx+vlan9:pf",
					"what is mirrored (its frames, a VLAN) to a VF or the PF"),
	[VFCTL_F_BUDGET]           = VF(NUMBER, budget, 1, ANY_U32, "messages a second"),
	[VFCTL_F_BURST]            = VF(NUMBER, burst, 1, ANY_U32, "messages at once"),
	[VFCTL_F_QUARANTINE_AFTER] = VF(NUMBER, quarantine_after, 0, ANY_U32, "violations until quarantine; 0: never"),
};

static const struct field port_fields[] = {
	[VFCTL_P_LOOPBACK]         = PORT(BOOL, loopback, "VFs reach each other and the PF"),
	[VFCTL_P_DROP_ENABLE]      = PORT(BOOL, drop_enable, "a full ring drops, instead of holding up others"),
	[VFCTL_P_DEFAULT_POOL]     = { .info = { "default_pool", "none, pf, 0 to 63", "who gets unicast that no filter claims" },
				       .kind = VFCTL_KIND_TEXT, .type = &scalar, MEMBER(vfctl_port_settings, default_pool),
				       .words = pools, .min = 0, .max = VFCTL_VF_MAX - 1 },
	[VFCTL_P_STORM_BROADCAST]  = PORT(NUMBER, storm_broadcast, 0, ANY_U32, "broadcast to VFs, Mb/s; 0: no limit"),
	[VFCTL_P_STORM_MULTICAST]  = PORT(NUMBER, storm_multicast, 0, ANY_U32, "multicast to VFs, Mb/s; 0: no limit"),
};
/* clang-format on */

static_assert(RTE_DIM(vf_fields) == VFCTL_F_NB, "a row for each field");
static_assert(RTE_DIM(port_fields) == VFCTL_P_NB, "a row for each field");
static_assert(VFCTL_VF_MAX == 64, "default_pool's values are written for 64 VFs");

const struct vfctl_table vfctl_vf_table = {
	vf_fields,
	VFCTL_F_NB,
	sizeof(struct vfctl_settings),
	{ "spoofchk", VFCTL_FIELD(VFCTL_F_SPOOFCHK_MAC) | VFCTL_FIELD(VFCTL_F_SPOOFCHK_VLAN) },
};

const struct vfctl_table vfctl_port_table = {
	port_fields,
	VFCTL_P_NB,
	sizeof(struct vfctl_port_settings),
	{ NULL, 0 },
};

const struct vfctl_port_settings vfctl_port_defaults = {
	.loopback = true,
	.drop_enable = true,
	.default_pool = VFCTL_NOBODY,
};

/* --- a field --- */

static const void *
value_of(const struct field *field, const void *settings)
{
	return (const char *)settings + field->offset;
}

unsigned int
vfctl_table_nb(const struct vfctl_table *table)
{
	return table->nb;
}

const struct vfctl_field_info *
vfctl_table_info(const struct vfctl_table *table, unsigned int field)
{
	return field < table->nb ? &table->fields[field].info : NULL;
}

enum vfctl_kind
vfctl_table_kind(const struct vfctl_table *table, unsigned int field)
{
	return table->fields[field].kind;
}

uint32_t
vfctl_table_number(const struct vfctl_table *table, unsigned int field, const void *settings)
{
	return scalar_get(&table->fields[field], value_of(&table->fields[field], settings));
}

int
vfctl_table_format(const struct vfctl_table *table, unsigned int field, const void *settings,
		   char *text, size_t size)
{
	struct sink sink = { text, size, 0 };
	const struct field *f;

	if (field >= table->nb || settings == NULL)
		return -EINVAL;
	f = &table->fields[field];
	if (!f->type->write(f, value_of(f, settings), &sink))
		return -EINVAL;
	return sink.len < size ? 0 : -ENOSPC;
}

uint64_t
vfctl_table_find(const struct vfctl_table *table, const char *name, size_t len)
{
	const struct span span = { name, len };
	unsigned int i;

	for (i = 0; i < table->nb; i++)
		if (is(span, table->fields[i].info.name))
			return VFCTL_FIELD(i);
	return table->alias.name != NULL && is(span, table->alias.name) ? table->alias.fields : 0;
}

/* How many characters to change, add or leave out to get from one name to the other. */
static unsigned int
distance(struct span a, const char *b)
{
	const size_t width = strlen(b);
	unsigned int row[NAME_MAX_LEN + 1], diagonal, above;
	size_t i, j;

	for (j = 0; j <= width; j++)
		row[j] = (unsigned int)j;
	for (i = 1; i <= a.len; i++) {
		diagonal = row[0];
		row[0] = (unsigned int)i;
		for (j = 1; j <= width; j++) {
			above = row[j];
			row[j] = RTE_MIN(RTE_MIN(above, row[j - 1]) + 1,
					 diagonal + (a.at[i - 1] != b[j - 1]));
			diagonal = above;
		}
	}
	return row[width];
}

const char *
vfctl_table_nearest(const struct vfctl_table *table, const char *name, size_t len)
{
	const struct span span = { name, len };
	unsigned int i, best, d;
	const char *nearest = NULL;

	/* Far from all of them, and as long as a file may be. */
	if (len > NAME_MAX_LEN)
		return NULL;
	/* With half of it changed, it would be near to anything. */
	best = (unsigned int)len / 2 + 1;
	for (i = 0; i < table->nb; i++) {
		d = distance(span, table->fields[i].info.name);
		if (d < best) {
			best = d;
			nearest = table->fields[i].info.name;
		}
	}
	if (table->alias.name != NULL && distance(span, table->alias.name) < best)
		nearest = table->alias.name;
	return nearest;
}

int
vfctl_table_read(const struct vfctl_table *table, uint64_t fields, const char *value, size_t len,
		 void *settings, struct vfctl_fault *fault)
{
	const struct span text = { value, len };
	unsigned int i;

	if (len > VFCTL_VALUE_LEN) {
		faulty(fault, text, "is longer than %u octets", VFCTL_VALUE_LEN);
		return -EINVAL;
	}
	for (i = 0; i < table->nb; i++) {
		const struct field *field = &table->fields[i];

		if ((fields & VFCTL_FIELD(i)) &&
		    !field->type->read(field, text, (char *)settings + field->offset, fault))
			return -EINVAL;
	}
	return 0;
}

/* --- text --- */

void
vfctl_one_line(char *text)
{
	for (; *text != '\0'; text++)
		if (*text < ' ' || *text > '~')
			*text = '?';
}

void
vfctl_fault_format(const struct vfctl_fault *fault, bool quoted, char *text, size_t size)
{
	const char *quote = quoted ? "\"" : "";
	const size_t most = 24; /* an address is 17 */

	snprintf(text, size, "%s%.*s%s%s %s", quote, (int)RTE_MIN(fault->len, most), fault->at,
		 fault->len > most ? "..." : "", quote, fault->is);
}

static int refuse(int error, struct span name, char *why, size_t size, const char *format, ...)
	__attribute__((format(printf, 5, 6)));

static int
refuse(int error, struct span name, char *why, size_t size, const char *format, ...)
{
	char what[VFCTL_WHY_LEN];
	va_list ap;

	if (why == NULL || size == 0)
		return error;
	va_start(ap, format);
	vsnprintf(what, sizeof(what), format, ap);
	va_end(ap);
	snprintf(why, size, "%.*s%s: %s", (int)RTE_MIN(name.len, (size_t)NAME_MAX_LEN), name.at,
		 name.len > NAME_MAX_LEN ? "..." : "", what);
	vfctl_one_line(why);
	return error;
}

static bool
is_blank(char c)
{
	return c == ' ' || c == '\t' || c == '\n';
}

/* Takes the next word off a text. */
static bool
next_word(const char **text, struct span *word)
{
	while (is_blank(**text))
		(*text)++;
	word->at = *text;
	while (**text != '\0' && !is_blank(**text))
		(*text)++;
	word->len = (size_t)(*text - word->at);
	return word->len != 0;
}

/* Reads one "name=value". */
static int
parse_word(const struct vfctl_table *table, struct span word, uint64_t *fields, void *settings,
	   char *why, size_t size)
{
	struct vfctl_fault fault;
	struct span value = word, name;
	char what[VFCTL_WHY_LEN];
	const char *nearest;
	uint64_t found;

	cut(&value, '=', &name);
	found = vfctl_table_find(table, name.at, name.len);
	if (found == 0) {
		nearest = vfctl_table_nearest(table, name.at, name.len);
		return refuse(-ENOENT, name, why, size, "there is no such setting%s%s%s",
			      nearest != NULL ? "; did you mean " : "",
			      nearest != NULL ? nearest : "", nearest != NULL ? "?" : "");
	}
	if (value.at == NULL || value.len == 0)
		return refuse(-EINVAL, name, why, size, "has no value; write %.*s=VALUE",
			      (int)name.len, name.at);
	if (*fields & found)
		return refuse(-EINVAL, name, why, size, "is set twice");
	if (vfctl_table_read(table, found, value.at, value.len, settings, &fault) != 0) {
		vfctl_fault_format(&fault, true, what, sizeof(what));
		return refuse(-EINVAL, name, why, size, "%s", what);
	}
	*fields |= found;
	return 0;
}

/* `work` is a copy of `settings`, so that those stay as they were when a later word is wrong. */
static int
parse(const struct vfctl_table *table, const char *text, uint64_t *fields, void *settings,
      void *work, char *why, size_t size)
{
	uint64_t found = 0;
	struct span word;
	int rc;

	while (next_word(&text, &word)) {
		rc = parse_word(table, word, &found, work, why, size);
		if (rc != 0)
			return rc;
	}
	memcpy(settings, work, table->size);
	*fields = found;
	return 0;
}

/* --- structures --- */

static void
copy(const struct vfctl_table *table, void *to, const void *from, uint64_t fields)
{
	unsigned int i;

	for (i = 0; i < table->nb; i++)
		if (fields & VFCTL_FIELD(i))
			memcpy((char *)to + table->fields[i].offset,
			       value_of(&table->fields[i], from), table->fields[i].size);
}

static uint64_t
differ(const struct vfctl_table *table, const void *a, const void *b)
{
	uint64_t fields = 0;
	unsigned int i;

	for (i = 0; i < table->nb; i++) {
		const struct field *f = &table->fields[i];
		size_t used = f->type->used(f, value_of(f, a));

		/* A length stands at a value's begin: where lengths differ, values do. */
		if (memcmp(value_of(f, a), value_of(f, b), used) != 0)
			fields |= VFCTL_FIELD(i);
	}
	return fields;
}

const struct vfctl_field_info *
vfctl_field_info(unsigned int field)
{
	return vfctl_table_info(&vfctl_vf_table, field);
}

const struct vfctl_field_info *
vfctl_port_field_info(unsigned int field)
{
	return vfctl_table_info(&vfctl_port_table, field);
}

int
vfctl_vf_parse(const char *text, uint64_t *fields, struct vfctl_settings *settings, char *why,
	       size_t size)
{
	struct vfctl_settings work;

	if (text == NULL || fields == NULL || settings == NULL)
		return -EINVAL;
	work = *settings;
	return parse(&vfctl_vf_table, text, fields, settings, &work, why, size);
}

int
vfctl_port_parse(const char *text, uint64_t *fields, struct vfctl_port_settings *settings,
		 char *why, size_t size)
{
	struct vfctl_port_settings work;

	if (text == NULL || fields == NULL || settings == NULL)
		return -EINVAL;
	work = *settings;
	return parse(&vfctl_port_table, text, fields, settings, &work, why, size);
}

int
vfctl_vf_format(enum vfctl_field field, const struct vfctl_settings *settings, char *text,
		size_t size)
{
	return vfctl_table_format(&vfctl_vf_table, field, settings, text, size);
}

int
vfctl_port_format(enum vfctl_port_field field, const struct vfctl_port_settings *settings,
		  char *text, size_t size)
{
	return vfctl_table_format(&vfctl_port_table, field, settings, text, size);
}

void
vfctl_fields_copy(struct vfctl_settings *to, const struct vfctl_settings *from, uint64_t fields)
{
	copy(&vfctl_vf_table, to, from, fields);
}

uint64_t
vfctl_fields_differ(const struct vfctl_settings *a, const struct vfctl_settings *b)
{
	return differ(&vfctl_vf_table, a, b);
}

void
vfctl_port_fields_copy(struct vfctl_port_settings *to, const struct vfctl_port_settings *from,
		       uint64_t fields)
{
	copy(&vfctl_port_table, to, from, fields);
}

uint64_t
vfctl_port_fields_differ(const struct vfctl_port_settings *a, const struct vfctl_port_settings *b)
{
	return differ(&vfctl_port_table, a, b);
}
