/* Connections by address, and the reaper. libmicrohttpd's own timeout is one of inactivity: a client that sends a byte now
 * and then keeps its connection for ever. Here each connection has a moment by which its present phase (head, body,
 * answer, pause) must be over; a thread looks several times within the shortest of them and shuts late sockets down,
 * after which the library closes them.
 *
 * A socket is shut down under the lock that removal takes, so it is never somebody else's by then. */
#include <arpa/inet.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <time.h>

#include "http/server_int.h"

#include "base/banned.h"

enum { MAX_PERIOD_MS = 500, MIN_PERIOD_MS = 10 };

static void address_bytes(const struct sockaddr *address, uint8_t out[16])
{
	memset(out, 0, 16);
	if (address->sa_family == AF_INET6) {
		memcpy(out, &((const struct sockaddr_in6 *)(const void *)address)->sin6_addr, 16);
	} else if (address->sa_family == AF_INET) {
		out[10] = out[11] = 0xff;
		memcpy(out + 12, &((const struct sockaddr_in *)(const void *)address)->sin_addr, 4);
	}
}

static bool is_local(const uint8_t address[16])
{
	static const uint8_t v4[16] = { [10] = 0xff, 0xff, 127, 0, 0, 1 }, v6[16] = { [15] = 1 };

	return memcmp(address, v4, 16) == 0 || memcmp(address, v6, 16) == 0;
}

static struct peer **bucket_of(struct peers *peers, const uint8_t address[16])
{
	return &peers->buckets[sv_hash((struct sv){ (const char *)address, 16 }) % BUCKETS];
}

bool peer_is_local(const struct peer *peer)
{
	return is_local(peer->address);
}

/* A proxy on this machine speaks for many, so it has no limit of its own. */
bool peers_may_accept(struct peers *peers, const struct sockaddr *address)
{
	uint8_t bytes[16];
	unsigned count = 0;

	address_bytes(address, bytes);
	if (is_local(bytes))
		return true;
	pthread_mutex_lock(&peers->lock);
	for (const struct peer *peer = *bucket_of(peers, bytes); peer; peer = peer->next)
		count += memcmp(peer->address, bytes, 16) == 0;
	pthread_mutex_unlock(&peers->lock);
	if (count < peers->max_per_address)
		return true;
	atomic_fetch_add(&peers->refused, 1);
	return false;
}

void peer_expect(struct peer *peer, int64_t ms)
{
	struct timespec now;

	/* A few milliseconds early or late do not matter here, and this happens several times a request. */
	clock_gettime(CLOCK_MONOTONIC_COARSE, &now);
	int64_t deadline = ms == INT64_MAX ? INT64_MAX : now.tv_sec * 1000000000LL + now.tv_nsec + ms * 1000000;

	atomic_store_explicit(&peer->deadline_ns, deadline, memory_order_relaxed);
}

struct peer *peers_add(struct peers *peers, int fd, const struct sockaddr *address, int64_t first_ms)
{
	struct peer *peer = calloc(1, sizeof(*peer));

	if (!peer)
		return NULL;
	peer->fd = fd;
	address_bytes(address, peer->address);
	peer_expect(peer, first_ms);
	struct peer **bucket = bucket_of(peers, peer->address);
	pthread_mutex_lock(&peers->lock);
	peer->next = *bucket;
	*bucket = peer;
	pthread_mutex_unlock(&peers->lock);
	atomic_fetch_add(&peers->open, 1);
	return peer;
}

void peers_remove(struct peers *peers, struct peer *peer)
{
	struct peer **at = bucket_of(peers, peer->address);

	pthread_mutex_lock(&peers->lock);
	while (*at != peer)
		at = &(*at)->next;
	*at = peer->next;
	pthread_mutex_unlock(&peers->lock);
	atomic_fetch_sub(&peers->open, 1);
	free(peer);
}

static void reap(struct peers *peers)
{
	int64_t now = clock_monotonic_ns();

	for (size_t i = 0; i < BUCKETS; i++)
		for (struct peer *peer = peers->buckets[i]; peer; peer = peer->next) {
			if (now < atomic_load_explicit(&peer->deadline_ns, memory_order_relaxed))
				continue;
			shutdown(peer->fd, SHUT_RDWR);
			peer_expect(peer, INT64_MAX);
			atomic_fetch_add(&peers->reaped, 1);
		}
}

static void *reaper_main(void *data)
{
	struct peers *peers = data;

	pthread_mutex_lock(&peers->lock);
	while (!peers->is_stopping) {
		int64_t until = clock_monotonic_ns() + peers->period_ns;
		struct timespec at = { until / 1000000000, until % 1000000000 };
		pthread_cond_timedwait(&peers->wake, &peers->lock, &at);
		reap(peers);
		server_flush_log(peers->server);
	}
	pthread_mutex_unlock(&peers->lock);
	return NULL;
}

enum rc peers_start(struct ctx *ctx, struct peers *peers, const struct server_config *config)
{
	int64_t shortest = config->head_ms < config->body_ms ? config->head_ms : config->body_ms, period = shortest / 4;
	pthread_condattr_t attributes;

	period = period > MAX_PERIOD_MS ? MAX_PERIOD_MS : period < MIN_PERIOD_MS ? MIN_PERIOD_MS : period;
	peers->period_ns = period * 1000000;
	peers->max_per_address = config->max_per_address;
	pthread_mutex_init(&peers->lock, NULL);
	pthread_condattr_init(&attributes);
	pthread_condattr_setclock(&attributes, CLOCK_MONOTONIC);
	pthread_cond_init(&peers->wake, &attributes);
	pthread_condattr_destroy(&attributes);
	if (pthread_create(&peers->reaper, NULL, reaper_main, peers) != 0)
		return fail_internal(ctx, "no thread for the reaper");
	return RC_OK;
}

void peers_stop(struct peers *peers)
{
	pthread_mutex_lock(&peers->lock);
	peers->is_stopping = true;
	pthread_cond_signal(&peers->wake);
	pthread_mutex_unlock(&peers->lock);
	pthread_join(peers->reaper, NULL);
	pthread_cond_destroy(&peers->wake);
	pthread_mutex_destroy(&peers->lock);
}
