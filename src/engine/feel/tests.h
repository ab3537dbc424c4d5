/* What unary tests accept, where that can be told without running them: comparisons, ranges and values that are constants.
 * Decision tables use it to find rules fast and to look for gaps and overlaps. */
#ifndef FEEL_TESTS_H
#define FEEL_TESTS_H

#include "engine/feel/feel.h"

/* A single value is the closed interval from it to itself. */
struct feel_interval {
	struct feel_value low, high;
	bool has_low, has_high, low_closed, high_closed;
	bool is_value; /* equality: also for booleans, which have no order */
};

struct feel_accepts {
	bool anything; /* "-" */
	bool negated;  /* not(...): what lies in none of them */
	const struct feel_interval *at;
	size_t count;
};

/* NULL when the tests depend on more than their input. */
const struct feel_accepts *feel_accepts(const struct feel_expr *tests);
/* 1 accepted, 0 not, -1 not comparable (null in FEEL). */
int feel_accepts_value(const struct feel_accepts *accepts, struct feel_value value);
/* The value of an expression that is a constant; false when it is none. */
bool feel_constant_value(const struct feel_expr *expr, struct feel_value *ret);
/* -1, 0, 1, or 2 when the two have no order. */
int feel_compare(struct feel_value a, struct feel_value b);
/* A built-in function as a value; null when there is none of that name. */
struct feel_value feel_builtin(struct arena *arena, struct sv name);

#endif
