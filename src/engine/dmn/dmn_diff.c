/* Differences of decision tables; see dmn_diff.h. First columns are matched, then rules; what keeps its order is the longest
 * ascending run of earlier places, found by patience (each place goes onto the first pile whose top is not smaller). */
#include "engine/dmn/dmn_diff.h"

#include <assert.h>

#include "base/map.h"
#include "base/vec.h"

#include "base/banned.h"

enum { NOWHERE = 0 }; /* places count from 1 */

struct side {
	const struct dmn_table *table;
	struct dmn_column *columns;
	enum dmn_column_kind *kinds;
	size_t count;
	size_t *twin; /* place of each column in the other table */
};

static const struct dmn_table no_table;

/* --- columns --- */

static void take_columns(struct arena *arena, const struct dmn_table *table, struct side *side)
{
	*side = (struct side){ .table = table, .count = table->input_count + table->output_count + table->annotation_count };
	side->columns = ARENA_ARRAY(arena, struct dmn_column, side->count);
	side->kinds = ARENA_ARRAY(arena, enum dmn_column_kind, side->count);
	side->twin = ARENA_ARRAY(arena, size_t, side->count);
	for (size_t i = 0; i < side->count; i++) {
		size_t output = i - table->input_count;
		if (i < table->input_count) {
			side->columns[i] = table->inputs[i];
		} else if (output < table->output_count) {
			side->columns[i] = table->outputs[output];
			side->kinds[i] = DMN_OUTPUT_COLUMN;
		} else {
			side->columns[i].label = table->annotations[output - table->output_count];
			side->kinds[i] = DMN_ANNOTATION_COLUMN;
		}
	}
}

static bool same_id(const struct dmn_column *a, const struct dmn_column *b)
{
	return !sv_is_empty(a->id) && sv_equal(a->id, b->id);
}

static bool same_meaning(const struct dmn_column *a, const struct dmn_column *b)
{
	return sv_is_empty(a->text) && sv_is_empty(b->text) ? sv_equal(a->label, b->label) : sv_equal(a->text, b->text);
}

static void match_columns(struct side *before, struct side *after, bool (*same)(const struct dmn_column *, const struct dmn_column *))
{
	for (size_t a = 0; a < after->count; a++)
		for (size_t b = 0; b < before->count && after->twin[a] == NOWHERE; b++)
			if (before->twin[b] == NOWHERE && before->kinds[b] == after->kinds[a]
				&& same(&before->columns[b], &after->columns[a])) {
				after->twin[a] = b + 1;
				before->twin[b] = a + 1;
			}
}

static bool equal_columns(const struct dmn_column *a, const struct dmn_column *b)
{
	return sv_equal(a->label, b->label) && sv_equal(a->text, b->text) && sv_equal(a->type_name, b->type_name)
		&& sv_equal(a->allowed, b->allowed);
}

/* Places of the difference's columns in both tables. */
struct pair {
	size_t before, after;
};
typedef struct { VEC(struct pair); } pair_vec;

static void pair_columns(struct arena *arena, const struct side *before, const struct side *after, pair_vec *pairs)
{
	for (unsigned kind = DMN_INPUT_COLUMN; kind <= DMN_ANNOTATION_COLUMN; kind++) {
		for (size_t a = 0; a < after->count; a++)
			if (after->kinds[a] == kind)
				*VEC_PUSH(arena, pairs) = (struct pair){ after->twin[a], a + 1 };
		for (size_t b = 0; b < before->count; b++)
			if (before->kinds[b] == kind && before->twin[b] == NOWHERE)
				*VEC_PUSH(arena, pairs) = (struct pair){ b + 1, NOWHERE };
	}
}

/* --- rules --- */

static struct sv rule_text(struct arena *arena, const struct dmn_rule *rule, bool is_after, const pair_vec *pairs)
{
	struct buf buf;

	buf_init(&buf, arena, DMN_MAX_TEXT);
	for (size_t i = 0; i < pairs->len; i++) {
		size_t place = is_after ? pairs->at[i].after : pairs->at[i].before;
		if (pairs->at[i].before == NOWHERE || pairs->at[i].after == NOWHERE)
			continue;
		buf_sv(&buf, rule->cells[place - 1]);
		buf_byte(&buf, '\0');
	}
	return buf_view(&buf);
}

/* twin[r]: place of the later table's rule r in the earlier one. */
static size_t *match_rules(struct arena *arena, const struct side *before, const struct side *after, const pair_vec *pairs)
{
	const struct dmn_table *old = before->table, *new = after->table;
	size_t *twin = ARENA_ARRAY(arena, size_t, new->rule_count), *places = ARENA_ARRAY(arena, size_t, old->rule_count);
	bool *taken = ARENA_ARRAY(arena, bool, old->rule_count);
	struct map ids = { 0 }, texts = { 0 };

	for (size_t r = 0; r < old->rule_count; r++) {
		places[r] = r + 1;
		if (!sv_is_empty(old->rules[r].id) && !map_has(&ids, old->rules[r].id))
			map_put(arena, &ids, old->rules[r].id, &places[r]);
	}
	for (size_t r = 0; r < new->rule_count; r++) {
		const size_t *place = map_get(&ids, new->rules[r].id);
		if (!place || taken[*place - 1])
			continue;
		twin[r] = *place;
		taken[*place - 1] = true;
	}
	for (size_t r = 0; r < old->rule_count; r++)
		if (!taken[r])
			map_put(arena, &texts, rule_text(arena, &old->rules[r], false, pairs), &places[r]);
	for (size_t r = 0; r < new->rule_count; r++) {
		if (twin[r] != NOWHERE)
			continue;
		const size_t *place = map_get(&texts, rule_text(arena, &new->rules[r], true, pairs));
		if (!place || taken[*place - 1])
			continue;
		twin[r] = *place;
		taken[*place - 1] = true;
	}
	return twin;
}

/* Which rules keep their order: the longest ascending run among the earlier places. */
static bool *kept_order(struct arena *arena, const size_t *twin, size_t count)
{
	size_t *piles = ARENA_ARRAY(arena, size_t, count), *below = ARENA_ARRAY(arena, size_t, count), height = 0;
	bool *kept = ARENA_ARRAY(arena, bool, count);

	for (size_t r = 0; r < count; r++) {
		size_t low = 0, high = height;
		if (twin[r] == NOWHERE)
			continue;
		while (low < high) {
			size_t middle = (low + high) / 2;
			if (twin[piles[middle]] < twin[r])
				low = middle + 1;
			else
				high = middle;
		}
		below[r] = low ? piles[low - 1] + 1 : NOWHERE;
		piles[low] = r;
		if (low == height)
			height++;
	}
	for (size_t r = height ? piles[height - 1] + 1 : NOWHERE; r != NOWHERE; r = below[r - 1])
		kept[r - 1] = true;
	return kept;
}

static const struct dmn_cell_diff *compare_cells(struct arena *arena, const struct dmn_rule *old, const struct dmn_rule *new,
	const pair_vec *pairs, bool *ret_changed)
{
	struct dmn_cell_diff *cells = ARENA_ARRAY(arena, struct dmn_cell_diff, pairs->len);

	*ret_changed = false;
	for (size_t i = 0; i < pairs->len; i++) {
		const struct pair *pair = &pairs->at[i];
		if (old && pair->before != NOWHERE)
			cells[i].before = old->cells[pair->before - 1];
		if (new && pair->after != NOWHERE)
			cells[i].after = new->cells[pair->after - 1];
		cells[i].changed = old && new && pair->before != NOWHERE && pair->after != NOWHERE && !sv_equal(cells[i].before, cells[i].after);
		*ret_changed |= cells[i].changed;
	}
	return cells;
}

typedef struct { VEC(struct dmn_rule_diff); } rule_vec;

/* The removed rules from `next` on up to the next that is still there. */
static void add_removed(struct arena *arena, const struct dmn_table *old, const bool *stays, size_t next, const pair_vec *pairs,
	rule_vec *out)
{
	bool changed;

	for (; next < old->rule_count && !stays[next]; next++)
		*VEC_PUSH(arena, out) = (struct dmn_rule_diff){ old->rules[next].id, DMN_REMOVED, false, next + 1, NOWHERE,
			compare_cells(arena, &old->rules[next], NULL, pairs, &changed) };
}

static void compare_rules(struct arena *arena, const struct side *before, const struct side *after, const pair_vec *pairs, rule_vec *out)
{
	const struct dmn_table *old = before->table, *new = after->table;
	const size_t *twin = match_rules(arena, before, after, pairs);
	const bool *kept = kept_order(arena, twin, new->rule_count);
	bool *stays = ARENA_ARRAY(arena, bool, old->rule_count);

	for (size_t r = 0; r < new->rule_count; r++)
		if (twin[r] != NOWHERE)
			stays[twin[r] - 1] = true;
	add_removed(arena, old, stays, 0, pairs, out); /* those before the first */
	for (size_t r = 0; r < new->rule_count; r++) {
		const struct dmn_rule *was = twin[r] == NOWHERE ? NULL : &old->rules[twin[r] - 1];
		bool changed;
		const struct dmn_cell_diff *cells = compare_cells(arena, was, &new->rules[r], pairs, &changed);
		*VEC_PUSH(arena, out) = (struct dmn_rule_diff){ new->rules[r].id, !was ? DMN_ADDED : changed ? DMN_CHANGED : DMN_SAME,
			was && !kept[r], twin[r], r + 1, cells };
		if (was)
			add_removed(arena, old, stays, twin[r], pairs, out);
	}
}

/* --- the whole --- */

static enum dmn_change column_change(const struct dmn_column_diff *column, bool was, bool is)
{
	if (!was)
		return DMN_ADDED;
	if (!is)
		return DMN_REMOVED;
	return equal_columns(&column->before, &column->after) ? DMN_SAME : DMN_CHANGED;
}

static const struct dmn_column_diff *compare_columns(struct arena *arena, const struct side *before, const struct side *after,
	const pair_vec *pairs, bool *ret_changed)
{
	struct dmn_column_diff *columns = ARENA_ARRAY(arena, struct dmn_column_diff, pairs->len);

	for (size_t i = 0; i < pairs->len; i++) {
		size_t b = pairs->at[i].before, a = pairs->at[i].after;
		assert(b != NOWHERE || a != NOWHERE);
		columns[i].kind = a ? after->kinds[a - 1] : before->kinds[b - 1];
		if (b)
			columns[i].before = before->columns[b - 1];
		if (a)
			columns[i].after = after->columns[a - 1];
		columns[i].change = column_change(&columns[i], b != NOWHERE, a != NOWHERE);
		*ret_changed |= columns[i].change != DMN_SAME;
	}
	return columns;
}

void dmn_diff_tables(struct arena *arena, const struct dmn_table *before, const struct dmn_table *after, struct dmn_table_diff *ret)
{
	struct side old, new;
	pair_vec pairs = { 0 };
	rule_vec rules = { 0 };

	take_columns(arena, before ? before : &no_table, &old);
	take_columns(arena, after ? after : &no_table, &new);
	match_columns(&old, &new, same_id);
	match_columns(&old, &new, same_meaning);
	pair_columns(arena, &old, &new, &pairs);
	*ret = (struct dmn_table_diff){ .hit_before = before ? before->hit_policy : NULL, .hit_after = after ? after->hit_policy : NULL };
	ret->changed = !before || !after || strcmp(before->hit_policy, after->hit_policy) != 0;
	ret->columns = compare_columns(arena, &old, &new, &pairs, &ret->changed);
	ret->column_count = pairs.len;
	compare_rules(arena, &old, &new, &pairs, &rules);
	for (size_t i = 0; i < rules.len; i++)
		ret->changed |= rules.at[i].change != DMN_SAME || rules.at[i].moved;
	ret->rules = rules.at;
	ret->rule_count = rules.len;
}
