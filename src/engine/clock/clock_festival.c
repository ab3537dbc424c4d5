/* The statutory days of a year for which no notice is out yet.
 *
 * Regulation on Public Holidays for National Annual Festivals and Memorial Days (text of 2024, in force from 2025), art. 2:
 * 1 January; the eve of Spring Festival and the first three days of the first lunar month; Qingming; 1 and 2 May; the fifth
 * of the fifth, the fifteenth of the eighth lunar month; 1 to 3 October. Art. 6: one that falls on a weekend is made good on
 * a working day, here the next one. Before 2025 Spring Festival had three days from the first and Labour Day one.
 *
 * The lunar dates are the first of the first, fifth of the fifth and fifteenth of the eighth month of the calendar of
 * GB/T 33661-2017 (month beginnings by the true new moon, leap month without a major solar term, time UTC+8), as also
 * tabulated by the Hong Kong Observatory (Gregorian-Lunar Calendar Conversion Table). Qingming is the day on which the sun
 * reaches longitude 15 degrees: day of April = floor(0.2422 y + 4.81) - floor(y / 4), y = year - 2000, exact for 2000-2099.
 */
#include "engine/clock/clock_int.h"

#include <assert.h>

#include "base/civil.h"

#include "base/banned.h"

/* Month * 100 + day of Spring Festival, Dragon Boat and Mid-Autumn; five years a line. */
static const uint16_t lunar[YEARS][3] = {
	{ 205, 606, 912 }, { 124, 625, 1001 }, { 212, 615, 921 }, { 201, 604, 911 }, { 122, 622, 928 }, /* 2000 */
	{ 209, 611, 918 }, { 129, 531, 1006 }, { 218, 619, 925 }, { 207, 608, 914 }, { 126, 528, 1003 }, /* 2005 */
	{ 214, 616, 922 }, { 203, 606, 912 }, { 123, 623, 930 }, { 210, 612, 919 }, { 131, 602, 908 }, /* 2010 */
	{ 219, 620, 927 }, { 208, 609, 915 }, { 128, 530, 1004 }, { 216, 618, 924 }, { 205, 607, 913 }, /* 2015 */
	{ 125, 625, 1001 }, { 212, 614, 921 }, { 201, 603, 910 }, { 122, 622, 929 }, { 210, 610, 917 }, /* 2020 */
	{ 129, 531, 1006 }, { 217, 619, 925 }, { 206, 609, 915 }, { 126, 528, 1003 }, { 213, 616, 922 }, /* 2025 */
	{ 203, 605, 912 }, { 123, 624, 1001 }, { 211, 612, 919 }, { 131, 601, 908 }, { 219, 620, 927 }, /* 2030 */
	{ 208, 610, 916 }, { 128, 530, 1004 }, { 215, 618, 924 }, { 204, 607, 913 }, { 124, 527, 1002 }, /* 2035 */
	{ 212, 614, 920 }, { 201, 603, 910 }, { 122, 622, 928 }, { 210, 611, 917 }, { 130, 531, 1005 }, /* 2040 */
	{ 217, 619, 925 }, { 206, 608, 915 }, { 126, 529, 1004 }, { 214, 615, 922 }, { 202, 604, 911 }, /* 2045 */
	{ 123, 623, 930 }, { 211, 613, 919 }, { 201, 601, 907 }, { 219, 620, 926 }, { 208, 610, 916 }, /* 2050 */
	{ 128, 530, 1005 }, { 215, 617, 924 }, { 204, 606, 913 }, { 124, 625, 1002 }, { 212, 614, 921 }, /* 2055 */
	{ 202, 603, 909 }, { 121, 622, 928 }, { 209, 611, 917 }, { 129, 601, 1006 }, { 217, 619, 925 }, /* 2060 */
	{ 205, 608, 915 }, { 126, 528, 1003 }, { 214, 616, 923 }, { 203, 604, 911 }, { 123, 623, 929 }, /* 2065 */
	{ 211, 613, 919 }, { 131, 602, 908 }, { 219, 620, 926 }, { 207, 610, 916 }, { 127, 530, 1005 }, /* 2070 */
	{ 215, 617, 924 }, { 205, 606, 912 }, { 124, 624, 1001 }, { 212, 614, 920 }, { 202, 604, 910 }, /* 2075 */
	{ 122, 622, 928 }, { 209, 611, 917 }, { 129, 601, 1006 }, { 217, 619, 926 }, { 206, 607, 914 }, /* 2080 */
	{ 126, 527, 1003 }, { 214, 615, 922 }, { 203, 605, 911 }, { 124, 623, 929 }, { 210, 613, 918 }, /* 2085 */
	{ 130, 602, 908 }, { 218, 621, 927 }, { 207, 609, 916 }, { 127, 529, 1005 }, { 215, 617, 924 }, /* 2090 */
	{ 205, 606, 913 }, { 125, 624, 930 }, { 212, 614, 920 }, { 201, 604, 909 }, { 121, 623, 929 }, /* 2095 */
};

static int64_t date(int64_t year, int month_day)
{
	return civil_to_day((struct civil_date){ year, month_day / 100, month_day % 100 });
}

struct statutory {
	enum limit_holiday holiday;
	int64_t first;
	int days;
};

/* Marks the days and returns how many of them fell on a weekend or on another holiday. */
static int mark_days(struct limit_calendar *calendar, const struct statutory *s)
{
	int lost = 0;

	for (int d = 0; d < s->days; d++) {
		struct cell *cell = calendar_cell(calendar, s->first + d);
		lost += cell->kind != LIMIT_WORKING;
		*cell = (struct cell){ .kind = LIMIT_HOLIDAY, .holiday = (uint8_t)s->holiday, .provisional = true };
	}
	return lost;
}

/* Art. 6: the next plain working days are off instead. */
static void make_good(struct limit_calendar *calendar, const struct statutory *s, int lost)
{
	for (int64_t day = s->first + s->days; lost > 0; day++) {
		struct cell *cell = calendar_cell(calendar, day);
		if (cell->kind != LIMIT_WORKING)
			continue;
		*cell = (struct cell){ .kind = LIMIT_HOLIDAY, .holiday = (uint8_t)s->holiday, .provisional = true };
		lost--;
	}
}

void festival_fill_year(struct limit_calendar *calendar, int64_t year)
{
	const uint16_t *moons = lunar[year - FIRST_YEAR];
	int y = (int)(year - FIRST_YEAR);
	int qingming = (2422 * y + 48100) / 10000 - y / 4;
	bool text_2024 = year >= 2025;
	const struct statutory days[] = {
		{ LIMIT_NEW_YEAR, date(year, 101), 1 },
		{ LIMIT_SPRING_FESTIVAL, date(year, moons[0]) - text_2024, 3 + text_2024 },
		{ LIMIT_QINGMING, date(year, 400 + qingming), 1 },
		{ LIMIT_LABOUR_DAY, date(year, 501), 1 + text_2024 },
		{ LIMIT_DRAGON_BOAT, date(year, moons[1]), 1 },
		{ LIMIT_MID_AUTUMN, date(year, moons[2]), 1 },
		{ LIMIT_NATIONAL_DAY, date(year, 1001), 3 },
	};
	enum { COUNT = sizeof(days) / sizeof(days[0]) };
	int lost[COUNT];

	assert(year >= FIRST_YEAR && year <= LAST_YEAR);
	for (size_t i = 0; i < COUNT; i++)
		lost[i] = mark_days(calendar, &days[i]);
	for (size_t i = 0; i < COUNT; i++)
		make_good(calendar, &days[i], lost[i]);
}
