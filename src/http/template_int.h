/* The template tree, private to the parser, the interpreter and tools/htmlgen.
 *
 * Life of a template: text --template_parse.c--> raw tree (names as written, partials by name) --template_resolve.c-->
 * resolved tree (names are paths to typed members, partials are folded in) --template_check.c--> checked tree (each
 * output knows its context, white space is collapsed, CSRF fields are put in) --> interpreter or generated C.
 */
#ifndef HTTP_TEMPLATE_INT_H
#define HTTP_TEMPLATE_INT_H

#include "base/vec.h"
#include "http/template.h"

enum {
	TPL_MAX_NODES = 20000,
	TPL_MAX_DEPTH = 64,      /* blocks, partials, expressions and open elements */
	TPL_LEVEL_PAGE = -1,     /* struct html_page; level 0 is the view, each `each` and `with` adds one */
};

enum tpl_helper {
	TPL_PLAIN, TPL_DAY, TPL_DAY_SHORT, TPL_TIME, TPL_CLOCK, TPL_MONEY, TPL_NUMBER, TPL_ISO, TPL_HTML, TPL_ICON, TPL_ASSET,
};

enum tpl_expr_kind {
	TPL_ABSENT,              /* an optional argument that was not given */
	TPL_STRING, TPL_TRUE, TPL_FALSE,
	TPL_NAME,                /* raw: a path as written */
	TPL_PATH,                /* resolved: level and steps */
	TPL_FIRST, TPL_LAST, TPL_ORDINAL, /* of the loop at `level` */
	TPL_TR,                  /* translated message `text` with args */
	TPL_FORMAT,              /* helper applied to operand 0 */
	TPL_NOT, TPL_AND, TPL_OR, TPL_EQ,
};

struct tpl_expr;
struct tpl_arg {
	struct sv name;          /* empty for operands */
	struct tpl_expr *value;
};
struct tpl_args {
	VEC(struct tpl_arg);
};

struct tpl_expr {
	enum tpl_expr_kind kind;
	enum tpl_helper helper;
	struct sv text;
	struct tpl_args args;
	uint32_t line;
	/* of a TPL_PATH */
	int level;
	const struct html_member *steps[8];
	size_t step_count;
	enum html_type type, element;
	bool optional;
	const struct html_shape *shape;
};

enum tpl_kind { TPL_TEXT, TPL_OUT, TPL_IF, TPL_EACH, TPL_WITH, TPL_PARTIAL, TPL_BODY };

/* Where an output stands; decides its escaping. */
enum tpl_context { TPL_IN_TEXT, TPL_IN_ATTRIBUTE, TPL_IN_URL, TPL_IN_URL_REST, TPL_IN_CLASS };

struct tpl_node {
	enum tpl_kind kind;
	enum tpl_context context;
	struct sv file, text;    /* TPL_TEXT: the bytes; TPL_PARTIAL: its name */
	uint32_t line;
	int level;               /* variable of TPL_EACH and TPL_WITH */
	struct tpl_expr *expr;
	struct tpl_args args;
	struct tpl_node *body, *otherwise, *next;
};

/* The space before a translated text: html_joint() knows whether the language has one there. */
static inline bool tpl_is_joint(const struct tpl_node *node)
{
	const struct tpl_node *next = node->next;

	return node->kind == TPL_TEXT && sv_equal(node->text, SV(" ")) && next && next->kind == TPL_OUT
		&& next->context == TPL_IN_TEXT && next->expr->kind == TPL_TR;
}

/* Appends to a list of nodes. */
struct tpl_list {
	struct tpl_node *first, **end;
};
static inline void tpl_append(struct tpl_list *list, struct tpl_node *node)
{
	if (!list->end)
		list->end = &list->first;
	*list->end = node;
	list->end = &node->next;
}

struct template {
	struct sv file, name;
	bool is_partial;
	struct html_shape *shape;
	struct tpl_node *nodes;
	int levels;              /* variables of the resolved tree, the view included */
};

/* text --> raw tree. */
[[nodiscard]] enum rc tpl_parse(struct ctx *ctx, struct sv file, struct sv text, struct template **ret);
/* raw --> resolved, in place of template->nodes. */
[[nodiscard]] enum rc tpl_resolve(struct ctx *ctx, struct template *template, const struct template_source *source);
/* resolved --> checked. `translated`: words for people must go through {{t}}. */
[[nodiscard]] enum rc tpl_check(struct ctx *ctx, struct template *template, bool translated);

/* Layout of a type in C, as the System V ABI lays out the generated struct. */
struct tpl_size {
	uint32_t size, align;
};
struct tpl_size tpl_size_of(enum html_type type, bool optional, const struct html_shape *shape);
/* A shape that every template knows ("link"), or NULL; and the shape of struct html_page. */
const struct html_shape *html_shape_by_name(struct sv name);
const struct html_shape *html_shape_page(void);
const char *html_type_name(enum html_type type);
bool html_type_by_name(struct sv name, enum html_type *ret);

/* A fault at a place of a template; `what` says what is wrong and what to do. */
enum rc tpl_fail(struct ctx *ctx, struct sv file, uint32_t line, const char *msgid, struct sv what);

#endif
