/* Types: names, membership and the implicit conversions; see type.h. */
#include "engine/feel/feel_int.h"

#include "base/banned.h"

enum { TYPE_MAX_DEPTH = 16 };

const struct feel_type feel_type_any = { .kind = FEEL_TYPE_ANY };

#define SIMPLE(name, k) { name, { .kind = FEEL_TYPE_SIMPLE, .simple = k } }

static const struct {
	const char *name;
	struct feel_type type;
} builtin_types[] = {
	{ "Any", { .kind = FEEL_TYPE_ANY } },
	SIMPLE("Null", FEEL_NULL),
	SIMPLE("number", FEEL_NUMBER),
	SIMPLE("string", FEEL_STRING),
	SIMPLE("boolean", FEEL_BOOLEAN),
	SIMPLE("date", FEEL_DATE),
	SIMPLE("time", FEEL_TIME),
	SIMPLE("date and time", FEEL_DATE_TIME),
	SIMPLE("dateTime", FEEL_DATE_TIME),
	SIMPLE("days and time duration", FEEL_DAYS),
	SIMPLE("dayTimeDuration", FEEL_DAYS),
	SIMPLE("day time duration", FEEL_DAYS),
	SIMPLE("years and months duration", FEEL_MONTHS),
	SIMPLE("yearMonthDuration", FEEL_MONTHS),
	SIMPLE("year month duration", FEEL_MONTHS),
	{ "list", { .kind = FEEL_TYPE_LIST, .any_members = true } },
	{ "range", { .kind = FEEL_TYPE_RANGE, .any_members = true } },
	{ "context", { .kind = FEEL_TYPE_CONTEXT, .any_members = true } },
	{ "function", { .kind = FEEL_TYPE_FUNCTION, .any_members = true } },
};

const struct feel_type *feel_type_builtin(struct sv name)
{
	for (size_t i = 0; i < sizeof(builtin_types) / sizeof(builtin_types[0]); i++) {
		if (sv_equal_z(name, builtin_types[i].name))
			return &builtin_types[i].type;
	}
	return NULL;
}

/* ---- membership ---- */

/* Whether constraints count: they do where a value is bound, not for `instance of`. */
enum strictness { SHAPE_ONLY, WITH_CONSTRAINTS };

struct check {
	struct feel_run *run;
	enum strictness strictness;
};

static bool conforms(struct check *c, struct feel_value v, const struct feel_type *type, unsigned depth);

static bool type_within(const struct feel_type *a, const struct feel_type *b, unsigned depth);

/* Every entry of b is one of a, as narrow or narrower. */
static bool contexts_within(const struct feel_type *a, const struct feel_type *b, unsigned depth)
{
	for (size_t i = 0; i < b->count; i++) {
		size_t j = 0;
		while (j < a->count && !sv_equal(a->members[j].name, b->members[i].name))
			j++;
		if (j == a->count || !type_within(a->members[j].type, b->members[i].type, depth + 1))
			return false;
	}
	return true;
}

/* Parameters the other way round; an undeclared result may be anything. */
static bool functions_within(const struct feel_type *a, const struct feel_type *b, unsigned depth)
{
	if (b->any_members)
		return true;
	if (a->any_members || a->count != b->count)
		return false;
	for (size_t i = 0; i < a->count; i++) {
		if (!type_within(b->members[i].type, a->members[i].type, depth + 1))
			return false;
	}
	return !a->element || type_within(a->element, b->element, depth + 1);
}

/* a is at least as narrow as b, for the signatures of functions. */
static bool type_within(const struct feel_type *a, const struct feel_type *b, unsigned depth)
{
	if (!b || b->kind == FEEL_TYPE_ANY || a == b)
		return true;
	if (!a || a->kind != b->kind || depth > TYPE_MAX_DEPTH)
		return a && a->kind == FEEL_TYPE_SIMPLE && a->simple == FEEL_NULL;
	switch (a->kind) {
	case FEEL_TYPE_ANY:
		return true;
	case FEEL_TYPE_SIMPLE:
		return a->simple == b->simple;
	case FEEL_TYPE_LIST:
	case FEEL_TYPE_RANGE:
		return b->any_members || type_within(a->element, b->element, depth + 1);
	case FEEL_TYPE_CONTEXT:
		return contexts_within(a, b, depth);
	case FEEL_TYPE_FUNCTION:
		return functions_within(a, b, depth);
	}
	return false;
}

static bool function_conforms(const struct feel_function *fn, const struct feel_type *type)
{
	if (fn->kind == FN_BUILTIN) /* several signatures, some for any number of arguments */
		return type->any_members || builtin_for_count(fn->builtin, type->count) != NULL;
	struct feel_type own = { .kind = FEEL_TYPE_FUNCTION, .element = fn->result, .members = fn->params, .count = fn->count };

	return type_within(&own, type, 0);
}

/* Inside lists and contexts null belongs to every type. */
static bool inner_conforms(struct check *c, struct feel_value v, const struct feel_type *type, unsigned depth)
{
	return v.kind == FEEL_NULL || !type || conforms(c, v, type, depth + 1);
}

static bool list_conforms(struct check *c, struct feel_value v, const struct feel_type *type, unsigned depth)
{
	if (type->any_members)
		return true;
	feel_charge(c->run, v.list.count / 8 + 1);
	for (size_t i = 0; i < v.list.count; i++) {
		if (!inner_conforms(c, v.list.at[i], type->element, depth))
			return false;
	}
	return true;
}

static bool context_conforms(struct check *c, struct feel_value v, const struct feel_type *type, unsigned depth)
{
	feel_charge(c->run, type->count / 8 + 1);
	for (size_t i = 0; !type->any_members && i < type->count; i++) {
		const struct feel_value *member = feel_get(v, type->members[i].name);
		if (!member || !inner_conforms(c, *member, type->members[i].type, depth))
			return false;
	}
	return true;
}

static bool shape_conforms(struct check *c, struct feel_value v, const struct feel_type *type, unsigned depth)
{
	switch (type->kind) {
	case FEEL_TYPE_ANY:
		return true;
	case FEEL_TYPE_SIMPLE:
		return v.kind == type->simple;
	case FEEL_TYPE_LIST:
		return v.kind == FEEL_LIST && list_conforms(c, v, type, depth);
	case FEEL_TYPE_CONTEXT:
		return v.kind == FEEL_CONTEXT && context_conforms(c, v, type, depth);
	case FEEL_TYPE_RANGE:
		return v.kind == FEEL_RANGE && (type->any_members || (inner_conforms(c, v.range->low, type->element, depth)
							  && inner_conforms(c, v.range->high, type->element, depth)));
	case FEEL_TYPE_FUNCTION:
		return v.kind == FEEL_FUNCTION && function_conforms(v.function, type);
	}
	return false;
}

static bool conforms(struct check *c, struct feel_value v, const struct feel_type *type, unsigned depth)
{
	struct feel_value passed;

	if (depth > FEEL_MAX_DATA_DEPTH || !shape_conforms(c, v, type, depth))
		return false;
	if (!type->allowed || c->strictness == SHAPE_ONLY)
		return true;
	return feel_run_expr(c->run, type->allowed, NULL, &v, &passed) == RC_OK && feel_is_true(passed);
}

bool feel_is_instance(struct feel_run *run, struct feel_value v, const struct feel_type *type)
{
	struct check c = { run, SHAPE_ONLY };

	if (v.kind == FEEL_NULL)
		return type && type->kind == FEEL_TYPE_SIMPLE && type->simple == FEEL_NULL;
	return !type || conforms(&c, v, type, 0);
}

/* ---- conversion ---- */

static struct feel_value not_of_type(struct feel_run *run, const struct feel_type *type)
{
	if (type->name.len)
		return feel_null_because(N_("The value is not of the type {what}."), arena_z(run->ctx->arena, type->name));
	return feel_null_because(N_("The value is not of the type {what}."),
		type->kind == FEEL_TYPE_SIMPLE ? feel_kind_name(type->simple) : "declared");
}

/* The value converted, or null when no conversion leads to the type. */
static struct feel_value convert(struct check *c, struct feel_value v, const struct feel_type *type)
{
	if (type->kind != FEEL_TYPE_LIST && v.kind == FEEL_LIST && v.list.count == 1 && conforms(c, v.list.at[0], type, 0))
		return v.list.at[0];
	if (type->kind == FEEL_TYPE_LIST && v.kind != FEEL_LIST) {
		struct feel_value *item = feel_alloc(c->run, 1, sizeof(*item));
		*item = v;
		if (conforms(c, feel_list(item, 1), type, 0))
			return feel_list(item, 1);
	}
	if (type->kind == FEEL_TYPE_SIMPLE && type->simple == FEEL_DATE_TIME && v.kind == FEEL_DATE) {
		struct feel_value midnight = { FEEL_DATE_TIME, .at = { v.day * DAY_SECONDS, &feel_utc } };
		if (conforms(c, midnight, type, 0))
			return midnight;
	}
	return not_of_type(c->run, type);
}

struct feel_value feel_coerce(struct feel_run *run, struct feel_value v, const struct feel_type *type)
{
	struct check c = { run, WITH_CONSTRAINTS };

	if (!type || v.kind == FEEL_NULL || (type->kind == FEEL_TYPE_ANY && !type->allowed))
		return v;
	if (type->kind == FEEL_TYPE_SIMPLE && v.kind == type->simple && !type->allowed)
		return v;
	return conforms(&c, v, type, 0) ? v : convert(&c, v, type);
}
