/* UTF-8 and Unicode by utf8proc. Text is checked once, at the border; inside the product it is valid. */
#ifndef BASE_UTF8_H
#define BASE_UTF8_H

#include "base/arena.h"

/* RFC 3629: shortest form, no surrogates, at most U+10FFFF. */
bool utf8_is_valid(struct sv text);
/* Bytes of the longest valid beginning; the text's length when it is valid. */
size_t utf8_valid_length(struct sv text);
/* Code points in a valid text. */
size_t utf8_count(struct sv text);
/* Decodes the code point at *at and moves *at behind it; the text is valid and *at < len. */
uint32_t utf8_next(struct sv text, size_t *at);
/* Writes 1 to 4 bytes; returns how many. */
unsigned utf8_put(uint32_t code_point, char out[4]);
struct sv utf8_upper(struct arena *arena, struct sv text);
struct sv utf8_lower(struct arena *arena, struct sv text);
/* For searching: NFKC, case folded. */
struct sv utf8_fold(struct arena *arena, struct sv text);
bool utf8_is_han(uint32_t code_point);

/* Search terms of a text, the same for both databases: words of letters and digits folded; runs of Han characters as
 * overlapping bigrams and, so that single characters match, nothing else (a run of one gives that one). Joined by
 * spaces, in order. */
struct sv utf8_search_terms(struct arena *arena, struct sv text);

#endif
