/* The calendar's inside, private to engine/clock. */
#ifndef ENGINE_CLOCK_CLOCK_INT_H
#define ENGINE_CLOCK_CLOCK_INT_H

#include "engine/clock/clock.h"

enum { FIRST_YEAR = 2000, LAST_YEAR = 2099, YEARS = LAST_YEAR - FIRST_YEAR + 1 };

struct cell {
	uint8_t kind, holiday; /* enum limit_day_kind, enum limit_holiday */
	bool provisional;
	int32_t before; /* working days of the table before this day */
};

struct limit_calendar {
	struct arena *arena;
	int64_t first;   /* day number of cells[0] */
	size_t count;
	struct cell *cells;
	struct sv notices[YEARS]; /* number of the notice; absent = provisional */
};

/* Fills one year from the statutory days alone (clock_festival.c). */
void festival_fill_year(struct limit_calendar *calendar, int64_t year);
/* The cell of a day, or NULL outside the table. */
struct cell *calendar_cell(const struct limit_calendar *calendar, int64_t day);

#endif
