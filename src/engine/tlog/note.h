/* Signed notes and checkpoints (c2sp.org/signed-note, c2sp.org/tlog-checkpoint), Ed25519 by libsodium.
 *
 * A note is a text that ends in a newline, a blank line, and signature lines "— name base64(key id || signature)".
 * A checkpoint is a note whose text is origin, size in decimal, base64 root, one a line.
 *
 * Ed25519 verification is strict: besides RFC 8032 section 5.1.7 without the cofactor, points of small order and points
 * or scalars not in canonical form are refused, so that two verifiers never disagree about a receipt (what that means
 * for the 914 edge cases of the C2SP vectors is a test).
 */
#ifndef ENGINE_TLOG_NOTE_H
#define ENGINE_TLOG_NOTE_H

#include "base/buf.h"
#include "base/ctx.h"
#include "base/hash.h"

enum {
	NOTE_MAX_BYTES = 64 << 10,
	NOTE_MAX_SIGNATURES = 64,
	NOTE_MAX_NAME = 255, /* bytes of a key name */
	NOTE_PUBLIC_KEY_SIZE = 32,
	NOTE_SIGNATURE_SIZE = 64,
	NOTE_SEED_SIZE = 32,
};

/* Who can be trusted: "name+hex key id+base64(0x01 || public key)", the form Go's note tools call a verifier key. */
struct note_key {
	struct sv name;
	uint32_t id;
	uint8_t bytes[NOTE_PUBLIC_KEY_SIZE];
};

/* Who can sign. */
struct note_secret {
	struct note_key key;
	uint8_t bytes[64]; /* libsodium's secret key: seed || public key */
};

struct note_signature {
	struct sv name;
	uint32_t id;
	struct sv bytes;
};

struct note {
	struct sv text; /* with its last newline */
	struct note_signature *signatures;
	size_t signature_count;
};

struct checkpoint {
	struct sv origin;
	uint64_t size;
	struct hash root;
};

/* Key texts; white space around is forgiven. RC_MALFORMED with what is wrong. */
[[nodiscard]] enum rc note_key_parse(struct ctx *ctx, struct sv text, struct note_key *ret);
struct sv note_key_text(struct arena *arena, const struct note_key *key);
/* From 32 random bytes. The name has neither white space nor a plus and is not empty. */
struct note_secret note_secret_from_seed(struct sv name, const uint8_t seed[NOTE_SEED_SIZE]);

/* The parts of a note, nothing verified. RC_MALFORMED; RC_TOO_LARGE beyond the limits above. */
[[nodiscard]] enum rc note_parse(struct ctx *ctx, struct sv bytes, struct note *ret);
/* Is it signed by one of the keys? Unknown keys are skipped. RC_INVALID when a known key's signature is wrong or none of
 * the keys has signed. */
[[nodiscard]] enum rc note_verify(struct ctx *ctx, const struct note *note, const struct note_key *keys, size_t count);
bool note_verify_bytes(const struct note_key *key, struct sv text, struct sv signature);
void note_sign_bytes(const struct note_secret *secret, struct sv text, uint8_t ret[NOTE_SIGNATURE_SIZE]);
/* The note: text, blank line, one signature line. */
struct sv note_with_signature(struct arena *arena, struct sv text, const struct note_key *key,
	const uint8_t signature[NOTE_SIGNATURE_SIZE]);

/* The text of a checkpoint, and back. Extension lines are allowed when reading and not kept. RC_MALFORMED. */
struct sv checkpoint_text(struct arena *arena, const struct checkpoint *checkpoint);
[[nodiscard]] enum rc checkpoint_parse(struct ctx *ctx, struct sv text, struct checkpoint *ret);
/* Base64 as these formats write it: RFC 4648 section 4, with padding, one text for each value. */
bool note_base64(struct arena *arena, struct sv text, struct sv *ret);
/* Decimal without leading zeros, below 2^63: sizes and indices in all these formats. */
bool checkpoint_number(struct sv text, uint64_t *ret);

#endif
