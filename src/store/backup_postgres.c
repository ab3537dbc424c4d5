/* PostgreSQL's own tools as separate processes. The connection goes to them by environment variables, so that no password
 * stands on a command line. */
#include <fcntl.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "store/store_int.h"

#include "base/banned.h"

enum { LOOK_NS = 200000000 };

/* In the child: libpq's variables from the conninfo. */
static void set_environment(const char *conninfo)
{
	PQconninfoOption *options = PQconninfoParse(conninfo, NULL);

	for (PQconninfoOption *at = options; at && at->keyword; at++)
		if (at->val && at->envvar)
			setenv(at->envvar, at->val, 1);
	PQconninfoFree(options);
}

/* Runs a tool to its end; tells how large `file` has become meanwhile. */
static bool run(const char *conninfo, char *const argv[], const char *file, struct store_progress progress)
{
	const struct timespec pause = { .tv_nsec = LOOK_NS };
	struct stat st;
	int status = -1;
	pid_t ended, child = fork();

	if (child == 0) {
		int null = open("/dev/null", O_WRONLY);
		dup2(null, STDOUT_FILENO);
		set_environment(conninfo);
		execvp(argv[0], argv);
		_exit(127);
	}
	if (child < 0)
		return false;
	while ((ended = waitpid(child, &status, WNOHANG)) == 0) {
		if (progress.tell && stat(file, &st) == 0)
			progress.tell(progress.arg, st.st_size, 0);
		nanosleep(&pause, NULL);
	}
	return ended == child && WIFEXITED(status) && WEXITSTATUS(status) == 0;
}

enum rc pg_backup(struct ctx *ctx, struct store *store, const char *path, struct store_progress progress)
{
	char *file = arena_z(ctx->arena, sv_of(path));
	char *dump[] = { "pg_dump", "--format=custom", "--no-owner", "--file", file, NULL };
	char *read_all[] = { "pg_restore", "--file=/dev/null", file, NULL };

	if (run(store->target, dump, path, progress) && run(store->target, read_all, path, progress))
		return RC_OK;
	return fail(ctx, RC_UNAVAILABLE, N_("The copy {file} could not be written. Check the folder and the room on the disk."),
		ARGS({ "file", sv_of(path) }));
}

/* Any table of ours or others'? */
static enum rc refuse_data(struct ctx *ctx, struct store *store)
{
	struct db *db;

	TRY(db_connect(ctx, store, STORE_WRITE, &db));
	PGresult *result = PQexec(db->pg, "SELECT 1 FROM pg_catalog.pg_tables WHERE schemaname = 'public' LIMIT 1");
	bool empty = PQresultStatus(result) == PGRES_TUPLES_OK && PQntuples(result) == 0;
	PQclear(result);
	db_close(db);
	return empty ? RC_OK : fail(ctx, RC_CONFLICT, N_("There are data in {file} already. Restore into a new, empty place."),
		ARGS({ "file", SV("PostgreSQL") }));
}

enum rc pg_restore(struct ctx *ctx, struct store *store, const char *path, struct store_progress progress)
{
	char *file = arena_z(ctx->arena, sv_of(path));
	char *read_all[] = { "pg_restore", "--file=/dev/null", file, NULL };
	char *argv[] = { "pg_restore", "--single-transaction", "--exit-on-error", "--no-owner", "--dbname", "", file, NULL };

	TRY(refuse_data(ctx, store));
	if (!run(store->target, read_all, path, progress))
		return fail(ctx, RC_MALFORMED, N_("The backup {file} is damaged. Restore another one."), ARGS({ "file", sv_of(path) }));
	PQconninfoOption *options = PQconninfoParse(store->target, NULL);
	for (PQconninfoOption *at = options; at && at->keyword; at++)
		if (strcmp(at->keyword, "dbname") == 0 && at->val)
			argv[5] = arena_z(ctx->arena, sv_of(at->val));
	PQconninfoFree(options);
	if (run(store->target, argv, path, progress))
		return RC_OK;
	return fail(ctx, RC_UNAVAILABLE, N_("The backup {file} could not be restored. Nothing was changed; the log of the "
		"database says why."), ARGS({ "file", sv_of(path) }));
}
