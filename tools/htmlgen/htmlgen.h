/* Compiles checked templates to C: see htmlgen.c (files and command line), emit_types.c and emit_code.c. */
#ifndef TOOLS_HTMLGEN_H
#define TOOLS_HTMLGEN_H

#include "http/template_int.h"

enum { HTMLGEN_MAX_OUTPUT = 64 << 20 };

/* struct html_NAME and those inside it, and its extern view. */
void emit_header(struct buf *out, const struct template *template);
/* Descriptors: html_NAME_shape. */
void emit_shapes(struct buf *out, const struct template *template);
/* The renderer and the view. */
void emit_code(struct buf *out, const struct template *template);

/* "..." with escapes, broken over lines. */
void emit_string(struct buf *out, struct sv text);
/* C name of the element type of a list, or of an object's struct: "struct html_casefile_list_cases". */
void emit_element_type(struct buf *out, enum html_type element, const struct html_shape *shape);
bool is_known_shape(const struct html_shape *shape);

#endif
