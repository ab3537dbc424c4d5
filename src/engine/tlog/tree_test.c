/* Trees, proofs and tiles: against the plain recursive definition of RFC 6962, and the outside vectors. */
#include <dirent.h>
#include <stdio.h>

#include "base/json.h"
#include "engine/tlog/tile.h"
#include "engine/tlog/tlog.h"
#include "test/kit/kit.h"

#include "base/banned.h"

enum { LEAVES = 70 };

/* The definition, word for word: MTH of RFC 6962 section 2.1. */
static struct hash defined_root(const struct hash *leaves, size_t n)
{
	size_t k = 1;

	if (n == 0)
		return tlog_empty_root();
	if (n == 1)
		return leaves[0];
	while (k * 2 < n)
		k *= 2;
	return tlog_node_hash(defined_root(leaves, k), defined_root(leaves + k, n - k));
}

struct memory {
	const struct hash *leaves;
	size_t len;
	size_t reads;
};

static enum rc read_memory(struct ctx *ctx, const struct tlog_reader *reader, const struct tlog_at *at, size_t count,
	struct hash *ret)
{
	struct memory *memory = reader->owner;

	for (size_t i = 0; i < count; i++) {
		size_t width = (size_t)1 << at[i].level;
		if ((at[i].index + 1) * width > memory->len)
			return fail_internal(ctx, "outside");
		ret[i] = defined_root(memory->leaves + at[i].index * width, width);
		memory->reads++;
	}
	return RC_OK;
}

static void make_leaves(struct hash leaves[LEAVES])
{
	for (int i = 0; i < LEAVES; i++) {
		char entry = (char)i;
		leaves[i] = tlog_leaf_hash((struct sv){ &entry, 1 });
	}
}

static void test_roots(void **state)
{
	struct kit *kit = *state;
	struct hash leaves[LEAVES], done[TLOG_MAX_LEVELS];
	struct tlog_frontier frontier = { 0 }, again;
	struct memory memory = { .leaves = leaves, .len = LEAVES };
	struct tlog_reader reader = { .read = read_memory, .owner = &memory };

	make_leaves(leaves);
	assert_true(hash_equal(tlog_frontier_root(&frontier), tlog_empty_root()));
	for (size_t n = 1; n <= LEAVES; n++) {
		unsigned count = tlog_frontier_add(&frontier, leaves[n - 1], done);
		assert_int_equal(count, (unsigned)__builtin_ctzll(n) + 1);
		for (unsigned level = 0; level < count; level++) {
			size_t width = (size_t)1 << level;
			assert_true(hash_equal(done[level], defined_root(leaves + ((n - 1) >> level) * width, width)));
		}
		assert_true(hash_equal(tlog_frontier_root(&frontier), defined_root(leaves, n)));
		assert_ok(kit, tlog_frontier_read(&kit->ctx, &reader, n, &again));
		assert_true(hash_equal(tlog_frontier_root(&again), defined_root(leaves, n)));
	}
}

static void test_inclusion(void **state)
{
	struct kit *kit = *state;
	struct hash leaves[LEAVES];
	struct memory memory = { .leaves = leaves, .len = LEAVES };
	struct tlog_reader reader = { .read = read_memory, .owner = &memory };
	struct tlog_proof proof;

	make_leaves(leaves);
	for (uint64_t size = 1; size <= LEAVES; size++) {
		struct hash root = defined_root(leaves, size);
		for (uint64_t index = 0; index < size; index++) {
			memory.reads = 0;
			assert_ok(kit, tlog_prove_inclusion(&kit->ctx, &reader, index, size, &proof));
			assert_true(memory.reads <= 12);
			assert_true(tlog_check_inclusion(leaves[index], index, size, proof.at, proof.len, root));
			assert_false(tlog_check_inclusion(leaves[index], index + 1, size, proof.at, proof.len, root));
			assert_false(tlog_check_inclusion(leaves[(index + 1) % LEAVES], index, size, proof.at, proof.len, root));
			if (proof.len)
				assert_false(tlog_check_inclusion(leaves[index], index, size, proof.at, proof.len - 1, root));
		}
	}
	assert_int_equal(tlog_prove_inclusion(&kit->ctx, &reader, 5, 5, &proof), RC_INVALID);
}

static void test_consistency(void **state)
{
	struct kit *kit = *state;
	struct hash leaves[LEAVES];
	struct memory memory = { .leaves = leaves, .len = LEAVES };
	struct tlog_reader reader = { .read = read_memory, .owner = &memory };
	struct tlog_proof proof;

	make_leaves(leaves);
	for (uint64_t size = 0; size <= LEAVES; size++) {
		struct hash root = defined_root(leaves, size);
		for (uint64_t old = 0; old <= size; old++) {
			struct hash old_root = defined_root(leaves, old), other = old_root;
			other.bytes[0] ^= 1;
			assert_ok(kit, tlog_prove_consistency(&kit->ctx, &reader, old, size, &proof));
			assert_true(tlog_check_consistency(old, old_root, size, root, proof.at, proof.len));
			assert_false(tlog_check_consistency(old, other, size, root, proof.at, proof.len));
			if (proof.len)
				assert_false(tlog_check_consistency(old, old_root, size, root, proof.at, proof.len - 1));
		}
	}
	assert_int_equal(tlog_prove_consistency(&kit->ctx, &reader, 6, 5, &proof), RC_INVALID);
}

/* --- tiles --- */

static void test_tile_names(void **state)
{
	struct kit *kit = *state;
	static const char *const good[] = { "tile/0/000", "tile/1/x001/x234/067", "tile/entries/000.p/12", "tile/7/999.p/255",
		"tile/0/x999/999" };
	static const char *const bad[] = { "tile/0/0", "tile/00/000", "tile/8/000", "tile/0/x000/001", "tile/0/000.p/0",
		"tile/0/000.p/256", "tile/0/000.p/01", "tile/0/001/002", "tile/0/x001", "tile/0/", "tile/0", "tile", "",
		"tile/0/000/", "tile/-1/000", "tile/0/x001/x002/x003/x004/x005/x006/007", "/tile/0/000", "tile/0/00a" };
	struct tile tile;

	for (size_t i = 0; i < sizeof(good) / sizeof(good[0]); i++) {
		assert_true(tile_parse(sv_of(good[i]), &tile));
		assert_sv_equal(tile_path(&kit->arena, tile), good[i]);
	}
	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++)
		if (tile_parse(sv_of(bad[i]), &tile))
			fail_msg("accepted %s", bad[i]);
	assert_true(tile_parse(SV("tile/1/x001/x234/067"), &tile));
	assert_int_equal(tile.index, 1234067);
}

/* The example of the specification: a log of 70,000. */
static void test_tile_widths(void **state)
{
	(void)state; /* pure */
	assert_int_equal(tile_width(70000, 0, 272), 256);
	assert_int_equal(tile_width(70000, 0, 273), 112);
	assert_int_equal(tile_width(70000, 0, 274), 0);
	assert_int_equal(tile_width(70000, 1, 0), 256);
	assert_int_equal(tile_width(70000, 1, 1), 17);
	assert_int_equal(tile_width(70000, 2, 0), 1);
	assert_int_equal(tile_width(70000, 3, 0), 0);
	assert_int_equal(tile_width(256, 0, 0), 256);
	assert_int_equal(tile_width(256, 0, 1), 0);
	assert_int_equal(tile_width(256, 1, 0), 1);
	assert_int_equal(tile_width(0, 0, 0), 0);
}

enum { BIG = 66000 };

/* All tiles of a log in memory: level, index -> bytes. */
struct tile_memory {
	char *levels[3];
	unsigned reads;
};

static enum rc read_tile_memory(struct ctx *ctx, void *owner, struct tile tile, struct sv *ret)
{
	struct tile_memory *memory = owner;

	(void)ctx; /* nothing can fail here */
	memory->reads++;
	*ret = (struct sv){ memory->levels[tile.level] + tile.index * TILE_WIDTH * 32, tile.width * 32ul };
	return RC_OK;
}

static void test_tile_proofs(void **state)
{
	struct kit *kit = *state;
	struct tile_memory memory = { 0 };
	struct tlog_frontier frontier = { 0 };
	struct hash done[TLOG_MAX_LEVELS], *leaves = arena_array(&kit->arena, BIG, sizeof(struct hash));
	struct tlog_proof proof;

	for (unsigned i = 0; i < 3; i++)
		memory.levels[i] = arena_alloc(&kit->arena, ((size_t)BIG >> (8 * i)) * 32 + 32);
	for (uint64_t i = 0; i < BIG; i++) {
		leaves[i] = tlog_leaf_hash((struct sv){ (const char *)&i, sizeof(i) });
		unsigned count = tlog_frontier_add(&frontier, leaves[i], done);
		for (unsigned level = 0; level < count && level <= 16; level += TILE_HEIGHT)
			memcpy(memory.levels[level / 8] + (i >> level) * 32, done[level].bytes, 32);
	}
	struct hash root = tlog_frontier_root(&frontier);
	assert_true(hash_equal(root, defined_root(leaves, BIG)));
	for (int i = 0; i < 40; i++) {
		uint64_t index = random_below(&kit->random, BIG), old = random_below(&kit->random, BIG) + 1;
		struct tile_reader tiles = { .read = read_tile_memory, .owner = &memory, .size = BIG };
		tile_reader_init(&tiles);
		memory.reads = 0;
		assert_ok(kit, tlog_prove_inclusion(&kit->ctx, &tiles.reader, index, BIG, &proof));
		assert_true(memory.reads <= 5);
		assert_true(tlog_check_inclusion(leaves[index], index, BIG, proof.at, proof.len, root));
		assert_ok(kit, tlog_prove_consistency(&kit->ctx, &tiles.reader, old, BIG, &proof));
		assert_true(tlog_check_consistency(old, defined_root(leaves, old), BIG, root, proof.at, proof.len));
	}
}

static void test_bundles(void **state)
{
	struct kit *kit = *state;
	struct buf buf;
	struct sv bundle, entry;

	buf_init(&buf, &kit->arena, 1024);
	tile_add_entry(&buf, SV("a"));
	tile_add_entry(&buf, SV(""));
	tile_add_entry(&buf, SV("ccc"));
	bundle = buf_view(&buf);
	assert_true(tile_next_entry(&bundle, &entry));
	assert_sv_equal(entry, "a");
	assert_true(tile_next_entry(&bundle, &entry));
	assert_sv_equal(entry, "");
	assert_true(tile_next_entry(&bundle, &entry));
	assert_sv_equal(entry, "ccc");
	assert_false(tile_next_entry(&bundle, &entry));
	assert_int_equal(bundle.len, 0);
	bundle = (struct sv){ "\0\5abc", 5 };
	assert_false(tile_next_entry(&bundle, &entry));
	assert_int_equal(bundle.len, 5);
}

/* --- the vectors of transparency-dev/merkle --- */

struct vectors {
	struct kit *kit;
	bool (*check)(struct kit *kit, const struct json *vector);
	unsigned good, bad, no_hash;
};

/* Some vectors call short texts a hash, and expect that nobody looks inside; ours are 32 bytes by type. */
static bool has_short_root(struct kit *kit, const struct json *vector)
{
	static const char *const names[] = { "root", "root1", "root2", "leafHash" };
	struct sv bytes;

	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
		const struct json *text = json_get(vector, sv_of(names[i]));
		if (text && (!base64_decode(&kit->arena, json_string(text), &bytes) || bytes.len != 32))
			return true;
	}
	return false;
}

/* False when it is not 32 bytes. */
static bool vector_hash(struct kit *kit, const struct json *text, struct hash *ret)
{
	struct sv bytes;

	if (!base64_decode(&kit->arena, json_string(text), &bytes) || bytes.len != 32)
		return false;
	memcpy(ret->bytes, bytes.ptr, 32);
	return true;
}

static bool vector_proof(struct kit *kit, const struct json *vector, struct hash **ret, size_t *ret_count)
{
	const struct json *list = json_get(vector, SV("proof"));
	size_t count = json_is(list, JSON_ARRAY) ? json_count(list) : 0;

	*ret = arena_array(&kit->arena, count, sizeof(struct hash));
	*ret_count = count;
	for (size_t i = 0; i < count; i++)
		if (!vector_hash(kit, json_at(list, i), &(*ret)[i]))
			return false;
	return true;
}

/* Numbers beyond 2^63 become UINT64_MAX, which no tree has. */
static uint64_t vector_number(const struct json *vector, const char *key)
{
	int64_t number;

	return json_i64(json_get(vector, sv_of(key)), &number) && number >= 0 ? (uint64_t)number : UINT64_MAX;
}

static bool check_inclusion(struct kit *kit, const struct json *v)
{
	struct hash root, leaf, *proof;
	size_t count;

	if (!vector_hash(kit, json_get(v, SV("root")), &root) || !vector_hash(kit, json_get(v, SV("leafHash")), &leaf)
		|| !vector_proof(kit, v, &proof, &count))
		return false;
	if (json_get(v, SV("treeSize")))
		return tlog_check_inclusion(leaf, vector_number(v, "leafIdx"), vector_number(v, "treeSize"), proof, count, root);
	return tlog_check_subtree_inclusion(leaf, vector_number(v, "leafIdx"), vector_number(v, "start"),
		vector_number(v, "end"), proof, count, root);
}

static bool check_consistency(struct kit *kit, const struct json *v)
{
	struct hash root1, root2, *proof;
	size_t count;

	if (!vector_hash(kit, json_get(v, SV("root1")), &root1) || !vector_hash(kit, json_get(v, SV("root2")), &root2)
		|| !vector_proof(kit, v, &proof, &count))
		return false;
	if (json_get(v, SV("size1")))
		return tlog_check_consistency(vector_number(v, "size1"), root1, vector_number(v, "size2"), root2, proof, count);
	return tlog_check_subtree_consistency(vector_number(v, "start"), vector_number(v, "end"), root1,
		vector_number(v, "size"), root2, proof, count);
}

static void run_vector(struct vectors *vectors, const char *path)
{
	struct kit *kit = vectors->kit;
	const struct json *vector;

	assert_ok(kit, json_parse(&kit->ctx, sv_of(path), kit_file(kit, path), &json_limits_file, &vector));
	bool expected = !json_bool(json_get(vector, SV("wantErr")), false);
	if (expected && has_short_root(kit, vector)) {
		vectors->no_hash++;
		return;
	}
	if (vectors->check(kit, vector) != expected)
		fail_msg("%s: expected %s", path, expected ? "good" : "bad");
	if (expected)
		vectors->good++;
	else
		vectors->bad++;
}

static void run_folder(struct vectors *vectors, const char *path)
{
	DIR *dir = opendir(path);
	struct dirent *entry;

	if (!dir)
		fail_msg("cannot read %s", path);
	while ((entry = readdir(dir))) {
		if (entry->d_name[0] == '.')
			continue;
		char *child = arena_z(&vectors->kit->arena,
			arena_printf(&vectors->kit->arena, "%s/%s", path, entry->d_name));
		if (entry->d_type == DT_DIR)
			run_folder(vectors, child);
		else
			run_vector(vectors, child);
	}
	closedir(dir);
}

static void test_vectors(void **state)
{
	static const struct {
		const char *folder;
		bool (*check)(struct kit *, const struct json *);
	} sets[] = {
		{ "inclusion", check_inclusion },
		{ "consistency", check_consistency },
		{ "subtreeinclusion", check_inclusion },
		{ "subtreeconsistency", check_consistency },
	};
	unsigned all = 0, no_hash = 0;

	if (!kit_suites())
		skip();
	for (size_t i = 0; i < sizeof(sets) / sizeof(sets[0]); i++) {
		struct vectors vectors = { .kit = *state, .check = sets[i].check };
		run_folder(&vectors,
			arena_printf(&vectors.kit->arena, "%s/tlog/merkle/%s", kit_suites(), sets[i].folder).ptr);
		print_message("# %s: %u good, %u bad\n", sets[i].folder, vectors.good, vectors.bad);
		assert_true(vectors.good > 0 && vectors.bad > 0);
		all += vectors.good + vectors.bad;
		no_hash += vectors.no_hash;
	}
	assert_int_equal(no_hash, 4);
	assert_int_equal(all + no_hash, 518);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(test_roots, kit_setup, kit_teardown),
		cmocka_unit_test_setup_teardown(test_inclusion, kit_setup, kit_teardown),
		cmocka_unit_test_setup_teardown(test_consistency, kit_setup, kit_teardown),
		cmocka_unit_test_setup_teardown(test_tile_names, kit_setup, kit_teardown),
		cmocka_unit_test_setup_teardown(test_tile_widths, kit_setup, kit_teardown),
		cmocka_unit_test_setup_teardown(test_tile_proofs, kit_setup, kit_teardown),
		cmocka_unit_test_setup_teardown(test_bundles, kit_setup, kit_teardown),
		cmocka_unit_test_setup_teardown(test_vectors, kit_setup, kit_teardown),
	};

	return cmocka_run_group_tests_name("tlog_tree", tests, NULL, NULL);
}
