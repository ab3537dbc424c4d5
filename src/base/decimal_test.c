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

/* Whole powers are correctly rounded; expected values computed with 3,000 digits and rounded once. */
static void test_powers(void **state)
{
	static const char *const rows[][3] = {
		{ "1.430671296296296296296296296296296", "3", "2.928327134931498727486917644667986E0" },
		{ "1.053166666666666666666666666666667", "-240", "3.987445908614073877750696580074801E-6" },
		{ "0.008170053252940960280918763671765145", "-37", "1.768801793160909691481236375467948E77" },
		{ "-7.7103297036684799", "66", "3.522205274924734257149280837173191E58" },
		{ "680.500", "-247", "1.956374546508064757328867972489317E-700" },
		{ "1.076916666666666666666666666666667", "360", "3.850839162693685218693245916854288E11" },
		{ "0.00002058927473176961714884484897138088", "-9", "1.503940180011578881596535818872467E42" },
		{ "-6.8820763460541090", "74", "9.800358767099131531408841677971050E61" },
		{ "190.921", "98", "3.339355400429105946958027147847847E223" },
		{ "1.013666666666666666666666666666667", "-999", "1.290416004988042209934289284538447E-6" },
		{ "0.000007416858332642694858703009246991191", "16", "8.385321916575714242731687255930230E-83" },
		{ "-2.9057912897821798", "3", "-2.453540622506354887947476815955238E1" },
		{ "913.735", "-295", "3.614291089631169582687694006528543E-874" },
		{ "1.017916666666666666666666666666667", "-999", "1.974635604284966732082965459747293E-8" },
		{ "272241886.0317204021096479847990809", "-3", "4.956044139311026335853607346779183E-26" },
		{ "-8.7710291544729896", "176", "9.481948820807917011198656995027677E165" },
		{ "656.126", "-91", "4.509833006280642954536792077838738E-257" },
		{ "1.015583333333333333333333333333333", "999", "5.115045707556531434423335751467436E6" },
		{ "4.750742150556071779262593291186007", "-19", "1.385263114133630032530864184750536E-13" },
		{ "-3.0997858611174291", "70", "2.472968080953984373059809029190084E34" },
		{ "68.304", "39", "3.494615194933344873815766453393974E71" },
		{ "1.025750000000000000000000000000000", "-999", "9.322145705487820478131656015359643E-12" },
		{ "7188.987411002503408347000747682479", "-32", "3.860404923895562737548075709483552E-124" },
		{ "-6.1211524921452327", "81", "-5.413636760359806027046079892686243E63" },
		{ "504.098", "23", "1.438283210623799058683126590089828E62" },
		{ "1.015833333333333333333333333333333", "60", "2.566537264034903946001624691968593E0" },
		{ "159192.7555814775328105019855095285", "-38", "2.122826927163406641221771789915024E-198" },
		{ "-1.2603804184793401", "143", "-2.353615738336021075498774694269499E14" },
		{ "826.004", "128", "2.364368996201471167541222694535817E373" },
		{ "1.031250000000000000000000000000000", "60", "6.336328628286420265623694595376630E0" },
		{ "5702350620810.658870383314426515277", "-17", "1.403083140315145218355459038326232E-217" },
		{ "-3.8321761478259278", "33", "-1.793495506381866181039306200181058E19" },
		{ "792.448", "-49", "8.921381076129611135789317600192565E-143" },
		{ "1.079333333333333333333333333333333", "-999", "7.543378367724871234573243015128888E-34" },
		{ "632.2020645309078593997232430237894", "27", "4.198648935007380907475110047043731E75" },
		{ "-2.5572058754601588", "153", "-2.444280939263470851327740570952880E62" },
		{ "784.753", "76", "9.993251818116881201038852807638848E219" },
		{ "1.073416666666666666666666666666667", "-240", "4.126670525662616085964295626679471E-8" },
		{ "0.000006326060993105608666610375734038622", "6", "6.409147244940633938114230511335195E-32" },
		{ "-3.1357244218589965", "90", "4.681768734420412167876506181896358E44" },
		{ "289.068", "258", "8.669709781762717856585822717443286E634" },
		{ "0", "0", "1" }, { "10", "-3", "0.001" }, { "1e3000", "2", "1e6000" }, { "-2", "3", "-8" },
	};
	struct decimal d;

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		assert_true(decimal_pow(number(rows[i][0]), number(rows[i][1]), &d));
		if (decimal_compare(d, number(rows[i][2])) != 0) {
			char text[DECIMAL_TEXT];
			decimal_print(d, text);
			fail_msg("%s ** %s is %s, not %s", rows[i][0], rows[i][1], rows[i][2], text);
		}
	}
	assert_false(decimal_pow(number("1e6000"), number("2"), &d));
	assert_false(decimal_pow(number("0"), number("-1"), &d));
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
		T(test_text), T(test_rounding), T(test_powers), T(test_edges), T(test_small_path_equals_decimal128), T(test_against_other_program),
#undef T
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
