/* Private to regular expressions: regex.c (patterns), regex_class.c (character classes), regex_blocks.c. */
#ifndef FEEL_REGEX_INT_H
#define FEEL_REGEX_INT_H

#include "base/buf.h"

struct pattern {
	struct sv text;
	size_t at;
	struct buf out;      /* the pattern as PCRE2 reads it */
	bool dot_all, multi_line, ignore_case;
	unsigned depth;
	unsigned opened;     /* groups so far */
	uint8_t closed[1000]; /* closed[n]: group n has ended */
	const char *why;     /* what is wrong, or NULL */
};

enum { REGEX_MAX_PATTERN = 4096, REGEX_MAX_OUT = 1 << 18, REGEX_MAX_DEPTH = 64, REGEX_MAX_GROUPS = 99, REGEX_MAX_COUNT = 65535 };

static inline bool regex_wrong(struct pattern *p, const char *why)
{
	if (!p->why)
		p->why = why;
	return false;
}

/* At '[': the whole class with its subtraction. */
bool regex_class(struct pattern *p);
/* Behind '\': a class escape (\d, \p{Lu}, ...) outside of brackets; false with why unset when it is none. */
bool regex_class_escape(struct pattern *p, bool *ret_is_class);
/* The character that a single escape such as \n or \[ means; 0 when it is none. */
uint32_t regex_single_escape(char c);
/* A literal character, escaped where PCRE2 wants it. */
void regex_put_char(struct buf *out, uint32_t c);
bool regex_block(struct sv name, uint32_t *ret_from, uint32_t *ret_to);

#endif
