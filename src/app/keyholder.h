/* The key holder: a process of its own that alone has the ledger's key in memory. It has no network and no database, and
 * signs only what continues what it signed before (engine/tlog/signer.h); the head it signed last is kept in
 * DATA/keys/head, on disk before the signature leaves.
 *
 * It ends when the program ends. When it dies alone, signing fails with RC_UNAVAILABLE until the program is started again;
 * acts are still recorded meanwhile.
 */
#ifndef APP_KEYHOLDER_H
#define APP_KEYHOLDER_H

#include "base/site.h"
#include "engine/tlog/signer.h"

/* Before the first thread is started: makes DATA/keys/ledger if missing, starts the process, sets site->signer. */
[[nodiscard]] enum rc keyholder_start(struct ctx *ctx, struct site *site);
/* Does it answer? */
bool keyholder_is_alive(const struct site *site);

#endif
