/* Time zones: fixed offsets, and zones of the system's tzdata read from TZif files (RFC 8536) with the POSIX rule at
 * their end for later years. Local times that a change of the clock skips or repeats get the offset before the change. */
#include <assert.h>
#include <stdio.h>

#include "base/civil.h"
#include "engine/feel/feel_int.h"

#include "base/banned.h"

enum { ZONE_NAME_MAX = 64, ZONE_FILE_MAX = 65536, TZIF_HEADER = 44 };

const struct feel_zone feel_utc = { .name = { NULL, 0 }, .offset = 0 };

const struct feel_zone *feel_zone_offset(struct arena *arena, int32_t offset)
{
	assert(offset > -DAY_SECONDS && offset < DAY_SECONDS);
	if (offset == 0)
		return &feel_utc;
	struct feel_zone *zone = ARENA_NEW(arena, struct feel_zone);
	zone->offset = offset;
	return zone;
}

/* Names as in tzdata: no dot, so no path tricks. */
static bool is_zone_byte(char c)
{
	return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '/' || c == '_' || c == '-' || c == '+';
}

static bool is_zone_name(struct sv name)
{
	if (name.len == 0 || name.len > ZONE_NAME_MAX)
		return false;
	for (size_t i = 0; i < name.len; i++) {
		if (!is_zone_byte(name.ptr[i]))
			return false;
	}
	return name.ptr[0] >= 'A' && name.ptr[0] <= 'Z';
}

static int64_t big_endian(const uint8_t *p, size_t bytes)
{
	uint64_t n = p[0] & 0x80 ? ~(uint64_t)0 : 0;

	for (size_t i = 0; i < bytes; i++)
		n = n << 8 | p[i];
	return (int64_t)n;
}

/* Six counts of a TZif header: isutc, isstd, leap, time, type, char. */
static bool read_header(const uint8_t *p, size_t len, uint32_t counts[6])
{
	if (len < TZIF_HEADER || memcmp(p, "TZif", 4) != 0)
		return false;
	for (size_t i = 0; i < 6; i++) {
		int64_t n = big_endian(p + 20 + 4 * i, 4);
		if (n < 0 || n > 4096)
			return false;
		counts[i] = (uint32_t)n;
	}
	return true;
}

static size_t data_size(const uint32_t c[6], size_t time_size)
{
	return c[3] * time_size + c[3] + c[4] * 6 + c[5] + c[2] * (time_size + 4) + c[1] + c[0];
}

static bool read_zone(struct arena *arena, const uint8_t *p, size_t len, struct feel_zone *zone)
{
	uint32_t c[6];

	if (!read_header(p, len, c) || p[4] < '2')
		return false;
	size_t skip = TZIF_HEADER + data_size(c, 4);
	if (skip > len || !read_header(p + skip, len - skip, c) || c[4] == 0)
		return false;
	const uint8_t *body = p + skip + TZIF_HEADER;
	size_t size = data_size(c, 8);
	if (skip + TZIF_HEADER + size > len)
		return false;
	const uint8_t *types = body + c[3] * 8, *infos = types + c[3];
	int64_t *at = ARENA_ARRAY(arena, int64_t, c[3]);
	int32_t *offsets = ARENA_ARRAY(arena, int32_t, c[3] + 1);
	offsets[0] = (int32_t)big_endian(infos, 4);
	for (uint32_t i = 0; i < c[3]; i++) {
		if (types[i] >= c[4])
			return false;
		at[i] = big_endian(body + 8 * i, 8);
		offsets[i + 1] = (int32_t)big_endian(infos + 6 * types[i], 4);
	}
	zone->at = at;
	zone->offsets = offsets;
	zone->count = c[3];
	const char *footer = (const char *)body + size, *end = (const char *)p + len;
	if (footer < end && *footer == '\n') {
		const char *stop = memchr(footer + 1, '\n', (size_t)(end - footer - 1));
		if (stop)
			zone->rule = arena_copy(arena, (struct sv){ footer + 1, (size_t)(stop - footer - 1) });
	}
	return true;
}

static bool load_zone(struct arena *arena, struct sv name, struct feel_zone *zone)
{
	char path[ZONE_NAME_MAX + 32];
	uint8_t bytes[ZONE_FILE_MAX];

	snprintf(path, sizeof(path), "/usr/share/zoneinfo/%.*s", SV_FMT(name));
	FILE *file = fopen(path, "rb");
	if (!file)
		return false;
	size_t len = fread(bytes, 1, sizeof(bytes), file);
	fclose(file);
	return read_zone(arena, bytes, len, zone);
}

const struct feel_zone *feel_zone_find(struct arena *arena, struct feel_zone **known, struct sv name)
{
	for (struct feel_zone *z = *known; z; z = z->next) {
		if (sv_equal(z->name, name))
			return z;
	}
	struct feel_zone *zone = ARENA_NEW(arena, struct feel_zone);
	if (!is_zone_name(name) || !load_zone(arena, name, zone))
		return NULL;
	zone->name = arena_copy(arena, name);
	zone->next = *known;
	*known = zone;
	return zone;
}

/* ---- the POSIX rule: "AEST-10AEDT,M10.1.0,M4.1.0/3" ---- */

struct change {
	int month, week, weekday; /* Mm.w.d */
	int32_t second;           /* local time of the change */
};

struct rule {
	int32_t standard, summer; /* seconds east */
	bool has_summer;
	struct change start, end;
};

static void skip_name(const char **p, const char *end)
{
	if (*p < end && **p == '<') {
		while (*p < end && **p != '>')
			(*p)++;
		*p += *p < end;
		return;
	}
	while (*p < end && ((**p >= 'a' && **p <= 'z') || (**p >= 'A' && **p <= 'Z')))
		(*p)++;
}

static int read_int(const char **p, const char *end)
{
	int n = 0;

	while (*p < end && **p >= '0' && **p <= '9' && n < 100000)
		n = n * 10 + (*(*p)++ - '0');
	return n;
}

/* [+-]hh[:mm[:ss]] in seconds. */
static int32_t read_clock(const char **p, const char *end)
{
	int sign = 1, unit = 3600;
	int32_t seconds = 0;

	if (*p < end && (**p == '-' || **p == '+'))
		sign = *(*p)++ == '-' ? -1 : 1;
	for (;;) {
		seconds += read_int(p, end) * unit;
		unit /= 60;
		if (*p == end || **p != ':' || unit == 0)
			return sign * seconds;
		(*p)++;
	}
}

static bool read_change(const char **p, const char *end, struct change *c)
{
	if (end - *p < 3 || (*p)[0] != ',' || (*p)[1] != 'M')
		return false;
	*p += 2;
	c->month = read_int(p, end);
	*p += *p < end;
	c->week = read_int(p, end);
	*p += *p < end;
	c->weekday = read_int(p, end);
	c->second = 2 * 3600;
	if (*p < end && **p == '/') {
		(*p)++;
		c->second = read_clock(p, end);
	}
	return c->month >= 1 && c->month <= 12 && c->week >= 1 && c->week <= 5 && c->weekday <= 6;
}

static struct rule read_rule(struct sv text)
{
	const char *p = text.ptr, *end = p + text.len;
	struct rule rule = { 0 };

	skip_name(&p, end);
	rule.standard = -read_clock(&p, end);
	if (p == end)
		return rule;
	skip_name(&p, end);
	rule.summer = rule.standard + 3600;
	if (p < end && *p != ',')
		rule.summer = -read_clock(&p, end);
	rule.has_summer = read_change(&p, end, &rule.start) && read_change(&p, end, &rule.end);
	return rule;
}

static int64_t change_local(struct change c, int64_t year)
{
	int64_t first = civil_to_day((struct civil_date){ year, c.month, 1 });
	int weekday = civil_weekday(first) % 7; /* 0 = Sunday */
	int day = (c.weekday - weekday + 7) % 7 + (c.week - 1) * 7;

	while (day >= civil_days_in_month(year, c.month))
		day -= 7;
	return (first + day) * DAY_SECONDS + c.second;
}

static int64_t floor_day(int64_t second)
{
	return second / DAY_SECONDS - (second % DAY_SECONDS < 0);
}

static int32_t rule_offset(struct sv text, int64_t utc)
{
	struct rule rule = read_rule(text);

	if (!rule.has_summer)
		return rule.standard;
	int64_t year = civil_from_day(floor_day(utc + rule.standard)).year;
	int64_t start = change_local(rule.start, year) - rule.standard;
	int64_t end = change_local(rule.end, year) - rule.summer;
	bool summer = start < end ? utc >= start && utc < end : utc >= start || utc < end;
	return summer ? rule.summer : rule.standard;
}

static int32_t zone_offset_at(const struct feel_zone *zone, int64_t utc)
{
	uint32_t low = 0, high = zone->count;

	assert(zone);
	if (!zone->offsets)
		return zone->offset;
	if (zone->rule.len && (zone->count == 0 || utc >= zone->at[zone->count - 1]))
		return rule_offset(zone->rule, utc);
	while (low < high) {
		uint32_t middle = (low + high) / 2;
		if (zone->at[middle] <= utc)
			low = middle + 1;
		else
			high = middle;
	}
	return zone->offsets[low];
}

static int32_t zone_offset_local(const struct feel_zone *zone, int64_t local)
{
	if (!zone->offsets)
		return zone->offset;
	/* The offset that held a day before covers both sides of any change near this time. */
	int32_t before = zone_offset_at(zone, local - DAY_SECONDS);
	if (zone_offset_at(zone, local - before) == before)
		return before;
	int32_t after = zone_offset_at(zone, local + DAY_SECONDS);
	if (zone_offset_at(zone, local - after) == after)
		return after;
	return before;
}

int64_t moment_utc(struct feel_value v)
{
	return v.at.zone ? v.at.second - zone_offset_local(v.at.zone, v.at.second) : v.at.second;
}

/* A time of day has no date: zones count with the offset in force at the beginning of 1970 or, if they have a rule, with
 * the standard time of today's law. */
int64_t time_utc(struct feel_value v)
{
	const struct feel_zone *zone = v.at.zone;

	if (!zone)
		return v.at.second;
	if (!zone->offsets)
		return v.at.second - zone->offset;
	return v.at.second - (zone->rule.len ? read_rule(zone->rule).standard : zone->offsets[zone->count]);
}

struct feel_value moment_at(int64_t utc, uint32_t nano, const struct feel_zone *zone)
{
	int64_t local = zone ? utc + zone_offset_at(zone, utc) : utc;

	assert(nano < 1000000000);
	return (struct feel_value){ FEEL_DATE_TIME, nano, .at = { local, zone } };
}
