/* Fuzz target: header values (cookies, parameters, quality), percent-encoding and names of files. */
#include <assert.h>

#include "base/utf8.h"
#include "http/http_int.h"
#include "test/kit/fuzz.h"

#include "base/banned.h"

static bool is_within(struct sv part, struct sv whole)
{
	return sv_is_absent(part) || (part.ptr >= whole.ptr && part.ptr + part.len <= whole.ptr + whole.len);
}

static void check(struct ctx *ctx, struct sv input)
{
	struct sv cookie = cookie_find(input, SV("tongban")), name = upload_safe_name(ctx->arena, input);
	struct buf encoded;

	assert(is_within(cookie, input));
	assert(sv_find_byte(cookie, ';', 0) == SIZE_MAX);
	assert(header_parameter(ctx->arena, input, "boundary").len <= input.len);
	int quality = header_quality(input, SV("text/html"));
	assert(quality >= -1 && quality <= 1000);
	assert(name.len > 0 && name.ptr[0] != '.' && utf8_is_valid(name));
	assert(sv_find_byte(name, '/', 0) == SIZE_MAX && sv_find_byte(name, '\0', 0) == SIZE_MAX);
	buf_init(&encoded, ctx->arena, 3 * input.len + 1);
	percent_encode(&encoded, input);
	assert(sv_equal(percent_decode(ctx->arena, buf_view(&encoded), true), input));
	assert(percent_decode(ctx->arena, input, true).len <= input.len);
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t len)
{
	return fuzz_run(bytes, len, check);
}
