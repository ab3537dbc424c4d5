/* Uploads that no room needs: of requests that failed, of drafts that were dropped. A file counts from when it was last
 * kept; one that is kept again at the very moment of its removal is put back. */
#include <assert.h>
#include <dirent.h>
#include <fcntl.h>
#include <stdio.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/site.h"
#include "http/http_int.h"
#include "http/server.h"

#include "base/banned.h"

enum { PATH_BYTES = 4096, DAY_S = 24 * 3600, MAX_DROPPED = 1000 };

static bool is_old(const struct stat *st)
{
	static const struct clock system = CLOCK_SYSTEM; /* files carry the system's time */

	return (int64_t)st->st_mtim.tv_sec + DAY_S < clock_now(&system) / 1000;
}

static bool hash_of_name(struct ctx *ctx, uint8_t folder, const char *name, struct hash *ret)
{
	struct sv bytes;

	if (!hex_decode(ctx->arena, arena_printf(ctx->arena, "%02x%s", folder, name), &bytes) || bytes.len != sizeof(ret->bytes))
		return false;
	memcpy(ret->bytes, bytes.ptr, sizeof(ret->bytes));
	return true;
}

/* Aside first: what somebody kept again meanwhile is young, and goes back. */
static void drop(struct ctx *ctx, int folder, const char *name)
{
	char aside[PATH_BYTES];
	struct stat st;

	snprintf(aside, sizeof(aside), "%.*s/tmp/dropped", SV_FMT(ctx->site->data_dir));
	if (renameat(folder, name, AT_FDCWD, aside) != 0)
		return;
	if (stat(aside, &st) == 0 && !is_old(&st) && renameat(AT_FDCWD, aside, folder, name) == 0)
		return;
	unlink(aside);
}

static enum rc collect_entry(struct ctx *ctx, int folder_fd, uint8_t folder, const char *name,
	enum rc (*keeps)(struct ctx *ctx, struct hash sha256, bool *ret), unsigned *dropped)
{
	struct hash sha256;
	struct stat st;
	bool is_kept = false;

	if (fstatat(folder_fd, name, &st, AT_SYMLINK_NOFOLLOW) != 0 || !S_ISREG(st.st_mode) || !is_old(&st)
		|| !hash_of_name(ctx, folder, name, &sha256))
		return RC_OK;
	TRY(keeps(ctx, sha256, &is_kept));
	if (!is_kept) {
		drop(ctx, folder_fd, name);
		++*dropped;
	}
	return RC_OK;
}

enum rc uploads_collect(struct ctx *ctx, uint8_t folder, enum rc (*keeps)(struct ctx *ctx, struct hash sha256, bool *ret))
{
	char path[PATH_BYTES];
	unsigned dropped = 0;
	enum rc rc = RC_OK;

	assert(keeps);
	snprintf(path, sizeof(path), "%.*s/files/%02x", SV_FMT(ctx->site->data_dir), folder);
	DIR *list = opendir(path);
	for (struct dirent *entry; rc == RC_OK && list && dropped < MAX_DROPPED && (entry = readdir(list));)
		if (entry->d_name[0] != '.')
			rc = collect_entry(ctx, dirfd(list), folder, entry->d_name, keeps, &dropped);
	if (list)
		closedir(list);
	return rc;
}
