/* Growing buffer and the text codings of bytes; see buf.h. */
#include "base/buf.h"

#include <assert.h>

#include "base/banned.h"

void buf_init(struct buf *buf, struct arena *arena, size_t max)
{
	assert(arena && max > 0);
	*buf = (struct buf){ .arena = arena, .max = max };
}

void buf_clear(struct buf *buf)
{
	buf->len = 0;
	buf->overflow = false;
}

char *buf_reserve(struct buf *buf, size_t more)
{
	assert(buf->len <= buf->cap && buf->cap <= buf->max);
	if (buf->overflow || more > buf->max - buf->len) {
		buf->overflow = true;
		return NULL;
	}
	if (more > buf->cap - buf->len) {
		size_t cap = buf->cap ? buf->cap : 256;
		while (cap - buf->len < more)
			cap *= 2;
		if (cap > buf->max)
			cap = buf->max;
		buf->ptr = arena_extend(buf->arena, buf->ptr, buf->ptr ? buf->cap + 1 : 0, cap + 1); /* and a NUL: buf_view */
		buf->cap = cap;
	}
	return buf->ptr + buf->len;
}

void buf_add(struct buf *buf, const void *bytes, size_t len)
{
	char *to = buf_reserve(buf, len);

	assert(len == 0 || bytes);
	if (!to || len == 0)
		return;
	memcpy(to, bytes, len);
	buf->len += len;
}

void buf_i64(struct buf *buf, int64_t number)
{
	char digits[24];
	size_t at = sizeof(digits);
	uint64_t rest = number < 0 ? 0 - (uint64_t)number : (uint64_t)number;

	do {
		digits[--at] = (char)('0' + rest % 10);
		rest /= 10;
	} while (rest);
	if (number < 0)
		digits[--at] = '-';
	buf_add(buf, digits + at, sizeof(digits) - at);
}

void buf_hex(struct buf *buf, const void *bytes, size_t len)
{
	static const char digits[] = "0123456789abcdef";
	const unsigned char *from = bytes;
	char *to = buf_reserve(buf, len * 2);

	if (!to)
		return;
	for (size_t i = 0; i < len; i++) {
		to[2 * i] = digits[from[i] >> 4];
		to[2 * i + 1] = digits[from[i] & 15];
	}
	buf->len += len * 2;
}

static const char standard_alphabet[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
static const char url_alphabet[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";

static void encode64(struct buf *buf, const unsigned char *from, size_t len, const char *alphabet, bool pad)
{
	for (size_t i = 0; i < len; i += 3) {
		size_t left = len - i;
		uint32_t v = (uint32_t)from[i] << 16;
		if (left > 1)
			v |= (uint32_t)from[i + 1] << 8;
		if (left > 2)
			v |= from[i + 2];
		buf_byte(buf, alphabet[v >> 18]);
		buf_byte(buf, alphabet[v >> 12 & 63]);
		if (left > 1)
			buf_byte(buf, alphabet[v >> 6 & 63]);
		else if (pad)
			buf_byte(buf, '=');
		if (left > 2)
			buf_byte(buf, alphabet[v & 63]);
		else if (pad)
			buf_byte(buf, '=');
	}
}

void buf_base64(struct buf *buf, const void *bytes, size_t len)
{
	encode64(buf, bytes, len, standard_alphabet, true);
}

void buf_base64url(struct buf *buf, const void *bytes, size_t len)
{
	encode64(buf, bytes, len, url_alphabet, false);
}

static int hex_value(char c)
{
	if (c >= '0' && c <= '9')
		return c - '0';
	if (c >= 'a' && c <= 'f')
		return c - 'a' + 10;
	if (c >= 'A' && c <= 'F')
		return c - 'A' + 10;
	return -1;
}

bool hex_decode(struct arena *arena, struct sv text, struct sv *ret)
{
	if (text.len % 2)
		return false;
	char *bytes = arena_alloc(arena, text.len / 2 + 1);
	for (size_t i = 0; i < text.len; i += 2) {
		int high = hex_value(text.ptr[i]), low = hex_value(text.ptr[i + 1]);
		if (high < 0 || low < 0)
			return false;
		bytes[i / 2] = (char)(high * 16 + low);
	}
	*ret = (struct sv){ bytes, text.len / 2 };
	return true;
}

static bool decode64(struct arena *arena, struct sv text, const char *alphabet, struct sv *ret)
{
	if (text.len % 4 == 0) {
		for (int i = 0; i < 2 && text.len && text.ptr[text.len - 1] == '='; i++)
			text.len--;
	}
	if (text.len % 4 == 1)
		return false;
	char *bytes = arena_alloc(arena, text.len / 4 * 3 + 3);
	size_t len = 0;
	uint32_t bits = 0;
	unsigned have = 0;
	for (size_t i = 0; i < text.len; i++) {
		const char *hit = text.ptr[i] ? strchr(alphabet, text.ptr[i]) : NULL;
		if (!hit)
			return false;
		bits = bits << 6 | (uint32_t)(hit - alphabet);
		have += 6;
		if (have >= 8) {
			have -= 8;
			bytes[len++] = (char)(bits >> have);
		}
	}
	if (bits & ((1u << have) - 1)) /* left-over bits must be zero: one text, one meaning */
		return false;
	*ret = (struct sv){ bytes, len };
	return true;
}

bool base64_decode(struct arena *arena, struct sv text, struct sv *ret)
{
	return decode64(arena, text, standard_alphabet, ret);
}

bool base64url_decode(struct arena *arena, struct sv text, struct sv *ret)
{
	return decode64(arena, text, url_alphabet, ret);
}
