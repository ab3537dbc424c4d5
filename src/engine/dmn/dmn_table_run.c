/* Evaluating a decision table: which rules match, and what the hit policy makes of them (DMN 1.5 section 8.2.10). */
#include <assert.h>

#include "engine/dmn/dmn_int.h"

#include "base/banned.h"

enum { FIXED_NAMES = 16, FIXED_HITS = 64 };

/* Values for the names of one cell. */
static const struct feel_value *cell_values(struct feel_run *run, const struct cell *cell, const struct feel_value *values,
	struct feel_value fixed[FIXED_NAMES])
{
	size_t count;
	struct feel_value *own = fixed;

	feel_names(cell->expr, &count);
	if (count > FIXED_NAMES)
		own = ARENA_ARRAY(run->ctx->arena, struct feel_value, count);
	for (size_t i = 0; i < count; i++)
		own[i] = values[cell->vars[i]];
	return own;
}

static struct feel_value run_cell(struct feel_run *run, const struct cell *cell, const struct feel_value *input,
	const struct feel_value *values)
{
	struct feel_value fixed[FIXED_NAMES], result = feel_null();

	if (cell->constant)
		return cell->value;
	(void)feel_run_expr(run, cell->expr, cell_values(run, cell, values, fixed), input, &result); /* a limit shows in run->rc */
	return result;
}

bool dmn_cell_matches(struct feel_run *run, const struct cell *cell, const struct feel_value *input, const struct feel_value *values)
{
	if (cell->accepts)
		return feel_accepts_value(cell->accepts, *input) == 1;
	return feel_is_true(run_cell(run, cell, input, values));
}

/* The first input column whose cell fails, or input_count when the rule matches. */
static size_t rule_fails(struct feel_run *run, const struct table *table, size_t rule, const struct feel_value *inputs,
	const struct feel_value *values)
{
	size_t count = table->info.input_count;
	const struct cell *cells = table->inputs + rule * count;

	for (size_t i = 0; i < count; i++) {
		if (!dmn_cell_matches(run, &cells[i], &inputs[i], values))
			return i;
	}
	return count;
}

/* The rules that match, in their order. */
struct hits {
	uint32_t fixed[FIXED_HITS];
	uint32_t *at;
	size_t count;
};

/* With policies that need one rule only, the search ends at the first (or, for UNIQUE, the second). */
static size_t enough_hits(const struct table *table)
{
	return table->hit == HIT_FIRST ? 1 : table->hit == HIT_UNIQUE ? 2 : SIZE_MAX;
}

static void try_rule(struct feel_run *run, const struct table *table, size_t rule, const struct feel_value *inputs,
	const struct feel_value *values, struct hits *hits)
{
	assert(rule < table->info.rule_count); /* the index has no bits beyond the last rule */
	assert(hits->count == 0 || hits->at[hits->count - 1] < rule); /* in the file's order, each once */
	if (rule_fails(run, table, rule, inputs, values) == table->info.input_count)
		hits->at[hits->count++] = (uint32_t)rule;
}

static void find_hits(struct feel_run *run, const struct table *table, const struct feel_value *inputs, const struct feel_value *values,
	const struct table_trace *trace, struct hits *hits)
{
	size_t rules = table->info.rule_count, enough = enough_hits(table), words = (rules + 63) / 64;
	uint64_t fixed[FIXED_HITS], *maybe = fixed;

	hits->at = rules > FIXED_HITS ? ARENA_ARRAY(run->ctx->arena, uint32_t, enough < rules ? enough : rules) : hits->fixed;
	if (trace) {
		for (size_t r = 0; r < rules && hits->count < enough; r++) {
			if (trace->failed[r] == table->info.input_count)
				hits->at[hits->count++] = (uint32_t)r;
		}
		return;
	}
	if (!table->index) {
		for (size_t r = 0; r < rules && hits->count < enough; r++)
			try_rule(run, table, r, inputs, values, hits);
		return;
	}
	if (words > FIXED_HITS)
		maybe = ARENA_ARRAY(run->ctx->arena, uint64_t, words);
	dmn_index_rules(table->index, inputs, maybe);
	for (size_t w = 0; w < words && hits->count < enough; w++) {
		for (uint64_t bits = maybe[w]; bits && hits->count < enough; bits &= bits - 1)
			try_rule(run, table, w * 64 + (size_t)__builtin_ctzll(bits), inputs, values, hits);
	}
}

/* ---- outputs ---- */

static struct feel_value output_value(struct feel_run *run, const struct table *table, const struct cell *cells,
	const struct feel_value *values)
{
	size_t count = table->info.output_count;

	assert(count > 0); /* a table without outputs is refused when it is read */
	if (count == 1)
		return feel_coerce(run, run_cell(run, &cells[0], NULL, values), table->output_types[0]);
	struct feel_entry *entries = ARENA_ARRAY(run->ctx->arena, struct feel_entry, count);
	for (size_t i = 0; i < count; i++)
		entries[i] = (struct feel_entry){ table->info.outputs[i].text,
			feel_coerce(run, run_cell(run, &cells[i], NULL, values), table->output_types[i]) };
	return feel_context(entries, count);
}

static struct feel_value default_value(struct feel_run *run, const struct table *table, const struct feel_value *values)
{
	struct cell *cells = ARENA_ARRAY(run->ctx->arena, struct cell, table->info.output_count);

	for (size_t i = 0; i < table->info.output_count; i++) {
		cells[i] = table->defaults[i];
		if (!cells[i].expr)
			cells[i].constant = true;
	}
	return output_value(run, table, cells, values);
}

/* ---- hit policies ---- */

/* Position in the list of output values; behind all when it is not there. */
static size_t rank(struct feel_value priorities, struct feel_value v)
{
	size_t i = 0;

	while (priorities.kind == FEEL_LIST && i < priorities.list.count && feel_equal(priorities.list.at[i], v) != 1)
		i++;
	return i;
}

static struct feel_value output_of(const struct table *table, struct feel_value v, size_t column)
{
	return table->info.output_count == 1 ? v : v.context.at[column].value;
}

/* Whether a goes before b by the priorities of the outputs, the first output deciding first. */
static bool goes_before(const struct table *table, struct feel_value a, struct feel_value b)
{
	for (size_t i = 0; i < table->info.output_count; i++) {
		size_t x = rank(table->priorities[i], output_of(table, a, i)), y = rank(table->priorities[i], output_of(table, b, i));
		if (x != y)
			return x < y;
	}
	return false;
}

static void sort_by_priority(const struct table *table, struct feel_value *items, size_t count)
{
	for (size_t i = 1; i < count; i++) {
		struct feel_value item = items[i];
		size_t at = i;
		for (; at > 0 && goes_before(table, item, items[at - 1]); at--)
			items[at] = items[at - 1];
		items[at] = item;
	}
}

static struct feel_value any_of(const struct feel_value *items, size_t count)
{
	for (size_t i = 1; i < count; i++) {
		if (feel_equal(items[0], items[i]) != 1)
			return feel_null_because(N_("Several rules match with different results, which hit policy ANY forbids."), NULL);
	}
	return items[0];
}

static struct feel_value aggregate_list(struct feel_run *run, const struct table *table, struct feel_value list)
{
	const struct dmn_model *m = table->model;
	struct feel_value fn = table->aggregation == AGG_SUM ? m->sum : table->aggregation == AGG_MIN ? m->min
		: table->aggregation == AGG_MAX                                                       ? m->max
												      : m->count;
	struct feel_value result = feel_null();

	(void)feel_call(run, fn, &list, 1, &result); /* a limit shows in run->rc */
	return result;
}

static struct feel_value aggregate(struct feel_run *run, const struct table *table, const struct feel_value *items, size_t count)
{
	size_t outputs = table->info.output_count;

	if (table->aggregation == AGG_NONE || table->aggregation == AGG_COUNT || outputs == 1) {
		struct feel_value list = feel_list(items, count);
		return table->aggregation == AGG_NONE ? list : aggregate_list(run, table, list);
	}
	struct feel_entry *entries = ARENA_ARRAY(run->ctx->arena, struct feel_entry, outputs);
	for (size_t o = 0; o < outputs; o++) {
		struct feel_value *column = ARENA_ARRAY(run->ctx->arena, struct feel_value, count);
		for (size_t i = 0; i < count; i++)
			column[i] = output_of(table, items[i], o);
		entries[o] = (struct feel_entry){ table->info.outputs[o].text, aggregate_list(run, table, feel_list(column, count)) };
	}
	return feel_context(entries, outputs);
}

static struct feel_value no_hit(struct feel_run *run, const struct table *table, const struct feel_value *values)
{
	if (table->has_default)
		return default_value(run, table, values);
	if (table->hit == HIT_COLLECT && table->aggregation == AGG_COUNT)
		return feel_i64(0);
	if (table->hit == HIT_COLLECT && table->aggregation == AGG_NONE)
		return feel_list(NULL, 0);
	return feel_null_because(N_("No rule of the table matches."), NULL);
}

static struct feel_value apply_policy(struct feel_run *run, const struct table *table, const struct hits *hits,
	const struct feel_value *values)
{
	size_t outputs = table->info.output_count;

	if (hits->count == 0)
		return no_hit(run, table, values);
	if (table->hit == HIT_UNIQUE && hits->count > 1)
		return feel_null_because(N_("Several rules match, which hit policy UNIQUE forbids."), NULL);
	if (table->hit == HIT_UNIQUE || table->hit == HIT_FIRST)
		return output_value(run, table, table->outputs + hits->at[0] * outputs, values);
	struct feel_value *items = ARENA_ARRAY(run->ctx->arena, struct feel_value, hits->count);
	for (size_t i = 0; i < hits->count; i++)
		items[i] = output_value(run, table, table->outputs + hits->at[i] * outputs, values);
	switch (table->hit) {
	case HIT_ANY:
		return any_of(items, hits->count);
	case HIT_PRIORITY:
		sort_by_priority(table, items, hits->count);
		return items[0];
	case HIT_OUTPUT_ORDER:
		sort_by_priority(table, items, hits->count);
		break;
	case HIT_COLLECT:
		return aggregate(run, table, items, hits->count);
	case HIT_UNIQUE:
	case HIT_FIRST:
	case HIT_RULE_ORDER:
		break;
	}
	return feel_list(items, hits->count);
}

/* For each rule the first column whose cell fails. Cells that the index knows are not tried again. */
static void find_failures(struct feel_run *run, const struct table *table, const struct feel_value *inputs,
	const struct feel_value *values, uint16_t *failed)
{
	size_t columns = table->info.input_count, rules = table->info.rule_count;

	for (size_t r = 0; r < rules; r++)
		failed[r] = (uint16_t)columns;
	for (size_t c = 0; c < columns; c++) {
		const uint64_t *bits = table->index ? dmn_index_column(table->index, c, inputs[c]) : NULL;
		for (size_t r = 0; r < rules; r++) {
			const struct cell *cell = &table->inputs[r * columns + c];
			if (failed[r] != columns)
				continue;
			if (bits && cell->accepts ? !(bits[r / 64] >> (r % 64) & 1) : !dmn_cell_matches(run, cell, &inputs[c], values))
				failed[r] = (uint16_t)c;
		}
	}
}

/* Notes the table in the explanation, when one is wanted, with the outcome of every rule. */
static const struct table_trace *note_table(struct feel_run *run, const struct table *table, const struct feel_value *inputs,
	const struct feel_value *values)
{
	struct dmn_eval *eval = run->host;
	struct arena *arena = run->ctx->arena;
	size_t columns = table->info.input_count;

	if (!eval || !eval->recorder || !eval->current)
		return NULL;
	struct table_trace *trace = ARENA_NEW(arena, struct table_trace);
	struct feel_value *copy = ARENA_ARRAY(arena, struct feel_value, columns + table->name_count);
	memcpy(copy, inputs, columns * sizeof(*copy));
	if (table->name_count)
		memcpy(copy + columns, values, table->name_count * sizeof(*copy));
	*trace = (struct table_trace){ table, copy, copy + columns, ARENA_ARRAY(arena, uint16_t, table->info.rule_count), NULL };
	find_failures(run, table, inputs, values, trace->failed);
	*eval->current->tables_end = trace;
	eval->current->tables_end = &trace->next;
	return trace;
}

/* false when an input lies outside the values its column allows. */
static bool inputs_allowed(struct feel_run *run, const struct table *table, const struct feel_value *inputs)
{
	struct feel_value passed;

	for (size_t i = 0; i < table->info.input_count; i++) {
		if (!table->allowed[i] || inputs[i].kind == FEEL_NULL)
			continue;
		const struct feel_accepts *accepts = feel_accepts(table->allowed[i]);
		if (accepts ? feel_accepts_value(accepts, inputs[i]) != 1
			    : feel_run_expr(run, table->allowed[i], NULL, &inputs[i], &passed) != RC_OK || !feel_is_true(passed))
			return false;
	}
	return true;
}

enum rc dmn_call_table(struct feel_run *run, void *user, const struct feel_value *arguments, size_t count, struct feel_value *ret)
{
	const struct table *table = user;
	const struct feel_value *values = arguments + table->info.input_count;
	struct hits hits = { .count = 0 };

	assert(count == table->info.input_count + table->name_count);
	const struct table_trace *trace = note_table(run, table, arguments, values);
	if (!inputs_allowed(run, table, arguments)) {
		*ret = feel_null_because(N_("An input is not among the values its column allows."), NULL);
		return run->rc;
	}
	find_hits(run, table, arguments, values, trace, &hits);
	*ret = apply_policy(run, table, &hits, values);
	return run->rc;
}
