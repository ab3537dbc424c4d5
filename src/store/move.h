/* Moving a whole database from SQLite to PostgreSQL: for an office that outgrows one machine, and for whoever makes a large
 * database first and wants it on a server. Every table goes over by COPY in one transaction, as of one moment; indexes and
 * references are the target's own. */
#ifndef STORE_MOVE_H
#define STORE_MOVE_H

#include "store/backup.h"

/* Both must have been brought up to date (store_migrate). RC_INVALID unless it goes from SQLite to PostgreSQL, RC_CONFLICT when
 * `to` is not empty, RC_UNAVAILABLE when one of the two fails: then nothing has changed. `progress` is told of bytes. Nobody may
 * write to `from` meanwhile and be kept. */
[[nodiscard]] enum rc store_move(struct ctx *ctx, struct store *from, struct store *to, struct store_progress progress);

#endif
