/* A typed list that grows in an arena.
 *
 *	struct { VEC(struct sv); } names = {0};     // .at, .len, .cap
 *	*VEC_PUSH(arena, &names) = SV("x");
 *	for (size_t i = 0; i < names.len; i++) use(names.at[i]);
 *
 * Elements may move while it grows: keep indices, not pointers, until it is complete.
 */
#ifndef BASE_VEC_H
#define BASE_VEC_H

#include "base/arena.h"

#define VEC(type)                                                                                                      \
	type *at;                                                                                                      \
	size_t len, cap

/* Pointer to a new zeroed element at the end. */
#define VEC_PUSH(arena, vec)                                                                                           \
	(((vec)->len == (vec)->cap                                                                                     \
			 ? (void)((vec)->at = vec_grow((arena), (vec)->at, &(vec)->cap, sizeof(*(vec)->at)))           \
			 : (void)0),                                                                                   \
		&(vec)->at[(vec)->len++])

static inline void *vec_grow(struct arena *arena, void *at, size_t *cap, size_t size)
{
	size_t more = *cap ? *cap * 2 : 8;
	void *grown = arena_grow(arena, at, *cap * size, more * size);

	*cap = more;
	return grown;
}

#endif
