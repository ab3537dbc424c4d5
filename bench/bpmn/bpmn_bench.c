/* Process instances per second of CPU time, on one core.
 *
 * The process is start, fork, three user tasks, join, choice, end: 8 nodes, 3 completions. Three ways: in memory; with the state
 * printed and read back between all commands, as a store needs it; and the printing alone as the bound that the second can't
 * pass. Rounds alternate; the table shows medians. Goal: 100,000 in memory. */
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

#include "engine/bpmn/bpmn.h"

#include "base/banned.h"

enum { ROUNDS = 5, INSTANCES = 20000, TASKS = 3, WAYS = 3 };

static const struct locale plain = { .tag = "en", .code = "en", .self = "English" };

static const char process[] =
	"<definitions xmlns='" BPMN_NS "' targetNamespace='bench'><process id='p' isExecutable='true'>"
	"<startEvent id='start'/><parallelGateway id='fork'/><userTask id='a'/><userTask id='b'/><userTask id='c'/>"
	"<parallelGateway id='join'/><exclusiveGateway id='choice' default='f8'/><endEvent id='end'/>"
	"<sequenceFlow id='f1' sourceRef='start' targetRef='fork'/><sequenceFlow id='f2' sourceRef='fork' targetRef='a'/>"
	"<sequenceFlow id='f3' sourceRef='fork' targetRef='b'/><sequenceFlow id='f4' sourceRef='fork' targetRef='c'/>"
	"<sequenceFlow id='f5' sourceRef='a' targetRef='join'/><sequenceFlow id='f6' sourceRef='b' targetRef='join'/>"
	"<sequenceFlow id='f7' sourceRef='c' targetRef='join'/><sequenceFlow id='f9' sourceRef='join' targetRef='choice'/>"
	"<sequenceFlow id='f8' sourceRef='choice' targetRef='end'/>"
	"<sequenceFlow id='f10' sourceRef='choice' targetRef='a'><conditionExpression>again = true</conditionExpression></sequenceFlow>"
	"</process></definitions>";

static void check(struct ctx *ctx, enum rc rc)
{
	if (rc == RC_OK)
		return;
	fprintf(stderr, "%s\n", ctx->err->msgid);
	exit(1);
}

static struct sv print_state(struct ctx *ctx, const struct bpmn_state *state)
{
	struct buf buf;

	buf_init(&buf, ctx->arena, 1 << 16);
	struct json_out out = json_out_to(&buf);
	bpmn_state_print(&out, state);
	return buf_view(&buf);
}

static const struct bpmn_state *stored(struct ctx *ctx, const struct bpmn_model *model, const struct bpmn_state *state)
{
	const struct json *json;

	check(ctx, json_parse(ctx, SV("state"), print_state(ctx, state), &json_limits_request, &json));
	check(ctx, bpmn_state_parse(ctx, model, json, &state));
	return state;
}

static void instance(struct ctx *ctx, const struct bpmn_model *model, int way)
{
	struct bpmn_outcome out;
	const struct bpmn_wait *waits;

	check(ctx, bpmn_do(ctx, model, NULL, &(struct bpmn_command){ .kind = BPMN_START }, &out));
	for (int i = 0; i < TASKS; i++) {
		const struct bpmn_state *state = way == 1 ? stored(ctx, model, out.state) : out.state;
		if (way == 2)
			print_state(ctx, state);
		bpmn_waits(ctx->arena, state, &waits);
		check(ctx, bpmn_do(ctx, model, state, &(struct bpmn_command){ .kind = BPMN_COMPLETE, .id = waits[0].id }, &out));
	}
	if (!bpmn_is_ended(out.state))
		exit(1);
}

static double cpu_seconds(void)
{
	struct timespec time;

	clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &time);
	return (double)time.tv_sec + (double)time.tv_nsec / 1e9;
}

static int compare(const void *a, const void *b)
{
	double x = *(const double *)a, y = *(const double *)b;

	return x < y ? -1 : x > y;
}

int main(void)
{
	static const char *const names[WAYS] = {
		"in memory", "state printed and read back between commands", "in memory, state printed" };
	struct arena models, work;
	struct error err = { .rc = RC_OK };
	struct clock clock = CLOCK_SYSTEM;
	struct ctx ctx = { .arena = &models, .err = &err, .clock = &clock, .who = &principal_nobody, .locale = &plain };
	const struct bpmn_model *model;
	double rates[WAYS][ROUNDS];

	arena_init(&models, (size_t)64 << 20);
	arena_init(&work, (size_t)64 << 20);
	check(&ctx, bpmn_parse(&ctx, SV("bench.bpmn"), sv_of(process), &model));
	ctx.arena = &work;
	for (int round = 0; round < ROUNDS; round++)
		for (int way = 0; way < WAYS; way++) {
			double begun = cpu_seconds();
			for (int i = 0; i < INSTANCES; i++) {
				instance(&ctx, model, way);
				arena_clear(&work);
			}
			rates[way][round] = INSTANCES / (cpu_seconds() - begun);
		}
	for (int way = 0; way < WAYS; way++) {
		qsort(rates[way], ROUNDS, sizeof(double), compare);
		printf("%-50s %9.0f instances/core-s\n", names[way], rates[way][ROUNDS / 2]);
	}
	arena_release(&work);
	arena_release(&models);
	return 0;
}
