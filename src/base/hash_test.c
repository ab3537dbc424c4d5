/* Tests of base/hash: the vectors of FIPS 180 (as in its examples) and of RFC 4231. */
#include "test/kit/kit.h"

#include "base/buf.h"
#include "base/hash.h"

#include "base/banned.h"

static void assert_hash(struct kit *kit, struct hash hash, const char *hex)
{
	struct buf buf;

	buf_init(&buf, &kit->arena, 100);
	buf_hex(&buf, hash.bytes, sizeof(hash.bytes));
	assert_sv_equal(buf_view(&buf), hex);
}

static struct sv repeated(struct kit *kit, char byte, size_t count)
{
	char *bytes = arena_alloc(&kit->arena, count);

	memset(bytes, byte, count);
	return (struct sv){ bytes, count };
}

static void test_sha256(void **state)
{
	struct kit *kit = *state;

	assert_hash(kit, hash_sha256(SV("")), "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");
	assert_hash(kit, hash_sha256(SV("abc")), "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
	assert_hash(kit, hash_sha256(SV("abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq")),
		"248d6a61d20638b8e5c026930c3e6039a33ce45964ff2167f6ecedd419db06c1");
	struct sv million = repeated(kit, 'a', 1000000);
	const char *expected = "cdc76e5c9914fb9281a1c7e284d73e67f1809a48a497200e046d39ccc7112cd0";
	assert_hash(kit, hash_sha256(million), expected);
	struct sv pieces[] = { sv_slice(million, 0, 1), SV(""), sv_slice(million, 0, 999000), sv_slice(million, 0, 999) };
	assert_hash(kit, hash_sha256_pieces(pieces, 4), expected);
	struct hash_stream *stream = hash_stream_new(), *other = hash_stream_new();
	for (int i = 0; i < 1000; i++) {
		hash_stream_add(stream, sv_slice(million, 0, 1000));
		hash_stream_add(other, SV("x"));
	}
	assert_hash(kit, hash_stream_end(stream), expected);
	hash_stream_free(other);
	hash_stream_free(NULL);
}

static void test_hmac(void **state)
{
	struct kit *kit = *state;

	assert_hash(kit, hash_hmac_sha256(repeated(kit, 0x0b, 20), SV("Hi There")),
		"b0344c61d8db38535ca8afceaf0bf12b881dc200c9833da726e9376c2e32cff7");
	assert_hash(kit, hash_hmac_sha256(SV("Jefe"), SV("what do ya want for nothing?")),
		"5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843");
	assert_hash(kit, hash_hmac_sha256(repeated(kit, (char)0xaa, 20), repeated(kit, (char)0xdd, 50)),
		"773ea91e36800e46854db8ebd09181a72959098b3ef8c122d9635514ced565fe");
	assert_hash(kit, hash_hmac_sha256(repeated(kit, (char)0xaa, 131),
			SV("Test Using Larger Than Block-Size Key - Hash Key First")),
		"60e431591ee0b67f0d8a26aacbf5b77f8e0bc6213728c5140546040f0ee37f54");
}

static void test_equality(void **state)
{
	struct hash a = hash_sha256(SV("a")), b = hash_sha256(SV("b"));

	(void)state;
	assert_true(hash_equal(a, a));
	assert_false(hash_equal(a, b));
	assert_true(bytes_equal_secret(SV("secret"), SV("secret")));
	assert_false(bytes_equal_secret(SV("secret"), SV("secreT")));
	assert_false(bytes_equal_secret(SV("secret"), SV("secrets")));
	assert_true(bytes_equal_secret(SV(""), SV("")));
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, kit_setup, kit_teardown)

int main(void)
{
	const struct CMUnitTest tests[] = { TEST(test_sha256), TEST(test_hmac), TEST(test_equality) };

	return cmocka_run_group_tests_name("hash", tests, NULL, NULL);
}
