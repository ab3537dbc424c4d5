/* State of the template parser, shared by template_parse.c and template_head.c. */
#ifndef HTTP_TEMPLATE_PARSE_H
#define HTTP_TEMPLATE_PARSE_H

#include "http/template_int.h"

struct tpl_parser {
	struct ctx *ctx;
	struct sv file, text;
	size_t at;       /* next byte of text */
	uint32_t line;   /* of the statement or text being read, for faults and nodes */
	uint32_t next_line; /* of the byte at `at` */
	struct sv tag;   /* rest of the statement being read */
	unsigned depth, nodes;
};

/* Reads the {{!view}} or {{!partial}} head at the beginning of the text and moves behind it. */
[[nodiscard]] enum rc tpl_parse_head(struct tpl_parser *p, struct template *template);

#endif
