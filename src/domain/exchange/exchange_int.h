/* Private to the room. */
#ifndef DOMAIN_EXCHANGE_EXCHANGE_INT_H
#define DOMAIN_EXCHANGE_EXCHANGE_INT_H

#include "base/seal.h"
#include "domain/exchange/exchange.h"

extern const struct sv exchange_seal_about; /* binds sealed texts to this room */

/* Whom a record is about: HMAC-SHA-256 of the code under the installation's key. In the arena. */
struct sv exchange_subject(struct ctx *ctx, struct sv code);
/* The key of this room's own texts. */
struct seal_key exchange_key(const struct ctx *ctx);

/* One sentence: who read what, when, for which case, why. `mine`: to the person concerned. */
[[nodiscard]] enum rc exchange_sentence(struct ctx *ctx, const struct exchange_access *access, bool mine, struct sv *ret);

#endif
