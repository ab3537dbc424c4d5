/* The guard: everything that must hold before a handler runs, in this order: framing, path and method, size and type of
 * the body, session, permission, origin (CSRF), inputs. The route table says what is needed; no handler checks any of it
 * again. */
#include <assert.h>
#include <ctype.h>

#include "base/site.h"
#include "base/utf8.h"
#include "http/server_int.h"

#include "base/banned.h"

enum { MAX_KEY = 200, TRACE_DIGITS = 32 };

const char *cookie_name(const struct server *server, const char *secure, const char *plain)
{
	return server->is_secure ? secure : plain;
}

/* --- description: what the request says about itself --- */

static const struct locale *locale_by_code(const struct server_config *config, struct sv code)
{
	for (size_t i = 0; i < config->locale_count; i++)
		if (sv_equal_z(code, config->locales[i]->code))
			return config->locales[i];
	return NULL;
}

/* The best of Accept-Language whose first subtag is one of ours (RFC 4647 section 3.4, reduced to languages). */
static const struct locale *locale_accepted(const struct server_config *config, struct sv header)
{
	const struct locale *best = config->locales[0];
	int best_quality = 0;

	while (!sv_is_absent(header)) {
		struct sv entry = sv_trim(sv_cut(&header, ',')), name = entry, tag;
		name = sv_trim(sv_cut(&entry, ';'));
		tag = name;
		const struct locale *locale = locale_by_code(config, sv_cut(&tag, '-'));
		int quality = 1000;
		if (!sv_is_absent(entry))
			quality = header_quality((struct sv){ name.ptr, (size_t)(entry.ptr + entry.len - name.ptr) }, name);
		if (locale && quality > best_quality) {
			best = locale;
			best_quality = quality;
		}
	}
	return best;
}

static struct sv query_value(struct call *call, const char *name)
{
	for (size_t i = 0; i < call->pairs.len; i++)
		if (call->pairs.at[i].source == FROM_QUERY && sv_equal_z(call->pairs.at[i].name, name))
			return call->pairs.at[i].value;
	return (struct sv){ NULL, 0 };
}

static void describe_reader(struct call *call)
{
	const struct server_config *config = &call->server->config;
	struct sv cookies = header_of(call, HEADER_COOKIE), accept = header_of(call, HEADER_ACCEPT);
	const struct locale *locale = locale_by_code(config, query_value(call, "lang"));

	if (!locale)
		locale = locale_by_code(config, cookie_find(cookies, SV("lang")));
	call->ctx.locale = locale ? locale : locale_accepted(config, header_of(call, HEADER_ACCEPT_LANGUAGE));
	call->request.elder = sv_equal_z(cookie_find(cookies, SV("mode")), "elder");
	int json = header_quality(accept, SV("application/json")), html = header_quality(accept, SV("text/html"));
	if (json < 0)
		json = header_quality(accept, SV("application/problem+json"));
	call->request.wants_json = (json > 0 && json > html) || sv_has_prefix(call->request.path, SV("/api/"));
}

/* traceparent: version "-" 32 hex digits "-" ... (W3C Trace Context section 3.2.2); anything else begins a trace. */
static void describe_trace(struct call *call)
{
	struct sv parent = header_of(call, HEADER_TRACEPARENT), id = sv_slice(parent, 3, TRACE_DIGITS);
	bool is_good = parent.len >= 55 && parent.ptr[2] == '-' && parent.ptr[35] == '-';

	for (size_t i = 0; is_good && i < id.len; i++)
		is_good = isdigit((unsigned char)id.ptr[i]) || (id.ptr[i] >= 'a' && id.ptr[i] <= 'f');
	if (is_good) {
		call->request.trace = id;
		return;
	}
	uint64_t bits[2] = { random_u64(&call->worker->trace), random_u64(&call->worker->trace) };
	struct buf hex;
	buf_init(&hex, &call->arena, 64);
	buf_hex(&hex, bits, sizeof(bits));
	call->request.trace = buf_view(&hex);
}

void guard_describe(struct call *call)
{
	describe_reader(call);
	describe_trace(call);
}

/* --- route --- */

static enum rc malformed(struct call *call)
{
	return fail(&call->ctx, RC_MALFORMED, N_("The request is not complete or not well formed."), NULL);
}

static enum rc add_parameters(struct call *call)
{
	for (size_t i = 0; i < call->match.count; i++) {
		struct pair pair = {
			.name = call->match.names[i],
			.value = percent_decode(&call->arena, call->match.values[i], false),
			.source = FROM_PATH,
		};
		TRY(pairs_add(&call->ctx, &call->pairs, &pair));
	}
	return RC_OK;
}

static enum body_format format_of(struct sv content_type)
{
	struct sv rest = content_type, type = sv_trim(sv_cut(&rest, ';'));

	if (sv_equal_fold(type, SV("application/x-www-form-urlencoded")))
		return FORMAT_URLENCODED;
	if (sv_equal_fold(type, SV("multipart/form-data")))
		return FORMAT_MULTIPART;
	if (sv_equal_fold(type, SV("application/json")))
		return FORMAT_JSON;
	return FORMAT_NONE;
}

static enum rc guard_body_head(struct call *call)
{
	struct sv length = header_of(call, HEADER_CONTENT_LENGTH);
	bool has_body = !sv_is_absent(header_of(call, HEADER_TRANSFER_ENCODING))
		|| (!sv_is_absent(length) && !sv_equal_z(length, "0"));

	call->body_announced = -1;
	call->body_limit = call->route->body_max ? call->route->body_max : ROUTE_BODY_DEFAULT;
	if (!has_body)
		return RC_OK;
	if (strcmp(call->route->method, "GET") == 0)
		return fail(&call->ctx, RC_MALFORMED, N_("This request takes no body."), NULL);
	call->format = format_of(header_of(call, HEADER_CONTENT_TYPE));
	if (call->format == FORMAT_NONE || (call->route->body == BODY_JSON && call->format != FORMAT_JSON))
		return fail(&call->ctx, RC_UNSUPPORTED, N_("This kind of content is not accepted here. Send a form, or JSON."), NULL);
	if (!sv_is_absent(length) && (!sv_parse_i64(length, &call->body_announced) || call->body_announced < 0))
		return malformed(call);
	return call->body_announced > (int64_t)call->body_limit ? body_too_large(call) : RC_OK;
}

enum rc guard_route(struct call *call)
{
	if (call->is_framed_twice || !utf8_is_valid(call->request.path))
		return malformed(call);
	if (!call->route) {
		if (!call->match.allow)
			return fail(&call->ctx, RC_NOT_FOUND, N_("There is no such page. Check the address, or start from the home page."), NULL);
		call->response.allow = call->match.allow;
		return fail(&call->ctx, RC_MALFORMED, N_("This address does not do that ({method} is not possible here)."),
			ARGS({ "method", utf8_is_valid(call->method) ? call->method : SV("?") }));
	}
	if ((call->route->flags & ROUTE_LOCAL)
		&& (!peer_is_local(call->peer) || !sv_is_absent(header_of(call, HEADER_X_FORWARDED_FOR))))
		return fail(&call->ctx, RC_FORBIDDEN, N_("This address answers on the machine itself only."), NULL);
	TRY(add_parameters(call));
	return guard_body_head(call);
}

/* --- who --- */

static void read_tokens(struct call *call)
{
	struct sv authorization = header_of(call, HEADER_AUTHORIZATION), cookies = header_of(call, HEADER_COOKIE);

	if (sv_equal_fold(sv_slice(authorization, 0, 7), SV("bearer "))) {
		call->is_bearer = true;
		call->session = sv_trim(sv_slice(authorization, 7, SIZE_MAX));
		return;
	}
	call->session = cookie_find(cookies, sv_of(cookie_name(call->server, "__Host-tongban", "tongban")));
	call->visit = cookie_find(cookies, sv_of(cookie_name(call->server, "__Host-visit", "visit")));
}

enum rc guard_session(struct call *call)
{
	const struct server_hooks *hooks = &call->server->config.hooks;

	read_tokens(call);
	if (sv_is_empty(call->session) || call->session.len > MAX_KEY || !utf8_is_valid(call->session))
		return RC_OK;
	enum rc rc = hooks->authenticate(hooks->user, &call->ctx, call->session, &call->who);
	if (rc == RC_UNAUTHENTICATED || rc == RC_NOT_FOUND) {
		error_clear(&call->ctx);
		call->session_ended = true;
		call->who = principal_nobody;
		call->session = (struct sv){ NULL, 0 };
		return RC_OK;
	}
	return rc;
}

enum rc guard_permission(struct call *call)
{
	unsigned permission = call->route->permission - 1;

	if (principal_may(&call->who, permission))
		return RC_OK;
	if (call->who.kind == PRINCIPAL_NOBODY && call->is_bearer)
		return fail(&call->ctx, RC_UNAUTHENTICATED,
			N_("This token is not valid: it is unknown, has expired, or was revoked. Ask the administrator of your department for a new one."), NULL);
	if (call->who.kind == PRINCIPAL_NOBODY)
		return fail(&call->ctx, RC_UNAUTHENTICATED,
			call->session_ended ? N_("Your session has ended. Sign in again to go on.") : N_("Sign in to go on."), NULL);
	return fail(&call->ctx, RC_FORBIDDEN, N_("Your account may not do this. Ask the administrator of your department if you need it."), NULL);
}

enum rc guard_rate(struct call *call)
{
	int64_t now = clock_now(call->ctx.clock);

	assert(call->route);
	if (call->who.kind != PRINCIPAL_AGENCY
		|| rate_allow(&call->server->rate, call->who.account, now, call->server->config.site->calls_a_minute))
		return RC_OK;
	call->retry_s = 60 - now / 1000 % 60;
	return fail(&call->ctx, RC_TOO_MANY, N_("This system has made as many calls as it may in a minute. Wait until the next."), NULL);
}

/* --- origin --- */

static struct sv mac_text(struct call *call, const char *purpose, struct sv token)
{
	struct sv message = arena_printf(&call->arena, "%s:%.*s", purpose, SV_FMT(token));
	struct hash mac = hash_hmac_sha256(call->server->config.secret, message);
	struct buf out;

	buf_init(&out, &call->arena, 64);
	buf_base64url(&out, mac.bytes, sizeof(mac.bytes));
	return buf_view(&out);
}

struct sv guard_csrf(struct call *call)
{
	assert(call->server);
	if (!sv_is_empty(call->session))
		return mac_text(call, "session", call->session);
	if (sv_is_empty(call->visit)) {
		uint8_t bytes[16];
		struct buf out;
		random_bytes(&call->random, bytes, sizeof(bytes));
		buf_init(&out, &call->arena, 64);
		buf_hex(&out, bytes, sizeof(bytes));
		call->visit = buf_view(&out);
		call->is_new_visit = true;
	}
	return mac_text(call, "visit", call->visit);
}

/* The browser's own word on where the form stood: never another site's page. */
bool guard_is_same_site(struct call *call)
{
	struct sv fetch_site = header_of(call, HEADER_SEC_FETCH_SITE), origin = header_of(call, HEADER_ORIGIN);

	if (!sv_is_absent(fetch_site) && !sv_equal_z(fetch_site, "same-origin") && !sv_equal_z(fetch_site, "none"))
		return false;
	if (sv_is_absent(origin) || sv_equal(origin, call->server->config.site->public_url))
		return true;
	size_t host = sv_find(origin, SV("://"), 0);
	return host != SIZE_MAX && sv_equal_fold(sv_slice(origin, host + 3, SIZE_MAX), header_of(call, HEADER_HOST));
}

/* Takes a reserved name out of the body. */
static struct sv take_field(struct call *call, const char *name)
{
	struct sv value = { NULL, 0 };

	for (size_t i = 0; i < call->pairs.len; i++) {
		struct pair *pair = &call->pairs.at[i];
		if (pair->source == FROM_BODY && !pair->file && sv_equal_z(pair->name, name)) {
			pair->used = true;
			value = pair->value;
		}
	}
	return value;
}

static enum rc read_key(struct call *call)
{
	struct sv key = header_of(call, HEADER_IDEMPOTENCY_KEY), field = take_field(call, "idempotency_key");

	if (sv_is_absent(key))
		key = field;
	if (sv_is_empty(key))
		return RC_OK;
	for (size_t i = 0; i < key.len; i++)
		if (key.ptr[i] <= ' ' || key.ptr[i] > '~')
			return malformed(call);
	if (key.len > MAX_KEY)
		return malformed(call);
	call->ctx.idempotency_key = key;
	return RC_OK;
}

enum rc guard_origin(struct call *call)
{
	struct sv given = take_field(call, "csrf");

	TRY(read_key(call));
	if (strcmp(call->route->method, "GET") == 0 || call->is_bearer)
		return RC_OK;
	if (!guard_is_same_site(call))
		return fail(&call->ctx, RC_FORBIDDEN, N_("This was sent from another site, so nothing was done. Open the page here and send it again."), NULL);
	/* A browser sends JSON across sites only after asking, and we never agree; so it needs no token. */
	if (call->format == FORMAT_JSON)
		return RC_OK;
	if (!sv_is_absent(header_of(call, HEADER_X_CSRF_TOKEN)))
		given = header_of(call, HEADER_X_CSRF_TOKEN);
	bool has_token = !sv_is_empty(call->session) || !sv_is_empty(call->visit);
	if (has_token && bytes_equal_secret(given, guard_csrf(call)))
		return RC_OK;
	call->is_stale_form = true;
	return fail(&call->ctx, RC_FORBIDDEN, N_("This page was open for too long, or you signed in elsewhere meanwhile. Check your answers and send them again."), NULL);
}

/* --- inputs --- */

enum rc guard_input(struct call *call)
{
	bool is_get = strcmp(call->route->method, "GET") == 0;

	for (size_t i = 0; i < call->pairs.len; i++) {
		struct pair *pair = &call->pairs.at[i];
		if (pair->source == FROM_QUERY && is_get && (sv_equal_z(pair->name, "lang") || sv_equal_z(pair->name, "mode")))
			pair->used = true;
	}
	return input_parse(&call->ctx, call->route, &call->pairs, call->json, &call->request.input);
}
