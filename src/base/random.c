/* getrandom(2), taken in portions that a thread hands out piece by piece, or xoshiro256** seeded through splitmix64 (Blackman and
 * Vigna, public domain algorithm); see random.h. */
#include "base/random.h"

#include <assert.h>
#include <pthread.h>
#include <stdlib.h>
#include <string.h>
#include <sys/random.h>

#include "base/banned.h"

enum { PORTION = 256 }; /* what the kernel gives at once without being interrupted */

/* What this thread may still hand out, at the end of `bytes`; what was handed out is wiped. */
static _Thread_local struct {
	unsigned char bytes[PORTION];
	size_t left;
	bool is_watched;
} kept;

static void forget_portion(void)
{
	kept.left = 0;
}

static void from_kernel(char *to, size_t len)
{
	while (len) {
		ssize_t got = getrandom(to, len, 0);
		if (got <= 0)
			abort(); /* the kernel has no randomness: nothing safe can be done */
		to += got;
		len -= (size_t)got;
	}
}

static void from_system(char *to, size_t len)
{
	if (len > PORTION / 4) {
		from_kernel(to, len);
		return;
	}
	if (!kept.is_watched) /* a forked process must not hand out the same again */
		kept.is_watched = pthread_atfork(NULL, NULL, forget_portion) == 0;
	if (kept.left < len || !kept.is_watched) {
		from_kernel((char *)kept.bytes, PORTION);
		kept.left = PORTION;
	}
	unsigned char *from = kept.bytes + PORTION - kept.left;
	memcpy(to, from, len);
	explicit_bzero(from, len);
	kept.left -= len;
}

struct random random_seeded(uint64_t seed)
{
	struct random random = { .seeded = true };

	for (int i = 0; i < 4; i++) {
		uint64_t z = (seed += 0x9E3779B97F4A7C15ull);
		z = (z ^ (z >> 30)) * 0xBF58476D1CE4E5B9ull;
		z = (z ^ (z >> 27)) * 0x94D049BB133111EBull;
		random.s[i] = z ^ (z >> 31);
	}
	return random;
}

static uint64_t rotl(uint64_t x, int k)
{
	return (x << k) | (x >> (64 - k));
}

static uint64_t next_seeded(struct random *random)
{
	uint64_t *s = random->s, result = rotl(s[1] * 5, 7) * 9, t = s[1] << 17;

	s[2] ^= s[0];
	s[3] ^= s[1];
	s[1] ^= s[2];
	s[0] ^= s[3];
	s[2] ^= t;
	s[3] = rotl(s[3], 45);
	return result;
}

void random_bytes(struct random *random, void *to, size_t len)
{
	char *at = to;

	assert(to || len == 0);
	if (!random->seeded) {
		from_system(at, len);
		return;
	}
	while (len) {
		uint64_t word = next_seeded(random);
		size_t n = len < 8 ? len : 8;
		memcpy(at, &word, n);
		at += n;
		len -= n;
	}
}

uint64_t random_u64(struct random *random)
{
	uint64_t word;

	random_bytes(random, &word, sizeof(word));
	return word;
}

uint64_t random_below(struct random *random, uint64_t bound)
{
	uint64_t word, limit;

	assert(bound > 0);
	limit = UINT64_MAX - UINT64_MAX % bound; /* reject the uneven tail */
	do
		word = random_u64(random);
	while (word >= limit);
	return word % bound;
}
