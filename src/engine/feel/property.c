/* Paths: entries of contexts, properties of dates, times, durations and ranges, and both over whole lists (DMN 1.5
 * section 10.3.2.5 and table 65). */
#include "base/civil.h"
#include "engine/feel/feel_int.h"

#include "base/banned.h"

enum property { P_YEAR, P_MONTH, P_DAY, P_WEEKDAY, P_HOUR, P_MINUTE, P_SECOND, P_OFFSET, P_ZONE, P_YEARS, P_MONTHS, P_DAYS, P_HOURS,
	P_MINUTES, P_SECONDS, P_START, P_START_INCLUDED, P_END, P_END_INCLUDED };

static const char *const names[] = { "year", "month", "day", "weekday", "hour", "minute", "second", "time offset", "timezone", "years",
	"months", "days", "hours", "minutes", "seconds", "start", "start included", "end", "end included" };

#define BIT(p) (1u << (p))

static const uint32_t of_kind[] = {
	[FEEL_DATE] = BIT(P_YEAR) | BIT(P_MONTH) | BIT(P_DAY) | BIT(P_WEEKDAY),
	[FEEL_TIME] = BIT(P_HOUR) | BIT(P_MINUTE) | BIT(P_SECOND) | BIT(P_OFFSET) | BIT(P_ZONE),
	[FEEL_DATE_TIME] = BIT(P_YEAR) | BIT(P_MONTH) | BIT(P_DAY) | BIT(P_WEEKDAY) | BIT(P_HOUR) | BIT(P_MINUTE) | BIT(P_SECOND)
		| BIT(P_OFFSET) | BIT(P_ZONE),
	[FEEL_DAYS] = BIT(P_DAYS) | BIT(P_HOURS) | BIT(P_MINUTES) | BIT(P_SECONDS),
	[FEEL_MONTHS] = BIT(P_YEARS) | BIT(P_MONTHS),
	[FEEL_RANGE] = BIT(P_START) | BIT(P_START_INCLUDED) | BIT(P_END) | BIT(P_END_INCLUDED),
	[FEEL_FUNCTION] = 0,
};

static int find_property(struct feel_value of, struct sv name)
{
	for (int i = 0; i < (int)(sizeof(names) / sizeof(names[0])); i++) {
		if (sv_equal_z(name, names[i]))
			return of_kind[of.kind] & BIT(i) ? i : -1;
	}
	return -1;
}

bool feel_has_property(struct feel_value of, struct sv name)
{
	return find_property(of, name) >= 0;
}

static struct feel_value seconds_with_nano(int64_t second, uint32_t nano)
{
	struct decimal d, fraction;

	if (nano == 0)
		return feel_i64(second);
	if (!decimal_div(decimal_from_i64(nano), DECIMAL_INT(NANOS), &fraction) || !decimal_add(decimal_from_i64(second), fraction, &d))
		return feel_null();
	return feel_number(d);
}

static struct feel_value of_date(int64_t day, enum property p)
{
	struct civil_date date = civil_from_day(day);

	return feel_i64(p == P_YEAR ? date.year : p == P_MONTH ? date.month : p == P_DAY ? date.day : civil_weekday(day));
}

static struct feel_value of_zone(struct feel_value v, enum property p)
{
	const struct feel_zone *zone = v.at.zone;

	if (!zone || (p == P_ZONE && sv_is_absent(zone->name)))
		return feel_null();
	if (p == P_ZONE)
		return feel_text(zone->name);
	int64_t offset = v.kind == FEEL_TIME ? v.at.second - time_utc(v) : v.at.second - moment_utc(v);
	return (struct feel_value){ FEEL_DAYS, .seconds = offset };
}

static struct feel_value of_moment(struct feel_value v, enum property p)
{
	int64_t day = v.at.second / DAY_SECONDS - (v.at.second % DAY_SECONDS < 0);
	int64_t second = v.at.second - day * DAY_SECONDS;

	if (p <= P_WEEKDAY)
		return of_date(day, p);
	if (p >= P_OFFSET)
		return of_zone(v, p);
	if (p == P_SECOND)
		return seconds_with_nano(second % 60, v.nano);
	return feel_i64(p == P_HOUR ? second / 3600 : second / 60 % 60);
}

static struct feel_value of_days(struct feel_value v, enum property p)
{
	__int128 nanos = days_nanos(v);
	int sign = nanos < 0 ? -1 : 1;
	int64_t seconds = (int64_t)(nanos * sign / NANOS);
	uint32_t nano = (uint32_t)(nanos * sign % NANOS);

	if (p == P_SECONDS) {
		struct feel_value s = seconds_with_nano(seconds % 60, nano);
		return sign < 0 ? feel_arith_negate(s) : s;
	}
	return feel_i64(sign * (p == P_DAYS ? seconds / DAY_SECONDS : p == P_HOURS ? seconds / 3600 % 24 : seconds / 60 % 60));
}

static struct feel_value of_range(const struct feel_range *range, enum property p)
{
	if (p == P_START)
		return range->low;
	if (p == P_END)
		return range->high;
	return feel_boolean(p == P_START_INCLUDED ? range->low_closed : range->high_closed);
}

static struct feel_value over_list(struct feel_run *run, struct feel_value list, struct sv name)
{
	struct feel_value *items = feel_alloc(run, list.list.count, sizeof(*items));

	feel_charge(run, list.list.count);
	for (size_t i = 0; i < list.list.count; i++) {
		const struct feel_value *member = feel_get(list.list.at[i], name);
		items[i] = member ? *member : list.list.at[i].kind == FEEL_LIST ? feel_null() : feel_property(run, list.list.at[i], name);
	}
	return feel_list(items, list.list.count);
}

struct feel_value feel_property(struct feel_run *run, struct feel_value of, struct sv name)
{
	if (of.kind == FEEL_LIST)
		return over_list(run, of, name);
	if (of.kind == FEEL_NULL && of.reason.msgid)
		return of;
	int p = of.kind >= FEEL_DATE && of.kind != FEEL_CONTEXT ? find_property(of, name) : -1;
	if (p < 0)
		return feel_null_because(N_("The value has no part called {what}."), name.ptr);
	switch (of.kind) {
	case FEEL_DATE:
		return of_date(of.day, (enum property)p);
	case FEEL_TIME:
	case FEEL_DATE_TIME:
		return of_moment(of, (enum property)p);
	case FEEL_DAYS:
		return of_days(of, (enum property)p);
	case FEEL_MONTHS:
		return feel_i64(p == P_YEARS ? of.months / 12 : of.months % 12);
	case FEEL_RANGE:
		return of_range(of.range, (enum property)p);
	case FEEL_NULL:
	case FEEL_BOOLEAN:
	case FEEL_NUMBER:
	case FEEL_STRING:
	case FEEL_LIST:
	case FEEL_CONTEXT:
	case FEEL_FUNCTION:
		break;
	}
	return feel_null();
}
