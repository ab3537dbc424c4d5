/* State and events as JSON. Elements are named by their ids, so that a state can be read under another version of the model
 * that still has them; numbers that are zero, absent or -1 for "none" are left out, which keeps a waiting case small. */
#include "engine/bpmn/bpmn_int.h"

#include <assert.h>

#include "base/banned.h"

enum { MAX_ID = 1 << 30 };
#define MAX_DUE (INT64_C(1) << 53)

static const char *const item_kinds[] = {
	[BPMN_ITEM_SCOPE] = "scope", [BPMN_ITEM_WAIT] = "wait", [BPMN_ITEM_MULTI] = "multi", [BPMN_ITEM_LOOP] = "loop" };

/* Variables are what JSON can hold: temporal values become their text, functions and ranges too. */
struct feel_value bpmn_json_ready(struct arena *arena, struct feel_value value)
{
	struct buf buf;

	switch (value.kind) {
	case FEEL_NULL:
		return feel_null();
	case FEEL_BOOLEAN:
	case FEEL_NUMBER:
	case FEEL_STRING:
		return value;
	case FEEL_LIST: {
		struct feel_value *list = ARENA_ARRAY(arena, struct feel_value, value.list.count);
		for (size_t i = 0; i < value.list.count; i++)
			list[i] = bpmn_json_ready(arena, value.list.at[i]);
		return feel_list(list, value.list.count);
	}
	case FEEL_CONTEXT: {
		struct feel_entry *entries = ARENA_ARRAY(arena, struct feel_entry, value.context.count);
		for (size_t i = 0; i < value.context.count; i++)
			entries[i] = (struct feel_entry){ value.context.at[i].key, bpmn_json_ready(arena, value.context.at[i].value) };
		return feel_context(entries, value.context.count);
	}
	case FEEL_DATE:
	case FEEL_TIME:
	case FEEL_DATE_TIME:
	case FEEL_DAYS:
	case FEEL_MONTHS:
	case FEEL_RANGE:
	case FEEL_FUNCTION:
		break;
	}
	buf_init(&buf, arena, 4096);
	feel_print(&buf, value);
	return feel_text(buf_view(&buf));
}

static void member_if(struct json_out *out, const char *key, int64_t number, int64_t none)
{
	if (number != none)
		json_out_member_i64(out, sv_of(key), number);
}

static void print_variables(struct json_out *out, const struct item *item)
{
	if (item->variable_count == 0)
		return;
	json_out_key(out, SV("vars"));
	json_out_object(out);
	for (uint32_t i = 0; i < item->variable_count; i++) {
		json_out_key(out, item->variables[i].key);
		feel_to_json(out, item->variables[i].value);
	}
	json_out_object_end(out);
}

static void print_item(struct json_out *out, const struct item *item)
{
	json_out_object(out);
	json_out_member_i64(out, SV("id"), item->id);
	member_if(out, "in", item->parent, 0);
	if (item->kind != BPMN_ITEM_WAIT)
		json_out_member(out, SV("is"), sv_of(item_kinds[item->kind]));
	if (item->node)
		json_out_member(out, SV("at"), item->node->pub.id);
	member_if(out, "index", item->index, -1);
	member_if(out, "mark", item->mark, 0);
	member_if(out, "total", item->total, 0);
	member_if(out, "done", item->completed, 0);
	if (item->collection) {
		json_out_key(out, SV("list"));
		feel_to_json(out, *item->collection);
	}
	print_variables(out, item);
	if (item->vote_count) {
		json_out_key(out, SV("votes"));
		feel_to_json(out, feel_list(item->votes, item->vote_count));
	}
	json_out_object_end(out);
}

static void print_timer(struct json_out *out, const struct timer *timer)
{
	json_out_object(out);
	json_out_member_i64(out, SV("id"), timer->id);
	json_out_member_i64(out, SV("of"), timer->item);
	json_out_member(out, SV("at"), timer->node->pub.id);
	member_if(out, "def", timer->def, 0);
	json_out_member_i64(out, SV("due"), timer->due);
	member_if(out, "more", timer->repeats, 0);
	json_out_object_end(out);
}

static void print_lists(struct json_out *out, const struct bpmn_state *state)
{
	json_out_key(out, SV("items"));
	json_out_array(out);
	for (size_t i = 0; i < state->item_count; i++)
		print_item(out, &state->items[i]);
	json_out_array_end(out);
	if (state->timer_count) {
		json_out_key(out, SV("timers"));
		json_out_array(out);
		for (size_t i = 0; i < state->timer_count; i++)
			print_timer(out, &state->timers[i]);
		json_out_array_end(out);
	}
	if (state->token_count) {
		json_out_key(out, SV("tokens"));
		json_out_array(out);
		for (size_t i = 0; i < state->token_count; i++) {
			const struct token *token = &state->tokens[i];
			json_out_object(out);
			json_out_member_i64(out, SV("in"), token->scope);
			json_out_member(out, SV("at"), token->node->pub.id);
			if (token->flow)
				json_out_member(out, SV("by"), token->flow->pub.id);
			json_out_object_end(out);
		}
		json_out_array_end(out);
	}
	if (state->done_count) {
		json_out_key(out, SV("log"));
		json_out_array(out);
		for (size_t i = 0; i < state->done_count; i++) {
			json_out_object(out);
			json_out_member_i64(out, SV("id"), state->dones[i].id);
			json_out_member_i64(out, SV("in"), state->dones[i].scope);
			json_out_member(out, SV("at"), state->dones[i].node->pub.id);
			json_out_object_end(out);
		}
		json_out_array_end(out);
	}
}

void bpmn_state_print(struct json_out *out, const struct bpmn_state *state)
{
	assert(state->process);
	json_out_object(out);
	json_out_member(out, SV("process"), state->process->id);
	json_out_member_i64(out, SV("next"), state->next);
	if (state->ended) {
		json_out_key(out, SV("ended"));
		json_out_bool(out, true);
	}
	print_lists(out, state);
	json_out_object_end(out);
}

/* ---- reading ---- */

struct reader {
	struct ctx *ctx;
	struct bpmn_state *state;
	const struct bpmn_model *model;
};

static enum rc unfit(const struct reader *r, const struct json *at)
{
	struct sv element = json_string(json_get(at, SV("at")));

	return fail(r->ctx, RC_MALFORMED,
		N_("The saved state does not fit the process at {element}; it was made under another version. Migrate the case."),
		ARGS({ "element", sv_is_absent(element) ? SV("?") : element }));
}

static bool read_u32(const struct json *object, const char *key, int64_t none, uint32_t *ret)
{
	const struct json *value = json_get(object, sv_of(key));
	int64_t number = none;

	if (value && !json_i64(value, &number))
		return false;
	if (number < -1 || number > UINT32_MAX)
		return false;
	*ret = (uint32_t)number;
	return true;
}

/* An element id is looked up in the file of the process that the scope belongs to; a scope that is gone is the process's. */
static const struct node *read_node(const struct reader *r, const struct json *object, uint32_t scope)
{
	const struct item *item = bpmn_state_item(r->state, scope);

	while (item && !item->process)
		item = bpmn_state_item(r->state, item->parent);
	const struct process *process = item ? item->process : r->state->process;
	return map_get(&process->model->node_ids, json_string(json_get(object, SV("at"))));
}

/* A call activity has timers of two files: its boundary events, and event sub-processes of what it calls. */
static const struct node *read_timer_node(const struct reader *r, const struct json *json, uint32_t id)
{
	const struct item *item = bpmn_state_item(r->state, id);
	const struct node *node = read_node(r, json, id);

	if (!item || !item->process || !item->parent || (node && node->pub.kind == BPMN_START_EVENT))
		return node;
	return read_node(r, json, item->parent);
}

static void read_values(const struct reader *r, const struct json *json, struct item *item)
{
	struct feel_value *list = ARENA_NEW(r->ctx->arena, struct feel_value);
	struct feel_value variables = feel_from_json(r->ctx, json_get(json, SV("vars")), NULL);
	struct feel_value votes = feel_from_json(r->ctx, json_get(json, SV("votes")), NULL);

	*list = feel_from_json(r->ctx, json_get(json, SV("list")), NULL);
	item->collection = list->kind == FEEL_LIST ? list : NULL;
	if (variables.kind == FEEL_CONTEXT) {
		item->variables = variables.context.at;
		item->variable_count = (uint32_t)variables.context.count;
	}
	if (votes.kind == FEEL_LIST) {
		item->votes = votes.list.at;
		item->vote_count = (uint32_t)votes.list.count;
	}
}

static enum bpmn_item_kind read_kind(struct sv name)
{
	for (size_t i = 0; i < sizeof(item_kinds) / sizeof(item_kinds[0]); i++)
		if (sv_equal_z(name, item_kinds[i]))
			return (enum bpmn_item_kind)i;
	return BPMN_ITEM_WAIT;
}

static enum rc read_item(const struct reader *r, const struct json *json, struct item *item)
{
	uint32_t index;

	item->kind = read_kind(json_string(json_get(json, SV("is"))));
	if (!read_u32(json, "id", -1, &item->id) || !read_u32(json, "in", 0, &item->parent) || !read_u32(json, "index", -1, &index)
		|| !read_u32(json, "mark", 0, &item->mark) || !read_u32(json, "total", 0, &item->total)
		|| !read_u32(json, "done", 0, &item->completed))
		return unfit(r, json);
	item->index = (int32_t)index;
	item->node = read_node(r, json, item->parent);
	if (!item->node && (json_get(json, SV("at")) || item->parent))
		return unfit(r, json);
	if (!item->parent)
		item->process = r->state->process;
	else if (item->kind == BPMN_ITEM_SCOPE && item->node->pub.kind == BPMN_CALL_ACTIVITY)
		item->process = map_get(&r->model->process_ids, item->node->called);
	read_values(r, json, item);
	return RC_OK;
}

/* Could the engine have made this item inside that one? */
static bool fits_kind(const struct item *item)
{
	enum bpmn_kind kind = item->node->pub.kind;
	bool container = (item->mark & MARK_COMPENSATES) != 0;

	if (container != (item->kind == BPMN_ITEM_SCOPE && (kind == BPMN_THROW_EVENT || kind == BPMN_END_EVENT)))
		return false;
	switch (item->kind) {
	case BPMN_ITEM_SCOPE:
		return container || item->node->body || item->process;
	case BPMN_ITEM_WAIT:
		return kind == BPMN_CATCH_EVENT || kind == BPMN_EVENT_GATEWAY || bpmn_asks_for_way(item)
			|| (kind >= BPMN_TASK && kind <= BPMN_RECEIVE_TASK);
	case BPMN_ITEM_MULTI:
		return item->node->multi && (!item->node->multi->collection || item->collection);
	case BPMN_ITEM_LOOP:
		return item->node->loop != NULL;
	}
	return false;
}

static bool fits_parent(const struct item *item, const struct item *parent)
{
	switch (parent->kind) {
	case BPMN_ITEM_WAIT:
		return false;
	case BPMN_ITEM_MULTI:
	case BPMN_ITEM_LOOP:
		return item->node == parent->node && item->index >= 0
			&& (item->kind == BPMN_ITEM_SCOPE || item->kind == BPMN_ITEM_WAIT);
	case BPMN_ITEM_SCOPE:
		break;
	}
	if (item->index != -1)
		return false;
	if (parent->mark & MARK_COMPENSATES)
		return item->node->for_compensation;
	return item->node->in_body == bpmn_scope_body(parent);
}

static bool fits(const struct reader *r, const struct item *item)
{
	const struct item *parent = bpmn_state_item(r->state, item->parent);

	if (r->state->item_count == 0)
		return item->parent == 0 && item->kind == BPMN_ITEM_SCOPE && !(item->mark & MARK_COMPENSATES) && item->index == -1;
	return parent && item->id > item[-1].id && item->node && fits_kind(item) && fits_parent(item, parent);
}

/* The start of an event sub-process waits in the scope around it, unless that only compensates. */
static bool start_timer_fits(const struct node *node, const struct item *item)
{
	const struct node *owner = node->in_body->owner;

	return item->kind == BPMN_ITEM_SCOPE && !(item->mark & MARK_COMPENSATES) && owner && owner->pub.event_sub_process
		&& owner->in_body == bpmn_scope_body(item);
}

static bool timer_fits(const struct timer *timer, const struct item *item)
{
	const struct node *node = timer->node;
	enum bpmn_kind kind = node->pub.kind;

	if (kind >= BPMN_TASK)
		return node == item->node && item->kind == BPMN_ITEM_WAIT && node->days > 0 && timer->def == 0;
	if (timer->def >= node->def_count || node->defs[timer->def].trigger != BPMN_TIMER)
		return false;
	if (kind == BPMN_BOUNDARY_EVENT)
		return node->attached == item->node && item->index == -1;
	if (kind == BPMN_START_EVENT)
		return start_timer_fits(node, item);
	return item->kind == BPMN_ITEM_WAIT && (node == item->node || item->node->pub.kind == BPMN_EVENT_GATEWAY);
}

static enum rc read_items(const struct reader *r, const struct json *list)
{
	struct bpmn_state *state = r->state;

	state->item_cap = json_count(list);
	if (state->item_cap > BPMN_MAX_ITEMS)
		return unfit(r, NULL);
	state->items = ARENA_ARRAY(r->ctx->arena, struct item, state->item_cap);
	for (const struct json *j = json_first(list); j; j = json_next(list, j)) {
		struct item *item = &state->items[state->item_count];
		TRY(read_item(r, j, item));
		if (!fits(r, item) || item->id >= state->next)
			return unfit(r, j);
		state->item_count++;
	}
	return state->item_count > 0 ? RC_OK : unfit(r, NULL);
}

static enum rc read_timers(const struct reader *r, const struct json *list)
{
	struct bpmn_state *state = r->state;

	state->timer_cap = json_count(list);
	state->timers = ARENA_ARRAY(r->ctx->arena, struct timer, state->timer_cap);
	for (const struct json *j = json_first(list); j; j = json_next(list, j)) {
		struct timer *timer = &state->timers[state->timer_count++];
		if (!read_u32(j, "of", 0, &timer->item) || !(timer->node = read_timer_node(r, j, timer->item))
			|| !read_u32(j, "id", -1, &timer->id) || !read_u32(j, "def", 0, &timer->def) || !json_i64(json_get(j, SV("due")), &timer->due)
			|| !bpmn_state_item(state, timer->item) || !timer_fits(timer, bpmn_state_item(state, timer->item))
			|| timer->due > MAX_DUE || timer->due < -MAX_DUE || timer->id >= state->next)
			return unfit(r, j);
		json_i64(json_get(j, SV("more")), &timer->repeats);
		if (timer->repeats < -1 || timer->repeats > INT32_MAX)
			return unfit(r, j);
	}
	return RC_OK;
}

static bool token_fits(const struct item *scope, const struct token *token)
{
	return scope && scope->kind == BPMN_ITEM_SCOPE && !(scope->mark & MARK_COMPENSATES)
		&& token->node->in_body == bpmn_scope_body(scope);
}

static enum rc read_tokens(const struct reader *r, const struct json *list)
{
	struct bpmn_state *state = r->state;

	state->token_cap = json_count(list);
	state->tokens = ARENA_ARRAY(r->ctx->arena, struct token, state->token_cap);
	for (const struct json *j = json_first(list); j; j = json_next(list, j)) {
		struct token *token = &state->tokens[state->token_count++];
		struct sv by = json_string(json_get(j, SV("by")));
		if (!read_u32(j, "in", 0, &token->scope) || !(token->node = read_node(r, j, token->scope))
			|| !token_fits(bpmn_state_item(state, token->scope), token))
			return unfit(r, j);
		for (size_t i = 0; i < token->node->in.len; i++)
			if (sv_equal(token->node->in.at[i]->pub.id, by))
				token->flow = token->node->in.at[i];
		if (!sv_is_absent(by) && !token->flow)
			return unfit(r, j);
	}
	return RC_OK;
}

static enum rc read_log(const struct reader *r, const struct json *list)
{
	struct bpmn_state *state = r->state;

	state->done_cap = json_count(list);
	state->dones = ARENA_ARRAY(r->ctx->arena, struct done, state->done_cap);
	for (const struct json *j = json_first(list); j; j = json_next(list, j)) {
		struct done *done = &state->dones[state->done_count++];
		if (!read_u32(j, "in", 0, &done->scope) || !(done->node = read_node(r, j, done->scope))
			|| !read_u32(j, "id", -1, &done->id) || done->id >= state->next || done->node->pub.kind < BPMN_TASK)
			return unfit(r, j);
	}
	return RC_OK;
}

enum rc bpmn_state_parse(struct ctx *ctx, const struct bpmn_model *model, const struct json *json, const struct bpmn_state **ret)
{
	struct bpmn_state *state = ARENA_NEW(ctx->arena, struct bpmn_state);
	struct reader r = { ctx, state, model };

	state->model = model;
	state->process = map_get(&model->process_ids, json_string(json_get(json, SV("process"))));
	state->ended = json_bool(json_get(json, SV("ended")), false);
	if (!state->process || !read_u32(json, "next", -1, &state->next) || state->next > MAX_ID)
		return unfit(&r, json);
	TRY(read_items(&r, json_get(json, SV("items"))));
	TRY(read_timers(&r, json_get(json, SV("timers"))));
	TRY(read_tokens(&r, json_get(json, SV("tokens"))));
	TRY(read_log(&r, json_get(json, SV("log"))));
	*ret = state;
	return RC_OK;
}

static const char *const event_names[] = {
	[BPMN_EV_STARTED] = "started", [BPMN_EV_OPENED] = "opened", [BPMN_EV_COMPLETED] = "completed",
	[BPMN_EV_CANCELLED] = "cancelled", [BPMN_EV_PASSED] = "passed", [BPMN_EV_TOKEN] = "token", [BPMN_EV_JOINED] = "joined",
	[BPMN_EV_VARIABLE] = "variable", [BPMN_EV_TIMER_SET] = "timer set", [BPMN_EV_TIMER_FIRED] = "timer fired",
	[BPMN_EV_TIMER_CANCELLED] = "timer cancelled", [BPMN_EV_INSTANCES] = "instances", [BPMN_EV_VOTE] = "vote",
	[BPMN_EV_MARKED] = "marked", [BPMN_EV_LOGGED] = "logged", [BPMN_EV_UNLOGGED] = "unlogged",
	[BPMN_EV_MESSAGE] = "message", [BPMN_EV_SIGNAL] = "signal", [BPMN_EV_ESCALATION] = "escalation", [BPMN_EV_ENDED] = "ended",
};

void bpmn_event_print(struct json_out *out, const struct bpmn_event *event)
{
	json_out_object(out);
	json_out_member(out, SV("event"), sv_of(event_names[event->kind]));
	if (event->node)
		json_out_member(out, SV("at"), event->node->id);
	member_if(out, "item", event->item, 0);
	member_if(out, "in", event->parent, 0);
	member_if(out, "index", event->index, -1);
	member_if(out, "number", event->number, 0);
	member_if(out, "due", event->due, 0);
	if (!sv_is_absent(event->text))
		json_out_member(out, SV("text"), event->text);
	if (event->value.kind != FEEL_NULL) {
		json_out_key(out, SV("value"));
		feel_to_json(out, event->value);
	}
	json_out_object_end(out);
}
