/* Runs traces: engine-neutral tests of execution (steps, and what must be seen after each; one JSON file each). Private to the
 * command line and the tests of this engine.
 *
 * Beside what the trace expects, every command is checked: the events replayed over the old state give the new one, and a
 * state printed and read back prints the same. */
#ifndef ENGINE_BPMN_BPMN_TRACE_H
#define ENGINE_BPMN_BPMN_TRACE_H

#include "base/ctx.h"

struct trace_result {
	bool passed;
	bool doubtful;    /* the trace's note doubts its source: not scored */
	struct sv reason; /* why it failed, in the ctx's arena */
};

/* `models`: folder of the models when they are not beside the trace, or absent. RC only for a file that is no trace. */
[[nodiscard]] enum rc bpmn_trace_run(struct ctx *ctx, struct sv path, struct sv models, struct trace_result *ret);
[[nodiscard]] enum rc bpmn_trace_read_file(struct ctx *ctx, struct sv path, struct sv *ret);

#endif
