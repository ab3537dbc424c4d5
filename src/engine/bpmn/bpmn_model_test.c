/* What is made of models: refusals and remarks, the shipped services under random acts, and the outside traces that pass. */
#include "engine/bpmn/bpmn_kit.h"

#include "base/civil.h"
#include "engine/bpmn/bpmn_trace.h"

#include "base/banned.h"

/* ---- refusals ---- */

static void test_refused_models(void **state)
{
	struct kit *kit = *state;
	static const struct {
		const char *text;
		uint32_t line;
	} cases[] = {
		{ "<a/>", 1 },
		{ MODEL(""), 1 },
		{ MODEL("<process id='p'/><choreography id='c'/>"), 2 },
		{ PROCESS("<userTask/>"), 3 },
		{ PROCESS("<task id='a'/>\n<task id='a'/>"), 4 },
		{ PROCESS("<task id='a'/>\n<sequenceFlow id='f' sourceRef='a' targetRef='b'/>"), 4 },
		{ PROCESS("<startEvent id='s'/><task id='a'/><sequenceFlow id='f' sourceRef='a' targetRef='s'/>"), 3 },
		{ PROCESS("<scriptTask id='a' scriptFormat='javascript'><script>1</script></scriptTask>"), 3 },
		{ PROCESS("<scriptTask id='a'><script>{x: </script></scriptTask>"), 3 },
		{ PROCESS("<exclusiveGateway id='x' default='nowhere'/>"), 3 },
		{ PROCESS("<task id='a'/>\n<boundaryEvent id='b' attachedToRef='a'/>"), 4 },
		{ PROCESS("<boundaryEvent id='b' attachedToRef='zz'><timerEventDefinition><timeDuration>PT1S</timeDuration>"
			  "</timerEventDefinition></boundaryEvent>"), 3 },
		{ PROCESS("<intermediateCatchEvent id='b'><timerEventDefinition><timeDuration>1 day</timeDuration>"
			  "</timerEventDefinition></intermediateCatchEvent>"), 3 },
		{ PROCESS("<intermediateCatchEvent id='b'><signalEventDefinition signalRef='no'/></intermediateCatchEvent>"), 3 },
		{ PROCESS("<userTask id='a'><multiInstanceLoopCharacteristics/></userTask>"), 3 },
		{ PROCESS("<userTask id='a' tb:days='x'/>"), 3 },
		{ PROCESS("<userTask id='a' tb:silence='consent'/>"), 3 },
		{ PROCESS("<endEvent id='e'><cancelEventDefinition/></endEvent>"), 3 },
		{ PROCESS("<subProcess id='u' triggeredByEvent='true'><startEvent id='s'/></subProcess>"), 3 },
		{ PROCESS("<callChoreography id='c'/>"), 3 },
		{ PROCESS("<complexGateway id='c'/><task id='a'/><sequenceFlow id='1' sourceRef='a' targetRef='c'/><sequenceFlow id='2' "
			  "sourceRef='a' targetRef='c'/>"), 3 },
	};

	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		const struct bpmn_model *model;
		error_clear(&kit->ctx);
		if (bpmn_parse(&kit->ctx, SV("t.bpmn"), sv_of(cases[i].text), &model) == RC_OK)
			fail_msg("model %zu was taken", i);
		if (kit->err.line != cases[i].line)
			fail_msg("model %zu: line %u instead of %u: %s", i, kit->err.line, cases[i].line, kit->err.msgid);
	}
}

/* Whatever is changed in a saved state, it is read or refused. */
static void test_hostile_states(void **state)
{
	struct kit *kit = *state;
	struct play play = start(kit, COUNTERSIGN("false"), "{a: [1, {b: null}]}");
	struct sv text = printed(kit, play.state);

	for (size_t i = 0; i < text.len; i++) {
		struct arena_mark mark = arena_mark(&kit->arena);
		char *copy = arena_z(&kit->arena, text);
		const struct json *json;
		const struct bpmn_state *read;
		struct bpmn_outcome out;
		error_clear(&kit->ctx);
		copy[i] = copy[i] >= '0' && copy[i] < '9' ? copy[i] + 1 : '0';
		if (json_parse(&kit->ctx, SV("s"), sv_of(copy), &json_limits_file, &json) == RC_OK
			&& bpmn_state_parse(&kit->ctx, play.model, json, &read) == RC_OK && !bpmn_is_ended(read))
			(void)!bpmn_do(&kit->ctx, play.model, read, &(struct bpmn_command){ .kind = BPMN_ADVANCE, .now = INT64_MAX }, &out);
		arena_rewind(&kit->arena, mark);
	}
}

/* ---- lint and steps ---- */

static void test_lint(void **state)
{
	struct kit *kit = *state;
	const struct bpmn_model *model = parse(kit, PROCESS(
		"<laneSet><lane id='l'><flowNodeRef>unowned</flowNodeRef></lane></laneSet><startEvent id='s'/>\n" /* 3 */
		"<sequenceFlow id='a' sourceRef='s' targetRef='x'/><exclusiveGateway id='x'/>\n"               /* 4 */
		"<sequenceFlow id='b' sourceRef='x' targetRef='t'><conditionExpression>1 = 1</conditionExpression></sequenceFlow>"
		"<sequenceFlow id='c' sourceRef='x' targetRef='unowned'><conditionExpression>1 = 2</conditionExpression></sequenceFlow>\n"
		"<userTask id='t'/><sequenceFlow id='d' sourceRef='t' targetRef='j'/>\n"       /* 6 */
		"<userTask id='unowned'/><sequenceFlow id='e' sourceRef='unowned' targetRef='j'/>\n" /* 7 */
		"<parallelGateway id='j'/>\n"                                                   /* 8 */
		"<sequenceFlow id='f' sourceRef='j' targetRef='z'/><endEvent id='z'/>\n"
		"<task id='island'/>")); /* 10 */
	static const struct {
		uint32_t line;
		const char *element, *part;
	} want[] = {
		{ 4, "x", "default" }, { 6, "t", "lane" }, { 7, "unowned", "department" }, { 8, "j", "never fire" },
		{ 10, "island", "never be reached" }, { 10, "island", "dead end" },
	};
	const struct bpmn_problem *problems;
	size_t count = bpmn_lint(&kit->ctx, model, &problems);

	for (size_t i = 0; i < count && i < 6; i++) {
		assert_int_equal(problems[i].line, want[i].line);
		assert_sv_equal(problems[i].element, want[i].element);
	}
	assert_int_equal(count, 6);
}

static const char *const services[] = {
	"construction-planning-permit", "food-business-licence", "housing-fund-query", "residence-permit" };
enum { SERVICES = sizeof(services) / sizeof(services[0]) };

static void test_shipped_services(void **state)
{
	struct kit *kit = *state;

	for (size_t i = 0; i < SERVICES; i++) {
		struct sv path = arena_printf(&kit->arena, "%s/services/%s/process.bpmn", TONGBAN_SOURCE_ROOT, services[i]);
		const struct bpmn_model *model;
		const struct bpmn_problem *problems;
		const struct bpmn_step *steps;
		assert_ok(kit, bpmn_parse(&kit->ctx, path, kit_file(kit, path.ptr), &model));
		assert_int_equal(bpmn_lint(&kit->ctx, model, &problems), 0);
		assert_true(bpmn_steps(&kit->arena, model, &steps) >= 3);
	}
}

/* ---- random cases ---- */

/* One random thing that may happen to a case: somebody answers, or time passes. */
static void random_move(struct play *play)
{
	static const char *const outcomes[] = { "accepted", "refused", "supplement", "passed", "failed", "agree", "object", "granted" };
	struct kit *kit = play->kit;
	const struct bpmn_wait *waits;
	size_t count = bpmn_waits(&kit->arena, play->state, &waits);

	if (count == 0 || random_below(&kit->random, 8) == 0) {
		play->now += (int64_t)random_below(&kit->random, 10) * DAY_MS;
		act(play, (struct bpmn_command){ .kind = BPMN_ADVANCE });
		return;
	}
	const struct bpmn_wait *wait = &waits[random_below(&kit->random, count)];
	struct sv answer = arena_printf(&kit->arena, "{outcome: \"%s\"}", outcomes[random_below(&kit->random, 8)]);
	act(play, (struct bpmn_command){ .kind = BPMN_COMPLETE, .id = wait->id, .variables = feel(kit, answer.ptr) });
}

static enum rc pass_task(struct ctx *ctx, void *user, struct bpmn_call *call)
{
	(void)ctx, (void)user, (void)call; /* a program that does its part at once */
	return RC_OK;
}

/* Whatever happens to a case of a shipped service: every act replays and reads back (act), nothing gets stuck, and as long as it
 * has not ended somebody has something to do. */
static void test_random_cases(void **state)
{
	struct kit *kit = *state;
	unsigned ended = 0;

	for (unsigned i = 0; i < 400; i++) {
		struct arena_mark mark = arena_mark(&kit->arena);
		struct sv path = arena_printf(&kit->arena, "%s/services/%s/process.bpmn", TONGBAN_SOURCE_ROOT, services[i % SERVICES]);
		struct play play = { .kit = kit, .now = KIT_START_MS, .host.task = pass_task };
		const struct bpmn_wait *waits;
		assert_ok(kit, bpmn_parse(&kit->ctx, path, kit_file(kit, path.ptr), &play.model));
		act(&play, (struct bpmn_command){ .kind = BPMN_START });
		for (int moves = 0; moves < 60 && !bpmn_is_ended(play.state); moves++) {
			assert_true(bpmn_waits(&kit->arena, play.state, &waits) > 0);
			random_move(&play);
		}
		ended += bpmn_is_ended(play.state);
		arena_rewind(&kit->arena, mark);
	}
	assert_true(ended > 300);
}

/* ---- the outside traces ---- */

static void test_traces(void **state)
{
	struct kit *kit = *state;
	struct sv rest = kit_file(kit, TONGBAN_SOURCE_ROOT "/src/engine/bpmn/bpmn_traces.txt");
	unsigned count = 0, wrong = 0;

	if (!kit_suites())
		skip();
	while (!sv_is_absent(rest)) {
		struct sv name = sv_cut(&rest, '\n');
		struct trace_result result;
		if (sv_is_empty(name))
			continue;
		struct arena_mark mark = arena_mark(&kit->arena);
		struct sv path = arena_printf(&kit->arena, "%s/process-traces/%.*s", kit_suites(), SV_FMT(name));
		assert_ok(kit, bpmn_trace_run(&kit->ctx, path, (struct sv){ 0 }, &result));
		if (!result.passed) {
			print_error("%.*s: %.*s\n", SV_FMT(name), SV_FMT(result.reason));
			wrong++;
		}
		count++;
		arena_rewind(&kit->arena, mark);
	}
	assert_int_equal(wrong, 0);
	assert_true(count >= 434); /* 421 of 421 scored ones, and 13 whose source is doubtful */
}

/* Models that break a rule of the standard, from an outside suite: nearly all are refused, whatever language they write. */
static void test_invalid_models(void **state)
{
	struct kit *kit = *state;
	const struct json *list, *nothing;
	unsigned refused = 0;

	if (!kit_suites())
		skip();
	struct sv folder = arena_printf(&kit->arena, "%s/process-traces/betsy/invalid", kit_suites());
	struct sv index = arena_printf(&kit->arena, "%.*s/invalid.json", SV_FMT(folder));
	assert_ok(kit, json_parse(&kit->ctx, index, kit_file(kit, index.ptr), &json_limits_file, &list));
	assert_ok(kit, json_parse(&kit->ctx, SV("none"), SV("{}"), &json_limits_file, &nothing));
	for (const struct json *v = json_first(list); v; v = json_next(list, v)) {
		struct arena_mark mark = arena_mark(&kit->arena);
		struct sv path = arena_printf(&kit->arena, "%.*s/%.*s", SV_FMT(folder), SV_FMT(json_string(json_get(v, SV("file")))));
		const struct bpmn_model *model;
		error_clear(&kit->ctx);
		if (bpmn_parse_foreign(&kit->ctx, path, kit_file(kit, path.ptr), nothing, &model) != RC_OK) {
			assert_non_null(kit->err.msgid);
			refused++;
		}
		arena_rewind(&kit->arena, mark);
	}
	assert_int_equal(json_count(list), 301);
	assert_true(refused >= 283);
}
int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(test_refused_models, kit_setup, kit_teardown),
		cmocka_unit_test_setup_teardown(test_hostile_states, kit_setup, kit_teardown),
		cmocka_unit_test_setup_teardown(test_lint, kit_setup, kit_teardown),
		cmocka_unit_test_setup_teardown(test_shipped_services, kit_setup, kit_teardown),
		cmocka_unit_test_setup_teardown(test_random_cases, kit_setup, kit_teardown),
		cmocka_unit_test_setup_teardown(test_traces, kit_setup, kit_teardown),
		cmocka_unit_test_setup_teardown(test_invalid_models, kit_setup, kit_teardown),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
