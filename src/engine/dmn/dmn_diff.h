/* What changed between two versions of a decision table, rule by rule.
 *
 * Columns and rules are the same when their ids are; what is left over is matched by content (a column by kind and
 * expression, a rule by all its cells). A rule is "moved" when it does not keep its place among those that both versions
 * have; in a FIRST table that may change decisions though no cell did.
 */
#ifndef DMN_DIFF_H
#define DMN_DIFF_H

#include "engine/dmn/dmn.h"

enum dmn_change { DMN_SAME, DMN_CHANGED, DMN_ADDED, DMN_REMOVED };
enum dmn_column_kind { DMN_INPUT_COLUMN, DMN_OUTPUT_COLUMN, DMN_ANNOTATION_COLUMN };

struct dmn_column_diff {
	enum dmn_column_kind kind;
	enum dmn_change change;
	struct dmn_column before, after; /* zeroed where it is not there; an annotation has a label only */
};
struct dmn_cell_diff {
	struct sv before, after;         /* absent where the rule or the column is not there */
	bool changed;                    /* both are there and differ */
};
struct dmn_rule_diff {
	struct sv id;                    /* of the later version, or of the removed rule */
	enum dmn_change change;
	bool moved;
	size_t before, after;            /* numbers from 1; 0 = not there */
	const struct dmn_cell_diff *cells; /* one for each column of the difference */
};
struct dmn_table_diff {
	const char *hit_before, *hit_after; /* NULL when there was, or is, no table */
	bool changed;                    /* anything at all, the hit policy included */
	const struct dmn_column_diff *columns; /* inputs, outputs, annotations; removed ones behind those of their kind */
	const struct dmn_rule_diff *rules; /* in the later order; a removed rule behind the rule that it followed */
	size_t column_count, rule_count;
};

/* Either table may be NULL (not both): everything is added or removed then. The result points into both tables. */
void dmn_diff_tables(struct arena *arena, const struct dmn_table *before, const struct dmn_table *after, struct dmn_table_diff *ret);

#endif
