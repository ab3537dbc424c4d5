/* Snapshots that a reader leaves open for its next request. To begin and end one costs SQLite system calls under a lock that all
 * readers share; most requests find that nothing was committed since the last. Only SQLite, and only where commits are counted
 * (kept.c).
 *
 *	            store_begin, nothing committed since           store_rollback
 *	none ----------------------------------------> in use <---------------------> lingering
 *	  ^                                                        store_begin            |
 *	  +-------------------------------------------------------------------------------+
 *	       store_begin after a commit or LINGER_NS; linger_end_all, which the writer calls around its checkpoints
 *
 * 1. Whoever's commit was answered finds it: the number of commits is looked at as each transaction begins.
 * 2. What another program than ours commits, which does not count, is seen LINGER_NS later at the latest.
 * 3. A snapshot from before a checkpoint keeps SQLite from beginning its log anew, however current it is: it ends with its request.
 * 4. `lock` is held while the connection is in use; so the writer ends only what nobody reads by. */
#include "base/clock.h"
#include "store/store_int.h"

#include "base/banned.h"

enum { LINGER_NS = 1000000000 };

void store_linger(struct db *db)
{
	struct store *store = db->store;

	if (!store->commits || db->may_linger)
		return;
	db->may_linger = true;
	pthread_mutex_init(&db->lock, NULL);
	pthread_mutex_lock(&store->lingering_lock);
	db->next_lingering = store->lingering;
	store->lingering = db;
	pthread_mutex_unlock(&store->lingering_lock);
}

void linger_close(struct db *db)
{
	struct store *store = db->store;

	if (!db->may_linger)
		return;
	pthread_mutex_lock(&store->lingering_lock);
	for (struct db **at = &store->lingering; *at; at = &(*at)->next_lingering)
		if (*at == db) {
			*at = db->next_lingering;
			break;
		}
	pthread_mutex_unlock(&store->lingering_lock);
	pthread_mutex_destroy(&db->lock);
	db->may_linger = false;
}

static bool is_current(const struct db *db)
{
	return db->state == __atomic_load_n(db->store->commits, __ATOMIC_ACQUIRE) + 1
		&& db->seen_checkpoints == atomic_load(&db->store->checkpoints) && clock_monotonic_ns() < db->lingers_until_ns;
}

/* The connection's own error is nobody's: a snapshot that cannot be ended is found out by the next statement. */
static void end(struct db *db)
{
	struct arena arena;
	struct error err = { 0 };

	arena_init(&arena, 1 << 16);
	struct ctx ctx = { .arena = &arena, .err = &err };
	if (db->driver->script(&ctx, db, "COMMIT") != RC_OK)
		db->fault = STORE_FAULT_NONE;
	arena_release(&arena);
	db->lingers = false;
}

bool linger_begin(struct db *db)
{
	if (!db->may_linger)
		return false;
	pthread_mutex_lock(&db->lock);
	if (db->lingers && is_current(db)) {
		db->lingers = false;
		return true;
	}
	if (db->lingers)
		end(db);
	db->lingers_until_ns = clock_monotonic_ns() + LINGER_NS;
	db->seen_checkpoints = atomic_load(&db->store->checkpoints);
	return false;
}

bool linger_stay(struct db *db)
{
	db->lingers = db->may_linger && db->state && !db->begin_waits && !db->failed && !db->gone
		&& db->seen_checkpoints == atomic_load(&db->store->checkpoints);
	return db->lingers;
}

void linger_release(struct db *db)
{
	if (db->may_linger)
		pthread_mutex_unlock(&db->lock);
}

void linger_end_all(struct store *store)
{
	pthread_mutex_lock(&store->lingering_lock);
	for (struct db *db = store->lingering; db; db = db->next_lingering) {
		if (pthread_mutex_trylock(&db->lock) != 0)
			continue;
		if (db->lingers && !is_current(db))
			end(db);
		pthread_mutex_unlock(&db->lock);
	}
	pthread_mutex_unlock(&store->lingering_lock);
}
