/* Departments, posts and officers from YAML files (city/departments.yaml, city/officers.yaml), as an installation or the
 * sample city gives them. */
#include "base/yaml.h"
#include "domain/identity/identity_int.h"

#include "base/banned.h"

enum { MAX_POSTS = 16 };

static enum rc missing(struct ctx *ctx, struct sv file, const struct json *at, const char *what)
{
	return fail_at(ctx, RC_INVALID, file, at ? at->line : 1, N_("“{name}” is missing or not known."),
		ARGS({ "name", sv_of(what) }));
}

static struct bitext names(const struct json *map)
{
	const struct json *name = json_get(map, SV("name"));

	return (struct bitext){ json_string(json_get(name, SV("zh"))), json_string(json_get(name, SV("en"))) };
}

static enum rc read_permissions(struct ctx *ctx, struct sv file, const struct json *list, uint64_t *ret)
{
	uint64_t set = 0;

	for (const struct json *v = json_first(list); v; v = json_next(list, v)) {
		unsigned permission = permission_find(json_string(v));
		if (!permission)
			return missing(ctx, file, v, arena_z(ctx->arena, json_scalar(v)));
		set |= (uint64_t)1 << permission;
	}
	*ret = set;
	return RC_OK;
}

static enum rc open_posts(struct ctx *ctx, struct sv file, const struct json *kinds, const struct json *department)
{
	const struct json *list = json_get(department, SV("posts"));

	for (const struct json *v = json_first(list); v; v = json_next(list, v)) {
		const struct json *kind = json_first(kinds);
		struct id id;
		while (kind && !sv_equal(json_string(json_get(kind, SV("code"))), json_string(v)))
			kind = json_next(kinds, kind);
		if (!kind)
			return missing(ctx, file, v, arena_z(ctx->arena, json_scalar(v)));
		struct post post = { .department = json_string(json_get(department, SV("code"))), .code = json_string(v),
			.name = names(kind) };
		TRY(read_permissions(ctx, file, json_get(kind, SV("permissions")), &post.permissions));
		TRY(identity_post_open(ctx, &post, &id));
	}
	return RC_OK;
}

enum rc identity_load_departments(struct ctx *ctx, struct sv file, struct sv text)
{
	const struct json *yaml;

	TRY(yaml_parse(ctx, file, text, &json_limits_request, &yaml));
	const struct json *kinds = json_get(yaml, SV("posts")), *departments = json_get(yaml, SV("departments"));
	if (!json_is(kinds, JSON_ARRAY) || !json_is(departments, JSON_ARRAY))
		return missing(ctx, file, yaml, "departments");
	for (const struct json *d = json_first(departments); d; d = json_next(departments, d)) {
		struct id id;
		TRY(identity_department_open(ctx, &(struct department){ .code = json_string(json_get(d, SV("code"))),
			.name = names(d) }, &id));
		TRY(open_posts(ctx, file, kinds, d));
	}
	return RC_OK;
}

static enum rc officer_posts(struct ctx *ctx, struct sv file, const struct json *officer, struct sv department, struct id *ret,
	size_t *ret_count)
{
	const struct json *list = json_get(officer, SV("posts"));
	size_t count = 0;

	for (const struct json *v = json_first(list); v && count < MAX_POSTS; v = json_next(list, v))
		if (identity_post_find(ctx, department, json_string(v), &ret[count++]) != RC_OK)
			return missing(ctx, file, v, arena_z(ctx->arena, json_scalar(v)));
	*ret_count = count;
	return RC_OK;
}

enum rc identity_load_officers(struct ctx *ctx, struct sv file, struct sv text, struct sv password_hash)
{
	const struct json *yaml;

	TRY(yaml_parse(ctx, file, text, &json_limits_request, &yaml));
	const struct json *officers = json_get(yaml, SV("officers"));
	if (!json_is(officers, JSON_ARRAY))
		return missing(ctx, file, yaml, "officers");
	for (const struct json *o = json_first(officers); o; o = json_next(officers, o)) {
		struct id posts[MAX_POSTS], id;
		struct account_new account = {
			.kind = PRINCIPAL_OFFICER,
			.login = json_string(json_get(o, SV("login"))),
			.password_hash = password_hash,
			.name = json_string(json_get(o, SV("name"))),
			.officer_code = json_scalar(json_get(o, SV("code"))),
			.department = json_string(json_get(o, SV("department"))),
			.posts = posts,
		};
		TRY(officer_posts(ctx, file, o, account.department, posts, &account.post_count));
		TRY(identity_account_open(ctx, &account, &id));
	}
	return RC_OK;
}
