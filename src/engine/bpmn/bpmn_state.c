/* The state of an instance and what each event does to it. Nothing else changes a state: the executor emits events and
 * applies them here, so that replaying the events must give the same state.
 *
 * Invariants: 1. items are in order of their ids, parents before children. 2. A timer's item and a token's scope exist.
 * 3. After BPMN_EV_ENDED there are no items, tokens, timers and no logged work; the process's variables stay readable.
 */
#include "engine/bpmn/bpmn_int.h"

#include <assert.h>

#include "base/banned.h"

enum { SLACK = 4 };
#define TAKEN (1u << 31) /* mark of a token on its way out */

const struct node *bpmn_node_of(const struct bpmn_node *pub)
{
	return (const struct node *)(const void *)((const char *)pub - offsetof(struct node, pub));
}

#define COPY_LIST(arena, to, from, list, n)                                                                            \
	do {                                                                                                           \
		(to)->n##_cap = (from)->n##_count + SLACK;                                                             \
		(to)->list = ARENA_ARRAY((arena), __typeof__(*(to)->list), (to)->n##_cap);                             \
		if ((from)->n##_count)                                                                                 \
			memcpy((to)->list, (from)->list, (from)->n##_count * sizeof(*(to)->list));                     \
	} while (0)

struct bpmn_state *bpmn_state_copy(struct arena *arena, const struct bpmn_state *state)
{
	struct bpmn_state *copy = ARENA_NEW(arena, struct bpmn_state);

	*copy = *state;
	COPY_LIST(arena, copy, state, items, item);
	COPY_LIST(arena, copy, state, tokens, token);
	COPY_LIST(arena, copy, state, timers, timer);
	COPY_LIST(arena, copy, state, dones, done);
	for (size_t i = 0; i < copy->item_count; i++)
		copy->items[i].variable_cap = 0; /* shared with the older state: copied before the first change */
	return copy;
}

#define PUSH(arena, state, list, n)                                                                                    \
	((state)->n##_count == (state)->n##_cap                                                                        \
			? (void)((state)->list = vec_grow((arena), (state)->list, &(state)->n##_cap, sizeof(*(state)->list))) \
			: (void)0,                                                                                     \
		&(state)->list[(state)->n##_count++])

#define REMOVE(state, list, n, i)                                                                                      \
	memmove(&(state)->list[i], &(state)->list[(i) + 1], (--(state)->n##_count - (i)) * sizeof(*(state)->list))

struct item *bpmn_state_item(const struct bpmn_state *state, uint32_t id)
{
	size_t low = 0, high = state->item_count;

	while (low < high) {
		size_t middle = (low + high) / 2;
		if (state->items[middle].id == id)
			return &state->items[middle];
		if (state->items[middle].id < id)
			low = middle + 1;
		else
			high = middle;
	}
	return NULL;
}

/* ---- what events do ---- */

static void note_id(struct bpmn_state *state, uint32_t id)
{
	if (id >= state->next)
		state->next = id + 1;
}

static void apply_opened(struct arena *arena, struct bpmn_state *state, const struct bpmn_event *event)
{
	struct item *item = PUSH(arena, state, items, item);

	assert(event->item >= state->next); /* so items stay in order of their ids */
	assert(event->parent < event->item);
	*item = (struct item){
		.id = event->item,
		.parent = event->parent,
		.kind = (enum bpmn_item_kind)event->number,
		.node = event->node ? bpmn_node_of(event->node) : NULL,
		.index = event->index,
	};
	note_id(state, event->item);
	if (event->kind == BPMN_EV_STARTED)
		item->process = state->process = map_get(&state->model->process_ids, event->text);
	else if (item->kind == BPMN_ITEM_SCOPE && item->node->pub.kind == BPMN_CALL_ACTIVITY)
		item->process = map_get(&state->model->process_ids, item->node->called);
}

static void apply_closed(struct bpmn_state *state, const struct bpmn_event *event)
{
	struct item *item = bpmn_state_item(state, event->item);

	assert(item);
	struct item *parent = bpmn_state_item(state, item->parent);
	if (parent && event->kind == BPMN_EV_COMPLETED)
		parent->completed++;
	for (size_t i = state->timer_count; i-- > 0;)
		if (state->timers[i].item == event->item)
			REMOVE(state, timers, timer, i);
	for (size_t i = state->token_count; i-- > 0;)
		if (state->tokens[i].scope == event->item)
			REMOVE(state, tokens, token, i);
	size_t at = (size_t)(item - state->items);
	assert(at + 1 == state->item_count || state->items[at + 1].parent != event->item); /* its children were closed before it */
	REMOVE(state, items, item, at);
}

static void apply_variable(struct arena *arena, struct bpmn_state *state, const struct bpmn_event *event)
{
	struct item *item = bpmn_state_item(state, event->item);
	struct feel_entry *entries;

	assert(item);
	uint32_t i = 0;
	while (i < item->variable_count && !sv_equal(item->variables[i].key, event->text))
		i++;
	if (i >= item->variable_cap || item->variable_cap == 0) { /* shared or full: copy */
		item->variable_cap = item->variable_count + SLACK;
		entries = ARENA_ARRAY(arena, struct feel_entry, item->variable_cap);
		if (item->variable_count)
			memcpy(entries, item->variables, item->variable_count * sizeof(*entries));
		item->variables = entries;
	}
	entries = (struct feel_entry *)item->variables;
	entries[i] = (struct feel_entry){ event->text, event->value };
	if (i == item->variable_count)
		item->variable_count++;
}

static void apply_vote(struct arena *arena, struct bpmn_state *state, const struct bpmn_event *event)
{
	struct item *item = bpmn_state_item(state, event->item);
	struct feel_value *votes = ARENA_ARRAY(arena, struct feel_value, item->vote_count + 1);

	if (item->vote_count)
		memcpy(votes, item->votes, item->vote_count * sizeof(*votes));
	votes[item->vote_count++] = event->value;
	item->votes = votes;
}

static void apply_token(struct arena *arena, struct bpmn_state *state, const struct bpmn_event *event)
{
	const struct node *node = bpmn_node_of(event->node);
	struct token *token = PUSH(arena, state, tokens, token);

	assert(bpmn_state_item(state, event->parent));
	*token = (struct token){ event->parent, node, NULL };
	if (event->index >= 0 && (size_t)event->index < node->in.len)
		token->flow = node->in.at[event->index];
}

/* Whether a join takes token i: of each flow the earliest, or while there are some left to take. */
static bool is_joined(const struct bpmn_state *state, size_t i, const struct bpmn_event *event, uint32_t left)
{
	struct token token = state->tokens[i];

	if (token.scope != event->parent || token.node != bpmn_node_of(event->node))
		return false;
	if (event->number > 0)
		return left > 0;
	for (size_t j = 0; j < i; j++) {
		struct token earlier = state->tokens[j];
		if ((earlier.scope & ~TAKEN) == token.scope && earlier.node == token.node && earlier.flow == token.flow)
			return false;
	}
	return true;
}

/* number 0: one token of each flow; otherwise the first so many. */
static void apply_joined(struct bpmn_state *state, const struct bpmn_event *event)
{
	uint32_t left = event->number;
	size_t kept = 0;

	for (size_t i = 0; i < state->token_count; i++) {
		if (!is_joined(state, i, event, left))
			continue;
		left -= event->number > 0;
		state->tokens[i].scope |= TAKEN;
	}
	for (size_t i = 0; i < state->token_count; i++)
		if (!(state->tokens[i].scope & TAKEN))
			state->tokens[kept++] = state->tokens[i];
	assert(event->number == 0 || left == 0); /* a join fires on tokens that are there */
	state->token_count = kept;
}

static void apply_timer(struct arena *arena, struct bpmn_state *state, const struct bpmn_event *event)
{
	if (event->kind == BPMN_EV_TIMER_SET) {
		struct timer *timer = PUSH(arena, state, timers, timer);
		assert(bpmn_state_item(state, event->item));
		*timer = (struct timer){
			.id = event->number,
			.item = event->item,
			.node = bpmn_node_of(event->node),
			.def = (uint32_t)event->index,
			.due = event->due,
			.repeats = (int32_t)event->parent,
		};
		note_id(state, event->number);
		return;
	}
	for (size_t i = 0; i < state->timer_count; i++)
		if (state->timers[i].id == event->number) {
			REMOVE(state, timers, timer, i);
			return;
		}
}

static void apply_log(struct arena *arena, struct bpmn_state *state, const struct bpmn_event *event)
{
	if (event->kind == BPMN_EV_LOGGED) {
		*PUSH(arena, state, dones, done) = (struct done){ event->item, event->parent, bpmn_node_of(event->node) };
		note_id(state, event->item);
		return;
	}
	for (size_t i = state->done_count; i-- > 0;)
		if (state->dones[i].id == event->item)
			REMOVE(state, dones, done, i);
}

static void apply_ended(struct bpmn_state *state)
{
	state->ended = true;
	state->item_count = state->item_count > 0 ? 1 : 0; /* the process's variables stay */
	state->token_count = state->timer_count = state->done_count = 0;
}

void bpmn_state_apply(struct arena *arena, struct bpmn_state *state, const struct bpmn_event *event)
{
	switch (event->kind) {
	case BPMN_EV_STARTED:
	case BPMN_EV_OPENED:
		apply_opened(arena, state, event);
		return;
	case BPMN_EV_COMPLETED:
	case BPMN_EV_CANCELLED:
		apply_closed(state, event);
		return;
	case BPMN_EV_VARIABLE:
		apply_variable(arena, state, event);
		return;
	case BPMN_EV_TOKEN:
		apply_token(arena, state, event);
		return;
	case BPMN_EV_JOINED:
		apply_joined(state, event);
		return;
	case BPMN_EV_TIMER_SET:
	case BPMN_EV_TIMER_FIRED:
	case BPMN_EV_TIMER_CANCELLED:
		apply_timer(arena, state, event);
		return;
	case BPMN_EV_INSTANCES: {
		struct item *item = bpmn_state_item(state, event->item);
		assert(item);
		item->total = event->number;
		if (event->value.kind == FEEL_LIST) {
			struct feel_value *list = ARENA_NEW(arena, struct feel_value);
			*list = event->value;
			item->collection = list;
		}
		return;
	}
	case BPMN_EV_VOTE:
		apply_vote(arena, state, event);
		return;
	case BPMN_EV_MARKED:
		bpmn_state_item(state, event->item)->mark = event->number;
		return;
	case BPMN_EV_LOGGED:
	case BPMN_EV_UNLOGGED:
		apply_log(arena, state, event);
		return;
	case BPMN_EV_ENDED:
		apply_ended(state);
		return;
	case BPMN_EV_PASSED:
	case BPMN_EV_MESSAGE:
	case BPMN_EV_SIGNAL:
	case BPMN_EV_ESCALATION:
		return;
	}
}

const struct bpmn_state *bpmn_apply(struct arena *arena, const struct bpmn_model *model, const struct bpmn_state *state,
	const struct bpmn_event *events, size_t count)
{
	static const struct bpmn_state nothing = { .next = 1 };
	struct bpmn_state *copy = bpmn_state_copy(arena, state ? state : &nothing);

	copy->model = model;
	for (size_t i = 0; i < count; i++)
		bpmn_state_apply(arena, copy, &events[i]);
	return copy;
}

/* ---- reading ---- */

static const struct feel_value *find_variable(const struct item *item, struct sv name)
{
	for (uint32_t i = 0; i < item->variable_count; i++)
		if (sv_equal(item->variables[i].key, name))
			return &item->variables[i].value;
	return NULL;
}

static uint32_t active_instances(const struct bpmn_state *state, const struct item *body)
{
	uint32_t count = 0;

	for (size_t i = 0; i < state->item_count; i++)
		count += state->items[i].parent == body->id;
	return count;
}

/* What the body of a multi-instance shows to conditions (under the names their authors know). */
static bool body_value(const struct bpmn_state *state, const struct item *body, struct sv name, struct feel_value *ret)
{
	if (sv_equal_z(name, "nrOfInstances"))
		*ret = feel_i64(body->total);
	else if (sv_equal_z(name, "nrOfCompletedInstances"))
		*ret = feel_i64(body->completed);
	else if (sv_equal_z(name, "nrOfActiveInstances"))
		*ret = feel_i64(active_instances(state, body));
	else if (sv_equal_z(name, "votes") && body->node->multi && body->node->multi->votes)
		*ret = feel_list(body->votes, body->vote_count);
	else
		return false;
	return true;
}

static bool instance_value(const struct item *body, const struct item *item, struct sv name, struct feel_value *ret)
{
	if (sv_equal_z(name, "loopCounter")) {
		*ret = feel_i64(item->index);
		return true;
	}
	const struct multi *multi = body->node->multi;
	if (!multi || multi->element.len == 0 || !sv_equal(name, multi->element) || !body->collection)
		return false;
	bool inside = item->index >= 0 && (size_t)item->index < body->collection->list.count;
	*ret = inside ? body->collection->list.at[item->index] : feel_null();
	return true;
}

bool bpmn_state_lookup(const struct bpmn_state *state, const struct item *from, struct sv name, bool outside, struct feel_value *ret)
{
	for (const struct item *item = from; item;) {
		const struct feel_value *value = find_variable(item, name);
		const struct item *parent = item->parent ? bpmn_state_item(state, item->parent) : NULL;
		if (value) {
			*ret = *value;
			return true;
		}
		if (item->kind == BPMN_ITEM_MULTI && body_value(state, item, name, ret))
			return true;
		if (parent && item->index >= 0 && instance_value(parent, item, name, ret))
			return true;
		if (item->process && !(outside && item == from))
			break;
		item = parent;
	}
	return false;
}

struct feel_value bpmn_read(const struct bpmn_state *state, uint32_t id, struct sv name)
{
	const struct item *item = id ? bpmn_state_item(state, id) : state->item_count ? &state->items[0] : NULL;
	struct feel_value value = feel_null();

	bpmn_state_lookup(state, item, name, false, &value);
	return value;
}

struct feel_value bpmn_variables(const struct bpmn_state *state)
{
	if (state->item_count == 0)
		return feel_context(NULL, 0);
	return feel_context(state->items[0].variables, state->items[0].variable_count);
}

bool bpmn_is_ended(const struct bpmn_state *state)
{
	return state->ended;
}

static bool is_open_wait(const struct item *item)
{
	if (item->kind != BPMN_ITEM_WAIT)
		return false;
	enum bpmn_kind kind = item->node->pub.kind;
	return (kind >= BPMN_TASK && kind <= BPMN_RECEIVE_TASK) || bpmn_asks_for_way(item);
}

size_t bpmn_waits(struct arena *arena, const struct bpmn_state *state, const struct bpmn_wait **ret)
{
	struct bpmn_wait *waits = ARENA_ARRAY(arena, struct bpmn_wait, state->item_count);
	size_t count = 0;

	for (size_t i = 0; i < state->item_count && !state->ended; i++) {
		const struct item *item = &state->items[i];
		if (!is_open_wait(item))
			continue;
		const struct item *parent = bpmn_state_item(state, item->parent);
		waits[count] = (struct bpmn_wait){ item->id, &item->node->pub, item->index, feel_null() };
		if (parent->node && parent->node->multi && parent->node->multi->element.len > 0)
			instance_value(parent, item, parent->node->multi->element, &waits[count].element);
		count++;
	}
	*ret = waits;
	return count;
}

size_t bpmn_timers(struct arena *arena, const struct bpmn_state *state, const struct bpmn_timer **ret)
{
	struct bpmn_timer *timers = ARENA_ARRAY(arena, struct bpmn_timer, state->timer_count);

	for (size_t i = 0; i < state->timer_count; i++)
		timers[i] = (struct bpmn_timer){ state->timers[i].id, state->timers[i].item, &state->timers[i].node->pub,
			state->timers[i].due };
	*ret = timers;
	return state->timer_count;
}
