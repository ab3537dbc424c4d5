/* Variables and expressions at run time. A name is looked up in the innermost scope that has it, then in what the host
 * offers; it is set where it already is, or else in the process. */
#include "engine/bpmn/bpmn_int.h"

#include <assert.h>

#include "base/banned.h"

static enum rc evaluate_from(struct run *run, uint32_t item, const struct feel_expr *expr, bool outside, struct feel_value *ret)
{
	size_t count;
	const struct sv *names = feel_names(expr, &count);
	struct feel_value few[8], *values = few;
	const struct item *from = bpmn_state_item(run->state, item);

	if (count > sizeof(few) / sizeof(few[0]))
		values = ARENA_ARRAY(run->ctx->arena, struct feel_value, count);
	for (size_t i = 0; i < count; i++) {
		values[i] = feel_null();
		if (run->activation >= 0 && sv_equal_z(names[i], "activationCount")) {
			values[i] = feel_i64(run->activation);
			continue;
		}
		if (bpmn_state_lookup(run->state, from, names[i], outside, &values[i]) || !run->host)
			continue;
		const struct feel_value *given = run->host->context.kind == FEEL_CONTEXT ? feel_get(run->host->context, names[i]) : NULL;
		if (given)
			values[i] = *given;
	}
	return feel_run_expr(&run->feel, expr, values, NULL, ret);
}

enum rc run_evaluate(struct run *run, uint32_t item, const struct feel_expr *expr, struct feel_value *ret)
{
	return evaluate_from(run, item, expr, false, ret);
}

enum rc run_evaluate_outside(struct run *run, uint32_t item, const struct feel_expr *expr, struct feel_value *ret)
{
	return evaluate_from(run, item, expr, true, ret);
}

enum rc run_is_true(struct run *run, uint32_t item, const struct feel_expr *expr, bool *ret)
{
	struct feel_value value;

	TRY(run_evaluate(run, item, expr, &value));
	*ret = feel_is_true(value);
	return RC_OK;
}

enum rc run_holds(struct run *run, uint32_t id, const struct feel_expr *expr, bool *ret)
{
	const struct item *item = bpmn_state_item(run->state, id);
	enum rc rc = run_is_true(run, id, expr, ret);

	if (rc != RC_UNAVAILABLE || !run->host || !run->host->by_hand || !item->node)
		return rc;
	TRY(run->host->by_hand(run->ctx, run->host->user, &item->node->pub));
	feel_run_init(&run->feel, run->ctx);
	*ret = false;
	return RC_OK;
}

void run_set_local(struct run *run, uint32_t item, struct sv name, struct feel_value value)
{
	assert(!sv_is_absent(name));
	run->changed = true;
	run_emit(run, (struct bpmn_event){
		.kind = BPMN_EV_VARIABLE,
		.item = item,
		.index = -1,
		.text = name,
		.value = bpmn_json_ready(run->ctx->arena, value),
	});
}

void run_set_variable(struct run *run, uint32_t id, struct sv name, struct feel_value value)
{
	const struct item *item = bpmn_state_item(run->state, id);

	while (item->parent && !item->process) {
		for (uint32_t i = 0; i < item->variable_count; i++)
			if (sv_equal(item->variables[i].key, name)) {
				run_set_local(run, item->id, name, value);
				return;
			}
		item = bpmn_state_item(run->state, item->parent);
	}
	run_set_local(run, item->id, name, value);
}

void run_set_variables(struct run *run, uint32_t item, struct feel_value context)
{
	if (context.kind == FEEL_CONTEXT)
		for (size_t i = 0; i < context.context.count; i++)
			run_set_variable(run, item, context.context.at[i].key, context.context.at[i].value);
}
