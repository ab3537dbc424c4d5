/* An index over the rules of a large table: for each column, the boundaries of its cells cut the line of values into points
 * and gaps; each of these has a bit set of the rules whose cell accepts it. An input is found by binary search and the
 * columns' bit sets are joined by AND. Cells that cannot be told without running count as accepting. */
#include <assert.h>
#include <stdlib.h>

#include "engine/dmn/dmn_int.h"

#include "base/banned.h"

enum { MAX_INDEX_BYTES = 32 << 20 };

/* Segments of a column: 2 * bound_count + 1, gap, point, gap, ... The bit set of segment s begins at s * words. */
struct column_index {
	enum feel_kind kind;
	struct feel_value *bounds; /* ascending */
	size_t bound_count;
	uint64_t *bits;
	uint64_t *others; /* for values of another kind */
};

struct rule_index {
	size_t words, columns;
	struct column_index **column; /* NULL = not indexed */
};

static int compare_bounds(const void *a, const void *b)
{
	return feel_compare(*(const struct feel_value *)a, *(const struct feel_value *)b);
}

/* The boundaries of a column, if all cells that can be told have ones of a single ordered kind. */
static bool gather_bounds(struct arena *arena, const struct table *table, size_t column, struct column_index *c)
{
	struct { VEC(struct feel_value); } bounds = { 0 };

	for (size_t r = 0; r < table->info.rule_count; r++) {
		const struct feel_accepts *accepts = table->inputs[r * table->info.input_count + column].accepts;
		for (size_t i = 0; accepts && i < accepts->count; i++) {
			struct feel_value ends[2] = { accepts->at[i].low, accepts->at[i].high };
			for (size_t e = 0; e < 2; e++) {
				if (feel_compare(ends[e], ends[e]) != 0 || (bounds.len && ends[e].kind != bounds.at[0].kind))
					return false;
				*VEC_PUSH(arena, &bounds) = ends[e];
			}
		}
	}
	if (bounds.len == 0)
		return false;
	qsort(bounds.at, bounds.len, sizeof(bounds.at[0]), compare_bounds);
	size_t n = 1;
	for (size_t i = 1; i < bounds.len; i++) {
		int order = feel_compare(bounds.at[n - 1], bounds.at[i]);
		if (order != 0 && order != -1)
			return false; /* local beside zoned times: no common order */
		if (order)
			bounds.at[n++] = bounds.at[i];
	}
	c->kind = bounds.at[0].kind;
	c->bounds = bounds.at;
	c->bound_count = n;
	return true;
}

/* Whether the interval covers segment s. */
static bool covers(const struct column_index *c, const struct feel_interval *interval, size_t segment)
{
	size_t below = segment / 2; /* bounds below a gap; the index of a point */
	bool point = segment % 2;
	const struct feel_value *low = below > 0 ? &c->bounds[below - 1] : NULL;

	if (point)
		return (!interval->has_low || feel_compare(interval->low, c->bounds[below]) < interval->low_closed)
			&& (!interval->has_high || feel_compare(c->bounds[below], interval->high) < interval->high_closed);
	if (interval->is_value)
		return false;
	return (!interval->has_low || (low && feel_compare(interval->low, *low) <= 0))
		&& (!interval->has_high || (below < c->bound_count && feel_compare(c->bounds[below], interval->high) <= 0));
}

static bool accepts_segment(const struct column_index *c, const struct feel_accepts *accepts, size_t segment)
{
	if (!accepts || accepts->anything)
		return true;
	for (size_t i = 0; i < accepts->count; i++) {
		if (covers(c, &accepts->at[i], segment))
			return !accepts->negated;
	}
	return accepts->negated;
}

static void fill_column(const struct table *table, size_t column, struct column_index *c, size_t words)
{
	for (size_t r = 0; r < table->info.rule_count; r++) {
		const struct feel_accepts *accepts = table->inputs[r * table->info.input_count + column].accepts;
		uint64_t bit = (uint64_t)1 << (r % 64);
		for (size_t s = 0; s < 2 * c->bound_count + 1; s++) {
			if (accepts_segment(c, accepts, s))
				c->bits[s * words + r / 64] |= bit;
		}
		if (!accepts || accepts->anything || accepts->negated)
			c->others[r / 64] |= bit;
	}
}

struct rule_index *dmn_index_build(struct arena *arena, const struct table *table)
{
	struct rule_index *index = ARENA_NEW(arena, struct rule_index);
	size_t bytes = 0;
	bool any = false;

	index->words = (table->info.rule_count + 63) / 64;
	index->columns = table->info.input_count;
	index->column = ARENA_ARRAY(arena, struct column_index *, index->columns);
	for (size_t i = 0; i < index->columns; i++) {
		struct column_index *c = ARENA_NEW(arena, struct column_index);
		if (!gather_bounds(arena, table, i, c))
			continue;
		size_t words = (2 * c->bound_count + 1) * index->words;
		bytes += words * sizeof(uint64_t);
		if (bytes > MAX_INDEX_BYTES)
			break;
		c->bits = ARENA_ARRAY(arena, uint64_t, words);
		c->others = ARENA_ARRAY(arena, uint64_t, index->words);
		fill_column(table, i, c, index->words);
		index->column[i] = c;
		any = true;
	}
	return any ? index : NULL;
}

static const uint64_t *find_segment(const struct rule_index *index, const struct column_index *c, struct feel_value v)
{
	size_t low = 0, high = c->bound_count;

	if (v.kind != c->kind)
		return c->others;
	assert(high > 0); /* a column without bounds has no index */
	while (low < high) {
		size_t middle = (low + high) / 2;
		int order = feel_compare(c->bounds[middle], v);
		if (order == 0)
			return c->bits + (2 * middle + 1) * index->words;
		if (order == 2)
			return c->others;
		if (order < 0)
			low = middle + 1;
		else
			high = middle;
	}
	return c->bits + 2 * low * index->words;
}

void dmn_index_rules(const struct rule_index *index, const struct feel_value *inputs, uint64_t *ret)
{
	bool first = true;

	for (size_t i = 0; i < index->columns; i++) {
		if (!index->column[i])
			continue;
		const uint64_t *bits = find_segment(index, index->column[i], inputs[i]);
		for (size_t w = 0; w < index->words; w++)
			ret[w] = first ? bits[w] : ret[w] & bits[w];
		first = false;
	}
	assert(!first); /* an index has a column, so ret is written */
}

const uint64_t *dmn_index_column(const struct rule_index *index, size_t column, struct feel_value input)
{
	assert(column < index->columns);
	return index->column[column] ? find_segment(index, index->column[column], input) : NULL;
}
