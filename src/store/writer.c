/* The writer thread: queue, groups, retries; writer.h says what it promises.
 *
 * 1. A job is in exactly one place: the queue, the group, or done; done is called once.
 * 2. done(RC_OK) is called only after the commit of the transaction that holds the job's changes.
 * 3. The mutex guards the queue, the stop flag and the counters, and is never held while a job runs.
 *
 *	queue --take--> group --begin--> running --commit--> done
 *	                  ^                 | conflict, connection lost (rolled back)
 *	                  +--- MAX_TRIES ---+   then (conflict) each alone, then RC_UNAVAILABLE
 */
#include "store/writer.h"

#include <assert.h>
#include <pthread.h>
#include <time.h>

#include "base/hash.h"
#include "base/log.h"
#include "base/seal.h"
#include "store/store_int.h"

#include "base/banned.h"

enum { MAX_TRIES = 3, MAX_TRIES_ALONE = 8, IDLE_MS = 200 };

struct writer {
	struct store *store;
	struct writer_config config;
	struct writer_task tasks[WRITER_MAX_TASKS];
	int64_t task_due_ns[WRITER_MAX_TASKS];
	struct ctx ctx; /* of tasks and hooks */
	struct arena arena;
	struct error err;
	struct random random;
	pthread_t thread;
	pthread_mutex_t mutex;
	pthread_cond_t work;
	struct writer_job *first, *last; /* the queue */
	struct writer_stats stats;
	struct writer_stats counted; /* by the thread itself, since it last told */
	int64_t last_work_ns;
	bool stopping;
};

/* How a transaction with a group ended. */
enum outcome {
	COMMITTED,
	NOTHING,  /* every job failed by itself: there was nothing to commit */
	CONFLICT, /* with another node: again, later job by job */
	CUT,      /* the connection was lost before the commit: again on a new one, as a group */
	FAILED,
};

static int64_t ms_to_ns(int64_t ms)
{
	return ms * 1000000;
}

enum rc writer_submit(struct writer *writer, struct writer_job *job)
{
	job->next = NULL;
	job->mark = arena_mark(job->ctx->arena);
	pthread_mutex_lock(&writer->mutex);
	bool full = writer->stopping || writer->stats.waiting == WRITER_MAX_QUEUE;
	if (!full) {
		if (writer->last)
			writer->last->next = job;
		else
			writer->first = job;
		writer->last = job;
		writer->stats.waiting++;
		pthread_cond_signal(&writer->work);
	}
	pthread_mutex_unlock(&writer->mutex);
	if (!full)
		return RC_OK;
	return fail(job->ctx, RC_UNAVAILABLE, N_("Too many people are filing at this moment. Nothing was changed; please try "
		"again in a minute."), NULL);
}

struct waiting {
	pthread_mutex_t mutex;
	pthread_cond_t ended;
	enum rc (*run)(struct ctx *ctx, void *arg);
	void *arg;
	enum rc rc;
	bool done;
};

static enum rc run_waiting(struct ctx *ctx, void *arg)
{
	struct waiting *waiting = arg;

	return waiting->run(ctx, waiting->arg);
}

static void wake_waiting(enum rc rc, void *arg)
{
	struct waiting *waiting = arg;

	pthread_mutex_lock(&waiting->mutex);
	waiting->rc = rc;
	waiting->done = true;
	pthread_cond_signal(&waiting->ended);
	pthread_mutex_unlock(&waiting->mutex);
}

enum rc writer_run(struct writer *writer, struct ctx *ctx, enum rc (*run)(struct ctx *ctx, void *arg), void *arg)
{
	struct waiting waiting = { PTHREAD_MUTEX_INITIALIZER, PTHREAD_COND_INITIALIZER, .run = run, .arg = arg };
	struct writer_job job = { .ctx = ctx, .run = run_waiting, .done = wake_waiting, .arg = &waiting };

	TRY(writer_submit(writer, &job));
	pthread_mutex_lock(&waiting.mutex);
	while (!waiting.done)
		pthread_cond_wait(&waiting.ended, &waiting.mutex);
	pthread_mutex_unlock(&waiting.mutex);
	return waiting.rc;
}

struct writer_stats writer_stats(struct writer *writer)
{
	pthread_mutex_lock(&writer->mutex);
	struct writer_stats stats = writer->stats;
	pthread_mutex_unlock(&writer->mutex);
	return stats;
}

/* The call itself, with the arena's guard set: running out of memory comes back as a failure. */
static enum rc call_guarded(struct ctx *ctx, enum rc (*run)(struct ctx *ctx, void *arg), void *arg)
{
	jmp_buf jump, *before = ctx->arena->guard;

	if (arena_guard(ctx->arena, &jump)) {
		ctx->arena->guard = before;
		return fail(ctx, RC_UNAVAILABLE, N_("This is more than can be handled at once. Make it smaller and try again."),
			NULL);
	}
	enum rc rc = run(ctx, arg);
	ctx->arena->guard = before;
	return rc;
}

/* Under a savepoint of its own. False when the whole transaction is gone. */
static bool run_under_savepoint(struct ctx *ctx, enum rc (*run)(struct ctx *ctx, void *arg), void *arg, enum rc *ret_rc)
{
	struct db *db = ctx->db;

	*ret_rc = store_savepoint(ctx);
	if (*ret_rc == RC_OK)
		*ret_rc = call_guarded(ctx, run, arg);
	if (*ret_rc == RC_OK && (db->failed || db->savepoints != 1))
		*ret_rc = fail_internal(ctx, "a job ended well after a failed statement or inside a savepoint");
	if (*ret_rc == RC_OK)
		*ret_rc = store_savepoint_release(ctx);
	if (*ret_rc == RC_OK || db->gone)
		return !db->gone;
	while (db->savepoints > 0 && store_savepoint_rollback(ctx) == RC_OK)
		continue; /* the job's own inner ones, then ours */
	db->gone = db->gone || db->savepoints > 0;
	return !db->gone;
}

static bool run_job(struct writer *writer, struct writer_job *job)
{
	struct ctx *ctx = job->ctx;
	struct db *db = ctx->db;
	struct cache *cache = ctx->cache;

	arena_rewind(ctx->arena, job->mark);
	error_clear(ctx);
	ctx->db = writer->ctx.db;
	ctx->cache = writer->config.cache;
	bool there = run_under_savepoint(ctx, job->run, job->arg, &job->rc);
	ctx->db = db;
	ctx->cache = cache;
	return there;
}

static enum outcome end_badly(struct writer *writer)
{
	enum store_fault fault = store_fault(&writer->ctx);

	store_rollback(&writer->ctx);
	if (fault == STORE_FAULT_LOST)
		return CUT;
	return fault == STORE_FAULT_SERIALIZATION || fault == STORE_FAULT_BUSY ? CONFLICT : FAILED;
}

static enum rc hook_before_commit(struct ctx *ctx, void *arg)
{
	const struct writer_config *config = arg;

	return config->before_commit(ctx, config->arg);
}

/* One transaction with these jobs. What stands in each job's rc counts only when it was committed. */
static enum outcome try_group(struct writer *writer, struct writer_job *group)
{
	struct ctx *ctx = &writer->ctx;
	bool any = false;

	error_clear(ctx);
	if (store_begin(ctx) != RC_OK)
		return end_badly(writer);
	for (struct writer_job *job = group; job; job = job->next) {
		if (!run_job(writer, job))
			return end_badly(writer);
		any = any || job->rc == RC_OK;
	}
	if (!any) {
		store_rollback(ctx);
		return NOTHING;
	}
	if (writer->config.before_commit && call_guarded(ctx, hook_before_commit, &writer->config) != RC_OK)
		return end_badly(writer);
	if (store_commit(ctx) != RC_OK)
		return store_fault(ctx) == STORE_FAULT_SERIALIZATION ? CONFLICT : FAILED;
	return COMMITTED;
}

/* A group that was rolled back: every job fails, those that had failed by themselves keep their reason. */
static void fail_group(struct writer *writer, struct writer_job *group)
{
	const struct error *err = &writer->err;

	if (err->rc == RC_OK) /* a job met it: its own message tells it */
		db_fault(&writer->ctx, writer->ctx.db, store_fault(&writer->ctx), "a job lost the transaction");
	for (struct writer_job *job = group; job; job = job->next) {
		if (job->rc != RC_OK && job->ctx->err->rc != RC_OK)
			continue;
		error_clear(job->ctx);
		job->rc = fail(job->ctx, RC_UNAVAILABLE, err->rc == RC_UNAVAILABLE ? err->msgid
			: N_("Your change could not be saved. Nothing was changed; please try again in a minute."), NULL);
	}
	LOG(LOG_ERROR, "group not committed", { LOG_DETAIL, error_detail(err) }, { LOG_RC, sv_of(rc_problem_type(err->rc)) });
}

/* Two nodes that meet at the same rows part by waiting a random time, up to 1, 2, 4 ... ms. */
static void step_aside(struct writer *writer, int tries)
{
	struct timespec time = { .tv_nsec = (long)random_below(&writer->random, 1000000ull << tries) };

	nanosleep(&time, NULL);
}

static enum outcome try_again(struct writer *writer, struct writer_job *group, int tries)
{
	enum outcome outcome = CONFLICT;

	for (int i = 0; i < tries && (outcome == CONFLICT || outcome == CUT); i++) {
		if (i > 0) {
			writer->counted.retries++;
			step_aside(writer, i);
		}
		outcome = try_group(writer, group);
	}
	return outcome;
}

static void run_group(struct writer *writer, struct writer_job *group)
{
	enum outcome outcome = try_again(writer, group, group->next ? MAX_TRIES : MAX_TRIES_ALONE);

	if (outcome == COMMITTED) {
		writer->counted.commits++;
		if (writer->config.after_commit)
			writer->config.after_commit(&writer->ctx, writer->config.arg);
	} else if (outcome == CONFLICT && group->next) {
		for (struct writer_job *job = group, *next; job; job = next) {
			next = job->next;
			job->next = NULL;
			run_group(writer, job);
			job->next = next;
		}
		return;
	} else if (outcome != NOTHING) {
		fail_group(writer, group);
	}
}

static void finish(struct writer *writer, struct writer_job *group, uint64_t count)
{
	uint64_t failed = 0;

	for (struct writer_job *job = group; job; job = job->next)
		failed += job->rc != RC_OK;
	pthread_mutex_lock(&writer->mutex);
	writer->stats.jobs += count;
	writer->stats.failed += failed;
	writer->stats.batches++;
	writer->stats.commits += writer->counted.commits;
	writer->stats.retries += writer->counted.retries;
	if (count > writer->stats.largest_batch)
		writer->stats.largest_batch = count;
	pthread_mutex_unlock(&writer->mutex);
	writer->counted = (struct writer_stats){ 0 };
	for (struct writer_job *job = group, *next; job; job = next) {
		next = job->next; /* done may free the job */
		job->done(job->rc, job->arg);
	}
}

struct task_call {
	const struct writer_task *task;
	bool more;
};

static enum rc call_task(struct ctx *ctx, void *arg)
{
	struct task_call *call = arg;

	call->more = false;
	return call->task->run(ctx, call->task->arg, &call->more);
}

static void task_done(enum rc rc, void *arg)
{
	(void)rc, (void)arg;
}

/* In a group of its own, so that a conflict of one does not delay the people's jobs. True: it wants to be called again. */
static bool run_task(struct writer *writer, const struct writer_task *task)
{
	struct task_call call = { .task = task };
	struct writer_job job = { .ctx = &writer->ctx, .run = call_task, .done = task_done, .arg = &call };

	arena_clear(&writer->arena);
	job.mark = arena_mark(&writer->arena);
	run_group(writer, &job);
	if (job.rc != RC_OK)
		LOG(LOG_ERROR, "task failed", { LOG_JOB, sv_of(task->name) }, { LOG_DETAIL, error_detail(&writer->err) });
	return call.more && job.rc == RC_OK;
}

/* A database that will not be written any more until the program is started on another is left alone: the log has said it. */
static void run_tasks(struct writer *writer)
{
	for (size_t i = 0; i < writer->config.task_count; i++) {
		if (clock_monotonic_ns() < writer->task_due_ns[i])
			continue;
		bool again = store_health(writer->store) < STORE_OLD && run_task(writer, &writer->tasks[i]);
		writer->task_due_ns[i] = again ? 0 : clock_monotonic_ns() + ms_to_ns(writer->tasks[i].every_ms);
	}
}

/* Nanoseconds until the next task is due, at most the idle time. */
static int64_t time_to_wait(const struct writer *writer)
{
	int64_t now = clock_monotonic_ns(), wait = ms_to_ns(IDLE_MS);

	for (size_t i = 0; i < writer->config.task_count; i++)
		if (writer->task_due_ns[i] - now < wait)
			wait = writer->task_due_ns[i] - now;
	return wait < 0 ? 0 : wait;
}

static void wait_for_work(struct writer *writer)
{
	int64_t until = clock_monotonic_ns() + time_to_wait(writer);
	struct timespec time = { .tv_sec = until / 1000000000, .tv_nsec = until % 1000000000 };

	pthread_cond_timedwait(&writer->work, &writer->mutex, &time);
}

/* Cuts the next group off the queue; NULL when nothing came in time. */
static struct writer_job *take(struct writer *writer, uint64_t *ret_count)
{
	pthread_mutex_lock(&writer->mutex);
	if (!writer->first && !writer->stopping)
		wait_for_work(writer);
	struct writer_job *group = writer->first, *last = group;
	*ret_count = last ? 1 : 0;
	while (last && last->next && *ret_count < WRITER_MAX_BATCH) {
		last = last->next;
		++*ret_count;
	}
	if (last) {
		writer->first = last->next;
		last->next = NULL;
		if (!writer->first)
			writer->last = NULL;
		writer->stats.waiting -= *ret_count;
	}
	pthread_mutex_unlock(&writer->mutex);
	return group;
}

static bool is_over(struct writer *writer)
{
	pthread_mutex_lock(&writer->mutex);
	bool over = writer->stopping && !writer->first;
	pthread_mutex_unlock(&writer->mutex);
	return over;
}

static void *work(void *arg)
{
	struct writer *writer = arg;
	uint64_t count;

	while (!is_over(writer)) {
		struct writer_job *group = take(writer, &count);
		if (group) {
			arena_clear(&writer->arena);
			run_group(writer, group);
			finish(writer, group, count);
			writer->last_work_ns = clock_monotonic_ns();
		}
		run_tasks(writer);
		bool idle = clock_monotonic_ns() - writer->last_work_ns >= ms_to_ns(IDLE_MS);
		linger_end_all(writer->ctx.db->store); /* what is read from the log holds it up */
		writer->ctx.db->driver->rest(writer->ctx.db, idle);
		linger_end_all(writer->ctx.db->store);
	}
	hash_thread_end();
	seal_thread_end();
	return NULL;
}

static enum rc start_thread(struct ctx *ctx, struct writer *writer)
{
	pthread_condattr_t attr;

	pthread_mutex_init(&writer->mutex, NULL);
	pthread_condattr_init(&attr);
	pthread_condattr_setclock(&attr, CLOCK_MONOTONIC);
	pthread_cond_init(&writer->work, &attr);
	pthread_condattr_destroy(&attr);
	if (pthread_create(&writer->thread, NULL, work, writer) != 0)
		return fail_internal(ctx, "the writer's thread does not start");
	return RC_OK;
}

enum rc writer_start(struct ctx *ctx, struct store *store, const struct writer_config *config, struct writer **ret)
{
	struct writer *writer = ARENA_NEW(ctx->arena, struct writer);

	assert(config->task_count <= WRITER_MAX_TASKS);
	writer->store = store;
	writer->config = *config;
	for (size_t i = 0; i < config->task_count; i++)
		writer->tasks[i] = config->tasks[i];
	arena_init(&writer->arena, WRITER_ARENA);
	writer->random = *ctx->random;
	writer->ctx = (struct ctx){ .arena = &writer->arena, .err = &writer->err, .clock = ctx->clock,
		.random = &writer->random, .cache = config->cache, .site = ctx->site, .who = &principal_system,
		.locale = ctx->locale };
	TRY(db_connect(ctx, store, STORE_WRITE, &writer->ctx.db));
	enum rc rc = start_thread(ctx, writer);
	if (rc != RC_OK) {
		db_close(writer->ctx.db);
		return rc;
	}
	*ret = writer;
	return RC_OK;
}

void writer_stop(struct writer *writer)
{
	pthread_mutex_lock(&writer->mutex);
	writer->stopping = true;
	pthread_cond_signal(&writer->work);
	pthread_mutex_unlock(&writer->mutex);
	pthread_join(writer->thread, NULL);
	db_close(writer->ctx.db);
	pthread_cond_destroy(&writer->work);
	pthread_mutex_destroy(&writer->mutex);
	arena_release(&writer->arena);
}
