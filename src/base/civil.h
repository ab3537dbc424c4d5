/* Proleptic Gregorian dates as day numbers (0 = 1970-01-01), and the product's civil time, UTC+8 without change
 * (China Standard Time, GB/T 7408). Exact for years -999999999 to 999999999 (int64 throughout). */
#ifndef BASE_CIVIL_H
#define BASE_CIVIL_H

#include "base/sv.h"

enum { MINUTE_MS = 60000, HOUR_MS = 60 * MINUTE_MS, DAY_MS = 24 * HOUR_MS, CHINA_OFFSET_MS = 8 * HOUR_MS };

struct civil_date {
	int64_t year;
	int month, day; /* from 1 */
};

struct civil_time {
	struct civil_date date;
	int hour, minute, second, ms;
};

int64_t civil_to_day(struct civil_date date);
struct civil_date civil_from_day(int64_t day);
bool civil_is_valid(struct civil_date date);
bool civil_is_leap(int64_t year);
int civil_days_in_month(int64_t year, int month);
/* 1 = Monday ... 7 = Sunday (ISO 8601). */
int civil_weekday(int64_t day);
/* Day number of the China date on which the instant falls, and start of that date as an instant. */
int64_t civil_china_day(int64_t ms);
int64_t civil_china_midnight(int64_t day);
struct civil_time civil_china_time(int64_t ms);
/* "2026-03-03"; false on anything else. */
bool civil_parse_day(struct sv text, int64_t *ret_day);
/* Writes "YYYY-MM-DD" and a NUL into out (years 0 to 9999). */
struct sv civil_day_text(int64_t day, char out[11]);
/* "2026-03-03T10:32:05.123Z" (RFC 3339) of an instant; 25 bytes with NUL. */
struct sv civil_instant_text(int64_t ms, char out[25]);

#endif
