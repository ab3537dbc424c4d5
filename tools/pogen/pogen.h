/* Translations at build time: reads po/<language>.po and the messages marked in src/, and writes them as C tables.
 *
 * Messages are marked N_("...") in C (adjacent literals are joined) and {{t "..."}} or (t "...") in templates. Every
 * message must have a translation in every PO file, with the same {placeholders}; what is missing, empty, fuzzy or
 * twice there fails the build with its file and line. Entries that nothing uses are warnings.
 *
 * The header entry of a PO file names the language: "X-Tag: zh-Hans" (BCP 47), "X-Code: zh" and "X-Self: 中文".
 */
#ifndef TOOLS_POGEN_H
#define TOOLS_POGEN_H

#include "base/buf.h"
#include "base/map.h"
#include "base/vec.h"

/* Where faults go: "file:line: what is wrong; what to do" lines. */
struct report {
	struct arena *arena;
	struct buf *out;
	unsigned faults;
};
void report_fault(struct report *report, struct sv file, unsigned line, struct sv what);
#define FAULT(report, file, line, ...) report_fault((report), (file), (line), arena_printf((report)->arena, __VA_ARGS__))

/* A message where it is used. */
struct mark {
	struct sv msgid, file;
	unsigned line;
};
struct marks {
	VEC(struct mark);
	struct map seen; /* msgid -> index + 1 of its first mark */
};

void marks_from_c(struct report *report, struct sv file, struct sv text, struct marks *marks);
void marks_from_template(struct report *report, struct sv file, struct sv text, struct marks *marks);

struct po_entry {
	struct sv msgid, text;
	unsigned line;
	bool fuzzy;
};
struct po {
	struct sv file, tag, code, self;
	struct po_entry *at; /* sorted by msgid */
	size_t len;
	struct map by_msgid;
};

/* GNU gettext's PO format without contexts and plurals. */
void po_read(struct report *report, struct sv file, struct sv text, struct po *ret);
/* Faults of po against the marks; entries nobody uses go to *warnings. */
void po_check(struct report *report, const struct po *po, const struct marks *marks, struct buf *warnings);
/* The stanzas that po lacks, in the order of the sources, ready to be filled in. */
void po_list_missing(struct buf *out, const struct po *po, const struct marks *marks);

/* C text with `locale_<code>` for English and each PO file, and `locales`. */
void emit_locales(struct buf *out, const struct po *languages, size_t count);
/* A quoted literal, the same for C and PO. */
void emit_literal(struct buf *out, struct sv text);
/* Decodes the escapes of the literal that begins behind a quotation mark at *at and moves behind its end.
 * false when it does not end. */
bool read_literal(struct arena *arena, struct sv text, size_t *at, struct sv *ret);

enum { POGEN_MAX_OUTPUT = 64 << 20 };

/* The whole run: checks root/po against root/src and, when there is no fault, writes the C file and a dependency file for
 * ninja that names every file and folder that was looked at. */
void pogen_generate(struct report *report, const char *root, const char *output, const char *deps, struct buf *warnings);
/* What every PO file lacks, from the same tree. */
void pogen_list_missing(struct report *report, const char *root, struct buf *out);

#endif
