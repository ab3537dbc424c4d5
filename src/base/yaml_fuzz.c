/* YAML: whatever is read gives a tree that can be written as JSON and read back as both. */
#include <assert.h>

#include "base/utf8.h"
#include "base/yaml.h"
#include "test/kit/fuzz.h"

#include "base/banned.h"

static struct sv print(struct ctx *ctx, const struct json *tree)
{
	struct buf buf;

	buf_init(&buf, ctx->arena, 64 << 20);
	struct json_out out = json_out_to(&buf);
	json_out_value(&out, tree);
	assert(!buf.overflow);
	return buf_view(&buf);
}

static void check(struct ctx *ctx, struct sv input)
{
	const struct json *tree, *again;

	if (yaml_parse(ctx, SV("fuzz"), input, &json_limits_request, &tree) != RC_OK) {
		assert(ctx->err->msgid && ctx->err->rc != RC_INTERNAL);
		return;
	}
	struct sv text = print(ctx, tree);
	assert(utf8_is_valid(text));
	enum rc rc = json_parse(ctx, SV("fuzz"), text, &json_limits_file, &again);
	assert(rc == RC_OK);
	assert(sv_equal(print(ctx, again), text));
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t len)
{
	return fuzz_run(bytes, len, check);
}
