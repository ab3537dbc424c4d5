/* The trace runner's inside: the world of one trace, shared by the steps and the expectations. */
#ifndef ENGINE_BPMN_BPMN_TRACE_INT_H
#define ENGINE_BPMN_BPMN_TRACE_INT_H

#include "engine/bpmn/bpmn_int.h"
#include "engine/bpmn/bpmn_trace.h"

struct instance {
	struct sv name;
	const struct bpmn_state *state;
};

struct passed {
	size_t instance;
	struct sv id;
};

struct start_timer {
	const struct node *event;
	int64_t due, repeats;
	bool off;
};

struct trace {
	struct ctx *ctx;
	const struct json *json;
	struct sv folder, models;
	const struct bpmn_model *model;
	struct bpmn_host host;
	int64_t now;
	struct { VEC(const struct bpmn_model *); } deployed;
	struct { VEC(struct instance); } instances;
	struct { VEC(struct start_timer); } start_timers;
	struct { VEC(struct passed); } path;
	struct { VEC(struct bpmn_event); } thrown; /* messages and signals on their way */
	struct sv next_name;
	struct sv reason;
};

/* `return trace_no(...)`: the trace does not pass. */
[[gnu::format(printf, 2, 3)]] bool trace_no(struct trace *t, const char *format, ...);
/* By name, absent = "p1"; SIZE_MAX: there is none. */
size_t trace_find_instance(const struct trace *t, struct sv name);
/* The "expect" of a step. */
bool trace_expect(struct trace *t, const struct json *expect);

#endif
