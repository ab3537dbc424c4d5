/* Days and civil dates by the era method (400-year cycles of 146,097 days); see civil.h. */
#include "base/civil.h"

#include <assert.h>

#include "base/banned.h"

static int64_t floor_div(int64_t a, int64_t b)
{
	return a / b - (a % b < 0);
}

int64_t civil_to_day(struct civil_date date)
{
	int64_t year = date.year - (date.month <= 2);
	int64_t era = floor_div(year, 400);
	int64_t year_of_era = year - era * 400;
	int64_t day_of_year = (153 * (date.month + (date.month > 2 ? -3 : 9)) + 2) / 5 + date.day - 1;

	assert(date.month >= 1 && date.month <= 12 && date.day >= 1 && date.day <= 31);
	return era * 146097 + year_of_era * 365 + year_of_era / 4 - year_of_era / 100 + day_of_year - 719468;
}

struct civil_date civil_from_day(int64_t day)
{
	int64_t shifted = day + 719468;
	int64_t era = floor_div(shifted, 146097);
	int64_t day_of_era = shifted - era * 146097;
	int64_t year_of_era = (day_of_era - day_of_era / 1460 + day_of_era / 36524 - day_of_era / 146096) / 365;
	int64_t day_of_year = day_of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
	int64_t shifted_month = (5 * day_of_year + 2) / 153;
	int month = (int)(shifted_month < 10 ? shifted_month + 3 : shifted_month - 9);

	assert(month >= 1 && month <= 12);
	return (struct civil_date){
		.year = year_of_era + era * 400 + (month <= 2),
		.month = month,
		.day = (int)(day_of_year - (153 * shifted_month + 2) / 5 + 1),
	};
}

bool civil_is_leap(int64_t year)
{
	return year % 4 == 0 && (year % 100 != 0 || year % 400 == 0);
}

int civil_days_in_month(int64_t year, int month)
{
	static const int days[] = { 31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31 };

	assert(month >= 1 && month <= 12);
	return month == 2 && civil_is_leap(year) ? 29 : days[month - 1];
}

bool civil_is_valid(struct civil_date date)
{
	return date.year >= -999999999 && date.year <= 999999999 && date.month >= 1 && date.month <= 12 && date.day >= 1
		&& date.day <= civil_days_in_month(date.year, date.month);
}

int civil_weekday(int64_t day)
{
	return (int)(day - floor_div(day - 4, 7) * 7 - 4) + 1; /* day 4 = Monday 1970-01-05 */
}

int64_t civil_china_day(int64_t ms)
{
	return floor_div(ms + CHINA_OFFSET_MS, DAY_MS);
}

int64_t civil_china_midnight(int64_t day)
{
	return day * DAY_MS - CHINA_OFFSET_MS;
}

static struct civil_time split(int64_t local_ms)
{
	int64_t day = floor_div(local_ms, DAY_MS);
	int rest = (int)(local_ms - day * DAY_MS);

	return (struct civil_time){
		.date = civil_from_day(day),
		.hour = rest / HOUR_MS,
		.minute = rest / MINUTE_MS % 60,
		.second = rest / 1000 % 60,
		.ms = rest % 1000,
	};
}

struct civil_time civil_china_time(int64_t ms)
{
	return split(ms + CHINA_OFFSET_MS);
}

bool civil_parse_day(struct sv text, int64_t *ret_day)
{
	int64_t year, month, day;

	if (text.len != 10 || text.ptr[4] != '-' || text.ptr[7] != '-' || text.ptr[0] == '-' || text.ptr[5] == '-'
		|| text.ptr[8] == '-')
		return false;
	if (!sv_parse_i64(sv_slice(text, 0, 4), &year) || !sv_parse_i64(sv_slice(text, 5, 2), &month)
		|| !sv_parse_i64(sv_slice(text, 8, 2), &day))
		return false;
	struct civil_date date = { year, (int)month, (int)day };
	if (!civil_is_valid(date))
		return false;
	*ret_day = civil_to_day(date);
	return true;
}

/* `width` digits of a number that is not negative, the last ones if there are more; returns where the next go. */
static char *put_digits(char *to, int64_t number, int width)
{
	for (int i = width; i--; number /= 10)
		to[i] = (char)('0' + number % 10);
	return to + width;
}

static char *put_date(char *to, struct civil_date date, char tail)
{
	to = put_digits(to, date.year < 0 ? 0 : date.year, 4);
	*to++ = '-';
	to = put_digits(to, date.month, 2);
	*to++ = '-';
	to = put_digits(to, date.day, 2);
	*to = tail;
	return to + 1;
}

struct sv civil_day_text(int64_t day, char out[11])
{
	put_date(out, civil_from_day(day), '\0');
	return (struct sv){ out, 10 };
}

struct sv civil_instant_text(int64_t ms, char out[25])
{
	struct civil_time t = split(ms);
	char *to = put_date(out, t.date, 'T');

	to = put_digits(to, t.hour, 2);
	*to++ = ':';
	to = put_digits(to, t.minute, 2);
	*to++ = ':';
	to = put_digits(to, t.second, 2);
	*to++ = '.';
	to = put_digits(to, t.ms, 3);
	*to++ = 'Z';
	*to = '\0';
	return (struct sv){ out, 24 };
}
