/* Test kit: a ready context with a virtual clock and seeded randomness, so that every test is alone, repeatable and
 * needs no sleep.
 *
 *	static void test_x(void **state) { struct kit *kit = *state; ... kit->ctx ... }
 *	cmocka_unit_test_setup_teardown(test_x, kit_setup, kit_teardown)
 *
 * The clock starts at 2026-03-02T01:00:00Z (Monday, 09:00 in China).
 */
#ifndef TEST_KIT_H
#define TEST_KIT_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#undef fail /* cmocka's macro; ours is base/error.h */
#undef fail_msg
#define fail_msg(message, ...)                                                                                         \
	do {                                                                                                           \
		print_error(message "\n", ##__VA_ARGS__);                                                              \
		_fail(__FILE__, __LINE__);                                                                             \
	} while (0)

#include "base/ctx.h"

#define KIT_START_MS 1772413200000

struct kit {
	struct arena arena;
	struct error err;
	struct clock clock;
	struct random random;
	struct ctx ctx;
};

int kit_setup(void **state);
int kit_teardown(void **state);

/* A whole file in the arena, from the source root if the path is relative; fails the test when it cannot be read. */
struct sv kit_file(struct kit *kit, const char *path);
/* Folder of the outside suites (TONGBAN_SUITES, or ../shared/suites from the source root), or NULL: then skip(). */
const char *kit_suites(void);

/* Runs `work` with each block of memory it asks for failing once, until none fires; returns how many fired. Each time it
 * must leave by the guard, and the last, undisturbed run must return RC_OK. */
unsigned kit_memory_faults(struct kit *kit, enum rc (*work)(struct ctx *ctx, struct sv input), struct sv input);

/* assert that a view equals a C string, showing both. */
#define assert_sv_equal(view, z) kit_assert_sv((view), (z), __FILE__, __LINE__)
void kit_assert_sv(struct sv view, const char *z, const char *file, int line);
/* assert RC_OK, showing the message and detail otherwise. */
#define assert_ok(kit, expression) kit_assert_ok((kit), (expression), #expression, __FILE__, __LINE__)
void kit_assert_ok(struct kit *kit, enum rc rc, const char *what, const char *file, int line);

#endif
