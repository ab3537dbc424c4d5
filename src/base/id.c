/* UUIDv7 identifiers; see id.h. */
#include "base/id.h"

#include <assert.h>

#include "base/buf.h"
#include "base/ctx.h"

#include "base/banned.h"

struct id id_new(struct ctx *ctx)
{
	uint64_t ms = (uint64_t)clock_now(ctx->clock);
	struct random *random = ctx->random;
	uint64_t low;
	uint16_t high;
	struct id id;

	assert(ms < 1ull << 48);
	random_bytes(random, &high, sizeof(high));
	if (ms == random->last_id_ms) {
		/* Same millisecond: the random part steps up by a random amount (RFC 9562 section 6.2, method 2). */
		low = random->last_id_low + 1 + random_below(random, 1u << 20);
		high = 0x0fff;
	} else {
		low = random_u64(random) >> 3;
		high &= 0x07ff;
	}
	random->last_id_ms = ms;
	random->last_id_low = low;
	for (int i = 0; i < 6; i++)
		id.bytes[i] = (uint8_t)(ms >> (40 - 8 * i));
	id.bytes[6] = (uint8_t)(0x70 | (high >> 8 & 0x0f));
	id.bytes[7] = (uint8_t)high;
	for (int i = 0; i < 8; i++)
		id.bytes[8 + i] = (uint8_t)(low >> (56 - 8 * i));
	id.bytes[8] = (uint8_t)(0x80 | (id.bytes[8] & 0x3f));
	return id;
}

bool id_is_zero(struct id id)
{
	static const struct id zero;

	return id_equal(id, zero);
}

bool id_equal(struct id a, struct id b)
{
	return memcmp(a.bytes, b.bytes, sizeof(a.bytes)) == 0;
}

struct sv id_text(struct arena *arena, struct id id)
{
	struct buf buf;

	buf_init(&buf, arena, 64);
	buf_hex(&buf, id.bytes, sizeof(id.bytes));
	return buf_view(&buf);
}

static int nibble(char c)
{
	if (c >= '0' && c <= '9')
		return c - '0';
	if ((c | 32) >= 'a' && (c | 32) <= 'f')
		return (c | 32) - 'a' + 10;
	return -1;
}

bool id_parse(struct sv text, struct id *ret)
{
	struct id id;

	if (text.len != 32)
		return false;
	for (int i = 0; i < 16; i++) {
		int high = nibble(text.ptr[2 * i]), low = nibble(text.ptr[2 * i + 1]);
		if (high < 0 || low < 0)
			return false;
		id.bytes[i] = (uint8_t)(high * 16 + low);
	}
	*ret = id;
	return true;
}
