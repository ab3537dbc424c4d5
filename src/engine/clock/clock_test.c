/* The clock against its table of cases, the notices against the calendar, and refusals. */
#include "test/kit/kit.h"

#include "base/buf.h"
#include "base/civil.h"
#include "engine/clock/clock.h"

#include "base/banned.h"

static struct limit_calendar *shipped(struct kit *kit)
{
	struct limit_calendar *calendar = limit_calendar_new(&kit->arena);

	for (int year = 2024; year <= 2026; year++) {
		struct sv path = arena_printf(&kit->arena, "%s/city/calendar/%d.yaml", TONGBAN_SOURCE_ROOT, year);
		assert_ok(kit, limit_calendar_add(&kit->ctx, calendar, path, kit_file(kit, path.ptr)));
	}
	return calendar;
}

static int64_t day(const char *text)
{
	int64_t day;

	assert_true(civil_parse_day(sv_of(text), &day));
	return day;
}

static int64_t sv_day(struct sv text)
{
	int64_t day;

	if (!civil_parse_day(text, &day))
		fail_msg("not a date: %.*s", SV_FMT(text));
	return day;
}

static int sv_int(struct sv text)
{
	int64_t number;

	assert_true(sv_parse_i64(text, &number));
	return (int)number;
}

struct table_case {
	struct limit_ledger ledger;
	struct limit limit;
	int64_t at;
};

static void read_word(struct kit *kit, const struct limit_calendar *calendar, struct table_case *c, struct sv word)
{
	struct sv rest = word, verb = sv_cut(&rest, ':'), first = sv_cut(&rest, ':');
	int64_t when = sv_day(first);

	if (sv_equal_z(verb, "stop"))
		assert_ok(kit, limit_stop(&kit->ctx, &c->ledger, when, sv_int(rest), SV("inspection"), SV("art. 45")));
	else if (sv_equal_z(verb, "resume"))
		assert_ok(kit, limit_resume(&kit->ctx, &c->ledger, when));
	else if (sv_equal_z(verb, "extend"))
		assert_ok(kit, limit_extend(&kit->ctx, calendar, &c->ledger, &c->limit,
			&(struct limit_extension){ when, sv_int(rest), SV("head"), SV("complex") }));
	else if (sv_equal_z(verb, "at"))
		c->at = when;
	else
		fail_msg("unknown word %.*s", SV_FMT(word));
}

static struct sv shown(struct kit *kit, const struct limit_state *state)
{
	static const char *const colours[] = { [LIMIT_OK] = "ok", [LIMIT_WARN] = "warn", [LIMIT_LATE] = "late" };
	struct buf buf;
	char due[11];

	buf_init(&buf, &kit->arena, 200);
	buf_printf(&buf, "%s %d/%d %s", civil_day_text(state->due, due).ptr, state->used, state->total, colours[state->colour]);
	if (state->stopped)
		buf_printf(&buf, " stopped");
	if (state->pause_overrun)
		buf_printf(&buf, " overrun:%d", state->pause_overrun);
	if (state->provisional)
		buf_printf(&buf, " provisional");
	return buf_view(&buf);
}

/* The explanation must tell the same story as the state. */
static void check_explanation(struct kit *kit, const struct limit_calendar *calendar, const struct table_case *c,
	const struct limit_state *state)
{
	struct limit_line *lines;
	size_t count = limit_explain(&kit->arena, calendar, &c->ledger, &c->limit, c->at, &lines);
	int counted = 0, due_lines = 0;

	for (size_t i = 0; i < count; i++) {
		assert_true(limit_line_text(&kit->ctx, &lines[i]).len > 0);
		if (lines[i].day <= c->at)
			counted += lines[i].kind == LIMIT_LINE_COUNTED;
		due_lines += lines[i].is_due;
		if (lines[i].is_due)
			assert_int_equal(lines[i].number, state->total);
	}
	assert_int_equal(counted, state->used);
	assert_int_equal(due_lines, 1);
}

static void test_table(void **unused)
{
	struct kit *kit = *unused;
	struct limit_calendar *calendar = shipped(kit);
	struct sv rest = kit_file(kit, TONGBAN_SOURCE_ROOT "/src/engine/clock/clock_cases.txt");
	int cases = 0, wrong = 0;

	while (!sv_is_absent(rest)) {
		struct sv line = sv_cut(&rest, '\n'), want = line;
		if (sv_is_empty(line) || line.ptr[0] == '#')
			continue;
		struct sv words = sv_trim(sv_cut(&want, '='));
		struct table_case c = { 0 };
		c.ledger.start = c.at = sv_day(sv_cut(&words, ' '));
		c.limit.days = sv_int(sv_cut(&words, ' '));
		while (!sv_is_absent(words))
			read_word(kit, calendar, &c, sv_cut(&words, ' '));
		struct limit_state state = limit_state(calendar, &c.ledger, &c.limit, c.at);
		struct sv got = shown(kit, &state);
		if (!sv_equal(got, sv_trim(want))) {
			print_error("%.*s\n   got: %.*s\n", SV_FMT(line), SV_FMT(got));
			wrong++;
		}
		check_explanation(kit, calendar, &c, &state);
		cases++;
	}
	assert_int_equal(wrong, 0);
	assert_true(cases >= 55);
}

/* Working days in a year as the notice implies; and the notice's own rule: weekends worked balance weekdays off that are
 * not statutory. */
static void test_year_totals(void **state)
{
	struct kit *kit = *state;
	struct limit_calendar *calendar = shipped(kit);

	assert_int_equal(limit_between(calendar, day("2023-12-31"), day("2024-12-31")), 251);
	assert_int_equal(limit_between(calendar, day("2024-12-31"), day("2025-12-31")), 248);
	assert_int_equal(limit_between(calendar, day("2025-12-31"), day("2026-12-31")), 248);
	assert_sv_equal(limit_calendar_notice(calendar, 2026), "国办发明电〔2025〕7号");
	assert_true(sv_is_absent(limit_calendar_notice(calendar, 2027)));
	assert_true(limit_day(calendar, day("2027-06-09")).provisional);
	assert_int_equal(limit_day(calendar, day("2027-06-09")).holiday, LIMIT_DRAGON_BOAT);
	assert_int_equal(limit_day(calendar, day("2026-02-28")).kind, LIMIT_MAKE_UP);
	assert_int_equal(limit_day(calendar, day("2026-02-17")).kind, LIMIT_HOLIDAY);
}

/* A computed year has 13 statutory days off beyond the weekends (11 by the text before 2025), whatever falls where. */
static void test_computed_years(void **state)
{
	struct kit *kit = *state;
	struct limit_calendar *calendar = limit_calendar_new(&kit->arena);

	for (int64_t year = 2000; year <= 2099; year++) {
		int64_t from = civil_to_day((struct civil_date){ year, 1, 1 }), to = civil_to_day((struct civil_date){ year + 1, 1, 1 });
		int weekdays = 0;
		for (int64_t d = from; d < to; d++)
			weekdays += civil_weekday(d) < 6;
		assert_int_equal(limit_between(calendar, from - 1, to - 1), weekdays - (year >= 2025 ? 13 : 11));
	}
	/* The statutory days computed for an announced year are all off in its notice as well. */
	struct limit_calendar *announced = shipped(kit);
	for (int64_t d = day("2024-01-01"); d <= day("2026-12-31"); d++)
		if (limit_day(calendar, d).kind == LIMIT_HOLIDAY)
			assert_false(limit_is_working(announced, d));
}

static void test_arithmetic_agrees(void **state)
{
	struct kit *kit = *state;
	struct limit_calendar *calendar = shipped(kit);

	for (int64_t from = day("1999-12-01"); from < day("2101-01-01"); from += 97)
		for (int n = 0; n <= 60; n += 7) {
			int64_t to = limit_add(calendar, from, n, NULL);
			assert_int_equal(limit_between(calendar, from, to), n);
			assert_int_equal(limit_between(calendar, to, from), -n);
		}
	assert_int_equal(limit_expiry(day("2026-03-02")), 1772467200000);
}

/* Received on the eve of the holiday; five working days (acceptance, art. 32) reach 27 February. */
static void test_acceptance(void **state)
{
	struct kit *kit = *state;
	struct limit_calendar *calendar = shipped(kit);
	bool provisional = false;

	assert_int_equal(limit_add(calendar, day("2026-02-13"), 5, &provisional), day("2026-02-27"));
	assert_false(provisional);
}

static void test_refusals(void **state)
{
	struct kit *kit = *state;
	struct ctx *ctx = &kit->ctx;
	struct limit_calendar *calendar = shipped(kit);
	struct limit_ledger ledger = { .start = day("2026-03-02") };
	struct limit limit = { .days = 10 };

	assert_int_equal(limit_resume(ctx, &ledger, day("2026-03-03")), RC_CONFLICT);
	error_clear(ctx);
	assert_int_equal(limit_stop(ctx, &ledger, day("2026-03-01"), 1, SV("r"), SV("b")), RC_CONFLICT);
	error_clear(ctx);
	assert_int_equal(limit_stop(ctx, &ledger, day("2026-03-03"), 0, SV("r"), SV("b")), RC_INVALID);
	error_clear(ctx);
	assert_int_equal(limit_stop(ctx, &ledger, day("2026-03-03"), 1, SV(""), SV("b")), RC_INVALID);
	error_clear(ctx);
	assert_ok(kit, limit_stop(ctx, &ledger, day("2026-03-03"), 1, SV("r"), SV("b")));
	struct limit_ledger before = ledger;
	assert_int_equal(limit_stop(ctx, &ledger, day("2026-03-04"), 1, SV("r"), SV("b")), RC_CONFLICT);
	error_clear(ctx);
	assert_ok(kit, limit_resume(ctx, &ledger, day("2026-03-04")));
	assert_true(before.pauses[0].open); /* an older value stays as it was */
	assert_int_equal(limit_extend(ctx, calendar, &ledger, &limit, &(struct limit_extension){ day("2026-03-18"), 5, SV("h"), SV("r") }), RC_CONFLICT);
	error_clear(ctx);
	assert_int_equal(limit_extend(ctx, calendar, &ledger, &limit, &(struct limit_extension){ day("2026-03-16"), 5, SV(""), SV("r") }), RC_INVALID);
	error_clear(ctx);
	assert_ok(kit, limit_extend(ctx, calendar, &ledger, &limit, &(struct limit_extension){ day("2026-03-16"), 5, SV("h"), SV("r") }));
	assert_int_equal(limit_extend(ctx, calendar, &ledger, &limit, &(struct limit_extension){ day("2026-03-16"), 5, SV("h"), SV("r") }), RC_CONFLICT);
}

static void test_bad_notices(void **state)
{
	struct kit *kit = *state;
	struct limit_calendar *calendar = limit_calendar_new(&kit->arena);
	static const struct {
		const char *text;
		uint32_t line;
	} bad[] = {
		{ "year: 1900\nnotice: {number: x}\noff: []\nwork: []\n", 1 },
		{ "year: 2027\noff: []\nwork: []\n", 1 },
		{ "year: 2027\nnotice: {number: x}\noff: []\n", 1 },
		{ "year: 2027\nnotice: {number: x}\noff:\n  - {holiday: new-year, from: 2027-01-01}\nwork: []\n", 4 },
		{ "year: 2027\nnotice: {number: x}\noff:\n  - {holiday: easter, from: 2027-01-01, to: 2027-01-01}\nwork: []\n", 4 },
		{ "year: 2027\nnotice: {number: x}\noff:\n  - {holiday: new-year, from: 2027-01-03, to: 2027-01-01}\nwork: []\n", 4 },
		{ "year: 2027\nnotice: {number: x}\noff:\n  - {holiday: new-year, from: 2028-01-01, to: 2028-01-01}\nwork: []\n", 4 },
		{ "year: 2027\nnotice: {number: x}\noff: []\nwork:\n  - {holiday: new-year, on: 2027-01-04}\n", 5 },
	};

	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
		error_clear(&kit->ctx);
		if (limit_calendar_add(&kit->ctx, calendar, SV("2027.yaml"), sv_of(bad[i].text)) != RC_INVALID)
			fail_msg("notice %zu was taken", i);
		assert_int_equal(kit->err.line, bad[i].line);
		assert_sv_equal(kit->err.file, "2027.yaml");
	}
	assert_int_equal(limit_day(calendar, day("2027-01-01")).kind, LIMIT_HOLIDAY);
	assert_true(limit_day(calendar, day("2027-01-01")).provisional);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(test_table, kit_setup, kit_teardown),
		cmocka_unit_test_setup_teardown(test_year_totals, kit_setup, kit_teardown),
		cmocka_unit_test_setup_teardown(test_computed_years, kit_setup, kit_teardown),
		cmocka_unit_test_setup_teardown(test_arithmetic_agrees, kit_setup, kit_teardown),
		cmocka_unit_test_setup_teardown(test_acceptance, kit_setup, kit_teardown),
		cmocka_unit_test_setup_teardown(test_refusals, kit_setup, kit_teardown),
		cmocka_unit_test_setup_teardown(test_bad_notices, kit_setup, kit_teardown),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
