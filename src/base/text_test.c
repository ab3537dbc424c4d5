/* Tests of base/sv and buf: views, numbers, growing, and the text codings of bytes with the vectors of RFC 4648. */
#include "test/kit/kit.h"

#include <stdio.h>

#include "base/buf.h"

#include "base/banned.h"

static void test_views(void **state)
{
	struct sv absent = { NULL, 0 }, text = SV("one,two,,three");

	(void)state;
	assert_true(sv_is_absent(absent) && sv_is_empty(absent));
	assert_false(sv_is_absent(SV("")));
	assert_true(sv_equal(absent, SV("")));
	assert_true(sv_is_absent(sv_of(NULL)));
	assert_true(sv_has_prefix(text, SV("one")) && sv_has_prefix(text, SV("")) && !sv_has_prefix(SV("on"), SV("one")));
	assert_true(sv_has_suffix(text, SV("three")) && sv_has_suffix(text, SV("")) && !sv_has_suffix(SV("x"), SV("xx")));
	assert_sv_equal(sv_slice(text, 4, 3), "two");
	assert_sv_equal(sv_slice(text, 9, 100), "three");
	assert_sv_equal(sv_slice(text, 100, 1), "");
	assert_true(sv_compare(SV("a"), SV("b")) < 0 && sv_compare(SV("b"), SV("a")) > 0);
	assert_true(sv_compare(SV("a"), SV("ab")) < 0 && sv_compare(SV("ab"), SV("a")) > 0);
	assert_true(sv_compare(SV("a"), SV("a")) == 0 && sv_compare(absent, SV("")) == 0);
	assert_true(sv_compare(SV("\x7F"), SV("\x80")) < 0);
	assert_int_equal(sv_find_byte(text, ',', 4), 7);
	assert_int_equal(sv_find_byte(text, 'x', 0), SIZE_MAX);
	assert_int_equal(sv_find_byte(text, 'o', 100), SIZE_MAX);
	assert_int_equal(sv_find(text, SV("t"), 5), 9);
	assert_int_equal(sv_find(text, SV(""), 14), 14);
	assert_int_equal(sv_find(text, SV("three!"), 0), SIZE_MAX);
	assert_sv_equal(sv_trim(SV(" \t a b\r\n ")), "a b");
	assert_sv_equal(sv_trim(SV(" \n")), "");
	assert_true(sv_hash(SV("a")) != sv_hash(SV("b")) && sv_hash(absent) == sv_hash(SV("")));
}

static void test_cut(void **state)
{
	struct sv rest = SV("one,two,,");
	static const char *const parts[] = { "one", "two", "", "" };

	(void)state;
	for (size_t i = 0; i < 4; i++) {
		assert_false(sv_is_absent(rest));
		struct sv part = sv_cut(&rest, ',');
		assert_sv_equal(part, parts[i]);
	}
	assert_true(sv_is_absent(rest));
}

static void test_numbers(void **state)
{
	static const struct {
		const char *text;
		bool good;
		int64_t value;
	} cases[] = {
		{ "0", true, 0 }, { "-0", true, 0 }, { "007", true, 7 }, { "-12", true, -12 },
		{ "9223372036854775807", true, INT64_MAX }, { "-9223372036854775808", true, INT64_MIN },
		{ "9223372036854775808", false, 0 }, { "-9223372036854775809", false, 0 }, { "99999999999999999999", false, 0 },
		{ "", false, 0 }, { "-", false, 0 }, { "+1", false, 0 }, { " 1", false, 0 }, { "1 ", false, 0 },
		{ "1.0", false, 0 }, { "1e3", false, 0 }, { "0x1", false, 0 }, { "--1", false, 0 }, { "\xEF\xBC\x91", false, 0 },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
		int64_t value = 77;
		assert_int_equal(sv_parse_i64(sv_of(cases[i].text), &value), cases[i].good);
		assert_int_equal(value, cases[i].good ? cases[i].value : 77);
	}
}

static void test_buffer(void **state)
{
	struct kit *kit = *state;
	struct buf buf;

	buf_init(&buf, &kit->arena, 300);
	assert_sv_equal(buf_view(&buf), "");
	for (int i = 0; i < 29; i++)
		buf_sv(&buf, SV("0123456789"));
	assert_false(buf.overflow);
	buf_printf(&buf, "%s", "123456789");
	assert_int_equal(buf.len, 299);
	buf_byte(&buf, 'x');
	assert_false(buf.overflow);
	buf_byte(&buf, 'y');
	assert_true(buf.overflow);
	assert_int_equal(buf.len, 300);
	buf_clear(&buf);
	buf_i64(&buf, INT64_MIN);
	buf_byte(&buf, ' ');
	buf_i64(&buf, INT64_MAX);
	buf_byte(&buf, ' ');
	buf_i64(&buf, 0);
	assert_sv_equal(buf_view(&buf), "-9223372036854775808 9223372036854775807 0");
	buf_clear(&buf);
	assert_null(buf_reserve(&buf, 301));
	assert_true(buf.overflow);
}

/* The same texts as the library's printf. */
static void test_formats(void **state)
{
	static const int64_t numbers[] = { 0, 1, -1, 7, 42, -99, 1234, INT32_MAX, INT32_MIN, INT64_MAX, INT64_MIN };
	struct kit *kit = *state;
	char expected[600], long_text[700];

	memset(long_text, 'x', sizeof(long_text));
	for (size_t i = 0; i < sizeof(numbers) / sizeof(*numbers); i++) {
		long long number = numbers[i];
		unsigned little = (unsigned)number;
		snprintf(expected, sizeof(expected), "%d|%05d|%3d|%lld|%06lld|%u|%08u|%x|%02X|%04o|%llu|%zu|%lu", (int)number,
			(int)number, (int)number, number, number, little, little, little, little, little, (unsigned long long)number,
			(size_t)number, (unsigned long)number);
		assert_sv_equal(arena_printf(&kit->arena, "%d|%05d|%3d|%lld|%06lld|%u|%08u|%x|%02X|%04o|%llu|%zu|%lu", (int)number,
			(int)number, (int)number, number, number, little, little, little, little, little, (unsigned long long)number,
			(size_t)number, (unsigned long)number), expected);
	}
	assert_sv_equal(arena_printf(&kit->arena, "%s|%.2s|%.*s|%5s|%c|%%|%.3f|%f|%g", "abc", "abc", 1, "abc", "abc", 'z', 2.5, -0.125, 0.0005),
		"abc|ab|a|  abc|z|%|2.500|-0.125000|0.0005");
	assert_sv_equal(arena_printf(&kit->arena, "%s", ""), "");
	assert_sv_equal(arena_printf(&kit->arena, "%.*s", 5, "ab\0cd"), "ab"); /* a text ends at its NUL */
	struct sv printed = arena_printf(&kit->arena, "%.*s.", (int)sizeof(long_text), long_text);
	assert_int_equal(printed.len, sizeof(long_text) + 1);
	assert_int_equal(printed.ptr[printed.len], '\0');
}

/* RFC 4648 section 10. */
static void test_codings(void **state)
{
	static const struct {
		const char *plain, *standard, *url, *hex;
	} cases[] = {
		{ "", "", "", "" }, { "f", "Zg==", "Zg", "66" }, { "fo", "Zm8=", "Zm8", "666f" },
		{ "foo", "Zm9v", "Zm9v", "666f6f" }, { "foob", "Zm9vYg==", "Zm9vYg", "666f6f62" },
		{ "fooba", "Zm9vYmE=", "Zm9vYmE", "666f6f6261" }, { "foobar", "Zm9vYmFy", "Zm9vYmFy", "666f6f626172" },
		{ "\xFF\xEF\xFE", "/+/+", "_-_-", "ffeffe" },
	};
	struct kit *kit = *state;
	struct buf buf;
	struct sv back;

	buf_init(&buf, &kit->arena, 100);
	for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
		struct sv plain = sv_of(cases[i].plain);
		buf_clear(&buf);
		buf_base64(&buf, plain.ptr, plain.len);
		assert_sv_equal(buf_view(&buf), cases[i].standard);
		assert_true(base64_decode(&kit->arena, buf_view(&buf), &back) && sv_equal(back, plain));
		buf_clear(&buf);
		buf_base64url(&buf, plain.ptr, plain.len);
		assert_sv_equal(buf_view(&buf), cases[i].url);
		assert_true(base64url_decode(&kit->arena, buf_view(&buf), &back) && sv_equal(back, plain));
		buf_clear(&buf);
		buf_hex(&buf, plain.ptr, plain.len);
		assert_sv_equal(buf_view(&buf), cases[i].hex);
		assert_true(hex_decode(&kit->arena, buf_view(&buf), &back) && sv_equal(back, plain));
	}
	assert_true(hex_decode(&kit->arena, SV("aF"), &back));
	assert_sv_equal(back, "\xAF");
}

static void test_codings_refused(void **state)
{
	static const char *const base64[] = { "Zg=", "Z", "Zh==", "Zm9=", "Z g=", "Zg==Zg==", "====", "Zm8\n", "_-_-" };
	static const char *const hex[] = { "a", "0g", "0x", " 0" };
	struct kit *kit = *state;
	struct sv back = SV("untouched");

	for (size_t i = 0; i < sizeof(base64) / sizeof(*base64); i++)
		if (base64_decode(&kit->arena, sv_of(base64[i]), &back))
			fail_msg("accepted %s", base64[i]);
	for (size_t i = 0; i < sizeof(hex) / sizeof(*hex); i++)
		if (hex_decode(&kit->arena, sv_of(hex[i]), &back))
			fail_msg("accepted %s", hex[i]);
	assert_false(base64_decode(&kit->arena, SV("Zg\0="), &back));
	assert_sv_equal(back, "untouched");
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, kit_setup, kit_teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(test_views), TEST(test_cut), TEST(test_numbers), TEST(test_buffer), TEST(test_formats), TEST(test_codings), TEST(test_codings_refused),
	};

	return cmocka_run_group_tests_name("text", tests, NULL, NULL);
}
