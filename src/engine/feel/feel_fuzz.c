/* Fuzz target: any text is an expression, unary tests, or refused with a place; what compiles runs within its limits, and what
 * it gives prints, goes to JSON, and reads back from JSON. */
#include <assert.h>

#include "base/utf8.h"
#include "engine/feel/feel.h"
#include "engine/feel/tests.h"
#include "test/kit/fuzz.h"

#include "base/banned.h"

enum { STEPS = 20000, BYTES = 8 << 20, OUTPUT_MAX = 1 << 20 };

static const char context_json[] = "{\"a\": 1.5, \"first name\": \"Li\", \"list\": [1, 2, {\"x y\": 3, \"z\": null}],"
	"\"c\": {\"d\": true, \"e-f\": [\"p\", \"q\"]}}";

static void run(struct ctx *ctx, const struct feel_expr *expr, struct feel_value context, const struct feel_value *input)
{
	struct feel_run limits;
	struct feel_value value;
	struct buf buf;
	size_t count;
	const struct sv *names = feel_names(expr, &count);
	struct feel_value *values = ARENA_ARRAY(ctx->arena, struct feel_value, count);

	for (size_t i = 0; i < count; i++) {
		const struct feel_value *known = feel_get(context, names[i]);
		values[i] = known ? *known : feel_null();
	}
	feel_run_init(&limits, ctx);
	limits.steps = STEPS;
	limits.bytes_max = ctx->arena->used + BYTES;
	if (feel_run_expr(&limits, expr, values, input, &value) != RC_OK) {
		assert(ctx->err->rc == RC_UNAVAILABLE);
		error_clear(ctx);
		return;
	}
	buf_init(&buf, ctx->arena, OUTPUT_MAX);
	feel_print(&buf, value);
	buf_clear(&buf);
	struct json_out out = json_out_to(&buf);
	feel_to_json(&out, value);
	const struct json *json;
	if (!buf.overflow && json_parse(ctx, SV("out"), buf_view(&buf), &json_limits_request, &json) == RC_OK)
		feel_from_json(ctx, json, NULL);
	error_clear(ctx);
}

static void check(struct ctx *ctx, struct sv input)
{
	static const struct feel_member names[] = { { SV_INIT("a"), NULL }, { SV_INIT("first name"), NULL }, { SV_INIT("list"), NULL },
		{ SV_INIT("c"), NULL } };
	struct feel_scope scope = { .names = names, .count = 4, .externals = feel_jdk, .external_count = feel_jdk_count,
		.file = SV("fuzz"), .line = 1 };
	struct feel_value one = feel_i64(1);
	const struct feel_expr *expr;
	const struct json *json;

	if (!utf8_is_valid(input))
		return; /* checked at the border, before FEEL sees it */
	enum rc rc = json_parse(ctx, SV("context"), sv_of(context_json), &json_limits_request, &json);
	assert(rc == RC_OK);
	struct feel_value context = feel_from_json(ctx, json, NULL);
	if (feel_compile(ctx, &scope, input, &expr) == RC_OK)
		run(ctx, expr, context, NULL);
	else
		assert(ctx->err->line >= 1 && ctx->err->msgid);
	error_clear(ctx);
	if (feel_compile_tests(ctx, &scope, input, &expr) == RC_OK) {
		const struct feel_accepts *accepts = feel_accepts(expr);
		if (accepts)
			feel_accepts_value(accepts, one);
		run(ctx, expr, context, &one);
	}
	error_clear(ctx);
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t len)
{
	return fuzz_run(bytes, len, check);
}
