/* Receipts: one JSON file that a citizen takes home, and its check that needs nothing but the ledger's public key.
 * The format, byte for byte, is docs/standards/receipt.md. Proofs inside are c2sp.org/tlog-proof@v1 texts.
 */
#ifndef ENGINE_TLOG_RECEIPT_H
#define ENGINE_TLOG_RECEIPT_H

#include "engine/tlog/leaf.h"
#include "engine/tlog/note.h"
#include "engine/tlog/tlog.h"

enum { RECEIPT_MAX_BYTES = 1 << 20 };

/* A .tlog-proof file in parts. */
struct proof_file {
	uint64_t index;
	struct tlog_proof proof;
	struct sv checkpoint; /* the signed note, verbatim */
};

struct sv proof_file_text(struct arena *arena, const struct proof_file *file);
/* An `extra` line is allowed and ignored, as it is not authenticated. RC_MALFORMED. */
[[nodiscard]] enum rc proof_file_parse(struct ctx *ctx, struct sv text, struct proof_file *ret);

/* The receipt: record (a JSON text), salt (32 bytes), leaf (bytes), proof (text of a proof file). RC_MALFORMED,
 * RC_INVALID when the record is not canonical JSON material. *ret in the arena. */
[[nodiscard]] enum rc receipt_text(struct ctx *ctx, struct sv record, struct sv salt, struct sv leaf, struct sv proof,
	struct sv *ret);

/* The steps of the check, in order; code, English for the person who checks. A step that cannot be tried because one
 * before it failed stays RECEIPT_NOT_TRIED. */
#define RECEIPT_STEPS(X)                                                                                               \
	X(RECEIPT_READ, "read", N_("The receipt can be read"))                                                         \
	X(RECEIPT_COMMITMENT, "commitment", N_("The record is the one that was sealed: its salted hash fits"))         \
	X(RECEIPT_LEAF, "leaf", N_("The ledger entry names the same act, department and time as the record"))          \
	X(RECEIPT_INCLUSION, "inclusion", N_("The entry is in the ledger: the path of hashes leads to its root"))      \
	X(RECEIPT_SIGNATURE, "signature", N_("The root is signed by the ledger's key"))

enum receipt_step {
#define X(name, code, text) name,
	RECEIPT_STEPS(X)
#undef X
	RECEIPT_STEP_COUNT
};
enum receipt_result { RECEIPT_NOT_TRIED, RECEIPT_PASSED, RECEIPT_FAILED };

struct receipt_step_text {
	const char *code, *text; /* text: msgid */
};
extern const struct receipt_step_text receipt_step_texts[RECEIPT_STEP_COUNT];

struct receipt_check {
	enum receipt_result steps[RECEIPT_STEP_COUNT];
	bool is_verified;          /* all steps passed */
	struct sv problem;         /* why the failing step failed, translated; absent if verified */
	struct sv record;          /* canonical JSON, once read */
	struct leaf leaf;          /* once read */
	struct hash leaf_hash;
	uint64_t index;
	struct checkpoint checkpoint;
};

/* Runs every step with the public key text (see note.h). A failing step is a result, not an error: RC_OK with the steps
 * filled in; RC_MALFORMED only when the key cannot be read. */
[[nodiscard]] enum rc receipt_verify(struct ctx *ctx, struct sv receipt, struct sv public_key, struct receipt_check *ret);

#endif
