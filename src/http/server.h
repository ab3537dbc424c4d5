/* The web server over libmicrohttpd: connections, deadlines, the guard before every handler, and the answers.
 *
 * GET runs on a pool thread with a database snapshot; other methods are parked when their body has arrived, handed to
 * the writer, and answered when it says so. The database, the sessions and the pages' navigation are not known here:
 * the program hands them in as functions (struct server_hooks).
 */
#ifndef HTTP_SERVER_H
#define HTTP_SERVER_H

#include "http/module.h"

struct server;

/* One request's work for the writer. `run` is called inside a transaction with ctx->db set; it may be called again after a
 * rollback. Then `done`, once, after the commit or the rollback, from any thread. */
struct server_work {
	struct ctx *ctx;
	enum rc (*run)(struct ctx *ctx, void *data);
	void (*done)(void *data, enum rc rc);
	void *data;
	_Alignas(16) char room[128]; /* for whoever takes the work, until it calls done */
};

/* One line of /readyz. */
struct server_check {
	const char *name;
	bool is_ready;
	struct sv detail; /* for the operator: no personal data */
};
enum { SERVER_MAX_CHECKS = 16 };

struct server_hooks {
	void *user;
	/* A pool thread begins and ends: opens a reading connection into ctx->db (the ctx's arena lives as long). */
	enum rc (*thread_begin)(void *user, struct ctx *ctx);
	void (*thread_end)(void *user, struct ctx *ctx);
	/* Around each request that reads. */
	enum rc (*snapshot_begin)(void *user, struct ctx *ctx);
	void (*snapshot_end)(void *user, struct ctx *ctx);
	/* Takes the work, which stays where it is until done, or RC_UNAVAILABLE when too much is waiting (then neither run
	 * nor done is called). */
	enum rc (*submit)(void *user, struct server_work *work);
	/* Fills *ret for a session token; RC_UNAUTHENTICATED when it is unknown or has ended. */
	enum rc (*authenticate)(void *user, struct ctx *ctx, struct sv token, struct principal *ret);
	/* Navigation of a page for ctx->who. */
	void (*page)(void *user, struct ctx *ctx, const struct request *request, struct html_page *page);
	/* Fills up to SERVER_MAX_CHECKS lines for /readyz; returns how many. */
	size_t (*ready)(void *user, struct ctx *ctx, struct server_check *checks);
	/* Number and description of a permission for the API document; NULL beyond the last. */
	const char *(*permission_code)(unsigned permission);
};

struct server_config {
	const struct site *site;
	struct clock *clock;
	const struct module *const *modules;
	size_t module_count;
	const struct locale *const *locales; /* the first one is the default */
	size_t locale_count;
	const struct html_asset *assets;     /* sorted by name */
	size_t asset_count;
	struct sv secret;                    /* 32 bytes of this installation: CSRF tokens, what is kept for a browser */
	const char *sign_in;                 /* path of the sign-in page; takes ?next=PATH */
	struct sv address;                   /* "127.0.0.1", "::" */
	uint16_t port;                       /* 0: the kernel chooses */
	unsigned threads;                    /* 0: one a core */
	unsigned max_connections, max_per_address;
	int64_t head_ms, body_ms, idle_ms;   /* deadlines: request head; body (plus 1 s per 4 KiB); between requests */
	struct server_hooks hooks;
};

/* Limits and deadlines of a public installation. */
#define SERVER_DEFAULTS .max_connections = 10000, .max_per_address = 512, .head_ms = 15000, .body_ms = 30000, .idle_ms = 65000

/* Checks the route table (RC_INVALID names the route and what is wrong) and begins to serve. The ctx's arena must outlive
 * the server. */
[[nodiscard]] enum rc server_start(struct ctx *ctx, const struct server_config *config, struct server **ret);
uint16_t server_port(const struct server *server);
/* No new connections; waits up to `ms` for requests under way. /readyz says no from now on. */
void server_drain(struct server *server, int64_t ms);
/* Ends all connections and frees. Accepts NULL. */
void server_stop(struct server *server);

/* Drops uploads of one of the 256 folders that are older than a day and that `keeps` does not ask for. */
[[nodiscard]] enum rc uploads_collect(struct ctx *ctx, uint8_t folder,
	enum rc (*keeps)(struct ctx *ctx, struct hash sha256, bool *ret));

/* The table without serving: for `tongban routes` and the checks. */
[[nodiscard]] enum rc routes_check(struct ctx *ctx, const struct module *const *modules, size_t count);
/* OpenAPI 3.1 of the same table. */
void routes_print_openapi(struct ctx *ctx, const struct server_config *config, struct buf *out);

#endif
