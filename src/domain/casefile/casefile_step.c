/* The officers' side: doing an open task. One function takes the step; a table says which outcome of which kind of task is
 * which act, who may do it, and whether reasons are needed. */
#include "base/civil.h"
#include "base/site.h"
#include "domain/casefile/casefile_flow_int.h"
#include "domain/casefile/casefile_sql.h"
#include "store/outbox.h"

#include "base/banned.h"

/* What an outcome of a task means. `act` of a supplement is special: the process hears of it when the applicant answers. */
static const struct step_rule {
	const char *task, *outcome;
	enum casefile_act act;
	enum permission permission;
	bool needs_reasons;
} step_rules[] = {
	{ "accept", "accepted", ACT_ACCEPT, PERMISSION_CASE_ACCEPT, false },
	{ "accept", "refused", ACT_REFUSE_ACCEPTANCE, PERMISSION_CASE_ACCEPT, true },
	{ "accept", "supplement", ACT_SUPPLEMENT_ASK, PERMISSION_CASE_ACCEPT, false },
	{ "review", "passed", ACT_REVIEW, PERMISSION_CASE_REVIEW, false },
	{ "review", "failed", ACT_REVIEW, PERMISSION_CASE_REVIEW, true },
	{ "inspect", "passed", ACT_INSPECT, PERMISSION_CASE_REVIEW, false },
	{ "inspect", "failed", ACT_INSPECT, PERMISSION_CASE_REVIEW, true },
	{ "countersign", "agree", ACT_COUNTERSIGN, PERMISSION_CASE_COUNTERSIGN, false },
	{ "countersign", "object", ACT_COUNTERSIGN, PERMISSION_CASE_COUNTERSIGN, true },
	{ "decide", "granted", ACT_GRANT, PERMISSION_CASE_DECIDE, false },
	{ "decide", "refused", ACT_REFUSE, PERMISSION_CASE_DECIDE, true },
	{ "deliver", "delivered", ACT_DELIVER, PERMISSION_CASE_DELIVER, false },
};

/* A gateway that no condition could answer: its outcome is the flow chosen, which the engine checks. */
static const struct step_rule route_rule = { "route", NULL, ACT_ROUTE, PERMISSION_CASE_DECIDE, true };

static const struct step_rule *rule_of(struct sv task, struct sv outcome)
{
	if (sv_equal_z(task, route_rule.task))
		return &route_rule;
	for (size_t i = 0; i < sizeof(step_rules) / sizeof(*step_rules); i++)
		if (sv_equal_z(task, step_rules[i].task) && sv_equal_z(outcome, step_rules[i].outcome))
			return &step_rules[i];
	return NULL;
}

size_t casefile_outcomes(struct sv task, const char **ret, size_t max)
{
	size_t count = 0;

	for (size_t i = 0; i < sizeof(step_rules) / sizeof(*step_rules) && count < max; i++)
		if (sv_equal_z(task, step_rules[i].task))
			ret[count++] = step_rules[i].outcome;
	return count;
}

unsigned casefile_task_permission(struct sv task)
{
	if (sv_equal_z(task, route_rule.task))
		return route_rule.permission;
	for (size_t i = 0; i < sizeof(step_rules) / sizeof(*step_rules); i++)
		if (sv_equal_z(task, step_rules[i].task))
			return step_rules[i].permission;
	return PERMISSION_COUNT;
}

/* Separation of duties within one case: who accepted or reviewed it does not decide it, and nobody works on an application of
 * their own. */
static enum rc check_separation(struct ctx *ctx, const struct casefile *c, const struct step_rule *rule)
{
	struct sql_events_of_rows events;

	if (id_equal(ctx->who->account, c->account))
		return fail(ctx, RC_FORBIDDEN, N_("This is your own application. Somebody else has to work on it."), NULL);
	if (rule->act != ACT_GRANT && rule->act != ACT_REFUSE)
		return RC_OK;
	TRY(sql_events_of(ctx, c->id, &events));
	for (size_t i = 0; i < events.len; i++)
		if (id_equal(events.at[i].actor, ctx->who->account)
			&& (events.at[i].act == ACT_REVIEW || events.at[i].act == ACT_INSPECT))
			return fail(ctx, RC_FORBIDDEN, N_("You reviewed this case. Somebody else has to decide it."), NULL);
	return RC_OK;
}

static enum rc check_step(struct ctx *ctx, const struct casefile *c, const struct sql_task_by_id_row *task,
	const struct casefile_step *step, const struct step_rule *rule)
{
	if (task->closed_at)
		return fail(ctx, RC_CONFLICT, N_("This task is already done. Look at the case as it is now."), NULL);
	if (!rule)
		return fail_field(ctx, SV("outcome"), N_("Choose what you found."), NULL);
	if (ctx->who->kind != PRINCIPAL_SYSTEM) {
		if (!principal_may(ctx->who, rule->permission) || !identity_holds_post(ctx, task->department, task->post))
			return fail(ctx, RC_FORBIDDEN, N_("This task belongs to another post. Ask the one who holds it."), NULL);
		TRY(check_separation(ctx, c, rule));
	}
	if (rule->needs_reasons && sv_is_empty(sv_trim(step->reasons)))
		(void)fail_field(ctx, SV("reasons"), N_("Give the reasons: the applicant has a right to them."), NULL);
	if (rule->act == ACT_SUPPLEMENT_ASK && step->defect_count == 0)
		(void)fail_field(ctx, SV("defects"), N_("List at least one thing that is wrong. Everything must stand in this one notice."),
			NULL);
	return ctx->err->rc;
}

static struct sv step_details(struct ctx *ctx, const struct casefile *c, const struct sql_task_by_id_row *task,
	const struct casefile_step *step, const struct step_rule *rule)
{
	struct buf buf;

	buf_init(&buf, ctx->arena, CASE_MAX_RECORD);
	struct json_out out = json_out_to(&buf);
	json_out_object(&out);
	json_out_member(&out, SV("task"), task->element);
	json_out_member(&out, SV("outcome"), step->outcome);
	if (!sv_is_empty(step->reasons))
		json_out_member(&out, SV("reasons"), step->reasons);
	if (rule->act == ACT_REFUSE || rule->act == ACT_REFUSE_ACCEPTANCE)
		json_out_member(&out, SV("remedy"), bitext_pick(ctx, c->service->remedy));
	if (step->defect_count) {
		json_out_key(&out, SV("defects"));
		json_out_array(&out);
		for (size_t i = 0; i < step->defect_count; i++) {
			json_out_object(&out);
			json_out_member(&out, SV("field"), step->defects[i].field);
			json_out_member(&out, SV("text"), step->defects[i].text);
			json_out_object_end(&out);
		}
		json_out_array_end(&out);
	}
	json_out_object_end(&out);
	return buf_view(&buf);
}

static enum rc add_defects(struct ctx *ctx, const struct pad *pad, const struct casefile_step *step)
{
	struct sql_defects_of_rows before;

	TRY(sql_defects_of(ctx, pad->c.id, &before));
	int64_t notice = before.len ? before.at[0].notice + 1 : 1;
	for (size_t i = 0; i < step->defect_count; i++)
		TRY(sql_defect_add(ctx, &(struct sql_defect_add_params){ .id = id_new(ctx), .case_id = pad->c.id, .notice = notice,
			.field = step->defects[i].field, .text = case_seal(ctx, &pad->c, step->defects[i].text) }));
	return RC_OK;
}

/* The act itself with what it sets in the row, before the process hears of it. */
static enum rc do_act(struct ctx *ctx, struct pad *pad, const struct step_rule *rule, const struct casefile_step *step,
	struct sv details)
{
	int64_t now = clock_now(ctx->clock);

	if (rule->act == ACT_GRANT || rule->act == ACT_REFUSE)
		return pad_decide(ctx, pad, rule->act, details);
	TRY(pad_act(ctx, pad, rule->act, details));
	if (rule->act == ACT_ACCEPT) {
		pad->c.accepted_at = now;
		return case_clock_update(ctx, &pad->c);
	}
	if (rule->act == ACT_DELIVER || rule->act == ACT_REFUSE_ACCEPTANCE)
		pad->c.closed_at = now;
	if (rule->act == ACT_SUPPLEMENT_ASK)
		return add_defects(ctx, pad, step);
	return RC_OK;
}

static struct feel_value answer_variables(struct ctx *ctx, const struct sql_task_by_id_row *task, struct sv outcome,
	struct sv reasons)
{
	struct feel_entry *entries = ARENA_ARRAY(ctx->arena, struct feel_entry, 3);

	if (sv_equal_z(task->act, route_rule.task)) {
		entries[0] = (struct feel_entry){ SV("flow"), feel_text(outcome) };
		return feel_context(entries, 1);
	}
	entries[0] = (struct feel_entry){ SV("outcome"), feel_text(outcome) };
	entries[1] = (struct feel_entry){ SV("reason"), sv_is_empty(reasons) ? feel_null() : feel_text(reasons) };
	entries[2] = (struct feel_entry){ SV("department"), feel_text(task->department) };
	return feel_context(entries, sv_equal(task->act, SV("countersign")) ? 3 : 2);
}

static enum rc tell_process(struct ctx *ctx, struct pad *pad, const struct sql_task_by_id_row *task, const struct casefile_step *step,
	const char *stopped)
{
	struct flow flow;
	int64_t wait;

	TRY(flow_open(ctx, pad, &flow));
	TRY(flow_doubt(&flow, stopped));
	if (!sv_parse_i64(task->wait, &wait))
		return fail_internal(ctx, "task with wait «%.*s»", SV_FMT(task->wait));
	return flow_complete(&flow, (uint32_t)wait, answer_variables(ctx, task, step->outcome, step->reasons));
}

enum rc casefile_step_do(struct ctx *ctx, const struct casefile_step *step)
{
	struct sql_task_by_id_row task;
	struct pad pad;
	int64_t changed;
	enum rc rc = sql_task_by_id(ctx, step->task, &task);

	if (rc == RC_NOT_FOUND)
		return fail(ctx, rc, N_("There is no such task."), NULL);
	TRY(rc);
	TRY(pad_open(ctx, task.case_id, step->revision, &pad));
	const struct step_rule *rule = rule_of(task.act, step->outcome);
	TRY(check_step(ctx, &pad.c, &task, step, rule));
	TRY(do_act(ctx, &pad, rule, step, step_details(ctx, &pad.c, &task, step, rule)));
	TRY(sql_task_close(ctx, clock_now(ctx->clock), step->outcome, 0, task.id, &changed));
	if (changed != 1)
		return fail(ctx, RC_CONFLICT, N_("This task is already done. Look at the case as it is now."), NULL);
	if (rule->act == ACT_SUPPLEMENT_ASK)
		TRY(store_timer_cancel(ctx, casefile_timer_kind, pad.c.id, (struct sv){ NULL, 0 }));
	else
		TRY(tell_process(ctx, &pad, &task, step, NULL));
	return pad_save(ctx, &pad);
}

/* The wait that a supplement notice left open: the accept task whose row was closed with "supplement". */
enum rc casefile_supplement_answered(struct ctx *ctx, struct pad *pad, const char *stopped)
{
	static const struct casefile_step answered = { .outcome = SV_INIT("supplement") };
	struct sql_tasks_of_rows tasks;
	struct sql_task_by_id_row task;

	TRY(sql_tasks_of(ctx, pad->c.id, &tasks));
	for (size_t i = tasks.len; i > 0; i--) {
		if (!sv_equal(tasks.at[i - 1].outcome, SV("supplement")))
			continue;
		TRY(sql_task_by_id(ctx, tasks.at[i - 1].id, &task));
		return tell_process(ctx, pad, &task, &answered, stopped);
	}
	return fail_internal(ctx, "a case waits for a supplement nobody asked for");
}

enum rc casefile_extend(struct ctx *ctx, struct id id, int64_t revision, struct sv reasons)
{
	struct pad pad;
	struct case_clock clock;

	TRY(pad_open(ctx, id, revision, &pad));
	if (ctx->who->kind != PRINCIPAL_SYSTEM
		&& (!principal_may(ctx->who, PERMISSION_CASE_DECIDE)
			|| !identity_holds_post(ctx, pad.c.department, SV("approver"))))
		return fail(ctx, RC_FORBIDDEN, N_("Only the head of the deciding department may extend the limit."), NULL);
	if (!pad.c.service->extension.days)
		return fail(ctx, RC_CONFLICT, N_("The law knows no extension for this service."), NULL);
	TRY(case_clock_load(ctx, &pad.c, &clock));
	TRY(limit_extend(ctx, ctx->site->calendar, &clock.ledger, &clock.statutory, &(struct limit_extension){
		.day = civil_china_day(clock_now(ctx->clock)),
		.more = (int)pad.c.service->extension.days,
		.approver = ctx->who->kind == PRINCIPAL_SYSTEM ? SV("system") : ctx->who->name,
		.reason = reasons,
	}));
	TRY(sql_extension_add(ctx, pad.c.id, pad.c.service->extension.days, clock_now(ctx->clock), ctx->who->account));
	TRY(pad_act_one(ctx, &pad, ACT_EXTEND, "reasons", reasons));
	TRY(case_clock_update(ctx, &pad.c));
	return pad_save(ctx, &pad);
}

enum rc casefile_task_claim(struct ctx *ctx, struct id task)
{
	struct sql_task_by_id_row row;
	int64_t changed;
	enum rc rc = sql_task_by_id(ctx, task, &row);

	if (rc == RC_NOT_FOUND)
		return fail(ctx, rc, N_("There is no such task."), NULL);
	TRY(rc);
	if (!identity_holds_post(ctx, row.department, row.post))
		return fail(ctx, RC_FORBIDDEN, N_("This task belongs to another post. Ask the one who holds it."), NULL);
	TRY(sql_task_claim(ctx, ctx->who->account, task, &changed));
	if (changed != 1)
		return fail(ctx, RC_CONFLICT, N_("Somebody else has taken this task already."), NULL);
	return RC_OK;
}
