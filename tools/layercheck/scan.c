/* Reading a source tree; see scan.h. */
#include "tools/layercheck/scan.h"

#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>

#include "base/banned.h"

enum { MAX_FILE_BYTES = 16 << 20 };

static int by_text(const void *a, const void *b)
{
	return sv_compare(*(const struct sv *)a, *(const struct sv *)b);
}

static bool is_source(struct sv name)
{
	return sv_has_suffix(name, SV(".c")) || sv_has_suffix(name, SV(".h")) || sv_equal(name, SV("meson.build"));
}

static bool walk(struct arena *arena, const char *root, struct sv folder, struct paths *paths)
{
	DIR *dir = opendir(arena_printf(arena, "%s/%.*s", root, SV_FMT(folder)).ptr);
	bool good = dir != NULL;

	for (struct dirent *entry; good && (entry = readdir(dir));) {
		struct stat st;
		if (entry->d_name[0] == '.')
			continue;
		struct sv path = arena_printf(arena, "%.*s/%s", SV_FMT(folder), entry->d_name);
		if (stat(arena_printf(arena, "%s/%.*s", root, SV_FMT(path)).ptr, &st) != 0)
			continue; /* removed meanwhile */
		if (S_ISDIR(st.st_mode))
			good = walk(arena, root, path, paths);
		else if (is_source(sv_of(entry->d_name)))
			*VEC_PUSH(arena, paths) = path;
	}
	if (dir)
		closedir(dir);
	return good;
}

bool scan_files(struct arena *arena, const char *root, struct sv folder, struct paths *paths)
{
	bool good = walk(arena, root, folder, paths);

	if (paths->len)
		qsort(paths->at, paths->len, sizeof(*paths->at), by_text);
	return good;
}

bool scan_text(struct arena *arena, const char *root, struct sv path, struct sv *ret_text)
{
	FILE *file = fopen(arena_printf(arena, "%s/%.*s", root, SV_FMT(path)).ptr, "rb");
	struct stat st;

	if (!file)
		return false;
	bool good = fstat(fileno(file), &st) == 0 && st.st_size <= MAX_FILE_BYTES;
	if (good) {
		char *text = arena_alloc(arena, (size_t)st.st_size + 1);
		*ret_text = (struct sv){ text, fread(text, 1, (size_t)st.st_size, file) };
	}
	fclose(file);
	return good;
}

struct mentions scan_includes(struct arena *arena, struct sv text)
{
	struct mentions found = { 0 };

	for (unsigned line = 1; !sv_is_absent(text); line++) {
		struct sv rest = sv_trim(sv_cut(&text, '\n'));
		if (!sv_has_prefix(rest, SV("#")))
			continue;
		rest = sv_trim(sv_slice(rest, 1, rest.len));
		if (!sv_has_prefix(rest, SV("include")))
			continue;
		rest = sv_trim(sv_slice(rest, 7, rest.len));
		size_t close = sv_find_byte(rest, '"', 1);
		if (sv_has_prefix(rest, SV("\"")) && close != SIZE_MAX)
			*VEC_PUSH(arena, &found) = (struct mention){ sv_slice(rest, 1, close - 1), line };
	}
	return found;
}

/* Quoted names of one line of the list; true at its closing bracket. */
static bool scan_list_line(struct arena *arena, struct sv line, unsigned number, struct mentions *found)
{
	size_t comment = sv_find_byte(line, '#', 0);

	line = sv_slice(line, 0, comment);
	for (size_t at = 0;;) {
		size_t open = sv_find_byte(line, '\'', at), end = sv_find_byte(line, ']', at);
		if (end < open)
			return true;
		size_t close = open == SIZE_MAX ? SIZE_MAX : sv_find_byte(line, '\'', open + 1);
		if (close == SIZE_MAX)
			return false;
		*VEC_PUSH(arena, found) = (struct mention){ sv_slice(line, open + 1, close - open - 1), number };
		at = close + 1;
	}
}

struct mentions scan_room_deps(struct arena *arena, struct sv text, bool *ret_found)
{
	struct mentions found = { 0 };
	bool inside = false;

	*ret_found = false;
	for (unsigned number = 1; !sv_is_absent(text); number++) {
		struct sv line = sv_cut(&text, '\n');
		if (!*ret_found && sv_has_prefix(line, SV("room_deps"))) {
			size_t open = sv_find_byte(line, '[', 0);
			*ret_found = inside = open != SIZE_MAX;
			line = sv_slice(line, open, line.len);
		}
		if (inside)
			inside = !scan_list_line(arena, line, number, &found);
	}
	return found;
}
