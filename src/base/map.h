/* Hash map from text to pointer, in an arena. Keys are views: the map does not copy them. Iteration follows the
 * order of insertion. There is no removal: maps here are built once and read. */
#ifndef BASE_MAP_H
#define BASE_MAP_H

#include "base/arena.h"

struct map_entry {
	struct sv key;
	void *value;
	uint64_t hash;
};

struct map {
	struct map_entry *at; /* len entries in insertion order */
	size_t len, cap;
	uint32_t *slots; /* index + 1 into at; 0 = free; power of two */
	size_t slot_count;
};

/* The value, or NULL when the key is not there. A zeroed map is empty. */
void *map_get(const struct map *map, struct sv key);
bool map_has(const struct map *map, struct sv key);
/* Sets or replaces. Returns true when the key is new. */
bool map_put(struct arena *arena, struct map *map, struct sv key, void *value);

#endif
