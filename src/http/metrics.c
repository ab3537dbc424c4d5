/* Counters for Prometheus (text format 0.0.4). Each pool thread has its own and is the only one to write them; a scrape
 * adds them up. */
#include "http/server_int.h"

#include <assert.h>

#include "base/banned.h"

/* Upper ends of the latency buckets in microseconds; the last one has none. */
static const int64_t bucket_us[METRICS_BUCKETS] = {
	100, 250, 500, 1000, 2500, 5000, 10000, 25000, 50000, 100000, 500000, 2500000,
};

static void add(_Atomic uint64_t *counter, uint64_t more)
{
	/* One writer, so no locked instruction is needed. */
	atomic_store_explicit(counter, atomic_load_explicit(counter, memory_order_relaxed) + more, memory_order_relaxed);
}

void metrics_count(struct route_metrics *metrics, int status, int64_t ns)
{
	unsigned bucket = 0;

	assert(ns >= 0);
	while (bucket < METRICS_BUCKETS && ns > bucket_us[bucket] * 1000)
		bucket++;
	if (status >= 100 && status < 600)
		add(&metrics->status[status / 100 - 1], 1);
	add(&metrics->bucket[bucket], 1);
	add(&metrics->sum_ns, (uint64_t)ns);
}

struct totals {
	uint64_t status[5], bucket[METRICS_BUCKETS + 1], sum_ns, count;
};

static struct totals total_of(struct server *server, size_t index)
{
	struct totals totals = { 0 };

	pthread_mutex_lock(&server->lock);
	for (const struct worker *worker = server->workers; worker; worker = worker->next) {
		const struct route_metrics *metrics = &worker->metrics[index];
		for (size_t i = 0; i < 5; i++)
			totals.status[i] += atomic_load_explicit(&metrics->status[i], memory_order_relaxed);
		for (size_t i = 0; i <= METRICS_BUCKETS; i++)
			totals.bucket[i] += atomic_load_explicit(&metrics->bucket[i], memory_order_relaxed);
		totals.sum_ns += atomic_load_explicit(&metrics->sum_ns, memory_order_relaxed);
	}
	pthread_mutex_unlock(&server->lock);
	for (size_t i = 0; i <= METRICS_BUCKETS; i++)
		totals.count += totals.bucket[i];
	return totals;
}

static void print_label(struct server *server, size_t index, struct buf *out)
{
	size_t count = routes_count(server->routes);

	if (index < count)
		buf_printf(out, "method=\"%s\",route=\"%s\"", routes_at(server->routes, index)->method, routes_at(server->routes, index)->path);
	else
		buf_printf(out, "method=\"GET\",route=\"%s\"", index == count ? "files" : "unknown");
}

static void print_route(struct server *server, size_t index, struct buf *out)
{
	struct totals totals = total_of(server, index);
	uint64_t below = 0;

	if (totals.count == 0)
		return;
	for (unsigned i = 0; i < 5; i++)
		if (totals.status[i]) {
			buf_printf(out, "tongban_requests_total{");
			print_label(server, index, out);
			buf_printf(out, ",status=\"%uxx\"} %llu\n", i + 1, (unsigned long long)totals.status[i]);
		}
	for (unsigned i = 0; i <= METRICS_BUCKETS; i++) {
		below += totals.bucket[i];
		buf_printf(out, "tongban_request_seconds_bucket{");
		print_label(server, index, out);
		if (i < METRICS_BUCKETS)
			buf_printf(out, ",le=\"%g\"} %llu\n", (double)bucket_us[i] / 1e6, (unsigned long long)below);
		else
			buf_printf(out, ",le=\"+Inf\"} %llu\n", (unsigned long long)below);
	}
	buf_printf(out, "tongban_request_seconds_sum{");
	print_label(server, index, out);
	buf_printf(out, "} %.6f\ntongban_request_seconds_count{", (double)totals.sum_ns / 1e9);
	print_label(server, index, out);
	buf_printf(out, "} %llu\n", (unsigned long long)totals.count);
}

void metrics_print(struct server *server, struct buf *out)
{
	size_t count = routes_count(server->routes) + 2;

	buf_printf(out, "# TYPE tongban_connections gauge\ntongban_connections %lld\n", (long long)atomic_load(&server->peers.open));
	buf_printf(out, "# TYPE tongban_connections_late_total counter\ntongban_connections_late_total %llu\n",
		(unsigned long long)atomic_load(&server->peers.reaped));
	buf_printf(out, "# TYPE tongban_connections_refused_total counter\ntongban_connections_refused_total %llu\n",
		(unsigned long long)atomic_load(&server->peers.refused));
	unsigned active = server_active(server);
	pthread_mutex_lock(&server->lock);
	unsigned parked = server->parked;
	pthread_mutex_unlock(&server->lock);
	buf_printf(out, "# TYPE tongban_requests_active gauge\ntongban_requests_active %u\n", active);
	buf_printf(out, "# TYPE tongban_requests_parked gauge\ntongban_requests_parked %u\n", parked);
	buf_printf(out, "# TYPE tongban_requests_total counter\n# TYPE tongban_request_seconds histogram\n");
	for (size_t i = 0; i < count; i++)
		print_route(server, i, out);
}
