/* The program as a whole, from outside: it starts on an empty folder, lets nobody in who is not signed in, says when it is
 * not ready, and stops in order. argv[1] is the program. */
#include "test/kit/kit.h"

#include <arpa/inet.h>
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <sqlite3.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/banned.h"

enum { MIN_PROTECTED = 20, REPLY_MAX = 1 << 20 };

struct program {
	char folder[64];
	pid_t pid;
	FILE *out;
	uint16_t port;
};

static const char *program_path;

/* --- the program --- */

static void start(struct program *program)
{
	int ends[2];
	char line[256], log[128];
	unsigned port;

	if (!program->folder[0]) {
		snprintf(program->folder, sizeof(program->folder), "/tmp/tongban-app-XXXXXX");
		assert_non_null(mkdtemp(program->folder));
	}
	snprintf(log, sizeof(log), "%s.log", program->folder);
	assert_int_equal(pipe(ends), 0);
	program->pid = fork();
	assert_true(program->pid >= 0);
	if (program->pid == 0) {
		int errors = open(log, O_WRONLY | O_CREAT | O_APPEND, 0600);
		dup2(ends[1], STDOUT_FILENO);
		dup2(errors, STDERR_FILENO);
		close(ends[0]);
		close(ends[1]);
		execl(program_path, program_path, "serve", "--data", program->folder, "--listen", "127.0.0.1:0", NULL);
		_exit(127);
	}
	close(ends[1]);
	program->out = fdopen(ends[0], "r");
	assert_non_null(fgets(line, sizeof(line), program->out));
	const char *at = strstr(line, "port ");
	assert_non_null(at);
	assert_int_equal(sscanf(at, "port %u", &port), 1);
	program->port = (uint16_t)port;
}

/* Ends it with a signal and gives its exit status. */
static int stop(struct program *program, int signal_number)
{
	int status;

	kill(program->pid, signal_number);
	assert_int_equal(waitpid(program->pid, &status, 0), program->pid);
	fclose(program->out);
	return WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
}

static void clean(struct program *program)
{
	char command[256];

	snprintf(command, sizeof(command), "rm -rf %s %s.log", program->folder, program->folder);
	assert_int_equal(system(command), 0);
}

/* The status of one request; the whole answer in `reply`. */
static int ask_with(const struct program *program, const char *method, const char *path, const char *body, char *reply)
{
	struct sockaddr_in to = { .sin_family = AF_INET, .sin_port = htons(program->port), .sin_addr.s_addr = htonl(INADDR_LOOPBACK) };
	char request[1024];
	size_t len = 0;
	ssize_t got;
	int fd = socket(AF_INET, SOCK_STREAM, 0), status = 0;

	assert_int_equal(connect(fd, (struct sockaddr *)&to, sizeof(to)), 0);
	int size = snprintf(request, sizeof(request), "%s %s HTTP/1.1\r\nHost: x\r\nAccept: application/json\r\nConnection: close\r\n"
		"Content-Type: application/json\r\nContent-Length: %zu\r\n\r\n%s", method, path, strlen(body), body);
	assert_int_equal(send(fd, request, (size_t)size, MSG_NOSIGNAL), size);
	while (len < REPLY_MAX - 1 && (got = recv(fd, reply + len, REPLY_MAX - 1 - len, 0)) > 0)
		len += (size_t)got;
	reply[len] = '\0';
	close(fd);
	sscanf(reply, "HTTP/1.1 %d", &status);
	return status;
}

static int ask(const struct program *program, const char *method, const char *path, char *reply)
{
	return ask_with(program, method, path, method[0] == 'G' ? "" : "{}", reply);
}

/* The process whose parent is `pid`: the key holder. */
static pid_t child_of(pid_t pid)
{
	char path[64], line[64] = "";

	snprintf(path, sizeof(path), "/proc/%d/task/%d/children", (int)pid, (int)pid);
	FILE *file = fopen(path, "r");
	if (!file)
		return 0;
	if (!fgets(line, sizeof(line), file))
		line[0] = '\0';
	fclose(file);
	return (pid_t)strtol(line, NULL, 10);
}

/* --- tests --- */

/* "/cases/{id}/log" -> "/cases/x/log": who may come in is decided before what the parts mean. */
static void fill_path(const char *path, char out[512])
{
	size_t len = 0;
	bool is_inside = false;

	for (; *path && len < 500; path++) {
		if (*path == '{')
			out[len++] = 'x';
		is_inside = (is_inside || *path == '{') && *path != '}';
		if (!is_inside && *path != '}')
			out[len++] = *path;
	}
	out[len] = '\0';
}

static void test_nobody_comes_in(void **state)
{
	struct program program = { 0 };
	char command[512], line[1024], method[16], path[400], permission[64], filled[512];
	char *reply = test_malloc(REPLY_MAX);
	int protected = 0;

	(void)state;
	start(&program);
	snprintf(command, sizeof(command), "%s routes", program_path);
	FILE *routes = popen(command, "r");
	while (fgets(line, sizeof(line), routes)) {
		assert_int_equal(sscanf(line, "%15s %399s %63s", method, path, permission), 3);
		if (strcmp(permission, "public") == 0)
			continue;
		fill_path(path, filled);
		int status = ask(&program, method, filled, reply);
		if (status != 401 && status != 403)
			fail_msg("%s %s answered %d to nobody", method, filled, status);
		protected++;
	}
	assert_int_equal(pclose(routes), 0);
	assert_true(protected >= MIN_PROTECTED);
	assert_int_equal(stop(&program, SIGTERM), 0);
	test_free(reply);
	clean(&program);
}

static void test_ready_and_stop(void **state)
{
	struct program program = { 0 };
	char *reply = test_malloc(REPLY_MAX);

	(void)state;
	start(&program);
	assert_int_equal(ask(&program, "GET", "/livez", reply), 200);
	assert_int_equal(ask(&program, "GET", "/readyz", reply), 200);
	/* Without the key holder nothing is signed, and it says so. */
	pid_t holder = child_of(program.pid);
	assert_true(holder > 0);
	kill(holder, SIGKILL);
	while (ask(&program, "GET", "/readyz", reply) == 200)
		;
	assert_non_null(strstr(reply, "key holder not ready"));
	assert_int_equal(ask(&program, "GET", "/livez", reply), 200);
	assert_int_equal(stop(&program, SIGKILL), 128 + SIGKILL);
	/* After a hard end it starts again on the same data. */
	start(&program);
	assert_int_equal(ask(&program, "GET", "/readyz", reply), 200);
	assert_int_equal(stop(&program, SIGINT), 0);
	test_free(reply);
	clean(&program);
}

/* Zeros where the first page of a table was. */
static void damage(const struct program *program, const char *table)
{
	char path[128], zeros[4096] = { 0 };
	sqlite3_stmt *stmt;
	sqlite3 *db;

	snprintf(path, sizeof(path), "%s/tongban.db", program->folder);
	assert_int_equal(sqlite3_open(path, &db), SQLITE_OK);
	assert_int_equal(sqlite3_exec(db, "PRAGMA wal_checkpoint(TRUNCATE)", NULL, NULL, NULL), SQLITE_OK);
	assert_int_equal(sqlite3_prepare_v2(db, "SELECT rootpage FROM sqlite_schema WHERE name = ?", -1, &stmt, NULL), SQLITE_OK);
	sqlite3_bind_text(stmt, 1, table, -1, SQLITE_STATIC);
	assert_int_equal(sqlite3_step(stmt), SQLITE_ROW);
	off_t page = sqlite3_column_int(stmt, 0);
	sqlite3_finalize(stmt);
	sqlite3_close(db);
	int fd = open(path, O_WRONLY | O_CLOEXEC);
	assert_int_equal(pwrite(fd, zeros, sizeof(zeros), (page - 1) * (off_t)sizeof(zeros)), (ssize_t)sizeof(zeros));
	close(fd);
}

/* A damaged database: nothing is written any more, reading goes on, and it says so. */
static void test_damaged(void **state)
{
	struct program program = { 0 };
	char *reply = test_malloc(REPLY_MAX);

	(void)state;
	start(&program);
	assert_int_equal(stop(&program, SIGTERM), 0);
	damage(&program, "sign_in_failure");
	start(&program);
	assert_int_equal(ask(&program, "GET", "/readyz", reply), 200);
	assert_int_equal(ask_with(&program, "POST", "/sign-in", "{\"login\":\"a\",\"password\":\"b\"}", reply), 503);
	assert_non_null(strstr(reply, "application/problem+json"));
	assert_int_equal(ask(&program, "GET", "/readyz", reply), 503);
	assert_non_null(strstr(reply, "database not ready: the database is damaged: writes are refused, reading goes on"));
	assert_int_equal(ask(&program, "GET", "/", reply), 200);
	assert_int_equal(ask(&program, "GET", "/ledger", reply), 200);
	assert_int_equal(stop(&program, SIGTERM), 0);
	test_free(reply);
	clean(&program);
}

/* Exit codes and messages of commands that cannot work. */
static void test_commands(void **state)
{
	static const struct { const char *arguments; int status; } table[] = {
		{ "help", 0 }, { "version", 0 }, { "routes --permissions", 0 }, { "nonsense", 2 }, { "", 2 }, { "serve --data", 2 },
		{ "serve", 2 }, { "serve --data /proc/nowhere", 8 }, { "routes --wrong", 2 }, { "serve --data /tmp --bogus", 2 }, { "org load", 2 }, { "org password", 2 },
	};
	char command[512];

	(void)state;
	for (size_t i = 0; i < sizeof(table) / sizeof(table[0]); i++) {
		snprintf(command, sizeof(command), "%s %s >/dev/null 2>&1", program_path, table[i].arguments);
		int status = system(command);
		if (!WIFEXITED(status) || WEXITSTATUS(status) != table[i].status)
			fail_msg("%s: status %d", command, WEXITSTATUS(status));
	}
}

int main(int argc, char **argv)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_nobody_comes_in), cmocka_unit_test(test_ready_and_stop), cmocka_unit_test(test_damaged),
		cmocka_unit_test(test_commands),
	};

	if (argc != 2)
		return 2;
	program_path = argv[1];
	return cmocka_run_group_tests(tests, NULL, NULL);
}
