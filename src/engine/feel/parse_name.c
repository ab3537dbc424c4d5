/* Names and types in FEEL text; see parse_int.h. */
#include "engine/feel/parse_int.h"

#include "base/banned.h"

static void try_name(const struct parser *p, struct sv name, size_t *best, struct sv *ret)
{
	size_t len;

	if (name.len > p->scan.text.len || name.len <= 0)
		return;
	len = scan_match_name(&p->scan, p->token.from, name);
	if (len > *best) {
		*best = len;
		*ret = name;
	}
}

static void try_members(const struct parser *p, const struct feel_type *type, size_t *best, struct sv *ret, unsigned depth)
{
	while (type && (type->kind == FEEL_TYPE_LIST || type->kind == FEEL_TYPE_FUNCTION))
		type = type->element;
	if (!type || type->kind != FEEL_TYPE_CONTEXT || depth > 8)
		return;
	for (size_t i = 0; i < type->count; i++) {
		try_name(p, type->members[i].name, best, ret);
		try_members(p, type->members[i].type, best, ret, depth + 1);
	}
}

size_t parse_match_known(const struct parser *p, struct sv *ret_name)
{
	const struct feel_builder *b = p->b;
	size_t best = builtin_match(&p->scan, p->token.from, ret_name);

	for (size_t i = 0; i < b->names.len; i++)
		try_name(p, b->names.at[i].name, &best, ret_name);
	for (size_t i = 0; i < b->scope.count; i++)
		try_name(p, b->scope.names[i].name, &best, ret_name);
	return best;
}

/* Names that are members of something in scope: they can be meant inside filters and behind points. */
static size_t match_member(const struct parser *p, struct sv *ret_name)
{
	static const char *const properties[] = { "time offset", "start included", "end included" };
	const struct feel_builder *b = p->b;
	size_t best = 0;

	for (size_t i = 0; i < sizeof(properties) / sizeof(properties[0]); i++)
		try_name(p, sv_of(properties[i]), &best, ret_name);
	for (size_t i = 0; i < b->keys.len; i++)
		try_name(p, b->keys.at[i], &best, ret_name);
	for (size_t i = 0; i < b->names.len; i++)
		try_members(p, b->names.at[i].type, &best, ret_name, 0);
	for (size_t i = 0; i < b->scope.count; i++)
		try_members(p, b->scope.names[i].type, &best, ret_name, 0);
	return best;
}

/* Words that stand together and are no keywords. */
static struct sv join_words(struct parser *p)
{
	size_t from = p->token.from, to = p->token.to;

	parse_step(p);
	while (p->token.kind == T_NAME && !scan_is_keyword(scan_text(&p->scan, p->token))
		&& !sv_equal_z(scan_text(&p->scan, p->token), "?")) {
		to = p->token.to;
		parse_step(p);
	}
	return scan_clean_name(p->b->arena, sv_slice(p->scan.text, from, to - from));
}

static struct sv take_longest(struct parser *p, size_t len, struct sv name)
{
	struct parser before = *p;

	if (len > 0) {
		parse_jump(p, p->token.from + len);
		return name;
	}
	*p = before;
	return join_words(p);
}

struct sv parse_name(struct parser *p)
{
	struct sv name = { NULL, 0 }, member = { NULL, 0 };
	size_t len = parse_match_known(p, &name), other = match_member(p, &member);

	if (other > len)
		return take_longest(p, other, member);
	return take_longest(p, len, name);
}

struct sv parse_member(struct parser *p)
{
	struct sv name = { NULL, 0 };
	size_t len = match_member(p, &name);

	return take_longest(p, len, name);
}

enum rc parse_new_name(struct parser *p, const char *const *stops, struct sv *ret)
{
	size_t from = p->token.from, to = from;

	for (; p->token.kind != T_END && p->token.kind != T_STRING; parse_step(p)) {
		bool stop = false;
		for (size_t i = 0; stops[i]; i++)
			stop = stop || parse_is(p, stops[i]);
		if (stop)
			break;
		to = p->token.to;
	}
	*ret = scan_clean_name(p->b->arena, sv_slice(p->scan.text, from, to - from));
	if (ret->len == 0)
		return parse_fail(p, N_("The expression needs a name where it has \"{found}\". Correct the expression."));
	return RC_OK;
}

bool parse_at_named_argument(const struct parser *p)
{
	struct parser look = *p;

	if (look.token.kind != T_NAME)
		return false;
	while (look.token.kind == T_NAME || look.token.kind == T_NUMBER || parse_is(&look, "-") || parse_is(&look, "/")
		|| parse_is(&look, "+") || parse_is(&look, "*") || parse_is(&look, "'"))
		parse_step(&look);
	return parse_is(&look, ":");
}

/* ---- types ---- */

static struct feel_type *new_type(struct parser *p, enum feel_type_kind kind)
{
	struct feel_type *type = ARENA_NEW(p->b->arena, struct feel_type);

	type->kind = kind;
	return type;
}

static enum rc parse_element(struct parser *p, enum feel_type_kind kind, const struct feel_type **ret)
{
	struct feel_type *type = new_type(p, kind);

	parse_step(p);
	TRY(parse_want(p, "<"));
	TRY(parse_type(p, &type->element));
	TRY(parse_want(p, ">"));
	*ret = type;
	return RC_OK;
}

typedef struct { VEC(struct feel_member); } member_vec;

static enum rc parse_context_type(struct parser *p, const struct feel_type **ret)
{
	static const char *const stops[] = { ":", ">", ",", NULL };
	struct feel_type *type = new_type(p, FEEL_TYPE_CONTEXT);
	member_vec members = { 0 };

	parse_step(p);
	TRY(parse_want(p, "<"));
	do {
		struct feel_member member = { 0 };
		TRY(parse_new_name(p, stops, &member.name));
		TRY(parse_want(p, ":"));
		TRY(parse_type(p, &member.type));
		*VEC_PUSH(p->b->arena, &members) = member;
	} while (parse_take(p, ","));
	TRY(parse_want(p, ">"));
	type->members = members.at;
	type->count = members.len;
	*ret = type;
	return RC_OK;
}

static enum rc parse_function_type(struct parser *p, const struct feel_type **ret)
{
	struct feel_type *type = new_type(p, FEEL_TYPE_FUNCTION);
	member_vec members = { 0 };

	parse_step(p);
	TRY(parse_want(p, "<"));
	while (!parse_is(p, ">")) {
		struct feel_member member = { 0 };
		TRY(parse_type(p, &member.type));
		*VEC_PUSH(p->b->arena, &members) = member;
		if (!parse_take(p, ","))
			break;
	}
	TRY(parse_want(p, ">"));
	TRY(parse_want(p, "->"));
	TRY(parse_type(p, &type->element));
	type->members = members.at;
	type->count = members.len;
	*ret = type;
	return RC_OK;
}

static bool is_generic(const struct parser *p, const char *word)
{
	struct parser look = *p;

	if (!parse_is(p, word))
		return false;
	parse_step(&look);
	return parse_is(&look, "<");
}

static enum rc parse_type_name(struct parser *p, const struct feel_type **ret)
{
	static const char *const builtin[] = { "days and time duration", "years and months duration", "date and time", "date", "time",
		"number", "string", "boolean", "Any", "Null", "list", "range", "context", "function", "day time duration",
		"year month duration", "dateTime", "days and time duration", "dayTimeDuration", "yearMonthDuration" };
	const struct feel_scope *scope = &p->b->scope;
	struct sv name = { NULL, 0 };
	size_t best = 0;

	for (size_t i = 0; i < sizeof(builtin) / sizeof(builtin[0]); i++)
		try_name(p, sv_of(builtin[i]), &best, &name);
	const struct feel_type *type = best ? feel_type_builtin(name) : NULL;
	for (size_t i = 0; i < scope->type_count; i++) {
		size_t before = best;
		try_name(p, scope->types[i].name, &best, &name);
		if (best > before)
			type = scope->types[i].type;
	}
	if (best == 0)
		return parse_fail(p, N_("There is no type \"{found}\". Name a FEEL type or an item definition of the model."));
	parse_jump(p, p->token.from + best);
	*ret = type ? type : &feel_type_any;
	return RC_OK;
}

enum rc parse_type(struct parser *p, const struct feel_type **ret)
{
	enum rc rc;

	TRY(parse_deeper(p));
	if (is_generic(p, "list"))
		rc = parse_element(p, FEEL_TYPE_LIST, ret);
	else if (is_generic(p, "range"))
		rc = parse_element(p, FEEL_TYPE_RANGE, ret);
	else if (is_generic(p, "context"))
		rc = parse_context_type(p, ret);
	else if (is_generic(p, "function"))
		rc = parse_function_type(p, ret);
	else
		rc = parse_type_name(p, ret);
	p->depth--;
	return rc;
}
