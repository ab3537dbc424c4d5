/* Tests of base/seal: the published AES-256-GCM vector, OpenSSL's own HKDF as oracle, and that nothing altered opens. */
#include "test/kit/kit.h"

#include <openssl/core_names.h>
#include <openssl/kdf.h>
#include <openssl/params.h>

#include "base/buf.h"
#include "base/seal.h"

#include "base/banned.h"

static struct sv unhex(struct kit *kit, const char *hex)
{
	struct sv bytes;

	assert_true(hex_decode(&kit->arena, sv_of(hex), &bytes));
	return bytes;
}

/* Test case 16 of the GCM specification submitted to NIST (McGrew and Viega). */
static void test_vector(void **state)
{
	struct kit *kit = *state;
	struct sv key_bytes = unhex(kit, "feffe9928665731c6d6a8f9467308308feffe9928665731c6d6a8f9467308308");
	struct sv sealed = unhex(kit, "cafebabefacedbaddecaf888"
				      "522dc1f099567d07f47f37a32a84427d643a8cdcbfe5c0c97598a2bd2555d1aa"
				      "8cb08e48590dbb3da7b08b1056828838c5f61e6393ba7a0abcc9f662"
				      "76fc6ece0f4e1768cddf8853bb2d551b");
	struct sv expected = unhex(kit, "d9313225f88406e5a55909c5aff5269a86a7a9531534f7da2e4c303d8a318a72"
					"1c3c0c95956809532fcf0e2449a6b525b16aedf5aa0de657ba637b39");
	struct seal_key key;
	struct sv plain;

	memcpy(key.bytes, key_bytes.ptr, sizeof(key.bytes));
	assert_ok(kit, seal_open(&kit->ctx, &key, unhex(kit, "feedfacedeadbeeffeedfacedeadbeefabaddad2"), sealed, &plain));
	assert_true(sv_equal(plain, expected));
}

static void test_round_trip(void **state)
{
	struct kit *kit = *state;
	struct seal_key key = seal_key_new(&kit->ctx);

	for (size_t len = 0; len < 70; len++) {
		char *bytes = arena_alloc(&kit->arena, len);
		random_bytes(&kit->random, bytes, len);
		struct sv plain = { bytes, len }, back;
		struct sv sealed = seal(&kit->ctx, &key, SV("case/1/name"), plain), again = seal(&kit->ctx, &key, SV("case/1/name"), plain);
		assert_int_equal(sealed.len, len + SEAL_OVERHEAD);
		assert_false(sv_equal(sealed, again)); /* another nonce */
		assert_ok(kit, seal_open(&kit->ctx, &key, SV("case/1/name"), sealed, &back));
		assert_true(sv_equal(plain, back));
	}
}

static void assert_shut(struct kit *kit, const struct seal_key *key, struct sv about, struct sv sealed)
{
	struct sv back = SV("untouched");

	assert_int_equal(seal_open(&kit->ctx, key, about, sealed, &back), RC_INTERNAL);
	assert_sv_equal(back, "untouched");
	error_clear(&kit->ctx);
}

static void test_nothing_altered_opens(void **state)
{
	struct kit *kit = *state;
	struct seal_key key = seal_key_new(&kit->ctx), other = seal_key_new(&kit->ctx);
	struct sv sealed = seal(&kit->ctx, &key, SV("here"), SV("990000 synthetic"));

	for (size_t bit = 0; bit < sealed.len * 8; bit++) {
		struct sv altered = arena_copy(&kit->arena, sealed);
		((char *)altered.ptr)[bit / 8] ^= (char)(1 << bit % 8);
		assert_shut(kit, &key, SV("here"), altered);
	}
	for (size_t len = 0; len < sealed.len; len++)
		assert_shut(kit, &key, SV("here"), sv_slice(sealed, 0, len));
	assert_shut(kit, &key, SV("there"), sealed);
	assert_shut(kit, &key, SV(""), sealed);
	assert_shut(kit, &other, SV("here"), sealed);
}

static void test_wrapped_keys(void **state)
{
	struct kit *kit = *state;
	struct seal_key by = seal_key_new(&kit->ctx), other = seal_key_new(&kit->ctx), key = seal_key_new(&kit->ctx), back;
	struct sv wrapped = seal_key_wrap(&kit->ctx, &by, &key);

	assert_ok(kit, seal_key_unwrap(&kit->ctx, &by, wrapped, &back));
	assert_memory_equal(back.bytes, key.bytes, SEAL_KEY_SIZE);
	assert_int_equal(seal_key_unwrap(&kit->ctx, &other, wrapped, &back), RC_INTERNAL);
	error_clear(&kit->ctx);
	assert_int_equal(seal_key_unwrap(&kit->ctx, &by, seal(&kit->ctx, &by, SV("key"), SV("short")), &back), RC_INTERNAL);
}

static void test_derivation(void **state)
{
	struct kit *kit = *state;
	struct seal_key master = seal_key_new(&kit->ctx), derived = seal_key_derive(&master, SV("department/housing"));
	unsigned char expected[SEAL_KEY_SIZE];
	char digest[] = "SHA256", info[] = "department/housing";
	EVP_KDF *kdf = EVP_KDF_fetch(NULL, "HKDF", NULL);
	EVP_KDF_CTX *hkdf = EVP_KDF_CTX_new(kdf);
	const OSSL_PARAM parameters[] = {
		OSSL_PARAM_construct_utf8_string(OSSL_KDF_PARAM_DIGEST, digest, 0),
		OSSL_PARAM_construct_octet_string(OSSL_KDF_PARAM_KEY, master.bytes, sizeof(master.bytes)),
		OSSL_PARAM_construct_octet_string(OSSL_KDF_PARAM_INFO, info, strlen(info)),
		OSSL_PARAM_construct_end(),
	};

	assert_true(EVP_KDF_derive(hkdf, expected, sizeof(expected), parameters) > 0);
	EVP_KDF_CTX_free(hkdf);
	EVP_KDF_free(kdf);
	assert_memory_equal(derived.bytes, expected, SEAL_KEY_SIZE);
	struct seal_key another = seal_key_derive(&master, SV("department/planning"));
	assert_memory_not_equal(derived.bytes, another.bytes, SEAL_KEY_SIZE);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, kit_setup, kit_teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(test_vector), TEST(test_round_trip), TEST(test_nothing_altered_opens), TEST(test_wrapped_keys), TEST(test_derivation),
	};

	return cmocka_run_group_tests_name("seal", tests, NULL, NULL);
}
