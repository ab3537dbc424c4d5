/* The machine's instructions: loads, operators, paths and calls. See feel_int.h for the machine and vm.c for its loop. */
#include <assert.h>

#include "engine/feel/feel_int.h"

#include "base/banned.h"

#define OP(name) const struct feel_insn *name(struct vm *vm, const struct feel_insn *insn)

OP(op_end)
{
	(void)vm, (void)insn; /* an instruction like the others */
	return NULL;
}

OP(op_const)
{
	*vm->sp++ = vm->expr->constants[insn->a];
	return insn + 1;
}

OP(op_var)
{
	*vm->sp++ = vm->vars[insn->a];
	return insn + 1;
}

OP(op_local)
{
	*vm->sp++ = vm->locals[insn->a];
	return insn + 1;
}

OP(op_store)
{
	vm->locals[insn->a] = *--vm->sp;
	return insn + 1;
}

OP(op_input)
{
	*vm->sp++ = vm->input ? *vm->input : feel_null_because(N_("There is no input for \"?\"."), NULL);
	return insn + 1;
}

OP(op_jump)
{
	(void)vm;
	return insn + insn->a;
}

/* b: to behind the else branch, for a condition that is no truth value. */
OP(op_if_not)
{
	struct feel_value *condition = --vm->sp;

	if (condition->kind == FEEL_BOOLEAN || condition->kind == FEEL_NULL)
		return feel_is_true(*condition) ? insn + 1 : insn + insn->a;
	*vm->sp++ = feel_null_because(N_("A condition is neither true nor false."), NULL);
	return insn + insn->b;
}

/* The item's member of that name, then the jump behind; without one, what follows the jump. */
OP(op_member_or)
{
	struct feel_value item = vm->locals[insn->a];
	struct sv name = vm->expr->constants[insn->b].text;
	const struct feel_value *member = feel_get(item, name);

	if (!member) {
		if (item.kind != FEEL_CONTEXT && feel_has_property(item, name)) {
			*vm->sp++ = feel_property(vm->run, item, name);
			return insn + 1;
		}
		return insn + 2;
	}
	*vm->sp++ = *member;
	return insn + 1;
}

OP(op_item)
{
	struct feel_value item = vm->locals[insn->a];
	const struct feel_value *member = feel_get(item, SV("item"));

	*vm->sp++ = member ? *member : item;
	return insn + 1;
}

/* ---- arithmetic ---- */

#define ARITHMETIC(op, general, fast)                                                                                  \
	OP(op)                                                                                                         \
	{                                                                                                              \
		struct feel_value *a = &vm->sp[-2], *b = &vm->sp[-1];                                                  \
		vm->sp--;                                                                                              \
		if (a->kind != FEEL_NUMBER || b->kind != FEEL_NUMBER || !fast(a->number, b->number, &a->number))       \
			*a = general(vm->run, *a, *b);                                                                 \
		return insn + 1;                                                                                       \
	}

ARITHMETIC(op_add, feel_arith_add, decimal_add)
ARITHMETIC(op_sub, feel_arith_sub, decimal_sub)
ARITHMETIC(op_mul, feel_arith_mul, decimal_mul)
ARITHMETIC(op_div, feel_arith_div, decimal_div)
ARITHMETIC(op_pow, feel_arith_pow, decimal_pow)

OP(op_negate)
{
	vm->sp[-1] = feel_arith_negate(vm->sp[-1]);
	return insn + 1;
}

/* ---- truth ---- */

static inline int truth(struct feel_value v)
{
	return v.kind == FEEL_BOOLEAN ? v.boolean : -1;
}

static struct feel_value no_boolean(struct feel_value v)
{
	if (v.kind == FEEL_NULL)
		return v;
	return feel_null_because(N_("A condition is neither true nor false."), NULL);
}

OP(op_and_left)
{
	return truth(vm->sp[-1]) == 0 ? insn + insn->a : insn + 1;
}

OP(op_or_left)
{
	return truth(vm->sp[-1]) == 1 ? insn + insn->a : insn + 1;
}

OP(op_and)
{
	struct feel_value *a = &vm->sp[-2], *b = &vm->sp[-1];
	int x = truth(*a), y = truth(*b);

	vm->sp--;
	if (x == 0 || y == 0)
		*a = feel_boolean(false);
	else if (x < 0)
		*a = no_boolean(*a);
	else
		*a = y < 0 ? no_boolean(*b) : *b;
	return insn + 1;
}

OP(op_or)
{
	struct feel_value *a = &vm->sp[-2], *b = &vm->sp[-1];
	int x = truth(*a), y = truth(*b);

	vm->sp--;
	if (x == 1 || y == 1)
		*a = feel_boolean(true);
	else if (x < 0)
		*a = no_boolean(*a);
	else
		*a = y < 0 ? no_boolean(*b) : *b;
	return insn + 1;
}

OP(op_not)
{
	int x = truth(vm->sp[-1]);

	vm->sp[-1] = x < 0 ? no_boolean(vm->sp[-1]) : feel_boolean(!x);
	return insn + 1;
}

static struct feel_value no_comparison(struct feel_value a, struct feel_value b)
{
	if (a.kind == FEEL_NULL && a.reason.msgid)
		return a;
	if (b.kind == FEEL_NULL && b.reason.msgid)
		return b;
	return feel_null_because(N_("Two values of different kinds were compared."), NULL);
}

/* Writes a truth value over what was compared; the rest of the value has no meaning then. */
static inline void set_truth(struct feel_value *v, bool truth_value)
{
	v->kind = FEEL_BOOLEAN;
	v->nano = 0;
	v->boolean = truth_value;
}

static inline int equal_fast(struct vm *vm, const struct feel_value *a, const struct feel_value *b)
{
	if (a->kind == FEEL_STRING && b->kind == FEEL_STRING)
		return sv_equal(a->text, b->text);
	return feel_equal_in(vm->run, *a, *b);
}

OP(op_equal)
{
	struct feel_value *a = &vm->sp[-2], *b = &vm->sp[-1];
	int equal = equal_fast(vm, a, b);

	vm->sp--;
	if (equal < 0)
		*a = no_comparison(*a, *b);
	else
		set_truth(a, equal);
	return insn + 1;
}

OP(op_unequal)
{
	struct feel_value *a = &vm->sp[-2], *b = &vm->sp[-1];
	int equal = equal_fast(vm, a, b);

	vm->sp--;
	if (equal < 0)
		*a = no_comparison(*a, *b);
	else
		set_truth(a, !equal);
	return insn + 1;
}

static inline int order_fast(const struct feel_value *a, const struct feel_value *b)
{
	if (a->kind == FEEL_NUMBER && b->kind == FEEL_NUMBER) {
		if (a->number.hi == b->number.hi && decimal_is_small(a->number))
			return ((int64_t)a->number.lo > (int64_t)b->number.lo) - ((int64_t)a->number.lo < (int64_t)b->number.lo);
		return decimal_compare(a->number, b->number);
	}
	return feel_order(*a, *b);
}

#define ORDERED(op, condition)                                                                                         \
	OP(op)                                                                                                         \
	{                                                                                                              \
		struct feel_value *a = &vm->sp[-2], *b = &vm->sp[-1];                                                  \
		int order = order_fast(a, b);                                                                          \
		vm->sp--;                                                                                              \
		if (order == INCOMPARABLE)                                                                             \
			*a = no_comparison(*a, *b);                                                                    \
		else                                                                                                   \
			set_truth(a, condition);                                                                       \
		return insn + 1;                                                                                       \
	}

ORDERED(op_less, order < 0)
ORDERED(op_less_equal, order <= 0)
ORDERED(op_greater, order > 0)
ORDERED(op_greater_equal, order >= 0)

OP(op_between)
{
	struct feel_value *v = &vm->sp[-3];
	int low = feel_order(*v, vm->sp[-2]), high = feel_order(*v, vm->sp[-1]);

	vm->sp -= 2;
	*v = low == INCOMPARABLE || high == INCOMPARABLE ? no_comparison(*v, low == INCOMPARABLE ? vm->sp[0] : vm->sp[1])
		: feel_boolean(low >= 0 && high <= 0);
	return insn + 1;
}

/* Stack: the tested value, the value of the test. */
OP(op_in)
{
	struct feel_value *v = &vm->sp[-2], *test = &vm->sp[-1];

	vm->sp--;
	if (insn->a & IN_HAS_INPUT && (test->kind == FEEL_BOOLEAN || test->kind == FEEL_NULL)) {
		*v = *test;
		return insn + 1;
	}
	int in = feel_in_value(vm->run, *v, *test);
	if (in != 1 && test->kind == FEEL_LIST && v->kind == FEEL_LIST && insn->a & IN_MANY)
		in = feel_equal_in(vm->run, *v, *test);
	*v = in < 0 ? no_comparison(*v, *test) : feel_boolean(in);
	return insn + 1;
}

/* ---- structures ---- */

OP(op_path)
{
	struct feel_value *v = &vm->sp[-1];
	struct sv name = vm->expr->constants[insn->a].text;
	const struct feel_value *member = feel_get(*v, name);

	*v = member ? *member : feel_property(vm->run, *v, name);
	return insn + 1;
}

OP(op_range)
{
	struct feel_range *range = feel_alloc(vm->run, 1, sizeof(*range));

	*range = (struct feel_range){ .low = vm->sp[-2], .high = vm->sp[-1], .low_closed = insn->a, .high_closed = insn->b };
	vm->sp--;
	vm->sp[-1] = (struct feel_value){ FEEL_RANGE, .range = range };
	return insn + 1;
}

/* (< x) and its like as a value; insn->a is the comparison (enum node_kind). */
OP(op_test_range)
{
	struct feel_range *range = feel_alloc(vm->run, 1, sizeof(*range));
	struct feel_value x = vm->sp[-1];
	bool low = insn->a == N_GREATER || insn->a == N_GREATER_EQUAL;
	bool high = insn->a == N_LESS || insn->a == N_LESS_EQUAL;

	*range = (struct feel_range){
		.low = high ? feel_null() : x,
		.high = low ? feel_null() : x,
		.low_closed = insn->a == N_GREATER_EQUAL || insn->a == N_EQUAL,
		.high_closed = insn->a == N_LESS_EQUAL || insn->a == N_EQUAL,
		.unbounded = true,
		.unequal = insn->a == N_UNEQUAL,
	};
	vm->sp[-1] = (struct feel_value){ FEEL_RANGE, .range = range };
	return insn + 1;
}

OP(op_list)
{
	size_t count = (size_t)insn->a;
	struct feel_value *items = feel_alloc(vm->run, count, sizeof(*items));

	vm->sp -= count;
	memcpy(items, vm->sp, count * sizeof(*items));
	*vm->sp++ = feel_list(items, count);
	return insn + 1;
}

OP(op_context)
{
	size_t count = (size_t)insn->c;
	const struct feel_member *names = vm->expr->argument_names[insn->a];
	struct feel_entry *entries = feel_alloc(vm->run, count, sizeof(*entries));

	for (size_t i = 0; i < count; i++)
		entries[i] = (struct feel_entry){ names[i].name, vm->locals[(size_t)insn->b + i] };
	*vm->sp++ = feel_context(entries, count);
	return insn + 1;
}

OP(op_instance)
{
	vm->sp[-1] = feel_boolean(feel_is_instance(vm->run, vm->sp[-1], vm->expr->types[insn->a]));
	return insn + 1;
}

OP(op_coerce)
{
	vm->sp[-1] = feel_coerce(vm->run, vm->sp[-1], vm->expr->types[insn->a]);
	return insn + 1;
}

/* ---- calls ---- */

OP(op_builtin)
{
	const struct builtin *builtin = vm->expr->builtins[insn->a];
	size_t count = (size_t)insn->b;

	feel_charge(vm->run, 1);
	vm->sp -= count;
	*vm->sp = builtin->fn(vm->run, vm->sp, count);
	vm->sp++;
	return insn + 1;
}

static struct feel_value no_function(struct feel_value v)
{
	if (v.kind == FEEL_NULL && v.reason.msgid)
		return v;
	return feel_null_because(N_("What was called is no function."), NULL);
}

OP(op_call)
{
	size_t count = (size_t)insn->a;
	struct feel_value *fn = vm->sp - count - 1;

	*fn = fn->kind == FEEL_FUNCTION ? feel_apply(vm->run, fn->function, fn + 1, count) : no_function(*fn);
	vm->sp = fn + 1;
	return insn + 1;
}

OP(op_call_named)
{
	size_t count = (size_t)insn->a;
	struct feel_value *fn = vm->sp - count - 1;
	const struct feel_member *names = vm->expr->argument_names[insn->b];

	*fn = fn->kind == FEEL_FUNCTION ? feel_apply_named(vm->run, fn->function, names, fn + 1, count) : no_function(*fn);
	vm->sp = fn + 1;
	return insn + 1;
}

OP(op_closure)
{
	const struct feel_block *block = &vm->expr->blocks[insn->a];
	struct feel_function *fn = feel_alloc(vm->run, 1, sizeof(*fn));
	struct feel_value *captures = feel_alloc(vm->run, block->capture_count, sizeof(*captures));
	struct feel_value self = { FEEL_FUNCTION, .function = fn };

	vm->sp -= block->capture_count;
	memcpy(captures, vm->sp, block->capture_count * sizeof(*captures));
	if (block->self >= 0)
		captures[block->self] = self;
	*fn = (struct feel_function){ .kind = FN_CLOSURE, .name = block->name, .params = block->params, .count = block->param_count,
		.expr = vm->expr, .block = block, .captures = captures };
	*vm->sp++ = self;
	return insn + 1;
}

OP(op_host)
{
	const struct feel_node *host = vm->expr->hosts[insn->a];
	const struct feel_function fn = { .kind = FN_HOST, .count = (size_t)insn->b, .fn = host->fn, .user = host->user };
	size_t count = (size_t)insn->b;
	static const struct feel_member untyped[16];
	struct feel_function call = fn;

	assert(count <= 16);
	call.params = untyped;
	vm->sp -= count;
	*vm->sp = feel_apply(vm->run, &call, vm->sp, count);
	vm->sp++;
	return insn + 1;
}

static struct feel_value no_text(int32_t which)
{
	static const char *const names[] = { [REGEX_MATCHES] = "matches", [REGEX_REPLACE] = "replace", [REGEX_SPLIT] = "split" };

	return bad(names[which]);
}

/* matches, replace or split with a pattern compiled before. */
OP(op_regex)
{
	const struct regex *regex = vm->expr->regexes[insn->a];
	struct feel_value replacement = feel_null(), *v;

	feel_charge(vm->run, 4);
	if (insn->b == REGEX_REPLACE)
		replacement = *--vm->sp;
	v = &vm->sp[-1];
	if (v->kind == FEEL_LIST && v->list.count == 1)
		*v = v->list.at[0];
	if (v->kind != FEEL_STRING || (insn->b == REGEX_REPLACE && replacement.kind != FEEL_STRING))
		*v = no_text(insn->b);
	else if (insn->b == REGEX_MATCHES)
		*v = regex_matches(vm->run, regex, v->text);
	else if (insn->b == REGEX_REPLACE)
		*v = regex_replace(vm->run, regex, v->text, replacement.text);
	else
		*v = regex_split(vm->run, regex, v->text);
	return insn + 1;
}
