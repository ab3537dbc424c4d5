/* Tests of base/arena, vec, map and cache: where memory comes from and the containers that live in it. */
#include "test/kit/kit.h"

#include "base/cache.h"
#include "base/map.h"
#include "base/vec.h"

#include "base/banned.h"

static bool is_zeroed(const char *at, size_t len)
{
	for (size_t i = 0; i < len; i++)
		if (at[i])
			return false;
	return true;
}

static void test_pieces(void **state)
{
	struct kit *kit = *state;
	struct arena *arena = &kit->arena;

	for (size_t size = 0; size < 5000; size += 37) {
		char *piece = arena_alloc(arena, size);
		assert_int_equal((uintptr_t)piece % 16, 0);
		assert_true(is_zeroed(piece, size));
		memset(piece, 0xAA, size);
	}
	char *large = arena_alloc(arena, 3 << 20);
	assert_true(is_zeroed(large, 3 << 20));
	memset(large, 0xAA, 3 << 20);
	arena_clear(arena);
	assert_int_equal(arena->used, 0);
	assert_true(is_zeroed(arena_alloc(arena, 4000), 4000)); /* reused memory is zeroed again */
}

static void test_growing(void **state)
{
	struct kit *kit = *state;
	struct arena *arena = &kit->arena;
	char *at = arena_alloc(arena, 10);

	memcpy(at, "0123456789", 10);
	assert_ptr_equal(arena_grow(arena, at, 10, 1000), at); /* the newest piece grows where it is */
	assert_true(is_zeroed(at + 10, 990));
	arena_alloc(arena, 1);
	char *moved = arena_grow(arena, at, 1000, 2000);
	assert_ptr_not_equal(moved, at);
	assert_memory_equal(moved, "0123456789", 10);
	assert_true(is_zeroed(moved + 10, 1990));
	assert_non_null(arena_grow(arena, NULL, 0, 10));
}

static void test_marks(void **state)
{
	struct arena arena;

	(void)state;
	arena_init(&arena, 1 << 24);
	struct arena_mark none = arena_mark(&arena);
	char *kept = arena_alloc(&arena, 100);
	memset(kept, 7, 100);
	struct arena_mark mark = arena_mark(&arena);
	for (int i = 0; i < 100; i++)
		arena_alloc(&arena, 40000);
	arena_rewind(&arena, mark);
	assert_int_equal(arena.used, mark.used);
	assert_int_equal(kept[99], 7);
	assert_true((char *)arena_alloc(&arena, 16) > kept);
	arena_rewind(&arena, none);
	assert_int_equal(arena.used, 0);
	arena_release(&arena);
	arena_release(&arena);
	assert_non_null(arena_alloc(&arena, 1)); /* usable again */
	arena_release(&arena);
}

static bool exhausts(struct arena *arena, size_t count, size_t size)
{
	jmp_buf jump;

	if (arena_guard(arena, &jump)) {
		arena->guard = NULL;
		return true;
	}
	arena_array(arena, count, size);
	arena->guard = NULL;
	return false;
}

static void test_maximum(void **state)
{
	struct arena arena;

	(void)state;
	arena_init(&arena, 1000);
	assert_false(exhausts(&arena, 1, 900));
	assert_true(exhausts(&arena, 1, 200));
	assert_false(exhausts(&arena, 1, 80));
	assert_true(exhausts(&arena, SIZE_MAX / 2, 3)); /* the product overflows */
	assert_true(exhausts(&arena, 1, SIZE_MAX - 3));
	arena_release(&arena);
	arena_init(&arena, 1 << 20);
	arena_fail_block(2);
	assert_false(exhausts(&arena, 1, 10));
	assert_true(exhausts(&arena, 1, 10000));
	assert_false(exhausts(&arena, 1, 10000)); /* one failure only */
	arena_release(&arena);
}

static void test_copies(void **state)
{
	struct kit *kit = *state;
	struct sv copy = arena_copy(&kit->arena, SV("二十"));

	assert_sv_equal(copy, "二十");
	assert_int_equal(copy.ptr[copy.len], 0);
	assert_true(sv_is_absent(arena_copy(&kit->arena, (struct sv){ NULL, 0 })));
	assert_false(sv_is_absent(arena_copy(&kit->arena, SV(""))));
	assert_string_equal(arena_z(&kit->arena, sv_slice(SV("abc"), 1, 1)), "b");
	assert_sv_equal(arena_printf(&kit->arena, "%d-%s", 7, "x"), "7-x");
}

static void test_vec(void **state)
{
	struct kit *kit = *state;
	struct { VEC(int64_t); } numbers = { 0 };

	for (int64_t i = 0; i < 1000; i++) {
		int64_t *slot = VEC_PUSH(&kit->arena, &numbers);
		assert_int_equal(*slot, 0);
		*slot = i * i;
		if (i % 100 == 0)
			arena_alloc(&kit->arena, 1);
	}
	assert_int_equal(numbers.len, 1000);
	for (int64_t i = 0; i < 1000; i++)
		assert_int_equal(numbers.at[i], i * i);
}

/* Against a plain array that is searched from the front. */
static void test_map(void **state)
{
	struct kit *kit = *state;
	struct map map = { 0 };
	struct sv keys[500];
	void *values[500] = { NULL };
	size_t count = 0;

	assert_null(map_get(&map, SV("x")));
	for (int step = 0; step < 3000; step++) {
		struct sv key = arena_printf(&kit->arena, "%.*s%d", (int)random_below(&kit->random, 12), "a longer key",
			(int)random_below(&kit->random, 40));
		void *value = (void *)(uintptr_t)(step + 1);
		size_t at = 0;
		while (at < count && !sv_equal(keys[at], key))
			at++;
		assert_ptr_equal(map_get(&map, key), at < count ? values[at] : NULL);
		assert_int_equal(map_has(&map, key), at < count);
		assert_int_equal(map_put(&kit->arena, &map, key, value), at == count);
		keys[at] = key;
		values[at] = value;
		count += at == count;
	}
	assert_int_equal(map.len, count);
	for (size_t i = 0; i < count; i++) /* order of insertion */
		assert_true(sv_equal(map.at[i].key, keys[i]) && map.at[i].value == values[i]);
}

static struct id numbered(uint8_t n)
{
	return (struct id){ .bytes = { [15] = n } };
}

static void put(struct cache *cache, uint8_t n, const char *text)
{
	struct arena *arena = cache_begin(cache);

	cache_put(cache, "text", numbered(n), arena_copy(arena, sv_of(text)).ptr);
}

static void test_cache(void **state)
{
	struct cache *cache = cache_new(1 << 20, 3);

	(void)state;
	assert_null(cache_get(cache, "text", numbered(1)));
	put(cache, 1, "one");
	put(cache, 2, "two");
	put(cache, 3, "three");
	assert_string_equal(cache_get(cache, "text", numbered(1)), "one"); /* and is now the newest */
	assert_null(cache_get(cache, "form", numbered(1)));
	put(cache, 4, "four");
	assert_null(cache_get(cache, "text", numbered(2)));
	assert_string_equal(cache_get(cache, "text", numbered(3)), "three");
	arena_alloc(cache_begin(cache), 100);
	cache_abandon(cache);
	arena_alloc(cache_begin(cache), 100); /* left behind, as by a jump */
	put(cache, 5, "five");
	assert_string_equal(cache_get(cache, "text", numbered(5)), "five");
	cache_clear(cache);
	assert_null(cache_get(cache, "text", numbered(5)));
	arena_alloc(cache_begin(cache), 100);
	cache_free(cache);
	cache_free(NULL);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, kit_setup, kit_teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(test_pieces), TEST(test_growing), TEST(test_marks), TEST(test_maximum), TEST(test_copies),
		TEST(test_vec), TEST(test_map), TEST(test_cache),
	};

	return cmocka_run_group_tests_name("memory", tests, NULL, NULL);
}
