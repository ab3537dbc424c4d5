/* The parser of FEEL: recursive descent over DMN 1.5's grammar (section 10.3.1.2) into a tree. Names are matched against
 * what is in scope, longest first; where nothing matches, neighbouring words make one name. */
#include <assert.h>

#include "engine/feel/feel_int.h"
#include "engine/feel/parse_int.h"

#include "base/banned.h"

enum rc parse_fail(struct parser *p, const char *msgid)
{
	struct sv found = p->token.kind == T_END ? SV("end of text") : scan_text(&p->scan, p->token);
	struct arena *arena = p->b->arena;

	assert(msgid);
	return fail_at(p->b->ctx, RC_INVALID, p->b->scope.file, p->token.line, msgid,
		ARGS({ "found", arena_copy(arena, sv_slice(found, 0, 80)) }, { "source", sv_slice(p->scan.text, 0, 200) }));
}

void parse_step(struct parser *p)
{
	p->last_to = p->token.to;
	p->token = scan_next(&p->scan);
}

/* Continues behind byte `at`. */
void parse_jump(struct parser *p, size_t at)
{
	assert(at >= p->token.from);
	for (size_t i = p->token.from; i < at; i++)
		p->scan.line += i >= p->token.to && p->scan.text.ptr[i] == '\n';
	p->scan.at = at;
	p->scan.line = p->token.line;
	p->last_to = at;
	p->token = scan_next(&p->scan);
}

bool parse_is(const struct parser *p, const char *text)
{
	return (p->token.kind == T_PUNCT || p->token.kind == T_NAME) && sv_equal_z(scan_text(&p->scan, p->token), text);
}

bool parse_take(struct parser *p, const char *text)
{
	if (!parse_is(p, text))
		return false;
	parse_step(p);
	return true;
}

enum rc parse_want(struct parser *p, const char *text)
{
	if (parse_take(p, text))
		return RC_OK;
	return fail_at(p->b->ctx, RC_INVALID, p->b->scope.file, p->token.line,
		N_("The expression needs \"{wanted}\" where it has \"{found}\". Correct the expression."),
		ARGS({ "wanted", sv_of(text) },
			{ "found", p->token.kind == T_END ? SV("end of text")
							  : arena_copy(p->b->arena, sv_slice(scan_text(&p->scan, p->token), 0, 80)) }));
}

enum rc parse_deeper(struct parser *p)
{
	if (++p->depth <= FEEL_MAX_NESTING)
		return RC_OK;
	return parse_fail(p, N_("The expression is nested too deeply. Split it into smaller ones."));
}

static struct feel_node *node_of(struct parser *p, enum node_kind kind, struct feel_node *a, struct feel_node *b, struct feel_node *c)
{
	struct feel_node *node = node_new(p->b, kind, p->token.line);
	struct feel_node *kids[] = { a, b, c };

	node->count = c ? 3 : b ? 2 : 1;
	node->kids = ARENA_ARRAY(p->b->arena, struct feel_node *, node->count);
	memcpy(node->kids, kids, node->count * sizeof(kids[0]));
	return node;
}

struct level {
	const char *op;
	enum node_kind kind;
};

static const struct level *find_op(const struct parser *p, const struct level *ops, size_t count)
{
	for (size_t i = 0; i < count; i++) {
		if (parse_is(p, ops[i].op))
			return &ops[i];
	}
	return NULL;
}

typedef enum rc parse_fn(struct parser *p, struct feel_node **ret);

static enum rc parse_left(struct parser *p, const struct level *ops, size_t count, parse_fn *lower, struct feel_node **ret)
{
	struct feel_node *left, *right;
	const struct level *op;

	TRY(lower(p, &left));
	while ((op = find_op(p, ops, count))) {
		uint32_t line = p->token.line;
		parse_step(p);
		TRY(lower(p, &right));
		left = node_of(p, op->kind, left, right, NULL);
		left->line = line;
	}
	*ret = left;
	return RC_OK;
}

static enum rc parse_unary(struct parser *p, struct feel_node **ret)
{
	if (!parse_is(p, "-"))
		return parse_postfix(p, ret);
	struct feel_node *inner;
	TRY(parse_deeper(p));
	parse_step(p);
	TRY(parse_unary(p, &inner));
	p->depth--;
	*ret = node_of(p, N_NEGATE, inner, NULL, NULL);
	return RC_OK;
}

static enum rc parse_instance(struct parser *p, struct feel_node **ret)
{
	struct feel_node *node;

	TRY(parse_unary(p, &node));
	while (parse_is(p, "instance")) {
		parse_step(p);
		TRY(parse_want(p, "of"));
		struct feel_node *test = node_of(p, N_INSTANCE, node, NULL, NULL);
		TRY(parse_type(p, &test->type));
		node = test;
	}
	*ret = node;
	return RC_OK;
}

static enum rc parse_power(struct parser *p, struct feel_node **ret)
{
	static const struct level ops[] = { { "**", N_POW } };

	return parse_left(p, ops, 1, parse_instance, ret);
}

static enum rc parse_product(struct parser *p, struct feel_node **ret)
{
	static const struct level ops[] = { { "*", N_MUL }, { "/", N_DIV } };

	return parse_left(p, ops, 2, parse_power, ret);
}

enum rc parse_sum(struct parser *p, struct feel_node **ret)
{
	static const struct level ops[] = { { "+", N_ADD }, { "-", N_SUB } };

	return parse_left(p, ops, 2, parse_product, ret);
}

static const struct level comparisons[] = { { "=", N_EQUAL }, { "!=", N_UNEQUAL }, { "<=", N_LESS_EQUAL }, { ">=", N_GREATER_EQUAL },
	{ "<", N_LESS }, { ">", N_GREATER } };

bool parse_comparison_op(const struct parser *p, enum node_kind *ret)
{
	const struct level *op = find_op(p, comparisons, sizeof(comparisons) / sizeof(comparisons[0]));

	if (op)
		*ret = op->kind;
	return op != NULL;
}

static enum rc parse_between(struct parser *p, struct feel_node **node)
{
	struct feel_node *low, *high;

	parse_step(p);
	TRY(parse_sum(p, &low));
	TRY(parse_want(p, "and"));
	TRY(parse_sum(p, &high));
	*node = node_of(p, N_BETWEEN, *node, low, high);
	return RC_OK;
}

static enum rc parse_test(struct parser *p, struct feel_node **ret);

/* What may stand behind `in`: a test, or several in parentheses. */
static enum rc parse_in(struct parser *p, struct feel_node **node)
{
	struct feel_node *test, *tests = node_new(p->b, N_IN, p->token.line);
	struct { VEC(struct feel_node *); } kids = { 0 };

	parse_step(p);
	*VEC_PUSH(p->b->arena, &kids) = *node;
	struct parser before = *p;
	if (parse_take(p, "(")) {
		do {
			TRY(parse_test(p, &test));
			*VEC_PUSH(p->b->arena, &kids) = test;
		} while (parse_take(p, ","));
		if (parse_take(p, ")")) {
			tests->kids = kids.at;
			tests->count = kids.len;
			*node = tests;
			return RC_OK;
		}
		*p = before; /* an interval such as (1..5] */
		kids.len = 1;
	}
	TRY(parse_test(p, &test));
	*VEC_PUSH(p->b->arena, &kids) = test;
	tests->kids = kids.at;
	tests->count = kids.len;
	*node = tests;
	return RC_OK;
}

static enum rc parse_comparison(struct parser *p, struct feel_node **ret)
{
	struct feel_node *node, *right;
	enum node_kind kind;

	TRY(parse_sum(p, &node));
	for (;;) {
		if (parse_comparison_op(p, &kind)) {
			parse_step(p);
			TRY(parse_sum(p, &right));
			node = node_of(p, kind, node, right, NULL);
		} else if (parse_is(p, "between")) {
			TRY(parse_between(p, &node));
		} else if (parse_is(p, "in")) {
			TRY(parse_in(p, &node));
		} else {
			*ret = node;
			return RC_OK;
		}
	}
}

static enum rc parse_and(struct parser *p, struct feel_node **ret)
{
	static const struct level ops[] = { { "and", N_AND } };

	return parse_left(p, ops, 1, parse_comparison, ret);
}

enum rc parse_expression(struct parser *p, struct feel_node **ret)
{
	static const struct level ops[] = { { "or", N_OR } };

	TRY(parse_deeper(p));
	TRY(parse_left(p, ops, 1, parse_and, ret));
	p->depth--;
	return RC_OK;
}

/* ---- tests ---- */

/* "> 3", "[1..5]", or an expression. */
static enum rc parse_test(struct parser *p, struct feel_node **ret)
{
	struct feel_node *node, *end;
	enum node_kind op;
	bool outer = p->saw_input;

	p->saw_input = false;
	if (parse_comparison_op(p, &op)) {
		parse_step(p);
		TRY(parse_sum(p, &end));
		node = node_of(p, N_TEST, end, NULL, NULL);
		node->op = op;
	} else {
		TRY(parse_expression(p, &node));
		node->has_input = p->saw_input;
	}
	p->saw_input |= outer;
	*ret = node;
	return RC_OK;
}

static enum rc parse_test_list(struct parser *p, enum node_kind kind, struct feel_node **ret)
{
	struct { VEC(struct feel_node *); } kids = { 0 };
	struct feel_node *node = node_new(p->b, kind, p->token.line);

	do {
		struct feel_node *test;
		TRY(parse_test(p, &test));
		*VEC_PUSH(p->b->arena, &kids) = test;
	} while (parse_take(p, ","));
	node->kids = kids.at;
	node->count = kids.len;
	*ret = node;
	return RC_OK;
}

static enum rc parse_unary_tests(struct parser *p, struct feel_node **ret)
{
	if (parse_is(p, "-")) {
		struct parser before = *p;
		parse_step(p);
		if (p->token.kind == T_END) {
			*ret = node_new(p->b, N_ANYTHING, p->token.line);
			return RC_OK;
		}
		*p = before;
	}
	if (parse_is(p, "not")) {
		struct parser before = *p;
		parse_step(p);
		if (parse_take(p, "(")) {
			TRY(parse_test_list(p, N_NOT_TESTS, ret));
			TRY(parse_want(p, ")"));
			if (p->token.kind == T_END)
				return RC_OK;
		}
		*p = before;
	}
	return parse_test_list(p, N_TESTS, ret);
}

enum rc feel_parse(struct feel_builder *b, struct sv source, uint32_t line, bool tests, struct feel_node **ret)
{
	struct parser p = { .b = b, .scan = { .text = source, .line = line ? line : 1 } };
	struct feel_node *node;

	p.token.line = p.scan.line;
	if (source.len > FEEL_MAX_SOURCE)
		return parse_fail(&p, N_("The expression is too long. Split it into smaller ones."));
	parse_step(&p);
	TRY(tests ? parse_unary_tests(&p, &node) : parse_expression(&p, &node));
	if (p.token.kind != T_END)
		return parse_fail(&p, N_("The expression goes on with \"{found}\" where it should end. Correct the expression."));
	*ret = node;
	return RC_OK;
}
