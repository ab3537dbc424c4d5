/* Commands: each starts from the state given, lets the tokens run to rest and returns what happened. */
#include "engine/bpmn/bpmn_int.h"

#include <assert.h>

#include "base/banned.h"

/* ---- start ---- */

static enum rc find_process(struct run *run, const struct bpmn_command *command, const struct process **ret)
{
	const struct process *found = NULL;

	if (!sv_is_empty(command->text))
		found = map_get(&run->model->process_ids, command->text);
	for (size_t i = 0; !found && sv_is_empty(command->text) && i < run->model->processes.len; i++)
		if (run->model->processes.at[i]->executable)
			found = run->model->processes.at[i];
	if (!found)
		return fail(run->ctx, RC_NOT_FOUND, N_("There is no process {process} to start; publish it first."),
			ARGS({ "process", command->text }));
	*ret = found;
	return RC_OK;
}

static enum rc push_starts(struct run *run, uint32_t root, const struct process *process, const struct node *start)
{
	bool any = false;

	for (size_t i = 0; i < process->body.starts.len; i++) {
		const struct node *node = process->body.starts.at[i];
		bool plain = node->pub.kind != BPMN_START_EVENT || node->pub.trigger == BPMN_NONE;
		if (start ? node != start : !plain)
			continue;
		any = true;
		if (start && node->pub.kind == BPMN_RECEIVE_TASK) { /* its message has started the process */
			run_emit_item(run, BPMN_EV_PASSED, node, 0, root);
			TRY(run_leave(run, root, node));
		} else {
			run_push(run, root, node, NULL);
		}
	}
	if (!any)
		return fail(run->ctx, RC_CONFLICT, N_("The process {process} can't be started by hand: it has no plain start event."),
			ARGS({ "process", process->id }));
	return RC_OK;
}

static enum rc start(struct run *run, const struct bpmn_command *command)
{
	const struct process *process = NULL;
	uint32_t root = run->state->next;

	TRY(find_process(run, command, &process));
	const struct node *event = sv_is_empty(command->element) ? NULL : map_get(&process->model->node_ids, command->element);
	if (!event && !sv_is_empty(command->element))
		return fail(run->ctx, RC_NOT_FOUND, N_("The process {process} has no start event {element}."),
			ARGS({ "process", process->id }, { "element", command->element }));
	const struct node *first = event ? event : process->body.starts.len ? process->body.starts.at[0] : NULL;
	run_emit(run, (struct bpmn_event){
		.kind = BPMN_EV_STARTED,
		.node = first ? &first->pub : NULL,
		.item = root,
		.number = BPMN_ITEM_SCOPE,
		.index = -1,
		.text = process->id,
	});
	run_set_variables(run, root, command->variables);
	TRY(run_subscribe(run, root));
	return push_starts(run, root, process, event);
}

/* ---- the others ---- */

static enum rc find_wait(struct run *run, uint32_t id)
{
	const struct item *item = bpmn_state_item(run->state, id);

	if (!item || item->kind != BPMN_ITEM_WAIT || item->node->pub.kind < BPMN_TASK || item->node->pub.kind > BPMN_RECEIVE_TASK)
		return fail(run->ctx, RC_NOT_FOUND, N_("This task is not open any more. Reload the case to see what is next."), NULL);
	return RC_OK;
}

static enum rc complete(struct run *run, const struct bpmn_command *command)
{
	const struct item *item = bpmn_state_item(run->state, command->id);

	if (item && bpmn_asks_for_way(item))
		return run_way_chosen(run, command->id, command->variables);
	TRY(find_wait(run, command->id));
	return run_work_complete(run, command->id, command->variables, false);
}

static enum rc raise_from_wait(struct run *run, const struct bpmn_command *command)
{
	TRY(find_wait(run, command->id));
	if (command->kind == BPMN_THROW_ERROR)
		return run_throw_error(run, command->id, command->text);
	return run_throw_escalation(run, command->id, command->text);
}

/* Timers fire at their own time, so that what they start counts from then. */
static enum rc advance(struct run *run)
{
	int64_t until = run->now;

	for (;;) {
		const struct timer *next = NULL;
		for (size_t i = 0; i < run->state->timer_count; i++)
			if (run->state->timers[i].due <= until && (!next || run->state->timers[i].due < next->due))
				next = &run->state->timers[i];
		if (!next)
			break;
		run->now = next->due;
		TRY(run_fire_timer(run, next->id));
		TRY(run_to_rest(run));
		if (++run->steps > BPMN_MAX_STEPS)
			return fail(run->ctx, RC_UNAVAILABLE, N_("A timer fires without end. Correct the process."), NULL);
	}
	run->now = until;
	return RC_OK;
}

static enum rc message(struct run *run, const struct bpmn_command *command)
{
	unsigned count;

	TRY(run_deliver(run, BPMN_MESSAGE, command->text, command->id, command->variables, &count));
	if (count == 0)
		return fail(run->ctx, RC_NOT_FOUND, N_("The case does not wait for the message {message}."),
			ARGS({ "message", command->text }));
	return RC_OK;
}

static enum rc dispatch(struct run *run, const struct bpmn_command *command)
{
	unsigned count;

	switch (command->kind) {
	case BPMN_START:
		return start(run, command);
	case BPMN_COMPLETE:
		return complete(run, command);
	case BPMN_THROW_ERROR:
	case BPMN_THROW_ESCALATION:
		return raise_from_wait(run, command);
	case BPMN_FIRE:
		return run_fire_timer(run, command->id);
	case BPMN_ADVANCE:
		return advance(run);
	case BPMN_DELIVER:
		return message(run, command);
	case BPMN_BROADCAST:
		return run_deliver(run, BPMN_SIGNAL, command->text, 0, command->variables, &count);
	case BPMN_SET:
		run_set_variables(run, run->state->items[0].id, command->variables);
		return RC_OK;
	case BPMN_CANCEL:
		run_end_instance(run, (struct sv){ 0 });
		return RC_OK;
	}
	return RC_OK;
}

enum rc bpmn_do(struct ctx *ctx, const struct bpmn_model *model, const struct bpmn_state *state,
	const struct bpmn_command *command, struct bpmn_outcome *ret)
{
	static const struct bpmn_state nothing = { .next = 1 };
	struct run run = { .ctx = ctx, .model = model, .host = command->host, .now = command->now, .activation = -1 };

	assert(model && command && ret);
	if (!state != (command->kind == BPMN_START))
		return fail_internal(ctx, "bpmn: a start needs no state, anything else one");
	if (state && state->ended)
		return fail(ctx, RC_CONFLICT, N_("The process has ended; nothing can be done in it any more."), NULL);
	run.state = bpmn_state_copy(ctx->arena, state ? state : &nothing);
	run.state->model = model;
	feel_run_init(&run.feel, ctx);
	TRY(dispatch(&run, command));
	TRY(run_to_rest(&run));
	*ret = (struct bpmn_outcome){ run.events.at, run.events.len, run.state };
	return RC_OK;
}

/* ---- the model, read from outside ---- */

size_t bpmn_node_count(const struct bpmn_model *model)
{
	return model->nodes.len;
}

const struct bpmn_node *bpmn_node_at(const struct bpmn_model *model, size_t index)
{
	assert(index < model->nodes.len);
	return &model->nodes.at[index]->pub;
}

const struct bpmn_node *bpmn_node_find(const struct bpmn_model *model, struct sv id)
{
	const struct node *node = map_get(&model->node_ids, id);

	return node ? &node->pub : NULL;
}

const struct bpmn_flow *bpmn_flow_out(const struct bpmn_node *pub, size_t index)
{
	const struct node *node = bpmn_node_of(pub);

	return index < node->out.len ? &node->out.at[index]->pub : NULL;
}

const struct bpmn_expression *bpmn_expressions(const struct bpmn_model *model, size_t *ret_count)
{
	*ret_count = model->expressions.len;
	return model->expressions.at;
}

struct sv bpmn_process_of(const struct bpmn_node *node)
{
	return bpmn_node_of(node)->in_body->process->id;
}

static bool starts_by(const struct node *node, enum bpmn_trigger trigger, struct sv name)
{
	if (node->pub.kind == BPMN_RECEIVE_TASK)
		return trigger == BPMN_MESSAGE && node->instantiate && sv_equal(node->message, name);
	for (size_t i = 0; node->pub.kind == BPMN_START_EVENT && i < node->def_count; i++)
		if (node->defs[i].trigger == trigger && (sv_is_absent(name) || sv_equal(node->defs[i].name, name)))
			return true;
	return false;
}

const struct bpmn_node *bpmn_start_event(const struct bpmn_model *model, enum bpmn_trigger trigger, struct sv name, size_t index)
{
	for (size_t p = 0; p < model->processes.len; p++) {
		const struct body *body = &model->processes.at[p]->body;
		for (size_t i = 0; i < body->starts.len; i++)
			if (starts_by(body->starts.at[i], trigger, name) && index-- == 0)
				return &body->starts.at[i]->pub;
	}
	return NULL;
}
