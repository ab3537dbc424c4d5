/* Raw tree to resolved tree: every name becomes a typed path, every partial is folded in where it is used, and conditions
 * that are known already (an optional argument that was not given) disappear.
 *
 * Scopes, innermost first: the element of {{#each}}, the object of {{#with}}, the arguments and object of a partial. A
 * partial sees nothing behind its arguments but {{page}}; the body handed to a partial sees what its writer sees.
 */
#include <assert.h>

#include "base/map.h"
#include "http/template_int.h"

#include "base/banned.h"

enum { MAX_PARTIALS_DEEP = 16 };

struct scope {
	const struct scope *parent;
	bool is_partial;
	bool is_loop;
	struct tpl_expr *object;       /* a path; NULL if the partial was given none */
	struct tpl_args args;          /* of a partial, resolved */
	const struct tpl_node *body;   /* handed to the partial, and where it was written */
	const struct scope *body_scope;
};

struct resolver {
	struct ctx *ctx;
	const struct template_source *source;
	struct map partials;           /* parsed, by name */
	struct sv file;                /* of the node being resolved */
	uint32_t line;
	unsigned deep, blocks, nodes;
	int levels;                    /* variables handed out */
};

static enum rc fault(struct resolver *r, const char *msgid, struct sv what)
{
	return tpl_fail(r->ctx, r->file, r->line, msgid, what);
}

/* --- names --- */

static const struct html_member *member_of(const struct tpl_expr *object, struct sv name)
{
	if (!object || object->type != HTML_OBJECT || !object->shape)
		return NULL;
	for (size_t i = 0; i < object->shape->count; i++)
		if (sv_equal_z(name, object->shape->members[i].name))
			return &object->shape->members[i];
	return NULL;
}

static struct tpl_expr *path_to(struct resolver *r, int level, enum html_type type, const struct html_shape *shape)
{
	struct tpl_expr *expr = ARENA_NEW(r->ctx->arena, struct tpl_expr);

	*expr = (struct tpl_expr){ .kind = TPL_PATH, .line = r->line, .level = level, .type = type, .shape = shape };
	return expr;
}

/* One step further along a path. */
static enum rc step(struct resolver *r, const struct tpl_expr *from, struct sv name, struct tpl_expr **ret)
{
	const struct html_member *member = member_of(from, name);

	if (!member)
		return fault(r, N_("There is no \"{what}\" here. Declare it in the head, or look at its spelling."), name);
	if (from->optional)
		return fault(r, N_("\"{what}\" is in an object that may be absent. Put it inside {{#with}} of that object."), name);
	if (from->step_count >= sizeof(from->steps) / sizeof(from->steps[0]))
		return fault(r, N_("The path to \"{what}\" is too long. Use {{#with}}."), name);
	struct tpl_expr *expr = ARENA_NEW(r->ctx->arena, struct tpl_expr);
	*expr = *from;
	expr->line = r->line;
	expr->steps[expr->step_count++] = member;
	expr->type = member->type;
	expr->element = member->element;
	expr->optional = member->optional;
	expr->shape = member->shape;
	*ret = expr;
	return RC_OK;
}

static struct tpl_expr *argument(const struct scope *scope, struct sv name)
{
	for (size_t i = 0; i < scope->args.len; i++)
		if (sv_equal(scope->args.at[i].name, name))
			return scope->args.at[i].value;
	return NULL;
}

/* The first name of a path: what it means, innermost scope first. */
static enum rc find_name(struct resolver *r, const struct scope *scope, struct sv name, struct tpl_expr **ret)
{
	if (sv_equal(name, SV("page"))) {
		*ret = path_to(r, TPL_LEVEL_PAGE, HTML_OBJECT, html_shape_page());
		return RC_OK;
	}
	for (; scope; scope = scope->parent) {
		if (sv_equal(name, SV("this")) && scope->object) {
			*ret = scope->object;
			return RC_OK;
		}
		struct tpl_expr *found = argument(scope, name);
		if (found) {
			*ret = found;
			return RC_OK;
		}
		if (member_of(scope->object, name))
			return step(r, scope->object, name, ret);
		if (scope->is_partial)
			break;
	}
	return fault(r, N_("There is no \"{what}\" here. Declare it in the head, or look at its spelling."), name);
}

static enum rc find_loop(struct resolver *r, const struct scope *scope, struct sv name, struct tpl_expr **ret)
{
	static const struct {
		const char *name;
		enum tpl_expr_kind kind;
	} words[] = { { "@first", TPL_FIRST }, { "@last", TPL_LAST }, { "@number", TPL_ORDINAL } };

	while (scope && !scope->is_loop && !scope->is_partial)
		scope = scope->parent;
	for (size_t i = 0; scope && scope->is_loop && i < sizeof(words) / sizeof(words[0]); i++) {
		if (!sv_equal_z(name, words[i].name))
			continue;
		*ret = path_to(r, scope->object->level, words[i].kind == TPL_ORDINAL ? HTML_INT : HTML_BOOL, NULL);
		(*ret)->kind = words[i].kind;
		return RC_OK;
	}
	return fault(r, N_("\"{what}\" is not known here. Inside {{#each}} there are @first, @last and @number."), name);
}

static enum rc find_path(struct resolver *r, const struct scope *scope, struct sv path, struct tpl_expr **ret)
{
	struct sv rest = path, name = sv_cut(&rest, '.');
	struct tpl_expr *expr;

	if (path.ptr[0] == '@')
		return find_loop(r, scope, path, ret);
	TRY(find_name(r, scope, name, &expr));
	while (!sv_is_absent(rest)) {
		name = sv_cut(&rest, '.');
		if (expr->kind == TPL_PATH && expr->type == HTML_LIST)
			return fault(r, N_("A list has no \"{what}\". Use {{#each}}."), name);
		TRY(step(r, expr, name, &expr));
	}
	*ret = expr;
	return RC_OK;
}

/* --- expressions --- */

static bool is_type(const struct tpl_expr *expr, enum html_type a, enum html_type b)
{
	return (expr->kind == TPL_PATH || expr->kind == TPL_ORDINAL) && (expr->type == a || expr->type == b);
}

static bool is_text(const struct tpl_expr *expr)
{
	return expr->kind == TPL_STRING || expr->kind == TPL_TR || expr->kind == TPL_FORMAT || expr->kind == TPL_ABSENT
		|| is_type(expr, HTML_TEXT, HTML_URL) || is_type(expr, HTML_DECIMAL, HTML_DECIMAL);
}

/* May stand where words are printed. */
static enum rc check_printable(struct resolver *r, const struct tpl_expr *expr, struct sv written)
{
	if (is_text(expr) || is_type(expr, HTML_INT, HTML_ID) || is_type(expr, HTML_DAY, HTML_TIME)
		|| is_type(expr, HTML_MONEY, HTML_MONEY))
		return RC_OK;
	if (is_type(expr, HTML_SAFE, HTML_SAFE))
		return fault(r, N_("\"{what}\" is markup. Write {{html x}} where an element may stand."), written);
	if (is_type(expr, HTML_LIST, HTML_OBJECT))
		return fault(r, N_("\"{what}\" is a list or an object. Use {{#each}} or {{#with}}."), written);
	return fault(r, N_("\"{what}\" is yes or no. Use {{#if}}."), written);
}

static enum rc check_format(struct resolver *r, struct tpl_expr *expr)
{
	assert(expr->args.len == 1);
	const struct tpl_expr *operand = expr->args.at[0].value;
	bool good = false;

	switch (expr->helper) {
	case TPL_PLAIN:
		good = true;
		break;
	case TPL_DAY:
	case TPL_DAY_SHORT:
	case TPL_ISO:
		good = is_type(operand, HTML_DAY, HTML_TIME);
		break;
	case TPL_TIME:
	case TPL_CLOCK:
		good = is_type(operand, HTML_TIME, HTML_TIME);
		break;
	case TPL_MONEY:
		good = is_type(operand, HTML_MONEY, HTML_MONEY);
		break;
	case TPL_NUMBER:
		good = is_type(operand, HTML_INT, HTML_DECIMAL);
		break;
	case TPL_HTML:
		good = is_type(operand, HTML_SAFE, HTML_SAFE);
		break;
	case TPL_ICON:
	case TPL_ASSET:
		good = operand->kind == TPL_STRING;
		break;
	}
	if (!good)
		return fault(r, N_("The helper \"{what}\" does not fit the type of what follows it. See docs/developer/templates.md."),
			expr->text);
	return RC_OK;
}

/* 1 true, 0 false, -1 known only at run time. */
static int known_truth(const struct tpl_expr *expr)
{
	bool is_and = expr->kind == TPL_AND;

	switch (expr->kind) {
	case TPL_ABSENT:
	case TPL_FALSE:
		return 0;
	case TPL_TRUE:
	case TPL_TR:
		return 1;
	case TPL_STRING:
		return expr->text.len > 0;
	case TPL_NOT: {
		int operand = known_truth(expr->args.at[0].value);
		return operand < 0 ? -1 : !operand;
	}
	case TPL_AND:
	case TPL_OR: {
		int known = is_and;
		for (size_t i = 0; i < expr->args.len; i++) {
			int operand = known_truth(expr->args.at[i].value);
			if (operand == !is_and)
				return !is_and;
			if (operand < 0)
				known = -1;
		}
		return known;
	}
	case TPL_EQ: {
		const struct tpl_expr *a = expr->args.at[0].value, *b = expr->args.at[1].value;
		if (a->kind == TPL_ABSENT || b->kind == TPL_ABSENT)
			return 0;
		return a->kind == TPL_STRING && b->kind == TPL_STRING ? sv_equal(a->text, b->text) : -1;
	}
	case TPL_NAME:
	case TPL_PATH:
	case TPL_FIRST:
	case TPL_LAST:
	case TPL_ORDINAL:
	case TPL_FORMAT:
		return -1;
	}
	__builtin_unreachable();
}

static enum rc resolve_expr(struct resolver *r, const struct scope *scope, const struct tpl_expr *raw, struct tpl_expr **ret)
{
	r->line = raw->line;
	if (raw->kind == TPL_NAME)
		return find_path(r, scope, raw->text, ret);
	struct tpl_expr *expr = ARENA_NEW(r->ctx->arena, struct tpl_expr);
	*expr = *raw;
	expr->args = (struct tpl_args){ 0 };
	for (size_t i = 0; i < raw->args.len; i++) {
		struct tpl_arg *arg = VEC_PUSH(r->ctx->arena, &expr->args);
		struct tpl_expr *value;
		arg->name = raw->args.at[i].name;
		TRY(resolve_expr(r, scope, raw->args.at[i].value, &value));
		if (raw->kind == TPL_TR)
			TRY(check_printable(r, value, arg->name));
		if (value->kind == TPL_FORMAT && (value->helper == TPL_HTML || value->helper == TPL_ICON))
			return fault(r, N_("Markup cannot be part of a text. Put {{html x}} or {{icon \"x\"}} beside it."), SV(""));
		if (raw->kind == TPL_EQ && !is_text(value))
			return fault(r, N_("eq compares texts. Use a bool for anything else."), SV(""));
		expr->args.at[i].value = value;
	}
	if (raw->kind == TPL_FORMAT && expr->args.at[0].value->kind == TPL_ABSENT)
		expr->kind = TPL_ABSENT;
	else if (raw->kind == TPL_FORMAT)
		TRY(check_format(r, expr));
	*ret = expr;
	return RC_OK;
}

/* --- nodes --- */

static enum rc resolve_list(struct resolver *r, const struct scope *scope, const struct tpl_node *raw, struct tpl_list *list);

static enum rc resolve_branch(struct resolver *r, const struct scope *scope, const struct tpl_node *raw, struct tpl_node **ret)
{
	struct tpl_list list = { 0 };

	if (++r->blocks > TPL_MAX_DEPTH)
		return fault(r, N_("This is nested too deeply. Split the template into partials."), SV(""));
	TRY(resolve_list(r, scope, raw, &list));
	r->blocks--;
	*ret = list.first;
	return RC_OK;
}

static enum rc copy_node(struct resolver *r, const struct tpl_node *raw, struct tpl_node **ret)
{
	if (++r->nodes > TPL_MAX_NODES)
		return fault(r, N_("The template with its partials is too large. Split the page."), SV(""));
	struct tpl_node *node = ARENA_NEW(r->ctx->arena, struct tpl_node);
	*node = *raw;
	node->next = node->body = node->otherwise = NULL;
	*ret = node;
	return RC_OK;
}

static enum rc resolve_if(struct resolver *r, const struct scope *scope, const struct tpl_node *raw, struct tpl_list *list)
{
	struct tpl_expr *condition;
	struct tpl_node *node;

	TRY(resolve_expr(r, scope, raw->expr, &condition));
	int truth = known_truth(condition);
	if (truth >= 0)
		return resolve_list(r, scope, truth ? raw->body : raw->otherwise, list);
	if (is_type(condition, HTML_OBJECT, HTML_OBJECT) && !condition->optional)
		return fault(r, N_("This object is always there. Leave out the {{#if}}."), SV(""));
	TRY(copy_node(r, raw, &node));
	node->expr = condition;
	TRY(resolve_branch(r, scope, raw->body, &node->body));
	TRY(resolve_branch(r, scope, raw->otherwise, &node->otherwise));
	tpl_append(list, node);
	return RC_OK;
}

/* {{#each}} and {{#with}}: a new variable, seen first inside. */
static enum rc resolve_inner(struct resolver *r, const struct scope *scope, const struct tpl_node *raw, struct tpl_list *list)
{
	bool is_each = raw->kind == TPL_EACH;
	struct tpl_expr *over;
	struct tpl_node *node;

	TRY(resolve_expr(r, scope, raw->expr, &over));
	if (over->kind == TPL_ABSENT)
		return resolve_list(r, scope, raw->otherwise, list);
	if (!is_type(over, is_each ? HTML_LIST : HTML_OBJECT, is_each ? HTML_LIST : HTML_OBJECT))
		return fault(r, is_each ? N_("\"{what}\" is not a list.") : N_("\"{what}\" is not an object."), raw->expr->text);
	TRY(copy_node(r, raw, &node));
	node->expr = over;
	node->level = ++r->levels;
	assert(over->kind == TPL_PATH);
	struct scope inner = { .parent = scope, .is_loop = is_each };
	inner.object = path_to(r, node->level, is_each ? over->element : HTML_OBJECT, over->shape);
	TRY(resolve_branch(r, &inner, raw->body, &node->body));
	TRY(resolve_branch(r, scope, raw->otherwise, &node->otherwise));
	tpl_append(list, node);
	return RC_OK;
}

static enum rc load_partial(struct resolver *r, struct sv name, struct template **ret)
{
	struct sv file, text;

	*ret = map_get(&r->partials, name);
	if (*ret)
		return RC_OK;
	if (!r->source)
		return fault(r, N_("The partial \"{what}\" cannot be used here: this template stands alone."), name);
	if (r->source->read(r->ctx, r->source, name, &file, &text) != RC_OK) {
		error_clear(r->ctx);
		return fault(r, N_("There is no partial \"{what}\" beside this template or in src/http/layout."), name);
	}
	TRY(tpl_parse(r->ctx, file, text, ret));
	if (!(*ret)->is_partial || !sv_equal((*ret)->name, name))
		return fault(r, N_("The file of \"{what}\" does not begin with {{!partial and that name."), name);
	map_put(r->ctx->arena, &r->partials, name, *ret);
	return RC_OK;
}

/* Does what was given fit the member the partial declares? */
static bool fits(const struct html_member *declared, const struct tpl_expr *value)
{
	switch (declared->type) {
	case HTML_BOOL:
		return true;
	case HTML_LIST:
	case HTML_OBJECT:
	case HTML_SAFE:
		return is_type(value, declared->type, declared->type);
	case HTML_TEXT:
	case HTML_URL:
	case HTML_DECIMAL:
	case HTML_INT:
	case HTML_DAY:
	case HTML_TIME:
	case HTML_MONEY:
	case HTML_ID:
		return is_text(value) || (value->kind == TPL_PATH && value->type < HTML_SAFE && value->type != HTML_BOOL)
			|| value->kind == TPL_ORDINAL;
	}
	__builtin_unreachable();
}

/* Arguments as the partial declares them: given, taken from the object, or absent when optional. */
static enum rc bind_args(struct resolver *r, const struct scope *caller, const struct tpl_node *raw,
	const struct template *partial, struct scope *scope)
{
	struct tpl_args given = { 0 };

	for (size_t i = 0; i < raw->args.len; i++) {
		struct tpl_expr *value;
		TRY(resolve_expr(r, caller, raw->args.at[i].value, &value));
		*VEC_PUSH(r->ctx->arena, &given) = (struct tpl_arg){ raw->args.at[i].name, value };
	}
	struct scope names = { .args = given };
	size_t used = 0;
	for (size_t i = 0; i < partial->shape->count; i++) {
		const struct html_member *member = &partial->shape->members[i];
		struct sv name = sv_of(member->name);
		struct tpl_expr *value = argument(&names, name);
		used += value != NULL;
		if (!value && member_of(scope->object, name))
			TRY(step(r, scope->object, name, &value));
		if (!value && (member->optional || member->type == HTML_BOOL || member->type == HTML_LIST)) {
			value = path_to(r, 0, member->type, NULL);
			value->kind = TPL_ABSENT;
		}
		if (!value)
			return fault(r, N_("The partial needs {what}=…"), name);
		if (value->kind != TPL_ABSENT && !fits(member, value))
			return fault(r, N_("The argument \"{what}\" is of another type than the partial declares."), name);
		*VEC_PUSH(r->ctx->arena, &scope->args) = (struct tpl_arg){ name, value };
	}
	if (used != given.len)
		return fault(r, N_("The partial \"{what}\" does not declare one of these arguments."), raw->text);
	return RC_OK;
}

static enum rc resolve_partial(struct resolver *r, const struct scope *caller, const struct tpl_node *raw, struct tpl_list *list)
{
	struct scope scope = { .is_partial = true, .body = raw->body, .body_scope = caller };
	struct template *partial;
	struct sv file = r->file;

	if (++r->deep > MAX_PARTIALS_DEEP)
		return fault(r, N_("The partial \"{what}\" uses itself."), raw->text);
	TRY(load_partial(r, raw->text, &partial));
	if (raw->expr)
		TRY(resolve_expr(r, caller, raw->expr, &scope.object));
	TRY(bind_args(r, caller, raw, partial, &scope));
	TRY(resolve_list(r, &scope, partial->nodes, list));
	r->file = file;
	r->deep--;
	return RC_OK;
}

static enum rc resolve_body(struct resolver *r, const struct scope *scope, struct tpl_list *list)
{
	while (scope && !scope->is_partial)
		scope = scope->parent;
	if (!scope)
		return fault(r, N_("{{> @body}} stands only in a partial."), SV(""));
	return resolve_list(r, scope->body_scope, scope->body, list);
}

static enum rc resolve_output(struct resolver *r, const struct scope *scope, const struct tpl_node *raw, struct tpl_list *list)
{
	struct tpl_expr *expr;
	struct tpl_node *node;

	TRY(resolve_expr(r, scope, raw->expr, &expr));
	if (expr->kind == TPL_ABSENT)
		return RC_OK;
	TRY(check_printable(r, expr, raw->expr->text));
	TRY(copy_node(r, raw, &node));
	node->expr = expr;
	tpl_append(list, node);
	return RC_OK;
}

static enum rc resolve_node(struct resolver *r, const struct scope *scope, const struct tpl_node *raw, struct tpl_list *list)
{
	struct tpl_node *node;

	switch (raw->kind) {
	case TPL_TEXT:
		TRY(copy_node(r, raw, &node));
		tpl_append(list, node);
		return RC_OK;
	case TPL_OUT:
		return resolve_output(r, scope, raw, list);
	case TPL_IF:
		return resolve_if(r, scope, raw, list);
	case TPL_EACH:
	case TPL_WITH:
		return resolve_inner(r, scope, raw, list);
	case TPL_PARTIAL:
		return resolve_partial(r, scope, raw, list);
	case TPL_BODY:
		return resolve_body(r, scope, list);
	}
	__builtin_unreachable();
}

static enum rc resolve_list(struct resolver *r, const struct scope *scope, const struct tpl_node *raw, struct tpl_list *list)
{
	for (; raw; raw = raw->next) {
		r->file = raw->file;
		r->line = raw->line;
		TRY(resolve_node(r, scope, raw, list));
	}
	return RC_OK;
}

enum rc tpl_resolve(struct ctx *ctx, struct template *template, const struct template_source *source)
{
	struct resolver r = { .ctx = ctx, .source = source, .file = template->file, .line = 1 };
	struct scope root = { 0 };
	struct tpl_list list = { 0 };

	root.object = path_to(&r, 0, HTML_OBJECT, template->shape);
	TRY(resolve_list(&r, &root, template->nodes, &list));
	template->nodes = list.first;
	template->levels = r.levels + 1;
	return RC_OK;
}
