/* People, firms, departments, posts and accounts; sessions are in identity_session.c. See identity.h. */
#include "domain/identity/identity.h"

#include <assert.h>
#include <sodium.h>

#include "domain/identity/identity_int.h"
#include "domain/identity/identity_sql.h"

#include "base/banned.h"

static const struct {
	const char *code, *text;
} permissions[] = {
#define X(name, code, text) [name] = { code, text },
	PERMISSION_TABLE(X)
#undef X
};

unsigned permission_find(struct sv code)
{
	for (unsigned i = PERMISSION_FIRST; i < PERMISSION_COUNT; i++)
		if (sv_equal_z(code, permissions[i].code))
			return i;
	return 0;
}

const char *permission_code(unsigned permission)
{
	return permission < PERMISSION_COUNT ? permissions[permission].code : NULL;
}

const char *permission_text(unsigned permission)
{
	return permission < PERMISSION_COUNT ? permissions[permission].text : NULL;
}

enum rc identity_party_find(struct ctx *ctx, struct id id, struct party *ret)
{
	struct sql_party_by_id_row row;

	TRY(sql_party_by_id(ctx, id, &row));
	*ret = (struct party){ row.id, (enum party_kind)row.kind, row.code, row.name, row.phone };
	return RC_OK;
}

enum rc identity_party_by_code(struct ctx *ctx, struct sv code, struct party *ret)
{
	struct sql_party_by_code_row row;

	TRY(sql_party_by_code(ctx, code, &row));
	*ret = (struct party){ row.id, (enum party_kind)row.kind, row.code, row.name, row.phone };
	return RC_OK;
}

enum rc identity_department_find(struct ctx *ctx, struct sv code, struct department *ret)
{
	struct sql_department_by_code_row row;

	TRY(sql_department_by_code(ctx, code, &row));
	*ret = (struct department){ row.id, row.code, { row.name_zh, row.name_en } };
	return RC_OK;
}

enum rc identity_department_list(struct ctx *ctx, struct department **ret, size_t *ret_count)
{
	struct sql_departments_rows rows;

	TRY(sql_departments(ctx, &rows));
	struct department *list = ARENA_ARRAY(ctx->arena, struct department, rows.len);
	for (size_t i = 0; i < rows.len; i++)
		list[i] = (struct department){ rows.at[i].id, rows.at[i].code, { rows.at[i].name_zh, rows.at[i].name_en } };
	*ret = list;
	*ret_count = rows.len;
	return RC_OK;
}

struct sv identity_department_code(const struct ctx *ctx)
{
	return ctx->who->department_code;
}

bool identity_holds_post(const struct ctx *ctx, struct sv department, struct sv post)
{
	struct sv rest = ctx->who->posts;

	if (!sv_equal(ctx->who->department_code, department))
		return false;
	while (!sv_is_absent(rest))
		if (sv_equal(sv_cut(&rest, ' '), post))
			return true;
	return false;
}

enum rc identity_acting_list(struct ctx *ctx, struct party **ret, size_t *ret_count)
{
	struct sql_account_by_id_row account;
	struct sql_acting_parties_rows rows;

	TRY(sql_account_by_id(ctx, ctx->who->account, &account));
	TRY(sql_acting_parties(ctx, ctx->who->account, &rows));
	struct party *list = ARENA_ARRAY(ctx->arena, struct party, rows.len + 1);
	size_t count = 0;
	if (!id_is_zero(account.party))
		TRY(identity_party_find(ctx, account.party, &list[count++]));
	for (size_t i = 0; i < rows.len; i++)
		list[count++] = (struct party){ rows.at[i].id, (enum party_kind)rows.at[i].kind, rows.at[i].code, rows.at[i].name,
			rows.at[i].phone };
	*ret = list;
	*ret_count = count;
	return RC_OK;
}

enum rc identity_party_open(struct ctx *ctx, const struct party *party, struct id *ret)
{
	struct id id = id_new(ctx);

	assert(party->kind == PARTY_NATURAL || party->kind == PARTY_LEGAL);
	TRY(sql_party_add(ctx, &(struct sql_party_add_params){ .id = id, .kind = party->kind, .code = party->code,
		.name = party->name, .phone = sv_is_absent(party->phone) ? SV("") : party->phone }));
	*ret = id;
	return RC_OK;
}

enum rc identity_department_put(struct ctx *ctx, const struct department *department)
{
	return sql_department_put(ctx, id_new(ctx), department->code, department->name.zh, department->name.en);
}

enum rc identity_post_put(struct ctx *ctx, const struct post *post)
{
	return sql_post_put(ctx, &(struct sql_post_put_params){ .id = id_new(ctx), .department = post->department, .code = post->code,
		.name_zh = post->name.zh, .name_en = post->name.en, .permissions = (int64_t)post->permissions });
}

enum rc identity_account_open(struct ctx *ctx, const struct account_new *account, struct id *ret)
{
	struct id id = id_new(ctx);

	assert(account->kind != PRINCIPAL_NOBODY && !sv_is_empty(account->password_hash));
	TRY(sql_account_add(ctx, &(struct sql_account_add_params){
		.id = id,
		.kind = account->kind,
		.login = account->login,
		.password_hash = account->password_hash,
		.name = account->name,
		.officer_code = sv_is_absent(account->officer_code) ? SV("") : account->officer_code,
		.department = account->department,
		.party = account->party,
		.opened_at = clock_now(ctx->clock),
		.password_once = account->is_once,
	}));
	for (size_t i = 0; i < account->post_count; i++)
		TRY(sql_account_post_add(ctx, id, account->posts[i]));
	*ret = id;
	return RC_OK;
}

enum rc identity_officer_list(struct ctx *ctx, struct principal **ret, size_t *ret_count)
{
	struct sql_officers_rows rows;
	size_t count = 0;

	TRY(sql_officers(ctx, &rows));
	struct principal *list = ARENA_ARRAY(ctx->arena, struct principal, rows.len);
	for (size_t i = 0; i < rows.len; i++)
		if (!rows.at[i].closed_at)
			TRY(identity_principal(ctx, rows.at[i].id, &list[count++]));
	*ret = list;
	*ret_count = count;
	return RC_OK;
}

enum rc identity_represent(struct ctx *ctx, struct id account, struct id legal_party)
{
	return sql_representation_add(ctx, account, legal_party, clock_now(ctx->clock));
}

static struct sv hash_with(struct ctx *ctx, struct sv password, unsigned long long work, size_t memory)
{
	char *hash = arena_alloc(ctx->arena, crypto_pwhash_STRBYTES);

	if (crypto_pwhash_str_alg(hash, password.ptr, password.len, work, memory, crypto_pwhash_ALG_ARGON2ID13) != 0)
		return (struct sv){ NULL, 0 };
	return sv_of(hash);
}

struct sv identity_password_hash(struct ctx *ctx, struct sv password)
{
	return hash_with(ctx, password, crypto_pwhash_OPSLIMIT_INTERACTIVE, crypto_pwhash_MEMLIMIT_INTERACTIVE);
}

bool identity_password_is(struct sv hash, struct sv password)
{
	char padded[crypto_pwhash_STRBYTES] = { 0 };

	if (hash.len == 0 || hash.len >= sizeof(padded))
		return false;
	memcpy(padded, hash.ptr, hash.len);
	return crypto_pwhash_str_verify(padded, password.ptr, password.len) == 0;
}

struct sv identity_password_once(struct ctx *ctx, struct sv *ret_hash)
{
	static const char alphabet[] = "abcdefghjkmnpqrstuvwxyz23456789";
	char text[19];

	for (size_t i = 0; i < sizeof(text); i++)
		text[i] = i % 5 == 4 ? '-' : alphabet[random_below(ctx->random, sizeof(alphabet) - 1)];
	struct sv password = arena_copy(ctx->arena, (struct sv){ text, sizeof(text) });
	/* Nobody guesses what is random; the least work will do. */
	*ret_hash = hash_with(ctx, password, crypto_pwhash_OPSLIMIT_MIN, crypto_pwhash_MEMLIMIT_MIN);
	return password;
}

enum rc identity_password_reset(struct ctx *ctx, struct sv login, struct sv *ret_password)
{
	struct sql_account_by_login_row row;
	struct sv hash, password = identity_password_once(ctx, &hash);
	enum rc rc = sql_account_by_login(ctx, login, &row);

	if (rc == RC_NOT_FOUND)
		return fail(ctx, rc, N_("Nobody has the sign-in name {name}."), ARGS({ "name", login }));
	TRY(rc);
	TRY(sql_account_password(ctx, hash, true, row.id));
	TRY(sql_session_drop_all(ctx, row.id));
	*ret_password = password;
	return sql_failure_clear(ctx, login);
}
