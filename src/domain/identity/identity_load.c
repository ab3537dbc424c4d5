/* Departments, posts and officers from YAML files (city/departments.yaml, city/officers.yaml), as an administrator keeps them.
 * The file is read against a list of its words, so that a slip of the pen is found with its line and nothing is half loaded:
 * the caller's transaction is given up at the first fault. */
#include "base/utf8.h"
#include "base/yaml.h"
#include "domain/identity/identity_int.h"
#include "domain/identity/identity_sql.h"

#include "base/banned.h"

enum { MAX_POSTS = 16, MAX_CODE = 64, MAX_NAME = 200 };

/* What is known while a file is read. */
struct load {
	struct ctx *ctx;
	struct sv file, password_hash;
	const struct json *kinds; /* posts: what a department or an officer may have */
	struct identity_loaded done;
};

static enum rc wrong(struct load *load, const struct json *at, const char *msgid, struct sv name)
{
	return fail_at(load->ctx, RC_INVALID, load->file, at ? at->line : 1, msgid, ARGS({ "name", name }));
}

/* Only these words, written with spaces between them. */
static enum rc check_words(struct load *load, const struct json *map, const char *words)
{
	if (!json_is(map, JSON_OBJECT))
		return wrong(load, map, N_("Here a list of words with values is needed ({name})."), sv_of(words));
	for (const struct json *v = json_first(map); v; v = json_next(map, v)) {
		struct sv rest = sv_of(words), word = { NULL, 0 };
		while (!sv_is_absent(rest) && !sv_equal(word, json_key(v)))
			word = sv_cut(&rest, ' ');
		if (!sv_equal(word, json_key(v)))
			return fail_at(load->ctx, RC_INVALID, load->file, v->line, N_("“{name}” is not a word of this file. Known here: {known}."),
				ARGS({ "name", json_key(v) }, { "known", sv_of(words) }));
	}
	return RC_OK;
}

static enum rc read_text(struct load *load, const struct json *map, const char *word, struct sv *ret)
{
	struct sv text = sv_trim(json_scalar(json_get(map, sv_of(word))));

	if (sv_is_empty(text) || utf8_count(text) > MAX_NAME)
		return wrong(load, map, N_("“{name}” is needed here: a text of at most 200 characters."), sv_of(word));
	*ret = text;
	return RC_OK;
}

/* A name by which others refer to it: small letters, digits, "-", "_", ".". */
static enum rc read_code(struct load *load, const struct json *map, const char *word, struct sv *ret)
{
	struct sv code;

	TRY(read_text(load, map, word, &code));
	bool is_good = code.len <= MAX_CODE;
	for (size_t i = 0; i < code.len; i++)
		is_good = is_good && strchr("abcdefghijklmnopqrstuvwxyz0123456789-_.", code.ptr[i]);
	if (!is_good)
		return wrong(load, map, N_("“{name}” cannot be used here: small letters, digits, “-”, “_” and “.” only, at most 64."), code);
	*ret = code;
	return RC_OK;
}

static enum rc read_names(struct load *load, const struct json *map, struct bitext *ret)
{
	const struct json *name = json_get(map, SV("name"));

	if (!name)
		return wrong(load, map, N_("“{name}” is needed here: a text of at most 200 characters."), SV("name"));
	TRY(check_words(load, name, "zh en"));
	TRY(read_text(load, name, "zh", &ret->zh));
	return read_text(load, name, "en", &ret->en);
}

/* The code is not used by an earlier one of the list. */
static enum rc check_once(struct load *load, const struct json *list, const struct json *item, const char *word, struct sv code)
{
	for (const struct json *v = json_first(list); v != item; v = json_next(list, v))
		if (sv_equal(json_scalar(json_get(v, sv_of(word))), code))
			return wrong(load, item, N_("“{name}” stands here twice."), code);
	return RC_OK;
}

static enum rc read_list(struct load *load, const struct json *map, const char *word, const struct json **ret)
{
	const struct json *list = json_get(map, sv_of(word));

	if (list && !json_is(list, JSON_ARRAY))
		return wrong(load, list, N_("“{name}” is a list."), sv_of(word));
	*ret = list;
	return RC_OK;
}

/* --- posts and departments --- */

static enum rc read_permissions(struct load *load, const struct json *kind, uint64_t *ret)
{
	const struct json *list;
	uint64_t set = 0;

	TRY(read_list(load, kind, "permissions", &list));
	for (const struct json *v = json_first(list); v; v = json_next(list, v)) {
		unsigned permission = permission_find(json_string(v));
		if (!permission)
			return wrong(load, v, N_("There is no permission “{name}”."), json_scalar(v));
		set |= (uint64_t)1 << permission;
	}
	*ret = set;
	return RC_OK;
}

static enum rc read_post(struct load *load, const struct json *kind, struct post *ret)
{
	TRY(check_words(load, kind, "code name permissions"));
	TRY(read_code(load, kind, "code", &ret->code));
	TRY(check_once(load, load->kinds, kind, "code", ret->code));
	TRY(read_names(load, kind, &ret->name));
	return read_permissions(load, kind, &ret->permissions);
}

static enum rc check_posts(struct load *load)
{
	struct post post;

	for (const struct json *v = json_first(load->kinds); v; v = json_next(load->kinds, v))
		TRY(read_post(load, v, &post));
	return RC_OK;
}

static enum rc put_posts(struct load *load, const struct json *department, struct sv code)
{
	const struct json *list;

	TRY(read_list(load, department, "posts", &list));
	for (const struct json *v = json_first(list); v; v = json_next(list, v)) {
		const struct json *kind = json_first(load->kinds);
		struct post post;
		while (kind && !sv_equal(json_scalar(json_get(kind, SV("code"))), json_scalar(v)))
			kind = json_next(load->kinds, kind);
		if (!kind)
			return wrong(load, v, N_("There is no post “{name}”."), json_scalar(v));
		TRY(read_post(load, kind, &post));
		post.department = code;
		TRY(identity_post_put(load->ctx, &post));
		load->done.posts++;
	}
	return RC_OK;
}

static enum rc put_department(struct load *load, const struct json *list, const struct json *item)
{
	struct department department;

	TRY(check_words(load, item, "code name posts"));
	TRY(read_code(load, item, "code", &department.code));
	TRY(check_once(load, list, item, "code", department.code));
	TRY(read_names(load, item, &department.name));
	TRY(identity_department_put(load->ctx, &department));
	load->done.departments++;
	return put_posts(load, item, department.code);
}

/* --- officers --- */

/* Her posts; nobody reviews and decides. */
static enum rc read_holder(struct load *load, const struct json *item, struct account_new *account, struct id *posts)
{
	const uint64_t both = (uint64_t)1 << PERMISSION_CASE_REVIEW | (uint64_t)1 << PERMISSION_CASE_DECIDE;
	struct department department;
	const struct json *list;
	uint64_t permissions = 0;

	enum rc rc = identity_department_find(load->ctx, account->department, &department);
	if (rc == RC_NOT_FOUND)
		return wrong(load, item, N_("There is no department “{name}”."), account->department);
	TRY(rc);
	TRY(read_list(load, item, "posts", &list));
	if (json_count(list) > MAX_POSTS)
		return wrong(load, list, N_("“{name}” holds more than 16 posts."), account->login);
	for (const struct json *v = json_first(list); v; v = json_next(list, v)) {
		struct sql_post_by_code_row row;
		rc = sql_post_by_code(load->ctx, account->department, json_scalar(v), &row);
		if (rc == RC_NOT_FOUND)
			return wrong(load, v, N_("There is no post “{name}”."), json_scalar(v));
		TRY(rc);
		posts[account->post_count++] = row.id;
		permissions |= (uint64_t)row.permissions;
	}
	account->posts = posts;
	if ((permissions & both) == both)
		return wrong(load, item, N_("“{name}” would both review and decide. Give one of the posts to somebody else."), account->login);
	return RC_OK;
}

static enum rc open_officer(struct load *load, struct account_new *account)
{
	struct id id;

	account->password_hash = load->password_hash;
	if (sv_is_absent(load->password_hash)) {
		struct sv password = identity_password_once(load->ctx, &account->password_hash);
		account->is_once = true;
		load->done.newcomers[load->done.newcomer_count++] = (struct identity_newcomer){ account->login, password };
	}
	return identity_account_open(load->ctx, account, &id);
}

static enum rc change_officer(struct load *load, struct id id, const struct account_new *account, bool is_closed)
{
	TRY(sql_officer_set(load->ctx, &(struct sql_officer_set_params){ .name = account->name, .officer_code = account->officer_code,
		.department = account->department, .closed_at = is_closed ? clock_now(load->ctx->clock) : 0, .id = id }));
	TRY(sql_account_posts_clear(load->ctx, id));
	for (size_t i = 0; i < account->post_count; i++)
		TRY(sql_account_post_add(load->ctx, id, account->posts[i]));
	return RC_OK;
}

static enum rc put_officer(struct load *load, const struct json *list, const struct json *item)
{
	struct account_new account = { .kind = PRINCIPAL_OFFICER };
	struct sql_account_by_login_row known;
	struct id posts[MAX_POSTS];
	bool is_closed = json_bool(json_get(item, SV("closed")), false);

	TRY(check_words(load, item, "login code name department posts closed"));
	TRY(read_code(load, item, "login", &account.login));
	TRY(check_once(load, list, item, "login", account.login));
	TRY(read_text(load, item, "code", &account.officer_code));
	TRY(read_text(load, item, "name", &account.name));
	TRY(read_code(load, item, "department", &account.department));
	TRY(read_holder(load, item, &account, posts));
	load->done.officers++;
	enum rc rc = sql_account_by_login(load->ctx, account.login, &known);
	if (rc == RC_NOT_FOUND)
		return is_closed ? RC_OK : open_officer(load, &account);
	TRY(rc);
	if (known.kind != PRINCIPAL_OFFICER)
		return wrong(load, item, N_("The sign-in name “{name}” belongs to somebody who is not an officer. Choose another."), account.login);
	return change_officer(load, known.id, &account, is_closed);
}

enum rc identity_load(struct ctx *ctx, struct sv file, struct sv text, struct sv password_hash, struct identity_loaded *ret)
{
	struct load load = { .ctx = ctx, .file = file, .password_hash = password_hash };
	const struct json *yaml, *departments, *officers;

	TRY(yaml_parse(ctx, file, text, &json_limits_request, &yaml));
	TRY(check_words(&load, yaml, "posts departments officers"));
	TRY(read_list(&load, yaml, "posts", &load.kinds));
	TRY(read_list(&load, yaml, "departments", &departments));
	TRY(read_list(&load, yaml, "officers", &officers));
	load.done.newcomers = ARENA_ARRAY(ctx->arena, struct identity_newcomer, json_count(officers));
	TRY(check_posts(&load));
	for (const struct json *v = json_first(departments); v; v = json_next(departments, v))
		TRY(put_department(&load, departments, v));
	for (const struct json *v = json_first(officers); v; v = json_next(officers, v))
		TRY(put_officer(&load, officers, v));
	*ret = load.done;
	return RC_OK;
}
