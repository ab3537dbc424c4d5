/* The route table: checked and compiled once from the modules' lists into a tree of path segments, then only read.
 *
 * A node has named children ("cases"), at most one parameter child ({number}) and at most one rest child ({path...}); when
 * several fit, the named one wins, then the parameter, then the rest. */
#include "http/http_int.h"

#include <assert.h>

#include "http/server.h"

#include "base/banned.h"

enum { MAX_ROUTES = 2000, MAX_METHODS = 8 };

struct node {
	struct sv name;          /* of a segment, or of the parameter */
	struct node *named;      /* first child with a fixed name */
	struct node *next;       /* sibling */
	struct node *parameter, *rest;
	unsigned routes[MAX_METHODS];
	size_t route_count;
	const char *allow;
};

struct routes {
	const struct route *const *at;
	size_t count;
	struct node root;
};

size_t routes_count(const struct routes *routes)
{
	return routes->count;
}

const struct route *routes_at(const struct routes *routes, size_t index)
{
	assert(index < routes->count);
	return routes->at[index];
}

/* A wrong table is our own fault, told to the developer at start. */
static enum rc wrong(struct ctx *ctx, const struct route *route, const char *what)
{
	return fail(ctx, RC_INVALID, N_("The route {method} {path} {what}."),
		ARGS({ "method", sv_of(route->method) }, { "path", sv_of(route->path) }, { "what", sv_of(what) }));
}

bool route_path_has(const char *path, const char *name)
{
	size_t len = strlen(name);

	for (const char *at = strchr(path, '{'); at; at = strchr(at + 1, '{'))
		if (strncmp(at + 1, name, len) == 0 && (at[1 + len] == '}' || strncmp(at + 1 + len, "...}", 4) == 0))
			return true;
	return false;
}

static bool input_has(const struct input *input, struct sv name)
{
	for (size_t i = 0; i < input->count; i++)
		if (sv_equal_z(name, input->fields[i].name))
			return true;
	return false;
}

static bool is_get(const struct route *route)
{
	return strcmp(route->method, "GET") == 0;
}

static enum rc check_fields(struct ctx *ctx, const struct route *route)
{
	for (size_t i = 0; i < route->input->count; i++) {
		const struct input_field *field = &route->input->fields[i];
		bool is_file = field->kind == INPUT_FILE || field->kind == INPUT_FILES;
		if (is_file && route->body != BODY_UPLOAD)
			return wrong(ctx, route, "takes a file but is not BODY_UPLOAD");
		if (field->kind == INPUT_CHOICE && !field->choices)
			return wrong(ctx, route, "has a choice without choices");
		if (field->min > field->max && field->max != 0)
			return wrong(ctx, route, "has a field whose min is above its max");
		for (size_t other = 0; other < i; other++)
			if (strcmp(field->name, route->input->fields[other].name) == 0)
				return wrong(ctx, route, "has the same field twice");
	}
	return RC_OK;
}

static enum rc check_route(struct ctx *ctx, const struct route *route)
{
	static const char *const methods[] = { "GET", "POST", "PUT", "DELETE", NULL };
	size_t known = 0;

	while (methods[known] && strcmp(methods[known], route->method) != 0)
		known++;
	if (!methods[known])
		return wrong(ctx, route, "has an unknown method");
	if (route->path[0] != '/')
		return wrong(ctx, route, "does not begin with a slash");
	if (route->permission == 0)
		return wrong(ctx, route, "declares no permission: say NEEDS(...)");
	if (!route->input)
		return wrong(ctx, route, "declares no input: say &input_none if it takes nothing");
	if (!route->handler)
		return wrong(ctx, route, "has no handler");
	if (is_get(route) && (route->body != BODY_NONE || route->prepare || route->on_invalid))
		return wrong(ctx, route, "is a GET with a body, slow work or a form to show again");
	if ((route->flags & ROUTE_ALONE) && (!is_get(route) || route->permission != NEEDS(PERMISSION_PUBLIC)))
		return wrong(ctx, route, "answers without the database but is no public GET");
	return check_fields(ctx, route);
}

/* NULL when a parameter is not in the input, or has another name in another route. */
static struct node *child_of(struct ctx *ctx, struct node *node, struct sv segment, const struct route *route)
{
	struct node **place = &node->named;
	bool is_parameter = segment.len > 2 && segment.ptr[0] == '{' && segment.ptr[segment.len - 1] == '}';

	if (is_parameter) {
		bool is_rest = sv_has_suffix(segment, SV("...}"));
		segment = sv_slice(segment, 1, segment.len - (is_rest ? 5 : 2));
		if (!input_has(route->input, segment))
			return NULL;
		place = is_rest ? &node->rest : &node->parameter;
	}
	while (*place && !is_parameter && !sv_equal((*place)->name, segment))
		place = &(*place)->next;
	if (!*place) {
		*place = ARENA_NEW(ctx->arena, struct node);
		(*place)->name = segment;
	}
	return sv_equal((*place)->name, segment) ? *place : NULL;
}

static enum rc add_route(struct ctx *ctx, struct routes *routes, unsigned index)
{
	const struct route *route = routes->at[index];
	struct sv rest = sv_slice(sv_of(route->path), 1, SIZE_MAX);
	struct node *node = &routes->root;

	TRY(check_route(ctx, route));
	while (!sv_is_absent(rest)) {
		node = child_of(ctx, node, sv_cut(&rest, '/'), route);
		if (!node)
			return wrong(ctx, route, "names a part of its path that is not in its input, or that another route names otherwise");
	}
	for (size_t i = 0; i < node->route_count; i++)
		if (strcmp(routes->at[node->routes[i]]->method, route->method) == 0)
			return wrong(ctx, route, "is declared twice");
	assert(node->route_count < MAX_METHODS);
	node->routes[node->route_count++] = index;
	node->allow = arena_printf(ctx->arena, "%s%s%s%s", node->allow ? node->allow : "", node->allow ? ", " : "",
		route->method, is_get(route) ? ", HEAD" : "").ptr;
	return RC_OK;
}

enum rc routes_new(struct ctx *ctx, const struct module *const *modules, size_t count, struct routes **ret)
{
	struct routes *routes = ARENA_NEW(ctx->arena, struct routes);
	const struct route **list = ARENA_ARRAY(ctx->arena, const struct route *, MAX_ROUTES);

	routes->at = list;
	for (size_t m = 0; m < count; m++)
		for (size_t i = 0; i < modules[m]->route_count; i++) {
			assert(routes->count < MAX_ROUTES);
			list[routes->count++] = &modules[m]->routes[i];
		}
	for (unsigned i = 0; i < routes->count; i++)
		TRY(add_route(ctx, routes, i));
	*ret = routes;
	return RC_OK;
}

enum rc routes_check(struct ctx *ctx, const struct module *const *modules, size_t count)
{
	struct routes *routes;

	return routes_new(ctx, modules, count, &routes);
}

static const struct node *named_child(const struct node *node, struct sv segment)
{
	const struct node *child = node->named;

	while (child && !sv_equal(child->name, segment))
		child = child->next;
	return child;
}

static void keep(struct route_match *match, struct sv name, struct sv value)
{
	match->names[match->count] = name;
	match->values[match->count++] = value;
}

/* The node for the rest of a path, trying the children in their order; NULL when none fits. The depth is that of the
 * table, the segments are at most HTTP_MAX_SEGMENTS. */
static const struct node *find_node(const struct node *node, struct sv rest, struct route_match *match)
{
	if (sv_is_absent(rest))
		return node->route_count ? node : NULL;
	struct sv whole = rest, segment = sv_cut(&rest, '/');
	const struct node *child = named_child(node, segment), *found = NULL;

	if (child)
		found = find_node(child, rest, match);
	if (!found && node->parameter && segment.len && match->count < HTTP_MAX_SEGMENTS) {
		size_t count = match->count;
		keep(match, node->parameter->name, segment);
		found = find_node(node->parameter, rest, match);
		if (!found)
			match->count = count;
	}
	if (!found && node->rest && whole.len && match->count < HTTP_MAX_SEGMENTS) {
		keep(match, node->rest->name, whole);
		found = node->rest;
	}
	return found;
}

void routes_match(const struct routes *routes, struct sv method, struct sv path, struct route_match *ret)
{
	*ret = (struct route_match){ 0 };
	if (path.len == 0 || path.ptr[0] != '/')
		return;
	const struct node *node = find_node(&routes->root, sv_slice(path, 1, SIZE_MAX), ret);

	if (!node)
		return;
	ret->allow = node->allow;
	if (sv_equal(method, SV("HEAD")))
		method = SV("GET");
	for (size_t i = 0; i < node->route_count; i++)
		if (sv_equal_z(method, routes->at[node->routes[i]]->method)) {
			ret->index = node->routes[i];
			ret->route = routes->at[ret->index];
		}
}
