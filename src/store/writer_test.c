/* The writer: groups, savepoints, failures, memory, several threads, several writers, and kill -9 under load.
 *
 * TONGBAN_CRASH_LOOPS sets how often the program is killed (default 5). */
#include "store/writer.h"

#include <pthread.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/wait.h>
#include <unistd.h>

#include "test/kit/kit_db.h"
#include "test/store/note_sql.h"

#include "base/banned.h"

KIT_DB(&sql_room_note)

enum { THREADS = 8, EACH = 25, CRASH_THREADS = 4 };

/* A person who files: a ctx of its own and a note to add. */
struct client {
	struct arena arena;
	struct error err;
	struct random random;
	struct ctx ctx;
	struct writer *writer;
	struct writer_job job;
	char title[32];
	int number, runs;
	_Atomic int done; /* 1 + rc */
};

static void client_init(struct client *client, struct kit *kit, struct writer *writer, int number)
{
	*client = (struct client){ .writer = writer, .number = number, .random = random_seeded((uint64_t)number + 1) };
	arena_init(&client->arena, 1 << 20);
	client->ctx = kit->ctx;
	client->ctx.db = NULL;
	client->ctx.arena = &client->arena;
	client->ctx.err = &client->err;
	client->ctx.random = &client->random;
	snprintf(client->title, sizeof(client->title), "c%d", number);
}

static enum rc add_note(struct ctx *ctx, void *arg)
{
	struct client *client = arg;

	client->runs++;
	return sql_note_add(ctx, &(struct sql_note_add_params){ .id = id_new(ctx), .title = sv_of(client->title) });
}

static enum rc add_and_exhaust(struct ctx *ctx, void *arg)
{
	TRY(add_note(ctx, arg));
	for (;;)
		arena_alloc(ctx->arena, 4096);
}

static enum rc add_and_swallow(struct ctx *ctx, void *arg)
{
	TRY(add_note(ctx, arg));
	enum rc rc = add_note(ctx, arg); /* same title */
	assert_int_equal(rc, RC_CONFLICT);
	error_clear(ctx);
	return RC_OK;
}

static enum rc fail_inside_savepoint(struct ctx *ctx, void *arg)
{
	TRY(add_note(ctx, arg));
	TRY(store_savepoint(ctx));
	return fail(ctx, RC_FORBIDDEN, "You may not do this.", NULL);
}

static struct writer *start(struct kit *kit, const struct writer_config *config)
{
	struct writer *writer = NULL;

	if (kit->ctx.db)
		store_rollback(&kit->ctx);
	assert_ok(kit, writer_start(&kit->ctx, kit_db_store(), config, &writer));
	return writer;
}

static int64_t count_notes(struct kit *kit)
{
	struct sql_note_count_row row = { 0 };

	assert_ok(kit, sql_note_count(&kit->ctx, &row));
	return row.n;
}

static void test_jobs_and_failures(void **state)
{
	struct kit *kit = *state;
	struct writer *writer = start(kit, &(struct writer_config){ 0 });
	struct client client;

	client_init(&client, kit, writer, 1);
	assert_int_equal(writer_run(writer, &client.ctx, add_note, &client), RC_OK);
	assert_int_equal(count_notes(kit), 1);
	assert_int_equal(writer_run(writer, &client.ctx, add_note, &client), RC_CONFLICT);
	assert_int_equal(client.err.rc, RC_CONFLICT);
	snprintf(client.title, sizeof(client.title), "other");
	assert_int_equal(writer_run(writer, &client.ctx, add_and_exhaust, &client), RC_UNAVAILABLE);
	assert_int_equal(writer_run(writer, &client.ctx, add_and_swallow, &client), RC_INTERNAL);
	assert_int_equal(writer_run(writer, &client.ctx, fail_inside_savepoint, &client), RC_FORBIDDEN);
	assert_int_equal(count_notes(kit), 1);
	assert_int_equal(writer_run(writer, &client.ctx, add_note, &client), RC_OK);
	assert_int_equal(count_notes(kit), 2);
	writer_stop(writer);
	arena_release(&client.arena);
}

/* Reads and writes enough to need many blocks. */
static enum rc use_memory(struct ctx *ctx, void *arg)
{
	struct client *client = arg;
	struct sql_note_titles_rows rows;

	TRY(add_note(ctx, arg));
	TRY(sql_note_titles(ctx, &rows));
	for (int i = 0; i < 20; i++)
		arena_alloc(ctx->arena, 5000);
	client->done = (int)rows.len;
	return store_savepoint(ctx) == RC_OK ? store_savepoint_release(ctx) : RC_INTERNAL;
}

/* The Nth block of memory is not to be had, for every N: that job fails, nothing of it is kept, the next one goes on. */
static void test_every_block_fails(void **state)
{
	struct kit *kit = *state;
	struct writer *writer = start(kit, &(struct writer_config){ 0 });
	enum rc rc = RC_UNAVAILABLE;
	int kept = 0;

	for (unsigned n = 1; rc != RC_OK || kept < 3; n++) {
		struct client client;
		assert_true(n < 100);
		client_init(&client, kit, writer, (int)n);
		arena_fail_block(kept ? 0 : n);
		rc = writer_run(writer, &client.ctx, use_memory, &client);
		assert_true(rc == RC_OK || rc == RC_UNAVAILABLE);
		kept += rc == RC_OK;
		arena_fail_block(0);
		assert_int_equal(count_notes(kit), kept);
		arena_release(&client.arena);
	}
	writer_stop(writer);
}

static void *file_many(void *arg)
{
	struct client *client = arg;

	for (int i = 0; i < EACH; i++) {
		snprintf(client->title, sizeof(client->title), "c%d.%d", client->number, i % 5 == 4 ? i - 1 : i);
		enum rc rc = writer_run(client->writer, &client->ctx, i % 5 == 4 ? add_and_exhaust : add_note, client);
		if (rc == RC_OK)
			client->done++;
		error_clear(&client->ctx);
	}
	return NULL;
}

static void test_many_threads(void **state)
{
	struct kit *kit = *state;
	struct writer *writer = start(kit, &(struct writer_config){ 0 });
	struct client clients[THREADS];
	pthread_t threads[THREADS];

	for (int i = 0; i < THREADS; i++) {
		client_init(&clients[i], kit, writer, i);
		assert_int_equal(pthread_create(&threads[i], NULL, file_many, &clients[i]), 0);
	}
	for (int i = 0; i < THREADS; i++) {
		pthread_join(threads[i], NULL);
		assert_int_equal(clients[i].done, EACH / 5 * 4);
		arena_release(&clients[i].arena);
	}
	struct writer_stats stats = writer_stats(writer);
	assert_int_equal(stats.jobs, THREADS * EACH);
	assert_int_equal(stats.failed, THREADS * EACH / 5);
	assert_true(stats.batches <= stats.jobs && stats.largest_batch <= THREADS);
	assert_int_equal(count_notes(kit), THREADS * EACH / 5 * 4);
	writer_stop(writer);
}

struct gate {
	pthread_mutex_t mutex;
	pthread_cond_t opened;
	bool open, entered;
};

static enum rc wait_at_gate(struct ctx *ctx, void *arg)
{
	struct gate *gate = arg;

	(void)ctx;
	pthread_mutex_lock(&gate->mutex);
	gate->entered = true;
	pthread_cond_broadcast(&gate->opened);
	while (!gate->open)
		pthread_cond_wait(&gate->opened, &gate->mutex);
	pthread_mutex_unlock(&gate->mutex);
	return RC_OK;
}

static void ignore_done(enum rc rc, void *arg)
{
	(void)rc, (void)arg;
}

static void client_done(enum rc rc, void *arg)
{
	((struct client *)arg)->done = 1 + (int)rc;
}

/* A job that holds the writer while others queue up behind it. */
static void hold(struct writer *writer, struct client *client, struct gate *gate)
{
	client->job = (struct writer_job){ .ctx = &client->ctx, .run = wait_at_gate, .done = ignore_done, .arg = gate };
	assert_int_equal(writer_submit(writer, &client->job), RC_OK);
	pthread_mutex_lock(&gate->mutex);
	while (!gate->entered)
		pthread_cond_wait(&gate->opened, &gate->mutex);
	pthread_mutex_unlock(&gate->mutex);
}

static void release(struct gate *gate)
{
	pthread_mutex_lock(&gate->mutex);
	gate->open = true;
	pthread_cond_broadcast(&gate->opened);
	pthread_mutex_unlock(&gate->mutex);
}

static void test_one_commit_for_what_waits(void **state)
{
	struct kit *kit = *state;
	struct writer *writer = start(kit, &(struct writer_config){ 0 });
	struct gate gate = { PTHREAD_MUTEX_INITIALIZER, PTHREAD_COND_INITIALIZER };
	struct client clients[40], holder;

	client_init(&holder, kit, writer, 99);
	hold(writer, &holder, &gate);
	for (int i = 0; i < 40; i++) {
		client_init(&clients[i], kit, writer, i / 2); /* each title twice: half of them fail */
		clients[i].job = (struct writer_job){ .ctx = &clients[i].ctx, .run = add_note, .done = client_done, .arg = &clients[i] };
		assert_int_equal(writer_submit(writer, &clients[i].job), RC_OK);
	}
	assert_int_equal(writer_stats(writer).waiting, 40);
	release(&gate);
	writer_stop(writer); /* finishes what was submitted */
	for (int i = 0; i < 40; i++) {
		assert_int_equal(clients[i].done, 1 + (i % 2 ? RC_CONFLICT : RC_OK));
		arena_release(&clients[i].arena);
	}
	arena_release(&holder.arena);
	assert_int_equal(count_notes(kit), 20);
}

static void test_full_queue_refuses(void **state)
{
	struct kit *kit = *state;
	struct writer *writer = start(kit, &(struct writer_config){ 0 });
	struct gate gate = { PTHREAD_MUTEX_INITIALIZER, PTHREAD_COND_INITIALIZER };
	struct client client, holder;
	struct writer_job *jobs = ARENA_ARRAY(&kit->arena, struct writer_job, WRITER_MAX_QUEUE + 1);
	struct gate open = { PTHREAD_MUTEX_INITIALIZER, PTHREAD_COND_INITIALIZER, .open = true };

	client_init(&holder, kit, writer, 99);
	client_init(&client, kit, writer, 1);
	hold(writer, &holder, &gate);
	for (int i = 0; i < WRITER_MAX_QUEUE; i++) {
		jobs[i] = (struct writer_job){ .ctx = &client.ctx, .run = wait_at_gate, .done = ignore_done, .arg = &open };
		assert_int_equal(writer_submit(writer, &jobs[i]), RC_OK);
	}
	jobs[WRITER_MAX_QUEUE] = jobs[0];
	assert_int_equal(writer_submit(writer, &jobs[WRITER_MAX_QUEUE]), RC_UNAVAILABLE);
	release(&gate);
	writer_stop(writer);
	arena_release(&client.arena);
	arena_release(&holder.arena);
}

static enum rc refuse_commit(struct ctx *ctx, void *arg)
{
	bool *refuse = arg;

	return *refuse ? fail_internal(ctx, "no commit today") : RC_OK;
}

static void count_commit(struct ctx *ctx, void *arg)
{
	(void)ctx, (void)arg;
}

static void test_failed_commit_keeps_nothing(void **state)
{
	struct kit *kit = *state;
	bool refuse = true;
	struct writer *writer = start(kit, &(struct writer_config){ .before_commit = refuse_commit, .after_commit = count_commit,
		.arg = &refuse });
	struct client client;

	client_init(&client, kit, writer, 1);
	assert_int_equal(writer_run(writer, &client.ctx, add_note, &client), RC_UNAVAILABLE);
	assert_int_equal(client.err.rc, RC_UNAVAILABLE);
	assert_int_equal(count_notes(kit), 0);
	refuse = false;
	error_clear(&client.ctx);
	assert_int_equal(writer_run(writer, &client.ctx, add_note, &client), RC_OK);
	writer_stop(writer);
	arena_release(&client.arena);
}

static enum rc tick(struct ctx *ctx, void *arg, bool *ret_more)
{
	struct client *client = arg;
	int n = client->done;

	if (n >= 3)
		return RC_OK;
	snprintf(client->title, sizeof(client->title), "tick %d", n);
	*ret_more = true;
	client->done++;
	return add_note(ctx, client);
}

static void test_tasks(void **state)
{
	struct kit *kit = *state;
	struct client client, other;
	client_init(&client, kit, NULL, 1);
	client_init(&other, kit, NULL, 2);
	const struct writer_task task = { "tick", 1, tick, &client };
	struct writer *writer = start(kit, &(struct writer_config){ .tasks = &task, .task_count = 1 });

	while (client.done < 3) /* jobs go through beside the task */
		assert_int_equal(writer_run(writer, &other.ctx, wait_at_gate,
			&(struct gate){ PTHREAD_MUTEX_INITIALIZER, PTHREAD_COND_INITIALIZER, .open = true }), RC_OK);
	writer_stop(writer);
	assert_int_equal(count_notes(kit), 3);
	arena_release(&client.arena);
	arena_release(&other.arena);
}

static enum rc raise_note(struct ctx *ctx, void *arg)
{
	struct sql_note_raise_row row;

	return sql_note_raise(ctx, *(struct id *)arg, &row);
}

struct raiser {
	struct client client;
	struct id id;
	int wanted;
};

static void *raise_many(void *arg)
{
	struct raiser *raiser = arg;

	while (raiser->client.done < raiser->wanted) {
		if (writer_run(raiser->client.writer, &raiser->client.ctx, raise_note, &raiser->id) == RC_OK)
			raiser->client.done++;
		error_clear(&raiser->client.ctx);
	}
	return NULL;
}

/* Two nodes that change the same row: each change counts once. */
static void test_two_writers(void **state)
{
	struct kit *kit = *state;
	struct id id = id_new(&kit->ctx);
	struct sql_note_by_id_row row;
	struct raiser raisers[4];
	pthread_t threads[4];

	assert_ok(kit, sql_note_add(&kit->ctx, &(struct sql_note_add_params){ .id = id, .title = SV("counter") }));
	kit_db_commit(kit);
	struct writer *one = start(kit, &(struct writer_config){ 0 }), *two = start(kit, &(struct writer_config){ 0 });
	for (int i = 0; i < 4; i++) {
		client_init(&raisers[i].client, kit, i % 2 ? one : two, i);
		raisers[i].id = id;
		raisers[i].wanted = 20;
		assert_int_equal(pthread_create(&threads[i], NULL, raise_many, &raisers[i]), 0);
	}
	for (int i = 0; i < 4; i++) {
		pthread_join(threads[i], NULL);
		arena_release(&raisers[i].client.arena);
	}
	writer_stop(one);
	writer_stop(two);
	assert_ok(kit, sql_note_by_id(&kit->ctx, id, &row));
	assert_int_equal(row.stars, 80);
}

/* The server restarts: the next job finds its way on a new connection by itself. */
static void test_server_restarts(void **state)
{
	struct kit *kit = *state;
	struct writer *writer = start(kit, &(struct writer_config){ 0 });
	struct client client;

	client_init(&client, kit, writer, 1);
	struct ctx reader = kit->ctx;
	struct sql_note_count_row seen;
	reader.db = kit_db_connect(kit, STORE_READ);
	assert_int_equal(writer_run(writer, &client.ctx, add_note, &client), RC_OK);
	assert_int_equal(count_notes(kit), 1);
	assert_ok(kit, sql_note_count(&reader, &seen));
	if (kit_db_cut()) {
		assert_ok(kit, store_begin(&reader));
		assert_ok(kit, sql_note_count(&reader, &seen)); /* a page is read on a connection made anew */
		assert_int_equal(seen.n, 1);
		store_rollback(&reader);
		snprintf(client.title, sizeof(client.title), "after the cut");
		assert_int_equal(writer_run(writer, &client.ctx, add_note, &client), RC_OK);
		assert_int_equal(store_health(kit_db_store()), STORE_HEALTHY);
		struct sql_note_count_row row;
		assert_int_equal(sql_note_count(&kit->ctx, &row), RC_UNAVAILABLE); /* a reader's turn is lost ... */
		error_clear(&kit->ctx);
		assert_int_equal(count_notes(kit), 2); /* ... but not the next */
	}
	writer_stop(writer);
	arena_release(&client.arena);
}

struct filer {
	struct client client;
	int acknowledged; /* pipe */
	int loop;
};

static void *file_until_killed(void *arg)
{
	struct filer *filer = arg;

	for (uint32_t i = 0;; i++) {
		uint32_t message[2] = { (uint32_t)filer->client.number, i };
		snprintf(filer->client.title, sizeof(filer->client.title), "%d.%d.%u", filer->loop, filer->client.number, i);
		if (writer_run(filer->client.writer, &filer->client.ctx, add_note, &filer->client) != RC_OK)
			_exit(3);
		arena_clear(&filer->client.arena);
		if (write(filer->acknowledged, message, sizeof(message)) != sizeof(message))
			_exit(4);
	}
	return NULL;
}

/* The program of the crash test: four people file as fast as they can, each acknowledgement goes down the pipe. */
static void child(struct kit *kit, int acknowledged, int loop)
{
	struct filer *filers = ARENA_ARRAY(&kit->arena, struct filer, CRASH_THREADS);
	struct writer *writer = start(kit, &(struct writer_config){ 0 });
	pthread_t thread;

	for (int i = 0; i < CRASH_THREADS; i++) {
		filers[i].acknowledged = acknowledged;
		filers[i].loop = loop;
		client_init(&filers[i].client, kit, writer, i);
		filers[i].client.random = random_seeded((uint64_t)(loop * CRASH_THREADS + i)); /* other ids each time */
		pthread_create(&thread, NULL, file_until_killed, &filers[i]);
	}
	for (;;)
		pause();
}

static int loops(void)
{
	const char *text = getenv("TONGBAN_CRASH_LOOPS");
	int64_t n = 5;

	if (text && !sv_parse_i64(sv_of(text), &n))
		fail_msg("TONGBAN_CRASH_LOOPS is no number: %s", text);
	return (int)n;
}

/* Kills after `after` acknowledgements; what arrives until the pipe ends counts. Returns how many, by person. */
static void crash_once(struct kit *kit, int loop, uint64_t after, uint32_t last[CRASH_THREADS])
{
	int ends[2];
	uint32_t message[2];
	uint64_t seen = 0;

	assert_int_equal(pipe(ends), 0);
	pid_t pid = fork();
	if (pid == 0) {
		close(ends[0]);
		kit->ctx.db = NULL; /* the parent's connection is not ours */
		child(kit, ends[1], loop);
	}
	close(ends[1]);
	memset(last, 0xff, CRASH_THREADS * sizeof(last[0]));
	while (read(ends[0], message, sizeof(message)) == sizeof(message)) {
		last[message[0]] = message[1];
		if (++seen == after)
			kill(pid, SIGKILL);
	}
	close(ends[0]);
	int status;
	waitpid(pid, &status, 0);
	if (!WIFSIGNALED(status))
		fail_msg("the program ended by itself with status %d", WEXITSTATUS(status));
	assert_true(WIFSIGNALED(status) && WTERMSIG(status) == SIGKILL);
}

static void test_kill_under_load(void **state)
{
	struct kit *kit = *state;
	char title[32];

	kit_db_disconnect(kit);
	for (int loop = 0; loop < loops(); loop++) {
		uint32_t last[CRASH_THREADS];
		crash_once(kit, loop, 1 + random_below(&kit->random, 200), last);
		struct ctx ctx = kit->ctx;
		assert_ok(kit, db_connect(&ctx, kit_db_store(), STORE_WRITE, &ctx.db));
		for (int i = 0; i < CRASH_THREADS; i++)
			for (uint32_t j = 0; last[i] != UINT32_MAX && j <= last[i]; j++) {
				struct sql_note_by_title_row row;
				snprintf(title, sizeof(title), "%d.%d.%u", loop, i, j);
				assert_ok(kit, sql_note_by_title(&ctx, sv_of(title), &row));
			}
		db_close(ctx.db);
	}
}

int main(void)
{
#define T(test) cmocka_unit_test_setup_teardown(test, kit_db_setup, kit_db_teardown)
	const struct CMUnitTest tests[] = {
		T(test_jobs_and_failures), T(test_every_block_fails), T(test_many_threads), T(test_one_commit_for_what_waits), T(test_full_queue_refuses),
		T(test_failed_commit_keeps_nothing), T(test_tasks), T(test_two_writers), T(test_server_restarts), T(test_kill_under_load),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
