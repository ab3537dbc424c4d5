/* The officers' desk: the work list with filters that read as a sentence and can be kept, one case on one screen, and the
 * acts. Opening a case is an act too: the page runs on the writer, since the read is recorded. */
#include "base/civil.h"
#include "base/site.h"
#include "domain/casefile/casefile_show_int.h"

#include "base/banned.h"

enum { TASKS_A_PAGE = 50 };

/* --- the work list --- */

struct desk {
	struct sv service, act, clock, number, applicant;
	bool mine;
	int64_t after_day;
	struct id after_id;
};
static const char *const clock_words[] = { "late", "warn", NULL };
static const struct input_field desk_fields[] = {
	INPUT(struct desk, service, TEXT, .max = 64),
	INPUT(struct desk, act, TEXT, .max = 32),
	INPUT(struct desk, clock, CHOICE, .choices = clock_words),
	INPUT(struct desk, number, TEXT, .max = 20),
	INPUT(struct desk, applicant, TEXT, .max = 100),
	INPUT(struct desk, mine, BOOL),
	INPUT(struct desk, after_day, INT, .min = 0, .max = CASE_NO_DUE),
	INPUT(struct desk, after_id, ID),
};
static const struct input desk_input = INPUT_OF(struct desk, desk_fields);

static const struct {
	const char *act, *text;
} task_words[] = {
	{ "accept", N_("accept") }, { "review", N_("review") }, { "inspect", N_("inspect") },
	{ "countersign", N_("countersign") }, { "decide", N_("decide") }, { "deliver", N_("deliver") },
	{ "route", N_("choose the way") },
};

/* Colour of a due day: late, warn on the last two working days, ok. */
static struct sv due_colour(struct ctx *ctx, enum casefile_state state, int64_t due, int64_t today)
{
	if (state == CASE_SUSPENDED)
		return SV("paused");
	if (due == CASE_NO_DUE)
		return SV("ok");
	int left = limit_between(ctx->site->calendar, today, due);
	return left < 0 ? SV("late") : left <= 2 ? SV("warn") : SV("ok");
}

static struct sv due_words(struct ctx *ctx, enum casefile_state state, int64_t due, int64_t today)
{
	if (state == CASE_SUSPENDED)
		return tr(ctx, N_("stopped"));
	if (due == CASE_NO_DUE)
		return tr(ctx, N_("no limit"));
	int left = limit_between(ctx->site->calendar, today, due);
	if (left == 0)
		return tr(ctx, N_("due today"));
	if (left == 1 || left == -1)
		return tr(ctx, left < 0 ? N_("1 working day late") : N_("1 working day left"));
	struct sv days = arena_printf(ctx->arena, "%d", left < 0 ? -left : left);
	return tr_args(ctx, left < 0 ? N_("{days} working days late") : N_("{days} working days left"), ARGS({ "days", days }));
}

/* Until which due day the clock filter reaches. */
static int64_t due_until(struct ctx *ctx, struct sv clock, int64_t today)
{
	if (sv_equal(clock, SV("late")))
		return today - 1;
	if (sv_equal(clock, SV("warn")))
		return limit_add(ctx->site->calendar, today, 2, NULL);
	return CASE_NO_DUE;
}

static enum rc find_tasks(struct ctx *ctx, const struct desk *in, int64_t today, struct sql_desk_tasks_rows *ret)
{
	int64_t day = in->after_day == INPUT_ABSENT ? 0 : in->after_day, until = due_until(ctx, in->clock, today);
	struct sv department = ctx->who->department_code;
	bool of_service = !sv_is_empty(in->service), of_act = !sv_is_empty(in->act);
	enum { LIMIT = TASKS_A_PAGE + 1 };

	if (in->mine)
		return sql_desk_tasks_mine(ctx, &(struct sql_desk_tasks_mine_params){ .account = ctx->who->account,
			.department = department, .service_code = of_service ? in->service : SV(""), .act = of_act ? in->act : SV(""),
			.after_day = day, .after_id = in->after_id, .due_until = until, .limit = LIMIT }, ret);
	if (of_service && of_act)
		return sql_desk_tasks_of_service_act(ctx, &(struct sql_desk_tasks_of_service_act_params){ .department = department,
			.service_code = in->service, .act = in->act, .after_day = day, .after_id = in->after_id, .due_until = until,
			.limit = LIMIT }, ret);
	if (of_service)
		return sql_desk_tasks_of_service(ctx, &(struct sql_desk_tasks_of_service_params){ .department = department,
			.service_code = in->service, .after_day = day, .after_id = in->after_id, .due_until = until, .limit = LIMIT }, ret);
	if (of_act)
		return sql_desk_tasks_of_act(ctx, &(struct sql_desk_tasks_of_act_params){ .department = department, .act = in->act,
			.after_day = day, .after_id = in->after_id, .due_until = until, .limit = LIMIT }, ret);
	return sql_desk_tasks(ctx, &(struct sql_desk_tasks_params){ .department = department, .after_day = day,
		.after_id = in->after_id, .due_until = until, .limit = LIMIT }, ret);
}

static enum rc desk_row(struct ctx *ctx, const struct sql_desk_tasks_row *task, int64_t today, struct html_casefile_desk_tasks *ret)
{
	const struct service *service;
	struct sv applicant;

	TRY(catalogue_version(ctx, task->version, &service));
	TRY(casefile_unseal(ctx, task->case_id, task->department, task->sealed_key, task->applicant, &applicant));
	*ret = (struct html_casefile_desk_tasks){
		.href = arena_printf(ctx->arena, "/desk/cases/%s", id_text(ctx->arena, task->case_id).ptr),
		.number = task->number,
		.applicant = applicant,
		.service = bitext_pick(ctx, service->name),
		.step = casefile_step_name(ctx, service, task->element),
		.since = task->opened_at,
		.due = { task->due_day != CASE_NO_DUE, task->due_day },
		.colour = due_colour(ctx, (enum casefile_state)task->state, task->due_day, today),
		.colour_text = due_words(ctx, (enum casefile_state)task->state, task->due_day, today),
		.mine = id_equal(task->assignee, ctx->who->account),
	};
	return RC_OK;
}

static enum rc service_options(struct ctx *ctx, struct sv chosen, struct html_options *ret)
{
	struct catalogue_item *items;
	size_t count;

	TRY(catalogue_list(ctx, &items, &count));
	struct html_option *options = ARENA_ARRAY(ctx->arena, struct html_option, count);
	for (size_t i = 0; i < count; i++)
		options[i] = (struct html_option){ .value = items[i].code, .label = bitext_pick(ctx, items[i].name),
			.selected = sv_equal(items[i].code, chosen) };
	*ret = (struct html_options){ options, count };
	return RC_OK;
}

static struct html_options act_options(struct ctx *ctx, struct sv chosen)
{
	size_t count = sizeof(task_words) / sizeof(*task_words);
	struct html_option *options = ARENA_ARRAY(ctx->arena, struct html_option, count);

	for (size_t i = 0; i < count; i++)
		options[i] = (struct html_option){ .value = sv_of(task_words[i].act), .label = tr(ctx, task_words[i].text),
			.selected = sv_equal_z(chosen, task_words[i].act) };
	return (struct html_options){ options, count };
}

static enum rc kept_filters(struct ctx *ctx, struct html_casefile_desk *view)
{
	struct sql_filters_of_rows rows;

	TRY(sql_filters_of(ctx, ctx->who->account, &rows));
	struct html_casefile_desk_filters *list = ARENA_ARRAY(ctx->arena, struct html_casefile_desk_filters, rows.len);
	for (size_t i = 0; i < rows.len; i++)
		list[i] = (struct html_casefile_desk_filters){
			.name = rows.at[i].name,
			.href = arena_printf(ctx->arena, "/desk?%.*s", SV_FMT(rows.at[i].query)),
			.drop = arena_printf(ctx->arena, "/desk/filters/%s/drop", id_text(ctx->arena, rows.at[i].id).ptr),
		};
	view->filters.at = list;
	view->filters.len = rows.len;
	return RC_OK;
}

/* The filter as a query, for keeping it and for the next page. */
static struct sv filter_query(struct ctx *ctx, const struct desk *in)
{
	return arena_printf(ctx->arena, "service=%.*s&act=%.*s&clock=%.*s%s", SV_FMT(in->service), SV_FMT(in->act),
		SV_FMT(in->clock), in->mine ? "&mine=1" : "");
}

/* By number or by the applicant's exact name: straight to the cases. */
static enum rc find_cases(struct ctx *ctx, const struct desk *in, struct html_casefile_desk *view)
{
	struct sql_cases_by_applicant_rows rows;
	struct sv number;

	if (!sv_is_empty(in->number)) {
		struct sql_case_id_by_number_row row;
		if (casefile_number_read(ctx, in->number, &number) && sql_case_id_by_number(ctx, number, &row) == RC_OK) {
			struct html_link *link = ARENA_NEW(ctx->arena, struct html_link);
			*link = (struct html_link){ .href = arena_printf(ctx->arena, "/desk/cases/%s", id_text(ctx->arena, row.id).ptr),
				.label = number };
			view->found = (struct html_links){ link, 1 };
		}
		view->searched = true;
		return RC_OK;
	}
	if (sv_is_empty(in->applicant))
		return RC_OK;
	view->searched = true;
	TRY(sql_cases_by_applicant(ctx, ctx->who->department_code, casefile_applicant_mark(ctx, in->applicant), &rows));
	struct html_link *links = ARENA_ARRAY(ctx->arena, struct html_link, rows.len);
	for (size_t i = 0; i < rows.len; i++)
		links[i] = (struct html_link){ .href = arena_printf(ctx->arena, "/desk/cases/%s", id_text(ctx->arena, rows.at[i].id).ptr),
			.label = sv_is_absent(rows.at[i].number) ? tr(ctx, N_("Draft")) : rows.at[i].number };
	view->found = (struct html_links){ links, rows.len };
	return RC_OK;
}

static enum rc desk_page(struct ctx *ctx, const struct request *request, struct response *response)
{
	const struct desk *in = request->input;
	struct sql_desk_tasks_rows rows;
	struct department department;
	int64_t today = civil_china_day(clock_now(ctx->clock));

	if (ctx->who->kind != PRINCIPAL_OFFICER)
		return fail(ctx, RC_FORBIDDEN, N_("The desk is for officers."), NULL);
	TRY(find_tasks(ctx, in, today, &rows));
	TRY(identity_department_find(ctx, ctx->who->department_code, &department));
	size_t count = rows.len > TASKS_A_PAGE ? TASKS_A_PAGE : rows.len;
	struct html_casefile_desk_tasks *tasks = ARENA_ARRAY(ctx->arena, struct html_casefile_desk_tasks, count);
	for (size_t i = 0; i < count; i++)
		TRY(desk_row(ctx, &rows.at[i], today, &tasks[i]));
	struct html_casefile_desk view = {
		.department = bitext_pick(ctx, department.name),
		.tasks = { tasks, count },
		.acts = act_options(ctx, in->act),
		.mine = in->mine,
		.late = sv_equal(in->clock, SV("late")),
		.warn = sv_equal(in->clock, SV("warn")),
		.number = in->number,
		.applicant = in->applicant,
		.query = filter_query(ctx, in),
		.filtered = in->mine || !sv_is_empty(in->service) || !sv_is_empty(in->act) || !sv_is_empty(in->clock),
	};
	TRY(service_options(ctx, in->service, &view.services));
	TRY(kept_filters(ctx, &view));
	TRY(find_cases(ctx, in, &view));
	if (rows.len > count)
		view.next = arena_printf(ctx->arena, "/desk?%.*s&after_day=%lld&after_id=%s", SV_FMT(view.query),
			(long long)rows.at[count - 1].due_day, id_text(ctx->arena, rows.at[count - 1].id).ptr);
	return response_page(ctx, response, &html_casefile_desk_view, &view);
}

/* --- kept filters --- */

struct filter {
	struct sv name, query;
};
static const struct input_field filter_fields[] = {
	INPUT(struct filter, name, TEXT, .required = true, .max = 40, .label = N_("Keep this view as")),
	INPUT(struct filter, query, TEXT, .required = true, .max = 400),
};
static const struct input filter_input = INPUT_OF(struct filter, filter_fields);

static enum rc filter_act(struct ctx *ctx, const struct request *request, struct response *response)
{
	const struct filter *in = request->input;

	TRY(sql_filter_put(ctx, id_new(ctx), ctx->who->account, in->name, in->query));
	return response_redirect(ctx, response, arena_printf(ctx->arena, "/desk?%.*s", SV_FMT(in->query)),
		N_("The view is kept."));
}

struct one {
	struct id id;
};
static const struct input_field one_fields[] = { INPUT(struct one, id, ID, .required = true) };
static const struct input one_input = INPUT_OF(struct one, one_fields);

static enum rc filter_drop_act(struct ctx *ctx, const struct request *request, struct response *response)
{
	const struct one *in = request->input;

	TRY(sql_filter_drop(ctx, in->id, ctx->who->account));
	return response_redirect(ctx, response, SV("/desk"), N_("The view is removed."));
}

/* --- one case --- */

static void outcome_options(struct ctx *ctx, struct sv act, struct sv chosen, struct html_casefile_work *view)
{
	static const struct {
		const char *outcome, *text;
	} words[] = {
		{ "accepted", N_("Complete: accept") }, { "supplement", N_("Something is missing: send one supplement notice") },
		{ "refused", N_("Refuse, with reasons") }, { "passed", N_("In order") }, { "failed", N_("Not in order") },
		{ "agree", N_("Agree") }, { "object", N_("Object, with reasons") }, { "granted", N_("Grant") },
		{ "delivered", N_("Handed over") },
	};
	const char *outcomes[8];
	bool is_acceptance = sv_equal(act, SV("accept"));
	size_t count = casefile_outcomes(act, outcomes, 8);
	struct html_option *options = ARENA_ARRAY(ctx->arena, struct html_option, count);

	for (size_t i = 0; i < count; i++) {
		options[i] = (struct html_option){ .value = sv_of(outcomes[i]), .selected = sv_equal_z(chosen, outcomes[i]) };
		for (size_t j = 0; j < sizeof(words) / sizeof(*words); j++)
			if (strcmp(words[j].outcome, outcomes[i]) == 0)
				options[i].label = tr(ctx, words[j].text);
		if (is_acceptance && sv_equal(options[i].value, SV("refused"))) /* which is not refusing what is applied for */
			options[i].label = tr(ctx, N_("Do not accept, with reasons"));
	}
	view->outcomes = (struct html_options){ options, count };
	view->can_supplement = is_acceptance;
}

/* The ways that lead on from a gateway which no condition could answer. */
static void route_options(struct ctx *ctx, const struct casefile *c, struct sv element, struct sv chosen, struct html_casefile_work *view)
{
	const struct bpmn_node *node = bpmn_node_find(c->service->process, element);
	struct html_option *options;
	size_t count = 0;

	while (node && bpmn_flow_out(node, count))
		count++;
	options = ARENA_ARRAY(ctx->arena, struct html_option, count);
	for (size_t i = 0; i < count; i++) {
		const struct bpmn_flow *flow = bpmn_flow_out(node, i);
		options[i] = (struct html_option){
			.value = flow->id,
			.label = casefile_step_name(ctx, c->service, flow->target->id),
			.hint = bitext_pick(ctx, (struct bitext){ flow->name, bpmn_flow_attr(flow, "name_en") }),
			.selected = sv_equal(chosen, flow->id),
		};
	}
	view->outcomes = (struct html_options){ options, count };
}

/* Countersign votes: one a department, given, silent or still open. */
static enum rc show_votes(struct ctx *ctx, const struct casefile_task *tasks, size_t count, struct html_casefile_work *view)
{
	struct html_casefile_work_votes *votes = ARENA_ARRAY(ctx->arena, struct html_casefile_work_votes, count);
	size_t used = 0;

	for (size_t i = 0; i < count; i++) {
		struct department department;
		if (!sv_equal(tasks[i].act, SV("countersign")))
			continue;
		TRY(identity_department_find(ctx, tasks[i].department, &department));
		votes[used++] = (struct html_casefile_work_votes){
			.department = bitext_pick(ctx, department.name),
			.open = tasks[i].closed_at == 0,
			.silent = tasks[i].silent,
			.agreed = tasks[i].silent || sv_equal(tasks[i].outcome, SV("agree")),
			.at = { tasks[i].closed_at != 0, tasks[i].closed_at },
			.due = { tasks[i].due_day != CASE_NO_DUE, tasks[i].due_day },
		};
	}
	view->votes.at = votes;
	view->votes.len = used;
	return RC_OK;
}

/* The task of this officer, if any: the one primary action of the screen. */
static void show_task(struct ctx *ctx, const struct request *request, const struct casefile *c, const struct casefile_task *tasks,
	size_t count, struct html_casefile_work *view)
{
	for (size_t i = 0; i < count; i++) {
		const struct casefile_task *task = &tasks[i];
		if (task->closed_at || c->state == CASE_SUPPLEMENT || !principal_may(ctx->who, casefile_task_permission(task->act))
			|| !identity_holds_post(ctx, task->department, task->post))
			continue;
		view->has_task = true;
		view->task_action = arena_printf(ctx->arena, "/desk/tasks/%s", id_text(ctx->arena, task->id).ptr);
		view->claim_action = arena_printf(ctx->arena, "/desk/tasks/%s/claim", id_text(ctx->arena, task->id).ptr);
		view->claimed = !id_is_zero(task->assignee);
		view->step = casefile_step_name(ctx, c->service, task->element);
		int64_t today = civil_china_day(clock_now(ctx->clock));
		view->step_due = task->due_day == CASE_NO_DUE ? (struct html_optional){ 0 } : HTML_SOME(task->due_day);
		view->step_colour = due_colour(ctx, c->state, task->due_day, today);
		view->step_colour_text = due_words(ctx, c->state, task->due_day, today);
		if (sv_equal(task->act, SV("route")))
			route_options(ctx, c, task->element, request_typed(request, "outcome"), view);
		else
			outcome_options(ctx, task->act, request_typed(request, "outcome"), view);
		return;
	}
}

static void show_clock(struct ctx *ctx, const struct casefile *c, struct html_casefile_work *view)
{
	int64_t today = civil_china_day(clock_now(ctx->clock));

	if (!c->promised_due)
		return;
	if (c->decided_at || c->closed_at) { /* nothing runs any more */
		view->promised = HTML_SOME(c->promised_due);
		view->statutory = HTML_SOME(c->statutory_due);
		view->colour = SV("done");
		view->colour_text = tr_args(ctx, N_("{days} working days used"),
			ARGS({ "days", arena_printf(ctx->arena, "%lld", (long long)c->days_used) }));
		view->why = arena_printf(ctx->arena, "/cases/%s/due", id_text(ctx->arena, c->id).ptr);
		return;
	}
	view->promised = HTML_SOME(c->promised_due);
	view->statutory = HTML_SOME(c->statutory_due);
	view->colour = due_colour(ctx, c->state, c->promised_due, today);
	view->colour_text = due_words(ctx, c->state, c->promised_due, today);
	view->why = arena_printf(ctx->arena, "/cases/%s/due", id_text(ctx->arena, c->id).ptr);
	view->can_extend = c->service->extension.days && (c->state == CASE_ACCEPTED || c->state == CASE_SUSPENDED)
		&& principal_may(ctx->who, PERMISSION_CASE_DECIDE)
		&& identity_holds_post(ctx, c->department, SV("approver"));
	view->extend_action = arena_printf(ctx->arena, "/desk/cases/%s/extend", id_text(ctx->arena, c->id).ptr);
	view->extension = c->service->extension.days;
}

static enum rc show_application(struct ctx *ctx, const struct casefile *c, struct html_casefile_work *view)
{
	struct casefile_group *groups;
	struct casefile_file *files;
	size_t count;

	TRY(casefile_answer_groups(ctx, c, false, &groups, &count));
	struct html_casefile_work_groups *list = ARENA_ARRAY(ctx->arena, struct html_casefile_work_groups, count);
	for (size_t i = 0; i < count; i++)
		list[i] = (struct html_casefile_work_groups){ groups[i].label, groups[i].rows };
	view->groups.at = list;
	view->groups.len = count;
	TRY(casefile_files(ctx, c, &files, &count));
	struct html_link *links = ARENA_ARRAY(ctx->arena, struct html_link, count);
	for (size_t i = 0; i < count; i++)
		links[i] = (struct html_link){ .href = arena_printf(ctx->arena, "/cases/%s/files/%s", id_text(ctx->arena, c->id).ptr,
						       id_text(ctx->arena, files[i].id).ptr), .label = files[i].name };
	view->files = (struct html_links){ links, count };
	return RC_OK;
}

static enum rc show_work(struct ctx *ctx, const struct request *request, struct id id, struct response *response)
{
	struct casefile c;
	struct casefile_task *tasks;
	struct case_history history;
	size_t count;

	TRY(casefile_find(ctx, id, &c));
	TRY(casefile_tasks(ctx, c.id, &tasks, &count));
	struct html_casefile_work view = {
		.errors = html_problems_of(ctx, request->problem),
		.number = c.number,
		.applicant = c.applicant,
		.service = bitext_pick(ctx, c.service->name),
		.state = sv_of(casefile_state_code(c.state)),
		.state_text = tr(ctx, casefile_state_text(c.state)),
		.filed = { c.filed_at != 0, c.filed_at },
		.revision = c.revision,
		.reasons = request_typed(request, "reasons"),
		.why_extend = request_typed(request, "why"),
		.version = c.service->version_number,
	};
	view.outcome_error = html_problem_of(view.errors, SV("outcome"));
	view.reasons_error = html_problem_of(view.errors, SV("reasons"));
	view.places_error = html_problem_of(view.errors, SV("defects"));
	view.extend_error = html_problem_of(view.errors, SV("why"));
	show_clock(ctx, &c, &view);
	show_task(ctx, request, &c, tasks, count, &view);
	casefile_show_places(ctx, request, &c, &view);
	TRY(show_votes(ctx, tasks, count, &view));
	TRY(show_application(ctx, &c, &view));
	TRY(casefile_history(ctx, &c, &history));
	TRY(casefile_rulings_in_full(ctx, &c, &history, &view.rulings));
	TRY(casefile_timeline(ctx, &c, &history, true, &view.timeline));
	return response_page(ctx, response, &html_casefile_work_view, &view);
}

static enum rc work_page(struct ctx *ctx, const struct request *request, struct response *response)
{
	const struct one *in = request->input;

	return show_work(ctx, request, in->id, response);
}

/* --- acts --- */

struct step_post {
	struct id id;
	int64_t revision;
	struct sv outcome, reasons;
	struct input_tree defect;
};
static const struct input_field step_fields[] = {
	INPUT(struct step_post, id, ID, .required = true),
	INPUT(struct step_post, revision, INT, .min = 1, .max = INT64_MAX),
	INPUT(struct step_post, outcome, TEXT, .max = 200),
	INPUT(struct step_post, reasons, LONG_TEXT, .max = 5000, .label = N_("Reasons")),
	INPUT(struct step_post, defect, TREE),
};
static const struct input step_input = INPUT_OF(struct step_post, step_fields);

/* A field "defect.PATH" with a text is one defect at that path. */
static size_t read_defects(const struct input_tree *tree, struct casefile_defect *defects)
{
	size_t count = 0;

	for (size_t i = 0; i < tree->len && count < CASE_MAX_DEFECTS; i++)
		if (!sv_is_empty(sv_trim(tree->at[i].value)))
			defects[count++] = (struct casefile_defect){ tree->at[i].name, sv_trim(tree->at[i].value) };
	return count;
}

static enum rc step_act(struct ctx *ctx, const struct request *request, struct response *response)
{
	const struct step_post *in = request->input;
	struct sql_task_by_id_row task;
	struct casefile_defect defects[CASE_MAX_DEFECTS];
	struct casefile_step step = { .task = in->id, .revision = in->revision == INPUT_ABSENT ? 0 : in->revision,
		.outcome = sv_is_absent(in->outcome) ? SV("") : in->outcome, .reasons = in->reasons, .defects = defects };

	if (sv_equal(step.outcome, SV("supplement")))
		step.defect_count = read_defects(&in->defect, defects);
	TRY(casefile_step_do(ctx, &step));
	TRY(sql_task_by_id(ctx, in->id, &task));
	return response_redirect(ctx, response, arena_printf(ctx->arena, "/desk/cases/%s", id_text(ctx->arena, task.case_id).ptr),
		N_("Done and recorded."));
}

/* The case of the task again, with what was typed. */
static enum rc step_again(struct ctx *ctx, const struct request *request, struct response *response)
{
	struct sql_task_by_id_row task;
	struct id id;

	if (!id_parse(request_typed(request, "id"), &id) || sql_task_by_id(ctx, id, &task) != RC_OK)
		return fail(ctx, RC_NOT_FOUND, N_("There is no such task."), NULL);
	return show_work(ctx, request, task.case_id, response);
}

static enum rc claim_act(struct ctx *ctx, const struct request *request, struct response *response)
{
	const struct one *in = request->input;
	struct sql_task_by_id_row task;

	TRY(casefile_task_claim(ctx, in->id));
	TRY(sql_task_by_id(ctx, in->id, &task));
	return response_redirect(ctx, response, arena_printf(ctx->arena, "/desk/cases/%s", id_text(ctx->arena, task.case_id).ptr),
		N_("The task is yours."));
}

struct extend {
	struct id id;
	int64_t revision;
	struct sv why;
};
static const struct input_field extend_fields[] = {
	INPUT(struct extend, id, ID, .required = true),
	INPUT(struct extend, revision, INT, .min = 1, .max = INT64_MAX),
	INPUT(struct extend, why, LONG_TEXT, .required = true, .max = 5000, .label = N_("Reasons the applicant is told")),
};
static const struct input extend_input = INPUT_OF(struct extend, extend_fields);

static enum rc extend_act(struct ctx *ctx, const struct request *request, struct response *response)
{
	const struct extend *in = request->input;

	TRY(casefile_extend(ctx, in->id, in->revision == INPUT_ABSENT ? 0 : in->revision, in->why));
	return response_redirect(ctx, response, arena_printf(ctx->arena, "/desk/cases/%s", id_text(ctx->arena, in->id).ptr),
		N_("The limit is extended; the applicant is told why."));
}

static enum rc extend_again(struct ctx *ctx, const struct request *request, struct response *response)
{
	struct id id;

	if (!id_parse(request_typed(request, "id"), &id))
		return fail(ctx, RC_NOT_FOUND, N_("There is no such case, or it is not yours to see."), NULL);
	return show_work(ctx, request, id, response);
}

static const struct route casefile_desk_routes[] = {
	{ "GET", "/desk", NEEDS(PERMISSION_SIGNED_IN), &desk_input, desk_page, .view = &html_casefile_desk_view,
		.summary = N_("Work list of the officer's department") },
	{ "POST", "/desk/filters", NEEDS(PERMISSION_SIGNED_IN), &filter_input, filter_act, .body = BODY_FORM,
		.summary = N_("Keep a view of the work list") },
	{ "POST", "/desk/filters/{id}/drop", NEEDS(PERMISSION_SIGNED_IN), &one_input, filter_drop_act, .body = BODY_FORM,
		.summary = N_("Remove a kept view") },
	{ "GET", "/desk/cases/{id}", NEEDS(PERMISSION_SIGNED_IN), &one_input, work_page, .view = &html_casefile_work_view,
		.summary = N_("A case on one screen; opening it is recorded"), .flags = ROUTE_WRITES },
	{ "POST", "/desk/tasks/{id}", NEEDS(PERMISSION_SIGNED_IN), &step_input, step_act, .on_invalid = step_again,
		.body = BODY_FORM, .body_max = 1 << 20, .summary = N_("Do a task of a case") },
	{ "POST", "/desk/tasks/{id}/claim", NEEDS(PERMISSION_SIGNED_IN), &one_input, claim_act, .body = BODY_FORM,
		.summary = N_("Take a task") },
	{ "POST", "/desk/cases/{id}/extend", NEEDS(PERMISSION_CASE_DECIDE), &extend_input, extend_act,
		.on_invalid = extend_again, .body = BODY_FORM, .summary = N_("Extend the statutory limit") },
};

const struct module casefile_desk_module = { .name = "casefile.desk", MODULE_LIST(route, casefile_desk_routes) };
