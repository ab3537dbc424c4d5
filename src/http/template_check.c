/* Resolved tree to checked tree: an HTML scanner that runs over the static text with the outputs in their places.
 *
 * States and what moves between them:
 *
 *	IN_WORDS --"<name"--> IN_TAG --letter--> IN_NAME --"="--> IN_EQUALS --'"'--> IN_VALUE --'"'--> IN_TAG
 *	IN_TAG --">"--> IN_WORDS      IN_NAME --space or ">"--> IN_TAG, IN_WORDS (attribute without value)
 *
 * Invariants:
 *  1. Both branches of a condition, and a loop's body, leave the scanner in the state and with the open elements it
 *     would have without them; so the state at every output is known, whatever the data are.
 *  2. An output stands in words or in a double-quoted value, nowhere else; its escaping follows from the state.
 *  3. Outside pre and textarea, runs of white space are put out as one byte (a newline if there was one).
 */
#include "http/template_check.h"

#include <assert.h>

#include "base/banned.h"

enum { MAX_VALUE = 8192 };

enum rc tpl_fault(struct tpl_checker *c, const char *msgid, struct sv what)
{
	return tpl_fail(c->ctx, c->file, c->line, msgid, arena_copy(c->ctx->arena, sv_slice(what, 0, 80)));
}

void tpl_flush(struct tpl_checker *c)
{
	struct tpl_node *node;

	if (!c->text.len)
		return;
	node = ARENA_NEW(c->ctx->arena, struct tpl_node);
	*node = (struct tpl_node){ .kind = TPL_TEXT, .file = c->file, .line = c->line };
	node->text = arena_copy(c->ctx->arena, buf_view(&c->text));
	assert(c->out);
	tpl_append(c->out, node);
	buf_clear(&c->text);
}

static void put(struct tpl_checker *c, char byte)
{
	buf_byte(&c->text, byte);
	c->last = byte;
}

static bool is_space(char byte)
{
	return byte == ' ' || byte == '\n' || byte == '\t' || byte == '\r';
}

static bool is_letter(char byte)
{
	return (byte >= 'a' && byte <= 'z') || (byte >= 'A' && byte <= 'Z');
}

/* Puts out the run of white space at text[at] as one byte; returns where it ends. */
static size_t put_space(struct tpl_checker *c, struct sv text, size_t at)
{
	bool newline = false;

	for (; at < text.len && is_space(text.ptr[at]); at++) {
		newline |= text.ptr[at] == '\n';
		c->line += text.ptr[at] == '\n';
	}
	if (c->last != '\n' && c->last != ' ')
		put(c, newline && c->state == IN_WORDS ? '\n' : ' ');
	return at;
}

static bool is_raw_space(const struct tpl_checker *c)
{
	return c->open.len && c->open.at[c->open.len - 1].is_raw_space;
}

/* Words for people outside {{t}}: letters, or Chinese characters (UTF-8 lead bytes E3 to E9). Entities are none. */
static enum rc check_words(struct tpl_checker *c, struct sv text, size_t *at)
{
	unsigned char byte = (unsigned char)text.ptr[*at];
	bool is_word = is_letter((char)byte) || (byte >= 0xe3 && byte <= 0xe9);

	if (byte == '&') {
		size_t end = sv_find_byte(text, ';', *at);
		if (end == SIZE_MAX || end > *at + 10)
			return tpl_fault(c, N_("Write &amp; for an ampersand."), SV(""));
		for (; *at < end; (*at)++)
			put(c, text.ptr[*at]);
	} else if (is_word && c->open.len && sv_equal(c->open.at[c->open.len - 1].name, SV("script"))) {
		return tpl_fault(c, N_("Inline script is not allowed by the content security policy. Put it in web/."), SV(""));
	} else if (is_word && c->translated && !(c->open.len && c->open.at[c->open.len - 1].is_untranslated)) {
		return tpl_fault(c, N_("\"{what}\" is for people: write {{t \"…\"}}, or translate=\"no\" on its element."),
			sv_trim(sv_slice(text, *at, sv_find_byte(text, '<', *at) - *at)));
	}
	put(c, text.ptr[*at]);
	(*at)++;
	return RC_OK;
}

static size_t name_end(struct sv text, size_t at)
{
	while (at < text.len && (is_letter(text.ptr[at]) || (text.ptr[at] >= '0' && text.ptr[at] <= '9') || text.ptr[at] == '-'))
		at++;
	return at;
}

static void put_all(struct tpl_checker *c, struct sv text)
{
	for (size_t i = 0; i < text.len; i++)
		put(c, text.ptr[i]);
}

/* "<" in words: a start tag, an end tag, a comment (dropped) or the doctype. */
static enum rc scan_open(struct tpl_checker *c, struct sv text, size_t *at)
{
	struct sv rest = sv_slice(text, *at, text.len);
	bool is_end = sv_has_prefix(rest, SV("</"));
	size_t start = *at + 1 + is_end, end = name_end(text, start);

	if (sv_has_prefix(rest, SV("<!--")) || sv_has_prefix(rest, SV("<!"))) {
		bool is_comment = sv_has_prefix(rest, SV("<!--"));
		size_t close = is_comment ? sv_find(rest, SV("-->"), 4) : sv_find_byte(rest, '>', 0);
		if (close == SIZE_MAX)
			return tpl_fault(c, N_("A comment is not closed, or has a statement in it. Use {{! … }}."), SV(""));
		for (size_t i = 0; i < close; i++)
			c->line += rest.ptr[i] == '\n';
		if (!is_comment)
			put_all(c, sv_slice(rest, 0, close + 1));
		*at += close + (is_comment ? 3 : 1);
		return RC_OK;
	}
	struct sv name = sv_slice(text, start, end - start);
	if (!name.len || !is_letter(name.ptr[0]))
		return tpl_fault(c, N_("Write &lt; for a less-than sign; a tag's name follows \"<\" at once."), SV(""));
	if (is_end) {
		if (end >= text.len || text.ptr[end] != '>')
			return tpl_fault(c, N_("The end tag </{what} is not closed with \">\"."), name);
		TRY(tpl_end_tag(c, name));
		put_all(c, sv_slice(text, *at, end + 1 - *at));
		*at = end + 1;
		return RC_OK;
	}
	c->tag = name;
	c->tag_line = c->line;
	c->attributes.len = 0;
	c->state = IN_TAG;
	put_all(c, sv_slice(text, *at, end - *at));
	*at = end;
	return RC_OK;
}

static enum rc scan_words(struct tpl_checker *c, struct sv text, size_t *at)
{
	char byte = text.ptr[*at];

	if (byte == '<')
		return scan_open(c, text, at);
	if (!is_space(byte))
		return check_words(c, text, at);
	if (is_raw_space(c)) {
		c->line += byte == '\n';
		put(c, byte);
		(*at)++;
	} else {
		*at = put_space(c, text, *at);
	}
	return RC_OK;
}

/* An attribute without a value ends here, if one is being read. */
static enum rc end_name(struct tpl_checker *c)
{
	if (c->state != IN_NAME)
		return RC_OK;
	c->state = IN_TAG;
	return tpl_end_attribute(c, false);
}

static enum rc scan_tag(struct tpl_checker *c, struct sv text, size_t *at)
{
	bool self_closing = sv_has_prefix(sv_slice(text, *at, 2), SV("/>"));
	size_t end = *at;

	if (is_space(text.ptr[*at])) {
		TRY(end_name(c));
		*at = put_space(c, text, *at);
		return RC_OK;
	}
	if (text.ptr[*at] == '>' || self_closing) {
		TRY(end_name(c));
		TRY(tpl_end_start_tag(c, self_closing));
		put_all(c, self_closing ? SV("/>") : SV(">"));
		c->state = IN_WORDS;
		*at += 1 + self_closing;
		return tpl_after_start_tag(c);
	}
	if (text.ptr[*at] == '=') {
		if (c->state != IN_NAME)
			return tpl_fault(c, N_("An attribute name must stand before \"=\"."), SV(""));
		put(c, '=');
		c->state = IN_EQUALS;
		(*at)++;
		return RC_OK;
	}
	while (end < text.len && !is_space(text.ptr[end]) && text.ptr[end] != '=' && text.ptr[end] != '>' && text.ptr[end] != '/')
		end++;
	if (end == *at)
		return tpl_fault(c, N_("A lone \"/\" stands in a tag. Remove it."), SV(""));
	c->attribute = sv_slice(text, *at, end - *at);
	TRY(tpl_begin_attribute(c));
	c->value_is_static = true;
	c->value_outputs = 0;
	put_all(c, c->attribute);
	c->state = IN_NAME;
	*at = end;
	return RC_OK;
}

static enum rc scan_value(struct tpl_checker *c, struct sv text, size_t *at)
{
	char byte = text.ptr[(*at)++];

	put(c, byte);
	if (byte == '"') {
		c->state = IN_TAG;
		return tpl_end_attribute(c, true);
	}
	c->line += byte == '\n';
	buf_byte(&c->value, byte);
	return RC_OK;
}

static enum rc scan(struct tpl_checker *c, struct sv text)
{
	for (size_t at = 0; at < text.len;) {
		switch (c->state) {
		case IN_WORDS:
			TRY(scan_words(c, text, &at));
			break;
		case IN_TAG:
		case IN_NAME:
			TRY(scan_tag(c, text, &at));
			break;
		case IN_EQUALS:
			if (text.ptr[at] != '"')
				return tpl_fault(c, N_("Put the value of \"{what}\" in double quotes."), c->attribute);
			put(c, '"');
			at++;
			buf_clear(&c->value);
			c->state = IN_VALUE;
			break;
		case IN_VALUE:
			TRY(scan_value(c, text, &at));
			break;
		}
	}
	return RC_OK;
}

/* --- outputs --- */

/* A text that is equal for equal outputs, so that for="{{name}}" finds id="{{name}}". */
static void add_canonical(struct tpl_checker *c, const struct tpl_expr *expr)
{
	if (expr->kind == TPL_STRING) {
		buf_sv(&c->value, expr->text);
		return;
	}
	c->value_is_static = false;
	buf_printf(&c->value, "{{%d:%d", (int)expr->kind, expr->level);
	for (size_t i = 0; i < expr->step_count; i++)
		buf_printf(&c->value, ".%s", expr->steps[i]->name);
	buf_printf(&c->value, "%.*s", SV_FMT(expr->kind == TPL_PATH ? SV("") : expr->text));
	for (size_t i = 0; i < expr->args.len; i++)
		add_canonical(c, expr->args.at[i].value);
	buf_sv(&c->value, SV("}}"));
}

/* At the start of an address only a checked one may stand; behind a fixed beginning anything, percent-encoded. */
static enum rc url_context(struct tpl_checker *c, const struct tpl_expr *expr, enum tpl_context *ret)
{
	bool is_url = (expr->kind == TPL_PATH && expr->type == HTML_URL) || expr->kind == TPL_STRING
		|| (expr->kind == TPL_FORMAT && expr->helper == TPL_ASSET);

	if (c->value.len == 0 && c->value_outputs == 0) {
		if (!is_url)
			return tpl_fault(c, N_("The address in \"{what}\" begins with a text. Declare it as url, or begin with a fixed path."),
				c->attribute);
		*ret = TPL_IN_URL;
		return RC_OK;
	}
	*ret = TPL_IN_URL_REST;
	return RC_OK;
}

static enum rc check_output_in_words(struct tpl_checker *c, const struct tpl_expr *expr, bool is_markup)
{
	const struct tpl_element *top = c->open.len ? &c->open.at[c->open.len - 1] : NULL;
	struct sv element = top ? top->name : SV("");

	if (sv_equal(element, SV("script")))
		return tpl_fault(c, N_("Nothing can be put into a script. Use data- attributes and web/."), SV(""));
	if (is_markup && (sv_equal(element, SV("title")) || sv_equal(element, SV("textarea"))))
		return tpl_fault(c, N_("Markup cannot stand in <{what}>."), element);
	if (expr->kind == TPL_STRING && c->translated && tpl_has_letters(expr->text) && !(top && top->is_untranslated))
		return tpl_fault(c, N_("\"{what}\" is for people: write {{t \"…\"}} so that it can be translated."), expr->text);
	return RC_OK;
}

static enum rc check_output(struct tpl_checker *c, struct tpl_node *node)
{
	const struct tpl_expr *expr = node->expr;
	bool is_markup = expr->kind == TPL_FORMAT && (expr->helper == TPL_HTML || expr->helper == TPL_ICON);

	assert(c->state != IN_NAME);
	node->context = TPL_IN_TEXT;
	if (c->state == IN_WORDS)
		return check_output_in_words(c, expr, is_markup);
	if (c->state != IN_VALUE)
		return tpl_fault(c, N_("An output stands in words or inside a double-quoted value, not here in <{what}>."), c->tag);
	if (is_markup)
		return tpl_fault(c, N_("Markup cannot stand in the attribute \"{what}\"."), c->attribute);
	node->context = TPL_IN_ATTRIBUTE;
	if (tpl_is_url_attribute(c->attribute))
		TRY(url_context(c, expr, &node->context));
	else if (sv_equal(c->attribute, SV("class")))
		node->context = TPL_IN_CLASS;
	add_canonical(c, expr);
	c->value_outputs++;
	return RC_OK;
}

/* --- branches --- */

static enum rc check_list(struct tpl_checker *c, struct tpl_node *nodes, struct tpl_list *out);

struct snapshot {
	enum tpl_state state;
	struct sv tag;
	size_t open;
};

/* Invariant 1: a branch ends where it began. */
static enum rc check_same(struct tpl_checker *c, const struct snapshot *before, const struct tpl_node *node)
{
	TRY(end_name(c));
	if (c->open.len > before->open) {
		c->line = c->open.at[c->open.len - 1].line;
		return tpl_fault(c, N_("<{what}> is opened but not closed inside this block. Close it in the same block."),
			c->open.at[c->open.len - 1].name);
	}
	if (c->state == before->state && (c->state == IN_WORDS || sv_equal(c->tag, before->tag)))
		return RC_OK;
	c->file = node->file;
	c->line = node->line;
	return tpl_fault(c, N_("A block must end in the element, tag or value in which it began."), SV(""));
}

static enum rc check_branch(struct tpl_checker *c, const struct tpl_node *node, struct tpl_node **branch,
	const struct snapshot *before)
{
	struct tpl_list list = { 0 };
	size_t floor = c->floor;

	assert(!c->text.len);
	c->last = 0;
	c->floor = c->open.len;
	TRY(check_list(c, *branch, &list));
	c->floor = floor;
	TRY(check_same(c, before, node));
	*branch = list.first;
	return RC_OK;
}

/* Ids of the branches of a condition exclude each other: the second branch is compared with what was there before. */
static enum rc check_block(struct tpl_checker *c, struct tpl_node *node, struct tpl_list *out)
{
	TRY(end_name(c));
	if (c->state == IN_EQUALS)
		return tpl_fault(c, N_("Put the value of \"{what}\" in double quotes."), c->attribute);
	struct snapshot before = { c->state, c->tag, c->open.len };
	size_t ids = c->ids.len;
	struct tpl_mentions all = { 0 };

	tpl_flush(c);
	if (c->state == IN_VALUE) {
		c->value_is_static = false;
		buf_printf(&c->value, "{{if");
		c->value_outputs++;
		if (node->kind == TPL_IF)
			add_canonical(c, node->expr);
	}
	c->loops += node->kind == TPL_EACH;
	TRY(check_branch(c, node, &node->body, &before));
	c->loops -= node->kind == TPL_EACH;
	for (size_t i = ids; i < c->ids.len; i++)
		*VEC_PUSH(c->ctx->arena, &all) = c->ids.at[i];
	c->ids.len = ids;
	if (c->state == IN_VALUE)
		buf_printf(&c->value, "{{else}}");
	TRY(check_branch(c, node, &node->otherwise, &before));
	for (size_t i = 0; i < all.len; i++)
		*VEC_PUSH(c->ctx->arena, &c->ids) = all.at[i];
	c->last = 0;
	tpl_append(out, node);
	return RC_OK;
}

static enum rc check_ids(struct tpl_checker *c, size_t from)
{
	for (size_t i = from; i < c->ids.len; i++) {
		for (size_t j = 0; j < i; j++) {
			if (!c->ids.at[i].is_static || !sv_equal(c->ids.at[i].value, c->ids.at[j].value))
				continue;
			c->file = c->ids.at[i].file;
			c->line = c->ids.at[i].line;
			return tpl_fault(c, N_("The id \"{what}\" is on the page twice. Give one of them another."), c->ids.at[i].value);
		}
	}
	return RC_OK;
}

static enum rc check_list(struct tpl_checker *c, struct tpl_node *nodes, struct tpl_list *out)
{
	struct tpl_list *outer = c->out;
	struct tpl_node *next;

	c->out = out;
	for (; nodes; nodes = next) {
		size_t ids = c->ids.len;
		next = nodes->next;
		nodes->next = NULL;
		c->file = nodes->file;
		c->line = nodes->line;
		if (nodes->kind == TPL_TEXT) {
			TRY(scan(c, nodes->text));
		} else if (nodes->kind == TPL_OUT) {
			TRY(end_name(c));
			tpl_flush(c);
			TRY(check_output(c, nodes));
			tpl_append(out, nodes);
			c->last = 0;
		} else {
			TRY(check_block(c, nodes, out));
		}
		TRY(check_ids(c, ids));
	}
	TRY(end_name(c));
	tpl_flush(c);
	c->out = outer;
	return RC_OK;
}

enum rc tpl_check(struct ctx *ctx, struct template *template, bool translated)
{
	struct tpl_checker c = { .ctx = ctx, .translated = translated, .file = template->file, .line = 1, .last = '\n' };
	struct tpl_list list = { 0 };

	buf_init(&c.value, ctx->arena, MAX_VALUE);
	buf_init(&c.text, ctx->arena, 4 * TEMPLATE_MAX_BYTES);
	TRY(check_list(&c, template->nodes, &list));
	if (c.open.len) {
		c.file = c.open.at[c.open.len - 1].file;
		c.line = c.open.at[c.open.len - 1].line;
		return tpl_fault(&c, N_("This element is not closed. Add </{what}>."), c.open.at[c.open.len - 1].name);
	}
	if (c.state != IN_WORDS)
		return tpl_fault(&c, N_("The tag <{what} is not closed at the end of the template."), c.tag);
	TRY(tpl_check_labels(&c));
	template->nodes = list.first;
	return RC_OK;
}
