/* A text or byte buffer that grows in an arena up to a named maximum.
 *
 * Writing past the maximum sets `overflow` and drops what does not fit; the owner checks once, at the end. The
 * bytes are valid as long as the arena is. A buffer is never freed on its own.
 */
#ifndef BASE_BUF_H
#define BASE_BUF_H

#include <stdarg.h>

#include "base/arena.h"

struct buf {
	struct arena *arena;
	char *ptr;
	size_t len, cap, max;
	bool overflow;
};

void buf_init(struct buf *buf, struct arena *arena, size_t max);
void buf_clear(struct buf *buf);

/* Makes room for `more` bytes and returns where they go (then add to len), or NULL on overflow. */
char *buf_reserve(struct buf *buf, size_t more);
void buf_add(struct buf *buf, const void *bytes, size_t len);
void buf_i64(struct buf *buf, int64_t number);
void buf_hex(struct buf *buf, const void *bytes, size_t len);
/* Standard alphabet with padding (RFC 4648 section 4), and the URL one without padding (section 5). */
void buf_base64(struct buf *buf, const void *bytes, size_t len);
void buf_base64url(struct buf *buf, const void *bytes, size_t len);
/* %s %c %d %u %x %X %o %f %g, with 0, width, precision of %s, %f and %g, and the lengths l, ll and z (print.c). */
[[gnu::format(printf, 2, 3)]] void buf_printf(struct buf *buf, const char *format, ...);

static inline void buf_byte(struct buf *buf, char byte)
{
	if (buf->len < buf->cap)
		buf->ptr[buf->len++] = byte;
	else
		buf_add(buf, &byte, 1);
}

static inline void buf_sv(struct buf *buf, struct sv text)
{
	if (text.len <= buf->cap - buf->len) {
		if (text.len)
			memcpy(buf->ptr + buf->len, text.ptr, text.len);
		buf->len += text.len;
	} else {
		buf_add(buf, text.ptr, text.len);
	}
}

/* With a NUL behind it while nothing is added, for C functions; not when the bytes are the caller's own (base/log.c). */
static inline struct sv buf_view(const struct buf *buf)
{
	if (buf->arena && buf->ptr)
		buf->ptr[buf->len] = '\0';
	return (struct sv){ buf->ptr ? buf->ptr : "", buf->len };
}

/* Decoders: false on any byte outside the alphabet or wrong length; *ret is in the arena. Both base64 forms come
 * with or without padding. */
bool hex_decode(struct arena *arena, struct sv text, struct sv *ret);
bool base64_decode(struct arena *arena, struct sv text, struct sv *ret);
bool base64url_decode(struct arena *arena, struct sv text, struct sv *ret);

#endif
