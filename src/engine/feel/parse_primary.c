/* What operators stand between in FEEL: literals, names, paths, filters, calls, lists, contexts, ranges, functions, and the
 * forms if, for, some and every. See parse_int.h. */
#include "engine/feel/parse_int.h"

#include "base/banned.h"

typedef struct { VEC(struct feel_node *); } node_vec;
typedef struct { VEC(struct feel_member); } member_vec;

static struct feel_node *constant(struct parser *p, struct feel_value value)
{
	struct feel_node *node = node_new(p->b, N_CONST, p->token.line);

	node->value = value;
	return node;
}

static void set_kids(struct feel_node *node, const node_vec *kids)
{
	node->kids = kids->at;
	node->count = kids->len;
}

static enum rc parse_number(struct parser *p, struct feel_node **ret)
{
	struct feel_value value = feel_number_text(scan_text(&p->scan, p->token));

	*ret = constant(p, value);
	parse_step(p);
	return RC_OK;
}

static enum rc parse_string_text(struct parser *p, struct sv *ret)
{
	struct sv inside = sv_slice(p->scan.text, p->token.from + 1, p->token.to - p->token.from - 2);

	if (p->token.kind != T_STRING)
		return parse_fail(p, N_("The expression needs a text in quotation marks where it has \"{found}\"."));
	if (!scan_string(p->b->arena, inside, ret))
		return parse_fail(p, N_("The text {found} has a wrong escape. Write \\uXXXX with four hexadecimal digits."));
	parse_step(p);
	return RC_OK;
}

static enum rc parse_at_literal(struct parser *p, struct feel_node **ret)
{
	struct feel_zone *zones = NULL;
	struct temporal t = { p->b->arena, &zones };
	struct feel_value value;
	struct sv text;

	parse_step(p);
	TRY(parse_string_text(p, &text));
	if (!parse_temporal(&t, text, &value))
		value = feel_null_because(N_("The text {what} is no date, time or duration."), arena_z(p->b->arena, text));
	*ret = constant(p, value);
	return RC_OK;
}

/* ---- ranges, lists, parentheses ---- */

static bool ends_range(const struct parser *p)
{
	return parse_is(p, ")") || parse_is(p, "]") || parse_is(p, "[");
}

static struct feel_node *make_range(struct parser *p, struct feel_node *low, struct feel_node *high, bool low_closed, bool high_closed)
{
	struct feel_node *node = node_new(p->b, N_RANGE, p->token.line);

	node->kids = ARENA_ARRAY(p->b->arena, struct feel_node *, 2);
	node->kids[0] = low;
	node->kids[1] = high;
	node->count = 2;
	node->low_closed = low_closed;
	node->high_closed = high_closed;
	return node;
}

/* At "..". */
static enum rc parse_range_end(struct parser *p, struct feel_node *low, bool low_closed, struct feel_node **ret)
{
	struct feel_node *high;
	bool outer = p->range_end;

	parse_step(p);
	p->range_end = true;
	enum rc rc = parse_sum(p, &high);
	p->range_end = outer;
	TRY(rc);
	if (!ends_range(p))
		return parse_want(p, "]");
	bool high_closed = parse_is(p, "]");
	parse_step(p);
	*ret = make_range(p, low, high, low_closed, high_closed);
	return RC_OK;
}

static enum rc parse_comparison_value(struct parser *p, enum node_kind op, struct feel_node **ret)
{
	struct feel_node *node = node_new(p->b, N_TEST, p->token.line), *end;

	parse_step(p);
	TRY(parse_sum(p, &end));
	node->kids = ARENA_ARRAY(p->b->arena, struct feel_node *, 1);
	node->kids[0] = end;
	node->count = 1;
	node->op = op;
	*ret = node;
	return RC_OK;
}

static enum rc parse_parentheses(struct parser *p, struct feel_node **ret)
{
	bool outer = p->range_end;
	enum node_kind op;

	parse_step(p);
	p->range_end = false;
	if (parse_comparison_op(p, &op))
		TRY(parse_comparison_value(p, op, ret));
	else
		TRY(parse_expression(p, ret));
	p->range_end = outer;
	if (parse_is(p, ".."))
		return parse_range_end(p, *ret, false, ret);
	return parse_want(p, ")");
}

static enum rc parse_bracket(struct parser *p, struct feel_node **ret)
{
	struct feel_node *node = node_new(p->b, N_LIST, p->token.line), *item;
	node_vec items = { 0 };
	bool outer = p->range_end;

	parse_step(p);
	p->range_end = false;
	while (!parse_is(p, "]")) {
		enum node_kind op;
		if (parse_comparison_op(p, &op))
			TRY(parse_comparison_value(p, op, &item));
		else
			TRY(parse_expression(p, &item));
		*VEC_PUSH(p->b->arena, &items) = item;
		if (items.len == 1 && parse_is(p, "..")) {
			p->range_end = outer;
			return parse_range_end(p, item, true, ret);
		}
		if (!parse_take(p, ","))
			break;
	}
	p->range_end = outer;
	set_kids(node, &items);
	*ret = node;
	return parse_want(p, "]");
}

static enum rc parse_open_range(struct parser *p, struct feel_node **ret)
{
	struct feel_node *low;

	parse_step(p);
	TRY(parse_sum(p, &low));
	if (!parse_is(p, ".."))
		return parse_want(p, "..");
	return parse_range_end(p, low, false, ret);
}

/* Remembers the name of an entry, for paths into values of unknown type. */
static enum rc note_key(struct parser *p, struct sv key)
{
	struct feel_builder *b = p->b;

	for (size_t i = 0; i < b->keys.len; i++) {
		if (sv_equal(b->keys.at[i], key))
			return RC_OK;
	}
	if (b->keys.len == FEEL_MAX_NAMES)
		return parse_fail(p, N_("The expression has too many names. Split it into smaller ones."));
	*VEC_PUSH(b->arena, &b->keys) = key;
	return RC_OK;
}

static enum rc parse_context(struct parser *p, struct feel_node **ret)
{
	static const char *const stops[] = { ":", ",", "}", NULL };
	struct feel_builder *b = p->b;
	struct feel_node *node = node_new(b, N_CONTEXT, p->token.line), *value;
	node_vec values = { 0 };
	member_vec keys = { 0 };
	size_t before = b->names.len;
	bool outer = p->range_end;

	parse_step(p);
	p->range_end = false;
	while (!parse_is(p, "}")) {
		struct sv key;
		if (p->token.kind == T_STRING)
			TRY(parse_string_text(p, &key));
		else
			TRY(parse_new_name(p, stops, &key));
		TRY(parse_want(p, ":"));
		TRY(parse_expression(p, &value));
		*VEC_PUSH(b->arena, &values) = value;
		*VEC_PUSH(b->arena, &keys) = (struct feel_member){ key, NULL };
		TRY(note_key(p, key));
		feel_builder_push(b, key, NULL);
		if (!parse_take(p, ","))
			break;
	}
	p->range_end = outer;
	b->names.len = before;
	set_kids(node, &values);
	node->names = keys.at;
	node->name_count = keys.len;
	*ret = node;
	return parse_want(p, "}");
}

/* ---- if, for, some, every, function ---- */

static enum rc parse_if(struct parser *p, struct feel_node **ret)
{
	struct feel_node *node = node_new(p->b, N_IF, p->token.line);

	node->kids = ARENA_ARRAY(p->b->arena, struct feel_node *, 3);
	node->count = 3;
	parse_step(p);
	TRY(parse_expression(p, &node->kids[0]));
	TRY(parse_want(p, "then"));
	TRY(parse_expression(p, &node->kids[1]));
	TRY(parse_want(p, "else"));
	TRY(parse_expression(p, &node->kids[2]));
	*ret = node;
	return RC_OK;
}

static enum rc parse_iteration(struct parser *p, struct feel_node **ret)
{
	struct feel_node *from, *to;

	TRY(parse_expression(p, &from));
	if (parse_take(p, "..")) {
		TRY(parse_expression(p, &to));
		from = make_range(p, from, to, true, true);
		from->kind = N_STEPS;
	}
	*ret = from;
	return RC_OK;
}

static enum rc parse_loop(struct parser *p, enum node_kind kind, const char *before_body, struct feel_node **ret)
{
	static const char *const stops[] = { "in", NULL };
	struct feel_builder *b = p->b;
	struct feel_node *node = node_new(b, kind, p->token.line), *in;
	node_vec sources = { 0 };
	member_vec variables = { 0 };
	size_t outer = b->names.len;

	parse_step(p);
	do {
		struct sv name;
		TRY(parse_new_name(p, stops, &name));
		TRY(parse_want(p, "in"));
		TRY(parse_iteration(p, &in));
		*VEC_PUSH(b->arena, &sources) = in;
		*VEC_PUSH(b->arena, &variables) = (struct feel_member){ name, NULL };
		feel_builder_push(b, name, NULL);
	} while (parse_take(p, ","));
	TRY(parse_want(p, before_body));
	if (kind == N_FOR)
		feel_builder_push(b, SV("partial"), NULL);
	TRY(parse_expression(p, &node->last));
	b->names.len = outer;
	set_kids(node, &sources);
	node->names = variables.at;
	node->name_count = variables.len;
	*ret = node;
	return RC_OK;
}

static struct sv constant_text(const struct feel_node *context, const char *key)
{
	for (size_t i = 0; context && context->kind == N_CONTEXT && i < context->count; i++) {
		if (sv_equal_z(context->names[i].name, key) && context->kids[i]->kind == N_CONST
			&& context->kids[i]->value.kind == FEEL_STRING)
			return context->kids[i]->value.text;
	}
	return (struct sv){ NULL, 0 };
}

/* external { java: { class: "...", method signature: "..." } } or { pmml: { document: "...", model: "..." } } */
static enum rc parse_external(struct parser *p, struct feel_node *node)
{
	struct feel_node *where;

	parse_step(p);
	if (!parse_is(p, "{"))
		return parse_want(p, "{");
	TRY(parse_context(p, &where));
	node->kind = N_EXTERNAL;
	if (where->count == 0)
		return parse_fail(p, N_("The external function does not say where it is. Give its kind, class and signature."));
	node->text = where->names[0].name;
	bool pmml = sv_equal_z(node->text, "pmml");
	node->text2 = constant_text(where->kids[0], pmml ? "document" : "class");
	node->text3 = constant_text(where->kids[0], pmml ? "model" : "method signature");
	return RC_OK;
}

static enum rc parse_function(struct parser *p, struct feel_node **ret)
{
	static const char *const stops[] = { ":", ",", ")", NULL };
	struct feel_builder *b = p->b;
	struct feel_node *node = node_new(b, N_FUNCTION, p->token.line);
	member_vec params = { 0 };
	size_t outer = b->names.len;

	parse_step(p);
	TRY(parse_want(p, "("));
	while (!parse_is(p, ")")) {
		struct feel_member param = { 0 };
		TRY(parse_new_name(p, stops, &param.name));
		if (parse_take(p, ":"))
			TRY(parse_type(p, &param.type));
		*VEC_PUSH(b->arena, &params) = param;
		if (!parse_take(p, ","))
			break;
	}
	TRY(parse_want(p, ")"));
	if (parse_take(p, ":"))
		TRY(parse_type(p, &node->type));
	node->names = params.at;
	node->name_count = params.len;
	for (size_t i = 0; i < params.len; i++)
		feel_builder_push(b, params.at[i].name, params.at[i].type);
	enum rc rc = parse_is(p, "external") ? parse_external(p, node) : parse_expression(p, &node->last);
	b->names.len = outer;
	*ret = node;
	return rc;
}

/* ---- names and what follows a value ---- */

static enum rc parse_name_node(struct parser *p, struct feel_node **ret)
{
	struct feel_node *node = node_new(p->b, N_NAME, p->token.line);

	node->text = parse_name(p);
	p->saw_input |= sv_equal_z(node->text, "?");
	*ret = node;
	return RC_OK;
}

static enum rc parse_word(struct parser *p, struct feel_node **ret)
{
	struct sv word = scan_text(&p->scan, p->token), name;

	/* A name in scope that is longer than the keyword it begins with wins: "for sale". */
	if (scan_is_keyword(word) && parse_match_known(p, &name) <= word.len) {
		if (sv_equal_z(word, "if"))
			return parse_if(p, ret);
		if (sv_equal_z(word, "for"))
			return parse_loop(p, N_FOR, "return", ret);
		if (sv_equal_z(word, "some"))
			return parse_loop(p, N_SOME, "satisfies", ret);
		if (sv_equal_z(word, "every"))
			return parse_loop(p, N_EVERY, "satisfies", ret);
		if (sv_equal_z(word, "function"))
			return parse_function(p, ret);
		bool is_null = sv_equal_z(word, "null"), is_true = sv_equal_z(word, "true");
		if (!is_null && !is_true && !sv_equal_z(word, "false"))
			return parse_fail(p, N_("The expression needs a value where it has \"{found}\". Correct the expression."));
		*ret = constant(p, is_null ? feel_null() : feel_boolean(is_true));
		parse_step(p);
		return RC_OK;
	}
	return parse_name_node(p, ret);
}

static enum rc parse_primary(struct parser *p, struct feel_node **ret)
{
	struct sv text;
	uint32_t line = p->token.line;

	if (p->token.kind == T_NUMBER)
		return parse_number(p, ret);
	if (p->token.kind == T_NAME)
		return parse_word(p, ret);
	if (p->token.kind == T_STRING) {
		TRY(parse_string_text(p, &text));
		*ret = constant(p, feel_text(text));
		(*ret)->line = line;
		return RC_OK;
	}
	if (parse_is(p, "("))
		return parse_parentheses(p, ret);
	if (parse_is(p, "["))
		return parse_bracket(p, ret);
	if (parse_is(p, "]"))
		return parse_open_range(p, ret);
	if (parse_is(p, "{"))
		return parse_context(p, ret);
	if (parse_is(p, "@"))
		return parse_at_literal(p, ret);
	return parse_fail(p, N_("The expression needs a value where it has \"{found}\". Correct the expression."));
}

static enum rc parse_arguments(struct parser *p, struct feel_node *call)
{
	static const char *const stops[] = { ":", NULL };
	node_vec kids = { 0 };
	member_vec names = { 0 };
	bool outer = p->range_end;

	parse_step(p);
	p->range_end = false;
	*VEC_PUSH(p->b->arena, &kids) = call->kids[0];
	bool named = parse_at_named_argument(p);
	while (!parse_is(p, ")")) {
		struct feel_member name = { 0 };
		struct feel_node *value;
		enum node_kind op;
		if (named) {
			TRY(parse_new_name(p, stops, &name.name));
			TRY(parse_want(p, ":"));
			*VEC_PUSH(p->b->arena, &names) = name;
		}
		if (parse_comparison_op(p, &op))
			TRY(parse_comparison_value(p, op, &value));
		else
			TRY(parse_expression(p, &value));
		*VEC_PUSH(p->b->arena, &kids) = value;
		if (!parse_take(p, ","))
			break;
	}
	p->range_end = outer;
	set_kids(call, &kids);
	call->kind = named ? N_CALL_NAMED : N_CALL;
	call->names = names.at;
	call->name_count = names.len;
	return parse_want(p, ")");
}

static enum rc parse_filter(struct parser *p, struct feel_node *node)
{
	struct feel_node *list = node->kids[0];
	size_t outer = p->b->names.len;
	bool outer_range = p->range_end;
	enum node_kind op;

	parse_step(p);
	p->range_end = false;
	feel_builder_push(p->b, SV("item"), NULL);
	node->kids = ARENA_ARRAY(p->b->arena, struct feel_node *, 1);
	node->kids[0] = list;
	if (parse_comparison_op(p, &op))
		TRY(parse_comparison_value(p, op, &node->last));
	else
		TRY(parse_expression(p, &node->last));
	p->b->names.len = outer;
	p->range_end = outer_range;
	return parse_want(p, "]");
}

/* Whether "[" closes a range rather than opening a filter: then no expression begins behind it. */
static bool closes_range(const struct parser *p)
{
	struct parser look = *p;

	if (!p->range_end)
		return false;
	parse_step(&look);
	if (look.token.kind == T_END)
		return true;
	if (look.token.kind == T_NAME)
		return scan_is_keyword(scan_text(&look.scan, look.token));
	return look.token.kind == T_PUNCT && !parse_is(&look, "(") && !parse_is(&look, "[") && !parse_is(&look, "{")
		&& !parse_is(&look, "@") && !parse_is(&look, "-");
}

static struct feel_node *wrap(struct parser *p, enum node_kind kind, struct feel_node *inner)
{
	struct feel_node *node = node_new(p->b, kind, p->token.line);

	node->kids = ARENA_ARRAY(p->b->arena, struct feel_node *, 1);
	node->kids[0] = inner;
	node->count = 1;
	return node;
}

enum rc parse_postfix(struct parser *p, struct feel_node **ret)
{
	struct feel_node *node;

	TRY(parse_primary(p, &node));
	for (;;) {
		if (parse_is(p, ".")) {
			parse_step(p);
			if (p->token.kind != T_NAME)
				return parse_fail(p, N_("The expression needs a name where it has \"{found}\". Correct the expression."));
			node = wrap(p, N_PATH, node);
			node->text = parse_member(p);
		} else if (parse_is(p, "(")) {
			node = wrap(p, N_CALL, node);
			TRY(parse_arguments(p, node));
		} else if (parse_is(p, "[") && !closes_range(p)) {
			node = wrap(p, N_FILTER, node);
			TRY(parse_filter(p, node));
		} else {
			*ret = node;
			return RC_OK;
		}
	}
}

/* Ends allowed in range("..."): literals and the constructors of dates and times on literal texts. */
static bool is_literal_end(const struct feel_node *node)
{
	static const char *const constructors[] = { "date", "time", "date and time", "duration" };

	if (node->kind == N_CONST)
		return node->value.kind != FEEL_NULL && node->value.kind != FEEL_BOOLEAN;
	if (node->kind == N_NEGATE)
		return is_literal_end(node->kids[0]);
	if (node->kind != N_CALL || node->count != 2 || node->kids[0]->kind != N_NAME || node->kids[1]->kind != N_CONST)
		return false;
	for (size_t i = 0; i < sizeof(constructors) / sizeof(constructors[0]); i++) {
		if (sv_equal_z(node->kids[0]->text, constructors[i]))
			return true;
	}
	return false;
}

struct feel_node *feel_parse_range(struct feel_builder *b, struct sv source)
{
	struct feel_node *node;

	if (feel_parse(b, source, 1, false, &node) != RC_OK || node->kind != N_RANGE)
		return NULL;
	return is_literal_end(node->kids[0]) && is_literal_end(node->kids[1]) ? node : NULL;
}
