/* Two years of cases: a discrete simulation. A heap holds for each open case the moment at which somebody next does
 * something; the clock jumps from one to the next, so that the ledger grows in the order of time. What is done is chosen
 * by dice, when is chosen by working days; deadlines and silence are the engines' own.
 *
 * Invariant: a case is in the heap exactly while something is still to happen to it before today. */
#include "app/city.h"
#include "app/drive.h"
#include "base/civil.h"
#include "base/site.h"
#include "domain/casefile/casefile.h"
#include "engine/clock/clock.h"

#include "base/banned.h"

enum { STEPS_A_COMMIT = 4000, OPENING_HOUR = 9, HOURS_OPEN = 8, MAX_DEFECTS = 4 };

struct history_case {
	struct id id;                 /* zero: not filed yet */
	struct id party, account;
	int64_t timer;                /* ms of the process's next timer; INT64_MAX: none */
	enum city_service service;
	bool is_bad;                  /* a review, inspection or opinion was against it */
	bool waits_for_applicant;
};

struct history_entry {
	int64_t at;
	uint32_t index;
};

struct history {
	struct city *city;
	struct history_case *cases;
	struct history_entry *heap;
	size_t len;
	int64_t steps;
};

/* --- the heap: earliest first, equal times by index, so that the same seed gives the same history --- */

static bool earlier(struct history_entry a, struct history_entry b)
{
	return a.at != b.at ? a.at < b.at : a.index < b.index;
}

static void heap_push(struct history *history, struct history_entry entry)
{
	size_t i = history->len++;

	for (; i > 0 && earlier(entry, history->heap[(i - 1) / 2]); i = (i - 1) / 2)
		history->heap[i] = history->heap[(i - 1) / 2];
	history->heap[i] = entry;
}

static struct history_entry heap_pop(struct history *history)
{
	struct history_entry top = history->heap[0], last = history->heap[--history->len];
	size_t i = 0;

	for (;;) {
		size_t child = 2 * i + 1;
		if (child >= history->len)
			break;
		if (child + 1 < history->len && earlier(history->heap[child + 1], history->heap[child]))
			child++;
		if (!earlier(history->heap[child], last))
			break;
		history->heap[i] = history->heap[child];
		i = child;
	}
	history->heap[i] = last;
	return top;
}

/* --- when --- */

/* A moment within office hours, `days` working days from now (0: today if it is not over, else the next working day). */
static int64_t office_time(struct city *city, int64_t days)
{
	const struct limit_calendar *calendar = city->ctx->site->calendar;
	int64_t now = clock_now(city->ctx->clock), today = civil_china_day(now);
	int64_t day = limit_add(calendar, today, (int)days, NULL);
	int64_t at;

	for (;; day++) {
		at = civil_china_midnight(day) + OPENING_HOUR * HOUR_MS + (int64_t)city_below(city, HOURS_OPEN * HOUR_MS);
		if (limit_is_working(calendar, day) && at > now)
			return at;
	}
}

/* People apply on any day, from morning to late evening. */
static int64_t any_time(struct city *city, int64_t days)
{
	int64_t day = civil_china_day(clock_now(city->ctx->clock)) + days;
	int64_t at = civil_china_midnight(day) + 7 * HOUR_MS + (int64_t)city_below(city, 15 * HOUR_MS);
	int64_t soonest = clock_now(city->ctx->clock) + 60000;

	return at > soonest ? at : soonest;
}

/* --- what officers do --- */

static const struct principal *officer_of(struct city *city, struct sv department, struct sv post)
{
	const struct principal *found = NULL;
	uint64_t seen = 0;

	for (size_t i = 0; i < city->officer_count; i++)
		if (sv_equal(city->officers[i].department_code, department) && sv_equal(city->officers[i].posts, post)
			&& city_below(city, ++seen) == 0)
			found = &city->officers[i];
	return found;
}

static struct casefile_defect *defects_of(struct city *city, enum city_service service, size_t *ret_count)
{
	const struct json *list = json_get(json_get(city->words, SV("defects")), city_service_code(service));
	size_t count = json_count(list);
	struct casefile_defect *defects = ARENA_ARRAY(city->ctx->arena, struct casefile_defect, MAX_DEFECTS);

	*ret_count = 0;
	for (size_t i = 0; i < count && i < MAX_DEFECTS; i++)
		if (i == 0 || city_chance(city, 40))
			defects[(*ret_count)++] = (struct casefile_defect){
				.field = json_string(json_get(json_at(list, i), SV("field"))),
				.text = json_string(json_get(json_at(list, i), SV("text"))),
			};
	return defects;
}

static void choose_accept(struct history *history, struct history_case *one, struct casefile_step *step)
{
	struct city *city = history->city;
	uint64_t dice = city_below(city, 100);

	step->outcome = SV("accepted");
	if (dice < 8) {
		step->outcome = SV("supplement");
		step->defects = defects_of(city, one->service, &step->defect_count);
		one->waits_for_applicant = true;
	} else if (dice < 11) {
		step->outcome = SV("refused");
		step->reasons = city_word(city, "reasons.not_accepted");
	}
}

/* A finding that may go against the applicant. */
static void choose_finding(struct history *history, struct history_case *one, struct casefile_step *step, unsigned percent,
	const char *good, const char *bad, const char *reasons)
{
	if (city_chance(history->city, percent)) {
		step->outcome = sv_of(bad);
		step->reasons = city_word(history->city, reasons);
		one->is_bad = true;
	} else {
		step->outcome = sv_of(good);
	}
}

static bool choose(struct history *history, struct history_case *one, struct sv act, struct casefile_step *step)
{
	if (sv_equal(act, SV("accept"))) {
		choose_accept(history, one, step);
	} else if (sv_equal(act, SV("review"))) {
		choose_finding(history, one, step, 5, "passed", "failed", "reasons.review_failed");
	} else if (sv_equal(act, SV("inspect"))) {
		choose_finding(history, one, step, 8, "passed", "failed", "reasons.inspect_failed");
	} else if (sv_equal(act, SV("countersign"))) {
		choose_finding(history, one, step, 4, "agree", "object", "reasons.object");
	} else if (sv_equal(act, SV("decide"))) {
		step->outcome = one->is_bad ? SV("refused") : SV("granted");
		step->reasons = one->is_bad ? city_word(history->city, "reasons.refused") : (struct sv){ NULL, 0 };
	} else if (sv_equal(act, SV("deliver"))) {
		step->outcome = SV("delivered");
	} else {
		return false;
	}
	return true;
}

static enum rc do_task(struct history *history, struct history_case *one, const struct casefile_task *task)
{
	struct city *city = history->city;
	struct casefile_step step = { .task = task->id };
	struct ctx inner = *city->ctx;

	inner.who = officer_of(city, task->department, task->post);
	if (!inner.who || !choose(history, one, task->act, &step))
		return fail_internal(city->ctx, "nobody or nothing for a task of act %.*s", SV_FMT(task->act));
	return casefile_step_do(&inner, &step);
}

/* --- one case, one moment --- */

/* Open tasks of a case; *ret_count of them, those of act "countersign" shuffled by where the dice begin. */
static enum rc open_tasks(struct history *history, const struct history_case *one, struct casefile_task **ret, size_t *ret_count)
{
	struct casefile_task *tasks;
	size_t count, open = 0;

	TRY(casefile_tasks(history->city->ctx, one->id, &tasks, &count));
	for (size_t i = 0; i < count; i++)
		if (!tasks[i].closed_at)
			tasks[open++] = tasks[i];
	if (open > 1) {
		size_t first = city_below(history->city, open);
		struct casefile_task task = tasks[0];
		tasks[0] = tasks[first];
		tasks[first] = task;
	}
	*ret = tasks;
	*ret_count = open;
	return RC_OK;
}

/* When the next thing happens to the case; false: nothing before today. */
static enum rc schedule(struct history *history, uint32_t index)
{
	struct city *city = history->city;
	struct history_case *one = &history->cases[index];
	struct casefile_task *tasks;
	size_t count;
	int64_t at = INT64_MAX;

	TRY(open_tasks(history, one, &tasks, &count));
	TRY(casefile_timer_next(city->ctx, one->id, &one->timer));
	if (one->waits_for_applicant) {
		at = city_chance(city, 95) ? any_time(city, 1 + (int64_t)city_below(city, 6)) : INT64_MAX;
	} else if (count) {
		bool is_countersign = sv_equal(tasks[0].act, SV("countersign")), is_accept = sv_equal(tasks[0].act, SV("accept"));
		bool stays_silent = one->timer != INT64_MAX && city_chance(city, is_countersign ? 8 : is_accept ? 1 : 0);
		at = stays_silent ? one->timer : office_time(city, (int64_t)city_below(city, is_countersign ? 2 : 3));
	}
	if (one->timer < at)
		at = one->timer;
	if (at < city->now)
		heap_push(history, (struct history_entry){ at, index });
	return RC_OK;
}

static enum rc file(struct history *history, struct history_case *one)
{
	struct city *city = history->city;
	struct drive_filing filing;

	TRY(city_filing(city, one->service, &filing));
	one->party = filing.party;
	one->account = filing.account;
	return drive_file(city->ctx, &filing, &one->id);
}

static enum rc answer_supplement(struct history *history, struct history_case *one)
{
	one->waits_for_applicant = false;
	return drive_supplement(history->city->ctx, one->id, &(struct drive_filing){ .service = city_service_code(one->service),
		.party = one->party, .account = one->account });
}

static enum rc withdraw(struct history *history, struct history_case *one)
{
	struct principal who = { .kind = PRINCIPAL_PERSON, .account = one->account, .subject = one->party,
		.permissions = (uint64_t)1 << PERMISSION_APPLY };
	struct ctx inner = *history->city->ctx;

	inner.who = &who;
	return casefile_withdraw(&inner, one->id, 0, city_word(history->city, "reasons.withdrawn"));
}

static enum rc step(struct history *history, struct history_case *one)
{
	struct city *city = history->city;
	struct casefile_task *tasks;
	size_t count;

	if (id_is_zero(one->id))
		return file(history, one);
	if (one->timer <= clock_now(city->ctx->clock))
		return casefile_timers_run(city->ctx, one->id);
	if (one->waits_for_applicant)
		return answer_supplement(history, one);
	TRY(open_tasks(history, one, &tasks, &count));
	if (!count)
		return RC_OK;
	bool is_decided = sv_equal(tasks[0].act, SV("deliver"));
	if (!is_decided && city_below(city, 400) == 0)
		return withdraw(history, one);
	return do_task(history, one, &tasks[0]);
}

/* --- all of it --- */

static enum city_service any_service(struct city *city)
{
	uint64_t dice = city_below(city, 100);

	return dice < 42 ? CITY_RESIDENCE : dice < 66 ? CITY_FOOD : dice < 72 ? CITY_CONSTRUCTION : CITY_FUND;
}

/* Filings spread over the two years, a little more of them each month, weekends fewer. */
static int64_t filing_time(struct city *city)
{
	const struct limit_calendar *calendar = city->ctx->site->calendar;
	int64_t first = civil_china_day(city->begin) + 1;

	for (;;) {
		uint64_t a = city_below(city, CITY_DAYS - 1), b = city_below(city, CITY_DAYS - 1);
		int64_t day = first + (int64_t)(city_chance(city, 70) ? a : a > b ? a : b);
		if (limit_is_working(calendar, day) || city_chance(city, 30))
			return civil_china_midnight(day) + 7 * HOUR_MS + (int64_t)city_below(city, 15 * HOUR_MS);
	}
}

enum rc city_history(struct city *city)
{
	static const char what[] = N_("two years of cases, through the engines");
	struct arena *arena = city->ctx->arena;
	struct history history = { .city = city };

	history.cases = ARENA_ARRAY(arena, struct history_case, city->case_count);
	history.heap = ARENA_ARRAY(arena, struct history_entry, city->case_count + 1);
	for (uint32_t i = 0; i < city->case_count; i++) {
		int64_t at = filing_time(city);
		history.cases[i] = (struct history_case){ .service = any_service(city) };
		if (at < city->now)
			heap_push(&history, (struct history_entry){ at, i });
	}
	while (history.len) {
		struct history_entry entry = heap_pop(&history);
		struct arena_mark mark = arena_mark(arena);
		*city->ctx->clock = clock_virtual(entry.at);
		TRY(step(&history, &history.cases[entry.index]));
		TRY(city_deliver(city));
		TRY(schedule(&history, entry.index));
		if (++history.steps % STEPS_A_COMMIT == 0)
			TRY(city_commit(city));
		arena_rewind(arena, mark);
		city_progress(city, what, entry.at - city->begin, city->now - city->begin);
	}
	city_progress(city, what, 1, 1);
	return city_commit(city);
}
