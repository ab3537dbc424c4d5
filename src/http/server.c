/* libmicrohttpd under our rules: one pool thread a core with epoll, connections with deadlines (peers.c), calls that may be
 * parked (call.c). This file starts and stops it and translates its callbacks; nothing else of the product includes its
 * header but http/. */
#include "http/server.h"

#include <arpa/inet.h>
#include <assert.h>
#include <netdb.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "base/cache.h"
#include "base/log.h"
#include "base/seal.h"
#include "base/site.h"
#include "http/server_int.h"

#include "base/banned.h"

enum {
	BACKLOG = 4096,
	CONNECTION_MEMORY = 8 << 10,     /* head of a request and head of its answer */
	IDLE_S = 60,                     /* the library's own timeout of inactivity */
	WORKER_MEMORY = 64 << 20,
	CACHE_BYTES = 16 << 20, CACHE_ENTRIES = 256,
	OPENAPI_MAX = 8 << 20,
};

/* --- workers --- */

static struct worker *worker_new(struct server *server)
{
	struct worker *worker = calloc(1, sizeof(*worker));

	if (!worker)
		abort();
	worker->metrics = calloc(routes_count(server->routes) + 2, sizeof(*worker->metrics));
	if (!worker->metrics)
		abort();
	worker->server = server;
	request_log_init(&worker->log);
	arena_init(&worker->arena, WORKER_MEMORY);
	random_bytes(&worker->random, &worker->trace.s, sizeof(worker->trace.s));
	worker->trace.seeded = true;
	worker->ctx = (struct ctx){
		.arena = &worker->arena, .err = &worker->err, .clock = server->config.clock, .random = &worker->random,
		.cache = cache_new(CACHE_BYTES, CACHE_ENTRIES), .site = server->config.site, .who = &principal_system,
		.locale = server->config.locales[0],
	};
	pthread_mutex_lock(&server->lock);
	worker->next = server->workers;
	server->workers = worker;
	pthread_mutex_unlock(&server->lock);
	return worker;
}

struct worker *worker_here(struct server *server)
{
	const struct server_hooks *hooks = &server->config.hooks;
	struct worker *worker = pthread_getspecific(server->worker_key);

	if (!worker) {
		worker = worker_new(server);
		if (pthread_setspecific(server->worker_key, worker) != 0)
			abort();
	}
	if (!worker->has_begun) {
		struct arena_mark mark = arena_mark(&worker->arena);
		worker->has_begun = hooks->thread_begin(hooks->user, &worker->ctx) == RC_OK;
		if (!worker->has_begun) {
			LOG(LOG_WARNING, "a thread has no database", { .name = LOG_DETAIL, .text = error_detail(&worker->err) });
			error_clear(&worker->ctx);
			arena_rewind(&worker->arena, mark);
		}
	}
	return worker;
}

/* Called by the system as a thread with a worker ends; the worker itself is freed by server_stop. */
static void on_thread_end(void *worker)
{
	(void)worker;
	hash_thread_end();
	seal_thread_end();
}

static void worker_free(struct worker *worker)
{
	const struct server_hooks *hooks = &worker->server->config.hooks;

	if (worker->has_begun)
		hooks->thread_end(hooks->user, &worker->ctx);
	request_log_release(&worker->log);
	call_free_kept(worker);
	cache_free(worker->ctx.cache);
	arena_release(&worker->arena);
	free(worker->metrics);
	free(worker);
}

/* --- callbacks --- */

static void *on_request_line(void *data, const char *uri, struct MHD_Connection *connection)
{
	struct server *server = data;
	struct call *call = call_new(server, uri, connection);
	const union MHD_ConnectionInfo *info = MHD_get_connection_info(connection, MHD_CONNECTION_INFO_SOCKET_CONTEXT);

	if (!call)
		return NULL;
	call->peer = info->socket_context;
	peer_expect(call->peer, server->config.head_ms);
	return call;
}

static enum MHD_Result on_request(void *data, struct MHD_Connection *connection, const char *url, const char *method,
	const char *version, const char *bytes, size_t *size, void **state)
{
	struct call *call = *state;

	(void)data, (void)connection, (void)url, (void)version;
	if (!call)
		return MHD_NO;
	if (call->stage == CALL_NEW)
		return call_head(call, method);
	if (call->stage == CALL_BODY && *size)
		return call_bytes(call, bytes, size);
	return call_complete(call);
}

static void on_completed(void *data, struct MHD_Connection *connection, void **state, enum MHD_RequestTerminationCode code)
{
	struct server *server = data;
	struct call *call = *state;

	(void)connection, (void)code;
	if (!call)
		return;
	int64_t now = clock_monotonic_ns();
	if (call->worker && call->response.status) {
		size_t other = routes_count(server->routes) + (call->response.kind == RESPONSE_ASSET ? 0 : 1);
		metrics_count(&call->worker->metrics[call->route ? call->match.index : other], call->response.status, now - call->started_ns);
		request_log_add(&call->worker->log, call, now);
	}
	peer_expect(call->peer, server->config.idle_ms);
	call_free(call);
	*state = NULL;
}

static void on_connection(void *data, struct MHD_Connection *connection, void **socket_state,
	enum MHD_ConnectionNotificationCode code)
{
	struct server *server = data;

	if (code == MHD_CONNECTION_NOTIFY_CLOSED) {
		peers_remove(&server->peers, *socket_state);
		return;
	}
	int fd = MHD_get_connection_info(connection, MHD_CONNECTION_INFO_CONNECTION_FD)->connect_fd;
	const struct sockaddr *address = MHD_get_connection_info(connection, MHD_CONNECTION_INFO_CLIENT_ADDRESS)->client_addr;
	*socket_state = peers_add(&server->peers, fd, address, server->config.head_ms);
	if (!*socket_state)
		abort();
}

static enum MHD_Result on_accept(void *data, const struct sockaddr *address, socklen_t len)
{
	struct server *server = data;

	(void)len;
	return peers_may_accept(&server->peers, address) ? MHD_YES : MHD_NO;
}

/* Paths and fields are decoded by us, segment by segment. */
static size_t leave_escaped(void *data, struct MHD_Connection *connection, char *text)
{
	(void)data, (void)connection;
	return strlen(text);
}

/* --- start --- */

static enum rc listen_on(struct ctx *ctx, struct server *server)
{
	char host[64], port[8];
	struct addrinfo hints = { .ai_flags = AI_NUMERICHOST | AI_NUMERICSERV | AI_PASSIVE, .ai_socktype = SOCK_STREAM }, *found;
	struct sv address = server->config.address;

	snprintf(host, sizeof(host), "%.*s", SV_FMT(address));
	snprintf(port, sizeof(port), "%u", server->config.port);
	if (address.len >= sizeof(host) || getaddrinfo(host, port, &hints, &found) != 0)
		return fail(ctx, RC_INVALID, N_("{address} is not an address to listen on. Use a number such as 127.0.0.1 or ::."),
			ARGS({ "address", address }));
	int fd = socket(found->ai_family, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0), on = 1;
	bool is_bound = fd >= 0 && setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &on, sizeof(on)) == 0
		&& bind(fd, found->ai_addr, found->ai_addrlen) == 0 && listen(fd, BACKLOG) == 0;
	freeaddrinfo(found);
	server->listener = fd;
	if (!is_bound)
		return fail(ctx, RC_UNAVAILABLE, N_("Cannot listen on {address} port {port}. Is another program using it?"),
			ARGS({ "address", address }, { "port", sv_of(port) }));
	struct sockaddr_storage bound;
	socklen_t len = sizeof(bound);
	if (getsockname(fd, (struct sockaddr *)&bound, &len) != 0)
		return fail_internal(ctx, "getsockname");
	server->port = ntohs(bound.ss_family == AF_INET6 ? ((struct sockaddr_in6 *)&bound)->sin6_port
							 : ((struct sockaddr_in *)&bound)->sin_port);
	return RC_OK;
}

static enum rc make_folders(struct ctx *ctx, const struct server *server)
{
	static const char *const names[] = { "tmp", "files" };

	for (size_t i = 0; i < 2; i++) {
		struct sv path = arena_printf(ctx->arena, "%.*s/%s", SV_FMT(server->config.site->data_dir), names[i]);
		if (mkdir(path.ptr, 0700) != 0 && access(path.ptr, W_OK | X_OK) != 0)
			return fail(ctx, RC_UNAVAILABLE, N_("The folder {path} cannot be made or written to."), ARGS({ "path", path }));
	}
	return RC_OK;
}

static enum rc start_daemon(struct ctx *ctx, struct server *server)
{
	const struct server_config *config = &server->config;
	unsigned threads = config->threads;

	if (!threads)
		threads = (unsigned)sysconf(_SC_NPROCESSORS_ONLN);
	server->daemon = MHD_start_daemon(MHD_USE_EPOLL_INTERNAL_THREAD | MHD_USE_TURBO | MHD_ALLOW_SUSPEND_RESUME, server->port,
		on_accept, server, on_request, server,
		MHD_OPTION_LISTEN_SOCKET, server->listener,
		MHD_OPTION_THREAD_POOL_SIZE, threads,
		MHD_OPTION_CONNECTION_LIMIT, config->max_connections,
		MHD_OPTION_CONNECTION_MEMORY_LIMIT, (size_t)CONNECTION_MEMORY,
		MHD_OPTION_CONNECTION_TIMEOUT, (unsigned)IDLE_S,
		MHD_OPTION_STRICT_FOR_CLIENT, 1,
		MHD_OPTION_URI_LOG_CALLBACK, on_request_line, server,
		MHD_OPTION_UNESCAPE_CALLBACK, leave_escaped, NULL,
		MHD_OPTION_NOTIFY_COMPLETED, on_completed, server,
		MHD_OPTION_NOTIFY_CONNECTION, on_connection, server,
		MHD_OPTION_END);
	return server->daemon ? RC_OK : fail_internal(ctx, "the HTTP library did not start");
}

static enum rc start(struct ctx *ctx, struct server *server)
{
	TRY(routes_new(ctx, server->config.modules, server->config.module_count, &server->routes));
	buf_init(&server->openapi, ctx->arena, OPENAPI_MAX);
	routes_print_openapi(ctx, &server->config, &server->openapi);
	TRY(make_folders(ctx, server));
	TRY(assets_start(ctx, server));
	if (pthread_key_create(&server->worker_key, on_thread_end) != 0)
		return fail_internal(ctx, "no thread key");
	server->has_worker_key = true;
	TRY(listen_on(ctx, server));
	server->peers.server = server;
	TRY(peers_start(ctx, &server->peers, &server->config));
	TRY(slow_start(ctx, server));
	return start_daemon(ctx, server);
}

enum rc server_start(struct ctx *ctx, const struct server_config *config, struct server **ret)
{
	struct server *server = calloc(1, sizeof(*server));

	assert(config->secret.len >= 32 && config->locale_count > 0 && config->head_ms > 0);
	if (!server)
		return fail_internal(ctx, "no memory for the server");
	server->config = *config;
	server->is_secure = sv_has_prefix(config->site->public_url, SV("https://"));
	server->listener = -1;
	pthread_mutex_init(&server->lock, NULL);
	pthread_mutex_init(&server->rate.lock, NULL);
	pthread_cond_init(&server->quiet, NULL);
	enum rc rc = start(ctx, server);
	if (rc != RC_OK) {
		server_stop(server);
		return rc;
	}
	*ret = server;
	return RC_OK;
}

uint16_t server_port(const struct server *server)
{
	return server->port;
}

/* --- stop --- */

void server_parked(struct server *server, int change)
{
	pthread_mutex_lock(&server->lock);
	server->parked += (unsigned)change;
	if (server->parked == 0)
		pthread_cond_broadcast(&server->quiet);
	pthread_mutex_unlock(&server->lock);
}

void server_drain(struct server *server, int64_t ms)
{
	int64_t end = clock_monotonic_ns() + ms * 1000000;

	atomic_store(&server->is_draining, true);
	/* The library's threads still hold the listening socket in their epoll sets, so it is closed only at the end. */
	if (MHD_quiesce_daemon(server->daemon) != MHD_INVALID_SOCKET)
		shutdown(server->listener, SHUT_RDWR);
	/* The counters are each thread's own and wake nobody; a look now and then is enough here. */
	while (server_active(server) && clock_monotonic_ns() < end)
		nanosleep(&(struct timespec){ .tv_nsec = 10000000 }, NULL);
}

unsigned server_active(struct server *server)
{
	unsigned active = 0;

	pthread_mutex_lock(&server->lock);
	for (const struct worker *worker = server->workers; worker; worker = worker->next)
		active += atomic_load_explicit(&worker->active, memory_order_relaxed);
	pthread_mutex_unlock(&server->lock);
	return active;
}

void server_flush_log(struct server *server)
{
	pthread_mutex_lock(&server->lock);
	for (struct worker *worker = server->workers; worker; worker = worker->next)
		request_log_flush(&worker->log);
	pthread_mutex_unlock(&server->lock);
}

/* The writer answers for every call that it took, so waiting for the parked ones ends. */
static void wait_for_parked(struct server *server)
{
	pthread_mutex_lock(&server->lock);
	while (server->parked)
		pthread_cond_wait(&server->quiet, &server->lock);
	pthread_mutex_unlock(&server->lock);
}

void server_stop(struct server *server)
{
	if (!server)
		return;
	if (server->daemon) {
		wait_for_parked(server);
		MHD_stop_daemon(server->daemon);
	}
	slow_stop(server);
	if (server->peers.period_ns)
		peers_stop(&server->peers);
	/* Unless it was taken back by draining, the library has closed it. */
	if (server->listener >= 0 && (!server->daemon || atomic_load(&server->is_draining)))
		close(server->listener);
	assets_stop(server);
	while (server->workers) {
		struct worker *next = server->workers->next;
		worker_free(server->workers);
		server->workers = next;
	}
	if (server->has_worker_key)
		pthread_key_delete(server->worker_key);
	pthread_cond_destroy(&server->quiet);
	pthread_mutex_destroy(&server->lock);
	pthread_mutex_destroy(&server->rate.lock);
	free(server);
}
