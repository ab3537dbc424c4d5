/* `tongban city build`: a small city is built, holds together, and is not built over. */
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "test/kit/kit_db.h"

#include "base/banned.h"

static int setup(void **state)
{
	return kit_db_open(state, NULL, 0);
}

enum { MAX_OUTPUT = 64 * 1024 };

/* Runs tongban with these words; its output in *ret_output, its exit code returned. */
static int tongban(struct kit *kit, const char *const *words, struct sv *ret_output)
{
	const char *program = getenv("TONGBAN");
	char *argv[16] = { (char *)program }, *output = arena_alloc(&kit->arena, MAX_OUTPUT);
	int fds[2], status;
	size_t len = 0;
	ssize_t got;

	for (size_t i = 0; words[i]; i++)
		argv[i + 1] = (char *)words[i];
	assert_int_equal(pipe(fds), 0);
	pid_t child = fork();
	if (child == 0) {
		dup2(fds[1], 1);
		dup2(fds[1], 2);
		execv(program, argv);
		_exit(127);
	}
	close(fds[1]);
	while (len < MAX_OUTPUT && (got = read(fds[0], output + len, MAX_OUTPUT - len)) > 0)
		len += (size_t)got;
	close(fds[0]);
	waitpid(child, &status, 0);
	*ret_output = (struct sv){ output, len };
	return WIFEXITED(status) ? WEXITSTATUS(status) : -1;
}

#define RUN(kit, output, ...) tongban((kit), (const char *const[]){ __VA_ARGS__, NULL }, (output))

static void test_build(void **state)
{
	struct kit *kit = *state;
	const char *base = getenv("TMPDIR");
	char *dir = arena_z(&kit->arena, arena_printf(&kit->arena, "%s/city.XXXXXX", base ? base : "/tmp"));
	char *url = arena_z(&kit->arena, kit_db_fresh(kit, "city"));
	struct sv output;

	assert_non_null(mkdtemp(dir));
	if (RUN(kit, &output, "city", "build", dir, "--from", TONGBAN_SOURCE_ROOT, "--cases", "150", "--db", url) != 0)
		fail_msg("%.*s", SV_FMT(output));
	assert_int_equal(RUN(kit, &output, "city", "build", dir, "--from", TONGBAN_SOURCE_ROOT, "--db", url), 5); /* there is one */
	assert_int_equal(RUN(kit, &output, "service", "list", "--data", dir, "--db", url), 0);
	assert_true(sv_find(output, SV("construction-planning-permit"), 0) != SIZE_MAX);
	assert_true(sv_find(output, SV("residence-permit"), 0) != SIZE_MAX);
	assert_int_equal(RUN(kit, &output, "ledger", "fsck", "--data", dir, "--db", url), 0);
	assert_int_equal(RUN(kit, &output, "city", "build", dir, "--cases", "many"), 2);
	if (fork() == 0)
		execlp("rm", "rm", "-rf", dir, (char *)NULL);
	wait(NULL);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(test_build, setup, kit_db_teardown),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
