/* What generated renderers and the interpreter write with. Rooms use html.h only. */
#ifndef HTTP_HTML_OUT_H
#define HTTP_HTML_OUT_H

#include "base/civil.h"
#include "base/format.h"
#include "http/html.h"

/* Descriptors of the shapes of html.h. */
extern const struct html_shape html_link_shape, html_option_shape, html_problem_shape, html_row_shape, html_event_shape,
	html_field_shape, html_fact_shape, html_cell_shape, html_line_shape, html_grid_shape, html_ruling_shape, html_page_shape;

/* Static bytes of the template. */
static inline void html_raw(struct html_out *out, const char *bytes, size_t len)
{
	buf_sv(out->buf, (struct sv){ bytes, len });
}
/* The space between two texts for people: none behind a full stop or comma of full width. */
void html_joint(struct html_out *out);
/* Element text and double-quoted attributes: & < > " ' become entities. */
void html_text(struct html_out *out, struct sv text);
/* A whole address: only https, http, mailto, tel and paths pass; anything else becomes "#". */
void html_url(struct html_out *out, struct sv address);
/* A part of an address, percent-encoded but for unreserved characters (RFC 3986 section 2.3). */
void html_url_rest(struct html_out *out, struct sv text);
/* A class token: bytes other than letters, digits, - and _ become -. */
void html_class(struct html_out *out, struct sv text);
void html_insert(struct html_out *out, struct html_safe markup);
/* An icon of the sprite, hidden from screen readers: a word stands beside it. */
void html_icon(struct html_out *out, struct sv name);
/* Address of an embedded file; "/assets/NAME" when the table has none (tests). */
struct sv html_asset_path(const struct html_out *out, struct sv name);

/* Values as text, in the request's arena. */
struct sv html_digits(const struct ctx *ctx, int64_t number);
/* Machine form: 2026-03-03, 2026-03-03T02:32:05.000Z */
struct sv html_iso_day(const struct ctx *ctx, int64_t day);
struct sv html_iso_time(const struct ctx *ctx, int64_t ms);
/* "" instead of absent, so that a placeholder of a message is filled. */
static inline struct sv html_present(struct sv text)
{
	return text.ptr ? text : SV("");
}

#endif
