/* The writer: one thread that makes all changes of this program, in groups.
 *
 * It takes every job that is waiting, runs each under its own savepoint in one transaction, commits once (on SQLite with
 * synchronous=FULL: one sync for the group), and only then calls the jobs' done functions. Groups form by themselves
 * while the previous one is being committed. A job that fails is rolled back alone. When the commit fails, every job of
 * the group fails with RC_UNAVAILABLE and nothing of it is kept.
 *
 *	job = (struct writer_job){ .ctx = &request->ctx, .run = decide, .done = answer, .arg = request };
 *	if (writer_submit(writer, &job) != RC_OK) answer at once: the queue is full or the writer is stopping
 *
 * (When it was the very last write or sync of the commit that failed, a restart may still find the group, but whole: what a
 * failing disk kept nobody can know. Commands are repeatable by their idempotency key, so trying again is safe.)
 *
 * On a serialization conflict with another node the group is run again, later job by job; `run` may therefore be called
 * several times. Before each call the ctx's arena is wound back to where it stood at submission and the error is
 * cleared, so `run` takes its inputs from `arg` and leaves nothing behind but what it writes at its end.
 * Running out of the arena fails that job alone (RC_UNAVAILABLE).
 */
#ifndef STORE_WRITER_H
#define STORE_WRITER_H

#include "store/store.h"

enum {
	WRITER_MAX_BATCH = 256,
	WRITER_MAX_QUEUE = 4096, /* jobs waiting; more are refused */
	WRITER_MAX_TASKS = 16,
	WRITER_ARENA = 64 << 20, /* bytes for tasks and hooks, given back after each group */
};

struct writer;

/* Belongs to the writer, and its ctx with it, from submission until done is called. */
struct writer_job {
	struct ctx *ctx; /* db and cache are lent by the writer while it runs */
	enum rc (*run)(struct ctx *ctx, void *arg);
	/* Once, on the writer's thread, after the commit: the job's own rc, or why nothing was kept (with ctx->err). Must be
	 * short: it hands the answer back. */
	void (*done)(enum rc rc, void *arg);
	void *arg;
	/* The writer's own: */
	struct writer_job *next;
	struct arena_mark mark;
	enum rc rc;
};

/* Work that returns by itself: outbox, timers, expiry. Run under a savepoint like a job; *ret_more = true asks to be
 * called again at once. Failures are logged. */
struct writer_task {
	const char *name;
	int64_t every_ms;
	enum rc (*run)(struct ctx *ctx, void *arg, bool *ret_more);
	void *arg;
};

struct writer_config {
	/* In the group's transaction behind all jobs (the ledger takes the group's leaves in). A failure fails the group.
	 * NULL if not needed; likewise after_commit. */
	enum rc (*before_commit)(struct ctx *ctx, void *arg);
	void (*after_commit)(struct ctx *ctx, void *arg);
	void *arg;
	const struct writer_task *tasks;
	size_t task_count; /* at most WRITER_MAX_TASKS */
	struct cache *cache; /* lent to jobs; the writer's thread alone uses it from now on. May be NULL */
};

/* Counted since the start. */
struct writer_stats {
	uint64_t jobs, failed, batches, commits, retries;
	uint64_t largest_batch, waiting;
};

/* Connects and starts the thread. Takes clock, site, locale and a copy of the random of `ctx`; lives in its arena. */
[[nodiscard]] enum rc writer_start(struct ctx *ctx, struct store *store, const struct writer_config *config,
	struct writer **ret);
/* Any thread. RC_UNAVAILABLE when WRITER_MAX_QUEUE jobs wait or the writer is stopping: done is not called then. */
[[nodiscard]] enum rc writer_submit(struct writer *writer, struct writer_job *job);
/* Submits and waits for done: for commands and tests. */
[[nodiscard]] enum rc writer_run(struct writer *writer, struct ctx *ctx, enum rc (*run)(struct ctx *ctx, void *arg),
	void *arg);
struct writer_stats writer_stats(struct writer *writer);
/* Finishes what was submitted, then ends the thread and closes the connection. */
void writer_stop(struct writer *writer);

#endif
