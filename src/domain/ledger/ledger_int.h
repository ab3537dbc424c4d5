/* Inside the ledger: the stored tree as the engine reads it. */
#ifndef DOMAIN_LEDGER_LEDGER_INT_H
#define DOMAIN_LEDGER_LEDGER_INT_H

#include "domain/ledger/ledger.h"
#include "domain/ledger/ledger_sql.h"
#include "engine/tlog/note.h"
#include "engine/tlog/tile.h"

enum { LEDGER_MAX_LEVELS = TILE_MAX_LEVEL + 1 };

/* The tree as this transaction sees it; the empty tree when there is none yet. */
[[nodiscard]] enum rc ledger_tree_read(struct ctx *ctx, struct tlog_frontier *ret);
/* A reader of hashes for a tree of `size`, not larger than what is stored. */
void ledger_reader_init(struct tile_reader *tiles, uint64_t size);
/* One stored tile of at least tile.width hashes; RC_NOT_FOUND without a message. */
[[nodiscard]] enum rc ledger_tile_read(struct ctx *ctx, struct tile tile, struct sv *ret);
struct sv ledger_hash_view(const struct hash *hash);

#endif
