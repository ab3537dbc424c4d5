/* The table of built-in functions (DMN 1.5 section 10.3.4) and how calls find their place in it. */
#include "engine/feel/builtin_int.h"

#include <assert.h>

#include "base/banned.h"

/* name, parameters (optional ones behind a bar), fewest and most arguments (-1 = any number), function, foldable */
static const struct builtin table[] = {
	{ "date", "from", 1, 1, fn_date, true },
	{ "date", "year,month,day", 3, 3, fn_date_parts, true },
	{ "date and time", "from", 1, 1, fn_date_and_time, true },
	{ "date and time", "date,time", 2, 2, fn_date_and_time_of, true },
	{ "date and time", "year,month,day,hour,minute,second|offset", 6, 7, fn_date_and_time_parts, false },
	{ "date and time", "year,month,day,hour,minute,second|timezone", 6, 7, fn_date_and_time_parts, false },
	{ "time", "from", 1, 1, fn_time, true },
	{ "time", "hour,minute,second|offset", 3, 4, fn_time_parts, true },
	{ "number", "from|grouping separator,decimal separator", 1, 3, fn_number, false },
	{ "string", "from", 1, 1, fn_string, false },
	{ "duration", "from", 1, 1, fn_duration, true },
	{ "years and months duration", "from,to", 2, 2, fn_years_and_months, true },
	{ "not", "negand", 1, 1, fn_not, false },
	{ "substring", "string,start position|length", 2, 3, fn_substring, false },
	{ "string length", "string", 1, 1, fn_string_length, false },
	{ "upper case", "string", 1, 1, fn_upper_case, false },
	{ "lower case", "string", 1, 1, fn_lower_case, false },
	{ "substring before", "string,match", 2, 2, fn_substring_before, false },
	{ "substring after", "string,match", 2, 2, fn_substring_after, false },
	{ "replace", "input,pattern,replacement|flags", 3, 4, fn_replace, false },
	{ "contains", "string,match", 2, 2, fn_contains, false },
	{ "starts with", "string,match", 2, 2, fn_starts_with, false },
	{ "ends with", "string,match", 2, 2, fn_ends_with, false },
	{ "matches", "input,pattern|flags", 2, 3, fn_matches, false },
	{ "split", "string,delimiter", 2, 2, fn_split, false },
	{ "string join", "list|delimiter", 1, 2, fn_string_join, false },
	{ "list contains", "list,element", 2, 2, fn_list_contains, false },
	{ "count", "list", 1, -1, fn_count, false },
	{ "min", "list", 1, -1, fn_min, false },
	{ "max", "list", 1, -1, fn_max, false },
	{ "sum", "list", 1, -1, fn_sum, false },
	{ "mean", "list", 1, -1, fn_mean, false },
	{ "all", "list", 1, -1, fn_all, false },
	{ "any", "list", 1, -1, fn_any, false },
	{ "sublist", "list,start position|length", 2, 3, fn_sublist, false },
	{ "append", "list|item", 1, -1, fn_append, false },
	{ "concatenate", "list", 1, -1, fn_concatenate, false },
	{ "insert before", "list,position,newItem", 3, 3, fn_insert_before, false },
	{ "remove", "list,position", 2, 2, fn_remove, false },
	{ "list replace", "list,position,newItem", 3, 3, fn_list_replace, false },
	{ "list replace", "list,match,newItem", 3, 3, fn_list_replace, false },
	{ "reverse", "list", 1, 1, fn_reverse, false },
	{ "index of", "list,match", 2, 2, fn_index_of, false },
	{ "union", "list", 1, -1, fn_union, false },
	{ "distinct values", "list", 1, 1, fn_distinct_values, false },
	{ "duplicate values", "list", 1, 1, fn_duplicate_values, false },
	{ "flatten", "list", 1, 1, fn_flatten, false },
	{ "product", "list", 1, -1, fn_product, false },
	{ "median", "list", 1, -1, fn_median, false },
	{ "stddev", "list", 1, -1, fn_stddev, false },
	{ "mode", "list", 1, -1, fn_mode, false },
	{ "sort", "list,precedes", 2, 2, fn_sort, false },
	{ "sort", "list", 1, 1, fn_sort_natural, false },
	{ "decimal", "n,scale", 2, 2, fn_decimal, false },
	{ "floor", "n|scale", 1, 2, fn_floor, false },
	{ "ceiling", "n|scale", 1, 2, fn_ceiling, false },
	{ "round up", "n,scale", 2, 2, fn_round_up, false },
	{ "round down", "n,scale", 2, 2, fn_round_down, false },
	{ "round half up", "n,scale", 2, 2, fn_round_half_up, false },
	{ "round half down", "n,scale", 2, 2, fn_round_half_down, false },
	{ "abs", "n", 1, 1, fn_abs, false },
	{ "modulo", "dividend,divisor", 2, 2, fn_modulo, false },
	{ "sqrt", "number", 1, 1, fn_sqrt, false },
	{ "log", "number", 1, 1, fn_log, false },
	{ "exp", "number", 1, 1, fn_exp, false },
	{ "odd", "number", 1, 1, fn_odd, false },
	{ "even", "number", 1, 1, fn_even, false },
	{ "range", "from", 1, 1, fn_range, false },
	{ "before", "point1,point2", 2, 2, fn_before, false },
	{ "before", "point,range", 2, 2, fn_before, false },
	{ "before", "range,point", 2, 2, fn_before, false },
	{ "before", "range1,range2", 2, 2, fn_before, false },
	{ "after", "point1,point2", 2, 2, fn_after, false },
	{ "after", "point,range", 2, 2, fn_after, false },
	{ "after", "range,point", 2, 2, fn_after, false },
	{ "after", "range1,range2", 2, 2, fn_after, false },
	{ "meets", "range1,range2", 2, 2, fn_meets, false },
	{ "met by", "range1,range2", 2, 2, fn_met_by, false },
	{ "overlaps", "range1,range2", 2, 2, fn_overlaps, false },
	{ "overlaps before", "range1,range2", 2, 2, fn_overlaps_before, false },
	{ "overlaps after", "range1,range2", 2, 2, fn_overlaps_after, false },
	{ "finishes", "point,range", 2, 2, fn_finishes, false },
	{ "finishes", "range1,range2", 2, 2, fn_finishes, false },
	{ "finished by", "range,point", 2, 2, fn_finished_by, false },
	{ "finished by", "range1,range2", 2, 2, fn_finished_by, false },
	{ "includes", "range,point", 2, 2, fn_includes, false },
	{ "includes", "range1,range2", 2, 2, fn_includes, false },
	{ "during", "point,range", 2, 2, fn_during, false },
	{ "during", "range1,range2", 2, 2, fn_during, false },
	{ "starts", "point,range", 2, 2, fn_starts, false },
	{ "starts", "range1,range2", 2, 2, fn_starts, false },
	{ "started by", "range,point", 2, 2, fn_started_by, false },
	{ "started by", "range1,range2", 2, 2, fn_started_by, false },
	{ "coincides", "point1,point2", 2, 2, fn_coincides, false },
	{ "coincides", "range1,range2", 2, 2, fn_coincides, false },
	{ "day of year", "date", 1, 1, fn_day_of_year, false },
	{ "day of week", "date", 1, 1, fn_day_of_week, false },
	{ "month of year", "date", 1, 1, fn_month_of_year, false },
	{ "week of year", "date", 1, 1, fn_week_of_year, false },
	{ "now", "", 0, 0, fn_now, false },
	{ "today", "", 0, 0, fn_today, false },
	{ "is", "value1,value2", 2, 2, fn_is, false },
	{ "get value", "m,key", 2, 2, fn_get_value, false },
	{ "get value", "context,keys", 2, 2, fn_get_value, false },
	{ "get entries", "m", 1, 1, fn_get_entries, false },
	{ "context", "entries", 1, 1, fn_context, false },
	{ "context put", "context,keys,value", 3, 3, fn_context_put_path, false },
	{ "context put", "context,key,value", 3, 3, fn_context_put, false },
	{ "context merge", "contexts", 1, 1, fn_context_merge, false },
};

enum { TABLE_LEN = sizeof(table) / sizeof(table[0]) };

const struct builtin *builtin_find(struct sv name)
{
	for (size_t i = 0; i < TABLE_LEN; i++) {
		if (sv_equal_z(name, table[i].name))
			return &table[i];
	}
	return NULL;
}

static const struct builtin *next_overload(const struct builtin *b)
{
	size_t next = (size_t)(b - table) + 1;

	if (next == TABLE_LEN || strcmp(table[next].name, b->name) != 0)
		return NULL;
	return &table[next];
}

const struct builtin *builtin_for_count(const struct builtin *b, size_t count)
{
	for (; b; b = next_overload(b)) {
		if (count >= (size_t)b->min && (b->max < 0 || count <= (size_t)b->max))
			return b;
	}
	return NULL;
}

/* Position of the name among the parameters, or -1. */
static int param_index(const char *params, struct sv name)
{
	int index = 0;

	for (const char *p = params; *p; index++) {
		size_t len = strcspn(p, ",|");
		if (sv_equal(name, (struct sv){ p, len }))
			return index;
		p += len + (p[len] != 0);
	}
	return -1;
}

/* How many of the given names the overload has; -1 when one is unknown or given twice. */
static int place_names(const struct builtin *b, const struct feel_member *names, size_t count, int order[BUILTIN_MAX_PARAMS])
{
	int last = -1;

	for (size_t i = 0; i < BUILTIN_MAX_PARAMS; i++)
		order[i] = -1;
	for (size_t i = 0; i < count; i++) {
		int at = param_index(b->params, names[i].name);
		if (at < 0 || at >= BUILTIN_MAX_PARAMS || order[at] >= 0)
			return -1;
		order[at] = (int)i;
		if (at > last)
			last = at;
	}
	return last + 1 < b->min ? b->min : last + 1;
}

const struct builtin *builtin_for_names(const struct builtin *first, const struct feel_member *names, size_t count,
	int order[BUILTIN_MAX_PARAMS], size_t *ret_params)
{
	assert(count == 0 || names);
	for (const struct builtin *b = first; b; b = next_overload(b)) {
		int params = place_names(b, names, count, order);
		if (params < 0 || params > BUILTIN_MAX_PARAMS)
			continue;
		*ret_params = (size_t)params;
		return b;
	}
	return NULL;
}

size_t builtin_match(const struct scan *scan, size_t from, struct sv *ret_name)
{
	size_t best = 0;

	for (size_t i = 0; i < TABLE_LEN; i++) {
		if (scan->text.ptr[from] != table[i].name[0] || (i && strcmp(table[i].name, table[i - 1].name) == 0))
			continue;
		size_t len = scan_match_name(scan, from, sv_of(table[i].name));
		if (len > best) {
			best = len;
			*ret_name = sv_of(table[i].name);
		}
	}
	return best;
}
