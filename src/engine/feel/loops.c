/* The machine's loops and filters. Their bodies lie behind them in the code, ended by op_end. */
#include <assert.h>

#include "engine/feel/feel_int.h"

#include "base/banned.h"

#define OP(name) const struct feel_insn *name(struct vm *vm, const struct feel_insn *insn)

enum { FIRST_CAP = 8, SETTLED = 1 /* `nano` of an accumulator that nothing changes any more */ };

OP(op_acc_new)
{
	vm->locals[insn->a] = feel_list(NULL, 0);
	return insn + 1;
}

/* Appends to the loop's list; `nano` of the accumulator holds log2 of its room. Lists taken earlier from `partial` keep
 * their count, so appending in place does not change them. */
OP(op_collect)
{
	struct feel_value *acc = &vm->locals[insn->a];
	struct feel_value item = *--vm->sp;

	if (acc->kind != FEEL_LIST)
		return insn + 1;
	size_t count = acc->list.count;
	if (count == 0 || (count >= FIRST_CAP && (count & (count - 1)) == 0)) {
		struct feel_value *grown = feel_alloc(vm->run, count ? count * 2 : FIRST_CAP, sizeof(*grown));
		if (count)
			memcpy(grown, acc->list.at, count * sizeof(*grown));
		acc->list.at = grown;
	}
	assert(acc->list.at); /* room for FIRST_CAP at the first item, doubled whenever a power of two is full */
	((struct feel_value *)acc->list.at)[count] = item;
	acc->list.count = count + 1;
	return insn + 1;
}

/* a: accumulator; b: 1 for every, 0 for some. The accumulator is the "and" or "or" of all so far. */
OP(op_quantify)
{
	struct feel_value *acc = &vm->locals[insn->a], item = *--vm->sp;
	bool decisive = !insn->b;

	if (item.kind == FEEL_NULL) {
		if (acc->kind == FEEL_BOOLEAN)
			*acc = item;
	} else if (item.kind != FEEL_BOOLEAN) {
		*acc = feel_null_because(N_("A condition is neither true nor false."), NULL);
		acc->nano = SETTLED;
	} else if (item.boolean == decisive) {
		*acc = item;
	}
	return insn + 1;
}

struct loop {
	struct vm *vm;
	const struct feel_insn *insn;
	struct feel_value *variable, *acc;
};

/* One round; false when the outcome is settled. */
static bool loop_round(struct loop *loop, struct feel_value item)
{
	int32_t flags = loop->insn->c;

	feel_charge(loop->vm->run, 1);
	*loop->variable = item;
	const struct feel_value *sp = loop->vm->sp;
	vm_block(loop->vm, loop->insn + 1);
	assert(loop->vm->sp == sp); /* a body leaves nothing: its value went into the accumulator */
	if (loop->acc->kind == FEEL_NULL && loop->acc->nano == SETTLED)
		return false;
	if (flags & LOOP_SOME)
		return !feel_is_true(*loop->acc);
	if (flags & LOOP_EVERY)
		return !(loop->acc->kind == FEEL_BOOLEAN && !loop->acc->boolean);
	return loop->acc->kind == FEEL_LIST;
}

static bool loop_numbers(struct loop *loop, struct decimal from, struct decimal to)
{
	bool up = decimal_compare(from, to) <= 0;
	struct decimal step = DECIMAL_INT(up ? 1 : -1);

	for (;;) {
		int order = decimal_compare(from, to);
		if (up ? order > 0 : order < 0)
			return true;
		if (!loop_round(loop, feel_number(from)) || !decimal_add(from, step, &from))
			return true;
	}
}

static bool loop_dates(struct loop *loop, int64_t from, int64_t to)
{
	int64_t step = from <= to ? 1 : -1;

	for (int64_t day = from;; day += step) {
		if (!loop_round(loop, feel_day(day)) || day == to)
			return true;
	}
}

/* What `a .. b` runs through; false when the two cannot be iterated. */
static bool loop_steps(struct loop *loop, struct feel_value from, struct feel_value to)
{
	if (from.kind == FEEL_NUMBER && to.kind == FEEL_NUMBER && decimal_is_integer(from.number) && decimal_is_integer(to.number))
		return loop_numbers(loop, from.number, to.number);
	if (from.kind == FEEL_DATE && to.kind == FEEL_DATE)
		return loop_dates(loop, from.day, to.day);
	return false;
}

OP(op_loop)
{
	struct loop loop = { vm, insn, &vm->locals[insn->a], &vm->locals[insn->c & LOOP_SLOT] };
	struct feel_value source = *--vm->sp;

	if (insn->c & LOOP_STEPS) {
		struct feel_value from = *--vm->sp;
		if (!loop_steps(&loop, from, source))
			*loop.acc = feel_null_because(N_("The ends of an iteration are neither whole numbers nor dates."), NULL);
	} else if (source.kind == FEEL_LIST) {
		for (size_t i = 0; i < source.list.count; i++) {
			if (!loop_round(&loop, source.list.at[i]))
				break;
		}
	} else if (source.kind == FEEL_NULL || source.kind == FEEL_RANGE) {
		*loop.acc = feel_null_because(N_("What an iteration runs over is not a list."), NULL);
	} else {
		loop_round(&loop, source); /* a single value counts as a list of itself */
	}
	return insn + insn->b;
}

/* ---- filters ---- */

static struct feel_value filter_once(struct vm *vm, const struct feel_insn *insn, struct feel_value item)
{
	feel_charge(vm->run, 1);
	vm->locals[insn->a] = item;
	vm_block(vm, insn + 1);
	return *--vm->sp;
}

static struct feel_value pick(const struct feel_value *items, size_t count, struct decimal index)
{
	int64_t i;

	if (!decimal_to_i64(index, &i))
		return feel_null_because(N_("The position in a list is not a whole number."), NULL);
	if (i > 0 && (uint64_t)i <= count)
		return items[i - 1];
	if (i < 0 && (uint64_t)-i <= count)
		return items[(int64_t)count + i];
	return feel_null_because(N_("The list has no element at that position."), NULL);
}

/* A condition keeps the items for which it is true; a number picks one. Which of the two it is shows at the first item. */
OP(op_filter)
{
	struct feel_value source = *--vm->sp;
	const struct feel_value *items = source.kind == FEEL_LIST ? source.list.at : &source;
	size_t count = source.kind == FEEL_LIST ? source.list.count : 1;
	struct list_out out = { .run = vm->run };
	struct feel_value result;

	if (source.kind == FEEL_NULL)
		count = 0;
	if (count == 0) {
		result = filter_once(vm, insn, feel_null());
		*vm->sp++ = result.kind == FEEL_NUMBER ? pick(items, 0, result.number)
			: source.kind == FEEL_NULL     ? source
						       : feel_list(NULL, 0);
		return insn + insn->b;
	}
	for (size_t i = 0; i < count; i++) {
		result = filter_once(vm, insn, items[i]);
		if (i == 0 && result.kind == FEEL_NUMBER) {
			*vm->sp++ = pick(items, count, result.number);
			return insn + insn->b;
		}
		if (feel_is_true(result)) {
			list_add(&out, items[i]);
		} else if (result.kind != FEEL_BOOLEAN && result.kind != FEEL_NULL) {
			*vm->sp++ = feel_null_because(N_("A condition is neither true nor false."), NULL);
			return insn + insn->b;
		}
	}
	*vm->sp++ = list_done(&out);
	return insn + insn->b;
}
