/* Views: searching, cutting and reading numbers; see sv.h. */
#include "base/sv.h"

#include <assert.h>

#include "base/banned.h"

int sv_compare(struct sv a, struct sv b)
{
	size_t n = a.len < b.len ? a.len : b.len;
	int order = n ? memcmp(a.ptr, b.ptr, n) : 0;

	if (order)
		return order;
	return a.len < b.len ? -1 : a.len > b.len;
}

size_t sv_find_byte(struct sv v, char byte, size_t from)
{
	if (from >= v.len)
		return SIZE_MAX;
	const char *hit = memchr(v.ptr + from, byte, v.len - from);
	return hit ? (size_t)(hit - v.ptr) : SIZE_MAX;
}

size_t sv_find(struct sv v, struct sv needle, size_t from)
{
	if (from > v.len || needle.len > v.len - from)
		return SIZE_MAX;
	if (needle.len == 0)
		return from;
	const char *hit = memmem(v.ptr + from, v.len - from, needle.ptr, needle.len);
	return hit ? (size_t)(hit - v.ptr) : SIZE_MAX;
}

static bool is_blank(char c)
{
	return c == ' ' || c == '\t' || c == '\r' || c == '\n';
}

struct sv sv_trim(struct sv v)
{
	while (v.len && is_blank(v.ptr[0]))
		v = (struct sv){ v.ptr + 1, v.len - 1 };
	while (v.len && is_blank(v.ptr[v.len - 1]))
		v.len--;
	return v;
}

struct sv sv_cut(struct sv *rest, char separator)
{
	size_t at = sv_find_byte(*rest, separator, 0);
	struct sv head = *rest;

	assert(rest);
	if (at == SIZE_MAX) {
		*rest = (struct sv){ NULL, 0 };
		return head;
	}
	head.len = at;
	*rest = (struct sv){ rest->ptr + at + 1, rest->len - at - 1 };
	return head;
}

bool sv_parse_i64(struct sv v, int64_t *ret)
{
	bool negative = v.len && v.ptr[0] == '-';
	uint64_t sum = 0;
	const uint64_t limit = negative ? (uint64_t)INT64_MAX + 1 : INT64_MAX;

	if (v.len == (size_t)negative)
		return false;
	for (size_t i = negative; i < v.len; i++) {
		uint64_t digit = (uint64_t)(unsigned char)v.ptr[i] - '0';
		if (digit > 9 || sum > (limit - digit) / 10)
			return false;
		sum = sum * 10 + digit;
	}
	*ret = negative ? (int64_t)(0 - sum) : (int64_t)sum;
	return true;
}

uint64_t sv_hash(struct sv v)
{
	uint64_t h = 0x9E3779B97F4A7C15ull ^ v.len;
	size_t i = 0;

	for (; i + 8 <= v.len; i += 8) {
		uint64_t word;
		memcpy(&word, v.ptr + i, 8);
		h = (h ^ word) * 0xFF51AFD7ED558CCDull;
		h ^= h >> 32;
	}
	for (; i < v.len; i++)
		h = (h ^ (unsigned char)v.ptr[i]) * 0x100000001B3ull;
	h ^= h >> 29;
	h *= 0xC4CEB9FE1A85EC53ull;
	return h ^ (h >> 32);
}
