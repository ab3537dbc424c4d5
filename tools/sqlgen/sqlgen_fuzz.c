/* Any bytes as a schema and statements (parted by a line "---"): the generator ends, within its limits, and what it accepts
 * it can write. */
#include <assert.h>
#include <stdarg.h>

#include "test/kit/fuzz.h"
#include "tools/sqlgen/sqlgen_int.h"

#include "base/banned.h"

enum { MAX_INPUT = 16 << 10 };

void problem(struct gen *gen, struct sv file, uint32_t line, const char *format, ...)
{
	(void)file, (void)line, (void)format; /* only that there is one counts here */
	gen->problems++;
}

static void check(struct ctx *ctx, struct sv input)
{
	struct gen gen = { .room = SV("note") };
	size_t cut = sv_find(input, SV("\n---\n"), 0);

	if (input.len > MAX_INPUT)
		return;
	arena_init(&gen.arena, SQLGEN_MAX_MEMORY);
	if (gen_open(&gen)) {
		schema_read(&gen, SV("note_schema.sql"), sv_slice(input, 0, cut), true);
		if (cut != SIZE_MAX)
			statements_read(&gen, SV("note.sql"), sv_slice(input, cut + 5, input.len));
		if (!gen.problems)
			statements_check(&gen);
		if (!gen.problems)
			assert(emit_header(&gen).len > 0 && emit_source(&gen).len > 0);
	}
	gen_close(&gen);
	(void)ctx; /* the generator has its own arena */
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t len)
{
	return fuzz_run(bytes, len, check);
}
