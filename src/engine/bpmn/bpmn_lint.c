/* What a model may hold but should not: checked before a service is published; and the steps for the picture on its guide. */
#include <stdlib.h>

#include "engine/bpmn/bpmn_int.h"

#include "base/banned.h"

struct lint {
	struct ctx *ctx;
	const struct bpmn_model *model;
	struct { VEC(struct bpmn_problem); } problems;
	uint64_t *reached;
	size_t words;
};

static void say(struct lint *l, uint32_t line, struct sv element, const char *msgid)
{
	struct text_arg *args = ARENA_ARRAY(l->ctx->arena, struct text_arg, 2);

	args[0] = (struct text_arg){ "element", element };
	*VEC_PUSH(l->ctx->arena, &l->problems) = (struct bpmn_problem){ line, element, msgid, args };
}

static void say_node(struct lint *l, const struct node *node, const char *msgid)
{
	say(l, node->pub.line, node->pub.id, msgid);
}

static bool has(const uint64_t *set, const struct node *node)
{
	return set[node->index / 64] >> (node->index % 64) & 1;
}

/* Everything a token at `node` may come to; a body is entered at its starts. */
static void reach(uint64_t *set, const struct node *node)
{
	if (has(set, node))
		return;
	set[node->index / 64] |= (uint64_t)1 << (node->index % 64);
	for (size_t i = 0; i < node->out.len; i++)
		reach(set, node->out.at[i]->target);
	for (size_t i = 0; i < node->boundary.len; i++) {
		reach(set, node->boundary.at[i]);
		if (node->boundary.at[i]->handler)
			reach(set, node->boundary.at[i]->handler);
	}
	if (node->link)
		reach(set, node->link);
	if (!node->body)
		return;
	for (size_t i = 0; i < node->body->starts.len; i++)
		reach(set, node->body->starts.at[i]);
	for (size_t i = 0; i < node->body->event_subs.len; i++)
		reach(set, node->body->event_subs.at[i]);
}

static bool is_activity(const struct node *node)
{
	return node->pub.kind >= BPMN_TASK && node->pub.kind <= BPMN_CALL_ACTIVITY;
}

static bool looks_at_conditions(const struct node *node)
{
	return is_activity(node) || node->pub.kind == BPMN_EXCLUSIVE_GATEWAY || node->pub.kind == BPMN_INCLUSIVE_GATEWAY
		|| node->pub.kind == BPMN_COMPLEX_GATEWAY;
}

static void lint_reach(struct lint *l, const struct node *node)
{
	bool may_end = node->pub.kind == BPMN_END_EVENT || node->link || node->pub.event_sub_process || node->for_compensation
		|| node->pub.trigger == BPMN_COMPENSATION;

	if (!has(l->reached, node))
		say_node(l, node, N_("{element} can never be reached; connect or remove it."));
	if (node->out.len == 0 && !may_end)
		say_node(l, node, N_("{element} is a dead end; lead it to an end event."));
	for (size_t i = 0; i < node->out.len && !looks_at_conditions(node); i++)
		if (node->out.at[i]->pub.condition)
			say(l, node->out.at[i]->pub.line, node->out.at[i]->pub.id,
				N_("Nobody looks at the condition of flow {element} here; use an exclusive or inclusive gateway."));
}

/* A gateway that chooses: can it be stuck, and can every flow be taken? */
static void lint_choice(struct lint *l, const struct node *node)
{
	bool exclusive = node->pub.kind == BPMN_EXCLUSIVE_GATEWAY, catches_all = node->otherwise != NULL;

	if (!exclusive && node->pub.kind != BPMN_INCLUSIVE_GATEWAY)
		return;
	for (size_t i = 0; i < node->out.len; i++) {
		const struct flow *flow = node->out.at[i];
		catches_all |= !flow->pub.condition;
		if (exclusive && node->out.len > 1 && !flow->pub.condition && flow != node->otherwise)
			say(l, flow->pub.line, flow->pub.id,
				N_("Flow {element} has no condition, so later flows of its gateway are never taken; write one or make it the "
				   "default."));
	}
	if (!catches_all && node->out.len > 0)
		say_node(l, node, N_("Gateway {element} has no default flow: the case gets stuck when every condition is false. Mark a "
				     "default."));
}

static void lint_owner(struct lint *l, const struct node *node)
{
	const struct bpmn_lane *lane = node->pub.lane;

	if (node->pub.kind != BPMN_USER_TASK)
		return;
	if (!lane)
		say_node(l, node, N_("User task {element} is in no lane, so nobody owns it; put it in one."));
	else if (sv_is_empty(bpmn_lane_attr(lane, "department")))
		say_node(l, node, N_("The lane of user task {element} names no department; give it tb:department."));
}

/* Nodes from which the flow can be reached. */
static void reach_back(uint64_t *set, const struct node *node)
{
	if (has(set, node))
		return;
	set[node->index / 64] |= (uint64_t)1 << (node->index % 64);
	for (size_t i = 0; i < node->in.len; i++)
		reach_back(set, node->in.at[i]->source);
	if (node->attached)
		reach_back(set, node->attached);
}

/* Can one token become several at this node? */
static bool splits(const struct node *node)
{
	for (size_t i = 0; i < node->boundary.len; i++)
		if (!node->boundary.at[i]->pub.interrupting)
			return true;
	return (node->out.len > 1 && node->pub.kind != BPMN_EXCLUSIVE_GATEWAY && node->pub.kind != BPMN_EVENT_GATEWAY)
		|| node->multi;
}

/* A parallel join can fire only if tokens for its flows come from one split or from two beginnings. */
static bool may_join(struct lint *l, const struct flow *a, const struct flow *b)
{
	uint64_t *from_a = ARENA_ARRAY(l->ctx->arena, uint64_t, l->words), *from_b = ARENA_ARRAY(l->ctx->arena, uint64_t, l->words);
	const struct body *body = a->source->in_body;
	unsigned starts = 0;

	reach_back(from_a, a->source);
	reach_back(from_b, b->source);
	for (size_t i = 0; i < body->nodes.len; i++) {
		const struct node *node = body->nodes.at[i];
		if ((has(from_a, node) && has(from_b, node) && splits(node)))
			return true;
		if (node->in.len == 0 && !node->attached)
			starts += has(from_a, node) != has(from_b, node);
	}
	return starts > 0;
}

static void lint_join(struct lint *l, const struct node *node)
{
	struct arena_mark mark = arena_mark(l->ctx->arena);
	bool good = true;

	if (node->pub.kind != BPMN_PARALLEL_GATEWAY)
		return;
	for (size_t i = 1; good && i < node->in.len; i++)
		good = may_join(l, node->in.at[0], node->in.at[i]);
	arena_rewind(l->ctx->arena, mark);
	if (!good)
		say_node(l, node, N_("Join {element} can never fire: its flows come from a choice, so only one of them brings a token. Use "
				     "an exclusive gateway."));
}

static void lint_call(struct lint *l, const struct node *node)
{
	if (node->pub.kind == BPMN_CALL_ACTIVITY && !map_has(&l->model->process_ids, node->called))
		say_node(l, node, N_("{element} calls a process that is not in this model; add it or correct calledElement."));
}

static int by_line(const void *a, const void *b)
{
	const struct bpmn_problem *x = a, *y = b;

	return x->line < y->line ? -1 : x->line > y->line;
}

size_t bpmn_lint(struct ctx *ctx, const struct bpmn_model *model, const struct bpmn_problem **ret)
{
	struct lint l = { .ctx = ctx, .model = model, .words = model->nodes.len / 64 + 1 };

	l.reached = ARENA_ARRAY(ctx->arena, uint64_t, l.words);
	for (size_t p = 0; p < model->processes.len; p++) {
		const struct body *body = &model->processes.at[p]->body;
		for (size_t i = 0; i < body->starts.len; i++)
			reach(l.reached, body->starts.at[i]);
		for (size_t i = 0; i < body->event_subs.len; i++)
			reach(l.reached, body->event_subs.at[i]);
	}
	for (size_t i = 0; i < model->nodes.len; i++) {
		lint_reach(&l, model->nodes.at[i]);
		lint_choice(&l, model->nodes.at[i]);
		lint_owner(&l, model->nodes.at[i]);
		lint_join(&l, model->nodes.at[i]);
		lint_call(&l, model->nodes.at[i]);
	}
	if (l.problems.len > 0)
		qsort(l.problems.at, l.problems.len, sizeof(*l.problems.at), by_line);
	*ret = l.problems.at;
	return l.problems.len;
}
