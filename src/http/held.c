/* A form that was sent after its session had ended. Its fields are sealed under a key that only this browser's cookie
 * holds, and wait in data_dir/tmp for half an hour; after signing in again, /resume offers to send them once more, with a
 * token of the new session. Secrets and files are not kept. */
#include <assert.h>
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/seal.h"
#include "base/site.h"
#include "base/utf8.h"
#include "http/layout_html.h"
#include "http/server_int.h"

#include "base/banned.h"

enum { PATH_BYTES = 4096, SEALED_MAX = 8 * HELD_MAX_BYTES };

static void held_path(const struct site *site, const struct seal_key *key, char path[PATH_BYTES])
{
	struct hash name = hash_sha256((struct sv){ (const char *)key->bytes, sizeof(key->bytes) });
	char hex[33];

	for (size_t i = 0; i < 16; i++)
		snprintf(hex + 2 * i, 3, "%02x", name.bytes[i]);
	snprintf(path, PATH_BYTES, "%.*s/tmp/held-%s", SV_FMT(site->data_dir), hex);
}

/* Drops what is over its time; returns how many are left. */
static size_t purge(const struct site *site, int64_t now_ms)
{
	char path[PATH_BYTES];
	size_t left = 0;
	struct stat st;

	snprintf(path, sizeof(path), "%.*s/tmp", SV_FMT(site->data_dir));
	DIR *folder = opendir(path);
	if (!folder)
		return HELD_MAX_FILES;
	for (struct dirent *entry; (entry = readdir(folder));) {
		if (strncmp(entry->d_name, "held-", 5) != 0 || fstatat(dirfd(folder), entry->d_name, &st, 0) != 0)
			continue;
		if ((int64_t)st.st_mtim.tv_sec * 1000 + HELD_MS < now_ms)
			unlinkat(dirfd(folder), entry->d_name, 0);
		else
			left++;
	}
	closedir(folder);
	return left;
}

enum rc held_purge(struct ctx *ctx, bool *ret_more)
{
	static const struct clock system = CLOCK_SYSTEM; /* files carry the system's time */

	purge(ctx->site, clock_now(&system));
	*ret_more = false;
	return RC_OK;
}

static bool is_secret(const struct call *call, struct sv name)
{
	const struct input *input = call->route->input;

	for (size_t i = 0; i < input->count; i++)
		if (input->fields[i].kind == INPUT_SECRET && sv_equal_z(name, input->fields[i].name))
			return true;
	return sv_equal_z(name, "csrf");
}

static struct sv describe(struct call *call)
{
	struct buf buf;

	buf_init(&buf, &call->arena, SEALED_MAX);
	struct json_out out = json_out_to(&buf);
	json_out_object(&out);
	json_out_member(&out, SV("action"), page_local_path(call->request.path));
	json_out_key(&out, SV("had_files"));
	json_out_bool(&out, call->format == FORMAT_MULTIPART && call->route->body == BODY_UPLOAD);
	json_out_key(&out, SV("fields"));
	json_out_array(&out);
	for (size_t i = 0; i < call->pairs.len; i++) {
		const struct pair *pair = &call->pairs.at[i];
		if (pair->source != FROM_BODY || is_secret(call, pair->name) || !utf8_is_valid(pair->name)
			|| !utf8_is_valid(pair->value))
			continue;
		json_out_object(&out);
		json_out_member(&out, SV("name"), pair->name);
		json_out_member(&out, SV("value"), pair->value);
		json_out_object_end(&out);
	}
	json_out_array_end(&out);
	json_out_object_end(&out);
	return buf.overflow ? (struct sv){ NULL, 0 } : buf_view(&buf);
}

static enum rc write_new(struct ctx *ctx, const char *path, struct sv bytes)
{
	int fd = open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
	bool is_written = fd >= 0 && write(fd, bytes.ptr, bytes.len) == (ssize_t)bytes.len;

	if (fd >= 0)
		close(fd);
	if (is_written)
		return RC_OK;
	unlink(path);
	return fail(ctx, RC_UNAVAILABLE, N_("What you typed could not be kept."), NULL);
}

enum rc held_keep(struct call *call)
{
	static const struct clock system = CLOCK_SYSTEM;
	struct seal_key key = seal_key_new(&call->ctx);
	char path[PATH_BYTES];
	struct sv text = describe(call);
	struct buf hex;

	assert(call->is_holding);
	if (sv_is_absent(text) || purge(call->ctx.site, clock_now(&system)) >= HELD_MAX_FILES)
		return fail(&call->ctx, RC_UNAVAILABLE, N_("What you typed could not be kept."), NULL);
	held_path(call->ctx.site, &key, path);
	TRY(write_new(&call->ctx, path, seal(&call->ctx, &key, SV("held"), text)));
	buf_init(&hex, &call->arena, 80);
	buf_hex(&hex, key.bytes, sizeof(key.bytes));
	call->held_key = buf_view(&hex);
	return RC_OK;
}

static enum rc nothing(struct ctx *ctx)
{
	return fail(ctx, RC_NOT_FOUND, N_("Nothing is kept for you here any more. Open the page again and fill it in."), NULL);
}

static enum rc read_held(struct ctx *ctx, struct sv cookie, struct sv *ret)
{
	char path[PATH_BYTES];
	struct seal_key key;
	struct sv bytes;
	struct stat st;

	if (cookie.len != 2 * SEAL_KEY_SIZE || !hex_decode(ctx->arena, cookie, &bytes))
		return nothing(ctx);
	memcpy(key.bytes, bytes.ptr, sizeof(key.bytes));
	held_path(ctx->site, &key, path);
	int fd = open(path, O_RDONLY | O_CLOEXEC);
	if (fd < 0)
		return nothing(ctx);
	char *sealed = arena_alloc(ctx->arena, SEALED_MAX + SEAL_OVERHEAD);
	ssize_t len = read(fd, sealed, SEALED_MAX + SEAL_OVERHEAD);
	bool is_old = fstat(fd, &st) != 0
		|| (int64_t)st.st_mtim.tv_sec * 1000 + HELD_MS < clock_now(&(const struct clock){ .virtual_ms = INT64_MIN });
	close(fd);
	if (len < 0 || is_old)
		return nothing(ctx);
	return seal_open(ctx, &key, SV("held"), (struct sv){ sealed, (size_t)len }, ret);
}

enum rc held_show(struct ctx *ctx, const struct request *request, struct response *response)
{
	struct call *call = call_of(request);
	struct sv cookie = cookie_find(header_of(call, HEADER_COOKIE), sv_of(cookie_name(call->server, "__Host-held", "held")));
	const struct json *held;
	struct sv text;

	TRY(read_held(ctx, cookie, &text));
	TRY(json_parse(ctx, SV("held"), text, &json_limits_request, &held));
	const struct json *list = json_get(held, SV("fields"));
	struct html_resume_fields *fields = ARENA_ARRAY(ctx->arena, struct html_resume_fields, json_count(list) + 1);
	size_t count = 0;
	for (const struct json *v = json_first(list); v; v = json_next(list, v))
		fields[count++] = (struct html_resume_fields){
			json_string(json_get(v, SV("name"))), json_string(json_get(v, SV("value"))) };
	struct html_resume view = {
		.action = json_string(json_get(held, SV("action"))),
		.fields = { fields, count },
		.had_files = json_bool(json_get(held, SV("had_files")), false),
	};
	return response_page(ctx, response, &html_resume_view, &view);
}
