/* Speed of FEEL: the seven expressions that its peers were measured with, compiled once, evaluated over a context of eight
 * names with a household of four. Prints evaluations per CPU-second, the median of five runs, and the geometric mean.
 * Goal: 2.9 million a second in the mean. Beside each, what one evaluation takes from the arena and how often it calls
 * malloc: nothing and never, where the values are scalar.
 *
 *	bench_feel            measures
 *	bench_feel --cases    prints the expressions and the context as JSON, for the peers (test/peers/speed.mjs)
 */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "base/ctx.h"
#include "engine/feel/feel.h"

#include "base/banned.h"

enum { RUNS = 5, ROUNDS = 200000 };

static const struct locale plain = { .tag = "en", .code = "en", .self = "English" };

static const struct {
	const char *name, *text;
	double goal;
	bool scalar; /* takes no memory */
} cases[] = {
	{ "arithmetic with if", "if income > 50000 then (income - 50000) * 0.2 + 5000 else income * 0.1", 5e6, true },
	{ "three comparisons with and", "age >= 18 and income < 100000 and city = \"Shenyang\"", 10e6, true },
	{ "date + duration compare", "applied + duration(\"P6M\") > since", 2e6, true },
	{ "filter + sum over list", "sum(household[age > 17].income)", 1.5e6 },
	{ "matches + upper case", "matches(code, \"^[A-Z]{2}[0-9]{6}$\") and upper case(city) = \"SHENYANG\"", 1.5e6 },
	{ "every ... satisfies", "every m in household satisfies m.age > 0", 4e6, true },
	{ "boxed context, path", "{base: income * 0.1, bonus: base + 100, total: base + bonus}.total", 2e6 },
};

static const char context_json[] = "{\"age\": 35, \"income\": 64000.50, \"city\": \"Shenyang\", \"code\": \"LN123456\","
	"\"married\": true, \"applied\": \"2026-01-15\", \"since\": \"2026-03-02\","
	"\"household\": [{\"age\": 35, \"income\": 64000}, {\"age\": 33, \"income\": 41000}, {\"age\": 9, \"income\": 0},"
	"{\"age\": 66, \"income\": 30000}]}";

/* Every call of malloc in this program comes by here. */
static size_t malloc_calls;
extern void *libc_malloc(size_t size) __asm__("__libc_malloc");
void *counting_malloc(size_t size) __asm__("malloc");
void *counting_malloc(size_t size)
{
	malloc_calls++;
	return libc_malloc(size);
}

static double cpu_seconds(void)
{
	struct timespec t;

	clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &t);
	return (double)t.tv_sec + (double)t.tv_nsec / 1e9;
}

static int compare(const void *a, const void *b)
{
	double x = *(const double *)a, y = *(const double *)b;

	return (x > y) - (x < y);
}

struct speed {
	double rate;
	size_t arena_bytes, mallocs; /* of one evaluation, once warm */
};

static void once(struct ctx *ctx, const struct feel_expr *expr, struct feel_value context)
{
	struct feel_value value;

	if (feel_eval(ctx, expr, context, &value) != RC_OK || value.kind == FEEL_NULL)
		abort();
}

static struct speed measure(struct ctx *ctx, const struct feel_expr *expr, struct feel_value context)
{
	double rates[RUNS];
	struct speed speed;

	for (int run = 0; run < RUNS; run++) {
		double from = cpu_seconds();
		for (int i = 0; i < ROUNDS; i++) {
			struct arena_mark mark = arena_mark(ctx->arena);
			once(ctx, expr, context);
			arena_rewind(ctx->arena, mark);
		}
		rates[run] = ROUNDS / (cpu_seconds() - from);
	}
	qsort(rates, RUNS, sizeof(rates[0]), compare);
	speed.rate = rates[RUNS / 2];
	struct arena_mark mark = arena_mark(ctx->arena);
	size_t used = ctx->arena->used, calls = malloc_calls;
	once(ctx, expr, context);
	speed.arena_bytes = ctx->arena->used - used;
	speed.mallocs = malloc_calls - calls;
	arena_rewind(ctx->arena, mark);
	return speed;
}

static int print_cases(struct ctx *ctx)
{
	struct buf buf;

	buf_init(&buf, ctx->arena, 1 << 16);
	struct json_out out = json_out_to(&buf);
	json_out_array(&out);
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		json_out_object(&out);
		json_out_key(&out, SV("name"));
		json_out_string(&out, sv_of(cases[i].name));
		json_out_key(&out, SV("text"));
		json_out_string(&out, sv_of(cases[i].text));
		json_out_object_end(&out);
	}
	json_out_array_end(&out);
	printf("{\"cases\":%.*s,\"context\":%s}\n", SV_FMT(buf_view(&buf)), context_json);
	return 0;
}

int main(int argc, char **argv)
{
	static const struct feel_type date = { .kind = FEEL_TYPE_SIMPLE, .simple = FEEL_DATE };
	static const struct feel_member members[] = { { SV_INIT("age"), NULL }, { SV_INIT("income"), NULL }, { SV_INIT("city"), NULL },
		{ SV_INIT("code"), NULL }, { SV_INIT("married"), NULL }, { SV_INIT("applied"), &date }, { SV_INIT("since"), &date },
		{ SV_INIT("household"), NULL } };
	static const struct feel_type type = { .kind = FEEL_TYPE_CONTEXT, .members = members, .count = 8 };
	struct arena arena;
	struct error err = { 0 };
	struct clock clock = CLOCK_SYSTEM;
	struct random random = RANDOM_SYSTEM;
	struct ctx ctx = { .arena = &arena, .err = &err, .clock = &clock, .random = &random, .who = &principal_nobody, .locale = &plain };
	struct feel_scope scope = { .names = members, .count = 8 };
	const struct json *json;
	double product = 0;
	bool clean = true;

	arena_init(&arena, (size_t)1 << 30);
	if (argc > 1 && strcmp(argv[1], "--cases") == 0)
		return print_cases(&ctx);
	if (json_parse(&ctx, SV("context"), sv_of(context_json), &json_limits_request, &json) != RC_OK)
		return 1;
	struct feel_value context = feel_from_json(&ctx, json, &type);
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		const struct feel_expr *expr;
		if (feel_compile(&ctx, &scope, sv_of(cases[i].text), &expr) != RC_OK)
			return 1;
		struct speed s = measure(&ctx, expr, context);
		printf("%-28s %10.0f /core-s   goal %10.0f  %-5s  %4zu bytes, %zu mallocs\n", cases[i].name, s.rate, cases[i].goal,
			s.rate >= cases[i].goal ? "met" : "below", s.arena_bytes, s.mallocs);
		product += log(s.rate);
		clean = clean && s.mallocs == 0 && (!cases[i].scalar || s.arena_bytes == 0);
	}
	double mean = exp(product / (double)(sizeof(cases) / sizeof(cases[0])));
	printf("%-28s %10.0f /core-s   goal %10.0f  %s\n", "geometric mean", mean, 2.9e6, mean >= 2.9e6 ? "met" : "below");
	printf("scalar expressions allocate  %s\n", clean ? "nothing" : "SOMETHING");
	return mean >= 2.9e6 && clean ? 0 : 1;
}
