/* Reading C texts and meson.build; see scan.h. */
#include "tools/layercheck/scan.h"

#include "base/banned.h"

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
