/* sqlgen OUT.c OUT.h INPUT.sql ...: typed C functions from a room's SQL; the manual is README.md beside.
 *
 * OUT is called <room>_sql.c. Inputs called <room>_schema*.sql are the room's own migrations in their order, other
 * *_schema*.sql the tables of rooms it refers to, the rest are files of named statements. */
#include "tools/sqlgen/sqlgen_int.h"

#include <stdarg.h>
#include <stdio.h>

#include "base/banned.h"

void problem(struct gen *gen, struct sv file, uint32_t line, const char *format, ...)
{
	char text[1024];
	va_list args;

	va_start(args, format);
	vsnprintf(text, sizeof(text), format, args);
	va_end(args);
	fprintf(stderr, "%.*s:%u: problem: %s\n", SV_FMT(file), line, text);
	gen->problems++;
}

static struct sv base_name(struct sv path)
{
	size_t slash = path.len;

	while (slash && path.ptr[slash - 1] != '/')
		slash--;
	return sv_slice(path, slash, path.len);
}

static bool read_whole(struct gen *gen, const char *path, struct sv *ret)
{
	FILE *file = fopen(path, "rb");

	if (!file) {
		problem(gen, sv_of(path), 1, "this file cannot be read; check its name in meson.build");
		return false;
	}
	char *text = arena_alloc(&gen->arena, SQLGEN_MAX_FILE + 1);
	size_t len = fread(text, 1, SQLGEN_MAX_FILE + 1, file);
	fclose(file);
	if (len > SQLGEN_MAX_FILE) {
		problem(gen, sv_of(path), 1, "this file is larger than %d bytes; split it", SQLGEN_MAX_FILE);
		return false;
	}
	*ret = (struct sv){ text, len };
	return true;
}

static bool write_whole(const char *path, struct sv text)
{
	FILE *file = fopen(path, "wb");

	if (!file)
		return false;
	bool ok = fwrite(text.ptr, 1, text.len, file) == text.len;
	return fclose(file) == 0 && ok;
}

static void read_input(struct gen *gen, const char *path)
{
	struct sv name = base_name(sv_of(path)), text;

	if (!read_whole(gen, path, &text))
		return;
	if (sv_find(name, SV("_schema"), 0) == SIZE_MAX) {
		statements_read(gen, sv_of(path), text);
		return;
	}
	struct sv own = arena_printf(&gen->arena, "%.*s_schema", SV_FMT(gen->room));
	schema_read(gen, sv_of(path), text, sv_has_prefix(name, own));
}

int main(int argc, char **argv)
{
	struct gen gen = { 0 };

	if (argc < 4) {
		fprintf(stderr, "usage: sqlgen ROOM_sql.c ROOM_sql.h INPUT.sql ...\n");
		return 2;
	}
	arena_init(&gen.arena, SQLGEN_MAX_MEMORY);
	gen.room = base_name(sv_of(argv[1]));
	if (!sv_has_suffix(gen.room, SV("_sql.c"))) {
		fprintf(stderr, "sqlgen: the first output is called ROOM_sql.c\n");
		return 2;
	}
	gen.room.len -= strlen("_sql.c");
	if (!gen_open(&gen)) {
		fprintf(stderr, "sqlgen: SQLite does not open a database in memory\n");
		return 2;
	}
	for (int i = 3; i < argc; i++)
		read_input(&gen, argv[i]);
	if (!gen.problems)
		statements_check(&gen);
	bool ok = !gen.problems && write_whole(argv[1], emit_source(&gen)) && write_whole(argv[2], emit_header(&gen));
	gen_close(&gen);
	return ok ? 0 : 1;
}
