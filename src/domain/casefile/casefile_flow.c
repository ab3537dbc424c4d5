/* The process of a case: commands to engine/bpmn, and what its events mean for tasks, clock and timers.
 *
 * Order within one act: (1) pad_act() writes the act and the state; (2) flow_complete() tells the process, which runs service
 * and rule tasks through flow_task() below (acts of their own), and comes to rest at its next waits; (3) flow_settle() turns
 * its events into task rows, clock stops and the one pending timer of the case; (4) pad_save() writes the row once.
 * A task row still open when its wait completes was closed by the rule for silence.
 */
#include <assert.h>

#include "base/civil.h"
#include "base/site.h"
#include "domain/casefile/casefile_flow_int.h"
#include "domain/casefile/casefile_sql.h"
#include "store/outbox.h"

#include "base/banned.h"

const struct sv casefile_timer_kind = SV_INIT("casefile");

/* --- loading and saving the process state --- */

static enum rc flow_due(struct ctx *ctx, void *user, const struct bpmn_due *due, int64_t *ret_ms);

/* Without the names that expressions read: to look at, not to run. */
static enum rc flow_read(struct ctx *ctx, struct pad *pad, struct flow *ret)
{
	const struct json *json;

	assert(pad->c.service && pad->c.service->process);
	*ret = (struct flow){ .ctx = ctx, .pad = pad, .model = pad->c.service->process };
	ret->host = (struct bpmn_host){ .user = ret, .task = flow_task, .due = flow_due, .by_hand = flow_by_hand };
	if (sv_is_empty(pad->process))
		return RC_OK;
	TRY(json_parse(ctx, SV("process"), pad->process, &json_limits_file, &json));
	ret->path = json_get(json, SV("path"));
	TRY(bpmn_state_parse(ctx, ret->model, json_get(json, SV("state")), &ret->state));
	flow_read_undecided(ret);
	return RC_OK;
}

enum rc flow_open(struct ctx *ctx, struct pad *pad, struct flow *ret)
{
	TRY(flow_read(ctx, pad, ret));
	return flow_context(ctx, pad, &ret->host.context);
}

static bool is_activity(const struct bpmn_event *event)
{
	switch (event->node->kind) {
	case BPMN_TASK: case BPMN_USER_TASK: case BPMN_MANUAL_TASK: case BPMN_SERVICE_TASK: case BPMN_RULE_TASK:
	case BPMN_SCRIPT_TASK: case BPMN_SEND_TASK: case BPMN_RECEIVE_TASK:
		/* of a multi-instance the instances count, not the body around them */
		return !event->node->multi_instance || event->index >= 0;
	case BPMN_START_EVENT: case BPMN_END_EVENT: case BPMN_CATCH_EVENT: case BPMN_THROW_EVENT: case BPMN_BOUNDARY_EVENT:
	case BPMN_SUB_PROCESS: case BPMN_TRANSACTION: case BPMN_AD_HOC: case BPMN_CALL_ACTIVITY: case BPMN_EXCLUSIVE_GATEWAY:
	case BPMN_PARALLEL_GATEWAY: case BPMN_INCLUSIVE_GATEWAY: case BPMN_EVENT_GATEWAY: case BPMN_COMPLEX_GATEWAY: break;
	}
	return false;
}

/* {"path": ids of the activities completed so far, "state": of the engine} */
static enum rc keep_state(struct flow *flow, const struct bpmn_outcome *outcome)
{
	struct buf buf;

	buf_init(&buf, flow->ctx->arena, CASE_MAX_PROCESS);
	struct json_out out = json_out_to(&buf);
	json_out_object(&out);
	json_out_key(&out, SV("path"));
	json_out_array(&out);
	for (const struct json *v = json_first(flow->path); v; v = json_next(flow->path, v))
		json_out_value(&out, v);
	for (size_t i = 0; i < outcome->count; i++)
		if (outcome->events[i].kind == BPMN_EV_COMPLETED && is_activity(&outcome->events[i]))
			json_out_string(&out, outcome->events[i].node->id);
	json_out_array_end(&out);
	json_out_key(&out, SV("state"));
	bpmn_state_print(&out, flow->state);
	json_out_object_end(&out);
	if (buf.overflow)
		return fail(flow->ctx, RC_TOO_LARGE, N_("The process of this case has grown too large."), NULL);
	flow->pad->process = buf_view(&buf);
	/* several commands may run in one act: the next one reads the path from here */
	const struct json *json;
	TRY(json_parse(flow->ctx, SV("process"), flow->pad->process, &json_limits_file, &json));
	flow->path = json_get(json, SV("path"));
	return RC_OK;
}

/* --- due times --- */

static enum rc flow_due(struct ctx *ctx, void *user, const struct bpmn_due *due, int64_t *ret_ms)
{
	(void)user; /* one calendar for all cases */
	if (sv_equal(due->calendar, SV("working"))) {
		int64_t days = due->ms / DAY_MS;
		int64_t day = limit_add(ctx->site->calendar, civil_china_day(due->now), (int)days, NULL);
		*ret_ms = limit_expiry(day);
		return RC_OK;
	}
	struct civil_date date = civil_from_day(civil_china_day(due->now));
	int64_t month = date.year * 12 + date.month - 1 + due->months;
	date.year = month / 12;
	date.month = (int)(month % 12) + 1;
	if (date.day > civil_days_in_month(date.year, date.month))
		date.day = civil_days_in_month(date.year, date.month);
	int64_t moved = (civil_to_day(date) - civil_china_day(due->now)) * DAY_MS;
	*ret_ms = due->now + moved + due->ms;
	return RC_OK;
}

/* --- events --- */

static struct sv wait_text(struct ctx *ctx, uint32_t item)
{
	return arena_printf(ctx->arena, "%u", item);
}

static const struct bpmn_timer *timer_of(const struct bpmn_timer *timers, size_t count, uint32_t wait)
{
	for (size_t i = 0; i < count; i++)
		if (timers[i].wait == wait)
			return &timers[i];
	return NULL;
}

/* What a wait asks for: a user task says it, a gateway that asks for its way is decided by the lead department's approver. */
static bool is_gateway(const struct bpmn_node *node)
{
	return node->kind == BPMN_EXCLUSIVE_GATEWAY || node->kind == BPMN_INCLUSIVE_GATEWAY;
}

/* The day by which a task is to be done: its own deadline, the day to accept, or the case's promised day. */
static int64_t task_due(struct flow *flow, const struct bpmn_node *node, const struct bpmn_timer *timer)
{
	const struct casefile *c = &flow->pad->c;

	if (timer)
		return civil_china_day(timer->due - 1); /* it fires at the midnight after its day */
	bool before_acceptance = sv_equal(bpmn_attr(node, "act"), SV("accept")) || (is_gateway(node) && c->state == CASE_FILED);
	if (before_acceptance && c->service->acceptance.days)
		return limit_add(flow->ctx->site->calendar, civil_china_day(clock_now(flow->ctx->clock)),
			(int)c->service->acceptance.days, NULL);
	return c->promised_due ? c->promised_due : CASE_NO_DUE;
}

static struct sv task_department(struct flow *flow, const struct bpmn_wait *wait)
{
	struct sv named = bpmn_lane_attr(wait->node->lane, "department");

	if (sv_equal(named, SV("{department}")) || (wait->index >= 0 && wait->element.kind == FEEL_STRING))
		return wait->element.text;
	if (sv_is_empty(named) || sv_equal(named, SV("{lead}")))
		return flow->pad->c.department;
	return named;
}

static const struct service_procedure *stops_clock(struct flow *flow, const struct bpmn_node *node)
{
	struct sv id = bpmn_attr(node, "procedure");
	const struct service_procedure *procedure =
		sv_is_empty(id) ? NULL : service_procedure_find(flow->pad->c.service, id);

	return procedure && !procedure->counted ? procedure : NULL;
}

static enum rc open_task(struct flow *flow, const struct bpmn_wait *wait, const struct bpmn_timer *timer)
{
	struct ctx *ctx = flow->ctx;
	const struct service_procedure *procedure = stops_clock(flow, wait->node);

	if (procedure && flow->pad->c.state == CASE_ACCEPTED) {
		TRY(pad_act_one(ctx, flow->pad, ACT_SUSPEND, "procedure", procedure->id));
		TRY(case_clock_stop(ctx, flow->pad, procedure->id));
	}
	return sql_task_add(ctx, &(struct sql_task_add_params){
		.id = id_new(ctx),
		.case_id = flow->pad->c.id,
		.wait = wait_text(ctx, wait->id),
		.element = wait->node->id,
		.act = is_gateway(wait->node) ? SV("route") : bpmn_attr(wait->node, "act"),
		.department = is_gateway(wait->node) ? flow->pad->c.department : task_department(flow, wait),
		.post = is_gateway(wait->node) ? SV("approver") : bpmn_lane_attr(wait->node->lane, "post"),
		.service_code = flow->pad->c.service_code,
		.opened_at = clock_now(ctx->clock),
		.due_day = task_due(flow, wait->node, timer),
	});
}

/* The wait is over in the process. A row that nobody closed was ended by silence (completed) or is no longer needed. */
static enum rc close_task(struct flow *flow, const struct bpmn_event *event)
{
	struct ctx *ctx = flow->ctx;
	struct sql_task_open_by_wait_row row;
	bool silent = event->kind == BPMN_EV_COMPLETED;
	int64_t changed;
	enum rc rc = sql_task_open_by_wait(ctx, flow->pad->c.id, wait_text(ctx, event->item), &row);

	if (rc == RC_NOT_FOUND)
		return RC_OK;
	TRY(rc);
	TRY(sql_task_close(ctx, clock_now(ctx->clock), silent ? SV("silent") : SV("cancelled"), silent, row.id, &changed));
	if (silent && sv_equal(row.act, SV("countersign")))
		return pad_act_one(ctx, flow->pad, ACT_COUNTERSIGN_SILENT, "department", row.department);
	return RC_OK;
}

/* The clock runs again once no task is open that stops it. */
static enum rc resume_clock(struct flow *flow, const struct bpmn_wait *waits, size_t count)
{
	if (flow->pad->c.state != CASE_SUSPENDED)
		return RC_OK;
	for (size_t i = 0; i < count; i++)
		if (stops_clock(flow, waits[i].node))
			return RC_OK;
	TRY(pad_act(flow->ctx, flow->pad, ACT_RESUME, (struct sv){ NULL, 0 }));
	return case_clock_resume(flow->ctx, flow->pad);
}

/* A timer that must not fire now: acceptance by silence while the applicant is asked for a supplement. */
static bool timer_waits(const struct flow *flow, const struct bpmn_timer *timer)
{
	return flow->pad->c.state == CASE_SUPPLEMENT && timer->node->attached
		&& sv_equal(bpmn_attr(timer->node->attached, "act"), SV("accept"));
}

/* One pending timer a case: the earliest of the process. */
static enum rc set_timer(struct flow *flow, const struct bpmn_timer *timers, size_t count)
{
	int64_t earliest = INT64_MAX;

	for (size_t i = 0; i < count; i++)
		if (!timer_waits(flow, &timers[i]) && timers[i].due < earliest)
			earliest = timers[i].due;
	if (earliest == INT64_MAX)
		return store_timer_cancel(flow->ctx, casefile_timer_kind, flow->pad->c.id, (struct sv){ NULL, 0 });
	return store_timer_set(flow->ctx,
		(struct store_timer){ .kind = casefile_timer_kind, .subject = flow->pad->c.id, .name = SV(""), .due_ms = earliest });
}

static bool has_wait(const struct bpmn_wait *waits, size_t count, uint32_t id)
{
	for (size_t i = 0; i < count; i++)
		if (waits[i].id == id)
			return true;
	return false;
}

static enum rc settle(struct flow *flow, const struct bpmn_outcome *outcome)
{
	const struct bpmn_wait *waits;
	const struct bpmn_timer *timers;
	size_t wait_count = bpmn_waits(flow->ctx->arena, outcome->state, &waits);
	size_t timer_count = bpmn_timers(flow->ctx->arena, outcome->state, &timers);

	flow->state = outcome->state;
	for (size_t i = 0; i < outcome->count; i++) {
		const struct bpmn_event *event = &outcome->events[i];
		if (event->kind == BPMN_EV_COMPLETED || event->kind == BPMN_EV_CANCELLED)
			TRY(close_task(flow, event));
	}
	TRY(resume_clock(flow, waits, wait_count));
	for (size_t i = 0; i < outcome->count; i++) {
		const struct bpmn_event *event = &outcome->events[i];
		if (event->kind != BPMN_EV_OPENED || !has_wait(waits, wait_count, event->item))
			continue;
		for (size_t j = 0; j < wait_count; j++)
			if (waits[j].id == event->item && (waits[j].node->kind == BPMN_USER_TASK || is_gateway(waits[j].node)))
				TRY(open_task(flow, &waits[j], timer_of(timers, timer_count, event->item)));
	}
	TRY(set_timer(flow, timers, timer_count));
	return keep_state(flow, outcome);
}

static enum rc run(struct flow *flow, struct bpmn_command command)
{
	struct bpmn_outcome outcome;

	command.now = clock_now(flow->ctx->clock);
	command.host = &flow->host;
	TRY(bpmn_do(flow->ctx, flow->model, flow->state, &command, &outcome));
	return settle(flow, &outcome);
}

/* --- commands --- */

enum rc flow_doubt(struct flow *flow, const char *stopped)
{
	if (!stopped)
		return RC_OK;
	flow->host.in_doubt = true;
	return pad_act_one(flow->ctx, flow->pad, ACT_RULE, "reason", sv_of(stopped));
}

enum rc flow_start(struct ctx *ctx, struct pad *pad, const char *stopped)
{
	struct flow flow;

	TRY(flow_open(ctx, pad, &flow));
	TRY(flow_doubt(&flow, stopped));
	assert(!flow.state);
	return run(&flow, (struct bpmn_command){ .kind = BPMN_START });
}

enum rc flow_complete(struct flow *flow, uint32_t wait, struct feel_value variables)
{
	assert(flow->state && wait);
	return run(flow, (struct bpmn_command){ .kind = BPMN_COMPLETE, .id = wait, .variables = variables });
}

enum rc flow_cancel(struct ctx *ctx, struct pad *pad)
{
	struct flow flow;

	TRY(flow_open(ctx, pad, &flow));
	TRY(run(&flow, (struct bpmn_command){ .kind = BPMN_CANCEL }));
	return sql_tasks_close_all(ctx, clock_now(ctx->clock), pad->c.id);
}

/* A timer on the accept task is acceptance by silence (Licensing Law art. 32): the case counts as accepted on the day it was
 * received. */
static enum rc accept_by_silence(struct flow *flow, const struct bpmn_timer *timer)
{
	struct pad *pad = flow->pad;

	if (!timer->node->attached || !sv_equal(bpmn_attr(timer->node->attached, "act"), SV("accept")))
		return RC_OK;
	TRY(pad_act(flow->ctx, pad, ACT_ACCEPT_SILENT, (struct sv){ NULL, 0 }));
	pad->c.accepted_at = pad->c.received_at;
	return case_clock_update(flow->ctx, &pad->c);
}

enum rc casefile_timers_run(struct ctx *ctx, struct id id)
{
	struct ctx inner = *ctx;
	struct pad pad;
	struct flow flow;
	int64_t now = clock_now(ctx->clock);

	inner.who = &principal_system;
	TRY(pad_open(&inner, id, 0, &pad));
	TRY(flow_open(&inner, &pad, &flow));
	for (;;) {
		const struct bpmn_timer *timers, *next = NULL;
		size_t count = flow.state ? bpmn_timers(ctx->arena, flow.state, &timers) : 0;
		for (size_t i = 0; i < count; i++)
			if (timers[i].due <= now && !timer_waits(&flow, &timers[i]) && (!next || timers[i].due < next->due))
				next = &timers[i];
		if (!next)
			break;
		TRY(accept_by_silence(&flow, next));
		TRY(run(&flow, (struct bpmn_command){ .kind = BPMN_FIRE, .id = next->id }));
	}
	return pad_save(&inner, &pad);
}

enum rc casefile_timer_next(struct ctx *ctx, struct id id, int64_t *ret)
{
	struct opt_i64 due;

	TRY(store_timer_of(ctx, casefile_timer_kind, id, &due));
	*ret = due.has ? due.value : INT64_MAX;
	return RC_OK;
}

enum rc casefile_path(struct ctx *ctx, const struct casefile *c, struct sv *ret, size_t max, size_t *ret_count)
{
	struct pad pad;
	struct flow flow;
	size_t count = 0;

	assert(max > 0);
	TRY(pad_open(ctx, c->id, 0, &pad));
	TRY(flow_read(ctx, &pad, &flow));
	for (const struct json *v = json_first(flow.path); v && count < max; v = json_next(flow.path, v))
		ret[count++] = json_string(v);
	*ret_count = count;
	return RC_OK;
}

enum rc casefile_variables(struct ctx *ctx, const struct casefile *c, const struct json **ret)
{
	struct pad pad;
	struct flow flow;
	struct buf buf;

	TRY(pad_open(ctx, c->id, 0, &pad));
	TRY(flow_read(ctx, &pad, &flow));
	buf_init(&buf, ctx->arena, CASE_MAX_PROCESS);
	struct json_out out = json_out_to(&buf);
	feel_to_json(&out, flow.state ? bpmn_variables(flow.state) : feel_null());
	return json_parse(ctx, SV("variables"), buf_view(&buf), &json_limits_file, ret);
}
