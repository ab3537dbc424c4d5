/* The applicant's side: drafts, filing, supplements and withdrawal. The answers are one JSON document,
 * {"answers": {field: value}, "situation": {id: value}}; files are rows of casefile_material. */
#include "base/site.h"
#include "domain/casefile/casefile_form_int.h"
#include "store/outbox.h"

#include "base/banned.h"

/* --- drafts --- */

static enum rc may_apply(struct ctx *ctx, const struct service *service, const struct party *party)
{
	if (party->kind == PARTY_NATURAL && !service->for_natural)
		return fail(ctx, RC_FORBIDDEN,
			N_("This service is for firms. On your account page, choose the firm you act for, then start again."), NULL);
	if (party->kind == PARTY_LEGAL && !service->for_legal)
		return fail(ctx, RC_FORBIDDEN,
			N_("This service is for persons. On your account page, choose to act for yourself, then start again."), NULL);
	return RC_OK;
}

enum rc casefile_draft_open(struct ctx *ctx, struct sv service_code, struct sv situation_json, struct id *ret)
{
	const struct service *service;
	struct party party;
	struct sql_cases_of_party_in_rows drafts;
	struct seal_key key = seal_key_new(ctx);
	struct pad pad = { .c = { .id = id_new(ctx), .key = &key } };
	struct case_form form = { SV("{}"), situation_json, SV("{}"), NULL };

	TRY(catalogue_current(ctx, service_code, &service));
	TRY(identity_party_find(ctx, ctx->who->subject, &party));
	TRY(may_apply(ctx, service, &party));
	TRY(sql_cases_of_party_in(ctx, party.id, CASE_DRAFT, CASE_MAX_DRAFTS, &drafts));
	if (drafts.len >= CASE_MAX_DRAFTS)
		return fail(ctx, RC_TOO_MANY, N_("You have too many drafts. Delete those you no longer need, then start again."), NULL);
	pad.c.service = service;
	pad.c.service_code = service->code;
	pad.c.department = service->body;
	pad.c.party = party.id;
	TRY(case_form_prefill(ctx, &pad, party.code, &form));
	TRY(case_form_fill_locked(ctx, &pad, &form));
	struct seal_key by = seal_key_derive(&ctx->site->seal_master, service->body);
	TRY(sql_case_add(ctx, &(struct sql_case_add_params){
		.id = pad.c.id,
		.service_code = service->code,
		.version = service->version,
		.party = party.id,
		.account = ctx->who->account,
		.department = service->body,
		.state = CASE_DRAFT,
		.opened_at = clock_now(ctx->clock),
		.sealed_key = seal_key_wrap(ctx, &by, pad.c.key),
		.applicant = case_seal(ctx, &pad.c, party.name),
		.applicant_mark = casefile_applicant_mark(ctx, party.name),
		.form = case_seal(ctx, &pad.c, case_form_text(ctx, &form)),
		.process = case_seal(ctx, &pad.c, SV("")),
	}));
	*ret = pad.c.id;
	return RC_OK;
}

static enum rc open_editable(struct ctx *ctx, struct id id, int64_t revision, struct pad *pad)
{
	TRY(pad_open(ctx, id, revision, pad));
	TRY(casefile_is_own(ctx, &pad->c));
	if (pad->c.state != CASE_DRAFT && pad->c.state != CASE_SUPPLEMENT)
		return fail(ctx, RC_CONFLICT, N_("The application is filed; its answers can no longer be changed."), NULL);
	return RC_OK;
}

enum rc casefile_draft_save(struct ctx *ctx, struct id id, int64_t revision, struct sv form_json, int64_t *ret)
{
	struct pad pad;
	int64_t changed;

	TRY(open_editable(ctx, id, revision, &pad));
	if (form_json.len > CASE_MAX_FORM)
		return fail(ctx, RC_TOO_LARGE, N_("The answers are longer than we can take. Shorten the longest texts."), NULL);
	TRY(sql_case_save_form(ctx, case_seal(ctx, &pad.c, form_json), clock_now(ctx->clock), id, pad.c.revision, &changed));
	if (changed != 1)
		return fail(ctx, RC_CONFLICT, N_("The case was changed elsewhere in the meantime. Look at it as it is now, then decide again."),
			NULL);
	*ret = pad.c.revision + 1;
	return RC_OK;
}

enum rc casefile_draft_drop(struct ctx *ctx, struct id id)
{
	struct pad pad;
	int64_t changed;

	TRY(pad_open(ctx, id, 0, &pad));
	TRY(casefile_is_own(ctx, &pad.c));
	if (pad.c.state != CASE_DRAFT)
		return fail(ctx, RC_CONFLICT, N_("A filed application cannot be deleted; you can withdraw it."), NULL);
	TRY(sql_materials_drop_all(ctx, id));
	return sql_case_drop_draft(ctx, id, &changed);
}

/* --- filing --- */

/* Every answer and every material that this case needs; all that is wrong is told at once. Computed answers are made and
 * hidden ones dropped. *ret_stopped: why a check of the form could not be finished, or NULL. */
static enum rc check_all(struct ctx *ctx, struct pad *pad, const char **ret_stopped)
{
	struct case_form form;
	struct form_context context;
	struct form_problems problems = { 0 };

	TRY(case_form_read(ctx, pad->form, &form));
	TRY(case_form_context(ctx, pad, &context));
	TRY(form_check(ctx, &(struct form_filled){ pad->c.service->form, form.answers, &context }, &form.answers, &problems));
	TRY(case_form_problems(ctx, pad->c.service->form, &problems));
	pad->form = case_form_text(ctx, &form);
	*ret_stopped = problems.stopped;
	return RC_OK;
}

/* The request's key, made the account's own; absent when there is none. */
static struct sv submit_key(struct ctx *ctx)
{
	if (sv_is_empty(ctx->idempotency_key))
		return (struct sv){ NULL, 0 };
	return arena_printf(ctx->arena, "%s:%.*s", id_text(ctx->arena, ctx->who->account).ptr, SV_FMT(ctx->idempotency_key));
}

/* The same key again: the case it filed, untouched. */
static enum rc filed_before(struct ctx *ctx, struct id id, bool *ret)
{
	struct sql_case_id_by_submit_key_row row;
	struct sv key = submit_key(ctx);

	*ret = false;
	if (sv_is_absent(key))
		return RC_OK;
	enum rc rc = sql_case_id_by_submit_key(ctx, key, &row);
	if (rc == RC_NOT_FOUND)
		return RC_OK;
	TRY(rc);
	if (!id_equal(row.id, id))
		return fail(ctx, RC_CONFLICT, N_("This key has already filed another application."), NULL);
	*ret = true;
	return RC_OK;
}

/* A draft is filed under the version of the day; the answers were given for its form. */
static enum rc take_current_version(struct ctx *ctx, struct pad *pad)
{
	TRY(catalogue_current(ctx, pad->c.service_code, &pad->c.service));
	pad->c.version = pad->c.service->version;
	return RC_OK;
}

enum rc casefile_submit(struct ctx *ctx, struct id id, int64_t revision)
{
	struct pad pad;
	const char *stopped;
	bool again;
	int64_t changed;

	TRY(filed_before(ctx, id, &again));
	if (again)
		return RC_OK;
	TRY(pad_open(ctx, id, revision, &pad));
	TRY(casefile_is_own(ctx, &pad.c));
	TRY(take_current_version(ctx, &pad));
	TRY(check_all(ctx, &pad, &stopped));
	pad.c.number = casefile_number_new(ctx);
	pad.c.filed_at = pad.c.received_at = clock_now(ctx->clock);
	TRY(sql_case_file(ctx, &(struct sql_case_file_params){ .number = pad.c.number, .filed_at = pad.c.filed_at,
		.submit_key = submit_key(ctx), .version = pad.c.version, .id = id }, &changed));
	if (changed != 1)
		return fail(ctx, RC_CONFLICT, N_("This application is already filed."), NULL);
	TRY(pad_act_one(ctx, &pad, ACT_FILE, "answers", hash_text(ctx, pad.form)));
	struct ctx inner = *ctx;
	inner.who = &principal_system; /* what rules do from here on is not the applicant's act */
	TRY(flow_start(&inner, &pad, stopped));
	return pad_save(ctx, &pad);
}

enum rc casefile_supplement(struct ctx *ctx, struct id id, int64_t revision, struct sv form_json)
{
	struct pad pad;
	const char *stopped;

	TRY(open_editable(ctx, id, revision, &pad));
	if (!sv_is_absent(form_json))
		pad.form = form_json;
	if (pad.form.len > CASE_MAX_FORM)
		return fail(ctx, RC_TOO_LARGE, N_("The answers are longer than we can take. Shorten the longest texts."), NULL);
	TRY(check_all(ctx, &pad, &stopped));
	TRY(pad_act_one(ctx, &pad, ACT_SUPPLEMENT, "answers", hash_text(ctx, pad.form)));
	pad.c.received_at = clock_now(ctx->clock);
	struct ctx inner = *ctx;
	inner.who = &principal_system;
	TRY(casefile_supplement_answered(&inner, &pad, stopped));
	return pad_save(ctx, &pad);
}

enum rc casefile_withdraw(struct ctx *ctx, struct id id, int64_t revision, struct sv reason)
{
	struct pad pad;

	TRY(pad_open(ctx, id, revision, &pad));
	TRY(casefile_is_own(ctx, &pad.c));
	TRY(pad_act_one(ctx, &pad, ACT_WITHDRAW, "reasons", sv_is_absent(reason) ? SV("") : reason));
	pad.c.closed_at = clock_now(ctx->clock);
	TRY(flow_cancel(ctx, &pad));
	TRY(store_timer_cancel(ctx, casefile_timer_kind, id, (struct sv){ NULL, 0 }));
	return pad_save(ctx, &pad);
}

/* --- files --- */

enum rc casefile_file_add(struct ctx *ctx, struct id id, const struct casefile_file *file)
{
	struct pad pad;
	struct sql_materials_of_rows files;

	TRY(open_editable(ctx, id, 0, &pad));
	TRY(sql_materials_of(ctx, id, &files));
	if (files.len >= CASE_MAX_FILES)
		return fail(ctx, RC_TOO_MANY, N_("This case holds as many files as it may. Remove one you no longer need."), NULL);
	return sql_material_add(ctx, &(struct sql_material_add_params){ .id = id_new(ctx), .case_id = id,
		.material = file->material, .field = file->field,
		.hash = { (const char *)file->sha256.bytes, sizeof(file->sha256.bytes) }, .size = file->size, .type = file->type,
		.name = case_seal(ctx, &pad.c, file->name), .added_at = clock_now(ctx->clock) });
}

enum rc casefile_file_drop(struct ctx *ctx, struct id id, struct id file)
{
	struct pad pad;
	int64_t changed;

	TRY(open_editable(ctx, id, 0, &pad));
	TRY(sql_material_drop(ctx, file, id, &changed));
	return changed ? RC_OK : fail(ctx, RC_NOT_FOUND, N_("There is no such file in this case."), NULL);
}

enum rc casefile_files(struct ctx *ctx, const struct casefile *c, struct casefile_file **ret, size_t *ret_count)
{
	struct sql_materials_of_rows rows;

	TRY(sql_materials_of(ctx, c->id, &rows));
	struct casefile_file *list = ARENA_ARRAY(ctx->arena, struct casefile_file, rows.len);
	for (size_t i = 0; i < rows.len; i++) {
		list[i] = (struct casefile_file){ .id = rows.at[i].id, .material = rows.at[i].material, .field = rows.at[i].field,
			.type = rows.at[i].type, .size = rows.at[i].size, .added_at = rows.at[i].added_at };
		if (rows.at[i].hash.len != sizeof(list[i].sha256.bytes))
			return fail_internal(ctx, "a material's hash has %zu bytes", rows.at[i].hash.len);
		memcpy(list[i].sha256.bytes, rows.at[i].hash.ptr, sizeof(list[i].sha256.bytes));
		TRY(case_unseal(ctx, c, rows.at[i].name, &list[i].name));
	}
	*ret = list;
	*ret_count = rows.len;
	return RC_OK;
}
