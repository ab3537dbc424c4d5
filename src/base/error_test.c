/* Tests of base/error and locale: the first problem stands, fields add up, placeholders are filled in either language. */
#include "test/kit/kit.h"

#include "base/banned.h"

static void test_first_wins(void **state)
{
	struct kit *kit = *state;
	char value[] = "5";

	assert_int_equal(fail_at(&kit->ctx, RC_MALFORMED, SV("a.yaml"), 3, "first {n}", ARGS({ "n", sv_of(value) })), RC_MALFORMED);
	value[0] = 'x'; /* arguments were copied */
	assert_int_equal(fail(&kit->ctx, RC_CONFLICT, "second", NULL), RC_CONFLICT);
	assert_int_equal(fail_at(&kit->ctx, RC_CONFLICT, SV("b"), 9, "third", NULL), RC_CONFLICT);
	assert_int_equal(kit->err.rc, RC_MALFORMED);
	assert_string_equal(kit->err.msgid, "first {n}");
	assert_sv_equal(kit->err.file, "a.yaml");
	assert_int_equal(kit->err.line, 3);
	assert_sv_equal(tr_args(&kit->ctx, kit->err.msgid, kit->err.args), "first 5");
	error_clear(&kit->ctx);
	assert_int_equal(fail_internal(&kit->ctx, "table %s row %d", "x", 4), RC_INTERNAL);
	assert_sv_equal(kit->err.detail, "table x row 4");
	assert_int_equal(kit->err.line, 0);
}

static void test_fields(void **state)
{
	struct kit *kit = *state;

	for (int i = 0; i < ERROR_MAX_FIELDS + 5; i++)
		assert_int_equal(fail_field(&kit->ctx, arena_printf(&kit->arena, "f%d", i), "wrong", NULL), RC_INVALID);
	assert_int_equal(kit->err.field_count, ERROR_MAX_FIELDS);
	assert_sv_equal(kit->err.fields[7].field, "f7");
	error_clear(&kit->ctx);
	assert_int_equal(kit->err.rc, RC_OK);
	assert_int_equal(kit->err.field_count, 0);
}

static void test_codes(void **state)
{
	(void)state;
	assert_int_equal(rc_http_status(RC_INVALID), 422);
	assert_int_equal(rc_exit_code(RC_OK), 0);
	assert_int_equal(rc_exit_code(RC_NOT_FOUND), 4);
	assert_string_equal(rc_problem_type(RC_CONFLICT), "conflict");
}

static const struct locale_entry entries[] = {
	{ "Due in {days} days", "还有{days}天到期" },
	{ "Hello", "您好" },
	{ "Zero", "零" },
};
static const struct locale chinese = {
	.tag = "zh-Hans", .code = "zh", .self = "中文", .entries = entries, .count = 3
};

static void test_translation(void **state)
{
	struct kit *kit = *state;

	assert_sv_equal(tr(&kit->ctx, "Hello"), "Hello");
	assert_false(locale_is_zh(kit->ctx.locale));
	struct bitext both = { SV("中"), SV("en") }, only = { SV("中"), { NULL, 0 } };
	assert_sv_equal(bitext_pick(&kit->ctx, both), "en");
	assert_sv_equal(bitext_pick(&kit->ctx, only), "中");
	kit->ctx.locale = &chinese;
	assert_true(locale_is_zh(kit->ctx.locale));
	assert_sv_equal(bitext_pick(&kit->ctx, both), "中");
	for (size_t i = 0; i < 3; i++)
		assert_sv_equal(tr(&kit->ctx, entries[i].msgid), entries[i].text);
	assert_sv_equal(tr(&kit->ctx, "Unknown"), "Unknown");
	assert_sv_equal(tr_args(&kit->ctx, "Due in {days} days", ARGS({ "days", SV("5") })), "还有5天到期");
}

static void test_placeholders(void **state)
{
	static const struct {
		const char *text, *filled;
	} cases[] = {
		{ "{a}", "1" }, { "{a}{b}", "1{a}" }, { "x{a}y{b}z", "x1y{a}z" }, { "{c}", "{c}" }, { "{a", "{a" }, { "a}", "a}" },
		{ "{}", "{}" }, { "{{a}}", "{1}" }, { "}{a}", "}1" }, { "", "" },
	};
	struct kit *kit = *state;

	for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++)
		assert_sv_equal(tr_args(&kit->ctx, cases[i].text, ARGS({ "a", SV("1") }, { "b", SV("{a}") })), cases[i].filled);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, kit_setup, kit_teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(test_first_wins), TEST(test_fields), TEST(test_codes), TEST(test_translation), TEST(test_placeholders),
	};

	return cmocka_run_group_tests_name("error", tests, NULL, NULL);
}
