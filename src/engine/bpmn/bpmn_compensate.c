/* Compensation (section 13.5.5). Work that has a compensation handler is logged when done, in the scope it was done in; a
 * sub-process that is done is logged too, with what it holds inside. Compensating takes entries from the log, newest first,
 * and opens their handlers inside a container item of the thrower, which goes on when the container is empty. */
#include "engine/bpmn/bpmn_int.h"

#include <assert.h>

#include "base/banned.h"

/* An instance of a body is logged inside it, and only for what it holds: the handler is the body's. */
void run_log_done(struct run *run, uint32_t id)
{
	const struct item *item = bpmn_state_item(run->state, id);
	const struct item *parent = bpmn_state_item(run->state, item->parent);
	bool worth = parent->kind == BPMN_ITEM_SCOPE && item->node->has_handlers;

	for (size_t i = 0; i < run->state->done_count; i++) /* a called process may have left something as well */
		worth |= run->state->dones[i].scope == id;
	if (worth)
		run_emit(run, (struct bpmn_event){
			.kind = BPMN_EV_LOGGED, .node = &item->node->pub, .item = id, .parent = item->parent, .index = -1 });
}

static void unlog(struct run *run, const struct done *done)
{
	run_emit(run, (struct bpmn_event){
		.kind = BPMN_EV_UNLOGGED, .node = &done->node->pub, .item = done->id, .parent = done->scope, .index = -1 });
}

void run_forget_done(struct run *run, uint32_t scope)
{
	for (size_t i = run->state->done_count; i-- > 0;) {
		if (i >= run->state->done_count || run->state->dones[i].scope != scope)
			continue;
		struct done done = run->state->dones[i];
		unlog(run, &done);
		run_forget_done(run, done.id);
	}
}

static const struct node *handler_of(const struct node *node)
{
	for (size_t i = 0; i < node->boundary.len; i++)
		if (node->boundary.at[i]->pub.trigger == BPMN_COMPENSATION)
			return node->boundary.at[i]->handler;
	return NULL;
}

static enum rc undo_scope(struct run *run, uint32_t container, uint32_t scope, const struct node *activity);

static enum rc undo(struct run *run, uint32_t container, struct done done)
{
	const struct node *handler = handler_of(done.node);

	assert(done.id);
	unlog(run, &done);
	if (!handler)
		return undo_scope(run, container, done.id, NULL);
	run_forget_done(run, done.id);
	return run_activity_enter(run, container, handler);
}

/* Newest first; a handler may itself take entries away. */
static enum rc undo_scope(struct run *run, uint32_t container, uint32_t scope, const struct node *activity)
{
	for (size_t i = run->state->done_count; i-- > 0;) {
		if (i >= run->state->done_count)
			continue;
		struct done done = run->state->dones[i];
		if (done.scope == scope && (!activity || done.node == activity))
			TRY(undo(run, container, done));
	}
	return RC_OK;
}

static uint32_t open_container(struct run *run, uint32_t scope, const struct node *thrower)
{
	uint32_t container = run_open_item(run, BPMN_ITEM_SCOPE, scope, thrower, -1);

	run_emit(run, (struct bpmn_event){ .kind = BPMN_EV_MARKED, .item = container, .number = MARK_COMPENSATES, .index = -1 });
	return container;
}

/* An event sub-process compensates what its surrounding scope has done. */
static uint32_t compensated_scope(const struct run *run, uint32_t scope)
{
	const struct item *item = bpmn_state_item(run->state, scope);

	while (item->node && item->node->pub.event_sub_process)
		item = bpmn_state_item(run->state, item->parent);
	return item->id;
}

enum rc run_compensate(struct run *run, uint32_t scope, const struct node *thrower, const struct node *activity)
{
	uint32_t container = open_container(run, scope, thrower);

	return undo_scope(run, container, compensated_scope(run, scope), activity);
}

enum rc run_cancel_transaction(struct run *run, uint32_t scope, const struct node *end)
{
	const struct item *item = bpmn_state_item(run->state, scope);

	assert(end->pub.trigger == BPMN_CANCEL_TRIGGER);
	while (item->node->pub.kind != BPMN_TRANSACTION)
		item = bpmn_state_item(run->state, item->parent);
	uint32_t transaction = item->id;
	run_cancel_children(run, transaction, 0);
	uint32_t container = open_container(run, transaction, end);
	return undo_scope(run, container, transaction, NULL);
}

static enum rc transaction_cancelled(struct run *run, uint32_t transaction)
{
	const struct item *item = bpmn_state_item(run->state, transaction);
	uint32_t target = transaction;

	while (bpmn_state_item(run->state, bpmn_state_item(run->state, target)->parent)->kind != BPMN_ITEM_SCOPE)
		target = bpmn_state_item(run->state, target)->parent; /* the body of a multi-instance transaction */
	for (size_t i = 0; i < item->node->boundary.len; i++)
		if (item->node->boundary.at[i]->pub.trigger == BPMN_CANCEL_TRIGGER)
			return run_caught(run, (struct catcher){ target, item->node->boundary.at[i], 0 }, feel_null());
	run_cancel_item(run, target, SV("cancel"));
	return RC_OK;
}

enum rc run_compensation_over(struct run *run, uint32_t container)
{
	const struct item *item = bpmn_state_item(run->state, container);
	const struct node *thrower = item->node;
	uint32_t scope = item->parent;

	assert(item->mark & MARK_COMPENSATES);
	run_emit_completed(run, container);
	if (thrower->pub.trigger == BPMN_CANCEL_TRIGGER)
		return transaction_cancelled(run, scope);
	return thrower->pub.kind == BPMN_THROW_EVENT ? run_leave(run, scope, thrower) : RC_OK;
}
