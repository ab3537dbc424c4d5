/* Opening an installation; see app.h. */
#include "app/app.h"

#include <assert.h>
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "app/keyholder.h"
#include "app/modules.h"
#include "base/civil.h"
#include "base/file.h"
#include "base/locales.h"
#include "base/log.h"
#include "base/yaml.h"
#include "domain/ledger/ledger.h"
#include "engine/clock/clock.h"

#include "base/banned.h"

enum { APP_MEMORY = 1 << 30, SITE_MAX = 64 << 10, NOTICE_MAX = 64 << 10, SECRET_SIZE = 32, CALLS_A_MINUTE = 600 };

static const struct locale *locale_of_terminal(void)
{
	const char *names[] = { "LC_ALL", "LC_MESSAGES", "LANG" };

	for (size_t i = 0; i < 3; i++) {
		const char *value = getenv(names[i]);
		if (value && *value)
			return strncmp(value, "zh", 2) == 0 ? &locale_zh : &locale_en;
	}
	return &locale_en;
}

void app_init(struct app *app)
{
	arena_init(&app->arena, APP_MEMORY);
	app->clock = CLOCK_SYSTEM;
	app->random = RANDOM_SYSTEM;
	app->ctx = (struct ctx){
		.arena = &app->arena, .err = &app->err, .clock = &app->clock, .random = &app->random, .site = &app->site,
		.who = &principal_system, .locale = locale_of_terminal(),
	};
}

void app_release(struct app *app)
{
	assert(app->ctx.arena == &app->arena);
	arena_release(&app->arena);
}

/* --- options --- */

static struct sv *option_place(struct app_options *options, const char *word)
{
	if (strcmp(word, "--data") == 0)
		return &options->data;
	if (strcmp(word, "--db") == 0)
		return &options->db;
	if (strcmp(word, "--listen") == 0)
		return &options->listen;
	if (strcmp(word, "--clock") == 0)
		return &options->clock;
	return strcmp(word, "--public-url") == 0 ? &options->public_url : NULL;
}

enum rc app_options_parse(struct ctx *ctx, int *argc, char **argv, struct app_options *ret)
{
	int left = 0;

	for (int i = 0; i < *argc; i++) {
		struct sv *place = option_place(ret, argv[i]);
		if (strcmp(argv[i], "--live") == 0) {
			ret->live = true;
		} else if (!place) {
			argv[left++] = argv[i];
		} else if (i + 1 == *argc) {
			return fail(ctx, RC_INVALID, N_("{option} needs a value."), ARGS({ "option", sv_of(argv[i]) }));
		} else {
			*place = sv_of(argv[++i]);
		}
	}
	*argc = left;
	return RC_OK;
}

/* --- folders and keys --- */

static enum rc make_folder(struct app *app, const char *name)
{
	struct sv path = arena_printf(&app->arena, "%.*s%s%s", SV_FMT(app->site.data_dir), *name ? "/" : "", name);

	if (mkdir(path.ptr, 0700) != 0 && errno != EEXIST)
		return fail(&app->ctx, RC_UNAVAILABLE, N_("The folder {path} cannot be made."), ARGS({ "path", path }));
	return RC_OK;
}

/* 32 secret bytes in DATA/keys, made on first use. */
static enum rc key_file(struct app *app, const char *name, struct sv *ret)
{
	struct sv path = arena_printf(&app->arena, "%.*s/keys/%s", SV_FMT(app->site.data_dir), name);
	uint8_t bytes[SECRET_SIZE];
	int fd = open(path.ptr, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);

	if (fd >= 0) {
		random_bytes(&app->random, bytes, sizeof(bytes));
		bool is_written = write(fd, bytes, sizeof(bytes)) == (ssize_t)sizeof(bytes) && fsync(fd) == 0;
		close(fd);
		if (!is_written) {
			unlink(path.ptr);
			return fail(&app->ctx, RC_UNAVAILABLE, N_("The key {path} cannot be written."), ARGS({ "path", path }));
		}
	}
	TRY(file_read(&app->ctx, path.ptr, SECRET_SIZE, ret));
	if (ret->len != SECRET_SIZE)
		return fail(&app->ctx, RC_INVALID, N_("The key {path} is damaged. Put it back from the backup."), ARGS({ "path", path }));
	return RC_OK;
}

/* --- site --- */

static struct sv text_or(const struct json *value, struct sv otherwise)
{
	struct sv text = json_string(value);

	return sv_is_absent(text) ? otherwise : text;
}

static enum rc read_site(struct app *app, const struct app_options *options)
{
	struct site *site = &app->site;
	struct sv path = arena_printf(&app->arena, "%.*s/site.yaml", SV_FMT(site->data_dir)), text;
	const struct json *yaml = NULL;
	bool is_open = sv_is_absent(options->listen);

	if (access(path.ptr, F_OK) == 0) {
		TRY(file_read(&app->ctx, path.ptr, SITE_MAX, &text));
		TRY(yaml_parse(&app->ctx, path, text, &json_limits_request, &yaml));
	}
	struct sv address = is_open ? SV("127.0.0.1:8080") : options->listen;
	site->public_url = text_or(json_get(yaml, SV("public_url")), arena_printf(&app->arena, "http://%.*s", SV_FMT(address)));
	if (!sv_is_absent(options->public_url))
		site->public_url = options->public_url;
	site->origin = text_or(json_get(yaml, SV("origin")), SV("tongban.example/ledger"));
	site->city_zh = text_or(json_path(yaml, SV("city.zh")), SV("示例市"));
	site->city_en = text_or(json_path(yaml, SV("city.en")), SV("Sample City"));
	if (!json_get(yaml, SV("calls_a_minute")) || !json_i64(json_get(yaml, SV("calls_a_minute")), &site->calls_a_minute))
		site->calls_a_minute = CALLS_A_MINUTE;
	site->sample = json_bool(json_get(yaml, SV("sample")), false);
	site->live = options->live;
	return RC_OK;
}

static enum rc read_calendar(struct app *app)
{
	struct limit_calendar *calendar = limit_calendar_new(&app->arena);
	struct sv path = arena_printf(&app->arena, "%.*s/calendar", SV_FMT(app->site.data_dir));
	DIR *folder = opendir(path.ptr);
	enum rc rc = RC_OK;

	for (struct dirent *entry; rc == RC_OK && folder && (entry = readdir(folder));) {
		struct sv text, name = arena_printf(&app->arena, "%s/%s", path.ptr, entry->d_name);
		if (!sv_has_suffix(name, SV(".yaml")))
			continue;
		rc = file_read(&app->ctx, name.ptr, NOTICE_MAX, &text);
		if (rc == RC_OK)
			rc = limit_calendar_add(&app->ctx, calendar, name, text);
	}
	if (folder)
		closedir(folder);
	app->site.calendar = calendar; /* years without a notice are computed and marked provisional */
	return rc;
}

/* Puts the clock forward by whole days. What is recorded then is dated in the future, so real data refuse it. */
static enum rc put_forward(struct app *app, struct sv text)
{
	int64_t days;

	if (sv_is_absent(text))
		return RC_OK;
	if (!app->site.sample)
		return fail(&app->ctx, RC_FORBIDDEN, N_("Only a copy of sample data may run with another clock."), NULL);
	if (!sv_has_prefix(text, SV("+")) || !sv_has_suffix(text, SV("d")) || !sv_parse_i64(sv_slice(text, 1, text.len - 2), &days)
		|| days < 0 || days > 3660)
		return fail(&app->ctx, RC_INVALID, N_("{option} needs a value."), ARGS({ "option", SV("--clock +14d") }));
	clock_advance(&app->clock, days * DAY_MS);
	return RC_OK;
}

/* A database that lacks what was signed is read only: acts on it would make a second history. */
static enum rc check_ledger(struct app *app)
{
	struct ctx *ctx = &app->ctx;

	TRY(db_connect(ctx, app->store, STORE_READ, &ctx->db));
	enum rc rc = ledger_check_head(ctx);
	db_close(ctx->db);
	ctx->db = NULL;
	if (rc != RC_CONFLICT && rc != RC_INTERNAL)
		return rc;
	LOG(LOG_ERROR, "writes refused", { LOG_DETAIL, error_detail(ctx->err) });
	store_refuse_writes(app->store);
	error_clear(ctx);
	return RC_OK;
}

enum rc app_open(struct app *app, const struct app_options *options)
{
	char *absolute;
	struct sv master;
	size_t count;

	if (sv_is_absent(options->data))
		return fail(&app->ctx, RC_INVALID, N_("Say where the data are: --data DIR."), NULL);
	app->site.data_dir = options->data;
	TRY(make_folder(app, ""));
	absolute = realpath(arena_z(&app->arena, options->data), NULL);
	if (!absolute)
		return fail(&app->ctx, RC_UNAVAILABLE, N_("The folder {path} cannot be opened."), ARGS({ "path", options->data }));
	app->site.data_dir = arena_copy(&app->arena, sv_of(absolute));
	free(absolute);
	TRY(make_folder(app, "keys"));
	TRY(key_file(app, "secret", &app->secret));
	TRY(key_file(app, "master", &master));
	memcpy(app->site.seal_master.bytes, master.ptr, sizeof(app->site.seal_master.bytes));
	TRY(read_site(app, options));
	TRY(put_forward(app, options->clock));
	TRY(read_calendar(app));
	TRY(keyholder_start(&app->ctx, &app->site));
	struct sv url = options->db;
	if (sv_is_absent(url))
		url = arena_printf(&app->arena, "sqlite:%.*s/tongban.db", SV_FMT(app->site.data_dir));
	TRY(store_open(&app->ctx, url, &app->store));
	const struct store_room *const *tables = modules_tables(&app->arena, &count);
	TRY(store_migrate(&app->ctx, app->store, tables, count));
	return check_ledger(app);
}

/* --- errors --- */

void app_print_error(const struct ctx *ctx)
{
	const struct error *err = ctx->err;
	struct sv text = err->msgid ? tr_args(ctx, err->msgid, err->args) : sv_of(rc_problem_type(err->rc));

	if (err->rc == RC_OK)
		return; /* the command has said it itself */
	if (!sv_is_absent(err->file))
		fprintf(stderr, "%.*s:", SV_FMT(err->file));
	if (err->line)
		fprintf(stderr, "%u:", err->line);
	fprintf(stderr, "%s%.*s\n", sv_is_absent(err->file) ? "tongban: " : " ", SV_FMT(text));
	for (size_t i = 0; i < err->field_count; i++) {
		struct sv why = tr_args(ctx, err->fields[i].msgid, err->fields[i].args);
		fprintf(stderr, "  %.*s: %.*s\n", SV_FMT(err->fields[i].field), SV_FMT(why));
	}
	if (err->detail.len)
		fprintf(stderr, "  (%.*s)\n", SV_FMT(err->detail));
}
