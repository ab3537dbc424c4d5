/* Built-in functions on texts (DMN 1.5 section 10.3.4.3). Positions count code points from 1. */
#include <assert.h>

#include "base/utf8.h"
#include "engine/feel/builtin_int.h"

#include "base/banned.h"

BUILTIN(fn_string_length)
{
	struct sv text;

	(void)count;
	if (!as_text(args[0], &text))
		return bad("string length");
	feel_charge(run, text.len / 64 + 1);
	return feel_i64((int64_t)utf8_count(text));
}

/* Byte position of the n-th code point from 0; the text's length when there is none. */
static size_t byte_of(struct sv text, size_t n)
{
	size_t at = 0;

	while (n-- > 0 && at < text.len)
		utf8_next(text, &at);
	return at;
}

BUILTIN(fn_substring)
{
	struct sv text;
	int64_t start, length = INT64_MAX;

	if (!as_text(args[0], &text) || !as_integer(args[1], &start) || start == 0
		|| (count > 2 && args[2].kind != FEEL_NULL && (!as_integer(args[2], &length) || length < 1)))
		return bad("substring");
	feel_charge(run, text.len / 64 + 1);
	int64_t total = (int64_t)utf8_count(text), from = start > 0 ? start - 1 : total + start;
	if (from < 0 || from >= total)
		return bad("substring");
	size_t at = byte_of(text, (size_t)from);
	struct sv rest = sv_slice(text, at, SIZE_MAX);
	return feel_text(length >= total - from ? rest : sv_slice(rest, 0, byte_of(rest, (size_t)length)));
}

static bool two_texts(const struct feel_value *args, struct sv *a, struct sv *b)
{
	return as_text(args[0], a) && as_text(args[1], b);
}

/* Letters of ASCII change by one bit; texts with others go to Unicode's rules. */
static struct feel_value change_case(struct feel_run *run, struct sv text, char first, struct sv (*general)(struct arena *, struct sv))
{
	unsigned char high = 0;

	feel_charge(run, text.len / 64 + 1);
	for (size_t i = 0; i < text.len; i++)
		high |= (unsigned char)text.ptr[i];
	if (high & 0x80)
		return feel_text(general(run->ctx->arena, text));
	char *out = feel_alloc(run, text.len + 1, 1);
	for (size_t i = 0; i < text.len; i++)
		out[i] = (char)(text.ptr[i] ^ ((unsigned char)(text.ptr[i] - first) < 26 ? 0x20 : 0));
	return feel_text((struct sv){ out, text.len });
}

BUILTIN(fn_upper_case)
{
	struct sv text;

	(void)count;
	return as_text(args[0], &text) ? change_case(run, text, 'a', utf8_upper) : bad("upper case");
}

BUILTIN(fn_lower_case)
{
	struct sv text;

	(void)count;
	return as_text(args[0], &text) ? change_case(run, text, 'A', utf8_lower) : bad("lower case");
}

BUILTIN(fn_substring_before)
{
	struct sv text, match;

	(void)run, (void)count;
	if (!two_texts(args, &text, &match))
		return bad("substring before");
	size_t at = sv_find(text, match, 0);
	return feel_text(at == SIZE_MAX ? SV("") : sv_slice(text, 0, at));
}

BUILTIN(fn_substring_after)
{
	struct sv text, match;

	(void)run, (void)count;
	if (!two_texts(args, &text, &match))
		return bad("substring after");
	size_t at = sv_find(text, match, 0);
	return feel_text(at == SIZE_MAX ? SV("") : sv_slice(text, at + match.len, SIZE_MAX));
}

BUILTIN(fn_contains)
{
	struct sv text, match;

	(void)run, (void)count;
	return two_texts(args, &text, &match) ? feel_boolean(sv_find(text, match, 0) != SIZE_MAX) : bad("contains");
}

BUILTIN(fn_starts_with)
{
	struct sv text, match;

	(void)run, (void)count;
	return two_texts(args, &text, &match) ? feel_boolean(sv_has_prefix(text, match)) : bad("starts with");
}

BUILTIN(fn_ends_with)
{
	struct sv text, match;

	(void)run, (void)count;
	return two_texts(args, &text, &match) ? feel_boolean(sv_has_suffix(text, match)) : bad("ends with");
}

/* string join(list, delimiter): null elements are left out. */
BUILTIN(fn_string_join)
{
	const struct feel_value *items;
	size_t n, total = 0, used = 0;
	struct sv delimiter = SV("");

	if (!as_list(&args[0], &items, &n) || (count > 1 && args[1].kind != FEEL_NULL && !as_text(args[1], &delimiter)))
		return bad("string join");
	for (size_t i = 0; i < n; i++) {
		if (items[i].kind != FEEL_STRING && items[i].kind != FEEL_NULL)
			return bad("string join");
		total += (items[i].kind == FEEL_STRING ? items[i].text.len : 0) + delimiter.len;
	}
	feel_charge(run, total / 64 + n / 8 + 1);
	char *out = feel_alloc(run, total + 1, 1);
	size_t at = 0;
	for (size_t i = 0; i < n; i++) {
		if (items[i].kind != FEEL_STRING)
			continue;
		if (used++) {
			memcpy(out + at, delimiter.ptr, delimiter.len);
			at += delimiter.len;
		}
		memcpy(out + at, items[i].text.ptr, items[i].text.len);
		at += items[i].text.len;
	}
	return feel_text((struct sv){ out, at });
}

/* ---- regular expressions ---- */

#define WRONG_PATTERN N_("The pattern of {what} is not a regular expression of XPath.")

static bool flags_of(const struct feel_value *args, size_t count, size_t at, struct sv *ret)
{
	*ret = SV("");
	return count <= at || args[at].kind == FEEL_NULL || as_text(args[at], ret);
}

static struct regex *pattern_of(struct feel_run *run, const struct feel_value *args, size_t count, size_t flags_at)
{
	struct sv pattern, flags;
	const char *why;

	if (!as_text(args[1], &pattern) || !flags_of(args, count, flags_at, &flags))
		return NULL;
	feel_charge(run, pattern.len / 8 + 1);
	return regex_compile(run->ctx->arena, pattern, flags, &why);
}

/* One search may take as long as many steps, up to the limit of the matcher; so it counts as many, and the clock is looked at. */
enum { SEARCH_STEPS = 128, SEARCH_BYTES_A_STEP = 64 };

static bool search(struct feel_run *run, const struct regex *regex, struct sv text, size_t from, size_t *groups, size_t group_max)
{
	feel_charge(run, SEARCH_STEPS);
	int found = regex_find(run->ctx->arena, regex, text, from, groups, group_max);
	if (found < 0)
		feel_stop(run, N_("A pattern took too many steps to match. Simplify the pattern."));
	size_t end = found ? groups[1] : text.len;
	assert(end >= from);
	feel_charge(run, (end - from) / SEARCH_BYTES_A_STEP);
	return found;
}

struct feel_value regex_matches(struct feel_run *run, const struct regex *regex, struct sv text)
{
	size_t groups[2];

	return feel_boolean(search(run, regex, text, 0, groups, 1));
}

BUILTIN(fn_matches)
{
	struct sv text;
	struct regex *regex = pattern_of(run, args, count, 2);

	if (!as_text(args[0], &text))
		return bad("matches");
	return regex ? regex_matches(run, regex, text) : feel_null_because(WRONG_PATTERN, "matches");
}

enum { MAX_GROUPS = 100, TEXT_MAX = 16 << 20 };

/* One "$12" of a replacement: the longest number that names a group. Moves *at behind it. */
static size_t group_number(struct sv text, size_t *at, size_t groups)
{
	size_t n = 0;

	for (size_t digits = 0; *at < text.len && text.ptr[*at] >= '0' && text.ptr[*at] <= '9'; digits++) {
		size_t next = n * 10 + (size_t)(text.ptr[*at] - '0');
		if (digits && next > groups)
			break;
		n = next;
		(*at)++;
	}
	return n;
}

/* false when the replacement is malformed. */
static bool add_replacement(struct buf *buf, const struct regex *regex, struct sv text, struct sv replacement, const size_t *groups)
{
	size_t at = 0;

	if (regex_is_literal(regex)) {
		buf_sv(buf, replacement);
		return true;
	}
	while (at < replacement.len) {
		char c = replacement.ptr[at++];
		if (c == '\\') {
			if (at == replacement.len || (replacement.ptr[at] != '\\' && replacement.ptr[at] != '$'))
				return false;
			buf_byte(buf, replacement.ptr[at++]);
		} else if (c == '$') {
			if (at == replacement.len || replacement.ptr[at] < '0' || replacement.ptr[at] > '9')
				return false;
			size_t n = group_number(replacement, &at, regex_groups(regex));
			if (n <= regex_groups(regex) && n < MAX_GROUPS && groups[2 * n] != SIZE_MAX)
				buf_sv(buf, sv_slice(text, groups[2 * n], groups[2 * n + 1] - groups[2 * n]));
		} else {
			buf_byte(buf, c);
		}
	}
	return true;
}

static bool matches_nothing(struct feel_run *run, const struct regex *regex)
{
	size_t groups[2];

	return search(run, regex, SV(""), 0, groups, 1);
}

struct feel_value regex_replace(struct feel_run *run, const struct regex *regex, struct sv text, struct sv replacement)
{
	size_t groups[2 * MAX_GROUPS], at = 0;
	struct buf buf;

	if (matches_nothing(run, regex))
		return feel_null_because(N_("The pattern of {what} matches the empty text."), "replace");
	buf_init(&buf, run->ctx->arena, TEXT_MAX);
	/* A replacement is checked even when nothing matches. */
	for (size_t i = 0; i < 2 * MAX_GROUPS; i++)
		groups[i] = SIZE_MAX;
	if (!add_replacement(&buf, regex, text, replacement, groups))
		return bad("replace");
	buf_clear(&buf);
	while (search(run, regex, text, at, groups, MAX_GROUPS) && groups[1] > groups[0]) {
		buf_sv(&buf, sv_slice(text, at, groups[0] - at));
		add_replacement(&buf, regex, text, replacement, groups);
		at = groups[1];
	}
	buf_sv(&buf, sv_slice(text, at, SIZE_MAX));
	return buf.overflow ? feel_null_because(N_("The text is too long."), NULL) : feel_text(buf_view(&buf));
}

BUILTIN(fn_replace)
{
	struct sv text, replacement;
	struct regex *regex = pattern_of(run, args, count, 3);

	if (!as_text(args[0], &text) || !as_text(args[2], &replacement))
		return bad("replace");
	return regex ? regex_replace(run, regex, text, replacement) : feel_null_because(WRONG_PATTERN, "replace");
}

struct feel_value regex_split(struct feel_run *run, const struct regex *regex, struct sv text)
{
	struct list_out out = { .run = run };
	size_t groups[2], at = 0;

	if (matches_nothing(run, regex))
		return feel_null_because(N_("The pattern of {what} matches the empty text."), "split");
	while (search(run, regex, text, at, groups, 1) && groups[1] > groups[0]) {
		list_add(&out, feel_text(sv_slice(text, at, groups[0] - at)));
		at = groups[1];
	}
	list_add(&out, feel_text(sv_slice(text, at, SIZE_MAX)));
	return list_done(&out);
}

BUILTIN(fn_split)
{
	struct sv text;
	struct regex *regex = pattern_of(run, args, count, 2);

	if (!as_text(args[0], &text))
		return bad("split");
	return regex ? regex_split(run, regex, text) : feel_null_because(WRONG_PATTERN, "split");
}
