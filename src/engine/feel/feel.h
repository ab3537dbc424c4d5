/* FEEL, the Friendly Enough Expression Language (DMN 1.5 chapter 10): the product's one language for conditions,
 * computed fields, decision tables, routing and fees.
 *
 *	const struct feel_expr *expr;
 *	struct feel_scope scope = { .names = names, .count = n, .file = SV("form.json"), .line = 12 };
 *	TRY(feel_compile(ctx, &scope, SV("applicant.age >= 18"), &expr));
 *	TRY(feel_eval(ctx, expr, context, &value));
 *
 * A compiled expression is immutable, lives in the arena of the ctx it was compiled with (let that be a long-lived one),
 * and may be evaluated by any thread. An evaluation uses arena, err and clock of its ctx only; scalar expressions
 * allocate nothing. An error inside FEEL is not an error of the call: it yields null with a reason (value.h). Only
 * running into a limit fails the call.
 */
#ifndef FEEL_H
#define FEEL_H

#include "engine/feel/type.h"
#include "engine/feel/value.h"

/* Limits of one evaluation, and of one source text. */
enum {
	FEEL_MAX_SOURCE = 256 * 1024, /* bytes */
	FEEL_MAX_NESTING = 128,       /* of parentheses, lists, ... in a source */
	FEEL_MAX_NAMES = 4096,        /* different names of context entries in a source */
	FEEL_MAX_STEPS = 10000000,
	FEEL_MAX_DEPTH = 256,         /* of calls */
	FEEL_MAX_BYTES = 256 << 20,   /* of the arena */
	FEEL_MAX_MS = 5000,           /* of the thread's processor time */
};

struct feel_external;

/* What an expression may speak of. */
struct feel_scope {
	const struct feel_member *names; /* inputs; with a context type their members are known to the scanner too */
	size_t count;
	bool closed;                     /* another name is an error; otherwise it is looked up when evaluated */
	const struct feel_member *types; /* item definitions for `instance of` and parameters */
	size_t type_count;
	const struct feel_external *externals; /* functions `external {...}` may name; NULL = none */
	size_t external_count;
	struct sv file;                  /* for messages */
	uint32_t line;                   /* of the source's first line in that file, from 1 */
};

/* RC_INVALID with file, line and what was expected where (fail_at). */
[[nodiscard]] enum rc feel_compile(struct ctx *ctx, const struct feel_scope *scope, struct sv source,
	const struct feel_expr **ret);
/* Unary tests as in the cell of a decision table: "> 3, [5..7]", "-", "not(1, 2)"; `?` is the input. */
[[nodiscard]] enum rc feel_compile_tests(struct ctx *ctx, const struct feel_scope *scope, struct sv source,
	const struct feel_expr **ret);

/* Evaluates with the names taken from `context` (a context value, or null for none). RC_UNAVAILABLE at a limit. */
[[nodiscard]] enum rc feel_eval(struct ctx *ctx, const struct feel_expr *expr, struct feel_value context,
	struct feel_value *ret);
/* Whether the input passes unary tests; null counts as no. */
[[nodiscard]] enum rc feel_test(struct ctx *ctx, const struct feel_expr *tests, struct feel_value input,
	struct feel_value context, bool *ret);

/* What the expression reads from outside: paths such as "applicant.age", each once, in order of appearance. */
struct feel_read {
	struct sv path;
	struct sv name; /* first part */
	uint32_t line;
};
const struct feel_read *feel_reads(const struct feel_expr *expr, size_t *ret_count);
struct sv feel_source(const struct feel_expr *expr);

/* A run: several evaluations under one set of limits (an engine that stands on FEEL makes one a request). */
struct feel_run {
	struct ctx *ctx;
	uint64_t steps;     /* left */
	unsigned depth;     /* now */
	size_t bytes_max;   /* of ctx->arena->used */
	int64_t until_ns;   /* of clock_thread_ns; 0 = not begun */
	enum rc rc;         /* RC_OK until a limit stopped it */
	struct feel_zone *zones;
	void *host;         /* for the engine that stands on FEEL */
	void *stop;         /* where a limit jumps to; set by the outermost call */
};
void feel_run_init(struct feel_run *run, struct ctx *ctx);
/* Names that the expression reads, in the order in which feel_run_expr wants their values. */
const struct sv *feel_names(const struct feel_expr *expr, size_t *ret_count);
/* `values` has one value a name; `input` is `?`. */
[[nodiscard]] enum rc feel_run_expr(struct feel_run *run, const struct feel_expr *expr, const struct feel_value *values,
	const struct feel_value *input, struct feel_value *ret);
/* Calls a function value. */
[[nodiscard]] enum rc feel_call(struct feel_run *run, struct feel_value function, const struct feel_value *arguments,
	size_t count, struct feel_value *ret);

/* A function of the host: external functions of the registry, knowledge models, decision services. Arguments come in the
 * order of its parameters and converted to their types; a parameter not given is null. */
typedef enum rc feel_host_fn(struct feel_run *run, void *user, const struct feel_value *arguments, size_t count,
	struct feel_value *ret);
struct feel_value feel_host_function(struct arena *arena, struct sv name, const struct feel_member *parameters, size_t count,
	const struct feel_type *result, feel_host_fn *fn, void *user);

/* The registry of `external` functions: found by kind ("java", "pmml", "host"), class (or document) and signature, spaces
 * left out. What is not in it does not exist: the function yields null. */
struct feel_external {
	const char *kind, *class_name, *signature;
	feel_host_fn *fn;
	void *user;
};
/* The thirteen JDK methods that the DMN TCK calls (docs/standards/feel.md lists them). */
extern const struct feel_external feel_jdk[];
extern const size_t feel_jdk_count;

#endif
