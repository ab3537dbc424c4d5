/* The SQLite driver: one file, write-ahead log, synchronous=FULL (a commit is on the disk when it returns). */
#include "store/store_int.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/banned.h"

enum { BUSY_MS = 5000, COMMITS_BYTES = 8 };

static enum store_fault fault_of(int code)
{
	switch (code) {
	case SQLITE_CONSTRAINT_UNIQUE:
	case SQLITE_CONSTRAINT_PRIMARYKEY:
	case SQLITE_CONSTRAINT_ROWID:
		return STORE_FAULT_UNIQUE;
	case SQLITE_CONSTRAINT_FOREIGNKEY:
		return STORE_FAULT_FOREIGN_KEY;
	case SQLITE_BUSY_SNAPSHOT:
		return STORE_FAULT_SERIALIZATION;
	default:
		break;
	}
	switch (code & 0xff) {
	case SQLITE_CONSTRAINT:
		return STORE_FAULT_CHECK;
	case SQLITE_BUSY:
	case SQLITE_LOCKED:
		return STORE_FAULT_BUSY;
	case SQLITE_FULL:
		return STORE_FAULT_FULL;
	case SQLITE_CORRUPT:
	case SQLITE_NOTADB:
		return STORE_FAULT_CORRUPT;
	case SQLITE_IOERR:
	case SQLITE_CANTOPEN:
	case SQLITE_NOMEM:
		return STORE_FAULT_LOST;
	default:
		return STORE_FAULT_OTHER;
	}
}

/* What the system last said about the database's file or, with SQLITE_FCNTL_JOURNAL_POINTER, its log. */
static int errno_of_file(struct db *db, int which)
{
	sqlite3_file *file = NULL;
	int error = 0;

	if (sqlite3_file_control(db->sqlite, "main", which, &file) != SQLITE_OK || !file || !file->pMethods
		|| file->pMethods->xFileControl(file, SQLITE_FCNTL_LAST_ERRNO, &error) != SQLITE_OK)
		return 0;
	return error;
}

/* SQLite itself calls only ENOSPC full; a quota or a limit on the size of files is no other to who wants to write. */
static bool has_no_room(struct db *db, int code)
{
	static const int files[] = { SQLITE_FCNTL_FILE_POINTER, SQLITE_FCNTL_JOURNAL_POINTER };

	if (!db->sqlite || (code != SQLITE_IOERR_WRITE && code != SQLITE_IOERR_FSYNC))
		return false;
	for (size_t i = 0; i < sizeof(files) / sizeof(files[0]); i++) {
		int error = errno_of_file(db, files[i]);
		if (error == ENOSPC || error == EDQUOT || error == EFBIG)
			return true;
	}
	return false;
}

/* SQLite's messages name tables, columns and constraints, never values. */
static enum rc report(struct ctx *ctx, struct db *db, int code, const char *what)
{
	char detail[STORE_DETAIL];
	enum store_fault fault = has_no_room(db, code) ? STORE_FAULT_FULL : fault_of(code);
	const char *message = db->sqlite ? sqlite3_errmsg(db->sqlite) : sqlite3_errstr(code);

	snprintf(detail, sizeof(detail), "%s: %s", what, message);
	if (db->in_tx && db->sqlite && sqlite3_get_autocommit(db->sqlite))
		db->gone = true;
	return db_fault(ctx, db, fault, detail);
}

/* What the library counts for its own statistics costs a lock an allocation. Has effect before the first connection of the
 * program only; later calls are refused without harm. */
static void prepare_library(void)
{
	sqlite3_config(SQLITE_CONFIG_MEMSTATUS, 0);
}

/* The number of commits (kept.c), in a file beside the database; it stays mapped until the program ends. */
static uint64_t *map_commits(const char *database)
{
	char path[PATH_MAX];
	int len = snprintf(path, sizeof(path), "%s-commits", database);
	int fd = len < 0 || (size_t)len >= sizeof(path) ? -1 : open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0600);
	struct stat st;
	void *at = MAP_FAILED;

	if (fd < 0)
		return NULL;
	if (fstat(fd, &st) == 0 && (st.st_size >= COMMITS_BYTES || ftruncate(fd, COMMITS_BYTES) == 0))
		at = mmap(NULL, COMMITS_BYTES, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
	close(fd);
	return at == MAP_FAILED ? NULL : at;
}

static void lite_open(struct store *store)
{
	prepare_library();
	store->commits = map_commits(store->target);
	kept_committed(store); /* a program may have been killed between its commit and the number */
}

/* The commands around every request are prepared once; the rest is run as it comes. */
static int run_script(struct db *db, const char *sql)
{
	static const char *const commands[] = { "BEGIN", "BEGIN IMMEDIATE", "COMMIT", "ROLLBACK" };

	for (size_t i = 0; i < sizeof(commands) / sizeof(commands[0]); i++) {
		sqlite3_stmt **stmt = &db->tx_stmts[i];
		if (strcmp(sql, commands[i]) != 0)
			continue;
		int code = *stmt ? SQLITE_OK : sqlite3_prepare_v3(db->sqlite, sql, -1, SQLITE_PREPARE_PERSISTENT, stmt, NULL);
		if (code != SQLITE_OK)
			return code;
		sqlite3_step(*stmt);
		return sqlite3_reset(*stmt);
	}
	return sqlite3_exec(db->sqlite, sql, NULL, NULL, NULL);
}

static enum rc lite_script(struct ctx *ctx, struct db *db, const char *sql)
{
	int code = run_script(db, sql);

	return code == SQLITE_OK ? RC_OK : report(ctx, db, code, "script");
}

static int on_wal(void *arg, sqlite3 *sqlite, const char *name, int pages)
{
	struct db *db = arg;

	(void)sqlite, (void)name;
	db->wal_pages = pages;
	return SQLITE_OK;
}

/* From a file without a log to one with. SQLite asks for the whole file then, without its busy handler, because it holds a part of
 * it already: when programs start together, the one that comes second tries again. */
static int use_log(struct db *db)
{
	enum { STEP_MS = 5 };
	int code = run_script(db, "PRAGMA journal_mode=WAL");

	for (int waited = 0; (code & 0xff) == SQLITE_BUSY && waited < BUSY_MS; waited += STEP_MS) {
		sqlite3_sleep(STEP_MS);
		code = run_script(db, "PRAGMA journal_mode=WAL");
	}
	return code;
}

static enum rc lite_connect(struct ctx *ctx, struct db *db)
{
	int flags = SQLITE_OPEN_NOMUTEX | SQLITE_OPEN_EXRESCODE
		| (db->access == STORE_WRITE ? SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE : SQLITE_OPEN_READONLY);
	int code = sqlite3_open_v2(db->store->target, &db->sqlite, flags, NULL);

	if (code != SQLITE_OK)
		return report(ctx, db, code, "open");
	sqlite3_busy_timeout(db->sqlite, BUSY_MS);
	sqlite3_db_config(db->sqlite, SQLITE_DBCONFIG_DEFENSIVE, 1, NULL);
	sqlite3_db_config(db->sqlite, SQLITE_DBCONFIG_TRUSTED_SCHEMA, 0, NULL);
	sqlite3_db_config(db->sqlite, SQLITE_DBCONFIG_DQS_DML, 0, NULL);
	TRY(lite_script(ctx, db, "PRAGMA foreign_keys=ON; PRAGMA cache_size=-16000; PRAGMA synchronous=FULL;"
		"PRAGMA cell_size_check=ON; PRAGMA temp_store=MEMORY"));
	if (db->access == STORE_READ)
		return lite_script(ctx, db, "PRAGMA query_only=ON; PRAGMA wal_autocheckpoint=0");
	sqlite3_wal_hook(db->sqlite, on_wal, db);
	/* What can be thrown away whole is written once, where it belongs, and what is needed to roll back is kept in memory. */
	if (db->is_building)
		return lite_script(ctx, db, "PRAGMA journal_mode=MEMORY; PRAGMA synchronous=OFF; PRAGMA cache_size=-256000");
	code = use_log(db);
	return code == SQLITE_OK ? RC_OK : report(ctx, db, code, "log");
}

/* The change to a log is a commit, and it syncs the whole file. */
static enum rc lite_settle(struct ctx *ctx, struct db *db)
{
	return lite_script(ctx, db, "PRAGMA synchronous=FULL; PRAGMA cache_size=-16000; PRAGMA journal_mode=WAL");
}

static void lite_disconnect(struct db *db)
{
	for (size_t level = 0; level <= STORE_MAX_SAVEPOINTS; level++)
		for (size_t verb = 0; verb < SAVEPOINT_VERBS; verb++)
			sqlite3_finalize(db->savepoint_stmts[level][verb]);
	for (size_t i = 0; i < sizeof(db->tx_stmts) / sizeof(db->tx_stmts[0]); i++)
		sqlite3_finalize(db->tx_stmts[i]);
	sqlite3_close(db->sqlite);
	db->sqlite = NULL;
}

static enum rc lite_revive(struct ctx *ctx, struct db *db)
{
	(void)ctx, (void)db; /* a file is not lost by itself */
	return RC_OK;
}

static enum rc lite_begin(struct ctx *ctx, struct db *db)
{
	return lite_script(ctx, db, db->access == STORE_WRITE ? "BEGIN IMMEDIATE" : "BEGIN");
}

/* The commands around each job are prepared once. */
static enum rc lite_savepoint(struct ctx *ctx, struct db *db, enum savepoint_verb verb, unsigned level)
{
	static const char *const verbs[] = { "SAVEPOINT", "RELEASE", "ROLLBACK TO" };
	sqlite3_stmt **stmt = &db->savepoint_stmts[level][verb];
	char sql[32];

	if (!*stmt) {
		snprintf(sql, sizeof(sql), "%s p%u", verbs[verb], level);
		int code = sqlite3_prepare_v3(db->sqlite, sql, -1, SQLITE_PREPARE_PERSISTENT, stmt, NULL);
		if (code != SQLITE_OK)
			return report(ctx, db, code, "savepoint");
	}
	sqlite3_step(*stmt);
	int code = sqlite3_reset(*stmt);
	return code == SQLITE_OK ? RC_OK : report(ctx, db, code, "savepoint");
}

static enum rc lite_lock_schema(struct ctx *ctx, struct db *db)
{
	(void)ctx, (void)db; /* each BEGIN IMMEDIATE locks everything, and then sees the newest state */
	return RC_OK;
}

/* SQLite numbers $2 by its first use, not by its digits: the placeholders become ?2. */
static enum rc lite_prepare(struct ctx *ctx, struct db *db, struct prepared *prepared)
{
	char *sql = arena_z(&db->arena, sv_of(prepared->statement->sql));

	for (char *at = sql; *at; at++)
		if (*at == '$')
			*at = '?';
	int code = sqlite3_prepare_v3(db->sqlite, sql, -1, SQLITE_PREPARE_PERSISTENT, &prepared->sqlite, NULL);
	return code == SQLITE_OK ? RC_OK : report(ctx, db, code, prepared->statement->name);
}

/* Names and types were checked when the statement was generated, on the same schema. */
static enum rc lite_check(struct ctx *ctx, struct db *db, const struct prepared *prepared)
{
	(void)db;
	if (sqlite3_column_count(prepared->sqlite) != prepared->statement->column_count
		|| sqlite3_bind_parameter_count(prepared->sqlite) != prepared->statement->param_count)
		return fail_internal(ctx, "%s: other numbers of results or parameters", prepared->statement->name);
	return RC_OK;
}

static int bind(sqlite3_stmt *stmt, int i, enum store_type type, const struct store_value *value, bool nullable)
{
	const char *bytes = value->bytes.ptr ? value->bytes.ptr : "";

	if (value->is_null && nullable)
		return sqlite3_bind_null(stmt, i);
	switch (type) {
	case STORE_I64:
		return sqlite3_bind_int64(stmt, i, value->i64);
	case STORE_TEXT:
		return sqlite3_bind_text64(stmt, i, bytes, value->bytes.len, SQLITE_STATIC, SQLITE_UTF8);
	case STORE_BLOB:
	case STORE_ID:
		break;
	}
	return sqlite3_bind_blob64(stmt, i, bytes, value->bytes.len, SQLITE_STATIC);
}

/* What a streaming run binds must outlive this call. */
static int bind_copy(sqlite3_stmt *stmt, int i, enum store_type type, const struct store_value *value, bool nullable)
{
	if (type == STORE_I64 || (value->is_null && nullable))
		return bind(stmt, i, type, value, nullable);
	if (type == STORE_TEXT)
		return sqlite3_bind_text64(stmt, i, value->bytes.ptr, value->bytes.len, SQLITE_TRANSIENT, SQLITE_UTF8);
	return sqlite3_bind_blob64(stmt, i, value->bytes.ptr, value->bytes.len, SQLITE_TRANSIENT);
}

static enum rc lite_start(struct ctx *ctx, struct store_run *run, const struct store_value *values, bool stream)
{
	const struct store_statement *statement = run->statement;

	run->sqlite = run->prepared->sqlite;
	for (int i = 0; i < statement->param_count; i++) {
		int code = (stream ? bind_copy : bind)(run->sqlite, i + 1, statement->params[i].type, &values[i],
			statement->params[i].nullable);
		if (code != SQLITE_OK)
			return report(ctx, run->db, code, statement->name);
	}
	return RC_OK;
}

static enum rc lite_step(struct ctx *ctx, struct store_run *run, bool *ret_row)
{
	int code = sqlite3_step(run->sqlite);

	if (code != SQLITE_ROW && code != SQLITE_DONE)
		return report(ctx, run->db, code, run->statement->name);
	*ret_row = code == SQLITE_ROW;
	return RC_OK;
}

/* By sqlite3_value_*, which do not take the connection's mutex again for each question: without one (NOMUTEX) a column's value is
 * as good as a protected one. */
static struct store_cell lite_cell(const struct store_run *run, int column, enum store_type type)
{
	struct store_cell cell = { 0 };
	sqlite3_value *value = sqlite3_column_value(run->sqlite, column);
	int found = sqlite3_value_type(value);

	cell.is_null = found == SQLITE_NULL;
	if (cell.is_null)
		return cell;
	if (type == STORE_I64) {
		cell.is_foreign = found != SQLITE_INTEGER;
		cell.i64 = sqlite3_value_int64(value);
		return cell;
	}
	cell.is_foreign = found != (type == STORE_TEXT ? SQLITE_TEXT : SQLITE_BLOB);
	cell.bytes.ptr = type == STORE_TEXT ? (const char *)sqlite3_value_text(value) : sqlite3_value_blob(value);
	cell.bytes.len = (size_t)sqlite3_value_bytes(value);
	return cell;
}

static int64_t lite_changed(const struct store_run *run)
{
	return sqlite3_changes64(run->db->sqlite);
}

static void lite_end(struct store_run *run)
{
	if (run->sqlite) {
		sqlite3_reset(run->sqlite);
		sqlite3_clear_bindings(run->sqlite);
	}
	run->prepared->busy = false;
	run->active = false;
}

/* Moves the write-ahead log into the file; passive: it waits for nobody. Left undone it is tried again. */
static void lite_rest(struct db *db, bool idle)
{
	if (db->wal_pages == 0 || (!idle && db->wal_pages < STORE_CHECKPOINT_PAGES))
		return;
	sqlite3_wal_checkpoint_v2(db->sqlite, NULL, SQLITE_CHECKPOINT_PASSIVE, NULL, NULL);
	db->wal_pages = 0;
	atomic_fetch_add(&db->store->checkpoints, 1);
}

const struct store_driver store_sqlite = {
	.scheme = "sqlite",
	.open = lite_open,
	.connect = lite_connect,
	.disconnect = lite_disconnect,
	.revive = lite_revive,
	.begin = lite_begin,
	.script = lite_script,
	.savepoint = lite_savepoint,
	.lock_schema = lite_lock_schema,
	.prepare = lite_prepare,
	.check = lite_check,
	.start = lite_start,
	.step = lite_step,
	.cell = lite_cell,
	.changed = lite_changed,
	.end = lite_end,
	.settle = lite_settle,
	.rest = lite_rest,
	.backup = lite_backup,
	.restore = lite_restore,
	.backup_magic = "SQLite format 3",
};
