/* Answers of statements marked `-- kept` (names of departments, current versions), which pages ask for again and again and
 * which change seldom. A reader's connection keeps them as long as nobody commits: every commit of every program on this
 * machine raises a number in a small file beside the database, mapped into memory (sqlite.c), and a transaction begins by
 * looking at it. On PostgreSQL, where other machines commit too, there is no such number and nothing is kept.
 *
 * 1. `state` is the number as it was when the transaction began, so what a transaction is told is never older than its begin.
 * 2. An answer read in a transaction is filed under its `state`; the snapshot may be newer, then the next begin drops it.
 * 3. Whoever's commit was answered finds it: the number is raised before the answer.
 * 4. A writer keeps nothing: it sees what it has not yet committed. */
#include "base/buf.h"
#include "store/store_int.h"

#include "base/banned.h"

enum { KEPT_BYTES = 512 << 10, KEY_BYTES = 256 };

/* One question's answer. */
struct kept {
	struct kept *next;
	const struct store_statement *statement;
	struct sv key;
	struct store_rows rows;
};

/* The parameters as bytes; false when they are many. */
static bool make_key(const struct store_statement *statement, const struct store_value *values, struct buf *key)
{
	for (size_t i = 0; i < statement->param_count; i++) {
		buf_add(key, &values[i].is_null, sizeof(values[i].is_null));
		if (statement->params[i].type == STORE_I64) {
			buf_add(key, &values[i].i64, sizeof(values[i].i64));
		} else {
			buf_add(key, &values[i].bytes.len, sizeof(values[i].bytes.len));
			buf_sv(key, values[i].bytes);
		}
	}
	return !key->overflow;
}

static struct kept **bucket_of(struct db *db, const struct store_statement *statement, struct sv key)
{
	return &db->kept[(sv_hash(key) ^ (uintptr_t)statement >> 4) % STORE_KEPT_BUCKETS];
}

/* A copy of the rows whose texts are copies in the arena too. */
static struct store_rows copy_rows(struct arena *arena, const struct store_statement *statement, struct store_rows rows)
{
	size_t size = statement->row_size;
	char *copy = arena_array(arena, rows.len, size);

	if (rows.len)
		memcpy(copy, rows.at, rows.len * size);
	for (size_t row = 0; row < rows.len; row++)
		for (size_t i = 0; i < statement->column_count; i++) {
			const struct store_field *column = &statement->columns[i];
			struct sv *text = (struct sv *)(void *)(copy + row * size + column->offset);
			if (column->type == STORE_TEXT || column->type == STORE_BLOB)
				*text = arena_copy(arena, *text);
		}
	return (struct store_rows){ copy, rows.len };
}

static bool may_keep(const struct db *db, const struct store_statement *statement)
{
	return statement->kept && db->in_tx && db->state && !db->failed && !db->gone;
}

void kept_begin(struct db *db)
{
	uint64_t *commits = db->store->commits;
	uint64_t state = commits && db->access == STORE_READ ? __atomic_load_n(commits, __ATOMIC_ACQUIRE) + 1 : 0;

	if (state != db->state) {
		memset(db->kept, 0, sizeof(db->kept));
		arena_clear(&db->kept_arena);
	}
	db->state = state;
}

void kept_committed(struct store *store)
{
	if (store->commits)
		__atomic_fetch_add(store->commits, 1, __ATOMIC_RELEASE);
}

bool kept_find(struct ctx *ctx, const struct store_statement *statement, const struct store_value *values, struct store_rows *ret)
{
	char bytes[KEY_BYTES];
	struct buf key = { .ptr = bytes, .cap = sizeof(bytes), .max = sizeof(bytes) };

	if (!may_keep(ctx->db, statement) || !make_key(statement, values, &key))
		return false;
	for (const struct kept *kept = *bucket_of(ctx->db, statement, buf_view(&key)); kept; kept = kept->next)
		if (kept->statement == statement && sv_equal(kept->key, buf_view(&key))) {
			*ret = copy_rows(ctx->arena, statement, kept->rows);
			return true;
		}
	return false;
}

void kept_add(struct ctx *ctx, const struct store_statement *statement, const struct store_value *values, struct store_rows rows)
{
	char bytes[KEY_BYTES];
	struct buf key = { .ptr = bytes, .cap = sizeof(bytes), .max = sizeof(bytes) };
	struct db *db = ctx->db;

	if (!may_keep(db, statement) || !make_key(statement, values, &key) || db->kept_arena.used > KEPT_BYTES)
		return;
	struct kept **bucket = bucket_of(db, statement, buf_view(&key));
	db->kept_arena.guard = ctx->arena->guard; /* when there is no memory it is the request that fails */
	struct kept *kept = ARENA_NEW(&db->kept_arena, struct kept);
	*kept = (struct kept){ *bucket, statement, arena_copy(&db->kept_arena, buf_view(&key)),
		copy_rows(&db->kept_arena, statement, rows) };
	*bucket = kept;
}
