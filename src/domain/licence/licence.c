/* Issuing, finding and changing licences. The stored state never says "expired": that follows from the day. */
#include <assert.h>

#include "base/civil.h"
#include "base/hash.h"
#include "base/site.h"
#include "domain/identity/identity.h"
#include "domain/ledger/ledger.h"
#include "domain/licence/licence_int.h"
#include "engine/tlog/note.h"
#include "engine/tlog/signer.h"
#include "store/outbox.h"

#include "base/banned.h"

enum { MAX_OF_CASE = 20, MAX_OF_HOLDER = 200, MAX_REASONS = 2000, MAX_DATA = 1 << 20 };

static const struct {
	const char *code, *text;
} states[LICENCE_STATE_COUNT] = {
#define X(name, code, text) [name] = { code, text },
	LICENCE_STATES(X)
#undef X
};

#define TO(state) (1u << (state))

/* Which changes there are. */
static unsigned changes_from(enum licence_state state)
{
	switch (state) {
	case LICENCE_VALID:
	case LICENCE_EXPIRED:
		return TO(LICENCE_SUSPENDED) | TO(LICENCE_REVOKED) | TO(LICENCE_CANCELLED);
	case LICENCE_SUSPENDED:
		return TO(LICENCE_VALID) | TO(LICENCE_REVOKED) | TO(LICENCE_CANCELLED);
	case LICENCE_REVOKED:
	case LICENCE_CANCELLED:
	case LICENCE_STATE_COUNT:
		break;
	}
	return 0;
}

const char *licence_state_code(enum licence_state state)
{
	assert(state < LICENCE_STATE_COUNT && states[state].code);
	return states[state].code;
}

const char *licence_state_text(enum licence_state state)
{
	assert(state < LICENCE_STATE_COUNT && states[state].text);
	return states[state].text;
}

/* --- keys --- */

static struct seal_key department_key(const struct ctx *ctx, struct sv department)
{
	return seal_key_derive(&ctx->site->seal_master, department);
}

enum rc licence_open_key(struct ctx *ctx, struct sv department, struct sv sealed_key, struct seal_key *ret)
{
	struct seal_key by = department_key(ctx, department);

	if (sealed_key.len == 0)
		return fail(ctx, RC_NOT_FOUND, N_("The content of this licence has been erased."), NULL);
	return seal_key_unwrap(ctx, &by, sealed_key, ret);
}

/* --- issuing --- */

static enum rc next_number(struct ctx *ctx, struct sv prefix, int64_t year, struct sv *ret)
{
	struct sql_licence_sequence_next_row row;

	TRY(sql_licence_sequence_next(ctx, prefix, year, &row));
	struct sv digits = arena_printf(ctx->arena, "%.*s%04lld%08lld", SV_FMT(prefix), (long long)year, (long long)row.last);
	*ret = arena_printf(ctx->arena, "%.*s%c", SV_FMT(digits), licence_check_character(digits));
	return RC_OK;
}

/* The day before the anniversary; 29 February counts as 28 in common years. */
static int64_t last_day(int64_t from, int64_t years)
{
	struct civil_date date = civil_from_day(from);

	date.year += years;
	if (!civil_is_valid(date))
		date.day = civil_days_in_month(date.year, date.month);
	return civil_to_day(date) - 1;
}

/* The case's data and what only the licence knows, as one object. */
static enum rc make_data(struct ctx *ctx, const struct licence_new *from, const struct licence *licence, struct sv *ret)
{
	static const char *const ours[] = { "number", "issuer", "issued_on", "valid_until", "verify_code", "verify_href", "case_number",
		NULL };
	const struct json *data;
	char day[11];
	struct buf buf;

	TRY(json_parse(ctx, SV("licence data"), from->data, &json_limits_request, &data));
	buf_init(&buf, ctx->arena, MAX_DATA);
	struct json_out out = json_out_to(&buf);
	json_out_object(&out);
	json_out_member(&out, SV("number"), licence->number);
	json_out_member(&out, SV("issuer"), from->department_name.zh);
	json_out_member(&out, SV("issued_on"), civil_day_text(civil_china_day(licence->issued_at), day));
	if (licence->valid_until != INT64_MAX)
		json_out_member(&out, SV("valid_until"), civil_day_text(licence->valid_until, day));
	json_out_member(&out, SV("verify_code"), licence_code_shown(ctx->arena, licence->code));
	json_out_member(&out, SV("verify_href"), licence_verify_path(ctx->arena, licence));
	json_out_member(&out, SV("case_number"), from->case_number);
	for (const struct json *v = json_first(data); v; v = json_next(data, v)) {
		bool is_ours = false;
		for (size_t i = 0; ours[i]; i++)
			is_ours = is_ours || sv_equal_z(json_key(v), ours[i]);
		if (is_ours)
			continue;
		json_out_key(&out, json_key(v));
		json_out_value(&out, v);
	}
	json_out_object_end(&out);
	if (buf.overflow)
		return fail(ctx, RC_TOO_LARGE, N_("The data of the licence are too large."), NULL);
	*ret = buf_view(&buf);
	return RC_OK;
}

static enum rc sign_statement(struct ctx *ctx, struct licence *licence)
{
	struct signer *signer = ctx->site->signer;
	uint8_t signature[NOTE_SIGNATURE_SIZE];

	if (!signer)
		return RC_OK;
	struct sv text = licence_statement_text(ctx, licence);
	TRY(signer->sign_text(ctx, signer, text, signature));
	licence->statement = note_with_signature(ctx->arena, text, &signer->key, signature);
	return RC_OK;
}

/* The leaf of a change; `details` are sealed under the licence's key. */
static enum rc append_leaf(struct ctx *ctx, const char *type, const struct licence *licence, struct sv reasons, struct sv actor,
	const struct hash *rules, const struct seal_key *key, struct id *ret)
{
	struct buf buf;

	buf_init(&buf, ctx->arena, MAX_DATA);
	struct json_out out = json_out_to(&buf);
	json_out_object(&out);
	json_out_member(&out, SV("number"), licence->number);
	json_out_member(&out, SV("name"), licence->name.zh);
	json_out_member(&out, SV("state"), sv_of(states[licence->state].code));
	if (licence->valid_until != INT64_MAX) {
		char day[11];
		json_out_member(&out, SV("valid_until"), civil_day_text(licence->valid_until, day));
	}
	if (reasons.len)
		json_out_member(&out, SV("reasons"), reasons);
	json_out_object_end(&out);
	return ledger_append(ctx, &(struct ledger_act){ .type = sv_of(type), .case_number = licence->case_number,
		.department = licence->department, .actor = actor, .subject = licence->holder, .record = buf_view(&buf),
		.rule_hash = rules, .key = key }, ret);
}

static enum rc add_event(struct ctx *ctx, const struct licence *licence, struct sv actor, struct sv reasons, struct id leaf,
	const struct seal_key *key)
{
	struct store_unlock auto_lock lock = store_unprotect(ctx, "licence_event");

	return sql_licence_event_add(ctx, &(struct sql_licence_event_add_params){ .id = id_new(ctx), .licence = licence->id,
		.at = clock_now(ctx->clock), .state = licence->state, .actor = actor.len ? actor : SV(""),
		.reasons = seal(ctx, key, licence_about(&licence->id), reasons), .leaf = leaf });
}

/* Tells the rooms behind (the holder's inbox). */
static enum rc announce(struct ctx *ctx, const char *topic, const struct licence *licence, struct id leaf)
{
	struct buf buf;

	buf_init(&buf, ctx->arena, 4096);
	struct json_out out = json_out_to(&buf);
	json_out_object(&out);
	json_out_member(&out, SV("event"), id_text(ctx->arena, leaf));
	json_out_member(&out, SV("licence"), id_text(ctx->arena, licence->id));
	json_out_member(&out, SV("case"), id_text(ctx->arena, licence->case_id));
	json_out_member(&out, SV("holder"), id_text(ctx->arena, licence->holder));
	json_out_member(&out, SV("number"), licence->number);
	json_out_member_i64(&out, SV("state"), licence->state);
	json_out_member(&out, SV("service"), licence->service_code);
	json_out_member_i64(&out, SV("at"), clock_now(ctx->clock));
	json_out_object_end(&out);
	return store_outbox_add(ctx, topic, licence->id, buf_view(&buf));
}

static enum rc store_licence(struct ctx *ctx, const struct licence_new *from, const struct licence *licence, struct sv data,
	const struct seal_key *key)
{
	struct hash hash = hash_sha256(from->template);
	struct sv template = { (const char *)hash.bytes, sizeof(hash.bytes) };
	struct seal_key by = department_key(ctx, from->department);
	struct sql_licence_add_params params = {
		.id = licence->id, .number = licence->number, .code = licence->code, .case_id = from->case_id,
		.case_number = from->case_number, .version = from->version, .service_code = from->service_code,
		.result = from->result_id, .department = from->department, .department_zh = from->department_name.zh,
		.department_en = from->department_name.en,
		.name_zh = from->name.zh, .name_en = from->name.en, .holder = from->holder, .state = LICENCE_VALID,
		.issued_at = licence->issued_at, .valid_from = licence->valid_from, .valid_until = licence->valid_until,
		.statement = licence->statement, .leaf = licence->leaf, .sealed_key = seal_key_wrap(ctx, &by, key),
		.template = template, .data = seal(ctx, key, licence_about(&licence->id), data),
	};

	TRY(sql_licence_template_add(ctx, template, from->template_path, from->template));
	struct store_unlock auto_lock lock = store_unprotect(ctx, "licence");
	return sql_licence_add(ctx, &params);
}

enum rc licence_issue(struct ctx *ctx, const struct licence_new *from, struct id *ret)
{
	struct seal_key key = seal_key_new(ctx);
	struct licence licence = {
		.id = id_new(ctx), .case_id = from->case_id, .holder = from->holder, .case_number = from->case_number,
		.code = licence_code_new(ctx), .service_code = from->service_code, .result = from->result_id,
		.department = from->department, .name = from->name,
		.department_name = from->department_name, .state = LICENCE_VALID, .issued_at = clock_now(ctx->clock),
		.valid_from = from->valid_from, .valid_until = from->years ? last_day(from->valid_from, from->years) : INT64_MAX,
		.revision = 1,
	};
	struct sv data;

	assert(!id_is_zero(from->case_id) && !id_is_zero(from->holder) && from->years >= 0);
	TRY(next_number(ctx, from->number_prefix, civil_from_day(from->valid_from).year, &licence.number));
	TRY(make_data(ctx, from, &licence, &data));
	TRY(licence_paper_check(ctx, from->template_path, from->template, data));
	TRY(sign_statement(ctx, &licence));
	TRY(append_leaf(ctx, "licence_issue", &licence, SV(""), SV(""), from->rule_hash, &key, &licence.leaf));
	TRY(store_licence(ctx, from, &licence, data, &key));
	TRY(add_event(ctx, &licence, SV(""), SV(""), licence.leaf, &key));
	TRY(announce(ctx, "licence.issued", &licence, licence.leaf));
	*ret = licence.id;
	return RC_OK;
}

/* --- finding --- */

static struct licence licence_of_row(const struct ctx *ctx, const struct sql_licence_by_id_row *row)
{
	bool is_over = row->state == LICENCE_VALID && row->valid_until < civil_china_day(clock_now(ctx->clock));

	return (struct licence){
		.id = row->id, .case_id = row->case_id, .holder = row->holder, .number = row->number, .code = row->code,
		.case_number = row->case_number, .service_code = row->service_code, .result = row->result, .department = row->department,
		.name = { row->name_zh, row->name_en }, .department_name = { row->department_zh, row->department_en },
		.state = is_over ? LICENCE_EXPIRED : (enum licence_state)row->state, .issued_at = row->issued_at,
		.valid_from = row->valid_from, .valid_until = row->valid_until, .statement = row->statement, .leaf = row->leaf,
		.revision = row->revision,
	};
}

enum rc licence_find(struct ctx *ctx, struct id id, struct licence *ret)
{
	struct sql_licence_by_id_row row;

	TRY(sql_licence_by_id(ctx, id, &row));
	*ret = licence_of_row(ctx, &row);
	return RC_OK;
}

static void list_of_rows(const struct ctx *ctx, const struct sql_licence_by_id_rows *rows, struct licence **ret, size_t *ret_count)
{
	*ret = ARENA_ARRAY(ctx->arena, struct licence, rows->len);
	for (size_t i = 0; i < rows->len; i++)
		(*ret)[i] = licence_of_row(ctx, &rows->at[i]);
	*ret_count = rows->len;
}

enum rc licence_of_case(struct ctx *ctx, struct id case_id, struct licence **ret, size_t *ret_count)
{
	struct sql_licence_by_id_rows rows;

	TRY(sql_licences_of_case(ctx, case_id, MAX_OF_CASE, &rows));
	list_of_rows(ctx, &rows, ret, ret_count);
	return RC_OK;
}

enum rc licence_of_holder(struct ctx *ctx, struct id holder, struct licence **ret, size_t *ret_count)
{
	struct sql_licence_by_id_rows rows;

	TRY(sql_licences_of_holder(ctx, holder, MAX_OF_HOLDER, &rows));
	list_of_rows(ctx, &rows, ret, ret_count);
	return RC_OK;
}

enum rc licence_verify(struct ctx *ctx, struct sv code, struct licence *ret)
{
	struct sql_licence_by_id_row row;
	struct sv clean;
	enum rc rc = licence_code_read(ctx, code, &clean) ? sql_licence_by_code(ctx, clean, &row) : RC_NOT_FOUND;

	if (rc == RC_NOT_FOUND)
		return fail(ctx, RC_NOT_FOUND, N_("No licence has this code. Compare all 12 characters with the paper."), NULL);
	TRY(rc);
	*ret = licence_of_row(ctx, &row);
	return RC_OK;
}

enum rc licence_receipt(struct ctx *ctx, const struct licence *licence, struct sv *ret)
{
	struct sql_licence_content_row row;
	struct seal_key key;

	TRY(sql_licence_content(ctx, licence->id, &row));
	TRY(licence_open_key(ctx, row.department, row.sealed_key, &key));
	return ledger_receipt(ctx, licence->leaf, &key, ret);
}

bool licence_may_become(enum licence_state from, enum licence_state to)
{
	assert(from < LICENCE_STATE_COUNT && to < LICENCE_STATE_COUNT);
	return (changes_from(from) & TO(to)) != 0;
}

bool licence_may_change(const struct ctx *ctx, const struct licence *licence)
{
	return ctx->who->kind == PRINCIPAL_OFFICER && principal_may(ctx->who, PERMISSION_LICENCE_CHANGE)
		&& sv_equal(identity_department_code(ctx), licence->department);
}

/* --- changing --- */

static enum rc may_change(struct ctx *ctx, const struct licence *licence, int64_t revision, enum licence_state state)
{
	if (!licence_may_change(ctx, licence))
		return fail(ctx, RC_FORBIDDEN, N_("Only officers of the department that issued a licence, with this task, can change it."),
			NULL);
	if (licence->revision != revision)
		return fail(ctx, RC_CONFLICT, N_("Somebody else changed this licence in the meantime. Look at it as it is now."), NULL);
	if (!licence_may_become(licence->state, state))
		return fail(ctx, RC_CONFLICT, N_("A licence in this state cannot be changed that way."), NULL);
	return RC_OK;
}

enum rc licence_change(struct ctx *ctx, struct id id, int64_t revision, enum licence_state state, struct sv reasons)
{
	struct sql_licence_content_row content;
	struct licence licence;
	struct seal_key key;
	struct id leaf;
	int64_t changed;

	TRY(licence_find(ctx, id, &licence));
	TRY(may_change(ctx, &licence, revision, state));
	if (sv_trim(reasons).len == 0 || reasons.len > MAX_REASONS)
		return fail_field(ctx, SV("reasons"), N_("Please give the reasons; the holder reads them."), NULL);
	TRY(sql_licence_content(ctx, id, &content));
	TRY(licence_open_key(ctx, content.department, content.sealed_key, &key));
	licence.state = state;
	TRY(append_leaf(ctx, "licence_change", &licence, reasons, ctx->who->name, NULL, &key, &leaf));
	TRY(add_event(ctx, &licence, ctx->who->name, reasons, leaf, &key));
	struct store_unlock auto_lock lock = store_unprotect(ctx, "licence");
	TRY(sql_licence_set_state(ctx, state, id, revision, &changed));
	if (changed != 1)
		return fail(ctx, RC_CONFLICT, N_("Somebody else changed this licence in the meantime. Look at it as it is now."), NULL);
	return announce(ctx, "licence.changed", &licence, leaf);
}

enum rc licence_history(struct ctx *ctx, struct id id, struct licence_change **ret, size_t *ret_count)
{
	struct sql_licence_content_row content;
	struct sql_licence_events_rows rows;
	struct seal_key key;

	TRY(sql_licence_content(ctx, id, &content));
	TRY(licence_open_key(ctx, content.department, content.sealed_key, &key));
	TRY(sql_licence_events(ctx, id, &rows));
	struct licence_change *list = ARENA_ARRAY(ctx->arena, struct licence_change, rows.len);
	for (size_t i = 0; i < rows.len; i++) {
		list[i] = (struct licence_change){ .at = rows.at[i].at, .state = (enum licence_state)rows.at[i].state,
			.actor = rows.at[i].actor, .leaf = rows.at[i].leaf };
		TRY(seal_open(ctx, &key, licence_about(&id), rows.at[i].reasons, &list[i].reasons));
	}
	*ret = list;
	*ret_count = rows.len;
	return RC_OK;
}
