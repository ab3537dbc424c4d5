/* Notes, keys, checkpoints and signing: the tessera log's checkpoints, the Ed25519 edge cases, and our own. */
#include <stdio.h>

#include "base/json.h"
#include "engine/tlog/note.h"
#include "engine/tlog/signer.h"
#include "engine/tlog/tile.h"
#include "engine/tlog/tlog.h"
#include "test/kit/kit.h"

#include "base/banned.h"

enum { TESSERA_SIZE = 15 };
static const char tessera_key[] = "example.com/log/testdata+33d7b496+AeHTu4Q3hEIMHNqc6fASMsq3rKNx280NI+oO5xCFkkSx";

static struct note_secret test_secret(void)
{
	static const uint8_t seed[NOTE_SEED_SIZE] = { 1, 2, 3 };

	return note_secret_from_seed(SV("tongban.example/ledger"), seed);
}

static struct sv tessera_file(struct kit *kit, struct sv name)
{
	return kit_file(kit, arena_printf(&kit->arena, "%s/tlog/tessera/log/%.*s", kit_suites(), SV_FMT(name)).ptr);
}

static void test_keys(void **state)
{
	struct kit *kit = *state;
	struct note_secret secret = test_secret();
	struct note_key key;

	assert_ok(kit, note_key_parse(&kit->ctx, note_key_text(&kit->arena, &secret.key), &key));
	assert_memory_equal(secret.key.bytes, key.bytes, sizeof(key.bytes));
	assert_int_equal(secret.key.id, key.id);
	assert_ok(kit, note_key_parse(&kit->ctx, sv_of(tessera_key), &key));
	assert_sv_equal(note_key_text(&kit->arena, &key), tessera_key);

	static const char *const bad[] = { "", "a", "a+b", "a+00000000+", "example.com/log/testdata+33d7b497+AeHTu4Q3hEIMHNqc6fASMsq3rKNx280NI+oO5xCFkkSx",
		"a b+33d7b496+AeHTu4Q3hEIMHNqc6fASMsq3rKNx280NI+oO5xCFkkSx", "a+33d7b496+BOHTu4Q3hEIMHNqc6fASMsq3rKNx280NI+oO5xCFkkSx" };
	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
		assert_int_equal(note_key_parse(&kit->ctx, sv_of(bad[i]), &key), RC_MALFORMED);
		error_clear(&kit->ctx);
	}
}

static void test_sign_and_verify(void **state)
{
	struct kit *kit = *state;
	struct note_secret secret = test_secret();
	uint8_t signature[NOTE_SIGNATURE_SIZE];
	struct note note;

	note_sign_bytes(&secret, SV("a\n\nb\n"), signature);
	struct sv bytes = note_with_signature(&kit->arena, SV("a\n\nb\n"), &secret.key, signature);
	assert_ok(kit, note_parse(&kit->ctx, bytes, &note));
	assert_sv_equal(note.text, "a\n\nb\n");
	assert_int_equal(note.signature_count, 1);
	assert_ok(kit, note_verify(&kit->ctx, &note, &secret.key, 1));
	note.text = SV("a\n\nc\n");
	assert_int_equal(note_verify(&kit->ctx, &note, &secret.key, 1), RC_INVALID);
	error_clear(&kit->ctx);
	struct note_key other;
	assert_ok(kit, note_key_parse(&kit->ctx, sv_of(tessera_key), &other));
	assert_int_equal(note_verify(&kit->ctx, &note, &other, 1), RC_INVALID);
	error_clear(&kit->ctx);
	for (size_t cut = 0; cut < bytes.len; cut++) { /* every beginning of a note is not one */
		assert_int_not_equal(note_parse(&kit->ctx, sv_slice(bytes, 0, cut), &note), RC_OK);
		error_clear(&kit->ctx);
	}
}

static void test_bad_notes(void **state)
{
	struct kit *kit = *state;
	static const char *const bad[] = { "text\n\nno dash\n", "text\n\n\xe2\x80\x94 a\n", "text\n\n\xe2\x80\x94 a !!!!\n",
		"text\n\n\xe2\x80\x94 a AAAA\n", "te\txt\n\n\xe2\x80\x94 a AAAAAAAA\n", "text\n\n\xe2\x80\x94  AAAAAAAA\n",
		"text\xff\n\n\xe2\x80\x94 a AAAAAAAA\n", "text\n\n", "text" };
	struct note note;
	struct checkpoint checkpoint;

	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
		assert_int_equal(note_parse(&kit->ctx, sv_of(bad[i]), &note), RC_MALFORMED);
		error_clear(&kit->ctx);
	}
	assert_ok(kit, note_parse(&kit->ctx, SV("text\n\n\xe2\x80\x94 a AAAAAAAA\n"), &note));

	static const char *const bad_checkpoints[] = { "", "o\n", "o\n1\n", "\n1\nrKbDipCvhuX1GZ7g5BBe8sA6BbJ7ja/1nk427v383cs=\n",
		"o\n01\nrKbDipCvhuX1GZ7g5BBe8sA6BbJ7ja/1nk427v383cs=\n", "o\n-1\nrKbDipCvhuX1GZ7g5BBe8sA6BbJ7ja/1nk427v383cs=\n",
		"o\n1\nrKbDipCvhuX1GZ7g5BBe8sA6BbJ7ja/1nk427v383c=\n",
		"o\n1\nrKbDipCvhuX1GZ7g5BBe8sA6BbJ7ja/1nk427v383cs\n", "o\n1\nrKbDipCvhuX1GZ7g5BBe8sA6BbJ7ja/1nk427v383cs=",
		"o\n99999999999999999999\nrKbDipCvhuX1GZ7g5BBe8sA6BbJ7ja/1nk427v383cs=\n" };
	for (size_t i = 0; i < sizeof(bad_checkpoints) / sizeof(bad_checkpoints[0]); i++) {
		if (checkpoint_parse(&kit->ctx, sv_of(bad_checkpoints[i]), &checkpoint) != RC_MALFORMED)
			fail_msg("accepted: %s", bad_checkpoints[i]);
		error_clear(&kit->ctx);
	}
}

/* --- the tessera log --- */

static enum rc read_tessera(struct ctx *ctx, void *owner, struct tile tile, struct sv *ret)
{
	(void)ctx; /* a missing file fails the test itself */
	struct kit *kit = owner;
	*ret = tessera_file(kit, tile_path(&kit->arena, tile));
	return RC_OK;
}

static struct checkpoint tessera_checkpoint(struct kit *kit, unsigned size)
{
	struct note_key key;
	struct note note;
	struct checkpoint checkpoint;
	char name[32];

	snprintf(name, sizeof(name), "checkpoint.%u", size);
	assert_ok(kit, note_key_parse(&kit->ctx, sv_of(tessera_key), &key));
	assert_ok(kit, note_parse(&kit->ctx, tessera_file(kit, sv_of(name)), &note));
	assert_ok(kit, note_verify(&kit->ctx, &note, &key, 1));
	assert_ok(kit, checkpoint_parse(&kit->ctx, note.text, &checkpoint));
	assert_sv_equal(checkpoint_text(&kit->arena, &checkpoint), arena_z(&kit->arena, note.text));
	assert_int_equal(checkpoint.size, size);
	return checkpoint;
}

static void test_tessera(void **state)
{
	struct kit *kit = *state;
	struct hash leaves[TESSERA_SIZE], done[TLOG_MAX_LEVELS];
	struct tlog_frontier frontier = { 0 };
	struct checkpoint checkpoints[TESSERA_SIZE + 1];
	struct tlog_proof proof;
	unsigned pairs = 0;

	if (!kit_suites())
		skip();
	struct sv bundle = tessera_file(kit, SV("tile/entries/000.p/15")), entry;
	for (unsigned size = 0; size <= TESSERA_SIZE; size++) {
		checkpoints[size] = tessera_checkpoint(kit, size);
		assert_true(hash_equal(checkpoints[size].root, tlog_frontier_root(&frontier)));
		if (size == TESSERA_SIZE)
			break;
		assert_true(tile_next_entry(&bundle, &entry));
		leaves[size] = tlog_leaf_hash(entry);
		tlog_frontier_add(&frontier, leaves[size], done);
	}
	assert_int_equal(bundle.len, 0);
	for (unsigned size = 1; size <= TESSERA_SIZE; size++) {
		struct tile_reader tiles = { .read = read_tessera, .owner = kit, .size = size };
		tile_reader_init(&tiles);
		for (unsigned at = 0; at < TESSERA_SIZE; at++) {
			if (at < size) {
				assert_ok(kit, tlog_prove_inclusion(&kit->ctx, &tiles.reader, at, size, &proof));
				assert_true(tlog_check_inclusion(leaves[at], at, size, proof.at, proof.len, checkpoints[size].root));
				assert_ok(kit, tlog_prove_consistency(&kit->ctx, &tiles.reader, at, size, &proof));
				assert_true(tlog_check_consistency(at, checkpoints[at].root, size, checkpoints[size].root,
					proof.at, proof.len));
				pairs++;
			} else {
				assert_int_equal(tlog_prove_inclusion(&kit->ctx, &tiles.reader, at, size, &proof), RC_INVALID);
				error_clear(&kit->ctx);
			}
		}
	}
	assert_int_equal(pairs, TESSERA_SIZE * (TESSERA_SIZE + 1) / 2);
}

/* --- Ed25519 --- */

/* The rule we hold to (note.h): no point of small order, nothing in other than canonical form, no cofactor. What is left
 * must be accepted, even with a component of small order that cancels out. */
static bool is_strictly_good(const struct json *flags)
{
	static const char *const refused[] = { "low_order_R", "low_order_A", "low_order_residue", "non_canonical_R",
		"non_canonical_A" };

	for (const struct json *flag = json_first(flags); flag; flag = json_next(flags, flag))
		for (size_t i = 0; i < sizeof(refused) / sizeof(refused[0]); i++)
			if (sv_equal_z(json_string(flag), refused[i]))
				return false;
	return true;
}

static void test_ed25519(void **state)
{
	struct kit *kit = *state;
	const struct json *vectors;
	unsigned good = 0, bad = 0;

	if (!kit_suites())
		skip();
	struct sv text = kit_file(kit, arena_printf(&kit->arena, "%s/tlog/ed25519vectors.json", kit_suites()).ptr);
	assert_ok(kit, json_parse(&kit->ctx, SV("ed25519vectors.json"), text, &json_limits_file, &vectors));
	for (const struct json *v = json_first(vectors); v; v = json_next(vectors, v)) {
		struct sv public_key, signature;
		struct note_key key = { .name = SV("test") };
		assert_true(hex_decode(&kit->arena, json_string(json_get(v, SV("key"))), &public_key));
		assert_true(hex_decode(&kit->arena, json_string(json_get(v, SV("sig"))), &signature));
		assert_int_equal(public_key.len, sizeof(key.bytes));
		memcpy(key.bytes, public_key.ptr, public_key.len);
		bool expected = is_strictly_good(json_get(v, SV("flags")));
		if (note_verify_bytes(&key, json_string(json_get(v, SV("msg"))), signature) != expected)
			fail_msg("vector %.*s: expected %s", SV_FMT(json_scalar(json_get(v, SV("number")))),
				expected ? "good" : "bad");
		if (expected)
			good++;
		else
			bad++;
	}
	print_message("# ed25519: %u good, %u bad\n", good, bad);
	assert_int_equal(good + bad, 914);
	assert_true(good > 0);
}

/* --- the signer --- */

static struct signer_request request_of(struct kit *kit, const struct tlog_reader *reader, uint64_t from, uint64_t size)
{
	struct signer_request request = { .proof_from = from, .head.size = size };
	struct tlog_frontier frontier;

	assert_ok(kit, tlog_frontier_read(&kit->ctx, reader, size, &frontier));
	request.head.root = tlog_frontier_root(&frontier);
	assert_ok(kit, tlog_prove_consistency(&kit->ctx, reader, from, size, &request.proof));
	return request;
}

/* A tree whose leaf i is the hash of (seed, i). */
static struct hash chain_hash(uint64_t seed, unsigned level, uint64_t index)
{
	uint64_t entry[2] = { seed, index };

	if (level == 0)
		return tlog_leaf_hash((struct sv){ (const char *)entry, sizeof(entry) });
	return tlog_node_hash(chain_hash(seed, level - 1, 2 * index), chain_hash(seed, level - 1, 2 * index + 1));
}

static enum rc chain_read(struct ctx *ctx, const struct tlog_reader *reader, const struct tlog_at *at, size_t count,
	struct hash *ret)
{
	(void)ctx; /* nothing can fail here */
	for (size_t i = 0; i < count; i++)
		ret[i] = chain_hash(*(const uint64_t *)reader->owner, at[i].level, at[i].index);
	return RC_OK;
}

static void test_signer(void **state)
{
	struct kit *kit = *state;
	uint64_t seed = 1, other_seed = 2;
	struct tlog_reader tree = { .read = chain_read, .owner = &seed }, fork = { .read = chain_read, .owner = &other_seed };
	struct signer_local local;
	struct signer_head head;
	uint8_t signature[NOTE_SIGNATURE_SIZE];

	signer_local_init(&local, test_secret());
	struct signer *signer = &local.signer;
	struct signer_request request = request_of(kit, &tree, 0, 5);
	assert_ok(kit, signer->sign(&kit->ctx, signer, &request, signature));
	assert_true(note_verify_bytes(&signer->key, signer_checkpoint_text(&kit->arena, &signer->key, &request.head),
		(struct sv){ (const char *)signature, sizeof(signature) }));
	request = request_of(kit, &tree, 5, 5); /* again */
	assert_ok(kit, signer->sign(&kit->ctx, signer, &request, signature));
	request = request_of(kit, &tree, 5, 9);
	assert_ok(kit, signer->sign(&kit->ctx, signer, &request, signature));
	assert_ok(kit, signer->head(&kit->ctx, signer, &head));
	assert_int_equal(head.size, 9);

	request = request_of(kit, &tree, 5, 10); /* proves from an older head */
	assert_int_equal(signer->sign(&kit->ctx, signer, &request, signature), RC_CONFLICT);
	error_clear(&kit->ctx);
	request = request_of(kit, &tree, 0, 8); /* a restored backup */
	assert_int_equal(signer->sign(&kit->ctx, signer, &request, signature), RC_CONFLICT);
	error_clear(&kit->ctx);
	request = request_of(kit, &fork, 9, 12); /* another history */
	assert_int_equal(signer->sign(&kit->ctx, signer, &request, signature), RC_INTERNAL);
	error_clear(&kit->ctx);
	assert_ok(kit, signer->head(&kit->ctx, signer, &head));
	assert_int_equal(head.size, 9);

	assert_ok(kit, signer->sign_text(&kit->ctx, signer, SV(SIGNER_LICENCE_LINE "x\n"), signature));
	assert_int_equal(signer->sign_text(&kit->ctx, signer, SV("tongban.example/ledger\n5\nAAAA\n"), signature), RC_INTERNAL);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(test_keys, kit_setup, kit_teardown),
		cmocka_unit_test_setup_teardown(test_sign_and_verify, kit_setup, kit_teardown),
		cmocka_unit_test_setup_teardown(test_bad_notes, kit_setup, kit_teardown),
		cmocka_unit_test_setup_teardown(test_tessera, kit_setup, kit_teardown),
		cmocka_unit_test_setup_teardown(test_ed25519, kit_setup, kit_teardown),
		cmocka_unit_test_setup_teardown(test_signer, kit_setup, kit_teardown),
	};

	return cmocka_run_group_tests_name("tlog_note", tests, NULL, NULL);
}
