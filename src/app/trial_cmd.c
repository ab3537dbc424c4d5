/* tongban service test DIR...: a trial of each folder on the stage of the sample city, printed as TAP. */
#include <stdio.h>
#include <stdlib.h>

#include "app/app.h"
#include "app/trial.h"
#include "base/file.h"
#include "base/locale.h"
#include "engine/clock/clock.h"

#include "base/banned.h"

enum { CITY_FILE_MAX = 1 << 20, FIRST_YEAR = 2025, LAST_YEAR = 2026 };

struct tally {
	unsigned passed, failed;
};

static enum rc city_text(struct ctx *ctx, struct sv city, const char *name, struct sv *ret)
{
	return file_read(ctx, arena_printf(ctx->arena, "%.*s/%s", SV_FMT(city), name).ptr, CITY_FILE_MAX, ret);
}

static enum rc read_stage(struct ctx *ctx, struct sv city, struct trial_stage *ret)
{
	struct limit_calendar *calendar = limit_calendar_new(ctx->arena);

	for (int year = FIRST_YEAR; year <= LAST_YEAR; year++) {
		struct sv text, name = arena_printf(ctx->arena, "calendar/%d.yaml", year);
		TRY(city_text(ctx, city, name.ptr, &text));
		TRY(limit_calendar_add(ctx, calendar, name, text));
	}
	ret->calendar = calendar;
	TRY(city_text(ctx, city, "registers.yaml", &ret->registers));
	TRY(city_text(ctx, city, "purposes.yaml", &ret->purposes));
	return city_text(ctx, city, "departments.yaml", &ret->departments);
}

static void print_outcome(struct tally *tally, struct sv code, const struct service_outcome *outcome)
{
	struct sv rest = outcome->differences;

	printf("%s %u - %.*s: %.*s\n", outcome->passed ? "ok" : "not ok", tally->passed + tally->failed + 1, SV_FMT(code), SV_FMT(outcome->name));
	while (!sv_is_empty(rest)) {
		struct sv line = sv_cut(&rest, '\n');
		printf("# %.*s\n", SV_FMT(line));
	}
	tally->passed += outcome->passed;
	tally->failed += !outcome->passed;
}

/* The last part of the folder's path: a folder is called as its service. */
static struct sv code_of(struct sv dir)
{
	size_t from = 0, end = dir.len;

	while (end && dir.ptr[end - 1] == '/')
		end--;
	for (size_t i = 0; i < end; i++)
		if (dir.ptr[i] == '/')
			from = i + 1;
	return sv_slice(dir, from, end - from);
}

static enum rc try_folder(struct ctx *ctx, struct trial *trial, struct sv dir, struct tally *tally)
{
	struct service_problems problems = { 0 };
	struct service_outcome *outcomes;
	struct service_file *files;
	size_t count;

	TRY(service_folder_read(ctx, dir, &files, &count));
	enum rc rc = trial_run(ctx, trial, files, count, &problems, &outcomes, &count);
	service_problems_print(ctx, dir, &problems);
	TRY(rc);
	for (size_t i = 0; i < count; i++)
		print_outcome(tally, code_of(dir), &outcomes[i]);
	return RC_OK;
}

enum rc service_test_command(struct ctx *ctx, int argc, char **argv)
{
	struct sv city = sv_of(getenv("TONGBAN_CITY") ? getenv("TONGBAN_CITY") : "city");
	struct app_options options = { 0 };
	struct trial_stage stage = { 0 };
	struct trial *trial = NULL;
	struct tally tally = { 0 };

	TRY(app_options_parse(ctx, &argc, argv, &options));
	if (argc == 0)
		return fail(ctx, RC_INVALID, N_("Say which folders."), NULL);
	TRY(read_stage(ctx, city, &stage));
	enum rc rc = trial_open(ctx, SV("/tmp"), options.db, &stage, &trial);
	for (int i = 0; rc == RC_OK && i < argc; i++)
		rc = try_folder(ctx, trial, sv_of(argv[i]), &tally);
	trial_close(trial);
	TRY(rc);
	printf("%u passed, %u failed\n", tally.passed, tally.failed);
	return tally.failed ? fail(ctx, RC_INVALID, N_("Some example cases came out differently."), NULL) : RC_OK;
}
