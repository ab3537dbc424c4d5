/* The route of a request. The guard's checks and the handler in their order, and what becomes of a failure:
 *
 *	GET    call_complete: snapshot { session, permission, inputs, handler }, answer
 *	POST   call_head: snapshot { session, permission }; call_bytes ...; call_complete: origin, inputs, park
 *	       slow thread, if files came or the route asks: keep files, prepare
 *	       writer: handler in a transaction; commit; resume
 *	       call_complete again: answer
 *
 * A failure is answered by problem.c, on the connection's own thread, after everything the request did is undone. */
#include <assert.h>
#include <stdlib.h>
#include <strings.h>
#include <unistd.h>

#include "http/server_int.h"

#include "base/banned.h"

enum { MAX_FREE_CALLS = 64, ANSWER_MS = 60000, KIB_4 = 4096 };

/* --- life --- */

static struct call *take_free(struct worker *worker)
{
	struct call *call = worker->free_calls;

	atomic_store_explicit(&worker->active, atomic_load_explicit(&worker->active, memory_order_relaxed) + 1, memory_order_relaxed);
	if (call) {
		worker->free_calls = call->next;
		worker->free_count--;
		return call;
	}
	call = calloc(1, sizeof(*call));
	if (!call)
		abort();
	arena_init(&call->arena, CALL_MAX_MEMORY);
	return call;
}

enum rc call_guarded(struct call *call, enum rc (*work)(struct call *call))
{
	jmp_buf jump, *const outer = call->arena.guard;
	enum rc rc;

	if (arena_guard(&call->arena, &jump)) {
		call->arena.max = CALL_MAX_MEMORY + CALL_RESERVE;
		error_clear(&call->ctx);
		rc = fail(&call->ctx, RC_UNAVAILABLE,
			N_("This needs more memory than is free right now. Nothing was changed; please try again later."), NULL);
	} else {
		rc = work(call);
	}
	call->arena.guard = outer;
	return rc;
}

/* The library overwrites the request line as it reads on. */
static enum rc keep_uri(struct call *call)
{
	struct sv rest = arena_copy(&call->arena, sv_of(call->uri));

	call->request.path = sv_cut(&rest, '?');
	call->request.query = rest;
	return RC_OK;
}

struct call *call_new(struct server *server, const char *uri, struct MHD_Connection *connection)
{
	struct worker *worker = worker_here(server);
	struct call *call = take_free(worker);
	struct arena arena = call->arena;

	*call = (struct call){
		.server = server,
		.worker = worker,
		.connection = connection,
		.arena = arena,
		.started_ns = clock_monotonic_ns(),
		.body_announced = -1,
		.response = { .call = call, .fd = -1 },
		.random = RANDOM_SYSTEM,
	};
	call->ctx = (struct ctx){
		.arena = &call->arena, .err = &call->err, .clock = server->config.clock, .random = &call->random,
		.site = server->config.site, .who = &call->who, .locale = server->config.locales[0],
	};
	call->uri = uri;
	call->request.problem = &call->problem;
	if (call_guarded(call, keep_uri) == RC_OK)
		return call;
	call_free(call);
	return NULL;
}

static void release(struct call *call)
{
	arena_release(&call->arena);
	free(call);
}

void call_free(struct call *call)
{
	struct worker *worker = call->worker;

	assert(worker);
	body_release(call);
	if (call->response.fd >= 0)
		close(call->response.fd);
	arena_clear(&call->arena);
	call->arena.max = CALL_MAX_MEMORY;
	atomic_store_explicit(&worker->active, atomic_load_explicit(&worker->active, memory_order_relaxed) - 1, memory_order_relaxed);
	if (worker->free_count == MAX_FREE_CALLS) {
		release(call);
		return;
	}
	call->next = worker->free_calls;
	worker->free_calls = call;
	worker->free_count++;
}

void call_free_kept(struct worker *worker)
{
	while (worker->free_calls) {
		struct call *call = worker->free_calls;
		worker->free_calls = call->next;
		release(call);
	}
}

enum rc call_reading(struct call *call, struct worker *worker, enum rc (*work)(struct call *call))
{
	const struct server_hooks *hooks = &call->server->config.hooks;

	if (!worker->has_begun)
		return fail(&call->ctx, RC_UNAVAILABLE, N_("The database cannot be reached right now. Please try again in a minute."), NULL);
	call->ctx.db = worker->ctx.db;
	call->ctx.cache = worker->ctx.cache;
	enum rc rc = hooks->snapshot_begin(hooks->user, &call->ctx);
	if (rc == RC_OK) {
		rc = call_guarded(call, work);
		hooks->snapshot_end(hooks->user, &call->ctx);
	}
	call->ctx.db = NULL;
	return rc;
}

/* --- head --- */

static enum MHD_Result keep_header(void *data, enum MHD_ValueKind kind, const char *key, const char *value)
{
	static const struct sv names[] = {
#define X(name, text) SV_INIT(text),
		HEADER_TABLE(X)
#undef X
	};
	struct call *call = data;
	size_t len = strlen(key);

	(void)kind;
	for (size_t i = 0; i < HEADER_COUNT; i++) {
		if (names[i].len != len || strncasecmp(names[i].ptr, key, len) != 0)
			continue;
		bool is_length = i == HEADER_CONTENT_LENGTH || i == HEADER_TRANSFER_ENCODING;
		if (is_length && (!sv_is_absent(call->headers[HEADER_CONTENT_LENGTH])
					 || !sv_is_absent(call->headers[HEADER_TRANSFER_ENCODING])))
			call->is_framed_twice = true;
		call->headers[i] = sv_of(value ? value : "");
	}
	return MHD_YES;
}

static bool is_get(const struct call *call)
{
	return sv_equal(call->method, SV("GET")) || sv_equal(call->method, SV("HEAD"));
}

static enum rc read_head(struct call *call)
{
	TRY(pairs_parse(&call->ctx, call->request.query, FROM_QUERY, &call->pairs));
	guard_describe(call);
	routes_match(call->server->routes, call->method, call->request.path, &call->match);
	call->route = call->request.route = call->match.route;
	if (!call->route && is_get(call) && !call->match.allow) {
		call->response.asset = assets_find(call->server, call->request.path);
		if (call->response.asset) {
			call->response.kind = RESPONSE_ASSET;
			return RC_OK;
		}
		if (page_without_slash(call))
			return RC_OK;
	}
	return guard_route(call);
}

static enum rc session_and_permission(struct call *call)
{
	TRY(guard_session(call));
	TRY(guard_permission(call));
	return guard_rate(call);
}

/* Nobody is signed in, or the database cannot say who, but somebody has typed: the fields are read to be kept (held.c). */
static bool may_hold(const struct call *call, enum rc rc)
{
	return (rc == RC_UNAUTHENTICATED || rc == RC_UNAVAILABLE) && !call->request.wants_json
		&& (call->format == FORMAT_URLENCODED || call->format == FORMAT_MULTIPART);
}

static enum rc read_head_of_act(struct call *call)
{
	enum rc rc = call_reading(call, call->worker, session_and_permission);

	call->is_holding = may_hold(call, rc) && guard_is_same_site(call);
	if (rc != RC_OK && !call->is_holding)
		return rc;
	enum rc begun = body_begin(call);
	return rc != RC_OK ? rc : begun;
}

/* What is too large or of a wrong kind is refused before anybody asks who sent it; the form that is then shown again is
 * somebody's. */
static enum rc know_who(struct call *call)
{
	struct error why = call->err;

	error_clear(&call->ctx);
	enum rc rc = call_reading(call, call->worker, session_and_permission);
	if (rc == RC_OK)
		call->err = why;
	return rc == RC_OK ? why.rc : rc;
}

static enum rc make_problem(struct call *call)
{
	problem_answer(call, call->rc);
	return RC_OK;
}

static void call_problem(struct call *call)
{
	if (call_guarded(call, make_problem) != RC_OK)
		problem_answer_plainly(call);
}

enum MHD_Result call_head(struct call *call, const char *method)
{
	const struct server_config *config = &call->server->config;

	call->method = sv_of(method); /* the library keeps it as long as the request */
	call->request.method = method;
	MHD_get_connection_values(call->connection, MHD_HEADER_KIND, keep_header, call);
	call->rc = call_guarded(call, read_head);
	if (call->rc == RC_OK && call->response.kind == RESPONSE_NONE && !is_get(call))
		call->rc = call_guarded(call, read_head_of_act);
	else if (call->rc == RC_TOO_LARGE || call->rc == RC_UNSUPPORTED)
		call->rc = call_guarded(call, know_who);
	call->stage = CALL_BODY;
	call->is_dropping = call->rc != RC_OK && !call->is_holding;
	int64_t body = call->body_announced > 0 ? call->body_announced : (int64_t)call->body_limit;
	peer_expect(call->peer, config->body_ms + body / KIB_4 * 1000);
	if (call->is_dropping && call->body_announced > DROP_LIMIT) {
		call_problem(call);
		return answer_send(call);
	}
	return MHD_YES;
}

enum MHD_Result call_bytes(struct call *call, const char *bytes, size_t *size)
{
	assert(bytes && size);
	call->chunk = (struct sv){ bytes, *size };
	call->body_size += *size;
	*size = 0;
	if (call->is_dropping)
		return call->body_size > DROP_LIMIT ? MHD_NO : MHD_YES;
	enum rc rc = call_guarded(call, body_add);
	if (rc != RC_OK) {
		call->rc = call->rc == RC_OK ? rc : call->rc;
		call->is_dropping = true;
		call->is_holding = false;
	}
	return MHD_YES;
}

/* --- end of the body --- */

static enum rc handle(struct call *call)
{
	enum rc rc = call->route->handler(&call->ctx, &call->request, &call->response);

	if (rc == RC_OK && call->response.kind == RESPONSE_NONE)
		return fail_internal(&call->ctx, "%s %s gave no answer", call->route->method, call->route->path);
	return rc;
}

static enum rc check_inputs(struct call *call)
{
	TRY(body_end(call));
	TRY(guard_origin(call));
	return guard_input(call);
}

static enum rc read_page(struct call *call)
{
	TRY(session_and_permission(call));
	if (page_switch(call))
		return RC_OK;
	TRY(check_inputs(call));
	return handle(call);
}

/* The part of a page that needs no writer, before one whose read is recorded (ROUTE_WRITES). */
static enum rc read_before_write(struct call *call)
{
	TRY(session_and_permission(call));
	if (page_switch(call))
		return RC_OK;
	return check_inputs(call);
}

static enum rc read_alone(struct call *call)
{
	TRY(check_inputs(call));
	return handle(call);
}

static enum rc answer_now(struct call *call)
{
	if (is_get(call) && (call->route->flags & ROUTE_ALONE))
		return call_guarded(call, read_alone);
	if (is_get(call))
		return call_reading(call, call->worker, (call->route->flags & ROUTE_WRITES) ? read_before_write : read_page);
	TRY(call_guarded(call, check_inputs));
	return (call->route->flags & ROUTE_READS) ? call_reading(call, call->worker, handle) : RC_OK;
}

static enum MHD_Result finish(struct call *call)
{
	if (call->rc != RC_OK)
		call_problem(call);
	peer_expect(call->peer, ANSWER_MS + (int64_t)call->response.bytes.len / KIB_4 * 1000 + call->response.size / KIB_4 * 1000);
	return answer_send(call);
}

/* --- parked --- */

static void ready(struct call *call)
{
	struct server *server = call->server;
	struct MHD_Connection *connection = call->connection;

	call->stage = CALL_READY;
	MHD_resume_connection(connection); /* the call belongs to the pool thread from here on */
	server_parked(server, -1);
}

static enum rc run_on_writer(struct ctx *ctx, void *data)
{
	struct call *call = data;

	assert(ctx == &call->ctx);
	error_clear(ctx);
	answer_reset(call);
	return call_guarded(call, handle);
}

static void done_on_writer(void *data, enum rc rc)
{
	struct call *call = data;

	call->ctx.db = NULL;
	call->ctx.cache = NULL;
	call->rc = rc;
	if (rc != RC_OK && call->err.rc == RC_OK)
		call->rc = fail(&call->ctx, rc, N_("This could not be saved. Nothing was changed; please try again."), NULL);
	ready(call);
}

static void submit(struct call *call)
{
	const struct server_hooks *hooks = &call->server->config.hooks;

	call->work = (struct server_work){ .ctx = &call->ctx, .run = run_on_writer, .done = done_on_writer, .data = call };
	enum rc rc = hooks->submit(hooks->user, &call->work);
	if (rc != RC_OK) {
		call->rc = rc;
		if (call->err.rc == RC_OK)
			call->rc = fail(&call->ctx, rc,
				N_("Too many people are sending at this moment. Nothing was changed; please try again in a minute."), NULL);
		ready(call);
	}
}

static enum rc keep_uploads(struct call *call)
{
	for (size_t i = 0; i < call->upload_count; i++)
		if (call->kept[i])
			TRY(upload_keep(&call->ctx, call->kept[i]));
	return RC_OK;
}

static enum rc prepare(struct call *call)
{
	return call->route->prepare(&call->ctx, &call->request, &call->request.prepared);
}

void call_slow(struct call *call, struct worker *worker)
{
	assert(call->route);
	call->rc = call_guarded(call, keep_uploads);
	if (call->rc == RC_OK && call->route->prepare)
		call->rc = call_reading(call, worker, prepare);
	if (call->rc == RC_OK)
		submit(call);
	else
		ready(call);
}

static void park(struct call *call)
{
	call->stage = CALL_PARKED;
	peer_expect(call->peer, INT64_MAX);
	server_parked(call->server, 1);
	MHD_suspend_connection(call->connection);
	if (!call->upload_count && !call->route->prepare) {
		submit(call);
	} else if (!slow_submit(call->server, call)) {
		call->rc = fail(&call->ctx, RC_UNAVAILABLE,
			N_("Too many people are sending at this moment. Nothing was changed; please try again in a minute."), NULL);
		ready(call);
	}
}

static enum rc hold(struct call *call)
{
	struct error why = call->err;

	error_clear(&call->ctx);
	enum rc rc = body_end(call);
	if (rc == RC_OK)
		rc = held_keep(call);
	call->is_holding = rc == RC_OK;
	call->err = why;
	return rc;
}

enum MHD_Result call_complete(struct call *call)
{
	if (call->stage == CALL_READY) {
		call->stage = CALL_SENDING;
		return finish(call);
	}
	assert(call->stage == CALL_BODY);
	if (call->is_holding)
		(void)call_guarded(call, hold); /* what could not be kept is said on the page */
	if (call->rc == RC_OK && call->response.kind == RESPONSE_NONE) {
		call->rc = answer_now(call);
		if (call->rc == RC_OK && call->response.kind == RESPONSE_NONE) {
			park(call);
			return MHD_YES;
		}
	}
	call->stage = CALL_SENDING;
	return finish(call);
}
