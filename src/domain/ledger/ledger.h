/* Ledger: every act of the program as a leaf of one public, append-only Merkle log (存证账本).
 *
 * Words: leaf 存证条目, record 存证内容, receipt 存证凭证, checkpoint 检查点. ledger_append writes the act in the caller's
 * transaction; ledger_integrate, run by the writer just before it commits, gives all new leaves of the transaction their
 * index and puts them into the tree, so that an act and its leaf are one. A leaf is "recorded" once committed and
 * "sealed" once a signed checkpoint covers it (about a second later); only then it has a receipt.
 *
 * The public sees leaves (engine/tlog/leaf.h), which name nobody: the record and its salt are kept sealed under the key of
 * the case. Destroying that key erases them; tree, proofs and the receipts already taken home stay valid.
 */
#ifndef DOMAIN_LEDGER_LEDGER_H
#define DOMAIN_LEDGER_LEDGER_H

#include "base/hash.h"
#include "base/seal.h"

struct module; /* http/module.h */
extern const struct module ledger_module;

/* One act. The record that is sealed and shown on the receipt is {"id", "time", "type", "department", "case", "actor",
 * "rules", "details"}. Time and id are the context's. */
struct ledger_act {
	struct sv type;               /* "accept", "read", "publish" ...: lower-case letters, digits, '_' */
	struct id case_id;            /* zero = not of a case */
	struct sv case_number;        /* as people know it, or absent */
	struct sv department;         /* code of the department that acts, or absent */
	struct sv actor;              /* who, as it may be shown to the person concerned; absent = the program itself */
	struct id subject;            /* party whom the act concerns, or zero */
	struct sv record;             /* JSON object: the details of the act; numbers are integers, others are texts */
	const struct hash *rule_hash; /* of the service version or decision model that was applied, or NULL */
	const struct seal_key *key;   /* of the case: seals record and salt; NULL = nothing personal, kept in the clear */
};

/* Needs a transaction. RC_INVALID when the record cannot be sealed. *ret = id of the leaf. */
[[nodiscard]] enum rc ledger_append(struct ctx *ctx, const struct ledger_act *act, struct id *ret);
/* Before every commit: indexes and hashes what was appended since the last. Nothing to do costs one read. */
[[nodiscard]] enum rc ledger_integrate(struct ctx *ctx);
/* Has the key holder sign the tree as committed, if it grew, and stores the checkpoint. Runs as a job every second, in
 * its own transaction. RC_OK without a key holder (nothing is signed). */
[[nodiscard]] enum rc ledger_sign(struct ctx *ctx);

/* At the start, outside a transaction: does the ledger hold all that the key holder has signed? RC_CONFLICT when it has less (an
 * old database was put back), RC_INTERNAL when it has something else; nothing may be written then. */
[[nodiscard]] enum rc ledger_check_head(struct ctx *ctx);

struct ledger_leaf {
	struct id id, case_id, subject;
	int64_t index, at;
	struct sv type, department;
	bool is_sealed; /* a checkpoint covers it */
};
/* RC_NOT_FOUND without a message when there is none. */
[[nodiscard]] enum rc ledger_leaf_find(struct ctx *ctx, struct id id, struct ledger_leaf *ret);
/* All leaves of a case, in order; at most 1,000. */
[[nodiscard]] enum rc ledger_leaves_of_case(struct ctx *ctx, struct id case_id, struct ledger_leaf **ret, size_t *ret_count);
/* The receipt file of a leaf (docs/standards/receipt.md). `key` as at ledger_append. RC_UNAVAILABLE until it is sealed.
 * The caller has checked that the principal may have it. */
[[nodiscard]] enum rc ledger_receipt(struct ctx *ctx, struct id leaf, const struct seal_key *key, struct sv *ret);

struct ledger_checkpoint {
	int64_t size, at;
	struct hash root;
	struct sv note; /* signed */
};
struct ledger_state {
	int64_t size;                        /* leaves recorded */
	struct hash root;
	struct ledger_checkpoint checkpoint; /* the newest; size 0 and absent note = none yet */
};
[[nodiscard]] enum rc ledger_state(struct ctx *ctx, struct ledger_state *ret);
/* The newest checkpoints, newest first. */
[[nodiscard]] enum rc ledger_checkpoints(struct ctx *ctx, int64_t limit, struct ledger_checkpoint **ret, size_t *ret_count);
/* Recomputes everything: leaves to hashes to tiles to every checkpoint's root and, with a key, its signature. RC_INTERNAL
 * with the place of the first thing that does not fit. *ret_count = leaves checked. */
struct note_key; /* engine/tlog/note.h */
[[nodiscard]] enum rc ledger_fsck(struct ctx *ctx, const struct note_key *key, int64_t *ret_count);

#endif
