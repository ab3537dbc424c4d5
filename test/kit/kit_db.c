/* Databases for tests: one template a program, one copy a test; see kit_db.h. */
#include "test/kit/kit_db.h"

#include <libpq-fe.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/banned.h"

enum { MAX_CONNECTIONS = 32 };

/* One test at a time runs in a program, so its database stands here. */
static struct {
	pid_t owner;
	char dir[64]; /* SQLite: where the files are */
	unsigned number;
	bool has_template;
	char url[512];
	char fresh[64]; /* name of the database made by kit_db_fresh, or empty */
	struct store *store;
	struct db *connections[MAX_CONNECTIONS];
	size_t connection_count;
} now;

static const char *postgres_url(void)
{
	const char *url = getenv("TONGBAN_TEST_DB");

	return url && strncmp(url, "postgres:", 9) == 0 ? url : NULL;
}

static void admin(const char *sql)
{
	PGconn *conn = PQconnectdb(postgres_url() + strlen("postgres:"));
	PGresult *result = PQexec(conn, sql);

	if (PQresultStatus(result) != PGRES_COMMAND_OK && PQresultStatus(result) != PGRES_TUPLES_OK)
		print_error("%s: %s\n", sql, PQerrorMessage(conn));
	PQclear(result);
	PQfinish(conn);
}

static void run(const char *program, const char *one, const char *two, const char *three)
{
	pid_t child = fork();

	if (child == 0) {
		execlp(program, program, one, two, three, (char *)NULL);
		_exit(127);
	}
	waitpid(child, NULL, 0);
}

static void remove_template(void)
{
	char sql[128];

	if (now.owner != getpid())
		return;
	if (postgres_url()) {
		snprintf(sql, sizeof(sql), "DROP DATABASE IF EXISTS kit_%d", (int)getpid());
		admin(sql);
	} else {
		run("rm", "-rf", now.dir, NULL);
	}
}

static void name_database(const char *suffix)
{
	if (postgres_url()) /* the last dbname of a conninfo counts */
		snprintf(now.url, sizeof(now.url), "%s dbname=kit_%d%s", postgres_url(), (int)now.owner, suffix);
	else
		snprintf(now.url, sizeof(now.url), "sqlite:%s/kit%s.db", now.dir, suffix);
}

static void make_template(struct kit *kit, const struct store_room *const *rooms, size_t count)
{
	char sql[128];

	now.owner = getpid();
	atexit(remove_template);
	if (postgres_url()) {
		snprintf(sql, sizeof(sql), "CREATE DATABASE kit_%d TEMPLATE template0", (int)now.owner);
		admin(sql);
	} else {
		const char *dir = getenv("TMPDIR");
		snprintf(now.dir, sizeof(now.dir), "%.40s/kit.XXXXXX", dir ? dir : "/tmp");
		if (!mkdtemp(now.dir))
			fail_msg("no temporary folder can be made: %s", now.dir);
	}
	name_database("");
	assert_ok(kit, store_open(&kit->ctx, sv_of(now.url), &now.store));
	assert_ok(kit, store_migrate(&kit->ctx, now.store, rooms, count));
	now.has_template = true;
}

static void copy_template(void)
{
	char sql[160], suffix[24], from[96];

	now.number++;
	snprintf(suffix, sizeof(suffix), "_%u", now.number);
	snprintf(from, sizeof(from), "%s/kit.db", now.dir);
	name_database(suffix);
	if (postgres_url()) {
		snprintf(sql, sizeof(sql), "CREATE DATABASE kit_%d%s TEMPLATE kit_%d", (int)now.owner, suffix, (int)now.owner);
		admin(sql);
	} else {
		run("cp", from, now.url + strlen("sqlite:"), NULL);
	}
}

struct store *kit_db_store(void)
{
	return now.store;
}

bool kit_db_cut(void)
{
	char sql[160];

	if (!postgres_url())
		return false;
	snprintf(sql, sizeof(sql), "SELECT pg_terminate_backend(pid, 5000) FROM pg_stat_activity WHERE datname = 'kit_%d_%u'",
		(int)now.owner, now.number);
	admin(sql);
	return true;
}

struct sv kit_db_fresh(struct kit *kit, const char *name)
{
	char sql[128];

	assert_int_equal(now.fresh[0], 0);
	snprintf(now.fresh, sizeof(now.fresh), "kit_%d_%u_%s", (int)now.owner, now.number, name);
	if (!postgres_url()) /* the teardown's pattern covers it */
		return arena_printf(&kit->arena, "%s.%s", now.url, name);
	snprintf(sql, sizeof(sql), "CREATE DATABASE %s TEMPLATE template0", now.fresh);
	admin(sql);
	return arena_printf(&kit->arena, "%s dbname=%s", postgres_url(), now.fresh);
}

struct sv kit_db_url(void)
{
	return sv_of(now.url);
}

struct db *kit_db_connect(struct kit *kit, enum store_access access)
{
	struct db *db = NULL;

	assert_true(now.connection_count < MAX_CONNECTIONS);
	assert_ok(kit, db_connect(&kit->ctx, now.store, access, &db));
	now.connections[now.connection_count++] = db;
	return db;
}

void kit_db_commit(struct kit *kit)
{
	assert_ok(kit, store_commit(&kit->ctx));
	assert_ok(kit, store_begin(&kit->ctx));
}

void kit_db_reopen(struct kit *kit)
{
	for (size_t i = 0; i < now.connection_count; i++)
		if (now.connections[i] == kit->ctx.db) {
			db_close(now.connections[i]);
			now.connections[i] = NULL;
		}
	kit->ctx.db = kit_db_connect(kit, STORE_WRITE);
	assert_ok(kit, store_begin(&kit->ctx));
}

void kit_db_disconnect(struct kit *kit)
{
	for (size_t i = 0; i < now.connection_count; i++)
		db_close(now.connections[i]);
	now.connection_count = 0;
	kit->ctx.db = NULL;
}

int kit_db_open(void **state, const struct store_room *const *rooms, size_t count)
{
	kit_setup(state);
	struct kit *kit = *state;

	if (!now.has_template)
		make_template(kit, rooms, count);
	copy_template();
	assert_ok(kit, store_open(&kit->ctx, sv_of(now.url), &now.store));
	kit->ctx.db = kit_db_connect(kit, STORE_WRITE);
	assert_ok(kit, store_begin(&kit->ctx));
	return 0;
}

int kit_db_teardown(void **state)
{
	char sql[160];

	kit_db_disconnect(*state);
	if (postgres_url() && now.fresh[0]) {
		snprintf(sql, sizeof(sql), "DROP DATABASE %s WITH (FORCE)", now.fresh);
		admin(sql);
	}
	now.fresh[0] = 0;
	if (postgres_url()) {
		snprintf(sql, sizeof(sql), "DROP DATABASE kit_%d_%u WITH (FORCE)", (int)now.owner, now.number);
		admin(sql);
	} else {
		run("sh", "-c", "rm -f \"$0\"*", now.url + strlen("sqlite:"));
	}
	return kit_teardown(state);
}
