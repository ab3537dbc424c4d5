/* Private to the port: what a connection is, and what a driver must do. */
#ifndef STORE_INT_H
#define STORE_INT_H

#include <libpq-fe.h>
#include <pthread.h>
#include <sqlite3.h>
#include <stdatomic.h>

#include "store/backup.h"
#include "store/statement.h"

enum { STORE_BUCKETS = 256, STORE_MAX_CURSORS = 8, STORE_MAX_UNLOCKED = 8, STORE_DETAIL = 256 };
enum { STORE_PENDING = 8, STORE_PENDING_LEN = 64, STORE_QUEUED = 64 };
enum { DB_MAX_STATEMENT_BYTES = 16 << 20, STORE_KEPT_BUCKETS = 64, STORE_KEPT_MAX = 80 << 20 };
/* Pages of the write-ahead log at which the writer moves it into the file even under load (4 KiB each). */
enum { STORE_CHECKPOINT_PAGES = 4096 };

struct store {
	const struct store_driver *driver;
	const char *target; /* path or conninfo */
	_Atomic int health;
	_Atomic int64_t retry_ns; /* monotonic time at which a full disk is tried again */
	pthread_mutex_t lingering_lock;
	struct db *lingering; /* connections that may linger */
	_Atomic unsigned checkpoints; /* of SQLite's log, by this program */
	uint64_t *commits; /* shared by all programs that have this database open, raised after each commit; NULL: there is none */
};

/* A statement prepared on this connection. */
struct prepared {
	struct prepared *next;
	const struct store_statement *statement;
	sqlite3_stmt *sqlite;
	unsigned number; /* PostgreSQL: its name is s<number> */
	bool busy;       /* a run uses it */
};

/* A statement being run. */
struct store_run {
	struct db *db;
	const struct store_statement *statement;
	struct prepared *prepared;
	sqlite3_stmt *sqlite;
	PGresult *result;
	int row;
	unsigned cursor; /* PostgreSQL: rows come in portions from the cursor c<number>; 0 = all are in `result` */
	bool active;
};

struct store_cell {
	bool is_null, is_foreign; /* foreign: a type the port does not know */
	int64_t i64;
	struct sv bytes;
};

enum savepoint_verb { SAVEPOINT_SET, SAVEPOINT_RELEASE, SAVEPOINT_ROLLBACK, SAVEPOINT_VERBS };

struct db {
	struct store *store;
	const struct store_driver *driver;
	enum store_access access; /* STORE_BUILD stands as STORE_WRITE with is_building */
	bool is_building;
	struct arena arena; /* of the statement cache */
	sqlite3 *sqlite;
	PGconn *pg;
	char pending[STORE_PENDING][STORE_PENDING_LEN]; /* PostgreSQL: commands that go out with the next statement */
	unsigned pending_count;
	const char *queued[STORE_QUEUED];
	unsigned queued_count; /* PostgreSQL: sent and not yet answered, by name */
	struct prepared *buckets[STORE_BUCKETS];
	unsigned prepared_count, cursor_count;
	struct store_run run; /* of :one, :many and :exec */
	struct store_run cursors[STORE_MAX_CURSORS];
	const char *unlocked[STORE_MAX_UNLOCKED];
	unsigned savepoints;
	sqlite3_stmt *savepoint_stmts[STORE_MAX_SAVEPOINTS + 1][SAVEPOINT_VERBS];
	sqlite3_stmt *tx_stmts[4]; /* BEGIN, BEGIN IMMEDIATE, COMMIT, ROLLBACK */
	bool may_linger, lingers; /* linger.c */
	int64_t lingers_until_ns;
	unsigned seen_checkpoints; /* of the store, as the snapshot began */
	pthread_mutex_t lock;
	struct db *next_lingering;
	uint64_t state; /* of the database when the transaction began; 0 = not known */
	struct kept *kept[STORE_KEPT_BUCKETS];
	struct arena kept_arena;
	bool in_tx;
	bool begin_waits; /* a snapshot is taken with the first statement that needs it */
	bool failed; /* a statement failed since the innermost savepoint */
	bool gone;   /* the database gave up the whole transaction */
	int64_t last_doc; /* of the search index */
	struct id last_event; /* of the outbox */
	int wal_pages;
	enum store_fault fault;
};

/* Drivers report by db_fault() and return its rc. */
struct store_driver {
	const char *scheme;
	bool is_postgres;
	void (*open)(struct store *store); /* once, before the first connection */
	enum rc (*connect)(struct ctx *ctx, struct db *db);
	void (*disconnect)(struct db *db);
	/* Outside a transaction: connects anew when the connection was lost. */
	enum rc (*revive)(struct ctx *ctx, struct db *db);
	enum rc (*begin)(struct ctx *ctx, struct db *db);
	/* A constant command, or several: commit, rollback, migrations. */
	enum rc (*script)(struct ctx *ctx, struct db *db, const char *sql);
	enum rc (*savepoint)(struct ctx *ctx, struct db *db, enum savepoint_verb verb, unsigned level);
	/* Keeps other programs from migrating until this connection is closed; before the first transaction, whose view of the
	 * database would otherwise be older than the lock. */
	enum rc (*lock_schema)(struct ctx *ctx, struct db *db);
	enum rc (*prepare)(struct ctx *ctx, struct db *db, struct prepared *prepared);
	/* Do the results have the number and types that were generated? */
	enum rc (*check)(struct ctx *ctx, struct db *db, const struct prepared *prepared);
	/* Binds and starts; `stream` asks for rows in portions. */
	enum rc (*start)(struct ctx *ctx, struct store_run *run, const struct store_value *values, bool stream);
	enum rc (*step)(struct ctx *ctx, struct store_run *run, bool *ret_row);
	struct store_cell (*cell)(const struct store_run *run, int column, enum store_type type);
	int64_t (*changed)(const struct store_run *run);
	void (*end)(struct store_run *run);
	enum rc (*settle)(struct ctx *ctx, struct db *db);
	/* House-keeping between transactions; `idle` when nobody waits. */
	void (*rest)(struct db *db, bool idle);
	enum rc (*backup)(struct ctx *ctx, struct store *store, const char *path, struct store_progress progress);
	enum rc (*restore)(struct ctx *ctx, struct store *store, const char *path, struct store_progress progress);
	const char *backup_magic; /* how such a file begins; at most 15 bytes */
};

extern const struct store_driver store_sqlite, store_postgres;
extern const struct store_room sql_room_store;

enum rc lite_backup(struct ctx *ctx, struct store *store, const char *path, struct store_progress progress);
enum rc lite_restore(struct ctx *ctx, struct store *store, const char *path, struct store_progress progress);
enum rc pg_backup(struct ctx *ctx, struct store *store, const char *path, struct store_progress progress);
enum rc pg_restore(struct ctx *ctx, struct store *store, const char *path, struct store_progress progress);

/* Records why the last statement failed, marks the transaction, sets the message; `detail` holds no values. */
enum rc db_fault(struct ctx *ctx, struct db *db, enum store_fault fault, const char *detail);
/* The statement prepared on this connection, from the cache or anew. */
[[nodiscard]] enum rc db_prepare(struct ctx *ctx, struct db *db, const struct store_statement *statement,
	struct prepared **ret);
/* Kept answers (kept.c): a transaction begins; a commit was made; the answer to this question, copied into the ctx's arena;
 * an answer to keep. */
void kept_begin(struct db *db);
void kept_committed(struct store *store);

/* linger.c. Begin: true when the snapshot that was left is taken up again; the connection is then its user's until linger_release. Stay,
 * as a transaction ends: true when its snapshot is left open. End all: those that are not current. */
bool linger_begin(struct db *db);
bool linger_stay(struct db *db);
void linger_release(struct db *db);
void linger_end_all(struct store *store);
void linger_close(struct db *db);
bool kept_find(struct ctx *ctx, const struct store_statement *statement, const struct store_value *values,
	struct store_rows *ret);
void kept_add(struct ctx *ctx, const struct store_statement *statement, const struct store_value *values,
	struct store_rows rows);
/* Forgets all prepared statements (after the connection was lost). */
void db_forget(struct db *db);
/* Ends what is still running. */
void db_end_runs(struct db *db);

#endif
