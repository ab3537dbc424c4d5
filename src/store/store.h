/* The database port: SQLite (one file) and PostgreSQL behind one set of functions.
 *
 * A room writes its tables in `<room>_schema.sql` and its statements in `<room>.sql`, both in one dialect
 * (docs/standards/sql.md); tools/sqlgen checks them at build time and emits `<room>_sql.h`:
 *
 *	-- name: note_by_id :one                          struct sql_note_by_id_row row;
 *	SELECT title, due_ms FROM note WHERE id = :id;    enum rc rc = sql_note_by_id(ctx, id, &row);
 *
 *	-- name: notes_of :many                           struct sql_notes_of_rows rows;  // rows.at[0 .. rows.len)
 *	SELECT ... LIMIT :limit;                          TRY(sql_notes_of(ctx, account, 20, &rows));
 *
 *	-- name: note_add :exec                           TRY(sql_note_add(ctx, id, title, due));
 *	-- name: note_close :execrows                     TRY(sql_note_close(ctx, id, &changed));
 *
 *	-- name: note_export :each                        auto_cursor struct store_cursor cursor = { 0 };
 *	SELECT ...;                                       TRY(sql_note_export(ctx, &cursor));
 *	                                                  while (sql_note_export_next(ctx, &cursor, &row)) ...
 *	                                                  TRY(store_end(ctx, &cursor));
 *
 * :one gives RC_NOT_FOUND without a message when there is no row (the room says what was not found) and RC_INTERNAL
 * when there are two. :many gives at most STORE_MAX_ROWS rows, else RC_TOO_LARGE. Texts and blobs of :one and :many are
 * copies in the ctx's arena; those of :each live until the next step only. An absent struct sv, a zero struct id and an
 * opt_i64 without value are NULL.
 *
 * Writing needs a transaction (a request's is opened by the writer, store/writer.h). When a statement fails inside a
 * transaction, everything up to the innermost savepoint is lost on both databases: later statements fail until it is
 * rolled back. Prefer ON CONFLICT DO NOTHING with :execrows; where that does not do, set a savepoint.
 *
 * A struct db and its ctx belong to one thread. Only store/ and http/ know threads.
 */
#ifndef STORE_STORE_H
#define STORE_STORE_H

#include "base/ctx.h"

enum { STORE_MAX_ROWS = 10000, STORE_MAX_VALUE = 64 << 20 /* bytes of one text or blob */ };

struct opt_i64 {
	bool has;
	int64_t value;
};

static inline struct opt_i64 opt_i64(int64_t value) { return (struct opt_i64){ true, value }; }

struct store;      /* a database: where it is and how it is; shared by the threads */
struct db;         /* a connection of one thread */
struct store_room; /* generated: sql_room_<room> of `<room>_sql.h` */

/* STORE_BUILD is the writer of a database that nobody else has open and that is thrown away unless store_settle says it stands:
 * SQLite keeps no log of it meanwhile, PostgreSQL works as ever. */
enum store_access { STORE_READ, STORE_WRITE, STORE_BUILD };

/* Names a database: "sqlite:PATH" or "postgres:CONNINFO" (libpq's keywords). Connects to nothing yet. Lives in the
 * ctx's arena. RC_INVALID on another scheme. */
[[nodiscard]] enum rc store_open(struct ctx *ctx, struct sv url, struct store **ret);
bool store_is_postgres(const struct store *store);
/* Brings the schema up to date: the port's own tables first, then the rooms' in this order (a room behind those it
 * references). Refuses a database made by a newer program or from changed files (RC_CONFLICT). */
[[nodiscard]] enum rc store_migrate(struct ctx *ctx, struct store *store, const struct store_room *const *rooms,
	size_t count);
/* Prepares every statement of the port and the rooms on ctx->db and compares its results' types: the start-up check, and
 * the test that each statement is right on both databases. RC_INTERNAL with the statement's name in the detail. */
[[nodiscard]] enum rc store_check(struct ctx *ctx, const struct store_room *const *rooms, size_t count);
/* A connection; put it into ctx->db. SQLite: a reader is opened read-only; one writer at a time. Lives in the ctx's
 * arena until db_close. */
[[nodiscard]] enum rc db_connect(struct ctx *ctx, struct store *store, enum store_access access, struct db **ret);
/* For a reader that serves one request after another beside a writer of this program: its snapshot may stay open in between (linger.c). */
void store_linger(struct db *db);
void db_close(struct db *db); /* accepts NULL; rolls back what is open */
/* Outside a transaction: all that was committed by STORE_BUILD is on the disk, and from here on the connection is STORE_WRITE. */
[[nodiscard]] enum rc store_settle(struct ctx *ctx);

/* A transaction: on a reader a snapshot (all statements see one state), on a writer the right to change. Serializable
 * on both databases; a conflict is RC_UNAVAILABLE with STORE_FAULT_SERIALIZATION, and the whole may be tried again. */
[[nodiscard]] enum rc store_begin(struct ctx *ctx);
[[nodiscard]] enum rc store_commit(struct ctx *ctx);
void store_rollback(struct ctx *ctx);

/* auto_tx struct store_tx tx = { ctx };   what was begun and not committed is rolled back at the end of the scope. */
#define auto_tx __attribute__((cleanup(store_tx_cleanup), unused))
struct store_tx {
	struct ctx *ctx;
};
static inline void store_tx_cleanup(struct store_tx *tx) { store_rollback(tx->ctx); }

/* Nested parts that may fail alone; at most STORE_MAX_SAVEPOINTS deep. */
enum { STORE_MAX_SAVEPOINTS = 8 };
[[nodiscard]] enum rc store_savepoint(struct ctx *ctx);
[[nodiscard]] enum rc store_savepoint_release(struct ctx *ctx);
[[nodiscard]] enum rc store_savepoint_rollback(struct ctx *ctx);

/* Why the last statement of this connection failed. The rc and a general message are set as well: unique and foreign
 * key RC_CONFLICT; busy, serialization, lost, full and corrupt RC_UNAVAILABLE; the rest RC_INTERNAL. */
enum store_fault {
	STORE_FAULT_NONE, STORE_FAULT_UNIQUE, STORE_FAULT_FOREIGN_KEY, STORE_FAULT_CHECK, STORE_FAULT_BUSY,
	STORE_FAULT_SERIALIZATION, STORE_FAULT_LOST, STORE_FAULT_FULL, STORE_FAULT_CORRUPT, STORE_FAULT_OTHER,
};
enum store_fault store_fault(const struct ctx *ctx);

/* Tables marked `-- protected` in their schema are written to in such a scope only:
 *	auto_lock struct store_unlock lock = store_unprotect(ctx, "casefile_event"); */
#define auto_lock __attribute__((cleanup(store_protect), unused))
struct store_unlock {
	struct db *db;
	const char *table;
};
[[nodiscard]] struct store_unlock store_unprotect(struct ctx *ctx, const char *table);
void store_protect(struct store_unlock *lock);

/* Rows one by one in bounded memory. store_end tells how it ended; auto_cursor closes on an early return. */
#define auto_cursor __attribute__((cleanup(store_cursor_cleanup), unused))
struct store_run;
struct store_cursor {
	struct db *db;
	struct store_run *run;
	enum rc rc;
};
[[nodiscard]] enum rc store_end(struct ctx *ctx, struct store_cursor *cursor);
void store_cursor_cleanup(struct store_cursor *cursor);

/* For /readyz: the worst that was met since the last successful commit. From FULL on writes are refused and reading goes
 * on; FULL is tried again once a second. */
enum store_health { STORE_HEALTHY, STORE_LOST, STORE_FULL, STORE_OLD, STORE_CORRUPT };
enum store_health store_health(const struct store *store);
/* Refuses writes from now on (STORE_OLD): whoever knows what was written has found that the database is an old one. */
void store_refuse_writes(struct store *store);

#endif
