/* Template text to raw tree: the {{!view}} head with its typed members, then text, statements and expressions.
 *
 *	file      = { "{{!" comment "}}" | head | text | statement }
 *	head      = "{{!view NAME" | "{{!partial NAME", then one indented "member: type" a line, "}}"
 *	statement = "{{" ( expr | "t" STRING args | HELPER expr | "#if" expr | "#unless" expr | "#each" path | "#with" path
 *	          | ">" NAME args | "#>" NAME args | "> @body" | "else" [ "if" expr ] | "/" NAME ) "}}"
 *	expr      = path | STRING | "true" | "false" | "(" FUNCTION { expr } args ")"
 *	args      = { NAME "=" expr }
 *
 * The head is in template_head.c.
 */
#include "http/template_parse.h"

#include <assert.h>

#include "base/banned.h"

enum { MAX_ARGS = 32 };

/* What ended a list of nodes. */
struct closing {
	enum { CLOSED_BY_END, CLOSED_BY_ELSE, CLOSED_BY_ELSE_IF, CLOSED_BY_NAME } kind;
	struct sv name;
	uint32_t line;
	struct tpl_expr *condition;
};

static const struct {
	const char *name;
	enum tpl_helper helper;
} helpers[] = {
	{ "day", TPL_DAY }, { "day_short", TPL_DAY_SHORT }, { "time", TPL_TIME }, { "clock", TPL_CLOCK },
	{ "money", TPL_MONEY }, { "number", TPL_NUMBER }, { "iso", TPL_ISO }, { "html", TPL_HTML },
	{ "icon", TPL_ICON }, { "asset", TPL_ASSET },
};

static const struct {
	const char *name;
	enum tpl_expr_kind kind;
	unsigned least, most;
} functions[] = {
	{ "not", TPL_NOT, 1, 1 }, { "and", TPL_AND, 2, MAX_ARGS }, { "or", TPL_OR, 2, MAX_ARGS }, { "eq", TPL_EQ, 2, 2 },
};

enum rc tpl_fail(struct ctx *ctx, struct sv file, uint32_t line, const char *msgid, struct sv what)
{
	assert(line > 0);
	return fail_at(ctx, RC_MALFORMED, file, line, msgid, ARGS({ "what", what }));
}

static enum rc fault(struct tpl_parser *p, const char *msgid, struct sv what)
{
	return tpl_fail(p->ctx, p->file, p->line, msgid, what);
}

/* --- inside {{ }}: the statement's text is p->tag, read from the front --- */

static void skip_space(struct tpl_parser *p)
{
	p->tag = sv_trim(p->tag);
}

static bool is_name_byte(char c)
{
	return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_' || c == '@';
}

/* A path as written: names joined by dots; empty when there is none. */
static struct sv take_path(struct tpl_parser *p)
{
	size_t len = 0;

	skip_space(p);
	while (len < p->tag.len && (is_name_byte(p->tag.ptr[len]) || p->tag.ptr[len] == '.'))
		len++;
	struct sv path = sv_slice(p->tag, 0, len);
	p->tag = sv_slice(p->tag, len, p->tag.len);
	return path;
}

static bool take(struct tpl_parser *p, const char *literal)
{
	skip_space(p);
	if (!sv_has_prefix(p->tag, sv_of(literal)))
		return false;
	p->tag = sv_slice(p->tag, strlen(literal), p->tag.len);
	return true;
}

static struct tpl_expr *new_expr(struct tpl_parser *p, enum tpl_expr_kind kind, struct sv text)
{
	struct tpl_expr *expr = ARENA_NEW(p->ctx->arena, struct tpl_expr);

	expr->kind = kind;
	expr->text = text;
	expr->line = p->line;
	return expr;
}

static void add_arg(struct tpl_parser *p, struct tpl_args *args, struct sv name, struct tpl_expr *value)
{
	*VEC_PUSH(p->ctx->arena, args) = (struct tpl_arg){ name, value };
}

/* "..." with \" and \\ inside. */
static enum rc parse_string(struct tpl_parser *p, struct sv *ret)
{
	struct buf buf;
	size_t i = 1;

	buf_init(&buf, p->ctx->arena, TEMPLATE_MAX_BYTES);
	for (; i < p->tag.len && p->tag.ptr[i] != '"'; i++) {
		if (p->tag.ptr[i] == '\\' && i + 1 < p->tag.len)
			i++;
		buf_byte(&buf, p->tag.ptr[i]);
	}
	if (i >= p->tag.len)
		return fault(p, N_("A text is not closed. End it with a double quote."), SV(""));
	p->tag = sv_slice(p->tag, i + 1, p->tag.len);
	*ret = buf_view(&buf);
	return RC_OK;
}

static enum rc parse_expr(struct tpl_parser *p, struct tpl_expr **ret);

static enum rc parse_args(struct tpl_parser *p, struct tpl_args *args)
{
	for (skip_space(p); p->tag.len && p->tag.ptr[0] != ')'; skip_space(p)) {
		struct sv name = take_path(p);
		struct tpl_expr *value;
		if (!name.len || !take(p, "="))
			return fault(p, N_("Expected name=value, found \"{what}\". Arguments look like label=(t \"Name\")."), p->tag);
		if (args->len >= MAX_ARGS)
			return fault(p, N_("Too many arguments. Use an object and pass it instead."), name);
		TRY(parse_expr(p, &value));
		add_arg(p, args, name, value);
	}
	return RC_OK;
}

static enum rc parse_message(struct tpl_parser *p, struct tpl_expr **ret)
{
	struct sv msgid;

	skip_space(p);
	if (!p->tag.len || p->tag.ptr[0] != '"')
		return fault(p, N_("The message of t must be a text in double quotes, so that it can be translated."), SV(""));
	TRY(parse_string(p, &msgid));
	struct tpl_expr *expr = new_expr(p, TPL_TR, msgid);
	TRY(parse_args(p, &expr->args));
	*ret = expr;
	return RC_OK;
}

/* The rest behind a function or helper name; false in *ret_known when the name is neither. */
static enum rc parse_call(struct tpl_parser *p, struct sv name, struct tpl_expr **ret, bool *ret_known)
{
	*ret_known = true;
	if (sv_equal(name, SV("t")))
		return parse_message(p, ret);
	for (size_t i = 0; i < sizeof(helpers) / sizeof(helpers[0]); i++) {
		if (!sv_equal_z(name, helpers[i].name))
			continue;
		struct tpl_expr *operand, *expr = new_expr(p, TPL_FORMAT, name);
		expr->helper = helpers[i].helper;
		TRY(parse_expr(p, &operand));
		add_arg(p, &expr->args, SV(""), operand);
		*ret = expr;
		return RC_OK;
	}
	for (size_t i = 0; i < sizeof(functions) / sizeof(functions[0]); i++) {
		if (!sv_equal_z(name, functions[i].name))
			continue;
		struct tpl_expr *expr = new_expr(p, functions[i].kind, name);
		for (skip_space(p); p->tag.len && p->tag.ptr[0] != ')'; skip_space(p)) {
			struct tpl_expr *operand;
			TRY(parse_expr(p, &operand));
			add_arg(p, &expr->args, SV(""), operand);
		}
		if (expr->args.len < functions[i].least || expr->args.len > functions[i].most)
			return fault(p, N_("\"{what}\" has the wrong number of operands."), name);
		*ret = expr;
		return RC_OK;
	}
	*ret_known = false;
	return RC_OK;
}

static enum rc parse_parenthesis(struct tpl_parser *p, struct tpl_expr **ret)
{
	struct sv name = take_path(p);
	bool known;

	if (++p->depth > TPL_MAX_DEPTH)
		return fault(p, N_("This is nested too deeply. Split the template into partials."), SV(""));
	TRY(parse_call(p, name, ret, &known));
	if (!known)
		return fault(p, N_("There is no function \"{what}\". There are t, not, and, or, eq and the helpers."), name);
	if (!take(p, ")"))
		return fault(p, N_("A parenthesis is not closed before \"{what}\"."), p->tag);
	p->depth--;
	return RC_OK;
}

static enum rc parse_expr(struct tpl_parser *p, struct tpl_expr **ret)
{
	struct sv text;

	skip_space(p);
	if (p->tag.len && p->tag.ptr[0] == '"') {
		TRY(parse_string(p, &text));
		*ret = new_expr(p, TPL_STRING, text);
		return RC_OK;
	}
	if (take(p, "("))
		return parse_parenthesis(p, ret);
	text = take_path(p);
	if (!text.len)
		return fault(p, N_("Expected a name or a text, found \"{what}\"."), p->tag);
	if (sv_equal(text, SV("true")) || sv_equal(text, SV("false")))
		*ret = new_expr(p, text.len == 4 ? TPL_TRUE : TPL_FALSE, text);
	else
		*ret = new_expr(p, TPL_NAME, text);
	return RC_OK;
}

/* {{name}}, {{helper name}}, {{t "text"}} */
static enum rc parse_output(struct tpl_parser *p, struct tpl_expr **ret)
{
	struct sv before = p->tag, name = take_path(p);
	bool known = false;

	skip_space(p);
	if (name.len && p->tag.len)
		TRY(parse_call(p, name, ret, &known));
	if (!known) {
		p->tag = before;
		TRY(parse_expr(p, ret));
	}
	skip_space(p);
	if (p->tag.len)
		return fault(p, N_("Do not understand \"{what}\" here."), p->tag);
	return RC_OK;
}

/* --- lists of nodes --- */

static enum rc parse_list(struct tpl_parser *p, struct tpl_node **ret, struct closing *ret_closing);

static enum rc new_node(struct tpl_parser *p, enum tpl_kind kind, struct tpl_node **ret)
{
	if (++p->nodes > TPL_MAX_NODES)
		return fault(p, N_("The template is too large. Split it into pages."), SV(""));
	struct tpl_node *node = ARENA_NEW(p->ctx->arena, struct tpl_node);
	node->kind = kind;
	node->file = p->file;
	node->line = p->line;
	*ret = node;
	return RC_OK;
}

static enum rc expect_close(struct tpl_parser *p, const struct tpl_node *node, const struct closing *closing, struct sv name)
{
	if (closing->kind == CLOSED_BY_NAME && sv_equal(closing->name, name))
		return RC_OK;
	p->line = node->line;
	return fault(p, N_("This block is not closed. Add {{/{what}}} where it ends."), name);
}

/* The body of a block, its else branches, and its end. */
static enum rc parse_block(struct tpl_parser *p, struct tpl_node *node, struct sv name)
{
	struct closing closing;
	struct tpl_node *branch = node;

	if (++p->depth > TPL_MAX_DEPTH)
		return fault(p, N_("This is nested too deeply. Split the template into partials."), SV(""));
	TRY(parse_list(p, &node->body, &closing));
	while (closing.kind == CLOSED_BY_ELSE_IF && node->kind == TPL_IF) {
		TRY(new_node(p, TPL_IF, &branch->otherwise));
		branch = branch->otherwise;
		branch->line = closing.line;
		branch->expr = closing.condition;
		TRY(parse_list(p, &branch->body, &closing));
	}
	if (closing.kind == CLOSED_BY_ELSE && node->kind != TPL_PARTIAL)
		TRY(parse_list(p, &branch->otherwise, &closing));
	p->depth--;
	return expect_close(p, node, &closing, name);
}

static enum rc parse_condition(struct tpl_parser *p, struct tpl_expr **ret, bool negated)
{
	struct tpl_expr *expr;

	TRY(parse_expr(p, &expr));
	skip_space(p);
	if (p->tag.len)
		return fault(p, N_("Do not understand \"{what}\" in a condition. Use (not x), (and a b), (or a b) or (eq a \"b\")."),
			p->tag);
	*ret = expr;
	if (negated) {
		*ret = new_expr(p, TPL_NOT, SV("not"));
		add_arg(p, &(*ret)->args, SV(""), expr);
	}
	return RC_OK;
}

/* {{> name}} and {{#> name}}; a first argument without "=" is the object whose members the partial sees. */
static enum rc parse_partial(struct tpl_parser *p, struct tpl_node **ret)
{
	struct sv name = take_path(p);
	struct tpl_node *node;

	TRY(new_node(p, sv_equal(name, SV("@body")) ? TPL_BODY : TPL_PARTIAL, &node));
	node->text = name;
	skip_space(p);
	struct sv before = p->tag, first = take_path(p);
	skip_space(p);
	if (first.len && !(p->tag.len && p->tag.ptr[0] == '='))
		node->expr = new_expr(p, TPL_NAME, first);
	else
		p->tag = before;
	TRY(parse_args(p, &node->args));
	*ret = node;
	return RC_OK;
}

static enum rc parse_opening(struct tpl_parser *p, struct tpl_node **ret)
{
	struct tpl_node *node;

	if (take(p, ">")) {
		TRY(parse_partial(p, ret));
		return parse_block(p, *ret, (*ret)->text);
	}
	struct sv word = take_path(p);
	bool is_unless = sv_equal(word, SV("unless"));
	if (sv_equal(word, SV("if")) || is_unless) {
		TRY(new_node(p, TPL_IF, &node));
		TRY(parse_condition(p, &node->expr, is_unless));
	} else if (sv_equal(word, SV("each")) || sv_equal(word, SV("with"))) {
		TRY(new_node(p, sv_equal(word, SV("each")) ? TPL_EACH : TPL_WITH, &node));
		TRY(parse_condition(p, &node->expr, false));
	} else {
		return fault(p, N_("There is no block \"{what}\". There are if, unless, each, with and > for partials."), word);
	}
	*ret = node;
	return parse_block(p, node, word);
}

/* Finds the end of the statement that begins at p->at ("{{"), sets p->tag and moves p->at behind it. */
static enum rc cut_tag(struct tpl_parser *p)
{
	size_t start = p->at + 2, i = start;
	bool quoted = false, is_comment = start < p->text.len && p->text.ptr[start] == '!';

	if (start < p->text.len && p->text.ptr[start] == '{')
		return fault(p, N_("Raw output does not exist. Use {{html x}} with a member of type html_safe."), SV(""));
	for (; i + 1 < p->text.len; i++) {
		char c = p->text.ptr[i];
		if (quoted && c == '\\')
			i++;
		else if (c == '"' && !is_comment)
			quoted = !quoted;
		else if (!quoted && c == '}' && p->text.ptr[i + 1] == '}')
			break;
	}
	if (i + 1 >= p->text.len)
		return fault(p, N_("A statement is not closed. End it with }}."), SV(""));
	p->tag = sv_slice(p->text, start, i - start);
	p->at = i + 2;
	return RC_OK;
}

static void count_lines(struct tpl_parser *p, struct sv text)
{
	for (size_t i = 0; i < text.len; i++)
		p->next_line += text.ptr[i] == '\n';
}

/* One statement: appends its node, or says by *ret_closing that it ends the list. */
static enum rc parse_statement(struct tpl_parser *p, struct tpl_list *list, struct closing *ret_closing, bool *ret_closed)
{
	struct tpl_node *node;

	if (take(p, "!"))
		return RC_OK;
	if (take(p, "/")) {
		*ret_closing = (struct closing){ CLOSED_BY_NAME, take_path(p), p->line, NULL };
		*ret_closed = true;
		return RC_OK;
	}
	skip_space(p);
	struct sv before = p->tag;
	if (sv_equal(take_path(p), SV("else"))) {
		skip_space(p);
		*ret_closing = (struct closing){ CLOSED_BY_ELSE, SV("else"), p->line, NULL };
		*ret_closed = true;
		if (!p->tag.len)
			return RC_OK;
		ret_closing->kind = CLOSED_BY_ELSE_IF;
		if (!sv_equal(take_path(p), SV("if")))
			return fault(p, N_("After else comes nothing or if."), SV(""));
		return parse_condition(p, &ret_closing->condition, false);
	}
	p->tag = before;
	if (take(p, "#")) {
		TRY(parse_opening(p, &node));
	} else if (take(p, ">")) {
		TRY(parse_partial(p, &node));
	} else {
		TRY(new_node(p, TPL_OUT, &node));
		TRY(parse_output(p, &node->expr));
	}
	tpl_append(list, node);
	return RC_OK;
}

static enum rc parse_list(struct tpl_parser *p, struct tpl_node **ret, struct closing *ret_closing)
{
	struct tpl_list list = { 0 };
	bool closed = false;

	p->line = p->next_line;
	*ret_closing = (struct closing){ CLOSED_BY_END, SV("end of file"), p->line, NULL };
	while (!closed && p->at < p->text.len) {
		size_t open = sv_find(p->text, SV("{{"), p->at);
		struct sv text = sv_slice(p->text, p->at, (open == SIZE_MAX ? p->text.len : open) - p->at);
		if (text.len) {
			struct tpl_node *node;
			TRY(new_node(p, TPL_TEXT, &node));
			node->text = text;
			tpl_append(&list, node);
			count_lines(p, text);
			p->line = p->next_line;
			p->at += text.len;
		}
		if (open == SIZE_MAX)
			break;
		TRY(cut_tag(p));
		count_lines(p, p->tag);
		TRY(parse_statement(p, &list, ret_closing, &closed));
		p->line = p->next_line;
	}
	*ret = list.first;
	return RC_OK;
}

enum rc tpl_parse(struct ctx *ctx, struct sv file, struct sv text, struct template **ret)
{
	struct tpl_parser p = { .ctx = ctx, .file = file, .text = text, .line = 1, .next_line = 1 };
	struct template *template = ARENA_NEW(ctx->arena, struct template);
	struct closing closing;

	template->file = file;
	if (text.len > TEMPLATE_MAX_BYTES)
		return fault(&p, N_("The template is larger than 256 KiB. Split it into partials."), SV(""));
	TRY(tpl_parse_head(&p, template));
	TRY(parse_list(&p, &template->nodes, &closing));
	if (closing.kind != CLOSED_BY_END) {
		p.line = closing.line;
		return fault(&p, N_("Nothing is open that \"{what}\" could end."), closing.name);
	}
	*ret = template;
	return RC_OK;
}
