/* Activities: begun, done by the host or left open for somebody, completed (section 13.3.2). */
#include "engine/bpmn/bpmn_int.h"

#include <assert.h>

#include "base/civil.h"

#include "base/banned.h"

enum rc run_activity_enter(struct run *run, uint32_t scope, const struct node *node)
{
	assert(!(node->multi && node->loop));
	if (node->multi)
		return run_multi_enter(run, scope, node);
	if (node->loop)
		return run_loop_enter(run, scope, node);
	return run_activity_begin(run, scope, node, -1);
}

static enum rc set_deadline(struct run *run, uint32_t item, const struct node *node)
{
	struct bpmn_due due = { &node->pub, SV("working"), 0, (int64_t)node->days * DAY_MS, run->now };
	int64_t ms = run->now + due.ms;

	if (!node->days)
		return RC_OK;
	if (run->host && run->host->due)
		TRY(run->host->due(run->ctx, run->host->user, &due, &ms));
	run_emit(run, (struct bpmn_event){
		.kind = BPMN_EV_TIMER_SET, .node = &node->pub, .item = item, .number = run->state->next, .due = ms });
	return RC_OK;
}

static bool is_instance(const struct run *run, uint32_t item)
{
	const struct item *parent = bpmn_state_item(run->state, bpmn_state_item(run->state, item)->parent);

	return parent && (parent->kind == BPMN_ITEM_MULTI || parent->kind == BPMN_ITEM_LOOP);
}

/* Boundary events of instances belong to the body around them. */
static enum rc subscribe_alone(struct run *run, uint32_t item, const struct node *node)
{
	if (!is_instance(run, item) || node->body || node->pub.kind == BPMN_CALL_ACTIVITY)
		return run_subscribe(run, item);
	return RC_OK;
}

static bool is_left_to_others(const struct run *run, const struct node *node)
{
	return run->host && run->host->is_external && run->host->is_external(run->host->user, &node->pub);
}

static enum rc call_host(struct run *run, uint32_t item, const struct node *node)
{
	struct bpmn_call call = {
		.node = &node->pub, .item = item, .state = run->state, .answer = BPMN_WAIT, .variables = feel_null() };

	if (node->pub.kind == BPMN_SEND_TASK && node->message.len > 0) {
		run_emit(run, (struct bpmn_event){
			.kind = BPMN_EV_MESSAGE, .node = &node->pub, .item = item, .index = -1, .text = node->message });
		return run_activity_done(run, item);
	}
	if (run->host && run->host->task && !is_left_to_others(run, node)) {
		call.answer = BPMN_DONE;
		TRY(run->host->task(run->ctx, run->host->user, &call));
	}
	switch (call.answer) {
	case BPMN_DONE:
		return run_work_complete(run, item, call.variables, false);
	case BPMN_FAILED:
		return run_throw_error(run, item, call.error);
	case BPMN_WAIT:
		break;
	}
	return subscribe_alone(run, item, node);
}

static enum rc run_script(struct run *run, uint32_t item, const struct node *node)
{
	struct feel_value value;

	if (is_left_to_others(run, node))
		return subscribe_alone(run, item, node);
	TRY(run_evaluate(run, item, node->script, &value));
	return run_work_complete(run, item, value, false);
}

static enum rc start_body(struct run *run, uint32_t scope, const struct body *body)
{
	for (size_t i = 0; i < body->starts.len && !(body->owner && body->owner->in_turn); i++)
		if (body->starts.at[i]->pub.kind != BPMN_START_EVENT || body->starts.at[i]->pub.trigger == BPMN_NONE)
			run_push(run, scope, body->starts.at[i], NULL);
	return RC_OK;
}

static enum rc begin_call(struct run *run, uint32_t id, const struct node *node)
{
	const struct item *item = bpmn_state_item(run->state, id);

	if (!item->process)
		return fail(run->ctx, RC_NOT_FOUND, N_("{element} calls the process {process}, which is not there; publish it first."),
			ARGS({ "element", node->pub.id }, { "process", node->called }));
	for (size_t i = 0; i < node->in_count; i++) {
		struct feel_value value;
		TRY(run_evaluate_outside(run, id, node->in_map[i].value, &value));
		run_set_local(run, id, node->in_map[i].name, value);
	}
	return start_body(run, id, &bpmn_state_item(run->state, id)->process->body);
}

enum rc run_activity_begin(struct run *run, uint32_t parent, const struct node *node, int32_t index)
{
	bool has_body = node->body || node->pub.kind == BPMN_CALL_ACTIVITY;
	uint32_t id = run_open_item(run, has_body ? BPMN_ITEM_SCOPE : BPMN_ITEM_WAIT, parent, node, index);

	switch ((int)node->pub.kind) {
	case BPMN_USER_TASK:
	case BPMN_MANUAL_TASK:
	case BPMN_RECEIVE_TASK:
		TRY(set_deadline(run, id, node));
		return subscribe_alone(run, id, node);
	case BPMN_SERVICE_TASK:
	case BPMN_RULE_TASK:
	case BPMN_SEND_TASK:
		return call_host(run, id, node);
	case BPMN_SCRIPT_TASK:
		return run_script(run, id, node);
	case BPMN_CALL_ACTIVITY:
		TRY(subscribe_alone(run, id, node));
		return begin_call(run, id, node);
	case BPMN_SUB_PROCESS:
	case BPMN_TRANSACTION:
	case BPMN_AD_HOC:
		TRY(subscribe_alone(run, id, node));
		return start_body(run, id, node->body);
	}
	return run_activity_done(run, id);
}

enum rc run_work_complete(struct run *run, uint32_t wait, struct feel_value variables, bool silent)
{
	const struct item *item = bpmn_state_item(run->state, wait);
	const struct item *parent = bpmn_state_item(run->state, item->parent);

	assert(item->kind == BPMN_ITEM_WAIT);
	if (parent->kind == BPMN_ITEM_MULTI && item->node->multi->votes)
		run_cast_vote(run, wait, variables, silent);
	else
		run_set_variables(run, wait, variables);
	return run_activity_done(run, wait);
}

enum rc run_activity_done(struct run *run, uint32_t id)
{
	const struct item *item = bpmn_state_item(run->state, id);
	const struct node *node = item->node;
	uint32_t parent = item->parent;

	for (size_t i = 0; i < node->out_count; i++) {
		struct feel_value value;
		TRY(run_evaluate(run, id, node->out_map[i].value, &value));
		run_set_variable(run, parent, node->out_map[i].name, value);
	}
	if (is_instance(run, id)) {
		run_log_done(run, id);
		run_emit_completed(run, id);
		return run_body_instance_done(run, parent);
	}
	return run_activity_leave(run, id);
}

enum rc run_activity_leave(struct run *run, uint32_t id)
{
	const struct item *item = bpmn_state_item(run->state, id);
	const struct node *node = item->node;
	uint32_t scope = item->parent;

	run_log_done(run, id);
	run_emit_completed(run, id);
	return node->for_compensation ? RC_OK : run_leave(run, scope, node);
}
