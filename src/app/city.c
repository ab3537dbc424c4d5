/* `tongban city build DIR`: the stage of the sample city, in the order in which things refer to each other; see city.h. */
#include "app/city.h"

#include <dirent.h>
#include <errno.h>
#include <ftw.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "app/drive.h"
#include "app/modules.h"
#include "base/cache.h"
#include "base/civil.h"
#include "base/file.h"
#include "base/hash.h"
#include "base/locales.h"
#include "base/yaml.h"
#include "domain/catalogue/catalogue.h"
#include "domain/exchange/exchange.h"
#include "domain/ledger/ledger.h"
#include "domain/registry/registry.h"
#include "engine/clock/clock.h"
#include "store/move.h"
#include "store/outbox.h"

#include "base/banned.h"

enum { FILE_MAX = 4 << 20, CITY_SEED = 20260217, CACHE_BYTES = 16 << 20, CACHE_ENTRIES = 64, OPENING_MS = 9 * 3600000,
	BAR = 40 };

uint64_t city_below(struct city *city, uint64_t bound)
{
	return random_below(&city->dice, bound);
}

bool city_chance(struct city *city, unsigned percent)
{
	return random_below(&city->dice, 100) < percent;
}

struct sv city_word(struct city *city, const char *path)
{
	const struct json *list = json_path(city->words, sv_of(path));
	size_t count = json_count(list);

	return count ? json_string(json_at(list, city_below(city, count))) : SV("");
}

struct sv city_day_text(struct city *city, int64_t day)
{
	char text[11];

	return arena_copy(city->ctx->arena, civil_day_text(day, text));
}

void city_progress(struct city *city, const char *what, int64_t done, int64_t total)
{
	int64_t percent = total > 0 ? done * 100 / total : 100;
	struct ctx terminal = *city->ctx;

	if (city->progress.what == what && city->progress.shown == percent)
		return;
	city->progress.what = what;
	city->progress.shown = percent;
	terminal.locale = city->terminal;
	struct sv words = tr(&terminal, what);
	if (!city->progress.is_terminal) {
		if (percent % 25 == 0)
			fprintf(stderr, "%3d%% %.*s\n", (int)percent, SV_FMT(words));
		return;
	}
	int filled = (int)(percent * BAR / 100);
	fprintf(stderr, "\r[%.*s%*s] %3d%% %.*s%s", filled, "########################################", BAR - filled, "",
		(int)percent, SV_FMT(words), percent == 100 ? "\n" : "");
}

enum rc city_deliver(struct city *city)
{
	bool more = true;

	while (more)
		TRY(store_outbox_dispatch(city->ctx, (void *)city->subscribers, &more));
	return RC_OK;
}

enum rc city_commit(struct city *city)
{
	TRY(city_deliver(city));
	TRY(ledger_integrate(city->ctx));
	TRY(store_commit(city->ctx));
	return store_begin(city->ctx);
}

/* --- files --- */

static enum rc city_text(struct city *city, const char *name, struct sv *ret)
{
	return file_read(city->ctx, arena_printf(city->ctx->arena, "%.*s/city/%s", SV_FMT(city->from), name).ptr, FILE_MAX, ret);
}

static enum rc city_yaml(struct city *city, const char *name, const struct json **ret)
{
	struct sv text;

	TRY(city_text(city, name, &text));
	return yaml_parse(city->ctx, sv_of(name), text, &json_limits_file, ret);
}

static enum rc write_text(struct ctx *ctx, struct sv path, struct sv text)
{
	FILE *file = fopen(path.ptr, "wbe");
	bool is_written = file && fwrite(text.ptr, 1, text.len, file) == text.len;

	if (file && fclose(file) != 0)
		is_written = false;
	return is_written ? RC_OK : fail(ctx, RC_UNAVAILABLE, N_("The file {path} cannot be written."), ARGS({ "path", path }));
}

static enum rc make_folder(struct ctx *ctx, struct sv path)
{
	if (mkdir(path.ptr, 0700) != 0 && errno != EEXIST)
		return fail(ctx, RC_UNAVAILABLE, N_("The folder {path} cannot be made."), ARGS({ "path", path }));
	return RC_OK;
}

/* The calendar and the site's names; read by app_open. */
static enum rc write_site(struct city *city, struct sv dir)
{
	struct ctx *ctx = city->ctx;
	struct sv from = arena_printf(ctx->arena, "%.*s/city/calendar", SV_FMT(city->from)), text;
	DIR *folder = opendir(from.ptr);
	enum rc rc = RC_OK;

	if (!folder)
		return fail(ctx, RC_NOT_FOUND, N_("The folder {path} cannot be opened."), ARGS({ "path", from }));
	rc = make_folder(ctx, arena_printf(ctx->arena, "%.*s/calendar", SV_FMT(dir)));
	for (struct dirent *entry; rc == RC_OK && (entry = readdir(folder));) {
		if (!sv_has_suffix(sv_of(entry->d_name), SV(".yaml")))
			continue;
		rc = file_read(ctx, arena_printf(ctx->arena, "%s/%s", from.ptr, entry->d_name).ptr, FILE_MAX, &text);
		if (rc == RC_OK)
			rc = write_text(ctx, arena_printf(ctx->arena, "%.*s/calendar/%s", SV_FMT(dir), entry->d_name), text);
	}
	closedir(folder);
	TRY(rc);
	return write_text(ctx, arena_printf(ctx->arena, "%.*s/site.yaml", SV_FMT(dir)),
		SV("sample: true\ncity: {zh: 示例市, en: Sample City}\n"));
}

/* The content of every made-up material, where uploads are kept: DATA/files, by hash. */
static enum rc keep_paper(struct city *city)
{
	struct ctx *ctx = city->ctx;
	struct hash hash = hash_sha256(drive_paper);
	struct sv folder = arena_printf(ctx->arena, "%.*s/files", SV_FMT(ctx->site->data_dir));
	struct buf hex;

	buf_init(&hex, ctx->arena, 2 * sizeof(hash.bytes));
	buf_hex(&hex, hash.bytes, sizeof(hash.bytes));
	TRY(make_folder(ctx, folder));
	folder = arena_printf(ctx->arena, "%s/%.2s", folder.ptr, hex.ptr);
	TRY(make_folder(ctx, folder));
	return write_text(ctx, arena_printf(ctx->arena, "%s/%.*s", folder.ptr, SV_FMT(sv_slice(buf_view(&hex), 2, hex.len - 2))),
		drive_paper);
}

/* --- departments, posts, officers --- */

static enum rc open_offices(struct city *city)
{
	static const char *const names[] = { "departments.yaml", "officers.yaml" };
	struct identity_loaded loaded;
	struct sv text;

	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
		TRY(city_text(city, names[i], &text));
		TRY(identity_load(city->ctx, sv_of(names[i]), text, city->password_hash, &loaded));
	}
	return identity_officer_list(city->ctx, &city->officers, &city->officer_count);
}

/* --- services --- */

static enum rc publish(struct city *city, const char *name)
{
	struct service_problems problems = { 0 };
	struct service_file *files;
	size_t count;
	struct id version;

	TRY(service_folder_read(city->ctx, arena_printf(city->ctx->arena, "%.*s/services/%s", SV_FMT(city->from), name), &files, &count));
	enum rc rc = catalogue_publish(city->ctx, files, count, &problems, &version);
	for (size_t i = 0; i < problems.len; i++) {
		struct sv text = tr_args(city->ctx, problems.at[i].msgid, problems.at[i].args);
		fprintf(stderr, "services/%s/%.*s:%u: %.*s\n", name, SV_FMT(problems.at[i].file), problems.at[i].line, SV_FMT(text));
	}
	return rc;
}

static enum rc publish_services(struct city *city)
{
	struct sv path = arena_printf(city->ctx->arena, "%.*s/services", SV_FMT(city->from));
	struct dirent **names = NULL;
	int count = scandir(path.ptr, &names, NULL, alphasort);
	enum rc rc = count < 0 ? fail(city->ctx, RC_NOT_FOUND, N_("The folder {path} cannot be opened."), ARGS({ "path", path })) : RC_OK;

	for (int i = 0; i < count; i++) {
		if (rc == RC_OK && names[i]->d_name[0] != '.')
			rc = publish(city, names[i]->d_name);
		free(names[i]);
	}
	free(names);
	return rc;
}

/* --- the command --- */

static enum rc set_stage(struct city *city, const struct json *accounts)
{
	struct sv text, password = json_string(json_get(accounts, SV("password")));

	city->password_hash = identity_password_hash(city->ctx, password);
	TRY(open_offices(city));
	TRY(city_text(city, "registers.yaml", &text));
	TRY(registry_load(city->ctx, SV("registers.yaml"), text));
	TRY(city_text(city, "purposes.yaml", &text));
	TRY(exchange_load(city->ctx, SV("purposes.yaml"), text));
	return publish_services(city);
}

static enum rc build(struct city *city)
{
	const struct json *accounts;
	int64_t today = civil_china_day(city->now);

	city->now = civil_china_midnight(today); /* the history ends with yesterday */
	city->begin = civil_china_midnight(today - CITY_DAYS) + OPENING_MS;
	city->subscribers = modules_subscribers(city->ctx->arena);
	city->dice = random_seeded(CITY_SEED);
	TRY(city_yaml(city, "words.yaml", &city->words));
	TRY(city_yaml(city, "accounts.yaml", &accounts));
	*city->ctx->clock = clock_virtual(city->begin);
	TRY(store_begin(city->ctx));
	struct store_tx auto_tx tx = { city->ctx };
	TRY(keep_paper(city));
	TRY(set_stage(city, accounts));
	TRY(city_populate(city));
	TRY(city_sample_accounts(city, accounts));
	TRY(city_history(city));
	*city->ctx->clock = clock_virtual(city->now);
	TRY(ledger_sign(city->ctx));
	TRY(store_commit(tx.ctx));
	return store_settle(city->ctx);
}

static enum rc read_options(struct ctx *ctx, int argc, char **argv, struct city *city, struct sv *ret_dir)
{
	for (int i = 0; i < argc; i++) {
		bool is_cases = strcmp(argv[i], "--cases") == 0, is_from = strcmp(argv[i], "--from") == 0;
		int64_t cases;
		if (!is_cases && !is_from && sv_is_absent(*ret_dir)) {
			*ret_dir = sv_of(argv[i]);
		} else if ((is_cases || is_from) && i + 1 < argc) {
			struct sv value = sv_of(argv[++i]);
			if (is_from)
				city->from = value;
			else if (sv_parse_i64(value, &cases) && cases >= 0 && cases <= 10000000)
				city->case_count = (size_t)cases;
			else
				return fail(ctx, RC_INVALID, N_("--cases takes a number from 0 to 10,000,000."), NULL);
		} else {
			return fail(ctx, RC_INVALID, N_("Use: tongban city build DIR [--from DIR] [--cases N]"), NULL);
		}
	}
	while (ret_dir->len > 1 && sv_has_suffix(*ret_dir, SV("/")))
		ret_dir->len--;
	return sv_is_absent(*ret_dir) ? fail(ctx, RC_INVALID, N_("Use: tongban city build DIR [--from DIR] [--cases N]"), NULL) : RC_OK;
}

/* --- an unfinished city stands in DIR.part; it becomes DIR in one step --- */

static int remove_one(const char *path, const struct stat *status, int type, struct FTW *where)
{
	(void)status, (void)type, (void)where; /* all of it goes */
	return remove(path);
}

/* Makes the folder to build in. One left by an earlier run, which its mark tells, is taken away. */
static enum rc open_part(struct ctx *ctx, struct sv dir, struct sv *ret)
{
	struct sv part = arena_printf(ctx->arena, "%.*s.part", SV_FMT(dir));
	struct sv mark = arena_printf(ctx->arena, "%s/unfinished", part.ptr);

	if (access(mark.ptr, F_OK) == 0)
		(void)nftw(part.ptr, remove_one, 16, FTW_DEPTH | FTW_PHYS); /* what stays is met below */
	if (mkdir(part.ptr, 0700) != 0)
		return fail(ctx, RC_UNAVAILABLE, N_("The folder {path} cannot be made."), ARGS({ "path", part }));
	*ret = part;
	return write_text(ctx, mark, SV(""));
}

static enum rc close_part(struct ctx *ctx, struct sv part, struct sv dir)
{
	if (unlink(arena_printf(ctx->arena, "%s/unfinished", part.ptr).ptr) != 0
		|| rename(part.ptr, arena_z(ctx->arena, dir)) != 0)
		return fail(ctx, RC_UNAVAILABLE, N_("The folder {path} cannot be made."), ARGS({ "path", dir }));
	return RC_OK;
}

/* Not there, or empty. */
static bool is_free(struct ctx *ctx, struct sv dir)
{
	return rmdir(arena_z(ctx->arena, dir)) == 0 || errno == ENOENT;
}

/* --- a city for PostgreSQL is made in a file and moved: two years of single steps would each wait for the server --- */

static enum rc open_target(struct app *app, struct sv url, struct store **ret)
{
	size_t count;
	const struct store_room *const *tables = modules_tables(&app->arena, &count);

	TRY(store_open(&app->ctx, url, ret));
	return store_migrate(&app->ctx, *ret, tables, count);
}

static void tell_moved(void *arg, int64_t done, int64_t total)
{
	city_progress(arg, N_("into PostgreSQL"), done, total);
}

static enum rc move_to(struct city *city, struct store *to)
{
	struct sv file = arena_printf(city->ctx->arena, "%.*s/tongban.db", SV_FMT(city->ctx->site->data_dir));
	static const char *const tails[] = { "", "-wal", "-shm", "-commits" };

	TRY(store_move(city->ctx, city->app->store, to, (struct store_progress){ tell_moved, city }));
	for (size_t i = 0; i < sizeof(tails) / sizeof(tails[0]); i++)
		(void)unlink(arena_printf(city->ctx->arena, "%.*s%s", SV_FMT(file), tails[i]).ptr); /* what stays is only in the way */
	return RC_OK;
}

enum rc city_command(struct app *app, int argc, char **argv)
{
	struct app_options options = { 0 };
	struct city city = { .app = app, .ctx = &app->ctx, .terminal = app->ctx.locale, .from = SV("."), .case_count = CITY_CASES,
		.now = clock_now(&app->clock), .progress.is_terminal = isatty(2) == 1, .progress.shown = -1 };
	struct sv dir = { NULL, 0 }, url;
	struct store *to = NULL;

	TRY(app_options_parse(&app->ctx, &argc, argv, &options));
	TRY(read_options(&app->ctx, argc, argv, &city, &dir));
	if (!is_free(&app->ctx, dir))
		return fail(&app->ctx, RC_CONFLICT, N_("There is a city in {path} already. Name an empty folder."), ARGS({ "path", dir }));
	TRY(open_part(&app->ctx, dir, &options.data));
	TRY(write_site(&city, options.data));
	url = options.db;
	if (sv_has_prefix(url, SV("postgres:")))
		options.db = (struct sv){ NULL, 0 };
	TRY(app_open(app, &options));
	if (sv_is_absent(options.db) && !sv_is_absent(url))
		TRY(open_target(app, url, &to));
	TRY(db_connect(&app->ctx, app->store, STORE_BUILD, &app->ctx.db));
	app->ctx.cache = cache_new(CACHE_BYTES, CACHE_ENTRIES);
	app->ctx.locale = &locale_zh; /* what is written into the city is written in its language */
	enum rc rc = build(&city);
	app->ctx.locale = city.terminal;
	db_close(app->ctx.db);
	cache_free(app->ctx.cache);
	if (rc == RC_OK && to)
		rc = move_to(&city, to);
	return rc == RC_OK ? close_part(&app->ctx, options.data, dir) : rc;
}
