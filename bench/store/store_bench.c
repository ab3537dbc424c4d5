/* Durable submissions a second through the writer, beside what the same disk can sync in the same run.
 *
 *	bench_store FOLDER [postgres:URL]
 *
 * One submission is a case with 1 KB, its event and an outbox row. Clients submit again as soon as they are answered. The
 * disk's pace changes from second to second, so each short measurement stands between two of the raw disk and is compared with
 * their mean; the table shows medians. What PostgreSQL itself can commit (one connection, one row of the same size a
 * transaction, one prepared INSERT) is measured in the same run, and our submissions are compared with it too. */
#include <fcntl.h>
#include <libpq-fe.h>
#include <pthread.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>
#include <unistd.h>

#include "store/outbox.h"
#include "store/writer.h"
#include "test/store/faulty.h"
#include "test/store/note_sql.h"

#include "base/banned.h"

enum { ROUNDS = 15, MAX_CLIENTS = 64, BLOCK = 4096 };
enum { RAW_NS = 100000000, ROUND_NS = 200000000 };

static const struct locale plain = { .tag = "en", .code = "en", .self = "English" };

struct measure {
	double per_second, ratio, commits_each, syncs_each, cpu_us;
};

struct bench {
	struct ctx ctx;
	struct arena arena;
	struct error err;
	struct clock clock;
	struct random random;
	struct writer *writer;
	pthread_mutex_t mutex;
	pthread_cond_t ended;
	int64_t until_ns, done, running;
	int number;
};

struct client {
	struct bench *bench;
	struct ctx ctx;
	struct arena arena;
	struct error err;
	struct random random;
	struct writer_job job;
	int number, filed;
};

static void check(struct bench *bench, enum rc rc, const char *what)
{
	if (rc == RC_OK)
		return;
	fprintf(stderr, "%s: %s %.*s\n", what, bench->err.msgid ? bench->err.msgid : "", SV_FMT(bench->err.detail));
	exit(1);
}

static double median(double *values)
{
	for (int i = 1; i < ROUNDS; i++)
		for (int j = i; j > 0 && values[j] < values[j - 1]; j--) {
			double kept = values[j];
			values[j] = values[j - 1];
			values[j - 1] = kept;
		}
	return values[ROUNDS / 2];
}

static double cpu_seconds(void)
{
	struct timespec time;

	clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &time);
	return (double)time.tv_sec + (double)time.tv_nsec / 1e9;
}

/* Overwrites of 4 KiB, each followed by fdatasync. */
static double raw_syncs(const char *folder)
{
	char path[512], block[BLOCK] = { 1 };
	int64_t begin, now, n = 0;

	snprintf(path, sizeof(path), "%s/raw", folder);
	int fd = open(path, O_RDWR | O_CREAT, 0600);
	for (int i = 0; i < 256; i++)
		if (pwrite(fd, block, BLOCK, (off_t)i * BLOCK) != BLOCK)
			exit(1);
	fsync(fd);
	begin = clock_monotonic_ns();
	do {
		if (pwrite(fd, block, BLOCK, (off_t)(n % 256) * BLOCK) != BLOCK || fdatasync(fd) != 0)
			exit(1);
		n++;
		now = clock_monotonic_ns();
	} while (now - begin < RAW_NS);
	close(fd);
	return (double)n * 1e9 / (double)(now - begin);
}

/* Rows a second that PostgreSQL commits one by one, over libpq alone. */
static double own_commits(PGconn *pg)
{
	static const char body[1024];
	const char *values[] = { body };
	const int lengths[] = { sizeof(body) }, formats[] = { 1 };
	int64_t begin = clock_monotonic_ns(), now, n = 0;

	do {
		PGresult *result = PQexecPrepared(pg, "one", 1, values, lengths, formats, 1);
		if (PQresultStatus(result) != PGRES_COMMAND_OK)
			exit(1);
		PQclear(result);
		n++;
		now = clock_monotonic_ns();
	} while (now - begin < RAW_NS);
	return (double)n * 1e9 / (double)(now - begin);
}

static PGconn *open_own(const char *url)
{
	PGconn *pg = PQconnectdb(strchr(url, ':') + 1);

	PQclear(PQexec(pg, "CREATE TABLE own (body BYTEA NOT NULL)"));
	PGresult *result = PQprepare(pg, "one", "INSERT INTO own (body) VALUES ($1)", 1, NULL);
	if (PQresultStatus(result) != PGRES_COMMAND_OK)
		exit(1);
	PQclear(result);
	return pg;
}

static enum rc submit_case(struct ctx *ctx, void *arg)
{
	struct client *client = arg;
	char title[48], body[1024] = "case";
	struct id id = id_new(ctx);
	auto_lock struct store_unlock lock = store_unprotect(ctx, "note_event");

	snprintf(title, sizeof(title), "%d-%d-%d", client->bench->number, client->number, client->filed++);
	TRY(sql_note_send(ctx, &(struct sql_note_send_params){ .id = id, .title = sv_of(title),
		.due_ms = opt_i64(clock_now(ctx->clock)), .body = { body, sizeof(body) } }));
	TRY(sql_event_send(ctx, id, 1, SV("filed")));
	return store_outbox_add(ctx, "case.filed", id, SV("{}"));
}

static void answered(enum rc rc, void *arg)
{
	struct client *client = arg;
	struct bench *bench = client->bench;

	if (rc != RC_OK) {
		fprintf(stderr, "submission refused: %.*s\n", SV_FMT(client->err.detail));
		exit(1);
	}
	bool again = clock_monotonic_ns() < bench->until_ns;
	pthread_mutex_lock(&bench->mutex);
	bench->done++;
	bench->running -= !again;
	if (bench->running == 0)
		pthread_cond_signal(&bench->ended);
	pthread_mutex_unlock(&bench->mutex);
	if (!again)
		return;
	arena_clear(&client->arena);
	if (writer_submit(bench->writer, &client->job) != RC_OK)
		exit(1);
}

static struct measure submissions(struct bench *bench, struct store *store, int clients)
{
	static struct client list[MAX_CLIENTS];
	struct writer_stats stats;

	bench->number++;
	check(bench, writer_start(&bench->ctx, store, &(struct writer_config){ 0 }, &bench->writer), "writer");
	faulty_syncs();
	double cpu = cpu_seconds();
	int64_t begin = clock_monotonic_ns();
	bench->until_ns = begin + ROUND_NS;
	bench->done = 0;
	bench->running = clients;
	for (int i = 0; i < clients; i++) {
		struct client *client = &list[i];
		*client = (struct client){ .bench = bench, .number = i, .ctx = bench->ctx };
		arena_init(&client->arena, 1 << 20);
		client->ctx.db = NULL;
		client->ctx.arena = &client->arena;
		client->ctx.err = &client->err;
		client->ctx.random = &client->random;
		client->job = (struct writer_job){ .ctx = &client->ctx, .run = submit_case, .done = answered, .arg = client };
		check(bench, writer_submit(bench->writer, &client->job), "submit");
	}
	pthread_mutex_lock(&bench->mutex);
	while (bench->running)
		pthread_cond_wait(&bench->ended, &bench->mutex);
	pthread_mutex_unlock(&bench->mutex);
	double seconds = (double)(clock_monotonic_ns() - begin) / 1e9;
	double syncs = faulty_syncs();
	cpu = cpu_seconds() - cpu;
	stats = writer_stats(bench->writer);
	writer_stop(bench->writer);
	for (int i = 0; i < clients; i++)
		arena_release(&list[i].arena);
	return (struct measure){ .per_second = (double)bench->done / seconds,
		.commits_each = (double)stats.commits / (double)bench->done, .syncs_each = syncs / (double)bench->done,
		.cpu_us = cpu * 1e6 / (double)bench->done };
}

/* With the raw disk before and behind it; *raw is the last raw measurement and becomes the next. */
static struct measure compared(struct bench *bench, struct store *store, int clients, const char *folder, double *raw)
{
	struct measure measure = submissions(bench, store, clients);
	double behind = raw_syncs(folder);

	measure.ratio = measure.per_second / ((*raw + behind) / 2);
	*raw = behind;
	return measure;
}

static struct store *open_store(struct bench *bench, struct sv url)
{
	const struct store_room *const rooms[] = { &sql_room_note };
	struct store *store = NULL;

	check(bench, store_open(&bench->ctx, url, &store), "open");
	check(bench, store_migrate(&bench->ctx, store, rooms, 1), "migrate");
	return store;
}

/* As in the service, where readers keep the write-ahead log in place between writers. */
static void keep_open(struct bench *bench, struct store *store)
{
	struct sql_note_count_row count;

	check(bench, db_connect(&bench->ctx, store, STORE_READ, &bench->ctx.db), "reader");
	check(bench, sql_note_count(&bench->ctx, &count), "reader");
}

static double median_of(const struct measure *measured, size_t member)
{
	double values[ROUNDS];

	for (int i = 0; i < ROUNDS; i++)
		memcpy(&values[i], (const char *)&measured[i] + member, sizeof(values[i]));
	return median(values);
}

static bool row(const char *name, const struct measure measured[ROUNDS], double goal, double most_syncs)
{
	double ratio = median_of(measured, offsetof(struct measure, ratio));
	double syncs = median_of(measured, offsetof(struct measure, syncs_each));
	bool ok = ratio >= goal && (most_syncs == 0 || syncs <= most_syncs);

	printf("%-24s %9.0f %8.2f x raw  %5.1f a commit  %5.1f a sync  %6.1f us CPU", name,
		median_of(measured, offsetof(struct measure, per_second)), ratio,
		1 / median_of(measured, offsetof(struct measure, commits_each)), syncs > 0 ? 1 / syncs : 0,
		median_of(measured, offsetof(struct measure, cpu_us)));
	if (goal > 0)
		printf("   goal %.1f x raw: %s", goal, ok ? "met" : "MISSED");
	printf("\n");
	return ok;
}

int main(int argc, char **argv)
{
	struct bench bench = { .mutex = PTHREAD_MUTEX_INITIALIZER, .ended = PTHREAD_COND_INITIALIZER };
	struct measure lite1[ROUNDS], lite64[ROUNDS], pg1[ROUNDS], pg64[ROUNDS];
	struct store *pg = NULL;
	PGconn *own = NULL;
	double raw[ROUNDS], commits[ROUNDS];
	char url[512];

	if (argc < 2) {
		fprintf(stderr, "usage: bench_store FOLDER [postgres:URL]\n");
		return 2;
	}
	arena_init(&bench.arena, (size_t)1 << 30);
	bench.clock = CLOCK_SYSTEM;
	bench.ctx = (struct ctx){ .arena = &bench.arena, .err = &bench.err, .clock = &bench.clock, .random = &bench.random,
		.who = &principal_system, .locale = &plain };
	faulty_install(true); /* counts syncs; lets everything through */
	snprintf(url, sizeof(url), "sqlite:%s/bench.db", argv[1]);
	struct store *lite = open_store(&bench, sv_of(url));
	keep_open(&bench, lite);
	if (argc > 2) {
		pg = open_store(&bench, sv_of(argv[2]));
		own = open_own(argv[2]);
	}
	double last = raw_syncs(argv[1]);
	for (int i = 0; i < ROUNDS; i++) {
		raw[i] = last;
		lite1[i] = compared(&bench, lite, 1, argv[1], &last);
		lite64[i] = compared(&bench, lite, 64, argv[1], &last);
		if (pg) {
			commits[i] = own_commits(own);
			pg1[i] = compared(&bench, pg, 1, argv[1], &last);
			pg64[i] = compared(&bench, pg, 64, argv[1], &last);
		}
	}
	db_close(bench.ctx.db);
	printf("%-24s %9.0f a second (4 KiB overwritten, fdatasync)\n", "raw disk", median(raw));
	bool ok = row("SQLite, 1 client", lite1, 0.3, 0);
	ok = row("SQLite, 64 clients", lite64, 2, 1.0 / 16) && ok;
	if (pg) {
		double most = median(commits);
		row("PostgreSQL, 1 client", pg1, 0, 0);
		row("PostgreSQL, 64 clients", pg64, 0, 0);
		printf("%-24s %9.0f a second (a row of 1 KB each); submissions beside it: 1 client %.2f, 64 clients %.2f\n",
			"PostgreSQL's own commits", most, median_of(pg1, offsetof(struct measure, per_second)) / most,
			median_of(pg64, offsetof(struct measure, per_second)) / most);
		PQfinish(own);
	}
	arena_release(&bench.arena);
	return ok ? 0 : 1;
}
