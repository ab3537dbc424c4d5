/* The model of a process: what a BPMN file says, read-only; see bpmn.h for running it.
 *
 * What the engine does not execute is refused here with file, line and element: nothing deploys and does nothing. Texts and
 * structures live in the arena of the ctx they were parsed with and never change; threads may share them.
 */
#ifndef ENGINE_BPMN_MODEL_H
#define ENGINE_BPMN_MODEL_H

#include "base/json.h"
#include "engine/feel/feel.h"

#define BPMN_NS "http://www.omg.org/spec/BPMN/20100524/MODEL"
#define BPMN_TB_NS "urn:tongban:bpmn"

/* Flow nodes (chapter 10): name here, local name of the element. */
#define BPMN_KIND_TABLE(X)                                                                                             \
	X(BPMN_START_EVENT, "startEvent") X(BPMN_END_EVENT, "endEvent") X(BPMN_CATCH_EVENT, "intermediateCatchEvent")  \
	X(BPMN_THROW_EVENT, "intermediateThrowEvent") X(BPMN_BOUNDARY_EVENT, "boundaryEvent") X(BPMN_TASK, "task")     \
	X(BPMN_USER_TASK, "userTask") X(BPMN_MANUAL_TASK, "manualTask") X(BPMN_SERVICE_TASK, "serviceTask")            \
	X(BPMN_RULE_TASK, "businessRuleTask") X(BPMN_SCRIPT_TASK, "scriptTask") X(BPMN_SEND_TASK, "sendTask")          \
	X(BPMN_RECEIVE_TASK, "receiveTask") X(BPMN_SUB_PROCESS, "subProcess") X(BPMN_TRANSACTION, "transaction")       \
	X(BPMN_AD_HOC, "adHocSubProcess") X(BPMN_CALL_ACTIVITY, "callActivity")                                        \
	X(BPMN_EXCLUSIVE_GATEWAY, "exclusiveGateway") X(BPMN_PARALLEL_GATEWAY, "parallelGateway")                      \
	X(BPMN_INCLUSIVE_GATEWAY, "inclusiveGateway") X(BPMN_EVENT_GATEWAY, "eventBasedGateway")                       \
	X(BPMN_COMPLEX_GATEWAY, "complexGateway")
enum bpmn_kind {
#define X(kind, name) kind,
	BPMN_KIND_TABLE(X)
#undef X
};

enum bpmn_trigger {
	BPMN_NONE, BPMN_TIMER, BPMN_MESSAGE, BPMN_SIGNAL, BPMN_ERROR, BPMN_ESCALATION, BPMN_CONDITION, BPMN_COMPENSATION,
	BPMN_CANCEL_TRIGGER, BPMN_TERMINATE, BPMN_LINK, BPMN_MULTIPLE
};

struct bpmn_model;

/* A tb: attribute, without prefix: act, decision, variable, procedure, register, name_en ... */
struct bpmn_attribute {
	struct sv name, value;
};

struct bpmn_lane {
	struct sv id, name;
	const struct bpmn_lane *parent; /* NULL: outermost */
	const struct bpmn_attribute *attributes;
	size_t attribute_count;
	uint32_t line;
};

struct bpmn_node {
	enum bpmn_kind kind;
	enum bpmn_trigger trigger;       /* of an event */
	struct sv id, name;
	const struct bpmn_lane *lane;    /* innermost, or that of the sub-process around it, or NULL */
	const struct bpmn_node *parent;  /* the sub-process it is in, or NULL */
	const struct bpmn_node *attached; /* boundary event: the activity */
	bool interrupting, event_sub_process, multi_instance, sequential;
	const struct bpmn_attribute *attributes;
	size_t attribute_count;
	uint32_t line;
};

struct bpmn_flow {
	struct sv id, name;
	const struct bpmn_node *source, *target;
	const struct feel_expr *condition; /* or NULL */
	bool is_default;
	const struct bpmn_attribute *attributes;
	size_t attribute_count;
	uint32_t line;
};

/* The value of a tb: attribute, absent when not there. bpmn_lane_attr looks in the lane, then in those around it. */
struct sv bpmn_attr(const struct bpmn_node *node, const char *name);
struct sv bpmn_flow_attr(const struct bpmn_flow *flow, const char *name);
struct sv bpmn_lane_attr(const struct bpmn_lane *lane, const char *name);

enum { BPMN_MAX_NODES = 2000 };

/* RC_MALFORMED or RC_INVALID at file:line: the element and what to do. The texts are copied to the ctx's arena. */
[[nodiscard]] enum rc bpmn_parse(struct ctx *ctx, struct sv name, struct sv text, const struct bpmn_model **ret);
/* The same for models made elsewhere: `replace` (JSON object, may be NULL) gives FEEL for expressions in other languages,
 * keyed "elementId", "elementId#script", "#timer", "#cardinality", "#collection", "#completion", "#element", "#in:x", "#out:x";
 * "sourceId->targetId" names a flow without an id. */
[[nodiscard]] enum rc bpmn_parse_foreign(struct ctx *ctx, struct sv name, struct sv text, const struct json *replace,
	const struct bpmn_model **ret);
/* Several files as one, to run processes that call one another (lint each file alone). RC_CONFLICT when two processes have one id. */
[[nodiscard]] enum rc bpmn_join(struct ctx *ctx, const struct bpmn_model *const *models, size_t count,
	const struct bpmn_model **ret);

size_t bpmn_node_count(const struct bpmn_model *model);
const struct bpmn_node *bpmn_node_at(const struct bpmn_model *model, size_t index); /* in order of the file */
const struct bpmn_node *bpmn_node_find(const struct bpmn_model *model, struct sv id);
const struct bpmn_flow *bpmn_flow_out(const struct bpmn_node *node, size_t index); /* NULL: no more */
const char *bpmn_kind_name(enum bpmn_kind kind);
struct sv bpmn_process_of(const struct bpmn_node *node); /* its process id */

/* Start events of all processes for a trigger and name; NULL: no more. */
const struct bpmn_node *bpmn_start_event(const struct bpmn_model *model, enum bpmn_trigger trigger, struct sv name, size_t index);

/* Every FEEL expression, for checks of the names it reads (feel_reads). */
struct bpmn_expression {
	const struct feel_expr *feel;
	struct sv element, source; /* id; text */
	uint32_t line;
};
const struct bpmn_expression *bpmn_expressions(const struct bpmn_model *model, size_t *ret_count);

/* What is legal but wrong: dead ends, unreachable nodes, tasks without an owner, gateways that may get stuck, joins that
 * never fire. In order of lines. */
struct bpmn_problem {
	uint32_t line;
	struct sv element;
	const char *msgid;
	const struct text_arg *args;
};
size_t bpmn_lint(struct ctx *ctx, const struct bpmn_model *model, const struct bpmn_problem **ret);

/* The process as a row of steps for guides: tasks that people do or see, in the order of the forward path. Steps that run side
 * by side share a group number (from 1); a step's branch is true when not every case passes it. */
struct bpmn_step {
	const struct bpmn_node *node;
	int group;   /* 0 = alone */
	bool branch;
};
size_t bpmn_steps(struct arena *arena, const struct bpmn_model *model, const struct bpmn_step **ret);

#endif
