/* Arena: memory that is handed out piece by piece and given back all at once.
 *
 * Every request, evaluation and command has one; nobody frees a piece. Pieces are zeroed and aligned to 16 bytes.
 * An arena has a maximum (bytes over its whole life since the last clear). Allocation never returns NULL: when the
 * maximum or the machine's memory is reached it jumps to the innermost guard (arena_guard) if there is one, so that
 * a request can be refused with 503 and nothing half-done is seen; without a guard the process aborts with a line
 * on stderr. Code that allocates therefore holds no lock and no unowned descriptor.
 *
 * One arena belongs to one thread at a time.
 */
#ifndef BASE_ARENA_H
#define BASE_ARENA_H

#include <setjmp.h>

#include "base/sv.h"

struct arena_block;

struct arena {
	struct arena_block *block; /* newest */
	char *at, *end;            /* free part of the newest block */
	size_t used, max;          /* bytes handed out; limit */
	jmp_buf *guard;            /* where to go when nothing is left, or NULL */
};

/* A mark to which an arena can be wound back: what was allocated after it is gone. */
struct arena_mark {
	struct arena_block *block;
	char *at, *end;
	size_t used;
};

void arena_init(struct arena *arena, size_t max);
/* Gives all memory back; the arena may be used again (it keeps its max). Accepts a zeroed arena. */
void arena_release(struct arena *arena);
/* Forgets all pieces but keeps a block for reuse: the newest of at most 64 KiB, so that what comes next, being much like what
 * was, finds room in one. */
void arena_clear(struct arena *arena);

struct arena_mark arena_mark(const struct arena *arena);
void arena_rewind(struct arena *arena, struct arena_mark mark);

/* `size` zeroed bytes, never NULL; size 0 gives a valid pointer. */
[[gnu::malloc, gnu::returns_nonnull]] void *arena_alloc(struct arena *arena, size_t size);
/* `count` zeroed elements; the product is checked. */
[[gnu::returns_nonnull]] void *arena_array(struct arena *arena, size_t count, size_t size);
/* Grows the piece `old` of old_size bytes to new_size, in place when it is the newest one: arena_grow zeroes what is new, arena_extend
 * does not, for those who write before they read. */
[[gnu::returns_nonnull]] void *arena_extend(struct arena *arena, void *old, size_t old_size, size_t new_size);
[[gnu::returns_nonnull]] void *arena_grow(struct arena *arena, void *old, size_t old_size, size_t new_size);


#define ARENA_NEW(arena, type) ((type *)arena_alloc((arena), sizeof(type)))
#define ARENA_ARRAY(arena, type, count) ((type *)arena_array((arena), (count), sizeof(type)))

/* A copy in the arena, NUL-terminated behind its length (so .ptr may go to C functions). */
struct sv arena_copy(struct arena *arena, struct sv text);
/* A NUL-terminated copy. */
char *arena_z(struct arena *arena, struct sv text);
/* The formats of buf_printf (base/buf.h). */
[[gnu::format(printf, 2, 3)]] struct sv arena_printf(struct arena *arena, const char *format, ...);

/* if (arena_guard(&arena, &jump)) { ...memory ran out... }  Set it at the edge (request, job, test) only. */
#define arena_guard(arena, jump) ((arena)->guard = (jump), setjmp(*(jump)))
/* Leaves as an allocation does when nothing is left: for memory that a library wanted on the arena's behalf. */
_Noreturn void arena_exhausted(struct arena *arena);

/* Test hook: the n-th block request from now on fails (0 = never). Process-wide, atomic. */
void arena_fail_block(unsigned n);

#endif
