/* The commands, run on the tessera log and on files made here. */
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "engine/tlog/tlog_cmd.h"
#include "test/kit/kit.h"

#include "base/banned.h"

static struct sv temporary(struct kit *kit, const char *text)
{
	char path[] = "/tmp/tongban-tlog-XXXXXX";
	int fd = mkstemp(path);

	assert_true(fd >= 0);
	assert_int_equal(write(fd, text, strlen(text)), (ssize_t)strlen(text));
	close(fd);
	return arena_copy(&kit->arena, sv_of(path));
}

static enum rc run(struct kit *kit, enum rc (*command)(struct ctx *, int, char **), const char *const *words)
{
	char *argv[8];
	int argc = 0;

	for (; words[argc]; argc++)
		argv[argc] = arena_z(&kit->arena, sv_of(words[argc]));
	return command(&kit->ctx, argc, argv);
}

#define RUN(command, ...) run(kit, command, (const char *const[]){ __VA_ARGS__, NULL })

static void test_fsck(void **state)
{
	struct kit *kit = *state;

	if (!kit_suites())
		skip();
	const char *dir = arena_printf(&kit->arena, "%s/tlog/tessera/log", kit_suites()).ptr;
	struct sv key = temporary(kit, "example.com/log/testdata+33d7b496+AeHTu4Q3hEIMHNqc6fASMsq3rKNx280NI+oO5xCFkkSx\n");
	assert_ok(kit, RUN(tlog_command, "fsck", dir, "--key", key.ptr));
	assert_ok(kit, RUN(tlog_command, "prove", dir, "7"));
	assert_int_equal(RUN(tlog_command, "prove", dir, "15"), RC_INVALID);
	error_clear(&kit->ctx);
	assert_int_equal(RUN(tlog_command, "prove", dir, "x"), RC_INVALID);
	error_clear(&kit->ctx);
	assert_int_equal(RUN(tlog_command, "fsck", "/nowhere", "--key", key.ptr), RC_NOT_FOUND);
	error_clear(&kit->ctx);
	assert_int_equal(RUN(tlog_command, "other"), RC_INVALID);
	unlink(key.ptr);
}

static void test_verify(void **state)
{
	struct kit *kit = *state;
	struct sv key = temporary(kit, "example.com/log/testdata+33d7b496+AeHTu4Q3hEIMHNqc6fASMsq3rKNx280NI+oO5xCFkkSx\n");
	struct sv receipt = temporary(kit, "{}"), proof = temporary(kit, "no proof");

	assert_int_equal(RUN(verify_command, receipt.ptr, "--key", key.ptr), RC_INVALID);
	error_clear(&kit->ctx);
	assert_int_equal(RUN(verify_command, receipt.ptr, "--key", receipt.ptr), RC_MALFORMED);
	error_clear(&kit->ctx);
	assert_int_equal(RUN(verify_command, receipt.ptr), RC_INVALID);
	error_clear(&kit->ctx);
	assert_int_equal(RUN(tlog_command, "verify", proof.ptr, receipt.ptr, "--key", key.ptr), RC_MALFORMED);
	unlink(key.ptr);
	unlink(receipt.ptr);
	unlink(proof.ptr);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(test_fsck, kit_setup, kit_teardown),
		cmocka_unit_test_setup_teardown(test_verify, kit_setup, kit_teardown),
	};

	return cmocka_run_group_tests_name("tlog_cmd", tests, NULL, NULL);
}
