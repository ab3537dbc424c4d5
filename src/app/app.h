/* An installation opened: its data directory, keys, site and database. Used by `tongban serve` and by the commands that
 * work on data.
 *
 *	DATA/site.yaml     {public_url, origin, city: {zh, en}, calls_a_minute, sample} (all optional)
 *	DATA/calendar/     yearly holiday notices, YAML
 *	DATA/keys/         secret, master, ledger: made on first use, readable by the owner alone
 *	DATA/tongban.db    the database, unless --db names another
 *	DATA/files, tmp    uploads
 */
#ifndef APP_APP_H
#define APP_APP_H

#include "base/site.h"
#include "http/module.h"
#include "store/store.h"

struct app_options {
	struct sv data, db;          /* db absent: sqlite:DATA/tongban.db */
	struct sv listen;            /* "127.0.0.1:8080", "[::]:80"; port 0: the kernel chooses */
	struct sv public_url;        /* absent: from site.yaml, or http:// and the address */
	struct sv clock;             /* "+14d": the clock is put forward, for rehearsals on sample data only */
	bool live;
};

struct app {
	struct arena arena;
	struct error err;
	struct clock clock;
	struct random random;
	struct site site;
	struct ctx ctx;
	struct store *store;
	struct sv secret;            /* 32 bytes: CSRF tokens */
};

/* An app with a ctx and nothing opened. Zeroed by the caller; release gives the memory back. */
void app_init(struct app *app);
void app_release(struct app *app);
/* Takes --data, --db, --listen, --public-url, --clock and --live out of argv; what is left stays in order. RC_INVALID on an option
 * without its value. */
[[nodiscard]] enum rc app_options_parse(struct ctx *ctx, int *argc, char **argv, struct app_options *ret);
/* Opens the data directory (made if missing), reads site and keys, brings the database up to date. */
[[nodiscard]] enum rc app_open(struct app *app, const struct app_options *options);
/* Says on stderr what went wrong, with file, line and fields. */
void app_print_error(const struct ctx *ctx);

/* backup.c */
enum rc backup_command(struct app *app, int argc, char **argv);
enum rc restore_command(struct app *app, int argc, char **argv);
enum rc move_command(struct app *app, int argc, char **argv);
/* serve.c */
enum rc serve_command(struct app *app, int argc, char **argv);
/* notify.c: systemd's readiness protocol (sd_notify(3)); nothing outside systemd. */
void notify(const char *state);
/* Microseconds within which systemd wants to hear of us; 0 = it does not. */
int64_t notify_watchdog_us(void);
/* nav.c */
/* Every entry leads to a page of the program: part of the start-up checks. */
[[nodiscard]] enum rc nav_check(struct ctx *ctx);
void nav_fill(struct ctx *ctx, const struct request *request, struct html_page *page);
/* table.c: tongban routes [--permissions] */
enum rc routes_command(struct ctx *ctx, int argc, char **argv);

#endif
