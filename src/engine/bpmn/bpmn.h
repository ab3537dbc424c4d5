/* Processes in BPMN 2.0 (OMG formal/13-12-09, ISO/IEC 19510): command -> events -> state.
 *
 *	const struct bpmn_model *model;
 *	TRY(bpmn_parse(ctx, SV("process.bpmn"), text, &model));            // in a long-lived arena
 *	struct bpmn_command start = { .kind = BPMN_START, .now = now, .host = &host, .variables = context };
 *	TRY(bpmn_do(ctx, model, NULL, &start, &out));                       // out.events, out.state
 *	struct bpmn_command done = { .kind = BPMN_COMPLETE, .id = wait, .now = now, .host = &host, .variables = answer };
 *	TRY(bpmn_do(ctx, model, state, &done, &out));
 *
 * Pure computation. A state is an immutable value in the arena of the ctx that made it; a command gives a new one and the
 * events between the two: bpmn_apply(old, events) = new, and
 * bpmn_state_parse(bpmn_state_print(state)) = state. A command that fails gives no state; nothing has happened.
 * Variables are kept as JSON can hold them (a FEEL date becomes its text); expressions that want a date say date(x).
 */
#ifndef ENGINE_BPMN_BPMN_H
#define ENGINE_BPMN_BPMN_H

#include "engine/bpmn/model.h"

enum { BPMN_MAX_ITEMS = 10000, BPMN_MAX_STEPS = 100000, BPMN_MAX_INSTANCES = 5000 };

struct bpmn_state;

/* What an item is: a (sub-)process, something that waits, the body around the instances of a multi-instance or a loop. */
enum bpmn_item_kind { BPMN_ITEM_SCOPE, BPMN_ITEM_WAIT, BPMN_ITEM_MULTI, BPMN_ITEM_LOOP };

enum bpmn_event_kind {
	BPMN_EV_STARTED,   /* item: the process; node: its start event */
	BPMN_EV_OPENED,    /* item of node opened; number: enum bpmn_item_kind */
	BPMN_EV_COMPLETED, /* item completed (number, index: as when opened) */
	BPMN_EV_CANCELLED, /* item withdrawn: interrupted, no longer needed, failed (text: error code) */
	BPMN_EV_PASSED,    /* node passed without waiting: gateway, event */
	BPMN_EV_TOKEN,     /* a token waits before node (index: which incoming flow) */
	BPMN_EV_JOINED,    /* tokens waiting before node are taken: one of each flow, or the first `number` */
	BPMN_EV_VARIABLE,  /* text = value in item's scope */
	BPMN_EV_TIMER_SET, /* timer `number` of item for node, due at `due` */
	BPMN_EV_TIMER_FIRED, BPMN_EV_TIMER_CANCELLED,
	BPMN_EV_INSTANCES, /* multi-instance body: number of instances, value: collection */
	BPMN_EV_VOTE,      /* multi-instance body: value appended to its votes */
	BPMN_EV_MARKED,    /* internal bookkeeping of item: number; kept for replay */
	BPMN_EV_LOGGED,    /* work that can be compensated */
	BPMN_EV_UNLOGGED,  /* its compensation began, or it is out of reach */
	BPMN_EV_MESSAGE, BPMN_EV_SIGNAL, /* thrown to the outside: name in text, variables in value */
	BPMN_EV_ESCALATION, /* not caught by anybody: code in text */
	BPMN_EV_ENDED,     /* the instance ended; text: code of an error that nobody caught, else absent */
};

struct bpmn_event {
	enum bpmn_event_kind kind;
	const struct bpmn_node *node;
	uint32_t item, parent; /* ids inside the state */
	uint32_t number;
	int32_t index;         /* multi-instance index from 0, -1 = none */
	int64_t due;
	struct sv text;
	struct feel_value value;
};

/* A timer about to be set. Exactly one of: a duration (months, then ms) from now, an instant, working days. */
struct bpmn_due {
	const struct bpmn_node *node; /* timer event, or the task with tb:days */
	struct sv calendar;           /* tb:calendar ("working"), absent = plain time */
	int64_t months, ms;           /* duration; ms of whole days are working days under calendar "working" */
	int64_t now;
};

enum bpmn_answer { BPMN_DONE, BPMN_WAIT, BPMN_FAILED };

/* A service, send or business rule task that wants to be done. */
struct bpmn_call {
	const struct bpmn_node *node;
	uint32_t item;
	const struct bpmn_state *state; /* as it is now; read variables with bpmn_read */
	enum bpmn_answer answer;        /* to fill in: BPMN_DONE at first */
	struct feel_value variables;    /* to fill in: a context (or null) set on completion */
	struct sv error;                /* to fill in: BPMN error code with BPMN_FAILED */
};

/* What the outside does for the engine. NULL functions: service tasks stay open for an external worker; timers use plain time. */
struct bpmn_host {
	void *user;
	enum rc (*task)(struct ctx *ctx, void *user, struct bpmn_call *call);
	bool (*is_external)(void *user, const struct bpmn_node *node); /* NULL: none; service and script tasks left to a worker */
	enum rc (*due)(struct ctx *ctx, void *user, const struct bpmn_due *due, int64_t *ret_ms);
	struct feel_value context; /* names that every expression may read beneath the variables: case, applicant, registers */
	/* A condition of a gateway ran into a limit, or reads a variable of `unknown` (those whose rule gave no result): ctx->err
	 * says why, and is cleared by the function. The gateway then waits until a person completes it with {"flow": id of a flow}. Another
	 * condition that runs into a limit (completion, loop, event) does not hold.
	 * NULL: the command fails. */
	enum rc (*by_hand)(struct ctx *ctx, void *user, const struct bpmn_node *node);
	const struct sv *unknown;
	size_t unknown_count;
	bool in_doubt; /* every choice is a person's, until the process rests */
};

enum bpmn_command_kind {
	BPMN_START,     /* text: process id (absent: the only executable one), element: start event (absent: the none start) */
	BPMN_COMPLETE,  /* wait `id` with variables */
	BPMN_THROW_ERROR, BPMN_THROW_ESCALATION, /* out of wait `id`: code in text */
	BPMN_FIRE,      /* timer `id` is due */
	BPMN_ADVANCE,   /* all timers due by `now` fire, in order */
	BPMN_DELIVER,   /* message `text` to the oldest wait for it (or wait `id`) */
	BPMN_BROADCAST, /* signal `text` to all waits for it */
	BPMN_SET,       /* variables from outside */
	BPMN_CANCEL,    /* the instance is withdrawn */
};

struct bpmn_command {
	enum bpmn_command_kind kind;
	uint32_t id;
	struct sv text, element;
	struct feel_value variables; /* a context or null */
	int64_t now;                 /* ms since 1970 UTC */
	const struct bpmn_host *host; /* may be NULL */
};

struct bpmn_outcome {
	const struct bpmn_event *events;
	size_t count;
	const struct bpmn_state *state;
};

/* RC_NOT_FOUND: no such wait, timer, process or nobody waits for the message. RC_CONFLICT: the process can't go on (no flow may
 * be taken). RC_UNAVAILABLE: it does not come to rest within the limits above. */
[[nodiscard]] enum rc bpmn_do(struct ctx *ctx, const struct bpmn_model *model, const struct bpmn_state *state,
	const struct bpmn_command *command, struct bpmn_outcome *ret);
/* NULL state: before the start. Asserts that the events fit. */
const struct bpmn_state *bpmn_apply(struct arena *arena, const struct bpmn_model *model, const struct bpmn_state *state,
	const struct bpmn_event *events, size_t count);

/* An open wait state: somebody has to do something (a task), or to choose a way (a gateway, see by_hand). */
struct bpmn_wait {
	uint32_t id;
	const struct bpmn_node *node;
	int32_t index;             /* of a multi-instance, from 0; -1 = none */
	struct feel_value element; /* its item of the collection, or null */
};
size_t bpmn_waits(struct arena *arena, const struct bpmn_state *state, const struct bpmn_wait **ret); /* oldest first */
struct bpmn_timer {
	uint32_t id, wait;            /* wait: the item it belongs to */
	const struct bpmn_node *node; /* timer event, or the task with tb:days */
	int64_t due;
};
size_t bpmn_timers(struct arena *arena, const struct bpmn_state *state, const struct bpmn_timer **ret);
bool bpmn_is_ended(const struct bpmn_state *state);
/* Does anybody here wait for this message or signal? */
bool bpmn_awaits(struct arena *arena, const struct bpmn_state *state, enum bpmn_trigger trigger, struct sv name);
/* A variable as seen from wait or item `id` (0: the process); null when there is none. */
struct feel_value bpmn_read(const struct bpmn_state *state, uint32_t id, struct sv name);
struct feel_value bpmn_variables(const struct bpmn_state *state); /* of the process, a context */

void bpmn_state_print(struct json_out *out, const struct bpmn_state *state);
/* RC_MALFORMED when it does not fit the model: unknown elements (a changed version) or missing parts. */
[[nodiscard]] enum rc bpmn_state_parse(struct ctx *ctx, const struct bpmn_model *model, const struct json *json,
	const struct bpmn_state **ret);
/* One event as a JSON object, for histories and tests. */
void bpmn_event_print(struct json_out *out, const struct bpmn_event *event);

/* `tongban bpmn check|run|trace` (see its help). */
int bpmn_command(struct ctx *ctx, int argc, char **argv);

#endif
