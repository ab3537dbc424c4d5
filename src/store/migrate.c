/* Migrations and the check of all statements.
 *
 * Each room's files are applied in order, each in a transaction of its own, recorded with its hash.
 *
 * The schema of a room *is* the replay of its files: there is no second description it could differ from, and sqlgen
 * checks the statements against that same replay. A file that has been applied never changes; a change is a new file. */
#include "base/hash.h"
#include "store/store_int.h"
#include "store/store_sql.h"

#include "base/banned.h"

static struct hash hash_of(const struct store_migration *migration)
{
	return hash_sha256(sv_of(migration->sqlite)); /* of this form on both databases */
}

static const struct sql_migration_list_row *find(const struct sql_migration_list_rows *done, const char *room, size_t number)
{
	for (size_t i = 0; i < done->len; i++)
		if (sv_equal_z(done->at[i].room, room) && done->at[i].number == (int64_t)number)
			return &done->at[i];
	return NULL;
}

static enum rc check_unchanged(struct ctx *ctx, const struct store_migration *migration,
	const struct sql_migration_list_row *done)
{
	struct hash hash = hash_of(migration);

	if (sv_equal(done->hash, (struct sv){ (const char *)hash.bytes, sizeof(hash.bytes) }))
		return RC_OK;
	return fail(ctx, RC_CONFLICT, N_("The tables of this database were made from another text of {file}. Start the "
		"program it was made with, or make a new database."), ARGS({ "file", sv_of(migration->what) }));
}

/* Applies one file unless another program has done it meanwhile. */
static enum rc apply(struct ctx *ctx, const struct store_room *room, size_t number)
{
	const struct store_migration *migration = &room->migrations[number - 1];
	auto_tx struct store_tx tx = { ctx };
	struct sql_migration_list_rows done;
	struct hash hash = hash_of(migration);

	TRY(store_begin(ctx));
	TRY(sql_migration_list(ctx, &done));
	if (find(&done, room->name, number))
		return RC_OK;
	TRY(ctx->db->driver->script(ctx, ctx->db, ctx->db->driver->is_postgres ? migration->postgres : migration->sqlite));
	TRY(sql_migration_add(ctx, sv_of(room->name), (int64_t)number,
		(struct sv){ (const char *)hash.bytes, sizeof(hash.bytes) }, clock_now(ctx->clock)));
	return store_commit(ctx);
}

static enum rc migrate_room(struct ctx *ctx, const struct store_room *room, const struct sql_migration_list_rows *done)
{
	for (size_t number = 1; number <= room->migration_count; number++) {
		const struct sql_migration_list_row *known = find(done, room->name, number);
		if (known)
			TRY(check_unchanged(ctx, &room->migrations[number - 1], known));
		else
			TRY(apply(ctx, room, number));
	}
	if (find(done, room->name, room->migration_count + 1))
		return fail(ctx, RC_CONFLICT, N_("This database was made by a newer version of the program. Start that version."),
			NULL);
	return RC_OK;
}

/* The table of migrations itself; safe to run again and beside others. */
static enum rc prepare_list(struct ctx *ctx)
{
	auto_tx struct store_tx tx = { ctx };
	const struct store_migration *first = &sql_room_store.migrations[0];

	TRY(store_begin(ctx));
	TRY(ctx->db->driver->script(ctx, ctx->db, ctx->db->driver->is_postgres ? first->postgres : first->sqlite));
	return store_commit(ctx);
}

static enum rc migrate_all(struct ctx *ctx, const struct store_room *const *rooms, size_t count)
{
	struct sql_migration_list_rows done;

	TRY(ctx->db->driver->lock_schema(ctx, ctx->db));
	TRY(prepare_list(ctx));
	TRY(sql_migration_list(ctx, &done));
	TRY(migrate_room(ctx, &sql_room_store, &done));
	for (size_t i = 0; i < count; i++)
		TRY(migrate_room(ctx, rooms[i], &done));
	return RC_OK;
}

enum rc store_migrate(struct ctx *ctx, struct store *store, const struct store_room *const *rooms, size_t count)
{
	struct db *before = ctx->db, *db;

	TRY(db_connect(ctx, store, STORE_WRITE, &db));
	ctx->db = db;
	enum rc rc = migrate_all(ctx, rooms, count);
	ctx->db = before;
	db_close(db);
	return rc;
}

static enum rc check_room(struct ctx *ctx, const struct store_room *room)
{
	enum store_dialect other = ctx->db->driver->is_postgres ? STORE_SQLITE_ONLY : STORE_POSTGRES_ONLY;
	struct prepared *prepared;

	for (size_t i = 0; i < room->statement_count; i++) {
		if (room->statements[i]->dialect == other)
			continue;
		TRY(db_prepare(ctx, ctx->db, room->statements[i], &prepared));
		TRY(ctx->db->driver->check(ctx, ctx->db, prepared));
	}
	return RC_OK;
}

enum rc store_check(struct ctx *ctx, const struct store_room *const *rooms, size_t count)
{
	TRY(check_room(ctx, &sql_room_store));
	for (size_t i = 0; i < count; i++)
		TRY(check_room(ctx, rooms[i]));
	return RC_OK;
}
