/* Hash map: open addressing over an array kept in insertion order; see map.h. */
#include "base/map.h"

#include <assert.h>

#include "base/banned.h"

static struct map_entry *find(const struct map *map, struct sv key, uint64_t hash)
{
	if (map->slot_count == 0)
		return NULL;
	for (size_t i = hash & (map->slot_count - 1);; i = (i + 1) & (map->slot_count - 1)) {
		uint32_t slot = map->slots[i];
		if (slot == 0)
			return NULL;
		struct map_entry *entry = &map->at[slot - 1];
		if (entry->hash == hash && sv_equal(entry->key, key))
			return entry;
	}
}

void *map_get(const struct map *map, struct sv key)
{
	struct map_entry *entry = find(map, key, sv_hash(key));

	return entry ? entry->value : NULL;
}

bool map_has(const struct map *map, struct sv key)
{
	return find(map, key, sv_hash(key)) != NULL;
}

static void place(struct map *map, size_t index)
{
	assert(index < map->len && (map->slot_count & (map->slot_count - 1)) == 0);
	size_t i = map->at[index].hash & (map->slot_count - 1);

	while (map->slots[i])
		i = (i + 1) & (map->slot_count - 1);
	map->slots[i] = (uint32_t)index + 1;
}

bool map_put(struct arena *arena, struct map *map, struct sv key, void *value)
{
	uint64_t hash = sv_hash(key);
	struct map_entry *entry = find(map, key, hash);

	if (entry) {
		entry->value = value;
		return false;
	}
	assert(map->len < UINT32_MAX - 1 && map->len <= map->cap);
	if (map->len == map->cap) {
		size_t cap = map->cap ? map->cap * 2 : 8;
		map->at = arena_grow(arena, map->at, map->cap * sizeof(*map->at), cap * sizeof(*map->at));
		map->cap = cap;
	}
	map->at[map->len++] = (struct map_entry){ key, value, hash };
	if (map->len * 2 > map->slot_count) {
		map->slot_count = map->slot_count ? map->slot_count * 2 : 16;
		map->slots = ARENA_ARRAY(arena, uint32_t, map->slot_count);
		for (size_t i = 0; i < map->len; i++)
			place(map, i);
	} else {
		place(map, map->len - 1);
	}
	return true;
}
