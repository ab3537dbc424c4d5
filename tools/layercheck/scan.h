/* Reading a source tree: files, their #include lines, and the room_deps of meson.build. Private to layercheck. */
#ifndef TOOLS_LAYERCHECK_SCAN_H
#define TOOLS_LAYERCHECK_SCAN_H

#include "base/arena.h"
#include "base/vec.h"

/* A text found on a line of a file: the path of an #include, or the name of a room. */
struct mention {
	struct sv text;
	unsigned line; /* from 1 */
};
struct mentions {
	VEC(struct mention);
};
struct paths {
	VEC(struct sv);
};

/* Every .c, .h and meson.build below root/folder, as paths from root, sorted. false when a folder cannot be read. */
bool scan_files(struct arena *arena, const char *root, struct sv folder, struct paths *paths);
/* false when it cannot be read. */
bool scan_text(struct arena *arena, const char *root, struct sv path, struct sv *ret_text);
/* The #include "..." lines of a C text. */
struct mentions scan_includes(struct arena *arena, struct sv text);
/* The entries of room_deps = ['...', ...]; *ret_found tells whether there is such a list. */
struct mentions scan_room_deps(struct arena *arena, struct sv text, bool *ret_found);

#endif
