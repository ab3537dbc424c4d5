/* Replays: the decisions of past cases evaluated again by a draft's rules, a few cases a step. See designer.h.
 *
 * A decision is compared with the one on record. Where it differs, the rules that made it are evaluated on the same inputs as well:
 * when they no longer give what is on record (a type was lost on the way, the clock was asked), the decision is counted as
 * not comparable and never as changed; so is one for which the draft asks what was not recorded. Kept is which rules held before
 * and after and the cell that fails now; the values stay in the case. */
#include "base/civil.h"
#include "domain/casefile/casefile_replay.h"
#include "domain/designer/designer_int.h"
#include "domain/designer/designer_sql.h"
#include "engine/bpmn/bpmn.h"
#include "engine/dmn/dmn.h"

#include "base/banned.h"

enum { STEP_CASES = 50, MAX_EXPLANATION = 4 << 20, MAX_RULES = 200, MAX_IDS = 2000 };

struct replay {
	struct ctx *ctx;
	struct sql_designer_replay_running_row row;
	const struct service *service; /* the draft, compiled */
};

enum rc designer_replay_start(struct ctx *ctx, struct id id, int64_t from_day, int64_t until_day, struct id *ret)
{
	struct designer_draft draft;
	struct id leaf, replay = id_new(ctx);
	int64_t from = civil_china_midnight(from_day), until = civil_china_midnight(until_day + 1), total;

	TRY(designer_draft_find(ctx, id, &draft));
	if (draft.state != DRAFT_OPEN)
		return fail(ctx, RC_CONFLICT, N_("This draft is closed. Begin a new one."), NULL);
	if (until_day < from_day || until_day - from_day > DESIGNER_MAX_REPLAY_DAYS)
		return fail_field(ctx, SV("until"), N_("Choose a last day that is not before the first, and at most {days} days after it."),
			ARGS({ "days", arena_printf(ctx->arena, "%d", DESIGNER_MAX_REPLAY_DAYS) }));
	TRY(casefile_decided_count(ctx, draft.service_code, from, until, &total));
	TRY(casefile_record_replay(ctx, draft.service_code, from, until, total, &leaf));
	TRY(sql_designer_replay_add(ctx, &(struct sql_designer_replay_add_params){ .id = replay, .draft = id,
		.folder_hash = designer_hash_bytes(&draft.hash),
		.account = ctx->who->account, .leaf = leaf, .from_ms = from, .until_ms = until, .started_at = clock_now(ctx->clock),
		.total = total }));
	*ret = replay;
	return RC_OK;
}

/* --- one decision --- */

struct decision {
	const struct dmn_model *model;
	struct sv reference, name;
};

/* The decision of a rule task, in one version of the service; without a model when there is none. */
static struct decision decision_of(const struct service *service, struct sv task)
{
	struct decision decision = { 0 };

	for (size_t i = 0; i < bpmn_node_count(service->process); i++) {
		const struct bpmn_node *node = bpmn_node_at(service->process, i);
		if (node->kind != BPMN_RULE_TASK || !sv_equal(node->id, task))
			continue;
		decision.reference = bpmn_attr(node, "decision");
		decision.model = service_decision_find(service, decision.reference, &decision.name);
	}
	return decision;
}

/* Evaluates the recorded inputs; *ret = the record of why. */
static enum rc evaluate(struct ctx *ctx, const struct decision *decision, const struct json *inputs, const struct json **ret)
{
	size_t count;
	const struct dmn_input *wanted = dmn_inputs(decision->model, &count);
	struct feel_member *members = ARENA_ARRAY(ctx->arena, struct feel_member, count);
	struct feel_value value;
	struct buf buf;

	for (size_t i = 0; i < count; i++)
		members[i] = (struct feel_member){ wanted[i].name, wanted[i].type };
	const struct feel_type type = { .kind = FEEL_TYPE_CONTEXT, .members = members, .count = count };
	buf_init(&buf, ctx->arena, MAX_EXPLANATION);
	struct json_out out = json_out_to(&buf);
	TRY(dmn_explain(ctx, decision->model, decision->name, feel_from_json(ctx, inputs, &type), &out, &value));
	return json_parse(ctx, SV("explanation"), buf_view(&buf), &json_limits_file, ret);
}

static bool same_result(struct ctx *ctx, const struct json *a, const struct json *b)
{
	struct buf x, y;

	buf_init(&x, ctx->arena, MAX_EXPLANATION);
	buf_init(&y, ctx->arena, MAX_EXPLANATION);
	json_out_canonical(&x, json_get(a, SV("result")));
	json_out_canonical(&y, json_get(b, SV("result")));
	return sv_equal(buf_view(&x), buf_view(&y));
}

/* The record holds the inputs that the old model names; what only the new one asks for is not known. */
static bool knows_inputs(const struct decision *old, const struct decision *new, const struct json *inputs)
{
	size_t old_count, count;
	const struct dmn_input *before = dmn_inputs(old->model, &old_count), *now = dmn_inputs(new->model, &count);

	for (size_t i = 0; i < count; i++) {
		size_t b = 0;
		while (b < old_count && !sv_equal(before[b].name, now[i].name))
			b++;
		if (b == old_count && !json_get(inputs, now[i].name))
			return false;
	}
	return true;
}

/* --- which rules held --- */

struct rules {
	const struct json *at[MAX_RULES];
	size_t count;
};

/* Rules of all tables of a record that held and decided, or that did not hold. */
static void rules_of(const struct json *record, bool matched, struct rules *ret)
{
	const struct json *decisions = json_get(record, SV("decisions"));

	ret->count = 0;
	for (const struct json *d = json_first(decisions); d; d = json_next(decisions, d)) {
		const struct json *tables = json_get(d, SV("tables"));
		for (const struct json *t = json_first(tables); t; t = json_next(tables, t)) {
			const struct json *rules = json_get(t, SV("rules"));
			bool one = matched && sv_equal(json_string(json_get(t, SV("hitPolicy"))), SV("FIRST"));
			for (const struct json *r = json_first(rules); r; r = json_next(rules, r)) {
				if (json_bool(json_get(r, SV("matched")), false) != matched || ret->count == MAX_RULES)
					continue;
				ret->at[ret->count++] = r;
				if (one)
					break; /* the others hold too, but do not decide */
			}
		}
	}
}

static struct sv rule_id(const struct json *rule)
{
	return json_scalar(json_get(rule, SV("id")));
}

static const struct json *find_rule(const struct rules *rules, struct sv id)
{
	for (size_t i = 0; i < rules->count; i++)
		if (sv_equal(rule_id(rules->at[i]), id))
			return rules->at[i];
	return NULL;
}

/* Ids of the rules that held in one record only; all of them when there is no such rule (the same rules, other outputs). */
static struct sv ids_of(struct ctx *ctx, const struct rules *rules, const struct rules *others, bool all)
{
	struct buf buf;

	buf_init(&buf, ctx->arena, MAX_IDS);
	for (size_t i = 0; i < rules->count; i++) {
		if (!all && find_rule(others, rule_id(rules->at[i])))
			continue;
		if (buf.len)
			buf_byte(&buf, ' ');
		buf_sv(&buf, rule_id(rules->at[i]));
	}
	return buf_view(&buf);
}

static enum rc keep_change(struct replay *r, const struct casefile_decided *c, struct sv reference, const struct json *before,
	const struct json *after)
{
	struct ctx *ctx = r->ctx;
	struct rules was, is, not_now;
	const struct json *failed = NULL;

	rules_of(before, true, &was);
	rules_of(after, true, &is);
	rules_of(after, false, &not_now);
	struct sv lost = ids_of(ctx, &was, &is, false), gained = ids_of(ctx, &is, &was, false);
	bool all = sv_is_empty(lost) && sv_is_empty(gained);
	for (size_t i = 0; i < was.count && !failed; i++)
		failed = json_get(find_rule(&not_now, rule_id(was.at[i])), SV("failed"));
	struct sv column = json_scalar(json_get(failed, SV("column"))), cell = json_scalar(json_get(failed, SV("cell")));
	return sql_designer_replay_change_add(ctx, &(struct sql_designer_replay_change_add_params){
		.replay = r->row.id,
		.number = ++r->row.changed,
		.case_id = c->id,
		.case_number = c->number,
		.decision = reference,
		.rule_before = all ? ids_of(ctx, &was, &is, true) : lost,
		.rule_after = all ? ids_of(ctx, &is, &was, true) : gained,
		.failed_column = sv_is_absent(column) ? SV("") : column,
		.failed_cell = sv_is_absent(cell) ? SV("") : cell,
	});
}

/* --- one case --- */

static enum rc replay_ruling(struct replay *r, const struct casefile_decided *c, const struct service *filed_under,
	const struct casefile_past_ruling *ruling, bool *ret_comparable)
{
	struct ctx *ctx = r->ctx;
	const struct json *before, *after, *again;
	struct decision old = decision_of(filed_under, ruling->task), new = decision_of(r->service, ruling->task);

	*ret_comparable = false;
	if (!old.model || !new.model)
		return RC_OK;
	struct hash a = dmn_hash(old.model), b = dmn_hash(new.model);
	*ret_comparable = true;
	if (memcmp(a.bytes, b.bytes, sizeof(a.bytes)) == 0)
		return RC_OK; /* the same rules decide the same */
	TRY(json_parse(ctx, SV("explanation"), ruling->explanation, &json_limits_file, &before));
	*ret_comparable = knows_inputs(&old, &new, json_get(before, SV("inputs")));
	if (!*ret_comparable)
		return RC_OK;
	TRY(evaluate(ctx, &new, json_get(before, SV("inputs")), &after));
	if (same_result(ctx, before, after))
		return RC_OK;
	TRY(evaluate(ctx, &old, json_get(before, SV("inputs")), &again));
	*ret_comparable = same_result(ctx, before, again);
	return *ret_comparable ? keep_change(r, c, new.reference, before, after) : RC_OK;
}

static enum rc replay_case(struct replay *r, const struct casefile_decided *c)
{
	struct casefile_past_ruling rulings[CASEFILE_MAX_RULINGS];
	const struct service *filed_under;
	size_t count;
	enum rc rc = casefile_past_rulings(r->ctx, c->id, rulings, &count);

	r->row.cases++;
	if (rc == RC_NOT_FOUND) { /* erased */
		error_clear(r->ctx);
		r->row.unread++;
		return RC_OK;
	}
	TRY(rc);
	TRY(catalogue_version(r->ctx, c->version, &filed_under));
	for (size_t i = 0; i < count; i++) {
		bool comparable = false;
		rc = replay_ruling(r, c, filed_under, &rulings[i], &comparable);
		if (rc != RC_OK && rc != RC_INTERNAL) { /* a limit of the evaluation, a record that does not read */
			error_clear(r->ctx);
			comparable = false;
			rc = RC_OK;
		}
		TRY(rc);
		r->row.decisions++;
		r->row.unread += !comparable;
	}
	return RC_OK;
}

/* --- steps --- */

/* The draft compiled; *ret_is_same false when it is no longer what the replay began with. */
static enum rc open_draft(struct replay *r, bool *ret_is_same)
{
	struct designer_draft draft;
	struct service_file *files;
	struct service_problems problems = { 0 };
	size_t count;

	TRY(designer_draft_find(r->ctx, r->row.draft, &draft));
	*ret_is_same = draft.state == DRAFT_OPEN && sv_equal(designer_hash_bytes(&draft.hash), r->row.folder_hash);
	if (!*ret_is_same)
		return RC_OK;
	TRY(designer_files(r->ctx, &draft, &files, &count));
	enum rc rc = service_parse(r->ctx, files, count, &problems, &r->service);
	if (rc != RC_INVALID)
		return rc;
	error_clear(r->ctx); /* the draft's page lists its faults */
	*ret_is_same = false;
	return RC_OK;
}

static enum rc replay_some(struct replay *r, struct sv service_code, bool *ret_end)
{
	struct casefile_decided *cases;
	size_t count;

	TRY(casefile_decided_list(r->ctx, &(struct casefile_decided_query){ .service_code = service_code, .from_ms = r->row.from_ms,
		.until_ms = r->row.until_ms, .after_ms = r->row.at_ms, .after = r->row.at_case, .limit = STEP_CASES }, &cases, &count));
	for (size_t i = 0; i < count; i++) {
		struct arena_mark mark = arena_mark(r->ctx->arena);
		TRY(replay_case(r, &cases[i]));
		arena_rewind(r->ctx->arena, mark);
		r->row.at_ms = cases[i].decided_at;
		r->row.at_case = cases[i].id;
	}
	*ret_end = count < STEP_CASES;
	return RC_OK;
}

enum rc designer_replay_step(struct ctx *ctx, bool *ret_more)
{
	struct replay r = { .ctx = ctx };
	struct sql_designer_replay_running_rows running;
	bool same, end = true;

	*ret_more = false;
	TRY(sql_designer_replay_running(ctx, &running));
	if (!running.len)
		return RC_OK;
	r.row = running.at[0];
	TRY(open_draft(&r, &same));
	if (same)
		TRY(replay_some(&r, r.service->code, &end));
	*ret_more = true; /* another one may wait behind it */
	return sql_designer_replay_step(ctx, &(struct sql_designer_replay_step_params){ .id = r.row.id, .at_ms = r.row.at_ms,
		.at_case = r.row.at_case,
		.cases = r.row.cases, .decisions = r.row.decisions, .changed = r.row.changed, .unread = r.row.unread,
		.ended_at = end ? clock_now(ctx->clock) : 0 });
}
