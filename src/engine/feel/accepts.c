/* Unary tests as sets of intervals; see tests.h. */
#include "engine/feel/tests.h"

#include <assert.h>

#include "engine/feel/generate_int.h"

#include "base/banned.h"

typedef struct { VEC(struct feel_interval); } interval_vec;

static bool add_value(struct gen *g, interval_vec *out, struct feel_value v)
{
	if (v.kind == FEEL_LIST) {
		for (size_t i = 0; i < v.list.count; i++) {
			if (v.list.at[i].kind == FEEL_LIST || !add_value(g, out, v.list.at[i]))
				return false;
		}
		return true;
	}
	struct feel_interval *interval = VEC_PUSH(g->arena, out);
	if (v.kind == FEEL_RANGE) {
		const struct feel_range *r = v.range;
		*interval = (struct feel_interval){ r->low, r->high, true, true, r->low_closed, r->high_closed, false };
		return !r->unbounded && r->low.kind != FEEL_NULL && r->high.kind != FEEL_NULL;
	}
	*interval = (struct feel_interval){ v, v, true, true, true, true, true };
	return v.kind != FEEL_NULL && v.kind != FEEL_CONTEXT && v.kind != FEEL_FUNCTION;
}

static bool add_comparison(struct gen *g, interval_vec *out, const struct feel_node *test)
{
	struct feel_value v;

	if (!constant_of(g, test->kids[0], &v) || v.kind == FEEL_LIST || v.kind == FEEL_RANGE)
		return false;
	if (test->op == N_EQUAL)
		return add_value(g, out, v);
	bool low = test->op == N_GREATER || test->op == N_GREATER_EQUAL;
	bool closed = test->op == N_GREATER_EQUAL || test->op == N_LESS_EQUAL;
	*VEC_PUSH(g->arena, out) = (struct feel_interval){ v, v, low, !low, closed, closed, false };
	return test->op != N_UNEQUAL && v.kind != FEEL_NULL && v.kind != FEEL_BOOLEAN && v.kind != FEEL_CONTEXT && v.kind != FEEL_FUNCTION;
}

static bool add_list(struct gen *g, interval_vec *out, const struct feel_node *node)
{
	struct feel_value v;

	for (size_t i = 0; i < node->count; i++) {
		if (!constant_of(g, node->kids[i], &v) || v.kind == FEEL_LIST || !add_value(g, out, v))
			return false;
	}
	return true;
}

static bool add_test(struct gen *g, interval_vec *out, const struct feel_node *test)
{
	struct feel_value v;

	if (test->has_input)
		return false;
	if (test->kind == N_TEST)
		return add_comparison(g, out, test);
	if (test->kind == N_LIST)
		return add_list(g, out, test);
	if (test->kind == N_RANGE) {
		struct feel_range range = { .low_closed = test->low_closed, .high_closed = test->high_closed };
		return constant_of(g, test->kids[0], &range.low) && constant_of(g, test->kids[1], &range.high)
			&& add_value(g, out, (struct feel_value){ FEEL_RANGE, .range = &range });
	}
	return constant_of(g, test, &v) && v.kind != FEEL_LIST && add_value(g, out, v);
}

const struct feel_accepts *accepts_of(struct gen *g, const struct feel_node *node)
{
	struct feel_accepts *accepts = ARENA_NEW(g->arena, struct feel_accepts);
	interval_vec intervals = { 0 };

	if (node->kind != N_ANYTHING && node->kind != N_TESTS && node->kind != N_NOT_TESTS)
		return NULL;
	accepts->anything = node->kind == N_ANYTHING;
	accepts->negated = node->kind == N_NOT_TESTS;
	for (size_t i = 0; i < node->count; i++) {
		if (!add_test(g, &intervals, node->kids[i]))
			return NULL;
	}
	accepts->at = intervals.at;
	accepts->count = intervals.len;
	return accepts;
}

static inline int order_of(const struct feel_value *a, const struct feel_value *b)
{
	if (a->kind == FEEL_NUMBER && b->kind == FEEL_NUMBER)
		return decimal_compare(a->number, b->number);
	return feel_order(*a, *b);
}

static int in_interval(const struct feel_interval *interval, const struct feel_value *v)
{
	if (interval->is_value)
		return feel_equal(*v, interval->low);
	int low = interval->has_low ? order_of(&interval->low, v) : -1;
	int high = interval->has_high ? order_of(v, &interval->high) : -1;
	if (low == INCOMPARABLE || high == INCOMPARABLE)
		return -1;
	return (low < 0 || (low == 0 && interval->low_closed)) && (high < 0 || (high == 0 && interval->high_closed));
}

int feel_accepts_value(const struct feel_accepts *accepts, struct feel_value value)
{
	int result = 0;

	assert(accepts->anything || accepts->count == 0 || accepts->at);
	if (accepts->anything)
		return 1;
	for (size_t i = 0; i < accepts->count; i++) {
		int in = in_interval(&accepts->at[i], &value);
		if (in == 1)
			return !accepts->negated;
		if (in < 0)
			result = -1;
	}
	return result < 0 ? -1 : accepts->negated;
}

const struct feel_accepts *feel_accepts(const struct feel_expr *tests)
{
	return tests->accepts;
}

int feel_compare(struct feel_value a, struct feel_value b)
{
	return feel_order(a, b);
}
