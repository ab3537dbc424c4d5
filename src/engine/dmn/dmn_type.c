/* Item definitions as FEEL types (DMN 1.5 section 7.3). Definitions may name one another in any order, also across imports;
 * a definition that is made of itself without a collection between is Any. */
#include "engine/dmn/dmn_int.h"

#include "base/banned.h"

enum { TYPE_DEPTH = 32 };

struct type_reader {
	struct ctx *ctx;
	struct dmn_model *model;
	unsigned depth;
};

static const struct feel_type *read_item(struct type_reader *r, const struct xml *item);

static const struct xml *find_item(const struct dmn_model *model, struct sv name)
{
	for (const struct xml *item = xml_child(model->root, NULL, "itemDefinition"); item; item = xml_next(item, NULL, "itemDefinition")) {
		if (sv_equal(xml_attr(item, "name"), name))
			return item;
	}
	return NULL;
}

/* The types are kept by name, so that each definition is one type. */
static struct feel_member *known_type(struct dmn_model *model, struct sv name)
{
	for (size_t i = 0; i < model->types.len; i++) {
		if (sv_equal(model->types.at[i].name, name))
			return &model->types.at[i];
	}
	return NULL;
}

static struct sv without_prefix(struct sv name)
{
	size_t colon = sv_find_byte(name, ':', 0);

	return colon == SIZE_MAX ? name : sv_slice(name, colon + 1, SIZE_MAX);
}

/* A name of the model, of an import ("prefix.name"), or of FEEL; NULL when there is none. */
static const struct feel_type *find_type(struct type_reader *r, struct sv name)
{
	struct dmn_model *model = r->model;
	struct feel_member *known = known_type(model, name);

	if (known)
		return known->type;
	const struct xml *item = find_item(model, name);
	if (item)
		return read_item(r, item);
	for (size_t i = 0; i < model->imports.len; i++) {
		struct import *import = &model->imports.at[i];
		if (name.len > import->prefix.len + 1 && sv_has_prefix(name, import->prefix) && name.ptr[import->prefix.len] == '.') {
			known = known_type(import->model, sv_slice(name, import->prefix.len + 1, SIZE_MAX));
			return known ? known->type : NULL;
		}
	}
	const struct feel_type *type = feel_type_builtin(name);
	if (!type && sv_find_byte(name, ':', 0) != SIZE_MAX)
		return find_type(r, without_prefix(name));
	return type;
}

static struct sv type_ref(const struct xml *item)
{
	const struct xml *child = xml_child(item, NULL, "typeRef");

	return sv_trim(child ? child->text : xml_attr(item, "typeRef"));
}

static void read_members(struct type_reader *r, const struct xml *item, const char *element, struct feel_type *type)
{
	struct { VEC(struct feel_member); } members = { 0 };

	for (const struct xml *c = xml_child(item, NULL, element); c; c = xml_next(c, NULL, element))
		*VEC_PUSH(r->ctx->arena, &members) = (struct feel_member){ xml_attr(c, "name"), read_item(r, c) };
	type->members = members.at;
	type->count = members.len;
}

static const struct feel_expr *read_allowed(struct type_reader *r, const struct xml *constraint)
{
	struct logic logic = { .ctx = r->ctx, .model = r->model };
	const struct feel_expr *tests;
	struct sv text = dmn_text(constraint);

	if (text.len == 0)
		return NULL;
	logic.quiet = *r->ctx;
	logic.quiet.err = &logic.error;
	struct feel_scope scope = dmn_scope(r->model, constraint);
	scope.closed = true;
	if (feel_compile_tests(&logic.quiet, &scope, text, &tests) == RC_OK)
		return tests;
	dmn_problem_from(&logic, constraint);
	return NULL;
}

static void fill_function(struct type_reader *r, const struct xml *item, const struct xml *function, struct feel_type *type)
{
	struct sv result = xml_attr(function, "outputTypeRef");

	type->kind = FEEL_TYPE_FUNCTION;
	for (const struct xml *p = xml_child(function, NULL, "parameters"); p; p = xml_next(p, NULL, "parameters"))
		type->count++;
	struct feel_member *params = ARENA_ARRAY(r->ctx->arena, struct feel_member, type->count);
	size_t n = 0;
	for (const struct xml *p = xml_child(function, NULL, "parameters"); p; p = xml_next(p, NULL, "parameters"))
		params[n++] = (struct feel_member){ xml_attr(p, "name"), dmn_type(r->ctx, r->model, xml_attr(p, "typeRef"), item) };
	type->members = params;
	type->element = result.len ? dmn_type(r->ctx, r->model, result, item) : NULL;
}

/* What the definition is apart from being a collection. */
static void fill_shape(struct type_reader *r, const struct xml *item, struct feel_type *type)
{
	const struct xml *function = xml_child(item, NULL, "functionItem");
	struct sv ref = type_ref(item);

	if (function) {
		fill_function(r, item, function, type);
	} else if (xml_child(item, NULL, "itemComponent")) {
		type->kind = FEEL_TYPE_CONTEXT;
		read_members(r, item, "itemComponent", type);
	} else if (ref.len) {
		const struct feel_type *base = find_type(r, ref);
		if (!base)
			dmn_problem_add(r->ctx, r->model, DMN_ERROR, "type", item,
				N_("There is no type \"{name}\". Define it or correct the name."), ARGS({ "name", ref }));
		else
			*type = *base;
	}
}

/* A top definition or a component. The type is registered before it is filled, for definitions that contain themselves. */
static const struct feel_type *read_item(struct type_reader *r, const struct xml *item)
{
	struct feel_type *type = ARENA_NEW(r->ctx->arena, struct feel_type), *outer = type;
	bool top = item->parent == r->model->root, collection = sv_equal(xml_attr(item, "isCollection"), SV("true"));
	const struct xml *allowed = xml_child(item, NULL, "allowedValues"), *constraint = xml_child(item, NULL, "typeConstraint");

	if (++r->depth > TYPE_DEPTH)
		return &feel_type_any;
	if (collection) {
		outer = ARENA_NEW(r->ctx->arena, struct feel_type);
		*outer = (struct feel_type){ .kind = FEEL_TYPE_LIST, .element = type };
	}
	size_t at = r->model->types.len;
	if (top)
		*VEC_PUSH(r->ctx->arena, &r->model->types) = (struct feel_member){ xml_attr(item, "name"), outer };
	fill_shape(r, item, type);
	if (allowed && (type->allowed = read_allowed(r, allowed)))
		type->allowed_text = dmn_text(allowed);
	if (constraint && (outer->allowed = read_allowed(r, constraint)))
		outer->allowed_text = dmn_text(constraint);
	if (top)
		outer->name = r->model->types.at[at].name;
	r->depth--;
	return outer;
}

enum rc dmn_read_types(struct ctx *ctx, struct dmn_model *model)
{
	struct type_reader r = { ctx, model, 0 };

	for (const struct xml *item = xml_child(model->root, NULL, "itemDefinition"); item; item = xml_next(item, NULL, "itemDefinition")) {
		if (!known_type(model, xml_attr(item, "name")))
			read_item(&r, item);
	}
	/* Types of imports are known here by their prefixed names. */
	for (size_t i = 0; i < model->imports.len; i++) {
		struct import *import = &model->imports.at[i];
		for (size_t j = 0; j < import->model->types.len; j++) {
			struct feel_member *type = &import->model->types.at[j];
			struct sv name = arena_printf(ctx->arena, "%.*s.%.*s", SV_FMT(import->prefix), SV_FMT(type->name));
			*VEC_PUSH(ctx->arena, &model->types) = (struct feel_member){ name, type->type };
		}
	}
	return RC_OK;
}

const struct feel_type *dmn_type(struct ctx *ctx, struct dmn_model *model, struct sv name, const struct xml *at)
{
	struct type_reader r = { ctx, model, 0 };

	name = sv_trim(name);
	if (name.len == 0)
		return NULL;
	const struct feel_type *type = find_type(&r, name);
	if (!type)
		dmn_problem_add(ctx, model, DMN_ERROR, "type", at, N_("There is no type \"{name}\". Define it or correct the name."),
			ARGS({ "name", name }));
	return type && type->kind == FEEL_TYPE_ANY && !type->allowed ? NULL : type;
}
