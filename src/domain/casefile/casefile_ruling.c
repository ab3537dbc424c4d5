/* What the rules decided in a case, for its pages: out of the acts of rules, whose records say why (casefile_rule.c).
 *
 * The record is what counts and what the receipt proves. The service version of the case, whose model has the same hash, gives
 * the words around it: the cells of every rule, the columns' labels, and what would change the result (engine/dmn: dmn_nearest),
 * worked out with the clock of the act.
 */
#include "base/civil.h"
#include "base/format.h"
#include "domain/casefile/casefile_show_int.h"
#include "domain/casefile/casefile_words_int.h"
#include "engine/dmn/dmn.h"

#include "base/banned.h"

enum { MAX_LINES = 40, MAX_NEAR = 5000, MAX_CHANGES = 3, MAX_CHANGE_CELLS = 3, MAX_FACTS = 60, MAX_GRIDS = 12, MAX_SENTENCE = 16 * 1024 };

struct ruling {
	struct ctx *ctx;
	const struct casefile *c;
	const struct json *record;      /* the explanation */
	const struct dmn_model *model;  /* NULL: not the one of the record */
	struct sv decision;
	int64_t at;
};

/* --- names and languages --- */

/* note_zh, note_en: an output for the readers of one language. */
static bool is_of_language(struct sv name, const char *tail)
{
	return name.len > 3 && sv_equal_z(sv_slice(name, name.len - 3, 3), tail);
}

static bool is_note(struct sv name)
{
	return is_of_language(name, "_zh") || is_of_language(name, "_en");
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

/* Of hit policies that take one rule, the first that holds; SIZE_MAX: none, or all of them count. */
static size_t deciding_rule(const struct json *table)
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

static const struct json *main_decision(const struct ruling *ruling)
{
	const struct json *decisions = json_get(ruling->record, SV("decisions"));

	for (const struct json *d = json_first(decisions); d; d = json_next(decisions, d))
		if (sv_equal(json_string(json_get(d, SV("name"))), ruling->decision))
			return d;
	return NULL;
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
		shown += !is_note(table->outputs[i].text);
	buf_init(&buf, ctx->arena, MAX_SENTENCE);
	for (size_t i = 0; i < table->output_count; i++) {
		if (is_note(table->outputs[i].text))
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
		if (is_note(json_key(v)))
			continue;
		if (buf.len)
			buf_sv(&buf, tr(ctx, N_(", ")));
		buf_sv(&buf, tr_args(ctx, N_("{label}: {value}"),
			ARGS({ "label", json_key(v) }, { "value", words_value(ctx, service, (struct sv){ NULL, 0 }, v) })));
	}
	return buf_view(&buf);
}

static struct sv note_of(const struct ruling *ruling, const struct json *result)
{
	for (const struct json *v = json_is(result, JSON_OBJECT) ? json_first(result) : NULL; v; v = json_next(result, v))
		if (is_mine(ruling->ctx, json_key(v)))
			return json_string(v);
	return (struct sv){ NULL, 0 };
}

static struct sv sentence(const struct ruling *ruling)
{
	const struct json *decision = main_decision(ruling), *result = json_get(ruling->record, SV("result"));
	const struct dmn_table *table = model_table(ruling, decision);
	size_t rule = deciding_rule(record_table(decision));
	struct sv words = table && rule != SIZE_MAX ? outputs_words(ruling, table, rule) : result_words(ruling, result);
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

static struct sv basis(const struct ruling *ruling)
{
	const struct json *decision = main_decision(ruling);
	const struct dmn_table *table = model_table(ruling, decision);
	size_t rule = deciding_rule(record_table(decision));

	return table && rule != SIZE_MAX ? annotation_of(ruling->ctx, table, rule) : (struct sv){ NULL, 0 };
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
		if (!is_note(table->outputs[c].text))
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
		if (!is_note(table->outputs[c].text))
			columns[count++].label = column_label(ctx, service, &table->outputs[c]);
	return (struct html_facts){ columns, count };
}

static void show_grid(const struct ruling *ruling, const struct json *decision, const struct dmn_table *table,
	const struct dmn_near *near, size_t near_count, struct html_grid *ret)
{
	const struct json *recorded = record_table(decision), *rules = json_get(recorded, SV("rules"));
	size_t deciding = deciding_rule(recorded), used = 0, i = 0;
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
		bool is_main = sv_equal(json_string(json_get(d, SV("name"))), ruling->decision);
		if (table)
			show_grid(ruling, d, table, near, is_main ? near_count : 0, &grids[used++]);
	}
	view->grids = (struct html_grids){ grids, used };
}

/* --- what would change it --- */

static bool same_result(const struct dmn_table *table, size_t a, size_t b)
{
	for (size_t i = 0; i < table->output_count; i++)
		if (!is_note(table->outputs[i].text)
			&& !sv_equal(table->rules[a].cells[table->input_count + i], table->rules[b].cells[table->input_count + i]))
			return false;
	return true;
}

static struct sv change_words(const struct ruling *ruling, const struct dmn_table *table, const struct json *inputs,
	const struct dmn_near *near)
{
	struct ctx *ctx = ruling->ctx;
	const struct service *service = ruling->c->service;
	struct buf buf;

	buf_init(&buf, ctx->arena, MAX_SENTENCE);
	for (size_t i = 0; i < near->column_count; i++) {
		const struct dmn_column *column = &table->inputs[near->columns[i]];
		struct sv path = column_path(column->text);
		if (buf.len)
			buf_sv(&buf, tr(ctx, N_(" and ")));
		buf_sv(&buf, tr_args(ctx, N_("“{label}” were “{wanted}” (now “{value}”)"),
			ARGS({ "label", column_label(ctx, service, column) },
				{ "wanted", words_cell(ctx, service, path, near->rule->cells[near->columns[i]]) },
				{ "value", words_value(ctx, service, path, json_get(json_at(inputs, near->columns[i]), SV("value"))) })));
	}
	return tr_args(ctx, N_("If {conditions}, rule {number} would apply: {result}."),
		ARGS({ "conditions", buf_view(&buf) }, { "number", arena_printf(ctx->arena, "%zu", near->index + 1) },
			{ "result", outputs_words(ruling, table, near->index) }));
}

/* What the rules granted needs no change. */
static bool is_granted(const struct ruling *ruling)
{
	struct sv route = json_string(json_path(ruling->record, SV("result.route")));

	return sv_equal(route, SV("grant")) || sv_equal(route, SV("answer"));
}

/* Rules with another result, nearest first. Behind a FIRST table's rule that holds, no rule can come into its own. */
static void show_changes(const struct ruling *ruling, const struct dmn_near *near, size_t near_count, struct html_ruling *view)
{
	const struct json *decision = main_decision(ruling), *recorded = record_table(decision);
	const struct dmn_table *table = model_table(ruling, decision);
	size_t deciding = deciding_rule(recorded), used = 0;
	bool first = sv_equal(json_string(json_get(recorded, SV("hitPolicy"))), SV("FIRST"));
	struct sv *changes = ARENA_ARRAY(ruling->ctx->arena, struct sv, MAX_CHANGES);

	if (!table || deciding == SIZE_MAX || is_granted(ruling))
		return;
	for (size_t i = 0; i < near_count && used < MAX_CHANGES; i++)
		if (near[i].column_count <= MAX_CHANGE_CELLS && !(first && near[i].index > deciding)
			&& !same_result(table, near[i].index, deciding))
			changes[used++] = change_words(ruling, table, json_get(recorded, SV("inputs")), &near[i]);
	view->changes = (struct html_texts){ changes, used };
}

/* Every rule of the main table that does not hold, with the cells that keep it from it. None when it cannot be worked out again. */
static enum rc find_near(const struct ruling *ruling, const struct dmn_near **ret, size_t *ret_count)
{
	struct ctx then = *ruling->ctx;
	struct clock clock = clock_virtual(ruling->at);
	struct feel_value inputs = feel_from_json(&then, json_get(ruling->record, SV("inputs")), NULL);

	*ret_count = 0;
	if (!ruling->model || !main_decision(ruling))
		return RC_OK;
	then.clock = &clock;
	enum rc rc = dmn_nearest(&then, ruling->model, ruling->decision, inputs, MAX_NEAR, ret, ret_count);
	if (rc == RC_UNAVAILABLE)
		error_clear(ruling->ctx);
	return rc == RC_UNAVAILABLE ? RC_OK : rc;
}

/* --- one act --- */

static const struct dmn_model *find_model(struct ctx *ctx, const struct service *service, struct sv sha256)
{
	for (size_t i = 0; i < service->decision_count; i++) {
		struct hash hash = dmn_hash(service->decisions[i].model);
		struct buf hex;
		buf_init(&hex, ctx->arena, 65);
		buf_hex(&hex, hash.bytes, sizeof(hash.bytes));
		if (sv_equal(buf_view(&hex), sha256))
			return service->decisions[i].model;
	}
	return NULL;
}

static enum rc show_record(struct ruling *ruling, const struct json *details, struct html_ruling *view)
{
	struct ctx *ctx = ruling->ctx;
	const struct dmn_near *near = NULL;
	size_t count;

	TRY(json_parse(ctx, SV("explanation"), json_string(json_get(details, SV("explanation"))), &json_limits_file, &ruling->record));
	ruling->model = find_model(ctx, ruling->c->service, json_string(json_path(ruling->record, SV("model.sha256"))));
	ruling->decision = json_string(json_get(ruling->record, SV("decision")));
	view->model = json_string(json_path(ruling->record, SV("model.name")));
	view->sha256 = json_string(json_get(details, SV("sha256")));
	TRY(find_near(ruling, &near, &count));
	show_facts(ruling, view);
	show_grids(ruling, near, count, view);
	if (sv_is_absent(view->reason)) {
		view->sentence = sentence(ruling);
		view->basis = basis(ruling);
		show_changes(ruling, near, count, view);
	}
	return RC_OK;
}

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

static struct html_ruling ruling_head(struct ctx *ctx, const struct casefile *c, const struct casefile_event *event,
	const struct json *details, size_t number)
{
	struct sv task = json_string(json_get(details, SV("task")));

	return (struct html_ruling){
		.id = arena_printf(ctx->arena, "ruling-%zu", number),
		.title = sv_is_empty(task) ? tr(ctx, N_("Check of the form")) : casefile_step_name(ctx, c->service, task),
		.sentence = tr(ctx, N_("The rules could not decide this. An officer decides.")),
		.reason = reason_words(ctx, c->service, details),
		.at = event->at,
		.version = c->service->version_number,
		.receipt = arena_printf(ctx->arena, "/receipts/%s", id_text(ctx->arena, event->leaf).ptr),
	};
}

static enum rc show_ruling(struct ctx *ctx, const struct casefile *c, const struct casefile_event *event,
	const struct json *details, struct html_ruling *view)
{
	struct ruling ruling = { .ctx = ctx, .c = c, .at = event->at };

	if (!json_get(details, SV("explanation")))
		return RC_OK;
	view->record = arena_printf(ctx->arena, "/cases/%s/rules/%s", id_text(ctx->arena, c->id).ptr, id_text(ctx->arena, event->id).ptr);
	return show_record(&ruling, details, view);
}

enum rc casefile_rulings(struct ctx *ctx, const struct casefile *c, const struct case_history *history,
	struct html_rulings *ret)
{
	struct html_ruling *list = ARENA_ARRAY(ctx->arena, struct html_ruling, history->len);
	size_t used = 0;

	for (size_t i = 0; i < history->len; i++)
		if (history->events[i].act == ACT_RULE) {
			list[used] = ruling_head(ctx, c, &history->events[i], history->details[i], used + 1);
			TRY(show_ruling(ctx, c, &history->events[i], history->details[i], &list[used]));
			used++;
		}
	*ret = (struct html_rulings){ list, used };
	return RC_OK;
}

enum rc casefile_rule_record(struct ctx *ctx, const struct casefile *c, struct id event, struct sv *ret)
{
	struct casefile_event *events;
	const struct json *record;
	size_t count;

	TRY(casefile_events(ctx, c, &events, &count));
	for (size_t i = 0; i < count; i++) {
		if (!id_equal(events[i].id, event) || events[i].act != ACT_RULE)
			continue;
		TRY(json_parse(ctx, SV("record"), events[i].record, &json_limits_request, &record));
		struct sv text = json_string(json_path(record, SV("details.explanation")));
		if (sv_is_absent(text))
			break;
		*ret = text;
		return RC_OK;
	}
	return fail(ctx, RC_NOT_FOUND, N_("There is no such record of rules in this case."), NULL);
}
