/* Business rule tasks: a decision of the folder applied to the case, as an act whose record says why.
 *
 * The record of why is engine/dmn's (dmn.h: dmn_explain) with one member more, "sources": where each input came from, by its
 * path: {"registers.population": {"kind": "register", "register": "population", "at": "2026-03-03T02:32:05.123Z"}, "situation":
 * {"kind": "situation"}, ...}; kinds are form, computed, situation, register, rule, process, case, applicant. The act keeps
 * what the decision came to (casefile_outcome_int.h) and the SHA-256 of the record, so that the receipt proves both; the record
 * itself is a row of casefile_rule. Only the inputs that the model names are in it.
 *
 * A machine never refuses, and never grants in doubt. A decision that runs into a limit, or gives no result, leaves its
 * variable undecided: whatever asks for it later, another rule or a gateway, is not answered by machine either, and an
 * officer chooses the way, seeing the reason (engine/bpmn: by_hand).
 */
#include <assert.h>

#include "base/civil.h"
#include "domain/casefile/casefile_flow_int.h"
#include "domain/casefile/casefile_outcome_int.h"
#include "domain/casefile/casefile_sql.h"
#include "engine/dmn/dmn.h"
#include "engine/form/form.h"

#include "base/banned.h"

enum { MAX_EXPLANATION = CASE_MAX_RECORD / 4, MAX_UNDECIDED = 64 };

/* --- inputs and where they came from --- */

/* The inputs that the model names: process variables before what every expression may read. */
static struct feel_value decision_inputs(struct flow *flow, const struct bpmn_call *call, const struct dmn_model *model)
{
	struct feel_value outer = flow->host.context, inner = bpmn_variables(call->state);
	size_t count, used = 0;
	const struct dmn_input *inputs = dmn_inputs(model, &count);
	struct feel_entry *all = ARENA_ARRAY(flow->ctx->arena, struct feel_entry, count);

	for (size_t i = 0; i < count; i++) {
		const struct feel_value *value = inner.kind == FEEL_CONTEXT ? feel_get(inner, inputs[i].name) : NULL;
		if (!value)
			value = feel_get(outer, inputs[i].name);
		if (value)
			all[used++] = (struct feel_entry){ inputs[i].name, *value };
	}
	return feel_context(all, used);
}

/* When the register was last read for this case: by the process, or else to fill in the form as the draft was opened. */
static enum rc read_at(struct flow *flow, struct sv name, int64_t *ret)
{
	struct ctx *ctx = flow->ctx;
	struct sql_events_of_act_rows rows;

	*ret = flow->pad->c.opened_at;
	TRY(sql_events_of_act(ctx, flow->pad->c.id, ACT_FETCH, &rows));
	for (size_t i = 0; i < rows.len; i++) {
		const struct json *record;
		struct sv text;
		TRY(case_unseal(ctx, &flow->pad->c, rows.at[i].record, &text));
		TRY(json_parse(ctx, SV("record"), text, &json_limits_request, &record));
		if (sv_equal(json_string(json_path(record, SV("details.register"))), name))
			*ret = rows.at[i].at;
	}
	return RC_OK;
}

static void write_source(struct json_out *out, struct sv path, struct sv kind)
{
	json_out_key(out, path);
	json_out_object(out);
	json_out_member(out, SV("kind"), kind);
	json_out_object_end(out);
}

static void write_register(struct json_out *out, struct sv path, struct sv name, int64_t at)
{
	char when[25];

	json_out_key(out, path);
	json_out_object(out);
	json_out_member(out, SV("kind"), SV("register"));
	json_out_member(out, SV("register"), name);
	json_out_member(out, SV("at"), civil_instant_text(at, when));
	json_out_object_end(out);
}

static enum rc write_registers(struct flow *flow, struct feel_value registers, struct json_out *out)
{
	for (size_t i = 0; registers.kind == FEEL_CONTEXT && i < registers.context.count; i++) {
		struct sv name = registers.context.at[i].key;
		int64_t at;
		TRY(read_at(flow, name, &at));
		write_register(out, arena_printf(flow->ctx->arena, "registers.%.*s", SV_FMT(name)), name, at);
	}
	return RC_OK;
}

static bool is_of_rule(const struct bpmn_model *process, struct sv variable)
{
	for (size_t i = 0; i < bpmn_node_count(process); i++) {
		const struct bpmn_node *node = bpmn_node_at(process, i);
		if (node->kind == BPMN_RULE_TASK && sv_equal(bpmn_attr(node, "variable"), variable))
			return true;
	}
	return false;
}

static void write_answer(struct flow *flow, struct sv name, struct json_out *out)
{
	static const char *const around[] = { "situation", "case", "applicant" };
	const struct form_field *field = form_field_find(flow->pad->c.service->form, name);
	struct sv rest = field ? field->prefill : (struct sv){ NULL, 0 };

	for (size_t i = 0; i < sizeof(around) / sizeof(*around); i++)
		if (sv_equal_z(name, around[i])) {
			write_source(out, name, name);
			return;
		}
	if (field && field->prefill_readonly)
		write_register(out, name, sv_cut(&rest, '.'), flow->pad->c.opened_at);
	else
		write_source(out, name, field && field->kind == FORM_COMPUTED ? SV("computed") : SV("form"));
}

static enum rc write_sources(struct flow *flow, const struct bpmn_call *call, struct feel_value inputs, struct json_out *out)
{
	struct feel_value inner = bpmn_variables(call->state);

	json_out_key(out, SV("sources"));
	json_out_object(out);
	for (size_t i = 0; i < inputs.context.count; i++) {
		struct sv name = inputs.context.at[i].key;
		if (sv_equal(name, SV("registers")))
			TRY(write_registers(flow, inputs.context.at[i].value, out));
		else if (inner.kind == FEEL_CONTEXT && feel_get(inner, name))
			write_source(out, name, is_of_rule(flow->model, name) ? SV("rule") : SV("process"));
		else
			write_answer(flow, name, out);
	}
	json_out_object_end(out);
	return RC_OK;
}

/* --- what could not be found out --- */

void flow_read_undecided(struct flow *flow)
{
	struct feel_value names = flow->state ? bpmn_read(flow->state, 0, SV("undecided")) : feel_null();
	size_t count = names.kind == FEEL_LIST ? names.list.count : 0;
	struct sv *list = ARENA_ARRAY(flow->ctx->arena, struct sv, MAX_UNDECIDED);

	flow->host.unknown = list;
	flow->host.unknown_count = 0;
	for (size_t i = 0; i < count && i < MAX_UNDECIDED; i++)
		list[flow->host.unknown_count++] = names.list.at[i].text;
}

/* The input that an earlier rule should have found out, absent if there is none. */
static struct sv unknown_input(const struct flow *flow, struct feel_value inputs)
{
	for (size_t i = 0; i < inputs.context.count; i++)
		for (size_t j = 0; j < flow->host.unknown_count; j++)
			if (sv_equal(inputs.context.at[i].key, flow->host.unknown[j]))
				return inputs.context.at[i].key;
	return (struct sv){ NULL, 0 };
}

/* A decision gave no result when it is null, or when a part of it is null by an error. *ret_why: in words, absent if unsaid. */
static bool is_without_result(struct ctx *ctx, struct feel_value value, struct sv *ret_why)
{
	*ret_why = feel_reason(ctx, value);
	if (value.kind != FEEL_CONTEXT)
		return value.kind == FEEL_NULL;
	for (size_t i = 0; i < value.context.count; i++)
		if (value.context.at[i].value.kind == FEEL_NULL && value.context.at[i].value.reason.msgid) {
			*ret_why = feel_reason(ctx, value.context.at[i].value);
			return true;
		}
	return false;
}

/* The variable is null, and on the list of what no rule could find out. */
static enum rc leave_undecided(struct flow *flow, struct sv variable, struct bpmn_call *call)
{
	struct ctx *ctx = flow->ctx;
	struct feel_entry *entries = ARENA_ARRAY(ctx->arena, struct feel_entry, 2);
	struct sv *names = ARENA_ARRAY(ctx->arena, struct sv, MAX_UNDECIDED);
	size_t count = 0;

	if (flow->host.unknown_count == MAX_UNDECIDED)
		return fail_internal(ctx, "a process has more than %d rule tasks", MAX_UNDECIDED);
	for (size_t i = 0; i < flow->host.unknown_count; i++)
		if (!sv_equal(flow->host.unknown[i], variable))
			names[count++] = flow->host.unknown[i];
	names[count++] = variable;
	struct feel_value *list = ARENA_ARRAY(ctx->arena, struct feel_value, count);
	for (size_t i = 0; i < count; i++)
		list[i] = feel_text(names[i]);
	flow->host.unknown = names;
	flow->host.unknown_count = count;
	entries[0] = (struct feel_entry){ variable, feel_null() };
	entries[1] = (struct feel_entry){ SV("undecided"), feel_list(list, count) };
	call->variables = feel_context(entries, 2);
	return RC_OK;
}

/* Why there is no result: a message id, so that pages say it in the reader's language, and the variable that it names, if any. */
struct why {
	struct sv reason, about;
};

static const char depends[] = N_("It depends on “{name}”, which the rules could not find out.");

static struct why take_error(struct ctx *ctx)
{
	bool named = ctx->err->msgid && strcmp(ctx->err->msgid, depends) == 0;
	struct why why = { sv_of(ctx->err->msgid), named ? ctx->err->args[0].value : (struct sv){ NULL, 0 } };

	error_clear(ctx);
	return why;
}

static void write_why(struct json_out *out, const struct why *why)
{
	json_out_member(out, SV("reason"), why->reason);
	if (!sv_is_absent(why->about))
		json_out_member(out, SV("about"), why->about);
}

/* The record of a decision that gave no result by itself. */
static void write_stopped(struct ctx *ctx, const struct dmn_model *model, struct sv decision, struct feel_value inputs, const struct why *why,
	struct json_out *out)
{
	struct hash hash = dmn_hash(model);
	struct buf hex;

	buf_init(&hex, ctx->arena, 65);
	buf_hex(&hex, hash.bytes, sizeof(hash.bytes));
	json_out_object(out);
	json_out_key(out, SV("model"));
	json_out_object(out);
	json_out_member(out, SV("name"), dmn_name(model));
	json_out_member(out, SV("namespace"), dmn_namespace(model));
	json_out_member(out, SV("sha256"), buf_view(&hex));
	json_out_object_end(out);
	json_out_member(out, SV("decision"), decision);
	json_out_key(out, SV("inputs"));
	feel_to_json(out, inputs);
	json_out_key(out, SV("result"));
	json_out_null(out);
	write_why(out, why);
	json_out_key(out, SV("decisions"));
	json_out_array(out);
	json_out_array_end(out);
	json_out_object_end(out);
}

/* --- the task --- */

/* A decision of one rule task. */
struct ruled {
	const struct dmn_model *model;
	struct sv decision;
	struct feel_value inputs, result;
	bool undecided;
	struct why why;         /* there is no result */
	struct buf record;
};

/* Evaluates and writes the record; a limit is a null result with its reason. */
static enum rc explain(struct flow *flow, struct ruled *ruled)
{
	struct ctx *ctx = flow->ctx;
	struct why why = { sv_of(depends), unknown_input(flow, ruled->inputs) };
	struct arena_mark mark = arena_mark(ctx->arena);

	buf_init(&ruled->record, ctx->arena, MAX_EXPLANATION);
	struct json_out out = json_out_to(&ruled->record);
	if (sv_is_absent(why.about)) {
		enum rc rc = dmn_explain(ctx, ruled->model, ruled->decision, ruled->inputs, &out, &ruled->result);
		if (rc == RC_OK && !ruled->record.overflow) {
			ruled->undecided = is_without_result(ctx, ruled->result, &ruled->why.reason);
			return RC_OK;
		}
		if (rc != RC_OK && rc != RC_UNAVAILABLE)
			return rc;
		why.reason = rc == RC_OK ? SV(N_("The explanation is longer than can be kept. Simplify the rules.")) : take_error(ctx).reason;
		arena_rewind(ctx->arena, mark); /* what it had piled up until the limit; message ids are constants */
	}
	ruled->result = feel_null();
	ruled->undecided = true;
	ruled->why = why;
	buf_init(&ruled->record, ctx->arena, MAX_EXPLANATION);
	out = json_out_to(&ruled->record);
	write_stopped(ctx, ruled->model, ruled->decision, ruled->inputs, &why, &out);
	return RC_OK;
}

/* Adds "sources" to the record. */
static enum rc add_sources(struct flow *flow, const struct bpmn_call *call, struct ruled *ruled)
{
	struct buf sources, *record = &ruled->record;

	buf_init(&sources, flow->ctx->arena, MAX_EXPLANATION);
	struct json_out out = json_out_to(&sources);
	json_out_object(&out);
	TRY(write_sources(flow, call, ruled->inputs, &out));
	json_out_object_end(&out);
	assert(record->len && record->ptr[record->len - 1] == '}');
	record->len--;
	buf_byte(record, ',');
	buf_sv(record, sv_slice(buf_view(&sources), 1, SIZE_MAX)); /* without its opening brace */
	if (record->overflow)
		return fail(flow->ctx, RC_TOO_LARGE, N_("The process of this case has grown too large."), NULL);
	return RC_OK;
}

static enum rc write_act(struct flow *flow, const struct bpmn_call *call, struct ruled *ruled)
{
	struct ctx *ctx = flow->ctx;
	struct id event = id_new(ctx);
	struct sv record = buf_view(&ruled->record);
	struct buf details;

	buf_init(&details, ctx->arena, CASE_MAX_RECORD);
	struct json_out out = json_out_to(&details);
	json_out_object(&out);
	json_out_member(&out, SV("decision"), ruled->decision);
	json_out_member(&out, SV("task"), call->node->id);
	if (ruled->undecided && sv_is_absent(ruled->why.reason))
		ruled->why.reason = SV(N_("No rule gave a result."));
	if (ruled->undecided)
		write_why(&out, &ruled->why);
	else
		TRY(outcome_write(ctx, ruled->model, ruled->decision, ruled->inputs, ruled->result, &out));
	json_out_member(&out, SV("sha256"), hash_text(ctx, record));
	json_out_object_end(&out);
	TRY(pad_act_as(ctx, flow->pad, event, ACT_RULE, buf_view(&details)));
	struct store_unlock auto_lock lock = store_unprotect(ctx, "casefile_rule");
	return sql_rule_add(ctx, flow->pad->c.id, event, case_seal(ctx, &flow->pad->c, record));
}

enum rc flow_rule(struct flow *flow, struct bpmn_call *call)
{
	struct ctx *ctx = flow->ctx;
	struct sv reference = bpmn_attr(call->node, "decision"), variable = bpmn_attr(call->node, "variable");
	struct ruled ruled = { 0 };
	struct feel_entry *entry = ARENA_NEW(ctx->arena, struct feel_entry);

	ruled.model = service_decision_find(flow->pad->c.service, reference, &ruled.decision);
	if (!ruled.model)
		return fail_internal(ctx, "decision %.*s is not in the folder", SV_FMT(reference));
	ruled.inputs = decision_inputs(flow, call, ruled.model);
	TRY(explain(flow, &ruled));
	TRY(add_sources(flow, call, &ruled));
	*entry = (struct feel_entry){ sv_is_empty(variable) ? ruled.decision : variable, ruled.result };
	call->variables = feel_context(entry, 1);
	if (ruled.undecided)
		TRY(leave_undecided(flow, entry->key, call));
	return write_act(flow, call, &ruled);
}

enum rc flow_by_hand(struct ctx *ctx, void *user, const struct bpmn_node *gateway)
{
	struct flow *flow = user;
	struct why why = take_error(ctx);
	struct buf details;

	buf_init(&details, ctx->arena, CASE_MAX_RECORD);
	struct json_out out = json_out_to(&details);
	json_out_object(&out);
	json_out_member(&out, SV("task"), gateway->id);
	write_why(&out, &why);
	json_out_object_end(&out);
	return pad_act(ctx, flow->pad, ACT_RULE, buf_view(&details));
}
