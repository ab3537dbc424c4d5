/* The template language at run time: the same parser and checks that tools/htmlgen uses at build time, for the results of
 * service folders (licences) and for `serve --live`. The language is described in docs/developer/templates.md.
 *
 * A template is parsed once and may be rendered many times; it lives in the arena of the ctx it was parsed with. Limits:
 * 256 KiB a file, 20,000 nodes, 64 blocks deep.
 */
#ifndef HTTP_TEMPLATE_H
#define HTTP_TEMPLATE_H

#include "http/html.h"

enum { TEMPLATE_MAX_BYTES = 256 * 1024 };

struct template;

/* Where partials come from: gives file name and text of the partial `name`; RC_NOT_FOUND when there is none. */
struct template_source {
	enum rc (*read)(struct ctx *ctx, const struct template_source *source, struct sv name, struct sv *ret_file,
		struct sv *ret_text);
};

/* Parses and checks. `source` may be NULL: then the template uses no partials and may hold words of any language
 * (a licence is in the language of the state); with one, words for people must be {{t "..."}}. RC_MALFORMED with
 * file, line and what to do. */
[[nodiscard]] enum rc template_parse(struct ctx *ctx, struct sv file, struct sv text,
	const struct template_source *source, struct template **ret);

struct sv template_name(const struct template *template);
/* The shape of the data, as declared in the {{!view ...}} head. */
const struct html_shape *template_shape(const struct template *template);

/* Renders data laid out as template_shape says. */
void template_render(const struct template *template, struct html_out *out, const void *data);

struct json;
/* Renders from a JSON object with the head's members (days as "2026-03-03", money as fen). RC_INVALID names the member
 * that is missing or of the wrong type. Checked templates hold no scripts, styles or foreign links, hence html_safe. */
[[nodiscard]] enum rc template_render_json(struct ctx *ctx, const struct template *template, const struct json *data,
	struct html_safe *ret);

#endif
