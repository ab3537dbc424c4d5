/* The port on both databases: values there and back, faults, transactions, savepoints, protection, cursors. */
#include "store/store.h"

#include <stdio.h>

#include "base/buf.h"
#include "base/hash.h"
#include "test/kit/kit_db.h"
#include "test/store/note_sql.h"

#include "base/banned.h"

KIT_DB(&sql_room_note)

static struct id add(struct kit *kit, const char *title, struct opt_i64 due)
{
	struct id id = id_new(&kit->ctx);

	assert_ok(kit, sql_note_add(&kit->ctx, &(struct sql_note_add_params){ .id = id, .title = sv_of(title), .due_ms = due }));
	return id;
}

static int64_t count_notes(struct kit *kit)
{
	struct sql_note_count_row row = { 0 };

	assert_ok(kit, sql_note_count(&kit->ctx, &row));
	return row.n;
}

static void test_values_come_back(void **state)
{
	struct kit *kit = *state;
	struct id id = id_new(&kit->ctx), owner = id_new(&kit->ctx);
	struct sql_note_by_id_row row;
	const struct sql_note_add_params full = { .id = id, .owner = owner, .title = SV("食品经营许可 'x' \"y\" $1 ?"),
		.due_ms = opt_i64(INT64_MIN), .body = { "\0\1\xff", 3 }, .stars = INT64_MAX };

	assert_ok(kit, sql_note_add(&kit->ctx, &full));
	kit_db_commit(kit);
	assert_ok(kit, sql_note_by_id(&kit->ctx, id, &row));
	assert_true(id_equal(row.id, id) && id_equal(row.owner, owner));
	assert_sv_equal(row.title, "食品经营许可 'x' \"y\" $1 ?");
	assert_true(row.due_ms.has && row.due_ms.value == INT64_MIN && row.stars == INT64_MAX);
	assert_true(sv_equal(row.body, full.body));
	assert_true(!sv_is_absent(row.place) && row.place.len == 0);
}

/* A fault of what was sent without waiting is told when its savepoint is released, and taken back with it. */
static void test_deferred_statements(void **state)
{
	struct kit *kit = *state;
	struct ctx *ctx = &kit->ctx;
	struct id note = add(kit, "sent", (struct opt_i64){ 0 });
	struct sql_event_count_row events;

	for (int i = 0; i < 200; i++) { /* more than wait at once */
		auto_lock struct store_unlock lock = store_unprotect(ctx, "note_event");
		assert_ok(kit, sql_event_send(ctx, note, i, SV("filed")));
	}
	assert_ok(kit, sql_event_count(ctx, &events));
	assert_int_equal(events.n, 200);
	assert_ok(kit, store_savepoint(ctx));
	struct store_unlock lock = store_unprotect(ctx, "note_event");
	enum rc rc = sql_event_send(ctx, note, 7, SV("again"));
	if (rc == RC_OK)
		rc = sql_event_send(ctx, note, 1000, SV("behind it"));
	if (rc == RC_OK)
		rc = store_savepoint_release(ctx);
	store_protect(&lock);
	assert_int_equal(rc, RC_CONFLICT);
	assert_int_equal(store_fault(ctx), STORE_FAULT_UNIQUE);
	assert_ok(kit, store_savepoint_rollback(ctx));
	error_clear(ctx);
	assert_ok(kit, sql_event_count(ctx, &events));
	assert_int_equal(events.n, 200);
	kit_db_commit(kit);
}

static void test_null_is_not_empty(void **state)
{
	struct kit *kit = *state;
	struct id none = add(kit, "", (struct opt_i64){ 0 });
	struct id empty = id_new(&kit->ctx);
	struct sql_note_by_id_row row;

	assert_ok(kit, sql_note_add(&kit->ctx, &(struct sql_note_add_params){ .id = empty, .title = SV("e"), .body = SV("") }));
	assert_ok(kit, sql_note_by_id(&kit->ctx, none, &row));
	assert_true(id_is_zero(row.owner) && !row.due_ms.has && sv_is_absent(row.body));
	assert_true(!sv_is_absent(row.title) && row.title.len == 0);
	assert_ok(kit, sql_note_by_id(&kit->ctx, empty, &row));
	assert_true(!sv_is_absent(row.body) && row.body.len == 0);
	assert_int_equal(sql_note_add(&kit->ctx, &(struct sql_note_add_params){ .id = id_new(&kit->ctx) }), RC_INTERNAL);
	assert_sv_equal(kit->err.detail, "note_add: parameter title is absent");
}

static void test_one(void **state)
{
	struct kit *kit = *state;
	struct sql_note_by_id_row row = { .stars = 77 };
	struct sql_note_raise_row raised;
	struct id id = add(kit, "a", (struct opt_i64){ 0 });

	assert_int_equal(sql_note_by_id(&kit->ctx, id_new(&kit->ctx), &row), RC_NOT_FOUND);
	assert_int_equal(kit->err.rc, RC_OK);
	assert_int_equal(row.stars, 77);
	assert_ok(kit, sql_note_raise(&kit->ctx, id, &raised));
	assert_ok(kit, sql_note_raise(&kit->ctx, id, &raised));
	assert_sv_equal(raised.title, "a");
	assert_int_equal(raised.stars, 2);
	add(kit, "b", (struct opt_i64){ 0 });
	assert_int_equal(sql_note_by_place(&kit->ctx, SV(""), &row), RC_INTERNAL);
	assert_int_equal(row.stars, 77);
}

static void test_many(void **state)
{
	struct kit *kit = *state;
	struct sql_notes_after_rows rows;
	struct id ids[5];

	for (int i = 0; i < 5; i++)
		ids[i] = add(kit, (char[]){ (char)('a' + i), 0 }, opt_i64(i / 2));
	assert_ok(kit, sql_notes_after(&kit->ctx, 0, ids[0], (struct id){ 0 }, 3, &rows));
	assert_int_equal(rows.len, 3);
	assert_sv_equal(rows.at[0].title, "b");
	assert_sv_equal(rows.at[2].title, "d");
	assert_true(rows.at[0].events == 0 && rows.at[0].stars.has && rows.at[0].stars.value == 0);
	assert_true(sv_is_absent(rows.at[0].last));
	assert_ok(kit, sql_notes_after(&kit->ctx, 9, ids[0], (struct id){ 0 }, 3, &rows));
	assert_int_equal(rows.len, 0);
}

static void test_changed(void **state)
{
	struct kit *kit = *state;
	int64_t changed = -1;

	add(kit, "a", (struct opt_i64){ 0 });
	add(kit, "b", opt_i64(5));
	add(kit, "c", opt_i64(50));
	assert_ok(kit, sql_note_star(&kit->ctx, 2, 10, &changed));
	assert_int_equal(changed, 2);
	assert_ok(kit, sql_note_add_once(&kit->ctx, id_new(&kit->ctx), SV("a"), &changed));
	assert_int_equal(changed, 0);
	assert_ok(kit, sql_note_add_once(&kit->ctx, id_new(&kit->ctx), SV("d"), &changed));
	assert_int_equal(changed, 1);
}

static void test_unique(void **state)
{
	struct kit *kit = *state;
	int64_t changed;

	add(kit, "a", (struct opt_i64){ 0 });
	assert_ok(kit, store_savepoint(&kit->ctx));
	assert_int_equal(sql_note_add(&kit->ctx, &(struct sql_note_add_params){ .id = id_new(&kit->ctx), .title = SV("a") }),
		RC_CONFLICT);
	assert_int_equal(store_fault(&kit->ctx), STORE_FAULT_UNIQUE);
	error_clear(&kit->ctx);
	/* Until the savepoint is rolled back nothing else runs. */
	assert_int_equal(sql_note_star(&kit->ctx, 1, 1, &changed), RC_INTERNAL);
	error_clear(&kit->ctx);
	assert_ok(kit, store_savepoint_rollback(&kit->ctx));
	assert_ok(kit, sql_note_star(&kit->ctx, 1, 1, &changed));
	assert_int_equal(changed, 1);
	kit_db_commit(kit);
	assert_int_equal(count_notes(kit), 1);
}

static void test_other_constraints(void **state)
{
	struct kit *kit = *state;
	auto_lock struct store_unlock lock = store_unprotect(&kit->ctx, "note_event");
	struct id id = add(kit, "a", (struct opt_i64){ 0 });
	int64_t changed;

	assert_ok(kit, sql_event_add(&kit->ctx, id, 1, SV("x")));
	assert_ok(kit, store_savepoint(&kit->ctx));
	assert_int_equal(sql_event_add(&kit->ctx, id, 1, SV("x")), RC_CONFLICT);
	error_clear(&kit->ctx);
	assert_ok(kit, store_savepoint_rollback(&kit->ctx));

	assert_ok(kit, store_savepoint(&kit->ctx));
	assert_int_equal(sql_note_star(&kit->ctx, -5, 1, &changed), RC_INTERNAL);
	assert_int_equal(store_fault(&kit->ctx), STORE_FAULT_CHECK);
	error_clear(&kit->ctx);
	assert_ok(kit, store_savepoint_rollback(&kit->ctx));
}

static void test_foreign_key(void **state)
{
	struct kit *kit = *state;
	auto_lock struct store_unlock lock = store_unprotect(&kit->ctx, "note_event");

	assert_int_equal(sql_event_add(&kit->ctx, id_new(&kit->ctx), 1, SV("x")), RC_CONFLICT);
	assert_int_equal(store_fault(&kit->ctx), STORE_FAULT_FOREIGN_KEY);
}

static void test_savepoints_nest(void **state)
{
	struct kit *kit = *state;

	add(kit, "kept", (struct opt_i64){ 0 });
	assert_ok(kit, store_savepoint(&kit->ctx));
	add(kit, "outer", (struct opt_i64){ 0 });
	assert_ok(kit, store_savepoint(&kit->ctx));
	add(kit, "inner", (struct opt_i64){ 0 });
	assert_ok(kit, store_savepoint_rollback(&kit->ctx));
	assert_int_equal(count_notes(kit), 2);
	assert_ok(kit, store_savepoint_release(&kit->ctx));
	assert_int_equal(count_notes(kit), 2);
	store_rollback(&kit->ctx);
	assert_ok(kit, store_begin(&kit->ctx));
	assert_int_equal(count_notes(kit), 0);
}

static void test_failed_transaction_does_not_commit(void **state)
{
	struct kit *kit = *state;

	add(kit, "a", (struct opt_i64){ 0 });
	assert_int_equal(sql_note_add(&kit->ctx, &(struct sql_note_add_params){ .id = id_new(&kit->ctx), .title = SV("a") }),
		RC_CONFLICT);
	error_clear(&kit->ctx);
	assert_int_equal(store_commit(&kit->ctx), RC_INTERNAL);
	error_clear(&kit->ctx);
	assert_ok(kit, store_begin(&kit->ctx));
	assert_int_equal(count_notes(kit), 0);
}

static void test_writing_needs_a_transaction(void **state)
{
	struct kit *kit = *state;
	int64_t changed;

	store_rollback(&kit->ctx);
	assert_int_equal(count_notes(kit), 0); /* reading does not */
	assert_int_equal(sql_note_star(&kit->ctx, 1, 1, &changed), RC_INTERNAL);
}

static void test_protected_table(void **state)
{
	struct kit *kit = *state;
	struct id id = add(kit, "a", (struct opt_i64){ 0 });
	struct sql_event_count_row row;

	assert_int_equal(sql_event_add(&kit->ctx, id, 1, SV("x")), RC_INTERNAL);
	error_clear(&kit->ctx);
	{
		auto_lock struct store_unlock lock = store_unprotect(&kit->ctx, "note_event");
		assert_ok(kit, sql_event_add(&kit->ctx, id, 1, SV("x")));
	}
	assert_int_equal(sql_event_add(&kit->ctx, id, 2, SV("x")), RC_INTERNAL);
	error_clear(&kit->ctx);
	assert_ok(kit, sql_event_count(&kit->ctx, &row));
	assert_int_equal(row.n, 1);
}

static void test_each_streams(void **state)
{
	struct kit *kit = *state;
	auto_cursor struct store_cursor cursor = { 0 };
	struct sql_note_all_row row;
	char title[16], expected[16];
	int n = 0;

	for (int i = 0; i < 600; i++) {
		snprintf(title, sizeof(title), "t%04d", i);
		add(kit, title, (struct opt_i64){ 0 });
	}
	assert_ok(kit, sql_note_all(&kit->ctx, SV("t0010"), &cursor));
	size_t used = kit->arena.used;
	while (sql_note_all_next(&kit->ctx, &cursor, &row)) {
		snprintf(expected, sizeof(expected), "t%04d", 10 + n++);
		assert_sv_equal(row.title, expected);
		if (n == 100) /* other statements run meanwhile, the same one too */
			assert_int_equal(count_notes(kit), 600);
	}
	assert_ok(kit, store_end(&kit->ctx, &cursor));
	assert_int_equal(n, 590);
	assert_true(kit->arena.used - used < 1024);
}

static void test_two_cursors_of_one_statement(void **state)
{
	struct kit *kit = *state;
	auto_cursor struct store_cursor one = { 0 }, two = { 0 };
	struct sql_note_all_row row;

	add(kit, "a", (struct opt_i64){ 0 });
	add(kit, "b", (struct opt_i64){ 0 });
	assert_ok(kit, sql_note_all(&kit->ctx, SV(""), &one));
	assert_true(sql_note_all_next(&kit->ctx, &one, &row));
	assert_ok(kit, sql_note_all(&kit->ctx, SV("b"), &two));
	assert_true(sql_note_all_next(&kit->ctx, &two, &row));
	assert_sv_equal(row.title, "b");
	assert_false(sql_note_all_next(&kit->ctx, &two, &row));
	assert_true(sql_note_all_next(&kit->ctx, &one, &row));
	assert_sv_equal(row.title, "b");
	kit_db_commit(kit); /* ends them */
	assert_false(sql_note_all_next(&kit->ctx, &one, &row));
	assert_int_equal(one.rc, RC_INTERNAL);
}

static void test_reader_sees_one_state(void **state)
{
	struct kit *kit = *state;
	struct ctx reader = kit->ctx;
	struct sql_note_count_row row;

	add(kit, "a", (struct opt_i64){ 0 });
	kit_db_commit(kit);
	reader.db = kit_db_connect(kit, STORE_READ);
	assert_ok(kit, store_begin(&reader));
	assert_ok(kit, sql_note_count(&reader, &row));
	assert_true(row.n == 1 && row.any_there == 1);
	add(kit, "b", (struct opt_i64){ 0 });
	kit_db_commit(kit);
	assert_ok(kit, sql_note_count(&reader, &row));
	assert_int_equal(row.n, 1);
	store_rollback(&reader);
	assert_ok(kit, sql_note_count(&reader, &row));
	assert_int_equal(row.n, 2);
	assert_ok(kit, store_begin(&reader));
	assert_int_equal(sql_note_add(&reader, &(struct sql_note_add_params){ .id = id_new(&kit->ctx), .title = SV("c") }),
		RC_INTERNAL);
}

/* Byte order of UTF-8 on both databases, whatever the locale. */
static void test_order_of_texts(void **state)
{
	static const char *const titles[] = { "A", "B", "a", "é", "中", "国" };
	static const char *const sorted[] = { "A", "B", "a", "é", "中", "国" };
	struct kit *kit = *state;
	struct sql_note_titles_rows rows;

	for (size_t i = 0; i < 6; i++)
		add(kit, titles[5 - i], (struct opt_i64){ 0 });
	assert_ok(kit, sql_note_titles(&kit->ctx, &rows));
	for (size_t i = 0; i < 4; i++)
		assert_sv_equal(rows.at[i].title, sorted[i]);
	assert_sv_equal(rows.at[4].title, "中");
	assert_sv_equal(rows.at[5].title, "国");
}

static void test_migrate_again(void **state)
{
	struct kit *kit = *state;
	const struct store_room *const rooms[] = { &sql_room_note };
	struct store_migration changed[2] = { sql_room_note.migrations[0], sql_room_note.migrations[1] };
	struct store_room other = sql_room_note;
	const struct store_room *const others[] = { &other };

	store_rollback(&kit->ctx);
	assert_ok(kit, store_migrate(&kit->ctx, kit_db_store(), rooms, 1));
	other.migrations = changed;
	changed[0].sqlite = "CREATE TABLE note (id INTEGER) STRICT;\n";
	assert_int_equal(store_migrate(&kit->ctx, kit_db_store(), others, 1), RC_CONFLICT);
	error_clear(&kit->ctx);
	changed[0] = sql_room_note.migrations[0];
	other.migration_count = 1; /* an older program */
	assert_int_equal(store_migrate(&kit->ctx, kit_db_store(), others, 1), RC_CONFLICT);
}

static void add_to_digest(struct hash_stream *digest, int64_t number, struct sv text)
{
	hash_stream_add(digest, (struct sv){ (const char *)&number, sizeof(number) });
	hash_stream_add(digest, text);
}

/* One random act under a savepoint; what it said goes into the digest. */
static void random_act(struct kit *kit, struct hash_stream *digest)
{
	struct ctx *ctx = &kit->ctx;
	struct sql_note_raise_row raised = { 0 };
	uint64_t what = random_below(&kit->random, 4), which = random_below(&kit->random, 60);
	struct sv title = arena_printf(&kit->arena, "题 %llu", (unsigned long long)which);
	int64_t changed = -1;
	enum rc rc;

	assert_ok(kit, store_savepoint(ctx));
	if (what == 0)
		rc = sql_note_add(ctx, &(struct sql_note_add_params){ .id = id_new(ctx), .title = title,
			.due_ms = which % 3 ? opt_i64((int64_t)which) : (struct opt_i64){ 0 }, .body = which % 2 ? title : SV("") });
	else if (what == 1)
		rc = sql_note_add_once(ctx, id_new(ctx), title, &changed);
	else if (what == 2)
		rc = sql_note_star(ctx, (int64_t)which - 20, 30, &changed);
	else
		rc = sql_note_raise(ctx, id_new(ctx), &raised);
	add_to_digest(digest, (int64_t)rc * 1000 + (int64_t)store_fault(ctx), raised.title);
	add_to_digest(digest, changed, SV("|"));
	error_clear(ctx);
	assert_ok(kit, rc == RC_OK || rc == RC_NOT_FOUND ? store_savepoint_release(ctx) : store_savepoint_rollback(ctx));
}

/* The same acts say the same and leave the same on both databases: the digest is that of either. */
static void test_both_databases_alike(void **state)
{
	struct kit *kit = *state;
	struct hash_stream *digest = hash_stream_new();
	auto_cursor struct store_cursor cursor = { 0 };
	struct sql_note_all_row row;
	struct buf hex;

	for (int i = 0; i < 600; i++)
		random_act(kit, digest);
	assert_ok(kit, sql_note_all(&kit->ctx, SV(""), &cursor));
	while (sql_note_all_next(&kit->ctx, &cursor, &row)) {
		add_to_digest(digest, row.stars, row.title);
		add_to_digest(digest, sv_is_absent(row.body), row.body);
		add_to_digest(digest, 0, (struct sv){ (const char *)row.id.bytes, sizeof(row.id.bytes) });
	}
	assert_ok(kit, store_end(&kit->ctx, &cursor));
	struct hash hash = hash_stream_end(digest);
	buf_init(&hex, &kit->arena, 64);
	buf_hex(&hex, hash.bytes, 8);
	assert_sv_equal(buf_view(&hex), "e602fe1101860206");
}

static void test_every_statement(void **state)
{
	struct kit *kit = *state;
	const struct store_room *const rooms[] = { &sql_room_note };

	assert_ok(kit, store_check(&kit->ctx, rooms, 1));
}

/* What a building writer commits is there; a part of it can still be taken back; settled, it is a writer like others. */
static void test_building(void **state)
{
	struct kit *kit = *state;
	struct ctx *ctx = &kit->ctx;

	kit_db_commit(kit);
	kit_db_disconnect(kit);
	ctx->db = kit_db_connect(kit, STORE_BUILD);
	assert_ok(kit, store_begin(ctx));
	add(kit, "kept", (struct opt_i64){ 0 });
	assert_ok(kit, store_savepoint(ctx));
	add(kit, "taken back", (struct opt_i64){ 0 });
	assert_ok(kit, store_savepoint_rollback(ctx));
	assert_ok(kit, store_commit(ctx));
	assert_ok(kit, store_begin(ctx));
	add(kit, "rolled back", (struct opt_i64){ 0 });
	store_rollback(ctx);
	assert_ok(kit, store_settle(ctx));
	assert_ok(kit, store_begin(ctx));
	add(kit, "after", (struct opt_i64){ 0 });
	struct ctx reader = *ctx;
	reader.db = kit_db_connect(kit, STORE_READ); /* beside the open transaction, as in any database */
	struct sql_note_count_row row;
	assert_ok(kit, sql_note_count(&reader, &row));
	assert_int_equal(row.n, 1);
	assert_ok(kit, store_commit(ctx));
	assert_ok(kit, sql_note_count(&reader, &row));
	assert_int_equal(row.n, 2);
}

static void test_bad_urls(void **state)
{
	struct kit *kit = *state;
	struct store *store = NULL;
	struct db *db = NULL;

	assert_int_equal(store_open(&kit->ctx, SV("mysql:x"), &store), RC_INVALID);
	error_clear(&kit->ctx);
	assert_int_equal(store_open(&kit->ctx, SV("sqlite:"), &store), RC_INVALID);
	error_clear(&kit->ctx);
	assert_null(store);
	assert_ok(kit, store_open(&kit->ctx, SV("sqlite:/nowhere/at/all.db"), &store));
	assert_int_equal(db_connect(&kit->ctx, store, STORE_WRITE, &db), RC_UNAVAILABLE);
	error_clear(&kit->ctx);
	assert_ok(kit, store_open(&kit->ctx, SV("postgres:host=/nowhere dbname=x"), &store));
	assert_int_equal(db_connect(&kit->ctx, store, STORE_WRITE, &db), RC_UNAVAILABLE);
	assert_null(db);
	assert_int_equal(store_health(store), STORE_LOST);
}

int main(void)
{
#define T(test) cmocka_unit_test_setup_teardown(test, kit_db_setup, kit_db_teardown)
	const struct CMUnitTest tests[] = {
		T(test_values_come_back), T(test_deferred_statements), T(test_null_is_not_empty), T(test_one), T(test_many), T(test_changed),
		T(test_unique), T(test_other_constraints), T(test_foreign_key), T(test_savepoints_nest),
		T(test_failed_transaction_does_not_commit), T(test_writing_needs_a_transaction), T(test_protected_table),
		T(test_each_streams), T(test_two_cursors_of_one_statement), T(test_reader_sees_one_state),
		T(test_order_of_texts), T(test_migrate_again), T(test_both_databases_alike), T(test_every_statement), T(test_building), T(test_bad_urls),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
