/* Building trees by hand (tree.h), and the two ways from a text to a compiled expression. */
#include <assert.h>

#include "engine/feel/feel_int.h"

#include "base/banned.h"

struct feel_node *node_new(struct feel_builder *b, enum node_kind kind, uint32_t line)
{
	struct feel_node *node = ARENA_NEW(b->arena, struct feel_node);

	node->kind = kind;
	node->line = line;
	return node;
}

struct feel_builder *feel_builder_new(struct ctx *ctx, const struct feel_scope *scope)
{
	struct feel_builder *b = ARENA_NEW(ctx->arena, struct feel_builder);

	b->ctx = ctx;
	b->arena = ctx->arena;
	b->scope = *scope;
	return b;
}

void feel_builder_push(struct feel_builder *b, struct sv name, const struct feel_type *type)
{
	*VEC_PUSH(b->arena, &b->names) = (struct feel_member){ name, type };
}

void feel_builder_pop(struct feel_builder *b, size_t count)
{
	assert(count <= b->names.len);
	b->names.len -= count;
}

enum rc feel_tree_text(struct feel_builder *b, struct sv source, uint32_t line, struct feel_node **ret)
{
	return feel_parse(b, source, line, false, ret);
}

enum rc feel_tree_tests(struct feel_builder *b, struct sv source, uint32_t line, struct feel_node **ret)
{
	return feel_parse(b, source, line, true, ret);
}

static struct feel_node *with_kids(struct feel_builder *b, enum node_kind kind, struct feel_node *const *kids, size_t count)
{
	struct feel_node *node = node_new(b, kind, b->scope.line);

	node->kids = ARENA_ARRAY(b->arena, struct feel_node *, count);
	node->count = count;
	if (count)
		memcpy(node->kids, kids, count * sizeof(kids[0]));
	return node;
}

static void set_names(struct feel_builder *b, struct feel_node *node, const struct sv *names, size_t count)
{
	struct feel_member *members = ARENA_ARRAY(b->arena, struct feel_member, count);

	for (size_t i = 0; i < count; i++)
		members[i].name = names[i];
	node->names = members;
	node->name_count = count;
}

struct feel_node *feel_tree_value(struct feel_builder *b, struct feel_value value)
{
	struct feel_node *node = node_new(b, N_CONST, b->scope.line);

	node->value = value;
	return node;
}

struct feel_node *feel_tree_name(struct feel_builder *b, struct sv name)
{
	struct feel_node *node = node_new(b, N_NAME, b->scope.line);

	node->text = name;
	return node;
}

struct feel_node *feel_tree_list(struct feel_builder *b, struct feel_node *const *items, size_t count)
{
	return with_kids(b, N_LIST, items, count);
}

struct feel_node *feel_tree_context(struct feel_builder *b, const struct sv *keys, struct feel_node *const *values, size_t count,
	struct feel_node *result)
{
	struct feel_node *node = with_kids(b, N_CONTEXT, values, count);

	set_names(b, node, keys, count);
	node->last = result;
	return node;
}

struct feel_node *feel_tree_if(struct feel_builder *b, struct feel_node *test, struct feel_node *then, struct feel_node *otherwise)
{
	struct feel_node *kids[] = { test, then, otherwise };

	assert(test && then && otherwise);
	return with_kids(b, N_IF, kids, 3);
}

struct feel_node *feel_tree_for(struct feel_builder *b, struct sv variable, struct feel_node *in, struct feel_node *body)
{
	struct feel_node *node = with_kids(b, N_FOR, &in, 1);

	assert(in && body && !sv_is_empty(variable));
	set_names(b, node, &variable, 1);
	node->last = body;
	return node;
}

struct feel_node *feel_tree_quantified(struct feel_builder *b, bool every, struct sv variable, struct feel_node *in,
	struct feel_node *body)
{
	struct feel_node *node = feel_tree_for(b, variable, in, body);

	node->kind = every ? N_EVERY : N_SOME;
	return node;
}

struct feel_node *feel_tree_filter(struct feel_builder *b, struct feel_node *in, struct feel_node *condition)
{
	struct feel_node *node = with_kids(b, N_FILTER, &in, 1);

	assert(in && condition);
	node->last = condition;
	return node;
}

struct feel_node *feel_tree_call(struct feel_builder *b, struct feel_node *function, const struct sv *names,
	struct feel_node *const *arguments, size_t count)
{
	struct feel_node *node = node_new(b, N_CALL_NAMED, b->scope.line);

	assert(function && (count == 0 || (names && arguments)));
	node->kids = ARENA_ARRAY(b->arena, struct feel_node *, count + 1);
	node->count = count + 1;
	node->kids[0] = function;
	if (count)
		memcpy(node->kids + 1, arguments, count * sizeof(arguments[0]));
	set_names(b, node, names, count);
	return node;
}

struct feel_node *feel_tree_function(struct feel_builder *b, const struct feel_member *parameters, size_t count,
	struct feel_node *body, const struct feel_type *result)
{
	struct feel_node *node = node_new(b, N_FUNCTION, b->scope.line);

	assert(body && (count == 0 || parameters));
	node->names = parameters;
	node->name_count = count;
	node->last = body;
	node->type = result;
	return node;
}

struct feel_node *feel_tree_external(struct feel_builder *b, const struct feel_member *parameters, size_t count, struct sv kind,
	struct sv class_name, struct sv signature)
{
	struct feel_node *node = node_new(b, N_EXTERNAL, b->scope.line);

	node->names = parameters;
	node->name_count = count;
	node->text = kind;
	node->text2 = class_name;
	node->text3 = signature;
	return node;
}

struct feel_node *feel_tree_host(struct feel_builder *b, feel_host_fn *fn, void *user, struct feel_node *const *children, size_t count)
{
	struct feel_node *node = with_kids(b, N_HOST, children, count);

	assert(fn);
	node->fn = fn;
	node->user = user;
	return node;
}

struct feel_node *feel_tree_coerce(struct feel_builder *b, struct feel_node *inner, const struct feel_type *type)
{
	assert(inner);
	if (!type || type->kind == FEEL_TYPE_ANY)
		return inner;
	struct feel_node *node = with_kids(b, N_COERCE, &inner, 1);
	node->type = type;
	return node;
}

enum rc feel_tree_finish(struct feel_builder *b, struct feel_node *node, struct sv source, const struct feel_expr **ret)
{
	assert(node);
	return feel_generate(b, node, source, ret);
}

static enum rc compile(struct ctx *ctx, const struct feel_scope *scope, struct sv source, bool tests, const struct feel_expr **ret)
{
	struct feel_builder *b = feel_builder_new(ctx, scope);
	struct sv kept = arena_copy(ctx->arena, source);
	struct feel_node *node;

	TRY(feel_parse(b, kept, scope->line, tests, &node));
	return feel_generate(b, node, kept, ret);
}

enum rc feel_compile(struct ctx *ctx, const struct feel_scope *scope, struct sv source, const struct feel_expr **ret)
{
	return compile(ctx, scope, source, false, ret);
}

enum rc feel_compile_tests(struct ctx *ctx, const struct feel_scope *scope, struct sv source, const struct feel_expr **ret)
{
	return compile(ctx, scope, source, true, ret);
}
