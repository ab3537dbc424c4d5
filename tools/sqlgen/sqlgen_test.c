/* Runs the generator on each case of sqlgen_test.txt and compares what it says first. */
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/buf.h"
#include "test/kit/kit.h"

#include "base/banned.h"

enum { MAX_SAID = 4096 };

static void write_file(const char *dir, const char *name, struct sv text)
{
	char path[256];

	snprintf(path, sizeof(path), "%s/%s", dir, name);
	FILE *file = fopen(path, "wb");
	assert_non_null(file);
	assert_int_equal(fwrite(text.ptr, 1, text.len, file), text.len);
	fclose(file);
}

/* The part of a case behind "--- name\n", up to the next one. */
static struct sv part(struct kit *kit, struct sv text, const char *name)
{
	struct sv mark = arena_printf(&kit->arena, "--- %s\n", name);
	size_t from = sv_find(text, mark, 0);

	if (from == SIZE_MAX)
		return SV("");
	from += mark.len;
	size_t to = sv_find(text, SV("\n--- "), from - 1);
	return sv_slice(text, from, to == SIZE_MAX ? text.len : to + 1 - from);
}

/* What the generator says first, without the folder; *ret_status its status. */
static struct sv run(struct kit *kit, const char *dir, int *ret_status)
{
	char command[1024];
	char *said = arena_alloc(&kit->arena, MAX_SAID);

	snprintf(command, sizeof(command), "cd %s && %s note_sql.c note_sql.h $(ls person_schema.sql 2>/dev/null) "
		"note_schema.sql note.sql 2>&1", dir, SQLGEN_EXE);
	FILE *pipe = popen(command, "r");
	assert_non_null(pipe);
	size_t len = fread(said, 1, MAX_SAID - 1, pipe);
	*ret_status = pclose(pipe);
	struct sv text = { said, len };
	return sv_cut(&text, '\n');
}

static void clean(const char *dir)
{
	static const char *const names[] = { "note.sql", "note_schema.sql", "person_schema.sql", "note_sql.c", "note_sql.h" };
	char path[256];

	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
		snprintf(path, sizeof(path), "%s/%s", dir, names[i]);
		unlink(path);
	}
}

static bool has_output(const char *dir)
{
	char path[256];
	struct stat st;

	snprintf(path, sizeof(path), "%s/note_sql.c", dir);
	return stat(path, &st) == 0;
}

static int one_case(struct kit *kit, const char *dir, struct sv text)
{
	struct sv rest = text, name = sv_cut(&rest, '\n');
	struct sv says = part(kit, rest, "says"), other = part(kit, rest, "other");
	int status;

	clean(dir);
	write_file(dir, "note_schema.sql", part(kit, rest, "schema"));
	write_file(dir, "note.sql", part(kit, rest, "statements"));
	if (other.len)
		write_file(dir, "person_schema.sql", other);
	struct sv said = run(kit, dir, &status), expected = sv_trim(says);
	if (sv_equal(said, expected) && (status == 0) == (expected.len == 0) && has_output(dir) == (expected.len == 0))
		return 0;
	print_error("%.*s\n  said     %.*s\n  expected %.*s\n", SV_FMT(name), SV_FMT(said), SV_FMT(expected));
	return 1;
}

static void test_cases(void **state)
{
	struct kit *kit = *state;
	struct sv text = kit_file(kit, TONGBAN_SOURCE_ROOT "/tools/sqlgen/sqlgen_test.txt");
	char dir[] = "/tmp/sqlgen.XXXXXX";
	int wrong = 0, cases = 0;

	assert_non_null(mkdtemp(dir));
	for (size_t at = sv_find(text, SV("\n=== "), 0); at != SIZE_MAX;) {
		size_t next = sv_find(text, SV("\n=== "), at + 1);
		wrong += one_case(kit, dir, sv_slice(text, at + 5, (next == SIZE_MAX ? text.len : next) - at - 5));
		at = next;
		cases++;
	}
	clean(dir);
	rmdir(dir);
	assert_true(cases > 30);
	assert_int_equal(wrong, 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = { cmocka_unit_test_setup_teardown(test_cases, kit_setup, kit_teardown) };

	return cmocka_run_group_tests(tests, NULL, NULL);
}
