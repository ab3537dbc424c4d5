/* From struct response to the wire: headers by kind of answer, cookies, and the body from memory, a file or a source. */
#include <assert.h>
#include <stdio.h>
#include <unistd.h>

#include "base/locale.h"
#include "http/server_int.h"

#include "base/banned.h"

enum { COOKIE_BYTES = 4096 };

static const char content_policy[] = "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; "
	"font-src 'self'; connect-src 'self'; manifest-src 'self'; worker-src 'self'; form-action 'self'; "
	"frame-ancestors 'none'; base-uri 'none'";

void answer_cookie(struct call *call, const struct cookie *cookie)
{
	struct response *response = &call->response;

	assert(cookie->name && *cookie->name);
	for (size_t i = 0; i < response->cookie_count; i++)
		if (strcmp(response->cookies[i].name, cookie->name) == 0) {
			response->cookies[i] = *cookie;
			return;
		}
	if (response->cookie_count < RESPONSE_MAX_COOKIES)
		response->cookies[response->cookie_count++] = *cookie;
}

void answer_reset(struct call *call)
{
	assert(call->response.fd >= -1);
	if (call->response.fd >= 0)
		close(call->response.fd);
	call->response = (struct response){ .call = call, .fd = -1, .allow = call->response.allow };
}

static void add_header(struct MHD_Response *reply, const char *name, const char *value)
{
	/* Fails only for lack of memory or a line end in the value; an answer without the header is then the best left. */
	(void)MHD_add_response_header(reply, name, value);
}

static void add_cookie(const struct call *call, struct MHD_Response *reply, const struct cookie *cookie)
{
	char text[COOKIE_BYTES], age[48] = "";

	if (cookie->max_age)
		snprintf(age, sizeof(age), "; Max-Age=%lld", cookie->max_age < 0 ? 0LL : (long long)cookie->max_age);
	int len = snprintf(text, sizeof(text), "%s=%.*s; Path=/; SameSite=Lax%s%s%s", cookie->name, SV_FMT(cookie->value),
		age, cookie->is_readable ? "" : "; HttpOnly", call->server->is_secure ? "; Secure" : "");
	if (len > 0 && (size_t)len < sizeof(text))
		add_header(reply, "Set-Cookie", text);
}

static void add_caching(const struct call *call, struct MHD_Response *reply)
{
	char text[64];

	if (call->response.cache_s > 0) {
		snprintf(text, sizeof(text), "public, max-age=%lld", (long long)call->response.cache_s);
		add_header(reply, "Cache-Control", text);
		add_header(reply, "Vary", "Accept, Accept-Language, Cookie");
	} else {
		add_header(reply, "Cache-Control", "no-store");
	}
}

static void add_page_headers(const struct call *call, struct MHD_Response *reply)
{
	add_header(reply, "Content-Security-Policy", content_policy);
	add_header(reply, "Referrer-Policy", "same-origin");
	add_header(reply, "Cross-Origin-Opener-Policy", "same-origin");
	add_header(reply, "Permissions-Policy", "camera=(), geolocation=(), microphone=(), payment=(), usb=()");
	add_header(reply, "Content-Language", call->ctx.locale->tag);
}

static void add_headers(struct call *call, struct MHD_Response *reply)
{
	const struct response *response = &call->response;

	if (response->type)
		add_header(reply, "Content-Type", response->type);
	add_header(reply, "X-Content-Type-Options", "nosniff");
	add_caching(call, reply);
	if (response->is_page)
		add_page_headers(call, reply);
	else if (response->kind == RESPONSE_FD) /* a file from outside runs nothing, wherever it is opened */
		add_header(reply, "Content-Security-Policy", "default-src 'none'; sandbox; frame-ancestors 'none'");
	if (call->server->is_secure)
		add_header(reply, "Strict-Transport-Security", "max-age=31536000");
	if (!sv_is_absent(response->location))
		add_header(reply, "Location", response->location.ptr);
	if (response->allow)
		add_header(reply, "Allow", response->allow);
	if (call->retry_s)
		add_header(reply, "Retry-After", arena_printf(&call->arena, "%lld", (long long)call->retry_s).ptr);
	if (response->status == 401)
		add_header(reply, "WWW-Authenticate", "Bearer");
	if (!sv_is_absent(response->disposition))
		add_header(reply, "Content-Disposition", response->disposition.ptr);
	for (size_t i = 0; i < response->cookie_count; i++)
		add_cookie(call, reply, &response->cookies[i]);
	if (atomic_load_explicit(&call->server->is_draining, memory_order_relaxed))
		add_header(reply, "Connection", "close");
}

static struct MHD_Response *make_reply(struct call *call)
{
	struct response *response = &call->response;
	struct MHD_Response *reply;

	switch (response->kind) {
	case RESPONSE_FD:
		reply = MHD_create_response_from_fd64((uint64_t)response->size, response->fd);
		if (reply)
			response->fd = -1; /* the library closes it */
		return reply;
	case RESPONSE_NONE:
	case RESPONSE_BYTES:
	case RESPONSE_ASSET:
		break;
	}
	/* The bytes are in the call's arena, which outlives the sending. */
	return MHD_create_response_from_buffer(response->bytes.len, (void *)(uintptr_t)response->bytes.ptr, MHD_RESPMEM_PERSISTENT);
}

enum MHD_Result answer_send(struct call *call)
{
	struct response *response = &call->response;

	if (response->kind == RESPONSE_ASSET)
		return assets_send(call);
	struct MHD_Response *reply = make_reply(call);
	if (!reply)
		return MHD_NO;
	if (!response->status)
		response->status = 200;
	add_headers(call, reply);
	enum MHD_Result result = MHD_queue_response(call->connection, (unsigned)response->status, reply);
	MHD_destroy_response(reply);
	return result;
}
