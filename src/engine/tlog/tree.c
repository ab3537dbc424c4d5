/* Tree hashing, appending, making and checking proofs; see tlog.h.
 *
 * A proof is planned first: a list of groups, each the cover of one range of leaves by perfect subtrees, largest first.
 * All places of all groups are read in one call, then every group is folded from the right into the one hash that the
 * proof wants. In a proof at most one range is not itself a perfect subtree (the right edge), so a plan never has
 * more than twice as many places as the tree has levels.
 */
#include "engine/tlog/tlog.h"

#include <assert.h>

#include "base/banned.h"

static const uint64_t max_size = INT64_MAX;

struct hash tlog_leaf_hash(struct sv entry)
{
	return hash_sha256_pieces((struct sv[]){ { "\0", 1 }, entry }, 2);
}

struct hash tlog_node_hash(struct hash left, struct hash right)
{
	char node[65] = { 1 };

	memcpy(node + 1, left.bytes, 32);
	memcpy(node + 33, right.bytes, 32);
	return hash_sha256((struct sv){ node, sizeof(node) });
}

struct hash tlog_empty_root(void)
{
	return hash_sha256(SV(""));
}

/* --- the frontier --- */

unsigned tlog_frontier_add(struct tlog_frontier *frontier, struct hash leaf, struct hash ret_done[TLOG_MAX_LEVELS])
{
	unsigned top = (unsigned)__builtin_popcountll(frontier->size), done = 0;

	assert(frontier->size < max_size);
	ret_done[done++] = leaf;
	for (uint64_t size = frontier->size; size & 1; size >>= 1) {
		leaf = tlog_node_hash(frontier->at[--top], leaf);
		ret_done[done++] = leaf;
	}
	frontier->at[top] = leaf;
	frontier->size++;
	return done;
}

/* Root over subtrees given largest first. */
static struct hash fold(const struct hash *hashes, size_t count)
{
	struct hash root = hashes[count - 1];

	for (size_t i = count - 1; i-- > 0;)
		root = tlog_node_hash(hashes[i], root);
	return root;
}

struct hash tlog_frontier_root(const struct tlog_frontier *frontier)
{
	assert(frontier->size <= max_size);
	if (frontier->size == 0)
		return tlog_empty_root();
	return fold(frontier->at, (size_t)__builtin_popcountll(frontier->size));
}

/* --- planning --- */

enum { PLAN_MAX = 2 * TLOG_MAX_LEVELS };

struct plan {
	struct tlog_at at[PLAN_MAX];
	size_t len;
	unsigned group_len[TLOG_MAX_LEVELS + 1];
	size_t group_count;
};

/* Adds the range [start, end), whose start is a multiple of the largest power of two not above its length. */
static void plan_range(struct plan *plan, uint64_t start, uint64_t end)
{
	unsigned count = 0;

	assert(plan->group_count <= TLOG_MAX_LEVELS);
	while (start < end) {
		unsigned level = 63 - (unsigned)__builtin_clzll(end - start);
		assert(plan->len < PLAN_MAX);
		plan->at[plan->len++] = (struct tlog_at){ level, start >> level };
		start += UINT64_C(1) << level;
		count++;
	}
	plan->group_len[plan->group_count++] = count;
}

/* Largest power of two below n, n > 1. */
static uint64_t split_of(uint64_t n)
{
	return UINT64_C(1) << (63 - __builtin_clzll(n - 1));
}

/* Groups come out root first; a proof wants them leaf first. */
static enum rc plan_read(struct ctx *ctx, const struct tlog_reader *reader, const struct plan *plan, struct tlog_proof *ret)
{
	struct hash hashes[PLAN_MAX];
	size_t at = 0;

	if (plan->len)
		TRY(reader->read(ctx, reader, plan->at, plan->len, hashes));
	assert(plan->group_count <= TLOG_MAX_LEVELS);
	for (size_t g = 0; g < plan->group_count; g++) {
		ret->at[plan->group_count - 1 - g] = fold(hashes + at, plan->group_len[g]);
		at += plan->group_len[g];
	}
	ret->len = plan->group_count;
	return RC_OK;
}

enum rc tlog_frontier_read(struct ctx *ctx, const struct tlog_reader *reader, uint64_t size, struct tlog_frontier *ret)
{
	struct plan plan = { 0 };
	struct tlog_frontier frontier = { .size = size };

	if (size > max_size)
		return fail(ctx, RC_INVALID, N_("The size of the ledger is out of range."), NULL);
	if (size) {
		plan_range(&plan, 0, size);
		TRY(reader->read(ctx, reader, plan.at, plan.len, frontier.at));
	}
	*ret = frontier;
	return RC_OK;
}

enum rc tlog_prove_inclusion(struct ctx *ctx, const struct tlog_reader *reader, uint64_t index, uint64_t size,
	struct tlog_proof *ret)
{
	struct plan plan = { 0 };
	uint64_t start = 0, end = size;

	if (size > max_size || index >= size)
		return fail(ctx, RC_INVALID, N_("There is no entry {index} in a ledger of {size}."),
			ARGS({ "index", arena_printf(ctx->arena, "%llu", (unsigned long long)index) },
				{ "size", arena_printf(ctx->arena, "%llu", (unsigned long long)size) }));
	while (end - start > 1) {
		uint64_t middle = start + split_of(end - start);
		if (index < middle) {
			plan_range(&plan, middle, end);
			end = middle;
		} else {
			plan_range(&plan, start, middle);
			start = middle;
		}
	}
	return plan_read(ctx, reader, &plan, ret);
}

enum rc tlog_prove_consistency(struct ctx *ctx, const struct tlog_reader *reader, uint64_t old_size, uint64_t size,
	struct tlog_proof *ret)
{
	struct plan plan = { 0 };
	uint64_t start = 0, end = size;
	bool is_old_root = true; /* [start, end) still begins where the old tree begins */

	if (size > max_size || old_size > size)
		return fail(ctx, RC_INVALID, N_("A ledger of {size} has no earlier state of {old}."),
			ARGS({ "size", arena_printf(ctx->arena, "%llu", (unsigned long long)size) },
				{ "old", arena_printf(ctx->arena, "%llu", (unsigned long long)old_size) }));
	if (old_size == 0 || old_size == size) {
		ret->len = 0;
		return RC_OK;
	}
	while (end != old_size) {
		uint64_t middle = start + split_of(end - start);
		if (old_size <= middle) {
			plan_range(&plan, middle, end);
			end = middle;
		} else {
			plan_range(&plan, start, middle);
			start = middle;
			is_old_root = false;
		}
	}
	if (!is_old_root)
		plan_range(&plan, start, end);
	return plan_read(ctx, reader, &plan, ret);
}

/* --- checking --- */

/* RFC 9162 section 2.1.3.2. */
bool tlog_check_inclusion(struct hash leaf, uint64_t index, uint64_t size, const struct hash *proof, size_t count,
	struct hash root)
{
	if (index >= size || size > max_size)
		return false;

	uint64_t fn = index, sn = size - 1;
	struct hash hash = leaf;

	for (size_t i = 0; i < count; i++) {
		if (sn == 0)
			return false;
		if ((fn & 1) || fn == sn) {
			hash = tlog_node_hash(proof[i], hash);
			while (!(fn & 1) && fn) {
				fn >>= 1;
				sn >>= 1;
			}
		} else {
			hash = tlog_node_hash(hash, proof[i]);
		}
		fn >>= 1;
		sn >>= 1;
	}
	return sn == 0 && hash_equal(hash, root);
}

static bool is_subtree(uint64_t start, uint64_t end)
{
	if (start >= end || end > max_size)
		return false;
	uint64_t span = end - start, ceiling = span == 1 ? 1 : split_of(span) << 1;
	return (start & (ceiling - 1)) == 0;
}

bool tlog_check_subtree_inclusion(struct hash leaf, uint64_t index, uint64_t start, uint64_t end,
	const struct hash *proof, size_t count, struct hash subtree_root)
{
	return is_subtree(start, end) && index >= start
		&& tlog_check_inclusion(leaf, index - start, end - start, proof, count, subtree_root);
}

/* Nodes on one level: first and last of the subtree, last of the tree. */
struct nodes {
	uint64_t fn, sn, tn;
};

static void go_up(struct nodes *nodes)
{
	nodes->fn >>= 1;
	nodes->sn >>= 1;
	nodes->tn >>= 1;
}

/* Takes the proof's hashes from the level of `nodes` to the root: into the subtree's root and the tree's. */
static bool climb(struct nodes nodes, struct hash start, const struct hash *proof, size_t count, struct hash *ret_subtree,
	struct hash *ret_root)
{
	*ret_subtree = *ret_root = start;
	for (size_t i = 0; i < count; i++) {
		if (nodes.tn == 0)
			return false;
		if ((nodes.sn & 1) || nodes.sn == nodes.tn) {
			if (nodes.fn < nodes.sn)
				*ret_subtree = tlog_node_hash(proof[i], *ret_subtree);
			*ret_root = tlog_node_hash(proof[i], *ret_root);
			while (!(nodes.sn & 1) && nodes.sn)
				go_up(&nodes);
		} else {
			*ret_root = tlog_node_hash(*ret_root, proof[i]);
		}
		go_up(&nodes);
	}
	return nodes.tn == 0;
}

bool tlog_check_subtree_consistency(uint64_t start, uint64_t end, struct hash subtree_root, uint64_t size,
	struct hash root, const struct hash *proof, size_t count)
{
	struct hash subtree, tree;

	if (end > size || size > max_size)
		return false;
	if (start == end)
		return count == 0 && hash_equal(subtree_root, tlog_empty_root());
	if (!is_subtree(start, end))
		return false;

	struct nodes nodes = { start, end - 1, size - 1 };
	while (nodes.fn != nodes.sn && (nodes.sn == nodes.tn || (nodes.sn & 1)))
		go_up(&nodes);
	/* When the subtree is one node here, it is where the proof starts; otherwise the proof brings the start with it. */
	bool brings_start = nodes.fn != nodes.sn;
	if (brings_start && count == 0)
		return false;
	return climb(nodes, brings_start ? proof[0] : subtree_root, proof + brings_start, count - brings_start, &subtree, &tree)
		&& hash_equal(subtree, subtree_root) && hash_equal(tree, root);
}

bool tlog_check_consistency(uint64_t old_size, struct hash old_root, uint64_t size, struct hash root,
	const struct hash *proof, size_t count)
{
	return tlog_check_subtree_consistency(0, old_size, old_root, size, root, proof, count);
}
