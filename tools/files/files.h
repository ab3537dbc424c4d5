/* Files of a source tree, for the tools that read all of it. */
#ifndef TOOLS_FILES_H
#define TOOLS_FILES_H

#include "base/arena.h"
#include "base/vec.h"

struct paths {
	VEC(struct sv);
};

/* Every file below root/folder that `keep` accepts by name, as paths from root, sorted; without names that begin with a
 * dot. Folders are appended to *folders unless that is NULL. false when a folder cannot be read. */
bool files_below(struct arena *arena, const char *root, struct sv folder, bool (*keep)(struct sv name), struct paths *paths,
	struct paths *folders);
/* The whole file at root/path (root NULL: at path), at most 16 MiB; false when it cannot be read. */
bool files_read(struct arena *arena, const char *root, struct sv path, struct sv *ret_text);
/* Writes the whole file; false when that fails. */
bool files_write(const char *path, struct sv text);

#endif
