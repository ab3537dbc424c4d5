/* The statutory clock: working days on the official calendar, limits that stop and resume, and how each date came about.
 *
 * Everything is in civil days of China (base/civil.h day numbers); an instant becomes a day with civil_china_day().
 * The rules and where they stand:
 *   - Limits count working days, statutory holidays left out (Administrative Licensing Law art. 82); days off and working
 *     weekends are those of the year's State Council notice.
 *   - The day on which a limit starts is not counted; counting begins the next day (Civil Code art. 201).
 *   - Time for hearing, inspection, testing, expert review is not counted (art. 45): the clock stops and resumes. Both take
 *     effect from the next day by the same rule: days after the stop up to and including the day of resuming don't count.
 *   - One extension, approved before the limit ends, with reasons (art. 42).
 * A year without a notice is computed from the statutory days alone (Regulation on Public Holidays, 2024 text, art. 2 and 6)
 * and every date that rests on it is marked provisional. Years 2000 to 2099; days outside know weekends only.
 */
#ifndef ENGINE_CLOCK_CLOCK_H
#define ENGINE_CLOCK_CLOCK_H

#include "base/arena.h"
#include "base/error.h"

enum limit_holiday {
	LIMIT_HOLIDAY_NONE, LIMIT_NEW_YEAR, LIMIT_SPRING_FESTIVAL, LIMIT_QINGMING, LIMIT_LABOUR_DAY, LIMIT_DRAGON_BOAT,
	LIMIT_MID_AUTUMN, LIMIT_NATIONAL_DAY
};
const char *limit_holiday_name(enum limit_holiday holiday); /* msgid "Spring Festival"; "" for none */

enum limit_day_kind { LIMIT_WORKING, LIMIT_MAKE_UP, LIMIT_WEEKEND, LIMIT_HOLIDAY }; /* make-up: a weekend day worked */

struct limit_day {
	enum limit_day_kind kind;
	enum limit_holiday holiday; /* of a day off or of the holiday that a make-up day pays for */
	bool provisional;           /* its year has no notice */
};

/* Immutable once its notices are added; shared by any number of limits (and threads). Lives in the arena. */
struct limit_calendar;
struct limit_calendar *limit_calendar_new(struct arena *arena);
/* Adds one year's notice, the YAML of city/calendar/YYYY.yaml; `name` for messages. RC_MALFORMED or RC_INVALID at its line. */
[[nodiscard]] enum rc limit_calendar_add(struct ctx *ctx, struct limit_calendar *calendar, struct sv name, struct sv text);

/* The number of the year's notice ("国办发明电〔2025〕7号"); absent: not announced. */
struct sv limit_calendar_notice(const struct limit_calendar *calendar, int64_t year);

struct limit_day limit_day(const struct limit_calendar *calendar, int64_t day);
bool limit_is_working(const struct limit_calendar *calendar, int64_t day);
/* The n-th working day after `day`; n = 0: `day` itself. *provisional (may be NULL) is set true when a day passed over was. */
int64_t limit_add(const struct limit_calendar *calendar, int64_t day, int n, bool *provisional);
/* Working days after `from` up to and including `to`; negative when `to` is before `from`. */
int limit_between(const struct limit_calendar *calendar, int64_t from, int64_t to);
/* The instant (ms) at which a limit that ends with `due` has run out: the following midnight in China. */
int64_t limit_expiry(int64_t due);

/* A time that is not counted. Days are of the stop and of resuming; open = not yet resumed. */
struct limit_pause {
	int64_t stopped, resumed;
	bool open;
	int announced;           /* working days told to the applicant in writing (art. 45), from 1 */
	struct sv reason, basis; /* shown to the applicant */
};

/* When counting started and stopped: shared by the limits that run side by side (statutory and promised). A value;
 * the list is in an arena. */
struct limit_ledger {
	int64_t start;
	const struct limit_pause *pauses; /* in order of time */
	size_t pause_count;
};

/* RC_CONFLICT when it is already stopped (running), or the day lies before the last event. RC_INVALID without reason, basis
 * or announced time. The list is copied, so that older values stay as they were. */
[[nodiscard]] enum rc limit_stop(struct ctx *ctx, struct limit_ledger *ledger, int64_t day, int announced, struct sv reason,
	struct sv basis);
[[nodiscard]] enum rc limit_resume(struct ctx *ctx, struct limit_ledger *ledger, int64_t day);

struct limit {
	int days;                 /* working days granted at first */
	int extension;            /* working days added, 0 = not extended */
	int64_t extended_on;
	struct sv approver, reason;
};

struct limit_extension {
	int64_t day;              /* on which it is approved */
	int more;                 /* working days */
	struct sv approver, reason;
};
/* Art. 42: once, on or before the due day, by a named approver with reasons; RC_CONFLICT or RC_INVALID otherwise. */
[[nodiscard]] enum rc limit_extend(struct ctx *ctx, const struct limit_calendar *calendar, const struct limit_ledger *ledger,
	struct limit *limit, const struct limit_extension *by);

enum limit_colour { LIMIT_OK, LIMIT_WARN, LIMIT_LATE }; /* warn: 20 % or 2 days remaining, or less; late: past due */

struct limit_state {
	int64_t due;        /* last day in time; while stopped: as if counting resumed on `at`'s day */
	int total, used;    /* working days granted, and counted up to and including `at` */
	int remaining;      /* total - used; negative: days late */
	enum limit_colour colour;
	bool stopped;       /* at the end of that day */
	int pause_overrun;  /* working days by which the open stop exceeds the announced time; 0 = within it */
	bool provisional;   /* `due` rests on a year not yet announced */
};
/* At the end of the day `at` (for a decided case: the day of the decision). Later events in the ledger are not looked at. */
struct limit_state limit_state(const struct limit_calendar *calendar, const struct limit_ledger *ledger,
	const struct limit *limit, int64_t at);

/* One line of "how this date came about". */
enum limit_line_kind { LIMIT_LINE_START, LIMIT_LINE_COUNTED, LIMIT_LINE_DAY_OFF, LIMIT_LINE_STOPPED };
struct limit_line {
	int64_t day;
	enum limit_line_kind kind;
	struct limit_day is;            /* weekend, which holiday, make-up, provisional */
	int number;                     /* of a counted day, from 1 */
	const struct limit_pause *pause; /* why a day was stopped */
	bool is_due;
};
enum { LIMIT_EXPLAIN_MAX_DAYS = 2000 };
/* From the start through the due day as known at `at`, or through `at` when that is later. Lines are in the arena. */
size_t limit_explain(struct arena *arena, const struct limit_calendar *calendar, const struct limit_ledger *ledger,
	const struct limit *limit, int64_t at, struct limit_line **ret);
/* "Not counted: Spring Festival", in the language and arena of the context; the caller marks provisional lines. */
struct sv limit_line_text(const struct ctx *ctx, const struct limit_line *line);

/* `tongban clock` (see its help): due days and their explanation from the command line. */
int limit_command(struct ctx *ctx, int argc, char **argv);

#endif
