/* For tests and fuzz targets of readers: CSV and XML written so that reading gives the same texts back. The product itself
 * writes neither. */
#ifndef BASE_WRITE_KIT_H
#define BASE_WRITE_KIT_H

#include "base/buf.h"

/* Every field in quotation marks, which are doubled within. */
static inline void write_csv_row(struct buf *buf, const struct sv *fields, size_t count)
{
	for (size_t i = 0; i < count; i++) {
		buf_sv(buf, i ? SV(",\"") : SV("\""));
		for (size_t j = 0; j < fields[i].len; j++) {
			if (fields[i].ptr[j] == '"')
				buf_byte(buf, '"');
			buf_byte(buf, fields[i].ptr[j]);
		}
		buf_byte(buf, '"');
	}
	buf_sv(buf, SV("\r\n"));
}

/* As content or as an attribute's value: marks and white space that would not survive are written as numbers. */
static inline void write_xml_text(struct buf *buf, struct sv text)
{
	for (size_t i = 0; i < text.len; i++) {
		char c = text.ptr[i];
		if (c == '<' || c == '>' || c == '&' || c == '"' || c == '\r' || c == '\n' || c == '\t')
			buf_printf(buf, "&#%d;", c);
		else
			buf_byte(buf, c);
	}
}

#endif
