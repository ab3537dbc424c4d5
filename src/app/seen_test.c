/* A session that only reads does not run out as idle, and is written once a minute at most. */
#include "app/seen.h"

#include "base/civil.h"
#include "domain/identity/identity.h"
#include "http/module.h"
#include "test/kit/kit_db.h"

#include "base/banned.h"

static int kit_db_setup(void **state)
{
	const struct store_room *const rooms[] = { identity_module.tables };

	return kit_db_open(state, rooms, sizeof(rooms) / sizeof(rooms[0]));
}

static struct sv open_session(struct kit *kit)
{
	struct identity_loaded loaded;
	struct identity_login found;
	struct sv token, hash = identity_password_hash(&kit->ctx, SV("a password of words"));

	assert_ok(kit, identity_load(&kit->ctx, SV("org.yaml"), SV("departments: [{code: fire, name: {zh: 消防, en: Fire}}]\n"
		"officers: [{login: fire-1, code: 1, name: 示例, department: fire}]\n"), hash, &loaded));
	assert_ok(kit, identity_sign_in_find(&kit->ctx, SV("fire-1"), &found));
	assert_ok(kit, identity_sign_in_done(&kit->ctx, SV("fire-1"), &found, true, &token));
	return token;
}

static void test_reading_counts(void **state)
{
	struct kit *kit = *state;
	struct sv token = open_session(kit);
	struct principal who;
	struct seen *seen = ARENA_NEW(&kit->arena, struct seen);
	bool more = true;

	seen_init(seen);
	for (int i = 0; i < 10; i++) { /* 200 minutes of reading every 20 */
		clock_advance(&kit->clock, 20 * MINUTE_MS);
		assert_ok(kit, identity_session_find(&kit->ctx, token, &who));
		seen_note(seen, &who, clock_now(&kit->clock));
		seen_note(seen, &who, clock_now(&kit->clock));
		assert_int_equal(seen->count, 1);
		assert_ok(kit, seen_write(&kit->ctx, seen, &more));
		assert_false(more);
		assert_int_equal(seen->count, 0);
	}
	assert_ok(kit, identity_session_find(&kit->ctx, token, &who));
	assert_int_equal(who.seen_at, clock_now(&kit->clock));
	seen_note(seen, &who, clock_now(&kit->clock) + MINUTE_MS - 1);
	assert_int_equal(seen->count, 0);
	clock_advance(&kit->clock, 30 * MINUTE_MS);
	assert_int_equal(identity_session_find(&kit->ctx, token, &who), RC_UNAUTHENTICATED);
}

/* Sessions that share a place, and more of them than there are places: none is lost, some wait. */
static void test_full_table(void **state)
{
	struct kit *kit = *state;
	struct seen *seen = ARENA_NEW(&kit->arena, struct seen);
	bool more;

	seen_init(seen);
	for (int i = 0; i < 3 * SEEN_PLACES; i++) {
		struct principal who = { .session = id_new(&kit->ctx) };
		seen_note(seen, &who, KIT_START_MS);
	}
	assert_true(seen->count > SEEN_PLACES / 2 && seen->count <= SEEN_PLACES);
	assert_ok(kit, seen_write(&kit->ctx, seen, &more));
	assert_int_equal(seen->count, 0);
	struct principal nobody = { 0 };
	seen_note(seen, &nobody, KIT_START_MS);
	assert_int_equal(seen->count, 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(test_reading_counts, kit_db_setup, kit_db_teardown),
		cmocka_unit_test_setup_teardown(test_full_table, kit_db_setup, kit_db_teardown),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
