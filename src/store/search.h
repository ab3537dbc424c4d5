/* Search by words, the same on both databases: things (a service, a case) are put in with their terms and found by the
 * terms they all contain, newest first.
 *
 * Terms come from base/utf8.h: utf8_search_terms(arena, text) splits words and Chinese bigrams, so a search for 社保 finds
 * 社保卡. A single Chinese character finds every word that begins with it. Terms are an index of the text: put in no
 * personal data that must be erasable, or take the thing out on erasure. */
#ifndef STORE_SEARCH_H
#define STORE_SEARCH_H

#include "store/store.h"

enum { STORE_MAX_TERMS = 256 << 10 /* bytes of one thing */, STORE_MAX_QUERY_TERMS = 32, STORE_MAX_HITS = 200 };

struct store_hit {
	struct id subject;
	int64_t doc; /* give the last one's as `before` for the next page */
};

struct store_hits {
	struct store_hit *at;
	size_t len;
};

/* Puts in, or replaces the terms of, the thing (kind, subject). */
[[nodiscard]] enum rc store_search_put(struct ctx *ctx, struct sv kind, struct id subject, struct sv terms);
/* Things of the kind that contain all terms (the first STORE_MAX_QUERY_TERMS count; no terms find nothing). before: 0 for
 * the first page. limit: at most STORE_MAX_HITS. */
[[nodiscard]] enum rc store_search_find(struct ctx *ctx, struct sv kind, struct sv terms, int64_t before, int64_t limit,
	struct store_hits *ret);

#endif
