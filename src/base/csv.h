/* CSV by RFC 4180, read in one pass over a text. UTF-8, optional byte order mark. Rows end with CRLF or LF; blank lines are
 * skipped, so that a row of one empty field is written as "". */
#ifndef BASE_CSV_H
#define BASE_CSV_H

#include "base/buf.h"
#include "base/ctx.h"

struct csv {
	struct sv rest;
	uint32_t line; /* of the row read last, from 1 */
	struct sv name;
	uint32_t next_line;
};

enum { CSV_MAX_FIELDS = 512 };

struct csv csv_open(struct sv name, struct sv text);
/* Next row: *ret_fields in the arena. *ret_more false at the end. RC_MALFORMED on a bad quote, with the line. */
[[nodiscard]] enum rc csv_next(struct ctx *ctx, struct csv *csv, struct sv **ret_fields, size_t *ret_count, bool *ret_more);

#endif
