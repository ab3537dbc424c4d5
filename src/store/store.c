/* Connections, transactions, savepoints and the state a connection keeps about them.
 *
 * 1. A transaction is open from store_begin to store_commit or store_rollback, on one connection, one at a time.
 * 2. After a failed statement `failed` is set: nothing runs until the innermost savepoint (or all) is rolled back.
 *    PostgreSQL demands it; SQLite is held to the same.
 * 3. When the database gave up the transaction by itself (disk full, connection lost) `gone` is set: only
 *    store_rollback ends it.
 *
 *	       store_begin            savepoint
 *	none ---------------> open <-------------> nested
 *	  ^                    | failed statement     |
 *	  | rollback           v                      v  savepoint_rollback -> open
 *	  +---------------- failed                  failed
 */
#include "store/store_int.h"

#include <assert.h>

#include "base/banned.h"

enum { RETRY_NS = 1000000000 };

static const struct store_driver *const drivers[] = { &store_sqlite, &store_postgres };

enum rc store_open(struct ctx *ctx, struct sv url, struct store **ret)
{
	struct sv rest = url, scheme = sv_cut(&rest, ':');

	for (size_t i = 0; i < sizeof(drivers) / sizeof(drivers[0]); i++) {
		if (!sv_equal_z(scheme, drivers[i]->scheme) || rest.len == 0)
			continue;
		struct store *store = ARENA_NEW(ctx->arena, struct store);
		store->driver = drivers[i];
		store->target = arena_z(ctx->arena, rest);
		pthread_mutex_init(&store->lingering_lock, NULL);
		store->driver->open(store);
		*ret = store;
		return RC_OK;
	}
	return fail(ctx, RC_INVALID, N_("\"{url}\" names no database. Write sqlite:PATH or postgres:CONNECTION."),
		ARGS({ "url", scheme }));
}

bool store_is_postgres(const struct store *store)
{
	return store->driver->is_postgres;
}

enum store_health store_health(const struct store *store)
{
	return (enum store_health)atomic_load(&store->health);
}

void store_refuse_writes(struct store *store)
{
	if (atomic_load(&store->health) < STORE_OLD)
		atomic_store(&store->health, STORE_OLD);
}

enum rc db_connect(struct ctx *ctx, struct store *store, enum store_access access, struct db **ret)
{
	struct db *db = ARENA_NEW(ctx->arena, struct db);

	db->store = store;
	db->driver = store->driver;
	db->access = access == STORE_BUILD ? STORE_WRITE : access;
	db->is_building = access == STORE_BUILD;
	arena_init(&db->arena, DB_MAX_STATEMENT_BYTES);
	arena_init(&db->kept_arena, STORE_KEPT_MAX);
	enum rc rc = db->driver->connect(ctx, db);
	if (rc != RC_OK) {
		db_close(db);
		return rc;
	}
	*ret = db;
	return RC_OK;
}

void db_close(struct db *db)
{
	if (!db)
		return;
	linger_close(db);
	db_end_runs(db);
	db_forget(db);
	db->driver->disconnect(db);
	arena_release(&db->arena);
	arena_release(&db->kept_arena);
}

enum rc store_settle(struct ctx *ctx)
{
	assert(!ctx->db->in_tx);
	TRY(ctx->db->driver->settle(ctx, ctx->db));
	ctx->db->is_building = false;
	return RC_OK;
}

void db_forget(struct db *db)
{
	for (size_t i = 0; i < STORE_BUCKETS; i++) {
		for (struct prepared *at = db->buckets[i]; at; at = at->next)
			sqlite3_finalize(at->sqlite);
		db->buckets[i] = NULL;
	}
	arena_clear(&db->arena);
	db->prepared_count = 0;
}

void db_end_runs(struct db *db)
{
	if (db->run.active)
		db->driver->end(&db->run);
	for (size_t i = 0; i < STORE_MAX_CURSORS; i++)
		if (db->cursors[i].active)
			db->driver->end(&db->cursors[i]);
}

static void note_health(struct db *db, enum store_fault fault)
{
	int health = fault == STORE_FAULT_FULL ? STORE_FULL : fault == STORE_FAULT_CORRUPT ? STORE_CORRUPT
		: fault == STORE_FAULT_LOST ? STORE_LOST : STORE_HEALTHY;

	if (health > atomic_load(&db->store->health))
		atomic_store(&db->store->health, health);
	if (fault == STORE_FAULT_FULL)
		atomic_store(&db->store->retry_ns, clock_monotonic_ns() + RETRY_NS);
}

enum rc db_fault(struct ctx *ctx, struct db *db, enum store_fault fault, const char *detail)
{
	db->fault = fault;
	db->failed = db->in_tx;
	note_health(db, fault);
	if (ctx->err->rc == RC_OK)
		ctx->err->detail = arena_copy(ctx->arena, sv_of(detail));
	switch (fault) {
	case STORE_FAULT_UNIQUE:
	case STORE_FAULT_FOREIGN_KEY:
		return fail(ctx, RC_CONFLICT, N_("Something else was saved first and this does not fit it any more. Reload the "
			"page and try again."), NULL);
	case STORE_FAULT_BUSY:
	case STORE_FAULT_SERIALIZATION:
	case STORE_FAULT_LOST:
		return fail(ctx, RC_UNAVAILABLE, N_("The database is not available right now. Nothing was changed; please try "
			"again in a minute."), NULL);
	case STORE_FAULT_FULL:
		return fail(ctx, RC_UNAVAILABLE, N_("The disk of this office's server is full, so nothing can be saved now. "
			"Reading still works; please try again later."), NULL);
	case STORE_FAULT_CORRUPT:
		return fail(ctx, RC_UNAVAILABLE, N_("The database is damaged, so nothing can be saved now. The operators must "
			"restore it from a backup."), NULL);
	case STORE_FAULT_NONE:
	case STORE_FAULT_CHECK:
	case STORE_FAULT_OTHER:
		break;
	}
	return fail_internal(ctx, "%s", detail);
}

enum store_fault store_fault(const struct ctx *ctx)
{
	return ctx->db->fault;
}

static enum rc refuse_unhealthy(struct ctx *ctx, struct db *db)
{
	switch (store_health(db->store)) {
	case STORE_CORRUPT:
		return db_fault(ctx, db, STORE_FAULT_CORRUPT, "writing is refused: the database was found damaged");
	case STORE_OLD:
		db->fault = STORE_FAULT_OTHER;
		ctx->err->detail = ctx->err->rc == RC_OK ? SV("writing is refused: the database is an old one") : ctx->err->detail;
		return fail(ctx, RC_UNAVAILABLE, N_("The records of this office are being put back in order, so nothing can be saved "
			"now. Reading still works; please try again later."), NULL);
	case STORE_FULL:
		if (clock_monotonic_ns() < atomic_load(&db->store->retry_ns)) {
			db->fault = STORE_FAULT_FULL;
			return fail(ctx, RC_UNAVAILABLE, N_("The disk of this office's server is full, so nothing can be saved "
				"now. Reading still works; please try again later."), NULL);
		}
		break;
	case STORE_HEALTHY:
	case STORE_LOST:
		break;
	}
	return RC_OK;
}

enum rc store_begin(struct ctx *ctx)
{
	struct db *db = ctx->db;

	assert(!db->in_tx);
	db->fault = STORE_FAULT_NONE;
	if (db->access == STORE_WRITE)
		TRY(refuse_unhealthy(ctx, db));
	TRY(db->driver->revive(ctx, db));
	if (db->access == STORE_READ)
		db->begin_waits = !linger_begin(db);
	else
		TRY(db->driver->begin(ctx, db));
	kept_begin(db);
	db->in_tx = true;
	db->failed = db->gone = false;
	db->savepoints = 0;
	return RC_OK;
}

static void end_transaction(struct db *db)
{
	db->in_tx = db->failed = db->gone = false;
	db->savepoints = 0;
	db->begin_waits = false;
	memset(db->unlocked, 0, sizeof(db->unlocked));
	linger_release(db);
}

enum rc store_commit(struct ctx *ctx)
{
	struct db *db = ctx->db;

	assert(db->in_tx && db->savepoints == 0);
	db_end_runs(db);
	enum rc rc = db->failed || db->gone ? fail_internal(ctx, "commit after a failed statement")
		: db->begin_waits ? RC_OK : db->driver->script(ctx, db, "COMMIT");
	if (db->access == STORE_WRITE)
		kept_committed(db->store); /* even if it failed: it may have been done nevertheless */
	if (rc != RC_OK) {
		store_rollback(ctx);
		return rc;
	}
	end_transaction(db);
	if (db->access == STORE_WRITE)
		atomic_store(&db->store->health, STORE_HEALTHY);
	return RC_OK;
}

void store_rollback(struct ctx *ctx)
{
	struct db *db = ctx->db;
	struct error kept = *ctx->err;
	enum store_fault fault = db->fault;
	/* A snapshot has nothing to take back, and SQLite ends it sooner as a commit. */
	const char *end = db->access == STORE_READ && !db->failed && !db->gone ? "COMMIT" : "ROLLBACK";

	if (!db->in_tx)
		return;
	db_end_runs(db);
	/* The message that led here stays; that the rollback fails too changes nothing: the transaction is gone then. */
	if (!db->begin_waits && !linger_stay(db) && db->driver->script(ctx, db, end) != RC_OK)
		*ctx->err = kept;
	db->fault = fault;
	end_transaction(db);
}

static enum rc savepoint_command(struct ctx *ctx, enum savepoint_verb verb)
{
	return ctx->db->driver->savepoint(ctx, ctx->db, verb, ctx->db->savepoints);
}

enum rc store_savepoint(struct ctx *ctx)
{
	struct db *db = ctx->db;

	assert(db->in_tx && db->savepoints < STORE_MAX_SAVEPOINTS);
	if (db->failed || db->gone)
		return fail_internal(ctx, "savepoint after a failed statement");
	db->savepoints++;
	return savepoint_command(ctx, SAVEPOINT_SET);
}

enum rc store_savepoint_release(struct ctx *ctx)
{
	struct db *db = ctx->db;

	assert(db->in_tx && db->savepoints > 0);
	if (db->failed || db->gone)
		return fail_internal(ctx, "savepoint released after a failed statement");
	TRY(savepoint_command(ctx, SAVEPOINT_RELEASE));
	db->savepoints--;
	return RC_OK;
}

enum rc store_savepoint_rollback(struct ctx *ctx)
{
	struct db *db = ctx->db;

	assert(db->in_tx && db->savepoints > 0);
	db_end_runs(db);
	memset(db->unlocked, 0, sizeof(db->unlocked));
	if (db->gone)
		return fail(ctx, RC_UNAVAILABLE, N_("The database is not available right now. Nothing was changed; please try "
			"again in a minute."), NULL);
	TRY(savepoint_command(ctx, SAVEPOINT_ROLLBACK));
	TRY(savepoint_command(ctx, SAVEPOINT_RELEASE));
	db->savepoints--;
	db->failed = false;
	return RC_OK;
}

struct store_unlock store_unprotect(struct ctx *ctx, const char *table)
{
	for (size_t i = 0; i < STORE_MAX_UNLOCKED; i++)
		if (!ctx->db->unlocked[i]) {
			ctx->db->unlocked[i] = table;
			return (struct store_unlock){ ctx->db, table };
		}
	assert(!"too many tables unlocked at once");
	return (struct store_unlock){ 0 };
}

void store_protect(struct store_unlock *lock)
{
	for (size_t i = 0; lock->db && i < STORE_MAX_UNLOCKED; i++)
		if (lock->db->unlocked[i] == lock->table) {
			lock->db->unlocked[i] = NULL;
			break;
		}
	lock->db = NULL;
}
