/* One line of the log a request. Each thread gathers its lines and writes them together: when there are many, when the first
 * has waited, and at the latest when the reaper passes (peers.c). At an orderly end all are written. */
#include <unistd.h>

#include "base/log.h"
#include "http/server_int.h"

#include "base/banned.h"

enum { WAIT_NS = 100000000 };

static void write_lines(struct request_log *log)
{
	const char *at = log->bytes;

	for (size_t left = log->len; left;) {
		ssize_t done = write(STDERR_FILENO, at, left);
		if (done <= 0)
			break; /* there is nowhere left to complain */
		at += done;
		left -= (size_t)done;
	}
	log->len = 0;
}

void request_log_init(struct request_log *log)
{
	pthread_mutex_init(&log->lock, NULL);
}

void request_log_flush(struct request_log *log)
{
	pthread_mutex_lock(&log->lock);
	write_lines(log);
	pthread_mutex_unlock(&log->lock);
}

void request_log_release(struct request_log *log)
{
	request_log_flush(log);
	pthread_mutex_destroy(&log->lock);
}

void request_log_add(struct request_log *log, const struct call *call, int64_t now_ns)
{
	const char *route = call->route ? call->route->path : call->response.kind == RESPONSE_ASSET ? "files" : "unknown";
	const struct log_field fields[] = {
		{ .name = LOG_METHOD, .text = call->method }, { .name = LOG_ROUTE, .text = sv_of(route) },
		{ .name = LOG_STATUS, .number = call->response.status }, { .name = LOG_MS, .number = (now_ns - call->started_ns) / 1000000 },
		{ .name = LOG_TRACE, .text = call->request.trace },
	};

	pthread_mutex_lock(&log->lock);
	if (log->len == 0)
		log->first_ns = now_ns;
	log->len += log_line(log->bytes + log->len, LOG_INFO, "request", fields, sizeof(fields) / sizeof(fields[0]));
	if (log->len + LOG_LINE_MAX > sizeof(log->bytes) || now_ns - log->first_ns > WAIT_NS)
		write_lines(log);
	pthread_mutex_unlock(&log->lock);
}
