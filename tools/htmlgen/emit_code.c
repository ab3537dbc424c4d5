/* From a checked tree to a C function that writes the page. The interpreter (src/http/template_run.c) is its twin: what
 * one does with an expression, the other does the same way. */
#include "tools/htmlgen/htmlgen.h"

#include "base/banned.h"

struct emitter {
	struct buf *out;
	unsigned depth;
};

static void indent(struct emitter *e)
{
	for (unsigned i = 0; i < e->depth; i++)
		buf_byte(e->out, '\t');
}

/* The C expression of a path: v0->cases, o->page->csrf, (*v2). */
static void emit_path(struct emitter *e, const struct tpl_expr *path)
{
	if (!path->step_count) {
		buf_printf(e->out, "(*v%d)", path->level);
		return;
	}
	if (path->level == TPL_LEVEL_PAGE)
		buf_sv(e->out, SV("o->page"));
	else
		buf_printf(e->out, "v%d", path->level);
	for (size_t i = 0; i < path->step_count; i++)
		buf_printf(e->out, "%s%s", i ? "." : "->", path->steps[i]->name);
}

/* Name of the function that turns a number of the type into text, and what to write around the number. */
static const char *number_function(enum tpl_helper helper, enum html_type type, bool *ret_as_day)
{
	*ret_as_day = type == HTML_TIME && (helper == TPL_DAY || helper == TPL_DAY_SHORT);
	switch (helper) {
	case TPL_PLAIN:
		if (type == HTML_DAY)
			return "format_day";
		if (type == HTML_TIME)
			return "format_time";
		return type == HTML_MONEY ? "format_money" : "html_digits";
	case TPL_DAY:
		return "format_day";
	case TPL_DAY_SHORT:
		return "format_day_short";
	case TPL_TIME:
		return "format_time";
	case TPL_CLOCK:
		return "format_clock";
	case TPL_MONEY:
		return "format_money";
	case TPL_NUMBER:
		return "format_number";
	case TPL_ISO:
		return type == HTML_TIME ? "html_iso_time" : "html_iso_day";
	case TPL_HTML:
	case TPL_ICON:
	case TPL_ASSET:
		break;
	}
	__builtin_unreachable();
}

static void emit_number(struct emitter *e, const struct tpl_expr *path, enum tpl_helper helper)
{
	bool as_day;
	const char *function = number_function(helper, path->type, &as_day);

	if (path->optional) {
		buf_byte(e->out, '(');
		emit_path(e, path);
		buf_sv(e->out, SV(".is_set ? "));
	}
	buf_printf(e->out, "%s(o->ctx, %s", function, as_day ? "civil_china_day(" : "");
	emit_path(e, path);
	buf_printf(e->out, "%s%s)", path->optional ? ".value" : "", as_day ? ")" : "");
	if (path->optional)
		buf_sv(e->out, SV(" : SV(\"\"))"));
}

static void emit_path_text(struct emitter *e, const struct tpl_expr *path, enum tpl_helper helper)
{
	switch (path->type) {
	case HTML_TEXT:
	case HTML_URL:
		emit_path(e, path);
		return;
	case HTML_DECIMAL:
		if (helper == TPL_NUMBER)
			buf_sv(e->out, SV("format_decimal(o->ctx, html_present("));
		emit_path(e, path);
		if (helper == TPL_NUMBER)
			buf_sv(e->out, SV("))"));
		return;
	case HTML_ID:
		buf_sv(e->out, SV("id_text(o->ctx->arena, "));
		emit_path(e, path);
		buf_byte(e->out, ')');
		return;
	case HTML_INT:
	case HTML_DAY:
	case HTML_TIME:
	case HTML_MONEY:
		emit_number(e, path, helper);
		return;
	case HTML_BOOL:
	case HTML_SAFE:
	case HTML_LIST:
	case HTML_OBJECT:
		break;
	}
	__builtin_unreachable();
}

static void emit_text(struct emitter *e, const struct tpl_expr *expr);

static void emit_message(struct emitter *e, const struct tpl_expr *expr)
{
	buf_printf(e->out, "tr%s(o->ctx, ", expr->args.len ? "_args" : "");
	emit_string(e->out, expr->text);
	if (expr->args.len)
		buf_sv(e->out, SV(", ARGS("));
	for (size_t i = 0; i < expr->args.len; i++) {
		buf_printf(e->out, "%s{ \"%.*s\", html_present(", i ? ", " : "", SV_FMT(expr->args.at[i].name));
		emit_text(e, expr->args.at[i].value);
		buf_sv(e->out, SV(") }"));
	}
	buf_sv(e->out, sv_of(expr->args.len ? "))" : ")"));
}

/* A C expression of type struct sv. */
static void emit_text(struct emitter *e, const struct tpl_expr *expr)
{
	switch (expr->kind) {
	case TPL_STRING:
		buf_sv(e->out, SV("SV("));
		emit_string(e->out, expr->text);
		buf_byte(e->out, ')');
		return;
	case TPL_TR:
		emit_message(e, expr);
		return;
	case TPL_PATH:
		emit_path_text(e, expr, TPL_PLAIN);
		return;
	case TPL_FORMAT:
		if (expr->helper == TPL_ASSET) {
			buf_sv(e->out, SV("html_asset_path(o, "));
			emit_text(e, expr->args.at[0].value);
			buf_byte(e->out, ')');
			return;
		}
		emit_path_text(e, expr->args.at[0].value, expr->helper);
		return;
	case TPL_ORDINAL:
		buf_printf(e->out, "html_digits(o->ctx, (int64_t)i%d + 1)", expr->level);
		return;
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
		buf_sv(e->out, SV("SV(\"\")"));
		return;
	}
}

static void emit_path_truth(struct emitter *e, const struct tpl_expr *path)
{
	switch (path->type) {
	case HTML_TEXT:
	case HTML_URL:
	case HTML_DECIMAL:
	case HTML_LIST:
		emit_path(e, path);
		buf_sv(e->out, SV(".len > 0"));
		return;
	case HTML_SAFE:
		emit_path(e, path);
		buf_sv(e->out, SV(".made_by_html_c.len > 0"));
		return;
	case HTML_BOOL:
		emit_path(e, path);
		return;
	case HTML_ID:
		buf_sv(e->out, SV("!id_is_zero("));
		emit_path(e, path);
		buf_byte(e->out, ')');
		return;
	case HTML_INT:
	case HTML_MONEY:
		emit_path(e, path);
		buf_sv(e->out, sv_of(path->optional ? ".is_set" : " != 0"));
		return;
	case HTML_DAY:
	case HTML_TIME:
		if (!path->optional) {
			buf_sv(e->out, SV("true"));
			return;
		}
		emit_path(e, path);
		buf_sv(e->out, SV(".is_set"));
		return;
	case HTML_OBJECT:
		emit_path(e, path);
		buf_sv(e->out, SV(" != NULL"));
		return;
	}
}

static void emit_truth(struct emitter *e, const struct tpl_expr *expr);

static void emit_operands(struct emitter *e, const struct tpl_expr *expr)
{
	buf_byte(e->out, '(');
	for (size_t i = 0; i < expr->args.len; i++) {
		if (i)
			buf_sv(e->out, sv_of(expr->kind == TPL_AND ? " && " : " || "));
		buf_byte(e->out, '(');
		emit_truth(e, expr->args.at[i].value);
		buf_byte(e->out, ')');
	}
	buf_byte(e->out, ')');
}

/* A C expression of type bool. */
static void emit_truth(struct emitter *e, const struct tpl_expr *expr)
{
	switch (expr->kind) {
	case TPL_PATH:
		emit_path_truth(e, expr);
		return;
	case TPL_FIRST:
		buf_printf(e->out, "i%d == 0", expr->level);
		return;
	case TPL_LAST:
		buf_printf(e->out, "i%d + 1 == n%d", expr->level, expr->level);
		return;
	case TPL_NOT:
		buf_sv(e->out, SV("!("));
		emit_truth(e, expr->args.at[0].value);
		buf_byte(e->out, ')');
		return;
	case TPL_AND:
	case TPL_OR:
		emit_operands(e, expr);
		return;
	case TPL_EQ:
		buf_sv(e->out, SV("sv_equal("));
		emit_text(e, expr->args.at[0].value);
		buf_sv(e->out, SV(", "));
		emit_text(e, expr->args.at[1].value);
		buf_byte(e->out, ')');
		return;
	case TPL_FORMAT:
		if (expr->helper == TPL_HTML) {
			emit_path_truth(e, expr->args.at[0].value);
			return;
		}
		emit_text(e, expr);
		buf_sv(e->out, SV(".len > 0"));
		return;
	case TPL_TRUE:
	case TPL_TR:
	case TPL_ORDINAL:
	case TPL_STRING:
		buf_sv(e->out, sv_of(expr->kind == TPL_STRING && !expr->text.len ? "false" : "true"));
		return;
	case TPL_ABSENT:
	case TPL_FALSE:
	case TPL_NAME:
		buf_sv(e->out, SV("false"));
		return;
	}
}

static void emit_output(struct emitter *e, const struct tpl_node *node)
{
	static const char *const functions[] = {
		[TPL_IN_TEXT] = "html_text", [TPL_IN_ATTRIBUTE] = "html_text", [TPL_IN_URL] = "html_url",
		[TPL_IN_URL_REST] = "html_url_rest", [TPL_IN_CLASS] = "html_class",
	};
	const struct tpl_expr *expr = node->expr;
	bool is_html = expr->kind == TPL_FORMAT && expr->helper == TPL_HTML;
	bool is_icon = expr->kind == TPL_FORMAT && expr->helper == TPL_ICON;

	indent(e);
	buf_printf(e->out, "%s(o, ", is_html ? "html_insert" : is_icon ? "html_icon" : functions[node->context]);
	if (is_html)
		emit_path(e, expr->args.at[0].value);
	else
		emit_text(e, is_icon ? expr->args.at[0].value : expr);
	buf_sv(e->out, SV(");\n"));
}

static void emit_list(struct emitter *e, const struct tpl_node *nodes);

static void emit_inner(struct emitter *e, const struct tpl_node *nodes)
{
	e->depth++;
	emit_list(e, nodes);
	e->depth--;
}

static void emit_otherwise(struct emitter *e, const struct tpl_node *node)
{
	indent(e);
	buf_byte(e->out, '}');
	if (node->otherwise) {
		buf_sv(e->out, SV(" else {\n"));
		emit_inner(e, node->otherwise);
		indent(e);
		buf_byte(e->out, '}');
	}
	buf_byte(e->out, '\n');
}

static void emit_if(struct emitter *e, const struct tpl_node *node)
{
	indent(e);
	buf_sv(e->out, SV("if ("));
	emit_truth(e, node->expr);
	buf_sv(e->out, SV(") {\n"));
	emit_inner(e, node->body);
	emit_otherwise(e, node);
}

static void emit_each(struct emitter *e, const struct tpl_node *node)
{
	int level = node->level;

	indent(e);
	buf_printf(e->out, "for (size_t i%d = 0, n%d = ", level, level);
	emit_path(e, node->expr);
	buf_printf(e->out, ".len; i%d < n%d; i%d++) {\n", level, level, level);
	e->depth++;
	indent(e);
	buf_sv(e->out, SV("[[maybe_unused]] const "));
	emit_element_type(e->out, node->expr->element, node->expr->shape);
	buf_printf(e->out, " *v%d = &", level);
	emit_path(e, node->expr);
	buf_printf(e->out, ".at[i%d];\n", level);
	emit_list(e, node->body);
	e->depth--;
	indent(e);
	buf_sv(e->out, SV("}\n"));
	if (!node->otherwise)
		return;
	indent(e);
	buf_sv(e->out, SV("if (!"));
	emit_path(e, node->expr);
	buf_sv(e->out, SV(".len) {\n"));
	emit_inner(e, node->otherwise);
	indent(e);
	buf_sv(e->out, SV("}\n"));
}

static void emit_with(struct emitter *e, const struct tpl_node *node)
{
	indent(e);
	if (node->expr->optional) {
		buf_sv(e->out, SV("if ("));
		emit_path(e, node->expr);
		buf_sv(e->out, SV(") "));
	}
	buf_sv(e->out, SV("{\n"));
	e->depth++;
	indent(e);
	buf_printf(e->out, "[[maybe_unused]] const struct html_%s *v%d = %s", node->expr->shape->name, node->level,
		node->expr->optional ? "" : "&");
	emit_path(e, node->expr);
	buf_sv(e->out, SV(";\n"));
	emit_list(e, node->body);
	e->depth--;
	if (node->expr->optional) {
		emit_otherwise(e, node);
	} else {
		indent(e);
		buf_sv(e->out, SV("}\n"));
	}
}

static void emit_list(struct emitter *e, const struct tpl_node *nodes)
{
	for (; nodes; nodes = nodes->next) {
		switch (nodes->kind) {
		case TPL_TEXT:
			indent(e);
			if (tpl_is_joint(nodes)) {
				buf_sv(e->out, SV("html_joint(o);\n"));
				break;
			}
			buf_sv(e->out, SV("html_raw(o, "));
			emit_string(e->out, nodes->text);
			buf_printf(e->out, ", %zu);\n", nodes->text.len);
			break;
		case TPL_OUT:
			emit_output(e, nodes);
			break;
		case TPL_IF:
			emit_if(e, nodes);
			break;
		case TPL_EACH:
			emit_each(e, nodes);
			break;
		case TPL_WITH:
			emit_with(e, nodes);
			break;
		case TPL_PARTIAL:
		case TPL_BODY:
			break;
		}
	}
}

void emit_code(struct buf *out, const struct template *template)
{
	struct emitter e = { out, 1 };
	struct sv name = template->name;

	buf_printf(out, "\nstatic void render_%.*s(struct html_out *o, const void *data)\n{\n", SV_FMT(name));
	buf_printf(out, "\t[[maybe_unused]] const struct html_%.*s *v0 = data;\n\n", SV_FMT(name));
	emit_list(&e, template->nodes);
	buf_printf(out, "}\n\nconst struct html_view html_%.*s_view = { .name = \"%.*s\", .file = ", SV_FMT(name), SV_FMT(name));
	emit_string(out, template->file);
	buf_printf(out, ", .shape = &html_%.*s_shape, .render = render_%.*s };\n", SV_FMT(name), SV_FMT(name));
}
