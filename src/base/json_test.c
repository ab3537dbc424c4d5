/* Tests of base/json: the outside suite, properties over random trees, limits, messages with lines, fault loop. */
#include "test/kit/kit.h"

#include <dirent.h>
#include <stdlib.h>

#include "base/json.h"

#include "base/banned.h"

static const struct json *parse(struct kit *kit, struct sv text)
{
	const struct json *tree = NULL;

	assert_ok(kit, json_parse(&kit->ctx, SV("t.json"), text, &json_limits_request, &tree));
	return tree;
}

static struct sv print(struct kit *kit, const struct json *tree, unsigned indent)
{
	struct buf buf;

	buf_init(&buf, &kit->arena, 1 << 24);
	struct json_out out = json_out_to(&buf);
	out.indent = indent;
	json_out_value(&out, tree);
	assert_false(buf.overflow);
	return buf_view(&buf);
}

static void assert_refused(struct kit *kit, struct sv text, uint32_t line, const char *part)
{
	const struct json *tree = NULL;

	assert_int_equal(json_parse(&kit->ctx, SV("t.json"), text, &json_limits_request, &tree), RC_MALFORMED);
	assert_null(tree);
	assert_sv_equal(kit->err.file, "t.json");
	assert_int_equal(kit->err.line, line);
	if (!strstr(kit->err.msgid, part))
		fail_msg("message «%s» lacks «%s»", kit->err.msgid, part);
	error_clear(&kit->ctx);
}

static void test_tree(void **state)
{
	struct kit *kit = *state;
	const struct json *t = parse(kit, SV("{\n \"a\": [1, 2.50, \"x\\u4e8c\\n\"],\n \"b\": {\"c\": true, \"d\": null}, \"\": -0e+1}"));

	assert_int_equal(json_count(t), 3);
	const struct json *a = json_get(t, SV("a"));
	assert_int_equal(a->line, 2);
	assert_int_equal(json_count(a), 3);
	int64_t number = 7;
	assert_true(json_i64(json_at(a, 0), &number));
	assert_int_equal(number, 1);
	assert_false(json_i64(json_at(a, 1), &number));
	assert_sv_equal(json_scalar(json_at(a, 1)), "2.50");
	assert_sv_equal(json_string(json_at(a, 2)), "x二\n");
	assert_null(json_at(a, 3));
	assert_true(sv_is_absent(json_string(json_at(a, 0))));
	assert_true(json_bool(json_path(t, SV("b.c")), false));
	assert_true(json_bool(json_path(t, SV("b.missing")), true));
	assert_int_equal(json_path(t, SV("b.d"))->type, JSON_NULL);
	assert_null(json_path(t, SV("b.c.e")));
	assert_sv_equal(json_scalar(json_get(t, SV(""))), "-0e+1");
	assert_null(json_first(json_path(t, SV("b.c"))));
	assert_int_equal(json_count(NULL), 0);
	assert_null(json_get(NULL, SV("a")));
	const char *keys[] = { "a", "b", "" };
	size_t i = 0;
	for (const struct json *v = json_first(t); v; v = json_next(t, v))
		assert_sv_equal(json_key(v), keys[i++]);
	assert_int_equal(i, 3);
}

static void test_messages(void **state)
{
	struct kit *kit = *state;

	assert_refused(kit, SV("{\"a\":1,\n\"a\":2}"), 2, "stands twice");
	assert_sv_equal(tr_args(&kit->ctx, "{key}", kit->err.args), "{key}");
	assert_refused(kit, SV("{\"a\":\n\n\"\\x\"}"), 3, "escape");
	assert_refused(kit, SV("[\"\\ud800\"]"), 1, "escape");
	assert_refused(kit, SV("[\"\\udc00\\ud800\"]"), 1, "escape");
	assert_refused(kit, SV("[\"\\ud800\\u0041\"]"), 1, "escape");
	assert_refused(kit, SV("[1,\n2"), 2, "ends too early");
	assert_refused(kit, SV("\n\n  "), 3, "ends too early");
	assert_refused(kit, SV("[1]\n]"), 2, "behind the end");
	assert_refused(kit, SV("[tru]"), 1, "Unknown word");
	assert_refused(kit, SV("[\n01]"), 2, "Unexpected character");
	assert_refused(kit, SV("[\"a\nb\"]"), 1, "not closed");
	assert_refused(kit, SV("\xEF\xBB\xBF{}"), 1, "byte order mark");
	assert_refused(kit, SV("[\n\"\xE4\xBA\"]"), 2, "UTF-8");
	assert_refused(kit, SV("[\"\xED\xA0\x80\"]"), 1, "UTF-8");
	assert_refused(kit, SV("\xC3"), 1, "UTF-8");
}

static void test_limits(void **state)
{
	struct kit *kit = *state;
	struct json_limits limits = { .max_bytes = 20, .max_depth = 3, .max_nodes = 5 };
	const struct json *tree = NULL;

	assert_ok(kit, json_parse(&kit->ctx, SV("t"), SV("[[[1,2]]]"), &limits, &tree));
	assert_int_equal(json_parse(&kit->ctx, SV("t"), SV("[[[[]]]]"), &limits, &tree), RC_TOO_LARGE);
	error_clear(&kit->ctx);
	assert_ok(kit, json_parse(&kit->ctx, SV("t"), SV("[1,2,3,4]"), &limits, &tree));
	assert_int_equal(json_parse(&kit->ctx, SV("t"), SV("[1,2,3,4,5]"), &limits, &tree), RC_TOO_LARGE);
	error_clear(&kit->ctx);
	assert_int_equal(json_parse(&kit->ctx, SV("t"), SV("                     1"), &limits, &tree), RC_TOO_LARGE);
}

/* Names that repeat are found among few and among many, and are kept where the caller says so. */
static void test_repeated_names(void **state)
{
	struct kit *kit = *state;

	for (size_t count = 2; count < 400; count += count / 3 + 1) {
		for (size_t twin = 0; twin <= count; twin += count / 2 + 1) {
			struct buf buf;
			buf_init(&buf, &kit->arena, 1 << 20);
			struct json_out out = json_out_to(&buf);
			json_out_object(&out);
			for (size_t i = 0; i < count; i++)
				json_out_member_i64(&out, arena_printf(&kit->arena, "name %zu", i), 1);
			json_out_member_i64(&out, arena_printf(&kit->arena, "name %zu", twin), 2);
			json_out_object_end(&out);
			if (twin < count) {
				assert_refused(kit, buf_view(&buf), 1, "stands twice");
				struct json_limits limits = json_limits_request;
				limits.may_repeat_keys = true;
				const struct json *tree;
				assert_ok(kit, json_parse(&kit->ctx, SV("t"), buf_view(&buf), &limits, &tree));
				assert_int_equal(json_count(tree), count + 1);
			} else {
				assert_int_equal(json_count(parse(kit, buf_view(&buf))), count + 1);
			}
		}
	}
}

static void test_writer(void **state)
{
	struct kit *kit = *state;
	struct buf buf;

	buf_init(&buf, &kit->arena, 1000);
	struct json_out out = json_out_to(&buf);
	json_out_object(&out);
	json_out_member(&out, SV("text"), SV("a\"b\\c\x01\n</script>é"));
	json_out_member(&out, SV("nothing"), (struct sv){ NULL, 0 });
	json_out_member_i64(&out, SV("least"), INT64_MIN);
	json_out_key(&out, SV("list"));
	json_out_array(&out);
	json_out_number(&out, SV("1.10"));
	json_out_bool(&out, false);
	json_out_object(&out);
	json_out_object_end(&out);
	json_out_array_end(&out);
	json_out_object_end(&out);
	assert_sv_equal(buf_view(&buf), "{\"text\":\"a\\\"b\\\\c\\u0001\\n</script>é\",\"nothing\":null,"
					"\"least\":-9223372036854775808,\"list\":[1.10,false,{}]}");
	assert_sv_equal(print(kit, parse(kit, SV("{\"a\":[1,{}],\"b\":[]}")), 2),
		"{\n  \"a\": [\n    1,\n    {}\n  ],\n  \"b\": []\n}");
}

/* RFC 8785 section 3.2.3, its example of sorting, with numbers left as written. */
static void test_canonical(void **state)
{
	struct kit *kit = *state;
	struct buf buf;
	const struct json *tree = parse(kit, SV("{ \"\\u20ac\": \"Euro Sign\", \"\\r\": \"Carriage Return\","
						" \"\\ufb33\": \"Hebrew Letter Dalet With Dagesh\", \"1\": \"One\","
						" \"\\ud83d\\ude00\": \"Emoji: Grinning Face\", \"\\u0080\": \"Control\","
						" \"\\u00f6\": {\"b\": 1.0, \"a\": [ ]} }"));

	buf_init(&buf, &kit->arena, 1000);
	json_out_canonical(&buf, tree);
	assert_sv_equal(buf_view(&buf),
		"{\"\\r\":\"Carriage Return\",\"1\":\"One\",\"\xC2\x80\":\"Control\",\"ö\":{\"a\":[],\"b\":1.0},"
		"\"€\":\"Euro Sign\",\"😀\":\"Emoji: Grinning Face\",\"\xEF\xAC\xB3\":\"Hebrew Letter Dalet With Dagesh\"}");
}

/* A random text of letters, escapes, Chinese and characters beyond the first plane. */
static struct sv random_text(struct kit *kit)
{
	static const char *const pieces[] = { "a", "\"", "\\", "\n", "\x01", "/", "二", "😀", "é", " ", "u0041", "longer than eight" };
	struct buf buf;

	buf_init(&buf, &kit->arena, 1 << 12);
	for (uint64_t n = random_below(&kit->random, 12); n; n--)
		buf_sv(&buf, sv_of(pieces[random_below(&kit->random, sizeof(pieces) / sizeof(*pieces))]));
	return buf_view(&buf);
}

static void random_value(struct kit *kit, struct json_out *out, unsigned depth)
{
	static const char *const numbers[] = { "0", "-0", "1e400", "0.10", "-12.5E-3", "123456789012345678901234567890" };
	uint64_t count = random_below(&kit->random, 30);

	switch (random_below(&kit->random, depth ? 6 : 4)) {
	case 0:
		json_out_bool(out, random_below(&kit->random, 2));
		return;
	case 1:
		json_out_null(out);
		return;
	case 2:
		json_out_number(out, sv_of(numbers[random_below(&kit->random, 6)]));
		return;
	case 3:
		json_out_string(out, random_text(kit));
		return;
	case 4:
		json_out_array(out);
		for (; count; count--)
			random_value(kit, out, depth - 1);
		json_out_array_end(out);
		return;
	default:
		json_out_object(out);
		for (; count; count--) {
			struct sv tail = random_text(kit);
			json_out_key(out, arena_printf(&kit->arena, "%d%.*s", (int)count, SV_FMT(tail)));
			random_value(kit, out, depth - 1);
		}
		json_out_object_end(out);
	}
}

static void test_print_parse_identity(void **state)
{
	struct kit *kit = *state;

	for (uint64_t seed = 1; seed <= 300; seed++) {
		arena_clear(&kit->arena);
		kit->random = random_seeded(seed);
		struct buf buf;
		buf_init(&buf, &kit->arena, 1 << 24);
		struct json_out out = json_out_to(&buf);
		random_value(kit, &out, 3);
		const struct json *tree;
		assert_ok(kit, json_parse(&kit->ctx, SV("t"), buf_view(&buf), &json_limits_file, &tree));
		struct sv compact = print(kit, tree, 0), wide = print(kit, tree, 3);
		if (!sv_equal(buf_view(&buf), compact))
			fail_msg("seed %lu: compact form differs", seed);
		assert_ok(kit, json_parse(&kit->ctx, SV("t"), wide, &json_limits_file, &tree));
		if (!sv_equal(compact, print(kit, tree, 0)))
			fail_msg("seed %lu: indented form differs", seed);
	}
}

/* No shortened text is accepted, and none makes the reader look beyond its end (sanitizers watch). */
static void test_every_prefix(void **state)
{
	struct kit *kit = *state;
	struct sv text = SV("{\"a\\u00e9\\ud83d\\ude00\":[1.5e+3,-2,true,false,null,\"二十\\\\\"],\"b\":{}}");
	const struct json *tree;

	for (size_t len = 0; len < text.len; len++) {
		char *copy = malloc(len ? len : 1);
		memcpy(copy, text.ptr, len);
		assert_int_equal(json_parse(&kit->ctx, SV("t"), (struct sv){ copy, len }, &json_limits_request, &tree), RC_MALFORMED);
		free(copy);
		error_clear(&kit->ctx);
	}
	parse(kit, text);
}

static enum rc parse_strings(struct ctx *ctx, struct sv input)
{
	const struct json *tree = NULL;
	enum rc rc = json_parse(ctx, SV("t"), input, &json_limits_file, &tree);

	assert_int_equal(json_count(tree), rc == RC_OK ? 3000 : 0);
	return rc;
}

static void test_memory_faults(void **state)
{
	struct kit *kit = *state;
	struct buf buf;

	buf_init(&buf, &kit->arena, 1 << 20);
	struct json_out out = json_out_to(&buf);
	json_out_array(&out);
	for (int i = 0; i < 3000; i++)
		json_out_string(&out, SV("ä\n"));
	json_out_array_end(&out);
	assert_true(kit_memory_faults(kit, parse_strings, buf_view(&buf)) >= 3);
}

static void count_case(struct kit *kit, const char *dir, const char *file, unsigned seen[3])
{
	struct sv text = kit_file(kit, arena_printf(&kit->arena, "%s/%s", dir, file).ptr);
	struct json_limits grammar = json_limits_file; /* of RFC 8259 alone: names may repeat */
	const struct json *tree;

	grammar.may_repeat_keys = true;
	bool accepted = json_parse(&kit->ctx, SV("t"), text, &grammar, &tree) == RC_OK;
	/* i_ is ours to decide, see docs/standards/json.md: any number, and nothing else */
	bool expected = file[0] == 'y' || strncmp(file, "i_number", 8) == 0;
	if (accepted != expected)
		fail_msg("%s: %s", file, accepted ? "accepted" : kit->err.msgid);
	error_clear(&kit->ctx);
	bool strict = json_parse(&kit->ctx, SV("t"), text, &json_limits_file, &tree) == RC_OK;
	if (strict != accepted && !strstr(file, "duplicated_key"))
		fail_msg("%s: the product's own limits change the outcome", file);
	error_clear(&kit->ctx);
	seen[file[0] == 'y' ? 0 : file[0] == 'n' ? 1 : 2]++;
}

static void test_outside_suite(void **state)
{
	struct kit *kit = *state;
	unsigned seen[3] = { 0 };

	if (!kit_suites()) {
		skip();
		return;
	}
	struct sv path = arena_printf(&kit->arena, "%s/json-parsing/test_parsing", kit_suites());
	DIR *dir = opendir(path.ptr);
	assert_non_null(dir);
	for (struct dirent *entry; (entry = readdir(dir));)
		if (strlen(entry->d_name) > 5 && strchr("yni", entry->d_name[0]) && entry->d_name[1] == '_')
			count_case(kit, path.ptr, entry->d_name, seen);
	closedir(dir);
	print_message("json-parsing: %u y_, %u n_, %u i_\n", seen[0], seen[1], seen[2]);
	assert_true(seen[0] >= 95 && seen[1] >= 185 && seen[2] >= 35);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, kit_setup, kit_teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(test_tree), TEST(test_messages), TEST(test_limits), TEST(test_repeated_names), TEST(test_writer),
		TEST(test_canonical), TEST(test_print_parse_identity), TEST(test_every_prefix), TEST(test_memory_faults),
		TEST(test_outside_suite),
	};

	return cmocka_run_group_tests_name("json", tests, NULL, NULL);
}
