/* CSV: rows that are read, written and read again are the same. */
#include <assert.h>

#include "base/csv.h"
#include "base/write_kit.h"
#include "test/kit/fuzz.h"

#include "base/banned.h"

static void check_row(struct ctx *ctx, const struct sv *fields, size_t count)
{
	struct buf buf;
	struct sv *again;
	size_t again_count;
	bool more;

	assert(count > 0 && count <= CSV_MAX_FIELDS);
	buf_init(&buf, ctx->arena, 64 << 20);
	write_csv_row(&buf, fields, count);
	if (sv_has_prefix(buf_view(&buf), SV("\xEF\xBB\xBF")))
		return; /* a byte order mark in the middle of a text becomes one at its start */
	struct csv csv = csv_open(SV("fuzz"), buf_view(&buf));
	enum rc rc = csv_next(ctx, &csv, &again, &again_count, &more);
	assert(rc == RC_OK && more && again_count == count);
	for (size_t i = 0; i < count; i++)
		assert(sv_equal(fields[i], again[i]));
	assert(csv.rest.len == 0);
}

static void check(struct ctx *ctx, struct sv input)
{
	struct csv csv = csv_open(SV("fuzz"), input);
	struct sv *fields;
	size_t count;
	bool more = true;
	uint32_t line = 0;

	while (csv_next(ctx, &csv, &fields, &count, &more) == RC_OK && more) {
		assert(csv.line > line);
		line = csv.line;
		check_row(ctx, fields, count);
	}
	assert(!more || ctx->err->msgid);
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t len)
{
	return fuzz_run(bytes, len, check);
}
