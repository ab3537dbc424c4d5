/* Tests of base/csv: RFC 4180 section 2, refusals with lines, and write-read identity over random rows. */
#include "test/kit/kit.h"

#include "base/csv.h"

#include "base/write_kit.h"

#include "base/banned.h"

/* The next row as "a|b|c", or "end". */
static struct sv row(struct kit *kit, struct csv *csv)
{
	struct sv *fields;
	size_t count;
	bool more;
	struct buf buf;

	assert_ok(kit, csv_next(&kit->ctx, csv, &fields, &count, &more));
	if (!more)
		return SV("end");
	buf_init(&buf, &kit->arena, 1 << 16);
	for (size_t i = 0; i < count; i++) {
		if (i)
			buf_byte(&buf, '|');
		buf_sv(&buf, fields[i]);
	}
	return buf_view(&buf);
}

static void test_reading(void **state)
{
	struct kit *kit = *state;
	struct csv csv = csv_open(SV("t.csv"), SV("\xEF\xBB\xBFname,年,\"x \"\"y\"\"\"\r\n\r\n\"a,\r\nb\",,\n\"\"\nlast, kept "));

	assert_sv_equal(row(kit, &csv), "name|年|x \"y\"");
	assert_int_equal(csv.line, 1);
	assert_sv_equal(row(kit, &csv), "a,\r\nb||");
	assert_int_equal(csv.line, 3);
	assert_sv_equal(row(kit, &csv), "");
	assert_int_equal(csv.line, 5);
	assert_sv_equal(row(kit, &csv), "last| kept ");
	assert_sv_equal(row(kit, &csv), "end");
	assert_sv_equal(row(kit, &csv), "end");
	csv = csv_open(SV("t"), SV(""));
	assert_sv_equal(row(kit, &csv), "end");
	csv = csv_open(SV("t"), SV("a,"));
	assert_sv_equal(row(kit, &csv), "a|");
}

static void assert_refused(struct kit *kit, struct sv text, uint32_t line, const char *part)
{
	struct csv csv = csv_open(SV("t.csv"), text);
	struct sv *fields;
	size_t count;
	bool more = true;
	enum rc rc = RC_OK;

	while (rc == RC_OK && more)
		rc = csv_next(&kit->ctx, &csv, &fields, &count, &more);
	assert_int_equal(rc, RC_MALFORMED);
	assert_int_equal(kit->err.line, line);
	assert_sv_equal(kit->err.file, "t.csv");
	if (!strstr(kit->err.msgid, part))
		fail_msg("message «%s» lacks «%s»", kit->err.msgid, part);
	error_clear(&kit->ctx);
}

static void test_refusals(void **state)
{
	struct kit *kit = *state;
	struct buf wide;

	assert_refused(kit, SV("a\n\"b\n\nc"), 2, "not closed");
	assert_refused(kit, SV("a\nb\"c\"\n"), 2, "inside a field");
	assert_refused(kit, SV("a\rb\n"), 1, "inside a field");
	assert_refused(kit, SV("\"a\nb\"\n\"a\"b\n"), 3, "behind a closing");
	assert_refused(kit, SV("a\n\xC0\x80,b\n"), 2, "UTF-8");
	buf_init(&wide, &kit->arena, 1000);
	for (int i = 0; i < CSV_MAX_FIELDS; i++)
		buf_byte(&wide, ',');
	assert_refused(kit, buf_view(&wide), 1, "too many columns");
	struct csv csv = csv_open(SV("t"), sv_slice(buf_view(&wide), 1, wide.len));
	assert_int_equal(row(kit, &csv).len, CSV_MAX_FIELDS - 1);
}

static void test_write_read_identity(void **state)
{
	static const char *const pieces[] = { "a", ",", "\"", "\r", "\n", "\r\n", " ", "二", "=" };
	struct kit *kit = *state;

	for (uint64_t seed = 1; seed <= 500; seed++) {
		kit->random = random_seeded(seed);
		arena_clear(&kit->arena);
		struct sv rows[4][5];
		size_t counts[4], count;
		struct buf buf;
		buf_init(&buf, &kit->arena, 1 << 16);
		for (size_t i = 0; i < 4; i++) {
			counts[i] = 1 + random_below(&kit->random, 5);
			for (size_t j = 0; j < counts[i]; j++) {
				struct buf field;
				buf_init(&field, &kit->arena, 100);
				for (uint64_t n = random_below(&kit->random, 6); n; n--)
					buf_sv(&field, sv_of(pieces[random_below(&kit->random, 9)]));
				rows[i][j] = buf_view(&field);
			}
			write_csv_row(&buf, rows[i], counts[i]);
		}
		struct csv csv = csv_open(SV("t"), buf_view(&buf));
		struct sv *fields;
		bool more;
		for (size_t i = 0; i < 4; i++) {
			assert_ok(kit, csv_next(&kit->ctx, &csv, &fields, &count, &more));
			if (!more || count != counts[i])
				fail_msg("seed %lu: row %zu has %zu fields", seed, i, count);
			for (size_t j = 0; j < count; j++)
				if (!sv_equal(fields[j], rows[i][j]))
					fail_msg("seed %lu: row %zu field %zu differs", seed, i, j);
		}
		assert_ok(kit, csv_next(&kit->ctx, &csv, &fields, &count, &more));
		assert_false(more);
	}
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, kit_setup, kit_teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(test_reading), TEST(test_refusals), TEST(test_write_read_identity),
	};

	return cmocka_run_group_tests_name("csv", tests, NULL, NULL);
}
