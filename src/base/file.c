/* Reading whole files. */
#include "base/file.h"

#include <assert.h>
#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "base/buf.h"

#include "base/banned.h"

enum rc file_read(struct ctx *ctx, const char *path, size_t max, struct sv *ret)
{
	FILE *file = fopen(path, "rbe");
	struct buf buf;
	char chunk[32768];
	size_t got;

	assert(path && max > 0);
	if (!file)
		return fail(ctx, RC_NOT_FOUND, N_("The file {path} cannot be read: {reason}."),
			ARGS({ "path", sv_of(path) }, { "reason", sv_of(strerror(errno)) }));
	buf_init(&buf, ctx->arena, max);
	while (!buf.overflow && (got = fread(chunk, 1, sizeof(chunk), file)) > 0)
		buf_add(&buf, chunk, got);
	bool failed = ferror(file) != 0;
	fclose(file);
	if (failed)
		return fail(ctx, RC_NOT_FOUND, N_("The file {path} cannot be read: {reason}."),
			ARGS({ "path", sv_of(path) }, { "reason", SV("input/output error") }));
	if (buf.overflow)
		return fail(ctx, RC_TOO_LARGE, N_("The file {path} is too large. Split it."), ARGS({ "path", sv_of(path) }));
	*ret = buf_view(&buf);
	return RC_OK;
}
