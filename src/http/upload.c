/* Uploads: bytes go to a nameless file (O_TMPFILE) and through SHA-256 as they come, so that nothing is held in memory and
 * a broken connection leaves nothing behind. A valid request's files are then made durable and linked under their hash:
 *
 *	data_dir/tmp/                      nameless files only
 *	data_dir/files/ab/cdef...          SHA-256 in hex; never changed, shared by equal files
 *
 * The sender's name for a file is shown to people and is never part of a path. */
#include <assert.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/site.h"
#include "base/utf8.h"
#include "http/http_int.h"

#include "base/banned.h"

enum { HEAD_BYTES = 64, MAX_SAFE_NAME = 200, PATH_BYTES = 4096 };

struct upload_writer {
	struct upload upload;
	struct hash_stream *hash;
	char head[HEAD_BYTES];
	size_t head_len;
};

/* Control, bidirectional and line separator characters can make a name look like another one. */
static bool is_misleading(uint32_t point)
{
	static const struct { uint32_t from, to; } ranges[] = { { 0, 0x1f }, { 0x7f, 0x9f }, { 0x2028, 0x202e }, { 0x2066, 0x2069 } };

	for (size_t i = 0; i < sizeof(ranges) / sizeof(ranges[0]); i++) {
		if (point >= ranges[i].from && point <= ranges[i].to)
			return true;
	}
	return false;
}

struct sv upload_safe_name(struct arena *arena, struct sv name)
{
	struct buf out;

	for (size_t i = name.len; i > 0; i--)
		if (name.ptr[i - 1] == '/' || name.ptr[i - 1] == '\\') {
			name = sv_slice(name, i, SIZE_MAX);
			break;
		}
	buf_init(&out, arena, MAX_SAFE_NAME + 16);
	if (!utf8_is_valid(name))
		name = SV("");
	for (size_t at = 0; at < name.len && out.len < MAX_SAFE_NAME - 4;) {
		char bytes[4];
		uint32_t point = utf8_next(name, &at);
		if (!is_misleading(point))
			buf_add(&out, bytes, utf8_put(point, bytes));
	}
	struct sv safe = sv_trim(buf_view(&out));
	while (safe.len && safe.ptr[0] == '.')
		safe = sv_slice(safe, 1, SIZE_MAX);
	return safe.len ? safe : SV("file");
}

static enum rc cannot_write(struct ctx *ctx, const char *what)
{
	int error = errno;

	if (ctx->err->rc == RC_OK)
		ctx->err->detail = arena_printf(ctx->arena, "%s: errno %d", what, error);
	if (error == ENOSPC || error == EDQUOT || error == EFBIG)
		return fail(ctx, RC_UNAVAILABLE, N_("The disk of this office's server is full, so nothing can be saved now. "
			"Reading still works; please try again later."), NULL);
	return fail(ctx, RC_UNAVAILABLE, N_("Files cannot be stored right now. Nothing was changed; please try again later."), NULL);
}

enum rc upload_begin(struct ctx *ctx, struct sv field, struct sv filename, struct upload_writer **ret)
{
	char path[PATH_BYTES];

	snprintf(path, sizeof(path), "%.*s/tmp", SV_FMT(ctx->site->data_dir));
	int fd = open(path, O_TMPFILE | O_RDWR | O_CLOEXEC, 0600);
	if (fd < 0)
		return cannot_write(ctx, "open a nameless file");
	struct upload_writer *writer = ARENA_NEW(ctx->arena, struct upload_writer);
	writer->upload = (struct upload){
		.field = field, .name = upload_safe_name(ctx->arena, filename), .fd = fd,
	};
	writer->hash = hash_stream_new();
	*ret = writer;
	return RC_OK;
}

enum rc upload_add(struct ctx *ctx, struct upload_writer *writer, struct sv bytes)
{
	size_t keep = HEAD_BYTES - writer->head_len < bytes.len ? HEAD_BYTES - writer->head_len : bytes.len;

	assert(writer->hash && writer->upload.fd >= 0);
	memcpy(writer->head + writer->head_len, bytes.ptr, keep);
	writer->head_len += keep;
	hash_stream_add(writer->hash, bytes);
	writer->upload.size += (int64_t)bytes.len;
	while (bytes.len) {
		ssize_t done = write(writer->upload.fd, bytes.ptr, bytes.len);
		if (done < 0 && errno == EINTR)
			continue;
		if (done < 0)
			return cannot_write(ctx, "write an upload");
		bytes = sv_slice(bytes, (size_t)done, SIZE_MAX);
	}
	return RC_OK;
}

/* ISO 32000 7.5.2, PNG 5.2, JPEG B.1.1.3, ZIP APPNOTE 4.3.7; an OFD (GB/T 33190) is a ZIP whose first entry is OFD.xml. */
static const char *sniff(struct sv head)
{
	if (sv_has_prefix(head, SV("%PDF-")))
		return "application/pdf";
	if (sv_has_prefix(head, SV("\x89PNG\r\n\x1a\n")))
		return "image/png";
	if (sv_has_prefix(head, SV("\xff\xd8\xff")))
		return "image/jpeg";
	if (sv_has_prefix(head, SV("PK\x03\x04")))
		return sv_equal(sv_slice(head, 30, 7), SV("OFD.xml")) ? "application/ofd" : "application/zip";
	return "application/octet-stream";
}

const struct upload *upload_end(struct upload_writer *writer)
{
	assert(writer->hash);
	writer->upload.sha256 = hash_stream_end(writer->hash);
	writer->hash = NULL;
	writer->upload.type = sniff((struct sv){ writer->head, writer->head_len });
	return &writer->upload;
}

void upload_abandon(struct upload_writer *writer)
{
	hash_stream_free(writer->hash);
	writer->hash = NULL;
	if (writer->upload.fd >= 0)
		close(writer->upload.fd);
	writer->upload.fd = -1;
}

/* "DATA/files/ab" and, behind it, "/cdef...": *ret_folder is the length of the first. */
static void kept_path(struct ctx *ctx, struct hash sha256, char path[PATH_BYTES], size_t *ret_folder)
{
	struct buf hex;

	buf_init(&hex, ctx->arena, 80);
	buf_hex(&hex, sha256.bytes, sizeof(sha256.bytes));
	struct sv text = buf_view(&hex);
	int len = snprintf(path, PATH_BYTES, "%.*s/files/%.2s/%.*s", SV_FMT(ctx->site->data_dir), text.ptr, 62, text.ptr + 2);
	*ret_folder = (size_t)len - 63;
}

static enum rc sync_folder(struct ctx *ctx, const char *path)
{
	int fd = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	int failed = fd < 0 || fsync(fd) != 0;

	if (fd >= 0)
		close(fd);
	return failed ? cannot_write(ctx, "sync a folder") : RC_OK;
}

static enum rc make_folder(struct ctx *ctx, char *path, size_t folder)
{
	char parent[PATH_BYTES];

	path[folder] = '\0';
	if (mkdir(path, 0700) == 0) {
		snprintf(parent, sizeof(parent), "%.*s/files", SV_FMT(ctx->site->data_dir));
		TRY(sync_folder(ctx, parent));
	} else if (errno != EEXIST) {
		return cannot_write(ctx, "make a folder");
	}
	path[folder] = '/';
	return RC_OK;
}

enum rc upload_keep(struct ctx *ctx, const struct upload *upload)
{
	char path[PATH_BYTES], descriptor[64];
	size_t folder;

	assert(upload->fd >= 0 && upload->size >= 0);
	kept_path(ctx, upload->sha256, path, &folder);
	if (fdatasync(upload->fd) != 0)
		return cannot_write(ctx, "sync an upload");
	TRY(make_folder(ctx, path, folder));
	snprintf(descriptor, sizeof(descriptor), "/proc/self/fd/%d", upload->fd);
	if (linkat(AT_FDCWD, descriptor, AT_FDCWD, path, AT_SYMLINK_FOLLOW) != 0) {
		if (errno != EEXIST)
			return cannot_write(ctx, "link an upload");
		/* Kept before: as if new, so that the collector waits another day. */
		if (utimensat(AT_FDCWD, path, NULL, 0) != 0)
			return cannot_write(ctx, "touch an upload");
	}
	path[folder] = '\0';
	return sync_folder(ctx, path);
}

enum rc upload_open(struct ctx *ctx, struct hash sha256, int *ret_fd, int64_t *ret_size)
{
	char path[PATH_BYTES];
	size_t folder;
	struct stat st;

	kept_path(ctx, sha256, path, &folder);
	int fd = open(path, O_RDONLY | O_CLOEXEC);
	if (fd < 0 || fstat(fd, &st) != 0) {
		if (fd >= 0)
			close(fd);
		return fail(ctx, RC_NOT_FOUND, N_("This file is not here any more."), NULL);
	}
	*ret_fd = fd;
	*ret_size = st.st_size;
	return RC_OK;
}
