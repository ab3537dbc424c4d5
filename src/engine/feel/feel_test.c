/* FEEL: a table of expressions, and the ways in and out: names, reads, tests, JSON, reasons, limits, errors with a place. */
#include <time.h>

#include "engine/feel/feel.h"

#include "base/file.h"
#include "engine/feel/tests.h"
#include "test/kit/kit.h"

#include "base/banned.h"

static const char context_json[] = "{\"age\": 20, \"monthly income\": 8000, \"applicant\": {\"home address\": {\"city\": \"Shenyang\"}},"
	"\"members\": [{\"name\": \"Li\", \"age\": 40}, {\"name\": \"Zhao\", \"age\": 9}, {\"name\": \"Wang\", \"age\": 70},"
	"{\"name\": \"Xiao Ming\", \"age\": 5}]}";

static struct feel_value context_of(struct kit *kit, const char *text)
{
	const struct json *json;

	assert_ok(kit, json_parse(&kit->ctx, SV("context"), sv_of(text), &json_limits_request, &json));
	return feel_from_json(&kit->ctx, json, NULL);
}

static struct feel_value evaluate(struct kit *kit, struct sv text, struct feel_value context)
{
	struct feel_member names[16];
	const struct feel_expr *expr;
	struct feel_value value;
	size_t count = context.kind == FEEL_CONTEXT ? context.context.count : 0;

	for (size_t i = 0; i < count; i++)
		names[i] = (struct feel_member){ context.context.at[i].key, NULL };
	struct feel_scope scope = { .names = names, .count = count };
	assert_ok(kit, feel_compile(&kit->ctx, &scope, text, &expr));
	assert_ok(kit, feel_eval(&kit->ctx, expr, context, &value));
	return value;
}

static struct sv printed(struct kit *kit, struct feel_value value)
{
	struct buf buf;

	buf_init(&buf, &kit->arena, 1 << 20);
	feel_print(&buf, value);
	return buf_view(&buf);
}

static void test_table(void **state)
{
	struct kit *kit = *state;
	struct sv text = kit_file(kit, TONGBAN_SOURCE_ROOT "/src/engine/feel/feel_test.txt");
	struct feel_value context = context_of(kit, context_json);
	size_t ran = 0;

	while (text.len) {
		struct sv line = sv_cut(&text, '\n');
		size_t arrow = sv_find(line, SV(" => "), 0);
		if (line.len == 0 || line.ptr[0] == '#' || arrow == SIZE_MAX)
			continue;
		struct sv expression = sv_slice(line, 0, arrow), want = sv_slice(line, arrow + 4, SIZE_MAX);
		struct sv got = printed(kit, evaluate(kit, expression, context));
		if (!sv_equal(got, want))
			print_error("%.*s\n", SV_FMT(expression));
		assert_sv_equal(got, arena_z(&kit->arena, want));
		ran++;
	}
	assert_true(ran >= 100);
}

static void test_reads_and_closed_names(void **state)
{
	struct kit *kit = *state;
	static const struct feel_member names[] = { { SV_INIT("applicant"), NULL }, { SV_INIT("monthly income"), NULL } };
	struct feel_scope scope = { .names = names, .count = 2, .closed = true, .file = SV("form.json"), .line = 12 };
	const struct feel_expr *expr;
	size_t count;

	assert_ok(kit, feel_compile(&kit->ctx, &scope, SV("applicant.age > 18 and applicant.age < 60 and\nmonthly income > 0"), &expr));
	const struct feel_read *reads = feel_reads(expr, &count);
	assert_int_equal(count, 2);
	assert_sv_equal(reads[0].path, "applicant.age");
	assert_sv_equal(reads[0].name, "applicant");
	assert_sv_equal(reads[1].path, "monthly income");
	assert_int_equal(reads[1].line, 13);
	assert_int_equal(feel_compile(&kit->ctx, &scope, SV("1 +\nsalary"), &expr), RC_INVALID);
	assert_sv_equal(kit->err.file, "form.json");
	assert_int_equal(kit->err.line, 13);
	error_clear(&kit->ctx);
	assert_int_equal(feel_compile(&kit->ctx, &scope, SV("applicant. > 3"), &expr), RC_INVALID);
	error_clear(&kit->ctx);
}

static void test_unary_tests(void **state)
{
	struct kit *kit = *state;
	static const struct { const char *tests; int64_t input; bool passes; } rows[] = { { "-", 1, true }, { "> 3", 4, true },
		{ "> 3", 3, false }, { "[1..5], 9", 9, true }, { "not(1, 2)", 2, false }, { "not(1, 2)", 3, true },
		{ "? > 3 and ? < 5", 4, true }, { "limit", 7, true }, { "< limit", 7, false }, { "[1,2,3]", 2, true } };
	struct feel_value context = context_of(kit, "{\"limit\": 7}");
	struct feel_scope scope = { 0 };

	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		const struct feel_expr *tests;
		bool passes;
		assert_ok(kit, feel_compile_tests(&kit->ctx, &scope, sv_of(rows[i].tests), &tests));
		assert_ok(kit, feel_test(&kit->ctx, tests, feel_i64(rows[i].input), context, &passes));
		if (passes != rows[i].passes)
			fail_msg("%s on %d", rows[i].tests, (int)rows[i].input);
	}
}

static void test_json_with_types(void **state)
{
	struct kit *kit = *state;
	static const struct feel_type date = { .kind = FEEL_TYPE_SIMPLE, .simple = FEEL_DATE };
	static const struct feel_member members[] = { { SV_INIT("born"), &date } };
	static const struct feel_type type = { .kind = FEEL_TYPE_CONTEXT, .members = members, .count = 1 };
	const struct json *json;
	struct buf buf;

	assert_ok(kit, json_parse(&kit->ctx, SV("t"), SV("{\"born\":\"1990-01-02\",\"n\":1.10,\"l\":[true,null]}"),
			       &json_limits_request, &json));
	struct feel_value v = feel_from_json(&kit->ctx, json, &type);
	assert_int_equal(feel_get(v, SV("born"))->kind, FEEL_DATE);
	buf_init(&buf, &kit->arena, 1000);
	struct json_out out = json_out_to(&buf);
	feel_to_json(&out, v);
	assert_sv_equal(buf_view(&buf), "{\"born\":\"1990-01-02\",\"n\":1.1,\"l\":[true,null]}");
}

static void test_reason_of_null(void **state)
{
	struct kit *kit = *state;
	struct feel_value v = evaluate(kit, SV("1 + missing"), feel_null());

	assert_int_equal(v.kind, FEEL_NULL);
	assert_sv_equal(feel_reason(&kit->ctx, v), "There is no missing.");
	assert_true(sv_is_absent(feel_reason(&kit->ctx, evaluate(kit, SV("null"), feel_null()))));
}

static void test_limits(void **state)
{
	struct kit *kit = *state;
	static const char *const endless[] = { "count(for i in 1..1000000000 return i)", "{f: function(n) f(n + 1), r: f(1)}.r",
		"count(for a in 1..100000, b in 1..100000 return 1)", "every a in 1..100000, b in 1..100000 satisfies a > 0" };

	for (size_t i = 0; i < sizeof(endless) / sizeof(endless[0]); i++) {
		struct feel_scope scope = { 0 };
		const struct feel_expr *expr;
		struct feel_value value;
		struct arena_mark mark = arena_mark(&kit->arena);
		assert_ok(kit, feel_compile(&kit->ctx, &scope, sv_of(endless[i]), &expr));
		assert_int_equal(feel_eval(&kit->ctx, expr, feel_null(), &value), RC_UNAVAILABLE);
		assert_non_null(kit->err.msgid);
		error_clear(&kit->ctx);
		arena_rewind(&kit->arena, mark);
	}
}

/* Of this process: other programs on the machine do not lengthen it. */
static int64_t cpu_ms(void)
{
	return (int64_t)clock() * 1000 / CLOCKS_PER_SEC;
}

#define DOUBLED(step, start, n) "{f: function(v, n) if n = 0 then v else f(" step ", n - 1), v: f(" start ", " n ")}.v"

/* Quadratic and exponential work ends at a limit that names itself, within half a million steps and little time. */
static void test_hostile_stops(void **state)
{
	enum { STEPS = 500000, BYTES = 16 << 20, MAX_MS = 2000 };
	static const char steps[] = "limit of steps", memory[] = "too much memory", depth[] = "too deeply", pattern[] = "too many steps to match";
	static const char parts[] = "too many parts";
	static const struct { const char *text, *stopped_by; /* NULL: it ends, as null or a value */ } rows[] = {
		{ "count(for a in 1..1000, b in 1..1000, c in 1..1000 return 1)", memory },
		{ "some a in 1..1000 satisfies (every b in 1..1000 satisfies (some c in 1..1000 satisfies c = a + b + 10000))", steps },
		{ "some i in 1..1000000000 satisfies i < 0", steps },
		{ "count(for i in 1..1000000000 return i)", memory },
		{ "count(for i in 1000000000..-1000000000 return i)", memory },
		{ DOUBLED("v + v", "\"0123456789\"", "60"), memory },
		{ DOUBLED("string join([v, v, v])", "\"a\"", "60"), memory },
		{ DOUBLED("replace(v, \"a\", \"aaaa\")", "\"a\"", "60"), steps },
		{ DOUBLED("concatenate(v, v)", "[1]", "60"), memory },
		{ DOUBLED("append(v, v)", "[1]", "200"), NULL },
		{ "count(flatten(" DOUBLED("[v, v]", "[1]", "60") "))", steps },
		{ "string length(string(" DOUBLED("[v, v]", "[1]", "60") "))", steps },
		{ DOUBLED("[v, v]", "[1]", "60") " = " DOUBLED("[v, v]", "[1]", "60"), parts },
		{ DOUBLED("{a: v, b: v}", "1", "60") " = " DOUBLED("{a: v, b: v}", "1", "60"), parts },
		{ "{a: " DOUBLED("[v, v]", "[1]", "16") ", b: " DOUBLED("[v, v]", "[1]", "16") ", c: index of(for i in 1..100000 return a, b)}.c", steps },
		{ DOUBLED("[v, v]", "1", "30") " instance of list<list<list<list<list<list<list<list<list<list<list<list<list<list<list<list<list<list<list<"
			"list<list<list<list<list<list<list<list<list<list<list<number>>>>>>>>>>>>>>>>>>>>>>>>>>>>>>", steps },
		{ "{f: function(n) if n < 2 then n else f(n - 1) + f(n - 2), v: f(50)}.v", steps },
		{ "{f: function(n) f(n + 1), v: f(1)}.v", depth },
		{ "count(distinct values(for i in 1..100000 return i))", steps },
		{ "{l: for i in 1..10000 return i, v: count(for x in l return l[item = x])}.v", steps },
		{ "matches(\"aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaab\", \"^(a+)+$\")", pattern },
		{ "count(for i in 1..100000 return matches(\"aaaaaaaab\", \"^(a|aa)+$\"))", steps },
		{ "count(split(string join(for i in 1..20000 return \"a\"), \"(a|aa|b)*[cd]\"))", pattern },
		{ "9 ** 999999999", NULL }, { "exp(999999999)", NULL },
	};
	struct kit *kit = *state;

	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct arena_mark mark = arena_mark(&kit->arena);
		struct feel_scope scope = { 0 };
		const struct feel_expr *expr;
		struct feel_value value;
		struct feel_run run;
		int64_t from = cpu_ms();
		assert_ok(kit, feel_compile(&kit->ctx, &scope, sv_of(rows[i].text), &expr));
		feel_run_init(&run, &kit->ctx);
		run.steps = STEPS;
		run.bytes_max = kit->arena.used + BYTES;
		enum rc rc = feel_run_expr(&run, expr, NULL, NULL, &value);
		if (rc != (rows[i].stopped_by ? RC_UNAVAILABLE : RC_OK) || (rc != RC_OK && !strstr(kit->err.msgid, rows[i].stopped_by)))
			fail_msg("%s: %s", rows[i].text, rc == RC_OK ? "came to an end" : kit->err.msgid);
		if (cpu_ms() - from > MAX_MS)
			fail_msg("%s: took too long", rows[i].text);
		error_clear(&kit->ctx);
		arena_rewind(&kit->arena, mark);
	}
}

/* Searches that each take long, but not too long, are noticed in time: the clock is not looked at once in thousands of them. */
static void test_slow_searches_run_out_of_time(void **state)
{
	enum { BUDGET_MS = 100, MAX_MS = 2000 };
	static const char text[] = "count(for i in 1..4000 return matches(\"aaaaaaaaaaaaaaaaaaaaaaaaab\", \"^(a|aa)+$\"))";
	struct kit *kit = *state;
	struct feel_scope scope = { 0 };
	const struct feel_expr *expr;
	struct feel_value value;
	struct feel_run run;
	int64_t from = cpu_ms();

	assert_ok(kit, feel_compile(&kit->ctx, &scope, sv_of(text), &expr));
	feel_run_init(&run, &kit->ctx);
	run.until_ns = clock_thread_ns() + (int64_t)BUDGET_MS * 1000000;
	assert_int_equal(feel_run_expr(&run, expr, NULL, NULL, &value), RC_UNAVAILABLE);
	assert_non_null(strstr(kit->err.msgid, "took too long"));
	assert_true(cpu_ms() - from < MAX_MS);
	error_clear(&kit->ctx);
}

/* A value that is small in memory and endless when it is written out, because its parts are shared. */
static void test_shared_parts_end_at_the_output(void **state)
{
	enum { OUTPUT = 1 << 20 };
	struct kit *kit = *state;
	struct feel_value value = evaluate(kit, SV(DOUBLED("[v, {a: v}]", "[1]", "60")), feel_null());
	struct buf buf;

	buf_init(&buf, &kit->arena, OUTPUT);
	struct json_out out = json_out_to(&buf);
	feel_to_json(&out, value);
	assert_true(buf.overflow);
	buf_init(&buf, &kit->arena, OUTPUT);
	feel_print(&buf, value);
	assert_true(buf.overflow);
}

static void test_deep_source_is_refused(void **state)
{
	struct kit *kit = *state;
	static const char *const parts[] = { "(", "[", "-", "{a:", "if ", "not(" };
	const struct feel_expr *expr;
	struct feel_scope scope = { 0 };

	for (size_t i = 0; i < sizeof(parts) / sizeof(parts[0]); i++) {
		struct buf buf;
		buf_init(&buf, &kit->arena, 1 << 20);
		for (int n = 0; n < 50000; n++)
			buf_sv(&buf, sv_of(parts[i]));
		assert_int_equal(feel_compile(&kit->ctx, &scope, buf_view(&buf), &expr), RC_INVALID);
		error_clear(&kit->ctx);
	}
}

static void test_scalars_allocate_nothing(void **state)
{
	struct kit *kit = *state;
	static const char *const texts[] = { "age * 1.13 + 5", "age >= 18 and age < 60 and age != 30", "if age > 3 then age / 7 else 0",
		"modulo(age, 7) + abs(-age)", "@\"2026-01-01\" + @\"P1M\" > @\"2026-01-02\"", "age in [1..30]" };
	static const struct feel_member names[] = { { SV_INIT("age"), NULL } };
	struct feel_scope scope = { .names = names, .count = 1 };
	struct feel_value context = context_of(kit, "{\"age\": 20}"), value;

	for (size_t i = 0; i < sizeof(texts) / sizeof(texts[0]); i++) {
		const struct feel_expr *expr;
		assert_ok(kit, feel_compile(&kit->ctx, &scope, sv_of(texts[i]), &expr));
		size_t used = kit->arena.used;
		assert_ok(kit, feel_eval(&kit->ctx, expr, context, &value));
		assert_int_equal(kit->arena.used, used);
		assert_int_not_equal(value.kind, FEEL_NULL);
	}
}

static void test_accepts(void **state)
{
	struct kit *kit = *state;
	struct feel_scope scope = { 0 };
	const struct feel_expr *tests;

	assert_ok(kit, feel_compile_tests(&kit->ctx, &scope, SV("not([1..5], > 9)"), &tests));
	const struct feel_accepts *accepts = feel_accepts(tests);
	assert_non_null(accepts);
	assert_int_equal(feel_accepts_value(accepts, feel_i64(3)), 0);
	assert_int_equal(feel_accepts_value(accepts, feel_i64(7)), 1);
	assert_int_equal(feel_accepts_value(accepts, feel_null()), -1);
	assert_ok(kit, feel_compile_tests(&kit->ctx, &scope, SV("> x"), &tests));
	assert_null(feel_accepts(tests));
}

static enum rc twice(struct feel_run *run, void *user, const struct feel_value *arguments, size_t count, struct feel_value *ret)
{
	(void)user, (void)count;
	return feel_call(run, feel_builtin(run->ctx->arena, SV("sum")), (struct feel_value[]){ arguments[0], arguments[0] }, 2, ret);
}

static void test_external_functions(void **state)
{
	struct kit *kit = *state;
	static const struct feel_external registry[] = { { "host", "city", "twice(number)", twice, NULL } };
	struct feel_scope scope = { .externals = registry, .external_count = 1 };
	static const char known[] = "(function(n: number) external {host: {class: \"city\", method signature: \"twice(number)\"}})(21)";
	static const char unknown[] = "(function(n) external {host: {class: \"city\", method signature: \"delete()\"}})(21)";
	const struct feel_expr *expr;
	struct feel_value value;

	assert_ok(kit, feel_compile(&kit->ctx, &scope, sv_of(known), &expr));
	assert_ok(kit, feel_eval(&kit->ctx, expr, feel_null(), &value));
	assert_sv_equal(printed(kit, value), "42");
	assert_ok(kit, feel_compile(&kit->ctx, &scope, sv_of(unknown), &expr));
	assert_ok(kit, feel_eval(&kit->ctx, expr, feel_null(), &value));
	assert_int_equal(value.kind, FEEL_NULL);
	assert_non_null(value.reason.msgid);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
#define T(name) cmocka_unit_test_setup_teardown(name, kit_setup, kit_teardown)
		T(test_table), T(test_reads_and_closed_names), T(test_unary_tests), T(test_json_with_types), T(test_reason_of_null),
		T(test_limits), T(test_hostile_stops), T(test_slow_searches_run_out_of_time), T(test_shared_parts_end_at_the_output), T(test_deep_source_is_refused), T(test_scalars_allocate_nothing), T(test_accepts),
		T(test_external_functions),
#undef T
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
