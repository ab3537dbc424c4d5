/* Tests of pogen: marks in C and templates, the PO format, each fault with its place, and the C it writes. */
#include "test/kit/tree.h"

#include "tools/files/files.h"
#include "tools/pogen/pogen.h"

#include "base/banned.h"

#define HEADER "msgid \"\"\nmsgstr \"\"\n\"X-Tag: zh-Hans\\n\"\n\"X-Code: zh\\n\"\n\"X-Self: 中文\\n\"\n\n"

struct bench {
	struct buf out, warnings;
	struct report report;
	struct marks marks;
	struct po po;
};

static struct bench *bench_new(struct kit *kit)
{
	struct bench *b = ARENA_NEW(&kit->arena, struct bench);

	buf_init(&b->out, &kit->arena, 1 << 20);
	buf_init(&b->warnings, &kit->arena, 1 << 20);
	b->report = (struct report){ .arena = &kit->arena, .out = &b->out };
	return b;
}

/* "line:msgid" of each mark, joined by bars. */
static struct sv listed(struct kit *kit, const struct marks *marks)
{
	struct buf out;

	buf_init(&out, &kit->arena, 1 << 20);
	for (size_t i = 0; i < marks->len; i++)
		buf_printf(&out, "%s%u:%.*s", i ? "|" : "", marks->at[i].line, SV_FMT(marks->at[i].msgid));
	return buf_view(&out);
}

static void test_marks_of_c(void **state)
{
	struct kit *kit = *state;
	struct bench *b = bench_new(kit);

	marks_from_c(&b->report, SV("a.c"), SV("#define N_(msgid) msgid\n"
					       "/* N_(\"in a comment\") */ // N_(\"here, too\")\n"
					       "f(N_(\"One\"), \"N_(\\\"no\\\")\", '\"', N_(\"Two \"\n\t\"parts\" /* x */ \" \\\"and\\\" more\\n\"));\n"
					       "int MY_N_(x), UN_(\"no\"); g(N_(\"One\")); h(N_( \"Th\\x72ee\\u4e8c\\101\" ))\n"),
		&b->marks);
	assert_sv_equal(buf_view(&b->out), "");
	assert_sv_equal(listed(kit, &b->marks), "3:One|3:Two parts \"and\" more\n|5:Three二A");
}

static void test_marks_of_templates(void **state)
{
	struct kit *kit = *state;
	struct bench *b = bench_new(kit);

	marks_from_template(&b->report, SV("a.html"), SV("<p>{{!view t \"no\"}} t \"no\" (t \"no\")\n"
							 "{{t \"One\"}} {{ t  \"Say \\\"two\\\"\" x=(t \"Three }} {n}\" n=n)}}\n"
							 "{{#field label=(t \"Four\") text=\"t \" not=\"(t \"}}{{target \"no\"}}{{eq t \"no\"}}{{t \"One\"}}"),
		&b->marks);
	assert_sv_equal(buf_view(&b->out), "");
	assert_sv_equal(listed(kit, &b->marks), "2:One|2:Say \"two\"|2:Three }} {n}|3:Four");
}

static void test_po_format(void **state)
{
	struct kit *kit = *state;
	struct bench *b = bench_new(kit);

	po_read(&b->report, SV("zh.po"), SV("# title\n" HEADER "#: src/a.c:3\n#. hint\nmsgid \"Two\"\nmsgstr \"二\"\n\n"
					    "msgid \"\"\n\"One \"\n\"line\\n\"\nmsgstr \"一\\\"\"\n\"行\\n\"\n\n"
					    "#, fuzzy, c-format\nmsgid \"Odd\"\nmsgstr \"怪\"\n#~ msgid \"Old\"\n#~ msgstr \"旧\"\n"), &b->po);
	assert_sv_equal(buf_view(&b->out), "");
	assert_sv_equal(b->po.tag, "zh-Hans");
	assert_sv_equal(b->po.code, "zh");
	assert_sv_equal(b->po.self, "中文");
	assert_int_equal(b->po.len, 3);
	assert_sv_equal(b->po.at[1].msgid, "One line\n");
	assert_sv_equal(b->po.at[1].text, "一\"行\n");
	assert_int_equal(b->po.at[1].line, 13);
	assert_true(b->po.at[0].fuzzy && !b->po.at[1].fuzzy && !b->po.at[2].fuzzy);
}

static void assert_po_fault(struct kit *kit, const char *text, const char *place, const char *part)
{
	struct bench *b = bench_new(kit);

	po_read(&b->report, SV("zh.po"), sv_of(text), &b->po);
	marks_from_c(&b->report, SV("a.c"), SV("N_(\"Hi {name}\")\nN_(\"Bye\")"), &b->marks);
	po_check(&b->report, &b->po, &b->marks, &b->warnings);
	struct sv out = buf_view(&b->out);
	if (!sv_has_prefix(out, sv_of(place)) || sv_find(out, sv_of(part), 0) == SIZE_MAX || b->report.faults != 1)
		fail_msg("expected «%s ... %s» alone, got «%.*s»", place, part, SV_FMT(out));
}

static void test_faults(void **state)
{
	static const char hi[] = "msgid \"Hi {name}\"\nmsgstr \"{name}好\"\n", bye[] = "msgid \"Bye\"\nmsgstr \"再见\"\n";
	struct kit *kit = *state;
	const char *both = arena_printf(&kit->arena, HEADER "%s%s", hi, bye).ptr;

#define WITH(text) arena_printf(&kit->arena, HEADER "%s%s", hi, (text)).ptr
	assert_po_fault(kit, WITH(""), "a.c:2: ", "“Bye” is not in zh.po");
	assert_po_fault(kit, WITH("msgid \"Bye\"\nmsgstr \"\"\n"), "zh.po:9: ", "has no text");
	assert_po_fault(kit, WITH("#, fuzzy\nmsgid \"Bye\"\nmsgstr \"再见\"\n"), "zh.po:10: ", "fuzzy");
	assert_po_fault(kit, WITH("msgid \"Bye\"\nmsgstr \"再见{name}\"\n"), "zh.po:9: ", "{name} is not in the message");
	assert_po_fault(kit, arena_printf(&kit->arena, HEADER "%smsgid \"Hi {name}\"\nmsgstr \"好{nam}\"\n", bye).ptr, "zh.po:9: ",
		"{name} is lost");
	assert_po_fault(kit, arena_printf(&kit->arena, "%s%s", both, bye).ptr, "zh.po:11: ", "stands twice");
	assert_po_fault(kit, arena_printf(&kit->arena, "%smsgctxt \"x\"\n", both).ptr, "zh.po:11: ", "not understood");
	assert_po_fault(kit, arena_printf(&kit->arena, "%s\n\"loose\n", both).ptr, "zh.po:12: ", "not in quotation marks");
	assert_po_fault(kit, arena_printf(&kit->arena, "%s%s", hi, bye).ptr, "zh.po:1: ", "header is missing");
	assert_po_fault(kit, arena_printf(&kit->arena, "msgid \"\"\nmsgstr \"X-Tag: zh\\n\"\n%s%s", hi, bye).ptr, "zh.po:1: ",
		"header lacks");
#undef WITH
}

static void test_mark_faults(void **state)
{
	struct kit *kit = *state;
	struct bench *b = bench_new(kit);

	marks_from_c(&b->report, SV("a.c"), SV("\nN_(name)\nN_(\"a\" PRId64)\nN_(\"\")\n"), &b->marks);
	assert_int_equal(b->report.faults, 3);
	assert_true(sv_has_prefix(buf_view(&b->out), SV("a.c:2: N_() takes nothing but literal text")));
	assert_true(sv_find(buf_view(&b->out), SV("\na.c:4: an empty text"), 0) != SIZE_MAX);
}

static void test_unused_and_missing(void **state)
{
	struct kit *kit = *state;
	struct bench *b = bench_new(kit);

	po_read(&b->report, SV("zh.po"), SV(HEADER "msgid \"Old\"\nmsgstr \"旧\"\n"), &b->po);
	po_check(&b->report, &b->po, &b->marks, &b->warnings);
	assert_int_equal(b->report.faults, 0);
	assert_sv_equal(buf_view(&b->warnings), "zh.po:7: warning: nothing uses “Old”; remove it\n");
	marks_from_c(&b->report, SV("a.c"), SV("N_(\"Say \\\"x\\\"\\n\")"), &b->marks);
	po_list_missing(&b->out, &b->po, &b->marks);
	assert_sv_equal(buf_view(&b->out), "\n#: a.c:1\nmsgid \"Say \\\"x\\\"\\n\"\nmsgstr \"\"\n");
}

static void test_emitted_c(void **state)
{
	struct kit *kit = *state;
	struct bench *b = bench_new(kit);

	po_read(&b->report, SV("zh.po"), SV(HEADER "msgid \"b\\t\"\nmsgstr \"乙\"\nmsgid \"a\"\nmsgstr \"\\\"甲\\\"\"\n"), &b->po);
	emit_locales(&b->out, &b->po, 1);
	assert_sv_equal(buf_view(&b->out),
		"/* Made by tools/pogen from po/. */\n#include \"base/locales.h\"\n\n"
		"const struct locale locale_en = { .tag = \"en\", .code = \"en\", .self = \"English\" };\n"
		"\nstatic const struct locale_entry entries_zh[] = {\n"
		"\t{ \"a\", \"\\\"甲\\\"\" },\n"
		"\t{ \"b\\t\", \"乙\" },\n"
		"\t{ 0 },\n};\n"
		"const struct locale locale_zh = {\n\t.tag = \"zh-Hans\", .code = \"zh\", .self = \"中文\",\n"
		"\t.entries = entries_zh, .count = 2,\n};\n"
		"\nconst struct locale *const locales[] = { &locale_zh, &locale_en, NULL };\n");
}

static struct sv generated(struct kit *kit, struct bench *b, const char *root, const char *name)
{
	struct sv text = SV("none");
	const char *c = arena_printf(&kit->arena, "%s/out.c", root).ptr, *d = arena_printf(&kit->arena, "%s/out.d", root).ptr;

	pogen_generate(&b->report, root, c, d, &b->warnings);
	return files_read(&kit->arena, root, sv_of(name), &text) ? text : SV("none");
}

static void test_whole_tree(void **state)
{
	static const struct tree_file files[] = {
		{ "src/a/a.c", "f(N_(\"One\"));" },
		{ "src/a/a.html", "{{t \"Two\"}}" },
		{ "src/a/a_test.c", "N_(\"not for people\")" },
		{ "po/zh_CN.po", HEADER "msgid \"One\"\nmsgstr \"一\"\n" },
	};
	struct kit *kit = *state;
	const char *root = tree_make(kit, files, 4);
	struct bench *b = bench_new(kit);

	assert_sv_equal(generated(kit, b, root, "out.c"), "none");
	assert_int_equal(b->report.faults, 1);
	assert_true(sv_has_prefix(buf_view(&b->out), SV("src/a/a.html:1: “Two” is not in po/zh_CN.po")));
	b = bench_new(kit);
	pogen_list_missing(&b->report, root, &b->out);
	assert_sv_equal(buf_view(&b->out), "\n#: src/a/a.html:1\nmsgid \"Two\"\nmsgstr \"\"\n");
	tree_put(kit, root, "po/zh_CN.po", HEADER "msgid \"One\"\nmsgstr \"一\"\nmsgid \"Two\"\nmsgstr \"二\"\n");
	struct sv text = generated(kit, b, root, "out.c"), deps = generated(kit, b, root, "out.d");
	assert_int_equal(b->report.faults, 0);
	assert_true(sv_find(text, SV("{ \"One\", \"一\" },\n\t{ \"Two\", \"二\" },"), 0) != SIZE_MAX);
	assert_true(sv_find(deps, arena_printf(&kit->arena, " %s/src/a/a.html \\\n", root), 0) != SIZE_MAX);
	assert_true(sv_find(deps, arena_printf(&kit->arena, " %s/src/a \\\n", root), 0) != SIZE_MAX);
	tree_remove(root);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, kit_setup, kit_teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(test_marks_of_c), TEST(test_marks_of_templates), TEST(test_po_format), TEST(test_faults), TEST(test_mark_faults),
		TEST(test_unused_and_missing), TEST(test_emitted_c), TEST(test_whole_tree),
	};

	return cmocka_run_group_tests_name("pogen", tests, NULL, NULL);
}
