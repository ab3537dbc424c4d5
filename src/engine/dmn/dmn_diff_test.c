/* Differences of tables: rules by id and by content, moves, columns, hit policy; and, on random edits, that both versions can be
 * read back from the difference. */
#include <stdlib.h>

#include "engine/dmn/dmn_diff.h"
#include "test/kit/kit.h"

#include "base/banned.h"

enum { ROUNDS = 300, MAX_RULES = 12 };

#define COLUMN(id, label, text) { SV_INIT(id), SV_INIT(label), SV_INIT(text), SV_INIT("string"), { NULL, 0 }, 1 }

static const struct dmn_column in_two[] = { COLUMN("i1", "Kind", "kind"), COLUMN("i2", "Area", "area") };
static const struct dmn_column in_new[] = { COLUMN("i2", "Floor area", "area"), COLUMN("i3", "Use", "use") };
static const struct dmn_column out[] = { COLUMN("o1", "Fee", "") };

static void test_whole(void **state)
{
	static const struct sv a[] = { SV_INIT("\"new\""), SV_INIT("< 10"), SV_INIT("1") }, b[] = { SV_INIT("-"), SV_INIT("-"), SV_INIT("2") };
	static const struct sv c[] = { SV_INIT("< 20"), SV_INIT("-"), SV_INIT("1") }, d[] = { SV_INIT("-"), SV_INIT("-"), SV_INIT("3") };
	static const struct dmn_rule old_rules[] = { { SV_INIT("r1"), a, 1 }, { SV_INIT("r2"), b, 2 } };
	static const struct dmn_rule new_rules[] = { { SV_INIT("x"), d, 1 }, { SV_INIT("r1"), c, 2 } };
	static const struct dmn_table old = { "FIRST", in_two, out, NULL, old_rules, 2, 1, 0, 2 };
	static const struct dmn_table new = { "UNIQUE", in_new, out, NULL, new_rules, 2, 1, 0, 2 };
	struct kit *kit = *state;
	struct dmn_table_diff diff;

	dmn_diff_tables(&kit->arena, &old, &new, &diff);
	assert_true(diff.changed);
	assert_string_equal(diff.hit_before, "FIRST");
	assert_string_equal(diff.hit_after, "UNIQUE");
	assert_int_equal(diff.column_count, 4); /* area, use, kind (removed), fee */
	assert_int_equal(diff.columns[0].change, DMN_CHANGED);
	assert_int_equal(diff.columns[1].change, DMN_ADDED);
	assert_int_equal(diff.columns[2].change, DMN_REMOVED);
	assert_int_equal(diff.columns[3].change, DMN_SAME);
	assert_int_equal(diff.rule_count, 3);
	assert_int_equal(diff.rules[0].change, DMN_ADDED);
	assert_int_equal(diff.rules[1].change, DMN_CHANGED);
	assert_sv_equal(diff.rules[1].cells[0].before, "< 10");
	assert_sv_equal(diff.rules[1].cells[0].after, "< 20");
	assert_true(diff.rules[1].cells[0].changed);
	assert_false(diff.rules[1].cells[3].changed);
	assert_int_equal(diff.rules[2].change, DMN_REMOVED);
	assert_int_equal(diff.rules[2].before, 2);
	dmn_diff_tables(&kit->arena, &old, &old, &diff);
	assert_false(diff.changed);
	dmn_diff_tables(&kit->arena, NULL, &new, &diff);
	assert_int_equal(diff.rules[1].change, DMN_ADDED);
	dmn_diff_tables(&kit->arena, &old, NULL, &diff);
	assert_int_equal(diff.rules[1].change, DMN_REMOVED);
}

static struct sv word(struct kit *kit, size_t n)
{
	return arena_printf(&kit->arena, "%zu", n);
}

/* Rules with ids (some without), their cell a number; a shuffled, thinned and edited copy of them. */
static void random_tables(struct kit *kit, struct dmn_table *old, struct dmn_table *new)
{
	struct dmn_rule *before = ARENA_ARRAY(&kit->arena, struct dmn_rule, MAX_RULES), *after = ARENA_ARRAY(&kit->arena, struct dmn_rule, MAX_RULES);
	size_t count = random_below(&kit->random, MAX_RULES), kept = 0;

	for (size_t i = 0; i < count; i++) {
		struct sv *cells = ARENA_ARRAY(&kit->arena, struct sv, 3), *edited = ARENA_ARRAY(&kit->arena, struct sv, 3);
		cells[0] = word(kit, i), cells[1] = word(kit, random_below(&kit->random, 3)), cells[2] = SV("-");
		memcpy(edited, cells, 3 * sizeof(*cells));
		before[i] = (struct dmn_rule){ random_below(&kit->random, 4) ? word(kit, 100 + i) : SV(""), cells, (uint32_t)i };
		if (!random_below(&kit->random, 4))
			continue;
		if (!random_below(&kit->random, 4))
			edited[1] = SV("edited");
		after[kept++] = (struct dmn_rule){ before[i].id, edited, (uint32_t)i };
	}
	for (size_t i = 0; i + 1 < kept && random_below(&kit->random, 2); i++) {
		size_t other = i + random_below(&kit->random, kept - i);
		struct dmn_rule swap = after[i];
		after[i] = after[other];
		after[other] = swap;
	}
	*old = (struct dmn_table){ "FIRST", in_two, out, NULL, before, 2, 1, 0, count };
	*new = (struct dmn_table){ "FIRST", in_two, out, NULL, after, 2, 1, 0, kept };
}

static void test_random(void **state)
{
	struct kit *kit = *state;

	for (unsigned round = 0; round < ROUNDS; round++) {
		struct arena_mark mark = arena_mark(&kit->arena);
		struct dmn_table old, new;
		struct dmn_table_diff diff;
		size_t next = 1, last_kept = 0, gone = 0;
		random_tables(kit, &old, &new);
		dmn_diff_tables(&kit->arena, &old, &new, &diff);
		bool seen[MAX_RULES + 1] = { false };
		for (size_t i = 0; i < diff.rule_count; i++) {
			const struct dmn_rule_diff *rule = &diff.rules[i];
			if (rule->after)
				assert_int_equal(rule->after, next++); /* the later order */
			else
				gone++;
			if (rule->before) {
				assert_false(seen[rule->before]); /* each earlier rule once */
				seen[rule->before] = true;
			}
			if (rule->before && rule->after && !rule->moved) {
				assert_true(rule->before > last_kept);
				last_kept = rule->before;
			}
			for (size_t c = 0; c < diff.column_count; c++) {
				if (rule->before)
					assert_true(sv_equal(rule->cells[c].before, old.rules[rule->before - 1].cells[c]));
				if (rule->after)
					assert_true(sv_equal(rule->cells[c].after, new.rules[rule->after - 1].cells[c]));
			}
		}
		assert_int_equal(next, new.rule_count + 1);
		for (size_t r = 1; r <= old.rule_count; r++)
			assert_true(seen[r]);
		assert_true(gone <= old.rule_count);
		arena_rewind(&kit->arena, mark);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(test_whole, kit_setup, kit_teardown),
		cmocka_unit_test_setup_teardown(test_random, kit_setup, kit_teardown),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
