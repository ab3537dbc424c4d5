/* Files of a source tree; see files.h. */
#include "tools/files/files.h"

#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>

#include "base/banned.h"

enum { MAX_FILE_BYTES = 16 << 20 };

struct walk {
	struct arena *arena;
	const char *root;
	bool (*keep)(struct sv name);
	struct paths *paths, *folders;
};

static int by_text(const void *a, const void *b)
{
	return sv_compare(*(const struct sv *)a, *(const struct sv *)b);
}

static bool walk(struct walk *w, struct sv folder)
{
	DIR *dir = opendir(arena_printf(w->arena, "%s/%.*s", w->root, SV_FMT(folder)).ptr);
	bool good = dir != NULL;

	if (w->folders)
		*VEC_PUSH(w->arena, w->folders) = folder;
	for (struct dirent *entry; good && (entry = readdir(dir));) {
		struct stat st;
		if (entry->d_name[0] == '.')
			continue;
		struct sv path = arena_printf(w->arena, "%.*s/%s", SV_FMT(folder), entry->d_name);
		if (stat(arena_printf(w->arena, "%s/%.*s", w->root, SV_FMT(path)).ptr, &st) != 0)
			continue; /* removed meanwhile */
		if (S_ISDIR(st.st_mode))
			good = walk(w, path);
		else if (w->keep(sv_of(entry->d_name)))
			*VEC_PUSH(w->arena, w->paths) = path;
	}
	if (dir)
		closedir(dir);
	return good;
}

bool files_below(struct arena *arena, const char *root, struct sv folder, bool (*keep)(struct sv name), struct paths *paths,
	struct paths *folders)
{
	struct walk w = { .arena = arena, .root = root, .keep = keep, .paths = paths, .folders = folders };
	bool good = walk(&w, folder);

	if (paths->len)
		qsort(paths->at, paths->len, sizeof(*paths->at), by_text);
	return good;
}

bool files_read(struct arena *arena, const char *root, struct sv path, struct sv *ret_text)
{
	struct sv full = root ? arena_printf(arena, "%s/%.*s", root, SV_FMT(path)) : arena_copy(arena, path);
	FILE *file = fopen(full.ptr, "rb");
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

bool files_write(const char *path, struct sv text)
{
	FILE *file = fopen(path, "wb");

	if (!file)
		return false;
	bool good = fwrite(text.ptr, 1, text.len, file) == text.len;
	return fclose(file) == 0 && good;
}
