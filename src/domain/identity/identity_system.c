/* Programs of departments that call this one: an account with a bearer token, rights of its own, an end and a revocation. Such a
 * system signs nobody in and reads no pages: it may what its permissions say, and nothing else. */
#include <assert.h>

#include "base/buf.h"
#include "domain/identity/identity_int.h"
#include "domain/identity/identity_sql.h"

#include "base/banned.h"

static const struct sv token_prefix = SV_INIT("tbs_"); /* tells it from a session's, also for whoever finds one in a file */

bool token_is_of_system(struct sv token)
{
	return sv_has_prefix(token, token_prefix);
}

static bool may_have(uint64_t permissions)
{
	uint64_t known = (uint64_t)1 << PERMISSION_DECISION_EVALUATE | (uint64_t)1 << PERMISSION_DECISION_EVALUATE_ALL;

	return permissions && !(permissions & ~known);
}

static enum rc check_new(struct ctx *ctx, struct sv department, struct sv name, uint64_t permissions, int64_t days)
{
	struct department found;
	enum rc rc = identity_department_find(ctx, department, &found);

	if (rc != RC_OK && rc != RC_NOT_FOUND)
		return rc;
	if (rc == RC_NOT_FOUND)
		(void)fail_field(ctx, SV("department"), N_("There is no such department. Choose one of the list."), NULL);
	if (sv_is_empty(name) || name.len > SYSTEM_MAX_NAME * 4)
		(void)fail_field(ctx, SV("name"), N_("Say which program it is, in at most 100 characters."), NULL);
	if (days < 1 || days > SYSTEM_MAX_DAYS)
		(void)fail_field(ctx, SV("days"), N_("A token is good for 1 to 1,095 days."), NULL);
	if (!may_have(permissions))
		(void)fail_field(ctx, SV("permissions"), N_("A system may have rules applied, and nothing else."), NULL);
	return ctx->err->rc;
}

enum rc identity_system_open(struct ctx *ctx, struct sv department, struct sv name, uint64_t permissions, int64_t days,
	struct sv *ret_token)
{
	struct sql_systems_named_rows same;
	int64_t now = clock_now(ctx->clock);

	name = sv_trim(name);
	TRY(check_new(ctx, department, name, permissions, days));
	TRY(sql_systems_named(ctx, department, name, now, &same));
	if (same.len)
		return fail(ctx, RC_CONFLICT, N_("The department has a system of this name in use. Revoke it first, or choose another name."), NULL);
	struct sv token = token_new(ctx, token_prefix.ptr);
	TRY(sql_system_add(ctx, &(struct sql_system_add_params){
		.id = id_new(ctx),
		.department = department,
		.name = name,
		.token_hash = token_hash(ctx, token),
		.permissions = (int64_t)permissions,
		.opened_at = now,
		.expires_at = now + days * DAY_MS,
	}));
	*ret_token = token;
	return RC_OK;
}

enum rc identity_system_list(struct ctx *ctx, struct system_account **ret, size_t *ret_count)
{
	struct sql_systems_rows rows;

	TRY(sql_systems(ctx, &rows));
	struct system_account *list = ARENA_ARRAY(ctx->arena, struct system_account, rows.len);
	for (size_t i = 0; i < rows.len; i++)
		list[i] = (struct system_account){ .id = rows.at[i].id, .department = rows.at[i].department, .name = rows.at[i].name,
			.permissions = (uint64_t)rows.at[i].permissions, .opened_at = rows.at[i].opened_at,
			.expires_at = rows.at[i].expires_at, .revoked_at = rows.at[i].revoked_at };
	*ret = list;
	*ret_count = rows.len;
	return RC_OK;
}

enum rc identity_system_revoke(struct ctx *ctx, struct id id)
{
	int64_t changed;

	TRY(sql_system_revoke(ctx, clock_now(ctx->clock), id, &changed));
	if (!changed)
		return fail(ctx, RC_NOT_FOUND, N_("There is no such system in use; it may have been revoked already."), NULL);
	return RC_OK;
}

enum rc identity_system_find(struct ctx *ctx, struct sv token, struct principal *ret)
{
	struct sql_system_by_token_row row;

	assert(token_is_of_system(token));
	enum rc rc = sql_system_by_token(ctx, token_hash(ctx, token), &row);
	if (rc != RC_OK)
		return rc == RC_NOT_FOUND ? RC_UNAUTHENTICATED : rc;
	if (row.revoked_at || clock_now(ctx->clock) >= row.expires_at)
		return RC_UNAUTHENTICATED;
	*ret = (struct principal){ .kind = PRINCIPAL_AGENCY, .account = row.id, .department_code = row.department, .name = row.name,
		.permissions = (uint64_t)row.permissions };
	return RC_OK;
}
