/* The process as a row of steps: what an applicant should know of it, laid out for a small picture. */
#include "engine/bpmn/bpmn_int.h"

#include "base/banned.h"

struct walk {
	struct arena *arena;
	uint32_t *depth;     /* longest way from the start, by node; 0 = not reached */
	uint8_t *on_path;
	struct { VEC(struct bpmn_step); } steps;
};

static bool is_step(const struct node *node)
{
	return node->pub.kind == BPMN_USER_TASK || node->pub.kind == BPMN_MANUAL_TASK || node->pub.kind == BPMN_RECEIVE_TASK
		|| node->pub.kind == BPMN_RULE_TASK || sv_equal_z(bpmn_attr(&node->pub, "act"), "issue");
}

/* Forward flows only: one that leads back to a node on the way here is a loop. */
static void measure(struct walk *w, const struct node *node, uint32_t depth)
{
	if (w->on_path[node->index] || w->depth[node->index] >= depth)
		return;
	w->depth[node->index] = depth;
	w->on_path[node->index] = 1;
	for (size_t i = 0; i < node->out.len; i++)
		measure(w, node->out.at[i]->target, depth + 1);
	for (size_t i = 0; node->body && i < node->body->starts.len; i++)
		measure(w, node->body->starts.at[i], depth + 1);
	w->on_path[node->index] = 0;
}

/* Is there a way from the start to an end that does not pass the node? */
static bool avoidable(struct walk *w, const struct node *at, const struct node *node, uint8_t *seen)
{
	if (at == node || seen[at->index])
		return false;
	seen[at->index] = 1;
	if (at->out.len == 0 && at->pub.kind == BPMN_END_EVENT)
		return true;
	bool parallel = at->pub.kind == BPMN_PARALLEL_GATEWAY && at->out.len > 1;
	bool result = parallel;
	for (size_t i = 0; i < at->out.len; i++) {
		bool one = avoidable(w, at->out.at[i]->target, node, seen);
		result = parallel ? result && one : result || one;
	}
	return result;
}

/* Two steps of one depth behind one parallel gateway stand side by side. */
static bool same_fork(const struct node *a, const struct node *b)
{
	const struct node *from_a = a->in.len == 1 ? a->in.at[0]->source : NULL;
	const struct node *from_b = b->in.len == 1 ? b->in.at[0]->source : NULL;

	return from_a && from_a == from_b
		&& (from_a->pub.kind == BPMN_PARALLEL_GATEWAY || from_a->pub.kind == BPMN_INCLUSIVE_GATEWAY);
}

static void group(struct walk *w)
{
	int groups = 0;

	for (size_t i = 1; i < w->steps.len; i++) {
		if (!same_fork(bpmn_node_of(w->steps.at[i - 1].node), bpmn_node_of(w->steps.at[i].node)))
			continue;
		if (w->steps.at[i - 1].group == 0)
			w->steps.at[i - 1].group = ++groups;
		w->steps.at[i].group = w->steps.at[i - 1].group;
	}
}

size_t bpmn_steps(struct arena *arena, const struct bpmn_model *model, const struct bpmn_step **ret)
{
	struct walk w = {
		.arena = arena,
		.depth = ARENA_ARRAY(arena, uint32_t, model->nodes.len),
		.on_path = ARENA_ARRAY(arena, uint8_t, model->nodes.len),
	};
	const struct process *process = model->processes.at[0];

	for (size_t i = 0; i < process->body.starts.len; i++)
		measure(&w, process->body.starts.at[i], 1);
	for (uint32_t depth = 1; depth <= model->nodes.len; depth++)
		for (size_t i = 0; i < model->nodes.len; i++) {
			struct node *node = model->nodes.at[i];
			if (w.depth[node->index] != depth || !is_step(node))
				continue;
			uint8_t *seen = ARENA_ARRAY(arena, uint8_t, model->nodes.len);
			*VEC_PUSH(arena, &w.steps) = (struct bpmn_step){
				.node = &node->pub,
				.branch = process->body.starts.len > 0 && avoidable(&w, process->body.starts.at[0], node, seen),
			};
		}
	group(&w);
	*ret = w.steps.at;
	return w.steps.len;
}
