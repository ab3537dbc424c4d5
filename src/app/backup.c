/* `tongban backup FILE --data DIR` and `tongban restore FILE --data DIR`: the database, while the hall is open, and back into
 * an empty one. Neither reads the keys or brings the schema up to date: what is kept is what is there. `tongban move --data DIR
 * --db postgres:...`: from SQLite to PostgreSQL, while the hall is closed. */
#include <stdio.h>
#include <unistd.h>

#include "app/app.h"
#include "app/modules.h"
#include "store/move.h"

#include "base/banned.h"

struct shown {
	int percent;
	bool is_terminal;
};

static void tell(void *arg, int64_t done, int64_t total)
{
	struct shown *shown = arg;
	int percent = total > 0 ? (int)(done * 100 / total) : 0;

	if (!shown->is_terminal || total <= 0 || percent == shown->percent)
		return;
	shown->percent = percent;
	fprintf(stderr, "\r%3d%%%s", percent, percent == 100 ? "\n" : "");
}

/* The database that the options name, and the one file that the command is told. */
static enum rc open_database(struct app *app, int argc, char **argv, struct sv *ret_file)
{
	struct app_options options = { 0 };

	TRY(app_options_parse(&app->ctx, &argc, argv, &options));
	if (argc != 1 || (sv_is_absent(options.data) && sv_is_absent(options.db)))
		return fail(&app->ctx, RC_INVALID, N_("Name the backup file, and the data with --data DIR or --db URL."), NULL);
	*ret_file = sv_of(argv[0]);
	struct sv url = options.db;
	if (sv_is_absent(url))
		url = arena_printf(&app->arena, "sqlite:%.*s/tongban.db", SV_FMT(options.data));
	return store_open(&app->ctx, url, &app->store);
}

enum rc backup_command(struct app *app, int argc, char **argv)
{
	struct shown shown = { .percent = -1, .is_terminal = isatty(2) == 1 };
	struct sv file;

	TRY(open_database(app, argc, argv, &file));
	return store_backup(&app->ctx, app->store, file, (struct store_progress){ tell, &shown });
}

enum rc restore_command(struct app *app, int argc, char **argv)
{
	struct shown shown = { .percent = -1, .is_terminal = isatty(2) == 1 };
	struct sv file;

	TRY(open_database(app, argc, argv, &file));
	return store_restore(&app->ctx, app->store, file, (struct store_progress){ tell, &shown });
}

enum rc move_command(struct app *app, int argc, char **argv)
{
	struct shown shown = { .percent = -1, .is_terminal = isatty(2) == 1 };
	struct app_options options = { 0 };
	struct store *to;
	size_t count;

	TRY(app_options_parse(&app->ctx, &argc, argv, &options));
	if (argc != 0 || sv_is_absent(options.data) || sv_is_absent(options.db))
		return fail(&app->ctx, RC_INVALID, N_("Name the data with --data DIR and the new database with --db URL."), NULL);
	const struct store_room *const *tables = modules_tables(&app->arena, &count);
	TRY(store_open(&app->ctx, arena_printf(&app->arena, "sqlite:%.*s/tongban.db", SV_FMT(options.data)), &app->store));
	TRY(store_migrate(&app->ctx, app->store, tables, count));
	TRY(store_open(&app->ctx, options.db, &to));
	TRY(store_migrate(&app->ctx, to, tables, count));
	return store_move(&app->ctx, app->store, to, (struct store_progress){ tell, &shown });
}
