/* FEEL values as text and as JSON, and JSON as values. */
#include "base/civil.h"
#include "engine/feel/feel_int.h"

#include "base/banned.h"

static void print_deep(struct buf *buf, struct feel_value v, unsigned depth);

static void print_quoted(struct buf *buf, struct sv text)
{
	buf_byte(buf, '"');
	for (size_t i = 0; i < text.len; i++) {
		char c = text.ptr[i];
		if (c == '"' || c == '\\')
			buf_byte(buf, '\\');
		if (c == '\n')
			buf_sv(buf, SV("\\n"));
		else if (c == '\r')
			buf_sv(buf, SV("\\r"));
		else if (c == '\t')
			buf_sv(buf, SV("\\t"));
		else
			buf_byte(buf, c);
	}
	buf_byte(buf, '"');
}

static void print_inside(struct buf *buf, struct feel_value v, unsigned depth)
{
	if (v.kind == FEEL_STRING)
		print_quoted(buf, v.text);
	else
		print_deep(buf, v, depth + 1);
}

static void print_list(struct buf *buf, struct feel_value v, unsigned depth)
{
	buf_byte(buf, '[');
	for (size_t i = 0; i < v.list.count && !buf->overflow; i++) {
		if (i)
			buf_sv(buf, SV(", "));
		print_inside(buf, v.list.at[i], depth);
	}
	buf_byte(buf, ']');
}

static bool is_plain_key(struct sv key)
{
	for (size_t i = 0; i < key.len; i++) {
		char c = key.ptr[i];
		bool word = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_' || (c & 0x80) || c == ' ';
		if (!word && !(i && c >= '0' && c <= '9'))
			return false;
	}
	return key.len > 0;
}

static void print_context(struct buf *buf, struct feel_value v, unsigned depth)
{
	buf_byte(buf, '{');
	for (size_t i = 0; i < v.context.count && !buf->overflow; i++) {
		if (i)
			buf_sv(buf, SV(", "));
		if (is_plain_key(v.context.at[i].key))
			buf_sv(buf, v.context.at[i].key);
		else
			print_quoted(buf, v.context.at[i].key);
		buf_sv(buf, SV(": "));
		print_inside(buf, v.context.at[i].value, depth);
	}
	buf_byte(buf, '}');
}

static void print_end(struct buf *buf, struct feel_value v, unsigned depth)
{
	if (v.kind >= FEEL_DATE && v.kind <= FEEL_MONTHS) {
		buf_sv(buf, SV("@\""));
		print_temporal(buf, v);
		buf_byte(buf, '"');
	} else {
		print_inside(buf, v, depth);
	}
}

static void print_range(struct buf *buf, const struct feel_range *range, unsigned depth)
{
	if (!range->unbounded) {
		buf_byte(buf, range->low_closed ? '[' : '(');
		print_end(buf, range->low, depth);
		buf_sv(buf, SV(".."));
		print_end(buf, range->high, depth);
		buf_byte(buf, range->high_closed ? ']' : ')');
		return;
	}
	bool low = range->low.kind != FEEL_NULL, equal = range->low_closed && range->high_closed;
	bool closed = low ? range->low_closed : range->high_closed;
	buf_byte(buf, '(');
	buf_sv(buf, range->unequal ? SV("!=") : equal ? SV("=") : low ? SV(">") : SV("<"));
	if (closed && !equal && !range->unequal)
		buf_byte(buf, '=');
	print_end(buf, low ? range->low : range->high, depth);
	buf_byte(buf, ')');
}

static void print_function(struct buf *buf, const struct feel_function *function)
{
	buf_sv(buf, SV("function("));
	for (size_t i = 0; i < function->count; i++) {
		if (i)
			buf_sv(buf, SV(", "));
		buf_sv(buf, function->params[i].name);
	}
	buf_byte(buf, ')');
	if (function->name.len) {
		buf_byte(buf, ' ');
		buf_sv(buf, function->name);
	}
}

static void print_number(struct buf *buf, struct decimal number)
{
	char text[DECIMAL_TEXT];

	buf_add(buf, text, decimal_print(number, text));
}

static void print_deep(struct buf *buf, struct feel_value v, unsigned depth)
{
	if (depth > FEEL_MAX_DATA_DEPTH) {
		buf_sv(buf, SV("..."));
		return;
	}
	switch (v.kind) {
	case FEEL_NULL:
		buf_sv(buf, SV("null"));
		break;
	case FEEL_BOOLEAN:
		buf_sv(buf, v.boolean ? SV("true") : SV("false"));
		break;
	case FEEL_NUMBER:
		print_number(buf, v.number);
		break;
	case FEEL_STRING:
		buf_sv(buf, v.text);
		break;
	case FEEL_DATE:
	case FEEL_TIME:
	case FEEL_DATE_TIME:
	case FEEL_DAYS:
	case FEEL_MONTHS:
		print_temporal(buf, v);
		break;
	case FEEL_LIST:
		print_list(buf, v, depth);
		break;
	case FEEL_CONTEXT:
		print_context(buf, v, depth);
		break;
	case FEEL_RANGE:
		print_range(buf, v.range, depth);
		break;
	case FEEL_FUNCTION:
		print_function(buf, v.function);
		break;
	}
}

void feel_print(struct buf *buf, struct feel_value value)
{
	print_deep(buf, value, 0);
}

/* ---- JSON ---- */

static void json_text(struct json_out *out, struct feel_value v)
{
	char place[256];
	struct arena scratch;
	struct buf buf;

	arena_init(&scratch, (size_t)1 << 20);
	buf_init(&buf, &scratch, (size_t)1 << 18);
	buf.ptr = place;
	buf.cap = sizeof(place);
	feel_print(&buf, v);
	json_out_string(out, buf_view(&buf));
	arena_release(&scratch);
}

static void json_deep(struct json_out *out, struct feel_value v, unsigned depth)
{
	char text[DECIMAL_TEXT];

	if (depth > FEEL_MAX_DATA_DEPTH || out->depth + 2 > JSON_OUT_MAX_DEPTH) {
		json_out_null(out);
		return;
	}
	if (v.kind == FEEL_NULL) {
		json_out_null(out);
	} else if (v.kind == FEEL_BOOLEAN) {
		json_out_bool(out, v.boolean);
	} else if (v.kind == FEEL_NUMBER) {
		size_t len = decimal_print(v.number, text);
		json_out_number(out, (struct sv){ text, len });
	} else if (v.kind == FEEL_STRING) {
		json_out_string(out, v.text);
	} else if (v.kind == FEEL_LIST) {
		json_out_array(out);
		for (size_t i = 0; i < v.list.count && !out->buf->overflow; i++)
			json_deep(out, v.list.at[i], depth + 1);
		json_out_array_end(out);
	} else if (v.kind == FEEL_CONTEXT) {
		json_out_object(out);
		for (size_t i = 0; i < v.context.count && !out->buf->overflow; i++) {
			json_out_key(out, v.context.at[i].key);
			json_deep(out, v.context.at[i].value, depth + 1);
		}
		json_out_object_end(out);
	} else {
		json_text(out, v);
	}
}

void feel_to_json(struct json_out *out, struct feel_value value)
{
	json_deep(out, value, 0);
}

static const struct feel_type *member_type(const struct feel_type *type, struct sv name)
{
	if (!type || type->kind != FEEL_TYPE_CONTEXT)
		return NULL;
	for (size_t i = 0; i < type->count; i++) {
		if (sv_equal(type->members[i].name, name))
			return type->members[i].type;
	}
	return NULL;
}

struct feel_value feel_typed_text(struct ctx *ctx, struct sv text, const struct feel_type *type)
{
	struct feel_zone *zones = NULL;
	struct temporal t = { ctx->arena, &zones };
	struct feel_value v;
	bool done = false;

	if (!type || type->kind != FEEL_TYPE_SIMPLE)
		return feel_text(text);
	if (type->simple == FEEL_DATE)
		done = parse_date(text, &v);
	else if (type->simple == FEEL_TIME)
		done = parse_time(&t, text, &v);
	else if (type->simple == FEEL_DATE_TIME)
		done = parse_date_time(&t, text, &v) || parse_date(text, &v);
	else if (type->simple == FEEL_DAYS || type->simple == FEEL_MONTHS)
		done = parse_duration(text, &v);
	return done ? v : feel_text(text);
}

static struct feel_value from_array(struct ctx *ctx, const struct json *json, const struct feel_type *type)
{
	const struct feel_type *element = type && type->kind == FEEL_TYPE_LIST ? type->element : NULL;
	struct feel_value *items = ARENA_ARRAY(ctx->arena, struct feel_value, json->count);
	size_t n = 0;

	for (const struct json *v = json_first(json); v; v = json_next(json, v))
		items[n++] = feel_from_json(ctx, v, element);
	return feel_list(items, n);
}

static struct feel_value from_object(struct ctx *ctx, const struct json *json, const struct feel_type *type)
{
	struct feel_entry *entries = ARENA_ARRAY(ctx->arena, struct feel_entry, json->count);
	size_t n = 0;

	for (const struct json *v = json_first(json); v; v = json_next(json, v)) {
		struct sv key = json_key(v);
		entries[n++] = (struct feel_entry){ key, feel_from_json(ctx, v, member_type(type, key)) };
	}
	return feel_context(entries, n);
}

struct feel_value feel_from_json(struct ctx *ctx, const struct json *json, const struct feel_type *type)
{
	if (!json)
		return feel_null();
	switch (json->type) {
	case JSON_NULL:
		break;
	case JSON_FALSE:
	case JSON_TRUE:
		return feel_boolean(json->type == JSON_TRUE);
	case JSON_NUMBER:
		return feel_number_text(json->text);
	case JSON_STRING:
		return feel_typed_text(ctx, json->text, type);
	case JSON_ARRAY:
		return from_array(ctx, json, type);
	case JSON_OBJECT:
		return from_object(ctx, json, type);
	}
	return feel_null();
}

struct sv feel_reason(struct ctx *ctx, struct feel_value value)
{
	if (value.kind != FEEL_NULL || !value.reason.msgid)
		return (struct sv){ NULL, 0 };
	return tr_args(ctx, value.reason.msgid, ARGS({ "what", sv_of(value.reason.what ? value.reason.what : "") }));
}
