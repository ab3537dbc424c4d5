/* Decision tables (DMN 1.5 chapter 8): reading, compiling their cells, and evaluation by hit policy. A table is a host call
 * in the FEEL tree around it: its arguments are the values of the input expressions followed by those of every name that a
 * cell reads. */
#include <assert.h>

#include "engine/dmn/dmn_int.h"

#include "base/banned.h"

enum { INDEX_FROM = 8 /* rules */, MAX_COLUMNS = 256 };

static const struct {
	const char *name, *aggregation;
	enum hit_policy hit;
	enum aggregation agg;
	const char *shown;
} policies[] = {
	{ "UNIQUE", "", HIT_UNIQUE, AGG_NONE, "UNIQUE" },
	{ "FIRST", "", HIT_FIRST, AGG_NONE, "FIRST" },
	{ "PRIORITY", "", HIT_PRIORITY, AGG_NONE, "PRIORITY" },
	{ "ANY", "", HIT_ANY, AGG_NONE, "ANY" },
	{ "RULE ORDER", "", HIT_RULE_ORDER, AGG_NONE, "RULE ORDER" },
	{ "OUTPUT ORDER", "", HIT_OUTPUT_ORDER, AGG_NONE, "OUTPUT ORDER" },
	{ "COLLECT", "SUM", HIT_COLLECT, AGG_SUM, "COLLECT SUM" },
	{ "COLLECT", "MIN", HIT_COLLECT, AGG_MIN, "COLLECT MIN" },
	{ "COLLECT", "MAX", HIT_COLLECT, AGG_MAX, "COLLECT MAX" },
	{ "COLLECT", "COUNT", HIT_COLLECT, AGG_COUNT, "COLLECT COUNT" },
	{ "COLLECT", "", HIT_COLLECT, AGG_NONE, "COLLECT" },
};

static size_t count_children(const struct xml *xml, const char *name)
{
	size_t n = 0;

	for (const struct xml *c = xml_child(xml, NULL, name); c; c = xml_next(c, NULL, name))
		n++;
	return n;
}

/* ---- reading ---- */

static enum rc read_policy(struct logic *l, const struct xml *xml, struct table *table)
{
	struct sv hit = xml_attr(xml, "hitPolicy"), aggregation = xml_attr(xml, "aggregation");

	if (hit.len == 0)
		hit = SV("UNIQUE");
	for (size_t i = 0; i < sizeof(policies) / sizeof(policies[0]); i++) {
		if (!sv_equal_z(hit, policies[i].name) || (policies[i].aggregation[0] && !sv_equal_z(aggregation, policies[i].aggregation)))
			continue;
		table->hit = policies[i].hit;
		table->aggregation = policies[i].agg;
		table->info.hit_policy = policies[i].shown;
		return RC_OK;
	}
	return fail_at(l->ctx, RC_INVALID, l->model->file, xml->line,
		N_("There is no hit policy \"{name}\". Use UNIQUE, FIRST, PRIORITY, ANY, COLLECT, RULE ORDER or OUTPUT ORDER."),
		ARGS({ "name", hit }));
}

/* What the expression reads, as far as it can be told without the model's types. */
static const struct feel_read *column_reads(struct logic *l, struct sv text, size_t *ret_count)
{
	struct feel_scope scope = { .file = l->model->file };
	const struct feel_expr *expr;

	*ret_count = 0;
	if (feel_compile(&l->quiet, &scope, text, &expr) == RC_OK)
		return feel_reads(expr, ret_count);
	error_clear(&l->quiet);
	return NULL;
}

static void read_columns(struct logic *l, struct table *table)
{
	struct arena *arena = l->ctx->arena;
	struct dmn_column *inputs = ARENA_ARRAY(arena, struct dmn_column, table->info.input_count);
	struct dmn_column *outputs = ARENA_ARRAY(arena, struct dmn_column, table->info.output_count);
	struct sv *notes = ARENA_ARRAY(arena, struct sv, table->info.annotation_count);
	size_t n = 0;

	for (const struct xml *c = xml_child(table->xml, NULL, "input"); c; c = xml_next(c, NULL, "input"), n++) {
		const struct xml *e = xml_child(c, NULL, "inputExpression");
		struct sv text = dmn_text(e), label = xml_attr(c, "label");
		inputs[n] = (struct dmn_column){ xml_attr(c, "id"), label.len ? label : text, text,
			e ? xml_attr(e, "typeRef") : (struct sv){ NULL, 0 }, dmn_text(xml_child(c, NULL, "inputValues")), c->line,
			xml_attr_ns(c, "urn:tongban:dmn", "label_en"), NULL, 0 };
		inputs[n].reads = column_reads(l, text, &inputs[n].read_count);
	}
	n = 0;
	for (const struct xml *c = xml_child(table->xml, NULL, "output"); c; c = xml_next(c, NULL, "output"), n++) {
		struct sv name = xml_attr(c, "name"), label = xml_attr(c, "label");
		outputs[n] = (struct dmn_column){ xml_attr(c, "id"), label.len ? label : name, name, xml_attr(c, "typeRef"),
			dmn_text(xml_child(c, NULL, "outputValues")), c->line, xml_attr_ns(c, "urn:tongban:dmn", "label_en"), NULL, 0 };
	}
	n = 0;
	for (const struct xml *c = xml_child(table->xml, NULL, "annotation"); c; c = xml_next(c, NULL, "annotation"))
		notes[n++] = xml_attr(c, "name");
	table->info.inputs = inputs;
	table->info.outputs = outputs;
	table->info.annotations = notes;
}

static size_t read_cells(const struct xml *rule, const char *element, struct sv *cells, size_t max)
{
	size_t n = 0;

	for (const struct xml *c = xml_child(rule, NULL, element); c && n < max; c = xml_next(c, NULL, element))
		cells[n++] = dmn_text(c);
	return n;
}

static enum rc read_rules(struct logic *l, struct table *table)
{
	struct arena *arena = l->ctx->arena;
	struct dmn_table *info = &table->info;
	struct dmn_rule *rules = ARENA_ARRAY(arena, struct dmn_rule, info->rule_count);
	size_t n = 0;

	for (const struct xml *r = xml_child(table->xml, NULL, "rule"); r; r = xml_next(r, NULL, "rule"), n++) {
		struct sv *cells = ARENA_ARRAY(arena, struct sv, info->input_count + info->output_count + info->annotation_count);
		struct sv id = xml_attr(r, "id");
		if (read_cells(r, "inputEntry", cells, info->input_count) != info->input_count
			|| read_cells(r, "outputEntry", cells + info->input_count, info->output_count) != info->output_count)
			return fail_at(l->ctx, RC_INVALID, l->model->file, r->line,
				N_("Rule {number} has too few cells. Give it one for every column."),
				ARGS({ "number", arena_printf(arena, "%zu", n + 1) }));
		read_cells(r, "annotationEntry", cells + info->input_count + info->output_count, info->annotation_count);
		rules[n] = (struct dmn_rule){ id.len ? id : arena_printf(arena, "%zu", n + 1), cells, r->line };
	}
	info->rules = rules;
	return RC_OK;
}

/* ---- compiling ---- */

typedef struct { VEC(struct sv); } name_vec;

static const uint16_t *map_names(struct logic *l, const struct feel_expr *expr, name_vec *all)
{
	size_t count;
	const struct sv *names = feel_names(expr, &count);
	uint16_t *vars = ARENA_ARRAY(l->ctx->arena, uint16_t, count);

	for (size_t i = 0; i < count; i++) {
		size_t at = 0;
		while (at < all->len && !sv_equal(all->at[at], names[i]))
			at++;
		if (at == all->len)
			*VEC_PUSH(l->ctx->arena, all) = names[i];
		vars[i] = (uint16_t)at;
	}
	return vars;
}

static enum rc compile_cell(struct logic *l, const struct xml *at, bool tests, struct cell *cell, name_vec *names)
{
	struct sv text = dmn_text(at);

	if (text.len == 0)
		text = tests ? SV("-") : SV("null");
	TRY(dmn_compile_text(l, text, tests, at, &cell->expr));
	cell->vars = map_names(l, cell->expr, names);
	cell->accepts = tests ? feel_accepts(cell->expr) : NULL;
	cell->constant = !tests && feel_constant_value(cell->expr, &cell->value);
	return RC_OK;
}

static enum rc compile_rules(struct logic *l, struct table *table, name_vec *names)
{
	size_t rule = 0, i, o;

	for (const struct xml *r = xml_child(table->xml, NULL, "rule"); r; r = xml_next(r, NULL, "rule"), rule++) {
		i = rule * table->info.input_count;
		o = rule * table->info.output_count;
		for (const struct xml *c = xml_child(r, NULL, "inputEntry"); c && i < (rule + 1) * table->info.input_count;
			c = xml_next(c, NULL, "inputEntry"))
			TRY(compile_cell(l, c, true, &table->inputs[i++], names));
		for (const struct xml *c = xml_child(r, NULL, "outputEntry"); c && o < (rule + 1) * table->info.output_count;
			c = xml_next(c, NULL, "outputEntry"))
			TRY(compile_cell(l, c, false, &table->outputs[o++], names));
	}
	return RC_OK;
}

/* Output values in order, for PRIORITY and OUTPUT ORDER. */
static struct feel_value read_priorities(struct logic *l, const struct xml *values, const struct feel_type *type)
{
	struct sv text = dmn_text(values);
	const struct feel_expr *expr;
	struct feel_value list;

	if (text.len == 0 && type)
		text = type->allowed_text;
	if (text.len == 0)
		return feel_null();
	text = arena_printf(l->ctx->arena, "[%.*s]", SV_FMT(text));
	if (dmn_compile_text(l, text, false, values ? values : l->drg->xml, &expr) != RC_OK || !feel_constant_value(expr, &list))
		return feel_null();
	return list;
}

static enum rc compile_input_column(struct logic *l, const struct xml *input, struct table *table, size_t i)
{
	const struct xml *values = xml_child(input, NULL, "inputValues"), *e = xml_child(input, NULL, "inputExpression");

	table->input_types[i] = e ? dmn_type(l->ctx, l->model, xml_attr(e, "typeRef"), e) : NULL;
	if (dmn_text(values).len)
		TRY(dmn_compile_text(l, dmn_text(values), true, values, &table->allowed[i]));
	return RC_OK;
}

static enum rc compile_columns(struct logic *l, struct table *table, name_vec *names)
{
	size_t i = 0, o = 0;

	for (const struct xml *c = xml_child(table->xml, NULL, "input"); c; c = xml_next(c, NULL, "input"))
		TRY(compile_input_column(l, c, table, i++));
	for (const struct xml *c = xml_child(table->xml, NULL, "output"); c; c = xml_next(c, NULL, "output"), o++) {
		const struct xml *otherwise = xml_child(c, NULL, "defaultOutputEntry"), *values = xml_child(c, NULL, "outputValues");
		table->output_types[o] = dmn_type(l->ctx, l->model, xml_attr(c, "typeRef"), c);
		const struct feel_type *type = table->output_types[o] ? table->output_types[o] : l->drg->type;
		if (table->hit == HIT_PRIORITY || table->hit == HIT_OUTPUT_ORDER)
			table->priorities[o] = read_priorities(l, values, type);
		if (dmn_text(otherwise).len) {
			TRY(compile_cell(l, otherwise, false, &table->defaults[o], names));
			table->has_default = true;
		}
	}
	return RC_OK;
}

static struct table *new_table(struct logic *l, const struct xml *xml)
{
	struct arena *arena = l->ctx->arena;
	struct table *table = ARENA_NEW(arena, struct table);
	struct dmn_table *info = &table->info;

	table->xml = xml;
	table->model = l->model;
	info->input_count = count_children(xml, "input");
	info->output_count = count_children(xml, "output");
	info->annotation_count = count_children(xml, "annotation");
	info->rule_count = count_children(xml, "rule");
	table->inputs = ARENA_ARRAY(arena, struct cell, info->rule_count * info->input_count);
	table->outputs = ARENA_ARRAY(arena, struct cell, info->rule_count * info->output_count);
	table->input_types = ARENA_ARRAY(arena, const struct feel_type *, info->input_count);
	table->output_types = ARENA_ARRAY(arena, const struct feel_type *, info->output_count);
	table->allowed = ARENA_ARRAY(arena, const struct feel_expr *, info->input_count);
	table->priorities = ARENA_ARRAY(arena, struct feel_value, info->output_count);
	table->defaults = ARENA_ARRAY(arena, struct cell, info->output_count);
	return table;
}

/* The nodes whose values the table gets. */
static enum rc build_children(struct logic *l, struct table *table, struct feel_node **children)
{
	size_t n = 0;

	for (const struct xml *c = xml_child(table->xml, NULL, "input"); c; c = xml_next(c, NULL, "input")) {
		const struct xml *e = xml_child(c, NULL, "inputExpression");
		struct sv text = dmn_text(e);
		children[n] = NULL;
		if (text.len && feel_tree_text(l->b, text, e->line, &children[n]) != RC_OK) {
			dmn_problem_from(l, e);
			children[n] = NULL;
		}
		if (!children[n])
			children[n] = feel_tree_value(l->b, feel_null_because(N_("The table has an input that is not FEEL."), NULL));
		children[n] = feel_tree_coerce(l->b, children[n], table->input_types[n]);
		n++;
	}
	for (size_t i = 0; i < table->name_count; i++)
		children[n++] = feel_tree_name(l->b, table->names[i]);
	return RC_OK;
}

enum rc dmn_table_read(struct logic *l, const struct xml *xml, struct feel_node **ret_node, struct table **ret)
{
	struct table *table = new_table(l, xml);
	name_vec names = { 0 };

	if (table->info.rule_count > DMN_MAX_RULES || table->info.input_count > MAX_COLUMNS || table->info.output_count > MAX_COLUMNS)
		return fail_at(l->ctx, RC_TOO_LARGE, l->model->file, xml->line,
			N_("The decision table is too large. Split it into several."), NULL);
	if (table->info.output_count == 0)
		return fail_at(l->ctx, RC_INVALID, l->model->file, xml->line,
			N_("The decision table has no output. Give it at least one."), NULL);
	TRY(read_policy(l, xml, table));
	read_columns(l, table);
	TRY(read_rules(l, table));
	TRY(compile_columns(l, table, &names));
	TRY(compile_rules(l, table, &names));
	table->names = names.at;
	table->name_count = names.len;
	size_t count = table->info.input_count + names.len;
	struct feel_node **children = ARENA_ARRAY(l->ctx->arena, struct feel_node *, count);
	TRY(build_children(l, table, children));
	if (table->info.rule_count >= INDEX_FROM)
		table->index = dmn_index_build(l->ctx->arena, table);
	table->labels = dmn_label_texts(l->ctx->arena, &table->info);
	table->texts = dmn_rule_texts(l->ctx->arena, &table->info);
	*ret_node = feel_tree_host(l->b, dmn_call_table, table, children, count);
	*ret = table;
	return RC_OK;
}
