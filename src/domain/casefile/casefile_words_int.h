/* Private to the room's pages: rules in words (casefile_words.c). Texts are in the ctx's language and arena. */
#ifndef DOMAIN_CASEFILE_CASEFILE_WORDS_INT_H
#define DOMAIN_CASEFILE_CASEFILE_WORDS_INT_H

#include "base/json.h"
#include "domain/catalogue/service.h"

/* What a path such as "registers.population.residence_since", "situation.ground" or "area" is called; itself if nowhere named. */
struct sv words_path(struct ctx *ctx, const struct service *service, struct sv path);
/* A value as people read it: choices by their label, days, money and numbers printed, yes and no. `path` says what it is of, and
 * may be absent. */
struct sv words_value(struct ctx *ctx, const struct service *service, struct sv path, const struct json *value);
/* An input cell: `>= 6` "at least 6", `"owned", "leased"` "own home or rented", `-` a dash. */
struct sv words_cell(struct ctx *ctx, const struct service *service, struct sv path, struct sv cell);
/* An output cell of the column `name`; the values of `route` have words of their own (docs/designer/service-folder.md). */
struct sv words_result(struct ctx *ctx, const struct service *service, struct sv name, struct sv cell);

#endif
