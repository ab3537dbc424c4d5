/* Names and values from outside: percent-encoding, urlencoded and JSON forms, and the small grammars of headers (cookies,
 * parameters, quality values). Nothing here trusts its input; what is not UTF-8 is found later, at its field. */
#include "http/http_int.h"

#include <assert.h>
#include <ctype.h>

#include "base/banned.h"

static int hex_digit(char c)
{
	if (c >= '0' && c <= '9')
		return c - '0';
	c |= 32;
	return c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

struct sv percent_decode(struct arena *arena, struct sv text, bool plus_is_space)
{
	if (sv_find_byte(text, '%', 0) == SIZE_MAX && (!plus_is_space || sv_find_byte(text, '+', 0) == SIZE_MAX))
		return text;
	char *out = arena_alloc(arena, text.len + 1);
	size_t len = 0;

	for (size_t i = 0; i < text.len; i++) {
		char c = text.ptr[i];
		if (c == '%' && i + 2 < text.len && hex_digit(text.ptr[i + 1]) >= 0 && hex_digit(text.ptr[i + 2]) >= 0) {
			c = (char)(hex_digit(text.ptr[i + 1]) * 16 + hex_digit(text.ptr[i + 2]));
			i += 2;
		} else if (c == '+' && plus_is_space) {
			c = ' ';
		}
		out[len++] = c;
	}
	return (struct sv){ out, len };
}

void percent_encode(struct buf *out, struct sv text)
{
	for (size_t i = 0; i < text.len; i++) {
		unsigned char c = (unsigned char)text.ptr[i];
		if (isascii(c) && (isalnum(c) || strchr("-._~", c)))
			buf_byte(out, (char)c);
		else
			buf_printf(out, "%%%02X", c);
	}
}

enum rc pairs_add(struct ctx *ctx, struct pairs *pairs, const struct pair *pair)
{
	if (pairs->len == INPUT_MAX_PAIRS || pair->name.len > HTTP_MAX_NAME)
		return fail(ctx, RC_TOO_LARGE, N_("The request has too many fields. Send fewer at once."), NULL);
	*VEC_PUSH(ctx->arena, pairs) = *pair;
	return RC_OK;
}

enum rc pairs_parse(struct ctx *ctx, struct sv text, enum input_source source, struct pairs *pairs)
{
	while (!sv_is_absent(text)) {
		struct sv value = sv_cut(&text, '&');
		if (sv_is_empty(value))
			continue;
		struct sv name = sv_cut(&value, '=');
		struct pair pair = {
			.name = percent_decode(ctx->arena, name, true),
			.value = sv_is_absent(value) ? SV("") : percent_decode(ctx->arena, value, true),
			.source = source,
		};
		TRY(pairs_add(ctx, pairs, &pair));
	}
	return RC_OK;
}

static enum rc add_json(struct ctx *ctx, struct pairs *pairs, struct sv name, const struct json *value)
{
	struct pair pair = { .name = name, .value = json_scalar(value), .json = value, .source = FROM_BODY };

	return pairs_add(ctx, pairs, &pair);
}

static bool is_list_of_scalars(const struct json *value)
{
	if (!json_is(value, JSON_ARRAY))
		return false;
	for (const struct json *v = json_first(value); v; v = json_next(value, v))
		if (v->type == JSON_ARRAY || v->type == JSON_OBJECT)
			return false;
	return true;
}

enum rc pairs_parse_json(struct ctx *ctx, struct sv text, struct pairs *pairs, const struct json **ret)
{
	const struct json *body;

	TRY(json_parse(ctx, SV("body"), text, &json_limits_request, &body));
	*ret = body;
	if (!json_is(body, JSON_OBJECT))
		return RC_OK;
	for (const struct json *v = json_first(body); v; v = json_next(body, v)) {
		if (!is_list_of_scalars(v) || json_count(v) == 0) {
			TRY(add_json(ctx, pairs, json_key(v), v));
			continue;
		}
		for (const struct json *item = json_first(v); item; item = json_next(v, item))
			TRY(add_json(ctx, pairs, json_key(v), item));
	}
	return RC_OK;
}

struct sv cookie_find(struct sv header, struct sv name)
{
	assert(!sv_is_empty(name));
	while (!sv_is_absent(header)) {
		struct sv value = sv_trim(sv_cut(&header, ';'));
		struct sv key = sv_cut(&value, '=');
		if (sv_is_absent(value) || !sv_equal(key, name))
			continue;
		if (value.len >= 2 && value.ptr[0] == '"' && value.ptr[value.len - 1] == '"')
			value = sv_slice(value, 1, value.len - 2);
		return value;
	}
	return (struct sv){ NULL, 0 };
}

bool sv_equal_fold(struct sv a, struct sv b)
{
	if (a.len != b.len)
		return false;
	for (size_t i = 0; i < a.len; i++)
		if (tolower((unsigned char)a.ptr[i]) != tolower((unsigned char)b.ptr[i]))
			return false;
	return true;
}

/* Reads a token or a quoted string at *at, which then stands behind it. */
static struct sv parameter_value(struct arena *arena, struct sv header, size_t *at)
{
	size_t i = *at;

	if (i >= header.len || header.ptr[i] != '"') {
		while (i < header.len && header.ptr[i] != ';')
			i++;
		struct sv token = sv_trim(sv_slice(header, *at, i - *at));
		*at = i;
		return token;
	}
	char *out = arena_alloc(arena, header.len);
	size_t len = 0;
	for (i++; i < header.len && header.ptr[i] != '"'; i++) {
		/* Browsers send %22 for a quote and a bare backslash in names, so only \" and \\ are escapes. */
		if (header.ptr[i] == '\\' && i + 1 < header.len && (header.ptr[i + 1] == '"' || header.ptr[i + 1] == '\\'))
			i++;
		out[len++] = header.ptr[i];
	}
	*at = i < header.len ? i + 1 : i;
	return (struct sv){ out, len };
}

struct sv header_parameter(struct arena *arena, struct sv header, const char *name)
{
	size_t at = sv_find_byte(header, ';', 0);

	while (at < header.len) {
		at++;
		size_t equals = sv_find_byte(header, '=', at);
		if (equals == SIZE_MAX)
			break;
		struct sv key = sv_trim(sv_slice(header, at, equals - at));
		at = equals + 1;
		struct sv value = parameter_value(arena, header, &at);
		if (sv_equal_fold(key, sv_of(name)))
			return value;
		while (at < header.len && header.ptr[at] != ';')
			at++;
	}
	return (struct sv){ NULL, 0 };
}

/* "0.85" -> 850 (RFC 9110 section 12.4.2). */
static int quality_value(struct sv text)
{
	int value = 0, scale = 1000;

	if (text.len == 0 || (text.ptr[0] != '0' && text.ptr[0] != '1'))
		return 0;
	value = (text.ptr[0] - '0') * 1000;
	for (size_t i = 2; i < text.len && i < 5 && isdigit((unsigned char)text.ptr[i]); i++)
		value += (text.ptr[i] - '0') * (scale /= 10);
	return value > 1000 ? 1000 : value;
}

int header_quality(struct sv header, struct sv name)
{
	assert(!sv_is_empty(name));
	while (!sv_is_absent(header)) {
		struct sv rest = sv_cut(&header, ',');
		if (!sv_equal_fold(sv_trim(sv_cut(&rest, ';')), name))
			continue;
		while (!sv_is_absent(rest)) {
			struct sv parameter = sv_trim(sv_cut(&rest, ';'));
			if (sv_has_prefix(parameter, SV("q=")))
				return quality_value(sv_slice(parameter, 2, parameter.len));
		}
		return 1000;
	}
	return -1;
}
