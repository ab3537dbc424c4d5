/* Arena: a chain of blocks, the newest first. Blocks double up to 1 MiB; a larger piece gets a block of its own
 * size. See arena.h for the contract. */
#include "base/arena.h"

#include <assert.h>
#include <stdarg.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>

#include "base/banned.h"

enum { ALIGN = 16, FIRST_BLOCK = 4096, LARGEST_BLOCK = 1 << 20 };

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

void arena_clear(struct arena *arena)
{
	struct arena_block *oldest = arena->block;

	while (oldest && oldest->older)
		oldest = oldest->older;
	free_until(arena, oldest);
	arena->used = 0;
	if (oldest) {
		arena->at = oldest->data;
		arena->end = oldest->data + oldest->size;
	}
}

struct arena_mark arena_mark(const struct arena *arena)
{
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

void *arena_alloc(struct arena *arena, size_t size)
{
	if (size > SIZE_MAX / 2)
		out_of_memory(arena, size);
	size_t step = size ? (size + ALIGN - 1) & ~(size_t)(ALIGN - 1) : ALIGN;

	if (step > arena->max - arena->used || arena->used > arena->max)
		out_of_memory(arena, size);
	if (step > (size_t)(arena->end - arena->at))
		add_block(arena, step);
	char *piece = arena->at;
	arena->at += step;
	arena->used += step;
	memset(piece, 0, step);
	return piece;
}

void *arena_array(struct arena *arena, size_t count, size_t size)
{
	size_t total;

	if (__builtin_mul_overflow(count, size, &total))
		out_of_memory(arena, SIZE_MAX);
	return arena_alloc(arena, total);
}

void *arena_grow(struct arena *arena, void *old, size_t old_size, size_t new_size)
{
	size_t old_step = (old_size + ALIGN - 1) & ~(size_t)(ALIGN - 1);

	assert(new_size >= old_size);
	if (old && old_size && (char *)old + old_step == arena->at && new_size <= SIZE_MAX / 2) {
		size_t more = ((new_size + ALIGN - 1) & ~(size_t)(ALIGN - 1)) - old_step;
		if (more <= (size_t)(arena->end - arena->at) && more <= arena->max - arena->used) {
			memset(arena->at, 0, more);
			arena->at += more;
			arena->used += more;
			return old;
		}
	}
	void *piece = arena_alloc(arena, new_size);
	if (old_size)
		memcpy(piece, old, old_size);
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
	char *copy = arena_alloc(arena, text.len + 1);

	if (text.len)
		memcpy(copy, text.ptr, text.len);
	return copy;
}

struct sv arena_printf(struct arena *arena, const char *format, ...)
{
	va_list args, again;

	va_start(args, format);
	va_copy(again, args);
	int len = vsnprintf(NULL, 0, format, args);
	va_end(args);
	assert(len >= 0);
	char *text = arena_alloc(arena, (size_t)len + 1);
	vsnprintf(text, (size_t)len + 1, format, again);
	va_end(again);
	return (struct sv){ text, (size_t)len };
}
