/* Regular expressions against W3C's cases for matches, replace and tokenize (suites/xpath-regex). The cases are XPath; the
 * small evaluator here knows the part of it that they use. What it does not know is counted as not applicable, and the test
 * fails when fewer than 99 % of the applicable cases pass or when fewer cases apply than before. */
#include "base/xml.h"
#include "engine/feel/feel_int.h"
#include "test/kit/kit.h"

#include "base/banned.h"

enum { MIN_APPLICABLE = 1200, MAX_ITEMS = 400 };

enum item_kind { ITEM_TEXT, ITEM_BOOL, ITEM_NUMBER };

struct item {
	enum item_kind kind;
	struct sv text;
	int64_t number; /* of a boolean too */
};

struct seq {
	struct item at[MAX_ITEMS];
	size_t count;
};

enum outcome { GOOD, WRONG_REGEX, UNKNOWN };

struct xpath {
	struct kit *kit;
	struct sv text;
	size_t at;
	struct sv variable_name;
	struct item variable;
	enum outcome outcome;
	struct feel_run run;
};

static void expression(struct xpath *x, struct seq *ret);

static void skip_space(struct xpath *x)
{
	while (x->at < x->text.len && strchr(" \t\r\n", x->text.ptr[x->at]))
		x->at++;
}

static bool take(struct xpath *x, const char *word)
{
	size_t len = strlen(word);

	skip_space(x);
	if (x->text.len - x->at < len || memcmp(x->text.ptr + x->at, word, len) != 0)
		return false;
	char last = word[len - 1], next = x->at + len < x->text.len ? x->text.ptr[x->at + len] : 0;
	bool letters = ((last | 32) >= 'a' && (last | 32) <= 'z');
	if (letters && (((next | 32) >= 'a' && (next | 32) <= 'z') || next == '-'))
		return false;
	x->at += len;
	return true;
}

static void unknown(struct xpath *x)
{
	if (x->outcome == GOOD)
		x->outcome = UNKNOWN;
	x->at = x->text.len;
}

static void push(struct xpath *x, struct seq *seq, struct item item)
{
	if (seq->count < MAX_ITEMS)
		seq->at[seq->count++] = item;
	else
		unknown(x);
}

static bool literal(struct xpath *x, struct seq *ret)
{
	skip_space(x);
	char quote = x->at < x->text.len ? x->text.ptr[x->at] : 0;
	if (quote != '"' && quote != '\'')
		return false;
	char *out = arena_alloc(&x->kit->arena, x->text.len + 1);
	size_t len = 0;
	for (x->at++; x->at < x->text.len; x->at++) {
		if (x->text.ptr[x->at] == quote) {
			if (x->at + 1 < x->text.len && x->text.ptr[x->at + 1] == quote)
				x->at++;
			else
				break;
		}
		out[len++] = x->text.ptr[x->at];
	}
	x->at++;
	push(x, ret, (struct item){ ITEM_TEXT, { out, len }, 0 });
	return true;
}

static struct item single_item(struct xpath *x, const struct seq *seq)
{
	if (seq->count == 1)
		return seq->at[0];
	if (seq->count > 1)
		unknown(x);
	return (struct item){ ITEM_TEXT, SV(""), 0 };
}

static bool truth(struct xpath *x, const struct seq *seq)
{
	struct item item = single_item(x, seq);

	return seq->count && (item.kind == ITEM_TEXT ? item.text.len > 0 : item.number != 0);
}

static struct seq *new_seq(struct xpath *x)
{
	return ARENA_NEW(&x->kit->arena, struct seq);
}

/* ---- functions ---- */

static struct regex *compile(struct xpath *x, struct sv pattern, struct sv flags)
{
	const char *why;
	struct regex *regex = regex_compile(&x->kit->arena, pattern, flags, &why);

	if (!regex && x->outcome == GOOD)
		x->outcome = WRONG_REGEX;
	return regex;
}

static struct sv text_arg(struct xpath *x, struct seq **args, size_t count, size_t i)
{
	return i < count ? single_item(x, args[i]).text : SV("");
}

static void add_value(struct xpath *x, struct feel_value v, struct seq *ret)
{
	if (v.kind == FEEL_NULL) {
		if (x->outcome == GOOD)
			x->outcome = WRONG_REGEX;
	} else if (v.kind == FEEL_BOOLEAN) {
		push(x, ret, (struct item){ ITEM_BOOL, SV(""), v.boolean });
	} else if (v.kind == FEEL_STRING) {
		push(x, ret, (struct item){ ITEM_TEXT, v.text, 0 });
	} else {
		for (size_t i = 0; i < v.list.count; i++)
			push(x, ret, (struct item){ ITEM_TEXT, v.list.at[i].text, 0 });
	}
}

static void regex_call(struct xpath *x, char which, struct seq **args, size_t count, struct seq *ret)
{
	struct sv input = text_arg(x, args, count, 0), pattern = text_arg(x, args, count, 1);
	size_t flags_at = which == 'r' ? 3 : 2;
	jmp_buf stop;

	if (count < flags_at || count > flags_at + 1 || args[1]->count != 1) {
		unknown(x);
		return;
	}
	struct regex *regex = compile(x, pattern, text_arg(x, args, count, flags_at));
	if (!regex || (which == 't' && input.len == 0))
		return;
	feel_run_init(&x->run, &x->kit->ctx);
	x->run.stop = &stop;
	if (setjmp(stop) == 0) {
		struct feel_value v = which == 'm' ? regex_matches(&x->run, regex, input)
			: which == 'r'             ? regex_replace(&x->run, regex, input, text_arg(x, args, count, 2))
						   : regex_split(&x->run, regex, input);
		add_value(x, v, ret);
	} else {
		fail_msg("a pattern ran into its limit: %.*s", SV_FMT(pattern));
	}
}

static void join(struct xpath *x, const struct seq *parts, struct sv between, struct seq *ret)
{
	struct buf buf;

	buf_init(&buf, &x->kit->arena, 1 << 20);
	for (size_t i = 0; i < parts->count; i++) {
		if (i)
			buf_sv(&buf, between);
		if (parts->at[i].kind == ITEM_NUMBER)
			buf_i64(&buf, parts->at[i].number);
		else
			buf_sv(&buf, parts->at[i].kind == ITEM_TEXT ? parts->at[i].text : parts->at[i].number ? SV("true") : SV("false"));
	}
	push(x, ret, (struct item){ ITEM_TEXT, buf_view(&buf), 0 });
}

static void other_call(struct xpath *x, struct sv name, struct seq **args, size_t count, struct seq *ret)
{
	if (sv_equal_z(name, "not") && count == 1) {
		push(x, ret, (struct item){ ITEM_BOOL, SV(""), !truth(x, args[0]) });
	} else if (sv_equal_z(name, "count") && count == 1) {
		push(x, ret, (struct item){ ITEM_NUMBER, SV(""), (int64_t)args[0]->count });
	} else if (sv_equal_z(name, "string-join") && (count == 1 || count == 2)) {
		join(x, args[0], text_arg(x, args, count, 1), ret);
	} else if (sv_equal_z(name, "concat")) {
		struct seq *all = new_seq(x);
		for (size_t i = 0; i < count; i++) {
			for (size_t j = 0; j < args[i]->count; j++)
				push(x, all, args[i]->at[j]);
		}
		join(x, all, SV(""), ret);
	} else if ((sv_equal_z(name, "true") || sv_equal_z(name, "false")) && count == 0) {
		push(x, ret, (struct item){ ITEM_BOOL, SV(""), sv_equal_z(name, "true") });
	} else {
		unknown(x);
	}
}

static void call(struct xpath *x, struct seq *ret)
{
	struct seq *args[8];
	size_t from = x->at, count = 0;

	while (x->at < x->text.len && (((x->text.ptr[x->at] | 32) >= 'a' && (x->text.ptr[x->at] | 32) <= 'z')
				       || x->text.ptr[x->at] == '-' || x->text.ptr[x->at] == ':'))
		x->at++;
	struct sv name = sv_slice(x->text, from, x->at - from);
	if (sv_has_prefix(name, SV("fn:")))
		name = sv_slice(name, 3, SIZE_MAX);
	if (!take(x, "(")) {
		unknown(x);
		return;
	}
	while (!take(x, ")") && x->at < x->text.len && count < 8) {
		args[count] = new_seq(x);
		expression(x, args[count++]);
		take(x, ",");
	}
	if (x->outcome == UNKNOWN)
		return;
	if (sv_equal_z(name, "matches") || sv_equal_z(name, "replace") || sv_equal_z(name, "tokenize"))
		regex_call(x, name.ptr[0], args, count, ret);
	else
		other_call(x, name, args, count, ret);
}

static void quantified(struct xpath *x, struct seq *ret)
{
	struct seq *in = new_seq(x);
	size_t from, body, end;
	bool all = true;

	if (!take(x, "$")) {
		unknown(x);
		return;
	}
	from = x->at;
	while (x->at < x->text.len && x->text.ptr[x->at] != ' ')
		x->at++;
	x->variable_name = sv_slice(x->text, from, x->at - from);
	take(x, "in");
	expression(x, in);
	if (!take(x, "satisfies")) {
		unknown(x);
		return;
	}
	body = end = x->at;
	for (size_t i = 0; i < in->count || i == 0; i++) {
		struct seq *result = new_seq(x);
		x->at = body;
		x->variable = i < in->count ? in->at[i] : (struct item){ ITEM_TEXT, SV(""), 0 };
		expression(x, result);
		end = x->at;
		if (i < in->count)
			all = all && truth(x, result);
	}
	x->at = end;
	push(x, ret, (struct item){ ITEM_BOOL, SV(""), all });
}

static void primary(struct xpath *x, struct seq *ret)
{
	skip_space(x);
	if (x->at >= x->text.len) {
		unknown(x);
	} else if (literal(x, ret)) {
		return;
	} else if (take(x, "(")) {
		while (!take(x, ")") && x->at < x->text.len) {
			struct seq *part = new_seq(x);
			expression(x, part);
			for (size_t i = 0; i < part->count; i++)
				push(x, ret, part->at[i]);
			take(x, ",");
		}
	} else if (take(x, "every")) {
		quantified(x, ret);
	} else if (x->text.ptr[x->at] == '$') {
		x->at += 1 + x->variable_name.len;
		push(x, ret, x->variable);
	} else if (x->text.ptr[x->at] >= '0' && x->text.ptr[x->at] <= '9') {
		int64_t n = 0;
		while (x->at < x->text.len && x->text.ptr[x->at] >= '0' && x->text.ptr[x->at] <= '9')
			n = n * 10 + (x->text.ptr[x->at++] - '0');
		push(x, ret, (struct item){ ITEM_NUMBER, SV(""), n });
	} else {
		call(x, ret);
	}
}

static void conjunction(struct xpath *x, struct seq *ret)
{
	primary(x, ret);
	while (take(x, "and")) {
		struct seq *right = new_seq(x);
		primary(x, right);
		bool both = truth(x, ret) && truth(x, right);
		ret->count = 0;
		push(x, ret, (struct item){ ITEM_BOOL, SV(""), both });
	}
}

static void expression(struct xpath *x, struct seq *ret)
{
	conjunction(x, ret);
	while (take(x, "or")) {
		struct seq *right = new_seq(x);
		conjunction(x, right);
		bool either = truth(x, ret) || truth(x, right);
		ret->count = 0;
		push(x, ret, (struct item){ ITEM_BOOL, SV(""), either });
	}
}

static enum outcome evaluate(struct kit *kit, struct sv text, struct seq *ret)
{
	struct xpath x = { .kit = kit, .text = text };

	expression(&x, ret);
	while (x.outcome != UNKNOWN && take(&x, ",")) {
		struct seq *more = new_seq(&x);
		expression(&x, more);
		for (size_t i = 0; i < more->count; i++)
			push(&x, ret, more->at[i]);
	}
	skip_space(&x);
	if (x.outcome == GOOD && x.at < x.text.len)
		return UNKNOWN;
	return x.outcome;
}

/* ---- cases ---- */

enum verdict { PASS, FAIL, NOT_APPLICABLE };

static bool same_items(const struct seq *a, const struct seq *b)
{
	if (a->count != b->count)
		return false;
	for (size_t i = 0; i < a->count; i++) {
		if (a->at[i].kind != b->at[i].kind || a->at[i].number != b->at[i].number || !sv_equal(a->at[i].text, b->at[i].text))
			return false;
	}
	return true;
}

static enum verdict judge(struct kit *kit, const struct xml *want, enum outcome outcome, const struct seq *got);

static enum verdict judge_any(struct kit *kit, const struct xml *want, enum outcome outcome, const struct seq *got)
{
	enum verdict best = NOT_APPLICABLE;

	for (const struct xml *c = xml_child(want, NULL, NULL); c && best != PASS; c = xml_next(c, NULL, NULL)) {
		enum verdict v = judge(kit, c, outcome, got);
		if (v != NOT_APPLICABLE)
			best = v;
	}
	return best;
}

static enum verdict judge_value(struct kit *kit, const struct xml *want, const struct seq *got)
{
	struct xpath x = { .kit = kit };
	struct seq *expected = ARENA_NEW(&kit->arena, struct seq);

	if (sv_equal_z(want->name, "assert-true") || sv_equal_z(want->name, "assert-false"))
		return truth(&x, got) == sv_equal_z(want->name, "assert-true") ? PASS : FAIL;
	if (sv_equal_z(want->name, "assert-empty"))
		return got->count == 0 ? PASS : FAIL;
	if (sv_equal_z(want->name, "assert-string-value")) {
		join(&x, got, SV(" "), expected);
		struct sv normal = want->text.ptr ? want->text : SV("");
		return sv_equal(expected->at[0].text, normal) ? PASS : FAIL;
	}
	if (sv_equal_z(want->name, "assert-eq") || sv_equal_z(want->name, "assert-deep-eq"))
		return evaluate(kit, want->text, expected) == UNKNOWN ? NOT_APPLICABLE : same_items(got, expected) ? PASS : FAIL;
	return NOT_APPLICABLE;
}

static enum verdict judge(struct kit *kit, const struct xml *want, enum outcome outcome, const struct seq *got)
{
	if (sv_equal_z(want->name, "any-of"))
		return judge_any(kit, want, outcome, got);
	if (sv_equal_z(want->name, "error")) {
		if (!sv_has_prefix(xml_attr(want, "code"), SV("FORX")))
			return NOT_APPLICABLE; /* of XPath's types and arguments */
		return outcome == WRONG_REGEX ? PASS : FAIL;
	}
	return outcome == WRONG_REGEX ? FAIL : judge_value(kit, want, got);
}

/* For other languages than XPath 3.1, other Schema versions than 1.1, or other features. */
static bool depends_otherwise(const struct xml *test)
{
	for (const struct xml *d = xml_child(test, NULL, "dependency"); d; d = xml_next(d, NULL, "dependency")) {
		struct sv type = xml_attr(d, "type"), value = xml_attr(d, "value");
		if (sv_equal_z(type, "feature") || sv_equal_z(type, "xml-version"))
			return true;
		if (sv_equal_z(type, "xsd-version") && !sv_equal_z(value, "1.1"))
			return true;
		if (sv_equal_z(type, "spec") && sv_find(value, SV("XP30+"), 0) == SIZE_MAX && sv_find(value, SV("XP20+"), 0) == SIZE_MAX
			&& sv_find(value, SV("XP31+"), 0) == SIZE_MAX)
			return true;
	}
	return false;
}

static enum verdict run_case(struct kit *kit, const struct xml *test)
{
	const struct xml *text = xml_child(test, NULL, "test"), *result = xml_child(test, NULL, "result");
	struct seq *got = ARENA_NEW(&kit->arena, struct seq);

	if (depends_otherwise(test) || !text || !result)
		return NOT_APPLICABLE;
	enum outcome outcome = evaluate(kit, text->text, got);
	if (outcome == UNKNOWN)
		return NOT_APPLICABLE;
	return judge(kit, xml_child(result, NULL, NULL), outcome, got);
}

static void test_suite(void **state)
{
	static const char *const files[] = { "matches.re.xml", "matches.xml", "replace.xml", "tokenize.xml" };
	struct kit *kit = *state;
	const char *suites = kit_suites();
	size_t tally[3] = { 0 };

	if (!suites) {
		print_message("skipped: the outside suites are not here\n");
		skip();
	}
	for (size_t i = 0; i < 4; i++) {
		struct xml *root;
		struct sv path = arena_printf(&kit->arena, "%s/xpath-regex/%s", suites, files[i]);
		assert_ok(kit, xml_parse(&kit->ctx, path, kit_file(kit, path.ptr), &root));
		for (const struct xml *t = xml_child(root, NULL, "test-case"); t; t = xml_next(t, NULL, "test-case")) {
			struct arena_mark mark = arena_mark(&kit->arena);
			enum verdict verdict = run_case(kit, t);
			tally[verdict]++;
			if (verdict == FAIL)
				print_message("%s: %.*s\n", files[i], SV_FMT(xml_attr(t, "name")));
			arena_rewind(&kit->arena, mark);
		}
	}
	print_message("%zu of %zu applicable cases pass, %zu do not apply\n", tally[PASS], tally[PASS] + tally[FAIL], tally[NOT_APPLICABLE]);
	assert_true(tally[PASS] * 100 >= (tally[PASS] + tally[FAIL]) * 99);
	assert_true(tally[PASS] + tally[FAIL] >= MIN_APPLICABLE);
}

static void test_limits(void **state)
{
	struct kit *kit = *state;
	const char *why;
	size_t groups[2];
	char text[64];
	struct regex *regex = regex_compile(&kit->arena, SV("^(a+)+$"), SV(""), &why);

	memset(text, 'a', sizeof(text));
	text[63] = 'b';
	assert_non_null(regex);
	assert_int_equal(regex_find(&kit->arena, regex, (struct sv){ text, sizeof(text) }, 0, groups, 1), -1);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(test_suite, kit_setup, kit_teardown),
		cmocka_unit_test_setup_teardown(test_limits, kit_setup, kit_teardown),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
