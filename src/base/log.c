/* The log: each line is built in one buffer on the stack and written at once, so that lines of several threads do not
 * mix. A field that no longer fits is left out whole, so every line is valid JSON. See log.h. */
#include "base/log.h"

#include <assert.h>
#include <stdatomic.h>
#include <unistd.h>

#include "base/civil.h"
#include "base/clock.h"
#include "base/json.h"
#include "base/utf8.h"

#include "base/banned.h"

enum { TAIL_BYTES = 32, TEXT_MAX_BYTES = 1024 };

static struct {
	_Atomic enum log_level level_shown; /* set once, at start */
	_Atomic unsigned errors_written;    /* test hook */
} log_state = { .level_shown = LOG_INFO };

static struct sv level_name(enum log_level level)
{
	switch (level) {
	case LOG_DEBUG:
		return SV("debug");
	case LOG_INFO:
		return SV("info");
	case LOG_WARNING:
		return SV("warning");
	case LOG_ERROR:
		return SV("error");
	}
	return SV("unknown");
}

static const char *const field_names[] = {
#define X(name, text) [name] = text,
	LOG_FIELDS(X)
#undef X
};

static void put_field(struct json_out *out, const struct log_field *field)
{
	assert(field->name < sizeof(field_names) / sizeof(*field_names));
	struct sv key = sv_of(field_names[field->name]);
	struct json_out before = *out;
	size_t len = out->buf->len;

	if (sv_is_absent(field->text)) {
		json_out_member_i64(out, key, field->number);
	} else {
		struct sv text = sv_slice(field->text, 0, TEXT_MAX_BYTES);
		json_out_member(out, key, sv_slice(text, 0, utf8_valid_length(text)));
	}
	if (out->buf->overflow) {
		*out = before;
		out->buf->len = len;
		out->buf->overflow = false;
	}
}

size_t log_line(char *line, enum log_level level, const char *event, const struct log_field *fields, size_t count)
{
	char time[25];
	struct buf buf = { .ptr = line, .cap = LOG_LINE_MAX - TAIL_BYTES, .max = LOG_LINE_MAX - TAIL_BYTES };
	struct json_out out = json_out_to(&buf);
	struct clock system = CLOCK_SYSTEM;

	assert(event && (count == 0 || fields));
	if (level == LOG_ERROR)
		atomic_fetch_add(&log_state.errors_written, 1);
	if (level < atomic_load(&log_state.level_shown))
		return 0;
	json_out_object(&out);
	json_out_member(&out, SV("time"), civil_instant_text(clock_now(&system), time));
	json_out_member(&out, SV("level"), level_name(level));
	json_out_member(&out, SV("event"), sv_of(event));
	for (size_t i = 0; i < count; i++)
		put_field(&out, &fields[i]);
	buf.cap = buf.max = LOG_LINE_MAX;
	json_out_object_end(&out);
	buf_byte(&buf, '\n');
	return buf.len;
}

void log_write(enum log_level level, const char *event, const struct log_field *fields, size_t count)
{
	char line[LOG_LINE_MAX];
	size_t len = log_line(line, level, event, fields, count);

	if (len && write(STDERR_FILENO, line, len) < 0)
		return; /* there is nowhere left to complain */
}

void log_set_level(enum log_level level)
{
	atomic_store(&log_state.level_shown, level);
}

unsigned log_error_count(void)
{
	return atomic_load(&log_state.errors_written);
}
