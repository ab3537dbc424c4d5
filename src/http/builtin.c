/* What the server itself answers: for machines that watch it (/livez, /readyz, /metrics), for programs that call it
 * (/api/openapi.json), and for somebody whose session ended (/resume). */
#include "http/server_int.h"

#include "base/banned.h"

enum { MAX_TEXT = 4 << 20 };

static enum rc livez(struct ctx *ctx, const struct request *request, struct response *response)
{
	(void)request;
	return response_bytes(ctx, response, "text/plain; charset=utf-8", SV("alive\n"));
}

/* One line a check: "database ok", "disk not ready: 3 MB free". 503 when one is not ready or the server is stopping. */
static enum rc readyz(struct ctx *ctx, const struct request *request, struct response *response)
{
	struct server *server = call_of(request)->server;
	struct server_check checks[SERVER_MAX_CHECKS] = { 0 };
	size_t count = server->config.hooks.ready(server->config.hooks.user, ctx, checks);
	bool is_ready = !atomic_load(&server->is_draining);
	struct buf out;

	buf_init(&out, ctx->arena, MAX_TEXT);
	for (size_t i = 0; i < count; i++) {
		is_ready = is_ready && checks[i].is_ready;
		buf_printf(&out, "%s %s%s%.*s\n", checks[i].name, checks[i].is_ready ? "ok" : "not ready",
			checks[i].detail.len ? ": " : "", SV_FMT(checks[i].detail));
	}
	buf_printf(&out, "%s\n", atomic_load(&server->is_draining) ? "stopping" : is_ready ? "ready" : "not ready");
	if (!is_ready)
		response_status(response, 503);
	return response_bytes(ctx, response, "text/plain; charset=utf-8", buf_view(&out));
}

static enum rc metrics(struct ctx *ctx, const struct request *request, struct response *response)
{
	struct buf out;

	buf_init(&out, ctx->arena, MAX_TEXT);
	metrics_print(call_of(request)->server, &out);
	return response_bytes(ctx, response, "text/plain; version=0.0.4; charset=utf-8", buf_view(&out));
}

static enum rc openapi(struct ctx *ctx, const struct request *request, struct response *response)
{
	response_cache(response, 3600);
	return response_json(ctx, response, buf_view(&call_of(request)->server->openapi));
}

static const struct route routes[] = {
	{ "GET", "/livez", NEEDS(PERMISSION_PUBLIC), &input_none, livez, .flags = ROUTE_ALONE,
		.summary = N_("Whether the program runs") },
	{ "GET", "/readyz", NEEDS(PERMISSION_PUBLIC), &input_none, readyz, .flags = ROUTE_ALONE,
		.summary = N_("Whether it can take work, check by check") },
	{ "GET", "/metrics", NEEDS(PERMISSION_PUBLIC), &input_none, metrics, .flags = ROUTE_ALONE | ROUTE_LOCAL,
		.summary = N_("Counters for Prometheus") },
	{ "GET", "/api/openapi.json", NEEDS(PERMISSION_PUBLIC), &input_none, openapi, .flags = ROUTE_ALONE,
		.summary = N_("This document") },
	{ "GET", "/resume", NEEDS(PERMISSION_SIGNED_IN), &input_none, held_show,
		.summary = N_("What was typed before a session ended") },
};

static const struct job jobs[] = {
	{ "http.held", HELD_MS / 3, held_purge, N_("Forgets what was kept for somebody whose session had ended.") },
};

const struct module http_module = { .name = "http", MODULE_LIST(route, routes), MODULE_LIST(job, jobs) };
