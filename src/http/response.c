/* What handlers say, noted down; answer.c sends it. See response.h. */
#include "http/response.h"

#include <assert.h>

#include "base/utf8.h"
#include "http/server_int.h"

#include "base/banned.h"

enum { MAX_DISPOSITION = 4096, MAX_ADDRESS = 3 * 8192, PAGE_BYTES = 16 << 10 /* what most pages fit in */ };

static enum rc set_bytes(struct response *response, const char *type, struct sv bytes)
{
	assert(response->kind == RESPONSE_NONE); /* a handler answers once */
	response->kind = RESPONSE_BYTES;
	response->type = type;
	response->bytes = bytes;
	return RC_OK;
}

enum rc response_page(struct ctx *ctx, struct response *response, const struct html_view *view, const void *data)
{
	struct call *call = response->call;
	struct html_page page = { 0 };
	struct buf buf;

	buf_init(&buf, ctx->arena, HTML_MAX_PAGE);
	if (call->request.wants_json) {
		TRY(html_render_json(ctx, view, data, &buf));
		return set_bytes(response, "application/json", buf_view(&buf));
	}
	page_fill(call, &page);
	buf_reserve(&buf, PAGE_BYTES);
	TRY(html_render(ctx, &page, view, data, &buf));
	response->is_page = true;
	return set_bytes(response, "text/html; charset=utf-8", buf_view(&buf));
}

enum rc response_redirect(struct ctx *ctx, struct response *response, struct sv path, const char *flash)
{
	struct call *call = response->call;
	struct buf buf;

	response->location = arena_copy(ctx->arena, page_local_path(path));
	response->status = 303;
	if (flash && !call->request.wants_json)
		page_flash(call, flash);
	if (!call->request.wants_json)
		return set_bytes(response, "text/plain; charset=utf-8", SV(""));
	buf_init(&buf, ctx->arena, 64 << 10);
	struct json_out out = json_out_to(&buf);
	json_out_object(&out);
	json_out_member(&out, SV("location"), response->location);
	json_out_object_end(&out);
	return set_bytes(response, "application/json", buf_view(&buf));
}

struct sv response_address(struct ctx *ctx, const char *start, struct sv value)
{
	struct buf out;

	buf_init(&out, ctx->arena, MAX_ADDRESS);
	buf_sv(&out, sv_of(start));
	percent_encode(&out, value);
	return out.overflow ? SV("/") : arena_copy(ctx->arena, buf_view(&out));
}

enum rc response_json(struct ctx *ctx, struct response *response, struct sv json)
{
	(void)ctx;
	return set_bytes(response, "application/json", json);
}

enum rc response_bytes(struct ctx *ctx, struct response *response, const char *type, struct sv bytes)
{
	return set_bytes(response, arena_z(ctx->arena, sv_of(type)), arena_copy(ctx->arena, bytes));
}

enum rc response_file(struct ctx *ctx, struct response *response, struct hash sha256, const char *type, struct sv name)
{
	bool is_shown = strcmp(type, "application/pdf") == 0 || strcmp(type, "image/png") == 0
		|| strcmp(type, "image/jpeg") == 0;

	assert(response->kind == RESPONSE_NONE);
	TRY(upload_open(ctx, sha256, &response->fd, &response->size));
	response->kind = RESPONSE_FD;
	response->type = arena_z(ctx->arena, sv_of(type));
	if (!is_shown)
		response_download(ctx, response, name);
	return RC_OK;
}

void response_status(struct response *response, int status)
{
	response->status = status;
}

void response_download(struct ctx *ctx, struct response *response, struct sv name)
{
	struct buf out;

	/* RFC 6266 with the name in UTF-8 (RFC 8187); the plain form is for very old programs. */
	buf_init(&out, ctx->arena, MAX_DISPOSITION);
	buf_printf(&out, "attachment; filename=\"download\"; filename*=UTF-8''");
	percent_encode(&out, upload_safe_name(ctx->arena, name));
	response->disposition = arena_copy(ctx->arena, buf_view(&out));
}

void response_cache(struct response *response, int64_t seconds)
{
	response->cache_s = seconds;
}

void response_session(struct ctx *ctx, struct response *response, struct sv token)
{
	struct call *call = response->call;
	bool is_end = sv_is_empty(token);
	struct cookie session = {
		.name = cookie_name(call->server, "__Host-tongban", "tongban"),
		.value = arena_copy(ctx->arena, token),
		.max_age = is_end ? -1 : 0,
	};
	struct cookie held = { .name = cookie_name(call->server, "__Host-held", "held"), .max_age = -1 };

	answer_cookie(call, &session);
	if (is_end) /* whoever comes next to this browser does not see what was typed before */
		answer_cookie(call, &held);
}

static const struct input_field *field_of(const struct route *route, struct sv name)
{
	for (size_t i = 0; i < route->input->count; i++)
		if (sv_equal_z(name, route->input->fields[i].name))
			return &route->input->fields[i];
	return NULL;
}

struct sv request_typed(const struct request *request, const char *name)
{
	const struct call *call = call_of(request);
	const struct input_field *field = field_of(request->route, sv_of(name));

	if (!field || field->kind == INPUT_SECRET)
		return (struct sv){ NULL, 0 };
	for (size_t i = 0; i < call->pairs.len; i++) {
		const struct pair *pair = &call->pairs.at[i];
		if (!pair->file && sv_equal_z(pair->name, name))
			return utf8_is_valid(pair->value) ? pair->value : (struct sv){ NULL, 0 };
	}
	return (struct sv){ NULL, 0 };
}

struct input_tree request_typed_tree(struct ctx *ctx, const struct request *request, const char *name)
{
	const struct call *call = call_of(request);
	struct sv prefix = arena_printf(ctx->arena, "%s.", name);
	struct { VEC(struct input_pair); } list = { 0 };

	for (size_t i = 0; i < call->pairs.len; i++) {
		const struct pair *pair = &call->pairs.at[i];
		if (pair->source == FROM_BODY && sv_has_prefix(pair->name, prefix) && utf8_is_valid(pair->name)
			&& utf8_is_valid(pair->value))
			*VEC_PUSH(ctx->arena, &list) = (struct input_pair){
				sv_slice(pair->name, prefix.len, SIZE_MAX), pair->value, pair->file };
	}
	return (struct input_tree){ .at = list.at, .len = list.len };
}
