/* Private to the built-in functions: the families, and how their arguments are read. */
#ifndef FEEL_BUILTIN_INT_H
#define FEEL_BUILTIN_INT_H

#include "engine/feel/feel_int.h"

#define BUILTIN(name) struct feel_value name(struct feel_run *run, const struct feel_value *args, size_t count)

/* The functions that take a list or its elements one by one get the elements. A single value is a list of itself. */
static inline const struct feel_value *elements(const struct feel_value *args, size_t count, size_t *ret)
{
	if (count == 1 && args[0].kind == FEEL_LIST) {
		*ret = args[0].list.count;
		return args[0].list.at;
	}
	*ret = count;
	return args;
}

/* A value where a list is wanted: itself, or the list of it; false for null. */
static inline bool as_list(const struct feel_value *arg, const struct feel_value **ret, size_t *ret_count)
{
	if (arg->kind == FEEL_NULL)
		return false;
	*ret = arg->kind == FEEL_LIST ? arg->list.at : arg;
	*ret_count = arg->kind == FEEL_LIST ? arg->list.count : 1;
	return true;
}

/* A list of one where something else is wanted gives its element. */
static inline struct feel_value single(struct feel_value v)
{
	return v.kind == FEEL_LIST && v.list.count == 1 ? v.list.at[0] : v;
}

static inline bool as_text(struct feel_value v, struct sv *ret)
{
	v = single(v);
	if (v.kind != FEEL_STRING)
		return false;
	*ret = v.text;
	return true;
}

static inline bool as_number(struct feel_value v, struct decimal *ret)
{
	v = single(v);
	if (v.kind != FEEL_NUMBER)
		return false;
	*ret = v.number;
	return true;
}

/* A whole number; a fraction is cut off. */
static inline bool as_integer(struct feel_value v, int64_t *ret)
{
	struct decimal d;

	return as_number(v, &d) && decimal_round(d, 0, DECIMAL_DOWN, &d) && decimal_to_i64(d, ret);
}

builtin_fn fn_decimal, fn_floor, fn_ceiling, fn_round_up, fn_round_down, fn_round_half_up, fn_round_half_down, fn_abs, fn_modulo,
	fn_sqrt, fn_log, fn_exp, fn_odd, fn_even;
builtin_fn fn_not, fn_is, fn_number, fn_string, fn_get_value, fn_get_entries, fn_context, fn_context_put, fn_context_put_path,
	fn_context_merge;
builtin_fn fn_substring, fn_string_length, fn_upper_case, fn_lower_case, fn_substring_before, fn_substring_after, fn_replace,
	fn_contains, fn_starts_with, fn_ends_with, fn_matches, fn_split, fn_string_join;
builtin_fn fn_list_contains, fn_count, fn_min, fn_max, fn_sum, fn_mean, fn_all, fn_any, fn_sublist, fn_append, fn_concatenate,
	fn_insert_before, fn_remove, fn_list_replace, fn_reverse, fn_index_of, fn_union, fn_distinct_values, fn_duplicate_values,
	fn_flatten, fn_product, fn_median, fn_stddev, fn_mode, fn_sort, fn_sort_natural;
builtin_fn fn_date, fn_date_parts, fn_time, fn_time_parts, fn_date_and_time, fn_date_and_time_of, fn_date_and_time_parts, fn_duration,
	fn_years_and_months, fn_day_of_year, fn_day_of_week, fn_month_of_year, fn_week_of_year, fn_now, fn_today;
builtin_fn fn_range, fn_before, fn_after, fn_meets, fn_met_by, fn_overlaps, fn_overlaps_before, fn_overlaps_after, fn_finishes,
	fn_finished_by, fn_includes, fn_during, fn_starts, fn_started_by, fn_coincides;

#endif
