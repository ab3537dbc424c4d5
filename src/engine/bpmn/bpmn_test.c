/* The engine by example: what cases do, what the host does for them, and what is refused. */
#include "engine/bpmn/bpmn_kit.h"

#include "base/civil.h"

#include "base/banned.h"

static void assert_variable(struct play *play, const char *name, const char *want)
{
	struct feel_value value = bpmn_read(play->state, 0, sv_of(name));

	if (feel_equal(value, feel(play->kit, want)) != 1)
		fail_msg("%s is not %s", name, want);
}

/* ---- a countersignature ---- */

/* Five working days from Monday: the next Monday at midnight in China. */
static enum rc working_due(struct ctx *ctx, void *user, const struct bpmn_due *due, int64_t *ret_ms)
{
	(void)ctx, (void)user;
	assert_sv_equal(due->calendar, "working");
	assert_int_equal(due->ms, 5 * (int64_t)DAY_MS);
	*ret_ms = civil_china_midnight(civil_china_day(due->now) + 8);
	return RC_OK;
}

static void test_countersign(void **state)
{
	struct kit *kit = *state;
	struct play play = { .kit = kit, .model = parse(kit, COUNTERSIGN("nrOfCompletedInstances = nrOfInstances")),
		.now = KIT_START_MS, .host.due = working_due };
	const struct bpmn_wait *waits;
	const struct bpmn_timer *timers;

	act(&play, (struct bpmn_command){ .kind = BPMN_START });
	assert_int_equal(bpmn_waits(&kit->arena, play.state, &waits), 3);
	assert_sv_equal(waits[1].element.text, "traffic");
	assert_int_equal(waits[1].index, 1);
	assert_int_equal(bpmn_timers(&kit->arena, play.state, &timers), 3);
	assert_int_equal(timers[0].wait, waits[0].id);
	if (printed(kit, play.state).len > 1024)
		fail_msg("a waiting countersignature takes %zu bytes", printed(kit, play.state).len);

	complete(&play, "sign", "{outcome: \"agree\"}");
	act(&play, (struct bpmn_command){ .kind = BPMN_COMPLETE, .id = wait_at(&play, "sign", 0),
		.variables = feel(kit, "{outcome: \"object\", reason: \"no lane\"}") });
	assert_open(&play, "sign");
	play.now = timers[2].due;
	act(&play, (struct bpmn_command){ .kind = BPMN_FIRE, .id = timers[2].id });
	assert_open(&play, "decide");
	assert_variable(&play, "votes",
		"[{department: \"fire\", outcome: \"agree\", silent: false}, {department: \"traffic\", outcome: \"object\", reason: \"no "
		"lane\", silent: false}, {department: \"ecology\", outcome: \"agree\", silent: true}]");
	assert_int_equal(bpmn_read(play.state, 0, SV("outcome")).kind, FEEL_NULL); /* a vote is nobody's outcome but its own */
	complete(&play, "decide", "{outcome: \"granted\"}");
	assert_true(bpmn_is_ended(play.state));
	assert_variable(&play, "outcome", "\"granted\"");
}

static void test_one_vote_veto(void **state)
{
	struct kit *kit = *state;
	struct play play = start(kit, COUNTERSIGN("some v in votes satisfies v.outcome = \"object\""), "null");

	complete(&play, "sign", "{outcome: \"agree\"}");
	assert_open(&play, "sign sign");
	complete(&play, "sign", "{outcome: \"object\"}");
	assert_open(&play, "decide");
	const struct bpmn_timer *timers;
	assert_int_equal(bpmn_timers(&kit->arena, play.state, &timers), 0);
}

/* ---- what the program does itself ---- */

static enum rc answer_task(struct ctx *ctx, void *user, struct bpmn_call *call)
{
	int *calls = user;
	struct feel_entry *entry = ARENA_NEW(ctx->arena, struct feel_entry);

	++*calls;
	if (sv_equal_z(bpmn_attr(call->node, "act"), "fails")) {
		call->answer = BPMN_FAILED;
		call->error = SV("E1");
		return RC_OK;
	}
	entry->key = bpmn_attr(call->node, "variable");
	entry->value = bpmn_read(call->state, call->item, SV("x"));
	call->variables = feel_context(entry, 1);
	return RC_OK;
}

static void test_host_tasks(void **state)
{
	struct kit *kit = *state;
	int calls = 0;
	struct play play = { .kit = kit, .now = KIT_START_MS, .host = { .user = &calls, .task = answer_task } };

	play.model = parse(kit, PROCESS(
		"<startEvent id='s'/><sequenceFlow id='a' sourceRef='s' targetRef='rule'/>"
		"<businessRuleTask id='rule' tb:variable='y'/><sequenceFlow id='b' sourceRef='rule' targetRef='bad'/>"
		"<serviceTask id='bad' tb:act='fails'/><sequenceFlow id='c' sourceRef='bad' targetRef='e'/><endEvent id='e'/>"
		"<boundaryEvent id='caught' attachedToRef='bad'><errorEventDefinition/></boundaryEvent>"
		"<sequenceFlow id='d' sourceRef='caught' targetRef='repair'/><userTask id='repair'/>"));
	act(&play, (struct bpmn_command){ .kind = BPMN_START, .variables = feel(kit, "{x: 1.10}") });
	assert_int_equal(calls, 2);
	assert_open(&play, "repair");
	assert_variable(&play, "y", "1.1");
}

static void test_host_context(void **state)
{
	struct kit *kit = *state;
	struct play play = { .kit = kit, .now = KIT_START_MS, .host.context = feel(kit, "{applicant: {kind: \"legal\"}}") };

	play.model = parse(kit, PROCESS("<startEvent id='s'/><sequenceFlow id='a' sourceRef='s' targetRef='x'/>"
		"<exclusiveGateway id='x' default='d'/>"
		"<sequenceFlow id='b' sourceRef='x' targetRef='firm'><conditionExpression>applicant.kind = \"legal\"</conditionExpression>"
		"</sequenceFlow><sequenceFlow id='d' sourceRef='x' targetRef='person'/><userTask id='firm'/><userTask id='person'/>"));
	act(&play, (struct bpmn_command){ .kind = BPMN_START });
	assert_open(&play, "firm");
	assert_int_equal(bpmn_variables(play.state).context.count, 0); /* seen, not kept */
}

/* ---- timers ---- */

#define TIMED(interrupting, time)                                                                                      \
	PROCESS("<startEvent id='s'/><sequenceFlow id='a' sourceRef='s' targetRef='t'/><userTask id='t'/>"                     \
		"<boundaryEvent id='late' attachedToRef='t' cancelActivity='" interrupting "'><timerEventDefinition>" time      \
		"</timerEventDefinition></boundaryEvent><sequenceFlow id='b' sourceRef='late' targetRef='r'/><userTask id='r'/>" \
		"<sequenceFlow id='c' sourceRef='t' targetRef='e'/><endEvent id='e'/>")

static void advance(struct play *play, int64_t ms)
{
	play->now += ms;
	act(play, (struct bpmn_command){ .kind = BPMN_ADVANCE });
}

static void test_boundary_timers(void **state)
{
	struct kit *kit = *state;
	struct play play = start(kit, TIMED("true", "<timeDuration>P1DT1H</timeDuration>"), "null");

	advance(&play, DAY_MS);
	assert_open(&play, "t");
	advance(&play, 3600000);
	assert_open(&play, "r");
	play = start(kit, TIMED("false", "<timeCycle>R2/PT1H</timeCycle>"), "null");
	advance(&play, 10 * 3600000);
	assert_open(&play, "t r r");
	play = start(kit, TIMED("true", "<timeDuration>duration(\"PT\" + string(hours) + \"H\")</timeDuration>"), "{hours: 3}");
	advance(&play, 3 * 3600000);
	assert_open(&play, "r");
	play = start(kit, TIMED("true", "<timeDuration>PT1H</timeDuration>"), "null");
	complete(&play, "t", "null");
	assert_true(bpmn_is_ended(play.state));
}

static void test_working_days(void **state)
{
	struct kit *kit = *state;
	struct play play = { .kit = kit, .now = KIT_START_MS, .host.due = working_due };
	const struct bpmn_timer *timers;

	play.model = parse(kit, TIMED("true", "<timeDuration tb:calendar='working'>P5D</timeDuration>"));
	act(&play, (struct bpmn_command){ .kind = BPMN_START });
	assert_int_equal(bpmn_timers(&kit->arena, play.state, &timers), 1);
	assert_int_equal(timers[0].due, civil_china_midnight(civil_china_day(KIT_START_MS) + 8));
}

/* ---- refusals ---- */

static void test_refused_commands(void **state)
{
	struct kit *kit = *state;
	struct ctx *ctx = &kit->ctx;
	struct play play = start(kit, COUNTERSIGN("false"), "null");
	struct sv before = printed(kit, play.state);
	struct bpmn_outcome out;
	const struct {
		struct bpmn_command command;
		enum rc rc;
	} cases[] = {
		{ { .kind = BPMN_COMPLETE, .id = 9999 }, RC_NOT_FOUND }, { { .kind = BPMN_COMPLETE, .id = 1 }, RC_NOT_FOUND },
		{ { .kind = BPMN_FIRE, .id = 9999 }, RC_NOT_FOUND },
		{ { .kind = BPMN_DELIVER, .text = SV("nothing") }, RC_NOT_FOUND },
	};

	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		error_clear(ctx);
		assert_int_equal(bpmn_do(ctx, play.model, play.state, &cases[i].command, &out), cases[i].rc);
		assert_sv_equal(printed(kit, play.state), arena_z(&kit->arena, before));
	}
	error_clear(ctx);
	act(&play, (struct bpmn_command){ .kind = BPMN_CANCEL });
	assert_true(bpmn_is_ended(play.state));
	assert_int_equal(bpmn_do(ctx, play.model, play.state, &(struct bpmn_command){ .kind = BPMN_SET }, &out), RC_CONFLICT);
}

static void test_never_at_rest(void **state)
{
	struct kit *kit = *state;
	const struct bpmn_model *model = parse(kit, PROCESS("<startEvent id='s'/><sequenceFlow id='a' sourceRef='s' targetRef='x'/>"
		"<exclusiveGateway id='x'/><sequenceFlow id='b' sourceRef='x' targetRef='t'/><task id='t'/>"
		"<sequenceFlow id='c' sourceRef='t' targetRef='x'/>"));
	struct bpmn_outcome out;

	assert_int_equal(bpmn_do(&kit->ctx, model, NULL, &(struct bpmn_command){ .kind = BPMN_START }, &out), RC_UNAVAILABLE);
}

/* ---- a way chosen by hand ---- */

#define LOOP "some i in 1..1000000, j in 1..1000000 satisfies i + j = 0"
#define BY_HAND(condition)                                                                                             \
	PROCESS("<startEvent id='s'/><sequenceFlow id='f1' sourceRef='s' targetRef='g'/>"                              \
		"<exclusiveGateway id='g' default='no'/>"                                                                   \
		"<sequenceFlow id='yes' sourceRef='g' targetRef='grant'>"                                                  \
		"<conditionExpression xsi:type='tFormalExpression'>" condition "</conditionExpression></sequenceFlow>"     \
		"<sequenceFlow id='no' sourceRef='g' targetRef='refuse'/>"                                                 \
		"<userTask id='grant'/><userTask id='refuse'/>"                                                            \
		"<sequenceFlow id='f2' sourceRef='grant' targetRef='e'/><sequenceFlow id='f3' sourceRef='refuse' targetRef='e'/>" \
		"<endEvent id='e'/>")

static enum rc note_node(struct ctx *ctx, void *user, const struct bpmn_node *node)
{
	struct sv *noted = user;

	assert_true(sv_equal_z(node->id, "g") || sv_equal_z(node->id, "sign"));
	*noted = sv_of(ctx->err->msgid);
	error_clear(ctx);
	return RC_OK;
}

static void check_by_hand(struct kit *kit, const char *model, const struct sv *unknown, const char *why)
{
	struct sv noted = { 0 };
	struct bpmn_outcome out;
	struct play play = { .kit = kit, .model = parse(kit, model), .now = KIT_START_MS,
		.host = { .user = &noted, .by_hand = note_node, .unknown = unknown, .unknown_count = 1 } };

	act(&play, (struct bpmn_command){ .kind = BPMN_START });
	assert_sv_equal(noted, why);
	assert_open(&play, "g");
	struct bpmn_command wrong = { .kind = BPMN_COMPLETE, .id = wait_at(&play, "g", 0), .now = play.now, .host = &play.host,
		.variables = feel(kit, "{flow: \"f2\"}") };
	assert_int_equal(bpmn_do(&kit->ctx, play.model, play.state, &wrong, &out), RC_INVALID);
	error_clear(&kit->ctx);
	complete(&play, "g", "{flow: \"yes\"}");
	assert_open(&play, "grant");
	complete(&play, "grant", "null");
	assert_true(bpmn_is_ended(play.state));
}

/* A condition that loops, and one that reads what no rule could find out: a person chooses. */
static void test_way_by_hand(void **state)
{
	struct kit *kit = *state;
	static const struct sv unknown = SV_INIT("route");

	check_by_hand(kit, BY_HAND(LOOP), &unknown, "The rule did not come to an end within its limit of steps. Simplify the rule.");
	check_by_hand(kit, BY_HAND("route != \"officer\""), &unknown, "It depends on “{name}”, which the rules could not find out.");
	/* a completion condition that loops does not hold: the countersignature waits for everybody */
	struct sv noted = { 0 };
	struct play play = { .kit = kit, .model = parse(kit, COUNTERSIGN(LOOP)), .now = KIT_START_MS,
		.host = { .user = &noted, .by_hand = note_node } };
	act(&play, (struct bpmn_command){ .kind = BPMN_START });
	complete(&play, "sign", "{outcome: \"agree\"}");
	assert_sv_equal(noted, "The rule did not come to an end within its limit of steps. Simplify the rule.");
	complete(&play, "sign", "{outcome: \"agree\"}");
	complete(&play, "sign", "{outcome: \"agree\"}");
	assert_open(&play, "decide");
	/* without anybody to ask, the command fails */
	struct bpmn_command start_it = { .kind = BPMN_START, .now = KIT_START_MS };
	struct bpmn_outcome out;
	assert_int_equal(bpmn_do(&kit->ctx, parse(kit, BY_HAND(LOOP)), NULL, &start_it, &out), RC_UNAVAILABLE);
	error_clear(&kit->ctx);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(test_countersign, kit_setup, kit_teardown),
		cmocka_unit_test_setup_teardown(test_one_vote_veto, kit_setup, kit_teardown),
		cmocka_unit_test_setup_teardown(test_host_tasks, kit_setup, kit_teardown),
		cmocka_unit_test_setup_teardown(test_host_context, kit_setup, kit_teardown),
		cmocka_unit_test_setup_teardown(test_boundary_timers, kit_setup, kit_teardown),
		cmocka_unit_test_setup_teardown(test_working_days, kit_setup, kit_teardown),
		cmocka_unit_test_setup_teardown(test_refused_commands, kit_setup, kit_teardown),
		cmocka_unit_test_setup_teardown(test_never_at_rest, kit_setup, kit_teardown),
		cmocka_unit_test_setup_teardown(test_way_by_hand, kit_setup, kit_teardown),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
