/* State of the markup checker, shared by template_check.c (the scanner) and template_elements.c (the rules). */
#ifndef HTTP_TEMPLATE_CHECK_H
#define HTTP_TEMPLATE_CHECK_H

#include "http/template_int.h"

/* Where the scanner stands. */
enum tpl_state { IN_WORDS, IN_TAG, IN_NAME, IN_EQUALS, IN_VALUE };

struct tpl_attribute {
	struct sv name, value;   /* value in canonical form: outputs appear as {{path}} */
	bool is_static;
};

struct tpl_element {
	struct sv name, file;
	uint32_t line;
	bool is_untranslated;    /* it or an ancestor says that its words are not for translation */
	bool is_raw_space;       /* inside pre or textarea */
};

/* An input that needs a label somewhere, or an id already taken. */
struct tpl_mention {
	struct sv value, file;
	uint32_t line;
	bool is_static;
};
struct tpl_mentions {
	VEC(struct tpl_mention);
};

struct tpl_checker {
	struct ctx *ctx;
	bool translated;
	struct sv file;
	uint32_t line;

	enum tpl_state state;
	struct sv tag;           /* element of the start tag being read */
	uint32_t tag_line;
	struct buf value;        /* attribute being read: canonical value so far */
	struct sv attribute;
	bool value_is_static;
	size_t value_outputs;    /* outputs and branches in the value so far */
	struct {
		VEC(struct tpl_attribute);
	} attributes;
	struct {
		VEC(struct tpl_element);
	} open;
	size_t floor;            /* elements open where the innermost block began: it may not close them */
	unsigned loops;

	struct tpl_mentions ids, labels, inputs;
	struct tpl_list *out;
	struct buf text;         /* static bytes not yet in a node */
	char last;               /* last byte put out, 0 behind an output */
};

enum rc tpl_fault(struct tpl_checker *c, const char *msgid, struct sv what);
/* Emits pending bytes as a text node; appends to the current list. */
void tpl_flush(struct tpl_checker *c);

/* template_elements.c: rules over whole tags and attributes. */
bool tpl_is_void(struct sv element);
bool tpl_is_url_attribute(struct sv name);
/* Letters or Chinese characters, outputs in canonical form left out. */
bool tpl_has_letters(struct sv text);
[[nodiscard]] enum rc tpl_begin_attribute(struct tpl_checker *c);
[[nodiscard]] enum rc tpl_end_attribute(struct tpl_checker *c, bool has_value);
/* The start tag is complete (its ">" is not yet put out); then what follows it. */
[[nodiscard]] enum rc tpl_end_start_tag(struct tpl_checker *c, bool self_closing);
[[nodiscard]] enum rc tpl_after_start_tag(struct tpl_checker *c);
[[nodiscard]] enum rc tpl_end_tag(struct tpl_checker *c, struct sv name);
[[nodiscard]] enum rc tpl_check_labels(struct tpl_checker *c);

#endif
