/* How dates, numbers and money are written in both languages. */
#include "base/format.h"

#include "base/civil.h"
#include "test/kit/kit.h"

#include "base/banned.h"

static const struct locale chinese = { .tag = "zh-Hans", .code = "zh", .self = "中文" };
static const struct locale english = { .tag = "en", .code = "en", .self = "English" };

static void test_dates(void **state)
{
	struct kit *kit = *state;
	int64_t day = civil_to_day((struct civil_date){ 2026, 3, 3 });
	int64_t ms = civil_china_midnight(day) + (10 * 60 + 32) * 60000;

	kit->ctx.locale = &chinese;
	assert_sv_equal(format_day(&kit->ctx, day), "2026年3月3日(周二)");
	assert_sv_equal(format_time(&kit->ctx, ms), "2026年3月3日(周二) 10:32");
	kit->ctx.locale = &english;
	assert_sv_equal(format_day(&kit->ctx, day), "Tue 3 March 2026");
	assert_sv_equal(format_time(&kit->ctx, ms), "Tue 3 March 2026, 10:32");
	assert_sv_equal(format_day_short(&kit->ctx, day), "2026-03-03");
}

static void test_numbers(void **state)
{
	struct kit *kit = *state;

	kit->ctx.locale = &english;
	assert_sv_equal(format_number(&kit->ctx, 0), "0");
	assert_sv_equal(format_number(&kit->ctx, 1234), "1234");
	assert_sv_equal(format_number(&kit->ctx, 12345), "12\xe2\x80\x89" "345");
	assert_sv_equal(format_number(&kit->ctx, -1234567), "-1\xe2\x80\x89" "234\xe2\x80\x89" "567");
	assert_sv_equal(format_number(&kit->ctx, INT64_MIN),
		"-9\xe2\x80\x89" "223\xe2\x80\x89" "372\xe2\x80\x89" "036\xe2\x80\x89" "854\xe2\x80\x89" "775\xe2\x80\x89" "808");
	assert_sv_equal(format_decimal(&kit->ctx, SV("12345.678901")), "12\xe2\x80\x89" "345.678901");
	assert_sv_equal(format_decimal(&kit->ctx, SV("12345 apples")), "12345 apples");
	assert_sv_equal(format_decimal(&kit->ctx, SV("")), "");
}

static void test_money(void **state)
{
	struct kit *kit = *state;

	kit->ctx.locale = &chinese;
	assert_sv_equal(format_money(&kit->ctx, 1234560), "12\xe2\x80\x89" "345.60 元");
	assert_sv_equal(format_money(&kit->ctx, 0), "0 元");
	kit->ctx.locale = &english;
	assert_sv_equal(format_money(&kit->ctx, -505), "-¥5.05");
	assert_sv_equal(format_money(&kit->ctx, 10000), "¥100");
	assert_true(format_money(&kit->ctx, INT64_MIN).len > 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(test_dates, kit_setup, kit_teardown),
		cmocka_unit_test_setup_teardown(test_numbers, kit_setup, kit_teardown),
		cmocka_unit_test_setup_teardown(test_money, kit_setup, kit_teardown),
	};

	return cmocka_run_group_tests_name("format", tests, NULL, NULL);
}
