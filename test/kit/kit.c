/* Test kit; see kit.h. */
#include "test/kit/kit.h"

#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>

#include "base/banned.h"

static const struct locale plain = { .tag = "en", .code = "en", .self = "English" };

int kit_setup(void **state)
{
	struct kit *kit = calloc(1, sizeof(*kit));

	arena_init(&kit->arena, (size_t)1 << 30);
	kit->clock = clock_virtual(KIT_START_MS);
	kit->random = random_seeded(42);
	kit->ctx = (struct ctx){
		.arena = &kit->arena,
		.err = &kit->err,
		.clock = &kit->clock,
		.random = &kit->random,
		.who = &principal_nobody,
		.locale = &plain,
	};
	*state = kit;
	return 0;
}

int kit_teardown(void **state)
{
	struct kit *kit = *state;

	arena_release(&kit->arena);
	free(kit);
	return 0;
}

struct sv kit_file(struct kit *kit, const char *path)
{
	struct stat st;
	const char *whole = path[0] == '/' ? path : arena_printf(&kit->arena, "%s/%s", TONGBAN_SOURCE_ROOT, path).ptr;
	FILE *file = fopen(whole, "rb");

	if (!file || fstat(fileno(file), &st) != 0)
		fail_msg("cannot read %s", path);
	char *text = arena_alloc(&kit->arena, (size_t)st.st_size + 1);
	size_t len = fread(text, 1, (size_t)st.st_size, file);
	fclose(file);
	return (struct sv){ text, len };
}

const char *kit_suites(void)
{
	const char *dir = getenv("TONGBAN_SUITES");
	struct stat st;

	if (!dir)
		dir = TONGBAN_SOURCE_ROOT "/../shared/suites";
	return stat(dir, &st) == 0 ? dir : NULL;
}

/* The first block that fails is number n; true when it did. */
static bool fails_at_block(struct kit *kit, enum rc (*work)(struct ctx *ctx, struct sv input), struct sv input, unsigned n)
{
	struct arena arena;
	struct error err = { .rc = RC_OK };
	struct ctx ctx = kit->ctx;
	jmp_buf jump;

	arena_init(&arena, kit->arena.max);
	ctx.arena = &arena;
	ctx.err = &err;
	arena_fail_block(n);
	if (arena_guard(&arena, &jump)) {
		assert_ptr_equal(arena.guard, &jump); /* whoever set a guard of its own has put ours back */
		arena_release(&arena);
		return true;
	}
	enum rc rc = work(&ctx, input);
	arena_fail_block(0);
	assert_int_equal(rc, RC_OK);
	arena_release(&arena);
	return false;
}

unsigned kit_memory_faults(struct kit *kit, enum rc (*work)(struct ctx *ctx, struct sv input), struct sv input)
{
	unsigned n = 1;

	while (fails_at_block(kit, work, input, n))
		n++;
	return n - 1;
}

void kit_assert_sv(struct sv view, const char *z, const char *file, int line)
{
	if (sv_equal_z(view, z))
		return;
	print_error("got      «%.*s»\nexpected «%s»\n", SV_FMT(view), z);
	_fail(file, line);
}

void kit_assert_ok(struct kit *kit, enum rc rc, const char *what, const char *file, int line)
{
	if (rc == RC_OK)
		return;
	print_error("%s: %s: %s [%.*s] %.*s:%u\n", what, rc_problem_type(rc), kit->err.msgid ? kit->err.msgid : "",
		SV_FMT(kit->err.detail), SV_FMT(kit->err.file), kit->err.line);
	_fail(file, line);
}
