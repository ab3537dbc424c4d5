/* Which sessions were used lately, whether to act or only to read, so that running out as idle means being idle. Readers cannot
 * write: they note the session here, and the writer marks all noted ones once a second (at most once a minute each).
 *
 * A fixed table with one place for many sessions: one that finds its place taken waits for a later request.
 */
#ifndef APP_SEEN_H
#define APP_SEEN_H

#include <pthread.h>

#include "base/ctx.h"

enum { SEEN_PLACES = 4096 };

struct seen {
	pthread_mutex_t lock;
	size_t count;
	struct id sessions[SEEN_PLACES]; /* zero = free */
};

void seen_init(struct seen *seen);
/* Any thread. Nothing to note costs no lock. */
void seen_note(struct seen *seen, const struct principal *who, int64_t now);
/* A task of the writer (store/writer.h); arg = struct seen. */
enum rc seen_write(struct ctx *ctx, void *arg, bool *ret_more);

#endif
