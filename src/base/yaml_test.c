/* Tests of base/yaml: types, lines, everything refused, and JSON read as YAML gives the same tree. */
#include "test/kit/kit.h"

#include "base/yaml.h"

#include "base/banned.h"

static struct sv as_json(struct kit *kit, const struct json *tree)
{
	struct buf buf;

	buf_init(&buf, &kit->arena, 1 << 20);
	struct json_out out = json_out_to(&buf);
	json_out_value(&out, tree);
	return buf_view(&buf);
}

static const struct json *parse(struct kit *kit, const char *text)
{
	const struct json *tree = NULL;

	assert_ok(kit, yaml_parse(&kit->ctx, SV("t.yaml"), sv_of(text), &json_limits_file, &tree));
	return tree;
}

static void assert_refused(struct kit *kit, const char *text, uint32_t line, const char *part)
{
	const struct json *tree = NULL;

	assert_int_equal(yaml_parse(&kit->ctx, SV("t.yaml"), sv_of(text), &json_limits_file, &tree), RC_MALFORMED);
	assert_null(tree);
	assert_sv_equal(kit->err.file, "t.yaml");
	if (!strstr(kit->err.msgid, part))
		fail_msg("message «%s» lacks «%s»", kit->err.msgid, part);
	assert_int_equal(kit->err.line, line);
	error_clear(&kit->ctx);
}

static void test_types(void **state)
{
	struct kit *kit = *state;
	const struct json *tree = parse(kit,
		"# a card\n"
		"name: 居住证申领\n"
		"code: 0123\n"
		"days: 10\n"
		"rate: 1.50\n"
		"yes: yes\n"
		"on: true\n"
		"off: false\n"
		"none: null\n"
		"tilde: ~\n"
		"empty:\n"
		"quoted: \"true\"\n"
		"single: '10'\n"
		"date: 2026-03-02\n"
		"plus: +1\n"
		"hex: 0x10\n"
		"block: |\n"
		"  one\n"
		"  two\n"
		"folded: >-\n"
		"  one\n"
		"  two\n"
		"list: [a, 1, {b: c}]\n"
		"items:\n"
		"  - x: 1\n"
		"    y: 2\n"
		"  - null\n");

	assert_sv_equal(as_json(kit, tree),
		"{\"name\":\"居住证申领\",\"code\":\"0123\",\"days\":10,\"rate\":1.50,\"yes\":\"yes\",\"on\":true,\"off\":false,"
		"\"none\":null,\"tilde\":null,\"empty\":null,\"quoted\":\"true\",\"single\":\"10\",\"date\":\"2026-03-02\","
		"\"plus\":\"+1\",\"hex\":\"0x10\",\"block\":\"one\\ntwo\\n\",\"folded\":\"one two\",\"list\":[\"a\",1,{\"b\":\"c\"}],"
		"\"items\":[{\"x\":1,\"y\":2},null]}");
	assert_int_equal(json_get(tree, SV("name"))->line, 2);
	assert_int_equal(json_path(tree, SV("block"))->line, 17);
	assert_int_equal(json_get(json_at(json_get(tree, SV("items")), 0), SV("y"))->line, 26);
}

static void test_refusals(void **state)
{
	struct kit *kit = *state;

	assert_refused(kit, "a: 1\nb: &x 2\n", 2, "Anchors");
	assert_refused(kit, "a: &x [1]\n", 1, "Anchors");
	assert_refused(kit, "a: *x\n", 1, "Aliases");
	assert_refused(kit, "a: !!str 1\n", 1, "Tags");
	assert_refused(kit, "a:\n  b: ! 1\n", 2, "Tags");
	assert_refused(kit, "!t {a: 1}\n", 1, "Tags");
	assert_refused(kit, "a: 1\n---\nb: 2\n", 2, "more than one");
	assert_refused(kit, "a: 1\nb: 2\na: 3\n", 3, "stands twice");
	assert_refused(kit, "a: {b: 1, b: 2}\n", 1, "stands twice");
	assert_refused(kit, "? [1]\n: 2\n", 1, "key");
	assert_refused(kit, "a: 1\n b: 2\n", 2, "not valid YAML");
	assert_refused(kit, "a: \"x\n", 2, "not valid YAML");
	assert_refused(kit, "a:\n\t- b\n", 2, "not valid YAML");
	assert_refused(kit, "", 1, "empty");
	assert_refused(kit, "# nothing\n", 2, "empty");
	assert_refused(kit, "a: 1\nb: \xC3\x28\n", 2, "UTF-8");
}

static void test_limits(void **state)
{
	struct kit *kit = *state;
	struct json_limits limits = { .max_bytes = 24, .max_depth = 2, .max_nodes = 6 };
	const struct json *tree = NULL;
	const char *const too_much[] = { "a: 1234567890123456789012345\n", "[[[]]]", "[1,2,3,4,5,6]" };

	assert_ok(kit, yaml_parse(&kit->ctx, SV("t"), SV("[[1,2,3,4]]"), &limits, &tree));
	for (size_t i = 0; i < 3; i++) {
		assert_int_equal(yaml_parse(&kit->ctx, SV("t"), sv_of(too_much[i]), &limits, &tree), RC_TOO_LARGE);
		error_clear(&kit->ctx);
	}
}

/* JSON is YAML: what the JSON reader and the YAML reader make of the same text prints the same. */
static void test_reads_json(void **state)
{
	struct kit *kit = *state;
	const char *text = "{\"a\":[1,-2.50,\"x\\n\\u4e8c\",true,null,{}],\"b\":{\"c\":[]},\"\":\"\"}";
	const struct json *tree;

	assert_sv_equal(as_json(kit, parse(kit, text)), "{\"a\":[1,-2.50,\"x\\n二\",true,null,{}],\"b\":{\"c\":[]},\"\":\"\"}");
	assert_ok(kit, json_parse(&kit->ctx, SV("t"), sv_of(text), &json_limits_file, &tree));
	assert_true(sv_equal(as_json(kit, tree), as_json(kit, parse(kit, text))));
}

static enum rc parse_items(struct ctx *ctx, struct sv input)
{
	const struct json *tree = NULL;
	enum rc rc = yaml_parse(ctx, SV("t"), input, &json_limits_file, &tree);

	assert_int_equal(json_count(tree), rc == RC_OK ? 400 : 0);
	return rc;
}

static void test_memory_faults(void **state)
{
	struct kit *kit = *state;
	struct buf buf;

	buf_init(&buf, &kit->arena, 1 << 20);
	for (int i = 0; i < 400; i++)
		buf_printf(&buf, "- {id: \"%d\", name: a name of some length}\n", i);
	assert_true(kit_memory_faults(kit, parse_items, buf_view(&buf)) >= 3);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, kit_setup, kit_teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(test_types), TEST(test_refusals), TEST(test_limits), TEST(test_reads_json), TEST(test_memory_faults),
	};

	return cmocka_run_group_tests_name("yaml", tests, NULL, NULL);
}
