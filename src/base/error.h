/* What went wrong: one code, said once, where it is found.
 *
 * A function that can fail returns enum rc and is [[nodiscard]]. The place that finds the fault calls fail() (or
 * fail_field() for a wrong input field) with a message for the user; callers pass the code up; only the edge (request,
 * command, job) logs and shows it. Out-parameters are untouched on failure.
 *
 * Messages are English message ids marked N_("..."), translated from po/. They carry {name} placeholders, filled from
 * arguments at the edge, and say what happened and what to do next.
 */
#ifndef BASE_ERROR_H
#define BASE_ERROR_H

#include "base/sv.h"

struct ctx;

/* code, HTTP status, exit code of a command, problem type (RFC 9457) */
#define RC_TABLE(X)                                                                                                    \
	X(RC_OK, 200, 0, "ok")                                                                                         \
	X(RC_INVALID, 422, 2, "invalid-input")                                                                         \
	X(RC_MALFORMED, 400, 2, "malformed-request")                                                                   \
	X(RC_UNAUTHENTICATED, 401, 3, "sign-in-needed")                                                                \
	X(RC_FORBIDDEN, 403, 3, "not-allowed")                                                                         \
	X(RC_NOT_FOUND, 404, 4, "not-found")                                                                           \
	X(RC_CONFLICT, 409, 5, "conflict")                                                                             \
	X(RC_TOO_LARGE, 413, 6, "too-large")                                                                           \
	X(RC_UNSUPPORTED, 415, 6, "unsupported-type")                                                                  \
	X(RC_TOO_MANY, 429, 7, "too-many-requests")                                                                    \
	X(RC_UNAVAILABLE, 503, 8, "unavailable")                                                                       \
	X(RC_INTERNAL, 500, 9, "internal-error")

enum rc {
#define X(code, status, exit, type) code,
	RC_TABLE(X)
#undef X
};

int rc_http_status(enum rc rc);
int rc_exit_code(enum rc rc);
const char *rc_problem_type(enum rc rc);

/* Marks a text for translation; pogen collects it. */
#define N_(msgid) msgid

/* A value for a {placeholder} of a message; lists end with a zeroed entry: ARGS({"limit", SV("5")}). */
struct text_arg {
	const char *name;
	struct sv value;
};
#define ARGS(...) ((const struct text_arg[]){ __VA_ARGS__, { 0 } })

/* One wrong field. `field` is the input's name or a form path such as "members[2].name". */
struct field_problem {
	struct sv field;
	const char *msgid;
	const struct text_arg *args; /* copied to the arena; NULL if none */
	struct sv label;             /* what the page calls the field, in the reader's words; absent if the message says it */
};

enum { ERROR_MAX_FIELDS = 200 };

/* The problem found so far; zeroed = none. Lives in the ctx's arena. */
struct error {
	enum rc rc;
	const char *msgid;
	const struct text_arg *args;
	struct sv detail; /* for the log and for developers; never shown to the public, no personal data */
	struct sv file;   /* where in an input file, if it is about one */
	uint32_t line;
	struct field_problem *fields;
	size_t field_count;
};

/* Records the problem and returns `rc`, for `return fail(...)`. The first record wins; `rc` must not be RC_OK. */
enum rc fail(struct ctx *ctx, enum rc rc, const char *msgid, const struct text_arg *args);
/* The same for one wrong field (RC_INVALID); may be called many times, all are kept up to ERROR_MAX_FIELDS. */
enum rc fail_field(struct ctx *ctx, struct sv field, const char *msgid, const struct text_arg *args);
/* Gives the problems of fields from number `from` on this label. */
void error_label(struct error *err, size_t from, struct sv label);
/* The same for a place in an input file; line 0 = the whole file. */
enum rc fail_at(struct ctx *ctx, enum rc rc, struct sv file, uint32_t line, const char *msgid, const struct text_arg *args);
/* RC_INTERNAL with a printf-style detail for the log; the user sees a general apology. */
[[gnu::format(printf, 2, 3)]] enum rc fail_internal(struct ctx *ctx, const char *format, ...);
/* For the log: the detail, or the message with its gaps; never what was put into them. */
struct sv error_detail(const struct error *err);
/* Forgets the problem (after it was handled). */
void error_clear(struct ctx *ctx);

/* `return` early on failure. */
#define TRY(expression)                                                                                                \
	do {                                                                                                           \
		enum rc try_rc_ = (expression);                                                                        \
		if (try_rc_ != RC_OK)                                                                                  \
			return try_rc_;                                                                                \
	} while (0)

#endif
