/* The page of a replay: how many decisions would change, which and why. Rules are shown as they stand in the version of the case
 * and in the draft; nothing of a person is shown, and a case is a link only for who may open it. */
#include "base/civil.h"
#include "base/locale.h"
#include "base/vec.h"
#include "domain/designer/designer_int.h"
#include "domain/designer/designer_pages_int.h"
#include "domain/designer/designer_sql.h"
#include "domain/identity/identity.h"

#include "base/banned.h"

enum { CHANGES_A_PAGE = 100 };

struct asked_replay {
	struct sv code;
	struct id draft, replay;
	int64_t after;
};
static const struct input_field replay_fields[] = {
	INPUT(struct asked_replay, code, TEXT, .required = true, .max = 64),
	INPUT(struct asked_replay, draft, ID, .required = true),
	INPUT(struct asked_replay, replay, ID, .required = true),
	INPUT(struct asked_replay, after, INT, .min = 0, .max = INT64_MAX),
};
const struct input designer_replay_input = INPUT_OF(struct asked_replay, replay_fields);

/* The rules of a version that cases were filed under. */
struct version {
	struct id id;
	int64_t number;
	struct designer_folder folder;
};
typedef struct { VEC(struct version *); } version_vec;

/* The rules of both sides, to show what the kept ids mean; versions are opened as they are met. */
struct sides {
	struct ctx *ctx;
	struct designer_folder draft;
	version_vec versions;
};

static enum rc version_of(struct sides *s, struct id id, const struct version **ret)
{
	const struct service *service;
	struct service_file *files;
	size_t count;

	for (size_t i = 0; i < s->versions.len; i++)
		if (id_equal(s->versions.at[i]->id, id)) {
			*ret = s->versions.at[i];
			return RC_OK;
		}
	struct version *version = ARENA_NEW(s->ctx->arena, struct version);
	version->id = id;
	TRY(catalogue_version(s->ctx, id, &service));
	version->number = service->version_number;
	TRY(catalogue_files(s->ctx, id, &files, &count));
	TRY(designer_folder_open(s->ctx, files, count, false, &version->folder));
	*VEC_PUSH(s->ctx->arena, &s->versions) = version;
	*ret = version;
	return RC_OK;
}

static struct sv number_text(struct ctx *ctx, int64_t number)
{
	return arena_printf(ctx->arena, "%lld", (long long)number);
}

struct sv designer_replay_words(struct ctx *ctx, bool ended, int64_t cases, int64_t changed)
{
	return tr_args(ctx, ended ? N_("{changed} decisions of {cases} cases would change.")
		: N_("Running: {changed} decisions of {cases} cases would change so far."),
		ARGS({ "changed", number_text(ctx, changed) }, { "cases", number_text(ctx, cases) }));
}

struct found {
	const struct dmn_table *table;
	const struct dmn_rule *rule;
	size_t number;
};

/* A rule of the file of "file#decision", in whichever table of it. */
static struct found find_rule(const struct designer_folder *folder, struct sv reference, struct sv id)
{
	struct sv rest = reference, path = sv_cut(&rest, '#');

	for (size_t f = 0; f < folder->rules_count; f++) {
		size_t count;
		if (!sv_equal(folder->rules[f].path, path))
			continue;
		const struct dmn_decision *decisions = dmn_decisions(folder->rules[f].model, &count);
		for (size_t i = 0; i < count; i++)
			for (size_t r = 0; decisions[i].table && r < decisions[i].table->rule_count; r++)
				if (sv_equal(decisions[i].table->rules[r].id, id))
					return (struct found){ decisions[i].table, &decisions[i].table->rules[r], r + 1 };
	}
	return (struct found){ 0 };
}

/* "rule 2, rule 4" */
static struct sv rule_words(struct sides *s, const struct designer_folder *folder, struct sv reference, struct sv ids)
{
	struct ctx *ctx = s->ctx;
	struct sv words = { NULL, 0 };

	while (!sv_is_empty(ids)) {
		struct sv id = sv_cut(&ids, ' ');
		struct found found = find_rule(folder, reference, id);
		struct sv one = tr_args(ctx, N_("rule {number}"), ARGS({ "number", found.rule ? number_text(ctx, (int64_t)found.number) : id }));
		words = sv_is_absent(words) ? one : arena_printf(ctx->arena, "%.*s, %.*s", SV_FMT(words), SV_FMT(one));
	}
	return sv_is_absent(words) ? tr(ctx, N_("no rule")) : words;
}

static struct sv first_id(struct sv ids)
{
	return sv_cut(&ids, ' ');
}

static struct sv why(struct sides *s, const struct sql_designer_replay_groups_of_row *group, struct sv before)
{
	struct ctx *ctx = s->ctx;

	if (sv_is_empty(group->rule_before))
		return tr(ctx, N_("No rule held before; one does now."));
	if (!sv_is_empty(group->failed_column))
		return tr_args(ctx, N_("What held before no longer does: “{column}” now wants {cell}."),
			ARGS({ "column", group->failed_column }, { "cell", group->failed_cell }));
	if (sv_equal(group->rule_before, group->rule_after))
		return tr(ctx, N_("The same rule gives another result."));
	if (!find_rule(&s->draft, group->decision, first_id(group->rule_before)).rule)
		return tr_args(ctx, N_("The draft no longer has {rule}."), ARGS({ "rule", before }));
	return tr(ctx, N_("Another rule decides first."));
}

/* The cell of the column with that label; absent when there is none. */
static struct sv cell_under(struct found found, struct sv label)
{
	const struct dmn_table *table = found.table;

	for (size_t c = 0; table && c < table->input_count + table->output_count; c++)
		if (sv_equal(c < table->input_count ? table->inputs[c].label : table->outputs[c - table->input_count].label, label))
			return found.rule->cells[c];
	return (struct sv){ NULL, 0 };
}

/* `before`: the rule that held, to mark what is different now; none for itself. */
static void show_cells(struct sides *s, struct sv word, struct found found, struct found before,
	struct html_designer_replay_groups_rules *to)
{
	const struct dmn_table *table = found.table;
	size_t count = table->input_count + table->output_count;
	struct html_designer_replay_groups_rules_cells *cells =
		ARENA_ARRAY(s->ctx->arena, struct html_designer_replay_groups_rules_cells, count);

	for (size_t c = 0; c < count; c++) {
		bool is_input = c < table->input_count;
		const struct dmn_column *column = is_input ? &table->inputs[c] : &table->outputs[c - table->input_count];
		cells[c] = (struct html_designer_replay_groups_rules_cells){ column->label, found.rule->cells[c], is_input ? SV("input") : SV("output"),
			before.rule && !sv_equal(cell_under(before, column->label), found.rule->cells[c]) };
	}
	*to = (struct html_designer_replay_groups_rules){ .word = word, .cells = { cells, count } };
}

static enum rc show_group(struct sides *s, const struct sql_designer_replay_groups_of_row *row, struct html_designer_replay_groups *to)
{
	struct ctx *ctx = s->ctx;
	struct html_designer_replay_groups_rules *rules = ARENA_ARRAY(ctx->arena, struct html_designer_replay_groups_rules, 2);
	const struct version *version;

	TRY(version_of(s, row->version, &version));
	struct found was = find_rule(&version->folder, row->decision, first_id(row->rule_before));
	struct found is = find_rule(&s->draft, row->decision, first_id(row->rule_after));
	size_t used = 0;

	*to = (struct html_designer_replay_groups){ .count = row->count, .decision = row->decision,
		.version = version->number,
		.before = rule_words(s, &version->folder, row->decision, row->rule_before),
		.after = rule_words(s, &s->draft, row->decision, row->rule_after) };
	to->why = why(s, row, to->before);
	if (was.rule)
		show_cells(s, tr(ctx, N_("Before")), was, (struct found){ 0 }, &rules[used++]);
	if (is.rule)
		show_cells(s, tr(ctx, N_("After")), is, was, &rules[used++]);
	to->rules.at = rules;
	to->rules.len = used;
	return RC_OK;
}

static enum rc show_changes(struct sides *s, const struct asked_replay *in, const struct service *base, struct html_designer_replay *view)
{
	struct ctx *ctx = s->ctx;
	struct sql_designer_replay_changes_of_rows rows;
	bool may_open = sv_equal(ctx->who->department_code, base->body) && principal_may(ctx->who, PERMISSION_CASE_READ);

	TRY(sql_designer_replay_changes_of(ctx, in->replay, in->after == INPUT_ABSENT ? 0 : in->after, CHANGES_A_PAGE + 1, &rows));
	size_t count = rows.len > CHANGES_A_PAGE ? CHANGES_A_PAGE : rows.len;
	struct html_designer_replay_changes *list = ARENA_ARRAY(ctx->arena, struct html_designer_replay_changes, count);
	for (size_t i = 0; i < count; i++) {
		const struct version *version;
		TRY(version_of(s, rows.at[i].version, &version));
		list[i] = (struct html_designer_replay_changes){ .number = rows.at[i].case_number,
			.before = rule_words(s, &version->folder, rows.at[i].decision, rows.at[i].rule_before),
			.after = rule_words(s, &s->draft, rows.at[i].decision, rows.at[i].rule_after) };
		if (may_open)
			list[i].href = arena_printf(ctx->arena, "/desk/cases/%s", id_text(ctx->arena, rows.at[i].case_id).ptr);
	}
	view->changes.at = list;
	view->changes.len = count;
	if (rows.len > count)
		view->older = arena_printf(ctx->arena, "%.*s?after=%lld", SV_FMT(view->again), (long long)rows.at[count - 1].number);
	return RC_OK;
}

static enum rc show_groups(struct sides *s, struct id replay, struct html_designer_replay *view)
{
	struct sql_designer_replay_groups_of_rows rows;

	TRY(sql_designer_replay_groups_of(s->ctx, replay, &rows));
	struct html_designer_replay_groups *list = ARENA_ARRAY(s->ctx->arena, struct html_designer_replay_groups, rows.len);
	for (size_t i = 0; i < rows.len; i++)
		TRY(show_group(s, &rows.at[i], &list[i]));
	view->groups.at = list;
	view->groups.len = rows.len;
	return RC_OK;
}

static enum rc open_sides(struct ctx *ctx, const struct designer_draft *draft, struct sides *ret)
{
	struct service_file *files;
	size_t count;

	*ret = (struct sides){ .ctx = ctx };
	TRY(designer_files(ctx, draft, &files, &count));
	return designer_folder_open(ctx, files, count, false, &ret->draft);
}

enum rc designer_replay_page(struct ctx *ctx, const struct request *request, struct response *response)
{
	const struct asked_replay *in = request->input;
	struct sql_designer_replay_by_id_row row;
	struct designer_draft draft;
	const struct service *base;
	struct sides sides;

	TRY(designer_draft_find(ctx, in->draft, &draft));
	enum rc rc = sql_designer_replay_by_id(ctx, in->replay, &row);
	if (rc == RC_NOT_FOUND || (rc == RC_OK && (!id_equal(row.draft, in->draft) || !sv_equal(draft.service_code, in->code))))
		return fail(ctx, RC_NOT_FOUND, N_("There is no such replay. Look at the draft for those that ran."), NULL);
	TRY(rc);
	TRY(catalogue_version(ctx, draft.base, &base));
	TRY(open_sides(ctx, &draft, &sides));
	struct sv draft_href = arena_printf(ctx->arena, "/admin/services/%.*s/drafts/%s", SV_FMT(in->code), id_text(ctx->arena, in->draft).ptr);
	struct html_designer_replay view = {
		.title = tr_args(ctx, N_("Replay: {name}"), ARGS({ "name", bitext_pick(ctx, base->name) })), .code = in->code,
		.back = draft_href, .words = designer_replay_words(ctx, row.ended_at != 0, row.cases, row.changed),
		.from = civil_china_day(row.from_ms), .until = civil_china_day(row.until_ms - 1), .by = row.asker_name, .started = row.started_at,
		.is_running = row.ended_at == 0, .is_old = !sv_equal(row.folder_hash, designer_hash_bytes(&draft.hash)),
		.again = arena_printf(ctx->arena, "%.*s/replays/%s", SV_FMT(draft_href), id_text(ctx->arena, in->replay).ptr),
		.total = row.total, .cases = row.cases, .decisions = row.decisions, .changed = row.changed, .unread = row.unread,
	};
	TRY(show_groups(&sides, in->replay, &view));
	TRY(show_changes(&sides, in, base, &view));
	return response_page(ctx, response, &html_designer_replay_view, &view);
}
