/* The token game (chapter 13). A command puts tokens on a queue; they move until none can: then nothing is left but items
 * that wait for the outside and tokens that wait before joins. When the queue is empty, in this order: an inclusive join
 * that no further token can reach fires; a scope in which nothing is left is completed. Each may queue new tokens. Conditions
 * that a changed variable made true are caught after every single move.
 *
 *	enter ──> activity_enter (bpmn_work.c) ──> activity_done ──┐
 *	  ^  └──> gateways, events ──> leave ──────────────────────┴──> push ──┐
 *	  └────────────────────────── run_to_rest <──────────────────────────┘
 */
#include "engine/bpmn/bpmn_int.h"

#include <assert.h>

#include "base/banned.h"

void run_emit(struct run *run, struct bpmn_event event)
{
	assert(event.index >= -1);
	*VEC_PUSH(run->ctx->arena, &run->events) = event;
	bpmn_state_apply(run->ctx->arena, run->state, &event);
}

void run_emit_item(struct run *run, enum bpmn_event_kind kind, const struct node *node, uint32_t item, uint32_t parent)
{
	run_emit(run, (struct bpmn_event){
		.kind = kind, .node = node ? &node->pub : NULL, .item = item, .parent = parent, .index = -1 });
}

void run_emit_completed(struct run *run, uint32_t id)
{
	const struct item *item = bpmn_state_item(run->state, id);

	run_emit(run, (struct bpmn_event){
		.kind = BPMN_EV_COMPLETED,
		.node = &item->node->pub,
		.item = id,
		.parent = item->parent,
		.number = item->kind,
		.index = item->index,
	});
}

void run_push(struct run *run, uint32_t scope, const struct node *node, const struct flow *flow)
{
	assert(scope && node);
	*VEC_PUSH(run->ctx->arena, &run->queue) = (struct pending){ .scope = scope, .node = node, .flow = flow };
}

void run_push_leaving(struct run *run, uint32_t scope, const struct node *node)
{
	assert(scope && node);
	*VEC_PUSH(run->ctx->arena, &run->queue) = (struct pending){ .scope = scope, .node = node, .leaving = true };
}

uint32_t run_open_item(struct run *run, enum bpmn_item_kind kind, uint32_t parent, const struct node *node, int32_t index)
{
	uint32_t id = run->state->next;

	assert(node && id > 0 && index >= -1);
	run_emit(run, (struct bpmn_event){
		.kind = BPMN_EV_OPENED, .node = &node->pub, .item = id, .parent = parent, .number = kind, .index = index });
	return id;
}

const struct body *bpmn_scope_body(const struct item *scope)
{
	return scope->process ? &scope->process->body : scope->node->body;
}

/* ---- withdrawing ---- */

static void drop_tokens(struct run *run, uint32_t scope)
{
	for (size_t i = run->head; i < run->queue.len; i++)
		if (run->queue.at[i].scope == scope)
			run->queue.at[i].scope = 0;
	for (size_t i = 0; i < run->state->token_count;) {
		const struct token *token = &run->state->tokens[i];
		if (token->scope == scope)
			run_emit(run, (struct bpmn_event){
				.kind = BPMN_EV_JOINED, .node = &token->node->pub, .parent = scope, .number = 1, .index = -1 });
		else
			i++;
	}
}

void run_cancel_children(struct run *run, uint32_t id, uint32_t except)
{
	assert(id && id != except);
	drop_tokens(run, id);
	for (size_t i = run->state->item_count; i-- > 0;) {
		if (i >= run->state->item_count) /* several went at once */
			continue;
		const struct item *item = &run->state->items[i];
		if (item->parent == id && item->id != except)
			run_cancel_item(run, item->id, (struct sv){ 0 });
	}
}

void run_cancel_item(struct run *run, uint32_t id, struct sv why)
{
	const struct item *item = bpmn_state_item(run->state, id);
	const struct node *node = item->node;
	uint32_t parent = item->parent;

	run_cancel_children(run, id, 0);
	run_forget_done(run, id);
	run_emit(run, (struct bpmn_event){
		.kind = BPMN_EV_CANCELLED, .node = node ? &node->pub : NULL, .item = id, .parent = parent, .index = -1, .text = why });
}

void run_end_instance(struct run *run, struct sv error)
{
	uint32_t root = run->state->items[0].id;

	assert(!run->state->ended);
	run_cancel_children(run, root, 0);
	run_emit(run, (struct bpmn_event){ .kind = BPMN_EV_ENDED, .item = root, .index = -1, .text = error });
}

/* ---- flows ---- */

static enum rc stuck(struct run *run, const struct node *node)
{
	return fail(run->ctx, RC_CONFLICT,
		N_("No way leads on from {element}: every condition is false and there is no default flow. Correct the process or the "
		   "answer."),
		ARGS({ "element", node->pub.name.len ? node->pub.name : node->pub.id }));
}

static bool looks_at_conditions(const struct node *node)
{
	enum bpmn_kind kind = node->pub.kind;

	return (kind >= BPMN_TASK && kind <= BPMN_CALL_ACTIVITY) || kind == BPMN_EXCLUSIVE_GATEWAY || kind == BPMN_INCLUSIVE_GATEWAY
		|| kind == BPMN_COMPLEX_GATEWAY;
}

/* Is the flow taken? A condition that reads what the host could not find out is not looked at: a null would pass for an answer. */
static enum rc holds_flow(struct run *run, uint32_t scope, const struct node *node, const struct flow *flow, bool *ret)
{
	const struct bpmn_host *host = run->host;
	const struct sv *names;
	size_t count;

	*ret = true;
	if (!flow->pub.condition || !looks_at_conditions(node))
		return RC_OK;
	names = feel_names(flow->pub.condition, &count);
	if (host && host->in_doubt)
		return fail(run->ctx, RC_UNAVAILABLE, N_("A check of the form could not be finished, so a person decides how to go on."),
			NULL);
	for (size_t i = 0; i < count; i++)
		for (size_t j = 0; host && j < host->unknown_count; j++)
			if (sv_equal(names[i], host->unknown[j]))
				return fail(run->ctx, RC_UNAVAILABLE, N_("It depends on “{name}”, which the rules could not find out."),
					ARGS({ "name", names[i] }));
	return run_is_true(run, scope, flow->pub.condition, ret);
}

/* Nobody knows which way to go: a person chooses. The gateway becomes a wait, completed with the id of a flow. */
static enum rc ask_for_way(struct run *run, uint32_t scope, const struct node *node)
{
	assert(run->host && run->host->by_hand);
	TRY(run->host->by_hand(run->ctx, run->host->user, &node->pub));
	feel_run_init(&run->feel, run->ctx); /* what comes behind has its own limits */
	run_open_item(run, BPMN_ITEM_WAIT, scope, node, -1);
	return RC_OK;
}

enum rc run_way_chosen(struct run *run, uint32_t wait, struct feel_value variables)
{
	const struct item *item = bpmn_state_item(run->state, wait);
	const struct feel_value *id = variables.kind == FEEL_CONTEXT ? feel_get(variables, SV("flow")) : NULL;
	const struct node *node = item->node;
	uint32_t scope = item->parent;

	assert(bpmn_asks_for_way(item));
	for (size_t i = 0; id && id->kind == FEEL_STRING && i < node->out.len; i++) {
		if (!sv_equal(node->out.at[i]->pub.id, id->text))
			continue;
		run_emit_completed(run, wait);
		run_push(run, scope, node->out.at[i]->target, node->out.at[i]);
		return RC_OK;
	}
	return fail(run->ctx, RC_INVALID, N_("Choose one of the ways that lead on from here."), NULL);
}

/* Whether somebody can be asked for the way when the rule ran into a limit. */
static bool may_ask(const struct run *run, bool is_activity)
{
	return !is_activity && run->host && run->host->by_hand;
}

/* What stands against the default: behind an activity only conditions do. */
static bool counts_as_choice(const struct flow *flow, bool is_activity)
{
	return flow->pub.condition || !is_activity;
}

/* Every flow whose condition holds or that has none; the default when no other was taken. `first`: only one. */
static enum rc choose(struct run *run, uint32_t scope, const struct node *node, bool first)
{
	bool is_activity = node->pub.kind >= BPMN_TASK && node->pub.kind <= BPMN_CALL_ACTIVITY;
	bool taken = false, chosen = false, holds;
	size_t before = run->queue.len;

	for (size_t i = 0; i < node->out.len && !(first && taken); i++) {
		const struct flow *flow = node->out.at[i];
		if (flow == node->otherwise)
			continue;
		enum rc rc = holds_flow(run, scope, node, flow, &holds);
		if (rc == RC_UNAVAILABLE && may_ask(run, is_activity)) {
			run->queue.len = before;
			return ask_for_way(run, scope, node);
		}
		TRY(rc);
		if (holds)
			run_push(run, scope, flow->target, flow);
		taken |= holds;
		chosen |= holds && counts_as_choice(flow, is_activity);
	}
	if (!chosen && node->otherwise)
		run_push(run, scope, node->otherwise->target, node->otherwise);
	else if (!taken && node->out.len > 0)
		return stuck(run, node);
	return RC_OK;
}

enum rc run_leave(struct run *run, uint32_t scope, const struct node *node)
{
	assert(node->completion_quantity > 0);
	for (int i = 0; i < node->completion_quantity; i++)
		TRY(choose(run, scope, node, false));
	return RC_OK;
}

static enum rc pass(struct run *run, uint32_t scope, const struct node *node)
{
	run_emit_item(run, BPMN_EV_PASSED, node, 0, scope);
	return run_leave(run, scope, node);
}

/* ---- gateways ---- */

static void wait_token(struct run *run, const struct pending *p)
{
	int32_t by = -1;

	for (size_t i = 0; i < p->node->in.len; i++)
		if (p->node->in.at[i] == p->flow)
			by = (int32_t)i;
	run_emit(run, (struct bpmn_event){ .kind = BPMN_EV_TOKEN, .node = &p->node->pub, .parent = p->scope, .index = by });
}

static bool has_token(const struct run *run, uint32_t scope, const struct node *node, const struct flow *flow)
{
	for (size_t i = 0; i < run->state->token_count; i++) {
		const struct token *token = &run->state->tokens[i];
		if (token->scope == scope && token->node == node && token->flow == flow)
			return true;
	}
	return false;
}

static size_t flows_arrived(const struct run *run, uint32_t scope, const struct node *node)
{
	size_t count = 0;

	for (size_t i = 0; i < node->in.len; i++)
		count += has_token(run, scope, node, node->in.at[i]);
	return count;
}

static void join(struct run *run, uint32_t scope, const struct node *node, uint32_t number)
{
	run_emit(run, (struct bpmn_event){
		.kind = BPMN_EV_JOINED, .node = &node->pub, .parent = scope, .number = number, .index = -1 });
}

static enum rc parallel_enter(struct run *run, const struct pending *p)
{
	if (p->node->in.len > 1) {
		wait_token(run, p);
		if (flows_arrived(run, p->scope, p->node) < p->node->in.len)
			return RC_OK;
		join(run, p->scope, p->node, 0);
	}
	return pass(run, p->scope, p->node);
}

static uint32_t tokens_at(const struct run *run, uint32_t scope, const struct node *node)
{
	uint32_t count = 0;

	for (size_t i = 0; i < run->state->token_count; i++)
		count += run->state->tokens[i].scope == scope && run->state->tokens[i].node == node;
	return count;
}

/* A complex gateway goes on once its activation condition over activationCount holds (section 10.6.5). It then keeps a token
 * without a flow as its mark, takes what comes later in silence, and starts anew when every flow has brought one. */
static enum rc complex_enter(struct run *run, const struct pending *p)
{
	const struct node *node = p->node;
	bool fires = false;

	if (node->in.len < 2)
		return pass(run, p->scope, node);
	assert(node->activation);
	bool fired = has_token(run, p->scope, node, NULL);
	wait_token(run, p);
	if (!fired) {
		run->activation = tokens_at(run, p->scope, node);
		enum rc rc = run_is_true(run, p->scope, node->activation, &fires);
		run->activation = -1;
		TRY(rc);
	}
	if (fires) {
		wait_token(run, &(struct pending){ .scope = p->scope, .node = node });
		TRY(pass(run, p->scope, node));
	}
	if ((fires || fired) && flows_arrived(run, p->scope, node) == node->in.len)
		join(run, p->scope, node, tokens_at(run, p->scope, node));
	return RC_OK;
}

/* May a token that stands at `node` (index in its model) still come to an empty incoming flow, and to no full one? */
static bool blocks(const struct run *run, uint32_t scope, const struct node *join_node, const struct node *at)
{
	bool empty = false, full = false;

	for (size_t i = 0; i < join_node->in.len; i++) {
		bool reaches = join_node->reach[i][at->index / 64] >> (at->index % 64) & 1;
		if (!reaches)
			continue;
		if (has_token(run, scope, join_node, join_node->in.at[i]))
			full = true;
		else
			empty = true;
	}
	return empty && !full;
}

static bool inclusive_may_fire(const struct run *run, uint32_t scope, const struct node *node)
{
	assert(node->in.len > 1 && node->reach);
	for (size_t i = 0; i < run->state->token_count; i++) {
		const struct token *token = &run->state->tokens[i];
		if (token->scope == scope && token->node != node && blocks(run, scope, node, token->node))
			return false;
	}
	for (size_t i = 0; i < run->state->item_count; i++) {
		const struct item *item = &run->state->items[i];
		if (item->parent == scope && item->node->in_body == node->in_body && blocks(run, scope, node, item->node))
			return false;
	}
	return true;
}

static enum rc try_inclusive_joins(struct run *run, bool *ret_fired)
{
	for (size_t i = 0; i < run->state->token_count; i++) {
		struct token token = run->state->tokens[i];
		if (token.node->pub.kind != BPMN_INCLUSIVE_GATEWAY || !inclusive_may_fire(run, token.scope, token.node))
			continue;
		join(run, token.scope, token.node, 0);
		*ret_fired = true;
		return pass(run, token.scope, token.node);
	}
	return RC_OK;
}

static enum rc event_gateway_enter(struct run *run, uint32_t scope, const struct node *node)
{
	return run_subscribe(run, run_open_item(run, BPMN_ITEM_WAIT, scope, node, -1));
}

/* ---- the loop ---- */

static enum rc enter(struct run *run, const struct pending *p)
{
	switch (p->node->pub.kind) {
	case BPMN_START_EVENT:
	case BPMN_BOUNDARY_EVENT:
		return pass(run, p->scope, p->node);
	case BPMN_END_EVENT:
		return run_end_enter(run, p->scope, p->node);
	case BPMN_CATCH_EVENT:
		if (p->node->pub.trigger == BPMN_LINK)
			return pass(run, p->scope, p->node);
		return run_catch_enter(run, p->scope, p->node);
	case BPMN_THROW_EVENT:
		return run_throw_enter(run, p->scope, p->node);
	case BPMN_EXCLUSIVE_GATEWAY:
		run_emit_item(run, BPMN_EV_PASSED, p->node, 0, p->scope);
		return choose(run, p->scope, p->node, true);
	case BPMN_PARALLEL_GATEWAY:
		return parallel_enter(run, p);
	case BPMN_INCLUSIVE_GATEWAY:
		if (p->node->in.len < 2)
			return pass(run, p->scope, p->node);
		wait_token(run, p);
		return RC_OK;
	case BPMN_EVENT_GATEWAY:
		return event_gateway_enter(run, p->scope, p->node);
	case BPMN_COMPLEX_GATEWAY:
		return complex_enter(run, p);
	case BPMN_TASK:
	case BPMN_USER_TASK:
	case BPMN_MANUAL_TASK:
	case BPMN_SERVICE_TASK:
	case BPMN_RULE_TASK:
	case BPMN_SCRIPT_TASK:
	case BPMN_SEND_TASK:
	case BPMN_RECEIVE_TASK:
	case BPMN_SUB_PROCESS:
	case BPMN_TRANSACTION:
	case BPMN_AD_HOC:
	case BPMN_CALL_ACTIVITY:
		break;
	}
	const struct item *scope = bpmn_state_item(run->state, p->scope);
	if (scope->kind != BPMN_ITEM_SCOPE) /* the next round of a loop or sequence */
		return run_activity_begin(run, p->scope, p->node, (int32_t)scope->completed);
	if (p->node->start_quantity > 1) {
		wait_token(run, p);
		if (tokens_at(run, p->scope, p->node) < (uint32_t)p->node->start_quantity)
			return RC_OK;
		join(run, p->scope, p->node, (uint32_t)p->node->start_quantity);
	}
	return run_activity_enter(run, p->scope, p->node);
}

static bool is_busy(const struct run *run, uint32_t scope)
{
	for (size_t i = 0; i < run->state->item_count; i++)
		if (run->state->items[i].parent == scope)
			return true;
	for (size_t i = 0; i < run->state->token_count; i++) {
		const struct token *token = &run->state->tokens[i];
		bool taken = token->node->pub.kind == BPMN_COMPLEX_GATEWAY && has_token(run, scope, token->node, NULL);
		if (token->scope == scope && !taken)
			return true;
	}
	return false;
}

/* An ad-hoc sub-process in turn: is there one more to begin? */
static enum rc next_in_turn(struct run *run, uint32_t id, bool *ret)
{
	const struct item *item = bpmn_state_item(run->state, id);
	const struct node *node = item->node;
	bool done = false;

	assert(node->body);
	*ret = false;
	if (!node->in_turn || item->mark >= node->body->starts.len)
		return RC_OK;
	if (node->done)
		TRY(run_holds(run, id, node->done, &done));
	if (done)
		return RC_OK;
	*ret = true;
	run_push(run, id, node->body->starts.at[item->mark], NULL);
	run_emit(run, (struct bpmn_event){ .kind = BPMN_EV_MARKED, .item = id, .number = item->mark + 1, .index = -1 });
	return RC_OK;
}

/* Ad-hoc, side by side: the completion condition withdraws what is left. */
static enum rc finish_ad_hoc(struct run *run, bool *ret_done)
{
	for (size_t i = 0; i < run->state->item_count; i++) {
		const struct item *item = &run->state->items[i];
		bool done;
		if (item->kind != BPMN_ITEM_SCOPE || item->process || !item->node->done || item->node->in_turn)
			continue;
		TRY(run_holds(run, item->id, item->node->done, &done));
		if (done && is_busy(run, item->id)) {
			run_cancel_children(run, item->id, 0);
			*ret_done = true;
			return RC_OK;
		}
	}
	return RC_OK;
}

static enum rc complete_scope(struct run *run, uint32_t id)
{
	const struct item *item = bpmn_state_item(run->state, id);

	if (!item->parent) {
		run_end_instance(run, (struct sv){ 0 });
		return RC_OK;
	}
	if (item->mark & MARK_COMPENSATES)
		return run_compensation_over(run, id);
	if (item->node->pub.event_sub_process) {
		run_emit_completed(run, id);
		return RC_OK;
	}
	if (item->node->pub.kind == BPMN_AD_HOC) {
		bool more;
		TRY(next_in_turn(run, id, &more));
		if (more)
			return RC_OK;
	}
	return run_activity_done(run, id);
}

static enum rc complete_scopes(struct run *run, bool *ret_done)
{
	for (size_t i = run->state->item_count; i-- > 0;) {
		const struct item *item = &run->state->items[i];
		if (item->kind != BPMN_ITEM_SCOPE || is_busy(run, item->id))
			continue;
		*ret_done = true;
		return complete_scope(run, item->id);
	}
	return RC_OK;
}

static enum rc settle(struct run *run, bool *ret_again)
{
	TRY(try_inclusive_joins(run, ret_again));
	if (!*ret_again)
		TRY(finish_ad_hoc(run, ret_again));
	return *ret_again ? RC_OK : complete_scopes(run, ret_again);
}

/* What is thrown reaches everything that can be ready for it: a throwing event lets the other tokens go first, once. */
static bool gives_way(struct run *run, struct pending p)
{
	bool throws = p.node->pub.kind == BPMN_THROW_EVENT && p.node->def_count > 0 && !p.node->link;

	if (!throws || p.leaving || p.gave_way || run->head == run->queue.len)
		return false;
	p.gave_way = true;
	*VEC_PUSH(run->ctx->arena, &run->queue) = p;
	return true;
}

/* At once, so that an interrupting event takes the token that set the variable. */
static enum rc look_at_conditions(struct run *run)
{
	if (!run->changed || !run->model->has_conditions || run->state->ended)
		return RC_OK;
	run->changed = false;
	return run_check_conditions(run);
}

enum rc run_to_rest(struct run *run)
{
	assert(run->queue.len == 0 || run->head <= run->queue.len);
	for (bool again = true; again && !run->state->ended;) {
		again = false;
		TRY(look_at_conditions(run));
		while (run->head < run->queue.len && !run->state->ended) {
			struct pending p = run->queue.at[run->head++];
			if (++run->steps > BPMN_MAX_STEPS || run->state->item_count > BPMN_MAX_ITEMS)
				return fail(run->ctx, RC_UNAVAILABLE,
					N_("The process does not come to rest at {element}; it may go round in a circle. Correct the process."),
					ARGS({ "element", p.node->pub.id }));
			if (gives_way(run, p))
				continue;
			if (p.scope && bpmn_state_item(run->state, p.scope))
				TRY(p.leaving ? run_leave(run, p.scope, p.node) : enter(run, &p));
			TRY(look_at_conditions(run));
		}
		run->queue.len = run->head = 0;
		if (!run->state->ended)
			TRY(settle(run, &again));
	}
	return RC_OK;
}
