/* The interpreter: walks a checked tree over data laid out as the template's head says. It must give the same bytes as
 * the C that tools/htmlgen generates; tools/htmlgen/htmlgen_test.c compares the two. */
#include <assert.h>

#include "base/json.h"
#include "http/html_out.h"
#include "http/template_int.h"
#include "http/template_live.h"

#include "base/banned.h"

/* One variable: the view, or the element or object of a block. */
struct variable {
	const char *at;
	size_t index, len; /* of the loop */
};

struct run {
	struct html_out *out;
	struct variable *variables;
};

static const char *locate(const struct run *run, const struct tpl_expr *path)
{
	assert(path->kind == TPL_PATH);
	const char *at = path->level == TPL_LEVEL_PAGE ? (const char *)run->out->page : run->variables[path->level].at;

	for (size_t i = 0; i < path->step_count; i++)
		at += path->steps[i]->offset;
	return at;
}

static struct sv number_text(const struct ctx *ctx, enum tpl_helper helper, enum html_type type, int64_t value)
{
	int64_t day = type == HTML_TIME ? civil_china_day(value) : value;

	switch (helper) {
	case TPL_PLAIN:
		if (type == HTML_DAY)
			return format_day(ctx, value);
		if (type == HTML_TIME)
			return format_time(ctx, value);
		return type == HTML_MONEY ? format_money(ctx, value) : html_digits(ctx, value);
	case TPL_DAY:
		return format_day(ctx, day);
	case TPL_DAY_SHORT:
		return format_day_short(ctx, day);
	case TPL_TIME:
		return format_time(ctx, value);
	case TPL_CLOCK:
		return format_clock(ctx, value);
	case TPL_MONEY:
		return format_money(ctx, value);
	case TPL_NUMBER:
		return format_number(ctx, value);
	case TPL_ISO:
		return type == HTML_TIME ? html_iso_time(ctx, value) : html_iso_day(ctx, value);
	case TPL_HTML:
	case TPL_ICON:
	case TPL_ASSET:
		break;
	}
	__builtin_unreachable();
}

static struct sv path_text(const struct run *run, const struct tpl_expr *path, enum tpl_helper helper)
{
	const char *at = locate(run, path);
	const struct html_optional *optional = (const struct html_optional *)at;

	switch (path->type) {
	case HTML_TEXT:
	case HTML_URL:
		return html_present(*(const struct sv *)at);
	case HTML_DECIMAL:
		if (helper == TPL_NUMBER)
			return format_decimal(run->out->ctx, html_present(*(const struct sv *)at));
		return html_present(*(const struct sv *)at);
	case HTML_ID:
		return id_text(run->out->ctx->arena, *(const struct id *)at);
	case HTML_INT:
	case HTML_DAY:
	case HTML_TIME:
	case HTML_MONEY:
		if (!path->optional)
			return number_text(run->out->ctx, helper, path->type, *(const int64_t *)at);
		return optional->is_set ? number_text(run->out->ctx, helper, path->type, optional->value) : SV("");
	case HTML_BOOL:
	case HTML_SAFE:
	case HTML_LIST:
	case HTML_OBJECT:
		break;
	}
	__builtin_unreachable();
}

static struct sv text_of(const struct run *run, const struct tpl_expr *expr);

static struct sv message(const struct run *run, const struct tpl_expr *expr)
{
	const struct ctx *ctx = run->out->ctx;
	struct text_arg *args = ARENA_ARRAY(ctx->arena, struct text_arg, expr->args.len + 1);

	for (size_t i = 0; i < expr->args.len; i++)
		args[i] = (struct text_arg){ arena_z(ctx->arena, expr->args.at[i].name), text_of(run, expr->args.at[i].value) };
	return tr_args(ctx, arena_z(ctx->arena, expr->text), expr->args.len ? args : NULL);
}

static struct sv text_of(const struct run *run, const struct tpl_expr *expr)
{
	switch (expr->kind) {
	case TPL_STRING:
		return expr->text;
	case TPL_TR:
		return message(run, expr);
	case TPL_PATH:
		return path_text(run, expr, TPL_PLAIN);
	case TPL_FORMAT:
		if (expr->helper == TPL_ASSET)
			return html_asset_path(run->out, expr->args.at[0].value->text);
		return path_text(run, expr->args.at[0].value, expr->helper);
	case TPL_ORDINAL:
		return html_digits(run->out->ctx, (int64_t)run->variables[expr->level].index + 1);
	case TPL_ABSENT:
	case TPL_TRUE:
	case TPL_FALSE:
	case TPL_NAME:
	case TPL_FIRST:
	case TPL_LAST:
	case TPL_NOT:
	case TPL_AND:
	case TPL_OR:
	case TPL_EQ:
		return SV("");
	}
	__builtin_unreachable();
}

static bool path_truth(const struct run *run, const struct tpl_expr *path)
{
	const char *at = locate(run, path);

	switch (path->type) {
	case HTML_TEXT:
	case HTML_URL:
	case HTML_DECIMAL:
		return ((const struct sv *)at)->len > 0;
	case HTML_SAFE:
		return ((const struct html_safe *)at)->made_by_html_c.len > 0;
	case HTML_BOOL:
		return *(const bool *)at;
	case HTML_ID:
		return !id_is_zero(*(const struct id *)at);
	case HTML_LIST:
		return ((const struct html_links *)at)->len > 0;
	case HTML_INT:
	case HTML_MONEY:
		return path->optional ? ((const struct html_optional *)at)->is_set : *(const int64_t *)at != 0;
	case HTML_DAY:
	case HTML_TIME:
		return path->optional ? ((const struct html_optional *)at)->is_set : true;
	case HTML_OBJECT:
		return path->optional ? *(const void *const *)at != NULL : true;
	}
	__builtin_unreachable();
}

static bool truth_of(const struct run *run, const struct tpl_expr *expr)
{
	const struct variable *variable = &run->variables[expr->level > 0 ? expr->level : 0];

	switch (expr->kind) {
	case TPL_PATH:
		return path_truth(run, expr);
	case TPL_FIRST:
		return variable->index == 0;
	case TPL_LAST:
		return variable->index + 1 == variable->len;
	case TPL_NOT:
		return !truth_of(run, expr->args.at[0].value);
	case TPL_AND:
	case TPL_OR:
		for (size_t i = 0; i < expr->args.len; i++)
			if (truth_of(run, expr->args.at[i].value) == (expr->kind == TPL_OR))
				return expr->kind == TPL_OR;
		return expr->kind == TPL_AND;
	case TPL_EQ:
		return sv_equal(text_of(run, expr->args.at[0].value), text_of(run, expr->args.at[1].value));
	case TPL_FORMAT:
		if (expr->helper == TPL_HTML)
			return path_truth(run, expr->args.at[0].value);
		return text_of(run, expr).len > 0;
	case TPL_TRUE:
	case TPL_TR:
	case TPL_ORDINAL:
		return true;
	case TPL_STRING:
		return expr->text.len > 0;
	case TPL_ABSENT:
	case TPL_FALSE:
	case TPL_NAME:
		return false;
	}
	__builtin_unreachable();
}

static void output(const struct run *run, const struct tpl_node *node)
{
	const struct tpl_expr *expr = node->expr;

	if (expr->kind == TPL_FORMAT && expr->helper == TPL_HTML) {
		html_insert(run->out, *(const struct html_safe *)locate(run, expr->args.at[0].value));
		return;
	}
	if (expr->kind == TPL_FORMAT && expr->helper == TPL_ICON) {
		html_icon(run->out, expr->args.at[0].value->text);
		return;
	}
	switch (node->context) {
	case TPL_IN_TEXT:
	case TPL_IN_ATTRIBUTE:
		html_text(run->out, text_of(run, expr));
		break;
	case TPL_IN_URL:
		html_url(run->out, text_of(run, expr));
		break;
	case TPL_IN_URL_REST:
		html_url_rest(run->out, text_of(run, expr));
		break;
	case TPL_IN_CLASS:
		html_class(run->out, text_of(run, expr));
		break;
	}
}

static void run_list(const struct run *run, const struct tpl_node *nodes);

static void run_each(const struct run *run, const struct tpl_node *node)
{
	const struct html_links *list = (const struct html_links *)locate(run, node->expr);
	size_t size = html_size_of(node->expr->element, node->expr->shape);
	struct variable *variable = &run->variables[node->level];

	for (size_t i = 0; i < list->len; i++) {
		*variable = (struct variable){ (const char *)list->at + i * size, i, list->len };
		run_list(run, node->body);
	}
	if (!list->len)
		run_list(run, node->otherwise);
}

static void run_with(const struct run *run, const struct tpl_node *node)
{
	const char *at = locate(run, node->expr);

	if (node->expr->optional)
		at = *(const char *const *)at;
	run->variables[node->level] = (struct variable){ .at = at };
	run_list(run, at ? node->body : node->otherwise);
}

static void run_list(const struct run *run, const struct tpl_node *nodes)
{
	for (; nodes; nodes = nodes->next) {
		switch (nodes->kind) {
		case TPL_TEXT:
			if (tpl_is_joint(nodes))
				html_joint(run->out);
			else
				html_raw(run->out, nodes->text.ptr, nodes->text.len);
			break;
		case TPL_OUT:
			output(run, nodes);
			break;
		case TPL_IF:
			run_list(run, truth_of(run, nodes->expr) ? nodes->body : nodes->otherwise);
			break;
		case TPL_EACH:
			run_each(run, nodes);
			break;
		case TPL_WITH:
			run_with(run, nodes);
			break;
		case TPL_PARTIAL:
		case TPL_BODY:
			break;
		}
	}
}

enum rc template_parse(struct ctx *ctx, struct sv file, struct sv text, const struct template_source *source,
	struct template **ret)
{
	struct template *template;

	TRY(tpl_parse(ctx, file, text, &template));
	if (template->is_partial)
		return tpl_fail(ctx, file, 1, N_("\"{what}\" is a partial. Name it in a page: it is not rendered alone."), template->name);
	TRY(tpl_resolve(ctx, template, source));
	TRY(tpl_check(ctx, template, source != NULL));
	*ret = template;
	return RC_OK;
}

struct sv template_name(const struct template *template)
{
	return template->name;
}

const struct html_shape *template_shape(const struct template *template)
{
	return template->shape;
}

void template_render(const struct template *template, struct html_out *out, const void *data)
{
	assert(template->nodes == NULL || template->levels > 0);
	struct run run = { out, ARENA_ARRAY(out->ctx->arena, struct variable, (size_t)template->levels) };

	run.variables[0].at = data;
	run_list(&run, template->nodes);
}

size_t html_size_of(enum html_type element, const struct html_shape *shape)
{
	return tpl_size_of(element, false, shape).size;
}
