/* What the rules decided in a case, for its pages: out of the acts of rules and their records of why (casefile_rule.c).
 *
 * In short (sentence, law, what would change it) it is what the act keeps; in full, inputs and tables come from the record, whose
 * hash the receipt proves. The service version of the case gives the words around both: the cells of the rules, the columns' labels.
 */
#include "base/civil.h"
#include "base/format.h"
#include "domain/casefile/casefile_outcome_int.h"
#include "domain/casefile/casefile_show_int.h"
#include "domain/casefile/casefile_sql.h"
#include "domain/casefile/casefile_words_int.h"

#include "base/banned.h"

enum { MAX_LINES = 40, MAX_FACTS = 60, MAX_GRIDS = 12, MAX_SENTENCE = 16 * 1024 };

struct ruling {
	struct ctx *ctx;
	const struct casefile *c;
	const struct casefile_event *event;
	const struct json *details;     /* of the act */
	const struct dmn_model *model;  /* NULL: the act is of no rule task */
	struct sv decision;
	const struct json *record;      /* the explanation; NULL in short */
};

/* --- names and languages --- */

/* note_zh, note_en: an output for the readers of one language. */
static bool is_of_language(struct sv name, const char *tail)
{
	return name.len > 3 && sv_equal_z(sv_slice(name, name.len - 3, 3), tail);
}

static bool is_mine(const struct ctx *ctx, struct sv name)
{
	return is_of_language(name, locale_is_zh(ctx->locale) ? "_zh" : "_en");
}

/* The path that a column reads, when it is nothing but one. */
static struct sv column_path(struct sv text)
{
	for (size_t i = 0; i < text.len; i++) {
		char c = text.ptr[i];
		if (!((c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_' || c == '.'))
			return (struct sv){ NULL, 0 };
	}
	return text;
}

static struct sv column_label(struct ctx *ctx, const struct service *service, const struct dmn_column *column)
{
	struct sv path = column_path(column->text);
	bool unnamed = sv_is_absent(column->label_en) && (!locale_is_zh(ctx->locale) || sv_equal(column->label, column->text));

	if (unnamed && !sv_is_absent(path))
		return words_path(ctx, service, path);
	return bitext_pick(ctx, (struct bitext){ column->label, column->label_en });
}

/* --- the rule that decided --- */

static const struct json *record_table(const struct json *decision)
{
	return json_first(json_get(decision, SV("tables")));
}

/* The one that the act names; SIZE_MAX: none did, or several together. */
static size_t deciding_rule(const struct ruling *ruling, const struct dmn_table *table)
{
	int64_t rule;

	if (!table || !json_i64(json_path(ruling->details, SV("outcome.rule")), &rule) || rule < 1 || (size_t)rule > table->rule_count)
		return SIZE_MAX;
	return (size_t)rule - 1;
}

/* Of the decision that the task asked for; NULL when its logic is no table. */
static const struct dmn_table *main_table(const struct ruling *ruling)
{
	const struct dmn_decision *found = ruling->model ? dmn_find_decision(ruling->model, ruling->decision) : NULL;

	return found ? found->table : NULL;
}

/* The rule of a recorded table: of hit policies that take one, the first that holds; SIZE_MAX: none, or all of them count. */
static size_t recorded_rule(const struct json *table)
{
	const struct json *rules = json_get(table, SV("rules"));
	struct sv policy = json_string(json_get(table, SV("hitPolicy")));
	size_t i = 0;

	if (!sv_equal(policy, SV("FIRST")) && !sv_equal(policy, SV("UNIQUE")) && !sv_equal(policy, SV("ANY")))
		return SIZE_MAX;
	for (const struct json *r = json_first(rules); r; r = json_next(rules, r), i++)
		if (json_bool(json_get(r, SV("matched")), false))
			return i;
	return SIZE_MAX;
}

static bool is_main(const struct ruling *ruling, const struct json *decision)
{
	return sv_equal(json_string(json_get(decision, SV("name"))), ruling->decision);
}

/* The table of a decision as the model has it; NULL when the record tells of another. */
static const struct dmn_table *model_table(const struct ruling *ruling, const struct json *decision)
{
	const struct dmn_decision *found =
		ruling->model ? dmn_find_decision(ruling->model, json_string(json_get(decision, SV("id")))) : NULL;
	const struct json *table = record_table(decision);

	if (!found || !found->table || json_count(json_get(table, SV("rules"))) != found->table->rule_count
		|| json_count(json_get(table, SV("inputs"))) != found->table->input_count)
		return NULL;
	return found->table;
}

/* --- the sentence --- */

/* Outputs of a rule but the notes: "grant at once", or "Inspection: yes, Hearing: no". */
static struct sv outputs_words(const struct ruling *ruling, const struct dmn_table *table, size_t rule)
{
	const struct service *service = ruling->c->service;
	const struct sv *cells = table->rules[rule].cells + table->input_count;
	struct ctx *ctx = ruling->ctx;
	size_t shown = 0;
	struct buf buf;

	for (size_t i = 0; i < table->output_count; i++)
		shown += !outcome_is_note(table->outputs[i].text);
	buf_init(&buf, ctx->arena, MAX_SENTENCE);
	for (size_t i = 0; i < table->output_count; i++) {
		if (outcome_is_note(table->outputs[i].text))
			continue;
		struct sv words = words_result(ctx, service, table->outputs[i].text, cells[i]);
		if (buf.len)
			buf_sv(&buf, tr(ctx, N_(", ")));
		buf_sv(&buf, shown == 1 ? words
					: tr_args(ctx, N_("{label}: {value}"),
						  ARGS({ "label", column_label(ctx, service, &table->outputs[i]) }, { "value", words })));
	}
	return buf_view(&buf);
}

/* The same for a result that no single rule of a table gave. */
static struct sv result_words(const struct ruling *ruling, const struct json *result)
{
	struct ctx *ctx = ruling->ctx;
	const struct service *service = ruling->c->service;
	struct buf buf;

	if (!json_is(result, JSON_OBJECT))
		return words_value(ctx, service, (struct sv){ NULL, 0 }, result);
	buf_init(&buf, ctx->arena, MAX_SENTENCE);
	for (const struct json *v = json_first(result); v; v = json_next(result, v)) {
		if (outcome_is_note(json_key(v)))
			continue;
		if (buf.len)
			buf_sv(&buf, tr(ctx, N_(", ")));
		buf_sv(&buf, tr_args(ctx, N_("{label}: {value}"),
			ARGS({ "label", json_key(v) }, { "value", words_value(ctx, service, (struct sv){ NULL, 0 }, v) })));
	}
	return buf_view(&buf);
}

/* The result is kept as a text. */
static const struct json *read_text(struct ctx *ctx, const struct json *text)
{
	const struct json *value = NULL;

	if (json_parse(ctx, SV("outcome"), json_string(text), &json_limits_request, &value) != RC_OK)
		error_clear(ctx);
	return value;
}

static struct sv note_of(const struct ruling *ruling, const struct json *result)
{
	for (const struct json *v = json_is(result, JSON_OBJECT) ? json_first(result) : NULL; v; v = json_next(result, v))
		if (is_mine(ruling->ctx, json_key(v)))
			return json_string(v);
	return (struct sv){ NULL, 0 };
}

static struct sv sentence(const struct ruling *ruling, const struct dmn_table *table, size_t rule)
{
	const struct json *result = read_text(ruling->ctx, json_path(ruling->details, SV("outcome.result")));
	struct sv words = rule != SIZE_MAX ? outputs_words(ruling, table, rule) : result_words(ruling, result);
	struct sv note = note_of(ruling, result);

	if (sv_is_empty(note))
		return tr_args(ruling->ctx, N_("The rules decided: {result}."), ARGS({ "result", words }));
	return tr_args(ruling->ctx, N_("The rules decided: {result}. The reason: {note}"), ARGS({ "result", words }, { "note", note }));
}

/* The law behind a rule: the annotation in the reader's language. A column named in ASCII is English. */
static struct sv annotation_of(struct ctx *ctx, const struct dmn_table *table, size_t rule)
{
	const struct sv *notes = table->rules[rule].cells + table->input_count + table->output_count;

	for (size_t i = 0; i < table->annotation_count; i++) {
		bool ascii = true;
		for (size_t j = 0; j < table->annotations[i].len; j++)
			ascii &= (unsigned char)table->annotations[i].ptr[j] < 0x80;
		if (ascii != locale_is_zh(ctx->locale))
			return notes[i];
	}
	return table->annotation_count ? notes[0] : (struct sv){ NULL, 0 };
}

/* --- what would change it --- */

static struct sv condition_words(const struct ruling *ruling, const struct dmn_table *table, size_t rule, const struct json *cell)
{
	struct ctx *ctx = ruling->ctx;
	const struct service *service = ruling->c->service;
	int64_t number;

	if (!json_i64(json_get(cell, SV("column")), &number) || number < 1 || (size_t)number > table->input_count)
		return SV("");
	const struct dmn_column *column = &table->inputs[number - 1];
	struct sv path = column_path(column->text);
	return tr_args(ctx, N_("“{label}” were “{wanted}” (now “{value}”)"),
		ARGS({ "label", column_label(ctx, service, column) },
			{ "wanted", words_cell(ctx, service, path, table->rules[rule].cells[number - 1]) },
			{ "value", words_value(ctx, service, path, read_text(ctx, json_get(cell, SV("value")))) }));
}

static struct sv change_words(const struct ruling *ruling, const struct dmn_table *table, const struct json *change)
{
	struct ctx *ctx = ruling->ctx;
	const struct json *cells = json_get(change, SV("cells"));
	struct buf buf;
	int64_t rule;

	if (!json_i64(json_get(change, SV("rule")), &rule) || rule < 1 || (size_t)rule > table->rule_count)
		return SV("");
	buf_init(&buf, ctx->arena, MAX_SENTENCE);
	for (const struct json *cell = json_first(cells); cell; cell = json_next(cells, cell)) {
		if (buf.len)
			buf_sv(&buf, tr(ctx, N_(" and ")));
		buf_sv(&buf, condition_words(ruling, table, (size_t)rule - 1, cell));
	}
	return tr_args(ctx, N_("If {conditions}, rule {number} would apply: {result}."),
		ARGS({ "conditions", buf_view(&buf) }, { "number", arena_printf(ctx->arena, "%lld", (long long)rule) },
			{ "result", outputs_words(ruling, table, (size_t)rule - 1) }));
}

/* What the act keeps, in words. */
static void show_outcome(const struct ruling *ruling, struct html_ruling *view)
{
	const struct dmn_table *table = main_table(ruling);
	const struct json *changes = json_path(ruling->details, SV("outcome.changes"));
	size_t rule = deciding_rule(ruling, table), used = 0;
	struct sv *list = ARENA_ARRAY(ruling->ctx->arena, struct sv, json_count(changes));

	view->sentence = sentence(ruling, table, rule);
	view->basis = rule != SIZE_MAX ? annotation_of(ruling->ctx, table, rule) : (struct sv){ NULL, 0 };
	for (const struct json *change = table ? json_first(changes) : NULL; change; change = json_next(changes, change))
		list[used++] = change_words(ruling, table, change);
	view->changes = (struct html_texts){ list, used };
}

/* --- what went in --- */

static struct sv source_words(const struct ruling *ruling, const struct json *source)
{
	static const struct {
		const char *kind, *text;
	} kinds[] = {
		{ "form", N_("Application form") }, { "computed", N_("Computed from the form") },
		{ "situation", N_("Answer to a question before the form") }, { "case", N_("This case") }, { "applicant", N_("Who applies") },
		{ "rule", N_("An earlier rule") }, { "process", N_("An earlier step") },
	};
	struct ctx *ctx = ruling->ctx;
	struct sv kind = json_string(json_get(source, SV("kind"))), at = json_string(json_get(source, SV("at")));
	int64_t day, hour, minute;

	for (size_t i = 0; i < sizeof(kinds) / sizeof(*kinds); i++)
		if (sv_equal_z(kind, kinds[i].kind))
			return tr(ctx, kinds[i].text);
	if (!civil_parse_day(sv_slice(at, 0, 10), &day) || !sv_parse_i64(sv_slice(at, 11, 2), &hour)
		|| !sv_parse_i64(sv_slice(at, 14, 2), &minute))
		return (struct sv){ NULL, 0 };
	return tr_args(ctx, N_("{register}, read {time}"),
		ARGS({ "register", case_register_name(ctx, json_string(json_get(source, SV("register")))) },
			{ "time", format_time(ctx, ((day * 24 + hour) * 60 + minute) * 60000) }));
}

/* The source of a path: that of the longest path it begins with. */
static const struct json *source_of(const struct ruling *ruling, struct sv path)
{
	const struct json *sources = json_get(ruling->record, SV("sources")), *best = NULL;
	size_t longest = 0;

	for (const struct json *v = json_first(sources); v; v = json_next(sources, v)) {
		struct sv key = json_key(v);
		bool leads = sv_has_prefix(path, key) && (path.len == key.len || path.ptr[key.len] == '.');
		if (leads && key.len >= longest) {
			best = v;
			longest = key.len;
		}
	}
	return best;
}

struct facts {
	struct html_fact *at;
	struct sv paths[MAX_FACTS];
	size_t len;
};

static void add_fact(const struct ruling *ruling, struct sv path, struct facts *facts)
{
	const struct json *source = source_of(ruling, path);
	const struct service *service = ruling->c->service;

	for (size_t i = 0; i < facts->len; i++)
		if (sv_equal(facts->paths[i], path))
			return;
	struct sv rest = path;
	const struct json *inputs = json_get(ruling->record, SV("inputs")), *value = json_path(inputs, path);
	struct sv root = sv_cut(&rest, '.');
	bool is_way = json_is(value, JSON_OBJECT) || (sv_equal(root, SV("registers")) && (sv_is_absent(rest) || sv_find_byte(rest, '.', 0) == SIZE_MAX));
	if (!json_get(inputs, root) || is_way || facts->len == MAX_FACTS)
		return; /* not an input, or only the way to one */
	facts->paths[facts->len] = path;
	facts->at[facts->len++] = (struct html_fact){
		.label = words_path(ruling->ctx, service, path),
		.value = words_value(ruling->ctx, service, path, value),
		.source = source_words(ruling, source),
	};
}

/* Everything the columns of the tables read, each path once. */
static void show_facts(const struct ruling *ruling, struct html_ruling *view)
{
	const struct json *decisions = json_get(ruling->record, SV("decisions"));
	struct facts facts = { .at = ARENA_ARRAY(ruling->ctx->arena, struct html_fact, MAX_FACTS) };

	for (const struct json *d = json_first(decisions); d; d = json_next(decisions, d)) {
		const struct dmn_table *table = model_table(ruling, d);
		for (size_t c = 0; table && c < table->input_count; c++)
			for (size_t i = 0; i < table->inputs[c].read_count; i++)
				add_fact(ruling, table->inputs[c].reads[i].path, &facts);
	}
	view->facts = (struct html_facts){ facts.at, facts.len };
}

/* --- the table --- */

static bool fails(const struct dmn_near *near, size_t near_count, size_t rule, size_t column)
{
	for (size_t i = 0; i < near_count; i++)
		for (size_t j = 0; near[i].index == rule && j < near[i].column_count; j++)
			if (near[i].columns[j] == column)
				return true;
	return false;
}

static void show_line(const struct ruling *ruling, const struct dmn_table *table, size_t rule, const struct json *state,
	const struct dmn_near *near, size_t near_count, struct html_line *ret)
{
	struct ctx *ctx = ruling->ctx;
	const struct service *service = ruling->c->service;
	size_t count = 0;
	struct html_cell *cells = ARENA_ARRAY(ctx->arena, struct html_cell, table->input_count + table->output_count);
	struct sv failed = json_string(json_path(state, SV("failed.column")));

	for (size_t c = 0; c < table->input_count; c++) {
		bool wrong = fails(near, near_count, rule, c) || (!sv_is_absent(failed) && sv_equal(failed, table->inputs[c].label));
		cells[count++] = (struct html_cell){
			words_cell(ctx, service, column_path(table->inputs[c].text), table->rules[rule].cells[c]),
			wrong ? SV("fails") : (struct sv){ NULL, 0 } };
	}
	for (size_t c = 0; c < table->output_count; c++)
		if (!outcome_is_note(table->outputs[c].text))
			cells[count++].text = words_result(ctx, service, table->outputs[c].text,
				table->rules[rule].cells[table->input_count + c]);
	ret->cells = (struct html_cells){ cells, count };
	ret->name = arena_printf(ctx->arena, "%zu", rule + 1);
}

static struct html_facts show_columns(const struct ruling *ruling, const struct dmn_table *table, const struct json *recorded)
{
	struct ctx *ctx = ruling->ctx;
	const struct service *service = ruling->c->service;
	const struct json *inputs = json_get(recorded, SV("inputs"));
	struct html_fact *columns = ARENA_ARRAY(ctx->arena, struct html_fact, table->input_count + table->output_count);
	size_t count = 0;

	for (size_t c = 0; c < table->input_count; c++)
		columns[count++] = (struct html_fact){
			.label = column_label(ctx, service, &table->inputs[c]),
			.value = words_value(ctx, service, column_path(table->inputs[c].text), json_get(json_at(inputs, c), SV("value"))),
		};
	for (size_t c = 0; c < table->output_count; c++)
		if (!outcome_is_note(table->outputs[c].text))
			columns[count++].label = column_label(ctx, service, &table->outputs[c]);
	return (struct html_facts){ columns, count };
}

static void show_grid(const struct ruling *ruling, const struct json *decision, const struct dmn_table *table,
	const struct dmn_near *near, size_t near_count, struct html_grid *ret)
{
	const struct json *recorded = record_table(decision), *rules = json_get(recorded, SV("rules"));
	size_t deciding = recorded_rule(recorded), used = 0, i = 0;
	struct html_line *lines = ARENA_ARRAY(ruling->ctx->arena, struct html_line, MAX_LINES);

	for (const struct json *r = json_first(rules); r; r = json_next(rules, r), i++) {
		bool holds = deciding == SIZE_MAX ? json_bool(json_get(r, SV("matched")), false) : i == deciding;
		/* of a long table the first rules, and those that hold */
		if (used == MAX_LINES || (used == MAX_LINES - 1 && !holds && i + 1 < table->rule_count))
			continue;
		show_line(ruling, table, i, r, near, near_count, &lines[used]);
		lines[used++].mark = holds ? SV("holds") : (struct sv){ NULL, 0 };
	}
	*ret = (struct html_grid){
		.caption = json_string(json_get(decision, SV("name"))),
		.columns = show_columns(ruling, table, recorded),
		.lines = { lines, used },
		.more = (int64_t)(table->rule_count - used),
	};
}

static void show_grids(const struct ruling *ruling, const struct dmn_near *near, size_t near_count, struct html_ruling *view)
{
	const struct json *decisions = json_get(ruling->record, SV("decisions"));
	struct html_grid *grids = ARENA_ARRAY(ruling->ctx->arena, struct html_grid, MAX_GRIDS);
	size_t used = 0;

	for (const struct json *d = json_first(decisions); d && used < MAX_GRIDS; d = json_next(decisions, d)) {
		const struct dmn_table *table = model_table(ruling, d);
		if (table)
			show_grid(ruling, d, table, near, is_main(ruling, d) ? near_count : 0, &grids[used++]);
	}
	view->grids = (struct html_grids){ grids, used };
}

/* Every rule of the main table that does not hold, with the cells that keep it from it. None when it cannot be worked out again. */
static enum rc find_near(const struct ruling *ruling, const struct dmn_near **ret, size_t *ret_count)
{
	struct ctx then = *ruling->ctx;
	struct clock clock = clock_virtual(ruling->event->at);
	struct feel_value inputs = feel_from_json(&then, json_get(ruling->record, SV("inputs")), NULL);

	*ret_count = 0;
	then.clock = &clock;
	enum rc rc = dmn_nearest(&then, ruling->model, ruling->decision, inputs, SIZE_MAX, ret, ret_count);
	if (rc == RC_UNAVAILABLE)
		error_clear(ruling->ctx);
	return rc == RC_UNAVAILABLE ? RC_OK : rc;
}

/* --- one act --- */

/* Why there is no result, absent if there is one. What it names is the rule that should have found it out. */
static struct sv reason_words(struct ctx *ctx, const struct service *service, const struct json *details)
{
	struct sv reason = json_string(json_get(details, SV("reason"))), about = json_string(json_get(details, SV("about"))), name = about;

	if (sv_is_absent(reason))
		return reason;
	for (size_t i = 0; i < bpmn_node_count(service->process); i++) {
		const struct bpmn_node *node = bpmn_node_at(service->process, i);
		if (node->kind == BPMN_RULE_TASK && sv_equal(bpmn_attr(node, "variable"), about))
			name = casefile_step_name(ctx, service, node->id);
	}
	return tr_args(ctx, arena_z(ctx->arena, reason), ARGS({ "name", name }));
}

static void open_ruling(struct ctx *ctx, const struct casefile *c, const struct casefile_event *event, const struct json *details,
	struct ruling *ret)
{
	const struct bpmn_node *node = bpmn_node_find(c->service->process, json_string(json_get(details, SV("task"))));

	*ret = (struct ruling){ .ctx = ctx, .c = c, .event = event, .details = details };
	if (node && node->kind == BPMN_RULE_TASK)
		ret->model = service_decision_find(c->service, bpmn_attr(node, "decision"), &ret->decision);
}

static struct sv own_address(const struct ruling *ruling)
{
	struct arena *arena = ruling->ctx->arena;

	return arena_printf(arena, "/cases/%s/rules/%s", id_text(arena, ruling->c->id).ptr, id_text(arena, ruling->event->id).ptr);
}

static struct html_ruling show_short(const struct ruling *ruling, size_t number)
{
	struct ctx *ctx = ruling->ctx;
	const struct service *service = ruling->c->service;
	struct sv task = json_string(json_get(ruling->details, SV("task")));
	struct html_ruling view = {
		.id = arena_printf(ctx->arena, "ruling-%zu", number),
		.title = sv_is_empty(task) ? tr(ctx, N_("Check of the form")) : casefile_step_name(ctx, service, task),
		.sentence = tr(ctx, N_("The rules could not decide this. An officer decides.")),
		.reason = reason_words(ctx, service, ruling->details),
		.at = ruling->event->at,
		.version = service->version_number,
		.receipt = arena_printf(ctx->arena, "/receipts/%s", id_text(ctx->arena, ruling->event->leaf).ptr),
	};

	if (ruling->model)
		view.more = own_address(ruling);
	if (sv_is_absent(view.reason))
		show_outcome(ruling, &view);
	return view;
}

/* A gateway's act has no record: then it is all said in short. */
static enum rc show_full(struct ruling *ruling, struct html_ruling *view)
{
	struct ctx *ctx = ruling->ctx;
	const struct dmn_near *near = NULL;
	struct sv record;
	size_t count;

	if (!ruling->model)
		return RC_OK;
	TRY(casefile_rule_record(ctx, ruling->c, ruling->event->id, &record));
	TRY(json_parse(ctx, SV("explanation"), record, &json_limits_file, &ruling->record));
	TRY(find_near(ruling, &near, &count));
	show_facts(ruling, view);
	show_grids(ruling, near, count, view);
	view->model = dmn_name(ruling->model);
	view->sha256 = json_string(json_get(ruling->details, SV("sha256")));
	view->record = arena_printf(ctx->arena, "%.*s/record", SV_FMT(view->more));
	view->more = (struct sv){ NULL, 0 };
	return RC_OK;
}

static enum rc show_rulings(struct ctx *ctx, const struct casefile *c, const struct case_history *history, bool in_full,
	struct html_rulings *ret)
{
	struct html_ruling *list = ARENA_ARRAY(ctx->arena, struct html_ruling, history->len);
	struct ruling ruling;
	size_t used = 0;

	for (size_t i = 0; i < history->len; i++) {
		if (history->events[i].act != ACT_RULE)
			continue;
		open_ruling(ctx, c, &history->events[i], history->details[i], &ruling);
		list[used] = show_short(&ruling, used + 1);
		if (in_full)
			TRY(show_full(&ruling, &list[used]));
		used++;
	}
	*ret = (struct html_rulings){ list, used };
	return RC_OK;
}

enum rc casefile_rulings(struct ctx *ctx, const struct casefile *c, const struct case_history *history, struct html_rulings *ret)
{
	return show_rulings(ctx, c, history, false, ret);
}

enum rc casefile_rulings_in_full(struct ctx *ctx, const struct casefile *c, const struct case_history *history,
	struct html_rulings *ret)
{
	return show_rulings(ctx, c, history, true, ret);
}

enum rc casefile_ruling(struct ctx *ctx, const struct casefile *c, struct id event, struct html_rulings *ret)
{
	struct case_history history;

	TRY(casefile_history(ctx, c, &history));
	for (size_t i = 0; i < history.len; i++)
		if (id_equal(history.events[i].id, event))
			return casefile_rulings_in_full(ctx, c, &(struct case_history){ &history.events[i], &history.details[i], 1 }, ret);
	return fail(ctx, RC_NOT_FOUND, N_("There is no such record of rules in this case."), NULL);
}

enum rc casefile_rule_record(struct ctx *ctx, const struct casefile *c, struct id event, struct sv *ret)
{
	struct sql_rule_record_row row;
	enum rc rc = sql_rule_record(ctx, c->id, event, &row);

	if (rc == RC_NOT_FOUND)
		return fail(ctx, rc, N_("There is no such record of rules in this case."), NULL);
	TRY(rc);
	return case_unseal(ctx, c, row.record, ret);
}
