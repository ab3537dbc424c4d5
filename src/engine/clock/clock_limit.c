/* Limits: the due day, how much is used, its colour, and the day-by-day explanation.
 *
 * A limit's days are the working days after the start, less those that lie in a pause (after the stop, up to and including
 * the day of resuming). All functions look at the ledger as it stood at the end of the day asked for, so that "what did the
 * clock show on that day" has one answer for ever.
 */
#include "engine/clock/clock_int.h"

#include <assert.h>

#include "base/ctx.h"

#include "base/banned.h"

enum { MAX_PAUSES = 100, MAX_DAYS = 1000, WARN_PERCENT = 20, WARN_DAYS = 2 };

/* Had the pause begun by the end of `at`? Then days (stopped, *ret_end] are not counted. */
static bool pause_at(const struct limit_pause *pause, int64_t at, int64_t *ret_end, bool *ret_open)
{
	if (pause->stopped > at)
		return false;
	*ret_open = pause->open || pause->resumed > at;
	*ret_end = *ret_open ? at : pause->resumed;
	return true;
}

static int total_at(const struct limit *limit, int64_t at)
{
	return limit->days + (limit->extension > 0 && limit->extended_on <= at ? limit->extension : 0);
}

static int64_t due_at(const struct limit_calendar *calendar, const struct limit_ledger *ledger, int total, int64_t at,
	bool *provisional)
{
	int64_t cursor = ledger->start, end;
	bool open;

	for (size_t i = 0; i < ledger->pause_count && pause_at(&ledger->pauses[i], at, &end, &open); i++) {
		int before = limit_between(calendar, cursor, ledger->pauses[i].stopped);
		if (before >= total)
			break;
		limit_add(calendar, cursor, before, provisional);
		total -= before;
		cursor = end;
	}
	return limit_add(calendar, cursor, total, provisional);
}

struct limit_state limit_state(const struct limit_calendar *calendar, const struct limit_ledger *ledger,
	const struct limit *limit, int64_t at)
{
	struct limit_state state = { .total = total_at(limit, at) };
	int64_t end;
	bool open;

	assert(ledger->pause_count == 0 || ledger->pauses);
	state.due = due_at(calendar, ledger, state.total, at, &state.provisional);
	state.used = at > ledger->start ? limit_between(calendar, ledger->start, at) : 0;
	for (size_t i = 0; i < ledger->pause_count && pause_at(&ledger->pauses[i], at, &end, &open); i++) {
		int paused = limit_between(calendar, ledger->pauses[i].stopped, end);
		state.used -= paused;
		state.stopped = open;
		if (open && paused > ledger->pauses[i].announced)
			state.pause_overrun = paused - ledger->pauses[i].announced;
	}
	state.remaining = state.total - state.used;
	if (at > state.due)
		state.colour = LIMIT_LATE;
	else if (state.remaining <= WARN_DAYS || state.remaining * 100 <= state.total * WARN_PERCENT)
		state.colour = LIMIT_WARN;
	return state;
}

/* ---- the ledger ---- */

static int64_t last_event(const struct limit_ledger *ledger)
{
	if (ledger->pause_count == 0)
		return ledger->start;
	const struct limit_pause *last = &ledger->pauses[ledger->pause_count - 1];
	return last->open ? last->stopped : last->resumed;
}

static struct limit_pause *copy_pauses(struct ctx *ctx, const struct limit_ledger *ledger, size_t count)
{
	struct limit_pause *copy = ARENA_ARRAY(ctx->arena, struct limit_pause, count);

	for (size_t i = 0; i < ledger->pause_count; i++)
		copy[i] = ledger->pauses[i];
	return copy;
}

static bool is_stopped(const struct limit_ledger *ledger)
{
	return ledger->pause_count > 0 && ledger->pauses[ledger->pause_count - 1].open;
}

static enum rc check_order(struct ctx *ctx, const struct limit_ledger *ledger, int64_t day)
{
	if (day < last_event(ledger))
		return fail(ctx, RC_CONFLICT, N_("The clock has a later entry already; use the day of that entry or a later one."),
			NULL);
	return RC_OK;
}

enum rc limit_stop(struct ctx *ctx, struct limit_ledger *ledger, int64_t day, int announced, struct sv reason,
	struct sv basis)
{
	if (is_stopped(ledger))
		return fail(ctx, RC_CONFLICT, N_("The clock is stopped already; resume it first."), NULL);
	TRY(check_order(ctx, ledger, day));
	if (ledger->pause_count == MAX_PAUSES)
		return fail(ctx, RC_TOO_MANY, N_("The clock was stopped too many times; decide the case."), NULL);
	if (sv_is_empty(reason))
		return fail_field(ctx, SV("reason"), N_("Give the reason for stopping the clock."), NULL);
	if (sv_is_empty(basis))
		return fail_field(ctx, SV("basis"), N_("Name the legal basis for stopping the clock."), NULL);
	if (announced < 1 || announced > MAX_DAYS)
		return fail_field(ctx, SV("announced"), N_("Tell the applicant how many working days this takes, at least 1."), NULL);
	struct limit_pause *pauses = copy_pauses(ctx, ledger, ledger->pause_count + 1);
	pauses[ledger->pause_count] = (struct limit_pause){
		.stopped = day,
		.open = true,
		.announced = announced,
		.reason = arena_copy(ctx->arena, reason),
		.basis = arena_copy(ctx->arena, basis),
	};
	ledger->pauses = pauses;
	ledger->pause_count++;
	return RC_OK;
}

enum rc limit_resume(struct ctx *ctx, struct limit_ledger *ledger, int64_t day)
{
	if (!is_stopped(ledger))
		return fail(ctx, RC_CONFLICT, N_("The clock is running; there is nothing to resume."), NULL);
	TRY(check_order(ctx, ledger, day));
	struct limit_pause *pauses = copy_pauses(ctx, ledger, ledger->pause_count);
	pauses[ledger->pause_count - 1].open = false;
	pauses[ledger->pause_count - 1].resumed = day;
	ledger->pauses = pauses;
	return RC_OK;
}

enum rc limit_extend(struct ctx *ctx, const struct limit_calendar *calendar, const struct limit_ledger *ledger,
	struct limit *limit, const struct limit_extension *by)
{
	if (limit->extension > 0)
		return fail(ctx, RC_CONFLICT, N_("This limit was extended already; the law allows it once. Decide the case."), NULL);
	if (limit_state(calendar, ledger, limit, by->day).colour == LIMIT_LATE)
		return fail(ctx, RC_CONFLICT, N_("This limit has run out and can't be extended any more; decide the case."), NULL);
	if (by->more < 1 || by->more > MAX_DAYS)
		return fail_field(ctx, SV("days"), N_("Extend by at least one working day."), NULL);
	if (sv_is_empty(by->approver))
		return fail_field(ctx, SV("approver"), N_("Name the head who approves the extension."), NULL);
	if (sv_is_empty(by->reason))
		return fail_field(ctx, SV("reason"), N_("Give the reason for the extension; the applicant is told."), NULL);
	limit->extension = by->more;
	limit->extended_on = by->day;
	limit->approver = arena_copy(ctx->arena, by->approver);
	limit->reason = arena_copy(ctx->arena, by->reason);
	return RC_OK;
}

/* ---- the explanation ---- */

static const struct limit_pause *pause_of_day(const struct limit_ledger *ledger, int64_t day, int64_t at)
{
	int64_t end;
	bool open;

	for (size_t i = 0; i < ledger->pause_count && pause_at(&ledger->pauses[i], at, &end, &open); i++)
		if (day > ledger->pauses[i].stopped && day <= end)
			return &ledger->pauses[i];
	return NULL;
}

size_t limit_explain(struct arena *arena, const struct limit_calendar *calendar, const struct limit_ledger *ledger,
	const struct limit *limit, int64_t at, struct limit_line **ret)
{
	int64_t due = limit_state(calendar, ledger, limit, at).due;
	int64_t last = at > due ? at : due;
	int number = 0;

	if (last - ledger->start >= LIMIT_EXPLAIN_MAX_DAYS)
		last = ledger->start + LIMIT_EXPLAIN_MAX_DAYS - 1;
	size_t count = (size_t)(last - ledger->start + 1);
	assert(count > 0 && count <= LIMIT_EXPLAIN_MAX_DAYS);
	struct limit_line *lines = ARENA_ARRAY(arena, struct limit_line, count);
	for (size_t i = 0; i < count; i++) {
		struct limit_line *line = &lines[i];
		line->day = ledger->start + (int64_t)i;
		line->is = limit_day(calendar, line->day);
		line->is_due = line->day == due;
		line->pause = pause_of_day(ledger, line->day, at);
		if (i == 0)
			line->kind = LIMIT_LINE_START;
		else if (!limit_is_working(calendar, line->day))
			line->kind = LIMIT_LINE_DAY_OFF;
		else if (line->pause)
			line->kind = LIMIT_LINE_STOPPED;
		else
			line->kind = LIMIT_LINE_COUNTED;
		if (line->kind == LIMIT_LINE_COUNTED)
			line->number = ++number;
	}
	*ret = lines;
	return count;
}

struct sv limit_line_text(const struct ctx *ctx, const struct limit_line *line)
{
	struct sv holiday = tr(ctx, limit_holiday_name(line->is.holiday));
	struct sv number = arena_printf(ctx->arena, "%d", line->number);

	switch (line->kind) {
	case LIMIT_LINE_START:
		return tr(ctx, N_("The limit starts; counting begins the next day"));
	case LIMIT_LINE_COUNTED:
		if (line->is.kind == LIMIT_MAKE_UP)
			return tr_args(ctx, N_("Working day {number} (weekend worked for {holiday})"),
				ARGS({ "number", number }, { "holiday", holiday }));
		return tr_args(ctx, N_("Working day {number}"), ARGS({ "number", number }));
	case LIMIT_LINE_DAY_OFF:
		if (line->is.kind == LIMIT_HOLIDAY)
			return tr_args(ctx, N_("Not counted: {holiday}"), ARGS({ "holiday", holiday }));
		return tr(ctx, N_("Not counted: weekend"));
	case LIMIT_LINE_STOPPED:
		return tr_args(ctx, N_("Not counted: the clock is stopped, {reason}"), ARGS({ "reason", line->pause->reason }));
	}
	return SV("");
}

