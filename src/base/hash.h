/* SHA-256, HMAC-SHA-256 and constant-time comparison (OpenSSL 3; the digest is fetched once a thread). */
#ifndef BASE_HASH_H
#define BASE_HASH_H

#include "base/sv.h"

struct hash {
	uint8_t bytes[32];
};

struct hash hash_sha256(struct sv bytes);
/* Over several pieces, as if joined. */
struct hash hash_sha256_pieces(const struct sv *pieces, size_t count);
struct hash hash_hmac_sha256(struct sv key, struct sv bytes);
/* Gives back what this thread keeps for hashing; a thread that hashed calls it as its last step. */
void hash_thread_end(void);
bool hash_equal(struct hash a, struct hash b);
/* For secrets: takes the same time wherever they differ. */
bool bytes_equal_secret(struct sv a, struct sv b);

/* Streaming, for uploads. One thread, any number at once. */
struct hash_stream;
struct hash_stream *hash_stream_new(void);
void hash_stream_add(struct hash_stream *stream, struct sv bytes);
/* Finishes and frees. */
struct hash hash_stream_end(struct hash_stream *stream);
void hash_stream_free(struct hash_stream *stream); /* accepts NULL */

#endif
