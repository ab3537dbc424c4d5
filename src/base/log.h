/* The log: one JSON object a line on stderr. Fields come from a list, so that no secret, form text or identity number
 * can slip in; there is no free-form value but `detail`, which must hold no personal data. */
#ifndef BASE_LOG_H
#define BASE_LOG_H

#include "base/error.h"

enum { LOG_LINE_MAX = 8192 };
enum log_level { LOG_DEBUG, LOG_INFO, LOG_WARNING, LOG_ERROR };

#define LOG_FIELDS(X)                                                                                                  \
	X(LOG_METHOD, "method") X(LOG_ROUTE, "route") X(LOG_STATUS, "status") X(LOG_MS, "ms") X(LOG_RC, "rc")          \
	X(LOG_DETAIL, "detail") X(LOG_CASE, "case") X(LOG_SERVICE, "service") X(LOG_JOB, "job")                        \
	X(LOG_TRACE, "trace") X(LOG_COUNT, "count") X(LOG_FILE, "file") X(LOG_LINE, "line") X(LOG_ADDRESS, "address")   \
	X(LOG_SIZE, "size") X(LOG_DATABASE, "database") X(LOG_SYSTEM, "system") X(LOG_DECISION, "decision") X(LOG_VERSION, "version")

enum log_field_name {
#define X(name, text) name,
	LOG_FIELDS(X)
#undef X
};

struct log_field {
	enum log_field_name name;
	struct sv text; /* written as a string when .ptr is set, otherwise `number` */
	int64_t number;
};

/* One line at once (a single write). `event` is a fixed English phrase. The list ends where count says. */
void log_write(enum log_level level, const char *event, const struct log_field *fields, size_t count);
#define LOG(level, event, ...)                                                                                         \
	log_write((level), (event), (const struct log_field[]){ __VA_ARGS__ },                                         \
		sizeof((const struct log_field[]){ __VA_ARGS__ }) / sizeof(struct log_field))
/* The same into `line` (LOG_LINE_MAX bytes), to be written with others; returns its length, 0 if its level is not shown. */
size_t log_line(char *line, enum log_level level, const char *event, const struct log_field *fields, size_t count);
/* Lines below the level are dropped; the default is LOG_INFO. Set once, at start. */
void log_set_level(enum log_level level);
/* Test hook: lines of level error written so far in this process. */
unsigned log_error_count(void);

#endif
