/* FEEL values (DMN 1.5 section 10.3.2): 24 bytes, passed by value, never changed once made. What a value points to
 * lives in the arena it was made in.
 *
 * Null carries the reason why it came about (a message id and the thing it concerns), because in FEEL every error
 * yields null.
 */
#ifndef FEEL_VALUE_H
#define FEEL_VALUE_H

#include "base/decimal.h"
#include "base/json.h"

enum feel_kind {
	FEEL_NULL,
	FEEL_BOOLEAN,
	FEEL_NUMBER,
	FEEL_STRING,
	FEEL_DATE,
	FEEL_TIME,
	FEEL_DATE_TIME,
	FEEL_DAYS,   /* days and time duration */
	FEEL_MONTHS, /* years and months duration */
	FEEL_LIST,
	FEEL_CONTEXT,
	FEEL_RANGE,
	FEEL_FUNCTION,
};

struct feel_entry;
struct feel_zone; /* NULL = local; an offset, UTC or a zone of the system's tzdata */
struct feel_type;
struct feel_function;

struct feel_value {
	enum feel_kind kind;
	uint32_t nano; /* FEEL_TIME, FEEL_DATE_TIME, FEEL_DAYS: 0 .. 999999999 to add; otherwise 0 */
	union {
		bool boolean;
		struct decimal number;
		struct sv text;  /* UTF-8 */
		int64_t day;     /* since 1970-01-01 */
		struct {
			int64_t second; /* FEEL_TIME: of the day; FEEL_DATE_TIME: local, since 1970-01-01T00:00:00 */
			const struct feel_zone *zone;
		} at;
		int64_t seconds; /* FEEL_DAYS, rounded down; `nano` is added */
		int64_t months;
		struct {
			const struct feel_value *at;
			size_t count;
		} list;
		struct {
			const struct feel_entry *at;
			size_t count;
		} context;
		const struct feel_range *range;
		const struct feel_function *function;
		struct {
			const char *msgid; /* NULL = a null that was written or absent */
			const char *what;  /* fills {what}; may be NULL */
		} reason;
	};
};

struct feel_entry {
	struct sv key;
	struct feel_value value;
};

/* One end open at null: (< 10) has low null. `unequal` is the test (!= x), `equal` (= x): both ends are x. */
struct feel_range {
	struct feel_value low, high;
	bool low_closed, high_closed;
	bool unbounded; /* made by a comparison such as (< 10), not from two ends */
	bool unequal;
};

static inline struct feel_value feel_null(void) { return (struct feel_value){ FEEL_NULL }; }
static inline struct feel_value feel_null_because(const char *msgid, const char *what)
{
	return (struct feel_value){ FEEL_NULL, .reason = { msgid, what } };
}
static inline struct feel_value feel_boolean(bool b) { return (struct feel_value){ FEEL_BOOLEAN, .boolean = b }; }
static inline struct feel_value feel_number(struct decimal d) { return (struct feel_value){ FEEL_NUMBER, .number = d }; }
static inline struct feel_value feel_i64(int64_t n) { return feel_number(decimal_from_i64(n)); }
static inline struct feel_value feel_text(struct sv text) { return (struct feel_value){ FEEL_STRING, .text = text }; }
static inline struct feel_value feel_day(int64_t day) { return (struct feel_value){ FEEL_DATE, .day = day }; }
static inline struct feel_value feel_list(const struct feel_value *at, size_t count)
{
	return (struct feel_value){ FEEL_LIST, .list = { at, count } };
}
static inline struct feel_value feel_context(const struct feel_entry *at, size_t count)
{
	return (struct feel_value){ FEEL_CONTEXT, .context = { at, count } };
}
static inline bool feel_is_true(struct feel_value v) { return v.kind == FEEL_BOOLEAN && v.boolean; }

/* A number from its text; null with a reason when it is not one. */
struct feel_value feel_number_text(struct sv text);
/* An instant (milliseconds since 1970 UTC) as date and time in China's civil time with offset +08:00. */
struct feel_value feel_instant(int64_t ms);
/* The entry of a context, or NULL. */
const struct feel_value *feel_get(struct feel_value context, struct sv key);

/* From JSON: objects to contexts, arrays to lists, numbers exact, strings as they are. With a type, strings become
 * dates, times, date-times and durations where the type says so. NULL gives null. */
struct feel_value feel_from_json(struct ctx *ctx, const struct json *json, const struct feel_type *type);
/* A text as a value of the type where the type is temporal and the text is one; otherwise the text. */
struct feel_value feel_typed_text(struct ctx *ctx, struct sv text, const struct feel_type *type);
/* To JSON: temporal values as their FEEL texts, ranges and functions as text, null with or without reason as null. */
void feel_to_json(struct json_out *out, struct feel_value value);
/* As the FEEL function string() does, but strings inside lists and contexts are quoted; null prints "null". */
void feel_print(struct buf *buf, struct feel_value value);
/* The reason beside a null in words, in the ctx's language; absent when there is none. */
struct sv feel_reason(struct ctx *ctx, struct feel_value value);

/* FEEL's "=": 1, 0, or -1 when the two cannot be compared (null in FEEL). */
int feel_equal(struct feel_value a, struct feel_value b);

/* The name of a kind as FEEL writes it: "days and time duration". */
const char *feel_kind_name(enum feel_kind kind);

#endif
