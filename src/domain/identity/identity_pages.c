/* Signing in and out, the account page, and the administrator's list of departments, posts and officers. */
#include "base/site.h"
#include "domain/identity/identity_html.h"
#include "domain/identity/identity_pages_int.h"
#include "domain/identity/identity_sql.h"

#include "base/banned.h"

struct sign_in {
	struct sv login, password, next;
};
static const struct input_field sign_in_fields[] = {
	INPUT(struct sign_in, login, TEXT, .required = true, .max = 64, .label = N_("Sign-in name")),
	INPUT(struct sign_in, password, SECRET, .required = true, .max = PASSWORD_MAX, .label = N_("Password")),
	INPUT(struct sign_in, next, TEXT, .max = 500),
};
static const struct input sign_in_input = INPUT_OF(struct sign_in, sign_in_fields);

struct sign_in_ask {
	struct sv next;
};
static const struct input_field sign_in_ask_fields[] = { INPUT(struct sign_in_ask, next, TEXT, .max = 500) };
static const struct input sign_in_ask_input = INPUT_OF(struct sign_in_ask, sign_in_ask_fields);

struct password_post {
	struct sv login, password, new_password, again;
};
static const struct input_field password_fields[] = {
	INPUT(struct password_post, login, TEXT, .required = true, .max = 64, .label = N_("Sign-in name")),
	INPUT(struct password_post, password, SECRET, .required = true, .max = PASSWORD_MAX, .label = N_("Password so far")),
	INPUT(struct password_post, new_password, SECRET, .required = true, .min = PASSWORD_MIN, .max = PASSWORD_MAX,
		.label = N_("New password")),
	INPUT(struct password_post, again, SECRET, .required = true, .max = PASSWORD_MAX, .label = N_("New password again")),
};
static const struct input password_input = INPUT_OF(struct password_post, password_fields);

struct password_ask {
	struct sv login;
};
static const struct input_field password_ask_fields[] = { INPUT(struct password_ask, login, TEXT, .max = 64) };
static const struct input password_ask_input = INPUT_OF(struct password_ask, password_ask_fields);

struct act_for {
	struct id party;
};
static const struct input_field act_for_fields[] = { INPUT(struct act_for, party, ID, .required = true) };
static const struct input act_for_input = INPUT_OF(struct act_for, act_for_fields);

/* Said at the password, whichever of the two it was. */
static struct html_problems wrong_password(struct ctx *ctx)
{
	struct html_problem *problem = ARENA_NEW(ctx->arena, struct html_problem);

	*problem = (struct html_problem){ .href = SV("#field-password"), .field = SV("password"),
		.message = tr(ctx, N_("The name and the password do not belong together. Check both and try again.")) };
	return (struct html_problems){ problem, 1 };
}

static enum rc show_sign_in(struct ctx *ctx, struct response *response, struct html_problems problems, struct sv login, struct sv next)
{
	struct html_identity_sign_in view = {
		.errors = problems,
		.login = login,
		.login_error = html_problem_of(problems, SV("login")),
		.password_error = html_problem_of(problems, SV("password")),
		.next = next,
		.sample = ctx->site->sample,
	};

	return response_page(ctx, response, &html_identity_sign_in_view, &view);
}

static enum rc sign_in_page(struct ctx *ctx, const struct request *request, struct response *response)
{
	const struct sign_in_ask *in = request->input;

	return show_sign_in(ctx, response, (struct html_problems){ 0 }, (struct sv){ NULL, 0 }, in->next);
}

static enum rc sign_in_again(struct ctx *ctx, const struct request *request, struct response *response)
{
	return show_sign_in(ctx, response, html_problems_of(ctx, request->problem), request_typed(request, "login"),
		request_typed(request, "next"));
}

/* What the slow step found out; the writer only acts on it. */
struct sign_in_check {
	struct identity_login found;
	struct sv new_hash; /* where a password is chosen */
	bool right;
};

static enum rc sign_in_prepare(struct ctx *ctx, const struct request *request, void **ret)
{
	const struct sign_in *in = request->input;
	struct sign_in_check *check = ARENA_NEW(ctx->arena, struct sign_in_check);

	TRY(identity_sign_in_allowed(ctx, in->login));
	TRY(identity_sign_in_find(ctx, in->login, &check->found));
	check->right = identity_password_is(check->found.hash, in->password);
	*ret = check;
	return RC_OK;
}

static struct sv home_of(struct ctx *ctx, struct id account, struct sv next)
{
	struct sql_account_by_id_row row;

	if (!sv_is_empty(next) && next.ptr[0] == '/')
		return next;
	if (sql_account_by_id(ctx, account, &row) == RC_OK && row.kind == PRINCIPAL_OFFICER)
		return SV("/desk");
	return SV("/cases");
}

static struct sv password_address(struct ctx *ctx, struct sv login)
{
	return response_address(ctx, "/sign-in/password?login=", login);
}

static enum rc sign_in_act(struct ctx *ctx, const struct request *request, struct response *response)
{
	const struct sign_in *in = request->input;
	const struct sign_in_check *check = request->prepared;
	struct sv token;

	TRY(identity_sign_in_done(ctx, in->login, &check->found, check->right, &token));
	if (check->right && check->found.is_once)
		return response_redirect(ctx, response, password_address(ctx, in->login),
			N_("The password is right, but good for one time only. Choose one of your own to go on."));
	if (sv_is_absent(token)) { /* counted and committed, so not a failure of the request */
		response_status(response, rc_http_status(RC_INVALID));
		return show_sign_in(ctx, response, wrong_password(ctx), in->login, in->next);
	}
	response_session(ctx, response, token);
	return response_redirect(ctx, response, home_of(ctx, check->found.account, in->next), NULL);
}

/* --- choosing a password --- */

static enum rc show_password(struct ctx *ctx, struct response *response, struct html_problems problems, struct sv login)
{
	struct html_identity_password view = {
		.errors = problems,
		.login = login,
		.login_error = html_problem_of(problems, SV("login")),
		.password_error = html_problem_of(problems, SV("password")),
		.new_error = html_problem_of(problems, SV("new_password")),
		.again_error = html_problem_of(problems, SV("again")),
		.least = PASSWORD_MIN,
	};

	return response_page(ctx, response, &html_identity_password_view, &view);
}

static enum rc password_page(struct ctx *ctx, const struct request *request, struct response *response)
{
	const struct password_ask *in = request->input;

	return show_password(ctx, response, (struct html_problems){ 0 }, in->login);
}

static enum rc password_again(struct ctx *ctx, const struct request *request, struct response *response)
{
	return show_password(ctx, response, html_problems_of(ctx, request->problem), request_typed(request, "login"));
}

static enum rc password_prepare(struct ctx *ctx, const struct request *request, void **ret)
{
	const struct password_post *in = request->input;
	struct sign_in_check *check = ARENA_NEW(ctx->arena, struct sign_in_check);

	TRY(identity_sign_in_allowed(ctx, in->login));
	if (!sv_equal(in->new_password, in->again))
		return fail_field(ctx, SV("again"), N_("The two new passwords differ. Type the new one twice."), NULL);
	if (sv_equal(in->new_password, in->password) || sv_equal(in->new_password, in->login))
		return fail_field(ctx, SV("new_password"), N_("Choose a password that is neither the old one nor your sign-in name."), NULL);
	TRY(identity_sign_in_find(ctx, in->login, &check->found));
	check->right = identity_password_is(check->found.hash, in->password);
	if (check->right)
		check->new_hash = identity_password_hash(ctx, in->new_password);
	*ret = check;
	return RC_OK;
}

static enum rc password_act(struct ctx *ctx, const struct request *request, struct response *response)
{
	const struct password_post *in = request->input;
	const struct sign_in_check *check = request->prepared;
	struct sv token;

	TRY(identity_password_change(ctx, in->login, &check->found, check->right, check->new_hash, &token));
	if (sv_is_absent(token)) { /* counted and committed, so not a failure of the request */
		response_status(response, rc_http_status(RC_INVALID));
		return show_password(ctx, response, wrong_password(ctx), in->login);
	}
	response_session(ctx, response, token);
	return response_redirect(ctx, response, home_of(ctx, check->found.account, SV("")),
		N_("Your new password is kept. Every other device is signed out."));
}

static enum rc sign_out_act(struct ctx *ctx, const struct request *request, struct response *response)
{
	(void)request; /* takes no input */
	TRY(identity_session_close(ctx, ctx->who->session));
	response_session(ctx, response, (struct sv){ NULL, 0 });
	return response_redirect(ctx, response, SV("/"), N_("You are signed out."));
}

static enum rc sign_out_everywhere_act(struct ctx *ctx, const struct request *request, struct response *response)
{
	(void)request; /* takes no input */
	TRY(identity_session_close_all(ctx, ctx->who->account));
	response_session(ctx, response, (struct sv){ NULL, 0 });
	return response_redirect(ctx, response, SV("/"), N_("You are signed out on every device."));
}

static enum rc account_page(struct ctx *ctx, const struct request *request, struct response *response)
{
	struct sql_account_by_id_row account;
	struct sql_sessions_of_rows sessions;
	struct party *parties;
	size_t party_count;

	(void)request; /* takes no input */
	TRY(sql_account_by_id(ctx, ctx->who->account, &account));
	TRY(sql_sessions_of(ctx, ctx->who->account, clock_now(ctx->clock), &sessions));
	TRY(identity_acting_list(ctx, &parties, &party_count));
	struct html_option *options = ARENA_ARRAY(ctx->arena, struct html_option, party_count);
	for (size_t i = 0; i < party_count; i++)
		options[i] = (struct html_option){ .value = id_text(ctx->arena, parties[i].id), .label = parties[i].name,
			.selected = id_equal(parties[i].id, ctx->who->subject) };
	struct html_identity_account_sessions *rows =
		ARENA_ARRAY(ctx->arena, struct html_identity_account_sessions, sessions.len);
	for (size_t i = 0; i < sessions.len; i++)
		rows[i] = (struct html_identity_account_sessions){ .opened = sessions.at[i].opened_at,
			.seen = sessions.at[i].seen_at, .current = id_equal(sessions.at[i].id, ctx->who->session) };
	struct html_identity_account view = {
		.name = account.name,
		.login = account.login,
		.password_href = password_address(ctx, account.login),
		.several = party_count > 1,
		.parties = { options, party_count },
		.sessions = { rows, sessions.len },
	};
	return response_page(ctx, response, &html_identity_account_view, &view);
}

static enum rc act_for_act(struct ctx *ctx, const struct request *request, struct response *response)
{
	const struct act_for *in = request->input;

	TRY(identity_session_act_for(ctx, in->party));
	return response_redirect(ctx, response, SV("/account"), N_("From now on you act for the one you chose."));
}

static struct sv posts_of(struct ctx *ctx, struct id account)
{
	struct sql_account_posts_rows posts;
	struct buf buf;

	if (sql_account_posts(ctx, account, &posts) != RC_OK)
		return SV("");
	buf_init(&buf, ctx->arena, 4096);
	for (size_t i = 0; i < posts.len; i++) {
		if (i)
			buf_sv(&buf, SV(" · "));
		buf_sv(&buf, bitext_pick(ctx, (struct bitext){ posts.at[i].name_zh, posts.at[i].name_en }));
	}
	return buf_view(&buf);
}

static enum rc staff_page(struct ctx *ctx, const struct request *request, struct response *response)
{
	struct sql_departments_rows departments;
	struct sql_officers_rows officers;

	(void)request; /* takes no input */
	TRY(sql_departments(ctx, &departments));
	TRY(sql_officers(ctx, &officers));
	struct html_identity_staff_departments *groups =
		ARENA_ARRAY(ctx->arena, struct html_identity_staff_departments, departments.len);
	struct html_identity_staff_departments_officers *people =
		ARENA_ARRAY(ctx->arena, struct html_identity_staff_departments_officers, officers.len);
	size_t used = 0;
	for (size_t i = 0; i < departments.len; i++) {
		size_t first = used;
		for (size_t j = 0; j < officers.len; j++)
			if (sv_equal(officers.at[j].department, departments.at[i].code))
				people[used++] = (struct html_identity_staff_departments_officers){
					.name = officers.at[j].name, .code = officers.at[j].officer_code,
					.login = officers.at[j].login, .posts = posts_of(ctx, officers.at[j].id),
					.closed = officers.at[j].closed_at != 0 };
		groups[i] = (struct html_identity_staff_departments){
			.name = bitext_pick(ctx, (struct bitext){ departments.at[i].name_zh, departments.at[i].name_en }),
			.code = departments.at[i].code,
			.officers = { people + first, used - first },
		};
	}
	struct html_identity_staff view = { .departments = { groups, departments.len }, .officer_count = (int64_t)officers.len };
	return response_page(ctx, response, &html_identity_staff_view, &view);
}

static enum rc sessions_expire_job(struct ctx *ctx, bool *ret_more)
{
	*ret_more = false;
	return sql_sessions_expire(ctx, clock_now(ctx->clock));
}

static const struct route identity_routes[] = {
	{ "GET", "/sign-in", NEEDS(PERMISSION_PUBLIC), &sign_in_ask_input, sign_in_page, .view = &html_identity_sign_in_view,
		.summary = N_("Sign-in form") },
	{ "POST", "/sign-in", NEEDS(PERMISSION_PUBLIC), &sign_in_input, sign_in_act, .on_invalid = sign_in_again,
		.prepare = sign_in_prepare, .body = BODY_FORM, .summary = N_("Sign in") },
	{ "GET", "/sign-in/password", NEEDS(PERMISSION_PUBLIC), &password_ask_input, password_page,
		.view = &html_identity_password_view, .summary = N_("Form for choosing a password") },
	{ "POST", "/sign-in/password", NEEDS(PERMISSION_PUBLIC), &password_input, password_act, .on_invalid = password_again,
		.prepare = password_prepare, .body = BODY_FORM, .summary = N_("Choose a password") },
	{ "POST", "/sign-out", NEEDS(PERMISSION_SIGNED_IN), &input_none, sign_out_act, .body = BODY_FORM,
		.summary = N_("Sign out") },
	{ "POST", "/sign-out/everywhere", NEEDS(PERMISSION_SIGNED_IN), &input_none, sign_out_everywhere_act, .body = BODY_FORM,
		.summary = N_("Sign out on every device") },
	{ "GET", "/account", NEEDS(PERMISSION_SIGNED_IN), &input_none, account_page, .view = &html_identity_account_view,
		.summary = N_("Account, sessions and who one acts for") },
	{ "POST", "/account/act-for", NEEDS(PERMISSION_APPLY), &act_for_input, act_for_act, .body = BODY_FORM,
		.summary = N_("Choose for whom one acts") },
	{ "GET", "/admin/staff", NEEDS(PERMISSION_STAFF_READ), &input_none, staff_page, .view = &html_identity_staff_view,
		.summary = N_("Departments, posts and officers") },
};

static const struct job identity_jobs[] = {
	{ "identity.sessions-expire", 600000, sessions_expire_job, N_("Ends sessions whose time is over.") },
};

const struct module identity_module = {
	.name = "identity",
	MODULE_LIST(route, identity_routes),
	.commands = identity_commands,
	.command_count = IDENTITY_COMMAND_COUNT,
	MODULE_LIST(job, identity_jobs),
	.tables = &sql_room_identity,
};
