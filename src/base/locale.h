/* Languages: message ids (English) to texts, from po/ by tools/pogen. A language is one PO file. */
#ifndef BASE_LOCALE_H
#define BASE_LOCALE_H

#include "base/arena.h"
#include "base/error.h"

struct json_out; /* base/json.h */

struct locale_entry {
	const char *msgid, *text;
};

struct locale {
	const char *tag;        /* BCP 47, for lang="": "zh-Hans", "en" */
	const char *code;       /* short code in URLs, cookies and file names: "zh", "en" */
	const char *self;       /* the language's name in itself */
	const struct locale_entry *entries; /* sorted by msgid (strcmp) */
	size_t count;
};

/* The text for a msgid; the msgid itself when the language has none (English). */
const char *locale_text(const struct locale *locale, const char *msgid);
struct sv tr(const struct ctx *ctx, const char *msgid);
/* With {name} placeholders filled in; in the ctx's arena. */
struct sv tr_args(const struct ctx *ctx, const char *msgid, const struct text_arg *args);

/* A text that a service folder gives in both languages. */
struct bitext {
	struct sv zh, en;
};
struct sv bitext_pick(const struct ctx *ctx, struct bitext text);
/* The member `key` with the value {"zh": ..., "en": ...}, into an open object. */
void bitext_print(struct json_out *out, struct sv key, struct bitext text);
bool locale_is_zh(const struct locale *locale);

#endif
