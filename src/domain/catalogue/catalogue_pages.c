/* The administrator's view of services and their versions. What changed from one to the next, drafts and publishing are pages of
 * the room designer; whole folders are published by `tongban service publish`. */
#include "domain/catalogue/catalogue.h"
#include "domain/catalogue/catalogue_html.h"
#include "domain/catalogue/catalogue_pages_int.h"
#include "domain/catalogue/catalogue_sql.h"
#include "domain/identity/identity.h"

#include "base/banned.h"

/* In the reader's language; a department that is not there keeps its code. */
static struct sv department_name(const struct ctx *ctx, const struct department *departments, size_t count, struct sv code)
{
	for (size_t i = 0; i < count; i++)
		if (sv_equal(departments[i].code, code))
			return bitext_pick(ctx, departments[i].name);
	return code;
}

static enum rc services_page(struct ctx *ctx, const struct request *request, struct response *response)
{
	struct sql_services_current_rows rows;
	struct department *departments;
	size_t department_count;

	(void)request; /* takes no input */
	TRY(sql_services_current(ctx, &rows));
	TRY(identity_department_list(ctx, &departments, &department_count));
	struct html_catalogue_services_services *list = ARENA_ARRAY(ctx->arena, struct html_catalogue_services_services, rows.len);
	for (size_t i = 0; i < rows.len; i++)
		list[i] = (struct html_catalogue_services_services){
			.name = bitext_pick(ctx, (struct bitext){ rows.at[i].name_zh, rows.at[i].name_en }),
			.code = rows.at[i].code,
			.body = department_name(ctx, departments, department_count, rows.at[i].body),
			.number = rows.at[i].number,
			.published = rows.at[i].published_at,
			.href = arena_printf(ctx->arena, "/admin/services/%.*s", SV_FMT(rows.at[i].code)),
		};
	struct html_catalogue_services view = { .services = { list, rows.len } };
	return response_page(ctx, response, &html_catalogue_services_view, &view);
}

struct versions {
	struct sv code;
};
static const struct input_field versions_fields[] = { INPUT(struct versions, code, TEXT, .required = true, .max = 64) };
static const struct input versions_input = INPUT_OF(struct versions, versions_fields);

static enum rc versions_page(struct ctx *ctx, const struct request *request, struct response *response)
{
	const struct versions *in = request->input;
	struct sql_service_by_code_row service;
	struct sql_versions_of_rows rows;
	enum rc rc = sql_service_by_code(ctx, in->code, &service);

	if (rc == RC_NOT_FOUND)
		return fail(ctx, rc, N_("There is no such service. Look for it by its name."), NULL);
	TRY(rc);
	TRY(sql_versions_of(ctx, service.id, &rows));
	struct html_catalogue_versions_versions *list = ARENA_ARRAY(ctx->arena, struct html_catalogue_versions_versions, rows.len);
	for (size_t i = 0; i < rows.len; i++) {
		list[i] = (struct html_catalogue_versions_versions){
			.number = rows.at[i].number,
			.published = rows.at[i].published_at,
			.publisher = rows.at[i].publisher,
			.current = id_equal(rows.at[i].id, service.current_version),
		};
		if (rows.at[i].number > 1)
			list[i].diff = arena_printf(ctx->arena, "/admin/services/%.*s/changes?from=%lld&until=%lld", SV_FMT(in->code),
				(long long)rows.at[i].number - 1, (long long)rows.at[i].number);
	}
	struct html_catalogue_versions view = { .code = in->code, .versions = { list, rows.len },
		.rules = arena_printf(ctx->arena, "/admin/services/%.*s/rules", SV_FMT(in->code)) };
	if (rows.len)
		view.name = bitext_pick(ctx, (struct bitext){ rows.at[0].name_zh, rows.at[0].name_en });
	return response_page(ctx, response, &html_catalogue_versions_view, &view);
}

static const struct route catalogue_routes[] = {
	{ "GET", "/admin/services", NEEDS(PERMISSION_SERVICE_READ), &input_none, services_page,
		.view = &html_catalogue_services_view, .summary = N_("Services and their current versions") },
	{ "GET", "/admin/services/{code}", NEEDS(PERMISSION_SERVICE_READ), &versions_input, versions_page,
		.view = &html_catalogue_versions_view, .summary = N_("Versions of a service") },
};

const struct module catalogue_module = {
	.name = "catalogue",
	MODULE_LIST(route, catalogue_routes),
	.commands = catalogue_commands,
	.command_count = CATALOGUE_COMMANDS,
	.tables = &sql_room_catalogue,
};
