/* Backup and restore of a whole database while the service runs.
 *
 * SQLite: a copy of the file as of one moment, made in steps beside the writer and then checked page by page. PostgreSQL: a
 * dump by pg_dump in its custom format, read back to its end; restored by pg_restore in one transaction. A backup
 * is restored into the kind of database it came from. Both appear under their name only when complete and on the disk. */
#ifndef STORE_BACKUP_H
#define STORE_BACKUP_H

#include "store/store.h"

/* For a progress bar: pages or bytes done, and of how many; total 0 = not known. Called a few times a second or oftener. */
struct store_progress {
	void (*tell)(void *arg, int64_t done, int64_t total); /* may be NULL */
	void *arg;
};

/* RC_CONFLICT when there is a file at `path` already, RC_UNAVAILABLE when the copy cannot be made or is not sound. */
[[nodiscard]] enum rc store_backup(struct ctx *ctx, struct store *store, struct sv path, struct store_progress progress);
/* RC_CONFLICT when the database is not empty, RC_NOT_FOUND when there is no such file, RC_MALFORMED when it is not a sound
 * backup of this kind of database. */
[[nodiscard]] enum rc store_restore(struct ctx *ctx, struct store *store, struct sv path, struct store_progress progress);

#endif
