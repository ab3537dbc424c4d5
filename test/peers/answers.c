/* What this engine answers to a model, for comparison with others:   peers_answers MODEL INPUTS
 * INPUTS is a JSON array of objects. For each of them, one line: a JSON object of every decision's {"value", "error"?}. */
#include <stdio.h>

#include "base/file.h"
#include "engine/dmn/dmn.h"

#include "base/banned.h"

enum { MEMORY_MAX = 1 << 30, FILE_MAX_BYTES = 64 << 20 };

static const struct locale plain = { .tag = "en", .code = "en", .self = "English" };

static enum rc answer(struct ctx *ctx, const struct dmn_model *model, const struct json *input)
{
	size_t input_count, decision_count;
	const struct dmn_input *inputs = dmn_inputs(model, &input_count);
	const struct dmn_decision *decisions = dmn_decisions(model, &decision_count);
	struct feel_member *members = ARENA_ARRAY(ctx->arena, struct feel_member, input_count);
	struct buf buf;

	for (size_t i = 0; i < input_count; i++)
		members[i] = (struct feel_member){ inputs[i].name, inputs[i].type };
	const struct feel_type type = { .kind = FEEL_TYPE_CONTEXT, .members = members, .count = input_count };
	struct feel_value values = feel_from_json(ctx, input, &type);
	buf_init(&buf, ctx->arena, FILE_MAX_BYTES);
	struct json_out out = json_out_to(&buf);
	json_out_object(&out);
	for (size_t i = 0; i < decision_count; i++) {
		struct feel_value value;
		TRY(dmn_evaluate(ctx, model, decisions[i].name, values, &value));
		struct sv why = feel_reason(ctx, value);
		json_out_key(&out, decisions[i].name);
		json_out_object(&out);
		json_out_key(&out, SV("value"));
		feel_to_json(&out, value);
		if (why.len) {
			json_out_key(&out, SV("error"));
			json_out_string(&out, why);
		}
		json_out_object_end(&out);
	}
	json_out_object_end(&out);
	printf("%.*s\n", SV_FMT(buf_view(&buf)));
	return RC_OK;
}

static enum rc answer_all(struct ctx *ctx, const char *model_path, const char *inputs_path)
{
	const struct dmn_model *model;
	const struct json *inputs;
	struct sv text, json;

	TRY(file_read(ctx, model_path, FILE_MAX_BYTES, &text));
	TRY(file_read(ctx, inputs_path, FILE_MAX_BYTES, &json));
	TRY(json_parse(ctx, sv_of(inputs_path), json, &json_limits_file, &inputs));
	TRY(dmn_parse(ctx, sv_of(model_path), text, NULL, &model));
	for (const struct json *i = json_first(inputs); i; i = json_next(inputs, i)) {
		struct arena_mark mark = arena_mark(ctx->arena);
		TRY(answer(ctx, model, i));
		arena_rewind(ctx->arena, mark);
	}
	return RC_OK;
}

int main(int argc, char **argv)
{
	struct arena arena;
	struct error err = { 0 };
	struct clock clock = CLOCK_SYSTEM;
	struct random random = RANDOM_SYSTEM;
	struct ctx ctx = { .arena = &arena, .err = &err, .clock = &clock, .random = &random, .who = &principal_nobody, .locale = &plain };

	if (argc != 3)
		return 2;
	arena_init(&arena, MEMORY_MAX);
	enum rc rc = answer_all(&ctx, argv[1], argv[2]);
	if (rc != RC_OK) {
		struct sv message = tr_args(&ctx, err.msgid, err.args);
		fprintf(stderr, "%.*s\n", SV_FMT(message));
	}
	arena_release(&arena);
	return rc == RC_OK ? 0 : 1;
}
