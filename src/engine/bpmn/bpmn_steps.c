/* The process as a row of steps: what an applicant should know of it, laid out for a small picture. */
#include "engine/bpmn/bpmn_int.h"

#include <assert.h>

#include "base/banned.h"

struct walk {
	struct arena *arena;
	uint32_t *depth;     /* longest way from the start, by node; 0 = not reached */
	unsigned budget;     /* moves left: a model with a great many ways gets an approximate order */
	uint8_t *on_path;
	const struct node *last; /* end event at the end of the longest way */
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
	if (w->on_path[node->index] || w->depth[node->index] >= depth || w->budget == 0)
		return;
	w->budget--;
	w->depth[node->index] = depth;
	w->on_path[node->index] = 1;
	for (size_t i = 0; i < node->out.len; i++)
		measure(w, node->out.at[i]->target, depth + 1);
	for (size_t i = 0; node->body && i < node->body->starts.len; i++)
		measure(w, node->body->starts.at[i], depth + 1);
	w->on_path[node->index] = 0;
}

/* Ways from `at` to the last end that do not pass the node. All branches of a fork must have one. */
enum way { WAY_UNKNOWN, WAY_LOOKING, WAY_FREE, WAY_BLOCKED };

static bool avoidable(const struct walk *w, const struct node *at, const struct node *node, uint8_t *ways)
{
	bool fork = at->pub.kind == BPMN_PARALLEL_GATEWAY && at->out.len > 1;
	bool result = fork;

	if (at == w->last)
		return true;
	if (at == node || ways[at->index] != WAY_UNKNOWN)
		return ways[at->index] == WAY_FREE;
	ways[at->index] = WAY_LOOKING;
	for (size_t i = 0; i < at->out.len; i++) {
		bool one = avoidable(w, at->out.at[i]->target, node, ways);
		result = fork ? result && one : result || one;
	}
	ways[at->index] = result ? WAY_FREE : WAY_BLOCKED;
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
		.budget = 100000,
		.depth = ARENA_ARRAY(arena, uint32_t, model->nodes.len),
		.on_path = ARENA_ARRAY(arena, uint8_t, model->nodes.len),
	};
	const struct process *process = model->processes.at[0];

	assert(model->processes.len > 0);
	for (size_t i = 0; i < process->body.starts.len; i++)
		measure(&w, process->body.starts.at[i], 1);
	for (size_t i = 0; i < process->body.nodes.len; i++) {
		const struct node *node = process->body.nodes.at[i];
		if (node->pub.kind == BPMN_END_EVENT && (!w.last || w.depth[node->index] > w.depth[w.last->index]))
			w.last = node;
	}
	for (uint32_t depth = 1; depth <= model->nodes.len; depth++)
		for (size_t i = 0; i < model->nodes.len; i++) {
			struct node *node = model->nodes.at[i];
			if (w.depth[node->index] != depth || !is_step(node))
				continue;
			uint8_t *ways = ARENA_ARRAY(arena, uint8_t, model->nodes.len);
			*VEC_PUSH(arena, &w.steps) = (struct bpmn_step){
				.node = &node->pub,
				.branch = process->body.starts.len > 0 && avoidable(&w, process->body.starts.at[0], node, ways),
			};
		}
	group(&w);
	*ret = w.steps.at;
	return w.steps.len;
}
