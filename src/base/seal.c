/* AES-256-GCM by OpenSSL. Each thread has a cipher context to seal and two to open, which keep the keys they last opened with: the
 * texts of a case are opened one after another, cases of one department with its key, and setting up a key is most of the work.
 * What was extracted from the master key, and derived last from it, is kept as well. See seal.h. */
#include "base/seal.h"

#include <assert.h>
#include <limits.h>
#include <openssl/crypto.h>
#include <openssl/evp.h>
#include <stdlib.h>

#include "base/hash.h"

#include "base/banned.h"

enum { NONCE = 12, TAG = 16, MAX_PURPOSE = 255 };

enum { OPENERS = 2 };

struct opener {
	EVP_CIPHER_CTX *ctx;
	struct seal_key key; /* that ctx opens with, if has_key */
	bool has_key;
};

static _Thread_local struct {
	EVP_CIPHER *gcm;
	EVP_CIPHER_CTX *sealing;
	struct opener openers[OPENERS];
	size_t last; /* opener used */
	struct seal_key master; /* and what is extracted from it, if has_master */
	struct hash extracted;
	bool has_master;
	char purpose[MAX_PURPOSE]; /* for which `derived` was derived from it last, if has_derived */
	size_t purpose_len;
	struct seal_key derived;
	bool has_derived;
} kept;

static EVP_CIPHER_CTX *new_cipher(void)
{
	EVP_CIPHER_CTX *ctx = EVP_CIPHER_CTX_new();

	if (!ctx)
		abort();
	return ctx;
}

static void set_up(void)
{
	if (kept.gcm)
		return;
	kept.gcm = EVP_CIPHER_fetch(NULL, "AES-256-GCM", NULL);
	if (!kept.gcm)
		abort();
	kept.sealing = new_cipher();
	for (size_t i = 0; i < OPENERS; i++)
		kept.openers[i].ctx = new_cipher();
}

void seal_thread_end(void)
{
	EVP_CIPHER_CTX_free(kept.sealing);
	for (size_t i = 0; i < OPENERS; i++)
		EVP_CIPHER_CTX_free(kept.openers[i].ctx);
	EVP_CIPHER_free(kept.gcm);
	OPENSSL_cleanse(&kept, sizeof(kept));
}

struct seal_key seal_key_new(struct ctx *ctx)
{
	struct seal_key key;

	random_bytes(ctx->random, key.bytes, sizeof(key.bytes));
	return key;
}

struct seal_key seal_key_derive(const struct seal_key *master, struct sv purpose)
{
	/* HKDF with an empty salt: extract, then one block of expand (RFC 5869 sections 2.2, 2.3). */
	static const char zero_salt[32];
	char info[MAX_PURPOSE + 1];
	size_t len = purpose.len;

	assert(len <= MAX_PURPOSE); /* purposes are ours; cut short, two could become one */
	memcpy(info, purpose.ptr, len);
	info[len] = 1;
	if (!kept.has_master || CRYPTO_memcmp(&kept.master, master, sizeof(*master)) != 0) {
		kept.extracted = hash_hmac_sha256((struct sv){ zero_salt, sizeof(zero_salt) },
			(struct sv){ (const char *)master->bytes, sizeof(master->bytes) });
		kept.master = *master;
		kept.has_master = true;
		kept.has_derived = false;
	}
	if (kept.has_derived && len == kept.purpose_len && memcmp(kept.purpose, purpose.ptr, len) == 0)
		return kept.derived;
	struct hash okm = hash_hmac_sha256((struct sv){ (const char *)kept.extracted.bytes, sizeof(kept.extracted.bytes) },
		(struct sv){ info, len + 1 });
	memcpy(kept.derived.bytes, okm.bytes, sizeof(kept.derived.bytes));
	memcpy(kept.purpose, purpose.ptr, len);
	kept.purpose_len = len;
	kept.has_derived = true;
	return kept.derived;
}

struct sv seal(struct ctx *ctx, const struct seal_key *key, struct sv about, struct sv plain)
{
	unsigned char *out = arena_alloc(ctx->arena, plain.len + SEAL_OVERHEAD);
	int len = 0;

	assert(key);
	set_up();
	EVP_CIPHER_CTX *evp = kept.sealing;
	assert(about.len <= INT_MAX && plain.len <= INT_MAX);
	random_bytes(ctx->random, out, NONCE);
	if (!EVP_EncryptInit_ex2(evp, kept.gcm, key->bytes, out, NULL)
		|| !EVP_EncryptUpdate(evp, NULL, &len, (const unsigned char *)about.ptr, (int)about.len)
		|| (plain.len && !EVP_EncryptUpdate(evp, out + NONCE, &len, (const unsigned char *)plain.ptr, (int)plain.len))
		|| !EVP_EncryptFinal_ex(evp, out + NONCE + plain.len, &len)
		|| !EVP_CIPHER_CTX_ctrl(evp, EVP_CTRL_GCM_GET_TAG, TAG, out + NONCE + plain.len))
		abort(); /* only a broken library can fail here; never store half-sealed data */
	return (struct sv){ (char *)out, plain.len + SEAL_OVERHEAD };
}

/* A context that is ready to open what was sealed under the key with this nonce; NULL when the library refuses. */
static EVP_CIPHER_CTX *begin_opening(const struct seal_key *key, const unsigned char *nonce)
{
	set_up();
	for (size_t i = 0; i < OPENERS; i++) {
		struct opener *known = &kept.openers[(kept.last + i) % OPENERS];
		if (!known->has_key || CRYPTO_memcmp(&known->key, key, sizeof(*key)) != 0)
			continue;
		kept.last = (kept.last + i) % OPENERS;
		return EVP_DecryptInit_ex2(known->ctx, NULL, NULL, nonce, NULL) ? known->ctx : NULL;
	}
	kept.last = (kept.last + 1) % OPENERS;
	struct opener *opener = &kept.openers[kept.last];
	opener->key = *key;
	opener->has_key = EVP_DecryptInit_ex2(opener->ctx, kept.gcm, key->bytes, nonce, NULL);
	return opener->has_key ? opener->ctx : NULL;
}

enum rc seal_open(struct ctx *ctx, const struct seal_key *key, struct sv about, struct sv sealed, struct sv *ret)
{
	int len = 0;

	assert(key);
	if (sealed.len < SEAL_OVERHEAD)
		return fail_internal(ctx, "sealed data is too short (%zu bytes)", sealed.len);
	size_t size = sealed.len - SEAL_OVERHEAD;
	const unsigned char *in = (const unsigned char *)sealed.ptr;
	unsigned char *out = arena_alloc(ctx->arena, size + 1);
	unsigned char tag[TAG];
	memcpy(tag, in + NONCE + size, TAG);
	EVP_CIPHER_CTX *evp = begin_opening(key, in);
	if (!evp || !EVP_DecryptUpdate(evp, NULL, &len, (const unsigned char *)about.ptr, (int)about.len)
		|| (size && !EVP_DecryptUpdate(evp, out, &len, in + NONCE, (int)size))
		|| !EVP_CIPHER_CTX_ctrl(evp, EVP_CTRL_GCM_SET_TAG, TAG, tag) || EVP_DecryptFinal_ex(evp, out + size, &len) <= 0)
		return fail_internal(ctx, "sealed data does not open with its key");
	*ret = (struct sv){ (char *)out, size };
	return RC_OK;
}

struct sv seal_key_wrap(struct ctx *ctx, const struct seal_key *by, const struct seal_key *key)
{
	return seal(ctx, by, SV("key"), (struct sv){ (const char *)key->bytes, sizeof(key->bytes) });
}

enum rc seal_key_unwrap(struct ctx *ctx, const struct seal_key *by, struct sv wrapped, struct seal_key *ret)
{
	struct sv plain;

	TRY(seal_open(ctx, by, SV("key"), wrapped, &plain));
	if (plain.len != sizeof(ret->bytes))
		return fail_internal(ctx, "a wrapped key has %zu bytes", plain.len);
	memcpy(ret->bytes, plain.ptr, plain.len);
	return RC_OK;
}
