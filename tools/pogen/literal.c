/* Quoted literals, which C and PO write alike; and the report. See pogen.h. */
#include "base/utf8.h"
#include "tools/pogen/pogen.h"

#include "base/banned.h"

void report_fault(struct report *report, struct sv file, unsigned line, struct sv what)
{
	buf_printf(report->out, "%.*s:%u: %.*s\n", SV_FMT(file), line, SV_FMT(what));
	report->faults++;
}

void emit_literal(struct buf *out, struct sv text)
{
	buf_byte(out, '"');
	for (size_t i = 0; i < text.len; i++) {
		unsigned char c = (unsigned char)text.ptr[i];
		if (c == '\n')
			buf_sv(out, SV("\\n"));
		else if (c == '\t')
			buf_sv(out, SV("\\t"));
		else if (c == '"' || c == '\\')
			buf_printf(out, "\\%c", c);
		else if (c < 0x20)
			buf_printf(out, "\\%03o", c);
		else
			buf_byte(out, (char)c);
	}
	buf_byte(out, '"');
}

static unsigned digit_of(char c)
{
	if (c >= '0' && c <= '9')
		return (unsigned)(c - '0');
	return (c | 32) >= 'a' && (c | 32) <= 'f' ? (unsigned)((c | 32) - 'a' + 10) : 99;
}

/* Up to `most` digits of the base at *at. */
static uint32_t number(struct sv text, size_t *at, unsigned base, unsigned most)
{
	uint32_t value = 0;

	for (; most && *at < text.len && digit_of(text.ptr[*at]) < base; most--)
		value = value * base + digit_of(text.ptr[(*at)++]);
	return value;
}

static void put_code_point(struct buf *out, uint32_t code_point)
{
	char bytes[4];
	bool valid = code_point <= 0x10FFFF && (code_point < 0xD800 || code_point > 0xDFFF);

	buf_add(out, bytes, utf8_put(valid ? code_point : 0xFFFD, bytes));
}

/* What stands behind a backslash at *at. */
static void read_escape(struct buf *out, struct sv text, size_t *at)
{
	static const char from[] = "abfnrtv", meaning[] = "\a\b\f\n\r\t\v";
	char c = text.ptr[(*at)++];
	const char *hit = c ? strchr(from, c) : NULL;

	if (hit) {
		buf_byte(out, meaning[hit - from]);
	} else if (c == 'x') {
		buf_byte(out, (char)number(text, at, 16, 2));
	} else if (c == 'u') {
		put_code_point(out, number(text, at, 16, 4));
	} else if (c == 'U') {
		put_code_point(out, number(text, at, 16, 8));
	} else if (c >= '0' && c <= '7') {
		(*at)--;
		buf_byte(out, (char)number(text, at, 8, 3));
	} else {
		buf_byte(out, c);
	}
}

bool read_literal(struct arena *arena, struct sv text, size_t *at, struct sv *ret)
{
	struct buf out;

	buf_init(&out, arena, 1 << 20);
	while (*at < text.len && text.ptr[*at] != '"' && text.ptr[*at] != '\n') {
		if (text.ptr[*at] != '\\') {
			buf_byte(&out, text.ptr[(*at)++]);
			continue;
		}
		(*at)++;
		if (*at < text.len)
			read_escape(&out, text, at);
	}
	if (*at >= text.len || text.ptr[*at] != '"')
		return false;
	(*at)++;
	*ret = buf_view(&out);
	return true;
}
