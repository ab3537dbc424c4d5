/* Backup while the writer works, restore, refusals. */
#include "store/backup.h"

#include <pthread.h>
#include <sched.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "store/writer.h"
#include "test/kit/kit_db.h"
#include "test/store/note_sql.h"

#include "base/banned.h"

KIT_DB(&sql_room_note)

struct told {
	int calls;
	int64_t done, total;
};

static void tell(void *arg, int64_t done, int64_t total)
{
	struct told *told = arg;

	told->calls++;
	told->done = done;
	told->total = total;
}

static struct sv backup_path(struct kit *kit, const char *name)
{
	return arena_printf(&kit->arena, "/tmp/kit-backup.%d.%s", (int)getpid(), name);
}

struct load {
	struct writer *writer;
	struct ctx ctx;
	struct arena arena;
	struct error err;
	struct random random;
	atomic_int filed;
	atomic_bool stop;
	struct arena_mark mark;
};

static enum rc file_note(struct ctx *ctx, void *arg)
{
	struct load *load = arg;

	return sql_note_add(ctx, &(struct sql_note_add_params){ .id = id_new(ctx),
		.title = arena_printf(ctx->arena, "under load %d", load->filed) });
}

static void *keep_filing(void *arg)
{
	struct load *load = arg;

	while (!load->stop) {
		if (writer_run(load->writer, &load->ctx, file_note, load) == RC_OK)
			load->filed++;
		arena_clear(&load->arena);
	}
	return NULL;
}

static struct store *fresh_store(struct kit *kit, const char *name)
{
	struct store *store;
	struct sv url = kit_db_fresh(kit, name);

	assert_ok(kit, store_open(&kit->ctx, url, &store));
	return store;
}

static int64_t count_in(struct kit *kit, struct store *store)
{
	struct ctx ctx = kit->ctx;
	struct sql_note_count_row row;

	assert_ok(kit, db_connect(&ctx, store, STORE_READ, &ctx.db));
	assert_ok(kit, sql_note_count(&ctx, &row));
	db_close(ctx.db);
	return row.n;
}

static void test_backup_under_load(void **state)
{
	struct kit *kit = *state;
	struct sv path = backup_path(kit, "a");
	struct load load = { .random = random_seeded(5) };
	struct told told = { 0 };
	pthread_t thread;
	char body[2000] = "x";

	for (int i = 0; i < 2000; i++)
		assert_ok(kit, sql_note_add(&kit->ctx, &(struct sql_note_add_params){ .id = id_new(&kit->ctx),
			.title = arena_printf(&kit->arena, "note %d", i), .body = { body, sizeof(body) } }));
	assert_ok(kit, store_commit(&kit->ctx));
	arena_init(&load.arena, 1 << 20);
	load.ctx = kit->ctx;
	load.ctx.arena = &load.arena;
	load.ctx.err = &load.err;
	load.ctx.random = &load.random;
	assert_ok(kit, writer_start(&kit->ctx, kit_db_store(), &(struct writer_config){ 0 }, &load.writer));
	assert_int_equal(pthread_create(&thread, NULL, keep_filing, &load), 0);
	while (load.filed < 10)
		sched_yield();
	int before = load.filed;
	assert_ok(kit, store_backup(&kit->ctx, kit_db_store(), path, (struct store_progress){ tell, &told }));
	int after = load.filed;
	load.stop = true;
	pthread_join(thread, NULL);
	writer_stop(load.writer);
	arena_release(&load.arena);
	assert_true(told.calls > 0 && told.done > 0 && (told.total == 0 || told.done == told.total));

	struct store *copy = fresh_store(kit, "copy");
	assert_ok(kit, store_restore(&kit->ctx, copy, path, (struct store_progress){ 0 }));
	int64_t n = count_in(kit, copy);
	assert_true(n >= 2000 + before && n <= 2000 + after + 1);
	const struct store_room *const rooms[] = { &sql_room_note };
	assert_ok(kit, store_migrate(&kit->ctx, copy, rooms, 1)); /* nothing to do: it is the same schema */
	assert_int_equal(store_restore(&kit->ctx, copy, path, (struct store_progress){ 0 }), RC_CONFLICT);
	error_clear(&kit->ctx);
	assert_int_equal(store_backup(&kit->ctx, kit_db_store(), path, (struct store_progress){ 0 }), RC_CONFLICT);
	unlink(path.ptr);
}

static void test_refusals(void **state)
{
	struct kit *kit = *state;
	struct sv path = backup_path(kit, "b");
	struct store *copy = fresh_store(kit, "copy");
	struct stat st;

	assert_ok(kit, store_commit(&kit->ctx));
	assert_int_equal(store_backup(&kit->ctx, kit_db_store(), SV("/nowhere/at/all"), (struct store_progress){ 0 }),
		RC_UNAVAILABLE);
	error_clear(&kit->ctx);
	assert_int_equal(store_restore(&kit->ctx, copy, path, (struct store_progress){ 0 }), RC_NOT_FOUND);
	error_clear(&kit->ctx);
	FILE *file = fopen(path.ptr, "wb");
	fputs("no backup at all", file);
	fclose(file);
	assert_int_equal(store_restore(&kit->ctx, copy, path, (struct store_progress){ 0 }), RC_MALFORMED);
	error_clear(&kit->ctx);
	unlink(path.ptr);
	assert_ok(kit, store_backup(&kit->ctx, kit_db_store(), path, (struct store_progress){ 0 }));
	assert_int_equal(stat(path.ptr, &st), 0);
	assert_int_equal(truncate(path.ptr, st.st_size / 2), 0);
	assert_int_equal(store_restore(&kit->ctx, copy, path, (struct store_progress){ 0 }), RC_MALFORMED);
	unlink(path.ptr);
}

int main(void)
{
#define T(test) cmocka_unit_test_setup_teardown(test, kit_db_setup, kit_db_teardown)
	const struct CMUnitTest tests[] = { T(test_backup_under_load), T(test_refusals) };

	return cmocka_run_group_tests(tests, NULL, NULL);
}
