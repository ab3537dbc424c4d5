/* Decision tables as pages: the rules of a service, what a draft or a version changes in them rule by rule, and in other files
 * line by line. */
#include "domain/designer/designer_pages_int.h"

#include "base/locale.h"
#include "base/vec.h"
#include "domain/designer/designer_int.h"
#include "domain/designer/text_diff.h"
#include "engine/dmn/dmn_diff.h"

#include "base/banned.h"

typedef struct { VEC(struct html_designer_rules_tables); } table_vec;
typedef struct { VEC(struct html_designer_rules_others); } other_vec;
typedef struct { VEC(struct html_designer_rules_files); } file_vec;

struct shown {
	struct ctx *ctx;
	const struct designer_folder *before; /* NULL: nothing is compared */
	const struct designer_folder *after;
	bool changed_only, problems;
	struct sv path;                       /* of the page, for links to rules */
	table_vec tables;
	other_vec others;
	file_vec files;
};

/* --- words --- */

static struct sv hit_words(struct ctx *ctx, const char *hit)
{
	static const struct {
		const char *hit, *words;
	} rows[] = {
		{ "UNIQUE", N_("Exactly one rule holds.") },
		{ "ANY", N_("Several rules may hold when they give the same.") },
		{ "FIRST", N_("The first rule that holds decides; the order counts.") },
		{ "PRIORITY", N_("Of the rules that hold, the one with the most important result decides.") },
		{ "OUTPUT ORDER", N_("All rules that hold give a list, in the order of importance.") },
		{ "RULE ORDER", N_("All rules that hold give a list, in their order.") },
		{ "COLLECT", N_("The results of all rules that hold are collected.") },
	};

	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++)
		if (sv_has_prefix(sv_of(hit), sv_of(rows[i].hit)))
			return tr(ctx, rows[i].words);
	return SV("");
}

static struct sv kind_code(enum dmn_column_kind kind)
{
	switch (kind) {
	case DMN_INPUT_COLUMN: return SV("input");
	case DMN_OUTPUT_COLUMN: return SV("output");
	case DMN_ANNOTATION_COLUMN: break;
	}
	return SV("note");
}

static struct sv kind_word(struct ctx *ctx, enum dmn_column_kind kind)
{
	switch (kind) {
	case DMN_INPUT_COLUMN: return tr(ctx, N_("When"));
	case DMN_OUTPUT_COLUMN: return tr(ctx, N_("Then"));
	case DMN_ANNOTATION_COLUMN: break;
	}
	return tr(ctx, N_("Note"));
}

static struct sv change_code(enum dmn_change change)
{
	switch (change) {
	case DMN_SAME: return SV("same");
	case DMN_CHANGED: return SV("changed");
	case DMN_ADDED: return SV("added");
	case DMN_REMOVED: break;
	}
	return SV("removed");
}

/* The change in a word, so that it does not stand in a colour alone. */
static struct sv change_word(struct ctx *ctx, const struct dmn_rule_diff *rule)
{
	struct sv from = arena_printf(ctx->arena, "%zu", rule->before);

	switch (rule->change) {
	case DMN_ADDED: return tr(ctx, N_("added"));
	case DMN_REMOVED: return tr(ctx, N_("removed"));
	case DMN_CHANGED: return rule->moved ? tr_args(ctx, N_("changed, was {number}"), ARGS({ "number", from })) : tr(ctx, N_("changed"));
	case DMN_SAME: break;
	}
	return rule->moved ? tr_args(ctx, N_("moved, was {number}"), ARGS({ "number", from })) : (struct sv){ NULL, 0 };
}

static struct sv or_none(struct sv text)
{
	return sv_is_empty(text) ? (struct sv){ NULL, 0 } : text;
}

/* --- one table --- */

static void show_columns(struct ctx *ctx, const struct dmn_table_diff *diff, struct html_designer_rules_tables *to)
{
	struct html_designer_rules_tables_columns *columns =
		ARENA_ARRAY(ctx->arena, struct html_designer_rules_tables_columns, diff->column_count);

	for (size_t i = 0; i < diff->column_count; i++) {
		const struct dmn_column_diff *column = &diff->columns[i];
		const struct dmn_column *now = column->change == DMN_REMOVED ? &column->before : &column->after;
		columns[i] = (struct html_designer_rules_tables_columns){ .label = now->label, .expression = now->text,
			.word = kind_word(ctx, column->kind), .kind = kind_code(column->kind), .mark = change_code(column->change) };
		if (column->change != DMN_CHANGED)
			continue;
		if (!sv_equal(column->before.label, now->label))
			columns[i].before = or_none(column->before.label);
		if (!sv_equal(column->before.text, now->text))
			columns[i].expression_before = or_none(column->before.text);
	}
	to->columns.at = columns;
	to->columns.len = diff->column_count;
}

static struct html_designer_rules_tables_rules show_rule(struct ctx *ctx, const struct dmn_table_diff *diff,
	const struct dmn_rule_diff *rule,
	struct sv anchor)
{
	struct html_designer_rules_tables_rules_cells *cells =
		ARENA_ARRAY(ctx->arena, struct html_designer_rules_tables_rules_cells, diff->column_count);

	for (size_t c = 0; c < diff->column_count; c++) {
		const struct dmn_cell_diff *cell = &rule->cells[c];
		cells[c].kind = kind_code(diff->columns[c].kind);
		cells[c].text = rule->change == DMN_REMOVED ? (struct sv){ NULL, 0 } : or_none(cell->after);
		if (rule->change == DMN_REMOVED || cell->changed || diff->columns[c].change == DMN_REMOVED)
			cells[c].before = or_none(cell->before);
	}
	size_t number = rule->after ? rule->after : rule->before;
	return (struct html_designer_rules_tables_rules){
		.anchor = arena_printf(ctx->arena, "%.*s-%s%zu", SV_FMT(anchor), rule->after ? "r" : "x", number),
		.number = arena_printf(ctx->arena, "%zu", number),
		.mark = rule->change == DMN_SAME && rule->moved ? SV("moved") : change_code(rule->change),
		.word = change_word(ctx, rule),
		.cells = { cells, diff->column_count },
	};
}

/* What the analysis found in this table: at its rule, or at the table. */
static void show_problems(struct shown *s, const struct designer_rules_file *file, const struct dmn_decision *decision,
	const struct dmn_table_diff *diff, struct html_designer_rules_tables *to, struct html_designer_rules_tables_rules *rules)
{
	struct ctx *ctx = s->ctx;
	struct { VEC(struct html_designer_rules_tables_problems); } all = { 0 };

	for (size_t i = 0; i < file->problem_count; i++) {
		const struct dmn_problem *p = &file->problems[i];
		struct sv text = tr_args(ctx, p->msgid, p->args);
		bool severe = p->severity == DMN_ERROR, of_table = sv_equal(p->element, decision->id) || sv_equal(p->element, decision->name);
		for (size_t c = 0; c < decision->table->input_count; c++)
			of_table |= !sv_is_empty(p->element) && sv_equal(p->element, decision->table->inputs[c].id);
		for (size_t r = 0; r < diff->rule_count; r++) {
			if (!diff->rules[r].after || sv_is_empty(p->element) || !sv_equal(p->element, diff->rules[r].id))
				continue;
			struct html_designer_rules_tables_rules_problems *one = ARENA_NEW(ctx->arena, struct html_designer_rules_tables_rules_problems);
			*one = (struct html_designer_rules_tables_rules_problems){ text, severe };
			rules[r].problems.at = one; /* one mark a rule; the list above the table has all */
			rules[r].problems.len = 1;
			*VEC_PUSH(ctx->arena, &all) = (struct html_designer_rules_tables_problems){ text, severe,
				arena_printf(ctx->arena, "%.*s#%.*s", SV_FMT(s->path), SV_FMT(rules[r].anchor)) };
			of_table = false;
			break;
		}
		if (of_table)
			*VEC_PUSH(ctx->arena, &all) = (struct html_designer_rules_tables_problems){ text, severe, { NULL, 0 } };
	}
	to->problems.at = all.at;
	to->problems.len = all.len;
}

static void show_table(struct shown *s, const struct designer_rules_file *file, const struct dmn_decision *before,
	const struct dmn_decision *after)
{
	struct ctx *ctx = s->ctx;
	const struct dmn_decision *now = after ? after : before;
	struct dmn_table_diff diff;
	struct sv anchor = arena_printf(ctx->arena, "t%zu", s->tables.len + 1);

	dmn_diff_tables(ctx->arena, s->before ? before ? before->table : NULL : now->table, after ? after->table : NULL, &diff);
	if (s->changed_only && !diff.changed)
		return;
	struct html_designer_rules_tables_rules *rules = ARENA_ARRAY(ctx->arena, struct html_designer_rules_tables_rules, diff.rule_count);
	struct html_designer_rules_tables *to = VEC_PUSH(ctx->arena, &s->tables);
	*to = (struct html_designer_rules_tables){ .anchor = anchor, .file = file->path, .name = now->name, .question = or_none(now->question),
		.hit = sv_of(now->table->hit_policy), .hit_words = hit_words(ctx, now->table->hit_policy),
		.is_new = s->before && !before, .is_gone = !after, .rules = { rules, diff.rule_count } };
	if (diff.hit_before && diff.hit_after && strcmp(diff.hit_before, diff.hit_after) != 0)
		to->hit_before = sv_of(diff.hit_before);
	show_columns(ctx, &diff, to);
	for (size_t r = 0; r < diff.rule_count; r++)
		rules[r] = show_rule(ctx, &diff, &diff.rules[r], anchor);
	if (s->problems && after)
		show_problems(s, file, after, &diff, to, rules);
}

/* --- a folder --- */

static const struct designer_rules_file *file_in(const struct designer_folder *folder, struct sv path)
{
	for (size_t i = 0; folder && i < folder->rules_count; i++)
		if (sv_equal(folder->rules[i].path, path))
			return &folder->rules[i];
	return NULL;
}

static const struct dmn_decision *decision_in(const struct designer_rules_file *file, struct sv id)
{
	const struct dmn_decision *decision = file && file->model ? dmn_find_decision(file->model, id) : NULL;

	return decision && decision->table ? decision : NULL;
}

static void show_model(struct shown *s, const struct designer_rules_file *file)
{
	size_t count;
	const struct dmn_decision *decisions = dmn_decisions(file->model, &count);
	const struct designer_rules_file *old = file_in(s->before, file->path);

	for (size_t i = 0; i < count; i++) {
		if (decisions[i].table)
			show_table(s, file, decision_in(old, decisions[i].id), &decisions[i]);
		else if (!s->changed_only)
			*VEC_PUSH(s->ctx->arena, &s->others) = (struct html_designer_rules_others){ file->path, decisions[i].name };
	}
}

static void show_gone(struct shown *s)
{
	for (size_t f = 0; s->before && f < s->before->rules_count; f++) {
		const struct designer_rules_file *old = &s->before->rules[f];
		size_t count;
		const struct dmn_decision *decisions = dmn_decisions(old->model, &count);
		for (size_t i = 0; i < count; i++)
			if (decisions[i].table && !decision_in(file_in(s->after, old->path), decisions[i].id))
				show_table(s, old, &decisions[i], NULL);
	}
}

static void show_lines(struct shown *s, struct sv path, struct sv before, struct sv after)
{
	struct ctx *ctx = s->ctx;
	struct diff_line *lines;
	size_t count = text_diff(ctx->arena, before, after, &lines);
	struct html_designer_rules_files_lines *shown = ARENA_ARRAY(ctx->arena, struct html_designer_rules_files_lines, count);

	for (size_t i = 0; i < count; i++)
		shown[i] = (struct html_designer_rules_files_lines){
			.text = lines[i].text,
			.before = { lines[i].before != 0, lines[i].before },
			.after = { lines[i].after != 0, lines[i].after },
			.removed = lines[i].kind == DIFF_REMOVED,
			.added = lines[i].kind == DIFF_ADDED,
			.skipped = lines[i].kind == DIFF_SKIPPED,
		};
	*VEC_PUSH(ctx->arena, &s->files) = (struct html_designer_rules_files){ .path = path, .is_new = sv_is_absent(before),
		.is_gone = sv_is_absent(after), .lines = { shown, count } };
}

/* Tables say it better; a change of a model that no table shows (an expression, a type) is shown as lines. */
static bool tables_tell(const struct shown *s, struct sv path)
{
	for (size_t i = 0; i < s->tables.len; i++)
		if (sv_equal(s->tables.at[i].file, path))
			return true;
	return false;
}

static void show_texts(struct shown *s)
{
	const struct designer_folder *before = s->before, *after = s->after;

	for (size_t i = 0; i < after->count; i++) {
		struct sv old = designer_file_bytes(before->files, before->count, after->files[i].path);
		if ((sv_is_absent(old) || !sv_equal(old, after->files[i].bytes)) && !(s->changed_only && tables_tell(s, after->files[i].path)))
			show_lines(s, after->files[i].path, old, after->files[i].bytes);
	}
	for (size_t i = 0; i < before->count; i++)
		if (sv_is_absent(designer_file_bytes(after->files, after->count, before->files[i].path))
			&& !tables_tell(s, before->files[i].path))
			show_lines(s, before->files[i].path, before->files[i].bytes, (struct sv){ NULL, 0 });
}

enum rc designer_folder_open(struct ctx *ctx, const struct service_file *files, size_t count, bool check, struct designer_folder *ret)
{
	*ret = (struct designer_folder){ .files = files, .count = count,
		.rules = ARENA_ARRAY(ctx->arena, struct designer_rules_file, count) };
	for (size_t i = 0; i < count; i++) {
		struct designer_rules_file *file = &ret->rules[ret->rules_count];
		if (!sv_has_suffix(files[i].path, SV(".dmn")))
			continue;
		TRY(dmn_parse(ctx, files[i].path, files[i].bytes, NULL, &file->model));
		if (check)
			TRY(dmn_check(ctx, file->model, &file->problems, &file->problem_count));
		file->path = files[i].path;
		ret->rules_count++;
	}
	return RC_OK;
}

void designer_rules_show(struct ctx *ctx, const struct designer_folder *before, const struct designer_folder *after, bool changed_only,
	bool problems, struct sv path, struct html_designer_rules *view)
{
	struct shown s = { .ctx = ctx, .before = before, .after = after, .changed_only = changed_only, .problems = problems, .path = path };

	for (size_t i = 0; i < after->rules_count; i++)
		show_model(&s, &after->rules[i]);
	show_gone(&s);
	if (changed_only)
		show_texts(&s);
	view->tables.at = s.tables.at;
	view->tables.len = s.tables.len;
	view->others.at = s.others.at;
	view->others.len = s.others.len;
	view->files.at = s.files.at;
	view->files.len = s.files.len;
	view->compared = changed_only;
}
