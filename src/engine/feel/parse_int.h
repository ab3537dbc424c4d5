/* Private to the parser of FEEL: parse.c (operators, tests), parse_primary.c (what operators stand between), parse_name.c
 * (names and types). */
#ifndef FEEL_PARSE_INT_H
#define FEEL_PARSE_INT_H

#include "engine/feel/feel_int.h"

struct parser {
	struct feel_builder *b;
	struct scan scan;
	struct token token; /* the next one */
	size_t last_to;     /* end of the one before */
	unsigned depth;
	bool range_end;     /* inside the second end of a range: "[" may close it */
	bool saw_input;     /* `?` was read */
};

enum rc parse_fail(struct parser *p, const char *msgid);
void parse_step(struct parser *p);
void parse_jump(struct parser *p, size_t at);
bool parse_is(const struct parser *p, const char *text);
bool parse_take(struct parser *p, const char *text);
enum rc parse_want(struct parser *p, const char *text);
enum rc parse_deeper(struct parser *p);
bool parse_comparison_op(const struct parser *p, enum node_kind *ret);
enum rc parse_expression(struct parser *p, struct feel_node **ret);
enum rc parse_sum(struct parser *p, struct feel_node **ret);
enum rc parse_postfix(struct parser *p, struct feel_node **ret);
enum rc parse_type(struct parser *p, const struct feel_type **ret);

/* At a T_NAME: a name in scope or a built-in one spelt here, longest first; otherwise the words that stand together.
 * Moves behind it. */
struct sv parse_name(struct parser *p);
/* The same behind a point: members known anywhere, then words. */
struct sv parse_member(struct parser *p);
/* A new name up to one of the given tokens ("in", ":", ...), which stays. */
enum rc parse_new_name(struct parser *p, const char *const *stops, struct sv *ret);
/* Whether "name:" begins here. */
bool parse_at_named_argument(const struct parser *p);
/* Length of the longest name in scope spelt at the token, longer than `least`; 0 if none. */
size_t parse_match_known(const struct parser *p, struct sv *ret_name);

#endif
