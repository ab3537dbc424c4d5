/* Multi-instance activities and loops (section 13.3.6, 13.3.7): a body item around the instances. It counts them, keeps the
 * votes that a countersignature is made of, and looks at the completion condition after each. */
#include "engine/bpmn/bpmn_int.h"

#include <assert.h>

#include "base/banned.h"

static enum rc count_instances(struct run *run, uint32_t body, const struct node *node, struct feel_value *ret_list, int64_t *ret)
{
	const struct multi *multi = node->multi;
	struct feel_value value;
	int64_t count = -1;

	assert(!multi->collection != !multi->cardinality);
	TRY(run_evaluate(run, body, multi->collection ? multi->collection : multi->cardinality, &value));
	*ret_list = feel_null();
	if (multi->collection && value.kind == FEEL_LIST) {
		*ret_list = bpmn_json_ready(run->ctx->arena, value);
		count = (int64_t)value.list.count;
	} else if (multi->cardinality && (value.kind != FEEL_NUMBER || !decimal_to_i64(value.number, &count))) {
		count = -1;
	}
	if (count < 0 || count > BPMN_MAX_INSTANCES)
		return fail(run->ctx, RC_CONFLICT,
			N_("{element} can't tell how many instances it has: its collection is no list, or its cardinality no number from 0 to "
			   "5000. Correct the process or its data."),
			ARGS({ "element", node->pub.id }));
	*ret = count;
	return RC_OK;
}

/* Scripts and services may finish an instance, and with it the body, before the next begins. */
static enum rc begin_all(struct run *run, uint32_t body, const struct node *node, int64_t count)
{
	assert(count <= BPMN_MAX_INSTANCES);
	for (int64_t i = 0; i < count && bpmn_state_item(run->state, body); i++)
		TRY(run_activity_begin(run, body, node, (int32_t)i));
	return RC_OK;
}

static enum rc multi_over(struct run *run, uint32_t id)
{
	const struct item *body = bpmn_state_item(run->state, id);

	assert(body && (body->kind == BPMN_ITEM_MULTI || body->kind == BPMN_ITEM_LOOP));
	run_cancel_children(run, id, 0);
	if (body->node->multi && body->node->multi->votes)
		run_set_variable(run, body->parent, SV("votes"), feel_list(body->votes, body->vote_count));
	return run_activity_leave(run, id);
}

enum rc run_multi_enter(struct run *run, uint32_t scope, const struct node *node)
{
	uint32_t body = run_open_item(run, BPMN_ITEM_MULTI, scope, node, -1);
	struct feel_value list;
	int64_t count = 0;

	assert(node->multi && !node->loop);
	TRY(count_instances(run, body, node, &list, &count));
	run_emit(run, (struct bpmn_event){
		.kind = BPMN_EV_INSTANCES, .node = &node->pub, .item = body, .number = (uint32_t)count, .index = -1, .value = list });
	if (count == 0)
		return multi_over(run, body);
	TRY(run_subscribe(run, body));
	return begin_all(run, body, node, node->multi->sequential ? 1 : count);
}

static enum rc throw_behavior(struct run *run, uint32_t body, const struct multi *multi, uint32_t completed)
{
	bool holds;

	switch (multi->behavior) {
	case BEHAVIOR_ALL:
		return RC_OK;
	case BEHAVIOR_NONE:
		return multi->none.trigger ? run_throw_one(run, body, &multi->none) : RC_OK;
	case BEHAVIOR_ONE:
		return multi->one.trigger && completed == 1 ? run_throw_one(run, body, &multi->one) : RC_OK;
	case BEHAVIOR_COMPLEX:
		break;
	}
	for (size_t i = 0; i < multi->complex_count && bpmn_state_item(run->state, body); i++) {
		TRY(run_holds(run, body, multi->complex[i].condition, &holds));
		if (holds)
			TRY(run_throw_one(run, body, &multi->complex[i].event));
	}
	return RC_OK;
}

static enum rc multi_instance_done(struct run *run, uint32_t id)
{
	const struct item *body = bpmn_state_item(run->state, id);
	const struct multi *multi = body->node->multi;
	bool over = false;

	assert(multi);
	TRY(throw_behavior(run, id, multi, body->completed));
	body = bpmn_state_item(run->state, id);
	if (!body)
		return RC_OK;
	if (multi->completion)
		TRY(run_holds(run, id, multi->completion, &over));
	if (over || body->completed >= body->total)
		return multi_over(run, id);
	if (multi->sequential)
		run_push(run, id, body->node, NULL);
	return RC_OK;
}

/* ---- loops ---- */

static enum rc next_round(struct run *run, uint32_t id, bool *ret)
{
	const struct item *body = bpmn_state_item(run->state, id);
	const struct loop *loop = body->node->loop;
	bool holds = true;

	assert(loop);
	if (loop->maximum >= 0 && body->completed >= loop->maximum)
		holds = false;
	else if (loop->condition && (loop->test_before || body->completed > 0))
		TRY(run_holds(run, id, loop->condition, &holds));
	*ret = holds;
	return RC_OK;
}

static enum rc loop_go(struct run *run, uint32_t id)
{
	bool more;

	TRY(next_round(run, id, &more));
	if (!more)
		return multi_over(run, id);
	run_push(run, id, bpmn_state_item(run->state, id)->node, NULL);
	return RC_OK;
}

enum rc run_loop_enter(struct run *run, uint32_t scope, const struct node *node)
{
	uint32_t body = run_open_item(run, BPMN_ITEM_LOOP, scope, node, -1);

	assert(node->loop && !node->multi);
	TRY(run_subscribe(run, body));
	return loop_go(run, body);
}

enum rc run_body_instance_done(struct run *run, uint32_t body)
{
	return bpmn_state_item(run->state, body)->kind == BPMN_ITEM_LOOP ? loop_go(run, body) : multi_instance_done(run, body);
}

/* ---- votes ---- */

/* {department: "fire", outcome: "agree", silent: false, ...}: the element, then what its task was completed with. */
void run_cast_vote(struct run *run, uint32_t wait, struct feel_value variables, bool silent)
{
	const struct item *item = bpmn_state_item(run->state, wait);
	const struct item *body = bpmn_state_item(run->state, item->parent);
	size_t given = variables.kind == FEEL_CONTEXT ? variables.context.count : 0, count = 0;
	struct feel_entry *entries = ARENA_ARRAY(run->ctx->arena, struct feel_entry, given + 2);
	struct sv element = body->node->multi->element;

	assert(body->kind == BPMN_ITEM_MULTI && body->node->multi->votes);
	if (element.len > 0) {
		entries[count].key = element;
		bpmn_state_lookup(run->state, item, element, false, &entries[count++].value);
	}
	for (size_t i = 0; i < given; i++)
		if (!sv_equal(variables.context.at[i].key, element) && !sv_equal_z(variables.context.at[i].key, "silent"))
			entries[count++] = variables.context.at[i];
	entries[count++] = (struct feel_entry){ SV("silent"), feel_boolean(silent) };
	assert(count <= given + 2);
	run->changed = true;
	run_emit(run, (struct bpmn_event){
		.kind = BPMN_EV_VOTE,
		.node = &item->node->pub,
		.item = body->id,
		.index = item->index,
		.value = bpmn_json_ready(run->ctx->arena, feel_context(entries, count)),
	});
}
