/* Appending acts and taking them into the tree.
 *
 * ledger_append writes a row without a position. ledger_integrate, at the end of the same transaction, gives positions in
 * the order of the ids, builds each entry (which names the position of the case's leaf before it), and moves frontier
 * and tiles on. So a position exists if and only if its transaction committed, and positions have no gaps.
 */
#include "domain/ledger/ledger_int.h"

#include <assert.h>

#include "base/civil.h"
#include "engine/tlog/leaf.h"

#include "base/banned.h"

struct sv ledger_hash_view(const struct hash *hash)
{
	return (struct sv){ (const char *)hash->bytes, sizeof(hash->bytes) };
}

/* --- appending --- */

static void member_if(struct json_out *out, const char *key, struct sv text)
{
	if (text.len)
		json_out_member(out, sv_of(key), text);
}

/* The record in canonical form. */
static enum rc make_record(struct ctx *ctx, const struct ledger_act *act, struct id id, int64_t at, struct sv *ret)
{
	const struct json *details, *record;
	char instant[25];
	struct buf buf;

	TRY(json_parse(ctx, SV("record"), act->record, &json_limits_request, &details));
	buf_init(&buf, ctx->arena, act->record.len * 2 + 2048);
	struct json_out out = json_out_to(&buf);
	json_out_object(&out);
	json_out_member(&out, SV("id"), id_text(ctx->arena, id));
	json_out_member(&out, SV("time"), civil_instant_text(at, instant));
	json_out_member(&out, SV("type"), act->type);
	json_out_member(&out, SV("department"), act->department.len ? act->department : SV(""));
	member_if(&out, "case", act->case_number);
	member_if(&out, "actor", act->actor);
	if (act->rule_hash) {
		struct buf hex;
		buf_init(&hex, ctx->arena, 64);
		buf_hex(&hex, act->rule_hash->bytes, sizeof(act->rule_hash->bytes));
		json_out_member(&out, SV("rules"), buf_view(&hex));
	}
	json_out_key(&out, SV("details"));
	json_out_value(&out, details);
	json_out_object_end(&out);
	if (buf.overflow)
		return fail(ctx, RC_TOO_LARGE, N_("The record of the act is too large."), NULL);
	TRY(json_parse(ctx, SV("record"), buf_view(&buf), &json_limits_request, &record));
	return record_canonical(ctx, record, ret);
}

enum rc ledger_append(struct ctx *ctx, const struct ledger_act *act, struct id *ret)
{
	struct id id = id_new(ctx);
	int64_t at = clock_now(ctx->clock);
	char salt_bytes[LEAF_SALT_SIZE];
	struct sv salt = { salt_bytes, sizeof(salt_bytes) }, record;

	assert(act->type.len && leaf_name_is_valid(act->type) && leaf_name_is_valid(act->department));
	TRY(make_record(ctx, act, id, at, &record));
	random_bytes(ctx->random, salt_bytes, sizeof(salt_bytes));
	struct hash commitment = record_commitment(ctx->arena, salt, record);
	struct sql_leaf_add_params params = {
		.id = id,
		.at = at,
		.type = act->type,
		.department = act->department.len ? act->department : SV(""),
		.case_id = act->case_id,
		.subject = act->subject,
		.commitment = ledger_hash_view(&commitment),
		.rules = act->rule_hash ? ledger_hash_view(act->rule_hash) : (struct sv){ NULL, 0 },
		.is_sealed = act->key != NULL,
		.salt = salt,
		.record = record,
	};
	if (act->key) {
		struct sv about = { (const char *)id.bytes, sizeof(id.bytes) };
		params.salt = seal(ctx, act->key, about, salt);
		params.record = seal(ctx, act->key, about, record);
	}
	struct store_unlock auto_lock lock = store_unprotect(ctx, "ledger_leaf");
	TRY(sql_leaf_add(ctx, &params));
	*ret = id;
	return RC_OK;
}

/* --- the stored tree --- */

enum rc ledger_tree_read(struct ctx *ctx, struct tlog_frontier *ret)
{
	struct tlog_frontier frontier = { 0 };
	struct sql_tree_row row;
	enum rc rc = sql_tree(ctx, &row);

	if (rc == RC_OK) {
		frontier.size = (uint64_t)row.size;
		if (row.frontier.len != (size_t)__builtin_popcountll(frontier.size) * sizeof(struct hash))
			return fail_internal(ctx, "the ledger's frontier does not fit its size %lld", (long long)row.size);
		memcpy(frontier.at, row.frontier.ptr, row.frontier.len);
	} else if (rc != RC_NOT_FOUND) {
		return rc;
	}
	*ret = frontier;
	return RC_OK;
}

enum rc ledger_tile_read(struct ctx *ctx, struct tile tile, struct sv *ret)
{
	struct sql_tile_row row;

	assert(tile.level <= TILE_MAX_LEVEL);
	TRY(sql_tile(ctx, tile.level, (int64_t)tile.index, &row));
	*ret = row.hashes;
	return RC_OK;
}

static enum rc read_tile(struct ctx *ctx, void *owner, struct tile tile, struct sv *ret)
{
	enum rc rc = ledger_tile_read(ctx, tile, ret);

	(void)owner; /* the database is the ctx's */
	if (rc == RC_NOT_FOUND)
		return fail_internal(ctx, "ledger tile %u/%llu is missing", tile.level, (unsigned long long)tile.index);
	return rc;
}

void ledger_reader_init(struct tile_reader *tiles, uint64_t size)
{
	*tiles = (struct tile_reader){ .read = read_tile, .size = size };
	tile_reader_init(tiles);
}

/* --- integrating --- */

/* The rightmost tile of each level while a batch is taken in. */
struct edge {
	struct {
		uint64_t index;
		unsigned width; /* 0 = nothing of it loaded or changed */
		bool is_changed;
		char bytes[TILE_WIDTH * sizeof(struct hash)];
	} levels[LEDGER_MAX_LEVELS];
};

static enum rc edge_write(struct ctx *ctx, struct edge *edge, unsigned level)
{
	if (!edge->levels[level].is_changed)
		return RC_OK;
	edge->levels[level].is_changed = false;
	struct sv hashes = { edge->levels[level].bytes, edge->levels[level].width * sizeof(struct hash) };
	struct store_unlock auto_lock lock = store_unprotect(ctx, "ledger_tile");
	return sql_tile_set(ctx, level, (int64_t)edge->levels[level].index, hashes);
}

/* Puts the hash at its position, which is the next one on that level. */
static enum rc edge_add(struct ctx *ctx, struct edge *edge, unsigned level, uint64_t position, const struct hash *hash)
{
	uint64_t index = position / TILE_WIDTH;
	unsigned within = (unsigned)(position % TILE_WIDTH);

	if (edge->levels[level].width == 0 || edge->levels[level].index != index) {
		TRY(edge_write(ctx, edge, level));
		edge->levels[level].index = index;
		if (within) {
			struct sv bytes;
			TRY(read_tile(ctx, NULL, (struct tile){ .level = level, .index = index, .width = within }, &bytes));
			if (bytes.len != within * sizeof(*hash))
				return fail_internal(ctx, "ledger tile %u/%llu has %zu bytes, %u hashes expected", level,
					(unsigned long long)index, bytes.len, within);
			memcpy(edge->levels[level].bytes, bytes.ptr, bytes.len);
		}
	}
	memcpy(edge->levels[level].bytes + within * sizeof(*hash), hash->bytes, sizeof(*hash));
	edge->levels[level].width = within + 1;
	edge->levels[level].is_changed = true;
	return RC_OK;
}

static enum rc place_leaf(struct ctx *ctx, const struct sql_leaves_pending_row *row, struct tlog_frontier *frontier,
	struct edge *edge)
{
	struct leaf leaf = { .type = row->type, .department = row->department, .at = row->at, .record = row->id,
		.previous = LEAF_NO_PREVIOUS, .has_rules = !sv_is_absent(row->rules) };
	struct hash done[TLOG_MAX_LEVELS];
	uint64_t position = frontier->size;

	assert(row->commitment.len == sizeof(leaf.commitment.bytes));
	memcpy(leaf.commitment.bytes, row->commitment.ptr, row->commitment.len);
	if (leaf.has_rules)
		memcpy(leaf.rules.bytes, row->rules.ptr, sizeof(leaf.rules.bytes));
	if (!id_is_zero(row->case_id)) {
		struct sql_leaf_last_of_case_row last;
		enum rc rc = sql_leaf_last_of_case(ctx, row->case_id, &last);
		if (rc == RC_OK)
			leaf.previous = (uint64_t)last.position.value;
		else if (rc != RC_NOT_FOUND)
			return rc;
	}
	struct sv entry = leaf_encode(ctx->arena, &leaf);
	unsigned count = tlog_frontier_add(frontier, tlog_leaf_hash(entry), done);
	for (unsigned level = 0; level < count; level += TILE_HEIGHT)
		TRY(edge_add(ctx, edge, level / TILE_HEIGHT, position >> level, &done[level]));
	struct store_unlock auto_lock lock = store_unprotect(ctx, "ledger_leaf");
	return sql_leaf_place(ctx, opt_i64((int64_t)position), entry, row->id);
}

enum rc ledger_integrate(struct ctx *ctx)
{
	struct sql_leaves_pending_rows rows;
	struct tlog_frontier frontier;
	struct edge *edge = NULL;

	TRY(sql_leaves_pending(ctx, STORE_MAX_ROWS, &rows));
	if (rows.len == 0)
		return RC_OK;
	TRY(ledger_tree_read(ctx, &frontier));
	edge = ARENA_NEW(ctx->arena, struct edge);
	while (rows.len) {
		bool may_be_more = rows.len == STORE_MAX_ROWS;
		for (size_t i = 0; i < rows.len; i++)
			TRY(place_leaf(ctx, &rows.at[i], &frontier, edge));
		rows.len = 0;
		if (may_be_more)
			TRY(sql_leaves_pending(ctx, STORE_MAX_ROWS, &rows));
	}
	for (unsigned level = 0; level < LEDGER_MAX_LEVELS; level++)
		TRY(edge_write(ctx, edge, level));
	struct store_unlock auto_lock lock = store_unprotect(ctx, "ledger_tree");
	return sql_tree_set(ctx, (int64_t)frontier.size, (struct sv){ (const char *)frontier.at,
		(size_t)__builtin_popcountll(frontier.size) * sizeof(struct hash) });
}
