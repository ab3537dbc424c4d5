/* What a decision came to: see casefile_outcome_int.h. */
#include <assert.h>

#include "domain/casefile/casefile_int.h"
#include "domain/casefile/casefile_outcome_int.h"

#include "base/banned.h"

enum { MAX_CHANGES = 3, MAX_CHANGE_CELLS = 3, NONE = -1 };

struct outcome {
	const struct dmn_table *table; /* NULL: the decision is no table */
	const struct dmn_near *near;   /* every rule of it that does not hold */
	size_t near_count;
	ptrdiff_t rule;                /* the one that decided; NONE: none, or several together */
};

bool outcome_is_note(struct sv name)
{
	return sv_has_suffix(name, SV("_zh")) || sv_has_suffix(name, SV("_en"));
}

/* Of hit policies that take one rule, the first that holds. */
static ptrdiff_t deciding_rule(struct ctx *ctx, const struct outcome *outcome)
{
	const struct dmn_table *table = outcome->table;
	const char *policy = table->hit_policy;
	bool *fails = ARENA_ARRAY(ctx->arena, bool, table->rule_count);

	if (strcmp(policy, "FIRST") != 0 && strcmp(policy, "UNIQUE") != 0 && strcmp(policy, "ANY") != 0)
		return NONE;
	for (size_t i = 0; i < outcome->near_count; i++) {
		assert(outcome->near[i].index < table->rule_count);
		fails[outcome->near[i].index] = true;
	}
	for (size_t i = 0; i < table->rule_count; i++)
		if (!fails[i])
			return (ptrdiff_t)i;
	return NONE;
}

static enum rc find_outcome(struct ctx *ctx, const struct dmn_model *model, struct sv decision, struct feel_value inputs,
	struct outcome *ret)
{
	const struct dmn_decision *found = dmn_find_decision(model, decision);

	*ret = (struct outcome){ .rule = NONE };
	if (!found || !found->table)
		return RC_OK;
	enum rc rc = dmn_nearest(ctx, model, decision, inputs, SIZE_MAX, &ret->near, &ret->near_count);
	if (rc == RC_UNAVAILABLE) { /* the decision itself kept within its limits: then that is all there is to say */
		error_clear(ctx);
		return RC_OK;
	}
	TRY(rc);
	ret->table = found->table;
	ret->rule = deciding_rule(ctx, ret);
	return RC_OK;
}

static bool same_result(const struct dmn_table *table, size_t a, size_t b)
{
	for (size_t i = 0; i < table->output_count; i++)
		if (!outcome_is_note(table->outputs[i].text)
			&& !sv_equal(table->rules[a].cells[table->input_count + i], table->rules[b].cells[table->input_count + i]))
			return false;
	return true;
}

static void write_value(struct ctx *ctx, struct json_out *out, const char *key, struct feel_value value)
{
	struct buf text;

	buf_init(&text, ctx->arena, CASE_MAX_RECORD / 8);
	struct json_out json = json_out_to(&text);
	feel_to_json(&json, value);
	json_out_member(out, sv_of(key), text.overflow ? SV("null") : buf_view(&text));
}

static void write_change(struct ctx *ctx, const struct dmn_near *near, struct json_out *out)
{
	json_out_object(out);
	json_out_member_i64(out, SV("rule"), (int64_t)near->index + 1);
	json_out_key(out, SV("cells"));
	json_out_array(out);
	for (size_t i = 0; i < near->column_count; i++) {
		json_out_object(out);
		json_out_member_i64(out, SV("column"), (int64_t)near->columns[i] + 1);
		write_value(ctx, out, "value", near->values[i]);
		json_out_object_end(out);
	}
	json_out_array_end(out);
	json_out_object_end(out);
}

/* What the rules granted needs no change. */
static bool is_granted(struct feel_value result)
{
	const struct feel_value *route = result.kind == FEEL_CONTEXT ? feel_get(result, SV("route")) : NULL;

	return route && route->kind == FEEL_STRING && (sv_equal(route->text, SV("grant")) || sv_equal(route->text, SV("answer")));
}

/* Rules with another result, nearest first. Behind a FIRST table's rule that holds, no rule can come into its own. */
static void write_changes(struct ctx *ctx, const struct outcome *outcome, struct json_out *out)
{
	bool first = strcmp(outcome->table->hit_policy, "FIRST") == 0;
	size_t used = 0, deciding = (size_t)outcome->rule;

	for (size_t i = 0; i < outcome->near_count && used < MAX_CHANGES; i++) {
		const struct dmn_near *near = &outcome->near[i];
		if (near->column_count > MAX_CHANGE_CELLS || (first && near->index > deciding)
			|| same_result(outcome->table, near->index, deciding))
			continue;
		write_change(ctx, near, out);
		used++;
	}
}

enum rc outcome_write(struct ctx *ctx, const struct dmn_model *model, struct sv decision, struct feel_value inputs,
	struct feel_value result, struct json_out *out)
{
	struct outcome outcome;

	TRY(find_outcome(ctx, model, decision, inputs, &outcome));
	json_out_key(out, SV("outcome"));
	json_out_object(out);
	write_value(ctx, out, "result", result);
	if (outcome.rule != NONE)
		json_out_member_i64(out, SV("rule"), outcome.rule + 1);
	json_out_key(out, SV("changes"));
	json_out_array(out);
	if (outcome.rule != NONE && !is_granted(result))
		write_changes(ctx, &outcome, out);
	json_out_array_end(out);
	json_out_object_end(out);
	return RC_OK;
}
