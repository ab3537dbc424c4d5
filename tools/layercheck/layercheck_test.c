/* Tests of layercheck: small trees with one thing wrong each, and a clean one. */
#include "test/kit/tree.h"

#include "tools/layercheck/layercheck.h"

#include "base/banned.h"

/* What is said about a house of these files, on top of a sound base, store, http and engine/feel. */
static struct sv verdict(struct kit *kit, const struct tree_file *files, size_t count)
{
	static const struct tree_file sound[] = {
		{ "src/base/meson.build", "room_deps = []\n" },
		{ "src/base/arena.h", "#include <stddef.h>\n" },
		{ "src/store/meson.build", "room_deps = ['base']\n" },
		{ "src/store/store.c", "#include \"store/store_int.h\"\n#include \"base/arena.h\"\n" },
		{ "src/http/meson.build", "room_deps = [\n  'base', # 'store'\n]\n" },
		{ "src/http/server.c", "# include \"base/arena.h\"\n" },
		{ "src/engine/feel/meson.build", "room_deps = ['base']\nlib = static_library('x', ['y.c'])\n" },
		{ "src/engine/feel/feel_test.c", "#include \"test/kit/kit.h\"\n#include \"engine/feel/feel_int.h\"\n" },
	};
	const char *root = tree_make(kit, sound, sizeof(sound) / sizeof(*sound));
	struct buf report;

	for (size_t i = 0; i < count; i++)
		tree_put(kit, root, arena_printf(&kit->arena, "src/%s", files[i].path).ptr, files[i].text);
	buf_init(&report, &kit->arena, 1 << 20);
	unsigned faults = layercheck_tree(&kit->arena, root, &report);
	tree_remove(root);
	unsigned lines = 0;
	for (size_t i = 0; i < report.len; i++)
		lines += report.ptr[i] == '\n';
	assert_int_equal(faults, lines);
	return buf_view(&report);
}

#define VERDICT(...) \
	verdict(kit, (const struct tree_file[]){ __VA_ARGS__ }, sizeof((const struct tree_file[]){ __VA_ARGS__ }) / sizeof(struct tree_file))

/* One fault, beginning with `place` and holding `part`. */
static void assert_fault(struct sv report, const char *place, const char *part)
{
	size_t end = sv_find_byte(report, '\n', 0);

	if (end + 1 != report.len || !sv_has_prefix(report, sv_of(place)) || sv_find(report, sv_of(part), 0) == SIZE_MAX)
		fail_msg("expected «%s ... %s ...», got «%.*s»", place, part, SV_FMT(report));
}

static void test_clean(void **state)
{
	struct kit *kit = *state;

	assert_sv_equal(VERDICT(
		{ "engine/dmn/meson.build", "room_deps = ['base', 'engine/feel']\n" },
		{ "engine/dmn/dmn.c", "#include \"engine/feel/feel.h\"\n" },
		{ "domain/identity/meson.build", "room_deps = ['base', 'store', 'http']\n" },
		{ "domain/identity/identity.c", "#include \"store/store.h\"\n#include \"domain/identity/identity_sql.h\"\n" },
		{ "domain/identity/identity_pages.c", "#include \"http/server.h\"\n" },
		{ "domain/casefile/meson.build", "room_deps = ['base', 'domain/identity', 'http']\n" },
		{ "domain/casefile/casefile_pages_int.h", "#include \"http/server.h\"\n" },
		{ "domain/casefile/casefile_cmd.c", "#include \"http/server.h\"\n#include \"domain/identity/identity.h\"\n" },
		{ "domain/casefile/casefile_test.c", "#include \"domain/identity/identity_sql.h\"\n" },
		{ "app/meson.build", "room_deps = ['base', 'domain/casefile', 'http']\n" },
		{ "app/main.c", "#include \"domain/casefile/casefile.h\"\n#include \"http/server.h\"\n" }), "");
}

static void test_direction(void **state)
{
	struct kit *kit = *state;

	assert_fault(VERDICT({ "base/x.c", "\n#include \"store/store.h\"\n" }), "src/base/x.c:2: ", "base stands on nothing");
	assert_fault(VERDICT({ "engine/feel/feel.c", "#include \"http/server.h\"\n" }), "src/engine/feel/feel.c:1: ", "do not see each other");
	assert_fault(VERDICT({ "engine/feel/feel_cmd.c", "#include \"store/store.h\"\n" }), "src/engine/feel/feel_cmd.c:1: ", "do not see each other");
	assert_fault(VERDICT({ "http/x.c", "#include \"store/store.h\"\n" }), "src/http/x.c:1: ", "do not see each other");
	assert_fault(VERDICT({ "store/x.c", "#include \"engine/feel/feel.h\"\n" }), "src/store/x.c:1: ", "do not see each other");
	assert_fault(VERDICT({ "domain/identity/meson.build", "room_deps = ['base']\n" },
			{ "engine/feel/x.h", "#include \"domain/identity/identity.h\"\n" }), "src/engine/feel/x.h:1: ", "domain lies above");
	assert_fault(VERDICT({ "app/meson.build", "room_deps = []\n" }, { "store/x.c", "#include \"app/modules.h\"\n" }),
		"src/store/x.c:1: ", "nothing may see app");
}

static void test_domain_order(void **state)
{
	struct kit *kit = *state;

	assert_fault(VERDICT({ "domain/exchange/meson.build", "room_deps = []\n" },
			{ "domain/registry/meson.build", "room_deps = []\n" },
			{ "domain/registry/x.c", "#include \"domain/exchange/exchange.h\"\n" }),
		"src/domain/registry/x.c:1: ", "to the right");
	assert_fault(VERDICT({ "domain/exchange/meson.build", "room_deps = []\n" },
			{ "domain/registry/meson.build", "room_deps = ['base',\n\t'domain/exchange']\n" }),
		"src/domain/registry/meson.build:2: ", "to the right");
	assert_fault(VERDICT({ "domain/kitchen/meson.build", "room_deps = []\n" }), "src/domain/kitchen/meson.build:1: ", "no place");
	assert_fault(VERDICT({ "domain/notice/meson.build", "room_deps = ['http']\n" },
			{ "domain/notice/notice.c", "#include \"http/server.h\"\n" }),
		"src/domain/notice/notice.c:1: ", "only *_pages and *_cmd");
}

static void test_declarations(void **state)
{
	struct kit *kit = *state;

	assert_fault(VERDICT({ "engine/dmn/meson.build", "room_deps = ['base']\n" },
			{ "engine/dmn/dmn.c", "#include \"engine/feel/feel.h\"\n" }),
		"src/engine/dmn/dmn.c:1: ", "not in room_deps; add it in src/engine/dmn/meson.build");
	assert_fault(VERDICT({ "engine/dmn/dmn.c", "#include <stdio.h>\n" }), "src/engine/dmn/meson.build:1: ", "declares no room_deps");
	assert_fault(VERDICT({ "engine/dmn/meson.build", "room_deps = ['base', 'feel']\n" }),
		"src/engine/dmn/meson.build:1: ", "'feel' names no room");
	assert_fault(VERDICT({ "engine/a/meson.build", "room_deps = ['engine/b']\n" },
			{ "engine/b/meson.build", "room_deps = ['engine/c']\n" }, { "engine/c/meson.build", "room_deps = ['engine/a']\n" }),
		"src/engine/c/meson.build:1: ", "depends on it in turn");
}

static void test_headers(void **state)
{
	struct kit *kit = *state;

	assert_fault(VERDICT({ "store/x.c", "#include \"base/json_int.h\"\n" }), "src/store/x.c:1: ", "private to base");
	assert_fault(VERDICT({ "domain/identity/meson.build", "room_deps = []\n" },
			{ "domain/ledger/meson.build", "room_deps = ['domain/identity']\n" },
			{ "domain/ledger/x.c", "#include \"domain/identity/identity_sql.h\"\n" }),
		"src/domain/ledger/x.c:1: ", "private to domain/identity");
	assert_fault(VERDICT({ "store/x.c", "#include \"store.h\"\n" }), "src/store/x.c:1: ", "no path from src/");
	assert_fault(VERDICT({ "store/x.c", "#include \"../base/arena.h\"\n" }), "src/store/x.c:1: ", "no path from src/");
	assert_fault(VERDICT({ "store/x.c", "#include \"store/../base/arena.h\"\n" }), "src/store/x.c:1: ", "no path from src/");
	assert_fault(VERDICT({ "store/x.c", "#include \"test/kit/kit.h\"\n" }), "src/store/x.c:1: ", "for tests");
	assert_fault(VERDICT({ "stray.c", "" }), "src/stray.c:1: ", "in no room");
}

static void test_missing_tree(void **state)
{
	struct kit *kit = *state;
	struct buf report;

	buf_init(&report, &kit->arena, 1000);
	assert_int_equal(layercheck_tree(&kit->arena, "/nonexistent", &report), 1);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, kit_setup, kit_teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(test_clean), TEST(test_direction), TEST(test_domain_order), TEST(test_declarations), TEST(test_headers),
		TEST(test_missing_tree),
	};

	return cmocka_run_group_tests_name("layercheck", tests, NULL, NULL);
}
