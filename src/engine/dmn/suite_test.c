/* The DMN conformance suite: every scored case passes, in no more than a second. */
#include <stdlib.h>

#include "engine/dmn/dmn_suite.h"
#include "test/kit/kit.h"

#include "base/banned.h"

enum { MIN_CASES = 2500, MAX_MS = 5000 /* a busy machine; bench/dmn has the goal of one second */, MAX_ARENA = 64 << 20 };

static void test_suite(void **state)
{
	static const char *const scored[] = { "compliance-level-2", "compliance-level-3", NULL };
	struct kit *kit = *state;
	const char *suites = kit_suites();
	struct dmn_tally tally;

	if (!suites) {
		print_message("skipped: the outside suites are not here\n");
		skip();
	}
	kit->arena.max = MAX_ARENA;
	int64_t from = clock_monotonic_ns();
	struct sv dir = arena_printf(&kit->arena, "%s/dmn-tck", suites);
	FILE *out = tmpfile();
	assert_ok(kit, dmn_suite_run(&kit->ctx, dir.ptr, scored, out, &tally));
	int64_t ms = (clock_monotonic_ns() - from) / 1000000;
	if (tally.failed) {
		char line[2000];
		rewind(out);
		while (fgets(line, sizeof(line), out)) {
			if (strstr(line, "\"ERROR\""))
				print_error("%s", line);
		}
	}
	fclose(out);
	print_message("%zu cases pass, %zu fail; %zu of them call external functions; %d ms\n", tally.passed, tally.failed, tally.external,
		(int)ms);
	assert_int_equal(tally.failed, 0);
	assert_true(tally.passed >= MIN_CASES);
	assert_int_equal(tally.external, tally.external_passed);
	assert_true(ms < MAX_MS);
}

int main(void)
{
	const struct CMUnitTest tests[] = { cmocka_unit_test_setup_teardown(test_suite, kit_setup, kit_teardown) };

	return cmocka_run_group_tests(tests, NULL, NULL);
}
