/* Fuzz target: first line flags, second line pattern, the rest the text. A pattern compiles or is refused with a reason; what
 * compiles matches, replaces and splits within its limits, and what splitting takes apart is part of the text. */
#include <assert.h>
#include <setjmp.h>

#include "base/utf8.h"
#include "engine/feel/feel_int.h"
#include "test/kit/fuzz.h"

#include "base/banned.h"

static void use(struct feel_run *run, const struct regex *regex, struct sv text)
{
	jmp_buf stop;

	run->stop = &stop;
	if (setjmp(stop) == 0) {
		regex_matches(run, regex, text);
		regex_replace(run, regex, text, SV("<$1$0\\$>"));
		struct feel_value parts = regex_split(run, regex, text);
		for (size_t i = 0; parts.kind == FEEL_LIST && i < parts.list.count; i++) {
			struct sv part = parts.list.at[i].text;
			assert(part.ptr >= text.ptr && part.ptr + part.len <= text.ptr + text.len);
			assert(utf8_is_valid(part));
		}
	}
	run->stop = NULL;
}

static void check(struct ctx *ctx, struct sv input)
{
	struct feel_run run;
	const char *why;

	if (!utf8_is_valid(input))
		return;
	struct sv rest = input, flags = sv_cut(&rest, '\n'), pattern = sv_is_absent(rest) ? SV("") : sv_cut(&rest, '\n');
	struct sv text = sv_is_absent(rest) ? SV("") : rest;
	struct regex *regex = regex_compile(ctx->arena, pattern, flags, &why);
	assert((regex == NULL) == (why != NULL));
	if (!regex)
		return;
	feel_run_init(&run, ctx);
	use(&run, regex, text);
	error_clear(ctx);
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t len)
{
	return fuzz_run(bytes, len, check);
}
