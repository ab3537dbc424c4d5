/* The context in which a fuzz target runs; see fuzz.h. */
#include "test/kit/fuzz.h"

#include "base/banned.h"

int fuzz_run(const uint8_t *bytes, size_t len, void (*check)(struct ctx *ctx, struct sv input))
{
	static const struct locale plain = { .tag = "en", .code = "en", .self = "English" };
	struct arena arena;
	struct error err = { .rc = RC_OK };
	struct clock clock = clock_virtual(1772413200000);
	struct random random = random_seeded(1);
	struct ctx ctx = { .arena = &arena, .err = &err, .clock = &clock, .random = &random, .who = &principal_nobody, .locale = &plain };
	jmp_buf jump;

	arena_init(&arena, (size_t)256 << 20);
	if (!arena_guard(&arena, &jump))
		check(&ctx, (struct sv){ len ? (const char *)bytes : "", len });
	arena_release(&arena);
	return 0;
}
