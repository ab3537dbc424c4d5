/* Sessions in use, on their way from the readers to the writer; see seen.h. */
#include "app/seen.h"

#include <assert.h>

#include "domain/identity/identity.h"

#include "base/banned.h"

void seen_init(struct seen *seen)
{
	*seen = (struct seen){ .count = 0 };
	pthread_mutex_init(&seen->lock, NULL);
}

void seen_note(struct seen *seen, const struct principal *who, int64_t now)
{
	uint32_t place;

	if (!identity_session_is_stale(who, now))
		return;
	assert(!id_is_zero(who->session));
	memcpy(&place, who->session.bytes + sizeof(who->session.bytes) - sizeof(place), sizeof(place)); /* random bits of the id */
	place %= SEEN_PLACES;
	pthread_mutex_lock(&seen->lock);
	if (id_is_zero(seen->sessions[place])) {
		seen->sessions[place] = who->session;
		seen->count++;
	}
	pthread_mutex_unlock(&seen->lock);
}

enum rc seen_write(struct ctx *ctx, void *arg, bool *ret_more)
{
	struct seen *seen = arg;
	struct id *sessions = NULL;
	size_t count = 0;

	*ret_more = false;
	pthread_mutex_lock(&seen->lock);
	if (seen->count)
		sessions = ARENA_ARRAY(ctx->arena, struct id, seen->count);
	for (size_t i = 0; i < SEEN_PLACES && seen->count; i++) {
		if (id_is_zero(seen->sessions[i]))
			continue;
		sessions[count++] = seen->sessions[i];
		seen->sessions[i] = (struct id){ { 0 } };
		seen->count--;
	}
	pthread_mutex_unlock(&seen->lock);
	for (size_t i = 0; i < count; i++)
		TRY(identity_session_touch(ctx, sessions[i])); /* a failure: the next request notes it again */
	return RC_OK;
}
