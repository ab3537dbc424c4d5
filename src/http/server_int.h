/* Private to http/: the server's moving parts.
 *
 * A call is one request from its first line to its last byte. It is owned by one thread at a time: the pool thread of its
 * connection, then (parked) a slow thread or the writer, then the pool thread again. The hand-over is `done` followed by
 * MHD_resume_connection, which takes a lock, so no field of a call needs to be atomic.
 *
 *	NEW ---> BODY ---> PARKED ---> READY ---> SENDING       a POST
 *	  \        \____________________/ |                      (refused before it is parked)
 *	   \______________________________/                      a GET
 */
#ifndef HTTP_SERVER_INT_H
#define HTTP_SERVER_INT_H

#include <microhttpd.h>
#include <netinet/in.h>
#include <pthread.h>
#include <stdatomic.h>

#include "http/http_int.h"
#include "http/server.h"

enum {
	CALL_MAX_MEMORY = 64 << 20,  /* arena of one request */
	CALL_RESERVE = 1 << 20,      /* more, for saying that it was used up */
	RESPONSE_MAX_COOKIES = 8,
	DROP_LIMIT = 256 << 20,      /* of a refused body this much is read before the answer; beyond, the connection ends */
	SLOW_THREADS = 2,
	SLOW_WAITING = 256,
	BUCKETS = 1024,              /* of connections, by address */
	HELD_MS = 30 * 60 * 1000,    /* how long a form is kept whose session ended */
	HELD_MAX_BYTES = 64 << 10,
	HELD_MAX_FILES = 1000,
	REQUEST_LOG_BYTES = 32 << 10,
};

/* --- connections and their deadlines (peers.c) --- */

struct peer {
	struct peer *next;
	int fd;
	uint8_t address[16];         /* IPv6, or IPv4 mapped into it */
	_Atomic int64_t deadline_ns; /* monotonic; the reaper shuts the socket down when it has passed */
};

struct peers {
	pthread_mutex_t lock;
	struct peer *buckets[BUCKETS];
	pthread_t reaper;
	struct server *server;
	pthread_cond_t wake;
	bool is_stopping;
	int64_t period_ns;
	unsigned max_per_address;
	_Atomic uint64_t reaped, refused;
	_Atomic int64_t open;
};

[[nodiscard]] enum rc peers_start(struct ctx *ctx, struct peers *peers, const struct server_config *config);
void peers_stop(struct peers *peers);
bool peers_may_accept(struct peers *peers, const struct sockaddr *address);
struct peer *peers_add(struct peers *peers, int fd, const struct sockaddr *address, int64_t first_ms);
void peers_remove(struct peers *peers, struct peer *peer);
/* The peer must be done within so many milliseconds from now; INT64_MAX = no limit. */
void peer_expect(struct peer *peer, int64_t ms);
bool peer_is_local(const struct peer *peer);

/* --- counters (metrics.c): written by one thread each, read by any --- */

enum { METRICS_BUCKETS = 12 };
struct route_metrics {
	_Atomic uint64_t status[5];  /* 1xx ... 5xx */
	_Atomic uint64_t bucket[METRICS_BUCKETS + 1], sum_ns;
};
void metrics_count(struct route_metrics *metrics, int status, int64_t ns);
void metrics_print(struct server *server, struct buf *out);

/* --- lines of the log about requests, gathered by thread (request_log.c) --- */

struct request_log {
	pthread_mutex_t lock;        /* against the reaper, which writes what waits too long */
	int64_t first_ns;            /* when the first line came */
	size_t len;
	char bytes[REQUEST_LOG_BYTES];
};
struct call;
void request_log_init(struct request_log *log);
/* Writes what waits. */
void request_log_release(struct request_log *log);
void request_log_add(struct request_log *log, const struct call *call, int64_t now_ns);
void request_log_flush(struct request_log *log);

/* --- threads that run handlers --- */

struct worker {
	struct server *server;
	struct arena arena;          /* lives as long as the thread */
	struct error err;
	struct random random, trace;
	struct ctx ctx;
	struct route_metrics *metrics; /* routes_count + 2: files, and what matched nothing */
	struct request_log log;
	bool has_begun;
	struct call *free_calls;     /* of connections on this thread */
	unsigned free_count;
	_Atomic unsigned active;     /* calls under way; written by this thread only */
	struct worker *next;
};
/* The worker of this thread, made on first use; NULL when it cannot begin (no database). */
struct worker *worker_here(struct server *server);

/* --- a request under way --- */

#define HEADER_TABLE(X)                                                                                                \
	X(ACCEPT, "accept") X(ACCEPT_ENCODING, "accept-encoding") X(ACCEPT_LANGUAGE, "accept-language")                \
	X(AUTHORIZATION, "authorization") X(CONTENT_LENGTH, "content-length") X(CONTENT_TYPE, "content-type")          \
	X(COOKIE, "cookie") X(HOST, "host") X(IDEMPOTENCY_KEY, "idempotency-key")              \
	X(IF_NONE_MATCH, "if-none-match") X(ORIGIN, "origin")                        \
	X(SEC_FETCH_SITE, "sec-fetch-site") X(TRACEPARENT, "traceparent") X(TRANSFER_ENCODING, "transfer-encoding")    \
	X(X_CSRF_TOKEN, "x-csrf-token") X(X_FORWARDED_FOR, "x-forwarded-for")
enum header {
#define X(name, text) HEADER_##name,
	HEADER_TABLE(X)
#undef X
	HEADER_COUNT
};

enum call_stage { CALL_NEW, CALL_BODY, CALL_PARKED, CALL_READY, CALL_SENDING };
enum body_format { FORMAT_NONE, FORMAT_URLENCODED, FORMAT_MULTIPART, FORMAT_JSON };

struct cookie {
	const char *name;
	struct sv value;
	int64_t max_age;             /* seconds; 0 = until the browser closes, -1 = remove */
	bool is_readable;            /* by scripts */
};

enum response_kind { RESPONSE_NONE, RESPONSE_BYTES, RESPONSE_FD, RESPONSE_ASSET };
struct response {
	struct call *call;
	enum response_kind kind;
	int status;
	const char *type;            /* media type */
	bool is_page;                /* HTML of ours: gets the content security policy */
	struct sv bytes;
	int fd;
	int64_t size;
	struct sv location, disposition;
	const char *allow;
	int64_t cache_s;
	const struct html_asset *asset;
	struct cookie cookies[RESPONSE_MAX_COOKIES];
	size_t cookie_count;
};

struct call {
	struct request request;      /* first: request_*() find the call from it */
	struct server *server;
	struct worker *worker;       /* of the connection's pool thread */
	struct MHD_Connection *connection;
	struct peer *peer;
	enum call_stage stage;
	enum rc rc;                  /* outcome so far */
	int64_t started_ns;
	struct arena arena;
	struct error err, problem;
	struct random random;
	struct ctx ctx;
	struct sv headers[HEADER_COUNT];
	bool is_framed_twice;        /* two lengths: refused */
	const char *uri;             /* of libmicrohttpd, while the request line is read */
	struct sv method;
	struct route_match match;
	const struct route *route;   /* NULL when nothing matched */
	/* body */
	enum body_format format;
	size_t body_limit;
	size_t body_size;            /* bytes so far, dropped ones too */
	int64_t body_announced;      /* Content-Length, -1 if none */
	struct sv chunk;             /* what has just come */
	bool is_dropping;            /* refused already: the rest of the body is read and forgotten */
	bool is_holding;             /* nobody is signed in: the fields are read to be kept, files are not */
	bool skips_part;
	struct sv held_key;          /* under which the fields are kept; absent if not */
	struct buf body;
	struct multipart *multipart;
	struct pair part;            /* of multipart, being read */
	struct upload_writer **uploads, *upload; /* HTTP_MAX_FILES, of multipart only */
	const struct upload **kept;
	size_t upload_count;
	struct pairs pairs;
	const struct json *json;
	/* who */
	struct principal who;
	struct sv session, visit;    /* tokens from cookies, absent if none */
	bool is_bearer, session_ended, is_new_visit;
	int64_t retry_s;             /* when to try again, for a system over its rate; 0 = unsaid */
	bool is_stale_form;          /* right site, wrong token: the form is shown again */
	struct response response;
	struct server_work work;     /* while parked */
	struct call *next;           /* in the worker's list of free calls, or in that of slow work */
};

/* call.c: the route of a request */
/* NULL when there is no memory for it. */
struct call *call_new(struct server *server, const char *uri, struct MHD_Connection *connection);
void call_free(struct call *call);
/* The calls that a worker keeps for the next requests. */
void call_free_kept(struct worker *worker);
unsigned server_active(struct server *server);
/* The three moments libmicrohttpd gives: head, bytes of the body, end of the body (or resumed). */
enum MHD_Result call_head(struct call *call, const char *method);
enum MHD_Result call_bytes(struct call *call, const char *bytes, size_t *size);
enum MHD_Result call_complete(struct call *call);
/* Runs `work` so that running out of memory becomes RC_UNAVAILABLE. */
enum rc call_guarded(struct call *call, enum rc (*work)(struct call *call));
/* Runs under a snapshot of the worker's connection. */
enum rc call_reading(struct call *call, struct worker *worker, enum rc (*work)(struct call *call));

/* body.c */
[[nodiscard]] enum rc body_begin(struct call *call);
[[nodiscard]] enum rc body_add(struct call *call);       /* call->chunk */
[[nodiscard]] enum rc body_too_large(struct call *call);
[[nodiscard]] enum rc body_end(struct call *call);
void body_release(struct call *call);

/* guard.c: what must hold before a handler runs */
void guard_describe(struct call *call);                  /* language, JSON, trace; cannot fail */
bool guard_is_same_site(struct call *call);
[[nodiscard]] enum rc guard_route(struct call *call);    /* framing, path, method, length and type of the body */
[[nodiscard]] enum rc guard_session(struct call *call);  /* who asks; needs the database */
[[nodiscard]] enum rc guard_permission(struct call *call);
/* A department's system within its calls a minute. */
[[nodiscard]] enum rc guard_rate(struct call *call);
[[nodiscard]] enum rc guard_origin(struct call *call);   /* CSRF, and the key against double sending */
[[nodiscard]] enum rc guard_input(struct call *call);
struct sv guard_csrf(struct call *call);                 /* the token that belongs to this browser */
const char *cookie_name(const struct server *server, const char *secure, const char *plain);

/* answer.c: from struct response to the wire */
enum MHD_Result answer_send(struct call *call);
void answer_cookie(struct call *call, const struct cookie *cookie);
void answer_reset(struct call *call);
/* page.c: what the layout shows, and the reader's choices */
void page_fill(struct call *call, struct html_page *page);
/* ?lang= and ?mode= on a page: remembers the choice and goes back to the page without it. False if there is none. */
bool page_switch(struct call *call);
/* "/services/" where only "/services" is: leads there. False if there is none either. */
bool page_without_slash(struct call *call);
/* Path of this site, or "/" for anything that could lead elsewhere. */
struct sv page_local_path(struct sv path);
void page_flash(struct call *call, const char *msgid);
/* problem.c: the answer to a failure; cannot fail but for lack of memory. The plain one needs none. */
void problem_answer(struct call *call, enum rc rc);
void problem_answer_plainly(struct call *call);
/* static.c */
[[nodiscard]] enum rc assets_start(struct ctx *ctx, struct server *server);
void assets_stop(struct server *server);
const struct html_asset *assets_find(const struct server *server, struct sv path);
enum MHD_Result assets_send(struct call *call);
/* held.c: forms whose session ended */
[[nodiscard]] enum rc held_keep(struct call *call);
enum rc held_show(struct ctx *ctx, const struct request *request, struct response *response);
enum rc held_purge(struct ctx *ctx, bool *ret_more);
/* slow.c */
struct slow {
	pthread_mutex_t lock;
	pthread_cond_t wake;
	struct call *first, **last;
	unsigned waiting;
	bool is_stopping;
	pthread_t threads[SLOW_THREADS];
	unsigned started;
};
[[nodiscard]] enum rc slow_start(struct ctx *ctx, struct server *server);
void slow_stop(struct server *server);
/* False when too many wait; otherwise call_slow_done() is called there. */
bool slow_submit(struct server *server, struct call *call);
void call_slow(struct call *call, struct worker *worker);
/* builtin.c: /livez, /readyz, /metrics, /api/openapi.json, /resume */
extern const struct module http_module;

/* Calls of departments' systems in the running minute, on this node. A table of fixed size: in the rare case that it has no room for
 * one more system, one whose minute is over, or the one in its place, begins anew. */
enum { RATE_SLOTS = 1024, RATE_TRIES = 8 };
struct rate {
	pthread_mutex_t lock;
	struct {
		struct id who;
		int64_t minute, count;
	} slots[RATE_SLOTS];
};
/* Counts one call; false when `limit` is reached within the minute of `now` (ms). */
bool rate_allow(struct rate *rate, struct id who, int64_t now, int64_t limit);

struct server {
	struct server_config config;
	struct routes *routes;
	bool is_secure;              /* public_url is https */
	struct MHD_Daemon *daemon;
	int listener;
	uint16_t port;
	pthread_key_t worker_key;
	bool has_worker_key;
	struct peers peers;
	struct rate rate;
	struct slow slow;
	struct buf openapi;
	struct MHD_Response **assets; /* three a file: plain, gzip, brotli; NULL where there is none */
	_Atomic bool is_draining;
	pthread_mutex_t lock;        /* of what follows */
	pthread_cond_t quiet;
	struct worker *workers;
	unsigned parked;
};

static inline struct call *call_of(const struct request *request) { return (struct call *)(uintptr_t)request; }
static inline struct sv header_of(const struct call *call, enum header header) { return call->headers[header]; }
/* Writes the lines that the threads have gathered. */
void server_flush_log(struct server *server);
void server_parked(struct server *server, int change);

#endif
