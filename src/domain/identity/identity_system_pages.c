/* The administrator's page of systems: which there are, making one, revoking one. */
#include "domain/identity/identity_html.h"
#include "domain/identity/identity_pages_int.h"

#include "base/banned.h"

static const char *const period_days[] = { "30", "90", "365", NULL };

static struct html_options period_options(struct ctx *ctx, struct sv chosen)
{
	size_t count = sizeof(period_days) / sizeof(*period_days) - 1;
	struct html_option *options = ARENA_ARRAY(ctx->arena, struct html_option, count);

	for (size_t i = 0; i < count; i++)
		options[i] = (struct html_option){ .value = sv_of(period_days[i]),
			.label = tr_args(ctx, N_("{days} days from now"), ARGS({ "days", sv_of(period_days[i]) })),
			.selected = sv_is_empty(chosen) ? i == 1 : sv_equal_z(chosen, period_days[i]) };
	return (struct html_options){ options, count };
}

static struct html_options department_options(struct ctx *ctx, const struct department *departments, size_t count, struct sv chosen)
{
	struct html_option *options = ARENA_ARRAY(ctx->arena, struct html_option, count);

	for (size_t i = 0; i < count; i++)
		options[i] = (struct html_option){ .value = departments[i].code, .label = bitext_pick(ctx, departments[i].name),
			.selected = sv_equal(departments[i].code, chosen) };
	return (struct html_options){ options, count };
}

static struct sv department_name(struct ctx *ctx, const struct department *departments, size_t count, struct sv code)
{
	for (size_t i = 0; i < count; i++)
		if (sv_equal(departments[i].code, code))
			return bitext_pick(ctx, departments[i].name);
	return code;
}

/* `token`: of the system just made, or absent. */
static enum rc show(struct ctx *ctx, const struct request *request, struct sv token, struct sv token_name, struct response *response)
{
	struct html_problems problems = html_problems_of(ctx, request->problem);
	struct department *departments;
	struct system_account *systems;
	size_t department_count, count;
	int64_t now = clock_now(ctx->clock);

	TRY(identity_department_list(ctx, &departments, &department_count));
	TRY(identity_system_list(ctx, &systems, &count));
	struct html_identity_systems_systems *list = ARENA_ARRAY(ctx->arena, struct html_identity_systems_systems, count);
	for (size_t i = 0; i < count; i++) {
		bool in_use = !systems[i].revoked_at && now < systems[i].expires_at;
		bool all = systems[i].permissions >> PERMISSION_DECISION_EVALUATE_ALL & 1;
		list[i] = (struct html_identity_systems_systems){
			.name = systems[i].name,
			.department = department_name(ctx, departments, department_count, systems[i].department),
			.rights = tr(ctx, permission_text(all ? PERMISSION_DECISION_EVALUATE_ALL : PERMISSION_DECISION_EVALUATE)),
			.opened = systems[i].opened_at,
			.expires = systems[i].expires_at,
			.in_use = in_use,
			.may_revoke = in_use && principal_may(ctx->who, PERMISSION_STAFF_CHANGE),
			.revoked = systems[i].revoked_at != 0,
			.revoke = arena_printf(ctx->arena, "/admin/systems/%s/revoke", id_text(ctx->arena, systems[i].id).ptr),
		};
	}
	struct html_identity_systems view = {
		.errors = problems,
		.token = token,
		.token_name = token_name,
		.may_change = principal_may(ctx->who, PERMISSION_STAFF_CHANGE),
		.name = request_typed(request, "name"),
		.name_error = html_problem_of(problems, SV("name")),
		.everything = sv_equal(request_typed(request, "everything"), SV("true")),
		.departments = department_options(ctx, departments, department_count, request_typed(request, "department")),
		.periods = period_options(ctx, request_typed(request, "days")),
		.systems = { list, count },
	};
	if (!sv_is_absent(token)) { /* done: the form is for the next one */
		view.name = (struct sv){ NULL, 0 };
		view.everything = false;
	}
	return response_page(ctx, response, &html_identity_systems_view, &view);
}

static enum rc systems_page(struct ctx *ctx, const struct request *request, struct response *response)
{
	return show(ctx, request, (struct sv){ NULL, 0 }, SV(""), response);
}

struct system_new {
	struct sv department, name, days;
	bool everything;
};
static const struct input_field system_fields[] = {
	INPUT(struct system_new, department, TEXT, .required = true, .max = 64, .label = N_("Department")),
	INPUT(struct system_new, name, TEXT, .required = true, .max = SYSTEM_MAX_NAME, .label = N_("Which program is it?")),
	INPUT(struct system_new, days, CHOICE, .required = true, .choices = period_days, .label = N_("Until when?")),
	INPUT(struct system_new, everything, BOOL),
};
static const struct input system_input = INPUT_OF(struct system_new, system_fields);

/* Answers with the page itself, not by leading to it: the token is in no address and is shown this once. */
static enum rc system_open_act(struct ctx *ctx, const struct request *request, struct response *response)
{
	const struct system_new *in = request->input;
	uint64_t permissions = (uint64_t)1 << PERMISSION_DECISION_EVALUATE;
	struct sv token;
	int64_t days;

	if (in->everything)
		permissions |= (uint64_t)1 << PERMISSION_DECISION_EVALUATE_ALL;
	if (!sv_parse_i64(in->days, &days))
		return fail_internal(ctx, "days of a choice");
	TRY(identity_system_open(ctx, in->department, in->name, permissions, days, &token));
	return show(ctx, request, token, in->name, response);
}

struct one {
	struct id id;
};
static const struct input_field one_fields[] = { INPUT(struct one, id, ID, .required = true) };
static const struct input one_input = INPUT_OF(struct one, one_fields);

static enum rc system_revoke_act(struct ctx *ctx, const struct request *request, struct response *response)
{
	const struct one *in = request->input;

	TRY(identity_system_revoke(ctx, in->id));
	return response_redirect(ctx, response, SV("/admin/systems"), N_("The token is revoked. The system cannot call any more."));
}

static const struct route identity_system_routes[] = {
	{ "GET", "/admin/systems", NEEDS(PERMISSION_STAFF_READ), &input_none, systems_page, .view = &html_identity_systems_view,
		.summary = N_("Systems of departments that may call this program") },
	{ "POST", "/admin/systems", NEEDS(PERMISSION_STAFF_CHANGE), &system_input, system_open_act, .on_invalid = systems_page,
		.view = &html_identity_systems_view, .body = BODY_FORM, .summary = N_("Make a system and its token, shown once") },
	{ "POST", "/admin/systems/{id}/revoke", NEEDS(PERMISSION_STAFF_CHANGE), &one_input, system_revoke_act, .body = BODY_FORM,
		.summary = N_("Revoke a system's token") },
};

const struct module identity_system_module = { .name = "identity.system", MODULE_LIST(route, identity_system_routes) };
