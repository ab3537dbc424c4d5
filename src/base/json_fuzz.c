/* JSON: whatever parses prints, parses again to the same text, and has one canonical form. */
#include <assert.h>

#include "base/json.h"
#include "test/kit/fuzz.h"

#include "base/banned.h"

enum { MAX_OUTPUT = 64 << 20 };

static struct sv print(struct ctx *ctx, const struct json *tree, unsigned indent)
{
	struct buf buf;

	buf_init(&buf, ctx->arena, MAX_OUTPUT);
	struct json_out out = json_out_to(&buf);
	out.indent = indent;
	json_out_value(&out, tree);
	assert(!buf.overflow);
	return buf_view(&buf);
}

static struct sv canonical(struct ctx *ctx, const struct json *tree)
{
	struct buf buf;

	buf_init(&buf, ctx->arena, MAX_OUTPUT);
	json_out_canonical(&buf, tree);
	return buf_view(&buf);
}

static void check(struct ctx *ctx, struct sv input)
{
	const struct json *tree, *again;

	if (json_parse(ctx, SV("fuzz"), input, &json_limits_request, &tree) != RC_OK) {
		assert(ctx->err->msgid && ctx->err->rc != RC_INTERNAL);
		return;
	}
	struct sv compact = print(ctx, tree, 0);
	enum rc rc = json_parse(ctx, SV("fuzz"), print(ctx, tree, 2), &json_limits_file, &again);
	assert(rc == RC_OK);
	assert(sv_equal(print(ctx, again, 0), compact));
	assert(sv_equal(canonical(ctx, again), canonical(ctx, tree)));
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t len)
{
	return fuzz_run(bytes, len, check);
}
