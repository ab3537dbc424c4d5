/* Running a generated statement: checks, the cache of prepared ones, and rows into structs. */
#include "store/statement.h"

#include <assert.h>

#include "base/vec.h"
#include "store/store_int.h"

#include "base/banned.h"

enum rc db_prepare(struct ctx *ctx, struct db *db, const struct store_statement *statement, struct prepared **ret)
{
	struct prepared **bucket = &db->buckets[((uintptr_t)statement >> 4) % STORE_BUCKETS];

	for (struct prepared *at = *bucket; at; at = at->next)
		if (at->statement == statement && !at->busy) {
			*ret = at;
			return RC_OK;
		}
	db->arena.guard = ctx->arena->guard; /* when there is no memory it is the request that fails */
	struct prepared *prepared = ARENA_NEW(&db->arena, struct prepared);
	prepared->statement = statement;
	prepared->number = ++db->prepared_count;
	TRY(db->driver->prepare(ctx, db, prepared));
	prepared->next = *bucket;
	*bucket = prepared;
	*ret = prepared;
	return RC_OK;
}

static bool is_unlocked(const struct db *db, const char *table)
{
	for (size_t i = 0; i < STORE_MAX_UNLOCKED; i++)
		if (db->unlocked[i] && strcmp(db->unlocked[i], table) == 0)
			return true;
	return false;
}

static enum rc check_state(struct ctx *ctx, const struct store_statement *statement)
{
	struct db *db = ctx->db;

	assert(db);
	if (db->failed || db->gone)
		return fail_internal(ctx, "%s: an earlier statement of this transaction failed", statement->name);
	if (statement->writes && (!db->in_tx || db->access != STORE_WRITE))
		return fail_internal(ctx, "%s writes outside a writer's transaction", statement->name);
	if (statement->guarded && !is_unlocked(db, statement->guarded))
		return fail_internal(ctx, "%s writes to the protected table %s without store_unprotect", statement->name,
			statement->guarded);
	return RC_OK;
}

static enum rc check_values(struct ctx *ctx, const struct store_statement *statement, const struct store_value *values)
{
	for (size_t i = 0; i < statement->param_count; i++) {
		const struct store_field *param = &statement->params[i];
		if (values[i].is_null && !param->nullable && param->type != STORE_ID)
			return fail_internal(ctx, "%s: parameter %s is absent", statement->name, param->name);
		if (values[i].bytes.len > STORE_MAX_VALUE)
			return fail(ctx, RC_TOO_LARGE, N_("This is too large to be saved. Make it smaller and try again."), NULL);
	}
	return RC_OK;
}

/* Runs live in the connection, not on the stack: when the arena's guard jumps out of one, the next statement or the
 * rollback ends it. */
static enum rc start_once(struct ctx *ctx, const struct store_statement *statement, const struct store_value *values,
	bool stream, struct store_run *run)
{
	struct db *db = ctx->db;

	TRY(check_state(ctx, statement));
	TRY(check_values(ctx, statement, values));
	if (run->active)
		db->driver->end(run);
	db->fault = STORE_FAULT_NONE;
	if (!db->in_tx)
		TRY(db->driver->revive(ctx, db));
	*run = (struct store_run){ .db = db, .statement = statement };
	if (db->begin_waits) {
		TRY(db->driver->begin(ctx, db));
		db->begin_waits = false;
	}
	TRY(db_prepare(ctx, db, statement, &run->prepared));
	run->prepared->busy = true;
	run->active = true;
	enum rc rc = db->driver->start(ctx, run, values, stream);
	if (rc != RC_OK)
		db->driver->end(run);
	return rc;
}

/* Between two snapshots a reader's connection may have been lost unseen: the first statement of one is tried once more. */
static enum rc start(struct ctx *ctx, const struct store_statement *statement, const struct store_value *values,
	bool stream, struct store_run *run)
{
	struct db *db = ctx->db;
	bool is_first = db->begin_waits && ctx->err->rc == RC_OK;
	enum rc rc = start_once(ctx, statement, values, stream, run);

	if (rc == RC_OK || !is_first || !db->gone)
		return rc;
	db->failed = db->gone = false;
	TRY(db->driver->revive(ctx, db));
	error_clear(ctx);
	db->begin_waits = true;
	return start_once(ctx, statement, values, stream, run);
}

/* One value into its place; texts are copied into `arena`, or stay views when it is NULL. */
static enum rc put_cell(struct ctx *ctx, const struct store_run *run, int i, void *row, struct arena *arena)
{
	const struct store_field *field = &run->statement->columns[i];
	struct store_cell cell = run->db->driver->cell(run, i, field->type);
	char *to = (char *)row + field->offset;

	if (cell.is_foreign)
		return fail_internal(ctx, "%s: column %s has another type in this database", run->statement->name, field->name);
	if (cell.is_null && !field->nullable)
		return fail_internal(ctx, "%s: column %s is NULL; annotate it with ?", run->statement->name, field->name);
	switch (field->type) {
	case STORE_I64:
		if (field->nullable)
			*(struct opt_i64 *)(void *)to = (struct opt_i64){ !cell.is_null, cell.i64 };
		else
			*(int64_t *)(void *)to = cell.i64;
		return RC_OK;
	case STORE_ID:
		if (!cell.is_null && cell.bytes.len != sizeof(struct id))
			return fail_internal(ctx, "%s: column %s is no id", run->statement->name, field->name);
		if (cell.is_null)
			memset(to, 0, sizeof(struct id));
		else
			memcpy(to, cell.bytes.ptr, sizeof(struct id));
		return RC_OK;
	case STORE_TEXT:
	case STORE_BLOB:
		break;
	}
	struct sv bytes = cell.is_null ? (struct sv){ 0 } : cell.bytes.len ? cell.bytes : SV("");
	*(struct sv *)(void *)to = arena && bytes.len ? arena_copy(arena, bytes) : bytes;
	return RC_OK;
}

static enum rc put_row(struct ctx *ctx, const struct store_run *run, void *row, struct arena *arena)
{
	for (int i = 0; i < run->statement->column_count; i++)
		TRY(put_cell(ctx, run, i, row, arena));
	return RC_OK;
}

static enum rc read_one(struct ctx *ctx, struct store_run *run, void *row)
{
	bool more = false;

	TRY(run->db->driver->step(ctx, run, &more));
	if (!more)
		return RC_NOT_FOUND;
	TRY(put_row(ctx, run, row, ctx->arena));
	TRY(run->db->driver->step(ctx, run, &more));
	return more ? fail_internal(ctx, "%s gives more than one row", run->statement->name) : RC_OK;
}

/* The row is read into a copy first, so that *ret_row is untouched on failure. */
enum rc store_one(struct ctx *ctx, const struct store_statement *statement, const struct store_value *values, void *ret_row)
{
	struct store_run *run = &ctx->db->run;
	struct store_rows rows = { .len = 1 };

	if (!kept_find(ctx, statement, values, &rows)) {
		TRY(start(ctx, statement, values, false, run));
		rows.at = arena_alloc(ctx->arena, statement->row_size);
		enum rc rc = read_one(ctx, run, rows.at);
		ctx->db->driver->end(run);
		if (rc != RC_OK && rc != RC_NOT_FOUND)
			return rc;
		rows.len = rc == RC_OK;
		kept_add(ctx, statement, values, rows);
	}
	if (rows.len == 0)
		return RC_NOT_FOUND;
	memcpy(ret_row, rows.at, statement->row_size);
	return RC_OK;
}

static enum rc read_many(struct ctx *ctx, struct store_run *run, struct store_rows *ret)
{
	size_t size = run->statement->row_size, cap = 0, len = 0;
	char *rows = NULL;

	for (bool more = false;;) {
		TRY(run->db->driver->step(ctx, run, &more));
		if (!more)
			break;
		if (len == STORE_MAX_ROWS) {
			if (ctx->err->rc == RC_OK)
				ctx->err->detail = arena_copy(ctx->arena, sv_of(run->statement->name));
			return fail(ctx, RC_TOO_LARGE, N_("This list is too long to be shown at once. Narrow the search."), NULL);
		}
		if (len == cap)
			rows = vec_grow(ctx->arena, rows, &cap, size);
		TRY(put_row(ctx, run, rows + len * size, ctx->arena));
		len++;
	}
	*ret = (struct store_rows){ rows, len };
	return RC_OK;
}

enum rc store_many(struct ctx *ctx, const struct store_statement *statement, const struct store_value *values,
	struct store_rows *ret)
{
	struct store_run *run = &ctx->db->run;

	if (kept_find(ctx, statement, values, ret))
		return RC_OK;
	TRY(start(ctx, statement, values, false, run));
	enum rc rc = read_many(ctx, run, ret);
	ctx->db->driver->end(run);
	if (rc == RC_OK)
		kept_add(ctx, statement, values, *ret);
	return rc;
}

enum rc store_exec(struct ctx *ctx, const struct store_statement *statement, const struct store_value *values,
	int64_t *ret_changed)
{
	struct store_run *run = &ctx->db->run;
	bool more = false;

	TRY(start(ctx, statement, values, false, run));
	enum rc rc = ctx->db->driver->step(ctx, run, &more);
	if (rc == RC_OK && ret_changed)
		*ret_changed = ctx->db->driver->changed(run);
	ctx->db->driver->end(run);
	return rc;
}

enum rc store_each(struct ctx *ctx, const struct store_statement *statement, const struct store_value *values,
	struct store_cursor *ret)
{
	struct db *db = ctx->db;

	if (!db->in_tx)
		return fail_internal(ctx, "%s: reading rows one by one needs store_begin", statement->name);
	for (size_t i = 0; i < STORE_MAX_CURSORS; i++) {
		if (db->cursors[i].active)
			continue;
		TRY(start(ctx, statement, values, true, &db->cursors[i]));
		*ret = (struct store_cursor){ .db = db, .run = &db->cursors[i] };
		return RC_OK;
	}
	return fail_internal(ctx, "%s: more than %d cursors open at once", statement->name, STORE_MAX_CURSORS);
}

bool store_next(struct ctx *ctx, struct store_cursor *cursor, void *row)
{
	bool more = false;

	if (!cursor->run || cursor->rc != RC_OK)
		return false;
	if (!cursor->run->active)
		cursor->rc = fail_internal(ctx, "a cursor was used after its transaction");
	else
		cursor->rc = cursor->db->driver->step(ctx, cursor->run, &more);
	if (cursor->rc == RC_OK && more)
		cursor->rc = put_row(ctx, cursor->run, row, NULL);
	return cursor->rc == RC_OK && more;
}

void store_cursor_cleanup(struct store_cursor *cursor)
{
	if (cursor->run && cursor->run->active)
		cursor->db->driver->end(cursor->run);
	cursor->run = NULL;
}

enum rc store_end(struct ctx *ctx, struct store_cursor *cursor)
{
	(void)ctx; /* for symmetry with the statement that opened it */
	store_cursor_cleanup(cursor);
	return cursor->rc;
}
