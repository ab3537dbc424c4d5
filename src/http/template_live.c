/* Reading templates from folders, for htmlgen and for live mode; see template_live.h. */
#include "http/template_live.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "http/template_int.h"

#include "base/banned.h"

enum rc template_read_file(struct ctx *ctx, struct sv path, struct sv *ret)
{
	FILE *file = fopen(arena_z(ctx->arena, path), "rb");
	struct buf buf;

	if (!file)
		return fail_at(ctx, RC_NOT_FOUND, path, 0, N_("This file cannot be read: {reason}."),
			ARGS({ "reason", sv_of(strerror(errno)) }));
	buf_init(&buf, ctx->arena, TEMPLATE_MAX_BYTES + 1);
	char *room = buf_reserve(&buf, TEMPLATE_MAX_BYTES + 1);
	size_t len = fread(room, 1, TEMPLATE_MAX_BYTES + 1, file);
	fclose(file);
	if (len > TEMPLATE_MAX_BYTES)
		return fail_at(ctx, RC_TOO_LARGE, path, 0, N_("The template is larger than 256 KiB. Split it into partials."), NULL);
	*ret = (struct sv){ room, len };
	return RC_OK;
}

static enum rc read_partial(struct ctx *ctx, const struct template_source *source, struct sv name, struct sv *ret_file,
	struct sv *ret_text)
{
	const struct template_folders *folders = (const struct template_folders *)source;
	size_t end = folders->file.len;

	while (end && folders->file.ptr[end - 1] != '/')
		end--;
	struct sv beside = sv_slice(folders->file, 0, end);
	struct sv layout = SV("src/http/layout/");
	for (int i = 0; i < 2; i++) {
		struct sv folder = i ? layout : beside;
		struct sv file = arena_printf(ctx->arena, "%.*s%.*s.html", SV_FMT(folder), SV_FMT(name));
		struct sv path = arena_printf(ctx->arena, "%.*s%.*s", SV_FMT(folders->root), SV_FMT(file));
		if (template_read_file(ctx, path, ret_text) == RC_OK) {
			*ret_file = file;
			return RC_OK;
		}
		if (i == 0)
			error_clear(ctx);
	}
	return RC_NOT_FOUND;
}

struct template_folders template_folders_of(struct sv root, struct sv file)
{
	return (struct template_folders){ { read_partial }, root, file };
}

static bool same_shape(const struct html_shape *a, const struct html_shape *b)
{
	if (a == b)
		return true;
	if (!a || !b || a->count != b->count || a->size != b->size)
		return false;
	for (size_t i = 0; i < a->count; i++) {
		const struct html_member *m = &a->members[i], *n = &b->members[i];
		if (strcmp(m->name, n->name) != 0 || m->type != n->type || m->optional != n->optional || m->offset != n->offset
			|| !same_shape(m->shape, n->shape))
			return false;
	}
	return true;
}

enum rc template_render_live(struct ctx *ctx, const struct html_view *view, struct html_out *out, const void *data)
{
	struct sv file = sv_of(view->file), text;
	struct template_folders folders = template_folders_of(SV(""), file);
	struct template *template;

	TRY(template_read_file(ctx, file, &text));
	TRY(template_parse(ctx, file, text, &folders.source, &template));
	if (!same_shape(template_shape(template), view->shape))
		return tpl_fail(ctx, file, 1, N_("The members in the head of \"{what}\" changed. Build again, then reload."),
			template_name(template));
	template_render(template, out, data);
	return RC_OK;
}
