/* Sealing personal data at rest: AES-256-GCM (NIST SP 800-38D) by OpenSSL, 12 random bytes of nonce in front, 16 bytes
 * of tag behind. A case has its own 32-byte key, wrapped by a key of its department, which is derived (HKDF-SHA-256,
 * RFC 5869) from the installation's master key; destroying the wrapped key erases everything sealed under it.
 */
#ifndef BASE_SEAL_H
#define BASE_SEAL_H

#include "base/ctx.h"

enum { SEAL_KEY_SIZE = 32, SEAL_OVERHEAD = 28 };

struct seal_key {
	uint8_t bytes[SEAL_KEY_SIZE];
};

struct seal_key seal_key_new(struct ctx *ctx);
/* The key of a department (or other purpose name) under the master key. */
struct seal_key seal_key_derive(const struct seal_key *master, struct sv purpose);

/* Sealed bytes in the arena; `about` binds them to their place (authenticated, not stored). */
struct sv seal(struct ctx *ctx, const struct seal_key *key, struct sv about, struct sv plain);
/* RC_INTERNAL when the bytes are not what was sealed (or the key was destroyed). */
[[nodiscard]] enum rc seal_open(struct ctx *ctx, const struct seal_key *key, struct sv about, struct sv sealed, struct sv *ret);

/* A case key wrapped for storage, and back. */
struct sv seal_key_wrap(struct ctx *ctx, const struct seal_key *by, const struct seal_key *key);
[[nodiscard]] enum rc seal_key_unwrap(struct ctx *ctx, const struct seal_key *by, struct sv wrapped, struct seal_key *ret);

/* Gives back (and clears) what this thread keeps for sealing; a thread that sealed calls it as its last step. */
void seal_thread_end(void);

#endif
