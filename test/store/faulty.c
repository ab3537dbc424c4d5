/* A shim around SQLite's own file system; see faulty.h. Each open file is preceded by ours and passes everything on. */
#include "test/store/faulty.h"

#include <sqlite3.h>
#include <stdatomic.h>
#include <string.h>

#include "base/banned.h"

static struct {
	sqlite3_vfs vfs, *real;
	enum faulty_kind kind;
	_Atomic unsigned countdown, syncs;
	_Atomic bool fired;
	bool forever, real_syncs;
} faulty;

struct file {
	sqlite3_file base;
	sqlite3_file *real;
};

static sqlite3_file *real_of(sqlite3_file *file)
{
	return ((struct file *)file)->real;
}

static int trouble(void)
{
	if (faulty.fired && faulty.forever)
		return faulty.kind == FAULTY_FULL ? SQLITE_FULL : SQLITE_IOERR_WRITE;
	if (faulty.countdown == 0 || --faulty.countdown > 0)
		return SQLITE_OK;
	faulty.fired = true;
	return faulty.kind == FAULTY_FULL ? SQLITE_FULL : SQLITE_IOERR_WRITE;
}

static int f_close(sqlite3_file *file) { return real_of(file)->pMethods->xClose(real_of(file)); }

static int f_read(sqlite3_file *file, void *to, int len, sqlite3_int64 at)
{
	return real_of(file)->pMethods->xRead(real_of(file), to, len, at);
}

static int f_write(sqlite3_file *file, const void *from, int len, sqlite3_int64 at)
{
	int rc = trouble();

	return rc != SQLITE_OK ? rc : real_of(file)->pMethods->xWrite(real_of(file), from, len, at);
}

static int f_truncate(sqlite3_file *file, sqlite3_int64 size)
{
	int rc = trouble();

	return rc != SQLITE_OK ? rc : real_of(file)->pMethods->xTruncate(real_of(file), size);
}

static int f_sync(sqlite3_file *file, int flags)
{
	int rc = trouble();

	faulty.syncs++;
	return rc != SQLITE_OK || !faulty.real_syncs ? rc : real_of(file)->pMethods->xSync(real_of(file), flags);
}

static int f_size(sqlite3_file *file, sqlite3_int64 *size)
{
	return real_of(file)->pMethods->xFileSize(real_of(file), size);
}

static int f_lock(sqlite3_file *file, int level) { return real_of(file)->pMethods->xLock(real_of(file), level); }
static int f_unlock(sqlite3_file *file, int level) { return real_of(file)->pMethods->xUnlock(real_of(file), level); }

static int f_reserved(sqlite3_file *file, int *ret)
{
	return real_of(file)->pMethods->xCheckReservedLock(real_of(file), ret);
}

static int f_control(sqlite3_file *file, int op, void *arg)
{
	return real_of(file)->pMethods->xFileControl(real_of(file), op, arg);
}

static int f_sector(sqlite3_file *file) { return real_of(file)->pMethods->xSectorSize(real_of(file)); }
static int f_device(sqlite3_file *file) { return real_of(file)->pMethods->xDeviceCharacteristics(real_of(file)); }

static int f_shm_map(sqlite3_file *file, int page, int size, int extend, void volatile **ret)
{
	return real_of(file)->pMethods->xShmMap(real_of(file), page, size, extend, ret);
}

static int f_shm_lock(sqlite3_file *file, int offset, int n, int flags)
{
	return real_of(file)->pMethods->xShmLock(real_of(file), offset, n, flags);
}

static void f_shm_barrier(sqlite3_file *file) { real_of(file)->pMethods->xShmBarrier(real_of(file)); }
static int f_shm_unmap(sqlite3_file *file, int del) { return real_of(file)->pMethods->xShmUnmap(real_of(file), del); }

static const sqlite3_io_methods methods = {
	.iVersion = 2,
	.xClose = f_close, .xRead = f_read, .xWrite = f_write, .xTruncate = f_truncate, .xSync = f_sync, .xFileSize = f_size,
	.xLock = f_lock, .xUnlock = f_unlock, .xCheckReservedLock = f_reserved, .xFileControl = f_control,
	.xSectorSize = f_sector, .xDeviceCharacteristics = f_device, .xShmMap = f_shm_map, .xShmLock = f_shm_lock,
	.xShmBarrier = f_shm_barrier, .xShmUnmap = f_shm_unmap,
};

static int f_open(sqlite3_vfs *vfs, const char *name, sqlite3_file *file, int flags, int *ret_flags)
{
	struct file *ours = (struct file *)file;

	(void)vfs;
	ours->real = (sqlite3_file *)(ours + 1);
	int rc = faulty.real->xOpen(faulty.real, name, ours->real, flags, ret_flags);
	file->pMethods = rc == SQLITE_OK ? &methods : NULL;
	return rc;
}

void faulty_install(bool real_syncs)
{
	faulty.real_syncs = real_syncs;
	faulty.real = sqlite3_vfs_find(NULL);
	faulty.vfs = *faulty.real;
	faulty.vfs.zName = "faulty";
	faulty.vfs.szOsFile = (int)sizeof(struct file) + faulty.real->szOsFile;
	faulty.vfs.xOpen = f_open;
	sqlite3_vfs_register(&faulty.vfs, 1);
}

void faulty_set(enum faulty_kind kind, unsigned n, bool forever)
{
	faulty.kind = kind;
	faulty.forever = forever;
	faulty.fired = false;
	faulty.countdown = n;
}

bool faulty_fired(void)
{
	return faulty.fired;
}

unsigned faulty_syncs(void)
{
	return atomic_exchange(&faulty.syncs, 0);
}
