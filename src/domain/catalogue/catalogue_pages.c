/* The administrator's view of services: versions, and what changed from one to the next, file by file. Publishing is done
 * from a folder (`tongban service publish`), where its checks can be run first. */
#include "base/buf.h"
#include "domain/catalogue/catalogue.h"
#include "domain/catalogue/catalogue_html.h"
#include "domain/catalogue/catalogue_int.h"
#include "domain/catalogue/catalogue_pages_int.h"
#include "domain/catalogue/catalogue_sql.h"
#include "domain/catalogue/text_diff.h"
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
	int64_t from, to;
};
static const struct input_field versions_fields[] = {
	INPUT(struct versions, code, TEXT, .required = true, .max = 64),
	INPUT(struct versions, from, INT, .min = 1, .max = 1000000),
	INPUT(struct versions, to, INT, .min = 1, .max = 1000000),
};
static const struct input versions_input = INPUT_OF(struct versions, versions_fields);

static struct sv file_of(const struct sql_files_of_rows *files, struct sv path)
{
	for (size_t i = 0; i < files->len; i++)
		if (sv_equal(files->at[i].path, path))
			return files->at[i].bytes;
	return (struct sv){ NULL, 0 };
}

static void show_file(struct ctx *ctx, struct sv path, struct sv before, struct sv after, struct html_catalogue_versions_files *ret)
{
	struct diff_line *lines;
	size_t count = text_diff(ctx->arena, before, after, &lines);
	struct html_catalogue_versions_files_lines *shown =
		ARENA_ARRAY(ctx->arena, struct html_catalogue_versions_files_lines, count);

	for (size_t i = 0; i < count; i++)
		shown[i] = (struct html_catalogue_versions_files_lines){
			.text = lines[i].text,
			.before = { lines[i].before != 0, lines[i].before },
			.after = { lines[i].after != 0, lines[i].after },
			.removed = lines[i].kind == DIFF_REMOVED,
			.added = lines[i].kind == DIFF_ADDED,
			.skipped = lines[i].kind == DIFF_SKIPPED,
		};
	*ret = (struct html_catalogue_versions_files){ .path = path, .is_new = sv_is_absent(before), .is_gone = sv_is_absent(after),
		.lines = { shown, count } };
}

static enum rc show_diff(struct ctx *ctx, struct id from, struct id to, struct html_catalogue_versions *view)
{
	struct sql_files_of_rows before, after;
	size_t used = 0;

	TRY(sql_files_of(ctx, from, &before));
	TRY(sql_files_of(ctx, to, &after));
	struct html_catalogue_versions_files *files =
		ARENA_ARRAY(ctx->arena, struct html_catalogue_versions_files, before.len + after.len);
	for (size_t i = 0; i < after.len; i++) {
		struct sv old = file_of(&before, after.at[i].path);
		if (sv_is_absent(old) || !sv_equal(old, after.at[i].bytes))
			show_file(ctx, after.at[i].path, old, after.at[i].bytes, &files[used++]);
	}
	for (size_t i = 0; i < before.len; i++)
		if (sv_is_absent(file_of(&after, before.at[i].path)))
			show_file(ctx, before.at[i].path, before.at[i].bytes, (struct sv){ NULL, 0 }, &files[used++]);
	view->compared = true;
	view->files.at = files;
	view->files.len = used;
	return RC_OK;
}

static enum rc versions_page(struct ctx *ctx, const struct request *request, struct response *response)
{
	const struct versions *in = request->input;
	struct sql_service_by_code_row service;
	struct sql_versions_of_rows rows;
	struct id from = { { 0 } }, to = { { 0 } };
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
			list[i].diff = arena_printf(ctx->arena, "/admin/services/%.*s?from=%lld&to=%lld", SV_FMT(in->code),
				(long long)rows.at[i].number - 1, (long long)rows.at[i].number);
		if (rows.at[i].number == in->from)
			from = rows.at[i].id;
		if (rows.at[i].number == in->to)
			to = rows.at[i].id;
	}
	struct html_catalogue_versions view = { .code = in->code, .versions = { list, rows.len } };
	if (rows.len)
		view.name = bitext_pick(ctx, (struct bitext){ rows.at[0].name_zh, rows.at[0].name_en });
	if (!id_is_zero(from) && !id_is_zero(to))
		TRY(show_diff(ctx, from, to, &view));
	return response_page(ctx, response, &html_catalogue_versions_view, &view);
}

static const struct route catalogue_routes[] = {
	{ "GET", "/admin/services", NEEDS(PERMISSION_SERVICE_READ), &input_none, services_page,
		.view = &html_catalogue_services_view, .summary = N_("Services and their current versions") },
	{ "GET", "/admin/services/{code}", NEEDS(PERMISSION_SERVICE_READ), &versions_input, versions_page,
		.view = &html_catalogue_versions_view, .summary = N_("Versions of a service and what changed") },
};

const struct module catalogue_module = {
	.name = "catalogue",
	MODULE_LIST(route, catalogue_routes),
	.commands = catalogue_commands,
	.command_count = CATALOGUE_COMMANDS,
	.tables = &sql_room_catalogue,
};
