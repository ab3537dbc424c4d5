/* How a handler answers: it calls one of these, once, as its last step, and returns what it returned.
 *
 *	return response_page(ctx, response, &html_note_show_view, &view);
 *
 * A failure is not answered but returned: `return fail(ctx, RC_NOT_FOUND, N_("..."), NULL)`. The edge shows it as a
 * page, or as a problem document (RFC 9457) to who asked for JSON; field problems show the form again (route.on_invalid).
 */
#ifndef HTTP_RESPONSE_H
#define HTTP_RESPONSE_H

#include "base/hash.h"
#include "http/html.h"

struct response;

/* The view's struct as a page in the layout, or as its JSON twin. The struct may be on the stack. */
[[nodiscard]] enum rc response_page(struct ctx *ctx, struct response *response, const struct html_view *view,
	const void *data);
/* 303 to a path of this site ("/cases/XYZ") after an act; `flash` (msgid, or NULL) is shown there once. JSON clients
 * get the same with {"location": path}. A path that leaves the site is replaced by "/". */
[[nodiscard]] enum rc response_redirect(struct ctx *ctx, struct response *response, struct sv path, const char *flash);
/* An address of this site: `start` ("/sign-in?next=") and behind it a value, percent-encoded. */
struct sv response_address(struct ctx *ctx, const char *start, struct sv value);
/* A JSON document of one's own (interfaces that are no page's twin), in the ctx's arena or a literal. */
[[nodiscard]] enum rc response_json(struct ctx *ctx, struct response *response, struct sv json);
/* Bytes of another type ("text/csv; charset=utf-8"), shown in place; copied. */
[[nodiscard]] enum rc response_bytes(struct ctx *ctx, struct response *response, const char *type, struct sv bytes);
/* A kept upload by its hash; RC_NOT_FOUND when it is gone. Always sent as a download unless PDF, PNG or JPEG. */
[[nodiscard]] enum rc response_file(struct ctx *ctx, struct response *response, struct hash sha256, const char *type,
	struct sv name);
/* Before one of the above: */
/* Another status than 200, for example 201 or 202. */
void response_status(struct response *response, int status);
/* The browser saves it under this name. */
void response_download(struct ctx *ctx, struct response *response, struct sv name);
/* May be kept by caches for so long (public things only; pages are never kept). */
void response_cache(struct response *response, int64_t seconds);
/* Signs the browser in with this session token, or (absent token) out. */
void response_session(struct ctx *ctx, struct response *response, struct sv token);

#endif
