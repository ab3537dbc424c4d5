/* tongban dmn: evaluating, testing and checking decision models. */
#include "engine/dmn/dmn_cmd.h"

#include <stdio.h>

#include "base/file.h"
#include "engine/dmn/dmn_int.h"
#include "engine/dmn/dmn_suite.h"

#include "base/banned.h"

enum { OUTPUT_MAX = 64 << 20 };

static int report(struct ctx *ctx)
{
	int code = rc_exit_code(ctx->err->rc);
	struct sv text = tr_args(ctx, ctx->err->msgid, ctx->err->args);

	if (ctx->err->file.len)
		fprintf(stderr, "%.*s:%u: ", SV_FMT(ctx->err->file), ctx->err->line);
	fprintf(stderr, "%.*s\n", SV_FMT(text));
	return code;
}

static enum rc load(struct ctx *ctx, const char *path, const struct dmn_model **ret)
{
	struct sv name = sv_of(path), text;
	size_t slash = name.len;

	while (slash > 0 && path[slash - 1] != '/')
		slash--;
	char *dir = arena_z(ctx->arena, slash ? sv_slice(name, 0, slash) : SV("."));
	const struct dmn_options options = { .find_import = dmn_find_in_folder, .user = dir };
	TRY(file_read(ctx, path, DMN_MAX_TEXT, &text));
	return dmn_parse(ctx, name, text, &options, ret);
}

static enum rc read_inputs(struct ctx *ctx, const struct dmn_model *model, const char *path, struct feel_value *ret)
{
	size_t count;
	const struct dmn_input *inputs = dmn_inputs(model, &count);
	struct feel_member *members = ARENA_ARRAY(ctx->arena, struct feel_member, count);
	const struct json *json;
	struct sv text;

	*ret = feel_null();
	if (!path)
		return RC_OK;
	for (size_t i = 0; i < count; i++)
		members[i] = (struct feel_member){ inputs[i].name, inputs[i].type };
	const struct feel_type type = { .kind = FEEL_TYPE_CONTEXT, .members = members, .count = count };
	TRY(file_read(ctx, path, json_limits_file.max_bytes, &text));
	TRY(json_parse(ctx, sv_of(path), text, &json_limits_file, &json));
	*ret = feel_from_json(ctx, json, &type);
	return RC_OK;
}

static enum rc evaluate(struct ctx *ctx, const char *file, const char *decision, const char *input, bool explain)
{
	const struct dmn_model *model;
	struct feel_value inputs, value;
	struct buf buf;

	buf_init(&buf, ctx->arena, OUTPUT_MAX);
	struct json_out out = json_out_to(&buf);
	out.indent = 2;
	TRY(load(ctx, file, &model));
	TRY(read_inputs(ctx, model, input, &inputs));
	if (explain) {
		TRY(dmn_explain(ctx, model, sv_of(decision), inputs, &out, &value));
	} else {
		TRY(dmn_evaluate(ctx, model, sv_of(decision), inputs, &value));
		feel_to_json(&out, value);
	}
	printf("%.*s\n", SV_FMT(buf_view(&buf)));
	struct sv why = feel_reason(ctx, value);
	if (why.len && !explain)
		fprintf(stderr, "null: %.*s\n", SV_FMT(why));
	return RC_OK;
}

static int usage(void)
{
	fputs("usage: tongban dmn eval FILE --decision NAME [--input FILE] [--explain]\n"
	      "       tongban dmn test DIR\n"
	      "       tongban dmn check FILE\n",
		stderr);
	return 2;
}

static int eval_command(struct ctx *ctx, int argc, char **argv)
{
	const char *file = NULL, *decision = NULL, *input = NULL;
	bool explain = false;

	for (int i = 0; i < argc; i++) {
		if (strcmp(argv[i], "--explain") == 0)
			explain = true;
		else if (strcmp(argv[i], "--decision") == 0 && i + 1 < argc)
			decision = argv[++i];
		else if (strcmp(argv[i], "--input") == 0 && i + 1 < argc)
			input = argv[++i];
		else if (!file && argv[i][0] != '-')
			file = argv[i];
		else
			return usage();
	}
	if (!file || !decision)
		return usage();
	return evaluate(ctx, file, decision, input, explain) == RC_OK ? 0 : report(ctx);
}

static int test_command(struct ctx *ctx, const char *dir)
{
	struct dmn_tally tally;

	if (dmn_suite_run(ctx, dir, NULL, stdout, &tally) != RC_OK)
		return report(ctx);
	printf("%zu scored cases: %zu passed, %zu failed; of the passed %zu equal exactly, %zu at the digits their endless value states, "
	       "%zu within 1e-8 of a value computed in binary; with external functions: %zu passed, %zu failed; not scored: %zu passed, "
	       "%zu failed\n",
		tally.passed + tally.failed, tally.passed, tally.failed, tally.passed - tally.stated - tally.binary, tally.stated,
		tally.binary, tally.external_passed, tally.external - tally.external_passed, tally.optional_passed,
		tally.optional - tally.optional_passed);
	return tally.failed ? 2 : 0;
}

static int check_command(struct ctx *ctx, const char *file)
{
	const struct dmn_model *model;
	const struct dmn_problem *problems;
	size_t count;
	bool wrong = false;

	if (load(ctx, file, &model) != RC_OK || dmn_check(ctx, model, &problems, &count) != RC_OK)
		return report(ctx);
	for (size_t i = 0; i < count; i++) {
		const struct dmn_problem *p = &problems[i];
		wrong = wrong || p->severity == DMN_ERROR;
		printf("%.*s:%u: %.*s: %s: %s: %.*s\n", SV_FMT(p->file), p->line, SV_FMT(p->element),
			p->severity == DMN_ERROR ? "error" : "warning", p->rule, SV_FMT(tr_args(ctx, p->msgid, p->args)));
	}
	printf("%zu problems\n", count);
	return wrong ? 2 : 0;
}

int dmn_command(struct ctx *ctx, int argc, char **argv)
{
	if (argc >= 3 && strcmp(argv[1], "eval") == 0)
		return eval_command(ctx, argc - 2, argv + 2);
	if (argc == 3 && strcmp(argv[1], "test") == 0)
		return test_command(ctx, argv[2]);
	if (argc == 3 && strcmp(argv[1], "check") == 0)
		return check_command(ctx, argv[2]);
	return usage();
}
