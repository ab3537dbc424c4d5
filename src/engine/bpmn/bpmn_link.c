/* References resolved and the shape of the model checked: what could not be executed is refused here (chapters 10 and 13). */
#include "engine/bpmn/bpmn_int.h"

#include "base/banned.h"

static struct sv find_attr(const struct bpmn_attribute *at, size_t count, const char *name)
{
	for (size_t i = 0; i < count; i++)
		if (sv_equal_z(at[i].name, name))
			return at[i].value;
	return (struct sv){ 0 };
}

struct sv bpmn_attr(const struct bpmn_node *node, const char *name)
{
	return find_attr(node->attributes, node->attribute_count, name);
}

struct sv bpmn_flow_attr(const struct bpmn_flow *flow, const char *name)
{
	return find_attr(flow->attributes, flow->attribute_count, name);
}

struct sv bpmn_lane_attr(const struct bpmn_lane *lane, const char *name)
{
	for (; lane; lane = lane->parent) {
		struct sv value = find_attr(lane->attributes, lane->attribute_count, name);
		if (!sv_is_absent(value))
			return value;
	}
	return (struct sv){ 0 };
}

static enum rc refuse_node(struct builder *b, const struct node *node, const char *msgid)
{
	return bpmn_refuse(b, node->xml, msgid, ARGS({ "element", node->pub.id }));
}

static bool is_activity(const struct node *node)
{
	return node->pub.kind >= BPMN_TASK && node->pub.kind <= BPMN_CALL_ACTIVITY;
}

/* ---- references ---- */

static enum rc link_boundary(struct builder *b, struct node *node)
{
	struct node *target = map_get(&b->model->node_ids, xml_attr(node->xml, "attachedToRef"));

	if (!target || !is_activity(target) || target->in_body != node->in_body)
		return refuse_node(b, node, N_("Boundary event {element} is not attached to an activity beside it; attach it."));
	node->attached = target;
	node->pub.attached = &target->pub;
	*VEC_PUSH(b->ctx->arena, &target->boundary) = node;
	return RC_OK;
}

static enum rc link_default(struct builder *b, struct node *node)
{
	struct sv id = xml_attr(node->xml, "default");

	if (sv_is_absent(id))
		return RC_OK;
	for (size_t i = 0; i < node->out.len; i++)
		if (sv_equal(node->out.at[i]->pub.id, id))
			node->otherwise = node->out.at[i];
	if (!node->otherwise)
		return refuse_node(b, node, N_("The default flow of {element} does not start from it; correct \"default\"."));
	if (!is_activity(node) && node->pub.kind != BPMN_EXCLUSIVE_GATEWAY && node->pub.kind != BPMN_INCLUSIVE_GATEWAY
		&& node->pub.kind != BPMN_COMPLEX_GATEWAY)
		return refuse_node(b, node, N_("{element} can't have a default flow; remove \"default\"."));
	node->otherwise->pub.is_default = true;
	return RC_OK;
}

static enum rc link_compensation(struct builder *b)
{
	for (size_t i = 0; i < b->associations.len; i++) {
		const struct xml *xml = b->associations.at[i];
		struct node *event = map_get(&b->model->node_ids, xml_attr(xml, "sourceRef"));
		struct node *handler = map_get(&b->model->node_ids, xml_attr(xml, "targetRef"));
		if (!event || !handler || event->pub.kind != BPMN_BOUNDARY_EVENT || event->pub.trigger != BPMN_COMPENSATION)
			continue;
		if (!handler->for_compensation)
			return refuse_node(b, handler, N_("{element} is used to compensate but not marked so; set isForCompensation."));
		event->handler = handler;
	}
	return RC_OK;
}

static enum rc link_activity_ref(struct builder *b, struct node *node, struct event_def *def)
{
	if (sv_is_empty(def->activity_id))
		return RC_OK;
	def->activity = map_get(&b->model->node_ids, def->activity_id);
	if (!def->activity || !is_activity(def->activity))
		return refuse_node(b, node, N_("{element} compensates an activity that is not there; correct activityRef."));
	return RC_OK;
}

/* ---- shape ---- */

#define BIT(trigger) (1u << (trigger))
enum {
	CATCHABLE = BIT(BPMN_TIMER) | BIT(BPMN_MESSAGE) | BIT(BPMN_SIGNAL) | BIT(BPMN_CONDITION) | BIT(BPMN_MULTIPLE),
	THROWN = BIT(BPMN_NONE) | BIT(BPMN_MESSAGE) | BIT(BPMN_SIGNAL) | BIT(BPMN_ESCALATION) | BIT(BPMN_COMPENSATION)
		| BIT(BPMN_MULTIPLE),
};

/* Table 10.93: which trigger may stand where. */
static unsigned allowed_triggers(const struct node *node)
{
	const struct node *owner = node->in_body->owner;

	switch ((int)node->pub.kind) {
	case BPMN_START_EVENT:
		if (!owner)
			return BIT(BPMN_NONE) | CATCHABLE;
		if (owner->pub.event_sub_process)
			return CATCHABLE | BIT(BPMN_ERROR) | BIT(BPMN_ESCALATION) | BIT(BPMN_COMPENSATION);
		return BIT(BPMN_NONE);
	case BPMN_CATCH_EVENT:
		return CATCHABLE | BIT(BPMN_LINK);
	case BPMN_THROW_EVENT:
		return THROWN | BIT(BPMN_LINK);
	case BPMN_BOUNDARY_EVENT:
		return CATCHABLE | BIT(BPMN_ERROR) | BIT(BPMN_ESCALATION) | BIT(BPMN_COMPENSATION)
			| (node->attached && node->attached->pub.kind == BPMN_TRANSACTION ? BIT(BPMN_CANCEL_TRIGGER) : 0);
	case BPMN_END_EVENT:
		for (; owner && owner->pub.kind != BPMN_TRANSACTION; owner = owner->in_body->owner)
			;
		return THROWN | BIT(BPMN_ERROR) | BIT(BPMN_TERMINATE) | (owner ? BIT(BPMN_CANCEL_TRIGGER) : 0);
	}
	return ~0u;
}

static enum rc check_event(struct builder *b, struct node *node)
{
	enum bpmn_kind kind = node->pub.kind;
	bool catches_error = node->pub.trigger == BPMN_ERROR && (kind == BPMN_BOUNDARY_EVENT || kind == BPMN_START_EVENT);

	bool allowed = allowed_triggers(node) & BIT(node->pub.trigger);
	for (size_t i = 0; i < node->def_count; i++)
		allowed &= (allowed_triggers(node) & BIT(node->defs[i].trigger)) != 0;
	if (!allowed)
		return refuse_node(b, node, N_("Event {element} can't have this trigger at this place; change it."));
	if (kind == BPMN_BOUNDARY_EVENT && node->pub.trigger == BPMN_NONE)
		return refuse_node(b, node, N_("Boundary event {element} waits for nothing; give it a trigger."));
	if (catches_error && !node->pub.interrupting)
		return refuse_node(b, node, N_("Error event {element} must interrupt; set cancelActivity or isInterrupting to true."));
	for (size_t i = 0; i < node->def_count; i++)
		TRY(link_activity_ref(b, node, &node->defs[i]));
	if (kind == BPMN_BOUNDARY_EVENT && node->pub.trigger == BPMN_COMPENSATION && !node->handler)
		return refuse_node(b, node, N_("Compensation event {element} has no handler; connect it to an activity marked for "
					       "compensation."));
	return RC_OK;
}

static bool is_link(const struct node *node, enum bpmn_kind kind)
{
	return node->pub.kind == kind && node->pub.trigger == BPMN_LINK;
}

/* Apart from flows altogether: started by events, or by compensation. */
static bool stands_apart(const struct node *node)
{
	return node->pub.event_sub_process || node->for_compensation;
}

static bool takes_no_flow(const struct node *node)
{
	return stands_apart(node) || node->pub.kind == BPMN_START_EVENT || node->pub.kind == BPMN_BOUNDARY_EVENT
		|| is_link(node, BPMN_CATCH_EVENT);
}

static bool gives_no_flow(const struct node *node)
{
	return stands_apart(node) || node->pub.kind == BPMN_END_EVENT || is_link(node, BPMN_THROW_EVENT)
		|| (node->pub.kind == BPMN_BOUNDARY_EVENT && node->pub.trigger == BPMN_COMPENSATION);
}

static enum rc check_ends(struct builder *b, const struct node *node)
{
	if (takes_no_flow(node) && node->in.len > 0)
		return refuse_node(b, node, N_("No flow may lead to {element}; remove it."));
	if (gives_no_flow(node) && node->out.len > 0)
		return refuse_node(b, node, N_("No flow may lead out of {element}; remove it."));
	if (node->pub.kind == BPMN_BOUNDARY_EVENT && !gives_no_flow(node) && node->out.len == 0)
		return refuse_node(b, node, N_("Boundary event {element} leads nowhere; draw a flow from it."));
	return RC_OK;
}

static enum rc check_event_gateway(struct builder *b, const struct node *node)
{
	if (node->pub.kind != BPMN_EVENT_GATEWAY)
		return RC_OK;
	if (node->out.len == 0)
		return refuse_node(b, node, N_("Event gateway {element} leads nowhere; draw flows to events."));
	for (size_t i = 0; i < node->out.len; i++) {
		const struct node *target = node->out.at[i]->target;
		if (target->pub.kind != BPMN_RECEIVE_TASK
			&& (target->pub.kind != BPMN_CATCH_EVENT || target->pub.trigger == BPMN_LINK))
			return refuse_node(b, node, N_("Event gateway {element} may lead to catching events and receive tasks only; "
						       "correct its flows."));
	}
	return RC_OK;
}

static const struct node *link_target(const struct node *node)
{
	for (size_t i = 0; i < node->in_body->nodes.len; i++) {
		const struct node *other = node->in_body->nodes.at[i];
		if (other->pub.kind == BPMN_CATCH_EVENT && other->pub.trigger == BPMN_LINK
			&& sv_equal(other->defs[0].name, node->defs[0].name))
			return other;
	}
	return NULL;
}

static enum rc check_node(struct builder *b, struct node *node)
{
	TRY(check_event(b, node));
	TRY(check_ends(b, node));
	TRY(check_event_gateway(b, node));
	if (node->pub.kind == BPMN_THROW_EVENT && node->pub.trigger == BPMN_LINK && !(node->link = link_target(node)))
		return refuse_node(b, node, N_("Link {element} has no catching link of its name; draw one."));
	if (node->pub.kind == BPMN_COMPLEX_GATEWAY && node->in.len > 1 && !node->activation)
		return refuse_node(b, node, N_("Complex gateway {element} has no activationCondition; write it, or use another gateway."));
	return RC_OK;
}

/* ---- bodies ---- */

static enum rc link_event_sub(struct builder *b, struct node *sub)
{
	const struct node *start = NULL;

	for (size_t i = 0; i < sub->body->nodes.len; i++)
		if (sub->body->nodes.at[i]->pub.kind == BPMN_START_EVENT) {
			if (start)
				return refuse_node(b, sub, N_("Event sub-process {element} has several start events; keep one."));
			start = sub->body->nodes.at[i];
		}
	if (!start || start->pub.trigger == BPMN_NONE)
		return refuse_node(b, sub, N_("Event sub-process {element} needs a start event with a trigger; draw it."));
	sub->pub.interrupting = start->pub.interrupting;
	return RC_OK;
}

static bool starts_without_event(const struct node *node)
{
	return node->in.len == 0 && !takes_no_flow(node);
}

/* Who draws an end event means to draw a start as well (section 10.4.2). */
static enum rc check_pairs(struct builder *b, const struct body *body)
{
	const struct node *end = NULL;

	for (size_t i = 0; i < body->nodes.len; i++) {
		if (body->nodes.at[i]->pub.kind == BPMN_START_EVENT || body->nodes.at[i]->instantiate)
			return RC_OK;
		if (body->nodes.at[i]->pub.kind == BPMN_END_EVENT)
			end = body->nodes.at[i];
	}
	return end ? refuse_node(b, end, N_("{element} ends what no start event begins; draw a start event.")) : RC_OK;
}

static enum rc link_body(struct builder *b, struct body *body)
{
	struct arena *arena = b->ctx->arena;

	for (size_t i = 0; i < body->nodes.len; i++) {
		struct node *node = body->nodes.at[i];
		if (node->pub.kind == BPMN_START_EVENT)
			*VEC_PUSH(arena, &body->starts) = node;
		if (node->pub.event_sub_process) {
			TRY(link_event_sub(b, node));
			*VEC_PUSH(arena, &body->event_subs) = node;
		}
		if (node->body)
			TRY(link_body(b, node->body));
	}
	TRY(check_pairs(b, body));
	bool has_start_event = body->starts.len > 0;
	for (size_t i = 0; i < body->nodes.len && !has_start_event; i++)
		if (starts_without_event(body->nodes.at[i]))
			*VEC_PUSH(arena, &body->starts) = body->nodes.at[i];
	if (body->owner && body->starts.len == 0 && body->nodes.len > 0)
		return refuse_node(b, body->owner, N_("Sub-process {element} has no beginning; draw a start event."));
	return RC_OK;
}

/* Does anything in it need to be remembered for compensation? */
static bool mark_handlers(struct node *node)
{
	for (size_t i = 0; i < node->boundary.len; i++)
		node->has_handlers |= node->boundary.at[i]->pub.trigger == BPMN_COMPENSATION;
	if (node->body)
		for (size_t i = 0; i < node->body->nodes.len; i++)
			node->has_handlers |= mark_handlers(node->body->nodes.at[i]);
	return node->has_handlers;
}

/* ---- inclusive joins: from which nodes an incoming flow can be reached without passing the gateway ---- */

static void reach_back(uint64_t *set, const struct node *gateway, const struct node *node)
{
	if (node == gateway || set[node->index / 64] >> (node->index % 64) & 1)
		return;
	set[node->index / 64] |= (uint64_t)1 << (node->index % 64);
	for (size_t i = 0; i < node->in.len; i++)
		reach_back(set, gateway, node->in.at[i]->source);
	if (node->attached)
		reach_back(set, gateway, node->attached);
	if (node->pub.kind == BPMN_CATCH_EVENT && node->pub.trigger == BPMN_LINK)
		for (size_t i = 0; i < node->in_body->nodes.len; i++) {
			const struct node *other = node->in_body->nodes.at[i];
			if (other->pub.kind == BPMN_THROW_EVENT && other->pub.trigger == BPMN_LINK && other->link == node)
				reach_back(set, gateway, other);
		}
}

static void link_inclusive(struct builder *b, struct node *node)
{
	if (node->pub.kind != BPMN_INCLUSIVE_GATEWAY || node->in.len < 2)
		return;
	node->reach = ARENA_ARRAY(b->ctx->arena, uint64_t *, node->in.len);
	for (size_t i = 0; i < node->in.len; i++) {
		node->reach[i] = ARENA_ARRAY(b->ctx->arena, uint64_t, b->model->nodes.len / 64 + 1);
		reach_back(node->reach[i], node, node->in.at[i]->source);
	}
}

/* A called process begins at its plain start (section 13.3.4); without one the call would do nothing. */
static enum rc check_call(struct builder *b, const struct node *node)
{
	const struct process *called = node->pub.kind == BPMN_CALL_ACTIVITY ? map_get(&b->model->process_ids, node->called) : NULL;

	for (size_t i = 0; called && i < called->body.starts.len; i++)
		if (called->body.starts.at[i]->pub.trigger == BPMN_NONE)
			return RC_OK;
	if (!called)
		return RC_OK;
	return refuse_node(b, node, N_("{element} calls a process without a plain start event; give it one."));
}

enum rc bpmn_link_model(struct builder *b)
{
	struct bpmn_model *model = b->model;

	for (size_t i = 0; i < model->nodes.len; i++) {
		if (model->nodes.at[i]->pub.kind == BPMN_BOUNDARY_EVENT)
			TRY(link_boundary(b, model->nodes.at[i]));
		TRY(link_default(b, model->nodes.at[i]));
	}
	for (size_t i = 0; i < model->nodes.len; i++) { /* in order of the file: a sub-process before what is in it */
		struct node *node = model->nodes.at[i];
		if (!node->pub.lane && node->in_body->owner)
			node->pub.lane = node->in_body->owner->pub.lane;
	}
	TRY(link_compensation(b));
	for (size_t i = 0; i < model->nodes.len; i++)
		TRY(check_node(b, model->nodes.at[i]));
	for (size_t i = 0; i < model->processes.len; i++) {
		TRY(link_body(b, &model->processes.at[i]->body));
		for (size_t n = 0; n < model->processes.at[i]->body.nodes.len; n++)
			mark_handlers(model->processes.at[i]->body.nodes.at[n]);
	}
	for (size_t i = 0; i < model->nodes.len; i++) {
		TRY(check_call(b, model->nodes.at[i]));
		link_inclusive(b, model->nodes.at[i]);
	}
	return RC_OK;
}
