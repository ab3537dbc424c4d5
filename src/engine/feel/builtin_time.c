/* Built-in functions that make and read dates, times and durations (DMN 1.5 sections 10.3.4.1, 10.3.4.6, 10.3.4.7). */
#include "base/civil.h"
#include "engine/feel/builtin_int.h"

#include "base/banned.h"

static struct temporal reader(struct feel_run *run)
{
	return (struct temporal){ run->ctx->arena, &run->zones };
}

static int64_t day_of(struct feel_value v)
{
	if (v.kind == FEEL_DATE)
		return v.day;
	return v.at.second / DAY_SECONDS - (v.at.second % DAY_SECONDS < 0);
}

static bool is_point(struct feel_value v)
{
	return v.kind == FEEL_DATE || v.kind == FEEL_DATE_TIME;
}

BUILTIN(fn_date)
{
	struct feel_value v = single(args[0]), date;

	(void)run, (void)count;
	if (is_point(v))
		return feel_day(day_of(v));
	if (v.kind != FEEL_STRING || !parse_date(v.text, &date))
		return bad("date");
	return date;
}

static bool date_of_parts(const struct feel_value *args, int64_t *ret_day)
{
	int64_t year, month, day;

	if (!as_integer(args[0], &year) || !as_integer(args[1], &month) || !as_integer(args[2], &day) || year > MAX_YEAR
		|| year < -MAX_YEAR || month < 1 || month > 12 || day < 1 || day > 31)
		return false;
	struct civil_date date = { year, (int)month, (int)day };
	if (!civil_is_valid(date))
		return false;
	*ret_day = civil_to_day(date);
	return true;
}

BUILTIN(fn_date_parts)
{
	int64_t day;

	(void)run, (void)count;
	return date_of_parts(args, &day) ? feel_day(day) : bad("date");
}

static int64_t second_of_day(struct feel_value v)
{
	return v.at.second - day_of(v) * DAY_SECONDS;
}

BUILTIN(fn_time)
{
	struct feel_value v = single(args[0]), time;
	struct temporal t = reader(run);

	(void)count;
	if (v.kind == FEEL_TIME)
		return v;
	if (v.kind == FEEL_DATE)
		return (struct feel_value){ FEEL_TIME, .at = { 0, &feel_utc } };
	if (v.kind == FEEL_DATE_TIME)
		return (struct feel_value){ FEEL_TIME, v.nano, .at = { second_of_day(v), v.at.zone } };
	if (v.kind != FEEL_STRING || !parse_time(&t, v.text, &time))
		return bad("time");
	return time;
}

/* hour, minute, second with a fraction. */
static bool clock_of_parts(const struct feel_value *args, int64_t *ret_second, uint32_t *ret_nano)
{
	int64_t hour, minute, nanos;
	struct decimal second;

	if (!as_integer(args[0], &hour) || !as_integer(args[1], &minute) || !as_number(args[2], &second) || hour < 0 || hour > 23
		|| minute < 0 || minute > 59 || decimal_sign(second) < 0 || decimal_compare(second, DECIMAL_INT(60)) >= 0)
		return false;
	if (!decimal_mul(second, DECIMAL_INT(NANOS), &second) || !decimal_round(second, 0, DECIMAL_DOWN, &second)
		|| !decimal_to_i64(second, &nanos))
		return false;
	*ret_second = hour * 3600 + minute * 60 + nanos / NANOS;
	*ret_nano = (uint32_t)(nanos % NANOS);
	return true;
}

static bool zone_of(struct feel_run *run, struct feel_value v, const struct feel_zone **ret)
{
	if (v.kind == FEEL_NULL) {
		*ret = NULL;
		return true;
	}
	if (v.kind == FEEL_STRING) {
		*ret = feel_zone_find(run->ctx->arena, &run->zones, v.text);
		return *ret != NULL;
	}
	if (v.kind != FEEL_DAYS || v.seconds > MAX_OFFSET || v.seconds < -MAX_OFFSET)
		return false;
	*ret = feel_zone_offset(run->ctx->arena, (int32_t)v.seconds);
	return true;
}

BUILTIN(fn_time_parts)
{
	struct feel_value v = { FEEL_TIME };

	if (!clock_of_parts(args, &v.at.second, &v.nano) || (count > 3 && args[3].kind == FEEL_STRING)
		|| (count > 3 && !zone_of(run, args[3], &v.at.zone)))
		return bad("time");
	return v;
}

BUILTIN(fn_date_and_time)
{
	struct feel_value v = single(args[0]), moment;
	struct temporal t = reader(run);

	(void)count;
	if (v.kind == FEEL_DATE_TIME)
		return v;
	if (v.kind == FEEL_DATE)
		return (struct feel_value){ FEEL_DATE_TIME, .at = { v.day * DAY_SECONDS, &feel_utc } };
	if (v.kind != FEEL_STRING)
		return bad("date and time");
	if (parse_date_time(&t, v.text, &moment))
		return moment;
	if (!parse_date(v.text, &moment))
		return bad("date and time");
	return (struct feel_value){ FEEL_DATE_TIME, .at = { moment.day * DAY_SECONDS, NULL } };
}

/* date and time(date, time); with a time zone as the second: the same instant there. */
BUILTIN(fn_date_and_time_of)
{
	struct feel_value date = single(args[0]), time = single(args[1]);

	(void)count;
	if (!is_point(date))
		return bad("date and time");
	if (time.kind == FEEL_STRING && date.kind == FEEL_DATE_TIME) {
		const struct feel_zone *zone = feel_zone_find(run->ctx->arena, &run->zones, time.text);
		return zone ? moment_at(moment_utc(date), date.nano, zone) : bad("date and time");
	}
	if (time.kind != FEEL_TIME)
		return bad("date and time");
	return (struct feel_value){ FEEL_DATE_TIME, time.nano, .at = { day_of(date) * DAY_SECONDS + time.at.second, time.at.zone } };
}

BUILTIN(fn_date_and_time_parts)
{
	struct feel_value v = { FEEL_DATE_TIME };
	int64_t day;

	if (!date_of_parts(args, &day) || !clock_of_parts(args + 3, &v.at.second, &v.nano)
		|| (count > 6 && !zone_of(run, args[6], &v.at.zone)))
		return bad("date and time");
	v.at.second += day * DAY_SECONDS;
	return v;
}

BUILTIN(fn_duration)
{
	struct feel_value v = single(args[0]), duration;

	(void)run, (void)count;
	if (v.kind == FEEL_DAYS || v.kind == FEEL_MONTHS)
		return v;
	if (v.kind != FEEL_STRING || !parse_duration(v.text, &duration))
		return bad("duration");
	return duration;
}

/* Whole months from one day to another, towards zero; the time of the day decides when the days are equal. */
BUILTIN(fn_years_and_months)
{
	struct feel_value from = single(args[0]), to = single(args[1]);

	(void)run, (void)count;
	if (!is_point(from) || !is_point(to))
		return bad("years and months duration");
	struct civil_date a = civil_from_day(day_of(from)), b = civil_from_day(day_of(to));
	int64_t months = (b.year - a.year) * 12 + b.month - a.month;
	if (months > 0 && b.day < a.day)
		months--;
	else if (months < 0 && b.day > a.day)
		months++;
	return (struct feel_value){ FEEL_MONTHS, .months = months };
}

BUILTIN(fn_day_of_year)
{
	struct feel_value v = single(args[0]);

	(void)run, (void)count;
	if (!is_point(v))
		return bad("day of year");
	int64_t day = day_of(v), year = civil_from_day(day).year;
	return feel_i64(day - civil_to_day((struct civil_date){ year, 1, 1 }) + 1);
}

BUILTIN(fn_day_of_week)
{
	static const char *const days[] = { "Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday" };
	struct feel_value v = single(args[0]);

	(void)run, (void)count;
	return is_point(v) ? feel_text(sv_of(days[civil_weekday(day_of(v)) - 1])) : bad("day of week");
}

BUILTIN(fn_month_of_year)
{
	static const char *const months[] = { "January", "February", "March", "April", "May", "June", "July", "August", "September",
		"October", "November", "December" };
	struct feel_value v = single(args[0]);

	(void)run, (void)count;
	return is_point(v) ? feel_text(sv_of(months[civil_from_day(day_of(v)).month - 1])) : bad("month of year");
}

/* ISO 8601: week 1 holds the year's first Thursday. */
BUILTIN(fn_week_of_year)
{
	struct feel_value v = single(args[0]);

	(void)run, (void)count;
	if (!is_point(v))
		return bad("week of year");
	int64_t day = day_of(v), thursday = day - civil_weekday(day) + 4;
	int64_t year = civil_from_day(thursday).year;
	return feel_i64((thursday - civil_to_day((struct civil_date){ year, 1, 1 })) / 7 + 1);
}

BUILTIN(fn_now)
{
	(void)args, (void)count;
	return feel_instant(clock_now(run->ctx->clock));
}

BUILTIN(fn_today)
{
	(void)args, (void)count;
	return feel_day(civil_china_day(clock_now(run->ctx->clock)));
}
