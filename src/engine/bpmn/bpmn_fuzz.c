/* Fuzz target: whatever comes as a model is read or refused; one that was read is linted, drawn, started, advanced and saved
 * without harm, and its saved state reads back. */
#include <assert.h>

#include "engine/bpmn/bpmn.h"
#include "test/kit/fuzz.h"

#include "base/banned.h"

enum { MOVES = 8, MAX_STATE = 16 << 20 };

static void save_and_read(struct ctx *ctx, const struct bpmn_model *model, const struct bpmn_state *state)
{
	struct buf buf;
	const struct json *json;
	const struct bpmn_state *again;

	buf_init(&buf, ctx->arena, MAX_STATE);
	struct json_out out = json_out_to(&buf);
	bpmn_state_print(&out, state);
	if (buf.overflow)
		return;
	enum rc rc = json_parse(ctx, SV("state"), buf_view(&buf), &json_limits_file, &json);
	assert(rc == RC_OK);
	rc = bpmn_state_parse(ctx, model, json, &again);
	assert(rc == RC_OK);
}

static void walk(struct ctx *ctx, const struct bpmn_model *model)
{
	struct bpmn_outcome out;
	const struct bpmn_wait *waits;

	if (bpmn_do(ctx, model, NULL, &(struct bpmn_command){ .kind = BPMN_START }, &out) != RC_OK)
		return;
	save_and_read(ctx, model, out.state);
	for (int i = 0; i < MOVES && !bpmn_is_ended(out.state); i++) {
		struct bpmn_command command = { .kind = BPMN_ADVANCE, .now = (int64_t)(i + 1) * 86400000 };
		if (bpmn_waits(ctx->arena, out.state, &waits) > 0 && i % 2 == 0)
			command = (struct bpmn_command){ .kind = BPMN_COMPLETE, .id = waits[0].id };
		if (bpmn_do(ctx, model, out.state, &command, &out) != RC_OK)
			return;
		save_and_read(ctx, model, out.state);
	}
}

static void check(struct ctx *ctx, struct sv input)
{
	const struct bpmn_model *model;
	const struct bpmn_problem *problems;
	const struct bpmn_step *steps;

	if (bpmn_parse(ctx, SV("input"), input, &model) != RC_OK)
		return;
	bpmn_lint(ctx, model, &problems);
	bpmn_steps(ctx->arena, model, &steps);
	walk(ctx, model);
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t len)
{
	return fuzz_run(bytes, len, check);
}
