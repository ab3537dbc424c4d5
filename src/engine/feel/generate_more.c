/* Code for tests, loops, filters, contexts, functions and calls; see generate_int.h. */
#include <assert.h>

#include "engine/feel/builtin_int.h"
#include "engine/feel/generate_int.h"

#include "base/banned.h"

/* ---- tests ---- */

/* One test of the value in `?`. */
static enum rc gen_one_test(struct gen *g, const struct feel_node *test, bool many)
{
	if (test->kind == N_ANYTHING) {
		emit_const(g, feel_boolean(true));
		return RC_OK;
	}
	TRY(gen_name(g, SV("?"), test->line));
	if (test->kind == N_TEST && !test->has_input) {
		static op_fn *const ops[] = { [N_EQUAL] = op_equal, [N_UNEQUAL] = op_unequal, [N_LESS] = op_less,
			[N_LESS_EQUAL] = op_less_equal, [N_GREATER] = op_greater, [N_GREATER_EQUAL] = op_greater_equal };
		TRY(gen(g, test->kids[0]));
		emit(g, ops[test->op], 0, 0, 0, -1);
		return RC_OK;
	}
	TRY(gen(g, test));
	emit(g, op_in, (test->has_input ? IN_HAS_INPUT : 0) | (many ? IN_MANY : 0), 0, 0, -1);
	return RC_OK;
}

static enum rc gen_any_test(struct gen *g, struct feel_node *const *tests, size_t count)
{
	TRY(gen_one_test(g, tests[0], count > 1));
	for (size_t i = 1; i < count; i++) {
		int32_t jump = emit(g, op_or_left, 0, 0, 0, 0);
		TRY(gen_one_test(g, tests[i], true));
		emit(g, op_or, 0, 0, 0, -1);
		g->fn->code.at[jump].a = (int32_t)g->fn->code.len - jump;
	}
	return RC_OK;
}

enum rc gen_in(struct gen *g, const struct feel_node *node)
{
	size_t before = g->fn->scope.len;
	uint32_t slot = new_slot(g);

	TRY(gen(g, node->kids[0]));
	emit(g, op_store, (int32_t)slot, 0, 0, -1);
	push_scope(g, SCOPE_LOCAL, SV("?"), slot);
	TRY(gen_any_test(g, node->kids + 1, node->count - 1));
	g->fn->scope.len = before;
	return RC_OK;
}

enum rc gen_tests(struct gen *g, const struct feel_node *node)
{
	if (node->kind == N_ANYTHING)
		return gen_one_test(g, node, false);
	TRY(gen_any_test(g, node->kids, node->count));
	if (node->kind == N_NOT_TESTS)
		emit(g, op_not, 0, 0, 0, 0);
	return RC_OK;
}

/* ---- loops and filters ---- */

/* The loop over source `i`, its body being the loop over the next one or the body proper. */
static enum rc gen_loop_level(struct gen *g, const struct feel_node *node, size_t i, uint32_t acc)
{
	if (i == node->count) {
		TRY(gen(g, node->last));
		emit(g, node->kind == N_FOR ? op_collect : op_quantify, (int32_t)acc, node->kind == N_EVERY, 0, -1);
		return RC_OK;
	}
	const struct feel_node *source = node->kids[i];
	uint32_t slot = new_slot(g);
	int32_t flags = (int32_t)acc | (node->kind == N_SOME ? LOOP_SOME : node->kind == N_EVERY ? LOOP_EVERY : 0);
	if (source->kind == N_STEPS) {
		TRY(gen(g, source->kids[0]));
		TRY(gen(g, source->kids[1]));
		flags |= LOOP_STEPS;
	} else {
		TRY(gen(g, source));
	}
	int32_t loop = emit(g, op_loop, (int32_t)slot, 0, flags, source->kind == N_STEPS ? -2 : -1);
	push_scope(g, SCOPE_LOCAL, node->names[i].name, slot);
	if (i + 1 == node->count && node->kind == N_FOR)
		push_scope(g, SCOPE_LOCAL, SV("partial"), acc);
	TRY(gen_loop_level(g, node, i + 1, acc));
	emit(g, op_end, 0, 0, 0, 0);
	g->fn->code.at[loop].b = (int32_t)g->fn->code.len - loop;
	return RC_OK;
}

enum rc gen_loop(struct gen *g, const struct feel_node *node)
{
	size_t before = g->fn->scope.len;
	uint32_t acc = new_slot(g);

	if (acc > LOOP_SLOT)
		return fail_at(g->b->ctx, RC_INVALID, g->b->scope.file, node->line,
			N_("The expression has too many loops. Split it into smaller ones."), NULL);
	if (node->kind == N_FOR) {
		emit(g, op_acc_new, (int32_t)acc, 0, 0, 0);
	} else {
		emit_const(g, feel_boolean(node->kind == N_EVERY));
		emit(g, op_store, (int32_t)acc, 0, 0, -1);
	}
	TRY(gen_loop_level(g, node, 0, acc));
	g->fn->scope.len = before;
	emit(g, op_local, (int32_t)acc, 0, 0, 1);
	return RC_OK;
}

enum rc gen_filter(struct gen *g, const struct feel_node *node)
{
	size_t before = g->fn->scope.len;
	uint32_t slot = new_slot(g);

	TRY(gen(g, node->kids[0]));
	int32_t filter = emit(g, op_filter, (int32_t)slot, 0, 0, -1);
	push_scope(g, SCOPE_FILTER, SV(""), slot);
	TRY(gen(g, node->last));
	emit(g, op_end, 0, 0, 0, 0);
	g->fn->scope.len = before;
	g->fn->code.at[filter].b = (int32_t)g->fn->code.len - filter;
	return RC_OK;
}

/* ---- contexts and functions ---- */

static enum rc gen_named_value(struct gen *g, struct sv name, const struct feel_node *node);

static bool has_duplicate(const struct feel_member *names, size_t count)
{
	for (size_t i = 1; i < count; i++) {
		for (size_t j = 0; j < i; j++) {
			if (sv_equal(names[i].name, names[j].name))
				return true;
		}
	}
	return false;
}

static int32_t add_names(struct gen *g, const struct feel_member *names)
{
	*VEC_PUSH(g->arena, &g->argument_names) = names;
	return (int32_t)g->argument_names.len - 1;
}

enum rc gen_context(struct gen *g, const struct feel_node *node)
{
	size_t before = g->fn->scope.len;
	uint32_t first = g->fn->locals;

	if (has_duplicate(node->names, node->name_count)) {
		emit_const(g, feel_null_because(N_("The context has two entries of one name."), NULL));
		return RC_OK;
	}
	g->fn->locals += (uint32_t)node->count;
	for (size_t i = 0; i < node->count; i++) {
		TRY(gen_named_value(g, node->names[i].name, node->kids[i]));
		emit(g, op_store, (int32_t)(first + i), 0, 0, -1);
		push_scope(g, SCOPE_LOCAL, node->names[i].name, (uint32_t)(first + i));
	}
	if (node->last)
		TRY(gen(g, node->last));
	else
		emit(g, op_context, add_names(g, node->names), (int32_t)first, (int32_t)node->count, 1);
	g->fn->scope.len = before;
	return RC_OK;
}

static enum rc gen_function_named(struct gen *g, struct sv self, const struct feel_node *node)
{
	struct fn_state inner = { .parent = g->fn, .self = self };

	g->fn = &inner;
	for (size_t i = 0; i < node->name_count; i++)
		push_scope(g, SCOPE_LOCAL, node->names[i].name, new_slot(g));
	TRY(gen(g, node->last));
	if (node->type && node->type->kind != FEEL_TYPE_ANY) {
		*VEC_PUSH(g->arena, &g->types) = node->type;
		emit(g, op_coerce, (int32_t)g->types.len - 1, 0, 0, 0);
	}
	emit(g, op_end, 0, 0, 0, 0);
	g->fn = inner.parent;
	struct feel_block block = finish_block(g, &inner);
	block.params = node->names;
	block.param_count = (uint32_t)node->name_count;
	for (size_t i = 0; i < inner.captures.len; i++) {
		if ((int32_t)i == block.self)
			emit_const(g, feel_null());
		else
			TRY(gen_name(g, inner.captures.at[i].name, node->line));
	}
	*VEC_PUSH(g->arena, &g->blocks) = block;
	emit(g, op_closure, (int32_t)g->blocks.len - 1, 0, 0, 1 - (int)inner.captures.len);
	return RC_OK;
}

enum rc gen_function(struct gen *g, const struct feel_node *node)
{
	return gen_function_named(g, (struct sv){ NULL, 0 }, node);
}

/* A function that is the value of an entry may call itself by the entry's name. */
static enum rc gen_named_value(struct gen *g, struct sv name, const struct feel_node *node)
{
	return node->kind == N_FUNCTION ? gen_function_named(g, name, node) : gen(g, node);
}

static bool signature_equal(const char *known, struct sv given)
{
	size_t i = 0;

	for (; *known; known++) {
		while (i < given.len && given.ptr[i] == ' ')
			i++;
		if (i == given.len || given.ptr[i++] != *known)
			return false;
	}
	while (i < given.len && given.ptr[i] == ' ')
		i++;
	return i == given.len;
}

enum rc gen_external(struct gen *g, const struct feel_node *node)
{
	const struct feel_scope *scope = &g->b->scope;

	for (size_t i = 0; i < scope->external_count; i++) {
		const struct feel_external *e = &scope->externals[i];
		if (sv_equal_z(node->text, e->kind) && sv_equal_z(node->text2, e->class_name) && signature_equal(e->signature, node->text3)) {
			emit_const(g, feel_host_function(g->arena, (struct sv){ NULL, 0 }, node->names, node->name_count, NULL, e->fn, e->user));
			return RC_OK;
		}
	}
	emit_const(g, feel_null_because(N_("The external function {what} is not in the list of allowed functions."),
			      arena_z(g->arena, arena_printf(g->arena, "%.*s.%.*s", SV_FMT(node->text2), SV_FMT(node->text3)))));
	return RC_OK;
}

/* ---- calls ---- */

static void emit_unfit(struct gen *g, const struct builtin *builtin)
{
	emit_const(g, feel_null_because(N_("The function {what} was called with arguments it does not have."), builtin->name));
}

static void emit_builtin(struct gen *g, const struct builtin *builtin, size_t count)
{
	*VEC_PUSH(g->arena, &g->builtins) = builtin;
	emit(g, op_builtin, (int32_t)g->builtins.len - 1, (int32_t)count, 0, 1 - (int)count);
}

bool fold_call(struct gen *g, const struct feel_node *node, struct feel_value *ret)
{
	struct feel_value args[BUILTIN_MAX_PARAMS];
	struct feel_run run;
	const struct builtin *builtin = called_builtin(g, node->kids[0]);
	size_t count = node->count - 1;

	if (builtin)
		builtin = builtin_for_count(builtin, count);
	if (!builtin || !builtin->foldable || count > BUILTIN_MAX_PARAMS)
		return false;
	for (size_t i = 0; i < count; i++) {
		if (!constant_of(g, node->kids[i + 1], &args[i]))
			return false;
	}
	feel_run_init(&run, g->b->ctx);
	return feel_fold(&run, builtin, args, count, ret);
}

/* A pattern that is a constant is compiled here, once. *ret_done when the call was generated. */
static enum rc gen_regex_call(struct gen *g, const struct builtin *builtin, const struct feel_node *node, bool *ret_done)
{
	bool is_replace = builtin->fn == fn_replace;
	size_t count = node->count - 1, flags_at = is_replace ? 3 : 2;
	struct feel_value pattern, flags = feel_text(SV(""));
	const char *why;

	*ret_done = false;
	if ((builtin->fn != fn_matches && builtin->fn != fn_split && !is_replace) || !constant_of(g, node->kids[2], &pattern)
		|| pattern.kind != FEEL_STRING || (count > flags_at && !constant_of(g, node->kids[flags_at + 1], &flags))
		|| flags.kind != FEEL_STRING)
		return RC_OK;
	struct regex *regex = regex_compile(g->arena, pattern.text, flags.text, &why);
	if (!regex)
		return RC_OK; /* the function itself says what is wrong */
	TRY(gen(g, node->kids[1]));
	if (is_replace)
		TRY(gen(g, node->kids[3]));
	*VEC_PUSH(g->arena, &g->regexes) = regex;
	emit(g, op_regex, (int32_t)g->regexes.len - 1, builtin->fn == fn_matches ? REGEX_MATCHES : is_replace ? REGEX_REPLACE : REGEX_SPLIT, 0,
		is_replace ? -1 : 0);
	*ret_done = true;
	return RC_OK;
}

enum rc gen_call(struct gen *g, const struct feel_node *node)
{
	const struct builtin *builtin = called_builtin(g, node->kids[0]);
	size_t count = node->count - 1;
	struct feel_value folded;

	if (builtin) {
		const struct builtin *fit = builtin_for_count(builtin, count);
		if (!fit) {
			emit_unfit(g, builtin);
			return RC_OK;
		}
		if (fold_call(g, node, &folded)) {
			emit_const(g, folded);
			return RC_OK;
		}
		bool done;
		TRY(gen_regex_call(g, fit, node, &done));
		if (done)
			return RC_OK;
		for (size_t i = 1; i <= count; i++)
			TRY(gen(g, node->kids[i]));
		emit_builtin(g, fit, count);
		return RC_OK;
	}
	for (size_t i = 0; i <= count; i++)
		TRY(gen(g, node->kids[i]));
	emit(g, op_call, (int32_t)count, 0, 0, -(int)count);
	return RC_OK;
}

enum rc gen_call_named(struct gen *g, const struct feel_node *node)
{
	const struct builtin *builtin = called_builtin(g, node->kids[0]);
	size_t count = node->count - 1, params = 0;

	if (builtin) {
		int order[BUILTIN_MAX_PARAMS];
		const struct builtin *fit = builtin_for_names(builtin, node->names, count, order, &params);
		if (!fit) {
			emit_unfit(g, builtin);
			return RC_OK;
		}
		for (size_t i = 0; i < params; i++) {
			if (order[i] < 0)
				emit_const(g, feel_null());
			else
				TRY(gen(g, node->kids[order[i] + 1]));
		}
		emit_builtin(g, fit, params);
		return RC_OK;
	}
	for (size_t i = 0; i <= count; i++)
		TRY(gen(g, node->kids[i]));
	emit(g, op_call_named, (int32_t)count, add_names(g, node->names), 0, -(int)count);
	return RC_OK;
}
