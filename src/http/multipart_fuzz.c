/* Fuzz target: a multipart body, once in one piece and once in pieces whose size the first byte gives: what the sink sees is
 * the same, and begin and end alternate. */
#include <assert.h>

#include "http/http_int.h"
#include "test/kit/fuzz.h"

#include "base/banned.h"

struct seen {
	struct buf text;
	bool is_open;
};

static enum rc begin(struct ctx *ctx, void *user, struct sv name, struct sv filename)
{
	struct seen *seen = user;

	assert(!seen->is_open && name.len <= HTTP_MAX_NAME);
	seen->is_open = true;
	buf_sv(&seen->text, upload_safe_name(ctx->arena, filename));
	buf_sv(&seen->text, name);
	return RC_OK;
}

static enum rc data(struct ctx *ctx, void *user, struct sv bytes)
{
	struct seen *seen = user;

	(void)ctx;
	assert(seen->is_open && bytes.len > 0);
	buf_sv(&seen->text, bytes);
	return RC_OK;
}

static enum rc end(struct ctx *ctx, void *user)
{
	struct seen *seen = user;

	(void)ctx;
	assert(seen->is_open);
	seen->is_open = false;
	buf_byte(&seen->text, '\n');
	return RC_OK;
}

static enum rc read_all(struct ctx *ctx, struct sv body, size_t piece, struct seen *seen)
{
	struct multipart_sink sink = { begin, data, end, seen };
	struct multipart *multipart;

	*seen = (struct seen){ 0 };
	buf_init(&seen->text, ctx->arena, 16 << 20);
	error_clear(ctx);
	TRY(multipart_new(ctx, SV("multipart/form-data; boundary=B"), &sink, &multipart));
	for (size_t at = 0; at < body.len; at += piece)
		TRY(multipart_add(ctx, multipart, sv_slice(body, at, piece)));
	return multipart_end(ctx, multipart);
}

static void check(struct ctx *ctx, struct sv input)
{
	struct seen whole, pieces;

	if (input.len < 2)
		return;
	size_t piece = (size_t)(unsigned char)input.ptr[0] + 1;
	input = sv_slice(input, 1, SIZE_MAX);
	enum rc first = read_all(ctx, input, input.len, &whole), second = read_all(ctx, input, piece, &pieces);
	assert(first == second);
	if (first == RC_OK)
		assert(!whole.is_open && sv_equal(buf_view(&whole.text), buf_view(&pieces.text)));
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t len)
{
	return fuzz_run(bytes, len, check);
}
