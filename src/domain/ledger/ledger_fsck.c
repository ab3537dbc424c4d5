/* Recomputing the whole ledger from its entries and comparing everything that is stored; see ledger_fsck in ledger.h. */
#include "domain/ledger/ledger_int.h"

#include "engine/tlog/leaf.h"

#include "base/banned.h"

/* Tiles are compared as they fill up. */
struct check {
	struct tlog_frontier frontier;
	struct {
		unsigned width;
		char bytes[TILE_WIDTH * sizeof(struct hash)];
	} levels[LEDGER_MAX_LEVELS];
	struct store_cursor *checkpoints;
	struct sql_checkpoints_row next; /* checkpoint to compare when its size is reached */
	bool has_next;
	const struct note_key *key;
};

static enum rc compare_tile(struct ctx *ctx, struct check *check, unsigned level, uint64_t index)
{
	struct tile tile = { .level = level, .index = index, .width = check->levels[level].width };
	struct sv mine = { check->levels[level].bytes, tile.width * sizeof(struct hash) }, stored;

	if (ledger_tile_read(ctx, tile, &stored) != RC_OK || !sv_equal(mine, stored))
		return fail_internal(ctx, "tile %s is not what its entries give", tile_path(ctx->arena, tile).ptr);
	return RC_OK;
}

static enum rc add_hash(struct ctx *ctx, struct check *check, unsigned level, uint64_t position, const struct hash *hash)
{
	unsigned within = (unsigned)(position % TILE_WIDTH);

	memcpy(check->levels[level].bytes + within * sizeof(*hash), hash->bytes, sizeof(*hash));
	check->levels[level].width = within + 1;
	return within + 1 == TILE_WIDTH ? compare_tile(ctx, check, level, position / TILE_WIDTH) : RC_OK;
}

static enum rc compare_checkpoint(struct ctx *ctx, struct check *check)
{
	struct hash root = tlog_frontier_root(&check->frontier);
	struct checkpoint signed_head;
	struct note note;

	TRY(note_parse(ctx, check->next.note, &note));
	TRY(checkpoint_parse(ctx, note.text, &signed_head));
	if (!sv_equal(check->next.root, ledger_hash_view(&root)) || !hash_equal(signed_head.root, root)
		|| signed_head.size != check->frontier.size)
		return fail_internal(ctx, "checkpoint %llu has another root than its entries give",
			(unsigned long long)check->frontier.size);
	return check->key ? note_verify(ctx, &note, check->key, 1) : RC_OK;
}

static enum rc next_checkpoint(struct ctx *ctx, struct check *check)
{
	check->has_next = sql_checkpoint_all_next(ctx, check->checkpoints, &check->next);
	return check->has_next ? RC_OK : store_end(ctx, check->checkpoints);
}

static enum rc check_leaf(struct ctx *ctx, struct check *check, const struct sql_leaf_all_row *row)
{
	struct hash done[TLOG_MAX_LEVELS];
	uint64_t position = check->frontier.size;
	struct leaf leaf;

	if (!row->position.has || (uint64_t)row->position.value != position)
		return fail_internal(ctx, "there is no entry at position %llu", (unsigned long long)position);
	if (leaf_decode(ctx, row->entry, &leaf) != RC_OK || !id_equal(leaf.record, row->id) || leaf.at != row->at
		|| !sv_equal(leaf.type, row->type) || !sv_equal(leaf.department, row->department)
		|| !sv_equal(ledger_hash_view(&leaf.commitment), row->commitment)
		|| !sv_equal(leaf.has_rules ? ledger_hash_view(&leaf.rules) : SV(""), row->rules))
		return fail_internal(ctx, "entry %llu is not what its row says", (unsigned long long)position);
	unsigned count = tlog_frontier_add(&check->frontier, tlog_leaf_hash(row->entry), done);
	for (unsigned level = 0; level < count; level += TILE_HEIGHT)
		TRY(add_hash(ctx, check, level / TILE_HEIGHT, position >> level, &done[level]));
	return RC_OK;
}

/* What only the end shows: the partial tiles, the stored frontier, no checkpoint beyond it. */
static enum rc check_end(struct ctx *ctx, struct check *check)
{
	struct tlog_frontier stored;
	struct hash mine = tlog_frontier_root(&check->frontier);

	for (unsigned level = 0; level < LEDGER_MAX_LEVELS; level++) {
		uint64_t hashes = check->frontier.size >> (TILE_HEIGHT * level);
		if (hashes % TILE_WIDTH)
			TRY(compare_tile(ctx, check, level, hashes / TILE_WIDTH));
	}
	TRY(ledger_tree_read(ctx, &stored));
	if (stored.size != check->frontier.size || !hash_equal(tlog_frontier_root(&stored), mine))
		return fail_internal(ctx, "the stored tree of %llu is not that of the %llu entries",
			(unsigned long long)stored.size, (unsigned long long)check->frontier.size);
	if (check->has_next)
		return fail_internal(ctx, "there is a checkpoint of %lld, but only %llu entries", (long long)check->next.size,
			(unsigned long long)check->frontier.size);
	return RC_OK;
}

enum rc ledger_fsck(struct ctx *ctx, const struct note_key *key, int64_t *ret_count)
{
	struct store_cursor auto_cursor leaves = { 0 };
	struct store_cursor auto_cursor checkpoints = { 0 };
	struct check *check = ARENA_NEW(ctx->arena, struct check);
	struct sql_leaf_all_row row;

	check->key = key;
	check->checkpoints = &checkpoints;
	TRY(sql_checkpoint_all(ctx, &checkpoints));
	TRY(next_checkpoint(ctx, check));
	TRY(sql_leaf_all(ctx, &leaves));
	while (sql_leaf_all_next(ctx, &leaves, &row)) {
		struct arena_mark mark = arena_mark(ctx->arena);
		TRY(check_leaf(ctx, check, &row));
		bool is_signed = check->has_next && (uint64_t)check->next.size == check->frontier.size;
		if (is_signed)
			TRY(compare_checkpoint(ctx, check));
		arena_rewind(ctx->arena, mark);
		if (is_signed)
			TRY(next_checkpoint(ctx, check));
	}
	TRY(store_end(ctx, &leaves));
	TRY(check_end(ctx, check));
	*ret_count = (int64_t)check->frontier.size;
	return RC_OK;
}
