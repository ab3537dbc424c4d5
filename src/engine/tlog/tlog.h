/* The Merkle tree of a transparency log (RFC 6962 section 2.1, RFC 9162 section 2.1), SHA-256.
 *
 * Leaf hash H(0x00 || entry), node hash H(0x01 || left || right). The hash of the perfect subtree over leaves
 * [index << level, (index + 1) << level) has the place {level, index}; every proof and every root is made from such
 * hashes, which the caller keeps where it likes and hands over by a reader. Nothing here stores, signs or knows time.
 *
 * Sizes and indices are below 2^63. Making a proof reads O(log size) hashes in one call of the reader.
 */
#ifndef ENGINE_TLOG_TLOG_H
#define ENGINE_TLOG_TLOG_H

#include "base/ctx.h"
#include "base/hash.h"

enum { TLOG_MAX_LEVELS = 63 };

/* Place of a hash. */
struct tlog_at {
	unsigned level;
	uint64_t index;
};

/* Where hashes come from. `read` fills ret[0 .. count) and fails when one is not there. */
struct tlog_reader {
	enum rc (*read)(struct ctx *ctx, const struct tlog_reader *reader, const struct tlog_at *at, size_t count,
		struct hash *ret);
	void *owner;
};

/* Sibling first (inclusion), or as RFC 6962 section 2.1.2 orders them (consistency). */
struct tlog_proof {
	struct hash at[TLOG_MAX_LEVELS];
	size_t len;
};

struct hash tlog_leaf_hash(struct sv entry);
struct hash tlog_node_hash(struct hash left, struct hash right);
/* Root of the empty tree: SHA-256 of nothing. */
struct hash tlog_empty_root(void);

/* The frontier: roots of the perfect subtrees of a tree, largest first; all that is needed to append. A zeroed one is
 * the empty tree. */
struct tlog_frontier {
	uint64_t size;
	struct hash at[TLOG_MAX_LEVELS];
};

/* Appends one leaf hash. ret_done[level] are the perfect subtrees that this leaf completed, level 0 (the leaf itself)
 * upward, each with the index size_before >> level; returns how many. */
unsigned tlog_frontier_add(struct tlog_frontier *frontier, struct hash leaf, struct hash ret_done[TLOG_MAX_LEVELS]);
struct hash tlog_frontier_root(const struct tlog_frontier *frontier);
[[nodiscard]] enum rc tlog_frontier_read(struct ctx *ctx, const struct tlog_reader *reader, uint64_t size,
	struct tlog_frontier *ret);

/* Proofs that the leaf `index` is in the tree of `size` leaves, and that the tree of old_size leaves is its beginning.
 * RC_INVALID unless index < size, old_size <= size. */
[[nodiscard]] enum rc tlog_prove_inclusion(struct ctx *ctx, const struct tlog_reader *reader, uint64_t index,
	uint64_t size, struct tlog_proof *ret);
[[nodiscard]] enum rc tlog_prove_consistency(struct ctx *ctx, const struct tlog_reader *reader, uint64_t old_size,
	uint64_t size, struct tlog_proof *ret);

/* What a proof shows (RFC 9162 sections 2.1.3.2, 2.1.4.2). False on anything that is not exactly such a proof. */
bool tlog_check_inclusion(struct hash leaf, uint64_t index, uint64_t size, const struct hash *proof, size_t count,
	struct hash root);
bool tlog_check_consistency(uint64_t old_size, struct hash old_root, uint64_t size, struct hash root,
	const struct hash *proof, size_t count);
/* The same for the subtree of the leaves [start, end), where start is a multiple of the power of two that is not below
 * end - start, or end = start for the empty subtree (Merkle Tree Certificates, section 4): the leaf in the subtree; the
 * subtree in the tree of `size`. */
bool tlog_check_subtree_inclusion(struct hash leaf, uint64_t index, uint64_t start, uint64_t end,
	const struct hash *proof, size_t count, struct hash subtree_root);
bool tlog_check_subtree_consistency(uint64_t start, uint64_t end, struct hash subtree_root, uint64_t size,
	struct hash root, const struct hash *proof, size_t count);

#endif
