/* Outbox and timers: how a lower room tells a higher one, and how something happens later.
 *
 * An event is appended in the transaction of the change it tells of. The dispatcher, a writer task, delivers it to the
 * subscribers of its topic, in order per subject, and deletes it in the transaction of their changes: each subscriber's
 * effects happen once even when a node dies in between or two nodes deliver at a time. A subscriber that fails undoes the
 * delivery to all; it is tried again after 1 s, 2 s, 4 s ... at most an hour, later events of the subject waiting behind.
 * A timer is delivered likewise when it is due, and is gone then; its handler may set it again.
 *
 *	static const struct store_subscriber list[] = { { "casefile.decided", "licence", licence_on_decided } };
 *	static const struct store_subscribers subscribers = { list, 1 };
 *	tasks[] = { { "outbox", 100, store_outbox_dispatch, (void *)&subscribers }, ... }   // struct writer_task
 */
#ifndef STORE_OUTBOX_H
#define STORE_OUTBOX_H

#include "store/store.h"

enum { STORE_MAX_PAYLOAD = 64 << 10, STORE_DISPATCH_BATCH = 64 };

struct store_event {
	struct id id; /* of the event; the same at every attempt */
	struct sv topic;
	struct id subject;
	struct sv payload; /* JSON, valid during the call */
	int64_t at_ms;
};

struct store_subscriber {
	const char *topic;
	const char *name; /* for the log */
	enum rc (*deliver)(struct ctx *ctx, const struct store_event *event);
};

struct store_subscribers {
	const struct store_subscriber *at;
	size_t count;
};

/* Payload: a JSON text of at most STORE_MAX_PAYLOAD bytes without personal data. Needs the writer's transaction. */
[[nodiscard]] enum rc store_outbox_add(struct ctx *ctx, const char *topic, struct id subject, struct sv payload);
/* Delivers at most STORE_DISPATCH_BATCH events; *ret_more tells that there may be others. arg: struct store_subscribers.
 * An event nobody subscribes to is dropped. */
[[nodiscard]] enum rc store_outbox_dispatch(struct ctx *ctx, void *arg, bool *ret_more);

struct store_outbox_state {
	int64_t waiting, oldest_ms /* 0 = none */, attempts /* most of one event */;
};
[[nodiscard]] enum rc store_outbox_state(struct ctx *ctx, struct store_outbox_state *ret);

struct store_timer {
	struct sv kind; /* "casefile.due" */
	struct id subject;
	struct sv name; /* which of the subject's; may be empty */
	int64_t due_ms;
};

struct store_timer_handler {
	const char *kind;
	enum rc (*fire)(struct ctx *ctx, const struct store_timer *timer);
};

struct store_timer_handlers {
	const struct store_timer_handler *at;
	size_t count;
};

/* Sets or moves. */
[[nodiscard]] enum rc store_timer_set(struct ctx *ctx, struct store_timer timer);
/* That one, or all of the subject's of that kind when name is absent. It is no fault if there is none. */
[[nodiscard]] enum rc store_timer_cancel(struct ctx *ctx, struct sv kind, struct id subject, struct sv name);
/* When the next one is due, for whoever moves a virtual clock; *ret without value when there is none. */
[[nodiscard]] enum rc store_timer_next(struct ctx *ctx, struct opt_i64 *ret);
/* When the subject's earliest of that kind is due; likewise. */
[[nodiscard]] enum rc store_timer_of(struct ctx *ctx, struct sv kind, struct id subject, struct opt_i64 *ret);
/* Fires what is due by the ctx's clock, the earliest first. arg: struct store_timer_handlers. A timer of an unknown kind is
 * a fault and stays. */
[[nodiscard]] enum rc store_timer_dispatch(struct ctx *ctx, void *arg, bool *ret_more);

#endif
