/* JSON to the data of an interpreted template, member by member as its head declares them. */
#include <assert.h>

#include "base/civil.h"
#include "base/json.h"
#include "http/template_int.h"
#include "http/template_live.h"

#include "base/banned.h"

static enum rc read_shape(struct ctx *ctx, const struct html_shape *shape, const struct json *json, char *data);

static enum rc wrong(struct ctx *ctx, const char *name)
{
	return fail(ctx, RC_INVALID, N_("The data of the template lack \"{name}\", or it is of another type than declared."),
		ARGS({ "name", sv_of(name) }));
}

static bool read_number(const struct json *json, enum html_type type, int64_t *ret)
{
	if (type == HTML_DAY)
		return json_is(json, JSON_STRING) && civil_parse_day(json_string(json), ret);
	return json_i64(json, ret);
}

static enum rc read_value(struct ctx *ctx, const struct html_member *member, enum html_type type, const struct json *json,
	char *at)
{
	bool good = false;

	switch (type) {
	case HTML_TEXT:
	case HTML_URL:
	case HTML_DECIMAL:
		*(struct sv *)at = json_scalar(json);
		good = !sv_is_absent(*(struct sv *)at);
		break;
	case HTML_INT:
	case HTML_DAY:
	case HTML_TIME:
	case HTML_MONEY:
		good = read_number(json, type, (int64_t *)at);
		break;
	case HTML_BOOL:
		good = json_is(json, JSON_TRUE) || json_is(json, JSON_FALSE);
		*(bool *)at = json_is(json, JSON_TRUE);
		break;
	case HTML_ID:
		good = id_parse(json_string(json), (struct id *)at);
		break;
	case HTML_OBJECT:
		if (json_is(json, JSON_OBJECT))
			return read_shape(ctx, member->shape, json, at);
		break;
	case HTML_SAFE: /* only html.c makes one */
	case HTML_LIST:
		break;
	}
	return good ? RC_OK : wrong(ctx, member->name);
}

static enum rc read_list(struct ctx *ctx, const struct html_member *member, const struct json *json, char *at)
{
	size_t size = html_size_of(member->element, member->shape), count = json_count(json), i = 0;
	struct html_links *list = (struct html_links *)at;

	if (!json)
		return RC_OK;
	if (!json_is(json, JSON_ARRAY))
		return wrong(ctx, member->name);
	char *elements = arena_array(ctx->arena, count, size);
	for (const struct json *item = json_first(json); item; item = json_next(json, item))
		TRY(read_value(ctx, member, member->element, item, elements + size * i++));
	*list = (struct html_links){ (const struct html_link *)elements, count };
	return RC_OK;
}

static enum rc read_optional(struct ctx *ctx, const struct html_member *member, const struct json *json, char *at)
{
	struct html_optional *number = (struct html_optional *)at;

	if (!json || json->type == JSON_NULL)
		return RC_OK;
	switch (member->type) {
	case HTML_INT:
	case HTML_DAY:
	case HTML_TIME:
	case HTML_MONEY:
		TRY(read_value(ctx, member, member->type, json, (char *)&number->value));
		number->is_set = true;
		return RC_OK;
	case HTML_OBJECT: {
		char *object = arena_alloc(ctx->arena, member->shape->size);
		TRY(read_value(ctx, member, HTML_OBJECT, json, object));
		*(char **)at = object;
		return RC_OK;
	}
	case HTML_TEXT:
	case HTML_URL:
	case HTML_DECIMAL:
	case HTML_BOOL:
	case HTML_ID:
	case HTML_SAFE:
	case HTML_LIST:
		return read_value(ctx, member, member->type, json, at);
	}
	__builtin_unreachable();
}

static enum rc read_shape(struct ctx *ctx, const struct html_shape *shape, const struct json *json, char *data)
{
	for (size_t i = 0; i < shape->count; i++) {
		const struct html_member *member = &shape->members[i];
		const struct json *value = json_get(json, sv_of(member->name));
		char *at = data + member->offset;
		if (member->type == HTML_LIST)
			TRY(read_list(ctx, member, value, at));
		else if (member->optional)
			TRY(read_optional(ctx, member, value, at));
		else
			TRY(read_value(ctx, member, member->type, value, at));
	}
	return RC_OK;
}

enum rc template_render_json(struct ctx *ctx, const struct template *template, const struct json *data,
	struct html_safe *ret)
{
	char *bytes = arena_alloc(ctx->arena, template->shape->size);
	bool overflow;

	assert(template->shape);
	if (!json_is(data, JSON_OBJECT))
		return wrong(ctx, "{}");
	TRY(read_shape(ctx, template->shape, data, bytes));
	struct html_safe safe = html_safe_rendered(ctx, template, bytes, &overflow);
	if (overflow)
		return fail(ctx, RC_TOO_LARGE, N_("This page is too large to show. Narrow what you asked for."), NULL);
	*ret = safe;
	return RC_OK;
}
