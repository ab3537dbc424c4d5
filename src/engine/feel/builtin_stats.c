/* Built-in functions that sum up a list: min, max, sum, product, mean, median, stddev, mode. */
#include "engine/feel/builtin_int.h"

#include "base/banned.h"

static struct feel_value extreme(struct feel_run *run, const struct feel_value *args, size_t count, int want, const char *name)
{
	size_t n;
	const struct feel_value *items = elements(args, count, &n);

	feel_charge(run, n / 8 + 1);
	if (n == 0)
		return bad(name);
	struct feel_value best = items[0];
	if (feel_order(best, best) == INCOMPARABLE)
		return bad(name);
	for (size_t i = 1; i < n; i++) {
		int order = feel_order(items[i], best);
		if (order == INCOMPARABLE)
			return bad(name);
		if (order == want)
			best = items[i];
	}
	return best;
}

BUILTIN(fn_min)
{
	return extreme(run, args, count, -1, "min");
}

BUILTIN(fn_max)
{
	return extreme(run, args, count, 1, "max");
}

typedef bool decimal_op(struct decimal a, struct decimal b, struct decimal *ret);

static bool fold(struct feel_run *run, const struct feel_value *items, size_t n, decimal_op *op, struct decimal *acc)
{
	feel_charge(run, n / 8 + 1);
	for (size_t i = 0; i < n; i++) {
		if (items[i].kind != FEEL_NUMBER || !op(*acc, items[i].number, acc))
			return false;
	}
	return n > 0;
}

/* Sums of durations are durations of the same kind. */
BUILTIN(fn_sum)
{
	size_t n;
	const struct feel_value *items = elements(args, count, &n);
	struct decimal total = DECIMAL_INT(0);

	if (n && (items[0].kind == FEEL_DAYS || items[0].kind == FEEL_MONTHS)) {
		struct feel_value sum = items[0];
		for (size_t i = 1; i < n; i++) {
			if (items[i].kind != sum.kind)
				return bad("sum");
			sum = feel_arith_add(run, sum, items[i]);
		}
		return sum;
	}
	return fold(run, items, n, decimal_add, &total) ? feel_number(total) : bad("sum");
}

BUILTIN(fn_product)
{
	size_t n;
	const struct feel_value *items = elements(args, count, &n);
	struct decimal product = DECIMAL_INT(1);

	return fold(run, items, n, decimal_mul, &product) ? feel_number(product) : bad("product");
}

static bool mean_of(struct feel_run *run, const struct feel_value *items, size_t n, struct decimal *ret)
{
	struct decimal total = DECIMAL_INT(0);

	return fold(run, items, n, decimal_add, &total) && decimal_div(total, decimal_from_i64((int64_t)n), ret);
}

BUILTIN(fn_mean)
{
	size_t n;
	const struct feel_value *items = elements(args, count, &n);
	struct decimal mean;

	if (n && (items[0].kind == FEEL_DAYS || items[0].kind == FEEL_MONTHS)) {
		struct feel_value sum = fn_sum(run, items, n);
		return sum.kind == FEEL_NULL ? sum : feel_arith_div(run, sum, feel_i64((int64_t)n));
	}
	return mean_of(run, items, n, &mean) ? feel_number(mean) : bad("mean");
}

/* The numbers in ascending order, or NULL when there is another value among them. */
static struct feel_value sorted_numbers(struct feel_run *run, const struct feel_value *items, size_t n)
{
	struct feel_value list = feel_list(items, n);

	for (size_t i = 0; i < n; i++) {
		if (items[i].kind != FEEL_NUMBER)
			return feel_null();
	}
	return fn_sort_natural(run, &list, 1);
}

BUILTIN(fn_median)
{
	size_t n;
	const struct feel_value *items = elements(args, count, &n);
	struct feel_value list = sorted_numbers(run, items, n);
	struct decimal middle;

	if (list.kind != FEEL_LIST || n == 0)
		return bad("median");
	if (n % 2)
		return list.list.at[n / 2];
	if (!decimal_add(list.list.at[n / 2 - 1].number, list.list.at[n / 2].number, &middle)
		|| !decimal_div(middle, DECIMAL_INT(2), &middle))
		return bad("median");
	return feel_number(middle);
}

/* Of a sample: divided by n - 1. */
BUILTIN(fn_stddev)
{
	size_t n;
	const struct feel_value *items = elements(args, count, &n);
	struct decimal mean, sum = DECIMAL_INT(0), d;

	if (n < 2 || !mean_of(run, items, n, &mean))
		return bad("stddev");
	for (size_t i = 0; i < n; i++) {
		if (!decimal_sub(items[i].number, mean, &d) || !decimal_mul(d, d, &d) || !decimal_add(sum, d, &sum))
			return bad("stddev");
	}
	if (!decimal_div(sum, decimal_from_i64((int64_t)n - 1), &sum) || !decimal_sqrt(sum, &sum))
		return bad("stddev");
	return feel_number(sum);
}

BUILTIN(fn_mode)
{
	size_t n, best = 0;
	const struct feel_value *items = elements(args, count, &n);
	struct feel_value list = sorted_numbers(run, items, n);
	struct list_out out = { .run = run };

	if (list.kind != FEEL_LIST || (count == 1 && args[0].kind == FEEL_NULL))
		return bad("mode");
	for (size_t i = 0, next; i < n; i = next) {
		for (next = i + 1; next < n && feel_equal(list.list.at[i], list.list.at[next]) == 1;)
			next++;
		if (next - i > best) {
			best = next - i;
			out.count = 0;
		}
		if (next - i == best)
			list_add(&out, list.list.at[i]);
	}
	return list_done(&out);
}
