/* Events that are thrown: by intermediate and end events, by behaviours of multi-instance bodies, by failing tasks.
 *
 * Errors and escalations go outwards from where they arise until a boundary event or event sub-process of their code (or of
 * any) catches them. Messages and signals leave as events; a signal also reaches everything in the instance that waits for it. */
#include "engine/bpmn/bpmn_int.h"

#include <assert.h>

#include "base/banned.h"

/* Does the event catch it? 2: by its code; 1: it takes any; 0: no. */
static int matches(const struct node *event, enum bpmn_trigger trigger, struct sv code, size_t *ret_def)
{
	int best = 0;

	for (size_t i = 0; i < event->def_count; i++) {
		const struct event_def *def = &event->defs[i];
		int how = def->trigger != trigger ? 0 : def->name.len == 0 ? 1 : sv_equal(def->name, code) ? 2 : 0;
		if (how > best) {
			best = how;
			*ret_def = i;
		}
	}
	return best;
}

static const struct node *start_of(const struct node *sub)
{
	for (size_t i = 0; i < sub->body->nodes.len; i++)
		if (sub->body->nodes.at[i]->pub.kind == BPMN_START_EVENT)
			return sub->body->nodes.at[i];
	return NULL;
}

static bool catcher_in(const struct item *scope, enum bpmn_trigger trigger, struct sv code, struct catcher *ret)
{
	const struct body *body = scope->kind == BPMN_ITEM_SCOPE && !(scope->mark & (MARK_COMPENSATES | MARK_INTERRUPTED))
		? bpmn_scope_body(scope) : NULL;
	int best = 0;

	for (size_t i = 0; body && i < body->event_subs.len; i++) {
		const struct node *start = start_of(body->event_subs.at[i]);
		size_t def = 0;
		int how = matches(start, trigger, code, &def);
		if (how > best) {
			best = how;
			*ret = (struct catcher){ scope->id, start, def };
		}
	}
	return best > 0;
}

static bool catcher_on(const struct run *run, const struct item *item, enum bpmn_trigger trigger, struct sv code, struct catcher *ret)
{
	const struct item *parent = item->parent ? bpmn_state_item(run->state, item->parent) : NULL;
	int best = 0;

	if (!parent || parent->kind != BPMN_ITEM_SCOPE || item->mark & MARK_COMPENSATES)
		return false;
	for (size_t i = 0; i < item->node->boundary.len; i++) {
		size_t def = 0;
		int how = matches(item->node->boundary.at[i], trigger, code, &def);
		if (how > best) {
			best = how;
			*ret = (struct catcher){ item->id, item->node->boundary.at[i], def };
		}
	}
	return best > 0;
}

/* The nearest catcher outwards from an item. What arises in an event sub-process is not caught by its siblings. */
static bool find_outwards(const struct run *run, uint32_t from, enum bpmn_trigger trigger, struct sv code, struct catcher *ret)
{
	bool from_event_sub = false;

	for (const struct item *item = bpmn_state_item(run->state, from); item; item = bpmn_state_item(run->state, item->parent)) {
		if (!from_event_sub && catcher_in(item, trigger, code, ret))
			return true;
		if (catcher_on(run, item, trigger, code, ret))
			return true;
		from_event_sub = item->node && item->node->pub.event_sub_process;
		if (!item->parent)
			break;
	}
	return false;
}

enum rc run_throw_error(struct run *run, uint32_t from, struct sv code)
{
	struct catcher catcher;

	if (find_outwards(run, from, BPMN_ERROR, code, &catcher))
		return run_caught(run, catcher, feel_null());
	run_end_instance(run, code.len ? code : SV("error"));
	return RC_OK;
}

enum rc run_throw_escalation(struct run *run, uint32_t from, struct sv code)
{
	struct catcher catcher;

	if (find_outwards(run, from, BPMN_ESCALATION, code, &catcher))
		return run_caught(run, catcher, feel_null());
	run_emit(run, (struct bpmn_event){ .kind = BPMN_EV_ESCALATION, .item = from, .index = -1, .text = code });
	return RC_OK;
}

enum rc run_throw_one(struct run *run, uint32_t from, const struct event_def *def)
{
	unsigned count;

	switch (def->trigger) {
	case BPMN_MESSAGE:
		run_emit(run, (struct bpmn_event){ .kind = BPMN_EV_MESSAGE, .item = from, .index = -1, .text = def->name });
		return RC_OK;
	case BPMN_SIGNAL:
		run_emit(run, (struct bpmn_event){ .kind = BPMN_EV_SIGNAL, .item = from, .index = -1, .text = def->name });
		return run_deliver(run, BPMN_SIGNAL, def->name, 0, feel_null(), &count);
	case BPMN_ERROR:
		return run_throw_error(run, from, def->name);
	case BPMN_ESCALATION:
		return run_throw_escalation(run, from, def->name);
	case BPMN_NONE:
	case BPMN_TIMER:
	case BPMN_CONDITION:
	case BPMN_COMPENSATION:
	case BPMN_CANCEL_TRIGGER:
	case BPMN_TERMINATE:
	case BPMN_LINK:
	case BPMN_MULTIPLE:
		break;
	}
	return RC_OK;
}

/* The thrower waits for the handlers of a compensation. */
static bool compensates(const struct node *node)
{
	for (size_t i = 0; i < node->def_count; i++)
		if (node->defs[i].trigger == BPMN_COMPENSATION)
			return true;
	return false;
}

static enum rc throw_all(struct run *run, uint32_t scope, const struct node *node)
{
	for (size_t i = 0; i < node->def_count && bpmn_state_item(run->state, scope) && !run->state->ended; i++) {
		if (node->defs[i].trigger == BPMN_COMPENSATION) {
			TRY(run_compensate(run, scope, node, node->defs[i].activity));
		} else {
			TRY(run_throw_one(run, scope, &node->defs[i]));
		}
	}
	return RC_OK;
}

enum rc run_throw_enter(struct run *run, uint32_t scope, const struct node *node)
{
	assert(node->pub.kind == BPMN_THROW_EVENT);
	if (node->link) {
		run_emit_item(run, BPMN_EV_PASSED, node, 0, scope);
		run_push(run, scope, node->link, NULL);
		return RC_OK;
	}
	run_emit_item(run, BPMN_EV_PASSED, node, 0, scope);
	if (!compensates(node))
		run_push_leaving(run, scope, node); /* an event sub-process that catches may withdraw it */
	return throw_all(run, scope, node);
}

enum rc run_end_enter(struct run *run, uint32_t scope, const struct node *node)
{
	assert(node->pub.kind == BPMN_END_EVENT);
	run_emit_item(run, BPMN_EV_PASSED, node, 0, scope);
	if (node->pub.trigger == BPMN_TERMINATE) {
		run_cancel_children(run, scope, 0);
		return RC_OK;
	}
	if (node->pub.trigger == BPMN_CANCEL_TRIGGER)
		return run_cancel_transaction(run, scope, node);
	return throw_all(run, scope, node);
}
