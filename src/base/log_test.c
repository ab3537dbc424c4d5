/* Tests of base/log: what lands on stderr, line by line, read back as JSON. */
#include "test/kit/kit.h"

#include <stdio.h>
#include <unistd.h>

#include "base/json.h"
#include "base/log.h"

#include "base/banned.h"

/* What `speak` writes to stderr. */
static struct sv capture(struct kit *kit, void (*speak)(void))
{
	FILE *file = tmpfile();
	char *text = arena_alloc(&kit->arena, 1 << 16);
	int saved = dup(STDERR_FILENO);

	assert_true(file && saved >= 0 && dup2(fileno(file), STDERR_FILENO) >= 0);
	speak();
	assert_true(dup2(saved, STDERR_FILENO) >= 0);
	close(saved);
	rewind(file);
	size_t len = fread(text, 1, 1 << 16, file);
	fclose(file);
	return (struct sv){ text, len };
}

static const struct json *line(struct kit *kit, struct sv *text)
{
	const struct json *tree;

	assert_ok(kit, json_parse(&kit->ctx, SV("log"), sv_cut(text, '\n'), &json_limits_request, &tree));
	return tree;
}

static void speak_plainly(void)
{
	LOG(LOG_DEBUG, "not shown", { LOG_COUNT, .number = 1 });
	LOG(LOG_INFO, "request", { LOG_METHOD, SV("GET") }, { LOG_STATUS, .number = 200 });
	LOG(LOG_ERROR, "bad", { LOG_DETAIL, SV("a\"b\n\xFFrest") });
}

static void test_lines(void **state)
{
	struct kit *kit = *state;
	unsigned before = log_error_count();
	struct sv text = capture(kit, speak_plainly);
	const struct json *first = line(kit, &text), *second = line(kit, &text);
	int64_t status = 0;

	assert_int_equal(text.len, 0);
	assert_sv_equal(json_string(json_get(first, SV("level"))), "info");
	assert_sv_equal(json_string(json_get(first, SV("event"))), "request");
	assert_sv_equal(json_string(json_get(first, SV("method"))), "GET");
	assert_true(json_i64(json_get(first, SV("status")), &status) && status == 200);
	assert_int_equal(json_string(json_get(first, SV("time"))).len, 24);
	assert_sv_equal(json_string(json_get(second, SV("detail"))), "a\"b\n");
	assert_int_equal(log_error_count(), before + 1);
}

static void speak_at_length(void)
{
	static char noise[4000];
	struct sv text = { noise, sizeof(noise) };

	memset(noise, 1, sizeof(noise)); /* each byte takes six */
	LOG(LOG_WARNING, "long", { LOG_DETAIL, text }, { LOG_FILE, text }, { LOG_ROUTE, text }, { LOG_LINE, .number = 9 });
}

static void test_long_lines_stay_whole(void **state)
{
	struct kit *kit = *state;
	struct sv text = capture(kit, speak_at_length);
	int64_t number = 0;

	assert_true(text.len <= 8192);
	const struct json *only = line(kit, &text);
	assert_int_equal(json_string(json_get(only, SV("detail"))).len, 1024);
	assert_null(json_get(only, SV("file")));
	assert_true(json_i64(json_get(only, SV("line")), &number) && number == 9);
}

static void test_level(void **state)
{
	struct kit *kit = *state;

	log_set_level(LOG_ERROR);
	struct sv text = capture(kit, speak_at_length);
	log_set_level(LOG_INFO);
	assert_int_equal(text.len, 0);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, kit_setup, kit_teardown)

int main(void)
{
	const struct CMUnitTest tests[] = { TEST(test_lines), TEST(test_long_lines_stay_whole), TEST(test_level) };

	return cmocka_run_group_tests_name("log", tests, NULL, NULL);
}
