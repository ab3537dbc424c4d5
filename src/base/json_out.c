/* Writing JSON: compact, indented, and in the canonical form for hashing. See json.h. */
#include "base/json.h"

#include <assert.h>
#include <stdlib.h>

#include "base/json_int.h"
#include "base/utf8.h"

#include "base/banned.h"

struct json_out json_out_to(struct buf *buf)
{
	return (struct json_out){ .buf = buf };
}

static void new_line(struct json_out *out)
{
	if (!out->indent)
		return;
	buf_byte(out->buf, '\n');
	for (unsigned i = 0; i < out->depth * out->indent; i++)
		buf_byte(out->buf, ' ');
}

/* What separates a key or an element from the one before. */
static void separate(struct json_out *out)
{
	if (out->need_comma)
		buf_byte(out->buf, ',');
	if (out->depth)
		new_line(out);
}

static bool is_in_object(const struct json_out *out)
{
	return out->depth && (out->in_object[(out->depth - 1) / 64] >> (out->depth - 1) % 64 & 1);
}

/* What goes in front of a value. */
static void begin(struct json_out *out)
{
	assert(out->after_key == is_in_object(out)); /* a key before each value of an object, and only there */
	if (!out->after_key)
		separate(out);
	out->after_key = false;
}

static void open_container(struct json_out *out, char bracket)
{
	begin(out);
	buf_byte(out->buf, bracket);
	assert(out->depth < JSON_OUT_MAX_DEPTH);
	uint64_t bit = 1ull << out->depth % 64, *word = &out->in_object[out->depth / 64];
	*word = bracket == '{' ? *word | bit : *word & ~bit;
	out->depth++;
	out->need_comma = false;
}

static void close_container(struct json_out *out, char bracket)
{
	assert(out->depth > 0 && !out->after_key && is_in_object(out) == (bracket == '}'));
	out->depth--;
	if (out->need_comma)
		new_line(out);
	buf_byte(out->buf, bracket);
	out->need_comma = true;
}

void json_out_object(struct json_out *out)
{
	open_container(out, '{');
}

void json_out_object_end(struct json_out *out)
{
	close_container(out, '}');
}

void json_out_array(struct json_out *out)
{
	open_container(out, '[');
}

void json_out_array_end(struct json_out *out)
{
	close_container(out, ']');
}

/* RFC 8785 section 3.2.2.2: short escapes where there are any, \u00xx for other control characters, nothing else. */
static void put_escape(struct buf *buf, unsigned char c)
{
	static const char from[] = "\"\\\b\f\n\r\t", name[] = "\"\\bfnrt";
	const char *hit = c ? strchr(from, c) : NULL;

	buf_byte(buf, '\\');
	if (hit) {
		buf_byte(buf, name[hit - from]);
		return;
	}
	buf_sv(buf, SV("u00"));
	buf_hex(buf, &c, 1);
}

static void put_string(struct buf *buf, struct sv text)
{
	const char *at = text.ptr, *end = text.ptr + text.len, *special;

	buf_byte(buf, '"');
	for (; (special = json_find_special(at, end)) < end; at = special + 1) {
		buf_sv(buf, (struct sv){ at, (size_t)(special - at) });
		put_escape(buf, (unsigned char)*special);
	}
	buf_sv(buf, (struct sv){ at, (size_t)(end - at) });
	buf_byte(buf, '"');
}

void json_out_key(struct json_out *out, struct sv key)
{
	assert(is_in_object(out) && !out->after_key);
	separate(out);
	put_string(out->buf, key);
	buf_byte(out->buf, ':');
	if (out->indent)
		buf_byte(out->buf, ' ');
	out->after_key = true;
}

/* A scalar's text as it is. */
static void put_plain(struct json_out *out, struct sv text)
{
	begin(out);
	buf_sv(out->buf, text);
	out->need_comma = true;
}

void json_out_string(struct json_out *out, struct sv text)
{
	if (sv_is_absent(text)) {
		json_out_null(out);
		return;
	}
	begin(out);
	put_string(out->buf, text);
	out->need_comma = true;
}

void json_out_i64(struct json_out *out, int64_t number)
{
	begin(out);
	buf_i64(out->buf, number);
	out->need_comma = true;
}

void json_out_number(struct json_out *out, struct sv text)
{
	assert(text.len > 0);
	put_plain(out, text);
}

void json_out_bool(struct json_out *out, bool value)
{
	put_plain(out, value ? SV("true") : SV("false"));
}

void json_out_null(struct json_out *out)
{
	put_plain(out, SV("null"));
}

void json_out_value(struct json_out *out, const struct json *value)
{
	if (!value) {
		json_out_null(out);
		return;
	}
	switch (value->type) {
	case JSON_NULL:
		json_out_null(out);
		return;
	case JSON_FALSE:
	case JSON_TRUE:
		json_out_bool(out, value->type == JSON_TRUE);
		return;
	case JSON_NUMBER:
		json_out_number(out, value->text);
		return;
	case JSON_STRING:
		json_out_string(out, value->text);
		return;
	case JSON_ARRAY:
		json_out_array(out);
		for (const struct json *v = json_first(value); v; v = json_next(value, v))
			json_out_value(out, v);
		json_out_array_end(out);
		return;
	case JSON_OBJECT:
		json_out_object(out);
		for (const struct json *v = json_first(value); v; v = json_next(value, v)) {
			json_out_key(out, json_key(v));
			json_out_value(out, v);
		}
		json_out_object_end(out);
		return;
	}
}

void json_out_member(struct json_out *out, struct sv key, struct sv text)
{
	json_out_key(out, key);
	json_out_string(out, text);
}

void json_out_member_i64(struct json_out *out, struct sv key, int64_t number)
{
	json_out_key(out, key);
	json_out_i64(out, number);
}

/* UTF-8 sorts by code point; UTF-16 differs from that only where a surrogate pair (a code point from U+10000) meets
 * U+E000 to U+FFFF, which lie above the surrogates. */
static int compare_utf16(struct sv a, struct sv b)
{
	size_t i = 0, shorter = a.len < b.len ? a.len : b.len;

	while (i < shorter && a.ptr[i] == b.ptr[i])
		i++;
	if (i == shorter)
		return a.len < b.len ? -1 : a.len > b.len;
	unsigned char x = (unsigned char)a.ptr[i], y = (unsigned char)b.ptr[i];
	if ((x >= 0xF0) != (y >= 0xF0) && (x >= 0xEE) && (y >= 0xEE)) /* lead bytes: EE and EF are U+E000 to U+FFFF */
		return x >= 0xF0 ? -1 : 1;
	return x < y ? -1 : 1;
}

static int by_key(const void *left, const void *right)
{
	const struct json *const *a = left, *const *b = right;

	return compare_utf16(json_key(*a), json_key(*b));
}

static void put_canonical(struct json_out *out, const struct json *value)
{
	if (json_is(value, JSON_ARRAY)) {
		json_out_array(out);
		for (const struct json *v = json_first(value); v; v = json_next(value, v))
			put_canonical(out, v);
		json_out_array_end(out);
		return;
	}
	if (!json_is(value, JSON_OBJECT)) {
		json_out_value(out, value);
		return;
	}
	const struct json **members = ARENA_ARRAY(out->buf->arena, const struct json *, value->count);
	size_t count = 0;
	for (const struct json *v = json_first(value); v; v = json_next(value, v))
		members[count++] = v;
	qsort(members, count, sizeof(*members), by_key);
	json_out_object(out);
	for (size_t i = 0; i < count; i++) {
		json_out_key(out, json_key(members[i]));
		put_canonical(out, members[i]);
	}
	json_out_object_end(out);
}

void json_out_canonical(struct buf *buf, const struct json *value)
{
	struct json_out out = json_out_to(buf);

	put_canonical(&out, value);
}
