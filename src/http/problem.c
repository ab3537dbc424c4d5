/* The answer to a failure: the form again with what was typed, a page in the reader's language, or a problem document
 * (RFC 9457) for who asked for JSON. It must always come to something, so each way falls back on a simpler one. */
#include "base/format.h"
#include "base/log.h"
#include "base/site.h"
#include "http/layout_html.h"
#include "http/server_int.h"

#include "base/banned.h"

enum { MAX_PROBLEM = 1 << 20 };

static const char *title_of(enum rc rc, int status)
{
	if (status == 405)
		return N_("Not possible at this address");
	switch (rc) {
	case RC_OK:
	case RC_INTERNAL:
		return N_("Something went wrong on our side");
	case RC_INVALID:
		return N_("Some answers need another look");
	case RC_MALFORMED:
		return N_("The request could not be read");
	case RC_UNAUTHENTICATED:
		return N_("Sign in to go on");
	case RC_FORBIDDEN:
		return N_("You may not do this");
	case RC_NOT_FOUND:
		return N_("Page not found");
	case RC_CONFLICT:
		return N_("Somebody was faster");
	case RC_TOO_LARGE:
		return N_("Too large");
	case RC_UNSUPPORTED:
		return N_("This kind of content is not accepted");
	case RC_TOO_MANY:
		return N_("Too many requests");
	case RC_UNAVAILABLE:
		return N_("Not available right now");
	}
	return N_("Something went wrong on our side");
}

static const char *general_message(enum rc rc)
{
	if (rc == RC_NOT_FOUND)
		return N_("What you are looking for is not here. Check the address, or start from the home page.");
	return N_("Please go back and try again.");
}

static struct sv message_of(struct call *call, enum rc rc)
{
	const struct error *why = &call->problem;

	return why->msgid ? tr_args(&call->ctx, why->msgid, why->args) : tr(&call->ctx, general_message(rc));
}

/* Above the list of wrong fields of a page without a form; a single one speaks for itself. */
static struct sv page_message(struct call *call, enum rc rc)
{
	const struct error *why = &call->problem;

	if (why->field_count == 0)
		return message_of(call, rc);
	if (why->field_count == 1)
		return tr_args(&call->ctx, why->fields[0].msgid, why->fields[0].args);
	return tr(&call->ctx, N_("Correct these, then try again:"));
}

static void answer_bytes(struct call *call, int status, const char *type, struct sv bytes)
{
	call->response.kind = RESPONSE_BYTES;
	call->response.status = status;
	call->response.type = type;
	call->response.bytes = bytes;
}

/* --- problem document --- */

static enum rc document(struct call *call)
{
	const struct error *why = &call->problem;
	int status = call->response.status;
	struct buf buf;

	buf_init(&buf, &call->arena, MAX_PROBLEM);
	struct json_out out = json_out_to(&buf);
	json_out_object(&out);
	json_out_member(&out, SV("type"), arena_printf(&call->arena, "urn:tongban:problem:%s", rc_problem_type(why->rc)));
	json_out_member(&out, SV("title"), tr(&call->ctx, title_of(why->rc, status)));
	json_out_member_i64(&out, SV("status"), status);
	json_out_member(&out, SV("detail"), message_of(call, why->rc));
	json_out_member(&out, SV("instance"), page_local_path(call->request.path));
	json_out_member(&out, SV("trace"), call->request.trace);
	if (why->field_count) {
		json_out_key(&out, SV("errors"));
		json_out_array(&out);
		for (size_t i = 0; i < why->field_count; i++) {
			json_out_object(&out);
			json_out_member(&out, SV("field"), why->fields[i].field);
			json_out_member(&out, SV("detail"), tr_args(&call->ctx, why->fields[i].msgid, why->fields[i].args));
			json_out_object_end(&out);
		}
		json_out_array_end(&out);
	}
	json_out_object_end(&out);
	answer_bytes(call, status, "application/problem+json", buf_view(&buf));
	return RC_OK;
}

/* --- page --- */

static struct sv sign_in_address(struct call *call, struct sv next)
{
	return response_address(&call->ctx, arena_printf(&call->arena, "%s?next=", call->server->config.sign_in).ptr, next);
}

/* A form that came whole and could not be saved is kept too, if it can be. */
static void keep_form(struct call *call)
{
	bool is_form = call->format == FORMAT_URLENCODED || call->format == FORMAT_MULTIPART;

	if (call->problem.rc != RC_UNAVAILABLE || !is_form || call->is_holding || !call->route || !call->pairs.len)
		return;
	call->is_holding = held_keep(call) == RC_OK;
	error_clear(&call->ctx);
}

static enum rc page(struct call *call)
{
	enum rc rc = call->problem.rc;
	int status = call->response.status;
	bool is_signed_out = rc == RC_UNAUTHENTICATED;
	struct sv message = page_message(call, rc);

	keep_form(call);
	if (call->is_holding) {
		answer_cookie(call, &(struct cookie){ .name = cookie_name(call->server, "__Host-held", "held"),
			.value = call->held_key, .max_age = HELD_MS / 1000 });
		if (is_signed_out)
			message = tr(&call->ctx, N_("Your session has ended. What you typed is kept for 30 minutes: sign in, and you can send it."));
	}
	struct html_error view = {
		.status = status,
		.title = tr(&call->ctx, title_of(rc, status)),
		.message = message,
		.problems = call->problem.field_count > 1 ? html_problems_of(&call->ctx, &call->problem) : (struct html_problems){ 0 },
		.trace = call->request.trace,
		.is_kept = call->is_holding && !is_signed_out,
	};
	if (is_signed_out)
		view.sign_in = sign_in_address(call, call->is_holding ? SV("/resume") : SV("/"));
	TRY(response_page(&call->ctx, &call->response, &html_error_view, &view));
	call->response.status = status;
	return RC_OK;
}

/* A page that needs somebody leads to the sign-in page and back. */
static bool lead_to_sign_in(struct call *call)
{
	bool is_page = sv_equal(call->method, SV("GET")) && !call->request.wants_json;
	struct sv here = call->request.path;

	if (!is_page || call->problem.rc != RC_UNAUTHENTICATED)
		return false;
	if (!sv_is_absent(call->request.query))
		here = arena_printf(&call->arena, "%.*s?%.*s", SV_FMT(here), SV_FMT(call->request.query));
	answer_bytes(call, 303, "text/plain; charset=utf-8", SV(""));
	call->response.location = sign_in_address(call, page_local_path(here));
	return true;
}

/* --- the form again --- */

static bool may_show_again(const struct call *call, enum rc rc)
{
	if (!call->route || !call->route->on_invalid || call->request.wants_json)
		return false;
	return rc == RC_INVALID || rc == RC_CONFLICT || rc == RC_TOO_LARGE || rc == RC_UNSUPPORTED || rc == RC_UNAVAILABLE
		|| call->is_stale_form;
}

static enum rc show_again(struct call *call)
{
	return call->route->on_invalid(&call->ctx, &call->request, &call->response);
}

static void log_fault(struct call *call, int status)
{
	const struct error *why = &call->problem;

	if (status < 500)
		return;
	LOG(status == 503 ? LOG_WARNING : LOG_ERROR, "request failed",
		{ .name = LOG_ROUTE, .text = sv_of(call->route ? call->route->path : "-") },
		{ .name = LOG_RC, .text = sv_of(rc_problem_type(why->rc)) },
		{ .name = LOG_DETAIL, .text = error_detail(why) },
		{ .name = LOG_TRACE, .text = call->request.trace });
}

void problem_answer(struct call *call, enum rc rc)
{
	int status = call->response.allow ? 405 : rc_http_status(rc);

	call->problem = call->err;
	call->problem.rc = rc;
	error_clear(&call->ctx);
	answer_reset(call);
	log_fault(call, status);
	if (may_show_again(call, rc)) {
		enum rc shown = call_reading(call, call->worker, show_again);
		if (shown == RC_OK) {
			call->response.status = status;
			return;
		}
		call->problem = call->err;
		call->problem.rc = rc = shown;
		status = rc_http_status(rc);
		error_clear(&call->ctx);
		answer_reset(call);
	}
	if (lead_to_sign_in(call))
		return;
	call->response.status = status;
	enum rc made = call->request.wants_json ? call_guarded(call, document) : call_guarded(call, page);
	if (made != RC_OK)
		problem_answer_plainly(call);
}

void problem_answer_plainly(struct call *call)
{
	int status = call->response.status ? call->response.status : 503;

	answer_reset(call);
	answer_bytes(call, status, "text/plain; charset=utf-8", SV("Something went wrong. Please try again.\n"));
}
