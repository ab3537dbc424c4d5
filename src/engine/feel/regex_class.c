/* Character classes of XPath's regular expressions (XML Schema 1.1 part 2 appendix G): class escapes, ranges, negation and
 * subtraction. PCRE2 has no subtraction and cannot put a complement inside brackets, so a class becomes a set in brackets
 * plus alternatives, and what is subtracted becomes a look-ahead before it. */
#include "base/utf8.h"
#include "engine/feel/regex_int.h"

#include "base/banned.h"

/* XML's NameStartChar and NameChar, for \i and \c. */
#define NAME_START ":A-Z_a-z\\x{c0}-\\x{d6}\\x{d8}-\\x{f6}\\x{f8}-\\x{2ff}\\x{370}-\\x{37d}\\x{37f}-\\x{1fff}\\x{200c}-\\x{200d}"      \
	"\\x{2070}-\\x{218f}\\x{2c00}-\\x{2fef}\\x{3001}-\\x{d7ff}\\x{f900}-\\x{fdcf}\\x{fdf0}-\\x{fffd}\\x{10000}-\\x{effff}"
#define NAME_CHAR NAME_START "\\-.0-9\\x{b7}\\x{300}-\\x{36f}\\x{203f}-\\x{2040}"

/* Inside brackets: `set` when the class can stand there as it is, otherwise `alone` as an alternative. */
static const struct escape {
	char letter;
	const char *set, *alone;
} escapes[] = {
	{ 'd', "\\p{Nd}", "\\p{Nd}" },
	{ 'D', "\\P{Nd}", "\\P{Nd}" },
	{ 's', " \\t\\n\\r", "[ \\t\\n\\r]" },
	{ 'S', NULL, "[^ \\t\\n\\r]" },
	{ 'i', NAME_START, "[" NAME_START "]" },
	{ 'I', NULL, "[^" NAME_START "]" },
	{ 'c', NAME_CHAR, "[" NAME_CHAR "]" },
	{ 'C', NULL, "[^" NAME_CHAR "]" },
	{ 'w', NULL, "[^\\p{P}\\p{Z}\\p{C}]" },
	{ 'W', "\\p{P}\\p{Z}\\p{C}", "[\\p{P}\\p{Z}\\p{C}]" },
};

static const struct escape *find_escape(char letter)
{
	for (size_t i = 0; i < sizeof(escapes) / sizeof(escapes[0]); i++) {
		if (escapes[i].letter == letter)
			return &escapes[i];
	}
	return NULL;
}

void regex_put_char(struct buf *out, uint32_t c)
{
	char text[4];

	if (c < 0x80 && !((c >= '0' && c <= '9') || ((c | 32) >= 'a' && (c | 32) <= 'z')))
		buf_printf(out, "\\x{%x}", c);
	else
		buf_add(out, text, utf8_put(c, text));
}

uint32_t regex_single_escape(char c)
{
	if (c == 'n')
		return '\n';
	if (c == 'r')
		return '\r';
	if (c == 't')
		return '\t';
	return c && strchr("\\|.?*+(){}-[]^$", c) ? (uint32_t)c : 0;
}

static bool is_category(struct sv name)
{
	static const char *const names[] = { "L", "Lu", "Ll", "Lt", "Lm", "Lo", "M", "Mn", "Mc", "Me", "N", "Nd", "Nl", "No", "P", "Pc",
		"Pd", "Ps", "Pe", "Pi", "Pf", "Po", "Z", "Zs", "Zl", "Zp", "S", "Sm", "Sc", "Sk", "So", "C", "Cc", "Cf", "Co", "Cn" };

	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
		if (sv_equal_z(name, names[i]))
			return true;
	}
	return false;
}

/* What a class is gathered into. */
struct class {
	struct buf set;  /* inside brackets */
	struct buf more; /* "|alternative" each */
};

/* Behind "\p" or "\P": "{Lu}" or "{IsGreek}". The letter case of categories is never ignored. */
static bool property(struct pattern *p, bool negative, struct class *to)
{
	uint32_t from, end;
	size_t close = sv_find_byte(p->text, '}', p->at);

	if (p->at >= p->text.len || p->text.ptr[p->at] != '{' || close == SIZE_MAX)
		return regex_wrong(p, "\\p needs a name in braces");
	struct sv name = sv_slice(p->text, p->at + 1, close - p->at - 1);
	p->at = close + 1;
	if (is_category(name)) {
		if (p->ignore_case)
			buf_printf(&to->more, "|(?-i:\\%c{%.*s})", negative ? 'P' : 'p', SV_FMT(name));
		else
			buf_printf(&to->set, "\\%c{%.*s}", negative ? 'P' : 'p', SV_FMT(name));
		return true;
	}
	if (!sv_has_prefix(name, SV("Is")) || !regex_block(sv_slice(name, 2, SIZE_MAX), &from, &end))
		return regex_wrong(p, "\\p names no category or block");
	if (negative)
		buf_printf(&to->more, "|(?-i:[^\\x{%x}-\\x{%x}])", from, end);
	else if (p->ignore_case)
		buf_printf(&to->more, "|(?-i:[\\x{%x}-\\x{%x}])", from, end);
	else
		buf_printf(&to->set, "\\x{%x}-\\x{%x}", from, end);
	return true;
}

static void class_init(struct class *c, struct pattern *p)
{
	buf_init(&c->set, p->out.arena, REGEX_MAX_OUT);
	buf_init(&c->more, p->out.arena, REGEX_MAX_OUT);
}

static void put_class(struct buf *out, const struct class *c, bool negative)
{
	struct sv set = buf_view(&c->set), more = buf_view(&c->more);

	if (more.len == 0) {
		buf_printf(out, "[%s", negative ? "^" : "");
		buf_sv(out, set);
		buf_byte(out, ']');
		return;
	}
	buf_sv(out, negative ? SV("(?:(?!") : SV("(?:"));
	if (set.len) {
		buf_byte(out, '[');
		buf_sv(out, set);
		buf_byte(out, ']');
		buf_sv(out, more);
	} else {
		buf_sv(out, sv_slice(more, 1, SIZE_MAX));
	}
	buf_sv(out, negative ? SV(")(?s:.))") : SV(")"));
}

bool regex_class_escape(struct pattern *p, bool *ret_is_class)
{
	char letter = p->text.ptr[p->at];
	const struct escape *escape = find_escape(letter);
	struct class c;

	*ret_is_class = true;
	if (escape) {
		p->at++;
		buf_sv(&p->out, sv_of(escape->alone));
		return true;
	}
	if (letter != 'p' && letter != 'P') {
		*ret_is_class = false;
		return true;
	}
	p->at++;
	class_init(&c, p);
	if (!property(p, letter == 'P', &c))
		return false;
	put_class(&p->out, &c, false);
	return true;
}

/* One end of a range, or a character on its own; *ret_class when it was a class escape, which is then in `c`. */
static bool class_char(struct pattern *p, struct class *c, uint32_t *ret, bool *ret_class)
{
	*ret_class = false;
	if (p->text.ptr[p->at] != '\\') {
		*ret = utf8_next(p->text, &p->at);
		return *ret != '[' || regex_wrong(p, "a bracket inside a class needs a backslash");
	}
	if (++p->at >= p->text.len)
		return regex_wrong(p, "the pattern ends with a backslash");
	char letter = p->text.ptr[p->at];
	const struct escape *escape = find_escape(letter);
	*ret_class = escape || letter == 'p' || letter == 'P';
	if (escape) {
		p->at++;
		if (escape->set)
			buf_sv(&c->set, sv_of(escape->set));
		else
			buf_printf(&c->more, "|%s", escape->alone);
		return true;
	}
	if (*ret_class) {
		p->at++;
		return property(p, letter == 'P', c);
	}
	*ret = regex_single_escape(letter);
	p->at++;
	return *ret != 0 || regex_wrong(p, "there is no such escape");
}

static bool at_text(const struct pattern *p, const char *text)
{
	return sv_has_prefix(sv_slice(p->text, p->at, SIZE_MAX), sv_of(text));
}

/* A character, a range or a class escape. */
static bool class_part(struct pattern *p, struct class *c)
{
	uint32_t from, to;
	bool is_class;

	if (!class_char(p, c, &from, &is_class))
		return false;
	if (is_class)
		return true;
	if (!at_text(p, "-") || at_text(p, "-[") || at_text(p, "-]")) {
		regex_put_char(&c->set, from);
		return true;
	}
	p->at++;
	if (p->at >= p->text.len)
		return regex_wrong(p, "a class is not closed");
	if (!class_char(p, c, &to, &is_class))
		return false;
	if (is_class || to < from)
		return regex_wrong(p, "a range in a class is the wrong way round");
	regex_put_char(&c->set, from);
	buf_byte(&c->set, '-');
	regex_put_char(&c->set, to);
	return true;
}

static bool class_body(struct pattern *p, struct buf *out);

/* Behind "-": the class taken away, as a look-ahead. */
static bool subtraction(struct pattern *p, struct buf *out)
{
	buf_sv(out, SV("(?!"));
	if (!class_body(p, out))
		return false;
	buf_byte(out, ')');
	return true;
}

static bool class_body(struct pattern *p, struct buf *out)
{
	struct class c;
	struct buf minus;
	bool any = false, negative;

	if (++p->depth > REGEX_MAX_DEPTH)
		return regex_wrong(p, "the pattern is nested too deeply");
	class_init(&c, p);
	buf_init(&minus, p->out.arena, REGEX_MAX_OUT);
	p->at++;
	negative = at_text(p, "^");
	p->at += negative;
	while (!at_text(p, "]")) {
		if (p->at >= p->text.len)
			return regex_wrong(p, "a class is not closed");
		if (any && at_text(p, "-[")) {
			p->at++;
			if (!subtraction(p, &minus))
				return false;
			if (!at_text(p, "]"))
				return regex_wrong(p, "a subtraction must end its class");
			break;
		}
		if (!class_part(p, &c))
			return false;
		any = true;
	}
	if (!any)
		return regex_wrong(p, "a class is empty");
	p->at++;
	p->depth--;
	if (minus.len) {
		buf_sv(out, SV("(?:"));
		buf_sv(out, buf_view(&minus));
	}
	put_class(out, &c, negative);
	if (minus.len)
		buf_byte(out, ')');
	return true;
}

bool regex_class(struct pattern *p)
{
	return class_body(p, &p->out);
}
