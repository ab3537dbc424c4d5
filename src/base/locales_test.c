/* Tests of the compiled languages: every entry is found, the tables are sorted, and the menu is complete. */
#include "test/kit/kit.h"

#include "base/locales.h"
#include "base/utf8.h"

#include "base/banned.h"

static void test_entries(void **state)
{
	(void)state;
	assert_true(locale_zh.count > 500);
	for (size_t i = 0; i < locale_zh.count; i++) {
		const struct locale_entry *entry = &locale_zh.entries[i];
		if (i > 0)
			assert_true(strcmp(entry[-1].msgid, entry->msgid) < 0);
		assert_ptr_equal(locale_text(&locale_zh, entry->msgid), entry->text);
		assert_true(entry->text[0] && utf8_is_valid(sv_of(entry->text)));
	}
}

static void test_menu(void **state)
{
	struct kit *kit = *state;
	size_t count = 0;
	bool zh = false, en = false;

	for (; locales[count]; count++) {
		zh |= locales[count] == &locale_zh;
		en |= locales[count] == &locale_en;
		for (size_t i = 0; i < count; i++)
			assert_string_not_equal(locales[i]->code, locales[count]->code);
	}
	assert_true(zh && en);
	kit->ctx.locale = &locale_zh;
	assert_sv_equal(tr_args(&kit->ctx, "Give at most {max} answers.", ARGS({ "max", SV("3") })), "最多给出3个答案。");
	kit->ctx.locale = &locale_en;
	assert_sv_equal(tr_args(&kit->ctx, "Give at most {max} answers.", ARGS({ "max", SV("3") })), "Give at most 3 answers.");
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, kit_setup, kit_teardown)

int main(void)
{
	const struct CMUnitTest tests[] = { TEST(test_entries), TEST(test_menu) };

	return cmocka_run_group_tests_name("locales", tests, NULL, NULL);
}
