/* Two threads for work that would hold up others: keeping files durably, hashing passwords. Calls wait in a bounded line;
 * from here they go to the writer. */
#include "http/server_int.h"

#include <assert.h>

#include "base/banned.h"

static struct call *next_call(struct slow *slow)
{
	pthread_mutex_lock(&slow->lock);
	while (!slow->first && !slow->is_stopping)
		pthread_cond_wait(&slow->wake, &slow->lock);
	struct call *call = slow->first;
	if (call) {
		slow->first = call->next;
		if (!slow->first)
			slow->last = &slow->first;
		slow->waiting--;
	}
	pthread_mutex_unlock(&slow->lock);
	return call;
}

static void *slow_main(void *data)
{
	struct server *server = data;
	struct call *call;

	while ((call = next_call(&server->slow)))
		call_slow(call, worker_here(server));
	return NULL;
}

enum rc slow_start(struct ctx *ctx, struct server *server)
{
	struct slow *slow = &server->slow;

	slow->last = &slow->first;
	pthread_mutex_init(&slow->lock, NULL);
	pthread_cond_init(&slow->wake, NULL);
	for (; slow->started < SLOW_THREADS; slow->started++)
		if (pthread_create(&slow->threads[slow->started], NULL, slow_main, server) != 0)
			return fail_internal(ctx, "no thread for slow work");
	return RC_OK;
}

void slow_stop(struct server *server)
{
	struct slow *slow = &server->slow;

	if (!slow->last)
		return;
	pthread_mutex_lock(&slow->lock);
	slow->is_stopping = true;
	pthread_cond_broadcast(&slow->wake);
	pthread_mutex_unlock(&slow->lock);
	for (unsigned i = 0; i < slow->started; i++)
		pthread_join(slow->threads[i], NULL);
	pthread_cond_destroy(&slow->wake);
	pthread_mutex_destroy(&slow->lock);
}

bool slow_submit(struct server *server, struct call *call)
{
	struct slow *slow = &server->slow;

	assert(slow->last);
	pthread_mutex_lock(&slow->lock);
	bool fits = slow->waiting < SLOW_WAITING && !slow->is_stopping;
	if (fits) {
		call->next = NULL;
		*slow->last = call;
		slow->last = &call->next;
		slow->waiting++;
		pthread_cond_signal(&slow->wake);
	}
	pthread_mutex_unlock(&slow->lock);
	return fits;
}
