/* The hall for tests of the server; see server_kit.h. */
#include "http/server_kit.h"

#include <arpa/inet.h>
#include <errno.h>
#include <pthread.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <strings.h>
#include <sys/socket.h>
#include <unistd.h>

#include "base/utf8.h"
#include "http/layout_html.h"
#include "http/server_int.h"

#include "base/banned.h"

enum { QUEUE = 64, READ_MS = 5000 };

struct hall {
	struct kit *kit;
	struct site site;
	struct server *server;
	struct hall_options options;
	char folder[64];
	struct clock clock;
	pthread_t writer;
	pthread_mutex_t lock;
	pthread_cond_t wake;
	struct server_work *queue[QUEUE];
	unsigned first, count;
	bool is_stopping;
	_Atomic unsigned acts;
};

/* --- routes --- */

struct note {
	struct sv title, secret;
	int64_t count;
	const struct upload *file;
};
static const struct input_field note_fields[] = {
	INPUT(struct note, title, TEXT, .required = true, .max = 20),
	INPUT(struct note, secret, SECRET),
	INPUT(struct note, count, INT),
};
static const struct input note_input = INPUT_OF(struct note, note_fields);
static const char *const pdf[] = { "application/pdf", NULL };
static const struct input_field file_fields[] = {
	INPUT(struct note, title, TEXT, .required = true, .max = 20),
	INPUT(struct note, file, FILE, .required = true, .choices = pdf),
};
static const struct input file_input = INPUT_OF(struct note, file_fields);

static enum rc show(struct ctx *ctx, struct response *response, const struct request *request, struct sv title)
{
	struct html_error view = {
		.status = 200, .title = title, .message = SV("body of the page"), .trace = request->trace,
		.problems = html_problems_of(ctx, request->problem),
	};

	return response_page(ctx, response, &html_error_view, &view);
}

static enum rc form_page(struct ctx *ctx, const struct request *request, struct response *response)
{
	struct sv typed = request_typed(request, "title");

	return show(ctx, response, request, sv_is_absent(typed) ? SV("empty form") : typed);
}

static enum rc form_again(struct ctx *ctx, const struct request *request, struct response *response)
{
	return form_page(ctx, request, response);
}

static enum rc desk_page(struct ctx *ctx, const struct request *request, struct response *response)
{
	return show(ctx, response, request, ctx->who->name);
}

static enum rc add_note(struct ctx *ctx, const struct request *request, struct response *response)
{
	const struct note *note = request->input;

	if (sv_equal_z(note->title, "refused"))
		return fail_field(ctx, SV("title"), N_("Not this one."), NULL);
	if (sv_equal_z(note->title, "stale"))
		return fail(ctx, RC_CONFLICT, N_("Edited elsewhere."), NULL);
	if (sv_equal_z(note->title, "memory"))
		arena_alloc(ctx->arena, (size_t)1 << 30);
	atomic_fetch_add((_Atomic unsigned *)(uintptr_t)ctx->db, 1); /* the hall's counter stands in for a database */
	return response_redirect(ctx, response, SV("/notes/new"), N_("Saved."));
}

static enum rc add_file(struct ctx *ctx, const struct request *request, struct response *response)
{
	const struct note *note = request->input;
	struct buf out;

	buf_init(&out, ctx->arena, 4096);
	struct json_out json = json_out_to(&out);
	json_out_object(&json);
	json_out_member(&json, SV("name"), note->file->name);
	json_out_member(&json, SV("type"), sv_of(note->file->type));
	json_out_member_i64(&json, SV("size"), note->file->size);
	json_out_object_end(&json);
	return response_json(ctx, response, buf_view(&out));
}

static enum rc sign_in(struct ctx *ctx, const struct request *request, struct response *response)
{
	if (!sv_equal_z(request->prepared ? *(struct sv *)request->prepared : SV(""), "prepared"))
		return fail_internal(ctx, "prepare did not run first");
	response_session(ctx, response, SV("alice"));
	return response_redirect(ctx, response, SV("/desk"), NULL);
}

static enum rc sign_in_prepare(struct ctx *ctx, const struct request *request, void **ret)
{
	struct sv *text = ARENA_NEW(ctx->arena, struct sv);

	(void)request;
	*text = SV("prepared");
	*ret = text;
	return RC_OK;
}

static enum rc small_json(struct ctx *ctx, const struct request *request, struct response *response)
{
	(void)request;
	return response_json(ctx, response, SV("{\"ok\":true}"));
}

static enum rc long_answer(struct ctx *ctx, const struct request *request, struct response *response)
{
	struct buf text;

	(void)request;
	buf_init(&text, ctx->arena, 2 << 20);
	for (int line = 0; line < 100000; line++)
		buf_printf(&text, "line %d\n", line);
	response_download(ctx, response, SV("清单.txt"));
	return response_bytes(ctx, response, "text/plain; charset=utf-8", buf_view(&text));
}

static enum rc broken(struct ctx *ctx, const struct request *request, struct response *response)
{
	(void)request, (void)response;
	return fail(ctx, RC_UNAVAILABLE, N_("Broken on purpose."), NULL);
}

static const struct route hall_routes[] = {
	{ "GET", "/notes/new", NEEDS(PERMISSION_PUBLIC), &input_none, form_page, .view = &html_error_view },
	{ "POST", "/notes", NEEDS(PERMISSION_PUBLIC), &note_input, add_note, .on_invalid = form_again, .body = BODY_FORM },
	{ "POST", "/checks", NEEDS(PERMISSION_PUBLIC), &note_input, form_page, .body = BODY_FORM, .flags = ROUTE_READS },
	{ "POST", "/files", NEEDS(PERMISSION_PUBLIC), &file_input, add_file, .on_invalid = form_again, .body = BODY_UPLOAD,
		.body_max = 1 << 20 },
	{ "GET", "/desk", NEEDS(PERMISSION_SIGNED_IN), &input_none, desk_page },
	{ "POST", "/desk", NEEDS(PERMISSION_SIGNED_IN), &note_input, add_note, .body = BODY_FORM },
	{ "GET", "/admin", NEEDS(PERMISSION_FIRST), &input_none, desk_page },
	{ "POST", "/sign-in", NEEDS(PERMISSION_PUBLIC), &input_none, sign_in, .prepare = sign_in_prepare, .body = BODY_FORM },
	{ "GET", "/api/small", NEEDS(PERMISSION_PUBLIC), &input_none, small_json, .flags = ROUTE_ALONE },
	{ "GET", "/long", NEEDS(PERMISSION_PUBLIC), &input_none, long_answer },
	{ "GET", "/broken", NEEDS(PERMISSION_PUBLIC), &input_none, broken },
};
const struct module hall_module = { .name = "hall", MODULE_LIST(route, hall_routes) };

/* --- hooks --- */

static enum rc thread_begin(void *user, struct ctx *ctx)
{
	struct hall *hall = user;

	ctx->db = (struct db *)(uintptr_t)&hall->acts;
	return RC_OK;
}

static void thread_end(void *user, struct ctx *ctx)
{
	(void)user, (void)ctx;
}

static enum rc snapshot_begin(void *user, struct ctx *ctx)
{
	(void)user, (void)ctx;
	return RC_OK;
}

static void *writer_main(void *data)
{
	struct hall *hall = data;

	pthread_mutex_lock(&hall->lock);
	for (;;) {
		while (!hall->count && !hall->is_stopping)
			pthread_cond_wait(&hall->wake, &hall->lock);
		if (!hall->count)
			break;
		struct server_work *work = hall->queue[hall->first];
		hall->first = (hall->first + 1) % QUEUE;
		hall->count--;
		pthread_mutex_unlock(&hall->lock);
		work->ctx->db = (struct db *)(uintptr_t)&hall->acts;
		work->done(work->data, work->run(work->ctx, work->data));
		pthread_mutex_lock(&hall->lock);
	}
	pthread_mutex_unlock(&hall->lock);
	hash_thread_end();
	return NULL;
}

static enum rc submit(void *user, struct server_work *work)
{
	struct hall *hall = user;

	pthread_mutex_lock(&hall->lock);
	bool fits = hall->count < QUEUE && !hall->options.is_writer_full;
	if (fits)
		hall->queue[(hall->first + hall->count++) % QUEUE] = work;
	pthread_cond_signal(&hall->wake);
	pthread_mutex_unlock(&hall->lock);
	return fits ? RC_OK : RC_UNAVAILABLE;
}

static enum rc authenticate(void *user, struct ctx *ctx, struct sv token, struct principal *ret)
{
	(void)user, (void)ctx;
	if (sv_equal_z(token, "alice"))
		*ret = (struct principal){ .kind = PRINCIPAL_PERSON, .name = SV("Alice Sample") };
	else if (sv_equal_z(token, "olga"))
		*ret = (struct principal){ .kind = PRINCIPAL_OFFICER, .name = SV("Olga Sample"), .permissions = ~0ull };
	else if (sv_equal_z(token, "robot"))
		*ret = (struct principal){ .kind = PRINCIPAL_AGENCY, .name = SV("Robot Sample"), .account = { { 7 } } };
	else
		return RC_UNAUTHENTICATED;
	return RC_OK;
}

static void page(void *user, struct ctx *ctx, const struct request *request, struct html_page *to)
{
	(void)user, (void)ctx, (void)request, (void)to;
}

static size_t ready(void *user, struct ctx *ctx, struct server_check *checks)
{
	(void)user, (void)ctx;
	checks[0] = (struct server_check){ "sample", true, SV("for tests") };
	return 1;
}

static const char *permission_code(unsigned permission)
{
	return permission == PERMISSION_FIRST ? "sample" : NULL;
}

/* --- open and close --- */

static const struct locale locales[] = {
	{ .tag = "zh-Hans", .code = "zh", .self = "中文" }, { .tag = "en", .code = "en", .self = "English" },
};
static const struct html_asset assets[] = {
	{ "app.css", "/assets/app-0011.css", "text/css", SV_INIT("body{}"), SV_INIT("GZIP"), SV_INIT("BROTLI") },
	{ "icon.svg", "/icon.svg", "image/svg+xml", SV_INIT("<svg/>"), { NULL, 0 }, { NULL, 0 } },
};

struct hall *hall_open(struct kit *kit, const struct hall_options *options)
{
	static const struct module *const modules[] = { &http_module, &hall_module };
	static const struct locale *const list[] = { &locales[0], &locales[1] };
	struct hall *hall = ARENA_NEW(&kit->arena, struct hall);

	hall->kit = kit;
	hall->options = *options;
	hall->clock = CLOCK_SYSTEM;
	snprintf(hall->folder, sizeof(hall->folder), "/tmp/tongban-http-XXXXXX");
	assert_non_null(mkdtemp(hall->folder));
	hall->site = (struct site){ .data_dir = sv_of(hall->folder), .public_url = sv_of(options->public_url ? options->public_url
		: "http://127.0.0.1"), .city_zh = SV("示例市"), .city_en = SV("Sample City"), .calls_a_minute = options->calls_a_minute };
	pthread_mutex_init(&hall->lock, NULL);
	pthread_cond_init(&hall->wake, NULL);
	assert_int_equal(pthread_create(&hall->writer, NULL, writer_main, hall), 0);
	struct server_config config = {
		SERVER_DEFAULTS, .site = &hall->site, .clock = &hall->clock, .modules = modules, .module_count = 2,
		.locales = list, .locale_count = 2, .assets = assets, .asset_count = 2,
		.secret = SV("0123456789abcdef0123456789abcdef"), .sign_in = "/sign-in", .address = SV("127.0.0.1"), .threads = 2,
		.hooks = { hall, thread_begin, thread_end, snapshot_begin, thread_end, submit, authenticate, page, ready,
			permission_code },
	};
	if (options->head_ms)
		config.head_ms = options->head_ms;
	if (options->body_ms)
		config.body_ms = options->body_ms;
	if (options->max_per_address)
		config.max_per_address = options->max_per_address;
	assert_ok(kit, server_start(&kit->ctx, &config, &hall->server));
	return hall;
}

void hall_close(struct hall *hall)
{
	struct sv command = arena_printf(&hall->kit->arena, "rm -rf %s", hall->folder);

	server_stop(hall->server);
	pthread_mutex_lock(&hall->lock);
	hall->is_stopping = true;
	pthread_cond_signal(&hall->wake);
	pthread_mutex_unlock(&hall->lock);
	pthread_join(hall->writer, NULL);
	assert_int_equal(system(command.ptr), 0);
}

uint16_t hall_port(const struct hall *hall) { return server_port(hall->server); }
struct server *hall_server(struct hall *hall) { return hall->server; }
const char *hall_folder(const struct hall *hall) { return hall->folder; }
unsigned hall_acts(struct hall *hall) { return atomic_load(&hall->acts); }

/* --- client --- */

int hall_connect(struct hall *hall, const char *from)
{
	struct sockaddr_in to = { .sin_family = AF_INET, .sin_port = htons(hall_port(hall)) }, own = { .sin_family = AF_INET };
	struct timeval limit = { READ_MS / 1000, 0 };
	int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);

	inet_pton(AF_INET, "127.0.0.1", &to.sin_addr);
	inet_pton(AF_INET, from ? from : "127.0.0.1", &own.sin_addr);
	assert_true(fd >= 0);
	assert_int_equal(setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &limit, sizeof(limit)), 0);
	if (bind(fd, (struct sockaddr *)&own, sizeof(own)) != 0 || connect(fd, (struct sockaddr *)&to, sizeof(to)) != 0) {
		close(fd);
		return -1;
	}
	return fd;
}

void hall_send(int fd, struct sv bytes)
{
	while (bytes.len) {
		ssize_t done = send(fd, bytes.ptr, bytes.len, MSG_NOSIGNAL);
		if (done <= 0)
			return; /* the answer, or its absence, is what the test looks at */
		bytes = sv_slice(bytes, (size_t)done, SIZE_MAX);
	}
}

struct sv reply_header(const struct reply *reply, const char *name)
{
	struct sv rest = reply->head;

	while (!sv_is_absent(rest)) {
		struct sv value = sv_trim(sv_cut(&rest, '\n')), key = sv_cut(&value, ':');
		if (!sv_is_absent(value) && sv_equal_fold(key, sv_of(name)))
			return sv_trim(value);
	}
	return (struct sv){ NULL, 0 };
}

struct sv reply_cookie(const struct reply *reply, const char *name)
{
	struct sv rest = reply->head;

	while (!sv_is_absent(rest)) {
		struct sv value = sv_trim(sv_cut(&rest, '\n')), key = sv_cut(&value, ':');
		if (!sv_is_absent(value) && sv_equal_fold(key, SV("set-cookie"))) {
			struct sv pair = sv_trim(sv_cut(&value, ';'));
			if (sv_equal_z(sv_cut(&pair, '='), name))
				return pair;
		}
	}
	return (struct sv){ NULL, 0 };
}

/* Removes the chunk sizes (RFC 9112 section 7.1); false while the last chunk has not come. */
static bool unchunk(struct kit *kit, struct sv raw, struct sv *ret)
{
	struct buf out;

	buf_init(&out, &kit->arena, 64 << 20);
	for (;;) {
		size_t end = sv_find(raw, SV("\r\n"), 0);
		if (end == SIZE_MAX)
			return false;
		size_t size = strtoul(arena_z(&kit->arena, sv_slice(raw, 0, end)), NULL, 16);
		if (raw.len < end + 2 + size + 2)
			return false;
		buf_sv(&out, sv_slice(raw, end + 2, size));
		raw = sv_slice(raw, end + 2 + size + 2, SIZE_MAX);
		if (size == 0)
			break;
	}
	*ret = buf_view(&out);
	return true;
}

static bool is_complete(struct kit *kit, struct sv bytes, bool is_head, struct reply *reply)
{
	size_t end = sv_find(bytes, SV("\r\n\r\n"), 0);
	int64_t length;

	if (end == SIZE_MAX)
		return false;
	reply->head = sv_slice(bytes, 0, end + 2);
	reply->body = sv_slice(bytes, end + 4, SIZE_MAX);
	int64_t status = 0;
	sv_parse_i64(sv_slice(bytes, 9, 3), &status);
	reply->status = (int)status;
	if (is_head || reply->status == 304)
		return true;
	if (sv_equal_z(reply_header(reply, "transfer-encoding"), "chunked"))
		return unchunk(kit, reply->body, &reply->body);
	if (sv_parse_i64(reply_header(reply, "content-length"), &length))
		return (int64_t)reply->body.len >= length;
	return reply->is_closed;
}

struct reply hall_receive(struct kit *kit, int fd, bool is_head)
{
	struct reply reply = { 0 };
	struct buf in;

	buf_init(&in, &kit->arena, 64 << 20);
	for (;;) {
		char *room = buf_reserve(&in, 65536);
		ssize_t got = room ? recv(fd, room, 65536, 0) : -1;
		if (got <= 0) {
			reply.is_closed = got == 0 || errno == ECONNRESET;
			if (!is_complete(kit, buf_view(&in), is_head, &reply))
				reply.status = 0;
			return reply;
		}
		in.len += (size_t)got;
		if (is_complete(kit, buf_view(&in), is_head, &reply))
			return reply;
	}
}

struct reply hall_ask(struct kit *kit, struct hall *hall, const char *format, ...)
{
	va_list args;
	char *text = NULL;

	va_start(args, format);
	int len = vasprintf(&text, format, args);
	va_end(args);
	assert_true(len > 0);
	int fd = hall_connect(hall, NULL);
	assert_true(fd >= 0);
	hall_send(fd, (struct sv){ text, (size_t)len });
	struct reply reply = hall_receive(kit, fd, strncmp(text, "HEAD", 4) == 0);
	free(text);
	close(fd);
	return reply;
}
