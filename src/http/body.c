/* The body of a request as it arrives: fields are gathered in memory up to the route's limit, files go to disk. */
#include <assert.h>
#include <unistd.h>

#include "http/server_int.h"

#include "base/banned.h"

enum rc body_too_large(struct call *call)
{
	size_t kb = call->body_limit >> 10;
	struct sv limit = kb % 1024 ? arena_printf(&call->arena, "%zu KB", kb) : arena_printf(&call->arena, "%zu MB", kb >> 10);

	assert(call->body_limit > 0);
	return fail(&call->ctx, RC_TOO_LARGE, N_("What you sent is larger than the {limit} that fit here. Send less, or smaller files."),
		ARGS({ "limit", limit }));
}

static enum rc part_begin(struct ctx *ctx, void *user, struct sv name, struct sv filename)
{
	struct call *call = user;

	call->part = (struct pair){ .name = name, .source = FROM_BODY };
	buf_clear(&call->body);
	call->upload = NULL;
	call->skips_part = call->is_holding && !sv_is_absent(filename);
	if (sv_is_absent(filename) || call->skips_part)
		return RC_OK;
	if (call->route->body != BODY_UPLOAD)
		return fail(ctx, RC_UNSUPPORTED, N_("No files are accepted here."), NULL);
	if (call->upload_count == HTTP_MAX_FILES)
		return fail(ctx, RC_TOO_LARGE, N_("Too many files at once. Send them in several steps."), NULL);
	TRY(upload_begin(ctx, name, filename, &call->upload));
	call->uploads[call->upload_count++] = call->upload;
	return RC_OK;
}

static enum rc part_data(struct ctx *ctx, void *user, struct sv bytes)
{
	struct call *call = user;

	if (call->skips_part)
		return RC_OK;
	if (call->upload)
		return upload_add(ctx, call->upload, bytes);
	buf_sv(&call->body, bytes);
	return call->body.overflow ? body_too_large(call) : RC_OK;
}

static enum rc part_end(struct ctx *ctx, void *user)
{
	struct call *call = user;

	if (call->skips_part)
		return RC_OK;
	if (call->upload) {
		const struct upload *upload = upload_end(call->upload);
		/* A file field left empty comes as a part without name and content. */
		bool is_empty = upload->size == 0;
		call->kept[call->upload_count - 1] = is_empty ? NULL : upload;
		call->part.file = is_empty ? NULL : upload;
		call->part.value = SV("");
		call->upload = NULL;
	} else {
		call->part.value = arena_copy(ctx->arena, buf_view(&call->body));
	}
	return pairs_add(ctx, &call->pairs, &call->part);
}

enum rc body_begin(struct call *call)
{
	struct multipart_sink sink = { part_begin, part_data, part_end, call };

	assert(!call->uploads && !call->multipart);
	buf_init(&call->body, &call->arena, call->is_holding ? HELD_MAX_BYTES : call->body_limit);
	if (call->format != FORMAT_MULTIPART)
		return RC_OK;
	call->uploads = ARENA_ARRAY(&call->arena, struct upload_writer *, HTTP_MAX_FILES);
	call->kept = ARENA_ARRAY(&call->arena, const struct upload *, HTTP_MAX_FILES);
	return multipart_new(&call->ctx, header_of(call, HEADER_CONTENT_TYPE), &sink, &call->multipart);
}

enum rc body_add(struct call *call)
{
	struct sv bytes = call->chunk;

	if (call->body_size > call->body_limit)
		return body_too_large(call);
	if (call->format == FORMAT_NONE)
		return fail(&call->ctx, RC_MALFORMED, N_("This request takes no body."), NULL);
	if (call->multipart)
		return multipart_add(&call->ctx, call->multipart, bytes);
	buf_sv(&call->body, bytes);
	return call->body.overflow ? body_too_large(call) : RC_OK;
}

enum rc body_end(struct call *call)
{
	switch (call->format) {
	case FORMAT_NONE:
		return RC_OK;
	case FORMAT_URLENCODED:
		return pairs_parse(&call->ctx, buf_view(&call->body), FROM_BODY, &call->pairs);
	case FORMAT_JSON:
		if (call->body.len == 0)
			return RC_OK;
		return pairs_parse_json(&call->ctx, buf_view(&call->body), &call->pairs, &call->json);
	case FORMAT_MULTIPART:
		return multipart_end(&call->ctx, call->multipart);
	}
	return RC_OK;
}

/* Closes the files; what was not kept is gone with them. */
void body_release(struct call *call)
{
	for (size_t i = 0; i < call->upload_count; i++)
		upload_abandon(call->uploads[i]);
	call->upload_count = 0;
}
