/* Boxed expressions (DMN 1.5 chapter 10.2) as one FEEL tree, and the logic of decisions and knowledge models compiled from
 * it. A text that is no FEEL makes its expression null and is listed among the model's problems. */
#include "engine/dmn/dmn_int.h"

#include <assert.h>

#include "base/banned.h"

enum { BOXED_DEPTH = 64 };

typedef struct { VEC(struct feel_node *); } node_vec;
typedef struct { VEC(struct sv); } sv_vec;

static const struct xml *expression_in(const struct xml *parent);
static enum rc build(struct logic *logic, const struct xml *expression, struct feel_node **ret);

struct sv dmn_text(const struct xml *element)
{
	const struct xml *text = element ? xml_child(element, NULL, "text") : NULL;

	return text ? sv_trim(text->text) : (struct sv){ NULL, 0 };
}

struct feel_scope dmn_scope(const struct dmn_model *model, const struct xml *at)
{
	const struct dmn_options *options = model->universe->options;

	return (struct feel_scope){
		.types = model->types.at,
		.type_count = model->types.len,
		.externals = options ? options->externals : NULL,
		.external_count = options ? options->external_count : 0,
		.file = model->file,
		.line = at->line,
	};
}

static struct feel_node *null_node(struct logic *l, const char *why)
{
	return feel_tree_value(l->b, feel_null_because(why, NULL));
}

static struct feel_node *text_node(struct logic *l, const struct xml *at, struct sv text)
{
	struct feel_node *node;

	if (text.len == 0)
		return null_node(l, N_("The decision has an empty expression."));
	if (feel_tree_text(l->b, text, at->line, &node) == RC_OK)
		return node;
	dmn_problem_from(l, at);
	return null_node(l, N_("The decision has an expression that is not FEEL."));
}

static enum rc build_literal(struct logic *l, const struct xml *xml, struct feel_node **ret)
{
	struct sv language = xml_attr(xml, "expressionLanguage");

	if (language.len && sv_find(language, SV("FEEL"), 0) == SIZE_MAX && sv_find(language, SV("feel"), 0) == SIZE_MAX) {
		dmn_problem_add(l->ctx, l->model, DMN_ERROR, "expression", xml,
			N_("The expression is written in \"{language}\". Write it in FEEL."), ARGS({ "language", language }));
		*ret = null_node(l, N_("The decision has an expression that is not FEEL."));
		return RC_OK;
	}
	*ret = text_node(l, xml, dmn_text(xml));
	*ret = feel_tree_coerce(l->b, *ret, dmn_type(l->ctx, l->model, xml_attr(xml, "typeRef"), xml));
	return RC_OK;
}

static enum rc build_context(struct logic *l, const struct xml *xml, struct feel_node **ret)
{
	node_vec values = { 0 };
	sv_vec keys = { 0 };
	struct feel_node *result = NULL, *node;

	for (const struct xml *entry = xml_child(xml, NULL, "contextEntry"); entry; entry = xml_next(entry, NULL, "contextEntry")) {
		const struct xml *variable = xml_child(entry, NULL, "variable"), *expression = expression_in(entry);
		if (!expression)
			node = null_node(l, N_("The decision has an empty expression."));
		else
			TRY(build(l, expression, &node));
		if (!variable) {
			result = node;
			break;
		}
		const struct feel_type *type = dmn_type(l->ctx, l->model, xml_attr(variable, "typeRef"), variable);
		*VEC_PUSH(l->ctx->arena, &keys) = xml_attr(variable, "name");
		*VEC_PUSH(l->ctx->arena, &values) = feel_tree_coerce(l->b, node, type);
		feel_builder_push(l->b, xml_attr(variable, "name"), type);
	}
	feel_builder_pop(l->b, keys.len);
	*ret = feel_tree_context(l->b, keys.at, values.at, keys.len, result);
	return RC_OK;
}

static enum rc build_list(struct logic *l, const struct xml *xml, struct feel_node **ret)
{
	node_vec items = { 0 };
	struct feel_node *node;

	for (const struct xml *item = expression_in(xml); item; item = xml_next(item, NULL, NULL)) {
		TRY(build(l, item, &node));
		*VEC_PUSH(l->ctx->arena, &items) = node;
	}
	*ret = feel_tree_list(l->b, items.at, items.len);
	return RC_OK;
}

static enum rc build_relation(struct logic *l, const struct xml *xml, struct feel_node **ret)
{
	sv_vec columns = { 0 };
	node_vec rows = { 0 };
	struct feel_node *node;

	for (const struct xml *c = xml_child(xml, NULL, "column"); c; c = xml_next(c, NULL, "column"))
		*VEC_PUSH(l->ctx->arena, &columns) = xml_attr(c, "name");
	for (const struct xml *row = xml_child(xml, NULL, "row"); row; row = xml_next(row, NULL, "row")) {
		node_vec cells = { 0 };
		for (const struct xml *cell = expression_in(row); cell && cells.len < columns.len; cell = xml_next(cell, NULL, NULL)) {
			TRY(build(l, cell, &node));
			*VEC_PUSH(l->ctx->arena, &cells) = node;
		}
		*VEC_PUSH(l->ctx->arena, &rows) = feel_tree_context(l->b, columns.at, cells.at, cells.len, NULL);
	}
	*ret = feel_tree_list(l->b, rows.at, rows.len);
	return RC_OK;
}

static enum rc build_invocation(struct logic *l, const struct xml *xml, struct feel_node **ret)
{
	const struct xml *callee = expression_in(xml);
	node_vec arguments = { 0 };
	sv_vec names = { 0 };
	struct feel_node *function, *node;

	if (!callee) {
		*ret = null_node(l, N_("The invocation does not say what it invokes."));
		return RC_OK;
	}
	TRY(build(l, callee, &function));
	for (const struct xml *b = xml_child(xml, NULL, "binding"); b; b = xml_next(b, NULL, "binding")) {
		const struct xml *parameter = xml_child(b, NULL, "parameter"), *expression = expression_in(b);
		if (!parameter)
			continue;
		if (expression)
			TRY(build(l, expression, &node));
		else
			node = feel_tree_value(l->b, feel_null());
		*VEC_PUSH(l->ctx->arena, &names) = xml_attr(parameter, "name");
		*VEC_PUSH(l->ctx->arena, &arguments) = node;
	}
	*ret = feel_tree_call(l->b, function, names.at, arguments.at, names.len);
	return RC_OK;
}

static struct feel_member *read_parameters(struct logic *l, const struct xml *xml, size_t *ret_count)
{
	struct { VEC(struct feel_member); } params = { 0 };

	for (const struct xml *p = xml_child(xml, NULL, "formalParameter"); p; p = xml_next(p, NULL, "formalParameter"))
		*VEC_PUSH(l->ctx->arena, &params) =
			(struct feel_member){ xml_attr(p, "name"), dmn_type(l->ctx, l->model, xml_attr(p, "typeRef"), p) };
	*ret_count = params.len;
	return params.at;
}

/* The text constant of the entry `key` in a boxed context. */
static struct sv entry_text(const struct xml *context, const char *key)
{
	for (const struct xml *e = xml_child(context, NULL, "contextEntry"); e; e = xml_next(e, NULL, "contextEntry")) {
		const struct xml *variable = xml_child(e, NULL, "variable");
		if (!variable || !sv_equal_z(xml_attr(variable, "name"), key))
			continue;
		struct sv text = dmn_text(xml_child(e, NULL, "literalExpression"));
		if (text.len >= 2 && text.ptr[0] == '"')
			return sv_slice(text, 1, text.len - 2);
		return text;
	}
	return (struct sv){ NULL, 0 };
}

/* functionDefinition, and the encapsulatedLogic of a knowledge model, which has the same shape. */
static enum rc build_function(struct logic *l, const struct xml *xml, struct feel_node **ret)
{
	struct sv kind = xml_attr(xml, "kind");
	const struct xml *body = expression_in(xml);
	struct feel_node *node = NULL;
	size_t count;
	struct feel_member *params = read_parameters(l, xml, &count);

	if (kind.len && !sv_equal_z(kind, "FEEL")) {
		bool pmml = sv_equal_z(kind, "PMML");
		struct sv class_name = body ? entry_text(body, pmml ? "document" : "class") : (struct sv){ NULL, 0 };
		struct sv signature = body ? entry_text(body, pmml ? "model" : "method signature") : (struct sv){ NULL, 0 };
		*ret = feel_tree_external(l->b, params, count, pmml ? SV("pmml") : SV("java"), class_name, signature);
		return RC_OK;
	}
	for (size_t i = 0; i < count; i++)
		feel_builder_push(l->b, params[i].name, params[i].type);
	if (body)
		TRY(build(l, body, &node));
	else
		node = null_node(l, N_("The function has no body."));
	feel_builder_pop(l->b, count);
	*ret = feel_tree_function(l->b, params, count, node, dmn_type(l->ctx, l->model, xml_attr(xml, "typeRef"), xml));
	return RC_OK;
}

static enum rc build_part(struct logic *l, const struct xml *xml, const char *part, struct feel_node **ret)
{
	const struct xml *child = xml_child(xml, NULL, part), *expression = child ? expression_in(child) : NULL;

	if (expression)
		return build(l, expression, ret);
	*ret = null_node(l, N_("The decision has an empty expression."));
	return RC_OK;
}

static enum rc build_conditional(struct logic *l, const struct xml *xml, struct feel_node **ret)
{
	struct feel_node *test, *then, *otherwise;

	TRY(build_part(l, xml, "if", &test));
	TRY(build_part(l, xml, "then", &then));
	TRY(build_part(l, xml, "else", &otherwise));
	*ret = feel_tree_if(l->b, test, then, otherwise);
	return RC_OK;
}

static enum rc build_filter(struct logic *l, const struct xml *xml, struct feel_node **ret)
{
	struct feel_node *in, *match;

	TRY(build_part(l, xml, "in", &in));
	feel_builder_push(l->b, SV("item"), NULL);
	TRY(build_part(l, xml, "match", &match));
	feel_builder_pop(l->b, 1);
	*ret = feel_tree_filter(l->b, in, match);
	return RC_OK;
}

static enum rc build_iterator(struct logic *l, const struct xml *xml, struct feel_node **ret)
{
	bool is_for = sv_equal_z(xml->name, "for");
	struct sv variable = xml_attr(xml, "iteratorVariable");
	struct feel_node *in, *body;

	TRY(build_part(l, xml, "in", &in));
	feel_builder_push(l->b, variable, NULL);
	if (is_for)
		feel_builder_push(l->b, SV("partial"), NULL);
	TRY(build_part(l, xml, is_for ? "return" : "satisfies", &body));
	feel_builder_pop(l->b, is_for ? 2 : 1);
	if (is_for)
		*ret = feel_tree_for(l->b, variable, in, body);
	else
		*ret = feel_tree_quantified(l->b, sv_equal_z(xml->name, "every"), variable, in, body);
	return RC_OK;
}

static enum rc build_table(struct logic *l, const struct xml *xml, struct feel_node **ret)
{
	struct table *table;

	TRY(dmn_table_read(l, xml, ret, &table));
	if (l->depth == 1)
		l->drg->table = table;
	return RC_OK;
}

static const struct {
	const char *element;
	enum rc (*build)(struct logic *l, const struct xml *xml, struct feel_node **ret);
} builders[] = {
	{ "literalExpression", build_literal },
	{ "context", build_context },
	{ "list", build_list },
	{ "relation", build_relation },
	{ "invocation", build_invocation },
	{ "functionDefinition", build_function },
	{ "decisionTable", build_table },
	{ "conditional", build_conditional },
	{ "filter", build_filter },
	{ "for", build_iterator },
	{ "some", build_iterator },
	{ "every", build_iterator },
};

static int builder_of(const struct xml *xml)
{
	for (size_t i = 0; i < sizeof(builders) / sizeof(builders[0]); i++) {
		if (sv_equal_z(xml->name, builders[i].element))
			return (int)i;
	}
	return -1;
}

static const struct xml *expression_in(const struct xml *parent)
{
	const struct xml *child = xml_child(parent, NULL, NULL);

	while (child && builder_of(child) < 0)
		child = xml_next(child, NULL, NULL);
	return child;
}

static enum rc build(struct logic *l, const struct xml *xml, struct feel_node **ret)
{
	int which = builder_of(xml);

	if (which < 0) { /* a description or extension between items of a list */
		*ret = feel_tree_value(l->b, feel_null());
		return RC_OK;
	}
	if (++l->depth > BOXED_DEPTH)
		return fail_at(l->ctx, RC_INVALID, l->model->file, xml->line,
			N_("The boxed expression is nested too deeply. Split it into several decisions."), NULL);
	TRY(builders[which].build(l, xml, ret));
	l->depth--;
	return RC_OK;
}

/* ---- the logic of an element ---- */

/* Makes the names of what the element requires known; imported ones as members of their prefix. */
static void push_names(struct logic *l)
{
	struct arena *arena = l->ctx->arena;
	const struct drg *drg = l->drg;

	for (size_t i = 0; i < drg->requires.len; i++) {
		struct requirement *r = &drg->requires.at[i];
		if (r->prefix.len == 0) {
			feel_builder_push(l->b, r->to->name, r->to->kind <= DRG_DECISION ? r->to->type : NULL);
			continue;
		}
		struct feel_type *type = ARENA_NEW(arena, struct feel_type);
		struct { VEC(struct feel_member); } members = { 0 };
		for (size_t j = 0; j < drg->requires.len; j++) {
			if (sv_equal(drg->requires.at[j].prefix, r->prefix))
				*VEC_PUSH(arena, &members) = (struct feel_member){ drg->requires.at[j].to->name, drg->requires.at[j].to->type };
		}
		*type = (struct feel_type){ .kind = FEEL_TYPE_CONTEXT, .members = members.at, .count = members.len };
		feel_builder_push(l->b, r->prefix, type);
	}
}

static struct binding bind_name(const struct drg *drg, struct sv name)
{
	for (size_t i = 0; i < drg->parameter_count; i++) {
		if (drg->kind == DRG_KNOWLEDGE && sv_equal(drg->parameters[i].name, name))
			return (struct binding){ .kind = BIND_PARAMETER, .parameter = i };
	}
	for (size_t i = 0; i < drg->requires.len; i++) {
		struct requirement *r = &drg->requires.at[i];
		if (r->prefix.len && sv_equal(r->prefix, name))
			return (struct binding){ .kind = BIND_IMPORT, .prefix = name };
		if (r->prefix.len == 0 && sv_equal(r->to->name, name))
			return (struct binding){ .kind = BIND_DRG, .drg = r->to };
	}
	if (drg->kind == DRG_KNOWLEDGE && sv_equal(drg->name, name)) /* a knowledge model may call itself */
		return (struct binding){ .kind = BIND_DRG, .drg = (struct drg *)drg };
	return (struct binding){ .kind = BIND_NOTHING };
}

static void bind_names(struct logic *l)
{
	struct drg *drg = l->drg;
	const struct sv *names = feel_names(drg->expr, &drg->binding_count);
	struct binding *bindings = ARENA_ARRAY(l->ctx->arena, struct binding, drg->binding_count);

	for (size_t i = 0; i < drg->binding_count; i++) {
		bindings[i] = bind_name(drg, names[i]);
		if (bindings[i].kind == BIND_NOTHING)
			dmn_problem_add(l->ctx, l->model, DMN_ERROR, "reference", drg->xml,
				N_("\"{element}\" speaks of \"{name}\", which it does not require. Add the requirement or correct the name."),
				ARGS({ "element", drg->name }, { "name", names[i] }));
	}
	drg->bindings = bindings;
}

static enum rc finish(struct logic *l, struct feel_node *node, struct sv source)
{
	if (feel_tree_finish(l->b, node, source, &l->drg->expr) != RC_OK) {
		dmn_problem_from(l, l->drg->xml);
		TRY(feel_tree_finish(l->b, null_node(l, N_("The decision has an expression that is not FEEL.")), source, &l->drg->expr));
	}
	bind_names(l);
	return RC_OK;
}

static struct logic logic_of(struct ctx *ctx, struct drg *drg)
{
	return (struct logic){ .ctx = ctx, .quiet = *ctx, .model = drg->model, .drg = drg };
}

static enum rc compile_knowledge(struct logic *l)
{
	struct drg *drg = l->drg;
	const struct xml *logic = xml_child(drg->xml, NULL, "encapsulatedLogic");
	struct sv kind = logic ? xml_attr(logic, "kind") : (struct sv){ NULL, 0 };
	struct feel_node *node;

	if (!logic)
		node = null_node(l, N_("The knowledge model has no logic."));
	else if (kind.len && !sv_equal_z(kind, "FEEL"))
		TRY(build_function(l, logic, &node));
	else if (!expression_in(logic))
		node = null_node(l, N_("The knowledge model has no logic."));
	else {
		for (size_t i = 0; i < drg->parameter_count; i++)
			feel_builder_push(l->b, drg->parameters[i].name, drg->parameters[i].type);
		feel_builder_push(l->b, drg->name, NULL);
		TRY(build(l, expression_in(logic), &node));
	}
	TRY(finish(l, node, drg->name));
	struct feel_value external;
	if (feel_constant_value(drg->expr, &external) && external.kind == FEEL_FUNCTION && kind.len && !sv_equal_z(kind, "FEEL"))
		drg->function = external;
	return RC_OK;
}

enum rc dmn_compile_drg(struct ctx *ctx, struct drg *drg)
{
	struct logic l = logic_of(ctx, drg);
	struct feel_node *node;

	assert(drg->xml && drg->model);
	l.quiet.err = &l.error;
	struct feel_scope scope = dmn_scope(drg->model, drg->xml);
	l.b = feel_builder_new(&l.quiet, &scope);
	push_names(&l);
	if (drg->kind == DRG_KNOWLEDGE)
		return compile_knowledge(&l);
	const struct xml *expression = expression_in(drg->xml);
	if (expression)
		TRY(build(&l, expression, &node));
	else
		node = null_node(&l, N_("The decision has no logic."));
	return finish(&l, feel_tree_coerce(l.b, node, drg->type), drg->name);
}

/* For allowed values, cells and the like, in the names known at this point. */
enum rc dmn_compile_text(struct logic *l, struct sv text, bool tests, const struct xml *at, const struct feel_expr **ret)
{
	struct feel_node *node;
	enum rc rc = tests ? feel_tree_tests(l->b, text, at->line, &node) : feel_tree_text(l->b, text, at->line, &node);

	if (rc == RC_OK)
		rc = feel_tree_finish(l->b, node, text, ret);
	if (rc == RC_OK)
		return RC_OK;
	dmn_problem_from(l, at);
	return feel_tree_finish(l->b, null_node(l, N_("The table has a cell that is not FEEL.")), text, ret);
}
