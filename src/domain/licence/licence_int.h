/* Inside the licences: numbers, codes, statements, sealing. */
#ifndef DOMAIN_LICENCE_LICENCE_INT_H
#define DOMAIN_LICENCE_LICENCE_INT_H

#include "domain/licence/licence.h"
#include "domain/licence/licence_sql.h"

enum { LICENCE_CODE_LEN = 12 };

/* licence_code.c */
/* Check character of digits and capital letters: ISO 7064 MOD 37-2 ('*' is one of its 37). */
char licence_check_character(struct sv text);
struct sv licence_code_new(struct ctx *ctx);
/* The code as stored; false when what was typed cannot be one. */
bool licence_code_read(struct ctx *ctx, struct sv typed, struct sv *ret);
/* "7KM3-9QXT-2C4F" */
struct sv licence_code_shown(struct arena *arena, struct sv code);
/* The text that is signed. */
struct sv licence_statement_text(struct ctx *ctx, const struct licence *licence);

/* licence.c */
bool licence_may_become(enum licence_state from, enum licence_state to);
/* An officer of the issuing department with the permission. */
bool licence_may_change(const struct ctx *ctx, const struct licence *licence);
/* The licence's own key; RC_NOT_FOUND with a message once it is erased. */
[[nodiscard]] enum rc licence_open_key(struct ctx *ctx, struct sv department, struct sv sealed_key, struct seal_key *ret);
/* What binds sealed bytes to their licence. */
static inline struct sv licence_about(const struct id *id) { return (struct sv){ (const char *)id->bytes, sizeof(id->bytes) }; }
/* The receipt of its issue. */
[[nodiscard]] enum rc licence_receipt(struct ctx *ctx, const struct licence *licence, struct sv *ret);

/* licence_paper_pages.c: RC_INVALID when the template cannot be rendered from the data. */
[[nodiscard]] enum rc licence_paper_check(struct ctx *ctx, struct sv path, struct sv text, struct sv data);

#endif
