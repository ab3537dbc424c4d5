/* Built-in functions on lists: looking into them, changing and joining them (DMN 1.5 section 10.3.4.4). */
#include "engine/feel/builtin_int.h"

#include "base/banned.h"

static bool contains(struct feel_run *run, const struct feel_value *items, size_t count, struct feel_value v)
{
	feel_charge(run, count / 4 + 1);
	for (size_t i = 0; i < count; i++) {
		if (feel_equal_in(run, items[i], v) == 1)
			return true;
	}
	return false;
}

BUILTIN(fn_list_contains)
{
	const struct feel_value *items;
	size_t n;

	(void)count;
	if (!as_list(&args[0], &items, &n))
		return bad("list contains");
	return feel_boolean(contains(run, items, n, args[1]));
}

BUILTIN(fn_count)
{
	size_t n;

	(void)run;
	if (count == 1 && args[0].kind == FEEL_NULL)
		return bad("count");
	elements(args, count, &n);
	return feel_i64((int64_t)n);
}

static struct feel_value truths(const struct feel_value *args, size_t count, bool decisive, const char *name)
{
	size_t n;
	const struct feel_value *items = elements(args, count, &n);
	bool unknown = false;

	if (count == 1 && args[0].kind == FEEL_NULL)
		return bad(name);
	for (size_t i = 0; i < n; i++) {
		if (items[i].kind != FEEL_BOOLEAN)
			unknown = true;
		else if (items[i].boolean == decisive)
			return feel_boolean(decisive);
	}
	return unknown ? bad(name) : feel_boolean(!decisive);
}

BUILTIN(fn_all)
{
	(void)run;
	return truths(args, count, false, "all");
}

BUILTIN(fn_any)
{
	(void)run;
	return truths(args, count, true, "any");
}

/* A position from 1, or from the end when negative, as an index; false when outside 0 .. limit - 1. */
static bool position(struct feel_value v, size_t count, size_t limit, size_t *ret)
{
	int64_t at;

	if (!as_integer(v, &at) || at == 0)
		return false;
	int64_t index = at > 0 ? at - 1 : (int64_t)count + at;
	if (index < 0 || (uint64_t)index >= limit)
		return false;
	*ret = (size_t)index;
	return true;
}

BUILTIN(fn_sublist)
{
	const struct feel_value *items;
	size_t n, from;
	int64_t length;

	if (!as_list(&args[0], &items, &n) || !position(args[1], n, n, &from))
		return bad("sublist");
	if (count < 3)
		length = (int64_t)(n - from);
	else if (!as_integer(args[2], &length) || length < 1 || (uint64_t)length > n - from)
		return bad("sublist");
	if (args[0].kind != FEEL_LIST) { /* the list of a single value: it must outlive the arguments */
		struct feel_value *copy = feel_alloc(run, 1, sizeof(*copy));
		*copy = args[0];
		items = copy;
	}
	return feel_list(items + from, (size_t)length);
}

BUILTIN(fn_append)
{
	const struct feel_value *items;
	size_t n;

	if (!as_list(&args[0], &items, &n))
		return bad("append");
	struct feel_value *out = feel_alloc(run, n + count - 1, sizeof(*out));
	if (n)
		memcpy(out, items, n * sizeof(*out));
	memcpy(out + n, args + 1, (count - 1) * sizeof(*out));
	return feel_list(out, n + count - 1);
}

static struct feel_value joined(struct feel_run *run, const struct feel_value *args, size_t count, const char *name)
{
	const struct feel_value *items;
	size_t n, total = 0;

	for (size_t i = 0; i < count; i++) {
		if (!as_list(&args[i], &items, &n))
			return bad(name);
		total += n;
	}
	feel_charge(run, total / 8 + 1);
	struct feel_value *out = feel_alloc(run, total, sizeof(*out));
	size_t at = 0;
	for (size_t i = 0; i < count; i++) {
		if (as_list(&args[i], &items, &n) && n) {
			memcpy(out + at, items, n * sizeof(*out));
			at += n;
		}
	}
	return feel_list(out, total);
}

BUILTIN(fn_concatenate)
{
	return joined(run, args, count, "concatenate");
}

BUILTIN(fn_insert_before)
{
	const struct feel_value *items;
	size_t n, at;

	(void)count;
	if (!as_list(&args[0], &items, &n) || !position(args[1], n, n, &at))
		return bad("insert before");
	struct feel_value *out = feel_alloc(run, n + 1, sizeof(*out));
	if (at)
		memcpy(out, items, at * sizeof(*out));
	out[at] = args[2];
	if (n > at)
		memcpy(out + at + 1, items + at, (n - at) * sizeof(*out));
	return feel_list(out, n + 1);
}

BUILTIN(fn_remove)
{
	const struct feel_value *items;
	size_t n, at;

	(void)count;
	if (!as_list(&args[0], &items, &n) || !position(args[1], n, n, &at))
		return bad("remove");
	struct feel_value *out = feel_alloc(run, n, sizeof(*out));
	if (at)
		memcpy(out, items, at * sizeof(*out));
	if (n > at + 1)
		memcpy(out + at, items + at + 1, (n - at - 1) * sizeof(*out));
	return feel_list(out, n - 1);
}

static struct feel_value replace_matching(struct feel_run *run, const struct feel_value *items, size_t n, const struct feel_value *args)
{
	struct feel_value *out = feel_alloc(run, n, sizeof(*out));

	if (args[1].function->count != 2)
		return bad("list replace");
	for (size_t i = 0; i < n; i++) {
		struct feel_value pair[2] = { items[i], args[2] };
		struct feel_value hit = feel_apply(run, args[1].function, pair, 2);
		if (hit.kind != FEEL_BOOLEAN)
			return bad("list replace");
		out[i] = hit.boolean ? args[2] : items[i];
	}
	return feel_list(out, n);
}

BUILTIN(fn_list_replace)
{
	const struct feel_value *items;
	size_t n, at;

	(void)count;
	if (!as_list(&args[0], &items, &n))
		return bad("list replace");
	if (args[1].kind == FEEL_FUNCTION)
		return replace_matching(run, items, n, args);
	if (!position(args[1], n, n, &at))
		return bad("list replace");
	struct feel_value *out = feel_alloc(run, n, sizeof(*out));
	memcpy(out, items, n * sizeof(*out));
	out[at] = args[2];
	return feel_list(out, n);
}

BUILTIN(fn_reverse)
{
	const struct feel_value *items;
	size_t n;

	(void)count;
	if (!as_list(&args[0], &items, &n))
		return bad("reverse");
	struct feel_value *out = feel_alloc(run, n, sizeof(*out));
	for (size_t i = 0; i < n; i++)
		out[i] = items[n - 1 - i];
	return feel_list(out, n);
}

BUILTIN(fn_index_of)
{
	const struct feel_value *items;
	struct list_out out = { .run = run };
	size_t n;

	(void)count;
	if (!as_list(&args[0], &items, &n))
		return bad("index of");
	feel_charge(run, n / 4 + 1);
	for (size_t i = 0; i < n; i++) {
		if (feel_equal_in(run, items[i], args[1]) == 1)
			list_add(&out, feel_i64((int64_t)i + 1));
	}
	return list_done(&out);
}

static struct feel_value distinct(struct feel_run *run, const struct feel_value *items, size_t n)
{
	struct list_out out = { .run = run };

	for (size_t i = 0; i < n; i++) {
		if (!contains(run, out.at, out.count, items[i]))
			list_add(&out, items[i]);
	}
	return list_done(&out);
}

BUILTIN(fn_union)
{
	struct feel_value all = joined(run, args, count, "union");

	return all.kind == FEEL_LIST ? distinct(run, all.list.at, all.list.count) : all;
}

BUILTIN(fn_distinct_values)
{
	const struct feel_value *items;
	size_t n;

	(void)count;
	if (!as_list(&args[0], &items, &n))
		return bad("distinct values");
	return distinct(run, items, n);
}

BUILTIN(fn_duplicate_values)
{
	const struct feel_value *items;
	struct list_out out = { .run = run };
	size_t n;

	(void)count;
	if (!as_list(&args[0], &items, &n))
		return bad("duplicate values");
	for (size_t i = 0; i < n; i++) {
		if (contains(run, items + i + 1, n - i - 1, items[i]) && !contains(run, out.at, out.count, items[i]))
			list_add(&out, items[i]);
	}
	return list_done(&out);
}

static void flatten(struct list_out *out, struct feel_value v, unsigned depth)
{
	if (v.kind != FEEL_LIST || depth > FEEL_MAX_DATA_DEPTH) {
		list_add(out, v);
		return;
	}
	feel_charge(out->run, v.list.count / 8 + 1);
	for (size_t i = 0; i < v.list.count; i++)
		flatten(out, v.list.at[i], depth + 1);
}

BUILTIN(fn_flatten)
{
	struct list_out out = { .run = run };

	(void)count;
	if (args[0].kind == FEEL_NULL)
		return bad("flatten");
	flatten(&out, args[0], 0);
	return list_done(&out);
}

/* ---- sorting: merge sort, stable, with the order given by a function or by the values ---- */

struct sorter {
	struct feel_run *run;
	const struct feel_function *precedes; /* NULL = natural order */
	bool failed;
};

/* Whether b must come before a. */
static bool must_swap(struct sorter *s, struct feel_value a, struct feel_value b)
{
	feel_charge(s->run, 1);
	if (!s->precedes) {
		int order = feel_order(a, b);
		s->failed = s->failed || order == INCOMPARABLE;
		return order == 1;
	}
	struct feel_value pair[2] = { b, a };
	struct feel_value before = feel_apply(s->run, s->precedes, pair, 2);
	s->failed = s->failed || before.kind != FEEL_BOOLEAN;
	return feel_is_true(before);
}

static void merge_sort(struct sorter *s, struct feel_value *at, struct feel_value *spare, size_t n)
{
	size_t half = n / 2, i = 0, j = half, k = 0;

	if (n < 2)
		return;
	merge_sort(s, at, spare, half);
	merge_sort(s, at + half, spare, n - half);
	while (i < half && j < n)
		spare[k++] = must_swap(s, at[i], at[j]) ? at[j++] : at[i++];
	while (i < half)
		spare[k++] = at[i++];
	while (j < n)
		spare[k++] = at[j++];
	memcpy(at, spare, n * sizeof(*at));
}

static struct feel_value sorted(struct feel_run *run, const struct feel_value *list, const struct feel_function *precedes)
{
	struct sorter s = { .run = run, .precedes = precedes };
	const struct feel_value *items;
	size_t n;

	if (!as_list(list, &items, &n))
		return bad("sort");
	struct feel_value *out = feel_alloc(run, n, sizeof(*out)), *spare = feel_alloc(run, n, sizeof(*out));
	if (n)
		memcpy(out, items, n * sizeof(*out));
	merge_sort(&s, out, spare, n);
	return s.failed ? bad("sort") : feel_list(out, n);
}

BUILTIN(fn_sort)
{
	(void)count;
	if (args[1].kind != FEEL_FUNCTION)
		return bad("sort");
	return sorted(run, &args[0], args[1].function);
}

BUILTIN(fn_sort_natural)
{
	(void)count;
	return sorted(run, &args[0], NULL);
}
