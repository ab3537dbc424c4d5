/* What a handler sees of a request. Everything in it lives as long as the ctx's arena; the text is valid UTF-8.
 *
 * Who asks is ctx->who, the language ctx->locale, the key against double sending ctx->idempotency_key.
 */
#ifndef HTTP_REQUEST_H
#define HTTP_REQUEST_H

#include "http/input.h"

struct route;

struct request {
	const struct route *route;
	const char *method;
	struct sv path;           /* percent-encoded, as it came, without the query */
	struct sv query;          /* percent-encoded, without '?'; absent if none. Never logged. */
	const void *input;        /* the route's struct */
	void *prepared;           /* what route.prepare made; NULL without one */
	const struct error *problem; /* of a form shown again: what was wrong; otherwise without an rc. Never NULL */
	struct sv trace;          /* trace id (W3C Trace Context, 32 hex digits), of the caller or our own */
	bool wants_json;          /* an agency's system asks: Accept prefers application/json, or the path begins with /api/ */
	bool elder;               /* larger text, simplest version of each page */
};

/* What was typed into a field, to show a form again: absent for fields that did not come, for secrets and for files. */
struct sv request_typed(const struct request *request, const char *field);
/* All fields of an INPUT_TREE as typed, valid or not. */
struct input_tree request_typed_tree(struct ctx *ctx, const struct request *request, const char *field);


#endif
