/* Private to the room: the process of the case that a pad holds, for the length of one act. */
#ifndef DOMAIN_CASEFILE_CASEFILE_FLOW_INT_H
#define DOMAIN_CASEFILE_CASEFILE_FLOW_INT_H

#include "domain/casefile/casefile_int.h"
#include "engine/bpmn/bpmn.h"

enum { CASE_MAX_PROCESS = 4 << 20 /* bytes of a process state */ };

extern const struct sv casefile_timer_kind;

struct flow {
	struct ctx *ctx;
	struct pad *pad;
	const struct bpmn_model *model;
	const struct bpmn_state *state; /* NULL before the start */
	const struct json *path;        /* activities completed so far, or NULL */
	struct bpmn_host host;          /* its user is this struct: a flow is not copied once open */
};

/* Reads the state of the pad's case. */
[[nodiscard]] enum rc flow_open(struct ctx *ctx, struct pad *pad, struct flow *ret);
/* Completes a wait with variables (a context) and settles what follows. The pad is not saved. */
[[nodiscard]] enum rc flow_complete(struct flow *flow, uint32_t wait, struct feel_value variables);

/* Host functions of the engine (casefile_task.c). `user` is the flow. */
[[nodiscard]] enum rc flow_task(struct ctx *ctx, void *user, struct bpmn_call *call);
/* A business rule task (casefile_rule.c), and a gateway whose conditions cannot be answered. */
[[nodiscard]] enum rc flow_rule(struct flow *flow, struct bpmn_call *call);
[[nodiscard]] enum rc flow_by_hand(struct ctx *ctx, void *user, const struct bpmn_node *gateway);
/* A check of the form could not be finished (msgid; NULL: it could): an act says so, and until the process rests a person makes
 * every choice. */
[[nodiscard]] enum rc flow_doubt(struct flow *flow, const char *stopped);
/* Tells the engine which variables no rule could find out. */
void flow_read_undecided(struct flow *flow);
/* Names every expression of a service may read: the form's fields, situation, applicant, case. */
[[nodiscard]] enum rc flow_context(struct ctx *ctx, const struct pad *pad, struct feel_value *ret);

#endif
