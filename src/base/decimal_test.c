/* Decimals: text both ways, rounding, the small path against decimal128, and random operations against an independent
 * program (decimal_oracle.mjs, run by node) that computes with whole numbers of any size.
 *
 * TONGBAN_DECIMAL_ROUNDS sets how many random operations are tried (default 200,000; the full proof is 10,000,000). */
#include "base/decimal.h"

#include <stdio.h>
#include <stdlib.h>

#include "test/kit/kit.h"

#include "base/banned.h"

enum { DEFAULT_ROUNDS = 200000, ORACLE_SHARE = 10 /* one in so many goes to the other program by default */ };

static struct decimal number(const char *text)
{
	struct decimal d;

	if (!decimal_parse(sv_of(text), &d))
		fail_msg("%s is no number", text);
	return d;
}

static void assert_prints(struct decimal d, const char *want)
{
	char text[DECIMAL_TEXT];
	size_t len = decimal_print(d, text);

	assert_sv_equal(((struct sv){ text, len }), want);
}

static void test_text(void **state)
{
	static const char *const rows[][2] = { { "0", "0" }, { "-0", "0" }, { "0.00", "0" }, { "1.50", "1.5" }, { "-.5", "-0.5" },
		{ "5.", "5" }, { "1e3", "1000" }, { "1.5E-3", "0.0015" }, { "9223372036854775807", "9223372036854775807" },
		{ "9223372036854775808", "9223372036854775808" }, { "-9223372036854775808", "-9223372036854775808" },
		{ "12345678901234567890123456789012345", "12345678901234567890123456789012340" }, { "1e50", "1E+50" },
		{ "1.25e-60", "1.25E-60" }, { "+7", "7" } };
	static const char *const wrong[] = { "", "-", ".", "e5", "1e", "1e+", "1x", "0x1", "1 2", "--1", "1e7000", "NaN", "Infinity", "1.2.3" };
	struct decimal d;

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++)
		assert_prints(number(rows[i][0]), rows[i][1]);
	for (size_t i = 0; i < sizeof(wrong) / sizeof(wrong[0]); i++) {
		if (decimal_parse(sv_of(wrong[i]), &d))
			fail_msg("%s was taken for a number", wrong[i]);
	}
}

static void test_rounding(void **state)
{
	static const struct { const char *from; int scale; const char *to[7]; } rows[] = {
		{ "2.5", 0, { "2", "3", "2", "3", "2", "2", "3" } },
		{ "-2.5", 0, { "-2", "-3", "-2", "-3", "-2", "-3", "-2" } },
		{ "3.5", 0, { "4", "4", "3", "4", "3", "3", "4" } },
		{ "1.12345", 3, { "1.123", "1.124", "1.123", "1.123", "1.123", "1.123", "1.124" } },
		{ "-1.5001", 0, { "-2", "-2", "-1", "-2", "-2", "-2", "-1" } },
		{ "1250", -2, { "1200", "1300", "1200", "1300", "1200", "1200", "1300" } },
		{ "123456789012345678901234567890.5", 0,
			{ "123456789012345678901234567890", "123456789012345678901234567891", "123456789012345678901234567890",
				"123456789012345678901234567891", "123456789012345678901234567890", "123456789012345678901234567890",
				"123456789012345678901234567891" } },
	};
	struct decimal d;

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		for (int mode = DECIMAL_HALF_EVEN; mode <= DECIMAL_CEILING; mode++) {
			assert_true(decimal_round(number(rows[i].from), rows[i].scale, (enum decimal_rounding)mode, &d));
			assert_prints(d, rows[i].to[mode]);
		}
	}
}

static void test_edges(void **state)
{
	struct decimal d;
	int64_t n;

	(void)state;
	assert_false(decimal_div(number("1"), number("0.00"), &d));
	assert_false(decimal_mod(number("1"), number("0"), &d));
	assert_false(decimal_mul(number("9e6000"), number("9e6000"), &d));
	assert_false(decimal_sqrt(number("-1"), &d));
	assert_false(decimal_log(number("0"), &d));
	assert_true(decimal_to_i64(number("1e3"), &n) && n == 1000);
	assert_false(decimal_to_i64(number("1.5"), &n));
	assert_false(decimal_to_i64(number("9223372036854775808"), &n));
	assert_int_equal(decimal_compare(number("1.0"), number("1.00")), 0);
	assert_int_equal(decimal_compare(number("-1e40"), number("1e-40")), -1);
	assert_true(decimal_is_integer(number("1e40")) && !decimal_is_integer(number("1e-40")));
}

/* ---- random operations ---- */

static size_t rounds(void)
{
	const char *text = getenv("TONGBAN_DECIMAL_ROUNDS");
	int64_t n;

	return text && sv_parse_i64(sv_of(text), &n) && n > 0 ? (size_t)n : DEFAULT_ROUNDS;
}

/* A number of 1 to 34 digits, mostly few, with a point somewhere. */
static struct decimal random_decimal(struct random *random)
{
	char text[80];
	size_t len = 0, digits = 1 + random_below(random, random_below(random, 3) ? 10 : 34);

	if (random_below(random, 2))
		text[len++] = '-';
	for (size_t i = 0; i < digits; i++)
		text[len++] = (char)('0' + random_below(random, 10));
	int exponent = (int)random_below(random, 12) - 8;
	snprintf(text + len, sizeof(text) - len, "e%d", exponent);
	return number(text);
}

enum operation { ADD, SUB, MUL, DIV, MOD, ROUND, COMPARE, OPERATIONS };

static bool apply(enum operation op, struct decimal a, struct decimal b, struct decimal *ret)
{
	switch (op) {
	case ADD:
		return decimal_add(a, b, ret);
	case SUB:
		return decimal_sub(a, b, ret);
	case MUL:
		return decimal_mul(a, b, ret);
	case DIV:
		return decimal_div(a, b, ret);
	case MOD:
		return decimal_mod(a, b, ret);
	case ROUND:
		return decimal_round(a, (int)(b.lo % 7) - 2, (enum decimal_rounding)(b.lo / 7 % 7), ret);
	case COMPARE:
		*ret = decimal_from_i64(decimal_compare(a, b));
		return true;
	case OPERATIONS:
		break;
	}
	return false;
}

/* The same number, held wide although it would be small: what decimal128 computes with it must be the same bits. */
static struct decimal widened(struct decimal d)
{
	return decimal_to_bid(d);
}

static void test_small_path_equals_decimal128(void **state)
{
	struct kit *kit = *state;
	size_t n = rounds();

	for (size_t i = 0; i < n; i++) {
		struct decimal a = random_decimal(&kit->random), b = random_decimal(&kit->random), x = { 0 }, y = { 0 };
		enum operation op = (enum operation)random_below(&kit->random, OPERATIONS);
		bool small = apply(op, a, b, &x);
		bool wide = apply(op, widened(a), op == ROUND ? b : widened(b), &y);
		if (wide && !decimal_from_bid(decimal_to_bid(y), &y)) /* rounding hands back what needs no rounding as it was */
			fail_msg("%s", "a result is not finite");
		if (small != wide || (small && (x.lo != y.lo || x.hi != y.hi))) {
			char s[DECIMAL_TEXT], t[DECIMAL_TEXT], u[DECIMAL_TEXT], v[DECIMAL_TEXT];
			decimal_print(a, s);
			decimal_print(b, t);
			decimal_print(x, u);
			decimal_print(y, v);
			fail_msg("operation %d on %s and %s: %s small, %s wide", (int)op, s, t, u, v);
		}
	}
}

static void put_number(FILE *file, struct decimal d)
{
	char text[DECIMAL_TEXT];

	decimal_print(d, text);
	fputs(text, file);
}

/* Writes "op a b result" lines for the other program, which says how many are wrong. */
static void test_against_other_program(void **state)
{
	struct kit *kit = *state;
	size_t n = getenv("TONGBAN_DECIMAL_ROUNDS") ? rounds() : DEFAULT_ROUNDS / ORACLE_SHARE;
	FILE *pipe = popen("command -v node >/dev/null || exit 99; exec node '" TONGBAN_SOURCE_ROOT "/src/base/decimal_oracle.mjs'", "w");

	assert_non_null(pipe);
	for (size_t i = 0; i < n; i++) {
		struct decimal a = random_decimal(&kit->random), b = random_decimal(&kit->random), r;
		enum operation op = (enum operation)random_below(&kit->random, OPERATIONS);
		if (op == ROUND)
			b = decimal_from_i64((int64_t)random_below(&kit->random, 49));
		if (!apply(op, a, b, &r))
			continue;
		fprintf(pipe, "%d ", (int)op);
		put_number(pipe, a);
		fputc(' ', pipe);
		put_number(pipe, b);
		fputc(' ', pipe);
		put_number(pipe, r);
		fputc('\n', pipe);
	}
	int status = pclose(pipe);
	if (status == 99 << 8) {
		print_message("skipped: node is not installed\n");
		skip();
	}
	assert_int_equal(status, 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
#define T(name) cmocka_unit_test_setup_teardown(name, kit_setup, kit_teardown)
		T(test_text), T(test_rounding), T(test_edges), T(test_small_path_equals_decimal128), T(test_against_other_program),
#undef T
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
