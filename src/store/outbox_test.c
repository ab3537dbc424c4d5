/* Events and timers: order, once, undone on failure, tried again later. */
#include "store/outbox.h"

#include <stdio.h>

#include "base/buf.h"
#include "test/kit/kit_db.h"
#include "test/store/note_sql.h"

#include "base/banned.h"

KIT_DB(&sql_room_note)

/* A subscriber that leaves a note for each event; the payload "bad" fails after its change. */
static enum rc leave_note(struct ctx *ctx, const struct store_event *event)
{
	TRY(sql_note_add(ctx, &(struct sql_note_add_params){ .id = event->id, .owner = event->subject, .title = event->payload }));
	if (sv_equal_z(event->payload, "bad"))
		return fail_internal(ctx, "bad event");
	return RC_OK;
}

static enum rc star(struct ctx *ctx, const struct store_event *event)
{
	struct sql_note_raise_row row;

	return sql_note_raise(ctx, event->id, &row);
}

static const struct store_subscriber list[] = { { "note.told", "leave", leave_note }, { "note.told", "star", star } };
static const struct store_subscribers subscribers = { list, 2 };

static bool dispatch(struct kit *kit)
{
	bool more = false;

	assert_ok(kit, store_outbox_dispatch(&kit->ctx, (void *)&subscribers, &more));
	return more;
}

static void assert_titles(struct kit *kit, const char *expected)
{
	struct sql_note_titles_rows rows;
	struct buf buf;

	buf_init(&buf, &kit->arena, 4096);
	assert_ok(kit, sql_note_titles(&kit->ctx, &rows));
	for (size_t i = 0; i < rows.len; i++)
		buf_printf(&buf, "%s%.*s", i ? " " : "", SV_FMT(rows.at[i].title));
	assert_sv_equal(buf_view(&buf), expected);
}

static int64_t waiting(struct kit *kit)
{
	struct store_outbox_state state;

	assert_ok(kit, store_outbox_state(&kit->ctx, &state));
	return state.waiting;
}

static void test_delivered_once(void **state)
{
	struct kit *kit = *state;
	struct id subject = id_new(&kit->ctx);
	struct sql_note_count_row count;

	assert_ok(kit, store_outbox_add(&kit->ctx, "note.told", subject, SV("a")));
	assert_ok(kit, store_outbox_add(&kit->ctx, "nobody.listens", subject, SV("x")));
	assert_ok(kit, store_outbox_add(&kit->ctx, "note.told", subject, SV("b")));
	assert_int_equal(waiting(kit), 3);
	assert_true(dispatch(kit));
	assert_false(dispatch(kit));
	assert_titles(kit, "a b");
	assert_int_equal(waiting(kit), 0);
	assert_ok(kit, sql_note_count(&kit->ctx, &count));
}

static void test_order_is_kept_behind_a_failure(void **state)
{
	struct kit *kit = *state;
	struct id one = id_new(&kit->ctx), two = id_new(&kit->ctx);
	struct store_outbox_state outbox;

	assert_ok(kit, store_outbox_add(&kit->ctx, "note.told", one, SV("1")));
	assert_ok(kit, store_outbox_add(&kit->ctx, "note.told", one, SV("bad")));
	assert_ok(kit, store_outbox_add(&kit->ctx, "note.told", one, SV("3")));
	assert_ok(kit, store_outbox_add(&kit->ctx, "note.told", two, SV("4")));
	dispatch(kit);
	assert_titles(kit, "1 4");
	clock_advance(&kit->clock, 999);
	dispatch(kit);
	assert_titles(kit, "1 4");
	clock_advance(&kit->clock, 1);
	dispatch(kit);
	assert_titles(kit, "1 4");
	assert_ok(kit, store_outbox_state(&kit->ctx, &outbox));
	assert_int_equal(outbox.waiting, 2);
	assert_int_equal(outbox.attempts, 2);
	assert_int_equal(outbox.oldest_ms, KIT_START_MS);
}

static void test_many_events_in_order(void **state)
{
	struct kit *kit = *state;
	struct sql_note_titles_rows rows;
	char title[16];
	int rounds = 0;

	for (int i = 0; i < 200; i++) {
		struct random other = random_seeded((uint64_t)i); /* each request has its own */
		struct ctx ctx = kit->ctx;
		ctx.random = &other;
		snprintf(title, sizeof(title), "%03d", i);
		assert_ok(kit, store_outbox_add(&ctx, "note.told", (struct id){ .bytes = { 1 } }, sv_of(title)));
	}
	while (dispatch(kit))
		rounds++;
	assert_int_equal(rounds, 4);
	assert_ok(kit, sql_note_titles(&kit->ctx, &rows));
	assert_int_equal(rows.len, 200);
	for (size_t i = 1; i < rows.len; i++)
		assert_true(sv_compare(rows.at[i - 1].title, rows.at[i].title) < 0);
}

static enum rc fire_note(struct ctx *ctx, const struct store_timer *timer)
{
	TRY(sql_note_add(ctx, &(struct sql_note_add_params){ .id = id_new(ctx), .title = timer->name }));
	if (sv_equal_z(timer->name, "again"))
		return store_timer_set(ctx, (struct store_timer){ timer->kind, timer->subject, SV("later"), timer->due_ms + 10 });
	if (sv_equal_z(timer->name, "cancels"))
		return store_timer_cancel(ctx, timer->kind, timer->subject, SV("cancelled"));
	return sv_equal_z(timer->name, "fails") ? fail_internal(ctx, "timer fails") : RC_OK;
}

static const struct store_timer_handler handler_list[] = { { "note.due", fire_note } };
static const struct store_timer_handlers handlers = { handler_list, 1 };

static void set(struct kit *kit, struct id subject, const char *name, int64_t after)
{
	assert_ok(kit, store_timer_set(&kit->ctx, (struct store_timer){ SV("note.due"), subject, sv_of(name), KIT_START_MS + after }));
}

static void fire_all(struct kit *kit)
{
	for (bool more = true; more;)
		assert_ok(kit, store_timer_dispatch(&kit->ctx, (void *)&handlers, &more));
}

static void test_timers(void **state)
{
	struct kit *kit = *state;
	struct id subject = id_new(&kit->ctx);
	struct opt_i64 next;

	assert_ok(kit, store_timer_next(&kit->ctx, &next));
	assert_false(next.has);
	set(kit, subject, "b", 100);
	set(kit, subject, "a", 200);
	set(kit, subject, "a", 50); /* moved */
	set(kit, subject, "c", 300);
	set(kit, subject, "again", 60);
	assert_ok(kit, store_timer_next(&kit->ctx, &next));
	assert_true(next.has && next.value == KIT_START_MS + 50);
	assert_ok(kit, store_timer_of(&kit->ctx, SV("note.due"), subject, &next));
	assert_true(next.has && next.value == KIT_START_MS + 50);
	assert_ok(kit, store_timer_of(&kit->ctx, SV("note.due"), id_new(&kit->ctx), &next));
	assert_false(next.has);
	assert_ok(kit, store_timer_of(&kit->ctx, SV("other"), subject, &next));
	assert_false(next.has);
	fire_all(kit);
	assert_titles(kit, "");
	clock_advance(&kit->clock, 100);
	fire_all(kit);
	fire_all(kit);
	assert_titles(kit, "a again b later");
	assert_ok(kit, store_timer_cancel(&kit->ctx, SV("note.due"), subject, (struct sv){ 0 }));
	clock_advance(&kit->clock, 1000);
	fire_all(kit);
	assert_titles(kit, "a again b later");
}

static void test_a_timer_cancelled_by_an_earlier_one(void **state)
{
	struct kit *kit = *state;
	struct id subject = id_new(&kit->ctx);

	set(kit, subject, "cancels", 1);
	set(kit, subject, "cancelled", 2);
	clock_advance(&kit->clock, 10);
	fire_all(kit);
	assert_titles(kit, "cancels");
}

static void test_a_timer_that_fails_comes_again(void **state)
{
	struct kit *kit = *state;
	struct id subject = id_new(&kit->ctx);
	struct opt_i64 next;

	set(kit, subject, "fails", 0);
	fire_all(kit);
	assert_titles(kit, "");
	assert_ok(kit, store_timer_next(&kit->ctx, &next));
	assert_true(next.value == KIT_START_MS + 1000);
	clock_advance(&kit->clock, 1000);
	fire_all(kit);
	assert_ok(kit, store_timer_next(&kit->ctx, &next));
	assert_true(next.value == KIT_START_MS + 3000);
}

int main(void)
{
#define T(test) cmocka_unit_test_setup_teardown(test, kit_db_setup, kit_db_teardown)
	const struct CMUnitTest tests[] = {
		T(test_delivered_once), T(test_order_is_kept_behind_a_failure), T(test_many_events_in_order), T(test_timers),
		T(test_a_timer_cancelled_by_an_earlier_one), T(test_a_timer_that_fails_comes_again),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
