/* Randomness: the operating system's, or a seeded generator for tests, replays and the sample city. */
#ifndef BASE_RANDOM_H
#define BASE_RANDOM_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct random {
	bool seeded;
	uint64_t s[4];        /* xoshiro256**, when seeded */
	uint64_t last_id_ms;  /* for id_new: ids of one millisecond ascend */
	uint64_t last_id_low;
};

#define RANDOM_SYSTEM ((struct random){ 0 })
/* Same seed, same sequence. Never for secrets. */
struct random random_seeded(uint64_t seed);

void random_bytes(struct random *random, void *to, size_t len);
uint64_t random_u64(struct random *random);
/* Uniform in [0, bound), bound > 0. */
uint64_t random_below(struct random *random, uint64_t bound);

#endif
