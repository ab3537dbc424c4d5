/* Identifiers of ours: 16 bytes, time-ordered (UUIDv7, RFC 9562 section 5.7): 48 bits of milliseconds, then random.
 * Stored as BLOB/BYTEA of 16 bytes; shown as 32 lower-case hex digits without dashes. */
#ifndef BASE_ID_H
#define BASE_ID_H

#include "base/sv.h"

struct ctx;
struct arena;

struct id {
	uint8_t bytes[16];
};

/* New id from the context's clock and random; ids of one context made in the same millisecond still ascend. */
struct id id_new(struct ctx *ctx);
bool id_is_zero(struct id id);
bool id_equal(struct id a, struct id b);
/* 32 hex digits in the arena. */
struct sv id_text(struct arena *arena, struct id id);
/* false unless exactly 32 hex digits (either case); *ret untouched then. */
bool id_parse(struct sv text, struct id *ret);

#endif
