/* Any bytes as a template that stands alone (a service folder's result.html), then rendered with empty data. */
#include "base/json.h"
#include "http/template.h"
#include "test/kit/fuzz.h"

#include "base/banned.h"

static void check(struct ctx *ctx, struct sv input)
{
	struct template *template;
	const struct json *empty;
	struct html_safe page;

	if (template_parse(ctx, SV("x.html"), input, NULL, &template) != RC_OK)
		return;
	if (json_parse(ctx, SV("data"), SV("{}"), &json_limits_request, &empty) == RC_OK
		&& template_render_json(ctx, template, empty, &page) != RC_OK)
		error_clear(ctx);
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t len)
{
	return fuzz_run(bytes, len, check);
}
