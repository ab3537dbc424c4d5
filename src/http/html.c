/* The run-time half of templates: escaping by context, values as text, Markdown, the JSON twin, and the one place where
 * a page is rendered. See html.h. */
#include "http/html_out.h"

#include <assert.h>
#include <cmark-gfm-core-extensions.h>
#include <cmark-gfm.h>
#include <threads.h>
#include <stdlib.h>

#include "base/json.h"
#include "base/site.h"
#include "base/utf8.h"
#include "http/template_live.h"

#include "base/banned.h"

enum { MAX_MARKDOWN = 1 << 20 };

/* --- escaping --- */

static const struct sv entities[256] = {
	['&'] = SV_INIT("&amp;"), ['<'] = SV_INIT("&lt;"), ['>'] = SV_INIT("&gt;"), ['"'] = SV_INIT("&quot;"),
	['\''] = SV_INIT("&#39;"),
};

typedef unsigned char sixteen __attribute__((vector_size(16)));
typedef uint64_t two __attribute__((vector_size(16)));

/* How many of the sixteen bytes at `at` come before the first of "&'<>; those that differ in one bit are looked for together:
 * & and ', < and >. */
static size_t plain_bytes(const char *at)
{
	sixteen bytes;

	memcpy(&bytes, at, sizeof(bytes));
	two hits = (two)((bytes == '"') | ((bytes | 1) == '\'') | ((bytes | 2) == '>'));
	if (hits[0])
		return (size_t)__builtin_ctzll(hits[0]) / 8;
	return hits[1] ? 8 + (size_t)__builtin_ctzll(hits[1]) / 8 : 16;
}

void html_text(struct html_out *out, struct sv text)
{
	size_t from = 0;

	for (size_t i = 0; i < text.len; i++) {
		for (size_t plain = 16; plain == 16 && text.len - i > 16; i += plain)
			plain = plain_bytes(text.ptr + i);
		const struct sv *entity = &entities[(unsigned char)text.ptr[i]];
		if (!entity->len)
			continue;
		buf_sv(out->buf, sv_slice(text, from, i - from));
		buf_sv(out->buf, *entity);
		from = i + 1;
	}
	buf_sv(out->buf, sv_slice(text, from, text.len));
}

void html_joint(struct html_out *out)
{
	static const struct sv wide[] = { SV_INIT("。"), SV_INIT("，"), SV_INIT("；"), SV_INIT("："), SV_INIT("！"), SV_INIT("？"),
		SV_INIT("）") };

	for (size_t i = 0; i < sizeof(wide) / sizeof(wide[0]); i++)
		if (sv_has_suffix(buf_view(out->buf), wide[i]))
			return;
	buf_byte(out->buf, ' ');
}

static bool is_letter_or_digit(char byte)
{
	return (byte >= 'a' && byte <= 'z') || (byte >= 'A' && byte <= 'Z') || (byte >= '0' && byte <= '9');
}

/* Without control characters, which browsers drop before they look for a scheme; "//host" would leave the site. */
static bool is_harmless_address(struct sv address)
{
	static const char *const schemes[] = { "https:", "http:", "mailto:", "tel:" };

	for (size_t i = 0; i < address.len; i++)
		if ((unsigned char)address.ptr[i] <= ' ' || address.ptr[i] == '\\')
			return false;
	if (sv_has_prefix(address, SV("/")))
		return !sv_has_prefix(address, SV("//"));
	for (size_t i = 0; i < sizeof(schemes) / sizeof(schemes[0]); i++)
		if (sv_has_prefix(address, sv_of(schemes[i])))
			return true;
	size_t colon = sv_find_byte(address, ':', 0), end = 0;
	while (end < address.len && address.ptr[end] != '/' && address.ptr[end] != '?' && address.ptr[end] != '#')
		end++;
	return colon == SIZE_MAX || colon > end;
}

void html_url(struct html_out *out, struct sv address)
{
	html_text(out, is_harmless_address(address) ? address : SV("#"));
}

void html_url_rest(struct html_out *out, struct sv text)
{
	for (size_t i = 0; i < text.len; i++) {
		char byte = text.ptr[i];
		if (is_letter_or_digit(byte) || byte == '-' || byte == '.' || byte == '_' || byte == '~')
			buf_byte(out->buf, byte);
		else
			buf_printf(out->buf, "%%%02X", (unsigned char)byte);
	}
}

void html_class(struct html_out *out, struct sv text)
{
	for (size_t i = 0; i < text.len; i++)
		buf_byte(out->buf, is_letter_or_digit(text.ptr[i]) || text.ptr[i] == '_' ? text.ptr[i] : '-');
}

void html_insert(struct html_out *out, struct html_safe markup)
{
	buf_sv(out->buf, html_present(markup.made_by_html_c));
}

static int compare_asset(const void *name, const void *asset)
{
	return sv_compare(*(const struct sv *)name, sv_of(((const struct html_asset *)asset)->name));
}

struct sv html_asset_path(const struct html_out *out, struct sv name)
{
	const struct html_asset *found = NULL;

	if (out->page && out->page->asset_count)
		found = bsearch(&name, out->page->assets, out->page->asset_count, sizeof(*found), compare_asset);
	if (found)
		return sv_of(found->path);
	return arena_printf(out->ctx->arena, "/assets/%.*s", SV_FMT(name));
}

const struct html_asset *html_asset_by_path(const struct html_asset *assets, size_t count, struct sv path)
{
	for (size_t i = 0; i < count; i++)
		if (sv_equal_z(path, assets[i].path))
			return &assets[i];
	return NULL;
}

void html_icon(struct html_out *out, struct sv name)
{
	buf_sv(out->buf, SV("<svg class=\"tb-icon\" aria-hidden=\"true\" focusable=\"false\"><use href=\""));
	html_text(out, html_asset_path(out, SV("icons.svg")));
	buf_byte(out->buf, '#');
	html_text(out, name);
	buf_sv(out->buf, SV("\"></use></svg>"));
}

/* --- values as text --- */

struct sv html_digits(const struct ctx *ctx, int64_t number)
{
	return arena_printf(ctx->arena, "%lld", (long long)number);
}

struct sv html_iso_day(const struct ctx *ctx, int64_t day)
{
	char text[11];

	return arena_copy(ctx->arena, civil_day_text(day, text));
}

struct sv html_iso_time(const struct ctx *ctx, int64_t ms)
{
	char text[25];

	return arena_copy(ctx->arena, civil_instant_text(ms, text));
}

/* --- Markdown --- */

/* GitHub's tables on top of CommonMark; registered once in the process. */
static once_flag extensions_once = ONCE_FLAG_INIT;

/* A text stands below the page's title: its highest heading is of level 2. */
static void lower_headings(cmark_node *document)
{
	int highest = 6;

	for (cmark_node *node = cmark_node_first_child(document); node; node = cmark_node_next(node)) {
		int level = cmark_node_get_heading_level(node);
		if (level > 0 && level < highest)
			highest = level;
	}
	for (cmark_node *node = cmark_node_first_child(document); node; node = cmark_node_next(node)) {
		int level = cmark_node_get_heading_level(node);
		if (level > 0)
			cmark_node_set_heading_level(node, level - highest + 2 > 6 ? 6 : level - highest + 2);
	}
}

/* Characters that stand in a square of their own: no space belongs between two of them. */
static bool is_wide(uint32_t c)
{
	return utf8_is_han(c) || (c >= 0x3000 && c <= 0x303F) || (c >= 0xFF00 && c <= 0xFF60) || c == 0x2014 || c == 0x2026
		|| (c >= 0x2018 && c <= 0x201D);
}

/* The character of a node's text that is next to a line end: its first, or its last. 0: not text. */
static uint32_t edge(cmark_node *node, bool is_last)
{
	size_t at = 0;
	uint32_t c = 0;

	for (cmark_node *inner = node; inner; inner = is_last ? cmark_node_last_child(inner) : cmark_node_first_child(inner))
		node = inner;
	struct sv text = node && cmark_node_get_type(node) == CMARK_NODE_TEXT ? sv_of(cmark_node_get_literal(node)) : SV("");
	while (at < text.len) {
		c = utf8_next(text, &at);
		if (!is_last)
			break;
	}
	return c;
}

/* A line that ends between two Chinese characters goes on without the space that a browser would put there. */
static void join_lines(cmark_node *document)
{
	cmark_iter *iter = cmark_iter_new(document);

	while (cmark_iter_next(iter) != CMARK_EVENT_DONE) {
		cmark_node *node = cmark_iter_get_node(iter);
		if (cmark_node_get_type(node) == CMARK_NODE_SOFTBREAK && is_wide(edge(cmark_node_previous(node), true))
			&& is_wide(edge(cmark_node_next(node), false)))
			cmark_node_free(node);
	}
	cmark_iter_free(iter);
}

struct html_safe html_safe_markdown(struct ctx *ctx, struct sv markdown)
{
	struct html_safe safe = { SV("") };

	if (!markdown.len || markdown.len > MAX_MARKDOWN)
		return safe;
	call_once(&extensions_once, cmark_gfm_core_extensions_ensure_registered);
	cmark_parser *parser = cmark_parser_new(CMARK_OPT_VALIDATE_UTF8);
	cmark_parser_attach_syntax_extension(parser, cmark_find_syntax_extension("table"));
	cmark_parser_feed(parser, markdown.ptr, markdown.len);
	cmark_node *document = cmark_parser_finish(parser);
	lower_headings(document);
	join_lines(document);
	/* safe mode: the default drops raw HTML and dangerous links */
	char *text = cmark_render_html(document, CMARK_OPT_DEFAULT, cmark_parser_get_syntax_extensions(parser));
	safe.made_by_html_c = arena_copy(ctx->arena, sv_of(text));
	free(text);
	cmark_node_free(document);
	cmark_parser_free(parser);
	return safe;
}

struct html_safe html_safe_rendered(struct ctx *ctx, const struct template *template, const void *data, bool *ret_overflow)
{
	struct html_page page = { .lang = sv_of(ctx->locale->tag) };
	struct buf buf;

	buf_init(&buf, ctx->arena, HTML_MAX_PAGE);
	template_render(template, &(struct html_out){ &buf, ctx, &page }, data);
	*ret_overflow = buf.overflow;
	return (struct html_safe){ buf_view(&buf) };
}

/* --- error summaries --- */

struct html_problems html_problems_of(struct ctx *ctx, const struct error *err)
{
	struct html_problem *problems;

	if (err->rc == RC_OK)
		return (struct html_problems){ 0 };
	assert(err->msgid);
	if (!err->field_count) {
		problems = ARENA_NEW(ctx->arena, struct html_problem);
		problems->message = tr_args(ctx, err->msgid, err->args);
		return (struct html_problems){ problems, 1 };
	}
	problems = ARENA_ARRAY(ctx->arena, struct html_problem, err->field_count);
	for (size_t i = 0; i < err->field_count; i++) {
		problems[i].field = err->fields[i].field;
		problems[i].href = arena_printf(ctx->arena, "#field-%.*s", SV_FMT(err->fields[i].field));
		problems[i].message = tr_args(ctx, err->fields[i].msgid, err->fields[i].args);
		problems[i].label = err->fields[i].label;
	}
	return (struct html_problems){ problems, err->field_count };
}

struct sv html_problem_of(struct html_problems problems, struct sv field)
{
	for (size_t i = 0; i < problems.len; i++)
		if (sv_equal(problems.at[i].field, field))
			return problems.at[i].message;
	return (struct sv){ NULL, 0 };
}

/* --- the JSON twin --- */

static void json_shape(const struct ctx *ctx, struct json_out *out, const struct html_shape *shape, const char *data);

static bool is_number(enum html_type type)
{
	return type == HTML_INT || type == HTML_MONEY || type == HTML_DAY || type == HTML_TIME;
}

static void json_number(const struct ctx *ctx, struct json_out *out, enum html_type type, int64_t value)
{
	if (type == HTML_DAY)
		json_out_string(out, html_iso_day(ctx, value));
	else if (type == HTML_TIME)
		json_out_string(out, html_iso_time(ctx, value));
	else
		json_out_i64(out, value);
}

static void json_value(const struct ctx *ctx, struct json_out *out, enum html_type type, const struct html_shape *shape,
	const char *at)
{
	if (is_number(type)) {
		json_number(ctx, out, type, *(const int64_t *)at);
		return;
	}
	switch (type) {
	case HTML_BOOL:
		json_out_bool(out, *(const bool *)at);
		break;
	case HTML_ID:
		json_out_string(out, id_text(ctx->arena, *(const struct id *)at));
		break;
	case HTML_SAFE:
		json_out_string(out, ((const struct html_safe *)at)->made_by_html_c);
		break;
	case HTML_OBJECT:
		json_shape(ctx, out, shape, at);
		break;
	case HTML_TEXT:
	case HTML_URL:
	case HTML_DECIMAL:
	case HTML_INT:
	case HTML_DAY:
	case HTML_TIME:
	case HTML_MONEY:
	case HTML_LIST:
		json_out_string(out, *(const struct sv *)at);
		break;
	}
}

static void json_list(const struct ctx *ctx, struct json_out *out, const struct html_member *member, const char *at)
{
	const struct html_links *list = (const struct html_links *)at;
	size_t size = html_size_of(member->element, member->shape);

	json_out_array(out);
	for (size_t i = 0; i < list->len; i++)
		json_value(ctx, out, member->element, member->shape, (const char *)list->at + i * size);
	json_out_array_end(out);
}

static void json_member(const struct ctx *ctx, struct json_out *out, const struct html_member *member, const char *at)
{
	if (member->type == HTML_LIST) {
		json_list(ctx, out, member, at);
	} else if (member->optional && is_number(member->type)) {
		const struct html_optional *number = (const struct html_optional *)at;
		if (number->is_set)
			json_number(ctx, out, member->type, number->value);
		else
			json_out_null(out);
	} else if (member->optional && member->type == HTML_OBJECT) {
		const char *object = *(const char *const *)at;
		if (object)
			json_shape(ctx, out, member->shape, object);
		else
			json_out_null(out);
	} else {
		json_value(ctx, out, member->type, member->shape, at);
	}
}

static void json_shape(const struct ctx *ctx, struct json_out *out, const struct html_shape *shape, const char *data)
{
	json_out_object(out);
	for (size_t i = 0; i < shape->count; i++) {
		json_out_key(out, sv_of(shape->members[i].name));
		json_member(ctx, out, &shape->members[i], data + shape->members[i].offset);
	}
	json_out_object_end(out);
}

static enum rc check_size(struct ctx *ctx, const struct buf *buf)
{
	if (buf->overflow)
		return fail(ctx, RC_TOO_LARGE, N_("This page is too large to show. Narrow what you asked for."), NULL);
	return RC_OK;
}

enum rc html_render_json(struct ctx *ctx, const struct html_view *view, const void *data, struct buf *buf)
{
	struct json_out out = json_out_to(buf);

	assert(buf && view && view->shape && data);
	json_shape(ctx, &out, view->shape, data);
	return check_size(ctx, buf);
}

enum rc html_render(struct ctx *ctx, const struct html_page *page, const struct html_view *view, const void *data,
	struct buf *buf)
{
	struct html_out out = { buf, ctx, page };

	assert(buf && view && view->render && data);
	if (ctx->site && ctx->site->live)
		TRY(template_render_live(ctx, view, &out, data));
	else
		view->render(&out, data);
	return check_size(ctx, buf);
}
