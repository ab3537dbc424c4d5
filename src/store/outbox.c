/* Delivery of events and timers: each under a savepoint of its own, deleted or put off in the same transaction. */
#include "store/outbox.h"

#include <assert.h>

#include "base/log.h"
#include "base/vec.h"
#include "store/store_int.h"
#include "store/store_sql.h"

#include "base/banned.h"

enum { FIRST_DELAY_MS = 1000, LONGEST_DELAY_MS = 3600 * 1000, MAX_DOUBLINGS = 12 };

/* Ids of one connection ascend, also between requests that have their own random. */
static struct id next_event_id(struct ctx *ctx)
{
	struct id id = id_new(ctx), *last = &ctx->db->last_event;

	if (memcmp(id.bytes, last->bytes, sizeof(id.bytes)) <= 0) {
		id = *last;
		for (size_t i = sizeof(id.bytes); i-- > 0 && ++id.bytes[i] == 0;)
			continue;
	}
	*last = id;
	return id;
}

enum rc store_outbox_add(struct ctx *ctx, const char *topic, struct id subject, struct sv payload)
{
	if (payload.len > STORE_MAX_PAYLOAD)
		return fail_internal(ctx, "event %s: payload of %zu bytes", topic, payload.len);
	return sql_outbox_insert(ctx, &(struct sql_outbox_insert_params){ .id = next_event_id(ctx), .topic = sv_of(topic),
		.subject = subject, .payload = payload, .at_ms = clock_now(ctx->clock) });
}

static int64_t delay_of(int64_t attempts)
{
	int64_t delay = FIRST_DELAY_MS << (attempts < MAX_DOUBLINGS ? attempts : MAX_DOUBLINGS);

	return delay < LONGEST_DELAY_MS ? delay : LONGEST_DELAY_MS;
}

/* After a failed delivery: back to before it, with a line in the log. */
static enum rc undo(struct ctx *ctx, const char *what, struct sv name, int64_t attempts)
{
	LOG(LOG_WARNING, what, { LOG_JOB, name }, { LOG_DETAIL, error_detail(ctx->err) }, { LOG_COUNT, .number = attempts + 1 },
		{ LOG_RC, sv_of(rc_problem_type(ctx->err->rc)) });
	error_clear(ctx);
	return store_savepoint_rollback(ctx);
}

static enum rc deliver_to_all(struct ctx *ctx, const struct store_subscribers *subscribers, const struct store_event *event)
{
	for (size_t i = 0; i < subscribers->count; i++)
		if (sv_equal_z(event->topic, subscribers->at[i].topic))
			TRY(subscribers->at[i].deliver(ctx, event));
	return sql_outbox_delete(ctx, event->id);
}

static enum rc deliver(struct ctx *ctx, const struct store_subscribers *subscribers, const struct sql_outbox_due_row *row,
	bool *ret_delivered)
{
	const struct store_event event = { row->id, row->topic, row->subject, row->payload, row->at_ms };

	TRY(store_savepoint(ctx));
	unsigned level = ctx->db->savepoints;
	enum rc rc = deliver_to_all(ctx, subscribers, &event);
	if (rc == RC_OK)
		rc = store_savepoint_release(ctx);
	*ret_delivered = rc == RC_OK;
	if (rc == RC_OK)
		return RC_OK;
	if (ctx->db->gone)
		return rc;
	ctx->db->savepoints = level; /* inner ones go with it */
	TRY(undo(ctx, "event not delivered", row->topic, row->attempts));
	return sql_outbox_delay(ctx, clock_now(ctx->clock) + delay_of(row->attempts), row->id);
}

struct subjects {
	VEC(struct id);
};

static bool waits(const struct subjects *late, struct id subject)
{
	for (size_t i = 0; i < late->len; i++)
		if (id_equal(late->at[i], subject))
			return true;
	return false;
}

enum rc store_outbox_dispatch(struct ctx *ctx, void *arg, bool *ret_more)
{
	struct sql_outbox_due_rows due;
	struct subjects late = { 0 };

	TRY(sql_outbox_due(ctx, clock_now(ctx->clock), STORE_DISPATCH_BATCH, &due));
	for (size_t i = 0; i < due.len; i++) {
		bool delivered = false;
		if (waits(&late, due.at[i].subject))
			continue;
		TRY(deliver(ctx, arg, &due.at[i], &delivered));
		if (!delivered)
			*VEC_PUSH(ctx->arena, &late) = due.at[i].subject;
	}
	*ret_more = due.len > late.len;
	return RC_OK;
}

enum rc store_outbox_state(struct ctx *ctx, struct store_outbox_state *ret)
{
	struct sql_outbox_state_row row;

	TRY(sql_outbox_state(ctx, &row));
	*ret = (struct store_outbox_state){ row.waiting, row.oldest_ms.value, row.attempts.value };
	return RC_OK;
}

enum rc store_timer_set(struct ctx *ctx, struct store_timer timer)
{
	return sql_timer_put(ctx, timer.kind, timer.subject, timer.name, timer.due_ms);
}

enum rc store_timer_cancel(struct ctx *ctx, struct sv kind, struct id subject, struct sv name)
{
	int64_t deleted;

	return sv_is_absent(name) ? sql_timer_delete_all(ctx, kind, subject, &deleted)
		: sql_timer_delete(ctx, kind, subject, name, &deleted);
}

enum rc store_timer_of(struct ctx *ctx, struct sv kind, struct id subject, struct opt_i64 *ret)
{
	struct sql_timer_earliest_of_row row;

	TRY(sql_timer_earliest_of(ctx, kind, subject, &row));
	*ret = row.due_ms;
	return RC_OK;
}

enum rc store_timer_next(struct ctx *ctx, struct opt_i64 *ret)
{
	struct sql_timer_earliest_row row;

	TRY(sql_timer_earliest(ctx, &row));
	*ret = row.next_ms;
	return RC_OK;
}

/* The timer is taken away first, so that its handler may set it again. One that a handler before it cancelled or moved
 * does not fire. */
static enum rc fire_it(struct ctx *ctx, const struct store_timer_handlers *handlers, const struct store_timer *timer)
{
	int64_t taken;

	TRY(sql_timer_take(ctx, timer->kind, timer->subject, timer->name, timer->due_ms, &taken));
	if (taken == 0)
		return RC_OK;
	for (size_t i = 0; i < handlers->count; i++)
		if (sv_equal_z(timer->kind, handlers->at[i].kind))
			return handlers->at[i].fire(ctx, timer);
	return fail_internal(ctx, "no handler for timers of the kind %.*s", SV_FMT(timer->kind));
}

static enum rc fire(struct ctx *ctx, const struct store_timer_handlers *handlers, const struct sql_timer_due_row *row)
{
	const struct store_timer timer = { row->kind, row->subject, row->name, row->due_ms };

	TRY(store_savepoint(ctx));
	unsigned level = ctx->db->savepoints;
	enum rc rc = fire_it(ctx, handlers, &timer);
	if (rc == RC_OK)
		rc = store_savepoint_release(ctx);
	if (rc == RC_OK)
		return RC_OK;
	if (ctx->db->gone)
		return rc;
	ctx->db->savepoints = level;
	TRY(undo(ctx, "timer failed", row->kind, row->attempts));
	return sql_timer_delay(ctx, clock_now(ctx->clock) + delay_of(row->attempts), row->kind, row->subject, row->name);
}

enum rc store_timer_dispatch(struct ctx *ctx, void *arg, bool *ret_more)
{
	struct sql_timer_due_rows due;

	TRY(sql_timer_due(ctx, clock_now(ctx->clock), STORE_DISPATCH_BATCH, &due));
	for (size_t i = 0; i < due.len; i++)
		TRY(fire(ctx, arg, &due.at[i]));
	*ret_more = due.len == STORE_DISPATCH_BATCH;
	return RC_OK;
}
