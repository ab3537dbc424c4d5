/* Runs test cases in the format of the DMN Technology Compatibility Kit (testCases.xsd) against this engine. */
#ifndef DMN_SUITE_H
#define DMN_SUITE_H

#include <stdio.h>

#include "base/ctx.h"

struct dmn_tally {
	size_t passed, failed;
	size_t stated;                    /* of the passed: endless results, equal at the digits their expected value states */
	size_t binary;                    /* of the passed: within 1e-8 of an expected value that was computed in binary */
	size_t external, external_passed; /* of these, cases that call external functions */
	size_t optional, optional_passed; /* cases below a folder "non-compliant", which are not scored */
};

/* Runs every *test*.xml below `dir` (up to 4 levels) with the models beside it. Finite decimals are compared exactly; an endless result
 * must be the expected value when rounded to its places (docs/standards/dmn.md). Writes one CSV line a case on `out` (NULL: none):
 * "folder","file","case id","SUCCESS"|"ERROR"|"IGNORED","message". `only`: folders below dir that count, as prefixes ended by NULL;
 * all when NULL. */
[[nodiscard]] enum rc dmn_suite_run(struct ctx *ctx, const char *dir, const char *const *only, FILE *out, struct dmn_tally *ret);

#endif
