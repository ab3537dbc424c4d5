/* What fuzz targets share. A target is a file <name>_fuzz.c beside the code:
 *
 *	static void check(struct ctx *ctx, struct sv input) { ... assert(...) ... }
 *	int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t len) { return fuzz_run(bytes, len, check); }
 *
 * Hook it in where its room's dependency is known: fuzz_targets += {'<name>': [files('<name>_fuzz.c'), dep_<room>]}.
 * Its seeds lie in fuzz/corpus/<name>/. `meson test` replays them; `./dev fuzz N` explores from them for N seconds.
 */
#ifndef TEST_KIT_FUZZ_H
#define TEST_KIT_FUZZ_H

#include "base/ctx.h"

/* Runs `check` with a fresh context of 256 MiB; running out of memory counts as a refusal. Returns 0. */
int fuzz_run(const uint8_t *bytes, size_t len, void (*check)(struct ctx *ctx, struct sv input));

/* The target itself, called by libFuzzer or by fuzz_replay.c. */
int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t len);

#endif
