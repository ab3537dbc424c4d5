/* Search: the same hits on both databases, Chinese words of two characters, paging, replacement. */
#include "store/search.h"

#include "base/utf8.h"
#include "test/kit/kit_db.h"

#include "base/banned.h"

static int setup(void **state)
{
	return kit_db_open(state, NULL, 0);
}

static struct id numbered(int n)
{
	return (struct id){ .bytes = { 1, (uint8_t)(n >> 8), (uint8_t)n } };
}

static void put(struct kit *kit, int n, const char *text)
{
	assert_ok(kit, store_search_put(&kit->ctx, SV("service"), numbered(n), utf8_search_terms(&kit->arena, sv_of(text))));
}

static void assert_found(struct kit *kit, const char *query, int count, int first)
{
	struct store_hits hits;

	assert_ok(kit, store_search_find(&kit->ctx, SV("service"), utf8_search_terms(&kit->arena, sv_of(query)), 0, 50, &hits));
	if ((int)hits.len != count)
		fail_msg("«%s»: %zu hits, expected %d", query, hits.len, count);
	if (count)
		assert_true(id_equal(hits.at[0].subject, numbered(first)));
}

static void test_words(void **state)
{
	struct kit *kit = *state;

	put(kit, 1, "居住证申领 Residence permit");
	put(kit, 2, "食品经营许可 Food business licence");
	put(kit, 3, "建设工程规划许可证 Construction planning permit");
	put(kit, 4, "社保卡申领 it's O'Neill's 1990.5 naïve \"quoted\" back\\slash");
	assert_found(kit, "社保", 1, 4);
	assert_found(kit, "许可", 2, 3);
	assert_found(kit, "申领", 2, 4);
	assert_found(kit, "许", 2, 3);
	assert_found(kit, "PERMIT", 2, 3);
	assert_found(kit, "permit 规划", 1, 3);
	assert_found(kit, "permit 社保", 0, 0);
	assert_found(kit, "perm", 0, 0);
	assert_found(kit, "naïve", 1, 4);
	assert_found(kit, "", 0, 0);
	assert_found(kit, "' OR 1=1 --", 0, 0);
	assert_found(kit, "\" * ( ) & | ! : \\", 0, 0);
}

static void test_replace(void **state)
{
	struct kit *kit = *state;

	put(kit, 1, "甲乙丙");
	put(kit, 2, "甲乙丁");
	put(kit, 1, "戊己");
	assert_found(kit, "甲乙", 1, 2);
	assert_found(kit, "戊己", 1, 1);
	put(kit, 3, "");
	assert_ok(kit, store_search_put(&kit->ctx, SV("casefile"), numbered(2), SV("甲乙")));
	assert_found(kit, "甲乙", 1, 2);
}

static void test_pages(void **state)
{
	struct kit *kit = *state;
	struct store_hits hits;
	int64_t before = 0;
	int expected = 119;

	for (int i = 0; i < 120; i++)
		put(kit, i, "分页");
	do {
		assert_ok(kit, store_search_find(&kit->ctx, SV("service"), SV("分页"), before, 50, &hits));
		for (size_t i = 0; i < hits.len; i++) {
			assert_true(id_equal(hits.at[i].subject, numbered(expected--)));
			before = hits.at[i].doc;
		}
	} while (hits.len == 50);
	assert_int_equal(expected, -1);
}

static void test_very_long_text(void **state)
{
	struct kit *kit = *state;
	size_t len = STORE_MAX_TERMS * 2;
	char *text = arena_alloc(&kit->arena, len);

	memset(text, ' ', len);
	for (size_t i = 0; i + 8 < len; i += 8)
		memcpy(text + i, "word", 4);
	assert_ok(kit, store_search_put(&kit->ctx, SV("service"), numbered(1), (struct sv){ text, len - 4 }));
	assert_found(kit, "word", 1, 1);
}

int main(void)
{
#define T(test) cmocka_unit_test_setup_teardown(test, setup, kit_db_teardown)
	const struct CMUnitTest tests[] = {
		T(test_words), T(test_replace), T(test_pages), T(test_very_long_text),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
