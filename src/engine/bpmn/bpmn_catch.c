/* Events that are waited for: catching events, event gateways, receive tasks, boundary events and event sub-processes
 * (section 13.5). What waits for what is not stored: it follows from the open items and the model; only timers are. */
#include "engine/bpmn/bpmn_int.h"

#include <assert.h>

#include "base/banned.h"

struct search {
	struct arena *arena;
	const struct bpmn_state *state;
	enum bpmn_trigger trigger;
	struct { VEC(struct catcher); } found;
};

static void add_event(struct search *s, uint32_t item, const struct node *event)
{
	for (size_t i = 0; i < event->def_count; i++)
		if (event->defs[i].trigger == s->trigger)
			*VEC_PUSH(s->arena, &s->found) = (struct catcher){ item, event, i };
}

static void add_wait(struct search *s, const struct item *item)
{
	const struct node *node = item->node;

	if (node->pub.kind == BPMN_RECEIVE_TASK && s->trigger == BPMN_MESSAGE)
		*VEC_PUSH(s->arena, &s->found) = (struct catcher){ item->id, node, 0 };
	if (node->pub.kind == BPMN_CATCH_EVENT)
		add_event(s, item->id, node);
	for (size_t i = 0; node->pub.kind == BPMN_EVENT_GATEWAY && i < node->out.len; i++) {
		const struct node *target = node->out.at[i]->target;
		if (target->pub.kind == BPMN_RECEIVE_TASK && s->trigger == BPMN_MESSAGE)
			*VEC_PUSH(s->arena, &s->found) = (struct catcher){ item->id, target, 0 };
		else
			add_event(s, item->id, target);
	}
}

static const struct node *start_of(const struct node *sub)
{
	for (size_t i = 0; i < sub->body->nodes.len; i++)
		if (sub->body->nodes.at[i]->pub.kind == BPMN_START_EVENT)
			return sub->body->nodes.at[i];
	return NULL;
}

static void add_event_subs(struct search *s, const struct item *scope)
{
	const struct body *body = bpmn_scope_body(scope);

	if (!body || scope->mark & (MARK_INTERRUPTED | MARK_COMPENSATES))
		return;
	for (size_t i = 0; i < body->event_subs.len; i++)
		add_event(s, scope->id, start_of(body->event_subs.at[i]));
}

static void add_boundary(struct search *s, const struct item *item)
{
	const struct item *parent = item->parent ? bpmn_state_item(s->state, item->parent) : NULL;

	if (!parent || parent->kind != BPMN_ITEM_SCOPE || item->mark & MARK_COMPENSATES)
		return; /* of an instance: its body has them */
	for (size_t i = 0; i < item->node->boundary.len; i++)
		add_event(s, item->id, item->node->boundary.at[i]);
}

static void search_item(struct search *s, const struct item *item)
{
	if (item->kind == BPMN_ITEM_WAIT)
		add_wait(s, item);
	if (item->kind == BPMN_ITEM_SCOPE)
		add_event_subs(s, item);
	add_boundary(s, item);
}

static size_t find_catchers(struct arena *arena, const struct bpmn_state *state, enum bpmn_trigger trigger, struct catcher **ret)
{
	struct search s = { .arena = arena, .state = state, .trigger = trigger };

	for (size_t i = 0; i < state->item_count && !state->ended; i++)
		search_item(&s, &state->items[i]);
	*ret = s.found.at;
	return s.found.len;
}

/* ---- timers ---- */

enum { FIRST_TIME = INT32_MIN };

static enum rc timing_text(struct run *run, uint32_t item, const struct timing *timing, struct sv *ret)
{
	struct feel_value value;
	struct buf buf;

	if (!timing->feel) {
		*ret = timing->literal;
		return RC_OK;
	}
	TRY(run_evaluate(run, item, timing->feel, &value));
	if (value.kind == FEEL_STRING) {
		*ret = value.text;
		return RC_OK;
	}
	buf_init(&buf, run->ctx->arena, 256);
	feel_print(&buf, value);
	*ret = buf_view(&buf);
	return RC_OK;
}

static enum rc due_of(struct run *run, const struct node *node, const struct timing *timing, const struct iso_time *iso,
	int64_t from, int64_t *ret)
{
	struct bpmn_due due = { &node->pub, timing->calendar, iso->months, iso->ms, from };

	*ret = iso->kind == TIMING_DATE ? iso->at : bpmn_iso_add(from, iso->months, iso->ms);
	if (iso->kind == TIMING_DATE || !run->host || !run->host->due || sv_is_absent(timing->calendar))
		return RC_OK;
	return run->host->due(run->ctx, run->host->user, &due, ret);
}

static enum rc set_timer(struct run *run, struct catcher at, int64_t from, int32_t repeats)
{
	const struct timing *timing = &at.event->defs[at.def].timing;
	struct iso_time iso;
	struct sv text;
	int64_t due;

	TRY(timing_text(run, at.item, timing, &text));
	if (!bpmn_iso_parse(text, &iso) || iso.kind != timing->kind)
		return fail(run->ctx, RC_CONFLICT, N_("Timer {element} gives no time: {text}. Correct the process or its data."),
			ARGS({ "element", at.event->pub.id }, { "text", text }));
	TRY(due_of(run, at.event, timing, &iso, from, &due));
	if (repeats == FIRST_TIME) {
		if (iso.kind == TIMING_CYCLE && iso.repeats == 0)
			return RC_OK;
		repeats = iso.kind != TIMING_CYCLE ? 0 : iso.repeats < 0 ? -1 : (int32_t)iso.repeats - 1;
	}
	run_emit(run, (struct bpmn_event){
		.kind = BPMN_EV_TIMER_SET,
		.node = &at.event->pub,
		.item = at.item,
		.number = run->state->next,
		.parent = (uint32_t)repeats,
		.index = (int32_t)at.def,
		.due = due,
	});
	return RC_OK;
}

/* Starts the timers of everything that the item waits for, and has its conditions looked at. */
enum rc run_subscribe(struct run *run, uint32_t id)
{
	struct search s = { .arena = run->ctx->arena, .state = run->state, .trigger = BPMN_TIMER };

	search_item(&s, bpmn_state_item(run->state, id));
	for (size_t i = 0; i < s.found.len; i++)
		TRY(set_timer(run, s.found.at[i], run->now, FIRST_TIME));
	run->changed = true;
	return RC_OK;
}

enum rc run_catch_enter(struct run *run, uint32_t scope, const struct node *node)
{
	return run_subscribe(run, run_open_item(run, BPMN_ITEM_WAIT, scope, node, -1));
}

static enum rc silence(struct run *run, const struct timer *timer)
{
	struct feel_entry entry = { SV("outcome"), feel_text(SV("agree")) };

	if (sv_equal_z(timer->node->silence, "none"))
		return RC_OK;
	if (sv_equal_z(timer->node->silence, "objection"))
		entry.value = feel_text(SV("object"));
	struct feel_entry *copy = ARENA_NEW(run->ctx->arena, struct feel_entry);
	*copy = entry;
	return run_work_complete(run, timer->item, feel_context(copy, 1), true);
}

enum rc run_fire_timer(struct run *run, uint32_t id)
{
	struct timer timer = { 0 };

	for (size_t i = 0; i < run->state->timer_count; i++)
		if (run->state->timers[i].id == id)
			timer = run->state->timers[i];
	if (!timer.id)
		return fail(run->ctx, RC_NOT_FOUND, N_("This timer does not run any more. Reload the case."), NULL);
	run_emit(run, (struct bpmn_event){
		.kind = BPMN_EV_TIMER_FIRED, .node = &timer.node->pub, .item = timer.item, .number = id, .index = -1, .due = timer.due });
	if (timer.node->pub.kind >= BPMN_TASK)
		return silence(run, &timer);
	struct catcher catcher = { timer.item, timer.node, timer.def };
	if (timer.repeats != 0 && !timer.node->pub.interrupting)
		TRY(set_timer(run, catcher, timer.due, timer.repeats < 0 ? -1 : (int32_t)timer.repeats - 1));
	return run_caught(run, catcher, feel_null());
}

/* ---- caught ---- */

static void set_mark(struct run *run, uint32_t item, uint32_t mark)
{
	if (bpmn_state_item(run->state, item)->mark != mark)
		run_emit(run, (struct bpmn_event){ .kind = BPMN_EV_MARKED, .item = item, .number = mark, .index = -1 });
}

/* Parallel multiple events wait for all their triggers (section 10.4.2); the bits of those seen are in the item's mark. */
static bool all_seen(struct run *run, struct catcher c)
{
	uint32_t all = (1u << c.event->def_count) - 1, mark = bpmn_state_item(run->state, c.item)->mark | 1u << c.def;

	set_mark(run, c.item, (mark & all) == all ? mark & ~all : mark);
	return (mark & all) == all;
}

static enum rc caught_by_boundary(struct run *run, struct catcher c, struct feel_value variables)
{
	uint32_t scope = bpmn_state_item(run->state, c.item)->parent;

	if (c.event->pub.interrupting)
		run_cancel_item(run, c.item, (struct sv){ 0 });
	run_set_variables(run, scope, variables);
	run_push(run, scope, c.event, NULL);
	return RC_OK;
}

static void stop_scope_timers(struct run *run, uint32_t scope)
{
	for (size_t i = 0; i < run->state->timer_count;) {
		const struct timer *timer = &run->state->timers[i];
		if (timer->item == scope && timer->node->pub.kind == BPMN_START_EVENT)
			run_emit(run, (struct bpmn_event){
				.kind = BPMN_EV_TIMER_CANCELLED, .node = &timer->node->pub, .item = scope, .number = timer->id, .index = -1 });
		else
			i++;
	}
}

static enum rc caught_by_event_sub(struct run *run, struct catcher c, struct feel_value variables)
{
	const struct node *sub = c.event->in_body->owner;

	if (sub->pub.interrupting) {
		run_cancel_children(run, c.item, 0);
		stop_scope_timers(run, c.item);
		set_mark(run, c.item, bpmn_state_item(run->state, c.item)->mark | MARK_INTERRUPTED);
	}
	uint32_t scope = run_open_item(run, BPMN_ITEM_SCOPE, c.item, sub, -1);
	run_set_variables(run, scope, variables);
	run_push(run, scope, c.event, NULL);
	return run_subscribe(run, scope);
}

static enum rc caught_by_wait(struct run *run, struct catcher c, struct feel_value variables)
{
	const struct item *item = bpmn_state_item(run->state, c.item);
	const struct node *node = item->node;
	uint32_t scope = item->parent;

	run_set_variables(run, c.item, variables);
	if (c.event->pub.kind == BPMN_RECEIVE_TASK && node == c.event)
		return run_activity_done(run, c.item);
	run_emit_completed(run, c.item);
	if (node != c.event) /* an event gateway: the event it led to has happened */
		run_emit_item(run, BPMN_EV_PASSED, c.event, 0, scope);
	return run_leave(run, scope, c.event);
}

enum rc run_caught(struct run *run, struct catcher c, struct feel_value variables)
{
	if (!bpmn_state_item(run->state, c.item))
		return RC_OK; /* interrupted by one that caught before */
	assert(c.event && c.def <= c.event->def_count);
	if (c.event->parallel_multiple && c.event->def_count > 1 && !all_seen(run, c))
		return RC_OK;
	if (c.event->pub.kind == BPMN_BOUNDARY_EVENT)
		return caught_by_boundary(run, c, variables);
	if (c.event->pub.kind == BPMN_START_EVENT)
		return caught_by_event_sub(run, c, variables);
	return caught_by_wait(run, c, variables);
}

/* ---- messages, signals, conditions ---- */

static struct sv awaited_name(const struct catcher *c)
{
	return c->event->pub.kind == BPMN_RECEIVE_TASK ? c->event->message : c->event->defs[c->def].name;
}

enum rc run_deliver(struct run *run, enum bpmn_trigger trigger, struct sv name, uint32_t only, struct feel_value variables,
	unsigned *ret_count)
{
	struct catcher *found;
	size_t count = find_catchers(run->ctx->arena, run->state, trigger, &found);

	*ret_count = 0;
	for (size_t i = 0; i < count; i++) {
		if (!sv_equal(awaited_name(&found[i]), name) || (only && found[i].item != only) || !bpmn_state_item(run->state, found[i].item))
			continue;
		if (found[i].event->pub.kind == BPMN_START_EVENT && bpmn_state_item(run->state, found[i].item)->mark & MARK_INTERRUPTED)
			continue;
		++*ret_count;
		TRY(run_caught(run, found[i], variables));
		if (trigger == BPMN_MESSAGE)
			break;
	}
	return RC_OK;
}

/* The bit in the item's mark that says: this condition was true when last looked at. */
static uint32_t condition_bit(const struct run *run, const struct catcher *c)
{
	const struct item *item = bpmn_state_item(run->state, c->item);

	for (size_t i = 0; i < item->node->boundary.len && i < 12; i++)
		if (item->node->boundary.at[i] == c->event)
			return 1u << i;
	const struct body *body = item->kind == BPMN_ITEM_SCOPE ? bpmn_scope_body(item) : NULL;
	for (size_t i = 0; body && i < body->event_subs.len && i < 12; i++)
		if (body->event_subs.at[i] == c->event->in_body->owner)
			return 1u << (12 + i);
	return 0;
}

enum rc run_check_conditions(struct run *run)
{
	struct catcher *found;
	size_t count = find_catchers(run->ctx->arena, run->state, BPMN_CONDITION, &found);

	for (size_t i = 0; i < count; i++) {
		bool holds;
		if (!bpmn_state_item(run->state, found[i].item))
			continue;
		TRY(run_holds(run, found[i].item, found[i].event->defs[found[i].def].condition, &holds));
		uint32_t bit = condition_bit(run, &found[i]), mark = bpmn_state_item(run->state, found[i].item)->mark;
		bool before = mark & bit;
		set_mark(run, found[i].item, holds ? mark | bit : mark & ~bit);
		if (holds && !before)
			TRY(run_caught(run, found[i], feel_null()));
	}
	return RC_OK;
}

bool bpmn_awaits(struct arena *arena, const struct bpmn_state *state, enum bpmn_trigger trigger, struct sv name)
{
	struct catcher *found;
	size_t count = find_catchers(arena, state, trigger, &found);

	for (size_t i = 0; i < count; i++)
		if (sv_equal(awaited_name(&found[i]), name))
			return true;
	return false;
}
