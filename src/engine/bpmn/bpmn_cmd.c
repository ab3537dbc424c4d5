/* `tongban bpmn`: check a model, walk through it by hand, run traces. */
#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>

#include "base/civil.h"
#include "engine/bpmn/bpmn.h"
#include "engine/bpmn/bpmn_trace.h"

#include "base/banned.h"

static const char usage[] =
	"usage: tongban bpmn check FILE...                  parse, and list what is wrong or doubtful\n"
	"       tongban bpmn steps FILE                     the process as a row of steps\n"
	"       tongban bpmn run FILE                       walk through it; commands: ID [NAME=FEEL...], +DAYS, ?, quit\n"
	"       tongban bpmn trace [--models DIR] FILE|DIR...  run traces (JSON) and count, folder by folder\n";

static enum rc load(struct ctx *ctx, const char *path, const struct bpmn_model **ret)
{
	struct sv text;

	TRY(bpmn_trace_read_file(ctx, sv_of(path), &text));
	return bpmn_parse(ctx, sv_of(path), text, ret);
}

static enum rc check(struct ctx *ctx, int argc, char **argv)
{
	bool clean = true;

	for (int i = 2; i < argc; i++) {
		const struct bpmn_model *model;
		const struct bpmn_problem *problems;
		TRY(load(ctx, argv[i], &model));
		size_t count = bpmn_lint(ctx, model, &problems);
		for (size_t k = 0; k < count; k++)
			printf("%s:%u: %.*s\n", argv[i], problems[k].line,
				SV_FMT(tr_args(ctx, problems[k].msgid, problems[k].args)));
		clean &= count == 0;
		printf("%s: %zu elements, %zu remarks\n", argv[i], bpmn_node_count(model), count);
	}
	return clean ? RC_OK : fail(ctx, RC_INVALID, N_("The process has the problems listed above; correct them."), NULL);
}

static enum rc steps(struct ctx *ctx, int argc, char **argv)
{
	const struct bpmn_model *model;
	const struct bpmn_step *list;

	if (argc != 3)
		return fail(ctx, RC_INVALID, N_("Name one BPMN file."), NULL);
	TRY(load(ctx, argv[2], &model));
	size_t count = bpmn_steps(ctx->arena, model, &list);
	for (size_t i = 0; i < count; i++)
		printf("%2zu %-14s group %d%s  %.*s  %.*s\n", i + 1, bpmn_kind_name(list[i].node->kind), list[i].group,
			list[i].branch ? " (some cases)" : "", SV_FMT(list[i].node->id),
			SV_FMT(list[i].node->lane ? list[i].node->lane->name : SV("")));
	return RC_OK;
}

/* ---- run ---- */

static void show(struct ctx *ctx, const struct bpmn_outcome *out)
{
	const struct bpmn_wait *waits;
	const struct bpmn_timer *timers;
	char text[25];

	for (size_t i = 0; i < out->count; i++) {
		struct buf buf;
		buf_init(&buf, ctx->arena, 1 << 16);
		struct json_out json = json_out_to(&buf);
		bpmn_event_print(&json, &out->events[i]);
		printf("  %.*s\n", SV_FMT(buf_view(&buf)));
	}
	size_t count = bpmn_waits(ctx->arena, out->state, &waits);
	for (size_t i = 0; i < count; i++)
		printf("open %u: %.*s %.*s\n", waits[i].id, SV_FMT(waits[i].node->id), SV_FMT(waits[i].node->name));
	count = bpmn_timers(ctx->arena, out->state, &timers);
	for (size_t i = 0; i < count; i++)
		printf("timer %u: %.*s at %s\n", timers[i].id, SV_FMT(timers[i].node->id), civil_instant_text(timers[i].due, text).ptr);
	if (bpmn_is_ended(out->state))
		puts("ended");
}

/* NAME=FEEL pairs, to a context. */
static enum rc read_variables(struct ctx *ctx, struct sv rest, struct feel_value *ret)
{
	struct buf buf;
	const struct feel_expr *expr;
	struct feel_scope scope = { .file = SV("input"), .line = 1 };
	bool first = true;

	buf_init(&buf, ctx->arena, 1 << 16);
	buf_byte(&buf, '{');
	while (!sv_is_absent(rest)) {
		struct sv value = sv_cut(&rest, ' '), name = sv_cut(&value, '=');
		if (sv_is_empty(name))
			continue;
		buf_printf(&buf, "%s%.*s: %.*s", first ? "" : ", ", SV_FMT(name), SV_FMT(sv_is_absent(value) ? SV("null") : value));
		first = false;
	}
	buf_byte(&buf, '}');
	TRY(feel_compile(ctx, &scope, buf_view(&buf), &expr));
	return feel_eval(ctx, expr, feel_null(), ret);
}

static enum rc read_command(struct ctx *ctx, struct sv line, int64_t *now, struct bpmn_command *ret)
{
	struct sv rest = line, word = sv_cut(&rest, ' ');
	int64_t number;

	if (!sv_parse_i64(word.len && word.ptr[0] == '+' ? sv_slice(word, 1, word.len) : word, &number) || number < 0)
		return fail(ctx, RC_INVALID, N_("Write the number of an open task, or +DAYS."), NULL);
	if (word.ptr[0] == '+') {
		*now += number * DAY_MS;
		*ret = (struct bpmn_command){ .kind = BPMN_ADVANCE, .now = *now };
		return RC_OK;
	}
	*ret = (struct bpmn_command){ .kind = BPMN_COMPLETE, .id = (uint32_t)number, .now = *now };
	return read_variables(ctx, rest, &ret->variables);
}

static void complain(struct ctx *ctx)
{
	fprintf(stderr, "%.*s\n", SV_FMT(tr_args(ctx, ctx->err->msgid, ctx->err->args)));
	error_clear(ctx);
}

static enum rc walk(struct ctx *ctx, int argc, char **argv)
{
	const struct bpmn_model *model;
	struct bpmn_outcome out;
	int64_t now = clock_now(ctx->clock);
	char line[4096];
	struct bpmn_command command = { .kind = BPMN_START, .now = now };

	if (argc != 3)
		return fail(ctx, RC_INVALID, N_("Name one BPMN file."), NULL);
	TRY(load(ctx, argv[2], &model));
	TRY(bpmn_do(ctx, model, NULL, &command, &out));
	show(ctx, &out);
	while (!bpmn_is_ended(out.state) && fgets(line, sizeof(line), stdin)) {
		struct sv text = sv_trim(sv_of(line));
		if (sv_equal_z(text, "quit"))
			break;
		if (sv_is_empty(text) || sv_equal_z(text, "?")) {
			show(ctx, &(struct bpmn_outcome){ .state = out.state });
			continue;
		}
		if (read_command(ctx, text, &now, &command) != RC_OK
			|| bpmn_do(ctx, model, out.state, &command, &out) != RC_OK)
			complain(ctx);
		else
			show(ctx, &out);
	}
	return RC_OK;
}

/* ---- traces ---- */

struct tally {
	struct ctx *ctx;
	struct sv models;
	unsigned passed, failed, apart;
};

static enum rc run_trace(struct tally *tally, struct sv path)
{
	struct arena arena;
	struct error err = { .rc = RC_OK };
	struct ctx ctx = *tally->ctx;
	struct trace_result result = { 0 };

	arena_init(&arena, (size_t)512 << 20);
	ctx.arena = &arena;
	ctx.err = &err;
	enum rc rc = bpmn_trace_run(&ctx, path, tally->models, &result);
	bool passed = rc == RC_OK && result.passed;
	struct sv reason = rc != RC_OK ? sv_of(err.msgid) : result.reason;
	if (result.doubtful)
		tally->apart++;
	else if (passed)
		tally->passed++;
	else
		tally->failed++;
	printf("%s %.*s%s%.*s\n", passed ? "pass" : "FAIL", SV_FMT(path), passed ? "" : ": ", SV_FMT(passed ? SV("") : reason));
	arena_release(&arena);
	return RC_OK;
}

static int by_name(const struct dirent **a, const struct dirent **b)
{
	return strcmp((*a)->d_name, (*b)->d_name);
}

static enum rc run_path(struct tally *tally, struct sv path);

static enum rc run_folder(struct tally *tally, struct sv path)
{
	struct dirent **entries;
	int count = scandir(path.ptr, &entries, NULL, by_name);
	struct tally before = *tally;
	enum rc rc = RC_OK;

	if (count < 0)
		return fail_at(tally->ctx, RC_NOT_FOUND, path, 0, N_("This folder can't be read; check its name and rights."), NULL);
	for (int i = 0; i < count; i++) {
		if (rc == RC_OK && entries[i]->d_name[0] != '.')
			rc = run_path(tally, arena_printf(tally->ctx->arena, "%s/%s", path.ptr, entries[i]->d_name));
		free(entries[i]);
	}
	free(entries);
	if (tally->passed + tally->failed > before.passed + before.failed)
		printf("== %s: %u of %u, %u apart\n", path.ptr, tally->passed - before.passed,
			tally->passed + tally->failed - before.passed - before.failed, tally->apart - before.apart);
	return rc;
}

static enum rc run_path(struct tally *tally, struct sv path)
{
	struct stat st;

	if (stat(path.ptr, &st) != 0)
		return fail_at(tally->ctx, RC_NOT_FOUND, path, 0, N_("This file can't be read; check its name and rights."), NULL);
	if (S_ISDIR(st.st_mode))
		return run_folder(tally, path);
	if (!sv_has_suffix(path, SV(".json")) || sv_has_suffix(path, SV("/lax.json")) || sv_has_suffix(path, SV("/invalid.json")))
		return RC_OK;
	return run_trace(tally, path);
}

static enum rc trace(struct ctx *ctx, int argc, char **argv)
{
	struct tally tally = { .ctx = ctx };
	int i = 2;

	if (i + 1 < argc && sv_equal_z(sv_of(argv[i]), "--models")) {
		tally.models = sv_of(argv[i + 1]);
		i += 2;
	}
	for (; i < argc; i++)
		TRY(run_path(&tally, sv_of(argv[i])));
	printf("passed %u, failed %u, apart %u\n", tally.passed, tally.failed, tally.apart);
	return tally.failed == 0 ? RC_OK : fail(ctx, RC_INVALID, N_("Some traces do not pass; see above."), NULL);
}

int bpmn_command(struct ctx *ctx, int argc, char **argv)
{
	static const struct {
		const char *name;
		enum rc (*run)(struct ctx *ctx, int argc, char **argv);
	} verbs[] = { { "check", check }, { "steps", steps }, { "run", walk }, { "trace", trace } };

	for (size_t i = 0; argc > 2 && i < sizeof(verbs) / sizeof(verbs[0]); i++)
		if (sv_equal_z(sv_of(argv[1]), verbs[i].name))
			return rc_exit_code(verbs[i].run(ctx, argc, argv));
	fputs(usage, stderr);
	return rc_exit_code(RC_INVALID);
}
