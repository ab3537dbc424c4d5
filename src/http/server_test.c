/* The server over real sockets: what clients send, rightly and wrongly, and what they get. */
#include "http/server_kit.h"

#include <stdio.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <unistd.h>

#include "base/log.h"
#include "http/server_int.h"

#include "base/banned.h"

#define HTML "Host: x\r\nAccept: text/html\r\nAccept-Language: en\r\n"
#define JSON_ "Host: x\r\nAccept: application/json\r\nAccept-Language: en\r\n"
#define FORM_ "Content-Type: application/x-www-form-urlencoded\r\n"

static struct hall *open_hall(void **state)
{
	return hall_open(*state, &(struct hall_options){ 0 });
}

static bool has(struct sv text, const char *part)
{
	return sv_find(text, sv_of(part), 0) != SIZE_MAX;
}

/* The token that belongs to a cookie, made as guard.c makes it from the hall's secret. */
static struct sv csrf_of(struct kit *kit, const char *purpose, struct sv cookie)
{
	struct sv message = arena_printf(&kit->arena, "%s:%.*s", purpose, SV_FMT(cookie));
	struct hash mac = hash_hmac_sha256(SV("0123456789abcdef0123456789abcdef"), message);
	struct buf out;

	buf_init(&out, &kit->arena, 64);
	buf_base64url(&out, mac.bytes, sizeof(mac.bytes));
	return arena_copy(&kit->arena, buf_view(&out));
}

static void test_get(void **state)
{
	struct kit *kit = *state;
	struct hall *hall = open_hall(state);
	struct reply page = hall_ask(kit, hall, "GET /notes/new HTTP/1.1\r\n" HTML "\r\n");

	assert_int_equal(page.status, 200);
	assert_true(has(page.body, "empty form"));
	assert_sv_equal(reply_header(&page, "content-type"), "text/html; charset=utf-8");
	assert_sv_equal(reply_header(&page, "x-content-type-options"), "nosniff");
	assert_true(has(reply_header(&page, "content-security-policy"), "default-src 'none'"));
	assert_sv_equal(reply_header(&page, "cache-control"), "no-store");
	assert_true(sv_is_absent(reply_header(&page, "strict-transport-security")));
	struct reply json = hall_ask(kit, hall, "GET /notes/new HTTP/1.1\r\n" JSON_ "\r\n");
	assert_int_equal(json.status, 200);
	assert_sv_equal(reply_header(&json, "content-type"), "application/json");
	assert_true(has(json.body, "\"title\":\"empty form\""));
	struct reply head = hall_ask(kit, hall, "HEAD /notes/new HTTP/1.1\r\n" HTML "\r\n");
	assert_int_equal(head.status, 200);
	assert_int_equal(head.body.len, 0);
	hall_close(hall);
}

static void test_keep_alive(void **state)
{
	struct kit *kit = *state;
	struct hall *hall = open_hall(state);
	int fd = hall_connect(hall, NULL);

	for (int i = 0; i < 3; i++) {
		hall_send(fd, SV("GET /api/small HTTP/1.1\r\nHost: x\r\n\r\n"));
		struct reply reply = hall_receive(kit, fd, false);
		assert_int_equal(reply.status, 200);
		assert_sv_equal(reply.body, "{\"ok\":true}");
		hall_send(fd, SV("POST /notes HTTP/1.1\r\n" JSON_ "Content-Type: application/json\r\nContent-Length: 13\r\n\r\n{\"title\":\"a\"}"));
		reply = hall_receive(kit, fd, false);
		assert_int_equal(reply.status, 303);
		hall_send(fd, SV("POST /notes HTTP/1.1\r\n" JSON_ "Content-Type: application/json\r\nContent-Length: 13\r\n\r\n{\"title\":\"\"} "));
		reply = hall_receive(kit, fd, false);
		assert_int_equal(reply.status, 422);
	}
	assert_int_equal(hall_acts(hall), 3);
	close(fd);
	hall_close(hall);
}

static void test_not_found(void **state)
{
	struct kit *kit = *state;
	struct hall *hall = open_hall(state);
	static const struct { const char *request; int status; } table[] = {
		{ "GET /nothing HTTP/1.1\r\n" HTML "\r\n", 404 },
		{ "GET /nothing HTTP/1.1\r\n" JSON_ "\r\n", 404 },
		{ "GET /assets/../../etc/passwd HTTP/1.1\r\n" HTML "\r\n", 404 },
		{ "GET /assets/%2e%2e/%2e%2e/etc/passwd HTTP/1.1\r\n" HTML "\r\n", 404 },
		{ "GET //evil.example HTTP/1.1\r\n" HTML "\r\n", 404 },
		{ "GET /%ff%fe HTTP/1.1\r\n" HTML "\r\n", 404 },
		{ "GET /\xff\xfe HTTP/1.1\r\n" HTML "\r\n", 400 },
		{ "GET /notes/new?x=1 HTTP/1.1\r\n" HTML "\r\n", 422 },
		{ "GET /notes/new HTTP/1.1\r\n" HTML "Content-Length: 2\r\n\r\nab", 400 },
		{ "DELETE /notes/new HTTP/1.1\r\n" HTML "\r\n", 405 },
		{ "BREW /notes/new HTTP/1.1\r\n" HTML "\r\n", 405 },
		{ "GET /notes/new HTTP/1.1\r\n\r\n", 400 },
		{ "POST /notes HTTP/1.1\r\n" JSON_ "Content-Type: application/json\r\nContent-Length: 2\r\nContent-Length: 3\r\n\r\n{} ", 400 },
		{ "POST /notes HTTP/1.1\r\n" JSON_ "Content-Type: application/json\r\nContent-Length: 2\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n", 400 },
		{ "POST /notes HTTP/1.1\r\n" JSON_ "Content-Type: text/xml\r\nContent-Length: 2\r\n\r\n{}", 415 },
		{ "POST /notes HTTP/1.1\r\n" JSON_ "Content-Type: application/json\r\nContent-Length: 2\r\n\r\n{[", 400 },
		{ "POST /notes HTTP/1.1\r\n" JSON_ "Content-Type: multipart/form-data\r\nContent-Length: 2\r\n\r\n{[", 400 },
		{ "POST /files HTTP/1.1\r\n" JSON_ "Content-Type: application/json\r\nContent-Length: 13\r\n\r\n{\"title\":\"a\"}", 422 },
	};

	for (size_t i = 0; i < sizeof(table) / sizeof(table[0]); i++) {
		struct reply reply = hall_ask(kit, hall, "%s", table[i].request);
		if (reply.status != table[i].status)
			fail_msg("%d, not %d: %s", reply.status, table[i].status, table[i].request);
	}
	struct reply slash = hall_ask(kit, hall, "GET /notes/new/ HTTP/1.1\r\n" HTML "\r\n");
	assert_int_equal(slash.status, 308);
	assert_sv_equal(reply_header(&slash, "location"), "/notes/new");
	struct reply reply = hall_ask(kit, hall, "DELETE /notes/new HTTP/1.1\r\n" JSON_ "\r\n");
	assert_sv_equal(reply_header(&reply, "allow"), "GET, HEAD");
	assert_sv_equal(reply_header(&reply, "content-type"), "application/problem+json");
	assert_true(has(reply.body, "\"status\":405"));
	assert_int_equal(hall_acts(hall), 0);
	hall_close(hall);
}

static void test_problem_document(void **state)
{
	struct kit *kit = *state;
	struct hall *hall = open_hall(state);
	struct reply reply = hall_ask(kit, hall, "POST /notes HTTP/1.1\r\n" JSON_ "Content-Type: application/json\r\n"
		"Traceparent: 00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01\r\nContent-Length: 29\r\n\r\n{\"title\":\"refused\",\"count\":1}");

	assert_int_equal(reply.status, 422);
	assert_true(has(reply.body, "\"type\":\"urn:tongban:problem:invalid-input\""));
	assert_true(has(reply.body, "{\"field\":\"title\",\"detail\":\"Not this one.\"}"));
	assert_true(has(reply.body, "\"trace\":\"0af7651916cd43dd8448eb211c80319c\""));
	reply = hall_ask(kit, hall, "GET /broken HTTP/1.1\r\n" HTML "\r\n");
	assert_int_equal(reply.status, 503);
	assert_true(has(reply.body, "Broken on purpose."));
	reply = hall_ask(kit, hall, "POST /notes HTTP/1.1\r\n" JSON_ "Content-Type: application/json\r\nContent-Length: 18\r\n\r\n{\"title\":\"memory\"}");
	assert_int_equal(reply.status, 503);
	assert_int_equal(hall_acts(hall), 0);
	hall_close(hall);
}

static void test_permissions(void **state)
{
	struct kit *kit = *state;
	struct hall *hall = open_hall(state);
	struct reply reply = hall_ask(kit, hall, "GET /desk?a=1 HTTP/1.1\r\n" HTML "\r\n");

	assert_int_equal(reply.status, 303);
	assert_sv_equal(reply_header(&reply, "location"), "/sign-in?next=%2Fdesk%3Fa%3D1");
	assert_int_equal(hall_ask(kit, hall, "GET /desk HTTP/1.1\r\n" JSON_ "\r\n").status, 401);
	assert_int_equal(hall_ask(kit, hall, "GET /desk HTTP/1.1\r\n" JSON_ "Cookie: tongban=mallory\r\n\r\n").status, 401);
	assert_int_equal(hall_ask(kit, hall, "GET /admin HTTP/1.1\r\n" JSON_ "Cookie: tongban=alice\r\n\r\n").status, 403);
	reply = hall_ask(kit, hall, "GET /desk HTTP/1.1\r\n" JSON_ "Cookie: tongban=alice\r\n\r\n");
	assert_int_equal(reply.status, 200);
	assert_true(has(reply.body, "Alice Sample"));
	assert_int_equal(hall_ask(kit, hall, "GET /admin HTTP/1.1\r\n" JSON_ "Authorization: Bearer olga\r\n\r\n").status, 200);
	assert_int_equal(hall_ask(kit, hall, "POST /desk HTTP/1.1\r\n" JSON_ FORM_ "Authorization: Bearer alice\r\nContent-Length: 7\r\n\r\ntitle=a").status, 303);
	hall_close(hall);
}

/* Every route that is not public refuses who is not signed in. */
static void test_deny_by_default(void **state)
{
	struct kit *kit = *state;
	struct hall *hall = open_hall(state);

	for (size_t i = 0; i < hall_module.route_count; i++) {
		const struct route *route = &hall_module.routes[i];
		if (route->permission == NEEDS(PERMISSION_PUBLIC))
			continue;
		struct reply reply = hall_ask(kit, hall, "%s %s HTTP/1.1\r\n" JSON_ "\r\n", route->method, route->path);
		assert_int_equal(reply.status, 401);
	}
	hall_close(hall);
}

static void test_csrf(void **state)
{
	struct kit *kit = *state;
	struct hall *hall = open_hall(state);
	struct reply form = hall_ask(kit, hall, "GET /notes/new HTTP/1.1\r\n" HTML "\r\n");
	struct sv visit = reply_cookie(&form, "visit"), csrf = csrf_of(kit, "visit", visit);

	assert_int_equal(visit.len, 32);
	/* no token, a wrong one, another visitor's, another site's page */
	assert_int_equal(hall_ask(kit, hall, "POST /notes HTTP/1.1\r\n" HTML FORM_ "Content-Length: 7\r\n\r\ntitle=a").status, 403);
	assert_int_equal(hall_ask(kit, hall, "POST /notes HTTP/1.1\r\n" HTML FORM_ "Cookie: visit=%.*s\r\nContent-Length: 14\r\n\r\ntitle=a&csrf=b",
		SV_FMT(visit)).status, 403);
	assert_int_equal(hall_ask(kit, hall, "POST /notes HTTP/1.1\r\n" HTML FORM_ "Cookie: visit=other\r\nX-CSRF-Token: %.*s\r\nContent-Length: 7\r\n\r\ntitle=a",
		SV_FMT(csrf)).status, 403);
	assert_int_equal(hall_ask(kit, hall, "POST /notes HTTP/1.1\r\n" HTML FORM_ "Origin: http://evil.example\r\nCookie: visit=%.*s\r\nX-CSRF-Token: %.*s\r\nContent-Length: 7\r\n\r\ntitle=a",
		SV_FMT(visit), SV_FMT(csrf)).status, 403);
	assert_int_equal(hall_ask(kit, hall, "POST /notes HTTP/1.1\r\n" JSON_ "Content-Type: application/json\r\nSec-Fetch-Site: cross-site\r\nContent-Length: 13\r\n\r\n{\"title\":\"a\"}").status, 403);
	assert_int_equal(hall_acts(hall), 0);
	struct reply reply = hall_ask(kit, hall, "POST /notes HTTP/1.1\r\n" HTML FORM_ "Origin: http://x\r\nSec-Fetch-Site: same-origin\r\nCookie: visit=%.*s\r\nContent-Length: 56\r\n\r\ntitle=a&csrf=%.*s",
		SV_FMT(visit), SV_FMT(csrf));
	assert_int_equal(reply.status, 303);
	assert_int_equal(hall_acts(hall), 1);
	/* The message of the act is shown on the next page, once. */
	struct sv flash = reply_cookie(&reply, "flash");
	reply = hall_ask(kit, hall, "GET /notes/new HTTP/1.1\r\n" HTML "Cookie: flash=%.*s\r\n\r\n", SV_FMT(flash));
	assert_true(has(reply.body, "Saved."));
	assert_true(has(reply.head, "flash=; Path=/; SameSite=Lax; Max-Age=0"));
	reply = hall_ask(kit, hall, "GET /notes/new HTTP/1.1\r\n" HTML "Cookie: flash=WA.%.*s\r\n\r\n", 43, csrf.ptr);
	assert_int_equal(reply.status, 200);
	hall_close(hall);
}

static void test_form_again(void **state)
{
	struct kit *kit = *state;
	struct hall *hall = open_hall(state);
	static const struct { const char *title; int status; const char *shown, *why; } table[] = {
		{ "refused", 422, "refused", "Not this one." },
		{ "stale", 409, "stale", NULL },
		{ "much%20too%20long%20for%20this%20field", 422, "much too long for this field", "Write at most 20 characters." },
	};

	for (size_t i = 0; i < sizeof(table) / sizeof(table[0]); i++) {
		struct sv body = arena_printf(&kit->arena, "title=%s&csrf=%s", table[i].title, csrf_of(kit, "session", SV("alice")).ptr);
		struct reply reply = hall_ask(kit, hall, "POST /notes HTTP/1.1\r\n" HTML FORM_ "Cookie: tongban=alice\r\nContent-Length: %zu\r\n\r\n%s",
			body.len, body.ptr);
		assert_int_equal(reply.status, table[i].status);
		assert_true(has(reply.body, table[i].shown));
		if (table[i].why)
			assert_true(has(reply.body, table[i].why));
	}
	assert_int_equal(hall_acts(hall), 0);
	hall_close(hall);
}

static void test_oversize(void **state)
{
	struct kit *kit = *state;
	struct hall *hall = open_hall(state);
	size_t size = 2 << 20;
	char *body = arena_alloc(&kit->arena, size + 1);

	memset(body, 'x', size);
	struct reply reply = hall_ask(kit, hall, "POST /notes HTTP/1.1\r\n" HTML FORM_ "Content-Length: %zu\r\n\r\n%s", size, body);
	assert_int_equal(reply.status, 413);
	assert_true(has(reply.body, "64 KB"));
	/* Without a length it is found out on the way. */
	reply = hall_ask(kit, hall, "POST /notes HTTP/1.1\r\n" JSON_ FORM_ "Transfer-Encoding: chunked\r\n\r\n%zx\r\n%s\r\n0\r\n\r\n", size, body);
	assert_int_equal(reply.status, 413);
	reply = hall_ask(kit, hall, "POST /notes HTTP/1.1\r\n" JSON_ FORM_ "Content-Length: 99999999999\r\n\r\n");
	assert_int_equal(reply.status, 413);
	reply = hall_ask(kit, hall, "GET /%.*s HTTP/1.1\r\n" HTML "\r\n", 100000, body);
	assert_true(reply.status == 414 || reply.status == 431);
	assert_int_equal(hall_acts(hall), 0);
	hall_close(hall);
}

static struct reply send_file(struct kit *kit, struct hall *hall, const char *name, const char *content)
{
	struct sv body = arena_printf(&kit->arena, "--B\r\nContent-Disposition: form-data; name=\"title\"\r\n\r\nt\r\n--B\r\n"
		"Content-Disposition: form-data; name=\"csrf\"\r\n\r\n%s\r\n--B\r\n"
		"Content-Disposition: form-data; name=\"file\"; filename=\"%s\"\r\nContent-Type: application/pdf\r\n\r\n%s\r\n--B--\r\n",
		csrf_of(kit, "session", SV("alice")).ptr, name, content);

	return hall_ask(kit, hall, "POST /files HTTP/1.1\r\n" JSON_ "Cookie: tongban=alice\r\nContent-Type: multipart/form-data; boundary=B\r\n"
		"Content-Length: %zu\r\n\r\n%s", body.len, body.ptr);
}

static void test_upload(void **state)
{
	struct kit *kit = *state;
	struct hall *hall = open_hall(state);
	struct reply reply = send_file(kit, hall, "../../../etc/执照.pdf", "%PDF-1.7 sample");
	struct hash hash = hash_sha256(SV("%PDF-1.7 sample"));
	struct buf hex;

	assert_int_equal(reply.status, 200);
	assert_sv_equal(reply.body, "{\"name\":\"执照.pdf\",\"type\":\"application/pdf\",\"size\":15}");
	buf_init(&hex, &kit->arena, 80);
	buf_hex(&hex, hash.bytes, 32);
	struct sv path = arena_printf(&kit->arena, "%s/files/%.2s/%.62s", hall_folder(hall), hex.ptr, hex.ptr + 2);
	assert_int_equal(access(path.ptr, R_OK), 0);
	assert_int_equal(send_file(kit, hall, "again.pdf", "%PDF-1.7 sample").status, 200);
	assert_int_equal(send_file(kit, hall, "a.pdf", "MZ not a PDF").status, 422);
	assert_int_equal(send_file(kit, hall, "", "").status, 422);
	struct sv stray = SV("--B\r\nContent-Disposition: form-data; name=\"title\"; filename=\"x\"\r\n\r\nabc\r\n--B--\r\n");
	reply = hall_ask(kit, hall, "POST /notes HTTP/1.1\r\n" JSON_ "Content-Type: multipart/form-data; boundary=B\r\nContent-Length: %zu\r\n\r\n%s",
		stray.len, stray.ptr);
	assert_int_equal(reply.status, 415);
	hall_close(hall);
}

static void test_slow_work(void **state)
{
	struct kit *kit = *state;
	struct hall *hall = open_hall(state);
	struct sv csrf = csrf_of(kit, "visit", SV("v"));
	struct reply reply = hall_ask(kit, hall, "POST /sign-in HTTP/1.1\r\n" HTML FORM_ "Cookie: visit=v\r\nContent-Length: 48\r\n\r\ncsrf=%s", csrf.ptr);

	assert_int_equal(reply.status, 303);
	assert_sv_equal(reply_header(&reply, "location"), "/desk");
	assert_true(has(reply.head, "Set-Cookie: tongban=alice; Path=/; SameSite=Lax; HttpOnly\r\n"));
	hall_close(hall);
}

static void test_https_cookies(void **state)
{
	struct kit *kit = *state;
	struct hall *hall = hall_open(kit, &(struct hall_options){ .public_url = "https://hall.example" });
	struct reply reply = hall_ask(kit, hall, "GET /notes/new HTTP/1.1\r\n" HTML "\r\n");

	assert_true(has(reply.head, "Set-Cookie: __Host-visit="));
	assert_true(has(reply.head, "; HttpOnly; Secure\r\n"));
	assert_sv_equal(reply_header(&reply, "strict-transport-security"), "max-age=31536000");
	assert_int_equal(hall_ask(kit, hall, "GET /desk HTTP/1.1\r\n" JSON_ "Cookie: tongban=alice\r\n\r\n").status, 401);
	assert_int_equal(hall_ask(kit, hall, "GET /desk HTTP/1.1\r\n" JSON_ "Cookie: __Host-tongban=alice\r\n\r\n").status, 200);
	hall_close(hall);
}

/* A form sent after its session ended is kept, and offered again after signing in. */
static void test_session_ended(void **state)
{
	struct kit *kit = *state;
	struct hall *hall = open_hall(state);
	struct reply reply = hall_ask(kit, hall, "POST /desk HTTP/1.1\r\n" HTML FORM_ "Cookie: tongban=old\r\nContent-Length: 35\r\n\r\n"
		"title=Long+work&secret=hush&csrf=xy");
	struct sv key = reply_cookie(&reply, "held");

	assert_int_equal(reply.status, 401);
	assert_true(has(reply.body, "/sign-in?next=%2Fresume"));
	assert_int_equal(key.len, 64);
	reply = hall_ask(kit, hall, "GET /resume HTTP/1.1\r\n" HTML "Cookie: tongban=alice; held=%.*s\r\n\r\n", SV_FMT(key));
	assert_int_equal(reply.status, 200);
	assert_true(has(reply.body, "action=\"/desk\""));
	assert_true(has(reply.body, "value=\"Long work\""));
	assert_false(has(reply.body, "hush"));
	assert_int_equal(hall_ask(kit, hall, "GET /resume HTTP/1.1\r\n" HTML "Cookie: tongban=alice; held=%064d\r\n\r\n", 7).status, 404);
	/* Another site's page cannot leave a form here. */
	reply = hall_ask(kit, hall, "POST /desk HTTP/1.1\r\n" HTML FORM_ "Origin: http://evil.example\r\nContent-Length: 7\r\n\r\ntitle=a");
	assert_int_equal(reply.status, 401);
	assert_true(sv_is_absent(reply_cookie(&reply, "held")));
	hall_close(hall);
}

static void test_language(void **state)
{
	struct kit *kit = *state;
	struct hall *hall = open_hall(state);
	struct reply reply = hall_ask(kit, hall, "GET /notes/new HTTP/1.1\r\nHost: x\r\nAccept-Language: fr, en-GB;q=0.8, zh;q=0.5\r\n\r\n");

	assert_sv_equal(reply_header(&reply, "content-language"), "en");
	reply = hall_ask(kit, hall, "GET /notes/new HTTP/1.1\r\nHost: x\r\n\r\n");
	assert_sv_equal(reply_header(&reply, "content-language"), "zh-Hans");
	reply = hall_ask(kit, hall, "GET /notes/new?lang=en HTTP/1.1\r\nHost: x\r\n\r\n");
	assert_int_equal(reply.status, 303);
	assert_sv_equal(reply_header(&reply, "location"), "/notes/new");
	assert_sv_equal(reply_cookie(&reply, "lang"), "en");
	reply = hall_ask(kit, hall, "GET /notes/new?mode=elder HTTP/1.1\r\nHost: x\r\n\r\n");
	assert_sv_equal(reply_cookie(&reply, "mode"), "elder");
	reply = hall_ask(kit, hall, "GET /notes/new HTTP/1.1\r\nHost: x\r\nCookie: lang=en; mode=elder\r\n\r\n");
	assert_true(has(reply.body, "tb-elder"));
	hall_close(hall);
}

static void test_assets(void **state)
{
	struct kit *kit = *state;
	struct hall *hall = open_hall(state);
	struct reply reply = hall_ask(kit, hall, "GET /assets/app-0011.css HTTP/1.1\r\nHost: x\r\nAccept-Encoding: gzip, br\r\n\r\n");
	struct sv tag = reply_header(&reply, "etag");

	assert_sv_equal(reply.body, "BROTLI");
	assert_sv_equal(reply_header(&reply, "content-encoding"), "br");
	assert_true(has(reply_header(&reply, "cache-control"), "immutable"));
	assert_sv_equal(hall_ask(kit, hall, "GET /assets/app-0011.css HTTP/1.1\r\nHost: x\r\nAccept-Encoding: gzip, br;q=0\r\n\r\n").body, "GZIP");
	reply = hall_ask(kit, hall, "GET /icon.svg HTTP/1.1\r\nHost: x\r\nAccept-Encoding: gzip\r\n\r\n");
	assert_sv_equal(reply.body, "<svg/>");
	assert_sv_equal(reply_header(&reply, "cache-control"), "no-cache");
	reply = hall_ask(kit, hall, "GET /assets/app-0011.css HTTP/1.1\r\nHost: x\r\nIf-None-Match: \"x\", W/%.*s\r\n\r\n", SV_FMT(tag));
	assert_int_equal(reply.status, 304);
	reply = hall_ask(kit, hall, "HEAD /icon.svg HTTP/1.1\r\nHost: x\r\n\r\n");
	assert_sv_equal(reply_header(&reply, "content-length"), "6");
	hall_close(hall);
}

static void test_long_answer(void **state)
{
	struct kit *kit = *state;
	struct hall *hall = open_hall(state);
	struct reply reply = hall_ask(kit, hall, "GET /long HTTP/1.1\r\nHost: x\r\n\r\n");

	assert_int_equal(reply.status, 200);
	assert_int_equal(reply.body.len, 1088890);
	assert_true(sv_has_suffix(reply.body, SV("line 99999\n")));
	assert_true(has(reply_header(&reply, "content-disposition"), "filename*=UTF-8''%E6%B8%85%E5%8D%95.txt"));
	hall_close(hall);
}

/* A client that sends a byte now and then is cut off at the deadline, in the head as in the body. */
static void test_slow_drip(void **state)
{
	struct kit *kit = *state;
	struct hall *hall = hall_open(kit, &(struct hall_options){ .head_ms = 200, .body_ms = 200 });
	struct sv heads[] = { SV("GET / HTTP/1.1\r\nX: "), SV("POST /notes HTTP/1.1\r\n" HTML FORM_ "Content-Length: 300\r\n\r\n") };

	for (size_t i = 0; i < 2; i++) {
		int64_t begin = clock_monotonic_ns(), end;
		int fd = hall_connect(hall, NULL);
		struct timeval pause = { 0, 20000 };
		char byte;
		ssize_t got;
		hall_send(fd, heads[i]);
		assert_int_equal(setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &pause, sizeof(pause)), 0);
		/* Each wait for an answer lasts one drip; the loop ends when the server closes. */
		do {
			hall_send(fd, SV("a"));
			got = recv(fd, &byte, 1, 0);
			end = clock_monotonic_ns();
		} while (got < 0 && end - begin < 5000000000);
		close(fd);
		assert_true(end - begin >= 150000000);
		assert_true(end - begin < 3000000000);
	}
	hall_close(hall);
}

static void test_per_address(void **state)
{
	struct kit *kit = *state;
	struct hall *hall = hall_open(kit, &(struct hall_options){ .max_per_address = 2 });
	int fds[3];

	for (size_t i = 0; i < 3; i++) {
		fds[i] = hall_connect(hall, "127.0.0.9");
		assert_true(fds[i] >= 0);
		hall_send(fds[i], SV("GET /api/small HTTP/1.1\r\nHost: x\r\n\r\n"));
		assert_int_equal(hall_receive(kit, fds[i], false).status, i < 2 ? 200 : 0);
	}
	assert_int_equal(hall_ask(kit, hall, "GET /api/small HTTP/1.1\r\nHost: x\r\n\r\n").status, 200);
	for (size_t i = 0; i < 3; i++)
		close(fds[i]);
	hall_close(hall);
}

static void test_watching(void **state)
{
	struct kit *kit = *state;
	struct hall *hall = open_hall(state);
	struct reply reply = hall_ask(kit, hall, "GET /readyz HTTP/1.1\r\nHost: x\r\n\r\n");

	assert_int_equal(reply.status, 200);
	assert_sv_equal(reply.body, "sample ok: for tests\nready\n");
	assert_int_equal(hall_ask(kit, hall, "GET /livez HTTP/1.1\r\nHost: x\r\n\r\n").status, 200);
	reply = hall_ask(kit, hall, "GET /metrics HTTP/1.1\r\nHost: x\r\n\r\n");
	assert_true(has(reply.body, "tongban_request_seconds_count{method=\"GET\",route=\"/readyz\"} 1\n"));
	assert_int_equal(hall_ask(kit, hall, "GET /metrics HTTP/1.1\r\nHost: x\r\nX-Forwarded-For: 10.0.0.1\r\n\r\n").status, 403);
	reply = hall_ask(kit, hall, "GET /api/openapi.json HTTP/1.1\r\nHost: x\r\n\r\n");
	const struct json *document;
	assert_ok(kit, json_parse(&kit->ctx, SV("openapi"), reply.body, &json_limits_file, &document));
	assert_sv_equal(json_string(json_path(document, SV("openapi"))), "3.1.0");
	const struct json *add = json_get(json_get(json_get(document, SV("paths")), SV("/notes")), SV("post"));
	assert_true(json_is(add, JSON_OBJECT));
	hall_close(hall);
}

/* The n-th block of memory fails, for one n after the other: each time there is an answer that says so, or the connection
 * ends, and the next request is served. The client uses no arena meanwhile, which would take the failure itself. */
static void test_out_of_memory(void **state)
{
	struct kit *kit = *state;
	struct hall *hall = open_hall(state);
	struct sv requests[] = {
		SV("GET /notes/new HTTP/1.1\r\n" HTML "Connection: close\r\n\r\n"),
		SV("GET /desk HTTP/1.1\r\n" HTML "Connection: close\r\n\r\n"),
		SV("POST /notes HTTP/1.1\r\n" JSON_ "Connection: close\r\nContent-Type: application/json\r\nContent-Length: 13\r\n\r\n{\"title\":\"a\"}"),
	};
	char reply[65536];

	for (size_t i = 0; i < 3; i++)
		for (unsigned n = 1; n < 20; n++) {
			int fd = hall_connect(hall, NULL);
			ssize_t len = 0, got;
			arena_fail_block(n);
			hall_send(fd, requests[i]);
			while ((got = recv(fd, reply + len, sizeof(reply) - 1 - (size_t)len, 0)) > 0)
				len += got;
			arena_fail_block(0);
			reply[len] = '\0';
			close(fd);
			int status = len ? (int)strtol(reply + 9, NULL, 10) : 0;
			if (status != 0 && status != 200 && status != 303 && status != 503)
				fail_msg("request %zu, block %u: status %d", i, n, status);
		}
	assert_int_equal(hall_ask(kit, hall, "GET /notes/new HTTP/1.1\r\n" HTML "\r\n").status, 200);
	hall_close(hall);
}

static void test_full(void **state)
{
	struct kit *kit = *state;
	struct hall *hall = hall_open(kit, &(struct hall_options){ .is_writer_full = true });

	assert_int_equal(hall_ask(kit, hall, "POST /notes HTTP/1.1\r\n" JSON_ "Content-Type: application/json\r\nContent-Length: 13\r\n\r\n{\"title\":\"a\"}").status, 503);
	hall_close(hall);
}

static void test_drain(void **state)
{
	struct kit *kit = *state;
	struct hall *hall = open_hall(state);
	int fd = hall_connect(hall, NULL);

	hall_send(fd, SV("GET /api/small HTTP/1.1\r\nHost: x\r\n\r\n"));
	assert_int_equal(hall_receive(kit, fd, false).status, 200);
	server_drain(hall_server(hall), 2000);
	hall_send(fd, SV("GET /readyz HTTP/1.1\r\nHost: x\r\n\r\n"));
	struct reply reply = hall_receive(kit, fd, false);
	assert_int_equal(reply.status, 503);
	assert_sv_equal(reply_header(&reply, "connection"), "close");
	close(fd);
	hall_close(hall);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, kit_setup, kit_teardown)

/* A system's token: no cookie, no pages of people, so many calls a minute, and a plain word when it is not good. */
static void test_system(void **state)
{
	struct kit *kit = *state;
	struct hall *hall = hall_open(kit, &(struct hall_options){ .calls_a_minute = 2 });
	struct reply reply = hall_ask(kit, hall, "GET /notes/new HTTP/1.1\r\n" JSON_ "Authorization: Bearer wrong\r\n\r\n");
	unsigned refused = 0;

	assert_int_equal(reply.status, 200); /* public; the token is nobody's */
	reply = hall_ask(kit, hall, "GET /desk HTTP/1.1\r\n" JSON_ "Authorization: Bearer wrong\r\n\r\n");
	assert_int_equal(reply.status, 401);
	assert_sv_equal(reply_header(&reply, "www-authenticate"), "Bearer");
	assert_true(has(reply.body, "This token is not valid"));
	reply = hall_ask(kit, hall, "GET /desk HTTP/1.1\r\n" JSON_ "Authorization: Bearer robot\r\n\r\n");
	assert_int_equal(reply.status, 403); /* being known is not enough for it */
	assert_true(sv_is_absent(reply_header(&reply, "set-cookie")));
	for (int i = 0; i < 6; i++) { /* at most two in each of two minutes */
		reply = hall_ask(kit, hall, "GET /notes/new HTTP/1.1\r\n" JSON_ "Authorization: Bearer robot\r\n\r\n");
		assert_true(reply.status == 200 || reply.status == 429);
		if (reply.status != 429)
			continue;
		int64_t seconds;
		refused++;
		assert_true(sv_parse_i64(reply_header(&reply, "retry-after"), &seconds) && seconds >= 1 && seconds <= 60);
	}
	assert_in_range(refused, 2, 6);
	reply = hall_ask(kit, hall, "GET /notes/new HTTP/1.1\r\n" JSON_ "Authorization: Bearer alice\r\n\r\n");
	assert_int_equal(reply.status, 200); /* others are not slowed down */
	hall_close(hall);
}

static void test_rate(void **state)
{
	struct kit *kit = *state;
	struct rate *rate = ARENA_NEW(&kit->arena, struct rate);
	struct id a = { { 1 } }, b = { { 2 } };

	pthread_mutex_init(&rate->lock, NULL);
	for (int i = 0; i < 3; i++)
		assert_true(rate_allow(rate, a, 60000 + i, 3));
	assert_false(rate_allow(rate, a, 119999, 3));
	assert_true(rate_allow(rate, b, 119999, 3));
	assert_true(rate_allow(rate, a, 120000, 3)); /* the next minute */
	for (uint8_t i = 0; i < 200; i++) /* many others do not disturb it */
		assert_true(rate_allow(rate, (struct id){ { 9, i } }, 120000, 1));
	assert_false(rate_allow(rate, (struct id){ { 9, 0 } }, 120000, 1));
	pthread_mutex_destroy(&rate->lock);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(test_get), TEST(test_keep_alive), TEST(test_not_found), TEST(test_problem_document), TEST(test_permissions),
		TEST(test_deny_by_default), TEST(test_csrf), TEST(test_form_again), TEST(test_oversize), TEST(test_upload),
		TEST(test_slow_work), TEST(test_https_cookies), TEST(test_session_ended), TEST(test_language), TEST(test_assets),
		TEST(test_long_answer), TEST(test_slow_drip), TEST(test_per_address), TEST(test_watching), TEST(test_out_of_memory), TEST(test_full), TEST(test_drain),
		TEST(test_system), TEST(test_rate),
	};

	log_set_level(LOG_ERROR);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
