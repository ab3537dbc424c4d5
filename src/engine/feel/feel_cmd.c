/* tongban feel: evaluates expressions given on the command line or typed in. */
#include "engine/feel/feel_cmd.h"

#include <stdio.h>
#include <unistd.h>

#include "base/file.h"
#include "engine/feel/feel.h"
#include "engine/feel/feel_int.h"

#include "base/banned.h"

enum { OUTPUT_MAX = 64 << 20, LINE_MAX_BYTES = 65536 };

static int report(struct ctx *ctx)
{
	int code = rc_exit_code(ctx->err->rc);

	fprintf(stderr, "%.*s\n", SV_FMT(tr_args(ctx, ctx->err->msgid, ctx->err->args)));
	error_clear(ctx);
	return code;
}

static void show(struct ctx *ctx, struct feel_value value)
{
	struct sv why = feel_reason(ctx, value);
	struct buf buf;

	buf_init(&buf, ctx->arena, OUTPUT_MAX);
	if (value.kind == FEEL_STRING) {
		struct json_out out = json_out_to(&buf);
		json_out_string(&out, value.text);
	} else {
		feel_print(&buf, value);
	}
	printf("%.*s\n", SV_FMT(buf_view(&buf)));
	fflush(stdout);
	if (why.len)
		fprintf(stderr, "null: %.*s\n", SV_FMT(why));
}

static enum rc evaluate(struct ctx *ctx, struct sv text, struct feel_value context, struct feel_value *ret)
{
	const struct feel_expr *expr;
	size_t count = context.kind == FEEL_CONTEXT ? context.context.count : 0;
	struct feel_member *names = ARENA_ARRAY(ctx->arena, struct feel_member, count);

	for (size_t i = 0; i < count; i++)
		names[i].name = context.context.at[i].key;
	struct feel_scope scope = { .names = names, .count = count };
	TRY(feel_compile(ctx, &scope, text, &expr));
	return feel_eval(ctx, expr, context, ret);
}

static struct feel_value with_entry(struct ctx *ctx, struct feel_value context, struct sv name, struct feel_value value)
{
	size_t count = context.kind == FEEL_CONTEXT ? context.context.count : 0, at = 0;
	struct feel_entry *entries = ARENA_ARRAY(ctx->arena, struct feel_entry, count + 1);

	for (; at < count; at++)
		entries[at] = context.context.at[at];
	for (at = 0; at < count && !sv_equal(entries[at].key, name); at++)
		;
	entries[at] = (struct feel_entry){ name, value };
	return feel_context(entries, at == count ? count + 1 : count);
}

/* "name = expression" at the prompt; a comparison must be put in parentheses. */
static bool is_assignment(struct sv line, struct sv *ret_name, struct sv *ret_text)
{
	size_t at = sv_find_byte(line, '=', 0);

	if (at == SIZE_MAX || at == 0 || strchr("<>!(", line.ptr[at - 1]))
		return false;
	*ret_name = sv_trim(sv_slice(line, 0, at));
	for (size_t i = 0; i < ret_name->len; i++) {
		char c = ret_name->ptr[i];
		if (!((c | 32) >= 'a' && (c | 32) <= 'z') && !(c >= '0' && c <= '9') && c != '_' && c != ' ' && !(c & 0x80))
			return false;
	}
	*ret_text = sv_slice(line, at + 1, SIZE_MAX);
	return ret_name->len > 0 && !(ret_name->ptr[0] >= '0' && ret_name->ptr[0] <= '9');
}

static int repl(struct ctx *ctx, struct feel_value context)
{
	char line[LINE_MAX_BYTES];
	struct feel_value value;
	bool person = isatty(0);

	for (;;) {
		if (person) {
			printf("feel> ");
			fflush(stdout);
		}
		if (!fgets(line, sizeof(line), stdin))
			return 0;
		struct sv text = arena_copy(ctx->arena, sv_trim(sv_of(line))), name = { NULL, 0 };
		if (text.len == 0)
			continue;
		bool keeps = is_assignment(text, &name, &text);
		if (evaluate(ctx, text, context, &value) != RC_OK) {
			report(ctx);
			continue;
		}
		if (keeps)
			context = with_entry(ctx, context, name, value);
		show(ctx, value);
	}
}

static int usage(void)
{
	fputs("usage: tongban feel [EXPRESSION] [--context FILE]\n", stderr);
	return 2;
}

int feel_command(struct ctx *ctx, int argc, char **argv)
{
	struct feel_value context = feel_null(), value;
	const char *text = NULL, *file = NULL;
	const struct json *json;
	struct sv bytes;

	for (int i = 1; i < argc; i++) {
		if (strcmp(argv[i], "--context") == 0 && i + 1 < argc)
			file = argv[++i];
		else if (!text && (argv[i][0] != '-' || argv[i][1] != '-'))
			text = argv[i];
		else
			return usage();
	}
	if (file) {
		if (file_read(ctx, file, json_limits_file.max_bytes, &bytes) != RC_OK
			|| json_parse(ctx, sv_of(file), bytes, &json_limits_file, &json) != RC_OK)
			return report(ctx);
		context = feel_from_json(ctx, json, NULL);
	}
	if (!text)
		return repl(ctx, context);
	if (evaluate(ctx, sv_of(text), context, &value) != RC_OK)
		return report(ctx);
	show(ctx, value);
	return 0;
}
