/* SQLite on a disk that fails: the Nth write or sync, for every N until none fires. Whatever happens, what was
 * acknowledged is there afterwards, what was refused is not seen, the refusal has a message, and reading goes on. After a
 * restart a change whose very sync failed may be there after all, but only whole: nobody can know what that disk kept. */
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "store/writer.h"
#include "test/kit/kit_db.h"
#include "test/store/faulty.h"
#include "test/store/note_sql.h"

#include "base/banned.h"

KIT_DB(&sql_room_note)

enum { NOTES = 4, MOST_FAULTS = 2000 };

struct filing {
	struct id id;
	char title[24], body[9000]; /* over several pages */
};

static enum rc file_note(struct ctx *ctx, void *arg)
{
	struct filing *filing = arg;

	auto_lock struct store_unlock lock = store_unprotect(ctx, "note_event");
	TRY(sql_note_add(ctx, &(struct sql_note_add_params){ .id = filing->id, .title = sv_of(filing->title),
		.body = { filing->body, sizeof(filing->body) } }));
	return sql_event_add(ctx, filing->id, 1, SV("filed"));
}

static int64_t count_notes(struct ctx *ctx)
{
	struct sql_note_count_row row = { .n = -1 };

	assert_int_equal(sql_note_count(ctx, &row), RC_OK);
	return row.n;
}

static void check_after_restart(struct kit *kit, const struct filing *filings, const enum rc *rcs)
{
	struct ctx ctx = kit->ctx;
	int surprises = 0;

	ctx.db = kit_db_connect(kit, STORE_WRITE);
	for (int i = 0; i < NOTES; i++) {
		struct sql_note_by_id_row row;
		struct sql_note_events_row events;
		enum rc rc = sql_note_by_id(&ctx, filings[i].id, &row);
		if (rcs[i] == RC_OK)
			assert_int_equal(rc, RC_OK);
		assert_ok(kit, sql_note_events(&ctx, filings[i].id, &events));
		assert_int_equal(events.n, rc == RC_OK ? 1 : 0);
		surprises += rc == RC_OK && rcs[i] != RC_OK;
	}
	assert_true(surprises <= 1);
}

/* Files NOTES notes with the n-th operation failing; true if it came to that. */
static bool round_with_fault(struct kit *kit, enum faulty_kind kind, unsigned n, bool forever)
{
	struct writer *writer = NULL;
	struct filing *filings = ARENA_ARRAY(&kit->arena, struct filing, NOTES);
	enum rc rcs[NOTES];
	int kept = 0;
	struct ctx reader = kit->ctx;
	struct store *store; /* of this round: whose health begins anew */

	kit_db_disconnect(kit);
	reader.db = kit_db_connect(kit, STORE_READ);
	int64_t before = count_notes(&reader);
	assert_ok(kit, store_open(&kit->ctx, kit_db_url(), &store));
	assert_ok(kit, writer_start(&kit->ctx, store, &(struct writer_config){ 0 }, &writer));
	faulty_set(kind, n, forever);
	for (int i = 0; i < NOTES; i++) {
		struct arena arena;
		struct error err = { 0 };
		struct ctx ctx = kit->ctx;
		arena_init(&arena, 1 << 20);
		ctx.arena = &arena;
		ctx.err = &err;
		filings[i].id = id_new(&kit->ctx);
		snprintf(filings[i].title, sizeof(filings[i].title), "%d %u %d", (int)kind * 2 + forever, n, i);
		rcs[i] = writer_run(writer, &ctx, file_note, &filings[i]);
		assert_true(rcs[i] == RC_OK || (rcs[i] == RC_UNAVAILABLE && err.msgid));
		arena_release(&arena);
		kept += rcs[i] == RC_OK;
		assert_int_equal(count_notes(&reader), before + kept);
	}
	bool fired = faulty_fired();
	assert_true(kept == NOTES || fired);
	writer_stop(writer);
	faulty_set(FAULTY_IO, 0, false);
	kit_db_disconnect(kit);
	check_after_restart(kit, filings, rcs);
	return fired;
}

static void every_fault(struct kit *kit, enum faulty_kind kind, bool forever)
{
	unsigned n = 1;

	while (round_with_fault(kit, kind, n, forever))
		assert_true(n++ < MOST_FAULTS);
	assert_true(n > 10);
}

static void test_one_write_fails(void **state) { every_fault(*state, FAULTY_IO, false); }
static void test_disk_breaks(void **state) { every_fault(*state, FAULTY_IO, true); }
static void test_one_write_finds_no_room(void **state) { every_fault(*state, FAULTY_FULL, false); }
static void test_disk_fills_up(void **state) { every_fault(*state, FAULTY_FULL, true); }

static enum rc add(struct kit *kit, const char *title)
{
	return sql_note_add(&kit->ctx, &(struct sql_note_add_params){ .id = id_new(&kit->ctx), .title = sv_of(title) });
}

/* Full: writing is refused at once, reading goes on, and it heals when there is room again. */
static void test_health_of_a_full_disk(void **state)
{
	struct kit *kit = *state;
	int64_t began = clock_monotonic_ns();
	enum rc rc;

	assert_ok(kit, add(kit, "kept"));
	kit_db_commit(kit);
	assert_int_equal(store_health(kit_db_store()), STORE_HEALTHY);
	faulty_set(FAULTY_FULL, 1, true);
	assert_ok(kit, add(kit, "lost"));
	assert_int_equal(store_commit(&kit->ctx), RC_UNAVAILABLE);
	assert_int_equal(store_fault(&kit->ctx), STORE_FAULT_FULL);
	assert_int_equal(store_health(kit_db_store()), STORE_FULL);
	error_clear(&kit->ctx);
	assert_int_equal(store_begin(&kit->ctx), RC_UNAVAILABLE);
	error_clear(&kit->ctx);
	assert_int_equal(count_notes(&kit->ctx), 1);
	faulty_set(FAULTY_FULL, 0, false);
	while ((rc = store_begin(&kit->ctx)) != RC_OK) { /* tried again within a second */
		error_clear(&kit->ctx);
		assert_true(clock_monotonic_ns() - began < 5000000000);
	}
	assert_ok(kit, add(kit, "again"));
	assert_ok(kit, store_commit(&kit->ctx));
	assert_int_equal(store_health(kit_db_store()), STORE_HEALTHY);
}

/* A page of the table is overwritten: found at reading, writing refused from then on. */
static void test_corrupt_file(void **state)
{
	struct kit *kit = *state;
	char garbage[4096], title[24];

	for (int i = 0; i < 400; i++) {
		snprintf(title, sizeof(title), "note %d", i);
		assert_ok(kit, add(kit, title));
	}
	assert_ok(kit, store_commit(&kit->ctx));
	kit_db_disconnect(kit);
	memset(garbage, 0xa5, sizeof(garbage));
	FILE *file = fopen(kit_db_url().ptr + strlen("sqlite:"), "r+b");
	assert_non_null(file);
	fseek(file, 0, SEEK_END);
	for (long size = ftell(file), at = 4096; at < size; at += 4096) {
		fseek(file, at, SEEK_SET);
		assert_int_equal(fwrite(garbage, 1, sizeof(garbage), file), sizeof(garbage));
	}
	fclose(file);
	kit->ctx.db = kit_db_connect(kit, STORE_WRITE);
	struct sql_note_count_row row;
	assert_int_equal(sql_note_count(&kit->ctx, &row), RC_UNAVAILABLE);
	assert_int_equal(store_health(kit_db_store()), STORE_CORRUPT);
	error_clear(&kit->ctx);
	assert_int_equal(store_begin(&kit->ctx), RC_UNAVAILABLE);
	assert_int_equal(store_fault(&kit->ctx), STORE_FAULT_CORRUPT);
}

static int sound_setup(void **state)
{
	faulty_set(FAULTY_IO, 0, false);
	return kit_db_setup(state);
}

int main(void)
{
#define T(test) cmocka_unit_test_setup_teardown(test, sound_setup, kit_db_teardown)
	const struct CMUnitTest tests[] = {
		T(test_one_write_fails), T(test_disk_breaks), T(test_one_write_finds_no_room), T(test_disk_fills_up),
		T(test_health_of_a_full_disk), T(test_corrupt_file),
	};

	unsetenv("TONGBAN_TEST_DB"); /* the faults are SQLite's */
	faulty_install(false);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
