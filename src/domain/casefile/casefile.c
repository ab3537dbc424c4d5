/* Cases: the table of states and acts, taking a case up, and writing acts down.
 *
 *	draft --file--> filed --accept--> accepted --grant--> granted --deliver--> closed
 *	                 | ^                | ^    \--refuse--> refused --deliver--^
 *	   supplement_ask| |supplement suspend| |resume
 *	                 v |                v |
 *	              supplement          suspended        (withdraw, terminate: from every open state but draft)
 *
 * Invariants: (1) state changes happen in pad_act() alone, by the table; (2) each act writes one event and one ledger
 * leaf; (3) the row is written once an act, guarded by the revision it was read with; (4) answers, names, reasons and
 * process variables are stored sealed under the case's key.
 */
#include "domain/casefile/casefile.h"

#include <assert.h>

#include "base/civil.h"
#include "base/site.h"
#include "base/utf8.h"
#include "domain/casefile/casefile_int.h"
#include "domain/casefile/casefile_sql.h"
#include "domain/ledger/ledger.h"
#include "store/outbox.h"

#include "base/banned.h"

const struct casefile_act_rule casefile_act_rules[ACT_COUNT] = {
#define X(name, code, from, to, text) [name] = { code, from, to, text },
	CASEFILE_ACTS(X)
#undef X
};

static const struct {
	const char *code, *text;
	bool open;
} states[] = {
#define X(name, code, text, open) [name] = { code, text, open },
	CASEFILE_STATES(X)
#undef X
};

const char *casefile_state_code(enum casefile_state state)
{
	assert(state < CASE_STATE_COUNT);
	return states[state].code;
}

const char *casefile_state_text(enum casefile_state state)
{
	assert(state < CASE_STATE_COUNT);
	return states[state].text;
}

/* --- sealing --- */

static enum rc unwrap(struct ctx *ctx, struct sv department, struct sv wrapped, struct seal_key *ret)
{
	struct seal_key by = seal_key_derive(&ctx->site->seal_master, department);

	if (sv_is_empty(wrapped))
		return fail(ctx, RC_NOT_FOUND, N_("The personal data of this case have been erased."), NULL);
	return seal_key_unwrap(ctx, &by, wrapped, ret);
}

static struct sv about(const struct id *id)
{
	return (struct sv){ (const char *)id->bytes, sizeof(id->bytes) };
}

struct sv case_seal(struct ctx *ctx, const struct casefile *c, struct sv plain)
{
	assert(c->key);
	return seal(ctx, c->key, about(&c->id), plain);
}

enum rc case_unseal(struct ctx *ctx, const struct casefile *c, struct sv sealed, struct sv *ret)
{
	assert(c->key);
	return seal_open(ctx, c->key, about(&c->id), sealed, ret);
}

enum rc casefile_unseal(struct ctx *ctx, struct id id, struct sv department, struct sv sealed_key, struct sv sealed,
	struct sv *ret)
{
	struct seal_key key;

	TRY(unwrap(ctx, department, sealed_key, &key));
	return seal_open(ctx, &key, about(&id), sealed, ret);
}

int64_t casefile_applicant_mark(struct ctx *ctx, struct sv name)
{
	struct seal_key key = seal_key_derive(&ctx->site->seal_master, SV("applicant mark"));
	struct hash mark = hash_hmac_sha256((struct sv){ (const char *)key.bytes, sizeof(key.bytes) }, utf8_fold(ctx->arena, name));
	int64_t number;

	memcpy(&number, mark.bytes, sizeof(number));
	return number & INT64_MAX;
}

/* --- taking a case up --- */

static enum rc fill(struct ctx *ctx, const struct sql_case_by_id_row *row, struct casefile *c)
{
	struct seal_key *key = ARENA_NEW(ctx->arena, struct seal_key);

	*c = (struct casefile){
		.id = row->id, .version = row->version, .party = row->party, .account = row->account,
		.number = row->number, .service_code = row->service_code, .department = row->department,
		.state = (enum casefile_state)row->state, .revision = row->revision,
		.opened_at = row->opened_at, .saved_at = row->saved_at, .filed_at = row->filed_at,
		.received_at = row->received_at,
		.accepted_at = row->accepted_at, .decided_at = row->decided_at, .closed_at = row->closed_at,
		.statutory_due = row->statutory_due, .promised_due = row->promised_due, .days_used = row->days_used,
	};
	TRY(unwrap(ctx, row->department, row->sealed_key, key));
	c->key = key;
	TRY(case_unseal(ctx, c, row->applicant, &c->applicant));
	return catalogue_version(ctx, c->version, &c->service);
}

enum rc case_open(struct ctx *ctx, struct id id, struct casefile *ret)
{
	struct sql_case_by_id_row row;
	enum rc rc = sql_case_by_id(ctx, id, &row);

	if (rc == RC_NOT_FOUND)
		return fail(ctx, rc, N_("There is no such case, or it is not yours to see."), NULL);
	TRY(rc);
	return fill(ctx, &row, ret);
}

enum rc pad_open(struct ctx *ctx, struct id id, int64_t revision, struct pad *ret)
{
	struct sql_case_texts_row texts;
	struct pad pad;

	TRY(case_open(ctx, id, &pad.c));
	if (revision && revision != pad.c.revision)
		return fail(ctx, RC_CONFLICT, N_("The case was changed elsewhere in the meantime. Look at it as it is now, then decide again."),
			NULL);
	pad.loaded_revision = pad.c.revision;
	TRY(sql_case_texts(ctx, id, &texts));
	TRY(case_unseal(ctx, &pad.c, texts.form, &pad.form));
	TRY(case_unseal(ctx, &pad.c, texts.process, &pad.process));
	*ret = pad;
	return RC_OK;
}

enum rc pad_save(struct ctx *ctx, struct pad *pad)
{
	const struct casefile *c = &pad->c;
	int64_t changed;

	assert(!id_is_zero(c->id) && c->key && c->state < CASE_STATE_COUNT);
	TRY(sql_case_step(ctx, &(struct sql_case_step_params){
		.id = c->id,
		.revision = pad->loaded_revision,
		.state = c->state,
		.received_at = c->received_at,
		.accepted_at = c->accepted_at,
		.decided_at = c->decided_at,
		.closed_at = c->closed_at,
		.statutory_due = c->statutory_due,
		.promised_due = c->promised_due,
		.days_used = c->days_used,
		.form = case_seal(ctx, &pad->c, pad->form),
		.process = case_seal(ctx, &pad->c, pad->process),
	}, &changed));
	if (changed != 1)
		return fail(ctx, RC_CONFLICT, N_("The case was changed elsewhere in the meantime. Look at it as it is now, then decide again."),
			NULL);
	pad->loaded_revision++;
	pad->c.revision = pad->loaded_revision;
	return RC_OK;
}

/* --- acts --- */

/* What an act records beyond who, when and for which case, which the ledger adds. */
static struct sv record_text(struct ctx *ctx, const struct casefile *c, const struct casefile_act_rule *rule,
	enum casefile_state before, struct sv details)
{
	struct buf buf;

	assert(before < CASE_STATE_COUNT && c->state < CASE_STATE_COUNT);
	buf_init(&buf, ctx->arena, CASE_MAX_RECORD);
	struct json_out out = json_out_to(&buf);
	json_out_object(&out);
	json_out_member(&out, SV("act"), sv_of(rule->code));
	json_out_member(&out, SV("service"), c->service_code);
	json_out_member(&out, SV("from"), sv_of(states[before].code));
	json_out_member(&out, SV("to"), sv_of(states[c->state].code));
	if (!sv_is_empty(details)) {
		json_out_key(&out, SV("details"));
		json_out_number(&out, details); /* JSON made by json_out, taken over as it is */
	}
	json_out_object_end(&out);
	return buf_view(&buf);
}

/* Who acts, as the applicant may see it: officers by number. */
static struct sv actor_words(struct ctx *ctx)
{
	switch (ctx->who->kind) {
	case PRINCIPAL_OFFICER: return arena_printf(ctx->arena, "officer %.*s", SV_FMT(ctx->who->code));
	case PRINCIPAL_PERSON: return SV("applicant");
	case PRINCIPAL_NOBODY:
	case PRINCIPAL_AGENCY:
	case PRINCIPAL_SYSTEM: break;
	}
	return (struct sv){ NULL, 0 };
}

/* Tells the rooms to the right (notices, supervision) through the outbox. */
static enum rc tell(struct ctx *ctx, const struct casefile *c, enum casefile_act act, struct id event)
{
	struct buf payload;

	buf_init(&payload, ctx->arena, 4096);
	struct json_out out = json_out_to(&payload);
	json_out_object(&out);
	json_out_member(&out, SV("event"), id_text(ctx->arena, event));
	json_out_member(&out, SV("case"), id_text(ctx->arena, c->id));
	json_out_member(&out, SV("party"), id_text(ctx->arena, c->party));
	json_out_member_i64(&out, SV("act"), act);
	json_out_member(&out, SV("number"), c->number);
	json_out_member(&out, SV("service"), c->service_code);
	json_out_member_i64(&out, SV("at"), clock_now(ctx->clock));
	json_out_object_end(&out);
	return store_outbox_add(ctx, "casefile.act", c->id, buf_view(&payload));
}

enum rc pad_act_as(struct ctx *ctx, struct pad *pad, struct id event, enum casefile_act act, struct sv details)
{
	const struct casefile_act_rule *rule = &casefile_act_rules[act];
	struct casefile *c = &pad->c;
	enum casefile_state before = c->state;
	struct id leaf;

	assert(act < ACT_COUNT && rule->code && before < CASE_STATE_COUNT);
	assert(!id_is_zero(event) && !id_is_zero(c->id) && c->key && c->service);
	if (!(rule->from & FROM(before)))
		return fail(ctx, RC_CONFLICT, N_("This cannot be done now: the case is “{state}”."),
			ARGS({ "state", tr(ctx, states[before].text) }));
	if (rule->to != CASE_SAME)
		c->state = (enum casefile_state)rule->to;
	struct sv record = record_text(ctx, c, rule, before, details);
	TRY(ledger_append(ctx, &(struct ledger_act){
		.type = sv_of(rule->code),
		.case_id = c->id,
		.case_number = c->number,
		.department = ctx->who->kind == PRINCIPAL_OFFICER ? ctx->who->department_code : c->department,
		.actor = actor_words(ctx),
		.subject = c->party,
		.record = record,
		.rule_hash = &c->service->hash,
		.key = pad->c.key,
	}, &leaf));
	TRY(tell(ctx, c, act, event));
	struct store_unlock auto_lock lock = store_unprotect(ctx, "casefile_event");
	return sql_event_add(ctx, &(struct sql_event_add_params){
		.id = event,
		.case_id = c->id,
		.act = act,
		.at = clock_now(ctx->clock),
		.actor = ctx->who->account,
		.department = ctx->who->department_code,
		.leaf = leaf,
		.record = case_seal(ctx, &pad->c, record),
	});
}

enum rc pad_act(struct ctx *ctx, struct pad *pad, enum casefile_act act, struct sv details)
{
	return pad_act_as(ctx, pad, id_new(ctx), act, details);
}

enum rc pad_act_one(struct ctx *ctx, struct pad *pad, enum casefile_act act, const char *key, struct sv value)
{
	struct buf details;

	assert(key && *key);
	buf_init(&details, ctx->arena, CASE_MAX_RECORD);
	struct json_out out = json_out_to(&details);
	json_out_object(&out);
	json_out_member(&out, sv_of(key), value);
	json_out_object_end(&out);
	return pad_act(ctx, pad, act, buf_view(&details));
}

enum rc pad_decide(struct ctx *ctx, struct pad *pad, enum casefile_act act, struct sv details)
{
	struct casefile *c = &pad->c;
	struct case_clock clock;

	assert(act == ACT_GRANT || act == ACT_REFUSE);
	TRY(pad_act(ctx, pad, act, details));
	c->decided_at = clock_now(ctx->clock);
	TRY(case_clock_load(ctx, c, &clock));
	if (clock.runs)
		c->days_used = limit_state(ctx->site->calendar, &clock.ledger, &clock.statutory, civil_china_day(c->decided_at)).used;
	return RC_OK;
}

/* --- who may --- */

enum rc casefile_is_own(struct ctx *ctx, const struct casefile *c)
{
	if (ctx->who->kind == PRINCIPAL_SYSTEM)
		return RC_OK;
	if (ctx->who->kind == PRINCIPAL_PERSON && (id_equal(ctx->who->subject, c->party) || id_equal(ctx->who->account, c->account)))
		return RC_OK;
	return fail(ctx, RC_NOT_FOUND, N_("There is no such case, or it is not yours to see."), NULL);
}

enum rc casefile_may_see(struct ctx *ctx, const struct casefile *c)
{
	struct sql_tasks_of_rows tasks;

	if (ctx->who->kind != PRINCIPAL_OFFICER)
		return casefile_is_own(ctx, c);
	if (c->state != CASE_DRAFT && sv_equal(ctx->who->department_code, c->department)
		&& principal_may(ctx->who, PERMISSION_CASE_READ))
		return RC_OK;
	TRY(sql_tasks_of(ctx, c->id, &tasks));
	for (size_t i = 0; i < tasks.len; i++)
		if (sv_equal(tasks.at[i].department, ctx->who->department_code))
			return RC_OK;
	return fail(ctx, RC_NOT_FOUND, N_("There is no such case, or it is not yours to see."), NULL);
}
