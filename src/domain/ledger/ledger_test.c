/* The ledger on a database: acts become leaves, leaves a tree, checkpoints and receipts; damage is found. */
#include "base/site.h"
#include "domain/ledger/ledger_int.h"
#include "engine/tlog/receipt.h"
#include "engine/tlog/signer.h"
#include "test/kit/kit_db.h"

#include "base/banned.h"

KIT_DB(&sql_room_ledger)

struct world {
	struct kit *kit;
	struct signer_local local;
	struct site site;
	struct seal_key key;
	struct id case_id;
};

static struct world make_world(struct kit *kit)
{
	static const uint8_t seed[NOTE_SEED_SIZE] = { 5 };
	struct world world = { .kit = kit };

	signer_local_init(&world.local, note_secret_from_seed(SV("tongban.example/ledger"), seed));
	world.key = seal_key_new(&kit->ctx);
	world.case_id = id_new(&kit->ctx);
	return world;
}

/* The site points into the world: to be called once the world stands where it stays. */
static void attach(struct world *world)
{
	world->site.signer = &world->local.signer;
	world->kit->ctx.site = &world->site;
}

static struct id append(struct world *world, const char *type)
{
	struct hash rules = hash_sha256(SV("version 1"));
	struct ledger_act act = { .type = sv_of(type), .case_id = world->case_id, .case_number = SV("7KM3-9QXT-2C4F"),
		.department = SV("market-supervision"), .actor = SV("officer 3312"),
		.record = SV("{\"outcome\": \"accepted\", \"reasons\": \"\xe9\xbd\x90\xe5\x85\xa8\", \"days\": 8}"), .rule_hash = &rules,
		.key = &world->key };
	struct id id;

	assert_ok(world->kit, ledger_append(&world->kit->ctx, &act, &id));
	return id;
}

static struct id append_plain(struct world *world, struct id case_id)
{
	struct ledger_act act = { .type = SV("publish"), .record = SV("{}"), .case_id = case_id };
	struct id id;

	assert_ok(world->kit, ledger_append(&world->kit->ctx, &act, &id));
	return id;
}

static struct sv public_key(struct world *world)
{
	return note_key_text(&world->kit->arena, &world->local.signer.key);
}

static void test_receipt(void **state)
{
	struct kit *kit = *state;
	struct world world = make_world(kit);
	struct ledger_leaf leaf;
	struct receipt_check check;
	struct sv receipt;

	attach(&world);
	struct id first = append(&world, "file"), other = append_plain(&world, (struct id){ { 0 } }), second = append(&world, "accept");
	assert_int_equal(ledger_receipt(&kit->ctx, first, &world.key, &receipt), RC_UNAVAILABLE);
	error_clear(&kit->ctx);
	assert_ok(kit, ledger_integrate(&kit->ctx));
	assert_ok(kit, ledger_leaf_find(&kit->ctx, second, &leaf));
	assert_int_equal(leaf.index, 2);
	assert_false(leaf.is_sealed);
	assert_ok(kit, ledger_sign(&kit->ctx));
	assert_ok(kit, ledger_leaf_find(&kit->ctx, second, &leaf));
	assert_true(leaf.is_sealed);

	assert_ok(kit, ledger_receipt(&kit->ctx, second, &world.key, &receipt));
	assert_ok(kit, receipt_verify(&kit->ctx, receipt, public_key(&world), &check));
	if (!check.is_verified)
		fail_msg("%.*s\n%.*s", SV_FMT(check.problem), SV_FMT(receipt));
	assert_int_equal(check.leaf.previous, 0); /* the filing of the same case */
	assert_true(sv_find(check.record, SV("officer 3312"), 0) != SIZE_MAX);
	assert_ok(kit, ledger_receipt(&kit->ctx, other, NULL, &receipt));
	assert_ok(kit, receipt_verify(&kit->ctx, receipt, public_key(&world), &check));
	assert_true(check.is_verified);
	assert_true(check.leaf.previous == LEAF_NO_PREVIOUS);

	struct seal_key wrong = seal_key_new(&kit->ctx); /* an erased case */
	assert_int_equal(ledger_receipt(&kit->ctx, first, &wrong, &receipt), RC_INTERNAL);
	error_clear(&kit->ctx);
	assert_int_equal(ledger_receipt(&kit->ctx, id_new(&kit->ctx), &world.key, &receipt), RC_NOT_FOUND);

	struct ledger_leaf *leaves;
	size_t count;
	assert_ok(kit, ledger_leaves_of_case(&kit->ctx, world.case_id, &leaves, &count));
	assert_int_equal(count, 2);
	assert_true(id_equal(leaves[1].id, second));
}

static void test_bad_record(void **state)
{
	struct kit *kit = *state;
	struct ledger_act act = { .type = SV("pay"), .record = SV("{\"fee\": 12.50}") };
	struct id id;

	assert_int_equal(ledger_append(&kit->ctx, &act, &id), RC_INVALID);
	error_clear(&kit->ctx);
	act.record = SV("[]");
	assert_int_equal(ledger_append(&kit->ctx, &act, &id), RC_OK); /* details may be any JSON */
	act.record = SV("{");
	assert_int_equal(ledger_append(&kit->ctx, &act, &id), RC_MALFORMED);
}

/* Over many batches of different sizes, across tile borders: every receipt verifies and fsck agrees. */
static void test_many(void **state)
{
	struct kit *kit = *state;
	struct world world = make_world(kit);
	struct ledger_state now;
	struct receipt_check check;
	struct sv receipt;
	struct id ids[900];
	size_t len = 0;
	int64_t checked;

	attach(&world);
	for (size_t batch = 1; len < sizeof(ids) / sizeof(ids[0]); batch = batch * 2 % 97 + 1) {
		for (size_t i = 0; i < batch && len < sizeof(ids) / sizeof(ids[0]); i++)
			ids[len++] = append(&world, "step");
		assert_ok(kit, ledger_integrate(&kit->ctx));
		kit_db_commit(kit);
		if (batch % 2)
			assert_ok(kit, ledger_sign(&kit->ctx));
		clock_advance(&kit->clock, 1000);
	}
	assert_ok(kit, ledger_sign(&kit->ctx));
	assert_ok(kit, ledger_state(&kit->ctx, &now));
	assert_int_equal(now.size, len);
	assert_int_equal(now.checkpoint.size, len);
	assert_true(hash_equal(now.root, now.checkpoint.root));
	for (size_t i = 0; i < len; i += 37) {
		assert_ok(kit, ledger_receipt(&kit->ctx, ids[i], &world.key, &receipt));
		assert_ok(kit, receipt_verify(&kit->ctx, receipt, public_key(&world), &check));
		assert_true(check.is_verified);
		assert_int_equal(check.index, i);
	}
	assert_ok(kit, ledger_fsck(&kit->ctx, &world.local.signer.key, &checked));
	assert_int_equal(checked, len);
}

static void test_empty(void **state)
{
	struct kit *kit = *state;
	struct world world = make_world(kit);
	struct ledger_state now;
	int64_t checked;

	attach(&world);
	assert_ok(kit, ledger_integrate(&kit->ctx));
	assert_ok(kit, ledger_sign(&kit->ctx));
	assert_ok(kit, ledger_state(&kit->ctx, &now));
	assert_int_equal(now.size, 0);
	assert_true(sv_is_absent(now.checkpoint.note));
	assert_ok(kit, ledger_fsck(&kit->ctx, NULL, &checked));
	assert_int_equal(checked, 0);
}

/* --- damage --- */

static void fill(struct world *world)
{
	for (int i = 0; i < 300; i++)
		append(world, "step");
	assert_ok(world->kit, ledger_integrate(&world->kit->ctx));
	assert_ok(world->kit, ledger_sign(&world->kit->ctx));
}

static void expect_damage(struct kit *kit, const char *what)
{
	int64_t checked;

	if (ledger_fsck(&kit->ctx, NULL, &checked) != RC_INTERNAL)
		fail_msg("not found: %s", what);
	error_clear(&kit->ctx);
}

static void test_damage(void **state)
{
	struct kit *kit = *state;
	struct world world = make_world(kit);
	struct sql_tile_row tile;
	struct sql_leaf_at_row at;
	struct sql_leaf_receipt_row row;
	int64_t checked;

	attach(&world);
	fill(&world);
	assert_ok(kit, ledger_fsck(&kit->ctx, NULL, &checked));
	for (unsigned level = 0; level < 2; level++) {
		assert_ok(kit, sql_tile(&kit->ctx, level, 0, &tile));
		((char *)tile.hashes.ptr)[40 * !level] ^= 1;
		struct store_unlock auto_lock lock = store_unprotect(&kit->ctx, "ledger_tile");
		assert_ok(kit, sql_tile_set(&kit->ctx, level, 0, tile.hashes));
		expect_damage(kit, "a changed tile");
		((char *)tile.hashes.ptr)[40 * !level] ^= 1;
		assert_ok(kit, sql_tile_set(&kit->ctx, level, 0, tile.hashes));
	}
	assert_ok(kit, ledger_fsck(&kit->ctx, NULL, &checked));
	assert_ok(kit, sql_leaf_at(&kit->ctx, opt_i64(120), &at));
	assert_ok(kit, sql_leaf_receipt(&kit->ctx, at.id, &row));
	((char *)row.entry.ptr)[row.entry.len - 1] ^= 1;
	struct store_unlock auto_lock lock = store_unprotect(&kit->ctx, "ledger_leaf");
	assert_ok(kit, sql_leaf_place(&kit->ctx, opt_i64(120), row.entry, at.id));
	expect_damage(kit, "a changed entry");
}

/* A database restored from an old backup gets no signature. */
static void test_rollback(void **state)
{
	struct kit *kit = *state;
	struct world world = make_world(kit);

	attach(&world);
	append(&world, "one");
	assert_ok(kit, ledger_integrate(&kit->ctx));
	assert_ok(kit, ledger_sign(&kit->ctx));
	kit_db_commit(kit);
	append(&world, "two");
	assert_ok(kit, ledger_integrate(&kit->ctx));
	assert_ok(kit, ledger_sign(&kit->ctx));
	kit_db_reopen(kit); /* what was not committed is gone, but was signed */
	append(&world, "other");
	assert_ok(kit, ledger_integrate(&kit->ctx));
	assert_int_equal(ledger_sign(&kit->ctx), RC_INTERNAL); /* same size, another history */
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(test_receipt, kit_db_setup, kit_db_teardown),
		cmocka_unit_test_setup_teardown(test_bad_record, kit_db_setup, kit_db_teardown),
		cmocka_unit_test_setup_teardown(test_many, kit_db_setup, kit_db_teardown),
		cmocka_unit_test_setup_teardown(test_empty, kit_db_setup, kit_db_teardown),
		cmocka_unit_test_setup_teardown(test_damage, kit_db_setup, kit_db_teardown),
		cmocka_unit_test_setup_teardown(test_rollback, kit_db_setup, kit_db_teardown),
	};

	return cmocka_run_group_tests_name("ledger", tests, NULL, NULL);
}
