/* `tongban serve`: the web server, the writer and what they need of each other, from start to drained stop.
 *
 *	open installation -> key holder -> sandbox -> writer -> server -> wait for a signal -> drain -> stop
 *
 * http/ and store/ do not know each other; the functions below are all that connects them. */
#include <assert.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/resource.h>
#include <sys/statvfs.h>
#include <time.h>
#include <web_assets.h>

#include "app/app.h"
#include "app/keyholder.h"
#include "app/modules.h"
#include "app/sandbox.h"
#include "app/seen.h"
#include "base/cache.h"
#include "base/locales.h"
#include "base/log.h"
#include "domain/identity/identity.h"
#include "domain/ledger/ledger.h"
#include "http/server.h"
#include "store/outbox.h"
#include "store/writer.h"

#include "base/banned.h"

enum {
	DRAIN_MS = 20000,
	PROBE_MS = 1000, PROBE_LATE_MS = 10000, /* something is committed each second; so long without is too long */
	OUTBOX_MS = 100, TIMERS_MS = 1000, SEEN_MS = 1000,
	DISK_LOW_MB = 64,
	CACHE_BYTES = 16 << 20, CACHE_ENTRIES = 256,
	MAX_LOCALES = 8,
};

struct serve {
	struct app *app;
	struct writer *writer;
	struct server *server;
	struct seen *seen;
	_Atomic int64_t committed_ns; /* when the writer last committed, monotonic */
};

/* --- what the server asks of the database --- */

static enum rc thread_begin(void *user, struct ctx *ctx)
{
	struct serve *serve = user;

	TRY(db_connect(ctx, serve->app->store, STORE_READ, &ctx->db));
	store_linger(ctx->db);
	return RC_OK;
}

static void thread_end(void *user, struct ctx *ctx)
{
	(void)user;
	db_close(ctx->db);
}

static enum rc snapshot_begin(void *user, struct ctx *ctx)
{
	(void)user;
	return store_begin(ctx);
}

static void snapshot_end(void *user, struct ctx *ctx)
{
	(void)user;
	store_rollback(ctx);
}

static enum rc request_run(struct ctx *ctx, void *arg)
{
	struct server_work *work = arg;

	return work->run(ctx, work->data);
}

static void request_done(enum rc rc, void *arg)
{
	struct server_work *work = arg;

	work->done(work->data, rc);
}

/* A request's work as a job of the writer, kept in the room that the work has for it. */
static enum rc submit(void *user, struct server_work *work)
{
	struct serve *serve = user;
	struct writer_job *job = (struct writer_job *)(void *)work->room;

	_Static_assert(sizeof(*job) <= sizeof(work->room), "a job of the writer fits");
	*job = (struct writer_job){ .ctx = work->ctx, .run = request_run, .done = request_done, .arg = work };
	return writer_submit(serve->writer, job);
}

static enum rc authenticate(void *user, struct ctx *ctx, struct sv token, struct principal *ret)
{
	struct serve *serve = user;

	TRY(identity_session_find(ctx, token, ret));
	seen_note(serve->seen, ret, clock_now(ctx->clock)); /* who reads or works is not idle */
	return RC_OK;
}

static void page(void *user, struct ctx *ctx, const struct request *request, struct html_page *to)
{
	(void)user;
	nav_fill(ctx, request, to);
}

/* --- readiness --- */

static struct server_check check_database(struct serve *serve)
{
	switch (store_health(serve->app->store)) {
	case STORE_HEALTHY:
		return (struct server_check){ "database", true, SV("") };
	case STORE_LOST:
		return (struct server_check){ "database", false, SV("the connection is lost") };
	case STORE_FULL:
		return (struct server_check){ "database", false, SV("the disk is full: writes are refused, reading goes on") };
	case STORE_OLD:
		return (struct server_check){ "database", false,
			SV("it lacks entries that the key holder has signed: writes are refused, reading goes on") };
	case STORE_CORRUPT:
		return (struct server_check){ "database", false, SV("the database is damaged: writes are refused, reading goes on") };
	}
	return (struct server_check){ "database", false, SV("") };
}

static size_t ready(void *user, struct ctx *ctx, struct server_check *checks)
{
	struct serve *serve = user;
	int64_t silent_ms = (clock_monotonic_ns() - atomic_load(&serve->committed_ns)) / 1000000;
	char *data = arena_z(ctx->arena, serve->app->site.data_dir);
	struct statvfs disk = { 0 };
	int64_t free_mb = statvfs(data, &disk) == 0 ? (int64_t)(disk.f_bavail * (disk.f_frsize >> 10)) >> 10 : 0;

	checks[0] = check_database(serve);
	checks[1] = (struct server_check){ "writer", silent_ms < PROBE_LATE_MS,
		arena_printf(ctx->arena, "committed %lld ms ago", (long long)silent_ms) };
	checks[2] = (struct server_check){ "disk", free_mb >= DISK_LOW_MB, arena_printf(ctx->arena, "%lld MB free", (long long)free_mb) };
	checks[3] = (struct server_check){ "key holder", keyholder_is_alive(&serve->app->site), SV("") };
	return 4;
}

/* --- the writer's standing work --- */

/* Makes the writer commit even when nobody sends anything, so that /readyz knows that it can. */
static enum rc probe(struct ctx *ctx, void *arg, bool *ret_more)
{
	(void)ctx, (void)arg;
	*ret_more = false;
	return RC_OK;
}

static void after_commit(struct ctx *ctx, void *arg)
{
	struct serve *serve = arg;

	(void)ctx;
	atomic_store(&serve->committed_ns, clock_monotonic_ns());
}

static enum rc run_job(struct ctx *ctx, void *arg, bool *ret_more)
{
	const struct job *job = arg;

	return job->run(ctx, ret_more);
}

static enum rc before_commit(struct ctx *ctx, void *arg)
{
	(void)arg;
	return ledger_integrate(ctx);
}

static size_t fill_tasks(struct serve *serve, struct writer_task *tasks)
{
	struct arena *arena = &serve->app->arena;
	size_t count = 0;

	tasks[count++] = (struct writer_task){ "app.probe", PROBE_MS, probe, NULL };
	tasks[count++] = (struct writer_task){ "app.seen", SEEN_MS, seen_write, serve->seen };
	tasks[count++] = (struct writer_task){ "app.outbox", OUTBOX_MS, store_outbox_dispatch,
		(void *)(uintptr_t)modules_subscribers(arena) };
	tasks[count++] = (struct writer_task){ "app.timers", TIMERS_MS, store_timer_dispatch, (void *)(uintptr_t)modules_timers(arena) };
	for (size_t m = 0; m < module_count; m++)
		for (size_t i = 0; i < modules[m]->job_count; i++) {
			const struct job *job = &modules[m]->jobs[i];
			assert(count < WRITER_MAX_TASKS);
			tasks[count++] = (struct writer_task){ job->name, job->period_ms, run_job, (void *)(uintptr_t)job };
		}
	return count;
}

static enum rc start_writer(struct serve *serve)
{
	struct writer_task *tasks = ARENA_ARRAY(&serve->app->arena, struct writer_task, WRITER_MAX_TASKS);
	struct writer_config config = {
		.before_commit = before_commit, .after_commit = after_commit, .arg = serve, .tasks = tasks,
		.cache = cache_new(CACHE_BYTES, CACHE_ENTRIES),
	};

	config.task_count = fill_tasks(serve, tasks);
	atomic_store(&serve->committed_ns, clock_monotonic_ns());
	return writer_start(&serve->app->ctx, serve->app->store, &config, &serve->writer);
}

/* --- the server --- */

/* "127.0.0.1:8080", "[::1]:8080". */
static enum rc split_address(struct ctx *ctx, struct sv listen, struct sv *ret_host, uint16_t *ret_port)
{
	size_t colon = SIZE_MAX;
	int64_t port;

	for (size_t i = 0; i < listen.len; i++)
		if (listen.ptr[i] == ':')
			colon = i;
	if (colon == SIZE_MAX || !sv_parse_i64(sv_slice(listen, colon + 1, SIZE_MAX), &port) || port < 0 || port > 65535)
		return fail(ctx, RC_INVALID, N_("{address} is not an address to listen on. Write HOST:PORT, for example 127.0.0.1:8080."),
			ARGS({ "address", listen }));
	struct sv host = sv_slice(listen, 0, colon);
	if (sv_has_prefix(host, SV("[")) && sv_has_suffix(host, SV("]")))
		host = sv_slice(host, 1, host.len - 2);
	*ret_host = host;
	*ret_port = (uint16_t)port;
	return RC_OK;
}

static enum rc start_server(struct serve *serve, struct sv listen)
{
	struct app *app = serve->app;
	const struct locale **known = ARENA_ARRAY(&app->arena, const struct locale *, MAX_LOCALES);
	struct server_config config = {
		SERVER_DEFAULTS, .site = &app->site, .clock = &app->clock, .modules = modules, .module_count = module_count,
		.locales = known, .assets = web_assets, .asset_count = WEB_ASSET_COUNT, .secret = app->secret, .sign_in = "/sign-in",
		.hooks = {
			.user = serve, .thread_begin = thread_begin, .thread_end = thread_end, .snapshot_begin = snapshot_begin,
			.snapshot_end = snapshot_end, .submit = submit, .authenticate = authenticate, .page = page, .ready = ready,
			.permission_code = permission_code,
		},
	};

	known[config.locale_count++] = &locale_zh; /* the default comes first */
	for (size_t i = 0; locales[i]; i++)
		if (locales[i] != &locale_zh && config.locale_count < MAX_LOCALES)
			known[config.locale_count++] = locales[i];
	TRY(split_address(&app->ctx, listen, &config.address, &config.port));
	return server_start(&app->ctx, &config, &serve->server);
}

/* --- run --- */

/* As many descriptors as the system lets us have: each connection needs one. */
static void raise_descriptors(void)
{
	struct rlimit limit;

	if (getrlimit(RLIMIT_NOFILE, &limit) != 0)
		return;
	limit.rlim_cur = limit.rlim_max;
	if (setrlimit(RLIMIT_NOFILE, &limit) != 0)
		LOG(LOG_WARNING, "few descriptors", { .name = LOG_COUNT, .number = (int64_t)limit.rlim_cur });
}

static void wait_for_signal(const sigset_t *signals)
{
	int64_t watchdog_us = notify_watchdog_us();
	struct timespec half = { watchdog_us / 2000000, watchdog_us / 2 % 1000000 * 1000 };

	for (;;) {
		int got = watchdog_us ? sigtimedwait(signals, NULL, &half) : sigwaitinfo(signals, NULL);
		if (got > 0)
			return;
		if (watchdog_us)
			notify("WATCHDOG=1");
	}
}

static enum rc run(struct serve *serve, const struct app_options *options, const sigset_t *signals)
{
	struct app *app = serve->app;

	TRY(nav_check(&app->ctx));
	TRY(app_open(app, options));
	serve->seen = ARENA_NEW(&app->arena, struct seen);
	seen_init(serve->seen);
	sandbox_program(&app->site);
	TRY(start_writer(serve));
	TRY(start_server(serve, sv_is_absent(options->listen) ? SV("127.0.0.1:8080") : options->listen));
	printf("Tongban %s: port %u\n", app->site.public_url.ptr, server_port(serve->server));
	fflush(stdout);
	notify("READY=1");
	wait_for_signal(signals);
	notify("STOPPING=1");
	server_drain(serve->server, DRAIN_MS);
	return RC_OK;
}

enum rc serve_command(struct app *app, int argc, char **argv)
{
	struct app_options options = { 0 };
	struct serve serve = { .app = app };
	sigset_t signals;

	TRY(app_options_parse(&app->ctx, &argc, argv, &options));
	if (argc > 0)
		return fail(&app->ctx, RC_INVALID, N_("{word} is not an option of this command. `tongban help` shows them."),
			ARGS({ "word", sv_of(argv[0]) }));
	/* Before any thread, so that all of them leave these to wait_for_signal. */
	sigemptyset(&signals);
	sigaddset(&signals, SIGTERM);
	sigaddset(&signals, SIGINT);
	pthread_sigmask(SIG_BLOCK, &signals, NULL);
	signal(SIGPIPE, SIG_IGN);
	signal(SIGXFSZ, SIG_IGN); /* a file that may not grow is a write that fails */
	raise_descriptors();
	enum rc rc = run(&serve, &options, &signals);
	server_stop(serve.server);
	if (serve.writer)
		writer_stop(serve.writer);
	return rc;
}
