/* Regular expressions in XPath 3.1's flavour (XPath and XQuery Functions and Operators 3.1, section 5.6.1) on PCRE2: the
 * pattern is parsed, checked and rewritten, because PCRE2 lacks class subtraction, blocks, \i and \c, and accepts much that
 * XPath refuses. Memory of a compiled pattern is the arena's; a match uses the stack, and gives back to the arena what it took beyond. */
#define PCRE2_CODE_UNIT_WIDTH 8
#include <assert.h>
#include <pcre2.h>

#include "base/utf8.h"
#include "engine/feel/feel_int.h"
#include "engine/feel/regex_int.h"

#include "base/banned.h"

enum { MATCH_LIMIT = 1000000, DEPTH_LIMIT = 20000, HEAP_LIMIT_KIB = 8000, MATCH_STACK = 26 * 1024 };

struct regex {
	pcre2_code *code;
	pcre2_match_context *limits;
	uint32_t groups;
	bool literal;
};

/* ---- the pattern ---- */

static bool alternatives(struct pattern *p);

static bool at_end(const struct pattern *p)
{
	return p->at >= p->text.len;
}

static bool take(struct pattern *p, char c)
{
	if (at_end(p) || p->text.ptr[p->at] != c)
		return false;
	p->at++;
	return true;
}

static bool read_count(struct pattern *p, uint32_t *ret)
{
	size_t from = p->at;
	uint32_t n = 0;

	while (!at_end(p) && p->text.ptr[p->at] >= '0' && p->text.ptr[p->at] <= '9') {
		n = n * 10 + (uint32_t)(p->text.ptr[p->at++] - '0');
		if (n > REGEX_MAX_COUNT)
			return regex_wrong(p, "a count is too large");
	}
	*ret = n;
	return p->at > from || regex_wrong(p, "a count is missing");
}

/* "{2}", "{2,}", "{2,5}" behind the brace. */
static bool counted(struct pattern *p)
{
	uint32_t low, high;

	if (!read_count(p, &low))
		return false;
	buf_printf(&p->out, "{%u", low);
	if (take(p, ',')) {
		buf_byte(&p->out, ',');
		if (!at_end(p) && p->text.ptr[p->at] != '}') {
			if (!read_count(p, &high))
				return false;
			if (high < low)
				return regex_wrong(p, "a count is the wrong way round");
			buf_printf(&p->out, "%u", high);
		}
	}
	if (!take(p, '}'))
		return regex_wrong(p, "a brace is not closed");
	buf_byte(&p->out, '}');
	return true;
}

static bool quantifier(struct pattern *p)
{
	if (take(p, '{')) {
		if (!counted(p))
			return false;
	} else {
		if (at_end(p) || !strchr("?*+", p->text.ptr[p->at]))
			return true;
		buf_byte(&p->out, p->text.ptr[p->at++]);
	}
	if (take(p, '?'))
		buf_byte(&p->out, '?');
	return true;
}

static bool group(struct pattern *p)
{
	unsigned number = 0;

	if (++p->depth > REGEX_MAX_DEPTH)
		return regex_wrong(p, "the pattern is nested too deeply");
	if (take(p, '?')) {
		if (!take(p, ':'))
			return regex_wrong(p, "only (?: may follow a parenthesis");
		buf_sv(&p->out, SV("(?:"));
	} else {
		if (p->opened == REGEX_MAX_GROUPS)
			return regex_wrong(p, "the pattern has too many groups");
		number = ++p->opened;
		buf_byte(&p->out, '(');
	}
	if (!alternatives(p))
		return false;
	if (!take(p, ')'))
		return regex_wrong(p, "a parenthesis is not closed");
	buf_byte(&p->out, ')');
	p->closed[number] = 1;
	p->depth--;
	return true;
}

/* "\12": the longest number of a group that has ended. */
static bool back_reference(struct pattern *p)
{
	unsigned n = (unsigned)(p->text.ptr[p->at++] - '0');

	if (n == 0 || n > p->opened || !p->closed[n])
		return regex_wrong(p, "a back-reference names no group before it");
	while (!at_end(p) && p->text.ptr[p->at] >= '0' && p->text.ptr[p->at] <= '9') {
		unsigned next = n * 10 + (unsigned)(p->text.ptr[p->at] - '0');
		if (next > p->opened)
			break;
		if (!p->closed[next])
			return regex_wrong(p, "a back-reference names no group before it");
		n = next;
		p->at++;
	}
	buf_printf(&p->out, "(?:\\g{%u})", n);
	return true;
}

static bool escape(struct pattern *p)
{
	bool is_class;

	if (at_end(p))
		return regex_wrong(p, "the pattern ends with a backslash");
	char letter = p->text.ptr[p->at];
	if (letter >= '0' && letter <= '9')
		return back_reference(p);
	if (!regex_class_escape(p, &is_class) || is_class)
		return p->why == NULL;
	uint32_t c = regex_single_escape(letter);
	if (c == 0)
		return regex_wrong(p, "there is no such escape");
	p->at++;
	regex_put_char(&p->out, c);
	return true;
}

static bool atom(struct pattern *p)
{
	char c = p->text.ptr[p->at];

	if (c == '[')
		return regex_class(p);
	if (strchr("?*+{}]", c))
		return regex_wrong(p, "a quantifier or bracket stands where a character is wanted");
	uint32_t code_point = utf8_next(p->text, &p->at);
	if (c == '(')
		return group(p);
	if (c == '\\')
		return escape(p);
	if (c == '.')
		buf_sv(&p->out, p->dot_all ? SV("(?s:.)") : SV("[^\\n\\r]"));
	else if (c == '^')
		buf_sv(&p->out, p->multi_line ? SV("(?m:^)") : SV("(?:\\A)"));
	else if (c == '$')
		buf_sv(&p->out, p->multi_line ? SV("(?=\\n|\\z)") : SV("(?:\\z)"));
	else
		regex_put_char(&p->out, code_point);
	return true;
}

static bool alternatives(struct pattern *p)
{
	while (!at_end(p) && p->text.ptr[p->at] != ')') {
		if (take(p, '|')) {
			buf_byte(&p->out, '|');
			continue;
		}
		if (!atom(p) || !quantifier(p))
			return false;
	}
	return true;
}

/* Flag x: without white space, except in classes. */
static struct sv strip_space(struct arena *arena, struct sv text)
{
	char *out = arena_alloc(arena, text.len + 1);
	size_t len = 0;
	unsigned depth = 0;

	for (size_t i = 0; i < text.len; i++) {
		char c = text.ptr[i];
		if (depth == 0 && (c == ' ' || c == '\t' || c == '\n' || c == '\r'))
			continue;
		depth += c == '[';
		depth -= c == ']' && depth;
		out[len++] = c;
		if (c != '\\')
			continue;
		while (depth == 0 && i + 1 < text.len && strchr(" \t\n\r", text.ptr[i + 1]))
			i++;
		if (i + 1 < text.len)
			out[len++] = text.ptr[++i];
	}
	return (struct sv){ out, len };
}

static bool read_flags(struct pattern *p, struct sv flags, bool *ret_extended, bool *ret_literal)
{
	*ret_extended = *ret_literal = false;
	for (size_t i = 0; i < flags.len; i++) {
		switch (flags.ptr[i]) {
		case 's':
			p->dot_all = true;
			break;
		case 'm':
			p->multi_line = true;
			break;
		case 'i':
			p->ignore_case = true;
			break;
		case 'x':
			*ret_extended = true;
			break;
		case 'q':
			*ret_literal = true;
			break;
		default:
			return regex_wrong(p, "there is no such flag");
		}
	}
	return true;
}

/* ---- PCRE2 ---- */

static void *from_arena(size_t size, void *arena)
{
	return arena_alloc(arena, size);
}

static void keep(void *piece, void *arena)
{
	(void)piece, (void)arena; /* goes with the arena */
}

static struct regex *build(struct arena *arena, struct sv pattern, bool ignore_case, bool literal, const char **ret_why)
{
	struct regex *regex = ARENA_NEW(arena, struct regex);
	pcre2_general_context *memory = pcre2_general_context_create(from_arena, keep, arena);
	pcre2_compile_context *context = pcre2_compile_context_create(memory);
	uint32_t options = PCRE2_UTF | PCRE2_NO_UTF_CHECK | PCRE2_NEVER_BACKSLASH_C | PCRE2_MATCH_UNSET_BACKREF;
	int error;
	size_t where;

	pcre2_set_newline(context, PCRE2_NEWLINE_LF);
	pcre2_set_parens_nest_limit(context, 4 * REGEX_MAX_DEPTH);
	options |= (ignore_case ? PCRE2_CASELESS : 0) | (literal ? PCRE2_LITERAL : 0);
	if (literal)
		options &= ~(uint32_t)PCRE2_NEVER_BACKSLASH_C & ~(uint32_t)PCRE2_MATCH_UNSET_BACKREF;
	regex->code = pcre2_compile((PCRE2_SPTR)pattern.ptr, pattern.len, options, &error, &where, context);
	if (!regex->code) {
		*ret_why = "the pattern is too large";
		return NULL;
	}
	regex->limits = pcre2_match_context_create(memory);
	pcre2_set_match_limit(regex->limits, MATCH_LIMIT);
	pcre2_set_depth_limit(regex->limits, DEPTH_LIMIT);
	pcre2_set_heap_limit(regex->limits, HEAP_LIMIT_KIB);
	pcre2_pattern_info(regex->code, PCRE2_INFO_CAPTURECOUNT, &regex->groups);
	regex->literal = literal;
	return regex;
}

struct regex *regex_compile(struct arena *arena, struct sv pattern, struct sv flags, const char **ret_why)
{
	struct pattern *p = ARENA_NEW(arena, struct pattern);
	bool extended, literal;

	*ret_why = NULL;
	p->text = pattern;
	buf_init(&p->out, arena, REGEX_MAX_OUT);
	if (pattern.len > REGEX_MAX_PATTERN)
		regex_wrong(p, "the pattern is too long");
	else if (read_flags(p, flags, &extended, &literal) && !literal) {
		if (extended)
			p->text = strip_space(arena, pattern);
		if (alternatives(p) && !at_end(p))
			regex_wrong(p, "a parenthesis closes nothing");
		if (p->out.overflow)
			regex_wrong(p, "the pattern is too large");
	}
	*ret_why = p->why;
	if (p->why)
		return NULL;
	return build(arena, literal ? pattern : buf_view(&p->out), p->ignore_case, literal, ret_why);
}

/* Memory of one match: a piece of the stack, and the arena for what does not fit; both are given back at its end. */
struct match_memory {
	_Alignas(16) char bytes[MATCH_STACK];
	size_t used;
	struct arena *arena;
};

static void *match_malloc(size_t size, void *user)
{
	struct match_memory *m = user;
	size_t step = (size + 15) & ~(size_t)15;

	if (step > MATCH_STACK - m->used)
		return arena_alloc(m->arena, size);
	void *piece = m->bytes + m->used;
	m->used += step;
	return piece;
}

int regex_find(struct arena *arena, const struct regex *regex, struct sv text, size_t from, size_t *groups, size_t group_max)
{
	struct arena_mark mark = arena_mark(arena);
	struct match_memory memory;

	memory.used = 0;
	memory.arena = arena;
	pcre2_general_context *general = pcre2_general_context_create(match_malloc, keep, &memory);
	pcre2_match_data *data = pcre2_match_data_create_from_pattern(regex->code, general);
	int rc = pcre2_match(regex->code, (PCRE2_SPTR)text.ptr, text.len, from, PCRE2_NO_UTF_CHECK, data, regex->limits);
	if (rc >= 0) {
		const size_t *found = pcre2_get_ovector_pointer(data);
		size_t count = pcre2_get_ovector_count(data);
		for (size_t i = 0; i < 2 * group_max; i++)
			groups[i] = i < 2 * count ? found[i] : SIZE_MAX;
	}
	assert(rc < 0 || (groups[0] >= from && groups[1] <= text.len && groups[0] <= groups[1])); /* patterns have no look-behind */
	arena_rewind(arena, mark);
	return rc >= 0 ? 1 : rc == PCRE2_ERROR_NOMATCH ? 0 : -1;
}

size_t regex_groups(const struct regex *regex)
{
	return regex->groups;
}

bool regex_is_literal(const struct regex *regex)
{
	return regex->literal;
}
