/* From the tree to code. Each function body (and the expression itself) becomes a block with numbered locals; loops and
 * filters lie inline in their block. A name is found, from inside out, as a local, as a member of the item that a filter
 * looks at (known only when it runs), as a value captured from the function around, as an input, as a built-in.
 *
 * Invariant: every gen_ function leaves exactly one value more on the stack. */
#include <assert.h>

#include "base/map.h"
#include "engine/feel/generate_int.h"

#include "base/banned.h"

int32_t emit(struct gen *g, op_fn *fn, int32_t a, int32_t b, int32_t c, int growth)
{
	struct fn_state *f = g->fn;

	*VEC_PUSH(g->arena, &f->code) = (struct feel_insn){ fn, a, b, c };
	f->depth += growth;
	assert(f->depth >= 0);
	if ((uint32_t)f->depth > f->max_depth)
		f->max_depth = (uint32_t)f->depth;
	return (int32_t)f->code.len - 1;
}

/* Makes the jump at `from` lead behind the code so far. */
static void land(struct gen *g, int32_t from)
{
	assert(from >= 0 && (size_t)from < g->fn->code.len);
	assert(g->fn->code.at[from].a == 0); /* a jump is led somewhere once */
	g->fn->code.at[from].a = (int32_t)g->fn->code.len - from;
}

uint32_t new_slot(struct gen *g)
{
	return g->fn->locals++;
}

static int32_t add_constant(struct gen *g, struct feel_value value)
{
	*VEC_PUSH(g->arena, &g->constants) = value;
	return (int32_t)g->constants.len - 1;
}

void emit_const(struct gen *g, struct feel_value value)
{
	emit(g, op_const, add_constant(g, value), 0, 0, 1);
}

void push_scope(struct gen *g, enum scope_kind kind, struct sv name, uint32_t slot)
{
	*VEC_PUSH(g->arena, &g->fn->scope) = (struct scope_entry){ kind, name, slot };
}

/* ---- names ---- */

static int32_t var_index(struct gen *g, struct sv name)
{
	for (size_t i = 0; i < g->names.len; i++) {
		if (sv_equal(g->names.at[i], name))
			return (int32_t)i;
	}
	*VEC_PUSH(g->arena, &g->names) = name;
	return (int32_t)g->names.len - 1;
}

static bool is_declared(const struct gen *g, struct sv name)
{
	for (size_t i = 0; i < g->b->scope.count; i++) {
		if (sv_equal(g->b->scope.names[i].name, name))
			return true;
	}
	for (size_t i = 0; i < g->b->names.len; i++) {
		if (sv_equal(g->b->names.at[i].name, name))
			return true;
	}
	return false;
}

/* Whether the name is bound by something in the text, whatever it turns out to be. */
static bool is_bound(const struct gen *g, struct sv name)
{
	for (const struct fn_state *f = g->fn; f; f = f->parent) {
		for (size_t i = 0; i < f->scope.len; i++) {
			if (f->scope.at[i].kind == SCOPE_LOCAL && sv_equal(f->scope.at[i].name, name))
				return true;
		}
		if (f->self.len && sv_equal(f->self, name))
			return true;
	}
	return is_declared(g, name);
}

static bool inside_filter(const struct gen *g)
{
	for (const struct fn_state *f = g->fn; f; f = f->parent) {
		for (size_t i = 0; i < f->scope.len; i++) {
			if (f->scope.at[i].kind == SCOPE_FILTER)
				return true;
		}
	}
	return false;
}

static struct feel_value builtin_value(struct arena *arena, const struct builtin *builtin)
{
	struct feel_function *fn = ARENA_NEW(arena, struct feel_function);
	struct { VEC(struct feel_member); } params = { 0 };
	struct sv rest = sv_of(builtin->params);

	fn->kind = FN_BUILTIN;
	fn->name = sv_of(builtin->name);
	fn->builtin = builtin;
	while (rest.len) {
		size_t bar = 0;
		while (bar < rest.len && rest.ptr[bar] != ',' && rest.ptr[bar] != '|')
			bar++;
		VEC_PUSH(arena, &params)->name = sv_slice(rest, 0, bar);
		rest = sv_slice(rest, bar + 1, SIZE_MAX);
	}
	fn->params = params.at;
	fn->count = params.len;
	return (struct feel_value){ FEEL_FUNCTION, .function = fn };
}

/* A name that no block binds. */
static enum rc gen_outer_name(struct gen *g, struct sv name, uint32_t line)
{
	const struct builtin *builtin = is_declared(g, name) ? NULL : builtin_find(name);

	if (builtin) {
		emit_const(g, builtin_value(g->arena, builtin));
		return RC_OK;
	}
	if (!is_declared(g, name) && g->b->scope.closed) {
		if (!inside_filter(g))
			return fail_at(g->b->ctx, RC_INVALID, g->b->scope.file, line,
				N_("The expression speaks of \"{name}\", which does not exist here. Correct the name or declare it."),
				ARGS({ "name", name }, { "source", sv_slice(g->source, 0, 200) }));
		emit_const(g, feel_null_because(N_("There is no {what}."), arena_z(g->arena, name)));
		return RC_OK;
	}
	emit(g, op_var, var_index(g, name), 0, 0, 1);
	return RC_OK;
}

/* The slot of a value captured from the function around. */
static uint32_t capture_slot(struct gen *g, struct sv name)
{
	struct fn_state *f = g->fn;

	for (size_t i = 0; i < f->captures.len; i++) {
		if (sv_equal(f->captures.at[i].name, name))
			return f->captures.at[i].slot;
	}
	struct scope_entry *capture = VEC_PUSH(g->arena, &f->captures);
	*capture = (struct scope_entry){ SCOPE_LOCAL, name, new_slot(g) };
	return capture->slot;
}

static enum rc gen_name_below(struct gen *g, struct sv name, size_t scope_len, uint32_t line)
{
	struct fn_state *f = g->fn;

	for (size_t i = scope_len; i-- > 0;) {
		struct scope_entry entry = f->scope.at[i];
		if (entry.kind == SCOPE_LOCAL) {
			if (!sv_equal(entry.name, name))
				continue;
			emit(g, op_local, (int32_t)entry.slot, 0, 0, 1);
			return RC_OK;
		}
		if (sv_equal_z(name, "item")) {
			emit(g, op_item, (int32_t)entry.slot, 0, 0, 1);
			return RC_OK;
		}
		if (sv_equal_z(name, "?"))
			continue;
		emit(g, op_member_or, (int32_t)entry.slot, add_constant(g, feel_text(name)), 0, 0);
		int32_t jump = emit(g, op_jump, 0, 0, 0, 0);
		TRY(gen_name_below(g, name, i, line));
		land(g, jump);
		return RC_OK;
	}
	if (sv_equal_z(name, "?") && !f->parent) {
		emit(g, op_input, 0, 0, 0, 1);
		return RC_OK;
	}
	if (!f->parent)
		return gen_outer_name(g, name, line);
	const struct builtin *builtin = is_bound(g, name) ? NULL : builtin_find(name);
	if (builtin) {
		emit_const(g, builtin_value(g->arena, builtin));
		return RC_OK;
	}
	emit(g, op_local, (int32_t)capture_slot(g, name), 0, 0, 1);
	return RC_OK;
}

enum rc gen_name(struct gen *g, struct sv name, uint32_t line)
{
	return gen_name_below(g, name, g->fn->scope.len, line);
}

/* Notes what is read from outside: `node` is a name or a path. */
static void note_read(struct gen *g, const struct feel_node *node)
{
	struct sv path = { NULL, 0 };
	const struct feel_node *root = node;

	while (root->kind == N_PATH)
		root = root->kids[0];
	if (root->kind != N_NAME || sv_equal_z(root->text, "?"))
		return;
	for (const struct fn_state *f = g->fn; f; f = f->parent) {
		for (size_t i = 0; i < f->scope.len; i++) {
			if (f->scope.at[i].kind == SCOPE_FILTER ? !is_declared(g, root->text) : sv_equal(f->scope.at[i].name, root->text))
				return;
		}
	}
	if (!is_declared(g, root->text) && builtin_find(root->text))
		return;
	for (; node->kind == N_PATH; node = node->kids[0])
		path = path.len ? arena_printf(g->arena, "%.*s.%.*s", SV_FMT(node->text), SV_FMT(path)) : node->text;
	path = path.len ? arena_printf(g->arena, "%.*s.%.*s", SV_FMT(root->text), SV_FMT(path)) : root->text;
	for (size_t i = 0; i < g->reads.len; i++) {
		if (sv_equal(g->reads.at[i].path, path))
			return;
	}
	*VEC_PUSH(g->arena, &g->reads) = (struct feel_read){ path, root->text, root->line };
}

/* ---- simple nodes ---- */

static op_fn *const binary_ops[] = {
	[N_ADD] = op_add, [N_SUB] = op_sub, [N_MUL] = op_mul, [N_DIV] = op_div, [N_POW] = op_pow,
	[N_EQUAL] = op_equal, [N_UNEQUAL] = op_unequal, [N_LESS] = op_less, [N_LESS_EQUAL] = op_less_equal,
	[N_GREATER] = op_greater, [N_GREATER_EQUAL] = op_greater_equal,
};

static enum rc gen_const(struct gen *g, const struct feel_node *node)
{
	emit_const(g, node->value);
	return RC_OK;
}

static enum rc gen_name_node(struct gen *g, const struct feel_node *node)
{
	note_read(g, node);
	return gen_name(g, node->text, node->line);
}

static enum rc gen_binary(struct gen *g, const struct feel_node *node)
{
	TRY(gen(g, node->kids[0]));
	TRY(gen(g, node->kids[1]));
	emit(g, binary_ops[node->kind], 0, 0, 0, -1);
	return RC_OK;
}

static enum rc gen_negate(struct gen *g, const struct feel_node *node)
{
	if (node->kids[0]->kind == N_CONST) {
		emit_const(g, feel_arith_negate(node->kids[0]->value));
		return RC_OK;
	}
	TRY(gen(g, node->kids[0]));
	emit(g, op_negate, 0, 0, 0, 0);
	return RC_OK;
}

static enum rc gen_logic(struct gen *g, const struct feel_node *node)
{
	TRY(gen(g, node->kids[0]));
	int32_t jump = emit(g, node->kind == N_AND ? op_and_left : op_or_left, 0, 0, 0, 0);
	TRY(gen(g, node->kids[1]));
	emit(g, node->kind == N_AND ? op_and : op_or, 0, 0, 0, -1);
	land(g, jump);
	return RC_OK;
}

static enum rc gen_between(struct gen *g, const struct feel_node *node)
{
	for (size_t i = 0; i < 3; i++)
		TRY(gen(g, node->kids[i]));
	emit(g, op_between, 0, 0, 0, -2);
	return RC_OK;
}

static enum rc gen_if(struct gen *g, const struct feel_node *node)
{
	TRY(gen(g, node->kids[0]));
	int32_t otherwise = emit(g, op_if_not, 0, 0, 0, -1);
	TRY(gen(g, node->kids[1]));
	int32_t end = emit(g, op_jump, 0, 0, 0, -1);
	land(g, otherwise);
	TRY(gen(g, node->kids[2]));
	land(g, end);
	g->fn->code.at[otherwise].b = (int32_t)g->fn->code.len - otherwise;
	return RC_OK;
}

/* The value of a node that needs nothing to run, or false. */
bool constant_of(struct gen *g, const struct feel_node *node, struct feel_value *ret)
{
	if (node->kind == N_CONST) {
		*ret = node->value;
		return true;
	}
	if (node->kind == N_NEGATE && node->kids[0]->kind == N_CONST) {
		*ret = feel_arith_negate(node->kids[0]->value);
		return true;
	}
	if (node->kind == N_CALL)
		return fold_call(g, node, ret);
	return false;
}

static enum rc gen_list(struct gen *g, const struct feel_node *node)
{
	struct feel_value *items = ARENA_ARRAY(g->arena, struct feel_value, node->count);
	size_t known = 0;

	while (known < node->count && constant_of(g, node->kids[known], &items[known]))
		known++;
	if (known == node->count) {
		emit_const(g, feel_list(items, known));
		return RC_OK;
	}
	for (size_t i = 0; i < node->count; i++)
		TRY(gen(g, node->kids[i]));
	emit(g, op_list, (int32_t)node->count, 0, 0, 1 - (int)node->count);
	return RC_OK;
}

static enum rc gen_range(struct gen *g, const struct feel_node *node)
{
	struct feel_range *range = ARENA_NEW(g->arena, struct feel_range);

	if (constant_of(g, node->kids[0], &range->low) && constant_of(g, node->kids[1], &range->high)) {
		range->low_closed = node->low_closed;
		range->high_closed = node->high_closed;
		emit_const(g, (struct feel_value){ FEEL_RANGE, .range = range });
		return RC_OK;
	}
	TRY(gen(g, node->kids[0]));
	TRY(gen(g, node->kids[1]));
	emit(g, op_range, node->low_closed, node->high_closed, 0, -1);
	return RC_OK;
}

static enum rc gen_test_value(struct gen *g, const struct feel_node *node)
{
	TRY(gen(g, node->kids[0]));
	emit(g, op_test_range, (int32_t)node->op, 0, 0, 0);
	return RC_OK;
}

static enum rc gen_path(struct gen *g, const struct feel_node *node)
{
	const struct feel_node *root = node->kids[0];

	note_read(g, node);
	if (root->kind == N_NAME)
		TRY(gen_name(g, root->text, root->line));
	else if (root->kind == N_PATH)
		TRY(gen_path(g, root));
	else
		TRY(gen(g, root));
	emit(g, op_path, add_constant(g, feel_text(node->text)), 0, 0, 0);
	return RC_OK;
}

static int32_t add_type(struct gen *g, const struct feel_type *type)
{
	*VEC_PUSH(g->arena, &g->types) = type;
	return (int32_t)g->types.len - 1;
}

static enum rc gen_typed(struct gen *g, const struct feel_node *node)
{
	TRY(gen(g, node->kids[0]));
	emit(g, node->kind == N_INSTANCE ? op_instance : op_coerce, add_type(g, node->type), 0, 0, 0);
	return RC_OK;
}

static enum rc gen_host(struct gen *g, const struct feel_node *node)
{
	for (size_t i = 0; i < node->count; i++)
		TRY(gen(g, node->kids[i]));
	*VEC_PUSH(g->arena, &g->hosts) = node;
	emit(g, op_host, (int32_t)g->hosts.len - 1, (int32_t)node->count, 0, 1 - (int)node->count);
	return RC_OK;
}

typedef enum rc gen_fn(struct gen *g, const struct feel_node *node);

static gen_fn *const generators[] = {
	[N_CONST] = gen_const, [N_NAME] = gen_name_node, [N_ADD] = gen_binary, [N_SUB] = gen_binary, [N_MUL] = gen_binary,
	[N_DIV] = gen_binary, [N_POW] = gen_binary, [N_NEGATE] = gen_negate, [N_AND] = gen_logic, [N_OR] = gen_logic,
	[N_EQUAL] = gen_binary, [N_UNEQUAL] = gen_binary, [N_LESS] = gen_binary, [N_LESS_EQUAL] = gen_binary,
	[N_GREATER] = gen_binary, [N_GREATER_EQUAL] = gen_binary, [N_BETWEEN] = gen_between, [N_IN] = gen_in, [N_IF] = gen_if,
	[N_FOR] = gen_loop, [N_SOME] = gen_loop, [N_EVERY] = gen_loop, [N_STEPS] = gen_range, [N_LIST] = gen_list,
	[N_CONTEXT] = gen_context, [N_PATH] = gen_path, [N_FILTER] = gen_filter, [N_CALL] = gen_call,
	[N_CALL_NAMED] = gen_call_named, [N_FUNCTION] = gen_function, [N_EXTERNAL] = gen_external, [N_INSTANCE] = gen_typed,
	[N_RANGE] = gen_range, [N_TEST] = gen_test_value, [N_TESTS] = gen_tests, [N_NOT_TESTS] = gen_tests,
	[N_ANYTHING] = gen_tests, [N_HOST] = gen_host, [N_COERCE] = gen_typed,
};

enum rc gen(struct gen *g, const struct feel_node *node)
{
	return generators[node->kind](g, node);
}

/* Whether `name` in call position means the built-in function. */
const struct builtin *called_builtin(const struct gen *g, const struct feel_node *callee)
{
	if (callee->kind != N_NAME || is_bound(g, callee->text))
		return NULL;
	return builtin_find(callee->text);
}

struct feel_block finish_block(struct gen *g, const struct fn_state *f)
{
	uint32_t *slots = ARENA_ARRAY(g->arena, uint32_t, f->captures.len);
	struct feel_block block = { .code = f->code.at, .locals = f->locals, .stack = f->max_depth,
		.capture_count = (uint32_t)f->captures.len, .capture_slots = slots, .self = -1, .name = f->self };

	for (size_t i = 0; i < f->captures.len; i++) {
		slots[i] = f->captures.at[i].slot;
		if (f->self.len && sv_equal(f->captures.at[i].name, f->self))
			block.self = (int32_t)i;
	}
	return block;
}

enum rc feel_generate(struct feel_builder *b, struct feel_node *node, struct sv source, const struct feel_expr **ret)
{
	struct fn_state main = { 0 };
	struct gen g = { .b = b, .arena = b->arena, .fn = &main, .source = source };

	TRY(gen(&g, node));
	emit(&g, op_end, 0, 0, 0, 0);
	struct feel_expr *expr = ARENA_NEW(b->arena, struct feel_expr);
	*expr = (struct feel_expr){
		.source = source,
		.main = finish_block(&g, &main),
		.constants = g.constants.at,
		.blocks = g.blocks.at,
		.types = g.types.at,
		.argument_names = g.argument_names.at,
		.hosts = (const struct feel_node *const *)g.hosts.at,
		.builtins = g.builtins.at,
		.regexes = (const struct regex *const *)g.regexes.at,
		.names = g.names.at,
		.name_count = g.names.len,
		.accepts = accepts_of(&g, node),
		.reads = g.reads.at,
		.read_count = g.reads.len,
	};
	*ret = expr;
	return RC_OK;
}

bool feel_constant_value(const struct feel_expr *expr, struct feel_value *ret)
{
	if (expr->main.code[0].fn != op_const || expr->main.code[1].fn != op_end)
		return false;
	*ret = expr->constants[expr->main.code[0].a];
	return true;
}

struct feel_value feel_builtin(struct arena *arena, struct sv name)
{
	const struct builtin *builtin = builtin_find(name);

	return builtin ? builtin_value(arena, builtin) : feel_null();
}
