/* Sessions: 32 random bytes in the cookie, their SHA-256 in the table, so that a leaked table opens nothing. A session
 * ends by sign-out, by being idle too long, or after seven days. */
#include <assert.h>

#include "base/buf.h"
#include "base/hash.h"
#include "domain/identity/identity_int.h"
#include "domain/identity/identity_sql.h"

#include "base/banned.h"

struct sv token_hash(struct ctx *ctx, struct sv token)
{
	struct hash hash = hash_sha256(token);

	return arena_copy(ctx->arena, (struct sv){ (const char *)hash.bytes, sizeof(hash.bytes) });
}

struct sv token_new(struct ctx *ctx, const char *prefix)
{
	unsigned char secret[32];
	struct buf token;

	random_bytes(ctx->random, secret, sizeof(secret));
	buf_init(&token, ctx->arena, 64);
	buf_sv(&token, sv_of(prefix));
	buf_base64url(&token, secret, sizeof(secret));
	assert(!token.overflow);
	return buf_view(&token);
}

static enum rc open_session(struct ctx *ctx, struct id account, struct sv *ret_token)
{
	struct sql_account_by_id_row row;

	TRY(sql_account_by_id(ctx, account, &row));
	struct sv token = token_new(ctx, "");
	int64_t now = clock_now(ctx->clock);
	TRY(sql_session_add(ctx, &(struct sql_session_add_params){
		.id = id_new(ctx),
		.token_hash = token_hash(ctx, token),
		.account = account,
		.party = row.party,
		.opened_at = now,
		.expires_at = now + SESSION_MAX_MS,
	}));
	*ret_token = token;
	return RC_OK;
}

/* Posts of an officer: their codes joined by spaces, their permissions joined by or. */
static enum rc fill_officer(struct ctx *ctx, struct principal *who)
{
	struct sql_account_posts_rows posts;
	struct buf codes;

	TRY(sql_account_posts(ctx, who->account, &posts));
	buf_init(&codes, ctx->arena, 4096);
	for (size_t i = 0; i < posts.len; i++) {
		if (i)
			buf_byte(&codes, ' ');
		buf_sv(&codes, posts.at[i].code);
		who->permissions |= (uint64_t)posts.at[i].permissions;
	}
	who->posts = posts.len ? buf_view(&codes) : (struct sv){ NULL, 0 };
	return RC_OK;
}

/* The account as a session of it has it. */
static enum rc fill_principal(struct ctx *ctx, struct principal *who)
{
	if (who->kind == PRINCIPAL_OFFICER)
		return fill_officer(ctx, who);
	who->permissions = (uint64_t)1 << PERMISSION_APPLY;
	return RC_OK;
}

enum rc identity_principal(struct ctx *ctx, struct id account, struct principal *ret)
{
	struct sql_account_by_id_row row;

	TRY(sql_account_by_id(ctx, account, &row));
	struct principal who = { .kind = (enum principal_kind)row.kind, .account = row.id, .subject = row.party, .name = row.name,
		.code = row.officer_code, .department_code = row.department };
	TRY(fill_principal(ctx, &who));
	*ret = who;
	return RC_OK;
}

enum rc identity_session_find(struct ctx *ctx, struct sv token, struct principal *ret)
{
	struct sql_session_by_token_row row;
	int64_t now = clock_now(ctx->clock);

	if (token_is_of_system(token))
		return identity_system_find(ctx, token, ret);
	enum rc rc = sql_session_by_token(ctx, token_hash(ctx, token), &row);
	if (rc != RC_OK)
		return rc == RC_NOT_FOUND ? RC_UNAUTHENTICATED : rc;
	int64_t idle = row.kind == PRINCIPAL_OFFICER ? SESSION_IDLE_OFFICER_MS : SESSION_IDLE_PERSON_MS;
	if (row.closed_at || now >= row.expires_at || now - row.seen_at >= idle)
		return RC_UNAUTHENTICATED;
	struct principal who = {
		.kind = (enum principal_kind)row.kind,
		.account = row.account,
		.session = row.id,
		.subject = row.party,
		.name = row.name,
		.acting_for = row.acting_for,
		.code = row.officer_code,
		.department_code = row.department,
		.seen_at = row.seen_at,
	};
	TRY(fill_principal(ctx, &who));
	*ret = who;
	return RC_OK;
}

bool identity_session_is_stale(const struct principal *who, int64_t now)
{
	return !id_is_zero(who->session) && now - who->seen_at >= SESSION_TOUCH_MS;
}

enum rc identity_session_touch(struct ctx *ctx, struct id session)
{
	assert(!id_is_zero(session));
	return sql_session_touch(ctx, clock_now(ctx->clock), session);
}

enum rc identity_session_act_for(struct ctx *ctx, struct id party)
{
	struct party *list;
	size_t count;

	TRY(identity_acting_list(ctx, &list, &count));
	for (size_t i = 0; i < count; i++)
		if (id_equal(list[i].id, party))
			return sql_session_act_for(ctx, party, ctx->who->session);
	return fail(ctx, RC_FORBIDDEN, N_("You are not recorded as acting for this person or firm."), NULL);
}

enum rc identity_session_close(struct ctx *ctx, struct id session)
{
	return sql_session_drop(ctx, session);
}

enum rc identity_session_close_all(struct ctx *ctx, struct id account)
{
	return sql_session_drop_all(ctx, account);
}

static int64_t wait_after(int64_t failures)
{
	int64_t extra = failures - SIGN_IN_FREE_FAILURES;

	if (extra < 0)
		return 0;
	if (extra > 12)
		return SIGN_IN_MAX_WAIT_MS;
	int64_t wait = (int64_t)1000 << extra;
	return wait < SIGN_IN_MAX_WAIT_MS ? wait : SIGN_IN_MAX_WAIT_MS;
}

enum rc identity_sign_in_allowed(struct ctx *ctx, struct sv login)
{
	struct sql_failure_by_login_row row;
	enum rc rc = sql_failure_by_login(ctx, login, &row);

	if (rc == RC_NOT_FOUND)
		return RC_OK;
	TRY(rc);
	if (clock_now(ctx->clock) < row.last_at + wait_after(row.count))
		return fail(ctx, RC_TOO_MANY, N_("Too many failed attempts. Wait a while, then try again."), NULL);
	return RC_OK;
}

enum rc identity_sign_in_find(struct ctx *ctx, struct sv login, struct identity_login *ret)
{
	/* An unknown login costs as much time as a known one: this hash fits no password. */
	static const struct sv nobody = SV_INIT("$argon2id$v=19$m=65536,t=2,p=1$c29tZXNhbHRzb21lc2FsdA$"
						"AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA");
	struct sql_account_by_login_row row;
	enum rc rc = sql_account_by_login(ctx, login, &row);

	if (rc != RC_OK && rc != RC_NOT_FOUND)
		return rc;
	if (rc == RC_OK && !row.closed_at)
		*ret = (struct identity_login){ row.id, row.password_hash, row.password_once != 0 };
	else
		*ret = (struct identity_login){ .hash = nobody };
	return RC_OK;
}

/* Wrong: counted, and *ret_token is absent. */
static enum rc count_failure(struct ctx *ctx, struct sv login, struct sv *ret_token)
{
	TRY(sql_failure_add(ctx, login, clock_now(ctx->clock)));
	*ret_token = (struct sv){ NULL, 0 };
	return RC_OK;
}

enum rc identity_sign_in_done(struct ctx *ctx, struct sv login, const struct identity_login *found, bool right, struct sv *ret_token)
{
	TRY(identity_sign_in_allowed(ctx, login));
	if (!right || id_is_zero(found->account))
		return count_failure(ctx, login, ret_token);
	TRY(sql_failure_clear(ctx, login));
	if (!found->is_once)
		return open_session(ctx, found->account, ret_token);
	*ret_token = (struct sv){ NULL, 0 };
	return RC_OK;
}

enum rc identity_password_change(struct ctx *ctx, struct sv login, const struct identity_login *found, bool right,
	struct sv new_hash, struct sv *ret_token)
{
	assert(!sv_is_empty(new_hash));
	TRY(identity_sign_in_allowed(ctx, login));
	if (!right || id_is_zero(found->account))
		return count_failure(ctx, login, ret_token);
	TRY(sql_failure_clear(ctx, login));
	TRY(sql_account_password(ctx, new_hash, false, found->account));
	TRY(sql_session_drop_all(ctx, found->account));
	return open_session(ctx, found->account, ret_token);
}
