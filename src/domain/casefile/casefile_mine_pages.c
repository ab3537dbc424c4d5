/* The applicant's cases: the list, one case with its timeline and due dates, and how a due date came about. */
#include "base/civil.h"
#include "base/format.h"
#include "base/site.h"
#include "domain/casefile/casefile_show_int.h"

#include "base/banned.h"

enum { CASES_A_PAGE = 20 };

struct sv casefile_href(struct ctx *ctx, struct id id, const char *tail)
{
	return arena_printf(ctx->arena, "/cases/%s%s", id_text(ctx->arena, id).ptr, tail);
}

/* --- the list --- */

struct mine {
	int64_t before;
};
static const struct input_field mine_fields[] = { INPUT(struct mine, before, INT, .min = 0, .max = INT64_MAX - 1) };
static const struct input mine_input = INPUT_OF(struct mine, mine_fields);

static enum rc mine_page(struct ctx *ctx, const struct request *request, struct response *response)
{
	const struct mine *in = request->input;
	struct sql_cases_of_party_rows rows;

	TRY(sql_cases_of_party(ctx, ctx->who->subject, in->before == INPUT_ABSENT ? INT64_MAX : in->before, CASES_A_PAGE + 1,
		&rows));
	size_t count = rows.len > CASES_A_PAGE ? CASES_A_PAGE : rows.len;
	struct html_casefile_mine_cases *list = ARENA_ARRAY(ctx->arena, struct html_casefile_mine_cases, count);
	for (size_t i = 0; i < count; i++) {
		const struct service *service;
		TRY(catalogue_version(ctx, rows.at[i].version, &service));
		enum casefile_state state = (enum casefile_state)rows.at[i].state;
		list[i] = (struct html_casefile_mine_cases){
			.service = bitext_pick(ctx, service->name),
			.number = rows.at[i].number,
			.href = casefile_href(ctx, rows.at[i].id, ""),
			.state = sv_of(casefile_state_code(state)),
			.state_text = tr(ctx, casefile_state_text(state)),
			.at = rows.at[i].filed_at ? rows.at[i].filed_at : rows.at[i].saved_at,
			.due = { rows.at[i].promised_due != 0 && (state == CASE_ACCEPTED || state == CASE_SUSPENDED),
				rows.at[i].promised_due },
			.wanted = state == CASE_SUPPLEMENT,
		};
	}
	struct html_casefile_mine view = { .cases = { list, count } };
	if (rows.len > count)
		view.older = arena_printf(ctx->arena, "/cases?before=%lld", (long long)rows.at[count].opened_at);
	return response_page(ctx, response, &html_casefile_mine_view, &view);
}

/* --- one case --- */

struct one {
	struct id id;
};
static const struct input_field one_fields[] = { INPUT(struct one, id, ID, .required = true) };
static const struct input one_input = INPUT_OF(struct one, one_fields);

/* Which acts are sealed marks on the timeline; register reads and rules are recorded, decisions are sealed. */
static struct sv seal_of(enum casefile_act act)
{
	return act == ACT_GRANT || act == ACT_REFUSE || act == ACT_ISSUE || act == ACT_ACCEPT || act == ACT_FILE ? SV("sealed")
														  : SV("recorded");
}

/* A member of an act's details in words: codes are named, texts stand as they were written. */
static struct sv detail_words(struct ctx *ctx, const struct casefile *c, const char *key, struct sv value)
{
	const struct service_procedure *procedure;
	struct department department;

	if (strcmp(key, "register") == 0)
		return case_register_name(ctx, value);
	if (strcmp(key, "task") == 0)
		return casefile_step_name(ctx, c->service, value);
	if (strcmp(key, "procedure") == 0 && (procedure = service_procedure_find(c->service, value)))
		return bitext_pick(ctx, procedure->name);
	if (strcmp(key, "department") == 0 && identity_department_find(ctx, value, &department) == RC_OK)
		return bitext_pick(ctx, department.name);
	return value;
}

/* What an act says for people, out of its record. */
static struct sv event_words(struct ctx *ctx, const struct casefile *c, const struct json *details)
{
	static const char *const shown[] = { "register", "procedure", "department", "task", "reasons", "remedy" };
	struct buf buf;

	buf_init(&buf, ctx->arena, CASE_MAX_RECORD);
	for (size_t i = 0; i < sizeof(shown) / sizeof(*shown); i++) {
		struct sv text = json_string(json_get(details, sv_of(shown[i])));
		if (sv_is_empty(text))
			continue;
		if (buf.len)
			buf_byte(&buf, '\n');
		buf_sv(&buf, detail_words(ctx, c, shown[i], text));
	}
	return buf_view(&buf);
}

enum rc casefile_history(struct ctx *ctx, const struct casefile *c, struct case_history *ret)
{
	struct casefile_event *events;
	size_t count;

	TRY(casefile_events(ctx, c, &events, &count));
	const struct json **details = ARENA_ARRAY(ctx->arena, const struct json *, count);
	for (size_t i = 0; i < count; i++) {
		const struct json *record;
		TRY(json_parse(ctx, SV("record"), events[i].record, &json_limits_request, &record));
		details[i] = json_get(record, SV("details"));
	}
	*ret = (struct case_history){ events, details, count };
	return RC_OK;
}

enum rc casefile_timeline(struct ctx *ctx, const struct casefile *c, const struct case_history *history,
	bool for_officer, struct html_events *ret)
{
	size_t count = history->len;
	struct html_event *list = ARENA_ARRAY(ctx->arena, struct html_event, count);

	for (size_t i = 0; i < count; i++) {
		const struct casefile_event *event = &history->events[count - 1 - i]; /* newest first */
		struct department department;
		struct sv who = SV("");
		if (!sv_is_absent(event->department)) {
			TRY(identity_department_find(ctx, event->department, &department));
			who = bitext_pick(ctx, department.name);
			who = for_officer ? arena_printf(ctx->arena, "%.*s · %.*s", SV_FMT(who), SV_FMT(event->actor_name))
					  : tr_args(ctx, N_("{department}, officer {code}"),
						    ARGS({ "department", who }, { "code", event->actor_code }));
		} else if (sv_is_absent(event->actor_name)) {
			who = tr(ctx, N_("By rule, without a person"));
		}
		list[i] = (struct html_event){
			.at = event->at,
			.title = tr(ctx, casefile_act_rules[event->act].text),
			.who = who,
			.body = event_words(ctx, c, history->details[count - 1 - i]),
			.href = arena_printf(ctx->arena, "/receipts/%s", id_text(ctx->arena, event->leaf).ptr),
			.seal = seal_of(event->act),
		};
	}
	*ret = (struct html_events){ list, count };
	return RC_OK;
}

/* "What happens next and who does it": the names of the open tasks and their departments. */
static enum rc next_steps(struct ctx *ctx, const struct casefile *c, struct html_options *ret)
{
	struct casefile_task *tasks;
	size_t count, used = 0;

	if (c->closed_at)
		return RC_OK;
	TRY(casefile_tasks(ctx, c->id, &tasks, &count));
	struct html_option *list = ARENA_ARRAY(ctx->arena, struct html_option, count);
	for (size_t i = 0; i < count; i++) {
		struct department department;
		if (tasks[i].closed_at)
			continue;
		TRY(identity_department_find(ctx, tasks[i].department, &department));
		struct sv who = bitext_pick(ctx, department.name);
		bool has_day = tasks[i].due_day && tasks[i].due_day < CASE_NO_DUE;
		list[used++] = (struct html_option){
			.label = casefile_step_name(ctx, c->service, tasks[i].element),
			.hint = has_day ? tr_args(ctx, N_("{department}, by {day}"),
						  ARGS({ "department", who }, { "day", format_day(ctx, tasks[i].due_day) }))
					: who,
		};
	}
	*ret = (struct html_options){ list, used };
	return RC_OK;
}

/* Once it is decided, how long it took; absent before, and where no clock runs. */
static struct sv decided_words(struct ctx *ctx, const struct casefile *c)
{
	if (!c->decided_at || !c->promised_due)
		return (struct sv){ NULL, 0 };
	struct sv day = format_day(ctx, civil_china_day(c->decided_at));
	if (c->days_used == 0)
		return tr_args(ctx, N_("Decided on {day}, the day it was accepted."), ARGS({ "day", day }));
	return tr_args(ctx, N_("Decided on {day}, {n} working days after it was accepted."),
		ARGS({ "day", day }, { "n", arena_printf(ctx->arena, "%lld", (long long)c->days_used) }));
}

static enum rc defect_list(struct ctx *ctx, const struct casefile *c, struct html_casefile_case *view)
{
	struct casefile_defect *defects;
	size_t count;

	if (c->state != CASE_SUPPLEMENT)
		return RC_OK;
	TRY(casefile_defects(ctx, c, &defects, &count));
	struct html_problem *list = ARENA_ARRAY(ctx->arena, struct html_problem, count);
	for (size_t i = 0; i < count; i++)
		list[i] = (struct html_problem){ .href = casefile_field_href(ctx, c, defects[i].field), .field = defects[i].field,
			.message = defects[i].text };
	view->defects = (struct html_problems){ list, count };
	return RC_OK;
}

static enum rc show_case(struct ctx *ctx, const struct casefile *c, struct response *response)
{
	bool open = c->state == CASE_FILED || c->state == CASE_SUPPLEMENT || c->state == CASE_ACCEPTED || c->state == CASE_SUSPENDED;
	struct case_history history;
	struct html_casefile_case view = {
		.service = bitext_pick(ctx, c->service->name),
		.number = c->number,
		.state = sv_of(casefile_state_code(c->state)),
		.state_text = tr(ctx, casefile_state_text(c->state)),
		.sentence = casefile_sentence(ctx, c),
		.filed = { c->filed_at != 0, c->filed_at },
		.promised = { c->promised_due != 0, c->promised_due },
		.decided = decided_words(ctx, c),
		.statutory = { c->statutory_due != 0, c->statutory_due },
		.why = casefile_href(ctx, c->id, "/due"),
		.answers = casefile_href(ctx, c->id, "/check"),
		.pages = casefile_href(ctx, c->id, "/pages"),
		.withdraw = casefile_href(ctx, c->id, "/withdraw"),
		.revision = c->revision,
		.wanted = c->state == CASE_SUPPLEMENT,
		.open = open,
		.granted = c->state == CASE_GRANTED || c->state == CASE_CLOSED,
		.refused = c->state == CASE_REFUSED,
		.remedy = bitext_pick(ctx, c->service->remedy),
	};

	TRY(defect_list(ctx, c, &view));
	TRY(next_steps(ctx, c, &view.next));
	TRY(casefile_answer_rows(ctx, c, &view.answer));
	TRY(casefile_history(ctx, c, &history));
	TRY(casefile_rulings(ctx, c, &history, &view.rulings));
	TRY(casefile_timeline(ctx, c, &history, false, &view.timeline));
	return response_page(ctx, response, &html_casefile_case_view, &view);
}

static enum rc case_page(struct ctx *ctx, const struct request *request, struct response *response)
{
	const struct one *in = request->input;
	struct casefile c;

	TRY(casefile_find(ctx, in->id, &c));
	if (c.state == CASE_DRAFT)
		return casefile_draft_page(ctx, &c, request, response);
	return show_case(ctx, &c, response);
}

/* --- how the date came about --- */

static void due_lines(struct ctx *ctx, const struct case_clock *clock, const struct limit *limit, int64_t at,
	struct html_casefile_due *view)
{
	struct limit_line *lines;
	size_t count = limit_explain(ctx->arena, ctx->site->calendar, &clock->ledger, limit, at, &lines);
	struct html_casefile_due_days *days = ARENA_ARRAY(ctx->arena, struct html_casefile_due_days, count);

	for (size_t i = 0; i < count; i++) {
		days[i] = (struct html_casefile_due_days){
			.day = lines[i].day,
			.text = limit_line_text(ctx, &lines[i]),
			.number = { lines[i].kind == LIMIT_LINE_COUNTED, lines[i].number },
			.counted = lines[i].kind == LIMIT_LINE_COUNTED,
			.stopped = lines[i].kind == LIMIT_LINE_STOPPED,
			.is_due = lines[i].is_due,
			.provisional = lines[i].is.provisional,
		};
		view->provisional |= lines[i].is.provisional;
	}
	view->days.at = days;
	view->days.len = count;
}

static enum rc due_page(struct ctx *ctx, const struct request *request, struct response *response)
{
	const struct one *in = request->input;
	struct casefile c;
	struct case_clock clock;

	TRY(casefile_find(ctx, in->id, &c));
	TRY(case_clock_load(ctx, &c, &clock));
	if (!clock.runs)
		return fail(ctx, RC_NOT_FOUND, N_("No clock runs for this case yet. It starts when the application is accepted."), NULL);
	int64_t at = civil_china_day(c.decided_at ? c.decided_at : clock_now(ctx->clock));
	struct limit_state statutory = limit_state(ctx->site->calendar, &clock.ledger, &clock.statutory, at);
	struct limit_state promised = limit_state(ctx->site->calendar, &clock.ledger, &clock.promised, at);
	struct html_casefile_due view = {
		.number = c.number,
		.back = casefile_href(ctx, c.id, ""),
		.accepted = civil_china_day(c.accepted_at),
		.statutory = statutory.due,
		.statutory_days = statutory.total,
		.promised = promised.due,
		.promised_days = promised.total,
		.used = statutory.used,
		.decided = { c.decided_at != 0, c.decided_at },
	};
	due_lines(ctx, &clock, &clock.promised, at, &view);
	return response_page(ctx, response, &html_casefile_due_view, &view);
}

/* --- the record of why --- */

struct rule {
	struct id id, event;
};
static const struct input_field rule_fields[] = {
	INPUT(struct rule, id, ID, .required = true),
	INPUT(struct rule, event, ID, .required = true),
};
static const struct input rule_input = INPUT_OF(struct rule, rule_fields);

static enum rc rule_page(struct ctx *ctx, const struct request *request, struct response *response)
{
	const struct rule *in = request->input;
	struct casefile c;

	TRY(casefile_find(ctx, in->id, &c));
	struct html_casefile_rule view = {
		.number = c.number,
		.service = bitext_pick(ctx, c.service->name),
		.back = ctx->who->kind == PRINCIPAL_OFFICER ? arena_printf(ctx->arena, "/desk/cases/%s", id_text(ctx->arena, c.id).ptr)
							   : casefile_href(ctx, c.id, ""),
	};
	TRY(casefile_ruling(ctx, &c, in->event, &view.rulings));
	return response_page(ctx, response, &html_casefile_rule_view, &view);
}

/* The very bytes whose SHA-256 the receipt has. */
static enum rc record_page(struct ctx *ctx, const struct request *request, struct response *response)
{
	const struct rule *in = request->input;
	struct casefile c;
	struct sv record;

	TRY(casefile_find(ctx, in->id, &c));
	TRY(casefile_rule_record(ctx, &c, in->event, &record));
	return response_json(ctx, response, record);
}

/* --- withdrawing --- */

struct withdraw {
	struct id id;
	int64_t revision;
	struct sv reason;
};
static const struct input_field withdraw_fields[] = {
	INPUT(struct withdraw, id, ID, .required = true),
	INPUT(struct withdraw, revision, INT, .required = true, .min = 1, .max = INT64_MAX),
	INPUT(struct withdraw, reason, LONG_TEXT, .max = 2000),
};
static const struct input withdraw_input = INPUT_OF(struct withdraw, withdraw_fields);

static enum rc withdraw_page(struct ctx *ctx, const struct request *request, struct response *response)
{
	const struct one *in = request->input;
	struct casefile c;

	TRY(casefile_find(ctx, in->id, &c));
	struct html_casefile_withdraw view = {
		.errors = html_problems_of(ctx, request->problem),
		.service = bitext_pick(ctx, c.service->name),
		.number = c.number,
		.action = casefile_href(ctx, c.id, "/withdraw"),
		.back = casefile_href(ctx, c.id, ""),
		.revision = c.revision,
		.reason = request_typed(request, "reason"),
	};
	return response_page(ctx, response, &html_casefile_withdraw_view, &view);
}

static enum rc withdraw_act(struct ctx *ctx, const struct request *request, struct response *response)
{
	const struct withdraw *in = request->input;

	TRY(casefile_withdraw(ctx, in->id, in->revision, in->reason));
	return response_redirect(ctx, response, casefile_href(ctx, in->id, ""), N_("The application is withdrawn."));
}

static const struct route casefile_mine_routes[] = {
	{ "GET", "/cases", NEEDS(PERMISSION_APPLY), &mine_input, mine_page, .view = &html_casefile_mine_view,
		.summary = N_("One's own cases") },
	{ "GET", "/cases/{id}", NEEDS(PERMISSION_APPLY), &one_input, case_page, .view = &html_casefile_case_view,
		.summary = N_("A case with its timeline") },
	{ "GET", "/cases/{id}/due", NEEDS(PERMISSION_SIGNED_IN), &one_input, due_page, .view = &html_casefile_due_view,
		.summary = N_("How the due dates of a case came about, day by day"), .flags = ROUTE_WRITES },
	{ "GET", "/cases/{id}/rules/{event}", NEEDS(PERMISSION_SIGNED_IN), &rule_input, rule_page, .view = &html_casefile_rule_view,
		.summary = N_("How the rules decided: inputs with their sources, every rule"), .flags = ROUTE_WRITES },
	{ "GET", "/cases/{id}/rules/{event}/record", NEEDS(PERMISSION_SIGNED_IN), &rule_input, record_page,
		.summary = N_("The record of why the rules decided as they did"), .flags = ROUTE_WRITES },
	{ "GET", "/cases/{id}/withdraw", NEEDS(PERMISSION_APPLY), &one_input, withdraw_page,
		.view = &html_casefile_withdraw_view, .summary = N_("Form to withdraw an application") },
	{ "POST", "/cases/{id}/withdraw", NEEDS(PERMISSION_APPLY), &withdraw_input, withdraw_act, .body = BODY_FORM,
		.summary = N_("Withdraw an application") },
};

const struct module casefile_mine_module = { .name = "casefile.mine", MODULE_LIST(route, casefile_mine_routes) };
