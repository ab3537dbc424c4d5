/* Fuzz target: any text is a model or refused; every decision of a model is evaluated, explained (the record is JSON) and
 * checked within the limits. */
#include <assert.h>

#include "base/utf8.h"
#include "engine/dmn/dmn.h"
#include "test/kit/fuzz.h"

#include "base/banned.h"

enum { OUTPUT_MAX = 4 << 20, MAX_DECISIONS = 8 };

static enum rc no_imports(struct ctx *ctx, void *user, struct sv ns, struct sv location, struct sv *ret_name, struct sv *ret_text)
{
	(void)user, (void)ns, (void)location, (void)ret_name, (void)ret_text;
	return fail(ctx, RC_NOT_FOUND, N_("There is no such file."), NULL);
}

static void decide(struct ctx *ctx, const struct dmn_model *model, struct sv name, struct feel_value inputs)
{
	const struct dmn_near *near;
	const struct json *json;
	struct feel_value value;
	struct buf buf;
	size_t count;

	buf_init(&buf, ctx->arena, OUTPUT_MAX);
	struct json_out out = json_out_to(&buf);
	if (dmn_explain(ctx, model, name, inputs, &out, &value) == RC_OK && !buf.overflow) {
		enum rc rc = json_parse(ctx, SV("record"), buf_view(&buf), &json_limits_file, &json);
		assert(rc == RC_OK || rc == RC_TOO_LARGE || ctx->err->msgid);
	}
	error_clear(ctx);
	if (dmn_nearest(ctx, model, name, inputs, 3, &near, &count) == RC_OK)
		assert(count <= 3);
	error_clear(ctx);
}

static void check(struct ctx *ctx, struct sv input)
{
	static const struct feel_entry given[] = { { SV_INIT("Kind"), { FEEL_STRING, .text = SV_INIT("new") } },
		{ SV_INIT("Floor area"), { FEEL_NUMBER, .number = DECIMAL_INT(120) } } };
	const struct dmn_options options = { .find_import = no_imports, .externals = feel_jdk, .external_count = feel_jdk_count };
	const struct dmn_problem *problems;
	const struct dmn_model *model;
	size_t count;

	if (!utf8_is_valid(input) || dmn_parse(ctx, SV("fuzz.dmn"), input, &options, &model) != RC_OK) {
		error_clear(ctx);
		return;
	}
	error_clear(ctx);
	const struct dmn_decision *decisions = dmn_decisions(model, &count);
	for (size_t i = 0; i < count && i < MAX_DECISIONS; i++)
		decide(ctx, model, decisions[i].name, feel_context(given, 2));
	enum rc rc = dmn_check(ctx, model, &problems, &count);
	assert(rc == RC_OK);
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t len)
{
	return fuzz_run(bytes, len, check);
}
