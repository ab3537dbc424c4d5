/* A case under test; see bpmn_kit.h. */
#include "engine/bpmn/bpmn_kit.h"

#include "base/banned.h"

const struct bpmn_model *parse(struct kit *kit, const char *text)
{
	const struct bpmn_model *model;

	assert_ok(kit, bpmn_parse(&kit->ctx, SV("test.bpmn"), sv_of(text), &model));
	return model;
}

struct feel_value feel(struct kit *kit, const char *text)
{
	struct feel_scope scope = { .file = SV("test"), .line = 1 };
	const struct feel_expr *expr;
	struct feel_value value;

	assert_ok(kit, feel_compile(&kit->ctx, &scope, sv_of(text), &expr));
	assert_ok(kit, feel_eval(&kit->ctx, expr, feel_null(), &value));
	return value;
}

struct sv printed(struct kit *kit, const struct bpmn_state *state)
{
	struct buf buf;

	buf_init(&buf, &kit->arena, 1 << 20);
	struct json_out out = json_out_to(&buf);
	bpmn_state_print(&out, state);
	return buf_view(&buf);
}

void act(struct play *play, struct bpmn_command command)
{
	struct kit *kit = play->kit;
	const struct json *json;
	const struct bpmn_state *again;

	command.now = play->now;
	command.host = &play->host;
	assert_ok(kit, bpmn_do(&kit->ctx, play->model, play->state, &command, &play->last));
	struct sv text = printed(kit, play->last.state);
	const struct bpmn_state *replayed = bpmn_apply(&kit->arena, play->model, play->state, play->last.events, play->last.count);
	assert_sv_equal(printed(kit, replayed), arena_z(&kit->arena, text));
	assert_ok(kit, json_parse(&kit->ctx, SV("state"), text, &json_limits_file, &json));
	assert_ok(kit, bpmn_state_parse(&kit->ctx, play->model, json, &again));
	assert_sv_equal(printed(kit, again), arena_z(&kit->arena, text));
	play->state = again; /* every step goes on from what was read back */
}

struct play start(struct kit *kit, const char *text, const char *variables)
{
	struct play play = { .kit = kit, .model = parse(kit, text), .now = KIT_START_MS };

	act(&play, (struct bpmn_command){ .kind = BPMN_START, .variables = feel(kit, variables) });
	return play;
}

uint32_t wait_at(struct play *play, const char *element, size_t nth)
{
	const struct bpmn_wait *waits;
	size_t count = bpmn_waits(&play->kit->arena, play->state, &waits);

	for (size_t i = 0; i < count; i++)
		if (sv_equal_z(waits[i].node->id, element) && nth-- == 0)
			return waits[i].id;
	fail_msg("%s is not open in %.*s", element, SV_FMT(printed(play->kit, play->state)));
	return 0;
}

void complete(struct play *play, const char *element, const char *variables)
{
	uint32_t id = wait_at(play, element, 0);

	act(play, (struct bpmn_command){ .kind = BPMN_COMPLETE, .id = id, .variables = feel(play->kit, variables) });
}

void assert_open(struct play *play, const char *elements)
{
	const struct bpmn_wait *waits;
	size_t count = bpmn_waits(&play->kit->arena, play->state, &waits);
	struct buf buf;

	buf_init(&buf, &play->kit->arena, 4096);
	for (size_t i = 0; i < count; i++)
		buf_printf(&buf, "%s%.*s", i ? " " : "", SV_FMT(waits[i].node->id));
	assert_sv_equal(buf_view(&buf), elements);
}
