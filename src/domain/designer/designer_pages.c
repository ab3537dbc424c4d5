/* Pages of the rules designer: the rules of a service, one draft from its files to its publishing, the editor, and what
 * changed between versions. Everything works by forms; the table editor (web/js/designer.js) only fills the text field. */
#include "base/civil.h"
#include "base/locale.h"
#include "base/vec.h"
#include "domain/designer/designer_int.h"
#include "domain/designer/designer_pages_int.h"
#include "domain/designer/designer_sql.h"
#include "domain/identity/identity.h"

#include "base/banned.h"

enum { EDIT_BODY = 4 << 20 }; /* a text of DESIGNER_MAX_FILE, percent-encoded */

struct asked {
	struct sv code;
	struct id draft;
	int64_t revision, from, until;
	struct sv path, file, table, gap, reason, text;
};

#define CODE INPUT(struct asked, code, TEXT, .required = true, .max = 64)
#define DRAFT INPUT(struct asked, draft, ID, .required = true)
#define REVISION INPUT(struct asked, revision, INT, .required = true, .min = 1, .max = INT64_MAX)

static struct sv draft_href(struct ctx *ctx, struct sv code, struct id draft, const char *rest)
{
	return arena_printf(ctx->arena, "/admin/services/%.*s/drafts/%s%s", SV_FMT(code), id_text(ctx->arena, draft).ptr, rest);
}

static struct sv rules_href(struct ctx *ctx, struct sv code)
{
	return arena_printf(ctx->arena, "/admin/services/%.*s/rules", SV_FMT(code));
}

/* --- the rules of a service, and what changed between versions --- */

static const struct input_field service_fields[] = { CODE };
static const struct input service_input = INPUT_OF(struct asked, service_fields);

static enum rc open_version(struct ctx *ctx, struct id version, bool check, struct designer_folder *ret)
{
	struct service_file *files;
	size_t count;

	TRY(catalogue_files(ctx, version, &files, &count));
	return designer_folder_open(ctx, files, count, check, ret);
}

static enum rc rules_page(struct ctx *ctx, const struct request *request, struct response *response)
{
	const struct asked *in = request->input;
	struct sql_designer_drafts_of_rows drafts;
	const struct service *service;
	struct designer_folder folder;

	TRY(catalogue_current(ctx, in->code, &service));
	TRY(open_version(ctx, service->version, true, &folder));
	TRY(sql_designer_drafts_of(ctx, in->code, DESIGNER_MAX_DRAFTS, &drafts));
	struct html_designer_rules_drafts *list = ARENA_ARRAY(ctx->arena, struct html_designer_rules_drafts, drafts.len);
	for (size_t i = 0; i < drafts.len; i++)
		list[i] = (struct html_designer_rules_drafts){ draft_href(ctx, in->code, drafts.at[i].id, ""), drafts.at[i].author_name,
			drafts.at[i].saved_at };
	struct html_designer_rules view = {
		.title = tr_args(ctx, N_("Rules: {name}"), ARGS({ "name", bitext_pick(ctx, service->name) })),
		.code = in->code,
		.lead = tr_args(ctx, N_("Version {number}, as it decides now."),
			ARGS({ "number", arena_printf(ctx->arena, "%lld", (long long)service->version_number) })),
		.back = arena_printf(ctx->arena, "/admin/services/%.*s", SV_FMT(in->code)),
		.current = true,
		.may_edit = principal_may(ctx->who, PERMISSION_SERVICE_PUBLISH),
		.begin = arena_printf(ctx->arena, "/admin/services/%.*s/drafts", SV_FMT(in->code)),
		.drafts = { list, drafts.len },
	};
	designer_rules_show(ctx, NULL, &folder, false, true, request->path, &view);
	return response_page(ctx, response, &html_designer_rules_view, &view);
}

static const struct input_field changes_fields[] = {
	CODE,
	INPUT(struct asked, from, INT, .required = true, .min = 1, .max = 1000000),
	INPUT(struct asked, until, INT, .required = true, .min = 1, .max = 1000000),
};
static const struct input changes_input = INPUT_OF(struct asked, changes_fields);

static enum rc changes_page(struct ctx *ctx, const struct request *request, struct response *response)
{
	const struct asked *in = request->input;
	struct designer_folder before, after;
	const struct service *service;
	struct id from, until;
	int64_t from_number, until_number;

	TRY(catalogue_version_find(ctx, in->code, in->from, &from, &from_number));
	TRY(catalogue_version_find(ctx, in->code, in->until, &until, &until_number));
	TRY(catalogue_version(ctx, until, &service));
	TRY(open_version(ctx, from, false, &before));
	TRY(open_version(ctx, until, false, &after));
	struct html_designer_rules view = {
		.title = tr_args(ctx, N_("Version {from} to version {until}"),
			ARGS({ "from", arena_printf(ctx->arena, "%lld", (long long)from_number) },
				{ "until", arena_printf(ctx->arena, "%lld", (long long)until_number) })),
		.code = in->code,
		.lead = bitext_pick(ctx, service->name),
		.back = arena_printf(ctx->arena, "/admin/services/%.*s", SV_FMT(in->code)),
	};
	designer_rules_show(ctx, &before, &after, true, false, request->path, &view);
	return response_page(ctx, response, &html_designer_rules_view, &view);
}

static enum rc begin_act(struct ctx *ctx, const struct request *request, struct response *response)
{
	const struct asked *in = request->input;
	struct id id;

	TRY(designer_draft_open(ctx, in->code, &id));
	return response_redirect(ctx, response, draft_href(ctx, in->code, id, ""),
		N_("The draft is begun. Nothing is published until somebody else publishes it."));
}

/* --- one draft --- */

struct whole {
	struct designer_draft draft;
	struct service_file *files;
	size_t count;
	const struct service *base;   /* compiled */
	int64_t newest;               /* number of the current version */
	bool is_mine, is_behind;
};

static enum rc open_draft(struct ctx *ctx, const struct asked *in, struct whole *ret)
{
	struct id current;

	TRY(designer_draft_find(ctx, in->draft, &ret->draft));
	if (!sv_equal(ret->draft.service_code, in->code))
		return fail(ctx, RC_NOT_FOUND, N_("There is no such draft. Look at the service's rules for those that are open."), NULL);
	TRY(designer_files(ctx, &ret->draft, &ret->files, &ret->count));
	TRY(catalogue_version(ctx, ret->draft.base, &ret->base));
	TRY(catalogue_version_find(ctx, in->code, 0, &current, &ret->newest));
	bool is_open = ret->draft.state == DRAFT_OPEN;
	ret->is_mine = is_open && id_equal(ret->draft.author, ctx->who->account) && principal_may(ctx->who, PERMISSION_SERVICE_PUBLISH);
	ret->is_behind = is_open && !id_equal(current, ret->draft.base);
	return RC_OK;
}

static struct sv draft_title(struct ctx *ctx, const struct whole *w)
{
	return tr_args(ctx, N_("Draft: {name}"), ARGS({ "name", bitext_pick(ctx, w->base->name) }));
}

static const char *state_words(const struct designer_draft *draft)
{
	switch (draft->state) {
	case DRAFT_OPEN: return N_("A draft: nothing of it decides cases yet.");
	case DRAFT_PUBLISHED: return N_("This draft was published.");
	case DRAFT_DROPPED: break;
	}
	return N_("This draft was put away.");
}

static enum rc show_files(struct ctx *ctx, const struct whole *w, struct html_designer_draft *view)
{
	static const struct sv acceptances = SV_INIT("acceptances.yaml");
	struct html_designer_draft_files *list = ARENA_ARRAY(ctx->arena, struct html_designer_draft_files, w->count + 1);
	struct service_file *base;
	size_t base_count, used = 0;

	TRY(catalogue_files(ctx, w->draft.base, &base, &base_count));
	for (size_t i = 0; i <= w->count; i++) {
		struct sv path = i < w->count ? w->files[i].path : acceptances;
		struct sv before = designer_file_bytes(base, base_count, path), now = designer_file_bytes(w->files, w->count, path);
		if (!designer_may_edit(path) || (i == w->count && !sv_is_absent(now)))
			continue;
		list[used++] = (struct html_designer_draft_files){ path, !sv_is_absent(now) && (sv_is_absent(before) || !sv_equal(before, now)),
			arena_printf(ctx->arena, "%.*s?path=%.*s", SV_FMT(draft_href(ctx, w->draft.service_code, w->draft.id, "/edit")),
				SV_FMT(path)) };
	}
	view->files.at = list;
	view->files.len = used;
	return RC_OK;
}

static struct sv arg_of(const struct service_problem *problem, const char *name)
{
	for (const struct text_arg *arg = problem->args; arg && arg->name; arg++)
		if (strcmp(arg->name, name) == 0)
			return arg->value;
	return SV("");
}

/* Faults of the whole folder, and its gaps that nobody accepted. */
static enum rc show_checks(struct ctx *ctx, const struct request *request, const struct whole *w, struct html_designer_draft *view)
{
	const struct asked *in = request->input;
	struct service_problems problems = { 0 };
	struct { VEC(struct html_designer_draft_faults); } faults = { 0 };
	struct { VEC(struct html_designer_draft_gaps); } gaps = { 0 };
	const struct service *service;
	enum rc rc = service_parse(ctx, w->files, w->count, &problems, &service);

	if (rc == RC_OK)
		TRY(service_lint(ctx, service, &problems));
	else if (rc != RC_INVALID)
		return rc;
	error_clear(ctx);
	for (size_t i = 0; i < problems.len; i++) {
		const struct service_problem *p = &problems.at[i];
		if (!p->rule || strcmp(p->rule, "gap") != 0) {
			*VEC_PUSH(ctx->arena, &faults) = (struct html_designer_draft_faults){
				arena_printf(ctx->arena, "%.*s:%u%s%.*s", SV_FMT(p->file), p->line, p->rule ? " " : "", SV_FMT(p->rule ? p->element : SV(""))),
				p->rule ? sv_of(p->rule) : (struct sv){ NULL, 0 }, tr_args(ctx, p->msgid, p->args) };
			continue;
		}
		struct html_designer_draft_gaps *gap = VEC_PUSH(ctx->arena, &gaps);
		*gap = (struct html_designer_draft_gaps){ .key = arena_printf(ctx->arena, "gap-%zu", gaps.len), .file = p->file, .table = p->element,
			.gap = arg_of(p, "example") };
		if (!view->errors.len || !sv_equal(in->gap, gap->gap) || !sv_equal(in->table, gap->table))
			continue;
		gap->typed = request_typed(request, "reason");
		gap->error = html_problem_of(view->errors, SV("reason"));
	}
	view->faults.at = faults.at;
	view->faults.len = faults.len;
	view->gaps.at = gaps.at;
	view->gaps.len = gaps.len;
	return RC_OK;
}

static enum rc show_tests(struct ctx *ctx, const struct whole *w, struct html_designer_draft *view)
{
	struct sql_designer_test_cases_of_rows rows;
	struct sql_designer_test_of_row test;
	enum rc rc = sql_designer_test_of(ctx, w->draft.id, &test);

	view->tested = tr(ctx, N_("not run on this draft"));
	view->test_mark = SV("warn");
	if (rc == RC_NOT_FOUND)
		return RC_OK;
	TRY(rc);
	TRY(sql_designer_test_cases_of(ctx, w->draft.id, &rows));
	struct html_designer_draft_cases *list = ARENA_ARRAY(ctx->arena, struct html_designer_draft_cases, rows.len);
	for (size_t i = 0; i < rows.len; i++)
		list[i] = (struct html_designer_draft_cases){ rows.at[i].name, rows.at[i].passed != 0, rows.at[i].differences };
	view->cases.at = list;
	view->cases.len = rows.len;
	view->tested_at = HTML_SOME(test.at);
	if (!sv_equal(test.folder_hash, designer_hash_bytes(&w->draft.hash))) {
		view->tested = tr(ctx, N_("the draft has changed since they were run"));
		return RC_OK;
	}
	view->test_mark = test.failed ? SV("refused") : SV("ok");
	view->tested = tr_args(ctx, N_("{passed} passed, {failed} differ"),
		ARGS({ "passed", arena_printf(ctx->arena, "%lld", (long long)test.passed) },
			{ "failed", arena_printf(ctx->arena, "%lld", (long long)test.failed) }));
	return RC_OK;
}

static enum rc show_replays(struct ctx *ctx, const struct whole *w, struct html_designer_draft *view)
{
	struct sql_designer_replays_of_rows rows;

	TRY(sql_designer_replays_of(ctx, w->draft.id, &rows));
	struct html_designer_draft_replays *list = ARENA_ARRAY(ctx->arena, struct html_designer_draft_replays, rows.len);
	for (size_t i = 0; i < rows.len; i++)
		list[i] = (struct html_designer_draft_replays){
			.href = draft_href(ctx, w->draft.service_code, w->draft.id,
				arena_printf(ctx->arena, "/replays/%s", id_text(ctx->arena, rows.at[i].id).ptr).ptr),
			.words = designer_replay_words(ctx, rows.at[i].ended_at != 0, rows.at[i].cases, rows.at[i].changed),
			.started = rows.at[i].started_at,
		};
	view->replays.at = list;
	view->replays.len = rows.len;
	return RC_OK;
}

/* The month before the one that runs. */
static void last_month(struct ctx *ctx, int64_t *ret_from, int64_t *ret_until)
{
	struct civil_date date = civil_from_day(civil_china_day(clock_now(ctx->clock)));

	date.day = 1;
	*ret_until = civil_to_day(date) - 1;
	date = civil_from_day(*ret_until);
	date.day = 1;
	*ret_from = civil_to_day(date);
}

static const struct input_field draft_fields[] = { CODE, DRAFT };
static const struct input draft_input = INPUT_OF(struct asked, draft_fields);

static enum rc draft_page(struct ctx *ctx, const struct request *request, struct response *response)
{
	const struct asked *in = request->input;
	struct whole w;

	TRY(open_draft(ctx, in, &w));
	struct sv code = in->code;
	struct html_designer_draft view = {
		.errors = html_problems_of(ctx, request->problem), .title = draft_title(ctx, &w), .code = code, .author = w.draft.author_name,
		.state = tr(ctx, state_words(&w.draft)), .back = rules_href(ctx, code), .opened = w.draft.opened_at, .saved = w.draft.saved_at,
		.base = w.base->version_number, .newest = w.newest, .revision = w.draft.revision, .is_open = w.draft.state == DRAFT_OPEN,
		.is_mine = w.is_mine, .is_behind = w.is_behind,
		.may_publish = principal_may(ctx->who, PERMISSION_SERVICE_PUBLISH) && !id_equal(w.draft.author, ctx->who->account),
		.rules = draft_href(ctx, code, in->draft, "/rules"), .changes = draft_href(ctx, code, in->draft, "/changes"),
		.accept = draft_href(ctx, code, in->draft, "/gaps"), .test = draft_href(ctx, code, in->draft, "/test"),
		.replay = draft_href(ctx, code, in->draft, "/replays"), .publish = draft_href(ctx, code, in->draft, "/publish"),
		.rebase = draft_href(ctx, code, in->draft, "/base"), .drop = draft_href(ctx, code, in->draft, "/drop"),
	};
	view.replay_error = html_problem_of(view.errors, SV("until"));
	last_month(ctx, &view.replay_from, &view.replay_until);
	TRY(show_files(ctx, &w, &view));
	TRY(show_checks(ctx, request, &w, &view));
	TRY(show_tests(ctx, &w, &view));
	TRY(show_replays(ctx, &w, &view));
	return response_page(ctx, response, &html_designer_draft_view, &view);
}

static enum rc draft_tables(struct ctx *ctx, const struct request *request, struct response *response, bool changed_only)
{
	const struct asked *in = request->input;
	struct designer_folder before, after;
	struct whole w;

	TRY(open_draft(ctx, in, &w));
	TRY(open_version(ctx, w.draft.base, false, &before));
	TRY(designer_folder_open(ctx, w.files, w.count, !changed_only, &after));
	struct html_designer_rules view = { .title = draft_title(ctx, &w), .code = in->code,
		.lead = tr_args(ctx, N_("What it changes of version {number} is marked."),
			ARGS({ "number", arena_printf(ctx->arena, "%lld", (long long)w.base->version_number) })),
		.back = draft_href(ctx, in->code, in->draft, "") };
	designer_rules_show(ctx, &before, &after, changed_only, !changed_only, request->path, &view);
	return response_page(ctx, response, &html_designer_rules_view, &view);
}

static enum rc draft_rules_page(struct ctx *ctx, const struct request *request, struct response *response)
{
	return draft_tables(ctx, request, response, false);
}

static enum rc draft_changes_page(struct ctx *ctx, const struct request *request, struct response *response)
{
	return draft_tables(ctx, request, response, true);
}

/* --- editing --- */

static const struct input_field edit_fields[] = { CODE, DRAFT, INPUT(struct asked, path, TEXT, .required = true) };
static const struct input edit_input = INPUT_OF(struct asked, edit_fields);
static const struct input_field save_fields[] = { CODE, DRAFT, REVISION, INPUT(struct asked, path, TEXT, .required = true),
	INPUT(struct asked, text, LONG_TEXT, .max = DESIGNER_MAX_FILE) };
static const struct input save_input = INPUT_OF(struct asked, save_fields);

/* The file as it is, or, after a save that was not taken, as it was typed. */
static enum rc edit_page(struct ctx *ctx, const struct request *request, struct response *response)
{
	const struct asked *in = request->input;
	struct html_problems errors = html_problems_of(ctx, request->problem);
	struct whole w;

	TRY(open_draft(ctx, in, &w));
	if (!designer_may_edit(in->path))
		return fail(ctx, RC_NOT_FOUND, N_("This file is not changed here. Choose one from the draft's list."), NULL);
	struct sv typed = request_typed(request, "text"), now = designer_file_bytes(w.files, w.count, in->path);
	struct html_designer_edit view = {
		.errors = errors, .title = in->path, .path = in->path, .back = draft_href(ctx, in->code, in->draft, ""),
		.action = draft_href(ctx, in->code, in->draft, "/edit"), .revision = w.draft.revision,
		.text = !sv_is_absent(typed) ? typed : sv_is_absent(now) ? SV("") : now,
		.text_error = html_problem_of(errors, SV("text")), .is_rules = sv_has_suffix(in->path, SV(".dmn")), .may_save = w.is_mine,
		.download = arena_printf(ctx->arena, "%.*s?path=%.*s", SV_FMT(draft_href(ctx, in->code, in->draft, "/file")), SV_FMT(in->path)),
	};
	return response_page(ctx, response, &html_designer_edit_view, &view);
}

static enum rc save_act(struct ctx *ctx, const struct request *request, struct response *response)
{
	const struct asked *in = request->input;

	TRY(designer_file_save(ctx, in->draft, in->revision, in->path, sv_is_absent(in->text) ? SV("") : in->text));
	bool is_rules = sv_has_suffix(in->path, SV(".dmn"));
	return response_redirect(ctx, response, draft_href(ctx, in->code, in->draft, is_rules ? "/rules" : ""),
		N_("Saved. This is what the draft says now."));
}

static enum rc file_page(struct ctx *ctx, const struct request *request, struct response *response)
{
	const struct asked *in = request->input;
	struct whole w;

	TRY(open_draft(ctx, in, &w));
	struct sv bytes = designer_file_bytes(w.files, w.count, in->path);
	if (sv_is_absent(bytes))
		return fail(ctx, RC_NOT_FOUND, N_("The draft has no such file. Choose one from its list."), NULL);
	response_download(ctx, response, in->path);
	return response_bytes(ctx, response, "text/plain; charset=utf-8", bytes);
}

/* --- acts --- */

static const struct input_field revision_fields[] = { CODE, DRAFT, REVISION };
static const struct input revision_input = INPUT_OF(struct asked, revision_fields);
static const struct input_field accept_fields[] = { CODE, DRAFT, REVISION, INPUT(struct asked, file, TEXT, .required = true),
	INPUT(struct asked, table, TEXT, .required = true), INPUT(struct asked, gap, TEXT, .required = true, .max = 4000),
	INPUT(struct asked, reason, LONG_TEXT, .required = true, .min = SERVICE_MIN_REASON, .max = 2000) };
static const struct input accept_input = INPUT_OF(struct asked, accept_fields);
static const struct input_field range_fields[] = { CODE, DRAFT, INPUT(struct asked, from, DAY, .required = true),
	INPUT(struct asked, until, DAY, .required = true) };
static const struct input range_input = INPUT_OF(struct asked, range_fields);

static enum rc accept_act(struct ctx *ctx, const struct request *request, struct response *response)
{
	const struct asked *in = request->input;
	struct service_acceptance acceptance = { .file = in->file, .table = in->table, .gap = in->gap };

	/* in the language that the page was read in */
	if (sv_equal(bitext_pick(ctx, (struct bitext){ SV("zh"), SV("en") }), SV("zh")))
		acceptance.reason.zh = in->reason;
	else
		acceptance.reason.en = in->reason;
	TRY(designer_gap_accept(ctx, in->draft, in->revision, &acceptance));
	return response_redirect(ctx, response, draft_href(ctx, in->code, in->draft, ""),
		N_("The acceptance stands in acceptances.yaml, with your name."));
}

static enum rc base_act(struct ctx *ctx, const struct request *request, struct response *response)
{
	const struct asked *in = request->input;

	TRY(designer_rebase(ctx, in->draft, in->revision));
	return response_redirect(ctx, response, draft_href(ctx, in->code, in->draft, "/changes"),
		N_("This is what the draft changes of the newest version."));
}

static enum rc drop_act(struct ctx *ctx, const struct request *request, struct response *response)
{
	const struct asked *in = request->input;

	TRY(designer_draft_drop(ctx, in->draft, in->revision));
	return response_redirect(ctx, response, rules_href(ctx, in->code), N_("The draft is put away."));
}

static enum rc replay_act(struct ctx *ctx, const struct request *request, struct response *response)
{
	const struct asked *in = request->input;
	struct id id;

	TRY(designer_replay_start(ctx, in->draft, in->from, in->until, &id));
	return response_redirect(ctx, response, draft_href(ctx, in->code, in->draft,
		arena_printf(ctx->arena, "/replays/%s", id_text(ctx->arena, id).ptr).ptr), N_("The replay runs, and the read is recorded."));
}

static enum rc publish_act(struct ctx *ctx, const struct request *request, struct response *response)
{
	const struct asked *in = request->input;
	struct service_problems problems = { 0 };
	struct id version;

	TRY(designer_publish(ctx, in->draft, in->revision, &problems, &version));
	return response_redirect(ctx, response, arena_printf(ctx->arena, "/admin/services/%.*s", SV_FMT(in->code)),
		N_("The new version is published and decides from now on."));
}

#define READS NEEDS(PERMISSION_SERVICE_READ)
#define WRITES NEEDS(PERMISSION_SERVICE_PUBLISH)
#define ONE "/admin/services/{code}/drafts/{draft}"

static const struct route designer_routes[] = {
	{ "GET", "/admin/services/{code}/rules", READS, &service_input, rules_page, .view = &html_designer_rules_view,
		.summary = N_("The decision tables of a service, and its open drafts") },
	{ "GET", "/admin/services/{code}/changes", READS, &changes_input, changes_page, .view = &html_designer_rules_view,
		.summary = N_("What changed between two versions, rule by rule") },
	{ "POST", "/admin/services/{code}/drafts", WRITES, &service_input, begin_act, .body = BODY_FORM, .summary = N_("Begin a draft") },
	{ "GET", ONE, READS, &draft_input, draft_page, .view = &html_designer_draft_view, .summary = N_("A draft of the next version") },
	{ "GET", ONE "/rules", READS, &draft_input, draft_rules_page, .view = &html_designer_rules_view,
		.summary = N_("The tables of a draft, with what the analysis found") },
	{ "GET", ONE "/changes", READS, &draft_input, draft_changes_page, .view = &html_designer_rules_view,
		.summary = N_("What a draft changes") },
	{ "GET", ONE "/edit", READS, &edit_input, edit_page, .view = &html_designer_edit_view, .summary = N_("A file of a draft, to edit") },
	{ "POST", ONE "/edit", WRITES, &save_input, save_act, .on_invalid = edit_page, .body = BODY_FORM, .body_max = EDIT_BODY,
		.summary = N_("Save a file of a draft") },
	{ "GET", ONE "/file", READS, &edit_input, file_page, .summary = N_("A file of a draft, to download") },
	{ "POST", ONE "/gaps", WRITES, &accept_input, accept_act, .on_invalid = draft_page, .body = BODY_FORM,
		.summary = N_("Accept a gap in writing") },
	{ "POST", ONE "/base", WRITES, &revision_input, base_act, .on_invalid = draft_page, .body = BODY_FORM,
		.summary = N_("Take the newest version as the base of a draft") },
	{ "POST", ONE "/drop", WRITES, &revision_input, drop_act, .on_invalid = draft_page, .body = BODY_FORM, .summary = N_("Put a draft away") },
	{ "POST", ONE "/replays", WRITES, &range_input, replay_act, .on_invalid = draft_page, .body = BODY_FORM,
		.summary = N_("Replay past cases by the rules of a draft") },
	{ "GET", ONE "/replays/{replay}", READS, &designer_replay_input, designer_replay_page, .view = &html_designer_replay_view,
		.summary = N_("A replay: which decisions would change, and why") },
	{ "POST", ONE "/publish", WRITES, &revision_input, publish_act, .on_invalid = draft_page, .body = BODY_FORM,
		.summary = N_("Publish a draft that somebody else wrote") },
};

static const struct job designer_jobs[] = {
	{ "designer.replay", 1000, designer_replay_step, N_("Decides earlier cases again with changed rules, where somebody asked for it.") },
};

const struct module designer_module = {
	.name = "designer",
	MODULE_LIST(route, designer_routes),
	MODULE_LIST(job, designer_jobs),
	.tables = &sql_room_designer,
};
