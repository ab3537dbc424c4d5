/* Tests of base/civil, clock, id and random. Dates are checked by counting day after day, and at the ends of the range. */
#include "test/kit/kit.h"

#include "base/civil.h"

#include "base/banned.h"

/* 1600 years, one day at a time: the next date is the one a calendar would print. */
static void test_day_after_day(void **state)
{
	struct civil_date date = { 1200, 1, 1 };
	int64_t day = civil_to_day(date);
	int weekday = civil_weekday(day);

	(void)state;
	for (; date.year < 2800; day++) {
		struct civil_date got = civil_from_day(day);
		if (got.year != date.year || got.month != date.month || got.day != date.day || civil_to_day(date) != day
			|| civil_weekday(day) != weekday || !civil_is_valid(date))
			fail_msg("day %ld: %ld-%d-%d", day, got.year, got.month, got.day);
		weekday = weekday % 7 + 1;
		if (date.day < civil_days_in_month(date.year, date.month)) {
			date.day++;
			continue;
		}
		date.day = 1;
		date.month = date.month % 12 + 1;
		date.year += date.month == 1;
	}
}

static void test_far_years(void **state)
{
	struct kit *kit = *state;

	for (int i = 0; i < 100000; i++) {
		struct civil_date date = { .year = (int64_t)random_below(&kit->random, 1999999999) - 999999999 };
		date.month = (int)random_below(&kit->random, 12) + 1;
		date.day = (int)random_below(&kit->random, (uint64_t)civil_days_in_month(date.year, date.month)) + 1;
		int64_t day = civil_to_day(date);
		struct civil_date back = civil_from_day(day);
		if (back.year != date.year || back.month != date.month || back.day != date.day)
			fail_msg("%ld-%d-%d", date.year, date.month, date.day);
		assert_int_equal(civil_weekday(day + 1), civil_weekday(day) % 7 + 1);
	}
	assert_int_equal(civil_from_day(civil_to_day((struct civil_date){ -999999999, 1, 1 })).year, -999999999);
	assert_int_equal(civil_from_day(civil_to_day((struct civil_date){ 999999999, 12, 31 })).day, 31);
	assert_false(civil_is_valid((struct civil_date){ 1000000000, 1, 1 }));
	assert_false(civil_is_valid((struct civil_date){ 2026, 2, 29 }));
	assert_false(civil_is_valid((struct civil_date){ 2026, 13, 1 }));
	assert_false(civil_is_valid((struct civil_date){ 2026, 0, 1 }));
	assert_true(civil_is_valid((struct civil_date){ 2000, 2, 29 }));
	assert_false(civil_is_leap(1900));
}

static void test_known_days(void **state)
{
	char text[25];
	int64_t day = 0;

	(void)state;
	assert_int_equal(civil_to_day((struct civil_date){ 1970, 1, 1 }), 0);
	assert_int_equal(civil_weekday(0), 4); /* a Thursday */
	assert_true(civil_parse_day(SV("2026-03-02"), &day));
	assert_int_equal(civil_weekday(day), 1);
	assert_int_equal(civil_china_midnight(day), 1772380800000);
	assert_int_equal(civil_china_day(1772380800000), day);
	assert_int_equal(civil_china_day(1772380799999), day - 1);
	assert_int_equal(civil_china_day(-CHINA_OFFSET_MS - 1), -1);
	assert_sv_equal(civil_day_text(day, text), "2026-03-02");
	assert_sv_equal(civil_instant_text(KIT_START_MS + 7, text), "2026-03-02T01:00:00.007Z");
	assert_sv_equal(civil_instant_text(-1, text), "1969-12-31T23:59:59.999Z");
	struct civil_time t = civil_china_time(KIT_START_MS + 61007);
	assert_true(t.date.day == 2 && t.hour == 9 && t.minute == 1 && t.second == 1 && t.ms == 7);
}

static void test_day_text_refused(void **state)
{
	static const char *const wrong[] = { "", "2026-3-2", "2026-03-2x", "2026/03/02", "2026-02-29", "2026-00-10", "2026-13-01",
		"2026-01-00", "2026-01-32", "-026-01-01", "2026--1-01", "2026-01--1", "2026-03-021", "２026-03-02" };
	int64_t day = 5;

	(void)state;
	for (size_t i = 0; i < sizeof(wrong) / sizeof(*wrong); i++)
		if (civil_parse_day(sv_of(wrong[i]), &day))
			fail_msg("accepted %s", wrong[i]);
	assert_int_equal(day, 5);
}

static void test_clock(void **state)
{
	struct clock fixed = clock_virtual(1000), system = CLOCK_SYSTEM;

	(void)state;
	clock_advance(&fixed, 500);
	assert_int_equal(clock_now(&fixed), 1500);
	int64_t now = clock_now(&system);
	assert_true(now > 1700000000000);
	clock_advance(&system, 86400000);
	assert_true(clock_now(&system) >= now + 86400000);
	int64_t tick = clock_monotonic_ns();
	assert_true(clock_monotonic_ns() >= tick);
	int64_t used = clock_thread_ns();
	for (unsigned i = 0; clock_thread_ns() == used; i++)
		assert_true(i < 1000000000); /* it passes while the thread works */
}

static void test_ids(void **state)
{
	struct kit *kit = *state;
	struct id last = { 0 }, parsed;

	assert_true(id_is_zero(last));
	for (int i = 0; i < 20000; i++) {
		if (i % 100 == 0)
			clock_advance(&kit->clock, 1);
		struct id id = id_new(&kit->ctx);
		assert_true(memcmp(id.bytes, last.bytes, 16) > 0);
		struct sv time = arena_printf(&kit->arena, "%012llx", (unsigned long long)clock_now(&kit->clock));
		assert_true(sv_has_prefix(id_text(&kit->arena, id), time));
		assert_int_equal(id.bytes[6] >> 4, 7);    /* version */
		assert_int_equal(id.bytes[8] >> 6, 2);    /* variant */
		last = id;
	}
	struct sv text = id_text(&kit->arena, last);
	assert_int_equal(text.len, 32);
	assert_true(id_parse(text, &parsed) && id_equal(parsed, last));
	assert_true(id_parse(SV("0123456789ABCDEFabcdef0123456789"), &parsed));
	assert_sv_equal(id_text(&kit->arena, parsed), "0123456789abcdefabcdef0123456789");
	assert_false(id_parse(SV("0123456789ABCDEFabcdef012345678"), &parsed));
	assert_false(id_parse(SV("0123456789ABCDEFabcdef012345678g"), &parsed));
	assert_false(id_parse(SV("01234567-9ABCDEFabcdef0123456789"), &parsed));
}

static void test_random(void **state)
{
	struct random a = random_seeded(7), b = random_seeded(7), c = random_seeded(8), system = RANDOM_SYSTEM;
	uint64_t first = random_u64(&a);
	unsigned counts[10] = { 0 };

	(void)state;
	assert_int_equal(first, random_u64(&b));
	assert_true(first != random_u64(&c));
	assert_true(random_u64(&system) != random_u64(&system));
	for (int i = 0; i < 100000; i++)
		counts[random_below(&a, 10)]++;
	for (int i = 0; i < 10; i++)
		assert_in_range(counts[i], 9500, 10500);
	assert_int_equal(random_below(&a, 1), 0);
	assert_true(random_below(&a, UINT64_MAX) < UINT64_MAX);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, kit_setup, kit_teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(test_day_after_day), TEST(test_far_years), TEST(test_known_days), TEST(test_day_text_refused),
		TEST(test_clock), TEST(test_ids), TEST(test_random),
	};

	return cmocka_run_group_tests_name("time", tests, NULL, NULL);
}
