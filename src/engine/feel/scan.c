/* The scanner of FEEL (DMN 1.5 section 10.3.1.2): tokens on demand, because what a name is depends on the names in scope.
 * A token of kind T_NAME is one word; the parser joins words into names. */
#include <assert.h>

#include "base/utf8.h"
#include "engine/feel/feel_int.h"

#include "base/banned.h"

/* Grammar rule 28 and what follows. */
static bool is_name_start(uint32_t c)
{
	static const struct { uint32_t from, to; } ranges[] = { { 'A', 'Z' }, { '_', '_' }, { 'a', 'z' }, { 0xc0, 0xd6 },
		{ 0xd8, 0xf6 }, { 0xf8, 0x2ff }, { 0x370, 0x37d }, { 0x37f, 0x1fff }, { 0x200c, 0x200d }, { 0x2070, 0x218f },
		{ 0x2c00, 0x2fef }, { 0x3001, 0xd7ff }, { 0xf900, 0xfdcf }, { 0xfdf0, 0xfffd }, { 0x10000, 0xeffff } };

	if (c == '?')
		return true;
	for (size_t i = 0; i < sizeof(ranges) / sizeof(ranges[0]); i++) {
		if (c >= ranges[i].from && c <= ranges[i].to)
			return c != 0x180e && !(c >= 0x2000 && c <= 0x200b) && c != 0x3000 && c != 0x1680;
	}
	return false;
}

static bool is_name_part(uint32_t c)
{
	return is_name_start(c) || (c >= '0' && c <= '9') || c == 0xb7 || (c >= 0x300 && c <= 0x36f) || c == 0x203f || c == 0x2040;
}

static bool is_space(uint32_t c)
{
	return c == ' ' || (c >= 9 && c <= 13) || c == 0x85 || c == 0xa0 || c == 0x1680 || c == 0x180e
		|| (c >= 0x2000 && c <= 0x200b) || c == 0x2028 || c == 0x2029 || c == 0x202f || c == 0x205f || c == 0x3000
		|| c == 0xfeff;
}

static uint32_t peek_char(struct sv text, size_t at, size_t *ret_next)
{
	if (at >= text.len) {
		*ret_next = at;
		return 0;
	}
	*ret_next = at;
	if ((unsigned char)text.ptr[at] < 0x80) {
		*ret_next = at + 1;
		return (unsigned char)text.ptr[at];
	}
	return utf8_next(text, ret_next);
}

static bool skip_comment(struct scan *scan)
{
	struct sv rest = sv_slice(scan->text, scan->at, SIZE_MAX);

	if (sv_has_prefix(rest, SV("//"))) {
		while (scan->at < scan->text.len && scan->text.ptr[scan->at] != '\n')
			scan->at++;
		return true;
	}
	if (!sv_has_prefix(rest, SV("/*")))
		return false;
	size_t end = sv_find(scan->text, SV("*/"), scan->at + 2);
	size_t to = end == SIZE_MAX ? scan->text.len : end + 2;
	for (; scan->at < to; scan->at++)
		scan->line += scan->text.ptr[scan->at] == '\n';
	return true;
}

static void skip_space(struct scan *scan)
{
	size_t next;

	for (;;) {
		uint32_t c = peek_char(scan->text, scan->at, &next);
		if (is_space(c)) {
			scan->line += c == '\n';
			scan->at = next;
		} else if (c != '/' || !skip_comment(scan)) {
			return;
		}
	}
}

static bool is_digit_at(const struct scan *scan, size_t at)
{
	return at < scan->text.len && scan->text.ptr[at] >= '0' && scan->text.ptr[at] <= '9';
}

static void scan_number(struct scan *scan)
{
	while (is_digit_at(scan, scan->at))
		scan->at++;
	if (scan->at < scan->text.len && scan->text.ptr[scan->at] == '.' && is_digit_at(scan, scan->at + 1)) {
		scan->at++;
		while (is_digit_at(scan, scan->at))
			scan->at++;
	}
	if (scan->at < scan->text.len && (scan->text.ptr[scan->at] | 32) == 'e') {
		size_t at = scan->at + 1;
		if (at < scan->text.len && (scan->text.ptr[at] == '+' || scan->text.ptr[at] == '-'))
			at++;
		if (!is_digit_at(scan, at))
			return;
		while (is_digit_at(scan, at))
			at++;
		scan->at = at;
	}
}

/* To behind the closing quote; false when it is missing. */
static bool scan_quoted(struct scan *scan)
{
	for (scan->at++; scan->at < scan->text.len; scan->at++) {
		char c = scan->text.ptr[scan->at];
		scan->line += c == '\n';
		if (c == '\\')
			scan->at++;
		else if (c == '"') {
			scan->at++;
			return true;
		}
	}
	scan->at = scan->text.len;
	return false;
}

static void scan_punct(struct scan *scan)
{
	static const char *const longs[] = { "..", "**", "<=", ">=", "!=", "->" };
	struct sv rest = sv_slice(scan->text, scan->at, 2);

	for (size_t i = 0; i < sizeof(longs) / sizeof(longs[0]); i++) {
		if (sv_equal_z(rest, longs[i])) {
			scan->at += 2;
			return;
		}
	}
	size_t next;
	peek_char(scan->text, scan->at, &next);
	scan->at = next;
}

struct token scan_next(struct scan *scan)
{
	size_t next;

	skip_space(scan);
	struct token token = { T_PUNCT, scan->at, scan->at, scan->line };
	uint32_t c = peek_char(scan->text, scan->at, &next);
	if (scan->at >= scan->text.len) {
		token.kind = T_END;
	} else if ((c >= '0' && c <= '9') || (c == '.' && is_digit_at(scan, scan->at + 1))) {
		token.kind = T_NUMBER;
		scan_number(scan);
	} else if (c == '"') {
		token.kind = scan_quoted(scan) ? T_STRING : T_BAD;
	} else if (is_name_start(c)) {
		token.kind = T_NAME;
		while (is_name_part(c)) {
			scan->at = next;
			c = peek_char(scan->text, scan->at, &next);
		}
	} else {
		scan_punct(scan);
	}
	token.to = scan->at;
	return token;
}

struct sv scan_text(const struct scan *scan, struct token token)
{
	return sv_slice(scan->text, token.from, token.to - token.from);
}

static size_t space_len(struct sv text, size_t at)
{
	size_t next, from = at;

	while (at < text.len && is_space(peek_char(text, at, &next)))
		at = next;
	return at - from;
}

static bool is_name_sign(char c)
{
	return c == '.' || c == '/' || c == '-' || c == '\'' || c == '+' || c == '*';
}

/* The blank at `i` of a name: as many spaces in the text as there are, beside a sign also none; false when one is missing. */
static bool match_blank(struct sv text, size_t *at, struct sv name, size_t i)
{
	bool optional = i && (is_name_sign(name.ptr[i - 1]) || (i + 1 < name.len && is_name_sign(name.ptr[i + 1])));
	size_t spaces = space_len(text, *at);

	*at += spaces;
	return spaces || optional;
}

size_t scan_match_name(const struct scan *scan, size_t from, struct sv name)
{
	struct sv text = scan->text;
	size_t at = from, next;

	if (name.len == 0 || at >= text.len || text.ptr[at] != name.ptr[0])
		return 0;
	for (size_t i = 0; i < name.len; i++) {
		if (name.ptr[i] == ' ') {
			if (!match_blank(text, &at, name, i))
				return 0;
			continue;
		}
		if (i && (is_name_sign(name.ptr[i]) || is_name_sign(name.ptr[i - 1])))
			at += space_len(text, at);
		if (at >= text.len || text.ptr[at] != name.ptr[i])
			return 0;
		at++;
	}
	assert(at > from);
	if (is_name_sign(name.ptr[name.len - 1]))
		return at - from;
	return is_name_part(peek_char(text, at, &next)) && next > at ? 0 : at - from;
}

struct sv scan_clean_name(struct arena *arena, struct sv raw)
{
	char *out = arena_alloc(arena, raw.len + 1);
	size_t len = 0, at = 0, next;

	while (at < raw.len) {
		uint32_t c = peek_char(raw, at, &next);
		if (!is_space(c)) {
			memcpy(out + len, raw.ptr + at, next - at);
			len += next - at;
		} else if (len && out[len - 1] != ' ') {
			out[len++] = ' ';
		}
		at = next;
	}
	while (len && out[len - 1] == ' ')
		len--;
	return (struct sv){ out, len };
}

bool scan_is_keyword(struct sv word)
{
	static const char *const words[] = { "and", "or", "between", "in", "instance", "of", "then", "else", "return",
		"satisfies", "if", "for", "some", "every", "function", "external", "null", "true", "false" };

	for (size_t i = 0; i < sizeof(words) / sizeof(words[0]); i++) {
		if (sv_equal_z(word, words[i]))
			return true;
	}
	return false;
}

static bool hex_digits(struct sv text, size_t at, size_t count, uint32_t *ret)
{
	uint32_t n = 0;

	if (count > text.len || at > text.len - count)
		return false;
	for (size_t i = 0; i < count; i++) {
		char c = text.ptr[at + i];
		uint32_t digit = c >= '0' && c <= '9' ? (uint32_t)(c - '0')
			: (c | 32) >= 'a' && (c | 32) <= 'f' ? (uint32_t)((c | 32) - 'a' + 10) : 16;
		if (digit == 16)
			return false;
		n = n << 4 | digit;
	}
	*ret = n;
	return true;
}

/* \uXXXX, also as a pair of surrogates, and \UXXXXXX. Moves *at to the last byte of the escape. */
static bool unicode_escape(struct sv text, size_t *at, uint32_t *ret)
{
	size_t digits = text.ptr[*at] == 'u' ? 4 : 6;
	uint32_t c, low;

	if (!hex_digits(text, *at + 1, digits, &c))
		return false;
	*at += digits;
	if (digits == 4 && c >= 0xd800 && c < 0xdc00) {
		if (*at + 2 >= text.len || text.ptr[*at + 1] != '\\' || text.ptr[*at + 2] != 'u'
			|| !hex_digits(text, *at + 3, 4, &low) || low < 0xdc00 || low > 0xdfff)
			return false;
		*at += 6;
		c = 0x10000 + ((c - 0xd800) << 10) + (low - 0xdc00);
	}
	*ret = c;
	return c <= 0x10ffff && (c < 0xd800 || c > 0xdfff);
}

bool scan_string(struct arena *arena, struct sv inside, struct sv *ret)
{
	char *out = arena_alloc(arena, inside.len + 1);
	size_t len = 0;
	uint32_t c;

	for (size_t i = 0; i < inside.len; i++) {
		if (inside.ptr[i] != '\\' || i + 1 == inside.len) {
			out[len++] = inside.ptr[i];
			continue;
		}
		char next = inside.ptr[++i];
		if (next == 'u' || next == 'U') {
			if (!unicode_escape(inside, &i, &c))
				return false;
			len += utf8_put(c, out + len);
			continue;
		}
		const char *known = memchr("nrt\"'\\", next, 6);
		if (known) {
			out[len++] = next == 'n' ? '\n' : next == 'r' ? '\r' : next == 't' ? '\t' : next;
		} else { /* an unknown escape stays as written, so that "\d" may be a pattern */
			out[len++] = '\\';
			out[len++] = next;
		}
	}
	*ret = (struct sv){ out, len };
	return true;
}
