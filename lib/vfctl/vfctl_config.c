/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) the igbiov authors
 */

/*
 * Settings as JSON. jansson reads it: it bounds depth and refuses members that are
 * there twice, of which other readers take one. It doesn't say where in the text a
 * value stood; a refusal looks for that again.
 */

#include <errno.h>
#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <jansson.h>
#include <rte_common.h>

#include "vfctl_config.h"
#include "vfctl_field.h"
#include "vfctl_file.h"

#define FORMAT 1

/* What kept settings belong to, as the file has it. */
struct owner {
	char life[24], origin[24];
};

/* A text, and where to complain about it. */
struct doc {
	const char *text;
	size_t len;
	char name[VFCTL_FILE_NAME_LEN];
	char *why;
	size_t size;
};

/* The way to a member: "vfs", "3", "vlan"; NULL where it ends before. */
struct member {
	const char *key[3];
};

#define MEMBER(...) (&(const struct member){ { __VA_ARGS__ } })

/* --- where a member stands, in a text that jansson has taken --- */

static const char *
skip_blank(const char *at, const char *end)
{
	while (at < end && strchr(" \t\r\n", *at) != NULL)
		at++;
	return at;
}

/* From an opening quote to behind the closing one. */
static const char *
skip_string(const char *at, const char *end)
{
	for (at++; at < end && *at != '"'; at++)
		if (*at == '\\')
			at++;
	return at < end ? at + 1 : end;
}

/* To what ends a value: a comma, or the bracket around it. */
static const char *
skip_value(const char *at, const char *end)
{
	unsigned int depth = 0;

	while (at < end) {
		if (*at == '"') {
			at = skip_string(at, end);
			continue;
		}
		if (depth == 0 && (*at == ',' || *at == '}' || *at == ']'))
			return at;
		if (*at == '{' || *at == '[')
			depth++;
		else if (*at == '}' || *at == ']')
			depth--;
		at++;
	}
	return end;
}

/* Where an object, or what was meant to be one, has a key; *value is where its value begins. */
static const char *
find_key(const char *object, const char *end, const char *key, const char **value)
{
	const char *at = object, *name;

	if (at == end || *at != '{')
		return NULL;
	for (;;) {
		name = skip_blank(at + 1, end);
		if (name == end || *name != '"')
			return NULL;
		at = skip_string(name, end);
		*value = skip_blank(at, end);
		*value = *value < end ? skip_blank(*value + 1, end) : end;
		/* With its quotes. */
		if ((size_t)(at - name) == strlen(key) + 2 &&
		    memcmp(name + 1, key, strlen(key)) == 0)
			return name;
		at = skip_value(*value, end);
		if (at == end || *at != ',')
			return NULL;
	}
}

/* The line of a member, or of the innermost one around it that can be found; whether it was it. */
static bool
line_of(const char *text, size_t len, const struct member *member, unsigned int *line)
{
	const char *end = text + len, *value = skip_blank(text, end), *found = text, *at = text;
	unsigned int i;

	for (i = 0; i < RTE_DIM(member->key) && member->key[i] != NULL && at != NULL; i++) {
		at = find_key(value, end, member->key[i], &value);
		if (at != NULL)
			found = at;
	}
	*line = 1;
	while (text < found)
		*line += *text++ == '\n';
	return at != NULL;
}

/* --- complaints --- */

static void
where_put(const struct doc *doc, unsigned int line, const struct member *member, char *where,
	  size_t size)
{
	char path[100] = "";
	unsigned int i;

	for (i = 0; i < RTE_DIM(member->key) && member->key[i] != NULL; i++)
		snprintf(path + strlen(path), sizeof(path) - strlen(path), "%s%.24s",
			 i == 0 ? "" : ".", member->key[i]);
	snprintf(where, size, "%s:%u%s%s", doc->name, line, path[0] == '\0' ? "" : ": ", path);
	vfctl_one_line(where);
}

static int complain(const struct doc *doc, const struct member *member, const char *format, ...)
	__attribute__((format(printf, 3, 4)));

static int
complain(const struct doc *doc, const struct member *member, const char *format, ...)
{
	char where[VFCTL_WHY_LEN], what[VFCTL_WHY_LEN];
	unsigned int line;
	va_list ap;

	if (doc->why == NULL || doc->size == 0)
		return -EINVAL;
	line_of(doc->text, doc->len, member, &line);
	where_put(doc, line, member, where, sizeof(where));
	va_start(ap, format);
	vsnprintf(what, sizeof(what), format, ap);
	va_end(ap);
	snprintf(doc->why, doc->size, "%s: %s", where, what);
	vfctl_one_line(doc->why);
	return -EINVAL;
}

/* --- reading --- */

/* A value as text has it, in `room` unless it is a string; NULL when there is no such text. */
static const char *
scalar_text(const json_t *value, char *room, size_t size)
{
	if (json_is_string(value))
		return json_string_value(value);
	if (json_is_boolean(value))
		return json_is_true(value) ? "true" : "false";
	if (!json_is_integer(value))
		return NULL;
	snprintf(room, size, "%" JSON_INTEGER_FORMAT, json_integer_value(value));
	return room;
}

/* A list as text has it; false when it can't be. */
static bool
list_text(const json_t *list, char *text, size_t size)
{
	char room[24];
	const char *piece;
	size_t i, len = 0;
	json_t *value;

	if (json_array_size(list) == 0) {
		snprintf(text, size, "none");
		return true;
	}
	json_array_foreach(list, i, value)
	{
		piece = json_is_boolean(value) ? NULL : scalar_text(value, room, sizeof(room));
		if (piece == NULL)
			return false;
		len += (size_t)snprintf(text + len, size - len, i == 0 ? "%s" : ",%s", piece);
		if (len >= size)
			return false;
	}
	return true;
}

static int
read_value(const struct doc *doc, const struct member *member, const struct vfctl_table *table,
	   uint64_t fields, const json_t *value, void *settings)
{
	const bool list = json_is_array(value);
	char room[VFCTL_VALUE_LEN + 1], what[VFCTL_WHY_LEN];
	struct vfctl_fault fault;
	const char *text;

	if (list &&
	    vfctl_table_kind(table, (unsigned int)__builtin_ctzll(fields)) != VFCTL_KIND_LIST)
		return complain(doc, member, "takes no list");
	if (list)
		text = list_text(value, room, sizeof(room)) ? room : NULL;
	else
		text = scalar_text(value, room, sizeof(room));
	if (text == NULL)
		return complain(doc, member,
				list ? "is too long, or not of strings and integers only"
				     : "is neither a bool, an integer, a string nor a list");
	if (text[0] == '\0')
		return complain(doc, member, "has no value");
	if (vfctl_table_read(table, fields, text, strlen(text), settings, &fault) != 0) {
		vfctl_fault_format(&fault, list || json_is_string(value), what, sizeof(what));
		return complain(doc, member, "%s", what);
	}
	return 0;
}

/* Reads an object of fields; `way` leads to it. */
static int
read_fields(const struct doc *doc, const char *const way[2], const struct vfctl_table *table,
	    json_t *object, uint64_t *fields, void *settings)
{
	const char *key, *nearest;
	json_t *value;
	uint64_t found;
	int rc;

	*fields = 0;
	if (!json_is_object(object))
		return complain(doc, MEMBER(way[0], way[1]), "is no object");
	json_object_foreach(object, key, value)
	{
		const struct member *member = way[1] == NULL ? MEMBER(way[0], key)
							     : MEMBER(way[0], way[1], key);

		found = vfctl_table_find(table, key, strlen(key));
		if (found == 0) {
			nearest = vfctl_table_nearest(table, key, strlen(key));
			return complain(doc, member, "there is no such setting%s%s%s",
					nearest != NULL ? "; did you mean " : "",
					nearest != NULL ? nearest : "", nearest != NULL ? "?" : "");
		}
		if (*fields & found)
			return complain(doc, member, "is set twice");
		rc = read_value(doc, member, table, found, value, settings);
		if (rc != 0)
			return rc;
		*fields |= found;
	}
	return 0;
}

static int
read_default(const struct doc *doc, json_t *object, struct vfctl_policy_set *set)
{
	const uint64_t owned = VFCTL_FIELD(VFCTL_F_MAC) | VFCTL_FIELD(VFCTL_F_MACS);
	struct vfctl_settings settings;
	uint64_t fields;
	unsigned int i;
	int rc;

	rc = read_fields(doc, (const char *[]){ "default", NULL }, &vfctl_vf_table, object, &fields,
			 &settings);
	if (rc != 0)
		return rc;
	if (fields & owned)
		return complain(
			doc, MEMBER("default", fields & VFCTL_FIELD(VFCTL_F_MAC) ? "mac" : "macs"),
			"an address is one VF's only; name it under vfs");
	for (i = 0; i < set->nb; i++) {
		vfctl_fields_copy(&set->vf[i], &settings, fields);
		set->vf_fields[i] = fields;
	}
	return 0;
}

static int
read_vfs(const struct doc *doc, json_t *object, struct vfctl_policy_set *set)
{
	const char *key;
	uint64_t fields;
	json_t *value;
	uint32_t id;
	int rc;

	if (!json_is_object(object))
		return complain(doc, MEMBER("vfs"), "is no object");
	json_object_foreach(object, key, value)
	{
		if (set->nb == 0 || !vfctl_number_read(key, strlen(key), 0, set->nb - 1u, &id))
			return complain(doc, MEMBER("vfs", key),
					"is no VF; the port can have %u, from 0", set->nb);
		rc = read_fields(doc, (const char *[]){ "vfs", key }, &vfctl_vf_table, value,
				 &fields, &set->vf[id]);
		if (rc != 0)
			return rc;
		set->vf_fields[id] |= fields;
	}
	return 0;
}

static int
read_num_vfs(const struct doc *doc, const json_t *value, struct vfctl_policy_set *set)
{
	const json_int_t n = json_integer_value(value);

	if (!json_is_integer(value))
		return complain(doc, MEMBER("num_vfs"), "is no integer");
	if (n < 0 || n > set->nb)
		return complain(doc, MEMBER("num_vfs"),
				"%" JSON_INTEGER_FORMAT " is not in 0 to %u", n, set->nb);
	set->num_vfs = (int)n;
	return 0;
}

static int
check_format(const struct doc *doc, const json_t *root)
{
	const json_t *format = json_object_get(root, "vfctl");

	if (format == NULL)
		return complain(doc, MEMBER(NULL), "\"vfctl\": %d is missing", FORMAT);
	if (json_integer_value(format) != FORMAT) /* 0 of anything else */
		return complain(doc, MEMBER("vfctl"), "is not %d, the only format there is",
				FORMAT);
	return 0;
}

/* Whose kept settings are these? */
static int
check_owner(const struct doc *doc, const json_t *root, const struct owner *owner)
{
	const char *life = json_string_value(json_object_get(root, "life"));
	const char *origin = json_string_value(json_object_get(root, "origin"));

	if (life == NULL || origin == NULL)
		return complain(doc, MEMBER(NULL), "life or origin is missing");
	if (strcmp(life, owner->life) != 0) {
		complain(doc, MEMBER("life"), "settings kept of VFs that are no more");
		return -ESTALE;
	}
	if (strcmp(origin, owner->origin) != 0) {
		complain(doc, MEMBER("origin"), "settings kept under another policy");
		return -ESTALE;
	}
	return 0;
}

static int
check_members(const struct doc *doc, json_t *root, bool owned)
{
	static const char *const known[] = { "vfctl", "port", "num_vfs", "default",
					     "vfs",   "life", "origin" };
	const unsigned int nb = RTE_DIM(known) - (owned ? 0 : 2);
	const char *key;
	unsigned int i;
	json_t *value;

	json_object_foreach(root, key, value)
	{
		for (i = 0; i < nb && strcmp(key, known[i]) != 0; i++)
			;
		if (i == nb)
			return complain(doc, MEMBER(key),
					"is none of: vfctl, port, num_vfs, default, vfs");
	}
	return 0;
}

static int
read_root(const struct doc *doc, json_t *root, const struct owner *owner,
	  struct vfctl_policy_set *set)
{
	json_t *port = json_object_get(root, "port"), *num_vfs = json_object_get(root, "num_vfs");
	json_t *all = json_object_get(root, "default"), *vfs = json_object_get(root, "vfs");
	int rc;

	if (!json_is_object(root))
		return complain(doc, MEMBER(NULL), "is no object");
	rc = check_format(doc, root);
	if (rc == 0 && owner != NULL)
		rc = check_owner(doc, root, owner);
	if (rc == 0)
		rc = check_members(doc, root, owner != NULL);
	if (rc == 0 && port != NULL)
		rc = read_fields(doc, (const char *[]){ "port", NULL }, &vfctl_port_table, port,
				 &set->port_fields, &set->port);
	if (rc == 0 && num_vfs != NULL)
		rc = read_num_vfs(doc, num_vfs, set);
	if (rc == 0 && all != NULL)
		rc = read_default(doc, all, set);
	if (rc == 0 && vfs != NULL)
		rc = read_vfs(doc, vfs, set);
	return rc;
}

/* FNV-1a: tells one policy from the next, and nobody but operators chooses them. */
static uint64_t
hash_add(uint64_t hash, const char *text, size_t len)
{
	size_t i;

	for (i = 0; i < len; i++)
		hash = (hash ^ (uint8_t)text[i]) * UINT64_C(0x100000001b3);
	return hash;
}

#define HASH_BEGIN UINT64_C(0xcbf29ce484222325)

static void
set_begin(struct vfctl_policy_set *set, uint16_t max_vfs, const struct vfctl_settings *defaults)
{
	memset(set, 0, sizeof(*set));
	set->port = vfctl_port_defaults;
	set->num_vfs = -1;
	set->nb = RTE_MIN(max_vfs, VFCTL_VF_MAX);
	if (set->nb != 0)
		memcpy(set->vf, defaults, set->nb * sizeof(set->vf[0]));
}

static int
parse(const char *text, size_t len, const char *path, const struct owner *owner,
      struct vfctl_policy_set *set, char *why, size_t size)
{
	struct doc doc = { .text = text, .len = len, .why = why, .size = size };
	json_error_t error;
	json_t *root;
	int rc;

	vfctl_file_name(path, doc.name, sizeof(doc.name));
	root = json_loadb(text, len, JSON_REJECT_DUPLICATES, &error);
	if (root == NULL) {
		if (why != NULL && size != 0) {
			snprintf(why, size, "%s:%d: column %d: %s", doc.name,
				 RTE_MAX(error.line, 1), RTE_MAX(error.column, 0), error.text);
			vfctl_one_line(why);
		}
		return -EINVAL;
	}
	set->hash = hash_add(HASH_BEGIN, text, len);
	rc = read_root(&doc, root, owner, set);
	json_decref(root);
	return rc;
}

int
vfctl_config_parse(const char *text, size_t len, const char *name, uint16_t max_vfs,
		   const struct vfctl_settings *defaults, struct vfctl_policy_set *set, char *why,
		   size_t size)
{
	set_begin(set, max_vfs, defaults);
	return parse(text, len, name, NULL, set, why, size);
}

static int
load(const char *path, const struct owner *owner, struct vfctl_policy_set *set, char *why,
     size_t size)
{
	char *text;
	size_t len;
	int rc;

	rc = vfctl_file_read(path, owner != NULL, &text, &len, why, size);
	if (rc != 0)
		return rc;
	rc = parse(text, len, path, owner, set, why, size);
	free(text);
	return rc;
}

int
vfctl_config_load(const char *path, uint16_t max_vfs, const struct vfctl_settings *defaults,
		  struct vfctl_policy_set *set, char *why, size_t size)
{
	set_begin(set, max_vfs, defaults);
	return load(path, NULL, set, why, size);
}

void
vfctl_config_where(const char *path, uint16_t vf_id, const char *field, char *where, size_t size)
{
	char id[8], *text = NULL;
	const struct member own = { { "vfs", id, field } }, common = { { "default", field } };
	const struct member port = { { "port", field } }, top = { { field } };
	const struct member *member = &own;
	struct doc doc = { .len = 0 };
	unsigned int line = 1, common_line;

	snprintf(id, sizeof(id), "%u", vf_id);
	if (vf_id == VFCTL_PF)
		member = vfctl_table_find(&vfctl_port_table, field, strlen(field)) ? &port : &top;
	vfctl_file_name(path, doc.name, sizeof(doc.name));
	if (vfctl_file_read(path, false, &text, &doc.len, NULL, 0) == 0 &&
	    !line_of(text, doc.len, member, &line) && member == &own &&
	    line_of(text, doc.len, &common, &common_line)) {
		member = &common;
		line = common_line;
	}
	where_put(&doc, line, member, where, size);
	free(text);
}

uint64_t
vfctl_config_origin(uint64_t hash, const char *settings)
{
	return settings == NULL ? hash : hash_add(hash ^ HASH_BEGIN, settings, strlen(settings));
}

/* --- writing --- */

/* Formatted values need no escapes: they are of digits, letters and a few signs. */
static void
write_list(FILE *out, char *text)
{
	const char *separator = "";
	char *rest = text, *piece;

	if (strcmp(text, "none") == 0) {
		fprintf(out, "[]");
		return;
	}
	fputc('[', out);
	while ((piece = strsep(&rest, ",")) != NULL) {
		fprintf(out, "%s\"%s\"", separator, piece);
		separator = ", ";
	}
	fputc(']', out);
}

static int
write_fields(FILE *out, const char *indent, const struct vfctl_table *table, const void *settings)
{
	char text[VFCTL_VALUE_LEN];
	unsigned int i;
	int rc;

	for (i = 0; i < vfctl_table_nb(table); i++) {
		const char *name = vfctl_table_info(table, i)->name;

		rc = vfctl_table_format(table, i, settings, text, sizeof(text));
		if (rc != 0)
			return rc;
		fprintf(out, "%s%s\"%s\": ", i == 0 ? "" : ",\n", indent, name);
		switch (vfctl_table_kind(table, i)) {
		case VFCTL_KIND_BOOL:
			fputs(vfctl_table_number(table, i, settings) ? "true" : "false", out);
			break;
		case VFCTL_KIND_NUMBER:
			fputs(text, out);
			break;
		case VFCTL_KIND_LIST:
			write_list(out, text);
			break;
		default:
			fprintf(out, "\"%s\"", text);
		}
	}
	return 0;
}

static int
write_set(FILE *out, const struct owner *owner, const struct vfctl_policy_set *set)
{
	const uint16_t nb = RTE_MIN(set->nb, VFCTL_VF_MAX);
	unsigned int i;
	int rc;

	fprintf(out, "{\n  \"vfctl\": %d,\n", FORMAT);
	if (owner != NULL)
		fprintf(out, "  \"life\": \"%s\",\n  \"origin\": \"%s\",\n", owner->life,
			owner->origin);
	fprintf(out, "  \"port\": {\n");
	rc = write_fields(out, "    ", &vfctl_port_table, &set->port);
	fprintf(out, "\n  },\n");
	if (set->num_vfs >= 0)
		fprintf(out, "  \"num_vfs\": %d,\n", set->num_vfs);
	fprintf(out, "  \"vfs\": {");
	for (i = 0; i < nb && rc == 0; i++) {
		fprintf(out, "%s\n    \"%u\": {\n", i == 0 ? "" : ",", i);
		rc = write_fields(out, "      ", &vfctl_vf_table, &set->vf[i]);
		fprintf(out, "\n    }");
	}
	fprintf(out, "\n  }\n}\n");
	return rc;
}

static int
save(const char *path, const struct owner *owner, const struct vfctl_policy_set *set, char *why,
     size_t size)
{
	char *text = NULL, name[VFCTL_FILE_NAME_LEN];
	size_t len = 0;
	FILE *out = open_memstream(&text, &len);
	int rc = -ENOMEM;

	if (out != NULL) {
		rc = write_set(out, owner, set);
		if (fclose(out) != 0 && rc == 0)
			rc = -ENOMEM;
	}
	if (rc == 0) {
		rc = vfctl_file_replace(path, owner != NULL, text, len, why, size);
	} else if (why != NULL) {
		vfctl_file_name(path, name, sizeof(name));
		snprintf(why, size, "%s: %s", name,
			 rc == -ENOMEM ? "no memory to write it"
				       : "isn't written: a setting is out of range");
	}
	free(text);
	return rc;
}

int
vfctl_config_save(const char *path, const struct vfctl_policy_set *set, char *why, size_t size)
{
	return save(path, NULL, set, why, size);
}

/* --- kept settings --- */

static struct owner
owner_of(uint64_t life, uint64_t origin)
{
	struct owner owner;

	snprintf(owner.life, sizeof(owner.life), "%" PRIu64, life);
	snprintf(owner.origin, sizeof(owner.origin), "%016" PRIx64, origin);
	return owner;
}

int
vfctl_state_load(const char *path, uint64_t life, uint64_t origin, uint16_t max_vfs,
		 const struct vfctl_settings *defaults, struct vfctl_policy_set *set, char *why,
		 size_t size)
{
	const struct owner owner = owner_of(life, origin);

	set_begin(set, max_vfs, defaults);
	return load(path, &owner, set, why, size);
}

int
vfctl_state_save(const char *path, uint64_t life, uint64_t origin,
		 const struct vfctl_policy_set *set, char *why, size_t size)
{
	const struct owner owner = owner_of(life, origin);

	return save(path, &owner, set, why, size);
}
