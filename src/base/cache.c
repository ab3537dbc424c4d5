/* A thread's compiled things: a short list, newest in front, the oldest dropped when full; see cache.h. */
#include "base/cache.h"

#include <assert.h>
#include <stdlib.h>

#include "base/banned.h"

struct cache_entry {
	struct cache_entry *next;
	const char *kind;
	struct id id;
	const void *value;
	struct arena arena;
};

struct cache {
	struct cache_entry *first, *pending;
	size_t max_bytes;
	unsigned count, max_entries;
};

struct cache *cache_new(size_t max_bytes_per_entry, unsigned max_entries)
{
	assert(max_entries > 0);
	struct cache *cache = calloc(1, sizeof(*cache));

	if (!cache)
		abort();
	cache->max_bytes = max_bytes_per_entry;
	cache->max_entries = max_entries;
	return cache;
}

static void entry_free(struct cache_entry *entry)
{
	arena_release(&entry->arena);
	free(entry);
}

void cache_clear(struct cache *cache)
{
	while (cache->first) {
		struct cache_entry *next = cache->first->next;
		entry_free(cache->first);
		cache->first = next;
	}
	cache->count = 0;
}

void cache_free(struct cache *cache)
{
	if (!cache)
		return;
	cache_abandon(cache);
	cache_clear(cache);
	free(cache);
}

const void *cache_get(struct cache *cache, const char *kind, struct id id)
{
	assert(kind);
	for (struct cache_entry **at = &cache->first; *at; at = &(*at)->next) {
		struct cache_entry *entry = *at;
		if (!id_equal(entry->id, id) || strcmp(entry->kind, kind) != 0)
			continue;
		*at = entry->next;
		entry->next = cache->first;
		cache->first = entry;
		return entry->value;
	}
	return NULL;
}

struct arena *cache_begin(struct cache *cache)
{
	cache_abandon(cache); /* left over from a request whose arena guard jumped */
	assert(!cache->pending);
	cache->pending = calloc(1, sizeof(*cache->pending));
	if (!cache->pending)
		abort();
	arena_init(&cache->pending->arena, cache->max_bytes);
	return &cache->pending->arena;
}

void cache_abandon(struct cache *cache)
{
	if (!cache->pending)
		return;
	entry_free(cache->pending);
	cache->pending = NULL;
}

static void drop_oldest(struct cache *cache)
{
	struct cache_entry **at = &cache->first;

	assert(*at && cache->count > 0);
	while ((*at)->next)
		at = &(*at)->next;
	entry_free(*at);
	*at = NULL;
	cache->count--;
}

void cache_put(struct cache *cache, const char *kind, struct id id, const void *value)
{
	assert(kind && value);
	assert(cache->pending);
	struct cache_entry *entry = cache->pending;
	cache->pending = NULL;
	if (cache->count == cache->max_entries)
		drop_oldest(cache);
	*entry = (struct cache_entry){ cache->first, kind, id, value, entry->arena };
	entry->arena.guard = NULL;
	cache->first = entry;
	cache->count++;
}
