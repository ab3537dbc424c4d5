/* What the ledger holds of an act: a leaf of at most LEAF_MAX_BYTES that names nobody, and its salted commitment to the
 * record of the act, which stays with those it concerns.
 *
 * Leaf, version 1 (all numbers big-endian; docs/standards/receipt.md):
 *	1 byte 0x01 | 1 byte n, n bytes type | 1 byte n, n bytes department | 8 bytes ms UTC | 16 bytes record id
 *	| 32 bytes commitment | 8 bytes index of the previous leaf of the same case + 1, 0 = none
 *	| 1 byte n (0 or 32), n bytes hash of the rules applied
 *
 * Commitment: HMAC-SHA-256(salt, "tongban-record/1\n" || canonical record), salt 32 random bytes. The canonical form is
 * RFC 8785 (JCS) of a record whose numbers are integers of at most 15 digits, so that every JSON library agrees on it.
 */
#ifndef ENGINE_TLOG_LEAF_H
#define ENGINE_TLOG_LEAF_H

#include "base/hash.h"
#include "base/json.h"

enum { LEAF_MAX_NAME = 64 /* bytes of type and of department */, LEAF_MAX_BYTES = 256, LEAF_SALT_SIZE = 32 };
#define LEAF_MAX_TIME INT64_C(253402300799999) /* the last ms of the year 9999 */

#define LEAF_NO_PREVIOUS UINT64_MAX

struct leaf {
	struct sv type, department; /* lower-case letters, digits, '_', '-', '.'; department may be empty */
	int64_t at;                 /* ms UTC, 0 to LEAF_MAX_TIME */
	struct id record;
	struct hash commitment;
	uint64_t previous;          /* index of the case's leaf before, or LEAF_NO_PREVIOUS */
	bool has_rules;
	struct hash rules;          /* hash of the rule or service version applied */
};

bool leaf_name_is_valid(struct sv name);
/* The bytes, in the arena. Names are valid (asserted). */
struct sv leaf_encode(struct arena *arena, const struct leaf *leaf);
/* RC_MALFORMED unless the bytes are exactly one leaf. The names point into `bytes`. */
[[nodiscard]] enum rc leaf_decode(struct ctx *ctx, struct sv bytes, struct leaf *ret);

/* RC_INVALID when a number in it is not such an integer. *ret in the arena. */
[[nodiscard]] enum rc record_canonical(struct ctx *ctx, const struct json *record, struct sv *ret);
struct hash record_commitment(struct arena *arena, struct sv salt, struct sv canonical);

#endif
