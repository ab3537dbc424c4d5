/* DMN: a small model evaluated, explained, checked; large tables by index and by scan agree. The standard's own behaviour is
 * held by the conformance suite (suite_test.c). */
#include "engine/dmn/dmn.h"

#include "test/kit/kit.h"

#include "base/banned.h"

static const struct dmn_model *sample(struct kit *kit)
{
	const struct dmn_model *model;
	struct sv text = kit_file(kit, TONGBAN_SOURCE_ROOT "/src/engine/dmn/dmn_test.dmn");

	assert_ok(kit, dmn_parse(&kit->ctx, SV("permit.dmn"), text, NULL, &model));
	return model;
}

static struct feel_value inputs(struct kit *kit, const char *kind, int64_t area)
{
	struct feel_entry *entries = ARENA_ARRAY(&kit->arena, struct feel_entry, 2);

	entries[0] = (struct feel_entry){ SV("Kind"), feel_text(sv_of(kind)) };
	entries[1] = (struct feel_entry){ SV("Floor area"), feel_i64(area) };
	return feel_context(entries, 2);
}

static struct sv printed(struct kit *kit, struct feel_value value)
{
	struct buf buf;

	buf_init(&buf, &kit->arena, 1 << 20);
	feel_print(&buf, value);
	return buf_view(&buf);
}

static struct sv decide(struct kit *kit, const struct dmn_model *model, const char *name, struct feel_value in)
{
	struct feel_value value;

	assert_ok(kit, dmn_evaluate(&kit->ctx, model, sv_of(name), in, &value));
	return printed(kit, value);
}

static void test_evaluate(void **state)
{
	struct kit *kit = *state;
	const struct dmn_model *model = sample(kit);
	struct feel_value value;

	assert_sv_equal(decide(kit, model, "Fee", inputs(kit, "new", 100)), "300");
	assert_sv_equal(decide(kit, model, "fee", inputs(kit, "new", 101)), "302.5");
	assert_sv_equal(decide(kit, model, "Total", inputs(kit, "new", 101)), "320.65");
	assert_sv_equal(decide(kit, model, "Quote", inputs(kit, "renewal", 7)), "106");
	assert_ok(kit, dmn_evaluate(&kit->ctx, model, SV("Fee"), inputs(kit, "gift", 1), &value));
	assert_int_equal(value.kind, FEEL_NULL);
	assert_true(feel_reason(&kit->ctx, value).len > 0);
	assert_int_equal(dmn_evaluate(&kit->ctx, model, SV("Nothing"), feel_null(), &value), RC_NOT_FOUND);
	error_clear(&kit->ctx);
}

static void test_description(void **state)
{
	struct kit *kit = *state;
	const struct dmn_model *model = sample(kit);
	const struct dmn_decision *fee = dmn_find_decision(model, SV("Fee"));
	size_t count;

	const struct dmn_input *in = dmn_inputs(model, &count);
	assert_int_equal(count, 3);
	assert_sv_equal(in[0].name, "Kind");
	assert_sv_equal(in[0].type_name, "tKind");
	assert_non_null(fee);
	assert_sv_equal(fee->question, "What does the permit cost?");
	assert_int_equal(fee->require_count, 2);
	assert_non_null(fee->table);
	assert_int_equal(fee->table->rule_count, 4);
	assert_sv_equal(fee->table->rules[1].id, "r_new_large");
	assert_sv_equal(fee->table->rules[1].cells[1], "> 100");
	assert_sv_equal(fee->table->rules[1].cells[3], "Article 4");
	assert_string_equal(fee->table->hit_policy, "UNIQUE");
}

static void test_explain(void **state)
{
	struct kit *kit = *state;
	const struct dmn_model *model = sample(kit);
	const struct json *record;
	struct feel_value value;
	struct buf buf;

	buf_init(&buf, &kit->arena, 1 << 20);
	struct json_out out = json_out_to(&buf);
	assert_ok(kit, dmn_explain(&kit->ctx, model, SV("Total"), inputs(kit, "new", 80), &out, &value));
	assert_ok(kit, json_parse(&kit->ctx, SV("record"), buf_view(&buf), &json_limits_request, &record));
	assert_int_equal(json_path(record, SV("model.sha256"))->text.len, 64);
	assert_sv_equal(json_scalar(json_path(record, SV("inputs.Floor area"))), "80");
	assert_sv_equal(json_scalar(json_get(record, SV("result"))), "318");
	const struct json *decisions = json_get(record, SV("decisions"));
	assert_int_equal(json_count(decisions), 2);
	assert_sv_equal(json_scalar(json_get(json_at(decisions, 0), SV("name"))), "Fee");
	const struct json *rules = json_get(json_at(json_get(json_at(decisions, 0), SV("tables")), 0), SV("rules"));
	assert_int_equal(json_count(rules), 4);
	assert_true(json_bool(json_get(json_at(rules, 0), SV("matched")), false));
	assert_sv_equal(json_scalar(json_at(json_get(json_at(rules, 0), SV("annotations")), 0)), "Article 3");
	assert_sv_equal(json_scalar(json_path(json_at(rules, 1), SV("failed.column"))), "Floor area");
	assert_sv_equal(json_scalar(json_path(json_at(rules, 1), SV("failed.cell"))), "> 100");
	assert_sv_equal(json_scalar(json_path(json_at(rules, 1), SV("failed.value"))), "80");
	assert_sv_equal(json_scalar(json_path(json_at(rules, 2), SV("failed.column"))), "Kind");
}

static void test_nearest(void **state)
{
	struct kit *kit = *state;
	const struct dmn_model *model = sample(kit);
	const struct dmn_near *near;
	size_t count;

	assert_ok(kit, dmn_nearest(&kit->ctx, model, SV("Fee"), inputs(kit, "change", 6000), 2, &near, &count));
	assert_int_equal(count, 2);
	assert_sv_equal(near[0].rule->id, "r_new_large");
	assert_int_equal(near[0].column_count, 1);
	assert_int_equal(near[0].columns[0], 0);
	assert_sv_equal(near[0].values[0].text, "change");
}

static bool has_problem(const struct dmn_problem *problems, size_t count, const char *rule, const char *element)
{
	for (size_t i = 0; i < count; i++) {
		if (strcmp(problems[i].rule, rule) == 0 && sv_equal_z(problems[i].element, element))
			return true;
	}
	return false;
}

static void test_check(void **state)
{
	struct kit *kit = *state;
	const struct dmn_model *model = sample(kit);
	const struct dmn_problem *problems;
	size_t count;

	assert_ok(kit, dmn_check(&kit->ctx, model, &problems, &count));
	for (size_t i = 0; i < count; i++)
		assert_true(problems[i].line > 1 && problems[i].file.len && problems[i].element.len);
	assert_true(has_problem(problems, count, "expression", "bad_text"));
	assert_true(has_problem(problems, count, "unused", "in_unused"));
	assert_true(has_problem(problems, count, "gap", "fee"));
	assert_true(has_problem(problems, count, "unreachable", "s2"));
	assert_true(has_problem(problems, count, "type", "s3"));
	assert_true(has_problem(problems, count, "never", "s4"));
	assert_true(has_problem(problems, count, "gap", "steps"));
	assert_false(has_problem(problems, count, "overlap", "r_new_large"));
}

/* Each gap of a table is listed with an example of its own: an acceptance of one hides no other. */
static void test_gaps(void **state)
{
	static const char *const wanted[] = { "Kind = \"change\", Floor area = 9", "Kind = \"change\", Floor area = 5001" };
	struct kit *kit = *state;
	const struct dmn_problem *problems;
	size_t count, found = 0;

	assert_ok(kit, dmn_check(&kit->ctx, sample(kit), &problems, &count));
	for (size_t i = 0; i < count; i++) {
		if (strcmp(problems[i].rule, "gap") != 0) {
			assert_true(sv_is_absent(problems[i].example));
			continue;
		}
		if (!sv_equal_z(problems[i].element, "fee"))
			continue;
		assert_true(found < 2);
		assert_sv_equal(problems[i].example, wanted[found++]);
	}
	assert_int_equal(found, 2);
}

/* ---- generated tables ---- */

static void put_rule(struct buf *buf, struct random *random, unsigned rule)
{
	unsigned low = (unsigned)random_below(random, 50), kind = (unsigned)random_below(random, 6);

	buf_printf(buf, "<rule id=\"g%u\"><inputEntry><text>", rule);
	if (kind == 0)
		buf_sv(buf, SV("-"));
	else if (kind == 1)
		buf_printf(buf, "not(%u, %u)", low, low + 3);
	else if (kind == 2)
		buf_printf(buf, "&gt; %u", low);
	else if (kind == 3)
		buf_printf(buf, "? = %u", low);
	else
		buf_printf(buf, "%c%u..%u%c", kind == 4 ? '[' : '(', low, low + (unsigned)random_below(random, 20), kind == 4 ? ')' : ']');
	buf_printf(buf, "</text></inputEntry><inputEntry><text>%s", random_below(random, 3) ? "" : "not(");
	bool negated = buf->ptr[buf->len - 1] == '(';
	buf_printf(buf, "\"k%u\", \"k%u\"%s</text></inputEntry>", (unsigned)random_below(random, 8), (unsigned)random_below(random, 8),
		negated ? ")" : "");
	buf_printf(buf, "<outputEntry><text>%u</text></outputEntry></rule>", rule);
}

static const struct dmn_model *generated(struct kit *kit, struct random *random, unsigned rules)
{
	const struct dmn_model *model;
	struct buf buf;

	buf_init(&buf, &kit->arena, 1 << 22);
	buf_sv(&buf, SV("<definitions xmlns=\"https://www.omg.org/spec/DMN/20230324/MODEL/\" name=\"g\" namespace=\"g\">"
			"<inputData id=\"i1\" name=\"n\"/><inputData id=\"i2\" name=\"k\"/><decision id=\"d\" name=\"D\">"
			"<informationRequirement><requiredInput href=\"#i1\"/></informationRequirement>"
			"<informationRequirement><requiredInput href=\"#i2\"/></informationRequirement>"
			"<decisionTable hitPolicy=\"COLLECT\"><input><inputExpression><text>n</text></inputExpression></input>"
			"<input><inputExpression><text>k</text></inputExpression></input><output/>"));
	for (unsigned r = 0; r < rules; r++)
		put_rule(&buf, random, r);
	buf_sv(&buf, SV("</decisionTable></decision></definitions>"));
	assert_ok(kit, dmn_parse(&kit->ctx, SV("g.dmn"), buf_view(&buf), NULL, &model));
	return model;
}

/* What the rules give when every cell is tried by itself. */
static struct sv by_scan(struct kit *kit, const struct dmn_table *table, const struct feel_expr *const *cells, struct feel_value n,
	struct feel_value k)
{
	struct buf buf;

	buf_init(&buf, &kit->arena, 1 << 16);
	for (size_t r = 0; r < table->rule_count; r++) {
		bool first, second;
		assert_ok(kit, feel_test(&kit->ctx, cells[2 * r], n, feel_null(), &first));
		assert_ok(kit, feel_test(&kit->ctx, cells[2 * r + 1], k, feel_null(), &second));
		if (first && second)
			buf_printf(&buf, "%s%zu", buf.len ? ", " : "", r);
	}
	return arena_printf(&kit->arena, "[%.*s]", SV_FMT(buf_view(&buf)));
}

static const struct feel_expr **compile_cells(struct kit *kit, const struct dmn_table *table)
{
	const struct feel_expr **cells = ARENA_ARRAY(&kit->arena, const struct feel_expr *, 2 * table->rule_count);
	const struct feel_scope scope = { 0 };

	for (size_t i = 0; i < 2 * table->rule_count; i++)
		assert_ok(kit, feel_compile_tests(&kit->ctx, &scope, table->rules[i / 2].cells[i % 2], &cells[i]));
	return cells;
}

static void test_index_agrees_with_scan(void **state)
{
	struct kit *kit = *state;

	for (int round = 0; round < 30; round++) {
		struct arena_mark mark = arena_mark(&kit->arena);
		const struct dmn_model *model = generated(kit, &kit->random, 4 + (unsigned)random_below(&kit->random, 150));
		const struct dmn_table *table = dmn_find_decision(model, SV("D"))->table;
		const struct feel_expr **cells = compile_cells(kit, table);
		for (int i = 0; i < 60; i++) {
			struct decimal half, number = DECIMAL_INT((int64_t)random_below(&kit->random, 150));
			assert_true(decimal_div(number, DECIMAL_INT(2), &half));
			struct feel_value n = i % 10 ? feel_number(half) : feel_null();
			struct feel_value k = feel_text(arena_printf(&kit->arena, "k%u", (unsigned)random_below(&kit->random, 9)));
			struct feel_entry entries[] = { { SV("n"), n }, { SV("k"), k } };
			struct feel_value plain, explained;
			struct buf buf;
			buf_init(&buf, &kit->arena, 1 << 20);
			struct json_out out = json_out_to(&buf);
			char *want = arena_z(&kit->arena, by_scan(kit, table, cells, n, k));
			assert_ok(kit, dmn_evaluate(&kit->ctx, model, SV("D"), feel_context(entries, 2), &plain));
			assert_sv_equal(printed(kit, plain), want);
			assert_ok(kit, dmn_explain(&kit->ctx, model, SV("D"), feel_context(entries, 2), &out, &explained));
			assert_sv_equal(printed(kit, explained), want);
		}
		arena_rewind(&kit->arena, mark);
	}
}

/* Files of DMN 1.1 to 1.4 differ in their namespace and in how types are written. */
static void test_older_versions(void **state)
{
	static const char *const namespaces[] = { "http://www.omg.org/spec/DMN/20151101/dmn.xsd", "http://www.omg.org/spec/DMN/20180521/MODEL/",
		"https://www.omg.org/spec/DMN/20191111/MODEL/", "https://www.omg.org/spec/DMN/20211108/MODEL/" };
	struct kit *kit = *state;

	for (size_t i = 0; i < sizeof(namespaces) / sizeof(namespaces[0]); i++) {
		const struct dmn_model *model;
		struct buf buf;
		buf_init(&buf, &kit->arena, 1 << 16);
		buf_printf(&buf, "<definitions xmlns=\"%s\" xmlns:feel=\"http://www.omg.org/spec/FEEL/20140401\" name=\"old\" namespace=\"old\">",
			namespaces[i]);
		buf_sv(&buf, SV("<itemDefinition name=\"tAge\"><typeRef>feel:number</typeRef></itemDefinition>"
				"<inputData id=\"a\" name=\"age\"><variable name=\"age\" typeRef=\"tAge\"/></inputData>"
				"<decision id=\"d\" name=\"D\"><variable name=\"D\" typeRef=\"feel:string\"/>"
				"<informationRequirement><requiredInput href=\"#a\"/></informationRequirement>"
				"<decisionTable><input><inputExpression typeRef=\"feel:number\"><text>age</text></inputExpression></input><output/>"
				"<rule><inputEntry><text>&lt; 18</text></inputEntry><outputEntry><text>\"minor\"</text></outputEntry></rule>"
				"<rule><inputEntry><text>&gt;= 18</text></inputEntry><outputEntry><text>\"adult\"</text></outputEntry></rule>"
				"</decisionTable></decision></definitions>"));
		struct feel_entry age = { SV("age"), feel_i64(18) };
		const struct dmn_problem *problems;
		size_t problem_count;
		assert_ok(kit, dmn_parse(&kit->ctx, SV("old.dmn"), buf_view(&buf), NULL, &model));
		assert_ok(kit, dmn_check(&kit->ctx, model, &problems, &problem_count));
		assert_int_equal(problem_count, 0);
		assert_sv_equal(decide(kit, model, "D", feel_context(&age, 1)), "adult");
	}
}

static void test_bad_files(void **state)
{
	struct kit *kit = *state;
	static const struct { const char *text; enum rc rc; } rows[] = { { "", RC_MALFORMED }, { "<a>", RC_MALFORMED }, { "<a/>", RC_INVALID },
		{ "<definitions xmlns=\"https://www.omg.org/spec/DMN/20230324/MODEL/\"><import importType=\"https://www.omg.org/spec/DMN/x/\" "
		  "namespace=\"n\" name=\"p\"/></definitions>", RC_NOT_FOUND },
		{ "<definitions xmlns=\"https://www.omg.org/spec/DMN/20230324/MODEL/\"><decision name=\"d\"><decisionTable hitPolicy=\"ODD\">"
		  "<output/></decisionTable></decision></definitions>", RC_INVALID },
		{ "<definitions xmlns=\"https://www.omg.org/spec/DMN/20230324/MODEL/\"><decision name=\"d\"><decisionTable><input>"
		  "<inputExpression><text>1</text></inputExpression></input><rule><inputEntry><text>-</text></inputEntry></rule>"
		  "</decisionTable></decision></definitions>", RC_INVALID } };

	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		const struct dmn_model *model;
		assert_int_equal(dmn_parse(&kit->ctx, SV("bad.dmn"), sv_of(rows[i].text), NULL, &model), rows[i].rc);
		assert_sv_equal(kit->err.file, "bad.dmn");
		error_clear(&kit->ctx);
	}
}

/* Knowledge models and tables that call themselves, once or twice, end at a limit that names itself. */
static void test_endless_models_stop(void **state)
{
	static const char head[] = "<definitions xmlns=\"https://www.omg.org/spec/DMN/20230324/MODEL/\" name=\"m\" namespace=\"m\">"
		"<businessKnowledgeModel id=\"b\" name=\"B\"><encapsulatedLogic><formalParameter name=\"n\"/>";
	static const char tail[] = "</encapsulatedLogic><knowledgeRequirement><requiredKnowledge href=\"#b\"/></knowledgeRequirement>"
		"</businessKnowledgeModel><decision id=\"d\" name=\"D\"><knowledgeRequirement><requiredKnowledge href=\"#b\"/>"
		"</knowledgeRequirement><literalExpression><text>B(60)</text></literalExpression></decision></definitions>";
	static const struct { const char *logic, *stopped_by; } rows[] = {
		{ "<literalExpression><text>B(n + 1)</text></literalExpression>", "too deeply" },
		{ "<literalExpression><text>if n &lt; 2 then n else B(n - 1) + B(n - 2)</text></literalExpression>", "limit of steps" },
		{ "<literalExpression><text>count(for i in 1..1000000000 return i)</text></literalExpression>", "too much memory" },
		{ "<decisionTable hitPolicy=\"COLLECT\"><input><inputExpression><text>n</text></inputExpression></input><output/>"
		  "<rule><inputEntry><text>&gt; 0</text></inputEntry><outputEntry><text>B(n - 1)</text></outputEntry></rule>"
		  "<rule><inputEntry><text>-</text></inputEntry><outputEntry><text>B(n - 1)</text></outputEntry></rule></decisionTable>", "too deeply" },
		{ "<decisionTable><input><inputExpression><text>n</text></inputExpression></input><output/>"
		  "<rule><inputEntry><text>&gt; B(n)</text></inputEntry><outputEntry><text>1</text></outputEntry></rule></decisionTable>", "too deeply" },
		{ "<list><literalExpression><text>if n = 0 then 1 else B(n - 1)</text></literalExpression>"
		  "<literalExpression><text>if n = 0 then 1 else B(n - 1)</text></literalExpression></list>", "limit of steps" },
	};
	struct kit *kit = *state;

	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct arena_mark mark = arena_mark(&kit->arena);
		const struct dmn_model *model;
		struct feel_value value;
		struct sv text = arena_printf(&kit->arena, "%s%s%s", head, rows[i].logic, tail);
		assert_ok(kit, dmn_parse(&kit->ctx, SV("endless.dmn"), text, NULL, &model));
		enum rc rc = dmn_evaluate(&kit->ctx, model, SV("D"), feel_null(), &value);
		if (rc != RC_UNAVAILABLE || !strstr(kit->err.msgid, rows[i].stopped_by))
			fail_msg("%s: %s", rows[i].logic, rc == RC_OK ? "came to an end" : kit->err.msgid);
		error_clear(&kit->ctx);
		arena_rewind(&kit->arena, mark);
	}
}

/* Decisions that require one another in a long chain stop at a limit; a shorter chain is evaluated. */
static void test_long_chains_stop(void **state)
{
	enum { LENGTH = 20000 };
	struct kit *kit = *state;
	const struct dmn_model *model;
	struct feel_value value;
	struct buf buf;

	buf_init(&buf, &kit->arena, 8 << 20);
	buf_sv(&buf, SV("<definitions xmlns=\"https://www.omg.org/spec/DMN/20230324/MODEL/\" name=\"m\" namespace=\"m\">"
		"<decision id=\"d0\" name=\"d0\"><literalExpression><text>1</text></literalExpression></decision>"));
	for (int i = 1; i < LENGTH; i++)
		buf_printf(&buf, "<decision id=\"d%d\" name=\"d%d\"><informationRequirement><requiredDecision href=\"#d%d\"/>"
			"</informationRequirement><literalExpression><text>d%d + 1</text></literalExpression></decision>", i, i, i - 1, i - 1);
	buf_sv(&buf, SV("</definitions>"));
	kit->arena.max = (size_t)1 << 30;
	assert_ok(kit, dmn_parse(&kit->ctx, SV("chain.dmn"), buf_view(&buf), NULL, &model));
	assert_ok(kit, dmn_evaluate(&kit->ctx, model, SV("d200"), feel_null(), &value));
	assert_sv_equal(printed(kit, value), "201");
	assert_int_equal(dmn_evaluate(&kit->ctx, model, SV("d19999"), feel_null(), &value), RC_UNAVAILABLE);
	assert_non_null(strstr(kit->err.msgid, "too deeply"));
	error_clear(&kit->ctx);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
#define T(name) cmocka_unit_test_setup_teardown(name, kit_setup, kit_teardown)
		T(test_evaluate), T(test_description), T(test_explain), T(test_nearest), T(test_check), T(test_gaps), T(test_index_agrees_with_scan),
		T(test_older_versions), T(test_bad_files), T(test_endless_models_stop), T(test_long_chains_stop),
#undef T
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
