/* Fuzz target: the bytes up to the first zero byte are a form definition, the rest are answers to it (or, when the first part is
 * empty, answers to a fixed form). What is read can be read again and is the same. */
#include <assert.h>

#include "engine/form/form.h"
#include "test/kit/fuzz.h"

#include "base/banned.h"

static const char fixed[] =
	"{\"type\":\"default\",\"components\":[{\"type\":\"group\",\"key\":\"p\",\"label\":\"P\",\"properties\":{\"page\":\"true\"},\"components\":["
	"{\"type\":\"textfield\",\"key\":\"a\",\"label\":\"A\",\"validate\":{\"required\":true,\"pattern\":\"[a-z]+\"}},"
	"{\"type\":\"number\",\"key\":\"n\",\"label\":\"N\",\"conditional\":{\"hide\":\"a = null\"}},"
	"{\"type\":\"checklist\",\"key\":\"c\",\"label\":\"C\",\"values\":[{\"value\":\"x\",\"label\":\"X\"}]},"
	"{\"type\":\"dynamiclist\",\"key\":\"r\",\"label\":\"R\",\"components\":[{\"type\":\"datetime\",\"subtype\":\"date\",\"key\":\"d\",\"label\":\"D\"}]}]}]}";

static void check(struct ctx *ctx, struct sv input)
{
	size_t zero = sv_find_byte(input, '\0', 0);
	struct sv definition = sv_slice(input, 0, zero == SIZE_MAX ? 0 : zero);
	struct sv answers = zero == SIZE_MAX ? input : sv_slice(input, zero + 1, input.len), data, again;
	struct form_problems problems = { 0 };
	struct form_posted posted = { answers, SV("1") };
	const struct form *form;

	if (form_parse(ctx, SV("form.json"), definition.len ? definition : sv_of(fixed), &form) != RC_OK)
		return;
	if (form_read_fields(ctx, &(struct form_filled){ form, SV(""), NULL }, &(struct form_posts){ &posted, 1 }, &data, &problems) != RC_OK)
		error_clear(ctx);
	if (form_check(ctx, &(struct form_filled){ form, answers, NULL }, &data, &problems) != RC_OK)
		return;
	assert(form_check(ctx, &(struct form_filled){ form, data, NULL }, &again, &problems) == RC_OK);
	assert(sv_equal(data, again));
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t len)
{
	return fuzz_run(bytes, len, check);
}
