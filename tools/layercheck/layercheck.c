/* The rules of the house; see layercheck.h. Faults are written where they are found, in the order of the files. */
#include "tools/layercheck/layercheck.h"

#include "base/map.h"
#include "base/vec.h"
#include "tools/files/files.h"
#include "tools/layercheck/scan.h"

#include "base/banned.h"

const char *const layercheck_order[] = {
	"identity", "ledger", "catalogue", "registry", "exchange",
	"casefile", "designer", "licence", "notice", "visit", "opendata", "consult", "rating", "hotline", "procurement",
	"supervision", "insight", "assistant", "academy", NULL,
};

enum layer { BASE, STORE, HTTP, ENGINE, DOMAIN, APP, NO_LAYER };

struct room {
	struct sv path; /* "engine/feel" */
	enum layer layer;
	int place; /* of a domain room in the order; -1 when it is not there */
	struct sv build_file;
	bool declared; /* its meson.build has room_deps */
	struct mentions deps;
	bool on_path, done; /* search for cycles */
};

struct checker {
	struct arena *arena;
	const char *root;
	struct buf *report;
	unsigned faults;
	struct map rooms; /* path -> struct room */
};

static void fault(struct checker *c, struct sv file, unsigned line, struct sv what)
{
	buf_printf(c->report, "%.*s:%u: %.*s\n", SV_FMT(file), line, SV_FMT(what));
	c->faults++;
}

#define FAULT(c, file, line, ...) fault((c), (file), (line), arena_printf((c)->arena, __VA_ARGS__))

static enum layer layer_of(struct sv first)
{
	static const struct {
		struct sv name;
		enum layer layer;
	} layers[] = {
		{ SV_INIT("base"), BASE }, { SV_INIT("store"), STORE }, { SV_INIT("http"), HTTP },
		{ SV_INIT("engine"), ENGINE }, { SV_INIT("domain"), DOMAIN }, { SV_INIT("app"), APP },
	};

	for (size_t i = 0; i < sizeof(layers) / sizeof(*layers); i++)
		if (sv_equal(layers[i].name, first))
			return layers[i].layer;
	return NO_LAYER;
}

static int place_of(struct sv name)
{
	for (int i = 0; layercheck_order[i]; i++)
		if (sv_equal_z(name, layercheck_order[i]))
			return i;
	return -1;
}

/* The room that a path from src/ lies in: one folder, or two below engine and domain. Absent when there is none. */
static struct sv room_path(struct sv path)
{
	size_t end = sv_find_byte(path, '/', 0);

	if (end == SIZE_MAX)
		return (struct sv){ NULL, 0 };
	enum layer layer = layer_of(sv_slice(path, 0, end));
	if (layer == ENGINE || layer == DOMAIN)
		end = sv_find_byte(path, '/', end + 1);
	return layer == NO_LAYER || end == SIZE_MAX ? (struct sv){ NULL, 0 } : sv_slice(path, 0, end);
}

static struct room *room_of(struct checker *c, struct sv path)
{
	struct room *room = map_get(&c->rooms, path);

	if (room)
		return room;
	struct sv rest = path, first = sv_cut(&rest, '/');
	room = ARENA_NEW(c->arena, struct room);
	*room = (struct room){ .path = path, .layer = layer_of(first), .place = place_of(rest) };
	room->build_file = arena_printf(c->arena, "src/%.*s/meson.build", SV_FMT(path));
	map_put(c->arena, &c->rooms, path, room);
	return room;
}

static bool is_test(struct sv file)
{
	static const char *const ends[] = { "_test.c", "_prop.c", "_fuzz.c", "_kit.c", "_kit.h" };

	for (size_t i = 0; i < sizeof(ends) / sizeof(*ends); i++)
		if (sv_has_suffix(file, sv_of(ends[i])))
			return true;
	return false;
}

static bool is_edge(struct sv file)
{
	size_t slash = 0;
	for (size_t at = 0; (at = sv_find_byte(file, '/', at)) != SIZE_MAX; at++)
		slash = at;
	struct sv name = sv_slice(file, slash, file.len);
	return sv_find(name, SV("_pages"), 0) != SIZE_MAX || sv_find(name, SV("_cmd"), 0) != SIZE_MAX;
}

/* A test may look at the tables of another room, whose statements are otherwise its own. */
static bool is_private(struct sv header, struct sv file)
{
	return sv_has_suffix(header, SV("_int.h")) || sv_has_suffix(header, SV("_html.h"))
		|| (sv_has_suffix(header, SV("_sql.h")) && !is_test(file));
}

/* Why rooms of the one layer may not see the other at all, and what to do; NULL when they may. */
static const char *forbidden(const struct room *from, const struct room *to)
{
	if (from->layer == APP || from == to || to->layer == BASE)
		return NULL;
	if (to->layer == APP)
		return "nothing may see app; pass what is needed in the ctx, or list it in app/modules.c";
	if (from->layer == BASE)
		return "base stands on nothing; move the code to the room that needs both";
	if (from->layer == DOMAIN) {
		if (to->layer != DOMAIN || to->place < 0 || from->place < 0 || to->place < from->place)
			return NULL;
		return "it lies to the right; append an event to the outbox and subscribe there, or move what both need to the left";
	}
	if (to->layer == DOMAIN)
		return "domain lies above; pass what is needed as an argument";
	if (from->layer == ENGINE && to->layer == ENGINE)
		return NULL;
	return "engine, store and http do not see each other; do it in the domain room that uses both";
}

static bool declares(const struct room *room, struct sv dep)
{
	for (size_t i = 0; i < room->deps.len; i++)
		if (sv_equal(room->deps.at[i].text, dep))
			return true;
	return false;
}

static void check_include(struct checker *c, struct sv file, const struct room *from, const struct mention *include)
{
	struct sv header = include->text, path = room_path(header);

	if (sv_has_prefix(header, SV("test/"))) {
		if (!is_test(file))
			FAULT(c, file, include->line, "test/ is for tests; only *_test, *_prop, *_fuzz and *_kit files may include it");
		return;
	}
	if (sv_is_absent(path) || sv_find(header, SV(".."), 0) != SIZE_MAX) {
		FAULT(c, file, include->line, "\"%.*s\" is no path from src/; write it as \"room/header.h\"", SV_FMT(header));
		return;
	}
	const struct room *to = room_of(c, path);
	if (to == from)
		return;
	const char *why = forbidden(from, to);
	if (why)
		FAULT(c, file, include->line, "%.*s may not include %.*s: %s", SV_FMT(from->path), SV_FMT(header), why);
	else if (is_private(header, file))
		FAULT(c, file, include->line, "%.*s is private to %.*s; use its public header", SV_FMT(header), SV_FMT(path));
	else if (from->layer == DOMAIN && to->layer == HTTP && !is_edge(file) && !is_test(file))
		FAULT(c, file, include->line,
			"only *_pages and *_cmd files of a domain room see http; move this there (a header can say `struct module;`)");
	else if (from->declared && !declares(from, path) && !is_test(file))
		FAULT(c, file, include->line, "%.*s is not in room_deps; add it in %.*s, or do without", SV_FMT(path),
			SV_FMT(from->build_file));
}

static void check_dependency(struct checker *c, const struct room *room, const struct mention *dep)
{
	struct sv path = room_path(arena_printf(c->arena, "%.*s/", SV_FMT(dep->text)));

	if (!sv_equal(path, dep->text)) {
		FAULT(c, room->build_file, dep->line, "'%.*s' names no room; write base, store, http, engine/<name> or domain/<name>",
			SV_FMT(dep->text));
		return;
	}
	const char *why = forbidden(room, room_of(c, path));
	if (why)
		FAULT(c, room->build_file, dep->line, "%.*s may not depend on %.*s: %s", SV_FMT(room->path), SV_FMT(path), why);
}

/* Depth first; a room met again while its own dependencies are being followed closes a cycle. */
static void find_cycles(struct checker *c, struct room *room)
{
	if (room->done)
		return;
	room->on_path = true;
	for (size_t i = 0; i < room->deps.len; i++) {
		struct room *next = map_get(&c->rooms, room->deps.at[i].text);
		if (next && next->on_path)
			FAULT(c, room->build_file, room->deps.at[i].line,
				"%.*s depends on %.*s, which depends on it in turn; move what both need into a third room",
				SV_FMT(room->path), SV_FMT(next->path));
		else if (next)
			find_cycles(c, next);
	}
	room->on_path = false;
	room->done = true;
}

/* Each file's room, from its path with src/ in front; absent for files that lie in no room. */
static struct sv room_of_file(struct sv file)
{
	return room_path(sv_slice(file, 4, file.len));
}

static void read_room(struct checker *c, struct sv build_file, struct sv text)
{
	struct sv path = room_of_file(build_file);

	if (sv_is_absent(path))
		return;
	struct room *room = room_of(c, path);
	if (!sv_equal(build_file, room->build_file))
		return; /* of a folder inside a room */
	room->deps = scan_room_deps(c->arena, text, &room->declared);
}

static void check_source(struct checker *c, struct sv file, struct sv text)
{
	struct sv path = room_of_file(file);

	if (sv_is_absent(path)) {
		FAULT(c, file, 1, "this file lies in no room; move it to base, store, http, app, engine/<name> or domain/<name>");
		return;
	}
	const struct room *from = room_of(c, path);
	struct mentions includes = scan_includes(c->arena, text);
	for (size_t i = 0; i < includes.len; i++)
		check_include(c, file, from, &includes.at[i]);
}

static void check_room(struct checker *c, struct room *room)
{
	if (!room->declared)
		FAULT(c, room->build_file, 1, "%.*s declares no room_deps; add room_deps = ['base', ...] in its meson.build",
			SV_FMT(room->path));
	if (room->layer == DOMAIN && room->place < 0)
		FAULT(c, room->build_file, 1, "%.*s has no place in the order of domain rooms; add it in tools/layercheck/layercheck.c",
			SV_FMT(room->path));
	for (size_t i = 0; i < room->deps.len; i++)
		check_dependency(c, room, &room->deps.at[i]);
}

static bool is_source(struct sv name)
{
	return sv_has_suffix(name, SV(".c")) || sv_has_suffix(name, SV(".h")) || sv_equal(name, SV("meson.build"));
}

unsigned layercheck_tree(struct arena *arena, const char *root, struct buf *report)
{
	struct checker c = { .arena = arena, .root = root, .report = report };
	struct paths files = { 0 };

	if (!files_below(arena, root, SV("src"), is_source, &files, NULL))
		FAULT(&c, SV("src"), 0, "a folder cannot be read; check the path and its permissions");
	struct sv *texts = ARENA_ARRAY(arena, struct sv, files.len);
	for (size_t i = 0; i < files.len; i++)
		if (!files_read(arena, root, files.at[i], &texts[i]))
			FAULT(&c, files.at[i], 0, "the file cannot be read; check its permissions");
	for (size_t i = 0; i < files.len; i++)
		if (sv_has_suffix(files.at[i], SV("/meson.build")))
			read_room(&c, files.at[i], texts[i]);
	for (size_t i = 0; i < files.len; i++)
		if (!sv_has_suffix(files.at[i], SV("/meson.build")))
			check_source(&c, files.at[i], texts[i]);
	for (size_t i = 0; i < c.rooms.len; i++) /* grows while dependencies name further rooms */
		check_room(&c, c.rooms.at[i].value);
	for (size_t i = 0; i < c.rooms.len; i++)
		find_cycles(&c, c.rooms.at[i].value);
	return c.faults;
}
