/* `serve --live`: a view's template is read, checked and interpreted anew for each page, so that an edit shows at once.
 * Members of the head cannot change without a rebuild: the page's C code fills the struct. Files are read relative to
 * the working directory, which is the source root. */
#ifndef HTTP_TEMPLATE_LIVE_H
#define HTTP_TEMPLATE_LIVE_H

#include "http/template.h"

[[nodiscard]] enum rc template_render_live(struct ctx *ctx, const struct html_view *view, struct html_out *out,
	const void *data);

/* In html.c, the only maker of html_safe. */
struct html_safe html_safe_rendered(struct ctx *ctx, const struct template *template, const void *data, bool *ret_overflow);
/* Bytes of one list element. */
size_t html_size_of(enum html_type element, const struct html_shape *shape);
/* Partials beside `file`, then in src/http/layout. `root` with a slash at its end, or empty. */
struct template_folders {
	struct template_source source;
	struct sv root, file;
};
struct template_folders template_folders_of(struct sv root, struct sv file);
/* A whole file, at most TEMPLATE_MAX_BYTES; RC_NOT_FOUND, RC_TOO_LARGE. */
[[nodiscard]] enum rc template_read_file(struct ctx *ctx, struct sv path, struct sv *ret);

#endif
