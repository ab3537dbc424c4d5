/* People, firms, departments, posts and accounts; sessions are in identity_session.c. See identity.h. */
#include "domain/identity/identity.h"

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

enum rc identity_account_name(struct ctx *ctx, struct id account, struct sv *ret_name, struct sv *ret_code)
{
	struct sql_account_by_id_row row;

	TRY(sql_account_by_id(ctx, account, &row));
	*ret_name = row.name;
	*ret_code = row.officer_code;
	return RC_OK;
}

enum rc identity_post_holders(struct ctx *ctx, struct sv department, struct sv post, struct id **ret, size_t *ret_count)
{
	struct sql_post_holders_rows rows;

	TRY(sql_post_holders(ctx, department, post, &rows));
	struct id *list = ARENA_ARRAY(ctx->arena, struct id, rows.len);
	for (size_t i = 0; i < rows.len; i++)
		list[i] = rows.at[i].account;
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

	TRY(sql_party_add(ctx, &(struct sql_party_add_params){ .id = id, .kind = party->kind, .code = party->code,
		.name = party->name, .phone = sv_is_absent(party->phone) ? SV("") : party->phone }));
	*ret = id;
	return RC_OK;
}

enum rc identity_department_open(struct ctx *ctx, const struct department *department, struct id *ret)
{
	struct id id = id_new(ctx);

	TRY(sql_department_add(ctx, id, department->code, department->name.zh, department->name.en));
	*ret = id;
	return RC_OK;
}

enum rc identity_post_open(struct ctx *ctx, const struct post *post, struct id *ret)
{
	struct id id = id_new(ctx);

	TRY(sql_post_add(ctx, &(struct sql_post_add_params){ .id = id, .department = post->department, .code = post->code,
		.name_zh = post->name.zh, .name_en = post->name.en, .permissions = (int64_t)post->permissions }));
	*ret = id;
	return RC_OK;
}

enum rc identity_post_find(struct ctx *ctx, struct sv department, struct sv post, struct id *ret)
{
	struct sql_post_by_code_row row;

	TRY(sql_post_by_code(ctx, department, post, &row));
	*ret = row.id;
	return RC_OK;
}

enum rc identity_account_open(struct ctx *ctx, const struct account_new *account, struct id *ret)
{
	struct id id = id_new(ctx);

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
	}));
	for (size_t i = 0; i < account->post_count; i++)
		TRY(sql_account_post_add(ctx, id, account->posts[i]));
	*ret = id;
	return RC_OK;
}

enum rc identity_represent(struct ctx *ctx, struct id account, struct id legal_party)
{
	return sql_representation_add(ctx, account, legal_party, clock_now(ctx->clock));
}

struct sv identity_password_hash(struct ctx *ctx, struct sv password)
{
	char *hash = arena_alloc(ctx->arena, crypto_pwhash_STRBYTES);

	if (crypto_pwhash_str_alg(hash, password.ptr, password.len, crypto_pwhash_OPSLIMIT_INTERACTIVE,
		    crypto_pwhash_MEMLIMIT_INTERACTIVE, crypto_pwhash_ALG_ARGON2ID13) != 0)
		return (struct sv){ NULL, 0 };
	return sv_of(hash);
}

bool identity_password_is(struct sv hash, struct sv password)
{
	char padded[crypto_pwhash_STRBYTES] = { 0 };

	if (hash.len == 0 || hash.len >= sizeof(padded))
		return false;
	memcpy(padded, hash.ptr, hash.len);
	return crypto_pwhash_str_verify(padded, password.ptr, password.len) == 0;
}
