/* Several at once: readers beside the writer see whole states only, and programs that start together migrate once. */
#include <pthread.h>
#include <stdatomic.h>
#include <stdio.h>
#include <sys/stat.h>

#include "base/hash.h"
#include "store/writer.h"
#include "test/kit/kit_db.h"
#include "test/store/note_sql.h"

#include "base/banned.h"

KIT_DB(&sql_room_note)

enum { READERS = 3, FILINGS = 150, MIGRATORS = 4, LARGE = 512 << 10, LARGE_FILINGS = 300 };

/* What a reader is told is kept until the next commit, of this or another opening of the database, and never longer. */
static void read_kept_answers(struct kit *kit, bool lingering)
{
	struct ctx other = kit->ctx;
	struct sql_note_titles_rows titles;
	struct sql_note_titles_row title;
	struct store *store;
	struct id id = id_new(&kit->ctx);

	kit_db_commit(kit);
	other.db = kit_db_connect(kit, STORE_READ);
	if (lingering)
		store_linger(other.db);
	for (int round = 0; round < 2; round++) {
		assert_ok(kit, store_begin(&other));
		assert_ok(kit, sql_note_titles(&other, &titles));
		assert_int_equal(titles.len, 0);
		assert_int_equal(sql_note_title(&other, id, &title), RC_NOT_FOUND);
		store_rollback(&other);
	}
	assert_ok(kit, sql_note_add(&kit->ctx, &(struct sql_note_add_params){ .id = id, .title = SV("first") }));
	assert_ok(kit, sql_note_title(&kit->ctx, id, &title)); /* a writer sees its own, which others do not yet */
	assert_ok(kit, store_begin(&other));
	assert_int_equal(sql_note_title(&other, id, &title), RC_NOT_FOUND);
	store_rollback(&other);
	kit_db_commit(kit);
	for (int round = 0; round < 2; round++) {
		assert_ok(kit, store_begin(&other));
		assert_ok(kit, sql_note_title(&other, id, &title));
		assert_sv_equal(title.title, "first");
		assert_ok(kit, sql_note_titles(&other, &titles));
		assert_int_equal(titles.len, 1);
		store_rollback(&other);
	}
	kit_db_disconnect(kit); /* as another program would: its own opening, its own connection */
	assert_ok(kit, store_open(&kit->ctx, kit_db_url(), &store));
	struct ctx second = kit->ctx;
	assert_ok(kit, db_connect(&kit->ctx, kit_db_store(), STORE_READ, &other.db));
	if (lingering)
		store_linger(other.db);
	assert_ok(kit, store_begin(&other));
	assert_ok(kit, sql_note_titles(&other, &titles));
	store_rollback(&other);
	assert_ok(kit, db_connect(&kit->ctx, store, STORE_WRITE, &second.db));
	assert_ok(kit, store_begin(&second));
	assert_ok(kit, sql_note_add(&second, &(struct sql_note_add_params){ .id = id_new(&second), .title = SV("second") }));
	assert_ok(kit, store_commit(&second));
	assert_ok(kit, store_begin(&other));
	assert_ok(kit, sql_note_titles(&other, &titles));
	assert_int_equal(titles.len, 2);
	store_rollback(&other);
	db_close(second.db);
	db_close(other.db);
}

static void test_kept_answers(void **state)
{
	read_kept_answers(*state, false);
}

/* The same for a reader whose snapshots stay open between its transactions. */
static void test_lingering_reader(void **state)
{
	read_kept_answers(*state, true);
}

/* A thread's own world. */
struct person {
	struct arena arena;
	struct error err;
	struct random random;
	struct ctx ctx;
	pthread_t thread;
	struct store *store;
	atomic_bool *stop;
	int number, looks;
	enum rc rc;
};

static void person_init(struct person *person, struct kit *kit, int number)
{
	*person = (struct person){ .number = number, .random = random_seeded((uint64_t)number + 7), .store = kit_db_store() };
	arena_init(&person->arena, 64 << 20);
	person->ctx = kit->ctx;
	person->ctx.arena = &person->arena;
	person->ctx.err = &person->err;
	person->ctx.random = &person->random;
}

static enum rc file_whole(struct ctx *ctx, void *arg)
{
	int *n = arg;
	char title[24];
	struct id id = id_new(ctx);
	auto_lock struct store_unlock lock = store_unprotect(ctx, "note_event");

	snprintf(title, sizeof(title), "whole %d", (*n)++);
	TRY(sql_note_add(ctx, &(struct sql_note_add_params){ .id = id, .title = sv_of(title) }));
	return sql_event_add(ctx, id, 1, SV("filed"));
}

/* In one transaction the two counts agree and never go down. */
static enum rc look(struct person *person, int64_t *last)
{
	struct sql_note_count_row notes;
	struct sql_event_count_row events;
	auto_tx struct store_tx tx = { &person->ctx };

	TRY(store_begin(&person->ctx));
	TRY(sql_note_count(&person->ctx, &notes));
	TRY(sql_event_count(&person->ctx, &events));
	if (notes.n != events.n || notes.n < *last)
		return fail_internal(&person->ctx, "%lld notes, %lld events, %lld before", (long long)notes.n,
			(long long)events.n, (long long)*last);
	*last = notes.n;
	return RC_OK;
}

static void *keep_looking(void *arg)
{
	struct person *person = arg;
	int64_t last = 0;

	while (person->rc == RC_OK && !*person->stop) {
		struct arena_mark mark = arena_mark(&person->arena);
		person->rc = look(person, &last);
		person->looks++;
		if (person->rc == RC_OK)
			arena_rewind(&person->arena, mark);
	}
	return NULL;
}

static void *keep_counting(void *arg)
{
	struct person *person = arg;
	struct sql_note_count_row row;

	while (person->rc == RC_OK && !*person->stop) {
		person->rc = store_begin(&person->ctx);
		if (person->rc == RC_OK)
			person->rc = sql_note_count(&person->ctx, &row);
		store_rollback(&person->ctx);
		arena_clear(&person->arena);
	}
	return NULL;
}

static void test_readers_beside_the_writer(void **state)
{
	struct kit *kit = *state;
	struct person readers[READERS], filer;
	struct writer *writer;
	atomic_bool stop = false;
	int n = 0;

	store_rollback(&kit->ctx);
	assert_ok(kit, writer_start(&kit->ctx, kit_db_store(), &(struct writer_config){ 0 }, &writer));
	for (int i = 0; i < READERS; i++) {
		person_init(&readers[i], kit, i);
		readers[i].stop = &stop;
		readers[i].ctx.db = kit_db_connect(kit, STORE_READ);
		if (i > 0)
			store_linger(readers[i].ctx.db);
		assert_int_equal(pthread_create(&readers[i].thread, NULL, keep_looking, &readers[i]), 0);
	}
	person_init(&filer, kit, 99);
	while (n < FILINGS) {
		assert_int_equal(writer_run(writer, &filer.ctx, file_whole, &n), RC_OK);
		arena_clear(&filer.arena);
	}
	stop = true;
	for (int i = 0; i < READERS; i++) {
		pthread_join(readers[i].thread, NULL);
		if (readers[i].rc != RC_OK)
			fail_msg("reader: %.*s", SV_FMT(readers[i].err.detail));
		assert_true(readers[i].looks > 0);
		arena_release(&readers[i].arena);
	}
	arena_release(&filer.arena);
	writer_stop(writer);
}

static enum rc file_large(struct ctx *ctx, void *arg)
{
	struct id id = id_new(ctx);

	return sql_note_add(ctx, &(struct sql_note_add_params){ .id = id, .title = id_text(ctx->arena, id), .body = *(struct sv *)arg });
}

/* However readers linger, SQLite's log is begun anew again and again: it does not grow to the size of all that was written. */
static void test_log_is_begun_anew(void **state)
{
	struct kit *kit = *state;
	struct person reader, filer;
	struct writer *writer;
	atomic_bool stop = false;
	struct sv large = { arena_alloc(&kit->arena, LARGE), LARGE };
	struct stat log;

	if (store_is_postgres(kit_db_store()))
		return;
	store_rollback(&kit->ctx);
	assert_ok(kit, writer_start(&kit->ctx, kit_db_store(), &(struct writer_config){ 0 }, &writer));
	person_init(&reader, kit, 1);
	reader.stop = &stop;
	reader.ctx.db = kit_db_connect(kit, STORE_READ);
	store_linger(reader.ctx.db);
	assert_int_equal(pthread_create(&reader.thread, NULL, keep_counting, &reader), 0);
	person_init(&filer, kit, 99);
	for (int i = 0; i < LARGE_FILINGS; i++) {
		if (writer_run(writer, &filer.ctx, file_large, &large) != RC_OK)
			fail_msg("%.*s", SV_FMT(filer.err.detail));
		arena_clear(&filer.arena);
	}
	stop = true;
	pthread_join(reader.thread, NULL);
	assert_int_equal(reader.rc, RC_OK);
	struct sv path = sv_slice(kit_db_url(), strlen("sqlite:"), SIZE_MAX);
	assert_int_equal(stat(arena_printf(&kit->arena, "%.*s-wal", SV_FMT(path)).ptr, &log), 0);
	print_message("# the log has %lld MiB of %d written\n", (long long)(log.st_size >> 20), LARGE_FILINGS * LARGE >> 20);
	assert_true(log.st_size < (off_t)LARGE_FILINGS * LARGE / 2);
	arena_release(&reader.arena);
	arena_release(&filer.arena);
	writer_stop(writer);
}

static void *migrate(void *arg)
{
	static const struct store_room *const rooms[] = { &sql_room_note };
	struct person *person = arg;

	person->rc = store_migrate(&person->ctx, person->store, rooms, 1);
	hash_thread_end();
	return NULL;
}

static void test_programs_that_start_together(void **state)
{
	struct kit *kit = *state;
	struct person people[MIGRATORS];
	struct store *store;
	struct ctx ctx = kit->ctx;
	struct sql_note_count_row row;

	assert_ok(kit, store_open(&kit->ctx, kit_db_fresh(kit, "start"), &store));
	for (int i = 0; i < MIGRATORS; i++) {
		person_init(&people[i], kit, i);
		people[i].store = store;
		assert_int_equal(pthread_create(&people[i].thread, NULL, migrate, &people[i]), 0);
	}
	for (int i = 0; i < MIGRATORS; i++)
		pthread_join(people[i].thread, NULL);
	for (int i = 0; i < MIGRATORS; i++) {
		if (people[i].rc != RC_OK)
			fail_msg("migration %d: %.*s", i, SV_FMT(people[i].err.detail));
		arena_release(&people[i].arena);
	}
	assert_ok(kit, db_connect(&ctx, store, STORE_READ, &ctx.db));
	assert_ok(kit, sql_note_count(&ctx, &row));
	db_close(ctx.db);
}

int main(void)
{
#define T(test) cmocka_unit_test_setup_teardown(test, kit_db_setup, kit_db_teardown)
	const struct CMUnitTest tests[] = { T(test_kept_answers), T(test_lingering_reader), T(test_log_is_begun_anew), T(test_readers_beside_the_writer),
		/* five times, because who comes second decides */
		T(test_programs_that_start_together), T(test_programs_that_start_together), T(test_programs_that_start_together),
		T(test_programs_that_start_together), T(test_programs_that_start_together) };

	return cmocka_run_group_tests(tests, NULL, NULL);
}
