/* Every column a statement selects is read by its room: looks for the column's name as a word in the room's C files. */
#include <glob.h>

#include "base/buf.h"
#include "test/kit/kit.h"

#include "base/banned.h"

enum { MAX_SOURCE = 8 << 20 };

/* All C of a room's folder but its tests. */
static struct sv sources_of(struct kit *kit, const char *dir)
{
	glob_t found = { 0 };
	struct buf all;

	buf_init(&all, &kit->arena, MAX_SOURCE);
	glob(arena_printf(&kit->arena, "%s/*.c", dir).ptr, 0, NULL, &found);
	for (size_t i = 0; i < found.gl_pathc; i++)
		if (!sv_has_suffix(sv_of(found.gl_pathv[i]), SV("_test.c")))
			buf_sv(&all, kit_file(kit, found.gl_pathv[i]));
	globfree(&found);
	assert_false(all.overflow);
	return buf_view(&all);
}

static bool is_word(char c)
{
	return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_';
}

static bool is_read(struct sv sources, struct sv column)
{
	for (size_t at = sv_find(sources, column, 0); at != SIZE_MAX; at = sv_find(sources, column, at + 1)) {
		bool begins = at == 0 || !is_word(sources.ptr[at - 1]);
		bool ends = at + column.len == sources.len || !is_word(sources.ptr[at + column.len]);
		if (begins && ends)
			return true;
	}
	return false;
}

/* The row structs of a generated header: "struct sql_x_row {", then one member a line. */
static int unused_in(struct kit *kit, const char *dir, struct sv header)
{
	struct sv sources = sources_of(kit, dir), row = { 0 };
	int unused = 0;

	while (header.len) {
		struct sv line = sv_cut(&header, '\n');
		if (sv_has_prefix(line, SV("struct sql_")) && sv_has_suffix(line, SV("_row {"))) {
			row = sv_slice(line, strlen("struct sql_"), line.len - strlen("struct sql_") - strlen("_row {"));
		} else if (sv_has_prefix(line, SV("}"))) {
			row = (struct sv){ 0 };
		} else if (row.ptr && line.len > 2) {
			size_t from = line.len;
			while (from && line.ptr[from - 1] != ' ')
				from--;
			struct sv column = sv_slice(line, from, line.len - from - 1);
			if (is_read(sources, column))
				continue;
			print_error("%s: the statement %.*s selects %.*s, which no C file of the room reads; take it out\n", dir,
				SV_FMT(row), SV_FMT(column));
			unused++;
		}
	}
	return unused;
}

static void test_every_column_is_read(void **state)
{
	struct kit *kit = *state;
	glob_t found = { 0 };
	int unused = 0;

	glob(TONGBAN_BUILD_ROOT "/src/*/*/*_sql.h", 0, NULL, &found);
	glob(TONGBAN_BUILD_ROOT "/src/store/*_sql.h", GLOB_APPEND, NULL, &found);
	assert_true(found.gl_pathc > 0);
	for (size_t i = 0; i < found.gl_pathc; i++) {
		struct sv path = sv_slice(sv_of(found.gl_pathv[i]), strlen(TONGBAN_BUILD_ROOT), SIZE_MAX);
		while (path.len && path.ptr[path.len - 1] != '/')
			path.len--;
		unused += unused_in(kit, arena_printf(&kit->arena, TONGBAN_SOURCE_ROOT "%.*s", SV_FMT(path)).ptr,
			kit_file(kit, found.gl_pathv[i]));
	}
	globfree(&found);
	assert_int_equal(unused, 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(test_every_column_is_read, kit_setup, kit_teardown),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
