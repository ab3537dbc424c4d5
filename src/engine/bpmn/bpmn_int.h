/* Private to engine/bpmn: the model behind the public views, the state, and the executor's parts. */
#ifndef ENGINE_BPMN_BPMN_INT_H
#define ENGINE_BPMN_BPMN_INT_H

#include "base/map.h"
#include "base/vec.h"
#include "base/xml.h"
#include "engine/bpmn/bpmn.h"

/* ---- the model ---- */

struct node;
struct process;

enum timing_kind { TIMING_NONE, TIMING_DURATION, TIMING_DATE, TIMING_CYCLE };

/* When a timer is due: ISO 8601 text, written or computed by FEEL. */
struct timing {
	enum timing_kind kind;
	struct sv literal;
	const struct feel_expr *feel;
	struct sv calendar;
};

/* A parsed ISO 8601 duration, date-time or repeating interval. */
struct iso_time {
	enum timing_kind kind;
	int64_t months, ms; /* duration or interval of a cycle */
	int64_t at;         /* instant */
	int64_t repeats;    /* of a cycle; -1 = for ever */
};
bool bpmn_iso_parse(struct sv text, struct iso_time *ret);
int64_t bpmn_iso_add(int64_t from_ms, int64_t months, int64_t ms);

struct event_def {
	enum bpmn_trigger trigger;
	struct sv name;   /* message, signal or link name; error or escalation code; empty code = any */
	struct timing timing;
	const struct feel_expr *condition;
	struct sv activity_id;
	const struct node *activity; /* to compensate; NULL = the whole scope */
	uint32_t line;
};

enum behavior { BEHAVIOR_ALL, BEHAVIOR_NONE, BEHAVIOR_ONE, BEHAVIOR_COMPLEX };

struct complex_behavior {
	const struct feel_expr *condition;
	struct event_def event;
};

struct multi {
	bool sequential, votes;
	const struct feel_expr *cardinality, *collection, *completion;
	struct sv element;
	enum behavior behavior;
	struct event_def none, one; /* events thrown by behavior */
	const struct complex_behavior *complex;
	size_t complex_count;
};

struct loop {
	const struct feel_expr *condition;
	bool test_before;
	int64_t maximum; /* -1 = none */
};

struct mapping {
	struct sv name;
	const struct feel_expr *value;
};

struct flow {
	struct bpmn_flow pub;
	struct node *source, *target;
	uint32_t index; /* among the model's flows */
};

/* The inside of a process or sub-process. */
struct body {
	struct process *process;
	struct node *owner; /* NULL: the process */
	struct { VEC(struct node *); } nodes, starts, event_subs;
};

struct node {
	struct bpmn_node pub;
	uint32_t index;
	struct body *in_body;
	const struct xml *xml;
	struct { VEC(struct flow *); } in, out;
	struct flow *otherwise; /* default flow */
	struct node *attached;
	struct { VEC(struct node *); } boundary;
	struct event_def *defs;
	size_t def_count;
	bool parallel_multiple, instantiate, for_compensation, has_handlers;
	struct node *handler;   /* compensation: the activity a boundary event is associated with */
	struct body *body;      /* sub-processes */
	struct multi *multi;
	struct loop *loop;
	const struct feel_expr *script, *activation, *done; /* done: completion condition of an ad-hoc sub-process */
	bool in_turn;           /* ad-hoc: one after the other */
	struct sv called, message;
	const struct mapping *in_map, *out_map;
	size_t in_count, out_count;
	int start_quantity, completion_quantity;
	int days;               /* tb:days, 0 = none */
	struct sv silence;
	uint64_t **reach;       /* inclusive join: per incoming flow, the nodes from which it can be reached */
	const struct node *link; /* throwing link: where it goes on */
};

struct process {
	struct sv id, name, file;
	uint32_t line;
	bool executable;
	struct body body;
	const struct bpmn_model *model; /* where its nodes are numbered */
};

struct bpmn_model {
	struct sv file;
	struct { VEC(struct node *); } nodes;
	struct { VEC(struct flow *); } flows;
	struct { VEC(struct process *); } processes;
	struct { VEC(struct bpmn_lane *); } lanes;
	struct { VEC(struct bpmn_expression); } expressions;
	struct map node_ids, process_ids;
	bool has_conditions; /* conditional events */
};

/* While parsing. */
struct builder {
	struct ctx *ctx;
	struct sv file;
	const struct json *replace;
	bool foreign;       /* made elsewhere: a file-wide expression language is passed over */
	struct bpmn_model *model;
	const struct xml *root;
	struct map globals; /* id -> struct xml of a root element */
	struct { VEC(const struct xml *); } associations;
};

enum rc bpmn_refuse(struct builder *b, const struct xml *at, const char *msgid, const struct text_arg *args);
bool bpmn_xml_flag(const struct xml *element, const char *name, bool otherwise);

/* bpmn_expr.c: `id` owns the expression; the text is that of `replace` under `key` if it has one. */
enum rc bpmn_expr_compile(struct builder *b, struct sv id, const struct xml *at, struct sv text, const struct feel_expr **ret);
struct sv bpmn_expr_replacement(struct builder *b, struct sv id, const char *suffix);
/* Of an expression element; NULL element without replacement leaves *ret NULL. */
enum rc bpmn_expr_of(struct builder *b, struct sv id, const char *suffix, const struct xml *at, const struct feel_expr **ret);
enum rc bpmn_timing_parse(struct builder *b, struct sv id, const struct xml *definition, struct timing *ret);

/* bpmn_events.c */
enum rc bpmn_events_parse(struct builder *b, struct node *node);
enum rc bpmn_event_def_parse(struct builder *b, struct sv id, const struct xml *definition, struct event_def *ret);
bool bpmn_event_is_definition(const struct xml *element);

/* bpmn_activity.c */
enum rc bpmn_activity_parse(struct builder *b, struct node *node);

/* bpmn_link.c */
enum rc bpmn_link_model(struct builder *b);

/* bpmn_shape.c: what is said twice agrees, references are of the right kind. */
enum rc bpmn_check_shape(struct builder *b);

/* ---- the state ---- */

/* Something going on: a process or sub-process with its variables, a wait, the body around instances. */
struct item {
	uint32_t id, parent; /* parent 0: the process itself */
	enum bpmn_item_kind kind;
	const struct node *node;       /* NULL: a process started by nobody inside */
	const struct process *process; /* of a scope that is a process or called process */
	int32_t index;                 /* in its multi-instance or loop, -1 = none */
	uint32_t mark;                 /* bookkeeping: see enum mark */
	uint32_t total, completed;     /* multi-instance; loop: rounds done */
	const struct feel_value *collection; /* multi-instance: list, or NULL */
	const struct feel_entry *variables;
	uint32_t variable_count, variable_cap;
	const struct feel_value *votes;
	uint32_t vote_count;
};

/* Bits of item.mark. The low bits of a wait for several events are those events already seen. */
enum mark { MARK_INTERRUPTED = 1u << 31, MARK_COMPENSATES = 1u << 30, MARK_FINISHING = 1u << 29, MARK_SEEN = (1u << 24) - 1 };

struct token {
	uint32_t scope;
	const struct node *node;
	const struct flow *flow; /* NULL: came without a flow */
};

struct timer {
	uint32_t id, item;
	const struct node *node;
	uint32_t def;
	int64_t due;
	int64_t repeats; /* left after this one; -1 = for ever */
};

/* Work done that a compensation may undo. */
struct done {
	uint32_t id, scope; /* scope: item it was done in (perhaps gone: then itself logged under that id) */
	const struct node *node;
};

struct bpmn_state {
	const struct bpmn_model *model;
	const struct process *process;
	uint32_t next; /* id of the next item or timer */
	bool ended;
	struct item *items;
	struct token *tokens;
	struct timer *timers;
	struct done *dones;
	size_t item_count, item_cap, token_count, token_cap, timer_count, timer_cap, done_count, done_cap;
};

/* A copy whose lists have room to grow. */
struct bpmn_state *bpmn_state_copy(struct arena *arena, const struct bpmn_state *state);
void bpmn_state_apply(struct arena *arena, struct bpmn_state *state, const struct bpmn_event *event);
struct item *bpmn_state_item(const struct bpmn_state *state, uint32_t id);
const struct node *bpmn_node_of(const struct bpmn_node *pub);
/* A variable as seen from an item; false when there is none. `outside`: past the border of a called process too. */
bool bpmn_state_lookup(const struct bpmn_state *state, const struct item *from, struct sv name, bool outside, struct feel_value *ret);
struct feel_value bpmn_json_ready(struct arena *arena, struct feel_value value);

/* ---- the executor ---- */

struct pending {
	uint32_t scope; /* 0: withdrawn */
	const struct node *node;
	const struct flow *flow;
	bool leaving; /* out of the node, not into it */
	bool gave_way;
};

struct run {
	struct ctx *ctx;
	const struct bpmn_model *model;
	struct bpmn_state *state;
	const struct bpmn_host *host;
	int64_t now;
	unsigned steps;
	bool changed; /* a variable was set since conditions were last looked at */
	int64_t activation; /* activationCount for the condition of a complex gateway; -1 = not now */
	size_t head;
	struct { VEC(struct pending); } queue;
	struct { VEC(struct bpmn_event); } events;
	struct feel_run feel;
};

/* bpmn_run.c: the token game. A function that may interrupt leaves the caller to look its items up again by id. */
void run_emit(struct run *run, struct bpmn_event event);
/* The plain form: no number, text or value. */
void run_emit_item(struct run *run, enum bpmn_event_kind kind, const struct node *node, uint32_t item, uint32_t parent);
void run_emit_completed(struct run *run, uint32_t item);
void run_push(struct run *run, uint32_t scope, const struct node *node, const struct flow *flow);
/* To go on behind the node later, unless its scope is interrupted before. */
void run_push_leaving(struct run *run, uint32_t scope, const struct node *node);
/* Tokens onto the outgoing flows of a node that is done. */
enum rc run_leave(struct run *run, uint32_t scope, const struct node *node);
/* A gateway whose way a person has to choose. */
static inline bool bpmn_asks_for_way(const struct item *item)
{
	return item->kind == BPMN_ITEM_WAIT
		&& (item->node->pub.kind == BPMN_EXCLUSIVE_GATEWAY || item->node->pub.kind == BPMN_INCLUSIVE_GATEWAY);
}
enum rc run_way_chosen(struct run *run, uint32_t wait, struct feel_value variables);
enum rc run_to_rest(struct run *run);
uint32_t run_open_item(struct run *run, enum bpmn_item_kind kind, uint32_t parent, const struct node *node, int32_t index);
void run_cancel_item(struct run *run, uint32_t id, struct sv why);
/* Everything inside but `except` (0 = all): items, waiting and running tokens. */
void run_cancel_children(struct run *run, uint32_t id, uint32_t except);
const struct body *bpmn_scope_body(const struct item *scope);
void run_end_instance(struct run *run, struct sv error);

/* bpmn_data.c: variables and expressions at run time. */
enum rc run_evaluate(struct run *run, uint32_t item, const struct feel_expr *expr, struct feel_value *ret);
/* Past the border of a called process: what its caller passes in. */
enum rc run_evaluate_outside(struct run *run, uint32_t item, const struct feel_expr *expr, struct feel_value *ret);
enum rc run_is_true(struct run *run, uint32_t item, const struct feel_expr *expr, bool *ret);
/* The same for conditions that nobody can be asked about: at a limit they do not hold, and the host is told. */
enum rc run_holds(struct run *run, uint32_t item, const struct feel_expr *expr, bool *ret);
void run_set_local(struct run *run, uint32_t item, struct sv name, struct feel_value value);
void run_set_variable(struct run *run, uint32_t item, struct sv name, struct feel_value value);
void run_set_variables(struct run *run, uint32_t item, struct feel_value context);

/* bpmn_work.c: activities. */
enum rc run_activity_enter(struct run *run, uint32_t scope, const struct node *node);
enum rc run_activity_begin(struct run *run, uint32_t parent, const struct node *node, int32_t index);
enum rc run_activity_done(struct run *run, uint32_t item);
/* A body or single activity is over: on to the next. */
enum rc run_activity_leave(struct run *run, uint32_t item);
enum rc run_work_complete(struct run *run, uint32_t wait, struct feel_value variables, bool silent);

/* bpmn_multi.c: multi-instance and loop bodies. */
enum rc run_multi_enter(struct run *run, uint32_t scope, const struct node *node);
enum rc run_loop_enter(struct run *run, uint32_t scope, const struct node *node);
enum rc run_body_instance_done(struct run *run, uint32_t body);
void run_cast_vote(struct run *run, uint32_t wait, struct feel_value variables, bool silent);

/* bpmn_catch.c: events that are waited for. */
struct catcher {
	uint32_t item;
	const struct node *event; /* boundary event, catching event, receive task, start event of an event sub-process */
	size_t def;
};
enum rc run_subscribe(struct run *run, uint32_t item);
enum rc run_catch_enter(struct run *run, uint32_t scope, const struct node *node);
enum rc run_caught(struct run *run, struct catcher catcher, struct feel_value variables);
enum rc run_deliver(struct run *run, enum bpmn_trigger trigger, struct sv name, uint32_t only, struct feel_value variables,
	unsigned *ret_count);
enum rc run_fire_timer(struct run *run, uint32_t id);
enum rc run_check_conditions(struct run *run);

/* bpmn_throw.c: events that are thrown. */
enum rc run_throw_enter(struct run *run, uint32_t scope, const struct node *node);
enum rc run_end_enter(struct run *run, uint32_t scope, const struct node *node);
enum rc run_throw_one(struct run *run, uint32_t from, const struct event_def *def);
enum rc run_throw_error(struct run *run, uint32_t from, struct sv code);
enum rc run_throw_escalation(struct run *run, uint32_t from, struct sv code);

/* bpmn_compensate.c */
void run_log_done(struct run *run, uint32_t item);
/* Opens a container for the handlers; the thrower goes on when it is empty (compensation_over). */
enum rc run_compensate(struct run *run, uint32_t scope, const struct node *thrower, const struct node *activity);
enum rc run_compensation_over(struct run *run, uint32_t container);
enum rc run_cancel_transaction(struct run *run, uint32_t scope, const struct node *end);
void run_forget_done(struct run *run, uint32_t scope);

#endif
