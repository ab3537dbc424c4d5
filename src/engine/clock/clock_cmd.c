/* `tongban clock`: a due day and how it came about, from the command line. */
#include "engine/clock/clock.h"

#include <dirent.h>
#include <stdio.h>

#include "base/civil.h"
#include "base/ctx.h"

#include "base/banned.h"

enum { MAX_NOTICE_BYTES = 64 << 10 };

static const char usage[] = "usage: tongban clock CALENDAR_DIR START DAYS [stop:DAY:ANNOUNCED] [resume:DAY] [extend:DAY:MORE] "
			    "[at:DAY]\n"
			    "Prints the last day of a limit of DAYS working days that starts on START, and why, day by day.\n"
			    "Days are written 2026-03-02. CALENDAR_DIR holds the yearly notices (city/calendar).\n";

static enum rc add_file(struct ctx *ctx, struct limit_calendar *calendar, struct sv path)
{
	FILE *file = fopen(path.ptr, "rb");

	if (!file)
		return fail_at(ctx, RC_NOT_FOUND, path, 0, N_("This file can't be read; check its name and rights."), NULL);
	char *text = arena_alloc(ctx->arena, MAX_NOTICE_BYTES + 1);
	size_t len = fread(text, 1, MAX_NOTICE_BYTES + 1, file);
	fclose(file);
	return limit_calendar_add(ctx, calendar, path, (struct sv){ text, len });
}

static enum rc add_folder(struct ctx *ctx, struct limit_calendar *calendar, const char *folder)
{
	DIR *dir = opendir(folder);
	enum rc rc = RC_OK;

	if (!dir)
		return fail_at(ctx, RC_NOT_FOUND, sv_of(folder), 0, N_("This folder can't be read; check its name and rights."),
			NULL);
	for (struct dirent *entry; rc == RC_OK && (entry = readdir(dir)) != NULL;)
		if (sv_has_suffix(sv_of(entry->d_name), SV(".yaml")))
			rc = add_file(ctx, calendar, arena_printf(ctx->arena, "%s/%s", folder, entry->d_name));
	closedir(dir);
	return rc;
}

struct question {
	const struct limit_calendar *calendar;
	struct limit_ledger ledger;
	struct limit limit;
	int64_t at;
};

static enum rc read_event(struct ctx *ctx, struct question *q, struct sv word)
{
	struct sv rest = word, verb = sv_cut(&rest, ':'), day_text = sv_cut(&rest, ':');
	int64_t day, number = 0;

	if (!civil_parse_day(day_text, &day) || (!sv_is_absent(rest) && !sv_parse_i64(rest, &number)))
		return fail(ctx, RC_INVALID, N_("{word} is not an event; write for example stop:2026-03-04:5."), ARGS({ "word", word }));
	q->at = day > q->at || sv_equal_z(verb, "at") ? day : q->at; /* without "at": as it stands after the last event */
	if (sv_equal_z(verb, "stop"))
		return limit_stop(ctx, &q->ledger, day, (int)number, SV("stop"), SV("art. 45"));
	if (sv_equal_z(verb, "resume"))
		return limit_resume(ctx, &q->ledger, day);
	if (sv_equal_z(verb, "extend"))
		return limit_extend(ctx, q->calendar, &q->ledger, &q->limit,
			&(struct limit_extension){ day, (int)number, SV("head"), SV("art. 42") });
	if (!sv_equal_z(verb, "at"))
		return fail(ctx, RC_INVALID, N_("{word} is not an event; write for example stop:2026-03-04:5."), ARGS({ "word", word }));
	return RC_OK;
}

static void print_answer(const struct ctx *ctx, const struct question *q)
{
	struct limit_state state = limit_state(q->calendar, &q->ledger, &q->limit, q->at);
	struct limit_line *lines;
	size_t count = limit_explain(ctx->arena, q->calendar, &q->ledger, &q->limit, q->at, &lines);
	char text[11];

	for (size_t i = 0; i < count; i++)
		printf("%s  %.*s%s%s\n", civil_day_text(lines[i].day, text).ptr, SV_FMT(limit_line_text(ctx, &lines[i])),
			lines[i].is.provisional ? " (provisional)" : "", lines[i].is_due ? "  <- due" : "");
	printf("due %s, %d of %d working days used%s%s\n", civil_day_text(state.due, text).ptr, state.used, state.total,
		state.stopped ? ", stopped" : "", state.provisional ? ", provisional" : "");
}

static enum rc run(struct ctx *ctx, int argc, char **argv)
{
	struct limit_calendar *calendar = limit_calendar_new(ctx->arena);
	struct question q = { .calendar = calendar };
	int64_t days;

	TRY(add_folder(ctx, calendar, argv[1]));
	if (!civil_parse_day(sv_of(argv[2]), &q.ledger.start) || !sv_parse_i64(sv_of(argv[3]), &days) || days < 1 || days > 1000)
		return fail(ctx, RC_INVALID, N_("Give the start as 2026-03-02 and 1 to 1000 working days."), NULL);
	q.at = q.ledger.start;
	q.limit.days = (int)days;
	for (int i = 4; i < argc; i++)
		TRY(read_event(ctx, &q, sv_of(argv[i])));
	print_answer(ctx, &q);
	return RC_OK;
}

int limit_command(struct ctx *ctx, int argc, char **argv)
{
	if (argc < 4) {
		fputs(usage, stderr);
		return rc_exit_code(RC_INVALID);
	}
	return rc_exit_code(run(ctx, argc, argv));
}
