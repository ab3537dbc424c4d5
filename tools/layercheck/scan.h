/* Reading the #include lines of C texts and the room_deps of meson.build. Private to layercheck. */
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

/* The #include "..." lines of a C text. */
struct mentions scan_includes(struct arena *arena, struct sv text);
/* The entries of room_deps = ['...', ...]; *ret_found tells whether there is such a list. */
struct mentions scan_room_deps(struct arena *arena, struct sv text, bool *ret_found);

#endif
