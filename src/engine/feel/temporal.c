/* Dates, times and durations as text (ISO 8601 as XML Schema profiles it, DMN 1.5 section 10.3.2.3): reading, writing, and
 * the arithmetic of months. Years run from -999999999 to 999999999. */
#include <assert.h>

#include "base/civil.h"
#include "engine/feel/feel_int.h"

#include "base/banned.h"

struct reader {
	const char *p, *end;
};

static bool take(struct reader *r, char c)
{
	if (r->p == r->end || *r->p != c)
		return false;
	r->p++;
	return true;
}

static bool is_digit(const struct reader *r)
{
	return r->p < r->end && *r->p >= '0' && *r->p <= '9';
}

static bool two_digits(struct reader *r, int *ret)
{
	if (!is_digit(r))
		return false;
	int n = *r->p++ - '0';
	if (!is_digit(r))
		return false;
	*ret = n * 10 + (*r->p++ - '0');
	return true;
}

static bool read_year(struct reader *r, int64_t *ret)
{
	bool negative = take(r, '-');
	const char *from = r->p;
	int64_t year = 0;

	while (is_digit(r) && r->p - from < 10)
		year = year * 10 + (*r->p++ - '0');
	size_t digits = (size_t)(r->p - from);
	if (digits < 4 || (digits > 4 && *from == '0') || year > MAX_YEAR)
		return false;
	*ret = negative ? -year : year;
	return true;
}

static bool read_date(struct reader *r, int64_t *ret_day)
{
	struct civil_date date;

	if (!read_year(r, &date.year) || !take(r, '-') || !two_digits(r, &date.month) || !take(r, '-')
		|| !two_digits(r, &date.day) || !civil_is_valid(date))
		return false;
	*ret_day = civil_to_day(date);
	return true;
}

/* ".123456789"; more digits are cut off. */
static bool read_fraction(struct reader *r, uint32_t *ret_nano)
{
	uint32_t nano = 0, unit = NANOS / 10;

	if (!is_digit(r))
		return false;
	for (; is_digit(r); r->p++, unit /= 10)
		nano += (uint32_t)(*r->p - '0') * unit;
	*ret_nano = nano;
	return true;
}

static bool read_clock(struct reader *r, int64_t *ret_second, uint32_t *ret_nano)
{
	int hour, minute, second;
	uint32_t nano = 0;

	if (!two_digits(r, &hour) || !take(r, ':') || !two_digits(r, &minute) || !take(r, ':') || !two_digits(r, &second))
		return false;
	if (take(r, '.') && !read_fraction(r, &nano))
		return false;
	if (hour > 24 || minute > 59 || second > 59 || (hour == 24 && (minute || second || nano)))
		return false;
	*ret_second = hour * 3600 + minute * 60 + second;
	*ret_nano = nano;
	return true;
}

static bool read_offset(struct reader *r, int32_t *ret)
{
	int sign = *r->p == '-' ? -1 : 1, hour, minute, second = 0;

	r->p++;
	if (!two_digits(r, &hour) || !take(r, ':') || !two_digits(r, &minute))
		return false;
	if (take(r, ':') && !two_digits(r, &second))
		return false;
	int32_t offset = hour * 3600 + minute * 60 + second;
	if (minute > 59 || second > 59 || offset > MAX_OFFSET)
		return false;
	*ret = sign * offset;
	return true;
}

/* Nothing, "Z", an offset or "@Zone", to the end of the text. */
static bool read_zone(struct temporal *t, struct reader *r, const struct feel_zone **ret)
{
	int32_t offset;

	if (r->p == r->end) {
		*ret = NULL;
		return true;
	}
	if (take(r, '@')) {
		*ret = feel_zone_find(t->arena, t->zones, (struct sv){ r->p, (size_t)(r->end - r->p) });
		return *ret != NULL;
	}
	if (take(r, 'Z')) {
		*ret = &feel_utc;
		return r->p == r->end;
	}
	if ((*r->p != '+' && *r->p != '-') || !read_offset(r, &offset) || r->p != r->end)
		return false;
	*ret = feel_zone_offset(t->arena, offset);
	return true;
}

static struct reader reader_of(struct sv text)
{
	return (struct reader){ text.ptr, text.ptr + text.len };
}

bool parse_date(struct sv text, struct feel_value *ret)
{
	struct reader r = reader_of(text);
	int64_t day;

	if (!read_date(&r, &day) || r.p != r.end)
		return false;
	*ret = feel_day(day);
	return true;
}

bool parse_time(struct temporal *t, struct sv text, struct feel_value *ret)
{
	struct reader r = reader_of(text);
	struct feel_value v = { FEEL_TIME };

	if (!read_clock(&r, &v.at.second, &v.nano) || !read_zone(t, &r, &v.at.zone))
		return false;
	v.at.second %= DAY_SECONDS;
	*ret = v;
	return true;
}

bool parse_date_time(struct temporal *t, struct sv text, struct feel_value *ret)
{
	struct reader r = reader_of(text);
	struct feel_value v = { FEEL_DATE_TIME };
	int64_t day, second;

	if (!read_date(&r, &day) || !take(&r, 'T') || !read_clock(&r, &second, &v.nano) || !read_zone(t, &r, &v.at.zone))
		return false;
	v.at.second = day * DAY_SECONDS + second;
	*ret = v;
	return true;
}

struct duration {
	int64_t amounts[6]; /* years, months, days, hours, minutes, seconds */
	uint32_t nano;
	bool any, has_months, has_days;
};

static bool read_digits(struct reader *r, int64_t *ret)
{
	int64_t n = 0;

	if (!is_digit(r))
		return false;
	for (; is_digit(r); r->p++) {
		if (__builtin_mul_overflow(n, 10, &n) || __builtin_add_overflow(n, *r->p - '0', &n))
			return false;
	}
	*ret = n;
	return true;
}

/* One "12D": which of the units Y M D (or H M S behind the T) it is, in order. */
static bool read_amount(struct reader *r, bool time, int *last, struct duration *d)
{
	static const char units[] = "YMDHMS";
	int64_t n;
	bool fraction = false;

	if (!read_digits(r, &n))
		return false;
	if (time && take(r, '.')) {
		fraction = true;
		if (is_digit(r) && !read_fraction(r, &d->nano))
			return false;
	}
	if (r->p == r->end)
		return false;
	int from = time ? 3 : 0;
	for (int i = *last + 1 > from ? *last + 1 : from; i < from + 3; i++) {
		if (*r->p != units[i] || (fraction && i != 5))
			continue;
		r->p++;
		d->amounts[i] = n;
		*last = i;
		d->any = true;
		*(i < 2 ? &d->has_months : &d->has_days) = true;
		return true;
	}
	return false;
}

static bool read_duration(struct reader *r, struct duration *d)
{
	int last = -1;

	if (!take(r, 'P'))
		return false;
	while (r->p < r->end && *r->p != 'T') {
		if (!read_amount(r, false, &last, d))
			return false;
	}
	if (take(r, 'T')) {
		if (r->p == r->end)
			return false;
		while (r->p < r->end) {
			if (!read_amount(r, true, &last, d))
				return false;
		}
	}
	return d->any && d->has_months != d->has_days;
}

bool parse_duration(struct sv text, struct feel_value *ret)
{
	struct reader r = reader_of(text);
	struct duration d = { 0 };
	bool negative = take(&r, '-');

	if (!read_duration(&r, &d))
		return false;
	if (d.has_months) {
		__int128 months = (__int128)d.amounts[0] * 12 + d.amounts[1];
		if (months > INT64_MAX)
			return false;
		*ret = (struct feel_value){ FEEL_MONTHS, .months = negative ? -(int64_t)months : (int64_t)months };
		return true;
	}
	__int128 seconds = (__int128)d.amounts[2] * DAY_SECONDS + (__int128)d.amounts[3] * 3600
		+ (__int128)d.amounts[4] * 60 + d.amounts[5];
	if (seconds > INT64_MAX - 1)
		return false;
	__int128 nanos = seconds * NANOS + d.nano;
	*ret = days_value(negative ? -nanos : nanos);
	return true;
}

bool parse_temporal(struct temporal *t, struct sv text, struct feel_value *ret)
{
	return parse_date(text, ret) || parse_date_time(t, text, ret) || parse_time(t, text, ret) || parse_duration(text, ret);
}

struct feel_value days_value(__int128 nanos)
{
	__int128 seconds = nanos / NANOS;
	int64_t rest = (int64_t)(nanos % NANOS);

	if (rest < 0)
		seconds--, rest += NANOS;
	assert(rest >= 0 && rest < NANOS); /* the fraction counts upwards, also below zero */
	if (seconds > INT64_MAX || seconds < INT64_MIN)
		return feel_null_because(N_("The duration is too long."), NULL);
	return (struct feel_value){ FEEL_DAYS, (uint32_t)rest, .seconds = (int64_t)seconds };
}

__int128 days_nanos(struct feel_value days)
{
	return (__int128)days.seconds * NANOS + days.nano;
}

bool date_in_range(int64_t day)
{
	static const int64_t limit = 366 * INT64_C(1000000001);

	if (day > limit || day < -limit)
		return false;
	int64_t year = civil_from_day(day).year;
	return year <= MAX_YEAR && year >= -MAX_YEAR;
}

bool add_months(int64_t day, int64_t months, int64_t *ret_day)
{
	struct civil_date date = civil_from_day(day);
	__int128 total = (__int128)date.year * 12 + date.month - 1 + months;
	__int128 year = total / 12 - (total % 12 < 0);

	if (year > MAX_YEAR || year < -MAX_YEAR)
		return false;
	date.year = (int64_t)year;
	date.month = (int)(total - year * 12) + 1;
	int last = civil_days_in_month(date.year, date.month);
	if (date.day > last)
		date.day = last;
	*ret_day = civil_to_day(date);
	return true;
}

/* ---- writing ---- */

static void print_date(struct buf *buf, int64_t day)
{
	struct civil_date date = civil_from_day(day);

	buf_printf(buf, "%s%04lld-%02d-%02d", date.year < 0 ? "-" : "", (long long)(date.year < 0 ? -date.year : date.year),
		date.month, date.day);
}

static void print_fraction(struct buf *buf, uint32_t nano)
{
	if (nano == 0)
		return;
	buf_byte(buf, '.');
	for (uint32_t unit = NANOS / 10; nano; unit /= 10) {
		buf_byte(buf, (char)('0' + nano / unit));
		nano %= unit;
	}
}

static void print_zone(struct buf *buf, const struct feel_zone *zone)
{
	if (!zone)
		return;
	if (!sv_is_absent(zone->name)) {
		buf_byte(buf, '@');
		buf_sv(buf, zone->name);
		return;
	}
	int32_t offset = zone->offset < 0 ? -zone->offset : zone->offset;
	if (offset == 0) {
		buf_byte(buf, 'Z');
		return;
	}
	buf_printf(buf, "%c%02d:%02d", zone->offset < 0 ? '-' : '+', offset / 3600, offset / 60 % 60);
	if (offset % 60)
		buf_printf(buf, ":%02d", offset % 60);
}

static void print_clock(struct buf *buf, int64_t second, uint32_t nano, const struct feel_zone *zone)
{
	int s = (int)second;

	buf_printf(buf, "%02d:%02d:%02d", s / 3600, s / 60 % 60, s % 60);
	print_fraction(buf, nano);
	print_zone(buf, zone);
}

static void print_months(struct buf *buf, int64_t months)
{
	uint64_t m = months < 0 ? 0 - (uint64_t)months : (uint64_t)months;

	buf_printf(buf, "%sP", months < 0 ? "-" : "");
	if (m / 12)
		buf_printf(buf, "%lluY", (unsigned long long)(m / 12));
	if (m % 12 || m == 0)
		buf_printf(buf, "%lluM", (unsigned long long)(m % 12));
}

static void print_days(struct buf *buf, struct feel_value v)
{
	__int128 nanos = days_nanos(v);
	bool negative = nanos < 0;

	if (negative)
		nanos = -nanos;
	uint64_t seconds = (uint64_t)(nanos / NANOS);
	uint32_t nano = (uint32_t)(nanos % NANOS), s = (uint32_t)(seconds % DAY_SECONDS);
	buf_printf(buf, "%sP", negative ? "-" : "");
	if (seconds / DAY_SECONDS)
		buf_printf(buf, "%lluD", (unsigned long long)(seconds / DAY_SECONDS));
	if (s || nano || seconds == 0)
		buf_byte(buf, 'T');
	if (s / 3600)
		buf_printf(buf, "%uH", s / 3600);
	if (s / 60 % 60)
		buf_printf(buf, "%uM", s / 60 % 60);
	if (s % 60 || nano || seconds == 0) {
		buf_printf(buf, "%u", s % 60);
		print_fraction(buf, nano);
		buf_byte(buf, 'S');
	}
}

void print_temporal(struct buf *buf, struct feel_value v)
{
	assert(v.kind == FEEL_DATE || v.kind == FEEL_TIME || v.kind == FEEL_DATE_TIME || v.kind == FEEL_DAYS || v.kind == FEEL_MONTHS);
	if (v.kind == FEEL_DATE) {
		print_date(buf, v.day);
	} else if (v.kind == FEEL_TIME) {
		print_clock(buf, v.at.second, v.nano, v.at.zone);
	} else if (v.kind == FEEL_DATE_TIME) {
		int64_t day = v.at.second / DAY_SECONDS - (v.at.second % DAY_SECONDS < 0);
		print_date(buf, day);
		buf_byte(buf, 'T');
		print_clock(buf, v.at.second - day * DAY_SECONDS, v.nano, v.at.zone);
	} else if (v.kind == FEEL_MONTHS) {
		print_months(buf, v.months);
	} else {
		assert(v.kind == FEEL_DAYS);
		print_days(buf, v);
	}
}
