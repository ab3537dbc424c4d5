/* What the two databases have in common about backups: names, files, the disk. See backup.h. */
#include "store/backup.h"

#include <fcntl.h>
#include <stdio.h>
#include <sys/stat.h>
#include <unistd.h>

#include "store/store_int.h"

#include "base/banned.h"

static bool sync_path(const char *path, int flags)
{
	int fd = open(path, flags | O_CLOEXEC);

	if (fd < 0)
		return false;
	bool ok = fsync(fd) == 0;
	return close(fd) == 0 && ok;
}

/* The file under its final name, it and its folder on the disk. */
static enum rc settle(struct ctx *ctx, const char *from, const char *to)
{
	struct sv path = sv_of(to), dir = path;

	while (dir.len && dir.ptr[dir.len - 1] != '/')
		dir.len--;
	if (!sync_path(from, O_RDONLY) || link(from, to) != 0
		|| !sync_path(dir.len ? arena_z(ctx->arena, dir) : ".", O_RDONLY | O_DIRECTORY))
		return fail(ctx, RC_UNAVAILABLE, N_("The backup {file} could not be written. Check the folder and the room on the "
			"disk."), ARGS({ "file", path }));
	return RC_OK;
}

enum rc store_backup(struct ctx *ctx, struct store *store, struct sv path, struct store_progress progress)
{
	const char *to = arena_z(ctx->arena, path);
	const char *partial = arena_printf(ctx->arena, "%s.%d.partial", to, (int)getpid()).ptr;
	struct stat st;

	if (stat(to, &st) == 0)
		return fail(ctx, RC_CONFLICT, N_("There is a file {file} already. Choose another name for the backup."),
			ARGS({ "file", path }));
	unlink(partial);
	enum rc rc = store->driver->backup(ctx, store, partial, progress);
	if (rc == RC_OK)
		rc = settle(ctx, partial, to);
	unlink(partial);
	return rc;
}

enum rc store_restore(struct ctx *ctx, struct store *store, struct sv path, struct store_progress progress)
{
	const char *from = arena_z(ctx->arena, path);
	size_t len = strlen(store->driver->backup_magic);
	char head[16] = "";

	FILE *file = fopen(from, "rb");
	if (!file)
		return fail(ctx, RC_NOT_FOUND, N_("There is no readable backup {file}. Check the name."), ARGS({ "file", path }));
	bool known = fread(head, 1, len, file) == len && memcmp(head, store->driver->backup_magic, len) == 0;
	fclose(file);
	if (!known)
		return fail(ctx, RC_MALFORMED, N_("The file {file} is no backup of this kind of database. Restore it into the kind "
			"it was made from."), ARGS({ "file", path }));
	return store->driver->restore(ctx, store, from, progress);
}
