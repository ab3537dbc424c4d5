/* ISO 8601 durations, instants and repeating intervals, as BPMN timers write them (section 10.4.5). */
#include "engine/bpmn/bpmn_int.h"

#include "base/civil.h"

#include "base/banned.h"

enum { MAX_NUMBER = 1000000 };

static bool read_number(struct sv text, size_t *at, int64_t *ret)
{
	size_t start = *at;
	int64_t number = 0;

	while (*at < text.len && text.ptr[*at] >= '0' && text.ptr[*at] <= '9' && number < MAX_NUMBER)
		number = number * 10 + (text.ptr[(*at)++] - '0');
	if (*at == start)
		return false;
	*ret = number;
	return true;
}

static bool read_unit(char unit, bool in_time, int64_t number, struct iso_time *out)
{
	static const struct {
		char unit;
		bool in_time;
		int64_t months, ms;
	} units[] = {
		{ 'Y', false, 12, 0 }, { 'M', false, 1, 0 }, { 'W', false, 0, 7 * (int64_t)DAY_MS }, { 'D', false, 0, DAY_MS },
		{ 'H', true, 0, HOUR_MS }, { 'M', true, 0, MINUTE_MS }, { 'S', true, 0, 1000 },
	};

	for (size_t i = 0; i < sizeof(units) / sizeof(units[0]); i++)
		if (units[i].unit == unit && units[i].in_time == in_time) {
			out->months += number * units[i].months;
			out->ms += number * units[i].ms;
			return true;
		}
	return false;
}

static bool parse_duration(struct sv text, struct iso_time *out)
{
	size_t at = 1;
	bool in_time = false, any = false;
	int64_t number;

	if (text.len < 3 || text.ptr[0] != 'P')
		return false;
	while (at < text.len) {
		if (text.ptr[at] == 'T' && !in_time) {
			in_time = true;
			at++;
		}
		if (!read_number(text, &at, &number) || at >= text.len || !read_unit(text.ptr[at], in_time, number, out))
			return false;
		any = true;
		at++;
	}
	return any;
}

/* Offset of "Z", "+08:00" or nothing (UTC) in ms. */
static bool parse_offset(struct sv text, int64_t *ret)
{
	int64_t hour, minute;
	size_t at = 1;

	*ret = 0;
	if (sv_is_empty(text) || sv_equal_z(text, "Z"))
		return true;
	if (text.len != 6 || (text.ptr[0] != '+' && text.ptr[0] != '-') || text.ptr[3] != ':')
		return false;
	if (!read_number(text, &at, &hour) || at != 3)
		return false;
	at = 4;
	if (!read_number(text, &at, &minute) || at != 6)
		return false;
	*ret = (hour * 60 + minute) * MINUTE_MS * (text.ptr[0] == '-' ? -1 : 1);
	return true;
}

/* "10:00:00", a fraction of a second is cut off; *ret in ms of the day, *at behind it. */
static bool parse_time(struct sv text, size_t *at, int64_t *ret)
{
	static const int64_t limits[] = { 24, 59, 60 };
	int64_t part, total = 0;

	for (int i = 0; i < 3; i++) {
		size_t start = *at;
		if (!read_number(text, at, &part) || *at != start + 2 || part > limits[i])
			return false;
		total = total * 60 + part;
		if (i < 2 && (*at >= text.len || text.ptr[(*at)++] != ':'))
			return false;
	}
	if (*at < text.len && text.ptr[*at] == '.')
		for (++*at; *at < text.len && text.ptr[*at] >= '0' && text.ptr[*at] <= '9';)
			++*at;
	*ret = total * 1000;
	return true;
}

/* "2026-01-05", "2026-01-05T10:00:00", with "Z" or an offset. */
static bool parse_instant(struct sv text, struct iso_time *out)
{
	int64_t day, time, offset;
	size_t at = 11;

	if (!civil_parse_day(sv_slice(text, 0, 10), &day))
		return false;
	out->at = day * DAY_MS;
	if (text.len == 10)
		return true;
	if (text.ptr[10] != 'T' || !parse_time(text, &at, &time) || !parse_offset(sv_slice(text, at, text.len), &offset))
		return false;
	out->at += time - offset;
	return true;
}

static bool parse_cycle(struct sv text, struct iso_time *out)
{
	size_t at = 1;

	out->repeats = -1;
	if (at < text.len && text.ptr[at] != '/' && !read_number(text, &at, &out->repeats))
		return false;
	if (at >= text.len || text.ptr[at] != '/')
		return false;
	return parse_duration(sv_slice(text, at + 1, text.len), out) && (out->months > 0 || out->ms > 0);
}

bool bpmn_iso_parse(struct sv text, struct iso_time *ret)
{
	struct iso_time out = { 0 };
	bool good;

	text = sv_trim(text);
	if (sv_has_prefix(text, SV("P"))) {
		out.kind = TIMING_DURATION;
		good = parse_duration(text, &out);
	} else if (sv_has_prefix(text, SV("R"))) {
		out.kind = TIMING_CYCLE;
		good = parse_cycle(text, &out);
	} else {
		out.kind = TIMING_DATE;
		good = parse_instant(text, &out);
	}
	if (good)
		*ret = out;
	return good;
}

int64_t bpmn_iso_add(int64_t from_ms, int64_t months, int64_t ms)
{
	if (months != 0) {
		int64_t day = civil_china_day(from_ms), rest = from_ms - civil_china_midnight(day);
		struct civil_date date = civil_from_day(day);
		int64_t month = date.year * 12 + date.month - 1 + months;
		date.year = month / 12;
		date.month = (int)(month % 12) + 1;
		int last = civil_days_in_month(date.year, date.month);
		date.day = date.day > last ? last : date.day;
		from_ms = civil_china_midnight(civil_to_day(date)) + rest;
	}
	return from_ms + ms;
}
