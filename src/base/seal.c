/* AES-256-GCM by OpenSSL with one cipher context a thread, which keeps the key it last opened with (the texts of a case
 * are opened one after another, and setting up the key is most of the work) and what was extracted from the master key. See
 * seal.h. */
#include "base/seal.h"

#include <assert.h>
#include <limits.h>
#include <openssl/crypto.h>
#include <openssl/evp.h>
#include <stdlib.h>

#include "base/hash.h"

#include "base/banned.h"

enum { NONCE = 12, TAG = 16 };

static _Thread_local struct {
	EVP_CIPHER *gcm;
	EVP_CIPHER_CTX *ctx;
	struct seal_key key; /* that ctx opens with, if has_key */
	bool has_key;
	struct seal_key master; /* and what is extracted from it, if has_master */
	struct hash extracted;
	bool has_master;
} kept;

static EVP_CIPHER_CTX *cipher(void)
{
	if (!kept.gcm) {
		kept.gcm = EVP_CIPHER_fetch(NULL, "AES-256-GCM", NULL);
		kept.ctx = EVP_CIPHER_CTX_new();
		if (!kept.gcm || !kept.ctx)
			abort();
	}
	return kept.ctx;
}

void seal_thread_end(void)
{
	EVP_CIPHER_CTX_free(kept.ctx);
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
	char info[256];
	size_t len = purpose.len;
	struct seal_key key;

	assert(len < sizeof(info)); /* purposes are ours; cut short, two could become one */
	memcpy(info, purpose.ptr, len);
	info[len] = 1;
	if (!kept.has_master || CRYPTO_memcmp(&kept.master, master, sizeof(*master)) != 0) {
		kept.extracted = hash_hmac_sha256((struct sv){ zero_salt, sizeof(zero_salt) },
			(struct sv){ (const char *)master->bytes, sizeof(master->bytes) });
		kept.master = *master;
		kept.has_master = true;
	}
	struct hash okm = hash_hmac_sha256((struct sv){ (const char *)kept.extracted.bytes, sizeof(kept.extracted.bytes) },
		(struct sv){ info, len + 1 });
	memcpy(key.bytes, okm.bytes, sizeof(key.bytes));
	return key;
}

struct sv seal(struct ctx *ctx, const struct seal_key *key, struct sv about, struct sv plain)
{
	EVP_CIPHER_CTX *evp = cipher();
	unsigned char *out = arena_alloc(ctx->arena, plain.len + SEAL_OVERHEAD);
	int len = 0;

	assert(about.len <= INT_MAX && plain.len <= INT_MAX);
	random_bytes(ctx->random, out, NONCE);
	kept.has_key = false;
	if (!EVP_EncryptInit_ex2(evp, kept.gcm, key->bytes, out, NULL)
		|| !EVP_EncryptUpdate(evp, NULL, &len, (const unsigned char *)about.ptr, (int)about.len)
		|| (plain.len && !EVP_EncryptUpdate(evp, out + NONCE, &len, (const unsigned char *)plain.ptr, (int)plain.len))
		|| !EVP_EncryptFinal_ex(evp, out + NONCE + plain.len, &len)
		|| !EVP_CIPHER_CTX_ctrl(evp, EVP_CTRL_GCM_GET_TAG, TAG, out + NONCE + plain.len))
		abort(); /* only a broken library can fail here; never store half-sealed data */
	return (struct sv){ (char *)out, plain.len + SEAL_OVERHEAD };
}

/* Ready to open what was sealed under the key with this nonce. */
static bool begin_opening(EVP_CIPHER_CTX *evp, const struct seal_key *key, const unsigned char *nonce)
{
	if (kept.has_key && CRYPTO_memcmp(&kept.key, key, sizeof(*key)) == 0)
		return EVP_DecryptInit_ex2(evp, NULL, NULL, nonce, NULL);
	kept.key = *key;
	kept.has_key = EVP_DecryptInit_ex2(evp, kept.gcm, key->bytes, nonce, NULL);
	return kept.has_key;
}

enum rc seal_open(struct ctx *ctx, const struct seal_key *key, struct sv about, struct sv sealed, struct sv *ret)
{
	EVP_CIPHER_CTX *evp = cipher();
	int len = 0;

	if (sealed.len < SEAL_OVERHEAD)
		return fail_internal(ctx, "sealed data is too short (%zu bytes)", sealed.len);
	size_t size = sealed.len - SEAL_OVERHEAD;
	const unsigned char *in = (const unsigned char *)sealed.ptr;
	unsigned char *out = arena_alloc(ctx->arena, size + 1);
	unsigned char tag[TAG];
	memcpy(tag, in + NONCE + size, TAG);
	if (!begin_opening(evp, key, in)
		|| !EVP_DecryptUpdate(evp, NULL, &len, (const unsigned char *)about.ptr, (int)about.len)
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
