/* Databases for tests; see kit_db.h. SQLite: one migrated file a program, copied for each test. PostgreSQL: one migrated
 * database a program, emptied for each test (to create and drop one means hundreds of syncs). */
#include "test/kit/kit_db.h"

#include <libpq-fe.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/banned.h"

enum { MAX_CONNECTIONS = 32, MAX_TABLES = 400 };

/* One test at a time runs in a program, so its database stands here. */
static struct {
	pid_t owner;
	char dir[64]; /* SQLite: where the files are */
	unsigned number;
	bool has_template;
	char url[512];
	char tables[MAX_TABLES * 64]; /* PostgreSQL: the command that empties them */
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

/* Takes all rows out of the tables that were empty after migrating. */
static void empty_tables(void)
{
	PGconn *conn = PQconnectdb(now.url + strlen("postgres:"));
	PGresult *result = PQexec(conn, now.tables);

	if (PQresultStatus(result) != PGRES_COMMAND_OK)
		print_error("%s: %s\n", now.tables, PQerrorMessage(conn));
	PQclear(result);
	PQfinish(conn);
}

/* Notes the command for that. Rows that a migration itself puts in stay as they are. */
static void note_tables(void)
{
	PGconn *conn = PQconnectdb(now.url + strlen("postgres:"));
	PGresult *names = PQexec(conn, "SELECT tablename FROM pg_tables WHERE schemaname = 'public' ORDER BY 1");
	size_t len = 0;

	for (int i = 0; i < PQntuples(names); i++) {
		char sql[128];
		const char *name = PQgetvalue(names, i, 0);
		snprintf(sql, sizeof(sql), "SELECT 1 FROM %s LIMIT 1", name);
		PGresult *rows = PQexec(conn, sql);
		if (PQntuples(rows) == 0)
			len += (size_t)snprintf(now.tables + len, sizeof(now.tables) - len, "%s%s", len ? ", " : "TRUNCATE ", name);
		PQclear(rows);
	}
	PQclear(names);
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
		snprintf(sql, sizeof(sql), "DROP DATABASE IF EXISTS kit_%d WITH (FORCE)", (int)getpid());
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
	if (postgres_url())
		note_tables();
	now.has_template = true;
}

static void make_fresh(void)
{
	char suffix[24], from[96];

	now.number++;
	if (postgres_url()) {
		empty_tables();
		return;
	}
	snprintf(suffix, sizeof(suffix), "_%u", now.number);
	snprintf(from, sizeof(from), "%s/kit.db", now.dir);
	name_database(suffix);
	run("cp", from, now.url + strlen("sqlite:"), NULL);
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
	snprintf(sql, sizeof(sql), "SELECT pg_terminate_backend(pid, 5000) FROM pg_stat_activity WHERE datname = 'kit_%d'",
		(int)now.owner);
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
	make_fresh();
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
	if (!postgres_url())
		run("sh", "-c", "rm -f \"$0\"*", now.url + strlen("sqlite:"));
	return kit_teardown(state);
}
