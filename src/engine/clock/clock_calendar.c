/* The calendar: a table of every day from 2000 to 2099, first computed, then overwritten year by year with what the State
 * Council announced; and arithmetic in working days on it.
 *
 * Each cell holds the count of working days before it, so that a difference is one subtraction and the n-th working day a
 * short walk (a limit is a few weeks).
 */
#include "engine/clock/clock_int.h"

#include <assert.h>

#include "base/civil.h"
#include "base/ctx.h"
#include "base/yaml.h"

#include "base/banned.h"

enum { MAX_NOTICE_BYTES = 64 << 10, MAX_HOLIDAY_DAYS = 31 };

static const struct {
	struct sv code;
	const char *name;
} holidays[] = {
	[LIMIT_HOLIDAY_NONE] = { SV_INIT(""), "" },
	[LIMIT_NEW_YEAR] = { SV_INIT("new-year"), N_("New Year") },
	[LIMIT_SPRING_FESTIVAL] = { SV_INIT("spring-festival"), N_("Spring Festival") },
	[LIMIT_QINGMING] = { SV_INIT("qingming"), N_("Qingming Festival") },
	[LIMIT_LABOUR_DAY] = { SV_INIT("labour-day"), N_("Labour Day") },
	[LIMIT_DRAGON_BOAT] = { SV_INIT("dragon-boat"), N_("Dragon Boat Festival") },
	[LIMIT_MID_AUTUMN] = { SV_INIT("mid-autumn"), N_("Mid-Autumn Festival") },
	[LIMIT_NATIONAL_DAY] = { SV_INIT("national-day"), N_("National Day") },
};

const char *limit_holiday_name(enum limit_holiday holiday)
{
	assert(holiday < sizeof(holidays) / sizeof(holidays[0]));
	return holidays[holiday].name;
}

static bool holiday_parse(struct sv code, enum limit_holiday *ret)
{
	for (size_t i = 1; i < sizeof(holidays) / sizeof(holidays[0]); i++)
		if (sv_equal(code, holidays[i].code)) {
			*ret = (enum limit_holiday)i;
			return true;
		}
	return false;
}

struct cell *calendar_cell(const struct limit_calendar *calendar, int64_t day)
{
	if (day < calendar->first || day - calendar->first >= (int64_t)calendar->count)
		return NULL;
	return &calendar->cells[day - calendar->first];
}

static bool is_weekend(int64_t day)
{
	return civil_weekday(day) >= 6;
}

static int64_t year_start(int64_t year)
{
	return civil_to_day((struct civil_date){ year, 1, 1 });
}

static bool works(const struct cell *cell)
{
	return cell->kind == LIMIT_WORKING || cell->kind == LIMIT_MAKE_UP;
}

static void count_up(struct limit_calendar *calendar)
{
	int32_t before = 0;

	for (size_t i = 0; i < calendar->count; i++) {
		calendar->cells[i].before = before;
		before += works(&calendar->cells[i]);
	}
}

static void clear_year(struct limit_calendar *calendar, int64_t year, bool provisional)
{
	for (int64_t day = year_start(year); day < year_start(year + 1); day++)
		*calendar_cell(calendar, day) = (struct cell){
			.kind = is_weekend(day) ? LIMIT_WEEKEND : LIMIT_WORKING,
			.provisional = provisional,
		};
}

struct limit_calendar *limit_calendar_new(struct arena *arena)
{
	struct limit_calendar *calendar = ARENA_NEW(arena, struct limit_calendar);

	calendar->arena = arena;
	calendar->first = year_start(FIRST_YEAR);
	calendar->count = (size_t)(year_start(LAST_YEAR + 1) - calendar->first);
	calendar->cells = ARENA_ARRAY(arena, struct cell, calendar->count);
	for (int64_t year = FIRST_YEAR; year <= LAST_YEAR; year++) {
		clear_year(calendar, year, true);
		festival_fill_year(calendar, year);
	}
	count_up(calendar);
	return calendar;
}

/* ---- a year's notice ---- */

struct notice {
	struct ctx *ctx;
	struct limit_calendar *calendar;
	struct sv name;
	int64_t year;
};

static enum rc refuse(const struct notice *n, const struct json *at, const char *msgid)
{
	return fail_at(n->ctx, RC_INVALID, n->name, at ? at->line : 0, msgid, NULL);
}

/* A date of the notice: in its year or in the December before. */
static enum rc read_day(const struct notice *n, const struct json *entry, const char *key, int64_t *ret)
{
	const struct json *value = json_get(entry, sv_of(key));
	int64_t day;

	if (!civil_parse_day(json_string(value), &day))
		return refuse(n, value ? value : entry, N_("This entry needs a date like 2026-01-31; correct it."));
	if (day < year_start(n->year) - 31 || day >= year_start(n->year + 1))
		return refuse(n, value, N_("This date is not of the notice's year; move it to the file of its year."));
	*ret = day;
	return RC_OK;
}

static enum rc read_holiday(const struct notice *n, const struct json *entry, enum limit_holiday *ret)
{
	const struct json *value = json_get(entry, SV("holiday"));

	if (!holiday_parse(json_string(value), ret))
		return refuse(n, value ? value : entry,
			N_("No such holiday; use new-year, spring-festival, qingming, labour-day, dragon-boat, mid-autumn or "
			   "national-day."));
	return RC_OK;
}

static void set_day(const struct notice *n, int64_t day, enum limit_day_kind kind, enum limit_holiday holiday)
{
	struct cell *cell = calendar_cell(n->calendar, day);

	if (cell)
		*cell = (struct cell){ .kind = (uint8_t)kind, .holiday = (uint8_t)holiday };
}

static enum rc read_off(const struct notice *n, const struct json *entry)
{
	enum limit_holiday holiday;
	int64_t from, to;

	TRY(read_holiday(n, entry, &holiday));
	TRY(read_day(n, entry, "from", &from));
	TRY(read_day(n, entry, "to", &to));
	if (to < from || to - from >= MAX_HOLIDAY_DAYS)
		return refuse(n, entry, N_("The holiday ends before it begins, or lasts over a month; correct its dates."));
	for (int64_t day = from; day <= to; day++)
		set_day(n, day, LIMIT_HOLIDAY, holiday);
	return RC_OK;
}

static enum rc read_work(const struct notice *n, const struct json *entry)
{
	enum limit_holiday holiday;
	int64_t day;

	TRY(read_holiday(n, entry, &holiday));
	TRY(read_day(n, entry, "on", &day));
	if (!is_weekend(day))
		return refuse(n, entry, N_("A working weekend must be a Saturday or Sunday; correct the date."));
	const struct cell *cell = calendar_cell(n->calendar, day);
	if (cell && cell->kind == LIMIT_HOLIDAY && !cell->provisional)
		return refuse(n, entry, N_("This day is both off and worked; correct one of the two lists."));
	set_day(n, day, LIMIT_MAKE_UP, holiday);
	return RC_OK;
}

static enum rc read_lists(const struct notice *n, const struct json *root)
{
	const struct json *off = json_get(root, SV("off")), *work = json_get(root, SV("work"));

	if (!json_is(off, JSON_ARRAY) || !json_is(work, JSON_ARRAY))
		return refuse(n, root, N_("A notice needs the lists \"off\" and \"work\"; add them (a list may be empty: [])."));
	for (const struct json *entry = json_first(off); entry; entry = json_next(off, entry))
		TRY(read_off(n, entry));
	for (const struct json *entry = json_first(work); entry; entry = json_next(work, entry))
		TRY(read_work(n, entry));
	return RC_OK;
}

/* Writes the year; a notice that is refused leaves the days as they were. */
static enum rc apply(const struct notice *n, const struct json *root)
{
	struct cell saved[31 + 366];
	int64_t first = year_start(n->year) - 31 < n->calendar->first ? n->calendar->first : year_start(n->year) - 31;
	size_t size = (size_t)(year_start(n->year + 1) - first) * sizeof(saved[0]);

	assert(size <= sizeof(saved));
	memcpy(saved, calendar_cell(n->calendar, first), size);
	clear_year(n->calendar, n->year, false);
	enum rc rc = read_lists(n, root);
	if (rc != RC_OK)
		memcpy(calendar_cell(n->calendar, first), saved, size);
	return rc;
}

enum rc limit_calendar_add(struct ctx *ctx, struct limit_calendar *calendar, struct sv name, struct sv text)
{
	static const struct json_limits limits = { MAX_NOTICE_BYTES, 8, 4000 };
	struct notice n = { ctx, calendar, name, 0 };
	const struct json *root;

	TRY(yaml_parse(ctx, name, text, &limits, &root));
	const struct json *year = json_get(root, SV("year"));
	struct sv number = json_string(json_path(root, SV("notice.number")));
	if (!json_i64(year, &n.year) || n.year < FIRST_YEAR || n.year > LAST_YEAR)
		return refuse(&n, year, N_("A notice needs its \"year\", from 2000 to 2099; add it."));
	if (sv_is_empty(number))
		return refuse(&n, root, N_("A notice needs \"notice\" with its \"number\"; add it."));
	if (!sv_is_absent(limit_calendar_notice(calendar, n.year)))
		return refuse(&n, year, N_("This year has a notice already; remove one of the two files."));
	TRY(apply(&n, root));
	calendar->notices[n.year - FIRST_YEAR] = arena_copy(calendar->arena, number);
	count_up(calendar);
	return RC_OK;
}

struct sv limit_calendar_notice(const struct limit_calendar *calendar, int64_t year)
{
	return year < FIRST_YEAR || year > LAST_YEAR ? (struct sv){ 0 } : calendar->notices[year - FIRST_YEAR];
}

/* ---- working days ---- */

struct limit_day limit_day(const struct limit_calendar *calendar, int64_t day)
{
	const struct cell *cell = calendar_cell(calendar, day);

	if (!cell)
		return (struct limit_day){ .kind = is_weekend(day) ? LIMIT_WEEKEND : LIMIT_WORKING, .provisional = true };
	return (struct limit_day){ (enum limit_day_kind)cell->kind, (enum limit_holiday)cell->holiday, cell->provisional };
}

bool limit_is_working(const struct limit_calendar *calendar, int64_t day)
{
	const struct cell *cell = calendar_cell(calendar, day);

	return cell ? works(cell) : !is_weekend(day);
}

int64_t limit_add(const struct limit_calendar *calendar, int64_t day, int n, bool *provisional)
{
	assert(n >= 0);
	while (n > 0) {
		day++;
		n -= limit_is_working(calendar, day);
		if (provisional && limit_day(calendar, day).provisional)
			*provisional = true;
	}
	return day;
}

/* Working days before `day`, counted from the table's first day. */
static int64_t before(const struct limit_calendar *calendar, int64_t day)
{
	const struct cell *cell = calendar_cell(calendar, day);

	if (cell)
		return cell->before;
	bool early = day < calendar->first;
	int64_t edge = early ? calendar->first : calendar->first + (int64_t)calendar->count;
	const struct cell *last = &calendar->cells[calendar->count - 1];
	int64_t count = early ? 0 : last->before + works(last);
	int64_t from = early ? day : edge, to = early ? edge : day;
	int64_t weeks = (to - from) / 7, days = weeks * 5;
	for (int64_t d = from + weeks * 7; d < to; d++)
		days += !is_weekend(d);
	return early ? count - days : count + days;
}

int limit_between(const struct limit_calendar *calendar, int64_t from, int64_t to)
{
	assert(calendar);
	return (int)(before(calendar, to + 1) - before(calendar, from + 1));
}

int64_t limit_expiry(int64_t due)
{
	return civil_china_midnight(due + 1);
}
