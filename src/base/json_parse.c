/* Reading JSON text (RFC 8259) into the node array of json.h.
 *
 * One pass by recursive descent, after one pass that checks the bytes to be UTF-8. Inside strings, which are most of
 * a text, eight bytes are looked at in one step. A string without escapes is a view into the text; one with escapes
 * is decoded into the arena. Numbers are checked and kept as written: 0.10 stays 0.10 until somebody computes with it.
 */
#include "base/json.h"

#include <assert.h>

#include "base/json_int.h"
#include "base/utf8.h"

#include "base/banned.h"

struct parser {
	struct ctx *ctx;
	struct sv name;
	const char *at, *end;
	uint32_t line;
	const struct json_limits *limits;
	struct json_nodes nodes;
	char *decoded; /* where the next string with escapes goes; NULL before the first */
};

static enum rc refuse(struct parser *p, const char *msgid)
{
	return fail_at(p->ctx, RC_MALFORMED, p->name, p->line, msgid, NULL);
}

static enum rc refuse_end(struct parser *p)
{
	return refuse(p, N_("The JSON text ends too early. Check that every bracket and quotation mark is closed."));
}

static enum rc refuse_character(struct parser *p)
{
	if (p->at == p->end)
		return refuse_end(p);
	struct sv rest = { p->at, (size_t)(p->end - p->at) };
	size_t len = 0;
	utf8_next(rest, &len);
	return fail_at(p->ctx, RC_MALFORMED, p->name, p->line,
		N_("Unexpected character “{character}” in the JSON text. Correct this line."),
		ARGS({ "character", sv_slice(rest, 0, len) }));
}

static enum rc push(struct parser *p, enum json_type type, struct sv text)
{
	if (json_nodes_push(&p->nodes, type, p->line, text))
		return RC_OK;
	return fail_at(p->ctx, RC_TOO_LARGE, p->name, p->line,
		N_("The JSON text has too many values. Split it into smaller parts."), NULL);
}

static void skip_blanks(struct parser *p)
{
	for (; p->at < p->end; p->at++) {
		if (*p->at == '\n')
			p->line++;
		else if (*p->at != ' ' && *p->at != '\t' && *p->at != '\r')
			return;
	}
}

/* The top bit of each of eight bytes that is a quotation mark, a backslash or a control character; the lowest is exact. */
static uint64_t special_bytes(uint64_t word)
{
	const uint64_t ones = 0x0101010101010101ull, tops = 0x8080808080808080ull;
	uint64_t quote = word ^ ones * '"', backslash = word ^ ones * '\\';

	return (((quote - ones) & ~quote) | ((backslash - ones) & ~backslash) | ((word - ones * 0x20) & ~word)) & tops;
}

static bool is_plain(char c)
{
	return c != '"' && c != '\\' && (unsigned char)c >= 0x20;
}

const char *json_find_special(const char *at, const char *end)
{
	for (; end - at >= 8; at += 8) {
		uint64_t word;
		memcpy(&word, at, 8);
		uint64_t hit = special_bytes(word);
		if (hit)
			return at + (__builtin_ctzll(hit) >> 3);
	}
	while (at < end && is_plain(*at))
		at++;
	return at;
}

/* Four hex digits at *at, or -1; *at moves behind them. */
static int32_t hex4(const char **at, const char *end)
{
	int32_t value = 0;

	if (end - *at < 4)
		return -1;
	for (int i = 0; i < 4; i++) {
		char c = *(*at)++;
		int digit = c >= '0' && c <= '9' ? c - '0' : (c | 32) >= 'a' && (c | 32) <= 'f' ? (c | 32) - 'a' + 10 : -1;
		if (digit < 0)
			return -1;
		value = value * 16 + digit;
	}
	return value;
}

/* What follows "\u" at *at; writes UTF-8 to `to` and returns its length, 0 on a fault. */
static unsigned unicode_escape(const char **at, const char *end, char *to)
{
	int32_t high = hex4(at, end);

	if (high < 0 || (high >= 0xDC00 && high <= 0xDFFF))
		return 0;
	if (high < 0xD800 || high > 0xDBFF)
		return utf8_put((uint32_t)high, to);
	if (end - *at < 6 || (*at)[0] != '\\' || (*at)[1] != 'u')
		return 0;
	*at += 2;
	int32_t low = hex4(at, end);
	if (low < 0xDC00 || low > 0xDFFF)
		return 0;
	return utf8_put(0x10000 + ((uint32_t)(high - 0xD800) << 10) + (uint32_t)(low - 0xDC00), to);
}

/* What follows a backslash at *at, likewise. No escape is shorter than what it stands for. */
static unsigned escape(const char **at, const char *end, char *to)
{
	static const char meanings[128] = { ['"'] = '"', ['\\'] = '\\', ['/'] = '/', ['b'] = '\b', ['f'] = '\f', ['n'] = '\n',
		['r'] = '\r', ['t'] = '\t' };

	if (*at == end)
		return 0;
	unsigned char c = (unsigned char)*(*at)++;
	if (c == 'u')
		return unicode_escape(at, end, to);
	if (c >= sizeof(meanings) || !meanings[c])
		return 0;
	*to = meanings[c];
	return 1;
}

/* Copies what is plain at `at`; returns where something special stands, or `end`. Writes up to seven bytes more. */
static const char *copy_plain(const char *at, const char *end, char **to)
{
	uint64_t word;

	for (; end - at >= 8; at += 8, *to += 8) {
		memcpy(&word, at, 8);
		memcpy(*to, &word, 8);
		uint64_t hit = special_bytes(word);
		if (hit) {
			*to += __builtin_ctzll(hit) >> 3;
			return at + (__builtin_ctzll(hit) >> 3);
		}
	}
	while (at < end && is_plain(*at))
		*(*to)++ = *at++;
	return at;
}

/* The string whose inside begins at `start`, with something special at `first`. All of a text's strings with escapes go into
 * one piece: together they are no longer than the text. */
static enum rc unescape(struct parser *p, const char *start, const char *first, struct sv *ret)
{
	if (!p->decoded)
		p->decoded = arena_alloc(p->ctx->arena, (size_t)(p->end - start) + 8);
	char *begin = p->decoded, *to = begin + (first - start);
	memcpy(begin, start, (size_t)(first - start));
	for (const char *at = first;;) {
		if (at == p->end || (unsigned char)*at < 0x20 || (*at == '\\' && p->end - at < 2))
			return refuse(p, N_("A JSON string is not closed on its line. Close it with a quotation mark; write line breaks as \\n."));
		if (*at++ == '"') {
			p->at = at;
			break;
		}
		unsigned size = escape(&at, p->end, to);
		if (size == 0)
			return refuse(p, N_("A JSON string has a wrong escape behind a backslash. Write \\\\ for a backslash, \\uXXXX for a character; surrogates come in pairs."));
		to += size;
		at = copy_plain(at, p->end, &to);
	}
	*to = '\0';
	p->decoded = to + 1;
	*ret = (struct sv){ begin, (size_t)(to - begin) };
	return RC_OK;
}

/* At an opening quotation mark. */
static enum rc parse_string(struct parser *p)
{
	const char *start = p->at + 1, *stop = json_find_special(start, p->end);
	struct sv text = { start, (size_t)(stop - start) };

	if (stop < p->end && *stop == '"')
		p->at = stop + 1;
	else
		TRY(unescape(p, start, stop, &text));
	return push(p, JSON_STRING, text);
}

static const char *skip_digits(const char *at, const char *end)
{
	while (at < end && *at >= '0' && *at <= '9')
		at++;
	return at;
}

/* Behind the number at `at`; *ret_good is false when it breaks off there. */
static const char *skip_number(const char *at, const char *end, bool *ret_good)
{
	const char *start;

	*ret_good = false;
	if (at < end && *at == '-')
		at++;
	start = at;
	at = at < end && *at == '0' ? at + 1 : skip_digits(at, end);
	if (at == start)
		return at;
	if (at < end && *at == '.') {
		start = ++at;
		at = skip_digits(at, end);
		if (at == start)
			return at;
	}
	if (at < end && (*at | 32) == 'e') {
		at++;
		if (at < end && (*at == '+' || *at == '-'))
			at++;
		start = at;
		at = skip_digits(at, end);
		if (at == start)
			return at;
	}
	*ret_good = true;
	return at;
}

bool json_is_number(struct sv text)
{
	bool good;
	const char *end = text.ptr + text.len;

	return text.len && skip_number(text.ptr, end, &good) == end && good;
}

static enum rc parse_number(struct parser *p)
{
	const char *start = p->at;
	bool good;

	p->at = skip_number(p->at, p->end, &good);
	if (!good)
		return refuse_character(p);
	return push(p, JSON_NUMBER, (struct sv){ start, (size_t)(p->at - start) });
}

static enum rc parse_word(struct parser *p, struct sv word, enum json_type type)
{
	if (!sv_has_prefix((struct sv){ p->at, (size_t)(p->end - p->at) }, word))
		return refuse(p, N_("Unknown word in the JSON text. Put texts in quotation marks; the only bare words are true, false and null."));
	TRY(push(p, type, (struct sv){ NULL, 0 }));
	p->at += word.len;
	return RC_OK;
}

static enum rc parse_value(struct parser *p, uint32_t depth);

/* After an element: true in *ret_more at a comma, false at the closing bracket. */
static enum rc parse_separator(struct parser *p, char close, bool *ret_more)
{
	skip_blanks(p);
	if (p->at == p->end)
		return refuse_end(p);
	if (*p->at != ',' && *p->at != close)
		return refuse_character(p);
	*ret_more = *p->at++ == ',';
	return RC_OK;
}

static enum rc too_deep(struct parser *p)
{
	return fail_at(p->ctx, RC_TOO_LARGE, p->name, p->line,
		N_("The JSON text is nested too deeply. Use fewer brackets inside one another."), NULL);
}

static enum rc parse_array(struct parser *p, uint32_t depth)
{
	uint32_t open = p->nodes.len, count = 0;
	bool more = true;

	if (depth == p->limits->max_depth)
		return too_deep(p);
	TRY(push(p, JSON_ARRAY, (struct sv){ NULL, 0 }));
	p->at++;
	skip_blanks(p);
	if (p->at < p->end && *p->at == ']') {
		p->at++;
		more = false;
	}
	for (; more; count++) {
		TRY(parse_value(p, depth + 1));
		TRY(parse_separator(p, ']', &more));
	}
	json_nodes_close(&p->nodes, open, count);
	return RC_OK;
}

static enum rc parse_member(struct parser *p, uint32_t depth)
{
	skip_blanks(p);
	if (p->at == p->end || *p->at != '"')
		return refuse_character(p);
	TRY(parse_string(p));
	skip_blanks(p);
	if (p->at == p->end || *p->at != ':')
		return refuse_character(p);
	p->at++;
	return parse_value(p, depth + 1);
}

static enum rc parse_object(struct parser *p, uint32_t depth)
{
	uint32_t open = p->nodes.len, count = 0;
	bool more = true;

	if (depth == p->limits->max_depth)
		return too_deep(p);
	TRY(push(p, JSON_OBJECT, (struct sv){ NULL, 0 }));
	p->at++;
	skip_blanks(p);
	if (p->at < p->end && *p->at == '}') {
		p->at++;
		more = false;
	}
	for (; more; count++) {
		TRY(parse_member(p, depth));
		TRY(parse_separator(p, '}', &more));
	}
	json_nodes_close(&p->nodes, open, count);
	const struct json *again = NULL;
	if (!p->limits->may_repeat_keys)
		again = json_repeated_key(p->ctx->arena, p->nodes.at + open);
	if (again)
		return fail_at(p->ctx, RC_MALFORMED, p->name, again->line,
			N_("The name “{key}” stands twice in one JSON object. Keep one of them."), ARGS({ "key", again->text }));
	return RC_OK;
}

static enum rc parse_value(struct parser *p, uint32_t depth)
{
	skip_blanks(p);
	if (p->at == p->end)
		return refuse_end(p);
	switch (*p->at) {
	case '{':
		return parse_object(p, depth);
	case '[':
		return parse_array(p, depth);
	case '"':
		return parse_string(p);
	case 't':
		return parse_word(p, SV("true"), JSON_TRUE);
	case 'f':
		return parse_word(p, SV("false"), JSON_FALSE);
	case 'n':
		return parse_word(p, SV("null"), JSON_NULL);
	default: /* a digit, a minus sign, or a fault */
		return parse_number(p);
	}
}

/* Sets the line to that of the byte at `offset`. */
static void count_lines(struct parser *p, struct sv text, size_t offset)
{
	for (size_t i = 0; i < offset; i++)
		p->line += text.ptr[i] == '\n';
}

static enum rc check_bytes(struct parser *p, struct sv text)
{
	if (text.len > p->limits->max_bytes)
		return fail_at(p->ctx, RC_TOO_LARGE, p->name, 0, N_("The JSON text is too large. Split it into smaller parts."), NULL);
	if (sv_has_prefix(text, SV("\xEF\xBB\xBF")))
		return refuse(p, N_("The JSON text begins with a byte order mark. Save it as UTF-8 without one."));
	size_t valid = utf8_valid_length(text);
	if (valid == text.len)
		return RC_OK;
	count_lines(p, text, valid);
	return refuse(p, N_("The JSON text is not valid UTF-8. Save it again with the encoding UTF-8."));
}

enum rc json_parse(struct ctx *ctx, struct sv name, struct sv text, const struct json_limits *limits,
	const struct json **ret)
{
	struct parser p = { .ctx = ctx, .name = name, .line = 1, .limits = limits };

	TRY(check_bytes(&p, text));
	p.at = text.ptr;
	p.end = text.ptr + text.len;
	json_nodes_init(&p.nodes, ctx->arena, text, limits->max_nodes);
	TRY(parse_value(&p, 0));
	skip_blanks(&p);
	if (p.at != p.end)
		return refuse(&p, N_("Something stands behind the end of the JSON text. Remove it."));
	assert(p.nodes.at[0].span == p.nodes.len);
	*ret = p.nodes.at;
	return RC_OK;
}
