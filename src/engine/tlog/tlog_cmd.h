/* `tongban verify` and `tongban tlog`: checking receipts and logs from files alone, without a database or a network. */
#ifndef ENGINE_TLOG_TLOG_CMD_H
#define ENGINE_TLOG_TLOG_CMD_H

#include "base/ctx.h"

/* RECEIPT.json --key FILE: prints each step and `receipt verified`; RC_INVALID when a step failed. FILE holds the public key
 * of the ledger (see note.h). argv[0] is the first word behind the command's name. */
enum rc verify_command(struct ctx *ctx, int argc, char **argv);
/* fsck DIR --key FILE: recomputes a log in a folder as c2sp.org/tlog-tiles lays it out (checkpoint, tile/...).
 * prove DIR INDEX: prints the .tlog-proof of an entry. verify PROOF ENTRY --key FILE: checks one against the entry. */
enum rc tlog_command(struct ctx *ctx, int argc, char **argv);

#endif
