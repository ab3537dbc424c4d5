/* Templates: what must not compile (faults.txt), what pages come out (pages.txt), and that compiled and interpreted
 * templates write the same bytes. */
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "base/json.h"
#include "base/site.h"
#include "http/template_live.h"
#include "test/kit/kit.h"
#include "tools/htmlgen/styleguide_data.h"

#include "base/banned.h"

#define FOLDER TONGBAN_SOURCE_ROOT "/tools/htmlgen/"

/* One entry of a table file: "=== name", text, "--- ...", and for pages "+++ ...". */
struct entry {
	struct sv name, text, given, expected;
};

static bool next_entry(struct sv *rest, struct entry *ret)
{
	size_t start = sv_find(*rest, SV("\n=== "), 0);

	if (start == SIZE_MAX)
		return false;
	*rest = sv_slice(*rest, start + 5, rest->len);
	size_t end = sv_find(*rest, SV("\n=== "), 0);
	struct sv body = sv_slice(*rest, 0, end == SIZE_MAX ? rest->len : end);
	size_t line = sv_find_byte(body, '\n', 0), given = sv_find(body, SV("\n--- "), 0), expected = sv_find(body, SV("\n+++ "), 0);
	assert_true(line != SIZE_MAX && given != SIZE_MAX);
	ret->name = sv_slice(body, 0, line);
	ret->text = sv_slice(body, line + 1, given - line);
	ret->given = sv_trim(sv_slice(body, given + 5, (expected == SIZE_MAX ? body.len : expected) - given - 5));
	ret->expected = expected == SIZE_MAX ? SV("") : sv_trim(sv_slice(body, expected + 5, body.len));
	return true;
}

static void test_faults(void **state)
{
	struct kit *kit = *state;
	struct sv rest = kit_file(kit, FOLDER "faults.txt");
	struct template_folders folders = template_folders_of(SV(TONGBAN_SOURCE_ROOT "/"), SV("x.html"));
	struct entry entry;
	unsigned count = 0, wrong = 0;

	for (; next_entry(&rest, &entry); count++) {
		struct template *template;
		int64_t line;
		struct sv words = entry.given, number = sv_cut(&words, ' ');
		assert_true(sv_parse_i64(number, &line));
		error_clear(&kit->ctx);
		enum rc rc = template_parse(&kit->ctx, SV("x.html"), entry.text, &folders.source, &template);
		struct sv message = rc == RC_OK ? SV("it compiles") : tr_args(&kit->ctx, kit->err.msgid, kit->err.args);
		if (rc == RC_MALFORMED && kit->err.line == line && sv_find(message, words, 0) != SIZE_MAX)
			continue;
		/* A fault found inside a partial is told with the partial's file and line. */
		if (rc == RC_MALFORMED && !sv_equal(kit->err.file, SV("x.html")) && sv_find(message, words, 0) != SIZE_MAX)
			continue;
		print_error("%.*s: %.*s:%u: %.*s\n", SV_FMT(entry.name), SV_FMT(kit->err.file), kit->err.line, SV_FMT(message));
		wrong++;
	}
	assert_int_equal(wrong, 0);
	assert_true(count >= 60);
}

/* "\n" stands for a line's end. */
static struct sv unescape(struct kit *kit, struct sv text)
{
	struct buf buf;

	buf_init(&buf, &kit->arena, 1 << 20);
	for (size_t at; (at = sv_find(text, SV("\\n"), 0)) != SIZE_MAX; text = sv_slice(text, at + 2, text.len)) {
		buf_sv(&buf, sv_slice(text, 0, at));
		buf_byte(&buf, '\n');
	}
	buf_sv(&buf, text);
	return buf_view(&buf);
}

static void test_pages(void **state)
{
	struct kit *kit = *state;
	struct sv rest = kit_file(kit, FOLDER "pages.txt");
	struct template_folders folders = template_folders_of(SV(TONGBAN_SOURCE_ROOT "/"), SV("x.html"));
	struct entry entry;
	unsigned count = 0;

	for (; next_entry(&rest, &entry); count++) {
		struct template *template;
		const struct json *data;
		struct html_safe page;
		assert_ok(kit, template_parse(&kit->ctx, entry.name, entry.text, &folders.source, &template));
		assert_ok(kit, json_parse(&kit->ctx, entry.name, entry.given, &json_limits_file, &data));
		assert_ok(kit, template_render_json(&kit->ctx, template, data, &page));
		struct sv expected = unescape(kit, entry.expected);
		assert_sv_equal(sv_trim(page.made_by_html_c), arena_z(&kit->arena, expected));
	}
	assert_true(count >= 11);
}

static void test_data_of_another_shape(void **state)
{
	static const char *const wrong[] = { "{}", "[]", "{\"a\": 1}", "{\"a\": \"2026-13-01\", \"b\": []}",
		"{\"a\": \"2026-01-01\", \"b\": [{\"c\": \"x\"}]}", "{\"a\": \"2026-01-01\", \"b\": 1}" };
	struct kit *kit = *state;
	struct template *template;

	assert_ok(kit, template_parse(&kit->ctx, SV("x.html"),
		SV("{{!view x\n  a: day\n  b: list\n    c: int\n}}\n<p>{{a}}{{#each b}}{{c}}{{/each}}</p>"), NULL, &template));
	for (size_t i = 0; i < sizeof(wrong) / sizeof(wrong[0]); i++) {
		const struct json *data;
		struct html_safe page;
		assert_ok(kit, json_parse(&kit->ctx, SV("data"), sv_of(wrong[i]), &json_limits_file, &data));
		assert_int_equal(template_render_json(&kit->ctx, template, data, &page), RC_INVALID);
		error_clear(&kit->ctx);
	}
}

/* A result template holds words of any language and no partials. */
static void test_standing_alone(void **state)
{
	struct kit *kit = *state;
	struct template *template;

	assert_ok(kit, template_parse(&kit->ctx, SV("x.html"), SV("{{!view x\n}}\n<p>许可证</p>"), NULL, &template));
	assert_int_equal(template_parse(&kit->ctx, SV("x.html"), SV("{{!view x\n}}\n{{> main title=\"x\"}}"), NULL, &template),
		RC_MALFORMED);
}

static struct sv rendered(struct kit *kit, const struct html_page *page, const struct html_styleguide *view)
{
	struct buf buf;

	buf_init(&buf, &kit->arena, HTML_MAX_PAGE);
	assert_ok(kit, html_render(&kit->ctx, page, &html_styleguide_view, view, &buf));
	return buf_view(&buf);
}

static void test_interpreted_is_compiled(void **state)
{
	struct kit *kit = *state;
	struct site live = { .live = true };

	assert_int_equal(chdir(TONGBAN_SOURCE_ROOT), 0);
	for (int zh = 0; zh < 2; zh++) {
		struct html_page page = styleguide_page(&kit->ctx, zh, zh);
		struct html_styleguide view = styleguide_view(&kit->ctx, zh);
		kit->ctx.site = NULL;
		struct sv compiled = rendered(kit, &page, &view);
		kit->ctx.site = &live;
		struct sv interpreted = rendered(kit, &page, &view);
		assert_true(compiled.len > 10000);
		assert_sv_equal(interpreted, arena_z(&kit->arena, compiled));
	}
	kit->ctx.site = NULL;
}

static void test_json_twin(void **state)
{
	struct kit *kit = *state;
	struct html_styleguide view = styleguide_view(&kit->ctx, false);
	const struct json *twin;
	struct buf buf;

	buf_init(&buf, &kit->arena, HTML_MAX_PAGE);
	assert_ok(kit, html_render_json(&kit->ctx, &html_styleguide_view, &view, &buf));
	assert_ok(kit, json_parse(&kit->ctx, SV("twin"), buf_view(&buf), &json_limits_file, &twin));
	assert_sv_equal(json_string(json_path(twin, SV("today"))), "2026-03-03");
	assert_sv_equal(json_string(json_path(twin, SV("now"))), "2026-03-03T02:32:00.000Z");
	assert_sv_equal(json_scalar(json_path(twin, SV("fee"))), "1234500");
	assert_true(json_is(json_path(twin, SV("previous")), JSON_NULL));
	assert_int_equal(json_count(json_path(twin, SV("applicants"))), 4);
	assert_sv_equal(json_string(json_get(json_at(json_path(twin, SV("applicants")), 1), SV("clock_kind"))), "warn");
	assert_sv_equal(json_string(json_get(json_at(json_get(json_at(json_path(twin, SV("fields")), 2), SV("options")), 0),
		SV("value"))), "restaurant");
}

static void test_page_too_large(void **state)
{
	struct kit *kit = *state;
	struct html_page page = styleguide_page(&kit->ctx, false, false);
	struct html_styleguide view = styleguide_view(&kit->ctx, false);
	struct buf buf;

	buf_init(&buf, &kit->arena, 1000);
	assert_int_equal(html_render(&kit->ctx, &page, &html_styleguide_view, &view, &buf), RC_TOO_LARGE);
}

static void test_markdown(void **state)
{
	struct kit *kit = *state;

	assert_sv_equal(html_safe_markdown(&kit->ctx, SV("# A\n\na <script>x</script> [b](javascript:x) *c*")).made_by_html_c,
		"<h2>A</h2>\n<p>a <!-- raw HTML omitted -->x<!-- raw HTML omitted --> <a href=\"\">b</a> <em>c</em></p>\n");
	assert_int_equal(html_safe_markdown(&kit->ctx, SV("")).made_by_html_c.len, 0);
	/* no space where a line of Chinese ends; a space between other words */
	assert_sv_equal(html_safe_markdown(&kit->ctx, SV("五个部门\n**同时**会签，\n每个5\n天。\nOne\ntwo")).made_by_html_c,
		"<p>五个部门<strong>同时</strong>会签，每个5\n天。\nOne\ntwo</p>\n");
}

static void test_problems(void **state)
{
	struct kit *kit = *state;
	struct html_problems problems;

	assert_int_equal(html_problems_of(&kit->ctx, &kit->err).len, 0);
	assert_int_equal(fail_field(&kit->ctx, SV("members[2].name"), "Write {what}.", ARGS({ "what", SV("a name") })), RC_INVALID);
	problems = html_problems_of(&kit->ctx, &kit->err);
	assert_int_equal(problems.len, 1);
	assert_sv_equal(problems.at[0].href, "#field-members[2].name");
	assert_sv_equal(html_problem_of(problems, SV("members[2].name")), "Write a name.");
	assert_true(sv_is_absent(html_problem_of(problems, SV("other"))));
}

/* The generator itself: a fault fails the build with file and line, and writes nothing. */
static void test_command(void **state)
{
	struct kit *kit = *state;
	char folder[] = "/tmp/htmlgen-XXXXXX";
	assert_non_null(mkdtemp(folder));
	const char *bad = arena_printf(&kit->arena, "%s/bad.html", folder).ptr, *out = arena_printf(&kit->arena, "%s/out", folder).ptr;
	FILE *file = fopen(bad, "wb");

	assert_non_null(file);
	fputs("{{!view bad\n}}\n<input name=\"a\">\n", file);
	fclose(file);
	const char *command = arena_printf(&kit->arena, "%s %s %s.h %s.c %s 2>%s.txt", HTMLGEN, TONGBAN_SOURCE_ROOT, out, out,
		bad, out).ptr;
	assert_int_not_equal(system(command), 0);
	struct sv said = kit_file(kit, arena_printf(&kit->arena, "%s.txt", out).ptr);
	assert_true(sv_find(said, SV("bad.html:3: error: This input has no label. Give it an id"), 0) != SIZE_MAX);
	assert_int_not_equal(access(arena_printf(&kit->arena, "%s.c", out).ptr, F_OK), 0);
	assert_int_equal(unlink(arena_printf(&kit->arena, "%s.txt", out).ptr) | unlink(bad) | rmdir(folder), 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(test_faults, kit_setup, kit_teardown),
		cmocka_unit_test_setup_teardown(test_pages, kit_setup, kit_teardown),
		cmocka_unit_test_setup_teardown(test_data_of_another_shape, kit_setup, kit_teardown),
		cmocka_unit_test_setup_teardown(test_standing_alone, kit_setup, kit_teardown),
		cmocka_unit_test_setup_teardown(test_interpreted_is_compiled, kit_setup, kit_teardown),
		cmocka_unit_test_setup_teardown(test_json_twin, kit_setup, kit_teardown),
		cmocka_unit_test_setup_teardown(test_page_too_large, kit_setup, kit_teardown),
		cmocka_unit_test_setup_teardown(test_markdown, kit_setup, kit_teardown),
		cmocka_unit_test_setup_teardown(test_problems, kit_setup, kit_teardown),
		cmocka_unit_test_setup_teardown(test_command, kit_setup, kit_teardown),
	};

	return cmocka_run_group_tests_name("htmlgen", tests, NULL, NULL);
}
