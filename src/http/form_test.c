/* Names and values, multipart, inputs, routes and file names: the parts that need no socket. */
#include "test/kit/kit.h"

#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "base/site.h"
#include "http/http_int.h"
#include "http/server.h"

#include "base/banned.h"

static struct ctx *ctx_of(void **state)
{
	struct kit *kit = *state;

	return &kit->ctx;
}

static void test_percent(void **state)
{
	struct arena *arena = ctx_of(state)->arena;
	static const struct { struct sv in; bool plus; const char *out; } table[] = {
		{ SV_INIT("abc"), true, "abc" },
		{ SV_INIT("a+b%20c"), true, "a b c" },
		{ SV_INIT("a+b"), false, "a+b" },
		{ SV_INIT("%E4%B8%AD%e6%96%87"), true, "中文" },
		{ SV_INIT("100%"), true, "100%" },
		{ SV_INIT("%zz%4"), true, "%zz%4" },
		{ SV_INIT("%2F%2f"), false, "//" },
	};

	for (size_t i = 0; i < sizeof(table) / sizeof(table[0]); i++)
		assert_sv_equal(percent_decode(arena, table[i].in, table[i].plus), table[i].out);
}

static void test_headers(void **state)
{
	struct arena *arena = ctx_of(state)->arena;

	assert_sv_equal(cookie_find(SV("a=1; tongban=xyz; b=2"), SV("tongban")), "xyz");
	assert_sv_equal(cookie_find(SV("tongban=\"q\""), SV("tongban")), "q");
	assert_true(sv_is_absent(cookie_find(SV("xtongban=1; tongban"), SV("tongban"))));
	assert_sv_equal(header_parameter(arena, SV("multipart/form-data; charset=x; Boundary=\"a;b\""), "boundary"), "a;b");
	assert_sv_equal(header_parameter(arena, SV("form-data; name=\"a\\\"b\"; filename=c.pdf"), "name"), "a\"b");
	assert_sv_equal(header_parameter(arena, SV("form-data; name=\"x\"; filename=\"a=b;c\""), "filename"), "a=b;c");
	assert_true(sv_is_absent(header_parameter(arena, SV("text/plain"), "boundary")));
	assert_int_equal(header_quality(SV("text/html, application/json;q=0.5"), SV("application/json")), 500);
	assert_int_equal(header_quality(SV("text/html;level=1;q=0.3"), SV("text/html")), 300);
	assert_int_equal(header_quality(SV("*/*"), SV("text/html")), -1);
	assert_int_equal(header_quality(SV("br;q=0"), SV("br")), 0);
}

/* --- multipart --- */

struct seen {
	struct buf text;
};

static enum rc seen_begin(struct ctx *ctx, void *user, struct sv name, struct sv filename)
{
	struct seen *seen = user;

	(void)ctx;
	buf_printf(&seen->text, "[%.*s%s%.*s:", SV_FMT(name), sv_is_absent(filename) ? "" : "|", SV_FMT(filename));
	return RC_OK;
}

static enum rc seen_data(struct ctx *ctx, void *user, struct sv bytes)
{
	struct seen *seen = user;

	(void)ctx;
	buf_sv(&seen->text, bytes);
	return RC_OK;
}

static enum rc seen_end(struct ctx *ctx, void *user)
{
	struct seen *seen = user;

	(void)ctx;
	buf_byte(&seen->text, ']');
	return RC_OK;
}

/* Feeds the body in pieces of every size from 1 to its length; all must agree. */
static enum rc read_multipart(struct ctx *ctx, struct sv body, struct sv *ret)
{
	enum rc first = RC_OK;

	for (size_t size = 1; size <= body.len; size++) {
		struct seen seen;
		struct multipart *multipart;
		struct multipart_sink sink = { seen_begin, seen_data, seen_end, &seen };
		buf_init(&seen.text, ctx->arena, 1 << 20);
		error_clear(ctx);
		enum rc rc = multipart_new(ctx, SV("multipart/form-data; boundary=B"), &sink, &multipart);
		for (size_t at = 0; rc == RC_OK && at < body.len; at += size)
			rc = multipart_add(ctx, multipart, sv_slice(body, at, size));
		if (rc == RC_OK)
			rc = multipart_end(ctx, multipart);
		if (size == 1) {
			first = rc;
			*ret = buf_view(&seen.text);
		}
		assert_int_equal(rc, first);
		if (rc == RC_OK)
			assert_true(sv_equal(buf_view(&seen.text), *ret));
	}
	return first;
}

static void test_multipart(void **state)
{
	struct kit *kit = *state;
	static const struct { struct sv body; const char *seen; /* NULL: malformed */ } table[] = {
		{ SV_INIT("--B\r\nContent-Disposition: form-data; name=\"a\"\r\n\r\n1\r\n--B--\r\n"), "[a:1]" },
		{ SV_INIT("--B\r\ncontent-disposition:form-data;name=a\r\n\r\n\r\n--B--"), "[a:]" },
		{ SV_INIT("pre\r\n--B \t\r\nContent-Disposition: form-data; name=\"a\"\r\nX: y\r\n\r\n1\r\n2\r\n--B\r\n"
			  "Content-Disposition: form-data; name=\"f\"; filename=\"x.pdf\"\r\nContent-Type: q\r\n\r\n"
			  "\r\n--C\r\n--\r\n--B--post"), "[a:1\r\n2][f|x.pdf:\r\n--C\r\n--]" },
		{ SV_INIT("--B--"), "" },
		{ SV_INIT("--B\r\n\r\n1\r\n--B--"), NULL },
		{ SV_INIT("--B\r\nContent-Disposition: form-data\r\n\r\n1\r\n--B--"), NULL },
		{ SV_INIT("--B\r\nContent-Disposition: attachment; name=a\r\n\r\n1\r\n--B--"), NULL },
		{ SV_INIT("--B\r\nContent-Disposition: form-data; name=a\r\n\r\n1\r\n--B"), NULL },
		{ SV_INIT("--B\r\nContent-Disposition: form-data; name=a\r\n\r\n1\r\n--Bx\r\n\r\n--B--"), NULL },
		{ SV_INIT("--Bx"), NULL },
		{ SV_INIT("nothing"), NULL },
	};

	for (size_t i = 0; i < sizeof(table) / sizeof(table[0]); i++) {
		struct sv seen;
		enum rc rc = read_multipart(&kit->ctx, table[i].body, &seen);
		assert_int_equal(rc, table[i].seen ? RC_OK : RC_MALFORMED);
		if (table[i].seen)
			assert_sv_equal(seen, table[i].seen);
	}
}

static void test_multipart_limits(void **state)
{
	struct kit *kit = *state;
	struct multipart *multipart;
	struct multipart_sink sink = { 0 };
	char *head = arena_alloc(&kit->arena, HTTP_MAX_PART_HEAD * 2);

	assert_int_equal(multipart_new(&kit->ctx, SV("multipart/form-data"), &sink, &multipart), RC_MALFORMED);
	assert_int_equal(multipart_new(&kit->ctx, SV("multipart/form-data; boundary=" "0123456789012345678901234567890123456789"
		"0123456789012345678901234567890123456789"), &sink, &multipart), RC_MALFORMED);
	error_clear(&kit->ctx);
	assert_ok(kit, multipart_new(&kit->ctx, SV("multipart/form-data; boundary=B"), &sink, &multipart));
	memset(head, 'x', HTTP_MAX_PART_HEAD * 2);
	memcpy(head, "--B\r\n", 5);
	assert_int_equal(multipart_add(&kit->ctx, multipart, (struct sv){ head, HTTP_MAX_PART_HEAD * 2 }), RC_MALFORMED);
}

static void test_file_names(void **state)
{
	struct arena *arena = ctx_of(state)->arena;
	static const char *const table[][2] = {
		{ "a.pdf", "a.pdf" }, { "../../etc/passwd", "passwd" }, { "C:\\Users\\x\\营业执照.pdf", "营业执照.pdf" },
		{ "..", "file" }, { "", "file" }, { ".htaccess", "htaccess" }, { "a\r\nb\x7f.pdf", "ab.pdf" },
		{ "x\xe2\x80\xae" "fdp.exe", "xfdp.exe" }, { "a/\xff.pdf", "file" }, { "dir/", "file" },
	};

	for (size_t i = 0; i < sizeof(table) / sizeof(table[0]); i++)
		assert_sv_equal(upload_safe_name(arena, sv_of(table[i][0])), table[i][1]);
}

/* --- uploads --- */

static struct hash keep_file(struct kit *kit, struct sv bytes, int64_t age_s)
{
	struct upload_writer *writer;
	struct timespec then[2] = { { time(NULL) - age_s, 0 }, { time(NULL) - age_s, 0 } };

	assert_ok(kit, upload_begin(&kit->ctx, SV("f"), SV("a.pdf"), &writer));
	assert_ok(kit, upload_add(&kit->ctx, writer, bytes));
	const struct upload *upload = upload_end(writer);
	assert_ok(kit, upload_keep(&kit->ctx, upload));
	struct hash hash = upload->sha256;
	upload_abandon(writer);
	struct buf hex;
	buf_init(&hex, &kit->arena, 80);
	buf_hex(&hex, hash.bytes, 32);
	struct sv path = arena_printf(&kit->arena, "%s/files/%.2s/%.62s", kit->ctx.site->data_dir.ptr, hex.ptr, hex.ptr + 2);
	if (age_s)
		assert_int_equal(utimensat(AT_FDCWD, path.ptr, then, 0), 0);
	return hash;
}

static bool is_there(struct kit *kit, struct hash hash)
{
	int64_t size;
	int fd;

	error_clear(&kit->ctx);
	if (upload_open(&kit->ctx, hash, &fd, &size) != RC_OK)
		return false;
	close(fd);
	return true;
}

static enum rc keeps_wanted(struct ctx *ctx, struct hash sha256, bool *ret)
{
	(void)ctx;
	*ret = hash_equal(sha256, hash_sha256(SV("old, wanted")));
	return RC_OK;
}

static void test_collect(void **state)
{
	struct kit *kit = *state;
	char folder[] = "/tmp/tongban-collect-XXXXXX", command[128];
	struct site site = { 0 };

	assert_non_null(mkdtemp(folder));
	site.data_dir = sv_of(folder);
	kit->ctx.site = &site;
	snprintf(command, sizeof(command), "mkdir %s/tmp %s/files", folder, folder);
	assert_int_equal(system(command), 0);
	struct hash old = keep_file(kit, SV("old"), 2 * 24 * 3600), young = keep_file(kit, SV("young"), 3600);
	struct hash wanted = keep_file(kit, SV("old, wanted"), 2 * 24 * 3600), again = keep_file(kit, SV("again"), 2 * 24 * 3600);
	assert_true(hash_equal(keep_file(kit, SV("again"), 0), again)); /* kept once more: young */
	for (unsigned i = 0; i < 256; i++)
		assert_ok(kit, uploads_collect(&kit->ctx, (uint8_t)i, keeps_wanted));
	assert_false(is_there(kit, old));
	assert_true(is_there(kit, young));
	assert_true(is_there(kit, wanted));
	assert_true(is_there(kit, again));
	snprintf(command, sizeof(command), "rm -rf %s", folder);
	assert_int_equal(system(command), 0);
}

/* --- inputs --- */

struct sample {
	struct id number;
	struct sv title, notes, colour;
	int64_t count, fee, day;
	bool agreed;
	struct input_texts tags;
	struct input_tree form;
	const struct json *extra;
};
static const char *const colours[] = { "red", "blue", NULL };
static const struct input_field sample_fields[] = {
	INPUT(struct sample, number, ID, .required = true),
	INPUT(struct sample, title, TEXT, .required = true, .min = 2, .max = 5),
	INPUT(struct sample, notes, LONG_TEXT),
	INPUT(struct sample, colour, CHOICE, .choices = colours),
	INPUT(struct sample, count, INT, .min = 1, .max = 10),
	INPUT(struct sample, fee, MONEY),
	INPUT(struct sample, day, DAY),
	INPUT(struct sample, agreed, BOOL),
	INPUT(struct sample, tags, TEXTS, .max = 2),
	INPUT(struct sample, form, TREE),
	INPUT(struct sample, extra, JSON),
};
static const struct input sample_input = INPUT_OF(struct sample, sample_fields);

static enum rc never(struct ctx *ctx, const struct request *request, struct response *response)
{
	(void)request, (void)response;
	return fail_internal(ctx, "not called in these tests");
}

static const struct route sample_route = { "POST", "/samples/{number}", NEEDS(PERMISSION_PUBLIC), &sample_input, never,
	.body = BODY_FORM };

#define NUMBER "00112233445566778899aabbccddeeff"

static enum rc parse(struct ctx *ctx, struct sv body, bool is_json, const struct sample **ret)
{
	struct pairs pairs = { 0 };
	const struct json *json = NULL;
	const void *value;
	struct pair number = { .name = SV("number"), .value = SV(NUMBER), .source = FROM_PATH };

	error_clear(ctx);
	TRY(pairs_add(ctx, &pairs, &number));
	TRY(is_json ? pairs_parse_json(ctx, body, &pairs, &json) : pairs_parse(ctx, body, FROM_BODY, &pairs));
	enum rc rc = input_parse(ctx, &sample_route, &pairs, json, &value);
	*ret = value;
	return rc;
}

static void test_input_form(void **state)
{
	struct kit *kit = *state;
	const struct sample *s;

	assert_ok(kit, parse(&kit->ctx, SV("title=+%E4%BD%A0%E5%A5%BD+&notes=a%0D%0Ab&colour=red&count=7&fee=12.5&day=2026-03-03"
		"&agreed=on&tags=x&tags=y&form.a=1&form.m%5B0%5D.n=2&extra=%7B%22k%22:1%7D"), false, &s));
	assert_sv_equal(id_text(&kit->arena, s->number), NUMBER);
	assert_sv_equal(s->title, "你好");
	assert_sv_equal(s->notes, "a\nb");
	assert_sv_equal(s->colour, "red");
	assert_int_equal(s->count, 7);
	assert_int_equal(s->fee, 1250);
	assert_int_equal(s->day, 20515);
	assert_true(s->agreed);
	assert_int_equal(s->tags.len, 2);
	assert_sv_equal(s->tags.at[1], "y");
	assert_int_equal(s->form.len, 2);
	assert_sv_equal(s->form.at[1].name, "m[0].n");
	assert_true(json_is(s->extra, JSON_OBJECT));
	assert_ok(kit, parse(&kit->ctx, SV("title=abc&notes=&count=+"), false, &s));
	assert_int_equal(s->count, INPUT_ABSENT);
	assert_int_equal(s->day, INPUT_ABSENT);
	assert_true(sv_is_absent(s->notes) && s->tags.len == 0 && !s->extra);
}

static void test_input_json(void **state)
{
	struct kit *kit = *state;
	const struct sample *s;

	assert_ok(kit, parse(&kit->ctx, SV("{\"title\":\"abc\",\"count\":3,\"fee\":\"0.05\",\"agreed\":true,\"tags\":[\"p\"],"
		"\"notes\":null,\"form\":{\"a\":1,\"m\":[{\"n\":\"x\"}]},\"extra\":[1,[2]]}"), true, &s));
	assert_int_equal(s->count, 3);
	assert_int_equal(s->fee, 5);
	assert_true(s->agreed);
	assert_sv_equal(s->tags.at[0], "p");
	assert_int_equal(s->form.len, 2);
	assert_sv_equal(s->form.at[1].name, "m[0].n");
	assert_sv_equal(s->form.at[1].value, "x");
	assert_true(json_is(s->form.json, JSON_OBJECT));
	assert_true(json_is(s->extra, JSON_ARRAY));
}

static void test_input_wrong(void **state)
{
	struct kit *kit = *state;
	static const struct { const char *body; bool json; const char *field; } table[] = {
		{ "", false, "title" },
		{ "title=a", false, "title" },
		{ "title=abcdef", false, "title" },
		{ "title=abc&title=abd", false, "title" },
		{ "title=a%00c", false, "title" },
		{ "title=a%0Ac", false, "title" },
		{ "title=%ff%fe%fd", false, "title" },
		{ "title=abc&stranger=1", false, "stranger" },
		{ "title=abc&number=" NUMBER, false, "number" },
		{ "title=abc&colour=green", false, "colour" },
		{ "title=abc&count=11", false, "count" },
		{ "title=abc&count=1.5", false, "count" },
		{ "title=abc&count=99999999999999999999", false, "count" },
		{ "title=abc&fee=-1", false, "fee" },
		{ "title=abc&fee=1.234", false, "fee" },
		{ "title=abc&fee=.5", false, "fee" },
		{ "title=abc&day=2026-02-30", false, "day" },
		{ "title=abc&agreed=maybe", false, "agreed" },
		{ "title=abc&tags=1&tags=2&tags=3", false, "tags" },
		{ "{\"title\":12}", true, "title" },
		{ "{\"title\":[\"abc\",\"abc\"]}", true, "title" },
		{ "{\"title\":{}}", true, "title" },
		{ "{\"title\":\"abc\",\"count\":\"3\"}", true, "count" },
		{ "{\"title\":\"abc\",\"x\":1}", true, "x" },
		{ "{\"title\":\"abc\",\"tags\":[[1]]}", true, "tags" },
	};

	for (size_t i = 0; i < sizeof(table) / sizeof(table[0]); i++) {
		const struct sample *s;
		assert_int_equal(parse(&kit->ctx, sv_of(table[i].body), table[i].json, &s), RC_INVALID);
		assert_int_equal(kit->err.field_count, 1);
		assert_sv_equal(kit->err.fields[0].field, table[i].field);
	}
}

static void test_input_limits(void **state)
{
	struct kit *kit = *state;
	struct buf body;
	const struct sample *s;

	buf_init(&body, &kit->arena, 1 << 20);
	for (int i = 0; i <= INPUT_MAX_PAIRS; i++)
		buf_printf(&body, "a%d=1&", i);
	assert_int_equal(parse(&kit->ctx, buf_view(&body), false, &s), RC_TOO_LARGE);
	assert_int_equal(parse(&kit->ctx, SV("{\"title\":"), true, &s), RC_MALFORMED);
}

/* --- routes --- */

struct doc {
	struct sv path;
};
static const struct input_field doc_fields[] = { INPUT(struct doc, path, TEXT) };
static const struct input doc_input = INPUT_OF(struct doc, doc_fields);
#define PUBLIC NEEDS(PERMISSION_PUBLIC)

static void test_routes(void **state)
{
	struct kit *kit = *state;
	static const struct route list[] = {
		{ "GET", "/", PUBLIC, &input_none, never },
		{ "GET", "/samples/{number}", PUBLIC, &sample_input, never },
		{ "POST", "/samples/{number}", PUBLIC, &sample_input, never, .body = BODY_FORM },
		{ "GET", "/samples/new", PUBLIC, &input_none, never },
		{ "GET", "/samples/{number}/log", PUBLIC, &sample_input, never },
		{ "GET", "/docs/{path...}", PUBLIC, &doc_input, never },
	};
	static const struct module module = { .name = "x", MODULE_LIST(route, list) };
	const struct module *modules[] = { &module };
	static const struct { const char *method, *path; int index; const char *value; } table[] = {
		{ "GET", "/", 0, NULL }, { "HEAD", "/", 0, NULL }, { "GET", "/samples/7", 1, "7" }, { "POST", "/samples/7", 2, "7" },
		{ "GET", "/samples/new", 3, NULL }, { "GET", "/samples/new/log", 4, "new" }, { "GET", "/samples/7/log", 4, "7" },
		{ "GET", "/docs/a/b/c", 5, "a/b/c" }, { "DELETE", "/samples/7", -1, "7" }, { "GET", "/samples/", -1, NULL },
		{ "GET", "/samples", -1, NULL }, { "GET", "samples/new", -1, NULL }, { "GET", "", -1, NULL }, { "GET", "/docs/", -1, NULL },
		{ "GET", "//", -1, NULL }, { "GET", "/samples/7/", -1, NULL },
	};
	struct routes *routes;

	assert_ok(kit, routes_new(&kit->ctx, modules, 1, &routes));
	for (size_t i = 0; i < sizeof(table) / sizeof(table[0]); i++) {
		struct route_match match;
		routes_match(routes, sv_of(table[i].method), sv_of(table[i].path), &match);
		assert_int_equal(match.route ? (int)match.index : -1, table[i].index);
		if (table[i].value)
			assert_sv_equal(match.values[0], table[i].value);
	}
	struct route_match match;
	routes_match(routes, SV("DELETE"), SV("/samples/7"), &match);
	assert_string_equal(match.allow, "GET, HEAD, POST");
}

static void test_routes_refused(void **state)
{
	struct kit *kit = *state;
	static const struct route table[][2] = {
		{ { "GET", "/a", 0, &input_none, never } },
		{ { "GET", "/a", PUBLIC, NULL, never } },
		{ { "GET", "/a", PUBLIC, &input_none, NULL } },
		{ { "GET", "a", PUBLIC, &input_none, never } },
		{ { "FETCH", "/a", PUBLIC, &input_none, never } },
		{ { "GET", "/a", PUBLIC, &input_none, never, .body = BODY_FORM } },
		{ { "GET", "/a/{missing}", PUBLIC, &input_none, never } },
		{ { "GET", "/a/{number}", PUBLIC, &sample_input, never }, { "GET", "/a/{title}/b", PUBLIC, &sample_input, never } },
		{ { "GET", "/a", PUBLIC, &input_none, never }, { "GET", "/a", PUBLIC, &input_none, never } },
		{ { "POST", "/a", NEEDS(PERMISSION_SIGNED_IN), &input_none, never, .flags = ROUTE_ALONE } },
	};

	for (size_t i = 0; i < sizeof(table) / sizeof(table[0]); i++) {
		struct module module = { .name = "x", .routes = table[i], .route_count = table[i][1].method ? 2 : 1 };
		const struct module *modules[] = { &module };
		error_clear(&kit->ctx);
		assert_int_equal(routes_check(&kit->ctx, modules, 1), RC_INVALID);
	}
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, kit_setup, kit_teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(test_percent), TEST(test_headers), TEST(test_multipart), TEST(test_multipart_limits), TEST(test_file_names), TEST(test_collect),
		TEST(test_input_form), TEST(test_input_json), TEST(test_input_wrong), TEST(test_input_limits), TEST(test_routes),
		TEST(test_routes_refused),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
