/* The machine: a stack of values and one handler an instruction, each returning the next instruction (NULL ends the
 * block). Straight code is bounded by its text; loops and calls count steps (feel_charge). At a limit feel_stop jumps to
 * the outermost feel_run_expr or feel_call, which fails; nothing here owns anything that would be lost. */
#include <assert.h>
#include <setjmp.h>

#include "engine/feel/feel_int.h"

#include "base/banned.h"

enum { FIXED_STACK = 48, CLOCK_EVERY = 0x1000 };

/* ---- limits ---- */

void feel_run_init(struct feel_run *run, struct ctx *ctx)
{
	size_t used = ctx->arena->used;
	size_t room = ctx->arena->max - used;

	*run = (struct feel_run){
		.ctx = ctx,
		.steps = FEEL_MAX_STEPS,
		.bytes_max = used + (room < FEEL_MAX_BYTES ? room : FEEL_MAX_BYTES),
	};
}

_Noreturn void feel_stop(struct feel_run *run, const char *msgid)
{
	run->rc = fail(run->ctx, RC_UNAVAILABLE, msgid, NULL);
	assert(run->stop);
	longjmp(*(jmp_buf *)run->stop, 1);
}

/* The time limit runs from the first look at the clock, some thousand steps after the start. It is this thread's own time: a busy
 * machine stops no rule that stays within its steps. */
void feel_charge_slow(struct feel_run *run)
{
	int64_t now = clock_thread_ns();

	if (run->until_ns == 0)
		run->until_ns = now + (int64_t)FEEL_MAX_MS * 1000000;
	else if (now > run->until_ns)
		feel_stop(run, N_("The rule took too long. Simplify the rule."));
}

void *feel_alloc(struct feel_run *run, size_t count, size_t size)
{
	struct arena *arena = run->ctx->arena;
	size_t bytes;

	if (__builtin_mul_overflow(count, size, &bytes) || arena->used > run->bytes_max || bytes > run->bytes_max - arena->used)
		feel_stop(run, N_("The rule needs too much memory. Simplify the rule."));
	return arena_alloc(arena, bytes);
}

void list_add(struct list_out *out, struct feel_value value)
{
	if (out->count == out->cap) {
		size_t cap = out->cap ? out->cap * 2 : 8;
		struct feel_value *at = feel_alloc(out->run, cap, sizeof(*at));
		if (out->count)
			memcpy(at, out->at, out->count * sizeof(*at));
		out->at = at;
		out->cap = cap;
	}
	assert(out->count < out->cap);
	out->at[out->count++] = value;
}

/* ---- running ---- */

void vm_block(struct vm *vm, const struct feel_insn *from)
{
	do {
		from = from->fn(vm, from);
	} while (from);
}

/* Whether a list or context lies in the places of the machine, which are used again: its elements would change behind its back. */
static bool points_into(struct feel_value v, const struct feel_value *places, size_t count)
{
	const char *at = v.kind == FEEL_LIST ? (const char *)v.list.at : v.kind == FEEL_CONTEXT ? (const char *)v.context.at : NULL;

	return at && at >= (const char *)places && at < (const char *)(places + count);
}

static struct feel_value run_block(struct vm *vm, const struct feel_block *block, const struct feel_function *closure,
	const struct feel_value *args)
{
	struct feel_value fixed[FIXED_STACK], *base = fixed;
	size_t need = (size_t)block->locals + block->stack;

	if (need > FIXED_STACK)
		base = feel_alloc(vm->run, need, sizeof(*base));
	vm->locals = base;
	vm->sp = base + block->locals;
	assert(block->param_count + block->capture_count <= block->locals);
	assert(block->capture_count == 0 || closure);
	for (uint32_t i = 0; i < block->param_count; i++)
		base[i] = args[i];
	for (uint32_t i = 0; i < block->capture_count; i++)
		base[block->capture_slots[i]] = closure->captures[i];
	vm_block(vm, block->code);
	assert(vm->sp == base + block->locals + 1); /* the generator's invariant: a block leaves one value */
	assert(!points_into(vm->sp[-1], base, need));
	return vm->sp[-1];
}

static void enter(struct feel_run *run)
{
	feel_charge(run, 1);
	if (++run->depth > FEEL_MAX_DEPTH)
		feel_stop(run, N_("The rule calls itself too deeply. Correct its recursion."));
}

enum rc feel_run_expr(struct feel_run *run, const struct feel_expr *expr, const struct feel_value *values,
	const struct feel_value *input, struct feel_value *ret)
{
	struct vm vm = { .run = run, .vars = values, .input = input, .expr = expr };
	jmp_buf stop;

	if (run->stop) {
		enter(run);
		*ret = run_block(&vm, &expr->main, NULL, NULL);
		run->depth--;
		return RC_OK;
	}
	assert(run->rc == RC_OK); /* a run that a limit has stopped is not used again */
	run->stop = &stop;
	if (setjmp(stop) == 0)
		*ret = run_block(&vm, &expr->main, NULL, NULL);
	run->stop = NULL;
	return run->rc;
}

enum rc feel_call(struct feel_run *run, struct feel_value function, const struct feel_value *arguments, size_t count,
	struct feel_value *ret)
{
	jmp_buf stop;

	if (function.kind != FEEL_FUNCTION) {
		*ret = feel_null_because(N_("What was called is no function."), NULL);
		return RC_OK;
	}
	if (run->stop) {
		*ret = feel_apply(run, function.function, arguments, count);
		return RC_OK;
	}
	run->stop = &stop;
	if (setjmp(stop) == 0)
		*ret = feel_apply(run, function.function, arguments, count);
	run->stop = NULL;
	return run->rc;
}

bool feel_fold(struct feel_run *run, const struct builtin *builtin, const struct feel_value *args, size_t count,
	struct feel_value *ret)
{
	jmp_buf stop;

	run->stop = &stop;
	if (setjmp(stop) == 0)
		*ret = builtin->fn(run, args, count);
	run->stop = NULL;
	if (run->rc == RC_OK)
		return true;
	error_clear(run->ctx);
	return false;
}

static struct feel_value no_such_arguments(const struct feel_function *fn)
{
	(void)fn; /* names may be absent; the place is known from the expression */
	return feel_null_because(N_("A function was called with the wrong number or names of arguments."), NULL);
}

static enum rc call_host(struct feel_run *run, const struct feel_function *fn, const struct feel_value *args, struct feel_value *ret)
{
	TRY(fn->fn(run, fn->user, args, fn->count, ret));
	*ret = feel_coerce(run, *ret, fn->result);
	return RC_OK;
}

struct feel_value feel_apply(struct feel_run *run, const struct feel_function *fn, const struct feel_value *args, size_t count)
{
	struct feel_value converted[16], *values = converted, result = feel_null();

	if (fn->kind == FN_BUILTIN) {
		const struct builtin *fit = builtin_for_count(fn->builtin, count);
		if (!fit)
			return no_such_arguments(fn);
		feel_charge(run, 1);
		return fit->fn(run, args, count);
	}
	if (count != fn->count)
		return no_such_arguments(fn);
	enter(run);
	if (count > sizeof(converted) / sizeof(converted[0]))
		values = feel_alloc(run, count, sizeof(*values));
	for (size_t i = 0; i < count; i++) {
		values[i] = feel_coerce(run, args[i], fn->params[i].type);
		if (values[i].kind == FEEL_NULL && args[i].kind != FEEL_NULL) {
			run->depth--;
			return values[i];
		}
	}
	if (fn->kind == FN_CLOSURE) {
		struct vm vm = { .run = run, .expr = fn->expr };
		result = run_block(&vm, fn->block, fn, values);
	} else if (call_host(run, fn, values, &result) != RC_OK) {
		run->rc = run->ctx->err->rc;
		assert(run->rc != RC_OK && run->stop);
		longjmp(*(jmp_buf *)run->stop, 1);
	}
	assert(run->depth > 0);
	run->depth--;
	return result;
}

struct feel_value feel_apply_named(struct feel_run *run, const struct feel_function *fn, const struct feel_member *names,
	const struct feel_value *args, size_t count)
{
	struct feel_value *ordered;

	if (fn->kind == FN_BUILTIN) {
		int order[BUILTIN_MAX_PARAMS];
		size_t params;
		const struct builtin *fit = builtin_for_names(fn->builtin, names, count, order, &params);
		if (!fit)
			return no_such_arguments(fn);
		ordered = feel_alloc(run, params, sizeof(*ordered));
		for (size_t i = 0; i < params; i++)
			ordered[i] = order[i] < 0 ? feel_null() : args[order[i]];
		return fit->fn(run, ordered, params);
	}
	if (count > fn->count)
		return no_such_arguments(fn);
	ordered = feel_alloc(run, fn->count, sizeof(*ordered));
	for (size_t i = 0; i < count; i++) {
		size_t at = 0;
		while (at < fn->count && !sv_equal(fn->params[at].name, names[i].name))
			at++;
		if (at == fn->count)
			return no_such_arguments(fn);
		ordered[at] = args[i];
	}
	return feel_apply(run, fn, ordered, fn->count);
}

struct feel_value feel_host_function(struct arena *arena, struct sv name, const struct feel_member *parameters, size_t count,
	const struct feel_type *result, feel_host_fn *fn, void *user)
{
	struct feel_function *function = ARENA_NEW(arena, struct feel_function);

	*function = (struct feel_function){ .kind = FN_HOST, .name = name, .params = parameters, .count = count, .result = result,
		.fn = fn, .user = user };
	return (struct feel_value){ FEEL_FUNCTION, .function = function };
}

/* ---- the simple way in ---- */

static enum rc eval_in(struct ctx *ctx, const struct feel_expr *expr, const struct feel_value *input, struct feel_value context,
	struct feel_value *ret)
{
	struct feel_value fixed[16], *values = fixed;
	struct feel_run run;

	feel_run_init(&run, ctx);
	if (expr->name_count > sizeof(fixed) / sizeof(fixed[0]))
		values = ARENA_ARRAY(ctx->arena, struct feel_value, expr->name_count);
	size_t hint = 0;
	for (size_t i = 0; i < expr->name_count; i++) {
		struct sv name = expr->names[i];
		size_t count = context.kind == FEEL_CONTEXT ? context.context.count : 0, tried = 0;
		while (tried < count && !sv_equal(context.context.at[hint].key, name)) {
			hint = hint + 1 == count ? 0 : hint + 1;
			tried++;
		}
		if (tried < count)
			values[i] = context.context.at[hint].value;
		else
			values[i] = feel_null_because(N_("There is no {what}."), name.ptr);
	}
	return feel_run_expr(&run, expr, values, input, ret);
}

enum rc feel_eval(struct ctx *ctx, const struct feel_expr *expr, struct feel_value context, struct feel_value *ret)
{
	return eval_in(ctx, expr, NULL, context, ret);
}

enum rc feel_test(struct ctx *ctx, const struct feel_expr *tests, struct feel_value input, struct feel_value context, bool *ret)
{
	struct feel_value result;

	TRY(eval_in(ctx, tests, &input, context, &result));
	*ret = feel_is_true(result);
	return RC_OK;
}

const struct feel_read *feel_reads(const struct feel_expr *expr, size_t *ret_count)
{
	*ret_count = expr->read_count;
	return expr->reads;
}

const struct sv *feel_names(const struct feel_expr *expr, size_t *ret_count)
{
	*ret_count = expr->name_count;
	return expr->names;
}

struct sv feel_source(const struct feel_expr *expr)
{
	return expr->source;
}
