/* Forms: reading definitions, pages, conditions, rows, checks, summaries and schemas; the services' own forms. */
#include <stdio.h>

#include "engine/form/form.h"
#include "engine/form/form_cmd.h"
#include "test/kit/kit.h"

#include "base/banned.h"

static const char text[] =
	"{\"type\": \"default\", \"schemaVersion\": 18, \"components\": [\n"
	"{\"type\": \"group\", \"key\": \"who\", \"label\": \"Who\", \"properties\": {\"page\": \"true\"}, \"components\": [\n"
	"  {\"type\": \"textfield\", \"key\": \"name\", \"label\": \"Name\", \"validate\": {\"required\": true, \"minLength\": 2, \"maxLength\": 10}},\n"
	"  {\"type\": \"textfield\", \"key\": \"id_number\", \"label\": \"Id\", \"properties\": {\"format\": \"id-number\", \"sensitive\": \"true\", "
	"\"prefill\": \"population.id_number\", \"prefill_readonly\": \"true\"}},\n"
	"  {\"type\": \"radio\", \"key\": \"kind\", \"label\": \"Kind\", \"validate\": {\"required\": true}, \"values\": [{\"value\": \"a\", \"label\": \"Aa\", "
	"\"label_zh\": \"\xe7\x94\xb2\"}, {\"value\": \"b\", \"label\": \"Bb\"}]},\n"
	"  {\"type\": \"textfield\", \"key\": \"code\", \"label\": \"Code\", \"conditional\": {\"hide\": \"=kind != \\\"b\\\"\"}, "
	"\"validate\": {\"required\": true, \"pattern\": \"[A-Z]{2}-\\\\d+\"}, \"properties\": {\"error_zh\": \"\xe9\x94\x99\", \"error_en\": \"Wrong code.\"}},\n"
	"  {\"type\": \"textfield\", \"key\": \"more\", \"label\": \"More\", \"conditional\": {\"hide\": \"code = null\"}},\n"
	"  {\"type\": \"checkbox\", \"key\": \"agree\", \"label\": \"Agree\"},\n"
	"  {\"type\": \"checklist\", \"key\": \"items\", \"label\": \"Items\", \"values\": [{\"value\": \"x\", \"label\": \"X\"}, {\"value\": \"y\", \"label\": \"Y\"}]}\n"
	"]},\n"
	"{\"type\": \"group\", \"key\": \"place\", \"label\": \"Place\", \"properties\": {\"page\": \"true\"}, \"components\": [\n"
	"  {\"type\": \"group\", \"label\": \"Areas\", \"components\": [\n"
	"    {\"type\": \"number\", \"key\": \"total\", \"label\": \"Total\", \"validate\": {\"required\": true, \"min\": 0.5, \"max\": 1000}},\n"
	"    {\"type\": \"number\", \"key\": \"floor\", \"label\": \"Floor\", \"properties\": {\"valid\": \"floor > 0 and floor <= total\"}}]},\n"
	"  {\"type\": \"datetime\", \"subtype\": \"date\", \"key\": \"since\", \"label\": \"Since\"},\n"
	"  {\"type\": \"expression\", \"key\": \"share\", \"label\": \"Share\", \"expression\": \"=floor / total\"},\n"
	"  {\"type\": \"dynamiclist\", \"path\": \"members\", \"key\": \"members\", \"label\": \"Members\", \"properties\": {\"min\": \"1\", \"max\": \"500\"}, \"components\": [\n"
	"    {\"type\": \"textfield\", \"key\": \"name\", \"label\": \"Name\", \"validate\": {\"required\": true}},\n"
	"    {\"type\": \"checkbox\", \"key\": \"child\", \"label\": \"Child\"},\n"
	"    {\"type\": \"number\", \"key\": \"age\", \"label\": \"Age\", \"conditional\": {\"hide\": \"=child != true\"}, \"validate\": {\"required\": true, \"max\": 17}}]},\n"
	"  {\"type\": \"expression\", \"key\": \"children\", \"label\": \"Children\", \"expression\": \"count(members[child = true])\"},\n"
	"  {\"type\": \"filepicker\", \"key\": \"plan\", \"label\": \"Plan\", \"properties\": {\"material\": \"plan\"}, \"validate\": {\"required\": true}, "
	"\"conditional\": {\"hide\": \"total < 100\"}},\n"
	"  {\"type\": \"text\", \"properties\": {\"zh\": \"\xe8\xaf\xb4\xe6\x98\x8e\", \"en\": \"Words\"}}\n"
	"]},\n"
	"{\"type\": \"group\", \"key\": \"extra\", \"label\": \"Extra\", \"properties\": {\"page\": \"true\"}, \"conditional\": {\"hide\": \"situation.extra != \\\"yes\\\"\"}, "
	"\"components\": [{\"type\": \"textarea\", \"key\": \"why\", \"label\": \"Why\", \"validate\": {\"required\": true}}]}\n"
	"]}";

static const struct form *sample(struct kit *kit)
{
	const struct form *form;

	assert_ok(kit, form_parse(&kit->ctx, SV("form.json"), sv_of(text), &form));
	return form;
}

static struct feel_value names(struct kit *kit, const char *json)
{
	const struct json *tree;

	assert_ok(kit, json_parse(&kit->ctx, SV("names"), sv_of(json), &json_limits_request, &tree));
	return feel_from_json(&kit->ctx, tree, NULL);
}

#define READ(form, page, data, context, ret, problems, ...)                                                            \
	form_read_page(&kit->ctx, &(struct form_filled){ (form), (data), (context) }, (page),                          \
		&(struct form_posts){ (const struct form_posted[]){ __VA_ARGS__ },                                     \
			sizeof((const struct form_posted[]){ __VA_ARGS__ }) / sizeof(struct form_posted) }, (ret), (problems))

static const struct form_problem *problem_at(const struct form_problems *problems, const char *path)
{
	for (size_t i = 0; i < problems->len; i++)
		if (sv_equal_z(problems->at[i].path, path))
			return &problems->at[i];
	return NULL;
}

static void test_read_page(void **state)
{
	struct kit *kit = *state;
	const struct form *form = sample(kit);
	struct form_problems problems = { 0 };
	struct form_context context = { 0 };
	struct sv data;

	assert_ok(kit, READ(form, 0, SV(""), &context, &data, &problems, { SV("name"), SV("  Li Hua ") }, { SV("kind"), SV("b") },
		{ SV("code"), SV("AB-12") }, { SV("more"), SV("m") }, { SV("items"), SV("x") }, { SV("items"), SV("y") }));
	assert_int_equal(problems.len, 0);
	assert_sv_equal(data, "{\"name\":\"Li Hua\",\"kind\":\"b\",\"code\":\"AB-12\",\"more\":\"m\",\"agree\":false,\"items\":[\"x\",\"y\"],\"children\":0}");

	/* The condition falls away: what hangs on it, and what hangs on that, is dropped. */
	assert_ok(kit, READ(form, 0, data, &context, &data, &problems, { SV("name"), SV("Li Hua") }, { SV("kind"), SV("a") },
		{ SV("code"), SV("AB-12") }, { SV("more"), SV("m") }, { SV("agree"), SV("on") }));
	assert_int_equal(problems.len, 0);
	assert_sv_equal(data, "{\"name\":\"Li Hua\",\"kind\":\"a\",\"agree\":true,\"children\":0}");

	/* Nothing typed is lost. */
	assert_ok(kit, READ(form, 0, data, &context, &data, &problems, { SV("name"), SV("L") }, { SV("kind"), SV("b") },
		{ SV("code"), SV("ab-12") }, { SV("id_number"), SV("99000019900101001") }));
	assert_sv_equal(data, "{\"name\":\"L\",\"id_number\":\"99000019900101001\",\"kind\":\"b\",\"code\":\"ab-12\",\"agree\":false,\"children\":0}");
	assert_int_equal(problems.len, 3);
	assert_sv_equal(form_problem_text(&kit->ctx, problem_at(&problems, "code")), "Wrong code.");
	assert_sv_equal(form_problem_text(&kit->ctx, problem_at(&problems, "name")), "This is too short: at least 2 characters.");
	assert_non_null(problem_at(&problems, "id_number"));
}

static void test_unknown(void **state)
{
	struct kit *kit = *state;
	const struct form *form = sample(kit);
	struct form_problems problems = { 0 };
	struct sv data = SV("before");
	static const char *const bad[] = { "nobody", "total", "name[0]", "name.x", "members[0].name", "items[0]", "", ".", "[0]" };
	static const char *const bad_rows[] = { "members", "members[500].name", "members[-1].name", "members[0].nobody", "members[x].name",
		"members[0]name", "share", "members[00001].name", "plan" };

	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
		assert_int_equal(READ(form, 0, SV(""), NULL, &data, &problems, { sv_of(bad[i]), SV("1") }), RC_INVALID);
		assert_int_equal(kit->err.field_count, 1);
		error_clear(&kit->ctx);
	}
	for (size_t i = 0; i < sizeof(bad_rows) / sizeof(bad_rows[0]); i++) {
		if (READ(form, 1, SV(""), NULL, &data, &problems, { sv_of(bad_rows[i]), SV("1") }) != RC_INVALID)
			fail_msg("accepted %s", bad_rows[i]);
		error_clear(&kit->ctx);
	}
	assert_int_equal(READ(form, 0, SV(""), NULL, &data, &problems, { SV("name"), SV("1") }, { SV("name"), SV("2") }), RC_INVALID);
	error_clear(&kit->ctx);
	assert_sv_equal(data, "before");
	assert_int_equal(READ(form, 0, SV("[]"), NULL, &data, &problems, { SV("name"), SV("1") }), RC_MALFORMED);
}

static void test_numbers_and_rows(void **state)
{
	struct kit *kit = *state;
	const struct form *form = sample(kit);
	struct form_problems problems = { 0 };
	struct form_context context = { .files = (const struct sv[]){ SV_INIT("plan") }, .file_count = 1 };
	struct sv data;

	assert_ok(kit, READ(form, 1, SV("{\"name\":\"Li Hua\"}"), &context, &data, &problems, { SV("total"), SV("1 00.50") },
		{ SV("floor"), SV("\xef\xbc\x92\xef\xbc\x95") }, { SV("since"), SV("2026-02-28") }, { SV("members[0].name"), SV("A") },
		{ SV("members[2].name"), SV("B") }, { SV("members[2].child"), SV("on") }, { SV("members[2].age"), SV("7") },
		{ SV("members[0].age"), SV("40") }));
	assert_int_equal(problems.len, 0);
	assert_sv_equal(data, "{\"name\":\"Li Hua\",\"total\":100.5,\"floor\":25,\"since\":\"2026-02-28\","
			      "\"share\":0.2487562189054726368159203980099502,"
			      "\"members\":[{\"name\":\"A\",\"child\":false},{\"name\":\"B\",\"child\":true,\"age\":7}],\"children\":1}");

	assert_ok(kit, READ(form, 1, data, &context, &data, &problems, { SV("total"), SV("many") }, { SV("floor"), SV("0") },
		{ SV("since"), SV("2026-02-30") }, { SV("members[0].child"), SV("on") }, { SV("members[0].age"), SV("18") }));
	assert_sv_equal(data, "{\"name\":\"Li Hua\",\"total\":\"many\",\"floor\":0,\"since\":\"2026-02-30\","
			      "\"members\":[{\"child\":true,\"age\":18}],\"children\":1}");
	assert_int_equal(problems.len, 5);
	assert_non_null(problem_at(&problems, "total"));
	assert_non_null(problem_at(&problems, "floor"));
	assert_non_null(problem_at(&problems, "since"));
	assert_non_null(problem_at(&problems, "members[0].name"));
	assert_sv_equal(form_problem_text(&kit->ctx, problem_at(&problems, "members[0].age")), "This must be 17 or less.");
}

static void test_check(void **state)
{
	struct kit *kit = *state;
	const struct form *form = sample(kit);
	struct form_problems problems = { 0 };
	struct form_context context = { .names = names(kit, "{\"situation\": {\"extra\": \"yes\"}}") };
	struct sv data;

	assert_ok(kit, form_check(&kit->ctx, &(struct form_filled){ form, SV("{}"), &context }, &data, &problems));
	assert_sv_equal(data, "{\"children\":0}");
	static const char *const missing[] = { "name", "kind", "total", "members", "plan", "why" };
	assert_int_equal(problems.len, sizeof(missing) / sizeof(missing[0]));
	for (size_t i = 0; i < problems.len; i++)
		assert_sv_equal(problems.at[i].path, missing[i]); /* in order of the form */
	assert_int_equal(problems.at[5].page, 2);

	problems.len = 0;
	context.names = feel_null();
	assert_ok(kit, form_check(&kit->ctx, &(struct form_filled){ form, SV("{\"name\":\"Li Hua\",\"kind\":\"c\",\"nobody\":1,\"why\":\"x\",\"total\":5,\"members\":[{\"name\":\"A\",\"x\":1}],\"items\":[\"z\"]}"), &context },
		&data, &problems));
	assert_sv_equal(data, "{\"name\":\"Li Hua\",\"kind\":\"c\",\"items\":[\"z\"],\"total\":5,\"members\":[{\"name\":\"A\"}],\"children\":0}");
	static const char *const wrong[] = { "kind", "items", "nobody", "members[0].x" };
	assert_int_equal(problems.len, sizeof(wrong) / sizeof(wrong[0]));
	for (size_t i = 0; i < problems.len; i++)
		assert_sv_equal(problems.at[i].path, wrong[i]);

	static const char *const malformed[] = { "[]", "{\"name\": []}", "{\"members\": {}}", "{\"members\": [1]}", "{", "1" };
	for (size_t i = 0; i < sizeof(malformed) / sizeof(malformed[0]); i++) {
		assert_int_equal(form_check(&kit->ctx, &(struct form_filled){ form, sv_of(malformed[i]), &context }, &data, &problems), RC_MALFORMED);
		error_clear(&kit->ctx);
	}
}

static void test_locked(void **state)
{
	struct kit *kit = *state;
	const struct form *form = sample(kit);
	struct form_problems problems = { 0 };
	struct form_context context = { .names = names(kit, "{\"registers\": {\"population\": {\"id_number\": \"990000199001010016\"}}}") };
	struct form_shown *shown;
	size_t count;
	struct sv data;

	assert_ok(kit, READ(form, 0, SV("{\"id_number\":\"990000199001010016\"}"), &context, &data, &problems, { SV("name"), SV("Li Hua") },
		{ SV("kind"), SV("a") }));
	assert_sv_equal(data, "{\"name\":\"Li Hua\",\"id_number\":\"990000199001010016\",\"kind\":\"a\",\"agree\":false,\"children\":0}");
	assert_ok(kit, form_show_page(&kit->ctx, &(struct form_filled){ form, data, &context }, 0, &shown, &count));
	assert_true(shown[1].is_locked);
	struct form_answer *answers;
	size_t answer_count;
	assert_ok(kit, form_summary(&kit->ctx, &(struct form_filled){ form, data, &context }, &answers, &answer_count));
	assert_sv_equal(answers[0].path, "name");
	assert_false(answers[0].is_fixed);
	assert_sv_equal(answers[1].path, "id_number");
	assert_true(answers[1].is_fixed);
	assert_sv_equal(shown[1].register_value, "990000199001010016");
	problems.len = 0;
	assert_ok(kit, READ(form, 0, data, &context, &data, &problems, { SV("name"), SV("Li Hua") }, { SV("kind"), SV("a") },
		{ SV("id_number"), SV("990000199001010999") }));
	assert_int_equal(problems.len, 1);
	assert_sv_equal(problems.at[0].path, "id_number");
}

static void test_fields_and_rows(void **state)
{
	struct kit *kit = *state;
	const struct form *form = sample(kit);
	struct form_problems problems = { 0 };
	struct sv data;
	struct form_posted one[] = { { SV("name"), SV("X") } }, row[] = { { SV("members[0].name"), SV("A") } };

	assert_ok(kit, form_read_fields(&kit->ctx, &(struct form_filled){ form, SV("{\"kind\":\"a\",\"agree\":true}"), NULL },
		&(struct form_posts){ one, 1 }, &data, &problems));
	assert_sv_equal(data, "{\"name\":\"X\",\"kind\":\"a\",\"agree\":true,\"children\":0}");
	assert_int_equal(problems.len, 1); /* too short; what else is missing is not spoken of yet */
	problems.len = 0;
	assert_ok(kit, form_read_fields(&kit->ctx, &(struct form_filled){ form, data, NULL }, &(struct form_posts){ row, 1 }, &data, &problems));
	assert_int_equal(problems.len, 0);
	assert_ok(kit, form_row_add(&kit->ctx, form, SV("members"), data, &data));
	assert_true(sv_find(data, SV("\"members\":[{\"name\":\"A\"},{}]"), 0) != SIZE_MAX);
	assert_ok(kit, form_row_remove(&kit->ctx, form, SV("members"), 0, data, &data));
	assert_true(sv_find(data, SV("\"members\":[{}]"), 0) != SIZE_MAX);
	assert_ok(kit, form_row_remove(&kit->ctx, form, SV("members"), 0, data, &data));
	assert_true(sv_find(data, SV("members"), 0) == SIZE_MAX);
	assert_ok(kit, form_row_add(&kit->ctx, form, SV("members"), data, &data));
	assert_true(sv_find(data, SV("\"members\":[{},{}]"), 0) != SIZE_MAX); /* the one shown, and the new one */
	assert_int_equal(form_row_add(&kit->ctx, form, SV("name"), data, &data), RC_NOT_FOUND);
}

static void test_show_and_summary(void **state)
{
	struct kit *kit = *state;
	const struct form *form = sample(kit);
	struct form_context context = { .files = (const struct sv[]){ SV_INIT("plan") }, .file_count = 1 };
	struct form_shown *shown;
	struct form_answer *answers;
	size_t count;
	struct sv data = SV("{\"name\":\"Li Hua\",\"kind\":\"a\",\"agree\":true,\"items\":[\"x\",\"y\"],\"total\":12345.5,\"since\":\"2026-03-03\","
			    "\"members\":[{\"name\":\"A\",\"child\":true,\"age\":7}]}");

	assert_ok(kit, form_show_page(&kit->ctx, &(struct form_filled){ form, data, &context }, 1, &shown, &count));
	static const char *const paths[] = { "", "total", "floor", "since", "share", "members", "members[0].name", "members[0].child",
		"members[0].age", "children", "plan", "" };
	assert_int_equal(count, sizeof(paths) / sizeof(paths[0]));
	for (size_t i = 0; i < count; i++)
		assert_sv_equal(shown[i].path, paths[i]);
	assert_sv_equal(shown[1].value, "12345.5");
	assert_int_equal(shown[1].depth, 1);
	assert_sv_equal(shown[7].value, "true");
	assert_sv_equal(shown[9].value, "1");

	assert_ok(kit, form_summary(&kit->ctx, &(struct form_filled){ form, data, &context }, &answers, &count));
	static const char *const values[] = { "Li Hua", "Aa", "Yes", "X, Y", "12\xe2\x80\x89""345.5", "Tue 3 March 2026", NULL, "A", "Yes", "7", "1",
		NULL };
	assert_int_equal(count, sizeof(values) / sizeof(values[0]));
	for (size_t i = 0; i < count; i++)
		if (values[i])
			assert_sv_equal(answers[i].value, values[i]);
	assert_int_equal(answers[6].row, 1);
	assert_true(answers[11].is_file);
}

static void test_bad_definitions(void **state)
{
	struct kit *kit = *state;
	static const struct {
		const char *from, *to; /* in `text` */
		uint32_t line;
	} cases[] = {
		{ "\"type\": \"default\"", "\"type\": \"other\"", 1 },
		{ "\"page\": \"true\"", "\"page\": \"false\"", 2 },
		{ "\"minLength\": 2", "\"minLengt\": 2", 3 },
		{ "\"minLength\": 2", "\"minLength\": -2", 3 },
		{ "\"key\": \"id_number\"", "\"key\": \"name\"", 4 },
		{ "\"key\": \"id_number\"", "\"key\": \"Id Number\"", 4 },
		{ "\"format\": \"id-number\"", "\"format\": \"id\"", 4 },
		{ "\"type\": \"radio\"", "\"type\": \"radioo\"", 5 },
		{ "\"value\": \"b\"", "\"value\": \"a\"", 5 },
		{ "kind != ", "kind !! ", 6 },
		{ "[A-Z]{2}", "[A-Z{2}", 6 },
		{ "\"label\": \"More\"", "\"label\": 1", 7 },
		{ "\"subtype\": \"date\"", "\"subtype\": \"time\"", 15 },
		{ "\"max\": \"500\"", "\"max\": \"501\"", 17 },
		{ "\"path\": \"members\"", "\"path\": \"people\"", 17 },
	};
	const struct form *form;

	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct sv whole = sv_of(text);
		size_t at = sv_find(whole, sv_of(cases[i].from), 0);
		assert_true(at != SIZE_MAX);
		struct sv changed = arena_printf(&kit->arena, "%.*s%s%s", (int)at, text, cases[i].to, text + at + strlen(cases[i].from));
		if (form_parse(&kit->ctx, SV("form.json"), changed, &form) != RC_INVALID)
			fail_msg("accepted: %s", cases[i].to);
		if (kit->err.line != cases[i].line)
			fail_msg("%s: line %u, expected %u", cases[i].to, kit->err.line, cases[i].line);
		assert_sv_equal(kit->err.file, "form.json");
		error_clear(&kit->ctx);
	}
}

/* --- properties --- */

static const char *const pool[] = { "", "a", "b", "Li Hua", "12", "12.50", "-3", "1e3", "2026-03-03", "on", "false", "x", "y", "AB-7",
	"\xe6\x9d\x8e\xe5\x8d\x8e", "a \"quoted\" \\ text", "\xf0\x9f\x99\x82" };

static size_t random_post(struct kit *kit, size_t page, struct form_posted *posted)
{
	static const char *const pages[2][8] = { { "name", "id_number", "kind", "code", "more", "agree", "items" },
		{ "total", "floor", "since", "members[0].name", "members[0].child", "members[1].age", "members[3].child" } };
	size_t count = 0;

	for (size_t i = 0; pages[page][i]; i++)
		if (random_below(&kit->random, 4))
			posted[count++] = (struct form_posted){ sv_of(pages[page][i]),
				sv_of(pool[random_below(&kit->random, sizeof(pool) / sizeof(pool[0]))]) };
	return count;
}

/* Whatever is posted: reading the result again changes nothing, no hidden field has an answer, and the whole check finds
 * the page's problems again. */
static void test_property(void **state)
{
	struct kit *kit = *state;
	const struct form *form = sample(kit);

	for (int run = 0; run < 2000; run++) {
		struct arena_mark mark = arena_mark(&kit->arena);
		struct form_problems first = { 0 }, second = { 0 };
		struct form_posted posted[8];
		struct sv data = SV("{}"), again;
		for (size_t page = 0; page < 2; page++) {
			size_t count = random_post(kit, page, posted);
			assert_ok(kit, form_read_page(&kit->ctx, &(struct form_filled){ form, data, NULL },
				page, &(struct form_posts){ posted, count }, &data, &first));
		}
		assert_ok(kit, form_check(&kit->ctx, &(struct form_filled){ form, data, NULL }, &again, &second));
		assert_sv_equal(again, arena_z(&kit->arena, data));
		if (first.len > second.len)
			fail_msg("run %d: %zu problems became %zu for %.*s", run, first.len, second.len, SV_FMT(data));
		const struct json *json;
		assert_ok(kit, json_parse(&kit->ctx, SV("answers"), data, &json_limits_request, &json));
		if (!sv_equal(json_string(json_get(json, SV("kind"))), SV("b")))
			assert_null(json_get(json, SV("code")));
		if (!json_get(json, SV("code")))
			assert_null(json_get(json, SV("more")));
		arena_rewind(&kit->arena, mark);
	}
}

/* 500 rows cost about 500 times one row. */
static void test_many_rows(void **state)
{
	struct kit *kit = *state;
	const struct form *form = sample(kit);
	struct form_posted *posted = ARENA_ARRAY(&kit->arena, struct form_posted, 1500);
	struct form_problems problems = { 0 };
	struct sv data;
	int64_t took[2];

	for (size_t i = 0; i < 500; i++) {
		posted[3 * i] = (struct form_posted){ arena_printf(&kit->arena, "members[%zu].name", i), SV("N") };
		posted[3 * i + 1] = (struct form_posted){ arena_printf(&kit->arena, "members[%zu].child", i), SV("on") };
		posted[3 * i + 2] = (struct form_posted){ arena_printf(&kit->arena, "members[%zu].age", i), SV("5") };
	}
	for (size_t i = 0; i < 2; i++) {
		size_t rows = i ? 500 : 50;
		int64_t start = clock_monotonic_ns();
		assert_ok(kit, form_read_page(&kit->ctx, &(struct form_filled){ form, SV(""), NULL },
			1, &(struct form_posts){ posted, rows * 3 }, &data, &problems));
		took[i] = clock_monotonic_ns() - start;
	}
	print_message("# 50 rows %lld us, 500 rows %lld us\n", (long long)took[0] / 1000, (long long)took[1] / 1000);
	assert_true(took[1] < took[0] * 40);
}

static void test_formats(void **state)
{
	(void)state; /* pure */
	static const char *const ids[] = { "11010519491231002X", "440524188001010014" }; /* the standard's own examples */
	static const char *const bad_ids[] = { "110105194912310021", "11010519491331002X", "11010519491231002x", "1101051949123100", "" };

	for (size_t i = 0; i < 2; i++)
		assert_true(form_is_id_number(sv_of(ids[i])));
	for (size_t i = 0; i < sizeof(bad_ids) / sizeof(bad_ids[0]); i++)
		assert_false(form_is_id_number(sv_of(bad_ids[i])));
	assert_true(form_is_credit_code(SV("91350100M000100Y43"))); /* GB 32100-2015, appendix */
	assert_false(form_is_credit_code(SV("91350100M000100Y44")));
	assert_false(form_is_credit_code(SV("91350100I000100Y43")));
	assert_false(form_is_credit_code(SV("")));
}

static void test_services(void **state)
{
	struct kit *kit = *state;
	static const char *const services[] = { "residence-permit", "food-business-licence", "construction-planning-permit",
		"housing-fund-query" };

	for (size_t i = 0; i < sizeof(services) / sizeof(services[0]); i++) {
		struct sv path = arena_printf(&kit->arena, "%s/services/%s/form.json", TONGBAN_SOURCE_ROOT, services[i]);
		const struct form *form;
		const struct json *json;
		struct form_problems problems = { 0 };
		struct sv schema;
		assert_ok(kit, form_parse(&kit->ctx, path, kit_file(kit, path.ptr), &form));
		assert_ok(kit, form_schema(&kit->ctx, form, &schema));
		assert_ok(kit, json_parse(&kit->ctx, SV("schema"), schema, &json_limits_file, &json));
		assert_ok(kit, form_check(&kit->ctx, &(struct form_filled){ form, SV("{}"), NULL }, NULL, &problems));
		assert_true(problems.len > 0);
		char *words[] = { "check", (char *)path.ptr };
		assert_ok(kit, form_command(&kit->ctx, 2, words));
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(test_read_page, kit_setup, kit_teardown),
		cmocka_unit_test_setup_teardown(test_unknown, kit_setup, kit_teardown),
		cmocka_unit_test_setup_teardown(test_numbers_and_rows, kit_setup, kit_teardown),
		cmocka_unit_test_setup_teardown(test_check, kit_setup, kit_teardown),
		cmocka_unit_test_setup_teardown(test_locked, kit_setup, kit_teardown),
		cmocka_unit_test_setup_teardown(test_fields_and_rows, kit_setup, kit_teardown),
		cmocka_unit_test_setup_teardown(test_show_and_summary, kit_setup, kit_teardown),
		cmocka_unit_test_setup_teardown(test_bad_definitions, kit_setup, kit_teardown),
		cmocka_unit_test_setup_teardown(test_property, kit_setup, kit_teardown),
		cmocka_unit_test_setup_teardown(test_many_rows, kit_setup, kit_teardown),
		cmocka_unit_test_setup_teardown(test_formats, kit_setup, kit_teardown),
		cmocka_unit_test_setup_teardown(test_services, kit_setup, kit_teardown),
	};

	return cmocka_run_group_tests_name("form", tests, NULL, NULL);
}
