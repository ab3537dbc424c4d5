/* Receipts: made, checked, and every kind of tampering found at the right step. */
#include "base/civil.h"
#include "engine/tlog/receipt.h"
#include "engine/tlog/signer.h"
#include "test/kit/kit.h"

#include "base/banned.h"

struct sample {
	struct note_secret secret;
	struct sv key, receipt;
};

/* A log of 7 leaves of which number 4 is a real act. */
static enum rc sample_read(struct ctx *ctx, const struct tlog_reader *reader, const struct tlog_at *at, size_t count,
	struct hash *ret)
{
	const struct hash *leaves = reader->owner;

	(void)ctx; /* nothing can fail here */
	for (size_t i = 0; i < count; i++) {
		size_t width = (size_t)1 << at[i].level;
		struct tlog_frontier frontier = { 0 };
		struct hash done[TLOG_MAX_LEVELS];
		for (size_t n = 0; n < width; n++)
			tlog_frontier_add(&frontier, leaves[at[i].index * width + n], done);
		ret[i] = tlog_frontier_root(&frontier);
	}
	return RC_OK;
}

static struct sample make_sample(struct kit *kit)
{
	static const uint8_t seed[NOTE_SEED_SIZE] = { 7 };
	struct sample sample = { .secret = note_secret_from_seed(SV("tongban.example/ledger"), seed) };
	struct leaf leaf = { .type = SV("accept"), .department = SV("market-supervision"), .at = KIT_START_MS,
		.record = id_new(&kit->ctx), .previous = 3, .has_rules = true, .rules = hash_sha256(SV("rules")) };
	char salt[LEAF_SALT_SIZE], instant[25];
	const struct json *tree;
	struct sv canonical, record;

	random_bytes(&kit->random, salt, sizeof(salt));
	struct buf rules;
	buf_init(&rules, &kit->arena, 64);
	buf_hex(&rules, leaf.rules.bytes, 32);
	record = arena_printf(&kit->arena,
		"{\"rules\":\"%.*s\",\"type\":\"accept\",\"id\":\"%s\",\"department\":\"market-supervision\",\"time\":\"%s\","
		"\"case\":\"7KM3-9QXT-2C4F\",\"details\":{\"reasons\":\"\xe8\xb5\x84\xe6\x96\x99\xe9\xbd\x90\xe5\x85\xa8\",\"fee\":1200}}",
		SV_FMT(buf_view(&rules)), id_text(&kit->arena, leaf.record).ptr, civil_instant_text(leaf.at, instant).ptr);
	assert_ok(kit, json_parse(&kit->ctx, SV("record"), record, &json_limits_request, &tree));
	assert_ok(kit, record_canonical(&kit->ctx, tree, &canonical));
	leaf.commitment = record_commitment(&kit->arena, (struct sv){ salt, sizeof(salt) }, canonical);
	struct sv bytes = leaf_encode(&kit->arena, &leaf);

	struct hash leaves[7];
	struct tlog_reader reader = { .read = sample_read, .owner = leaves };
	for (size_t i = 0; i < 7; i++)
		leaves[i] = tlog_leaf_hash(i == 4 ? bytes : (struct sv){ (const char *)&i, sizeof(i) });
	struct tlog_frontier frontier;
	assert_ok(kit, tlog_frontier_read(&kit->ctx, &reader, 7, &frontier));
	struct checkpoint checkpoint = { .origin = sample.secret.key.name, .size = 7, .root = tlog_frontier_root(&frontier) };
	struct sv text = checkpoint_text(&kit->arena, &checkpoint);
	uint8_t signature[NOTE_SIGNATURE_SIZE];
	note_sign_bytes(&sample.secret, text, signature);
	struct proof_file file = { .index = 4,
		.checkpoint = note_with_signature(&kit->arena, text, &sample.secret.key, signature) };
	assert_ok(kit, tlog_prove_inclusion(&kit->ctx, &reader, 4, 7, &file.proof));
	assert_ok(kit, receipt_text(&kit->ctx, record, (struct sv){ salt, sizeof(salt) }, bytes,
		proof_file_text(&kit->arena, &file), &sample.receipt));
	sample.key = note_key_text(&kit->arena, &sample.secret.key);
	return sample;
}

static void test_verified(void **state)
{
	struct kit *kit = *state;
	struct sample sample = make_sample(kit);
	struct receipt_check check;

	assert_ok(kit, receipt_verify(&kit->ctx, sample.receipt, sample.key, &check));
	for (int i = 0; i < RECEIPT_STEP_COUNT; i++)
		assert_int_equal(check.steps[i], RECEIPT_PASSED);
	assert_true(check.is_verified);
	assert_sv_equal(check.leaf.type, "accept");
	assert_int_equal(check.index, 4);
	assert_int_equal(check.checkpoint.size, 7);
	assert_int_equal(check.leaf.previous, 3);
}

/* Replaces the first `from` in the receipt by `to`. */
static struct sv altered(struct kit *kit, struct sv receipt, const char *from, const char *to)
{
	size_t at = sv_find(receipt, sv_of(from), 0);

	assert_true(at != SIZE_MAX);
	return arena_printf(&kit->arena, "%.*s%s%.*s", (int)at, receipt.ptr, to, (int)(receipt.len - at - strlen(from)),
		receipt.ptr + at + strlen(from));
}

static void expect_failure(struct kit *kit, struct sv receipt, struct sv key, enum receipt_step step)
{
	struct receipt_check check;

	assert_ok(kit, receipt_verify(&kit->ctx, receipt, key, &check));
	assert_false(check.is_verified);
	assert_false(sv_is_empty(check.problem));
	for (int i = 0; i < RECEIPT_STEP_COUNT; i++)
		if (check.steps[i] == RECEIPT_FAILED) {
			assert_int_equal(i, step);
			return;
		}
	fail_msg("no step failed");
}

static void test_tampered(void **state)
{
	struct kit *kit = *state;
	struct sample sample = make_sample(kit);
	static const uint8_t seed[NOTE_SEED_SIZE] = { 8 };
	struct note_secret other = note_secret_from_seed(SV("tongban.example/ledger"), seed);
	struct note_secret other_name = note_secret_from_seed(SV("other.example/ledger"), seed);

	expect_failure(kit, altered(kit, sample.receipt, "1200", "1201"), sample.key, RECEIPT_COMMITMENT);
	expect_failure(kit, altered(kit, sample.receipt, "7KM3", "7KM4"), sample.key, RECEIPT_COMMITMENT);
	expect_failure(kit, altered(kit, sample.receipt, "index 4", "index 5"), sample.key, RECEIPT_INCLUSION);
	expect_failure(kit, altered(kit, sample.receipt, "\\n7\\n", "\\n9\\n"), sample.key, RECEIPT_INCLUSION);
	expect_failure(kit, altered(kit, sample.receipt, "tongban-receipt/1", "tongban-receipt/2"), sample.key, RECEIPT_READ);
	expect_failure(kit, altered(kit, sample.receipt, "1200", "12.5"), sample.key, RECEIPT_READ);
	expect_failure(kit, SV("not json"), sample.key, RECEIPT_READ);
	expect_failure(kit, SV(""), sample.key, RECEIPT_READ);
	expect_failure(kit, sample.receipt, note_key_text(&kit->arena, &other.key), RECEIPT_SIGNATURE);
	expect_failure(kit, sample.receipt, note_key_text(&kit->arena, &other_name.key), RECEIPT_SIGNATURE);

	struct receipt_check check;
	assert_int_equal(receipt_verify(&kit->ctx, sample.receipt, SV("no key"), &check), RC_MALFORMED);
}

/* No single changed byte inside the sealed parts goes unnoticed. Case and white space of the JSON around them may change. */
static void test_every_byte(void **state)
{
	struct kit *kit = *state;
	struct sample sample = make_sample(kit);
	struct sv copy = arena_copy(&kit->arena, sample.receipt);
	struct receipt_check check;

	for (size_t i = 0; i < copy.len; i++) {
		struct arena_mark mark = arena_mark(&kit->arena);
		char *byte = (char *)copy.ptr + i, was = *byte;
		if (was == ' ' || was == '\n')
			continue;
		*byte = was == 'A' ? 'B' : 'A';
		enum rc rc = receipt_verify(&kit->ctx, copy, sample.key, &check);
		if (rc == RC_OK && check.is_verified)
			fail_msg("byte %zu changed from %c to %c unnoticed", i, was, *byte);
		error_clear(&kit->ctx);
		*byte = was;
		arena_rewind(&kit->arena, mark);
	}
}

static void test_leaf(void **state)
{
	struct kit *kit = *state;
	struct leaf leaf = { .type = SV("file"), .department = SV(""), .at = 0, .previous = LEAF_NO_PREVIOUS }, again;
	struct sv bytes = leaf_encode(&kit->arena, &leaf);

	assert_ok(kit, leaf_decode(&kit->ctx, bytes, &again));
	assert_true(again.previous == LEAF_NO_PREVIOUS);
	assert_false(again.has_rules);
	assert_sv_equal(again.type, "file");
	for (size_t cut = 0; cut < bytes.len; cut++) {
		assert_int_equal(leaf_decode(&kit->ctx, sv_slice(bytes, 0, cut), &again), RC_MALFORMED);
		error_clear(&kit->ctx);
	}
	char *more = arena_alloc(&kit->arena, bytes.len + 1);
	memcpy(more, bytes.ptr, bytes.len);
	assert_int_equal(leaf_decode(&kit->ctx, (struct sv){ more, bytes.len + 1 }, &again), RC_MALFORMED);
}

static void test_proof_files(void **state)
{
	struct kit *kit = *state;
	struct proof_file file;
	static const char hash[] = "rKbDipCvhuX1GZ7g5BBe8sA6BbJ7ja/1nk427v383cs=";
	struct sv good = arena_printf(&kit->arena, "c2sp.org/tlog-proof@v1\nextra YQ==\nindex 3\n%s\n%s\n\nrest\n", hash, hash);

	assert_ok(kit, proof_file_parse(&kit->ctx, good, &file));
	assert_int_equal(file.index, 3);
	assert_int_equal(file.proof.len, 2);
	assert_sv_equal(file.checkpoint, "rest\n");
	static const char *const bad[] = { "", "c2sp.org/tlog-proof@v1", "c2sp.org/tlog-proof@v2\nindex 3\n\nx",
		"c2sp.org/tlog-proof@v1\nindex 03\n\nx", "c2sp.org/tlog-proof@v1\nindex 3\nAAAA\n\nx",
		"c2sp.org/tlog-proof@v1\nindex 3\n", "c2sp.org/tlog-proof@v1\nextra !\nindex 3\n\nx" };
	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
		if (proof_file_parse(&kit->ctx, sv_of(bad[i]), &file) != RC_MALFORMED)
			fail_msg("accepted: %s", bad[i]);
		error_clear(&kit->ctx);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(test_verified, kit_setup, kit_teardown),
		cmocka_unit_test_setup_teardown(test_tampered, kit_setup, kit_teardown),
		cmocka_unit_test_setup_teardown(test_every_byte, kit_setup, kit_teardown),
		cmocka_unit_test_setup_teardown(test_leaf, kit_setup, kit_teardown),
		cmocka_unit_test_setup_teardown(test_proof_files, kit_setup, kit_teardown),
	};

	return cmocka_run_group_tests_name("tlog_receipt", tests, NULL, NULL);
}
