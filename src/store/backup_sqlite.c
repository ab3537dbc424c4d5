/* SQLite's online backup: pages copied in steps within one read transaction, so that writers neither wait nor make it
 * start anew; then the copy is checked. */
#include <stdio.h>
#include <sys/stat.h>
#include <unistd.h>

#include "store/store_int.h"

#include "base/banned.h"

enum { PAGES_A_STEP = 256 };

static enum rc refuse(struct ctx *ctx, sqlite3 *db, enum rc rc, const char *msgid, const char *path)
{
	if (ctx->err->rc == RC_OK)
		ctx->err->detail = arena_copy(ctx->arena, sv_of(db ? sqlite3_errmsg(db) : "no memory"));
	return fail(ctx, rc, msgid, ARGS({ "file", sv_of(path) }));
}

static bool copy_pages(sqlite3 *from, sqlite3 *to, struct store_progress progress)
{
	sqlite3_backup *backup = sqlite3_backup_init(to, "main", from, "main");
	int code = backup ? SQLITE_OK : SQLITE_ERROR;

	while (code == SQLITE_OK) {
		code = sqlite3_backup_step(backup, PAGES_A_STEP);
		int total = sqlite3_backup_pagecount(backup);
		if (progress.tell)
			progress.tell(progress.arg, total - sqlite3_backup_remaining(backup), total);
	}
	return backup && sqlite3_backup_finish(backup) == SQLITE_OK && code == SQLITE_DONE;
}

static bool is_sound(sqlite3 *db)
{
	sqlite3_stmt *stmt = NULL;
	bool ok = sqlite3_prepare_v2(db, "PRAGMA integrity_check(1)", -1, &stmt, NULL) == SQLITE_OK
		&& sqlite3_step(stmt) == SQLITE_ROW
		&& strcmp((const char *)sqlite3_column_text(stmt, 0), "ok") == 0;

	sqlite3_finalize(stmt);
	return ok;
}

/* Also when it fails there is something to close, which says why; only without memory there is not. */
static bool open_file(const char *path, int flags, sqlite3 **ret)
{
	return sqlite3_open_v2(path, ret, flags | SQLITE_OPEN_NOMUTEX, NULL) == SQLITE_OK;
}

/* From one file to the other within a snapshot, and checked. */
static enum rc copy_file(struct ctx *ctx, const char *from_path, const char *to_path, struct store_progress progress)
{
	sqlite3 *from = NULL, *to = NULL;
	enum rc rc = RC_OK;

	if (!open_file(from_path, SQLITE_OPEN_READONLY, &from)
		|| sqlite3_exec(from, "BEGIN; SELECT count(*) FROM sqlite_schema", NULL, NULL, NULL) != SQLITE_OK)
		rc = refuse(ctx, from, RC_UNAVAILABLE, N_("The database {file} cannot be read. Check its name and the rights."),
			from_path);
	else if (!open_file(to_path, SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE, &to) || !copy_pages(from, to, progress))
		rc = refuse(ctx, to, RC_UNAVAILABLE, N_("The copy {file} could not be written. Check the folder and the room on "
			"the disk."), to_path);
	else if (!is_sound(to))
		rc = refuse(ctx, to, RC_UNAVAILABLE, N_("The copy {file} is not sound, because the database itself is damaged. "
			"Keep your older backups."), to_path);
	sqlite3_close(from);
	sqlite3_close(to);
	return rc;
}

static void remove_with_log(struct ctx *ctx, const char *path)
{
	unlink(arena_printf(ctx->arena, "%s-wal", path).ptr);
	unlink(arena_printf(ctx->arena, "%s-shm", path).ptr);
	unlink(path);
}

enum rc lite_backup(struct ctx *ctx, struct store *store, const char *path, struct store_progress progress)
{
	enum rc rc = copy_file(ctx, store->target, path, progress);

	if (rc != RC_OK)
		remove_with_log(ctx, path);
	return rc;
}

static enum rc check_backup(struct ctx *ctx, const char *path)
{
	sqlite3 *db = NULL;
	enum rc rc = open_file(path, SQLITE_OPEN_READONLY, &db) && is_sound(db) ? RC_OK
		: refuse(ctx, db, RC_MALFORMED, N_("The backup {file} is damaged. Restore another one."), path);

	sqlite3_close(db);
	return rc;
}

enum rc lite_restore(struct ctx *ctx, struct store *store, const char *path, struct store_progress progress)
{
	struct stat st;

	if (stat(store->target, &st) == 0 && st.st_size > 0)
		return fail(ctx, RC_CONFLICT, N_("There are data in {file} already. Restore into a new, empty place."),
			ARGS({ "file", sv_of(store->target) }));
	TRY(check_backup(ctx, path));
	enum rc rc = copy_file(ctx, path, store->target, progress);
	if (rc != RC_OK)
		remove_with_log(ctx, store->target);
	return rc;
}
