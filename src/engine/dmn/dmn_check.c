/* Analysis of decision tables before they are published: overlaps, gaps, unreachable rules, cells that can never hold, wrong
 * types, unused inputs.
 *
 * The boundaries of a column's cells cut its values into points and gaps; one example stands for each. Every question is
 * then one about sets of rules: bits[column][example] are the rules whose cell accepts it. A cell that depends on more than
 * its input may accept anything, so that nothing is reported of which we are not sure. */
#include <assert.h>
#include <stdlib.h>

#include "base/civil.h"
#include "engine/dmn/dmn_int.h"

#include "base/banned.h"

static const size_t any_value = SIZE_MAX; /* instead of the place of an example: whatever the value is */

enum { MAX_CHECK_RULES = 2000, MAX_BITS = 64 << 20, MAX_REPORTS = 50, MAX_SEARCH = 500000, MAX_GAPS = 20, EXAMPLE_MAX = 16 << 10 };

struct domain {
	struct feel_value *examples;
	size_t count;
	uint64_t *bits; /* count rows of `words` */
};

struct check {
	struct ctx *ctx;
	struct dmn_model *model; /* problems go here: a copy of the model's, for this check */
	const struct drg *drg;
	const struct table *table;
	struct domain *domains;
	size_t words, reports, searched, gaps;
};

static void report(struct check *k, enum dmn_severity severity, const char *rule, uint32_t line, struct sv element, const char *msgid,
	const struct text_arg *args)
{
	const struct xml at = { .line = line, .name = element };

	if (k->reports++ < MAX_REPORTS)
		dmn_problem_add(k->ctx, k->model, severity, rule, &at, msgid, args);
}

static struct sv number_text(struct check *k, size_t n)
{
	return arena_printf(k->ctx->arena, "%zu", n);
}

/* ---- domains ---- */

typedef struct { VEC(struct feel_value); } value_vec;

static const struct cell *cell_at(const struct table *table, size_t rule, size_t column)
{
	return &table->inputs[rule * table->info.input_count + column];
}

static int compare_values(const void *a, const void *b)
{
	int order = feel_compare(*(const struct feel_value *)a, *(const struct feel_value *)b);

	return order == 2 ? 0 : order;
}

static void add_bounds(struct arena *arena, const struct feel_accepts *accepts, enum feel_kind kind, value_vec *out)
{
	for (size_t i = 0; accepts && i < accepts->count; i++) {
		if (accepts->at[i].low.kind == kind)
			*VEC_PUSH(arena, out) = accepts->at[i].low;
		if (accepts->at[i].high.kind == kind)
			*VEC_PUSH(arena, out) = accepts->at[i].high;
	}
}

/* The kind of a column: its type's, or that of the first boundary. FEEL_NULL when unknown. */
static enum feel_kind column_kind(const struct check *k, size_t column)
{
	const struct feel_type *type = k->table->input_types[column];

	if (type && type->kind == FEEL_TYPE_SIMPLE)
		return type->simple;
	for (size_t r = 0; r < k->table->info.rule_count; r++) {
		const struct feel_accepts *accepts = cell_at(k->table, r, column)->accepts;
		if (accepts && accepts->count)
			return accepts->at[0].low.kind;
	}
	return FEEL_NULL;
}

/* The next value above (or below) that can be written down; false when we know none. */
static bool step_from(struct feel_value from, int step, struct feel_value *ret)
{
	*ret = from;
	switch (from.kind) {
	case FEEL_NUMBER:
		return decimal_add(from.number, DECIMAL_INT(step), &ret->number);
	case FEEL_DATE:
		ret->day += step;
		return true;
	case FEEL_DAYS:
		ret->seconds += step;
		return true;
	case FEEL_MONTHS:
		ret->months += step;
		return true;
	case FEEL_TIME:
	case FEEL_DATE_TIME:
		ret->at.second += step;
		return true;
	case FEEL_STRING:
		*ret = feel_text(SV("?")); /* any other text */
		return step > 0;
	case FEEL_NULL:
	case FEEL_BOOLEAN:
	case FEEL_LIST:
	case FEEL_CONTEXT:
	case FEEL_RANGE:
	case FEEL_FUNCTION:
		break;
	}
	return false;
}

/* A value between two bounds, or beyond the one that is not NULL; false when there is none or we know none. */
static bool example_between(const struct feel_value *low, const struct feel_value *high, struct feel_value *ret)
{
	struct decimal sum;

	assert(low || high);
	if (!low || !high)
		return step_from(low ? *low : *high, low ? 1 : -1, ret);
	*ret = *low;
	if (low->kind == FEEL_NUMBER) /* halfway */
		return decimal_add(low->number, high->number, &sum) && decimal_div(sum, DECIMAL_INT(2), &ret->number);
	return low->kind != FEEL_STRING && step_from(*low, 1, ret) && feel_compare(*ret, *high) == -1;
}

static bool is_allowed(const struct check *k, size_t column, struct feel_value v)
{
	const struct feel_expr *allowed = k->table->allowed[column];
	const struct feel_type *type = k->table->input_types[column];
	const struct feel_accepts *accepts = allowed ? feel_accepts(allowed) : type && type->allowed ? feel_accepts(type->allowed) : NULL;

	return !accepts || feel_accepts_value(accepts, v) == 1;
}

static void add_example(struct check *k, size_t column, value_vec *out, struct feel_value v)
{
	if (is_allowed(k, column, v))
		*VEC_PUSH(k->ctx->arena, out) = v;
}

static void gather_bounds(struct check *k, size_t column, enum feel_kind kind, value_vec *bounds)
{
	const struct feel_expr *allowed = k->table->allowed[column];
	const struct feel_type *type = k->table->input_types[column];

	for (size_t r = 0; r < k->table->info.rule_count; r++)
		add_bounds(k->ctx->arena, cell_at(k->table, r, column)->accepts, kind, bounds);
	add_bounds(k->ctx->arena, allowed ? feel_accepts(allowed) : type && type->allowed ? feel_accepts(type->allowed) : NULL, kind, bounds);
	if (bounds->len)
		qsort(bounds->at, bounds->len, sizeof(bounds->at[0]), compare_values);
	size_t n = 0;
	for (size_t i = 0; i < bounds->len; i++) {
		if (n == 0 || feel_compare(bounds->at[n - 1], bounds->at[i]) != 0)
			bounds->at[n++] = bounds->at[i];
	}
	bounds->len = n;
}

static void make_examples(struct check *k, size_t column, value_vec *out)
{
	enum feel_kind kind = column_kind(k, column);
	value_vec bounds = { 0 };
	struct feel_value v;

	if (kind == FEEL_BOOLEAN) {
		add_example(k, column, out, feel_boolean(true));
		add_example(k, column, out, feel_boolean(false));
		return;
	}
	gather_bounds(k, column, kind, &bounds);
	if (bounds.len == 0) { /* nothing is asked of it: one value is as good as another */
		*VEC_PUSH(k->ctx->arena, out) = feel_null();
		return;
	}
	for (size_t i = 0; i <= bounds.len; i++) {
		const struct feel_value *low = i ? &bounds.at[i - 1] : NULL, *high = i < bounds.len ? &bounds.at[i] : NULL;
		if (example_between(low, high, &v))
			add_example(k, column, out, v);
		if (high)
			add_example(k, column, out, *high);
	}
}

static bool build_domains(struct check *k)
{
	const struct dmn_table *info = &k->table->info;
	size_t bytes = 0;

	k->words = (info->rule_count + 63) / 64;
	k->domains = ARENA_ARRAY(k->ctx->arena, struct domain, info->input_count);
	for (size_t c = 0; c < info->input_count; c++) {
		value_vec examples = { 0 };
		make_examples(k, c, &examples);
		bytes += examples.len * k->words * sizeof(uint64_t);
		if (bytes > MAX_BITS)
			return false;
		struct domain *d = &k->domains[c];
		*d = (struct domain){ examples.at, examples.len, ARENA_ARRAY(k->ctx->arena, uint64_t, examples.len * k->words) };
		for (size_t r = 0; r < info->rule_count; r++) {
			const struct feel_accepts *accepts = cell_at(k->table, r, c)->accepts;
			for (size_t e = 0; e < d->count; e++) {
				if (!accepts || feel_accepts_value(accepts, d->examples[e]) == 1)
					d->bits[e * k->words + r / 64] |= (uint64_t)1 << (r % 64);
			}
		}
	}
	return true;
}

static bool has_bit(const uint64_t *bits, size_t r)
{
	return bits[r / 64] >> (r % 64) & 1;
}

/* ---- cells and columns ---- */

static bool wrong_kind(const struct check *k, const struct feel_accepts *accepts, size_t column)
{
	const struct feel_type *type = k->table->input_types[column];

	if (!accepts || !type || type->kind != FEEL_TYPE_SIMPLE)
		return false;
	for (size_t i = 0; i < accepts->count; i++) {
		if (accepts->at[i].low.kind != type->simple)
			return true;
	}
	return false;
}

static bool never_holds(const struct check *k, size_t rule, size_t column)
{
	const struct domain *d = &k->domains[column];

	if (!cell_at(k->table, rule, column)->accepts || cell_at(k->table, rule, column)->accepts->anything)
		return false;
	for (size_t e = 0; e < d->count; e++) {
		if (has_bit(d->bits + e * k->words, rule))
			return false;
	}
	return true;
}

static void check_cells(struct check *k)
{
	const struct dmn_table *info = &k->table->info;

	for (size_t r = 0; r < info->rule_count; r++) {
		for (size_t c = 0; c < info->input_count; c++) {
			const struct dmn_rule *rule = &info->rules[r];
			const struct text_arg *args = ARGS({ "rule", number_text(k, r + 1) }, { "column", info->inputs[c].label },
				{ "cell", rule->cells[c] }, { "type", info->inputs[c].type_name });
			if (wrong_kind(k, cell_at(k->table, r, c)->accepts, c))
				report(k, DMN_ERROR, "type", rule->line, rule->id,
					N_("Rule {rule}: the cell {cell} is not of the type {type} of its column {column}."), args);
			else if (never_holds(k, r, c))
				report(k, DMN_ERROR, "never", rule->line, rule->id,
					N_("Rule {rule}: the cell {cell} of the column {column} can never hold."), args);
		}
	}
}

static void check_columns(struct check *k)
{
	const struct dmn_table *info = &k->table->info;

	for (size_t c = 0; c < info->input_count; c++) {
		bool used = false;
		for (size_t r = 0; r < info->rule_count && !used; r++) {
			const struct feel_accepts *accepts = cell_at(k->table, r, c)->accepts;
			used = !accepts || !accepts->anything;
		}
		if (!used)
			report(k, DMN_WARNING, "unused", info->inputs[c].line, info->inputs[c].id,
				N_("No rule looks at the input {column}. Remove the column or fill its cells."),
				ARGS({ "column", info->inputs[c].label }));
	}
}

/* ---- overlaps ---- */

static struct sv example_text(struct check *k, const size_t *picks)
{
	struct buf buf;
	const struct dmn_table *info = &k->table->info;

	buf_init(&buf, k->ctx->arena, EXAMPLE_MAX);
	for (size_t c = 0; c < info->input_count; c++) {
		struct json_out out = json_out_to(&buf);
		if (c)
			buf_sv(&buf, SV(", "));
		buf_sv(&buf, info->inputs[c].label);
		buf_sv(&buf, SV(" = "));
		if (picks[c] == any_value || k->domains[c].examples[picks[c]].kind == FEEL_NULL)
			buf_sv(&buf, SV("-"));
		else
			feel_to_json(&out, k->domains[c].examples[picks[c]]);
	}
	return buf_view(&buf);
}

/* An example in every column that both rules accept. */
static bool common_example(const struct check *k, size_t a, size_t b, size_t *picks)
{
	for (size_t c = 0; c < k->table->info.input_count; c++) {
		const struct domain *d = &k->domains[c];
		size_t e = 0;
		if (!cell_at(k->table, a, c)->accepts || !cell_at(k->table, b, c)->accepts)
			return false; /* not sure */
		while (e < d->count && !(has_bit(d->bits + e * k->words, a) && has_bit(d->bits + e * k->words, b)))
			e++;
		if (e == d->count)
			return false;
		picks[c] = e;
	}
	return true;
}

static bool same_outputs(const struct table *table, size_t a, size_t b)
{
	for (size_t o = 0; o < table->info.output_count; o++) {
		const struct cell *x = &table->outputs[a * table->info.output_count + o], *y = &table->outputs[b * table->info.output_count + o];
		if (!x->constant || !y->constant || feel_equal(x->value, y->value) != 1)
			return false;
	}
	return true;
}

static void check_overlaps(struct check *k)
{
	const struct dmn_table *info = &k->table->info;
	size_t *picks = ARENA_ARRAY(k->ctx->arena, size_t, info->input_count);

	if (k->table->hit != HIT_UNIQUE && k->table->hit != HIT_ANY)
		return;
	for (size_t b = 1; b < info->rule_count && k->reports < MAX_REPORTS; b++) {
		for (size_t a = 0; a < b && k->reports < MAX_REPORTS; a++) {
			if (!common_example(k, a, b, picks) || (k->table->hit == HIT_ANY && same_outputs(k->table, a, b)))
				continue;
			report(k, DMN_ERROR, "overlap", info->rules[b].line, info->rules[b].id,
				N_("Rules {first} and {second} both match when {example}. Narrow one of them."),
				ARGS({ "first", number_text(k, a + 1) }, { "second", number_text(k, b + 1) },
					{ "example", example_text(k, picks) }));
		}
	}
}

/* ---- gaps and unreachable rules: a point that none of a set of rules covers ---- */

static bool rest_is_free(const struct check *k, const uint64_t *rules, size_t column)
{
	for (size_t r = 0; r < k->table->info.rule_count; r++) {
		size_t c = column;
		if (!has_bit(rules, r))
			continue;
		for (; c < k->table->info.input_count; c++) {
			const struct feel_accepts *accepts = cell_at(k->table, r, c)->accepts;
			if (accepts && !accepts->anything)
				break;
		}
		if (c == k->table->info.input_count)
			return true;
	}
	return false;
}

/* Searches from `column` on among `rules`, within the box of rule `inside` (SIZE_MAX = everywhere). */
static bool find_uncovered(struct check *k, size_t column, const uint64_t *rules, size_t inside, size_t *picks)
{
	uint64_t any = 0;

	for (size_t w = 0; w < k->words; w++)
		any |= rules[w];
	if (column == k->table->info.input_count)
		return any == 0;
	if (++k->searched > MAX_SEARCH || (any && rest_is_free(k, rules, column)))
		return false;
	const struct domain *d = &k->domains[column];
	struct arena_mark mark = arena_mark(k->ctx->arena);
	uint64_t *left = ARENA_ARRAY(k->ctx->arena, uint64_t, k->words);
	for (size_t e = 0; e < d->count; e++) {
		const uint64_t *accepts = d->bits + e * k->words;
		if (inside != SIZE_MAX && !has_bit(accepts, inside))
			continue;
		for (size_t w = 0; w < k->words; w++)
			left[w] = rules[w] & accepts[w];
		picks[column] = e;
		if (find_uncovered(k, column + 1, left, inside, picks))
			return true;
	}
	arena_rewind(k->ctx->arena, mark);
	return false;
}

/* An acceptance of a gap names it by this text, so it depends on nothing but the table. Gaps have a maximum of their own. */
static void report_gap(struct check *k, const size_t *picks)
{
	const struct xml at = { .line = k->table->xml->line, .name = k->drg->id };
	struct sv example = example_text(k, picks);

	if (k->gaps++ >= MAX_GAPS)
		return;
	dmn_problem_add(k->ctx, k->model, DMN_WARNING, "gap", &at, N_("No rule matches when {example}. Add a rule or a default output."),
		ARGS({ "example", example }));
	k->model->problems.at[k->model->problems.len - 1].example = example;
}

/* Every gap from `column` on among `rules`: the values of the columns that it takes to leave all rules behind. Neighbouring
 * examples that leave the same rules are one. `left`: room for two sets of rules a column. */
static void find_gaps(struct check *k, size_t column, const uint64_t *rules, size_t *picks, uint64_t *left)
{
	size_t columns = k->table->info.input_count, words = k->words;
	uint64_t any = 0, *before = left + words;

	for (size_t w = 0; w < words; w++)
		any |= rules[w];
	if (!any) {
		for (size_t c = column; c < columns; c++)
			picks[c] = any_value;
		report_gap(k, picks);
		return;
	}
	if (column == columns || k->gaps > MAX_GAPS || k->searched++ > MAX_SEARCH || rest_is_free(k, rules, column))
		return;
	const struct domain *d = &k->domains[column];
	for (size_t e = 0; e < d->count; e++) {
		for (size_t w = 0; w < words; w++)
			left[w] = rules[w] & d->bits[e * words + w];
		if (e && memcmp(left, before, words * sizeof(*left)) == 0)
			continue;
		memcpy(before, left, words * sizeof(*left));
		picks[column] = e;
		find_gaps(k, column + 1, left, picks, left + 2 * words);
	}
}

static void check_gaps(struct check *k)
{
	const struct dmn_table *info = &k->table->info;
	size_t *picks = ARENA_ARRAY(k->ctx->arena, size_t, info->input_count);
	uint64_t *rules = ARENA_ARRAY(k->ctx->arena, uint64_t, k->words);

	if (k->table->has_default || k->table->hit == HIT_COLLECT || k->table->hit == HIT_RULE_ORDER || k->table->hit == HIT_OUTPUT_ORDER)
		return;
	for (size_t r = 0; r < info->rule_count; r++)
		rules[r / 64] |= (uint64_t)1 << (r % 64);
	k->searched = 0;
	find_gaps(k, 0, rules, picks, ARENA_ARRAY(k->ctx->arena, uint64_t, 2 * k->words * info->input_count));
	if (k->gaps > MAX_GAPS)
		report(k, DMN_ERROR, "gaps", k->table->xml->line, k->drg->id,
			N_("The table has more than {count} gaps. Add a last rule for all other cases, or a default output."),
			ARGS({ "count", number_text(k, MAX_GAPS) }));
	else if (k->searched > MAX_SEARCH)
		report(k, DMN_WARNING, "large", k->table->xml->line, k->drg->id,
			N_("The table is too large to look for gaps and overlaps."), NULL);
}

static bool is_sure(const struct check *k, size_t rule)
{
	for (size_t c = 0; c < k->table->info.input_count; c++) {
		if (!cell_at(k->table, rule, c)->accepts)
			return false;
	}
	return true;
}

/* Some input would match the rule, were it alone. */
static bool can_match(const struct check *k, size_t rule)
{
	for (size_t c = 0; c < k->table->info.input_count; c++) {
		if (never_holds(k, rule, c))
			return false;
	}
	return true;
}

static void check_unreachable(struct check *k)
{
	const struct dmn_table *info = &k->table->info;
	size_t *picks = ARENA_ARRAY(k->ctx->arena, size_t, info->input_count);

	if (k->table->hit != HIT_FIRST)
		return;
	uint64_t *earlier = ARENA_ARRAY(k->ctx->arena, uint64_t, k->words);
	for (size_t r = 0; r < info->rule_count; r++) {
		k->searched = 0;
		if (r && is_sure(k, r) && can_match(k, r) && !find_uncovered(k, 0, earlier, r, picks) && k->searched <= MAX_SEARCH)
			report(k, DMN_ERROR, "unreachable", info->rules[r].line, info->rules[r].id,
				N_("Rule {rule} is never reached: earlier rules match in all its cases. Move or remove it."),
				ARGS({ "rule", number_text(k, r + 1) }));
		if (is_sure(k, r))
			earlier[r / 64] |= (uint64_t)1 << (r % 64);
	}
}

/* ---- the whole ---- */

static void check_table(struct check *k)
{
	k->reports = 0;
	if (k->table->info.rule_count > MAX_CHECK_RULES || !build_domains(k)) {
		report(k, DMN_WARNING, "large", k->table->xml->line, k->drg->id,
			N_("The table is too large to look for gaps and overlaps."), NULL);
		return;
	}
	check_cells(k);
	check_columns(k);
	check_overlaps(k);
	check_gaps(k);
	check_unreachable(k);
}

static bool is_required(const struct dmn_model *model, const struct drg *input)
{
	for (size_t i = 0; i < model->drgs.len; i++) {
		const struct drg *drg = model->drgs.at[i];
		for (size_t j = 0; j < drg->requires.len; j++) {
			if (drg->requires.at[j].to == input)
				return true;
		}
	}
	return false;
}

enum rc dmn_check(struct ctx *ctx, const struct dmn_model *model, const struct dmn_problem **ret, size_t *ret_count)
{
	struct dmn_model *copy = ARENA_NEW(ctx->arena, struct dmn_model);

	copy->file = model->file;
	for (size_t i = 0; i < model->problems.len; i++)
		*VEC_PUSH(ctx->arena, &copy->problems) = model->problems.at[i];
	for (size_t i = 0; i < model->drgs.len; i++) {
		const struct drg *drg = model->drgs.at[i];
		struct check k = { .ctx = ctx, .model = copy, .drg = drg, .table = drg->table };
		if (drg->table)
			check_table(&k);
		if (drg->kind == DRG_INPUT && !is_required(model, drg))
			report(&k, DMN_WARNING, "unused", drg->xml->line, drg->id,
				N_("No decision uses the input \"{name}\". Remove it or require it."), ARGS({ "name", drg->name }));
	}
	*ret = copy->problems.at;
	*ret_count = copy->problems.len;
	return RC_OK;
}
