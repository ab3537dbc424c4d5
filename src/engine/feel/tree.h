/* Expression trees, for engines that put FEEL together from parts (boxed expressions of DMN) and want one compiled
 * expression out of it. A builder holds the names in scope while parts are read; nodes live in its ctx's arena.
 *
 *	struct feel_builder *b = feel_builder_new(ctx, &scope);
 *	feel_builder_push(b, SV("income"), NULL);
 *	TRY(feel_tree_text(b, SV("income * 0.1"), 12, &node));
 *	feel_builder_pop(b, 1);
 *	TRY(feel_tree_finish(b, feel_tree_..., &expr));
 */
#ifndef FEEL_TREE_H
#define FEEL_TREE_H

#include "engine/feel/feel.h"

struct feel_builder;
struct feel_node;

/* `scope` is copied; what it points to must live as long as the builder. */
struct feel_builder *feel_builder_new(struct ctx *ctx, const struct feel_scope *scope);
/* Makes a name known to the texts read from now on; pop takes the newest `count` back. */
void feel_builder_push(struct feel_builder *builder, struct sv name, const struct feel_type *type);
void feel_builder_pop(struct feel_builder *builder, size_t count);

/* An expression, or unary tests on `?`. `line` is where the text begins in scope.file. */
[[nodiscard]] enum rc feel_tree_text(struct feel_builder *builder, struct sv source, uint32_t line, struct feel_node **ret);
[[nodiscard]] enum rc feel_tree_tests(struct feel_builder *builder, struct sv source, uint32_t line, struct feel_node **ret);

struct feel_node *feel_tree_value(struct feel_builder *builder, struct feel_value value);
struct feel_node *feel_tree_name(struct feel_builder *builder, struct sv name);
struct feel_node *feel_tree_list(struct feel_builder *builder, struct feel_node *const *items, size_t count);
/* Entries see the ones before them: push each key after building its value, pop all at the end. `result` (NULL if none)
 * sees all entries and becomes the value. */
struct feel_node *feel_tree_context(struct feel_builder *builder, const struct sv *keys, struct feel_node *const *values,
	size_t count, struct feel_node *result);
struct feel_node *feel_tree_if(struct feel_builder *builder, struct feel_node *test, struct feel_node *then,
	struct feel_node *otherwise);
/* Bodies are built with the variable (and for `for`: "partial") pushed. */
struct feel_node *feel_tree_for(struct feel_builder *builder, struct sv variable, struct feel_node *in, struct feel_node *body);
struct feel_node *feel_tree_quantified(struct feel_builder *builder, bool every, struct sv variable, struct feel_node *in,
	struct feel_node *body);
/* The condition is built with "item" pushed. */
struct feel_node *feel_tree_filter(struct feel_builder *builder, struct feel_node *in, struct feel_node *condition);
struct feel_node *feel_tree_call(struct feel_builder *builder, struct feel_node *function, const struct sv *names,
	struct feel_node *const *arguments, size_t count); /* by name */
/* The body is built with the parameters pushed. */
struct feel_node *feel_tree_function(struct feel_builder *builder, const struct feel_member *parameters, size_t count,
	struct feel_node *body, const struct feel_type *result);
struct feel_node *feel_tree_external(struct feel_builder *builder, const struct feel_member *parameters, size_t count,
	struct sv kind, struct sv class_name, struct sv signature);
/* `fn` is called with the values of the children. */
struct feel_node *feel_tree_host(struct feel_builder *builder, feel_host_fn *fn, void *user, struct feel_node *const *children,
	size_t count);
/* Converts to a type, as at every typed boundary. */
struct feel_node *feel_tree_coerce(struct feel_builder *builder, struct feel_node *node, const struct feel_type *type);

/* Compiles. `source` is kept for messages only. */
[[nodiscard]] enum rc feel_tree_finish(struct feel_builder *builder, struct feel_node *node, struct sv source,
	const struct feel_expr **ret);

#endif
