/* Tests of base/utf8: well-formedness by the table of RFC 3629 section 4, stepping, case, folding, search terms. */
#include "test/kit/kit.h"

#include "base/utf8.h"

#include "base/banned.h"

static void test_valid(void **state)
{
	static const struct {
		struct sv text;
		size_t valid;
	} cases[] = {
		{ SV_INIT(""), 0 }, { SV_INIT("abc"), 3 }, { SV_INIT("\x7F"), 1 }, { SV_INIT("\x80"), 0 }, { SV_INIT("\xBF"), 0 },
		{ SV_INIT("\xC0\x80"), 0 }, { SV_INIT("\xC1\xBF"), 0 }, { SV_INIT("\xC2\x80"), 2 }, { SV_INIT("\xDF\xBF"), 2 },
		{ SV_INIT("\xE0\x9F\xBF"), 0 }, { SV_INIT("\xE0\xA0\x80"), 3 }, { SV_INIT("\xED\x9F\xBF"), 3 },
		{ SV_INIT("\xED\xA0\x80"), 0 }, { SV_INIT("\xEE\x80\x80"), 3 }, { SV_INIT("\xEF\xBF\xBF"), 3 },
		{ SV_INIT("\xF0\x8F\xBF\xBF"), 0 }, { SV_INIT("\xF0\x90\x80\x80"), 4 }, { SV_INIT("\xF4\x8F\xBF\xBF"), 4 },
		{ SV_INIT("\xF4\x90\x80\x80"), 0 }, { SV_INIT("\xF5\x80\x80\x80"), 0 }, { SV_INIT("\xFF"), 0 },
		{ SV_INIT("abcdefgh\xC3"), 8 }, { SV_INIT("abcdefghi\xE4\xBA\x8C\xE4\xBA"), 12 },
		{ SV_INIT("\xE4\xBA\x8C" "abcdefghijk\x80"), 14 },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
		assert_int_equal(utf8_valid_length(cases[i].text), cases[i].valid);
		assert_int_equal(utf8_is_valid(cases[i].text), cases[i].valid == cases[i].text.len);
	}
}

static void test_every_code_point(void **state)
{
	char bytes[4];

	(void)state;
	for (uint32_t c = 0; c <= 0x10FFFF; c = c == 0xD7FF ? 0xE000 : c + 1) {
		struct sv text = { bytes, utf8_put(c, bytes) };
		size_t at = 0;
		if (!utf8_is_valid(text) || utf8_next(text, &at) != c || at != text.len || utf8_count(text) != 1)
			fail_msg("U+%04X", c);
	}
}

static void test_mappings(void **state)
{
	struct kit *kit = *state;
	struct arena *arena = &kit->arena;

	assert_sv_equal(utf8_upper(arena, SV("aßé二ɐ")), "AẞÉ二Ɐ");
	assert_sv_equal(utf8_lower(arena, SV("AÉΣ二")), "aéσ二");
	assert_sv_equal(utf8_fold(arena, SV("ＡＢＣ ①ß")), "abc 1ss");
	assert_true(sv_is_absent(utf8_upper(arena, (struct sv){ NULL, 0 })));
	assert_int_equal(utf8_count(SV("a二😀")), 3);
	assert_true(utf8_is_han(0x4E8C));
	assert_true(utf8_is_han(0x20000));
	assert_false(utf8_is_han('a'));
	assert_false(utf8_is_han(0x3042));
}

static void test_search_terms(void **state)
{
	static const struct {
		const char *text, *terms;
	} cases[] = {
		{ "", "" },
		{ "  ，。 ", "" },
		{ "居住证申领", "居住 住证 证申 申领" },
		{ "证", "证" },
		{ "食品 A级, x", "食品 a 级 x" },
		{ "GB/T 39554—2020", "gb t 39554 2020" },
		{ "ＷｉＦｉ覆盖", "wifi 覆盖" },
		{ "résumé naïve", "résumé naïve" },
		{ "𠀀𠀁", "𠀀𠀁" },
	};
	struct kit *kit = *state;

	for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++)
		assert_sv_equal(utf8_search_terms(&kit->arena, sv_of(cases[i].text)), cases[i].terms);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, kit_setup, kit_teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(test_valid), TEST(test_every_code_point), TEST(test_mappings), TEST(test_search_terms),
	};

	return cmocka_run_group_tests_name("utf8", tests, NULL, NULL);
}
