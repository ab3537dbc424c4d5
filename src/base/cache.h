/* Things compiled once and kept by one thread between requests (service versions, rules, forms), keyed by kind and id.
 * Each thread has its own, so there are no locks; entries never change, they are only dropped. */
#ifndef BASE_CACHE_H
#define BASE_CACHE_H

#include "base/arena.h"
#include "base/id.h"

struct cache;

struct cache *cache_new(size_t max_bytes_per_entry, unsigned max_entries);
void cache_free(struct cache *cache); /* accepts NULL */

/* The entry, or NULL. `kind` is a string literal, compared by content. */
const void *cache_get(struct cache *cache, const char *kind, struct id id);
/* An arena that will hold the new entry; finish with cache_put, or cache_abandon on failure. */
struct arena *cache_begin(struct cache *cache);
void cache_put(struct cache *cache, const char *kind, struct id id, const void *value);
void cache_abandon(struct cache *cache);
/* Drops everything (tests, live mode). */
void cache_clear(struct cache *cache);

#endif
