/* Speed of DMN, per CPU-second on one core, medians of five runs: a table of 20 rules (4 inputs, 2 outputs, UNIQUE, inputs
 * varied), the same with the full explanation as JSON, a table of 500 rules found by index, and the whole conformance suite
 * (where it is present) read and run. Goals: 1.5 M, 0.5 M, 1 M; the suite in one second and 64 MiB.
 *
 *	bench_dmn [SUITES]            measures
 *	bench_dmn --model RULES       prints the table of so many rules as DMN, for the peers (test/peers/speed.mjs)
 *	bench_dmn --inputs RULES      prints its inputs as JSON
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <time.h>

#include "engine/dmn/dmn.h"
#include "engine/dmn/dmn_suite.h"

#include "base/banned.h"

enum { RUNS = 5, ROUNDS = 60000, INPUTS = 64 };

static const struct locale plain = { .tag = "en", .code = "en", .self = "English" };

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

/* Rule i takes ages in one of five bands, one of the cities, and an income band of its own. */
static struct sv write_model(struct ctx *ctx, unsigned rules)
{
	struct buf buf;

	buf_init(&buf, ctx->arena, 1 << 22);
	buf_sv(&buf, SV("<definitions xmlns=\"https://www.omg.org/spec/DMN/20230324/MODEL/\" name=\"bench\" namespace=\"bench\">"
			"<inputData id=\"a\" name=\"age\"/><inputData id=\"c\" name=\"city\"/><inputData id=\"i\" name=\"income\"/>"
			"<inputData id=\"m\" name=\"member\"/><decision id=\"d\" name=\"D\"><variable name=\"D\"/>"));
	for (const char *id = "acim"; *id; id++)
		buf_printf(&buf, "<informationRequirement><requiredInput href=\"#%c\"/></informationRequirement>", *id);
	buf_sv(&buf, SV("<decisionTable id=\"t\" hitPolicy=\"UNIQUE\">"));
	static const char *const inputs[] = { "age", "city", "income", "member" };
	for (int i = 0; i < 4; i++)
		buf_printf(&buf, "<input id=\"i%d\" label=\"%s\"><inputExpression id=\"e%d\"><text>%s</text></inputExpression></input>", i, inputs[i],
			i, inputs[i]);
	buf_sv(&buf, SV("<output id=\"o1\" name=\"grade\"/><output id=\"o2\" name=\"fee\"/>"));
	for (unsigned r = 0; r < rules; r++)
		buf_printf(&buf,
			"<rule id=\"r%u\"><inputEntry><text>[%u..%u)</text></inputEntry><inputEntry><text>\"city%u\"</text></inputEntry>"
			"<inputEntry><text>&gt;= %u</text></inputEntry><inputEntry><text>%s</text></inputEntry>"
			"<outputEntry><text>\"g%u\"</text></outputEntry><outputEntry><text>%u.5</text></outputEntry></rule>",
			r, r % 5 * 20, r % 5 * 20 + 20, r / 5, 1000, r % 2 ? "true" : "-", r, r);
	buf_sv(&buf, SV("</decisionTable></decision></definitions>"));
	return buf_view(&buf);
}

static const struct dmn_model *build(struct ctx *ctx, unsigned rules)
{
	const struct dmn_model *model;

	if (dmn_parse(ctx, SV("bench.dmn"), write_model(ctx, rules), NULL, &model) != RC_OK)
		exit(1);
	return model;
}

static void make_inputs(struct ctx *ctx, unsigned rules, struct feel_value inputs[INPUTS])
{
	for (unsigned i = 0; i < INPUTS; i++) {
		struct feel_entry *e = ARENA_ARRAY(ctx->arena, struct feel_entry, 4);
		unsigned rule = i * 7919 % rules;
		e[0] = (struct feel_entry){ SV("age"), feel_i64(rule % 5 * 20 + i % 20) };
		e[1] = (struct feel_entry){ SV("city"), feel_text(arena_printf(ctx->arena, "city%u", rule / 5)) };
		e[2] = (struct feel_entry){ SV("income"), feel_i64(2000 + i) };
		e[3] = (struct feel_entry){ SV("member"), feel_boolean(true) };
		inputs[i] = feel_context(e, 4);
	}
}

static void print_inputs(struct ctx *ctx, unsigned rules)
{
	struct feel_value inputs[INPUTS];
	struct buf buf;

	make_inputs(ctx, rules, inputs);
	buf_init(&buf, ctx->arena, 1 << 20);
	struct json_out out = json_out_to(&buf);
	feel_to_json(&out, feel_list(inputs, INPUTS));
	printf("%.*s\n", SV_FMT(buf_view(&buf)));
}

static void once(struct ctx *ctx, const struct dmn_model *model, struct feel_value input, bool explain)
{
	struct feel_value value;
	struct buf buf;
	enum rc rc;

	if (explain) {
		buf_init(&buf, ctx->arena, 1 << 20);
		struct json_out out = json_out_to(&buf);
		rc = dmn_explain(ctx, model, SV("D"), input, &out, &value);
	} else {
		rc = dmn_evaluate(ctx, model, SV("D"), input, &value);
	}
	if (rc != RC_OK || value.kind != FEEL_CONTEXT)
		abort();
}

static bool measure(struct ctx *ctx, const char *name, unsigned rules, bool explain, double goal)
{
	const struct dmn_model *model = build(ctx, rules);
	struct feel_value inputs[INPUTS];
	double rates[RUNS];

	make_inputs(ctx, rules, inputs);
	for (int run = 0; run < RUNS; run++) {
		double from = cpu_seconds();
		for (int i = 0; i < ROUNDS; i++) {
			struct arena_mark mark = arena_mark(ctx->arena);
			once(ctx, model, inputs[i % INPUTS], explain);
			arena_rewind(ctx->arena, mark);
		}
		rates[run] = ROUNDS / (cpu_seconds() - from);
	}
	qsort(rates, RUNS, sizeof(rates[0]), compare);
	bool met = rates[RUNS / 2] >= goal;
	printf("%-28s %10.0f /core-s   goal %10.0f  %s\n", name, rates[RUNS / 2], goal, met ? "met" : "below");
	return met;
}

static bool measure_suite(struct ctx *ctx, const char *suites)
{
	static const char *const scored[] = { "compliance-level-2", "compliance-level-3", NULL };
	struct dmn_tally tally;
	struct rusage usage;
	double from = cpu_seconds();

	struct sv dir = arena_printf(ctx->arena, "%s/dmn-tck", suites);
	if (dmn_suite_run(ctx, dir.ptr, scored, NULL, &tally) != RC_OK) {
		printf("the conformance suite is not here\n");
		return true;
	}
	double seconds = cpu_seconds() - from;
	getrusage(RUSAGE_SELF, &usage);
	bool met = seconds <= 1 && usage.ru_maxrss <= 64 * 1024;
	printf("suite: %zu of %zu cases in %.3f s, at most %ld KiB   goal 1 s, 65536 KiB  %s\n", tally.passed, tally.passed + tally.failed,
		seconds, usage.ru_maxrss, met ? "met" : "below");
	return met;
}

int main(int argc, char **argv)
{
	struct arena arena;
	struct error err = { 0 };
	struct clock clock = CLOCK_SYSTEM;
	struct random random = RANDOM_SYSTEM;
	struct ctx ctx = { .arena = &arena, .err = &err, .clock = &clock, .random = &random, .who = &principal_nobody, .locale = &plain };
	bool met = true;

	arena_init(&arena, (size_t)1 << 30);
	if (argc == 3 && strcmp(argv[1], "--model") == 0) {
		printf("%.*s\n", SV_FMT(write_model(&ctx, (unsigned)strtoul(argv[2], NULL, 10))));
		return 0;
	}
	if (argc == 3 && strcmp(argv[1], "--inputs") == 0) {
		print_inputs(&ctx, (unsigned)strtoul(argv[2], NULL, 10));
		return 0;
	}
	if (argc > 1)
		met &= measure_suite(&ctx, argv[1]);
	met &= measure(&ctx, "20 rules", 20, false, 1.5e6);
	met &= measure(&ctx, "20 rules, explained", 20, true, 0.5e6);
	met &= measure(&ctx, "500 rules", 500, false, 1e6);
	return met ? 0 : 1;
}
