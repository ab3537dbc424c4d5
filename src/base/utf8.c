/* UTF-8: checking and stepping by hand because they are on the path of every byte that comes in; case, normal forms
 * and categories by utf8proc. See utf8.h. */
#include "base/utf8.h"

#include <assert.h>
#include <utf8proc.h>

#include "base/buf.h"

#include "base/banned.h"

static unsigned announced_length(unsigned char lead)
{
	if (lead < 0x80)
		return 1;
	if (lead < 0xC2) /* a continuation, or a longer form than needed */
		return 0;
	if (lead < 0xE0)
		return 2;
	if (lead < 0xF0)
		return 3;
	return lead < 0xF5 ? 4 : 0;
}

/* Length of the well-formed sequence at the head of `left` bytes, 0 if there is none (RFC 3629 section 4). */
static unsigned sequence_length(const unsigned char *at, size_t left)
{
	unsigned char lead = at[0], low = 0x80, high = 0xBF;
	unsigned len = announced_length(lead);

	if (len == 0 || len > left)
		return 0;
	if (len == 1)
		return 1;
	if (lead == 0xE0)
		low = 0xA0; /* shorter forms exist */
	else if (lead == 0xED)
		high = 0x9F; /* surrogates */
	else if (lead == 0xF0)
		low = 0x90; /* shorter forms exist */
	else if (lead == 0xF4)
		high = 0x8F; /* beyond U+10FFFF */
	if (at[1] < low || at[1] > high)
		return 0;
	for (unsigned i = 2; i < len; i++)
		if ((at[i] & 0xC0) != 0x80)
			return 0;
	return len;
}

size_t utf8_valid_length(struct sv text)
{
	const unsigned char *bytes = (const unsigned char *)text.ptr;
	size_t at = 0;

	while (at < text.len) {
		uint64_t word;
		while (text.len - at >= sizeof(word)) {
			memcpy(&word, bytes + at, sizeof(word));
			if (word & 0x8080808080808080ull)
				break;
			at += sizeof(word);
		}
		if (at == text.len)
			break;
		unsigned len = sequence_length(bytes + at, text.len - at);
		if (len == 0)
			return at;
		at += len;
		while (len > 1 && at < text.len && bytes[at] >= 0x80) { /* a run of Chinese stays here */
			len = sequence_length(bytes + at, text.len - at);
			if (len == 0)
				return at;
			at += len;
		}
	}
	return at;
}

bool utf8_is_valid(struct sv text)
{
	return utf8_valid_length(text) == text.len;
}

size_t utf8_count(struct sv text)
{
	size_t count = 0;

	for (size_t i = 0; i < text.len; i++)
		count += ((unsigned char)text.ptr[i] & 0xC0) != 0x80;
	return count;
}

uint32_t utf8_next(struct sv text, size_t *at)
{
	assert(*at < text.len);
	const unsigned char *p = (const unsigned char *)text.ptr + *at;

	if (p[0] < 0x80) {
		*at += 1;
		return p[0];
	}
	unsigned len = sequence_length(p, text.len - *at);
	assert(len > 1); /* the text is valid: checked at the border */
	*at += len;
	uint32_t code_point = p[0] & (0x7Fu >> len);
	for (unsigned i = 1; i < len; i++)
		code_point = code_point << 6 | (p[i] & 0x3Fu);
	return code_point;
}

unsigned utf8_put(uint32_t c, char out[4])
{
	assert(c <= 0x10FFFF && (c < 0xD800 || c > 0xDFFF));
	if (c < 0x80) {
		out[0] = (char)c;
		return 1;
	}
	if (c < 0x800) {
		out[0] = (char)(0xC0 | c >> 6);
		out[1] = (char)(0x80 | (c & 0x3F));
		return 2;
	}
	if (c < 0x10000) {
		out[0] = (char)(0xE0 | c >> 12);
		out[1] = (char)(0x80 | (c >> 6 & 0x3F));
		out[2] = (char)(0x80 | (c & 0x3F));
		return 3;
	}
	out[0] = (char)(0xF0 | c >> 18);
	out[1] = (char)(0x80 | (c >> 12 & 0x3F));
	out[2] = (char)(0x80 | (c >> 6 & 0x3F));
	out[3] = (char)(0x80 | (c & 0x3F));
	return 4;
}

/* Each code point through `map`; simple (one to one) mappings only. */
static struct sv map_code_points(struct arena *arena, struct sv text, utf8proc_int32_t (*map)(utf8proc_int32_t))
{
	char *out = arena_alloc(arena, text.len * 2 + 1); /* no simple mapping more than doubles: 2 bytes to 3 at most */
	size_t len = 0;

	for (size_t at = 0; at < text.len;)
		len += utf8_put((uint32_t)map((utf8proc_int32_t)utf8_next(text, &at)), out + len);
	assert(len <= text.len * 2);
	return (struct sv){ out, len };
}

struct sv utf8_upper(struct arena *arena, struct sv text)
{
	return sv_is_absent(text) ? text : map_code_points(arena, text, utf8proc_toupper);
}

struct sv utf8_lower(struct arena *arena, struct sv text)
{
	return sv_is_absent(text) ? text : map_code_points(arena, text, utf8proc_tolower);
}

/* Normal forms through utf8proc's own pass, in arena memory. */
static struct sv normalise(struct arena *arena, struct sv text, utf8proc_option_t options)
{
	const utf8proc_uint8_t *bytes = (const utf8proc_uint8_t *)text.ptr;
	utf8proc_ssize_t count = utf8proc_decompose(bytes, (utf8proc_ssize_t)text.len, NULL, 0, options);

	assert(count >= 0); /* only invalid text fails */
	utf8proc_int32_t *points = ARENA_ARRAY(arena, utf8proc_int32_t, (size_t)count + 1);
	count = utf8proc_decompose(bytes, (utf8proc_ssize_t)text.len, points, count, options);
	assert(count >= 0);
	utf8proc_ssize_t len = utf8proc_reencode(points, count, options); /* in place, NUL-terminated */
	assert(len >= 0);
	return (struct sv){ (char *)points, (size_t)len };
}

struct sv utf8_fold(struct arena *arena, struct sv text)
{
	if (text.len == 0)
		return text;
	return normalise(arena, text, UTF8PROC_STABLE | UTF8PROC_COMPAT | UTF8PROC_COMPOSE | UTF8PROC_CASEFOLD);
}

bool utf8_is_han(uint32_t c)
{
	return (c >= 0x4E00 && c <= 0x9FFF) || (c >= 0x3400 && c <= 0x4DBF) || (c >= 0x20000 && c <= 0x323AF)
		|| (c >= 0xF900 && c <= 0xFAFF) || c == 0x3007;
}

static bool is_word(uint32_t c)
{
	switch (utf8proc_category((utf8proc_int32_t)c)) {
	case UTF8PROC_CATEGORY_LU: case UTF8PROC_CATEGORY_LL: case UTF8PROC_CATEGORY_LT:
	case UTF8PROC_CATEGORY_LM: case UTF8PROC_CATEGORY_LO:
	case UTF8PROC_CATEGORY_MN: case UTF8PROC_CATEGORY_MC:
	case UTF8PROC_CATEGORY_ND: case UTF8PROC_CATEGORY_NL: case UTF8PROC_CATEGORY_NO:
		return true;
	case UTF8PROC_CATEGORY_CN: case UTF8PROC_CATEGORY_ME: case UTF8PROC_CATEGORY_PC: case UTF8PROC_CATEGORY_PD:
	case UTF8PROC_CATEGORY_PS: case UTF8PROC_CATEGORY_PE: case UTF8PROC_CATEGORY_PI: case UTF8PROC_CATEGORY_PF:
	case UTF8PROC_CATEGORY_PO: case UTF8PROC_CATEGORY_SM: case UTF8PROC_CATEGORY_SC: case UTF8PROC_CATEGORY_SK:
	case UTF8PROC_CATEGORY_SO: case UTF8PROC_CATEGORY_ZS: case UTF8PROC_CATEGORY_ZL: case UTF8PROC_CATEGORY_ZP:
	case UTF8PROC_CATEGORY_CC: case UTF8PROC_CATEGORY_CF: case UTF8PROC_CATEGORY_CS: case UTF8PROC_CATEGORY_CO:
		return false;
	}
	return false;
}

/* Appends a term behind a space if it is not the first. */
static void add_term(struct buf *out, struct sv term)
{
	if (out->len)
		buf_byte(out, ' ');
	buf_sv(out, term);
}

/* The run of Han characters at *at as bigrams; *at moves behind it. */
static void add_han_run(struct buf *out, struct sv text, size_t *at)
{
	size_t previous = *at, here = *at;
	unsigned run = 1;

	utf8_next(text, &here);
	while (here < text.len) {
		size_t after = here;
		if (!utf8_is_han(utf8_next(text, &after)))
			break;
		add_term(out, sv_slice(text, previous, after - previous));
		previous = here;
		here = after;
		run++;
	}
	if (run == 1)
		add_term(out, sv_slice(text, *at, here - *at));
	*at = here;
}

struct sv utf8_search_terms(struct arena *arena, struct sv text)
{
	struct sv folded = utf8_fold(arena, text);
	struct buf out;

	buf_init(&out, arena, folded.len * 3 + 16); /* a bigram is at most 7 of each 3 bytes' worth, with its space */
	for (size_t at = 0; at < folded.len;) {
		size_t start = at;
		uint32_t c = utf8_next(folded, &at);
		if (utf8_is_han(c)) {
			at = start;
			add_han_run(&out, folded, &at);
			continue;
		}
		if (!is_word(c))
			continue;
		for (size_t after = at; at < folded.len; at = after) {
			c = utf8_next(folded, &after);
			if (!is_word(c) || utf8_is_han(c))
				break;
		}
		add_term(&out, sv_slice(folded, start, at - start));
	}
	assert(!out.overflow);
	return buf_view(&out);
}
