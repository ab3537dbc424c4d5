/* Who read my data: the accesses about one person or firm, and disputes about them. */
#include <assert.h>
#include <string.h>

#include "base/civil.h"
#include "base/format.h"
#include "base/hash.h"
#include "base/json.h"
#include "base/seal.h"
#include "base/site.h"
#include "base/utf8.h"
#include "domain/exchange/exchange_int.h"
#include "domain/exchange/exchange_sql.h"
#include "domain/identity/identity.h"
#include "domain/ledger/ledger.h"
#include "domain/registry/registry.h"

#include "base/banned.h"

const struct sv exchange_case_register = SV_INIT("casefile");

enum { MAX_WORDS = 8192 };

const struct sv exchange_seal_about = SV_INIT("exchange");

struct seal_key exchange_key(const struct ctx *ctx)
{
	return seal_key_derive(&ctx->site->seal_master, exchange_seal_about);
}

static enum rc open_text(struct ctx *ctx, struct sv sealed, struct sv *ret)
{
	struct seal_key key = exchange_key(ctx);

	*ret = (struct sv){ NULL, 0 };
	return sv_is_absent(sealed) ? RC_OK : seal_open(ctx, &key, exchange_seal_about, sealed, ret);
}

/* --- lists --- */

static enum rc access_of(struct ctx *ctx, const struct sql_exchange_accesses_of_row *row, struct exchange_access *ret)
{
	*ret = (struct exchange_access){
		.id = row->id,
		.leaf = row->leaf,
		.at = row->at,
		.register_name = row->register_name,
		.fields = row->fields,
		.purpose = row->purpose,
		.basis = { row->basis, row->basis_en },
		.case_id = row->case_id,
		.case_number = row->case_number,
		.department = row->department,
		.reader_code = row->reader_code,
		.reader = (enum principal_kind)row->reader,
		.found = row->found != 0,
		.disputed_at = row->disputed_at.value,
		.answered_at = row->answered_at.value,
	};
	return open_text(ctx, row->answer, &ret->answer);
}

enum rc exchange_accesses(struct ctx *ctx, const struct exchange_query *query, struct exchange_access **ret, size_t *ret_count)
{
	struct sql_exchange_accesses_of_rows rows;
	struct sv subject = exchange_subject(ctx, query->code);
	struct id before = query->before;

	assert(query->limit > 0);
	if (id_is_zero(before))
		memset(before.bytes, 0xff, sizeof(before.bytes));
	if (sv_is_empty(query->department))
		TRY(sql_exchange_accesses_of(ctx, subject, before, query->limit, &rows));
	else
		TRY(sql_exchange_accesses_by_department(ctx, subject, query->department, before, query->limit, &rows));
	struct exchange_access *list = ARENA_ARRAY(ctx->arena, struct exchange_access, rows.len);
	for (size_t i = 0; i < rows.len; i++)
		TRY(access_of(ctx, &rows.at[i], &list[i]));
	*ret = list;
	*ret_count = rows.len;
	return RC_OK;
}

enum rc exchange_access_find(struct ctx *ctx, struct sv code, struct id id, struct exchange_access *ret)
{
	struct sql_exchange_accesses_of_row row;
	enum rc rc = sql_exchange_access_by_id(ctx, id, exchange_subject(ctx, code), &row);

	if (rc == RC_NOT_FOUND)
		return fail(ctx, RC_NOT_FOUND, N_("There is no such read of your data. Go back to the list and choose one."), NULL);
	TRY(rc);
	return access_of(ctx, &row, ret);
}

/* --- disputes --- */

static enum rc append_leaf(struct ctx *ctx, const char *type, const struct exchange_access *access, struct sv actor,
	struct id subject)
{
	struct buf buf;
	struct id leaf;

	buf_init(&buf, ctx->arena, MAX_WORDS);
	struct json_out out = json_out_to(&buf);
	json_out_object(&out);
	json_out_member(&out, SV("read"), id_text(ctx->arena, access->id));
	json_out_object_end(&out);
	return ledger_append(ctx, &(struct ledger_act){
		.type = sv_of(type),
		.case_id = access->case_id,
		.case_number = access->case_number,
		.department = access->department,
		.actor = actor,
		.subject = subject,
		.record = buf_view(&buf),
	}, &leaf);
}

static enum rc check_text(struct ctx *ctx, struct sv text)
{
	if (sv_is_empty(sv_trim(text)))
		return fail_field(ctx, SV("text"), N_("Write a few words."), NULL);
	if (utf8_count(text) > EXCHANGE_MAX_TEXT)
		return fail_field(ctx, SV("text"), N_("This is too long. 2,000 characters are possible."), NULL);
	return RC_OK;
}

enum rc exchange_dispute_open(struct ctx *ctx, struct sv code, struct id access, struct sv text)
{
	struct seal_key key = exchange_key(ctx);
	struct exchange_access read;
	int64_t changed;

	TRY(check_text(ctx, text));
	TRY(exchange_access_find(ctx, code, access, &read));
	TRY(sql_exchange_dispute_add(ctx, id_new(ctx), access, seal(ctx, &key, exchange_seal_about, sv_trim(text)),
		clock_now(ctx->clock), &changed));
	if (!changed)
		return fail(ctx, RC_CONFLICT, N_("You have disputed this read already. The answer will be shown beside it."), NULL);
	return append_leaf(ctx, "dispute", &read, (struct sv){ NULL, 0 }, ctx->who->subject);
}

enum rc exchange_dispute_answer(struct ctx *ctx, struct id dispute, struct sv text)
{
	struct seal_key key = exchange_key(ctx);
	struct sql_exchange_dispute_by_id_row row;
	int64_t changed;

	if (!principal_may(ctx->who, PERMISSION_ACCESS_AUDIT))
		return fail(ctx, RC_FORBIDDEN, N_("Only data auditors answer disputes."), NULL);
	TRY(check_text(ctx, text));
	enum rc rc = sql_exchange_dispute_by_id(ctx, dispute, &row);
	if (rc == RC_NOT_FOUND)
		return fail(ctx, RC_NOT_FOUND, N_("There is no such dispute. Go back to the list and choose one."), NULL);
	TRY(rc);
	TRY(sql_exchange_dispute_answer(ctx, seal(ctx, &key, exchange_seal_about, sv_trim(text)), clock_now(ctx->clock),
		ctx->who->account, dispute, &changed));
	if (!changed)
		return fail(ctx, RC_CONFLICT, N_("Somebody has answered this dispute already."), NULL);
	struct exchange_access read = { .id = row.access, .case_id = row.case_id, .case_number = row.case_number,
		.department = row.department };
	return append_leaf(ctx, "dispute_answer", &read, arena_printf(ctx->arena, "officer %.*s", SV_FMT(ctx->who->code)),
		(struct id){ { 0 } });
}

/* --- words --- */

static struct sv field_labels(struct ctx *ctx, const struct registry *registry, struct sv fields)
{
	struct sv separator = locale_is_zh(ctx->locale) ? SV("\xe3\x80\x81") : SV(", ");
	struct buf buf;

	buf_init(&buf, ctx->arena, MAX_WORDS);
	while (!sv_is_absent(fields)) {
		struct sv name = sv_cut(&fields, ' ');
		const struct registry_field *field = registry_field_find(registry, name);
		if (buf.len)
			buf_sv(&buf, separator);
		buf_sv(&buf, field ? bitext_pick(ctx, field->label) : name);
	}
	return buf_view(&buf);
}

static const char *sentence_of(const struct exchange_access *access, bool mine)
{
	switch (access->reader) {
	case PRINCIPAL_OFFICER:
		return mine ? N_("{department}, officer {code}, read your data on {day} for {case}: {fields}. The purpose: {purpose}.")
			    : N_("{department}, officer {code}, read data of the person on {day} for {case}: {fields}. The purpose: {purpose}.");
	case PRINCIPAL_PERSON:
		return mine ? N_("You yourself had your data read on {day} for {case}: {fields}. The purpose: {purpose}.")
			    : N_("The person's own form read data of the person on {day} for {case}: {fields}. The purpose: {purpose}.");
	case PRINCIPAL_SYSTEM:
	case PRINCIPAL_AGENCY:
	case PRINCIPAL_NOBODY:
		break;
	}
	return mine ? N_("{department}'s program read your data on {day} for {case}: {fields}. The purpose: {purpose}.")
		    : N_("{department}'s program read data of the person on {day} for {case}: {fields}. The purpose: {purpose}.");
}

enum rc exchange_sentence(struct ctx *ctx, const struct exchange_access *access, bool mine, struct sv *ret)
{
	struct sql_exchange_purpose_by_code_row purpose;
	struct department department;
	struct registry registry;
	struct sv what = access->fields, who = access->department, why = access->purpose;
	enum rc rc = registry_describe(ctx, access->register_name, &registry);

	if (rc == RC_OK)
		what = field_labels(ctx, &registry, access->fields);
	else if (rc != RC_NOT_FOUND)
		return rc;
	rc = identity_department_find(ctx, access->department, &department);
	if (rc == RC_OK)
		who = bitext_pick(ctx, department.name);
	else if (rc != RC_NOT_FOUND)
		return rc;
	rc = sql_exchange_purpose_by_code(ctx, access->purpose, &purpose);
	if (rc == RC_OK)
		why = bitext_pick(ctx, (struct bitext){ purpose.name_zh, purpose.name_en });
	else if (rc != RC_NOT_FOUND)
		return rc;
	if (sv_equal(access->register_name, exchange_case_register)) {
		what = tr(ctx, mine ? N_("what you told us in the application") : N_("what was told in the application"));
		why = tr(ctx, N_("working on the case"));
	}
	*ret = tr_args(ctx, sentence_of(access, mine), ARGS(
		{ "department", who },
		{ "code", access->reader_code },
		{ "fields", what },
		{ "day", format_day(ctx, civil_china_day(access->at)) },
		{ "case", sv_is_empty(access->case_number) ? tr(ctx, N_("a draft"))
							   : tr_args(ctx, N_("case {number}"), ARGS({ "number", access->case_number })) },
		{ "purpose", why }));
	return RC_OK;
}
