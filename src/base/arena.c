/* Arena: a chain of blocks, the newest first. Blocks double up to 1 MiB; a larger piece gets a block of its own
 * size. See arena.h for the contract. */
#include "base/arena.h"

#include <assert.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>

#include "base/banned.h"

enum { ALIGN = 16, FIRST_BLOCK = 4096, LARGEST_BLOCK = 1 << 20, KEPT_BLOCK = 64 << 10 };

struct arena_block {
	struct arena_block *older;
	size_t size; /* of data */
	_Alignas(ALIGN) char data[];
};

static _Atomic unsigned fail_countdown; /* test hook, see arena_fail_block */

void arena_fail_block(unsigned n)
{
	atomic_store(&fail_countdown, n);
}

static bool block_may_fail(void)
{
	unsigned n = atomic_load(&fail_countdown);

	if (n == 0)
		return false;
	atomic_store(&fail_countdown, n - 1);
	return n == 1;
}

static _Noreturn void out_of_memory(struct arena *arena, size_t size)
{
	if (arena->guard)
		longjmp(*arena->guard, 1);
	fprintf(stderr, "arena: %zu bytes do not fit (%zu of %zu used)\n", size, arena->used, arena->max);
	abort();
}

void arena_exhausted(struct arena *arena)
{
	out_of_memory(arena, 1);
}

void arena_init(struct arena *arena, size_t max)
{
	assert(max > 0);
	*arena = (struct arena){ .max = max };
}

static void free_until(struct arena *arena, struct arena_block *keep)
{
	while (arena->block != keep) {
		struct arena_block *older = arena->block->older;
		free(arena->block);
		arena->block = older;
	}
}

void arena_release(struct arena *arena)
{
	free_until(arena, NULL);
	arena->at = arena->end = NULL;
	arena->used = 0;
}

static void free_older(struct arena_block *block)
{
	while (block->older) {
		struct arena_block *older = block->older;
		block->older = older->older;
		free(older);
	}
}

void arena_clear(struct arena *arena)
{
	struct arena_block *kept = arena->block;

	while (kept && kept->older && kept->size > KEPT_BLOCK)
		kept = kept->older;
	free_until(arena, kept);
	arena->used = 0;
	if (kept) {
		free_older(kept);
		arena->at = kept->data;
		arena->end = kept->data + kept->size;
	}
}

struct arena_mark arena_mark(const struct arena *arena)
{
	assert(arena->at <= arena->end);
	return (struct arena_mark){ arena->block, arena->at, arena->end, arena->used };
}

void arena_rewind(struct arena *arena, struct arena_mark mark)
{
	assert(mark.used <= arena->used);
	if (!mark.block) { /* taken before the first block: keep that one for reuse */
		arena_clear(arena);
		return;
	}
	free_until(arena, mark.block);
	arena->at = mark.at;
	arena->end = mark.end;
	arena->used = mark.used;
}

static void add_block(struct arena *arena, size_t need)
{
	size_t size = arena->block ? arena->block->size * 2 : FIRST_BLOCK;

	if (size > LARGEST_BLOCK)
		size = LARGEST_BLOCK;
	if (size < need)
		size = need;
	struct arena_block *block = block_may_fail() ? NULL : malloc(sizeof(*block) + size);
	if (!block)
		out_of_memory(arena, need);
	block->older = arena->block;
	block->size = size;
	arena->block = block;
	arena->at = block->data;
	arena->end = block->data + size;
}

/* What a piece of `size` bytes takes; at least one step. */
static size_t rounded(size_t size)
{
	return size ? (size + ALIGN - 1) & ~(size_t)(ALIGN - 1) : ALIGN;
}

/* A piece as it is: not zeroed. */
static char *take(struct arena *arena, size_t size)
{
	if (size > SIZE_MAX / 2)
		out_of_memory(arena, size);
	size_t step = rounded(size);

	if (step > arena->max - arena->used || arena->used > arena->max)
		out_of_memory(arena, size);
	if (step > (size_t)(arena->end - arena->at))
		add_block(arena, step);
	char *piece = arena->at;
	arena->at += step;
	arena->used += step;
	return piece;
}

void *arena_alloc(struct arena *arena, size_t size)
{
	return memset(take(arena, size), 0, rounded(size));
}

void *arena_array(struct arena *arena, size_t count, size_t size)
{
	size_t total;

	if (__builtin_mul_overflow(count, size, &total))
		out_of_memory(arena, SIZE_MAX);
	return arena_alloc(arena, total);
}

void *arena_extend(struct arena *arena, void *old, size_t old_size, size_t new_size)
{
	size_t old_step = rounded(old_size);

	assert(new_size >= old_size);
	if (old && old_size && (char *)old + old_step == arena->at && new_size <= SIZE_MAX / 2) {
		size_t more = rounded(new_size) - old_step;
		if (more <= (size_t)(arena->end - arena->at) && more <= arena->max - arena->used) {
			arena->at += more;
			arena->used += more;
			return old;
		}
	}
	char *piece = take(arena, new_size);
	if (old_size)
		memcpy(piece, old, old_size);
	return piece;
}

void *arena_grow(struct arena *arena, void *old, size_t old_size, size_t new_size)
{
	char *piece = arena_extend(arena, old, old_size, new_size);

	memset(piece + old_size, 0, rounded(new_size) - old_size);
	return piece;
}

struct sv arena_copy(struct arena *arena, struct sv text)
{
	if (sv_is_absent(text))
		return text;
	return (struct sv){ arena_z(arena, text), text.len };
}

char *arena_z(struct arena *arena, struct sv text)
{
	char *copy = take(arena, text.len + 1);

	assert(text.len == 0 || text.ptr);
	if (text.len)
		memcpy(copy, text.ptr, text.len);
	copy[text.len] = '\0';
	return copy;
}
