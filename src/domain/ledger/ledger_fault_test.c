/* The ledger on a disk that fails: the Nth write or sync, for every N until none fires. After each restart the ledger is whole
 * (fsck), everything acknowledged is in it, and the key holder goes on signing: no fork. */
#include "base/site.h"
#include "domain/ledger/ledger_int.h"
#include "engine/tlog/signer.h"
#include "store/writer.h"
#include "test/kit/kit_db.h"
#include "test/store/faulty.h"

#include "base/banned.h"

KIT_DB(&sql_room_ledger)

enum { ACTS = 3, MOST_FAULTS = 2000 };

struct world {
	struct kit *kit;
	struct signer_local local; /* outlives the restarts, as the key holder's head does */
	struct site site;
	int64_t acknowledged;
};

static enum rc act(struct ctx *ctx, void *arg)
{
	struct id id;

	return ledger_append(ctx, &(struct ledger_act){ .type = SV("step"), .case_id = *(struct id *)arg, .record = SV("{}") }, &id);
}

static enum rc sign(struct ctx *ctx, void *arg)
{
	(void)arg; /* the signer is the site's */
	return ledger_sign(ctx);
}

static enum rc integrate(struct ctx *ctx, void *arg)
{
	(void)arg; /* takes nothing */
	return ledger_integrate(ctx);
}

/* Runs it on the writer, with an arena of its own. */
static enum rc run(struct world *world, struct writer *writer, enum rc (*job)(struct ctx *, void *), struct id *case_id)
{
	struct arena arena;
	struct error err = { .rc = RC_OK };
	struct ctx ctx = world->kit->ctx;

	arena_init(&arena, 4 << 20);
	ctx.arena = &arena;
	ctx.err = &err;
	enum rc rc = writer_run(writer, &ctx, job, case_id);
	assert_true(rc == RC_OK || err.msgid);
	arena_release(&arena);
	return rc;
}

static void check_after_restart(struct world *world)
{
	struct ctx ctx = world->kit->ctx;
	struct ledger_state state;
	int64_t count;

	ctx.db = kit_db_connect(world->kit, STORE_WRITE);
	assert_ok(world->kit, store_begin(&ctx));
	assert_ok(world->kit, ledger_fsck(&ctx, &world->local.signer.key, &count));
	assert_true(count >= world->acknowledged);
	assert_ok(world->kit, ledger_sign(&ctx));
	assert_ok(world->kit, ledger_state(&ctx, &state));
	assert_int_equal(state.checkpoint.size, count);
	assert_ok(world->kit, store_commit(&ctx));
	world->acknowledged = count; /* what a failed sync kept all the same is kept from now on */
}

/* True if the n-th operation was reached. */
static bool round_with_fault(struct world *world, enum faulty_kind kind, unsigned n, bool forever)
{
	struct kit *kit = world->kit;
	struct writer_config config = { .before_commit = integrate };
	struct id case_id = id_new(&kit->ctx);
	struct writer *writer;
	struct store *store;

	kit_db_disconnect(kit);
	assert_ok(kit, store_open(&kit->ctx, kit_db_url(), &store));
	assert_ok(kit, writer_start(&kit->ctx, store, &config, &writer));
	faulty_set(kind, n, forever);
	for (int i = 0; i < ACTS; i++)
		world->acknowledged += run(world, writer, act, &case_id) == RC_OK;
	enum rc signed_rc = run(world, writer, sign, NULL);
	bool fired = faulty_fired();
	assert_true(signed_rc == RC_OK || fired);
	writer_stop(writer);
	faulty_set(FAULTY_IO, 0, false);
	kit_db_disconnect(kit);
	check_after_restart(world);
	return fired;
}

static void every_fault(struct kit *kit, enum faulty_kind kind, bool forever)
{
	static const uint8_t seed[NOTE_SEED_SIZE] = { 6 };
	struct world world = { .kit = kit };
	unsigned n = 1;

	signer_local_init(&world.local, note_secret_from_seed(SV("tongban.example/ledger"), seed));
	world.site.signer = &world.local.signer;
	kit->ctx.site = &world.site;
	while (round_with_fault(&world, kind, n, forever))
		assert_true(n++ < MOST_FAULTS);
	assert_true(n > 10);
	print_message("# %u faults, %lld acts kept\n", n - 1, (long long)world.acknowledged);
}

static void test_one_write_fails(void **state) { every_fault(*state, FAULTY_IO, false); }
static void test_disk_breaks(void **state) { every_fault(*state, FAULTY_IO, true); }
static void test_disk_is_full(void **state) { every_fault(*state, FAULTY_FULL, true); }

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(test_one_write_fails, kit_db_setup, kit_db_teardown),
		cmocka_unit_test_setup_teardown(test_disk_breaks, kit_db_setup, kit_db_teardown),
		cmocka_unit_test_setup_teardown(test_disk_is_full, kit_db_setup, kit_db_teardown),
	};

	faulty_install(false);
	return cmocka_run_group_tests_name("ledger_fault", tests, NULL, NULL);
}
