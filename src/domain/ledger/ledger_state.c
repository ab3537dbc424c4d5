/* Checkpoints, receipts and what is known of the ledger; see ledger.h. */
#include "domain/ledger/ledger_int.h"

#include <assert.h>

#include "base/site.h"
#include "engine/tlog/receipt.h"
#include "engine/tlog/signer.h"

#include "base/banned.h"

enum { MAX_LEAVES_OF_CASE = 1000 };

static struct hash hash_from(struct sv bytes)
{
	struct hash hash = { 0 };

	if (bytes.len == sizeof(hash.bytes))
		memcpy(hash.bytes, bytes.ptr, bytes.len);
	return hash;
}

static struct ledger_checkpoint checkpoint_of(const struct sql_checkpoints_row *row)
{
	return (struct ledger_checkpoint){ .size = row->size, .at = row->at, .root = hash_from(row->root), .note = row->note };
}

enum rc ledger_checkpoints(struct ctx *ctx, int64_t limit, struct ledger_checkpoint **ret, size_t *ret_count)
{
	struct sql_checkpoints_rows rows;

	assert(limit > 0);
	TRY(sql_checkpoints(ctx, limit, &rows));
	struct ledger_checkpoint *list = ARENA_ARRAY(ctx->arena, struct ledger_checkpoint, rows.len);
	for (size_t i = 0; i < rows.len; i++)
		list[i] = checkpoint_of(&rows.at[i]);
	*ret = list;
	*ret_count = rows.len;
	return RC_OK;
}

static enum rc newest_checkpoint(struct ctx *ctx, struct ledger_checkpoint *ret)
{
	struct ledger_checkpoint *list;
	size_t count;

	TRY(ledger_checkpoints(ctx, 1, &list, &count));
	*ret = count ? list[0] : (struct ledger_checkpoint){ .root = tlog_empty_root() };
	return RC_OK;
}

enum rc ledger_state(struct ctx *ctx, struct ledger_state *ret)
{
	struct ledger_state state;
	struct tlog_frontier frontier;

	TRY(ledger_tree_read(ctx, &frontier));
	TRY(newest_checkpoint(ctx, &state.checkpoint));
	state.size = (int64_t)frontier.size;
	state.root = tlog_frontier_root(&frontier);
	*ret = state;
	return RC_OK;
}

/* The tree as it is, with the proof that it continues what was signed last. */
static enum rc request_from(struct ctx *ctx, const struct tlog_frontier *frontier, const struct signer_head *last,
	struct signer_request *ret)
{
	struct tile_reader tiles;

	if (last->size > frontier->size)
		return signer_refuse(ctx, SIGNER_BEHIND, last);
	*ret = (struct signer_request){ .proof_from = last->size,
		.head = { .size = frontier->size, .root = tlog_frontier_root(frontier) } };
	ledger_reader_init(&tiles, frontier->size);
	return tlog_prove_consistency(ctx, &tiles.reader, last->size, frontier->size, &ret->proof);
}

/* The key holder may have signed more than the database knows, when the program stopped in between: the proof starts
 * from what the key holder says, not from the newest checkpoint stored. */
enum rc ledger_sign(struct ctx *ctx)
{
	struct signer *signer = ctx->site ? ctx->site->signer : NULL;
	struct ledger_checkpoint newest;
	struct tlog_frontier frontier;
	struct signer_request request;
	struct signer_head last;
	uint8_t signature[NOTE_SIGNATURE_SIZE];

	if (!signer)
		return RC_OK;
	TRY(ledger_tree_read(ctx, &frontier));
	TRY(newest_checkpoint(ctx, &newest));
	if (frontier.size == 0 || frontier.size == (uint64_t)newest.size)
		return RC_OK;
	TRY(signer->head(ctx, signer, &last));
	TRY(request_from(ctx, &frontier, &last, &request));
	TRY(signer->sign(ctx, signer, &request, signature));
	struct sv note = note_with_signature(ctx->arena, signer_checkpoint_text(ctx->arena, &signer->key, &request.head),
		&signer->key, signature);
	struct store_unlock auto_lock lock = store_unprotect(ctx, "ledger_checkpoint");
	return sql_checkpoint_add(ctx, (int64_t)frontier.size, clock_now(ctx->clock), ledger_hash_view(&request.head.root), note);
}

/* The head comes first: what is signed was committed before, so the database looked at afterwards has it. */
enum rc ledger_check_head(struct ctx *ctx)
{
	struct signer *signer = ctx->site->signer;
	struct tlog_frontier frontier;
	struct signer_request request;
	struct signer_head last;

	assert(signer);
	TRY(signer->head(ctx, signer, &last));
	TRY(store_begin(ctx));
	auto_tx struct store_tx tx = { ctx };
	TRY(ledger_tree_read(ctx, &frontier));
	TRY(request_from(tx.ctx, &frontier, &last, &request));
	enum signer_verdict verdict = signer_decide(&last, &request);
	return verdict == SIGNER_GRANTED ? RC_OK : signer_refuse(ctx, verdict, &last);
}

static struct ledger_leaf leaf_of(const struct sql_leaf_by_id_row *row, int64_t signed_size)
{
	return (struct ledger_leaf){
		.id = row->id,
		.case_id = row->case_id,
		.subject = row->subject,
		.index = row->position.has ? row->position.value : -1,
		.at = row->at,
		.type = row->type,
		.department = row->department,
		.is_sealed = row->position.has && row->position.value < signed_size,
	};
}

enum rc ledger_leaf_find(struct ctx *ctx, struct id id, struct ledger_leaf *ret)
{
	struct ledger_checkpoint newest;
	struct sql_leaf_by_id_row row;

	TRY(sql_leaf_by_id(ctx, id, &row));
	TRY(newest_checkpoint(ctx, &newest));
	*ret = leaf_of(&row, newest.size);
	return RC_OK;
}

enum rc ledger_leaves_of_case(struct ctx *ctx, struct id case_id, struct ledger_leaf **ret, size_t *ret_count)
{
	struct ledger_checkpoint newest;
	struct sql_leaf_by_id_rows rows;

	TRY(sql_leaves_of_case(ctx, case_id, MAX_LEAVES_OF_CASE, &rows));
	TRY(newest_checkpoint(ctx, &newest));
	struct ledger_leaf *list = ARENA_ARRAY(ctx->arena, struct ledger_leaf, rows.len);
	for (size_t i = 0; i < rows.len; i++)
		list[i] = leaf_of(&rows.at[i], newest.size);
	*ret = list;
	*ret_count = rows.len;
	return RC_OK;
}

enum rc ledger_receipt(struct ctx *ctx, struct id leaf, const struct seal_key *key, struct sv *ret)
{
	struct ledger_checkpoint newest;
	struct sql_leaf_receipt_row row;
	struct tile_reader tiles;
	struct proof_file file;

	TRY(sql_leaf_receipt(ctx, leaf, &row));
	TRY(newest_checkpoint(ctx, &newest));
	if (!row.position.has || row.position.value >= newest.size)
		return fail(ctx, RC_UNAVAILABLE,
			N_("The act is recorded; its seal is being made. Please load this page again in a few seconds."), NULL);
	struct sv salt = row.salt, record = row.record;
	if (row.is_sealed) {
		struct sv about = { (const char *)leaf.bytes, sizeof(leaf.bytes) };
		if (!key)
			return fail_internal(ctx, "the record is sealed and no key was given");
		TRY(seal_open(ctx, key, about, row.salt, &salt));
		TRY(seal_open(ctx, key, about, row.record, &record));
	}
	file = (struct proof_file){ .index = (uint64_t)row.position.value, .checkpoint = newest.note };
	ledger_reader_init(&tiles, (uint64_t)newest.size);
	TRY(tlog_prove_inclusion(ctx, &tiles.reader, file.index, (uint64_t)newest.size, &file.proof));
	return receipt_text(ctx, record, salt, row.entry, proof_file_text(ctx->arena, &file), ret);
}
