/* Problems: recorded once in the context; see error.h. */
#include "base/error.h"

#include <assert.h>
#include <stdarg.h>
#include <stdio.h>

#include "base/ctx.h"

#include "base/banned.h"

const struct principal principal_nobody = { .kind = PRINCIPAL_NOBODY };
const struct principal principal_system = { .kind = PRINCIPAL_SYSTEM, .name = SV_INIT("Tongban"), .permissions = ~0ull };

int rc_http_status(enum rc rc)
{
	switch (rc) {
#define X(code, status, exit, type) case code: return status;
		RC_TABLE(X)
#undef X
	}
	return 500;
}

int rc_exit_code(enum rc rc)
{
	switch (rc) {
#define X(code, status, exit, type) case code: return exit;
		RC_TABLE(X)
#undef X
	}
	return 9;
}

const char *rc_problem_type(enum rc rc)
{
	switch (rc) {
#define X(code, status, exit, type) case code: return type;
		RC_TABLE(X)
#undef X
	}
	return "internal-error";
}

static const struct text_arg *copy_args(struct arena *arena, const struct text_arg *args)
{
	size_t count = 0;

	if (!args)
		return NULL;
	while (args[count].name)
		count++;
	struct text_arg *copy = ARENA_ARRAY(arena, struct text_arg, count + 1);
	for (size_t i = 0; i < count; i++)
		copy[i] = (struct text_arg){ args[i].name, arena_copy(arena, args[i].value) };
	return copy;
}

enum rc fail(struct ctx *ctx, enum rc rc, const char *msgid, const struct text_arg *args)
{
	assert(rc != RC_OK && msgid);
	if (ctx->err->rc == RC_OK) {
		ctx->err->rc = rc;
		ctx->err->msgid = msgid;
		ctx->err->args = copy_args(ctx->arena, args);
	}
	return rc;
}

enum rc fail_field(struct ctx *ctx, struct sv field, const char *msgid, const struct text_arg *args)
{
	struct error *err = ctx->err;

	assert(msgid);
	if (err->rc == RC_OK) {
		err->rc = RC_INVALID;
		err->msgid = N_("Some answers need another look.");
	}
	if (err->field_count == ERROR_MAX_FIELDS)
		return err->rc;
	if (!err->fields)
		err->fields = ARENA_ARRAY(ctx->arena, struct field_problem, ERROR_MAX_FIELDS);
	err->fields[err->field_count++] = (struct field_problem){
		.field = arena_copy(ctx->arena, field),
		.msgid = msgid,
		.args = copy_args(ctx->arena, args),
	};
	return err->rc;
}

void error_label(struct error *err, size_t from, struct sv label)
{
	for (size_t i = from; i < err->field_count; i++)
		err->fields[i].label = label;
}

enum rc fail_at(struct ctx *ctx, enum rc rc, struct sv file, uint32_t line, const char *msgid, const struct text_arg *args)
{
	if (ctx->err->rc == RC_OK) {
		ctx->err->file = arena_copy(ctx->arena, file);
		ctx->err->line = line;
	}
	return fail(ctx, rc, msgid, args);
}

enum rc fail_internal(struct ctx *ctx, const char *format, ...)
{
	char detail[512];
	va_list args;

	va_start(args, format);
	vsnprintf(detail, sizeof(detail), format, args);
	va_end(args);
	if (ctx->err->rc == RC_OK)
		ctx->err->detail = arena_copy(ctx->arena, sv_of(detail));
	return fail(ctx, RC_INTERNAL, N_("Something went wrong on our side. Nothing was changed; please try again."), NULL);
}

void error_clear(struct ctx *ctx)
{
	*ctx->err = (struct error){ .rc = RC_OK };
}

struct sv error_detail(const struct error *err)
{
	assert(err);
	return err->detail.len || !err->msgid ? err->detail : sv_of(err->msgid);
}
